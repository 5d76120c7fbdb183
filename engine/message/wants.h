/* wants.h - what an operation asks its caller for, and what comes of it. */
#ifndef BL_MESSAGE_WANTS_H
#define BL_MESSAGE_WANTS_H

#include "bulla/crl.h"
#include "bulla/ocsp.h"
#include "keys/keys.h"
#include "trust/trust.h"

#define BL_WANTED_NONE SIZE_MAX

/* bl_wanted is one want with its answer, once it has one. */
struct bl_wanted {
	struct bl_want face;
	struct bl_buf frame, answer;
	const struct bl_cert *cert; /* UNWRAP: whose key */
	size_t asked;	/* of a bl_gather; BL_WANTED_NONE: of none */
	size_t offered; /* addresses in it */
};
struct bl_wants {
	struct bl_wanted *list;
	size_t n, cap;
};
/* bl_wants_room makes room for one more: fill its frame, then call
 * bl_wants_add. */
BL_CHECK enum bl_err bl_wants_room(
    struct bl_wanted **out, struct bl_wants *w, struct bl_note *note);
void bl_wants_add(struct bl_wants *w, enum bl_want_kind kind);
/* bl_wants_answer keeps a copy. BL_E_MALFORMED: no answer to it. */
BL_CHECK enum bl_err bl_wants_answer(
    struct bl_wants *w, size_t i, struct bl_span frame, struct bl_note *note);
/* bl_wants_read gives the answer to a want; false when there is none, or it
 * was refused. */
bool bl_wants_read(struct bl_answer *out, const struct bl_wanted *w);
void bl_wants_clear(struct bl_wants *w);
void bl_wants_free(struct bl_wants *w);

/* ---- what lies elsewhere (gather.c) ---- */

/*
 * bl_gather is what an operation found out beyond what it was given. Each
 * certificate is asked about until its addresses were tried, and no more than
 * the limits allow (LIM-20): fetch_urls of a certificate, fetches for one path,
 * fetches_all together. So the rounds end, whatever is answered.
 */
struct bl_asked;
struct bl_origin;
struct bl_gather {
	struct bl_certs certs;
	struct bl_crls crls;
	struct bl_ocsps ocsps;
	struct bl_origin *origins; /* of each of certs */
	size_t origin_count, origin_cap;
	struct bl_asked *asked;
	size_t n, cap;
};

/* bl_ask is a judgement that wants something. */
struct bl_ask {
	const struct bl_trust_wants *wishes;
	const struct bl_cert *leaf; /* that is judged */
	int64_t at;
	const struct bl_limits *limits;
};
/* bl_gather_ask lists a want for each wish that has an address left and for
 * which the limits have room; at most BL_WANTS_MAX in all. */
#define BL_WANTS_MAX 64
BL_CHECK enum bl_err bl_gather_ask(struct bl_gather *g, struct bl_wants *wants,
    struct bl_ctx *ctx, const struct bl_ask *ask, struct bl_note *note);
/* bl_gather_take keeps what the answers bring and can be read. */
BL_CHECK enum bl_err bl_gather_take(struct bl_gather *g, struct bl_ctx *ctx,
    const struct bl_wants *wants, const struct bl_limits *limits,
    struct bl_note *note);
/* bl_gather_origin tells where a certificate came from, and the address, or an
 * empty one; false: nobody was asked for it. */
bool bl_gather_origin(enum bl_source *source, struct bl_span *url,
    const struct bl_gather *g, const struct bl_cert *c);

/* bl_evidence is what was given and what came; it owns the two lists alone. */
struct bl_evidence {
	struct bl_crls crls;
	struct bl_ocsps ocsps;
};
/* bl_evidence_gather: crls and ocsps may be NULL. bl_evidence_release. */
BL_CHECK enum bl_err bl_evidence_gather(struct bl_evidence *out,
    const struct bl_gather *g, const struct bl_crls *crls,
    const struct bl_ocsps *ocsps, struct bl_note *note);
void bl_evidence_release(struct bl_evidence *e);
void bl_gather_clear(struct bl_gather *g);

#endif
