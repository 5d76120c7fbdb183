/* base64.c - base64 as a stream in both directions; see bulla/base.h. */
#include "base/base64.h"
#include "base/fast.h"

#define DECODE_STEP 4096		    /* characters decoded at a time */
#define ENCODE_STEP (BL_BASE64_BYTES << 10) /* bytes encoded at a time */

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define SKIP BL_BASE64_SKIP
#define PAD  BL_BASE64_PAD
#define BAD  BL_BASE64_BAD
#define B4   BAD, BAD, BAD, BAD
#define B16  B4, B4, B4, B4
#define B128 B16, B16, B16, B16, B16, B16, B16, B16
/* clang-format off */
const uint8_t bl_base64_class[256] = {
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, SKIP, SKIP, BAD, BAD, SKIP, BAD, BAD,
    B16,
    SKIP, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, 62, BAD, BAD, BAD, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, BAD, BAD, BAD, PAD, BAD, BAD,
    BAD, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, BAD, BAD, BAD, BAD, BAD,
    BAD, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, BAD, BAD, BAD, BAD, BAD,
    B128,
};
/* clang-format on */

void
bl_base64_quanta(uint8_t *out, const uint8_t *in, size_t quanta)
{
	for (; quanta > 0; quanta--, in += 3, out += 4) {
		uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 |
		    in[2];

		out[0] = (uint8_t)alphabet[v >> 18];
		out[1] = (uint8_t)alphabet[v >> 12 & 63];
		out[2] = (uint8_t)alphabet[v >> 6 & 63];
		out[3] = (uint8_t)alphabet[v & 63];
	}
}

/* pad takes a padding character. After the first, `have` counts those that are
 * still to come, and the bits left over ought to have been zero. */
static void
pad(struct bl_base64 *d)
{
	if (d->ended) {
		if (d->have == 0)
			d->bad = true;
		else
			d->have--;
		return;
	}
	d->ended = true;
	if (d->have < 2 || d->bits != 0)
		d->bad = true;
	d->have = d->have == 2 ? 1 : 0;
}

/* digit takes one digit; a byte comes out as soon as it is complete. */
static uint8_t *
digit(struct bl_base64 *d, uint8_t *out, uint8_t v)
{
	/* Bits left over after the 1st, 2nd, 3rd, 4th digit. */
	static const uint8_t keep[] = {6, 4, 2, 0};

	if (d->ended) {
		d->bad = true;
		return out;
	}
	d->bits = d->bits << 6 | v;
	if (d->have > 0)
		*out++ = (uint8_t)(d->bits >> keep[d->have]);
	d->bits &= (1u << keep[d->have]) - 1;
	d->have = (d->have + 1) & 3;
	return out;
}

/* decode_some decodes up to DECODE_STEP characters; returns the bytes made. */
static size_t
decode_some(struct bl_base64 *d, uint8_t *out, const uint8_t *in, size_t n)
{
	const struct bl_fast *fast = bl_fast();
	uint8_t *to = out;

	for (size_t i = 0; i < n;) {
		uint8_t class;

		if (d->have == 0 && !d->ended) {
			i += fast->take(&to, in + i, n - i);
			if (i == n)
				break;
		}
		class = bl_base64_class[in[i++]];
		if (class < SKIP)
			to = digit(d, to, class);
		else if (class == PAD)
			pad(d);
		else if (class == BAD)
			d->bad = true;
	}
	return (size_t)(to - out);
}

void
bl_base64_decode(struct bl_base64 *d, struct bl_buf *out, struct bl_span in)
{
	/* Any four digits in a row make three bytes, wherever they begin. */
	uint8_t bytes[DECODE_STEP / 4 * 3];

	/* By way of the stack, so that room is needed only for what comes out:
	 * it may be the last that `out` has. */
	bl_buf_expect(out, in.n / 4 * 3);
	while (in.n > 0) {
		size_t n = in.n < DECODE_STEP ? in.n : DECODE_STEP;
		size_t made = decode_some(d, bytes, in.p, n);

		bl_buf_add(out, bl_span_of(bytes, made));
		in = bl_span_cut(in, n, in.n);
	}
}

void
bl_base64_decode_end(struct bl_base64 *d)
{
	if (d->have != 0)
		d->bad = true;
}

/* put_quanta writes at most the rest of a line, and ends it when full; returns
 * the bytes it took. */
static size_t
put_quanta(struct bl_base64 *e, uint8_t **out, const uint8_t *in, size_t n)
{
	size_t quanta = (BL_BASE64_CHARS - e->column) / 4;

	if (quanta > n / 3)
		quanta = n / 3;
	bl_base64_quanta(*out, in, quanta);
	*out += quanta * 4;
	e->column += (unsigned)quanta * 4;
	if (e->column == BL_BASE64_CHARS) {
		*(*out)++ = '\r';
		*(*out)++ = '\n';
		e->column = 0;
	}
	return quanta * 3;
}

/* encode_some encodes up to ENCODE_STEP bytes into room that was measured. */
static void
encode_some(struct bl_base64 *e, uint8_t *out, const uint8_t *in, size_t n)
{
	const uint8_t *end = in + n;
	size_t lines;

	while (e->have > 0 && in < end) {
		uint8_t first[3];

		e->bits = e->bits << 8 | *in++;
		if (++e->have < 3)
			continue;
		first[0] = (uint8_t)(e->bits >> 16);
		first[1] = (uint8_t)(e->bits >> 8);
		first[2] = (uint8_t)e->bits;
		e->bits = e->have = 0;
		put_quanta(e, &out, first, 3);
	}
	/* the line begun, whole ones, and one that is not */
	in += put_quanta(e, &out, in, (size_t)(end - in));
	lines = (size_t)(end - in) / BL_BASE64_BYTES;
	bl_fast()->put(out, in, lines);
	out += lines * (BL_BASE64_CHARS + 2);
	in += lines * BL_BASE64_BYTES;
	in += put_quanta(e, &out, in, (size_t)(end - in));
	for (; in < end; in++, e->have++)
		e->bits = e->bits << 8 | *in;
}

void
bl_base64_encode(struct bl_base64 *e, struct bl_buf *out, struct bl_span in)
{
	while (in.n > 0) {
		size_t n = in.n < ENCODE_STEP ? in.n : ENCODE_STEP;
		size_t characters = (e->have + n) / 3 * 4;
		size_t lines = (e->column + characters) / BL_BASE64_CHARS;
		uint8_t *to = bl_buf_grow(out, characters + lines * 2);

		if (to == NULL)
			return;
		encode_some(e, to, in.p, n);
		out->n += characters + lines * 2;
		in = bl_span_cut(in, n, in.n);
	}
}

void
bl_base64_encode_end(struct bl_base64 *e, struct bl_buf *out)
{
	uint8_t last[3] = {(uint8_t)e->bits, 0, 0};
	uint8_t text[4];

	if (e->have == 2) {
		last[0] = (uint8_t)(e->bits >> 8);
		last[1] = (uint8_t)e->bits;
	}
	if (e->have > 0) {
		bl_base64_quanta(text, last, 1);
		text[3] = '=';
		if (e->have == 1)
			text[2] = '=';
		bl_buf_add(out, bl_span_of(text, sizeof(text)));
		e->column += 4;
	}
	if (e->column > 0)
		bl_buf_add_str(out, "\r\n");
	*e = (struct bl_base64){0};
}
