/* json.c - see json.h. */
#include "message/json.h"

#define DAY 86400

static void
comma(struct bl_buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] != '{' && b->p[b->n - 1] != '[' &&
	    b->p[b->n - 1] != ':' && b->p[b->n - 1] != ',')
		bl_buf_add_u8(b, ',');
}

static void
start(struct bl_buf *b, const char *key)
{
	comma(b);
	if (key != NULL)
		bl_buf_add_f(b, "\"%s\":", key);
}

void
bl_json_object(struct bl_buf *b, const char *key)
{
	start(b, key);
	bl_buf_add_u8(b, '{');
}

void
bl_json_object_end(struct bl_buf *b)
{
	bl_buf_add_u8(b, '}');
}

void
bl_json_array(struct bl_buf *b, const char *key)
{
	start(b, key);
	bl_buf_add_u8(b, '[');
}

void
bl_json_array_end(struct bl_buf *b)
{
	bl_buf_add_u8(b, ']');
}

/* Reads one character of UTF-8; its length, 0 when it is none. */
static size_t
utf8(struct bl_span s, uint32_t *out)
{
	size_t n = s.p[0] < 0x80 ? 1
	    : s.p[0] >= 0xf0	 ? 4
	    : s.p[0] >= 0xe0	 ? 3
				 : 2;
	uint32_t c = n == 1 ? s.p[0] : s.p[0] & (0x7fu >> n);

	if (s.n < n || (s.p[0] != 0 && !bl_text_ok(bl_span_cut(s, 0, n))))
		return 0;
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (s.p[i] & 0x3fu);
	*out = c;
	return n;
}

/* Characters that change how what follows is shown. */
static bool
is_tricky(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static void
character(struct bl_buf *b, uint32_t c, struct bl_span bytes)
{
	if (c == '"' || c == '\\') {
		bl_buf_add_u8(b, '\\');
		bl_buf_add_u8(b, (uint8_t)c);
	} else if (c == '\n') {
		bl_buf_add_str(b, "\\n");
	} else if (is_tricky(c)) {
		bl_buf_add_f(b, "\\u%04x", (unsigned)c);
	} else {
		bl_buf_add(b, bytes);
	}
}

void
bl_json_text(struct bl_buf *b, const char *key, struct bl_span text)
{
	uint32_t c = 0;
	size_t n;

	start(b, key);
	bl_buf_add_u8(b, '"');
	while (text.n > 0) {
		n = utf8(text, &c);
		if (n == 0) {
			bl_buf_add_str(b, "\xef\xbf\xbd");
			n = 1;
		} else {
			character(b, c, bl_span_cut(text, 0, n));
		}
		text = bl_span_cut(text, n, SIZE_MAX);
	}
	bl_buf_add_u8(b, '"');
}

void
bl_json_str(struct bl_buf *b, const char *key, const char *text)
{
	bl_json_text(b, key, bl_span_str(text));
}

void
bl_json_uint(struct bl_buf *b, const char *key, uint64_t v)
{
	start(b, key);
	bl_buf_add_f(b, "%llu", (unsigned long long)v);
}

void
bl_json_bool(struct bl_buf *b, const char *key, bool v)
{
	start(b, key);
	bl_buf_add_str(b, v ? "true" : "false");
}

void
bl_json_null(struct bl_buf *b, const char *key)
{
	start(b, key);
	bl_buf_add_str(b, "null");
}

void
bl_json_hex(struct bl_buf *b, const char *key, struct bl_span bytes)
{
	start(b, key);
	bl_buf_add_u8(b, '"');
	bl_hex(b, bytes);
	bl_buf_add_u8(b, '"');
}

/* Days since 1970 into a date: years start in March, so that the leap day is
 * the last of its year; 400 years are one whole cycle of 146097 days. */
static void
date(struct bl_buf *b, int64_t days)
{
	int64_t shifted = days + 719468;
	int64_t cycle = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_cycle = shifted - cycle * 146097;
	int64_t year = (of_cycle - of_cycle / 1460 + of_cycle / 36524 -
			   of_cycle / 146096) /
	    365;
	int64_t of_year = of_cycle - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	int64_t day = of_year - (153 * month + 2) / 5 + 1;

	month += month < 10 ? 3 : -9;
	year += cycle * 400 + (month <= 2 ? 1 : 0);
	bl_buf_add_f(b, "%04lld-%02lld-%02lld", (long long)year,
	    (long long)month, (long long)day);
}

void
bl_json_time(struct bl_buf *b, const char *key, int64_t t)
{
	int64_t second = ((t % DAY) + DAY) % DAY;

	start(b, key);
	bl_buf_add_u8(b, '"');
	date(b, (t - second) / DAY);
	bl_buf_add_f(b, "T%02lld:%02lld:%02lldZ\"", (long long)(second / 3600),
	    (long long)(second / 60 % 60), (long long)(second % 60));
}

void
bl_json_raw(struct bl_buf *b, struct bl_span json)
{
	if (json.n == 0)
		return;
	comma(b);
	bl_buf_add(b, json);
}
