/* chain.c - see chain.h. */
#include "message/chain.h"

#include "message/json.h"

static void
text(struct bl_buf *b, const char *key, struct bl_buf *value)
{
	if (value->err != BL_OK && b->err == BL_OK)
		b->err = value->err;
	bl_json_text(b, key, bl_buf_span(value));
	bl_buf_clear(value);
}

static void
name(struct bl_buf *b, const char *key, struct bl_span der)
{
	struct bl_buf value = {0};

	bl_name_show(&value, der);
	text(b, key, &value);
}

static void
who(struct bl_buf *b, const struct bl_cert *c)
{
	struct bl_buf value = {0};

	bl_cert_name(&value, c);
	text(b, "name", &value);
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
}

static bool
is_in(const struct bl_certs *set, const struct bl_cert *c)
{
	return set != NULL &&
	    bl_certs_by_sha256(set, bl_cert_sha256(c)) != NULL;
}

static void
source(struct bl_buf *b, const struct bl_chain *c, size_t i)
{
	const struct bl_cert *cert = c->path->list[i];
	enum bl_source from = BL_SOURCE_GIVEN;
	struct bl_span url = {0};

	if (is_in(c->anchors, cert))
		bl_json_str(b, "source", "anchor");
	else if (c->asked && i == 0)
		bl_json_str(b, "source", "asked");
	else if (is_in(c->message, cert))
		bl_json_str(b, "source", bl_source_name(BL_SOURCE_MESSAGE));
	else {
		if (c->gather != NULL)
			(void)bl_gather_origin(&from, &url, c->gather, cert);
		bl_json_str(b, "source", bl_source_name(from));
		if (url.n != 0)
			bl_json_text(b, "url", url);
	}
}

/* What is known of its revocation, by whom, and how old that is. */
static void
revocation(struct bl_buf *b, const struct bl_revocation_answer *a, int64_t at)
{
	if (a == NULL || a->state == BL_CERT_NOT_ASKED) {
		bl_json_null(b, "revocation");
		return;
	}
	bl_json_object(b, "revocation");
	bl_json_str(b, "status", bl_cert_state_name(a->state));
	if (a->kind != BL_EVIDENCE_NONE) {
		bl_json_str(b, "by", bl_evidence_name(a->kind));
		bl_json_str(b, "source", bl_source_name(a->source));
		bl_json_time(b, "thisUpdate", a->this_update);
		if (a->has_next_update)
			bl_json_time(b, "nextUpdate", a->next_update);
		else
			bl_json_null(b, "nextUpdate");
		bl_json_uint(b, "age",
		    at > a->this_update ? (uint64_t)(at - a->this_update) : 0);
	}
	if (a->state == BL_CERT_REVOKED) {
		bl_json_uint(b, "reason", a->reason);
		bl_json_time(b, "revokedAt", a->revoked_at);
	}
	bl_json_object_end(b);
}

void
bl_chain_json(struct bl_buf *b, const struct bl_chain *c)
{
	bl_json_array(b, "chain");
	for (size_t i = 0; i < c->path->n; i++) {
		bl_json_object(b, NULL);
		who(b, c->path->list[i]);
		source(b, c, i);
		revocation(
		    b, c->answers != NULL ? &c->answers[i] : NULL, c->at);
		bl_json_object_end(b);
	}
	bl_json_array_end(b);
}

void
bl_warnings_json(struct bl_buf *b, const struct bl_cert *c, int64_t at)
{
	bl_json_array(b, "warnings");
	if (c != NULL && at <= bl_cert_not_after(c) &&
	    at >= bl_cert_not_after(c) - BL_SOON)
		bl_json_str(b, NULL, "expires-soon");
	bl_json_array_end(b);
}
