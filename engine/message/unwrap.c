/* unwrap.c - whose key opens a layer: the wants, and what comes of the
 * answers. RFC 5652 6.2; ATK-106. */
#include "message/opening.h"

#define X25519_SIZE 32 /* bytes of a public key, RFC 7748 5 */
#define X448_SIZE   56

/* The curve that a public point is on, told by its length. SEC 1, 2.3.3. */
static enum bl_key_kind
curve_of(struct bl_span point)
{
	switch (point.n) {
	case 33:
	case 65:
		return BL_KEY_EC_P256;
	case 49:
	case 97:
		return BL_KEY_EC_P384;
	case 67:
	case 133:
		return BL_KEY_EC_P521;
	}
	return BL_KEY_OTHER;
}

static bool
fits(const struct bl_recipient *r, const struct bl_cert *c)
{
	enum bl_key_kind kind = bl_cert_key_kind(c);

	switch (r->alg.kind) {
	case BL_WRAP_RSA_PKCS1:
	case BL_WRAP_RSA_OAEP:
		return r->kind == BL_RECIPIENT_KEY && kind == BL_KEY_RSA;
	case BL_WRAP_ECDH:
		return r->kind == BL_RECIPIENT_AGREE && kind != BL_KEY_OTHER &&
		    kind == curve_of(r->originator);
	case BL_WRAP_XDH:
		return r->kind == BL_RECIPIENT_AGREE &&
		    ((kind == BL_KEY_X25519 &&
			 r->originator.n == X25519_SIZE) ||
			(kind == BL_KEY_X448 && r->originator.n == X448_SIZE));
	case BL_WRAP_OTHER:
		break;
	}
	return false;
}

/* Whether the wrapped key may be one for this key, by its length. */
static bool
fits_in_length(const struct bl_recipient *r, const struct bl_cert *c)
{
	return r->kind != BL_RECIPIENT_KEY ||
	    r->wrapped.n == (bl_cert_key_bits(c) + 7) / 8;
}

static enum bl_err
want(struct bl_open *o, const struct bl_shell *s, size_t i,
    const struct bl_cert *c)
{
	struct bl_want_unwrap ask = {0};
	struct bl_wanted *w;
	struct bl_note note = {0};
	enum bl_err err = bl_wants_room(&w, &o->wants, &o->note);

	if (err != BL_OK)
		return err;
	bl_cms_want(&ask, s->cms, i, bl_cert_key_id(c));
	err = bl_want_unwrap_put(&w->frame, &ask, &note);
	if (err != BL_OK) {
		bl_buf_clear(&w->frame);
		/* Fields that no frame can hold belong to no key. */
		return err == BL_E_CALLER
		    ? BL_OK
		    : bl_fail(&o->note, err, 0, note.what, note.source);
	}
	w->cert = c;
	memcpy(w->face.key, bl_cert_key_id(c).p, sizeof(w->face.key));
	bl_wants_add(&o->wants, BL_WANT_UNWRAP);
	return BL_OK;
}

enum match { BY_ISSUER = 1, BY_SKI, BY_TRIAL };

static bool
matches(enum match by, const struct bl_recipient *r, const struct bl_cert *c)
{
	if (!fits(r, c))
		return false;
	if (by == BY_TRIAL)
		return fits_in_length(r, c);
	return (by == BY_SKI) == (r->rid.ski.n != 0) && bl_rid_is(&r->rid, c);
}

/* How many wants are asked for one layer. */
static size_t
most(const struct bl_open *o, enum match by)
{
	return by == BY_TRIAL && o->limits.trial_keys < BL_SHELL_KEYS
	    ? o->limits.trial_keys
	    : BL_SHELL_KEYS;
}

static enum bl_err
match_all(struct bl_open *o, const struct bl_shell *s, enum match by)
{
	const struct bl_certs *own = o->opts.identities;
	size_t n = bl_cms_recipient_count(s->cms);
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < n; i++) {
		const struct bl_recipient *r = bl_cms_recipient(s->cms, i);

		for (size_t k = 0; k < own->n; k++) {
			if (o->wants.n >= most(o, by))
				return BL_OK;
			if (matches(by, r, own->list[k]))
				err = want(o, s, i, own->list[k]);
			if (err != BL_OK)
				return err;
		}
	}
	return BL_OK;
}

/* No key: says also what, among the ways to it, is not supported. */
static void
no_key(struct bl_shell *s)
{
	bool tried = s->note.err != BL_OK; /* a limit was in the way */

	for (size_t i = 0; !tried && i < bl_cms_recipient_count(s->cms); i++) {
		const struct bl_recipient *r = bl_cms_recipient(s->cms, i);

		if (r->what == NULL)
			continue;
		s->reasons |= BL_REASON_BIT(UNSUPPORTED);
		s->face.what = r->what;
		break;
	}
	s->reasons |= BL_REASON_BIT(NO_KEY);
	bl_shell_fail(s);
}

enum bl_err
bl_unwrap_ask(struct bl_open *o, struct bl_shell *s)
{
	enum bl_err err = BL_OK;

	bl_wants_clear(&o->wants);
	if (o->opts.identities != NULL) {
		if ((err = match_all(o, s, BY_ISSUER)) != BL_OK ||
		    (err = match_all(o, s, BY_SKI)) != BL_OK)
			return err;
		if (o->wants.n == 0) {
			s->is_trial = true;
			err = match_all(o, s, BY_TRIAL);
		}
	}
	if (err != BL_OK || (err = bl_shared_ask(o, s)) != BL_OK)
		return err;
	if (o->wants.n == 0) {
		no_key(s);
		return BL_OK;
	}
	s->asked = true;
	return BL_NEED;
}

/* ---- the answers ---- */

static bool
has_key(const struct bl_shell *s, const struct bl_secret *key)
{
	for (size_t i = 0; i < s->key_count; i++)
		if (bl_secret_equal(s->keys[i], key))
			return true;
	return false;
}

/* Keeps the content key of an answer, unless another gave the same. */
static enum bl_err
keep(struct bl_open *o, struct bl_shell *s, const struct bl_wanted *w,
    struct bl_span payload)
{
	struct bl_secret *key = NULL;
	enum bl_err err = bl_secret_copy_here(&key, o->ctx, payload, &o->note);

	if (err != BL_OK || has_key(s, key)) {
		bl_secret_free(key);
		return err;
	}
	memcpy(s->key_ids[s->key_count], w->face.key, sizeof(w->face.key));
	s->keys[s->key_count++] = key;
	return BL_OK;
}

static enum bl_err
keep_all(struct bl_open *o, struct bl_shell *s, bool *has_failed)
{
	size_t size = bl_cipher_key_size(bl_cms_cipher(s->cms));
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < o->wants.n; i++) {
		struct bl_answer a = {0};

		if (o->wants.list[i].answer.n == 0 ||
		    bl_answer_get(&a, bl_buf_span(&o->wants.list[i].answer),
			NULL) != BL_OK)
			continue;
		*has_failed |= a.refusal == BL_REFUSED_FAILED ||
		    (a.refusal == BL_REFUSED_NOT && a.payload.n != size);
		if (a.refusal == BL_REFUSED_NOT && a.payload.n == size)
			err = keep(o, s, &o->wants.list[i], a.payload);
	}
	return err;
}

enum bl_err
bl_unwrap_take(struct bl_open *o, struct bl_shell *s)
{
	bool has_failed = false;
	enum bl_err err = keep_all(o, s, &has_failed);

	s->asked = false;
	bl_wants_clear(&o->wants);
	if (err != BL_OK)
		return err;
	s->chosen = s->key_count;
	if (s->key_count == 0) {
		if (has_failed)
			(void)bl_fail(&s->note, BL_E_FORGED, 0, "no key", NULL);
		else
			s->reasons |= BL_REASON_BIT(NO_KEY);
		bl_shell_fail(s);
		return BL_OK;
	}
	if (s->key_count > 1 && (o->current == s || o->opts.park[0] != NULL))
		return bl_park(o, s);
	s->chosen = 0;
	s->keep_head = false;
	bl_buf_clear(&s->head);
	err = bl_cms_set_key(s->cms, s->keys[0], &s->note);
	if (err == BL_OK)
		return BL_OK;
	if (!bl_finding(o, err, &s->note))
		return err;
	bl_shell_fail(s);
	return BL_OK;
}
