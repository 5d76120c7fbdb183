/* serve.c - connections, and whose turn it is. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "agent/agent.h"

#define SEND_WAIT 5 /* seconds for a client to take its answer */

int64_t
agent_now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
hang_up(struct client *c)
{
	bl_ipc_in_clear(&c->in);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* A place for a client: a free one, else of who was silent longest. */
static struct client *
make_room(struct agent *a)
{
	struct client *oldest = &a->clients[0];

	for (size_t i = 0; i < CLIENTS; i++) {
		if (a->clients[i].fd < 0)
			return &a->clients[i];
		if (a->clients[i].heard_ms < oldest->heard_ms)
			oldest = &a->clients[i];
	}
	hang_up(oldest);
	return oldest;
}

static void
welcome(struct agent *a)
{
	const struct timeval wait = {.tv_sec = SEND_WAIT};
	struct ucred peer;
	socklen_t n = sizeof(peer);
	int fd = accept4(a->listening, NULL, NULL, SOCK_CLOEXEC);
	struct client *c;

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0 ||
	    n != sizeof(peer) || peer.uid != a->user ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) != 0) {
		close(fd);
		return;
	}
	c = make_room(a);
	c->fd = fd;
	c->heard_ms = agent_now_ms();
}

/* Answers one frame of a client; false when the agent is to end. */
static bool
answer(struct agent *a, struct client *c, struct bl_ipc *f)
{
	struct bl_ipc out;
	enum next next = request_answer(&out, a, f);

	bl_ipc_close(f);
	bl_ipc_clear(f);
	if (next == HANG_UP || bl_ipc_send(c->fd, &out, NULL) != BL_OK)
		hang_up(c);
	bl_ipc_clear(&out);
	return next != END;
}

/* Reads what a client sent; false when the agent is to end. */
static bool
hear(struct agent *a, struct client *c)
{
	struct bl_ipc f;
	enum bl_err err;

	c->heard_ms = agent_now_ms();
	err = bl_ipc_step(&f, &c->in, c->fd, NULL);
	if (err == BL_NEED)
		return true;
	if (err != BL_OK) {
		hang_up(c);
		return true;
	}
	a->asked_ms = c->heard_ms;
	return answer(a, c, &f);
}

/* How long to wait for the next word, in ms; -1 for ever, 0 it is time. */
static int
patience(const struct agent *a)
{
	int64_t left;

	if (a->listening < 0 || a->idle == 0)
		return -1;
	left = a->asked_ms + (int64_t)a->idle * 1000 - agent_now_ms();
	if (left <= 0)
		return 0;
	return left < 3600 * 1000 ? (int)left : 3600 * 1000;
}

static size_t
gather(struct pollfd *p, struct client **who, struct agent *a)
{
	size_t n = 0;

	for (size_t i = 0; i < CLIENTS; i++) {
		if (a->clients[i].fd < 0)
			continue;
		p[n] = (struct pollfd){a->clients[i].fd, POLLIN, 0};
		who[n++] = &a->clients[i];
	}
	if (a->listening >= 0) {
		p[n] = (struct pollfd){a->listening, POLLIN, 0};
		who[n++] = NULL;
	}
	return n;
}

void
serve(struct agent *a)
{
	struct pollfd p[CLIENTS + 1];
	struct client *who[CLIENTS + 1];
	size_t n;
	int wait;

	while ((n = gather(p, who, a)) > 0 && (wait = patience(a)) != 0) {
		int got = poll(p, n, wait);

		if (got < 0 && errno != EINTR)
			return;
		for (size_t i = 0; got > 0 && i < n; i++) {
			if (p[i].revents == 0)
				continue;
			if (who[i] == NULL)
				welcome(a);
			else if (!hear(a, who[i]))
				return;
		}
	}
}

void
serve_end(struct agent *a)
{
	for (size_t i = 0; i < CLIENTS; i++)
		hang_up(&a->clients[i]);
	if (a->listening >= 0)
		close(a->listening);
	a->listening = -1;
}
