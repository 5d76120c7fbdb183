/* signer.c - each signature for itself: does the arithmetic hold, who is it, is
 * it good enough; see opening.h. */
#include "message/opening.h"

#include "cert/cert.h"

#define SLACK 3600 /* seconds, where the policy says nothing */

/* ---- does the arithmetic hold ---- */

/* Computes from the spool what micalg did not announce; only where the content
 * of the message is the content of this layer. */
static enum bl_err
hash_again(struct bl_open *o, struct bl_shell *s)
{
	unsigned set = bl_cms_digests(s->cms);
	struct bl_crlf crlf = {0};
	struct bl_buf text = {0};
	struct bl_span chunk;
	enum bl_err err;

	if ((err = bl_hashes_new(&s->again, o->ctx, set, &o->note)) != BL_OK ||
	    (err = bl_vault_rewind(&o->out, &o->note)) != BL_OK)
		return err;
	do {
		if ((err = bl_vault_read(&o->out, &chunk, &o->note)) != BL_OK)
			break;
		bl_buf_reset(&text);
		if (s->is_lf) {
			bl_crlf_add(&crlf, &text, chunk);
			err = bl_buf_err(&text, &o->note);
		}
		if (err == BL_OK)
			err = bl_hashes_add(s->again,
			    s->is_lf ? bl_buf_span(&text) : chunk, &o->note);
	} while (err == BL_OK && chunk.n > 0);
	bl_buf_clear(&text);
	return err == BL_OK ? bl_hashes_end(s->again, &o->note) : err;
}

static bool
can_hash_again(const struct bl_open *o, const struct bl_shell *s)
{
	return s->face.kind == BL_LAYER_CLEAR_SIGNED && o->tip.of == s &&
	    o->tip.ended && s->again == NULL && bl_cms_digests(s->cms) != 0;
}

static enum bl_err
check(enum bl_signer_result *out, struct bl_open *o, struct bl_shell *s,
    size_t i, const struct bl_cert *c)
{
	const struct bl_hashes *h = s->again != NULL ? s->again
	    : s->face.kind == BL_LAYER_DETACHED	     ? o->given
						     : s->hashes;
	enum bl_err err;

	if (!bl_cms_is_detached(s->cms))
		h = NULL;
	else if (h == NULL) /* the content is not at hand */
		return BL_OK;
	err = bl_cms_signer_check(out, s->cms, i, c, h, &o->note);
	if (err != BL_OK || *out != BL_SIGNER_NO_DIGEST ||
	    !can_hash_again(o, s))
		return err;
	if ((err = hash_again(o, s)) != BL_OK)
		return err;
	return bl_cms_signer_check(out, s->cms, i, c, s->again, &o->note);
}

static bl_reasons
result_reasons(enum bl_signer_result r)
{
	switch (r) {
	case BL_SIGNER_GOOD:
		return 0;
	case BL_SIGNER_ALTERED:
		return BL_REASON_BIT(CONTENT_ALTERED);
	case BL_SIGNER_WRONG:
		return BL_REASON_BIT(SIGNATURE_WRONG);
	case BL_SIGNER_MALFORMED:
		return BL_REASON_BIT(SIGNATURE_MALFORMED);
	case BL_SIGNER_UNCHECKED:
	case BL_SIGNER_NO_DIGEST:
	case BL_SIGNER_UNANNOUNCED:
		return BL_REASON_BIT(UNKNOWN_ALGORITHM);
	}
	return BL_REASON_BIT(MALFORMED); /* was not checked */
}

static const char *
result_text(enum bl_signer_result r)
{
	switch (r) {
	case BL_SIGNER_GOOD:
		return "the signature holds";
	case BL_SIGNER_ALTERED:
		return "the content is not the one that was signed";
	case BL_SIGNER_WRONG:
		return "the signature was not made with this key";
	case BL_SIGNER_MALFORMED:
		return "the signature breaks the rules of its format";
	case BL_SIGNER_UNCHECKED:
		return "the algorithm cannot be checked here";
	case BL_SIGNER_NO_DIGEST:
		return "the content was not hashed with the signer's digest";
	case BL_SIGNER_UNANNOUNCED:
		return "the signer's digest is not among digestAlgorithms "
		       "[RFC 5652 5.1]";
	}
	return "the signature was not checked";
}

/* ---- who is it ---- */

/* All that was given, for the path: the pool with the message's own. */
static enum bl_err
pool_of(struct bl_certs *out, const struct bl_open *o, struct bl_note *note)
{
	const struct bl_certs *const sets[] = {
	    &o->verdict.message, &o->gather.certs, o->opts.pool};
	size_t n = 0;

	*out = (struct bl_certs){0};
	for (size_t k = 0; k < 3; k++)
		n += sets[k] == NULL ? 0 : sets[k]->n;
	if (n == 0)
		return BL_OK;
	out->list = bl_alloc_array(n, sizeof(*out->list));
	if (out->list == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	out->cap = n;
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; sets[k] != NULL && i < sets[k]->n; i++) {
			struct bl_cert *c = sets[k]->list[i];

			/* Only the pool is long, and has no doubles. */
			if (k == 2 && out->n > 0 &&
			    (bl_certs_by_sha256(&o->verdict.message,
				 bl_cert_sha256(c)) != NULL ||
				bl_certs_by_sha256(&o->gather.certs,
				    bl_cert_sha256(c)) != NULL))
				continue;
			out->list[out->n++] = bl_cert_hold(c);
		}
	return BL_OK;
}

/* Who else must be certified: who was expected besides the From there is, and
 * whom a From names that the signature covers (ATK-212). */
static bool
is_for_all(
    const struct bl_open *o, const struct bl_shell *s, const struct bl_cert *c)
{
	const struct bl_sender *inside = bl_headers_sender(o);

	if (o->sender.addr.n > 0 && o->opts.from.n > 0 &&
	    !bl_cert_has_addr(c, o->opts.from, NULL))
		return false;
	return inside == NULL || inside->addr.n == 0 ||
	    !bl_covers_content(o, s) ||
	    bl_cert_has_addr(c, bl_buf_span(&inside->addr), NULL);
}

static enum bl_err
judge_cert(struct bl_trust_answer *out, struct bl_open *o,
    const struct bl_evidence *evidence, const struct bl_shell *s,
    const struct bl_cert *c)
{
	struct bl_certs pool;
	struct bl_trust_ask ask = {.cert = c,
	    .purpose = BL_PURPOSE_SIGN,
	    .address = bl_sender_expected(o),
	    .at = o->verdict.at,
	    .now = o->opts.proven != 0 ? o->opts.now : 0,
	    .anchors = o->opts.anchors,
	    .pool = &pool,
	    .crls = &evidence->crls,
	    .ocsps = &evidence->ocsps,
	    .limits = &o->limits,
	    .policy = &o->policy,
	    .cache = o->opts.cache};
	enum bl_err err = pool_of(&pool, o, &o->note);

	if (err == BL_OK)
		err = bl_trust_judge(out, o->ctx, &ask, &o->note);
	bl_certs_clear(&pool);
	if (err != BL_OK)
		return err;
	if (!is_for_all(o, s, c)) {
		out->reasons |= BL_REASON_BIT(SIGNER_MISMATCH);
		out->valid = false;
	}
	return BL_OK;
}

/* A certificate that made the signature is better than one that did not, and
 * best is one that is trusted too. */
static unsigned
rank(const struct bl_choice *c)
{
	if (c->result != BL_SIGNER_GOOD)
		return 0;
	return c->answer.valid ? 2 : 1;
}

/* Of those that the signer names, the best; the first where they are equal. */
static enum bl_err
choose(struct bl_choice *out, struct bl_open *o,
    const struct bl_evidence *evidence, struct bl_shell *s, size_t i)
{
	const struct bl_rid *rid = &bl_cms_signer(s->cms, i)->rid;
	struct bl_choice now;
	size_t pos = 0;
	enum bl_err err;

	for (;;) {
		now = (struct bl_choice){.cert = bl_signer_cert(o, rid, &pos)};
		if (now.cert == NULL)
			return BL_OK;
		if ((err = check(&now.result, o, s, i, now.cert)) != BL_OK)
			return err;
		if (out->cert != NULL && now.result != BL_SIGNER_GOOD)
			continue;
		err = judge_cert(&now.answer, o, evidence, s, now.cert);
		if (err != BL_OK ||
		    (out->cert != NULL && rank(&now) <= rank(out))) {
			bl_trust_answer_clear(&now.answer);
			if (err != BL_OK)
				return err;
			continue;
		}
		bl_trust_answer_clear(&out->answer);
		*out = now;
	}
}

void
bl_choices_clear(struct bl_open *o)
{
	for (size_t i = 0; i < o->choice_count; i++)
		bl_trust_answer_clear(&o->choices[i].answer);
	bl_release(o->choices);
	o->choices = NULL;
	o->choice_count = o->choice_cap = 0;
}

static enum bl_err
choose_next(struct bl_open *o, const struct bl_evidence *evidence,
    struct bl_shell *s, size_t i)
{
	struct bl_choice *c;
	enum bl_err err = bl_list_grow(&o->choices, o->choice_count,
	    &o->choice_cap, sizeof(*o->choices), &o->note);

	if (err != BL_OK)
		return err;
	c = &o->choices[o->choice_count++];
	*c = (struct bl_choice){0};
	return choose(c, o, evidence, s, i);
}

static enum bl_err
choose_all(struct bl_open *o, const struct bl_evidence *evidence)
{
	enum bl_err err = BL_OK;

	bl_choices_clear(o);
	for (size_t k = 0; k < bl_visible_shells(o); k++) {
		struct bl_shell *s = o->shells[k];
		size_t n = bl_has_signers(s) ? bl_cms_signer_count(s->cms) : 0;

		for (size_t i = 0; err == BL_OK && i < n; i++)
			err = choose_next(o, evidence, s, i);
	}
	return err;
}

/* Nothing is asked for whoever did not make the signature: it would help
 * nobody but the one who wants to know that the message is being read. */
static enum bl_err
ask(struct bl_open *o)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < o->choice_count; i++) {
		const struct bl_choice *c = &o->choices[i];
		const struct bl_ask ask = {.wishes = &c->answer.wants,
		    .leaf = c->cert,
		    .at = o->opts.now,
		    .limits = &o->limits};

		if (c->cert != NULL && c->result == BL_SIGNER_GOOD)
			err = bl_gather_ask(
			    &o->gather, &o->wants, o->ctx, &ask, &o->note);
	}
	return err;
}

enum bl_err
bl_signers_choose(struct bl_open *o)
{
	struct bl_evidence evidence = {0};
	enum bl_err err = BL_OK;

	if (o->wants.n != 0 && (err = bl_signers_answered(o)) != BL_OK)
		return err;
	if ((err = bl_evidence_gather(&evidence, &o->gather, o->opts.crls,
		 o->opts.ocsps, &o->note)) == BL_OK &&
	    (err = choose_all(o, &evidence)) == BL_OK)
		err = ask(o);
	bl_evidence_release(&evidence);
	return err == BL_OK && o->wants.n != 0 ? BL_NEED : err;
}

/* ---- what is to be said of it ---- */

/* The Date that is shown: a policy may put another one outside. */
static const struct bl_sender *
date_of(const struct bl_open *o, const struct bl_shell *s)
{
	const struct bl_sender *inside = bl_headers_sender(o);

	return inside != NULL && inside->date_state != BL_DATE_NONE &&
		bl_covers_content(o, s)
	    ? inside
	    : &o->sender;
}

static bl_reasons
date_reasons(const struct bl_open *o, const struct bl_shell *s,
    const struct bl_signer_info *info)
{
	const struct bl_sender *m = date_of(o, s);
	int64_t slack = o->policy.date_slack != 0 ? o->policy.date_slack
						  : SLACK;
	int64_t apart = info->signing_time - m->date;

	if (!info->has_signing_time)
		return 0;
	if (info->signing_time - o->verdict.at > slack)
		return BL_REASON_BIT(DATE_MISMATCH);
	if (m->date_state == BL_DATE_NONE)
		return 0;
	return m->date_state == BL_DATE_BAD || apart > slack || apart < -slack
	    ? BL_REASON_BIT(DATE_MISMATCH)
	    : 0;
}

static bl_reasons
all_reasons(const struct bl_open *o, const struct bl_shell *s,
    const struct bl_signer_info *info, const struct bl_choice *c)
{
	bl_reasons r = bl_policy_digest(&o->policy, info->digest) |
	    bl_policy_sig_alg(&o->policy, &info->alg) |
	    date_reasons(o, s, info);

	if (info->malformed)
		r |= BL_REASON_BIT(SIGNATURE_MALFORMED);
	if (info->unsorted)
		r |= BL_REASON_BIT(NOT_DER);
	/* A signature without attributes is a form that can be mistaken for
	 * another (ATK-210); old honest mail has it. */
	if (info->attributes.n == 0)
		r |= BL_REASON_BIT(WEAK_ALGORITHM);
	if (!bl_sender_is_one(o, s))
		r |= BL_REASON_BIT(NO_SENDER);
	if (!bl_covers_content(o, s))
		r |= BL_REASON_BIT(OUTER_SIGNER);
	if (c->cert == NULL)
		return r | BL_REASON_BIT(CHAIN_INCOMPLETE);
	r |= result_reasons(c->result) | c->answer.reasons |
	    bl_policy_key(&o->policy, bl_cert_key_kind(c->cert),
		bl_cert_key_bits(c->cert),
		(bl_cert_flags(c->cert) & BL_CERT_WEAK_KEY) != 0, &o->limits);
	if (!c->answer.valid && c->answer.reasons == 0)
		r |= BL_REASON_BIT(SIGNER_UNKNOWN_CA);
	return r;
}

static void
trace(struct bl_verdict_signer *v, const struct bl_signer_info *info,
    const struct bl_choice *c)
{
	struct bl_buf *b = &v->trace;

	if (c->cert == NULL)
		bl_buf_add_str(b, "the signer's certificate is not at hand\n");
	else
		bl_buf_add_f(b, "%s\n", result_text(c->result));
	if (info->malformed && info->malformed_what != NULL)
		bl_buf_add_f(b, "%s\n", info->malformed_what);
	if (info->attributes.n == 0)
		bl_buf_add_str(b, "there are no signed attributes\n");
	if (!info->has_signing_time)
		bl_buf_add_str(b, "the signing time is not known\n");
	bl_buf_add(b, bl_buf_span(&c->answer.trace));
}

/* The address of the certificate that is the sender's, else its first. */
static struct bl_span
address_of(const struct bl_open *o, const struct bl_cert *c)
{
	size_t n = bl_cert_addr_count(c);

	for (size_t i = 0; i < n; i++) {
		struct bl_span a = bl_cert_addr_at(c, i).addr;

		if (bl_addr_same(a, bl_sender_expected(o), NULL))
			return a;
	}
	return n > 0 ? bl_cert_addr_at(c, 0).addr : (struct bl_span){0};
}

static void
fill(struct bl_verdict_signer *v, struct bl_open *o, const struct bl_shell *s,
    const struct bl_signer_info *info, const struct bl_choice *c)
{
	struct bl_signer *f = &v->face;

	f->layer = s->index;
	f->cert = c->cert;
	f->has_signing_time = info->has_signing_time;
	f->signing_time = info->signing_time;
	f->digest = info->digest_name;
	f->algorithm = info->alg.kind;
	f->algorithm_name = info->alg_name;
	f->reasons = all_reasons(o, s, info, c);
	f->status = bl_reasons_status(f->reasons);
	if (v->answer.limit != NULL && o->verdict.limit == NULL)
		o->verdict.limit = v->answer.limit;
	if (c->cert != NULL) {
		f->address = address_of(o, c->cert);
		bl_cert_name(&v->name, c->cert);
	}
	/* Valid is what was shown to be, not what nothing speaks against. */
	if (f->status == BL_SIGNATURE_VALID &&
	    (c->cert == NULL || c->result != BL_SIGNER_GOOD ||
		!c->answer.valid))
		f->status = BL_SIGNATURE_UNVERIFIED;
	trace(v, info, c);
}

static enum bl_err
judge_one(struct bl_open *o, struct bl_shell *s, size_t i, struct bl_choice *c)
{
	struct bl_verdict *v = &o->verdict;
	struct bl_verdict_signer *to;
	enum bl_err err = bl_list_grow(&v->signers, v->signer_count,
	    &v->signer_cap, sizeof(*v->signers), &o->note);

	if (err != BL_OK)
		return err;
	to = &v->signers[v->signer_count++];
	*to = (struct bl_verdict_signer){.answer = c->answer};
	fill(to, o, s, bl_cms_signer(s->cms, i), c);
	c->answer = (struct bl_trust_answer){0};
	if ((err = bl_buf_err(&to->name, &o->note)) != BL_OK)
		return err;
	return bl_buf_err(&to->trace, &o->note);
}

enum bl_err
bl_signers_judge(struct bl_open *o, struct bl_shell *s, size_t *next)
{
	enum bl_err err = BL_OK;

	if (!bl_has_signers(s))
		return BL_OK;
	for (size_t i = 0; err == BL_OK && i < bl_cms_signer_count(s->cms); i++)
		err = judge_one(o, s, i, &o->choices[(*next)++]);
	return err;
}
