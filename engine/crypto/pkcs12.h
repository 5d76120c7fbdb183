/* pkcs12.h - a PKCS#12 file while it is read; seen by its own files alone. */
#ifndef BL_CRYPTO_PKCS12_H
#define BL_CRYPTO_PKCS12_H

#include "crypto/crypto.h"
#include "crypto/pbe.h"
#include "der/der.h"

#define BL_PKCS12_SOURCE "RFC 7292"
#define BL_PKCS12_SAFES	 64   /* parts of a file */
#define BL_PKCS12_BAGS	 1000 /* keys and certificates of a file */

/* A part of the file: its SafeContents, sealed or not. */
struct bl_p12_safe {
	bool sealed;
	struct bl_pbe pbe;
	struct bl_span content; /* as it stands in the file */
	struct bl_buf join;	/* holds it where the file has it in pieces */
	struct bl_buf clear;	/* what was sealed */
};

/* A key or a certificate. Spans borrow from the safes. */
struct bl_p12_bag {
	bool is_key, sealed;
	struct bl_pbe pbe;
	struct bl_span content;
	struct bl_buf join;
	struct bl_buf name;    /* UTF-8 */
	struct bl_secret *key; /* PKCS#8, once it is open */
	struct bl_priv *priv;  /* NULL: of a kind not handled */
	struct bl_pub *pub;    /* of a certificate, the same */
	bool paired;
};

struct bl_p12 {
	struct bl_ctx *ctx;
	const struct bl_limits *limits;
	struct bl_note *note;
	struct bl_pass pass;
	uint64_t cost; /* iterations the file has asked for so far */
	struct bl_buf join;
	struct bl_span auth; /* AuthenticatedSafe, what the MAC is over */
	struct bl_p12_safe *safes;
	size_t safes_n, safes_cap;
	struct bl_p12_bag *bags;
	size_t bags_n, bags_cap;
};

/* bl_p12_malformed, or BL_E_MEMORY when that is why `join` is broken. */
enum bl_err bl_p12_malformed(struct bl_p12 *p, const struct bl_der *at,
    const struct bl_buf *join, const char *what);

/* bl_p12_bags adds the bags of one SafeContents, and their cost. */
BL_CHECK enum bl_err bl_p12_bags(struct bl_p12 *p, struct bl_span contents);
/* bl_p12_keys opens all keys, once the cost of all is known. */
BL_CHECK enum bl_err bl_p12_keys(struct bl_p12 *p);
/* bl_p12_pair makes the entries: keys that are open, with their certificates,
 * first. */
BL_CHECK enum bl_err bl_p12_pair(struct bl_pkcs12 *out, struct bl_p12 *p);

#endif
