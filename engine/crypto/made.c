/* made.c - key pairs that are made here to be kept: for certificates that are
 * issued, and for those who issue them. */
#include <openssl/bn.h>
#include <openssl/core_names.h>

#include "crypto/internal.h"

#define RSA_LEAST 2048 /* bits: what is weaker is not made */

static EVP_PKEY *
make_rsa(struct bl_ctx *ctx, unsigned bits)
{
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new_from_name(ctx->lib, "RSA", NULL);
	size_t size = bits;
	const OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &size),
	    OSSL_PARAM_construct_end()};
	EVP_PKEY *key = NULL;

	if (run == NULL || EVP_PKEY_keygen_init(run) != 1 ||
	    EVP_PKEY_CTX_set_params(run, params) != 1 ||
	    EVP_PKEY_generate(run, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(run);
	return key;
}

/* RSAPrivateKey of two primes, RFC 8017 A.1.2; false: the key lacks one. */
static bool
put_numbers(struct bl_buf *b, const EVP_PKEY *key)
{
	static const char *const names[] = {OSSL_PKEY_PARAM_RSA_N,
	    OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	    OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	    OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	    OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
	size_t seq = bl_der_open(b, BL_DER_SEQUENCE);
	uint8_t bytes[RSA_BYTES_MAX];
	bool ok = true;

	bl_der_put_uint(b, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && ok; i++) {
		BIGNUM *v = NULL;
		int n = 0;

		ok = EVP_PKEY_get_bn_param(key, names[i], &v) == 1 &&
		    BN_num_bytes(v) <= RSA_BYTES_MAX;
		if (ok) {
			n = BN_bn2bin(v, bytes);
			bl_der_put_unsigned(b, bl_span_of(bytes, (size_t)n));
		}
		BN_clear_free(v);
	}
	bl_wipe(bytes, sizeof(bytes));
	bl_der_close(b, seq);
	return ok;
}

/* PrivateKeyInfo, RFC 5958 2. */
static bool
put_rsa(struct bl_buf *b, const EVP_PKEY *key)
{
	size_t info = bl_der_open(b, BL_DER_SEQUENCE), mark;
	bool ok;

	bl_der_put_uint(b, 0);
	mark = bl_der_open(b, BL_DER_SEQUENCE);
	bl_der_put_oid(b, BL_OID_RSA_ENCRYPTION);
	bl_der_put_null(b);
	bl_der_close(b, mark);
	mark = bl_der_open(b, BL_DER_OCTETS);
	ok = put_numbers(b, key);
	bl_der_close(b, mark);
	bl_der_close(b, info);
	return ok;
}

static enum bl_err
new_rsa(struct bl_secret **pkcs8, struct bl_ctx *ctx, unsigned bits,
    struct bl_note *note)
{
	EVP_PKEY *key = make_rsa(ctx, bits);
	struct bl_buf der = {0};
	enum bl_err err;

	if (key == NULL || !put_rsa(&der, key))
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "no key could be made", NULL);
	else if ((err = bl_buf_err(&der, note)) == BL_OK)
		err = bl_secret_copy(pkcs8, bl_buf_span(&der), note);
	EVP_PKEY_free(key);
	bl_buf_clear(&der);
	return err;
}

static enum bl_err
new_ec(struct bl_secret **pkcs8, struct bl_ctx *ctx,
    const struct bl_curve *curve, struct bl_note *note)
{
	/* any key of the curve is a model for another */
	const struct bl_pub model = {.kind = curve->kind,
	    .bits = curve->bits,
	    .key = EVP_PKEY_Q_keygen(ctx->lib, NULL, "EC", curve->name)};
	struct bl_priv *k = NULL;
	enum bl_err err;

	if (model.key == NULL)
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "no key could be made", NULL);
	else if ((err = bl_priv_new_ephemeral(&k, ctx, &model, note)) == BL_OK)
		err = bl_priv_write(pkcs8, k, note);
	bl_priv_free(k);
	EVP_PKEY_free(model.key);
	return err;
}

enum bl_err
bl_priv_new(struct bl_priv **out, struct bl_ctx *ctx, enum bl_key_kind kind,
    unsigned bits, struct bl_note *note)
{
	const struct bl_curve *curve = bl_curve_by_kind(kind);
	const struct bl_limits limits = BL_LIMITS;
	struct bl_secret *pkcs8 = NULL;
	enum bl_err err;

	*out = NULL;
	if (kind != BL_KEY_RSA && curve == NULL)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "no key of this kind is made here", NULL);
	if (kind == BL_KEY_RSA &&
	    (bits < RSA_LEAST || bits > limits.rsa_max_bits || bits % 8 != 0))
		return bl_fail(note, BL_E_CALLER, 0,
		    "no RSA key of this length is made here", NULL);
	/* Read back, all its parts are checked against each other. */
	err = curve != NULL ? new_ec(&pkcs8, ctx, curve, note)
			    : new_rsa(&pkcs8, ctx, bits, note);
	if (err == BL_OK)
		err = bl_priv_read(out, ctx, pkcs8, note);
	bl_secret_free(pkcs8);
	return err;
}
