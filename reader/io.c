/* io.c - the open files of a job; see reader.h. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "reader/reader.h"

#define PROGRESS_MS 100
#define HAND_MIN    ((size_t)32 << 10) /* bytes: less is not worth the way */
#define HERE	    (-1)	       /* where the file stands */

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

enum bl_err
io_read(struct bl_span *in, struct reader *r, int fd, struct bl_note *note)
{
	ssize_t n;

	*in = (struct bl_span){0};
	do {
		n = read(fd, r->chunk, READER_CHUNK);
	} while (n < 0 && io_again(fd, POLLIN));
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

/* How long a file is, at most `max`, found by halves, as the cage lets nobody
 * ask; 0: it cannot be told. A hint: it may change. */
static size_t
length_of(int fd, size_t max)
{
	size_t low = 0, high = max;
	uint8_t byte;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pread(fd, &byte, 1, (off_t)middle) == 1)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum bl_err
io_whole_again(struct bl_buf *out, struct reader *r, int fd, size_t max,
    struct bl_note *note)
{
	ssize_t n;

	bl_buf_init(out, max);
	/* so that a long one is not moved as it grows */
	(void)bl_buf_grow(out, length_of(fd, max));
	for (;;) {
		do {
			n = pread(fd, r->chunk, READER_CHUNK, (off_t)out->n);
		} while (n < 0 && errno == EINTR);
		if (n < 0 && errno == ESPIPE && out->n == 0)
			return io_whole(out, r, fd, max, note);
		if (n < 0)
			return bl_fail(note, BL_E_SYSTEM, out->n,
			    why(errno, "the input cannot be read"), NULL);
		if (n == 0)
			return bl_buf_err(out, note);
		r->done.bytes_in += (uint64_t)n;
		bl_cage_cpu_more(&r->cpu, (uint64_t)n);
		bl_buf_add(out, bl_span_of(r->chunk, (size_t)n));
		if (out->err == BL_E_LIMIT)
			return bl_fail_limit(note, max, "limit-file",
			    "the file is too large", NULL);
		if (out->err != BL_OK)
			return bl_buf_err(out, note);
	}
}

/* Counts what was written, or says why it was not. */
static enum bl_err
written(struct reader *r, size_t n, int error, struct bl_note *note)
{
	if (error == EPIPE)
		r->done.closed = true;
	if (error != 0)
		return bl_fail(note, BL_E_SYSTEM, r->done.bytes_out,
		    why(error, "the result cannot be written"), NULL);
	r->done.bytes_out += n;
	return BL_OK;
}

enum bl_err
io_write(struct reader *r, int fd, struct bl_span s, struct bl_note *note)
{
	int error = writer_settle(r->writer);

	return written(r, s.n, error != 0 ? error : io_put(fd, HERE, s), note);
}

enum bl_err
io_give(struct reader *r, int fd, struct bl_buf *b, struct bl_note *note)
{
	size_t n = b->n;
	enum bl_err err;

	if (n >= HAND_MIN)
		return written(r, n, writer_hand(r->writer, fd, HERE, b), note);
	err = io_write(r, fd, bl_buf_span(b), note);
	bl_buf_reset(b);
	return err;
}

enum bl_err
io_settle(struct reader *r, struct bl_note *note)
{
	return written(r, 0, writer_settle(r->writer), note);
}

static enum bl_err
failed(struct io_spool *s, int error)
{
	if (s->error == 0)
		s->error = error;
	return error == 0 ? BL_OK : BL_E_SYSTEM;
}

/* What was held goes to the file; errno. */
static int
leave_memory(struct io_spool *s)
{
	struct bl_span held = bl_buf_span(&s->held);
	int error = writer_settle(s->writer);

	if (error == 0 && held.n > 0)
		error = io_put(s->fd, 0, held);
	bl_buf_reset(&s->held);
	s->in_memory = false;
	return error;
}

static enum bl_err
append(void *arg, struct bl_span in)
{
	struct io_spool *s = arg;
	int64_t at = (int64_t)s->end;
	int error;

	s->end += in.n;
	if (s->in_memory && s->end <= s->hold) {
		bl_buf_add(&s->held, in);
		return failed(s, s->held.err != BL_OK ? ENOMEM : 0);
	}
	if (s->in_memory && (error = leave_memory(s)) != 0)
		return failed(s, error);
	if (in.n < HAND_MIN) {
		error = writer_settle(s->writer);
		return failed(s, error != 0 ? error : io_put(s->fd, at, in));
	}
	bl_buf_add(&s->bytes, in);
	if (s->bytes.err != BL_OK)
		return failed(s, ENOMEM);
	return failed(s, writer_hand(s->writer, s->fd, at, &s->bytes));
}

static enum bl_err
rewind_to(void *arg, enum bl_spool_rewind how)
{
	struct io_spool *s = arg;
	int error = writer_settle(s->writer);

	s->at = 0;
	if (error != 0 || how == BL_SPOOL_READ)
		return failed(s, error);
	s->end = 0;
	bl_buf_reset(&s->held);
	if (s->in_memory)
		return BL_OK;
	s->in_memory = s->hold > 0;
	return failed(s, ftruncate(s->fd, 0) == 0 ? 0 : errno);
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
	if (s->in_memory) {
		memcpy(p, s->held.p + s->at, n);
		s->at += n;
		*got = n;
		return BL_OK;
	}
	do {
		r = pread(s->fd, p, n, (off_t)s->at);
	} while (r < 0 && errno == EINTR);
	if (r == 0)
		errno = EIO; /* somebody cut it */
	if (r <= 0)
		return failed(s, errno);
	s->at += (uint64_t)r;
	*got = (size_t)r;
	return BL_OK;
}

void
io_spool_init(struct io_spool *s, struct writer *w, int fd)
{
	*s = (struct io_spool){.writer = w, .fd = fd};
	s->face = (struct bl_spool){
	    .append = append, .rewind = rewind_to, .read = read_on, .arg = s};
}

void
io_spool_hold(struct io_spool *s, size_t n)
{
	s->hold = n;
	s->in_memory = n > 0;
}

void
io_spool_clear(struct io_spool *s)
{
	bl_buf_clear(&s->bytes);
	bl_buf_clear(&s->held);
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
