/* vault.c - see vault.h. */
#include "message/vault.h"

#define KEY_SIZE 32 /* bytes: AES-256 */
#define IV_SIZE	 12 /* bytes: GCM */

void
bl_vault_init(struct bl_vault *v, struct bl_ctx *ctx, struct bl_spool *spool)
{
	*v = (struct bl_vault){.ctx = ctx, .spool = spool};
}

static enum bl_err
spool_failed(struct bl_note *note)
{
	return bl_fail(note, BL_E_SYSTEM, 0, "the spool failed", NULL);
}

static enum bl_err
draw_key(struct bl_vault *v, struct bl_note *note)
{
	enum bl_err err = bl_secret_here(&v->key, v->ctx, KEY_SIZE, note);

	return err != BL_OK
	    ? err
	    : bl_random(v->ctx, bl_secret_fill(v->key), KEY_SIZE, note);
}

/* Runs the cipher over one chunk; its number is the nonce. */
static enum bl_err
crypt(struct bl_vault *v, enum bl_direction way, struct bl_buf *out,
    struct bl_span in, uint8_t *tag, struct bl_note *note)
{
	struct bl_sealing *s = NULL;
	uint8_t iv[IV_SIZE] = {0};
	enum bl_err err;

	for (size_t i = 0; i < 8; i++)
		iv[IV_SIZE - 1 - i] = (uint8_t)(v->chunk >> (8 * i));
	if ((err = bl_sealing_new(&s, v->ctx, BL_AES256_GCM, way, v->key,
		 bl_span_of(iv, sizeof(iv)), note)) != BL_OK ||
	    (err = bl_sealing_add(s, out, in, note)) != BL_OK)
		goto out;
	err = bl_sealing_end(s, out, tag, note);
out:
	bl_sealing_free(s);
	return err;
}

static enum bl_err
append(struct bl_vault *v, struct bl_span s, struct bl_note *note)
{
	return v->spool->append(v->spool->arg, s) == BL_OK ? BL_OK
							   : spool_failed(note);
}

/* Writes what was gathered as one chunk. */
static enum bl_err
write_chunk(struct bl_vault *v, struct bl_note *note)
{
	uint8_t tag[BL_TAG_SIZE] = {0};
	enum bl_err err = BL_OK;

	if (v->spool->is_output) {
		err = append(v, bl_buf_span(&v->plain), note);
		goto out;
	}
	if (v->key == NULL && (err = draw_key(v, note)) != BL_OK)
		goto out;
	bl_buf_reset(&v->sealed);
	err = crypt(
	    v, BL_ENCRYPT, &v->sealed, bl_buf_span(&v->plain), tag, note);
	if (err != BL_OK)
		goto out;
	bl_buf_add(&v->sealed, bl_span_of(tag, sizeof(tag)));
	if ((err = bl_buf_err(&v->sealed, note)) == BL_OK)
		err = append(v, bl_buf_span(&v->sealed), note);
out:
	v->chunk++;
	bl_buf_reset(&v->plain);
	return err;
}

enum bl_err
bl_vault_add(struct bl_vault *v, struct bl_span in, struct bl_note *note)
{
	enum bl_err err;

	if (v->spool == NULL || v->is_reading)
		return bl_fail(note, BL_E_CALLER, 0,
		    "the spool is not being written", NULL);
	v->bytes += in.n;
	if (v->spool->is_output && in.n >= BL_VAULT_STRAIGHT) {
		if (v->plain.n > 0 && (err = write_chunk(v, note)) != BL_OK)
			return err;
		return append(v, in, note);
	}
	while (in.n > 0) {
		struct bl_span now = bl_span_cut(
		    in, 0, BL_VAULT_CHUNK - v->plain.n);

		bl_buf_add(&v->plain, now);
		if ((err = bl_buf_err(&v->plain, note)) != BL_OK)
			return err;
		in = bl_span_cut(in, now.n, in.n);
		if (v->plain.n == BL_VAULT_CHUNK &&
		    (err = write_chunk(v, note)) != BL_OK)
			return err;
	}
	return BL_OK;
}

enum bl_err
bl_vault_rewind(struct bl_vault *v, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (v->spool == NULL)
		return bl_fail(note, BL_E_CALLER, 0, "there is no spool", NULL);
	if (!v->is_reading && v->plain.n > 0)
		err = write_chunk(v, note);
	v->is_reading = true;
	v->chunk = 0;
	v->left = v->bytes;
	bl_buf_reset(&v->plain);
	if (err == BL_OK &&
	    v->spool->rewind(v->spool->arg, BL_SPOOL_READ) != BL_OK)
		err = spool_failed(note);
	return err;
}

/* Reads exactly n bytes off the spool. */
static enum bl_err
fetch(struct bl_vault *v, struct bl_buf *out, size_t n, struct bl_note *note)
{
	uint8_t *p;
	size_t got;

	bl_buf_reset(out);
	p = bl_buf_grow(out, n);
	if (p == NULL)
		return bl_buf_err(out, note);
	while (out->n < n) {
		got = 0;
		if (v->spool->read(
			v->spool->arg, p + out->n, n - out->n, &got) != BL_OK)
			return spool_failed(note);
		if (got == 0 || got > n - out->n)
			return bl_fail(note, BL_E_SYSTEM, 0,
			    "the spool gave back less than it took", NULL);
		out->n += got;
	}
	return BL_OK;
}

/* Reads and opens the next chunk, of `n` plain bytes. */
static enum bl_err
read_chunk(struct bl_vault *v, size_t n, struct bl_note *note)
{
	uint8_t tag[BL_TAG_SIZE];
	struct bl_note inner = {0};
	enum bl_err err = fetch(v, &v->sealed, n + sizeof(tag), note);

	if (err != BL_OK)
		return err;
	memcpy(tag, v->sealed.p + n, sizeof(tag));
	bl_buf_reset(&v->plain);
	err = crypt(
	    v, BL_DECRYPT, &v->plain, bl_span_of(v->sealed.p, n), tag, &inner);
	if (err == BL_E_FORGED)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the spool gave back other bytes than it took", NULL);
	if (err != BL_OK)
		return bl_fail(note, err, 0, inner.what, inner.source);
	return BL_OK;
}

enum bl_err
bl_vault_read(struct bl_vault *v, struct bl_span *out, struct bl_note *note)
{
	size_t n = v->left < BL_VAULT_CHUNK ? (size_t)v->left : BL_VAULT_CHUNK;
	enum bl_err err;

	*out = (struct bl_span){0};
	if (!v->is_reading)
		return bl_fail(
		    note, BL_E_CALLER, 0, "the spool is not being read", NULL);
	if (n == 0)
		return BL_OK;
	err = v->spool->is_output ? fetch(v, &v->plain, n, note)
				  : read_chunk(v, n, note);
	if (err != BL_OK) {
		bl_buf_clear(&v->plain);
		return err;
	}
	v->chunk++;
	v->left -= n;
	*out = bl_buf_span(&v->plain);
	return BL_OK;
}

enum bl_err
bl_vault_empty(struct bl_vault *v, struct bl_note *note)
{
	struct bl_spool *spool = v->spool;
	struct bl_ctx *ctx = v->ctx;

	bl_vault_clear(v);
	bl_vault_init(v, ctx, spool);
	if (spool == NULL)
		return bl_fail(note, BL_E_CALLER, 0, "there is no spool", NULL);
	return spool->rewind(spool->arg, BL_SPOOL_EMPTY) == BL_OK
	    ? BL_OK
	    : spool_failed(note);
}

void
bl_vault_clear(struct bl_vault *v)
{
	bl_secret_free(v->key);
	bl_buf_clear(&v->plain);
	bl_buf_clear(&v->sealed);
	v->key = NULL;
}
