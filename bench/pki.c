/* pki.c - see pki.h. */
#include "bench/pki.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/x509v3.h>

#include "bench/measure.h"
#include "bench/person.h"
#include "der/der.h"

#define YEAR	 (365L * 24 * 3600) /* seconds */
#define REVOKED	 3
#define SERIAL_N 16 /* bytes */

static void
add_extension(X509 *x, const struct authority *by, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, by != NULL ? by->x509 : x, x, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&ctx);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ensure(e != NULL && X509_add_ext(x, e, -1) == 1, value);
	X509_EXTENSION_free(e);
}

static X509 *
begin(const struct authority *by, EVP_PKEY *key, const char *name,
    unsigned long serial)
{
	X509 *x = X509_new();
	X509_NAME *subject = X509_NAME_new();

	ensure(x != NULL && subject != NULL &&
		X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
		    (const unsigned char *)"Example", -1, -1, 0) == 1 &&
		X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
		    (const unsigned char *)name, -1, -1, 0) == 1 &&
		X509_set_version(x, X509_VERSION_3) == 1 &&
		ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial) ==
		    1 &&
		X509_gmtime_adj(X509_getm_notBefore(x), -3600) != NULL &&
		X509_gmtime_adj(X509_getm_notAfter(x), YEAR) != NULL &&
		X509_set_subject_name(x, subject) == 1 &&
		X509_set_issuer_name(x,
		    by != NULL ? X509_get_subject_name(by->x509) : subject) ==
		    1 &&
		X509_set_pubkey(x, key) == 1,
	    "no certificate");
	X509_NAME_free(subject);
	add_extension(x, by, NID_subject_key_identifier, "hash");
	add_extension(x, by, NID_authority_key_identifier, "keyid:always");
	return x;
}

static X509 *
end(X509 *x, EVP_PKEY *key)
{
	ensure(X509_sign(x, key, EVP_sha256()) > 0, "no certificate");
	return x;
}

X509 *
pki_issue(const struct authority *by, EVP_PKEY *key, const char *address,
    unsigned long serial)
{
	X509 *x = begin(by, key, address, serial);
	char san[128];

	add_extension(x, by, NID_basic_constraints, "critical,CA:FALSE");
	add_extension(x, by, NID_key_usage,
	    EVP_PKEY_is_a(key, "RSA")
		? "critical,digitalSignature,keyEncipherment"
		: "critical,digitalSignature,keyAgreement");
	add_extension(x, by, NID_ext_key_usage, "emailProtection");
	snprintf(san, sizeof(san), "email:%s", address);
	add_extension(x, by, NID_subject_alt_name, san);
	return end(x, by->key);
}

/* ---- authorities ---- */

static void
set_time(ASN1_TIME **t, long offset)
{
	ensure((*t = X509_gmtime_adj(NULL, offset)) != NULL, "no time");
}

static X509_CRL *
short_crl(const struct authority *by)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *from, *until;
	X509V3_CTX ctx;
	X509_EXTENSION *aki;

	set_time(&from, -3600);
	set_time(&until, YEAR / 12);
	ensure(crl != NULL && X509_CRL_set_version(crl, X509_CRL_VERSION_2) &&
		X509_CRL_set_issuer_name(
		    crl, X509_get_subject_name(by->x509)) == 1 &&
		X509_CRL_set1_lastUpdate(crl, from) == 1 &&
		X509_CRL_set1_nextUpdate(crl, until) == 1,
	    "no list");
	for (uint64_t i = 0; i < REVOKED; i++) {
		X509_REVOKED *r = X509_REVOKED_new();
		ASN1_INTEGER *serial = ASN1_INTEGER_new();

		ensure(r != NULL && serial != NULL &&
			ASN1_INTEGER_set_uint64(serial, 1u << 20 | i) == 1 &&
			X509_REVOKED_set_serialNumber(r, serial) == 1 &&
			X509_REVOKED_set_revocationDate(r, from) == 1 &&
			X509_CRL_add0_revoked(crl, r) == 1,
		    "no list");
		ASN1_INTEGER_free(serial);
	}
	X509V3_set_ctx(&ctx, by->x509, NULL, NULL, crl, 0);
	X509V3_set_ctx_nodb(&ctx);
	aki = X509V3_EXT_conf_nid(
	    NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	ensure(aki != NULL && X509_CRL_add_ext(crl, aki, -1) == 1 &&
		X509_CRL_sort(crl) == 1 &&
		X509_CRL_sign(crl, by->key, EVP_sha256()) > 0,
	    "no list");
	X509_EXTENSION_free(aki);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	return crl;
}

static void
authority_init(struct authority *a, const struct authority *by,
    const char *type, const char *name)
{
	a->key = person_key(type);
	a->x509 = begin(by, a->key, name, by != NULL ? 2 : 1);
	add_extension(a->x509, by, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(
	    a->x509, by, NID_key_usage, "critical,keyCertSign,cRLSign");
	end(a->x509, by != NULL ? by->key : a->key);
	a->crl = short_crl(a);
}

void
pki_init(struct pki *p, const char *type)
{
	authority_init(&p->root, NULL, type, "Example Root CA");
	authority_init(&p->ca, &p->root, type, "Example Mail CA");
}

static void
authority_clear(struct authority *a)
{
	X509_CRL_free(a->crl);
	X509_free(a->x509);
	EVP_PKEY_free(a->key);
}

void
pki_clear(struct pki *p)
{
	authority_clear(&p->ca);
	authority_clear(&p->root);
}

/* ---- bytes ---- */

static void
take(struct bl_buf *out, unsigned char *der, int n)
{
	ensure(n > 0, "it cannot be written");
	bl_buf_add(out, bl_span_of(der, (size_t)n));
	ensure(out->err == BL_OK, "out of memory");
	OPENSSL_free(der);
}

void
pki_der(struct bl_buf *out, X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);

	take(out, der, n);
}

void
pki_crl_der(struct bl_buf *out, X509_CRL *crl)
{
	unsigned char *der = NULL;
	int n = i2d_X509_CRL(crl, &der);

	take(out, der, n);
}

void
pki_save(const char *folder, const char *name, const char *label,
    struct bl_span bytes)
{
	struct bl_buf pem = {0};
	char path[4096];
	FILE *f;

	if (label != NULL) {
		bl_pem_write(&pem, label, bytes);
		bytes = bl_buf_span(&pem);
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "ab");
	ensure(f != NULL && pem.err == BL_OK &&
		fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0,
	    "a file cannot be written");
	bl_buf_clear(&pem);
}

/* ---- a long list ---- */

static void
put_name(struct bl_buf *out, const struct authority *by)
{
	unsigned char *der = NULL;
	int n = i2d_X509_NAME(X509_get_subject_name(by->x509), &der);

	take(out, der, n);
}

/* Serial numbers that are spread as honest ones are, each another. */
static void
put_entry(struct bl_buf *out, uint64_t i, int64_t at)
{
	static const uint8_t reason[] = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03,
	    0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01, 0x01};
	uint8_t serial[SERIAL_N];
	uint64_t high = i * 0x9e3779b97f4a7c15u;
	size_t mark = bl_der_open(out, BL_DER_SEQUENCE);

	for (size_t k = 0; k < 8; k++) {
		serial[k] = (uint8_t)(high >> (56 - 8 * k));
		serial[8 + k] = (uint8_t)(i >> (56 - 8 * k));
	}
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
	bl_der_put(out, BL_DER_INTEGER, bl_span_of(serial, sizeof(serial)));
	bl_der_put_time(out, at);
	bl_buf_add(out, bl_span_of(reason, sizeof(reason)));
	bl_der_close(out, mark);
}

static void
put_algorithm(struct bl_buf *out)
{
	static const uint8_t ecdsa[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
	    0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

	bl_buf_add(out, bl_span_of(ecdsa, sizeof(ecdsa)));
}

static void
put_entries(struct bl_buf *out, size_t n, int64_t at)
{
	struct bl_buf list = {0};

	bl_buf_init(&list, (size_t)1 << 30);
	for (size_t i = 1; i <= n; i++)
		put_entry(&list, i, at);
	ensure(list.err == BL_OK, "out of memory");
	bl_der_put(out, BL_DER_SEQUENCE, bl_buf_span(&list));
	bl_buf_clear(&list);
}

static void
put_signed(struct bl_buf *out, const struct authority *by, struct bl_span tbs)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t value[256];
	size_t n = sizeof(value);
	struct bl_buf body = {0};

	ensure(md != NULL && EVP_PKEY_is_a(by->key, "EC") &&
		EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, by->key) ==
		    1 &&
		EVP_DigestSign(md, value, &n, tbs.p, tbs.n) == 1,
	    "the list cannot be signed");
	EVP_MD_CTX_free(md);
	bl_buf_init(&body, (size_t)1 << 30);
	bl_buf_add(&body, tbs);
	put_algorithm(&body);
	bl_der_put_bits(&body, bl_span_of(value, n));
	bl_der_put(out, BL_DER_SEQUENCE, bl_buf_span(&body));
	bl_buf_clear(&body);
}

void
pki_long_crl(struct bl_buf *out, const struct authority *by, size_t n)
{
	int64_t now = (int64_t)time(NULL);
	struct bl_buf fields = {0}, tbs = {0};

	bl_buf_init(&fields, (size_t)1 << 30);
	bl_der_put_uint(&fields, 1); /* v2 */
	put_algorithm(&fields);
	put_name(&fields, by);
	bl_der_put_time(&fields, now - 3600);
	bl_der_put_time(&fields, now + YEAR / 12);
	put_entries(&fields, n, now - 7200);
	ensure(fields.err == BL_OK, "out of memory");
	bl_buf_init(&tbs, (size_t)1 << 30);
	bl_der_put(&tbs, BL_DER_SEQUENCE, bl_buf_span(&fields));
	put_signed(out, by, bl_buf_span(&tbs));
	ensure(tbs.err == BL_OK && out->err == BL_OK, "out of memory");
	bl_buf_clear(&fields);
	bl_buf_clear(&tbs);
}
