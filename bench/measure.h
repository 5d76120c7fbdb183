/* measure.h - times works of a program against each other. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include <time.h>

/*
 * work is one thing to be timed: `run` does it once.
 *
 * name   as bench/run knows it
 * scale  what the time of one run is divided by: bytes, messages; 0: 1
 */
struct work {
	const char *name;
	void (*run)(void *arg);
	void *arg;
	double scale;
};

/*
 * measure runs the works by turns, `rounds` times: each for at least `slice`
 * seconds and at least once, so that what disturbs the machine disturbs all of
 * them. Prints a line for each turn: name, seconds for one.
 *
 * clock  CLOCK_PROCESS_CPUTIME_ID for work of one thread, which leaves out
 *	  what others take of the machine; else CLOCK_MONOTONIC
 */
void measure(const struct work *works, size_t n, unsigned rounds, double slice,
    clockid_t clock);

/* give_up ends the program with a line that says why. */
_Noreturn void give_up(const char *what);
/* ensure ends the program where something that must hold does not. */
static inline void
ensure(bool ok, const char *what)
{
	if (!ok)
		give_up(what);
}

#endif
