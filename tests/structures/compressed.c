/* compressed.c - CompressedData, RFC 3274. */
#include "tests/squeeze.h"
#include "tests/structures/shapes.h"

#define O_COMPRESSED "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\1\x09"
#define O_ZLIB	     "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\3\x08"

static const struct field compressed[] = {
    OF(0, "contentInfo", SEQ),
    OID(1, "contentType", O_COMPRESSED),
    OF(1, "content", EXP(0)),
    OF(2, "compressedData", SEQ),
    INT(3, "version", "\0"),
    OF(3, "compressionAlgorithm", SEQ),
    OID(4, "algorithm", O_ZLIB),
    OF(3, "encapContentInfo", SEQ),
    OID(4, "eContentType", O_DATA),
    OF(4, "eContent", EXP(0)),
    FILLED(5, "octets", BL_DER_OCTETS, FILL_SEALED),
};

static void
begin_compressed(struct tree *t, struct kit *k)
{
	struct bl_buf stream = {0};

	(void)k;
	bl_squeeze(&stream, BL_STR(CONTENT), false);
	tree_fill(t, FILL_SEALED, bl_buf_span(&stream));
	bl_buf_clear(&stream);
}

static void
finish_compressed(struct tree *t, struct kit *k)
{
	(void)t, (void)k;
}

const struct shape shapes_compressed[] = {
    {"compressed", compressed, sizeof(compressed) / sizeof(*compressed),
	USE_UNPACK, begin_compressed, finish_compressed},
    {NULL},
};
