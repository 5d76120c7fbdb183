/* wrap.c - writes the RecipientInfos of a content key; see wrap.h. */
#include "cms/wrap.h"

#include <pthread.h>

/* How each curve agrees on a key: a digest of its strength, and a wrapping key
 * as long as any content key. RFC 5753 7.1.4, RFC 8418 2.2. */
static const struct curve {
	enum bl_key_kind kind;
	enum bl_oid key, scheme;
	enum bl_wrap_kind wrap;
	enum bl_agree_kdf kdf;
	enum bl_digest digest;
} curves[] = {
    {BL_KEY_EC_P256, BL_OID_EC_PUBLIC_KEY, BL_OID_STDDH_SHA256_KDF,
	BL_WRAP_ECDH, BL_AGREE_X963, BL_SHA256},
    {BL_KEY_EC_P384, BL_OID_EC_PUBLIC_KEY, BL_OID_STDDH_SHA384_KDF,
	BL_WRAP_ECDH, BL_AGREE_X963, BL_SHA384},
    {BL_KEY_EC_P521, BL_OID_EC_PUBLIC_KEY, BL_OID_STDDH_SHA512_KDF,
	BL_WRAP_ECDH, BL_AGREE_X963, BL_SHA512},
    {BL_KEY_X25519, BL_OID_X25519, BL_OID_STDDH_HKDF_SHA256, BL_WRAP_XDH,
	BL_AGREE_HKDF, BL_SHA256},
    {BL_KEY_X448, BL_OID_X448, BL_OID_STDDH_HKDF_SHA512, BL_WRAP_XDH,
	BL_AGREE_HKDF, BL_SHA512},
};
#define CURVES	 (sizeof(curves) / sizeof(*curves))
#define KEK_SIZE 32 /* bytes */

static bool
is_curve(enum bl_key_kind kind)
{
	for (size_t i = 0; i < CURVES; i++) {
		if (curves[i].kind == kind)
			return true;
	}
	return false;
}

/* A certificate without a key identifier is named by its issuer in any case. */
static bool
by_ski(const struct bl_cert *cert, enum bl_cms_name_by by)
{
	return by == BL_NAME_BY_SKI && bl_cert_ski(cert).n != 0;
}

bool
bl_recipients_are_plain(
    const struct bl_cms_to *to, size_t n, enum bl_cms_name_by by)
{
	for (size_t i = 0; i < n; i++) {
		if (is_curve(bl_cert_key_kind(to[i].cert)) ||
		    by_ski(to[i].cert, by))
			return false;
	}
	return true;
}

static void
put_issuer_serial(struct bl_buf *out, const struct bl_cert *cert)
{
	size_t mark = bl_der_open(out, BL_DER_SEQUENCE);

	bl_buf_add(out, bl_cert_issuer(cert));
	bl_der_put(out, BL_DER_INTEGER, bl_cert_serial(cert));
	bl_der_close(out, mark);
}

/* ---- several threads ---- */

#define SHARE_LEAST 32 /* recipients for which a thread is worth its start */
#define SHARES_MAX  16

/* How a run of recipients is written: those of `to` from one to before
 * another. */
struct shared;
struct writing {
	enum bl_err (*write)(struct bl_buf *out, const struct writing *w,
	    size_t from, size_t end, struct bl_note *note);
	struct bl_ctx *ctx;
	const struct bl_cms_to *to;
	enum bl_cms_name_by by;
	const struct bl_secret *cek;
	const struct shared *with; /* those on a curve */
};

/* A part of the recipients, and what one thread makes of it. */
struct share {
	const struct writing *w;
	size_t from, end;
	struct bl_buf out;
	struct bl_note note;
	enum bl_err err;
	pthread_t thread;
	bool started;
};

static void
write_share(struct share *s)
{
	s->err = s->w->write(&s->out, s->w, s->from, s->end, &s->note);
}

static void *
run_share(void *arg)
{
	struct share *s = arg;

	write_share(s);
	bl_ctx_leave(s->w->ctx);
	return NULL;
}

/* Takes over what a share wrote, or why it failed. */
static enum bl_err
end_share(struct bl_buf *out, struct share *s, struct bl_note *note)
{
	enum bl_err err = s->err;

	if (err == BL_OK) {
		bl_buf_add(out, bl_buf_span(&s->out));
		err = bl_buf_err(&s->out, note);
	} else {
		err = bl_fail(
		    note, err, s->note.at, s->note.what, s->note.source);
	}
	bl_buf_clear(&s->out);
	return err;
}

/*
 * Writes all n recipients in their order: each thread a run of them into a
 * buffer of its own, the calling thread the last. Where a thread cannot be
 * started, the calling one does its work.
 */
static enum bl_err
write_all(
    struct bl_buf *out, const struct writing *w, size_t n, struct bl_note *note)
{
	size_t count = bl_ctx_threads(w->ctx), most = n / SHARE_LEAST;
	struct share shares[SHARES_MAX] = {{0}};
	enum bl_err err = BL_OK;

	count = count < most ? count : most;
	count = count < SHARES_MAX ? count : SHARES_MAX;
	if (count < 2)
		return w->write(out, w, 0, n, note);
	bl_ctx_share(w->ctx);
	for (size_t i = 0; i < count; i++) {
		struct share *s = &shares[i];

		*s = (struct share){
		    .w = w, .from = n * i / count, .end = n * (i + 1) / count};
		bl_buf_init(&s->out, out->max);
		s->started = i + 1 < count &&
		    pthread_create(&s->thread, NULL, run_share, s) == 0;
	}
	for (size_t i = 0; i < count; i++)
		if (!shares[i].started)
			write_share(&shares[i]);
	for (size_t i = 0; i < count; i++)
		if (shares[i].started)
			(void)pthread_join(shares[i].thread, NULL);
	bl_ctx_unshare(w->ctx);
	for (size_t i = 0; i < count; i++) {
		enum bl_err one = end_share(
		    out, &shares[i], err == BL_OK ? note : NULL);

		err = err == BL_OK ? one : err;
	}
	return err;
}

/* ---- RSA ---- */

/* RSAES-OAEP-params, RFC 4055 4.1; DER leaves SHA-1 out. */
static void
put_oaep(struct bl_buf *out, enum bl_digest d)
{
	size_t params, tagged, mgf;

	bl_der_put_oid(out, BL_OID_RSAES_OAEP);
	params = bl_der_open(out, BL_DER_SEQUENCE);
	if (d != BL_SHA1) {
		tagged = bl_der_open(out, BL_DER_CONTEXT(0));
		bl_digest_alg_write_null(out, d);
		bl_der_close(out, tagged);
		tagged = bl_der_open(out, BL_DER_CONTEXT(1));
		mgf = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put_oid(out, BL_OID_MGF1);
		bl_digest_alg_write_null(out, d);
		bl_der_close(out, mgf);
		bl_der_close(out, tagged);
	}
	bl_der_close(out, params);
}

static void
put_rsa_alg(struct bl_buf *out, const struct bl_wrap_alg *alg)
{
	size_t mark = bl_der_open(out, BL_DER_SEQUENCE);

	if (alg->kind == BL_WRAP_RSA_OAEP) {
		put_oaep(out, alg->digest);
	} else {
		bl_der_put_oid(out, BL_OID_RSA_ENCRYPTION);
		bl_der_put_null(out);
	}
	bl_der_close(out, mark);
}

/* KeyTransRecipientInfo, RFC 5652 6.2.1. */
static enum bl_err
put_transport(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_cms_to *to, enum bl_cms_name_by by,
    const struct bl_secret *cek, struct bl_note *note)
{
	struct bl_wrap_alg alg = {
	    .kind = to->rsa, .digest = to->oaep, .mgf = to->oaep};
	bool ski = by_ski(to->cert, by);
	size_t info, key;
	enum bl_err err;

	if (alg.kind != BL_WRAP_RSA_PKCS1 && alg.kind != BL_WRAP_RSA_OAEP)
		return bl_fail(note, BL_E_CALLER, 0,
		    "no way to wrap for an RSA key was chosen", NULL);
	info = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_uint(out, ski ? 2 : 0);
	if (ski)
		bl_der_put(out, BL_DER_IMPLICIT(0), bl_cert_ski(to->cert));
	else
		put_issuer_serial(out, to->cert);
	put_rsa_alg(out, &alg);
	key = bl_der_open(out, BL_DER_OCTETS);
	err = bl_pub_wrap(out, bl_cert_pub(to->cert), ctx, &alg, cek, note);
	bl_der_close(out, key);
	bl_der_close(out, info);
	return err;
}

/* ---- elliptic curves ---- */

/* KeyWrapAlgorithm: no parameters, RFC 3565 2.3.2. */
static void
put_key_wrap(struct bl_buf *out)
{
	size_t mark = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, BL_OID_AES256_WRAP);
	bl_der_close(out, mark);
}

/* ECC-CMS-SharedInfo, RFC 5753 7.2. */
static void
put_shared_info(struct bl_buf *out)
{
	static const uint8_t bits[4] = {
	    0, 0, KEK_SIZE * 8 >> 8, KEK_SIZE * 8 & 0xff};
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE), tagged;

	put_key_wrap(out);
	tagged = bl_der_open(out, BL_DER_CONTEXT(2));
	bl_der_put(out, BL_DER_OCTETS, bl_span_of(bits, sizeof(bits)));
	bl_der_close(out, tagged);
	bl_der_close(out, seq);
}

/* OriginatorIdentifierOrKey: the ephemeral key, whose curve is that of the
 * recipients (RFC 5753 3.1.1). */
static enum bl_err
put_originator(struct bl_buf *out, const struct curve *curve,
    const struct bl_priv *ephemeral, struct bl_note *note)
{
	struct bl_buf point = {0};
	size_t choice = bl_der_open(out, BL_DER_CONTEXT(0));
	size_t key = bl_der_open(out, BL_DER_CONTEXT(1));
	size_t alg = bl_der_open(out, BL_DER_SEQUENCE);
	enum bl_err err = bl_priv_point(&point, ephemeral, note);

	bl_der_put_oid(out, curve->key);
	bl_der_close(out, alg);
	bl_der_put_bits(out, bl_buf_span(&point));
	bl_der_close(out, key);
	bl_der_close(out, choice);
	bl_buf_clear(&point);
	return err;
}

static void
put_agreement_alg(struct bl_buf *out, const struct curve *curve)
{
	size_t mark = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, curve->scheme);
	put_key_wrap(out);
	bl_der_close(out, mark);
}

/* What all recipients of one curve have in common. */
struct shared {
	const struct curve *curve;
	struct bl_priv *ephemeral;
	struct bl_wrap_alg alg;
	enum bl_cms_name_by by;
	const struct bl_secret *cek;
};

/* RecipientEncryptedKey. */
static enum bl_err
put_encrypted_key(struct bl_buf *out, struct bl_ctx *ctx,
    const struct shared *with, const struct bl_cert *cert, struct bl_note *note)
{
	size_t info = bl_der_open(out, BL_DER_SEQUENCE), key;
	enum bl_err err;

	if (by_ski(cert, with->by)) {
		key = bl_der_open(out, BL_DER_CONTEXT(0));
		bl_der_put(out, BL_DER_OCTETS, bl_cert_ski(cert));
		bl_der_close(out, key);
	} else {
		put_issuer_serial(out, cert);
	}
	key = bl_der_open(out, BL_DER_OCTETS);
	err = bl_ecdh_wrap(out, with->ephemeral, bl_cert_pub(cert), ctx,
	    &with->alg, with->cek, note);
	bl_der_close(out, key);
	bl_der_close(out, info);
	return err;
}

static enum bl_err
write_encrypted_keys(struct bl_buf *out, const struct writing *w, size_t from,
    size_t end, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = from; i < end && err == BL_OK; i++) {
		if (bl_cert_key_kind(w->to[i].cert) == w->with->curve->kind)
			err = put_encrypted_key(
			    out, w->ctx, w->with, w->to[i].cert, note);
	}
	return err;
}

/* KeyAgreeRecipientInfo of all recipients on the curve, RFC 5652 6.2.2. */
static enum bl_err
put_agreement(struct bl_buf *out, struct bl_ctx *ctx, const struct shared *with,
    const struct bl_cms_to *to, size_t n, struct bl_note *note)
{
	const struct writing w = {
	    .write = write_encrypted_keys, .ctx = ctx, .to = to, .with = with};
	size_t info = bl_der_open(out, BL_DER_CONTEXT(1)), keys;
	enum bl_err err;

	bl_der_put_uint(out, 3);
	err = put_originator(out, with->curve, with->ephemeral, note);
	put_agreement_alg(out, with->curve);
	keys = bl_der_open(out, BL_DER_SEQUENCE);
	if (err == BL_OK)
		err = write_all(out, &w, n, note);
	bl_der_close(out, keys);
	bl_der_close(out, info);
	return err;
}

/* The recipients of one curve, if there are any. */
static enum bl_err
put_curve(struct bl_buf *out, struct bl_ctx *ctx, struct shared *with,
    const struct bl_cms_to *to, size_t n, struct bl_note *note)
{
	struct bl_buf info = {0};
	size_t first = 0;
	enum bl_err err;

	while (
	    first < n && bl_cert_key_kind(to[first].cert) != with->curve->kind)
		first++;
	if (first == n)
		return BL_OK;
	put_shared_info(&info);
	with->alg = (struct bl_wrap_alg){
	    .kind = with->curve->wrap,
	    .kdf = with->curve->kdf,
	    .digest = with->curve->digest,
	    .kek_size = KEK_SIZE,
	    .info = bl_buf_span(&info),
	};
	if ((err = bl_buf_err(&info, note)) == BL_OK &&
	    (err = bl_priv_new_ephemeral(&with->ephemeral, ctx,
		 bl_cert_pub(to[first].cert), note)) == BL_OK)
		err = put_agreement(out, ctx, with, to, n, note);
	bl_priv_free(with->ephemeral);
	with->ephemeral = NULL;
	bl_buf_clear(&info);
	return err;
}

/* The recipients with RSA keys; those with keys of no use are refused. */
static enum bl_err
write_transports(struct bl_buf *out, const struct writing *w, size_t from,
    size_t end, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = from; i < end && err == BL_OK; i++) {
		const struct bl_cms_to *to = &w->to[i];
		enum bl_key_kind kind = bl_cert_key_kind(to->cert);

		if (kind == BL_KEY_RSA && bl_cert_pub(to->cert) != NULL)
			err = put_transport(
			    out, w->ctx, to, w->by, w->cek, note);
		else if (!is_curve(kind) || bl_cert_pub(to->cert) == NULL)
			err = bl_fail(note, BL_E_UNSUPPORTED, 0,
			    "nothing can be encrypted to a key of this kind",
			    NULL);
	}
	return err;
}

enum bl_err
bl_recipients_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_cms_to *to, size_t n, enum bl_cms_name_by by,
    const struct bl_secret *cek, struct bl_note *note)
{
	struct shared with = {.by = by, .cek = cek};
	const struct writing rsa = {.write = write_transports,
	    .ctx = ctx,
	    .to = to,
	    .by = by,
	    .cek = cek};
	size_t from = out->n;
	enum bl_err err = write_all(out, &rsa, n, note);

	for (size_t i = 0; i < CURVES && err == BL_OK; i++) {
		with.curve = &curves[i];
		err = put_curve(out, ctx, &with, to, n, note);
	}
	if (err != BL_OK)
		return err;
	bl_der_sort_set(out, from);
	return bl_buf_err(out, note);
}
