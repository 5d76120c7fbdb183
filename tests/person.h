/* person.h - people for tests: a fresh key and a certificate made by
 * libcrypto. */
#ifndef BL_TESTS_PERSON_H
#define BL_TESTS_PERSON_H

#include "bulla/bulla.h"

/*
 * bl_person_opts says how the certificate is to look; {0} with an address is a
 * good one: RSA-2048, valid from a day before BL_PERSON_NOW for a year,
 * keyUsage and emailProtection for both uses.
 *
 * key	   "RSA-2048", "RSA-1024", "RSA-PSS-2048", "P-256", "P-384", "P-521",
 *	   "ED25519", "ED448", "X25519", "X448" (signed by nobody)
 * usage   value of the keyUsage extension as openssl.cnf writes it; "" none
 * eku	   the same of extendedKeyUsage
 * san	   of subjectAltName; "" none. NULL: email:ADDRESS
 * aia, points	values of authorityInfoAccess, cRLDistributionPoints
 * subject "/CN=..."-less: commonName only
 */
#define BL_PERSON_NOW ((int64_t)1790000000) /* 2026-09-21, the tests' today */
struct bl_person_opts {
	const char *address, *name, *key, *usage, *eku, *san, *aia, *points;
	int64_t not_before, not_after;
	const char *digest; /* of the certificate's own signature */
	bool is_ca;
};
struct bl_person {
	struct bl_secret *pkcs8;
	struct bl_buf der; /* the certificate */
	struct bl_cert *cert;
};

/* bl_person_make: false (and a failed CHECK) when something went wrong. issuer
 * may be NULL: self-signed. */
bool bl_person_make(struct bl_person *out, struct bl_ctx *ctx,
    const struct bl_person_opts *opts, const struct bl_person *issuer);
void bl_person_clear(struct bl_person *p);
/* bl_person_list appends the revocation list of a CA, of BL_PERSON_NOW and good
 * for a day; `revoked` is in it, unless it is NULL. */
void bl_person_list(struct bl_buf *out, const struct bl_person *ca,
    const struct bl_person *revoked);
/* bl_person_answer answers a want as an agent with the keys of n people. */
enum bl_err bl_person_answer(struct bl_buf *answer, struct bl_ctx *ctx,
    const struct bl_person *people, size_t n, const struct bl_want *want);

#endif
