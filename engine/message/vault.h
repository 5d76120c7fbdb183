/* vault.h - bytes parked in a spool, encrypted under a key that is thrown
 * away. */
#ifndef BL_MESSAGE_VAULT_H
#define BL_MESSAGE_VAULT_H

#include "bulla/spool.h"
#include "crypto/crypto.h"

#define BL_VAULT_CHUNK	  ((size_t)64 << 10) /* plain bytes of a full chunk */
#define BL_VAULT_STRAIGHT ((size_t)4 << 10)  /* plain bytes: see below */

/*
 * bl_vault writes into a spool and reads it back from the start. Each chunk is
 * AES-256-GCM under a key drawn for this filling, its number the nonce; the
 * sizes and the count of chunks are remembered here, so that a spool that
 * loses, repeats or changes bytes is noticed. A spool with `is_output` gets
 * the bytes as they are: BL_VAULT_STRAIGHT and more at once without a copy.
 *
 * First any number of add, then rewind and read; empty starts over.
 */
struct bl_vault {
	struct bl_ctx *ctx;
	struct bl_spool *spool; /* borrowed; NULL: there is none */
	struct bl_secret
	    *key;	     /* of this filling, NULL before its first chunk */
	struct bl_buf plain; /* gathered for a chunk, or the one read */
	struct bl_buf sealed;
	uint64_t bytes; /* plain bytes added */
	uint64_t chunk; /* number of the next to write or to read */
	uint64_t left;	/* plain bytes yet to be read */
	bool is_reading;
};

void bl_vault_init(
    struct bl_vault *v, struct bl_ctx *ctx, struct bl_spool *spool);
/* BL_E_SYSTEM (spool, randomness), BL_E_MEMORY, BL_E_CALLER after rewind. */
BL_CHECK enum bl_err bl_vault_add(
    struct bl_vault *v, struct bl_span in, struct bl_note *note);
/* bl_vault_rewind ends the writing; the next read starts at byte 0. */
BL_CHECK enum bl_err bl_vault_rewind(struct bl_vault *v, struct bl_note *note);
/* bl_vault_read gives the next bytes, borrowed until the next call, at most
 * BL_VAULT_CHUNK; none at the end. BL_E_SYSTEM also when the spool gives back
 * other bytes than it took. */
BL_CHECK enum bl_err bl_vault_read(
    struct bl_vault *v, struct bl_span *out, struct bl_note *note);
/* bl_vault_empty throws all away, the key too. */
BL_CHECK enum bl_err bl_vault_empty(struct bl_vault *v, struct bl_note *note);
void bl_vault_clear(struct bl_vault *v);

#endif
