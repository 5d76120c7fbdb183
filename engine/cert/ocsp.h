/* ocsp.h - what the engine sees of an OCSP answer beyond bulla/ocsp.h. */
#ifndef BL_CERT_OCSP_H
#define BL_CERT_OCSP_H

#include "bulla/ocsp.h"
#include "cert/cert.h"

/* OCSPResponseStatus, RFC 6960 4.2.1 */
enum bl_ocsp_status {
	BL_OCSP_SUCCESSFUL = 0,
	BL_OCSP_MALFORMED_REQUEST,
	BL_OCSP_INTERNAL_ERROR,
	BL_OCSP_TRY_LATER,
	BL_OCSP_SIG_REQUIRED = 5,
	BL_OCSP_UNAUTHORIZED,
};
/* bl_ocsp_status_name: "tryLater". */
const char *bl_ocsp_status_name(enum bl_ocsp_status s);

/* What its nonce says of it. */
enum bl_ocsp_nonce {
	BL_OCSP_NOT_ASKED = 0, /* nobody asked for one */
	BL_OCSP_NO_NONCE,      /* asked, not in the answer */
	BL_OCSP_SAME_NONCE,
	BL_OCSP_OTHER_NONCE,
};

/*
 * bl_ocsp_face is what an answer says of itself; spans borrow from it. All but
 * the first two is empty unless status is SUCCESSFUL.
 *
 * tbs		ResponseData, whole; signature: the signature's octets
 * by_name	ResponderID: a whole Name; or by_key: a SHA-1 of the key
 * unusable	it has a critical extension that is not understood
 * singles	bl_ocsp_single_read; one at least
 * certs	whole Certificates after each other, not read yet
 */
struct bl_ocsp_face {
	enum bl_ocsp_status status;
	enum bl_source source;
	struct bl_span tbs, signature, by_name, by_key, singles, certs;
	struct bl_sig_alg alg;
	int64_t produced_at;
	bool unusable;
	enum bl_ocsp_nonce nonce;
};
const struct bl_ocsp_face *bl_ocsp_face(const struct bl_ocsp *o);

/*
 * bl_cert_id is a CertID: a certificate named by hashes of its issuer's name
 * and key, and its serial number (content of INTEGER). digest NONE: an
 * algorithm that is not known.
 */
struct bl_cert_id {
	enum bl_digest digest;
	struct bl_span name_hash, key_hash, serial;
};

/* bl_ocsp_single is a SingleResponse, RFC 6960 4.2.1. */
enum bl_ocsp_said { BL_OCSP_GOOD = 0, BL_OCSP_REVOKED, BL_OCSP_UNKNOWN };
struct bl_ocsp_single {
	struct bl_cert_id id;
	enum bl_ocsp_said said;
	int64_t revoked_at; /* REVOKED */
	unsigned reason;    /* reasonCode; 0 where none is given */
	int64_t this_update, next_update;
	bool has_next_update;
	bool unusable; /* a critical extension that is not understood */
};
/* bl_ocsp_single_read takes one off the front of `singles`; what is none marks
 * `in` bad. */
struct bl_ocsp_single bl_ocsp_single_read(struct bl_der *in);

/* bl_cert_key_hash hashes the key of a certificate as CertID and ResponderID
 * do: the bits of subjectPublicKey alone. BL_E_MEMORY, BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_cert_key_hash(struct bl_digest_value *out,
    struct bl_ctx *ctx, enum bl_digest d, const struct bl_cert *c,
    struct bl_note *note);
/* bl_cert_id_is tells whether a CertID names `cert`, which `issuer` issued.
 * BL_E_MEMORY, BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_cert_id_is(bool *yes, struct bl_ctx *ctx,
    const struct bl_cert_id *id, const struct bl_cert *cert,
    const struct bl_cert *issuer, struct bl_note *note);

#endif
