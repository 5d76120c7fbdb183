/* test_keys.h - keys that libcrypto makes and writes, for the tests here: an
 * opinion other than our own reader's. */
#ifndef BL_CRYPTO_TEST_KEYS_H
#define BL_CRYPTO_TEST_KEYS_H

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/crypto.h"
#include "tests/test.h"

/* test_key makes "RSA" of some bits, or "EC" on a named curve. */
static inline EVP_PKEY *
test_key(const char *type, size_t bits, const char *curve)
{
	EVP_PKEY *k = bits != 0 ? EVP_PKEY_Q_keygen(NULL, NULL, type, bits)
	    : curve != NULL	? EVP_PKEY_Q_keygen(NULL, NULL, type, curve)
				: EVP_PKEY_Q_keygen(NULL, NULL, type);

	CHECK(k != NULL, type);
	return k;
}

/* test_pss_key makes an id-RSASSA-PSS key, bound to a digest, that of the mask
 * and a least salt when `digest` is not NULL. */
static inline EVP_PKEY *
test_pss_key(const char *digest, const char *mask, int salt)
{
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *k = NULL;

	CHECK(EVP_PKEY_keygen_init(run) == 1 &&
		EVP_PKEY_CTX_set_rsa_keygen_bits(run, 2048) == 1,
	    "init");
	if (digest != NULL)
		CHECK(EVP_PKEY_CTX_set_rsa_pss_keygen_md(
			  run, EVP_get_digestbyname(digest)) == 1 &&
			EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(
			    run, EVP_get_digestbyname(mask)) == 1 &&
			EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(run, salt) == 1,
		    "rule");
	CHECK(EVP_PKEY_generate(run, &k) == 1, "RSA-PSS");
	EVP_PKEY_CTX_free(run);
	return k;
}

/* test_spki and test_pkcs8 append libcrypto's DER of a key. */
static inline void
test_spki(struct bl_buf *out, EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);

	CHECK(n > 0, "i2d_PUBKEY");
	if (n > 0)
		bl_buf_add(out, bl_span_of(der, (size_t)n));
	OPENSSL_free(der);
}

static inline void
test_pkcs8(struct bl_buf *out, EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	int n = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);

	CHECK(n > 0, "i2d_PKCS8_PRIV_KEY_INFO");
	if (n > 0)
		bl_buf_add(out, bl_span_of(der, (size_t)n));
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
}

/* test_read_pub and test_read_priv are both halves as the engine sees them. */
static inline struct bl_pub *
test_read_pub(struct bl_ctx *ctx, EVP_PKEY *key)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_buf der = {0};
	struct bl_pub *k = NULL;

	test_spki(&der, key);
	CHECK(bl_pub_read(&k, ctx, bl_buf_span(&der), &limits, NULL) == BL_OK,
	    "bl_pub_read");
	bl_buf_clear(&der);
	return k;
}

static inline struct bl_priv *
test_read_priv(struct bl_ctx *ctx, EVP_PKEY *key)
{
	struct bl_secret *pkcs8 = NULL;
	struct bl_buf der = {0};
	struct bl_priv *k = NULL;

	test_pkcs8(&der, key);
	CHECK(bl_secret_copy(&pkcs8, bl_buf_span(&der), NULL) == BL_OK, "copy");
	CHECK(bl_priv_read(&k, ctx, pkcs8, NULL) == BL_OK, "bl_priv_read");
	bl_secret_free(pkcs8);
	bl_buf_clear(&der);
	return k;
}

#endif
