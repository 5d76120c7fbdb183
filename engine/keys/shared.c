/* shared.c - the frame of shared.h, and its answer. */
#include "keys/shared.h"

#include "keys/wire.h"

#define IV_SIZE 16 /* bytes */

static bool
is_good(const struct bl_want_shared *w, bool unknown)
{
	const struct bl_shared *s = &w->how;

	if (s->kind == BL_SHARED_KEK) {
		if (s->id.n == 0 || s->salt.n != 0 || s->iterations != 0 ||
		    s->digest != BL_DIGEST_NONE)
			return false;
	} else if (s->kind != BL_SHARED_PASSWORD || s->id.n != 0 ||
	    s->salt.n == 0 || s->iterations == 0 ||
	    s->iterations > BL_SHARED_ITERATIONS ||
	    s->digest == BL_DIGEST_NONE) {
		return false;
	}
	return !unknown && w->size >= 1 && w->size <= BL_WIRE_KEY_MAX &&
	    (s->kek_size == 16 || s->kek_size == 24 || s->kek_size == 32) &&
	    (s->wrap == BL_SHARED_PWRI	       ? s->iv.n == IV_SIZE
		    : s->wrap == BL_SHARED_AES ? s->iv.n == 0
					       : false);
}

enum bl_err
bl_want_shared_get(
    struct bl_want_shared *out, struct bl_span frame, struct bl_note *note)
{
	struct bl_wire w = {.left = frame};
	bool unknown = false;
	enum bl_err err;

	*out = (struct bl_want_shared){0};
	bl_wire_head(&w, BL_WANT_SHARED);
	out->how.kind = (enum bl_shared_kind)bl_wire_u8(&w);
	out->how.wrap = (enum bl_shared_wrap)bl_wire_u8(&w);
	out->how.digest = bl_wire_digest(bl_wire_u8(&w), &unknown);
	out->how.iterations = bl_wire_u32(&w);
	out->how.kek_size = bl_wire_u8(&w);
	out->size = bl_wire_u8(&w);
	out->how.id = bl_wire_var8(&w, 0, BL_SHARED_ID_MAX);
	out->how.salt = bl_wire_var16(&w, 0, BL_SHARED_SALT_MAX);
	out->how.iv = bl_wire_var8(&w, 0, IV_SIZE);
	out->how.wrapped = bl_wire_var16(&w, 1, BL_SHARED_WRAPPED_MAX);
	if (!is_good(out, unknown))
		w.bad = true;
	if ((err = bl_wire_end(&w, frame, note)) != BL_OK)
		*out = (struct bl_want_shared){0};
	return err;
}

enum bl_err
bl_want_shared_put(
    struct bl_buf *out, const struct bl_want_shared *w, struct bl_note *note)
{
	const struct bl_shared *s = &w->how;
	struct bl_want_shared check;
	size_t from = out->n;

	bl_wire_put_head(out, BL_WANT_SHARED);
	bl_buf_add_u8(out, (uint8_t)s->kind);
	bl_buf_add_u8(out, (uint8_t)s->wrap);
	bl_buf_add_u8(out, bl_wire_digest_number(s->digest));
	bl_wire_put_u32(out,
	    s->iterations > UINT32_MAX ? UINT32_MAX : (uint32_t)s->iterations);
	bl_buf_add_u8(out, (uint8_t)s->kek_size);
	bl_buf_add_u8(out, w->size > UINT8_MAX ? UINT8_MAX : (uint8_t)w->size);
	bl_wire_put_var8(out, s->id);
	bl_wire_put_var16(out, s->salt);
	bl_wire_put_var8(out, s->iv);
	bl_wire_put_var16(out, s->wrapped);
	if (out->err != BL_OK ||
	    bl_want_shared_get(&check, bl_span_of(out->p + from, out->n - from),
		NULL) != BL_OK)
		return bl_wire_undo(out, from, note);
	return BL_OK;
}

enum bl_err
bl_shared_answer(struct bl_buf *answer, struct bl_ctx *ctx,
    const struct bl_secret *password, const struct bl_secret *kek,
    struct bl_span frame, struct bl_note *note)
{
	struct bl_answer a = {.kind = BL_WANT_SHARED};
	const struct bl_secret *secret;
	struct bl_secret *cek = NULL;
	struct bl_want_shared w;
	enum bl_err err = bl_want_shared_get(&w, frame, note);

	if (err != BL_OK)
		return err;
	secret = w.how.kind == BL_SHARED_KEK ? kek : password;
	if (secret == NULL) {
		a.refusal = BL_REFUSED_NO_KEY;
		return bl_answer_put(answer, &a, note);
	}
	err = bl_shared_unwrap(&cek, ctx, &w.how, secret, w.size, note);
	if (err == BL_E_FORGED) {
		if (note != NULL)
			*note = (struct bl_note){0};
		a.refusal = BL_REFUSED_FAILED;
		return bl_answer_put(answer, &a, note);
	}
	if (err == BL_OK) {
		a.payload = bl_secret_reveal(cek);
		err = bl_answer_put(answer, &a, note);
	}
	bl_secret_free(cek);
	return err;
}
