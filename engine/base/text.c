/* text.c - UTF-8, and text made safe to show; see bulla/base.h, base.h. */
#include "base/base.h"

#include <string.h>

/* What a reader does not see, or what moves other text; sorted. */
static const struct {
	uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001f},	 /* C0 */
    {0x007f, 0x009f},	 /* DEL, C1 */
    {0x00ad, 0x00ad},	 /* soft hyphen */
    {0x034f, 0x034f},	 /* combining grapheme joiner */
    {0x061c, 0x061c},	 /* Arabic letter mark: bidi */
    {0x115f, 0x1160},	 /* Hangul fillers */
    {0x17b4, 0x17b5},	 /* Khmer inherent vowels */
    {0x180b, 0x180f},	 /* Mongolian selectors and separator */
    {0x200b, 0x200f},	 /* zero width, bidi marks */
    {0x2028, 0x202e},	 /* line and paragraph separator, bidi */
    {0x2060, 0x206f},	 /* word joiner, invisible operators, bidi isolates */
    {0x2800, 0x2800},	 /* Braille blank */
    {0x3164, 0x3164},	 /* Hangul filler */
    {0xe000, 0xf8ff},	 /* private use */
    {0xfdd0, 0xfdef},	 /* noncharacters */
    {0xfe00, 0xfe0f},	 /* variation selectors */
    {0xfeff, 0xfeff},	 /* byte order mark */
    {0xffa0, 0xffa0},	 /* halfwidth Hangul filler */
    {0xfff0, 0xfffb},	 /* unassigned ignorables, annotation */
    {0x13430, 0x1343f},	 /* Egyptian format controls */
    {0x1bca0, 0x1bca3},	 /* shorthand format controls */
    {0x1d173, 0x1d17a},	 /* musical format controls */
    {0xe0000, 0xe0fff},	 /* tags, further variation selectors */
    {0xf0000, 0x10ffff}, /* private use */
};

bool
bl_text_is_hidden(uint32_t c)
{
	size_t low = 0, high = sizeof(hidden) / sizeof(*hidden);

	/* The last two of each plane are noncharacters. */
	if ((c & 0xfffe) == 0xfffe || c > 0x10ffff)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c > hidden[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	/* The last range ends with the last code point: there is one. */
	return c >= hidden[low].first;
}

/* tail_of tells how many bytes follow a first byte, and what it contributes;
 * 0 for one that cannot stand first. ASCII is not asked for. */
static unsigned
tail_of(uint8_t first, uint32_t *c)
{
	if (first >= 0xc2 && first <= 0xdf) {
		*c = first & 0x1f;
		return 1;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*c = first & 0x0f;
		return 2;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*c = first & 0x07;
		return 3;
	}
	return 0;
}

uint32_t
bl_text_next(struct bl_span *s)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint32_t c = s->p[0];
	unsigned tail;
	size_t n = s->n;
	const uint8_t *p = s->p;

	s->p++;
	s->n--;
	if (c < 0x80)
		return c;
	tail = tail_of(p[0], &c);
	if (tail == 0 || n <= tail)
		return BL_TEXT_BAD;
	for (unsigned i = 1; i <= tail; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return BL_TEXT_BAD;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[tail] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return BL_TEXT_BAD;
	s->p += tail;
	s->n -= tail;
	return c;
}

/* ascii counts leading bytes that are ASCII and not NUL, eight at a time. */
static size_t
ascii(struct bl_span s)
{
	const uint64_t ones = 0x0101010101010101, tops = ones << 7;
	size_t n = 0;
	uint64_t v;

	for (; s.n - n >= sizeof(v); n += sizeof(v)) {
		memcpy(&v, s.p + n, sizeof(v));
		/* v - ones has a top bit where a byte was NUL. */
		if (((v | (v - ones)) & tops) != 0)
			break;
	}
	return n;
}

bool
bl_text_ok(struct bl_span s)
{
	uint32_t c;

	while (s.n > 0) {
		s = bl_span_cut(s, ascii(s), s.n);
		if (s.n == 0)
			break;
		c = bl_text_next(&s);
		if (c == 0 || c == BL_TEXT_BAD)
			return false;
	}
	return true;
}

void
bl_text_put(struct bl_buf *out, uint32_t c)
{
	uint8_t p[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t first[] = {0, 0x00, 0xc0, 0xe0, 0xf0};

	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd, n = 3;
	for (size_t i = n - 1; i > 0; i--) {
		p[i] = (uint8_t)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	p[0] = (uint8_t)(first[n] | c);
	bl_buf_add(out, bl_span_of(p, n));
}

/* plain counts leading bytes that are printable ASCII. */
static size_t
plain(struct bl_span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f)
		n++;
	return n;
}

void
bl_text_show(struct bl_buf *out, struct bl_span s)
{
	for (;;) {
		size_t n = plain(s);
		struct bl_span before = bl_span_cut(s, n, s.n);
		uint32_t c;

		bl_buf_add(out, bl_span_cut(s, 0, n));
		if (before.n == 0)
			break;
		s = before;
		c = bl_text_next(&s);
		if (c == BL_TEXT_BAD)
			bl_buf_add_f(out, "\\x%02X", before.p[0]);
		else if (bl_text_is_hidden(c))
			bl_buf_add_f(out, "<U+%04X>", c);
		else
			bl_buf_add(out, bl_span_of(before.p, before.n - s.n));
	}
}

void
bl_hex(struct bl_buf *out, struct bl_span s)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++) {
		bl_buf_add_u8(out, (uint8_t)digits[s.p[i] >> 4]);
		bl_buf_add_u8(out, (uint8_t)digits[s.p[i] & 15]);
	}
}
