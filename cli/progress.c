/* progress.c - see progress.h. */
#include "cli/progress.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_MS 1000

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_init(struct progress *p, int input)
{
	struct stat st;

	*p = (struct progress){
	    .wanted = isatty(STDERR_FILENO) == 1, .since_ms = now_ms()};
	if (fstat(input, &st) == 0 && S_ISREG(st.st_mode))
		p->total = (uint64_t)st.st_size;
}

void
progress_show(void *arg, uint64_t bytes)
{
	struct progress *p = arg;
	int64_t spent = now_ms() - p->since_ms;

	if (!p->wanted || spent < PATIENCE_MS)
		return;
	p->shown = true;
	fprintf(stderr, "\r\033[K%" PRIu64 " MiB", bytes >> 20);
	if (p->total > 0)
		fprintf(stderr, " of %" PRIu64 ", %" PRIu64 " %%",
		    p->total >> 20,
		    bytes < p->total ? bytes * 100 / p->total : 100);
	fprintf(stderr, ", %" PRIu64 " MB/s",
	    bytes / 1000 / (uint64_t)(spent > 0 ? spent : 1));
	fflush(stderr);
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
