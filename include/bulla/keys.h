/* keys.h - what may be asked of a private key, as messages. */
#ifndef BULLA_KEYS_H
#define BULLA_KEYS_H

#include "bulla/alg.h"
#include "bulla/ctx.h"

/*
 * A want is asked in bytes, so that it can be passed on unread to the program
 * that holds the key; docs/wire/agent.md has the layout. A developer without
 * an agent answers with bl_key_answer.
 */
enum bl_want_kind {
	BL_WANT_SIGN = 1, /* signature over signed attributes of fixed fields */
	BL_WANT_UNWRAP,	  /* a content key out of a RecipientInfo */
	BL_WANT_CERT,	  /* a certificate, by issuer and serial or SKI */
	BL_WANT_EVIDENCE, /* revocation data for a certificate */
	BL_WANT_SHARED = 8, /* a content key, by a password or a shared key */
};

struct bl_want {
	enum bl_want_kind kind;
	uint8_t key[BL_SHA256_SIZE]; /* SIGN, UNWRAP: bl_cert_key_id */
	struct bl_span frame;	     /* the want itself, borrowed */
};

/* Bytes of a frame; SIGN and UNWRAP and their answers are key frames. */
#define BL_KEY_FRAME_MAX    (64u << 10)
#define BL_WANT_FRAME_MAX   (320u << 10)
#define BL_ANSWER_FRAME_MAX (1u << 20)

/*
 * bl_key_answer answers a SIGN or UNWRAP want with an open key.
 *
 * answer  gets the answer frame
 * pkcs8   PrivateKeyInfo, DER
 * frame   the want
 *
 * A want that cannot be met (another key, a failed OAEP or key wrap) is
 * answered with a refusal, and BL_OK. BL_E_MALFORMED: not a want for a key, or
 * not a key.
 */
BL_API BL_CHECK enum bl_err bl_key_answer(struct bl_buf *answer,
    struct bl_ctx *ctx, const struct bl_secret *pkcs8, struct bl_span frame,
    struct bl_note *note);

/*
 * bl_shared_answer answers a SHARED want.
 *
 * password  of messages, UTF-8; kek: a key shared before, 16, 24 or 32 bytes.
 *	     NULL: none
 *
 * What does not open with it, or is not at hand, is answered with a refusal,
 * and BL_OK. BL_E_MALFORMED: not such a want. Its cost is that of the PBKDF2
 * that the message asks for, at most 10 million iterations.
 */
BL_API BL_CHECK enum bl_err bl_shared_answer(struct bl_buf *answer,
    struct bl_ctx *ctx, const struct bl_secret *password,
    const struct bl_secret *kek, struct bl_span frame, struct bl_note *note);

#endif
