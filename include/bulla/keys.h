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

/* ---- what may be asked of others than keys ---- */

/* bl_fetch says where the network may have something. Spans borrow. */
enum bl_fetch_kind { BL_FETCH_OCSP = 1, BL_FETCH_CRL, BL_FETCH_CERT };
struct bl_fetch {
	enum bl_fetch_kind kind;
	struct bl_span url;  /* 1..2048 bytes, 0x21..0x7e */
	struct bl_span body; /* OCSP: the OCSPRequest, <= 4 KiB; else empty */
};
#define BL_FETCHES_MAX 8
struct bl_fetches {
	struct bl_fetch list[BL_FETCHES_MAX];
	size_t n;
};

/* bl_want_cert asks for a certificate: issuer and serial, or ski, or subject;
 * those given must all match. */
struct bl_want_cert {
	struct bl_span issuer, serial, ski, subject;
	struct bl_fetches fetches;
};

/* bl_want_evidence asks for OCSP responses or CRLs that speak about a
 * certificate at a time. DER. */
struct bl_want_evidence {
	int64_t at;
	struct bl_span cert, issuer;
	struct bl_fetches fetches;
};

/* bl_want_cert_get, bl_want_evidence_get read such a want. BL_E_MALFORMED: none,
 * or a field over its limit (docs/wire/agent.md 5, 6). */
BL_API BL_CHECK enum bl_err bl_want_cert_get(
    struct bl_want_cert *w, struct bl_span frame, struct bl_note *note);
BL_API BL_CHECK enum bl_err bl_want_evidence_get(
    struct bl_want_evidence *w, struct bl_span frame, struct bl_note *note);

/* bl_answer: the payload is a signature, a content key, or items after each
 * other (bl_item_next); or it was refused, with a code that says why. */
enum bl_refusal {
	BL_REFUSED_NOT = 0,
	BL_REFUSED_NO_KEY,    /* no such key here */
	BL_REFUSED_LOCKED,    /* it is there and not unlocked */
	BL_REFUSED_FORBIDDEN, /* the key is not for this use, or unknown want */
	BL_REFUSED_FAILED,    /* OAEP or key wrap did not hold */
	BL_REFUSED_RATE,      /* asked too often; try again later */
	BL_REFUSED_UNKNOWN,   /* nothing known (CERT, EVIDENCE) */
	BL_REFUSED_COUNT,
};
struct bl_answer {
	enum bl_want_kind kind;
	enum bl_refusal refusal;
	struct bl_span payload;
};
/* bl_answer_put appends an answer. BL_E_CALLER for what a reader would refuse. */
BL_API BL_CHECK enum bl_err bl_answer_put(
    struct bl_buf *out, const struct bl_answer *a, struct bl_note *note);

/*
 * bl_item is one thing in the answer to a CERT or EVIDENCE want.
 *
 * fetched  when it came from its source, seconds since 1970 UTC
 * url	    where from, <= 2048 bytes 0x21..0x7e, may be empty
 * data	    DER, inline; empty when it is in a file passed with the frame, and
 *	    then `file` is its place among them and `length` its bytes
 */
enum bl_item_kind { BL_ITEM_CERT = 1, BL_ITEM_OCSP, BL_ITEM_CRL };
enum bl_item_source {
	BL_FROM_PERSON = 1, /* given with the command */
	BL_FROM_STATE,	    /* state folder or store */
	BL_FROM_DIRECTORY,
	BL_FROM_NETWORK,
	BL_FROM_CACHE,
};
struct bl_item {
	enum bl_item_kind kind;
	enum bl_item_source source;
	int64_t fetched;
	struct bl_span url;
	struct bl_span data;
	unsigned file;
	uint64_t length;
};
#define BL_ITEMS_MAX 64 /* in an answer */
/* bl_item_put appends one to a payload. BL_E_CALLER for bad fields. */
BL_API BL_CHECK enum bl_err bl_item_put(
    struct bl_buf *payload, const struct bl_item *item, struct bl_note *note);

#endif
