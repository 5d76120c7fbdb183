/* shared.h - content keys under what two people share: a password, or a key
 * they agreed on before. RFC 5652 6.2.3 and 6.2.4. */
#ifndef BL_CRYPTO_SHARED_H
#define BL_CRYPTO_SHARED_H

#include "crypto/crypto.h"
#include "der/der.h"

enum bl_shared_kind {
	BL_SHARED_PASSWORD = 1, /* PasswordRecipientInfo, RFC 3211 */
	BL_SHARED_KEK,		/* KEKRecipientInfo */
};
enum bl_shared_wrap {
	BL_SHARED_AES = 1, /* AES key wrap, RFC 3394 */
	BL_SHARED_PWRI,	   /* PWRI-KEK with AES-CBC, RFC 3211 2.3 */
};

#define BL_SHARED_SALT_MAX    1024     /* bytes */
#define BL_SHARED_ID_MAX      64       /* bytes of a key identifier */
#define BL_SHARED_WRAPPED_MAX 2048     /* bytes */
#define BL_SHARED_ITERATIONS  10000000 /* no more are done, whatever is said */

/*
 * bl_shared is how a content key is wrapped. Spans borrow.
 *
 * id	       KEK: its identifier, 1..BL_SHARED_ID_MAX bytes
 * digest      PASSWORD: of the HMAC of PBKDF2
 * iterations  PASSWORD: at least 1, however many
 * kek_size    bytes: 16, 24 or 32
 * iv	       PWRI: 16 bytes; else empty
 */
struct bl_shared {
	enum bl_shared_kind kind;
	enum bl_shared_wrap wrap;
	struct bl_span id;
	enum bl_digest digest;
	uint64_t iterations;
	struct bl_span salt;
	unsigned kek_size;
	struct bl_span iv;
	struct bl_span wrapped; /* 1..BL_SHARED_WRAPPED_MAX bytes */
};

/* bl_shared_kdf_read reads the content of a keyDerivationAlgorithm, up to its
 * end: PBKDF2 (RFC 8018 A.2). The length of the key, where it is given, has to
 * be s->kek_size. bl_shared_wrap_read reads a keyEncryptionAlgorithm off the
 * front. BL_E_MALFORMED, BL_E_UNSUPPORTED. */
BL_CHECK enum bl_err bl_shared_kdf_read(
    struct bl_shared *s, struct bl_der *in, struct bl_note *note);
BL_CHECK enum bl_err bl_shared_wrap_read(
    struct bl_shared *s, struct bl_der *in, struct bl_note *note);

/*
 * bl_shared_unwrap recovers a content key of exactly `size` bytes (1..64).
 *
 * secret  the password as UTF-8, or the key
 *
 * BL_E_FORGED: it does not hold, and in the same words: the key has another
 * length than kek_size. BL_E_LIMIT: over BL_SHARED_ITERATIONS.
 */
BL_CHECK enum bl_err bl_shared_unwrap(struct bl_secret **out,
    struct bl_ctx *ctx, const struct bl_shared *s,
    const struct bl_secret *secret, size_t size, struct bl_note *note);

#endif
