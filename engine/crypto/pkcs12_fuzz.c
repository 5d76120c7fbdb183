/* pkcs12_fuzz.c - any bytes as a PKCS#12 file, and as what lies inside of one
 * whose integrity check holds, where a fuzzer would never come by itself. */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "crypto/pbe.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ASSERT(cond)                                                           \
	if (!(cond))                                                           \
	abort()

static struct bl_ctx *ctx;

static void
read_file(struct bl_span file)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_note note = {0};
	struct bl_pkcs12 p;
	enum bl_err err;

	limits.kdf_iterations = 3000;
	limits.scrypt_bytes = 1u << 20;
	err = bl_pkcs12_read(&p, ctx, file, BL_STR("nss"), &limits, &note);
	ASSERT(note.err == err);
	ASSERT(err == BL_OK || err == BL_E_MALFORMED || err == BL_E_LIMIT ||
	    err == BL_E_UNSUPPORTED || err == BL_E_NOKEY);
	ASSERT(err == BL_OK || (p.n == 0 && p.entries == NULL));
	for (size_t i = 0; i < p.n; i++) {
		const struct bl_pkcs12_entry *e = &p.entries[i];

		ASSERT(e->key != NULL || e->cert.n > 0);
		ASSERT(
		    e->key == NULL || bl_pkcs8_frame(bl_secret_reveal(e->key)));
		ASSERT(e->cert.n <= limits.certificate_bytes);
		ASSERT(bl_text_ok(bl_buf_span(&e->name)));
	}
	bl_pkcs12_clear(&p);
}

static void
put_data(struct bl_buf *b, struct bl_span octets)
{
	size_t info = bl_der_open(b, BL_DER_SEQUENCE), content;

	bl_der_put_oid(b, BL_OID_DATA);
	content = bl_der_open(b, BL_DER_CONTEXT(0));
	bl_der_put(b, BL_DER_OCTETS, octets);
	bl_der_close(b, content);
	bl_der_close(b, info);
}

/* A file whose MAC over `auth` holds. */
static void
read_auth(struct bl_span auth)
{
	struct bl_pbe pbe = {.kdf = BL_KDF_PKCS12,
	    .digest = BL_SHA1,
	    .salt = BL_STR("saltsalt"),
	    .iterations = 1};
	struct bl_digest_value mac;
	struct bl_buf file = {0};
	size_t pfx = bl_der_open(&file, BL_DER_SEQUENCE), data, info;
	uint8_t key[20];

	ASSERT(bl_pkcs12_derive(key, 20, ctx, &pbe, 3, BL_STR("\0n\0s\0s\0\0"),
		   NULL) == BL_OK);
	ASSERT(bl_hmac(&mac, ctx, BL_SHA1, bl_span_of(key, 20), auth, NULL) ==
	    BL_OK);
	bl_der_put_uint(&file, 3);
	put_data(&file, auth);
	data = bl_der_open(&file, BL_DER_SEQUENCE);
	info = bl_der_open(&file, BL_DER_SEQUENCE);
	bl_buf_add(&file, BL_STR("\x30\x09\6\5\x2b\x0e\3\2\x1a\5\0"));
	bl_der_put(&file, BL_DER_OCTETS, bl_span_of(mac.p, mac.n));
	bl_der_close(&file, info);
	bl_der_put(&file, BL_DER_OCTETS, pbe.salt);
	bl_der_close(&file, data);
	bl_der_close(&file, pfx);
	read_file(bl_buf_span(&file));
	bl_buf_clear(&file);
}

/* One part in clear, which holds `contents`. */
static void
read_contents(struct bl_span contents)
{
	struct bl_buf auth = {0};
	size_t seq = bl_der_open(&auth, BL_DER_SEQUENCE);

	put_data(&auth, contents);
	bl_der_close(&auth, seq);
	read_auth(bl_buf_span(&auth));
	bl_buf_clear(&auth);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK)
		abort();
	read_file(bl_span_of(p, n));
	read_auth(bl_span_of(p, n));
	read_contents(bl_span_of(p, n));
	return 0;
}
