/* ocsp.h - OCSP answers made for tests, well formed or in any way not. */
#ifndef BL_TESTS_OCSP_H
#define BL_TESTS_OCSP_H

#include "der/der.h"
#include "tests/cert.h"

/*
 * bl_test_single says how a SingleResponse differs from an ordinary one: SHA-1,
 * hashes of 20 zero bytes, serial number 1, good, of 2020-01-01, without
 * nextUpdate. Spans are whole elements where nothing else is said.
 */
struct bl_test_single {
	struct bl_span alg, name_hash, key_hash, serial;
	struct bl_span id_tail;	   /* more in the CertID */
	struct bl_span status;	   /* CertStatus */
	struct bl_span at;	   /* thisUpdate */
	struct bl_span next;	   /* content of [0] */
	struct bl_span extensions; /* content of [1] */
	struct bl_span tail;	   /* more in the SingleResponse */
};
/* bl_test_single_write appends one. */
void bl_test_single_write(struct bl_buf *out, const struct bl_test_single *how);

/*
 * bl_test_ocsp says how an OCSPResponse differs from an ordinary one:
 * successful, by the name CN=CA, produced on 2020-01-01, one ordinary
 * SingleResponse, ecdsa-with-SHA256, a signature of one byte that holds for
 * nothing, no certificates.
 */
struct bl_test_ocsp {
	struct bl_span status;	   /* ENUMERATED */
	struct bl_span type;	   /* OBJECT IDENTIFIER */
	struct bl_span version;	   /* [0] of ResponseData */
	struct bl_span responder;  /* ResponderID */
	struct bl_span produced;   /* producedAt */
	struct bl_span singles;	   /* content of responses */
	struct bl_span extensions; /* content of [1] */
	struct bl_span data_tail;  /* more in the ResponseData */
	struct bl_span data;	   /* all of ResponseData instead */
	struct bl_span alg;
	struct bl_span signature;  /* BIT STRING */
	struct bl_span certs;	   /* content of [0] */
	struct bl_span basic_tail; /* more in the BasicOCSPResponse */
	struct bl_span bytes;	   /* all of [0] responseBytes instead */
	struct bl_span behind;	   /* bytes after it */
};
/* bl_test_ocsp_data appends the ResponseData, which is what is signed;
 * bl_test_ocsp_write appends the whole. */
void bl_test_ocsp_data(struct bl_buf *out, const struct bl_test_ocsp *how);
void bl_test_ocsp_write(struct bl_buf *out, const struct bl_test_ocsp *how);

/* bl_test_gentime appends the GeneralizedTime of a time from 2000 to 2049. */
void bl_test_gentime(struct bl_buf *out, int64_t t);
/* GeneralizedTime of 2020-01-01, 2030-01-01 */
#define BL_TEST_2020                                                           \
	BL_STR("\x18\x0f"                                                      \
	       "20200101000000Z")
#define BL_TEST_2030                                                           \
	BL_STR("\x18\x0f"                                                      \
	       "20300101000000Z")

#endif
