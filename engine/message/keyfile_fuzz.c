/* keyfile_fuzz.c - any bytes as a key file: keys that are PKCS#8, within the
 * limits, or an error that is said. */
#include "bulla/keyfile.h"

#define REQUIRE(x) ((x) ? (void)0 : __builtin_trap())

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct bl_ctx *ctx;
	struct bl_limits limits = BL_LIMITS;
	struct bl_keyfile k;
	struct bl_note note = {0};
	size_t keys = 0;
	enum bl_err err;

	if (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK)
		return 0;
	limits.kdf_iterations = 4096; /* so that it is quick */
	limits.scrypt_bytes = 1u << 20;
	err = bl_keyfile_read(
	    &k, ctx, bl_span_of(p, n), BL_STR("secret"), &limits, &note);
	REQUIRE(err == note.err);
	for (size_t i = 0; i < k.n; i++) {
		REQUIRE(k.entries[i].key != NULL || k.entries[i].cert != NULL);
		keys += k.entries[i].key != NULL;
	}
	REQUIRE(err == BL_OK ? keys > 0 && keys <= 256 : k.n == 0);
	bl_keyfile_clear(&k);
	return 0;
}
