/* pub.c - public keys out of SubjectPublicKeyInfo. The DER is read here, as
 * the library's own decoders cost thirty times the making of the key. */
#include <limits.h>

#include <openssl/core_names.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include "crypto/internal.h"
#include "der/alg.h"

#define STRONG_EXPONENT 65537

static const char *const source = "RFC 5280 4.1.2.7";

const struct bl_curve bl_curves[EC_CURVES] = {
    {BL_KEY_EC_P256, BL_OID_P256, "P-256", 256, 32, NID_X9_62_prime256v1},
    {BL_KEY_EC_P384, BL_OID_P384, "P-384", 384, 48, NID_secp384r1},
    {BL_KEY_EC_P521, BL_OID_P521, "P-521", 521, 66, NID_secp521r1},
};

const struct bl_curve *
bl_curve_by_kind(enum bl_key_kind kind)
{
	for (size_t i = 0; i < EC_CURVES; i++)
		if (bl_curves[i].kind == kind)
			return &bl_curves[i];
	return NULL;
}

const struct bl_curve *
bl_curve_by_oid(enum bl_oid oid)
{
	for (size_t i = 0; i < EC_CURVES; i++)
		if (bl_curves[i].oid == oid)
			return &bl_curves[i];
	return NULL;
}

static const struct bl_raw raws[] = {
    {BL_KEY_ED25519, BL_OID_ED25519, "ED25519", 255, 32},
    {BL_KEY_X25519, BL_OID_X25519, "X25519", 255, 32},
    {BL_KEY_ED448, BL_OID_ED448, "ED448", 448, 57},
    {BL_KEY_X448, BL_OID_X448, "X448", 448, 56},
};
#define RAWS (sizeof(raws) / sizeof(*raws))

const struct bl_raw *
bl_raw_by_kind(enum bl_key_kind kind)
{
	for (size_t i = 0; i < RAWS; i++)
		if (raws[i].kind == kind)
			return &raws[i];
	return NULL;
}

const struct bl_raw *
bl_raw_by_oid(enum bl_oid oid)
{
	for (size_t i = 0; i < RAWS; i++)
		if (raws[i].oid == oid)
			return &raws[i];
	return NULL;
}

bool
bl_agrees_raw(enum bl_key_kind kind)
{
	return kind == BL_KEY_X25519 || kind == BL_KEY_X448;
}

void
bl_rsa_reverse(uint8_t *to, struct bl_span from)
{
	for (size_t i = 0; i < from.n; i++)
		to[i] = from.p[from.n - 1 - i];
}

EVP_PKEY *
bl_key_build(
    struct bl_ctx *ctx, const char *type, int selection, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new_from_name(ctx->lib, type, NULL);
	EVP_PKEY *key = NULL;

	if (run == NULL || EVP_PKEY_fromdata_init(run) != 1 ||
	    EVP_PKEY_fromdata(run, &key, selection, params) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	EVP_PKEY_CTX_free(run);
	return key;
}

static enum bl_err
malformed(struct bl_note *note, const char *what)
{
	return bl_crypto_fail(note, BL_E_MALFORMED, what, source);
}

/* Bits of a positive INTEGER's content octets. */
static unsigned
bits_of(struct bl_span v)
{
	unsigned n = (unsigned)v.n * 8;

	for (size_t i = 0; i < v.n; i++)
		for (unsigned bit = 0x80; bit != 0; bit >>= 1, n--)
			if ((v.p[i] & bit) != 0)
				return n;
	return 0;
}

static struct bl_span
without_sign(struct bl_span v)
{
	return v.n > 0 && v.p[0] == 0 ? bl_span_cut(v, 1, SIZE_MAX) : v;
}

static bool
is_odd(struct bl_span v)
{
	return v.n > 0 && (v.p[v.n - 1] & 1) != 0;
}

static bool
is_negative(struct bl_span v)
{
	return v.n > 0 && v.p[0] >= 0x80;
}

enum bl_err
bl_rsa_check(struct bl_pub *k, struct bl_span n, struct bl_span e,
    const struct bl_limits *limits, struct bl_note *note)
{
	uint64_t exponent = 0;

	k->bits = n.n > RSA_BYTES_MAX ? UINT_MAX : bits_of(n);
	if (k->bits > limits->rsa_max_bits || k->bits > RSA_BITS_CEILING)
		return bl_fail_limit(note, 0, "limit-rsa-bits",
		    "RSA modulus is too long", source);
	if (!is_odd(n) || k->bits < RSA_BITS_FLOOR)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "RSA modulus is even or tiny", "RFC 8017 3.1");
	if (!is_odd(e))
		return bl_fail(note, BL_E_MALFORMED, 0, "RSA exponent is even",
		    "RFC 8017 3.1");
	if (e.n > 8 || bits_of(e) > 32)
		return bl_fail_limit(note, 0, "limit-rsa-bits",
		    "RSA exponent is over 2^32", "RFC 8017 3.1");
	for (size_t i = 0; i < e.n; i++)
		exponent = exponent << 8 | e.p[i];
	if (exponent < 3)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "RSA exponent is below 3", "RFC 8017 3.1");
	k->weak = exponent < STRONG_EXPONENT;
	return BL_OK;
}

static enum bl_err
read_rsa(struct bl_pub *k, struct bl_ctx *ctx, struct bl_span bits,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der in = bl_der_of(bits);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_span n = bl_der_integer(&seq), e = bl_der_integer(&seq);
	uint8_t n_native[RSA_BYTES_MAX], e_native[8];
	OSSL_PARAM params[3];
	enum bl_err err;

	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in) || is_negative(n) || is_negative(e))
		return malformed(note, "RSA key is not well formed");
	n = without_sign(n);
	e = without_sign(e);
	if ((err = bl_rsa_check(k, n, e, limits, note)) != BL_OK)
		return err;
	bl_rsa_reverse(n_native, n);
	bl_rsa_reverse(e_native, e);
	params[0] = OSSL_PARAM_construct_BN(
	    OSSL_PKEY_PARAM_RSA_N, n_native, n.n);
	params[1] = OSSL_PARAM_construct_BN(
	    OSSL_PKEY_PARAM_RSA_E, e_native, e.n);
	params[2] = OSSL_PARAM_construct_end();
	k->key = bl_key_build(ctx, "RSA", EVP_PKEY_PUBLIC_KEY, params);
	return k->key != NULL ? BL_OK : malformed(note, "RSA key is no key");
}

/* Leading octet and length are checked before the library is asked. */
static bool
is_point(const struct bl_curve *curve, struct bl_span point)
{
	if (point.n == 1 + 2 * curve->bytes)
		return point.p[0] == 4;
	return point.n == 1 + curve->bytes &&
	    (point.p[0] == 2 || point.p[0] == 3);
}

enum bl_err
bl_point_read(EVP_PKEY **out, struct bl_ctx *ctx, const struct bl_curve *curve,
    struct bl_span point, struct bl_note *note)
{
	EVP_PKEY **model = &ctx->curve[curve - bl_curves];
	OSSL_PARAM params[3];

	*out = NULL;
	if (!is_point(curve, point))
		return malformed(
		    note, "the point is of another form or length");
	if (*model != NULL) {
		/* four times faster than building from the curve's name */
		*out = EVP_PKEY_dup(*model);
		if (*out != NULL &&
		    EVP_PKEY_set1_encoded_public_key(*out, point.p, point.n) !=
			1) {
			EVP_PKEY_free(*out);
			*out = NULL;
		}
	} else {
		params[0] = OSSL_PARAM_construct_utf8_string(
		    OSSL_PKEY_PARAM_GROUP_NAME, (char *)curve->name, 0);
		params[1] = OSSL_PARAM_construct_octet_string(
		    OSSL_PKEY_PARAM_PUB_KEY, (void *)point.p, point.n);
		params[2] = OSSL_PARAM_construct_end();
		*out = bl_key_build(ctx, "EC", EVP_PKEY_PUBLIC_KEY, params);
		if (*out != NULL)
			*model = EVP_PKEY_dup(*out);
	}
	return *out != NULL ? BL_OK
			    : malformed(note, "the point is not on the curve");
}

static enum bl_err
read_ec(struct bl_pub *k, struct bl_ctx *ctx, struct bl_der *alg,
    struct bl_span bits, struct bl_note *note)
{
	const struct bl_curve *curve;
	struct bl_span oid;

	/* implicitCurve and specifiedCurve MUST NOT be used */
	if (bl_der_peek(alg) != BL_DER_OID)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "the curve is not given by name", "RFC 5480 2.1.1");
	oid = bl_der_oid(alg);
	if (!bl_der_done(alg))
		return malformed(note, "curve is not well formed");
	if ((curve = bl_curve_by_oid(bl_oid_find(oid))) == NULL)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the curve is not one we know", "RFC 5480 2.1.1.1");
	k->kind = curve->kind;
	k->bits = curve->bits;
	return bl_point_read(&k->key, ctx, curve, bits, note);
}

static enum bl_err
read_raw(struct bl_pub *k, struct bl_ctx *ctx, const struct bl_raw *raw,
    struct bl_der *alg, struct bl_span bits, struct bl_note *note)
{
	if (!bl_der_done(alg) || bits.n != raw->bytes)
		return malformed(note, "key is not well formed");
	k->kind = raw->kind;
	k->bits = raw->bits;
	if (!bl_agrees_raw(raw->kind)) {
		if (!bl_edwards_is_key(raw->kind, bits))
			return malformed(note, "the key is no point");
		k->weak = bl_edwards_is_small(raw->kind, bits);
	}
	k->key = EVP_PKEY_new_raw_public_key_ex(
	    ctx->lib, raw->name, NULL, bits.p, bits.n);
	return k->key != NULL ? BL_OK : malformed(note, "the key is no key");
}

enum bl_err
bl_peer_read(EVP_PKEY **out, struct bl_ctx *ctx, enum bl_key_kind kind,
    struct bl_span s, struct bl_note *note)
{
	const struct bl_curve *curve = bl_curve_by_kind(kind);
	const struct bl_raw *raw = bl_raw_by_kind(kind);

	*out = NULL;
	if (curve != NULL)
		return bl_point_read(out, ctx, curve, s, note);
	if (raw == NULL || !bl_agrees_raw(kind))
		return malformed(note, "a key of this kind does not agree");
	if (s.n != raw->bytes)
		return malformed(note, "the key is of another length");
	*out = EVP_PKEY_new_raw_public_key_ex(
	    ctx->lib, raw->name, NULL, s.p, s.n);
	return *out != NULL ? BL_OK : malformed(note, "the key is no key");
}

void
bl_pss_rule_read(struct bl_pub *k, struct bl_der *in)
{
	struct bl_der at = *in, alg = bl_der_enter(&at, BL_DER_SEQUENCE);

	bl_der_oid(&alg);
	k->kind = BL_KEY_RSA_PSS;
	k->restricted = !bl_der_done(&alg);
	if (k->restricted)
		k->rule = bl_sig_alg_read(in, BL_DIGEST_NONE);
	else
		*in = at;
}

/* The algorithm's parameters, for keys that are more than a curve or RSA. */
static enum bl_err
read_rsa_alg(struct bl_pub *k, struct bl_der *in, struct bl_note *note)
{
	struct bl_der at = *in, alg = bl_der_enter(&at, BL_DER_SEQUENCE);

	if (bl_oid_find(bl_der_oid(&alg)) == BL_OID_RSASSA_PSS) {
		bl_pss_rule_read(k, in);
		return in->bad ? malformed(note, "PSS parameters are wrong")
			       : BL_OK;
	}
	k->kind = BL_KEY_RSA;
	if (!bl_der_null(&alg) || !bl_der_done(&alg))
		return malformed(note, "RSA parameters are not NULL");
	*in = at;
	return BL_OK;
}

/* `alg` stands at the AlgorithmIdentifier, `bits` is the key. */
static enum bl_err
read_key(struct bl_pub *k, struct bl_ctx *ctx, struct bl_der *alg,
    struct bl_span bits, const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der at = *alg, in = bl_der_enter(&at, BL_DER_SEQUENCE);
	enum bl_oid oid = bl_oid_find(bl_der_oid(&in));
	const struct bl_raw *raw;
	enum bl_err err;

	if (oid == BL_OID_EC_PUBLIC_KEY)
		return read_ec(k, ctx, &in, bits, note);
	if ((raw = bl_raw_by_oid(oid)) != NULL)
		return read_raw(k, ctx, raw, &in, bits, note);
	if (oid == BL_OID_DSA) {
		k->kind = BL_KEY_DSA;
		return BL_OK;
	}
	if (oid != BL_OID_RSA_ENCRYPTION && oid != BL_OID_RSASSA_PSS)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the key is of an algorithm we do not handle", source);
	if ((err = read_rsa_alg(k, alg, note)) != BL_OK)
		return err;
	return read_rsa(k, ctx, bits, limits, note);
}

enum bl_err
bl_pub_read(struct bl_pub **out, struct bl_ctx *ctx, struct bl_span spki,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der in = bl_der_of(spki);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE), alg = seq;
	struct bl_span bits, algorithm = bl_der_whole(&seq, BL_DER_SEQUENCE);
	struct bl_pub *k;
	enum bl_err err;

	*out = NULL;
	bits = bl_der_bits(&seq, NULL);
	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in))
		return malformed(note, "public key is not well formed");
	/* what no branch below reads (DSA, unknown ones) is to be DER too */
	if ((err = bl_der_check(algorithm, 0, limits, note)) != BL_OK)
		return err;
	if ((k = bl_alloc(sizeof(*k))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	if (!bl_run_new(k))
		err = bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	else
		err = read_key(k, ctx, &alg, bits, limits, note);
	if (err != BL_OK) {
		bl_pub_free(k);
		return err;
	}
	*out = k;
	return BL_OK;
}

void
bl_pub_free(struct bl_pub *k)
{
	if (k == NULL)
		return;
	bl_run_free(k->run);
	EVP_PKEY_free(k->key);
	bl_release(k);
}

enum bl_key_kind
bl_pub_kind(const struct bl_pub *k)
{
	return k->kind;
}

unsigned
bl_pub_bits(const struct bl_pub *k)
{
	return k->bits;
}

bool
bl_pub_is_weak(const struct bl_pub *k)
{
	return k->weak;
}
