/* buf_test.c - spans, notes, lists and buffers: growth, limits, failures. */
#include "base/base.h"
#include "tests/test.h"

#include <string.h>
#include <wchar.h>

#define N(a) (sizeof(a) / sizeof(*(a)))

static void
every_error_has_a_name_of_its_own(void)
{
	for (int i = BL_OK; i <= BL_E_CALLER; i++) {
		const char *name = bl_err_name((enum bl_err)i);

		CHECK(strcmp(name, "unknown") != 0, name);
		for (int k = 0; k < i; k++)
			CHECK(strcmp(name, bl_err_name((enum bl_err)k)) != 0,
			    name);
	}
	CHECK(strcmp(bl_err_name(BL_E_MALFORMED), "malformed") == 0, "name");
	CHECK(
	    strcmp(bl_err_name((enum bl_err)(BL_E_CALLER + 1)), "unknown") == 0,
	    "no such error");
}

static void
the_first_note_wins(void)
{
	struct bl_note note = {0};

	CHECK(bl_fail(&note, BL_E_FORGED, 7, "first", "RFC 1 2") == BL_E_FORGED,
	    "returns it");
	CHECK(bl_fail_limit(&note, 9, "limit-x", "second", NULL) == BL_E_LIMIT,
	    "returns it");
	CHECK(note.err == BL_E_FORGED && note.at == 7 && note.reason == NULL,
	    "first");
	CHECK(strcmp(note.what, "first") == 0, "first");
	CHECK(strcmp(note.source, "RFC 1 2") == 0, "first");
	note = (struct bl_note){0};
	CHECK(bl_fail_limit(&note, 9, "limit-x", "second", NULL) == BL_E_LIMIT,
	    "limit");
	CHECK(note.err == BL_E_LIMIT && note.at == 9, "limit");
	CHECK(strcmp(note.reason, "limit-x") == 0, "limit");
	CHECK(bl_fail(NULL, BL_E_MEMORY, 0, "none", NULL) == BL_E_MEMORY,
	    "no note");
}

static void
spans_compare(void)
{
	static const struct {
		struct bl_span a, b;
		bool equal, nocase;
	} cases[] = {
	    {BYTES(""), {NULL, 0}, true, true},
	    {BYTES("ab"), BYTES("ab"), true, true},
	    {BYTES("ab"), BYTES("aB"), false, true},
	    {BYTES("Az"), BYTES("aZ"), false, true},
	    {BYTES("ab"), BYTES("abc"), false, false},
	    {BYTES("ab"), BYTES("ac"), false, false},
	    {BYTES("a\0b"), BYTES("a\0c"), false, false},
	    {BYTES("@["), BYTES("`{"), false, false},
	    {BYTES("\xc4"), BYTES("\xe4"), false, false},
	    {BYTES("k"), BYTES("\x0b"), false, false},
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct bl_span a = cases[i].a, b = cases[i].b;

		CHECK(bl_span_equal(a, b) == cases[i].equal, "equal");
		CHECK(bl_span_equal(b, a) == cases[i].equal, "equal");
		CHECK(bl_span_equal_nocase(a, b) == cases[i].nocase, "nocase");
		CHECK(bl_same(a, b) == cases[i].equal, "same");
		/* what BYTES made has a NUL behind it */
		if (b.p != NULL && memchr(b.p, 0, b.n) == NULL)
			CHECK(
			    bl_span_is(a, (const char *)b.p) == cases[i].nocase,
			    "is");
	}
	CHECK(bl_span_is((struct bl_span){NULL, 0}, ""), "nothing");
	CHECK(!bl_span_is(BL_STR("ab"), "a") && !bl_span_is(BL_STR("a"), "ab"),
	    "the start alone");
	CHECK(!bl_span_is(BL_STR("a\0"), "a\0"), "a NUL is no end");
}

static void
spans_are_cut_within(void)
{
	struct bl_span s = BYTES("abcd");

	CHECK(bl_span_equal(bl_span_cut(s, 1, 2), BL_STR("bc")), "inside");
	CHECK(bl_span_equal(bl_span_cut(s, 1, SIZE_MAX), BL_STR("bcd")),
	    "clipped");
	CHECK(bl_span_cut(s, 4, 1).n == 0, "at the end");
	CHECK(bl_span_cut(s, 5, 1).n == 0, "after it");
	CHECK(bl_span_cut(s, SIZE_MAX, SIZE_MAX).n == 0, "far after it");
	CHECK(bl_span_cut(bl_span_of(NULL, 0), 0, 1).p == NULL, "nothing");
	CHECK(bl_span_str(NULL).n == 0 && bl_span_str("abc").n == 3, "str");
}

static void
lists_grow(void)
{
	uint32_t *items = NULL;
	size_t cap = 0, moves = 0;

	for (uint32_t n = 0; n < 1000; n++) {
		size_t before = cap;

		CHECK(bl_list_grow(&items, n, &cap, sizeof(*items), NULL) ==
			BL_OK,
		    "grow");
		CHECK(cap > n, "room");
		moves += cap != before;
		items[n] = n;
	}
	for (uint32_t n = 0; n < 1000; n++)
		CHECK(items[n] == n, "kept");
	CHECK(moves < 10, "doubles");
	bl_release(items);
	CHECK(bl_alloc_array(SIZE_MAX / 2, 3) == NULL, "overflow");
}

static void
a_list_too_long_is_refused(void)
{
	struct bl_note note = {0};
	void *items = NULL;
	size_t cap = SIZE_MAX / 2 + 1;

	CHECK(bl_list_grow(&items, cap, &cap, 1, &note) == BL_E_MEMORY, "cap");
	CHECK(note.err == BL_E_MEMORY && items == NULL, "cap");
	cap = SIZE_MAX / 4;
	CHECK(bl_list_grow(&items, cap, &cap, 8, NULL) == BL_E_MEMORY, "size");
	CHECK(cap == SIZE_MAX / 4 && items == NULL, "untouched");
}

static void
buffers_hold_what_is_added(void)
{
	struct bl_buf b = {0};

	bl_buf_add(&b, BL_STR("ab"));
	bl_buf_add(&b, bl_span_of(NULL, 0));
	bl_buf_add_u8(&b, 0);
	bl_buf_add_str(&b, "cd");
	bl_buf_add_str(&b, NULL);
	bl_buf_add_f(&b, "%d%s", 42, "");
	bl_buf_add_f(&b, "%s", "");
	CHECK(bl_span_equal(bl_buf_span(&b), BL_STR("ab\0cd42")), "all");
	CHECK(strcmp(bl_buf_text(&b) + 3, "cd42") == 0 && b.n == 7, "text");
	bl_buf_drop(&b, 3);
	CHECK(bl_span_equal(bl_buf_span(&b), BL_STR("cd42")), "drop");
	bl_buf_drop(&b, 0);
	CHECK(b.n == 4, "drop nothing");
	bl_buf_drop(&b, 5);
	CHECK(b.n == 0 && b.cap > 0, "drop all");
	bl_buf_clear(&b);
	CHECK(b.p == NULL && b.n == 0 && b.cap == 0, "clear");
	bl_buf_drop(&b, 1);
	CHECK(bl_buf_span(&b).n == 0 && bl_buf_err(&b, NULL) == BL_OK, "empty");
	CHECK(strcmp(bl_buf_text(&b), "") == 0, "text of nothing");
	bl_buf_clear(&b);
}

static void
buffers_stop_at_their_maximum(void)
{
	uint8_t bytes[300] = {0};

	for (size_t max = 1; max < sizeof(bytes); max += 37) {
		struct bl_note note = {0};
		struct bl_buf b;

		bl_buf_init(&b, max);
		bl_buf_add(&b, bl_span_of(bytes, max - 1));
		CHECK(bl_buf_text(&b) != NULL, "text below");
		bl_buf_add_u8(&b, 1);
		CHECK(bl_buf_err(&b, &note) == BL_OK && b.n == max, "full");
		CHECK(b.cap <= max + 1, "no more room than that");
		CHECK(bl_buf_text(&b) != NULL && b.p[max] == 0, "text full");
		bl_buf_add(&b, bl_span_of(NULL, 0));
		CHECK(b.err == BL_OK, "nothing more");
		bl_buf_add_u8(&b, 1);
		CHECK(bl_buf_err(&b, &note) == BL_E_LIMIT, "over");
		CHECK(note.err == BL_E_LIMIT && note.at == max, "note");
		CHECK(b.n == max, "unchanged");
		bl_buf_drop(&b, 1);
		bl_buf_add_u8(&b, 1);
		bl_buf_add_f(&b, "%d", 1);
		CHECK(b.n == max - 1 && b.err == BL_E_LIMIT, "it sticks");
		CHECK(bl_buf_text(&b) == NULL && bl_buf_grow(&b, 1) == NULL,
		    "it sticks");
		bl_buf_reset(&b);
		CHECK(b.n == 0 && b.err == BL_OK && b.max == max, "reset");
		bl_buf_add(&b, bl_span_of(bytes, max));
		CHECK(b.err == BL_OK, "full again");
		bl_buf_clear(&b);
		CHECK(b.max == max && b.err == BL_OK, "clear keeps max");
		bl_buf_add(&b, bl_span_of(bytes, max + 1));
		CHECK(b.err == BL_E_LIMIT && b.p == NULL, "over at once");
		bl_buf_clear(&b);
	}
}

static void
the_default_maximum_is_bl_buf_max(void)
{
	struct bl_buf b = {0};

	CHECK(bl_buf_grow(&b, BL_BUF_MAX) != NULL, "max");
	b.n = BL_BUF_MAX;
	CHECK(bl_buf_grow(&b, 1) == NULL && b.err == BL_E_LIMIT, "over");
	bl_buf_clear(&b);
	bl_buf_init(&b, SIZE_MAX);
	bl_buf_add_u8(&b, 1);
	CHECK(bl_buf_grow(&b, SIZE_MAX) == NULL && b.err == BL_E_LIMIT,
	    "sum over SIZE_MAX");
	bl_buf_clear(&b);
	b = (struct bl_buf){.n = SIZE_MAX, .cap = SIZE_MAX, .max = SIZE_MAX};
	CHECK(bl_buf_text(&b) == NULL && b.err == BL_E_LIMIT,
	    "no number for a NUL more");
}

static void
formats_meet_the_maximum(void)
{
	for (size_t max = 4; max <= 5; max++) {
		struct bl_buf b = {.max = max};

		bl_buf_add_f(&b, "%05d", 7);
		CHECK(b.err == (max == 5 ? BL_OK : BL_E_LIMIT), "max");
		CHECK(b.n == (max == 5 ? 5 : 0), "max");
		bl_buf_clear(&b);
	}
}

/* A wide character that the C locale has not. */
static void
a_format_may_fail(void)
{
	struct bl_buf b = {0};

	bl_buf_add_f(&b, "%lc", (wint_t)0x20ac);
	CHECK(b.err == BL_E_CALLER && b.n == 0, "format");
	b.err = BL_E_LIMIT;
	bl_buf_add_f(&b, "%lc", (wint_t)0x20ac);
	CHECK(b.err == BL_E_LIMIT, "the first failure stays");
	bl_buf_clear(&b);
}

static struct {
	const uint8_t *p;
	size_t n;
	int seen, clean;
} watched;

/* watch counts how often the watched memory is released, and found zero. */
static void
watch(void *p)
{
	size_t i = 0;

	if (p != watched.p)
		return;
	while (i < watched.n && watched.p[i] == 0)
		i++;
	watched.seen++;
	watched.clean += i == watched.n;
}

static void
what_is_released_is_wiped(void)
{
	struct bl_buf b = {0};

	bl_test_on_release(watch);
	for (int i = 0; i < 2; i++) {
		bl_buf_add(&b, BL_STR("secret"));
		/* Bytes beyond n were in use before, or are being filled. */
		b.p[b.cap - 1] = 1;
		watched.p = b.p;
		watched.n = b.cap;
		watched.seen = watched.clean = 0;
		if (i == 0)
			CHECK(bl_buf_grow(&b, b.cap) != NULL, "grow");
		else
			bl_buf_clear(&b);
		CHECK(watched.seen == 1, "released");
		CHECK(watched.clean == 1, "wiped");
	}
	bl_test_on_release(NULL);
}

static void
a_buffer_may_be_added_to_itself(void)
{
	struct bl_buf b = {0};

	bl_buf_add(&b, BL_STR("abc"));
	for (int i = 0; i < 6; i++)
		bl_buf_add(&b, bl_buf_span(&b));
	CHECK(b.n == 3 * 64, "doubled");
	for (size_t i = 0; i < b.n; i++)
		CHECK(b.p[i] == "abc"[i % 3], "doubled");
	bl_buf_clear(&b);
}

static void
growing_keeps_and_costs_little(void)
{
	struct bl_buf b = {0};
	size_t moves = 0;

	for (size_t i = 0; i < 1000000; i++) {
		uint8_t *before = b.p;

		bl_buf_add_u8(&b, (uint8_t)(i * 31));
		moves += b.p != before;
	}
	for (size_t i = 0; i < b.n; i++)
		CHECK(b.p[i] == (uint8_t)(i * 31), "kept");
	CHECK(b.n == 1000000 && moves < 40, "moves");
	bl_buf_clear(&b);
}

static enum bl_err
fill(void *arg)
{
	struct bl_buf b = {0};
	uint32_t *items = NULL;
	size_t cap = 0;
	enum bl_err err = BL_OK;

	(void)arg;
	for (size_t n = 0; n < 20 && err == BL_OK; n++)
		err = bl_list_grow(&items, n, &cap, sizeof(*items), NULL);
	for (int i = 0; i < 100; i++)
		bl_buf_add_f(&b, "%d", i);
	if (err == BL_OK)
		err = bl_buf_text(&b) == NULL ? b.err : BL_OK;
	if (err == BL_OK)
		err = bl_buf_err(&b, NULL);
	bl_buf_clear(&b);
	bl_release(items);
	return err;
}

static void
growing_without_memory(void)
{
	struct bl_note note = {0};
	struct bl_buf b = {.err = BL_E_MEMORY};

	bl_test_each_allocation(fill, NULL, "fill");
	CHECK(bl_buf_err(&b, &note) == BL_E_MEMORY, "note");
	CHECK(strstr(note.what, "memory") != NULL, "note");
	b.err = BL_E_LIMIT;
	note = (struct bl_note){0};
	CHECK(bl_buf_err(&b, &note) == BL_E_LIMIT, "note");
	CHECK(strstr(note.what, "hold") != NULL, "note");
	b.err = BL_E_CALLER;
	note = (struct bl_note){0};
	CHECK(bl_buf_err(&b, &note) == BL_E_CALLER, "note");
	CHECK(strstr(note.what, "format") != NULL, "note");
}

/* Whatever room is left: all of it, one too little, one too much. */
static void
formats_fit_any_room(void)
{
	for (size_t n = 40; n < 80; n++) {
		struct bl_buf b = {0};

		for (size_t i = 0; i < n; i++)
			bl_buf_add_u8(&b, 'a');
		bl_buf_add_f(&b, "%s%04d", "b", 1234);
		CHECK(b.n == n + 5 && memcmp(b.p + n - 1, "ab1234", 6) == 0,
		    "formatted");
		bl_buf_clear(&b);
	}
	/* The first room is 64 bytes: a text as long as that, and its twins. */
	for (int n = 62; n < 67; n++) {
		struct bl_buf b = {0};

		bl_buf_add_f(&b, "%0*d", n, 7);
		CHECK(
		    b.n == (size_t)n && b.p[n - 2] == '0' && b.p[n - 1] == '7',
		    "all of it");
		bl_buf_clear(&b);
	}
}

static enum bl_err
expect(void *arg)
{
	struct bl_buf b = {0};
	enum bl_err err;

	(void)arg;
	bl_buf_expect(&b, 100);
	bl_buf_add(&b, BL_STR("ab"));
	err = bl_buf_err(&b, NULL);
	bl_buf_clear(&b);
	return err;
}

static void
room_is_expected_within_the_maximum(void)
{
	struct bl_buf b;
	const uint8_t *p;

	bl_buf_init(&b, 100);
	bl_buf_add(&b, BL_STR("ab"));
	bl_buf_expect(&b, 90);
	p = b.p;
	CHECK(b.n == 2 && b.cap >= 92 && b.cap <= 100, "room");
	for (size_t i = 0; i < 90; i++)
		bl_buf_add_u8(&b, 'c');
	CHECK(b.p == p && b.n == 92 && b.err == BL_OK, "it does not move");
	bl_buf_expect(&b, SIZE_MAX);
	CHECK(b.err == BL_OK && b.cap == 100, "no more than may come");
	CHECK(bl_span_equal(bl_span_cut(bl_buf_span(&b), 0, 3), BL_STR("abc")),
	    "kept");
	b.err = BL_E_LIMIT;
	bl_buf_expect(&b, 1);
	CHECK(b.err == BL_E_LIMIT, "an error sticks");
	bl_buf_clear(&b);
	bl_test_each_allocation(expect, NULL, "expect");
}

TESTS(TEST(every_error_has_a_name_of_its_own), TEST(the_first_note_wins),
    TEST(spans_compare), TEST(spans_are_cut_within), TEST(lists_grow),
    TEST(a_list_too_long_is_refused), TEST(buffers_hold_what_is_added),
    TEST(buffers_stop_at_their_maximum),
    TEST(the_default_maximum_is_bl_buf_max), TEST(formats_meet_the_maximum),
    TEST(a_format_may_fail), TEST(what_is_released_is_wiped),
    TEST(a_buffer_may_be_added_to_itself), TEST(growing_keeps_and_costs_little),
    TEST(growing_without_memory), TEST(formats_fit_any_room),
    TEST(room_is_expected_within_the_maximum))
