/* inspect.c - the job that shows how a message is built. */
#include "bulla/inspect.h"

#include "reader/reader.h"

static enum bl_err
feed(struct reader *r, struct bl_inspect *s, int fd, struct bl_note *note)
{
	struct bl_span in;
	enum bl_err err;

	do {
		if ((err = io_read(&in, r, fd, note)) != BL_OK)
			return err;
		err = in.n > 0 ? bl_inspect_feed(s, in, note)
			       : bl_inspect_end(s, note);
	} while (err == BL_OK && in.n > 0);
	return err;
}

/* Sends the tree, also one that is not whole. */
static enum bl_err
show(struct reader *r, const struct bl_inspect *s, struct bl_note *note)
{
	struct bl_buf json;
	struct bl_ipc f;
	enum bl_err err;

	bl_buf_init(&json, BL_READER_JSON_MAX);
	bl_ipc_init(&f, BL_READER_RESULT, BL_BUF_MAX);
	if ((err = bl_inspect_json(&json, s, note)) == BL_OK &&
	    (err = bl_buf_err(&json, note)) == BL_OK) {
		bl_wire_result_put(&f.payload, bl_buf_span(&json));
		err = bl_buf_err(&f.payload, note);
	}
	if (err == BL_OK)
		say(r, &f);
	bl_ipc_clear(&f);
	bl_buf_clear(&json);
	return err;
}

void
job_inspect(struct reader *r, struct bl_ipc *f)
{
	struct bl_fields w = bl_field_of(bl_buf_span(&f->payload));
	struct bl_inspect *s = NULL;
	struct bl_note note = {0};
	enum bl_open_input input;
	enum bl_err err, shown;

	input = (enum bl_open_input)bl_field_u8(&w, BL_OPEN_CMS);
	if (bl_field_end(&w, NULL) != BL_OK)
		breach();
	err = bl_inspect_new(&s, r->ctx, NULL, input, &note);
	if (err == BL_OK)
		err = feed(r, s, f->fds[0], &note);
	if (s != NULL &&
	    (err == BL_OK || err == BL_E_MALFORMED || err == BL_E_LIMIT)) {
		shown = show(r, s, &note);
		if (shown != BL_OK && err == BL_OK)
			err = shown;
	}
	bl_inspect_free(s);
	say_done(r, err, &note);
}
