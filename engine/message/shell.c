/* shell.c - one CMS layer being read; see opening.h. */
#include "message/opening.h"

#define HEAD_SLACK ((size_t)4 << 20) /* bytes: more than is lent at once */

bool
bl_layer_is_signature(enum bl_layer_kind k)
{
	return k == BL_LAYER_CLEAR_SIGNED || k == BL_LAYER_OPAQUE_SIGNED ||
	    k == BL_LAYER_DETACHED;
}

bool
bl_layer_is_encryption(enum bl_layer_kind k)
{
	return k == BL_LAYER_ENVELOPED || k == BL_LAYER_AUTH_ENVELOPED;
}

enum bl_err
bl_shell_new(struct bl_shell **out, struct bl_open *o, enum bl_shell_form form,
    struct bl_note *finding)
{
	struct bl_shell *s = NULL;
	enum bl_err err;

	*out = NULL;
	if (o->shell_count >= o->limits.layers)
		return bl_fail_limit(finding, 0, "limit-layers",
		    "too many layers of protection", NULL);
	err = bl_list_grow(&o->shells, o->shell_count, &o->shell_cap,
	    sizeof(struct bl_shell *), &o->note);
	if (err != BL_OK)
		return err;
	if ((s = bl_alloc(sizeof(*s))) == NULL)
		return bl_fail(&o->note, BL_E_MEMORY, 0, "out of memory", NULL);
	err = bl_cms_new(&s->cms, o->ctx, &o->policy, &o->limits, &o->note);
	if (err != BL_OK) {
		bl_release(s);
		return err;
	}
	s->index = (unsigned)o->shell_count;
	s->form = form;
	s->state = BL_SHELL_READING;
	s->keep_head = form != BL_FORM_PART;
	bl_buf_init(&s->head, o->limits.cms_frame_bytes + HEAD_SLACK);
	o->shells[o->shell_count++] = s;
	*out = s;
	return BL_OK;
}

void
bl_shell_lend(struct bl_shell *s, struct bl_span in)
{
	s->lent = in;
	s->has_lent = true;
}

void
bl_shell_free(struct bl_shell *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->key_count; i++)
		bl_secret_free(s->keys[i]);
	bl_cms_free(s->cms);
	bl_hashes_free(s->hashes);
	bl_hashes_free(s->again);
	bl_buf_clear(&s->cipher);
	bl_buf_clear(&s->head);
	bl_release(s);
}

bool
bl_shell_is_hidden(const struct bl_open *o, const struct bl_shell *s)
{
	for (size_t i = 0; i < s->index; i++)
		if (bl_layer_is_encryption(o->shells[i]->face.kind) &&
		    o->shells[i]->state != BL_SHELL_DONE)
			return true;
	return false;
}

/* ---- giving up ---- */

static bool
is_reason(const struct bl_note *n, enum bl_reason r)
{
	return n->reason != NULL && strcmp(n->reason, bl_reason_code(r)) == 0;
}

static bl_reasons
reason_of(const struct bl_note *n)
{
	if (n->err == BL_E_LIMIT)
		return BL_REASON_BIT(LIMIT);
	if (n->err != BL_E_UNSUPPORTED)
		return BL_REASON_BIT(MALFORMED);
	return is_reason(n, BL_REASON_CIPHER_NOT_ALLOWED)
	    ? BL_REASON_BIT(CIPHER_NOT_ALLOWED)
	    : BL_REASON_BIT(UNSUPPORTED);
}

void
bl_shell_fail(struct bl_shell *s)
{
	s->state = BL_SHELL_FAILED;
	s->has_lent = false;
	bl_buf_clear(&s->head);
	/* All that can go wrong with the key or the content is said in one
	 * way (ATK-105, ATK-106); of a key that was tried, that it is not
	 * the one. */
	if (s->note.err == BL_E_FORGED)
		s->reasons |= s->is_trial ? BL_REASON_BIT(NO_KEY)
					  : BL_REASON_BIT(BAD_TAG);
	else if (s->note.err != BL_OK)
		s->reasons |= reason_of(&s->note);
	if (s->note.err == BL_E_FORGED)
		s->note = (struct bl_note){0};
	if (s->note.err == BL_E_UNSUPPORTED)
		s->face.what = s->note.what;
	if (s->face.kind == 0)
		s->face.kind = BL_LAYER_OTHER;
}

/* A finding of the reader; any other error goes up. */
static enum bl_err
failed(struct bl_open *o, struct bl_shell *s, enum bl_err err)
{
	const char *name = bl_cms_cipher_name(s->cms);

	if (!bl_finding(o, err, &s->note))
		return err;
	if (s->cipher.n == 0 && name != NULL)
		bl_buf_add_str(&s->cipher, name);
	bl_shell_fail(s);
	return bl_buf_err(&s->cipher, &o->note);
}

static enum bl_err
malformed(
    struct bl_open *o, struct bl_shell *s, const char *what, const char *source)
{
	return failed(o, s, bl_fail(&s->note, BL_E_MALFORMED, 0, what, source));
}

/* ---- what kind it is ---- */

/* Where only a signature may stand, nothing else does. */
static enum bl_err
must_sign(struct bl_open *o, struct bl_shell *s)
{
	if (s->form == BL_FORM_PART)
		return malformed(
		    o, s, "the signature is not SignedData", "RFC 8551 3.5.3");
	if (s->form == BL_FORM_BARE && o->given != NULL)
		return malformed(
		    o, s, "content was given, but this is no signature", NULL);
	return BL_OK;
}

static enum bl_err
encrypted(struct bl_open *o, struct bl_shell *s, enum bl_layer_kind kind)
{
	s->face.kind = kind;
	if (s->hint != 0 && s->hint != BL_LAYER_ENVELOPED)
		s->reasons |= BL_REASON_BIT(AMBIGUOUS);
	return bl_shell_is_hidden(o, s) ? bl_park(o, s) : BL_OK;
}

/* One is enough for any honest message, and each multiplies (LIM-12). */
static enum bl_err
compressed(struct bl_open *o, struct bl_shell *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->index; i++)
		n += o->shells[i]->face.kind == BL_LAYER_COMPRESSED;
	s->face.kind = BL_LAYER_COMPRESSED;
	if (s->hint != 0 && s->hint != BL_LAYER_COMPRESSED)
		s->reasons |= BL_REASON_BIT(AMBIGUOUS);
	if (n < o->limits.compressed_layers)
		return BL_OK;
	return failed(o, s,
	    bl_fail_limit(&s->note, 0, "limit-compressed-layers",
		"compressed inside compressed", NULL));
}

static enum bl_err
type(struct bl_open *o, struct bl_shell *s)
{
	enum bl_cms_kind kind = bl_cms_kind(s->cms);
	enum bl_err err = BL_OK;

	if (kind != BL_CMS_SIGNED &&
	    ((err = must_sign(o, s)) != BL_OK || s->state != BL_SHELL_READING))
		return err;
	switch (kind) {
	case BL_CMS_ENVELOPED:
		return encrypted(o, s, BL_LAYER_ENVELOPED);
	case BL_CMS_AUTH_ENVELOPED:
		return encrypted(o, s, BL_LAYER_AUTH_ENVELOPED);
	case BL_CMS_SIGNED:
	case BL_CMS_COMPRESSED:
		break;
	case BL_CMS_OTHER:
		return malformed(o, s, "unknown content type", NULL);
	}
	s->keep_head = false;
	bl_buf_clear(&s->head);
	if (kind == BL_CMS_COMPRESSED)
		return compressed(o, s);
	if (s->form == BL_FORM_ENTITY ||
	    (s->form == BL_FORM_BARE && o->given == NULL))
		s->face.kind = BL_LAYER_OPAQUE_SIGNED;
	else if (s->form == BL_FORM_BARE)
		s->face.kind = BL_LAYER_DETACHED;
	return BL_OK;
}

/* ---- content ---- */

static bool
is_detached(const struct bl_shell *s)
{
	return s->face.kind == BL_LAYER_CLEAR_SIGNED ||
	    s->face.kind == BL_LAYER_DETACHED;
}

/* Content of another type is no mail: it is the tip, as it is. */
static enum bl_err
start_content(struct bl_open *o, struct bl_shell *s)
{
	if (s->content != NULL || s->content_raw)
		return BL_OK;
	if (bl_oid_find(bl_cms_content_type(s->cms)) == BL_OID_DATA)
		return bl_tree_new(&s->content, o, s);
	s->content_raw = true;
	s->reasons |= BL_REASON_BIT(UNSUPPORTED);
	s->face.what = "content that is not mail";
	o->tip.reached = true;
	o->tip.of = s;
	return BL_OK;
}

static enum bl_err
content(struct bl_open *o, struct bl_shell *s, struct bl_span bytes)
{
	enum bl_err err;

	if (is_detached(s)) {
		s->has_content = true;
		return BL_OK;
	}
	if ((err = start_content(o, s)) != BL_OK)
		return err;
	if (s->content_raw)
		return bl_vault_add(&o->out, bytes, &o->note);
	bl_tree_lend(s->content, bytes);
	s->content_busy = true;
	return BL_OK;
}

/* All of the content was seen, and for an encrypted one it holds. */
static enum bl_err
end_content(struct bl_open *o, struct bl_shell *s)
{
	enum bl_err err = start_content(o, s);

	if (err != BL_OK)
		return err;
	s->content_ended = true;
	if (s->content_raw) {
		o->tip.ended = true;
		return BL_OK;
	}
	s->content->ending = true;
	s->content_busy = true;
	return BL_OK;
}

static enum bl_err
content_end(struct bl_open *o, struct bl_shell *s)
{
	if (bl_cms_is_detached(s->cms))
		return BL_OK;
	if (is_detached(s)) {
		s->has_content = true;
		return BL_OK;
	}
	return end_content(o, s);
}

/* ---- the end ---- */

/* A SignedData without content where content belongs. */
static void
empty_signed(struct bl_shell *s)
{
	if (s->face.signers == 0) {
		s->face.kind = BL_LAYER_CERTS_ONLY;
		return;
	}
	if (s->form == BL_FORM_BARE) {
		s->face.kind = BL_LAYER_DETACHED;
		(void)bl_fail(&s->note, BL_E_MALFORMED, 0,
		    "the content of the detached signature is not at hand",
		    NULL);
		s->reasons |= BL_REASON_BIT(MALFORMED);
		return;
	}
	s->reasons |= BL_REASON_BIT(SIGNATURE_MALFORMED); /* ATK-201 */
}

static void
signed_end(struct bl_shell *s)
{
	s->face.signers = (unsigned)bl_cms_signer_count(s->cms);
	if (is_detached(s)) {
		if (s->has_content) /* ATK-201 */
			s->reasons |= BL_REASON_BIT(SIGNATURE_MALFORMED);
	} else if (bl_cms_is_detached(s->cms)) {
		empty_signed(s);
	}
	if (s->face.signers == 0 && s->face.kind != BL_LAYER_CERTS_ONLY)
		s->reasons |= BL_REASON_BIT(NO_SIGNER); /* ATK-203 */
	if (s->face.signers > 0 && s->hint != 0 &&
	    s->hint != BL_LAYER_OPAQUE_SIGNED)
		s->reasons |= BL_REASON_BIT(AMBIGUOUS);
}

static enum bl_err
held(struct bl_open *o, struct bl_shell *s)
{
	enum bl_cipher cipher = bl_cms_cipher(s->cms);

	if (!bl_cipher_is_aead(cipher))
		s->reasons |= BL_REASON_BIT(UNAUTHENTICATED);
	if (bl_cipher_is_old(cipher))
		s->reasons |= BL_REASON_BIT(WEAK_ALGORITHM);
	if (s->chosen < s->key_count)
		memcpy(s->face.key, s->key_ids[s->chosen], sizeof(s->face.key));
	return end_content(o, s);
}

static enum bl_err
end(struct bl_open *o, struct bl_shell *s)
{
	s->state = BL_SHELL_DONE;
	if (bl_layer_is_encryption(s->face.kind))
		return held(o, s);
	if (s->face.kind != BL_LAYER_COMPRESSED)
		signed_end(s);
	return BL_OK;
}

/* ---- the run ---- */

static enum bl_err
key(struct bl_open *o, struct bl_shell *s)
{
	enum bl_err err;

	s->face.recipients = (unsigned)bl_cms_recipient_count(s->cms);
	bl_buf_reset(&s->cipher);
	bl_buf_add_str(&s->cipher, bl_cms_cipher_name(s->cms));
	if ((err = bl_buf_err(&s->cipher, &o->note)) != BL_OK)
		return err;
	/* Nothing authenticates this type: as another it is not read. */
	if (bl_oid_find(bl_cms_content_type(s->cms)) != BL_OID_DATA)
		return failed(o, s,
		    bl_fail(&s->note, BL_E_UNSUPPORTED, 0,
			"encrypted content that is not mail", "RFC 8551 3.3"));
	if (s->chosen >= s->key_count)
		return bl_unwrap_ask(o, s);
	err = bl_cms_set_key(s->cms, s->keys[s->chosen], &s->note);
	return err == BL_OK ? BL_OK : failed(o, s, err);
}

static enum bl_err
event(struct bl_open *o, struct bl_shell *s, const struct bl_cms_event *ev)
{
	switch (ev->kind) {
	case BL_CMS_TYPE:
		return type(o, s);
	case BL_CMS_KEY:
		return key(o, s);
	case BL_CMS_CONTENT:
		return content(o, s, ev->bytes);
	case BL_CMS_CONTENT_END:
		return content_end(o, s);
	case BL_CMS_END:
		return end(o, s);
	case BL_CMS_MORE:
		break;
	}
	return BL_OK;
}

/* Feeds the reader; *fed false: there is nothing to feed it. */
static enum bl_err
feed(struct bl_open *o, struct bl_shell *s, bool *fed)
{
	enum bl_err err;

	*fed = s->has_lent || (s->ending && !s->told);
	if (s->has_lent) {
		s->has_lent = false;
		if (s->keep_head)
			bl_buf_add(&s->head, s->lent);
		bl_cms_feed(s->cms, s->lent);
		err = bl_buf_err(&s->head, &s->note);
		return err == BL_OK ? BL_OK : failed(o, s, err);
	}
	if (*fed) {
		bl_cms_end(s->cms);
		s->told = true;
	}
	return BL_OK;
}

static enum bl_err
step(struct bl_open *o, struct bl_shell *s, bool *empty)
{
	struct bl_cms_event ev;
	bool fed;
	enum bl_err err;

	if ((err = bl_cms_next(s->cms, &ev, &s->note)) != BL_OK)
		return failed(o, s, err);
	if (ev.kind != BL_CMS_MORE)
		return event(o, s, &ev);
	err = feed(o, s, &fed);
	*empty = !fed;
	return err;
}

enum bl_err
bl_shell_run(struct bl_open *o, struct bl_shell *s)
{
	bool empty = false;
	enum bl_err err = BL_OK;

	while (err == BL_OK && !empty) {
		if (s->content_busy) {
			if ((err = bl_tree_run(o, s->content)) == BL_OK)
				s->content_busy = false;
		} else if (s->asked) {
			err = bl_unwrap_take(o, s);
		} else if (s->state == BL_SHELL_READING) {
			err = step(o, s, &empty);
		} else {
			if (s->state == BL_SHELL_PARKED && s->has_lent)
				err = bl_vault_add(s->vault, s->lent, &o->note);
			s->has_lent = false;
			empty = true;
		}
	}
	return err;
}

enum bl_err
bl_shell_hash(struct bl_open *o, struct bl_shell *s, struct bl_span in)
{
	struct bl_buf crlf = {0};
	enum bl_err err = BL_OK;

	if (!s->is_lf)
		return bl_hashes_add(s->hashes, in, &o->note);
	bl_crlf_add(&s->crlf, &crlf, in);
	if ((err = bl_buf_err(&crlf, &o->note)) == BL_OK)
		err = bl_hashes_add(s->hashes, bl_buf_span(&crlf), &o->note);
	bl_buf_clear(&crlf);
	return err;
}
