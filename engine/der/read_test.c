/* read_test.c - what each reading call accepts, refuses and leaves. */
#include "der/der.h"
#include "tests/test.h"

#include <string.h>

#define N(a) (sizeof(a) / sizeof(*(a)))

static struct bl_der
at(struct bl_span s, bool ber)
{
	return (struct bl_der){.left = s, .at = 100, .ber = ber};
}

/* Headers: whether `whole` takes the element, as DER and as BER. */
static const struct {
	const char *name;
	struct bl_span in;
	bool der, ber;
	size_t content; /* bytes, when it is taken */
} headers[] = {
    {"short", BYTES("\x04\x02gh"), true, true, 2},
    {"empty", BYTES("\x04\x00"), true, true, 0},
    {"length 127 short of it", BYTES("\x04\x7f"), false, false, 0},
    {"long form for 1", BYTES("\x04\x81\x01g"), false, true, 1},
    {"long form with a zero", BYTES("\x04\x82\x00\x01g"), false, true, 1},
    {"one byte short", BYTES("\x04\x02g"), false, false, 0},
    {"tag alone", BYTES("\x04"), false, false, 0},
    {"length cut", BYTES("\x04\x82\x01"), false, false, 0},
    {"nothing", BYTES(""), false, false, 0},
    {"end of contents", BYTES("\x00\x00"), false, false, 0},
    {"high tag number", BYTES("\x1f\x1f\x00"), false, false, 0},
    {"high tag number in context", BYTES("\xbf\x1f\x00"), false, false, 0},
    {"tag number 30", BYTES("\x9e\x00"), true, true, 0},
    {"indefinite", BYTES("\x30\x80\x05\x00\x00\x00"), false, true, 2},
    {"indefinite, empty", BYTES("\x30\x80\x00\x00"), false, true, 0},
    {"indefinite twice", BYTES("\x30\x80\x30\x80\x00\x00\x00\x00"), false, true,
	4},
    {"indefinite, no end", BYTES("\x30\x80\x05\x00"), false, false, 0},
    {"indefinite, half an end", BYTES("\x30\x80\x05\x00\x00"), false, false, 0},
    {"indefinite primitive", BYTES("\x04\x80\x00\x00"), false, false, 0},
    {"length 2^64", BYTES("\x04\x89\x01\0\0\0\0\0\0\0\0"), false, false, 0},
    {"length 2^64 - 1", BYTES("\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff"),
	false, false, 0},
    {"length 2^31", BYTES("\x04\x84\x80\x00\x00\x00"), false, false, 0},
    {"length octet 0xff", BYTES("\x04\xff\x00"), false, false, 0},
};

static void
whole_takes_each_header_as_stated(void)
{
	for (size_t i = 0; i < 2 * N(headers); i++) {
		const char *name = headers[i / 2].name;
		bool ber = i % 2 != 0;
		bool want = ber ? headers[i / 2].ber : headers[i / 2].der;
		struct bl_der d = at(headers[i / 2].in, ber);
		struct bl_der c = d;
		struct bl_span s = bl_der_whole(&d, 0);

		CHECK(d.bad == !want, name);
		CHECK(s.n == (want ? headers[i / 2].in.n : 0), name);
		CHECK(bl_der_done(&d) == want, name);
		CHECK(d.at == 100 + (want ? headers[i / 2].in.n : 0), name);
		if (headers[i / 2].in.n == 0)
			continue;
		s = bl_der_take(&c, headers[i / 2].in.p[0]);
		CHECK(s.n == (want ? headers[i / 2].content : 0), name);
		CHECK(c.bad == !want, name);
	}
}

static void
a_length_of_128_is_long_form(void)
{
	uint8_t element[131] = {0x04, 0x81, 0x80};
	struct bl_der d = bl_der_of(bl_span_of(element, 131));

	CHECK(bl_der_take(&d, BL_DER_OCTETS).n == 128, "128");
	CHECK(bl_der_done(&d), "128");
	element[2] = 0x7f;
	d = bl_der_of(bl_span_of(element, 130));
	CHECK(bl_der_take(&d, BL_DER_OCTETS).n == 0 && d.bad, "127");
}

static void
another_tag_is_bad_and_stays(void)
{
	struct bl_der d = at((struct bl_span)BYTES("\x04\x00\x02\x01\x07"), 0);

	CHECK(bl_der_peek(&d) == BL_DER_OCTETS, "peek");
	CHECK(bl_der_take(&d, BL_DER_OCTETS).n == 0 && !d.bad, "take");
	CHECK(bl_der_take(&d, BL_DER_OCTETS).n == 0 && d.bad, "other tag");
	CHECK(d.at == 102, "where it failed");
	CHECK(bl_der_peek(&d) == 0 && !bl_der_done(&d), "bad");
	CHECK(bl_der_uint(&d, 9) == 0, "bad sticks");
	CHECK(bl_der_integer(&d).n == 0 && bl_der_oid(&d).n == 0, "bad");
	CHECK(bl_der_whole(&d, 0).n == 0, "bad");
	CHECK(!bl_der_null(&d) && !bl_der_bool(&d) && bl_der_time(&d) == 0,
	    "bad");
	CHECK(bl_der_enter(&d, BL_DER_SEQUENCE).bad, "bad");
	CHECK(bl_der_bits(&d, NULL).n == 0, "bad");
	CHECK(d.at == 102, "where it failed first");
	d = at((struct bl_span)BYTES("\x04\x00"), false);
	CHECK(bl_der_take(&d, 0).n == 0 && d.bad, "take needs a tag");
	d = at((struct bl_span)BYTES("\x04\x00"), false);
	CHECK(bl_der_whole(&d, BL_DER_NULL).n == 0 && d.bad, "whole");
}

static void
enter_and_leave(void)
{
	static const struct {
		const char *name;
		struct bl_span in;
		bool ok;
	} cases[] = {
	    {"read to its end", BYTES("\x30\x03\x02\x01\x07"), true},
	    {"something left", BYTES("\x30\x05\x02\x01\x07\x05\x00"), false},
	    {"bad inside", BYTES("\x30\x03\x02\x02\x07"), false},
	    {"empty", BYTES("\x30\x00"), false},
	    {"another tag", BYTES("\x31\x03\x02\x01\x07"), false},
	    {"too short", BYTES("\x30\x04\x02\x01\x07"), false},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct bl_der d = at(cases[i].in, false);
		struct bl_der in = bl_der_enter(&d, BL_DER_SEQUENCE);

		CHECK(bl_der_uint(&in, 7) == (i < 2 ? 7 : 0), cases[i].name);
		bl_der_leave(&d, &in);
		CHECK(bl_der_done(&d) == cases[i].ok, cases[i].name);
		CHECK(d.bad == !cases[i].ok, cases[i].name);
	}
}

static void
positions_follow(void)
{
	struct bl_der d = at(
	    (struct bl_span)BYTES("\x05\x00\x30\x06\x05\x00\x30\x02\x01\x00"),
	    false);
	struct bl_der in, deeper;

	CHECK(bl_der_null(&d) && d.at == 102, "after NULL");
	in = bl_der_enter(&d, BL_DER_SEQUENCE);
	CHECK(in.at == 104 && in.depth == 1 && d.at == 110, "inside");
	CHECK(bl_der_null(&in), "NULL");
	deeper = bl_der_enter(&in, BL_DER_SEQUENCE);
	CHECK(deeper.at == 108 && deeper.depth == 2, "deeper");
	bl_der_bool(&deeper);
	CHECK(deeper.bad && deeper.at == 108, "refused");
	bl_der_leave(&in, &deeper);
	bl_der_leave(&d, &in);
	CHECK(d.bad && d.at == 108, "the place comes out with the failure");
}

/* The deepest position still reads: what is there, whatever its form. */
static void
the_deepest_reads(void)
{
	uint8_t p[2 * BL_DER_DEPTH_MAX + 4] = {0};
	size_t n = sizeof(p);
	struct bl_der d = bl_der_of(bl_span_of(p, n));

	for (size_t i = 0; i < BL_DER_DEPTH_MAX; i++) {
		p[2 * i] = 0x30;
		p[2 * i + 1] = (uint8_t)(n - 2 * i - 2);
	}
	memcpy(p + n - 4, "\x05\x00\x30\x00", 4);
	for (size_t i = 0; i < BL_DER_DEPTH_MAX; i++)
		d = bl_der_enter(&d, BL_DER_SEQUENCE);
	CHECK(bl_der_null(&d), "primitive");
	CHECK(bl_der_whole(&d, BL_DER_SEQUENCE).n == 2, "constructed");
	CHECK(bl_der_done(&d), "done");
}

static void
enter_wants_a_constructed_tag(void)
{
	struct bl_der d = at((struct bl_span)BYTES("\x04\x02\x05\x00"), false);

	CHECK(bl_der_enter(&d, BL_DER_OCTETS).bad && d.bad, "primitive");
}

/* nest makes n sequences in each other, of definite or indefinite length. */
static size_t
nest(uint8_t *p, size_t n, bool indefinite)
{
	for (size_t i = 0; i < n; i++) {
		p[2 * i] = 0x30;
		p[2 * i + 1] = indefinite ? 0x80 : (uint8_t)(2 * (n - i - 1));
		p[2 * n + 2 * i] = p[2 * n + 2 * i + 1] = 0;
	}
	return indefinite ? 4 * n : 2 * n;
}

static void
depth_is_bounded(void)
{
	uint8_t p[4 * (BL_DER_DEPTH_MAX + 1)];

	for (size_t k = 0; k < 4; k++) {
		size_t levels = BL_DER_DEPTH_MAX + (k & 1);
		bool indefinite = k > 1;
		size_t n = nest(p, levels, indefinite);
		struct bl_der d = at(bl_span_of(p, n), true), first = d;
		struct bl_span whole = bl_der_whole(&first, 0);

		CHECK(first.bad == (k == 3), "whole of indefinite ones");
		CHECK(whole.n == (k == 3 ? 0 : n), "whole");
		for (size_t i = 0; i < levels; i++)
			d = bl_der_enter(&d, BL_DER_SEQUENCE);
		CHECK(d.bad == (levels > BL_DER_DEPTH_MAX), "enter");
	}
}

static const struct {
	const char *name;
	struct bl_span content;
	bool ok;	/* as INTEGER */
	uint64_t value; /* as uint up to UINT64_MAX; 0 also when refused */
	bool is_uint;
} integers[] = {
    {"0", BYTES("\x00"), true, 0, true},
    {"1", BYTES("\x01"), true, 1, true},
    {"127", BYTES("\x7f"), true, 127, true},
    {"128", BYTES("\x00\x80"), true, 128, true},
    {"-1", BYTES("\xff"), true, 0, false},
    {"-128", BYTES("\x80"), true, 0, false},
    {"-129", BYTES("\xff\x7f"), true, 0, false},
    {"none", BYTES(""), false, 0, false},
    {"padded 0", BYTES("\x00\x00"), false, 0, false},
    {"padded 127", BYTES("\x00\x7f"), false, 0, false},
    {"padded -128", BYTES("\xff\x80"), false, 0, false},
    {"2^63", BYTES("\x00\x80\0\0\0\0\0\0\0"), true, (uint64_t)1 << 63, true},
    {"2^64 - 1", BYTES("\x00\xff\xff\xff\xff\xff\xff\xff\xff"), true,
	UINT64_MAX, true},
    {"2^64", BYTES("\x01\0\0\0\0\0\0\0\0"), true, 0, false},
    {"2^72", BYTES("\x01\0\0\0\0\0\0\0\0\0"), true, 0, false},
};

static void
integers_as_stated(void)
{
	for (size_t i = 0; i < N(integers); i++) {
		uint8_t p[16] = {0x02, (uint8_t)integers[i].content.n};
		const char *name = integers[i].name;
		uint64_t v = integers[i].value;
		struct bl_der d, in;

		if (integers[i].content.n != 0)
			memcpy(p + 2, integers[i].content.p,
			    integers[i].content.n);
		in = at(bl_span_of(p, 2 + integers[i].content.n), false);
		d = in;
		CHECK(bl_span_equal(bl_der_integer(&d),
			  integers[i].ok ? integers[i].content
					 : (struct bl_span){NULL, 0}),
		    name);
		CHECK(bl_der_done(&d) == integers[i].ok, name);
		d = in;
		CHECK(bl_der_uint(&d, UINT64_MAX) == v, name);
		CHECK(bl_der_done(&d) == integers[i].is_uint, name);
		CHECK(d.at == (integers[i].is_uint ? 102 + in.left.n - 2 : 100),
		    name);
		d = in;
		CHECK(bl_der_uint(&d, v) == v, name);
		CHECK(bl_der_done(&d) == integers[i].is_uint, name);
		d = in;
		if (v > 0) {
			CHECK(bl_der_uint(&d, v - 1) == 0 && d.bad, name);
		}
	}
}

/* Values that one call takes and the others do not. */
static bool
by_bool(struct bl_der *d)
{
	return bl_der_bool(d);
}

static bool
by_null(struct bl_der *d)
{
	return bl_der_null(d);
}

static bool
by_oid(struct bl_der *d)
{
	return bl_der_oid(d).n != 0;
}

static bool
by_bits(struct bl_der *d)
{
	return bl_der_bits(d, NULL).n != 0;
}

static bool
by_bits_unused(struct bl_der *d)
{
	unsigned unused;

	return bl_der_bits(d, &unused).n != 0;
}

static const struct {
	const char *name;
	bool (*call)(struct bl_der *d);
	struct bl_span in;
	bool ok, result;
} values[] = {
    {"true", by_bool, BYTES("\x01\x01\xff"), true, true},
    {"false", by_bool, BYTES("\x01\x01\x00"), true, false},
    {"true of BER", by_bool, BYTES("\x01\x01\x01"), false, false},
    {"boolean empty", by_bool, BYTES("\x01\x00"), false, false},
    {"boolean of two", by_bool, BYTES("\x01\x02\xff\xff"), false, false},
    {"null", by_null, BYTES("\x05\x00"), true, true},
    {"null with content", by_null, BYTES("\x05\x01\x00"), false, false},
    {"oid", by_oid, BYTES("\x06\x03\x55\x04\x03"), true, true},
    {"oid empty", by_oid, BYTES("\x06\x00"), false, false},
    {"oid cut in an arc", by_oid, BYTES("\x06\x02\x55\x84"), false, false},
    {"oid with a padded arc", by_oid, BYTES("\x06\x03\x55\x80\x03"), false,
	false},
    {"oid with a padded first arc", by_oid, BYTES("\x06\x02\x80\x03"), false,
	false},
    {"oid with zero digit within", by_oid, BYTES("\x06\x04\x55\x81\x80\x03"),
	true, true},
    {"bits", by_bits, BYTES("\x03\x02\x00\x81"), true, true},
    {"no bits", by_bits, BYTES("\x03\x01\x00"), true, false},
    {"bits without count", by_bits, BYTES("\x03\x00"), false, false},
    {"some unused", by_bits, BYTES("\x03\x02\x01\x80"), false, false},
    {"some unused, asked", by_bits_unused, BYTES("\x03\x02\x07\x80"), true,
	true},
    {"unused not zero", by_bits_unused, BYTES("\x03\x02\x01\x81"), false,
	false},
    {"8 unused", by_bits_unused, BYTES("\x03\x02\x08\x00"), false, false},
    {"unused of nothing", by_bits_unused, BYTES("\x03\x01\x01"), false, false},
    {"no bits, asked", by_bits_unused, BYTES("\x03\x01\x00"), true, false},
};

static void
values_as_stated(void)
{
	for (size_t i = 0; i < N(values); i++) {
		const char *name = values[i].name;

		for (int ber = 0; ber < 2; ber++) {
			struct bl_der d = at(values[i].in, ber != 0);

			CHECK(values[i].call(&d) == values[i].result, name);
			CHECK(bl_der_done(&d) == values[i].ok, name);
			CHECK(d.ber == (ber != 0), name);
			CHECK(values[i].ok || d.at == 100, name);
		}
		for (size_t n = 0; n < values[i].in.n; n++) {
			struct bl_der d = at(
			    bl_span_cut(values[i].in, 0, n), false);

			CHECK(!values[i].call(&d), name);
			CHECK(n == 0 || d.bad, name);
		}
	}
}

static void
details_of_values(void)
{
	unsigned unused = 9;
	struct bl_der d = at((struct bl_span)BYTES("\x03\x03\x04\xab\xc0"), 0);
	struct bl_span s = bl_der_bits(&d, &unused);

	CHECK(unused == 4 && s.n == 2 && s.p[0] == 0xab, "bits");
	d = at((struct bl_span)BYTES("\x03\x02\x08\x00"), false);
	bl_der_bits(&d, &unused);
	CHECK(unused == 0 && d.bad, "bits refused");
	d = at((struct bl_span)BYTES("\x02\x01\x01"), false);
	CHECK(!bl_der_null(&d) && !d.bad && d.at == 100, "null is optional");
}

static void
an_oid_has_64_bytes_at_most(void)
{
	uint8_t p[2 + 65] = {0x06, 64};
	struct bl_der d;

	memset(p + 2, 1, 65);
	d = at(bl_span_of(p, 66), false);
	CHECK(bl_der_oid(&d).n == 64 && !d.bad, "64");
	p[1] = 65;
	d = at(bl_span_of(p, 67), false);
	CHECK(bl_der_oid(&d).n == 0 && d.bad, "65");
}

static const struct {
	const char *name;
	struct bl_span in;
	bool ber, ok;
	struct bl_span out;
	bool joined; /* the result is in the buffer */
} strings[] = {
    {"primitive", BYTES("\x04\x02gh"), true, true, BYTES("gh"), false},
    {"primitive in DER", BYTES("\x04\x02gh"), false, true, BYTES("gh"), false},
    {"parts in DER", BYTES("\x24\x04\x04\x02gh"), false, false, BYTES(""),
	false},
    {"one part", BYTES("\x24\x04\x04\x02gh"), true, true, BYTES("gh"), false},
    {"no part", BYTES("\x24\x00"), true, true, BYTES(""), false},
    {"two parts", BYTES("\x24\x06\x04\x01g\x04\x01h"), true, true, BYTES("gh"),
	true},
    {"empty parts count for nothing",
	BYTES("\x24\x08\x04\x00\x04\x02gh\x04\x00"), true, true, BYTES("gh"),
	false},
    {"indefinite", BYTES("\x24\x80\x04\x01g\x04\x01h\x04\x01i\x00\x00"), true,
	true, BYTES("ghi"), true},
    {"parts in parts",
	BYTES("\x24\x80\x24\x80\x04\x01g\x04\x01h\x00\x00\x04\x01i\x00\x00"),
	true, true, BYTES("ghi"), true},
    {"implicit", BYTES("\xa4\x80\x04\x01g\x04\x01h\x00\x00"), true, false,
	BYTES(""), false},
    {"a part of another type", BYTES("\x24\x06\x04\x01g\x0c\x01h"), true, false,
	BYTES(""), false},
    {"a part tagged as the whole", BYTES("\x24\x06\x04\x01g\x80\x01h"), true,
	false, BYTES(""), false},
    {"a part over the end", BYTES("\x24\x05\x04\x01g\x04\x01h"), true, false,
	BYTES(""), false},
    {"a part over the end of its part",
	BYTES("\x24\x08\x24\x03\x04\x02g\x04\x01h"), true, false, BYTES(""),
	false},
    {"no end", BYTES("\x24\x80\x04\x01g"), true, false, BYTES(""), false},
};

static void
strings_in_parts_as_stated(void)
{
	for (size_t i = 0; i < N(strings); i++) {
		struct bl_der d = at(strings[i].in, strings[i].ber);
		const char *name = strings[i].name;
		struct bl_buf join = {0};
		struct bl_span s = bl_der_octets_ber(&d, BL_DER_OCTETS, &join);

		CHECK(bl_der_done(&d) == strings[i].ok, name);
		CHECK(bl_span_equal(s, strings[i].out), name);
		CHECK(strings[i].joined == (s.n > 0 && s.p == join.p), name);
		bl_buf_clear(&join);
	}
}

static void
strings_may_be_implicit(void)
{
	struct bl_der d = at(
	    (struct bl_span)BYTES("\xa0\x06\x04\x01g\x04\x01h\x80\x01i"), 1);
	struct bl_buf join = {0};

	CHECK(bl_span_equal(bl_der_octets_ber(&d, BL_DER_IMPLICIT(0), &join),
		  BL_STR("gh")),
	    "[0] in parts");
	CHECK(bl_span_equal(bl_der_octets_ber(&d, BL_DER_IMPLICIT(0), &join),
		  BL_STR("i")),
	    "[0] whole");
	CHECK(bl_der_done(&d), "[0]");
	bl_buf_clear(&join);
}

static void
joining_is_bounded(void)
{
	struct bl_span in = BYTES("\x24\x80\x04\x01g\x04\x01h\x00\x00");

	for (size_t max = 1; max <= 2; max++) {
		struct bl_buf join = {.max = max};
		struct bl_der d = at(in, true);
		struct bl_span s = bl_der_octets_ber(&d, BL_DER_OCTETS, &join);

		CHECK(join.err == (max == 1 ? BL_E_LIMIT : BL_OK), "max");
		CHECK(d.bad == (max == 1) && s.n == (max == 1 ? 0 : 2), "max");
		bl_buf_clear(&join);
	}
}

static void
parts_are_nested_to_a_depth(void)
{
	/* An outer one and the parts: at most as many as may be entered. */
	for (size_t n = BL_DER_DEPTH_MAX; n <= BL_DER_DEPTH_MAX + 1; n++) {
		uint8_t p[4 * (BL_DER_DEPTH_MAX + 1)];
		struct bl_buf join = {0};
		struct bl_der d;

		d = at(bl_span_of(p, nest(p, n, true)), true);
		for (size_t i = 0; i < n; i++)
			p[2 * i] = 0x24;
		bl_der_octets_ber(&d, BL_DER_OCTETS, &join);
		CHECK(d.bad == (n > BL_DER_DEPTH_MAX), "depth");
		bl_buf_clear(&join);
	}
}

static enum bl_err
join_two(void *arg)
{
	struct bl_der d = at(
	    (struct bl_span)BYTES("\x24\x80\x04\x01g\x04\x01h\x00\x00"), true);
	struct bl_buf join = {0};
	enum bl_err err;

	(void)arg;
	bl_der_octets_ber(&d, BL_DER_OCTETS, &join);
	err = join.err != BL_OK ? join.err : d.bad ? BL_E_MALFORMED : BL_OK;
	bl_buf_clear(&join);
	return err;
}

static void
joining_without_memory(void)
{
	bl_test_each_allocation(join_two, NULL, "join");
}

static void
times_as_stated(void)
{
	static const struct {
		const char *content;
		bool ok;
		int64_t t;
	} cases[] = {
	    {"700101000000Z", true, 0},
	    {"691231235959Z", true, -1},
	    {"500101000000Z", true, -631152000},
	    {"491231235959Z", true, 2524607999},
	    {"000229120000Z", true, 951825600},
	    {"010229120000Z", false, 0},
	    {"240229000000Z", true, 1709164800},
	    {"250431000000Z", false, 0},
	    {"250430000000Z", true, 1745971200},
	    {"251301000000Z", false, 0},
	    {"250001000000Z", false, 0},
	    {"250100000000Z", false, 0},
	    {"250132000000Z", false, 0},
	    {"250101240000Z", false, 0},
	    {"250101235959Z", true, 1735775999},
	    {"250101006000Z", false, 0},
	    {"250101000060Z", false, 0},
	    {"250101000000z", false, 0},
	    {"250101000000", false, 0},
	    {"2501010000Z", false, 0},
	    {"250101000000+0000", false, 0},
	    {"2501010000-0Z", false, 0},
	    {" 50101000000Z", false, 0},
	    {"25010100001/Z", false, 0},
	    {"25010100000:Z", false, 0},
	    {"19700101000000Z", true, 0},
	    {"00000101000000Z", true, BL_TIME_MIN},
	    {"99991231235959Z", true, BL_TIME_MAX},
	    {"20500101000000Z", true, 2524608000},
	    {"19000228000000Z", true, -2203977600},
	    {"19000229000000Z", false, 0},
	    {"20000229000000Z", true, 951782400},
	    {"20250101000000.0Z", false, 0},
	    {"2025010100000Z", false, 0},
	    {"202501010000000", false, 0},
	    {"2x250101000000Z", false, 0},
	    {"20250101000000", false, 0},
	};

	for (size_t i = 0; i < N(cases); i++) {
		size_t n = strlen(cases[i].content);
		uint8_t p[32] = {n < 14 ? 0x17 : 0x18, (uint8_t)n};
		struct bl_der d;

		memcpy(p + 2, cases[i].content, n);
		d = at(bl_span_of(p, 2 + n), false);
		CHECK(bl_der_time(&d) == cases[i].t, cases[i].content);
		CHECK(bl_der_done(&d) == cases[i].ok, cases[i].content);
		CHECK(cases[i].ok || d.at == 100, cases[i].content);
		/* The other type reads the other length only. */
		p[0] ^= 0x17 ^ 0x18;
		d = at(bl_span_of(p, 2 + n), false);
		CHECK(bl_der_time(&d) == 0 && d.bad, cases[i].content);
		p[0] = 0x0c;
		d = at(bl_span_of(p, 2 + n), false);
		CHECK(bl_der_time(&d) == 0 && d.bad, cases[i].content);
	}
}

TESTS(TEST(whole_takes_each_header_as_stated),
    TEST(a_length_of_128_is_long_form), TEST(another_tag_is_bad_and_stays),
    TEST(enter_and_leave), TEST(positions_follow), TEST(the_deepest_reads),
    TEST(enter_wants_a_constructed_tag), TEST(depth_is_bounded),
    TEST(integers_as_stated), TEST(values_as_stated), TEST(details_of_values),
    TEST(an_oid_has_64_bytes_at_most), TEST(strings_in_parts_as_stated),
    TEST(strings_may_be_implicit), TEST(joining_is_bounded),
    TEST(parts_are_nested_to_a_depth), TEST(joining_without_memory),
    TEST(times_as_stated))
