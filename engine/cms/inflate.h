/* inflate.h - zlib compression undone as a stream, and within limits. */
#ifndef BL_CMS_INFLATE_H
#define BL_CMS_INFLATE_H

#include "base/base.h"

#define BL_INFLATE_AT_ONCE ((size_t)64 << 10) /* bytes for one call */
/* The ratio is looked at after each so many compressed bytes, and at the end:
 * what it comes to does not depend on how the input was cut. */
#define BL_INFLATE_EVERY   4096

/*
 * bl_inflate undoes one zlib stream that comes in pieces. What it holds of the
 * text is wiped when it goes.
 *
 * Its limits are those of `limits`: inflated_bytes in all, and inflated_ratio
 * bytes for each compressed one once inflated_free bytes came out (ATK-117,
 * ATK-502).
 *
 * Source RFC 3274 2, RFC 1950 2.2.
 */
struct bl_inflate;
BL_CHECK enum bl_err bl_inflate_new(struct bl_inflate **out,
    const struct bl_limits *limits, struct bl_note *note);

/*
 * bl_inflate_add takes bytes off the front of *in and appends what comes of
 * them, at most BL_INFLATE_AT_ONCE bytes. Call it again until *in is empty and
 * bl_inflate_is_full says that nothing more is waiting.
 *
 * BL_E_MALFORMED  no zlib stream; it wants a dictionary; its checksum does not
 *		   hold; something follows it
 * BL_E_LIMIT	   limit-inflated-bytes, limit-inflated-ratio
 * BL_E_MEMORY
 *
 * What came out before an error is given first, the error by the next call.
 */
BL_CHECK enum bl_err bl_inflate_add(struct bl_buf *out, struct bl_inflate *z,
    struct bl_span *in, struct bl_note *note);
bool bl_inflate_is_full(const struct bl_inflate *z);
/* bl_inflate_end: no more input. BL_E_MALFORMED where the stream is not at its
 * end. */
BL_CHECK enum bl_err bl_inflate_end(struct bl_inflate *z, struct bl_note *note);
void bl_inflate_free(struct bl_inflate *z);

#endif
