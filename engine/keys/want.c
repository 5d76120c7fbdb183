/* want.c - the frames of wants for keys, docs/wire/agent.md 3 and 4. */
#include "keys/wire.h"

#include <string.h>

#define SALT_MAX       1024 /* bytes */
#define ATTRIBUTES_MAX 16
#define ATTRIBUTE_MAX  16384 /* bytes of one value */
#define INFO_MAX       BL_ECDH_INFO_MAX
#define ORIGINATOR_MAX 4096 /* bytes: ML-KEM-1024 ciphertext, and more */
#define WRAPPED_MAX    2048 /* bytes */

enum { ATTRIBUTE_CAPABILITIES = 1, ATTRIBUTE_PREFERENCE = 2 };

enum bl_want_kind
bl_want_kind_of(struct bl_span frame)
{
	if (frame.n < 2 || frame.p[1] != BL_WIRE_VERSION)
		return 0;
	return bl_want_is_kind(frame.p[0]) ? (enum bl_want_kind)frame.p[0] : 0;
}

struct bl_span
bl_want_key_of(struct bl_span frame)
{
	enum bl_want_kind kind = bl_want_kind_of(frame);

	if ((kind != BL_WANT_SIGN && kind != BL_WANT_UNWRAP) ||
	    frame.n < 2 + BL_SHA256_SIZE)
		return (struct bl_span){0};
	return bl_span_cut(frame, 2, BL_SHA256_SIZE);
}

static void
take_key(uint8_t *key, struct bl_wire *w)
{
	struct bl_span s = bl_wire_bytes(w, BL_SHA256_SIZE);

	if (s.n == BL_SHA256_SIZE)
		memcpy(key, s.p, s.n);
}

/* ---- SIGN ---- */

/* Does the algorithm go with its parameters and with the content's digest? */
static bool
sign_alg_ok(const struct bl_want_sign *w)
{
	const struct bl_sig_alg *alg = &w->alg;
	bool plain = alg->mgf == BL_DIGEST_NONE && alg->salt == 0;
	bool digest = alg->digest != BL_DIGEST_NONE &&
	    alg->digest == w->message_digest.alg;

	switch (alg->kind) {
	case BL_SIG_RSA_PKCS1:
	case BL_SIG_ECDSA:
	case BL_SIG_DSA:
		return plain && digest;
	case BL_SIG_RSA_PSS:
		return digest && alg->mgf != BL_DIGEST_NONE;
	case BL_SIG_ED25519:
	case BL_SIG_ED448:
		/* RFC 8419 2.3: with attributes, a given digest of the content
		 */
		return plain && alg->digest == BL_DIGEST_NONE &&
		    w->message_digest.alg == bl_sig_alg_content(alg);
	case BL_SIG_OTHER:
		break;
	}
	return true;
}

static void
take_sign_alg(struct bl_want_sign *out, struct bl_wire *w)
{
	bool *unknown = &out->unknown;

	out->alg.kind = bl_wire_sig(bl_wire_u8(w), unknown);
	out->alg.digest = bl_wire_digest(bl_wire_u8(w), unknown);
	out->alg.mgf = bl_wire_digest(bl_wire_u8(w), unknown);
	out->alg.salt = bl_wire_u16(w);
	if (out->alg.salt > SALT_MAX)
		w->bad = true;
}

static void
take_digest(struct bl_want_sign *out, struct bl_wire *w)
{
	struct bl_digest_value *v = &out->message_digest;
	bool other = false;
	struct bl_span s;

	v->alg = bl_wire_digest(bl_wire_u8(w), &other);
	s = bl_wire_var8(w, 1, BL_DIGEST_MAX);
	if (!other && s.n != bl_digest_size(v->alg))
		w->bad = true;
	out->unknown = out->unknown || other;
	if (s.n != 0)
		memcpy(v->p, s.p, s.n);
	v->n = s.n;
}

/* SMIMEEncryptionKeyPreference, RFC 8551 2.5.3: one of three. */
static bool
preference_ok(struct bl_span s)
{
	return bl_wire_element_ok(s, BL_DER_CONTEXT(0)) ||
	    bl_wire_element_ok(s, BL_DER_CONTEXT(1)) ||
	    bl_wire_element_ok(s, BL_DER_IMPLICIT(2));
}

static void
take_attributes(struct bl_want_sign *out, struct bl_wire *w)
{
	unsigned n = bl_wire_u8(w), before = 0;

	if (n > ATTRIBUTES_MAX)
		w->bad = true;
	for (unsigned i = 0; i < n && !w->bad; i++) {
		unsigned number = bl_wire_u8(w);
		struct bl_span value = bl_wire_var16(w, 2, ATTRIBUTE_MAX);

		if (number <= before)
			w->bad = true;
		before = number;
		if (number == ATTRIBUTE_CAPABILITIES) {
			out->capabilities = value;
			if (!bl_wire_element_ok(value, BL_DER_SEQUENCE))
				w->bad = true;
		} else if (number == ATTRIBUTE_PREFERENCE) {
			out->preference = value;
			if (!preference_ok(value))
				w->bad = true;
		} else {
			out->unknown = true;
		}
	}
}

enum bl_err
bl_want_sign_get(
    struct bl_want_sign *out, struct bl_span frame, struct bl_note *note)
{
	struct bl_wire w = {.left = frame};
	enum bl_err err;

	*out = (struct bl_want_sign){0};
	if (frame.n > BL_KEY_FRAME_MAX)
		w.bad = true;
	bl_wire_head(&w, BL_WANT_SIGN);
	take_key(out->key, &w);
	take_sign_alg(out, &w);
	out->content_type = bl_wire_content(bl_wire_u8(&w), &out->unknown);
	out->signing_time = bl_wire_time(&w);
	take_digest(out, &w);
	out->cert_hash = bl_wire_bytes(&w, BL_SHA256_SIZE);
	out->cert_issuer = bl_wire_var16(&w, 2, BL_WIRE_NAME_MAX);
	out->cert_serial = bl_wire_var8(&w, 1, BL_WIRE_SERIAL_MAX);
	take_attributes(out, &w);
	if (!out->unknown && !sign_alg_ok(out))
		w.bad = true;
	if (!bl_wire_element_ok(out->cert_issuer, BL_DER_SEQUENCE) ||
	    !bl_wire_integer_ok(out->cert_serial))
		w.bad = true;
	if ((err = bl_wire_end(&w, frame, note)) != BL_OK)
		*out = (struct bl_want_sign){0};
	return err;
}

static void
put_attribute(struct bl_buf *out, uint8_t number, struct bl_span value)
{
	if (value.n == 0)
		return;
	bl_buf_add_u8(out, number);
	bl_wire_put_var16(out, value);
}

enum bl_err
bl_want_sign_put(
    struct bl_buf *out, const struct bl_want_sign *w, struct bl_note *note)
{
	struct bl_want_sign check;
	size_t from = out->n;

	bl_wire_put_head(out, BL_WANT_SIGN);
	bl_buf_add(out, bl_span_of(w->key, sizeof(w->key)));
	bl_buf_add_u8(out, bl_wire_sig_number(w->alg.kind));
	bl_buf_add_u8(out, bl_wire_digest_number(w->alg.digest));
	bl_buf_add_u8(out, bl_wire_digest_number(w->alg.mgf));
	bl_wire_put_u16(
	    out, w->alg.salt > SALT_MAX ? UINT16_MAX : (uint16_t)w->alg.salt);
	bl_buf_add_u8(out, bl_wire_content_number(w->content_type));
	bl_wire_put_u64(out, (uint64_t)w->signing_time);
	bl_buf_add_u8(out, bl_wire_digest_number(w->message_digest.alg));
	bl_wire_put_var8(out,
	    bl_span_of(w->message_digest.p,
		w->message_digest.n <= BL_DIGEST_MAX ? w->message_digest.n
						     : 0));
	bl_buf_add(out, w->cert_hash);
	bl_wire_put_var16(out, w->cert_issuer);
	bl_wire_put_var8(out, w->cert_serial);
	bl_buf_add_u8(
	    out, (uint8_t)((w->capabilities.n != 0) + (w->preference.n != 0)));
	put_attribute(out, ATTRIBUTE_CAPABILITIES, w->capabilities);
	put_attribute(out, ATTRIBUTE_PREFERENCE, w->preference);
	/* What the reader would refuse or not know is not written. */
	if (out->err != BL_OK || w->cert_hash.n != BL_SHA256_SIZE ||
	    bl_want_sign_get(&check, bl_span_of(out->p + from, out->n - from),
		NULL) != BL_OK ||
	    check.unknown)
		return bl_wire_undo(out, from, note);
	return BL_OK;
}

/* ---- UNWRAP ---- */

enum { KDF_NONE, KDF_X963, KDF_HKDF };
enum { KEY_WRAP_NONE, KEY_WRAP_AES, KEY_WRAP_AES_PAD };

struct unwrap_numbers {
	unsigned kdf, key_wrap;
};

static bool
rsa_ok(const struct bl_want_unwrap *w, const struct unwrap_numbers *n)
{
	return n->kdf == KDF_NONE && n->key_wrap == KEY_WRAP_NONE &&
	    w->alg.kek_size == 0 && w->alg.info.n == 0 && w->originator.n == 0;
}

static bool
unwrap_alg_ok(const struct bl_want_unwrap *w, const struct unwrap_numbers *n)
{
	const struct bl_wrap_alg *alg = &w->alg;

	switch (alg->kind) {
	case BL_WRAP_RSA_PKCS1:
		return rsa_ok(w, n) && alg->digest == BL_DIGEST_NONE &&
		    alg->mgf == BL_DIGEST_NONE && alg->label.n == 0;
	case BL_WRAP_RSA_OAEP:
		return rsa_ok(w, n) && alg->digest != BL_DIGEST_NONE &&
		    alg->mgf != BL_DIGEST_NONE;
	case BL_WRAP_ECDH:
	case BL_WRAP_XDH:
		return n->kdf != KDF_NONE && n->key_wrap != KEY_WRAP_NONE &&
		    alg->digest != BL_DIGEST_NONE &&
		    alg->mgf == BL_DIGEST_NONE &&
		    (alg->label.n == 0 || n->kdf == KDF_HKDF) &&
		    (alg->kek_size == 16 || alg->kek_size == 24 ||
			alg->kek_size == 32) &&
		    alg->info.n != 0 && w->originator.n != 0;
	case BL_WRAP_OTHER:
		break;
	}
	return true;
}

enum bl_err
bl_want_unwrap_get(
    struct bl_want_unwrap *out, struct bl_span frame, struct bl_note *note)
{
	struct bl_wire w = {.left = frame};
	struct unwrap_numbers n;
	enum bl_err err;

	*out = (struct bl_want_unwrap){0};
	/* its fields keep it below BL_KEY_FRAME_MAX */
	bl_wire_head(&w, BL_WANT_UNWRAP);
	take_key(out->key, &w);
	out->alg.kind = bl_wire_wrap(bl_wire_u8(&w), &out->unknown);
	n.kdf = bl_wire_u8(&w);
	out->alg.digest = bl_wire_digest(bl_wire_u8(&w), &out->unknown);
	out->alg.mgf = bl_wire_digest(bl_wire_u8(&w), &out->unknown);
	n.key_wrap = bl_wire_u8(&w);
	out->alg.kek_size = bl_wire_u8(&w);
	out->size = bl_wire_u8(&w);
	if (out->size < 1 || out->size > BL_WIRE_KEY_MAX)
		w.bad = true;
	out->alg.label = bl_wire_var16(&w, 0, BL_OAEP_LABEL_MAX);
	out->alg.info = bl_wire_var16(&w, 0, INFO_MAX);
	out->originator = bl_wire_var16(&w, 0, ORIGINATOR_MAX);
	out->wrapped = bl_wire_var16(&w, 1, WRAPPED_MAX);
	if (n.kdf > KDF_HKDF || n.key_wrap > KEY_WRAP_AES_PAD)
		out->unknown = true;
	out->alg.kdf = n.kdf == KDF_HKDF ? BL_AGREE_HKDF : BL_AGREE_X963;
	out->alg.wrap = n.key_wrap == KEY_WRAP_AES_PAD ? BL_KEY_WRAP_AES_PAD
						       : BL_KEY_WRAP_AES;
	if (!out->unknown && !unwrap_alg_ok(out, &n))
		w.bad = true;
	if ((err = bl_wire_end(&w, frame, note)) != BL_OK)
		*out = (struct bl_want_unwrap){0};
	return err;
}

static struct unwrap_numbers
numbers_of(const struct bl_wrap_alg *alg)
{
	struct unwrap_numbers n = {KDF_NONE, KEY_WRAP_NONE};

	if (alg->kind != BL_WRAP_ECDH && alg->kind != BL_WRAP_XDH)
		return n;
	n.kdf = alg->kdf == BL_AGREE_HKDF ? KDF_HKDF : KDF_X963;
	n.key_wrap = alg->wrap == BL_KEY_WRAP_AES_PAD ? KEY_WRAP_AES_PAD
						      : KEY_WRAP_AES;
	return n;
}

enum bl_err
bl_want_unwrap_put(
    struct bl_buf *out, const struct bl_want_unwrap *w, struct bl_note *note)
{
	struct unwrap_numbers n = numbers_of(&w->alg);
	struct bl_want_unwrap check;
	size_t from = out->n;

	bl_wire_put_head(out, BL_WANT_UNWRAP);
	bl_buf_add(out, bl_span_of(w->key, sizeof(w->key)));
	bl_buf_add_u8(out, bl_wire_wrap_number(w->alg.kind));
	bl_buf_add_u8(out, (uint8_t)n.kdf);
	bl_buf_add_u8(out, bl_wire_digest_number(w->alg.digest));
	bl_buf_add_u8(out, bl_wire_digest_number(w->alg.mgf));
	bl_buf_add_u8(out, (uint8_t)n.key_wrap);
	bl_buf_add_u8(out,
	    w->alg.kek_size > UINT8_MAX ? UINT8_MAX : (uint8_t)w->alg.kek_size);
	bl_buf_add_u8(out, w->size > UINT8_MAX ? UINT8_MAX : (uint8_t)w->size);
	bl_wire_put_var16(out, w->alg.label);
	bl_wire_put_var16(out, w->alg.info);
	bl_wire_put_var16(out, w->originator);
	bl_wire_put_var16(out, w->wrapped);
	if (out->err != BL_OK ||
	    bl_want_unwrap_get(&check, bl_span_of(out->p + from, out->n - from),
		NULL) != BL_OK ||
	    check.unknown)
		return bl_wire_undo(out, from, note);
	return BL_OK;
}
