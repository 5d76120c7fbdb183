/* cert.h - certificates made for tests, well formed or in any way not. */
#ifndef BL_TESTS_CERT_H
#define BL_TESTS_CERT_H

#include "der/der.h"

/* bl_test_ext is an extension; value: content of extnValue. */
struct bl_test_ext {
	enum bl_oid oid;
	bool critical;
	struct bl_span value;
};

/*
 * bl_test_cert says how a certificate differs from an ordinary one: v3, serial
 * number 1, sha256WithRSA, issuer CN=CA, subject CN=Ann, 2020-01-01 to
 * 2030-01-01 (UTC, 00:00:00), an RSA key of 2048 bits, no extensions, a
 * signature of one byte that holds for nothing. {0} is that one. Spans are
 * whole elements where nothing else is said.
 */
struct bl_test_cert {
	struct bl_span version;	     /* [0]; BL_TEST_NONE: v1 */
	struct bl_span serial;	     /* content */
	struct bl_span inner, outer; /* AlgorithmIdentifier; outer as inner */
	struct bl_span issuer, validity, subject, spki;
	struct bl_span ids;	   /* [1], [2] */
	struct bl_test_ext ext[8]; /* up to the first without a value */
	struct bl_span extensions; /* all of [3] instead */
	struct bl_span tbs_tail;   /* more in the TBSCertificate */
	struct bl_span signature;  /* BIT STRING */
	struct bl_span tail;	   /* more in the Certificate */
	struct bl_span behind;	   /* bytes after it */
};
#define BL_TEST_NONE ((struct bl_span){(const uint8_t *)"", 0})

/* bl_test_cert_write appends one. */
void bl_test_cert_write(struct bl_buf *out, const struct bl_test_cert *how);

/* SubjectPublicKeyInfos: of RSA with a modulus of so many bits (a multiple of
 * 8; no product of two primes) and an exponent, and points on P-256, P-384. */
void bl_test_rsa(struct bl_buf *out, unsigned bits, uint64_t exponent);
struct bl_span bl_test_p256(void);
/* bl_test_name appends a Name of one commonName, and of an emailAddress when
 * that is not NULL. */
void bl_test_name(struct bl_buf *out, const char *name, const char *email);

#endif
