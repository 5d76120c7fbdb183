/* unwrap.c - content keys recovered with a private key. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include "crypto/internal.h"

#define PKCS1_MORE 11 /* bytes of RFC 8017 7.2.1: 0, 2, eight or more, 0 */
#define KEY_MAX	   64 /* bytes of a content key */
#define PADDED_MAX (KEY_MAX + 16) /* bytes of it in a padded wrap */

/* Private RSA on `in`: how many bytes came out, 0 when it failed. */
static size_t
rsa(uint8_t *to, const struct bl_priv *k, struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, const OSSL_PARAM *params, struct bl_span in)
{
	bool oaep = alg->kind == BL_WRAP_RSA_OAEP;
	const struct bl_run_how how = {.operation = BL_RUN_DECRYPT,
	    .padding = (int)alg->kind,
	    .digest = oaep ? alg->digest : BL_DIGEST_NONE,
	    .mgf = oaep ? alg->mgf : BL_DIGEST_NONE,
	    .label = oaep ? alg->label.n : 0};
	EVP_PKEY_CTX *run = bl_run_begin(&k->pub, ctx, &how, params);
	size_t n = RSA_BYTES_MAX;

	if (run == NULL || EVP_PKEY_decrypt(run, to, &n, in.p, in.n) != 1)
		n = 0;
	bl_run_end(&k->pub, ctx, &how, run, n != 0 && how.label == 0);
	return n;
}

/*
 * Copies the last `size` bytes of the block over `key` when the block is 0, 2,
 * eight or more non-zero bytes, 0, key: in the same steps for every block. As
 * the size is known, nothing is searched for.
 */
static void
unpad(uint8_t *key, size_t size, const uint8_t *block, size_t n, unsigned bad)
{
	const uint8_t *from = block + n - size;
	volatile unsigned keep; /* the compiler is to see no branch here */

	bad |= block[0];
	bad |= block[1] ^ 2u;
	for (size_t i = 2; i < n - size - 1; i++)
		bad |= (block[i] - 1u) >> 8; /* borrows when it is 0 */
	bad |= block[n - size - 1];
	keep = 0u - ((bad | (0u - bad)) >> 31); /* all ones when bad */
	for (size_t i = 0; i < size; i++)
		key[i] = (uint8_t)((key[i] & keep) | (from[i] & ~keep));
}

/*
 * The replacement key is drawn first, and all that may go wrong is one flag.
 * What a sender sees at once (a wrong length, a number over the modulus) need
 * not take the same time; it comes out the same way.
 */
static enum bl_err
unwrap_pkcs1(struct bl_secret *key, const struct bl_priv *k, struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, struct bl_span wrapped, struct bl_note *note)
{
	size_t n = (k->pub.bits + 7) / 8, size = bl_secret_reveal(key).n;
	uint8_t block[RSA_BYTES_MAX] = {0};
	OSSL_PARAM params[2];
	unsigned bad = 0;
	enum bl_err err;

	if (size + PKCS1_MORE > n)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the RSA key is too short for this key wrap", NULL);
	if ((err = bl_random(ctx, bl_secret_fill(key), size, note)) != BL_OK)
		return err;
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_ASYM_CIPHER_PARAM_PAD_MODE, "none", 0);
	params[1] = OSSL_PARAM_construct_end();
	if (wrapped.n != n || rsa(block, k, ctx, alg, params, wrapped) != n)
		bad = 1;
	unpad(bl_secret_fill(key), size, block, n, bad);
	OPENSSL_cleanse(block, sizeof(block));
	ERR_clear_error(); /* what is left there would tell what failed */
	return BL_OK;
}

static enum bl_err
forged(struct bl_note *note)
{
	return bl_crypto_fail(
	    note, BL_E_FORGED, "the content key cannot be recovered", NULL);
}

static enum bl_err
unwrap_oaep(struct bl_secret *key, const struct bl_priv *k, struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, struct bl_span wrapped, struct bl_note *note)
{
	size_t size = bl_secret_reveal(key).n;
	uint8_t block[RSA_BYTES_MAX];
	OSSL_PARAM params[5];
	bool ok;

	if (wrapped.n != (k->pub.bits + 7) / 8)
		return forged(note);
	bl_oaep_params(params, ctx, alg);
	ok = rsa(block, k, ctx, alg, params, wrapped) == size;
	if (ok)
		memcpy(bl_secret_fill(key), block, size);
	OPENSSL_cleanse(block, sizeof(block));
	return ok ? BL_OK : forged(note);
}

/* The wrap says itself whether it holds; a padded one also how long the key
 * is, which has to be what was asked for. */
static enum bl_err
unwrap_aes(struct bl_secret *key, const uint8_t *kek, struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, struct bl_span wrapped)
{
	size_t size = bl_secret_reveal(key).n, n = 0;
	uint8_t block[PADDED_MAX];
	bool ok;

	if (alg->wrap == BL_KEY_WRAP_AES)
		return bl_key_wrap(ctx, BL_DECRYPT, kek, alg->kek_size,
			   bl_secret_fill(key), wrapped)
		    ? BL_OK
		    : BL_E_FORGED;
	ok = bl_key_wrap_pad(
		 ctx, BL_DECRYPT, kek, alg->kek_size, block, &n, wrapped) &&
	    n == size;
	if (ok)
		memcpy(bl_secret_fill(key), block, size);
	OPENSSL_cleanse(block, sizeof(block));
	return ok ? BL_OK : BL_E_FORGED;
}

static enum bl_err
unwrap_ecdh(struct bl_secret *key, const struct bl_priv *k, struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, EVP_PKEY *originator, struct bl_span wrapped,
    struct bl_note *note)
{
	uint8_t kek[32];
	enum bl_err err;

	if (wrapped.n != bl_wrapped_size(alg->wrap, bl_secret_reveal(key).n))
		return forged(note);
	if ((err = bl_kek_derive(kek, k, originator, ctx, alg, NULL)) == BL_OK)
		err = unwrap_aes(key, kek, ctx, alg, wrapped);
	OPENSSL_cleanse(kek, sizeof(kek));
	if (err == BL_E_FORGED)
		return forged(note);
	return err == BL_OK
	    ? BL_OK
	    : bl_fail(note, err, 0, "no key could be agreed on", NULL);
}

static enum bl_err
unwrap(struct bl_secret *key, const struct bl_priv *k, struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, struct bl_span originator,
    struct bl_span wrapped, struct bl_note *note)
{
	EVP_PKEY *peer = NULL;
	enum bl_err err;

	if (alg->kind == BL_WRAP_RSA_PKCS1)
		return unwrap_pkcs1(key, k, ctx, alg, wrapped, note);
	if (alg->kind == BL_WRAP_RSA_OAEP)
		return unwrap_oaep(key, k, ctx, alg, wrapped, note);
	err = bl_peer_read(&peer, ctx, k->pub.kind, originator, NULL);
	if (err == BL_E_MALFORMED)
		return forged(note);
	if (err == BL_OK)
		err = unwrap_ecdh(key, k, ctx, alg, peer, wrapped, note);
	EVP_PKEY_free(peer);
	return err;
}

enum bl_err
bl_priv_unwrap(struct bl_secret **out, const struct bl_priv *k,
    struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    struct bl_span originator, struct bl_span wrapped, size_t size,
    struct bl_note *note)
{
	struct bl_secret *key = NULL;
	enum bl_err err;

	*out = NULL;
	if (size == 0 || size > KEY_MAX)
		return bl_fail(
		    note, BL_E_CALLER, 0, "no content key has this size", NULL);
	if ((err = bl_wrap_check(ctx, alg, k->pub.kind, note)) != BL_OK ||
	    (err = bl_secret_here(&key, ctx, size, note)) != BL_OK)
		return err;
	err = unwrap(key, k, ctx, alg, originator, wrapped, note);
	if (err != BL_OK) {
		bl_secret_free(key);
		return err;
	}
	*out = key;
	return BL_OK;
}
