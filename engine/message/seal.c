/* seal.c - see bulla/seal.h. The message is cut in two: header fields that
 * stay outside, and the entity, which goes through the layers from the
 * innermost to the outermost. */
#include "bulla/seal.h"

#include "message/protect.h"
#include "message/seal_layer.h"
#include "trust/trust.h"

#define LAYERS_MAX 3 /* triple wrap: sign, encrypt, sign */

struct bl_seal {
	struct bl_ctx *ctx;
	struct bl_limits limits;
	enum bl_header_policy policy;
	struct bl_cert *signer;
	struct bl_cms_to *to;
	size_t to_count;
	struct bl_seal_layer layers[LAYERS_MAX]; /* 0 is the innermost */
	size_t count;
	size_t ending;			   /* the layer whose end comes next */
	struct bl_buf passing[LAYERS_MAX]; /* what layer i gave for i + 1 */
	struct bl_transport *transport;
	struct bl_buf entity; /* what the transport gave */
	struct bl_buf header; /* the header block, until it is whole */
	size_t line;	      /* where the last line in it starts */
	bool in_body, input_ended, wanting;
	struct bl_want want;
	enum bl_err failed;
};

/* ---- are the certificates fit for it? ---- */

static enum bl_err
fit(struct bl_seal *s, const struct bl_cert *cert, enum bl_purpose purpose,
    int64_t at, struct bl_note *note)
{
	struct bl_certs itself = {0};
	struct bl_trust_answer answer = {0};
	enum bl_err err;

	if ((err = bl_certs_add(
		 &itself, (struct bl_cert *)(uintptr_t)cert, note)) != BL_OK)
		goto out;
	err = bl_trust_judge(&answer, s->ctx,
	    &(struct bl_trust_ask){.cert = cert,
		.purpose = purpose,
		.at = at,
		.anchors = &itself,
		.limits = &s->limits},
	    note);
	if (err != BL_OK || answer.valid)
		goto out;
	err = bl_fail(note, BL_E_DENIED, 0,
	    purpose == BL_PURPOSE_SIGN
		? "the certificate may not be used to sign now"
		: "the certificate may not be used to encrypt now",
	    NULL);
	for (enum bl_reason r = 0; note != NULL && r < BL_REASON_COUNT; r++)
		if (note->reason == NULL && (answer.reasons >> r & 1) != 0)
			note->reason = bl_reason_code(r);
out:
	bl_trust_answer_clear(&answer);
	bl_certs_clear(&itself);
	return err;
}

static enum bl_err
fit_all(struct bl_seal *s, const struct bl_seal_opts *o,
    const struct bl_cert **culprit, struct bl_note *note)
{
	enum bl_err err;

	if (o->sign != BL_SIGN_NOT &&
	    (err = fit(s, o->signer, BL_PURPOSE_SIGN, o->now, note)) != BL_OK) {
		*culprit = o->signer;
		return err;
	}
	/* Others would encrypt to what is announced. */
	if (o->own_encrypt != NULL &&
	    (err = fit(s, o->own_encrypt, BL_PURPOSE_ENCRYPT, o->now, note)) !=
		BL_OK) {
		*culprit = o->own_encrypt;
		return err;
	}
	for (size_t i = 0; i < o->n; i++)
		if ((err = fit(s, o->to[i], BL_PURPOSE_ENCRYPT, o->now,
			 note)) != BL_OK) {
			*culprit = o->to[i];
			return err;
		}
	return BL_OK;
}

/* ---- the layers ---- */

static enum bl_err
add_sign(struct bl_seal *s, const struct bl_seal_opts *o, struct bl_note *note)
{
	struct bl_seal_layer *l = &s->layers[s->count++];
	enum bl_digest digest = o->digest == BL_DIGEST_NONE ? BL_SHA256
							    : o->digest;

	l->kind = o->sign == BL_SIGN_CLEAR ? BL_SEALING_CLEAR
					   : BL_SEALING_OPAQUE;
	l->ctx = s->ctx;
	l->how = (struct bl_cms_sign){.cert = s->signer,
	    .include = o->include,
	    .content_type = BL_OID_DATA,
	    .signing_time = o->now};
	if (o->own_encrypt != NULL && o->own_encrypt != o->signer) {
		l->how.preference_issuer = bl_cert_issuer(o->own_encrypt);
		l->how.preference_serial = bl_cert_serial(o->own_encrypt);
	}
	return bl_cms_sign_alg(&l->how.alg, s->signer, digest,
	    o->pss ? BL_PSS_USE : BL_PSS_NOT, note);
}

static enum bl_wrap_kind
wrap_for(const struct bl_seal_opts *o, enum bl_cipher cipher)
{
	if (o->wrap == BL_TO_DEFAULT)
		return bl_cipher_is_aead(cipher) ? BL_WRAP_RSA_OAEP
						 : BL_WRAP_RSA_PKCS1;
	return o->wrap == BL_TO_OAEP ? BL_WRAP_RSA_OAEP : BL_WRAP_RSA_PKCS1;
}

static enum bl_err
add_crypt(struct bl_seal *s, const struct bl_seal_opts *o, struct bl_note *note)
{
	struct bl_seal_layer *l = &s->layers[s->count++];

	l->kind = BL_SEALING_CRYPT;
	l->ctx = s->ctx;
	l->cipher = o->cipher == BL_CIPHER_NONE ? BL_AES256_GCM : o->cipher;
	l->by = o->by_ski ? BL_NAME_BY_SKI : BL_NAME_BY_ISSUER;
	if (bl_cipher_is_old(l->cipher))
		return bl_fail(note, BL_E_DENIED, 0,
		    "this cipher is for reading old mail only", NULL);
	s->to = bl_alloc_array(o->n, sizeof(*s->to));
	if (s->to == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	for (size_t i = 0; i < o->n; i++)
		s->to[i] = (struct bl_cms_to){.cert = bl_cert_hold(o->to[i]),
		    .rsa = wrap_for(o, l->cipher),
		    .oaep = BL_SHA256};
	s->to_count = o->n;
	l->to = s->to;
	l->to_count = o->n;
	return BL_OK;
}

static enum bl_err
add_layers(
    struct bl_seal *s, const struct bl_seal_opts *o, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (o->sign != BL_SIGN_NOT)
		err = add_sign(s, o, note);
	if (err == BL_OK && o->n > 0)
		err = add_crypt(s, o, note);
	if (err == BL_OK && o->triple)
		err = add_sign(s, o, note);
	return err;
}

static enum bl_err
check_opts(const struct bl_seal_opts *o, const struct bl_limits *limits,
    struct bl_note *note)
{
	if (o->sign == BL_SIGN_NOT && o->n == 0)
		return bl_fail(note, BL_E_CALLER, 0,
		    "neither signing nor encryption was asked for", NULL);
	if (o->sign != BL_SIGN_NOT && o->signer == NULL)
		return bl_fail(
		    note, BL_E_CALLER, 0, "signing needs a certificate", NULL);
	if (o->triple && (o->sign == BL_SIGN_NOT || o->n == 0))
		return bl_fail(note, BL_E_CALLER, 0,
		    "a triple wrap needs signing and encryption",
		    "RFC 2634 1.1");
	if (o->policy != BL_HEADER_POLICY_NONE && o->n == 0)
		return bl_fail(note, BL_E_CALLER, 0,
		    "header fields are hidden in encrypted messages only",
		    "RFC 9788 3");
	if (o->n > limits->recipients)
		return bl_fail_limit(
		    note, 0, "limit-recipients", "too many recipients", NULL);
	return BL_OK;
}

enum bl_err
bl_seal_new(struct bl_seal **out, struct bl_ctx *ctx,
    const struct bl_seal_opts *opts, const struct bl_cert **culprit,
    struct bl_note *note)
{
	struct bl_limits limits = opts->limits != NULL ? *opts->limits
						       : BL_LIMITS;
	const struct bl_cert *ignored;
	struct bl_seal *s;
	enum bl_err err;

	*out = NULL;
	if (culprit == NULL)
		culprit = &ignored;
	*culprit = NULL;
	if ((err = check_opts(opts, &limits, note)) != BL_OK)
		return err;
	s = bl_alloc(sizeof(*s));
	if (s == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	s->ctx = ctx;
	s->limits = limits;
	s->policy = opts->policy;
	/* One byte more than allowed, so that the reader of the header says
	 * that it is too long. */
	bl_buf_init(&s->header, limits.header_block_bytes + 1);
	if (opts->signer != NULL)
		s->signer = bl_cert_hold(
		    (struct bl_cert *)(uintptr_t)opts->signer);
	if ((err = fit_all(s, opts, culprit, note)) != BL_OK ||
	    (err = add_layers(s, opts, note)) != BL_OK ||
	    (err = bl_transport_new(&s->transport, &s->limits, note)) !=
		BL_OK) {
		bl_seal_free(s);
		return err;
	}
	*out = s;
	return BL_OK;
}

void
bl_seal_free(struct bl_seal *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		bl_seal_layer_clear(&s->layers[i]);
	for (size_t i = 0; i < LAYERS_MAX; i++)
		bl_buf_clear(&s->passing[i]);
	for (size_t i = 0; i < s->to_count; i++)
		bl_cert_free((struct bl_cert *)(uintptr_t)s->to[i].cert);
	bl_release(s->to);
	bl_cert_free(s->signer);
	bl_transport_free(s->transport);
	bl_buf_clear(&s->entity);
	bl_buf_clear(&s->header);
	bl_release(s);
}

/* ---- the flow of bytes ---- */

/* Where a layer writes to, empty but for the last. */
static struct bl_buf *
output_of(struct bl_seal *s, size_t layer, struct bl_buf *out)
{
	if (layer + 1 == s->count)
		return out;
	bl_buf_reset(&s->passing[layer]);
	return &s->passing[layer];
}

/* Hands the bytes that layer `from` is to wrap down to the output. */
static enum bl_err
pass_on(struct bl_seal *s, size_t from, struct bl_span bytes,
    struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err;

	for (size_t i = from; i < s->count; i++) {
		struct bl_buf *to = output_of(s, i, out);

		if ((err = bl_seal_layer_add(&s->layers[i], to, bytes, note)) !=
		    BL_OK)
			return err;
		bytes = bl_buf_span(to);
	}
	if (from == s->count)
		bl_buf_add(out, bytes);
	return bl_buf_err(out, note);
}

/* Lets each layer write its header, the outermost first. */
static enum bl_err
begin_layers(struct bl_seal *s, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = s->count; err == BL_OK && i-- > 0;) {
		struct bl_buf *to = output_of(s, i, out);

		err = bl_seal_layer_begin(&s->layers[i], to, note);
		if (err == BL_OK && to != out)
			err = pass_on(s, i + 1, bl_buf_span(to), out, note);
	}
	return err;
}

static enum bl_err
give_entity(struct bl_seal *s, struct bl_span in, struct bl_buf *out,
    struct bl_note *note)
{
	enum bl_err err;

	bl_buf_reset(&s->entity);
	if ((err = bl_transport_add(s->transport, &s->entity, in, note)) !=
	    BL_OK)
		return err;
	if (s->entity.n == 0)
		return BL_OK;
	return pass_on(s, 0, bl_buf_span(&s->entity), out, note);
}

/* ---- the header ---- */

/* A signature under another name than the sender's is worth nothing to the
 * reader, so it is not made. */
static enum bl_err
check_sender(struct bl_seal *s, const struct bl_header *h, struct bl_note *note)
{
	const struct bl_field *from = bl_header_find(h, "From", 0);
	struct bl_mailboxes list = {0};
	enum bl_err err;

	if (s->signer == NULL || from == NULL)
		return BL_OK;
	err = bl_mailboxes_read(&list, from->value, &s->limits, note);
	if (err == BL_OK &&
	    (list.bad || list.groups || list.n != 1 ||
		bl_header_find(h, "From", 1) != NULL))
		err = bl_fail(note, BL_E_MALFORMED, 0,
		    "a message to be signed names exactly one sender",
		    "RFC 5322 3.6.2");
	if (err == BL_OK &&
	    !bl_cert_has_addr(s->signer, list.list[0].addr, NULL)) {
		err = bl_fail(note, BL_E_DENIED, 0,
		    "the certificate is not for the address in From",
		    "RFC 8550 3");
		if (note != NULL && note->reason == NULL)
			note->reason = bl_reason_code(
			    BL_REASON_SIGNER_MISMATCH);
	}
	bl_mailboxes_clear(&list);
	return err;
}

/* Writes the fields that stay outside and the layers' headers, and gives those
 * that go inside to the layers. */
static enum bl_err
write_header(struct bl_seal *s, const struct bl_header *h, struct bl_buf *out,
    struct bl_note *note)
{
	const struct bl_protect_how how = {.encrypts = s->to_count > 0,
	    .policy = s->policy,
	    .limits = &s->limits};
	struct bl_buf inside = {0};
	enum bl_err err;

	if ((err = bl_protect_split(out, &inside, h, &how, note)) != BL_OK)
		goto out;
	bl_buf_add_str(out, "MIME-Version: 1.0\r\n");
	if ((err = begin_layers(s, out, note)) == BL_OK)
		err = give_entity(s, bl_buf_span(&inside), out, note);
out:
	bl_buf_clear(&inside);
	return err;
}

/* Defects under which it is not clear what would be signed. */
#define REFUSED (BL_DEFECTS_AMBIGUOUS | BL_DEFECT_8BIT | BL_DEFECT_BARE_CR)

static enum bl_err
header_done(struct bl_seal *s, struct bl_buf *out, struct bl_note *note)
{
	struct bl_header *h = NULL;
	unsigned bad;
	enum bl_err err;

	err = bl_header_read(&h, bl_buf_span(&s->header), &s->limits, note);
	if (err != BL_OK)
		goto out;
	bad = bl_header_defects(h) & REFUSED;
	if (bad != 0) {
		err = bl_fail(note, BL_E_MALFORMED, 0,
		    bl_mime_defect_text(bad & -bad), "RFC 5322 2.2");
		goto out;
	}
	if ((err = check_sender(s, h, note)) == BL_OK)
		err = write_header(s, h, out, note);
	s->in_body = true;
out:
	bl_header_free(h);
	return err;
}

/* Whether the last line of what was collected ends the header block. */
static bool
is_last_line(const struct bl_seal *s)
{
	size_t n = s->header.n - s->line;

	return n == 1 || (n == 2 && s->header.p[s->line] == '\r');
}

/* Collects the header line by line; what comes after it is the body's. */
static enum bl_err
feed_header(struct bl_seal *s, struct bl_buf *out, struct bl_span in,
    struct bl_note *note)
{
	enum bl_err err;

	while (in.n > 0 && !s->in_body) {
		const uint8_t *end = memchr(in.p, '\n', in.n);
		size_t n = end == NULL ? in.n : (size_t)(end - in.p) + 1;

		if (n > s->header.max - s->header.n)
			return bl_fail_limit(note, 0, "limit-header-block",
			    "the header of the message is too long", NULL);
		bl_buf_add(&s->header, bl_span_cut(in, 0, n));
		if ((err = bl_buf_err(&s->header, note)) != BL_OK)
			return err;
		in = bl_span_cut(in, n, in.n);
		if (end != NULL && is_last_line(s) &&
		    (err = header_done(s, out, note)) != BL_OK)
			return err;
		if (end != NULL)
			s->line = s->header.n;
	}
	return in.n > 0 ? give_entity(s, in, out, note) : BL_OK;
}

/* ---- the public calls ---- */

enum bl_err
bl_seal_feed(struct bl_seal *s, struct bl_buf *out, struct bl_span in,
    struct bl_note *note)
{
	if (s->failed != BL_OK)
		return s->failed;
	if (in.n == 0)
		return BL_OK;
	s->failed = s->in_body ? give_entity(s, in, out, note)
			       : feed_header(s, out, in, note);
	return s->failed;
}

static enum bl_err
end_input(struct bl_seal *s, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err;

	if (!s->in_body && s->header.n == 0)
		return bl_fail(note, BL_E_MALFORMED, 0, "the message is empty",
		    "RFC 5322 2.1");
	if (!s->in_body && (err = header_done(s, out, note)) != BL_OK)
		return err;
	bl_buf_reset(&s->entity);
	if ((err = bl_transport_end(s->transport, &s->entity, note)) != BL_OK)
		return err;
	s->input_ended = true;
	return pass_on(s, 0, bl_buf_span(&s->entity), out, note);
}

static enum bl_err
end_layers(struct bl_seal *s, struct bl_buf *out, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (; err == BL_OK && s->ending < s->count; s->ending++) {
		struct bl_seal_layer *l = &s->layers[s->ending];
		struct bl_buf *to = output_of(s, s->ending, out);

		err = bl_seal_layer_end(l, to, note);
		if (err == BL_OK && to != out)
			err = pass_on(
			    s, s->ending + 1, bl_buf_span(to), out, note);
		if (err != BL_NEED)
			continue;
		s->wanting = true;
		s->want.kind = BL_WANT_SIGN;
		s->want.frame = bl_buf_span(&l->want_frame);
		memcpy(s->want.key, l->want.key, sizeof(s->want.key));
		return BL_NEED;
	}
	return err;
}

enum bl_err
bl_seal_end(struct bl_seal *s, struct bl_buf *out, struct bl_note *note)
{
	if (s->failed != BL_OK)
		return s->failed;
	if (s->wanting)
		return BL_NEED;
	if (!s->input_ended)
		s->failed = end_input(s, out, note);
	if (s->failed == BL_OK) {
		enum bl_err err = end_layers(s, out, note);

		if (err == BL_NEED)
			return err;
		s->failed = err;
	}
	return s->failed;
}

size_t
bl_seal_want_count(const struct bl_seal *s)
{
	return s->wanting ? 1 : 0;
}

const struct bl_want *
bl_seal_want(const struct bl_seal *s, size_t i)
{
	return i < bl_seal_want_count(s) ? &s->want : NULL;
}

/* What a refusal means for the caller. */
static enum bl_err
refused(enum bl_refusal why, struct bl_note *note)
{
	switch (why) {
	case BL_REFUSED_LOCKED:
		return bl_fail(
		    note, BL_E_NOKEY, 0, "the signing key is locked", NULL);
	case BL_REFUSED_FORBIDDEN:
	case BL_REFUSED_RATE:
		return bl_fail(note, BL_E_DENIED, 0,
		    "the signing key may not be used for this now", NULL);
	case BL_REFUSED_NOT:
	case BL_REFUSED_NO_KEY:
	case BL_REFUSED_FAILED:
	case BL_REFUSED_UNKNOWN:
	case BL_REFUSED_COUNT:
		break;
	}
	return bl_fail(note, BL_E_NOKEY, 0,
	    "the key of the signer's certificate is not at hand", NULL);
}

enum bl_err
bl_seal_answer(
    struct bl_seal *s, size_t i, struct bl_span frame, struct bl_note *note)
{
	struct bl_seal_layer *l;
	struct bl_answer answer = {0};
	enum bl_err err;

	if (!s->wanting || i != 0)
		return bl_fail(note, BL_E_CALLER, 0, "nothing was asked", NULL);
	if ((err = bl_answer_get(&answer, frame, note)) != BL_OK)
		return err;
	if (answer.kind != BL_WANT_SIGN)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "the answer is to another question", NULL);
	l = &s->layers[s->ending];
	if (answer.refusal != BL_REFUSED_NOT)
		return s->failed = refused(answer.refusal, note);
	if (answer.payload.n == 0)
		return s->failed = refused(BL_REFUSED_FAILED, note);
	bl_buf_add(&l->signature, answer.payload);
	s->wanting = false;
	return bl_buf_err(&l->signature, note);
}
