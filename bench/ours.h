/* ours.h - messages sealed and opened by libbulla, with the keys at hand. */
#ifndef BENCH_OURS_H
#define BENCH_OURS_H

#include "bench/person.h"

/* memory is a spool in memory that is the output itself. */
struct memory {
	struct bl_spool face;
	struct bl_buf bytes;
	size_t at;
};
void memory_init(struct memory *m);

/* ours_seal appends what becomes of a message; `key` answers for the signer,
 * NULL where none signs. */
void ours_seal(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_seal_opts *opts, const struct bl_priv *key,
    struct bl_span message);
/* ours_open opens a message into `to`; NULL `key`: there is none. Its verdict
 * is to be `encryption` and `signature`. */
void ours_open(struct memory *to, struct bl_ctx *ctx,
    const struct bl_open_opts *opts, const struct bl_priv *key,
    struct bl_span message, enum bl_encryption encryption,
    enum bl_signature signature);

#endif
