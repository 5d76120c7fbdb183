/* trust.h - is this certificate good for this use, at this time, on this
 * evidence: a pure function. */
#ifndef BL_TRUST_TRUST_H
#define BL_TRUST_TRUST_H

#include "bulla/cache.h"
#include "bulla/check.h"
#include "bulla/reasons.h"
#include "cert/cert.h"
#include "cert/crl.h"
#include "cert/ocsp.h"
#include "policy/policy.h"

/*
 * bl_trust_ask is the question. What is zero is strict.
 *
 * address   to be certified; empty: none is asked for
 * at	     seconds since 1970 UTC; both ends of a validity count as valid
 * now	     0: `at` counts for all. Else `at` is when what was signed is proven to
 *	     have existed, and this is today, when evidence is looked at: also
 *	     what is fresh today counts, but of an expired certificate, whose
 *	     entry may be gone; and a later revocation counts for nothing when its
 *	     reason says that the key was not lost (ATK-406). Not with a cache
 * anchors   what is trusted; NULL: nothing. An anchor that is the certificate
 *	     itself, the same to the byte, needs no path and no revocation
 *	     answer. One that is met on a path ends it; its validity, usage,
 *	     pathLenConstraint and nameConstraints are looked at like those of
 *	     any other issuer (RFC 5937 3), its own signature is not
 * pool	     certificates at hand that may be issuers; NULL: none
 * crls	     revocation lists at hand; NULL: none
 * ocsps     answers of OCSP responders at hand; NULL: none
 * policy    NULL: the strict default
 * cache     remembers this and earlier answers; NULL: none
 *
 * Inputs of RFC 5280 6.1.1 (c), (e), (f), (g):
 *
 * policies  user-initial-policy-set, content octets; none: any-policy
 * explicit_policy, inhibit_mapping, inhibit_any
 */
struct bl_trust_ask {
	const struct bl_cert *cert;
	enum bl_purpose purpose;
	struct bl_span address;
	int64_t at, now;
	const struct bl_certs *anchors;
	const struct bl_certs *pool;
	const struct bl_crls *crls;
	const struct bl_ocsps *ocsps;
	const struct bl_limits *limits;
	const struct bl_policy *policy;
	struct bl_cache *cache;
	const struct bl_span *policies;
	size_t policy_count;
	bool explicit_policy, inhibit_mapping, inhibit_any;
};
/*
 * bl_trust_want is something that may settle the answer and is not at hand; the
 * certificates are borrowed from the question. Each is there once.
 *
 * ISSUER  a certificate that issued `cert`. Only where no path at hand leads
 *	   to an anchor, and only for the ends of those that lead nowhere
 * STATUS  an answer to whether `cert` was revoked; `issuer` is above it. Only
 *	   for certificates of a path that leads to an anchor
 */
enum bl_trust_want_kind { BL_TRUST_ISSUER = 1, BL_TRUST_STATUS };
struct bl_trust_want {
	enum bl_trust_want_kind kind;
	const struct bl_cert *cert, *issuer;
};
#define BL_TRUST_WANTS_MAX 64 /* of one question; more are not listed */
struct bl_trust_wants {
	struct bl_trust_want *list;
	size_t n, cap;
};

/*
 * bl_trust_answer: of several paths the one with the least against it, or as
 * far as one leads.
 */
struct bl_trust_answer {
	bool valid;	      /* no reason against it */
	bl_reasons reasons;   /* all that hold, not the first */
	const char *limit;    /* code of the limit, where LIMIT holds */
	struct bl_certs path; /* held: the certificate first, then issuers */
	struct bl_revocation_answer *revocation; /* owned; of each of path */
	struct bl_buf trace; /* a line each: certificate, field, rule, RFC */
	struct bl_trust_wants wants; /* also of a valid one: PREFER */
};
/*
 * bl_trust_judge answers with every reason that holds, for an unknown signer
 * too: RFC 5280 6 with the policies of RFC 9618. An address in the subject alone
 * counts where subjectAltName has no e-mail name (RFC 8550 3), and the trace
 * says so. What the certificate turns out to be is the answer; BL_E_MEMORY,
 * BL_E_SYSTEM.
 */
BL_CHECK enum bl_err bl_trust_judge(struct bl_trust_answer *out,
    struct bl_ctx *ctx, const struct bl_trust_ask *ask, struct bl_note *note);
void bl_trust_answer_clear(struct bl_trust_answer *a);

/* bl_trust_signature tells whether the issuer's key made this signature over
 * these bytes; what cannot be checked does not hold. BL_E_MEMORY,
 * BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_trust_signature(bool *holds, struct bl_ctx *ctx,
    struct bl_span signed_, struct bl_sig_alg alg, struct bl_span value,
    const struct bl_cert *issuer, struct bl_note *note);

#endif
