/* names.c - what algorithms are called and how long their values are: without
 * the crypto library, which a program that only names them need not load. */
#include <string.h>

#include "crypto/crypto.h"

static const struct {
	const char *name, *micalg;
	size_t size; /* bytes */
} digests[BL_DIGEST_COUNT] = {
    [BL_DIGEST_NONE] = {"none", "unknown", 0},
    [BL_SHA1] = {"sha1", "sha-1", 20},
    [BL_SHA224] = {"sha224", "sha-224", 28},
    [BL_SHA256] = {"sha256", "sha-256", 32},
    [BL_SHA384] = {"sha384", "sha-384", 48},
    [BL_SHA512] = {"sha512", "sha-512", 64},
    [BL_SHAKE256] = {"shake256", "shake256", 64},
};

static const struct {
	const char *name;
	uint8_t key, iv, block; /* bytes; block 0: a stream with a tag */
} ciphers[BL_CIPHER_COUNT] = {
    [BL_CIPHER_NONE] = {"none", 0, 0, 0},
    [BL_AES128_GCM] = {"aes-128-gcm", 16, 12, 0},
    [BL_AES192_GCM] = {"aes-192-gcm", 24, 12, 0},
    [BL_AES256_GCM] = {"aes-256-gcm", 32, 12, 0},
    [BL_AES128_CBC] = {"aes-128-cbc", 16, 16, 16},
    [BL_AES192_CBC] = {"aes-192-cbc", 24, 16, 16},
    [BL_AES256_CBC] = {"aes-256-cbc", 32, 16, 16},
    [BL_DES3_CBC] = {"des-ede3-cbc", 24, 8, 8},
    [BL_RC2_40_CBC] = {"rc2-40-cbc", 5, 8, 8},
    [BL_RC2_64_CBC] = {"rc2-64-cbc", 8, 8, 8},
    [BL_RC2_128_CBC] = {"rc2-cbc", 16, 8, 8},
    [BL_CHACHA20_POLY1305] = {"chacha20-poly1305", 32, 12, 0},
};

static bool
known_digest(enum bl_digest d)
{
	return (unsigned)d > BL_DIGEST_NONE && (unsigned)d < BL_DIGEST_COUNT;
}

size_t
bl_digest_size(enum bl_digest d)
{
	return known_digest(d) ? digests[d].size : 0;
}

const char *
bl_digest_name(enum bl_digest d)
{
	return digests[known_digest(d) ? d : BL_DIGEST_NONE].name;
}

const char *
bl_digest_micalg(enum bl_digest d)
{
	return digests[known_digest(d) ? d : BL_DIGEST_NONE].micalg;
}

static bool
known_cipher(enum bl_cipher c)
{
	return (unsigned)c > BL_CIPHER_NONE && (unsigned)c < BL_CIPHER_COUNT;
}

size_t
bl_cipher_key_size(enum bl_cipher c)
{
	return known_cipher(c) ? ciphers[c].key : 0;
}

size_t
bl_cipher_iv_size(enum bl_cipher c)
{
	return known_cipher(c) ? ciphers[c].iv : 0;
}

bool
bl_cipher_is_old(enum bl_cipher c)
{
	return c == BL_DES3_CBC || c == BL_RC2_40_CBC || c == BL_RC2_64_CBC ||
	    c == BL_RC2_128_CBC;
}

bool
bl_cipher_is_aead(enum bl_cipher c)
{
	return known_cipher(c) && ciphers[c].block == 0;
}

const char *
bl_cipher_name(enum bl_cipher c)
{
	return ciphers[known_cipher(c) ? c : BL_CIPHER_NONE].name;
}

enum bl_cipher
bl_cipher_by_name(const char *name)
{
	for (unsigned c = 1; c < BL_CIPHER_COUNT; c++)
		if (strcmp(name, ciphers[c].name) == 0)
			return (enum bl_cipher)c;
	return BL_CIPHER_NONE;
}

const char *
bl_key_kind_name(enum bl_key_kind k)
{
	switch (k) {
	case BL_KEY_OTHER:
		break;
	case BL_KEY_RSA:
		return "rsa";
	case BL_KEY_RSA_PSS:
		return "rsa-pss";
	case BL_KEY_EC_P256:
		return "ec-p256";
	case BL_KEY_EC_P384:
		return "ec-p384";
	case BL_KEY_EC_P521:
		return "ec-p521";
	case BL_KEY_DSA:
		return "dsa";
	case BL_KEY_ED25519:
		return "ed25519";
	case BL_KEY_X25519:
		return "x25519";
	case BL_KEY_ED448:
		return "ed448";
	case BL_KEY_X448:
		return "x448";
	}
	return "other";
}

enum bl_digest
bl_sig_alg_content(const struct bl_sig_alg *alg)
{
	switch (alg->kind) {
	case BL_SIG_ED25519:
		return BL_SHA512;
	case BL_SIG_ED448:
		return BL_SHAKE256;
	case BL_SIG_OTHER:
	case BL_SIG_RSA_PKCS1:
	case BL_SIG_RSA_PSS:
	case BL_SIG_ECDSA:
	case BL_SIG_DSA:
		break;
	}
	return alg->digest;
}

bool
bl_sig_takes_bytes(enum bl_sig_kind kind)
{
	return kind == BL_SIG_ED25519 || kind == BL_SIG_ED448;
}
