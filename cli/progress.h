/* progress.h - how far long work is: on a terminal, after the first second. */
#ifndef BL_CLI_PROGRESS_H
#define BL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* progress: start it with progress_init; `total` is 0 when not known. */
struct progress {
	bool wanted, shown;
	uint64_t total;	  /* bytes */
	int64_t since_ms; /* monotonic */
};
void progress_init(struct progress *p, int input);
/* progress_show fits bl_reader_calls. */
void progress_show(void *p, uint64_t bytes);
/* progress_end clears the line. */
void progress_end(struct progress *p);

#endif
