/* oids_test.c - every line of the table says the same thing twice. */
#include "der/der.h"
#include "tests/test.h"

#include <string.h>

static const struct {
	const char *id, *name, *dotted;
	struct bl_span octets;
} lines[] = {
#define X(id, name, dotted, octets) {#id, name, dotted, BYTES(octets)},
    BL_OIDS
#undef X
};
#define LINES (sizeof(lines) / sizeof(*lines))

/* put_arc writes one arc in base 128, the highest digit first. */
static size_t
put_arc(uint8_t *out, unsigned long arc)
{
	size_t n = 0;

	for (int shift = 28; shift > 0; shift -= 7)
		if (arc >> shift != 0)
			out[n++] = (uint8_t)(0x80 | (arc >> shift & 0x7f));
	out[n++] = arc & 0x7f;
	return n;
}

/* encode is X.690 8.19 on its own, so that the octets are checked by it. */
static size_t
encode(uint8_t *out, const char *dotted)
{
	char *end;
	unsigned long first = strtoul(dotted, &end, 10);
	unsigned long second = strtoul(end + 1, &end, 10);
	size_t n = put_arc(out, first * 40 + second);

	while (*end == '.')
		n += put_arc(out + n, strtoul(end + 1, &end, 10));
	return *end == '\0' ? n : 0;
}

static void
octets_are_those_of_the_dotted_form(void)
{
	for (size_t i = 0; i < LINES; i++) {
		uint8_t want[128];
		size_t n = encode(want, lines[i].dotted);

		CHECK(bl_span_equal(bl_span_of(want, n), lines[i].octets),
		    lines[i].id);
	}
}

static void
lines_are_sorted_and_unique(void)
{
	for (size_t i = 1; i < LINES; i++) {
		struct bl_span a = lines[i - 1].octets, b = lines[i].octets;
		int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

		CHECK(c < 0 || (c == 0 && a.n < b.n), lines[i].id);
	}
}

static void
names_are_unique(void)
{
	for (size_t i = 0; i < LINES; i++)
		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(lines[i].name, lines[k].name) != 0,
			    lines[i].id);
}

static void
finds_every_line(void)
{
	for (size_t i = 0; i < LINES; i++) {
		enum bl_oid oid = bl_oid_find(lines[i].octets);

		CHECK(oid == i + 1, lines[i].id);
		CHECK(
		    strcmp(bl_oid_name(oid), lines[i].name) == 0, lines[i].id);
		CHECK(bl_span_equal(bl_oid_octets(oid), lines[i].octets),
		    lines[i].id);
	}
	CHECK(bl_oid_find(BL_STR("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")) ==
		BL_OID_SIGNED_DATA,
	    "id-signedData");
}

/* The neighbours of each line: one byte less, one more, the last one other. */
static void
finds_nothing_else(void)
{
	for (size_t i = 0; i < LINES; i++) {
		struct bl_span s = lines[i].octets;
		uint8_t other[130];
		enum bl_oid oid;

		memcpy(other, s.p, s.n);
		other[s.n] = 0x7f;
		CHECK(
		    bl_oid_find(bl_span_of(other, s.n + 1)) == 0, lines[i].id);
		other[s.n - 1] ^= 0x80;
		CHECK(bl_oid_find(bl_span_of(other, s.n)) == 0, lines[i].id);
		oid = bl_oid_find(bl_span_of(s.p, s.n - 1));
		CHECK(oid == 0 || bl_oid_octets(oid).n == s.n - 1, lines[i].id);
	}
	CHECK(bl_oid_find(bl_span_of(NULL, 0)) == 0, "empty");
	CHECK(bl_oid_find(BL_STR("\x00")) == 0, "before the first");
	CHECK(bl_oid_find(BL_STR("\xff\xff")) == 0, "after the last");
}

static void
numbers_off_the_table_are_unknown(void)
{
	static const int off[] = {-1, 0, BL_OID_COUNT, BL_OID_COUNT + 1};

	for (size_t i = 0; i < sizeof(off) / sizeof(*off); i++) {
		enum bl_oid oid = (enum bl_oid)off[i];

		CHECK(bl_oid_octets(oid).n == 0, "octets");
		CHECK(strcmp(bl_oid_name(oid), "unknown") == 0, "name");
	}
}

static void
shows_every_line(void)
{
	for (size_t i = 0; i < LINES; i++) {
		struct bl_buf b = {0};

		bl_oid_show(&b, lines[i].octets);
		CHECK(bl_span_equal(
			  bl_buf_span(&b), bl_span_str(lines[i].dotted)),
		    lines[i].id);
		bl_buf_clear(&b);
	}
}

static void
shows_others_as_stated(void)
{
	static const struct {
		struct bl_span octets;
		const char *want;
	} cases[] = {
	    {BYTES("\x00"), "0.0"},
	    {BYTES("\x09"), "0.9"},
	    {BYTES("\x0a"), "0.10"},
	    {BYTES("\x27"), "0.39"},
	    {BYTES("\x28"), "1.0"},
	    {BYTES("\x4f"), "1.39"},
	    {BYTES("\x50"), "2.0"},
	    {BYTES("\x7f"), "2.47"},
	    {BYTES("\x81\x34"), "2.100"},
	    {BYTES("\x88\x37"), "2.999"},
	    {BYTES("\x87\x67"), "2.919"},
	    {BYTES("\x87\x68"), "2.920"},
	    {BYTES("\x2a\x00\x81\x00"), "1.2.0.128"},
	    /* 2^64 */
	    {BYTES("\x2a\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
		"1.2.18446744073709551616"},
	    {BYTES(""), "malformed"},
	    {BYTES("\x2a\x80\x01"), "malformed"},
	    {BYTES("\x2a\x81"), "malformed"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf b = {0};

		bl_oid_show(&b, cases[i].octets);
		CHECK(
		    bl_span_equal(bl_buf_span(&b), bl_span_str(cases[i].want)),
		    cases[i].want);
		bl_buf_clear(&b);
	}
}

/* One arc of 64 octets, all ones: 2^448 - 1 less 80. */
static void
shows_the_longest_arc(void)
{
	uint8_t octets[BL_OID_SIZE_MAX + 1];
	struct bl_buf b = {0};

	memset(octets, 0xff, sizeof(octets));
	octets[BL_OID_SIZE_MAX - 1] = 0x7f;
	bl_oid_show(&b, bl_span_of(octets, BL_OID_SIZE_MAX));
	CHECK(bl_span_equal(bl_buf_span(&b),
		  BL_STR("2."
			 "72683872429560689054932380788800453435364136068731"
			 "80602814901991806392881133979233261910507137635655"
			 "60762521606266177933534601628614575")),
	    "448 bits");
	bl_buf_clear(&b);
	octets[BL_OID_SIZE_MAX - 1] = 0xff;
	octets[BL_OID_SIZE_MAX] = 0x7f;
	bl_oid_show(&b, bl_span_of(octets, BL_OID_SIZE_MAX + 1));
	CHECK(bl_span_equal(bl_buf_span(&b), BL_STR("malformed")), "455 bits");
	bl_buf_clear(&b);
}

TESTS(TEST(octets_are_those_of_the_dotted_form),
    TEST(lines_are_sorted_and_unique), TEST(names_are_unique),
    TEST(finds_every_line), TEST(finds_nothing_else),
    TEST(numbers_off_the_table_are_unknown), TEST(shows_every_line),
    TEST(shows_others_as_stated), TEST(shows_the_longest_arc))
