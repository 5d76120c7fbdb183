/* priv.c - private keys: PKCS#8 in and out, and ephemeral ones. The public
 * half is always computed anew, and RSA numbers must fit together: a key that
 * was tampered with would give itself away in its signatures. */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "crypto/internal.h"
#include "crypto/pbe.h"

#define RSA_NUMBERS 8 /* n, e, d, p, q, dp, dq, qinv */

enum { N, E, D, P, Q, DP, DQ, QINV };

static enum bl_err
malformed(struct bl_note *note, const char *what)
{
	return bl_crypto_fail(note, BL_E_MALFORMED, what, PKCS8);
}

static struct bl_span
positive(struct bl_der *in)
{
	struct bl_span v = bl_der_integer(in);

	if (v.n == 0 || v.p[0] >= 0x80)
		in->bad = true;
	return v.n > 1 && v.p[0] == 0 ? bl_span_cut(v, 1, SIZE_MAX) : v;
}

/* RSAPrivateKey of two primes, RFC 8017 A.1.2. */
static bool
read_numbers(struct bl_span v[RSA_NUMBERS], struct bl_span der)
{
	struct bl_der in = bl_der_of(der);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);

	bl_der_uint(&seq, 0);
	for (size_t i = 0; i < RSA_NUMBERS; i++) {
		v[i] = positive(&seq);
		if (v[i].n > RSA_BYTES_MAX)
			seq.bad = true;
	}
	bl_der_leave(&in, &seq);
	return bl_der_done(&in);
}

/* a * b = 1 modulo m - 1, or modulo m when `whole`. */
static bool
is_inverse(
    const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, bool whole, BN_CTX *run)
{
	BIGNUM *modulus, *r;
	bool ok;

	BN_CTX_start(run);
	modulus = BN_CTX_get(run);
	r = BN_CTX_get(run);
	ok = r != NULL && BN_copy(modulus, m) != NULL &&
	    (whole || BN_sub_word(modulus, 1) == 1) &&
	    BN_mod_mul(r, a, b, modulus, run) == 1 && BN_is_one(r) == 1;
	BN_CTX_end(run);
	return ok;
}

static bool
is_product(const BIGNUM *n, const BIGNUM *p, const BIGNUM *q, BN_CTX *run)
{
	BIGNUM *r;
	bool ok;

	BN_CTX_start(run);
	r = BN_CTX_get(run);
	ok = r != NULL && BN_mul(r, p, q, run) == 1 && BN_cmp(r, n) == 0;
	BN_CTX_end(run);
	return ok;
}

static bool
fit_together(const struct bl_span v[RSA_NUMBERS], struct bl_ctx *ctx)
{
	BN_CTX *run = BN_CTX_secure_new_ex(ctx->lib);
	BIGNUM *b[RSA_NUMBERS] = {NULL};
	bool ok = run != NULL;

	for (size_t i = 0; i < RSA_NUMBERS && ok; i++) {
		b[i] = BN_bin2bn(v[i].p, (int)v[i].n, NULL);
		ok = b[i] != NULL;
	}
	ok = ok && !BN_is_one(b[P]) && !BN_is_one(b[Q]) &&
	    is_product(b[N], b[P], b[Q], run) &&
	    is_inverse(b[E], b[D], b[P], false, run) &&
	    is_inverse(b[E], b[D], b[Q], false, run) &&
	    is_inverse(b[E], b[DP], b[P], false, run) &&
	    is_inverse(b[E], b[DQ], b[Q], false, run) &&
	    is_inverse(b[QINV], b[Q], b[P], true, run);
	for (size_t i = 0; i < RSA_NUMBERS; i++)
		BN_clear_free(b[i]);
	BN_CTX_free(run);
	return ok;
}

static EVP_PKEY *
build_rsa(const struct bl_span v[RSA_NUMBERS], struct bl_ctx *ctx,
    uint8_t scratch[RSA_NUMBERS][RSA_BYTES_MAX])
{
	static const char *const names[RSA_NUMBERS] = {OSSL_PKEY_PARAM_RSA_N,
	    OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	    OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	    OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	    OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
	OSSL_PARAM params[RSA_NUMBERS + 1];

	for (size_t i = 0; i < RSA_NUMBERS; i++) {
		bl_rsa_reverse(scratch[i], v[i]);
		params[i] = OSSL_PARAM_construct_BN(
		    names[i], scratch[i], v[i].n);
	}
	params[RSA_NUMBERS] = OSSL_PARAM_construct_end();
	return bl_key_build(ctx, "RSA", EVP_PKEY_KEYPAIR, params);
}

static enum bl_err
read_rsa(struct bl_priv *k, struct bl_ctx *ctx, struct bl_span der,
    struct bl_note *note)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_secret *scratch = NULL;
	struct bl_span v[RSA_NUMBERS];
	enum bl_err err;

	if (!read_numbers(v, der))
		return malformed(note, "RSA private key is not well formed");
	err = bl_rsa_check(&k->pub, v[N], v[E], &limits, note);
	if (err != BL_OK)
		return err;
	if (!fit_together(v, ctx))
		return malformed(
		    note, "the numbers of the RSA key do not fit together");
	err = bl_secret_new(
	    &scratch, (size_t)RSA_NUMBERS * RSA_BYTES_MAX, note);
	if (err != BL_OK)
		return err;
	k->pub.key = build_rsa(
	    v, ctx, (uint8_t(*)[RSA_BYTES_MAX])(void *)bl_secret_fill(scratch));
	bl_secret_free(scratch);
	return k->pub.key != NULL
	    ? BL_OK
	    : malformed(note, "RSA private key is no key");
}

/* The uncompressed point d * G; false when d is not in 1 .. n - 1. */
static bool
multiply(uint8_t point[EC_POINT_MAX], const struct bl_curve *curve,
    struct bl_span d, struct bl_ctx *ctx)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name_ex(
	    ctx->lib, NULL, curve->nid);
	BN_CTX *run = BN_CTX_secure_new_ex(ctx->lib);
	BIGNUM *scalar = BN_secure_new();
	EC_POINT *q = group == NULL ? NULL : EC_POINT_new(group);
	size_t n = 1 + 2 * curve->bytes;
	bool ok = run != NULL && scalar != NULL && q != NULL &&
	    BN_bin2bn(d.p, (int)d.n, scalar) != NULL && !BN_is_zero(scalar) &&
	    BN_cmp(scalar, EC_GROUP_get0_order(group)) < 0;

	if (ok) {
		BN_set_flags(scalar, BN_FLG_CONSTTIME);
		ok = EC_POINT_mul(group, q, scalar, NULL, NULL, run) == 1 &&
		    EC_POINT_point2oct(group, q, POINT_CONVERSION_UNCOMPRESSED,
			point, n, run) == n;
	}
	EC_POINT_clear_free(q);
	BN_clear_free(scalar);
	BN_CTX_free(run);
	EC_GROUP_free(group);
	return ok;
}

static EVP_PKEY *
build_ec(const struct bl_curve *curve, struct bl_span d, uint8_t *point,
    struct bl_ctx *ctx)
{
	uint8_t native[EC_POINT_MAX / 2];
	OSSL_PARAM params[4];
	EVP_PKEY *key;

	bl_rsa_reverse(native, d);
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, (char *)curve->name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(
	    OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * curve->bytes);
	params[2] = OSSL_PARAM_construct_BN(
	    OSSL_PKEY_PARAM_PRIV_KEY, native, d.n);
	params[3] = OSSL_PARAM_construct_end();
	key = bl_key_build(ctx, "EC", EVP_PKEY_KEYPAIR, params);
	OPENSSL_cleanse(native, sizeof(native));
	return key;
}

/* ECPrivateKey, RFC 5915 3: what it says of curve and point must be true. */
static bool
read_ec_fields(struct bl_span *d, struct bl_span *point,
    const struct bl_curve *curve, struct bl_span der)
{
	struct bl_der in = bl_der_of(der);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE), field;

	*point = (struct bl_span){NULL, 0};
	if (bl_der_uint(&seq, 1) != 1)
		seq.bad = true;
	*d = bl_der_take(&seq, BL_DER_OCTETS);
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(0));
		if (bl_oid_find(bl_der_oid(&field)) != curve->oid)
			field.bad = true;
		bl_der_leave(&seq, &field);
	}
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(1)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(1));
		*point = bl_der_bits(&field, NULL);
		bl_der_leave(&seq, &field);
	}
	bl_der_leave(&in, &seq);
	return bl_der_done(&in) && d->n > 0 && d->n <= curve->bytes;
}

/* The point as the file has it, if at all, compressed or not. */
static bool
is_same_point(struct bl_span file, const uint8_t *point, size_t bytes)
{
	if (file.n == 0)
		return true;
	if (file.n == 1 + bytes)
		return file.p[0] == (2 | (point[2 * bytes] & 1)) &&
		    memcmp(file.p + 1, point + 1, bytes) == 0;
	return bl_span_equal(file, bl_span_of(point, 1 + 2 * bytes));
}

static enum bl_err
read_ec(struct bl_priv *k, struct bl_ctx *ctx, const struct bl_curve *curve,
    struct bl_span der, struct bl_note *note)
{
	uint8_t point[EC_POINT_MAX];
	struct bl_span d, file;

	k->pub.kind = curve->kind;
	k->pub.bits = curve->bits;
	if (!read_ec_fields(&d, &file, curve, der))
		return malformed(note, "EC private key is not well formed");
	if (!multiply(point, curve, d, ctx))
		return malformed(note, "EC private key is out of range");
	if (!is_same_point(file, point, curve->bytes))
		return malformed(
		    note, "the halves of the EC key do not fit together");
	k->pub.key = build_ec(curve, d, point, ctx);
	return k->pub.key != NULL ? BL_OK
				  : malformed(note, "EC private key is no key");
}

/* CurvePrivateKey, RFC 8410 7: the bytes in an OCTET STRING of their own, and
 * perhaps the public half beside them. */
static enum bl_err
read_raw(struct bl_priv *k, struct bl_ctx *ctx, const struct bl_raw *raw,
    struct bl_span der, struct bl_span half, struct bl_note *note)
{
	struct bl_der in = bl_der_of(der);
	struct bl_span d = bl_der_take(&in, BL_DER_OCTETS);
	uint8_t own[RAW_MAX];
	size_t n = sizeof(own);

	k->pub.kind = raw->kind;
	k->pub.bits = raw->bits;
	if (!bl_der_done(&in) || d.n != raw->bytes)
		return malformed(note, "the private key is not well formed");
	k->pub.key = EVP_PKEY_new_raw_private_key_ex(
	    ctx->lib, raw->name, NULL, d.p, d.n);
	if (k->pub.key == NULL ||
	    EVP_PKEY_get_raw_public_key(k->pub.key, own, &n) != 1)
		return malformed(note, "the private key is no key");
	if (half.p != NULL && !bl_span_equal(half, bl_span_of(own, n)))
		return malformed(
		    note, "the halves of the key do not fit together");
	return BL_OK;
}

/* What read_frame finds in a PrivateKeyInfo. */
struct frame {
	struct bl_span algorithm, key;
	struct bl_span half; /* the public key [1], or NULL */
};

static enum bl_err
read_key(struct bl_priv *k, struct bl_ctx *ctx, const struct frame *frame,
    struct bl_note *note)
{
	struct bl_der at = bl_der_of(frame->algorithm), whole = at;
	struct bl_der alg = bl_der_enter(&at, BL_DER_SEQUENCE);
	enum bl_oid oid = bl_oid_find(bl_der_oid(&alg));
	const struct bl_raw *raw = bl_raw_by_oid(oid);
	const struct bl_curve *curve;

	if (oid == BL_OID_EC_PUBLIC_KEY) {
		curve = bl_curve_by_oid(bl_oid_find(bl_der_oid(&alg)));
		if (!bl_der_done(&alg))
			return malformed(note, "the curve is not well formed");
		if (curve != NULL)
			return read_ec(k, ctx, curve, frame->key, note);
	} else if (oid == BL_OID_RSA_ENCRYPTION) {
		k->pub.kind = BL_KEY_RSA;
		bl_der_null(&alg);
		if (!bl_der_done(&alg))
			return malformed(note, "RSA parameters are not NULL");
		return read_rsa(k, ctx, frame->key, note);
	} else if (oid == BL_OID_RSASSA_PSS) {
		bl_pss_rule_read(&k->pub, &whole);
		if (!bl_der_done(&whole))
			return malformed(note, "PSS parameters are wrong");
		return read_rsa(k, ctx, frame->key, note);
	} else if (raw != NULL) {
		if (!bl_der_done(&alg))
			return malformed(note, "there are parameters");
		return read_raw(k, ctx, raw, frame->key, frame->half, note);
	}
	return bl_fail(note, BL_E_UNSUPPORTED, 0,
	    "the private key is of an algorithm we do not handle", PKCS8);
}

/* PrivateKeyInfo or OneAsymmetricKey: attributes are passed over, and so is a
 * public key [1] where the key itself holds it. */
static bool
read_frame(struct frame *f, struct bl_span pkcs8)
{
	struct bl_der in = bl_der_of(pkcs8);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);

	*f = (struct frame){0};
	bl_der_uint(&seq, 1);
	f->algorithm = bl_der_whole(&seq, BL_DER_SEQUENCE);
	f->key = bl_der_take(&seq, BL_DER_OCTETS);
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0))
		bl_der_take(&seq, BL_DER_CONTEXT(0));
	if (bl_der_peek(&seq) == BL_DER_IMPLICIT(1)) {
		f->half = bl_der_take(&seq, BL_DER_IMPLICIT(1));
		/* the octet in front tells of unused bits */
		f->half = bl_span_cut(f->half, 1, SIZE_MAX);
	}
	bl_der_leave(&in, &seq);
	return bl_der_done(&in);
}

bool
bl_pkcs8_frame(struct bl_span pkcs8)
{
	struct frame f;

	return read_frame(&f, pkcs8);
}

/* As a certificate has it: RSA with NULL, whatever the file left out. */
static void
keep_algorithm(struct bl_priv *k, struct bl_span algorithm)
{
	size_t mark;

	if (k->pub.kind != BL_KEY_RSA) {
		bl_buf_add(&k->algorithm, algorithm);
		return;
	}
	mark = bl_der_open(&k->algorithm, BL_DER_SEQUENCE);
	bl_der_put_oid(&k->algorithm, BL_OID_RSA_ENCRYPTION);
	bl_der_put_null(&k->algorithm);
	bl_der_close(&k->algorithm, mark);
}

/* The name of the key pair; once, as each want is held against it. */
static enum bl_err
name_it(struct bl_priv *k, struct bl_ctx *ctx, struct bl_note *note)
{
	struct bl_buf spki = {0};
	enum bl_err err;

	if ((err = bl_priv_spki(&spki, k, note)) == BL_OK)
		err = bl_digest_of(
		    &k->id, ctx, BL_SHA256, bl_buf_span(&spki), note);
	bl_buf_clear(&spki);
	return err;
}

enum bl_err
bl_priv_read(struct bl_priv **out, struct bl_ctx *ctx,
    const struct bl_secret *pkcs8, struct bl_note *note)
{
	struct bl_priv *k = NULL;
	struct frame f;
	enum bl_err err;

	*out = NULL;
	if (!read_frame(&f, bl_secret_reveal(pkcs8)))
		return malformed(note, "private key is not well formed");
	if ((k = bl_alloc(sizeof(*k))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	if (!bl_run_new(&k->pub))
		err = bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	else
		err = read_key(k, ctx, &f, note);
	if (err == BL_OK)
		err = bl_secret_copy(&k->pkcs8, bl_secret_reveal(pkcs8), note);
	if (err == BL_OK) {
		keep_algorithm(k, f.algorithm);
		err = bl_buf_err(&k->algorithm, note);
	}
	if (err == BL_OK)
		err = name_it(k, ctx, note);
	if (err != BL_OK) {
		bl_priv_free(k);
		return err;
	}
	*out = k;
	return BL_OK;
}

/* AlgorithmIdentifier of a key that agrees; false: it is none. */
static bool
put_algorithm(struct bl_buf *b, enum bl_key_kind kind)
{
	const struct bl_curve *curve = bl_curve_by_kind(kind);
	size_t mark;

	if (curve == NULL && !bl_agrees_raw(kind))
		return false;
	mark = bl_der_open(b, BL_DER_SEQUENCE);
	if (curve != NULL) {
		bl_der_put_oid(b, BL_OID_EC_PUBLIC_KEY);
		bl_der_put_oid(b, curve->oid);
	} else {
		bl_der_put_oid(b, bl_raw_by_kind(kind)->oid);
	}
	bl_der_close(b, mark);
	return true;
}

/* What makes keys of the same kind as `model`. */
static EVP_PKEY_CTX *
maker(struct bl_ctx *ctx, EVP_PKEY *model)
{
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new_from_pkey(ctx->lib, model, NULL);

	if (run != NULL && EVP_PKEY_keygen_init(run) == 1)
		return run;
	EVP_PKEY_CTX_free(run);
	return NULL;
}

/* The library draws the scalar, from the context's source. What makes keys on
 * a curve is kept: to prepare it takes a sixth of the time of a key. */
static EVP_PKEY *
generate(struct bl_ctx *ctx, const struct bl_pub *peer)
{
	const struct bl_curve *curve = bl_curve_by_kind(peer->kind);
	EVP_PKEY_CTX *once = NULL;
	EVP_PKEY_CTX **run = curve != NULL ? &ctx->maker[curve - bl_curves]
					   : &once;
	EVP_PKEY *key = NULL;

	if (*run == NULL)
		*run = maker(ctx, peer->key);
	if (*run == NULL || EVP_PKEY_generate(*run, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(once);
	return key;
}

enum bl_err
bl_priv_new_ephemeral(struct bl_priv **out, struct bl_ctx *ctx,
    const struct bl_pub *peer, struct bl_note *note)
{
	struct bl_priv *k;
	enum bl_err err;

	*out = NULL;
	if ((k = bl_alloc(sizeof(*k))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	k->pub.kind = peer->kind;
	k->pub.bits = peer->bits;
	if (!bl_run_new(&k->pub))
		err = bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	else if (!put_algorithm(&k->algorithm, peer->kind))
		err = bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "no ephemeral key for this kind of key", NULL);
	else if ((err = bl_buf_err(&k->algorithm, note)) == BL_OK &&
	    (k->pub.key = generate(ctx, peer)) == NULL)
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "no key could be made", NULL);
	if (err != BL_OK) {
		bl_priv_free(k);
		return err;
	}
	*out = k;
	return BL_OK;
}

enum bl_err
bl_priv_point(struct bl_buf *out, const struct bl_priv *k, struct bl_note *note)
{
	uint8_t point[EC_POINT_MAX];
	size_t n = 0;

	if (bl_curve_by_kind(k->pub.kind) == NULL &&
	    bl_raw_by_kind(k->pub.kind) == NULL)
		return bl_fail(note, BL_E_CALLER, 0, "not an EC key", NULL);
	if (EVP_PKEY_get_octet_string_param(k->pub.key, OSSL_PKEY_PARAM_PUB_KEY,
		point, sizeof(point), &n) != 1)
		return bl_crypto_fail(
		    note, BL_E_SYSTEM, "the key has no point", NULL);
	bl_buf_add(out, bl_span_of(point, n));
	return bl_buf_err(out, note);
}

/* ECPrivateKey in PrivateKeyInfo, for a key made here. */
static void
put_ec(struct bl_buf *b, const struct bl_priv *k, struct bl_span d,
    struct bl_span point)
{
	size_t info = bl_der_open(b, BL_DER_SEQUENCE), octets, seq, field;

	bl_der_put_uint(b, 0);
	bl_buf_add(b, bl_buf_span(&k->algorithm));
	octets = bl_der_open(b, BL_DER_OCTETS);
	seq = bl_der_open(b, BL_DER_SEQUENCE);
	bl_der_put_uint(b, 1);
	bl_der_put(b, BL_DER_OCTETS, d);
	field = bl_der_open(b, BL_DER_CONTEXT(1));
	bl_der_put_bits(b, point);
	bl_der_close(b, field);
	bl_der_close(b, seq);
	bl_der_close(b, octets);
	bl_der_close(b, info);
}

static bool
take_scalar(uint8_t *to, size_t n, const struct bl_priv *k)
{
	BIGNUM *d = NULL;
	bool ok = EVP_PKEY_get_bn_param(
		      k->pub.key, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
	    BN_bn2binpad(d, to, (int)n) == (int)n;

	BN_clear_free(d);
	return ok;
}

static enum bl_err
write_ec(struct bl_secret **out, const struct bl_priv *k, struct bl_note *note)
{
	size_t bytes = bl_curve_by_kind(k->pub.kind)->bytes;
	struct bl_buf der = {0}, point = {0};
	uint8_t d[EC_POINT_MAX / 2];
	enum bl_err err;

	if ((err = bl_priv_point(&point, k, note)) != BL_OK)
		goto out;
	if (!take_scalar(d, bytes, k)) {
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the key cannot be written", NULL);
		goto out;
	}
	put_ec(&der, k, bl_span_of(d, bytes), bl_buf_span(&point));
	if ((err = bl_buf_err(&der, note)) == BL_OK)
		err = bl_secret_copy(out, bl_buf_span(&der), note);
out:
	OPENSSL_cleanse(d, sizeof(d));
	bl_buf_clear(&der);
	bl_buf_clear(&point);
	return err;
}

/* OneAsymmetricKey of a key made here, version 0: RFC 8410 7. */
static enum bl_err
write_raw(struct bl_secret **out, const struct bl_priv *k, struct bl_note *note)
{
	struct bl_buf der = {0};
	uint8_t d[RAW_MAX];
	size_t n = sizeof(d), info, octets;
	enum bl_err err;

	if (EVP_PKEY_get_raw_private_key(k->pub.key, d, &n) != 1)
		return bl_crypto_fail(
		    note, BL_E_SYSTEM, "the key cannot be written", NULL);
	info = bl_der_open(&der, BL_DER_SEQUENCE);
	bl_der_put_uint(&der, 0);
	bl_buf_add(&der, bl_buf_span(&k->algorithm));
	octets = bl_der_open(&der, BL_DER_OCTETS);
	bl_der_put(&der, BL_DER_OCTETS, bl_span_of(d, n));
	bl_der_close(&der, octets);
	bl_der_close(&der, info);
	OPENSSL_cleanse(d, sizeof(d));
	if ((err = bl_buf_err(&der, note)) == BL_OK)
		err = bl_secret_copy(out, bl_buf_span(&der), note);
	bl_buf_clear(&der);
	return err;
}

enum bl_err
bl_priv_write(
    struct bl_secret **out, const struct bl_priv *k, struct bl_note *note)
{
	*out = NULL;
	if (k->pkcs8 == NULL)
		return bl_curve_by_kind(k->pub.kind) != NULL
		    ? write_ec(out, k, note)
		    : write_raw(out, k, note);
	return bl_secret_copy(out, bl_secret_reveal(k->pkcs8), note);
}

/* RSAPublicKey, RFC 8017 A.1.1. */
static bool
put_rsa(struct bl_buf *b, const EVP_PKEY *key)
{
	static const char *const names[] = {
	    OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E};
	size_t mark = bl_der_open(b, BL_DER_SEQUENCE);
	uint8_t bytes[1 + RSA_BYTES_MAX] = {0};
	bool ok = true;

	for (size_t i = 0; i < 2 && ok; i++) {
		BIGNUM *v = NULL;
		int n;

		ok = EVP_PKEY_get_bn_param(key, names[i], &v) == 1;
		if (ok) {
			/* a zero byte in front where the top bit is set */
			n = BN_num_bits(v) / 8 + 1;
			BN_bn2binpad(v, bytes, n);
			bl_der_put(
			    b, BL_DER_INTEGER, bl_span_of(bytes, (size_t)n));
		}
		BN_free(v);
	}
	bl_der_close(b, mark);
	return ok;
}

enum bl_err
bl_priv_spki(struct bl_buf *out, const struct bl_priv *k, struct bl_note *note)
{
	struct bl_buf bits = {0};
	size_t mark;
	enum bl_err err = BL_OK;

	if (bl_curve_by_kind(k->pub.kind) != NULL ||
	    bl_raw_by_kind(k->pub.kind) != NULL)
		err = bl_priv_point(&bits, k, note);
	else if (!put_rsa(&bits, k->pub.key))
		err = bl_crypto_fail(
		    note, BL_E_SYSTEM, "the key cannot be written", NULL);
	if (err == BL_OK && (err = bl_buf_err(&bits, note)) == BL_OK) {
		mark = bl_der_open(out, BL_DER_SEQUENCE);
		bl_buf_add(out, bl_buf_span(&k->algorithm));
		bl_der_put_bits(out, bl_buf_span(&bits));
		bl_der_close(out, mark);
		err = bl_buf_err(out, note);
	}
	bl_buf_clear(&bits);
	return err;
}

void
bl_priv_free(struct bl_priv *k)
{
	if (k == NULL)
		return;
	bl_run_free(k->pub.run);
	EVP_PKEY_free(k->pub.key);
	bl_buf_clear(&k->algorithm);
	bl_secret_free(k->pkcs8);
	bl_release(k);
}

struct bl_span
bl_priv_key_id(const struct bl_priv *k)
{
	return bl_span_of(k->id.p, k->id.n);
}

enum bl_key_kind
bl_priv_kind(const struct bl_priv *k)
{
	return k->pub.kind;
}
