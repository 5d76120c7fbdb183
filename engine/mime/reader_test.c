/* reader_test.c - parts, the bytes of each, their defects and the limits. */
#include "mime/internal.h"
#include "tests/test.h"

#include <time.h>

/* ---- a message as the text of its events ---- */

/* Reads `in` in chunks of `step` bytes. Each event becomes one of
 *	<n header	BEGIN of part n
 *	=n bytes	BODY	   (joined with its like before it)
 *	~n bytes	BETWEEN	   (joined likewise)
 *	>n		END
 * Returns the defects of the whole. */
static unsigned
trace(struct bl_buf *out, struct bl_span in, size_t step, enum bl_err want)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mime *m = NULL;
	struct bl_mime_event e, last = {0};
	uint64_t at = 0;
	size_t fed = 0;
	enum bl_err err;
	unsigned defects;

	err = bl_mime_new(&m, &limits, BL_MIME_MESSAGES_DESCEND, NULL);
	while (err == BL_OK) {
		err = bl_mime_next(m, &e, NULL);
		if (err != BL_OK || e.kind == BL_MIME_DONE)
			break;
		if (e.kind == BL_MIME_MORE) {
			struct bl_span s = bl_span_cut(in, fed, step);

			fed += s.n;
			if (s.n > 0)
				bl_mime_feed(m, s);
			else
				bl_mime_end(m);
			continue;
		}
		CHECK(e.at == at, "position");
		at += e.bytes.n;
		if (e.kind != last.kind || e.part != last.part ||
		    e.kind == BL_MIME_BEGIN || e.kind == BL_MIME_END)
			bl_buf_add_f(
			    out, "%c%u", " <=~>"[e.kind], e.part->number);
		bl_buf_add(out, e.bytes);
		last = e;
	}
	CHECK(err == want, "reads");
	CHECK(err != BL_OK || at == in.n, "all bytes");
	defects = bl_mime_defects(m);
	bl_mime_free(m);
	return defects;
}

#define M "Content-Type: multipart/mixed; boundary=b\n"
#define A "Content-Type: multipart/mixed; boundary=a\n"

static const struct {
	const char *name;
	struct bl_span in;
	const char *events;
	unsigned defects;
} cases[] = {
    {"nothing", BYTES(""), "<0>0", BL_DEFECT_NO_END},
    {"header only", BYTES("A: b\n\n"), "<0A: b\n\n>0", 0},
    {"no empty line", BYTES("A: b\n"), "<0A: b\n>0", BL_DEFECT_NO_END},
    {"cut in a header", BYTES("A: b"), "<0A: b>0", BL_DEFECT_NO_END},
    {"body only", BYTES("\nx"), "<0\n=0x>0", 0},
    {"a leaf", BYTES("A: b\r\n\r\nx\r\n"), "<0A: b\r\n\r\n=0x\r\n>0", 0},
    {"delimiters mean nothing to a leaf", BYTES("A: b\n\n--b\n--b--\n"),
	"<0A: b\n\n=0--b\n--b--\n>0", 0},
    {"two parts", BYTES(M "\npre\n--b\n\none\n--b\nC: d\n\ntwo\n--b--\npost\n"),
	"<0" M "\n~0pre\n--b\n<1\n=1one>1~0\n--b\n<2C: d\n\n=2two>2"
	"~0\n--b--\npost\n>0",
	0},
    {"two parts, CRLF",
	BYTES("Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n"
	      "\r\none\r\n\r\n--b\r\n\r\n\r\ntwo\r\n--b--"),
	"<0Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n~0--b\r\n"
	"<1\r\n=1one\r\n>1~0\r\n--b\r\n<2\r\n=2\r\ntwo>2~0\r\n--b-->0",
	0},
    {"padding behind delimiters", BYTES(M "\n--b \t \n\nx\n--b--  \n"),
	"<0" M "\n~0--b \t \n<1\n=1x>1~0\n--b--  \n>0", 0},
    {"a longer line is no delimiter", BYTES(M "\n--b\n\nx\n--bc\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x\n--bc>1~0\n--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH},
    {"nor is one with text behind padding",
	BYTES(M "\n--b\n\nx\n--b c\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x\n--b c>1~0\n--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH},
    {"nor a closing one with more", BYTES(M "\n--b\n\nx\n--b--c\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x\n--b--c>1~0\n--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH},
    {"not at a line start", BYTES(M "\n--b\n\nx --b\n --b\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x --b\n --b>1~0\n--b--\n>0", 0},
    {"dashes are text", BYTES(M "\n--b\n\n-\n--\n-- \n---b\n-b\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1-\n--\n-- \n---b\n-b>1~0\n--b--\n>0", 0},
    {"a CR is part of the line end once", BYTES(M "\n--b\n\nx\r\r\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x\r>1~0\r\n--b--\n>0",
	BL_DEFECT_BARE_CR | BL_DEFECT_LINE_ENDS},
    {"a CR alone starts no line", BYTES(M "\n--b\n\nx\r--b\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x\r--b>1~0\n--b--\n>0", BL_DEFECT_BARE_CR},
    {"never closed", BYTES(M "\n--b\n\nx\n"), "<0" M "\n~0--b\n<1\n=1x\n>1>0",
	BL_DEFECT_UNCLOSED},
    {"never opened", BYTES(M "\nx\n"), "<0" M "\n~0x\n>0", BL_DEFECT_UNCLOSED},
    {"closed at once", BYTES(M "\n--b--\n"), "<0" M "\n~0--b--\n>0", 0},
    {"opened again after its close",
	BYTES(M "\n--b\n\nx\n--b--\n--b\n\ny\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x>1~0\n--b--\n--b\n\ny\n--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH},
    {"a delimiter in a header", BYTES(M "\n--b\nC: d\n--b--\n"),
	"<0" M "\n~0--b\n<1C: d>1~0\n--b--\n>0", BL_DEFECT_NO_END},
    {"a delimiter after a delimiter", BYTES(M "\n--b\n--b--\n"),
	"<0" M "\n~0--b\n<1>1~0--b--\n>0", BL_DEFECT_NO_END},
    {"a delimiter cut off by the end", BYTES(M "\n--b\nC: d\n--b"),
	"<0" M "\n~0--b\n<1C: d>1~0\n--b<2>2>0",
	BL_DEFECT_NO_END | BL_DEFECT_UNCLOSED},
    {"no delimiter at the end", BYTES(M "\n--b\n\nx\n--bc"),
	"<0" M "\n~0--b\n<1\n=1x\n--bc>1>0",
	BL_DEFECT_BOUNDARY_CLASH | BL_DEFECT_UNCLOSED},
    {"nor with half a line end", BYTES(M "\n--b\n\nx\n--b\r"),
	"<0" M "\n~0--b\n<1\n=1x\n--b\r>1>0",
	BL_DEFECT_BOUNDARY_CLASH | BL_DEFECT_UNCLOSED | BL_DEFECT_BARE_CR},
    {"a part without body: its empty line is the delimiter's",
	BYTES(M "\n--b\nC: d\n\n--b--\n"),
	"<0" M "\n~0--b\n<1C: d\n>1~0\n--b--\n>0", 0},
    {"a part with an empty line for body", BYTES(M "\n--b\nC: d\n\n\n--b--\n"),
	"<0" M "\n~0--b\n<1C: d\n\n>1~0\n--b--\n>0", 0},
    {"nested", BYTES(A "\n--a\n" M "\n--b\n\nx\n--b--\ny\n--a\n\nz\n--a--\n"),
	"<0" A "\n~0--a\n<1" M "\n~1--b\n<2\n=2x>2~1\n--b--\ny>1"
	"~0\n--a\n<3\n=3z>3~0\n--a--\n>0",
	0},
    {"an outer delimiter ends the inner",
	BYTES(A "\n--a\n" M "\n--b\n\nx\n--a\n\nz\n--a--\n"),
	"<0" A "\n~0--a\n<1" M "\n~1--b\n<2\n=2x>2>1~0\n--a\n<3\n=3z>3"
	"~0\n--a--\n>0",
	BL_DEFECT_UNCLOSED},
    {"an inner boundary right behind the header",
	BYTES(A "\n--a\n" M "\n--b--\n--a--\n"),
	"<0" A "\n~0--a\n<1" M "\n~1--b-->1~0\n--a--\n>0", 0},
    {"the same boundary twice",
	BYTES(M "\n--b\n" M "\npre\n--b\n\nx\n--b--\n"
		"--b--\n"),
	"<0" M "\n~0--b\n<1" M "\n~1pre\n--b\n<2\n=2x>2~1\n--b-->1~0\n"
	"--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH},
    {"the same boundary twice, at once",
	BYTES(M "\n--b\n" M "\n--b\n\nx\n--b--\n--b--\n"),
	"<0" M "\n~0--b\n<1" M ">1~0\n--b\n<2\n=2x>2~0\n--b--\n--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH | BL_DEFECT_UNCLOSED},
    {"one boundary starts another",
	BYTES(M
	    "\n--b\n"
	    "Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\nx\n--bb--\n"
	    "--b--\n"),
	"<0" M "\n~0--b\n<1Content-Type: multipart/mixed; boundary=bb\n\n"
	"~1--bb\n<2\n=2x>2~1\n--bb-->1~0\n--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH},
    {"a message inside",
	BYTES(M "\n--b\nContent-Type: message/rfc822\n\n"
		"S: t\n\nx\n--b--\n"),
	"<0" M "\n~0--b\n<1Content-Type: message/rfc822\n\n<2S: t\n\n=2x>2>1"
	"~0\n--b--\n>0",
	0},
    {"an empty message inside",
	BYTES(M "\n--b\nContent-Type: message/rfc822\n\n--b--\n"),
	"<0" M "\n~0--b\n<1Content-Type: message/rfc822\n<2>2>1~0\n--b--\n>0",
	BL_DEFECT_NO_END},
    {"an empty message at the end", BYTES("Content-Type: message/rfc822\n\n"),
	"<0Content-Type: message/rfc822\n\n<1>1>0", BL_DEFECT_NO_END},
    {"a message of messages",
	BYTES("Content-Type: message/rfc822\n\n"
	      "Content-Type: message/global\n\nS: t\n\nx"),
	"<0Content-Type: message/rfc822\n\n<1Content-Type: message/global\n\n"
	"<2S: t\n\n=2x>2>1>0",
	0},
    {"a message starts with dashes",
	BYTES(M "\n--b\nContent-Type: message/rfc822\n\n--S: t\n\nx\n--b--\n"),
	"<0" M "\n~0--b\n<1Content-Type: message/rfc822\n\n<2--S: t\n\n=2x"
	">2>1~0\n--b--\n>0",
	0},
    {"a digest has messages",
	BYTES("Content-Type: multipart/digest; boundary=b\n\n--b\n\nS: t\n\nx\n"
	      "--b\nContent-Type: text/plain\n\ny\n--b--\n"),
	"<0Content-Type: multipart/digest; boundary=b\n\n~0--b\n<1\n<2S: t\n"
	"\n=2x>2>1~0\n--b\n<3Content-Type: text/plain\n\n=3y>3~0\n--b--\n>0",
	0},
    {"an encoded message is a leaf",
	BYTES("Content-Type: message/rfc822\n"
	      "Content-Transfer-Encoding: base64\n\neA==\n"),
	"<0Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	"=0eA==\n>0",
	BL_DEFECT_ENCODING},
    {"an encoded multipart is a leaf",
	BYTES(M "Content-Transfer-Encoding: base64\n\n--b\n\nx\n--b--\n"),
	"<0" M "Content-Transfer-Encoding: base64\n\n=0--b\n\nx\n--b--\n>0",
	BL_DEFECT_ENCODING},
    {"an 8bit multipart is none",
	BYTES(M "Content-Transfer-Encoding: 8BIT\n\n--b\n\nx\n--b--\n"),
	"<0" M "Content-Transfer-Encoding: 8BIT\n\n~0--b\n<1\n=1x>1~0\n--b--\n"
	">0",
	0},
    {"a multipart without boundary",
	BYTES("Content-Type: multipart/mixed\n\n--b\n\nx\n"),
	"<0Content-Type: multipart/mixed\n\n=0--b\n\nx\n>0",
	BL_DEFECT_BOUNDARY},
    {"an empty boundary",
	BYTES("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n"),
	"<0Content-Type: multipart/mixed; boundary=\"\"\n\n=0--\n\nx\n>0",
	BL_DEFECT_BOUNDARY},
    {"a boundary with a space",
	BYTES("Content-Type: multipart/mixed; boundary=\"a b\"\n\n--a b\n\nx\n"
	      "--a b--\n"),
	"<0Content-Type: multipart/mixed; boundary=\"a b\"\n\n~0--a b\n<1\n=1x"
	">1~0\n--a b--\n>0",
	0},
    {"a boundary with a space at its end",
	BYTES("Content-Type: multipart/mixed; boundary=\"a \"\n\n--a \n\nx\n"
	      "--a --\n"),
	"<0Content-Type: multipart/mixed; boundary=\"a \"\n\n~0--a \n<1\n=1x"
	">1~0\n--a --\n>0",
	BL_DEFECT_BOUNDARY},
    {"NUL in a body", BYTES("\na\0b\n"), NULL, BL_DEFECT_NUL},
    {"8-bit in a body", BYTES("\na\xff\n"), NULL, BL_DEFECT_8BIT},
    {"8-bit where it is said",
	BYTES("Content-Transfer-Encoding: 8bit\n\na\xff\n"), NULL, 0},
    {"binary says nothing of its bytes",
	BYTES("Content-Transfer-Encoding: binary\n\na\xff\0\r\nb\rc\n"), NULL,
	0},
    {"line ends change in the body", BYTES("A: b\r\n\r\nx\n"), NULL,
	BL_DEFECT_LINE_ENDS},
    {"From first", BYTES("From a@b Thu\nA: b\n\nx"), NULL, BL_DEFECT_MBOX_FROM},
    {"MIME-Version", BYTES("MIME-Version: 1.0 (x)\n\n"), NULL, 0},
    {"MIME-Version 2", BYTES("MIME-Version: 2.0\n\n"), NULL, BL_DEFECT_VERSION},
    {"MIME-Version and junk", BYTES("MIME-Version: 1.0 x\n\n"), NULL,
	BL_DEFECT_VERSION},
    {"unknown encoding", BYTES("Content-Transfer-Encoding: x\n\n"), NULL,
	BL_DEFECT_ENCODING},
    {"encoding and junk", BYTES("Content-Transfer-Encoding: 7bit x\n\n"), NULL,
	BL_DEFECT_ENCODING},
    {"encoding and comment",
	BYTES("Content-Transfer-Encoding: (c) 7bit (x)\n\n"), NULL, 0},
};

static void
gives_the_same_events_for_any_chunks(void)
{
	static const size_t steps[] = {SIZE_MAX, 1, 2, 3, 5, 16};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
			struct bl_buf out = {0};
			const char *name = cases[i].name;
			unsigned defects;

			defects = trace(&out, cases[i].in, steps[k], BL_OK);
			CHECK(defects == cases[i].defects, name);
			if (defects != cases[i].defects)
				fprintf(stderr, "%s: %x not %x\n", name,
				    defects, cases[i].defects);
			if (cases[i].events != NULL &&
			    !bl_span_equal(bl_buf_span(&out),
				bl_span_str(cases[i].events))) {
				CHECK(false, name);
				fprintf(stderr, "-- %s\n-- %s\n",
				    cases[i].events, bl_buf_text(&out));
			}
			bl_buf_clear(&out);
		}
}

/* ---- what a part knows of itself ---- */

static void
fill(struct bl_buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bl_buf_add_str(b, s);
}

/* Reads all at once up to the END of part `n`, and shows it to `look`. */
static void
with_part(const char *in, unsigned n, void (*look)(const struct bl_part *))
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mime_event e = {0};
	struct bl_mime *m;
	bool fed = false, seen = false;

	CHECK(bl_mime_new(&m, &limits, BL_MIME_MESSAGES_DESCEND, NULL) == BL_OK,
	    in);
	while (e.kind != BL_MIME_DONE) {
		CHECK(bl_mime_next(m, &e, NULL) == BL_OK, in);
		if (e.kind == BL_MIME_MORE && fed)
			bl_mime_end(m);
		else if (e.kind == BL_MIME_MORE)
			bl_mime_feed(m, bl_span_str(in));
		fed = fed || e.kind == BL_MIME_MORE;
		if (e.kind == BL_MIME_END && e.part->number == n) {
			look(e.part);
			seen = true;
		}
	}
	CHECK(seen, in);
	bl_mime_free(m);
}

static void
look_at_leaf(const struct bl_part *p)
{
	CHECK(p->depth == 2 && p->index == 1 && p->number == 3, "place");
	CHECK(p->parent != NULL && p->parent->number == 1, "parent");
	CHECK(p->parent->children == 2 && p->children == 0, "children");
	CHECK(p->parent->parent->parent == NULL, "root");
	CHECK(bl_content_type_is(&p->type, "text", "x"), "type");
	CHECK(bl_content_type_is(&p->disposition, "inline", NULL), "shown");
	CHECK(p->encoding == BL_BASE64, "encoding");
	CHECK(!p->is_multipart && !p->is_message, "leaf");
	CHECK(p->at ==
		strlen(M "\n--b\n") + strlen(M "b") +
		    strlen("\n--bb\n\n\n--bb\n"),
	    "at");
	CHECK(p->header != NULL && bl_header_count(p->header) == 3, "header");
	CHECK(p->defects == BL_DEFECT_8BIT, "its own defects");
	CHECK(p->parent->defects == BL_DEFECT_BOUNDARY_CLASH, "of the parent");
	CHECK(p->parent->parent->defects == BL_DEFECT_BOUNDARY_CLASH,
	    "of the root");
}

static void
look_at_plain(const struct bl_part *p)
{
	CHECK(bl_content_type_is(&p->type, "text", "plain"), "default");
	CHECK(p->type.n == 0 && p->disposition.type.n == 0, "nothing said");
	CHECK(p->encoding == BL_7BIT && p->depth == 0, "7bit");
}

static void
knows_its_place(void)
{
	with_part(M "\n--b\nContent-Type: multipart/mixed; boundary=bb\n"
		    "\n--bb\n\n\n--bb\nContent-Type: text/x\n"
		    "Content-Transfer-Encoding: base64\n"
		    "Content-Disposition: inline\n\n\xff\n--bb--\n--b--\n",
	    3, look_at_leaf);
	with_part("A: b\n\nx", 0, look_at_plain);
}

static enum bl_err
read_all(struct bl_span in, size_t step, const struct bl_limits *limits,
    struct bl_note *note, struct bl_mime **out)
{
	struct bl_mime_event e = {0};
	enum bl_err err;
	size_t fed = 0;

	err = bl_mime_new(out, limits, BL_MIME_MESSAGES_DESCEND, note);
	while (err == BL_OK && e.kind != BL_MIME_DONE) {
		err = bl_mime_next(*out, &e, note);
		if (err != BL_OK || e.kind != BL_MIME_MORE)
			continue;
		if (fed < in.n)
			bl_mime_feed(*out, bl_span_cut(in, fed, step));
		else
			bl_mime_end(*out);
		fed += step;
	}
	return err;
}

static void
messages_may_be_leaves(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mime_event e = {0};
	struct bl_mime *m;
	unsigned parts = 0;

	CHECK(bl_mime_new(&m, &limits, BL_MIME_MESSAGES_WHOLE, NULL) == BL_OK,
	    "new");
	for (int i = 0; e.kind != BL_MIME_DONE && i < 20; i++) {
		CHECK(bl_mime_next(m, &e, NULL) == BL_OK, "next");
		parts += e.kind == BL_MIME_BEGIN;
		if (e.kind == BL_MIME_BEGIN)
			CHECK(!e.part->is_message, "leaf");
		if (e.kind == BL_MIME_MORE && i == 0)
			bl_mime_feed(m,
			    BL_STR("Content-Type: message/rfc822"
				   "\n\nS: t\n\nx"));
		else if (e.kind == BL_MIME_MORE)
			bl_mime_end(m);
	}
	CHECK(parts == 1, "one");
	CHECK(bl_mime_next(m, &e, NULL) == BL_OK && e.kind == BL_MIME_DONE,
	    "stays done");
	bl_mime_free(m);
	bl_mime_free(NULL);
}

static void
tells_the_form_of_lines(void)
{
	static const struct {
		const char *in;
		enum bl_line_form form;
	} forms[] = {{"", BL_LINES_UNKNOWN}, {"A: b", BL_LINES_UNKNOWN},
	    {"A: b\n\n", BL_LINES_LF}, {"A: b\r\n\n", BL_LINES_CRLF},
	    {"A: b\n\r\n", BL_LINES_LF}};
	struct bl_limits limits = BL_LIMITS;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct bl_mime *m;

		CHECK(read_all(bl_span_str(forms[i].in), 100, &limits, NULL,
			  &m) == BL_OK,
		    forms[i].in);
		CHECK(bl_mime_lines(m) == forms[i].form, forms[i].in);
		bl_mime_free(m);
	}
}

/* ---- limits ---- */

static enum bl_err
sized(struct bl_buf *in, const struct bl_limits *limits, const char *reason)
{
	enum bl_err err = BL_OK;

	for (size_t step = in->n + 1; step > 0; step /= 60) {
		struct bl_note note = {0};
		struct bl_mime_event e;
		struct bl_mime *m;

		err = read_all(bl_buf_span(in), step, limits, &note, &m);
		CHECK(note.err == err, reason);
		CHECK(err == BL_OK || strcmp(note.reason, reason) == 0, reason);
		/* A failure stays one. */
		CHECK(bl_mime_next(m, &e, NULL) == err, reason);
		bl_mime_free(m);
	}
	bl_buf_clear(in);
	return err;
}

static void
nest(struct bl_buf *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bl_buf_add_f(in,
		    "Content-Type: multipart/x; boundary=b%06zu\n"
		    "\n--b%06zu\n",
		    i, i);
}

static enum bl_err
parts(size_t n)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf in = {0};

	bl_buf_add_str(&in, M "\n");
	fill(&in, "--b\n", n - 1);
	bl_buf_add_str(&in, "--b--\n");
	return sized(&in, &limits, "limit-mime-parts");
}

static void
limits_hold_on_both_sides(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf in = {0};

	CHECK(parts(900) == BL_OK, "900 parts");
	CHECK(parts(1000) == BL_OK, "1000 parts");
	CHECK(parts(1001) == BL_E_LIMIT, "1001 parts");
	CHECK(parts(1000000) == BL_E_LIMIT, "1000000 parts");
	nest(&in, 29);
	CHECK(sized(&in, &limits, "") == BL_OK, "29 deep");
	nest(&in, 32);
	CHECK(sized(&in, &limits, "") == BL_OK, "32 deep");
	nest(&in, 33);
	CHECK(sized(&in, &limits, "limit-mime-depth") == BL_E_LIMIT, "33 deep");
	nest(&in, 20000);
	CHECK(sized(&in, &limits, "limit-mime-depth") == BL_E_LIMIT,
	    "20000 deep");
	fill(&in, "Content-Type: message/rfc822\n\n", 33);
	CHECK(sized(&in, &limits, "limit-mime-depth") == BL_E_LIMIT,
	    "33 messages");
	fill(&in, "A: b\n", 2000);
	CHECK(sized(&in, &limits, "") == BL_OK, "2000 fields");
	fill(&in, "A: b\n", 2001);
	CHECK(sized(&in, &limits, "limit-header-count") == BL_E_LIMIT, "2001");
	fill(&in, "A: b\n", 1000000);
	CHECK(sized(&in, &limits, "limit-header-block") == BL_E_LIMIT,
	    "1000000 fields");
	fill(&in, "x", 10000000);
	CHECK(sized(&in, &limits, "limit-header-block") == BL_E_LIMIT,
	    "a line without end");
	limits.header_block_bytes = 100;
	bl_buf_add_str(&in, M "\n--b\n");
	fill(&in, "x", 99);
	bl_buf_add_str(&in, "\n--b--\n");
	CHECK(sized(&in, &limits, "") == BL_OK, "block in a part");
	bl_buf_add_str(&in, M "\n--b\n");
	fill(&in, "x", 101);
	bl_buf_add_str(&in, "\n--b--\n");
	CHECK(sized(&in, &limits, "limit-header-block") == BL_E_LIMIT,
	    "block in a part + 1");
	limits = BL_LIMITS;
	limits.message_bytes = 10;
	bl_buf_add_str(&in, "A: b\n\n1234");
	CHECK(sized(&in, &limits, "") == BL_OK, "size");
	bl_buf_add_str(&in, "A: b\n\n12345");
	CHECK(sized(&in, &limits, "limit-message-size") == BL_E_LIMIT,
	    "size + 1");
}

/* ---- boundaries and delimiter lines at their lengths ---- */

static unsigned
boundary(size_t n, size_t *count)
{
	struct bl_buf in = {0}, out = {0};
	unsigned defects;

	bl_buf_add_str(&in, "Content-Type: multipart/x; boundary=\"");
	fill(&in, "x", n);
	bl_buf_add_str(&in, "\"\n\n--");
	fill(&in, "x", n);
	bl_buf_add_str(&in, "\n\ny\n--");
	fill(&in, "x", n);
	bl_buf_add_str(&in, "--\n");
	defects = trace(&out, bl_buf_span(&in), 50, BL_OK);
	*count = 0;
	for (size_t i = 0; i < out.n; i++)
		*count += out.p[i] == '<';
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	return defects;
}

static void
boundaries_of_any_length(void)
{
	size_t n;

	CHECK(boundary(1, &n) == 0 && n == 2, "1");
	CHECK(boundary(70, &n) == 0 && n == 2, "70");
	CHECK(boundary(71, &n) == BL_DEFECT_BOUNDARY && n == 2, "71");
	CHECK(boundary(250, &n) == BL_DEFECT_BOUNDARY && n == 2, "250");
	CHECK(boundary(251, &n) == BL_DEFECT_BOUNDARY && n == 1, "251");
	CHECK(boundary(900, &n) == BL_DEFECT_BOUNDARY && n == 1, "900");
}

static void
boundaries_of_any_characters(void)
{
	for (unsigned c = 1; c < 256; c++) {
		static const char fine[] =
		    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvw"
		    "xyz'()+_,-./:=? !#$%&*^`{|}~";
		struct bl_buf in = {0}, out = {0};
		unsigned defects;
		char name[16];

		if (c == '"' || c == '\\' || c == '\n' || c == '\r')
			continue;
		snprintf(name, sizeof(name), "\\x%02x", c);
		bl_buf_add_str(&in, "Content-Type: multipart/x; boundary=\"b");
		bl_buf_add_u8(&in, (uint8_t)c);
		bl_buf_add_str(&in, "b\"\n\n");
		defects = trace(&out, bl_buf_span(&in), 50, BL_OK);
		CHECK(((defects & BL_DEFECT_BOUNDARY) != 0) ==
			(strchr(fine, (int)c) == NULL),
		    name);
		/* Never opened; or not used at all. */
		CHECK(((defects & BL_DEFECT_UNCLOSED) != 0) ==
			((c >= 0x20 && c != 0x7f) || c == '\t'),
		    name);
		bl_buf_clear(&in);
		bl_buf_clear(&out);
	}
}

/* A delimiter line counts with up to 1000 bytes of padding, and is text from
 * there on, in chunks of any size. */
static void
padding_of_any_length(void)
{
	static const size_t steps[] = {1, 7, 100, 999, 1000, 1001, 1002, 5000};

	for (size_t n = 990; n <= 1010; n++)
		for (size_t k = 0; k < 2 * sizeof(steps) / sizeof(*steps);
		     k++) {
			struct bl_buf in = {0}, out = {0};
			const char *eol = k % 2 == 0 ? "\n" : "\r\n";
			size_t count = 0;

			bl_buf_add_str(&in, M "\nx");
			bl_buf_add_str(&in, eol);
			bl_buf_add_str(&in, "--b");
			fill(&in, " ", n - 3 - strlen(eol));
			bl_buf_add_str(&in, eol);
			bl_buf_add_str(&in, "\ny\n--b--\n");
			trace(&out, bl_buf_span(&in), steps[k / 2], BL_OK);
			for (size_t i = 0; i < out.n; i++)
				count += out.p[i] == '<';
			CHECK(count == (n <= 1000 ? 2 : 1), "padding");
			bl_buf_clear(&in);
			bl_buf_clear(&out);
		}
}

/* ---- time ---- */

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
cost(const char *head, const char *piece, size_t n)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf in = {0};
	double best = 1e9;

	bl_buf_add_str(&in, head);
	fill(&in, piece, n);
	for (int i = 0; i < 3; i++) {
		double from = seconds();
		struct bl_mime *m;
		enum bl_err err;

		err = read_all(bl_buf_span(&in), 65536, &limits, NULL, &m);
		CHECK(err == BL_OK || err == BL_E_LIMIT, piece);
		bl_mime_free(m);
		from = seconds() - from;
		best = from < best ? from : best;
	}
	bl_buf_clear(&in);
	return best;
}

static void
time_grows_with_the_length_only(void)
{
	static const char deep[] = A
	    "\n--a\nContent-Type: multipart/x; boundary=aa\n"
	    "\n--aa\nContent-Type: multipart/x; boundary=aaa\n"
	    "\n--aaa\nContent-Type: multipart/x; boundary=aaaa\n\n--aaaa\n\n";
	static const struct {
		const char *head, *piece;
	} bombs[] = {{"", "A: b\n"}, {"", " a\n"}, {"\n", "x"}, {"\n", "\r"},
	    {"\n", "\n"}, {M "\n", "--b\n"}, {M "\n", "--b\n\n"},
	    {M "\n", "--bb\n"}, {M "\n", "-"}, {M "\n", "--b "},
	    {M "\n--b--\n", "--b--\n"}, {deep, "--aaaaa\n"}, {deep, "--\n"},
	    {deep, "--aaaa \n\n"}, {M "\n", "\r"}, {M "\n", "\r\n-"},
	    {"Content-Type: multipart/x\n\n", "--\n"}};

	for (size_t i = 0; i < sizeof(bombs) / sizeof(*bombs); i++) {
		double once = cost(bombs[i].head, bombs[i].piece, 100000);
		double four = cost(bombs[i].head, bombs[i].piece, 400000);

		CHECK(four < once * 8 + 0.02, bombs[i].piece);
	}
}

/* ---- memory ---- */

static enum bl_err
scenario(void *arg)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mime *m = NULL;
	enum bl_err err;

	(void)arg;
	err = read_all(
	    BL_STR(M "MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n"
		     "Content-Disposition: inline; a=b\n\n--b\nC: d\n\nx\n--b\n"
		     "Content-Type: message/rfc822\n\nS: t\n\n--b\n\n--b--\n"),
	    20, &limits, NULL, &m);
	bl_mime_free(m);
	return err;
}

static void
survives_failing_allocations(void)
{
	bl_test_each_allocation(scenario, NULL, "reader");
}

static void
names_each_defect(void)
{
	for (unsigned i = 0; i < 18; i++) {
		const char *text = bl_mime_defect_text(1u << i);

		CHECK(text != NULL && strlen(text) > 5, "text");
		for (unsigned k = 0; k < i; k++)
			CHECK(strcmp(text, bl_mime_defect_text(1u << k)) != 0,
			    text);
	}
	CHECK(bl_mime_defect_text(0) == NULL, "none");
	CHECK(bl_mime_defect_text(3) == NULL, "two");
	CHECK(bl_mime_defect_text(1u << 18) == NULL, "no such");
}

TESTS(TEST(gives_the_same_events_for_any_chunks), TEST(knows_its_place),
    TEST(messages_may_be_leaves), TEST(tells_the_form_of_lines),
    TEST(limits_hold_on_both_sides), TEST(boundaries_of_any_length),
    TEST(boundaries_of_any_characters), TEST(padding_of_any_length),
    TEST(time_grows_with_the_length_only), TEST(survives_failing_allocations),
    TEST(names_each_defect))
