/* check.c - is a certificate good: the question, what it wants, and the object
 * of `bulla cert check --json`. */
#include "bulla/check.h"

#include <string.h>

#include "message/chain.h"
#include "message/json.h"

static void
reasons(struct bl_buf *b, const struct bl_trust_answer *a)
{
	bl_json_array(b, "reasons");
	for (unsigned r = 0; r < BL_REASON_COUNT; r++)
		if ((a->reasons >> r & 1) != 0)
			bl_json_str(b, NULL,
			    r == BL_REASON_LIMIT && a->limit != NULL
				? a->limit
				: bl_reason_code((enum bl_reason)r));
	bl_json_array_end(b);
}

/* Each line of a trace is an element. */
static void
lines(struct bl_buf *b, struct bl_span text)
{
	bl_json_array(b, "trace");
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n = end == NULL ? text.n : (size_t)(end - text.p);

		if (n > 0)
			bl_json_text(b, NULL, bl_span_cut(text, 0, n));
		text = bl_span_cut(text, n + 1, SIZE_MAX);
	}
	bl_json_array_end(b);
}

/* ---- the operation ---- */

struct bl_check {
	struct bl_ctx *ctx;
	struct bl_cert_question q;
	struct bl_limits limits;
	struct bl_wants wants;
	struct bl_gather gather;
	struct bl_trust_answer answer;
	bool done;
};

enum bl_err
bl_check_new(struct bl_check **out, struct bl_ctx *ctx,
    const struct bl_cert_question *q, struct bl_note *note)
{
	struct bl_check *c = bl_alloc(sizeof(*c));

	*out = c;
	if (c == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	c->ctx = ctx;
	c->q = *q;
	c->limits = q->limits != NULL ? *q->limits : BL_LIMITS;
	return BL_OK;
}

/* What was given, and what came. */
static enum bl_err
all_certs(struct bl_certs *all, const struct bl_check *c, struct bl_note *note)
{
	const struct bl_certs *const sets[] = {c->q.pool, &c->gather.certs};
	enum bl_err err = BL_OK;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0;
		     sets[k] != NULL && err == BL_OK && i < sets[k]->n; i++)
			err = bl_certs_add(all, sets[k]->list[i], note);
	return err;
}

static enum bl_err
judge(struct bl_check *c, struct bl_note *note)
{
	const struct bl_cert_question *q = &c->q;
	const struct bl_policy policy = {.revocation = q->revocation};
	struct bl_certs pool = {0};
	struct bl_evidence evidence = {0};
	const struct bl_trust_ask ask = {.cert = q->cert,
	    .purpose = q->purpose,
	    .address = q->address,
	    .at = q->at,
	    .anchors = q->anchors,
	    .pool = &pool,
	    .crls = &evidence.crls,
	    .ocsps = &evidence.ocsps,
	    .limits = &c->limits,
	    .policy = &policy,
	    .policies = q->policies,
	    .policy_count = q->policy_count,
	    .explicit_policy = q->explicit_policy,
	    .inhibit_mapping = q->inhibit_mapping,
	    .inhibit_any = q->inhibit_any};
	enum bl_err err;

	bl_trust_answer_clear(&c->answer);
	if ((err = all_certs(&pool, c, note)) == BL_OK &&
	    (err = bl_evidence_gather(
		 &evidence, &c->gather, q->crls, q->ocsps, note)) == BL_OK)
		err = bl_trust_judge(&c->answer, c->ctx, &ask, note);
	bl_evidence_release(&evidence);
	bl_certs_clear(&pool);
	return err;
}

enum bl_err
bl_check_run(struct bl_check *c, struct bl_note *note)
{
	const struct bl_ask ask = {.wishes = &c->answer.wants,
	    .leaf = c->q.cert,
	    .at = c->q.at,
	    .limits = &c->limits};
	enum bl_err err;

	if (c->done)
		return BL_OK;
	err = bl_gather_take(&c->gather, c->ctx, &c->wants, &c->limits, note);
	bl_wants_clear(&c->wants);
	if (err != BL_OK || (err = judge(c, note)) != BL_OK ||
	    (err = bl_gather_ask(&c->gather, &c->wants, c->ctx, &ask, note)) !=
		BL_OK)
		return err;
	c->done = c->wants.n == 0;
	return c->done ? BL_OK : BL_NEED;
}

size_t
bl_check_want_count(const struct bl_check *c)
{
	return c->wants.n;
}

const struct bl_want *
bl_check_want(const struct bl_check *c, size_t i)
{
	return i < c->wants.n ? &c->wants.list[i].face : NULL;
}

enum bl_err
bl_check_answer(
    struct bl_check *c, size_t i, struct bl_span frame, struct bl_note *note)
{
	return bl_wants_answer(&c->wants, i, frame, note);
}

bool
bl_check_valid(const struct bl_check *c)
{
	return c->done && c->answer.valid;
}

enum bl_err
bl_check_json(
    struct bl_buf *json, const struct bl_check *c, struct bl_note *note)
{
	const struct bl_chain chain = {.path = &c->answer.path,
	    .answers = c->answer.revocation,
	    .at = c->q.at,
	    .asked = true,
	    .anchors = c->q.anchors,
	    .gather = &c->gather};

	if (!c->done)
		return bl_fail(
		    note, BL_E_CALLER, 0, "it is not answered yet", NULL);
	bl_json_object(json, NULL);
	bl_json_bool(json, "valid", c->answer.valid);
	reasons(json, &c->answer);
	bl_json_time(json, "at", c->q.at);
	bl_warnings_json(json, c->q.cert, c->q.at);
	bl_chain_json(json, &chain);
	lines(json, bl_buf_span(&c->answer.trace));
	bl_json_object_end(json);
	return bl_buf_err(json, note);
}

void
bl_check_free(struct bl_check *c)
{
	if (c == NULL)
		return;
	bl_wants_free(&c->wants);
	bl_gather_clear(&c->gather);
	bl_trust_answer_clear(&c->answer);
	bl_release(c);
}

enum bl_err
bl_cert_check(struct bl_buf *json, bool *valid, struct bl_ctx *ctx,
    const struct bl_cert_question *q, struct bl_note *note)
{
	struct bl_check *c = NULL;
	enum bl_err err = bl_check_new(&c, ctx, q, note);

	*valid = false;
	if (err == BL_OK)
		do
			err = bl_check_run(c, note);
		while (err == BL_NEED);
	if (err == BL_OK && (err = bl_check_json(json, c, note)) == BL_OK)
		*valid = bl_check_valid(c);
	bl_check_free(c);
	return err;
}
