/* word_test.c - encoded words: what is decoded, what stays as it is. */
#include "mime/internal.h"
#include "tests/test.h"

#include <time.h>

static const struct {
	const char *name;
	struct bl_span in;
	const char *out;
} cases[] = {
    {"nothing", BYTES(""), ""},
    {"text", BYTES(" a  b \r\n c"), "a  b  c"},
    {"Q", BYTES("=?UTF-8?Q?a=C3=A4_b?="), "a\xc3\xa4 b"},
    {"q, lower-case hex", BYTES("=?utf-8?q?=c3=a4?="), "\xc3\xa4"},
    {"B", BYTES("=?UTF-8?B?w6Q=?="), "\xc3\xa4"},
    {"b", BYTES("=?utf8?b?w6Q=?="), "\xc3\xa4"},
    {"empty",
	BYTES("=?utf-8?q?"
	      "?="),
	""},
    {"language", BYTES("=?utf-8*en?q?a?="), "a"},
    {"US-ASCII", BYTES("=?us-ascii?q?a=E4?="), "a\xef\xbf\xbd"},
    {"ASCII", BYTES("=?ascii?q?a?="), "a"},
    {"ISO-8859-1", BYTES("=?ISO-8859-1?Q?a=E4?="), "a\xc3\xa4"},
    {"latin1 is Windows", BYTES("=?latin1?Q?=80=81?="),
	"\xe2\x82\xac\xef\xbf\xbd"},
    {"ISO-8859-15", BYTES("=?ISO-8859-15?Q?=A4=BE=E4=80?="),
	"\xe2\x82\xac\xc5\xb8\xc3\xa4\xef\xbf\xbd"},
    {"ISO-8859-1 has no euro there", BYTES("=?iso8859-1?Q?=A4?="), "\xc2\xa4"},
    {"Windows-1252", BYTES("=?Windows-1252?Q?=80=99=FF=8D?="),
	"\xe2\x82\xac\xe2\x84\xa2\xc3\xbf\xef\xbf\xbd"},
    {"not UTF-8", BYTES("=?UTF-8?Q?=E4b?="),
	"\xef\xbf\xbd"
	"b"},
    {"overlong", BYTES("=?UTF-8?Q?=C0=AF?="), "\xef\xbf\xbd\xef\xbf\xbd"},
    {"the last character", BYTES("=?UTF-8?Q?=F4=8F=BF=BF?="),
	"\xf4\x8f\xbf\xbf"},
    {"and one more", BYTES("=?UTF-8?Q?=F4=90=80=80?="),
	"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"before and behind the surrogates",
	BYTES("=?UTF-8?Q?=ED=9F=BF=EE=80=80?="), "\xed\x9f\xbf\xee\x80\x80"},
    {"surrogate", BYTES("=?UTF-8?Q?=ED=A0=80?="),
	"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"line ends are not structure", BYTES("=?UTF-8?Q?a=0D=0AB:_c=00?="),
	"a\xef\xbf\xbd\xef\xbf\xbd"
	"B: c\xef\xbf\xbd"},
    {"nor in one byte sets", BYTES("=?latin1?Q?a=0Ab?="),
	"a\xef\xbf\xbd"
	"b"},
    {"in text", BYTES("a =?utf-8?q?b?= c"), "a b c"},
    {"joined", BYTES("=?utf-8?q?a?= =?utf-8?q?b?="), "ab"},
    {"joined over folds", BYTES("=?utf-8?q?a?=\r\n =?utf-8?b?Yg==?="), "ab"},
    {"joined, other sets", BYTES("=?utf-8?q?=C3=A4?= =?latin1?q?=E4?="),
	"\xc3\xa4\xc3\xa4"},
    {"a character over two words", BYTES("=?utf-8?q?=C3?= =?utf-8?q?=A4?="),
	"\xc3\xa4"},
    {"not over two sets", BYTES("=?utf-8?q?=C3?= =?latin1?q?=A4?="),
	"\xef\xbf\xbd\xc2\xa4"},
    {"space in a word is kept", BYTES("=?utf-8?q?a_?= =?utf-8?q?_b?="), "a  b"},
    {"text between", BYTES("=?utf-8?q?a?= x =?utf-8?q?b?="), "a x b"},
    {"another character set", BYTES("=?iso-2022-jp?B?GyRCJCIbKEI=?="),
	"=?iso-2022-jp?B?GyRCJCIbKEI=?="},
    {"UTF-7", BYTES("=?utf-7?q?+AOQ-?= a"), "=?utf-7?q?+AOQ-?= a"},
    {"between known ones",
	BYTES("=?utf-8?q?a?= =?koi8-r?q?b?= "
	      "=?utf-8?q?c?="),
	"a =?koi8-r?q?b?= c"},
    {"another encoding", BYTES("=?utf-8?x?a?="), "=?utf-8?x?a?="},
    {"no set", BYTES("=??q?a?="), "=??q?a?="},
    {"no encoding", BYTES("=?utf-8??a?="), "=?utf-8??a?="},
    {"no end", BYTES("=?utf-8?q?a"), "=?utf-8?q?a"},
    {"no end, =", BYTES("=?utf-8?q?a?"), "=?utf-8?q?a?"},
    {"cut early", BYTES("=?utf-8?q"), "=?utf-8?q"},
    {"cut earlier", BYTES("=?"), "=?"},
    {"cut to one", BYTES("a ="), "a ="},
    {"space within", BYTES("=?utf-8?q?a b?="), "=?utf-8?q?a b?="},
    {"question mark within", BYTES("=?utf-8?q?a?b?="), "=?utf-8?q?a?b?="},
    {"text right behind", BYTES("=?utf-8?q?a?=b"), "=?utf-8?q?a?=b"},
    {"text right before", BYTES("b=?utf-8?q?a?="), "b=?utf-8?q?a?="},
    {"DEL within", BYTES("=?utf-8?q?\x7f?="), "=?utf-8?q?\x7f?="},
    {"no sign", BYTES("x?utf-8?q?a?="), "x?utf-8?q?a?="},
    {"no mark", BYTES("=xutf-8?q?a?="), "=xutf-8?q?a?="},
    {"neither", BYTES("xxutf-8?q?a?="), "xxutf-8?q?a?="},
    {"8-bit within", BYTES("=?utf-8?q?\xc3\xa4?="), "=?utf-8?q?\xc3\xa4?="},
    {"bad hex", BYTES("=?utf-8?q?a=C?="), "=?utf-8?q?a=C?="},
    {"bad hex digit", BYTES("=?utf-8?q?a=CG?="), "=?utf-8?q?a=CG?="},
    {"bad base64", BYTES("=?utf-8?b?a!bc?="), "=?utf-8?b?a!bc?="},
    {"base64 cut", BYTES("=?utf-8?b?w6Q?="), "=?utf-8?b?w6Q?="},
    {"broken behind a good one", BYTES("=?utf-8?q?a?= =?utf-8?q?=?="),
	"a =?utf-8?q?=?="},
    {"decoded is not decoded again",
	BYTES("=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F"
	      "=3D?="),
	"=?utf-8?q?a?="},
    {"raw UTF-8", BYTES("\xc3\xa4 b"), "\xc3\xa4 b"},
    {"raw bytes", BYTES("\xe4 b"), "\xef\xbf\xbd b"},
    {"NUL and CR", BYTES("a\0b\rc"),
	"a\xef\xbf\xbd"
	"b\xef\xbf\xbd"
	"c"},
};

static void
decodes_each_value_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf out = {0};

		bl_buf_add_u8(&out, '>');
		bl_header_text(&out, cases[i].in);
		CHECK(bl_span_equal(bl_span_cut(bl_buf_span(&out), 1, out.n),
			  bl_span_str(cases[i].out)),
		    cases[i].name);
		CHECK(out.p[0] == '>', cases[i].name);
		bl_buf_clear(&out);
	}
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The time for n of `piece`, the best of three. */
static double
cost(const char *piece, size_t n)
{
	struct bl_buf in = {0};
	double best = 1e9;

	for (size_t i = 0; i < n; i++)
		bl_buf_add_str(&in, piece);
	for (int i = 0; i < 3; i++) {
		struct bl_buf out = {0};
		double from = seconds();

		bl_header_text(&out, bl_buf_span(&in));
		from = seconds() - from;
		best = from < best ? from : best;
		CHECK(out.err == BL_OK, piece);
		bl_buf_clear(&out);
	}
	bl_buf_clear(&in);
	return best;
}

static void
time_grows_with_the_length_only(void)
{
	static const char *const pieces[] = {"=?utf-8?q?=C3?= ",
	    "=?iso-2022-jp?b?GyRCGyhC?= ", "=?", "=?utf-8?q?a", " =?utf-8?b?!",
	    "\r\n ", "\r", "=?utf-8?q?a?= =?latin1?q?b?= "};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		double once = cost(pieces[i], 20000);
		double four = cost(pieces[i], 80000);

		CHECK(four < once * 8 + 0.02, pieces[i]);
	}
}

static const struct {
	uint32_t c;
	bool invisible;
} characters[] = {
    {0, true},
    {' ', true},
    {'!', false},
    {0x7e, false},
    {0x7f, true},
    {0xa0, true},
    {0xa1, false},
    {0xac, false},
    {0xad, true},
    {0xae, false},
    {0x200b, true},
    {0x202e, true},
    {0x2010, false},
    {0x2023, false},
    {0x2024, true},
    {0x2066, true},
    {0x2070, false},
    {0x27ff, false},
    {0x2800, true},
    {0x2801, false},
    {0x3000, true},
    {0x3001, false},
    {0x3002, true},
    {0x3164, true},
    {0xfeff, true},
    {0xff20, true},
    {0xff21, false},
    {0xffa0, true},
    {0xfffd, true},
    {0x1f600, false},
    {0xe0020, true},
    {0x10ffff, true},
};

static void
knows_invisible_characters(void)
{
	for (size_t i = 0; i < sizeof(characters) / sizeof(*characters); i++) {
		char name[16];

		snprintf(
		    name, sizeof(name), "U+%04X", (unsigned)characters[i].c);
		CHECK(bl_invisible(characters[i].c) == characters[i].invisible,
		    name);
	}
}

static enum bl_err
scenario(void *arg)
{
	struct bl_buf out = {0};
	enum bl_err err;

	(void)arg;
	bl_header_text(&out,
	    BL_STR("a =?utf-8?q?b?= =?latin1?q?c?= "
		   "dddddddddddddddddddddddddddddddddddddd"
		   "dddddddddddddddddddddddddddddddddddddd"
		   "dddddddddddddddddddddddddddddddddddddd "
		   "=?utf-8?b?w6Q=?= =?utf-8?q?dddddddddddddd"
		   "dddddddddddddddddddddddddddddddddddddd"
		   "ddddddddddddddddddddddddddddddddddddd?="));
	err = out.err;
	bl_buf_clear(&out);
	return err;
}

static void
survives_failing_allocations(void)
{
	bl_test_each_allocation(scenario, NULL, "text");
}

TESTS(TEST(decodes_each_value_as_stated), TEST(time_grows_with_the_length_only),
    TEST(knows_invisible_characters), TEST(survives_failing_allocations))
