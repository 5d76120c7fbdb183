/* test.c - see test.h. Runs on cmocka. */
#include "tests/test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned failures;
static size_t allocations_left = SIZE_MAX;
static bool allocation_failed;

void *__real_bl_alloc(size_t n);
void *__wrap_bl_alloc(size_t n);

void *
__wrap_bl_alloc(size_t n)
{
	if (allocations_left == 0) {
		allocation_failed = true;
		return NULL;
	}
	if (allocations_left != SIZE_MAX)
		allocations_left--;
	return __real_bl_alloc(n);
}

void __real_bl_release(void *p);
void __wrap_bl_release(void *p);
static void (*on_release)(void *p);

void
__wrap_bl_release(void *p)
{
	if (on_release != NULL)
		on_release(p);
	__real_bl_release(p);
}

void
bl_test_on_release(void (*fn)(void *p))
{
	on_release = fn;
}

void
bl_test_check(
    bool ok, const char *cond, const char *name, const char *file, int line)
{
	if (ok)
		return;
	failures++;
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, name, cond);
}

static void
run_one(void **state)
{
	const struct bl_test *t = *state;

	failures = 0;
	t->run();
	if (failures != 0)
		fail_msg("%u checks failed", failures);
}

int
bl_test_run(const char *file, const struct bl_test *tests, size_t n)
{
	struct CMUnitTest *list = calloc(n, sizeof(*list));
	int bad;

	if (list == NULL)
		return 1;
	for (size_t i = 0; i < n; i++) {
		list[i].name = tests[i].name;
		list[i].test_func = run_one;
		list[i].initial_state = (void *)(uintptr_t)&tests[i];
	}
	bad = _cmocka_run_group_tests(file, list, n, NULL, NULL);
	free(list);
	return bad == 0 ? 0 : 1;
}

void
bl_test_each_allocation(
    enum bl_err (*scenario)(void *arg), void *arg, const char *name)
{
	enum bl_err err;

	for (size_t n = 0; n < 1000000; n++) {
		allocation_failed = false;
		allocations_left = n;
		err = scenario(arg);
		allocations_left = SIZE_MAX;
		if (!allocation_failed) {
			CHECK(err == BL_OK, name);
			return;
		}
		CHECK(err == BL_E_MEMORY, name);
		if (err != BL_E_MEMORY) {
			fprintf(stderr, "%s: allocation %zu\n", name, n);
			return;
		}
	}
	CHECK(false, name);
}

bool
bl_test_file(struct bl_buf *out, const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t chunk[16384];
	size_t n;

	if (f == NULL)
		return false;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		bl_buf_add(out, bl_span_of(chunk, n));
	fclose(f);
	return out->err == BL_OK;
}

bool
bl_test_corpus(struct bl_buf *out, const char *path)
{
	const char *root = getenv("BULLA_CORPORA");
	char full[4096];

	if (root == NULL)
		root = "../shared/corpora";
	snprintf(full, sizeof(full), "%s/%s", root, path);
	if (bl_test_file(out, full))
		return true;
	fprintf(stderr, "corpus file is missing: %s\n", full);
	return false;
}
