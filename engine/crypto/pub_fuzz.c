/* pub_fuzz.c - any bytes as SubjectPublicKeyInfo: refused, or a key that
 * checks a signature without harm. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "der/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ASSERT(cond)                                                           \
	if (!(cond))                                                           \
	abort()

static void
use(const struct bl_pub *k, struct bl_ctx *ctx, struct bl_span sig)
{
	static const struct bl_sig_alg algs[] = {
	    {BL_SIG_RSA_PKCS1, BL_SHA256, 0, 0},
	    {BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 20},
	    {BL_SIG_ECDSA, BL_SHA256, 0, 0},
	};

	for (size_t i = 0; i < 3; i++) {
		struct bl_digest_value v = {
		    .alg = algs[i].digest, .n = bl_digest_size(algs[i].digest)};
		enum bl_err err = bl_pub_verify(
		    k, ctx, &algs[i], &v, sig, NULL);

		ASSERT(err == BL_E_FORGED || err == BL_E_UNSUPPORTED);
	}
}

/* EdDSA: a key of low order, and none else, has signatures that anybody can
 * make. */
static void
use_whole(const struct bl_pub *k, struct bl_ctx *ctx, struct bl_span sig)
{
	enum bl_key_kind kind = bl_pub_kind(k);
	const struct bl_sig_alg alg = {
	    kind == BL_KEY_ED448 ? BL_SIG_ED448 : BL_SIG_ED25519,
	    BL_DIGEST_NONE};
	enum bl_err err = bl_pub_verify_bytes(
	    k, ctx, &alg, BL_STR("signed"), sig, NULL);

	if (kind != BL_KEY_ED25519 && kind != BL_KEY_ED448) {
		ASSERT(err == BL_E_UNSUPPORTED);
		return;
	}
	ASSERT(err == BL_E_FORGED || (err == BL_OK && bl_pub_is_weak(k)));
}

/* The key of a certificate, as the seeds are certificates; else all of it. */
static struct bl_span
key_in(struct bl_span input)
{
	struct bl_der at = bl_der_of(input);
	struct bl_der seq = bl_der_enter(&at, BL_DER_SEQUENCE);
	struct bl_der tbs = bl_der_enter(&seq, BL_DER_SEQUENCE);
	struct bl_span spki;

	for (size_t i = 0; i < 6; i++)
		bl_der_whole(&tbs, 0);
	spki = bl_der_whole(&tbs, BL_DER_SEQUENCE);
	return tbs.bad ? input : spki;
}

static void
read_key(struct bl_ctx *ctx, struct bl_span spki, struct bl_span sig)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_note note = {0};
	struct bl_pub *k = NULL;
	enum bl_err err;

	err = bl_pub_read(&k, ctx, spki, &limits, &note);
	ASSERT((k != NULL) == (err == BL_OK) && note.err == err);
	ASSERT(err == BL_OK || err == BL_E_MALFORMED || err == BL_E_LIMIT ||
	    err == BL_E_UNSUPPORTED);
	if (k != NULL) {
		ASSERT(bl_pub_kind(k) != BL_KEY_OTHER);
		ASSERT(bl_pub_bits(k) <= limits.rsa_max_bits);
		use(k, ctx, sig);
		use_whole(k, ctx, bl_span_cut(sig, 0, 64));
		/* a value of the right length */
		use(k, ctx, bl_span_cut(sig, 0, (bl_pub_bits(k) + 7) / 8));
	}
	bl_pub_free(k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct bl_ctx *ctx;
	struct bl_span input = bl_span_of(p, n);

	if (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK)
		abort();
	read_key(ctx, input, input);
	read_key(ctx, key_in(input), input);
	return 0;
}
