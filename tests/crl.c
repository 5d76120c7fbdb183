/* crl.c - see crl.h. */
#include "tests/crl.h"

static void
put_tbs_list(struct bl_buf *out, const struct bl_test_crl *m)
{
	size_t tbs = bl_der_open(out, BL_DER_SEQUENCE), list, one, value;

	bl_der_put_uint(out, 1);
	bl_buf_add(
	    out, BL_STR("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"));
	bl_test_name(out, m->issuer, NULL);
	bl_der_put_time(out, m->from);
	if (m->to != 0)
		bl_der_put_time(out, m->to);
	if (*m->serials != '\0') {
		list = bl_der_open(out, BL_DER_SEQUENCE);
		for (const char *s = m->serials; *s != '\0'; s++) {
			one = bl_der_open(out, BL_DER_SEQUENCE);
			bl_der_put_uint(out, (uint64_t)*s);
			bl_der_put_time(out, m->from);
			if (m->reason != 0) {
				bl_buf_add(out,
				    BL_STR("\x30\x0c\x30\x0a\x06\x03\x55\x1d"
					   "\x15\x04\x03\x0a\x01"));
				bl_buf_add_u8(out, m->reason);
			}
			bl_der_close(out, one);
		}
		bl_der_close(out, list);
	}
	if (m->extensions.n != 0) {
		value = bl_der_open(out, BL_DER_CONTEXT(0));
		list = bl_der_open(out, BL_DER_SEQUENCE);
		bl_buf_add(out, m->extensions);
		bl_der_close(out, list);
		bl_der_close(out, value);
	}
	bl_der_close(out, tbs);
}

void
bl_test_crl_write(
    struct bl_buf *out, struct bl_test_keys *k, const struct bl_test_crl *how)
{
	struct bl_buf tbs = {0}, value = {0};
	size_t list = bl_der_open(out, BL_DER_SEQUENCE);

	put_tbs_list(&tbs, how);
	bl_test_sign(&value, k, how->by, bl_buf_span(&tbs));
	bl_buf_add(out, bl_buf_span(&tbs));
	bl_buf_add(
	    out, BL_STR("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"));
	bl_der_put_bits(out, bl_buf_span(&value));
	bl_der_close(out, list);
	bl_buf_clear(&tbs);
	bl_buf_clear(&value);
}
