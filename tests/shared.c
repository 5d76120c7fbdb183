/* shared.c - see shared.h. */
#include "tests/shared.h"

#include <string.h>

#include <openssl/evp.h>

#include "der/oids.h"
#include "tests/test.h"

#define BLOCK 16

static const EVP_MD *
digest(enum bl_digest d)
{
	return d == BL_SHA1  ? EVP_sha1()
	    : d == BL_SHA256 ? EVP_sha256()
			     : EVP_sha512();
}

void
bl_test_kek(uint8_t kek[32], const struct bl_shared *s, struct bl_span secret)
{
	if (s->kind == BL_SHARED_KEK) {
		memcpy(kek, secret.p, secret.n);
		return;
	}
	CHECK(PKCS5_PBKDF2_HMAC((const char *)secret.p, (int)secret.n,
		  s->salt.p, (int)s->salt.n, (int)s->iterations,
		  digest(s->digest), (int)s->kek_size, kek) == 1,
	    "PBKDF2");
}

static void
run(uint8_t *p, size_t *n, const EVP_CIPHER *cipher, const uint8_t *kek,
    const uint8_t *iv)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t out[BL_SHARED_WRAPPED_MAX + 64];
	int got = 0, rest = 0;

	EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	CHECK(EVP_EncryptInit_ex(c, cipher, NULL, kek, iv) == 1 &&
		EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
		EVP_EncryptUpdate(c, out, &got, p, (int)*n) == 1 &&
		EVP_EncryptFinal_ex(c, out + got, &rest) == 1,
	    "encrypt");
	*n = (size_t)(got + rest);
	memcpy(p, out, *n);
	EVP_CIPHER_CTX_free(c);
}

void
bl_test_wrap(struct bl_buf *out, const struct bl_shared *s,
    struct bl_span secret, struct bl_span cek, size_t pad)
{
	static const EVP_CIPHER *(*const wraps[])(void) = {
	    EVP_aes_128_wrap, EVP_aes_192_wrap, EVP_aes_256_wrap};
	static const EVP_CIPHER *(*const chains[])(void) = {
	    EVP_aes_128_cbc, EVP_aes_192_cbc, EVP_aes_256_cbc};
	uint8_t kek[32], p[BL_SHARED_WRAPPED_MAX + 64] = {0};
	size_t n = cek.n, i = s->kek_size / 8 - 2;

	bl_test_kek(kek, s, secret);
	if (s->wrap == BL_SHARED_AES) {
		memcpy(p, cek.p, cek.n);
		run(p, &n, wraps[i](), kek, NULL);
		bl_buf_add(out, bl_span_of(p, n));
		return;
	}
	p[0] = (uint8_t)cek.n;
	for (size_t k = 0; k < 3; k++)
		p[1 + k] = cek.p[k] ^ 0xff;
	memcpy(p + 4, cek.p, cek.n);
	n = (4 + cek.n + BLOCK - 1) / BLOCK * BLOCK;
	n = (n < 2 * BLOCK ? 2 * BLOCK : n) + pad * BLOCK;
	run(p, &n, chains[i](), kek, s->iv.p);
	run(p, &n, chains[i](), kek, p + n - BLOCK);
	bl_buf_add(out, bl_span_of(p, n));
}

static const enum bl_oid wraps[] = {
    BL_OID_AES128_WRAP, BL_OID_AES192_WRAP, BL_OID_AES256_WRAP};
static const enum bl_oid chains[] = {
    BL_OID_AES128_CBC, BL_OID_AES192_CBC, BL_OID_AES256_CBC};

static void
write_wrap(struct bl_buf *out, const struct bl_shared *s)
{
	size_t alg = bl_der_open(out, BL_DER_SEQUENCE), inner;

	if (s->wrap == BL_SHARED_AES) {
		bl_der_put_oid(out, wraps[s->kek_size / 8 - 2]);
	} else {
		bl_der_put_oid(out, BL_OID_PWRI_KEK);
		inner = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put_oid(out, chains[s->kek_size / 8 - 2]);
		bl_der_put(out, BL_DER_OCTETS, s->iv);
		bl_der_close(out, inner);
	}
	bl_der_close(out, alg);
}

static void
write_kdf(struct bl_buf *out, const struct bl_shared *s)
{
	size_t alg = bl_der_open(out, BL_DER_CONTEXT(0)), params, prf;

	bl_der_put_oid(out, BL_OID_PBKDF2);
	params = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put(out, BL_DER_OCTETS, s->salt);
	bl_der_put_uint(out, s->iterations);
	bl_der_put_uint(out, s->kek_size);
	if (s->digest != BL_SHA1) {
		prf = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put_oid(out,
		    s->digest == BL_SHA256 ? BL_OID_HMAC_SHA256
					   : BL_OID_HMAC_SHA512);
		bl_der_put_null(out);
		bl_der_close(out, prf);
	}
	bl_der_close(out, params);
	bl_der_close(out, alg);
}

void
bl_test_shared_write(struct bl_buf *out, const struct bl_shared *s)
{
	bool kek = s->kind == BL_SHARED_KEK;
	size_t info = bl_der_open(out, BL_DER_CONTEXT(kek ? 2 : 3)), id;

	bl_der_put_uint(out, kek ? 4 : 0);
	if (kek) {
		id = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put(out, BL_DER_OCTETS, s->id);
		bl_der_close(out, id);
	} else {
		write_kdf(out, s);
	}
	write_wrap(out, s);
	bl_der_put(out, BL_DER_OCTETS, s->wrapped);
	bl_der_close(out, info);
}
