/* pub_fuzz.c - any bytes as SubjectPublicKeyInfo: refused, or a key that
 * checks a signature without harm. */
#include <stdlib.h>

#include "crypto/crypto.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct bl_ctx *ctx;
	const struct bl_limits limits = BL_LIMITS;
	struct bl_note note = {0};
	struct bl_pub *k = NULL;
	enum bl_err err;

	if (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK)
		abort();
	err = bl_pub_read(&k, ctx, bl_span_of(p, n), &limits, &note);
	ASSERT((k != NULL) == (err == BL_OK) && note.err == err);
	ASSERT(err == BL_OK || err == BL_E_MALFORMED || err == BL_E_LIMIT ||
	    err == BL_E_UNSUPPORTED);
	if (k != NULL) {
		ASSERT(bl_pub_kind(k) != BL_KEY_OTHER);
		ASSERT(bl_pub_bits(k) <= limits.rsa_max_bits);
		use(k, ctx, bl_span_of(p, n));
		/* the end of the input as a value of its own length */
		use(k, ctx,
		    bl_span_cut(bl_span_of(p, n),
			n - (bl_pub_bits(k) + 7) / 8 % (n + 1), n));
	}
	bl_pub_free(k);
	return 0;
}
