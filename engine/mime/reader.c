/* reader.c - a message into its parts, byte for byte, as it comes. */
#include "mime/internal.h"

/* A header block and a delimiter line that turns out to end it. */
#define HEAD_SLACK (DELIMITER_MAX + 4)

enum phase {
	PHASE_HEADER,  /* collecting a header block in `head` */
	PHASE_AFTER,   /* it is whole; does a delimiter follow at once? */
	PHASE_TEXT,    /* the body of a leaf, or outside the parts */
	PHASE_CLOSING, /* a delimiter was met: END up to its multipart */
	PHASE_FINISH,  /* all input was given: END of what is open */
};

/*
 * Where a delimiter may come, the end of what was fed is held back until it is
 * known to be none: `hold` is a line end (`hold_eol` bytes) and the start of
 * the line after it. Nothing else is copied but header blocks.
 */
struct bl_mime {
	struct bl_limits limits;
	enum bl_mime_descend descend;
	enum phase phase;
	struct bl_node **nodes; /* all parts so far */
	size_t n, cap;
	struct bl_node *cur;  /* the innermost part that is open */
	struct bl_node *gone; /* its END was given; its header may go */
	struct bl_span in;    /* fed and not taken */
	bool end;
	uint64_t fed, at; /* bytes fed; position of the next event's bytes */
	struct bl_buf head;
	size_t head_line; /* where its last line starts */
	bool head_ended;  /* its empty line was seen */
	bool head_lent;	  /* the last event lent it out */
	struct bl_buf hold;
	size_t hold_eol;
	size_t hold_drop; /* bytes of `hold` that the last event lent out */
	bool fresh;	  /* a line starts here */
	struct bl_delimiter hit;
	struct bl_watch watch;
	bool unwatched;
	unsigned defects;
	enum bl_err err; /* sticks */
};

/* ---- events ---- */

static void
mark(struct bl_mime *m, struct bl_node *n, unsigned defects)
{
	n->part.defects |= defects;
	m->defects |= defects;
}

static void
watch(struct bl_mime *m, enum bl_mime_kind kind, struct bl_span bytes)
{
	struct bl_node *n = m->cur;
	enum bl_encoding e = n->part.encoding;
	unsigned seen;

	if (m->unwatched)
		return;
	if (kind == BL_MIME_BODY && e == BL_BINARY) {
		m->watch.cr = false;
		m->watch.line = 0;
		return;
	}
	seen = bl_watch_add(&m->watch, bytes);
	/* Headers were judged as UTF-8; an 8bit body may be so. */
	if (kind != BL_MIME_BODY || e == BL_8BIT)
		seen &= ~(unsigned)BL_DEFECT_8BIT;
	mark(m, n, seen);
}

static void
event(struct bl_mime *m, struct bl_mime_event *out, enum bl_mime_kind kind,
    struct bl_span bytes)
{
	out->kind = kind;
	out->part = &m->cur->part;
	out->bytes = bytes;
	out->at = m->at;
	m->at += bytes.n;
	watch(m, kind, bytes);
}

/* Bytes of the innermost part itself: a body, or between its parts. */
static void
text_event(struct bl_mime *m, struct bl_mime_event *out, struct bl_span bytes)
{
	event(m, out,
	    m->cur->part.is_multipart ? BL_MIME_BETWEEN : BL_MIME_BODY, bytes);
}

/* ---- what may be a delimiter ---- */

static struct bl_span
take(struct bl_mime *m, size_t n)
{
	struct bl_span s = bl_span_cut(m->in, 0, n);

	m->in = bl_span_cut(m->in, n, m->in.n);
	return s;
}

/* The bytes before `end` that are a line end, or may become one. */
static size_t
eol_at(struct bl_span s, size_t end)
{
	if (end > 0 && s.p[end - 1] == '\n')
		return end > 1 && s.p[end - 2] == '\r' ? 2 : 1;
	return end == s.n && end > 0 && s.p[end - 1] == '\r' ? 1 : 0;
}

static struct bl_span
held_line(const struct bl_mime *m)
{
	return bl_span_cut(bl_buf_span(&m->hold), m->hold_eol, m->hold.n);
}

/* Takes input into `hold` while it may become a delimiter. False: more input
 * is needed to tell. */
static bool
settle(struct bl_mime *m)
{
	struct bl_span line;

	/* A lone CR: does its LF come? */
	if (m->hold_eol == 1 && m->hold.n == 1 && m->hold.p[0] == '\r') {
		if (m->in.n == 0)
			return m->end;
		if (m->in.p[0] != '\n')
			return true;
		bl_buf_add(&m->hold, take(m, 1));
		m->hold_eol = 2;
	}
	while ((line = held_line(m)).n < 2 && m->in.n > 0) {
		if (m->in.p[0] != '-')
			return true;
		bl_buf_add(&m->hold, take(m, 1));
	}
	if (line.n >= 2 && line.p[line.n - 1] != '\n' && m->in.n > 0) {
		size_t room = DELIMITER_MAX + 1 - line.n;
		struct bl_span next = bl_span_cut(m->in, 0, room);
		const uint8_t *nl = memchr(next.p, '\n', next.n);

		if (nl != NULL)
			next.n = (size_t)(nl - next.p) + 1;
		bl_buf_add(&m->hold, take(m, next.n));
		line = held_line(m);
	}
	return m->end || line.n > DELIMITER_MAX ||
	    (line.n > 0 && line.p[line.n - 1] == '\n');
}

/* Judges the line in `hold` below `n`; true when it is a delimiter. */
static bool
judge(struct bl_mime *m, struct bl_node *n, struct bl_span line)
{
	struct bl_delimiter d = bl_delimiter_find(n, line);

	if (d.clash != NULL)
		mark(m, d.clash, BL_DEFECT_BOUNDARY_CLASH);
	if (d.multi == NULL)
		return false;
	m->hit = d;
	return true;
}

/* Gives out what `hold` has of a plain line; a line end at its end stays. */
static void
release(struct bl_mime *m, struct bl_mime_event *out)
{
	struct bl_span all = bl_buf_span(&m->hold);
	size_t eol = 0;

	if (all.n > m->hold_eol && !m->end)
		eol = eol_at(all, all.n);
	m->fresh = all.n == m->hold_eol && all.p[all.n - 1] == '\n';
	m->hold_drop = all.n - eol;
	m->hold_eol = eol;
	text_event(m, out, bl_span_cut(all, 0, m->hold_drop));
}

/* Whether the line at `i` is a delimiter or may become one; *end is set to
 * where it ends. */
static bool
may_divide(struct bl_mime *m, size_t i, size_t *end)
{
	struct bl_span line = bl_span_cut(m->in, i, m->in.n);
	const uint8_t *nl;

	if (line.p[0] != '-' || (line.n > 1 && line.p[1] != '-'))
		return false;
	if ((nl = memchr(line.p, '\n', line.n)) != NULL)
		line.n = (size_t)(nl - line.p) + 1;
	*end = i + line.n;
	return line.n <= DELIMITER_MAX &&
	    (nl == NULL || judge(m, m->cur, line));
}

/* Where the first such line starts, or else the input ends; *end: where it
 * ends. */
static size_t
divider(struct bl_mime *m, size_t *end)
{
	struct bl_span in = m->in;
	struct bl_marked marked;

	if (m->fresh && may_divide(m, 0, end))
		return 0;
	bl_marked_init(&marked, in);
	while (bl_marked_next(&marked) > 0)
		for (uint64_t lf = marked.now->lf; lf != 0; lf &= lf - 1) {
			size_t i = marked.at + (unsigned)__builtin_ctzll(lf);

			if (++i < in.n && in.p[i] == '-' &&
			    may_divide(m, i, end))
				return i;
		}
	*end = in.n;
	return in.n;
}

/* Finds how much of the input is certainly no delimiter nor the line end
 * before one; the rest, up to the end of a line, goes to `hold`. */
static struct bl_span
sure(struct bl_mime *m)
{
	size_t end, i = divider(m, &end), eol = eol_at(m->in, i);
	struct bl_span body = take(m, i - eol);

	bl_buf_add(&m->hold, take(m, end - i + eol));
	m->hold_eol = eol;
	m->fresh = false;
	return body;
}

/* ---- phases; each true when it made an event ---- */

static void
more(struct bl_mime_event *out)
{
	*out = (struct bl_mime_event){.kind = BL_MIME_MORE};
}

static bool
is_bounded(const struct bl_node *n)
{
	for (; n != NULL; n = (struct bl_node *)n->part.parent)
		if (n->part.is_multipart)
			return true;
	return false;
}

static bool
text(struct bl_mime *m, struct bl_mime_event *out)
{
	if (m->hit.multi != NULL) {
		m->phase = PHASE_CLOSING;
		return false;
	}
	if (m->hold.n > 0) {
		if (!settle(m)) {
			more(out);
			return true;
		}
		if (judge(m, m->cur, held_line(m)))
			return false;
		release(m, out);
		return true;
	}
	if (m->in.n > 0) {
		struct bl_span s = is_bounded(m->cur) ? sure(m)
						      : take(m, m->in.n);

		if (s.n > 0)
			text_event(m, out, s);
		return s.n > 0;
	}
	if (m->end)
		m->phase = PHASE_FINISH;
	else
		more(out);
	return !m->end;
}

/* Makes the part whose header is in `head`. */
static enum bl_err
begin(struct bl_mime *m, struct bl_mime_event *out, struct bl_note *note)
{
	struct bl_span block = bl_buf_span(&m->head);
	struct bl_node *n;
	enum bl_err err;

	if (m->n >= m->limits.mime_parts)
		return bl_fail_limit(note, m->at, "limit-mime-parts",
		    "too many parts", "RFC 2046 5.1");
	if (m->cur != NULL && m->cur->part.depth >= m->limits.mime_depth)
		return bl_fail_limit(note, m->at, "limit-mime-depth",
		    "parts are nested too deep", "RFC 2046 5.1");
	err = bl_list_grow(
	    &m->nodes, m->n, &m->cap, sizeof(struct bl_node *), note);
	if (err == BL_OK)
		err = bl_node_new(
		    &n, m->cur, block, m->descend, &m->limits, note);
	if (err != BL_OK)
		return err;
	n->part.number = (unsigned)m->n;
	n->part.at = m->at;
	m->nodes[m->n++] = n;
	m->cur = n;
	mark(m, n, n->part.defects);
	if (!m->head_ended)
		mark(m, n, BL_DEFECT_NO_END);
	event(m, out, BL_MIME_BEGIN, block);
	m->head_lent = true;
	m->fresh = true;
	/* A delimiter may have come at once; the message in it is empty. */
	if (m->hit.multi != NULL)
		m->phase = n->part.is_message ? PHASE_AFTER : PHASE_CLOSING;
	else
		m->phase = n->part.is_message ? PHASE_HEADER : PHASE_TEXT;
	return BL_OK;
}

/* Moves what `head` has from `from` on to `hold`; `eol` bytes of it are a line
 * end. */
static void
split_head(struct bl_mime *m, size_t from, size_t eol)
{
	struct bl_span all = bl_buf_span(&m->head);

	bl_buf_add(&m->hold, bl_span_cut(all, from, all.n));
	m->hold_eol = eol;
	m->head.n = from;
}

/* Adds the next line, or what is there of it, to `head`; first what `hold`
 * has. */
static enum bl_err
add_line(struct bl_mime *m, bool *whole, struct bl_note *note)
{
	bool held = m->hold.n > 0;
	struct bl_span s = held ? bl_buf_span(&m->hold) : m->in;
	const uint8_t *nl = s.n == 0 ? NULL : memchr(s.p, '\n', s.n);

	*whole = nl != NULL;
	if (nl != NULL)
		s.n = (size_t)(nl - s.p) + 1;
	if (s.n > m->limits.header_block_bytes + HEAD_SLACK - m->head.n)
		return bl_fail_limit(note, m->at, "limit-header-block",
		    "header is too long", "RFC 5322 2.2");
	bl_buf_add(&m->head, s);
	if (held)
		bl_buf_reset(&m->hold);
	else
		take(m, s.n);
	return bl_buf_err(&m->head, note);
}

static enum bl_err
header(struct bl_mime *m, struct bl_mime_event *out, bool *made,
    struct bl_note *note)
{
	struct bl_span line;
	enum bl_err err;
	bool whole;

	err = add_line(m, &whole, note);
	if (err != BL_OK)
		return err;
	if (!whole && m->hold.n == 0 && m->in.n == 0 && !m->end) {
		more(out);
		*made = true;
		return BL_OK;
	}
	if (!whole && !(m->end && m->in.n == 0))
		return BL_OK;
	line = bl_span_cut(bl_buf_span(&m->head), m->head_line, m->head.n);
	if (whole && line.n == 1u + (line.p[0] == '\r')) {
		/* What comes next decides whether the empty line is the line
		 * end before a delimiter. */
		m->head_ended = true;
		if (is_bounded(m->cur))
			split_head(m, m->head_line, line.n);
	} else if (judge(m, m->cur, line)) {
		size_t eol = eol_at(bl_buf_span(&m->head), m->head_line);

		split_head(m, m->head_line - eol, eol);
	} else if (whole) {
		m->head_line = m->head.n;
		return BL_OK;
	}
	m->phase = PHASE_AFTER;
	return BL_OK;
}

/* Gives BEGIN once the line after the header is known. */
static enum bl_err
after(struct bl_mime *m, struct bl_mime_event *out, bool *made,
    struct bl_note *note)
{
	*made = true;
	if (m->hit.multi == NULL && m->hold.n > 0) {
		if (!settle(m)) {
			more(out);
			return BL_OK;
		}
		if (!judge(m, m->cur, held_line(m))) {
			struct bl_span all = bl_buf_span(&m->hold);

			bl_buf_add(&m->head, bl_span_cut(all, 0, m->hold_eol));
			bl_buf_drop(&m->hold, m->hold_eol);
			m->hold_eol = 0;
		}
	}
	return begin(m, out, note);
}

/* Ends the innermost part. */
static void
close_part(struct bl_mime *m, struct bl_mime_event *out)
{
	struct bl_node *n = m->cur;

	if (n->part.is_multipart && !n->closed)
		mark(m, n, BL_DEFECT_UNCLOSED);
	if (m->watch.cr)
		mark(m, n, BL_DEFECT_BARE_CR);
	m->watch.cr = false;
	event(m, out, BL_MIME_END, (struct bl_span){0});
	m->gone = n;
	m->cur = (struct bl_node *)n->part.parent;
}

static void
closing(struct bl_mime *m, struct bl_mime_event *out)
{
	struct bl_span all = bl_buf_span(&m->hold);
	struct bl_delimiter hit = m->hit;

	if (m->cur != hit.multi) {
		close_part(m, out);
		return;
	}
	/* The line end behind a closing delimiter may be the one before the
	 * next (RFC 2046 5.1.1). */
	m->hold_eol = hit.closing && !m->end ? eol_at(all, all.n) : 0;
	m->hold_drop = all.n - m->hold_eol;
	m->hit = (struct bl_delimiter){0};
	m->fresh = true;
	hit.multi->closed = hit.closing;
	m->phase = hit.closing ? PHASE_TEXT : PHASE_HEADER;
	event(m, out, BL_MIME_BETWEEN, bl_span_cut(all, 0, m->hold_drop));
}

static void
finish(struct bl_mime *m, struct bl_mime_event *out)
{
	if (m->cur != NULL)
		close_part(m, out);
	else
		*out = (struct bl_mime_event){
		    .kind = BL_MIME_DONE, .at = m->at};
}

/* ---- the calls ---- */

enum bl_err
bl_mime_new(struct bl_mime **out, const struct bl_limits *limits,
    enum bl_mime_descend descend, struct bl_note *note)
{
	struct bl_mime *m = bl_alloc(sizeof(*m));

	*out = NULL;
	if (m == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	m->limits = *limits;
	m->descend = descend;
	bl_buf_init(&m->head, limits->header_block_bytes + HEAD_SLACK);
	/* All that `hold` will ever need, so that adding to it cannot fail. */
	if (bl_buf_grow(&m->hold, DELIMITER_MAX + 4) == NULL) {
		bl_mime_free(m);
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	}
	*out = m;
	return BL_OK;
}

void
bl_mime_unwatched(struct bl_mime *m)
{
	m->unwatched = true;
}

void
bl_mime_feed(struct bl_mime *m, struct bl_span in)
{
	m->in = in;
	m->fed += in.n;
}

void
bl_mime_end(struct bl_mime *m)
{
	m->end = true;
}

/* Lets go of what the last event lent. */
static void
let_go(struct bl_mime *m)
{
	if (m->gone != NULL) {
		bl_header_free(m->gone->part.header);
		m->gone->part.header = NULL;
		m->gone = NULL;
	}
	bl_buf_drop(&m->hold, m->hold_drop);
	m->hold_drop = 0;
	if (m->head_lent) {
		bl_buf_reset(&m->head);
		m->head_line = 0;
		m->head_ended = m->head_lent = false;
	}
}

enum bl_err
bl_mime_next(struct bl_mime *m, struct bl_mime_event *out, struct bl_note *note)
{
	bool made = false;

	*out = (struct bl_mime_event){0};
	let_go(m);
	if (m->limits.message_bytes != 0 && m->fed > m->limits.message_bytes &&
	    m->err == BL_OK)
		m->err = bl_fail_limit(note, m->limits.message_bytes,
		    "limit-message-size", "message is too long", NULL);
	while (m->err == BL_OK && !made) {
		switch (m->phase) {
		case PHASE_HEADER:
			m->err = header(m, out, &made, note);
			break;
		case PHASE_AFTER:
			m->err = after(m, out, &made, note);
			break;
		case PHASE_TEXT:
			made = text(m, out);
			break;
		case PHASE_CLOSING:
			closing(m, out);
			made = true;
			break;
		case PHASE_FINISH:
			finish(m, out);
			made = true;
			break;
		}
	}
	return m->err;
}

enum bl_line_form
bl_mime_lines(const struct bl_mime *m)
{
	return m->watch.form;
}

unsigned
bl_mime_defects(const struct bl_mime *m)
{
	return m->defects;
}

void
bl_mime_free(struct bl_mime *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		bl_node_free(m->nodes[i]);
	bl_release(m->nodes);
	bl_buf_clear(&m->head);
	bl_buf_clear(&m->hold);
	bl_release(m);
}
