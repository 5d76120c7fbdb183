/* fields.h - the header fields of an opened message: what protects each, and
 * which may be repeated outside of an answer. */
#ifndef BULLA_FIELDS_H
#define BULLA_FIELDS_H

#include "bulla/base.h"

struct bl_verdict;

/* bl_header_form is how the fields inside are said to be header fields of the
 * message; one that nobody says it of is none. */
enum bl_header_form {
	BL_HEADER_FORM_NONE = 0,
	BL_HEADER_FORM_CLEAR,	/* hp="clear" (RFC 9788 2.1) */
	BL_HEADER_FORM_CIPHER,	/* hp="cipher" */
	BL_HEADER_FORM_V1,	/* protected-headers="v1", older programs */
	BL_HEADER_FORM_WRAPPED, /* message/rfc822; forwarded=no (RFC 8551 3.1) */
};
/* bl_header_form_name: "none", "clear", "cipher", "protected-headers-v1",
 * "message-rfc822". */
BL_API const char *bl_header_form_name(enum bl_header_form f);

/* bl_field_protection is the state of one field (RFC 9788 4.3). Signed means
 * that the signature of the message is valid. */
enum bl_field_protection {
	BL_FIELD_UNPROTECTED = 0,
	BL_FIELD_SIGNED,
	BL_FIELD_ENCRYPTED,
	BL_FIELD_SIGNED_ENCRYPTED,
};
/* bl_field_protection_name: "unprotected", "signed-only", "encrypted-only",
 * "signed-and-encrypted". */
BL_API const char *bl_field_protection_name(enum bl_field_protection p);

/*
 * bl_field_place is where a field was taken from. Where the form is not none,
 * an answer takes its addresses from no field that stands outside: anybody can
 * put one there and be sent the text (RFC 9788 4.4.4, 6.2).
 */
enum bl_field_place {
	BL_FIELD_OUTSIDE = 0,
	BL_FIELD_INSIDE,
	/* A From inside that is another one than outside, and that no valid
	 * signature stands for: the one outside is shown in its place, a
	 * warning shows both, an answer goes to this one (RFC 9788 4.4). */
	BL_FIELD_CLAIMED,
};
/* bl_field_place_name: "outside", "inside", "claimed". */
BL_API const char *bl_field_place_name(enum bl_field_place p);

/*
 * bl_shown_field is a field as the message is to be shown: the one inside
 * where fields are protected, and one outside only where there are none inside
 * at all, or as a From or with the older form that need not hold them all;
 * then it is unprotected. A From that is merely claimed follows the one that
 * is shown.
 *
 * name		"Subject"
 * place	where it was taken from
 * text		UTF-8, not made safe to show
 * protection	what can be said of it
 * outside	what the sender left outside in its place ("[...]"); empty with
 *		has_outside false: nothing
 * safe_outside	its text may stand in the unprotected header of an answer or of
 *		a message that forwards this one. Where it is false, use
 *		`outside` there, or nothing (RFC 9788 6.1). A field that is not
 *		listed is not known to be safe.
 */
struct bl_shown_field {
	const char *name;
	enum bl_field_place place;
	struct bl_span text;
	enum bl_field_protection protection;
	bool has_outside;
	struct bl_span outside;
	bool safe_outside;
};
BL_API size_t bl_verdict_field_count(const struct bl_verdict *v);
BL_API const struct bl_shown_field *bl_verdict_field(
    const struct bl_verdict *v, size_t i);
BL_API enum bl_header_form bl_verdict_header_form(const struct bl_verdict *v);

/* bl_verdict_differs names the fields that are not outside as the sender left
 * them there (headers-differ), one after the other; NULL: no more. */
BL_API const char *bl_verdict_differs(const struct bl_verdict *v, size_t i);

/*
 * bl_legacy_display is a copy of header fields in a body, for programs that do
 * not read protected ones; it is not to be shown (RFC 9788 4.5.3). The content
 * is given with it, because it is what was signed.
 *
 * part	     number of the part in order of appearance, the root 0
 * whole     the whole part is one (older programs)
 * from, to  bytes of its decoded body, else
 */
struct bl_legacy_display {
	unsigned part;
	bool whole;
	size_t from, to;
};
BL_API size_t bl_verdict_legacy_count(const struct bl_verdict *v);
BL_API const struct bl_legacy_display *bl_verdict_legacy(
    const struct bl_verdict *v, size_t i);

#endif
