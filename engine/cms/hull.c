/* hull.c - the BER around the content as a stream; see hull.h. */
#include "cms/hull.h"

#define SOURCE	    "X.690 8.1"
#define LENGTH_MAX  126 /* octets of a long-form length, X.690 8.1.3.5 */
#define CONSTRUCTED 0x20

void
bl_hull_init(struct bl_hull *f, const struct bl_limits *limits)
{
	*f = (struct bl_hull){.limits = limits};
	/* What is gathered was measured first; a header is looked at before. */
	bl_buf_init(&f->keep, limits->cms_frame_bytes + 2 + LENGTH_MAX);
}

void
bl_hull_clear(struct bl_hull *f)
{
	bl_buf_clear(&f->keep);
}

static enum bl_err
bad(const struct bl_hull *f, const char *what, struct bl_note *note)
{
	return bl_fail(note, BL_E_MALFORMED, f->at, what, SOURCE);
}

static enum bl_err
over(const struct bl_hull *f, const char *reason, struct bl_note *note)
{
	return bl_fail_limit(
	    note, f->at, reason, "the CMS object is over a limit", NULL);
}

/* How many bytes the element that is being read may still have. */
static uint64_t
room(const struct bl_hull *f)
{
	return f->depth == 0 ? UINT64_MAX : f->levels[f->depth - 1].end - f->at;
}

/* Makes the next n bytes stand together; takes none of them. */
static enum bl_err
want(struct bl_hull *f, uint64_t n, struct bl_span *out, struct bl_note *note)
{
	struct bl_span more;

	if (n > room(f))
		return bad(f, "an element is longer than what holds it", note);
	if (f->keep.n == 0 && f->in.n >= n) {
		*out = bl_span_cut(f->in, 0, n);
		return BL_OK;
	}
	if (f->keep.n < n) {
		more = bl_span_cut(f->in, 0, n - f->keep.n);
		bl_buf_add(&f->keep, more);
		f->in = bl_span_cut(f->in, more.n, f->in.n);
	}
	if (f->keep.err != BL_OK)
		return bl_buf_err(&f->keep, note);
	if (f->keep.n < n)
		return f->ended ? bad(f, "the input ends early", note)
				: BL_NEED;
	*out = bl_span_cut(bl_buf_span(&f->keep), 0, n);
	return BL_OK;
}

/* Takes n bytes that want() gave. They stay where they are until the next. */
static void
take(struct bl_hull *f, uint64_t n)
{
	if (f->keep.n != 0)
		bl_buf_drop(&f->keep, n);
	else
		f->in = bl_span_cut(f->in, n, f->in.n);
	f->at += n;
}

/* Counts one more element, after which the frame has n bytes more. */
static enum bl_err
count(struct bl_hull *f, uint64_t n, struct bl_note *note)
{
	if (f->spent + n > f->limits->cms_frame_bytes)
		return over(f, "limit-cms-frame", note);
	if (++f->elements > f->limits->asn1_elements)
		return over(f, "limit-asn1-elements", note);
	return BL_OK;
}

/* Reads identifier and length; those of an end come out as they are. */
static enum bl_err
head(struct bl_hull *f, struct bl_ber_head *out, struct bl_note *note)
{
	struct bl_span s = {0};
	uint64_t n = 2;
	enum bl_err err;

	*out = (struct bl_ber_head){0};
	if ((err = want(f, n, &s, note)) != BL_OK)
		return err;
	if (s.p[1] > 0x80)
		n += s.p[1] & 0x7f;
	if (n > 2 + LENGTH_MAX)
		return bad(f, "the length of an element is too long", note);
	if ((err = want(f, n, &s, note)) != BL_OK)
		return err;
	if (bl_ber_head(out, s, NULL) != BL_OK)
		return bad(f, "an element has no valid header", note);
	if (out->length > room(f) - out->header)
		return bad(f, "an element is longer than what holds it", note);
	return BL_OK;
}

enum bl_err
bl_hull_peek(struct bl_hull *f, unsigned *tag, struct bl_note *note)
{
	struct bl_span s = {0};
	enum bl_err err;

	*tag = 0;
	if (f->depth != 0 && !f->levels[f->depth - 1].indefinite &&
	    room(f) == 0)
		return BL_OK;
	if ((err = want(f, 2, &s, note)) != BL_OK)
		return err;
	if (s.p[0] == 0 &&
	    (s.p[1] != 0 || f->depth == 0 ||
		!f->levels[f->depth - 1].indefinite))
		return bad(f, "an end without a beginning", note);
	*tag = s.p[0];
	return BL_OK;
}

/* Goes into the constructed element whose header was read. */
static enum bl_err
push(struct bl_hull *f, const struct bl_ber_head *h, struct bl_note *note)
{
	uint64_t end = UINT64_MAX;

	if (f->depth == BL_HULL_LEVELS || f->depth >= f->limits->asn1_depth)
		return over(f, "limit-asn1-depth", note);
	if (f->depth != 0)
		end = f->levels[f->depth - 1].end;
	take(f, h->header);
	f->levels[f->depth].end = h->indefinite ? end : f->at + h->length;
	f->levels[f->depth++].indefinite = h->indefinite;
	return BL_OK;
}

enum bl_err
bl_hull_enter(
    struct bl_hull *f, unsigned tag, const char *what, struct bl_note *note)
{
	struct bl_ber_head h;
	unsigned found;
	enum bl_err err;

	if ((err = bl_hull_peek(f, &found, note)) != BL_OK)
		return err;
	if (found != tag)
		return bad(f, what, note);
	if ((err = head(f, &h, note)) != BL_OK ||
	    (err = count(f, h.header, note)) != BL_OK)
		return err;
	f->spent += h.header;
	return push(f, &h, note);
}

enum bl_err
bl_hull_leave(struct bl_hull *f, const char *what, struct bl_note *note)
{
	unsigned tag;
	enum bl_err err;

	if ((err = bl_hull_peek(f, &tag, note)) != BL_OK)
		return err;
	if (tag != 0)
		return bad(f, what, note);
	if (f->levels[--f->depth].indefinite)
		take(f, 2);
	return BL_OK;
}

/* Measures the element as far as it is there: BL_OK when all of it is. */
static enum bl_err
measure(struct bl_hull *f, struct bl_span *out, struct bl_note *note)
{
	struct bl_limits limits = *f->limits;
	struct bl_note inner = {0};
	size_t size = 0;
	enum bl_err err;

	limits.asn1_depth -= f->depth;
	limits.asn1_elements -= f->elements;
	if ((err = want(f, f->measured, out, note)) != BL_OK)
		return err;
	err = bl_ber_scan(&f->scan, &size, *out, &limits, &inner);
	f->measured = size;
	if (err == BL_E_MALFORMED)
		return bl_fail(note, err, f->at + inner.at, inner.what, SOURCE);
	if (err == BL_E_LIMIT)
		return over(f, inner.reason, note);
	return err;
}

enum bl_err
bl_hull_element(struct bl_hull *f, struct bl_span *out, size_t max,
    const char *reason, struct bl_note *note)
{
	enum bl_err err;

	/* BL_NEED is either of the bytes lent, or of the measure that was
	 * taken of some of them. */
	for (;;) {
		size_t before = f->measured;

		if (before > max)
			return over(f, reason, note);
		if (f->spent + before > f->limits->cms_frame_bytes)
			return over(f, "limit-cms-frame", note);
		if ((err = measure(f, out, note)) == BL_OK)
			break;
		if (err != BL_NEED || f->measured == before)
			return err;
	}
	take(f, out->n);
	f->spent += out->n;
	f->elements += f->scan.elements;
	f->scan = (struct bl_ber_scan){0};
	f->measured = 0;
	return BL_OK;
}

/* Starts a string, or a string inside one: a segment, or one level deeper. */
static enum bl_err
segment(struct bl_hull *f, unsigned tag, const char *what, struct bl_note *note)
{
	struct bl_ber_head h;
	enum bl_err err;

	if ((err = head(f, &h, note)) != BL_OK)
		return err;
	if (h.tag == (tag | CONSTRUCTED))
		return push(f, &h, note);
	if (h.tag != tag)
		return bad(f, what, note);
	take(f, h.header);
	f->left = h.length;
	return BL_OK;
}

enum bl_err
bl_hull_string(
    struct bl_hull *f, unsigned tag, const char *what, struct bl_note *note)
{
	unsigned depth = f->depth;
	enum bl_err err = segment(f, tag, what, note);

	if (err == BL_OK)
		f->floor = depth;
	return err;
}

enum bl_err
bl_hull_bytes(struct bl_hull *f, struct bl_span *out, struct bl_note *note)
{
	const char *what = "the content is not an OCTET STRING";
	unsigned tag;
	enum bl_err err = BL_OK;

	*out = (struct bl_span){0};
	while (err == BL_OK && f->left == 0) {
		if (f->depth == f->floor)
			return BL_OK;
		if ((err = bl_hull_peek(f, &tag, note)) != BL_OK)
			return err;
		err = tag == 0 ? bl_hull_leave(f, what, note)
			       : segment(f, BL_DER_OCTETS, what, note);
	}
	if (err != BL_OK)
		return err;
	if (f->in.n == 0)
		return f->ended ? bad(f, "the input ends early", note)
				: BL_NEED;
	*out = bl_span_cut(f->in, 0, f->left);
	f->left -= out->n;
	take(f, out->n);
	return BL_OK;
}

enum bl_err
bl_hull_rest(struct bl_hull *f, struct bl_note *note)
{
	for (; f->in.n != 0; take(f, 1)) {
		uint8_t c = f->in.p[0];

		if (c != 0 && c != '\r' && c != '\n')
			return bad(f, "something follows the CMS object", note);
	}
	return f->ended ? BL_OK : BL_NEED;
}
