/* do.c - answering a want with a key. */
#include "keys/keys.h"

#include <string.h>

/* An error of the input, not of the surroundings: answered by a refusal. */
static bool
is_refusal(enum bl_err err)
{
	return err == BL_E_MALFORMED || err == BL_E_UNSUPPORTED ||
	    err == BL_E_LIMIT || err == BL_E_FORGED;
}

/* Is this the key that the want names? */
static bool
is_named(const struct bl_priv *key, const uint8_t *id)
{
	return bl_span_equal(
	    bl_priv_key_id(key), bl_span_of(id, BL_SHA256_SIZE));
}

/* May a key of this kind make such a signature? */
static bool
may_sign(enum bl_key_kind kind, const struct bl_sig_alg *alg)
{
	enum bl_digest content = bl_sig_alg_content(alg);

	if (content != BL_SHA256 && content != BL_SHA384 &&
	    content != BL_SHA512 && alg->kind != BL_SIG_ED448)
		return false;
	switch (kind) {
	case BL_KEY_RSA:
		if (alg->kind == BL_SIG_RSA_PKCS1)
			return true;
		return alg->kind == BL_SIG_RSA_PSS && alg->mgf == alg->digest;
	case BL_KEY_RSA_PSS:
		return alg->kind == BL_SIG_RSA_PSS && alg->mgf == alg->digest;
	case BL_KEY_EC_P256:
	case BL_KEY_EC_P384:
	case BL_KEY_EC_P521:
		return alg->kind == BL_SIG_ECDSA;
	case BL_KEY_ED25519:
		return alg->kind == BL_SIG_ED25519;
	case BL_KEY_ED448:
		return alg->kind == BL_SIG_ED448;
	case BL_KEY_DSA:
	case BL_KEY_X25519:
	case BL_KEY_X448:
	case BL_KEY_OTHER:
		break;
	}
	return false;
}

static bool
may_unwrap(enum bl_key_kind kind, const struct bl_want_unwrap *w)
{
	/* of AES, 3DES and ChaCha20; of RC2 with 40 and 64 bits */
	if (w->size != 16 && w->size != 24 && w->size != 32 && w->size != 5 &&
	    w->size != 8)
		return false;
	switch (kind) {
	case BL_KEY_RSA:
		return w->alg.kind == BL_WRAP_RSA_PKCS1 ||
		    w->alg.kind == BL_WRAP_RSA_OAEP;
	case BL_KEY_EC_P256:
	case BL_KEY_EC_P384:
	case BL_KEY_EC_P521:
		return w->alg.kind == BL_WRAP_ECDH;
	case BL_KEY_X25519:
	case BL_KEY_X448:
		return w->alg.kind == BL_WRAP_XDH;
	case BL_KEY_RSA_PSS:
	case BL_KEY_DSA:
	case BL_KEY_ED25519:
	case BL_KEY_ED448:
	case BL_KEY_OTHER:
		break;
	}
	return false;
}

static enum bl_err
refuse(struct bl_buf *answer, enum bl_want_kind kind, enum bl_refusal refusal,
    struct bl_note *note)
{
	struct bl_answer a = {.kind = kind, .refusal = refusal};

	return bl_answer_put(answer, &a, note);
}

static enum bl_err
sign_attributes(struct bl_buf *sig, struct bl_ctx *ctx,
    const struct bl_priv *key, const struct bl_want_sign *w,
    struct bl_note *note)
{
	struct bl_buf attrs = {0};
	enum bl_err err;

	if ((err = bl_signed_attrs_write(&attrs, w, note)) == BL_OK)
		err = bl_priv_sign_bytes(
		    sig, key, ctx, &w->alg, bl_buf_span(&attrs), note);
	bl_buf_clear(&attrs);
	return err;
}

static enum bl_err
sign(struct bl_buf *answer, struct bl_ctx *ctx, const struct bl_priv *key,
    struct bl_span frame, struct bl_note *note)
{
	struct bl_answer a = {.kind = BL_WANT_SIGN};
	struct bl_want_sign w;
	struct bl_buf sig = {0};
	enum bl_err err;

	if ((err = bl_want_sign_get(&w, frame, note)) != BL_OK)
		return err;
	if (!is_named(key, w.key))
		return refuse(answer, a.kind, BL_REFUSED_NO_KEY, note);
	if (w.unknown || !may_sign(bl_priv_kind(key), &w.alg))
		return refuse(answer, a.kind, BL_REFUSED_FORBIDDEN, note);
	if ((err = sign_attributes(&sig, ctx, key, &w, note)) == BL_OK) {
		a.payload = bl_buf_span(&sig);
		err = bl_answer_put(answer, &a, note);
	}
	bl_buf_clear(&sig);
	return err;
}

static enum bl_err
unwrap(struct bl_buf *answer, struct bl_ctx *ctx, const struct bl_priv *key,
    struct bl_span frame, struct bl_note *note)
{
	struct bl_answer a = {.kind = BL_WANT_UNWRAP};
	struct bl_want_unwrap w;
	struct bl_secret *cek = NULL;
	enum bl_err err;

	if ((err = bl_want_unwrap_get(&w, frame, note)) != BL_OK)
		return err;
	if (!is_named(key, w.key))
		return refuse(answer, a.kind, BL_REFUSED_NO_KEY, note);
	if (w.unknown || !may_unwrap(bl_priv_kind(key), &w))
		return refuse(answer, a.kind, BL_REFUSED_FORBIDDEN, note);
	err = bl_priv_unwrap(
	    &cek, key, ctx, &w.alg, w.originator, w.wrapped, w.size, NULL);
	if (err == BL_OK) {
		a.payload = bl_secret_reveal(cek);
		err = bl_answer_put(answer, &a, note);
	} else if (w.alg.kind != BL_WRAP_RSA_PKCS1 && is_refusal(err)) {
		err = refuse(answer, a.kind, BL_REFUSED_FAILED, note);
	} else {
		err = bl_fail(note, err, 0, "a key operation failed", NULL);
	}
	bl_secret_free(cek);
	return err;
}

enum bl_err
bl_key_do(struct bl_buf *answer, struct bl_ctx *ctx, const struct bl_priv *key,
    struct bl_span frame, struct bl_note *note)
{
	switch (bl_want_kind_of(frame)) {
	case BL_WANT_SIGN:
		return sign(answer, ctx, key, frame, note);
	case BL_WANT_UNWRAP:
		return unwrap(answer, ctx, key, frame, note);
	case BL_WANT_CERT:
	case BL_WANT_EVIDENCE:
	case BL_WANT_SHARED:
		break;
	}
	return bl_fail(note, BL_E_MALFORMED, 0, "this is no want for a key",
	    "docs/wire/agent.md 9");
}

enum bl_err
bl_key_answer(struct bl_buf *answer, struct bl_ctx *ctx,
    const struct bl_secret *pkcs8, struct bl_span frame, struct bl_note *note)
{
	struct bl_priv *key = NULL;
	enum bl_err err;

	if ((err = bl_priv_read(&key, ctx, pkcs8, note)) == BL_OK)
		err = bl_key_do(answer, ctx, key, frame, note);
	bl_priv_free(key);
	return err;
}
