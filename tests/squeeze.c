/* squeeze.c - see squeeze.h. */
#include "tests/squeeze.h"

#define ZLIB_CONST
#include <zlib.h>

#include "der/oids.h"
#include "tests/test.h"

void
bl_squeeze(struct bl_buf *out, struct bl_span in, bool dictionary)
{
	z_stream z = {.next_in = in.p, .avail_in = (unsigned)in.n};
	uint8_t *to;

	CHECK(deflateInit(&z, 9) == Z_OK, "squeeze");
	if (dictionary)
		CHECK(deflateSetDictionary(
			  &z, (const uint8_t *)"the words", 9) == Z_OK,
		    "squeeze");
	z.avail_out = (unsigned)deflateBound(&z, in.n);
	to = bl_buf_grow(out, z.avail_out);
	z.next_out = to;
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END, "squeeze");
	out->n += z.total_out;
	(void)deflateEnd(&z);
}

void
bl_squeeze_write(
    struct bl_buf *out, struct bl_span stream, enum bl_oid content_type)
{
	size_t info = bl_der_open(out, BL_DER_SEQUENCE), tag, data, inner,
	       econtent;

	bl_der_put_oid(out, BL_OID_COMPRESSED_DATA);
	tag = bl_der_open(out, BL_DER_CONTEXT(0));
	data = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_uint(out, 0);
	inner = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, BL_OID_ZLIB_COMPRESS);
	bl_der_close(out, inner);
	inner = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, content_type);
	econtent = bl_der_open(out, BL_DER_CONTEXT(0));
	bl_der_put(out, BL_DER_OCTETS, stream);
	bl_der_close(out, econtent);
	bl_der_close(out, inner);
	bl_der_close(out, data);
	bl_der_close(out, tag);
	bl_der_close(out, info);
}
