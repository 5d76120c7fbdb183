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
 * alg		     its digest is that of message_digest, but NONE for Ed25519
 * content_type	     DATA, SIGNED_DATA, ENVELOPED_DATA, AUTH_ENVELOPED_DATA or
 *		     COMPRESSED_DATA
 * signing_time	     seconds since 1970 UTC, years 0 to 9999
 * cert_hash	     SHA-256 of the signer's certificate, for
 *		     signingCertificateV2 (RFC 5035 3)
 * cert_issuer	     Name (2..8192 bytes) and serial (content of INTEGER, 1..64
 *		     bytes) of it, for the IssuerSerial there
 * capabilities	     DER of SMIMECapabilities, empty: none (RFC 8551 2.5.2)
 * preference	     DER of SMIMEEncryptionKeyPreference, empty: none
 * unknown	     set by bl_want_sign_get: the frame names an algorithm, a
 *		     content type or an attribute that this code does not
 *		     know; such a want is refused
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
	bool unknown;
};

/* bl_want_unwrap asks for a content key of `size` bytes (1..64). Spans borrow.
 * originator: ECDH and XDH, the sender's public key. wrapped: EncryptedKey, 1..2048
 * bytes. unknown: as in bl_want_sign. */
struct bl_want_unwrap {
	uint8_t key[BL_SHA256_SIZE];
	struct bl_wrap_alg alg;
	struct bl_span originator;
	struct bl_span wrapped;
	size_t size;
	bool unknown;
};

/*
 * bl_signed_attrs_write appends the SignedAttributes as SET OF in DER (tag
 * 0x31, as it is digested): contentType, signingTime, messageDigest,
 * SMIMECapabilities, signingCertificateV2, CMSAlgorithmProtection, encryption
 * key preference. Same input, same bytes. BL_E_CALLER for fields over their
 * limits, or that are not the DER they should be.
 */
BL_CHECK enum bl_err bl_signed_attrs_write(
    struct bl_buf *out, const struct bl_want_sign *want, struct bl_note *note);

/* bl_capabilities_write appends the SMIMECapabilities of what the engine
 * reads, the best first: AES-256-GCM, AES-128-GCM, ChaCha20-Poly1305, AES-256-CBC, AES-192-CBC,
 * AES-128-CBC, RSA-OAEP with SHA-256, ECDH with SHA-256 and AES key wrap, the
 * same with HKDF. RFC 8551 2.5.2, RFC 3560 5, RFC 5753 7.3, RFC 8418 5. */
void bl_capabilities_write(struct bl_buf *out);

/* Frames of wants and answers: docs/wire/agent.md. Readers are strict: every
 * field within its limit, nothing left over: BL_E_MALFORMED. Writers:
 * BL_E_CALLER for what a reader would refuse. */
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
BL_CHECK enum bl_err bl_want_evidence_put(
    struct bl_buf *out, const struct bl_want_evidence *w, struct bl_note *note);
/* bl_want_kind_of gives the kind of a frame, 0 when it is none. */
enum bl_want_kind bl_want_kind_of(struct bl_span frame);
/* bl_want_key_of gives the key id that a SIGN or UNWRAP frame names, 32 bytes;
 * empty for other frames. */
struct bl_span bl_want_key_of(struct bl_span frame);

BL_CHECK enum bl_err bl_answer_get(
    struct bl_answer *a, struct bl_span frame, struct bl_note *note);

/* bl_item_next takes the next off a payload that bl_answer_get gave; false at
 * its end. */
bool bl_item_next(struct bl_item *out, struct bl_span *payload);

/*
 * bl_key_do answers a SIGN or UNWRAP want with a key: the inside of
 * bl_key_answer. The key must be the one the want names (NO_KEY), the
 * algorithm one for it (FORBIDDEN): sign with SHA-256, SHA-384 or SHA-512
 * only; Ed25519 has SHA-512 in it.
 */
BL_CHECK enum bl_err bl_key_do(struct bl_buf *answer, struct bl_ctx *ctx,
    const struct bl_priv *key, struct bl_span frame, struct bl_note *note);

#endif
