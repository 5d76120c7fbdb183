/* transport_test.c - what is made fit to be sent, what stays as it was, and
 * what is refused. */
#include "mime/internal.h"
#include "tests/test.h"

#define TE "Content-Transfer-Encoding: "
#define M  "Content-Type: multipart/mixed; boundary=b\r\n"
#define S  "Content-Type: multipart/signed; boundary=c\r\n"
#define R  "Content-Type: message/rfc822\r\n"
#define B  "Content-Type: application/x\r\n"
#define H  "Content-Type: text/html\r\n"

static const struct {
	const char *name;
	struct bl_span in;
	const char *out; /* NULL: refused; "=": as it was */
} cases[] = {
    {"text", BYTES(H "\r\na b\r\n"), "="},
    {"no header", BYTES("\r\na b\r\n"), "="},
    {"nothing", BYTES(""), "="},
    {"header only", BYTES("A: b \r\n"), "="},
    {"LF", BYTES("A: b\n c\n\na\nb\n"), "A: b\r\n c\r\n\r\na\r\nb\r\n"},
    {"mixed", BYTES("A: b\r\n\na\nb\r\n"), "A: b\r\n\r\na\r\nb\r\n"},
    {"no line end", BYTES("A: b\r\n\r\na"), "="},
    {"8-bit", BYTES(H "\r\n\xc3\xa4\r\n"),
	H TE "quoted-printable\r\n\r\n=C3=A4\r\n"},
    {"8-bit, LF", BYTES("A: b\n\n\xc3\xa4\n"),
	"A: b\r\n" TE "quoted-printable\r\n\r\n=C3=A4\r\n"},
    {"8-bit, 7bit said", BYTES(TE "7bit\r\n" H "\r\n\xc3\xa4"),
	TE "quoted-printable\r\n" H "\r\n=C3=A4"},
    {"8bit said", BYTES(TE "8BIT\r\n" H "\r\na b\r\n"),
	TE "quoted-printable\r\n" H "\r\na b\r\n"},
    {"8bit said, folded", BYTES(TE "\r\n 8bit\r\n" H "\r\na b\r\n"),
	TE "quoted-printable\r\n" H "\r\na b\r\n"},
    {"8bit said of nothing", BYTES(TE "8bit\r\n\r\n"),
	TE "quoted-printable\r\n\r\n"},
    {"8-bit data", BYTES(B "\r\n\xc3\xa4\n"),
	B TE "base64\r\n\r\nw6QNCg==\r\n"},
    {"binary data", BYTES(B TE "binary\r\n\r\n\xc3\xa4\n\0\r"),
	B TE "base64\r\n\r\nw6QKAA0=\r\n"},
    {"binary text", BYTES(H TE "binary\r\n\r\n\xc3\xa4\n\0\r"),
	H TE "quoted-printable\r\n\r\n=C3=A4\r\n=00=0D"},
    {"NUL", BYTES(H "\r\na\0b"), H TE "quoted-printable\r\n\r\na=00b"},
    {"CR", BYTES(H "\r\na\rb"), H TE "quoted-printable\r\n\r\na=0Db"},
    {"CR at the end", BYTES(H "\r\na\r"), H TE "quoted-printable\r\n\r\na=0D"},
    {"space at the end of a line", BYTES(H "\r\na \r\nb=\r\n"),
	H TE "quoted-printable\r\n\r\na=20\r\nb=3D\r\n"},
    {"space at the very end", BYTES(H "\r\na "),
	H TE "quoted-printable\r\n\r\na=20"},
    {"From", BYTES(H "\r\nFrom a\r\n"),
	H TE "quoted-printable\r\n\r\n=46rom a\r\n"},
    {"From in data", BYTES(B "\r\nFrom a\r\n"),
	B TE "base64\r\n\r\nRnJvbSBhDQo=\r\n"},
    {"quoted-printable",
	BYTES(H TE "quoted-printable\r\n\r\na=20=\r\n b=C3\r\n"), "="},
    {"quoted-printable with a space at the end",
	BYTES(H TE "quoted-printable\r\n\r\na=20 \r\nb= \r\n c=0A=0D\r\n"),
	H TE "quoted-printable\r\n\r\na=20\r\nb c=0A=0D\r\n"},
    {"quoted-printable data", BYTES(B TE "quoted-printable\r\n\r\na=00 \r\n"),
	B TE "base64\r\n\r\nYQANCg==\r\n"},
    {"base64", BYTES(H TE "base64\r\n\r\nYWI=\r\n"), "="},
    {"base64 with a space", BYTES(H TE "base64\r\n\r\nYW\tI= \r\n"),
	H TE "base64\r\n\r\nYWI=\r\n"},
    {"base64 that is broken", BYTES(H TE "base64\r\n\r\nYW!I= \r\n"), NULL},
    {"base64 that is broken and travels", BYTES(H TE "base64\r\n\r\nYW!I=\r\n"),
	"="},
    {"quoted-printable that is broken",
	BYTES(H TE "quoted-printable\r\n\r\na=x \r\n"), NULL},
    {"quoted-printable that is broken in the end",
	BYTES(H TE "quoted-printable\r\n\r\na \r\nb="), NULL},
    {"another encoding", BYTES(H TE "x-y\r\n\r\na \r\n"), "="},
    {"another encoding, 8-bit", BYTES(H TE "x-y\r\n\r\n\xc3\r\n"), NULL},
    {"8-bit, two types", BYTES(H H "\r\n\xc3\r\n"), NULL},
    {"space, two types", BYTES(H H "\r\na \r\n"), "="},
    {"8-bit multipart without boundary",
	BYTES("Content-Type: multipart/mixed\r\n\r\n\xc3\r\n"), NULL},
    {"NUL in a header", BYTES("A: \0\r\n\r\n"), NULL},
    {"CR in a header", BYTES("A: \rb\r\n\r\n"), NULL},
    {"From before the header", BYTES("From a@b\r\nA: b\r\n\r\n"), NULL},
    /* multiparts */
    {"parts", BYTES(M "\r\npre\r\n--b\r\n\r\na\r\n--b--\r\npost"), "="},
    {"parts, LF",
	BYTES("Content-Type: multipart/mixed; boundary=b\n\npre\n"
	      "--b\n\na\n--b--\npost\n"),
	M "\r\npre\r\n--b\r\n\r\na\r\n--b--\r\npost\r\n"},
    {"one part of two",
	BYTES(M "\r\n--b\r\n" H "\r\na \r\n--b\r\n" H "\r\nb\r\n--b--\r\n"),
	M "\r\n--b\r\n" H TE "quoted-printable\r\n\r\na=20\r\n--b\r\n" H
	  "\r\nb\r\n--b--\r\n"},
    {"data in a part",
	BYTES(M "\r\n--b\r\n" B TE "binary\r\n\r\n\xff\r\n--b--"),
	M "\r\n--b\r\n" B TE "base64\r\n\r\n/w==\r\n\r\n--b--"},
    {"8bit said of a multipart",
	BYTES(M TE "8bit\r\n\r\n--b\r\n\r\na\r\n--b--"),
	M TE "7bit\r\n\r\n--b\r\n\r\na\r\n--b--"},
    {"8bit said of a multipart twice",
	BYTES(M TE "8bit\r\n" TE "8bit\r\n\r\n--b\r\n\r\na\r\n--b--"), "="},
    {"padding of delimiters", BYTES(M "\r\n--b \t\r\n\r\na\r\n--b-- \r\n"),
	M "\r\n--b\r\n\r\na\r\n--b--\r\n"},
    {"text between that cannot be sent",
	BYTES(
	    M "\r\nok\r\n\xc3\r\n\0\r\na\rb\r\nFrom x\r\ny\r\n--b--\r\nz\xff"),
	M "\r\nok\r\ny\r\n--b--\r\n"},
    {"text behind a part within",
	BYTES(M "\r\n--b\r\nContent-Type: "
		"multipart/mixed; boundary=d\r\n\r\n--d--\r\ny \r\n--b--\r\n"),
	M "\r\n--b\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n--d--"
	  "\r\ny\r\n--b--\r\n"},
    {"never closed", BYTES(M "\r\n--b\r\n\r\na \r\n"),
	M "\r\n--b\r\n" TE "quoted-printable\r\n\r\na=20\r\n"},
    {"a part without body", BYTES(M "\r\n--b\r\n" H TE "8bit\r\n\r\n--b--\r\n"),
	M "\r\n--b\r\n" H TE "quoted-printable\r\n\r\n--b--\r\n"},
    /* messages */
    {"message", BYTES(R "\r\nSubject: x \r\n\r\na\r\n"), "="},
    {"message, 8-bit", BYTES(R TE "8bit\r\n\r\nSubject: x\r\n\r\n\xc3\r\n"),
	R TE "7bit\r\n\r\nSubject: x\r\n" TE "quoted-printable\r\n\r\n=C3\r\n"},
    {"message in a part",
	BYTES(M "\r\n--b\r\n" R "\r\nSubject: x\r\n\r\na \r\n"
		"--b--\r\n"),
	M "\r\n--b\r\n" R "\r\nSubject: x\r\n" TE
	  "quoted-printable\r\n\r\na=20\r\n--b--\r\n"},
    {"message in base64", BYTES(R TE "base64\r\n\r\neA==\r\n"), "="},
    {"delivery status",
	BYTES("Content-Type: message/delivery-status\r\n\r\n"
	      "a: b \r\n"),
	"="},
    {"delivery status, 8-bit",
	BYTES("Content-Type: message/delivery-status\r\n\r\na: \xc3\r\n"),
	NULL},
    /* signed and encrypted parts */
    {"signed",
	BYTES(S "\r\n--c\r\n\r\na \r\nFrom b\r\n--c \r\n\r\nx\r\n"
		"--c--\r\n"),
	"="},
    {"signed, LF",
	BYTES("Content-Type: multipart/signed; boundary=c\n\n--c\n\n"
	      "a \n--c\n\nx\n--c--\n"),
	S "\r\n--c\r\n\r\na \r\n--c\r\n\r\nx\r\n--c--\r\n"},
    {"signed, 8bit said",
	BYTES(S TE "8bit\r\n\r\n--c\r\n" TE "8bit\r\n\r\na\r\n--c--\r\n"), "="},
    {"signed, 8-bit", BYTES(S "\r\n--c\r\n\r\n\xc3\r\n--c--\r\n"), NULL},
    {"signed, CR", BYTES(S "\r\n--c\r\n\r\na\r\r\n--c--\r\n"), NULL},
    {"signed, 8-bit before", BYTES(S "\r\n\xc3\r\n--c--\r\n"), NULL},
    {"signed, CR behind", BYTES(S "\r\n--c--\r\nx\r"), NULL},
    {"signed, 8-bit deep inside",
	BYTES(S "\r\n--c\r\n" M "\r\n--b\r\n" R
		"\r\n\r\n\xc3\r\n--b--\r\n--c--\r\n"),
	NULL},
    {"encrypted, 8-bit",
	BYTES("Content-Type: multipart/encrypted; boundary=c"
	      "\r\n\r\n--c\r\n\r\n\xc3\r\n--c--\r\n"),
	NULL},
    {"signed within, 8-bit beside",
	BYTES(M "\r\n--b\r\n" S "\r\n--c\r\n\r\na \r\n"
		"--c--\r\n--b\r\n" H "\r\n\xc3\r\n--b--\r\n"),
	M "\r\n--b\r\n" S "\r\n--c\r\n\r\na \r\n--c--\r\n--b\r\n" H TE
	  "quoted-printable\r\n\r\n=C3\r\n--b--\r\n"},
    {"a type that only sounds so",
	BYTES("Content-Type: text/signed\r\n\r\na \r\n"),
	"Content-Type: text/signed\r\n" TE "quoted-printable\r\n\r\na=20\r\n"},
};

static enum bl_err
transport(struct bl_buf *out, struct bl_span in, size_t step)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_transport *t = NULL;
	enum bl_err err;

	err = bl_transport_new(&t, &limits, NULL);
	for (size_t i = 0; i < in.n && err == BL_OK; i += step)
		err = bl_transport_add(t, out, bl_span_cut(in, i, step), NULL);
	if (err == BL_OK)
		err = bl_transport_end(t, out, NULL);
	bl_transport_free(t);
	return err;
}

static void
check(size_t i, size_t step)
{
	const char *name = cases[i].name, *want = cases[i].out;
	struct bl_buf out = {0}, again = {0};
	enum bl_err err = transport(&out, cases[i].in, step);
	struct bl_span got = bl_buf_span(&out);

	CHECK(err == (want == NULL ? BL_E_MALFORMED : BL_OK), name);
	if (want != NULL && err == BL_OK) {
		CHECK(bl_span_equal(got,
			  strcmp(want, "=") == 0 ? cases[i].in
						 : bl_span_str(want)),
		    name);
		CHECK(transport(&again, got, 4096) == BL_OK &&
			bl_span_equal(got, bl_buf_span(&again)),
		    name);
	}
	bl_buf_clear(&out);
	bl_buf_clear(&again);
}

static void
makes_of_each_what_is_stated(void)
{
	static const size_t steps[] = {SIZE_MAX / 2, 1, 2, 3, 7};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++)
			check(i, steps[k]);
}

/* ---- long lines and long bodies ---- */

static void
fill(struct bl_buf *b, size_t n)
{
	uint8_t *to = bl_buf_grow(b, n);

	memset(to, 'x', n);
	b->n += n;
}

static void
breaks_long_lines(void)
{
	for (size_t n = 997; n <= 999; n++) {
		struct bl_buf in = {0}, out = {0};

		bl_buf_add_str(&in, H "\r\n");
		fill(&in, n);
		bl_buf_add_str(&in, "\r\n");
		CHECK(transport(&out, bl_buf_span(&in), 100) == BL_OK, "lines");
		CHECK(bl_span_equal(bl_buf_span(&in), bl_buf_span(&out)) ==
			(n <= 998),
		    "998");
		bl_buf_clear(&in);
		bl_buf_clear(&out);
	}
	for (size_t n = 998; n <= 999; n++)
		for (int header = 0; header <= 1; header++) {
			struct bl_buf in = {0}, out = {0};
			enum bl_err err;

			bl_buf_add_str(
			    &in, header ? "A: " : S "\r\n--c\r\n\r\n");
			fill(&in, n - (header ? 3 : 0));
			bl_buf_add_str(
			    &in, header ? "\r\n\r\n" : "\r\n--c--\r\n");
			err = transport(&out, bl_buf_span(&in), 100);
			CHECK(err == (n <= 998 ? BL_OK : BL_E_MALFORMED),
			    "signed, or a header");
			bl_buf_clear(&in);
			bl_buf_clear(&out);
		}
	for (size_t n = 998; n <= 2000; n += 501) {
		struct bl_buf in = {0}, out = {0};

		bl_buf_add_str(&in, M "\r\n");
		fill(&in, n);
		bl_buf_add_str(&in, "\r\n--b--\r\n");
		CHECK(transport(&out, bl_buf_span(&in), 100) == BL_OK, "pre");
		CHECK((out.n == in.n) == (n == 998), "pre");
		CHECK(n == 998 ||
			bl_span_equal(
			    bl_buf_span(&out), BL_STR(M "\r\n--b--\r\n")),
		    "pre");
		bl_buf_clear(&in);
		bl_buf_clear(&out);
	}
}

#define LINE63                                                                 \
	"01234567890123456789012345678901"                                     \
	"0123456789012345678901234567890"

/* A body of a MiB of good lines, `cut` bytes less, then `tail`. */
static enum bl_err
late(struct bl_buf *in, struct bl_buf *out, size_t cut, const char *tail)
{
	bl_buf_add_str(in, H "\r\n");
	for (size_t i = 0; i < (1u << 14); i++)
		bl_buf_add_str(in,
		    "01234567890123456789012345678901"
		    "012345678901234567890123456789\r\n");
	in->n -= cut;
	bl_buf_add_str(in, tail);
	return transport(out, bl_buf_span(in), 10000);
}

static const struct {
	size_t cut;
	const char *tail;
	enum bl_err err;
	bool same;
} lates[] = {
    {0, "", BL_OK, true},
    {0, "more\r\n", BL_OK, true},
    {0, "\xc3\r\n", BL_E_MALFORMED, true},
    {0, "a\rb", BL_E_MALFORMED, true},
    {0, "a\r", BL_E_MALFORMED, true},
    {0, "a \r\nFrom b\r\n", BL_OK, true},
    {64, "\xc3\r\n", BL_OK, false},
    {64, "a \r\n", BL_OK, false},
};

static void
decides_on_the_first_mebibyte(void)
{
	for (size_t i = 0; i < sizeof(lates) / sizeof(*lates); i++) {
		struct bl_buf in = {0}, out = {0};
		enum bl_err err = late(&in, &out, lates[i].cut, lates[i].tail);

		CHECK(err == lates[i].err, lates[i].tail);
		CHECK(err != BL_OK ||
			bl_span_equal(bl_buf_span(&in), bl_buf_span(&out)) ==
			    lates[i].same,
		    lates[i].tail);
		bl_buf_clear(&in);
		bl_buf_clear(&out);
	}
}

/* A MiB is a MiB as it came, in whatever pieces; what is written has CRLF. */
static void
decides_alike_on_every_line_form(void)
{
	static const size_t steps[] = {SIZE_MAX / 2, 1 << 16, 9999};

	for (size_t cut = 0; cut <= 64; cut += 64)
		for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
			struct bl_buf in = {0}, want = {0}, out = {0};

			bl_buf_add_str(&in, H "\n");
			bl_buf_add_str(&want, H "\r\n");
			for (size_t i = 0; i < (1u << 14) - cut / 64; i++) {
				bl_buf_add_str(&in, LINE63 "\n");
				bl_buf_add_str(&want, LINE63 "\r\n");
			}
			bl_buf_add_str(&in, "a \n");
			bl_buf_add_str(&want, "a \r\n");
			CHECK(transport(&out, bl_buf_span(&in), steps[k]) ==
				BL_OK,
			    "LF");
			CHECK(bl_span_equal(bl_buf_span(&out),
				  bl_buf_span(&want)) == (cut == 0),
			    "passes as it is, or is encoded");
			CHECK(cut == 0 ||
				bl_span_equal(bl_span_cut(bl_buf_span(&out),
						  sizeof(H) - 1, 43),
				    BL_STR(TE "quoted-printable")),
			    "encoded");
			bl_buf_clear(&in);
			bl_buf_clear(&want);
			bl_buf_clear(&out);
		}
}

static void
decides_on_each_leaf(void)
{
	static const char end[] = "\r\n--b\r\n" H TE
				  "quoted-printable\r\n\r\na=20\r\n--b--\r\n";
	struct bl_buf in = {0}, out = {0};
	size_t n = sizeof(end) - 1;

	bl_buf_add_str(&in, M "\r\n--b\r\n" H "\r\n");
	for (size_t i = 0; i < 1u << 14; i++)
		bl_buf_add_str(&in, LINE63 "\r\n");
	bl_buf_add_str(&in, "\r\n--b\r\n" H "\r\na \r\n--b--\r\n");
	CHECK(transport(&out, bl_buf_span(&in), 10000) == BL_OK, "leaves");
	CHECK(out.n > n &&
		bl_span_equal(
		    bl_span_cut(bl_buf_span(&out), out.n - n, n), BL_STR(end)),
	    "the second is encoded");
	bl_buf_clear(&in);
	bl_buf_clear(&out);
}

/* What is found at once decides, however much follows. */
static void
decides_early(void)
{
	struct bl_buf in = {0}, out = {0};

	bl_buf_add_str(&in, H "\r\n\xc3\r\n");
	for (size_t i = 0; i < (3u << 14); i++)
		bl_buf_add_str(&in, "0123456789012345678901234567890\r\n");
	CHECK(transport(&out, bl_buf_span(&in), 10000) == BL_OK, "early");
	CHECK(bl_span_equal(bl_span_cut(bl_buf_span(&out), 0, 72),
		  BL_STR(H TE "quoted-printable\r\n\r\n")),
	    "early");
	bl_buf_clear(&in);
	bl_buf_clear(&out);
}

static void
limits_hold(void)
{
	struct bl_buf in = {0}, out = {0};

	for (int i = 0; i < 33; i++)
		bl_buf_add_str(&in, R "\r\n");
	CHECK(transport(&out, bl_buf_span(&in), 100) == BL_E_LIMIT, "depth");
	bl_buf_clear(&in);
	bl_buf_clear(&out);
}

static enum bl_err
scenario(void *arg)
{
	struct bl_buf out = {0};
	enum bl_err err;

	(void)arg;
	err = transport(&out,
	    BL_STR(M "\r\npre\r\n--b\r\n" H "\r\n\xc3\r\n"
		     "--b\r\n" B "\r\n\xc3\r\n--b\r\n" H TE
		     "quoted-printable\r\n\r\n "
		     "\r\n--b\r\n\r\nx\r\n--b--\r\n"),
	    40);
	bl_buf_clear(&out);
	return err;
}

static void
survives_failing_allocations(void)
{
	bl_test_each_allocation(scenario, NULL, "transport");
	bl_transport_free(NULL);
}

TESTS(TEST(makes_of_each_what_is_stated), TEST(breaks_long_lines),
    TEST(decides_on_the_first_mebibyte), TEST(decides_alike_on_every_line_form),
    TEST(decides_on_each_leaf), TEST(decides_early), TEST(limits_hold),
    TEST(survives_failing_allocations))
