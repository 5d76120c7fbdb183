/* trust.c - see trust.h. */
#include "trust/cache.h"
#include "trust/internal.h"

#define SHOWN_MAX 200 /* bytes of a name in the trace */

void
bl_trust_say(struct findings *f, const struct bl_cert *c, const char *found,
    const char *source)
{
	struct bl_buf *t = &f->trace;
	struct bl_buf name = {0};

	bl_cert_name(&name, c);
	bl_text_show(t, bl_span_cut(bl_buf_span(&name), 0, SHOWN_MAX));
	bl_buf_add_str(t, " (");
	bl_hex(t, bl_span_cut(bl_cert_sha256(c), 0, 4));
	bl_buf_add_str(t, "): ");
	bl_buf_add_str(t, found);
	if (source != NULL) {
		bl_buf_add_str(t, " [");
		bl_buf_add_str(t, source);
		bl_buf_add_str(t, "]");
	}
	bl_buf_add_str(t, "\n");
	if (name.err != BL_OK && t->err == BL_OK)
		t->err = name.err;
	bl_buf_clear(&name);
}

void
bl_trust_against(struct findings *f, const struct bl_cert *c,
    bl_reasons reasons, const char *found, const char *source)
{
	if (reasons == 0)
		return;
	f->reasons |= reasons;
	bl_trust_say(f, c, found, source);
}

void
bl_trust_over(struct findings *f, const struct bl_cert *c, const char *code,
    const char *found)
{
	if (f->limit == NULL)
		f->limit = code;
	bl_trust_against(f, c, BL_REASON_BIT(LIMIT), found, NULL);
}

enum bl_err
bl_trust_wish(
    struct bl_trust_wants *w, struct bl_trust_want want, struct bl_note *note)
{
	enum bl_err err;

	for (size_t i = 0; i < w->n; i++)
		if (w->list[i].kind == want.kind &&
		    w->list[i].cert == want.cert)
			return BL_OK;
	if (w->n >= BL_TRUST_WANTS_MAX)
		return BL_OK;
	err = bl_list_grow(&w->list, w->n, &w->cap, sizeof(*w->list), note);
	if (err == BL_OK)
		w->list[w->n++] = want;
	return err;
}

enum bl_err
bl_trust_wish_all(struct bl_trust_wants *w, const struct bl_trust_wants *more,
    struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < more->n; i++)
		err = bl_trust_wish(w, more->list[i], note);
	return err;
}

void
bl_findings_take(struct findings *f, const struct findings *from)
{
	f->reasons |= from->reasons;
	if (f->limit == NULL)
		f->limit = from->limit;
	bl_buf_add(&f->trace, bl_buf_span(&from->trace));
	if (from->trace.err != BL_OK && f->trace.err == BL_OK)
		f->trace.err = from->trace.err;
}

void
bl_findings_clear(struct findings *f)
{
	bl_release(f->answers);
	bl_release(f->wants.list);
	bl_buf_clear(&f->trace);
	*f = (struct findings){0};
}

enum bl_err
bl_trust_signature(bool *holds, struct bl_ctx *ctx, struct bl_span signed_,
    struct bl_sig_alg alg, struct bl_span value, const struct bl_cert *issuer,
    struct bl_note *note)
{
	enum bl_err err;

	*holds = false;
	if (bl_cert_pub(issuer) == NULL)
		return BL_OK;
	err = bl_pub_verify_bytes(
	    bl_cert_pub(issuer), ctx, &alg, signed_, value, NULL);
	*holds = err == BL_OK;
	if (err == BL_E_MEMORY || err == BL_E_SYSTEM)
		return bl_fail(
		    note, err, 0, "a signature could not be checked", NULL);
	return BL_OK;
}

/* Both must say yes. */
static enum bl_err
second(struct findings *f, const struct bl_certs *path, struct judge *j)
{
	struct bl_span *chain = bl_alloc_array(path->n, sizeof(*chain));
	struct bl_buf found = {0};
	int64_t at = j->ask->at;
	const char *why;
	enum bl_err err;
	bool yes;

	if (chain == NULL)
		return bl_fail(j->note, BL_E_MEMORY, 0, "out of memory", NULL);
	for (size_t i = 0; i < path->n; i++) {
		chain[i] = bl_cert_der(path->list[i]);
		/* for the library the last second is over; RFC 5280 4.1.2.5
		 * counts it in */
		if (bl_cert_not_after(path->list[i]) == j->ask->at)
			at = j->ask->at - 1;
	}
	err = bl_second_judge(
	    &yes, &why, j->ctx, chain, path->n, j->ask->purpose, at, j->note);
	bl_release(chain);
	if (err != BL_OK || yes)
		return err;
	bl_buf_add_f(&found,
	    "the first judge finds nothing against its path, the second says: "
	    "%s",
	    why);
	if (bl_buf_text(&found) != NULL)
		bl_trust_against(f, j->ask->cert, BL_REASON_BIT(SECOND_JUDGE),
		    bl_buf_text(&found), "RFC 5280 6.1");
	err = bl_buf_err(&found, j->note);
	bl_buf_clear(&found);
	return err;
}

static enum bl_err
judge(struct findings *f, struct bl_certs *path, struct judge *j)
{
	const struct bl_cert *c = j->ask->cert;
	enum bl_err err;

	bl_check_time(f, j, c);
	bl_check_usage(f, j, c);
	bl_check_key(f, j, c);
	bl_check_form(f, c);
	bl_check_address(f, j, c);
	if (bl_is_anchor(j->ask, c)) {
		/* nobody's signature on an anchor counts, so it may be weak */
		bl_trust_say(f, c,
		    "trusted itself, byte for byte: no path and no "
		    "revocation answer are needed",
		    "RFC 5280 6.1.1 (d)");
		/* the path holds the certificate, which it does not change */
		return bl_certs_add(
		    path, (struct bl_cert *)(uintptr_t)c, j->note);
	}
	bl_check_own_signature(f, j, c);
	if ((err = bl_path_build(f, path, j)) != BL_OK || f->reasons != 0)
		return err;
	return second(f, path, j);
}

/* As many answers as certificates, also where the path leads nowhere. */
static enum bl_err
give_answers(
    struct bl_trust_answer *out, struct findings *f, struct bl_note *note)
{
	if (f->answers == NULL)
		f->answers = bl_alloc_array(out->path.n, sizeof(*f->answers));
	if (f->answers == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	out->revocation = f->answers;
	f->answers = NULL;
	return BL_OK;
}

static enum bl_err
answer(struct bl_trust_answer *out, struct bl_ctx *ctx,
    const struct bl_trust_ask *ask, struct bl_note *note)
{
	static const struct bl_policy strict = {0};
	struct judge j = {.ctx = ctx,
	    .ask = ask,
	    .policy = ask->policy != NULL ? ask->policy : &strict,
	    .note = note,
	    .signatures = ask->limits->path_signatures};
	struct findings f = {0};
	enum bl_err err;

	if ((err = judge(&f, &out->path, &j)) == BL_OK &&
	    (err = bl_buf_err(&f.trace, note)) == BL_OK)
		err = give_answers(out, &f, note);
	if (err != BL_OK) {
		bl_findings_clear(&f);
		return err;
	}
	out->trace = f.trace;
	out->wants = f.wants;
	out->reasons = f.reasons;
	out->limit = f.limit;
	out->valid = out->reasons == 0;
	return BL_OK;
}

enum bl_err
bl_trust_judge(struct bl_trust_answer *out, struct bl_ctx *ctx,
    const struct bl_trust_ask *ask, struct bl_note *note)
{
	struct bl_cache *cache = ask->now == 0 ? ask->cache : NULL;
	struct bl_cache_key key;
	bool found = false;
	enum bl_err err = BL_OK;

	*out = (struct bl_trust_answer){0};
	if (cache != NULL &&
	    (err = bl_cache_key(&key, cache, ctx, ask, note)) == BL_OK)
		err = bl_cache_answer(&found, out, cache, &key, ask->at, note);
	if (err == BL_OK && !found)
		err = answer(out, ctx, ask, note);
	if (err == BL_OK && !found && cache != NULL)
		err = bl_cache_answer_keep(cache, &key, ask, out, note);
	if (err != BL_OK)
		bl_trust_answer_clear(out);
	return err;
}

void
bl_trust_answer_clear(struct bl_trust_answer *a)
{
	bl_certs_clear(&a->path);
	bl_buf_clear(&a->trace);
	bl_release(a->revocation);
	bl_release(a->wants.list);
	*a = (struct bl_trust_answer){0};
}
