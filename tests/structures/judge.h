/* judge.h - what the engine, and others, make of a case. */
#ifndef BL_TESTS_STRUCTURES_JUDGE_H
#define BL_TESTS_STRUCTURES_JUDGE_H

#include "tests/structures/shapes.h"

/*
 * case_ is one object to be judged.
 *
 * content  what has to come out where it is accepted
 * cert	    USE_VERIFY_CERT: the signer's certificate
 * is_endless  who does what it asks for is busy for minutes
 */
struct case_ {
	enum use use;
	struct bl_span object, content, cert;
	bool is_endless;
};

#define OUTCOME_MAX 160
/*
 * outcome of the engine, as `text`:
 *
 *	valid, intact, unauthenticated, plain, keys	it is accepted
 *	unverified:REASON,...  invalid:REASON,...
 *	closed:REASON,...	it is not decrypted
 *	malformed  limit-...	exit status 4
 *	unsupported  nokey	of key files
 *	refused:...		of certificates that are not read at all
 *	plain:REASON,...	what it is was not read
 *
 * other-content stands before the first of these where what came out is not what
 * went in.
 */
struct outcome {
	char text[OUTCOME_MAX];
	bool accepted;
	double seconds; /* of computing */
	size_t peak;	/* bytes allocated by the engine at once */
};

/* judge_new starts what is used for all cases. */
struct judge;
struct judge *judge_new(struct kit *k);
void judge_free(struct judge *j);
void judge_case(struct outcome *out, struct judge *j, const struct case_ *c);

/* peer_accepts asks libcrypto's own CMS and PKCS#12 code: it accepts. */
struct peer;
struct peer *peer_new(struct kit *k);
void peer_free(struct peer *p);
bool peer_accepts(struct peer *p, const struct case_ *c);

/* The engine's allocations are counted, see main.c. */
void peak_reset(void);
size_t peak_now(void);

#endif
