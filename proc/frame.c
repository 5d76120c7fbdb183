/* frame.c - see frame.h. */
#include "proc/frame.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK ((size_t)64 << 10) /* bytes that are made room for at a time */

void
bl_ipc_init(struct bl_ipc *f, uint8_t type, size_t max)
{
	*f = (struct bl_ipc){.type = type};
	bl_buf_init(&f->payload, max);
}

void
bl_ipc_clear(struct bl_ipc *f)
{
	bl_buf_clear(&f->payload);
}

void
bl_ipc_close(struct bl_ipc *f)
{
	for (size_t i = 0; i < f->fd_count; i++) {
		if (f->fds[i] >= 0)
			close(f->fds[i]);
	}
	f->fd_count = 0;
}

int
bl_ipc_take_fd(struct bl_ipc *f, size_t i)
{
	int fd;

	if (i >= f->fd_count)
		return -1;
	fd = f->fds[i];
	f->fds[i] = -1;
	return fd;
}

static void
head_of(uint8_t head[BL_IPC_HEAD], const struct bl_ipc *f)
{
	uint32_t n = (uint32_t)f->payload.n;

	head[0] = (uint8_t)(n >> 24);
	head[1] = (uint8_t)(n >> 16);
	head[2] = (uint8_t)(n >> 8);
	head[3] = (uint8_t)n;
	head[4] = f->type;
}

/* Puts the files of a frame into the control part of its first message. */
static void
attach(struct msghdr *msg, const struct bl_ipc *f, void *control)
{
	struct cmsghdr *c;

	if (f->fd_count == 0)
		return;
	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(f->fd_count * sizeof(int));
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(f->fd_count * sizeof(int));
	memcpy(CMSG_DATA(c), f->fds, f->fd_count * sizeof(int));
}

enum bl_err
bl_ipc_send(int fd, const struct bl_ipc *f, struct bl_note *note)
{
	union {
		struct cmsghdr align;
		char p[CMSG_SPACE(BL_IPC_FDS * sizeof(int))];
	} control = {0};
	uint8_t head[BL_IPC_HEAD];
	size_t sent = 0, all = sizeof(head) + f->payload.n;
	enum bl_err err = bl_buf_err(&f->payload, note);

	if (err != BL_OK)
		return err;
	if (f->payload.n > UINT32_MAX || f->fd_count > BL_IPC_FDS)
		return bl_fail(note, BL_E_CALLER, 0, "frame is too long", NULL);
	head_of(head, f);
	while (sent < all) {
		size_t at = sent < sizeof(head) ? 0 : sent - sizeof(head);
		struct iovec iov[2] = {
		    {head + sent, sizeof(head) - sent}, {NULL, 0}};
		struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 1};
		struct iovec *rest = sent < sizeof(head) ? &iov[1] : &iov[0];
		ssize_t n;

		if (f->payload.n > 0) {
			*rest = (struct iovec){
			    f->payload.p + at, f->payload.n - at};
			msg.msg_iovlen = rest == &iov[1] ? 2 : 1;
		}
		if (sent == 0)
			attach(&msg, f, &control);
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return bl_fail(note, BL_E_SYSTEM, 0,
			    "the other program has gone", NULL);
		sent += (size_t)n;
	}
	return BL_OK;
}

void
bl_ipc_in_clear(struct bl_ipc_in *in)
{
	bl_ipc_close(&in->f);
	bl_ipc_clear(&in->f);
	in->have = in->size = 0;
}

static enum bl_err
malformed(struct bl_note *note, const char *what)
{
	return bl_fail(note, BL_E_MALFORMED, 0, what, "docs/wire/frames.md");
}

/* Keeps the files of a message; false when there are more than fit. */
static bool
collect(struct bl_ipc *f, struct msghdr *msg)
{
	bool ok = (msg->msg_flags & MSG_CTRUNC) == 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (f->fd_count < BL_IPC_FDS) {
				f->fds[f->fd_count++] = fd;
			} else {
				close(fd);
				ok = false;
			}
		}
	}
	return ok;
}

/*
 * Reads up to n bytes; *got 0 at the end of the stream. Files that come with
 * the bytes are kept in `f`, or closed where f is NULL.
 */
static enum bl_err
take(size_t *got, int fd, uint8_t *p, size_t n, struct bl_ipc *f, bool nowait,
    struct bl_note *note)
{
	union {
		struct cmsghdr align;
		char p[CMSG_SPACE(BL_IPC_FDS * sizeof(int))];
	} control;
	struct iovec iov = {p, n};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t r;

	*got = 0;
	if (f != NULL) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	do {
		r = recvmsg(
		    fd, &msg, MSG_CMSG_CLOEXEC | (nowait ? MSG_DONTWAIT : 0));
	} while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return BL_NEED;
	if (r < 0 && errno != ECONNRESET)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "reading from the other program failed", NULL);
	if (f != NULL && r >= 0 && !collect(f, &msg))
		return malformed(note, "too many open files with a frame");
	*got = r < 0 ? 0 : (size_t)r;
	return BL_OK;
}

/* Holds a whole head against the rules. */
static enum bl_err
allowed(struct bl_ipc_in *in, struct bl_note *note)
{
	const uint8_t *h = in->head;
	uint32_t size = (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 |
	    (uint32_t)h[2] << 8 | h[3];

	for (size_t i = 0; i < in->rule_count; i++) {
		const struct bl_ipc_rule *r = &in->rules[i];

		if (r->type != h[4])
			continue;
		if (size > r->max)
			return malformed(note, "frame is too long");
		if (in->f.fd_count < r->fds_min || in->f.fd_count > r->fds_max)
			return malformed(
			    note, "wrong number of open files with a frame");
		in->size = size;
		in->f.type = h[4];
		bl_buf_init(&in->f.payload, size > 0 ? size : 1);
		return BL_OK;
	}
	return malformed(note, "frame of a type that is not expected");
}

static enum bl_err
take_head(struct bl_ipc_in *in, int fd, struct bl_note *note)
{
	while (in->have < sizeof(in->head)) {
		size_t got;
		enum bl_err err = take(&got, fd, in->head + in->have,
		    sizeof(in->head) - in->have, &in->f, in->nowait, note);

		if (err != BL_OK)
			return err;
		if (got == 0 && in->have == 0)
			return bl_fail(note, BL_E_MISSING, 0,
			    "the other program has ended", NULL);
		if (got == 0)
			return malformed(note, "end inside a frame");
		in->have += got;
		if (in->have == sizeof(in->head))
			return allowed(in, note);
	}
	return BL_OK;
}

static enum bl_err
take_payload(struct bl_ipc_in *in, int fd, struct bl_note *note)
{
	struct bl_buf *b = &in->f.payload;

	while (b->n < in->size) {
		size_t rest = in->size - b->n, got;
		size_t n = rest < CHUNK ? rest : CHUNK;
		uint8_t *p = bl_buf_grow(b, n);
		enum bl_err err;

		if (p == NULL)
			return bl_buf_err(b, note);
		err = take(&got, fd, p, n, NULL, in->nowait, note);
		if (err != BL_OK)
			return err;
		if (got == 0)
			return malformed(note, "end inside a frame");
		b->n += got;
	}
	return BL_OK;
}

enum bl_err
bl_ipc_step(
    struct bl_ipc *out, struct bl_ipc_in *in, int fd, struct bl_note *note)
{
	enum bl_err err;

	*out = (struct bl_ipc){0};
	if ((err = take_head(in, fd, note)) != BL_OK ||
	    (err = take_payload(in, fd, note)) != BL_OK) {
		if (err != BL_NEED)
			bl_ipc_in_clear(in);
		return err;
	}
	*out = in->f;
	in->f = (struct bl_ipc){0};
	in->have = in->size = 0;
	return BL_OK;
}

enum bl_err
bl_ipc_receive(struct bl_ipc *out, int fd, const struct bl_ipc_rule *rules,
    size_t rule_count, struct bl_note *note)
{
	struct bl_ipc_in in = {.rules = rules, .rule_count = rule_count};

	return bl_ipc_step(out, &in, fd, note);
}
