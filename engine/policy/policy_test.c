/* policy_test.c - each decision of policy.h, over the whole of its table. */
#include "policy/policy.h"
#include "tests/test.h"

#include <string.h>

static const struct bl_policy strict = {0}, legacy = {.legacy = true};

/* ATK-103: a cipher goes with its own content type only. */
static const struct {
	const char *name;
	enum bl_cipher cipher;
	bool enveloped, auth_enveloped; /* opened there, strictly */
	bool legacy_enveloped;
} ciphers[] = {
    {"none", BL_CIPHER_NONE, false, false, false},
    {"aes-128-gcm", BL_AES128_GCM, false, true, false},
    {"aes-192-gcm", BL_AES192_GCM, false, true, false},
    {"aes-256-gcm", BL_AES256_GCM, false, true, false},
    {"aes-128-cbc", BL_AES128_CBC, true, false, true},
    {"aes-192-cbc", BL_AES192_CBC, true, false, true},
    {"aes-256-cbc", BL_AES256_CBC, true, false, true},
    {"3des", BL_DES3_CBC, false, false, true},
    {"rc2, 40 bits", BL_RC2_40_CBC, false, false, true},
    {"rc2, 64 bits", BL_RC2_64_CBC, false, false, true},
    {"rc2, 128 bits", BL_RC2_128_CBC, false, false, true},
    {"chacha20-poly1305", BL_CHACHA20_POLY1305, false, true, false},
    {"no cipher", BL_CIPHER_COUNT, false, false, false},
};

static void
pairs_ciphers_with_content_types(void)
{
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(*ciphers); i++) {
		enum bl_cipher c = ciphers[i].cipher;
		const char *name = ciphers[i].name;

		CHECK(
		    bl_policy_cipher(&strict, c, false) == ciphers[i].enveloped,
		    name);
		CHECK(bl_policy_cipher(&strict, c, true) ==
			ciphers[i].auth_enveloped,
		    name);
		CHECK(bl_policy_cipher(&legacy, c, false) ==
			ciphers[i].legacy_enveloped,
		    name);
		CHECK(bl_policy_cipher(&legacy, c, true) ==
			ciphers[i].auth_enveloped,
		    name);
		/* what takes --legacy to be read is what is old */
		CHECK(bl_cipher_is_old(c) ==
			(ciphers[i].legacy_enveloped && !ciphers[i].enveloped),
		    name);
	}
	CHECK(sizeof(ciphers) / sizeof(*ciphers) == BL_CIPHER_COUNT + 1, "all");
}

#define WEAK	BL_REASON_BIT(WEAK_ALGORITHM)
#define UNKNOWN BL_REASON_BIT(UNKNOWN_ALGORITHM)
#define SHORT	BL_REASON_BIT(WEAK_KEY)

static const struct {
	const char *name;
	struct bl_sig_alg alg;
	bl_reasons want;
} algs[] = {
    {"rsa sha-256", {BL_SIG_RSA_PKCS1, BL_SHA256}, 0},
    {"rsa sha-384", {BL_SIG_RSA_PKCS1, BL_SHA384}, 0},
    {"rsa sha-512", {BL_SIG_RSA_PKCS1, BL_SHA512}, 0},
    {"rsa sha-1", {BL_SIG_RSA_PKCS1, BL_SHA1}, WEAK},
    {"rsa sha-224", {BL_SIG_RSA_PKCS1, BL_SHA224}, WEAK},
    {"rsa without digest", {BL_SIG_RSA_PKCS1, BL_DIGEST_NONE}, UNKNOWN},
    {"ecdsa sha-256", {BL_SIG_ECDSA, BL_SHA256}, 0},
    {"ecdsa sha-1", {BL_SIG_ECDSA, BL_SHA1}, WEAK},
    {"pss sha-256", {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32}, 0},
    {"pss sha-512, no salt", {BL_SIG_RSA_PSS, BL_SHA512, BL_SHA512, 0}, 0},
    {"pss sha-1", {BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 20}, WEAK},
    {"pss with another mask", {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA1, 32}, WEAK},
    {"pss with a stronger mask", {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA512, 32},
	WEAK},
    {"ed25519", {BL_SIG_ED25519}, 0},
    {"ed448", {BL_SIG_ED448}, 0},
    {"dsa", {BL_SIG_DSA, BL_SHA256}, UNKNOWN},
    {"other", {BL_SIG_OTHER, BL_SHA256}, UNKNOWN},
};

static void
judges_signature_algorithms(void)
{
	for (size_t i = 0; i < sizeof(algs) / sizeof(*algs); i++) {
		const struct bl_sig_alg *alg = &algs[i].alg;

		CHECK(bl_policy_sig_alg(&strict, alg) == algs[i].want,
		    algs[i].name);
		CHECK(bl_policy_sig_alg(&legacy, alg) == algs[i].want,
		    algs[i].name);
	}
	CHECK(bl_policy_digest(&strict, BL_SHA256) == 0, "sha-256");
	CHECK(bl_policy_digest(&strict, BL_SHA384) == 0, "sha-384");
	CHECK(bl_policy_digest(&strict, BL_SHA512) == 0, "sha-512");
	CHECK(bl_policy_digest(&strict, BL_SHAKE256) == 0, "shake256");
	CHECK(bl_policy_digest(&strict, BL_SHA1) == WEAK, "sha-1");
	CHECK(bl_policy_digest(&strict, BL_SHA224) == WEAK, "sha-224");
	CHECK(bl_policy_digest(&strict, BL_DIGEST_NONE) == UNKNOWN, "none");
	CHECK(bl_policy_digest(&strict, BL_DIGEST_COUNT) == UNKNOWN, "count");
}

static const struct {
	const char *name;
	enum bl_key_kind kind;
	unsigned bits;
	bool weak;
	bl_reasons want;
} keys[] = {
    {"rsa 2048", BL_KEY_RSA, 2048, false, 0},
    {"rsa 2047", BL_KEY_RSA, 2047, false, SHORT},
    {"rsa 2048, exponent 3", BL_KEY_RSA, 2048, true, SHORT},
    {"pss 2048", BL_KEY_RSA_PSS, 2048, false, 0},
    {"pss 1024", BL_KEY_RSA_PSS, 1024, false, SHORT},
    {"p-256", BL_KEY_EC_P256, 256, false, 0},
    {"p-384", BL_KEY_EC_P384, 384, false, 0},
    {"p-521", BL_KEY_EC_P521, 521, false, 0},
    {"ed25519", BL_KEY_ED25519, 256, false, 0},
    {"ed25519 of low order", BL_KEY_ED25519, 256, true, SHORT},
    {"ed448", BL_KEY_ED448, 448, false, 0},
    {"ed448 of low order", BL_KEY_ED448, 448, true, SHORT},
    {"x25519", BL_KEY_X25519, 256, false, 0},
    {"dsa", BL_KEY_DSA, 2048, false, UNKNOWN},
    {"other", BL_KEY_OTHER, 0, false, UNKNOWN},
};

static void
judges_keys(void)
{
	struct bl_limits limits = BL_LIMITS;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		CHECK(bl_policy_key(&strict, keys[i].kind, keys[i].bits,
			  keys[i].weak, &limits) == keys[i].want,
		    keys[i].name);
	limits.rsa_min_bits = 3072;
	CHECK(bl_policy_key(&strict, BL_KEY_RSA, 3071, false, &limits) == SHORT,
	    "the limit is an argument");
	CHECK(bl_policy_key(&strict, BL_KEY_RSA, 3072, false, &limits) == 0,
	    "the limit is an argument");
}

static void
names_what_was_found(void)
{
	static const char *const sources[] = {
	    "given", "state", "message", "network", "cache"};
	static const char *const kinds[] = {"none", "ocsp", "crl"};
	static const char *const states[] = {
	    "not-asked", "unknown", "good", "revoked"};

	for (unsigned i = 0; i < 5; i++)
		CHECK(
		    strcmp(bl_source_name((enum bl_source)i), sources[i]) == 0,
		    sources[i]);
	for (unsigned i = 0; i < 3; i++)
		CHECK(strcmp(bl_evidence_name((enum bl_evidence_kind)i),
			  kinds[i]) == 0,
		    kinds[i]);
	for (unsigned i = 0; i < 4; i++)
		CHECK(strcmp(bl_cert_state_name((enum bl_cert_state)i),
			  states[i]) == 0,
		    states[i]);
	CHECK(bl_source_name((enum bl_source)5) == NULL &&
		bl_evidence_name((enum bl_evidence_kind)3) == NULL &&
		bl_cert_state_name((enum bl_cert_state)4) == NULL,
	    "none of them");
}

TESTS(TEST(pairs_ciphers_with_content_types), TEST(judges_signature_algorithms),
    TEST(judges_keys), TEST(names_what_was_found))
