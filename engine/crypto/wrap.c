/* wrap.c - content keys for recipients: RSA, and agreement on a key as RFC 5753
 * and RFC 8418 have it. */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/internal.h"

#define WRAP_MORE  8  /* bytes that RFC 3394 and RFC 5649 add */
#define PKCS1_MORE 11 /* bytes that RFC 8017 7.2.1 needs at least */
#define SHARED_MAX 66 /* bytes of a field element of P-521 */

static bool
is_rsa_wrap(enum bl_wrap_kind kind)
{
	return kind == BL_WRAP_RSA_PKCS1 || kind == BL_WRAP_RSA_OAEP;
}

static bool
is_agreement(enum bl_wrap_kind kind)
{
	return kind == BL_WRAP_ECDH || kind == BL_WRAP_XDH;
}

static bool
go_together(enum bl_wrap_kind wrap, enum bl_key_kind key)
{
	switch (wrap) {
	case BL_WRAP_RSA_PKCS1:
	case BL_WRAP_RSA_OAEP:
		return key == BL_KEY_RSA;
	case BL_WRAP_ECDH:
		return bl_curve_by_kind(key) != NULL;
	case BL_WRAP_XDH:
		return bl_agrees_raw(key);
	case BL_WRAP_OTHER:
		break;
	}
	return false;
}

static enum bl_err
check_digests(const struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    struct bl_note *note)
{
	if (bl_md_name(ctx, alg->digest) == NULL ||
	    (alg->kind == BL_WRAP_RSA_OAEP &&
		bl_md_name(ctx, alg->mgf) == NULL))
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the digest of the key wrap is not handled", NULL);
	return BL_OK;
}

enum bl_err
bl_wrap_check(const struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    enum bl_key_kind kind, struct bl_note *note)
{
	if (!go_together(alg->kind, kind))
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "key and key wrap do not go together", NULL);
	if (alg->label.n > BL_OAEP_LABEL_MAX || alg->info.n > BL_ECDH_INFO_MAX)
		return bl_fail(note, BL_E_LIMIT, 0,
		    "a parameter of the key wrap is too long", NULL);
	if (alg->kind == BL_WRAP_RSA_PKCS1)
		return BL_OK;
	if (is_agreement(alg->kind) && alg->kek_size != 16 &&
	    alg->kek_size != 24 && alg->kek_size != 32)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the key wrap is not AES", "RFC 3565 2.3.2");
	return check_digests(ctx, alg, note);
}

void
bl_oaep_params(
    OSSL_PARAM *p, const struct bl_ctx *ctx, const struct bl_wrap_alg *alg)
{
	*p++ = OSSL_PARAM_construct_utf8_string(
	    OSSL_ASYM_CIPHER_PARAM_PAD_MODE, "oaep", 0);
	*p++ = OSSL_PARAM_construct_utf8_string(
	    OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, bl_md_name(ctx, alg->digest),
	    0);
	*p++ = OSSL_PARAM_construct_utf8_string(
	    OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, bl_md_name(ctx, alg->mgf), 0);
	if (alg->label.n > 0)
		*p++ = OSSL_PARAM_construct_octet_string(
		    OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, (void *)alg->label.p,
		    alg->label.n);
	*p = OSSL_PARAM_construct_end();
}

/* Bytes of modulus that the padding takes beside the key. */
static size_t
padding_size(const struct bl_wrap_alg *alg)
{
	return alg->kind == BL_WRAP_RSA_PKCS1
	    ? PKCS1_MORE
	    : 2 * bl_digest_size(alg->digest) + 2;
}

enum bl_err
bl_pub_wrap(struct bl_buf *out, const struct bl_pub *k, struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, const struct bl_secret *cek,
    struct bl_note *note)
{
	struct bl_span key = bl_secret_reveal(cek);
	bool oaep = alg->kind == BL_WRAP_RSA_OAEP;
	const struct bl_run_how how = {.operation = BL_RUN_ENCRYPT,
	    .padding = (int)alg->kind,
	    .digest = oaep ? alg->digest : BL_DIGEST_NONE,
	    .mgf = oaep ? alg->mgf : BL_DIGEST_NONE,
	    .label = oaep ? alg->label.n : 0};
	size_t n = (k->bits + 7) / 8;
	EVP_PKEY_CTX *run = NULL;
	OSSL_PARAM params[5];
	uint8_t *to;
	enum bl_err err;

	if (!is_rsa_wrap(alg->kind))
		return bl_fail(note, BL_E_CALLER, 0, "not an RSA wrap", NULL);
	if ((err = bl_wrap_check(ctx, alg, k->kind, note)) != BL_OK)
		return err;
	if (key.n + padding_size(alg) > n)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the RSA key is too short for this key wrap", NULL);
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_ASYM_CIPHER_PARAM_PAD_MODE, "pkcs1", 0);
	params[1] = OSSL_PARAM_construct_end();
	if (oaep)
		bl_oaep_params(params, ctx, alg);
	if ((to = bl_buf_grow(out, n)) == NULL)
		return bl_buf_err(out, note);
	run = bl_run_begin(k, ctx, &how, params);
	if (run == NULL || EVP_PKEY_encrypt(run, to, &n, key.p, key.n) != 1)
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the key cannot be wrapped", NULL);
	else
		out->n += n;
	bl_run_end(k, ctx, &how, run, err == BL_OK && how.label == 0);
	return err;
}

/* The shared secret; 0 bytes when there is none. */
static size_t
agree(uint8_t shared[SHARED_MAX], const struct bl_priv *own, EVP_PKEY *peer,
    struct bl_ctx *ctx)
{
	const struct bl_run_how how = {.operation = BL_RUN_DERIVE};
	EVP_PKEY_CTX *run = bl_run_begin(&own->pub, ctx, &how, NULL);
	size_t n = SHARED_MAX;

	/* the peer's point was checked when it was read */
	if (run == NULL || EVP_PKEY_derive_set_peer_ex(run, peer, 0) != 1 ||
	    EVP_PKEY_derive(run, shared, &n) != 1)
		n = 0;
	bl_run_end(&own->pub, ctx, &how, run, n != 0);
	return n;
}

static EVP_KDF *
kdf_of(struct bl_ctx *ctx, const struct bl_wrap_alg *alg)
{
	const struct bl_kdfs *k = bl_kdfs_of(ctx);

	return alg->kdf == BL_AGREE_HKDF ? k->hkdf : k->x963;
}

/* The key-encryption key out of the shared secret. Without a ukm HKDF has no
 * salt: RFC 5869 2.2. */
static bool
stretch(uint8_t *kek, struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    uint8_t *shared, size_t n)
{
	bool hkdf = alg->kdf == BL_AGREE_HKDF;
	EVP_KDF_CTX *run = EVP_KDF_CTX_new(kdf_of(ctx, alg));
	OSSL_PARAM params[5], *p = params;
	bool ok;

	*p++ = OSSL_PARAM_construct_utf8_string(
	    OSSL_KDF_PARAM_DIGEST, bl_md_name(ctx, alg->digest), 0);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, shared, n);
	if (alg->info.n > 0)
		*p++ = OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_INFO, (void *)alg->info.p, alg->info.n);
	if (hkdf && alg->label.n > 0)
		*p++ = OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_SALT, (void *)alg->label.p, alg->label.n);
	*p = OSSL_PARAM_construct_end();
	ok = run != NULL &&
	    EVP_KDF_derive(run, kek, alg->kek_size, params) == 1;
	EVP_KDF_CTX_free(run);
	return ok;
}

/* The library gives no secret that is all zero; with these keys nothing else
 * can go wrong. */
static enum bl_err
no_secret(const struct bl_priv *own, struct bl_note *note)
{
	return bl_crypto_fail(note,
	    bl_agrees_raw(own->pub.kind) ? BL_E_FORGED : BL_E_SYSTEM,
	    "no key could be agreed on", NULL);
}

enum bl_err
bl_kek_derive(uint8_t kek[32], const struct bl_priv *own, EVP_PKEY *peer,
    struct bl_ctx *ctx, const struct bl_wrap_alg *alg, struct bl_note *note)
{
	uint8_t shared[SHARED_MAX];
	enum bl_err err = BL_OK;
	size_t n;

	if (kdf_of(ctx, alg) == NULL)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the crypto library lacks the KDF", NULL);
	if ((n = agree(shared, own, peer, ctx)) == 0)
		err = no_secret(own, note);
	else if (!stretch(kek, ctx, alg, shared, n))
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "no key could be derived", NULL);
	OPENSSL_cleanse(shared, sizeof(shared));
	return err;
}

size_t
bl_wrapped_size(enum bl_key_wrap wrap, size_t n)
{
	if (wrap == BL_KEY_WRAP_AES_PAD) /* RFC 5649 4.1 */
		n = (n + 7) / 8 * 8;
	return n + WRAP_MORE;
}

static bool
run_wrap(EVP_CIPHER *cipher, enum bl_direction way, const uint8_t *kek,
    uint8_t *to, size_t *n, struct bl_span in)
{
	EVP_CIPHER_CTX *run = EVP_CIPHER_CTX_new();
	int got = 0, rest = 0;
	bool ok;

	if (run != NULL)
		EVP_CIPHER_CTX_set_flags(run, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = run != NULL && cipher != NULL &&
	    EVP_CipherInit_ex2(
		run, cipher, kek, NULL, way == BL_ENCRYPT, NULL) == 1 &&
	    EVP_CipherUpdate(run, to, &got, in.p, (int)in.n) == 1 &&
	    EVP_CipherFinal_ex(run, to + got, &rest) == 1;
	*n = (size_t)got + (size_t)rest;
	EVP_CIPHER_CTX_free(run);
	return ok;
}

bool
bl_key_wrap(struct bl_ctx *ctx, enum bl_direction way, const uint8_t *kek,
    size_t kek_size, uint8_t *to, struct bl_span in)
{
	size_t n;

	/* RFC 3394 2.2: two blocks of eight bytes and more */
	if (in.n % 8 != 0 || in.n < (way == BL_ENCRYPT ? 16 : 24))
		return false;
	return run_wrap(bl_ciphers_of(ctx)->key_wrap[kek_size / 8 - 2], way,
		   kek, to, &n, in) &&
	    n == (way == BL_ENCRYPT ? in.n + WRAP_MORE : in.n - WRAP_MORE);
}

bool
bl_key_wrap_pad(struct bl_ctx *ctx, enum bl_direction way, const uint8_t *kek,
    size_t kek_size, uint8_t *to, size_t *n, struct bl_span in)
{
	*n = 0;
	/* RFC 5649 4.1 and 4.2: a byte and more, wrapped two blocks and more */
	if (in.n == 0 || (way == BL_DECRYPT && (in.n % 8 != 0 || in.n < 16)))
		return false;
	return run_wrap(bl_ciphers_of(ctx)->wrap_pad[kek_size / 8 - 2], way,
	    kek, to, n, in);
}

/* The content key in the wrap that the algorithm names. */
static bool
wrap_aes(uint8_t *to, struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    const uint8_t *kek, struct bl_span key)
{
	size_t n;

	if (alg->wrap == BL_KEY_WRAP_AES)
		return bl_key_wrap(
		    ctx, BL_ENCRYPT, kek, alg->kek_size, to, key);
	return bl_key_wrap_pad(
		   ctx, BL_ENCRYPT, kek, alg->kek_size, to, &n, key) &&
	    n == bl_wrapped_size(alg->wrap, key.n);
}

enum bl_err
bl_ecdh_wrap(struct bl_buf *out, const struct bl_priv *ephemeral,
    const struct bl_pub *peer, struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, const struct bl_secret *cek,
    struct bl_note *note)
{
	struct bl_span key = bl_secret_reveal(cek);
	size_t n = bl_wrapped_size(alg->wrap, key.n);
	uint8_t kek[32], *to;
	enum bl_err err;

	if (!is_agreement(alg->kind) || peer->kind != ephemeral->pub.kind ||
	    key.n % 8 != 0 || key.n < 16)
		return bl_fail(note, BL_E_CALLER, 0,
		    "keys of two kinds, or a key that cannot be wrapped", NULL);
	if ((err = bl_wrap_check(ctx, alg, peer->kind, note)) != BL_OK)
		return err;
	if ((to = bl_buf_grow(out, n)) == NULL)
		return bl_buf_err(out, note);
	if ((err = bl_kek_derive(kek, ephemeral, peer->key, ctx, alg, note)) ==
	    BL_OK) {
		if (wrap_aes(to, ctx, alg, kek, key))
			out->n += n;
		else
			err = bl_crypto_fail(note, BL_E_SYSTEM,
			    "the key cannot be wrapped", NULL);
	}
	OPENSSL_cleanse(kek, sizeof(kek));
	return err;
}

enum bl_err
bl_cek_derive(struct bl_secret **out, struct bl_ctx *ctx,
    const struct bl_secret *cek, struct bl_span info, struct bl_note *note)
{
	static const char salt[] = "The Cryptographic Message Syntax";
	struct bl_span key = bl_secret_reveal(cek);
	struct bl_secret *derived = NULL;
	EVP_KDF_CTX *run = NULL;
	OSSL_PARAM params[5];
	enum bl_err err;

	*out = NULL;
	if (info.n == 0 || info.n > BL_CEK_INFO_MAX)
		return bl_fail(note, BL_E_CALLER, 0,
		    "nothing is derived for such an algorithm", "RFC 9709 2");
	if (bl_kdfs_of(ctx)->hkdf == NULL)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the crypto library lacks the KDF", NULL);
	if ((err = bl_secret_new(&derived, key.n, note)) != BL_OK)
		return err;
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_KDF_PARAM_DIGEST, bl_md_name(ctx, BL_SHA256), 0);
	params[1] = OSSL_PARAM_construct_octet_string(
	    OSSL_KDF_PARAM_KEY, (void *)key.p, key.n);
	params[2] = OSSL_PARAM_construct_octet_string(
	    OSSL_KDF_PARAM_SALT, (void *)salt, sizeof(salt) - 1);
	params[3] = OSSL_PARAM_construct_octet_string(
	    OSSL_KDF_PARAM_INFO, (void *)info.p, info.n);
	params[4] = OSSL_PARAM_construct_end();
	if ((run = EVP_KDF_CTX_new(bl_kdfs_of(ctx)->hkdf)) == NULL ||
	    EVP_KDF_derive(run, bl_secret_fill(derived), key.n, params) != 1) {
		bl_secret_free(derived);
		derived = NULL;
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "no key could be derived", NULL);
	}
	EVP_KDF_CTX_free(run);
	*out = derived;
	return err;
}
