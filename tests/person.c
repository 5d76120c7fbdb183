/* person.c - see person.h. */
#include "tests/person.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "keys/keys.h"
#include "tests/test.h"

#define DAY 86400

static EVP_PKEY *
make_key(const char *kind)
{
	unsigned bits;

	if (sscanf(kind, "RSA-PSS-%u", &bits) == 1) {
		EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(
		    NULL, "RSA-PSS", NULL);
		EVP_PKEY *k = NULL;

		if (EVP_PKEY_keygen_init(c) == 1 &&
		    EVP_PKEY_CTX_set_rsa_keygen_bits(c, (int)bits) == 1)
			EVP_PKEY_generate(c, &k);
		EVP_PKEY_CTX_free(c);
		return k;
	}
	if (sscanf(kind, "RSA-%u", &bits) == 1)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
	if (kind[0] == 'E' || kind[0] == 'X')
		return EVP_PKEY_Q_keygen(NULL, NULL, kind);
	return EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
}

/* keyUsage for both uses, as far as the kind of key has them. */
static const char *
usage_of(const char *kind)
{
	switch (kind[0]) {
	case 'P':
		return "critical,digitalSignature,keyAgreement";
	case 'E':
		return "critical,digitalSignature";
	case 'X':
		return "critical,keyAgreement";
	default:
		return "critical,digitalSignature,keyEncipherment";
	}
}

/* Signs the certificate; EdDSA takes no digest. */
static bool
sign(X509 *x, EVP_PKEY *signer, const char *digest)
{
	bool pure = EVP_PKEY_is_a(signer, "ED25519") ||
	    EVP_PKEY_is_a(signer, "ED448");
	const EVP_MD *md = pure
	    ? NULL
	    : EVP_get_digestbyname(digest != NULL ? digest : "SHA256");

	return X509_sign(x, signer, md) > 0;
}

static EVP_PKEY *
open_key(const struct bl_secret *pkcs8)
{
	struct bl_span s = bl_secret_reveal(pkcs8);
	const unsigned char *p = s.p;

	return d2i_AutoPrivateKey(NULL, &p, (long)s.n);
}

static bool
extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;
	bool ok;

	if (value == NULL || *value == '\0')
		return true;
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = e != NULL && X509_add_ext(x, e, -1) == 1;
	X509_EXTENSION_free(e);
	return ok;
}

static bool
extend_all(
    X509 *x, X509 *issuer, const struct bl_person_opts *o, const char *kind)
{
	char san[512];
	const char *usage = o->is_ca ? "critical,keyCertSign,cRLSign"
				     : usage_of(kind);

	snprintf(san, sizeof(san), "email:%s", o->address);
	return extend(x, issuer, NID_basic_constraints,
		   o->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
	    extend(x, issuer, NID_key_usage,
		o->usage != NULL ? o->usage : usage) &&
	    (o->is_ca ||
		extend(x, issuer, NID_ext_key_usage,
		    o->eku != NULL ? o->eku : "emailProtection")) &&
	    extend(x, issuer, NID_subject_key_identifier, "hash") &&
	    extend(x, issuer, NID_info_access, o->aia) &&
	    extend(x, issuer, NID_crl_distribution_points, o->points) &&
	    (o->is_ca ||
		extend(x, issuer, NID_subject_alt_name,
		    o->san != NULL ? o->san : san));
}

static bool
fill(X509 *x, const struct bl_person_opts *o, EVP_PKEY *key, X509 *issuer)
{
	int64_t from = o->not_before != 0 ? o->not_before : BL_PERSON_NOW - DAY;
	int64_t to = o->not_after != 0 ? o->not_after
				       : BL_PERSON_NOW + 365 * DAY;
	const char *name = o->name != NULL ? o->name : o->address;
	X509_NAME *subject = X509_get_subject_name(x);
	BIGNUM *serial = BN_new();
	bool ok = serial != NULL && BN_rand(serial, 120, 0, 1) == 1 &&
	    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x)) != NULL &&
	    X509_set_version(x, 2) == 1 &&
	    ASN1_TIME_set(X509_getm_notBefore(x), (time_t)from) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(x), (time_t)to) != NULL &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
		(const unsigned char *)name, -1, -1, 0) == 1 &&
	    X509_set_issuer_name(
		x, issuer != NULL ? X509_get_subject_name(issuer) : subject) ==
		1 &&
	    X509_set_pubkey(x, key) == 1;

	BN_free(serial);
	return ok;
}

static void
keep_key(struct bl_person *out, EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	int n = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);

	if (n > 0)
		CHECK(bl_secret_copy(&out->pkcs8, bl_span_of(der, (size_t)n),
			  NULL) == BL_OK,
		    "the key");
	OPENSSL_clear_free(der, n > 0 ? (size_t)n : 0);
	PKCS8_PRIV_KEY_INFO_free(info);
}

bool
bl_person_make(struct bl_person *out, struct bl_ctx *ctx,
    const struct bl_person_opts *o, const struct bl_person *issuer)
{
	const struct bl_limits limits = BL_LIMITS;
	const char *kind = o->key != NULL ? o->key : "RSA-2048";
	EVP_PKEY *key = make_key(kind), *signer = NULL;
	X509 *x = X509_new(), *by = NULL;
	unsigned char *der = NULL;
	bool ok = false;
	int n;

	*out = (struct bl_person){0};
	if (issuer != NULL) {
		const unsigned char *p = issuer->der.p;

		by = d2i_X509(NULL, &p, (long)issuer->der.n);
		signer = open_key(issuer->pkcs8);
	}
	if (signer == NULL && kind[0] == 'X') /* it cannot sign itself */
		signer = make_key("P-256");
	if (key == NULL || x == NULL || !fill(x, o, key, by) ||
	    !extend_all(x, by != NULL ? by : x, o, kind) ||
	    !sign(x, signer != NULL ? signer : key, o->digest))
		goto out;
	keep_key(out, key);
	n = i2d_X509(x, &der);
	if (n > 0)
		bl_buf_add(&out->der, bl_span_of(der, (size_t)n));
	ok = n > 0 && out->pkcs8 != NULL &&
	    bl_cert_read(&out->cert, ctx, bl_buf_span(&out->der), &limits,
		NULL) == BL_OK;
out:
	CHECK(ok, o->address);
	OPENSSL_free(der);
	X509_free(x);
	X509_free(by);
	EVP_PKEY_free(key);
	EVP_PKEY_free(signer);
	return ok;
}

/* Puts the certificate into the list. */
static bool
revoke(X509_CRL *list, const struct bl_person *p, ASN1_TIME *at)
{
	const unsigned char *der = p->der.p;
	X509 *x = d2i_X509(NULL, &der, (long)p->der.n);
	X509_REVOKED *r = X509_REVOKED_new();
	bool ok = x != NULL && r != NULL &&
	    X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(x)) == 1 &&
	    X509_REVOKED_set_revocationDate(r, at) == 1 &&
	    X509_CRL_add0_revoked(list, r) == 1;

	X509_free(x);
	return ok;
}

void
bl_person_list(struct bl_buf *out, const struct bl_person *ca,
    const struct bl_person *revoked)
{
	const unsigned char *p = ca->der.p;
	X509 *by = d2i_X509(NULL, &p, (long)ca->der.n);
	EVP_PKEY *key = open_key(ca->pkcs8);
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)BL_PERSON_NOW - 60);
	ASN1_TIME *to = ASN1_TIME_set(NULL, (time_t)BL_PERSON_NOW + DAY);
	X509_CRL *list = X509_CRL_new();
	unsigned char *der = NULL;
	int n = -1;

	if (X509_CRL_set_version(list, 1) == 1 &&
	    X509_CRL_set_issuer_name(list, X509_get_subject_name(by)) == 1 &&
	    X509_CRL_set1_lastUpdate(list, from) == 1 &&
	    X509_CRL_set1_nextUpdate(list, to) == 1 &&
	    (revoked == NULL || revoke(list, revoked, from)) &&
	    X509_CRL_sign(list, key, EVP_sha256()) > 0)
		n = i2d_X509_CRL(list, &der);
	CHECK(n > 0, "revocation list");
	if (n > 0)
		bl_buf_add(out, bl_span_of(der, (size_t)n));
	OPENSSL_free(der);
	X509_CRL_free(list);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	EVP_PKEY_free(key);
	X509_free(by);
}

void
bl_person_clear(struct bl_person *p)
{
	bl_secret_free(p->pkcs8);
	bl_buf_clear(&p->der);
	bl_cert_free(p->cert);
	*p = (struct bl_person){0};
}

enum bl_err
bl_person_answer(struct bl_buf *answer, struct bl_ctx *ctx,
    const struct bl_person *people, size_t n, const struct bl_want *want)
{
	for (size_t i = 0; i < n; i++)
		if (people[i].cert != NULL &&
		    bl_span_equal(bl_cert_key_id(people[i].cert),
			bl_span_of(want->key, BL_SHA256_SIZE)))
			return bl_key_answer(
			    answer, ctx, people[i].pkcs8, want->frame, NULL);
	return bl_answer_put(answer,
	    &(struct bl_answer){
		.kind = want->kind, .refusal = BL_REFUSED_NO_KEY},
	    NULL);
}
