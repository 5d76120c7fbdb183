/* ours.c - see ours.h. */
#include "bench/ours.h"

#include <string.h>

#include "bench/measure.h"
#include "keys/keys.h"

static enum bl_err
append(void *arg, struct bl_span s)
{
	struct memory *m = arg;

	bl_buf_add(&m->bytes, s);
	return m->bytes.err == BL_OK ? BL_OK : BL_E_SYSTEM;
}

static enum bl_err
rewind_it(void *arg, enum bl_spool_rewind how)
{
	struct memory *m = arg;

	m->at = 0;
	if (how == BL_SPOOL_EMPTY)
		bl_buf_reset(&m->bytes);
	return BL_OK;
}

static enum bl_err
read_it(void *arg, uint8_t *p, size_t n, size_t *got)
{
	struct memory *m = arg;

	*got = m->bytes.n - m->at < n ? m->bytes.n - m->at : n;
	if (*got > 0)
		memcpy(p, m->bytes.p + m->at, *got);
	m->at += *got;
	return BL_OK;
}

void
memory_init(struct memory *m)
{
	*m = (struct memory){.face = {append, rewind_it, read_it, m, true}};
}

void
ours_seal(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_seal_opts *opts, const struct bl_priv *key,
    struct bl_span message)
{
	struct bl_buf answer = {0};
	struct bl_note note = {0};
	struct bl_seal *s;
	enum bl_err err;

	ensure(bl_seal_new(&s, ctx, opts, NULL, &note) == BL_OK &&
		bl_seal_feed(s, out, message, &note) == BL_OK,
	    "sealing failed");
	while ((err = bl_seal_end(s, out, &note)) == BL_NEED) {
		bl_buf_reset(&answer);
		ensure(bl_key_do(&answer, ctx, key, bl_seal_want(s, 0)->frame,
			   &note) == BL_OK &&
			bl_seal_answer(s, 0, bl_buf_span(&answer), &note) ==
			    BL_OK,
		    "signing failed");
	}
	ensure(err == BL_OK, "sealing failed");
	bl_buf_clear(&answer);
	bl_seal_free(s);
}

static void
answer_all(struct bl_open *o, struct bl_ctx *ctx, const struct bl_priv *key)
{
	for (size_t i = 0; i < bl_open_want_count(o); i++) {
		struct bl_buf answer = {0};

		ensure(bl_open_want(o, i)->kind == BL_WANT_UNWRAP &&
			bl_key_do(&answer, ctx, key, bl_open_want(o, i)->frame,
			    NULL) == BL_OK &&
			bl_open_answer(o, i, bl_buf_span(&answer), NULL) ==
			    BL_OK,
		    "unwrapping failed");
		bl_buf_clear(&answer);
	}
}

void
ours_open(struct memory *to, struct bl_ctx *ctx,
    const struct bl_open_opts *opts, const struct bl_priv *key,
    struct bl_span message, enum bl_encryption encryption,
    enum bl_signature signature)
{
	struct bl_open_opts with = *opts;
	const struct bl_verdict *v;
	struct bl_open *o;
	enum bl_err err;

	bl_buf_reset(&to->bytes);
	with.out = &to->face;
	ensure(bl_open_new(&o, ctx, &with, NULL) == BL_OK, "opening failed");
	err = bl_open_feed(o, message, NULL);
	while (err == BL_NEED) {
		answer_all(o, ctx, key);
		err = bl_open_resume(o, NULL);
	}
	if (err == BL_OK)
		err = bl_open_end(o, NULL);
	v = bl_open_verdict(o);
	ensure(err == BL_OK && bl_verdict_encryption(v) == encryption &&
		bl_verdict_signature(v) == signature &&
		bl_open_gate(o, 0, NULL) == BL_OK && to->bytes.n > 0,
	    "the message was not opened as it should be");
	bl_open_free(o);
}
