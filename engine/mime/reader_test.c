/* reader_test.c - parts, the bytes of each, their defects and the limits. */
#include "mime/internal.h"
#include "tests/test.h"

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
			bl_buf_add_f(out, "%c%u", " <=~>"[e.kind],
			    e.part->number);
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
    {"a CR is part of the line end once",
	BYTES(M "\n--b\n\nx\r\r\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x\r>1~0\r\n--b--\n>0",
	BL_DEFECT_BARE_CR | BL_DEFECT_LINE_ENDS},
    {"a CR alone starts no line", BYTES(M "\n--b\n\nx\r--b\n--b--\n"),
	"<0" M "\n~0--b\n<1\n=1x\r--b>1~0\n--b--\n>0", BL_DEFECT_BARE_CR},
    {"never closed", BYTES(M "\n--b\n\nx\n"),
	"<0" M "\n~0--b\n<1\n=1x\n>1>0", BL_DEFECT_UNCLOSED},
    {"never opened", BYTES(M "\nx\n"), "<0" M "\n~0x\n>0",
	BL_DEFECT_UNCLOSED},
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
    {"a part without body: its empty line is the delimiter's",
	BYTES(M "\n--b\nC: d\n\n--b--\n"),
	"<0" M "\n~0--b\n<1C: d\n>1~0\n--b--\n>0", 0},
    {"a part with an empty line for body",
	BYTES(M "\n--b\nC: d\n\n\n--b--\n"),
	"<0" M "\n~0--b\n<1C: d\n\n>1~0\n--b--\n>0", 0},
    {"nested", BYTES(A "\n--a\n" M "\n--b\n\nx\n--b--\ny\n--a\n\nz\n--a--\n"),
	"<0" A "\n~0--a\n<1" M "\n~1--b\n<2\n=2x>2~1\n--b--\ny>1"
	"~0\n--a\n<3\n=3z>3~0\n--a--\n>0",
	0},
    {"an outer delimiter ends the inner", BYTES(A "\n--a\n" M
	"\n--b\n\nx\n--a\n\nz\n--a--\n"),
	"<0" A "\n~0--a\n<1" M "\n~1--b\n<2\n=2x>2>1~0\n--a\n<3\n=3z>3"
	"~0\n--a--\n>0",
	BL_DEFECT_UNCLOSED},
    {"an inner boundary right behind the header", BYTES(A "\n--a\n" M
	"\n--b--\n--a--\n"),
	"<0" A "\n~0--a\n<1" M "\n~1--b-->1~0\n--a--\n>0", 0},
    {"the same boundary twice", BYTES(M "\n--b\n" M "\npre\n--b\n\nx\n--b--\n"
	"--b--\n"),
	"<0" M "\n~0--b\n<1" M "\n~1pre\n--b\n<2\n=2x>2~1\n--b-->1~0\n"
	"--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH},
    {"the same boundary twice, at once", BYTES(M "\n--b\n" M
	"\n--b\n\nx\n--b--\n--b--\n"),
	"<0" M "\n~0--b\n<1" M ">1~0\n--b\n<2\n=2x>2~0\n--b--\n--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH | BL_DEFECT_UNCLOSED},
    {"one boundary starts another", BYTES(M "\n--b\n"
	"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\nx\n--bb--\n"
	"--b--\n"),
	"<0" M "\n~0--b\n<1Content-Type: multipart/mixed; boundary=bb\n\n"
	"~1--bb\n<2\n=2x>2~1\n--bb-->1~0\n--b--\n>0",
	BL_DEFECT_BOUNDARY_CLASH},
    {"a message inside", BYTES(M "\n--b\nContent-Type: message/rfc822\n\n"
	"S: t\n\nx\n--b--\n"),
	"<0" M "\n~0--b\n<1Content-Type: message/rfc822\n\n<2S: t\n\n=2x>2>1"
	"~0\n--b--\n>0",
	0},
    {"an empty message inside", BYTES(M
	"\n--b\nContent-Type: message/rfc822\n\n--b--\n"),
	"<0" M "\n~0--b\n<1Content-Type: message/rfc822\n<2>2>1~0\n--b--\n>0",
	BL_DEFECT_NO_END},
    {"an empty message at the end", BYTES(
	"Content-Type: message/rfc822\n\n"),
	"<0Content-Type: message/rfc822\n\n<1>1>0", BL_DEFECT_NO_END},
    {"a message of messages", BYTES("Content-Type: message/rfc822\n\n"
	"Content-Type: message/global\n\nS: t\n\nx"),
	"<0Content-Type: message/rfc822\n\n<1Content-Type: message/global\n\n"
	"<2S: t\n\n=2x>2>1>0",
	0},
    {"a message starts with dashes", BYTES(M
	"\n--b\nContent-Type: message/rfc822\n\n--S: t\n\nx\n--b--\n"),
	"<0" M "\n~0--b\n<1Content-Type: message/rfc822\n\n<2--S: t\n\n=2x"
	">2>1~0\n--b--\n>0",
	0},
    {"a digest has messages", BYTES(
	"Content-Type: multipart/digest; boundary=b\n\n--b\n\nS: t\n\nx\n"
	"--b\nContent-Type: text/plain\n\ny\n--b--\n"),
	"<0Content-Type: multipart/digest; boundary=b\n\n~0--b\n<1\n<2S: t\n"
	"\n=2x>2>1~0\n--b\n<3Content-Type: text/plain\n\n=3y>3~0\n--b--\n>0",
	0},
    {"an encoded message is a leaf", BYTES("Content-Type: message/rfc822\n"
	"Content-Transfer-Encoding: base64\n\neA==\n"),
	"<0Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	"=0eA==\n>0",
	BL_DEFECT_ENCODING},
    {"an encoded multipart is a leaf", BYTES(M
	"Content-Transfer-Encoding: base64\n\n--b\n\nx\n--b--\n"),
	"<0" M "Content-Transfer-Encoding: base64\n\n=0--b\n\nx\n--b--\n>0",
	BL_DEFECT_ENCODING},
    {"an 8bit multipart is none", BYTES(M
	"Content-Transfer-Encoding: 8BIT\n\n--b\n\nx\n--b--\n"),
	"<0" M "Content-Transfer-Encoding: 8BIT\n\n~0--b\n<1\n=1x>1~0\n--b--\n"
	">0",
	0},
    {"a multipart without boundary", BYTES(
	"Content-Type: multipart/mixed\n\n--b\n\nx\n"),
	"<0Content-Type: multipart/mixed\n\n=0--b\n\nx\n>0",
	BL_DEFECT_BOUNDARY},
    {"an empty boundary", BYTES(
	"Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n"),
	"<0Content-Type: multipart/mixed; boundary=\"\"\n\n=0--\n\nx\n>0",
	BL_DEFECT_BOUNDARY},
    {"a boundary with a space", BYTES(
	"Content-Type: multipart/mixed; boundary=\"a b\"\n\n--a b\n\nx\n"
	"--a b--\n"),
	"<0Content-Type: multipart/mixed; boundary=\"a b\"\n\n~0--a b\n<1\n=1x"
	">1~0\n--a b--\n>0",
	0},
    {"a boundary with a space at its end", BYTES(
	"Content-Type: multipart/mixed; boundary=\"a \"\n\n--a \n\nx\n"
	"--a --\n"),
	"<0Content-Type: multipart/mixed; boundary=\"a \"\n\n~0--a \n<1\n=1x"
	">1~0\n--a --\n>0",
	BL_DEFECT_BOUNDARY},
    {"NUL in a body", BYTES("\na\0b\n"), NULL, BL_DEFECT_NUL},
    {"8-bit in a body", BYTES("\na\xff\n"), NULL, BL_DEFECT_8BIT},
    {"8-bit where it is said", BYTES(
	"Content-Transfer-Encoding: 8bit\n\na\xff\n"), NULL, 0},
    {"binary says nothing of its bytes", BYTES(
	"Content-Transfer-Encoding: binary\n\na\xff\0\r\nb\rc\n"), NULL, 0},
    {"line ends change in the body", BYTES("A: b\r\n\r\nx\n"), NULL,
	BL_DEFECT_LINE_ENDS},
    {"From first", BYTES("From a@b Thu\nA: b\n\nx"), NULL,
	BL_DEFECT_MBOX_FROM},
    {"MIME-Version", BYTES("MIME-Version: 1.0 (x)\n\n"), NULL, 0},
    {"MIME-Version 2", BYTES("MIME-Version: 2.0\n\n"), NULL,
	BL_DEFECT_VERSION},
    {"MIME-Version and junk", BYTES("MIME-Version: 1.0 x\n\n"), NULL,
	BL_DEFECT_VERSION},
    {"unknown encoding", BYTES("Content-Transfer-Encoding: x\n\n"), NULL,
	BL_DEFECT_ENCODING},
    {"encoding and junk", BYTES("Content-Transfer-Encoding: 7bit x\n\n"), NULL,
	BL_DEFECT_ENCODING},
    {"encoding and comment", BYTES(
	"Content-Transfer-Encoding: (c) 7bit (x)\n\n"), NULL, 0},
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

TESTS(TEST(gives_the_same_events_for_any_chunks))
