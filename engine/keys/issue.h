/* issue.h - certificates, revocation lists and OCSP answers, written from fixed
 * fields and signed by the key of an authority. */
#ifndef BL_KEYS_ISSUE_H
#define BL_KEYS_ISSUE_H

#include "bulla/issue.h"
#include "crypto/crypto.h"

/*
 * All of these append DER; BL_E_DENIED: a field is not as bulla/issue.h has it,
 * or the key is not fit to certify (RSA of 2048 bits or more, or EC). RSA keys
 * sign by PKCS#1 v1.5 with SHA-256, EC keys by ECDSA with the digest of their
 * length (S/MIME BR 7.1.3.2). The same fields and key give the same bytes, but
 * for the random number in ECDSA.
 */

/*
 * bl_issue_cert_write appends a certificate (RFC 5280 4.1).
 *
 * key  of the issuer
 * own  key that is certified; NULL: c->key is. Of a root: `key`
 */
BL_CHECK enum bl_err bl_issue_cert_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_priv *key, const struct bl_priv *own,
    const struct bl_issue_cert *c, struct bl_note *note);

/* bl_issue_crl_write appends a CertificateList, v2, with cRLNumber
 * (RFC 5280 5.1). */
BL_CHECK enum bl_err bl_issue_crl_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_priv *key, const struct bl_issue_crl *l,
    struct bl_note *note);

/*
 * bl_issue_ocsp_write appends an OCSPResponse without nonce (RFC 6960 4.2.1),
 * that names the certificate both by SHA-1 and by SHA-256.
 *
 * requests  two buffers: the OCSPRequest with SHA-1, and the one with SHA-256,
 *	     each of one certificate and without extensions, that it answers
 *	     (RFC 5019 2.1.1)
 */
BL_CHECK enum bl_err bl_issue_ocsp_write(struct bl_buf *out,
    struct bl_buf requests[2], struct bl_ctx *ctx, const struct bl_priv *key,
    const struct bl_issue_ocsp *o, struct bl_note *note);

#endif
