/* judge.c - what the message turned out to be: docs/verdict.md says each
 * rule, and this file does them. */
#include "message/opening.h"

#define B(id)	  BL_REASON_BIT(id)

/* What is told of structure lowers a signature wherever it was found. */
#define STRUCTURE (B(AMBIGUOUS) | B(MALFORMED) | B(LIMIT) | B(UNSUPPORTED))

size_t
bl_visible_shells(const struct bl_open *o)
{
	for (size_t i = 0; i < o->shell_count; i++)
		if (bl_layer_is_encryption(o->shells[i]->face.kind) &&
		    o->shells[i]->state != BL_SHELL_DONE)
			return i + 1;
	return o->shell_count;
}

bool
bl_visible_tree(const struct bl_open *o, const struct bl_tree *t)
{
	const struct bl_shell *s = t->of;

	if (s == NULL)
		return true;
	return !bl_shell_is_hidden(o, s) &&
	    (!bl_layer_is_encryption(s->face.kind) ||
		s->state == BL_SHELL_DONE);
}

bool
bl_visible_tip(const struct bl_open *o)
{
	return o->tip.reached &&
	    (o->tip.of == NULL ||
		(!bl_shell_is_hidden(o, o->tip.of) &&
		    (!bl_layer_is_encryption(o->tip.of->face.kind) ||
			o->tip.of->state == BL_SHELL_DONE)));
}

static bool
content_ended(const struct bl_shell *s)
{
	switch (s->face.kind) {
	case BL_LAYER_CLEAR_SIGNED:
	case BL_LAYER_OPAQUE_SIGNED:
		return s->content_ended;
	case BL_LAYER_DETACHED:
	case BL_LAYER_CERTS_ONLY:
	case BL_LAYER_ENVELOPED:
	case BL_LAYER_AUTH_ENVELOPED:
	case BL_LAYER_COMPRESSED:
		return s->state == BL_SHELL_DONE;
	case BL_LAYER_OTHER:
		break;
	}
	return false;
}

bool
bl_content_is_whole(const struct bl_open *o)
{
	const struct bl_shell *last = NULL;

	if (o->input_note.err != BL_OK)
		return false;
	for (size_t i = 0; i < o->tree_count; i++)
		if (o->trees[i]->dead || !o->trees[i]->done)
			return false;
	for (size_t i = 0; i < o->shell_count; i++) {
		last = o->shells[i];
		if (!content_ended(last))
			return false;
	}
	if (o->tip.reached)
		return o->tip.ended;
	return last != NULL &&
	    (last->face.kind == BL_LAYER_CERTS_ONLY ||
		last->face.kind == BL_LAYER_DETACHED);
}

bool
bl_covers_content(const struct bl_open *o, const struct bl_shell *s)
{
	for (size_t i = s->index + 1; i < bl_visible_shells(o); i++)
		if (bl_layer_is_encryption(o->shells[i]->face.kind))
			return false;
	return true;
}

/* ---- what was found on the way ---- */

/* Takes over the first note, and what it is a reason for. */
static void
take_note(struct bl_verdict *v, const struct bl_note *n)
{
	if (n->err == BL_OK)
		return;
	if (n->err == BL_E_LIMIT) {
		v->reasons |= B(LIMIT);
		if (v->limit == NULL)
			v->limit = n->reason;
	}
	if (n->err == BL_E_MALFORMED)
		v->reasons |= B(MALFORMED);
	if (v->note.err == BL_OK)
		v->note = *n;
}

static void
take_tree(struct bl_open *o, const struct bl_tree *t)
{
	unsigned defects = bl_mime_defects(t->mime);
	struct bl_verdict *v = &o->verdict;

	if (!bl_visible_tree(o, t))
		return;
	take_note(v, &t->note);
	if (t->is_data)
		return;
	v->defects |= defects;
	/* A message without layers has nothing to be ambiguous about. */
	if ((defects & BL_DEFECTS_AMBIGUOUS) != 0 && o->shell_count > 0)
		v->reasons |= B(AMBIGUOUS);
}

static enum bl_err
take_layer(struct bl_open *o, struct bl_shell *s)
{
	struct bl_verdict *v = &o->verdict;
	enum bl_err err = bl_list_grow(&v->layers, v->layer_count,
	    &v->layer_cap, sizeof(*v->layers), &o->note);
	struct bl_layer *l;

	if (err != BL_OK)
		return err;
	l = &v->layers[v->layer_count++];
	*l = s->face;
	l->reasons = s->reasons;
	l->from = l->from > s->base ? l->from - s->base : 0;
	l->to = l->to > s->base ? l->to - s->base : 0;
	if (s->cipher.n > 0 && (l->cipher = bl_buf_text(&s->cipher)) == NULL)
		return bl_buf_err(&s->cipher, &o->note);
	take_note(v, &s->note);
	v->reasons |= s->reasons & STRUCTURE;
	return BL_OK;
}

static enum bl_err
take_findings(struct bl_open *o)
{
	enum bl_err err = BL_OK;
	size_t choice = 0;

	take_note(&o->verdict, &o->input_note);
	if (bl_visible_tip(o) &&
	    (o->headers.defects & BL_DEFECTS_AMBIGUOUS) != 0) {
		o->verdict.defects |= o->headers.defects;
		o->verdict.reasons |= B(AMBIGUOUS);
	}
	for (size_t i = 0; i < o->tree_count; i++)
		take_tree(o, o->trees[i]);
	for (size_t i = 0; err == BL_OK && i < bl_visible_shells(o); i++) {
		err = take_layer(o, o->shells[i]);
		if (err == BL_OK)
			err = bl_signers_judge(o, o->shells[i], &choice);
	}
	return err;
}

/* ---- encryption ---- */

/* EncryptedData has no recipients: its key comes another way, so it is never
 * opened here, and is not "not encrypted". */
static bool
is_encrypted_data(const struct bl_shell *s)
{
	return s->cms != NULL &&
	    bl_oid_find(bl_cms_type(s->cms)) == BL_OID_ENCRYPTED_DATA;
}

static void
judge_encryption(struct bl_open *o)
{
	struct bl_verdict *v = &o->verdict;

	for (size_t i = 0; i < bl_visible_shells(o); i++) {
		const struct bl_shell *s = o->shells[i];
		enum bl_encryption e;

		if (s->face.kind == BL_LAYER_OTHER) {
			v->reasons |= s->reasons;
			if (is_encrypted_data(s))
				v->encryption = BL_ENCRYPTION_FAILED;
		}
		if (!bl_layer_is_encryption(s->face.kind))
			continue;
		e = s->state != BL_SHELL_DONE ? BL_ENCRYPTION_FAILED
		    : (s->reasons & B(UNAUTHENTICATED)) != 0
		    ? BL_ENCRYPTION_UNAUTHENTICATED
		    : BL_ENCRYPTION_INTACT;
		if (e > v->encryption)
			v->encryption = e;
		v->reasons |= s->reasons;
	}
	if (!bl_visible_tip(o) || !o->tip.partly_encrypted)
		return;
	v->reasons |= B(PARTLY_ENCRYPTED);
	if (v->encryption == BL_ENCRYPTION_NONE)
		v->encryption = BL_ENCRYPTION_PARTIAL;
}

/* ---- signature ---- */

/* The innermost layer with a signature: it decides. */
static const struct bl_shell *
deciding_layer(const struct bl_open *o)
{
	const struct bl_shell *s = NULL;

	for (size_t i = 0; i < bl_visible_shells(o); i++)
		if (bl_layer_is_signature(o->shells[i]->face.kind))
			s = o->shells[i];
	return s;
}

/* All signers of the deciding layer together: each has to be good, and one of
 * them the sender (ATK-202). */
static bl_reasons
judge_signers(struct bl_verdict *v, const struct bl_shell *s)
{
	bl_reasons all = 0;
	size_t n = 0;
	bool has_sender = false;

	for (size_t i = 0; i < v->signer_count; i++) {
		const struct bl_signer *f = &v->signers[i].face;

		if (f->layer != s->index)
			continue;
		n++;
		if (v->deciding == SIZE_MAX)
			v->deciding = i;
		if (f->status == BL_SIGNATURE_VALID && !has_sender) {
			has_sender = true;
			v->deciding = i;
		}
	}
	for (size_t i = 0; i < v->signer_count; i++) {
		const struct bl_signer *f = &v->signers[i].face;
		bl_reasons r = f->reasons;

		if (f->layer != s->index)
			continue;
		if (has_sender)
			r &= ~B(SIGNER_MISMATCH);
		all |= r;
	}
	/* What is no fault of a signer is none of several either. */
	return n > 1 && (all & ~(B(NO_SENDER) | B(OUTER_SIGNER))) != 0
	    ? all | B(SEVERAL_SIGNERS)
	    : all;
}

/* Layers around the deciding one do not raise and, but for an alteration and
 * what is wrong with their structure, do not lower. */
static bl_reasons
judge_outer(const struct bl_open *o, const struct bl_shell *deciding)
{
	const struct bl_verdict *v = &o->verdict;
	bl_reasons all = 0;

	for (size_t i = 0; i < bl_visible_shells(o); i++)
		if (bl_layer_is_signature(o->shells[i]->face.kind))
			all |= o->shells[i]->reasons;
	for (size_t i = 0; i < v->signer_count; i++)
		if (v->signers[i].face.layer != deciding->index &&
		    v->signers[i].face.status == BL_SIGNATURE_INVALID)
			all |= v->signers[i].face.reasons & ~B(OUTER_SIGNER);
	return all;
}

/* What is valid has to be shown to be, once more and on its own. */
static bool
is_proven(const struct bl_open *o, const struct bl_shell *s)
{
	const struct bl_verdict *v = &o->verdict;
	const struct bl_signer *f = bl_verdict_signer(v, v->deciding);

	return f != NULL && f->layer == s->index &&
	    f->status == BL_SIGNATURE_VALID && f->reasons == 0 &&
	    s->state == BL_SHELL_DONE && s->reasons == 0 &&
	    bl_covers_content(o, s) && bl_content_is_whole(o);
}

static void
judge_signature(struct bl_open *o)
{
	const struct bl_shell *s = deciding_layer(o);
	struct bl_verdict *v = &o->verdict;
	bool partly = bl_visible_tip(o) && o->tip.partly_signed;
	bool wrapped = bl_visible_tip(o) && o->tip.wrapped;
	bl_reasons lower = v->reasons & STRUCTURE;

	if (partly && (s == NULL || !bl_covers_content(o, s)))
		v->reasons |= B(PARTLY_SIGNED);
	if (wrapped && (s == NULL || !bl_covers_content(o, s)))
		v->reasons |= B(WRAPPED_IN_WINMAIL);
	if (s == NULL) {
		v->signature = partly || wrapped ? BL_SIGNATURE_UNVERIFIED
						 : BL_SIGNATURE_NONE;
		return;
	}
	lower |= judge_signers(v, s) | judge_outer(o, s);
	if (!bl_covers_content(o, s))
		lower |= B(OUTER_SIGNER);
	if (!bl_sender_is_one(o, s))
		lower |= B(NO_SENDER);
	v->reasons |= lower;
	v->signature = bl_reasons_status(lower);
	if (v->signature != BL_SIGNATURE_VALID || is_proven(o, s))
		return;
	v->signature = BL_SIGNATURE_UNVERIFIED;
	v->reasons |= B(MALFORMED);
}

/* ---- the rest ---- */

static const char *
state_text(const struct bl_shell *s)
{
	switch (s->state) {
	case BL_SHELL_READING:
		return "it was not read to its end";
	case BL_SHELL_PARKED:
		return "it was not opened";
	case BL_SHELL_FAILED:
		return "it could not be read";
	case BL_SHELL_DONE:
		break;
	}
	return bl_layer_is_encryption(s->face.kind) ? "it holds"
						    : "it was read";
}

/* What was made of the header fields. */
static void
trace_headers(struct bl_open *o)
{
	static const char *const forms[] = {[BL_HEADER_FORM_NONE] = NULL,
	    [BL_HEADER_FORM_CLEAR] = "hp=\"clear\" [RFC 9788 2.1]",
	    [BL_HEADER_FORM_CIPHER] = "hp=\"cipher\" [RFC 9788 2.1]",
	    [BL_HEADER_FORM_V1] = "protected-headers=\"v1\"",
	    [BL_HEADER_FORM_WRAPPED] = "message/rfc822 [RFC 8551 3.1]"};
	struct bl_verdict *v = &o->verdict;
	struct bl_buf *b = &v->trace;

	if (v->form == BL_HEADER_FORM_NONE)
		return;
	bl_buf_add_f(b, "header fields are inside: %s\n", forms[v->form]);
	if (v->form == BL_HEADER_FORM_CIPHER &&
	    v->encryption != BL_ENCRYPTION_INTACT &&
	    v->encryption != BL_ENCRYPTION_UNAUTHENTICATED)
		bl_buf_add_str(b, "they say to be encrypted, and were not\n");
	for (size_t i = 0; v->differs[i] != NULL; i++)
		bl_buf_add_f(
		    b, "%s outside is not as it was sent\n", v->differs[i]);
}

/* Why, a line each: layer after layer, then what decides. */
static void
trace(struct bl_open *o)
{
	const struct bl_shell *s = deciding_layer(o);
	struct bl_buf *b = &o->verdict.trace;

	for (size_t i = 0; i < bl_visible_shells(o); i++)
		bl_buf_add_f(b, "layer %zu, %s: %s\n", i,
		    bl_layer_kind_name(o->shells[i]->face.kind),
		    state_text(o->shells[i]));
	if (o->sender.froms != 1 || o->sender.addr.n == 0)
		bl_buf_add_f(b, "the message has %s [RFC 5322 3.6.2]\n",
		    o->sender.froms == 0      ? "no From field"
			: o->sender.froms > 1 ? "several From fields"
					      : "no single mailbox in From");
	trace_headers(o);
	if (s != NULL)
		bl_buf_add_f(b, "layer %u decides: %s\n", s->index,
		    bl_covers_content(o, s)
			? "the innermost signature"
			: "no signature is inside the encryption");
}

static void
set_faces(struct bl_verdict *v)
{
	for (size_t i = 0; i < v->field_count; i++) {
		struct bl_verdict_field *f = &v->fields[i];

		f->face.text = bl_buf_span(&f->text);
		f->face.outside = bl_buf_span(&f->outside);
	}
	for (size_t i = 0; i < v->signer_count; i++) {
		struct bl_verdict_signer *s = &v->signers[i];

		s->face.name = bl_buf_span(&s->name);
		s->face.trace = bl_buf_span(&s->trace);
		s->face.path = &s->answer.path;
		s->face.revocation = s->answer.revocation;
	}
}

/* The content is written to its end; what was written of a message that could
 * not be decrypted goes. */
static enum bl_err
settle_content(struct bl_open *o)
{
	if (o->verdict.encryption == BL_ENCRYPTION_FAILED && o->out.bytes > 0)
		return bl_vault_empty(&o->out, &o->note);
	return bl_vault_rewind(&o->out, &o->note);
}

enum bl_err
bl_judge(struct bl_open *o)
{
	struct bl_verdict *v = &o->verdict;
	enum bl_err err = take_findings(o);

	if (err != BL_OK)
		return err;
	judge_encryption(o);
	judge_signature(o);
	if ((err = bl_headers_judge(o)) != BL_OK)
		return err;
	set_faces(v);
	trace(o);
	bl_buf_add(&v->sender, bl_sender_expected(o));
	if ((err = bl_buf_err(&v->trace, &o->note)) != BL_OK ||
	    (err = bl_buf_err(&v->sender, &o->note)) != BL_OK)
		return err;
	return settle_content(o);
}
