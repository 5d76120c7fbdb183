/* shared.c - recipients by a password or a key shared before: asked for only
 * when the person gave one. RFC 5652 6.2.3 and 6.2.4. */
#include "message/opening.h"

#include "keys/shared.h"

static bool
is_wanted(const struct bl_open *o, const struct bl_shared *s)
{
	if (s->kind == BL_SHARED_PASSWORD)
		return o->opts.has_password;
	return s->kind == BL_SHARED_KEK && o->opts.has_kek &&
	    (o->opts.kek_id.n == 0 || bl_span_equal(o->opts.kek_id, s->id));
}

static enum bl_err
want(struct bl_open *o, const struct bl_shell *s, const struct bl_shared *how)
{
	const struct bl_want_shared ask = {
	    *how, bl_cipher_key_size(bl_cms_cipher(s->cms))};
	struct bl_wanted *w;
	enum bl_err err = bl_wants_room(&w, &o->wants, &o->note);

	if (err != BL_OK)
		return err;
	if ((err = bl_want_shared_put(&w->frame, &ask, &o->note)) != BL_OK) {
		bl_buf_clear(&w->frame);
		return err;
	}
	bl_wants_add(&o->wants, BL_WANT_SHARED);
	return BL_OK;
}

/* What all passwords of a layer cost together is limited (LIM-30). */
static bool
is_over(const struct bl_open *o, uint64_t *cost, const struct bl_shared *how)
{
	uint64_t most = o->limits.kdf_iterations < BL_SHARED_ITERATIONS
	    ? o->limits.kdf_iterations
	    : BL_SHARED_ITERATIONS;

	if (how->iterations > most || *cost > most - how->iterations)
		return true;
	*cost += how->iterations;
	return false;
}

enum bl_err
bl_shared_ask(struct bl_open *o, struct bl_shell *s)
{
	size_t n = bl_cms_recipient_count(s->cms);
	uint64_t cost = 0;
	bool over = false, had = o->wants.n != 0;
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < n; i++) {
		const struct bl_shared *how =
		    &bl_cms_recipient(s->cms, i)->shared;

		if (!is_wanted(o, how) || o->wants.n >= BL_SHELL_KEYS)
			continue;
		if (is_over(o, &cost, how)) {
			over = true;
			continue;
		}
		/* Only an identifier says that it is the right one. */
		if (how->kind == BL_SHARED_KEK && o->opts.kek_id.n != 0)
			s->is_trial = false;
		else if (!had && o->wants.n == 0)
			s->is_trial = true;
		err = want(o, s, how);
	}
	if (err == BL_OK && over && o->wants.n == 0)
		(void)bl_fail_limit(&s->note, 0, "limit-kdf",
		    "the password asks for too much work", "RFC 8018 4.2");
	return err;
}
