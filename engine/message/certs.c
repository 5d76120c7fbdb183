/* certs.c - certificates and evidence for signers: from the message, from what
 * was given, or asked for; see opening.h. */
#include "message/opening.h"
#include "trust/cache.h"

bool
bl_has_signers(const struct bl_shell *s)
{
	return bl_layer_is_signature(s->face.kind) && s->state == BL_SHELL_DONE;
}

/* Whether a certificate that was read before keeps to the limits of this
 * message, too: its size was looked at where the message was read. */
static bool
is_within(const struct bl_cert *c, const struct bl_limits *limits)
{
	return bl_cert_key_bits(c) <= limits->rsa_max_bits ||
	    (bl_cert_key_kind(c) != BL_KEY_RSA &&
		bl_cert_key_kind(c) != BL_KEY_RSA_PSS);
}

/*
 * The same certificate, byte for byte, among those that were given or came with
 * an earlier message: reading it again, and making its key ready, costs as much
 * as all else that is done for a short message. Borrowed.
 */
static enum bl_err
find_known(struct bl_cert **out, const struct bl_open *o, struct bl_span der,
    struct bl_note *note)
{
	const struct bl_certs *const sets[] = {
	    o->opts.anchors, o->opts.pool, o->opts.identities};
	struct bl_digest_value id;
	enum bl_err err;

	*out = NULL;
	if (der.n == 0 ||
	    (o->opts.anchors == NULL && o->opts.pool == NULL &&
		o->opts.identities == NULL && o->opts.cache == NULL))
		return BL_OK;
	if ((err = bl_digest_of(&id, o->ctx, BL_SHA256, der, note)) != BL_OK)
		return err;
	for (size_t k = 0; k < sizeof(sets) / sizeof(*sets); k++) {
		struct bl_cert *c = sets[k] == NULL
		    ? NULL
		    : bl_certs_by_sha256(sets[k], bl_span_of(id.p, id.n));

		if (c != NULL && bl_span_equal(bl_cert_der(c), der) &&
		    is_within(c, &o->limits)) {
			*out = c;
			return BL_OK;
		}
	}
	*out = bl_cache_cert(o->opts.cache, der, bl_span_of(id.p, id.n));
	if (*out != NULL && !is_within(*out, &o->limits))
		*out = NULL;
	return BL_OK;
}

static enum bl_err
add_cert(struct bl_open *o, struct bl_certs *to, struct bl_span der)
{
	struct bl_note note = {0};
	struct bl_cert *c = NULL;
	enum bl_err err;

	if ((err = find_known(&c, o, der, &o->note)) != BL_OK)
		return err;
	if (c != NULL)
		return bl_certs_add(to, c, &o->note);
	err = bl_cert_read(&c, o->ctx, der, &o->limits, &note);

	if (err != BL_OK) /* one that cannot be read is not there */
		return bl_finding(o, err, &note) ? BL_OK : err;
	if ((err = bl_certs_add(to, c, &o->note)) == BL_OK)
		err = bl_cache_cert_keep(o->opts.cache, c, &o->note);
	bl_cert_free(c);
	return err;
}

/* Revocation evidence that came with the message is worth what any is
 * (ATK-405). What cannot be read is not there. */
static enum bl_err
add_evidence(struct bl_open *o, const struct bl_cms *c)
{
	struct bl_gather *g = &o->gather;
	enum bl_err err;

	for (size_t i = 0; i < bl_cms_crl_count(c); i++) {
		struct bl_note note = {0};

		err = bl_crls_add(&g->crls, bl_cms_crl(c, i), BL_SOURCE_MESSAGE,
		    &o->limits, &note);
		if (err != BL_OK && !bl_finding(o, err, &note))
			return err;
	}
	for (size_t i = 0; i < bl_cms_ocsp_count(c); i++) {
		struct bl_note note = {0};

		err = bl_ocsps_add(&g->ocsps, bl_cms_ocsp(c, i),
		    BL_SOURCE_MESSAGE, &o->limits, &note);
		if (err != BL_OK && !bl_finding(o, err, &note))
			return err;
	}
	return BL_OK;
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
		if (err == BL_OK)
			err = add_evidence(o, s->cms);
	}
	return err;
}

/* Whether one of the first n sets has the certificate: it was looked at there,
 * and what holds of it is the same. */
static bool
is_in_one(const struct bl_certs *const *sets, size_t n, const struct bl_cert *c)
{
	for (size_t k = 0; k < n; k++)
		if (sets[k] != NULL &&
		    bl_certs_by_sha256(sets[k], bl_cert_sha256(c)) != NULL)
			return true;
	return false;
}

const struct bl_cert *
bl_signer_cert(const struct bl_open *o, const struct bl_rid *rid, size_t *pos)
{
	const struct bl_certs *const sets[] = {&o->verdict.message,
	    &o->gather.certs, o->opts.pool, o->opts.anchors,
	    o->opts.identities};
	size_t at = 0;

	for (size_t k = 0; k < sizeof(sets) / sizeof(*sets); k++) {
		size_t n = sets[k] == NULL ? 0 : sets[k]->n;

		for (size_t i = *pos > at ? *pos - at : 0; i < n; i++)
			if (bl_rid_is(rid, sets[k]->list[i]) &&
			    !is_in_one(sets, k, sets[k]->list[i])) {
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
	enum bl_err err = bl_wants_room(&w, &o->wants, &o->note);

	if (err != BL_OK)
		return err;
	err = bl_want_cert_put(&w->frame, &ask, &note);
	if (err != BL_OK) {
		bl_buf_clear(&w->frame);
		return err == BL_E_CALLER
		    ? BL_OK
		    : bl_fail(&o->note, err, 0, note.what, note.source);
	}
	bl_wants_add(&o->wants, BL_WANT_CERT);
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

/* What came is read; the certificates are looked for once more by whoever
 * needs them. */
enum bl_err
bl_signers_answered(struct bl_open *o)
{
	enum bl_err err = bl_gather_take(
	    &o->gather, o->ctx, &o->wants, &o->limits, &o->note);

	bl_wants_clear(&o->wants);
	return err;
}

enum bl_err
bl_signers_collect(struct bl_open *o)
{
	enum bl_err err;

	if (o->certs_asked)
		return bl_signers_answered(o);
	o->certs_asked = true;
	if ((err = add_all(o)) != BL_OK || (err = ask(o)) != BL_OK)
		return err;
	return o->wants.n > 0 ? BL_NEED : BL_OK;
}
