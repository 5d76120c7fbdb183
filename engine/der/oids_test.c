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
		CHECK(strcmp(bl_oid_name(oid), lines[i].name) == 0,
		    lines[i].id);
		CHECK(bl_span_equal(bl_oid_octets(oid), lines[i].octets),
		    lines[i].id);
	}
	CHECK(bl_oid_find(BL_STR("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")) ==
	    BL_OID_SIGNED_DATA, "id-signedData");
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
		CHECK(bl_oid_find(bl_span_of(other, s.n + 1)) == 0,
		    lines[i].id);
		other[s.n - 1] ^= 0x80;
		CHECK(bl_oid_find(bl_span_of(other, s.n)) == 0, lines[i].id);
		oid = bl_oid_find(bl_span_of(s.p, s.n - 1));
		CHECK(oid == 0 || bl_oid_octets(oid).n == s.n - 1,
		    lines[i].id);
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

TESTS(TEST(octets_are_those_of_the_dotted_form),
    TEST(lines_are_sorted_and_unique), TEST(names_are_unique),
    TEST(finds_every_line), TEST(finds_nothing_else),
    TEST(numbers_off_the_table_are_unknown))
