/* trust.c - see trust.h. */
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
	bl_buf_add_f(t, "): %s", found);
	if (source != NULL)
		bl_buf_add_f(t, " [%s]", source);
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

void
bl_findings_clear(struct findings *f)
{
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

static enum bl_err
judge(struct findings *f, struct bl_certs *path, struct judge *j)
{
	const struct bl_cert *c = j->ask->cert;

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
	return bl_path_build(f, path, j);
}

enum bl_err
bl_trust_judge(struct bl_trust_answer *out, struct bl_ctx *ctx,
    const struct bl_trust_ask *ask, struct bl_note *note)
{
	static const struct bl_policy strict = {0};
	struct judge j = {.ctx = ctx,
	    .ask = ask,
	    .policy = ask->policy != NULL ? ask->policy : &strict,
	    .note = note};
	struct findings f = {0};
	enum bl_err err;

	*out = (struct bl_trust_answer){0};
	if ((err = judge(&f, &out->path, &j)) == BL_OK)
		err = bl_buf_err(&f.trace, note);
	if (err != BL_OK) {
		bl_findings_clear(&f);
		bl_trust_answer_clear(out);
		return err;
	}
	out->trace = f.trace;
	out->reasons = f.reasons;
	out->limit = f.limit;
	out->valid = out->reasons == 0;
	return BL_OK;
}

void
bl_trust_answer_clear(struct bl_trust_answer *a)
{
	bl_certs_clear(&a->path);
	bl_buf_clear(&a->trace);
	*a = (struct bl_trust_answer){0};
}
