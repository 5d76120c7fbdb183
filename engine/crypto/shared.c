/* shared.c - see shared.h. */
#include "crypto/shared.h"

#include <string.h>

#include <openssl/crypto.h>

#include "crypto/internal.h"
#include "crypto/pbe.h"

#define BLOCK	  16 /* bytes of AES */
#define FRAME	  4  /* bytes: the length, and three to check */
#define WRAP_MORE 8  /* bytes that RFC 3394 adds */
#define PBKDF2	  "RFC 8018 A.2"

static enum bl_err
malformed(struct bl_note *note, const char *what, const char *source)
{
	return bl_fail(note, BL_E_MALFORMED, 0, what, source);
}

/* ---- reading ---- */

enum bl_err
bl_shared_kdf_read(struct bl_shared *s, struct bl_der *in, struct bl_note *note)
{
	const char *what = "the key derivation is not well formed";
	enum bl_oid oid = bl_oid_find(bl_der_oid(in));
	struct bl_der seq;

	if (!in->bad && oid != BL_OID_PBKDF2)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "a key derivation that is not handled", PBKDF2);
	seq = bl_der_enter(in, BL_DER_SEQUENCE);
	s->digest = BL_SHA1;
	s->salt = bl_der_take(&seq, BL_DER_OCTETS);
	s->iterations = bl_iterations_read(&seq);
	if (bl_der_peek(&seq) == BL_DER_INTEGER &&
	    bl_der_uint(&seq, UINT32_MAX) != s->kek_size)
		seq.bad = true;
	if (bl_der_peek(&seq) == BL_DER_SEQUENCE)
		s->digest = bl_hmac_read(&seq);
	bl_der_leave(in, &seq);
	if (!bl_der_done(in) || s->salt.n == 0 ||
	    s->salt.n > BL_SHARED_SALT_MAX)
		return malformed(note, what, PBKDF2);
	return s->digest != BL_DIGEST_NONE
	    ? BL_OK
	    : bl_fail(note, BL_E_UNSUPPORTED, 0,
		  "PBKDF2 with a digest that is not handled", PBKDF2);
}

static const struct {
	enum bl_oid oid;
	unsigned size;
} wraps[] =
    {
	{BL_OID_AES128_WRAP, 16},
	{BL_OID_AES192_WRAP, 24},
	{BL_OID_AES256_WRAP, 32},
},
  chains[] = {
      {BL_OID_AES128_CBC, 16},
      {BL_OID_AES192_CBC, 24},
      {BL_OID_AES256_CBC, 32},
};

/* PWRI-KEK, whose parameter is a cipher with its IV: RFC 3211 2.2. */
static void
read_chain(struct bl_shared *s, struct bl_der *alg)
{
	struct bl_der seq = bl_der_enter(alg, BL_DER_SEQUENCE);
	enum bl_oid oid = bl_oid_find(bl_der_oid(&seq));

	for (size_t i = 0; i < sizeof(chains) / sizeof(*chains); i++)
		if (chains[i].oid == oid)
			s->kek_size = chains[i].size;
	if (s->kek_size == 0) {
		seq.left = (struct bl_span){0};
	} else {
		s->iv = bl_der_take(&seq, BL_DER_OCTETS);
		seq.bad |= s->iv.n != BLOCK;
	}
	bl_der_leave(alg, &seq);
}

enum bl_err
bl_shared_wrap_read(
    struct bl_shared *s, struct bl_der *in, struct bl_note *note)
{
	struct bl_der alg = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_oid oid = bl_oid_find(bl_der_oid(&alg));

	s->kek_size = 0;
	s->wrap = oid == BL_OID_PWRI_KEK ? BL_SHARED_PWRI : BL_SHARED_AES;
	for (size_t i = 0; i < sizeof(wraps) / sizeof(*wraps); i++)
		if (wraps[i].oid == oid)
			s->kek_size = wraps[i].size;
	if (s->wrap == BL_SHARED_PWRI)
		read_chain(s, &alg);
	else if (s->kek_size != 0)
		(void)bl_der_null(&alg);
	else
		alg.left = (struct bl_span){0};
	bl_der_leave(in, &alg);
	if (in->bad)
		return malformed(
		    note, "the key wrap is not well formed", "RFC 5652 6.2.3");
	return s->kek_size != 0
	    ? BL_OK
	    : bl_fail(note, BL_E_UNSUPPORTED, 0,
		  "a key wrap that is not handled", "RFC 5652 6.2.3");
}

/* ---- unwrapping ---- */

static enum bl_err
forged(struct bl_note *note)
{
	return bl_crypto_fail(note, BL_E_FORGED,
	    "the content key does not open with what was given", NULL);
}

static enum bl_cipher
chain_of(unsigned kek_size)
{
	return kek_size == 16 ? BL_AES128_CBC
	    : kek_size == 24  ? BL_AES192_CBC
			      : BL_AES256_CBC;
}

/* CBC of whole blocks, in place. */
static bool
decrypt(struct bl_ctx *ctx, const struct bl_shared *s, const uint8_t *kek,
    const uint8_t *iv, uint8_t *p, size_t n)
{
	EVP_CIPHER_CTX *run = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = bl_ciphers_of(ctx)->of[chain_of(s->kek_size)];
	int got = 0;
	bool ok = run != NULL && cipher != NULL &&
	    EVP_CipherInit_ex2(run, cipher, kek, iv, 0, NULL) == 1 &&
	    EVP_CIPHER_CTX_set_padding(run, 0) == 1 &&
	    EVP_CipherUpdate(run, p, &got, p, (int)n) == 1 && (size_t)got == n;

	EVP_CIPHER_CTX_free(run);
	return ok;
}

/* Both layers off `p`: the inner one's IV is the last block of the outer one,
 * whose IV is the block before it. RFC 3211 2.3.2. */
static bool
undo_both(struct bl_ctx *ctx, const struct bl_shared *s, const uint8_t *kek,
    uint8_t *p, size_t n)
{
	uint8_t iv[BLOCK];
	bool ok;

	memcpy(iv, p + n - 2 * BLOCK, BLOCK);
	ok = decrypt(ctx, s, kek, iv, p + n - BLOCK, BLOCK) &&
	    decrypt(ctx, s, kek, p + n - BLOCK, p, n - BLOCK) &&
	    decrypt(ctx, s, kek, s->iv.p, p, n);
	OPENSSL_cleanse(iv, sizeof(iv));
	return ok;
}

static enum bl_err
unwrap_pwri(struct bl_secret *key, struct bl_ctx *ctx,
    const struct bl_shared *s, const uint8_t *kek, struct bl_note *note)
{
	size_t size = bl_secret_reveal(key).n, n = s->wrapped.n;
	uint8_t p[BL_SHARED_WRAPPED_MAX], wrong;
	enum bl_err err = BL_OK;

	if (n < 2 * BLOCK || n % BLOCK != 0 || n > sizeof(p) ||
	    n < FRAME + size)
		return forged(note);
	memcpy(p, s->wrapped.p, n);
	if (!undo_both(ctx, s, kek, p, n)) {
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the cipher failed", NULL);
		goto out;
	}
	wrong = p[0] ^ (uint8_t)size;
	for (size_t i = 0; i < FRAME - 1; i++)
		wrong |= (uint8_t)(p[1 + i] ^ p[FRAME + i] ^ 0xff);
	if (wrong != 0)
		err = forged(note);
	else
		memcpy(bl_secret_fill(key), p + FRAME, size);
out:
	OPENSSL_cleanse(p, sizeof(p));
	return err;
}

static enum bl_err
unwrap(struct bl_secret *key, struct bl_ctx *ctx, const struct bl_shared *s,
    const uint8_t *kek, struct bl_note *note)
{
	size_t size = bl_secret_reveal(key).n;

	if (s->wrap == BL_SHARED_PWRI)
		return unwrap_pwri(key, ctx, s, kek, note);
	if (s->wrapped.n != size + WRAP_MORE ||
	    !bl_key_wrap(ctx, BL_DECRYPT, kek, s->kek_size, bl_secret_fill(key),
		s->wrapped))
		return forged(note);
	return BL_OK;
}

/* The key-encryption key: what is shared, or what comes of the password. */
static enum bl_err
derive(uint8_t kek[32], struct bl_ctx *ctx, const struct bl_shared *s,
    struct bl_span secret, struct bl_note *note)
{
	const struct bl_pbe pbe = {.kdf = BL_KDF_PBKDF2,
	    .digest = s->digest,
	    .salt = s->salt,
	    .iterations = s->iterations};

	if (s->kind == BL_SHARED_KEK) {
		if (secret.n != s->kek_size)
			return forged(note);
		memcpy(kek, secret.p, secret.n);
		return BL_OK;
	}
	if (s->iterations > BL_SHARED_ITERATIONS)
		return bl_fail_limit(note, 0, "limit-kdf",
		    "the password asks for too much work", PBKDF2);
	return bl_pbkdf2(kek, s->kek_size, ctx, &pbe, secret, note);
}

enum bl_err
bl_shared_unwrap(struct bl_secret **out, struct bl_ctx *ctx,
    const struct bl_shared *s, const struct bl_secret *secret, size_t size,
    struct bl_note *note)
{
	struct bl_secret *key = NULL;
	uint8_t kek[32];
	enum bl_err err;

	*out = NULL;
	if ((err = derive(kek, ctx, s, bl_secret_reveal(secret), note)) ==
		BL_OK &&
	    (err = bl_secret_new(&key, size, note)) == BL_OK)
		err = unwrap(key, ctx, s, kek, note);
	OPENSSL_cleanse(kek, sizeof(kek));
	if (err != BL_OK) {
		bl_secret_free(key);
		return err;
	}
	*out = key;
	return BL_OK;
}
