/* check.c - the object of `bulla cert check --json`. */
#include "bulla/check.h"

#include <string.h>

#include "message/json.h"
#include "trust/trust.h"

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

static void
name(struct bl_buf *b, const char *key, struct bl_span der)
{
	struct bl_buf text = {0};

	bl_name_show(&text, der);
	if (text.err != BL_OK && b->err == BL_OK)
		b->err = text.err;
	bl_json_text(b, key, bl_buf_span(&text));
	bl_buf_clear(&text);
}

static void
certificate(struct bl_buf *b, const struct bl_cert *c, const char *source)
{
	struct bl_buf text = {0};

	bl_json_object(b, NULL);
	bl_cert_name(&text, c);
	if (text.err != BL_OK && b->err == BL_OK)
		b->err = text.err;
	bl_json_text(b, "name", bl_buf_span(&text));
	bl_buf_clear(&text);
	name(b, "subject", bl_cert_subject(c));
	name(b, "issuer", bl_cert_issuer(c));
	bl_json_array(b, "addresses");
	for (size_t i = 0; i < bl_cert_addr_count(c); i++)
		bl_json_text(b, NULL, bl_cert_addr_at(c, i).addr);
	bl_json_array_end(b);
	bl_json_hex(b, "serial", bl_cert_serial(c));
	bl_json_hex(b, "sha256", bl_cert_sha256(c));
	bl_json_time(b, "notBefore", bl_cert_not_before(c));
	bl_json_time(b, "notAfter", bl_cert_not_after(c));
	bl_json_str(b, "source", source);
	bl_json_object_end(b);
}

static void
chain(struct bl_buf *b, const struct bl_cert_question *q,
    const struct bl_certs *path)
{
	bl_json_array(b, "chain");
	for (size_t i = 0; i < path->n; i++) {
		const struct bl_cert *c = path->list[i];
		bool anchor = q->anchors != NULL &&
		    bl_certs_by_sha256(q->anchors, bl_cert_sha256(c)) != NULL;

		certificate(b, c,
		    anchor	 ? "anchor"
			: i == 0 ? "asked"
				 : "given");
	}
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

enum bl_err
bl_cert_check(struct bl_buf *json, bool *valid, struct bl_ctx *ctx,
    const struct bl_cert_question *q, struct bl_note *note)
{
	const struct bl_limits limits = q->limits != NULL ? *q->limits
							  : BL_LIMITS;
	const struct bl_policy policy = {.revocation = q->revocation};
	const struct bl_trust_ask ask = {.cert = q->cert,
	    .purpose = q->purpose,
	    .address = q->address,
	    .at = q->at,
	    .anchors = q->anchors,
	    .pool = q->pool,
	    .crls = q->crls,
	    .ocsps = q->ocsps,
	    .limits = &limits,
	    .policy = &policy,
	    .policies = q->policies,
	    .policy_count = q->policy_count,
	    .explicit_policy = q->explicit_policy,
	    .inhibit_mapping = q->inhibit_mapping,
	    .inhibit_any = q->inhibit_any};
	struct bl_trust_answer a;
	enum bl_err err;

	*valid = false;
	if ((err = bl_trust_judge(&a, ctx, &ask, note)) != BL_OK)
		return err;
	bl_json_object(json, NULL);
	bl_json_bool(json, "valid", a.valid);
	reasons(json, &a);
	chain(json, q, &a.path);
	lines(json, bl_buf_span(&a.trace));
	bl_json_object_end(json);
	if ((err = bl_buf_err(json, note)) == BL_OK)
		*valid = a.valid;
	bl_trust_answer_clear(&a);
	return err;
}
