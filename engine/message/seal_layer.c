/* seal_layer.c - see seal_layer.h. */
#include "message/seal_layer.h"

/* Content up to this size is held, so that its length is known and the object
 * can be DER; above it is written as it comes, in BER. Bytes. */
#define HELD_MAX ((size_t)1 << 20)

static const char clear_hint[] =
    "This message is signed by its sender (S/MIME). Programs that do not know\r\n"
    "this form show the signature as an attachment called smime.p7s.\r\n";

static enum bl_err
draw_boundary(struct bl_seal_layer *l, struct bl_note *note)
{
	uint8_t random[16];
	struct bl_buf text = {0};
	enum bl_err err = bl_random(l->ctx, random, sizeof(random), note);

	if (err != BL_OK)
		return err;
	bl_buf_add_str(&text, "=_seal_");
	bl_hex(&text, bl_span_of(random, sizeof(random)));
	if ((err = bl_buf_err(&text, note)) == BL_OK) {
		memcpy(l->boundary, text.p, text.n);
		l->boundary[text.n] = '\0';
	}
	bl_buf_clear(&text);
	return err;
}

static enum bl_err
begin_clear(struct bl_seal_layer *l, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err = draw_boundary(l, note);

	if (err != BL_OK)
		return err;
	bl_buf_add_f(out,
	    "Content-Type: multipart/signed;\r\n"
	    " protocol=\"application/pkcs7-signature\";\r\n"
	    " micalg=%s; boundary=\"%s\"\r\n\r\n",
	    bl_digest_micalg(bl_sig_alg_content(&l->how.alg)), l->boundary);
	bl_buf_add(out, BL_STR(clear_hint));
	bl_buf_add_f(out, "\r\n--%s\r\n", l->boundary);
	return bl_buf_err(out, note);
}

static enum bl_err
begin_mime(struct bl_buf *out, const char *smime_type, struct bl_note *note)
{
	bl_buf_add_f(out,
	    "Content-Type: application/pkcs7-mime; smime-type=%s;\r\n"
	    " name=\"smime.p7m\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n",
	    smime_type);
	return bl_buf_err(out, note);
}

enum bl_err
bl_seal_layer_begin(
    struct bl_seal_layer *l, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err;

	if (l->kind == BL_SEALING_CRYPT)
		return begin_mime(out,
		    bl_cipher_is_aead(l->cipher) ? "authEnveloped-data"
						 : "enveloped-data",
		    note);
	if ((err = bl_hashes_new(&l->hashes, l->ctx,
		 BL_SET(bl_sig_alg_content(&l->how.alg)), note)) != BL_OK)
		return err;
	if (l->kind == BL_SEALING_OPAQUE)
		return begin_mime(out, "signed-data", note);
	return begin_clear(l, out, note);
}

/* Moves the CMS bytes made so far to `out`, as base64. */
static enum bl_err
flush(struct bl_seal_layer *l, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err = bl_buf_err(&l->cms, note);

	if (err == BL_OK)
		bl_base64_encode(&l->base64, out, bl_buf_span(&l->cms));
	bl_buf_reset(&l->cms);
	return err == BL_OK ? bl_buf_err(out, note) : err;
}

static enum bl_err
open_crypt(struct bl_seal_layer *l, uint64_t length, struct bl_note *note)
{
	enum bl_err err = bl_cms_seal_new(&l->crypt, l->ctx, l->cipher, l->to,
	    l->to_count, l->by, length, note);

	return err != BL_OK ? err : bl_cms_seal_begin(l->crypt, &l->cms, note);
}

static enum bl_err
add_content(struct bl_seal_layer *l, struct bl_span in, struct bl_note *note)
{
	if (l->kind == BL_SEALING_CRYPT)
		return bl_cms_seal_add(l->crypt, &l->cms, in, note);
	bl_cms_opaque_add(&l->cms, in);
	return bl_buf_err(&l->cms, note);
}

/* From here on the content is too long to be held. */
static enum bl_err
start_streaming(struct bl_seal_layer *l, struct bl_note *note)
{
	enum bl_err err = l->kind == BL_SEALING_CRYPT
	    ? open_crypt(l, BL_LENGTH_UNKNOWN, note)
	    : bl_cms_opaque_begin(&l->cms, &l->how, note);

	if (err != BL_OK)
		return err;
	l->streaming = true;
	err = add_content(l, bl_buf_span(&l->held), note);
	bl_buf_clear(&l->held);
	return err;
}

enum bl_err
bl_seal_layer_add(struct bl_seal_layer *l, struct bl_buf *out,
    struct bl_span in, struct bl_note *note)
{
	enum bl_err err;

	if (l->hashes != NULL &&
	    (err = bl_hashes_add(l->hashes, in, note)) != BL_OK)
		return err;
	if (l->kind == BL_SEALING_CLEAR) {
		bl_buf_add(out, in);
		return bl_buf_err(out, note);
	}
	if (!l->streaming && l->held.n + in.n <= HELD_MAX) {
		bl_buf_add(&l->held, in);
		return bl_buf_err(&l->held, note);
	}
	if (!l->streaming && (err = start_streaming(l, note)) != BL_OK)
		return err;
	if ((err = add_content(l, in, note)) != BL_OK)
		return err;
	return flush(l, out, note);
}

/* Writes down what the key is to sign. */
static enum bl_err
make_want(struct bl_seal_layer *l, struct bl_note *note)
{
	enum bl_err err;

	if ((err = bl_hashes_end(l->hashes, note)) != BL_OK ||
	    (err = bl_cms_sign_want(&l->want, &l->want_store, &l->how,
		 bl_hashes_value(l->hashes, bl_sig_alg_content(&l->how.alg)),
		 note)) != BL_OK ||
	    (err = bl_want_sign_put(&l->want_frame, &l->want, note)) != BL_OK)
		return err;
	l->wanted = true;
	return BL_NEED;
}

static enum bl_err
end_clear(struct bl_seal_layer *l, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err = bl_cms_detached_write(
	    &l->cms, &l->how, &l->want, bl_buf_span(&l->signature), note);

	if (err != BL_OK)
		return err;
	bl_buf_add_f(out,
	    "\r\n--%s\r\n"
	    "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n",
	    l->boundary);
	if ((err = flush(l, out, note)) != BL_OK)
		return err;
	bl_base64_encode_end(&l->base64, out);
	bl_buf_add_f(out, "--%s--\r\n", l->boundary);
	return bl_buf_err(out, note);
}

static enum bl_err
end_opaque(struct bl_seal_layer *l, struct bl_note *note)
{
	struct bl_span signature = bl_buf_span(&l->signature);

	if (l->streaming)
		return bl_cms_opaque_end(
		    &l->cms, &l->how, &l->want, signature, note);
	return bl_cms_opaque_write(
	    &l->cms, &l->how, &l->want, bl_buf_span(&l->held), signature, note);
}

static enum bl_err
end_crypt(struct bl_seal_layer *l, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err;

	/* What is written goes at once: `cms` never holds more than the
	 * content. */
	if (!l->streaming &&
	    ((err = open_crypt(l, l->held.n, note)) != BL_OK ||
		(err = flush(l, out, note)) != BL_OK ||
		(err = add_content(l, bl_buf_span(&l->held), note)) != BL_OK ||
		(err = flush(l, out, note)) != BL_OK))
		return err;
	return bl_cms_seal_end(l->crypt, &l->cms, note);
}

enum bl_err
bl_seal_layer_end(
    struct bl_seal_layer *l, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err;

	if (l->kind != BL_SEALING_CRYPT) {
		if (!l->wanted)
			return make_want(l, note);
		if (l->signature.n == 0)
			return bl_fail(note, BL_E_CALLER, 0,
			    "a signature was asked for and not given", NULL);
	}
	if (l->kind == BL_SEALING_CLEAR)
		return end_clear(l, out, note);
	err = l->kind == BL_SEALING_CRYPT ? end_crypt(l, out, note)
					  : end_opaque(l, note);
	if (err != BL_OK || (err = flush(l, out, note)) != BL_OK)
		return err;
	bl_base64_encode_end(&l->base64, out);
	return bl_buf_err(out, note);
}

void
bl_seal_layer_clear(struct bl_seal_layer *l)
{
	bl_hashes_free(l->hashes);
	bl_buf_clear(&l->want_store);
	bl_buf_clear(&l->want_frame);
	bl_buf_clear(&l->signature);
	bl_cms_seal_free(l->crypt);
	bl_buf_clear(&l->held);
	bl_buf_clear(&l->cms);
	*l = (struct bl_seal_layer){0};
}
