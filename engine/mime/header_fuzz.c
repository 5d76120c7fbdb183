/* header_fuzz.c - any block: fields lie in order inside it and cover all but
 * what is no field; text of values is UTF-8 without NUL, CR and LF. */
#include "mime/mime.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_text(struct bl_span value)
{
	struct bl_buf text = {0}, unfolded = {0};
	struct bl_span s;
	int64_t date;

	bl_header_text(&text, value);
	s = bl_buf_span(&text);
	must(text.err == BL_OK && bl_text_ok(s));
	must(s.n == 0 || memchr(s.p, '\n', s.n) == NULL);
	must(s.n == 0 || memchr(s.p, '\r', s.n) == NULL);
	bl_unfold(&unfolded, value);
	must(unfolded.n <= value.n);
	if (!bl_mime_date(&date, value))
		must(date == 0);
	bl_buf_clear(&unfolded);
	bl_buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_header *h;
	enum bl_err err;

	limits.header_fields = 30;
	limits.header_field_bytes = 500;
	err = bl_header_read(&h, bl_span_of(data, n), &limits, NULL);
	if (err != BL_OK) {
		must(err == BL_E_LIMIT && h == NULL);
		return 0;
	}
	for (size_t i = 0; i < bl_header_count(h); i++) {
		const struct bl_field *f = bl_header_at(h, i);

		must(f->name.n > 0 && f->name.p == f->raw.p);
		must(f->value.p > f->name.p + f->name.n - 1);
		must(f->value.p + f->value.n <= f->raw.p + f->raw.n);
		must(i == 0 || f->raw.p >= f[-1].raw.p + f[-1].raw.n);
		check_text(f->value);
	}
	must(bl_header_at(h, bl_header_count(h)) == NULL);
	bl_header_free(h);
	return 0;
}
