/* seal.c - the job that signs and encrypts a message. */
#include "bulla/seal.h"

#include "reader/reader.h"

static size_t
count(const void *op)
{
	return bl_seal_want_count(op);
}

static const struct bl_want *
want(const void *op, size_t i)
{
	return bl_seal_want(op, i);
}

static enum bl_err
answer(void *op, size_t i, struct bl_span frame, struct bl_note *note)
{
	return bl_seal_answer(op, i, frame, note);
}

/* Writes what has come out so far. */
static enum bl_err
drain(struct reader *r, int fd, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err = bl_buf_err(out, note);

	return err == BL_OK ? io_give(r, fd, out, note) : err;
}

static enum bl_err
feed(struct reader *r, struct bl_seal *s, struct bl_buf *out,
    const struct bl_ipc *f, struct bl_note *note)
{
	struct bl_span in;
	enum bl_err err;

	for (;;) {
		if ((err = io_read(&in, r, f->fds[0], note)) != BL_OK ||
		    in.n == 0)
			return err;
		if ((err = bl_seal_feed(s, out, in, note)) != BL_OK ||
		    (err = drain(r, f->fds[1], out, note)) != BL_OK)
			return err;
	}
}

static enum bl_err
end(struct reader *r, struct bl_seal *s, struct bl_buf *out, int fd,
    struct bl_note *note)
{
	const struct asker a = {s, count, want, answer};
	enum bl_err err;

	while ((err = bl_seal_end(s, out, note)) == BL_NEED) {
		if ((err = drain(r, fd, out, note)) != BL_OK ||
		    (err = exchange(r, &a, note)) != BL_OK)
			return err;
	}
	if (err != BL_OK || (err = drain(r, fd, out, note)) != BL_OK)
		return err;
	return io_settle(r, note);
}

static struct bl_seal_opts
opts_of(const struct bl_wire_seal *in, const struct certs_for *c)
{
	return (struct bl_seal_opts){.now = in->now,
	    .sign = in->sign,
	    .pss = in->pss,
	    .triple = in->triple,
	    .digest = in->digest,
	    .signer = c->signer,
	    .include = &c->include,
	    .own_encrypt = c->own_encrypt,
	    .to = c->to.list,
	    .n = c->to.n,
	    .wrap = in->wrap,
	    .by_ski = in->by_ski,
	    .cipher = in->cipher,
	    .policy = in->policy};
}

void
job_seal(struct reader *r, struct bl_ipc *f)
{
	const struct certs_for *c = &r->certs;
	const struct bl_cert *culprit = NULL;
	struct bl_note note = {0};
	struct bl_seal *s = NULL;
	struct bl_seal_opts opts;
	struct bl_wire_seal in;
	struct bl_buf out = {0};
	enum bl_err err;

	if (bl_wire_seal_get(&in, bl_buf_span(&f->payload), NULL) != BL_OK ||
	    c->identities.n > 0 || c->anchors.n > 0 || c->pool.n > 0)
		breach();
	opts = opts_of(&in, c);
	r->progress = in.progress;
	if ((err = certs_bad(r, &note)) != BL_OK ||
	    (err = bl_seal_new(&s, r->ctx, &opts, &culprit, &note)) != BL_OK ||
	    (err = feed(r, s, &out, f, &note)) != BL_OK)
		goto out;
	err = end(r, s, &out, f->fds[1], &note);
out:
	if (err != BL_OK && culprit != NULL)
		r->done.culprit = bl_cert_sha256(culprit);
	say_done(r, err, &note);
	bl_seal_free(s);
	bl_buf_clear(&out);
}
