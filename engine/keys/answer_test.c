/* answer_test.c - frames of answers and their items: docs/wire/agent.md 8. */
#include "keys/keys.h"
#include "tests/test.h"

#include <string.h>

#define TIME		"\0\0\0\0\x6a\xb1\x3b\x80"
#define ITEM(kind)	kind "\x04" TIME "\x00\x01u\x00\x00\x00\x00\x02xy"
#define FILE_ITEM(kind) kind "\x05" TIME "\x00\x00\x01\x02\0\0\0\x01\0\0\0\0"

static uint8_t zeros[1100000];

static const struct {
	const char *name;
	struct bl_span frame;
	enum bl_want_kind kind; /* 0: refused */
	enum bl_refusal refusal;
	struct bl_span payload;
} cases[] = {
    {"signature", BYTES("\x81\x01\x00\x00\x00\x00\x03sig"), BL_WANT_SIGN, 0,
	BYTES("sig")},
    {"content key", BYTES("\x82\x01\x00\x03key"), BL_WANT_UNWRAP, 0,
	BYTES("key")},
    {"certificate", BYTES("\x83\x01\x00\x00\x01" ITEM("\1")), BL_WANT_CERT, 0,
	BYTES(ITEM("\1"))},
    {"two certificates",
	BYTES("\x83\x01\x00\x00\x02" ITEM("\1") FILE_ITEM("\1")), BL_WANT_CERT,
	0, BYTES(ITEM("\1") FILE_ITEM("\1"))},
    {"OCSP and CRL", BYTES("\x84\x01\x00\x00\x02" ITEM("\2") FILE_ITEM("\3")),
	BL_WANT_EVIDENCE, 0, BYTES(ITEM("\2") FILE_ITEM("\3"))},
    {"no such key", BYTES("\x81\x01\x01"), BL_WANT_SIGN, BL_REFUSED_NO_KEY},
    {"locked", BYTES("\x82\x01\x02"), BL_WANT_UNWRAP, BL_REFUSED_LOCKED},
    {"forbidden", BYTES("\x82\x01\x03"), BL_WANT_UNWRAP, BL_REFUSED_FORBIDDEN},
    {"failed", BYTES("\x82\x01\x04"), BL_WANT_UNWRAP, BL_REFUSED_FAILED},
    {"too often", BYTES("\x82\x01\x05"), BL_WANT_UNWRAP, BL_REFUSED_RATE},
    {"unknown", BYTES("\x84\x01\x06"), BL_WANT_EVIDENCE, BL_REFUSED_UNKNOWN},
    {"refusal 7", BYTES("\x84\x01\x07"), 0},
    {"refused with a payload", BYTES("\x82\x01\x04\x01k"), 0},
    {"a want", BYTES("\x01\x01\x01"), 0},
    {"type 0", BYTES("\x80\x01\x01"), 0},
    {"type 5", BYTES("\x85\x01\x01"), 0},
    {"version 2", BYTES("\x81\x02\x01"), 0},
    {"empty", BYTES(""), 0},
    {"type alone", BYTES("\x81"), 0},
    {"empty signature", BYTES("\x81\x01\x00\x00\x00\x00\x00"), 0},
    {"signature cut off", BYTES("\x81\x01\x00\x00\x00\x00\x03si"), 0},
    {"a byte behind", BYTES("\x81\x01\x00\x00\x00\x00\x03sig."), 0},
    {"empty content key", BYTES("\x82\x01\x00\x00"), 0},
    {"no items", BYTES("\x83\x01\x00\x00\x00"), 0},
    {"an item less", BYTES("\x83\x01\x00\x00\x02" ITEM("\1")), 0},
    {"an item more", BYTES("\x83\x01\x00\x00\x01" ITEM("\1") ITEM("\1")), 0},
    {"OCSP for a certificate", BYTES("\x83\x01\x00\x00\x01" ITEM("\2")), 0},
    {"CRL for a certificate", BYTES("\x83\x01\x00\x00\x01" ITEM("\3")), 0},
    {"certificate for evidence", BYTES("\x84\x01\x00\x00\x01" ITEM("\1")), 0},
    {"item of kind 0", BYTES("\x84\x01\x00\x00\x01" ITEM("\0")), 0},
    {"item of kind 4", BYTES("\x84\x01\x00\x00\x01" ITEM("\4")), 0},
};

static void
reads_answers(void)
{
	struct bl_buf out = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].name;
		struct bl_note note = {0};
		struct bl_answer a;
		enum bl_err err;

		err = bl_answer_get(&a, cases[i].frame, &note);
		CHECK(
		    err == (cases[i].kind != 0 ? BL_OK : BL_E_MALFORMED), name);
		CHECK(note.err == err, name);
		CHECK(a.kind == cases[i].kind, name);
		CHECK(a.refusal == cases[i].refusal, name);
		CHECK(bl_span_equal(a.payload, cases[i].payload), name);
		bl_buf_reset(&out);
		if (err != BL_OK)
			continue;
		CHECK(bl_answer_put(&out, &a, NULL) == BL_OK, name);
		CHECK(bl_span_equal(bl_buf_span(&out), cases[i].frame), name);
	}
	bl_buf_clear(&out);
}

static void
refuses_every_truncation(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t n = 0; n < cases[i].frame.n; n++) {
			struct bl_answer a;

			if (cases[i].kind == 0)
				continue;
			CHECK(
			    bl_answer_get(&a, bl_span_cut(cases[i].frame, 0, n),
				NULL) == BL_E_MALFORMED,
			    cases[i].name);
			CHECK(a.kind == 0 && a.payload.n == 0, cases[i].name);
		}
}

static const struct {
	const char *name;
	struct bl_answer answer;
	bool good;
} limits[] = {
    {"signature of 60000", {BL_WANT_SIGN, 0, {zeros, 60000}}, true},
    {"signature of 60001", {BL_WANT_SIGN, 0, {zeros, 60001}}, false},
    {"key of 64", {BL_WANT_UNWRAP, 0, {zeros, 64}}, true},
    {"key of 65", {BL_WANT_UNWRAP, 0, {zeros, 65}}, false},
    {"key of 256", {BL_WANT_UNWRAP, 0, {zeros, 256}}, false},
    {"no key", {BL_WANT_UNWRAP, 0, {zeros, 0}}, false},
    {"kind 0", {0, 0, {zeros, 1}}, false},
    {"kind 5", {(enum bl_want_kind)5, BL_REFUSED_RATE, {zeros, 0}}, false},
    {"refusal 7", {BL_WANT_SIGN, BL_REFUSED_COUNT, {zeros, 0}}, false},
    {"items that are none", {BL_WANT_CERT, 0, {zeros, 10}}, false},
};

static void
keeps_its_limits(void)
{
	struct bl_buf out = {0};

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct bl_note note = {0};

		bl_buf_reset(&out);
		CHECK(bl_answer_put(&out, &limits[i].answer, &note) ==
			(limits[i].good ? BL_OK : BL_E_CALLER),
		    limits[i].name);
		CHECK((out.n != 0) == limits[i].good, limits[i].name);
		CHECK((note.err == BL_OK) == limits[i].good, limits[i].name);
	}
	bl_buf_clear(&out);
}

static const struct bl_item item = {.kind = BL_ITEM_CRL,
    .source = BL_FROM_CACHE,
    .fetched = 1790000000,
    .url = BYTES("u"),
    .data = BYTES("xy")};

static void
counts_items(void)
{
	struct bl_buf payload = {0}, out = {0};
	struct bl_answer a = {.kind = BL_WANT_EVIDENCE}, back;

	for (size_t n = 1; n <= 65; n++) {
		CHECK(bl_item_put(&payload, &item, NULL) == BL_OK, "item");
		a.payload = bl_buf_span(&payload);
		bl_buf_reset(&out);
		CHECK(bl_answer_put(&out, &a, NULL) ==
			(n <= 64 ? BL_OK : BL_E_CALLER),
		    "items");
	}
	bl_buf_reset(&out);
	bl_buf_add(&out, BL_STR("\x84\x01\x00\x00\x41"));
	bl_buf_add(&out, bl_buf_span(&payload));
	CHECK(bl_answer_get(&back, bl_buf_span(&out), NULL) == BL_E_MALFORMED,
	    "65 items");
	bl_buf_clear(&payload);
	bl_buf_clear(&out);
}

static void
walks_items(void)
{
	struct bl_span all = BYTES(ITEM("\2") FILE_ITEM("\3")), rest = all;
	struct bl_item i;

	CHECK(bl_item_next(&i, &rest), "first");
	CHECK(i.kind == BL_ITEM_OCSP && i.source == BL_FROM_NETWORK, "first");
	CHECK(i.fetched == 1790000000, "first");
	CHECK(bl_span_equal(i.url, BL_STR("u")), "first");
	CHECK(bl_span_equal(i.data, BL_STR("xy")), "first");
	CHECK(bl_item_next(&i, &rest), "second");
	CHECK(i.kind == BL_ITEM_CRL && i.source == BL_FROM_CACHE, "second");
	CHECK(i.data.n == 0 && i.file == 2, "second");
	CHECK(i.length == UINT64_C(1) << 32, "second");
	CHECK(rest.n == 0 && !bl_item_next(&i, &rest), "end");
	CHECK(i.kind == 0, "end");
}

static void
writes_good_items_only(void)
{
	struct bl_buf out = {0};
	char url[2049];

	memset(url, 'u', sizeof(url));
#define PUT(ok, change)                                                        \
	do {                                                                   \
		struct bl_item i = item;                                       \
		bl_buf_reset(&out);                                            \
		change;                                                        \
		CHECK(bl_item_put(&out, &i, NULL) ==                           \
			((ok) ? BL_OK : BL_E_CALLER),                          \
		    #change);                                                  \
		CHECK((out.n != 0) == (ok), #change);                          \
	} while (0)
	PUT(true, i.kind = BL_ITEM_CERT);
	PUT(false, i.kind = 0);
	PUT(false, i.kind = (enum bl_item_kind)4);
	PUT(true, i.source = BL_FROM_PERSON);
	PUT(false, i.source = 0);
	PUT(false, i.source = (enum bl_item_source)6);
	PUT(false, i.fetched = INT64_MAX);
	PUT(true, i.url = (struct bl_span){0});
	PUT(true, i.url = bl_span_of(url, 2048));
	PUT(false, i.url = bl_span_of(url, 2049));
	PUT(false, i.url = BL_STR("a b"));
	PUT(true, i.data = bl_span_of(zeros, BL_ANSWER_FRAME_MAX));
	PUT(false, i.data = bl_span_of(zeros, BL_ANSWER_FRAME_MAX + 1));
	PUT(false, i.data.n = 0);
	PUT(true, (i.data.n = 0, i.length = 1));
	PUT(true, (i.data.n = 0, i.length = UINT64_C(1) << 62));
	PUT(false, (i.data.n = 0, i.length = (UINT64_C(1) << 62) + 1));
	PUT(true, (i.data.n = 0, i.length = 1, i.file = 255));
	PUT(false, (i.data.n = 0, i.length = 1, i.file = 256));
#undef PUT
	bl_buf_clear(&out);
}

static void
reads_no_item_from_a_place_2(void)
{
	struct bl_span in = BYTES(
	    "\3\5" TIME "\x00\x00\x02\x02\0\0\0\x01\0\0\0\0");
	struct bl_item i;

	CHECK(!bl_item_next(&i, &in) && in.n != 0, "place 2");
}

/* An answer is at most 1 MiB, whatever its fields say. */
static void
refuses_answers_over_1m(void)
{
	struct bl_item i = item;
	struct bl_buf payload = {0}, out = {0};
	struct bl_answer a = {.kind = BL_WANT_EVIDENCE};

	i.url = (struct bl_span){0};
	for (size_t more = 0; more < 2; more++) {
		bl_buf_reset(&payload);
		bl_buf_reset(&out);
		i.data = bl_span_of(zeros, (1u << 20) - 5 - 17 + more);
		CHECK(bl_item_put(&payload, &i, NULL) == BL_OK, "item");
		a.payload = bl_buf_span(&payload);
		CHECK(bl_answer_put(&out, &a, NULL) ==
			(more == 0 ? BL_OK : BL_E_CALLER),
		    "1 MiB");
	}
	bl_buf_clear(&payload);
	bl_buf_clear(&out);
}

static enum bl_err
put_all(void *arg)
{
	struct bl_buf payload = {0}, out = {0};
	struct bl_answer a = {.kind = BL_WANT_EVIDENCE};
	enum bl_err err;

	(void)arg;
	if ((err = bl_item_put(&payload, &item, NULL)) == BL_OK) {
		a.payload = bl_buf_span(&payload);
		err = bl_answer_put(&out, &a, NULL);
	}
	bl_buf_clear(&payload);
	bl_buf_clear(&out);
	return err;
}

static void
survives_each_allocation(void)
{
	bl_test_each_allocation(put_all, NULL, "put");
}

TESTS(TEST(reads_answers), TEST(refuses_every_truncation),
    TEST(keeps_its_limits), TEST(counts_items), TEST(walks_items),
    TEST(writes_good_items_only), TEST(reads_no_item_from_a_place_2),
    TEST(refuses_answers_over_1m), TEST(survives_each_allocation))
