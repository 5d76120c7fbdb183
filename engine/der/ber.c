/* ber.c - headers and sizes of BER elements; see der.h. */
#include "der/der.h"

#define LENGTH_MAX ((uint64_t)1 << 62)

static enum bl_err
malformed(struct bl_note *note, uint64_t at, const char *what)
{
	return bl_fail(note, BL_E_MALFORMED, at, what, "X.690 8.1");
}

/* read_length reads the octets of the long form, from in.p[2]. */
static enum bl_err
read_length(
    uint64_t *length, struct bl_span in, size_t octets, struct bl_note *note)
{
	uint64_t v = 0;

	for (size_t i = 2; i < 2 + octets; i++) {
		if (i == in.n)
			return BL_NEED;
		if (v > LENGTH_MAX >> 8)
			return malformed(note, 0, "a length is over 2^62");
		v = v << 8 | in.p[i];
	}
	if (v > LENGTH_MAX)
		return malformed(note, 0, "a length is over 2^62");
	*length = v;
	return BL_OK;
}

enum bl_err
bl_ber_head(struct bl_ber_head *out, struct bl_span in, struct bl_note *note)
{
	struct bl_ber_head h = {.header = 2};
	enum bl_err err;
	uint8_t first;

	*out = (struct bl_ber_head){0};
	if (in.n == 0)
		return BL_NEED;
	h.tag = in.p[0];
	if ((h.tag & 0x1f) == 0x1f)
		return malformed(note, 0, "a tag number is over 30");
	if (in.n == 1)
		return BL_NEED;
	first = in.p[1];
	if (h.tag == 0 && first != 0)
		return malformed(
		    note, 0, "an end of contents is not well formed");
	if (first == 0xff)
		return malformed(note, 0, "a length is not well formed");
	if (first == 0x80) {
		if ((h.tag & 0x20) == 0)
			return malformed(note, 0,
			    "a primitive element is of indefinite length");
		h.indefinite = true;
	} else if (first < 0x80) {
		h.length = first;
	} else {
		h.header += first & 0x7f;
		err = read_length(&h.length, in, first & 0x7f, note);
		if (err != BL_OK)
			return err;
	}
	*out = h;
	return BL_OK;
}

/* step takes the header at s->at into account; BL_NEED when it is cut short. */
static enum bl_err
step(struct bl_ber_scan *s, struct bl_span in, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_note inner = {0};
	struct bl_ber_head h;
	size_t end;
	enum bl_err err = bl_ber_head(&h, bl_span_cut(in, s->at, in.n), &inner);

	if (err == BL_E_MALFORMED)
		return malformed(note, s->at, inner.what);
	if (err != BL_OK)
		return err;
	if (h.tag == 0) {
		if (s->depth == 0)
			return malformed(
			    note, s->at, "an end of contents ends nothing");
		s->depth--;
		s->at += h.header;
		return BL_OK;
	}
	if (s->elements == limits->asn1_elements)
		return bl_fail_limit(note, s->at, "limit-asn1-elements",
		    "too many elements", NULL);
	if (h.indefinite && s->depth == limits->asn1_depth)
		return bl_fail_limit(note, s->at, "limit-asn1-depth",
		    "elements are nested too deep", NULL);
	if (__builtin_add_overflow(s->at + h.header, h.length, &end) ||
	    end > LENGTH_MAX)
		return malformed(note, s->at, "a length is over 2^62");
	s->elements++;
	if (h.indefinite)
		s->depth++;
	s->at = end;
	return BL_OK;
}

enum bl_err
bl_ber_scan(struct bl_ber_scan *s, size_t *size, struct bl_span in,
    const struct bl_limits *limits, struct bl_note *note)
{
	*size = 0;
	while (s->elements == 0 || s->depth > 0) {
		enum bl_err err = s->at > in.n ? BL_NEED
					       : step(s, in, limits, note);

		if (err == BL_NEED)
			break;
		if (err != BL_OK)
			return err;
	}
	if (s->elements > 0 && s->depth == 0 && s->at <= in.n) {
		*size = s->at;
		return BL_OK;
	}
	/* Each open element needs two more bytes to end. */
	*size = s->at + 2 * s->depth;
	if (*size <= in.n)
		*size = in.n + 1;
	return BL_NEED;
}

enum bl_err
bl_ber_size(size_t *size, struct bl_span in, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_ber_scan s = {0};

	return bl_ber_scan(&s, size, in, limits, note);
}
