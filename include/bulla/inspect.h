/* inspect.h - the tree of parts and layers of a message, without any key. */
#ifndef BULLA_INSPECT_H
#define BULLA_INSPECT_H

#include "bulla/open.h"

struct bl_inspect;

/*
 * bl_inspect_new starts on a message; feed takes it in pieces of any size.
 *
 * limits  copied; NULL: BL_LIMITS
 * input   what the message is
 *
 * BL_E_MEMORY, BL_E_SYSTEM.
 */
BL_API BL_CHECK enum bl_err bl_inspect_new(struct bl_inspect **out,
    struct bl_ctx *ctx, const struct bl_limits *limits,
    enum bl_open_input input, struct bl_note *note);
BL_API BL_CHECK enum bl_err bl_inspect_feed(
    struct bl_inspect *s, struct bl_span in, struct bl_note *note);
/* bl_inspect_end: BL_E_MALFORMED, BL_E_LIMIT say that the tree is not whole;
 * it is shown as far as it goes. */
BL_API BL_CHECK enum bl_err bl_inspect_end(
    struct bl_inspect *s, struct bl_note *note);
/* bl_inspect_json appends the tree as the object of `bulla inspect --json`
 * (bulla-inspect(1)). After end, whatever it returned. */
BL_API BL_CHECK enum bl_err bl_inspect_json(
    struct bl_buf *out, const struct bl_inspect *s, struct bl_note *note);
BL_API void bl_inspect_free(struct bl_inspect *s);

#endif
