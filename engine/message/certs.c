/* certs.c - the certificates of signers: from the message, from what was given,
 * or asked for; see opening.h. */
#include "message/opening.h"

bool
bl_has_signers(const struct bl_shell *s)
{
	return bl_layer_is_signature(s->face.kind) && s->state == BL_SHELL_DONE;
}

static enum bl_err
add_cert(struct bl_open *o, struct bl_certs *to, struct bl_span der)
{
	struct bl_note note = {0};
	struct bl_cert *c = NULL;
	enum bl_err err = bl_cert_read(&c, o->ctx, der, &o->limits, &note);

	if (err != BL_OK) /* one that cannot be read is not there */
		return bl_finding(o, err, &note) ? BL_OK : err;
	err = bl_certs_add(to, c, &o->note);
	bl_cert_free(c);
	return err;
}

static enum bl_err
add_all(struct bl_open *o)
{
	enum bl_err err = BL_OK;

	for (size_t k = 0; k < bl_visible_shells(o); k++) {
		const struct bl_shell *s = o->shells[k];

		if (s->state != BL_SHELL_DONE || s->cms == NULL)
			continue;
		for (size_t i = 0;
		     err == BL_OK && i < bl_cms_cert_count(s->cms); i++)
			err = add_cert(
			    o, &o->verdict.message, bl_cms_cert(s->cms, i));
	}
	return err;
}

const struct bl_cert *
bl_signer_cert(const struct bl_open *o, const struct bl_rid *rid, size_t *pos)
{
	const struct bl_certs *const sets[] = {&o->verdict.message, &o->fetched,
	    o->opts.pool, o->opts.anchors, o->opts.identities};
	size_t at = 0;

	for (size_t k = 0; k < sizeof(sets) / sizeof(*sets); k++) {
		size_t n = sets[k] == NULL ? 0 : sets[k]->n;

		for (size_t i = *pos > at ? *pos - at : 0; i < n; i++)
			if (bl_rid_is(rid, sets[k]->list[i])) {
				*pos = at + i + 1;
				return sets[k]->list[i];
			}
		at += n;
	}
	*pos = at;
	return NULL;
}

static enum bl_err
want(struct bl_open *o, const struct bl_rid *rid)
{
	struct bl_want_cert ask = {
	    .issuer = rid->issuer, .serial = rid->serial, .ski = rid->ski};
	struct bl_note note = {0};
	struct bl_wanted *w;
	enum bl_err err = bl_wanted_add(o, &w);

	if (err != BL_OK)
		return err;
	err = bl_want_cert_put(&w->frame, &ask, &note);
	if (err != BL_OK) {
		bl_buf_clear(&w->frame);
		return err == BL_E_CALLER
		    ? BL_OK
		    : bl_fail(&o->note, err, 0, note.what, note.source);
	}
	w->face.kind = BL_WANT_CERT;
	w->face.frame = bl_buf_span(&w->frame);
	o->want_count++;
	return BL_OK;
}

static enum bl_err
ask(struct bl_open *o)
{
	enum bl_err err = BL_OK;

	for (size_t k = 0; k < bl_visible_shells(o); k++) {
		const struct bl_shell *s = o->shells[k];
		size_t n = bl_has_signers(s) ? bl_cms_signer_count(s->cms) : 0;

		for (size_t i = 0; err == BL_OK && i < n; i++) {
			const struct bl_rid *rid =
			    &bl_cms_signer(s->cms, i)->rid;
			size_t pos = 0;

			if (bl_signer_cert(o, rid, &pos) == NULL)
				err = want(o, rid);
		}
	}
	return err;
}

static enum bl_err
take_answers(struct bl_open *o)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < o->want_count; i++) {
		struct bl_answer a = {0};
		struct bl_item item;

		if (o->wants[i].answer.n == 0 ||
		    bl_answer_get(&a, bl_buf_span(&o->wants[i].answer), NULL) !=
			BL_OK ||
		    a.refusal != BL_REFUSED_NOT)
			continue;
		while (err == BL_OK && bl_item_next(&item, &a.payload))
			if (item.kind == BL_ITEM_CERT && item.data.n > 0)
				err = add_cert(o, &o->fetched, item.data);
	}
	bl_wanted_clear(o);
	return err;
}

enum bl_err
bl_signers_collect(struct bl_open *o)
{
	enum bl_err err;

	if (o->certs_asked)
		return take_answers(o);
	o->certs_asked = true;
	if ((err = add_all(o)) != BL_OK || (err = ask(o)) != BL_OK)
		return err;
	return o->want_count > 0 ? BL_NEED : BL_OK;
}
