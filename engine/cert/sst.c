/* sst.c - Microsoft's serialized store of certificates: MS-OSHARED 2.3.9.1 and
 * 2.3.2.5, as certificate managers export it.
 *
 * A store is a header, elements, and an end. An element is three numbers of
 * four bytes, least first (what it is, how it is encoded, how long) and its
 * bytes. A certificate follows its properties; lists stand beside certificates.
 */
#include "cert/internal.h"

#define HEADER_BYTES 8
#define ENTRY_BYTES  12

/* What an element is; all other numbers are properties. */
enum {
	ENTRY_END = 0,
	ENTRY_CERT = 32,
	ENTRY_CRL = 33,
	ENTRY_CTL = 34,
};
#define ENCODING_MASK 0xffffu /* of certificates; above: of messages */
#define ENCODING_ASN1 1u

static const uint8_t header[HEADER_BYTES] = {0, 0, 0, 0, 'C', 'E', 'R', 'T'};

bool
bl_sst_is(struct bl_span file)
{
	return bl_span_equal(bl_span_cut(file, 0, HEADER_BYTES),
	    bl_span_of(header, HEADER_BYTES));
}

static uint32_t
number_at(struct bl_span in, size_t at)
{
	const uint8_t *p = in.p + at;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* One element whose bytes are all there. */
static enum bl_err
take(struct bl_certs_file *f, uint32_t id, uint32_t encoding,
    struct bl_span bytes, uint64_t at, struct bl_note *note)
{
	if (id != ENTRY_CERT)
		return BL_OK; /* a property, or a list */
	if ((encoding & ENCODING_MASK) != ENCODING_ASN1) {
		bl_certs_file_skip(
		    f, "a certificate of the store is of another kind", at);
		return BL_OK;
	}
	return bl_certs_file_take(f, bytes, at, note);
}

enum bl_err
bl_sst_read(struct bl_certs_file *f, struct bl_span file, struct bl_note *note)
{
	size_t at = HEADER_BYTES;
	enum bl_err err = BL_OK;

	while (err == BL_OK) {
		uint32_t id, n;

		if (file.n - at < ENTRY_BYTES) {
			bl_certs_file_skip(
			    f, "the store ends within an entry", at);
			return BL_OK;
		}
		id = number_at(file, at);
		n = number_at(file, at + 8);
		if (id == ENTRY_END)
			break;
		if (n > file.n - at - ENTRY_BYTES) {
			bl_certs_file_skip(
			    f, "an entry of the store is cut off", at);
			return BL_OK;
		}
		err = take(f, id, number_at(file, at + 4),
		    bl_span_cut(file, at + ENTRY_BYTES, n), at + ENTRY_BYTES,
		    note);
		at += ENTRY_BYTES + n;
	}
	if (err == BL_OK && file.n - at > ENTRY_BYTES)
		bl_certs_file_skip(
		    f, "the store has bytes after its end", at + ENTRY_BYTES);
	return err;
}
