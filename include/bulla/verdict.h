/* verdict.h - what an opened message turned out to be. */
#ifndef BULLA_VERDICT_H
#define BULLA_VERDICT_H

#include "bulla/cert.h"
#include "bulla/fields.h"
#include "bulla/reasons.h"

enum bl_encryption {
	BL_ENCRYPTION_NONE = 0,
	BL_ENCRYPTION_INTACT,	       /* AEAD, tag holds */
	BL_ENCRYPTION_UNAUTHENTICATED, /* CBC: may have been altered */
	BL_ENCRYPTION_PARTIAL,	       /* a part inside, not opened */
	BL_ENCRYPTION_FAILED,
};
enum bl_signature {
	BL_SIGNATURE_NONE = 0,
	BL_SIGNATURE_VALID,
	BL_SIGNATURE_UNVERIFIED,
	BL_SIGNATURE_INVALID,
};
/* The names of the two as `bulla open` says them: "intact", "valid". */
BL_API const char *bl_encryption_name(enum bl_encryption e);
BL_API const char *bl_signature_name(enum bl_signature s);

/*
 * bl_verdict is made by the engine at the end of an operation and never
 * changed afterwards; everything borrows from it.
 */
struct bl_verdict;

/* The two statuses, and every reason that holds for either. */
BL_API enum bl_encryption bl_verdict_encryption(const struct bl_verdict *v);
BL_API enum bl_signature bl_verdict_signature(const struct bl_verdict *v);
BL_API bl_reasons bl_verdict_reasons(const struct bl_verdict *v);
/* bl_verdict_limit: "limit-mime-depth" where the reason LIMIT holds, or NULL.
 * In lists of codes it stands in the place of "limit". */
BL_API const char *bl_verdict_limit(const struct bl_verdict *v);
/* bl_verdict_note: what is malformed or over a limit, and where. */
BL_API const struct bl_note *bl_verdict_note(const struct bl_verdict *v);

/* bl_signer is one signature found. text is UTF-8, not made safe to show. */
struct bl_signer {
	enum bl_signature status;
	bl_reasons reasons;
	unsigned layer;		    /* index of its layer */
	struct bl_span address;	    /* of its certificate: the one that is
					the sender's, else the first */
	struct bl_span name;	    /* commonName of its certificate */
	const struct bl_cert *cert; /* NULL when not at hand */
	bool has_signing_time;
	int64_t signing_time;
	const char *digest; /* "sha256" */
	enum bl_sig_kind algorithm;
	const char *algorithm_name;  /* of BL_SIG_OTHER, as its OID is called;
					else NULL */
	const struct bl_certs *path; /* the chain that was judged */
	const struct bl_revocation_answer *revocation; /* of each of it */
	struct bl_span trace;			       /* why, a line each */
};
BL_API size_t bl_verdict_signer_count(const struct bl_verdict *v);
BL_API const struct bl_signer *bl_verdict_signer(
    const struct bl_verdict *v, size_t i);

enum bl_layer_kind {
	BL_LAYER_CLEAR_SIGNED = 1, /* multipart/signed */
	BL_LAYER_OPAQUE_SIGNED,	   /* SignedData with content */
	BL_LAYER_DETACHED,	   /* bare SignedData over content beside it */
	BL_LAYER_CERTS_ONLY,
	BL_LAYER_ENVELOPED,
	BL_LAYER_AUTH_ENVELOPED,
	BL_LAYER_COMPRESSED, /* protects nothing */
	BL_LAYER_OTHER,	     /* recognised, not opened: `what` */
};
/* bl_layer is one layer of the cryptographic envelope, outside first. */
struct bl_layer {
	enum bl_layer_kind kind;
	const char *cipher; /* as its OID is called, or NULL */
	const char *what;   /* of OTHER: what it is */
	unsigned recipients;
	unsigned signers;
	uint64_t from, to;  /* bytes covered, in the content of the layer
				    outside it (the message for the first) */
	bl_reasons reasons; /* of this layer */
	uint8_t key[BL_SHA256_SIZE]; /* own key that opened it, else zero */
};
BL_API size_t bl_verdict_layer_count(const struct bl_verdict *v);
BL_API const struct bl_layer *bl_verdict_layer(
    const struct bl_verdict *v, size_t i);

/* bl_verdict_sender: the one address of From, empty when there is not exactly
 * one (NO_SENDER). */
BL_API struct bl_span bl_verdict_sender(const struct bl_verdict *v);

/*
 * bl_verdict_json appends the object of `bulla open --json` (bulla-open(1)):
 * encryption, signature, reasons, signer, signers, layers, headers, sender,
 * defects, note, trace.
 */
BL_API BL_CHECK enum bl_err bl_verdict_json(
    struct bl_buf *out, const struct bl_verdict *v, struct bl_note *note);

#endif
