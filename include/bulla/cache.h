/* cache.h - what was found out about certificates, for the next message. */
#ifndef BULLA_CACHE_H
#define BULLA_CACHE_H

#include "bulla/base.h"

/*
 * bl_cache remembers, from one operation to the next: certificates that were
 * read, whether a key made the signature of a certificate or of a revocation
 * list, and answers to whether a certificate is good. So a mailbox from a
 * hundred people costs a check of each, and of each CA above them one.
 *
 * An answer is given again to the same question only: the same certificate,
 * purpose, address, policy and limits, the same anchors, other certificates,
 * revocation lists and answers of responders, each by its bytes, and a time that
 * no validity, thisUpdate or nextUpdate of any of them lies before or behind
 * differently. A negative one, one that has something to tell, and one that had
 * answers of responders is given again for the same second only.
 *
 * It is of bounded size (docs/limits.md): what is full is emptied. It belongs
 * to one thread, and outlives nothing: what it has it holds itself.
 */
struct bl_cache;

/* bl_cache_new: BL_E_MEMORY. */
BL_API BL_CHECK enum bl_err bl_cache_new(
    struct bl_cache **out, struct bl_note *note);
BL_API void bl_cache_free(struct bl_cache *c);

/* bl_cache_count is what it did so far. */
struct bl_cache_count {
	uint64_t answers, answers_again;       /* judged; given again */
	uint64_t signatures, signatures_again; /* of certificates and lists */
	uint64_t certs, certs_again;	       /* read; given again */
};
BL_API struct bl_cache_count bl_cache_counts(const struct bl_cache *c);

#endif
