/* pem.c - PEM blocks, RFC 7468. */
#include "cert/internal.h"

#include <string.h>

static const struct bl_span dashes = {(const uint8_t *)"-----", 5};
static const struct bl_span begin = {(const uint8_t *)"-----BEGIN ", 11};
static const struct bl_span end = {(const uint8_t *)"-----END ", 9};

/* Where `what` next stands at or after `from`; in.n when it does not. */
static size_t
find(struct bl_span in, size_t from, struct bl_span what)
{
	const uint8_t *p;

	if (from >= in.n)
		return in.n;
	p = memmem(in.p + from, in.n - from, what.p, what.n);
	return p != NULL ? (size_t)(p - in.p) : in.n;
}

static bool
starts(struct bl_span in, size_t from, struct bl_span with)
{
	return bl_span_equal(bl_span_cut(in, from, with.n), with);
}

static bool
at_line_start(struct bl_span in, size_t at)
{
	return at == 0 || in.p[at - 1] == '\n' || in.p[at - 1] == '\r';
}

/* A block is what stands between two lines of dashes, so each byte is looked
 * at a fixed number of times. */
static bool
block(
    struct bl_span in, size_t *pos, struct bl_span *label, struct bl_span *body)
{
	size_t label_end, tail;

	label_end = find(in, *pos + begin.n, dashes);
	*pos += begin.n;
	if (label_end == in.n)
		return false;
	*label = bl_span_cut(in, *pos, label_end - *pos);
	if (memchr(label->p, '\n', label->n) != NULL)
		return false;
	tail = find(in, label_end + dashes.n, dashes);
	*body = bl_span_cut(
	    in, label_end + dashes.n, tail - label_end - dashes.n);
	if (!starts(in, tail, end) || !starts(in, tail + end.n, *label) ||
	    !starts(in, tail + end.n + label->n, dashes)) {
		*pos = tail;
		return false;
	}
	*pos = tail + end.n + label->n + dashes.n;
	return true;
}

static void
decode(struct bl_buf *der, struct bl_span body)
{
	struct bl_base64 d = {0};
	size_t from = der->n;

	bl_base64_decode(&d, der, body);
	bl_base64_decode_end(&d);
	if (d.bad && der->err == BL_OK)
		der->n = from;
}

bool
bl_pem_next(
    struct bl_span in, size_t *pos, struct bl_span *label, struct bl_buf *der)
{
	struct bl_span body;

	while ((*pos = find(in, *pos, begin)) < in.n) {
		if (!at_line_start(in, *pos)) {
			*pos += begin.n;
			continue;
		}
		if (block(in, pos, label, &body)) {
			decode(der, body);
			return true;
		}
	}
	*label = (struct bl_span){0};
	return false;
}
