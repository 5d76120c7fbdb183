/* content_type.c - Content-Type, Content-Disposition and
 * Content-Transfer-Encoding. */
#include "mime/internal.h"

void
bl_lower(struct bl_buf *out, struct bl_span s)
{
	uint8_t *to = bl_buf_grow(out, s.n);

	if (to == NULL)
		return;
	for (size_t i = 0; i < s.n; i++)
		to[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i];
	out->n += s.n;
}

static struct bl_span
stored(struct bl_content_type *t, struct bl_span s)
{
	size_t from = t->store.n;

	bl_lower(&t->store, s);
	return bl_rel(&t->store, from);
}

/* Takes "type/subtype" or, for a disposition, "type". */
static bool
heading(struct bl_content_type *t, struct bl_lex *l, bool has_subtype)
{
	struct bl_span type, subtype = {0};
	bool spaced;

	bl_lex_cfws(l);
	type = bl_lex_while(l, bl_mime_is_token);
	if (type.n == 0)
		return false;
	if (has_subtype) {
		size_t at = l->i + 1;

		bl_lex_cfws(l);
		if (!bl_lex_take(l, '/'))
			return false;
		bl_lex_cfws(l);
		spaced = l->i != at;
		subtype = bl_lex_while(l, bl_mime_is_token);
		if (subtype.n == 0)
			return false;
		if (spaced)
			t->defects |= BL_DEFECT_CONTENT_TYPE;
	}
	bl_lex_cfws(l);
	t->type = stored(t, type);
	t->subtype = stored(t, subtype);
	return true;
}

static bool
is_not_semicolon(uint8_t c)
{
	return c != ';';
}

static void
fix(struct bl_content_type *t)
{
	bl_rel_fix(&t->type, &t->store);
	bl_rel_fix(&t->subtype, &t->store);
	for (size_t i = 0; i < t->n; i++) {
		bl_rel_fix(&t->params[i].name, &t->store);
		bl_rel_fix(&t->params[i].value, &t->store);
	}
}

/* What a field means that cannot be parsed. */
struct otherwise {
	struct bl_span type, subtype;
	unsigned defect;
};

static enum bl_err
field(struct bl_content_type *out, struct bl_span value,
    const struct otherwise *o, struct bl_note *note)
{
	struct bl_content_type t = {0};
	struct bl_buf text = {0};
	struct bl_lex l = {0};
	enum bl_err err;

	*out = t;
	l.s = bl_unfolded(&text, value);
	if ((err = bl_buf_err(&text, note)) != BL_OK)
		goto out;
	if (!heading(&t, &l, o->subtype.n != 0)) {
		t.defects |= o->defect;
		t.type = stored(&t, o->type);
		t.subtype = stored(&t, o->subtype);
	} else {
		if (bl_lex_while(&l, is_not_semicolon).n != 0)
			t.defects |= o->defect;
		err = bl_params_read(&t, &l, note);
	}
	if (l.bad)
		t.defects |= o->defect;
	if (err == BL_OK)
		err = bl_buf_err(&t.store, note);
out:
	bl_buf_clear(&text);
	if (err != BL_OK) {
		bl_content_type_clear(&t);
		return err;
	}
	fix(&t);
	*out = t;
	return BL_OK;
}

enum bl_err
bl_content_type_read(
    struct bl_content_type *out, struct bl_span value, struct bl_note *note)
{
	static const struct otherwise plain = {
	    /* RFC 2045 5.2 */
	    .type = {(const uint8_t *)"text", sizeof("text") - 1},
	    .subtype = {(const uint8_t *)"plain", sizeof("plain") - 1},
	    .defect = BL_DEFECT_CONTENT_TYPE,
	};

	return field(out, value, &plain, note);
}

enum bl_err
bl_disposition_read(
    struct bl_content_type *out, struct bl_span value, struct bl_note *note)
{
	static const struct otherwise attachment = {
	    /* RFC 2183 2.8 */
	    .type = {(const uint8_t *)"attachment", sizeof("attachment") - 1},
	    .defect = BL_DEFECT_PARAMETER,
	};

	return field(out, value, &attachment, note);
}

struct bl_span
bl_content_type_param(const struct bl_content_type *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (bl_span_is(t->params[i].name, name))
			return t->params[i].value;
	return (struct bl_span){0};
}

bool
bl_content_type_is(
    const struct bl_content_type *t, const char *type, const char *subtype)
{
	return bl_span_is(t->type, type) &&
	    (subtype == NULL || bl_span_is(t->subtype, subtype));
}

void
bl_content_type_clear(struct bl_content_type *t)
{
	bl_release(t->params);
	bl_buf_clear(&t->store);
	*t = (struct bl_content_type){0};
}

bool
bl_encoding_read(enum bl_encoding *out, struct bl_span text)
{
	static const char *const names[] = {
	    [BL_7BIT] = "7bit",
	    [BL_8BIT] = "8bit",
	    [BL_BINARY] = "binary",
	    [BL_QP] = "quoted-printable",
	    [BL_BASE64] = "base64",
	};
	struct bl_lex l = {.s = text};
	struct bl_span token;

	*out = BL_ENCODING_OTHER;
	bl_lex_cfws(&l);
	token = bl_lex_while(&l, bl_mime_is_token);
	bl_lex_cfws(&l);
	if (l.i != text.n || l.bad)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (bl_span_is(token, names[i]))
			*out = (enum bl_encoding)i;
	return *out != BL_ENCODING_OTHER;
}
