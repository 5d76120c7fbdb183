/* ber_test.c - headers, sizes, checks: good, bad, cut short, at the limits. */
#include "der/der.h"
#include "tests/test.h"

#include <string.h>

#define N(a) (sizeof(a) / sizeof(*(a)))
#define LIMITS(depth, elements)                                                \
	((struct bl_limits){.asn1_depth = (depth), .asn1_elements = (elements)})

static void
heads_as_stated(void)
{
	static const struct {
		const char *name;
		struct bl_span in;
		enum bl_err want;
		struct bl_ber_head head;
	} cases[] = {
	    {"short", BYTES("\x30\x7f"), BL_OK, {0x30, 2, false, 127}},
	    {"long", BYTES("\x30\x81\x80"), BL_OK, {0x30, 3, false, 128}},
	    {"not minimal", BYTES("\x30\x83\0\0\x05"), BL_OK,
		{0x30, 5, false, 5}},
	    {"indefinite", BYTES("\xa0\x80"), BL_OK, {0xa0, 2, true, 0}},
	    {"end of contents", BYTES("\0\0"), BL_OK, {0, 2, false, 0}},
	    {"tag number 30", BYTES("\xde\x00"), BL_OK, {0xde, 2, false, 0}},
	    {"2^62", BYTES("\x04\x88\x40\0\0\0\0\0\0\0"), BL_OK,
		{0x04, 10, false, (uint64_t)1 << 62}},
	    {"2^62 after zeros", BYTES("\x04\x8a\0\0\x40\0\0\0\0\0\0\0"), BL_OK,
		{0x04, 12, false, (uint64_t)1 << 62}},
	    {"2^62 + 1", BYTES("\x04\x88\x40\0\0\0\0\0\0\x01"), BL_E_MALFORMED,
		{0}},
	    {"2^63", BYTES("\x04\x88\x80\0\0\0\0\0\0\0"), BL_E_MALFORMED, {0}},
	    {"2^70", BYTES("\x04\x89\x40\0\0\0\0\0\0\0\0"), BL_E_MALFORMED,
		{0}},
	    {"tag number 31", BYTES("\x1f\x00"), BL_E_MALFORMED, {0}},
	    {"tag number 31 alone", BYTES("\xff"), BL_E_MALFORMED, {0}},
	    {"octet 0xff", BYTES("\x30\xff"), BL_E_MALFORMED, {0}},
	    {"primitive indefinite", BYTES("\x04\x80"), BL_E_MALFORMED, {0}},
	    {"end of contents with length", BYTES("\0\x01"), BL_E_MALFORMED,
		{0}},
	    {"end of contents, long form", BYTES("\0\x81\0"), BL_E_MALFORMED,
		{0}},
	    {"nothing", BYTES(""), BL_NEED, {0}},
	    {"tag alone", BYTES("\x30"), BL_NEED, {0}},
	    {"length cut", BYTES("\x30\x84\x01\x02\x03"), BL_NEED, {0}},
	    {"length cut at once", BYTES("\x30\x81"), BL_NEED, {0}},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct bl_ber_head h;
		struct bl_note note = {0};
		const char *name = cases[i].name;

		CHECK(
		    bl_ber_head(&h, cases[i].in, &note) == cases[i].want, name);
		CHECK(h.tag == cases[i].head.tag, name);
		CHECK(h.header == cases[i].head.header, name);
		CHECK(h.indefinite == cases[i].head.indefinite, name);
		CHECK(h.length == cases[i].head.length, name);
		CHECK(note.err ==
			(cases[i].want == BL_NEED ? BL_OK : cases[i].want),
		    name);
		for (size_t n = 0; n < cases[i].head.header; n++)
			CHECK(bl_ber_head(&h, bl_span_cut(cases[i].in, 0, n),
				  NULL) == BL_NEED,
			    name);
	}
}

static void
a_header_has_128_bytes_at_most(void)
{
	uint8_t p[128] = {0x04, 0xfe};
	struct bl_ber_head h;

	p[127] = 7;
	CHECK(bl_ber_head(&h, bl_span_of(p, 127), NULL) == BL_NEED, "127");
	CHECK(bl_ber_head(&h, bl_span_of(p, 128), NULL) == BL_OK &&
		h.length == 7 && h.header == 128,
	    "128");
}

static const struct {
	const char *name;
	struct bl_span in; /* the element and more */
	enum bl_err want;
	size_t size, at; /* when good; of the note, when not */
} sizes[] = {
    {"definite", BYTES("\x30\x02\xff\xffmore"), BL_OK, 4, 0},
    {"empty", BYTES("\x05\x00more"), BL_OK, 2, 0},
    {"content is not read", BYTES("\x30\x03\x30\x80\x1f"), BL_OK, 5, 0},
    {"indefinite", BYTES("\x30\x80\x05\x00\x00\x00more"), BL_OK, 6, 0},
    {"indefinite, definite, zeros inside",
	BYTES("\x30\x80\x04\x02\0\0\0\0more"), BL_OK, 8, 0},
    {"indefinite inside indefinite",
	BYTES("\x30\x80\xa0\x80\x04\x01g\0\0\0\0more"), BL_OK, 11, 0},
    {"two inside", BYTES("\x30\x80\xa0\x80\0\0\xa0\x80\0\0\0\0"), BL_OK, 12, 0},
    {"end of contents first", BYTES("\0\0"), BL_E_MALFORMED, 0, 0},
    {"bad header inside", BYTES("\x30\x80\x05\x00\x1f\x1f"), BL_E_MALFORMED, 0,
	4},
    {"bad end inside", BYTES("\x30\x80\x05\x00\x00\x02"), BL_E_MALFORMED, 0, 4},
    {"sum over 2^62, by one", BYTES("\x30\x88\x3f\xff\xff\xff\xff\xff\xff\xf7"),
	BL_E_MALFORMED, 0, 0},
    {"sum over 2^62", BYTES("\x30\x88\x40\0\0\0\0\0\0\0"), BL_E_MALFORMED, 0,
	0},
};

static void
sizes_as_stated(void)
{
	for (size_t i = 0; i < N(sizes); i++) {
		struct bl_note note = {0};
		const char *name = sizes[i].name;
		size_t size;

		CHECK(bl_ber_size(&size, sizes[i].in, &BL_LIMITS, &note) ==
			sizes[i].want,
		    name);
		CHECK(size == sizes[i].size, name);
		CHECK(
		    note.at == sizes[i].at && note.err == sizes[i].want, name);
	}
}

/* Each proper prefix needs more, never more than there is; and a scan that
 * goes on says the same as one that starts anew. */
static void
prefixes_need_more(void)
{
	for (size_t i = 0; i < N(sizes); i++) {
		struct bl_ber_scan scan = {0};
		const char *name = sizes[i].name;

		if (sizes[i].want != BL_OK)
			continue;
		for (size_t n = 0; n <= sizes[i].in.n; n++) {
			struct bl_span in = bl_span_cut(sizes[i].in, 0, n);
			size_t anew, on;
			enum bl_err err = bl_ber_size(
			    &anew, in, &BL_LIMITS, NULL);

			CHECK(bl_ber_scan(&scan, &on, in, &BL_LIMITS, NULL) ==
				err,
			    name);
			CHECK(on == anew, name);
			if (n < sizes[i].size) {
				CHECK(err == BL_NEED, name);
				CHECK(anew > n && anew <= sizes[i].size, name);
			} else {
				CHECK(err == BL_OK && anew == sizes[i].size,
				    name);
			}
		}
	}
}

static void
a_definite_size_is_known_from_the_header(void)
{
	size_t size;

	CHECK(bl_ber_size(&size, BL_STR("\x30\x84\x7f\xff\xff\xff"), &BL_LIMITS,
		  NULL) == BL_NEED,
	    "2 GiB");
	CHECK(size == 0x7fffffff + (size_t)6, "2 GiB");
	CHECK(bl_ber_size(&size,
		  BL_STR("\x30\x88\x3f\xff\xff\xff\xff\xff\xff\xf6"),
		  &BL_LIMITS, NULL) == BL_NEED,
	    "2^62");
	CHECK(size == (size_t)1 << 62, "2^62");
	/* What is open has to be closed as well. */
	CHECK(bl_ber_size(&size, BL_STR("\x30\x80\xa0\x80\x04\x64"), &BL_LIMITS,
		  NULL) == BL_NEED,
	    "inside");
	CHECK(size == 6 + 100 + 4, "inside");
}

static void
a_scan_reads_each_header_once(void)
{
	enum { PAIRS = 20000 };
	static uint8_t p[2 * PAIRS + 4] = {0x30, 0x80};
	struct bl_ber_scan scan = {0};
	size_t size, reads = 0, last = 0;

	for (size_t i = 1; i <= PAIRS; i++)
		p[2 * i] = 0x05;
	for (size_t n = 0; n < sizeof(p); n++) {
		CHECK(bl_ber_scan(&scan, &size, bl_span_of(p, n), &BL_LIMITS,
			  NULL) == BL_NEED,
		    "prefix");
		CHECK(scan.at >= last && scan.at <= n, "position");
		reads += scan.at != last;
		last = scan.at;
	}
	CHECK(reads == PAIRS + 1, "headers");
	CHECK(bl_ber_scan(&scan, &size, bl_span_of(p, sizeof(p)), &BL_LIMITS,
		  NULL) == BL_OK &&
		size == sizeof(p),
	    "whole");
	/* Asked again, it says it again. */
	CHECK(bl_ber_scan(&scan, &size, bl_span_of(p, sizeof(p)), &BL_LIMITS,
		  NULL) == BL_OK &&
		size == sizeof(p),
	    "again");
}

static void
sizes_meet_their_limits(void)
{
	struct bl_span deep = BYTES("\x30\x80\x30\x80\x30\x80\0\0\0\0\0\0");
	struct bl_span wide = BYTES("\x30\x80\x05\0\x05\0\0\0");
	struct bl_note note = {0};
	size_t size;

	CHECK(bl_ber_size(&size, deep, &LIMITS(3, 3), NULL) == BL_OK, "3");
	CHECK(bl_ber_size(&size, deep, &LIMITS(2, 3), &note) == BL_E_LIMIT,
	    "depth");
	CHECK(note.at == 4 && strcmp(note.reason, "limit-asn1-depth") == 0,
	    "depth");
	note = (struct bl_note){0};
	CHECK(bl_ber_size(&size, wide, &LIMITS(1, 3), NULL) == BL_OK, "wide");
	CHECK(bl_ber_size(&size, wide, &LIMITS(1, 2), &note) == BL_E_LIMIT,
	    "elements");
	CHECK(note.at == 4 && strcmp(note.reason, "limit-asn1-elements") == 0,
	    "elements");
	CHECK(size == 0, "no size");
}

/* ---- bl_der_check ---- */

static const struct {
	const char *name;
	struct bl_span in;
	enum bl_err want;
	size_t at;
} checks[] = {
    {"sequence", BYTES("\x30\x05\x02\x01\x07\x05\x00"), BL_OK, 0},
    {"primitive", BYTES("\x0c\x02gh"), BL_OK, 0},
    {"set in explicit tag", BYTES("\xa3\x02\x31\x00"), BL_OK, 0},
    {"implicit of any content", BYTES("\x80\x02\x00\x00"), BL_OK, 0},
    {"external", BYTES("\x28\x00"), BL_OK, 0},
    {"nothing", BYTES(""), BL_E_MALFORMED, 0},
    {"cut", BYTES("\x30\x05\x02\x01\x07\x05"), BL_E_MALFORMED, 0},
    {"cut in a header", BYTES("\x30"), BL_E_MALFORMED, 0},
    {"something follows", BYTES("\x05\x00\x05\x00"), BL_E_MALFORMED, 2},
    {"something follows a sequence", BYTES("\x30\x00\x00"), BL_E_MALFORMED, 2},
    {"over the end of its parent", BYTES("\x30\x02\x04\x02gh"), BL_E_MALFORMED,
	2},
    {"header over the end of its parent", BYTES("\x30\x01\x05\x00"),
	BL_E_MALFORMED, 2},
    {"long form for 5", BYTES("\x30\x81\x02\x05\x00"), BL_E_MALFORMED, 0},
    {"indefinite", BYTES("\x30\x80\x00\x00"), BL_E_MALFORMED, 0},
    {"end of contents", BYTES("\x30\x02\x00\x00"), BL_E_MALFORMED, 2},
    {"primitive sequence", BYTES("\x10\x00"), BL_E_MALFORMED, 0},
    {"primitive set", BYTES("\x11\x00"), BL_E_MALFORMED, 0},
    {"constructed octets", BYTES("\x24\x00"), BL_E_MALFORMED, 0},
    {"constructed UTF-8", BYTES("\x2c\x00"), BL_E_MALFORMED, 0},
    {"primitive external", BYTES("\x08\x00"), BL_E_MALFORMED, 0},
    {"boolean", BYTES("\x01\x01\xff"), BL_OK, 0},
    {"boolean of BER", BYTES("\x01\x01\x01"), BL_E_MALFORMED, 0},
    {"integer padded", BYTES("\x30\x04\x02\x02\0\x07"), BL_E_MALFORMED, 2},
    {"enumerated padded", BYTES("\x0a\x02\0\x07"), BL_E_MALFORMED, 0},
    {"bits", BYTES("\x03\x02\x01\x80"), BL_OK, 0},
    {"bits unused not zero", BYTES("\x03\x02\x01\x81"), BL_E_MALFORMED, 0},
    {"null with content", BYTES("\x05\x01\0"), BL_E_MALFORMED, 0},
    {"oid", BYTES("\x06\x03\x55\x04\x03"), BL_OK, 0},
    {"oid padded", BYTES("\x06\x03\x55\x80\x03"), BL_E_MALFORMED, 0},
    {"high tag number", BYTES("\x30\x03\x9f\x1f\x00"), BL_E_MALFORMED, 2},
};

/* ---- bl_ber_check ---- */

static const struct {
	const char *name;
	struct bl_span in;
	enum bl_err want;
	size_t at;
} ber_checks[] = {
    {"sequence", BYTES("\x30\x05\x02\x01\x07\x05\x00"), BL_OK, 0},
    {"long lengths", BYTES("\x30\x81\x06\x04\x84\0\0\0\0"), BL_OK, 0},
    {"indefinite", BYTES("\x30\x80\x05\0\0\0"), BL_OK, 0},
    {"indefinite in indefinite", BYTES("\x30\x80\x31\x80\0\0\0\0"), BL_OK, 0},
    {"indefinite in definite", BYTES("\x30\x06\x31\x80\0\0\x05\0"), BL_OK, 0},
    {"definite in indefinite", BYTES("\x30\x80\x31\x02\x05\0\0\0"), BL_OK, 0},
    {"not ended", BYTES("\x30\x80\x05\0"), BL_E_MALFORMED, 4},
    {"not ended in its parent", BYTES("\x30\x04\x31\x80\x05\0"), BL_E_MALFORMED,
	6},
    {"ended by what is behind its parent",
	BYTES("\x30\x80\x30\x02\x31\x80\0\0\0\0"), BL_E_MALFORMED, 6},
    {"an end in a definite one", BYTES("\x30\x02\0\0"), BL_E_MALFORMED, 2},
    {"an end alone", BYTES("\0\0"), BL_E_MALFORMED, 0},
    {"over the end of its parent", BYTES("\x30\x80\x30\x02\x04\x01g\0\0"),
	BL_E_MALFORMED, 4},
    {"octets in parts", BYTES("\x24\x07\x04\x01g\x24\x02\x04\0"), BL_OK, 0},
    {"octets of bits", BYTES("\x24\x03\x03\x01\0"), BL_E_MALFORMED, 2},
    {"bits in parts", BYTES("\x23\x03\x03\x01\0"), BL_OK, 0},
    {"bits of octets", BYTES("\x23\x02\x04\0"), BL_E_MALFORMED, 2},
    {"text in parts of octets", BYTES("\x2c\x03\x04\x01g"), BL_OK, 0},
    {"text in parts of its own", BYTES("\x2c\x03\x0c\x01g"), BL_OK, 0},
    {"text in parts of others", BYTES("\x2c\x03\x16\x01g"), BL_E_MALFORMED, 2},
    {"boolean of BER", BYTES("\x01\x01\x07"), BL_OK, 0},
    {"boolean of two octets", BYTES("\x01\x02\0\0"), BL_E_MALFORMED, 0},
    {"integer padded", BYTES("\x30\x04\x02\x02\0\x07"), BL_E_MALFORMED, 2},
    {"integer constructed", BYTES("\x22\0"), BL_E_MALFORMED, 0},
    {"sequence primitive", BYTES("\x10\0"), BL_E_MALFORMED, 0},
    {"oid unended", BYTES("\x06\x02\x2a\x83"), BL_E_MALFORMED, 0},
    {"null with content", BYTES("\x05\x01\0"), BL_E_MALFORMED, 0},
    {"bits, unused not zero", BYTES("\x03\x02\x07\xff"), BL_OK, 0},
    {"bits, 8 unused", BYTES("\x03\x02\x08\xff"), BL_E_MALFORMED, 0},
    {"bits, unused of none", BYTES("\x03\x01\x01"), BL_E_MALFORMED, 0},
    {"bits, empty", BYTES("\x03\0"), BL_E_MALFORMED, 0},
    {"tagged, anything", BYTES("\x80\x02\x31\xff"), BL_OK, 0},
    {"tagged, constructed", BYTES("\xa0\x02\x31\xff"), BL_E_MALFORMED, 2},
    {"nothing", BYTES(""), BL_E_MALFORMED, 0},
    {"something follows", BYTES("\x05\0\x05\0"), BL_E_MALFORMED, 2},
    {"length 2^63", BYTES("\x30\x88\x80\0\0\0\0\0\0\0"), BL_E_MALFORMED, 0},
    {"high tag number", BYTES("\x30\x03\x9f\x1f\0"), BL_E_MALFORMED, 2},
};

static void
checks_ber_as_stated(void)
{
	for (size_t i = 0; i < N(ber_checks); i++) {
		struct bl_note note = {0};
		const char *name = ber_checks[i].name;
		enum bl_err want = ber_checks[i].want;

		CHECK(bl_ber_check(ber_checks[i].in, 1000, &BL_LIMITS, &note) ==
			    want &&
			note.err == want,
		    name);
		CHECK(note.at == (want == BL_OK ? 0 : 1000 + ber_checks[i].at),
		    name);
		for (size_t n = 0; n < ber_checks[i].in.n; n++)
			CHECK(want != BL_OK ||
				bl_ber_check(
				    bl_span_cut(ber_checks[i].in, 0, n), 0,
				    &BL_LIMITS, NULL) == BL_E_MALFORMED,
			    name);
	}
}

static void
checks_as_stated(void)
{
	for (size_t i = 0; i < N(checks); i++) {
		struct bl_note note = {0};
		const char *name = checks[i].name;

		CHECK(bl_der_check(checks[i].in, 1000, &BL_LIMITS, &note) ==
			checks[i].want,
		    name);
		CHECK(note.err == checks[i].want, name);
		CHECK(note.at ==
			(checks[i].want == BL_OK ? 0 : 1000 + checks[i].at),
		    name);
		for (size_t n = 0; n < checks[i].in.n; n++)
			CHECK(checks[i].want != BL_OK ||
				bl_der_check(bl_span_cut(checks[i].in, 0, n), 0,
				    &BL_LIMITS, NULL) == BL_E_MALFORMED,
			    name);
	}
}

static void
checks_meet_their_limits(void)
{
	struct bl_span in = BYTES("\x30\x06\x30\x02\x05\0\x05\0");
	struct bl_note note = {0};

	CHECK(bl_ber_check(in, 0, &LIMITS(2, 4), NULL) == BL_OK, "2, 4");
	CHECK(bl_ber_check(in, 7, &LIMITS(1, 4), &note) == BL_E_LIMIT &&
		strcmp(note.reason, "limit-asn1-depth") == 0,
	    "depth of BER");
	note = (struct bl_note){0};
	CHECK(bl_ber_check(in, 7, &LIMITS(2, 3), &note) == BL_E_LIMIT &&
		strcmp(note.reason, "limit-asn1-elements") == 0,
	    "elements of BER");
	note = (struct bl_note){0};
	CHECK(bl_der_check(in, 0, &LIMITS(2, 4), NULL) == BL_OK, "2, 4");
	CHECK(bl_der_check(in, 7, &LIMITS(1, 4), &note) == BL_E_LIMIT, "depth");
	CHECK(note.at == 9 && strcmp(note.reason, "limit-asn1-depth") == 0,
	    "depth");
	note = (struct bl_note){0};
	CHECK(bl_der_check(in, 7, &LIMITS(2, 3), &note) == BL_E_LIMIT,
	    "elements");
	CHECK(note.at == 13 && strcmp(note.reason, "limit-asn1-elements") == 0,
	    "elements");
}

static void
no_limit_lets_depth_pass_the_readers_own(void)
{
	uint8_t p[2 * (BL_DER_DEPTH_MAX + 1)];

	for (size_t n = BL_DER_DEPTH_MAX; n <= BL_DER_DEPTH_MAX + 1; n++) {
		for (size_t i = 0; i < n; i++) {
			p[2 * i] = 0x30;
			p[2 * i + 1] = (uint8_t)(2 * (n - i - 1));
		}
		CHECK(bl_der_check(bl_span_of(p, 2 * n), 0,
			  &LIMITS(SIZE_MAX, SIZE_MAX),
			  NULL) == (n > BL_DER_DEPTH_MAX ? BL_E_LIMIT : BL_OK),
		    "depth");
	}
}

TESTS(TEST(heads_as_stated), TEST(a_header_has_128_bytes_at_most),
    TEST(sizes_as_stated), TEST(prefixes_need_more),
    TEST(a_definite_size_is_known_from_the_header),
    TEST(a_scan_reads_each_header_once), TEST(sizes_meet_their_limits),
    TEST(checks_as_stated), TEST(checks_ber_as_stated),
    TEST(checks_meet_their_limits),
    TEST(no_limit_lets_depth_pass_the_readers_own))
