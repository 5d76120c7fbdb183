/* extension.c - the extensions of a certificate, RFC 5280 4.2. */
#include "cert/internal.h"

#define KEY_ID_MAX 64 /* bytes: no known method makes a longer one */
#define EACH_MAX   32 /* extensions of what is no certificate */

typedef enum bl_err read_fn(
    struct bl_cert *c, struct bl_der *in, struct bl_note *note);

static enum bl_err
key_usage(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	unsigned unused, usage = 0;
	struct bl_span bits = bl_der_bits(in, &unused);

	(void)note;
	for (unsigned i = 0; i < 9 && i / 8 < bits.n; i++)
		if ((bits.p[i / 8] & (0x80 >> (i % 8))) != 0)
			usage |= 1u << i;
	c->key_usage = usage;
	c->flags |= BL_CERT_HAS_KEY_USAGE;
	return BL_OK;
}

static enum bl_err
ext_key_usage(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_oid id;

	(void)note;
	c->flags |= BL_CERT_HAS_EKU;
	do {
		id = bl_oid_find(bl_der_oid(&seq));
		if (id == BL_OID_EMAIL_PROTECTION)
			c->flags |= BL_CERT_EKU_EMAIL;
		if (id == BL_OID_ANY_EXT_KEY_USAGE)
			c->flags |= BL_CERT_EKU_ANY;
		if (id == BL_OID_OCSP_SIGNING)
			c->flags |= BL_CERT_EKU_OCSP;
	} while (bl_der_peek(&seq) != 0);
	bl_der_leave(in, &seq);
	return BL_OK;
}

static enum bl_err
basic_constraints(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	(void)note;
	/* cA FALSE is the default and DER leaves it out; many write it */
	if (bl_der_peek(&seq) == BL_DER_BOOLEAN && bl_der_bool(&seq))
		c->flags |= BL_CERT_CA;
	if (bl_der_peek(&seq) == BL_DER_INTEGER)
		bl_path_len_read(&c->path, &seq);
	bl_der_leave(in, &seq);
	return BL_OK;
}

static struct bl_span
key_id(struct bl_der *in, unsigned tag)
{
	struct bl_span id = bl_der_take(in, tag);

	if (id.n < 1 || id.n > KEY_ID_MAX)
		in->bad = true;
	return id;
}

static enum bl_err
subject_key_id(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	(void)note;
	c->ski = key_id(in, BL_DER_OCTETS);
	return BL_OK;
}

static enum bl_err
authority_key_id(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	(void)note;
	if (bl_der_peek(&seq) == BL_DER_IMPLICIT(0))
		c->aki = key_id(&seq, BL_DER_IMPLICIT(0));
	/* authorityCertIssuer and its serial number: kept in the raw value */
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(1))
		(void)bl_der_whole(&seq, BL_DER_CONTEXT(1));
	if (bl_der_peek(&seq) == BL_DER_IMPLICIT(2))
		(void)bl_der_whole(&seq, BL_DER_IMPLICIT(2));
	bl_der_leave(in, &seq);
	return BL_OK;
}

#define PATH_EXTENSION(name)                                                   \
	static enum bl_err name(                                               \
	    struct bl_cert *c, struct bl_der *in, struct bl_note *note)        \
	{                                                                      \
		(void)note;                                                    \
		bl_##name##_read(&c->path, in);                                \
		return BL_OK;                                                  \
	}
PATH_EXTENSION(constraints)
PATH_EXTENSION(policies)
PATH_EXTENSION(mappings)
PATH_EXTENSION(policy_limits)
PATH_EXTENSION(inhibit_any)
PATH_EXTENSION(points)
PATH_EXTENSION(freshest)
PATH_EXTENSION(access)

/* GeneralNames of who issued it: at least one; what they say is not used. */
static enum bl_err
issuer_alt_name(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_der names = bl_der_enter(in, BL_DER_SEQUENCE);

	(void)c;
	(void)note;
	do {
		if ((bl_der_peek(&names) & 0xc0) != 0x80)
			names.bad = true;
		(void)bl_der_whole(&names, 0);
	} while (bl_der_peek(&names) != 0);
	bl_der_leave(in, &names);
	return BL_OK;
}

/* Those that nothing is decided by: one element of DER. */
static enum bl_err
keep(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	(void)c;
	(void)note;
	(void)bl_der_whole(in, 0);
	return BL_OK;
}

/* What is understood, and may therefore be critical. */
static const struct {
	enum bl_oid id;
	read_fn *read;
	const char *what, *source;
} known[] = {
    {BL_OID_AUTHORITY_KEY_IDENTIFIER, authority_key_id,
	"authorityKeyIdentifier is not well formed", "RFC 5280 4.2.1.1"},
    {BL_OID_SUBJECT_KEY_IDENTIFIER, subject_key_id,
	"subjectKeyIdentifier is not well formed", "RFC 5280 4.2.1.2"},
    {BL_OID_KEY_USAGE, key_usage, "keyUsage is not well formed",
	"RFC 5280 4.2.1.3"},
    {BL_OID_CERTIFICATE_POLICIES, policies,
	"certificatePolicies is not well formed", "RFC 5280 4.2.1.4"},
    {BL_OID_POLICY_MAPPINGS, mappings, "policyMappings is not well formed",
	"RFC 5280 4.2.1.5"},
    {BL_OID_SUBJECT_ALT_NAME, bl_cert_san, "subjectAltName is not well formed",
	"RFC 5280 4.2.1.6"},
    {BL_OID_ISSUER_ALT_NAME, issuer_alt_name,
	"issuerAltName is not well formed", "RFC 5280 4.2.1.7"},
    {BL_OID_SUBJECT_DIRECTORY_ATTRIBUTES, keep,
	"subjectDirectoryAttributes is not well formed", "RFC 5280 4.2.1.8"},
    {BL_OID_BASIC_CONSTRAINTS, basic_constraints,
	"basicConstraints is not well formed", "RFC 5280 4.2.1.9"},
    {BL_OID_NAME_CONSTRAINTS, constraints, "nameConstraints is not well formed",
	"RFC 5280 4.2.1.10"},
    {BL_OID_POLICY_CONSTRAINTS, policy_limits,
	"policyConstraints is not well formed", "RFC 5280 4.2.1.11"},
    {BL_OID_EXT_KEY_USAGE, ext_key_usage, "extKeyUsage is not well formed",
	"RFC 5280 4.2.1.12"},
    {BL_OID_CRL_DISTRIBUTION_POINTS, points,
	"cRLDistributionPoints is not well formed", "RFC 5280 4.2.1.13"},
    {BL_OID_INHIBIT_ANY_POLICY, inhibit_any,
	"inhibitAnyPolicy is not well formed", "RFC 5280 4.2.1.14"},
    {BL_OID_FRESHEST_CRL, freshest, "freshestCRL is not well formed",
	"RFC 5280 4.2.1.15"},
    {BL_OID_AUTHORITY_INFO_ACCESS, access,
	"authorityInfoAccess is not well formed", "RFC 5280 4.2.2.1"},
    {BL_OID_SUBJECT_INFO_ACCESS, keep, "subjectInfoAccess is not well formed",
	"RFC 5280 4.2.2.2"},
};
#define KNOWN (sizeof(known) / sizeof(*known))

static enum bl_err
interpret(struct bl_cert *c, const struct bl_extension *e,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der in = bl_der_of(e->value);
	enum bl_err err;
	size_t i = 0;

	while (i < KNOWN && known[i].id != e->id)
		i++;
	if (i == KNOWN) {
		if (e->critical)
			c->flags |= BL_CERT_UNKNOWN_CRITICAL;
		return BL_OK;
	}
	if ((err = known[i].read(c, &in, note)) != BL_OK)
		return err;
	if (!bl_der_done(&in) ||
	    bl_der_check(e->value, 0, limits, NULL) != BL_OK)
		return bl_cert_fail(note, (uint64_t)(e->value.p - c->der.p),
		    known[i].what, known[i].source);
	return BL_OK;
}

/* Extension ::= SEQUENCE { OID, BOOLEAN DEFAULT FALSE, OCTET STRING } */
struct bl_extension
bl_extension_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	struct bl_extension e = {.oid = bl_der_oid(&seq)};

	if (!seq.bad)
		e.id = bl_oid_find(e.oid);
	if (bl_der_peek(&seq) == BL_DER_BOOLEAN)
		e.critical = bl_der_bool(&seq);
	e.value = bl_der_take(&seq, BL_DER_OCTETS);
	bl_der_leave(in, &seq);
	return e;
}

void
bl_extensions_each(struct bl_der *in,
    bool (*take)(void *arg, const struct bl_extension *e), void *arg)
{
	struct bl_der list = bl_der_enter(in, BL_DER_SEQUENCE);
	struct bl_span seen[EACH_MAX];
	size_t n = 0;

	do {
		struct bl_extension e = bl_extension_read(&list);

		for (size_t i = 0; i < n; i++)
			if (bl_span_equal(seen[i], e.oid))
				list.bad = true;
		if (n == EACH_MAX)
			list.bad = true;
		if (list.bad)
			break;
		seen[n++] = e.oid;
		if (!take(arg, &e))
			list.bad = true;
	} while (bl_der_peek(&list) != 0);
	bl_der_leave(in, &list);
}

static bool
is_double(const struct bl_cert *c, struct bl_span oid)
{
	struct bl_span value;

	return bl_cert_extension(c, oid, &value, NULL);
}

static enum bl_err
add(struct bl_cert *c, const struct bl_extension *e, uint64_t at,
    struct bl_note *note)
{
	enum bl_err err;

	if (is_double(c, e->oid))
		return bl_cert_fail(
		    note, at, "an extension is there twice", "RFC 5280 4.2");
	if (c->extensions_n == BL_EXTENSIONS_MAX)
		return bl_fail_limit(note, at, "limit-certificate",
		    "certificate has too many extensions", NULL);
	if ((err = bl_list_grow(&c->extensions, c->extensions_n,
		 &c->extensions_cap, sizeof(*c->extensions), note)) == BL_OK)
		c->extensions[c->extensions_n++] = *e;
	return err;
}

enum bl_err
bl_cert_extensions(struct bl_cert *c, struct bl_der *in,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der list = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_err err;

	do {
		uint64_t at = list.at;
		struct bl_extension e = bl_extension_read(&list);

		if (list.bad)
			return bl_cert_fail(note, list.at,
			    "extensions are not well formed", "RFC 5280 4.1");
		if ((err = add(c, &e, at, note)) != BL_OK ||
		    (err = interpret(c, &e, limits, note)) != BL_OK)
			return err;
	} while (bl_der_peek(&list) != 0);
	return BL_OK;
}
