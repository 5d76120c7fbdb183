/* trust.h - is this certificate good for this use, at this time, on this
 * evidence: a pure function. */
#ifndef BL_TRUST_TRUST_H
#define BL_TRUST_TRUST_H

#include "bulla/reasons.h"
#include "cert/cert.h"
#include "policy/policy.h"

enum bl_purpose { BL_PURPOSE_ANY = 0, BL_PURPOSE_SIGN, BL_PURPOSE_ENCRYPT };

/*
 * bl_trust_ask is the question. anchors: what is trusted; at this stage an
 * end-entity certificate that is an anchor itself (pinned) is trusted without
 * path and revocation answer, any other is SIGNER_UNKNOWN_CA.
 */
struct bl_trust_ask {
	const struct bl_cert *cert;
	enum bl_purpose purpose;
	struct bl_span address;	      /* to be certified; empty: none asked */
	int64_t at;		      /* seconds since 1970 UTC */
	const struct bl_certs *anchors;
	const struct bl_certs *pool;  /* intermediates at hand */
	const struct bl_limits *limits;
	const struct bl_policy *policy; /* NULL: the strict default */
};
struct bl_trust_answer {
	bool valid;	    /* no reason against it */
	bl_reasons reasons; /* all that hold, not the first */
	struct bl_certs path; /* held: the certificate first, then issuers */
	struct bl_buf trace;  /* a line each: certificate, field, rule, RFC */
};
/* BL_E_MEMORY. What the certificate turns out to be is the answer. */
BL_CHECK enum bl_err bl_trust_judge(struct bl_trust_answer *out,
    struct bl_ctx *ctx, const struct bl_trust_ask *ask, struct bl_note *note);
void bl_trust_answer_clear(struct bl_trust_answer *a);

#endif
