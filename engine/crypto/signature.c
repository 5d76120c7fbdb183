/* signature.c - making and checking signatures over a digest value, or over
 * the bytes themselves. */
#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/internal.h"

/* RFC 4055 3.3: same digests, and a salt that is no shorter. */
static bool
keeps_the_rule(const struct bl_pub *k, const struct bl_sig_alg *alg)
{
	if (k->kind != BL_KEY_RSA_PSS || !k->restricted)
		return true;
	return k->rule.kind == BL_SIG_RSA_PSS &&
	    k->rule.digest == alg->digest && k->rule.mgf == alg->mgf &&
	    alg->salt >= k->rule.salt;
}

static bool
go_together(const struct bl_pub *k, const struct bl_sig_alg *alg)
{
	switch (alg->kind) {
	case BL_SIG_RSA_PKCS1:
		return k->kind == BL_KEY_RSA;
	case BL_SIG_RSA_PSS:
		return (k->kind == BL_KEY_RSA || k->kind == BL_KEY_RSA_PSS) &&
		    keeps_the_rule(k, alg);
	case BL_SIG_ECDSA:
		return bl_curve_by_kind(k->kind) != NULL;
	case BL_SIG_ED25519:
		return k->kind == BL_KEY_ED25519;
	case BL_SIG_ED448:
		return k->kind == BL_KEY_ED448;
	case BL_SIG_DSA:
	case BL_SIG_OTHER:
		break;
	}
	return false;
}

static enum bl_err
check(const struct bl_pub *k, const struct bl_ctx *ctx,
    const struct bl_sig_alg *alg, const struct bl_digest_value *digest,
    struct bl_note *note)
{
	/* EdDSA signs no digest: there is no one-pass way to it */
	if (!go_together(k, alg) || bl_sig_takes_bytes(alg->kind))
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "key and signature algorithm do not go together", NULL);
	if (bl_md_name(ctx, alg->digest) == NULL ||
	    (alg->kind == BL_SIG_RSA_PSS && bl_md_name(ctx, alg->mgf) == NULL))
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the digest of the signature is not handled", NULL);
	if (digest->alg != alg->digest ||
	    digest->n != bl_digest_size(alg->digest))
		return bl_fail(note, BL_E_CALLER, 0,
		    "the digest is not the one the algorithm names", NULL);
	return BL_OK;
}

static struct bl_run_how
how_to(const struct bl_sig_alg *alg, enum bl_direction way)
{
	bool pss = alg->kind == BL_SIG_RSA_PSS;

	return (struct bl_run_how){
	    .operation = way == BL_ENCRYPT ? BL_RUN_SIGN : BL_RUN_VERIFY,
	    .padding = (int)alg->kind,
	    .digest = alg->digest,
	    .mgf = pss ? alg->mgf : BL_DIGEST_NONE,
	    /* below 0 the library takes it for a wish, such as "as long as
	     * fits" */
	    .salt = !pss		    ? 0
		: alg->salt < RSA_BYTES_MAX ? alg->salt
					    : RSA_BYTES_MAX};
}

/* The operation, with all parameters of the algorithm. */
static EVP_PKEY_CTX *
prepare(
    const struct bl_pub *k, struct bl_ctx *ctx, const struct bl_run_how *how)
{
	bool pss = how->padding == BL_SIG_RSA_PSS;
	int salt = (int)how->salt;
	OSSL_PARAM params[5], *p = params;

	if (how->padding != BL_SIG_ECDSA)
		*p++ = OSSL_PARAM_construct_utf8_string(
		    OSSL_SIGNATURE_PARAM_PAD_MODE, pss ? "pss" : "pkcs1", 0);
	*p++ = OSSL_PARAM_construct_utf8_string(
	    OSSL_SIGNATURE_PARAM_DIGEST, bl_md_name(ctx, how->digest), 0);
	if (pss) {
		*p++ = OSSL_PARAM_construct_utf8_string(
		    OSSL_SIGNATURE_PARAM_MGF1_DIGEST, bl_md_name(ctx, how->mgf),
		    0);
		*p++ = OSSL_PARAM_construct_int(
		    OSSL_SIGNATURE_PARAM_PSS_SALTLEN, &salt);
	}
	*p = OSSL_PARAM_construct_end();
	return bl_run_begin(k, ctx, how, params);
}

static bool
is_field_size(struct bl_span v, size_t bytes)
{
	if (v.n == 0 || v.p[0] >= 0x80 || (v.n == 1 && v.p[0] == 0))
		return false; /* negative or zero */
	return v.n <= bytes || (v.n == bytes + 1 && v.p[0] == 0);
}

/* Ecdsa-Sig-Value, RFC 5480 A: nothing but two positive minimal INTEGERs. */
static bool
is_ecdsa_value(const struct bl_pub *k, struct bl_span sig)
{
	size_t bytes = bl_curve_by_kind(k->kind)->bytes;
	struct bl_der in = bl_der_of(sig);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_span r = bl_der_integer(&seq), s = bl_der_integer(&seq);

	bl_der_leave(&in, &seq);
	return bl_der_done(&in) && is_field_size(r, bytes) &&
	    is_field_size(s, bytes);
}

static bool
has_shape(
    const struct bl_pub *k, const struct bl_sig_alg *alg, struct bl_span sig)
{
	if (alg->kind == BL_SIG_ECDSA)
		return is_ecdsa_value(k, sig);
	return sig.n == (k->bits + 7) / 8 && alg->salt <= RSA_BYTES_MAX;
}

enum bl_err
bl_pub_verify(const struct bl_pub *k, struct bl_ctx *ctx,
    const struct bl_sig_alg *alg, const struct bl_digest_value *digest,
    struct bl_span sig, struct bl_note *note)
{
	const char *what = "the signature does not hold";
	const struct bl_run_how how = how_to(alg, BL_DECRYPT);
	EVP_PKEY_CTX *run = NULL;
	enum bl_err err;

	if ((err = check(k, ctx, alg, digest, note)) != BL_OK)
		return err;
	if (!has_shape(k, alg, sig))
		return bl_fail(note, BL_E_FORGED, 0, what, NULL);
	if ((run = prepare(k, ctx, &how)) == NULL)
		return bl_crypto_fail(
		    note, BL_E_SYSTEM, "the signature cannot be checked", NULL);
	if (EVP_PKEY_verify(run, sig.p, sig.n, digest->p, digest->n) != 1)
		err = bl_crypto_fail(note, BL_E_FORGED, what, NULL);
	bl_run_end(k, ctx, &how, run, err == BL_OK);
	return err;
}

enum bl_err
bl_priv_sign(struct bl_buf *out, const struct bl_priv *k, struct bl_ctx *ctx,
    const struct bl_sig_alg *alg, const struct bl_digest_value *digest,
    struct bl_note *note)
{
	const struct bl_run_how how = how_to(alg, BL_ENCRYPT);
	EVP_PKEY_CTX *run = NULL;
	uint8_t *to;
	enum bl_err err;
	size_t n;

	if ((err = check(&k->pub, ctx, alg, digest, note)) != BL_OK)
		return err;
	n = (size_t)EVP_PKEY_get_size(k->pub.key);
	if ((to = bl_buf_grow(out, n)) == NULL)
		return bl_buf_err(out, note);
	if ((run = prepare(&k->pub, ctx, &how)) == NULL ||
	    EVP_PKEY_sign(run, to, &n, digest->p, digest->n) != 1)
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the signature cannot be made", NULL);
	else
		out->n += n;
	bl_run_end(&k->pub, ctx, &how, run, err == BL_OK);
	return err;
}

/* ---- over the bytes themselves ---- */

/* EdDSA takes no digest, and has none of its own to name: RFC 8419 2. */
static enum bl_err
check_whole(
    const struct bl_pub *k, const struct bl_sig_alg *alg, struct bl_note *note)
{
	if (!go_together(k, alg) || alg->digest != BL_DIGEST_NONE)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "key and signature algorithm do not go together", NULL);
	return BL_OK;
}

enum bl_err
bl_pub_verify_bytes(const struct bl_pub *k, struct bl_ctx *ctx,
    const struct bl_sig_alg *alg, struct bl_span bytes, struct bl_span sig,
    struct bl_note *note)
{
	struct bl_digest_value digest;
	EVP_MD_CTX *run = NULL;
	enum bl_err err;

	if (!bl_sig_takes_bytes(alg->kind)) {
		if ((err = bl_digest_of(
			 &digest, ctx, alg->digest, bytes, note)) != BL_OK)
			return err;
		return bl_pub_verify(k, ctx, alg, &digest, sig, note);
	}
	if ((err = check_whole(k, alg, note)) != BL_OK)
		return err;
	if ((run = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestVerifyInit_ex(
		run, NULL, NULL, ctx->lib, NULL, k->key, NULL) != 1)
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the signature cannot be checked", NULL);
	else if (EVP_DigestVerify(run, sig.p, sig.n, bytes.p, bytes.n) != 1)
		err = bl_crypto_fail(
		    note, BL_E_FORGED, "the signature does not hold", NULL);
	EVP_MD_CTX_free(run);
	return err;
}

enum bl_err
bl_priv_sign_bytes(struct bl_buf *out, const struct bl_priv *k,
    struct bl_ctx *ctx, const struct bl_sig_alg *alg, struct bl_span bytes,
    struct bl_note *note)
{
	struct bl_digest_value digest;
	EVP_MD_CTX *run = NULL;
	size_t n;
	uint8_t *to;
	enum bl_err err;

	if (!bl_sig_takes_bytes(alg->kind)) {
		if ((err = bl_digest_of(
			 &digest, ctx, alg->digest, bytes, note)) != BL_OK)
			return err;
		return bl_priv_sign(out, k, ctx, alg, &digest, note);
	}
	if ((err = check_whole(&k->pub, alg, note)) != BL_OK)
		return err;
	n = (size_t)EVP_PKEY_get_size(k->pub.key);
	if ((to = bl_buf_grow(out, n)) == NULL)
		return bl_buf_err(out, note);
	if ((run = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestSignInit_ex(
		run, NULL, NULL, ctx->lib, NULL, k->pub.key, NULL) != 1 ||
	    EVP_DigestSign(run, to, &n, bytes.p, bytes.n) != 1)
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the signature cannot be made", NULL);
	else
		out->n += n;
	EVP_MD_CTX_free(run);
	return err;
}
