/* answer.c - the frames of answers, docs/wire/agent.md 8. */
#include "keys/wire.h"

#define SIGNATURE_MAX 60000		  /* bytes */
#define LENGTH_MAX    ((uint64_t)1 << 62) /* bytes of a passed file */

enum { PLACE_FRAME, PLACE_FILE };

/* Which kinds of item an answer to this want may hold. */
static bool
kind_ok(enum bl_want_kind want, unsigned kind)
{
	if (want == BL_WANT_CERT)
		return kind == BL_ITEM_CERT;
	return kind == BL_ITEM_OCSP || kind == BL_ITEM_CRL;
}

static void
take_item(struct bl_item *out, struct bl_wire *w)
{
	unsigned source, place;

	*out = (struct bl_item){0};
	out->kind = (enum bl_item_kind)bl_wire_u8(w);
	source = bl_wire_u8(w);
	if (out->kind < BL_ITEM_CERT || out->kind > BL_ITEM_CRL ||
	    source < BL_FROM_PERSON || source > BL_FROM_CACHE)
		w->bad = true;
	out->source = (enum bl_item_source)source;
	out->fetched = bl_wire_time(w);
	out->url = bl_wire_url(w, 0);
	place = bl_wire_u8(w);
	if (place == PLACE_FRAME) {
		out->data = bl_wire_var32(w, 1, BL_ANSWER_FRAME_MAX);
		return;
	}
	out->file = bl_wire_u8(w);
	out->length = bl_wire_u64(w);
	if (place != PLACE_FILE || out->length < 1 || out->length > LENGTH_MAX)
		w->bad = true;
}

bool
bl_item_next(struct bl_item *out, struct bl_span *payload)
{
	struct bl_wire w = {.left = *payload};

	take_item(out, &w);
	if (w.bad) {
		*out = (struct bl_item){0};
		return false;
	}
	*payload = w.left;
	return true;
}

enum bl_err
bl_item_put(
    struct bl_buf *payload, const struct bl_item *item, struct bl_note *note)
{
	bool file = item->data.n == 0;
	struct bl_wire w = {0};
	struct bl_item check;
	size_t from = payload->n;

	bl_buf_add_u8(payload, (uint8_t)item->kind);
	bl_buf_add_u8(payload, (uint8_t)item->source);
	bl_wire_put_u64(payload, (uint64_t)item->fetched);
	bl_wire_put_var16(payload, item->url);
	bl_buf_add_u8(payload, file ? PLACE_FILE : PLACE_FRAME);
	if (file) {
		bl_buf_add_u8(payload, (uint8_t)item->file);
		bl_wire_put_u64(payload, item->length);
	} else {
		bl_wire_put_var32(payload, item->data);
	}
	if (payload->err == BL_OK)
		w.left = bl_span_of(payload->p + from, payload->n - from);
	take_item(&check, &w);
	if (w.bad || item->file > UINT8_MAX)
		return bl_wire_undo(payload, from, note);
	return BL_OK;
}

/* Takes n items that this want may get; their bytes are the payload. */
static struct bl_span
take_items(enum bl_want_kind want, struct bl_wire *w)
{
	unsigned n = bl_wire_u16(w);
	struct bl_span all = w->left;
	struct bl_item item;

	if (n < 1 || n > BL_ITEMS_MAX)
		w->bad = true;
	for (unsigned i = 0; i < n && !w->bad; i++) {
		take_item(&item, w);
		if (!kind_ok(want, item.kind))
			w->bad = true;
	}
	return bl_span_cut(all, 0, all.n - w->left.n);
}

static struct bl_span
take_payload(enum bl_want_kind want, struct bl_wire *w)
{
	switch (want) {
	case BL_WANT_SIGN:
		return bl_wire_var32(w, 1, SIGNATURE_MAX);
	case BL_WANT_UNWRAP:
	case BL_WANT_SHARED:
		return bl_wire_var8(w, 1, BL_WIRE_KEY_MAX);
	case BL_WANT_CERT:
	case BL_WANT_EVIDENCE:
		break;
	}
	return take_items(want, w);
}

enum bl_err
bl_answer_get(struct bl_answer *out, struct bl_span frame, struct bl_note *note)
{
	struct bl_wire w = {.left = frame};
	unsigned type = frame.n != 0 ? frame.p[0] & ~BL_WIRE_ANSWER : 0;
	unsigned refusal;
	enum bl_err err;

	*out = (struct bl_answer){0};
	if (!bl_want_is_kind(type) || frame.n > BL_ANSWER_FRAME_MAX)
		w.bad = true;
	bl_wire_head(&w, type | BL_WIRE_ANSWER);
	refusal = bl_wire_u8(&w);
	if (refusal >= BL_REFUSED_COUNT)
		w.bad = true;
	out->kind = (enum bl_want_kind)type;
	out->refusal = (enum bl_refusal)refusal;
	if (refusal == BL_REFUSED_NOT)
		out->payload = take_payload(out->kind, &w);
	if ((err = bl_wire_end(&w, frame, note)) != BL_OK)
		*out = (struct bl_answer){0};
	return err;
}

static uint16_t
count_items(struct bl_span payload)
{
	struct bl_item item;
	uint16_t n = 0;

	while (n <= BL_ITEMS_MAX && bl_item_next(&item, &payload))
		n++;
	return n;
}

enum bl_err
bl_answer_put(
    struct bl_buf *out, const struct bl_answer *a, struct bl_note *note)
{
	struct bl_answer check;
	size_t from = out->n;

	bl_wire_put_head(out, (unsigned)a->kind | BL_WIRE_ANSWER);
	bl_buf_add_u8(out, (uint8_t)a->refusal);
	if (a->refusal != BL_REFUSED_NOT) {
		/* nothing else */
	} else if (a->kind == BL_WANT_SIGN) {
		bl_wire_put_var32(out, a->payload);
	} else if (a->kind == BL_WANT_UNWRAP || a->kind == BL_WANT_SHARED) {
		bl_wire_put_var8(out, a->payload);
	} else {
		bl_wire_put_u16(out, count_items(a->payload));
		bl_buf_add(out, a->payload);
	}
	if (out->err != BL_OK ||
	    bl_answer_get(&check, bl_span_of(out->p + from, out->n - from),
		NULL) != BL_OK)
		return bl_wire_undo(out, from, note);
	return BL_OK;
}
