/* cert.c - see cert.h. */
#include "tests/cert.h"

#include <string.h>

static void
put(struct bl_buf *out, struct bl_span s, struct bl_span standard)
{
	bl_buf_add(out, s.p != NULL ? s : standard);
}

void
bl_test_rsa(struct bl_buf *out, unsigned bits, uint64_t exponent)
{
	static const struct bl_span alg = {
	    (const uint8_t *)"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
			     "\x01\x05\x00",
	    15};
	uint8_t modulus[2050] = {0, 0xc0};
	struct bl_buf key = {0};
	size_t n = bits / 8 + 1, spki = bl_der_open(out, BL_DER_SEQUENCE), seq;

	memset(modulus + 2, 0x55, sizeof(modulus) - 2);
	bl_buf_add(out, alg);
	seq = bl_der_open(&key, BL_DER_SEQUENCE);
	bl_der_put(&key, BL_DER_INTEGER, bl_span_of(modulus, n));
	bl_der_put_uint(&key, exponent);
	bl_der_close(&key, seq);
	bl_der_put_bits(out, bl_buf_span(&key));
	bl_der_close(out, spki);
	bl_buf_clear(&key);
}

struct bl_span
bl_test_p256(void)
{
	/* the base point of the curve, FIPS 186-4 D.1.2.3 */
	static const uint8_t spki[] =
	    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a"
	    "\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04"
	    "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
	    "\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"
	    "\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
	    "\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

	return bl_span_of(spki, sizeof(spki) - 1);
}

static void
put_atv(struct bl_buf *out, enum bl_oid oid, unsigned tag, const char *text)
{
	size_t set = bl_der_open(out, BL_DER_SET);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, oid);
	bl_der_put(out, tag, bl_span_str(text));
	bl_der_close(out, seq);
	bl_der_close(out, set);
}

void
bl_test_name(struct bl_buf *out, const char *name, const char *email)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	put_atv(out, BL_OID_COMMON_NAME, BL_DER_UTF8, name);
	if (email != NULL)
		put_atv(out, BL_OID_EMAIL_ADDRESS, BL_DER_IA5, email);
	bl_der_close(out, seq);
}

static void
put_extensions(struct bl_buf *out, const struct bl_test_cert *how)
{
	size_t field, list, one;

	if (how->extensions.p != NULL || how->ext[0].value.p == NULL) {
		bl_buf_add(out, how->extensions);
		return;
	}
	field = bl_der_open(out, BL_DER_CONTEXT(3));
	list = bl_der_open(out, BL_DER_SEQUENCE);
	for (size_t i = 0; i < 8 && how->ext[i].value.p != NULL; i++) {
		one = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put_oid(out, how->ext[i].oid);
		if (how->ext[i].critical)
			bl_der_put(out, BL_DER_BOOLEAN, BL_STR("\xff"));
		bl_der_put(out, BL_DER_OCTETS, how->ext[i].value);
		bl_der_close(out, one);
	}
	bl_der_close(out, list);
	bl_der_close(out, field);
}

static void
put_tbs(
    struct bl_buf *out, const struct bl_test_cert *how, struct bl_span inner)
{
	size_t tbs = bl_der_open(out, BL_DER_SEQUENCE);
	struct bl_buf issuer = {0}, subject = {0}, spki = {0};

	bl_test_name(&issuer, "CA", NULL);
	bl_test_name(&subject, "Ann", NULL);
	bl_test_rsa(&spki, 2048, 65537);
	put(out, how->version, BL_STR("\xa0\x03\x02\x01\x02"));
	bl_der_put(out, BL_DER_INTEGER,
	    how->serial.p != NULL ? how->serial : BL_STR("\x01"));
	bl_buf_add(out, inner);
	put(out, how->issuer, bl_buf_span(&issuer));
	put(out, how->validity,
	    BL_STR("\x30\x1e\x17\x0d"
		   "200101000000Z\x17\x0d"
		   "300101000000Z"));
	put(out, how->subject, bl_buf_span(&subject));
	put(out, how->spki, bl_buf_span(&spki));
	bl_buf_add(out, how->ids);
	put_extensions(out, how);
	bl_buf_add(out, how->tbs_tail);
	bl_der_close(out, tbs);
	bl_buf_clear(&issuer);
	bl_buf_clear(&subject);
	bl_buf_clear(&spki);
}

void
bl_test_cert_write(struct bl_buf *out, const struct bl_test_cert *how)
{
	struct bl_span inner = how->inner;
	size_t cert = bl_der_open(out, BL_DER_SEQUENCE);

	if (inner.p == NULL)
		inner = BL_STR("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01"
			       "\x01\x0b\x05\x00");
	put_tbs(out, how, inner);
	put(out, how->outer, inner);
	put(out, how->signature, BL_STR("\x03\x02\x00\x01"));
	bl_buf_add(out, how->tail);
	bl_der_close(out, cert);
	bl_buf_add(out, how->behind);
}
