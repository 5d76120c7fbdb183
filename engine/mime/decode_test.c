/* decode_test.c - transfer encodings undone and made, in any chunks. */
#include "mime/internal.h"
#include "tests/test.h"

#define Q BL_DEFECT_QP

static const struct {
	const char *name;
	struct bl_span in, out;
	unsigned defects;
} qp[] = {
    {"nothing", BYTES(""), BYTES(""), 0},
    {"text", BYTES("a b\r\nc\r\n"), BYTES("a b\r\nc\r\n"), 0},
    {"LF", BYTES("a b\nc\n"), BYTES("a b\nc\n"), 0},
    {"escape", BYTES("a=3D=00=FFb"),
	BYTES("a=\0\xff"
	      "b"),
	0},
    {"soft break", BYTES("a=\r\nb"), BYTES("ab"), 0},
    {"soft break, LF", BYTES("a=\nb"), BYTES("ab"), 0},
    {"soft break with padding", BYTES("a= \t \r\nb"), BYTES("ab"), 0},
    {"space before a soft break", BYTES("a =\r\n b"), BYTES("a  b"), 0},
    {"white space at the end of a line", BYTES("a \t\r\nb  \nc"),
	BYTES("a\r\nb\nc"), 0},
    {"white space alone", BYTES(" \r\n"), BYTES("\r\n"), 0},
    {"white space at the very end", BYTES("a \t"), BYTES("a"), 0},
    {"escaped space at the end", BYTES("a=20\r\n"), BYTES("a \r\n"), 0},
    {"escaped line end", BYTES("a=0D=0Ab"), BYTES("a\r\nb"), 0},
    {"lower-case digits", BYTES("=c3=a4"), BYTES("\xc3\xa4"), Q},
    {"one lower-case digit", BYTES("=C3=A4=3d"), BYTES("\xc3\xa4="), Q},
    {"raw 8-bit", BYTES("a\xc3\xa4"), BYTES("a\xc3\xa4"), Q},
    {"raw 8-bit, the least", BYTES("a\x80"), BYTES("a\x80"), Q},
    {"raw control", BYTES("a\1"), BYTES("a\1"), Q},
    {"NUL", BYTES("a\0b"), BYTES("a\0b"), Q},
    {"no digits", BYTES("a=xy"), BYTES("a=xy"), Q},
    {"one digit", BYTES("a=4x"), BYTES("a=4x"), Q},
    {"one digit and a break", BYTES("a=4\r\nb"), BYTES("a=4\r\nb"), Q},
    {"one digit and an LF", BYTES("a=4\nb"), BYTES("a=4\nb"), Q},
    {"one digit and a space", BYTES("a=4 b"), BYTES("a=4 b"), Q},
    {"one digit and another", BYTES("a=4=41"), BYTES("a=4A"), Q},
    {"one digit at the end", BYTES("a=4"), BYTES("a=4"), Q},
    {"sign twice", BYTES("a==41"), BYTES("a=A"), Q},
    {"sign at the end", BYTES("a="), BYTES("a"), Q},
    {"sign and padding at the end", BYTES("a=  "), BYTES("a"), Q},
    {"sign, padding, text", BYTES("a= b"), BYTES("a= b"), Q},
    {"sign, digit after padding", BYTES("a= 4\r\n"), BYTES("a= 4\r\n"), Q},
    {"sign and CR", BYTES("a=\rb"), BYTES("a=\rb"), Q},
    {"sign and CR at the end", BYTES("a=\r"), BYTES("a=\r"), Q},
    {"CR alone", BYTES("a\rb"), BYTES("a\rb"), Q},
    {"CR twice", BYTES("a\r\r\n"), BYTES("a\r\r\n"), Q},
    {"CR at the end", BYTES("a\r"), BYTES("a\r"), Q},
    {"space and CR", BYTES("a \rb"), BYTES("a \rb"), Q},
    {"much white space",
	BYTES("a         1         2         3         4"
	      "         5         6         7         8         9\r\n"),
	BYTES(
	    "a       "
	    "  1         2         3         4         5         6         7       "
	    "  8         9\r\n"),
	0},
};

static unsigned
decode(struct bl_buf *out, enum bl_encoding e, struct bl_span in, size_t step)
{
	struct bl_decode d;

	bl_decode_init(&d, e);
	for (size_t i = 0; i < in.n; i += step)
		bl_decode_add(&d, out, bl_span_cut(in, i, step));
	bl_decode_end(&d, out);
	return d.defects;
}

static void
decodes_quoted_printable(void)
{
	for (size_t i = 0; i < sizeof(qp) / sizeof(*qp); i++)
		for (size_t step = 1; step < 6; step++) {
			struct bl_buf out = {0};
			unsigned defects = decode(&out, BL_QP, qp[i].in, step);

			CHECK(bl_span_equal(bl_buf_span(&out), qp[i].out),
			    qp[i].name);
			CHECK(defects == qp[i].defects, qp[i].name);
			bl_buf_clear(&out);
		}
}

/* Up to 80 bytes of white space are held; more of it is text, and a defect. */
static void
holds_so_much_white_space(void)
{
	for (size_t n = 79; n <= 82; n++) {
		struct bl_buf in = {0}, out = {0};
		unsigned defects;

		for (size_t i = 0; i < n; i++)
			bl_buf_add_u8(&in, ' ');
		bl_buf_add_str(&in, "\n");
		defects = decode(&out, BL_QP, bl_buf_span(&in), n);
		CHECK(out.n == (n > 80 ? 81 : 1), "white space");
		CHECK(defects == (n > 80 ? Q : 0), "white space");
		bl_buf_clear(&in);
		bl_buf_clear(&out);
	}
}

static const struct {
	enum bl_encoding encoding;
	struct bl_span in, out;
	unsigned defects;
} others[] = {
    {BL_7BIT, BYTES("a=20 \r\n"), BYTES("a=20 \r\n"), 0},
    {BL_8BIT, BYTES("\xff"), BYTES("\xff"), 0},
    {BL_BINARY, BYTES("\0"), BYTES("\0"), 0},
    {BL_ENCODING_OTHER, BYTES("x"), BYTES("x"), 0},
    {BL_BASE64, BYTES("YWJj\r\nZA==\r\n"), BYTES("abcd"), 0},
    {BL_BASE64, BYTES("YWJj!ZA=="), BYTES("abcd"), BL_DEFECT_BASE64},
    {BL_BASE64, BYTES("YWJjZA"), BYTES("abcd"), BL_DEFECT_BASE64},
};

static void
decodes_the_others(void)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		for (size_t step = 1; step < 9; step++) {
			struct bl_buf out = {0};
			unsigned defects = decode(
			    &out, others[i].encoding, others[i].in, step);
			struct bl_span got = bl_buf_span(&out);

			/* What a broken quantum yields is base's affair. */
			CHECK(
			    bl_span_equal(bl_span_cut(got, 0, others[i].out.n),
				bl_span_cut(others[i].out, 0, got.n)),
			    "bytes");
			CHECK(
			    others[i].defects != 0 || got.n == others[i].out.n,
			    "length");
			CHECK(defects == others[i].defects, "defects");
			bl_buf_clear(&out);
		}
}

static const struct {
	struct bl_span in, out;
} lines[] = {
    {BYTES(""), BYTES("")},
    {BYTES("a\nb\r\nc"), BYTES("a\r\nb\r\nc")},
    {BYTES("\n\n"), BYTES("\r\n\r\n")},
    {BYTES("\r\n\r\n"), BYTES("\r\n\r\n")},
    {BYTES("a\rb\r\r\n\n"), BYTES("a\rb\r\r\n\r\n")},
};

static void
makes_crlf(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		for (size_t step = 1; step < 5; step++) {
			struct bl_crlf c = {0};
			struct bl_buf out = {0};

			for (size_t k = 0; k < lines[i].in.n; k += step)
				bl_crlf_add(&c, &out,
				    bl_span_cut(lines[i].in, k, step));
			CHECK(bl_span_equal(bl_buf_span(&out), lines[i].out),
			    "lines");
			bl_buf_clear(&out);
		}
}

#define TEN "abcdefghij"

static const struct {
	const char *name;
	struct bl_span in, out;
} written[] = {
    {"nothing", BYTES(""), BYTES("")},
    {"text", BYTES("a b\r\nc\r\n"), BYTES("a b\r\nc\r\n")},
    {"escapes", BYTES("=\0\xff\x7f\1"), BYTES("=3D=00=FF=7F=01")},
    {"tab", BYTES("a\tb"), BYTES("a\tb")},
    {"space at the end of a line", BYTES("a \r\nb\t\r\n"),
	BYTES("a=20\r\nb=09\r\n")},
    {"space alone", BYTES(" \r\n"), BYTES("=20\r\n")},
    {"space at the very end", BYTES("a "), BYTES("a=20")},
    {"CR and LF alone", BYTES("a\rb\nc\r"), BYTES("a=0Db=0Ac=0D")},
    {"CR CR LF", BYTES("a\r\r\nb"), BYTES("a=0D\r\nb")},
    {"From", BYTES("From a\r\nFrom b\r\nFromc\r\n From d"),
	BYTES("=46rom a\r\n=46rom b\r\nFromc\r\n From d")},
    {"From alone", BYTES("From \r\n"), BYTES("=46rom=20\r\n")},
    {"dashes", BYTES("--\r\n-- \r\n-a\r\na--\r\n-"),
	BYTES("=2D-\r\n=2D-=20\r\n-a\r\na--\r\n-")},
    {"dot", BYTES(".\r\n..\r\n. \r\n."), BYTES("=2E\r\n..\r\n.=20\r\n=2E")},
    {"71 characters", BYTES(TEN TEN TEN TEN TEN TEN TEN "a\r\n"),
	BYTES(TEN TEN TEN TEN TEN TEN TEN "a\r\n")},
    {"72 characters", BYTES(TEN TEN TEN TEN TEN TEN TEN "ab\r\n"),
	BYTES(TEN TEN TEN TEN TEN TEN TEN "a=\r\nb\r\n")},
    {"escape at the edge", BYTES(TEN TEN TEN TEN TEN TEN TEN "\xff"),
	BYTES(TEN TEN TEN TEN TEN TEN TEN "=\r\n=FF")},
    {"a soft break makes no delimiter",
	BYTES(TEN TEN TEN TEN TEN TEN TEN "a--b\r\n"),
	BYTES(TEN TEN TEN TEN TEN TEN TEN "a=\r\n=2D-b\r\n")},
    {"longest line", BYTES("--" TEN TEN TEN TEN TEN TEN "abcdefgh \r\nx"),
	BYTES("=2D-" TEN TEN TEN TEN TEN TEN "abcdefgh=20\r\nx")},
};

static void
encodes_quoted_printable(void)
{
	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++)
		for (size_t step = 1; step < 6; step++) {
			struct bl_span in = written[i].in;
			struct bl_buf out = {0}, back = {0};
			struct bl_qp q = {0};

			for (size_t k = 0; k < in.n; k += step)
				bl_qp_add(&q, &out, bl_span_cut(in, k, step));
			bl_qp_end(&q, &out);
			CHECK(bl_span_equal(bl_buf_span(&out), written[i].out),
			    written[i].name);
			CHECK(decode(&back, BL_QP, bl_buf_span(&out), 7) == 0,
			    written[i].name);
			CHECK(bl_span_equal(bl_buf_span(&back), in),
			    written[i].name);
			bl_buf_clear(&out);
			bl_buf_clear(&back);
		}
}

/* Any bytes come back, in lines of at most 76 characters. */
static void
encodes_any_bytes(void)
{
	uint32_t state = 1;

	for (int round = 0; round < 2000; round++) {
		struct bl_buf in = {0}, out = {0}, back = {0};
		struct bl_qp q = {0};
		size_t column = 0;

		for (size_t i = 0; i < 300; i++) {
			state = state * 1103515245u + 12345;
			bl_buf_add_u8(&in,
			    (uint8_t)("From -. \r\n=ab\xff\0"[(state >> 16) %
				15]));
		}
		bl_qp_add(&q, &out, bl_buf_span(&in));
		bl_qp_end(&q, &out);
		for (size_t i = 0; i < out.n; i++) {
			column = out.p[i] == '\n' ? 0 : column + 1;
			CHECK(column <= 77, "76 and CR");
		}
		CHECK(decode(&back, BL_QP, bl_buf_span(&out), 50) == 0, "good");
		CHECK(bl_span_equal(bl_buf_span(&in), bl_buf_span(&back)),
		    "the same");
		bl_buf_clear(&in);
		bl_buf_clear(&out);
		bl_buf_clear(&back);
	}
}

/* ---- what travels ---- */

static const struct {
	const char *name;
	struct bl_span in;
	bool must, should;
} travels[] = {
    {"text", BYTES("a b\r\nFromc\r\n From d\r\n"), false, false},
    {"LF", BYTES("a b\nc"), false, false},
    {"space at the end of a line", BYTES("a \r\nb"), false, true},
    {"tab, LF", BYTES("a\t\nb"), false, true},
    {"space at the very end", BYTES("a "), false, true},
    {"space and the next line", BYTES("a\n b"), false, false},
    {"empty lines behind a space", BYTES(" a\n\n\n"), false, false},
    {"From", BYTES("From a"), false, true},
    {"From later", BYTES("x\r\nFrom a"), false, true},
    {"From broken off", BYTES("Fro\nm a\nFro"), false, false},
    {"From again", BYTES("FroFrom a\n"), false, false},
    {"8-bit", BYTES("a\x80"), true, false},
    {"NUL", BYTES("a\0"), true, false},
    {"CR", BYTES("a\rb"), true, false},
    {"CR last", BYTES("a\r"), true, false},
};

static void
tells_what_travels(void)
{
	for (size_t i = 0; i < sizeof(travels) / sizeof(*travels); i++)
		for (size_t step = 1; step < 8; step++) {
			struct bl_travel t = {0};

			for (size_t k = 0; k < travels[i].in.n; k += step)
				bl_travel_add(
				    &t, bl_span_cut(travels[i].in, k, step));
			bl_travel_end(&t);
			CHECK(t.must == travels[i].must, travels[i].name);
			CHECK(t.should == travels[i].should, travels[i].name);
		}
}

/* ---- long lines, by any chunks ---- */

static void
counts_line_lengths(void)
{
	for (size_t n = 997; n <= 1000; n++)
		for (int form = 0; form < 4; form++) {
			static const char *const ends[] = {
			    "\n", "\r\n", "", "\r"};
			struct bl_buf in = {0};
			unsigned whole, bytes = 0;
			struct bl_watch a = {0}, b = {0};

			bl_buf_add_str(&in, "y\n");
			for (size_t i = 0; i < n; i++)
				bl_buf_add_u8(&in, 'x');
			bl_buf_add_str(&in, ends[form]);
			whole = bl_watch_add(&a, bl_buf_span(&in));
			for (size_t i = 0; i < in.n; i++)
				bytes |= bl_watch_add(
				    &b, bl_span_cut(bl_buf_span(&in), i, 1));
			CHECK(whole == bytes, "chunks");
			CHECK(((whole & BL_DEFECT_LONG_LINE) != 0) == (n > 998),
			    ends[form]);
			bl_buf_clear(&in);
		}
}

TESTS(TEST(decodes_quoted_printable), TEST(holds_so_much_white_space),
    TEST(decodes_the_others), TEST(makes_crlf), TEST(encodes_quoted_printable),
    TEST(encodes_any_bytes), TEST(tells_what_travels),
    TEST(counts_line_lengths))
