/* attrs.c - the signed attributes in DER, and SMIMECapabilities. */
#include "der/alg.h"
#include "keys/keys.h"

/* An Attribute that is being written: RFC 5652 5.3. */
struct attribute {
	size_t whole, values;
};

static struct attribute
attribute_open(struct bl_buf *out, enum bl_oid type)
{
	struct attribute a;

	a.whole = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, type);
	a.values = bl_der_open(out, BL_DER_SET);
	return a;
}

static void
attribute_close(struct bl_buf *out, const struct attribute *a)
{
	bl_der_close(out, a->values);
	bl_der_close(out, a->whole);
}

static void
put_value(struct bl_buf *out, enum bl_oid type, struct bl_span value)
{
	struct attribute a;

	if (value.n == 0)
		return;
	a = attribute_open(out, type);
	bl_buf_add(out, value);
	attribute_close(out, &a);
}

/* RFC 5035 3: one ESSCertIDv2; SHA-256 is the default and left out. */
static void
put_signing_certificate(struct bl_buf *out, const struct bl_want_sign *w)
{
	struct attribute a = attribute_open(out, BL_OID_SIGNING_CERTIFICATE_V2);
	size_t v2 = bl_der_open(out, BL_DER_SEQUENCE);
	size_t certs = bl_der_open(out, BL_DER_SEQUENCE);
	size_t id = bl_der_open(out, BL_DER_SEQUENCE);
	size_t issuer_serial, names;

	bl_der_put(out, BL_DER_OCTETS, w->cert_hash);
	issuer_serial = bl_der_open(out, BL_DER_SEQUENCE);
	names = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put(out, BL_DER_CONTEXT(4), w->cert_issuer);
	bl_der_close(out, names);
	bl_der_put(out, BL_DER_INTEGER, w->cert_serial);
	bl_der_close(out, issuer_serial);
	bl_der_close(out, id);
	bl_der_close(out, certs);
	bl_der_close(out, v2);
	attribute_close(out, &a);
}

/* RFC 6211 2: the algorithms as SignerInfo names them. */
static void
put_algorithm_protection(struct bl_buf *out, const struct bl_want_sign *w)
{
	struct attribute a = attribute_open(
	    out, BL_OID_CMS_ALGORITHM_PROTECTION);
	size_t both = bl_der_open(out, BL_DER_SEQUENCE), at;

	bl_digest_alg_write(out, w->message_digest.alg);
	at = out->n;
	bl_sig_alg_write(out, &w->alg);
	if (out->err == BL_OK)
		out->p[at] = BL_DER_CONTEXT(1); /* IMPLICIT */
	bl_der_close(out, both);
	attribute_close(out, &a);
}

static void
put_attributes(struct bl_buf *out, const struct bl_want_sign *w)
{
	struct attribute a = attribute_open(out, BL_OID_CONTENT_TYPE);

	bl_der_put_oid(out, w->content_type);
	attribute_close(out, &a);
	a = attribute_open(out, BL_OID_SIGNING_TIME);
	bl_der_put_time(out, w->signing_time);
	attribute_close(out, &a);
	a = attribute_open(out, BL_OID_MESSAGE_DIGEST);
	bl_der_put(out, BL_DER_OCTETS,
	    bl_span_of(w->message_digest.p, w->message_digest.n));
	attribute_close(out, &a);
	put_signing_certificate(out, w);
	put_algorithm_protection(out, w);
	put_value(out, BL_OID_SMIME_CAPABILITIES, w->capabilities);
	put_value(out, BL_OID_ENCRYPTION_KEY_PREFERENCE, w->preference);
}

enum bl_err
bl_signed_attrs_write(
    struct bl_buf *out, const struct bl_want_sign *want, struct bl_note *note)
{
	struct bl_buf frame = {0};
	enum bl_err err;
	size_t set, from;

	/* What may be signed is exactly what a frame may ask for. */
	if ((err = bl_want_sign_put(&frame, want, note)) != BL_OK)
		goto out;
	set = bl_der_open(out, BL_DER_SET);
	from = out->n;
	put_attributes(out, want);
	bl_der_sort_set(out, from);
	bl_der_close(out, set);
	err = bl_buf_err(out, note);
out:
	bl_buf_clear(&frame);
	return err;
}

static void
put_capability(struct bl_buf *out, enum bl_oid oid)
{
	size_t one = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, oid);
	bl_der_close(out, one);
}

/* RSAES-OAEP-params with SHA-256 for label and mask, RFC 4055 4.1. */
static void
put_oaep(struct bl_buf *out)
{
	size_t one = bl_der_open(out, BL_DER_SEQUENCE), params, field, mask;

	bl_der_put_oid(out, BL_OID_RSAES_OAEP);
	params = bl_der_open(out, BL_DER_SEQUENCE);
	field = bl_der_open(out, BL_DER_CONTEXT(0));
	bl_digest_alg_write_null(out, BL_SHA256);
	bl_der_close(out, field);
	field = bl_der_open(out, BL_DER_CONTEXT(1));
	mask = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, BL_OID_MGF1);
	bl_digest_alg_write_null(out, BL_SHA256);
	bl_der_close(out, mask);
	bl_der_close(out, field);
	bl_der_close(out, params);
	bl_der_close(out, one);
}

static void
put_agreement(struct bl_buf *out, enum bl_oid scheme, enum bl_oid wrap)
{
	size_t one = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, scheme);
	put_capability(out, wrap); /* KeyWrapAlgorithm looks the same */
	bl_der_close(out, one);
}

void
bl_capabilities_write(struct bl_buf *out)
{
	static const enum bl_oid ciphers[] = {BL_OID_AES256_GCM,
	    BL_OID_AES128_GCM, BL_OID_CHACHA20_POLY1305, BL_OID_AES256_CBC,
	    BL_OID_AES192_CBC, BL_OID_AES128_CBC};
	size_t all = bl_der_open(out, BL_DER_SEQUENCE);

	for (size_t i = 0; i < sizeof(ciphers) / sizeof(*ciphers); i++)
		put_capability(out, ciphers[i]);
	put_oaep(out);
	put_agreement(out, BL_OID_STDDH_SHA256_KDF, BL_OID_AES256_WRAP);
	put_agreement(out, BL_OID_STDDH_SHA256_KDF, BL_OID_AES128_WRAP);
	put_agreement(out, BL_OID_STDDH_HKDF_SHA256, BL_OID_AES256_WRAP);
	bl_der_close(out, all);
}
