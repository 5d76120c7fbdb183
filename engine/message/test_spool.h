/* test_spool.h - a spool in memory, for tests. */
#ifndef BL_MESSAGE_TEST_SPOOL_H
#define BL_MESSAGE_TEST_SPOOL_H

#include "bulla/spool.h"

/* test_spool keeps what was appended; `fail_after` calls it fails, 0: never.
 * `step` is the most that one read gives, 0: no limit. */
struct test_spool {
	struct bl_spool face;
	uint8_t *p;
	size_t n, cap, at;
	size_t step;
	unsigned calls, fail_after;
};
void test_spool_init(struct test_spool *t, bool is_output);
void test_spool_clear(struct test_spool *t);
/* test_spool_has tells whether the bytes are anywhere in it. */
bool test_spool_has(const struct test_spool *t, const char *text);

#endif
