/* check.c - whether bytes are DER, or BER, through all levels; see der.h. */
#include "der/der.h"

#include "der/internal.h"

/* form_ok knows which universal types are constructed in DER (X.690 10.2). */
static bool
form_ok(unsigned tag)
{
	unsigned number = tag & 0x1f;
	bool constructed = (tag & 0x20) != 0;

	if ((tag & 0xc0) != 0)
		return true;
	/* EXTERNAL, EMBEDDED PDV, SEQUENCE, SET, CHARACTER STRING */
	return constructed ==
	    (number == 8 || number == 11 || number == 16 || number == 17 ||
		number == 29);
}

/* content_ok judges the types whose content has one form only. */
static bool
content_ok(unsigned tag, struct bl_span s)
{
	switch (tag) {
	case BL_DER_BOOLEAN:
		return bl_boolean_ok(s);
	case BL_DER_INTEGER:
	case BL_DER_ENUMERATED:
		return bl_integer_ok(s);
	case BL_DER_OID:
		return bl_oid_ok(s);
	case BL_DER_BITS:
		return bl_bits_ok(s);
	case BL_DER_NULL:
		return bl_null_ok(s);
	default:
		return true;
	}
}

/* walk is where bl_der_check stands: the ends of the elements it is inside. */
struct walk {
	struct bl_span in;
	size_t at; /* of the next header */
	size_t ends[BL_DER_DEPTH_MAX];
	size_t depth, elements;
};

/* fits tells whether a header is DER and its element inside the one around. */
static bool
fits(const struct walk *w, const struct bl_ber_head *h)
{
	size_t end = w->depth == 0 ? w->in.n : w->ends[w->depth - 1];

	return h->tag != 0 && !h->indefinite && form_ok(h->tag) &&
	    h->header == bl_der_head_size(h->length) &&
	    h->header <= end - w->at && h->length <= end - w->at - h->header;
}

static enum bl_err
step(struct walk *w, const struct bl_limits *limits, uint64_t at,
    struct bl_note *note)
{
	struct bl_ber_head h;
	struct bl_span content;

	if (bl_ber_head(&h, bl_span_cut(w->in, w->at, w->in.n), NULL) !=
		BL_OK ||
	    !fits(w, &h))
		return bl_fail(note, BL_E_MALFORMED, at + w->at,
		    "an element is not DER", "X.690 10");
	content = bl_span_cut(w->in, w->at + h.header, (size_t)h.length);
	if (!content_ok(h.tag, content))
		return bl_fail(note, BL_E_MALFORMED, at + w->at,
		    "a value is not DER", "X.690 8 and 11");
	if (++w->elements > limits->asn1_elements)
		return bl_fail_limit(note, at + w->at, "limit-asn1-elements",
		    "too many elements", NULL);
	w->at += h.header;
	if ((h.tag & 0x20) == 0) {
		w->at += content.n;
		return BL_OK;
	}
	if (w->depth == BL_DER_DEPTH_MAX || w->depth == limits->asn1_depth)
		return bl_fail_limit(note, at + w->at - h.header,
		    "limit-asn1-depth", "elements are nested too deep", NULL);
	w->ends[w->depth++] = w->at + content.n;
	return BL_OK;
}

enum bl_err
bl_der_check(struct bl_span element, uint64_t at,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct walk w = {.in = element};
	enum bl_err err;

	do {
		if ((err = step(&w, limits, at, note)) != BL_OK)
			return err;
		while (w.depth > 0 && w.at == w.ends[w.depth - 1])
			w.depth--;
	} while (w.depth > 0);
	if (w.at != element.n)
		return bl_fail(note, BL_E_MALFORMED, at + w.at,
		    "something follows the element", NULL);
	return BL_OK;
}

/* ---- BER ---- */

/* Strings, which BER may write in parts: X.690 8.6, 8.7, 8.21. */
static bool
is_string(unsigned number)
{
	return number == 3 || number == 4 || number == 7 || number == 12 ||
	    (number >= 18 && number <= 30);
}

/* parts_tag is what the parts of a string are, besides the string's own tag;
 * 0: `tag` is no string in parts. */
static unsigned
parts_tag(unsigned tag)
{
	if ((tag & 0xe0) != 0x20 || !is_string(tag & 0x1f))
		return 0;
	return (tag & 0x1f) == BL_DER_BITS ? BL_DER_BITS : BL_DER_OCTETS;
}

/* open_element is one that the walk is inside of. */
struct open_element {
	size_t end; /* SIZE_MAX: it is ended by two zeros */
	unsigned tag;
};

struct ber_walk {
	struct bl_span in;
	size_t at, depth, elements;
	struct open_element open[BL_DER_DEPTH_MAX];
};

/* Where what the walk stands in ends, if that is known. */
static size_t
ber_end(const struct ber_walk *w)
{
	for (size_t i = w->depth; i-- > 0;)
		if (w->open[i].end != SIZE_MAX)
			return w->open[i].end;
	return w->in.n;
}

/* Whether the form and the content of an element are BER. */
static bool
ber_ok(const struct ber_walk *w, const struct bl_ber_head *h)
{
	unsigned parts = w->depth == 0 ? 0
				       : parts_tag(w->open[w->depth - 1].tag);
	unsigned plain = h->tag & ~0x20u;
	struct bl_span s = bl_span_cut(
	    w->in, w->at + h->header, (size_t)h->length);

	if (parts != 0 && plain != parts &&
	    plain != (w->open[w->depth - 1].tag & ~0x20u))
		return false;
	if ((h->tag & 0xc0) != 0)
		return true;
	if ((h->tag & 0x20) != 0)
		return form_ok(h->tag) || is_string(h->tag & 0x1f);
	if (h->tag == BL_DER_BOOLEAN)
		return s.n == 1;
	/* X.690 8.6.2: any value of the bits that are not used */
	if (h->tag == BL_DER_BITS)
		return s.n != 0 && s.p[0] <= (s.n == 1 ? 0 : 7);
	return form_ok(h->tag) && content_ok(h->tag, s);
}

static enum bl_err
ber_bad(const struct ber_walk *w, uint64_t at, struct bl_note *note)
{
	return bl_fail(note, BL_E_MALFORMED, at + w->at,
	    "an element is not well formed", "X.690 8");
}

static enum bl_err
ber_step(struct ber_walk *w, const struct bl_limits *limits, uint64_t at,
    struct bl_note *note)
{
	size_t end = ber_end(w);
	struct bl_ber_head h;

	if (bl_ber_head(&h, bl_span_cut(w->in, w->at, end - w->at), NULL) !=
	    BL_OK)
		return ber_bad(w, at, note);
	if (h.tag == 0) {
		if (w->depth == 0 || w->open[w->depth - 1].end != SIZE_MAX)
			return ber_bad(w, at, note);
		w->depth--;
		w->at += h.header;
		return BL_OK;
	}
	if (h.length > end - w->at - h.header || !ber_ok(w, &h))
		return ber_bad(w, at, note);
	if (++w->elements > limits->asn1_elements)
		return bl_fail_limit(note, at + w->at, "limit-asn1-elements",
		    "too many elements", NULL);
	if ((h.tag & 0x20) == 0) {
		w->at += h.header + (size_t)h.length;
		return BL_OK;
	}
	if (w->depth == BL_DER_DEPTH_MAX || w->depth == limits->asn1_depth)
		return bl_fail_limit(note, at + w->at, "limit-asn1-depth",
		    "elements are nested too deep", NULL);
	w->at += h.header;
	w->open[w->depth].tag = h.tag;
	w->open[w->depth++].end = h.indefinite ? SIZE_MAX
					       : w->at + (size_t)h.length;
	return BL_OK;
}

enum bl_err
bl_ber_check(struct bl_span element, uint64_t at,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct ber_walk w = {.in = element};
	enum bl_err err;

	do {
		if ((err = ber_step(&w, limits, at, note)) != BL_OK)
			return err;
		while (w.depth > 0 && w.at == w.open[w.depth - 1].end)
			w.depth--;
	} while (w.depth > 0);
	if (w.at != element.n)
		return ber_bad(&w, at, note);
	return BL_OK;
}
