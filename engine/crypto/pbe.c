/* pbe.c - encryption under a passphrase: see pbe.h. What a file asks for is
 * read and bounded here before anything is derived. */
#include "crypto/pbe.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/internal.h"

#define KEY_MAX	  32 /* bytes */
#define IV_MAX	  16 /* bytes */

#define INPUT_MAX ((size_t)64 << 20) /* bytes of one sealed part */
#define RP_MAX	  (1u << 22)	     /* of scrypt's r and p each */

static const char *const source = "RFC 8018";

/* What each cipher takes; the rows after BL_DES3_CBC are of RFC 7292 C. */
static const struct {
	uint8_t key, iv; /* bytes */
	enum bl_oid oid; /* in PBES2 */
} ciphers[] = {
    [BL_AES128_CBC] = {16, 16, BL_OID_AES128_CBC},
    [BL_AES192_CBC] = {24, 16, BL_OID_AES192_CBC},
    [BL_AES256_CBC] = {32, 16, BL_OID_AES256_CBC},
    [BL_DES3_CBC] = {24, 8, BL_OID_DES3_CBC},
    [BL_PBE_RC2_128] = {16, 8, BL_OID_UNKNOWN},
    [BL_PBE_RC2_40] = {5, 8, BL_OID_UNKNOWN},
    [BL_PBE_DES3_2KEY] = {16, 8, BL_OID_UNKNOWN},
};

static const struct {
	enum bl_oid oid;
	enum bl_digest digest;
} hmacs[] = {
    {BL_OID_HMAC_SHA1, BL_SHA1},
    {BL_OID_HMAC_SHA224, BL_SHA224},
    {BL_OID_HMAC_SHA256, BL_SHA256},
    {BL_OID_HMAC_SHA384, BL_SHA384},
    {BL_OID_HMAC_SHA512, BL_SHA512},
};
#define HMACS (sizeof(hmacs) / sizeof(*hmacs))

static enum bl_err
malformed(struct bl_note *note)
{
	return bl_fail(note, BL_E_MALFORMED, 0,
	    "the encryption's parameters are not well formed", source);
}

static enum bl_err
unsupported(struct bl_note *note)
{
	return bl_fail(note, BL_E_UNSUPPORTED, 0,
	    "the file is encrypted in a way that is not handled", source);
}

enum bl_err
bl_kdf_count(uint64_t *cost, uint64_t more, const struct bl_limits *limits,
    struct bl_note *note)
{
	if (more > limits->kdf_iterations ||
	    *cost > limits->kdf_iterations - more)
		return bl_fail_limit(note, 0, "limit-kdf",
		    "the file asks for too much work to derive its keys",
		    source);
	*cost += more;
	return BL_OK;
}

uint64_t
bl_iterations_read(struct bl_der *in)
{
	struct bl_der at = *in;
	struct bl_span v = bl_der_integer(&at);

	/* a count of 2^64 and more is well formed, and over every limit */
	if (!at.bad && v.n >= 9 && v.p[0] < 0x80 && (v.n > 9 || v.p[0] != 0)) {
		*in = at;
		return UINT64_MAX;
	}
	if (bl_der_peek(in) != BL_DER_INTEGER || (v.n == 1 && v.p[0] == 0))
		in->bad = true;
	return bl_der_uint(in, UINT64_MAX);
}

static struct bl_span
read_salt(struct bl_der *in)
{
	struct bl_span salt = bl_der_take(in, BL_DER_OCTETS);

	if (salt.n == 0 || salt.n > BL_SALT_MAX)
		in->bad = true;
	return salt;
}

enum bl_digest
bl_hmac_read(struct bl_der *in)
{
	struct bl_der alg = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_oid oid = bl_oid_find(bl_der_oid(&alg));

	bl_der_null(&alg);
	bl_der_leave(in, &alg);
	for (size_t i = 0; i < HMACS; i++)
		if (hmacs[i].oid == oid)
			return hmacs[i].digest;
	return BL_DIGEST_NONE;
}

/* The optional length of the key must be the cipher's. */
static void
read_key_size(struct bl_der *in, size_t want)
{
	if (bl_der_peek(in) == BL_DER_INTEGER &&
	    bl_der_uint(in, UINT32_MAX) != want)
		in->bad = true;
}

/* PBKDF2-params: up to the length of the key, and from there on. */
static struct bl_der
begin_pbkdf2(struct bl_pbe *pbe, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	pbe->kdf = BL_KDF_PBKDF2;
	pbe->digest = BL_SHA1;
	pbe->salt = read_salt(&seq);
	pbe->iterations = pbe->cost = bl_iterations_read(&seq);
	return seq;
}

static enum bl_err
end_pbkdf2(struct bl_pbe *pbe, struct bl_der *in, struct bl_der *seq,
    struct bl_note *note)
{
	if (bl_der_peek(seq) == BL_DER_SEQUENCE)
		pbe->digest = bl_hmac_read(seq);
	bl_der_leave(in, seq);
	if (in->bad)
		return malformed(note);
	return pbe->digest != BL_DIGEST_NONE ? BL_OK : unsupported(note);
}

static enum bl_err
read_pbkdf2(struct bl_pbe *pbe, struct bl_der *in, struct bl_note *note)
{
	struct bl_der seq = begin_pbkdf2(pbe, in);

	read_key_size(&seq, ciphers[pbe->cipher].key);
	return end_pbkdf2(pbe, in, &seq, note);
}

enum bl_err
bl_pbmac1_read(struct bl_pbe *pbe, size_t *key, enum bl_digest *hmac,
    struct bl_der *in, struct bl_note *note)
{
	struct bl_der alg = bl_der_enter(in, BL_DER_SEQUENCE), kdf, params, seq;
	enum bl_err err;

	*pbe = (struct bl_pbe){0};
	bl_der_oid(&alg);
	seq = bl_der_enter(&alg, BL_DER_SEQUENCE);
	kdf = bl_der_enter(&seq, BL_DER_SEQUENCE);
	if (bl_oid_find(bl_der_oid(&kdf)) != BL_OID_PBKDF2)
		return kdf.bad ? malformed(note) : unsupported(note);
	params = begin_pbkdf2(pbe, &kdf);
	*key = (size_t)bl_der_uint(&params, BL_DIGEST_MAX); /* a MUST here */
	if (*key == 0)
		params.bad = true;
	if ((err = end_pbkdf2(pbe, &kdf, &params, note)) != BL_OK)
		return err;
	bl_der_leave(&seq, &kdf);
	*hmac = bl_hmac_read(&seq);
	bl_der_leave(&alg, &seq);
	bl_der_leave(in, &alg);
	if (in->bad)
		return malformed(note);
	return *hmac != BL_DIGEST_NONE ? BL_OK : unsupported(note);
}

/* RFC 7914 6: N is a power of 2 below 2^(16 * r); memory is 128 * r * (N + p)
 * bytes, work is N * r * p. */
static enum bl_err
bound_scrypt(
    struct bl_pbe *pbe, const struct bl_limits *limits, struct bl_note *note)
{
	uint64_t rows = limits->scrypt_bytes / 128;

	if (pbe->n < 2 || (pbe->n & (pbe->n - 1)) != 0 ||
	    (pbe->r < 4 && pbe->n >> (16 * pbe->r) != 0))
		return malformed(note);
	if (pbe->r > RP_MAX || pbe->p > RP_MAX || pbe->n > rows / pbe->r ||
	    pbe->p > rows / pbe->r - pbe->n)
		return bl_fail_limit(note, 0, "limit-kdf",
		    "the file asks for too much memory to derive its keys",
		    "RFC 7914 6");
	/* neither product can overflow: r * N is under rows, p under 2^22 */
	pbe->cost = pbe->n * pbe->r > UINT64_MAX / RP_MAX
	    ? UINT64_MAX
	    : pbe->n * pbe->r * pbe->p;
	return BL_OK;
}

static enum bl_err
read_scrypt(struct bl_pbe *pbe, struct bl_der *in,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	pbe->kdf = BL_KDF_SCRYPT;
	pbe->salt = read_salt(&seq);
	pbe->n = bl_iterations_read(&seq);
	pbe->r = bl_iterations_read(&seq);
	pbe->p = bl_iterations_read(&seq);
	read_key_size(&seq, ciphers[pbe->cipher].key);
	bl_der_leave(in, &seq);
	if (in->bad)
		return malformed(note);
	return bound_scrypt(pbe, limits, note);
}

/* The cipher stands behind the derivation, whose key size it gives. */
static enum bl_err
read_cipher(struct bl_pbe *pbe, struct bl_der *in, struct bl_note *note)
{
	struct bl_der alg = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_oid oid = bl_oid_find(bl_der_oid(&alg));

	for (int c = BL_AES128_CBC; c <= BL_DES3_CBC; c++)
		if (ciphers[c].oid == oid)
			pbe->cipher = c;
	if (alg.bad)
		return malformed(note);
	if (pbe->cipher == 0)
		return unsupported(note);
	pbe->iv = bl_der_take(&alg, BL_DER_OCTETS);
	bl_der_leave(in, &alg);
	if (in->bad || pbe->iv.n != ciphers[pbe->cipher].iv)
		return malformed(note);
	return BL_OK;
}

static enum bl_err
read_pbes2(struct bl_pbe *pbe, struct bl_der *in,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), kdf, at = seq;
	enum bl_oid oid;
	enum bl_err err;

	bl_der_whole(&at, BL_DER_SEQUENCE);
	if ((err = read_cipher(pbe, &at, note)) != BL_OK)
		return err;
	kdf = bl_der_enter(&seq, BL_DER_SEQUENCE);
	oid = bl_oid_find(bl_der_oid(&kdf));
	if (kdf.bad)
		return malformed(note);
	if (oid == BL_OID_PBKDF2)
		err = read_pbkdf2(pbe, &kdf, note);
	else if (oid == BL_OID_SCRYPT)
		err = read_scrypt(pbe, &kdf, limits, note);
	else
		err = unsupported(note);
	if (err != BL_OK)
		return err;
	bl_der_leave(&seq, &kdf);
	if (seq.bad)
		return malformed(note);
	bl_der_leave(in, &at);
	return BL_OK;
}

static int
old_cipher(enum bl_oid oid)
{
	switch ((int)oid) {
	case BL_OID_PBE_SHA1_3DES:
		return BL_DES3_CBC;
	case BL_OID_PBE_SHA1_2DES:
		return BL_PBE_DES3_2KEY;
	case BL_OID_PBE_SHA1_RC2_128:
		return BL_PBE_RC2_128;
	case BL_OID_PBE_SHA1_RC2_40:
		return BL_PBE_RC2_40;
	}
	return 0;
}

static enum bl_err
read_old(struct bl_pbe *pbe, struct bl_der *in, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	pbe->kdf = BL_KDF_PKCS12;
	pbe->digest = BL_SHA1;
	pbe->salt = read_salt(&seq);
	pbe->iterations = pbe->cost = bl_iterations_read(&seq);
	bl_der_leave(in, &seq);
	return in->bad ? malformed(note) : BL_OK;
}

enum bl_err
bl_pbe_read(struct bl_pbe *out, struct bl_der *in,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der alg = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_oid oid = bl_oid_find(bl_der_oid(&alg));
	struct bl_pbe pbe = {.cipher = old_cipher(oid)};
	uint64_t none = 0;
	enum bl_err err;

	*out = (struct bl_pbe){0};
	if (alg.bad)
		return malformed(note);
	if (oid == BL_OID_PBES2)
		err = read_pbes2(&pbe, &alg, limits, note);
	else if (pbe.cipher != 0)
		err = read_old(&pbe, &alg, note);
	else
		err = unsupported(note);
	if (err != BL_OK)
		return err;
	bl_der_leave(in, &alg);
	if (in->bad)
		return malformed(note);
	if ((err = bl_kdf_count(&none, pbe.cost, limits, note)) == BL_OK)
		*out = pbe;
	return err;
}

static void
write_kdf(struct bl_buf *b, const struct bl_pbe *pbe)
{
	size_t alg = bl_der_open(b, BL_DER_SEQUENCE), params, prf;

	bl_der_put_oid(
	    b, pbe->kdf == BL_KDF_SCRYPT ? BL_OID_SCRYPT : BL_OID_PBKDF2);
	params = bl_der_open(b, BL_DER_SEQUENCE);
	bl_der_put(b, BL_DER_OCTETS, pbe->salt);
	if (pbe->kdf == BL_KDF_SCRYPT) {
		bl_der_put_uint(b, pbe->n);
		bl_der_put_uint(b, pbe->r);
		bl_der_put_uint(b, pbe->p);
	} else {
		bl_der_put_uint(b, pbe->iterations);
		prf = bl_der_open(b, BL_DER_SEQUENCE);
		bl_der_put_oid(b, BL_OID_HMAC_SHA256);
		bl_der_put_null(b);
		bl_der_close(b, prf);
	}
	bl_der_close(b, params);
	bl_der_close(b, alg);
}

/* Written are: PBES2 with HMAC-SHA-256 or scrypt, and old 3DES. */
void
bl_pbe_write(struct bl_buf *b, const struct bl_pbe *pbe)
{
	size_t alg = bl_der_open(b, BL_DER_SEQUENCE), params, cipher;

	bl_der_put_oid(
	    b, pbe->kdf == BL_KDF_PKCS12 ? BL_OID_PBE_SHA1_3DES : BL_OID_PBES2);
	params = bl_der_open(b, BL_DER_SEQUENCE);
	if (pbe->kdf == BL_KDF_PKCS12) {
		bl_der_put(b, BL_DER_OCTETS, pbe->salt);
		bl_der_put_uint(b, pbe->iterations);
	} else {
		write_kdf(b, pbe);
		cipher = bl_der_open(b, BL_DER_SEQUENCE);
		bl_der_put_oid(b, ciphers[pbe->cipher].oid);
		bl_der_put(b, BL_DER_OCTETS, pbe->iv);
		bl_der_close(b, cipher);
	}
	bl_der_close(b, params);
	bl_der_close(b, alg);
}

enum bl_err
bl_pbe_random(struct bl_pbe *pbe, uint8_t bytes[32], struct bl_ctx *ctx,
    struct bl_note *note)
{
	enum bl_err err = bl_random(ctx, bytes, 32, note);

	pbe->salt = bl_span_of(bytes, 16);
	if (pbe->kdf != BL_KDF_PKCS12)
		pbe->iv = bl_span_of(bytes + 16, 16);
	return err;
}

/* ---- derivation ---- */

/* An empty string is a parameter of one byte with the length 0. */
static OSSL_PARAM
octets(const char *name, struct bl_span s)
{
	return OSSL_PARAM_construct_octet_string(
	    name, s.n == 0 ? (void *)"" : (void *)s.p, s.n);
}

static enum bl_err
run(uint8_t *out, size_t n, EVP_KDF *kdf, const OSSL_PARAM *params,
    struct bl_note *note)
{
	EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
	enum bl_err err = BL_OK;

	if (kdf == NULL)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the crypto library lacks the key derivation", NULL);
	if (ctx == NULL || EVP_KDF_derive(ctx, out, n, params) != 1)
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the key derivation failed", NULL);
	EVP_KDF_CTX_free(ctx);
	return err;
}

enum bl_err
bl_pbkdf2(uint8_t *out, size_t n, struct bl_ctx *ctx, const struct bl_pbe *pbe,
    struct bl_span pass, struct bl_note *note)
{
	uint64_t iterations = pbe->iterations;
	int any = 1; /* also fewer iterations than SP 800-132 wants */
	OSSL_PARAM params[] = {
	    octets(OSSL_KDF_PARAM_PASSWORD, pass),
	    octets(OSSL_KDF_PARAM_SALT, pbe->salt),
	    OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
	    OSSL_PARAM_construct_utf8_string(
		OSSL_KDF_PARAM_DIGEST, bl_md_name(ctx, pbe->digest), 0),
	    OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &any),
	    OSSL_PARAM_construct_end(),
	};

	return run(out, n, bl_kdfs_of(ctx)->pbkdf2, params, note);
}

static enum bl_err
scrypt(uint8_t *out, size_t n, struct bl_ctx *ctx, const struct bl_pbe *pbe,
    struct bl_span pass, struct bl_note *note)
{
	uint64_t cost = pbe->n, memory = UINT64_MAX; /* bounded when read */
	uint32_t r = (uint32_t)pbe->r, p = (uint32_t)pbe->p;
	OSSL_PARAM params[] = {
	    octets(OSSL_KDF_PARAM_PASSWORD, pass),
	    octets(OSSL_KDF_PARAM_SALT, pbe->salt),
	    OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &cost),
	    OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
	    OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
	    OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
	    OSSL_PARAM_construct_end(),
	};

	return run(out, n, bl_kdfs_of(ctx)->scrypt, params, note);
}

enum bl_err
bl_pkcs12_derive(uint8_t *out, size_t n, struct bl_ctx *ctx,
    const struct bl_pbe *pbe, int id, struct bl_span wide, struct bl_note *note)
{
	uint64_t iterations = pbe->iterations;
	OSSL_PARAM params[] = {
	    octets(OSSL_KDF_PARAM_PASSWORD, wide),
	    octets(OSSL_KDF_PARAM_SALT, pbe->salt),
	    OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
	    OSSL_PARAM_construct_utf8_string(
		OSSL_KDF_PARAM_DIGEST, bl_md_name(ctx, pbe->digest), 0),
	    OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS12_ID, &id),
	    OSSL_PARAM_construct_end(),
	};

	return run(out, n, bl_kdfs_of(ctx)->pkcs12, params, note);
}

static enum bl_err
derive(uint8_t key[KEY_MAX], uint8_t iv[IV_MAX], struct bl_ctx *ctx,
    const struct bl_pbe *pbe, const struct bl_pass *pass, struct bl_note *note)
{
	struct bl_span wide = bl_secret_reveal(pass->wide);
	size_t key_n = ciphers[pbe->cipher].key, iv_n = ciphers[pbe->cipher].iv;
	enum bl_err err;

	switch (pbe->kdf) {
	case BL_KDF_PBKDF2:
		return bl_pbkdf2(key, key_n, ctx, pbe, pass->utf8, note);
	case BL_KDF_SCRYPT:
		return scrypt(key, key_n, ctx, pbe, pass->utf8, note);
	case BL_KDF_PKCS12:
		break;
	}
	err = bl_pkcs12_derive(key, key_n, ctx, pbe, 1, wide, note);
	if (err != BL_OK)
		return err;
	if (pbe->cipher == BL_PBE_DES3_2KEY)
		memcpy(key + 16, key, 8); /* the third key is the first */
	return bl_pkcs12_derive(iv, iv_n, ctx, pbe, 2, wide, note);
}

enum bl_err
bl_hmac(struct bl_digest_value *mac, struct bl_ctx *ctx, enum bl_digest d,
    struct bl_span key, struct bl_span in, struct bl_note *note)
{
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(
		OSSL_MAC_PARAM_DIGEST, bl_md_name(ctx, d), 0),
	    OSSL_PARAM_construct_end(),
	};
	EVP_MAC *hmac = bl_kdfs_of(ctx)->hmac;
	EVP_MAC_CTX *run_mac = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);
	enum bl_err err = BL_OK;

	*mac = (struct bl_digest_value){.alg = d};
	if (run_mac == NULL ||
	    EVP_MAC_init(run_mac, key.p, key.n, params) != 1 ||
	    EVP_MAC_update(run_mac, in.p, in.n) != 1 ||
	    EVP_MAC_final(run_mac, mac->p, &mac->n, sizeof(mac->p)) != 1) {
		*mac = (struct bl_digest_value){0};
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the integrity check failed", NULL);
	}
	EVP_MAC_CTX_free(run_mac);
	return err;
}

/* ---- the cipher ---- */

static EVP_CIPHER *
cipher_of(struct bl_ctx *ctx, int cipher)
{
	const struct bl_ciphers *c = bl_ciphers_of(ctx);

	if (cipher == BL_PBE_RC2_128)
		return c->rc2;
	if (cipher == BL_PBE_RC2_40)
		return c->rc2_40;
	return c->of[cipher == BL_PBE_DES3_2KEY ? BL_DES3_CBC : cipher];
}

static enum bl_err
encipher(struct bl_buf *out, EVP_CIPHER *cipher, enum bl_direction way,
    const uint8_t *key, const uint8_t *iv, struct bl_span in,
    struct bl_note *note)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t *to = bl_buf_grow(out, in.n + 2 * IV_MAX);
	enum bl_err err = bl_buf_err(out, note);
	int got = 0, rest = 0;

	if (err == BL_OK) {
		if (ctx == NULL ||
		    EVP_CipherInit_ex2(
			ctx, cipher, key, iv, way == BL_ENCRYPT, NULL) != 1 ||
		    EVP_CipherUpdate(ctx, to, &got, in.p, (int)in.n) != 1)
			err = bl_crypto_fail(
			    note, BL_E_SYSTEM, "the cipher failed", NULL);
		else if (EVP_CipherFinal_ex(ctx, to + got, &rest) != 1)
			err = bl_crypto_fail(note, BL_E_NOKEY,
			    "the passphrase does not open it", NULL);
		else
			out->n += (size_t)got + (size_t)rest;
	}
	EVP_CIPHER_CTX_free(ctx);
	return err;
}

static enum bl_err
go(struct bl_buf *out, struct bl_ctx *ctx, enum bl_direction way,
    const struct bl_pbe *pbe, const struct bl_pass *pass, struct bl_span in,
    struct bl_note *note)
{
	uint8_t key[KEY_MAX], iv[IV_MAX];
	EVP_CIPHER *cipher = cipher_of(ctx, pbe->cipher);
	enum bl_err err;

	if (cipher == NULL)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the crypto library here cannot read this old encryption; "
		    "its legacy provider is missing",
		    NULL);
	if (in.n > INPUT_MAX)
		return bl_fail(
		    note, BL_E_LIMIT, 0, "what is encrypted is too long", NULL);
	if (pbe->iv.n > 0)
		memcpy(iv, pbe->iv.p, pbe->iv.n);
	if ((err = derive(key, iv, ctx, pbe, pass, note)) == BL_OK)
		err = encipher(out, cipher, way, key, iv, in, note);
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(iv, sizeof(iv));
	return err;
}

enum bl_err
bl_pbe_open(struct bl_buf *out, struct bl_ctx *ctx, const struct bl_pbe *pbe,
    const struct bl_pass *pass, struct bl_span sealed, struct bl_note *note)
{
	return go(out, ctx, BL_DECRYPT, pbe, pass, sealed, note);
}

enum bl_err
bl_pbe_seal(struct bl_buf *out, struct bl_ctx *ctx, const struct bl_pbe *pbe,
    const struct bl_pass *pass, struct bl_span clear, struct bl_note *note)
{
	return go(out, ctx, BL_ENCRYPT, pbe, pass, clear, note);
}
