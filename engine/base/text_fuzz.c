/* text_fuzz.c - any bytes are shown clean, and UTF-8 is taken apart right. */
#include "base/base.h"

#include <stdlib.h>

#define MUST(cond)                                                             \
	do {                                                                   \
		if (!(cond))                                                   \
			abort();                                               \
	} while (0)

/* apart takes the text to code points and puts it together again. */
static void
apart(struct bl_span in)
{
	struct bl_buf back = {0};
	struct bl_span left = in;
	bool ok = true;

	while (left.n > 0) {
		struct bl_span before = left;
		uint32_t c = bl_text_next(&left);

		MUST(left.n < before.n && before.n - left.n <= 4);
		if (c == BL_TEXT_BAD) {
			MUST(before.n - left.n == 1);
			bl_buf_add_u8(&back, before.p[0]);
		} else {
			bl_text_put(&back, c);
		}
		ok = ok && c != BL_TEXT_BAD && c != 0;
	}
	MUST(bl_span_equal(bl_buf_span(&back), in));
	MUST(bl_text_ok(in) == ok);
	bl_buf_clear(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bl_span in = bl_span_of(p, n), left;
	struct bl_buf shown = {0};

	apart(in);
	bl_text_show(&shown, in);
	MUST(shown.err == BL_OK && bl_text_ok(bl_buf_span(&shown)));
	for (left = bl_buf_span(&shown); left.n > 0;)
		MUST(!bl_text_is_hidden(bl_text_next(&left)));
	bl_buf_clear(&shown);
	return 0;
}
