/* shared.h - the want for a content key under a password or a shared key:
 * docs/wire/agent.md 4.1. */
#ifndef BL_KEYS_SHARED_H
#define BL_KEYS_SHARED_H

#include "crypto/shared.h"
#include "keys/keys.h"

/* bl_want_shared asks for a content key of `size` bytes (1..64); its kind is
 * not 0. Readers and writers are as strict as those of keys.h. */
struct bl_want_shared {
	struct bl_shared how;
	size_t size;
};
BL_CHECK enum bl_err bl_want_shared_put(
    struct bl_buf *out, const struct bl_want_shared *w, struct bl_note *note);
BL_CHECK enum bl_err bl_want_shared_get(
    struct bl_want_shared *w, struct bl_span frame, struct bl_note *note);

#endif
