/* frame_fuzz.c - any bytes as a want and as an answer: what is read can be
 * written again, to the same bytes. */
#include "keys/keys.h"

#include <stdlib.h>

static void
same(struct bl_buf *back, enum bl_err err, struct bl_span frame)
{
	if (err != BL_OK || !bl_span_equal(bl_buf_span(back), frame))
		abort();
	bl_buf_reset(back);
}

static void
wants(struct bl_buf *back, struct bl_span frame)
{
	struct bl_want_sign sign;
	struct bl_want_unwrap unwrap;
	struct bl_want_cert cert;
	struct bl_want_evidence evidence;
	struct bl_buf attrs = {0};

	if (bl_want_sign_get(&sign, frame, NULL) == BL_OK && !sign.unknown) {
		same(back, bl_want_sign_put(back, &sign, NULL), frame);
		if (sign.alg.kind != BL_SIG_DSA &&
		    bl_signed_attrs_write(&attrs, &sign, NULL) != BL_OK)
			abort();
	}
	bl_buf_clear(&attrs);
	if (bl_want_unwrap_get(&unwrap, frame, NULL) == BL_OK &&
	    !unwrap.unknown)
		same(back, bl_want_unwrap_put(back, &unwrap, NULL), frame);
	if (bl_want_cert_get(&cert, frame, NULL) == BL_OK)
		same(back, bl_want_cert_put(back, &cert, NULL), frame);
	if (bl_want_evidence_get(&evidence, frame, NULL) == BL_OK)
		same(back, bl_want_evidence_put(back, &evidence, NULL), frame);
}

static void
answers(struct bl_buf *back, struct bl_span frame)
{
	struct bl_answer a;
	struct bl_item item;
	struct bl_span rest;

	if (bl_answer_get(&a, frame, NULL) != BL_OK)
		return;
	same(back, bl_answer_put(back, &a, NULL), frame);
	if (a.kind != BL_WANT_CERT && a.kind != BL_WANT_EVIDENCE)
		return;
	rest = a.payload;
	while (bl_item_next(&item, &rest))
		if (bl_item_put(back, &item, NULL) != BL_OK)
			abort();
	if (rest.n != 0)
		abort();
	same(back, BL_OK, a.payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bl_span frame = bl_span_of(data, size);
	struct bl_buf back = {0};

	wants(&back, frame);
	answers(&back, frame);
	bl_buf_clear(&back);
	return 0;
}
