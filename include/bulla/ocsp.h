/* ocsp.h - answers of OCSP responders about certificates, and requests for
 * them. */
#ifndef BULLA_OCSP_H
#define BULLA_OCSP_H

#include "bulla/cert.h"

/* bl_ocsp is one OCSPResponse that was read. */
struct bl_ocsp;

/*
 * bl_ocsp_read reads one OCSPResponse in strict DER (RFC 6960 4.2.1); keeps a
 * copy. A responder's refusal (tryLater and the like) is read, too: it says
 * nothing of any certificate. Nobody's signature is checked here.
 *
 * BL_E_MALFORMED    not DER, doubled extensions, trailing bytes, a refusal with
 *		     an answer in it or an answer with none
 * BL_E_UNSUPPORTED  a type of answer other than id-pkix-ocsp-basic
 * BL_E_LIMIT	     size (limit-ocsp)
 */
BL_API BL_CHECK enum bl_err bl_ocsp_read(struct bl_ocsp **out,
    struct bl_span der, const struct bl_limits *limits, struct bl_note *note);
BL_API void bl_ocsp_free(struct bl_ocsp *o);
/* bl_ocsp_der borrows the bytes that were read. */
BL_API struct bl_span bl_ocsp_der(const struct bl_ocsp *o);
/* bl_ocsp_set_source says where it came from; BL_SOURCE_GIVEN at birth. */
BL_API void bl_ocsp_set_source(struct bl_ocsp *o, enum bl_source source);
/* bl_ocsp_age: the latest thisUpdate and the earliest nextUpdate of all that it
 * says. False: the responder refused, and it says nothing. */
BL_API bool bl_ocsp_age(struct bl_age *out, const struct bl_ocsp *o);

/*
 * bl_ocsp_order compares two answers: of the certificates that both name in the
 * same way, `a` is OLDER when its thisUpdate of any is less. Signatures are not
 * looked at.
 */
BL_API enum bl_order bl_ocsp_order(
    const struct bl_ocsp *a, const struct bl_ocsp *b);

#define BL_OCSP_NONCE_MIN 1   /* bytes, RFC 9654 2.1 */
#define BL_OCSP_NONCE_MAX 128 /* bytes */
/*
 * bl_ocsp_asked says that it is the answer to a request with this nonce: one
 * with another nonce then counts for nothing, and one with the same needs no
 * nextUpdate. For what comes from a cache, nothing was asked.
 */
BL_API void bl_ocsp_asked(struct bl_ocsp *o, struct bl_span nonce);

/*
 * bl_ocsp_request appends an OCSPRequest for one certificate, not signed. The
 * certificate is named with SHA-1, which every responder knows and which is no
 * more than a name here (RFC 5019 2.1.1).
 *
 * issuer  has the key that issued `cert`
 * nonce   1 to 128 bytes, 32 are good (RFC 9654 2.1); empty: none
 *
 * BL_E_CALLER for another nonce. BL_E_MEMORY, BL_E_SYSTEM.
 *
 * Source RFC 6960 4.1.1.
 */
BL_API BL_CHECK enum bl_err bl_ocsp_request(struct bl_buf *out,
    struct bl_ctx *ctx, const struct bl_cert *cert,
    const struct bl_cert *issuer, struct bl_span nonce, struct bl_note *note);

/* bl_ocsps is a list of them; {0} is empty. */
struct bl_ocsps {
	struct bl_ocsp **list; /* owned */
	size_t n, cap;
};
/* bl_ocsps_add reads one and adds it, from this source. Errors as
 * bl_ocsp_read. */
BL_API BL_CHECK enum bl_err bl_ocsps_add(struct bl_ocsps *s, struct bl_span der,
    enum bl_source source, const struct bl_limits *limits,
    struct bl_note *note);
/*
 * bl_ocsps_import reads a file: one in DER, or any number in PEM ("OCSP
 * RESPONSE"). One that cannot be read is counted and skipped, the rest go in.
 *
 * skipped  number of entries left out; note says why the first one was
 * BL_E_MALFORMED  nothing in the file is an answer of a responder
 */
BL_API BL_CHECK enum bl_err bl_ocsps_import(struct bl_ocsps *s,
    struct bl_span file, const struct bl_limits *limits, size_t *skipped,
    struct bl_note *note);
BL_API void bl_ocsps_clear(struct bl_ocsps *s);

#endif
