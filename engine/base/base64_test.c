/* base64_test.c - what decodes to what, what is bad, and any cut is the same. */
#include "base/base.h"
#include "tests/test.h"

#include <string.h>

static const struct {
	const char *name;
	struct bl_span in, out;
	bool bad;
} cases[] = {
    {"empty", BYTES(""), BYTES(""), false},
    {"RFC 4648 10: f", BYTES("Zg=="), BYTES("f"), false},
    {"RFC 4648 10: fo", BYTES("Zm8="), BYTES("fo"), false},
    {"RFC 4648 10: foo", BYTES("Zm9v"), BYTES("foo"), false},
    {"RFC 4648 10: foob", BYTES("Zm9vYg=="), BYTES("foob"), false},
    {"RFC 4648 10: fooba", BYTES("Zm9vYmE="), BYTES("fooba"), false},
    {"RFC 4648 10: foobar", BYTES("Zm9vYmFy"), BYTES("foobar"), false},
    {"all high digits", BYTES("+/+/"), BYTES("\xfb\xff\xbf"), false},
    {"white space everywhere", BYTES(" Z\tm\r\n9 v\n\r\nYg =\r\n= \t\r\n"),
	BYTES("foob"), false},
    {"white space alone", BYTES(" \r\n\t"), BYTES(""), false},
    {"one digit", BYTES("Z"), BYTES(""), true},
    {"two digits", BYTES("Zg"), BYTES("f"), true},
    {"three digits", BYTES("Zm8"), BYTES("fo"), true},
    {"one padding of two", BYTES("Zg="), BYTES("f"), true},
    {"padding of two and one", BYTES("Zg==="), BYTES("f"), true},
    {"padding of one and one", BYTES("Zm8=="), BYTES("fo"), true},
    {"padding after nothing", BYTES("="), BYTES(""), true},
    {"padding after a quantum", BYTES("Zm9v="), BYTES("foo"), true},
    {"padding after a digit", BYTES("Z==="), BYTES(""), true},
    {"quantum after padding", BYTES("Zg==Zg=="), BYTES("f"), true},
    {"digit within padding", BYTES("Zg=Z="), BYTES("f"), true},
    {"bits left over of two digits", BYTES("Zh=="), BYTES("f"), true},
    {"bits left over of three digits", BYTES("Zm9="), BYTES("fo"), true},
    {"another character first", BYTES("-Zm9v"), BYTES("foo"), true},
    {"another character within", BYTES("Zm_9v"), BYTES("foo"), true},
    {"another character last", BYTES("Zm9v\x80"), BYTES("foo"), true},
    {"NUL", BYTES("Zm9v\x00"), BYTES("foo"), true},
    {"vertical tab", BYTES("Zm\v9v"), BYTES("foo"), true},
    {"another one after padding", BYTES("Zg==-"), BYTES("f"), true},
};

/* decode feeds `step` bytes at a time. */
static bool
decode(struct bl_buf *out, struct bl_span in, size_t step)
{
	struct bl_base64 d = {0};

	for (; in.n > 0; in = bl_span_cut(in, step, in.n))
		bl_base64_decode(&d, out, bl_span_cut(in, 0, step));
	bl_base64_decode_end(&d);
	return !d.bad;
}

static void
encode(struct bl_buf *out, struct bl_span in, size_t step)
{
	struct bl_base64 e = {0};

	for (; in.n > 0; in = bl_span_cut(in, step, in.n))
		bl_base64_encode(&e, out, bl_span_cut(in, 0, step));
	bl_base64_encode_end(&e, out);
}

static void
decodes_each_case_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t step = 1; step <= cases[i].in.n + 1; step++) {
			struct bl_buf out = {0};
			bool ok = decode(&out, cases[i].in, step);

			CHECK(ok == !cases[i].bad, cases[i].name);
			CHECK(bl_span_equal(bl_buf_span(&out), cases[i].out),
			    cases[i].name);
			bl_buf_clear(&out);
		}
}

/* Each byte alone: the 64 digits are digits, four skip, all else is bad. */
static void
knows_every_byte(void)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				     "pqrstuvwxyz0123456789+/";

	for (unsigned c = 0; c < 256; c++) {
		uint8_t text[] = {(uint8_t)c, 'A', '=', '='};
		const char *at = c == 0 ? NULL : strchr(digits, (int)c);
		struct bl_buf out = {0};
		struct bl_base64 d = {0};

		if (at != NULL) {
			text[1] = (uint8_t)digits[(at - digits) % 4 * 16];
			CHECK(decode(&out, bl_span_of(text, 4), 4), "digit");
			CHECK(out.n == 1 &&
				out.p[0] ==
				    (at - digits) * 4 + (at - digits) % 4,
			    "digit");
		} else {
			bl_base64_decode(&d, &out, bl_span_of(text, 1));
			CHECK(d.bad ==
				(strchr(" \t\r\n", (int)c) == NULL || c == 0),
			    "no digit");
			CHECK(out.n == 0 && d.have == 0, "no digit");
		}
		bl_buf_clear(&out);
	}
}

static void
pattern(uint8_t *p, size_t n)
{
	uint32_t v = 1;

	for (size_t i = 0; i < n; i++) {
		v = v * 1664525 + 1013904223;
		p[i] = (uint8_t)(v >> 24);
	}
}

static void
lines_are_76_characters_and_crlf(void)
{
	static uint8_t bytes[57 * 3 + 1];
	size_t column = 0;

	pattern(bytes, sizeof(bytes));
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct bl_buf out = {0};
		size_t characters = (n + 2) / 3 * 4;
		size_t lines = (characters + 75) / 76;

		encode(&out, bl_span_of(bytes, n), n + 1);
		CHECK(out.n == characters + lines * 2, "size");
		for (size_t i = 0; i < out.n; i++, column++) {
			if (out.p[i] != '\r')
				continue;
			CHECK(column == 76 || i + 2 == out.n, "line");
			CHECK(i + 1 < out.n && out.p[i + 1] == '\n', "LF");
			column = (size_t)-2;
		}
		CHECK(column == 0, "last line is ended");
		bl_buf_clear(&out);
	}
}

/* Whatever the pieces, the text is the same, and it decodes to the bytes. */
static void
pieces_make_no_difference(void)
{
	enum { N = 130000 }; /* more than two steps of either direction */
	static uint8_t bytes[N];
	static const size_t steps[] = {1, 2, 3, 4, 5, 56, 57, 58, 4095, 4096,
	    4097, 57 << 10, (57 << 10) + 1, N};
	struct bl_buf whole = {0};

	pattern(bytes, N);
	encode(&whole, bl_span_of(bytes, N), N);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct bl_buf text = {0}, back = {0};

		encode(&text, bl_span_of(bytes, N), steps[i]);
		CHECK(bl_span_equal(bl_buf_span(&text), bl_buf_span(&whole)),
		    "encode");
		CHECK(decode(&back, bl_buf_span(&whole), steps[i]), "decode");
		CHECK(bl_span_equal(bl_buf_span(&back), bl_span_of(bytes, N)),
		    "decode");
		bl_buf_clear(&text);
		bl_buf_clear(&back);
	}
	bl_buf_clear(&whole);
}

/* A buffer whose maximum is just what comes out is enough; one less is not. */
static void
asks_for_no_more_room_than_it_fills(void)
{
	struct bl_span in = BYTES("Zm9v\r\n \r\n \r\n \r\nYmE=");
	struct bl_span bytes = BYTES("fooba");

	for (size_t max = 4; max <= 5; max++) {
		struct bl_buf out = {.max = max};

		CHECK(decode(&out, in, in.n), "decode");
		CHECK(out.err == (max == 5 ? BL_OK : BL_E_LIMIT), "decode");
		bl_buf_clear(&out);
	}
	for (size_t max = 3; max <= 10; max++) {
		struct bl_buf out = {.max = max};

		encode(&out, bytes, bytes.n);
		CHECK(out.err == (max == 10 ? BL_OK : BL_E_LIMIT), "encode");
		bl_buf_clear(&out);
	}
}

static void
an_encoder_is_new_after_its_end(void)
{
	struct bl_base64 e = {0};
	struct bl_buf out = {0};

	for (int i = 0; i < 2; i++) {
		bl_base64_encode(&e, &out, BL_STR("fo"));
		bl_base64_encode_end(&e, &out);
	}
	CHECK(bl_span_equal(bl_buf_span(&out), BL_STR("Zm8=\r\nZm8=\r\n")),
	    "twice");
	bl_buf_clear(&out);
}

TESTS(TEST(decodes_each_case_as_stated), TEST(knows_every_byte),
    TEST(lines_are_76_characters_and_crlf), TEST(pieces_make_no_difference),
    TEST(asks_for_no_more_room_than_it_fills),
    TEST(an_encoder_is_new_after_its_end))
