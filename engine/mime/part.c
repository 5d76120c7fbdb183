/* part.c - what a header block says about its part, and delimiter lines. */
#include "mime/internal.h"

/* Reads one field that may be missing, unfolded with the help of `text`. */
static bool
field(struct bl_span *out, struct bl_buf *text, const struct bl_header *h,
    const char *name)
{
	const struct bl_field *f = bl_header_find(h, name, 0);

	bl_buf_reset(text);
	if (f != NULL)
		*out = bl_unfolded(text, f->value);
	return f != NULL;
}

static enum bl_err
content_type(struct bl_part *p, struct bl_note *note)
{
	const struct bl_field *f = bl_header_find(p->header, "Content-Type", 0);
	struct bl_span value = BL_STR("text/plain");
	enum bl_err err;

	if (f != NULL)
		value = f->value;
	else if (p->parent != NULL &&
	    bl_content_type_is(&p->parent->type, "multipart", "digest"))
		value = BL_STR("message/rfc822"); /* RFC 2046 5.1.5 */
	err = bl_content_type_read(&p->type, value, note);
	p->defects |= p->type.defects;
	return err;
}

static enum bl_err
disposition(struct bl_part *p, struct bl_note *note)
{
	const struct bl_field *f = bl_header_find(
	    p->header, "Content-Disposition", 0);
	enum bl_err err = BL_OK;

	if (f != NULL)
		err = bl_disposition_read(&p->disposition, f->value, note);
	p->defects |= p->disposition.defects;
	return err;
}

static enum bl_err
small_fields(struct bl_part *p, struct bl_note *note)
{
	struct bl_buf text = {0};
	struct bl_lex l = {0};
	enum bl_err err;

	p->encoding = BL_7BIT;
	if (field(&l.s, &text, p->header, "Content-Transfer-Encoding") &&
	    !bl_encoding_read(&p->encoding, l.s))
		p->defects |= BL_DEFECT_ENCODING;
	err = bl_buf_err(&text, note);
	if (err == BL_OK && field(&l.s, &text, p->header, "MIME-Version")) {
		bl_lex_cfws(&l);
		if (!bl_lex_take(&l, '1') || !bl_lex_take(&l, '.') ||
		    !bl_lex_take(&l, '0') || (bl_lex_cfws(&l), l.i != l.s.n) ||
		    l.bad)
			p->defects |= BL_DEFECT_VERSION;
		err = bl_buf_err(&text, note);
	}
	bl_buf_clear(&text);
	return err;
}

static bool
is_identity(enum bl_encoding e)
{
	return e == BL_7BIT || e == BL_8BIT || e == BL_BINARY;
}

/* bchars of RFC 2046 5.1.1, and what a token may hold: "{" and the like are in
 * the mail of well-known programs, and no reader takes them for anything else. */
static bool
is_bchar(uint8_t c)
{
	return bl_mime_is_token(c) || (c != 0 && strchr("(),/:=? ", c) != NULL);
}

/* Notes what is wrong with a boundary; false when it cannot be used. */
static bool
boundary_good(struct bl_part *p, struct bl_span b)
{
	bool usable = b.n >= 1 && b.n <= BOUNDARY_USED;
	bool good = usable && b.n <= BOUNDARY_MAX && b.p[b.n - 1] != ' ';

	for (size_t i = 0; i < b.n; i++) {
		good = good && is_bchar(b.p[i]);
		usable = usable && !bl_mime_is_ctl(b.p[i]);
	}
	if (!good)
		p->defects |= BL_DEFECT_BOUNDARY;
	return usable;
}

static bool
is_prefix(struct bl_span a, struct bl_span b)
{
	return a.n <= b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* Decides whether the body is divided, and by what. */
static void
divide(struct bl_node *n)
{
	struct bl_part *p = &n->part;
	struct bl_span b;

	if (!bl_content_type_is(&p->type, "multipart", NULL))
		return;
	if (!is_identity(p->encoding)) {
		/* RFC 2045 6.4 forbids it; a reader that undoes the encoding
		 * sees other parts than one that does not. */
		p->defects |= BL_DEFECT_ENCODING;
		return;
	}
	b = bl_content_type_param(&p->type, "boundary");
	if (!boundary_good(p, b))
		return;
	p->is_multipart = true;
	n->boundary = b;
	for (struct bl_part *up = p->parent; up != NULL; up = up->parent) {
		struct bl_span o = ((struct bl_node *)up)->boundary;

		if (up->is_multipart && (is_prefix(o, b) || is_prefix(b, o)))
			p->defects |= BL_DEFECT_BOUNDARY_CLASH;
	}
}

static void
descend(struct bl_part *p, enum bl_mime_descend how)
{
	bool rfc822 = bl_content_type_is(&p->type, "message", "rfc822");
	bool global = bl_content_type_is(&p->type, "message", "global");

	if (!rfc822 && !global)
		return;
	/* RFC 6532 3.5 allows encodings to message/global only. */
	if (rfc822 && !is_identity(p->encoding))
		p->defects |= BL_DEFECT_ENCODING;
	p->is_message = how == BL_MIME_MESSAGES_DESCEND &&
	    is_identity(p->encoding);
}

enum bl_err
bl_node_new(struct bl_node **out, struct bl_node *parent, struct bl_span block,
    enum bl_mime_descend how, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_node *n = bl_alloc(sizeof(*n));
	struct bl_part *p;
	enum bl_err err;

	*out = NULL;
	if (n == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	p = &n->part;
	if (parent != NULL) {
		p->parent = &parent->part;
		p->depth = parent->part.depth + 1;
		p->index = parent->part.children++;
	}
	if ((err = bl_header_read(&p->header, block, limits, note)) != BL_OK ||
	    (err = content_type(p, note)) != BL_OK ||
	    (err = disposition(p, note)) != BL_OK ||
	    (err = small_fields(p, note)) != BL_OK) {
		bl_node_free(n);
		return err;
	}
	p->defects |= bl_header_defects(p->header);
	divide(n);
	descend(p, how);
	*out = n;
	return BL_OK;
}

void
bl_node_free(struct bl_node *n)
{
	if (n == NULL)
		return;
	bl_header_free(n->part.header);
	bl_content_type_clear(&n->part.type);
	bl_content_type_clear(&n->part.disposition);
	bl_release(n);
}

/* Whether nothing but padding and the line end comes from `i` on. */
static bool
only_padding(struct bl_span line, size_t i)
{
	while (i < line.n && bl_mime_is_wsp(line.p[i]))
		i++;
	if (line.n - i == 2 && line.p[i] == '\r')
		i++;
	return i == line.n || (line.n - i == 1 && line.p[i] == '\n');
}

struct bl_delimiter
bl_delimiter_find(struct bl_node *cur, struct bl_span line)
{
	struct bl_delimiter d = {0};

	if (line.n < 3 || line.n > DELIMITER_MAX || line.p[0] != '-' ||
	    line.p[1] != '-')
		return d;
	for (struct bl_node *n = cur; n != NULL;
	     n = (struct bl_node *)n->part.parent) {
		size_t end = 2 + n->boundary.n;
		bool closing, whole;

		if (!n->part.is_multipart || line.n < end ||
		    memcmp(line.p + 2, n->boundary.p, n->boundary.n) != 0)
			continue;
		closing = line.n >= end + 2 &&
		    memcmp(line.p + end, "--", 2) == 0 &&
		    only_padding(line, end + 2);
		whole = closing || only_padding(line, end);
		if (whole && !n->closed) {
			d.multi = n;
			d.closing = closing;
			d.clash = NULL;
			return d;
		}
		if (d.clash == NULL)
			d.clash = n;
	}
	return d;
}
