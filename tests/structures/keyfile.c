/* keyfile.c - PKCS#12, RFC 7292. */
#include <openssl/hmac.h>
#include <openssl/pkcs12.h>

#include "tests/structures/shapes.h"
#include "tests/test.h"

#define O_PBES2	   "\x2a\x86\x48\x86\xf7\x0d\1\5\x0d"
#define O_PBKDF2   "\x2a\x86\x48\x86\xf7\x0d\1\5\x0c"
#define O_HMAC_256 "\x2a\x86\x48\x86\xf7\x0d\2\x09"
#define O_BAG(n)   "\x2a\x86\x48\x86\xf7\x0d\1\x0c\x0a\1" n
#define O_X509	   "\x2a\x86\x48\x86\xf7\x0d\1\x09\x16\1"
#define O_NAME	   "\x2a\x86\x48\x86\xf7\x0d\1\x09\x14"
#define O_KEY_ID   "\x2a\x86\x48\x86\xf7\x0d\1\x09\x15"

#define PBES2(d, name, salt, count, iv)                                        \
	OF(d, name, SEQ), OID((d) + 1, "algorithm", O_PBES2),                  \
	    OF((d) + 1, "parameters", SEQ),                                    \
	    OF((d) + 2, "keyDerivationFunc", SEQ),                             \
	    OID((d) + 3, "algorithm", O_PBKDF2),                               \
	    OF((d) + 3, "parameters", SEQ),                                    \
	    {(d) + 4, "salt", BL_DER_OCTETS, BYTES("saltsalt"), salt},         \
	    {(d) + 4, "iterationCount", BL_DER_INTEGER, BYTES("\2"), count},   \
	    INT((d) + 4, "keyLength", "\x20"), OF((d) + 4, "prf", SEQ),        \
	    OID((d) + 5, "algorithm", O_HMAC_256),                             \
	    NOTHING((d) + 5, "parameters"),                                    \
	    OF((d) + 2, "encryptionScheme", SEQ),                              \
	    OID((d) + 3, "algorithm", O_AES256_CBC),                           \
	{                                                                      \
		(d) + 3, "iv", BL_DER_OCTETS, BYTES("initialvector16."), iv    \
	}
#define NAMED(d)                                                               \
	OF(d, "bagAttributes", SET), OF((d) + 1, "friendlyName", SEQ),         \
	    OID((d) + 2, "attrId", O_NAME), OF((d) + 2, "attrValues", SET),    \
	    IS((d) + 3, "value", BL_DER_BMP, "\0A\0n\0n"),                     \
	    OF((d) + 1, "localKeyId", SEQ), OID((d) + 2, "attrId", O_KEY_ID),  \
	    OF((d) + 2, "attrValues", SET),                                    \
	    IS((d) + 3, "value", BL_DER_OCTETS, "1")
#define CERT_BAG(d)                                                            \
	OID(d, "bagId", O_BAG("\3")), OF(d, "bagValue", EXP(0)),               \
	    OF((d) + 1, "certBag", SEQ), OID((d) + 2, "certId", O_X509),       \
	    OF((d) + 2, "certValue", EXP(0)),                                  \
	    OF((d) + 3, "octets", BL_DER_OCTETS),                              \
	    FILLED((d) + 4, "certificate", 0, FILL_CERT)

#define TO_SAFES                                                               \
	OF(0, "pfx", SEQ), INT(1, "version", "\3"), OF(1, "authSafe", SEQ),    \
	    OID(2, "contentType", O_DATA), OF(2, "content", EXP(0)),           \
	    {3, "octets", BL_DER_OCTETS, .fill = FILL_AUTH},                   \
	    OF(4, "authenticatedSafe", SEQ)
#define MAC_DATA                                                               \
	OF(1, "macData", SEQ), OF(2, "mac", SEQ),                              \
	    OF(3, "digestAlgorithm", SEQ), OID(4, "algorithm", O_SHA256),      \
	    NOTHING(4, "parameters"),                                          \
	    FILLED(3, "digest", BL_DER_OCTETS, FILL_MAC),                      \
	    {2, "macSalt", BL_DER_OCTETS, BYTES("saltsalt"), FILL_MAC_SALT},   \
	{                                                                      \
		2, "iterations", BL_DER_INTEGER, BYTES("\2"),                  \
		    FILL_MAC_ITERATIONS                                        \
	}

/* As programs write it: certificates encrypted as a whole, the key alone. */
static const struct field sealed[] = {
    TO_SAFES,
    OF(5, "certInfo", SEQ),
    OID(6, "contentType", O_ENCRYPTED),
    OF(6, "content", EXP(0)),
    OF(7, "encryptedData", SEQ),
    INT(8, "version", "\0"),
    OF(8, "encryptedContentInfo", SEQ),
    OID(9, "contentType", O_DATA),
    PBES2(9, "contentEncryptionAlgorithm", FILL_SALT1, FILL_ITERATIONS1,
	FILL_IV1),
    {9, "encryptedContent", IMP(0), .as = BL_DER_OCTETS,
	.around = AROUND_SEAL1},
    OF(10, "safeContents", SEQ),
    OF(11, "bag", SEQ),
    CERT_BAG(12),
    NAMED(12),
    OF(5, "keyInfo", SEQ),
    OID(6, "contentType", O_DATA),
    OF(6, "content", EXP(0)),
    OF(7, "octets", BL_DER_OCTETS),
    OF(8, "safeContents", SEQ),
    OF(9, "bag", SEQ),
    OID(10, "bagId", O_BAG("\2")),
    OF(10, "bagValue", EXP(0)),
    OF(11, "encryptedPrivateKeyInfo", SEQ),
    PBES2(12, "encryptionAlgorithm", FILL_SALT2, FILL_ITERATIONS2, FILL_IV2),
    {12, "encryptedData", BL_DER_OCTETS, .around = AROUND_SEAL2},
    FILLED(13, "privateKeyInfo", 0, FILL_PKCS8),
    NAMED(10),
    MAC_DATA,
};

/* Nothing is encrypted, and every other kind of bag is there. */
static const struct field clear[] = {
    TO_SAFES,
    OF(5, "info", SEQ),
    OID(6, "contentType", O_DATA),
    OF(6, "content", EXP(0)),
    OF(7, "octets", BL_DER_OCTETS),
    OF(8, "safeContents", SEQ),
    OF(9, "keyBag", SEQ),
    OID(10, "bagId", O_BAG("\1")),
    OF(10, "bagValue", EXP(0)),
    {11, "privateKeyInfo", 0, .fill = FILL_PKCS8},
    OF(9, "certBag", SEQ),
    CERT_BAG(10),
    OF(9, "secretBag", SEQ),
    OID(10, "bagId", O_BAG("\5")),
    OF(10, "bagValue", EXP(0)),
    OF(11, "secretBag", SEQ),
    OID(12, "secretTypeId", O_A_UNKNOWN),
    OF(12, "secretValue", EXP(0)),
    IS(13, "value", BL_DER_OCTETS, "secret"),
    OF(9, "safeContentsBag", SEQ),
    OID(10, "bagId", O_BAG("\6")),
    OF(10, "bagValue", EXP(0)),
    OF(11, "safeContents", SEQ),
    MAC_DATA,
};

/* What a field says where that can be computed in a moment, else `or`. */
static int
count_of(struct tree *t, enum fill fill, int or)
{
	struct bl_buf v = {0};
	int n = 0;

	if (!tree_has(t, fill))
		return or ;
	value_of(&v, t, fill);
	for (size_t i = 0; i < v.n && i < 4; i++)
		n = n << 8 | v.p[i];
	if (v.n == 0 || v.n > 3 || n < 1 || n > 100000)
		n = or ;
	bl_buf_clear(&v);
	return n;
}

static void
seal(struct bl_buf *out, struct tree *t, int which, struct bl_span clear_)
{
	enum fill salt_fill = which == 1 ? FILL_SALT1 : FILL_SALT2;
	int count = count_of(
	    t, which == 1 ? FILL_ITERATIONS1 : FILL_ITERATIONS2, 2);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	struct bl_buf salt = {0}, iv = {0};
	uint8_t key[32], *p;
	int n = 0, m = 0;

	value_of(&salt, t, salt_fill);
	value_of(&iv, t, which == 1 ? FILL_IV1 : FILL_IV2);
	if (iv.n < 16)
		bl_buf_reset(&iv), bl_buf_add_str(&iv, "initialvector16.");
	p = bl_buf_grow(out, clear_.n + 16);
	CHECK(p != NULL &&
		PKCS5_PBKDF2_HMAC(PASSPHRASE, -1, salt.p, (int)salt.n, count,
		    EVP_sha256(), 32, key) == 1 &&
		EVP_EncryptInit_ex(c, EVP_aes_256_cbc(), NULL, key, iv.p) ==
		    1 &&
		EVP_EncryptUpdate(c, p, &n, clear_.p, (int)clear_.n) == 1 &&
		EVP_EncryptFinal_ex(c, p + n, &m) == 1,
	    "seal");
	out->n += (size_t)(n + m);
	EVP_CIPHER_CTX_free(c);
	bl_buf_clear(&salt);
	bl_buf_clear(&iv);
}

static void
begin_keys(struct tree *t, struct kit *k)
{
	t->seal = seal;
	tree_fill(t, FILL_CERT, bl_buf_span(&k->ann.der));
	tree_fill(t, FILL_PKCS8, bl_secret_reveal(k->ann.pkcs8));
}

static void
finish_keys(struct tree *t, struct kit *k)
{
	struct bl_buf auth = {0}, salt = {0};
	int count = count_of(t, FILL_MAC_ITERATIONS, 2);
	uint8_t key[32], mac[32];
	unsigned n = sizeof(mac);

	(void)k;
	/* absent is once, RFC 7292 4 */
	if (t->change != NULL && t->at == tree_find(t, FILL_MAC_ITERATIONS) &&
	    strcmp(t->change->name, "absent") == 0)
		count = 1;
	/* over what is in the string, in whatever form: RFC 7292 4 */
	tree_value(&auth, t, tree_find(t, FILL_AUTH));
	value_of(&salt, t, FILL_MAC_SALT);
	CHECK(PKCS12_key_gen_utf8(PASSPHRASE, -1, salt.p, (int)salt.n,
		  PKCS12_MAC_ID, count, 32, key, EVP_sha256()) == 1 &&
		HMAC(EVP_sha256(), key, 32, auth.p, auth.n, mac, &n) != NULL,
	    "mac");
	tree_fill(t, FILL_MAC, bl_span_of(mac, n));
	bl_buf_clear(&auth);
	bl_buf_clear(&salt);
}

#define N(a) (sizeof(a) / sizeof(*(a)))
const struct shape shapes_keys[] = {
    {"pkcs12", sealed, N(sealed), USE_KEYS, begin_keys, finish_keys},
    {"pkcs12-clear", clear, N(clear), USE_KEYS, begin_keys, finish_keys},
    {NULL},
};
