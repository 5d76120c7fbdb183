/* hull_test.c - the BER frame, in pieces of any size. */
#include "cms/hull.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/test.h"

/*
 * A case is read by a script of one letter for each call:
 *	S enter a SEQUENCE	l leave		e whole element
 *	s OCTET STRING to its end	i the same, [0] IMPLICIT
 *	. the next tag is that of an end	r the rest of the input
 * and makes a log: elements and strings in hexadecimal, a comma after each.
 */
static const struct {
	const char *name;
	struct bl_span in;
	const char *script, *log;
	enum bl_err want;
	const char *reason;
} cases[] = {
    {"a sequence", BYTES("\x30\x03\x02\x01\x07"), "Se.lr", "020107,", BL_OK},
    {"indefinite", BYTES("\x30\x80\x02\x01\x07\0\0"), "Se.lr", "020107,",
	BL_OK},
    {"indefinite in definite", BYTES("\x30\x07\x30\x80\x02\x01\x07\0\0"),
	"SSe.l.lr", "020107,", BL_OK},
    {"definite in indefinite", BYTES("\x30\x80\x30\x03\x02\x01\x07\0\0"),
	"SSe.l.lr", "020107,", BL_OK},
    {"whole indefinite element", BYTES("\x30\x80\x30\x80\x05\0\0\0\0\0"),
	"Se.lr", "308005000000,", BL_OK},
    {"element in two levels of indefinite",
	BYTES("\x30\x80\x30\x80\x30\x80\0\0\x05\0\0\0\0\0"), "Se.lr",
	"30803080000005000000,", BL_OK},
    {"long form of a short length", BYTES("\x30\x82\0\x02\x05\0"), "Se.lr",
	"0500,", BL_OK},
    {"line end after it", BYTES("\x30\0\r\n"), "Slr", "", BL_OK},
    {"zeros after it", BYTES("\x30\0\0\0\0"), "Slr", "", BL_OK},
    {"a byte after it", BYTES("\x30\0\x01"), "Slr", "", BL_E_MALFORMED},
    {"a blank after it", BYTES("\x30\0 "), "Slr", "", BL_E_MALFORMED},
    {"another tag", BYTES("\x31\0"), "Sl", "", BL_E_MALFORMED},
    {"left too early", BYTES("\x30\x02\x05\0"), "Sl", "", BL_E_MALFORMED},
    {"left too early, indefinite", BYTES("\x30\x80\x05\0\0\0"), "Sl", "",
	BL_E_MALFORMED},
    {"nothing", BYTES(""), "S", "", BL_E_MALFORMED},
    {"a tag alone", BYTES("\x30"), "S", "", BL_E_MALFORMED},
    {"cut in the header", BYTES("\x30\x82\x01"), "S", "", BL_E_MALFORMED},
    {"cut in the element", BYTES("\x30\x80\x04\x03\x61\x62"), "Se", "",
	BL_E_MALFORMED},
    {"cut before the end", BYTES("\x30\x80\x05\0\0"), "Sel", "0500,",
	BL_E_MALFORMED},
    {"cut after it, indefinite", BYTES("\x30\x80\x05\0"), "Sel", "0500,",
	BL_E_MALFORMED},
    {"child longer than parent", BYTES("\x30\x03\x04\x02\x61\x62"), "Se", "",
	BL_E_MALFORMED},
    {"child's header longer than parent", BYTES("\x30\x01\x05\0"), "Se", "",
	BL_E_MALFORMED},
    {"entered child longer than parent", BYTES("\x30\x04\x30\x03\x05\0\0"),
	"SS", "", BL_E_MALFORMED},
    {"indefinite child without end in parent",
	BYTES("\x30\x04\x30\x80\x05\0\0\0"), "SSel", "0500,", BL_E_MALFORMED},
    {"whole indefinite child without end in parent",
	BYTES("\x30\x04\x30\x80\x05\0\0\0"), "Se", "", BL_E_MALFORMED},
    {"end in a definite element", BYTES("\x30\x02\0\0"), "Se", "",
	BL_E_MALFORMED},
    {"end at the top", BYTES("\0\0"), "e", "", BL_E_MALFORMED},
    {"end with a length", BYTES("\x30\x80\0\x01\x61\0\0"), "Sl", "",
	BL_E_MALFORMED},
    {"primitive of indefinite length", BYTES("\x04\x80\0\0"), "e", "",
	BL_E_MALFORMED},
    {"high tag number", BYTES("\x3f\x01\0"), "e", "", BL_E_MALFORMED},
    {"entered high tag number", BYTES("\x30\x80\x3f\x30\0\0\0"), "Ss", "",
	BL_E_MALFORMED},
    {"length of nine octets", BYTES("\x30\x89\0\0\0\0\0\0\0\0\0"), "Slr", "",
	BL_OK},
    {"length of nine octets, cut", BYTES("\x30\x89\0\0\0\0\0\0\0\0"), "S", "",
	BL_E_MALFORMED},
    {"length of nine octets, 2^64", BYTES("\x30\x89\1\0\0\0\0\0\0\0\0"), "S",
	"", BL_E_MALFORMED},
    {"length of 2^63", BYTES("\x30\x88\x80\0\0\0\0\0\0\0"), "S", "",
	BL_E_MALFORMED},
    {"length octet of 255", BYTES("\x30\xff\0\0\0\0\0\0\0\0\0"), "S", "",
	BL_E_MALFORMED},
    {"element of 2^40 bytes", BYTES("\x04\x86\x01\0\0\0\0\0"), "e", "",
	BL_E_LIMIT, "limit-cms-frame"},

    {"string", BYTES("\x04\x03\x61\x62\x63"), "sr", "616263,", BL_OK},
    {"empty string", BYTES("\x04\0"), "sr", ",", BL_OK},
    {"string in parts", BYTES("\x24\x06\x04\x01\x61\x04\x01\x62"), "sr",
	"6162,", BL_OK},
    {"string in parts, indefinite",
	BYTES("\x24\x80\x04\x01\x61\x04\x01\x62\0\0"), "sr", "6162,", BL_OK},
    {"string in parts of parts",
	BYTES("\x24\x80\x24\x80\x04\x01\x61\0\0\x24\x03\x04\x01\x62\0\0"), "sr",
	"6162,", BL_OK},
    {"empty parts", BYTES("\x24\x80\x04\0\x24\0\x04\x01\x62\x04\0\0\0"), "sr",
	"62,", BL_OK},
    {"constructed and empty", BYTES("\x24\0"), "sr", ",", BL_OK},
    {"implicit string", BYTES("\x30\x04\x80\x02\x61\x62"), "Silr", "6162,",
	BL_OK},
    {"implicit string in parts",
	BYTES("\x30\x80\xa0\x80\x04\x02\x61\x62\0\0\x05\0\0\0"), "Sielr",
	"6162,0500,", BL_OK},
    {"parts that are implicit", BYTES("\x24\x03\x80\x01\x61"), "s", "",
	BL_E_MALFORMED},
    {"parts that are integers", BYTES("\x24\x03\x02\x01\x61"), "s", "",
	BL_E_MALFORMED},
    {"part longer than the string", BYTES("\x24\x03\x04\x02\x61\x62"), "s", "",
	BL_E_MALFORMED},
    {"string cut", BYTES("\x04\x03\x61\x62"), "s", "6162", BL_E_MALFORMED},
    {"parts cut", BYTES("\x24\x80\x04\x01\x61"), "s", "61", BL_E_MALFORMED},
    {"no string", BYTES("\x05\0"), "s", "", BL_E_MALFORMED},
    {"no string but the end", BYTES("\x30\0"), "Ss", "", BL_E_MALFORMED},
    {"no string but an end", BYTES("\x30\x80\0\0"), "Ss", "", BL_E_MALFORMED},
};

/* What a run of a script is made of. */
struct run {
	struct bl_hull f;
	struct bl_span left;
	size_t piece;
	struct bl_buf log;
	struct bl_note note;
};

static enum bl_err
string(struct run *r)
{
	struct bl_span s;
	enum bl_err err;

	do {
		err = bl_hull_bytes(&r->f, &s, &r->note);
		bl_hex(&r->log, s);
	} while (err == BL_OK && s.n != 0);
	if (err == BL_OK)
		bl_buf_add_str(&r->log, ",");
	return err;
}

static enum bl_err
call(struct run *r, char letter)
{
	struct bl_span s;
	unsigned tag;
	enum bl_err err;

	switch (letter) {
	case 'S':
		return bl_hull_enter(&r->f, BL_DER_SEQUENCE, "no", &r->note);
	case 'l':
		return bl_hull_leave(&r->f, "no", &r->note);
	case 'e':
		err = bl_hull_element(&r->f, &s, SIZE_MAX, "no", &r->note);
		if (err != BL_OK)
			return err;
		bl_hex(&r->log, s);
		bl_buf_add_str(&r->log, ",");
		return BL_OK;
	case 's':
		return bl_hull_string(&r->f, BL_DER_OCTETS, "no", &r->note);
	case 'i':
		return bl_hull_string(
		    &r->f, BL_DER_IMPLICIT(0), "no", &r->note);
	case '+':
		return string(r);
	case '.':
		err = bl_hull_peek(&r->f, &tag, &r->note);
		return err == BL_OK && tag != 0 ? BL_E_CALLER : err;
	default:
		return bl_hull_rest(&r->f, &r->note);
	}
}

/* Makes a call again and again, with a piece more each time. */
static enum bl_err
until_done(struct run *r, char letter)
{
	enum bl_err err;

	while ((err = call(r, letter)) == BL_NEED) {
		CHECK(r->f.in.n == 0, "all that was lent is taken");
		r->f.ended = r->left.n == 0;
		r->f.in = bl_span_cut(r->left, 0, r->piece);
		r->left = bl_span_cut(r->left, r->piece, r->left.n);
	}
	return err;
}

static enum bl_err
play(struct run *r, const char *script)
{
	enum bl_err err = BL_OK;

	for (; err == BL_OK && *script != '\0'; script++) {
		err = until_done(r, *script);
		if (err == BL_OK && (*script == 's' || *script == 'i'))
			err = until_done(r, '+');
	}
	return err;
}

static void
reads_each_case_in_pieces_of_any_size(void)
{
	const struct bl_limits limits = BL_LIMITS;
	static const size_t pieces[] = {1, 2, 3, 5, 1000};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t j = 0; j < sizeof(pieces) / sizeof(*pieces); j++) {
			struct run r = {
			    .left = cases[i].in, .piece = pieces[j]};
			const char *name = cases[i].name;
			enum bl_err err;

			bl_hull_init(&r.f, &limits);
			err = play(&r, cases[i].script);
			CHECK(err == cases[i].want, name);
			CHECK(r.note.err == err, name);
			CHECK(r.note.reason == cases[i].reason ||
				(r.note.reason != NULL &&
				    strcmp(r.note.reason, cases[i].reason) ==
					0),
			    name);
			CHECK(strcmp(bl_buf_text(&r.log), cases[i].log) == 0,
			    name);
			bl_hull_clear(&r.f);
			bl_buf_clear(&r.log);
		}
	}
}

/* ---- limits ---- */

enum limit { ELEMENTS, FRAME, DEPTH, MOST };

/* An indefinite SEQUENCE of n NULLs, or n SEQUENCEs in each other, or an OCTET
 * STRING of n bytes. */
static void
make(struct bl_buf *out, enum limit what, size_t n)
{
	if (what == DEPTH) {
		for (size_t i = 0; i < n; i++)
			bl_buf_add_str(out, "\x30\x80");
		for (size_t i = 0; i < n; i++)
			bl_buf_add(out, bl_span_of("\0", 2));
		return;
	}
	bl_buf_add_str(out, "\x30\x80");
	if (what == ELEMENTS) {
		for (size_t i = 1; i < n; i++)
			bl_buf_add(out, bl_span_of("\x05\0", 2));
	} else {
		bl_der_put_head(out, BL_DER_OCTETS, n);
		for (size_t i = 0; i < n; i++)
			bl_buf_add_u8(out, 'x');
	}
	bl_buf_add(out, bl_span_of("\0", 2));
}

static enum bl_err
read_in(const struct bl_buf *in, const struct bl_limits *limits, size_t piece,
    const char *script, const char **reason)
{
	struct run r = {.left = bl_buf_span(in), .piece = piece};
	enum bl_err err;

	bl_hull_init(&r.f, limits);
	err = play(&r, script);
	*reason = r.note.reason;
	bl_hull_clear(&r.f);
	bl_buf_clear(&r.log);
	return err;
}

static void
refuses_what_is_over_a_limit(void)
{
	struct bl_limits limits = BL_LIMITS;
	static const struct {
		const char *name, *script, *reason;
		enum limit what;
		size_t limit;
	} bounds[] = {
	    {"elements of one", "e", "limit-asn1-elements", ELEMENTS, 500},
	    {"frame", "Se", "limit-cms-frame", FRAME, 5000},
	    {"depth of one", "e", "limit-asn1-depth", DEPTH, 20},
	};

	limits.asn1_elements = 500;
	limits.asn1_depth = 20;
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		size_t at = bounds[i].limit;
		const size_t sizes[] = {
		    at * 9 / 10, at, at + 1, at * 11 / 10, at * 100};

		/* The headers of SEQUENCE and OCTET STRING are frame too. */
		limits.cms_frame_bytes = bounds[i].what == FRAME ? 5000 + 2 + 4
								 : 1u << 20;
		for (size_t j = 0; j < 5; j++) {
			struct bl_buf in = {0};
			const char *reason;
			enum bl_err err;

			make(&in, bounds[i].what, sizes[j]);
			for (size_t piece = 1; piece < 4000; piece += 997) {
				err = read_in(&in, &limits, piece,
				    bounds[i].script, &reason);
				CHECK(err == (j < 2 ? BL_OK : BL_E_LIMIT),
				    bounds[i].name);
				CHECK(j < 2 ||
					(reason != NULL &&
					    strcmp(reason, bounds[i].reason) ==
						0),
				    bounds[i].name);
			}
			bl_buf_clear(&in);
		}
	}
}

static void
refuses_what_is_over_a_limit_of_the_levels(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf in = {0};
	const char *reason;

	limits.asn1_depth = 4;
	make(&in, DEPTH, 4);
	CHECK(read_in(&in, &limits, 1, "SSSSllllr", &reason) == BL_OK, "4");
	CHECK(read_in(&in, &limits, 1, "SSellr", &reason) == BL_OK, "2 and 2");
	bl_buf_reset(&in);
	make(&in, DEPTH, 5);
	CHECK(read_in(&in, &limits, 1, "SSSSS", &reason) == BL_E_LIMIT, "5");
	CHECK(strcmp(reason, "limit-asn1-depth") == 0, "5");
	CHECK(
	    read_in(&in, &limits, 1, "SSe", &reason) == BL_E_LIMIT, "2 and 3");
	bl_buf_clear(&in);
}

/* What is entered counts as what is taken whole does. */
static void
refuses_what_is_over_a_limit_when_it_is_entered(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf in = {0};
	const char *reason;

	make(&in, DEPTH, 4);
	limits.asn1_elements = 3;
	CHECK(read_in(&in, &limits, 1, "SSS", &reason) == BL_OK, "elements");
	CHECK(read_in(&in, &limits, 1, "SSSS", &reason) == BL_E_LIMIT,
	    "elements");
	CHECK(strcmp(reason, "limit-asn1-elements") == 0, "elements");
	CHECK(
	    read_in(&in, &limits, 1, "SSe", &reason) == BL_E_LIMIT, "elements");
	limits.asn1_elements = 100;
	limits.cms_frame_bytes = 6;
	CHECK(read_in(&in, &limits, 1, "SSS", &reason) == BL_OK, "frame");
	CHECK(read_in(&in, &limits, 1, "SSSS", &reason) == BL_E_LIMIT, "frame");
	CHECK(strcmp(reason, "limit-cms-frame") == 0, "frame");
	/* However deep a caller allows, there is an end. */
	limits = BL_LIMITS;
	limits.asn1_depth = 1000;
	bl_buf_reset(&in);
	make(&in, DEPTH, BL_HULL_LEVELS + 1);
	CHECK(read_in(&in, &limits, 1,
		  "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS",
		  &reason) == BL_OK,
	    "levels");
	CHECK(read_in(&in, &limits, 1,
		  "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS",
		  &reason) == BL_E_LIMIT,
	    "levels");
	bl_buf_clear(&in);
}

/* An element has a limit of its own: a certificate, say. */
static void
refuses_an_element_over_its_own_limit(void)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_span in = BL_STR("\x04\x03\x61\x62\x63"), s;

	for (size_t max = 4; max < 6; max++) {
		struct bl_note note = {0};
		struct bl_hull f;
		enum bl_err err;

		bl_hull_init(&f, &limits);
		f.in = in;
		err = bl_hull_element(&f, &s, max, "limit-own", &note);
		CHECK(err == (max == 5 ? BL_OK : BL_E_LIMIT), "own limit");
		CHECK(max != 5 || s.p == in.p, "what is whole stays there");
		CHECK(max == 5 || strcmp(note.reason, "limit-own") == 0,
		    "own limit");
		bl_hull_clear(&f);
	}
}

/* The headers between the parts of a long string are content, not frame. */
static void
counts_no_content_as_frame(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf in = {0};
	const char *reason;

	limits.cms_frame_bytes = 10;
	limits.asn1_elements = 10;
	bl_buf_add_str(&in, "\x24\x80");
	for (size_t i = 0; i < 1000; i++)
		bl_buf_add_str(&in, "\x04\x01x");
	bl_buf_add(&in, bl_span_of("\0", 2));
	CHECK(read_in(&in, &limits, 7, "sr", &reason) == BL_OK, "parts");
	bl_buf_clear(&in);
}

static double
cpu(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* ATK-501, ATK-506: twice the input, about twice the time, byte by byte. */
static void
is_linear_in_the_input(void)
{
	struct bl_limits limits = BL_LIMITS;
	double took[2];

	limits.asn1_elements = SIZE_MAX;
	for (size_t i = 0; i < 2; i++) {
		struct bl_buf in = {0};
		const char *reason;
		double start;

		make(&in, ELEMENTS, (size_t)200000 << (2 * i));
		start = cpu();
		CHECK(
		    read_in(&in, &limits, 1, "e", &reason) == BL_OK, "linear");
		took[i] = cpu() - start;
		bl_buf_clear(&in);
	}
	/* A square would be 16. */
	CHECK(took[1] < took[0] * 9 + 0.1, "linear");
}

static enum bl_err
read_once(void *arg)
{
	const struct bl_limits limits = BL_LIMITS;
	struct run r = {
	    .left = BL_STR("\x30\x80\x04\x02\x61\x62\0\0"), .piece = 3};
	enum bl_err err;

	(void)arg;
	bl_hull_init(&r.f, &limits);
	err = play(&r, "Selr");
	if (err == BL_OK)
		err = bl_buf_err(&r.log, NULL);
	bl_hull_clear(&r.f);
	bl_buf_clear(&r.log);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	bl_test_each_allocation(read_once, NULL, "frame");
}

TESTS(TEST(reads_each_case_in_pieces_of_any_size),
    TEST(refuses_what_is_over_a_limit),
    TEST(refuses_what_is_over_a_limit_of_the_levels),
    TEST(refuses_what_is_over_a_limit_when_it_is_entered),
    TEST(refuses_an_element_over_its_own_limit),
    TEST(counts_no_content_as_frame), TEST(is_linear_in_the_input),
    TEST(survives_each_failing_allocation))
