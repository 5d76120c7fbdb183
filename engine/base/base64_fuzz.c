/* base64_fuzz.c - any text in any pieces; any bytes there and back. */
#include "base/base.h"

#include <stdlib.h>

#define MUST(cond)                                                             \
	do {                                                                   \
		if (!(cond))                                                   \
			abort();                                               \
	} while (0)

static bool
decode(struct bl_buf *out, struct bl_span in, size_t step)
{
	struct bl_base64 d = {0};

	for (; in.n > 0; in = bl_span_cut(in, step, in.n))
		bl_base64_decode(&d, out, bl_span_cut(in, 0, step));
	bl_base64_decode_end(&d);
	MUST(out->err == BL_OK);
	return !d.bad;
}

static void
encode(struct bl_buf *out, struct bl_span in, size_t step)
{
	struct bl_base64 e = {0};

	for (; in.n > 0; in = bl_span_cut(in, step, in.n))
		bl_base64_encode(&e, out, bl_span_cut(in, 0, step));
	bl_base64_encode_end(&e, out);
	MUST(out->err == BL_OK);
}

/* plain drops what is no digit and no padding. */
static void
plain(struct bl_buf *out, struct bl_span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] > ' ')
			bl_buf_add_u8(out, text.p[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bl_buf one = {0}, two = {0}, text = {0}, again = {0};
	size_t step = n == 0 ? 1 : 1 + p[0];
	struct bl_span in = bl_span_of(p, n);
	bool good = decode(&one, in, n + 1);

	/* The pieces make no difference. */
	MUST(decode(&two, in, step) == good);
	MUST(bl_span_equal(bl_buf_span(&one), bl_buf_span(&two)));
	MUST(one.n <= n / 4 * 3 + 2);
	if (good) {
		/* There is one text for one content. */
		bl_buf_reset(&two);
		encode(&text, bl_buf_span(&one), step);
		plain(&again, bl_buf_span(&text));
		plain(&two, in);
		MUST(bl_span_equal(bl_buf_span(&again), bl_buf_span(&two)));
	}
	bl_buf_reset(&text);
	bl_buf_reset(&again);
	bl_buf_reset(&two);
	encode(&text, in, n + 1);
	encode(&again, in, step);
	MUST(bl_span_equal(bl_buf_span(&text), bl_buf_span(&again)));
	MUST(decode(&two, bl_buf_span(&text), step));
	MUST(bl_span_equal(bl_buf_span(&two), in));
	bl_buf_clear(&one);
	bl_buf_clear(&two);
	bl_buf_clear(&text);
	bl_buf_clear(&again);
	return 0;
}
