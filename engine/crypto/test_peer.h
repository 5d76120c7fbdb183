/* test_peer.h - files made and read by other programs, in a folder that goes
 * away with the test. */
#ifndef BL_CRYPTO_TEST_PEER_H
#define BL_CRYPTO_TEST_PEER_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <unistd.h>

#include "base/base.h"
#include "tests/test.h"

/* test_folder is the folder of this run, made at the first call. */
static inline const char *
test_folder(void)
{
	static char path[] = "/tmp/bulla-test-XXXXXX";
	static bool made;

	if (!made) {
		CHECK(mkdtemp(path) != NULL, "mkdtemp");
		made = true;
	}
	return path;
}

static inline void
test_folder_remove(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", test_folder());
	CHECK(system(command) == 0, "rm");
}

/* test_show_log shows what a command that failed has to say. */
static inline bool
test_show_log(void)
{
	char command[128];

	snprintf(command, sizeof(command), "cat '%s/log' >&2", test_folder());
	(void)!system(command);
	return false;
}

/* test_run runs a shell command in the folder, showing its output only when it
 * failed; true when it succeeded. */
static inline bool __attribute__((format(printf, 1, 2)))
test_run(const char *format, ...)
{
	char command[4096];
	int n = snprintf(
	    command, sizeof(command), "cd '%s' && { ", test_folder());
	va_list list;

	va_start(list, format);
	n += vsnprintf(command + n, sizeof(command) - (size_t)n, format, list);
	va_end(list);
	snprintf(command + n, sizeof(command) - (size_t)n,
	    "; } >log 2>&1 </dev/null");
	return system(command) == 0 || test_show_log();
}

/* test_has tells whether a program is there. */
static inline bool
test_has(const char *program)
{
	return test_run("command -v %s", program);
}

/* test_load reads a file of the folder, test_save writes one. */
static inline void
test_load(struct bl_buf *out, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", test_folder(), name);
	bl_buf_reset(out);
	CHECK(bl_test_file(out, path), name);
}

static inline void
test_save(const char *name, struct bl_span s)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", test_folder(), name);
	f = fopen(path, "wb");
	CHECK(f != NULL && fwrite(s.p, 1, s.n, f) == s.n, name);
	if (f != NULL)
		CHECK(fclose(f) == 0, name);
}

#endif
