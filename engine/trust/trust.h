/* trust.h - is this certificate good for this use, at this time, on this
 * evidence: a pure function. */
#ifndef BL_TRUST_TRUST_H
#define BL_TRUST_TRUST_H

#include "bulla/reasons.h"
#include "cert/cert.h"
#include "policy/policy.h"

enum bl_purpose { BL_PURPOSE_ANY = 0, BL_PURPOSE_SIGN, BL_PURPOSE_ENCRYPT };

/*
 * bl_trust_ask is the question.
 *
 * address  to be certified; empty: none is asked for
 * at	    seconds since 1970 UTC; both ends of the validity count as valid
 * anchors  what is trusted; NULL: nothing. At this stage an end-entity
 *	    certificate that is an anchor itself (pinned, the same to the byte)
 *	    is trusted without path and revocation answer, any other is
 *	    SIGNER_UNKNOWN_CA. A CA certificate that is an anchor and was itself
 *	    asked for is judged like any other.
 * pool	    intermediates at hand; NULL: none
 * policy   NULL: the strict default
 */
struct bl_trust_ask {
	const struct bl_cert *cert;
	enum bl_purpose purpose;
	struct bl_span address;
	int64_t at;
	const struct bl_certs *anchors;
	const struct bl_certs *pool;
	const struct bl_limits *limits;
	const struct bl_policy *policy;
};
struct bl_trust_answer {
	bool valid;	      /* no reason against it */
	bl_reasons reasons;   /* all that hold, not the first */
	struct bl_certs path; /* held: the certificate first, then issuers */
	struct bl_buf trace;  /* a line each: certificate, field, rule, RFC */
};
/*
 * bl_trust_judge answers with every reason that holds, for an unknown signer
 * too. An address in the subject alone counts where subjectAltName has no
 * e-mail name (RFC 8550 3), and the trace says so. What the certificate turns
 * out to be is the answer; BL_E_MEMORY.
 */
BL_CHECK enum bl_err bl_trust_judge(struct bl_trust_answer *out,
    struct bl_ctx *ctx, const struct bl_trust_ask *ask, struct bl_note *note);
void bl_trust_answer_clear(struct bl_trust_answer *a);

#endif
