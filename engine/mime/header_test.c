/* header_test.c - fields, their defects, unfolding, and the limits. */
#include "mime/internal.h"
#include "tests/test.h"

static const struct {
	const char *name;
	struct bl_span block;
	const char *fields; /* "name=unfolded value|" of each */
	unsigned defects;
} cases[] = {
    {"none", BYTES(""), "", 0},
    {"empty line", BYTES("\r\n"), "", 0},
    {"two", BYTES("A: b\r\nC:d\r\n\r\n"), "A=b|C=d|", 0},
    {"LF", BYTES("A: b\nC:d\n\n"), "A=b|C=d|", 0},
    {"no line end", BYTES("A: b"), "A=b|", 0},
    {"empty value", BYTES("A:\nB: \n"), "A=|B=|", 0},
    {"colon in value", BYTES("A: b:c\n"), "A=b:c|", 0},
    {"any name", BYTES("!#a{}~: b\n"), "!#a{}~=b|", 0},
    {"folded", BYTES("A: b\r\n c\r\n\td\r\nE: f\r\n"), "A=b c\td|E=f|", 0},
    {"folded at once", BYTES("A:\n b\n"), "A=b|", 0},
    {"fold of white space", BYTES("A: b\n \nC: d\n"), "A=b|C=d|", 0},
    {"fold of white space within", BYTES("A: b\n \n c\n"), "A=b  c|", 0},
    {"UTF-8", BYTES("A: \xc3\xa4\n"), "A=\xc3\xa4|", 0},
    {"not UTF-8", BYTES("A: \xe4\n"), "A=\xe4|", BL_DEFECT_8BIT},
    {"UTF-8 cut", BYTES("A: \xc3\n"), "A=\xc3|", BL_DEFECT_8BIT},
    {"space before the colon", BYTES("A : b\nC\t: d\n"), "A=b|C=d|",
	BL_DEFECT_HEADER_SYNTAX},
    {"no colon", BYTES("A b\nC: d\n"), "C=d|", BL_DEFECT_HEADER_SYNTAX},
    {"no colon at the end", BYTES("C: d\nA"), "C=d|", BL_DEFECT_HEADER_SYNTAX},
    {"no name", BYTES(": b\nC: d\n"), "C=d|", BL_DEFECT_HEADER_SYNTAX},
    {"8-bit name", BYTES("\xc3\xa4: b\nC: d\n"), "C=d|",
	BL_DEFECT_HEADER_SYNTAX},
    {"control in a name", BYTES("A\1: b\nC: d\n"), "C=d|",
	BL_DEFECT_HEADER_SYNTAX},
    {"DEL in a name", BYTES("A\x7f: b\nC: d\n"), "C=d|",
	BL_DEFECT_HEADER_SYNTAX},
    {"junk goes on in its fold", BYTES("A b\n c: x\nC: d\n"), "C=d|",
	BL_DEFECT_HEADER_SYNTAX},
    {"fold first", BYTES(" A: b\nC: d\n"), "C=d|", BL_DEFECT_HEADER_SYNTAX},
    {"text behind the empty line", BYTES("A: b\n\nC: d\n"), "A=b|",
	BL_DEFECT_HEADER_SYNTAX},
    {"From line", BYTES("From a@b Thu Jan  1\nC: d\n"), "C=d|",
	BL_DEFECT_MBOX_FROM},
    {"From line later", BYTES("C: d\nFrom a@b Thu Jan  1\n"), "C=d|",
	BL_DEFECT_HEADER_SYNTAX},
    {"From line quoted", BYTES(">From a@b Thu Jan  1\nC: d\n"), "C=d|",
	BL_DEFECT_HEADER_SYNTAX},
    {"From with a space", BYTES("From : a@b\n"), "From=a@b|",
	BL_DEFECT_HEADER_SYNTAX},
    {"NUL", BYTES("A: b\0c\n"), NULL, BL_DEFECT_NUL},
    {"CR within", BYTES("A: b\rC: d\n"), "A=b\rC: d|", BL_DEFECT_BARE_CR},
    {"CR before CRLF", BYTES("A: b\r\r\nC: d\r\n"), "A=b\r|C=d|",
	BL_DEFECT_BARE_CR},
    {"CR last", BYTES("A: b\r"), "A=b\r|", BL_DEFECT_BARE_CR},
    {"line ends mixed", BYTES("A: b\r\nC: d\n"), "A=b|C=d|",
	BL_DEFECT_LINE_ENDS},
    {"Subject once", BYTES("Subject: a\nSubjects: b\n"),
	"Subject=a|Subjects=b|", 0},
    {"Subject twice", BYTES("Subject: a\nsUBJECT: b\n"), "Subject=a|sUBJECT=b|",
	BL_DEFECT_DUPLICATE_FIELD},
    {"Received twice", BYTES("Received: a\nReceived: b\n"),
	"Received=a|Received=b|", 0},
};

static void
reads_each_block_as_stated(void)
{
	struct bl_limits limits = BL_LIMITS;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].name;
		struct bl_buf out = {0};
		struct bl_header *h;

		CHECK(
		    bl_header_read(&h, cases[i].block, &limits, NULL) == BL_OK,
		    name);
		for (size_t k = 0; k < bl_header_count(h); k++) {
			const struct bl_field *f = bl_header_at(h, k);

			bl_buf_add(&out, f->name);
			bl_buf_add_u8(&out, '=');
			bl_unfold(&out, f->value);
			bl_buf_add_u8(&out, '|');
		}
		CHECK(bl_header_defects(h) == cases[i].defects, name);
		CHECK(cases[i].fields == NULL ||
			bl_span_equal(
			    bl_buf_span(&out), bl_span_str(cases[i].fields)),
		    name);
		bl_buf_clear(&out);
		bl_header_free(h);
	}
}

static void
spans_are_as_written(void)
{
	struct bl_limits limits = BL_LIMITS;
	const struct bl_field *f;
	struct bl_header *h;

	CHECK(bl_header_read(&h, BL_STR("A: b\r\nSubject:  c\r\n  d\r\nE: f"),
		  &limits, NULL) == BL_OK,
	    "reads");
	f = bl_header_find(h, "subject", 0);
	CHECK(f != NULL && f == bl_header_at(h, 1), "found");
	CHECK(bl_span_equal(f->name, BL_STR("Subject")), "name");
	CHECK(bl_span_equal(f->value, BL_STR("  c\r\n  d")), "value");
	CHECK(bl_span_equal(f->raw, BL_STR("Subject:  c\r\n  d\r\n")), "raw");
	f = bl_header_find(h, "E", 0);
	CHECK(f != NULL && bl_span_equal(f->raw, BL_STR("E: f")), "last");
	CHECK(bl_header_find(h, "subject", 1) == NULL, "no second");
	CHECK(bl_header_find(h, "Subjec", 0) == NULL, "no prefix");
	CHECK(bl_header_at(h, 3) == NULL, "no fourth");
	bl_header_free(h);
	bl_header_free(NULL);
}

/* Each of the fields that may stand once is a defect twice, and only so. */
static void
each_field_once(void)
{
	static const char *const names[] = {"Content-Type",
	    "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version",
	    "From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date",
	    "Message-ID"};
	struct bl_limits limits = BL_LIMITS;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		for (int n = 1; n <= 2; n++) {
			struct bl_buf block = {0};
			struct bl_header *h;

			bl_buf_add_f(&block, "%s: a\nX: y\n", names[i]);
			if (n == 2)
				bl_buf_add_f(&block, "%s: a\n", names[i]);
			CHECK(bl_header_read(&h, bl_buf_span(&block), &limits,
				  NULL) == BL_OK,
			    names[i]);
			CHECK(bl_header_defects(h) ==
				(n == 2 ? BL_DEFECT_DUPLICATE_FIELD : 0),
			    names[i]);
			bl_header_free(h);
			bl_buf_clear(&block);
		}
}

static void
fill(struct bl_buf *b, uint8_t c, size_t n)
{
	uint8_t *to = bl_buf_grow(b, n);

	memset(to, c, n);
	b->n += n;
}

static void
long_lines(void)
{
	struct bl_limits limits = BL_LIMITS;

	for (size_t n = 997; n <= 999; n++)
		for (int crlf = 0; crlf <= 1; crlf++) {
			struct bl_buf block = {0};
			struct bl_header *h;

			bl_buf_add_str(&block, "A: ");
			fill(&block, 'x', n - 3);
			bl_buf_add_str(&block, crlf ? "\r\n" : "\n");
			CHECK(bl_header_read(&h, bl_buf_span(&block), &limits,
				  NULL) == BL_OK,
			    "reads");
			CHECK(bl_header_defects(h) ==
				(n > 998 ? BL_DEFECT_LONG_LINE : 0),
			    "998");
			bl_header_free(h);
			bl_buf_clear(&block);
		}
}

/* One field of `field` bytes, then short ones: `count` in all. */
static enum bl_err
sized(const struct bl_limits *limits, size_t field, size_t count,
    const char **reason)
{
	struct bl_buf block = {0};
	struct bl_note note = {0};
	struct bl_header *h;
	enum bl_err err;

	bl_buf_add_str(&block, "A:");
	for (size_t left = field - 2; left > 0;) {
		size_t n = left < 70 ? left : 70;

		/* Folds: the first byte of each line is a space. */
		fill(&block, ' ', 1);
		fill(&block, 'x', n - 1);
		left -= n;
		bl_buf_add_str(&block, "\r\n");
	}
	for (size_t i = 1; i < count; i++)
		bl_buf_add_str(&block, "B: c\r\n");
	err = bl_header_read(&h, bl_buf_span(&block), limits, &note);
	*reason = note.reason;
	CHECK((h != NULL) == (err == BL_OK), "none on failure");
	bl_header_free(h);
	bl_buf_clear(&block);
	return err;
}

static void
limits_hold_on_both_sides(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_header *h;
	const char *reason;
	struct bl_note note = {0};
	size_t n = limits.header_fields, size = limits.header_field_bytes;

	CHECK(sized(&limits, 10, n, &reason) == BL_OK, "count");
	CHECK(sized(&limits, 10, n + 1, &reason) == BL_E_LIMIT, "count + 1");
	CHECK(strcmp(reason, "limit-header-count") == 0, "count + 1");
	CHECK(sized(&limits, 10, 10 * n, &reason) == BL_E_LIMIT, "10 count");
	CHECK(sized(&limits, size, 1, &reason) == BL_OK, "field");
	CHECK(sized(&limits, size + 1, 1, &reason) == BL_E_LIMIT, "field + 1");
	CHECK(strcmp(reason, "limit-header-field") == 0, "field + 1");
	limits.header_block_bytes = 12;
	CHECK(bl_header_read(&h, BL_STR("A: b\r\nC: d\r\n"), &limits, NULL) ==
		BL_OK,
	    "block");
	bl_header_free(h);
	CHECK(bl_header_read(&h, BL_STR("A: b\r\nC: dd\r\n"), &limits, &note) ==
		    BL_E_LIMIT &&
		h == NULL,
	    "block + 1");
	CHECK(strcmp(note.reason, "limit-header-block") == 0, "block + 1");
}

static const struct {
	struct bl_span in;
	const char *out;
} folds[] = {
    {BYTES(""), ""},
    {BYTES(" \t "), ""},
    {BYTES(" a "), "a"},
    {BYTES("a\r\n b"), "a b"},
    {BYTES("a\n\tb"), "a\tb"},
    {BYTES("a \r\n b"), "a  b"},
    {BYTES("\r\n \r\n a\r\n \r\n "), "a"},
    {BYTES("a\r\nb"), "a\r\nb"},
    {BYTES("a\r b"), "a\r b"},
    {BYTES("a\r\r\n b"), "a\r b"},
    {BYTES("a\r"), "a\r"},
    {BYTES("a\n"), "a\n"},
    {BYTES("\na"), "\na"},
};

static void
unfolds(void)
{
	for (size_t i = 0; i < sizeof(folds) / sizeof(*folds); i++) {
		struct bl_buf out = {0}, store = {0};
		struct bl_span in = folds[i].in;

		bl_buf_add_str(&out, "  ");
		bl_buf_add_str(&store, "a\n");
		CHECK(bl_span_equal(
			  bl_unfolded(&store, in), bl_span_str(folds[i].out)),
		    folds[i].out);
		CHECK((store.n == 2) ==
			(memchr(in.p, '\n', in.n) == NULL ||
			    *folds[i].out == '\0'),
		    "one line is not copied");
		bl_buf_clear(&store);
		bl_unfold(&out, in);
		CHECK(bl_span_equal(bl_span_cut(bl_buf_span(&out), 2, out.n),
			  bl_span_str(folds[i].out)),
		    folds[i].out);
		CHECK(out.n >= 2 && memcmp(out.p, "  ", 2) == 0, "before");
		bl_buf_clear(&out);
	}
}

static enum bl_err
scenario(void *arg)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_header *h;
	enum bl_err err;

	(void)arg;
	err = bl_header_read(&h,
	    BL_STR("A: b\nA: b\nA: b\nA: b\nA: b\nA: b\nA: b\nA: b\nA: b\n"
		   "A: b\nA: b\nA: b\nA: b\nA: b\nA: b\nA: b\nA: b\n"),
	    &limits, NULL);
	bl_header_free(h);
	return err;
}

static void
survives_failing_allocations(void)
{
	bl_test_each_allocation(scenario, NULL, "header");
}

TESTS(TEST(reads_each_block_as_stated), TEST(spans_are_as_written),
    TEST(each_field_once), TEST(long_lines), TEST(limits_hold_on_both_sides),
    TEST(unfolds), TEST(survives_failing_allocations))
