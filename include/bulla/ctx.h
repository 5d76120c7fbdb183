/* ctx.h - the context each engine call works in. */
#ifndef BULLA_CTX_H
#define BULLA_CTX_H

#include "bulla/base.h"

/*
 * bl_ctx holds a library context of its own with the algorithms fetched once,
 * the source of randomness, and nothing that belongs to a message. It may be
 * shared by operations of one thread. Keys made in a context must be freed
 * before it.
 */
struct bl_ctx;

/*
 * bl_ctx_new loads providers and fetches algorithms: call it before the cage,
 * nothing is opened afterwards. It keeps the crypto library from reading
 * openssl.cnf by itself from then on, in the whole process, and looks for the
 * legacy provider (for old PKCS#12) only in the folder the library was built
 * with. About 1 ms.
 *
 * BL_E_SYSTEM when the library lacks what every message needs.
 */
BL_API BL_CHECK enum bl_err bl_ctx_new(
    struct bl_ctx **out, struct bl_note *note);
/*
 * bl_ctx_new_lean is the same for a program that starts for one job, and uses
 * the crypto library through Bulla alone: ciphers and key derivations are
 * fetched when they are needed (no file is opened for that, in a cage
 * neither), the library's own list of ciphers by name stays empty in the whole
 * process, what the library keeps is not freed at its end, and the legacy provider is loaded only for BL_CTX_LEGACY. Half
 * of the time.
 *
 * BL_E_SYSTEM as above; a cipher that the library lacks shows when it is used.
 */
enum bl_ctx_part { BL_CTX_MODERN = 0, BL_CTX_LEGACY };
BL_API BL_CHECK enum bl_err bl_ctx_new_lean(
    struct bl_ctx **out, enum bl_ctx_part part, struct bl_note *note);
/* bl_ctx_prepare fetches what a lean context fetches late, while there is time. */
BL_API void bl_ctx_prepare(struct bl_ctx *ctx);
BL_API void bl_ctx_free(struct bl_ctx *ctx);

/*
 * bl_random_fn fills n bytes; returns false when there is no randomness, which
 * ends the operation with BL_E_SYSTEM. Tests set a deterministic one. It covers
 * all that is drawn: keys, IVs, boundaries and salts by the engine, and by the
 * library OAEP seeds, PSS salts, ECDSA nonces, EC keys and blinding. NULL goes
 * back to the system's (getrandom), asked anew each time.
 */
typedef bool bl_random_fn(void *arg, uint8_t *p, size_t n);
BL_API void bl_ctx_set_random(
    struct bl_ctx *ctx, bl_random_fn *fill, void *arg);

/*
 * bl_ctx_set_threads lets an operation of this context use up to n threads, 1
 * to 16: keys for many recipients are then wrapped by as many. At birth it is
 * one: the calling thread alone, as a caged program can start no other. More
 * are not used under a bl_random_fn, which would be called from each.
 * BL_E_CALLER for another n.
 */
BL_API BL_CHECK enum bl_err bl_ctx_set_threads(
    struct bl_ctx *ctx, unsigned n, struct bl_note *note);

/* bl_ctx_has tells whether the library has an algorithm, by its name in
 * `bulla self-test`: "aes-256-gcm", "ml-kem-768", "rc2", ... */
BL_API bool bl_ctx_has(const struct bl_ctx *ctx, const char *name);
/* bl_ctx_library returns name and version of the library that runs. */
BL_API const char *bl_ctx_library(const struct bl_ctx *ctx);
/* bl_ctx_library_number is its version as major * 10000 + minor * 100 + patch. */
BL_API unsigned bl_ctx_library_number(const struct bl_ctx *ctx);

#endif
