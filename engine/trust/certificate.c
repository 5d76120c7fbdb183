/* certificate.c - what is asked of one certificate, whatever issued it. */
#include "trust/internal.h"

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
against_time(struct findings *f, const struct judge *j, const struct bl_cert *c,
    bl_reasons reason, const char *field, int64_t t, const char *order)
{
	struct bl_buf found = {0};

	bl_buf_add_f(&found, "%s ", field);
	put_time(&found, t);
	bl_buf_add_f(&found, " is %s the time that counts, ", order);
	put_time(&found, j->ask->at);
	if (bl_buf_text(&found) != NULL)
		bl_trust_against(
		    f, c, reason, bl_buf_text(&found), "RFC 5280 4.1.2.5");
	else
		f->trace.err = BL_E_MEMORY;
	bl_buf_clear(&found);
}

void
bl_check_time(
    struct findings *f, const struct judge *j, const struct bl_cert *c)
{
	int64_t not_before = bl_cert_not_before(c);
	int64_t not_after = bl_cert_not_after(c);

	if (j->ask->at < not_before)
		against_time(f, j, c, BL_REASON_BIT(NOT_YET_VALID), "notBefore",
		    not_before, "after");
	if (j->ask->at > not_after)
		against_time(f, j, c, BL_REASON_BIT(EXPIRED), "notAfter",
		    not_after, "before");
}

void
bl_check_own_signature(
    struct findings *f, const struct judge *j, const struct bl_cert *c)
{
	const struct bl_sig_alg alg = bl_cert_sig_alg(c);

	bl_trust_against(f, c, bl_policy_sig_alg(j->policy, &alg),
	    "its own signature was made with an algorithm that is weak or not "
	    "known",
	    "RFC 8551 2.2");
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

void
bl_check_usage(
    struct findings *f, const struct judge *j, const struct bl_cert *c)
{
	unsigned flags = bl_cert_flags(c), wanted;

	if (j->ask->purpose == BL_PURPOSE_ANY)
		return;
	wanted = usage_wanted(j->ask->purpose, bl_cert_key_kind(c));
	if (wanted == 0)
		bl_trust_against(f, c, BL_REASON_BIT(WRONG_USAGE),
		    "a key of this kind cannot be used so", "RFC 8551 2.3");
	else if ((bl_cert_key_usage(c) & wanted) == 0)
		bl_trust_against(f, c, BL_REASON_BIT(WRONG_USAGE),
		    j->ask->purpose == BL_PURPOSE_SIGN
			? "keyUsage has neither digitalSignature nor "
			  "nonRepudiation"
			: "keyUsage has not what encrypting to this key needs",
		    "RFC 8550 4.4.2");
	if ((flags & BL_CERT_HAS_EKU) != 0 &&
	    (flags & (BL_CERT_EKU_EMAIL | BL_CERT_EKU_ANY)) == 0)
		bl_trust_against(f, c, BL_REASON_BIT(WRONG_USAGE),
		    "extKeyUsage has neither emailProtection nor "
		    "anyExtendedKeyUsage",
		    "RFC 8550 4.4.4");
}

void
bl_check_key(struct findings *f, const struct judge *j, const struct bl_cert *c)
{

	bl_trust_against(f, c,
	    bl_policy_key(j->policy, bl_cert_key_kind(c), bl_cert_key_bits(c),
		(bl_cert_flags(c) & BL_CERT_WEAK_KEY) != 0, j->ask->limits),
	    "the key is too short, of a small exponent, or of a kind that is "
	    "not known",
	    "RFC 8550 4.3");
}

static bool
is_critical(const struct bl_cert *c, enum bl_oid oid)
{
	struct bl_span value;
	bool critical = false;

	return bl_cert_extension(c, bl_oid_octets(oid), &value, &critical) &&
	    critical;
}

/* What RFC 5280 4.2 forbids those who issue, and no honest one does. */
static void
check_extensions(struct findings *f, const struct bl_cert *c)
{
	const struct bl_cert_path *p = bl_cert_path(c);
	unsigned flags = bl_cert_flags(c);

	if (is_critical(c, BL_OID_AUTHORITY_KEY_IDENTIFIER) ||
	    is_critical(c, BL_OID_SUBJECT_KEY_IDENTIFIER) ||
	    is_critical(c, BL_OID_AUTHORITY_INFO_ACCESS))
		bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
		    "a key identifier or authorityInfoAccess is critical",
		    "RFC 5280 4.2.1.1");
	if ((flags & BL_CERT_CA) == 0 &&
	    (p->permitted.n != 0 || p->excluded.n != 0))
		bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
		    "nameConstraints stands in a certificate of no CA",
		    "RFC 5280 4.2.1.10");
	if ((flags & BL_CERT_CA) == 0 && (flags & BL_CERT_HAS_KEY_USAGE) != 0 &&
	    (bl_cert_key_usage(c) & BL_KU_KEY_CERT_SIGN) != 0)
		bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
		    "keyUsage has keyCertSign in a certificate of no CA",
		    "RFC 5280 4.2.1.3");
	if (bl_cert_subject(c).n == 2 && p->names.n != 0 &&
	    !is_critical(c, BL_OID_SUBJECT_ALT_NAME))
		bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
		    "the subject is empty, and subjectAltName is not critical",
		    "RFC 5280 4.1.2.6");
}

void
bl_check_form(struct findings *f, const struct bl_cert *c)
{
	unsigned flags = bl_cert_flags(c);

	check_extensions(f, c);
	if ((flags & BL_CERT_UNKNOWN_CRITICAL) != 0)
		bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
		    "a critical extension is not known", "RFC 5280 4.2");
	if ((flags & BL_CERT_BAD_ADDRESS) != 0)
		bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
		    "an e-mail name holds what no address has",
		    "RFC 5280 4.2.1.6");
	/* old roots have the serial number zero */
	if ((flags & BL_CERT_ODD_SERIAL) != 0 && (flags & BL_CERT_CA) == 0)
		bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
		    "the serial number is not positive, or over 20 bytes",
		    "RFC 5280 4.1.2.2");
}

void
bl_check_address(
    struct findings *f, const struct judge *j, const struct bl_cert *c)
{
	enum bl_cert_addr_kind kind;

	if (j->ask->address.n == 0)
		return;
	if (!bl_cert_has_addr(c, j->ask->address, &kind))
		bl_trust_against(f, c, BL_REASON_BIT(SIGNER_MISMATCH),
		    "no e-mail name is the address that was asked for",
		    "RFC 8550 3");
	else if (kind == BL_ADDR_SUBJECT)
		bl_trust_say(f, c,
		    "the address stands in the subject, not in "
		    "subjectAltName: an old way, still read",
		    "RFC 8550 3");
}

void
bl_check_issuer(struct findings *f, const struct judge *j,
    const struct bl_cert *c, bool is_anchor_)
{
	unsigned flags = bl_cert_flags(c);

	/* an old root has no extensions, and was trusted all the same */
	if ((flags & BL_CERT_CA) == 0 &&
	    !(is_anchor_ && (flags & BL_CERT_V1) != 0))
		bl_trust_against(f, c, BL_REASON_BIT(WRONG_USAGE),
		    "it issued a certificate, and basicConstraints does not "
		    "say that it is a CA",
		    "RFC 5280 6.1.4 (k)");
	if ((bl_cert_key_usage(c) & BL_KU_KEY_CERT_SIGN) == 0)
		bl_trust_against(f, c, BL_REASON_BIT(WRONG_USAGE),
		    "it issued a certificate, and keyUsage has not keyCertSign",
		    "RFC 5280 6.1.4 (n)");
	if (j->ask->purpose != BL_PURPOSE_ANY &&
	    (flags & BL_CERT_HAS_EKU) != 0 &&
	    (flags & (BL_CERT_EKU_EMAIL | BL_CERT_EKU_ANY)) == 0)
		bl_trust_against(f, c, BL_REASON_BIT(WRONG_USAGE),
		    "extKeyUsage of the issuer has neither emailProtection nor "
		    "anyExtendedKeyUsage",
		    "RFC 8550 4.4.4");
	bl_constraints_check(f, c);
}
