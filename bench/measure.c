/* measure.c - see measure.h. */
#include "bench/measure.h"

#include <stdio.h>
#include <stdlib.h>

static double
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
seconds_for_one(const struct work *w, double slice, clockid_t clock)
{
	double start = now(clock), spent;
	unsigned long done = 0;

	do {
		w->run(w->arg);
		done++;
		spent = now(clock) - start;
	} while (spent < slice);
	return spent / (double)done / (w->scale != 0 ? w->scale : 1);
}

void
measure(const struct work *works, size_t n, unsigned rounds, double slice,
    clockid_t clock)
{
	/* what is loaded and made once is not what is timed */
	for (size_t i = 0; i < n; i++)
		works[i].run(works[i].arg);
	for (unsigned r = 0; r < rounds; r++)
		for (size_t i = 0; i < n; i++)
			printf("%s %.9g\n", works[i].name,
			    seconds_for_one(&works[i], slice, clock));
	fflush(stdout);
}

_Noreturn void
give_up(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}
