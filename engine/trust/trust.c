/* trust.c - see trust.h. */
#include "trust/trust.h"

/* judge is one answer in the making. */
struct judge {
	struct bl_trust_answer *out;
	const struct bl_trust_ask *ask;
	const struct bl_policy *policy;
};

#define SHOWN_MAX 200 /* bytes of a name in the trace */

/* A line of the trace: who, what was found, the rule it was held against. */
static void
say(struct judge *j, const char *found, const char *source)
{
	struct bl_buf *t = &j->out->trace;
	struct bl_buf name = {0};

	bl_cert_name(&name, j->ask->cert);
	bl_text_show(t, bl_span_cut(bl_buf_span(&name), 0, SHOWN_MAX));
	bl_buf_add_str(t, " (");
	bl_hex(t, bl_span_cut(bl_cert_sha256(j->ask->cert), 0, 4));
	bl_buf_add_f(t, "): %s [%s]\n", found, source);
	if (name.err != BL_OK && t->err == BL_OK)
		t->err = name.err;
	bl_buf_clear(&name);
}

static void
against(
    struct judge *j, bl_reasons reasons, const char *found, const char *source)
{
	if (reasons == 0)
		return;
	j->out->reasons |= reasons;
	say(j, found, source);
}

static bool
is_anchor(const struct bl_trust_ask *ask, const struct bl_cert *c)
{
	const struct bl_cert *a = NULL;

	if (ask->anchors != NULL)
		a = bl_certs_by_sha256(ask->anchors, bl_cert_sha256(c));
	return a != NULL && bl_span_equal(bl_cert_der(a), bl_cert_der(c));
}

/* An anchor that is named as the issuer. */
static const struct bl_cert *
issuer_anchor(const struct bl_trust_ask *ask)
{
	struct bl_span issuer = bl_cert_issuer(ask->cert);

	for (size_t i = 0; ask->anchors != NULL && i < ask->anchors->n; i++)
		if (bl_span_equal(
			bl_cert_subject(ask->anchors->list[i]), issuer))
			return ask->anchors->list[i];
	return NULL;
}

static void
origin(struct judge *j)
{
	const struct bl_sig_alg alg = bl_cert_sig_alg(j->ask->cert);

	if (is_anchor(j->ask, j->ask->cert)) {
		/* nobody's signature on an anchor counts, so it may be weak */
		say(j,
		    "trusted itself, byte for byte: no path and no "
		    "revocation answer are needed",
		    "RFC 5280 6.1.1 (d)");
		return;
	}
	against(j, BL_REASON_BIT(SIGNER_UNKNOWN_CA),
	    issuer_anchor(j->ask) != NULL
		? "its issuer has the name of an anchor, but paths are not "
		  "followed yet: only an anchor itself is trusted"
		: "neither it nor the name of its issuer is among the anchors",
	    "RFC 5280 6.1");
	against(j, bl_policy_sig_alg(j->policy, &alg),
	    "its own signature was made with an algorithm that is weak or not "
	    "known",
	    "RFC 8551 2.2");
}

/* A time as RFC 3339 writes it, by way of what DER writes. */
static void
put_time(struct bl_buf *out, int64_t t)
{
	struct bl_buf der = {0};
	struct bl_span s;

	bl_der_put_time(&der, t);
	s = bl_span_cut(bl_buf_span(&der), 2, 15);
	if (s.n == 13) {
		bl_buf_add_str(out, s.p[0] < '5' ? "20" : "19");
		bl_buf_add(out, bl_span_cut(s, 0, 2));
		s = bl_span_cut(s, 2, 11);
	} else {
		bl_buf_add(out, bl_span_cut(s, 0, 4));
		s = bl_span_cut(s, 4, 11);
	}
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		static const char *const before[] = {"-", "-", "T", ":", ":"};

		bl_buf_add_str(out, before[i / 2]);
		bl_buf_add(out, bl_span_cut(s, i, 2));
	}
	bl_buf_add_str(out, "Z");
	if (der.err == BL_E_MEMORY && out->err == BL_OK)
		out->err = der.err;
	bl_buf_clear(&der);
}

static void
against_time(struct judge *j, bl_reasons reason, const char *field, int64_t t,
    const char *order)
{
	struct bl_buf found = {0};

	bl_buf_add_f(&found, "%s ", field);
	put_time(&found, t);
	bl_buf_add_f(&found, " is %s the time that counts, ", order);
	put_time(&found, j->ask->at);
	if (bl_buf_text(&found) != NULL)
		against(j, reason, bl_buf_text(&found), "RFC 5280 4.1.2.5");
	else
		j->out->trace.err = BL_E_MEMORY;
	bl_buf_clear(&found);
}

static void
times(struct judge *j)
{
	int64_t from = bl_cert_not_before(j->ask->cert);
	int64_t to = bl_cert_not_after(j->ask->cert);

	if (j->ask->at < from)
		against_time(j, BL_REASON_BIT(NOT_YET_VALID), "notBefore", from,
		    "after");
	if (j->ask->at > to)
		against_time(
		    j, BL_REASON_BIT(EXPIRED), "notAfter", to, "before");
}

/* The keyUsage bits of which one is needed; 0: this kind of key cannot. */
static unsigned
usage_wanted(enum bl_purpose purpose, enum bl_key_kind kind)
{
	if (purpose == BL_PURPOSE_SIGN)
		return kind == BL_KEY_X25519 || kind == BL_KEY_X448
		    ? 0
		    : BL_KU_DIGITAL_SIGNATURE | BL_KU_NON_REPUDIATION;
	switch (kind) {
	case BL_KEY_RSA:
		return BL_KU_KEY_ENCIPHERMENT;
	case BL_KEY_EC_P256:
	case BL_KEY_EC_P384:
	case BL_KEY_EC_P521:
	case BL_KEY_X25519:
	case BL_KEY_X448:
		return BL_KU_KEY_AGREEMENT;
	case BL_KEY_RSA_PSS:
	case BL_KEY_DSA:
	case BL_KEY_ED25519:
	case BL_KEY_ED448:
	case BL_KEY_OTHER:
		break;
	}
	return 0;
}

static void
usage(struct judge *j)
{
	const struct bl_cert *c = j->ask->cert;
	unsigned flags = bl_cert_flags(c), wanted;

	if (j->ask->purpose == BL_PURPOSE_ANY)
		return;
	wanted = usage_wanted(j->ask->purpose, bl_cert_key_kind(c));
	if (wanted == 0)
		against(j, BL_REASON_BIT(WRONG_USAGE),
		    "a key of this kind cannot be used so", "RFC 8551 2.3");
	else if ((bl_cert_key_usage(c) & wanted) == 0)
		against(j, BL_REASON_BIT(WRONG_USAGE),
		    j->ask->purpose == BL_PURPOSE_SIGN
			? "keyUsage has neither digitalSignature nor "
			  "nonRepudiation"
			: "keyUsage has not what encrypting to this key needs",
		    "RFC 8550 4.4.2");
	if ((flags & BL_CERT_HAS_EKU) != 0 &&
	    (flags & (BL_CERT_EKU_EMAIL | BL_CERT_EKU_ANY)) == 0)
		against(j, BL_REASON_BIT(WRONG_USAGE),
		    "extKeyUsage has neither emailProtection nor "
		    "anyExtendedKeyUsage",
		    "RFC 8550 4.4.4");
}

static void
key(struct judge *j)
{
	const struct bl_cert *c = j->ask->cert;

	against(j,
	    bl_policy_key(j->policy, bl_cert_key_kind(c), bl_cert_key_bits(c),
		(bl_cert_flags(c) & BL_CERT_WEAK_EXPONENT) != 0,
		j->ask->limits),
	    "the key is too short, of a small exponent, or of a kind that is "
	    "not known",
	    "RFC 8550 4.3");
}

static void
form(struct judge *j)
{
	unsigned flags = bl_cert_flags(j->ask->cert);

	if ((flags & BL_CERT_UNKNOWN_CRITICAL) != 0)
		against(j, BL_REASON_BIT(BAD_CERTIFICATE),
		    "a critical extension is not known", "RFC 5280 4.2");
	if ((flags & BL_CERT_BAD_ADDRESS) != 0)
		against(j, BL_REASON_BIT(BAD_CERTIFICATE),
		    "an e-mail name holds what no address has",
		    "RFC 5280 4.2.1.6");
	/* old roots have the serial number zero */
	if ((flags & BL_CERT_ODD_SERIAL) != 0 && (flags & BL_CERT_CA) == 0)
		against(j, BL_REASON_BIT(BAD_CERTIFICATE),
		    "the serial number is not positive, or over 20 bytes",
		    "RFC 5280 4.1.2.2");
}

static void
address(struct judge *j)
{
	enum bl_cert_addr_kind kind;

	if (j->ask->address.n == 0)
		return;
	if (!bl_cert_has_addr(j->ask->cert, j->ask->address, &kind))
		against(j, BL_REASON_BIT(SIGNER_MISMATCH),
		    "no e-mail name is the address that was asked for",
		    "RFC 8550 3");
	else if (kind == BL_ADDR_SUBJECT)
		say(j,
		    "the address stands in the subject, not in "
		    "subjectAltName: an old way, still read",
		    "RFC 8550 3");
}

enum bl_err
bl_trust_judge(struct bl_trust_answer *out, struct bl_ctx *ctx,
    const struct bl_trust_ask *ask, struct bl_note *note)
{
	static const struct bl_policy strict = {0};
	struct judge j = {
	    out, ask, ask->policy != NULL ? ask->policy : &strict};
	enum bl_err err;

	(void)ctx;
	*out = (struct bl_trust_answer){0};
	origin(&j);
	times(&j);
	usage(&j);
	key(&j);
	form(&j);
	address(&j);
	if ((err = bl_buf_err(&out->trace, note)) == BL_OK)
		/* the path holds the certificate, which it does not change */
		err = bl_certs_add(
		    &out->path, (struct bl_cert *)(uintptr_t)ask->cert, note);
	if (err != BL_OK) {
		bl_trust_answer_clear(out);
		return err;
	}
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
