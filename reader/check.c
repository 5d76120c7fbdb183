/* check.c - the job that tells whether a certificate is good. */
#include "bulla/check.h"

#include "reader/reader.h"

static size_t
count(const void *op)
{
	return bl_check_want_count(op);
}

static const struct bl_want *
want(const void *op, size_t i)
{
	return bl_check_want(op, i);
}

static enum bl_err
answer(void *op, size_t i, struct bl_span frame, struct bl_note *note)
{
	return bl_check_answer(op, i, frame, note);
}

/* Answers what is wanted until there is a result. */
static enum bl_err
run(struct reader *r, struct bl_check *c, struct bl_note *note)
{
	const struct asker a = {c, count, want, answer};
	enum bl_err err;

	while ((err = bl_check_run(c, note)) == BL_NEED)
		if ((err = exchange(r, &a, note)) != BL_OK)
			return err;
	return err;
}

static enum bl_err
tell(struct reader *r, const struct bl_check *c, struct bl_note *note)
{
	struct bl_buf json;
	struct bl_ipc f;
	enum bl_err err;

	bl_buf_init(&json, BL_READER_JSON_MAX);
	bl_ipc_init(&f, BL_READER_RESULT, BL_BUF_MAX);
	if ((err = bl_check_json(&json, c, note)) == BL_OK) {
		bl_wire_result_put(&f.payload, bl_buf_span(&json));
		err = bl_buf_err(&f.payload, note);
	}
	if (err == BL_OK)
		say(r, &f);
	bl_ipc_clear(&f);
	bl_buf_clear(&json);
	return err;
}

static enum bl_err
check(struct reader *r, const struct bl_wire_check *in, struct bl_note *note)
{
	const struct certs_for *c = &r->certs;
	const struct bl_cert_question q = {.cert = c->signer,
	    .purpose = in->purpose,
	    .revocation = in->revocation,
	    .address = in->address,
	    .at = in->now,
	    .anchors = &c->anchors,
	    .pool = &c->pool,
	    .crls = &c->crls,
	    .ocsps = &c->ocsps,
	    .policies = in->policies,
	    .policy_count = in->policy_count,
	    .explicit_policy = in->explicit_policy,
	    .inhibit_mapping = in->inhibit_mapping,
	    .inhibit_any = in->inhibit_any};
	struct bl_check *op = NULL;
	enum bl_err err;

	if ((err = certs_bad(r, note)) == BL_OK &&
	    (err = bl_check_new(&op, r->ctx, &q, note)) == BL_OK &&
	    (err = run(r, op, note)) == BL_OK)
		err = tell(r, op, note);
	bl_check_free(op);
	return err;
}

void
job_check(struct reader *r, struct bl_ipc *f)
{
	const struct certs_for *c = &r->certs;
	struct bl_note note = {0};
	struct bl_wire_check in;
	enum bl_err err;

	if (bl_wire_check_get(&in, bl_buf_span(&f->payload), NULL) != BL_OK ||
	    (c->signer == NULL && c->bad.err == BL_OK) ||
	    c->own_encrypt != NULL || c->include.n > 0 || c->to.n > 0 ||
	    c->identities.n > 0)
		breach();
	err = check(r, &in, &note);
	say_done(r, err, &note);
}
