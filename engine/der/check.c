/* check.c - whether bytes are DER, through all levels; see der.h. */
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
