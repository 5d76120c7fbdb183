/* main.c - bulla-courier: goes out, in a cage; bulla-courier(8). */
#include <signal.h>
#include <unistd.h>

#include "courier/courier.h"
#include "proc/cage.h"
#include "proc/spawn.h"

/* Ends before the first foreign byte. */
static _Noreturn void
refuse(const char *what, int status)
{
	fprintf(stderr, "bulla-courier: %s\n", what);
	_exit(status);
}

/* What came of it, as the page of docs/wire says it. A URL that a server gave
 * and that is none is left out. */
static enum bl_err
report(const struct found *found)
{
	struct bl_wire_fetched says = {.outcome = found->outcome,
	    .status = (uint16_t)found->status,
	    .bytes = found->bytes,
	    .peer = bl_span_str(found->peer)};
	struct bl_url url;
	struct bl_ipc f;
	enum bl_err err;

	if (bl_url_read(&url, bl_span_str(found->url), NULL) == BL_OK)
		says.url = bl_span_str(found->url);
	bl_ipc_init(&f, BL_COURIER_FETCHED, BL_BUF_MAX);
	bl_wire_fetched_put(&f.payload, &says);
	err = bl_ipc_send(BL_CONTROL_FD, &f, NULL);
	bl_ipc_clear(&f);
	return err;
}

/* The one job; a frame against its page ends the courier without a word. */
static int
serve(struct resolver *r, struct visits *v)
{
	struct bl_wire_fetch ask;
	struct found found;
	struct bl_ipc f;
	enum bl_err err = bl_ipc_receive(&f, BL_CONTROL_FD, bl_courier_rules_in,
	    bl_courier_rules_in_count, NULL);

	if (err != BL_OK)
		return err == BL_E_MISSING ? 0 : 1;
	if (bl_wire_fetch_get(&ask, bl_buf_span(&f.payload), NULL) != BL_OK)
		return 1;
	errand_run(&found, r, v, &ask, f.fds[0]);
	return report(&found) == BL_OK ? 0 : 1;
}

int
main(void)
{
	struct resolver *resolver = NULL;
	struct visits *visits = NULL;
	struct bl_note note = {0};
	enum bl_err err;

	if ((err = bl_child_begin(&note)) != BL_OK)
		refuse(note.what, err == BL_E_CALLER ? 2 : BL_EXIT_CAGE);
	signal(SIGXFSZ, SIG_IGN);
	setenv("TZ", "UTC0", 1);
	tzset();
	if (visits_start(&visits, &note) != BL_OK ||
	    resolver_start(&resolver, &note) != BL_OK ||
	    bl_cage_courier(&note) != BL_OK)
		refuse(note.what, BL_EXIT_CAGE);
	_exit(serve(resolver, visits));
}
