/* text_test.c - which bytes are UTF-8, what is shown of it and what is not. */
#include "base/base.h"
#include "tests/test.h"

#include <string.h>

#define N(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *name;
	struct bl_span in;
	bool ok;
	const char *shown;
} cases[] = {
    {"nothing", BYTES(""), true, ""},
    {"ASCII", BYTES("Ann <ann@example.org> \\ ~"), true,
	"Ann <ann@example.org> \\ ~"},
    {"two bytes", BYTES("\xc3\xa4"), true, "\xc3\xa4"},
    {"three bytes", BYTES("\xe2\x82\xac"), true, "\xe2\x82\xac"},
    {"four bytes", BYTES("\xf0\x9f\x94\x92"), true, "\xf0\x9f\x94\x92"},
    {"NUL", BYTES("a\0b"), false, "a<U+0000>b"},
    {"line feed", BYTES("a\nb\t\r"), true, "a<U+000A>b<U+0009><U+000D>"},
    {"escape", BYTES("\x1b[31m"), true, "<U+001B>[31m"},
    {"DEL", BYTES("a\x7f"), true, "a<U+007F>"},
    {"C1",
	BYTES("\xc2\x9b"
	      "31m"),
	true, "<U+009B>31m"},
    {"no-break space is shown", BYTES("\xc2\xa0"), true, "\xc2\xa0"},
    {"right-to-left override", BYTES("a\xe2\x80\xaeg"), true, "a<U+202E>g"},
    {"tag letter", BYTES("\xf3\xa0\x81\x81"), true, "<U+E0041>"},
    {"U+10FFFF", BYTES("\xf4\x8f\xbf\xbf"), true, "<U+10FFFF>"},
    {"tail alone", BYTES("\x80"), false, "\\x80"},
    {"Latin-1", BYTES("M\xfcller"), false, "M\\xFCller"},
    {"cut of two", BYTES("\xc3"), false, "\\xC3"},
    {"cut of three", BYTES("\xe2\x82"), false, "\\xE2\\x82"},
    {"cut of four", BYTES("\xf0\x9f\x94"), false, "\\xF0\\x9F\\x94"},
    {"cut by another", BYTES("\xe2\x82\xc3\xa4"), false, "\\xE2\\x82\xc3\xa4"},
    {"overlong NUL", BYTES("\xc0\x80"), false, "\\xC0\\x80"},
    {"overlong DEL", BYTES("\xc1\xbf"), false, "\\xC1\\xBF"},
    {"least of two", BYTES("\xc2\x80"), true, "<U+0080>"},
    {"overlong of three", BYTES("\xe0\x9f\xbf"), false, "\\xE0\\x9F\\xBF"},
    {"least of three", BYTES("\xe0\xa0\x80"), true, "\xe0\xa0\x80"},
    {"overlong of four", BYTES("\xf0\x8f\xbf\xbf"), false,
	"\\xF0\\x8F\\xBF\\xBF"},
    {"least of four", BYTES("\xf0\x90\x80\x80"), true, "\xf0\x90\x80\x80"},
    {"before the surrogates", BYTES("\xed\x9f\xbf"), true, "\xed\x9f\xbf"},
    {"first surrogate", BYTES("\xed\xa0\x80"), false, "\\xED\\xA0\\x80"},
    {"last surrogate", BYTES("\xed\xbf\xbf"), false, "\\xED\\xBF\\xBF"},
    {"after the surrogates", BYTES("\xee\x80\x80"), true, "<U+E000>"},
    {"U+110000", BYTES("\xf4\x90\x80\x80"), false, "\\xF4\\x90\\x80\\x80"},
    {"first byte 0xf5", BYTES("\xf5\x80\x80\x80"), false,
	"\\xF5\\x80\\x80\\x80"},
    {"four bytes behind a tail", BYTES("\x81\x80\x80\x80"), false,
	"\\x81\\x80\\x80\\x80"},
    {"four bytes behind 0xc1", BYTES("\xc1\x90\x80\x80"), false,
	"\\xC1\\x90\\x80\\x80"},
    {"four bytes behind 0xf9", BYTES("\xf9\x80\x80\x80"), false,
	"\\xF9\\x80\\x80\\x80"},
    {"bytes 0xfe and 0xff", BYTES("\xfe\xff"), false, "\\xFE\\xFF"},
    {"tail too high", BYTES("\xc3\xc0"), false, "\\xC3\\xC0"},
};

/* Before and after each case stand 0 to 17 letters, so that the eight bytes
 * that are looked at together begin anywhere. */
static void
texts_as_stated(void)
{
	for (size_t i = 0; i < N(cases); i++)
		for (size_t n = 0; n < 18; n++) {
			struct bl_buf in = {0}, shown = {0}, want = {0};

			bl_buf_add(&in, bl_span_of("abcdefghijklmnopqr", n));
			bl_buf_add(&in, cases[i].in);
			bl_buf_add(&in, bl_span_of("ABCDEFGHIJKLMNOPQR", n));
			CHECK(bl_text_ok(bl_buf_span(&in)) == cases[i].ok,
			    cases[i].name);
			bl_buf_add(&want, bl_span_of("abcdefghijklmnopqr", n));
			bl_buf_add_str(&want, cases[i].shown);
			bl_buf_add(&want, bl_span_of("ABCDEFGHIJKLMNOPQR", n));
			bl_text_show(&shown, bl_buf_span(&in));
			CHECK(bl_span_equal(
				  bl_buf_span(&shown), bl_buf_span(&want)),
			    cases[i].name);
			bl_buf_clear(&in);
			bl_buf_clear(&shown);
			bl_buf_clear(&want);
		}
}

/* Nothing behind the span is looked at: it ends where its memory does. */
static void
ends_with_the_span(void)
{
	for (size_t i = 0; i < N(cases); i++) {
		struct bl_span in = cases[i].in;
		uint8_t *p = bl_alloc(in.n + 1);
		struct bl_buf shown = {0};

		/* The first byte is not for them, the last is the last. */
		if (p == NULL)
			continue;
		if (in.n > 0)
			memcpy(p + 1, in.p, in.n);
		in.p = p + 1;
		CHECK(bl_text_ok(in) == cases[i].ok, cases[i].name);
		bl_text_show(&shown, in);
		CHECK(bl_span_equal(
			  bl_buf_span(&shown), bl_span_str(cases[i].shown)),
		    cases[i].name);
		bl_buf_clear(&shown);
		bl_release(p);
	}
}

/* Every code point comes back from its own bytes; a surrogate is none. */
static void
every_code_point_goes_there_and_back(void)
{
	for (uint32_t c = 0; c <= 0x110000; c++) {
		bool none = (c >= 0xd800 && c <= 0xdfff) || c == 0x110000;
		struct bl_buf b = {0};
		struct bl_span s;

		bl_text_put(&b, c);
		s = bl_buf_span(&b);
		CHECK(bl_text_ok(s) == (c != 0), "put");
		CHECK(bl_text_next(&s) == (none ? 0xfffd : c), "next");
		CHECK(s.n == 0, "next");
		bl_buf_clear(&b);
	}
}

/* The ends of each range that is hidden, and its neighbours that are not. */
static void
hidden_ranges_as_stated(void)
{
	static const struct {
		uint32_t first, last;
		bool before, after; /* whether the neighbours are hidden too */
	} ranges[] = {
	    {0x0000, 0x001f, true, false},
	    {0x007f, 0x009f, false, false},
	    {0x00ad, 0x00ad, false, false},
	    {0x034f, 0x034f, false, false},
	    {0x061c, 0x061c, false, false},
	    {0x115f, 0x1160, false, false},
	    {0x17b4, 0x17b5, false, false},
	    {0x180b, 0x180f, false, false},
	    {0x200b, 0x200f, false, false},
	    {0x2028, 0x202e, false, false},
	    {0x2060, 0x206f, false, false},
	    {0x2800, 0x2800, false, false},
	    {0x3164, 0x3164, false, false},
	    {0xe000, 0xf8ff, false, false},
	    {0xfdd0, 0xfdef, false, false},
	    {0xfe00, 0xfe0f, false, false},
	    {0xfeff, 0xfeff, false, false},
	    {0xffa0, 0xffa0, false, false},
	    {0xfff0, 0xfffb, false, false},
	    {0xfffe, 0xffff, false, false},
	    {0x13430, 0x1343f, false, false},
	    {0x1bca0, 0x1bca3, false, false},
	    {0x1d173, 0x1d17a, false, false},
	    {0x1fffe, 0x1ffff, false, false},
	    {0xdfffe, 0xdffff, false, true},
	    {0xe0000, 0xe0fff, true, false},
	    {0xefffe, 0xeffff, false, true},
	    {0xf0000, 0x10ffff, true, true},
	    {0x110000, UINT32_MAX, true, true},
	};

	for (size_t i = 0; i < N(ranges); i++) {
		uint32_t a = ranges[i].first, b = ranges[i].last;

		CHECK(bl_text_is_hidden(a) && bl_text_is_hidden(b), "ends");
		CHECK(bl_text_is_hidden(a + (b - a) / 2), "middle");
		CHECK(bl_text_is_hidden(a - 1) == ranges[i].before, "before");
		CHECK(bl_text_is_hidden(b + 1) == ranges[i].after, "after");
	}
	for (uint32_t plane = 0; plane <= 0x10; plane++)
		CHECK(bl_text_is_hidden(plane << 16 | 0xfffe) &&
			bl_text_is_hidden(plane << 16 | 0xffff),
		    "noncharacters");
}

/* What is shown is clean: showing it again changes nothing. */
static void
what_is_shown_is_clean(void)
{
	struct bl_buf in = {0}, once = {0}, twice = {0};

	for (unsigned c = 0; c < 0x3200; c++)
		bl_text_put(&in, c);
	for (unsigned c = 0; c < 256; c++)
		bl_buf_add_u8(&in, (uint8_t)c);
	bl_text_show(&once, bl_buf_span(&in));
	bl_text_show(&twice, bl_buf_span(&once));
	CHECK(once.err == BL_OK && bl_text_ok(bl_buf_span(&once)), "UTF-8");
	CHECK(bl_span_equal(bl_buf_span(&once), bl_buf_span(&twice)), "again");
	bl_buf_clear(&in);
	bl_buf_clear(&once);
	bl_buf_clear(&twice);
}

static void
hexadecimal(void)
{
	struct bl_buf b = {0};

	bl_hex(&b, BL_STR("\x00\x09\xaf\xff"));
	bl_hex(&b, bl_span_of(NULL, 0));
	CHECK(bl_span_equal(bl_buf_span(&b), BL_STR("0009afff")), "hex");
	bl_buf_clear(&b);
}

TESTS(TEST(texts_as_stated), TEST(ends_with_the_span),
    TEST(every_code_point_goes_there_and_back), TEST(hidden_ranges_as_stated),
    TEST(what_is_shown_is_clean), TEST(hexadecimal))
