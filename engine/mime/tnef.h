/* tnef.h - winmail.dat: is there S/MIME in what an Exchange server wrapped? */
#ifndef BL_MIME_TNEF_H
#define BL_MIME_TNEF_H

#include "base/base.h"

#define BL_TNEF_TEXT_MAX  1024		      /* bytes of a class or a title */
#define BL_TNEF_PROPS_MAX ((size_t)256 << 10) /* bytes of properties */

/*
 * bl_tnef looks through a TNEF stream that comes in pieces, in bounded memory.
 * It gives nothing of it out; all it tells is whether S/MIME is inside: the
 * class of the message is IPM.Note.SMIME or below, or a file in it is called
 * smime.p7m or smime.p7s, or has a media type of S/MIME.
 *
 * What breaks the format ends the looking; what was found before stays.
 * Properties are looked at up to BL_TNEF_PROPS_MAX of one attribute.
 *
 * {0} is a fresh one.
 *
 * Source [MS-OXTNEF] 2.1.
 */
struct bl_tnef {
	unsigned step;
	uint8_t head[9];
	size_t have;	/* bytes of head */
	unsigned level; /* 1 message, 2 attachment */
	uint32_t tag;
	uint64_t left; /* bytes of the attribute to come */
	uint16_t sum;
	bool keep, found, bad;
	struct bl_buf kept;
};
void bl_tnef_add(struct bl_tnef *t, struct bl_span in);
/* bl_tnef_is_smime: found so far. bl_tnef_is_bad: it broke the format; or
 * memory ran out, which bl_tnef_err says. */
bool bl_tnef_is_smime(const struct bl_tnef *t);
bool bl_tnef_is_bad(const struct bl_tnef *t);
BL_CHECK enum bl_err bl_tnef_err(const struct bl_tnef *t, struct bl_note *note);
void bl_tnef_clear(struct bl_tnef *t);

#endif
