/* keys.h - the wants of the engine and the signed attributes, written by one
 * piece of code for the engine and the agent. */
#ifndef BL_KEYS_KEYS_H
#define BL_KEYS_KEYS_H

#include "bulla/keys.h"
#include "crypto/crypto.h"
#include "der/der.h"

/*
 * bl_want_sign says all that the signed attributes hold; the agent writes
 * their DER itself. Spans borrow.
 *
 * cert_hash	     SHA-256 of the signer's certificate, for
 *		     signingCertificateV2 (RFC 5035 3)
 * cert_issuer	     Name and serial of it, for the IssuerSerial there
 * capabilities	     DER of SMIMECapabilities, empty: none (RFC 8551 2.5.2)
 * preference	     DER of SMIMEEncryptionKeyPreference, empty: none
 */
struct bl_want_sign {
	uint8_t key[BL_SHA256_SIZE];
	struct bl_sig_alg alg;
	enum bl_oid content_type;
	struct bl_digest_value message_digest;
	int64_t signing_time;
	struct bl_span cert_hash;
	struct bl_span cert_issuer, cert_serial;
	struct bl_span capabilities;
	struct bl_span preference;
};

/* bl_want_unwrap asks for a content key of `size` bytes. Spans borrow.
 * originator: ECDH, the sender's public point. */
struct bl_want_unwrap {
	uint8_t key[BL_SHA256_SIZE];
	struct bl_wrap_alg alg;
	struct bl_span originator;
	struct bl_span wrapped; /* EncryptedKey, <= 2 KiB */
	size_t size;
};

/* bl_want_cert asks for a certificate: issuer and serial, or ski. */
struct bl_want_cert {
	struct bl_span issuer, serial, ski;
};

/*
 * bl_signed_attrs_write appends the SignedAttributes as SET OF in DER (tag
 * 0x31, as it is digested): contentType, signingTime, messageDigest,
 * SMIMECapabilities, signingCertificateV2, CMSAlgorithmProtection, encryption
 * key preference. Same input, same bytes. BL_E_CALLER for fields over their
 * limits.
 */
BL_CHECK enum bl_err bl_signed_attrs_write(
    struct bl_buf *out, const struct bl_want_sign *want, struct bl_note *note);

/* Frames of wants and answers: docs/wire/agent.md. Readers are strict: every
 * field within its limit, nothing left over. BL_E_MALFORMED. */
BL_CHECK enum bl_err bl_want_sign_put(
    struct bl_buf *out, const struct bl_want_sign *w, struct bl_note *note);
BL_CHECK enum bl_err bl_want_sign_get(
    struct bl_want_sign *w, struct bl_span frame, struct bl_note *note);
BL_CHECK enum bl_err bl_want_unwrap_put(
    struct bl_buf *out, const struct bl_want_unwrap *w, struct bl_note *note);
BL_CHECK enum bl_err bl_want_unwrap_get(
    struct bl_want_unwrap *w, struct bl_span frame, struct bl_note *note);
BL_CHECK enum bl_err bl_want_cert_put(
    struct bl_buf *out, const struct bl_want_cert *w, struct bl_note *note);
BL_CHECK enum bl_err bl_want_cert_get(
    struct bl_want_cert *w, struct bl_span frame, struct bl_note *note);
/* bl_want_kind_of gives the kind of a frame, 0 when it is none. */
enum bl_want_kind bl_want_kind_of(struct bl_span frame);

/* bl_answer: the payload is a signature, a content key, or DER certificates
 * after each other; or it was refused, with a code that says why. */
enum bl_refusal {
	BL_REFUSED_NOT = 0,
	BL_REFUSED_NO_KEY,   /* no such key here */
	BL_REFUSED_LOCKED,   /* it is there and not unlocked */
	BL_REFUSED_FORBIDDEN,/* the key is not for this use */
	BL_REFUSED_FAILED,   /* OAEP or key wrap did not hold */
	BL_REFUSED_RATE,     /* asked too often; try again later */
	BL_REFUSED_UNKNOWN,  /* nothing known (CERT, EVIDENCE) */
};
struct bl_answer {
	enum bl_want_kind kind;
	enum bl_refusal refusal;
	struct bl_span payload;
};
BL_CHECK enum bl_err bl_answer_put(
    struct bl_buf *out, const struct bl_answer *a, struct bl_note *note);
BL_CHECK enum bl_err bl_answer_get(
    struct bl_answer *a, struct bl_span frame, struct bl_note *note);

/* bl_key_do answers a want with a key: the inside of bl_key_answer. */
BL_CHECK enum bl_err bl_key_do(struct bl_buf *answer, struct bl_ctx *ctx,
    const struct bl_priv *key, struct bl_span frame, struct bl_note *note);

#endif
