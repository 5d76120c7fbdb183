/* crl.h - revocation lists for tests, really signed. */
#ifndef BL_TESTS_CRL_H
#define BL_TESTS_CRL_H

#include "tests/chain.h"

/*
 * bl_test_crl is a list by the issuer of this commonName, signed with ECDSA and
 * SHA-256.
 *
 * from, to    thisUpdate; nextUpdate, 0: none
 * serials     numbers of entries, one byte each
 * reason      of all entries; 0: none is given
 * extensions  content of crlExtensions
 */
struct bl_test_crl {
	const char *issuer;
	unsigned by; /* key */
	int64_t from, to;
	const char *serials;
	uint8_t reason;
	struct bl_span extensions;
};
/* bl_test_crl_write appends one. */
void bl_test_crl_write(
    struct bl_buf *out, struct bl_test_keys *k, const struct bl_test_crl *how);

#endif
