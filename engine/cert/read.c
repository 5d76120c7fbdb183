/* read.c - bytes to a certificate, RFC 5280 4.1. */
#include "cert/internal.h"

#include <string.h>

#define SERIAL_MAX 21 /* bytes: 20 of value and a sign byte, RFC 5280 4.1.2.2 */

enum { V1, V2, V3 };

/* The parts of a TBSCertificate that are looked at later. */
struct tbs {
	uint64_t version;
	struct bl_span alg;
	struct bl_der extensions; /* inside [3], where has_extensions */
	bool has_extensions;
};

static uint64_t
version(struct bl_der *in)
{
	struct bl_der field;
	uint64_t v;

	if (bl_der_peek(in) != BL_DER_CONTEXT(0))
		return V1;
	field = bl_der_enter(in, BL_DER_CONTEXT(0));
	v = bl_der_uint(&field, V3);
	bl_der_leave(in, &field);
	/* v1 is the default, which DER leaves out */
	if (v == V1)
		in->bad = true;
	return v;
}

static void
validity(struct bl_cert *c, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	c->not_before = bl_der_time(&seq);
	c->not_after = bl_der_time(&seq);
	bl_der_leave(in, &seq);
}

static void
unique_id(struct bl_der *in, unsigned tag, uint64_t version_)
{
	if (bl_der_peek(in) != tag)
		return;
	(void)bl_der_take(in, tag);
	if (version_ == V1)
		in->bad = true;
}

static void
tbs_fields(struct tbs *t, struct bl_cert *c, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), field;

	t->version = version(&seq);
	c->serial = bl_der_integer(&seq);
	t->alg = bl_der_whole(&seq, BL_DER_SEQUENCE);
	c->issuer = bl_name_read(&seq);
	validity(c, &seq);
	c->subject = bl_name_read(&seq);
	c->spki = bl_der_whole(&seq, BL_DER_SEQUENCE);
	unique_id(&seq, BL_DER_IMPLICIT(1), t->version);
	unique_id(&seq, BL_DER_IMPLICIT(2), t->version);
	t->has_extensions = bl_der_peek(&seq) == BL_DER_CONTEXT(3);
	if (t->has_extensions) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(3));
		t->extensions = field;
		(void)bl_der_whole(&field, BL_DER_SEQUENCE);
		bl_der_leave(&seq, &field);
		if (t->version != V3)
			seq.bad = true;
	}
	bl_der_leave(in, &seq);
}

static enum bl_err
serial(struct bl_cert *c, struct bl_note *note)
{
	struct bl_span s = c->serial;

	if (s.n > SERIAL_MAX)
		return bl_fail_limit(note, (uint64_t)(s.p - c->der.p),
		    "limit-certificate", "serial number is too long",
		    "RFC 5280 4.1.2.2");
	if (s.p[0] >= 0x80 || s.n == SERIAL_MAX || (s.n == 1 && s.p[0] == 0))
		c->flags |= BL_CERT_ODD_SERIAL;
	return BL_OK;
}

static enum bl_err
signature_alg(struct bl_cert *c, struct bl_span inner, struct bl_span outer,
    struct bl_note *note)
{
	struct bl_der in = bl_der_of(outer);

	if (!bl_span_equal(inner, outer))
		return bl_cert_fail(note, (uint64_t)(outer.p - c->der.p),
		    "signature algorithms inside and outside differ",
		    "RFC 5280 4.1.1.2");
	c->alg = bl_sig_alg_read(&in, BL_DIGEST_NONE);
	if (in.bad)
		return bl_cert_fail(note, (uint64_t)(outer.p - c->der.p),
		    "signature algorithm is not well formed", "RFC 4055 3.1");
	return BL_OK;
}

/* The structure of the whole, and its fields but for key and extensions. */
static enum bl_err
fields(struct tbs *t, struct bl_cert *c, struct bl_note *note)
{
	struct bl_der in = bl_der_of(c->der);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE), body = seq;
	struct bl_span outer;
	enum bl_err err;

	c->tbs = bl_der_whole(&seq, BL_DER_SEQUENCE);
	outer = bl_der_whole(&seq, BL_DER_SEQUENCE);
	c->signature = bl_der_bits(&seq, NULL);
	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in))
		return bl_cert_fail(note, in.at,
		    "certificate is not well formed", "RFC 5280 4.1");
	tbs_fields(t, c, &body);
	if (body.bad)
		return bl_cert_fail(note, body.at,
		    "a field of the certificate is not well formed",
		    "RFC 5280 4.1.2");
	/* an empty SEQUENCE has two bytes */
	if (c->issuer.n == 2)
		return bl_cert_fail(note, (uint64_t)(c->issuer.p - c->der.p),
		    "the issuer has no name", "RFC 5280 4.1.2.4");
	if ((err = serial(c, note)) != BL_OK)
		return err;
	return signature_alg(c, t->alg, outer, note);
}

static enum bl_err
key(struct bl_cert *c, struct bl_ctx *ctx, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_note inner = {0};
	enum bl_err err = bl_pub_read(&c->pub, ctx, c->spki, limits, &inner);

	if (err == BL_E_UNSUPPORTED) {
		c->key_kind = BL_KEY_OTHER;
		return BL_OK;
	}
	if (err != BL_OK) {
		inner.at += (uint64_t)(c->spki.p - c->der.p);
		if (note != NULL && note->err == BL_OK)
			*note = inner;
		return err;
	}
	c->key_kind = bl_pub_kind(c->pub);
	c->key_bits = bl_pub_bits(c->pub);
	if (bl_pub_is_weak(c->pub))
		c->flags |= BL_CERT_WEAK_KEY;
	return BL_OK;
}

static enum bl_err
hashes(struct bl_cert *c, struct bl_ctx *ctx, struct bl_note *note)
{
	enum bl_err err = bl_digest_of(
	    &c->sha256, ctx, BL_SHA256, c->der, note);

	if (err != BL_OK)
		return err;
	return bl_digest_of(&c->key_id, ctx, BL_SHA256, c->spki, note);
}

static enum bl_err
read_all(struct bl_cert *c, struct bl_ctx *ctx, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct tbs t = {0};
	enum bl_err err;

	if ((err = bl_der_check(c->der, 0, limits, note)) != BL_OK ||
	    (err = fields(&t, c, note)) != BL_OK)
		return err;
	if (t.version == V1)
		c->flags |= BL_CERT_V1;
	if (bl_span_equal(c->subject, c->issuer))
		c->flags |= BL_CERT_SELF_ISSUED;
	c->key_usage = 0x1ff; /* all, unless an extension says which */
	c->path.path_len = c->path.require_explicit = -1;
	c->path.inhibit_mapping = c->path.inhibit_any = -1;
	if (t.has_extensions &&
	    (err = bl_cert_extensions(c, &t.extensions, limits, note)) != BL_OK)
		return err;
	if ((err = bl_cert_subject_addrs(c, note)) != BL_OK ||
	    (err = key(c, ctx, limits, note)) != BL_OK)
		return err;
	return hashes(c, ctx, note);
}

enum bl_err
bl_cert_read(struct bl_cert **out, struct bl_ctx *ctx, struct bl_span der,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_cert *c;
	enum bl_err err;

	*out = NULL;
	if (der.n > limits->certificate_bytes)
		return bl_fail_limit(note, 0, "limit-certificate",
		    "certificate is too large", NULL);
	if (der.n == 0)
		return bl_cert_fail(note, 0, "certificate is empty", NULL);
	if ((c = bl_alloc(sizeof(*c) + der.n)) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	c->owners = 1;
	memcpy(c->copy, der.p, der.n);
	c->der = bl_span_of(c->copy, der.n);
	if ((err = read_all(c, ctx, limits, note)) != BL_OK) {
		bl_cert_free(c);
		return err;
	}
	*out = c;
	return BL_OK;
}
