/* policy.h - what is good enough here: rules as data, one decision each. */
#ifndef BL_POLICY_POLICY_H
#define BL_POLICY_POLICY_H

#include "base/base.h"
#include "bulla/alg.h"
#include "bulla/check.h"
#include "bulla/reasons.h"

/*
 * bl_policy is the rules of one operation; {0} is the strict default.
 *
 * legacy	   open 3DES; evaluate weak signatures to the end, all marked
 * date_slack	   seconds that signingTime and Date may differ; 0: 3600
 * revocation	   what is demanded of the certificates of a path
 */
struct bl_policy {
	bool legacy;
	enum bl_revocation revocation;
	int64_t date_slack;
};

/* bl_policy_cipher: may content under this cipher be opened, in EnvelopedData
 * (authenticated false) or AuthEnvelopedData (true)? The pair table of
 * ATK-103: AEAD only with authentication, CBC only without. */
bool bl_policy_cipher(
    const struct bl_policy *p, enum bl_cipher c, bool authenticated);
/* bl_policy_digest: reasons against this digest in a signature, 0 for none.
 * SHA-1, SHA-224: WEAK_ALGORITHM; NONE: UNKNOWN_ALGORITHM. */
bl_reasons bl_policy_digest(const struct bl_policy *p, enum bl_digest d);
/* bl_policy_sig_alg: the same for the whole signature algorithm; PSS with an
 * MGF digest other than its own is WEAK_ALGORITHM; DSA and those not known are
 * UNKNOWN_ALGORITHM. */
bl_reasons bl_policy_sig_alg(
    const struct bl_policy *p, const struct bl_sig_alg *alg);
/* bl_policy_key: reasons against a key. bits: modulus; weak: an RSA exponent
 * below 65537, a point of low order. RSA below rsa_min_bits, and what is weak:
 * WEAK_KEY; DSA and kinds not known: UNKNOWN_ALGORITHM. */
bl_reasons bl_policy_key(const struct bl_policy *p, enum bl_key_kind kind,
    unsigned bits, bool weak, const struct bl_limits *limits);

#endif
