/* input.c - what is fed, from its first bytes to the outermost tree or shell;
 * see opening.h. */
#include "message/opening.h"

#define LEAST 24 /* characters of base64 that show a ContentInfo */

/* ---- what it is ---- */

/* Base64 of a CMS object without PEM around: all of its first line is base64,
 * and it decodes to the start of a ContentInfo. A header line has a colon. */
static enum bl_err
is_base64(bool *is, struct bl_span first, struct bl_note *note)
{
	struct bl_base64 d = {0};
	struct bl_buf out = {0};
	enum bl_err err;

	*is = false;
	if (first.n < LEAST)
		return BL_OK;
	bl_base64_decode(&d, &out, first);
	if ((err = bl_buf_err(&out, note)) == BL_OK)
		*is = !d.bad && !d.ended && out.p[0] == BL_DER_SEQUENCE &&
		    bl_bare_sniff(bl_buf_span(&out), true) == BL_BARE_DER;
	bl_buf_clear(&out);
	return err;
}

/* RFC 7468 9, and what older programs write. */
static bool
label_is_cms(struct bl_span first)
{
	static const char *const labels[] = {"-----BEGIN CMS-----",
	    "-----BEGIN PKCS7-----", "-----BEGIN PKCS #7 SIGNED DATA-----"};

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (bl_span_equal(bl_span_cut(first, 0, strlen(labels[i])),
			bl_span_str(labels[i])))
			return true;
	return false;
}

/* Finds out; UNKNOWN while more bytes are wanted. */
static enum bl_err
sniff(struct bl_open *o, bool ended)
{
	struct bl_span first = bl_buf_span(&o->first);
	enum bl_err err;

	if (o->opts.input == BL_OPEN_MESSAGE) {
		o->bare = BL_BARE_MESSAGE;
		return BL_OK;
	}
	if (!ended && first.n < BL_BARE_SNIFF)
		return BL_OK;
	o->bare = bl_bare_sniff(first, true);
	if (o->bare != BL_BARE_MESSAGE)
		return BL_OK;
	err = is_base64(&o->is_base64, first, &o->note);
	if (o->is_base64 || o->opts.input == BL_OPEN_CMS)
		o->bare = BL_BARE_DER;
	return err;
}

static enum bl_err
refuse(struct bl_open *o, const char *what)
{
	(void)bl_fail(&o->input_note, BL_E_MALFORMED, 0, what, NULL);
	return BL_OK;
}

/* Makes the outermost tree or shell. */
static enum bl_err
start(struct bl_open *o)
{
	enum bl_err err;

	if (o->bare == BL_BARE_MESSAGE) {
		if (o->given != NULL)
			return refuse(
			    o, "content was given, but this is no signature");
		return bl_tree_new(&o->root, o, NULL);
	}
	if (o->bare == BL_BARE_PEM && !label_is_cms(bl_buf_span(&o->first)))
		return refuse(o, "a PEM file that is no CMS object");
	err = bl_shell_new(&o->outermost, o, BL_FORM_BARE, &o->input_note);
	return bl_finding(o, err, &o->input_note) ? BL_OK : err;
}

/* ---- what is fed ---- */

/* Adds to `first` until it is known what the input is; false: not yet. */
static enum bl_err
gather(struct bl_open *o, struct bl_span *in, bool ended)
{
	struct bl_span some;
	enum bl_err err;

	some = bl_span_cut(*in, 0, BL_BARE_SNIFF - o->first.n);
	bl_buf_add(&o->first, some);
	*in = bl_span_cut(*in, some.n, in->n);
	if ((err = bl_buf_err(&o->first, &o->note)) != BL_OK ||
	    (err = sniff(o, ended)) != BL_OK || o->bare == BL_BARE_UNKNOWN)
		return err;
	o->queue[0] = bl_buf_span(&o->first);
	return start(o);
}

/* Nothing more is read; what was read stays as far as it goes. */
static void
too_long(struct bl_open *o)
{
	struct bl_shell *s = o->outermost;

	(void)bl_fail_limit(&o->input_note, o->limits.message_bytes,
	    "limit-message-size", "the message is too long", NULL);
	if (o->root != NULL)
		o->root->dead = true;
	if (s != NULL && s->state != BL_SHELL_FAILED) {
		s->note = o->input_note;
		bl_shell_fail(s);
	}
}

enum bl_err
bl_input_take(struct bl_open *o, struct bl_span in, bool ended)
{
	enum bl_err err = BL_OK;

	o->fed += in.n;
	if (o->limits.message_bytes != 0 && o->fed > o->limits.message_bytes) {
		too_long(o);
		return BL_OK;
	}
	if (ended && o->fed == 0)
		return refuse(o, "the message is empty");
	if (o->bare == BL_BARE_UNKNOWN)
		err = gather(o, &in, ended);
	o->queue[1] = in;
	return err;
}

/* Undoes PEM or base64 around a bare object. */
static enum bl_err
unwrap(struct bl_open *o, struct bl_span *in)
{
	if (o->bare != BL_BARE_PEM && !o->is_base64)
		return BL_OK;
	bl_buf_reset(&o->decoded);
	if (o->is_base64)
		bl_base64_decode(&o->base64, &o->decoded, *in);
	else
		bl_pem_add(&o->pem, &o->decoded, *in);
	*in = bl_buf_span(&o->decoded);
	return bl_buf_err(&o->decoded, &o->note);
}

/* Characters that are no base64 between the lines, or a missing end. */
static void
check_armour(struct bl_open *o)
{
	if (o->is_base64)
		bl_base64_decode_end(&o->base64);
	if (o->base64.bad || o->pem.base64.bad ||
	    (o->bare == BL_BARE_PEM && !o->pem.closed))
		(void)refuse(o, "the PEM or base64 around it is not whole");
}

static enum bl_err
run(struct bl_open *o)
{
	return o->root != NULL ? bl_tree_run(o, o->root)
			       : bl_shell_run(o, o->outermost);
}

static enum bl_err
lend(struct bl_open *o, struct bl_span in)
{
	enum bl_err err;

	if (o->root != NULL) {
		bl_tree_lend(o->root, in);
		return BL_OK;
	}
	if ((err = unwrap(o, &in)) == BL_OK && in.n > 0)
		bl_shell_lend(o->outermost, in);
	return err;
}

static void
end(struct bl_open *o)
{
	if (o->has_ended)
		return;
	o->has_ended = true;
	if (o->root != NULL) {
		o->root->ending = true;
		return;
	}
	check_armour(o);
	o->outermost->ending = true;
	o->outermost->face.to = o->fed;
}

enum bl_err
bl_input_run(struct bl_open *o)
{
	enum bl_err err;

	if (o->root == NULL && o->outermost == NULL)
		return BL_OK;
	if ((err = run(o)) != BL_OK)
		return err;
	for (size_t i = 0; i < 2; i++) {
		struct bl_span in = o->queue[i];

		o->queue[i] = (struct bl_span){0};
		if (in.n == 0)
			continue;
		if ((err = lend(o, in)) != BL_OK || (err = run(o)) != BL_OK)
			return err;
	}
	if (o->stage == BL_STAGE_FEED)
		return BL_OK;
	end(o);
	return run(o);
}
