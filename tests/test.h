/* test.h - what unit tests use: cases with names, and failing allocations. */
#ifndef BL_TESTS_TEST_H
#define BL_TESTS_TEST_H

#include "bulla/base.h"

/* CHECK records a failure with the name of its case and goes on. */
#define CHECK(cond, name)                                                      \
	bl_test_check((cond), #cond, (name), __FILE__, __LINE__)
void bl_test_check(
    bool ok, const char *cond, const char *name, const char *file, int line);

/* BYTES makes a span of a string literal that may hold NULs; usable in static
 * initialisers. */
#define BYTES(s)                                                               \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}

/* TESTS lists the test functions of a file and makes its main. */
#define TESTS(...)                                                             \
	int main(void)                                                         \
	{                                                                      \
		static const struct bl_test tests[] = {__VA_ARGS__};           \
		return bl_test_run(                                            \
		    __FILE__, tests, sizeof(tests) / sizeof(*tests));          \
	}
#define TEST(fn)                                                               \
	{                                                                      \
#fn, fn                                                        \
	}
struct bl_test {
	const char *name;
	void (*run)(void);
};
int bl_test_run(const char *file, const struct bl_test *tests, size_t n);

/*
 * bl_test_each_allocation runs the scenario with the first, second, ...
 * allocation of the engine failing until one run has enough. Each earlier run
 * must return BL_E_MEMORY; the last must return BL_OK. The scenario frees what
 * it makes in every case (leaks are found by the address sanitiser).
 */
void bl_test_each_allocation(
    enum bl_err (*scenario)(void *arg), void *arg, const char *name);

/* bl_test_on_release calls `fn` with all that the engine releases, before it is
 * gone; NULL ends that. */
void bl_test_on_release(void (*fn)(void *p));

/* bl_test_corpus opens a file under BULLA_CORPORA (default ../shared/corpora
 * beside the repository) and reads it whole; false, with a line that says so,
 * when it is missing. */
bool bl_test_corpus(struct bl_buf *out, const char *path);
/* bl_test_file reads any file whole. */
bool bl_test_file(struct bl_buf *out, const char *path);

#endif
