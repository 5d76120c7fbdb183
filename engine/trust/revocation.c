/* revocation.c - was a certificate of the path revoked? What answers of OCSP
 * responders and revocation lists have in common; see internal.h.
 *
 * Evidence counts when it is of the time that counts and was signed by somebody
 * who may. Where any says "revoked", that is the answer, whatever others say,
 * older or newer (ATK-405). Answers of responders are looked at first, then
 * lists; a certificate of which neither knows anything is not known to be good.
 */
#include "trust/internal.h"

#define DOUBTS_MAX 16 /* lines on evidence that did not count */

void
bl_doubt(struct asked *a, const struct bl_cert *c, const char *what,
    const char *rule)
{
	if (a->doubt_count++ < DOUBTS_MAX)
		bl_trust_say(&a->doubts, c, what, rule);
}

bool
bl_is_involved(const struct asked *a, const struct bl_cert *signer)
{
	struct bl_span id = bl_cert_sha256(signer);

	return bl_span_equal(id, bl_cert_sha256(a->c)) ||
	    (a->j->in_question != NULL &&
		bl_span_equal(id, bl_cert_sha256(a->j->in_question)));
}

bool
bl_is_of_today(const struct asked *a, int64_t this_update)
{
	return a->j->ask->now != 0 && this_update <= bl_cert_not_after(a->c);
}

bool
bl_is_too_late(const struct asked *a, unsigned reason, int64_t revoked_at)
{
	/* affiliationChanged, superseded, cessationOfOperation,
	 * privilegeWithdrawn: who gives no reason may have lost the key */
	const unsigned harmless = 1u << 3 | 1u << 4 | 1u << 5 | 1u << 9;

	return a->j->ask->now != 0 && revoked_at > a->j->ask->at &&
	    reason <= 10 && (harmless >> reason & 1) != 0;
}

void
bl_answer_take(struct asked *a, const struct bl_revocation_answer *said)
{
	if (said->state > a->answer.state)
		a->answer = *said;
}

static enum bl_err
ask_all(struct asked *a)
{
	enum bl_err err;

	a->answer.state = BL_CERT_NOT_KNOWN;
	if ((err = bl_ask_responders(a)) != BL_OK)
		return err;
	if (a->answer.state != BL_CERT_REVOKED &&
	    (err = bl_ask_lists(a)) != BL_OK)
		return err;
	return a->j->out_of_memory
	    ? bl_fail(a->j->note, BL_E_MEMORY, 0, "out of memory", NULL)
	    : BL_OK;
}

enum bl_err
bl_ask_of_responder(bool *good, struct asked *a, struct bl_cert *c)
{
	struct bl_cert **path = NULL;
	struct judge inner = *a->j;
	struct asked b = {.j = &inner, .n = a->n, .c = c};
	enum bl_err err;

	*good = false;
	if (a->j->depth >= BL_REVOCATION_DEPTH)
		return BL_OK;
	if ((path = bl_alloc_array(a->n, sizeof(struct bl_cert *))) == NULL)
		return bl_fail(
		    a->j->note, BL_E_MEMORY, 0, "out of memory", NULL);
	path[0] = c;
	for (size_t i = 1; i < a->n; i++)
		path[i] = a->path[i];
	b.path = path;
	inner.depth++;
	inner.in_question = a->c;
	err = ask_all(&b);
	*good = b.answer.state == BL_CERT_GOOD ||
	    (b.answer.state == BL_CERT_NOT_KNOWN &&
		a->j->policy->revocation == BL_REVOCATION_PREFER);
	a->j->signatures = inner.signatures;
	if (!*good) {
		bl_findings_take(&a->doubts, &b.doubts);
		a->doubt_count += b.doubt_count;
	}
	bl_findings_clear(&b.doubts);
	bl_release(path);
	return err;
}

/* ---- the path ---- */

static const char *
why_text(unsigned reason)
{
	static const char *const texts[] = {
	    "it was revoked",
	    "it was revoked: its key was compromised",
	    "it was revoked: the key of its CA was compromised",
	    "it was revoked: its holder changed affiliation",
	    "it was revoked: another replaced it",
	    "it was revoked: it is no longer in use",
	    "it was revoked for the time being: it is on hold",
	    "it was revoked",
	    "it was revoked",
	    "it was revoked: a privilege was withdrawn",
	    "it was revoked: an attribute authority was compromised",
	};

	return texts[reason <= 10 ? reason : 0];
}

static const char *
rule_of(enum bl_evidence_kind k)
{
	return k == BL_EVIDENCE_OCSP ? "RFC 6960 2.2" : "RFC 5280 6.3.3";
}

/* What speaks against the certificate, and why what was at hand did not help. */
static void
tell(struct findings *f, const struct asked *a)
{
	bool required = a->j->policy->revocation == BL_REVOCATION_REQUIRE;

	if (a->answer.state == BL_CERT_REVOKED)
		bl_trust_against(f, a->c, BL_REASON_BIT(REVOKED),
		    why_text(a->answer.reason), rule_of(a->answer.kind));
	if (a->answer.state != BL_CERT_NOT_KNOWN || !required)
		return;
	if (a->doubt_count == 0)
		bl_trust_say(f, a->c,
		    "there is no answer to whether it was revoked",
		    "RFC 5280 6.3.3");
	f->reasons |= BL_REASON_BIT(REVOCATION_UNKNOWN);
	bl_findings_take(f, &a->doubts);
}

/* What may still answer, where nothing did. */
static enum bl_err
wish(struct findings *f, const struct asked *a)
{
	enum bl_err err;

	if (a->answer.state != BL_CERT_NOT_KNOWN)
		return BL_OK;
	err = bl_trust_wish(&f->wants,
	    (struct bl_trust_want){BL_TRUST_STATUS, a->c, a->path[1]},
	    a->j->note);
	if (err == BL_OK)
		err = bl_trust_wish_all(
		    &f->wants, &a->doubts.wants, a->j->note);
	return err;
}

enum bl_err
bl_revocation_check(
    struct findings *f, struct judge *j, struct bl_cert *const *path, size_t n)
{
	enum bl_err err = BL_OK;

	f->answers = bl_alloc_array(n, sizeof(*f->answers));
	if (f->answers == NULL)
		return bl_fail(j->note, BL_E_MEMORY, 0, "out of memory", NULL);
	f->answer_count = n;
	if (j->policy->revocation == BL_REVOCATION_OFF)
		return BL_OK;
	for (size_t i = n - 1; i-- != 0 && err == BL_OK;) {
		struct asked a = {
		    .j = j, .path = path + i, .n = n - i, .c = path[i]};

		if ((err = ask_all(&a)) == BL_OK) {
			tell(f, &a);
			f->answers[i] = a.answer;
			err = wish(f, &a);
		}
		bl_findings_clear(&a.doubts);
	}
	return err;
}
