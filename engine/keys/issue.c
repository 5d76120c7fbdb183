/* issue.c - see issue.h. */
#include "keys/issue.h"

#include "der/alg.h"
#include "keys/issue_check.h"

#define KEY_ID 20 /* bytes of a key identifier */

/* ---- the pieces ---- */

/* An element of two levels that is being written. */
struct open {
	size_t outer, inner;
};

static struct open
extension_open(struct bl_buf *out, enum bl_oid oid, bool critical)
{
	struct open e;

	e.outer = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, oid);
	if (critical)
		bl_der_put_bool(out, true);
	e.inner = bl_der_open(out, BL_DER_OCTETS);
	return e;
}

static void
close_both(struct bl_buf *out, const struct open *e)
{
	bl_der_close(out, e->inner);
	bl_der_close(out, e->outer);
}

static void
put_attribute(
    struct bl_buf *out, enum bl_oid oid, unsigned tag, struct bl_span value)
{
	size_t set, seq;

	if (value.n == 0)
		return;
	set = bl_der_open(out, BL_DER_SET);
	seq = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, oid);
	bl_der_put(out, tag, value);
	bl_der_close(out, seq);
	bl_der_close(out, set);
}

static void
put_name(struct bl_buf *out, const struct bl_issue_name *n)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	put_attribute(out, BL_OID_COUNTRY, BL_DER_PRINTABLE, n->country);
	put_attribute(out, BL_OID_ORGANIZATION, BL_DER_UTF8, n->organization);
	put_attribute(out, BL_OID_COMMON_NAME, BL_DER_UTF8, n->common);
	bl_der_close(out, seq);
}

/* The key as a certificate has it; S/MIME BR 7.1.3.1. */
static void
put_public(struct bl_buf *out, const struct bl_issue_public *key)
{
	size_t spki = bl_der_open(out, BL_DER_SEQUENCE), seq;
	struct bl_buf rsa = {0};

	seq = bl_der_open(out, BL_DER_SEQUENCE);
	if (key->kind == BL_KEY_RSA) {
		bl_der_put_oid(out, BL_OID_RSA_ENCRYPTION);
		bl_der_put_null(out);
	} else {
		bl_der_put_oid(out, BL_OID_EC_PUBLIC_KEY);
		bl_der_put_oid(out,
		    key->kind == BL_KEY_EC_P256	      ? BL_OID_P256
			: key->kind == BL_KEY_EC_P384 ? BL_OID_P384
						      : BL_OID_P521);
	}
	bl_der_close(out, seq);
	if (key->kind == BL_KEY_RSA) {
		seq = bl_der_open(&rsa, BL_DER_SEQUENCE);
		bl_der_put_unsigned(&rsa, key->number);
		bl_der_put_uint(&rsa, key->exponent);
		bl_der_close(&rsa, seq);
		if (rsa.err != BL_OK)
			out->err = rsa.err;
		bl_der_put_bits(out, bl_buf_span(&rsa));
		bl_buf_clear(&rsa);
	} else {
		bl_der_put_bits(out, key->number);
	}
	bl_der_close(out, spki);
}

/* The octets of the key in a SubjectPublicKeyInfo that was written here. */
static struct bl_span
key_bits(struct bl_span spki)
{
	struct bl_der in = bl_der_of(spki);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);

	bl_der_take(&seq, BL_DER_SEQUENCE);
	return bl_der_bits(&seq, NULL);
}

/* The leftmost 160 bits of SHA-256 over the key: RFC 7093 2, method 1. */
static enum bl_err
key_id(struct bl_digest_value *id, struct bl_ctx *ctx, struct bl_span spki,
    struct bl_note *note)
{
	enum bl_err err = bl_digest_of(
	    id, ctx, BL_SHA256, key_bits(spki), note);

	id->n = KEY_ID;
	return err;
}

static void
put_authority_key(struct bl_buf *out, const struct bl_digest_value *id)
{
	struct open e = extension_open(
	    out, BL_OID_AUTHORITY_KEY_IDENTIFIER, false);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put(out, BL_DER_IMPLICIT(0), bl_span_of(id->p, id->n));
	bl_der_close(out, seq);
	close_both(out, &e);
}

/* ---- signing ---- */

/* signer is who signs: its key, and how. */
struct signer {
	struct bl_ctx *ctx;
	const struct bl_priv *key;
	struct bl_sig_alg alg;
	struct bl_buf spki;
	struct bl_digest_value id;
};

static struct bl_sig_alg
algorithm_of(enum bl_key_kind kind)
{
	struct bl_sig_alg alg = {BL_SIG_ECDSA, BL_SHA256};

	if (kind == BL_KEY_RSA)
		alg.kind = BL_SIG_RSA_PKCS1;
	else if (kind == BL_KEY_EC_P384)
		alg.digest = BL_SHA384;
	else if (kind == BL_KEY_EC_P521)
		alg.digest = BL_SHA512;
	else if (kind != BL_KEY_EC_P256)
		alg.kind = BL_SIG_OTHER;
	return alg;
}

/* Bits of an RSA modulus, by the length of its key. */
static unsigned
rsa_bits(struct bl_span spki)
{
	struct bl_der in = bl_der_of(key_bits(spki));
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_span n = bl_der_integer(&seq);
	unsigned bits;

	if (n.n > 0 && n.p[0] == 0)
		n = bl_span_cut(n, 1, SIZE_MAX);
	bits = (unsigned)n.n * 8;
	for (unsigned top = n.n > 0 ? n.p[0] : 0x80; top < 0x80; top <<= 1)
		bits--;
	return bits;
}

static enum bl_err
signer_begin(struct signer *s, struct bl_ctx *ctx, const struct bl_priv *key,
    struct bl_note *note)
{
	enum bl_key_kind kind = bl_priv_kind(key);
	enum bl_err err;

	*s = (struct signer){.ctx = ctx, .key = key, .alg = algorithm_of(kind)};
	if (s->alg.kind == BL_SIG_OTHER)
		return bl_fail(note, BL_E_DENIED, 0,
		    "a key of this kind does not certify", "S/MIME BR 7.1.3");
	if ((err = bl_priv_spki(&s->spki, key, note)) != BL_OK)
		return err;
	if (kind == BL_KEY_RSA && rsa_bits(bl_buf_span(&s->spki)) < 2048)
		return bl_fail(note, BL_E_DENIED, 0,
		    "the key is too weak to certify", "S/MIME BR 6.1.5");
	return key_id(&s->id, ctx, bl_buf_span(&s->spki), note);
}

/* What was written from `from` on is signed; algorithm and signature follow. */
static enum bl_err
sign(struct bl_buf *out, const struct signer *s, size_t from,
    struct bl_note *note)
{
	struct bl_buf sig = {0};
	enum bl_err err;

	if ((err = bl_buf_err(out, note)) == BL_OK &&
	    (err = bl_priv_sign_bytes(&sig, s->key, s->ctx, &s->alg,
		 bl_span_of(out->p + from, out->n - from), note)) == BL_OK) {
		bl_sig_alg_write_x509(out, &s->alg);
		bl_der_put_bits(out, bl_buf_span(&sig));
	}
	bl_buf_clear(&sig);
	return err;
}

/* ---- certificates ---- */

/* Where the bits of keyUsage stand in its first octet, RFC 5280 4.2.1.3. */
enum {
	DIGITAL_SIGNATURE = 0x80,
	KEY_ENCIPHERMENT = 0x20,
	KEY_AGREEMENT = 0x08,
	KEY_CERT_SIGN = 0x04,
	CRL_SIGN = 0x02,
};

static void
put_usage(struct bl_buf *out, const struct bl_issue_cert *c, bool rsa)
{
	struct open e = extension_open(out, BL_OID_KEY_USAGE, true);
	uint8_t bits[2] = {0, 0};

	/* an authority signs its OCSP answers itself */
	if (c->kind != BL_ISSUE_MAILBOX)
		bits[1] = DIGITAL_SIGNATURE | KEY_CERT_SIGN | CRL_SIGN;
	if (c->sign)
		bits[1] |= DIGITAL_SIGNATURE;
	if (c->encrypt)
		bits[1] |= rsa ? KEY_ENCIPHERMENT : KEY_AGREEMENT;
	/* no zero bits at the end: X.690 11.2.2 */
	bits[0] = (uint8_t)__builtin_ctz(bits[1]);
	bl_der_put(out, BL_DER_BITS, bl_span_of(bits, sizeof(bits)));
	close_both(out, &e);
}

static void
put_constraints(struct bl_buf *out, const struct bl_issue_cert *c)
{
	struct open e = extension_open(out, BL_OID_BASIC_CONSTRAINTS, true);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_bool(out, true);
	if (c->kind == BL_ISSUE_INTERMEDIATE)
		bl_der_put_uint(out, 0); /* it issues no other authority */
	bl_der_close(out, seq);
	close_both(out, &e);
}

static void
put_domains(struct bl_buf *out, const struct bl_issue_cert *c)
{
	struct open e;
	size_t seq, permitted;

	if (c->domain_count == 0)
		return;
	e = extension_open(out, BL_OID_NAME_CONSTRAINTS, true);
	seq = bl_der_open(out, BL_DER_SEQUENCE);
	permitted = bl_der_open(out, BL_DER_CONTEXT(0));
	for (size_t i = 0; i < c->domain_count; i++) {
		size_t tree = bl_der_open(out, BL_DER_SEQUENCE);

		bl_der_put(out, BL_DER_IMPLICIT(1), c->domains[i]);
		bl_der_close(out, tree);
	}
	bl_der_close(out, permitted);
	bl_der_close(out, seq);
	close_both(out, &e);
}

/* SmtpUTF8Mailbox, RFC 9598 3. */
static void
put_utf8_mailbox(struct bl_buf *out, struct bl_span address)
{
	size_t other = bl_der_open(out, BL_DER_CONTEXT(0)), value;

	bl_der_put_oid(out, BL_OID_SMTP_UTF8_MAILBOX);
	value = bl_der_open(out, BL_DER_CONTEXT(0));
	bl_der_put(out, BL_DER_UTF8, address);
	bl_der_close(out, value);
	bl_der_close(out, other);
}

/* The address that the subject has as its name, if it fits (RFC 5280 A.1). */
static struct bl_span
subject_address(const struct bl_issue_cert *c)
{
	return bl_issue_length(c->addresses[0]) <= BL_ISSUE_NAME_MAX
	    ? c->addresses[0]
	    : (struct bl_span){0};
}

static void
put_addresses(struct bl_buf *out, const struct bl_issue_cert *c)
{
	/* critical where there is no other name: RFC 5280 4.2.1.6 */
	struct open e = extension_open(
	    out, BL_OID_SUBJECT_ALT_NAME, subject_address(c).n == 0);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	for (size_t i = 0; i < c->address_count; i++)
		if (bl_issue_is_ascii(c->addresses[i]))
			bl_der_put(out, BL_DER_IMPLICIT(1), c->addresses[i]);
		else
			put_utf8_mailbox(out, c->addresses[i]);
	bl_der_close(out, seq);
	close_both(out, &e);
}

static void
put_policy(struct bl_buf *out)
{
	struct open e = extension_open(out, BL_OID_CERTIFICATE_POLICIES, false);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);
	size_t info = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, BL_OID_SMIME_BR_MAILBOX_STRICT);
	bl_der_close(out, info);
	bl_der_close(out, seq);
	close_both(out, &e);
}

static void
put_purpose(struct bl_buf *out)
{
	struct open e = extension_open(out, BL_OID_EXT_KEY_USAGE, false);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, BL_OID_EMAIL_PROTECTION);
	bl_der_close(out, seq);
	close_both(out, &e);
}

static void
put_crl_url(struct bl_buf *out, struct bl_span url)
{
	struct open e = extension_open(
	    out, BL_OID_CRL_DISTRIBUTION_POINTS, false);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);
	size_t point = bl_der_open(out, BL_DER_SEQUENCE);
	size_t name = bl_der_open(out, BL_DER_CONTEXT(0));
	size_t full = bl_der_open(out, BL_DER_CONTEXT(0));

	bl_der_put(out, BL_DER_IMPLICIT(6), url);
	bl_der_close(out, full);
	bl_der_close(out, name);
	bl_der_close(out, point);
	bl_der_close(out, seq);
	close_both(out, &e);
}

static void
put_access(struct bl_buf *out, enum bl_oid method, struct bl_span url)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, method);
	bl_der_put(out, BL_DER_IMPLICIT(6), url);
	bl_der_close(out, seq);
}

static void
put_urls(struct bl_buf *out, const struct bl_issue_cert *c)
{
	struct open e;
	size_t seq;

	put_crl_url(out, c->crl_url);
	e = extension_open(out, BL_OID_AUTHORITY_INFO_ACCESS, false);
	seq = bl_der_open(out, BL_DER_SEQUENCE);
	put_access(out, BL_OID_AD_OCSP, c->ocsp_url);
	put_access(out, BL_OID_AD_CA_ISSUERS, c->issuer_url);
	bl_der_close(out, seq);
	close_both(out, &e);
}

/* own: the key that is certified. */
static void
put_extensions(struct bl_buf *out, const struct bl_issue_cert *c,
    const struct signer *s, bool rsa, const struct bl_digest_value *own)
{
	size_t outer = bl_der_open(out, BL_DER_CONTEXT(3));
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);
	struct open e;

	if (c->kind != BL_ISSUE_MAILBOX)
		put_constraints(out, c);
	put_usage(out, c, rsa);
	e = extension_open(out, BL_OID_SUBJECT_KEY_IDENTIFIER, false);
	bl_der_put(out, BL_DER_OCTETS, bl_span_of(own->p, own->n));
	close_both(out, &e);
	if (c->kind != BL_ISSUE_ROOT) {
		put_authority_key(out, &s->id);
		put_purpose(out);
		put_policy(out);
		put_domains(out, c);
		put_urls(out, c);
	}
	if (c->kind == BL_ISSUE_MAILBOX)
		put_addresses(out, c);
	bl_der_close(out, seq);
	bl_der_close(out, outer);
}

/* TBSCertificate, RFC 5280 4.1. */
static void
put_tbs(struct bl_buf *out, const struct bl_issue_cert *c,
    const struct signer *s, struct bl_span spki, bool rsa,
    const struct bl_digest_value *own)
{
	struct bl_issue_name subject = c->subject;
	size_t tbs = bl_der_open(out, BL_DER_SEQUENCE), mark;

	if (c->kind == BL_ISSUE_MAILBOX)
		subject.common = subject_address(c);
	mark = bl_der_open(out, BL_DER_CONTEXT(0));
	bl_der_put_uint(out, 2); /* v3 */
	bl_der_close(out, mark);
	bl_der_put(out, BL_DER_INTEGER, c->serial);
	bl_sig_alg_write_x509(out, &s->alg);
	put_name(out, &c->issuer);
	mark = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_time(out, c->not_before);
	bl_der_put_time(out, c->not_after);
	bl_der_close(out, mark);
	put_name(out, &subject);
	bl_buf_add(out, spki);
	put_extensions(out, c, s, rsa, own);
	bl_der_close(out, tbs);
}

/* A root certifies itself, and nothing else does. */
static enum bl_err
check_own(const struct bl_issue_cert *c, const struct bl_priv *key,
    const struct bl_priv *own, struct bl_note *note)
{
	bool same = own != NULL &&
	    bl_span_equal(bl_priv_key_id(key), bl_priv_key_id(own));

	if ((c->kind == BL_ISSUE_ROOT) != same)
		return bl_fail(note, BL_E_DENIED, 0,
		    "a root, and only a root, certifies its own key",
		    "RFC 5280 3.2");
	return own == NULL ? bl_issue_public_check(&c->key, note) : BL_OK;
}

enum bl_err
bl_issue_cert_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_priv *key, const struct bl_priv *own,
    const struct bl_issue_cert *c, struct bl_note *note)
{
	enum bl_key_kind kind = own != NULL ? bl_priv_kind(own) : c->key.kind;
	struct bl_buf der = {0}, spki = {0};
	struct bl_digest_value id = {0};
	struct signer s = {0};
	unsigned bits;
	size_t mark;
	enum bl_err err;

	if ((err = check_own(c, key, own, note)) != BL_OK)
		goto out;
	if (own != NULL)
		err = bl_priv_spki(&spki, own, note);
	else
		put_public(&spki, &c->key);
	if (err != BL_OK || (err = bl_buf_err(&spki, note)) != BL_OK)
		goto out;
	bits = kind == BL_KEY_RSA ? rsa_bits(bl_buf_span(&spki)) : 0;
	if ((err = bl_issue_cert_check(c, kind, bits, note)) != BL_OK ||
	    (err = signer_begin(&s, ctx, key, note)) != BL_OK ||
	    (err = key_id(&id, ctx, bl_buf_span(&spki), note)) != BL_OK)
		goto out;
	mark = bl_der_open(&der, BL_DER_SEQUENCE);
	put_tbs(&der, c, &s, bl_buf_span(&spki), kind == BL_KEY_RSA, &id);
	if ((err = sign(&der, &s, mark, note)) != BL_OK)
		goto out;
	bl_der_close(&der, mark);
	if ((err = bl_buf_err(&der, note)) == BL_OK) {
		bl_buf_add(out, bl_buf_span(&der));
		err = bl_buf_err(out, note);
	}
out:
	bl_buf_clear(&s.spki);
	bl_buf_clear(&spki);
	bl_buf_clear(&der);
	return err;
}

/* ---- revocation lists ---- */

static void
put_revoked(struct bl_buf *out, const struct bl_issue_revoked *r)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE), list;
	uint8_t reason = (uint8_t)r->reason;
	struct open e;

	bl_der_put(out, BL_DER_INTEGER, r->serial);
	bl_der_put_time(out, r->at);
	if (r->reason != 0) {
		list = bl_der_open(out, BL_DER_SEQUENCE);
		e = extension_open(out, BL_OID_CRL_REASON, false);
		bl_der_put(out, BL_DER_ENUMERATED, bl_span_of(&reason, 1));
		close_both(out, &e);
		bl_der_close(out, list);
	}
	bl_der_close(out, seq);
}

/* TBSCertList, RFC 5280 5.1. */
static void
put_list(
    struct bl_buf *out, const struct bl_issue_crl *l, const struct signer *s)
{
	size_t tbs = bl_der_open(out, BL_DER_SEQUENCE), mark, seq;
	struct open e;

	bl_der_put_uint(out, 1); /* v2 */
	bl_sig_alg_write_x509(out, &s->alg);
	put_name(out, &l->issuer);
	bl_der_put_time(out, l->this_update);
	bl_der_put_time(out, l->next_update);
	if (l->n > 0) {
		mark = bl_der_open(out, BL_DER_SEQUENCE);
		for (size_t i = 0; i < l->n; i++)
			put_revoked(out, &l->revoked[i]);
		bl_der_close(out, mark);
	}
	mark = bl_der_open(out, BL_DER_CONTEXT(0));
	seq = bl_der_open(out, BL_DER_SEQUENCE);
	put_authority_key(out, &s->id);
	e = extension_open(out, BL_OID_CRL_NUMBER, false);
	bl_der_put_uint(out, l->number);
	close_both(out, &e);
	bl_der_close(out, seq);
	bl_der_close(out, mark);
	bl_der_close(out, tbs);
}

enum bl_err
bl_issue_crl_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_priv *key, const struct bl_issue_crl *l,
    struct bl_note *note)
{
	struct bl_buf der = {0};
	struct signer s = {0};
	size_t mark;
	enum bl_err err;

	if ((err = bl_issue_crl_check(l, note)) != BL_OK ||
	    (err = signer_begin(&s, ctx, key, note)) != BL_OK)
		goto out;
	mark = bl_der_open(&der, BL_DER_SEQUENCE);
	put_list(&der, l, &s);
	if ((err = sign(&der, &s, mark, note)) != BL_OK)
		goto out;
	bl_der_close(&der, mark);
	if ((err = bl_buf_err(&der, note)) == BL_OK) {
		bl_buf_add(out, bl_buf_span(&der));
		err = bl_buf_err(out, note);
	}
out:
	bl_buf_clear(&s.spki);
	bl_buf_clear(&der);
	return err;
}

/* ---- OCSP ---- */

/* about names the certificate: CertIDs with SHA-1 and SHA-256, DER. */
struct about {
	struct bl_buf id[2];
	struct bl_digest_value responder; /* SHA-1 of the issuer's key */
};

static enum bl_err
put_cert_id(struct bl_buf *out, struct bl_digest_value *key_hash,
    const struct signer *s, enum bl_digest d, const struct bl_issue_ocsp *o,
    struct bl_note *note)
{
	struct bl_digest_value name_hash;
	struct bl_buf name = {0};
	size_t seq;
	enum bl_err err;

	put_name(&name, &o->issuer);
	if ((err = bl_buf_err(&name, note)) == BL_OK &&
	    (err = bl_digest_of(
		 &name_hash, s->ctx, d, bl_buf_span(&name), note)) == BL_OK &&
	    (err = bl_digest_of(key_hash, s->ctx, d,
		 key_bits(bl_buf_span(&s->spki)), note)) == BL_OK) {
		seq = bl_der_open(out, BL_DER_SEQUENCE);
		bl_digest_alg_write_null(out, d);
		bl_der_put(
		    out, BL_DER_OCTETS, bl_span_of(name_hash.p, name_hash.n));
		bl_der_put(
		    out, BL_DER_OCTETS, bl_span_of(key_hash->p, key_hash->n));
		bl_der_put(out, BL_DER_INTEGER, o->cert.serial);
		bl_der_close(out, seq);
		err = bl_buf_err(out, note);
	}
	bl_buf_clear(&name);
	return err;
}

static enum bl_err
name_it(struct about *a, const struct signer *s, const struct bl_issue_ocsp *o,
    struct bl_note *note)
{
	struct bl_digest_value unused;
	enum bl_err err = put_cert_id(
	    &a->id[0], &a->responder, s, BL_SHA1, o, note);

	if (err == BL_OK)
		err = put_cert_id(&a->id[1], &unused, s, BL_SHA256, o, note);
	return err;
}

/* OCSPRequest of one certificate, RFC 6960 4.1.1. */
static void
put_request(struct bl_buf *out, struct bl_span id)
{
	size_t all = bl_der_open(out, BL_DER_SEQUENCE);
	size_t tbs = bl_der_open(out, BL_DER_SEQUENCE);
	size_t list = bl_der_open(out, BL_DER_SEQUENCE);
	size_t one = bl_der_open(out, BL_DER_SEQUENCE);

	bl_buf_add(out, id);
	bl_der_close(out, one);
	bl_der_close(out, list);
	bl_der_close(out, tbs);
	bl_der_close(out, all);
}

/* CertStatus: RFC 6960 4.2.1. */
static void
put_status(struct bl_buf *out, const struct bl_issue_ocsp *o)
{
	uint8_t reason = (uint8_t)o->cert.reason;
	size_t mark, field;

	if (!o->is_revoked) {
		bl_der_put_head(out, BL_DER_IMPLICIT(0), 0);
		return;
	}
	mark = bl_der_open(out, BL_DER_CONTEXT(1));
	bl_der_put_gentime(out, o->cert.at);
	if (o->cert.reason != 0) {
		field = bl_der_open(out, BL_DER_CONTEXT(0));
		bl_der_put(out, BL_DER_ENUMERATED, bl_span_of(&reason, 1));
		bl_der_close(out, field);
	}
	bl_der_close(out, mark);
}

static void
put_single(struct bl_buf *out, const struct bl_issue_ocsp *o, struct bl_span id)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE), next;

	bl_buf_add(out, id);
	put_status(out, o);
	bl_der_put_gentime(out, o->this_update);
	next = bl_der_open(out, BL_DER_CONTEXT(0));
	bl_der_put_gentime(out, o->next_update);
	bl_der_close(out, next);
	bl_der_close(out, seq);
}

/* ResponseData, by the key of the issuer. */
static void
put_response_data(
    struct bl_buf *out, const struct bl_issue_ocsp *o, const struct about *a)
{
	size_t data = bl_der_open(out, BL_DER_SEQUENCE), mark;

	mark = bl_der_open(out, BL_DER_CONTEXT(2));
	bl_der_put(
	    out, BL_DER_OCTETS, bl_span_of(a->responder.p, a->responder.n));
	bl_der_close(out, mark);
	bl_der_put_gentime(out, o->this_update);
	mark = bl_der_open(out, BL_DER_SEQUENCE);
	put_single(out, o, bl_buf_span(&a->id[0]));
	put_single(out, o, bl_buf_span(&a->id[1]));
	bl_der_close(out, mark);
	bl_der_close(out, data);
}

/* OCSPResponse, successful, around a BasicOCSPResponse. */
static void
put_response(struct bl_buf *out, struct bl_span basic)
{
	static const uint8_t successful = 0;
	size_t all = bl_der_open(out, BL_DER_SEQUENCE), bytes, seq;

	bl_der_put(out, BL_DER_ENUMERATED, bl_span_of(&successful, 1));
	bytes = bl_der_open(out, BL_DER_CONTEXT(0));
	seq = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, BL_OID_OCSP_BASIC);
	bl_der_put(out, BL_DER_OCTETS, basic);
	bl_der_close(out, seq);
	bl_der_close(out, bytes);
	bl_der_close(out, all);
}

enum bl_err
bl_issue_ocsp_write(struct bl_buf *out, struct bl_buf requests[2],
    struct bl_ctx *ctx, const struct bl_priv *key,
    const struct bl_issue_ocsp *o, struct bl_note *note)
{
	struct bl_buf basic = {0};
	struct signer s = {0};
	struct about a = {0};
	size_t mark;
	enum bl_err err;

	if ((err = bl_issue_ocsp_check(o, note)) != BL_OK ||
	    (err = signer_begin(&s, ctx, key, note)) != BL_OK ||
	    (err = name_it(&a, &s, o, note)) != BL_OK)
		goto out;
	mark = bl_der_open(&basic, BL_DER_SEQUENCE);
	put_response_data(&basic, o, &a);
	if ((err = sign(&basic, &s, mark, note)) != BL_OK)
		goto out;
	bl_der_close(&basic, mark);
	if ((err = bl_buf_err(&basic, note)) != BL_OK)
		goto out;
	put_response(out, bl_buf_span(&basic));
	err = bl_buf_err(out, note);
	for (size_t i = 0; i < 2 && err == BL_OK; i++) {
		put_request(&requests[i], bl_buf_span(&a.id[i]));
		err = bl_buf_err(&requests[i], note);
	}
out:
	bl_buf_clear(&a.id[0]);
	bl_buf_clear(&a.id[1]);
	bl_buf_clear(&s.spki);
	bl_buf_clear(&basic);
	return err;
}
