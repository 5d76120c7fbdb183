/* request_fuzz.c - any bytes as a request for a certificate: a key that comes
 * out is one that can be written again. */
#include "bulla/cert.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bl_ctx *ctx;
	struct bl_issue_public key;
	struct bl_note note = {0};
	struct bl_buf number = {0};
	enum bl_err err;

	if (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK)
		return 0;
	err = bl_request_read(
	    &key, &number, ctx, bl_span_of(data, size), NULL, &note);
	if (note.err != err)
		abort();
	if ((err == BL_OK) != (key.kind != BL_KEY_OTHER) ||
	    (err == BL_OK) != (key.number.n > 0) || key.number.n > 1024 ||
	    (key.kind == BL_KEY_RSA) != (key.exponent != 0))
		abort();
	bl_buf_clear(&number);
	return 0;
}
