/* protect.h - a draft's header in two: what stays outside, and what goes in
 * with the content (RFC 9788 5.2). */
#ifndef BL_MESSAGE_PROTECT_H
#define BL_MESSAGE_PROTECT_H

#include "bulla/seal.h"
#include "mime/mime.h"

/*
 * bl_protect_how says what becomes of the fields.
 *
 * encrypts  hp="cipher", with HP-Outer fields; else hp="clear"
 * policy    what of them is left outside, when encrypted
 */
struct bl_protect_how {
	bool encrypts;
	enum bl_header_policy policy;
	const struct bl_limits *limits;
};

/*
 * bl_protect_split writes the header outside, without MIME-Version, and the one
 * inside with the empty line at its end. What is a layer already keeps its
 * Content fields as they are and gets nothing inside, and so does an entity
 * without fields to protect.
 *
 * BL_E_MALFORMED  a field that is to be hidden in part cannot be read, or one
 *		   cannot be written
 * BL_E_DENIED	   a policy was asked for that cannot be kept: the message is
 *		   signed or encrypted already, or comes with fields that
 *		   another policy hid
 */
BL_CHECK enum bl_err bl_protect_split(struct bl_buf *outside,
    struct bl_buf *inside, const struct bl_header *h,
    const struct bl_protect_how *how, struct bl_note *note);

/*
 * bl_policy_apply appends what a policy leaves of a field, unfolded: the
 * functions hcp_no_confidentiality, hcp_baseline and hcp_shy of RFC 9788 3.2.
 * *removed is set, and nothing appended, where that is nothing.
 *
 * BL_E_MALFORMED  it cannot be read: not told apart is not hidden
 */
BL_CHECK enum bl_err bl_policy_apply(struct bl_buf *out, bool *removed,
    enum bl_header_policy policy, const struct bl_field *f,
    const struct bl_limits *limits, struct bl_note *note);

#endif
