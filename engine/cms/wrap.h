/* wrap.h - writes the RecipientInfos of a content key. */
#ifndef BL_CMS_WRAP_H
#define BL_CMS_WRAP_H

#include "cms/cms.h"

/*
 * bl_recipients_write appends the RecipientInfos of n recipients, in the order
 * of a SET OF. RSA keys get a KeyTransRecipientInfo each; keys of one curve
 * (X25519 and X448 are such) share a KeyAgreeRecipientInfo and an ephemeral
 * key.
 *
 * cek	 what is wrapped
 *
 * BL_E_UNSUPPORTED  a key that nothing can be encrypted to
 * BL_E_FORGED	     an X25519 or X448 key of low order
 * BL_E_CALLER	     an RSA key, and a kind of wrap that is not for RSA
 */
BL_CHECK enum bl_err bl_recipients_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_cms_to *to, size_t n, enum bl_cms_name_by by,
    const struct bl_secret *cek, struct bl_note *note);

/* bl_recipients_are_plain: all are KeyTransRecipientInfos of version 0. */
bool bl_recipients_are_plain(
    const struct bl_cms_to *to, size_t n, enum bl_cms_name_by by);

#endif
