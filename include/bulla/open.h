/* open.h - a message into its content and a verdict. */
#ifndef BULLA_OPEN_H
#define BULLA_OPEN_H

#include "bulla/cache.h"
#include "bulla/check.h"
#include "bulla/crl.h"
#include "bulla/keys.h"
#include "bulla/ocsp.h"
#include "bulla/spool.h"
#include "bulla/verdict.h"

enum bl_open_input {
	BL_OPEN_ANY = 0, /* found out from the first bytes */
	BL_OPEN_MESSAGE, /* RFC 5322 message or bare MIME entity */
	BL_OPEN_CMS,	 /* bare CMS object, DER or PEM */
};

/*
 * bl_open_opts: {0} with out and now set is strict. All that is pointed to
 * must outlive the operation.
 */
struct bl_open_opts {
	const struct bl_limits *limits; /* NULL: BL_LIMITS */
	enum bl_open_input input;
	int64_t now;			   /* when to judge, s since 1970 */
	int64_t proven;			   /* when the message is proven to have
					      existed, by a record of the
					      caller's that nobody can alter,
					      at most `now`; 0: not known */
	const struct bl_certs *identities; /* own: their keys can be asked */
	const struct bl_certs *anchors;	   /* what is trusted */
	const struct bl_certs *pool;	   /* certificates at hand */
	const struct bl_crls *crls;	   /* revocation lists at hand */
	const struct bl_ocsps *ocsps;	   /* and answers of responders */
	enum bl_revocation revocation;	   /* what signers need */
	struct bl_cache *cache;	  /* from message to message; or NULL */
	struct bl_span from;	  /* expected sender of a bare entity;
					      empty: the From field says */
	bool legacy;		  /* 3DES, weak signatures, marked */
	bool has_password;	  /* SHARED wants may be asked: for a
					      password, */
	bool has_kek;		  /* for a key shared before */
	struct bl_span kek_id;	  /* of that key; empty: any */
	struct bl_spool *out;	  /* gets the content */
	struct bl_spool *park[2]; /* for encrypted in encrypted and
					      trial by key */
};

struct bl_open;

/* bl_open_new starts on a message. opts is copied, what it points to is
 * borrowed. BL_E_CALLER: out or now is not set, or proven is after it. BL_E_MEMORY, BL_E_SYSTEM. */
BL_API BL_CHECK enum bl_err bl_open_new(struct bl_open **out,
    struct bl_ctx *ctx, const struct bl_open_opts *opts, struct bl_note *note);
/* bl_open_content_add gives the content of a bare detached signature, all of
 * it before the first feed; it is not written to `out`. */
BL_API BL_CHECK enum bl_err bl_open_content_add(
    struct bl_open *o, struct bl_span in, struct bl_note *note);
/*
 * bl_open_feed lends the next bytes (at most 1 MiB), bl_open_end says that
 * none come. On BL_NEED all that is wanted is listed: answer each want, then
 * call bl_open_resume, again until it is not BL_NEED; `in` stays borrowed
 * until then.
 *
 * What is wrong with the message ends up in the verdict, not here: after it
 * feed takes the rest and does nothing. BL_E_MEMORY, BL_E_SYSTEM (spool,
 * library), BL_E_CALLER.
 */
BL_API BL_CHECK enum bl_err bl_open_feed(
    struct bl_open *o, struct bl_span in, struct bl_note *note);
BL_API BL_CHECK enum bl_err bl_open_resume(
    struct bl_open *o, struct bl_note *note);
BL_API BL_CHECK enum bl_err bl_open_end(
    struct bl_open *o, struct bl_note *note);
/* Wants borrow until resume. An answer is copied; a want that has none when
 * resume is called counts as refused. BL_E_MALFORMED: not an answer to it. */
BL_API size_t bl_open_want_count(const struct bl_open *o);
BL_API const struct bl_want *bl_open_want(const struct bl_open *o, size_t i);
BL_API BL_CHECK enum bl_err bl_open_answer(
    struct bl_open *o, size_t i, struct bl_span frame, struct bl_note *note);

/* bl_open_verdict: after bl_open_end was BL_OK, else NULL. */
BL_API const struct bl_verdict *bl_open_verdict(const struct bl_open *o);

/* What may be released: INTACT_ONLY takes away, ALLOW_INVALID adds. */
enum bl_gate {
	BL_GATE_INTACT_ONLY = 1u << 0,	 /* nothing but what is intact */
	BL_GATE_ALLOW_INVALID = 1u << 1, /* also under an invalid signature */
};
/*
 * bl_open_gate decides whether the content may leave (docs/verdict.md). Never
 * when decryption failed, and never when it is not whole: cut, over a limit.
 * BL_OK, or BL_E_DENIED.
 */
BL_API BL_CHECK enum bl_err bl_open_gate(
    const struct bl_open *o, unsigned gates, struct bl_note *note);
/* bl_open_give appends the next piece of the content (<= 64 KiB) to `out`;
 * nothing appended: that was all. Not for a spool that is the output itself.
 * BL_E_DENIED when the gate does not hold. */
BL_API BL_CHECK enum bl_err bl_open_give(struct bl_open *o, unsigned gates,
    struct bl_buf *out, struct bl_note *note);
BL_API void bl_open_free(struct bl_open *o);

#endif
