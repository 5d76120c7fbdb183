/* write_test.c - header fields, addresses and parameters, written and read
 * back. */
#include "mime/mime.h"
#include "tests/test.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *label, *name;
	struct bl_span value;
	const char *out; /* NULL: refused */
} cases[] = {
    {"text", "Subject", BYTES("a b"), "Subject: a b\r\n"},
    {"nothing", "Subject", BYTES(""), "Subject: \r\n"},
    {"spaces within", "Subject", BYTES("a   b\tc"), "Subject: a   b\tc\r\n"},
    {"UTF-8", "Subject", BYTES("a \xc3\xa4 b"),
	"Subject: a =?UTF-8?Q?=C3=A4?= b\r\n"},
    {"UTF-8, spread", "Subject", BYTES("\xc3\xa4 b \xc3\xa4 c"),
	"Subject: =?UTF-8?Q?=C3=A4_b_=C3=A4?= c\r\n"},
    {"much UTF-8", "Subject", BYTES("\xe4\xbe\x8b\xe5\xad\x90"),
	"Subject: =?UTF-8?B?5L6L5a2Q?=\r\n"},
    {"space first", "Subject", BYTES(" a b"), "Subject: =?UTF-8?Q?_a?= b\r\n"},
    {"space last", "Subject", BYTES("a b "), "Subject: a =?UTF-8?Q?b_?=\r\n"},
    {"space only", "Subject", BYTES(" "), "Subject: =?UTF-8?Q?_?=\r\n"},
    {"seems encoded", "Subject", BYTES("a =?utf-8?q?b?= c"),
	"Subject: a =?UTF-8?Q?=3D=3Futf-8=3Fq=3Fb=3F=3D?= c\r\n"},
    {"control", "Subject", BYTES("a \1 c"), "Subject: a =?UTF-8?Q?=01?= c\r\n"},
    {"seems encoded a little", "Subject", BYTES("a? b=c ?d ?= x"),
	"Subject: a? b=c ?d ?= x\r\n"},
    {"folded", "Subject", BYTES(X50 " " X50),
	"Subject: " X50 "\r\n " X50 "\r\n"},
    {"folded once it must", "Subject", BYTES(X50 " xxxxxxxxxxxxxxxx y"),
	"Subject: " X50 " xxxxxxxxxxxxxxxx\r\n y\r\n"},
    {"a long word", "Subject", BYTES("a " X50 X50 " b"),
	"Subject: a\r\n " X50 X50 "\r\n b\r\n"},
    {"CR", "Subject", BYTES("a\rb"), NULL},
    {"LF", "Subject", BYTES("a\nBcc: b"), NULL},
    {"fold", "Subject", BYTES("a\r\n b"), NULL},
    {"NUL", "Subject", BYTES("a\0b"), NULL},
    {"not UTF-8", "Subject", BYTES("a\xe4"), NULL},
    {"no name", "", BYTES("a"), NULL},
    {"colon in a name", "A:b", BYTES("a"), NULL},
    {"space in a name", "A b", BYTES("a"), NULL},
    {"line end in a name", "A\r\nB", BYTES("a"), NULL},
    {"8-bit in a name", "\xc3\xa4", BYTES("a"), NULL},
    {"a name as long as a line", X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxx", BYTES("a"),
	NULL},
};

static void
writes_each_field_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].label;
		struct bl_note note = {0};
		struct bl_buf out = {0};
		enum bl_err err;

		err = bl_header_write(
		    &out, cases[i].name, cases[i].value, &note);
		CHECK((err == BL_OK) == (cases[i].out != NULL), name);
		CHECK(note.err == err, name);
		if (cases[i].out == NULL)
			CHECK(err == BL_E_CALLER && out.n == 0, name);
		else
			CHECK(bl_span_equal(
				  bl_buf_span(&out), bl_span_str(cases[i].out)),
			    name);
		bl_buf_clear(&out);
	}
}

/* Words of at most 75 characters, in lines of at most 76. */
static void
check_words(struct bl_span s)
{
	size_t column = 0, word = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool end = s.p[i] == '\r';

		word = s.p[i] == ' ' || end ? 0 : word + 1;
		column = s.p[i] == '\n' ? 0 : column + 1;
		CHECK(s.p[i] < 0x80, "ASCII");
		CHECK(word <= 75, "word");
		CHECK(column <= 77, "line");
	}
}

/* What was written is read as what was meant, whatever it was. */
static void
comes_back(struct bl_span value)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf out = {0}, text = {0};
	struct bl_header *h;

	bl_buf_add_str(&out, "X: y\r\n");
	CHECK(bl_header_write(&out, "Subject", value, NULL) == BL_OK, "writes");
	bl_buf_add_str(&out, "Z: y\r\n\r\n");
	CHECK(bl_header_read(&h, bl_buf_span(&out), &limits, NULL) == BL_OK,
	    "reads");
	CHECK(bl_header_count(h) == 3 && bl_header_defects(h) == 0, "three");
	bl_header_text(&text, bl_header_find(h, "Subject", 0)->value);
	CHECK(bl_span_equal(bl_buf_span(&text), value), "the same");
	check_words(bl_buf_span(&out));
	bl_header_free(h);
	bl_buf_clear(&out);
	bl_buf_clear(&text);
}

static uint32_t
next(uint32_t *state)
{
	*state = *state * 1103515245u + 12345;
	return *state >> 16;
}

static void
any_text_comes_back(void)
{
	static const char *const pieces[] = {"a", " ", "  ", "b c", "\t", "=?",
	    "?=", "=", "_", "\"", "(", "\xc3\xa4", "\xe2\x82\xac",
	    "\xf0\x9f\x98\x80", "=?utf-8?q?x?=", "\x7f", "\1", "longer words",
	    "\xe4\xbe\x8b\xe5\xad\x90\xe4\xbe\x8b\xe5\xad\x90"};
	uint32_t state = 7;

	for (int round = 0; round < 3000; round++) {
		struct bl_buf value = {0};
		size_t n = next(&state) % 40;

		for (size_t i = 0; i < n; i++)
			bl_buf_add_str(&value,
			    pieces[next(&state) %
				(sizeof(pieces) / sizeof(*pieces))]);
		comes_back(bl_buf_span(&value));
		bl_buf_clear(&value);
	}
}

static const struct {
	const char *label;
	struct bl_span value;
	const char *out;
} structured[] = {
    {"kept", BYTES("=?utf-8?q?a?= <b@c>"), "To: =?utf-8?q?a?= <b@c>\r\n"},
    {"UTF-8 is kept", BYTES("<\xc3\xa4@c>"), "To: <\xc3\xa4@c>\r\n"},
    {"not within quotes", BYTES(X50 ", \"aaaa bbbbbbbb cccccc ddd\" <b@c>"),
	"To: " X50 ",\r\n \"aaaa bbbbbbbb cccccc ddd\" <b@c>\r\n"},
    {"within quotes if it must", BYTES("\"" X50 " \\\"xxxxxxxxx " X50 "\""),
	"To: \"" X50 " \\\"xxxxxxxxx\r\n " X50 "\"\r\n"},
    {"LF", BYTES("a\nb"), NULL},
    {"control", BYTES("a\1b"), NULL},
    {"not UTF-8", BYTES("\xe4"), NULL},
};

static void
writes_structured_fields(void)
{
	for (size_t i = 0; i < sizeof(structured) / sizeof(*structured); i++) {
		const char *name = structured[i].label;
		struct bl_buf out = {0};
		enum bl_err err;

		err = bl_header_write_structured(
		    &out, "To", structured[i].value, NULL);
		CHECK((err == BL_OK) == (structured[i].out != NULL), name);
		CHECK(err == BL_OK || err == BL_E_CALLER, name);
		CHECK(structured[i].out == NULL ||
			bl_span_equal(
			    bl_buf_span(&out), bl_span_str(structured[i].out)),
		    name);
		bl_buf_clear(&out);
	}
}

static void
refuses_words_longer_than_lines(void)
{
	for (size_t n = 993; n <= 996; n++) {
		struct bl_buf value = {0}, out = {0};

		for (size_t i = 0; i < n; i++)
			bl_buf_add_u8(&value, 'x');
		CHECK((bl_header_write_structured(&out, "To",
			   bl_buf_span(&value), NULL) == BL_OK) == (n <= 994),
		    "998");
		bl_buf_clear(&out);
		CHECK(bl_header_write(&out, "To", bl_buf_span(&value), NULL) ==
			BL_OK,
		    "text can be encoded");
		check_words(bl_buf_span(&out));
		bl_buf_clear(&value);
		bl_buf_clear(&out);
	}
}

/* ---- addresses ---- */

static const struct {
	struct bl_span name, addr;
	const char *out;
} boxes[] = {
    {BYTES(""), BYTES("a@b"), "a@b"},
    {BYTES("Ann Cee"), BYTES("a@b"), "Ann Cee <a@b>"},
    {BYTES("Ann B. Cee"), BYTES("a@b"), "\"Ann B. Cee\" <a@b>"},
    {BYTES("Cee, Ann"), BYTES("a@b"), "\"Cee, Ann\" <a@b>"},
    {BYTES("c@d"), BYTES("a@b"), "\"c@d\" <a@b>"},
    {BYTES("\"A\\\""), BYTES("a@b"), "\"\\\"A\\\\\\\"\" <a@b>"},
    {BYTES("A  B"), BYTES("a@b"), "\"A  B\" <a@b>"},
    {BYTES(" A"), BYTES("a@b"), "\" A\" <a@b>"},
    {BYTES("A "), BYTES("a@b"), "\"A \" <a@b>"},
    {BYTES("J\xc3\xbcrg M"), BYTES("a@b"), "=?UTF-8?Q?J=C3=BCrg_M?= <a@b>"},
    {BYTES("=?utf-8?q?a?="), BYTES("a@b"),
	"=?UTF-8?Q?=3D=3Futf-8=3Fq=3Fa=3F=3D?= <a@b>"},
    {BYTES("A\1"), BYTES("a@b"), "=?UTF-8?Q?A=01?= <a@b>"},
    {BYTES("A"), BYTES("\"a b\"@c"), "A <\"a b\"@c>"},
    {BYTES("A"), BYTES("\xc3\xa4@c"), "A <\xc3\xa4@c>"},
    {BYTES("A\r\nBcc: x"), BYTES("a@b"), NULL},
    {BYTES("A\0"), BYTES("a@b"), NULL},
    {BYTES("A\xe4"), BYTES("a@b"), NULL},
    {BYTES("A"), BYTES(""), NULL},
    {BYTES("A"), BYTES("a"), NULL},
    {BYTES("A"), BYTES("a@b, c@d"), NULL},
    {BYTES("A"), BYTES("a@b> <c@d"), NULL},
    {BYTES("A"), BYTES("a@b\r\nBcc: x"), NULL},
    {BYTES("A"), BYTES("C <a@b>"), NULL},
    {BYTES("A"), BYTES("<a@b>"), NULL},
    {BYTES("A"), BYTES(" a@b"), NULL},
    {BYTES("A"), BYTES("\"a\"@b"), NULL},
    {BYTES("A"), BYTES("g:a@b;"), NULL},
};

static void
writes_mailboxes(void)
{
	struct bl_limits limits = BL_LIMITS;

	for (size_t i = 0; i < sizeof(boxes) / sizeof(*boxes); i++) {
		const char *name = boxes[i].out ? boxes[i].out : "refused";
		struct bl_buf out = {0};
		struct bl_mailboxes m;
		enum bl_err err;

		err = bl_mailbox_write(
		    &out, boxes[i].name, boxes[i].addr, NULL);
		CHECK((err == BL_OK) == (boxes[i].out != NULL), name);
		if (err != BL_OK) {
			CHECK(err == BL_E_CALLER && out.n == 0, name);
			continue;
		}
		CHECK(
		    bl_span_equal(bl_buf_span(&out), bl_span_str(name)), name);
		CHECK(bl_mailboxes_read(&m, bl_buf_span(&out), &limits, NULL) ==
			    BL_OK &&
			m.n == 1 && !m.bad,
		    name);
		CHECK(bl_span_equal(m.list[0].name, boxes[i].name), name);
		CHECK(bl_span_equal(m.list[0].addr, boxes[i].addr), name);
		bl_mailboxes_clear(&m);
		bl_buf_clear(&out);
	}
}

static void
writes_long_names(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf name = {0}, box = {0}, out = {0};
	struct bl_mailboxes m;
	struct bl_header *h;

	for (int i = 0; i < 100; i++)
		bl_buf_add_str(&name, "\xc3\xa4 x");
	CHECK(bl_mailbox_write(&box, bl_buf_span(&name), BL_STR("a@b"), NULL) ==
		BL_OK,
	    "writes");
	CHECK(bl_header_write_structured(
		  &out, "From", bl_buf_span(&box), NULL) == BL_OK,
	    "writes");
	check_words(bl_buf_span(&out));
	CHECK(bl_header_read(&h, bl_buf_span(&out), &limits, NULL) == BL_OK,
	    "reads");
	CHECK(bl_mailboxes_read(&m, bl_header_at(h, 0)->value, &limits, NULL) ==
		    BL_OK &&
		m.n == 1,
	    "reads");
	CHECK(bl_span_equal(m.list[0].name, bl_buf_span(&name)), "the same");
	bl_mailboxes_clear(&m);
	bl_header_free(h);
	bl_buf_clear(&name);
	bl_buf_clear(&box);
	bl_buf_clear(&out);
}

/* ---- parameters ---- */

static const struct {
	struct bl_span value;
	const char *out;
} params[] = {
    {BYTES("a.pdf"), "; n=a.pdf"},
    {BYTES(""), "; n=\"\""},
    {BYTES("a b.pdf"), "; n=\"a b.pdf\""},
    {BYTES("a\"b\\c"), "; n=\"a\\\"b\\\\c\""},
    {BYTES("=?utf-8?q?a?="), "; n*=UTF-8''%3D%3Futf-8%3Fq%3Fa%3F%3D"},
    {BYTES("\xe2\x82\xac 1'*%.pdf"), "; n*=UTF-8''%E2%82%AC%201%27%2A%25.pdf"},
    {BYTES("a\tb"), "; n*=UTF-8''a%09b"},
    {BYTES(X50 X50 X50), NULL},
    {BYTES(X50 X50 "\xc3\xa4" X50), NULL},
};

static void
writes_parameters(void)
{
	for (size_t i = 0; i < sizeof(params) / sizeof(*params); i++) {
		const char *name = params[i].out ? params[i].out : "long";
		struct bl_buf text = {0}, out = {0};
		struct bl_content_type t;

		bl_buf_add_str(&text, "attachment");
		bl_param_write(&text, "n", params[i].value);
		CHECK(params[i].out == NULL ||
			bl_span_equal(
			    bl_span_cut(bl_buf_span(&text), 10, text.n),
			    bl_span_str(name)),
		    name);
		CHECK(bl_header_write(&out, "Content-Disposition",
			  bl_buf_span(&text), NULL) == BL_OK,
		    name);
		for (size_t k = 0, column = 0; k < out.n; k++) {
			column = out.p[k] == '\n' ? 0 : column + 1;
			CHECK(column <= 160, name);
		}
		CHECK(bl_disposition_read(&t,
			  bl_span_cut(bl_buf_span(&out), 20, out.n - 22),
			  NULL) == BL_OK,
		    name);
		CHECK(t.defects == 0 &&
			bl_span_equal(
			    bl_content_type_param(&t, "n"), params[i].value),
		    name);
		bl_content_type_clear(&t);
		bl_buf_clear(&text);
		bl_buf_clear(&out);
	}
}

static enum bl_err
scenario(void *arg)
{
	struct bl_buf out = {0}, box = {0};
	enum bl_err err;

	(void)arg;
	err = bl_header_write(&out, "Subject",
	    BL_STR("\xc3\xa4 and more of it \xe2\x82\xac " X50), NULL);
	if (err == BL_OK)
		err = bl_mailbox_write(
		    &box, BL_STR("J\xc3\xbcrg"), BL_STR("a@b"), NULL);
	/* An address that cannot be read for lack of memory is refused. */
	if (err == BL_E_CALLER)
		err = BL_E_MEMORY;
	if (err == BL_OK)
		err = bl_header_write_structured(
		    &out, "From", bl_buf_span(&box), NULL);
	/* Room there, so that what is lacking is lacking on the way. */
	bl_buf_expect(&out, 1000);
	bl_param_write(&out, "n", BL_STR("a b"));
	bl_param_write(&out, "n", BL_STR("\xc3\xa4"));
	if (err == BL_OK)
		err = bl_buf_err(&out, NULL);
	bl_buf_clear(&out);
	bl_buf_clear(&box);
	return err;
}

static void
survives_failing_allocations(void)
{
	bl_test_each_allocation(scenario, NULL, "write");
}

TESTS(TEST(writes_each_field_as_stated), TEST(any_text_comes_back),
    TEST(writes_structured_fields), TEST(refuses_words_longer_than_lines),
    TEST(writes_mailboxes), TEST(writes_long_names), TEST(writes_parameters),
    TEST(survives_failing_allocations))
