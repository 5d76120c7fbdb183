/* read.c - reading DER, and BER where it is allowed; see der.h. */
#include "der/der.h"

#include "der/internal.h"

/* element is what stands next: the whole, and what its header says. */
struct element {
	unsigned tag;
	struct bl_span whole, content;
};

struct bl_der
bl_der_of(struct bl_span s)
{
	return (struct bl_der){.left = s};
}

unsigned
bl_der_peek(const struct bl_der *d)
{
	return d->bad || d->left.n == 0 ? 0 : d->left.p[0];
}

bool
bl_der_done(const struct bl_der *d)
{
	return !d->bad && d->left.n == 0;
}

/* find_end measures an element of indefinite length, 00 00 included. */
static bool
find_end(size_t *size, const struct bl_der *d)
{
	const struct bl_limits limits = {
	    .asn1_depth = BL_DER_DEPTH_MAX - d->depth,
	    .asn1_elements = SIZE_MAX};

	return bl_ber_size(size, d->left, &limits, NULL) == BL_OK;
}

/* look reads the next header without moving; false when it is not allowed. */
static bool
look(struct element *e, const struct bl_der *d)
{
	struct bl_ber_head h;
	size_t size, trailer = 0;

	if (d->bad || d->depth > BL_DER_DEPTH_MAX ||
	    bl_ber_head(&h, d->left, NULL) != BL_OK || h.tag == 0)
		return false;
	if (!d->ber && (h.indefinite || h.header != bl_der_head_size(h.length)))
		return false;
	if (h.indefinite) {
		if (!find_end(&size, d))
			return false;
		trailer = 2;
	} else {
		if (h.length > d->left.n - h.header)
			return false;
		size = h.header + (size_t)h.length;
	}
	e->tag = h.tag;
	e->whole = bl_span_cut(d->left, 0, size);
	e->content = bl_span_cut(e->whole, h.header, size - h.header - trailer);
	return true;
}

static void
skip(struct bl_der *d, size_t n)
{
	d->left = bl_span_cut(d->left, n, d->left.n);
	d->at += n;
}

/* next takes an element with this tag off (0: any), or marks d bad. */
static bool
next(struct element *e, struct bl_der *d, unsigned tag)
{
	*e = (struct element){0};
	if (!look(e, d) || (tag != 0 && e->tag != tag)) {
		*e = (struct element){0};
		d->bad = true;
		return false;
	}
	skip(d, e->whole.n);
	return true;
}

/* refuse marks d bad at the element that began at `at`. */
static void
refuse(struct bl_der *d, uint64_t at)
{
	d->bad = true;
	d->at = at;
}

struct bl_der
bl_der_enter(struct bl_der *d, unsigned tag)
{
	struct bl_der in = {.at = d->at, .ber = d->ber, .depth = d->depth + 1};
	struct element e;

	if ((tag & 0x20) == 0 || d->depth >= BL_DER_DEPTH_MAX)
		d->bad = true;
	if (!next(&e, d, tag)) {
		in.bad = true;
		return in;
	}
	in.left = e.content;
	in.at += (uint64_t)(e.content.p - e.whole.p);
	return in;
}

void
bl_der_leave(struct bl_der *d, const struct bl_der *in)
{
	if (!d->bad && !bl_der_done(in))
		refuse(d, in->at);
}

struct bl_span
bl_der_take(struct bl_der *d, unsigned tag)
{
	struct element e;

	if (tag == 0)
		d->bad = true;
	next(&e, d, tag);
	return e.content;
}

struct bl_span
bl_der_whole(struct bl_der *d, unsigned tag)
{
	struct element e;

	next(&e, d, tag);
	return e.whole;
}

/* take_if takes the content when `ok` finds it well formed. */
static struct bl_span
take_if(struct bl_der *d, unsigned tag, bool (*ok)(struct bl_span content))
{
	uint64_t at = d->at;
	struct bl_span s = bl_der_take(d, tag);

	if (!d->bad && !ok(s))
		refuse(d, at);
	return d->bad ? (struct bl_span){NULL, 0} : s;
}

bool
bl_integer_ok(struct bl_span s)
{
	if (s.n < 2)
		return s.n == 1;
	/* X.690 8.3.2: the first nine bits are not all the same. */
	return !(s.p[0] == 0x00 && s.p[1] < 0x80) &&
	    !(s.p[0] == 0xff && s.p[1] >= 0x80);
}

bool
bl_boolean_ok(struct bl_span s)
{
	return s.n == 1 && (s.p[0] == 0x00 || s.p[0] == 0xff);
}

bool
bl_null_ok(struct bl_span s)
{
	return s.n == 0;
}

bool
bl_bits_ok(struct bl_span s)
{
	if (s.n == 0 || s.p[0] > 7)
		return false;
	if (s.n == 1)
		return s.p[0] == 0;
	/* X.690 11.2.1: unused bits are zero. */
	return (s.p[s.n - 1] & ((1u << s.p[0]) - 1)) == 0;
}

struct bl_span
bl_der_integer(struct bl_der *d)
{
	return take_if(d, BL_DER_INTEGER, bl_integer_ok);
}

uint64_t
bl_der_uint(struct bl_der *d, uint64_t max)
{
	uint64_t at = d->at, v = 0;
	struct bl_span s = bl_der_integer(d);

	if (d->bad)
		return 0;
	if (s.n > 9 || s.p[0] >= 0x80 || (s.n == 9 && s.p[0] != 0)) {
		refuse(d, at);
		return 0;
	}
	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	if (v > max) {
		refuse(d, at);
		return 0;
	}
	return v;
}

bool
bl_der_bool(struct bl_der *d)
{
	struct bl_span s = take_if(d, BL_DER_BOOLEAN, bl_boolean_ok);

	return s.n == 1 && s.p[0] != 0;
}

struct bl_span
bl_der_oid(struct bl_der *d)
{
	return take_if(d, BL_DER_OID, bl_oid_ok);
}

struct bl_span
bl_der_bits(struct bl_der *d, unsigned *unused)
{
	uint64_t at = d->at;
	struct bl_span s = take_if(d, BL_DER_BITS, bl_bits_ok);

	if (unused != NULL)
		*unused = s.n == 0 ? 0 : s.p[0];
	else if (s.n != 0 && s.p[0] != 0) {
		refuse(d, at);
		return (struct bl_span){NULL, 0};
	}
	return s.n == 0 ? s : bl_span_cut(s, 1, s.n);
}

bool
bl_der_null(struct bl_der *d)
{
	if (bl_der_peek(d) != BL_DER_NULL)
		return false;
	take_if(d, BL_DER_NULL, bl_null_ok);
	return !d->bad;
}

/* parts holds what was found of a string that may be in parts. */
struct parts {
	struct bl_span first;
	struct bl_buf *join;
	size_t n;
};

static void
add_part(struct parts *parts, struct bl_span s)
{
	if (++parts->n == 1) {
		parts->first = s;
		return;
	}
	if (parts->n == 2)
		bl_buf_add(parts->join, parts->first);
	bl_buf_add(parts->join, s);
}

/* gather adds the parts in `in`, which may be in parts themselves: the depth
 * of bl_der bounds how often it calls itself. */
static void
gather(struct parts *parts, struct bl_der *in)
{
	while (!in->bad && in->left.n != 0) {
		if (bl_der_peek(in) == (BL_DER_OCTETS | 0x20)) {
			struct bl_der deeper = bl_der_enter(
			    in, BL_DER_OCTETS | 0x20);

			gather(parts, &deeper);
			bl_der_leave(in, &deeper);
		} else {
			struct bl_span s = bl_der_take(in, BL_DER_OCTETS);

			if (!in->bad && s.n != 0)
				add_part(parts, s);
		}
	}
}

struct bl_span
bl_der_octets_ber(struct bl_der *d, unsigned primitive_tag, struct bl_buf *join)
{
	struct parts parts = {.join = join};
	size_t start = join->n;
	uint64_t at = d->at;
	struct bl_der in;

	if (!d->ber || bl_der_peek(d) != (primitive_tag | 0x20))
		return bl_der_take(d, primitive_tag);
	in = bl_der_enter(d, primitive_tag | 0x20);
	gather(&parts, &in);
	bl_der_leave(d, &in);
	if (!d->bad && join->err != BL_OK)
		refuse(d, at);
	if (d->bad)
		return (struct bl_span){NULL, 0};
	return parts.n < 2 ? parts.first
			   : bl_span_cut(bl_buf_span(join), start, join->n);
}
