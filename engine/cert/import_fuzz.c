/* import_fuzz.c - any bytes as a file of certificates. */
#include "cert/cert.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bl_ctx *ctx;
	const struct bl_limits limits = BL_LIMITS;
	struct bl_span file = bl_span_of(data, size), label;
	struct bl_certs set = {0};
	struct bl_buf der = {0};
	size_t skipped = 0, pos = 0;
	enum bl_err err;

	if (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK)
		abort();
	err = bl_certs_import(&set, ctx, file, &limits, &skipped, NULL);
	if ((set.n != 0) != (err == BL_OK))
		abort();
	for (size_t i = 0; i < set.n; i++)
		if (bl_certs_by_sha256(&set, bl_cert_sha256(set.list[i])) !=
		    set.list[i])
			abort();
	bl_certs_clear(&set);
	while (bl_pem_next(file, &pos, &label, &der))
		if (label.p < data || label.p + label.n > data + size ||
		    pos > size)
			abort();
	bl_buf_clear(&der);
	return 0;
}
