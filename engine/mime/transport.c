/* transport.c - an entity made fit to be signed and sent. */
#include "mime/internal.h"

#define DECIDE_MAX ((size_t)1 << 20) /* bytes of a leaf looked at first */
#define LINE_KEPT  1004 /* bytes of a line between parts: a delimiter and more */

enum mode {
	MODE_PASS,   /* this leaf goes as it is */
	MODE_DECIDE, /* its header and body wait for what is in it */
	MODE_ENCODE, /* it is decoded if need be, and encoded anew */
};

struct bl_transport {
	struct bl_mime *reader;
	uint64_t at;
	enum mode mode;
	bool sealed; /* this part is, or is within, a signed or encrypted one */
	struct bl_travel travel; /* of the leaf, or of what is sealed */
	struct bl_buf body;	 /* of the leaf, while MODE_DECIDE, with CRLF */
	size_t looked;		 /* bytes of the leaf that it was made of */
	struct bl_crlf crlf;
	bool as_is; /* MODE_ENCODE: line ends are data */
	bool to_qp;
	struct bl_decode decode;
	struct bl_qp qp;
	struct bl_base64 base64;
	struct bl_buf lines, decoded; /* what passes between the steps */
	struct bl_buf line;	      /* of text between parts */
};

static enum bl_err
malformed(struct bl_transport *t, const char *what, struct bl_note *note)
{
	return bl_fail(note, BL_E_MALFORMED, t->at, what, "RFC 8551 3.1.3");
}

/* ---- headers ---- */

static void
write_header(struct bl_buf *out, struct bl_span block)
{
	struct bl_crlf c = {0};

	bl_crlf_add(&c, out, block);
}

/* Writes the header with another Content-Transfer-Encoding: in the place of
 * the old one, or before the empty line. */
static void
write_header_encoded(
    struct bl_buf *out, const struct bl_part *p, const char *encoding)
{
	const struct bl_field *f = bl_header_find(
	    p->header, "Content-Transfer-Encoding", 0);
	struct bl_span block = bl_header_block(p->header);
	size_t from, to;

	if (f != NULL) {
		from = (size_t)(f->raw.p - block.p);
		to = from + f->raw.n;
	} else {
		from = block.n - 1;
		if (from > 0 && block.p[from - 1] == '\r')
			from--;
		to = from;
	}
	write_header(out, bl_span_cut(block, 0, from));
	bl_buf_add_f(out, "Content-Transfer-Encoding: %s\r\n", encoding);
	write_header(out, bl_span_cut(block, to, block.n));
}

static bool
is_sealed(const struct bl_part *p)
{
	for (; p != NULL; p = p->parent)
		if (bl_content_type_is(&p->type, "multipart", "signed") ||
		    bl_content_type_is(&p->type, "multipart", "encrypted"))
			return true;
	return false;
}

static bool
is_wide(const struct bl_part *p)
{
	return p->encoding == BL_8BIT || p->encoding == BL_BINARY;
}

/* Whether another encoding would be read alike by every reader. RFC 2046 5.2
 * allows none to most kinds of message. */
static bool
can_encode(const struct bl_part *p)
{
	bool message = bl_content_type_is(&p->type, "message", NULL) &&
	    !bl_content_type_is(&p->type, "message", "global");

	return p->encoding != BL_ENCODING_OTHER && !message &&
	    (p->defects & BL_DEFECTS_AMBIGUOUS) == 0;
}

/* ---- leaves ---- */

static enum bl_err
encode(struct bl_transport *t, struct bl_buf *out, struct bl_span s, bool end,
    struct bl_note *note)
{
	enum bl_err err;

	bl_buf_reset(&t->lines);
	bl_buf_reset(&t->decoded);
	if (!t->as_is) {
		bl_crlf_add(&t->crlf, &t->lines, s);
		s = bl_buf_span(&t->lines);
	}
	bl_decode_add(&t->decode, &t->decoded, s);
	if (end)
		bl_decode_end(&t->decode, &t->decoded);
	if (t->decode.defects != 0)
		return malformed(t, "a part is badly encoded", note);
	if ((err = bl_buf_err(&t->lines, note)) != BL_OK ||
	    (err = bl_buf_err(&t->decoded, note)) != BL_OK)
		return err;
	s = bl_buf_span(&t->decoded);
	if (t->to_qp)
		bl_qp_add(&t->qp, out, s);
	else
		bl_base64_encode(&t->base64, out, s);
	return BL_OK;
}

static enum bl_err
start_encoding(struct bl_transport *t, struct bl_buf *out,
    const struct bl_part *p, struct bl_note *note)
{
	bool is_text = bl_content_type_is(&p->type, "text", NULL);

	t->mode = MODE_ENCODE;
	t->to_qp = is_text && p->encoding != BL_BASE64;
	t->as_is = p->encoding == BL_BINARY && !is_text;
	t->qp = (struct bl_qp){0};
	t->base64 = (struct bl_base64){0};
	bl_decode_init(&t->decode, p->encoding);
	write_header_encoded(out, p, t->to_qp ? "quoted-printable" : "base64");
	return encode(t, out, bl_buf_span(&t->body), false, note);
}

static void
start_passing(
    struct bl_transport *t, struct bl_buf *out, const struct bl_part *p)
{
	t->mode = MODE_PASS;
	write_header(out, bl_header_block(p->header));
	bl_buf_add(out, bl_buf_span(&t->body));
}

/* What passes unchanged must be able to. */
static enum bl_err
can_pass(struct bl_transport *t, struct bl_note *note)
{
	return t->travel.must
	    ? malformed(t, "a part that cannot be sent cannot be changed", note)
	    : BL_OK;
}

/* Adds bytes, but for their LFs where not all of them are a CRLF's. */
static void
add(struct bl_transport *t, struct bl_buf *out, struct bl_span s, bool all_crlf)
{
	if (all_crlf)
		bl_buf_add(out, s);
	else
		bl_crlf_add(&t->crlf, out, s);
	t->crlf.cr = t->travel.watch.cr;
}

static enum bl_err
pass(struct bl_transport *t, struct bl_buf *out, struct bl_span s,
    struct bl_note *note)
{
	add(t, out, s, bl_travel_pass(&t->travel, s));
	return can_pass(t, note);
}

static enum bl_err
leaf_begin(struct bl_transport *t, struct bl_buf *out, const struct bl_part *p,
    struct bl_note *note)
{
	t->mode = MODE_DECIDE;
	t->crlf = (struct bl_crlf){0};
	t->travel = (struct bl_travel){0};
	bl_buf_reset(&t->body);
	t->looked = 0;
	if (t->sealed || !can_encode(p))
		start_passing(t, out, p);
	else if (is_wide(p))
		return start_encoding(t, out, p, note);
	return BL_OK;
}

/* Keeps the first of a body until it is known what to do. */
static enum bl_err
decide(struct bl_transport *t, struct bl_buf *out, const struct bl_part *p,
    struct bl_span *s, struct bl_note *note)
{
	struct bl_span first = bl_span_cut(*s, 0, DECIDE_MAX - t->looked);
	enum bl_err err;

	*s = bl_span_cut(*s, first.n, s->n);
	t->looked += first.n;
	add(t, &t->body, first, bl_travel_add(&t->travel, first));
	if ((err = bl_buf_err(&t->body, note)) != BL_OK)
		return err;
	if (t->travel.must || t->travel.should)
		return start_encoding(t, out, p, note);
	if (t->looked == DECIDE_MAX)
		start_passing(t, out, p);
	return BL_OK;
}

static enum bl_err
leaf_body(struct bl_transport *t, struct bl_buf *out, const struct bl_part *p,
    struct bl_span s, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (t->mode == MODE_DECIDE)
		err = decide(t, out, p, &s, note);
	if (err != BL_OK || s.n == 0)
		return err;
	if (t->mode == MODE_ENCODE)
		return encode(t, out, s, false, note);
	return pass(t, out, s, note);
}

static enum bl_err
leaf_end(struct bl_transport *t, struct bl_buf *out, const struct bl_part *p,
    struct bl_note *note)
{
	struct bl_span none = {0};
	enum bl_err err = BL_OK;

	if (t->mode != MODE_ENCODE)
		bl_travel_end(&t->travel);
	if (t->mode == MODE_DECIDE) {
		if (t->travel.must || t->travel.should)
			err = start_encoding(t, out, p, note);
		else
			start_passing(t, out, p);
	}
	if (err != BL_OK || t->mode == MODE_PASS)
		return err != BL_OK ? err : can_pass(t, note);
	err = encode(t, out, none, true, note);
	if (t->to_qp)
		bl_qp_end(&t->qp, out);
	else
		bl_base64_encode_end(&t->base64, out);
	return err;
}

/* ---- between the parts ---- */

/* Writes the line gathered so far. One that cannot be sent is left out: nobody
 * is shown it, and delimiters are never such lines. */
static void
line_done(struct bl_transport *t, struct bl_buf *out, bool ended)
{
	struct bl_span s = bl_buf_span(&t->line);

	if (ended && s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	if (bl_travel_line(&s)) {
		bl_buf_add(out, s);
		if (ended)
			bl_buf_add_str(out, "\r\n");
	}
	bl_buf_reset(&t->line);
}

static enum bl_err
between(struct bl_transport *t, struct bl_buf *out, struct bl_span s,
    struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (t->sealed)
		return pass(t, out, s, note);
	while (s.n > 0 && err == BL_OK) {
		const uint8_t *nl = memchr(s.p, '\n', s.n);
		size_t n = nl == NULL ? s.n : (size_t)(nl - s.p);

		/* Of a line that is too long, enough is kept to show it. */
		bl_buf_add(&t->line,
		    bl_span_cut(s, 0,
			n < LINE_KEPT - t->line.n ? n : LINE_KEPT - t->line.n));
		err = bl_buf_err(&t->line, note);
		if (nl != NULL) {
			line_done(t, out, true);
			n++;
		}
		s = bl_span_cut(s, n, s.n);
	}
	return err;
}

/* ---- the whole ---- */

static enum bl_err
begin(struct bl_transport *t, struct bl_buf *out, const struct bl_part *p,
    struct bl_note *note)
{
	const unsigned unsendable = BL_DEFECT_NUL | BL_DEFECT_BARE_CR |
	    BL_DEFECT_LONG_LINE;

	if ((bl_header_defects(p->header) & unsendable) != 0 ||
	    (p->parent == NULL && (p->defects & BL_DEFECT_MBOX_FROM) != 0))
		return malformed(t, "a header that cannot be sent", note);
	t->sealed = is_sealed(p);
	if (!p->is_multipart && !p->is_message)
		return leaf_begin(t, out, p, note);
	t->crlf = (struct bl_crlf){0};
	t->travel = (struct bl_travel){0};
	if (!t->sealed && is_wide(p) &&
	    (p->defects & BL_DEFECTS_AMBIGUOUS) == 0)
		write_header_encoded(out, p, "7bit");
	else
		write_header(out, bl_header_block(p->header));
	return BL_OK;
}

static enum bl_err
end_part(struct bl_transport *t, struct bl_buf *out, const struct bl_part *p,
    struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (!p->is_multipart && !p->is_message) {
		err = leaf_end(t, out, p, note);
	} else if (t->sealed) {
		bl_travel_end(&t->travel);
		err = can_pass(t, note);
	}
	t->sealed = is_sealed(p->parent);
	t->crlf = (struct bl_crlf){0};
	t->travel = (struct bl_travel){0};
	return err;
}

static enum bl_err
handle(struct bl_transport *t, struct bl_buf *out,
    const struct bl_mime_event *e, struct bl_note *note)
{
	t->at = e->at;
	if (e->kind != BL_MIME_BETWEEN && e->kind != BL_MIME_MORE &&
	    t->line.n > 0)
		line_done(t, out, false);
	switch (e->kind) {
	case BL_MIME_BEGIN:
		return begin(t, out, e->part, note);
	case BL_MIME_BODY:
		return leaf_body(t, out, e->part, e->bytes, note);
	case BL_MIME_BETWEEN:
		return between(t, out, e->bytes, note);
	case BL_MIME_END:
		return end_part(t, out, e->part, note);
	case BL_MIME_MORE:
	case BL_MIME_DONE:
		break;
	}
	return BL_OK;
}

static enum bl_err
run(struct bl_transport *t, struct bl_buf *out, struct bl_note *note)
{
	struct bl_mime_event e;
	enum bl_err err;

	do {
		err = bl_mime_next(t->reader, &e, note);
		if (err == BL_OK)
			err = handle(t, out, &e, note);
		if (err == BL_OK)
			err = bl_buf_err(out, note);
	} while (
	    err == BL_OK && e.kind != BL_MIME_MORE && e.kind != BL_MIME_DONE);
	return err;
}

enum bl_err
bl_transport_new(struct bl_transport **out, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_transport *t = bl_alloc(sizeof(*t));
	struct bl_mime_event e;
	enum bl_err err;

	*out = NULL;
	if (t == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	err = bl_mime_new(&t->reader, limits, BL_MIME_MESSAGES_DESCEND, note);
	if (err == BL_OK)
		bl_mime_unwatched(t->reader); /* `travel` looks at it all */
	if (err == BL_OK)
		err = bl_mime_next(t->reader, &e, note); /* MORE */
	if (err != BL_OK) {
		bl_transport_free(t);
		return err;
	}
	*out = t;
	return BL_OK;
}

enum bl_err
bl_transport_add(struct bl_transport *t, struct bl_buf *out, struct bl_span in,
    struct bl_note *note)
{
	bl_mime_feed(t->reader, in);
	return run(t, out, note);
}

enum bl_err
bl_transport_end(
    struct bl_transport *t, struct bl_buf *out, struct bl_note *note)
{
	bl_mime_end(t->reader);
	return run(t, out, note);
}

void
bl_transport_free(struct bl_transport *t)
{
	if (t == NULL)
		return;
	bl_mime_free(t->reader);
	bl_buf_clear(&t->body);
	bl_buf_clear(&t->lines);
	bl_buf_clear(&t->decoded);
	bl_buf_clear(&t->line);
	bl_release(t);
}
