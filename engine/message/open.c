/* open.c - the calls of bulla/open.h; see opening.h for what happens below. */
#include "message/opening.h"

#define FEED_MAX ((size_t)1 << 20) /* bytes */

bool
bl_finding(struct bl_open *o, enum bl_err err, const struct bl_note *why)
{
	switch (err) {
	case BL_OK:
	case BL_E_MALFORMED:
	case BL_E_UNSUPPORTED:
	case BL_E_LIMIT:
	case BL_E_FORGED:
	case BL_E_NOKEY:
	case BL_E_DENIED:
	case BL_E_MISSING:
		return true;
	case BL_NEED:
	case BL_E_SYSTEM:
	case BL_E_MEMORY:
	case BL_E_CALLER:
		break;
	}
	if (why->err == err)
		(void)bl_fail(&o->note, err, why->at, why->what, why->source);
	else
		(void)bl_fail(&o->note, err, 0, "opening failed", NULL);
	return false;
}

/* ---- wants ---- */

size_t
bl_open_want_count(const struct bl_open *o)
{
	return o->wants.n;
}

const struct bl_want *
bl_open_want(const struct bl_open *o, size_t i)
{
	return i < o->wants.n ? &o->wants.list[i].face : NULL;
}

enum bl_err
bl_open_answer(
    struct bl_open *o, size_t i, struct bl_span frame, struct bl_note *note)
{
	return bl_wants_answer(&o->wants, i, frame, note);
}

/* ---- making one ---- */

static void
set_up(struct bl_open *o, struct bl_ctx *ctx, const struct bl_open_opts *opts)
{
	o->ctx = ctx;
	o->opts = *opts;
	o->limits = opts->limits != NULL ? *opts->limits : BL_LIMITS;
	o->policy = (struct bl_policy){
	    .legacy = opts->legacy, .revocation = opts->revocation};
	o->verdict.deciding = SIZE_MAX;
	o->verdict.anchors = opts->anchors;
	o->verdict.gather = &o->gather;
	o->verdict.at = opts->proven != 0 ? opts->proven : opts->now;
	o->verdict.is_proven = opts->proven != 0;
	bl_vault_init(&o->out, ctx, opts->out);
	bl_vault_init(&o->park[0], ctx, opts->park[0]);
	bl_vault_init(&o->park[1], ctx, opts->park[1]);
}

enum bl_err
bl_open_new(struct bl_open **out, struct bl_ctx *ctx,
    const struct bl_open_opts *opts, struct bl_note *note)
{
	struct bl_open *o;

	*out = NULL;
	if (opts->out == NULL || opts->now == 0)
		return bl_fail(
		    note, BL_E_CALLER, 0, "out and now are to be set", NULL);
	if (opts->proven > opts->now)
		return bl_fail(note, BL_E_CALLER, 0,
		    "nothing is proven of a time to come", NULL);
	if ((o = bl_alloc(sizeof(*o))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	set_up(o, ctx, opts);
	*out = o;
	return BL_OK;
}

void
bl_open_free(struct bl_open *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->tree_count; i++)
		bl_tree_free(o->trees[i]);
	for (size_t i = 0; i < o->shell_count; i++)
		bl_shell_free(o->shells[i]);
	bl_release(o->trees);
	bl_release(o->shells);
	bl_wants_free(&o->wants);
	bl_choices_clear(o);
	bl_headers_clear(&o->headers);
	bl_buf_clear(&o->first);
	bl_buf_clear(&o->decoded);
	bl_buf_clear(&o->sender.addr);
	bl_hashes_free(o->given);
	bl_gather_clear(&o->gather);
	bl_vault_clear(&o->out);
	bl_vault_clear(&o->park[0]);
	bl_vault_clear(&o->park[1]);
	bl_verdict_clear(&o->verdict);
	bl_wipe(o, sizeof(*o));
	bl_release(o);
}

/* ---- the stages ---- */

static enum bl_err
advance(struct bl_open *o)
{
	enum bl_err err;

	if (o->stage == BL_STAGE_FEED)
		return bl_input_run(o);
	if (o->stage == BL_STAGE_END) {
		if ((err = bl_input_run(o)) != BL_OK)
			return err;
		o->stage = BL_STAGE_PARKED;
	}
	if (o->stage == BL_STAGE_PARKED) {
		if ((err = bl_park_run(o)) != BL_OK)
			return err;
		o->stage = BL_STAGE_CERTS;
	}
	if (o->stage == BL_STAGE_CERTS) {
		if ((err = bl_signers_collect(o)) != BL_OK)
			return err;
		o->stage = BL_STAGE_EVIDENCE;
	}
	if (o->stage == BL_STAGE_EVIDENCE) {
		if ((err = bl_signers_choose(o)) != BL_OK ||
		    (err = bl_judge(o)) != BL_OK)
			return err;
		o->stage = BL_STAGE_DONE;
	}
	return BL_OK;
}

/* Keeps an error for good, and tells it. */
static enum bl_err
settle(struct bl_open *o, enum bl_err err, struct bl_note *note)
{
	if (err == BL_OK || err == BL_NEED)
		return err;
	o->fatal = err;
	if (o->note.err != err)
		return bl_fail(note, err, 0, "opening failed", NULL);
	return bl_fail(note, err, o->note.at, o->note.what, o->note.source);
}

static bool
may(const struct bl_open *o, enum bl_stage stage)
{
	return o->stage == stage && o->wants.n == 0;
}

static enum bl_err
out_of_turn(struct bl_note *note)
{
	return bl_fail(note, BL_E_CALLER, 0, "a call out of turn", NULL);
}

enum bl_err
bl_open_content_add(struct bl_open *o, struct bl_span in, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (o->fatal != BL_OK)
		return settle(o, o->fatal, note);
	if (!may(o, BL_STAGE_FEED) || o->fed != 0)
		return out_of_turn(note);
	if (o->given == NULL)
		err = bl_hashes_new(
		    &o->given, o->ctx, BL_GUISE_DIGESTS, &o->note);
	if (err == BL_OK)
		err = bl_hashes_add(o->given, in, &o->note);
	return settle(o, err, note);
}

enum bl_err
bl_open_feed(struct bl_open *o, struct bl_span in, struct bl_note *note)
{
	enum bl_err err;

	if (o->fatal != BL_OK)
		return settle(o, o->fatal, note);
	if (!may(o, BL_STAGE_FEED) || in.n > FEED_MAX)
		return out_of_turn(note);
	if ((err = bl_input_take(o, in, false)) == BL_OK)
		err = advance(o);
	return settle(o, err, note);
}

enum bl_err
bl_open_end(struct bl_open *o, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (o->fatal != BL_OK)
		return settle(o, o->fatal, note);
	if (!may(o, BL_STAGE_FEED))
		return out_of_turn(note);
	if (o->given != NULL)
		err = bl_hashes_end(o->given, &o->note);
	if (err == BL_OK)
		err = bl_input_take(o, (struct bl_span){0}, true);
	o->stage = BL_STAGE_END;
	return settle(o, err == BL_OK ? advance(o) : err, note);
}

enum bl_err
bl_open_resume(struct bl_open *o, struct bl_note *note)
{
	if (o->fatal != BL_OK)
		return settle(o, o->fatal, note);
	if (o->wants.n == 0)
		return out_of_turn(note);
	return settle(o, advance(o), note);
}

/* ---- what comes of it ---- */

const struct bl_verdict *
bl_open_verdict(const struct bl_open *o)
{
	return o->stage == BL_STAGE_DONE && o->fatal == BL_OK ? &o->verdict
							      : NULL;
}

static enum bl_err
denied(struct bl_note *note, const char *what)
{
	return bl_fail(note, BL_E_DENIED, 0, what, NULL);
}

enum bl_err
bl_open_gate(const struct bl_open *o, unsigned gates, struct bl_note *note)
{
	const struct bl_verdict *v = bl_open_verdict(o);

	if (v == NULL)
		return denied(note, "the message was not read to its end");
	if (v->encryption == BL_ENCRYPTION_FAILED)
		return denied(note, "the message could not be decrypted");
	if (!bl_content_is_whole(o))
		return denied(note, "the content is not whole");
	if ((gates & BL_GATE_INTACT_ONLY) != 0 &&
	    v->encryption != BL_ENCRYPTION_INTACT)
		return denied(note, "the content is not intact");
	if ((gates & BL_GATE_ALLOW_INVALID) == 0 &&
	    v->signature == BL_SIGNATURE_INVALID)
		return denied(note, "the signature is invalid");
	return BL_OK;
}

enum bl_err
bl_open_give(
    struct bl_open *o, unsigned gates, struct bl_buf *out, struct bl_note *note)
{
	struct bl_span s;
	enum bl_err err;

	if ((err = bl_open_gate(o, gates, note)) != BL_OK)
		return err;
	if (o->opts.out->is_output)
		return bl_fail(note, BL_E_CALLER, 0,
		    "the spool is the output already", NULL);
	if (!o->is_giving) {
		if ((err = bl_vault_rewind(&o->out, note)) != BL_OK)
			return err;
		o->is_giving = true;
	}
	if ((err = bl_vault_read(&o->out, &s, note)) != BL_OK)
		return err;
	bl_buf_add(out, s);
	return bl_buf_err(out, note);
}
