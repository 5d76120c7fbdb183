/* io.c - the open files of a job; see reader.h. */
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "reader/reader.h"

#define PROGRESS_MS 100

/* What an errno means to a person; `other` where it means nothing more. */
static const char *
why(int error, const char *other)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return "the disk is full";
	case EFBIG:
		return "the result is larger than a file may be there";
	case EISDIR:
		return "the input is a folder";
	case EIO:
		return "the disk failed";
	default:
		return other;
	}
}

static int64_t
now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
tell(struct reader *r)
{
	struct bl_ipc f;
	int64_t now;

	if (!r->progress || (now = now_ms()) - r->told_ms < PROGRESS_MS)
		return;
	r->told_ms = now;
	bl_ipc_init(&f, BL_READER_PROGRESS, BL_BUF_MAX);
	bl_field_put_u64(&f.payload, r->done.bytes_in);
	say(r, &f);
}

/* Whether a call is to be made again: it was interrupted, or the file is one
 * that does not block, for which we wait. */
static bool
again(int fd, short events)
{
	struct pollfd p = {fd, events, 0};

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

enum bl_err
io_read(struct bl_span *in, struct reader *r, int fd, struct bl_note *note)
{
	ssize_t n;

	*in = (struct bl_span){0};
	do {
		n = read(fd, r->chunk, READER_CHUNK);
	} while (n < 0 && again(fd, POLLIN));
	if (n < 0)
		return bl_fail(note, BL_E_SYSTEM, r->done.bytes_in,
		    why(errno, "the input cannot be read"), NULL);
	*in = bl_span_of(r->chunk, (size_t)n);
	r->done.bytes_in += (uint64_t)n;
	bl_cage_cpu_more(&r->cpu, (uint64_t)n);
	tell(r);
	return BL_OK;
}

enum bl_err
io_whole(struct bl_buf *out, struct reader *r, int fd, size_t max,
    struct bl_note *note)
{
	struct bl_span in;
	enum bl_err err;

	bl_buf_init(out, max);
	do {
		if ((err = io_read(&in, r, fd, note)) != BL_OK)
			return err;
		bl_buf_add(out, in);
	} while (in.n > 0 && out->err == BL_OK);
	if (out->err == BL_E_LIMIT)
		return bl_fail_limit(
		    note, max, "limit-file", "the file is too large", NULL);
	return bl_buf_err(out, note);
}

enum bl_err
io_write(struct reader *r, int fd, struct bl_span s, struct bl_note *note)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && again(fd, POLLOUT))
			continue;
		if (n < 0 && errno == EPIPE)
			r->done.closed = true;
		if (n < 0)
			return bl_fail(note, BL_E_SYSTEM, r->done.bytes_out,
			    why(errno, "the result cannot be written"), NULL);
		r->done.bytes_out += (uint64_t)n;
		s = bl_span_cut(s, (size_t)n, s.n - (size_t)n);
	}
	return BL_OK;
}

static enum bl_err
failed(struct io_spool *s)
{
	if (s->error == 0)
		s->error = errno;
	return BL_E_SYSTEM;
}

static enum bl_err
append(void *arg, struct bl_span in)
{
	struct io_spool *s = arg;

	while (in.n > 0) {
		ssize_t n = pwrite(s->fd, in.p, in.n, (off_t)s->end);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(s);
		s->end += (uint64_t)n;
		in = bl_span_cut(in, (size_t)n, in.n - (size_t)n);
	}
	return BL_OK;
}

static enum bl_err
rewind_to(void *arg, enum bl_spool_rewind how)
{
	struct io_spool *s = arg;

	s->at = 0;
	if (how == BL_SPOOL_READ)
		return BL_OK;
	s->end = 0;
	return ftruncate(s->fd, 0) == 0 ? BL_OK : failed(s);
}

static enum bl_err
read_on(void *arg, uint8_t *p, size_t n, size_t *got)
{
	struct io_spool *s = arg;
	ssize_t r;

	*got = 0;
	if (n > s->end - s->at)
		n = (size_t)(s->end - s->at);
	if (n == 0)
		return BL_OK;
	do {
		r = pread(s->fd, p, n, (off_t)s->at);
	} while (r < 0 && errno == EINTR);
	if (r == 0)
		errno = EIO; /* somebody cut it */
	if (r <= 0)
		return failed(s);
	s->at += (uint64_t)r;
	*got = (size_t)r;
	return BL_OK;
}

void
io_spool_init(struct io_spool *s, int fd)
{
	*s = (struct io_spool){.fd = fd};
	s->face = (struct bl_spool){
	    .append = append, .rewind = rewind_to, .read = read_on, .arg = s};
}

void
io_spool_note(const struct io_spool *s, struct bl_note *note)
{
	enum bl_err err;

	if (s->error == 0)
		return;
	*note = (struct bl_note){0};
	err = bl_fail(note, BL_E_SYSTEM, s->end,
	    why(s->error, "a temporary file cannot be used"), NULL);
	(void)err;
}
