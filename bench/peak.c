/* peak.c - runs a command and says what it cost: peak COMMAND [ARGUMENT...]
 * prints, on its own standard output, seconds and the peak memory (KiB) of the
 * largest process. The command's output goes to standard error. Small itself:
 * a process counts the memory of the one it was forked from. */
#include <sys/resource.h>
#include <sys/wait.h>

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	double start = now();
	struct rusage used;
	int status;
	pid_t child;

	if (argc < 2 || (child = fork()) < 0)
		return 125;
	if (child == 0) {
		dup2(2, 1);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (wait4(child, &status, 0, &used) < 0)
		return 125;
	printf("%.6f %ld\n", now() - start, used.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
