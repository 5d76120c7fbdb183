/* ocsp.c - OCSP answers and requests, RFC 6960 4; see ocsp.h. */
#include "cert/ocsp.h"

#include <string.h>

#include "cert/internal.h"

struct bl_ocsp {
	struct bl_ocsp_face face;
	struct bl_span der, nonce; /* nonce: content of its extnValue */
	bool has_nonce;
	uint8_t copy[];
};

const struct bl_ocsp_face *
bl_ocsp_face(const struct bl_ocsp *o)
{
	return &o->face;
}

struct bl_span
bl_ocsp_der(const struct bl_ocsp *o)
{
	return o->der;
}

void
bl_ocsp_set_source(struct bl_ocsp *o, enum bl_source source)
{
	o->face.source = source;
}

void
bl_ocsp_free(struct bl_ocsp *o)
{
	bl_release(o);
}

void
bl_ocsp_asked(struct bl_ocsp *o, struct bl_span nonce)
{
	struct bl_der in = bl_der_of(o->nonce);
	struct bl_span theirs = bl_der_take(&in, BL_DER_OCTETS);

	if (!o->has_nonce)
		o->face.nonce = BL_OCSP_NO_NONCE;
	else
		o->face.nonce = nonce.n >= BL_OCSP_NONCE_MIN &&
			bl_der_done(&in) && bl_same(theirs, nonce)
		    ? BL_OCSP_SAME_NONCE
		    : BL_OCSP_OTHER_NONCE;
}

const char *
bl_ocsp_status_name(enum bl_ocsp_status s)
{
	switch (s) {
	case BL_OCSP_SUCCESSFUL:
		return "successful";
	case BL_OCSP_MALFORMED_REQUEST:
		return "malformedRequest";
	case BL_OCSP_INTERNAL_ERROR:
		return "internalError";
	case BL_OCSP_TRY_LATER:
		return "tryLater";
	case BL_OCSP_SIG_REQUIRED:
		return "sigRequired";
	case BL_OCSP_UNAUTHORIZED:
		return "unauthorized";
	}
	return NULL;
}

/* ---- one answer about one certificate ---- */

/* RFC 6960 wants GeneralizedTime everywhere. */
static int64_t
time_of(struct bl_der *in)
{
	if (bl_der_peek(in) != BL_DER_GENTIME)
		in->bad = true;
	return bl_der_time(in);
}

static struct bl_cert_id
cert_id(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	struct bl_cert_id id = {.digest = bl_digest_alg_read(&seq)};
	size_t n = bl_digest_size(id.digest);

	id.name_hash = bl_der_take(&seq, BL_DER_OCTETS);
	id.key_hash = bl_der_take(&seq, BL_DER_OCTETS);
	id.serial = bl_der_integer(&seq);
	if (n != 0 && (id.name_hash.n != n || id.key_hash.n != n))
		seq.bad = true;
	bl_der_leave(in, &seq);
	return id;
}

/* RevokedInfo */
static void
revoked(struct bl_ocsp_single *s, struct bl_der *in)
{
	struct bl_der info = bl_der_enter(in, BL_DER_CONTEXT(1)), reason;

	s->said = BL_OCSP_REVOKED;
	s->revoked_at = time_of(&info);
	if (bl_der_peek(&info) == BL_DER_CONTEXT(0)) {
		reason = bl_der_enter(&info, BL_DER_CONTEXT(0));
		s->reason = bl_crl_reason_read(&reason);
		bl_der_leave(&info, &reason);
	}
	bl_der_leave(in, &info);
}

/* CertStatus */
static void
cert_status(struct bl_ocsp_single *s, struct bl_der *in)
{
	unsigned tag = bl_der_peek(in);

	if (tag == BL_DER_CONTEXT(1)) {
		revoked(s, in);
		return;
	}
	s->said = tag == BL_DER_IMPLICIT(0) ? BL_OCSP_GOOD : BL_OCSP_UNKNOWN;
	if ((tag != BL_DER_IMPLICIT(0) && tag != BL_DER_IMPLICIT(2)) ||
	    bl_der_take(in, tag).n != 0)
		in->bad = true;
}

/* Those of 4.4 that say nothing which would have to be acted on. */
static bool
single_extension(void *single, const struct bl_extension *e)
{
	struct bl_ocsp_single *s = single;

	if (e->critical && e->id != BL_OID_OCSP_CRL &&
	    e->id != BL_OID_OCSP_ARCHIVE_CUTOFF &&
	    e->id != BL_OID_INVALIDITY_DATE)
		s->unusable = true;
	return true;
}

struct bl_ocsp_single
bl_ocsp_single_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), field;
	struct bl_ocsp_single s = {.id = cert_id(&seq)};

	cert_status(&s, &seq);
	s.this_update = time_of(&seq);
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(0));
		s.has_next_update = true;
		s.next_update = time_of(&field);
		bl_der_leave(&seq, &field);
	}
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(1)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(1));
		bl_extensions_each(&field, single_extension, &s);
		bl_der_leave(&seq, &field);
	}
	bl_der_leave(in, &seq);
	return s;
}

/* ---- the answer ---- */

static enum bl_err
malformed(struct bl_note *note, uint64_t at, const char *what)
{
	return bl_fail(note, BL_E_MALFORMED, at, what, "RFC 6960 4.2.1");
}

static bool
extension(void *answer, const struct bl_extension *e)
{
	struct bl_ocsp *o = answer;

	if (e->id == BL_OID_OCSP_NONCE) {
		o->has_nonce = true;
		o->nonce = e->value;
	} else if (e->critical && e->id != BL_OID_OCSP_EXTENDED_REVOKE) {
		o->face.unusable = true;
	}
	return true;
}

static void
responder_id(struct bl_ocsp_face *f, struct bl_der *in)
{
	unsigned tag = bl_der_peek(in);
	struct bl_der id = bl_der_enter(in,
	    tag == BL_DER_CONTEXT(1) ? BL_DER_CONTEXT(1) : BL_DER_CONTEXT(2));

	if (tag == BL_DER_CONTEXT(1)) {
		f->by_name = bl_name_read(&id);
	} else {
		f->by_key = bl_der_take(&id, BL_DER_OCTETS);
		if (f->by_key.n != bl_digest_size(BL_SHA1))
			id.bad = true;
	}
	bl_der_leave(in, &id);
}

/* Each is to be well formed, also those that nobody asks for. */
static void
singles(struct bl_ocsp_face *f, struct bl_der *in)
{
	struct bl_der at = *in, list = bl_der_enter(in, BL_DER_SEQUENCE);

	do
		(void)bl_ocsp_single_read(&list);
	while (bl_der_peek(&list) != 0);
	bl_der_leave(in, &list);
	f->singles = bl_der_take(&at, BL_DER_SEQUENCE);
}

/* ResponseData. Version 1 is the default, which DER leaves out. */
static bool
response_data(struct bl_ocsp *o)
{
	struct bl_der in = bl_der_of(o->face.tbs), field;
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);

	responder_id(&o->face, &seq);
	o->face.produced_at = time_of(&seq);
	singles(&o->face, &seq);
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(1)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(1));
		bl_extensions_each(&field, extension, o);
		bl_der_leave(&seq, &field);
	}
	bl_der_leave(&in, &seq);
	return bl_der_done(&in);
}

static struct bl_span
certificates(struct bl_der *in)
{
	struct bl_der field = bl_der_enter(in, BL_DER_CONTEXT(0)), walk;
	struct bl_span list = bl_der_take(&field, BL_DER_SEQUENCE);

	bl_der_leave(in, &field);
	walk = bl_der_of(list);
	while (bl_der_peek(&walk) != 0)
		(void)bl_der_whole(&walk, BL_DER_SEQUENCE);
	if (walk.bad)
		in->bad = true;
	return list;
}

/* BasicOCSPResponse */
static enum bl_err
basic(struct bl_ocsp *o, struct bl_span der, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_ocsp_face *f = &o->face;
	struct bl_der in = bl_der_of(der);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	uint64_t at = (uint64_t)(der.p - o->copy);
	enum bl_err err;

	f->tbs = bl_der_whole(&seq, BL_DER_SEQUENCE);
	f->alg = bl_sig_alg_read(&seq, BL_DIGEST_NONE);
	f->signature = bl_der_bits(&seq, NULL);
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0))
		f->certs = certificates(&seq);
	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in))
		return malformed(
		    note, at + in.at, "the OCSP answer is not well formed");
	at = (uint64_t)(f->tbs.p - o->copy);
	if ((err = bl_der_check(f->tbs, at, limits, note)) != BL_OK)
		return err;
	if (!response_data(o))
		return malformed(note, at,
		    "the data of the OCSP answer are not well formed");
	return BL_OK;
}

static bool
is_status(struct bl_span s)
{
	return s.n == 1 && s.p[0] <= BL_OCSP_UNAUTHORIZED && s.p[0] != 4;
}

/* OCSPResponse */
static enum bl_err
read_all(
    struct bl_ocsp *o, const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der in = bl_der_of(o->der), field, bytes;
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_span status = bl_der_take(&seq, BL_DER_ENUMERATED);
	struct bl_span type, answer;

	if (seq.bad || !is_status(status))
		return malformed(note, seq.at,
		    "the OCSP answer has no status that is known");
	o->face.status = (enum bl_ocsp_status)status.p[0];
	if (o->face.status != BL_OCSP_SUCCESSFUL) {
		bl_der_leave(&in, &seq);
		return bl_der_done(&in) ? BL_OK
					: malformed(note, in.at,
					      "a refusal of an OCSP responder "
					      "has more than a status");
	}
	field = bl_der_enter(&seq, BL_DER_CONTEXT(0));
	bytes = bl_der_enter(&field, BL_DER_SEQUENCE);
	type = bl_der_oid(&bytes);
	answer = bl_der_take(&bytes, BL_DER_OCTETS);
	bl_der_leave(&field, &bytes);
	bl_der_leave(&seq, &field);
	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in))
		return malformed(
		    note, in.at, "the OCSP answer is not well formed");
	if (bl_oid_find(type) != BL_OID_OCSP_BASIC)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the OCSP answer is of a type that is not known",
		    "RFC 6960 4.2.1");
	return basic(o, answer, limits, note);
}

enum bl_err
bl_ocsp_read(struct bl_ocsp **out, struct bl_span der,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_ocsp *o;
	enum bl_err err;

	*out = NULL;
	if (der.n > limits->ocsp_bytes)
		return bl_fail_limit(note, 0, "limit-ocsp",
		    "the OCSP answer is too large", NULL);
	if (der.n == 0)
		return malformed(note, 0, "the OCSP answer is empty");
	if ((o = bl_alloc(sizeof(*o) + der.n)) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	memcpy(o->copy, der.p, der.n);
	o->der = bl_span_of(o->copy, der.n);
	if ((err = read_all(o, limits, note)) != BL_OK) {
		bl_ocsp_free(o);
		return err;
	}
	*out = o;
	return BL_OK;
}

/* ---- CertID ---- */

/* The octets of subjectPublicKey. */
static struct bl_span
key_octets(const struct bl_cert *c)
{
	struct bl_der in = bl_der_of(bl_cert_spki(c));
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);

	(void)bl_der_whole(&seq, BL_DER_SEQUENCE);
	return bl_der_bits(&seq, NULL);
}

enum bl_err
bl_cert_key_hash(struct bl_digest_value *out, struct bl_ctx *ctx,
    enum bl_digest d, const struct bl_cert *c, struct bl_note *note)
{
	return bl_digest_of(out, ctx, d, key_octets(c), note);
}

static bool
is_value(const struct bl_digest_value *v, struct bl_span s)
{
	return bl_span_equal(bl_span_of(v->p, v->n), s);
}

enum bl_err
bl_cert_id_is(bool *yes, struct bl_ctx *ctx, const struct bl_cert_id *id,
    const struct bl_cert *cert, const struct bl_cert *issuer,
    struct bl_note *note)
{
	struct bl_digest_value v;
	enum bl_err err;

	*yes = false;
	if (id->digest == BL_DIGEST_NONE ||
	    !bl_span_equal(id->serial, bl_cert_serial(cert)))
		return BL_OK;
	if ((err = bl_digest_of(
		 &v, ctx, id->digest, bl_cert_issuer(cert), note)) != BL_OK ||
	    !is_value(&v, id->name_hash))
		return err;
	if ((err = bl_cert_key_hash(&v, ctx, id->digest, issuer, note)) ==
	    BL_OK)
		*yes = is_value(&v, id->key_hash);
	return err;
}

/* ---- which is the newer one ---- */

static bool
is_same_id(const struct bl_cert_id *a, const struct bl_cert_id *b)
{
	return a->digest == b->digest && a->digest != BL_DIGEST_NONE &&
	    bl_span_equal(a->name_hash, b->name_hash) &&
	    bl_span_equal(a->key_hash, b->key_hash) &&
	    bl_span_equal(a->serial, b->serial);
}

/* How what `a` says of one certificate stands to what an answer says of it. */
static enum bl_order
order_of_single(const struct bl_ocsp_single *a, const struct bl_ocsp *b)
{
	struct bl_der in = bl_der_of(b->face.singles);
	enum bl_order order = BL_ORDER_NONE;

	while (bl_der_peek(&in) != 0) {
		struct bl_ocsp_single s = bl_ocsp_single_read(&in);

		if (!is_same_id(&a->id, &s.id))
			continue;
		if (a->this_update < s.this_update)
			return BL_ORDER_OLDER;
		if (a->this_update > s.this_update)
			order = BL_ORDER_NEWER;
		else if (order == BL_ORDER_NONE)
			order = BL_ORDER_SAME;
	}
	return order;
}

enum bl_order
bl_ocsp_order(const struct bl_ocsp *a, const struct bl_ocsp *b)
{
	struct bl_der in = bl_der_of(a->face.singles);
	enum bl_order order = BL_ORDER_NONE;

	while (bl_der_peek(&in) != 0) {
		struct bl_ocsp_single s = bl_ocsp_single_read(&in);
		enum bl_order one = order_of_single(&s, b);

		if (one == BL_ORDER_OLDER)
			return one;
		if (one > order)
			order = one;
	}
	return order;
}

/* ---- requests ---- */

static enum bl_err
put_cert_id(struct bl_buf *out, struct bl_ctx *ctx, const struct bl_cert *cert,
    const struct bl_cert *issuer, struct bl_note *note)
{
	size_t id = bl_der_open(out, BL_DER_SEQUENCE);
	struct bl_digest_value name, key;
	enum bl_err err;

	if ((err = bl_digest_of(
		 &name, ctx, BL_SHA1, bl_cert_issuer(cert), note)) != BL_OK ||
	    (err = bl_cert_key_hash(&key, ctx, BL_SHA1, issuer, note)) != BL_OK)
		return err;
	bl_digest_alg_write_null(out, BL_SHA1);
	bl_der_put(out, BL_DER_OCTETS, bl_span_of(name.p, name.n));
	bl_der_put(out, BL_DER_OCTETS, bl_span_of(key.p, key.n));
	bl_der_put(out, BL_DER_INTEGER, bl_cert_serial(cert));
	bl_der_close(out, id);
	return BL_OK;
}

/* requestExtensions with a nonce */
static void
put_nonce(struct bl_buf *out, struct bl_span nonce)
{
	size_t field = bl_der_open(out, BL_DER_CONTEXT(2));
	size_t list = bl_der_open(out, BL_DER_SEQUENCE);
	size_t one = bl_der_open(out, BL_DER_SEQUENCE);
	size_t value;

	bl_der_put_oid(out, BL_OID_OCSP_NONCE);
	value = bl_der_open(out, BL_DER_OCTETS);
	bl_der_put(out, BL_DER_OCTETS, nonce);
	bl_der_close(out, value);
	bl_der_close(out, one);
	bl_der_close(out, list);
	bl_der_close(out, field);
}

enum bl_err
bl_ocsp_request(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_cert *cert, const struct bl_cert *issuer,
    struct bl_span nonce, struct bl_note *note)
{
	size_t whole, tbs, list, one;
	enum bl_err err;

	if (nonce.n > BL_OCSP_NONCE_MAX)
		return bl_fail(note, BL_E_CALLER, 0, "the nonce is too long",
		    "RFC 9654 2.1");
	whole = bl_der_open(out, BL_DER_SEQUENCE);
	tbs = bl_der_open(out, BL_DER_SEQUENCE);
	list = bl_der_open(out, BL_DER_SEQUENCE);
	one = bl_der_open(out, BL_DER_SEQUENCE);
	if ((err = put_cert_id(out, ctx, cert, issuer, note)) != BL_OK)
		return err;
	bl_der_close(out, one);
	bl_der_close(out, list);
	if (nonce.n != 0)
		put_nonce(out, nonce);
	bl_der_close(out, tbs);
	bl_der_close(out, whole);
	return bl_buf_err(out, note);
}

/* ---- lists of them ---- */

enum bl_err
bl_ocsps_add(struct bl_ocsps *s, struct bl_span der, enum bl_source source,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_ocsp *o;
	enum bl_err err = bl_ocsp_read(&o, der, limits, note);

	if (err != BL_OK)
		return err;
	if ((err = bl_list_grow(
		 &s->list, s->n, &s->cap, sizeof(*s->list), note)) != BL_OK) {
		bl_ocsp_free(o);
		return err;
	}
	bl_ocsp_set_source(o, source);
	s->list[s->n++] = o;
	return BL_OK;
}

static enum bl_err
add(const struct bl_import *to, struct bl_span der, struct bl_note *note)
{
	return bl_ocsps_add(to->set, der, BL_SOURCE_GIVEN, to->limits, note);
}

enum bl_err
bl_ocsps_import(struct bl_ocsps *s, struct bl_span file,
    const struct bl_limits *limits, size_t *skipped, struct bl_note *note)
{
	const struct bl_import to = {.label = BL_STR("OCSP RESPONSE"),
	    .max = limits->ocsp_bytes,
	    .add = add,
	    .set = s,
	    .limits = limits,
	    .none = "nothing is an answer of an OCSP responder"};

	return bl_import_run(&to, file, skipped, note);
}

void
bl_ocsps_clear(struct bl_ocsps *s)
{
	for (size_t i = 0; i < s->n; i++)
		bl_ocsp_free(s->list[i]);
	bl_release(s->list);
	*s = (struct bl_ocsps){0};
}

bool
bl_ocsp_age(struct bl_age *out, const struct bl_ocsp *o)
{
	const struct bl_ocsp_face *f = bl_ocsp_face(o);
	struct bl_der in = bl_der_of(f->singles);
	bool first = true;

	*out = (struct bl_age){0};
	if (f->status != BL_OCSP_SUCCESSFUL)
		return false;
	while (bl_der_peek(&in) != 0) {
		struct bl_ocsp_single s = bl_ocsp_single_read(&in);

		if (first || s.this_update > out->this_update)
			out->this_update = s.this_update;
		if (first || s.next_update < out->next_update)
			out->next_update = s.next_update;
		out->has_next_update = s.has_next_update &&
		    (first || out->has_next_update);
		first = false;
	}
	return !first && !in.bad;
}
