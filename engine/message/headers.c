/* headers.c - which header fields the message is to be shown with, and what
 * protects each of them (RFC 9788; docs/verdict.md). See opening.h.
 *
 * Where the content says that its header holds the fields of the message, those
 * alone are shown, and those outside are only compared with them: nothing that
 * stands outside is ever told as protected (ATK-212).
 */
#include "message/opening.h"

#include "cert/cert.h"

/* ---- taking them ---- */

enum bl_err
bl_headers_outside(
    struct bl_open *o, const struct bl_header *h, struct bl_note *finding)
{
	enum bl_err err;

	err = bl_field_list_take(&o->headers.outside, h, &o->note);
	if (err != BL_OK)
		return err;
	err = bl_sender_read(&o->sender, h, &o->limits, finding);
	return err == BL_OK || bl_finding(o, err, finding) ? BL_OK : err;
}

/* Takes the fields of a header as those of the message. */
static enum bl_err
take(struct bl_open *o, const struct bl_header *h, struct bl_note *finding)
{
	struct bl_headers *w = &o->headers;
	enum bl_err err = bl_field_list_take(&w->inside, h, &o->note);

	if (err == BL_OK && w->form == BL_HEADER_FORM_CIPHER)
		err = bl_field_list_take_stated(&w->stated, h, &o->note);
	if (err != BL_OK)
		return err;
	err = bl_sender_read(&w->sender, h, &o->limits, finding);
	return err == BL_OK || bl_finding(o, err, finding) ? BL_OK : err;
}

static bool
is_same_sender(const struct bl_sender *a, const struct bl_sender *b)
{
	return a->addr.n > 0 && b->addr.n > 0 &&
	    bl_addr_same(bl_buf_span(&a->addr), bl_buf_span(&b->addr), NULL);
}

/* Fields in a header that nobody says to be protected count for nothing. A
 * From among them that is another one is told: some program may show it. */
static enum bl_err
look(struct bl_open *o, const struct bl_header *h)
{
	struct bl_sender s = {0};
	struct bl_note note = {0};
	enum bl_err err = bl_sender_read(&s, h, &o->limits, &note);

	o->headers.differs = s.froms > 0 &&
	    (err != BL_OK || !is_same_sender(&s, &o->sender));
	bl_buf_clear(&s.addr);
	return err == BL_OK || bl_finding(o, err, &note) ? BL_OK : err;
}

enum bl_err
bl_headers_inside(
    struct bl_open *o, const struct bl_part *p, struct bl_note *finding)
{
	struct bl_headers *w = &o->headers;

	w->form = bl_header_form_of(p);
	switch (w->form) {
	case BL_HEADER_FORM_NONE:
		return look(o, p->header);
	case BL_HEADER_FORM_WRAPPED:
		/* One byte more than allowed: then the reader of it says so. */
		bl_buf_init(&w->block, o->limits.header_block_bytes + 1);
		return BL_OK;
	case BL_HEADER_FORM_CLEAR:
	case BL_HEADER_FORM_CIPHER:
	case BL_HEADER_FORM_V1:
		break;
	}
	return take(o, p->header, finding);
}

/* ---- a message inside (RFC 8551 3.1) ---- */

/* How long the header at the start of a message is. */
static size_t
header_length(struct bl_span s)
{
	for (size_t i = 0; i < s.n;) {
		const uint8_t *nl = memchr(s.p + i, '\n', s.n - i);
		size_t n = nl == NULL ? s.n - i : (size_t)(nl - s.p) - i + 1;

		if (nl != NULL && (n == 1 || (n == 2 && s.p[i] == '\r')))
			return i + n;
		i += n;
	}
	return s.n;
}

static enum bl_err
unwrap(struct bl_open *o, struct bl_note *finding)
{
	struct bl_headers *w = &o->headers;
	struct bl_span all = bl_buf_span(&w->block);
	struct bl_header *h = NULL;
	bool is = false;
	enum bl_err err;

	err = bl_header_read(
	    &h, bl_span_cut(all, 0, header_length(all)), &o->limits, finding);
	if (err == BL_OK)
		err = bl_header_is_wrapped(&is, h, finding);
	if (!is)
		w->form = BL_HEADER_FORM_NONE;
	if (err == BL_OK && is) {
		w->defects = bl_header_defects(h);
		err = take(o, h, finding);
	} else if (bl_finding(o, err, finding)) {
		err = BL_OK;
	}
	bl_header_free(h);
	return err;
}

static enum bl_err
wrapped_event(
    struct bl_open *o, const struct bl_mime_event *ev, struct bl_note *finding)
{
	struct bl_buf *b = &o->headers.block;

	if (ev->kind == BL_MIME_END)
		return unwrap(o, finding);
	if (ev->kind != BL_MIME_BODY)
		return BL_OK;
	bl_buf_add(b, bl_span_cut(ev->bytes, 0, b->max - b->n));
	return bl_buf_err(b, &o->note);
}

enum bl_err
bl_headers_event(struct bl_open *o, const struct bl_mime_event *ev,
    bool is_root, struct bl_note *finding)
{
	struct bl_headers *w = &o->headers;

	if (is_root && w->form == BL_HEADER_FORM_WRAPPED)
		return wrapped_event(o, ev, finding);
	return bl_legacy_event(&w->legacy, w->form, ev, &o->note);
}

/* ---- judging ---- */

/* Compression alone is no protection that could hold header fields. */
static bool
has_protection(const struct bl_open *o)
{
	for (size_t i = 0; i < o->shell_count; i++)
		if (bl_layer_is_signature(o->shells[i]->face.kind) ||
		    bl_layer_is_encryption(o->shells[i]->face.kind))
			return true;
	return false;
}

static bool
is_protected(const struct bl_open *o)
{
	return o->headers.form != BL_HEADER_FORM_NONE && bl_visible_tip(o) &&
	    has_protection(o);
}

const struct bl_sender *
bl_headers_sender(const struct bl_open *o)
{
	return is_protected(o) ? &o->headers.sender : NULL;
}

/* shows is what the fields of the verdict are made with. */
struct shows {
	const struct bl_headers *w;
	bool inside;  /* those inside are shown */
	bool claimed; /* but as claims */
	bool is_signed, is_encrypted;
};

/* What is known to stand outside because the sender put it there. Older forms
 * do not say, so what is there has to do; nobody can take a secret out of it
 * that he did not put in (RFC 9788 4.10.2). */
static const struct bl_field_list *
left_outside(const struct shows *s)
{
	return s->w->form == BL_HEADER_FORM_CIPHER ? &s->w->stated
						   : &s->w->outside;
}

/* RFC 9788 4.3.1. With "clear" the sender did not encrypt; who did, later, hid
 * nothing that was not seen before. */
static bool
is_confidential(const struct shows *s, const struct bl_known_field *f)
{
	if (s->w->form == BL_HEADER_FORM_CLEAR)
		return false;
	if (s->w->form != BL_HEADER_FORM_CIPHER && !s->is_encrypted)
		return false;
	return !bl_field_list_has(left_outside(s), f);
}

static enum bl_field_protection
protection(const struct shows *s, const struct bl_known_field *f)
{
	if (!s->inside)
		return BL_FIELD_UNPROTECTED;
	if (s->is_encrypted && is_confidential(s, f))
		return s->is_signed ? BL_FIELD_SIGNED_ENCRYPTED
				    : BL_FIELD_ENCRYPTED;
	return s->is_signed ? BL_FIELD_SIGNED : BL_FIELD_UNPROTECTED;
}

/* What nobody hid may be repeated. Where there was anything to hide, the sender
 * must say that it was not, and it must really be there (RFC 9788 6.1). */
static bool
is_safe(const struct shows *s, const struct bl_known_field *f)
{
	if (!s->inside)
		return true;
	if (!s->is_encrypted && s->w->form != BL_HEADER_FORM_CIPHER)
		return true;
	return !is_confidential(s, f) && bl_field_list_has(&s->w->outside, f);
}

static enum bl_field_place
place(const struct shows *s)
{
	return s->claimed ? BL_FIELD_CLAIMED
	    : s->inside	  ? BL_FIELD_INSIDE
			  : BL_FIELD_OUTSIDE;
}

static enum bl_err
show(struct bl_open *o, const struct shows *s, const struct bl_known_field *f,
    size_t nth)
{
	struct bl_verdict *v = &o->verdict;
	const struct bl_known_field *left;
	struct bl_verdict_field *to;
	enum bl_err err = bl_list_grow(&v->fields, v->field_count,
	    &v->field_cap, sizeof(*v->fields), &o->note);

	if (err != BL_OK)
		return err;
	to = &v->fields[v->field_count++];
	*to = (struct bl_verdict_field){.face = {.name = f->name,
					    .place = place(s),
					    .protection = protection(s, f),
					    .safe_outside = is_safe(s, f)}};
	bl_header_text(&to->text, bl_buf_span(&f->value));
	left = !s->inside ? f
			  : bl_field_list_find(left_outside(s), f->name, nth);
	to->face.has_outside = left != NULL;
	if (left != NULL)
		bl_header_text(&to->outside, bl_buf_span(&left->value));
	if ((err = bl_buf_err(&to->text, &o->note)) != BL_OK)
		return err;
	return bl_buf_err(&to->outside, &o->note);
}

/*
 * Without a signature that is good for it a From inside is a claim of whoever
 * encrypted: where another one stands outside, that one is shown, as mail
 * servers judge it (RFC 9788 4.4).
 */
static bool
is_claimed_from(const struct bl_open *o, const struct shows *s)
{
	return !s->is_signed && o->headers.outside.n > 0 &&
	    !is_same_sender(&o->headers.sender, &o->sender);
}

/* Whether fields of a name are shown as they stand outside. */
static bool
is_shown_outer(const struct bl_open *o, const struct shows *s, size_t name)
{
	bool is_from = name == 0;

	if (!s->inside)
		return true;
	/* Older programs do not protect all there are. */
	if (bl_field_list_find(&s->w->inside, bl_field_names[name], 0) == NULL)
		return is_from || s->w->form == BL_HEADER_FORM_V1;
	return is_from && is_claimed_from(o, s);
}

/* Shows the fields of one name, inside or outside. */
static enum bl_err
show_name(struct bl_open *o, const struct shows *s, const char *name)
{
	const struct bl_field_list *l = s->inside ? &s->w->inside
						  : &s->w->outside;
	enum bl_err err = BL_OK;
	size_t nth = 0;

	for (size_t i = 0; err == BL_OK && i < l->n; i++)
		if (l->list[i].name == name)
			err = show(o, s, &l->list[i], nth++);
	return err;
}

static enum bl_err
show_all(struct bl_open *o, const struct shows *s)
{
	const struct shows outer = {.w = s->w};
	struct shows claim = *s;
	enum bl_err err = BL_OK;

	claim.claimed = true;
	for (size_t k = 0; err == BL_OK && bl_field_names[k] != NULL; k++) {
		const char *name = bl_field_names[k];
		bool flip = is_shown_outer(o, s, k);

		err = show_name(o, flip ? &outer : s, name);
		/* The one that an answer goes to (RFC 9788 4.4.4). */
		if (err == BL_OK && k == 0 && flip && s->inside)
			err = show_name(o, &claim, name);
	}
	return err;
}

/* ---- what is not outside as it was sent ---- */

static bool
differs(const struct shows *s, const char *name)
{
	const struct bl_headers *w = s->w;

	switch (w->form) {
	case BL_HEADER_FORM_NONE:
		break;
	case BL_HEADER_FORM_CIPHER:
		return !bl_field_list_same(&w->stated, &w->outside, name);
	case BL_HEADER_FORM_CLEAR:
		return !bl_field_list_same(&w->inside, &w->outside, name);
	case BL_HEADER_FORM_V1:
	case BL_HEADER_FORM_WRAPPED:
		/* Not all need be inside, and a subject may be hidden. */
		return bl_field_list_find(&w->inside, name, 0) != NULL &&
		    !(s->is_encrypted && strcmp(name, "Subject") == 0) &&
		    !bl_field_list_same(&w->inside, &w->outside, name);
	}
	return false;
}

static void
compare(struct bl_open *o, const struct shows *s)
{
	struct bl_verdict *v = &o->verdict;
	const struct bl_sender *in = &o->headers.sender;
	size_t n = 0;

	/* A bare object, and an entity alone, have nothing to compare with. */
	if (o->root == NULL || o->headers.outside.n == 0)
		return;
	for (size_t k = 0; bl_field_names[k] != NULL; k++) {
		bool from = k == 0 && in->froms > 0 &&
		    !is_same_sender(in, &o->sender);

		if (from || differs(s, bl_field_names[k]))
			v->differs[n++] = bl_field_names[k];
	}
	if (n > 0)
		v->reasons |= BL_REASON_BIT(HEADERS_DIFFER);
}

/* ---- the verdict ---- */

static void
take_legacy(struct bl_open *o, const struct shows *s)
{
	struct bl_legacy *l = &o->headers.legacy;

	/* Whoever could hide text of a message that he only signed, or not
	 * even that, would (RFC 9788 4.5.3). */
	if (!s->inside || !s->is_encrypted)
		return;
	o->verdict.legacy = l->list;
	o->verdict.legacy_count = l->n;
	l->list = NULL;
	l->n = 0;
}

static bool
told_without_form(const struct bl_open *o)
{
	const struct bl_verdict *v = &o->verdict;

	return o->headers.differs && o->root != NULL && bl_visible_tip(o) &&
	    (v->signature == BL_SIGNATURE_VALID ||
		v->encryption == BL_ENCRYPTION_INTACT);
}

enum bl_err
bl_headers_judge(struct bl_open *o)
{
	struct bl_verdict *v = &o->verdict;
	struct shows s = {.w = &o->headers,
	    .inside = is_protected(o) && v->signature != BL_SIGNATURE_INVALID,
	    .is_signed = v->signature == BL_SIGNATURE_VALID,
	    .is_encrypted = v->encryption == BL_ENCRYPTION_INTACT ||
		v->encryption == BL_ENCRYPTION_UNAUTHENTICATED};

	_Static_assert(BL_VERDICT_DIFFERS >= 19, "every name and an end");
	if (s.inside) {
		v->form = o->headers.form;
		compare(o, &s);
		take_legacy(o, &s);
	} else if (told_without_form(o)) {
		v->reasons |= BL_REASON_BIT(HEADERS_DIFFER);
		v->differs[0] = bl_field_names[0];
	}
	return show_all(o, &s);
}

void
bl_headers_clear(struct bl_headers *h)
{
	bl_field_list_clear(&h->outside);
	bl_field_list_clear(&h->stated);
	bl_field_list_clear(&h->inside);
	bl_buf_clear(&h->sender.addr);
	bl_buf_clear(&h->block);
	bl_legacy_clear(&h->legacy);
}
