/* writer.c - the thread that writes; see reader.h. It does nothing else: it
 * takes no memory, and what it is handed belongs to it until it is written. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "reader/reader.h"

#define PIECES 4
#define STACK  ((size_t)256 << 10) /* bytes */
#define WAKE   10000 /* ns: about what it takes to wake the thread */
#define SLOW   4     /* pieces that took longer, of a file not written here */

enum state { STARTING, RUNNING, UNCAGED };

struct piece {
	int fd;
	int64_t at;
	struct bl_buf bytes;
};

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum state state;
	struct piece pieces[PIECES];
	size_t handed, written; /* pieces since the start */
	int error;     /* the first of a job; nothing is written then */
	unsigned slow; /* pieces of the job that took longer than WAKE here */
};

bool
io_again(int fd, short events)
{
	struct pollfd p = {fd, events, 0};

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

int
io_put(int fd, int64_t at, struct bl_span s)
{
	while (s.n > 0) {
		ssize_t n = at < 0 ? write(fd, s.p, s.n)
				   : pwrite(fd, s.p, s.n, at);

		if (n < 0 && io_again(fd, POLLOUT))
			continue;
		if (n < 0)
			return errno;
		if (at >= 0)
			at += n;
		s = bl_span_cut(s, (size_t)n, s.n - (size_t)n);
	}
	return 0;
}

/* Writes one piece after the other, until the program ends. */
static void *
run(void *arg)
{
	struct writer *w = arg;
	bool ok = bl_cage_thread(NULL) == BL_OK;

	pthread_mutex_lock(&w->lock);
	w->state = ok ? RUNNING : UNCAGED;
	pthread_cond_broadcast(&w->changed);
	for (;;) {
		struct piece *p = &w->pieces[w->written % PIECES];
		int error = w->error;

		if (w->written == w->handed) {
			pthread_cond_wait(&w->changed, &w->lock);
			continue;
		}
		pthread_mutex_unlock(&w->lock);
		if (error == 0)
			error = io_put(p->fd, p->at, bl_buf_span(&p->bytes));
		pthread_mutex_lock(&w->lock);
		w->error = error;
		w->written++;
		pthread_cond_broadcast(&w->changed);
	}
	return NULL;
}

struct writer *
writer_start(void)
{
	struct writer *w = calloc(1, sizeof(*w));
	pthread_attr_t how;
	bool ok;

	if (w == NULL || pthread_mutex_init(&w->lock, NULL) != 0 ||
	    pthread_cond_init(&w->changed, NULL) != 0 ||
	    pthread_attr_init(&how) != 0) {
		free(w);
		return NULL;
	}
	ok = pthread_attr_setstacksize(&how, STACK) == 0 &&
	    pthread_create(&w->thread, &how, run, w) == 0;
	pthread_attr_destroy(&how);
	pthread_mutex_lock(&w->lock);
	while (ok && w->state == STARTING)
		pthread_cond_wait(&w->changed, &w->lock);
	ok = ok && w->state == RUNNING;
	pthread_mutex_unlock(&w->lock);
	return ok ? w : NULL; /* without it the program ends */
}

/* Waits until no more than so many pieces are on their way; the first error. */
static int
wait_for(struct writer *w, size_t pieces)
{
	int error;

	pthread_mutex_lock(&w->lock);
	while (w->handed - w->written > pieces)
		pthread_cond_wait(&w->changed, &w->lock);
	error = w->error;
	pthread_mutex_unlock(&w->lock);
	return error;
}

static int64_t
now_ns(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Writes a piece in the thread that has it, when nothing is before it. */
static int
write_here(struct writer *w, int fd, int64_t at, struct bl_buf *bytes)
{
	int64_t start = now_ns();
	int error = io_put(fd, at, bl_buf_span(bytes));

	if (now_ns() - start > WAKE)
		w->slow++;
	bl_buf_reset(bytes);
	if (error != 0) {
		pthread_mutex_lock(&w->lock);
		w->error = error;
		pthread_mutex_unlock(&w->lock);
	}
	return error;
}

int
writer_hand(struct writer *w, int fd, int64_t at, struct bl_buf *bytes)
{
	/* what is written sooner than the thread is woken does not go to it */
	bool here = w->slow < SLOW;
	struct piece *p = &w->pieces[w->handed % PIECES];
	int error = wait_for(w, here ? 0 : PIECES - 1);
	struct bl_buf empty = p->bytes;

	if (error != 0)
		return error;
	if (here)
		return write_here(w, fd, at, bytes);
	*p = (struct piece){fd, at, *bytes};
	*bytes = empty;
	bl_buf_reset(bytes);
	pthread_mutex_lock(&w->lock);
	w->handed++;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return 0;
}

int
writer_settle(struct writer *w)
{
	return wait_for(w, 0);
}

void
writer_rest(struct writer *w)
{
	(void)wait_for(w, 0);
	for (size_t i = 0; i < PIECES; i++)
		bl_buf_clear(&w->pieces[i].bytes);
	pthread_mutex_lock(&w->lock);
	w->error = 0;
	w->slow = 0;
	pthread_mutex_unlock(&w->lock);
}
