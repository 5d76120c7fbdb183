/* fast.c - see fast.h: the loops in C, and the choice. */
#include "base/fast.h"

#include <endian.h>
#include <string.h>

#include "base/base64.h"

static size_t
take(uint8_t **out, const uint8_t *in, size_t n)
{
	uint8_t *to = *out;
	size_t i = 0;

	for (;;) {
		while (i < n && (in[i] == '\r' || in[i] == '\n'))
			i++;
		for (; n - i >= 4; i += 4, to += 3) {
			uint32_t a = bl_base64_class[in[i]];
			uint32_t b = bl_base64_class[in[i + 1]];
			uint32_t c = bl_base64_class[in[i + 2]];
			uint32_t d = bl_base64_class[in[i + 3]];
			uint32_t v = a << 18 | b << 12 | c << 6 | d;

			if (((a | b | c | d) & BL_BASE64_NO_DIGIT) != 0)
				break;
			to[0] = (uint8_t)(v >> 16);
			to[1] = (uint8_t)(v >> 8);
			to[2] = (uint8_t)v;
		}
		if (i == n || (in[i] != '\r' && in[i] != '\n'))
			break;
	}
	*out = to;
	return i;
}

static void
put(uint8_t *out, const uint8_t *in, size_t lines)
{
	for (; lines > 0;
	     lines--, in += BL_BASE64_BYTES, out += BL_BASE64_CHARS + 2) {
		bl_base64_quanta(out, in, BL_BASE64_CHARS / 4);
		out[BL_BASE64_CHARS] = '\r';
		out[BL_BASE64_CHARS + 1] = '\n';
	}
}

#define LOW  (~(uint64_t)0 / 255) /* 1 in each byte */
#define HIGH (LOW << 7)

/* The top bit of each byte that is 0. */
static uint64_t
zeros(uint64_t w)
{
	return ~(((w & ~HIGH) + ~HIGH) | w) & HIGH;
}

/* The top bits of eight bytes, one beside the other. */
static uint64_t
gather(uint64_t tops)
{
	return (tops >> 7) * 0x0102040810204080u >> 56;
}

static void
mark_one(struct bl_marks *m, const uint8_t in[BL_MARKS])
{
	*m = (struct bl_marks){0};
	for (unsigned i = 0; i < BL_MARKS; i += 8) {
		uint64_t w;

		memcpy(&w, in + i, sizeof(w));
		w = le64toh(w);
		m->lf |= gather(zeros(w ^ LOW * '\n')) << i;
		m->cr |= gather(zeros(w ^ LOW * '\r')) << i;
		m->odd |= gather(zeros(w) | (w & HIGH)) << i;
	}
}

static void
mark(struct bl_marks *out, const uint8_t *in, size_t n)
{
	uint8_t last[BL_MARKS];

	for (; n >= BL_MARKS; n -= BL_MARKS, in += BL_MARKS)
		mark_one(out++, in);
	if (n == 0)
		return;
	memset(last, ' ', sizeof(last));
	memcpy(last, in, n);
	mark_one(out, last);
	bl_wipe(last, sizeof(last)); /* it may be the end of a secret text */
}

const struct bl_fast bl_fast_plain = {take, put, mark};

const struct bl_fast *
bl_fast(void)
{
	const struct bl_fast *f = bl_fast_avx2();

	return f != NULL ? f : &bl_fast_plain;
}
