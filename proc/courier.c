/* courier.c - see courier.h. */
#include "proc/courier.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "proc/spawn.h"

#define GRACE_MS 500 /* to start, and to say how it went */

static int64_t
now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum bl_err
failed(struct bl_note *note, const char *what)
{
	return bl_fail(note, BL_E_SYSTEM, 0, what, NULL);
}

static enum bl_err
send_job(int fd, const struct bl_courier_job *job, struct bl_note *note)
{
	struct bl_wire_fetch check;
	struct bl_ipc f;
	enum bl_err err;

	bl_ipc_init(&f, BL_COURIER_FETCH, BL_BUF_MAX);
	bl_wire_fetch_put(&f.payload, &job->ask);
	f.fds[0] = job->output;
	f.fd_count = 1;
	if ((err = bl_buf_err(&f.payload, note)) == BL_OK &&
	    bl_wire_fetch_get(&check, bl_buf_span(&f.payload), NULL) != BL_OK)
		err = bl_fail(note, BL_E_CALLER, 0,
		    "this is nothing a courier can fetch",
		    "docs/wire/courier.md");
	if (err == BL_OK)
		err = bl_ipc_send(fd, &f, note);
	bl_ipc_clear(&f);
	return err;
}

static void
copy(char *to, struct bl_span from)
{
	if (from.n > 0)
		memcpy(to, from.p, from.n);
	to[from.n] = '\0';
}

static enum bl_err
take(
    struct bl_courier_result *out, const struct bl_ipc *f, struct bl_note *note)
{
	struct bl_wire_fetched got;

	if (bl_wire_fetched_get(&got, bl_buf_span(&f->payload), NULL) != BL_OK)
		return failed(note, "the courier said what cannot be read");
	out->outcome = got.outcome;
	out->status = got.status;
	out->bytes = got.bytes;
	copy(out->url, got.url);
	copy(out->peer, got.peer);
	for (char *c = out->peer; *c != '\0'; c++)
		if (*c < 0x21 || *c > 0x7e)
			*c = '?';
	return BL_OK;
}

/* Waits for the one frame, whatever the courier does meanwhile. */
static enum bl_err
hear(struct bl_courier_result *out, int fd, int64_t until, struct bl_note *note)
{
	struct bl_ipc_in in = {.rules = bl_courier_rules_out,
	    .rule_count = bl_courier_rules_out_count,
	    .nowait = true};
	struct bl_ipc f = {0};
	enum bl_err err = BL_NEED;

	while (err == BL_NEED) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - now_ms();

		if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
			break;
		err = bl_ipc_step(&f, &in, fd, NULL);
	}
	if (err == BL_OK)
		err = take(out, &f, note);
	else if (err == BL_NEED)
		err = failed(note, "the courier did not come back in time");
	else
		err = failed(note, "the courier ended without a word");
	bl_ipc_clear(&f);
	bl_ipc_in_clear(&in);
	return err;
}

enum bl_err
bl_courier_fetch(struct bl_courier_result *out,
    const struct bl_courier_job *job, struct bl_note *note)
{
	int64_t until = now_ms() + job->ask.wait_ms + GRACE_MS;
	struct bl_child child;
	enum bl_err err;

	*out = (struct bl_courier_result){0};
	if ((err = bl_child_start(&child, "bulla-courier", NULL, note)) !=
	    BL_OK)
		return err;
	if ((err = send_job(child.fd, job, note)) == BL_OK)
		err = hear(out, child.fd, until, note);
	bl_child_kill(&child);
	return err;
}
