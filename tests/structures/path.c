/* path.c - a path of three with its revocation lists, RFC 5280: each of them
 * changed below its signature, and signed again. */
#include "tests/structures/shapes.h"
#include "tests/test.h"

#define RDN(d, name, id, t, v)                                                 \
	OF(d, name, SET), OF((d) + 1, "attribute", SEQ),                       \
	    OID((d) + 2, "type", "\x55\4" id), IS((d) + 2, "value", t, v)
#define NAME(d, name, cn)                                                      \
	OF(d, name, SEQ),                                                      \
	    RDN((d) + 1, "country", "\6", BL_DER_PRINTABLE, "NL"),             \
	    RDN((d) + 1, "commonName", "\3", BL_DER_UTF8, cn)
#define EXTENSION(name, id) OF(4, name, SEQ), OID(5, "extnID", id)
#define CRITICAL	    IS(5, "critical", BL_DER_BOOLEAN, "\xff")
#define VALUE		    OF(5, "extnValue", BL_DER_OCTETS)
#define CE(id)		    "\x55\x1d" id
#define URI(d, name, u)                                                        \
	{                                                                      \
		(d), (name), IMP(6), BYTES(u), .as = BL_DER_IA5                \
	}

#define ID_ROOT		"rootrootrootrootroot"
#define ID_CA		"ca01ca01ca01ca01ca01"
#define ID_LEAF		"leafleafleafleafleaf"
#define AT_CRL		"http://example.org/crl"
#define O_POLICY_THEIRS "\x2b\6\1\4\1\x82\xbe\x3c\2"
#define O_POLICY_OURS	"\x2b\6\1\4\1\x82\xbe\x3c\x09"
#define SERIAL		"\x51\x52\x53\x54"

/* Certificate down to its extensions. */
#define TO_EXTENSIONS(serial, issuer, subject)                                 \
	{0, "certificate", SEQ}, {1, "tbsCertificate", SEQ, .fill = FILL_TBS}, \
	    OF(2, "version", EXP(0)), INT(3, "number", "\2"),                  \
	    INT(2, "serialNumber", serial), OF(2, "signature", SEQ),           \
	    OID(3, "algorithm", O_SHA256_ECDSA), NAME(2, "issuer", issuer),    \
	    OF(2, "validity", SEQ),                                            \
	    IS(3, "notBefore", BL_DER_UTCTIME, "260901000000Z"),               \
	    IS(3, "notAfter", BL_DER_UTCTIME, "270901000000Z"),                \
	    NAME(2, "subject", subject), OF(2, "subjectPublicKeyInfo", SEQ),   \
	    OF(3, "algorithm", SEQ), OID(4, "algorithm", O_EC),                \
	    OID(4, "parameters", O_P256),                                      \
	    FILLED(3, "subjectPublicKey", BL_DER_BITS, FILL_SPKI),             \
	    OF(2, "extensions", EXP(3)),                                       \
	{                                                                      \
		3, "list", SEQ                                                 \
	}
#define AKI(id)                                                                \
	EXTENSION("authorityKeyIdentifier", CE("\x23")), VALUE,                \
	    OF(6, "authorityKeyIdentifier", SEQ),                              \
	{                                                                      \
		7, "keyIdentifier", IMP(0), BYTES(id), .as = BL_DER_OCTETS     \
	}
#define SKI(id)                                                                \
	EXTENSION("subjectKeyIdentifier", CE("\x0e")), VALUE,                  \
	    IS(6, "keyIdentifier", BL_DER_OCTETS, id)
#define KEY_USAGE(bits)                                                        \
	EXTENSION("keyUsage", CE("\x0f")), CRITICAL, VALUE,                    \
	    IS(6, "keyUsage", BL_DER_BITS, bits)
#define POLICIES(id)                                                           \
	EXTENSION("certificatePolicies", CE("\x20")), VALUE,                   \
	    OF(6, "policies", SEQ), OF(7, "policy", SEQ),                      \
	    OID(8, "policyIdentifier", id)
#define PURPOSES                                                               \
	EXTENSION("extKeyUsage", CE("\x25")), VALUE, OF(6, "purposes", SEQ),   \
	    OID(7, "emailProtection", "\x2b\6\1\5\5\7\3\4")
#define POINTS                                                                 \
	EXTENSION("cRLDistributionPoints", CE("\x1f")), VALUE,                 \
	    OF(6, "points", SEQ), OF(7, "point", SEQ),                         \
	    OF(8, "distributionPoint", EXP(0)), OF(9, "fullName", EXP(0)),     \
	    URI(10, "uri", AT_CRL)
#define SIGNED                                                                 \
	OF(1, "signatureAlgorithm", SEQ), OID(2, "algorithm", O_SHA256_ECDSA), \
	    FILLED(1, "signatureValue", BL_DER_BITS, FILL_SIGNATURE)

static const struct field leaf[] = {
    TO_EXTENSIONS(SERIAL, "CA", "Ann"),
    AKI(ID_CA),
    SKI(ID_LEAF),
    KEY_USAGE("\6\xc0"),
    POLICIES(O_POLICY_OURS),
    EXTENSION("subjectAltName", CE("\x11")),
    VALUE,
    OF(6, "names", SEQ),
    {7, "rfc822Name", IMP(1), BYTES(ANN_ADDRESS), .as = BL_DER_IA5},
    {7, "dNSName", IMP(2), BYTES("example.org"), .as = BL_DER_IA5},
    OF(7, "directoryName", EXP(4)),
    NAME(8, "name", "Ann again"),
    EXTENSION("basicConstraints", CE("\x13")),
    CRITICAL,
    VALUE,
    OF(6, "basicConstraints", SEQ),
    PURPOSES,
    POINTS,
    EXTENSION("unknownExtension", O_A_UNKNOWN),
    VALUE,
    IS(6, "anything", BL_DER_UTF8, "anything"),
    SIGNED,
};

/* All that an issuer may say of those below it. */
static const struct field issuer[] = {
    TO_EXTENSIONS("\x41\x42", "Root", "CA"),
    AKI(ID_ROOT),
    SKI(ID_CA),
    KEY_USAGE("\1\6"),
    EXTENSION("basicConstraints", CE("\x13")),
    CRITICAL,
    VALUE,
    OF(6, "basicConstraints", SEQ),
    IS(7, "cA", BL_DER_BOOLEAN, "\xff"),
    INT(7, "pathLen", "\0"),
    POLICIES(O_POLICY_THEIRS),
    EXTENSION("policyMappings", CE("\x21")),
    CRITICAL,
    VALUE,
    OF(6, "mappings", SEQ),
    OF(7, "mapping", SEQ),
    OID(8, "issuerDomainPolicy", O_POLICY_THEIRS),
    OID(8, "subjectDomainPolicy", O_POLICY_OURS),
    EXTENSION("policyConstraints", CE("\x24")),
    CRITICAL,
    VALUE,
    OF(6, "constraints", SEQ),
    {7, "requireExplicitPolicy", IMP(0), BYTES("\0"), .as = BL_DER_INTEGER},
    {7, "inhibitPolicyMapping", IMP(1), BYTES("\0"), .as = BL_DER_INTEGER},
    EXTENSION("inhibitAnyPolicy", CE("\x36")),
    CRITICAL,
    VALUE,
    INT(6, "skipCerts", "\0"),
    EXTENSION("nameConstraints", CE("\x1e")),
    CRITICAL,
    VALUE,
    OF(6, "constraints", SEQ),
    OF(7, "permitted", EXP(0)),
    OF(8, "mail", SEQ),
    {9, "rfc822Name", IMP(1), BYTES("example.org"), .as = BL_DER_IA5},
    OF(8, "host", SEQ),
    {9, "dNSName", IMP(2), BYTES("example.org"), .as = BL_DER_IA5},
    OF(8, "directory", SEQ),
    OF(9, "directoryName", EXP(4)),
    OF(10, "name", SEQ),
    RDN(11, "country", "\6", BL_DER_PRINTABLE, "NL"),
    OF(7, "excluded", EXP(1)),
    OF(8, "mail", SEQ),
    {9, "rfc822Name", IMP(1), BYTES(".example.org"), .as = BL_DER_IA5},
    PURPOSES,
    POINTS,
    SIGNED,
};

static const struct field root[] = {
    TO_EXTENSIONS("\x31\x32", "Root", "Root"),
    SKI(ID_ROOT),
    KEY_USAGE("\1\6"),
    EXTENSION("basicConstraints", CE("\x13")),
    CRITICAL,
    VALUE,
    OF(6, "basicConstraints", SEQ),
    IS(7, "cA", BL_DER_BOOLEAN, "\xff"),
    INT(7, "pathLen", "\1"),
    SIGNED,
};

#define TO_ENTRIES(issuer)                                                     \
	{0, "certificateList", SEQ},                                           \
	    {1, "tbsCertList", SEQ, .fill = FILL_TBS},                         \
	    INT(2, "version", "\1"), OF(2, "signature", SEQ),                  \
	    OID(3, "algorithm", O_SHA256_ECDSA), NAME(2, "issuer", issuer),    \
	    IS(2, "thisUpdate", BL_DER_UTCTIME, "260920000000Z"),              \
	    IS(2, "nextUpdate", BL_DER_UTCTIME, "260930000000Z")
#define ENTRIES(serial)                                                        \
	OF(2, "revokedCertificates", SEQ), OF(3, "another", SEQ),              \
	    INT(4, "userCertificate", "\x61"),                                 \
	    IS(4, "revocationDate", BL_DER_UTCTIME, "260910000000Z"),          \
	    OF(3, "entry", SEQ), INT(4, "userCertificate", serial),            \
	    IS(4, "revocationDate", BL_DER_UTCTIME, "260910000000Z"),          \
	    OF(4, "crlEntryExtensions", SEQ), OF(5, "reasonCode", SEQ),        \
	    OID(6, "extnID", CE("\x15")), OF(6, "extnValue", BL_DER_OCTETS),   \
	    IS(7, "reason", BL_DER_ENUMERATED, "\1"),                          \
	    OF(5, "invalidityDate", SEQ), OID(6, "extnID", CE("\x18")),        \
	    OF(6, "extnValue", BL_DER_OCTETS),                                 \
	    IS(7, "date", BL_DER_GENTIME, "20260909000000Z")
#define LIST_EXTENSION(name, id) OF(4, name, SEQ), OID(5, "extnID", CE(id))
#define LIST_EXTENSIONS                                                        \
	OF(2, "crlExtensions", EXP(0)), OF(3, "list", SEQ),                    \
	    LIST_EXTENSION("authorityKeyIdentifier", "\x23"), VALUE,           \
	    OF(6, "authorityKeyIdentifier", SEQ),                              \
	    {7, "keyIdentifier", IMP(0), BYTES(ID_CA), .as = BL_DER_OCTETS},   \
	    LIST_EXTENSION("cRLNumber", "\x14"), VALUE,                        \
	    INT(6, "number", "\7"),                                            \
	    LIST_EXTENSION("issuingDistributionPoint", "\x1c"), CRITICAL,      \
	    VALUE, OF(6, "point", SEQ), OF(7, "distributionPoint", EXP(0)),    \
	    OF(8, "fullName", EXP(0)), URI(9, "uri", AT_CRL),                  \
	{                                                                      \
		7, "onlyContainsUserCerts", IMP(1), BYTES("\xff"),             \
		    .as = BL_DER_BOOLEAN                                       \
	}

/* Lists of the CA: the person is not on it, and is. */
static const struct field list[] = {
    TO_ENTRIES("CA"),
    ENTRIES("\x62"),
    LIST_EXTENSIONS,
    SIGNED,
};
static const struct field list_revoked[] = {
    TO_ENTRIES("CA"),
    ENTRIES(SERIAL),
    LIST_EXTENSIONS,
    SIGNED,
};
/* The root's, with nothing in it that could be left out. */
static const struct field list_root[] = {
    TO_ENTRIES("Root"),
    SIGNED,
};

/* ---- who signs ---- */

static void
fill_key(struct tree *t, const struct bl_person *p)
{
	struct bl_der in = bl_der_of(bl_cert_spki(p->cert));
	struct bl_der seq = bl_der_enter(&in, SEQ);

	(void)bl_der_whole(&seq, SEQ);
	tree_fill(t, FILL_SPKI, bl_der_take(&seq, BL_DER_BITS));
}

static void
begin_leaf(struct tree *t, struct kit *k)
{
	fill_key(t, &k->ann);
}

static void
begin_issuer(struct tree *t, struct kit *k)
{
	fill_key(t, &k->ca);
}

static void
begin_root(struct tree *t, struct kit *k)
{
	fill_key(t, &k->eve);
}

static void
begin_list(struct tree *t, struct kit *k)
{
	(void)t;
	(void)k;
}

static void
finish(struct tree *t, EVP_PKEY *key)
{
	struct bl_buf tbs = {0}, signature = {0};

	tree_put(&tbs, t, tree_find(t, FILL_TBS));
	bl_buf_add_u8(&signature, 0);
	sign(&signature, key, false, bl_buf_span(&tbs));
	tree_fill(t, FILL_SIGNATURE, bl_buf_span(&signature));
	bl_buf_clear(&tbs);
	bl_buf_clear(&signature);
}

static void
finish_by_ca(struct tree *t, struct kit *k)
{
	finish(t, k->ca_key);
}

static void
finish_by_root(struct tree *t, struct kit *k)
{
	finish(t, k->eve_key);
}

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
const struct shape shapes_path[] = {
    {"path-leaf", leaf, COUNT(leaf), USE_PATH_LEAF, begin_leaf, finish_by_ca},
    {"path-issuer", issuer, COUNT(issuer), USE_PATH_ISSUER, begin_issuer,
	finish_by_root},
    {"path-root", root, COUNT(root), USE_PATH_ROOT, begin_root, finish_by_root},
    {"path-crl", list, COUNT(list), USE_PATH_CRL, begin_list, finish_by_ca},
    {"path-crl-revoked", list_revoked, COUNT(list_revoked), USE_PATH_CRL,
	begin_list, finish_by_ca},
    {"path-crl-root", list_root, COUNT(list_root), USE_PATH_CRL_ROOT,
	begin_list, finish_by_root},
    {NULL},
};

void
path_part(struct bl_buf *out, struct kit *k, enum use use)
{
	struct tree *t = calloc(1, sizeof(*t));
	const struct shape *s = shapes_path;

	if (t == NULL)
		abort();
	while (s->use != use)
		s++;
	tree_init(t, s->fields, s->n);
	s->begin(t, k);
	s->finish(t, k);
	tree_put(out, t, 0);
	tree_clear(t);
	free(t);
}
