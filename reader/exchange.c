/* exchange.c - talking to the caller; see reader.h. */
#include <unistd.h>

#include "reader/reader.h"

void
breach(void)
{
	_exit(1); /* what memory holds goes with the process */
}

void
say(struct reader *r, struct bl_ipc *f)
{
	if (bl_ipc_send(r->control, f, NULL) != BL_OK)
		breach();
	bl_ipc_clear(f);
}

void
say_done(struct reader *r, enum bl_err err, const struct bl_note *note)
{
	struct bl_ipc f;

	if (r->done.closed) {
		err = BL_OK;
		note = NULL;
	}
	bl_ipc_init(&f, BL_READER_DONE, BL_BUF_MAX);
	bl_wire_done_put(&f.payload, &r->done, err, note);
	say(r, &f);
}

void
hear(struct bl_ipc *f, struct reader *r)
{
	enum bl_err err = bl_ipc_receive(
	    f, r->control, bl_reader_rules_in, bl_reader_rules_in_count, NULL);

	if (err == BL_E_MISSING)
		_exit(0);
	if (err != BL_OK)
		breach();
}

static enum bl_err
ask(struct reader *r, const struct asker *a, size_t n, struct bl_note *note)
{
	struct bl_wire_list list = {.n = n};
	struct bl_ipc f;
	enum bl_err err;

	bl_ipc_init(&f, BL_READER_WANTS, BL_BUF_MAX);
	for (size_t i = 0; i < n; i++)
		list.items[i] = a->want(a->op, i)->frame;
	bl_wire_list_put(&f.payload, &list);
	if ((err = bl_buf_err(&f.payload, note)) == BL_OK)
		say(r, &f);
	bl_ipc_clear(&f);
	return err;
}

/* Lists that are too long for an answer come before the answers; the job
 * looks at them as at those that were given with it. */
static void
hear_answers(struct bl_ipc *f, struct reader *r)
{
	struct bl_crls *crls = &r->certs.crls;
	size_t before;

	for (hear(f, r); f->type == BL_READER_EVIDENCE; hear(f, r)) {
		before = crls->n;
		evidence_take(r, f);
		for (size_t i = before; i < crls->n; i++)
			bl_crl_set_source(crls->list[i], BL_SOURCE_NETWORK);
		bl_ipc_close(f);
		bl_ipc_clear(f);
	}
}

enum bl_err
exchange(struct reader *r, const struct asker *a, struct bl_note *note)
{
	size_t n = a->count(a->op);
	struct bl_wire_list answers;
	struct bl_ipc f;
	enum bl_err err;

	if (n == 0 || n > BL_READER_WANTS_MAX)
		return bl_fail_limit(
		    note, 0, "limit-wants", "too much is wanted at once", NULL);
	if ((err = ask(r, a, n, note)) != BL_OK)
		return err;
	if (a->want(a->op, 0)->kind == BL_WANT_UNWRAP)
		bl_ctx_prepare(r->ctx); /* while the agent is at it */
	hear_answers(&f, r);
	if (f.type != BL_READER_ANSWERS ||
	    bl_wire_list_get(&answers, bl_buf_span(&f.payload), NULL) !=
		BL_OK ||
	    answers.n != n)
		breach();
	for (size_t i = 0; i < n && err == BL_OK; i++)
		err = a->answer(a->op, i, answers.items[i], note);
	bl_ipc_clear(&f);
	return err;
}
