/* check.h - is this certificate good: what is asked, and how strictly. */
#ifndef BULLA_CHECK_H
#define BULLA_CHECK_H

#include "bulla/base.h"

/* bl_purpose is what a certificate is to be good for; ANY: no usage is asked
 * for. */
enum bl_purpose { BL_PURPOSE_ANY = 0, BL_PURPOSE_SIGN, BL_PURPOSE_ENCRYPT };

/*
 * bl_revocation is what a certificate needs to be told of its revocation, each
 * but the anchor:
 *
 * REQUIRE  an answer that is fresh at the time that counts
 * PREFER   none; but what an answer says counts
 * OFF	    answers are not looked at
 */
enum bl_revocation {
	BL_REVOCATION_REQUIRE = 0,
	BL_REVOCATION_PREFER,
	BL_REVOCATION_OFF,
};
/* bl_revocation_name: "require", "prefer", "off"; NULL for none of them. */
BL_API const char *bl_revocation_name(enum bl_revocation r);

/* bl_source is where revocation evidence came from. */
enum bl_source {
	BL_SOURCE_GIVEN = 0, /* with the call */
	BL_SOURCE_STATE,     /* what is kept */
	BL_SOURCE_MESSAGE,   /* in the message itself */
	BL_SOURCE_NETWORK,
	BL_SOURCE_CACHE,
};
/* bl_source_name: "given", "state", "message", "network", "cache". */
BL_API const char *bl_source_name(enum bl_source s);

/*
 * bl_age is what a revocation list or an answer of a responder says of its own
 * age, whoever signed it: seconds since 1970 UTC.
 *
 * number  cRLNumber as an unsigned number, big endian; 0 where there is none
 */
struct bl_age {
	int64_t this_update, next_update;
	bool has_next_update;
	uint8_t number[20];
};

/* bl_evidence_kind is what kind of evidence spoke. */
enum bl_evidence_kind {
	BL_EVIDENCE_NONE = 0,
	BL_EVIDENCE_OCSP,
	BL_EVIDENCE_CRL
};
/* bl_evidence_name: "none", "ocsp", "crl". */
BL_API const char *bl_evidence_name(enum bl_evidence_kind k);

/*
 * bl_order is how one piece of evidence stands to another, for whoever keeps
 * evidence and would not have a newer one replaced by an older (a rollback).
 * NONE: they speak of different things.
 */
enum bl_order {
	BL_ORDER_NONE = 0,
	BL_ORDER_OLDER,
	BL_ORDER_SAME,
	BL_ORDER_NEWER
};

/* bl_cert_state is what is known of the revocation of a certificate. */
enum bl_cert_state {
	BL_CERT_NOT_ASKED = 0, /* an anchor; or revocation is OFF */
	BL_CERT_NOT_KNOWN,
	BL_CERT_GOOD,
	BL_CERT_REVOKED,
};
/* bl_cert_state_name: "not-asked", "unknown", "good", "revoked". */
BL_API const char *bl_cert_state_name(enum bl_cert_state s);

/*
 * bl_revocation_answer is what was found out about one certificate of a path.
 *
 * kind, source	     of the evidence that decided; NONE where state is NOT_ASKED
 *		     or NOT_KNOWN
 * this_update,	     of that evidence, seconds since 1970 UTC
 * next_update
 * reason	     REVOKED: CRLReason, RFC 5280 5.3.1
 * revoked_at	     REVOKED: when
 */
struct bl_revocation_answer {
	enum bl_cert_state state;
	enum bl_evidence_kind kind;
	enum bl_source source;
	bool has_next_update;
	int64_t this_update, next_update;
	unsigned reason;
	int64_t revoked_at;
};

struct bl_buf;
struct bl_cert;
struct bl_certs;
struct bl_crls;
struct bl_ctx;
struct bl_limits;
struct bl_note;
struct bl_ocsps;

/*
 * bl_cert_question asks whether a certificate is good; {0} with cert and `at`
 * set is strict.
 *
 * address  to be certified, or empty
 * at	    when, seconds since 1970 UTC
 * anchors  what is trusted; pool: certificates at hand; crls, ocsps: revocation
 *	    lists and answers of OCSP responders at hand. Each NULL: none
 * limits   NULL: BL_LIMITS
 * policies, explicit_policy, inhibit_mapping, inhibit_any
 *	    inputs of RFC 5280 6.1.1; the policies are content octets
 */
struct bl_cert_question {
	const struct bl_cert *cert;
	enum bl_purpose purpose;
	enum bl_revocation revocation;
	struct bl_span address;
	int64_t at;
	const struct bl_certs *anchors, *pool;
	const struct bl_crls *crls;
	const struct bl_ocsps *ocsps;
	const struct bl_limits *limits;
	const struct bl_span *policies;
	size_t policy_count;
	bool explicit_policy, inhibit_mapping, inhibit_any;
};
struct bl_check;
struct bl_want;

/*
 * bl_check_new starts on a question, which is copied; what it points to must
 * outlive the operation. bl_check_run answers it, or returns BL_NEED with all
 * that is wanted (bulla/keys.h: CERT, EVIDENCE): answer each want, then run it
 * again, until it is BL_OK. A want that has no answer counts as refused. The
 * rounds are at most BL_LIMITS' fetches. BL_E_MEMORY, BL_E_SYSTEM.
 */
BL_API BL_CHECK enum bl_err bl_check_new(struct bl_check **out,
    struct bl_ctx *ctx, const struct bl_cert_question *q, struct bl_note *note);
BL_API BL_CHECK enum bl_err bl_check_run(
    struct bl_check *c, struct bl_note *note);
/* Wants borrow until the next run. An answer is copied. BL_E_MALFORMED: not an
 * answer to it. */
BL_API size_t bl_check_want_count(const struct bl_check *c);
BL_API const struct bl_want *bl_check_want(const struct bl_check *c, size_t i);
BL_API BL_CHECK enum bl_err bl_check_answer(
    struct bl_check *c, size_t i, struct bl_span frame, struct bl_note *note);
/* bl_check_valid: false until bl_check_run was BL_OK. */
BL_API bool bl_check_valid(const struct bl_check *c);
/* bl_check_json appends the object of `bulla cert check --json`
 * (bulla-cert(1)): valid, reasons, chain, trace. BL_E_CALLER before that. */
BL_API BL_CHECK enum bl_err bl_check_json(
    struct bl_buf *json, const struct bl_check *c, struct bl_note *note);
BL_API void bl_check_free(struct bl_check *c);

/* bl_cert_check is all of this where nobody is there to ask: no want has an
 * answer. */
BL_API BL_CHECK enum bl_err bl_cert_check(struct bl_buf *json, bool *valid,
    struct bl_ctx *ctx, const struct bl_cert_question *q, struct bl_note *note);

#endif
