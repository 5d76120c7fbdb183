/* verdict_json.c - the object of `bulla open --json`. */
#include "message/chain.h"
#include "message/json.h"
#include "message/verdict.h"
#include "mime/mime.h"

static const char *
sig_name(enum bl_sig_kind kind)
{
	switch (kind) {
	case BL_SIG_OTHER:
		return "unknown";
	case BL_SIG_RSA_PKCS1:
		return "rsa-pkcs1";
	case BL_SIG_RSA_PSS:
		return "rsa-pss";
	case BL_SIG_ECDSA:
		return "ecdsa";
	case BL_SIG_ED25519:
		return "ed25519";
	case BL_SIG_ED448:
		return "ed448";
	case BL_SIG_DSA:
		return "dsa";
	}
	return "unknown";
}

/* A string, or null where there is none. */
static void
string(struct bl_buf *b, const char *key, const char *text)
{
	if (text == NULL)
		bl_json_null(b, key);
	else
		bl_json_str(b, key, text);
}

static void
reasons(struct bl_buf *b, bl_reasons set, const char *limit)
{
	bl_json_array(b, "reasons");
	for (unsigned r = 0; r < BL_REASON_COUNT; r++) {
		if ((set >> r & 1) == 0)
			continue;
		bl_json_str(b, NULL,
		    r == BL_REASON_LIMIT && limit != NULL
			? limit
			: bl_reason_code((enum bl_reason)r));
	}
	bl_json_array_end(b);
}

static void
name(struct bl_buf *b, const char *key, struct bl_span der)
{
	struct bl_buf text = {0};

	bl_name_show(&text, der);
	if (text.err != BL_OK && b->err == BL_OK)
		b->err = text.err;
	bl_json_text(b, key, bl_buf_span(&text));
	bl_buf_clear(&text);
}

/* Each line of a trace is an element. */
static void
lines(struct bl_buf *b, const char *key, struct bl_span text)
{
	bl_json_array(b, key);
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n = end == NULL ? text.n : (size_t)(end - text.p);

		if (n > 0)
			bl_json_text(b, NULL, bl_span_cut(text, 0, n));
		text = bl_span_cut(text, n + 1, SIZE_MAX);
	}
	bl_json_array_end(b);
}

static void
certificate(struct bl_buf *b, const struct bl_cert *c)
{
	bl_json_array(b, "addresses");
	for (size_t i = 0; i < bl_cert_addr_count(c); i++)
		bl_json_text(b, NULL, bl_cert_addr_at(c, i).addr);
	bl_json_array_end(b);
	bl_json_hex(b, "sha256", bl_cert_sha256(c));
	bl_json_time(b, "notBefore", bl_cert_not_before(c));
	bl_json_time(b, "notAfter", bl_cert_not_after(c));
	name(b, "issuer", bl_cert_issuer(c));
	bl_json_hex(b, "serial", bl_cert_serial(c));
}

static void
signer(struct bl_buf *b, const struct bl_verdict *v,
    const struct bl_verdict_signer *of)
{
	const struct bl_signer *s = &of->face;
	const struct bl_chain chain = {.path = &of->answer.path,
	    .answers = of->answer.revocation,
	    .at = v->at,
	    .anchors = v->anchors,
	    .message = &v->message,
	    .gather = v->gather};

	bl_json_object(b, NULL);
	bl_json_str(b, "status", bl_signature_name(s->status));
	reasons(b, s->reasons, v->limit);
	bl_json_uint(b, "layer", s->layer);
	bl_json_text(b, "address", s->address);
	bl_json_text(b, "name", s->name);
	if (s->cert != NULL)
		certificate(b, s->cert);
	string(b, "digest", s->digest);
	bl_json_str(b, "algorithm",
	    s->algorithm_name != NULL ? s->algorithm_name
				      : sig_name(s->algorithm));
	if (s->has_signing_time)
		bl_json_time(b, "signingTime", s->signing_time);
	else
		bl_json_null(b, "signingTime");
	bl_warnings_json(b, s->cert, v->at);
	bl_chain_json(b, &chain);
	lines(b, "trace", s->trace);
	bl_json_object_end(b);
}

/* Who the signature of the message stands for. Under an invalid one nobody is
 * shown to have signed. */
static void
deciding(struct bl_buf *b, const struct bl_verdict *v)
{
	const struct bl_signer *s = bl_verdict_signer(v, v->deciding);

	if (s == NULL || s->cert == NULL ||
	    v->signature == BL_SIGNATURE_INVALID) {
		bl_json_null(b, "signer");
		return;
	}
	bl_json_object(b, "signer");
	bl_json_text(b, "address", s->address);
	bl_json_text(b, "name", s->name);
	bl_json_hex(b, "sha256", bl_cert_sha256(s->cert));
	bl_json_object_end(b);
}

static void
layer(struct bl_buf *b, const struct bl_verdict *v, const struct bl_layer *l)
{
	static const uint8_t zero[BL_SHA256_SIZE];
	struct bl_span key = bl_span_of(l->key, sizeof(l->key));

	bl_json_object(b, NULL);
	bl_json_str(b, "kind", bl_layer_kind_name(l->kind));
	string(b, "cipher", l->cipher);
	string(b, "what", l->what);
	bl_json_uint(b, "recipients", l->recipients);
	bl_json_uint(b, "signers", l->signers);
	bl_json_array(b, "covers");
	bl_json_uint(b, NULL, l->from);
	bl_json_uint(b, NULL, l->to);
	bl_json_array_end(b);
	reasons(b, l->reasons, v->limit);
	if (bl_span_equal(key, bl_span_of(zero, sizeof(zero))))
		bl_json_null(b, "key");
	else
		bl_json_hex(b, "key", key);
	bl_json_object_end(b);
}

static void
lists(struct bl_buf *b, const struct bl_verdict *v)
{
	bl_json_array(b, "signers");
	for (size_t i = 0; i < v->signer_count; i++)
		signer(b, v, &v->signers[i]);
	bl_json_array_end(b);
	bl_json_array(b, "layers");
	for (size_t i = 0; i < v->layer_count; i++)
		layer(b, v, &v->layers[i]);
	bl_json_array_end(b);
}

/* The fields that are protected and cannot have been altered, each name once. */
static void
headers(struct bl_buf *b, const struct bl_verdict *v)
{
	const char *last = NULL;
	bool holds = v->signature == BL_SIGNATURE_VALID ||
	    v->encryption == BL_ENCRYPTION_INTACT;

	bl_json_object(b, "headers");
	for (size_t i = 0; holds && i < v->field_count; i++) {
		const struct bl_shown_field *f = &v->fields[i].face;

		if (f->place == BL_FIELD_CLAIMED)
			continue;
		if (f->protection != BL_FIELD_UNPROTECTED && f->name != last)
			bl_json_text(b, f->name, f->text);
		last = f->name;
	}
	bl_json_object_end(b);
}

static void
field(struct bl_buf *b, const struct bl_shown_field *f)
{
	bl_json_object(b, NULL);
	bl_json_str(b, "name", f->name);
	bl_json_str(b, "place", bl_field_place_name(f->place));
	bl_json_text(b, "text", f->text);
	bl_json_str(b, "protection", bl_field_protection_name(f->protection));
	if (f->has_outside)
		bl_json_text(b, "outside", f->outside);
	else
		bl_json_null(b, "outside");
	bl_json_bool(b, "safeOutside", f->safe_outside);
	bl_json_object_end(b);
}

static void
fields(struct bl_buf *b, const struct bl_verdict *v)
{
	bl_json_str(b, "headerForm", bl_header_form_name(v->form));
	bl_json_array(b, "fields");
	for (size_t i = 0; i < v->field_count; i++)
		field(b, &v->fields[i].face);
	bl_json_array_end(b);
	bl_json_array(b, "headersDiffer");
	for (size_t i = 0; v->differs[i] != NULL; i++)
		bl_json_str(b, NULL, v->differs[i]);
	bl_json_array_end(b);
}

static void
legacy(struct bl_buf *b, const struct bl_verdict *v)
{
	bl_json_array(b, "legacyDisplay");
	for (size_t i = 0; i < v->legacy_count; i++) {
		const struct bl_legacy_display *d = &v->legacy[i];

		bl_json_object(b, NULL);
		bl_json_uint(b, "part", d->part);
		bl_json_bool(b, "whole", d->whole);
		bl_json_uint(b, "from", d->from);
		bl_json_uint(b, "to", d->to);
		bl_json_object_end(b);
	}
	bl_json_array_end(b);
}

static void
faults(struct bl_buf *b, const struct bl_verdict *v)
{
	bl_json_array(b, "defects");
	for (unsigned bit = 1; bit != 0; bit <<= 1)
		if ((v->defects & bit) != 0)
			bl_json_str(b, NULL, bl_mime_defect_text(bit));
	bl_json_array_end(b);
	if (v->note.what == NULL) {
		bl_json_null(b, "note");
		return;
	}
	bl_json_object(b, "note");
	bl_json_str(b, "what", v->note.what);
	bl_json_uint(b, "at", v->note.at);
	string(b, "source", v->note.source);
	bl_json_object_end(b);
}

enum bl_err
bl_verdict_json(
    struct bl_buf *out, const struct bl_verdict *v, struct bl_note *note)
{
	bl_json_object(out, NULL);
	bl_json_str(out, "encryption", bl_encryption_name(v->encryption));
	bl_json_str(out, "signature", bl_signature_name(v->signature));
	reasons(out, v->reasons, v->limit);
	bl_json_time(out, "at", v->at);
	bl_json_str(out, "atBy", v->is_proven ? "record" : "caller");
	deciding(out, v);
	bl_json_text(out, "sender", bl_buf_span(&v->sender));
	lists(out, v);
	headers(out, v);
	fields(out, v);
	legacy(out, v);
	faults(out, v);
	lines(out, "trace", bl_buf_span(&v->trace));
	bl_json_object_end(out);
	return bl_buf_err(out, note);
}
