/* sealing.c - one run of a content cipher: GCM or ChaCha20-Poly1305 with its
 * tag, CBC with the padding of RFC 5652 6.3. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "crypto/internal.h"

#define BLOCK_MAX  16		     /* bytes */
#define STEP_MAX   ((size_t)1 << 30) /* bytes; the library counts in int */
#define GCM_MAX	   (((uint64_t)1 << 36) - 32) /* bytes; NIST SP 800-38D 5.2.1.1 */
#define CHACHA_MAX (((uint64_t)1 << 38) - 64) /* bytes; RFC 8439 2.8 */

enum stage { AAD, CONTENT, ENDED };

struct bl_sealing {
	EVP_CIPHER_CTX *run;
	enum bl_direction way;
	enum stage stage;
	bool aead;
	uint64_t most;		 /* bytes of content; AEAD only */
	size_t block;		 /* bytes, CBC only */
	uint64_t total;		 /* bytes of content so far */
	uint8_t held[BLOCK_MAX]; /* decrypting CBC: what may be the padding */
	size_t held_n;
};

static enum bl_err
failed(struct bl_note *note)
{
	return bl_crypto_fail(note, BL_E_SYSTEM, "the cipher failed", NULL);
}

/* One text for tag and padding, so that nobody learns which it was. */
static enum bl_err
forged(struct bl_note *note)
{
	return bl_crypto_fail(note, BL_E_FORGED,
	    "content cannot be decrypted or was altered", NULL);
}

static enum bl_err
check(struct bl_ctx *ctx, enum bl_cipher c, size_t key, size_t iv,
    struct bl_note *note)
{
	if (bl_cipher_key_size(c) == 0)
		return bl_fail(note, BL_E_CALLER, 0, "no such cipher", NULL);
	if (key != bl_cipher_key_size(c) || iv != bl_cipher_iv_size(c))
		return bl_fail(note, BL_E_CALLER, 0,
		    "key or initialisation vector has the wrong size", NULL);
	if (bl_ciphers_of(ctx)->of[c] == NULL)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the crypto library lacks this cipher", NULL);
	return BL_OK;
}

enum bl_err
bl_sealing_new(struct bl_sealing **out, struct bl_ctx *ctx, enum bl_cipher c,
    enum bl_direction way, const struct bl_secret *key, struct bl_span iv,
    struct bl_note *note)
{
	struct bl_span k = bl_secret_reveal(key);
	struct bl_sealing *s = NULL;
	enum bl_err err;

	*out = NULL;
	if ((err = check(ctx, c, k.n, iv.n, note)) != BL_OK)
		return err;
	if ((s = bl_alloc(sizeof(*s))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	s->way = way;
	s->aead = bl_cipher_is_aead(c);
	s->block = s->aead ? 0 : bl_cipher_iv_size(c);
	s->most = c == BL_CHACHA20_POLY1305 ? CHACHA_MAX : GCM_MAX;
	if ((s->run = EVP_CIPHER_CTX_new()) == NULL ||
	    EVP_CipherInit_ex2(s->run, bl_ciphers_of(ctx)->of[c], k.p, iv.p,
		way == BL_ENCRYPT ? 1 : 0, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(s->run, 0) != 1) {
		bl_sealing_free(s);
		return failed(note);
	}
	*out = s;
	return BL_OK;
}

/* Runs `n` bytes through, in steps that the library can count. */
static bool
step(EVP_CIPHER_CTX *run, uint8_t *to, size_t *made, const uint8_t *p, size_t n)
{
	while (n > 0) {
		size_t now = n < STEP_MAX ? n : STEP_MAX;
		int got = 0;

		if (EVP_CipherUpdate(run, to, &got, p, (int)now) != 1)
			return false;
		if (to != NULL) {
			to += got;
			*made += (size_t)got;
		}
		p += now;
		n -= now;
	}
	return true;
}

enum bl_err
bl_sealing_aad(struct bl_sealing *s, struct bl_span aad, struct bl_note *note)
{
	size_t none = 0;

	if (!s->aead || s->stage != AAD)
		return bl_fail(note, BL_E_CALLER, 0,
		    "authenticated data comes before the content of an AEAD",
		    NULL);
	if (!step(s->run, NULL, &none, aad.p, aad.n))
		return failed(note);
	return BL_OK;
}

/* Runs the held bytes and all of `in` but the last 1 to `block` bytes. */
static bool
step_back_one(
    struct bl_sealing *s, uint8_t *to, size_t *made, struct bl_span in)
{
	size_t all = s->held_n + in.n;
	size_t go = all == 0 ? 0 : (all - 1) / s->block * s->block;

	if (go > 0) {
		uint8_t *at = to;

		if (!step(s->run, at, made, s->held, s->held_n) ||
		    !step(s->run, to + *made, made, in.p, go - s->held_n))
			return false;
		in = bl_span_cut(in, go - s->held_n, SIZE_MAX);
		s->held_n = 0;
	}
	if (in.n > 0)
		memcpy(s->held + s->held_n, in.p, in.n);
	s->held_n += in.n;
	return true;
}

enum bl_err
bl_sealing_add(struct bl_sealing *s, struct bl_buf *out, struct bl_span in,
    struct bl_note *note)
{
	size_t made = 0;
	uint8_t *to;
	bool ok;

	if (s->stage == ENDED)
		return bl_fail(
		    note, BL_E_CALLER, 0, "the content has ended", NULL);
	s->stage = CONTENT;
	if (s->aead && in.n > s->most - s->total)
		return bl_fail(note, BL_E_LIMIT, 0,
		    "content is longer than the cipher allows",
		    s->most == GCM_MAX ? "NIST SP 800-38D" : "RFC 8439 2.8");
	if (in.n == 0)
		return BL_OK;
	if ((to = bl_buf_grow(out, in.n + BLOCK_MAX)) == NULL)
		return bl_buf_err(out, note);
	if (s->aead || s->way == BL_ENCRYPT)
		ok = step(s->run, to, &made, in.p, in.n);
	else
		ok = step_back_one(s, to, &made, in);
	if (!ok)
		return failed(note);
	s->total += in.n;
	out->n += made;
	return BL_OK;
}

static enum bl_err
end_aead(struct bl_sealing *s, uint8_t *tag, struct bl_note *note)
{
	uint8_t none[BLOCK_MAX];
	int got = 0;

	if (tag == NULL)
		return bl_fail(
		    note, BL_E_CALLER, 0, "no room for the tag", NULL);
	if (s->way == BL_ENCRYPT) {
		if (EVP_CipherFinal_ex(s->run, none, &got) != 1 ||
		    EVP_CIPHER_CTX_ctrl(
			s->run, EVP_CTRL_AEAD_GET_TAG, BL_TAG_SIZE, tag) != 1)
			return failed(note);
		return BL_OK;
	}
	if (EVP_CIPHER_CTX_ctrl(
		s->run, EVP_CTRL_AEAD_SET_TAG, BL_TAG_SIZE, tag) != 1)
		return failed(note);
	if (EVP_CipherFinal_ex(s->run, none, &got) != 1)
		return forged(note);
	return BL_OK;
}

static enum bl_err
end_padded(struct bl_sealing *s, struct bl_buf *out, struct bl_note *note)
{
	size_t pad = s->block - s->total % s->block, made = 0;
	uint8_t last[BLOCK_MAX], *to;

	if ((to = bl_buf_grow(out, BLOCK_MAX)) == NULL)
		return bl_buf_err(out, note);
	memset(last, (int)pad, sizeof(last));
	if (!step(s->run, to, &made, last, pad))
		return failed(note);
	out->n += made;
	return BL_OK;
}

/*
 * How many bytes of padding end the block, 0 when it is none: in the same
 * steps for every content of the block.
 */
static unsigned
padding(const uint8_t *block, unsigned size)
{
	unsigned n = block[size - 1], bad;

	bad = (n - 1) >> 8 | (size - n) >> 8; /* borrows when n is 0 or over */
	for (unsigned i = 1; i <= size; i++) {
		unsigned in = ~((n - i) >> 8); /* all ones when i <= n */

		bad |= in & 0xff & (block[size - i] ^ n);
	}
	/* 0 becomes all ones, anything else 0 */
	return n & (((bad | (0u - bad)) >> 31) - 1);
}

static enum bl_err
end_unpadded(struct bl_sealing *s, struct bl_buf *out, struct bl_note *note)
{
	uint8_t last[BLOCK_MAX];
	size_t made = 0;
	unsigned pad;

	if (s->held_n != s->block)
		return forged(note);
	if (!step(s->run, last, &made, s->held, s->block))
		return failed(note);
	pad = padding(last, (unsigned)s->block);
	if (pad != 0)
		bl_buf_add(out, bl_span_of(last, s->block - pad));
	OPENSSL_cleanse(last, sizeof(last));
	return pad != 0 ? bl_buf_err(out, note) : forged(note);
}

enum bl_err
bl_sealing_end(struct bl_sealing *s, struct bl_buf *out, uint8_t *tag,
    struct bl_note *note)
{
	if (s->stage == ENDED)
		return bl_fail(
		    note, BL_E_CALLER, 0, "the content has ended", NULL);
	s->stage = ENDED;
	if (s->aead)
		return end_aead(s, tag, note);
	if (s->way == BL_ENCRYPT)
		return end_padded(s, out, note);
	return end_unpadded(s, out, note);
}

void
bl_sealing_free(struct bl_sealing *s)
{
	if (s == NULL)
		return;
	EVP_CIPHER_CTX_free(s->run);
	bl_wipe(s, sizeof(*s));
	bl_release(s);
}
