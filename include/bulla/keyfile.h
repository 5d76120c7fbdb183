/* keyfile.h - a file of private keys and certificates into both. */
#ifndef BULLA_KEYFILE_H
#define BULLA_KEYFILE_H

#include "bulla/cert.h"

/*
 * bl_keyfile_entry is a key with its certificate, a key whose certificate is
 * not in the file, or a certificate alone.
 */
struct bl_keyfile_entry {
	struct bl_secret *key; /* PrivateKeyInfo, DER (RFC 5958), or NULL */
	struct bl_cert *cert;  /* or NULL */
	struct bl_buf name;    /* friendlyName, UTF-8, may be empty */
};

/* bl_keyfile is what a file held; {0} is empty. skipped counts certificates
 * that could not be read. */
struct bl_keyfile {
	struct bl_keyfile_entry *entries;
	size_t n, cap;
	size_t skipped;
};

/*
 * bl_keyfile_read opens a file of private keys: PKCS#12 (RFC 7292) in DER or
 * PEM, or PEM (RFC 7468) with any of CERTIFICATE, PRIVATE KEY, ENCRYPTED
 * PRIVATE KEY, RSA PRIVATE KEY and EC PRIVATE KEY. A key goes with the
 * certificate of its public key. Only for a process that has read nothing else.
 *
 * pass	  UTF-8; may be empty
 * limits of size, iterations and memory are met before a key is derived
 *
 * BL_E_NOKEY	     wrong passphrase, or one is needed
 * BL_E_MALFORMED    neither, broken, or no key is in it
 * BL_E_LIMIT	     size, iterations, memory, more than 256 keys
 * BL_E_UNSUPPORTED  a key or encryption that is not handled, such as PEM
 *		     encrypted by "DEK-Info"
 * BL_E_MEMORY, BL_E_SYSTEM
 */
BL_API BL_CHECK enum bl_err bl_keyfile_read(struct bl_keyfile *out,
    struct bl_ctx *ctx, struct bl_span file, struct bl_span pass,
    const struct bl_limits *limits, struct bl_note *note);
/* bl_keyfile_clear frees all and wipes the keys. */
BL_API void bl_keyfile_clear(struct bl_keyfile *k);

#endif
