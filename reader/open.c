/* open.c - the job that opens a message. */
#include "bulla/open.h"

#include "reader/reader.h"

static size_t
count(const void *op)
{
	return bl_open_want_count(op);
}

static const struct bl_want *
want(const void *op, size_t i)
{
	return bl_open_want(op, i);
}

static enum bl_err
answer(void *op, size_t i, struct bl_span frame, struct bl_note *note)
{
	return bl_open_answer(op, i, frame, note);
}

/* Answers what is wanted until the engine goes on. */
static enum bl_err
settle(
    struct reader *r, struct bl_open *o, enum bl_err err, struct bl_note *note)
{
	const struct asker a = {o, count, want, answer};

	while (err == BL_NEED) {
		if ((err = exchange(r, &a, note)) == BL_OK)
			err = bl_open_resume(o, note);
	}
	return err;
}

static enum bl_err
feed_content(struct reader *r, struct bl_open *o, int fd, struct bl_note *note)
{
	struct bl_span in;
	enum bl_err err;

	do {
		err = io_read(&in, r, fd, note);
		if (err == BL_OK && in.n > 0)
			err = bl_open_content_add(o, in, note);
	} while (err == BL_OK && in.n > 0);
	return err;
}

static enum bl_err
feed(struct reader *r, struct bl_open *o, int fd, struct bl_note *note)
{
	struct bl_span in;
	enum bl_err err;

	do {
		if ((err = io_read(&in, r, fd, note)) != BL_OK)
			return err;
		err = in.n > 0 ? bl_open_feed(o, in, note)
			       : bl_open_end(o, note);
		err = settle(r, o, err, note);
	} while (err == BL_OK && in.n > 0);
	return err;
}

/* Sends the verdict. */
static enum bl_err
judge(struct reader *r, const struct bl_open *o, struct bl_note *note)
{
	const struct bl_verdict *v = bl_open_verdict(o);
	struct bl_wire_verdict w = {0};
	struct bl_buf json;
	struct bl_ipc f;
	const char *limit;
	enum bl_err err;

	if (v == NULL)
		return bl_fail(note, BL_E_CALLER, 0, "no verdict", NULL);
	bl_buf_init(&json, BL_READER_JSON_MAX);
	bl_ipc_init(&f, BL_READER_VERDICT, BL_BUF_MAX);
	limit = bl_verdict_limit(v);
	w.encryption = bl_verdict_encryption(v);
	w.signature = bl_verdict_signature(v);
	w.reasons = bl_verdict_reasons(v);
	w.limit = bl_span_str(limit != NULL ? limit : "");
	for (unsigned g = 0; g < 4; g++)
		w.gate[g] = bl_open_gate(o, g, NULL);
	if ((err = bl_verdict_json(&json, v, note)) == BL_OK &&
	    (err = bl_buf_err(&json, note)) == BL_OK) {
		w.json = bl_buf_span(&json);
		bl_wire_verdict_put(&f.payload, &w, bl_verdict_note(v));
		err = bl_buf_err(&f.payload, note);
	}
	if (err == BL_OK)
		say(r, &f);
	bl_ipc_clear(&f);
	bl_buf_clear(&json);
	return err;
}

static enum bl_err
give(struct reader *r, struct bl_open *o, unsigned gates, int fd,
    struct bl_note *note)
{
	struct bl_buf out = {0};
	enum bl_err err;
	size_t n;

	do {
		bl_buf_reset(&out);
		if ((err = bl_open_give(o, gates, &out, note)) == BL_OK &&
		    (err = bl_buf_err(&out, note)) == BL_OK)
			err = io_write(r, fd, bl_buf_span(&out), note);
		n = out.n;
	} while (err == BL_OK && n > 0);
	bl_buf_clear(&out);
	return err;
}

/* Waits for the caller's decision: true and the gates, or false. */
static bool
is_released(struct reader *r, unsigned *gates)
{
	struct bl_ipc f;
	struct bl_fields w;
	bool yes;

	hear(&f, r);
	yes = f.type == BL_READER_RELEASE;
	w = bl_field_of(bl_buf_span(&f.payload));
	*gates = 0;
	if (yes)
		*gates = bl_field_u8(
		    &w, BL_GATE_INTACT_ONLY | BL_GATE_ALLOW_INVALID);
	if (!(yes || f.type == BL_READER_DISCARD) ||
	    bl_field_end(&w, NULL) != BL_OK)
		breach();
	bl_ipc_clear(&f);
	return yes;
}

static enum bl_err
release(struct reader *r, struct bl_open *o, const struct io_spool *out, int to,
    struct bl_note *note)
{
	unsigned gates;
	enum bl_err err;

	if (!is_released(r, &gates))
		return BL_OK;
	if ((err = bl_open_gate(o, gates, note)) != BL_OK)
		return err;
	if (to >= 0)
		return give(r, o, gates, to, note);
	r->done.bytes_out = out->end;
	return BL_OK;
}

/* Reads the message, and keeps or drops its content; f has the files. */
static enum bl_err
run(struct reader *r, const struct bl_wire_open *in, const struct bl_ipc *f,
    struct io_spool spools[3], struct bl_note *note)
{
	const struct certs_for *c = &r->certs;
	const struct bl_open_opts opts = {.input = in->input,
	    .now = in->now,
	    .identities = &c->identities,
	    .anchors = &c->anchors,
	    .pool = &c->pool,
	    .crls = &c->crls,
	    .ocsps = &c->ocsps,
	    .revocation = in->revocation,
	    .from = in->from,
	    .legacy = in->legacy,
	    .has_password = in->has_password,
	    .has_kek = in->has_kek,
	    .kek_id = in->kek_id,
	    .out = &spools[0].face,
	    .park = {&spools[1].face, &spools[2].face}};
	int last = f->fds[f->fd_count - 1];
	struct bl_open *o = NULL;
	enum bl_err err;

	if ((err = certs_bad(r, note)) != BL_OK ||
	    (err = bl_open_new(&o, r->ctx, &opts, note)) != BL_OK ||
	    (in->has_content &&
		(err = feed_content(r, o, f->fds[4], note)) != BL_OK) ||
	    (err = feed(r, o, f->fds[0], note)) != BL_OK ||
	    (err = judge(r, o, note)) != BL_OK)
		goto out;
	err = release(r, o, &spools[0], in->has_release ? last : -1, note);
out:
	bl_open_free(o);
	return err;
}

void
job_open(struct reader *r, struct bl_ipc *f)
{
	const struct certs_for *c = &r->certs;
	struct bl_note note = {0};
	struct io_spool spools[3];
	struct bl_wire_open in;
	enum bl_err err;

	if (bl_wire_open_get(&in, bl_buf_span(&f->payload), NULL) != BL_OK ||
	    f->fd_count != 4u + in.has_content + in.has_release ||
	    c->signer != NULL || c->own_encrypt != NULL || c->include.n > 0 ||
	    c->to.n > 0)
		breach();
	for (size_t i = 0; i < 3; i++)
		io_spool_init(&spools[i], r->writer, f->fds[1 + i]);
	spools[0].face.is_output = in.out_is_output;
	r->progress = in.progress;
	err = run(r, &in, f, spools, &note);
	/* a spool that failed knows more than the engine that was told so */
	for (size_t i = 0; err == BL_E_SYSTEM && i < 3; i++)
		io_spool_note(&spools[i], &note);
	for (size_t i = 0; i < 3; i++)
		io_spool_clear(&spools[i]);
	say_done(r, err, &note);
}
