/* write_test.c - what is written, octet by octet, and that it reads back. */
#include "der/der.h"
#include "tests/test.h"

#include <string.h>

#define N(a) (sizeof(a) / sizeof(*(a)))

static bool
holds(struct bl_buf *b, struct bl_span want)
{
	bool same = b->err == BL_OK && bl_span_equal(bl_buf_span(b), want);

	bl_buf_clear(b);
	return same;
}

static void
heads_are_minimal(void)
{
	static const struct {
		uint64_t length;
		struct bl_span want;
	} cases[] = {
	    {0, BYTES("\x30\x00")},
	    {127, BYTES("\x30\x7f")},
	    {128, BYTES("\x30\x81\x80")},
	    {255, BYTES("\x30\x81\xff")},
	    {256, BYTES("\x30\x82\x01\x00")},
	    {65535, BYTES("\x30\x82\xff\xff")},
	    {65536, BYTES("\x30\x83\x01\x00\x00")},
	    {(uint64_t)1 << 32, BYTES("\x30\x85\x01\x00\x00\x00\x00")},
	    {UINT64_MAX, BYTES("\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff")},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct bl_buf b = {0};

		bl_der_put_head(&b, BL_DER_SEQUENCE, cases[i].length);
		CHECK(bl_der_head_size(cases[i].length) == b.n, "size");
		CHECK(holds(&b, cases[i].want), "head");
	}
}

static void
tags_that_cannot_be_are_refused(void)
{
	static const unsigned tags[] = {0, 0x1f, 0xbf, 0x100, 0x130};

	for (size_t i = 0; i < N(tags); i++) {
		struct bl_buf b = {0};

		bl_der_put(&b, tags[i], BL_STR("x"));
		CHECK(b.err == BL_E_CALLER && b.n == 0, "put");
		bl_buf_clear(&b);
		bl_der_close(&b, bl_der_open(&b, tags[i]));
		CHECK(b.err == BL_E_CALLER, "open");
		bl_buf_clear(&b);
	}
}

static void
values_as_stated(void)
{
	struct bl_buf b = {0};

	bl_der_put(&b, BL_DER_UTF8, BL_STR("gh"));
	CHECK(holds(&b, BL_STR("\x0c\x02gh")), "put");
	bl_der_put(&b, BL_DER_OCTETS, bl_span_of(NULL, 0));
	CHECK(holds(&b, BL_STR("\x04\x00")), "empty");
	bl_der_put_null(&b);
	CHECK(holds(&b, BL_STR("\x05\x00")), "null");
	bl_der_put_bool(&b, true);
	bl_der_put_bool(&b, false);
	CHECK(holds(&b, BL_STR("\x01\x01\xff\x01\x01\x00")), "bool");
	bl_der_put_bits(&b, BL_STR("\xab"));
	CHECK(holds(&b, BL_STR("\x03\x02\x00\xab")), "bits");
	bl_der_put_bits(&b, bl_span_of(NULL, 0));
	CHECK(holds(&b, BL_STR("\x03\x01\x00")), "no bits");
	bl_der_put_oid(&b, BL_OID_COMMON_NAME);
	CHECK(holds(&b, BL_STR("\x06\x03\x55\x04\x03")), "oid");
	bl_der_put_oid(&b, BL_OID_UNKNOWN);
	CHECK(b.err == BL_E_CALLER, "unknown oid");
	bl_buf_clear(&b);
}

static void
integers_are_minimal(void)
{
	static const struct {
		struct bl_span octets, want;
	} cases[] = {
	    {BYTES(""), BYTES("\x02\x01\x00")},
	    {BYTES("\0\0"), BYTES("\x02\x01\x00")},
	    {BYTES("\x7f"), BYTES("\x02\x01\x7f")},
	    {BYTES("\x80"), BYTES("\x02\x02\x00\x80")},
	    {BYTES("\0\0\x80"), BYTES("\x02\x02\x00\x80")},
	    {BYTES("\0\x12\x34"), BYTES("\x02\x02\x12\x34")},
	};
	static const uint64_t numbers[] = {0, 1, 127, 128, 255, 256, 32767,
	    32768, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
	struct bl_buf b = {0};

	for (size_t i = 0; i < N(cases); i++) {
		bl_der_put_unsigned(&b, cases[i].octets);
		CHECK(holds(&b, cases[i].want), "unsigned");
	}
	for (size_t i = 0; i < N(numbers); i++) {
		struct bl_der d;

		bl_der_put_uint(&b, numbers[i]);
		d = bl_der_of(bl_buf_span(&b));
		CHECK(bl_der_uint(&d, UINT64_MAX) == numbers[i], "uint");
		CHECK(bl_der_done(&d), "uint");
		bl_buf_clear(&b);
	}
}

/* Sizes of the content where the length grows by one octet. */
static void
closing_inserts_the_length(void)
{
	static const size_t sizes[] = {
	    0, 1, 127, 128, 129, 255, 256, 65535, 65536, 70000};
	static uint8_t content[70000];

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t i = 0; i < N(sizes); i++) {
		struct bl_span s = bl_span_of(content, sizes[i]);
		struct bl_buf b = {0}, want = {0};
		size_t outer, inner;

		bl_buf_add_u8(&b, 'x');
		outer = bl_der_open(&b, BL_DER_SEQUENCE);
		bl_der_put_null(&b);
		inner = bl_der_open(&b, BL_DER_CONTEXT(0));
		bl_buf_add(&b, s);
		bl_der_close(&b, inner);
		bl_der_put_null(&b);
		bl_der_close(&b, outer);

		bl_buf_add_u8(&want, 'x');
		bl_der_put_head(
		    &want, BL_DER_SEQUENCE, 4 + bl_der_head_size(s.n) + s.n);
		bl_der_put_null(&want);
		bl_der_put(&want, BL_DER_CONTEXT(0), s);
		bl_der_put_null(&want);
		CHECK(holds(&b, bl_buf_span(&want)), "nested");
		bl_buf_clear(&want);
	}
}

static void
marks_that_are_none_are_refused(void)
{
	static const size_t marks[] = {0, 1, 5, SIZE_MAX};

	for (size_t i = 0; i < N(marks); i++) {
		struct bl_buf b = {0};

		bl_der_open(&b, BL_DER_SEQUENCE);
		bl_der_put_null(&b);
		bl_der_close(&b, marks[i]);
		CHECK(b.err == BL_E_CALLER, "mark");
		bl_buf_clear(&b);
	}
}

static void
a_full_buffer_stays_failed(void)
{
	/* 130 bytes of content need 133; 132 do for all but the length. */
	for (size_t max = 132; max <= 133; max++) {
		uint8_t content[130] = {0};
		struct bl_buf b = {.max = max};
		size_t mark = bl_der_open(&b, BL_DER_SEQUENCE);

		bl_buf_add(&b, bl_span_of(content, sizeof(content)));
		bl_der_close(&b, mark);
		CHECK(b.err == (max == 133 ? BL_OK : BL_E_LIMIT), "max");
		bl_der_close(&b, 0);
		CHECK(b.err == (max == 133 ? BL_E_CALLER : BL_E_LIMIT),
		    "the first failure stays");
		bl_buf_clear(&b);
	}
}

static void
times_as_stated(void)
{
	static const struct {
		int64_t t;
		struct bl_span want;
	} cases[] = {
	    {0,
		BYTES("\x17\x0d"
		      "700101000000Z")},
	    {-1,
		BYTES("\x17\x0d"
		      "691231235959Z")},
	    {-631152000,
		BYTES("\x17\x0d"
		      "500101000000Z")},
	    {-631152001,
		BYTES("\x18\x0f"
		      "19491231235959Z")},
	    {2524607999,
		BYTES("\x17\x0d"
		      "491231235959Z")},
	    {2524608000,
		BYTES("\x18\x0f"
		      "20500101000000Z")},
	    {951825600,
		BYTES("\x17\x0d"
		      "000229120000Z")},
	    {1735775999,
		BYTES("\x17\x0d"
		      "250101235959Z")},
	    {BL_TIME_MIN,
		BYTES("\x18\x0f"
		      "00000101000000Z")},
	    {BL_TIME_MAX,
		BYTES("\x18\x0f"
		      "99991231235959Z")},
	};
	static const int64_t off[] = {
	    BL_TIME_MIN - 1, BL_TIME_MAX + 1, INT64_MIN, INT64_MAX};
	struct bl_buf b = {0};

	for (size_t i = 0; i < N(cases); i++) {
		bl_der_put_time(&b, cases[i].t);
		CHECK(holds(&b, cases[i].want), (const char *)cases[i].want.p);
	}
	for (size_t i = 0; i < N(off); i++) {
		bl_der_put_time(&b, off[i]);
		CHECK(b.err == BL_E_CALLER && b.n == 0, "out of range");
		bl_buf_clear(&b);
	}
}

/* Steps of a prime number of seconds meet every month and leap year. */
static void
times_read_back(void)
{
	for (int64_t t = BL_TIME_MIN; t <= BL_TIME_MAX; t += 1234577) {
		struct bl_buf b = {0};
		struct bl_der d;

		bl_der_put_time(&b, t);
		d = bl_der_of(bl_buf_span(&b));
		CHECK(bl_der_time(&d) == t && bl_der_done(&d), "time");
		bl_buf_clear(&b);
		bl_der_put_gentime(&b, t);
		d = bl_der_of(bl_buf_span(&b));
		CHECK(bl_der_peek(&d) == BL_DER_GENTIME &&
			bl_der_time(&d) == t && bl_der_done(&d),
		    "general time");
		bl_buf_clear(&b);
	}
}

static void
sets_are_sorted(void)
{
	static const struct {
		const char *name;
		struct bl_span in, want;
	} cases[] = {
	    {"none", BYTES(""), BYTES("")},
	    {"one", BYTES("\x02\x01\x07"), BYTES("\x02\x01\x07")},
	    {"in order", BYTES("\x02\x01\x07\x05\0"),
		BYTES("\x02\x01\x07\x05\0")},
	    {"by tag", BYTES("\x05\0\x02\x01\x07"),
		BYTES("\x02\x01\x07\x05\0")},
	    {"by length, then content",
		BYTES("\x04\x02"
		      "aa\x04\x01"
		      "c\x04\x01"
		      "b"),
		BYTES("\x04\x01"
		      "b\x04\x01"
		      "c\x04\x02"
		      "aa")},
	    {"bytes are unsigned", BYTES("\x04\x01\x80\x04\x01\x7f"),
		BYTES("\x04\x01\x7f\x04\x01\x80")},
	    {"twins stay", BYTES("\x05\0\x05\0\x02\x01\x07"),
		BYTES("\x02\x01\x07\x05\0\x05\0")},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct bl_buf b = {0}, want = {0};
		size_t mark = bl_der_open(&b, BL_DER_SET);

		bl_buf_add(&b, cases[i].in);
		bl_der_sort_set(&b, mark);
		bl_der_close(&b, mark);
		bl_der_put(&want, BL_DER_SET, cases[i].want);
		CHECK(holds(&b, bl_buf_span(&want)), cases[i].name);
		bl_buf_clear(&want);
	}
}

/* Every number of elements, in a shuffled order; a number is its own place. */
static void
sets_of_many_are_sorted(void)
{
	for (unsigned n = 0; n < 257; n++) {
		struct bl_buf b = {0}, want = {0};

		for (unsigned i = 0; i < n; i++) {
			/* All below an odd n; up to an even n, all but one. */
			uint8_t v = (uint8_t)((i * 2 + 1) % (n | 1));
			uint8_t w = (uint8_t)i;

			bl_der_put(&b, BL_DER_OCTETS, bl_span_of(&v, 1));
			bl_der_put(&want, BL_DER_OCTETS, bl_span_of(&w, 1));
		}
		bl_der_sort_set(&b, 0);
		if (n % 2 != 0)
			CHECK(
			    bl_span_equal(bl_buf_span(&b), bl_buf_span(&want)),
			    "many");
		for (unsigned i = 3; i + 3 <= b.n; i += 3)
			CHECK(b.p[i - 1] <= b.p[i + 2], "many");
		CHECK(b.n == n * 3, "many");
		bl_buf_clear(&b);
		bl_buf_clear(&want);
	}
}

static void
sorting_refuses_what_is_not_der(void)
{
	static const struct bl_span cases[] = {
	    BYTES("\x05"), BYTES("\x05\0\x02\x02\x07"), BYTES("\x30\x80\0\0")};
	struct bl_buf b = {0};

	for (size_t i = 0; i < N(cases); i++) {
		bl_buf_add(&b, cases[i]);
		bl_der_sort_set(&b, 0);
		CHECK(b.err == BL_E_CALLER, "not DER");
		bl_buf_clear(&b);
	}
	bl_der_sort_set(&b, 1);
	CHECK(b.err == BL_E_CALLER, "after the end");
	bl_der_sort_set(&b, 0);
	CHECK(b.err == BL_E_CALLER, "sticks");
	bl_buf_clear(&b);
}

static enum bl_err
write_some(void *arg)
{
	struct bl_buf b = {0};
	uint8_t content[200] = {0};
	size_t mark = bl_der_open(&b, BL_DER_SET);
	enum bl_err err;

	(void)arg;
	bl_der_put(&b, BL_DER_OCTETS, bl_span_of(content, sizeof(content)));
	bl_der_put_time(&b, 0);
	bl_der_put_uint(&b, 7);
	bl_der_sort_set(&b, mark);
	bl_der_close(&b, mark);
	err = bl_buf_err(&b, NULL);
	bl_buf_clear(&b);
	return err;
}

static void
writing_without_memory(void)
{
	bl_test_each_allocation(write_some, NULL, "write");
}

TESTS(TEST(heads_are_minimal), TEST(tags_that_cannot_be_are_refused),
    TEST(values_as_stated), TEST(integers_are_minimal),
    TEST(closing_inserts_the_length), TEST(marks_that_are_none_are_refused),
    TEST(a_full_buffer_stays_failed), TEST(times_as_stated),
    TEST(times_read_back), TEST(sets_are_sorted), TEST(sets_of_many_are_sorted),
    TEST(sorting_refuses_what_is_not_der), TEST(writing_without_memory))
