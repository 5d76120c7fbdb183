/* collection.h - the files in which certificates are handed around. */
#ifndef BULLA_COLLECTION_H
#define BULLA_COLLECTION_H

#include "bulla/cert.h"

/*
 * bl_collection_read takes the certificates out of a file: what bl_certs_import
 * reads, and PKCS #7 (.p7b, or any SignedData, whose signatures are not looked
 * at; RFC 5652 5) or PKCS#12 (no key of it is opened), both in DER, BER or PEM.
 * A bad certificate is counted and skipped, the rest go in. Nothing that it
 * gives is trusted by that.
 *
 * pass	     of a PKCS#12 file, UTF-8; may be empty
 * skipped   number of entries left out; note says why the first one was
 *
 * BL_E_NOKEY	     wrong passphrase, or one is needed
 * BL_E_MALFORMED    nothing in the file is a certificate
 * BL_E_LIMIT	     of a PKCS#12 file: size, iterations, memory; of PKCS #7:
 *		     what stands around the certificates
 * BL_E_UNSUPPORTED  an encryption that is not handled
 */
BL_API BL_CHECK enum bl_err bl_collection_read(struct bl_certs *s,
    struct bl_ctx *ctx, struct bl_span file, struct bl_span pass,
    const struct bl_limits *limits, size_t *skipped, struct bl_note *note);

#endif
