/* read_test.c - what bl_cert_read accepts, refuses, and finds (ATK-107,
 * ATK-302, ATK-305, ATK-308). */
#include "cert/cert.h"
#include "tests/cert.h"
#include "tests/test.h"

#include <string.h>

#define RSA	       "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define ONES7	       "\1\1\1\1\1\1\1"
#define ONES21	       ONES7 ONES7 ONES7
#define NAME_CA	       "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02\x43\x41"
#define UTC(t)	       "\x17\x0d" t
#define GEN(t)	       "\x18\x0f" t
#define TIMES(n, a, b) BYTES("\x30" n a b)
#define EXTS(n, m, e)  BYTES("\xa3" n "\x30" m e)
#define ONE(oid, tail) "\x06\x03\x55\x1d" oid tail

static struct bl_ctx *ctx;
static struct bl_limits limits;

/* flags that a case has beyond those of the ordinary certificate */
static const struct {
	const char *name;
	struct bl_test_cert how;
	enum bl_err want;
	unsigned flags;
	const char *what;
} cases[] = {
    {"ordinary", {{0}}, BL_OK, 0},
    {"v1", {.version = BYTES("")}, BL_OK, BL_CERT_V1},
    {"v1 written out", {.version = BYTES("\xa0\x03\x02\x01\x00")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"v2", {.version = BYTES("\xa0\x03\x02\x01\x01")}, BL_OK, 0},
    {"v4", {.version = BYTES("\xa0\x03\x02\x01\x03")}, BL_E_MALFORMED, 0,
	"a field of the certificate is not well formed"},
    {"two versions", {.version = BYTES("\xa0\x06\x02\x01\x02\x02\x01\x02")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"v2 with ids",
	{.version = BYTES("\xa0\x03\x02\x01\x01"),
	    .ids = BYTES("\x81\x02\x00\x01\x82\x02\x00\x01")},
	BL_OK, 0},
    {"v1 with an issuer's id",
	{.version = BYTES(""), .ids = BYTES("\x81\x02\x00\x01")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"v1 with a subject's id",
	{.version = BYTES(""), .ids = BYTES("\x82\x02\x00\x01")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"v1 with extensions",
	{.version = BYTES(""),
	    .ext = {{BL_OID_BASIC_CONSTRAINTS, false, BYTES("\x30\x00")}}},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"v2 with extensions",
	{.version = BYTES("\xa0\x03\x02\x01\x01"),
	    .ext = {{BL_OID_BASIC_CONSTRAINTS, false, BYTES("\x30\x00")}}},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},

    {"serial 0", {.serial = BYTES("\x00")}, BL_OK, BL_CERT_ODD_SERIAL},
    {"serial 127", {.serial = BYTES("\x7f")}, BL_OK, 0},
    {"serial -128", {.serial = BYTES("\x80")}, BL_OK, BL_CERT_ODD_SERIAL},
    {"serial of 20 bytes", {.serial = BYTES(ONES7 ONES7 "\1\1\1\1\1\1")}, BL_OK,
	0},
    {"serial of 21 bytes",
	{.serial = BYTES("\x00\x81" ONES7 ONES7 "\1\1\1\1\1")}, BL_OK,
	BL_CERT_ODD_SERIAL},
    {"serial of 22 bytes", {.serial = BYTES(ONES21 "\1")}, BL_E_LIMIT, 0,
	"serial number is too long"},
    {"serial padded", {.serial = BYTES("\x00\x01")}, BL_E_MALFORMED, 0,
	"a value is not DER"},
    {"serial empty", {.serial = BYTES("")}, BL_E_MALFORMED, 0,
	"a value is not DER"},

    {"algorithms differ", {.outer = BYTES("\x30\x0d" RSA "\x0c\x05\x00")},
	BL_E_MALFORMED, 0, "signature algorithms inside and outside differ"},
    {"algorithms differ in NULL", {.outer = BYTES("\x30\x0b" RSA "\x0b")},
	BL_E_MALFORMED, 0, "signature algorithms inside and outside differ"},
    {"both without NULL", {.inner = BYTES("\x30\x0b" RSA "\x0b")}, BL_OK, 0},
    {"algorithm with wrong parameters",
	{.inner = BYTES("\x30\x0e" RSA "\x0b\x02\x01\x01")}, BL_E_MALFORMED, 0,
	"signature algorithm is not well formed"},
    {"algorithm unknown", {.inner = BYTES("\x30\x03\x06\x01\x2a")}, BL_OK, 0},

    {"issuer empty", {.issuer = BYTES("\x30\x00")}, BL_E_MALFORMED, 0,
	"the issuer has no name"},
    {"subject empty", {.subject = BYTES("\x30\x00")}, BL_OK, 0},
    {"subject with an empty part", {.subject = BYTES("\x30\x02\x31\x00")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"subject with a part without value",
	{.subject = BYTES("\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"subject with a part of two values",
	{.subject = BYTES("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x00"
			  "\x0c\x00")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"subject of a sequence of sequences",
	{.subject = BYTES(
	     "\x30\x0b\x30\x09\x30\x07\x06\x03\x55\x04\x03\x0c\x00")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"self-issued", {.subject = BYTES(NAME_CA), .issuer = BYTES(NAME_CA)},
	BL_OK, BL_CERT_SELF_ISSUED},

    {"GeneralizedTime",
	{.validity = TIMES(
	     "\x22", GEN("20200101000000Z"), GEN("20300101000000Z"))},
	BL_OK, 0},
    {"UTCTime without seconds",
	{.validity = TIMES("\x1c",
	     "\x17\x0b"
	     "2001010000Z",
	     UTC("300101000000Z"))},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"UTCTime with an offset",
	{.validity = TIMES("\x22",
	     "\x17\x11"
	     "200101000000+0100",
	     UTC("300101000000Z"))},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"GeneralizedTime with a fraction",
	{.validity = TIMES("\x22",
	     "\x18\x11"
	     "20200101000000.5Z",
	     UTC("300101000000Z"))},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"one time only", {.validity = TIMES("\x0f", UTC("200101000000Z"), "")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"three times",
	{.validity = TIMES("\x2d", UTC("200101000000Z"),
	     UTC("300101000000Z") UTC("300101000000Z"))},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},

    {"signature of 3 unused bits", {.signature = BYTES("\x03\x02\x03\x08")},
	BL_E_MALFORMED, 0, "certificate is not well formed"},
    {"more in the body", {.tbs_tail = BYTES("\x05\x00")}, BL_E_MALFORMED, 0,
	"a field of the certificate is not well formed"},
    {"more in the certificate", {.tail = BYTES("\x05\x00")}, BL_E_MALFORMED, 0,
	"certificate is not well formed"},
    {"a byte behind it", {.behind = BYTES("\x00")}, BL_E_MALFORMED, 0,
	"something follows the element"},
    {"another element behind it", {.behind = BYTES("\x05\x00")}, BL_E_MALFORMED,
	0, "something follows the element"},

    {"no list in [3]", {.extensions = BYTES("\xa3\x00")}, BL_E_MALFORMED, 0,
	"a field of the certificate is not well formed"},
    {"no extension in the list", {.extensions = EXTS("\x02", "\x00", "")},
	BL_E_MALFORMED, 0, "extensions are not well formed"},
    {"more behind the list",
	{.extensions = BYTES("\xa3\x12\x30\x0e\x30\x0c" ONE(
	     "\x13", "\x04\x05\x30\x03\x01\x01\xff") "\x30\x00")},
	BL_E_MALFORMED, 0, "a field of the certificate is not well formed"},
    {"extension with critical FALSE",
	{.extensions = EXTS("\x10", "\x0e",
	     "\x30\x0c" ONE("\x13", "\x01\x01\x00\x04\x02\x30\x00"))},
	BL_OK, 0},
    {"extension with two values",
	{.extensions = EXTS("\x11", "\x0f",
	     "\x30\x0d" ONE("\x13", "\x04\x02\x30\x00\x04\x02\x30\x00"))},
	BL_E_MALFORMED, 0, "extensions are not well formed"},
    {"extension without a value",
	{.extensions = EXTS("\x09", "\x07", "\x30\x05" ONE("\x13", ""))},
	BL_E_MALFORMED, 0, "extensions are not well formed"},
    {"extension without an OID",
	{.extensions = EXTS("\x08", "\x06", "\x30\x04\x04\x02\x30\x00")},
	BL_E_MALFORMED, 0, "extensions are not well formed"},
    {"an extension twice",
	{.ext = {{BL_OID_BASIC_CONSTRAINTS, false, BYTES("\x30\x00")},
	     {BL_OID_BASIC_CONSTRAINTS, false, BYTES("\x30\x00")}}},
	BL_E_MALFORMED, 0, "an extension is there twice"},
    {"an unknown extension twice",
	{.ext = {{BL_OID_OCSP_NOCHECK, false, BYTES("\x05\x00")},
	     {BL_OID_OCSP_NOCHECK, false, BYTES("\x05\x00")}}},
	BL_E_MALFORMED, 0, "an extension is there twice"},

    {"unknown, not critical",
	{.ext = {{BL_OID_OCSP_NOCHECK, false, BYTES("any")}}}, BL_OK, 0},
    {"unknown, critical", {.ext = {{BL_OID_OCSP_NOCHECK, true, BYTES("any")}}},
	BL_OK, BL_CERT_UNKNOWN_CRITICAL},
    {"name constraints, critical",
	{.ext = {{BL_OID_NAME_CONSTRAINTS, true,
	     BYTES("\x30\x07\xa0\x05\x30\x03\x81\x01"
		   "b")}}},
	BL_OK, 0},
    {"policies, critical",
	{.ext = {{BL_OID_CERTIFICATE_POLICIES, true,
	     BYTES("\x30\x05\x30\x03\x06\x01\x2a")}}},
	BL_OK, 0},
    {"name constraints that are not DER",
	{.ext = {{BL_OID_NAME_CONSTRAINTS, true, BYTES("\x30\x01")}}},
	BL_E_MALFORMED, 0, "nameConstraints is not well formed"},
    {"name constraints that are not DER inside",
	{.ext = {{BL_OID_NAME_CONSTRAINTS, true, BYTES("\x30\x03\x02\x01")}}},
	BL_E_MALFORMED, 0, "nameConstraints is not well formed"},
    {"name constraints with padding inside",
	{.ext = {{BL_OID_NAME_CONSTRAINTS, true,
	     BYTES("\x30\x04\x02\x02\x00\x01")}}},
	BL_E_MALFORMED, 0, "nameConstraints is not well formed"},
    {"two elements of distribution points",
	{.ext = {{BL_OID_CRL_DISTRIBUTION_POINTS, false,
	     BYTES("\x30\x00\x30\x00")}}},
	BL_E_MALFORMED, 0, "cRLDistributionPoints is not well formed"},

    {"issuer's other name",
	{.ext = {{BL_OID_ISSUER_ALT_NAME, true,
	     BYTES("\x30\x03\x81\x01\x61")}}},
	BL_OK, 0},
    {"issuer's other names, none",
	{.ext = {{BL_OID_ISSUER_ALT_NAME, true, BYTES("\x30\x00")}}},
	BL_E_MALFORMED, 0, "issuerAltName is not well formed"},
    {"issuer's other name that is none",
	{.ext = {{BL_OID_ISSUER_ALT_NAME, true,
	     BYTES("\x30\x03\x0c\x01\x61")}}},
	BL_E_MALFORMED, 0, "issuerAltName is not well formed"},

    {"CA",
	{.ext = {{BL_OID_BASIC_CONSTRAINTS, true,
	     BYTES("\x30\x03\x01\x01\xff")}}},
	BL_OK, BL_CERT_CA},
    {"CA with a path length",
	{.ext = {{BL_OID_BASIC_CONSTRAINTS, true,
	     BYTES("\x30\x06\x01\x01\xff\x02\x01\x00")}}},
	BL_OK, BL_CERT_CA},
    {"CA with a path length below 0",
	{.ext = {{BL_OID_BASIC_CONSTRAINTS, true,
	     BYTES("\x30\x06\x01\x01\xff\x02\x01\xff")}}},
	BL_E_MALFORMED, 0, "basicConstraints is not well formed"},
    {"CA FALSE written out",
	{.ext = {{BL_OID_BASIC_CONSTRAINTS, true,
	     BYTES("\x30\x03\x01\x01\x00")}}},
	BL_OK, 0},
    {"CA of 1",
	{.ext = {{BL_OID_BASIC_CONSTRAINTS, true,
	     BYTES("\x30\x03\x01\x01\x01")}}},
	BL_E_MALFORMED, 0, "basicConstraints is not well formed"},
    {"basic constraints with more",
	{.ext = {{BL_OID_BASIC_CONSTRAINTS, true,
	     BYTES("\x30\x05\x01\x01\xff\x05\x00")}}},
	BL_E_MALFORMED, 0, "basicConstraints is not well formed"},
    {"basic constraints in a set",
	{.ext = {{BL_OID_BASIC_CONSTRAINTS, true,
	     BYTES("\x31\x03\x01\x01\xff")}}},
	BL_E_MALFORMED, 0, "basicConstraints is not well formed"},

    {"extended usage e-mail",
	{.ext = {{BL_OID_EXT_KEY_USAGE, false,
	     BYTES("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x04")}}},
	BL_OK, BL_CERT_HAS_EKU | BL_CERT_EKU_EMAIL},
    {"extended usage any",
	{.ext = {{BL_OID_EXT_KEY_USAGE, false,
	     BYTES("\x30\x06\x06\x04\x55\x1d\x25\x00")}}},
	BL_OK, BL_CERT_HAS_EKU | BL_CERT_EKU_ANY},
    {"extended usage of servers and e-mail",
	{.ext = {{BL_OID_EXT_KEY_USAGE, true,
	     BYTES("\x30\x14\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
		   "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x04")}}},
	BL_OK, BL_CERT_HAS_EKU | BL_CERT_EKU_EMAIL},
    {"extended usage of servers",
	{.ext = {{BL_OID_EXT_KEY_USAGE, false,
	     BYTES("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01")}}},
	BL_OK, BL_CERT_HAS_EKU},
    {"extended usage empty",
	{.ext = {{BL_OID_EXT_KEY_USAGE, false, BYTES("\x30\x00")}}},
	BL_E_MALFORMED, 0, "extKeyUsage is not well formed"},
    {"extended usage of no OID",
	{.ext = {{BL_OID_EXT_KEY_USAGE, false, BYTES("\x30\x02\x05\x00")}}},
	BL_E_MALFORMED, 0, "extKeyUsage is not well formed"},

    {"key usage",
	{.ext = {{BL_OID_KEY_USAGE, true, BYTES("\x03\x02\x05\xa0")}}}, BL_OK,
	BL_CERT_HAS_KEY_USAGE},
    {"key usage that is no bit string",
	{.ext = {{BL_OID_KEY_USAGE, true, BYTES("\x04\x02\x05\xa0")}}},
	BL_E_MALFORMED, 0, "keyUsage is not well formed"},
    {"key usage with a used unused bit",
	{.ext = {{BL_OID_KEY_USAGE, true, BYTES("\x03\x02\x06\xa0")}}},
	BL_E_MALFORMED, 0, "keyUsage is not well formed"},
    {"key usage with 8 unused bits",
	{.ext = {{BL_OID_KEY_USAGE, true, BYTES("\x03\x02\x08\x00")}}},
	BL_E_MALFORMED, 0, "keyUsage is not well formed"},

    {"subject key id",
	{.ext = {{BL_OID_SUBJECT_KEY_IDENTIFIER, false,
	     BYTES("\x04\x01\x07")}}},
	BL_OK, 0},
    {"subject key id of 64 bytes",
	{.ext = {{BL_OID_SUBJECT_KEY_IDENTIFIER, false,
	     BYTES("\x04\x40" ONES21 ONES21 ONES21 "\1")}}},
	BL_OK, 0},
    {"subject key id of 65 bytes",
	{.ext = {{BL_OID_SUBJECT_KEY_IDENTIFIER, false,
	     BYTES("\x04\x41" ONES21 ONES21 ONES21 "\1\1")}}},
	BL_E_MALFORMED, 0, "subjectKeyIdentifier is not well formed"},
    {"subject key id empty",
	{.ext = {{BL_OID_SUBJECT_KEY_IDENTIFIER, false, BYTES("\x04\x00")}}},
	BL_E_MALFORMED, 0, "subjectKeyIdentifier is not well formed"},
    {"authority key id",
	{.ext = {{BL_OID_AUTHORITY_KEY_IDENTIFIER, false,
	     BYTES("\x30\x03\x80\x01\x07")}}},
	BL_OK, 0},
    {"authority key id by name",
	{.ext = {{BL_OID_AUTHORITY_KEY_IDENTIFIER, false,
	     BYTES("\x30\x07\xa1\x02\xa4\x00\x82\x01\x07")}}},
	BL_OK, 0},
    {"authority key id empty",
	{.ext = {{BL_OID_AUTHORITY_KEY_IDENTIFIER, false, BYTES("\x30\x00")}}},
	BL_OK, 0},
    {"authority key id of no bytes",
	{.ext = {{BL_OID_AUTHORITY_KEY_IDENTIFIER, false,
	     BYTES("\x30\x02\x80\x00")}}},
	BL_E_MALFORMED, 0, "authorityKeyIdentifier is not well formed"},
    {"authority key id with more",
	{.ext = {{BL_OID_AUTHORITY_KEY_IDENTIFIER, false,
	     BYTES("\x30\x05\x80\x01\x07\x83\x00")}}},
	BL_E_MALFORMED, 0, "authorityKeyIdentifier is not well formed"},

    {"names: all kinds",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x25\xa0\x07\x06\x01\x2a\xa0\x02\x05\x00\x81\x03"
		   "a@b"
		   "\x82\x01"
		   "h\xa3\x00\xa4\x02\x30\x00\xa5\x00\x86\x01u"
		   "\x87\x04\x7f\x00\x00\x01\x88\x01\x2a")}}},
	BL_OK, 0},
    {"names: none",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false, BYTES("\x30\x00")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},
    {"names: unknown kind",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false, BYTES("\x30\x03\x89\x01h")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},
    {"names: constructed e-mail",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x07\xa1\x05\x16\x03"
		   "a@b")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},
    {"names: primitive directory name",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x04\x84\x02\x30\x00")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},
    {"names: directory name that is none",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x04\xa4\x02\x31\x00")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},
    {"names: two directory names in one",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x06\xa4\x04\x30\x00\x30\x00")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},
    {"names: other name without value",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x05\xa0\x03\x06\x01\x2a")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},
    {"names: other name with two values",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x0b\xa0\x09\x06\x01\x2a\xa0\x04\x05\x00\x05\x00")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},
    {"names: other name with more",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x0b\xa0\x09\x06\x01\x2a\xa0\x02\x05\x00\x05\x00")}}},
	BL_E_MALFORMED, 0, "subjectAltName is not well formed"},

    {"P-256",
	{.spki = BYTES(
	     "\x30\x39\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a"
	     "\x86\x48\xce\x3d\x03\x01\x07\x03\x22\x00\x03"
	     "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
	     "\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96")},
	BL_OK, 0},
    {"EC with explicit parameters",
	{.spki = BYTES(
	     "\x30\x13\x30\x0b\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x30\x00"
	     "\x03\x04\x00\x04\x01\x01")},
	BL_E_MALFORMED, 0, "the curve is not given by name"},
    {"EC of an unknown curve",
	{.spki = BYTES(
	     "\x30\x16\x30\x0e\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x03\x2b\x81"
	     "\x04\x03\x04\x00\x04\x01\x01")},
	BL_OK, 0},
    {"key of an unknown algorithm",
	{.spki = BYTES("\x30\x09\x30\x03\x06\x01\x2a\x03\x02\x00\x01")}, BL_OK,
	0},
    {"key with unused bits",
	{.spki = BYTES("\x30\x09\x30\x03\x06\x01\x2a\x03\x02\x01\x02")},
	BL_E_MALFORMED, 0, "public key is not well formed"},
};

static void
reads_each_case_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].name;
		struct bl_note note = {0};
		struct bl_buf der = {0};
		struct bl_cert *c;
		enum bl_err err;

		bl_test_cert_write(&der, &cases[i].how);
		err = bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, &note);
		CHECK(err == cases[i].want && note.err == err, name);
		CHECK((c != NULL) == (err == BL_OK), name);
		if (err != cases[i].want && note.what != NULL)
			fprintf(stderr, "%s\n", note.what);
		if (cases[i].what != NULL)
			CHECK(note.what != NULL &&
				strcmp(note.what, cases[i].what) == 0,
			    name);
		if (c != NULL)
			CHECK(bl_cert_flags(c) == cases[i].flags, name);
		CHECK(note.at <= der.n, name);
		bl_cert_free(c);
		bl_buf_clear(&der);
	}
}

static struct bl_cert *
make(const struct bl_test_cert *how)
{
	struct bl_buf der = {0};
	struct bl_cert *c;

	bl_test_cert_write(&der, how);
	CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, NULL) == BL_OK,
	    "make");
	bl_buf_clear(&der);
	return c;
}

static const struct {
	const char *name;
	struct bl_span bits; /* BIT STRING */
	unsigned usage;
} usages[] = {
    {"digitalSignature", BYTES("\x03\x02\x07\x80"), BL_KU_DIGITAL_SIGNATURE},
    {"nonRepudiation", BYTES("\x03\x02\x06\x40"), BL_KU_NON_REPUDIATION},
    {"keyEncipherment", BYTES("\x03\x02\x05\x20"), BL_KU_KEY_ENCIPHERMENT},
    {"dataEncipherment", BYTES("\x03\x02\x04\x10"), 1u << 3},
    {"keyAgreement", BYTES("\x03\x02\x03\x08"), BL_KU_KEY_AGREEMENT},
    {"keyCertSign", BYTES("\x03\x02\x02\x04"), BL_KU_KEY_CERT_SIGN},
    {"cRLSign", BYTES("\x03\x02\x01\x02"), BL_KU_CRL_SIGN},
    {"encipherOnly", BYTES("\x03\x02\x00\x01"), 1u << 7},
    {"decipherOnly", BYTES("\x03\x03\x07\x00\x80"), 1u << 8},
    {"all", BYTES("\x03\x03\x07\xff\x80"), 0x1ff},
    {"none", BYTES("\x03\x01\x00"), 0},
    {"a tenth bit", BYTES("\x03\x03\x06\x80\x40"), BL_KU_DIGITAL_SIGNATURE},
};

static void
reads_key_usage_bit_by_bit(void)
{
	struct bl_test_cert how = {{0}};
	struct bl_cert *c = make(&how);

	CHECK(bl_cert_key_usage(c) == 0x1ff, "absent: all");
	bl_cert_free(c);
	for (size_t i = 0; i < sizeof(usages) / sizeof(*usages); i++) {
		how.ext[0] = (struct bl_test_ext){
		    BL_OID_KEY_USAGE, true, usages[i].bits};
		c = make(&how);
		CHECK(bl_cert_key_usage(c) == usages[i].usage, usages[i].name);
		bl_cert_free(c);
	}
}

static void
gives_every_field(void)
{
	static const struct bl_test_cert how = {
	    .serial = BYTES("\x12\x34"),
	    .ext = {{BL_OID_SUBJECT_KEY_IDENTIFIER, false, BYTES("\x04\x02SK")},
		{BL_OID_AUTHORITY_KEY_IDENTIFIER, false,
		    BYTES("\x30\x04\x80\x02"
			  "AK")},
		{BL_OID_OCSP_NOCHECK, true, BYTES("raw")}},
	};
	struct bl_buf der = {0};
	struct bl_span value, d;
	bool critical = false;
	struct bl_cert *c;

	bl_test_cert_write(&der, &how);
	CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, NULL) == BL_OK,
	    "read");
	d = bl_cert_der(c);
	CHECK(bl_span_equal(d, bl_buf_span(&der)), "der");
	CHECK(d.p != der.p, "it keeps a copy");
	CHECK(bl_span_equal(bl_cert_serial(c), BL_STR("\x12\x34")), "serial");
	CHECK(bl_span_equal(bl_cert_ski(c), BL_STR("SK")), "ski");
	CHECK(bl_span_equal(bl_cert_aki(c), BL_STR("AK")), "aki");
	CHECK(bl_cert_not_before(c) == 1577836800, "2020-01-01");
	CHECK(bl_cert_not_after(c) == 1893456000, "2030-01-01");
	CHECK(bl_cert_key_kind(c) == BL_KEY_RSA, "kind");
	CHECK(bl_cert_key_bits(c) == 2048, "bits");
	CHECK(bl_cert_pub(c) != NULL, "key");
	CHECK(bl_cert_sig_alg(c).kind == BL_SIG_RSA_PKCS1, "algorithm");
	CHECK(bl_cert_sig_alg(c).digest == BL_SHA256, "digest");
	CHECK(bl_span_equal(bl_cert_signature(c), BL_STR("\x01")), "signature");
	CHECK(
	    bl_cert_tbs(c).p == d.p + 4 && bl_cert_tbs(c).p[0] == 0x30, "tbs");
	CHECK(bl_cert_tbs(c).n == d.n - 4 - 15 - 4, "tbs");
	CHECK(bl_cert_spki(c).p[0] == 0x30 && bl_cert_spki(c).n == 294, "spki");
	CHECK(bl_cert_sha256(c).n == 32 && bl_cert_key_id(c).n == 32, "hashes");
	CHECK(bl_cert_extension(
		  c, bl_oid_octets(BL_OID_OCSP_NOCHECK), &value, &critical),
	    "extension");
	CHECK(bl_span_equal(value, BL_STR("raw")) && critical, "extension");
	CHECK(bl_cert_extension(c, bl_oid_octets(BL_OID_SUBJECT_KEY_IDENTIFIER),
		  &value, &critical),
	    "extension");
	CHECK(value.n == 4 && !critical, "extension");
	CHECK(!bl_cert_extension(
		  c, bl_oid_octets(BL_OID_KEY_USAGE), &value, NULL),
	    "none");
	CHECK(value.n == 0, "none");
	bl_cert_free(c);
	bl_buf_clear(&der);
}

static void
hashes_the_whole_and_the_key(void)
{
	struct bl_cert *c = make(&(struct bl_test_cert){{0}});
	struct bl_digest_value v;

	CHECK(bl_digest_of(&v, ctx, BL_SHA256, bl_cert_der(c), NULL) == BL_OK,
	    "whole");
	CHECK(bl_span_equal(bl_cert_sha256(c), bl_span_of(v.p, v.n)), "whole");
	CHECK(bl_digest_of(&v, ctx, BL_SHA256, bl_cert_spki(c), NULL) == BL_OK,
	    "key");
	CHECK(bl_span_equal(bl_cert_key_id(c), bl_span_of(v.p, v.n)), "key");
	bl_cert_free(c);
}

static const struct {
	const char *name;
	unsigned bits;
	uint64_t exponent;
	enum bl_err want;
	unsigned flags;
} rsa[] = {
    {"2048", 2048, 65537, BL_OK, 0},
    {"1024", 1024, 65537, BL_OK, 0},
    {"exponent 3", 2048, 3, BL_OK, BL_CERT_WEAK_KEY},
    {"exponent 65535", 2048, 65535, BL_OK, BL_CERT_WEAK_KEY},
    {"exponent 4", 2048, 4, BL_E_MALFORMED, 0},
    {"exponent 1", 2048, 1, BL_E_MALFORMED, 0},
    {"8192", 8192, 65537, BL_OK, 0},
    {"8200", 8200, 65537, BL_E_LIMIT, 0},
};

static void
reads_rsa_keys(void)
{
	for (size_t i = 0; i < sizeof(rsa) / sizeof(*rsa); i++) {
		struct bl_buf spki = {0}, der = {0};
		struct bl_note note = {0};
		struct bl_cert *c;

		bl_test_rsa(&spki, rsa[i].bits, rsa[i].exponent);
		bl_test_cert_write(
		    &der, &(struct bl_test_cert){.spki = bl_buf_span(&spki)});
		CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits,
			  &note) == rsa[i].want,
		    rsa[i].name);
		if (c != NULL) {
			CHECK(bl_cert_flags(c) == rsa[i].flags, rsa[i].name);
			CHECK(bl_cert_key_bits(c) == rsa[i].bits, rsa[i].name);
		} else {
			struct bl_note before = {.err = BL_E_CALLER};

			CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits,
				  NULL) == rsa[i].want,
			    "no note");
			CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits,
				  &before) == rsa[i].want,
			    "note");
			CHECK(before.err == BL_E_CALLER, "the first wins");
			CHECK(note.at > 60 && note.at < der.n, rsa[i].name);
		}
		bl_cert_free(c);
		bl_buf_clear(&spki);
		bl_buf_clear(&der);
	}
}

static void
knows_other_kinds_of_key(void)
{
	static const struct bl_test_cert
	    dsa =
		{.spki = BYTES(
		     "\x30\x10\x30\x09\x06\x07\x2a\x86\x48\xce\x38\x04\x01\x03\x03\x00"
		     "\x02\x00")},
	    ml_kem = {.spki = BYTES("\x30\x11\x30\x0b\x06\x09\x60\x86\x48\x01"
				    "\x65\x03\x04\x04\x02\x03\x02\x00\x01")};
	struct bl_test_cert how = {.spki = bl_test_p256()};
	struct bl_cert *c = make(&how);

	CHECK(bl_cert_key_kind(c) == BL_KEY_EC_P256, "P-256");
	CHECK(bl_cert_key_bits(c) == 256 && bl_cert_pub(c) != NULL, "P-256");
	bl_cert_free(c);
	c = make(&dsa);
	CHECK(bl_cert_key_kind(c) == BL_KEY_DSA, "DSA");
	bl_cert_free(c);
	c = make(&ml_kem);
	CHECK(bl_cert_key_kind(c) == BL_KEY_OTHER, "ML-KEM");
	CHECK(bl_cert_pub(c) == NULL && bl_cert_key_bits(c) == 0, "ML-KEM");
	bl_cert_free(c);
}

/* [3] with n extensions of different names, and one part of a Name for each. */
static void
put_many(struct bl_buf *out, size_t n)
{
	size_t field = bl_der_open(out, BL_DER_CONTEXT(3));
	size_t list = bl_der_open(out, BL_DER_SEQUENCE), one;

	for (size_t i = 0; i < n; i++) {
		uint8_t oid[] = {0x2a, (uint8_t)i};

		one = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put(out, BL_DER_OID, bl_span_of(oid, 2));
		bl_der_put(out, BL_DER_OCTETS, BL_STR("x"));
		bl_der_close(out, one);
	}
	bl_der_close(out, list);
	bl_der_close(out, field);
}

static void
put_parts(struct bl_buf *out, size_t n)
{
	size_t name = bl_der_open(out, BL_DER_SEQUENCE);

	for (size_t i = 0; i < n; i++)
		bl_buf_add(out,
		    BL_STR("\x31\x0a\x30\x08\x06\x03\x55\x04\x03"
			   "\x0c\x01x"));
	bl_der_close(out, name);
}

static void
keeps_its_limits(void)
{
	struct bl_buf ext = {0}, name = {0}, der = {0};
	struct bl_limits tight = limits;
	struct bl_note note = {0};
	struct bl_cert *c;

	for (size_t n = 64; n <= 65; n++) {
		put_many(&ext, n);
		bl_test_cert_write(&der,
		    &(struct bl_test_cert){.extensions = bl_buf_span(&ext)});
		CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits,
			  &note) == (n == 64 ? BL_OK : BL_E_LIMIT),
		    "extensions");
		bl_cert_free(c);
		bl_buf_reset(&ext);
		bl_buf_reset(&der);
		put_parts(&name, n);
		bl_test_cert_write(&der,
		    &(struct bl_test_cert){.subject = bl_buf_span(&name)});
		CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, NULL) ==
			(n == 64 ? BL_OK : BL_E_MALFORMED),
		    "parts of a name");
		bl_cert_free(c);
		bl_buf_reset(&name);
		bl_buf_reset(&der);
	}
	CHECK(note.reason != NULL &&
		strcmp(note.reason, "limit-certificate") == 0,
	    "reason");
	bl_test_cert_write(&der, &(struct bl_test_cert){{0}});
	tight.certificate_bytes = der.n;
	CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &tight, NULL) == BL_OK,
	    "size");
	bl_cert_free(c);
	tight.certificate_bytes--;
	note = (struct bl_note){0};
	CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &tight, &note) ==
		    BL_E_LIMIT &&
		c == NULL,
	    "size");
	CHECK(strcmp(note.reason, "limit-certificate") == 0, "size");
	CHECK(
	    bl_cert_read(&c, ctx, BL_STR(""), &limits, NULL) == BL_E_MALFORMED,
	    "empty");
	bl_buf_clear(&der);
	bl_buf_clear(&name);
	bl_buf_clear(&ext);
}

static void
refuses_every_truncation(void)
{
	struct bl_buf der = {0};
	struct bl_cert *c;

	bl_test_cert_write(&der, &(struct bl_test_cert){{0}});
	for (size_t n = 0; n < der.n; n++)
		CHECK(bl_cert_read(&c, ctx, bl_span_of(der.p, n), &limits,
			  NULL) == BL_E_MALFORMED &&
			c == NULL,
		    "cut");
	bl_buf_clear(&der);
}

struct scenario {
	struct bl_buf der;
};

static enum bl_err
read_and_free(void *arg)
{
	const struct scenario *s = arg;
	struct bl_note note = {0};
	struct bl_cert *c;
	enum bl_err err = bl_cert_read(
	    &c, ctx, bl_buf_span(&s->der), &limits, &note);

	CHECK(note.err == err, "note");
	bl_cert_free(c);
	return err;
}

static void
survives_each_allocation(void)
{
	static const struct bl_test_cert how = {
	    .subject = BYTES("\x30\x12\x31\x10\x30\x0e\x06\x09\x2a\x86\x48\x86"
			     "\xf7\x0d\x01\x09\x01\x16\x01"
			     "a"),
	    .ext = {{BL_OID_SUBJECT_ALT_NAME, false,
		BYTES("\x30\x05\x81\x03"
		      "a@b")}}};
	struct scenario s = {{0}};

	bl_test_cert_write(&s.der, &how);
	bl_test_each_allocation(read_and_free, &s, "read");
	bl_buf_clear(&s.der);
}

static void
counts_its_owners(void)
{
	struct bl_cert *c = make(&(struct bl_test_cert){{0}});

	CHECK(bl_cert_hold(c) == c, "hold");
	bl_cert_free(c);
	CHECK(bl_cert_serial(c).n == 1, "still there");
	bl_cert_free(c);
	bl_cert_free(NULL);
}

static void
start(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
}

static void
stop(void)
{
	bl_ctx_free(ctx);
}

TESTS(TEST(start), TEST(reads_each_case_as_stated),
    TEST(reads_key_usage_bit_by_bit), TEST(gives_every_field),
    TEST(hashes_the_whole_and_the_key), TEST(reads_rsa_keys),
    TEST(knows_other_kinds_of_key), TEST(keeps_its_limits),
    TEST(refuses_every_truncation), TEST(survives_each_allocation),
    TEST(counts_its_owners), TEST(stop))
