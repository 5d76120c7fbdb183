/* ocsp_fuzz.c - any bytes as an answer of an OCSP responder: spans stay inside,
 * and each of its answers can be read again. */
#include "cert/ocsp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
within(const struct bl_ocsp *o, struct bl_span s)
{
	struct bl_span all = bl_ocsp_der(o);

	if (s.n != 0 && (s.p < all.p || s.p + s.n > all.p + all.n))
		abort();
}

static void
look(const struct bl_ocsp *o)
{
	const struct bl_ocsp_face *f = bl_ocsp_face(o);
	struct bl_der in = bl_der_of(f->singles);

	if (bl_ocsp_status_name(f->status) == NULL)
		abort();
	if ((f->singles.n != 0) != (f->status == BL_OCSP_SUCCESSFUL) ||
	    (f->by_name.n != 0 && f->by_key.n != 0))
		abort();
	within(o, f->tbs);
	within(o, f->signature);
	within(o, f->by_name);
	within(o, f->by_key);
	within(o, f->certs);
	while (bl_der_peek(&in) != 0) {
		struct bl_ocsp_single s = bl_ocsp_single_read(&in);

		within(o, s.id.name_hash);
		within(o, s.id.key_hash);
		within(o, s.id.serial);
		if (s.reason > 10 ||
		    (s.said != BL_OCSP_REVOKED && s.revoked_at != 0))
			abort();
	}
	if (in.bad)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_note note = {0};
	struct bl_ocsps s = {0};
	struct bl_ocsp *o;
	size_t skipped;
	enum bl_err err = bl_ocsp_read(
	    &o, bl_span_of(data, size), &limits, &note);

	if ((o != NULL) != (err == BL_OK) || note.err != err)
		abort();
	if (o != NULL) {
		look(o);
		bl_ocsp_asked(o, BL_STR("a nonce"));
		if (bl_ocsp_face(o)->nonce == BL_OCSP_NOT_ASKED)
			abort();
	}
	bl_ocsp_free(o);
	if (bl_ocsps_import(&s, bl_span_of(data, size), &limits, &skipped,
		&note) == BL_OK &&
	    s.n == 0)
		abort();
	bl_ocsps_clear(&s);
	return 0;
}
