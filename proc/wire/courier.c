/* courier.c - see wire/courier.h. */
#include "proc/wire/courier.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define PEER_MAX 64u  /* bytes of an address as text */
#define CODE_MAX 999u /* of HTTP */

const struct bl_ipc_rule bl_courier_rules_in[] = {
    {BL_COURIER_FETCH,
	14 + BL_URL_MAX + BL_COURIER_BODY_MAX +
	    BL_COURIER_PAIRS_MAX *(4 + BL_PAIR_MAX),
	1, 1},
};
const size_t bl_courier_rules_in_count = COUNT(bl_courier_rules_in);

const struct bl_ipc_rule bl_courier_rules_out[] = {
    {BL_COURIER_FETCHED, 19 + BL_URL_MAX + PEER_MAX, 0, 0},
};
const size_t bl_courier_rules_out_count = COUNT(bl_courier_rules_out);

uint64_t
bl_courier_max(enum bl_courier_kind kind)
{
	switch (kind) {
	case BL_COURIER_OCSP:
		return BL_COURIER_OCSP_MAX;
	case BL_COURIER_CERT:
		return BL_COURIER_CERT_MAX;
	case BL_COURIER_CRL:
		break;
	}
	return BL_COURIER_CRL_MAX;
}

const char *
bl_fetch_text(enum bl_fetch_outcome outcome)
{
	static const char *const texts[] = {"fetched",
	    "this is no address of the web that may be visited",
	    "its port is neither 80 nor 443, and is not allowed by name",
	    "the host has no address",
	    ("the host has an address that is not public, and is not allowed "
	     "by name"),
	    "the host's address was not found in time", "nobody listens there",
	    "no connection was made in time", "its TLS cannot be trusted",
	    "no answer came in time", "the answer did not end in time",
	    "the answer is too large", "the server has another status than 200",
	    "a redirect that is not followed",
	    "the answer says that it is something else",
	    "the answer is compressed", "the answer ended too early",
	    "the answer is empty", "the answer is not HTTP",
	    "the answer could not be written"};

	return (unsigned)outcome < COUNT(texts) ? texts[outcome] : "unknown";
}

/* A URL is made of printable ASCII. */
static struct bl_span
take_url(struct bl_fields *w)
{
	struct bl_span s = bl_field_bytes(w, BL_URL_MAX);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			w->bad = true;
	return s;
}

void
bl_wire_fetch_put(struct bl_buf *b, const struct bl_wire_fetch *f)
{
	bl_field_put_u8(b, (uint8_t)f->kind);
	bl_field_put_u32(b, f->wait_ms);
	bl_field_put_bytes(b, f->url);
	bl_field_put_bytes(b, f->body);
	bl_field_put_u8(b, (uint8_t)f->pair_count);
	for (size_t i = 0; i < f->pair_count; i++)
		bl_field_put_bytes(b, f->pairs[i]);
}

enum bl_err
bl_wire_fetch_get(
    struct bl_wire_fetch *f, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	*f = (struct bl_wire_fetch){0};
	f->kind = (enum bl_courier_kind)bl_field_u8(&w, BL_COURIER_CERT);
	f->wait_ms = bl_field_u32(&w, BL_COURIER_WHOLE_MS);
	f->url = take_url(&w);
	f->body = bl_field_bytes(&w, BL_COURIER_BODY_MAX);
	f->pair_count = bl_field_u8(&w, BL_COURIER_PAIRS_MAX);
	for (size_t i = 0; i < f->pair_count; i++)
		f->pairs[i] = bl_field_bytes(&w, BL_PAIR_MAX);
	if (f->kind < BL_COURIER_OCSP || f->wait_ms == 0 || f->url.n == 0 ||
	    (f->body.n > 0) != (f->kind == BL_COURIER_OCSP))
		w.bad = true;
	return bl_field_end(&w, note);
}

void
bl_wire_fetched_put(struct bl_buf *b, const struct bl_wire_fetched *f)
{
	bl_field_put_u8(b, (uint8_t)f->outcome);
	bl_field_put_u16(b, f->status);
	bl_field_put_u64(b, f->bytes);
	bl_field_put_bytes(b, f->url);
	bl_field_put_bytes(b, f->peer);
}

enum bl_err
bl_wire_fetched_get(
    struct bl_wire_fetched *f, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	*f = (struct bl_wire_fetched){0};
	f->outcome = (enum bl_fetch_outcome)bl_field_u8(&w, BL_FETCH_LAST);
	f->status = bl_field_u16(&w, CODE_MAX);
	f->bytes = bl_field_u64(&w);
	f->url = take_url(&w);
	f->peer = bl_field_text(&w, PEER_MAX);
	if (f->bytes > BL_COURIER_CRL_MAX ||
	    (f->outcome == BL_FETCH_OK && f->bytes == 0))
		w.bad = true;
	return bl_field_end(&w, note);
}
