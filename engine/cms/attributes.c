/* attributes.c - the signed attributes of a SignerInfo: RFC 5652 11. */
#include "cms/internal.h"

#include <string.h>

#define SOURCE "RFC 5652 11"

/* What one attribute value is read with; marks `v` bad where it is not what it
 * should be, or returns what contradicts. */
struct reading {
	struct bl_cms *c;
	struct bl_signer *s;
	struct bl_span digest, alg; /* AlgorithmIdentifiers of the SignerInfo */
};
typedef const char *reader(struct reading *r, struct bl_der *v);

static const char *
content_type(struct reading *r, struct bl_der *v)
{
	r->s->info.content_type = bl_der_oid(v);
	if (!bl_span_equal(r->s->info.content_type, r->c->content_type))
		return "contentType is not the type of the content";
	return NULL;
}

static const char *
message_digest(struct reading *r, struct bl_der *v)
{
	r->s->info.message_digest = bl_der_take(v, BL_DER_OCTETS);
	return NULL;
}

static const char *
signing_time(struct reading *r, struct bl_der *v)
{
	r->s->info.signing_time = bl_der_time(v);
	r->s->info.has_signing_time = !v->bad;
	return NULL;
}

static const char *
capabilities(struct reading *r, struct bl_der *v)
{
	r->s->info.capabilities = bl_der_whole(v, BL_DER_SEQUENCE);
	return NULL;
}

/* ---- signingCertificate, RFC 2634 5.4 and RFC 5035 3 ---- */

/* IssuerSerial, whose issuer is one directoryName. */
static void
issuer_serial(struct bl_ess *ess, struct bl_der *id)
{
	struct bl_der pair = bl_der_enter(id, BL_DER_SEQUENCE);
	struct bl_der names = bl_der_enter(&pair, BL_DER_SEQUENCE);
	struct bl_der name = bl_der_enter(&names, BL_DER_CONTEXT(4));

	ess->issuer = bl_der_whole(&name, BL_DER_SEQUENCE);
	bl_der_leave(&names, &name);
	bl_der_leave(&pair, &names);
	ess->serial = bl_der_integer(&pair);
	bl_der_leave(id, &pair);
}

/* The first ESSCertID or ESSCertIDv2 is that of the signer. */
static void
signer_id(struct bl_ess *ess, struct bl_der *certs, bool second)
{
	struct bl_der id = bl_der_enter(certs, BL_DER_SEQUENCE);

	ess->has = true;
	ess->alg = second ? BL_SHA256 : BL_SHA1;
	if (second && bl_der_peek(&id) == BL_DER_SEQUENCE)
		ess->alg = bl_digest_alg_read(&id);
	ess->hash = bl_der_take(&id, BL_DER_OCTETS);
	if (bl_der_peek(&id) == BL_DER_SEQUENCE)
		issuer_serial(ess, &id);
	bl_der_leave(certs, &id);
}

static void
signing_certificate_of(struct bl_ess *ess, struct bl_der *v, bool second)
{
	struct bl_der seq = bl_der_enter(v, BL_DER_SEQUENCE);
	struct bl_der certs = bl_der_enter(&seq, BL_DER_SEQUENCE);

	signer_id(ess, &certs, second);
	while (bl_der_peek(&certs) != 0)
		(void)bl_der_whole(&certs, BL_DER_SEQUENCE);
	bl_der_leave(&seq, &certs);
	if (bl_der_peek(&seq) != 0)
		(void)bl_der_whole(&seq, BL_DER_SEQUENCE); /* policies */
	bl_der_leave(v, &seq);
}

static const char *
signing_certificate(struct reading *r, struct bl_der *v)
{
	signing_certificate_of(&r->s->ess[0], v, false);
	return NULL;
}

static const char *
signing_certificate_v2(struct reading *r, struct bl_der *v)
{
	signing_certificate_of(&r->s->ess[1], v, true);
	return NULL;
}

/* ---- CMSAlgorithmProtection, RFC 6211 ---- */

/* Whether two identifiers say the same; parameters that are NULL and none are
 * one. `a` stands inside of one, `b` is a whole one. */
static bool
same_alg(struct bl_der *a, struct bl_span b)
{
	struct bl_der whole = bl_der_of(b), seq;
	struct bl_span left, right;

	whole.ber = true;
	seq = bl_der_enter(&whole, BL_DER_SEQUENCE);
	left = bl_der_oid(a);
	right = bl_der_oid(&seq);
	if (!bl_span_equal(left, right))
		return false;
	(void)bl_der_null(a);
	(void)bl_der_null(&seq);
	return bl_span_equal(a->left, seq.left);
}

static const char *
protection(struct reading *r, struct bl_der *v)
{
	struct bl_der seq = bl_der_enter(v, BL_DER_SEQUENCE);
	struct bl_der digest = bl_der_enter(&seq, BL_DER_SEQUENCE);
	struct bl_der alg = bl_der_enter(&seq, BL_DER_CONTEXT(1));
	bool same = same_alg(&digest, r->digest) && same_alg(&alg, r->alg);

	v->bad |= !bl_der_done(&seq);
	return same ? NULL : "CMSAlgorithmProtection names other algorithms";
}

/* ---- the set ---- */

/* Attributes with a rule: at most one of each, with one value. */
enum rule {
	CONTENT_TYPE,
	MESSAGE_DIGEST,
	SIGNING_TIME,
	CAPABILITIES,
	SIGNING_CERTIFICATE,
	SIGNING_CERTIFICATE_V2,
	PROTECTION,
	RULES,
};
static const struct {
	enum bl_oid oid;
	reader *read;
} rules[RULES] = {
    [CONTENT_TYPE] = {BL_OID_CONTENT_TYPE, content_type},
    [MESSAGE_DIGEST] = {BL_OID_MESSAGE_DIGEST, message_digest},
    [SIGNING_TIME] = {BL_OID_SIGNING_TIME, signing_time},
    [CAPABILITIES] = {BL_OID_SMIME_CAPABILITIES, capabilities},
    [SIGNING_CERTIFICATE] = {BL_OID_SIGNING_CERTIFICATE, signing_certificate},
    [SIGNING_CERTIFICATE_V2] = {BL_OID_SIGNING_CERTIFICATE_V2,
	signing_certificate_v2},
    [PROTECTION] = {BL_OID_CMS_ALGORITHM_PROTECTION, protection},
};

static unsigned
rule_of(enum bl_oid oid)
{
	unsigned i = 0;

	while (i < RULES && rules[i].oid != oid)
		i++;
	return i;
}

bool
bl_attribute_is_signed(enum bl_oid oid)
{
	return rule_of(oid) != RULES;
}

/* Whether `b` may follow `a` in a SET OF: X.690 11.6. The shorter is padded
 * with zeros, which its own header makes impossible to matter. */
static bool
sorted(struct bl_span a, struct bl_span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return order < 0 || (order == 0 && a.n <= b.n);
}

/* Walks the elements of a SET OF: how many, and whether in order. */
static size_t
survey(struct bl_der set, bool *in_order)
{
	struct bl_span before = {0}, s;
	size_t n = 0;

	while (bl_der_peek(&set) != 0) {
		s = bl_der_whole(&set, 0);
		*in_order &= sorted(before, s);
		before = s;
		n++;
	}
	return n;
}

/* Reads one attribute; returns what is wrong with it, or NULL. */
static const char *
attribute(struct reading *r, struct bl_der *set, unsigned *seen)
{
	struct bl_der seq = bl_der_enter(set, BL_DER_SEQUENCE);
	unsigned i = rule_of(bl_oid_find(bl_der_oid(&seq)));
	struct bl_der values = bl_der_enter(&seq, BL_DER_SET);
	bool in_order = true;
	size_t n = survey(values, &in_order);
	const char *wrong;

	if (!bl_der_done(&seq))
		return "a signed attribute is not well formed";
	if (!in_order)
		return "the values of a signed attribute are not in DER order";
	if (i == RULES)
		return NULL;
	if (*seen & 1u << i)
		return "a signed attribute is there twice";
	*seen |= 1u << i;
	if (n != 1)
		return "a signed attribute has not one value";
	wrong = rules[i].read(r, &values);
	if (!bl_der_done(&values))
		return "the value of a signed attribute is not well formed";
	return wrong;
}

enum bl_err
bl_attributes_read(struct bl_cms *c, struct bl_signer *s, struct bl_span digest,
    struct bl_span alg, struct bl_note *note)
{
	struct reading r = {c, s, digest, alg};
	struct bl_der in = bl_der_of(s->info.attributes), set;
	unsigned seen = 0;
	bool in_order = true;
	const char *wrong;
	enum bl_err err;

	err = bl_der_check(in.left, c->hull.at, &c->limits, NULL);
	if (err == BL_E_MALFORMED) {
		bl_signer_spoil(s, "the signed attributes are not DER");
		return BL_OK;
	}
	if (err != BL_OK)
		return bl_der_check(in.left, c->hull.at, &c->limits, note);
	set = bl_der_enter(&in, BL_DER_SET);
	if (survey(set, &in_order) > c->limits.attributes)
		return bl_fail_limit(note, c->hull.at, "limit-attributes",
		    "too many attributes of a signer", SOURCE);
	if (!in_order)
		s->info.unsorted = true; /* judged by who asks */
	while (bl_der_peek(&set) != 0) {
		if ((wrong = attribute(&r, &set, &seen)) != NULL)
			bl_signer_spoil(s, wrong);
	}
	if (!(seen & 1u << CONTENT_TYPE))
		bl_signer_spoil(s, "the signed attributes have no contentType");
	if (!(seen & 1u << MESSAGE_DIGEST))
		bl_signer_spoil(
		    s, "the signed attributes have no messageDigest");
	return BL_OK;
}

/* Reads one of authAttrs: whether it is contentType, and names this content. */
static void
auth_attribute(struct bl_cms *c, struct bl_der *set, unsigned *types)
{
	struct bl_der seq = bl_der_enter(set, BL_DER_SEQUENCE);
	struct bl_span type = bl_der_oid(&seq);
	struct bl_der values = bl_der_enter(&seq, BL_DER_SET);
	bool in_order = true;

	(void)survey(values, &in_order);
	set->bad |= seq.bad || seq.left.n != 0 || !in_order;
	if (bl_oid_find(type) != BL_OID_CONTENT_TYPE)
		return;
	++*types;
	type = bl_der_oid(&values);
	set->bad |= !bl_der_done(&values) ||
	    !bl_span_equal(type, c->content_type);
}

enum bl_err
bl_auth_attributes_check(
    struct bl_cms *c, struct bl_span attributes, struct bl_note *note)
{
	bool is_data = bl_oid_find(c->content_type) == BL_OID_DATA;
	struct bl_der in = bl_der_of(attributes), set;
	bool in_order = true;
	unsigned types = 0;
	size_t n = 0;

	set = bl_der_enter(&in, BL_DER_SET);
	(void)survey(set, &in_order);
	for (; bl_der_peek(&set) != 0; n++) {
		if (n == c->limits.attributes)
			return bl_fail_limit(note, c->hull.at,
			    "limit-attributes", "too many attributes", SOURCE);
		auth_attribute(c, &set, &types);
	}
	/* RFC 5083 2.1: SIZE (1..MAX), and authenticated as DER */
	if (set.bad || n == 0 || !in_order || types > 1 ||
	    (types == 0 && !is_data))
		return bl_cms_bad(c,
		    "the authenticated attributes do not fit the content",
		    "RFC 5083 2.1", note);
	return BL_OK;
}
