/* lines_test.c - what is said of lines is what a reader says who looks at one
 * byte after the other, however the text is cut. */
#include "mime/internal.h"
#include "tests/test.h"

#define ROUNDS 3000

static uint32_t seed = 7;

static uint32_t
next(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 12) % below;
}

/* Text with line ends of all forms, runs that are long or nearly, and what
 * the rules are about. */
static void
fill(struct bl_buf *out)
{
	static const char *const bits[] = {"\r\n", "\r\n", "\r\n", "\n", "\r",
	    " ", "\t", "From ", "From", "F", "x", "word and word", "--b", "--",
	    "-", "--b--", "--bx", "\r\n--b\r\n", "\r\n--b--\r\n"};
	static const char *const rare[] = {"\x80", "\x01", "\x7f"};
	bool is_clean = next(2) == 0;
	uint32_t kinds = sizeof(bits) / sizeof(*bits);

	for (uint32_t n = next(60); n > 0; n--) {
		uint32_t kind = next(kinds + 3);

		if (kind < kinds && !(is_clean && (kind == 3 || kind == 4)))
			bl_buf_add_str(out, bits[kind]);
		else if (kind == kinds && !is_clean)
			bl_buf_add_u8(out, 0);
		else if (kind == kinds + 1 && !is_clean)
			bl_buf_add_str(out, rare[next(3)]);
		else if (kind == kinds + 2)
			for (uint32_t k = next(4) == 0 ? 990 + next(20)
						       : next(130);
			     k > 0; k--)
				bl_buf_add_u8(out, 'y');
	}
}

/* A piece of what is left: one byte, some, or a lot. */
static struct bl_span
cut(struct bl_span *left)
{
	static const uint32_t most[] = {1, 3, 70, 5000};
	uint32_t n = 1 + next(most[next(4)]);
	struct bl_span piece = bl_span_cut(*left, 0, n);

	*left = bl_span_cut(*left, piece.n, left->n);
	return piece;
}

/* ---- one byte after the other ---- */

struct told {
	unsigned defects;
	bool must, should;
};

static void
tell_line(struct told *t, struct bl_span line, bool ended)
{
	bool cr = line.n > 0 && line.p[line.n - 1] == '\r';
	size_t n = line.n - cr;

	if (memchr(line.p, '\r', n) != NULL || (cr && !ended))
		t->must = true;
	if (memchr(line.p, '\r', n) != NULL)
		t->defects |= BL_DEFECT_BARE_CR;
	if (n > 998)
		t->defects |= BL_DEFECT_LONG_LINE;
	if (n > 0 && (line.p[n - 1] == ' ' || line.p[n - 1] == '\t'))
		t->should = true;
	if (line.n >= 5 && memcmp(line.p, "From ", 5) == 0)
		t->should = true;
}

static struct told
tell(struct bl_span in)
{
	struct told t = {0};
	int first = -1;

	for (size_t i = 0, from = 0; i <= in.n; i++) {
		bool crlf = i > from && in.p[i - 1] == '\r';

		if (i < in.n && in.p[i] != '\n') {
			if (in.p[i] == 0)
				t.defects |= BL_DEFECT_NUL;
			if (in.p[i] > 127)
				t.defects |= BL_DEFECT_8BIT;
			continue;
		}
		if (from < i || i < in.n)
			tell_line(
			    &t, bl_span_of(in.p + from, i - from), i < in.n);
		if (i < in.n && first == -1)
			first = crlf;
		if (i < in.n && first != (int)crlf)
			t.defects |= BL_DEFECT_LINE_ENDS;
		from = i + 1;
	}
	if ((t.defects &
		(BL_DEFECT_NUL | BL_DEFECT_8BIT | BL_DEFECT_LONG_LINE)) != 0)
		t.must = true;
	return t;
}

static void
watches_like_a_plain_reader(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct bl_watch w = {0};
		struct bl_buf text = {0};
		struct bl_span left;
		unsigned seen = 0;

		fill(&text);
		left = bl_buf_span(&text);
		while (left.n > 0)
			seen |= bl_watch_add(&w, cut(&left));
		CHECK(seen == tell(bl_buf_span(&text)).defects, "defects");
		CHECK(w.cr == (text.n > 0 && text.p[text.n - 1] == '\r'), "cr");
		bl_buf_clear(&text);
	}
}

static void
travels_like_a_plain_reader(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct bl_travel t = {0};
		struct bl_buf text = {0};
		struct bl_span left;
		struct told want;

		fill(&text);
		want = tell(bl_buf_span(&text));
		left = bl_buf_span(&text);
		while (left.n > 0)
			(void)bl_travel_add(&t, cut(&left));
		bl_travel_end(&t);
		CHECK(t.must == want.must, "must");
		CHECK(t.should == want.should || t.must, "should");
		bl_buf_clear(&text);
	}
}

static void
makes_crlf_like_a_plain_writer(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct bl_buf text = {0}, out = {0}, want = {0};
		struct bl_crlf c = {0};
		struct bl_span left;

		fill(&text);
		for (size_t i = 0; i < text.n; i++) {
			if (text.p[i] == '\n' &&
			    (i == 0 || text.p[i - 1] != '\r'))
				bl_buf_add_u8(&want, '\r');
			bl_buf_add_u8(&want, text.p[i]);
		}
		left = bl_buf_span(&text);
		while (left.n > 0)
			bl_crlf_add(&c, &out, cut(&left));
		CHECK(bl_span_equal(bl_buf_span(&out), bl_buf_span(&want)),
		    "crlf");
		bl_buf_clear(&text);
		bl_buf_clear(&out);
		bl_buf_clear(&want);
	}
}

/* What passes because no LF stands alone in it is what CRLF would be made of. */
static void
passes_what_needs_no_change(void)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct bl_travel t = {0};
		struct bl_buf text = {0};
		struct bl_span left;
		bool must;

		fill(&text);
		must = tell(bl_buf_span(&text)).must;
		left = bl_buf_span(&text);
		while (left.n > 0) {
			struct bl_crlf c = {t.watch.cr};
			struct bl_span piece = cut(&left);
			struct bl_buf out = {0};
			bool same;

			bl_crlf_add(&c, &out, piece);
			same = bl_span_equal(bl_buf_span(&out), piece);
			CHECK(!bl_travel_pass(&t, piece) || same, "passes");
			CHECK(t.watch.cr == c.cr, "cr");
			bl_buf_clear(&out);
		}
		bl_travel_end(&t);
		CHECK(t.must == must, "must");
		bl_buf_clear(&text);
	}
}

/* A long line, wherever in 64 bytes it starts and ends. */
static void
lines_are_long_wherever_they_start(void)
{
	static const char *const ends[] = {"\n", "\r\n", "", "\r", "\r\r\n"};

	for (size_t lead = 0; lead < 2 * BL_MARKS; lead++)
		for (size_t n = 997; n <= 999; n++)
			for (size_t e = 0; e < 5; e++) {
				struct bl_watch w = {0};
				struct bl_buf text = {0};

				for (size_t i = 0; i < lead; i++)
					bl_buf_add_u8(&text, '\n');
				for (size_t i = 0; i < n; i++)
					bl_buf_add_u8(&text, 'x');
				bl_buf_add_str(&text, ends[e]);
				CHECK(((bl_watch_add(&w, bl_buf_span(&text)) &
					   BL_DEFECT_LONG_LINE) != 0) ==
					(n + (e == 4) > 998),
				    ends[e]);
				bl_buf_clear(&text);
			}
}

/* ---- parts ---- */

/* Appends one byte for each byte of the events, that says what it is, and one
 * for each BEGIN and END. */
static void
read_parts(struct bl_buf *out, struct bl_mime *m)
{
	struct bl_mime_event e;

	do {
		CHECK(bl_mime_next(m, &e, NULL) == BL_OK, "next");
		if (e.kind == BL_MIME_BEGIN || e.kind == BL_MIME_END)
			bl_buf_add_u8(out, (uint8_t)e.kind);
		if (e.kind == BL_MIME_MORE || e.kind == BL_MIME_DONE)
			break;
		for (size_t i = 0; i < e.bytes.n; i++)
			bl_buf_add_f(out, "%d%u", (int)e.kind, e.part->number);
	} while (true);
}

static unsigned
parts_of(struct bl_buf *out, struct bl_span text, size_t step)
{
	struct bl_mime *m = NULL;
	unsigned defects;

	CHECK(bl_mime_new(&m, &BL_LIMITS, BL_MIME_MESSAGES_DESCEND, NULL) ==
		BL_OK,
	    "new");
	read_parts(out, m);
	while (text.n > 0) {
		struct bl_span piece = step == 0 ? cut(&text)
						 : bl_span_cut(text, 0, step);

		if (step != 0)
			text = bl_span_cut(text, step, text.n);
		bl_mime_feed(m, piece);
		read_parts(out, m);
	}
	bl_mime_end(m);
	read_parts(out, m);
	defects = bl_mime_defects(m);
	bl_mime_free(m);
	return defects;
}

static void
divides_alike_however_it_is_cut(void)
{
	for (unsigned round = 0; round < ROUNDS / 3; round++) {
		static const size_t steps[] = {SIZE_MAX, 64, 0, 0};
		struct bl_buf text = {0}, want = {0};
		unsigned defects;

		bl_buf_add_str(&text,
		    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
		    "\r\n");
		fill(&text);
		defects = parts_of(&want, bl_buf_span(&text), 1);
		for (size_t i = 0; i < 4; i++) {
			struct bl_buf got = {0};

			CHECK(parts_of(&got, bl_buf_span(&text), steps[i]) ==
				defects,
			    "defects");
			CHECK(bl_span_equal(
				  bl_buf_span(&got), bl_buf_span(&want)),
			    "parts");
			bl_buf_clear(&got);
		}
		bl_buf_clear(&text);
		bl_buf_clear(&want);
	}
}

/* Unwatched, the same parts come out, and nothing is said of their bytes. */
static void
bodies_may_go_unwatched(void)
{
	struct bl_span text = BL_STR("Subject: x\r\n\r\n\x80\0a\rb\r\nc\n");
	struct bl_mime *m = NULL;
	struct bl_mime_event e;

	for (int unwatched = 0; unwatched < 2; unwatched++) {
		CHECK(bl_mime_new(&m, &BL_LIMITS, BL_MIME_MESSAGES_DESCEND,
			  NULL) == BL_OK,
		    "new");
		if (unwatched)
			bl_mime_unwatched(m);
		bl_mime_feed(m, text);
		do {
			CHECK(bl_mime_next(m, &e, NULL) == BL_OK, "next");
		} while (e.kind != BL_MIME_MORE);
		CHECK((bl_mime_defects(m) == 0) == (unwatched == 1), "defects");
		CHECK(
		    (bl_mime_lines(m) == BL_LINES_UNKNOWN) == (unwatched == 1),
		    "lines");
		bl_mime_free(m);
	}
}

TESTS(TEST(watches_like_a_plain_reader), TEST(travels_like_a_plain_reader),
    TEST(makes_crlf_like_a_plain_writer), TEST(passes_what_needs_no_change),
    TEST(lines_are_long_wherever_they_start),
    TEST(divides_alike_however_it_is_cut), TEST(bodies_may_go_unwatched))
