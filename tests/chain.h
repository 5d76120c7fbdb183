/* chain.h - certificates that other test certificates really issued. */
#ifndef BL_TESTS_CHAIN_H
#define BL_TESTS_CHAIN_H

#include "cert/cert.h"
#include "tests/cert.h"

#define BL_TEST_KEYS_MAX 24

/* bl_test_keys is a row of P-256 keys, made when first used. */
struct bl_test_keys {
	struct bl_ctx *ctx;
	struct bl_priv *key[BL_TEST_KEYS_MAX];
};
void bl_test_keys_clear(struct bl_test_keys *k);
/* bl_test_key borrows key i. */
struct bl_priv *bl_test_key(struct bl_test_keys *k, unsigned i);

/* bl_test_issue makes a certificate for key `own`, signed by key `by` with
 * ECDSA and SHA-256, of these names (one commonName; "": an empty name; NULL:
 * what `how` has). What else is in `how` stays, but the keys and signatures.
 * NULL (and a failed CHECK) when it went wrong; yours to free. */
struct bl_cert *bl_test_issue(struct bl_test_keys *k, unsigned own, unsigned by,
    const char *subject, const char *issuer, const struct bl_test_cert *how);
/* bl_test_sign appends the ECDSA signature of key `by` over bytes. */
void bl_test_sign(struct bl_buf *out, struct bl_test_keys *k, unsigned by,
    struct bl_span bytes);

/* bl_test_list appends a revocation list of an issuer, signed by key `by`, for
 * these times; serial is revoked in it, 0: none is. */
void bl_test_list(struct bl_buf *out, struct bl_test_keys *k, unsigned by,
    const char *issuer, int64_t from, int64_t to, uint64_t serial);
/* bl_test_access and bl_test_points append the values of authorityInfoAccess
 * and cRLDistributionPoints: lists of addresses with a space between, or "". */
void bl_test_access(struct bl_buf *out, const char *issuers, const char *ocsp);
void bl_test_points(struct bl_buf *out, const char *urls);

#endif
