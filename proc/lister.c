/* lister.c - see lister.h. */
#include "proc/lister.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "proc/internal.h"

#define DEEP	   8u		       /* messages handed to one reader */
#define DEEP_BYTES ((size_t)128 << 10) /* together: they fit into its socket */

/* slot is one message under way. */
enum state { WAITING = 0, HANDED, DONE };
struct slot {
	enum state state;
	struct bl_buf bytes;
	int fd; /* or -1 */
	struct bl_ipc row;
	enum bl_err err; /* of the reader that was at it */
	struct bl_note note;
};

/* lane is a reader with what it was handed, the oldest first. */
struct lane {
	struct bl_reader *reader; /* NULL: not started */
	struct bl_ipc_in in;
	int files[3];
	uint64_t at[DEEP]; /* numbers of messages */
	size_t n, bytes;
	unsigned handed; /* since it started */
	int64_t alive_ms;
};

struct bl_lister {
	struct bl_lister_job job;
	struct bl_reader_evidence evidence[BL_READER_EVIDENCE_MAX];
	bool owns[BL_READER_EVIDENCE_MAX]; /* a copy that can be read again */
	struct lane lanes[BL_LISTER_READERS];
	size_t lane_count, deep;
	struct slot slots[BL_LISTER_WINDOW];
	uint64_t given, handed, taken; /* rows given, messages handed, taken */
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct slot *
slot_of(struct bl_lister *l, uint64_t number)
{
	return &l->slots[number % BL_LISTER_WINDOW];
}

static void
slot_clear(struct slot *s)
{
	bl_buf_clear(&s->bytes);
	if (s->fd >= 0)
		close(s->fd);
	bl_ipc_clear(&s->row);
	*s = (struct slot){.fd = -1};
}

/* ---- start and end ---- */

static enum bl_err
take_evidence(struct bl_lister *l, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < l->job.evidence_count; i++) {
		int fd = l->job.evidence[i].fd;

		l->owns[i] = lseek(fd, 0, SEEK_CUR) < 0;
		l->evidence[i] = l->job.evidence[i];
		if (l->owns[i])
			err = bl_park_copy(&l->evidence[i].fd, fd, note);
	}
	return err;
}

enum bl_err
bl_lister_new(struct bl_lister **out, const struct bl_lister_job *job,
    struct bl_note *note)
{
	struct bl_lister *l = calloc(1, sizeof(*l));
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	enum bl_err err;

	*out = NULL;
	if (l == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	l->job = *job;
	l->deep = job->identities.n > 0 ? 1 : DEEP;
	l->lane_count = cores > 1 ? BL_LISTER_READERS : 1;
	for (size_t i = 0; i < BL_LISTER_WINDOW; i++)
		l->slots[i].fd = -1;
	for (size_t i = 0; i < BL_LISTER_READERS; i++)
		for (size_t k = 0; k < 3; k++)
			l->lanes[i].files[k] = -1;
	if ((err = take_evidence(l, note)) != BL_OK) {
		bl_lister_free(l);
		return err;
	}
	*out = l;
	return BL_OK;
}

static void
lane_end(struct lane *w)
{
	bl_ipc_in_clear(&w->in);
	bl_reader_stop(w->reader);
	w->reader = NULL;
	w->handed = 0;
}

void
bl_lister_free(struct bl_lister *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < BL_LISTER_READERS; i++) {
		if (l->lanes[i].reader != NULL && l->lanes[i].n > 0)
			bl_child_kill(&l->lanes[i].reader->child);
		lane_end(&l->lanes[i]);
		for (size_t k = 0; k < 3; k++)
			if (l->lanes[i].files[k] >= 0)
				close(l->lanes[i].files[k]);
	}
	for (size_t i = 0; i < BL_LISTER_WINDOW; i++)
		slot_clear(&l->slots[i]);
	for (size_t i = 0; i < l->job.evidence_count; i++)
		if (l->owns[i] && l->evidence[i].fd >= 0)
			close(l->evidence[i].fd);
	free(l);
}

/* ---- a reader ---- */

static enum bl_err
put_listing(struct bl_lister *l, struct lane *w, struct bl_note *note)
{
	struct bl_ipc f;

	bl_ipc_init(&f, BL_READER_LISTING, BL_BUF_MAX);
	bl_wire_listing_put(&f.payload, &l->job.how);
	memcpy(f.fds, w->files, sizeof(w->files));
	f.fd_count = 3;
	return bl_reader_put(w->reader, &f, note);
}

static enum bl_err
lane_start(struct bl_lister *l, struct lane *w, struct bl_note *note)
{
	const struct timeval patience = {BL_LISTER_PATIENCE_MS / 1000, 0};
	enum bl_err err;

	for (size_t k = 0; k < 3; k++)
		if (w->files[k] < 0 &&
		    (err = bl_park_open(&w->files[k], NULL, note)) != BL_OK)
			return err;
	if ((err = bl_reader_start(&w->reader, note)) != BL_OK)
		return err;
	/* one that takes nothing more does not hold us up for good */
	if (setsockopt(w->reader->child.fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		sizeof(patience)) != 0)
		err = bl_fail(note, BL_E_SYSTEM, 0,
		    "the reader cannot be given a time", NULL);
	if (err == BL_OK)
		err = bl_reader_give(w->reader, &l->job.identities,
		    &l->job.anchors, &l->job.pool, note);
	if (err == BL_OK)
		err = bl_reader_give_evidence(
		    w->reader, l->evidence, l->job.evidence_count, note);
	if (err == BL_OK)
		err = put_listing(l, w, note);
	if (err != BL_OK) {
		lane_end(w);
		return err;
	}
	w->in = (struct bl_ipc_in){.rules = bl_reader_rules_out,
	    .rule_count = bl_reader_rules_out_count,
	    .nowait = true};
	w->alive_ms = now_ms();
	return BL_OK;
}

/* The first of what it was handed is done with. */
static struct slot *
lane_shift(struct bl_lister *l, struct lane *w)
{
	struct slot *s = slot_of(l, w->at[0]);

	w->bytes -= s->bytes.n;
	w->n--;
	memmove(w->at, w->at + 1, w->n * sizeof(w->at[0]));
	s->state = DONE;
	return s;
}

/* Its reader is lost: the message it was at has that for its row, the others
 * are handed to another one. */
static void
lane_lost(struct bl_lister *l, struct lane *w, enum bl_err why)
{
	struct bl_note note = {0};
	enum bl_err err = bl_reader_lost(w->reader, why, &note);
	struct slot *s;

	if (w->n > 0) {
		s = lane_shift(l, w);
		s->err = err;
		s->note = note; /* its strings are constants */
	}
	for (size_t i = 0; i < w->n; i++)
		slot_of(l, w->at[i])->state = WAITING;
	w->n = w->bytes = 0;
	lane_end(w);
}

/* What a reader that lives is told with each message. */
static bool
has_room(const struct bl_lister *l, const struct lane *w, const struct slot *s)
{
	if (w->handed >= BL_READER_JOBS)
		return false;
	return w->n == 0 ||
	    (w->n < l->deep && w->bytes + s->bytes.n <= DEEP_BYTES);
}

static enum bl_err
hand_over(
    struct bl_lister *l, struct lane *w, uint64_t number, struct bl_note *note)
{
	struct slot *s = slot_of(l, number);
	struct bl_ipc f;
	enum bl_err err;

	if (w->reader == NULL && (err = lane_start(l, w, note)) != BL_OK)
		return err;
	bl_ipc_init(&f, BL_READER_MAIL, BL_BUF_MAX);
	f.payload = s->bytes; /* lent */
	if (s->fd >= 0) {
		f.fds[0] = s->fd;
		f.fd_count = 1;
	}
	err = bl_ipc_send(w->reader->child.fd, &f, NULL);
	if (w->n == 0)
		w->alive_ms = now_ms();
	w->at[w->n++] = number;
	w->bytes += s->bytes.n;
	w->handed++;
	s->state = HANDED;
	if (err != BL_OK)
		lane_lost(l, w, err);
	return BL_OK;
}

/* ---- what comes back ---- */

/* One frame of a reader; false when it is lost or there is none. */
static bool
take_frame(
    struct bl_lister *l, struct lane *w, struct bl_note *note, enum bl_err *err)
{
	struct bl_ipc f;
	struct slot *s;

	*err = bl_ipc_step(&f, &w->in, w->reader->child.fd, NULL);
	if (*err == BL_NEED) {
		*err = BL_OK;
		return false;
	}
	if (*err != BL_OK) {
		lane_lost(l, w, *err);
		*err = BL_OK;
		return false;
	}
	w->alive_ms = now_ms();
	if (f.type == BL_READER_ROW && w->n > 0) {
		s = lane_shift(l, w);
		s->row = f;
		return true;
	}
	if (f.type == BL_READER_WANTS && w->n > 0 && l->deep == 1)
		*err = bl_reader_answer(w->reader, &f, l->job.calls, note);
	else if (f.type != BL_READER_PROGRESS)
		lane_lost(l, w, BL_E_MALFORMED);
	bl_ipc_clear(&f);
	w->alive_ms = now_ms();
	/* the answer could not be given: that is the end of this message */
	if (*err != BL_OK && w->reader != NULL && w->reader->child.fd < 0) {
		lane_lost(l, w, BL_E_SYSTEM);
		if (note->err == BL_E_SYSTEM)
			*err = BL_OK;
	}
	return *err == BL_OK && w->reader != NULL;
}

static enum bl_err
take_all(struct bl_lister *l, struct lane *w, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	while (w->reader != NULL && take_frame(l, w, note, &err))
		;
	return err;
}

/* Waits until a reader says something, or one has been silent too long. */
static enum bl_err
wait_for(struct bl_lister *l, struct bl_note *note)
{
	struct pollfd polls[BL_LISTER_READERS];
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < l->lane_count; i++)
		polls[i] = (struct pollfd){
		    .fd = l->lanes[i].n > 0 ? l->lanes[i].reader->child.fd : -1,
		    .events = POLLIN};
	(void)poll(polls, (nfds_t)l->lane_count, 1000);
	for (size_t i = 0; i < l->lane_count && err == BL_OK; i++) {
		struct lane *w = &l->lanes[i];

		if (polls[i].fd >= 0 && polls[i].revents != 0)
			err = take_all(l, w, note);
		if (w->n > 0 && now_ms() - w->alive_ms > BL_LISTER_PATIENCE_MS)
			lane_lost(l, w, BL_E_LIMIT);
	}
	return err;
}

/* ---- rows ---- */

static enum bl_err
give_one(struct bl_lister *l, struct slot *s, struct bl_note *note)
{
	struct bl_row row = {.err = s->err, .note = &s->note};
	struct bl_told told;
	enum bl_err err;

	if (s->err == BL_OK) {
		if (bl_wire_row_get(&row.said, &told,
			bl_buf_span(&s->row.payload), NULL) != BL_OK) {
			row.said = (struct bl_wire_row){0};
			row.err = bl_fail(&s->note, BL_E_SYSTEM, 0,
			    "the reader gave an answer that cannot be read",
			    NULL);
		} else {
			row.err = told.note.err;
			row.note = &told.note;
		}
	}
	err = l->job.each(l->job.arg, &row, note);
	slot_clear(s);
	return err;
}

static enum bl_err
give_rows(struct bl_lister *l, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	while (err == BL_OK && l->given < l->taken &&
	    slot_of(l, l->given)->state == DONE)
		err = give_one(l, slot_of(l, l->given++), note);
	return err;
}

/* The oldest message that nobody has; false when there is none. */
static bool
waiting(struct bl_lister *l, uint64_t *number)
{
	for (*number = l->given; *number < l->taken; (*number)++)
		if (slot_of(l, *number)->state == WAITING)
			return true;
	return false;
}

/* The reader that has least to do, and room; one that is used up and idle is
 * replaced. */
static struct lane *
free_lane(struct bl_lister *l, const struct slot *s)
{
	struct lane *best = NULL;

	for (size_t i = 0; i < l->lane_count; i++) {
		struct lane *w = &l->lanes[i];

		if (w->handed >= BL_READER_JOBS && w->n == 0)
			lane_end(w);
		if (has_room(l, w, s) && (best == NULL || w->n < best->n))
			best = w;
	}
	return best;
}

static enum bl_err
hand_out(struct bl_lister *l, struct bl_note *note)
{
	enum bl_err err = BL_OK;
	uint64_t number;
	struct lane *w;

	while (err == BL_OK && waiting(l, &number) &&
	    (w = free_lane(l, slot_of(l, number))) != NULL)
		err = hand_over(l, w, number, note);
	return err;
}

/* Goes on until at most `left` messages are under way. */
static enum bl_err
work(struct bl_lister *l, uint64_t left, struct bl_note *note)
{
	enum bl_err err;

	for (;;) {
		if ((err = hand_out(l, note)) != BL_OK ||
		    (err = give_rows(l, note)) != BL_OK ||
		    l->taken - l->given <= left)
			return err;
		if ((err = wait_for(l, note)) != BL_OK)
			return err;
	}
}

enum bl_err
bl_lister_mail(
    struct bl_lister *l, struct bl_buf *bytes, int fd, struct bl_note *note)
{
	struct slot *s = slot_of(l, l->taken);

	*s = (struct slot){.fd = fd, .bytes = *bytes};
	*bytes = (struct bl_buf){0};
	l->taken++;
	return work(l, BL_LISTER_WINDOW - 1, note);
}

enum bl_err
bl_lister_end(struct bl_lister *l, struct bl_note *note)
{
	return work(l, 0, note);
}
