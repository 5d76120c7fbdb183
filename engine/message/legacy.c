/* legacy.c - copies of header fields in a body; see opening.h. */
#include "message/opening.h"

#define LOOK_BYTES ((size_t)64 << 10) /* of a decoded body: docs/limits.md */
#define CLASS	   "header-protection-legacy-display"

/* A main body part (RFC 9787 7.1): what a person reads first. */
static bool
is_main(const struct bl_part *root, const struct bl_part *p)
{
	for (; p != root; p = p->parent) {
		if (!p->parent->is_multipart)
			return false;
		if (p->index != 0 &&
		    !bl_content_type_is(
			&p->parent->type, "multipart", "alternative"))
			return false;
	}
	return true;
}

static bool
param_is(const struct bl_part *p, const char *name, const char *value)
{
	return bl_span_equal(
	    bl_content_type_param(&p->type, name), bl_span_str(value));
}

static bool
is_attached(const struct bl_part *p)
{
	return bl_span_equal(p->disposition.type, BL_STR("attachment"));
}

/* RFC 9788 4.5.3.1. */
static bool
has_display(const struct bl_part *root, const struct bl_part *p)
{
	return p->type.defects == 0 && param_is(p, "hp-legacy-display", "1") &&
	    is_main(root, p) && !is_attached(p) &&
	    (bl_content_type_is(&p->type, "text", "plain") ||
		bl_content_type_is(&p->type, "text", "html"));
}

/* Older programs: the first part of the multipart/mixed at the root. */
static bool
is_display(const struct bl_part *root, const struct bl_part *p)
{
	return p != root && p->parent == root && p->index == 0 &&
	    p->type.defects == 0 &&
	    bl_content_type_is(&p->parent->type, "multipart", "mixed") &&
	    param_is(p, "protected-headers", "v1") && !is_attached(p) &&
	    (bl_content_type_is(&p->type, "text", "plain") ||
		bl_content_type_is(&p->type, "text", "rfc822-headers"));
}

static enum bl_err
add(struct bl_legacy *l, struct bl_legacy_display d, struct bl_note *note)
{
	enum bl_err err = bl_list_grow(
	    &l->list, l->n, &l->cap, sizeof(*l->list), note);

	if (err == BL_OK)
		l->list[l->n++] = d;
	return err;
}

/* RFC 9788 4.5.3.2: all up to the first empty line, it included. */
static size_t
plain_end(struct bl_span s)
{
	for (size_t i = 0; i < s.n;) {
		const uint8_t *nl = memchr(s.p + i, '\n', s.n - i);
		size_t n;

		if (nl == NULL)
			return 0;
		n = (size_t)(nl - s.p) - i + 1;
		if (n == 1 || (n == 2 && s.p[i] == '\r'))
			return i + n;
		i += n;
	}
	return 0;
}

static size_t
find(struct bl_span s, size_t from, const char *text)
{
	struct bl_span rest = bl_span_cut(s, from, SIZE_MAX);
	const uint8_t *at = rest.n == 0
	    ? NULL
	    : memmem(rest.p, rest.n, text, strlen(text));

	return at == NULL ? s.n : (size_t)(at - s.p);
}

/* RFC 9788 4.5.3.3: the next div with the class at or after *to; there is none
 * in it. */
static bool
html_range(size_t *from, size_t *to, struct bl_span s)
{
	size_t div = find(s, *to, "<div class=\"" CLASS "\""), end;

	if (div == s.n)
		return false;
	end = find(s, div, "</div>");
	if (end == s.n || find(s, div + 1, "<div") < end)
		return false;
	*from = div;
	*to = end + strlen("</div>");
	return true;
}

static enum bl_err
end(struct bl_legacy *l, struct bl_note *note)
{
	struct bl_legacy_display d = {
	    .part = l->part->number - l->root->number};
	enum bl_err err = BL_OK;
	struct bl_span body;

	bl_decode_end(&l->decode, &l->body);
	/* However many came in one piece. */
	body = bl_span_cut(bl_buf_span(&l->body), 0, LOOK_BYTES);
	if (bl_content_type_is(&l->part->type, "text", "html")) {
		while (err == BL_OK && html_range(&d.from, &d.to, body))
			err = add(l, d, note);
	} else if ((d.to = plain_end(body)) > 0) {
		err = add(l, d, note);
	}
	l->part = NULL;
	return err;
}

static enum bl_err
begin(struct bl_legacy *l, enum bl_header_form form, struct bl_part *p,
    struct bl_note *note)
{
	if (form == BL_HEADER_FORM_V1 && is_display(l->root, p))
		return add(l,
		    (struct bl_legacy_display){
			.part = p->number - l->root->number, .whole = true},
		    note);
	if (form != BL_HEADER_FORM_CIPHER || !has_display(l->root, p) ||
	    p->encoding == BL_ENCODING_OTHER)
		return BL_OK;
	l->part = p;
	bl_decode_init(&l->decode, p->encoding);
	bl_buf_reset(&l->body);
	return BL_OK;
}

enum bl_err
bl_legacy_event(struct bl_legacy *l, enum bl_header_form form,
    const struct bl_mime_event *ev, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (l->root == NULL)
		l->root = ev->part;
	if (ev->kind == BL_MIME_BEGIN)
		err = begin(l, form, ev->part, note);
	else if (l->part == NULL || l->part != ev->part)
		return BL_OK;
	else if (ev->kind == BL_MIME_BODY && l->body.n < LOOK_BYTES)
		bl_decode_add(&l->decode, &l->body, ev->bytes);
	else if (ev->kind == BL_MIME_END)
		err = end(l, note);
	return err == BL_OK ? bl_buf_err(&l->body, note) : err;
}

void
bl_legacy_clear(struct bl_legacy *l)
{
	bl_release(l->list);
	bl_buf_clear(&l->body);
	*l = (struct bl_legacy){0};
}
