/* sst_write.c - writes a serialized store of certificates, see sst.c. */
#include "bulla/cert.h"

#include "base/base.h"

enum { ENTRY_END = 0, ENTRY_CERT = 32, ENCODING_ASN1 = 1 };

static void
put_number(struct bl_buf *out, uint32_t v)
{
	for (unsigned shift = 0; shift < 32; shift += 8)
		bl_buf_add_u8(out, (uint8_t)(v >> shift));
}

static void
put_entry(struct bl_buf *out, uint32_t id, uint32_t encoding, struct bl_span s)
{
	put_number(out, id);
	put_number(out, encoding);
	put_number(out, (uint32_t)s.n);
	bl_buf_add(out, s);
}

void
bl_sst_write(struct bl_buf *out, const struct bl_span *ders, size_t n)
{
	bl_buf_add(out, BL_STR("\0\0\0\0CERT"));
	for (size_t i = 0; i < n; i++)
		put_entry(out, ENTRY_CERT, ENCODING_ASN1, ders[i]);
	put_entry(out, ENTRY_END, 0, (struct bl_span){0});
}
