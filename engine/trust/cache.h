/* cache.h - what the engine asks of a cache; see bulla/cache.h. All take NULL
 * for no cache, and then know nothing and keep nothing. */
#ifndef BL_TRUST_CACHE_H
#define BL_TRUST_CACHE_H

#include "bulla/cache.h"
#include "trust/trust.h"

#define BL_CACHE_ENTRIES 8192u		    /* answers and signatures */
#define BL_CACHE_CERTS	 1024u		    /* certificates that were read */
#define BL_CACHE_LISTS	 1024u		    /* revocation lists */
#define BL_CACHE_BYTES	 ((size_t)16 << 20) /* of answers; of certificates */

/* bl_cache_cert borrows the certificate of these bytes, NULL when it was not
 * read before. `sha256` is that of `der`. */
struct bl_cert *bl_cache_cert(
    struct bl_cache *c, struct bl_span der, struct bl_span sha256);
/* bl_cache_cert_keep holds one that was read. BL_E_MEMORY. */
BL_CHECK enum bl_err bl_cache_cert_keep(
    struct bl_cache *c, struct bl_cert *cert, struct bl_note *note);

/* bl_cache_key names a question by all that its answer depends on, but the
 * time: SHA-256, in `key`. BL_E_MEMORY, BL_E_SYSTEM. */
struct bl_cache_key {
	uint8_t p[BL_SHA256_SIZE];
};
BL_CHECK enum bl_err bl_cache_key(struct bl_cache_key *key, struct bl_cache *c,
    struct bl_ctx *ctx, const struct bl_trust_ask *ask, struct bl_note *note);
/* bl_cache_answer gives an answer again, to be cleared by the caller; *found
 * is false when there is none for this second. BL_E_MEMORY. */
BL_CHECK enum bl_err bl_cache_answer(bool *found, struct bl_trust_answer *out,
    struct bl_cache *c, const struct bl_cache_key *key, int64_t at,
    struct bl_note *note);
/* bl_cache_answer_keep copies one. BL_E_MEMORY. */
BL_CHECK enum bl_err bl_cache_answer_keep(struct bl_cache *c,
    const struct bl_cache_key *key, const struct bl_trust_ask *ask,
    const struct bl_trust_answer *answer, struct bl_note *note);

/* bl_cache_signed is something signed. object: SHA-256 of all of it, signature
 * and algorithm included; empty: it is not kept. */
struct bl_cache_signed {
	struct bl_span object, bytes, value;
	struct bl_sig_alg alg;
};
/* bl_cache_signature is bl_trust_signature, but of an object that was asked
 * about before with the same key it is the answer of then. */
BL_CHECK enum bl_err bl_cache_signature(bool *holds, struct bl_cache *c,
    struct bl_ctx *ctx, const struct bl_cache_signed *what,
    const struct bl_cert *issuer, struct bl_note *note);
/* bl_cache_list is SHA-256 of a list that bl_cache_key has seen, else empty. */
struct bl_span bl_cache_list(
    const struct bl_cache *c, const struct bl_crl_face *l);

#endif
