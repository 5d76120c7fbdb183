/* pkcs8_fuzz.c - any bytes as a private key, sealed or not. */
#include <stdlib.h>

#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ASSERT(cond)                                                           \
	if (!(cond))                                                           \
	abort()

static void
read_clear(struct bl_ctx *ctx, struct bl_span der)
{
	struct bl_secret *s = NULL;
	struct bl_buf spki = {0};
	struct bl_priv *k = NULL;
	enum bl_err err;

	if (der.n == 0 || der.n > 65536)
		return;
	ASSERT(bl_secret_copy(&s, der, NULL) == BL_OK);
	err = bl_priv_read(&k, ctx, s, NULL);
	ASSERT(err == BL_OK || err == BL_E_MALFORMED || err == BL_E_LIMIT ||
	    err == BL_E_UNSUPPORTED);
	ASSERT((k != NULL) == (err == BL_OK));
	if (k != NULL)
		ASSERT(bl_priv_spki(&spki, k, NULL) == BL_OK);
	bl_buf_clear(&spki);
	bl_priv_free(k);
	bl_secret_free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct bl_ctx *ctx;
	static struct bl_secret *pass;
	struct bl_limits limits = BL_LIMITS;
	struct bl_secret *got = NULL;
	enum bl_err err;

	if (ctx == NULL &&
	    (bl_ctx_new(&ctx, NULL) != BL_OK ||
		bl_secret_copy(&pass, BL_STR("pass"), NULL) != BL_OK))
		abort();
	limits.kdf_iterations = 3000;
	limits.scrypt_bytes = 1u << 20;
	err = bl_pkcs8_open(&got, ctx, bl_span_of(p, n), pass, &limits, NULL);
	ASSERT((got != NULL) == (err == BL_OK));
	bl_secret_free(got);
	read_clear(ctx, bl_span_of(p, n));
	return 0;
}
