/* ocsp.c - see ocsp.h. */
#include "tests/ocsp.h"

#define SHA1  BL_STR("\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00")
#define ECDSA BL_STR("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")
#define ZEROS BL_STR("\x04\x14" TEN TEN)
#define TEN   "\0\0\0\0\0\0\0\0\0\0"

static void
put(struct bl_buf *out, struct bl_span s, struct bl_span standard)
{
	bl_buf_add(out, s.p != NULL ? s : standard);
}

static void
put_field(struct bl_buf *out, unsigned n, struct bl_span content)
{
	if (content.p != NULL)
		bl_der_put(out, (unsigned)BL_DER_CONTEXT(n), content);
}

void
bl_test_single_write(struct bl_buf *out, const struct bl_test_single *how)
{
	size_t one = bl_der_open(out, BL_DER_SEQUENCE);
	size_t id = bl_der_open(out, BL_DER_SEQUENCE);

	put(out, how->alg, SHA1);
	put(out, how->name_hash, ZEROS);
	put(out, how->key_hash, ZEROS);
	put(out, how->serial, BL_STR("\x02\x01\x01"));
	bl_buf_add(out, how->id_tail);
	bl_der_close(out, id);
	put(out, how->status, BL_STR("\x80\x00"));
	put(out, how->at, BL_TEST_2020);
	put_field(out, 0, how->next);
	put_field(out, 1, how->extensions);
	bl_buf_add(out, how->tail);
	bl_der_close(out, one);
}

void
bl_test_ocsp_data(struct bl_buf *out, const struct bl_test_ocsp *how)
{
	size_t data, field;

	if (how->data.p != NULL) {
		bl_buf_add(out, how->data);
		return;
	}
	data = bl_der_open(out, BL_DER_SEQUENCE);
	bl_buf_add(out, how->version);
	put(out, how->responder,
	    BL_STR("\xa1\x0f\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c"
		   "\x02"
		   "CA"));
	put(out, how->produced, BL_TEST_2020);
	field = bl_der_open(out, BL_DER_SEQUENCE);
	if (how->singles.p != NULL)
		bl_buf_add(out, how->singles);
	else
		bl_test_single_write(out, &(struct bl_test_single){{0}});
	bl_der_close(out, field);
	put_field(out, 1, how->extensions);
	bl_buf_add(out, how->data_tail);
	bl_der_close(out, data);
}

static void
put_bytes(struct bl_buf *out, const struct bl_test_ocsp *how)
{
	size_t field = bl_der_open(out, BL_DER_CONTEXT(0));
	size_t bytes = bl_der_open(out, BL_DER_SEQUENCE), octets, basic;

	put(out, how->type,
	    BL_STR("\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01"));
	octets = bl_der_open(out, BL_DER_OCTETS);
	basic = bl_der_open(out, BL_DER_SEQUENCE);
	bl_test_ocsp_data(out, how);
	put(out, how->alg, ECDSA);
	put(out, how->signature, BL_STR("\x03\x02\x00x"));
	put_field(out, 0, how->certs);
	bl_buf_add(out, how->basic_tail);
	bl_der_close(out, basic);
	bl_der_close(out, octets);
	bl_der_close(out, bytes);
	bl_der_close(out, field);
}

void
bl_test_ocsp_write(struct bl_buf *out, const struct bl_test_ocsp *how)
{
	size_t whole = bl_der_open(out, BL_DER_SEQUENCE);

	put(out, how->status, BL_STR("\x0a\x01\x00"));
	if (how->bytes.p != NULL)
		bl_buf_add(out, how->bytes);
	else
		put_bytes(out, how);
	bl_der_close(out, whole);
	bl_buf_add(out, how->behind);
}

void
bl_test_gentime(struct bl_buf *out, int64_t t)
{
	struct bl_buf utc = {0};

	bl_der_put_time(&utc, t);
	bl_der_put_head(out, BL_DER_GENTIME, 15);
	bl_buf_add_str(out, "20");
	bl_buf_add(out, bl_span_cut(bl_buf_span(&utc), 2, 13));
	bl_buf_clear(&utc);
}
