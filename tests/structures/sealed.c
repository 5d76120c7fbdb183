/* sealed.c - EnvelopedData (RFC 5652 6) and AuthEnvelopedData (RFC 5083). */
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "tests/structures/shapes.h"
#include "tests/test.h"

#define CEK "0123456789abcdef0123456789ABCDEF"
#define IV  "initialvector16."
#define UKM "keying material"

#define TO_RECIPIENTS(type, name, version)                                     \
	OF(0, "contentInfo", SEQ), OID(1, "contentType", type),                \
	    OF(1, "content", EXP(0)), OF(2, name, SEQ),                        \
	    INT(3, "version", version)
#define KTRI_BY_ISSUER                                                         \
	OF(4, "ktri", SEQ), INT(5, "version", "\0"), OF(5, "rid", SEQ),        \
	    FILLED(6, "issuer", 0, FILL_ISSUER),                               \
	    FILLED(6, "serialNumber", BL_DER_INTEGER, FILL_SERIAL)
#define RSA_PKCS1                                                              \
	OF(5, "keyEncryptionAlgorithm", SEQ), OID(6, "algorithm", O_RSA),      \
	    NOTHING(6, "parameters"),                                          \
	    FILLED(5, "encryptedKey", BL_DER_OCTETS, FILL_WRAPPED)
#define SEALED_CONTENT                                                         \
	{                                                                      \
		4, "encryptedContent", IMP(0), .fill = FILL_SEALED,            \
					       .as = BL_DER_OCTETS             \
	}
#define CBC_CONTENT                                                            \
	OF(3, "encryptedContentInfo", SEQ), OID(4, "contentType", O_DATA),     \
	    OF(4, "contentEncryptionAlgorithm", SEQ),                          \
	    OID(5, "algorithm", O_AES256_CBC),                                 \
	    {5, "iv", BL_DER_OCTETS, BYTES(IV), FILL_IV}, SEALED_CONTENT
#define GCM_CONTENT                                                            \
	OF(3, "authEncryptedContentInfo", SEQ), OID(4, "contentType", O_DATA), \
	    OF(4, "contentEncryptionAlgorithm", SEQ),                          \
	    OID(5, "algorithm", O_AES256_GCM), OF(5, "parameters", SEQ),       \
	    {6, "nonce", BL_DER_OCTETS, BYTES("twelve bytes"), FILL_IV},       \
	    INT(6, "icvLen", "\x10"), SEALED_CONTENT
#define CHACHA_CONTENT                                                         \
	OF(3, "authEncryptedContentInfo", SEQ), OID(4, "contentType", O_DATA), \
	    OF(4, "contentEncryptionAlgorithm", SEQ),                          \
	    OID(5, "algorithm", O_CHACHA),                                     \
	    {5, "nonce", BL_DER_OCTETS, BYTES("twelve bytes"), FILL_IV},       \
	    SEALED_CONTENT
/* RFC 9709 3: the cipher is the parameter of the derivation. */
#define DERIVED_CONTENT                                                        \
	OF(3, "encryptedContentInfo", SEQ), OID(4, "contentType", O_DATA),     \
	    OF(4, "contentEncryptionAlgorithm", SEQ),                          \
	    OID(5, "algorithm", O_CEK_HKDF),                                   \
	    {5, "cipher", SEQ, .fill = FILL_CEK_ALG},                          \
	    OID(6, "algorithm", O_AES256_CBC),                                 \
	    {6, "iv", BL_DER_OCTETS, BYTES(IV), FILL_IV}, SEALED_CONTENT
#define TAG FILLED(3, "mac", BL_DER_OCTETS, FILL_MAC)

static const struct field transport[] = {
    TO_RECIPIENTS(O_ENVELOPED, "envelopedData", "\2"),
    OF(3, "originatorInfo", EXP(0)),
    OF(4, "certs", EXP(0)),
    FILLED(5, "certificate", 0, FILL_CERT),
    OF(3, "recipientInfos", SET),
    KTRI_BY_ISSUER,
    RSA_PKCS1,
    CBC_CONTENT,
    OF(3, "unprotectedAttrs", EXP(1)),
    OF(4, "attribute", SEQ),
    OID(5, "attrType", O_A_UNKNOWN),
    OF(5, "attrValues", SET),
    IS(6, "value", BL_DER_UTF8, "anything"),
};

/* The least: what every program can read. */
static const struct field transport_plain[] = {
    TO_RECIPIENTS(O_ENVELOPED, "envelopedData", "\0"),
    OF(3, "recipientInfos", SET),
    KTRI_BY_ISSUER,
    RSA_PKCS1,
    CBC_CONTENT,
};

static const struct field authenticated_plain[] = {
    TO_RECIPIENTS(O_AUTH_ENVELOPED, "authEnvelopedData", "\0"),
    OF(3, "recipientInfos", SET),
    KTRI_BY_ISSUER,
    RSA_PKCS1,
    GCM_CONTENT,
    TAG,
};

static const struct field oaep[] = {
    TO_RECIPIENTS(O_ENVELOPED, "envelopedData", "\2"),
    OF(3, "recipientInfos", SET),
    OF(4, "ktri", SEQ),
    INT(5, "version", "\2"),
    {5, "rid", IMP(0), .fill = FILL_SKI, .as = BL_DER_OCTETS},
    OF(5, "keyEncryptionAlgorithm", SEQ),
    OID(6, "algorithm", O_OAEP),
    OF(6, "parameters", SEQ),
    HASH_AND_MASK("hashFunc", "maskGenFunc"),
    OF(7, "pSourceFunc", EXP(2)),
    OF(8, "source", SEQ),
    OID(9, "algorithm", O_PSPECIFIED),
    {9, "label", BL_DER_OCTETS, BYTES("label"), FILL_LABEL},
    FILLED(5, "encryptedKey", BL_DER_OCTETS, FILL_WRAPPED),
    CBC_CONTENT,
};

#define KARI                                                                   \
	OF(4, "kari", EXP(1)), INT(5, "version", "\3"),                        \
	    OF(5, "originator", EXP(0)), OF(6, "originatorKey", EXP(1)),       \
	    OF(7, "algorithm", SEQ), OID(8, "algorithm", O_EC),                \
	    FILLED(7, "publicKey", BL_DER_BITS, FILL_POINT)
#define KARI_ALGORITHM                                                         \
	OF(5, "keyEncryptionAlgorithm", SEQ),                                  \
	    OID(6, "algorithm", O_STDDH_SHA256),                               \
	    {6, "parameters", SEQ, .fill = FILL_WRAP_ALG},                     \
	    OID(7, "algorithm", O_AES256_WRAP)

static const struct field agreement[] = {
    TO_RECIPIENTS(O_ENVELOPED, "envelopedData", "\2"),
    OF(3, "recipientInfos", SET),
    KARI,
    OF(5, "ukm", EXP(1)),
    {6, "ukm", BL_DER_OCTETS, BYTES(UKM), FILL_UKM},
    KARI_ALGORITHM,
    OF(5, "recipientEncryptedKeys", SEQ),
    OF(6, "byIssuer", SEQ),
    OF(7, "rid", SEQ),
    FILLED(8, "issuer", 0, FILL_ISSUER),
    FILLED(8, "serialNumber", BL_DER_INTEGER, FILL_SERIAL),
    FILLED(7, "encryptedKey", BL_DER_OCTETS, FILL_WRAPPED),
    CBC_CONTENT,
};

static const struct field agreement_key[] = {
    TO_RECIPIENTS(O_AUTH_ENVELOPED, "authEnvelopedData", "\0"),
    OF(3, "recipientInfos", SET),
    KARI,
    KARI_ALGORITHM,
    OF(5, "recipientEncryptedKeys", SEQ),
    OF(6, "byKey", SEQ),
    OF(7, "rKeyId", EXP(0)),
    FILLED(8, "subjectKeyIdentifier", BL_DER_OCTETS, FILL_SKI),
    IS(8, "date", BL_DER_GENTIME, "20260921141320Z"),
    OF(8, "other", SEQ),
    OID(9, "keyAttrId", O_A_UNKNOWN),
    IS(9, "keyAttr", BL_DER_UTF8, "anything"),
    FILLED(7, "encryptedKey", BL_DER_OCTETS, FILL_WRAPPED),
    GCM_CONTENT,
    TAG,
};

static const struct field authenticated[] = {
    TO_RECIPIENTS(O_AUTH_ENVELOPED, "authEnvelopedData", "\0"),
    OF(3, "originatorInfo", EXP(0)),
    OF(4, "certs", EXP(0)),
    FILLED(5, "certificate", 0, FILL_CERT),
    OF(3, "recipientInfos", SET),
    KTRI_BY_ISSUER,
    RSA_PKCS1,
    GCM_CONTENT,
    {3, "authAttrs", EXP(1), .fill = FILL_ATTRIBUTES, .sorted = true},
    OF(4, "contentType", SEQ),
    OID(5, "attrType", O_A_CONTENT_TYPE),
    SORTED(5, "attrValues", SET),
    OID(6, "value", O_DATA),
    OF(4, "unknownAttr", SEQ),
    OID(5, "attrType", O_A_UNKNOWN),
    SORTED(5, "attrValues", SET),
    IS(6, "value", BL_DER_UTF8, "anything"),
    TAG,
    OF(3, "unauthAttrs", EXP(2)),
    OF(4, "attribute", SEQ),
    OID(5, "attrType", O_A_UNKNOWN),
    OF(5, "attrValues", SET),
    IS(6, "value", BL_DER_UTF8, "anything"),
};

static const struct field shared_key[] = {
    TO_RECIPIENTS(O_AUTH_ENVELOPED, "authEnvelopedData", "\0"),
    OF(3, "recipientInfos", SET),
    OF(4, "kekri", EXP(2)),
    INT(5, "version", "\4"),
    OF(5, "kekid", SEQ),
    IS(6, "keyIdentifier", BL_DER_OCTETS, "the key"),
    IS(6, "date", BL_DER_GENTIME, "20260921141320Z"),
    OF(6, "other", SEQ),
    OID(7, "keyAttrId", O_A_UNKNOWN),
    IS(7, "keyAttr", BL_DER_UTF8, "anything"),
    OF(5, "keyEncryptionAlgorithm", SEQ),
    OID(6, "algorithm", O_AES256_WRAP),
    FILLED(5, "encryptedKey", BL_DER_OCTETS, FILL_WRAPPED),
    CHACHA_CONTENT,
    TAG,
};

static const struct field password[] = {
    TO_RECIPIENTS(O_ENVELOPED, "envelopedData", "\3"),
    OF(3, "recipientInfos", SET),
    OF(4, "ori", EXP(4)),
    OID(5, "oriType", O_A_UNKNOWN),
    IS(5, "oriValue", BL_DER_UTF8, "anything"),
    OF(4, "pwri", EXP(3)),
    INT(5, "version", "\0"),
    OF(5, "keyDerivationAlgorithm", EXP(0)),
    OID(6, "algorithm", O_PBKDF2),
    OF(6, "parameters", SEQ),
    {7, "salt", BL_DER_OCTETS, BYTES("salt for keys"), FILL_SALT1},
    {7, "iterationCount", BL_DER_INTEGER, BYTES("\x20"), FILL_ITERATIONS1},
    OF(7, "prf", SEQ),
    OID(8, "algorithm", O_HMAC_SHA256),
    NOTHING(8, "parameters"),
    OF(5, "keyEncryptionAlgorithm", SEQ),
    OID(6, "algorithm", O_PWRI),
    {6, "parameters", SEQ},
    OID(7, "algorithm", O_AES256_CBC),
    {7, "iv", BL_DER_OCTETS, BYTES("sixteen bytes iv"), FILL_IV1},
    FILLED(5, "encryptedKey", BL_DER_OCTETS, FILL_WRAPPED),
    DERIVED_CONTENT,
};

/* ---- arithmetic ---- */

static void
fill_recipient(struct tree *t, const struct bl_person *p)
{
	tree_fill(t, FILL_ISSUER, bl_cert_issuer(p->cert));
	tree_fill(t, FILL_SERIAL, bl_cert_serial(p->cert));
	tree_fill(t, FILL_SKI, bl_cert_ski(p->cert));
	tree_fill(t, FILL_CERT, bl_buf_span(&p->der));
}

static void
begin_bob(struct tree *t, struct kit *k)
{
	fill_recipient(t, &k->bob);
}

static void
begin_eve(struct tree *t, struct kit *k)
{
	fill_recipient(t, &k->eve);
}

/* The content key under bob's key. */
static void
wrap_rsa(struct tree *t, struct kit *k, bool is_oaep)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(k->bob_key, NULL);
	struct bl_buf label = {0};
	uint8_t out[512];
	size_t n = sizeof(out);
	bool ok = EVP_PKEY_encrypt_init(c) == 1;

	if (is_oaep) {
		void *copy;

		value_of(&label, t, FILL_LABEL);
		copy = OPENSSL_memdup(label.p, label.n);
		ok = ok &&
		    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) ==
			1 &&
		    EVP_PKEY_CTX_set_rsa_oaep_md(c, EVP_sha256()) == 1 &&
		    EVP_PKEY_CTX_set_rsa_mgf1_md(c, EVP_sha256()) == 1;
		if (label.n > 0)
			ok = ok &&
			    EVP_PKEY_CTX_set0_rsa_oaep_label(
				c, copy, (int)label.n) == 1;
		else
			OPENSSL_free(copy);
	}
	ok = ok && EVP_PKEY_encrypt(c, out, &n, (const uint8_t *)CEK, 32) == 1;
	CHECK(ok, "wrap");
	tree_fill(t, FILL_WRAPPED, bl_span_of(out, n));
	bl_buf_clear(&label);
	EVP_PKEY_CTX_free(c);
}

/* ECC-CMS-SharedInfo in DER, of the values as changed: RFC 5753 7.2. */
static void
shared_info(struct bl_buf *out, struct tree *t)
{
	size_t seq = bl_der_open(out, SEQ), part;
	struct bl_buf value = {0};

	value_of(&value, t, FILL_WRAP_ALG);
	bl_der_put(out, SEQ, bl_buf_span(&value));
	if (tree_has(t, FILL_UKM)) {
		bl_buf_reset(&value);
		value_of(&value, t, FILL_UKM);
		part = bl_der_open(out, EXP(0));
		bl_der_put(out, BL_DER_OCTETS, bl_buf_span(&value));
		bl_der_close(out, part);
	}
	part = bl_der_open(out, EXP(2));
	bl_der_put(out, BL_DER_OCTETS, BL_STR("\0\0\1\0"));
	bl_der_close(out, part);
	bl_der_close(out, seq);
	bl_buf_clear(&value);
}

static bool
derive(uint8_t kek[32], EVP_PKEY *own, EVP_PKEY *peer, struct bl_span info)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(own, NULL);
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "X963KDF", NULL);
	EVP_KDF_CTX *kc = EVP_KDF_CTX_new(kdf);
	uint8_t z[66];
	size_t n = sizeof(z);
	bool ok = EVP_PKEY_derive_init(c) == 1 &&
	    EVP_PKEY_derive_set_peer(c, peer) == 1 &&
	    EVP_PKEY_derive(c, z, &n) == 1;
	char sha256[] = "SHA256";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256, 0),
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, z, n),
	    OSSL_PARAM_construct_octet_string(
		OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info.p, info.n),
	    OSSL_PARAM_construct_end()};

	ok = ok && EVP_KDF_derive(kc, kek, 32, params) == 1;
	EVP_KDF_CTX_free(kc);
	EVP_KDF_free(kdf);
	EVP_PKEY_CTX_free(c);
	return ok;
}

static bool
wrap_aes(uint8_t out[40], const uint8_t kek[32])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0, m = 0;
	bool ok;

	EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = EVP_EncryptInit_ex(c, EVP_aes_256_wrap(), NULL, kek, NULL) == 1 &&
	    EVP_EncryptUpdate(c, out, &n, (const uint8_t *)CEK, 32) == 1 &&
	    EVP_EncryptFinal_ex(c, out + n, &m) == 1;
	EVP_CIPHER_CTX_free(c);
	return ok;
}

/* The content key for eve, from a key of ann's: it may as well be hers. */
static void
wrap_ecdh(struct tree *t, struct kit *k)
{
	struct bl_buf info = {0}, bits = {0};
	uint8_t kek[32], out[40], *point = NULL;
	size_t n = EVP_PKEY_get1_encoded_public_key(k->ann_key, &point);

	shared_info(&info, t);
	CHECK(derive(kek, k->ann_key, k->eve_key, bl_buf_span(&info)) &&
		wrap_aes(out, kek),
	    "agreement");
	bl_buf_add_u8(&bits, 0);
	bl_buf_add(&bits, bl_span_of(point, n));
	tree_fill(t, FILL_POINT, bl_buf_span(&bits));
	tree_fill(t, FILL_WRAPPED, bl_span_of(out, sizeof(out)));
	OPENSSL_free(point);
	bl_buf_clear(&info);
	bl_buf_clear(&bits);
}

/* A key in a shared one. */
static void
wrap_shared(struct tree *t)
{
	uint8_t out[40];

	CHECK(wrap_aes(out, (const uint8_t *)SHARED_KEY), "shared");
	tree_fill(t, FILL_WRAPPED, bl_span_of(out, sizeof(out)));
}

static bool
cbc(uint8_t *out, const uint8_t *in, int size, const uint8_t kek[32],
    const uint8_t *iv)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok = EVP_EncryptInit_ex(c, EVP_aes_256_cbc(), NULL, kek, iv) ==
		1 &&
	    EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
	    EVP_EncryptUpdate(c, out, &n, in, size) == 1 && n == size;

	EVP_CIPHER_CTX_free(c);
	return ok;
}

/* The number as changed, where it can be gone through. */
static int
iterations(struct tree *t)
{
	struct bl_buf value = {0};
	int n = 0;

	value_of(&value, t, FILL_ITERATIONS1);
	for (size_t i = 0; i < value.n && value.n <= 2; i++)
		n = n << 8 | value.p[i];
	bl_buf_clear(&value);
	return n > 0 ? n : 0x20;
}

/* A key under a password: encrypted twice, RFC 3211 2.3.1. */
static void
wrap_password(struct tree *t)
{
	uint8_t kek[32], block[48] = {32}, once[48], twice[48];
	struct bl_buf salt = {0}, iv = {0};

	memcpy(block + 4, CEK, 32);
	for (size_t i = 0; i < 3; i++)
		block[1 + i] = (uint8_t)~block[4 + i];
	value_of(&salt, t, FILL_SALT1);
	value_of(&iv, t, FILL_IV1);
	if (iv.n < 16)
		bl_buf_reset(&iv), bl_buf_add_str(&iv, IV);
	CHECK(PKCS5_PBKDF2_HMAC(PASSPHRASE, sizeof(PASSPHRASE) - 1, salt.p,
		  (int)salt.n, iterations(t), EVP_sha256(), 32, kek) == 1 &&
		cbc(once, block, 48, kek, iv.p) &&
		cbc(twice, once, 48, kek, once + 32),
	    "password");
	tree_fill(t, FILL_WRAPPED, bl_span_of(twice, sizeof(twice)));
	bl_buf_clear(&salt);
	bl_buf_clear(&iv);
}

/* The key that the content has: derived for its cipher, where that says so. */
static void
content_key(uint8_t key[32], struct tree *t)
{
	char sha256[] = "SHA256", salt[] = "The Cryptographic Message Syntax";
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *kc = EVP_KDF_CTX_new(kdf);
	struct bl_buf value = {0}, info = {0};
	OSSL_PARAM params[5];

	memcpy(key, CEK, 32);
	if (tree_has(t, FILL_CEK_ALG)) {
		value_of(&value, t, FILL_CEK_ALG);
		bl_der_put(&info, SEQ, bl_buf_span(&value));
		params[0] = OSSL_PARAM_construct_utf8_string(
		    OSSL_KDF_PARAM_DIGEST, sha256, 0);
		params[1] = OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)CEK, 32);
		params[2] = OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_SALT, salt, sizeof(salt) - 1);
		params[3] = OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_INFO, info.p, info.n < 512 ? info.n : 512);
		params[4] = OSSL_PARAM_construct_end();
		CHECK(EVP_KDF_derive(kc, key, 32, params) == 1, "derived");
	}
	bl_buf_clear(&value);
	bl_buf_clear(&info);
	EVP_KDF_CTX_free(kc);
	EVP_KDF_free(kdf);
}

static void
seal_cbc(struct tree *t)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	struct bl_buf iv = {0};
	uint8_t key[32], out[256], *start;
	int n = 0, m = 0;

	content_key(key, t);
	value_of(&iv, t, FILL_IV);
	start = iv.n >= 16 ? iv.p : (uint8_t *)(uintptr_t)IV;
	CHECK(EVP_EncryptInit_ex(c, EVP_aes_256_cbc(), NULL, key, start) == 1 &&
		EVP_EncryptUpdate(c, out, &n, (const uint8_t *)CONTENT,
		    sizeof(CONTENT) - 1) == 1 &&
		EVP_EncryptFinal_ex(c, out + n, &m) == 1,
	    "cbc");
	tree_fill(t, FILL_SEALED, bl_span_of(out, (size_t)(n + m)));
	EVP_CIPHER_CTX_free(c);
	bl_buf_clear(&iv);
}

/* The tag is over the attributes in DER with the tag of a SET OF, RFC 5083
 * 2.2, and the nonce may have any length but none. */
static void
seal_aead(struct tree *t, const EVP_CIPHER *cipher, size_t least, size_t most)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	struct bl_buf iv = {0}, value = {0}, aad = {0};
	uint8_t out[256], tag[16];
	int n = 0, m = 0;
	bool ok;

	value_of(&iv, t, FILL_IV);
	if (iv.n < least || iv.n > most)
		bl_buf_reset(&iv), bl_buf_add_str(&iv, "twelve bytes");
	if (tree_has(t, FILL_ATTRIBUTES)) {
		value_of(&value, t, FILL_ATTRIBUTES);
		bl_der_put(&aad, SET, bl_buf_span(&value));
	}
	ok = EVP_EncryptInit_ex(c, cipher, NULL, NULL, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, (int)iv.n, NULL) ==
		1 &&
	    EVP_EncryptInit_ex(c, NULL, NULL, (const uint8_t *)CEK, iv.p) ==
		1 &&
	    (aad.n == 0 ||
		EVP_EncryptUpdate(c, NULL, &m, aad.p, (int)aad.n) == 1) &&
	    EVP_EncryptUpdate(c, out, &n, (const uint8_t *)CONTENT,
		sizeof(CONTENT) - 1) == 1 &&
	    EVP_EncryptFinal_ex(c, out + n, &m) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1;
	CHECK(ok, "aead");
	tree_fill(t, FILL_SEALED, bl_span_of(out, (size_t)n));
	tree_fill(t, FILL_MAC, bl_span_of(tag, sizeof(tag)));
	EVP_CIPHER_CTX_free(c);
	bl_buf_clear(&iv);
	bl_buf_clear(&value);
	bl_buf_clear(&aad);
}

static void
seal_gcm(struct tree *t)
{
	seal_aead(t, EVP_aes_256_gcm(), 1, 128);
}

static void
finish_transport(struct tree *t, struct kit *k)
{
	wrap_rsa(t, k, false);
	seal_cbc(t);
}

static void
finish_oaep(struct tree *t, struct kit *k)
{
	wrap_rsa(t, k, true);
	seal_cbc(t);
}

static void
finish_agreement(struct tree *t, struct kit *k)
{
	wrap_ecdh(t, k);
	seal_cbc(t);
}

static void
finish_agreement_key(struct tree *t, struct kit *k)
{
	wrap_ecdh(t, k);
	seal_gcm(t);
}

static void
finish_authenticated(struct tree *t, struct kit *k)
{
	wrap_rsa(t, k, false);
	seal_gcm(t);
}

static void
finish_shared_key(struct tree *t, struct kit *k)
{
	(void)k;
	wrap_shared(t);
	seal_aead(t, EVP_chacha20_poly1305(), 12, 12);
}

static void
finish_password(struct tree *t, struct kit *k)
{
	(void)k;
	wrap_password(t);
	seal_cbc(t);
}

#define N(a) (sizeof(a) / sizeof(*(a)))
const struct shape shapes_sealed[] = {
    {"enveloped-rsa", transport, N(transport), USE_OPEN, begin_bob,
	finish_transport},
    {"enveloped-plain", transport_plain, N(transport_plain), USE_OPEN,
	begin_bob, finish_transport},
    {"auth-enveloped-plain", authenticated_plain, N(authenticated_plain),
	USE_OPEN, begin_bob, finish_authenticated},
    {"enveloped-oaep", oaep, N(oaep), USE_OPEN, begin_bob, finish_oaep},
    {"enveloped-ecdh", agreement, N(agreement), USE_OPEN, begin_eve,
	finish_agreement},
    {"auth-enveloped-rsa", authenticated, N(authenticated), USE_OPEN, begin_bob,
	finish_authenticated},
    {"auth-enveloped-ecdh", agreement_key, N(agreement_key), USE_OPEN,
	begin_eve, finish_agreement_key},
    {"auth-enveloped-kek", shared_key, N(shared_key), USE_OPEN, begin_bob,
	finish_shared_key},
    {"enveloped-password", password, N(password), USE_OPEN, begin_bob,
	finish_password},
    {NULL},
};
