/* tree.c - one MIME structure being read for the envelope; see opening.h.
 *
 * Whatever stands at the root, or is the first part of a multipart/signed that
 * stands there, may be a layer. Nothing else is one: what looks like a layer
 * further down is told and left as it is (ATK-101, ATK-205).
 */
#include "message/opening.h"

#define PROBE_BYTES 48 /* hold the content type of any ContentInfo */

enum bl_err
bl_tree_new(struct bl_tree **out, struct bl_open *o, struct bl_shell *of)
{
	struct bl_tree *t = NULL;
	enum bl_err err;

	*out = NULL;
	err = bl_list_grow(&o->trees, o->tree_count, &o->tree_cap,
	    sizeof(struct bl_tree *), &o->note);
	if (err != BL_OK)
		return err;
	if ((t = bl_alloc(sizeof(*t))) == NULL)
		return bl_fail(&o->note, BL_E_MEMORY, 0, "out of memory", NULL);
	err = bl_mime_new(
	    &t->mime, &o->limits, BL_MIME_MESSAGES_WHOLE, &o->note);
	if (err != BL_OK) {
		bl_tree_free(t);
		return err;
	}
	t->of = of;
	o->trees[o->tree_count++] = t;
	*out = t;
	return BL_OK;
}

void
bl_tree_lend(struct bl_tree *t, struct bl_span in)
{
	t->lent = in;
	t->has_lent = true;
}

void
bl_tree_free(struct bl_tree *t)
{
	if (t == NULL)
		return;
	while (t->active != NULL) {
		struct bl_entity *outer = t->active->outer;

		bl_release(t->active);
		t->active = outer;
	}
	bl_mime_free(t->mime);
	bl_buf_clear(&t->decoded);
	bl_buf_clear(&t->crlf);
	bl_buf_clear(&t->probe.first);
	bl_tnef_clear(&t->probe.tnef);
	bl_release(t);
}

/* Gives the tree up: what comes is taken and not looked at. */
static enum bl_err
give_up(struct bl_open *o, struct bl_tree *t, enum bl_err err)
{
	if (!bl_finding(o, err, &t->note))
		return err;
	t->dead = true;
	return BL_OK;
}

/* ---- what stands beside the envelope ---- */

/* Tells what kind of CMS object starts with these bytes. */
static enum bl_oid
cms_type(struct bl_span first)
{
	struct bl_ber_head head;

	if (bl_ber_head(&head, first, NULL) != BL_OK ||
	    head.tag != BL_DER_SEQUENCE)
		return BL_OID_UNKNOWN;
	first = bl_span_cut(first, head.header, first.n);
	if (bl_ber_head(&head, first, NULL) != BL_OK ||
	    head.tag != BL_DER_OID || head.indefinite ||
	    head.length > first.n - head.header)
		return BL_OID_UNKNOWN;
	return bl_oid_find(
	    bl_span_cut(first, head.header, (size_t)head.length));
}

static void
probe_end(struct bl_open *o, struct bl_tree *t)
{
	enum bl_oid type = cms_type(bl_buf_span(&t->probe.first));

	if (type == BL_OID_SIGNED_DATA &&
	    bl_guise_hint(t->probe.part) != BL_LAYER_CERTS_ONLY)
		o->tip.partly_signed = true;
	if (type == BL_OID_ENVELOPED_DATA || type == BL_OID_AUTH_ENVELOPED_DATA)
		o->tip.partly_encrypted = true;
	t->probe.part = NULL;
}

static void
probe_begin(struct bl_open *o, struct bl_tree *t, struct bl_part *p)
{
	switch (bl_guise_of(p)) {
	case BL_GUISE_SIGNED:
	case BL_GUISE_SIGNATURE:
		o->tip.partly_signed = true;
		break;
	case BL_GUISE_CMS:
	case BL_GUISE_TNEF:
		t->probe.part = p;
		t->probe.is_tnef = bl_guise_of(p) == BL_GUISE_TNEF;
		bl_tnef_clear(&t->probe.tnef);
		bl_decode_init(&t->probe.decode, p->encoding);
		bl_buf_reset(&t->probe.first);
		break;
	case BL_GUISE_NONE:
	case BL_GUISE_NAMED:
		break;
	}
}

/* What is wrong with it is wrong with an attachment: no more is said. */
static enum bl_err
probe_tnef(struct bl_open *o, struct bl_tree *t, const struct bl_mime_event *ev)
{
	struct bl_buf *b = &t->probe.first;

	bl_buf_reset(b);
	if (ev->kind == BL_MIME_BODY)
		bl_decode_add(&t->probe.decode, b, ev->bytes);
	else if (ev->kind == BL_MIME_END)
		bl_decode_end(&t->probe.decode, b);
	bl_tnef_add(&t->probe.tnef, bl_buf_span(b));
	if (ev->kind == BL_MIME_END) {
		o->tip.wrapped |= bl_tnef_is_smime(&t->probe.tnef);
		t->probe.part = NULL;
	}
	return b->err != BL_OK ? bl_buf_err(b, &o->note)
			       : bl_tnef_err(&t->probe.tnef, &o->note);
}

static enum bl_err
probe(struct bl_open *o, struct bl_tree *t, const struct bl_mime_event *ev)
{
	struct bl_buf *first = &t->probe.first;

	if (ev->kind == BL_MIME_BEGIN)
		probe_begin(o, t, ev->part);
	if (t->probe.part == NULL || t->probe.part != ev->part)
		return BL_OK;
	if (t->probe.is_tnef)
		return probe_tnef(o, t, ev);
	if (ev->kind == BL_MIME_BODY)
		bl_decode_add(&t->probe.decode, first,
		    bl_span_cut(ev->bytes, 0, 4 * PROBE_BYTES));
	if (first->n >= PROBE_BYTES || ev->kind == BL_MIME_END)
		probe_end(o, t);
	return bl_buf_err(first, &o->note);
}

/* ---- entities of the envelope ---- */

static enum bl_role
role_of(const struct bl_part *p)
{
	switch (bl_guise_of(p)) {
	case BL_GUISE_CMS:
	case BL_GUISE_NAMED:
		return BL_ROLE_CMS;
	case BL_GUISE_SIGNED:
		return p->is_multipart ? BL_ROLE_SIGNED : BL_ROLE_PLAIN;
	case BL_GUISE_NONE:
	case BL_GUISE_SIGNATURE:
	case BL_GUISE_TNEF:
		break;
	}
	return BL_ROLE_PLAIN;
}

/* A bare CMS object may hold anything; where its content does not say to be
 * MIME, the rules of MIME are not held against it. */
static bool
is_data(
    const struct bl_open *o, const struct bl_tree *t, const struct bl_part *p)
{
	return o->root == NULL && t->active->outer == NULL &&
	    bl_header_find(p->header, "Content-Type", 0) == NULL;
}

static enum bl_err
enter_tip(struct bl_open *o, struct bl_tree *t, const struct bl_part *p)
{
	o->tip.reached = true;
	o->tip.tree = t;
	o->tip.of = o->shell_count > 0 ? o->shells[o->shell_count - 1] : NULL;
	t->is_data = is_data(o, t, p);
	return o->tip.of == NULL ? BL_OK : bl_headers_inside(o, p, &t->note);
}

static enum bl_err
enter_layer(struct bl_open *o, struct bl_tree *t, struct bl_entity *e)
{
	struct bl_shell *s;
	enum bl_err err = bl_shell_new(&s, o,
	    e->role == BL_ROLE_CMS ? BL_FORM_ENTITY : BL_FORM_PART, &t->note);

	if (err != BL_OK)
		return give_up(o, t, err);
	e->shell = s;
	s->base = e->outer != NULL ? e->part->at : 0;
	s->is_lf = bl_mime_lines(t->mime) == BL_LINES_LF;
	if (e->role == BL_ROLE_SIGNED) {
		s->face.kind = BL_LAYER_CLEAR_SIGNED;
		return BL_OK;
	}
	s->hint = bl_guise_hint(e->part);
	bl_decode_init(&t->decode, e->part->encoding);
	if (e->part->encoding == BL_ENCODING_OTHER) {
		(void)bl_fail(&s->note, BL_E_MALFORMED, e->part->at,
		    "an unknown transfer encoding", "RFC 2045 6.1");
		bl_shell_fail(s);
	}
	return BL_OK;
}

/* The root of the tree, or the first part of a multipart/signed. */
static enum bl_err
enter(struct bl_open *o, struct bl_tree *t, const struct bl_mime_event *ev)
{
	struct bl_entity *e = bl_alloc(sizeof(*e));
	struct bl_shell *around;
	enum bl_err err;

	if (e == NULL)
		return bl_fail(&o->note, BL_E_MEMORY, 0, "out of memory", NULL);
	*e = (struct bl_entity){
	    .outer = t->active, .part = ev->part, .role = role_of(ev->part)};
	t->active = e;
	if (t == o->root && e->outer == NULL &&
	    (err = bl_headers_outside(o, ev->part->header, &t->note)) != BL_OK)
		return err;
	if (e->outer != NULL) {
		around = e->outer->shell;
		around->face.from = ev->at;
		err = bl_hashes_new(&around->hashes, o->ctx,
		    e->role == BL_ROLE_PLAIN ? bl_guise_digests(e->outer->part)
					     : BL_GUISE_DIGESTS,
		    &o->note);
		if (err != BL_OK)
			return err;
	}
	return e->role == BL_ROLE_PLAIN ? enter_tip(o, t, ev->part)
					: enter_layer(o, t, e);
}

/* The second part of multipart/signed: the signature. */
static void
enter_signature(struct bl_tree *t, struct bl_shell *s, const struct bl_part *p)
{
	if (bl_guise_of(p) != BL_GUISE_SIGNATURE) {
		(void)bl_fail(&s->note, BL_E_MALFORMED, p->at,
		    "the second part of multipart/signed is no signature",
		    "RFC 8551 3.5.3");
		return;
	}
	if (p->encoding == BL_ENCODING_OTHER) {
		(void)bl_fail(&s->note, BL_E_MALFORMED, p->at,
		    "an unknown transfer encoding", "RFC 2045 6.1");
		return;
	}
	s->has_part = true;
	bl_decode_init(&t->decode, p->encoding);
}

static enum bl_err
begin(struct bl_open *o, struct bl_tree *t, const struct bl_mime_event *ev)
{
	struct bl_part *p = ev->part;
	struct bl_entity *a = t->active;

	if (p->parent == NULL)
		return enter(o, t, ev);
	if (a->role != BL_ROLE_SIGNED || p->parent != a->part)
		return BL_OK;
	if (p->index == 0)
		return enter(o, t, ev);
	if (p->index == 1)
		enter_signature(t, a->shell, p);
	else
		a->shell->reasons |= BL_REASON_BIT(PARTLY_SIGNED);
	return BL_OK;
}

/* ---- bytes ---- */

/* The layer whose CMS object has this part as its body, or NULL. */
static struct bl_shell *
shell_of_body(const struct bl_tree *t, const struct bl_part *p)
{
	const struct bl_entity *a = t->active;

	if (a->role == BL_ROLE_CMS && p == a->part)
		return a->shell;
	if (a->role == BL_ROLE_SIGNED && p->parent == a->part &&
	    p->index == 1 && a->shell->has_part)
		return a->shell;
	return NULL;
}

/* Lends decoded bytes to a layer; the tree waits until it has used them. */
static enum bl_err
lend(struct bl_open *o, struct bl_tree *t, struct bl_shell *s,
    const struct bl_mime_event *ev)
{
	bool is_end = ev->kind == BL_MIME_END;

	bl_buf_reset(&t->decoded);
	if (is_end)
		bl_decode_end(&t->decode, &t->decoded);
	else
		bl_decode_add(&t->decode, &t->decoded, ev->bytes);
	/* Foreign bytes that one reader skips are an end to another. */
	if (t->decode.defects != 0)
		s->reasons |= BL_REASON_BIT(AMBIGUOUS);
	if (t->decoded.n > 0)
		bl_shell_lend(s, bl_buf_span(&t->decoded));
	s->ending |= is_end;
	t->busy = s;
	return bl_buf_err(&t->decoded, &o->note);
}

/* What stands in the first part of a multipart/signed is hashed for it. */
static enum bl_err
hash(struct bl_open *o, struct bl_tree *t, struct bl_span bytes)
{
	enum bl_err err = BL_OK;

	if (bytes.n == 0)
		return BL_OK;
	for (struct bl_entity *e = t->active; err == BL_OK && e->outer != NULL;
	     e = e->outer)
		err = bl_shell_hash(o, e->outer->shell, bytes);
	return err;
}

static enum bl_err
bytes(struct bl_open *o, struct bl_tree *t, const struct bl_mime_event *ev)
{
	struct bl_entity *a = t->active;
	struct bl_shell *s = shell_of_body(t, ev->part);
	enum bl_err err = hash(o, t, ev->bytes);

	if (err != BL_OK)
		return err;
	if (a->role == BL_ROLE_CMS && ev->kind == BL_MIME_BEGIN)
		a->shell->face.from = ev->at + ev->bytes.n;
	if (a->role == BL_ROLE_PLAIN) {
		err = bl_vault_add(&o->out, ev->bytes, &o->note);
		return err != BL_OK ? err : probe(o, t, ev);
	}
	if (s != NULL && ev->kind == BL_MIME_BODY)
		return lend(o, t, s, ev);
	return BL_OK;
}

/* ---- ends ---- */

static void
leave_signed(struct bl_shell *s, const struct bl_mime_event *ev)
{
	if (ev->part->children < 2)
		(void)bl_fail(&s->note, BL_E_MALFORMED, ev->at,
		    "multipart/signed has no second part", "RFC 1847 2.1");
	if (s->has_part)
		return;
	s->reasons |= BL_REASON_BIT(NO_SIGNER);
	bl_shell_fail(s);
}

static enum bl_err
leave(struct bl_open *o, struct bl_tree *t, const struct bl_mime_event *ev)
{
	struct bl_entity *e = t->active;
	enum bl_err err = BL_OK;

	if (e->role == BL_ROLE_CMS) {
		e->shell->face.to = ev->at;
		err = lend(o, t, e->shell, ev);
	} else if (e->role == BL_ROLE_SIGNED) {
		leave_signed(e->shell, ev);
	} else {
		o->tip.ended = true;
	}
	if (err == BL_OK && e->outer != NULL) {
		struct bl_shell *around = e->outer->shell;

		around->content_ended = true;
		around->face.to = ev->at;
		err = bl_hashes_end(around->hashes, &o->note);
	}
	t->active = e->outer;
	bl_release(e);
	return err;
}

static enum bl_err
end(struct bl_open *o, struct bl_tree *t, const struct bl_mime_event *ev)
{
	struct bl_shell *s = shell_of_body(t, ev->part);
	enum bl_err err = BL_OK;

	if (t->active->role == BL_ROLE_PLAIN)
		err = probe(o, t, ev);
	if (err != BL_OK)
		return err;
	if (ev->part == t->active->part)
		return leave(o, t, ev);
	return s == NULL ? BL_OK : lend(o, t, s, ev);
}

/* ---- the run ---- */

static enum bl_err
take(struct bl_open *o, struct bl_tree *t, const struct bl_mime_event *ev)
{
	enum bl_err err = BL_OK;

	if (ev->kind == BL_MIME_BEGIN && (err = begin(o, t, ev)) != BL_OK)
		return err;
	if (t->dead)
		return BL_OK;
	if (t->active->role == BL_ROLE_PLAIN && o->tip.of != NULL &&
	    (err = bl_headers_event(
		 o, ev, ev->part == t->active->part, &t->note)) != BL_OK)
		return err;
	return ev->kind == BL_MIME_END ? end(o, t, ev) : bytes(o, t, ev);
}

/* Feeds the reader; false when there is nothing to feed it. */
static bool
feed(struct bl_tree *t)
{
	if (t->has_lent) {
		bl_mime_feed(t->mime, t->lent);
		t->has_lent = false;
		return true;
	}
	if (t->ending && !t->told) {
		bl_mime_end(t->mime);
		t->told = true;
		return true;
	}
	return false;
}

enum bl_err
bl_tree_run(struct bl_open *o, struct bl_tree *t)
{
	struct bl_mime_event ev;
	enum bl_err err;

	for (;;) {
		if (t->busy != NULL) {
			if ((err = bl_shell_run(o, t->busy)) != BL_OK)
				return err;
			t->busy = NULL;
		}
		if (t->dead || t->done) {
			t->has_lent = false;
			return BL_OK;
		}
		err = bl_mime_next(t->mime, &ev, &t->note);
		if (err != BL_OK)
			err = give_up(o, t, err);
		else if (ev.kind == BL_MIME_DONE)
			t->done = true;
		else if (ev.kind != BL_MIME_MORE)
			err = take(o, t, &ev);
		else if (!feed(t))
			return BL_OK;
		if (err != BL_OK)
			return err;
	}
}
