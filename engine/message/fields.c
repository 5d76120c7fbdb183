/* fields.c - see fields.h. */
#include "message/fields.h"

/* Those of RFC 9787 1.1.2 that a person sees, what threads go by, and the two
 * that a policy hides. */
const char *const bl_field_names[] = {"From", "Sender", "Reply-To",
    "Followup-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To",
    "References", "Keywords", "Comments", "Resent-From", "Resent-Sender",
    "Resent-To", "Resent-Cc", "Resent-Date", NULL};

static const char *
known(struct bl_span name)
{
	for (size_t i = 0; bl_field_names[i] != NULL; i++)
		if (bl_span_is(name, bl_field_names[i]))
			return bl_field_names[i];
	return NULL;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* Unfolds, and makes one space of each run: what mail servers change. */
static void
put_value(struct bl_buf *out, struct bl_span value)
{
	size_t n = 0;

	bl_unfold(out, value);
	for (size_t i = 0; i < out->n; i++) {
		uint8_t c = is_space(out->p[i]) ? ' ' : out->p[i];

		if (c != ' ' || n == 0 || out->p[n - 1] != ' ')
			out->p[n++] = c;
	}
	out->n = n;
}

static enum bl_err
add(struct bl_field_list *l, const char *name, struct bl_span value,
    struct bl_note *note)
{
	enum bl_err err = bl_list_grow(
	    &l->list, l->n, &l->cap, sizeof(struct bl_known_field), note);
	struct bl_known_field *f;

	if (err != BL_OK)
		return err;
	f = &l->list[l->n++];
	*f = (struct bl_known_field){.name = name};
	put_value(&f->value, value);
	return bl_buf_err(&f->value, note);
}

enum bl_err
bl_field_list_take(
    struct bl_field_list *l, const struct bl_header *h, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < bl_header_count(h); i++) {
		const struct bl_field *f = bl_header_at(h, i);
		const char *name = known(f->name);

		if (name != NULL)
			err = add(l, name, f->value, note);
	}
	return err;
}

/* "Subject: [...]", the value of an HP-Outer. */
static enum bl_err
take_stated(struct bl_field_list *l, struct bl_span value, struct bl_note *note)
{
	const uint8_t *colon = value.n == 0 ? NULL
					    : memchr(value.p, ':', value.n);
	struct bl_span name;
	const char *is;

	if (colon == NULL)
		return BL_OK;
	name = bl_span_cut(value, 0, (size_t)(colon - value.p));
	while (name.n > 0 && is_space(name.p[name.n - 1]))
		name.n--;
	if ((is = known(name)) == NULL)
		return BL_OK;
	return add(l, is,
	    bl_span_cut(value, (size_t)(colon - value.p) + 1, SIZE_MAX), note);
}

enum bl_err
bl_field_list_take_stated(
    struct bl_field_list *l, const struct bl_header *h, struct bl_note *note)
{
	struct bl_buf value = {0};
	struct bl_span text;
	const struct bl_field *f;
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < bl_header_count(h); i++) {
		f = bl_header_at(h, i);
		if (!bl_span_equal_nocase(f->name, BL_STR("HP-Outer")))
			continue;
		bl_buf_reset(&value);
		text = bl_unfolded(&value, f->value);
		if ((err = bl_buf_err(&value, note)) == BL_OK)
			err = take_stated(l, text, note);
	}
	bl_buf_clear(&value);
	return err;
}

const struct bl_known_field *
bl_field_list_find(const struct bl_field_list *l, const char *name, size_t nth)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].name == name && nth-- == 0)
			return &l->list[i];
	return NULL;
}

static bool
same_value(const struct bl_known_field *a, const struct bl_known_field *b)
{
	return bl_span_equal(bl_buf_span(&a->value), bl_buf_span(&b->value));
}

bool
bl_field_list_has(const struct bl_field_list *l, const struct bl_known_field *f)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].name == f->name && same_value(&l->list[i], f))
			return true;
	return false;
}

/* The next field of a name at or after *pos. */
static const struct bl_known_field *
next(const struct bl_field_list *l, const char *name, size_t *pos)
{
	while (*pos < l->n) {
		const struct bl_known_field *f = &l->list[(*pos)++];

		if (f->name == name)
			return f;
	}
	return NULL;
}

bool
bl_field_list_same(const struct bl_field_list *a, const struct bl_field_list *b,
    const char *name)
{
	size_t i = 0, k = 0;

	for (;;) {
		const struct bl_known_field *x = next(a, name, &i);
		const struct bl_known_field *y = next(b, name, &k);

		if (x == NULL || y == NULL)
			return x == y;
		if (!same_value(x, y))
			return false;
	}
}

void
bl_field_list_clear(struct bl_field_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		bl_buf_clear(&l->list[i].value);
	bl_release(l->list);
	*l = (struct bl_field_list){0};
}

/* ---- forms ---- */

static bool
param_is(const struct bl_content_type *t, const char *name, const char *value)
{
	return bl_span_is(bl_content_type_param(t, name), value);
}

/* Also without a value. */
static bool
has_param(const struct bl_content_type *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (bl_span_is(t->params[i].name, name))
			return true;
	return false;
}

enum bl_header_form
bl_header_form_of(const struct bl_part *p)
{
	/* Which of two Content-Types, or of two hp, would it be? */
	if (p->type.defects != 0 ||
	    bl_header_find(p->header, "Content-Type", 1) != NULL)
		return BL_HEADER_FORM_NONE;
	if (has_param(&p->type, "hp"))
		return param_is(&p->type, "hp", "clear") ? BL_HEADER_FORM_CLEAR
		    : param_is(&p->type, "hp", "cipher") ? BL_HEADER_FORM_CIPHER
							 : BL_HEADER_FORM_NONE;
	if (param_is(&p->type, "protected-headers", "v1"))
		return BL_HEADER_FORM_V1;
	/* A message inside without this parameter may be any attached one. */
	if (bl_content_type_is(&p->type, "message", "rfc822") &&
	    param_is(&p->type, "forwarded", "no") && p->encoding <= BL_BINARY)
		return BL_HEADER_FORM_WRAPPED;
	return BL_HEADER_FORM_NONE;
}

enum bl_err
bl_header_is_wrapped(bool *is, const struct bl_header *h, struct bl_note *note)
{
	const struct bl_field *f = bl_header_find(h, "Content-Type", 0);
	struct bl_content_type t = {0};
	enum bl_err err;

	*is = f == NULL;
	if (f == NULL)
		return BL_OK;
	if ((err = bl_content_type_read(&t, f->value, note)) == BL_OK)
		*is = t.defects == 0 && !has_param(&t, "hp") &&
		    !bl_content_type_is(&t, "multipart", "signed") &&
		    !bl_content_type_is(&t, "multipart", "encrypted") &&
		    !bl_content_type_is(&t, "application", "pkcs7-mime") &&
		    !bl_content_type_is(&t, "application", "x-pkcs7-mime");
	bl_content_type_clear(&t);
	return err;
}

const char *
bl_header_form_name(enum bl_header_form f)
{
	switch (f) {
	case BL_HEADER_FORM_NONE:
		return "none";
	case BL_HEADER_FORM_CLEAR:
		return "clear";
	case BL_HEADER_FORM_CIPHER:
		return "cipher";
	case BL_HEADER_FORM_V1:
		return "protected-headers-v1";
	case BL_HEADER_FORM_WRAPPED:
		return "message-rfc822";
	}
	return "none";
}

const char *
bl_field_protection_name(enum bl_field_protection p)
{
	switch (p) {
	case BL_FIELD_UNPROTECTED:
		return "unprotected";
	case BL_FIELD_SIGNED:
		return "signed-only";
	case BL_FIELD_ENCRYPTED:
		return "encrypted-only";
	case BL_FIELD_SIGNED_ENCRYPTED:
		return "signed-and-encrypted";
	}
	return "unprotected";
}

const char *
bl_field_place_name(enum bl_field_place p)
{
	switch (p) {
	case BL_FIELD_OUTSIDE:
		return "outside";
	case BL_FIELD_INSIDE:
		return "inside";
	case BL_FIELD_CLAIMED:
		return "claimed";
	}
	return "outside";
}
