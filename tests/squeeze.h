/* squeeze.h - compressed content for tests. */
#ifndef BL_TESTS_SQUEEZE_H
#define BL_TESTS_SQUEEZE_H

#include "der/der.h"

/* bl_squeeze appends `in` as a zlib stream; dictionary: one is asked for. */
void bl_squeeze(struct bl_buf *out, struct bl_span in, bool dictionary);
/* bl_squeeze_write appends a CompressedData in DER around a zlib stream. */
void bl_squeeze_write(
    struct bl_buf *out, struct bl_span stream, enum bl_oid content_type);

#endif
