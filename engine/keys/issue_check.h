/* issue_check.h - what may be issued: every field against its rule. */
#ifndef BL_KEYS_ISSUE_CHECK_H
#define BL_KEYS_ISSUE_CHECK_H

#include "bulla/issue.h"
#include "crypto/crypto.h"

/* Each is BL_E_DENIED where a field breaks bulla/issue.h. own: the kind of the
 * key that is certified; bits: of an RSA modulus. */
BL_CHECK enum bl_err bl_issue_cert_check(const struct bl_issue_cert *c,
    enum bl_key_kind own, unsigned bits, struct bl_note *note);
BL_CHECK enum bl_err bl_issue_public_check(
    const struct bl_issue_public *key, struct bl_note *note);
BL_CHECK enum bl_err bl_issue_crl_check(
    const struct bl_issue_crl *l, struct bl_note *note);
BL_CHECK enum bl_err bl_issue_ocsp_check(
    const struct bl_issue_ocsp *o, struct bl_note *note);

/* bl_issue_is_ascii tells how an address is written: as rfc822Name, or as
 * SmtpUTF8Mailbox. */
bool bl_issue_is_ascii(struct bl_span s);
/* bl_issue_length counts the characters of UTF-8. */
size_t bl_issue_length(struct bl_span s);

#endif
