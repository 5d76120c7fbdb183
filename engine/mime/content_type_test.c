/* content_type_test.c - types and their parameters, and what is ambiguous. */
#include "mime/internal.h"
#include "tests/test.h"

#define T BL_DEFECT_CONTENT_TYPE
#define P BL_DEFECT_PARAMETER
#define E BL_DEFECT_8BIT

static const struct {
	const char *name;
	struct bl_span in;
	const char *out; /* type/subtype;name=value;... */
	unsigned defects;
} cases[] = {
    {"plain", BYTES("text/plain"), "text/plain", 0},
    {"case", BYTES(" Text/HTML "), "text/html", 0},
    {"token characters", BYTES("a!#$/b+.-{"), "a!#$/b+.-{", 0},
    {"parameter", BYTES("text/plain; Charset=UTF-8"),
	"text/plain;charset=UTF-8", 0},
    {"parameters", BYTES("a/b;c=d;e=f ;\r\n\tg=\"h\""), "a/b;c=d;e=f;g=h", 0},
    {"quoted", BYTES("a/b; c=\"d;e=\\\"f\\\\\""), "a/b;c=d;e=\"f\\", 0},
    {"quoted and empty", BYTES("a/b; c=\"\""), "a/b;c=", 0},
    {"folded in quotes", BYTES("a/b; c=\"d\r\n e\""), "a/b;c=d e", 0},
    {"UTF-8 in quotes", BYTES("a/b; c=\"\xc3\xa4\""), "a/b;c=\xc3\xa4", 0},
    {"semicolon at the end", BYTES("a/b; c=d;"), "a/b;c=d", 0},
    {"semicolon and space at the end", BYTES("a/b; "), "a/b", 0},
    /* comments */
    {"comments", BYTES("(x) a/b (y); (z) c=d (charset)"), "a/b;c=d", 0},
    {"comment of RFC 2045", BYTES("text/plain; charset=us-ascii (Plain text)"),
	"text/plain;charset=us-ascii", 0},
    {"comment nested", BYTES("a/b (x(y)\\)) ; c=d"), "a/b;c=d", 0},
    {"comment without end", BYTES("a/b; c=d (x"), "a/b;c=d", P | T},
    {"comment with a control", BYTES("a/b; c=d (\1)"), "a/b;c=d", P | T},
    {"comment with an escaped control", BYTES("a/b; c=d (\\\1)"), "a/b;c=d",
	P | T},
    {"comment without end behind the type", BYTES("a/b (x; c=d"), "a/b", P | T},
    {"comment at the sign", BYTES("a/b; c(x)=d"), "a/b;c=d", P},
    {"comment behind the sign", BYTES("a/b; c=(x)d"), "a/b;c=d", P},
    {"comment at the value", BYTES("a/b; c=d(x)"), "a/b;c=d", P},
    {"comment at a quoted value", BYTES("a/b; c=\"d\"(x)"), "a/b;c=d", P},
    {"comment near a boundary", BYTES("a/b; boundary=d (x)"), "a/b;boundary=d",
	P},
    {"comment in the type", BYTES("a(x)/b"), "a/b", T},
    {"space in the type", BYTES("a / b; c=d"), "a/b;c=d", T},
    /* what cannot be parsed */
    {"nothing", BYTES(""), "text/plain", T},
    {"no subtype", BYTES("text"), "text/plain", T},
    {"empty subtype", BYTES("text/"), "text/plain", T},
    {"empty type", BYTES("/plain"), "text/plain", T},
    {"no type", BYTES("; c=d"), "text/plain", T},
    {"junk", BYTES("text/html junk; c=d"), "text/html;c=d", T},
    {"second slash", BYTES("text/html/x; c=d"), "text/html;c=d", T},
    {"two types", BYTES("text/html, text/plain"), "text/html", T},
    {"8-bit type", BYTES("text/h\xc3\xa4"), "text/h", T},
    {"control", BYTES("text/plain\1"), "text/plain", T},
    /* parameters that two readers read differently */
    {"no value", BYTES("a/b; c"), "a/b", P},
    {"no value, more", BYTES("a/b; c; d=e"), "a/b;d=e", P},
    {"empty value", BYTES("a/b; c="), "a/b;c=", P},
    {"no name", BYTES("a/b; =d"), "a/b", P},
    {"nothing between", BYTES("a/b;; c=d"), "a/b;c=d", P},
    {"space at the sign", BYTES("a/b; c = d"), "a/b;c=d", P},
    {"space behind the sign", BYTES("a/b; c= d"), "a/b;c=d", P},
    {"special in a value", BYTES("a/b; boundary=d=e"), "a/b;boundary=d=e", P},
    {"special in a value, at once", BYTES("a/b; c=@d"), "a/b;c=@d", P},
    {"space in a value", BYTES("a/b; name=d e.pdf ; f=g"),
	"a/b;name=d e.pdf;f=g", P},
    {"8-bit in a value", BYTES("a/b; c=d\xc3\xa4"), "a/b;c=d\xc3\xa4", P},
    {"not UTF-8", BYTES("a/b; c=\"\xe4\""), "a/b;c=\xef\xbf\xbd", E},
    {"quote without end", BYTES("a/b; c=\"d; e=f"), "a/b;c=d; e=f", P},
    {"quote and text", BYTES("a/b; c=\"d\"e; f=g"), "a/b;c=d;f=g", P},
    {"quote within", BYTES("a/b; c=d\"e\"; f=g"), "a/b;c=d\"e\";f=g", P},
    {"control in quotes", BYTES("a/b; c=\"d\1\""), "a/b;c=d?", P},
    {"NUL in quotes", BYTES("a/b; c=\"d\0e\""), "a/b;c=d?e", P},
    {"CR in quotes", BYTES("a/b; c=\"d\re\""), "a/b;c=d?e", P},
    {"doubled", BYTES("a/b; c=d; C=e"), "a/b;c=d", P},
    {"doubled boundary", BYTES("a/b; boundary=d; boundary=e"), "a/b;boundary=d",
	P},
    {"doubled and equal", BYTES("a/b; c=d; c=d"), "a/b;c=d", P},
    {"encoded word stays", BYTES("a/b; c=\"=?utf-8?q?d?=\""),
	"a/b;c==?utf-8?q?d?=", 0},
    /* RFC 2231 */
    {"charset", BYTES("a/b; c*=utf-8'en'd%C3%a4"), "a/b;c=d\xc3\xa4", 0},
    {"latin1", BYTES("a/b; c*=iso-8859-1''d%E4"), "a/b;c=d\xc3\xa4", 0},
    {"no charset named", BYTES("a/b; c*=''d%20e"), "a/b;c=d e", 0},
    {"unknown charset", BYTES("a/b; c*=big5''d%E4%E5"), "a/b;c=d%E4%E5", 0},
    {"not in the charset", BYTES("a/b; c*=utf-8''d%E4"), "a/b;c=d\xef\xbf\xbd",
	E},
    {"not in a set of bytes", BYTES("a/b; c*=us-ascii''d%E4"),
	"a/b;c=d\xef\xbf\xbd", E},
    {"continued", BYTES("a/b; c*0=d; c*1=\"e \"; c*2=f"), "a/b;c=de f", 0},
    {"continued, any order", BYTES("a/b; c*1=e; g=h; c*0=d"), "a/b;c=de;g=h",
	0},
    {"continued and escaped",
	BYTES("a/b; c*0*=utf-8''d%20; c*1*=%c3%a4; "
	      "c*2=\"%20\""),
	"a/b;c=d \xc3\xa4%20", 0},
    {"a character over two pieces", BYTES("a/b; c*0*=utf-8''%c3; c*1*=%a4"),
	"a/b;c=\xc3\xa4", 0},
    {"eleven pieces",
	BYTES("a/b; c*0=0; c*1=1; c*2=2; c*3=3; c*4=4; c*5=5; "
	      "c*6=6; c*7=7; c*8=8; c*9=9; c*10=a"),
	"a/b;c=0123456789a", 0},
    {"plain and RFC 2231", BYTES("a/b; c=d; c*=utf-8''e"), "a/b;c=d", P},
    {"RFC 2231 and plain", BYTES("a/b; c*=utf-8''e; c=d"), "a/b;c=e", P},
    {"plain and continued", BYTES("a/b; boundary=d; boundary*0=e"),
	"a/b;boundary=d", P},
    {"continued boundary", BYTES("a/b; boundary*0=d; boundary*1=e"),
	"a/b;boundary=de", P},
    {"escaped boundary", BYTES("a/b; boundary*=''d"), "a/b;boundary=d", P},
    {"gap", BYTES("a/b; c*0=d; c*2=e"), "a/b;c=d", P},
    {"no first piece", BYTES("a/b; c*1=d"), "a/b", P},
    {"piece twice", BYTES("a/b; c*0=d; c*0=e"), "a/b;c=d", P},
    {"piece twice, two kinds", BYTES("a/b; c*0=d; c*0*=utf-8''e"), "a/b;c=d",
	P},
    {"leading zero", BYTES("a/b; c*00=d"), "a/b", P},
    {"piece over all", BYTES("a/b; c*0=d; c*200=e"), "a/b;c=d", P},
    {"piece over all digits", BYTES("a/b; c*0=d; c*1000=e"), "a/b;c=d", P},
    {"mark that is none", BYTES("a/b; c*x=d"), "a/b", P},
    {"marks doubled", BYTES("a/b; c**=d"), "a/b", P},
    {"marks behind marks", BYTES("a/b; c*0*x=d"), "a/b", P},
    {"mark and no name", BYTES("a/b; *=d"), "a/b", P},
    {"escaped without charset", BYTES("a/b; c*=d%20"), "a/b;c=d%20", P},
    {"escaped with half a charset", BYTES("a/b; c*=utf-8'd%20"),
	"a/b;c=utf-8'd%20", P},
    {"later piece escaped alone", BYTES("a/b; c*0=d; c*1*=%20"), "a/b;c=d%20",
	P},
    {"bad escape", BYTES("a/b; c*=utf-8''d%2"), "a/b;c=d%2", P},
    {"bad digits", BYTES("a/b; c*=utf-8''d%2x%"), "a/b;c=d%2x%", P},
    {"8-bit escaped", BYTES("a/b; c*=\"utf-8''\xc3\xa4\""), "a/b;c=\xc3\xa4",
	P},
    {"escaped NUL and line end", BYTES("a/b; c*=utf-8''d%00%0d%0ae"),
	"a/b;c=d???e", P},
};

static void
show(struct bl_buf *out, const struct bl_content_type *t)
{
	bl_buf_add(out, t->type);
	if (t->subtype.n != 0)
		bl_buf_add_u8(out, '/');
	bl_buf_add(out, t->subtype);
	for (size_t i = 0; i < t->n; i++) {
		bl_buf_add_u8(out, ';');
		bl_buf_add(out, t->params[i].name);
		bl_buf_add_u8(out, '=');
		bl_buf_add(out, t->params[i].value);
	}
}

static void
check(const struct bl_content_type *t, const char *want, unsigned defects,
    const char *name)
{
	struct bl_buf out = {0};

	show(&out, t);
	CHECK(bl_span_equal(bl_buf_span(&out), bl_span_str(want)), name);
	CHECK(t->defects == defects, name);
	if (!bl_span_equal(bl_buf_span(&out), bl_span_str(want)) ||
	    t->defects != defects)
		fprintf(stderr, "%s: %s, %x\n", name, bl_buf_text(&out),
		    t->defects);
	bl_buf_clear(&out);
}

static void
reads_each_type_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_content_type t;

		CHECK(bl_content_type_read(&t, cases[i].in, NULL) == BL_OK,
		    cases[i].name);
		check(&t, cases[i].out, cases[i].defects, cases[i].name);
		bl_content_type_clear(&t);
	}
}

static const struct {
	struct bl_span in;
	const char *out;
	unsigned defects;
} dispositions[] = {
    {BYTES("inline"), "inline", 0},
    {BYTES("ATTACHMENT; filename=\"a b\""), "attachment;filename=a b", 0},
    {BYTES("attachment; filename*=utf-8''%E2%82%AC"),
	"attachment;filename=\xe2\x82\xac", 0},
    {BYTES(""), "attachment", P},
    {BYTES("; filename=x"), "attachment", P},
    {BYTES("inline junk; filename=x"), "inline;filename=x", P},
    {BYTES("filename=x"), "filename", P},
};

static void
reads_dispositions(void)
{
	for (size_t i = 0; i < sizeof(dispositions) / sizeof(*dispositions);
	     i++) {
		struct bl_content_type t;

		CHECK(
		    bl_disposition_read(&t, dispositions[i].in, NULL) == BL_OK,
		    dispositions[i].out);
		check(&t, dispositions[i].out, dispositions[i].defects,
		    dispositions[i].out);
		bl_content_type_clear(&t);
	}
}

/* RFC 2045 5.1 and RFC 5322 3.2.3, in their own words. */
static void
tokens_and_atoms_are_of_their_characters(void)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	static const char not_token[] = "()<>@,;:\\\"/[]?=";
	static const char atext[] = "!#$%&'*+-/=?^_`{|}~";

	for (unsigned c = 0; c < 256; c++) {
		bool printable = c > 0x20 && c < 0x7f;
		bool atom = c != 0 &&
		    (strchr(letters, (int)c) != NULL ||
			strchr(atext, (int)c) != NULL);

		CHECK(bl_mime_is_token((uint8_t)c) ==
			(printable && strchr(not_token, (int)c) == NULL),
		    "token");
		CHECK(bl_mime_is_atext((uint8_t)c) == (atom || c >= 0x80),
		    "atext");
	}
}

static void
answers_questions(void)
{
	struct bl_content_type t;

	CHECK(bl_content_type_read(&t,
		  BL_STR("Multipart/Signed; Micalg=a; e="
			 "\"\""),
		  NULL) == BL_OK,
	    "reads");
	CHECK(bl_content_type_is(&t, "multipart", "signed"), "is");
	CHECK(bl_content_type_is(&t, "MULTIPART", NULL), "any subtype");
	CHECK(!bl_content_type_is(&t, "multipart", "mixed"), "is not");
	CHECK(!bl_content_type_is(&t, "text", NULL), "is not");
	CHECK(bl_span_equal(bl_content_type_param(&t, "MICALG"), BL_STR("a")),
	    "value");
	CHECK(bl_content_type_param(&t, "mic").p == NULL, "absent");
	CHECK(bl_content_type_param(&t, "e").n == 0, "empty");
	bl_content_type_clear(&t);
	CHECK(t.params == NULL && t.n == 0 && t.store.p == NULL, "cleared");
}

/* n parameters `a0=x; a1=x; ...`, or n pieces of one. */
static size_t
many(size_t n, const char *format, unsigned *defects)
{
	struct bl_buf in = {0};
	struct bl_content_type t;
	size_t got;

	bl_buf_add_str(&in, "a/b");
	for (size_t i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "; %s%zu=x", format, i);
		bl_buf_add_str(&in, name);
	}
	CHECK(
	    bl_content_type_read(&t, bl_buf_span(&in), NULL) == BL_OK, "many");
	*defects = t.defects;
	got = t.n == 1 ? t.params[0].value.n : t.n;
	bl_content_type_clear(&t);
	bl_buf_clear(&in);
	return got;
}

static void
takes_up_to_128_parameters(void)
{
	unsigned defects;

	CHECK(many(128, "a", &defects) == 128 && defects == 0, "128");
	CHECK(many(129, "a", &defects) == 128 && defects == P, "129");
	CHECK(many(100000, "a", &defects) == 128 && defects == P, "100000");
	CHECK(many(128, "a*", &defects) == 128 && defects == 0, "128 pieces");
	CHECK(many(129, "a*", &defects) == 128 && defects == P, "129 pieces");
}

static const struct {
	const char *in;
	bool good;
	enum bl_encoding want;
} encodings[] = {
    {"7bit", true, BL_7BIT},
    {"8Bit", true, BL_8BIT},
    {"BINARY", true, BL_BINARY},
    {"Quoted-Printable", true, BL_QP},
    {"base64", true, BL_BASE64},
    {"(a) base64 (b)", true, BL_BASE64},
    {"", false, BL_ENCODING_OTHER},
    {"base64 base64", false, BL_ENCODING_OTHER},
    {"base64;", false, BL_ENCODING_OTHER},
    {"\"base64\"", false, BL_ENCODING_OTHER},
    {"base64 (", false, BL_ENCODING_OTHER},
    {"base-64", false, BL_ENCODING_OTHER},
    {"x-uuencode", false, BL_ENCODING_OTHER},
};

static void
reads_encodings(void)
{
	for (size_t i = 0; i < sizeof(encodings) / sizeof(*encodings); i++) {
		enum bl_encoding e;
		bool good = bl_encoding_read(&e, bl_span_str(encodings[i].in));

		CHECK(good == encodings[i].good, encodings[i].in);
		CHECK(e == encodings[i].want, encodings[i].in);
	}
}

static enum bl_err
scenario(void *arg)
{
	struct bl_content_type t;
	enum bl_err err;

	(void)arg;
	err = bl_content_type_read(&t,
	    BL_STR(
		"multipart/signed; a=\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"; "
		"c*0*=utf-8''dddddddddddddddddddddddddddddddddddddddddddddd; "
		"c*1=eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
		"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"),
	    NULL);
	if (err != BL_OK)
		CHECK(t.n == 0 && t.type.p == NULL, "zero on failure");
	bl_content_type_clear(&t);
	return err;
}

static void
survives_failing_allocations(void)
{
	bl_test_each_allocation(scenario, NULL, "content type");
}

TESTS(TEST(reads_each_type_as_stated), TEST(reads_dispositions),
    TEST(answers_questions), TEST(tokens_and_atoms_are_of_their_characters),
    TEST(takes_up_to_128_parameters), TEST(reads_encodings),
    TEST(survives_failing_allocations))
