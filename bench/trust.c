/* trust.c - reading a certificate, and judging a path of three with revocation
 * lists, by bulla, by libcrypto, and by the bare operations. trust ROUNDS SLICE
 * prints, for each turn, what was done and the seconds for one. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/x509v3.h>

#include "bench/measure.h"
#include "bench/person.h"
#include "bench/pki.h"
#include "trust/trust.h"

#define ADDRESS "ann@example.org"
#define PATH	3

/* job is a path of keys of one type. */
struct job {
	struct bl_ctx *ctx;
	struct pki pki;
	EVP_PKEY *key;
	X509 *x509;
	struct bl_buf certs[PATH], crls[PATH - 1]; /* DER, the leaf first */
	struct bl_cert *read[PATH];		   /* for what is bare */
	struct bl_crl *lists[PATH - 1];
	X509_STORE *store;
	STACK_OF(X509) * between;
};

static struct bl_cert *
read_cert(struct job *j, size_t i)
{
	struct bl_cert *c;

	ensure(bl_cert_read(&c, j->ctx, bl_buf_span(&j->certs[i]), &BL_LIMITS,
		   NULL) == BL_OK,
	    "a certificate cannot be read");
	return c;
}

/* ---- one certificate ---- */

static void
ours_read(void *arg)
{
	bl_cert_free(read_cert(arg, 0));
}

static void
peer_read(void *arg)
{
	struct job *j = arg;
	const unsigned char *p = j->certs[0].p;
	X509 *x = d2i_X509(NULL, &p, (long)j->certs[0].n);

	ensure(x != NULL, "libcrypto cannot read it");
	X509_free(x);
}

/* ---- a path ---- */

/* From bytes: nothing is kept from one turn to the next but the issuers that the
 * second judge has decoded, here and in what is bare. */
static void
ours_path(void *arg)
{
	struct job *j = arg;
	struct bl_certs anchors = {0}, pool = {0};
	struct bl_crls crls = {0};
	struct bl_cert *c[PATH];
	struct bl_trust_answer answer;

	for (size_t i = 0; i < PATH; i++)
		c[i] = read_cert(j, i);
	ensure(bl_certs_add(&pool, c[1], NULL) == BL_OK &&
		bl_certs_add(&anchors, c[2], NULL) == BL_OK,
	    "out of memory");
	for (size_t i = 0; i + 1 < PATH; i++)
		ensure(bl_crls_add(&crls, bl_buf_span(&j->crls[i]),
			   BL_SOURCE_GIVEN, &BL_LIMITS, NULL) == BL_OK,
		    "a list cannot be read");
	{
		const struct bl_trust_ask ask = {.cert = c[0],
		    .purpose = BL_PURPOSE_SIGN,
		    .address = BL_STR(ADDRESS),
		    .at = time(NULL),
		    .anchors = &anchors,
		    .pool = &pool,
		    .crls = &crls,
		    .limits = &BL_LIMITS};

		ensure(bl_trust_judge(&answer, j->ctx, &ask, NULL) == BL_OK &&
			answer.valid && answer.path.n == PATH,
		    "the path is not valid");
	}
	bl_trust_answer_clear(&answer);
	bl_crls_clear(&crls);
	bl_certs_clear(&pool);
	bl_certs_clear(&anchors);
	for (size_t i = 0; i < PATH; i++)
		bl_cert_free(c[i]);
}

/* Decoded before, which is most of its work. */
static void
peer_path(void *arg)
{
	struct job *j = arg;
	X509_STORE_CTX *run = X509_STORE_CTX_new();

	ensure(run != NULL &&
		X509_STORE_CTX_init(run, j->store, j->x509, j->between) == 1 &&
		X509_STORE_CTX_set_purpose(run, X509_PURPOSE_SMIME_SIGN) == 1,
	    "no context");
	X509_STORE_CTX_set_flags(
	    run, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	ensure(X509_verify_cert(run) == 1, "libcrypto: not valid");
	X509_STORE_CTX_free(run);
}

static void
bare_signature(struct job *j, const struct bl_pub *pub, struct bl_span bytes,
    struct bl_span value, struct bl_sig_alg alg)
{
	ensure(
	    bl_pub_verify_bytes(pub, j->ctx, &alg, bytes, value, NULL) == BL_OK,
	    "a signature does not hold");
}

/* The keys of the issuers, two signatures by each, and the second judge. */
static void
bare_path(void *arg)
{
	struct job *j = arg;
	struct bl_span chain[PATH];
	const char *why;
	bool yes;

	for (size_t i = 0; i < PATH; i++)
		chain[i] = bl_buf_span(&j->certs[i]);
	for (size_t i = 0; i + 1 < PATH; i++) {
		const struct bl_crl_face *f = bl_crl_face(j->lists[i]);
		const struct bl_cert *c = j->read[i];
		struct bl_pub *pub;

		ensure(bl_pub_read(&pub, j->ctx, bl_cert_spki(j->read[i + 1]),
			   &BL_LIMITS, NULL) == BL_OK,
		    "no key");
		bare_signature(j, pub, bl_cert_tbs(c), bl_cert_signature(c),
		    bl_cert_sig_alg(c));
		bare_signature(j, pub, f->tbs, f->signature, f->alg);
		bl_pub_free(pub);
	}
	ensure(bl_second_judge(&yes, &why, j->ctx, chain, PATH, BL_PURPOSE_SIGN,
		   (int64_t)time(NULL), NULL) == BL_OK &&
		yes,
	    "the second judge says no");
}

/* ---- all of it ---- */

static void
set_up(struct job *j, struct bl_ctx *ctx, const char *type)
{
	*j = (struct job){.ctx = ctx};
	pki_init(&j->pki, type);
	j->key = person_key(type);
	j->x509 = pki_issue(&j->pki.ca, j->key, ADDRESS, 100);
	pki_der(&j->certs[0], j->x509);
	pki_der(&j->certs[1], j->pki.ca.x509);
	pki_der(&j->certs[2], j->pki.root.x509);
	pki_crl_der(&j->crls[0], j->pki.ca.crl);
	pki_crl_der(&j->crls[1], j->pki.root.crl);
	for (size_t i = 0; i < PATH; i++)
		j->read[i] = read_cert(j, i);
	for (size_t i = 0; i + 1 < PATH; i++)
		ensure(bl_crl_read(&j->lists[i], bl_buf_span(&j->crls[i]),
			   &BL_LIMITS, NULL) == BL_OK,
		    "a list cannot be read");
	j->store = X509_STORE_new();
	j->between = sk_X509_new_null();
	ensure(j->store != NULL && j->between != NULL &&
		X509_STORE_add_cert(j->store, j->pki.root.x509) == 1 &&
		X509_STORE_add_crl(j->store, j->pki.root.crl) == 1 &&
		X509_STORE_add_crl(j->store, j->pki.ca.crl) == 1 &&
		sk_X509_push(j->between, j->pki.ca.x509) > 0,
	    "no peer");
}

int
main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 5;
	double slice = argc > 2 ? strtod(argv[2], NULL) : 0.2;
	struct job r, e;
	struct bl_ctx *ctx;

	ensure(bl_ctx_new(&ctx, NULL) == BL_OK, "no context");
	set_up(&r, ctx, "RSA");
	set_up(&e, ctx, "EC");
	{
		const struct work works[] = {
		    {"cert-rsa.bulla", ours_read, &r, 0},
		    {"cert-rsa.peer", peer_read, &r, 0},
		    {"cert-ec.bulla", ours_read, &e, 0},
		    {"cert-ec.peer", peer_read, &e, 0},
		    {"path-rsa.bulla", ours_path, &r, 0},
		    {"path-rsa.peer", peer_path, &r, 0},
		    {"path-rsa.limit", bare_path, &r, 0},
		    {"path-ec.bulla", ours_path, &e, 0},
		    {"path-ec.peer", peer_path, &e, 0},
		    {"path-ec.limit", bare_path, &e, 0},
		};

		measure(works, sizeof(works) / sizeof(*works), rounds, slice,
		    CLOCK_PROCESS_CPUTIME_ID);
	}
	return 0;
}
