/* wire/listing.h - LISTING, MAIL and ROW: many messages looked at in one job;
 * docs/wire/reader.md has the bytes. */
#ifndef BL_PROC_WIRE_LISTING_H
#define BL_PROC_WIRE_LISTING_H

#include "bulla/open.h"
#include "proc/wire/wire.h"

#define BL_LISTING_INLINE (64u << 10) /* bytes of a message in a frame */
#define BL_LISTING_TEXT	  1000u	      /* bytes of a text of a row */

/* LISTING. Files: what out, park and park are in OPEN. */
struct bl_wire_listing {
	int64_t now;
	enum bl_revocation revocation;
	bool legacy;
};
void bl_wire_listing_put(struct bl_buf *b, const struct bl_wire_listing *l);
BL_CHECK enum bl_err bl_wire_listing_get(
    struct bl_wire_listing *l, struct bl_span payload, struct bl_note *note);

/* MAIL: the message is the payload, or with a file, the file. */

/*
 * ROW: what one message turned out to be. Texts are UTF-8, at most
 * BL_LISTING_TEXT bytes, not made safe to show; empty: not there.
 *
 * from, date, subject  of the header fields as they are to be shown
 * signer  address of the signer that is the sender, or of the first
 * limit   code of the limit that was met, or empty
 */
struct bl_wire_row {
	enum bl_encryption encryption;
	enum bl_signature signature;
	bl_reasons reasons;
	struct bl_span limit, from, date, subject, signer;
};
/* bl_wire_row_put writes a row, or with an error what went wrong besides. */
void bl_wire_row_put(struct bl_buf *b, const struct bl_wire_row *r,
    enum bl_err err, const struct bl_note *note);
BL_CHECK enum bl_err bl_wire_row_get(struct bl_wire_row *r,
    struct bl_told *told, struct bl_span payload, struct bl_note *note);

#endif
