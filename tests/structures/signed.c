/* signed.c - SignedData, RFC 5652 5. */
#include "tests/structures/shapes.h"
#include "tests/test.h"

/* ContentInfo down to SignedData, up to the certificates. */
#define TO_CERTIFICATES(version, content_type)                                 \
	OF(0, "contentInfo", SEQ), OID(1, "contentType", O_SIGNED),            \
	    OF(1, "content", EXP(0)), OF(2, "signedData", SEQ),                \
	    INT(3, "version", version), OF(3, "digestAlgorithms", SET),        \
	    OF(4, "digestAlgorithm", SEQ), OID(5, "algorithm", O_SHA256),      \
	    NOTHING(5, "parameters"), OF(3, "encapContentInfo", SEQ),          \
	    OID(4, "eContentType", content_type)
#define CONTENT_INSIDE                                                         \
	OF(4, "eContent", EXP(0)),                                             \
	    FILLED(5, "octets", BL_DER_OCTETS, FILL_CONTENT)
#define BY_ISSUER                                                              \
	INT(5, "version", "\1"), OF(5, "sid", SEQ),                            \
	    FILLED(6, "issuer", 0, FILL_ISSUER),                               \
	    FILLED(6, "serialNumber", BL_DER_INTEGER, FILL_SERIAL)
#define DIGEST_ALGORITHM                                                       \
	OF(5, "digestAlgorithm", SEQ), OID(6, "algorithm", O_SHA256),          \
	    NOTHING(6, "parameters")
#define ONE_SIGNER                                                             \
	OF(3, "certificates", EXP(0)), FILLED(4, "certificate", 0, FILL_CERT), \
	    OF(3, "signerInfos", SET), OF(4, "signerInfo", SEQ), BY_ISSUER,    \
	    DIGEST_ALGORITHM
#define ATTRIBUTES                                                             \
	{                                                                      \
		5, "signedAttrs", EXP(0), .fill = FILL_ATTRIBUTES,             \
					  .sorted = true                       \
	}
#define ATTRIBUTE(name, oid)                                                   \
	OF(6, name, SEQ), OID(7, "attrType", oid), SORTED(7, "attrValues", SET)
#define CONTENT_TYPE(type)                                                     \
	ATTRIBUTE("contentType", O_A_CONTENT_TYPE), OID(8, "value", type)
#define MESSAGE_DIGEST                                                         \
	ATTRIBUTE("messageDigest", O_A_DIGEST),                                \
	    FILLED(8, "value", BL_DER_OCTETS, FILL_DIGEST)
#define SIGNATURE FILLED(5, "signature", BL_DER_OCTETS, FILL_SIGNATURE)
#define ECDSA_ALGORITHM                                                        \
	OF(5, "signatureAlgorithm", SEQ), OID(6, "algorithm", O_SHA256_ECDSA)

/* All that mail has: every attribute that is known, and one that is not. */
static const struct field full[] = {
    TO_CERTIFICATES("\1", O_DATA),
    CONTENT_INSIDE,
    ONE_SIGNER,
    ATTRIBUTES,
    CONTENT_TYPE(O_DATA),
    MESSAGE_DIGEST,
    ATTRIBUTE("signingTime", O_A_TIME),
    FILLED(8, "value", BL_DER_UTCTIME, FILL_TIME),
    ATTRIBUTE("smimeCapabilities", O_A_CAPABILITIES),
    OF(8, "capabilities", SEQ),
    OF(9, "capability", SEQ),
    OID(10, "capabilityID", O_AES256_GCM),
    ATTRIBUTE("encrypKeyPref", O_A_PREFERENCE),
    OF(8, "issuerAndSerial", EXP(0)),
    FILLED(9, "issuer", 0, FILL_ISSUER2),
    FILLED(9, "serialNumber", BL_DER_INTEGER, FILL_SERIAL2),
    ATTRIBUTE("signingCertificateV2", O_A_CERT_V2),
    OF(8, "signingCertificateV2", SEQ),
    OF(9, "certs", SEQ),
    OF(10, "essCertIDv2", SEQ),
    FILLED(11, "certHash", BL_DER_OCTETS, FILL_CERT_HASH),
    OF(11, "issuerSerial", SEQ),
    OF(12, "issuer", SEQ),
    OF(13, "directoryName", EXP(4)),
    FILLED(14, "name", 0, FILL_ISSUER2),
    FILLED(12, "serialNumber", BL_DER_INTEGER, FILL_SERIAL2),
    ATTRIBUTE("algorithmProtection", O_A_PROTECTION),
    OF(8, "protection", SEQ),
    OF(9, "digestAlgorithm", SEQ),
    OID(10, "algorithm", O_SHA256),
    NOTHING(10, "parameters"),
    OF(9, "signatureAlgorithm", EXP(1)),
    OID(10, "algorithm", O_SHA256_ECDSA),
    ATTRIBUTE("unknownAttr", O_A_UNKNOWN),
    IS(8, "value", BL_DER_UTF8, "anything"),
    ECDSA_ALGORITHM,
    SIGNATURE,
    OF(5, "unsignedAttrs", EXP(1)),
    OF(6, "attribute", SEQ),
    OID(7, "attrType", O_A_UNKNOWN),
    OF(7, "attrValues", SET),
    IS(8, "value", BL_DER_UTF8, "unsigned"),
};

/* Certificates and CRLs of every kind, a key identifier, RSA-PSS; the content
 * beside it. */
static const struct field apart[] = {
    TO_CERTIFICATES("\5", O_DATA),
    OF(3, "certificates", EXP(0)),
    FILLED(4, "certificate", 0, FILL_CERT),
    OF(4, "other", EXP(3)),
    OID(5, "otherCertFormat", O_A_UNKNOWN),
    IS(5, "otherCert", BL_DER_UTF8, "another kind"),
    OF(3, "crls", EXP(1)),
    OF(4, "crl", SEQ),
    OF(5, "tbsCertList", SEQ),
    OF(6, "signature", SEQ),
    OID(7, "algorithm", O_SHA256_ECDSA),
    FILLED(6, "issuer", 0, FILL_ISSUER2),
    IS(6, "thisUpdate", BL_DER_UTCTIME, "260901000000Z"),
    OF(5, "signatureAlgorithm", SEQ),
    OID(6, "algorithm", O_SHA256_ECDSA),
    IS(5, "signatureValue", BL_DER_BITS, "\0\x30\6\2\1\1\2\1\1"),
    OF(4, "other", EXP(1)),
    OID(5, "otherRevInfoFormat", O_A_UNKNOWN),
    IS(5, "otherRevInfo", BL_DER_UTF8, "another kind"),
    OF(3, "signerInfos", SET),
    OF(4, "signerInfo", SEQ),
    INT(5, "version", "\3"),
    {5, "sid", IMP(0), .fill = FILL_SKI, .as = BL_DER_OCTETS},
    DIGEST_ALGORITHM,
    ATTRIBUTES,
    CONTENT_TYPE(O_DATA),
    MESSAGE_DIGEST,
    OF(5, "signatureAlgorithm", SEQ),
    OID(6, "algorithm", O_PSS),
    OF(6, "parameters", SEQ),
    HASH_AND_MASK("hashAlgorithm", "maskGenAlgorithm"),
    OF(7, "saltLength", EXP(2)),
    INT(8, "length", "\x20"),
    SIGNATURE,
};

/* The least with attributes, the content beside it. */
static const struct field apart_plain[] = {
    TO_CERTIFICATES("\1", O_DATA),
    ONE_SIGNER,
    ATTRIBUTES,
    CONTENT_TYPE(O_DATA),
    MESSAGE_DIGEST,
    OF(5, "signatureAlgorithm", SEQ),
    OID(6, "algorithm", O_RSA),
    NOTHING(6, "parameters"),
    SIGNATURE,
};

/* The oldest form: no attributes, RSA. */
static const struct field bare[] = {
    TO_CERTIFICATES("\1", O_DATA),
    CONTENT_INSIDE,
    ONE_SIGNER,
    OF(5, "signatureAlgorithm", SEQ),
    OID(6, "algorithm", O_RSA),
    NOTHING(6, "parameters"),
    SIGNATURE,
};

static void
fill_signer(struct tree *t, const struct bl_person *p)
{
	struct bl_buf hash = {0}, time = {0};
	struct bl_ber_head h;

	tree_fill(t, FILL_CONTENT, BL_STR(CONTENT));
	tree_fill(t, FILL_CERT, bl_buf_span(&p->der));
	tree_fill(t, FILL_ISSUER, bl_cert_issuer(p->cert));
	tree_fill(t, FILL_SERIAL, bl_cert_serial(p->cert));
	tree_fill(t, FILL_ISSUER2, bl_cert_issuer(p->cert));
	tree_fill(t, FILL_SERIAL2, bl_cert_serial(p->cert));
	tree_fill(t, FILL_SKI, bl_cert_ski(p->cert));
	digest(&hash, "SHA256", bl_buf_span(&p->der));
	tree_fill(t, FILL_CERT_HASH, bl_buf_span(&hash));
	bl_der_put_time(&time, BL_PERSON_NOW - 60);
	CHECK(bl_ber_head(&h, bl_buf_span(&time), NULL) == BL_OK, "time");
	tree_fill(
	    t, FILL_TIME, bl_span_cut(bl_buf_span(&time), h.header, time.n));
	bl_buf_clear(&hash);
	bl_buf_clear(&time);
}

static void
begin_ann(struct tree *t, struct kit *k)
{
	fill_signer(t, &k->ann);
}

static void
begin_bob(struct tree *t, struct kit *k)
{
	fill_signer(t, &k->bob);
}

/* The digest of what the content is after the change. */
static void
fill_digest(struct tree *t)
{
	struct bl_buf content = {0}, hash = {0};

	if (tree_has(t, FILL_CONTENT))
		value_of(&content, t, FILL_CONTENT);
	else
		bl_buf_add_str(&content, CONTENT);
	digest(&hash, "SHA256", bl_buf_span(&content));
	tree_fill(t, FILL_DIGEST, bl_buf_span(&hash));
	bl_buf_clear(&content);
	bl_buf_clear(&hash);
}

/* The signature is over the attributes as they are written, with the tag of a
 * SET OF; where their own form was changed over their DER, RFC 5652 5.4. */
static void
finish(struct tree *t, EVP_PKEY *key, bool pss)
{
	struct bl_buf over = {0}, value = {0}, signature = {0};

	fill_digest(t);
	if (tree_has(t, FILL_ATTRIBUTES)) {
		value_of(&value, t, FILL_ATTRIBUTES);
		bl_der_put(&over, BL_DER_SET, bl_buf_span(&value));
	} else {
		value_of(&over, t, FILL_CONTENT);
	}
	sign(&signature, key, pss, bl_buf_span(&over));
	tree_fill(t, FILL_SIGNATURE, bl_buf_span(&signature));
	bl_buf_clear(&over);
	bl_buf_clear(&value);
	bl_buf_clear(&signature);
}

static void
finish_ann(struct tree *t, struct kit *k)
{
	finish(t, k->ann_key, false);
}

static void
finish_apart(struct tree *t, struct kit *k)
{
	finish(t, k->bob_key, true);
}

static void
finish_bare(struct tree *t, struct kit *k)
{
	finish(t, k->bob_key, false);
}

/* ---- certificates, RFC 5280 4.1: ann's, written anew by the CA ---- */

#define EXTENSION(name, id) OF(9, name, SEQ), OID(10, "extnID", "\x55\x1d" id)
#define CRITICAL	    IS(10, "critical", BL_DER_BOOLEAN, "\xff")
#define VALUE		    OF(10, "extnValue", BL_DER_OCTETS)
#define RDN(d, name, id, t, v)                                                 \
	OF(d, name, SET), OF((d) + 1, "attribute", SEQ),                       \
	    OID((d) + 2, "type", "\x55\4" id), IS((d) + 2, "value", t, v)

static const struct field certificate[] = {
    TO_CERTIFICATES("\1", O_DATA),
    CONTENT_INSIDE,
    OF(3, "certificates", EXP(0)),
    {4, "certificate", SEQ, .fill = FILL_CERT},
    {5, "tbsCertificate", SEQ, .fill = FILL_TBS},
    OF(6, "version", EXP(0)),
    INT(7, "number", "\2"),
    INT(6, "serialNumber", "\x51\x52\x53\x54"),
    OF(6, "signature", SEQ),
    OID(7, "algorithm", O_SHA256_ECDSA),
    FILLED(6, "issuer", 0, FILL_ISSUER2),
    OF(6, "validity", SEQ),
    IS(7, "notBefore", BL_DER_UTCTIME, "260901000000Z"),
    IS(7, "notAfter", BL_DER_UTCTIME, "270901000000Z"),
    OF(6, "subject", SEQ),
    RDN(7, "country", "\6", BL_DER_PRINTABLE, "NL"),
    RDN(7, "commonName", "\3", BL_DER_UTF8, "Ann"),
    OF(6, "subjectPublicKeyInfo", SEQ),
    OF(7, "algorithm", SEQ),
    OID(8, "algorithm", O_EC),
    OID(8, "parameters", O_P256),
    FILLED(7, "subjectPublicKey", BL_DER_BITS, FILL_SPKI),
    OF(6, "extensions", EXP(3)),
    {7, "list", SEQ},
    EXTENSION("authorityKeyIdentifier", "\x23"),
    VALUE,
    OF(11, "authorityKeyIdentifier", SEQ),
    {12, "keyIdentifier", IMP(0), .fill = FILL_SKI2, .as = BL_DER_OCTETS},
    EXTENSION("subjectKeyIdentifier", "\x0e"),
    VALUE,
    IS(11, "keyIdentifier", BL_DER_OCTETS, "0123456789abcdef0123"),
    EXTENSION("keyUsage", "\x0f"),
    CRITICAL,
    VALUE,
    IS(11, "keyUsage", BL_DER_BITS, "\6\xc0"),
    EXTENSION("certificatePolicies", "\x20"),
    VALUE,
    OF(11, "policies", SEQ),
    OF(12, "policy", SEQ),
    OID(13, "policyIdentifier", O_A_UNKNOWN),
    EXTENSION("subjectAltName", "\x11"),
    VALUE,
    OF(11, "names", SEQ),
    {12, "rfc822Name", IMP(1), BYTES(ANN_ADDRESS), .as = BL_DER_IA5},
    {12, "dNSName", IMP(2), BYTES("example.org"), .as = BL_DER_IA5},
    OF(12, "directoryName", EXP(4)),
    OF(13, "name", SEQ),
    RDN(14, "commonName", "\3", BL_DER_UTF8, "Ann again"),
    {12, "uri", IMP(6), BYTES("https://example.org/"), .as = BL_DER_IA5},
    {12, "iPAddress", IMP(7), BYTES("\x7f\0\0\1"), .as = BL_DER_OCTETS},
    OF(12, "otherName", EXP(0)),
    OID(13, "type-id", O_A_UNKNOWN),
    OF(13, "value", EXP(0)),
    IS(14, "text", BL_DER_UTF8, "other"),
    EXTENSION("basicConstraints", "\x13"),
    CRITICAL,
    VALUE,
    OF(11, "basicConstraints", SEQ),
    EXTENSION("extKeyUsage", "\x25"),
    VALUE,
    OF(11, "purposes", SEQ),
    OID(12, "emailProtection", "\x2b\6\1\5\5\7\3\4"),
    OID(12, "clientAuth", "\x2b\6\1\5\5\7\3\2"),
    EXTENSION("cRLDistributionPoints", "\x1f"),
    VALUE,
    OF(11, "points", SEQ),
    OF(12, "point", SEQ),
    OF(13, "distributionPoint", EXP(0)),
    OF(14, "fullName", EXP(0)),
    {15, "uri", IMP(6), BYTES("http://example.org/crl"), .as = BL_DER_IA5},
    OF(9, "authorityInfoAccess", SEQ),
    OID(10, "extnID", "\x2b\6\1\5\5\7\1\1"),
    VALUE,
    OF(11, "descriptions", SEQ),
    OF(12, "description", SEQ),
    OID(13, "accessMethod", "\x2b\6\1\5\5\7\x30\1"),
    {13, "accessLocation", IMP(6), BYTES("http://example.org/ocsp"),
	.as = BL_DER_IA5},
    OF(9, "unknownExtension", SEQ),
    OID(10, "extnID", O_A_UNKNOWN),
    VALUE,
    IS(11, "anything", BL_DER_UTF8, "anything"),
    OF(5, "signatureAlgorithm", SEQ),
    OID(6, "algorithm", O_SHA256_ECDSA),
    FILLED(5, "signatureValue", BL_DER_BITS, FILL_MAC),
    OF(3, "signerInfos", SET),
    OF(4, "signerInfo", SEQ),
    BY_ISSUER,
    DIGEST_ALGORITHM,
    ATTRIBUTES,
    CONTENT_TYPE(O_DATA),
    MESSAGE_DIGEST,
    ECDSA_ALGORITHM,
    SIGNATURE,
};

static void
begin_certificate(struct tree *t, struct kit *k)
{
	struct bl_der in = bl_der_of(bl_cert_spki(k->ann.cert));
	struct bl_der seq = bl_der_enter(&in, SEQ);

	fill_signer(t, &k->ann);
	(void)bl_der_whole(&seq, SEQ);
	tree_fill(t, FILL_SPKI, bl_der_take(&seq, BL_DER_BITS));
	tree_fill(t, FILL_ISSUER2, bl_cert_subject(k->ca.cert));
	tree_fill(t, FILL_SKI2, bl_cert_ski(k->ca.cert));
}

void
cert_of(struct bl_buf *out, struct tree *t)
{
	tree_put(out, t, tree_find(t, FILL_CERT));
}

/* The signer is named as the certificate names itself, where it still does. */
static void
finish_certificate(struct tree *t, struct kit *k)
{
	struct bl_buf tbs = {0}, cert = {0}, signature = {0};
	const struct bl_limits limits = BL_LIMITS;
	struct bl_cert *c;

	tree_put(&tbs, t, tree_find(t, FILL_TBS));
	bl_buf_add_u8(&signature, 0);
	sign(&signature, k->ca_key, false, bl_buf_span(&tbs));
	tree_fill(t, FILL_MAC, bl_buf_span(&signature));
	cert_of(&cert, t);
	tree_fill(t, FILL_ISSUER, bl_cert_subject(k->ca.cert));
	tree_fill(t, FILL_SERIAL, BL_STR("\x51\x52\x53\x54"));
	if (bl_cert_read(&c, k->ctx, bl_buf_span(&cert), &limits, NULL) ==
	    BL_OK) {
		tree_fill(t, FILL_ISSUER, bl_cert_issuer(c));
		tree_fill(t, FILL_SERIAL, bl_cert_serial(c));
		bl_cert_free(c);
	}
	finish(t, k->ann_key, false);
	bl_buf_clear(&tbs);
	bl_buf_clear(&cert);
	bl_buf_clear(&signature);
}

#define SHAPE(name, use, begin, finish)                                        \
	{                                                                      \
#name, name, sizeof(name) / sizeof(*(name)), use, begin,       \
		    finish                                                     \
	}
const struct shape shapes_signed[] = {
    {"signed", full, sizeof(full) / sizeof(*full), USE_VERIFY, begin_ann,
	finish_ann},
    {"signed-apart", apart, sizeof(apart) / sizeof(*apart), USE_VERIFY_APART,
	begin_bob, finish_apart},
    {"signed-apart-plain", apart_plain,
	sizeof(apart_plain) / sizeof(*apart_plain), USE_VERIFY_APART, begin_bob,
	finish_bare},
    {"signed-bare", bare, sizeof(bare) / sizeof(*bare), USE_VERIFY, begin_bob,
	finish_bare},
    {NULL},
};
const struct shape shapes_cert[] = {
    {"certificate", certificate, sizeof(certificate) / sizeof(*certificate),
	USE_VERIFY_CERT, begin_certificate, finish_certificate},
    {NULL},
};
