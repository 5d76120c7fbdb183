/* listing.c - see wire/listing.h. */
#include "proc/wire/listing.h"

#define LIMIT_MAX 63u /* bytes of the code of a limit */

void
bl_wire_listing_put(struct bl_buf *b, const struct bl_wire_listing *l)
{
	bl_field_put_time(b, l->now);
	bl_field_put_u8(b, (uint8_t)l->revocation);
	bl_field_put_bool(b, l->legacy);
}

enum bl_err
bl_wire_listing_get(
    struct bl_wire_listing *l, struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	l->now = bl_field_time(&w);
	l->revocation = (enum bl_revocation)bl_field_u8(&w, BL_REVOCATION_OFF);
	l->legacy = bl_field_bool(&w);
	return bl_field_end(&w, note);
}

void
bl_wire_row_put(struct bl_buf *b, const struct bl_wire_row *r, enum bl_err err,
    const struct bl_note *note)
{
	bl_field_put_u8(b, (uint8_t)r->encryption);
	bl_field_put_u8(b, (uint8_t)r->signature);
	bl_field_put_u64(b, r->reasons);
	bl_field_put_bytes(b, r->limit);
	bl_field_put_bytes(b, r->from);
	bl_field_put_bytes(b, r->date);
	bl_field_put_bytes(b, r->subject);
	bl_field_put_bytes(b, r->signer);
	bl_field_put_told(b, err, note);
}

enum bl_err
bl_wire_row_get(struct bl_wire_row *r, struct bl_told *told,
    struct bl_span payload, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(payload);

	r->encryption = (enum bl_encryption)bl_field_u8(
	    &w, BL_ENCRYPTION_FAILED);
	r->signature = (enum bl_signature)bl_field_u8(&w, BL_SIGNATURE_INVALID);
	r->reasons = bl_field_u64(&w);
	r->limit = bl_field_text(&w, LIMIT_MAX);
	r->from = bl_field_text(&w, BL_LISTING_TEXT);
	r->date = bl_field_text(&w, BL_LISTING_TEXT);
	r->subject = bl_field_text(&w, BL_LISTING_TEXT);
	r->signer = bl_field_text(&w, BL_LISTING_TEXT);
	bl_field_told(&w, told);
	if (r->reasons >> BL_REASON_COUNT != 0)
		w.bad = true;
	return bl_field_end(&w, note);
}
