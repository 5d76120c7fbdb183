/* pkcs12_write.c - keys and certificates as a PKCS#12 file: one sealed part of
 * certificates, one clear part of keys each sealed by itself, as every reader
 * expects them. */
#include "crypto/internal.h"
#include "crypto/pkcs12.h"
#include "der/alg.h"

/* Deriving costs a reader about a microsecond each, for each key, for the
 * certificates and for the MAC; all of a file stays well within LIM-30. */
#define ITERATIONS_MAX	 200000
#define ITERATIONS_TOTAL 4000000
#define ITERATIONS_OLD	 10000 /* old phones are slow */
#define EMPTY		 2     /* bytes of a SEQUENCE of nothing */

struct writer {
	struct bl_ctx *ctx;
	const struct bl_pkcs12 *in;
	struct bl_pass pass;
	bool old;
	uint64_t iterations;
	struct bl_note *note;
};

static struct bl_pbe
encryption(const struct writer *w)
{
	return (struct bl_pbe){
	    .kdf = w->old ? BL_KDF_PKCS12 : BL_KDF_PBKDF2,
	    .cipher = w->old ? BL_DES3_CBC : BL_AES256_CBC,
	    .digest = w->old ? BL_SHA1 : BL_SHA256,
	    .iterations = w->iterations,
	};
}

static void
put_attribute(struct bl_buf *b, enum bl_oid oid, unsigned tag, struct bl_span v)
{
	size_t attr = bl_der_open(b, BL_DER_SEQUENCE), values;

	bl_der_put_oid(b, oid);
	values = bl_der_open(b, BL_DER_SET);
	bl_der_put(b, tag, v);
	bl_der_close(b, values);
	bl_der_close(b, attr);
}

/* A name for a person, and for programs what ties key and certificate. */
static enum bl_err
put_attributes(
    struct bl_buf *b, const struct bl_pkcs12_entry *e, const struct writer *w)
{
	bool tied = e->key != NULL && e->cert.n > 0;
	struct bl_digest_value id = {0};
	struct bl_buf wide = {0};
	size_t set, from;
	enum bl_err err = BL_OK;

	if (!tied && e->name.n == 0)
		return BL_OK;
	if (tied)
		err = bl_digest_of(
		    &id, w->ctx, BL_SHA1, bl_buf_span(&e->cert), w->note);
	if (err == BL_OK && !bl_wide_put(&wide, bl_buf_span(&e->name)))
		err = bl_fail(w->note, BL_E_CALLER, 0, "a name is not UTF-8",
		    BL_PKCS12_SOURCE);
	if (err == BL_OK)
		err = bl_buf_err(&wide, w->note);
	if (err == BL_OK) {
		set = bl_der_open(b, BL_DER_SET);
		from = b->n;
		if (e->name.n > 0)
			put_attribute(b, BL_OID_FRIENDLY_NAME, BL_DER_BMP,
			    bl_buf_span(&wide));
		if (tied)
			put_attribute(b, BL_OID_LOCAL_KEY_ID, BL_DER_OCTETS,
			    bl_span_of(id.p, id.n));
		bl_der_sort_set(b, from);
		bl_der_close(b, set);
	}
	bl_buf_clear(&wide);
	return err;
}

static enum bl_err
put_cert(
    struct bl_buf *b, const struct bl_pkcs12_entry *e, const struct writer *w)
{
	size_t bag = bl_der_open(b, BL_DER_SEQUENCE), value, cert, octets;
	enum bl_err err;

	bl_der_put_oid(b, BL_OID_CERT_BAG);
	value = bl_der_open(b, BL_DER_CONTEXT(0));
	cert = bl_der_open(b, BL_DER_SEQUENCE);
	bl_der_put_oid(b, BL_OID_X509_CERTIFICATE);
	octets = bl_der_open(b, BL_DER_CONTEXT(0));
	bl_der_put(b, BL_DER_OCTETS, bl_buf_span(&e->cert));
	bl_der_close(b, octets);
	bl_der_close(b, cert);
	bl_der_close(b, value);
	err = put_attributes(b, e, w);
	bl_der_close(b, bag);
	return err;
}

/* AlgorithmIdentifier and what is sealed by it, under `tag`. */
static enum bl_err
put_sealed(
    struct bl_buf *b, unsigned tag, struct bl_span clear, struct writer *w)
{
	struct bl_pbe pbe = encryption(w);
	struct bl_buf sealed = {0};
	uint8_t bytes[32];
	enum bl_err err;

	if ((err = bl_pbe_random(&pbe, bytes, w->ctx, w->note)) == BL_OK &&
	    (err = bl_pbe_seal(
		 &sealed, w->ctx, &pbe, &w->pass, clear, w->note)) == BL_OK) {
		bl_pbe_write(b, &pbe);
		bl_der_put(b, tag, bl_buf_span(&sealed));
	}
	bl_buf_clear(&sealed);
	return err;
}

static enum bl_err
put_key(struct bl_buf *b, const struct bl_pkcs12_entry *e, struct writer *w)
{
	size_t bag = bl_der_open(b, BL_DER_SEQUENCE), value, info;
	enum bl_err err;

	bl_der_put_oid(b, BL_OID_SHROUDED_KEY_BAG);
	value = bl_der_open(b, BL_DER_CONTEXT(0));
	info = bl_der_open(b, BL_DER_SEQUENCE);
	err = put_sealed(b, BL_DER_OCTETS, bl_secret_reveal(e->key), w);
	bl_der_close(b, info);
	bl_der_close(b, value);
	if (err == BL_OK)
		err = put_attributes(b, e, w);
	bl_der_close(b, bag);
	return err;
}

/* SafeContents of all keys, or of all certificates. */
static enum bl_err
put_bags(struct bl_buf *b, bool keys, struct writer *w)
{
	size_t seq = bl_der_open(b, BL_DER_SEQUENCE);
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < w->in->n && err == BL_OK; i++) {
		const struct bl_pkcs12_entry *e = &w->in->entries[i];

		if (keys && e->key != NULL)
			err = put_key(b, e, w);
		else if (!keys && e->cert.n > 0)
			err = put_cert(b, e, w);
	}
	bl_der_close(b, seq);
	return err == BL_OK ? bl_buf_err(b, w->note) : err;
}

/* A ContentInfo of id-data. */
static void
put_data(struct bl_buf *b, struct bl_span octets)
{
	size_t info = bl_der_open(b, BL_DER_SEQUENCE), content;

	bl_der_put_oid(b, BL_OID_DATA);
	content = bl_der_open(b, BL_DER_CONTEXT(0));
	bl_der_put(b, BL_DER_OCTETS, octets);
	bl_der_close(b, content);
	bl_der_close(b, info);
}

/* A ContentInfo of id-encryptedData. */
static enum bl_err
put_encrypted(struct bl_buf *b, struct bl_span clear, struct writer *w)
{
	size_t info = bl_der_open(b, BL_DER_SEQUENCE), content, data, inner;
	enum bl_err err;

	bl_der_put_oid(b, BL_OID_ENCRYPTED_DATA);
	content = bl_der_open(b, BL_DER_CONTEXT(0));
	data = bl_der_open(b, BL_DER_SEQUENCE);
	bl_der_put_uint(b, 0);
	inner = bl_der_open(b, BL_DER_SEQUENCE);
	bl_der_put_oid(b, BL_OID_DATA);
	err = put_sealed(b, BL_DER_IMPLICIT(0), clear, w);
	bl_der_close(b, inner);
	bl_der_close(b, data);
	bl_der_close(b, content);
	bl_der_close(b, info);
	return err;
}

static enum bl_err
put_safes(struct bl_buf *b, struct writer *w)
{
	size_t seq = bl_der_open(b, BL_DER_SEQUENCE);
	struct bl_buf certs = {0}, keys = {0};
	enum bl_err err;

	if ((err = put_bags(&certs, false, w)) == BL_OK &&
	    (err = put_bags(&keys, true, w)) == BL_OK && certs.n > EMPTY)
		err = put_encrypted(b, bl_buf_span(&certs), w);
	if (err == BL_OK && keys.n > EMPTY)
		put_data(b, bl_buf_span(&keys));
	bl_der_close(b, seq);
	bl_buf_clear(&certs);
	bl_buf_clear(&keys);
	return err == BL_OK ? bl_buf_err(b, w->note) : err;
}

static enum bl_err
put_mac(struct bl_buf *b, struct bl_span auth, struct writer *w)
{
	struct bl_pbe pbe = {.kdf = BL_KDF_PKCS12,
	    .digest = w->old ? BL_SHA1 : BL_SHA256,
	    .iterations = w->iterations};
	size_t mac, info, n = bl_digest_size(pbe.digest);
	uint8_t bytes[32], key[BL_DIGEST_MAX];
	struct bl_digest_value value;
	enum bl_err err;

	if ((err = bl_pbe_random(&pbe, bytes, w->ctx, w->note)) == BL_OK &&
	    (err = bl_pkcs12_derive(key, n, w->ctx, &pbe, 3,
		 bl_secret_reveal(w->pass.wide), w->note)) == BL_OK)
		err = bl_hmac(&value, w->ctx, pbe.digest, bl_span_of(key, n),
		    auth, w->note);
	bl_wipe(key, sizeof(key));
	if (err != BL_OK)
		return err;
	mac = bl_der_open(b, BL_DER_SEQUENCE);
	info = bl_der_open(b, BL_DER_SEQUENCE);
	bl_digest_alg_write_null(b, pbe.digest);
	bl_der_put(b, BL_DER_OCTETS, bl_span_of(value.p, value.n));
	bl_der_close(b, info);
	bl_der_put(b, BL_DER_OCTETS, pbe.salt);
	bl_der_put_uint(b, pbe.iterations);
	bl_der_close(b, mac);
	return BL_OK;
}

static uint64_t
iterations_for(const struct bl_pkcs12 *in, bool old)
{
	uint64_t most = old ? ITERATIONS_OLD : ITERATIONS_MAX, each;
	size_t keys = 0;

	for (size_t i = 0; i < in->n; i++)
		keys += in->entries[i].key != NULL;
	each = ITERATIONS_TOTAL / (keys + 2);
	return each < most ? each : most;
}

enum bl_err
bl_pkcs12_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_pkcs12 *in, struct bl_span pass, enum bl_pkcs12_style style,
    struct bl_note *note)
{
	struct writer w = {
	    .ctx = ctx, .in = in, .old = style == BL_PKCS12_OLD, .note = note};
	struct bl_buf auth = {0}, mac = {0};
	size_t pfx;
	enum bl_err err;

	if (in->n > BL_PKCS12_BAGS / 2)
		return bl_fail(note, BL_E_CALLER, 0,
		    "too many keys and certificates for one file", NULL);
	w.iterations = iterations_for(in, w.old);
	if ((err = bl_pass_init(&w.pass, pass, note)) != BL_OK ||
	    (err = put_safes(&auth, &w)) != BL_OK ||
	    (err = put_mac(&mac, bl_buf_span(&auth), &w)) != BL_OK ||
	    (err = bl_buf_err(&mac, note)) != BL_OK)
		goto out;
	pfx = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_uint(out, 3);
	put_data(out, bl_buf_span(&auth));
	bl_buf_add(out, bl_buf_span(&mac));
	bl_der_close(out, pfx);
	err = bl_buf_err(out, note);
out:
	bl_buf_clear(&auth);
	bl_buf_clear(&mac);
	bl_pass_clear(&w.pass);
	return err;
}
