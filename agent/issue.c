/* issue.c - what an authority asks: the certificate, list or answer is written
 * here from fixed fields, so that its key signs nothing else. */
#include <stdlib.h>

#include "agent/agent.h"
#include "keys/issue.h"

static enum bl_err
find(const struct bl_priv **out, const struct agent *a, struct bl_span id,
    struct bl_note *note)
{
	const struct key *key = keyring_find(&a->ring, id);

	*out = key != NULL ? key->priv : NULL;
	return key != NULL ? BL_OK
			   : bl_fail(note, BL_E_NOKEY, 0,
				 "the agent does not have this key", NULL);
}

enum next
issue_generate(struct bl_ipc *out, struct agent *a, const struct bl_ipc *f)
{
	struct bl_wire_generate in;
	struct bl_priv *priv = NULL;
	struct bl_note note = {0};
	struct key *key;
	enum bl_err err;

	if (bl_wire_generate_get(&in, bl_buf_span(&f->payload), NULL) != BL_OK)
		return HANG_UP;
	if (!request_is_one_shot(a))
		return request_denied(out);
	err = bl_priv_new(&priv, a->ctx, in.kind, in.bits, &note);
	if (err == BL_OK &&
	    (err = keyring_take(&key, &a->ring, a->ctx, priv, &note)) == BL_OK)
		keyring_say(&out->payload, &(struct keyring){key, 1, 1});
	return request_given(out, BL_AGENT_KEYS, err, &note);
}

enum next
issue_certify(struct bl_ipc *out, struct agent *a, const struct bl_ipc *f)
{
	const struct bl_priv *key, *own = NULL;
	struct bl_wire_certify in;
	struct bl_note note = {0};
	enum bl_err err;

	if (bl_wire_certify_get(&in, bl_buf_span(&f->payload), NULL) != BL_OK)
		return HANG_UP;
	if (!request_is_one_shot(a))
		return request_denied(out);
	err = find(&key, a, in.issuer, &note);
	if (err == BL_OK && in.own.n > 0)
		err = find(&own, a, in.own, &note);
	if (err == BL_OK)
		err = bl_issue_cert_write(
		    &out->payload, a->ctx, key, own, &in.cert, &note);
	return request_given(out, BL_AGENT_BYTES, err, &note);
}

enum next
issue_crl(struct bl_ipc *out, struct agent *a, const struct bl_ipc *f)
{
	const struct bl_priv *key;
	struct bl_note note = {0};
	struct bl_wire_crl in;
	enum bl_err err;

	err = bl_wire_crl_get(&in, bl_buf_span(&f->payload), &note);
	if (err == BL_E_MALFORMED)
		return HANG_UP;
	if (!request_is_one_shot(a)) {
		free((void *)(uintptr_t)in.list.revoked);
		return request_denied(out);
	}
	if (err == BL_OK && (err = find(&key, a, in.issuer, &note)) == BL_OK)
		err = bl_issue_crl_write(
		    &out->payload, a->ctx, key, &in.list, &note);
	free((void *)(uintptr_t)in.list.revoked);
	return request_given(out, BL_AGENT_BYTES, err, &note);
}

enum next
issue_ocsp(struct bl_ipc *out, struct agent *a, const struct bl_ipc *f)
{
	struct bl_buf response = {0}, requests[2] = {0};
	const struct bl_priv *key;
	struct bl_note note = {0};
	struct bl_wire_ocsp in;
	enum bl_err err;

	if (bl_wire_ocsp_get(&in, bl_buf_span(&f->payload), NULL) != BL_OK)
		return HANG_UP;
	if (!request_is_one_shot(a))
		return request_denied(out);
	if ((err = find(&key, a, in.issuer, &note)) == BL_OK &&
	    (err = bl_issue_ocsp_write(
		 &response, requests, a->ctx, key, &in.ocsp, &note)) == BL_OK)
		bl_wire_status_put(&out->payload,
		    &(struct bl_wire_status){bl_buf_span(&response),
			{bl_buf_span(&requests[0]),
			    bl_buf_span(&requests[1])}});
	bl_buf_clear(&response);
	bl_buf_clear(&requests[0]);
	bl_buf_clear(&requests[1]);
	return request_given(out, BL_AGENT_STATUS, err, &note);
}
