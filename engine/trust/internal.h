/* internal.h - one judgement in the making, shared by the files of trust. */
#ifndef BL_TRUST_INTERNAL_H
#define BL_TRUST_INTERNAL_H

#include "trust/trust.h"

/* findings is what speaks against a certificate or a path: reasons, a line of
 * trace for each, and the limit that was met; of a whole path also what is known
 * of the revocation of each certificate. */
struct findings {
	bl_reasons reasons;
	const char *limit; /* NULL: none */
	struct bl_buf trace;
	struct bl_revocation_answer *answers; /* owned; NULL: none was asked */
	size_t answer_count;		      /* as many as certificates */
	struct bl_trust_wants wants;
};
/* bl_trust_wish adds a want, unless it is there. */
BL_CHECK enum bl_err bl_trust_wish(
    struct bl_trust_wants *w, struct bl_trust_want want, struct bl_note *note);
BL_CHECK enum bl_err bl_trust_wish_all(struct bl_trust_wants *w,
    const struct bl_trust_wants *more, struct bl_note *note);
/* bl_trust_say adds a line: who, what was found, the rule it was held against. */
void bl_trust_say(struct findings *f, const struct bl_cert *c,
    const char *found, const char *source);
/* bl_trust_against is bl_trust_say of what lowers; nothing when there is no reason. */
void bl_trust_against(struct findings *f, const struct bl_cert *c,
    bl_reasons reasons, const char *found, const char *source);
/* bl_trust_over notes a limit that the path met. */
void bl_trust_over(struct findings *f, const struct bl_cert *c,
    const char *code, const char *found);
/* bl_findings_take adds all that `from` has, but the answers. */
void bl_findings_take(struct findings *f, const struct findings *from);
void bl_findings_clear(struct findings *f);

/* judge is the question with what it is judged by. */
struct judge {
	struct bl_ctx *ctx;
	const struct bl_trust_ask *ask;
	const struct bl_policy *policy;
	struct bl_note *note;
	size_t comparisons; /* of names, that are left */
	size_t nodes;	    /* of policies, that are left */
	size_t signatures;  /* that may still be checked */
	/* of the certificate of somebody who signed evidence: how deep, and
	 * about whom it was */
	unsigned depth;
	const struct bl_cert *in_question;
	bool out_of_memory;
};

/* ---- one certificate (certificate.c) ---- */

/* What is asked of every certificate of a path, the anchor and the first
 * included: validity; key; critical extensions and form. */
void bl_check_time(
    struct findings *f, const struct judge *j, const struct bl_cert *c);
void bl_check_key(
    struct findings *f, const struct judge *j, const struct bl_cert *c);
void bl_check_form(struct findings *f, const struct bl_cert *c);
/* bl_check_own_signature: how it was signed, which the anchor is not asked. */
void bl_check_own_signature(
    struct findings *f, const struct judge *j, const struct bl_cert *c);
/* bl_check_usage, bl_check_address: of the certificate that was asked for. */
void bl_check_usage(
    struct findings *f, const struct judge *j, const struct bl_cert *c);
void bl_check_address(
    struct findings *f, const struct judge *j, const struct bl_cert *c);
/* bl_check_issuer: may it issue certificates for this purpose? */
void bl_check_issuer(struct findings *f, const struct judge *j,
    const struct bl_cert *c, bool is_anchor);

/* ---- name constraints (names.c) ---- */

/* bl_names_check holds all names of `c` against the constraints of those above. */
BL_CHECK enum bl_err bl_names_check(struct findings *f, struct judge *j,
    const struct bl_cert *c, struct bl_cert *const *above, size_t n);
/* names_constraints_check: can the constraints of an issuer be used? */
void bl_constraints_check(struct findings *f, const struct bl_cert *c);

/* ---- policies (policies.c) ---- */

/*
 * policies is one level of the valid_policy_graph of RFC 9618 5.1, which is all
 * that the next one and the end need: whether the graph is empty is whether its
 * last level is, and whether a node descends from a policy that the person
 * wants is kept with the node.
 */
struct policy_node {
	struct bl_span policy;
	size_t from, n; /* expected_policy_set, in `expected` */
	bool wanted;
};
struct policies {
	struct policy_node *list;
	size_t n, cap;
	struct bl_span *expected;
	size_t expected_n, expected_cap;
};
BL_CHECK enum bl_err bl_policies_start(
    struct policies *p, struct judge *j, struct bl_note *note);
/* bl_policies_step is RFC 5280 6.1.3 (d), (e): use_any says whether anyPolicy may
 * stand for others. */
BL_CHECK enum bl_err bl_policies_step(struct policies *p, struct findings *f,
    struct judge *j, const struct bl_cert *c, bool use_any);
/* bl_policies_map is RFC 5280 6.1.4 (a), (b); may_map: policy_mapping is not 0. */
BL_CHECK enum bl_err bl_policies_map(struct policies *p, struct findings *f,
    struct judge *j, const struct bl_cert *c, bool may_map);
/* policies_wanted: the user-constrained-policy-set is not empty. */
bool bl_policies_wanted(const struct policies *p);
void bl_policies_clear(struct policies *p);

/* ---- paths (path.c, build.c) ---- */

/* bl_path_check is RFC 5280 6.1 for a path whose signatures hold: path[0] is the
 * certificate, path[n - 1] the anchor. Only what concerns the path: usage,
 * address and the like of path[0] are not looked at. */
BL_CHECK enum bl_err bl_path_check(
    struct findings *f, struct judge *j, struct bl_cert *const *path, size_t n);

/* bl_path_build finds the best path from the certificate to an anchor, puts it
 * into the answer, and all that speaks against it into `f`. */
BL_CHECK enum bl_err bl_path_build(
    struct findings *f, struct bl_certs *path, struct judge *j);

/* ---- revocation (revocation.c, ocsp.c, crl.c) ---- */

/* asked is a certificate in question, and what evidence said of it so far. */
struct asked {
	struct judge *j;
	struct bl_cert *const *path; /* of it: path[0], to path[n - 1] */
	size_t n;
	const struct bl_cert *c;
	struct bl_revocation_answer answer;
	struct findings doubts; /* why evidence at hand did not count */
	size_t doubt_count;
};
#define BL_REVOCATION_DEPTH 3 /* signers of evidence that need evidence */

/* bl_doubt notes why evidence does not count; `c`: whom it is said of. */
void bl_doubt(struct asked *a, const struct bl_cert *c, const char *what,
    const char *rule);
/* bl_answer_take takes what evidence that counts said: "revoked" stays, "good"
 * is better than nothing. */
void bl_answer_take(struct asked *a, const struct bl_revocation_answer *said);
/* bl_is_of_today: evidence of this thisUpdate that is fresh today speaks about
 * the time that counts. False where that time is today. */
bool bl_is_of_today(const struct asked *a, int64_t this_update);
/* bl_is_too_late: a revocation that says nothing against what was proven to
 * exist before. */
bool bl_is_too_late(const struct asked *a, unsigned reason, int64_t revoked_at);
/* bl_is_involved: nobody vouches for himself, nor for who vouches for him. */
bool bl_is_involved(const struct asked *a, const struct bl_cert *signer);
/* bl_ask_of_responder asks whether the certificate of a responder, issued by
 * the issuer of the one in question, was revoked. */
BL_CHECK enum bl_err bl_ask_of_responder(
    bool *good, struct asked *a, struct bl_cert *c);
/* Each asks one kind of evidence. */
BL_CHECK enum bl_err bl_ask_responders(struct asked *a);
BL_CHECK enum bl_err bl_ask_lists(struct asked *a);

/* bl_revocation_check asks of each certificate but the anchor whether it was
 * revoked, as the policy has it. */
BL_CHECK enum bl_err bl_revocation_check(
    struct findings *f, struct judge *j, struct bl_cert *const *path, size_t n);

bool bl_is_anchor(const struct bl_trust_ask *ask, const struct bl_cert *c);

#endif
