/* agent.c - see wire/agent.h. */
#include "proc/wire/agent.h"

#define COUNT(a)  (sizeof(a) / sizeof(*(a)))
#define CERT_MAX  (128u << 10) /* bytes */
#define LABEL_MAX 1000u	       /* bytes */

const struct bl_ipc_rule bl_agent_rules_in[] = {
    {BL_AGENT_LOAD, 0, 1, 1},
    {BL_AGENT_UNSEAL, BL_AGENT_SEALED_MAX + BL_AGENT_PASS_MAX + 8, 0, 0},
    {BL_AGENT_SEAL, BL_SHA256_SIZE + 4 + BL_AGENT_PASS_MAX, 0, 0},
    {BL_AGENT_LIST, 0, 0, 0},
    {BL_AGENT_WANT, BL_KEY_FRAME_MAX, 0, 0},
    {BL_AGENT_EXPORT, BL_AGENT_BYTES_MAX, 0, 0},
    {BL_AGENT_FORGET, BL_SHA256_SIZE, 0, 0},
    {BL_AGENT_LISTEN, 4, 1, 1},
    {BL_AGENT_LOCK, 0, 0, 0},
    {BL_AGENT_GENERATE, 3, 0, 0},
    {BL_AGENT_CERTIFY, BL_WIRE_CERTIFY_MAX, 0, 0},
    {BL_AGENT_LIST_REVOKED, BL_WIRE_LIST_MAX, 0, 0},
    {BL_AGENT_TELL_STATUS, BL_WIRE_OCSP_MAX, 0, 0},
};
const size_t bl_agent_rules_in_count = COUNT(bl_agent_rules_in);

const struct bl_ipc_rule bl_agent_rules_out[] = {
    {BL_AGENT_DONE, 1024, 0, 0},
    {BL_AGENT_KEYS, 2 + BL_AGENT_KEYS_MAX *(BL_SHA256_SIZE + 1), 0, 0},
    {BL_AGENT_BYTES, BL_AGENT_BYTES_MAX, 0, 0},
    {BL_AGENT_ANSWER, BL_KEY_FRAME_MAX, 0, 0},
    {BL_AGENT_STATUS, BL_WIRE_OCSP_OUT_MAX, 0, 0},
};
const size_t bl_agent_rules_out_count = COUNT(bl_agent_rules_out);

void
bl_wire_unseal_put(struct bl_buf *b, const struct bl_wire_unseal *u)
{
	bl_field_put_bytes(b, u->sealed);
	bl_field_put_bytes(b, u->pass);
}

enum bl_err
bl_wire_unseal_get(
    struct bl_wire_unseal *u, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	u->sealed = bl_field_bytes(&w, BL_AGENT_SEALED_MAX);
	u->pass = bl_field_bytes(&w, BL_AGENT_PASS_MAX);
	if (u->sealed.n == 0 || u->pass.n == 0)
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_sealkey_put(struct bl_buf *b, const struct bl_wire_sealkey *s)
{
	bl_field_put_fixed(b, s->key);
	bl_field_put_bytes(b, s->pass);
}

enum bl_err
bl_wire_sealkey_get(
    struct bl_wire_sealkey *s, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	s->key = bl_field_fixed(&w, BL_SHA256_SIZE);
	s->pass = bl_field_bytes(&w, BL_AGENT_PASS_MAX);
	if (s->pass.n == 0)
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_export_put(struct bl_buf *b, const struct bl_wire_export *e)
{
	bl_field_put_u16(b, (uint16_t)e->n);
	for (size_t i = 0; i < e->n; i++) {
		bl_field_put_bytes(b, e->entries[i].key);
		bl_field_put_bytes(b, e->entries[i].cert);
		bl_field_put_bytes(b, e->entries[i].name);
	}
	bl_field_put_bytes(b, e->pass);
	bl_field_put_bool(b, e->old);
}

enum bl_err
bl_wire_export_get(
    struct bl_wire_export *e, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	e->n = bl_field_u16(&w, BL_AGENT_CERTS_MAX);
	if (e->n == 0)
		w.bad = true;
	for (size_t i = 0; i < e->n; i++) {
		struct bl_wire_export_entry *x = &e->entries[i];

		x->key = bl_field_bytes(&w, BL_SHA256_SIZE);
		x->cert = bl_field_bytes(&w, CERT_MAX);
		x->name = bl_field_text(&w, LABEL_MAX);
		if ((x->key.n != 0 && x->key.n != BL_SHA256_SIZE) ||
		    (x->key.n == 0 && x->cert.n == 0))
			w.bad = true;
	}
	e->pass = bl_field_text(&w, BL_AGENT_PASS_MAX);
	e->old = bl_field_bool(&w);
	if (e->pass.n == 0)
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_keys_put(struct bl_buf *b, const struct bl_agent_key *keys, size_t n)
{
	bl_field_put_u16(b, (uint16_t)n);
	for (size_t i = 0; i < n; i++) {
		bl_field_put_fixed(
		    b, bl_span_of(keys[i].id, sizeof(keys[i].id)));
		bl_field_put_u8(b, (uint8_t)keys[i].kind);
	}
}

enum bl_err
bl_wire_keys_get(
    struct bl_buf *out, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);
	size_t n = bl_field_u16(&w, BL_AGENT_KEYS_MAX), start = out->n;
	enum bl_err err;

	for (size_t i = 0; i < n && !w.bad; i++) {
		struct bl_agent_key key = {0};
		struct bl_span id = bl_field_fixed(&w, sizeof(key.id));

		if (id.n == sizeof(key.id))
			memcpy(key.id, id.p, id.n);
		key.kind = (enum bl_key_kind)bl_field_u8(&w, BL_KEY_KIND_LAST);
		bl_buf_add(out, bl_span_of(&key, sizeof(key)));
	}
	if ((err = bl_field_end(&w, note)) != BL_OK) {
		out->n = start;
		return err;
	}
	return bl_buf_err(out, note);
}

void
bl_want_refuse(struct bl_buf *answer, struct bl_span want)
{
	uint8_t kind = want.n > 0 ? want.p[0] : 0;
	bool of_key = kind == BL_WANT_SIGN || kind == BL_WANT_UNWRAP ||
	    kind == BL_WANT_SHARED;

	bl_buf_add_u8(answer, 0x80 | kind);
	bl_buf_add_u8(answer, 1); /* version */
	bl_buf_add_u8(answer, of_key ? 1 : 6);
}
