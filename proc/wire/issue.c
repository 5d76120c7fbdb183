/* issue.c - see wire/issue.h. Here only lengths are looked at: what may be
 * issued is the agent's to say (engine/keys/issue.h). */
#include "proc/wire/issue.h"

#include <stdlib.h>

#include "bulla/ctx.h"

#define NAME_MAX_BYTES (4 * BL_ISSUE_NAME_MAX)
#define DOMAIN_BYTES   255u
#define NUMBER_BYTES   1024u /* of an RSA modulus, or a point */
#define OCSP_BYTES     8192u

static void
put_name(struct bl_buf *b, const struct bl_issue_name *n)
{
	bl_field_put_bytes(b, n->common);
	bl_field_put_bytes(b, n->organization);
	bl_field_put_bytes(b, n->country);
}

static void
get_name(struct bl_issue_name *n, struct bl_fields *w)
{
	n->common = bl_field_text(w, NAME_MAX_BYTES);
	n->organization = bl_field_text(w, NAME_MAX_BYTES);
	n->country = bl_field_text(w, 2);
}

static void
put_public(struct bl_buf *b, const struct bl_issue_public *key)
{
	bl_field_put_u8(b, (uint8_t)key->kind);
	bl_field_put_bytes(b, key->number);
	bl_field_put_u32(b, key->exponent);
}

static void
get_public(struct bl_issue_public *key, struct bl_fields *w)
{
	key->kind = (enum bl_key_kind)bl_field_u8(w, BL_KEY_KIND_LAST);
	key->number = bl_field_bytes(w, NUMBER_BYTES);
	key->exponent = bl_field_u32(w, UINT32_MAX);
	if (key->number.n == 0)
		w->bad = true;
}

void
bl_wire_public_put(struct bl_buf *b, const struct bl_issue_public *key)
{
	put_public(b, key);
}

enum bl_err
bl_wire_public_get(
    struct bl_issue_public *key, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	get_public(key, &w);
	return bl_field_end(&w, note);
}

void
bl_wire_generate_put(struct bl_buf *b, const struct bl_wire_generate *g)
{
	bl_field_put_u8(b, (uint8_t)g->kind);
	bl_field_put_u16(b, (uint16_t)g->bits);
}

enum bl_err
bl_wire_generate_get(
    struct bl_wire_generate *g, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	g->kind = (enum bl_key_kind)bl_field_u8(&w, BL_KEY_KIND_LAST);
	g->bits = bl_field_u16(&w, UINT16_MAX);
	return bl_field_end(&w, note);
}

/* ---- CERTIFY ---- */

static void
put_texts(struct bl_buf *b, const struct bl_span *list, size_t n)
{
	bl_field_put_u8(b, (uint8_t)n);
	for (size_t i = 0; i < n; i++)
		bl_field_put_bytes(b, list[i]);
}

static size_t
get_texts(struct bl_span *list, struct bl_fields *w, uint8_t most, size_t max)
{
	size_t n = bl_field_u8(w, most);

	for (size_t i = 0; i < n; i++)
		list[i] = bl_field_text(w, max);
	return n;
}

void
bl_wire_certify_put(struct bl_buf *b, const struct bl_wire_certify *c)
{
	const struct bl_issue_cert *t = &c->cert;

	bl_field_put_fixed(b, c->issuer);
	bl_field_put_bytes(b, c->own);
	if (c->own.n == 0)
		put_public(b, &t->key);
	bl_field_put_u8(b, (uint8_t)t->kind);
	bl_field_put_bytes(b, t->serial);
	bl_field_put_time(b, t->not_before);
	bl_field_put_time(b, t->not_after);
	put_name(b, &t->issuer);
	put_name(b, &t->subject);
	bl_field_put_bool(b, t->sign);
	bl_field_put_bool(b, t->encrypt);
	put_texts(b, t->addresses, t->address_count);
	put_texts(b, t->domains, t->domain_count);
	bl_field_put_bytes(b, t->crl_url);
	bl_field_put_bytes(b, t->issuer_url);
	bl_field_put_bytes(b, t->ocsp_url);
}

enum bl_err
bl_wire_certify_get(
    struct bl_wire_certify *c, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);
	struct bl_issue_cert *t = &c->cert;

	*c = (struct bl_wire_certify){0};
	c->issuer = bl_field_fixed(&w, BL_SHA256_SIZE);
	c->own = bl_field_bytes(&w, BL_SHA256_SIZE);
	if (c->own.n == 0)
		get_public(&t->key, &w);
	else if (c->own.n != BL_SHA256_SIZE)
		w.bad = true;
	t->kind = (enum bl_issue_kind)bl_field_u8(&w, BL_ISSUE_MAILBOX);
	t->serial = bl_field_bytes(&w, BL_ISSUE_SERIAL_MAX);
	t->not_before = bl_field_time(&w);
	t->not_after = bl_field_time(&w);
	get_name(&t->issuer, &w);
	get_name(&t->subject, &w);
	t->sign = bl_field_bool(&w);
	t->encrypt = bl_field_bool(&w);
	t->address_count = get_texts(
	    t->addresses, &w, BL_ISSUE_ADDRS, BL_ISSUE_ADDR_MAX);
	t->domain_count = get_texts(
	    t->domains, &w, BL_ISSUE_DOMAINS, DOMAIN_BYTES);
	t->crl_url = bl_field_text(&w, BL_ISSUE_URL_MAX);
	t->issuer_url = bl_field_text(&w, BL_ISSUE_URL_MAX);
	t->ocsp_url = bl_field_text(&w, BL_ISSUE_URL_MAX);
	if (t->kind == 0)
		w.bad = true;
	return bl_field_end(&w, note);
}

/* ---- LIST-REVOKED ---- */

static void
put_revoked(struct bl_buf *b, const struct bl_issue_revoked *r)
{
	bl_field_put_bytes(b, r->serial);
	bl_field_put_time(b, r->at);
	bl_field_put_u8(b, (uint8_t)r->reason);
}

static void
get_revoked(struct bl_issue_revoked *r, struct bl_fields *w)
{
	r->serial = bl_field_bytes(w, BL_ISSUE_SERIAL_MAX);
	r->at = bl_field_time(w);
	r->reason = bl_field_u8(w, UINT8_MAX);
}

void
bl_wire_crl_put(struct bl_buf *b, const struct bl_wire_crl *l)
{
	const struct bl_issue_crl *t = &l->list;

	bl_field_put_fixed(b, l->issuer);
	put_name(b, &t->issuer);
	bl_field_put_u64(b, t->number);
	bl_field_put_time(b, t->this_update);
	bl_field_put_time(b, t->next_update);
	bl_field_put_u32(b, (uint32_t)t->n);
	for (size_t i = 0; i < t->n; i++)
		put_revoked(b, &t->revoked[i]);
}

enum bl_err
bl_wire_crl_get(
    struct bl_wire_crl *l, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);
	struct bl_issue_crl *t = &l->list;
	struct bl_issue_revoked *list = NULL;
	enum bl_err err;

	*l = (struct bl_wire_crl){0};
	l->issuer = bl_field_fixed(&w, BL_SHA256_SIZE);
	get_name(&t->issuer, &w);
	t->number = bl_field_u64(&w);
	t->this_update = bl_field_time(&w);
	t->next_update = bl_field_time(&w);
	t->n = bl_field_u32(&w, BL_ISSUE_REVOKED);
	if (!w.bad && t->n > 0) {
		list = calloc(t->n, sizeof(*list));
		if (list == NULL)
			return bl_fail(
			    note, BL_E_MEMORY, 0, "out of memory", NULL);
	}
	for (size_t i = 0; list != NULL && i < t->n && !w.bad; i++)
		get_revoked(&list[i], &w);
	if ((err = bl_field_end(&w, note)) != BL_OK) {
		free(list);
		return err;
	}
	t->revoked = list;
	return BL_OK;
}

/* ---- TELL-STATUS ---- */

void
bl_wire_ocsp_put(struct bl_buf *b, const struct bl_wire_ocsp *o)
{
	bl_field_put_fixed(b, o->issuer);
	put_name(b, &o->ocsp.issuer);
	bl_field_put_bool(b, o->ocsp.is_revoked);
	put_revoked(b, &o->ocsp.cert);
	bl_field_put_time(b, o->ocsp.this_update);
	bl_field_put_time(b, o->ocsp.next_update);
}

enum bl_err
bl_wire_ocsp_get(
    struct bl_wire_ocsp *o, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	*o = (struct bl_wire_ocsp){0};
	o->issuer = bl_field_fixed(&w, BL_SHA256_SIZE);
	get_name(&o->ocsp.issuer, &w);
	o->ocsp.is_revoked = bl_field_bool(&w);
	get_revoked(&o->ocsp.cert, &w);
	o->ocsp.this_update = bl_field_time(&w);
	o->ocsp.next_update = bl_field_time(&w);
	return bl_field_end(&w, note);
}

void
bl_wire_status_put(struct bl_buf *b, const struct bl_wire_status *s)
{
	bl_field_put_bytes(b, s->response);
	bl_field_put_bytes(b, s->requests[0]);
	bl_field_put_bytes(b, s->requests[1]);
}

enum bl_err
bl_wire_status_get(
    struct bl_wire_status *s, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	s->response = bl_field_bytes(&w, OCSP_BYTES);
	s->requests[0] = bl_field_bytes(&w, OCSP_BYTES / 4);
	s->requests[1] = bl_field_bytes(&w, OCSP_BYTES / 4);
	if (s->response.n == 0 || s->requests[0].n == 0 ||
	    s->requests[1].n == 0)
		w.bad = true;
	return bl_field_end(&w, note);
}
