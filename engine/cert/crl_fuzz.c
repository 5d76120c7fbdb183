/* crl_fuzz.c - any bytes as a revocation list: spans stay inside, and a question
 * can always be asked. */
#include "cert/crl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_note note = {0};
	struct bl_crls s = {0};
	struct bl_crl *c;
	unsigned reason;
	size_t skipped;
	enum bl_err err = bl_crl_read(
	    &c, bl_span_of(data, size), &limits, &note);

	if ((c != NULL) != (err == BL_OK) || note.err != err)
		abort();
	if (c != NULL) {
		const struct bl_crl_face *f = bl_crl_face(c);

		if (f->tbs.n >= size || f->signature.n >= size ||
		    f->idp.n >= size || f->aki.n >= size || f->number.n > 21 ||
		    (f->base.n != 0 && !f->is_delta))
			abort();
		if (bl_crl_find(c, f->issuer, BL_STR("\1"), &reason, NULL) &&
		    reason > 10)
			abort();
	}
	bl_crl_free(c);
	if (bl_crls_import(&s, bl_span_of(data, size), &limits, &skipped,
		&note) == BL_OK &&
	    s.n == 0)
		abort();
	bl_crls_clear(&s);
	return 0;
}
