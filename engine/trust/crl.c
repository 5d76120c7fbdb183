/* crl.c - what revocation lists say of a certificate, RFC 5280 6.3.3; see
 * internal.h.
 *
 * A list counts when it is fresh at the time that counts, is about certificates
 * of this kind and this distribution point, and holds a signature of its issuer,
 * whose own certificate leads to the anchor of the path. A certificate is not
 * revoked when lists for every reason say nothing of it; else it is not known.
 */
#include "cert/crl.h"

#include "trust/cache.h"
#include "trust/internal.h"

#define ALL_REASONS 0x1feu /* ReasonFlags 1 to 8 */
#define RULE	    "RFC 5280 6.3.3"

/* search is what lists said of the certificate in question. */
struct search {
	struct asked *a;
	unsigned reasons;		     /* that lists were found for */
	struct bl_revocation_answer weakest; /* of those: first to expire */
};

/* ---- the list's own worth ---- */

/* What speaks against its time, or NULL. */
static const char *
not_of_time(const struct bl_crl_face *l, int64_t at)
{
	if (l->this_update > at)
		return "a revocation list is not of the time that counts: its "
		       "thisUpdate is later";
	if (!l->has_next_update)
		return "a revocation list is not of the time that counts, as "
		       "far as can be told: it has no nextUpdate";
	if (l->next_update < at)
		return "a revocation list is not of the time that counts: its "
		       "nextUpdate is over";
	return NULL;
}

/* The same, of the time that counts, or of today where that is enough. */
static const char *
not_fresh(const struct asked *a, const struct bl_crl_face *l)
{
	const char *why = not_of_time(l, a->j->ask->at);

	return why != NULL && bl_is_of_today(a, l->this_update)
	    ? not_of_time(l, a->j->ask->now)
	    : why;
}

/* A GeneralName of one list is in the other. */
static bool
have_common(struct bl_span a, struct bl_span b)
{
	struct bl_der x = bl_der_of(a);

	while (bl_der_peek(&x) != 0) {
		struct bl_gname g = bl_gname_read(&x);
		struct bl_der y = bl_der_of(b);

		while (bl_der_peek(&y) != 0) {
			struct bl_gname h = bl_gname_read(&y);

			if (g.tag != h.tag)
				continue;
			if (g.tag == BL_GN_DIRECTORY
				? bl_name_same(g.value, h.value)
				: bl_span_equal(g.value, h.value) &&
				    bl_span_equal(g.oid, h.oid))
				return true;
		}
	}
	return false;
}

/* GeneralNames hold this Name. */
static bool
has_directory_name(struct bl_span names, struct bl_span name)
{
	struct bl_der in = bl_der_of(names);

	while (bl_der_peek(&in) != 0) {
		struct bl_gname g = bl_gname_read(&in);

		if (g.tag == BL_GN_DIRECTORY && bl_name_same(g.value, name))
			return true;
	}
	return false;
}

/* The Name that an RDN relative to `base` makes, appended. */
static void
put_relative(struct bl_buf *out, struct bl_span base, struct bl_span rdn)
{
	struct bl_der in = bl_der_of(base);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	bl_buf_add(out, bl_der_take(&in, BL_DER_SEQUENCE));
	bl_der_put(out, BL_DER_SET, rdn);
	bl_der_close(out, seq);
}

/* The full names of a point: its own, or the one that is relative to the
 * issuer of the list. */
static void
put_names(
    struct bl_buf *out, const struct bl_dist_point *p, struct bl_span issuer)
{
	struct bl_buf name = {0};

	if (p->relative.n == 0) {
		bl_buf_add(out, p->names);
		return;
	}
	put_relative(&name, issuer, p->relative);
	bl_der_put(out, BL_GN_DIRECTORY, bl_buf_span(&name));
	if (name.err != BL_OK && out->err == BL_OK)
		out->err = name.err;
	bl_buf_clear(&name);
}

/* 6.3.3 (b) (2) (i): the list's point and the certificate's have a name in
 * common; where the certificate's has none, its cRLIssuer stands for it. */
static bool
same_point(
    struct judge *j, const struct bl_crl_face *l, const struct bl_dist_point *p)
{
	struct bl_buf ours = {0}, theirs = {0};
	bool same;

	if (l->point.names.n == 0 && l->point.relative.n == 0)
		return true;
	put_names(&theirs, &l->point, l->issuer);
	if (p->names.n == 0 && p->relative.n == 0)
		bl_buf_add(&ours, p->issuers);
	else
		put_names(&ours, p, l->issuer);
	same = have_common(bl_buf_span(&ours), bl_buf_span(&theirs));
	if (ours.err == BL_E_MEMORY || theirs.err == BL_E_MEMORY)
		j->out_of_memory = true;
	bl_buf_clear(&ours);
	bl_buf_clear(&theirs);
	return same;
}

/* 6.3.3 (b): is the list about this certificate, by this point of its? */
static bool
is_about(
    struct asked *a, const struct bl_crl_face *l, const struct bl_dist_point *p)
{
	bool is_ca = (bl_cert_flags(a->c) & BL_CERT_CA) != 0;

	if (p->issuers.n != 0
		? !l->indirect || !has_directory_name(p->issuers, l->issuer)
		: !bl_name_same(l->issuer, bl_cert_issuer(a->c)))
		return false;
	if ((l->only_users && is_ca) || (l->only_cas && !is_ca) ||
	    l->only_attributes)
		return false;
	return same_point(a->j, l, p);
}

/* ---- who signed it ---- */

static bool
may_sign_lists(const struct bl_cert *c)
{
	return (bl_cert_key_usage(c) & BL_KU_CRL_SIGN) != 0;
}

/* The certificate of a list's signer leads to the same anchor, with answers of
 * its own. */
static enum bl_err
leads_to_anchor(bool *yes, struct asked *a, struct bl_cert *signer)
{
	const struct bl_certs anchor = {
	    (struct bl_cert **)(uintptr_t)&a->path[a->n - 1], 1, 1};
	struct bl_trust_ask ask = *a->j->ask;
	struct judge inner = *a->j;
	struct bl_certs path = {0};
	struct findings f = {0};
	enum bl_err err;

	*yes = bl_is_anchor(&(struct bl_trust_ask){.anchors = &anchor}, signer);
	if (*yes || a->j->depth >= BL_REVOCATION_DEPTH)
		return BL_OK;
	ask = (struct bl_trust_ask){.cert = signer,
	    .at = ask.at,
	    .now = ask.now,
	    .anchors = &anchor,
	    .pool = ask.pool,
	    .crls = ask.crls,
	    .ocsps = ask.ocsps,
	    .limits = ask.limits,
	    .policy = ask.policy,
	    .cache = ask.cache};
	inner.ask = &ask;
	inner.depth++;
	inner.in_question = a->c;
	bl_check_time(&f, &inner, signer);
	bl_check_key(&f, &inner, signer);
	bl_check_form(&f, signer);
	bl_check_own_signature(&f, &inner, signer);
	if ((err = bl_path_build(&f, &path, &inner)) == BL_OK)
		*yes = f.reasons == 0;
	if (err == BL_OK)
		err = bl_trust_wish_all(&a->doubts.wants, &f.wants, a->j->note);
	a->j->signatures = inner.signatures;
	bl_certs_clear(&path);
	bl_findings_clear(&f);
	return err;
}

/* Whether `signer` made the list, and may. */
static enum bl_err
is_signer(bool *yes, struct asked *a, const struct bl_crl_face *l,
    struct bl_cert *signer)
{
	struct bl_cache *cache = a->j->ask->cache;
	const struct bl_cache_signed what = {.object = bl_cache_list(cache, l),
	    .bytes = l->tbs,
	    .value = l->signature,
	    .alg = l->alg};
	enum bl_err err;

	*yes = false;
	if (!bl_name_same(bl_cert_subject(signer), l->issuer) ||
	    !may_sign_lists(signer) || a->j->signatures == 0)
		return BL_OK;
	a->j->signatures--;
	if ((err = bl_cache_signature(
		 yes, cache, a->j->ctx, &what, signer, a->j->note)) != BL_OK ||
	    !*yes)
		return err;
	/* the issuer of the certificate is on the path that is judged */
	if (signer == a->path[1])
		return BL_OK;
	*yes = false;
	return bl_is_involved(a, signer) ? BL_OK
					 : leads_to_anchor(yes, a, signer);
}

static enum bl_err
signed_by_one_of(bool *yes, struct asked *a, const struct bl_crl_face *l,
    const struct bl_certs *set)
{
	enum bl_err err = BL_OK;

	*yes = false;
	for (size_t i = 0; set != NULL && i < set->n && err == BL_OK && !*yes;
	     i++)
		if (set->list[i] != a->path[1])
			err = is_signer(yes, a, l, set->list[i]);
	return err;
}

static enum bl_err
is_signed(bool *yes, struct asked *a, const struct bl_crl_face *l)
{
	const struct bl_trust_ask *ask = a->j->ask;
	enum bl_err err = BL_OK;

	*yes = false;
	if (bl_policy_sig_alg(a->j->policy, &l->alg) != 0)
		return BL_OK;
	if ((err = is_signer(yes, a, l, a->path[1])) != BL_OK || *yes)
		return err;
	if ((err = signed_by_one_of(yes, a, l, ask->anchors)) != BL_OK || *yes)
		return err;
	return signed_by_one_of(yes, a, l, ask->pool);
}

/* ---- what it says ---- */

/* 6.3.3 (c): the delta continues this complete list. */
static bool
is_delta_of(const struct bl_crl_face *d, const struct bl_crl_face *l)
{
	return d->is_delta && !d->unusable && l->number.n != 0 &&
	    d->number.n != 0 && bl_name_same(d->issuer, l->issuer) &&
	    bl_span_equal(d->idp, l->idp) && bl_span_equal(d->aki, l->aki) &&
	    !bl_crl_number_less(l->number, d->base) &&
	    !bl_crl_number_less(d->number, l->number);
}

/* The newest delta that counts, or NULL. */
static enum bl_err
find_delta(
    const struct bl_crl **out, struct asked *a, const struct bl_crl_face *l)
{
	const struct bl_crls *crls = a->j->ask->crls;
	bool yes;

	*out = NULL;
	for (size_t i = 0; i < crls->n; i++) {
		const struct bl_crl_face *d = bl_crl_face(crls->list[i]);
		enum bl_err err;

		if (!is_delta_of(d, l) || not_fresh(a, d) ||
		    (*out != NULL &&
			!bl_crl_number_less(
			    bl_crl_face(*out)->number, d->number)))
			continue;
		if ((err = is_signed(&yes, a, d)) != BL_OK)
			return err;
		if (yes)
			*out = crls->list[i];
	}
	return BL_OK;
}

static struct bl_revocation_answer
answer_of(enum bl_cert_state state, const struct bl_crl_face *l)
{
	return (struct bl_revocation_answer){.state = state,
	    .kind = BL_EVIDENCE_CRL,
	    .source = l->source,
	    .this_update = l->this_update,
	    .has_next_update = l->has_next_update,
	    .next_update = l->next_update};
}

/* Several lists may be needed to say "good": the first to expire is told. */
static void
take_good(struct search *s, const struct bl_crl_face *l)
{
	if (s->weakest.kind == BL_EVIDENCE_NONE ||
	    l->next_update < s->weakest.next_update)
		s->weakest = answer_of(BL_CERT_GOOD, l);
}

static enum bl_err
look_up(struct search *s, const struct bl_crl *crl)
{
	struct bl_span issuer = bl_cert_issuer(s->a->c);
	struct bl_span serial = bl_cert_serial(s->a->c);
	struct bl_revocation_answer revoked;
	const struct bl_crl *delta, *by = NULL;
	unsigned reason = 0;
	int64_t at = 0;
	enum bl_err err;

	if ((err = find_delta(&delta, s->a, bl_crl_face(crl))) != BL_OK)
		return err;
	if (delta != NULL && bl_crl_find(delta, issuer, serial, &reason, &at)) {
		if (reason != BL_CRL_REMOVED)
			by = delta;
	} else if (bl_crl_find(crl, issuer, serial, &reason, &at)) {
		by = crl;
	}
	if (by == NULL || bl_is_too_late(s->a, reason, at)) {
		take_good(s, bl_crl_face(delta != NULL ? delta : crl));
		return BL_OK;
	}
	revoked = answer_of(BL_CERT_REVOKED, bl_crl_face(by));
	revoked.reason = reason;
	revoked.revoked_at = at;
	bl_answer_take(s->a, &revoked);
	return BL_OK;
}

/* Why a list that is about the certificate does not count; NULL when it does.
 * Its signature aside. */
static const char *
against(const struct asked *a, const struct bl_crl_face *l)
{
	const char *why = not_fresh(a, l);

	if (why == NULL && l->unusable)
		why = "a revocation list has a critical extension that is not "
		      "understood";
	return why;
}

static enum bl_err
take_list(
    struct search *s, const struct bl_crl *crl, const struct bl_dist_point *p)
{
	const struct bl_crl_face *l = bl_crl_face(crl);
	unsigned reasons = ALL_REASONS;
	const char *why;
	enum bl_err err;
	bool yes;

	if (l->is_delta || !is_about(s->a, l, p))
		return BL_OK;
	if (p->has_reasons)
		reasons &= p->reasons;
	if (l->point.has_reasons)
		reasons &= l->point.reasons;
	if ((why = against(s->a, l)) != NULL) {
		bl_doubt(s->a, s->a->c, why, RULE);
		return BL_OK;
	}
	if ((err = is_signed(&yes, s->a, l)) != BL_OK)
		return err;
	if (!yes) {
		bl_doubt(s->a, s->a->c,
		    "the signature of a revocation list does not hold, is "
		    "weak, or its signer may not sign it",
		    RULE);
		return BL_OK;
	}
	s->reasons |= reasons;
	return look_up(s, crl);
}

static bool
is_settled(const struct search *s)
{
	return s->a->answer.state == BL_CERT_REVOKED;
}

static enum bl_err
take_lists(struct search *s, const struct bl_dist_point *p)
{
	const struct bl_crls *crls = s->a->j->ask->crls;
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < crls->n && err == BL_OK && !is_settled(s); i++)
		err = take_list(s, crls->list[i], p);
	return err;
}

/* 6.3.3: each point of the certificate, then the lists of its issuer. */
static enum bl_err
take_points(struct search *s)
{
	struct bl_der in = bl_der_of(bl_cert_path(s->a->c)->points);
	struct bl_buf issuer = {0};
	struct bl_dist_point own = {0};
	enum bl_err err = BL_OK;

	while (bl_der_peek(&in) != 0 && err == BL_OK && !is_settled(s)) {
		struct bl_dist_point p = bl_dist_point_read(&in);

		err = take_lists(s, &p);
	}
	bl_der_put(&issuer, BL_GN_DIRECTORY, bl_cert_issuer(s->a->c));
	own.names = bl_buf_span(&issuer);
	if (err == BL_OK &&
	    (err = bl_buf_err(&issuer, s->a->j->note)) == BL_OK &&
	    !is_settled(s) && s->reasons != ALL_REASONS)
		err = take_lists(s, &own);
	bl_buf_clear(&issuer);
	return err;
}

enum bl_err
bl_ask_lists(struct asked *a)
{
	struct search s = {.a = a};
	enum bl_err err;

	if (a->j->ask->crls == NULL)
		return BL_OK;
	if ((err = take_points(&s)) != BL_OK)
		return err;
	if (s.reasons == ALL_REASONS)
		bl_answer_take(a, &s.weakest);
	else if (s.reasons != 0)
		bl_doubt(a, a->c,
		    "the revocation lists at hand are not for all reasons",
		    RULE);
	return BL_OK;
}
