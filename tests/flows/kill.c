/* kill.c - preloaded into a program, ends it like kill -9 just before the n-th
 * of the calls by which it changes files. KILL_AT is n; KILL_COUNT a file that
 * gets how many there were, when it ends by itself. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long calls;

static void
step(void)
{
	const char *at = getenv("KILL_AT");

	if (at != NULL && ++calls == strtol(at, NULL, 10))
		kill(getpid(), SIGKILL);
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("KILL_COUNT");
	FILE *f = path != NULL ? fopen(path, "w") : NULL;

	if (f == NULL)
		return;
	fprintf(f, "%ld\n", calls);
	fclose(f);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int
rename(const char *a, const char *b)
{
	step();
	return REAL(rename)(a, b);
}

int
renameat(int d, const char *a, int e, const char *b)
{
	step();
	return REAL(renameat)(d, a, e, b);
}

int
linkat(int d, const char *a, int e, const char *b, int flags)
{
	step();
	return REAL(linkat)(d, a, e, b, flags);
}

int
unlink(const char *path)
{
	step();
	return REAL(unlink)(path);
}

int
unlinkat(int d, const char *path, int flags)
{
	step();
	return REAL(unlinkat)(d, path, flags);
}

int
mkdir(const char *path, mode_t mode)
{
	step();
	return REAL(mkdir)(path, mode);
}

int
fsync(int fd)
{
	step();
	return REAL(fsync)(fd);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	step();
	return REAL(write)(fd, p, n);
}
