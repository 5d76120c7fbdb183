/* corpus_test.c - every certificate of the corpora that the crypto library
 * reads: ours reads it too, with the same fields, or the table says why not. */
#include "cert/cert.h"
#include "tests/test.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* What we refuse and the library reads; docs/deviations.md says why. */
static const struct {
	const char *path;
	const char *what;
	size_t n;
} deviations[] = {
    {"x509-limbo/", "the issuer has no name", 2},
    {"x509-limbo/", "subjectAltName is not well formed", 1},
    {"x509-limbo/", "signature algorithms inside and outside differ", 1},
    {"x509-limbo/", "serial number is too long", 1},
    {"x509-limbo/", "extKeyUsage is not well formed", 1},
    {"x509-limbo/", "an extension is there twice", 1},
    {"pkits/", "certificate is not well formed", 2},
    {"badrsa.pem", "RSA modulus is even or tiny", 1},
};
#define DEVIATIONS (sizeof(deviations) / sizeof(*deviations))

static struct bl_ctx *ctx;
static size_t seen, met[DEVIATIONS];

static struct bl_span
of_string(const ASN1_STRING *s)
{
	if (s == NULL)
		return (struct bl_span){0};
	return bl_span_of(
	    ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

static void
compare_names(const struct bl_cert *c, X509 *x, const char *path)
{
	const unsigned char *p;
	size_t n;

	CHECK(X509_NAME_get0_der(X509_get_issuer_name(x), &p, &n) == 1, path);
	CHECK(bl_span_equal(bl_cert_issuer(c), bl_span_of(p, n)), path);
	CHECK(X509_NAME_get0_der(X509_get_subject_name(x), &p, &n) == 1, path);
	CHECK(bl_span_equal(bl_cert_subject(c), bl_span_of(p, n)), path);
}

static int64_t
seconds(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) == 1 ? (int64_t)timegm(&tm) : -1;
}

static void
compare_fields(const struct bl_cert *c, X509 *x, const char *path)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	const ASN1_BIT_STRING *signature;
	unsigned char buf[64], *p = buf;
	int n = i2d_ASN1_INTEGER(serial, &p);

	CHECK(n > 2 &&
		bl_span_equal(
		    bl_cert_serial(c), bl_span_of(buf + 2, (size_t)n - 2)),
	    path);
	CHECK(bl_cert_not_before(c) == seconds(X509_get0_notBefore(x)), path);
	CHECK(bl_cert_not_after(c) == seconds(X509_get0_notAfter(x)), path);
	X509_get0_signature(&signature, NULL, x);
	CHECK(bl_span_equal(bl_cert_signature(c), of_string(signature)), path);
	CHECK(bl_span_equal(
		  bl_cert_ski(c), of_string(X509_get0_subject_key_id(x))),
	    path);
	CHECK(bl_span_equal(
		  bl_cert_aki(c), of_string(X509_get0_authority_key_id(x))),
	    path);
	CHECK(((bl_cert_flags(c) & BL_CERT_V1) != 0) ==
		(X509_get_version(x) == 0),
	    path);
}

static void
compare_usage(const struct bl_cert *c, X509 *x, const char *path)
{
	unsigned theirs = X509_get_key_usage(x), ours = bl_cert_key_usage(c);
	BASIC_CONSTRAINTS *bc = X509_get_ext_d2i(
	    x, NID_basic_constraints, NULL, NULL);
	unsigned eku = X509_get_extended_key_usage(x);
	unsigned flags = bl_cert_flags(c);

	for (unsigned i = 0; i < 8; i++)
		CHECK(
		    ((theirs & (0x80u >> i)) != 0) == ((ours & (1u << i)) != 0),
		    path);
	CHECK(
	    ((theirs & KU_DECIPHER_ONLY) != 0) == ((ours & 0x100) != 0), path);
	CHECK(((flags & BL_CERT_CA) != 0) == (bc != NULL && bc->ca != 0), path);
	if (eku == UINT32_MAX) {
		CHECK((flags & BL_CERT_HAS_EKU) == 0, path);
	} else {
		CHECK((flags & BL_CERT_HAS_EKU) != 0, path);
		CHECK(((flags & BL_CERT_EKU_EMAIL) != 0) ==
			((eku & XKU_SMIME) != 0),
		    path);
		CHECK(((flags & BL_CERT_EKU_ANY) != 0) ==
			((eku & XKU_ANYEKU) != 0),
		    path);
	}
	BASIC_CONSTRAINTS_free(bc);
}

static bool
is_ours(const struct bl_cert *c, const char *addr)
{
	for (size_t i = 0; i < bl_cert_addr_count(c); i++)
		if (bl_span_equal(
			bl_cert_addr_at(c, i).addr, bl_span_str(addr)))
			return true;
	return false;
}

static void
compare_addresses(const struct bl_cert *c, X509 *x, const char *path)
{
	STACK_OF(OPENSSL_STRING) *theirs = X509_get1_email(x);
	int n = sk_OPENSSL_STRING_num(theirs);
	bool bad = (bl_cert_flags(c) & BL_CERT_BAD_ADDRESS) != 0;

	for (int i = 0; i < n; i++)
		CHECK(bad || is_ours(c, sk_OPENSSL_STRING_value(theirs, i)),
		    path);
	CHECK((bl_cert_addr_count(c) != 0) == (n > 0) || bad, path);
	X509_email_free(theirs);
}

static void
compare_key(const struct bl_cert *c, X509 *x, const char *path)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	unsigned char *spki = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);

	CHECK(n > 0 &&
		bl_span_equal(bl_cert_spki(c), bl_span_of(spki, (size_t)n)),
	    path);
	if (key != NULL && EVP_PKEY_is_a(key, "RSA")) {
		CHECK(bl_cert_key_kind(c) == BL_KEY_RSA, path);
		CHECK((int)bl_cert_key_bits(c) == EVP_PKEY_get_bits(key), path);
	}
	if (key != NULL && EVP_PKEY_is_a(key, "DSA"))
		CHECK(bl_cert_key_kind(c) == BL_KEY_DSA, path);
	OPENSSL_free(spki);
}

static void
refused(const char *path, const char *what)
{
	for (size_t i = 0; i < DEVIATIONS; i++)
		if (strstr(path, deviations[i].path) != NULL &&
		    strcmp(what, deviations[i].what) == 0) {
			met[i]++;
			return;
		}
	fprintf(stderr, "%s\n", path);
	CHECK(false, what);
}

static void
one(struct bl_span der, const char *path)
{
	const struct bl_limits limits = BL_LIMITS;
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	struct bl_note note = {0};
	struct bl_cert *c;

	if (x == NULL)
		return;
	seen++;
	der.n = (size_t)(p - der.p);
	if (bl_cert_read(&c, ctx, der, &limits, &note) != BL_OK) {
		refused(path, note.what);
	} else {
		compare_names(c, x, path);
		/* an empty keyUsage makes the library stop looking */
		if ((X509_get_extension_flags(x) & EXFLAG_INVALID) == 0) {
			compare_fields(c, x, path);
			compare_usage(c, x, path);
			compare_addresses(c, x, path);
		}
		compare_key(c, x, path);
		bl_cert_free(c);
	}
	X509_free(x);
}

/* All places in the bytes where a certificate may begin. */
static void
raw(struct bl_span in, const char *path)
{
	for (size_t i = 0; i + 12 < in.n; i++)
		if (in.p[i] == 0x30 && (in.p[i + 1] & 0xf0) == 0x80 &&
		    (in.p[i + 3] == 0x30 || in.p[i + 4] == 0x30))
			one(bl_span_cut(in, i, in.n), path);
}

static bool
is_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=' ||
	    c == '\r' || c == '\n';
}

/* Runs of base64, as in PEM, mail and JSON (where \n is two characters). */
static void
encoded(struct bl_buf *text, const char *path)
{
	struct bl_span s;
	size_t from = 0;

	for (size_t i = 0; i + 1 < text->n; i++)
		if (text->p[i] == '\\' && text->p[i + 1] == 'n')
			text->p[i] = text->p[i + 1] = '\n';
	s = bl_buf_span(text);
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && is_base64(s.p[i]))
			continue;
		if (i - from > 200) {
			struct bl_base64 d = {0};
			struct bl_buf der = {0};

			bl_base64_decode(
			    &d, &der, bl_span_cut(s, from, i - from));
			raw(bl_buf_span(&der), path);
			bl_buf_clear(&der);
		}
		from = i + 1;
	}
}

static int
file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct bl_buf bytes = {0};

	(void)st;
	(void)ftw;
	if (type != FTW_F || strstr(path, ".gz") != NULL)
		return 0;
	if (bl_test_file(&bytes, path)) {
		raw(bl_buf_span(&bytes), path);
		encoded(&bytes, path);
	}
	bl_buf_clear(&bytes);
	return 0;
}

static void
reads_what_is_out_there(void)
{
	const char *root = getenv("BULLA_CORPORA");

	if (root == NULL)
		root = "../shared/corpora";
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	if (nftw(root, file, 16, FTW_PHYS) != 0) {
		fprintf(stderr, "no corpora at %s\n", root);
	} else {
		for (size_t i = 0; i < DEVIATIONS; i++)
			CHECK(met[i] == deviations[i].n, deviations[i].what);
		CHECK(seen > 800, "certificates");
	}
	bl_ctx_free(ctx);
}

TESTS(TEST(reads_what_is_out_there))
