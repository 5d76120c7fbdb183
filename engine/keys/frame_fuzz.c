/* frame_fuzz.c - any bytes as a want and as an answer: what is read can be
 * written again, to the same bytes. */
#include "keys/shared.h"

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
	struct bl_want_shared shared;
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
	if (bl_want_shared_get(&shared, frame, NULL) == BL_OK)
		same(back, bl_want_shared_put(back, &shared, NULL), frame);
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

#define K32  "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK"
#define NAME "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02\x43\x41"
#define ITEM "\4\0\0\0\0\x6a\xb1\x3b\x80\0\1u\0\0\0\0\2xy"
#define BYTES(s)                                                               \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}

/* Good frames, which a fuzzer would not find by itself. */
static const struct bl_span good[] = {
    BYTES("\1\1" K32 "\1\3\0\0\0\1\0\0\0\0\x6a\xb1\x3b\x80\3\x20" K32 K32
	  "\0\x0f" NAME "\2\x12\x34\2\1\0\2\x30\0\2\0\2\xa0\0"),
    BYTES("\2\1" K32 "\3\1\3\0\1\x20\x20\0\0\0\1i\0\1o\0\3www"),
    BYTES("\2\1" K32 "\2\0\3\3\0\0\x20\0\1l\0\0\0\0\0\3www"),
    BYTES("\3\1\0\x0f" NAME "\1\7\1s\0\0\1\3\0\1u\0\0"),
    BYTES("\4\1\0\0\0\0\x6a\xb1\x3b\x80\0\0\0\2cc\0\0\0\2ii\1\1\0\1u\0\1b"),
    BYTES("\x84\1\0\0\2\2" ITEM "\3" ITEM),
    BYTES("\x81\1\0\0\0\0\3sig"),
    BYTES("\10\1\1\2\3\0\0\0\5\x10\x10\0\0\4salt\x10"
	  "0123456789abcdef"
	  "\0\3www"),
    BYTES("\10\1\2\1\0\0\0\0\0\x20\x20\2id\0\0\0\0\3www"),
    BYTES("\x88\1\0\3key"),
};

/* Edits of a good frame: which; then where, how many go, how many come. */
static void
edit(struct bl_buf *out, struct bl_span how)
{
	struct bl_span from = good[how.p[0] % (sizeof(good) / sizeof(*good))];

	how = bl_span_cut(how, 1, how.n);
	while (how.n > 2) {
		size_t at = how.p[0] % (from.n + 1), come = how.p[2] % 16;

		bl_buf_add(out, bl_span_cut(from, 0, at));
		bl_buf_add(out, bl_span_cut(how, 3, come));
		from = bl_span_cut(from, at + how.p[1] % 16, from.n);
		how = bl_span_cut(how, 3 + come, how.n);
	}
	bl_buf_add(out, from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bl_span frame = bl_span_of(data, size);
	struct bl_buf back = {0}, edited = {0};

	wants(&back, frame);
	answers(&back, frame);
	if (size != 0) {
		edit(&edited, frame);
		wants(&back, bl_buf_span(&edited));
		answers(&back, bl_buf_span(&edited));
	}
	bl_buf_clear(&back);
	bl_buf_clear(&edited);
	return 0;
}
