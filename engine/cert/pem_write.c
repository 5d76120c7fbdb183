/* pem_write.c - writes PEM blocks (RFC 7468). */
#include "bulla/cert.h"

#include "base/base.h"

#define LINE 48 /* bytes in a line of 64 characters, RFC 7468 2 */

void
bl_pem_write(struct bl_buf *out, const char *label, struct bl_span der)
{
	bl_buf_add_f(out, "-----BEGIN %s-----\n", label);
	for (size_t i = 0; i < der.n; i += LINE) {
		struct bl_base64 e = {0};

		bl_base64_encode(&e, out, bl_span_cut(der, i, LINE));
		bl_base64_encode_end(&e, out);
		if (out->err == BL_OK)
			out->n -= 2; /* CRLF */
		bl_buf_add_u8(out, '\n');
	}
	bl_buf_add_f(out, "-----END %s-----\n", label);
}
