/* person.c - see person.h. */
#include "bench/person.h"

#include <string.h>

#include <openssl/x509v3.h>

#include "bench/measure.h"

#define YEAR (365L * 24 * 3600) /* seconds */

EVP_PKEY *
person_key(const char *type)
{
	EVP_PKEY *key = strcmp(type, "RSA") == 0
	    ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
	    : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");

	ensure(key != NULL, "no key");
	return key;
}

static void
add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	ensure(e != NULL && X509_add_ext(x, e, -1) == 1, value);
	X509_EXTENSION_free(e);
}

static X509 *
certificate(EVP_PKEY *key, const char *address, unsigned long serial)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();
	char san[128];

	ensure(x != NULL && name != NULL &&
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		    (const unsigned char *)address, -1, -1, 0) == 1 &&
		X509_set_version(x, X509_VERSION_3) == 1 &&
		ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial) ==
		    1 &&
		X509_gmtime_adj(X509_getm_notBefore(x), -3600) != NULL &&
		X509_gmtime_adj(X509_getm_notAfter(x), YEAR) != NULL &&
		X509_set_subject_name(x, name) == 1 &&
		X509_set_issuer_name(x, name) == 1 &&
		X509_set_pubkey(x, key) == 1,
	    "no certificate");
	add_extension(x, NID_basic_constraints, "critical,CA:FALSE");
	add_extension(x, NID_key_usage,
	    EVP_PKEY_is_a(key, "RSA")
		? "critical,digitalSignature,keyEncipherment"
		: "critical,digitalSignature,keyAgreement");
	add_extension(x, NID_ext_key_usage, "emailProtection");
	snprintf(san, sizeof(san), "email:%s", address);
	add_extension(x, NID_subject_alt_name, san);
	ensure(X509_sign(x, key, EVP_sha256()) > 0, "no certificate");
	X509_NAME_free(name);
	return x;
}

static struct bl_priv *
read_key(struct bl_ctx *ctx, EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	int n = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	struct bl_secret *secret = NULL;
	struct bl_priv *priv = NULL;

	ensure(n > 0 &&
		bl_secret_copy(&secret, bl_span_of(der, (size_t)n), NULL) ==
		    BL_OK &&
		bl_priv_read(&priv, ctx, secret, NULL) == BL_OK,
	    "no private key");
	bl_secret_free(secret);
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
	return priv;
}

static struct bl_cert *
read_certificate(struct bl_ctx *ctx, X509 *x)
{
	const struct bl_limits limits = BL_LIMITS;
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	struct bl_cert *cert = NULL;

	ensure(n > 0 &&
		bl_cert_read(&cert, ctx, bl_span_of(der, (size_t)n), &limits,
		    NULL) == BL_OK,
	    "the certificate cannot be read");
	OPENSSL_free(der);
	return cert;
}

void
person_init(struct person *p, struct bl_ctx *ctx, EVP_PKEY *key,
    const char *address, unsigned long serial)
{
	*p = (struct person){.key = key};
	p->x509 = certificate(key, address, serial);
	p->priv = read_key(ctx, key);
	p->cert = read_certificate(ctx, p->x509);
}

void
person_clear(struct person *p)
{
	bl_cert_free(p->cert);
	bl_priv_free(p->priv);
	X509_free(p->x509);
	EVP_PKEY_free(p->key);
}
