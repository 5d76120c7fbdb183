/* ocsp.c - what answers of OCSP responders say of a certificate, RFC 6960 3.2;
 * see internal.h.
 *
 * An answer counts when it names the certificate by its issuer's name and key
 * and its serial number, is of the time that counts, answers what was asked, and
 * is signed by the issuer itself or by a responder to whom the issuer, and
 * nobody else, gave a certificate for that. "unknown" is not "good".
 */
#include "cert/ocsp.h"

#include "trust/internal.h"

/* hearing is one answer that is about the certificate. */
struct hearing {
	struct asked *a;
	const struct bl_ocsp_face *face;
	struct bl_revocation_answer said; /* the worst of its answers */
	bool is_unknown;		  /* it says that it does not know */
};

static void
doubt(struct hearing *h, const char *what, const char *rule)
{
	bl_doubt(h->a, h->a->c, what, rule);
}

/* ---- time ---- */

/* What speaks against the times of an answer, or NULL. */
static const char *
not_of_time(const struct hearing *h, const struct bl_ocsp_single *s, int64_t at)
{
	const struct bl_trust_ask *ask = h->a->j->ask;

	if (s->this_update > at + ask->limits->clock_skew)
		return "an OCSP answer is not of the time that counts: its "
		       "thisUpdate is later";
	if (h->face->produced_at > at + ask->limits->clock_skew)
		return "an OCSP answer is not of the time that counts: its "
		       "producedAt is later";
	if (s->has_next_update && s->next_update < at)
		return "an OCSP answer is not of the time that counts: its "
		       "nextUpdate is over";
	if (!s->has_next_update && h->face->nonce != BL_OCSP_SAME_NONCE)
		return "an OCSP answer may be an old one: it has no "
		       "nextUpdate, and no nonce that was asked for";
	if (at - s->this_update > ask->limits->ocsp_age)
		return "an OCSP answer is too old: its thisUpdate is longer "
		       "ago than is allowed here";
	return NULL;
}

/* The same, of the time that counts, or of today where that is enough. */
static const char *
not_fresh(const struct hearing *h, const struct bl_ocsp_single *s)
{
	const struct bl_trust_ask *ask = h->a->j->ask;
	const char *why = not_of_time(h, s, ask->at);

	return why != NULL && bl_is_of_today(h->a, s->this_update)
	    ? not_of_time(h, s, ask->now)
	    : why;
}

/* ---- what it says ---- */

static void
take_single(struct hearing *h, const struct bl_ocsp_single *s)
{
	const char *why = not_fresh(h, s);
	struct bl_revocation_answer said = {.state = BL_CERT_GOOD,
	    .kind = BL_EVIDENCE_OCSP,
	    .source = h->face->source,
	    .this_update = s->this_update,
	    .has_next_update = s->has_next_update,
	    .next_update = s->next_update};

	if (why != NULL) {
		doubt(h, why, "RFC 6960 4.2.2.1");
	} else if (s->unusable) {
		doubt(h,
		    "an OCSP answer has a critical extension that is not "
		    "understood",
		    "RFC 6960 4.4");
	} else if (s->said == BL_OCSP_UNKNOWN) {
		h->is_unknown = true;
	} else {
		if (s->said == BL_OCSP_REVOKED &&
		    !bl_is_too_late(h->a, s->reason, s->revoked_at)) {
			said.state = BL_CERT_REVOKED;
			said.reason = s->reason;
			said.revoked_at = s->revoked_at;
		}
		if (said.state > h->said.state)
			h->said = said;
	}
}

/* All that it says of the certificate; *is_about: it says something. */
static enum bl_err
take_singles(struct hearing *h, bool *is_about)
{
	struct bl_der in = bl_der_of(h->face->singles);
	struct asked *a = h->a;
	enum bl_err err;
	bool yes;

	*is_about = false;
	while (bl_der_peek(&in) != 0) {
		struct bl_ocsp_single s = bl_ocsp_single_read(&in);

		if ((err = bl_cert_id_is(&yes, a->j->ctx, &s.id, a->c,
			 a->path[1], a->j->note)) != BL_OK)
			return err;
		if (!yes)
			continue;
		*is_about = true;
		take_single(h, &s);
	}
	return BL_OK;
}

/* ---- who signed it ---- */

/* ResponderID names this certificate. */
static enum bl_err
is_named(bool *yes, const struct hearing *h, const struct bl_cert *c)
{
	const struct bl_ocsp_face *f = h->face;
	struct bl_digest_value v;
	enum bl_err err;

	*yes = f->by_name.n != 0 &&
	    bl_name_same(f->by_name, bl_cert_subject(c));
	if (f->by_key.n == 0)
		return BL_OK;
	if ((err = bl_cert_key_hash(
		 &v, h->a->j->ctx, BL_SHA1, c, h->a->j->note)) == BL_OK)
		*yes = bl_span_equal(bl_span_of(v.p, v.n), f->by_key);
	return err;
}

/* The key of the certificate made this signature; as many are tried as a path
 * may have. */
static enum bl_err
signature_holds(bool *yes, struct asked *a, struct bl_span bytes,
    struct bl_sig_alg alg, struct bl_span value, const struct bl_cert *by)
{
	*yes = false;
	if (a->j->signatures == 0) {
		bl_doubt(a, a->c,
		    "there are too many signatures of evidence to check", NULL);
		return BL_OK;
	}
	a->j->signatures--;
	return bl_trust_signature(
	    yes, a->j->ctx, bytes, alg, value, by, a->j->note);
}

static enum bl_err
did_sign(bool *yes, struct hearing *h, const struct bl_cert *c)
{
	const struct bl_ocsp_face *f = h->face;

	return signature_holds(yes, h->a, f->tbs, f->alg, f->signature, c);
}

/* A key that may sign something other than certificates. */
static bool
may_sign(const struct bl_cert *c)
{
	return (bl_cert_key_usage(c) &
		   (BL_KU_DIGITAL_SIGNATURE | BL_KU_NON_REPUDIATION |
		       BL_KU_CRL_SIGN)) != 0;
}

static enum bl_err
is_by_issuer(bool *yes, struct hearing *h)
{
	const struct bl_cert *issuer = h->a->path[1];
	enum bl_err err;

	if ((err = is_named(yes, h, issuer)) != BL_OK || !*yes)
		return err;
	if (!may_sign(issuer)) {
		doubt(h,
		    "keyUsage of the issuer has nothing to sign an OCSP answer "
		    "with",
		    "RFC 5280 4.2.1.3");
		*yes = false;
		return BL_OK;
	}
	return did_sign(yes, h, issuer);
}

/* The issuer in person gave the responder its certificate (4.2.2.2). */
static enum bl_err
is_issued(bool *yes, struct asked *a, const struct bl_cert *c)
{
	*yes = false;
	if (!bl_name_same(bl_cert_issuer(c), bl_cert_subject(a->path[1])))
		return BL_OK;
	return signature_holds(yes, a, bl_cert_tbs(c), bl_cert_sig_alg(c),
	    bl_cert_signature(c), a->path[1]);
}

/* What is to be said of the certificate of a responder alone. */
static bool
is_fit(struct asked *a, const struct bl_cert *c)
{
	struct findings f = {0};
	bool yes;

	if ((bl_cert_flags(c) & BL_CERT_EKU_OCSP) == 0)
		bl_trust_against(&f, c, BL_REASON_BIT(WRONG_USAGE),
		    "it signed an OCSP answer, and extKeyUsage has not "
		    "OCSPSigning",
		    "RFC 6960 4.2.2.2");
	if ((bl_cert_key_usage(c) &
		(BL_KU_DIGITAL_SIGNATURE | BL_KU_NON_REPUDIATION)) == 0)
		bl_trust_against(&f, c, BL_REASON_BIT(WRONG_USAGE),
		    "it signed an OCSP answer, and keyUsage has neither "
		    "digitalSignature nor nonRepudiation",
		    "RFC 5280 4.2.1.3");
	bl_check_time(&f, a->j, c);
	bl_check_key(&f, a->j, c);
	bl_check_form(&f, c);
	bl_check_own_signature(&f, a->j, c);
	yes = f.reasons == 0;
	f.reasons = 0; /* nothing against the certificate in question */
	bl_findings_take(&a->doubts, &f);
	a->doubt_count += !yes;
	bl_findings_clear(&f);
	return yes;
}

static bool
need_not_ask(const struct bl_cert *c)
{
	struct bl_span value;

	return bl_cert_extension(
	    c, bl_oid_octets(BL_OID_OCSP_NOCHECK), &value, NULL);
}

/* Whether it was signed by the responder with this certificate, who may. */
static enum bl_err
is_by_responder(bool *yes, struct hearing *h, struct bl_cert *c)
{
	struct asked *a = h->a;
	enum bl_err err;

	if ((err = is_named(yes, h, c)) != BL_OK || !*yes ||
	    (err = did_sign(yes, h, c)) != BL_OK || !*yes)
		return err;
	*yes = false;
	if (bl_is_involved(a, c)) {
		bl_doubt(a, c, "it vouches for itself in an OCSP answer",
		    "RFC 6960 4.2.2.2");
		return BL_OK;
	}
	if (!is_fit(a, c) || (err = is_issued(yes, a, c)) != BL_OK)
		return err;
	if (!*yes) {
		bl_doubt(a, c,
		    "it signed an OCSP answer, and was not issued by the "
		    "issuer of the certificate in question",
		    "RFC 6960 4.2.2.2");
		return BL_OK;
	}
	if (need_not_ask(c) ||
	    (err = bl_ask_of_responder(yes, a, c)) != BL_OK || *yes)
		return err;
	bl_doubt(a, c,
	    "it signed an OCSP answer, and is not known to be unrevoked itself",
	    "RFC 6960 4.2.2.2.1");
	return BL_OK;
}

/* Certificates that came with the answer. One that cannot be read is none. */
static enum bl_err
is_by_enclosed(bool *yes, struct hearing *h)
{
	struct bl_der in = bl_der_of(h->face->certs);
	const struct judge *j = h->a->j;
	enum bl_err err = BL_OK;

	while (bl_der_peek(&in) != 0 && !*yes) {
		struct bl_span der = bl_der_whole(&in, BL_DER_SEQUENCE);
		struct bl_cert *c;

		err = bl_cert_read(&c, j->ctx, der, j->ask->limits, NULL);
		if (err == BL_E_MALFORMED || err == BL_E_LIMIT)
			continue;
		if (err != BL_OK)
			return bl_fail(j->note, err, 0,
			    "the certificate of a responder could not be read",
			    NULL);
		err = is_by_responder(yes, h, c);
		bl_cert_free(c);
		if (err != BL_OK)
			return err;
	}
	return BL_OK;
}

/* Those at hand: only responders of this issuer are worth a look. */
static enum bl_err
is_by_pooled(bool *yes, struct hearing *h)
{
	const struct bl_certs *pool = h->a->j->ask->pool;
	struct bl_span issuer = bl_cert_subject(h->a->path[1]);
	enum bl_err err = BL_OK;

	for (size_t i = 0; pool != NULL && i < pool->n && err == BL_OK && !*yes;
	     i++) {
		struct bl_cert *c = pool->list[i];

		if ((bl_cert_flags(c) & BL_CERT_EKU_OCSP) != 0 &&
		    bl_name_same(bl_cert_issuer(c), issuer))
			err = is_by_responder(yes, h, c);
	}
	return err;
}

static enum bl_err
is_signed(bool *yes, struct hearing *h)
{
	size_t doubts = h->a->doubt_count;
	enum bl_err err;

	*yes = false;
	if (bl_policy_sig_alg(h->a->j->policy, &h->face->alg) != 0) {
		doubt(h,
		    "the signature of an OCSP answer was made with an "
		    "algorithm that is weak or not known",
		    "RFC 6960 4.3");
		return BL_OK;
	}
	if ((err = is_by_issuer(yes, h)) != BL_OK || *yes ||
	    (err = is_by_enclosed(yes, h)) != BL_OK || *yes ||
	    (err = is_by_pooled(yes, h)) != BL_OK || *yes)
		return err;
	if (h->a->doubt_count == doubts)
		doubt(h,
		    "the signature of an OCSP answer does not hold, or is by "
		    "nobody who may answer for the issuer",
		    "RFC 6960 3.2");
	return BL_OK;
}

/* ---- the answer ---- */

static const char *
refusal_text(enum bl_ocsp_status s)
{
	switch (s) {
	case BL_OCSP_SUCCESSFUL:
		break;
	case BL_OCSP_MALFORMED_REQUEST:
		return "an OCSP responder refused to answer: malformedRequest";
	case BL_OCSP_INTERNAL_ERROR:
		return "an OCSP responder refused to answer: internalError";
	case BL_OCSP_TRY_LATER:
		return "an OCSP responder refused to answer: tryLater";
	case BL_OCSP_SIG_REQUIRED:
		return "an OCSP responder refused to answer: sigRequired";
	case BL_OCSP_UNAUTHORIZED:
		return "an OCSP responder refused to answer: unauthorized";
	}
	return NULL;
}

/* What speaks against the answer as a whole; false when it does not count. */
static bool
is_usable(struct hearing *h)
{
	if (h->face->unusable)
		doubt(h,
		    "an OCSP answer has a critical extension that is not "
		    "understood",
		    "RFC 6960 4.4");
	else if (h->face->nonce == BL_OCSP_OTHER_NONCE)
		doubt(h,
		    "an OCSP answer is to another question: its nonce is not "
		    "the one that was asked for",
		    "RFC 9654 2.1");
	else
		return true;
	return false;
}

static enum bl_err
hear(struct asked *a, const struct bl_ocsp *o)
{
	struct hearing h = {.a = a, .face = bl_ocsp_face(o)};
	const char *refusal = refusal_text(h.face->status);
	enum bl_err err;
	bool yes;

	if (refusal != NULL) {
		bl_doubt(a, a->c, refusal, "RFC 6960 2.3");
		return BL_OK;
	}
	if ((err = take_singles(&h, &yes)) != BL_OK || !yes || !is_usable(&h))
		return err;
	if (h.said.state == BL_CERT_NOT_ASKED && !h.is_unknown)
		return BL_OK;
	if ((err = is_signed(&yes, &h)) != BL_OK || !yes)
		return err;
	if (h.said.state == BL_CERT_REVOKED || !h.is_unknown)
		bl_answer_take(a, &h.said);
	else
		doubt(&h,
		    "an OCSP responder does not know it: \"unknown\" is not "
		    "\"good\"",
		    "RFC 6960 2.2");
	return BL_OK;
}

enum bl_err
bl_ask_responders(struct asked *a)
{
	const struct bl_ocsps *ocsps = a->j->ask->ocsps;
	enum bl_err err = BL_OK;

	for (size_t i = 0; ocsps != NULL && i < ocsps->n && err == BL_OK &&
	     a->answer.state != BL_CERT_REVOKED;
	     i++)
		err = hear(a, ocsps->list[i]);
	return err;
}
