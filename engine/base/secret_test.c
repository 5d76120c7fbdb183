/* secret_test.c - sizes, comparison, and what the kernel was told. */
#include "base/base.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB   ((size_t)1 << 20)
#define PAGES ((size_t)3 << 12) /* bytes */

/* The address sanitiser locks nothing, and wants all of the address space. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITISED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITISED true
#endif
#endif
#ifndef SANITISED
#define SANITISED false
#endif

static void
sizes_meet_their_limit(void)
{
	static const struct {
		size_t n;
		enum bl_err want;
	} cases[] = {{0, BL_OK}, {1, BL_OK}, {4096, BL_OK}, {4097, BL_OK},
	    {MIB, BL_OK}, {MIB + 1, BL_E_LIMIT}, {SIZE_MAX, BL_E_LIMIT}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_note note = {0};
		struct bl_secret *s = (struct bl_secret *)(uintptr_t)1;
		size_t n = cases[i].n;

		CHECK(bl_secret_new(&s, n, &note) == cases[i].want, "new");
		CHECK(note.err == cases[i].want, "note");
		CHECK((s != NULL) == (cases[i].want == BL_OK), "out");
		if (s != NULL) {
			CHECK(bl_secret_reveal(s).n == n, "size");
			for (size_t k = 0; k < n; k++)
				CHECK(bl_secret_reveal(s).p[k] == 0, "zero");
			memset(bl_secret_fill(s), 0xff, n);
		}
		bl_secret_free(s);
	}
}

static void
copies_and_compares(void)
{
	static const struct {
		struct bl_span a, b;
		bool equal;
	} cases[] = {
	    {BYTES("key"), BYTES("key"), true},
	    {BYTES("key"), BYTES("kez"), false},
	    {BYTES("key"), BYTES("Key"), false},
	    {BYTES("key"), BYTES("ke"), false},
	    {BYTES(""), BYTES(""), true},
	    {BYTES(""), BYTES("k"), false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_secret *a, *b;

		CHECK(bl_secret_copy(&a, cases[i].a, NULL) == BL_OK, "copy");
		CHECK(bl_secret_copy(&b, cases[i].b, NULL) == BL_OK, "copy");
		CHECK(bl_span_equal(bl_secret_reveal(a), cases[i].a), "copy");
		CHECK(bl_secret_fill(a) == bl_secret_reveal(a).p, "fill");
		CHECK(bl_secret_equal(a, b) == cases[i].equal, "equal");
		CHECK(bl_secret_equal(b, a) == cases[i].equal, "equal");
		CHECK(!bl_secret_equal(a, NULL), "none");
		bl_secret_free(a);
		bl_secret_free(b);
	}
	CHECK(!bl_secret_equal(NULL, NULL), "no secret equals another one");
	CHECK(bl_secret_reveal(NULL).n == 0, "none");
	bl_secret_free(NULL);
}

/* Each bit of each byte counts in a comparison. */
static void
every_bit_is_compared(void)
{
	uint8_t a[9] = {0}, b[9] = {0};

	for (size_t bit = 0; bit < 8 * sizeof(a); bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK(!bl_same(bl_span_of(a, 9), bl_span_of(b, 9)), "bit");
		b[bit / 8] = 0;
	}
	CHECK(bl_same(bl_span_of(a, 9), bl_span_of(b, 9)), "none");
}

static void
wiping_leaves_zeros(void)
{
	uint8_t p[40];

	memset(p, 0xee, sizeof(p));
	bl_wipe(p + 1, sizeof(p) - 2);
	for (size_t i = 0; i < sizeof(p); i++)
		CHECK(p[i] == (i == 0 || i + 1 == sizeof(p) ? 0xee : 0), "p");
	bl_wipe(NULL, 0);
}

/* flags_of reads the kernel's VmFlags of the mapping that holds `p`. */
static bool
flags_of(char *flags, int size, const void *p)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long from, to;
	bool inside = false, found = false;

	if (f == NULL)
		return false;
	while (!found && fgets(flags, size, f) != NULL) {
		if (sscanf(flags, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		found = inside && strncmp(flags, "VmFlags:", 8) == 0;
	}
	fclose(f);
	return found;
}

static void
the_kernel_keeps_it_out_of_dumps_and_swap(void)
{
	struct bl_secret *s;
	struct rlimit lock;
	const uint8_t *last;
	char flags[512];

	CHECK(getrlimit(RLIMIT_MEMLOCK, &lock) == 0, "limit");
	CHECK(bl_secret_new(&s, PAGES, NULL) == BL_OK, "new");
	last = bl_secret_reveal(s).p + PAGES - 1;
	CHECK(flags_of(flags, sizeof(flags), last), "smaps");
	CHECK(strstr(flags, " dd") != NULL, "left out of dumps");
	if (!SANITISED && lock.rlim_cur >= 65536)
		CHECK(strstr(flags, " lo") != NULL, "locked");
	bl_secret_free(s);
	CHECK(!flags_of(flags, sizeof(flags), last), "given back");
}

/* Run where nothing may be locked: 0 when all is well but for the lock. */
static int
without_locking(void)
{
	struct rlimit none = {0, 0};
	struct bl_secret *s;
	char flags[512];

	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0)
		return 2;
	/* The superuser may lock whatever the limit says. */
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		return 3;
	if (bl_secret_copy(&s, BL_STR("key"), NULL) != BL_OK)
		return 4;
	/* Its maps may be unreadable after the change of user. */
	if (flags_of(flags, sizeof(flags), bl_secret_reveal(s).p) &&
	    strstr(flags, " lo") != NULL)
		return 5;
	if (!bl_span_equal(bl_secret_reveal(s), BL_STR("key")))
		return 6;
	bl_secret_free(s);
	return 0;
}

static void
works_where_nothing_may_be_locked(void)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(without_locking());
	CHECK(child > 0 && waitpid(child, &status, 0) == child, "child");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "without a lock");
}

static enum bl_err
make_one(void *arg)
{
	struct bl_secret *s;
	enum bl_err err = bl_secret_copy(&s, BL_STR("key"), NULL);

	(void)arg;
	CHECK((s == NULL) == (err != BL_OK), "out");
	bl_secret_free(s);
	return err;
}

static void
making_without_memory(void)
{
	bl_test_each_allocation(make_one, NULL, "secret");
}

/* run_dry makes secrets until no page is left. */
static int
run_dry(void)
{
	struct rlimit small = {32 << 20, 32 << 20};
	struct bl_secret *s[100];
	int n = 0;
	enum bl_err err = BL_OK;

	if (setrlimit(RLIMIT_AS, &small) != 0)
		return 2;
	while (n < 100 && (err = bl_secret_new(&s[n], MIB, NULL)) == BL_OK)
		n++;
	if (err != BL_E_MEMORY || s[n] != NULL)
		return 3;
	while (n > 0)
		bl_secret_free(s[--n]);
	return 0;
}

static void
says_so_when_no_page_is_left(void)
{
	int status = -1;
	pid_t child;

	if (SANITISED)
		return;
	child = fork();
	if (child == 0)
		_exit(run_dry());
	CHECK(child > 0 && waitpid(child, &status, 0) == child, "child");
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "no page left");
}

static void
takes_slots_until_none_is_left(void)
{
	struct bl_secret *s[BL_SECRETS_SLOTS + 1], *again;
	struct bl_secrets *from = NULL;
	const uint8_t *place;

	CHECK(bl_secrets_new(&from, NULL) == BL_OK, "page");
	for (size_t i = 0; i <= BL_SECRETS_SLOTS; i++) {
		CHECK(
		    bl_secret_take(&s[i], from, BL_SECRETS_SLOT, NULL) == BL_OK,
		    "take");
		CHECK(bl_secret_reveal(s[i]).n == BL_SECRETS_SLOT, "size");
		memset(bl_secret_fill(s[i]), (int)i + 1, BL_SECRETS_SLOT);
	}
	/* all differ, the one past the last too: none lies over another */
	for (size_t i = 0; i <= BL_SECRETS_SLOTS; i++)
		for (size_t k = 0; k < BL_SECRETS_SLOT; k++)
			CHECK(bl_secret_reveal(s[i]).p[k] == i + 1, "apart");
	place = bl_secret_reveal(s[7]).p;
	bl_secret_free(s[7]);
	CHECK(bl_secret_take(&again, from, 5, NULL) == BL_OK, "again");
	CHECK(bl_secret_reveal(again).p == place, "the slot that is free");
	for (size_t k = 0; k < BL_SECRETS_SLOT; k++)
		CHECK(place[k] == 0, "wiped when it was freed");
	s[7] = again;
	for (size_t i = 0; i <= BL_SECRETS_SLOTS; i++)
		bl_secret_free(s[i]);
	bl_secrets_free(from);
}

static void
takes_pages_for_what_does_not_fit(void)
{
	struct bl_secrets *from = NULL;
	struct bl_secret *s = NULL, *slot = NULL;

	CHECK(bl_secrets_new(&from, NULL) == BL_OK &&
		bl_secret_take(&slot, from, 1, NULL) == BL_OK &&
		bl_secret_take(&s, from, BL_SECRETS_SLOT + 1, NULL) == BL_OK,
	    "take");
	CHECK((((uintptr_t)bl_secret_reveal(s).p ^
		   (uintptr_t)bl_secret_reveal(slot).p) >>
		  12) != 0,
	    "another page");
	memset(bl_secret_fill(s), 1, BL_SECRETS_SLOT + 1);
	bl_secret_free(s);
	bl_secret_free(slot);
	CHECK(bl_secret_take(&s, from, MIB + 1, NULL) == BL_E_LIMIT, "limit");
	bl_secrets_free(from);
	bl_secrets_free(NULL);
}

static enum bl_err
make_a_page(void *arg)
{
	struct bl_secrets *from = NULL;
	enum bl_err err = bl_secrets_new(&from, NULL);

	(void)arg;
	CHECK((from != NULL) == (err == BL_OK), "out");
	bl_secrets_free(from);
	return err;
}

static void
a_page_of_slots_without_memory(void)
{
	bl_test_each_allocation(make_a_page, NULL, "page");
}

TESTS(TEST(takes_slots_until_none_is_left),
    TEST(takes_pages_for_what_does_not_fit),
    TEST(a_page_of_slots_without_memory), TEST(sizes_meet_their_limit),
    TEST(copies_and_compares), TEST(every_bit_is_compared),
    TEST(wiping_leaves_zeros), TEST(the_kernel_keeps_it_out_of_dumps_and_swap),
    TEST(works_where_nothing_may_be_locked), TEST(making_without_memory),
    TEST(says_so_when_no_page_is_left))
