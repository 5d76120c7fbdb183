/* write.c - writing DER; see der.h. */
#include "der/der.h"

#include <string.h>

static void
fail(struct bl_buf *b, enum bl_err err)
{
	if (b->err == BL_OK)
		b->err = err;
}

/* length_size counts the length octets: 1 to 9. */
static size_t
length_size(uint64_t length)
{
	size_t n = 1;

	if (length < 0x80)
		return 1;
	for (; length != 0; length >>= 8)
		n++;
	return n;
}

static void
write_length(uint8_t *p, size_t size, uint64_t length)
{
	if (size == 1) {
		*p = (uint8_t)length;
		return;
	}
	*p = (uint8_t)(0x80 | (size - 1));
	for (size_t i = size - 1; i > 0; i--, length >>= 8)
		p[i] = (uint8_t)length;
}

size_t
bl_der_head_size(uint64_t length)
{
	return 1 + length_size(length);
}

void
bl_der_put_head(struct bl_buf *b, unsigned tag, uint64_t length)
{
	uint8_t head[10];
	size_t size = length_size(length);

	if (tag == 0 || tag > 0xff || (tag & 0x1f) == 0x1f) {
		fail(b, BL_E_CALLER);
		return;
	}
	head[0] = (uint8_t)tag;
	write_length(head + 1, size, length);
	bl_buf_add(b, bl_span_of(head, 1 + size));
}

size_t
bl_der_open(struct bl_buf *b, unsigned tag)
{
	/* Room for a short length: most are. */
	bl_der_put_head(b, tag, 0);
	return b->n;
}

void
bl_der_close(struct bl_buf *b, size_t mark)
{
	size_t length, size;

	if (b->err != BL_OK)
		return;
	if (mark < 2 || mark > b->n) {
		fail(b, BL_E_CALLER);
		return;
	}
	length = b->n - mark;
	size = length_size(length);
	if (size > 1) {
		if (bl_buf_grow(b, size - 1) == NULL)
			return;
		memmove(b->p + mark + size - 1, b->p + mark, length);
		b->n += size - 1;
	}
	write_length(b->p + mark - 1, size, length);
}

void
bl_der_put(struct bl_buf *b, unsigned tag, struct bl_span content)
{
	bl_der_put_head(b, tag, content.n);
	bl_buf_add(b, content);
}

void
bl_der_put_unsigned(struct bl_buf *b, struct bl_span octets)
{
	while (octets.n > 0 && octets.p[0] == 0)
		octets = bl_span_cut(octets, 1, octets.n);
	if (octets.n > 0 && octets.p[0] < 0x80) {
		bl_der_put(b, BL_DER_INTEGER, octets);
		return;
	}
	/* A zero says "positive", or is the number itself. */
	bl_der_put_head(b, BL_DER_INTEGER, octets.n + 1);
	bl_buf_add_u8(b, 0);
	bl_buf_add(b, octets);
}

void
bl_der_put_uint(struct bl_buf *b, uint64_t v)
{
	uint8_t octets[8];

	for (size_t i = sizeof(octets); i > 0; i--, v >>= 8)
		octets[i - 1] = (uint8_t)v;
	bl_der_put_unsigned(b, bl_span_of(octets, sizeof(octets)));
}

void
bl_der_put_bool(struct bl_buf *b, bool v)
{
	uint8_t octet = v ? 0xff : 0x00;

	bl_der_put(b, BL_DER_BOOLEAN, bl_span_of(&octet, 1));
}

void
bl_der_put_bits(struct bl_buf *b, struct bl_span octets)
{
	bl_der_put_head(b, BL_DER_BITS, (uint64_t)octets.n + 1);
	bl_buf_add_u8(b, 0);
	bl_buf_add(b, octets);
}

void
bl_der_put_null(struct bl_buf *b)
{
	bl_der_put_head(b, BL_DER_NULL, 0);
}

void
bl_der_put_oid(struct bl_buf *b, enum bl_oid oid)
{
	struct bl_span octets = bl_oid_octets(oid);

	if (octets.n == 0) {
		fail(b, BL_E_CALLER);
		return;
	}
	bl_der_put(b, BL_DER_OID, octets);
}
