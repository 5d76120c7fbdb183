/* charset.c - the character sets read here, and characters that hide. */
#include "mime/internal.h"

static const uint8_t replacement[] = {0xef, 0xbf, 0xbd}; /* U+FFFD */

/* Windows-1252 from 0x80; 0 where it has nothing. */
static const uint16_t cp1252[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026,
    0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0,
    0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122,
    0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

/* Where ISO-8859-15 is not ISO-8859-1. */
static const struct {
	uint8_t from;
	uint16_t to;
} latin9[] = {{0xa4, 0x20ac}, {0xa6, 0x0160}, {0xa8, 0x0161}, {0xb4, 0x017d},
    {0xb8, 0x017e}, {0xbc, 0x0152}, {0xbd, 0x0153}, {0xbe, 0x0178}};

enum set { UNKNOWN = 0, UTF8, ASCII, LATIN1, LATIN9, CP1252 };

static const struct {
	const char *name;
	enum set set;
} names[] = {
    {"utf-8", UTF8},
    {"utf8", UTF8},
    {"us-ascii", ASCII},
    {"ascii", ASCII},
    {"iso-8859-1", LATIN1},
    {"iso8859-1", LATIN1},
    {"latin1", LATIN1},
    {"iso-8859-15", LATIN9},
    {"iso8859-15", LATIN9},
    {"latin-9", LATIN9},
    {"windows-1252", CP1252},
    {"cp1252", CP1252},
};

static enum set
find(struct bl_span name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (bl_span_is(name, names[i].name))
			return names[i].set;
	return UNKNOWN;
}

bool
bl_charset_known(struct bl_span charset)
{
	return find(charset) != UNKNOWN;
}

size_t
bl_utf8_next(struct bl_span s, size_t i, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *p = s.p + i;
	size_t left = s.n - i;
	size_t n;

	*c = p[0];
	if (p[0] < 0x80)
		return 1;
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
		return 0;
	*c = p[0] & (0x7fu >> n);
	for (size_t k = 1; k < n; k++) {
		if ((p[k] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[k] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return n;
}

static void
put(struct bl_buf *out, uint32_t c)
{
	if (c < 0x80) {
		bl_buf_add_u8(out, (uint8_t)c);
	} else if (c < 0x800) {
		bl_buf_add_u8(out, (uint8_t)(0xc0 | c >> 6));
		bl_buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		bl_buf_add_u8(out, (uint8_t)(0xe0 | c >> 12));
		bl_buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		bl_buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

static bool
is_structural(uint8_t c)
{
	return c == 0 || c == '\r' || c == '\n';
}

bool
bl_utf8_clean(struct bl_buf *out, struct bl_span s)
{
	bool clean = true;
	size_t from = 0, i = 0;

	while (i < s.n) {
		uint32_t c;
		size_t n = bl_utf8_next(s, i, &c);

		if (n != 0 && !is_structural(s.p[i])) {
			i += n;
			continue;
		}
		bl_buf_add(out, bl_span_cut(s, from, i - from));
		bl_buf_add(out, bl_span_of(replacement, 3));
		clean = false;
		from = ++i;
	}
	bl_buf_add(out, bl_span_cut(s, from, i - from));
	return clean;
}

/* What a byte of a one-byte set means; 0 where it means nothing. */
static uint32_t
meaning(enum set set, uint8_t c)
{
	if (is_structural(c))
		return 0;
	if (c < 0x80)
		return c;
	if (set == ASCII)
		return 0;
	/* In mail, Latin-1 with C1 bytes is Windows-1252 mislabelled. */
	if (c < 0xa0)
		return set == LATIN9 ? 0 : cp1252[c - 0x80];
	for (size_t i = 0; set == LATIN9 && i < 8; i++)
		if (latin9[i].from == c)
			return latin9[i].to;
	return c;
}

bool
bl_charset_text(struct bl_buf *out, struct bl_span charset, struct bl_span s)
{
	enum set set = charset.n == 0 ? UTF8 : find(charset);
	bool clean = true;

	if (set == UTF8 || set == UNKNOWN)
		return bl_utf8_clean(out, s);
	for (size_t i = 0; i < s.n; i++) {
		uint32_t c = meaning(set, s.p[i]);

		if (c == 0) {
			c = 0xfffd;
			clean = false;
		}
		put(out, c);
	}
	return clean;
}

/* Sorted; both ends belong to a range. */
static const struct {
	uint32_t from, to;
} hidden[] = {
    {0x0000, 0x0020},
    {0x007f, 0x00a0},
    {0x00ad, 0x00ad},
    {0x034f, 0x034f},
    {0x061c, 0x061c},
    {0x115f, 0x1160},
    {0x1680, 0x1680},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x2000, 0x200f},
    {0x2024, 0x2024},
    {0x2028, 0x202f},
    {0x205f, 0x206f},
    {0x2800, 0x2800},
    {0x3000, 0x3000},
    {0x3002, 0x3002},
    {0x3164, 0x3164},
    {0xd800, 0xdfff},
    {0xfdd0, 0xfdef},
    {0xfe00, 0xfe0f},
    {0xfe52, 0xfe52},
    {0xfe6b, 0xfe6b},
    {0xfeff, 0xfeff},
    {0xff0e, 0xff0e},
    {0xff20, 0xff20},
    {0xff61, 0xff61},
    {0xffa0, 0xffa0},
    {0xfff0, 0xffff},
    {0x1bca0, 0x1bca3},
    {0x1d159, 0x1d159},
    {0x1d173, 0x1d17a},
    {0xe0000, 0x10ffff},
};

bool
bl_invisible(uint32_t c)
{
	size_t low = 0, high = sizeof(hidden) / sizeof(*hidden);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c > hidden[mid].to)
			low = mid + 1;
		else if (c < hidden[mid].from)
			high = mid;
		else
			return true;
	}
	return false;
}
