/* content_type_fuzz.c - any value: all names are lower case and there once,
 * all text is UTF-8 without controls, and what is written reads the same. */
#include "mime/mime.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check(const struct bl_content_type *t)
{
	must(t->type.n > 0);
	for (size_t i = 0; i < t->n; i++) {
		struct bl_span v = t->params[i].value;
		char name[600];

		must(bl_text_ok(v) && t->params[i].name.n > 0);
		for (size_t k = 0; k < v.n && t->defects == 0; k++)
			must((v.p[k] >= 0x20 || v.p[k] == '\t') &&
			    v.p[k] != 0x7f);
		if (t->params[i].name.n >= sizeof(name))
			continue;
		memcpy(name, t->params[i].name.p, t->params[i].name.n);
		name[t->params[i].name.n] = 0;
		must(bl_content_type_param(t, name).p == v.p);
	}
}

/* Writes a value as a parameter and reads it back. */
static void
again(struct bl_span value)
{
	struct bl_buf text = {0}, field = {0};
	struct bl_content_type t;
	struct bl_header *h;
	struct bl_limits limits = BL_LIMITS;

	bl_buf_add_str(&text, "attachment");
	bl_param_write(&text, "filename", value);
	must(bl_header_write(&field, "Content-Disposition", bl_buf_span(&text),
		 NULL) == BL_OK);
	must(bl_header_read(&h, bl_buf_span(&field), &limits, NULL) == BL_OK);
	must(bl_header_defects(h) == 0);
	must(bl_disposition_read(&t, bl_header_at(h, 0)->value, NULL) == BL_OK);
	must(t.defects == 0 && t.n == 1);
	must(bl_span_equal(bl_content_type_param(&t, "filename"), value));
	bl_content_type_clear(&t);
	bl_header_free(h);
	bl_buf_clear(&field);
	bl_buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bl_span in = bl_span_of(data, n);
	struct bl_content_type t;
	bool clean = bl_text_ok(in);

	must(bl_content_type_read(&t, in, NULL) == BL_OK);
	must(t.subtype.n > 0);
	check(&t);
	bl_content_type_clear(&t);
	must(bl_disposition_read(&t, in, NULL) == BL_OK);
	check(&t);
	bl_content_type_clear(&t);
	for (size_t i = 0; i < n; i++)
		clean = clean && (data[i] >= 0x20 || data[i] == '\t') &&
		    data[i] != 0x7f;
	if (clean && n < 2000)
		again(in);
	return 0;
}
