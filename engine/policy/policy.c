/* policy.c - see policy.h. */
#include "policy/policy.h"

const char *
bl_revocation_name(enum bl_revocation r)
{
	switch (r) {
	case BL_REVOCATION_REQUIRE:
		return "require";
	case BL_REVOCATION_PREFER:
		return "prefer";
	case BL_REVOCATION_OFF:
		return "off";
	}
	return NULL;
}

const char *
bl_source_name(enum bl_source s)
{
	switch (s) {
	case BL_SOURCE_GIVEN:
		return "given";
	case BL_SOURCE_STATE:
		return "state";
	case BL_SOURCE_MESSAGE:
		return "message";
	case BL_SOURCE_NETWORK:
		return "network";
	case BL_SOURCE_CACHE:
		return "cache";
	}
	return NULL;
}

const char *
bl_evidence_name(enum bl_evidence_kind k)
{
	switch (k) {
	case BL_EVIDENCE_NONE:
		return "none";
	case BL_EVIDENCE_OCSP:
		return "ocsp";
	case BL_EVIDENCE_CRL:
		return "crl";
	}
	return NULL;
}

const char *
bl_cert_state_name(enum bl_cert_state s)
{
	switch (s) {
	case BL_CERT_NOT_ASKED:
		return "not-asked";
	case BL_CERT_NOT_KNOWN:
		return "unknown";
	case BL_CERT_GOOD:
		return "good";
	case BL_CERT_REVOKED:
		return "revoked";
	}
	return NULL;
}

bool
bl_policy_cipher(
    const struct bl_policy *p, enum bl_cipher c, bool authenticated)
{
	switch (c) {
	case BL_AES128_GCM:
	case BL_AES192_GCM:
	case BL_AES256_GCM:
	case BL_CHACHA20_POLY1305:
		return authenticated;
	case BL_AES128_CBC:
	case BL_AES192_CBC:
	case BL_AES256_CBC:
		return !authenticated;
	case BL_DES3_CBC:
	case BL_RC2_40_CBC:
	case BL_RC2_64_CBC:
	case BL_RC2_128_CBC:
		return !authenticated && p->legacy;
	case BL_CIPHER_NONE:
	case BL_CIPHER_COUNT:
		break;
	}
	return false;
}

bl_reasons
bl_policy_digest(const struct bl_policy *p, enum bl_digest d)
{
	(void)p;
	switch (d) {
	case BL_SHA256:
	case BL_SHA384:
	case BL_SHA512:
	case BL_SHAKE256:
		return 0;
	case BL_SHA1:
	case BL_SHA224:
		return BL_REASON_BIT(WEAK_ALGORITHM);
	case BL_DIGEST_NONE:
	case BL_DIGEST_COUNT:
		break;
	}
	return BL_REASON_BIT(UNKNOWN_ALGORITHM);
}

bl_reasons
bl_policy_sig_alg(const struct bl_policy *p, const struct bl_sig_alg *alg)
{
	switch (alg->kind) {
	case BL_SIG_RSA_PKCS1:
	case BL_SIG_ECDSA:
		return bl_policy_digest(p, alg->digest);
	case BL_SIG_RSA_PSS:
		return bl_policy_digest(p, alg->digest) |
		    (alg->mgf != alg->digest ? BL_REASON_BIT(WEAK_ALGORITHM)
					     : 0);
	case BL_SIG_ED25519:
	case BL_SIG_ED448:
		return 0;
	case BL_SIG_OTHER:
	case BL_SIG_DSA:
		break;
	}
	return BL_REASON_BIT(UNKNOWN_ALGORITHM);
}

bl_reasons
bl_policy_key(const struct bl_policy *p, enum bl_key_kind kind, unsigned bits,
    bool weak, const struct bl_limits *limits)
{
	(void)p;
	switch (kind) {
	case BL_KEY_RSA:
	case BL_KEY_RSA_PSS:
		return bits < limits->rsa_min_bits || weak
		    ? BL_REASON_BIT(WEAK_KEY)
		    : 0;
	case BL_KEY_EC_P256:
	case BL_KEY_EC_P384:
	case BL_KEY_EC_P521:
	case BL_KEY_X25519:
	case BL_KEY_X448:
		return 0;
	case BL_KEY_ED25519:
	case BL_KEY_ED448:
		return weak ? BL_REASON_BIT(WEAK_KEY) : 0;
	case BL_KEY_OTHER:
	case BL_KEY_DSA:
		break;
	}
	return BL_REASON_BIT(UNKNOWN_ALGORITHM);
}
