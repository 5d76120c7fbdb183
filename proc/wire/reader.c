/* reader.c - see wire/reader.h. */
#include "proc/wire/reader.h"

#include "bulla/limits.h"
#include "proc/wire/listing.h"

#define COUNT(a)       (sizeof(a) / sizeof(*(a)))
#define WANTS_BYTES    (24u << 20)
#define ANSWERS_BYTES  (32u << 20)
#define NAME_MAX_BYTES (128u << 10) /* of a subject, issuer or name */
#define LABEL_MAX      1000u	    /* bytes */
#define SERIAL_MAX     64u	    /* bytes */

_Static_assert(BL_READER_CERT_BYTES == 128u << 10, "docs/wire/reader.md");
/* Numbers that stand in docs/wire; a change of the engine's is seen here. */
_Static_assert(BL_E_CALLER == 11, "docs/wire/frames.md");

const struct bl_ipc_rule bl_reader_rules_in[] = {
    {BL_READER_CERT, 131200, 0, 0},
    {BL_READER_OPEN, 2048, 4, 6},
    {BL_READER_SEAL, 64, 2, 2},
    {BL_READER_INSPECT, 1, 1, 1},
    {BL_READER_CERTS, BL_READER_PASS_MAX + 4, 1, 1},
    {BL_READER_KEYFILE, BL_READER_PASS_MAX + 4, 2, 2},
    {BL_READER_ANSWERS, ANSWERS_BYTES, 0, 0},
    {BL_READER_RELEASE, 1, 0, 0},
    {BL_READER_DISCARD, 0, 0, 0},
    {BL_READER_EVIDENCE, 1, 1, 1},
    {BL_READER_CHECK, 8192, 0, 0},
    {BL_READER_AGE, 1, 1, 1},
    {BL_READER_REQUEST, 0, 1, 1},
    {BL_READER_LISTING, 16, 3, 3},
    {BL_READER_MAIL, BL_LISTING_INLINE, 0, 1},
};
const size_t bl_reader_rules_in_count = COUNT(bl_reader_rules_in);

const struct bl_ipc_rule bl_reader_rules_out[] = {
    {BL_READER_PROGRESS, 8, 0, 0},
    {BL_READER_WANTS, WANTS_BYTES, 0, 0},
    {BL_READER_VERDICT, BL_READER_JSON_MAX + 1024, 0, 0},
    {BL_READER_RESULT, BL_READER_JSON_MAX + 4, 0, 0},
    {BL_READER_CERT_INFO, 1u << 20, 0, 0},
    {BL_READER_DONE, 1024, 0, 0},
    {BL_READER_AGED, 37, 0, 0},
    {BL_READER_PUBLIC, 2048, 0, 0},
    {BL_READER_ROW, 8192, 0, 0},
};
const size_t bl_reader_rules_out_count = COUNT(bl_reader_rules_out);

const struct bl_ipc_rule bl_reader_rules_keys[] = {
    {BL_READER_KEY, BL_READER_KEY_MAX, 0, 0},
    {BL_READER_KEYS_END, 0, 0, 0},
};
const size_t bl_reader_rules_keys_count = COUNT(bl_reader_rules_keys);

void
bl_wire_cert_put(struct bl_buf *b, const struct bl_wire_cert *c)
{
	bl_field_put_u8(b, (uint8_t)c->role);
	bl_field_put_bytes(b, c->der);
}

enum bl_err
bl_wire_cert_get(
    struct bl_wire_cert *c, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	c->role = (enum bl_reader_role)bl_field_u8(&w, BL_ROLE_TO);
	c->der = bl_field_bytes(&w, BL_READER_CERT_BYTES);
	if (c->role == 0 || c->der.n == 0)
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_open_put(struct bl_buf *b, const struct bl_wire_open *j)
{
	bl_field_put_u8(b, (uint8_t)j->input);
	bl_field_put_time(b, j->now);
	bl_field_put_bytes(b, j->from);
	bl_field_put_bool(b, j->legacy);
	bl_field_put_u8(b, (uint8_t)j->revocation);
	bl_field_put_bool(b, j->has_password);
	bl_field_put_bool(b, j->has_kek);
	bl_field_put_bytes(b, j->kek_id);
	bl_field_put_bool(b, j->progress);
	bl_field_put_bool(b, j->out_is_output);
	bl_field_put_bool(b, j->has_content);
	bl_field_put_bool(b, j->has_release);
}

enum bl_err
bl_wire_open_get(
    struct bl_wire_open *j, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	j->input = (enum bl_open_input)bl_field_u8(&w, BL_OPEN_CMS);
	j->now = bl_field_time(&w);
	j->from = bl_field_text(&w, BL_READER_ADDRESS_MAX);
	j->legacy = bl_field_bool(&w);
	j->revocation = (enum bl_revocation)bl_field_u8(&w, BL_REVOCATION_OFF);
	j->has_password = bl_field_bool(&w);
	j->has_kek = bl_field_bool(&w);
	j->kek_id = bl_field_bytes(&w, BL_READER_KEK_ID_MAX);
	j->progress = bl_field_bool(&w);
	j->out_is_output = bl_field_bool(&w);
	j->has_content = bl_field_bool(&w);
	j->has_release = bl_field_bool(&w);
	if ((j->has_release && j->out_is_output) ||
	    (j->kek_id.n != 0 && !j->has_kek))
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_check_put(struct bl_buf *b, const struct bl_wire_check *j)
{
	bl_field_put_time(b, j->now);
	bl_field_put_u8(b, (uint8_t)j->purpose);
	bl_field_put_u8(b, (uint8_t)j->revocation);
	bl_field_put_bytes(b, j->address);
	bl_field_put_bool(b, j->explicit_policy);
	bl_field_put_bool(b, j->inhibit_mapping);
	bl_field_put_bool(b, j->inhibit_any);
	bl_field_put_u8(b, (uint8_t)j->policy_count);
	for (size_t i = 0; i < j->policy_count; i++)
		bl_field_put_bytes(b, j->policies[i]);
}

enum bl_err
bl_wire_check_get(
    struct bl_wire_check *j, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	*j = (struct bl_wire_check){0};
	j->now = bl_field_time(&w);
	j->purpose = (enum bl_purpose)bl_field_u8(&w, BL_PURPOSE_ENCRYPT);
	j->revocation = (enum bl_revocation)bl_field_u8(&w, BL_REVOCATION_OFF);
	j->address = bl_field_text(&w, BL_READER_ADDRESS_MAX);
	j->explicit_policy = bl_field_bool(&w);
	j->inhibit_mapping = bl_field_bool(&w);
	j->inhibit_any = bl_field_bool(&w);
	j->policy_count = bl_field_u8(&w, BL_READER_POLICIES);
	for (size_t i = 0; i < j->policy_count && !w.bad; i++)
		j->policies[i] = bl_field_bytes(&w, BL_READER_POLICY_MAX);
	return bl_field_end(&w, note);
}

void
bl_wire_evidence_put(struct bl_buf *b, enum bl_evidence_kind kind)
{
	bl_field_put_u8(b, (uint8_t)kind);
}

enum bl_err
bl_wire_evidence_get(
    enum bl_evidence_kind *kind, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	*kind = (enum bl_evidence_kind)bl_field_u8(&w, BL_EVIDENCE_CRL);
	if (*kind == BL_EVIDENCE_NONE)
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_seal_put(struct bl_buf *b, const struct bl_wire_seal *j)
{
	bl_field_put_time(b, j->now);
	bl_field_put_u8(b, (uint8_t)j->sign);
	bl_field_put_u8(b, (uint8_t)j->wrap);
	bl_field_put_u8(b, (uint8_t)j->digest);
	bl_field_put_u8(b, (uint8_t)j->cipher);
	bl_field_put_u8(b, (uint8_t)j->policy);
	bl_field_put_bool(b, j->pss);
	bl_field_put_bool(b, j->triple);
	bl_field_put_bool(b, j->by_ski);
	bl_field_put_bool(b, j->progress);
}

enum bl_err
bl_wire_seal_get(
    struct bl_wire_seal *j, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	j->now = bl_field_time(&w);
	j->sign = (enum bl_seal_sign)bl_field_u8(&w, BL_SIGN_OPAQUE);
	j->wrap = (enum bl_seal_wrap)bl_field_u8(&w, BL_TO_OAEP);
	j->digest = (enum bl_digest)bl_field_u8(&w, BL_DIGEST_COUNT - 1);
	j->cipher = (enum bl_cipher)bl_field_u8(&w, BL_CIPHER_COUNT - 1);
	j->policy = (enum bl_header_policy)bl_field_u8(
	    &w, BL_HEADER_POLICY_SHY);
	j->pss = bl_field_bool(&w);
	j->triple = bl_field_bool(&w);
	j->by_ski = bl_field_bool(&w);
	j->progress = bl_field_bool(&w);
	return bl_field_end(&w, note);
}

void
bl_wire_list_put(struct bl_buf *b, const struct bl_wire_list *l)
{
	bl_field_put_u16(b, (uint16_t)l->n);
	for (size_t i = 0; i < l->n; i++)
		bl_field_put_bytes(b, l->items[i]);
}

enum bl_err
bl_wire_list_get(
    struct bl_wire_list *l, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	l->n = bl_field_u16(&w, BL_READER_WANTS_MAX);
	if (l->n == 0)
		w.bad = true;
	for (size_t i = 0; i < l->n; i++) {
		l->items[i] = bl_field_bytes(&w, BL_ANSWER_FRAME_MAX);
		if (l->items[i].n == 0)
			w.bad = true;
	}
	return bl_field_end(&w, note);
}

/* No control characters but LF: so it can be printed as it is. */
static bool
is_plain_json(struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] < 0x20 && s.p[i] != '\n') || s.p[i] == 0x7f)
			return false;
	}
	return s.n > 0 && bl_text_ok(s);
}

void
bl_wire_verdict_put(struct bl_buf *b, const struct bl_wire_verdict *v,
    const struct bl_note *note)
{
	bl_field_put_u8(b, (uint8_t)v->encryption);
	bl_field_put_u8(b, (uint8_t)v->signature);
	bl_field_put_u64(b, v->reasons);
	bl_field_put_bytes(b, v->limit);
	for (size_t i = 0; i < COUNT(v->gate); i++)
		bl_field_put_u8(b, (uint8_t)v->gate[i]);
	bl_field_put_told(b, note != NULL ? note->err : BL_OK, note);
	bl_field_put_bytes(b, v->json);
}

enum bl_err
bl_wire_verdict_get(struct bl_wire_verdict *v, struct bl_told *told,
    struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	v->encryption = (enum bl_encryption)bl_field_u8(
	    &w, BL_ENCRYPTION_FAILED);
	v->signature = (enum bl_signature)bl_field_u8(&w, BL_SIGNATURE_INVALID);
	v->reasons = bl_field_u64(&w);
	if (v->reasons >> BL_REASON_COUNT != 0)
		w.bad = true;
	v->limit = bl_field_text(&w, 63);
	for (size_t i = 0; i < COUNT(v->gate); i++)
		v->gate[i] = (enum bl_err)bl_field_u8(&w, BL_E_CALLER);
	bl_field_told(&w, told);
	v->json = bl_field_bytes(&w, BL_READER_JSON_MAX);
	if (!is_plain_json(v->json))
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_result_put(struct bl_buf *b, struct bl_span json)
{
	bl_field_put_bytes(b, json);
}

enum bl_err
bl_wire_result_get(
    struct bl_span *json, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	*json = bl_field_bytes(&w, BL_READER_JSON_MAX);
	if (!is_plain_json(*json))
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_info_put(struct bl_buf *b, const struct bl_cert_info *c)
{
	bl_field_put_bytes(b, c->der);
	bl_field_put_fixed(b, c->sha256);
	bl_field_put_fixed(b, c->key_id);
	bl_field_put_bytes(b, c->serial);
	bl_field_put_bytes(b, c->subject);
	bl_field_put_bytes(b, c->issuer);
	bl_field_put_bytes(b, c->name);
	bl_field_put_u16(b, (uint16_t)c->addr_count);
	for (size_t i = 0; i < c->addr_count; i++) {
		bl_field_put_u8(b, (uint8_t)c->addrs[i].kind);
		bl_field_put_bytes(b, c->addrs[i].addr);
	}
	bl_field_put_time(b, c->not_before);
	bl_field_put_time(b, c->not_after);
	bl_field_put_u8(b, (uint8_t)c->key_kind);
	bl_field_put_u32(b, c->key_bits);
	bl_field_put_u8(b, (uint8_t)c->sig_kind);
	bl_field_put_u8(b, (uint8_t)c->sig_digest);
	bl_field_put_u32(b, c->key_usage);
	bl_field_put_u32(b, c->flags);
	bl_field_put_bool(b, c->has_key);
	bl_field_put_bytes(b, c->label);
}

static void
get_addrs(struct bl_cert_info *c, struct bl_fields *w)
{
	c->addr_count = bl_field_u16(w, BL_CERT_INFO_ADDRS);
	for (size_t i = 0; i < c->addr_count; i++) {
		struct bl_cert_addr *a = &c->addrs[i];

		a->kind = (enum bl_cert_addr_kind)bl_field_u8(
		    w, BL_ADDR_SUBJECT);
		a->addr = bl_field_text(w, BL_READER_ADDRESS_MAX);
		if (a->kind == 0)
			w->bad = true;
	}
}

enum bl_err
bl_wire_info_get(
    struct bl_cert_info *c, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	c->der = bl_field_bytes(&w, BL_READER_CERT_BYTES);
	c->sha256 = bl_field_fixed(&w, BL_SHA256_SIZE);
	c->key_id = bl_field_fixed(&w, BL_SHA256_SIZE);
	c->serial = bl_field_bytes(&w, SERIAL_MAX);
	c->subject = bl_field_text(&w, NAME_MAX_BYTES);
	c->issuer = bl_field_text(&w, NAME_MAX_BYTES);
	c->name = bl_field_text(&w, NAME_MAX_BYTES);
	get_addrs(c, &w);
	c->not_before = bl_field_time(&w);
	c->not_after = bl_field_time(&w);
	c->key_kind = (enum bl_key_kind)bl_field_u8(&w, BL_KEY_KIND_LAST);
	c->key_bits = bl_field_u32(&w, UINT32_MAX);
	c->sig_kind = (enum bl_sig_kind)bl_field_u8(&w, BL_SIG_DSA);
	c->sig_digest = (enum bl_digest)bl_field_u8(&w, BL_DIGEST_COUNT - 1);
	c->key_usage = bl_field_u32(&w, UINT32_MAX);
	c->flags = bl_field_u32(&w, UINT32_MAX);
	c->has_key = bl_field_bool(&w);
	c->label = bl_field_text(&w, LABEL_MAX);
	if (c->der.n == 0)
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_done_put(struct bl_buf *b, const struct bl_wire_done *d,
    enum bl_err err, const struct bl_note *note)
{
	bl_field_put_told(b, err, note);
	bl_field_put_bool(b, d->closed);
	bl_field_put_u64(b, d->bytes_in);
	bl_field_put_u64(b, d->bytes_out);
	bl_field_put_u32(b, d->skipped);
	bl_field_put_u32(b, d->keys);
	bl_field_put_bytes(b, d->culprit);
}

enum bl_err
bl_wire_done_get(struct bl_wire_done *d, struct bl_told *told,
    struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	bl_field_told(&w, told);
	d->closed = bl_field_bool(&w);
	d->bytes_in = bl_field_u64(&w);
	d->bytes_out = bl_field_u64(&w);
	d->skipped = bl_field_u32(&w, UINT32_MAX);
	d->keys = bl_field_u32(&w, BL_READER_KEYS_MAX);
	d->culprit = bl_field_bytes(&w, BL_SHA256_SIZE);
	if (told->note.err == BL_NEED ||
	    (d->culprit.n != 0 && d->culprit.n != BL_SHA256_SIZE))
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_aged_put(struct bl_buf *b, const struct bl_age *a)
{
	bl_field_put_time(b, a->this_update);
	bl_field_put_bool(b, a->has_next_update);
	bl_field_put_time(b, a->next_update);
	bl_field_put_fixed(b, bl_span_of(a->number, sizeof(a->number)));
}

enum bl_err
bl_wire_aged_get(struct bl_age *a, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);
	struct bl_span number;

	*a = (struct bl_age){0};
	a->this_update = bl_field_time(&w);
	a->has_next_update = bl_field_bool(&w);
	a->next_update = bl_field_time(&w);
	number = bl_field_fixed(&w, sizeof(a->number));
	if (number.n == sizeof(a->number))
		memcpy(a->number, number.p, number.n);
	return bl_field_end(&w, note);
}
