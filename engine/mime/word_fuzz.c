/* word_fuzz.c - any text that a header may hold comes back the same from the
 * field it was written to, and no line of it is too long. */
#include "mime/mime.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_lines(struct bl_span s)
{
	size_t column = 0;

	for (size_t i = 0; i < s.n; i++) {
		must(s.p[i] != 0 && s.p[i] < 0x80);
		column = s.p[i] == '\n' ? 0 : column + 1;
		must(column <= 300);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_span in = bl_span_of(data, n);
	struct bl_buf field = {0}, text = {0};
	struct bl_header *h;
	enum bl_err err;

	err = bl_header_write(&field, "Subject", in, NULL);
	if (!bl_text_ok(in) ||
	    (n > 0 &&
		(memchr(data, '\n', n) != NULL ||
		    memchr(data, '\r', n) != NULL))) {
		must(err == BL_E_CALLER && field.n == 0);
		bl_buf_clear(&field);
		return 0;
	}
	must(err == BL_OK);
	check_lines(bl_buf_span(&field));
	must(bl_header_read(&h, bl_buf_span(&field), &limits, NULL) == BL_OK);
	must(bl_header_count(h) == 1 && bl_header_defects(h) == 0);
	bl_header_text(&text, bl_header_at(h, 0)->value);
	must(bl_span_equal(bl_buf_span(&text), in));
	bl_header_free(h);
	bl_buf_clear(&text);
	bl_buf_clear(&field);
	return 0;
}
