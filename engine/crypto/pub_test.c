/* pub_test.c - which SubjectPublicKeyInfo is a key, and which only looks like
 * one. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "crypto/internal.h"
#include "crypto/test_keys.h"
#include "der/der.h"

static struct bl_ctx *ctx;
static struct bl_limits limits;
static struct bl_buf modulus; /* 2048 bits, unsigned */
static struct bl_buf point;   /* on P-256, uncompressed */

static void
take_numbers(void)
{
	EVP_PKEY *rsa = test_key("RSA", 2048, NULL);
	EVP_PKEY *ec = test_key("EC", 0, "P-256");
	BIGNUM *n = NULL;
	uint8_t bytes[256];
	size_t got = 0;

	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	CHECK(EVP_PKEY_get_bn_param(rsa, OSSL_PKEY_PARAM_RSA_N, &n) == 1, "n");
	BN_bn2binpad(n, bytes, sizeof(bytes));
	bl_buf_add(&modulus, bl_span_of(bytes, sizeof(bytes)));
	CHECK(EVP_PKEY_get_octet_string_param(ec, OSSL_PKEY_PARAM_PUB_KEY,
		  bytes, sizeof(bytes), &got) == 1 &&
		got == 65,
	    "point");
	bl_buf_add(&point, bl_span_of(bytes, got));
	BN_free(n);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
}

/* `params` is DER as it is; `key` goes into the BIT STRING. */
static void
put_spki(struct bl_buf *b, enum bl_oid oid, struct bl_span params,
    struct bl_span key)
{
	size_t spki = bl_der_open(b, BL_DER_SEQUENCE);
	size_t alg = bl_der_open(b, BL_DER_SEQUENCE);

	bl_der_put_oid(b, oid);
	bl_buf_add(b, params);
	bl_der_close(b, alg);
	bl_der_put_bits(b, key);
	bl_der_close(b, spki);
}

static enum bl_err
read_der(struct bl_span der, struct bl_pub **k)
{
	struct bl_note note = {0};
	enum bl_err err = bl_pub_read(k, ctx, der, &limits, &note);

	CHECK(note.err == err, "note");
	CHECK((*k != NULL) == (err == BL_OK), "out");
	return err;
}

static void
reads_what_the_library_writes(void)
{
	static const struct {
		const char *type, *curve, *name;
		size_t bits;
		enum bl_key_kind kind;
		unsigned want;
	} cases[] = {
	    {"RSA", NULL, "rsa", 2048, BL_KEY_RSA, 2048},
	    {"RSA", NULL, "rsa", 1024, BL_KEY_RSA, 1024},
	    {"RSA", NULL, "rsa", 2047, BL_KEY_RSA, 2047},
	    {NULL, NULL, "rsa-pss", 2048, BL_KEY_RSA_PSS, 2048},
	    {"EC", "P-256", "ec-p256", 0, BL_KEY_EC_P256, 256},
	    {"EC", "P-384", "ec-p384", 0, BL_KEY_EC_P384, 384},
	    {"EC", "P-521", "ec-p521", 0, BL_KEY_EC_P521, 521},
	    {"ED25519", NULL, "ed25519", 0, BL_KEY_ED25519, 255},
	    {"X25519", NULL, "x25519", 0, BL_KEY_X25519, 255},
	    {"ED448", NULL, "ed448", 0, BL_KEY_ED448, 448},
	    {"X448", NULL, "x448", 0, BL_KEY_X448, 448},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		EVP_PKEY *key = cases[i].type == NULL
		    ? test_pss_key("SHA256", "SHA256", 32)
		    : test_key(cases[i].type, cases[i].bits, cases[i].curve);
		struct bl_pub *k = NULL;
		struct bl_buf der = {0};

		test_spki(&der, key);
		/* twice, as the second is made as a copy of the first's curve */
		for (int turn = 0; turn < 2; turn++) {
			CHECK(read_der(bl_buf_span(&der), &k) == BL_OK,
			    cases[i].name);
			if (k == NULL)
				break;
			CHECK(bl_pub_kind(k) == cases[i].kind, cases[i].name);
			CHECK(bl_pub_bits(k) == cases[i].want, cases[i].name);
			CHECK(!bl_pub_is_weak(k), cases[i].name);
			CHECK(strcmp(bl_key_kind_name(bl_pub_kind(k)),
				  cases[i].name) == 0,
			    cases[i].name);
			bl_pub_free(k);
		}
		/* no prefix of it is a key, and nothing may follow */
		for (size_t n = 0; n < der.n; n++)
			CHECK(read_der(bl_span_of(der.p, n), &k) ==
				BL_E_MALFORMED,
			    cases[i].name);
		bl_buf_add_u8(&der, 0);
		CHECK(read_der(bl_buf_span(&der), &k) == BL_E_MALFORMED,
		    cases[i].name);
		bl_buf_clear(&der);
		EVP_PKEY_free(key);
	}
	CHECK(strcmp(bl_key_kind_name(BL_KEY_OTHER), "other") == 0, "other");
	CHECK(strcmp(bl_key_kind_name(BL_KEY_DSA), "dsa") == 0, "dsa");
	bl_pub_free(NULL);
}

/* RSAPublicKey of any INTEGERs, given as content octets. */
static enum bl_err
read_rsa(struct bl_span n, struct bl_span e, struct bl_pub **k)
{
	struct bl_buf key = {0}, der = {0};
	size_t seq = bl_der_open(&key, BL_DER_SEQUENCE);
	enum bl_err err;

	bl_der_put(&key, BL_DER_INTEGER, n);
	bl_der_put(&key, BL_DER_INTEGER, e);
	bl_der_close(&key, seq);
	put_spki(
	    &der, BL_OID_RSA_ENCRYPTION, BL_STR("\5\0"), bl_buf_span(&key));
	err = read_der(bl_buf_span(&der), k);
	bl_buf_clear(&key);
	bl_buf_clear(&der);
	return err;
}

static void
bounds_the_exponent(void)
{
	static const struct {
		const char *name;
		struct bl_span e;
		enum bl_err want;
		bool weak;
	} cases[] = {
	    {"65537", BYTES("\1\0\1"), BL_OK, false},
	    {"65539", BYTES("\1\0\3"), BL_OK, false},
	    {"2^32 - 1", BYTES("\0\xff\xff\xff\xff"), BL_OK, false},
	    {"65535", BYTES("\0\xff\xff"), BL_OK, true},
	    {"17", BYTES("\x11"), BL_OK, true},
	    {"3", BYTES("\3"), BL_OK, true},
	    {"2", BYTES("\2"), BL_E_MALFORMED, false},
	    {"1", BYTES("\1"), BL_E_MALFORMED, false},
	    {"0", BYTES("\0"), BL_E_MALFORMED, false},
	    {"-3", BYTES("\xfd"), BL_E_MALFORMED, false},
	    {"65536", BYTES("\1\0\0"), BL_E_MALFORMED, false},
	    {"2^32", BYTES("\1\0\0\0\0"), BL_E_MALFORMED, false},
	    {"2^32 + 1", BYTES("\1\0\0\0\1"), BL_E_LIMIT, false},
	    {"2^72 + 1", BYTES("\1\0\0\0\0\0\0\0\0\1"), BL_E_LIMIT, false},
	    {"padded", BYTES("\0\1\0\1"), BL_E_MALFORMED, false},
	    {"empty", BYTES(""), BL_E_MALFORMED, false},
	};
	struct bl_buf n = {0};

	bl_buf_add_u8(&n, 0);
	bl_buf_add(&n, bl_buf_span(&modulus));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_pub *k = NULL;

		CHECK(
		    read_rsa(bl_buf_span(&n), cases[i].e, &k) == cases[i].want,
		    cases[i].name);
		if (k != NULL)
			CHECK(
			    bl_pub_is_weak(k) == cases[i].weak, cases[i].name);
		bl_pub_free(k);
	}
	bl_buf_clear(&n);
}

/* A number of `bits` bits, odd or even, with its sign byte. */
static struct bl_span
number(uint8_t *to, size_t bits, bool odd)
{
	size_t n = bits / 8 + 1;

	memset(to, 0xa5, n);
	to[0] = 0;
	if (bits % 8 != 0)
		to[0] = (uint8_t)(1u << (bits % 8 - 1));
	else
		to[1] |= 0x80;
	to[n - 1] = (uint8_t)((to[n - 1] & 0xfe) | odd);
	return bl_span_of(to, n);
}

static void
bounds_the_modulus(void)
{
	static const struct {
		const char *name;
		size_t bits;
		bool odd;
		enum bl_err want;
	} cases[] = {
	    {"511", 511, true, BL_E_MALFORMED},
	    {"512", 512, true, BL_OK},
	    {"1024 even", 1024, false, BL_E_MALFORMED},
	    {"2048", 2048, true, BL_OK},
	    {"8192", 8192, true, BL_OK},
	    {"8193", 8193, true, BL_E_LIMIT},
	    {"16384", 16384, true, BL_E_LIMIT},
	    {"16393", 16393, true, BL_E_LIMIT},
	    {"65536", 65536, true, BL_E_LIMIT},
	};
	static uint8_t bytes[65536 / 8 + 1];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_pub *k = NULL;

		CHECK(read_rsa(number(bytes, cases[i].bits, cases[i].odd),
			  bl_span_of("\1\0\1", 3), &k) == cases[i].want,
		    cases[i].name);
		if (k != NULL)
			CHECK(bl_pub_bits(k) == cases[i].bits, cases[i].name);
		bl_pub_free(k);
	}
}

/* The limit is the argument's, up to what the library can do. */
static void
takes_the_limit_it_is_given(void)
{
	static const size_t bits[] = {3072, 3073, 16384, 16385};
	static uint8_t bytes[16385 / 8 + 1];
	struct bl_note note = {0};
	struct bl_pub *k = NULL;

	for (size_t i = 0; i < 4; i++) {
		limits.rsa_max_bits = i < 2 ? 3072 : 100000;
		CHECK(read_rsa(number(bytes, bits[i], true),
			  bl_span_of("\1\0\1", 3),
			  &k) == (i % 2 == 0 ? BL_OK : BL_E_LIMIT),
		    "limit");
		bl_pub_free(k);
	}
	limits.rsa_max_bits = 1;
	CHECK(
	    bl_pub_read(&k, ctx, BL_STR(""), &limits, &note) == BL_E_MALFORMED,
	    "empty");
	limits = BL_LIMITS;
}

static void
wants_rsa_parameters_to_be_null(void)
{
	static const struct {
		const char *name;
		struct bl_span params;
		enum bl_err want;
	} cases[] = {
	    {"NULL", BYTES("\5\0"), BL_OK},
	    {"none", BYTES(""), BL_E_MALFORMED},
	    {"NULL twice", BYTES("\5\0\5\0"), BL_E_MALFORMED},
	    {"NULL with content", BYTES("\5\1\0"), BL_E_MALFORMED},
	    {"INTEGER", BYTES("\2\1\1"), BL_E_MALFORMED},
	    {"empty SEQUENCE", BYTES("\x30\0"), BL_E_MALFORMED},
	};
	struct bl_buf key = {0}, n = {0};
	size_t seq = bl_der_open(&key, BL_DER_SEQUENCE);

	bl_buf_add_u8(&n, 0);
	bl_buf_add(&n, bl_buf_span(&modulus));
	bl_der_put(&key, BL_DER_INTEGER, bl_buf_span(&n));
	bl_der_put_uint(&key, 65537);
	bl_der_close(&key, seq);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf der = {0};
		struct bl_pub *k = NULL;

		put_spki(&der, BL_OID_RSA_ENCRYPTION, cases[i].params,
		    bl_buf_span(&key));
		CHECK(read_der(bl_buf_span(&der), &k) == cases[i].want,
		    cases[i].name);
		bl_pub_free(k);
		bl_buf_clear(&der);
	}
	/* a third number, and one too few */
	for (size_t cut = 0; cut < 2; cut++) {
		struct bl_buf der = {0};
		struct bl_pub *k = NULL;

		bl_buf_reset(&key);
		seq = bl_der_open(&key, BL_DER_SEQUENCE);
		bl_der_put(&key, BL_DER_INTEGER, bl_buf_span(&n));
		for (size_t i = 0; i < cut * 2; i++)
			bl_der_put_uint(&key, 65537);
		bl_der_close(&key, seq);
		put_spki(&der, BL_OID_RSA_ENCRYPTION, BL_STR("\5\0"),
		    bl_buf_span(&key));
		CHECK(read_der(bl_buf_span(&der), &k) == BL_E_MALFORMED,
		    "numbers");
		bl_buf_clear(&der);
	}
	bl_buf_clear(&key);
	bl_buf_clear(&n);
}

#define P256 "\6\x08\x2a\x86\x48\xce\x3d\3\1\7"

static enum bl_err
read_ec(struct bl_span params, struct bl_span bits)
{
	struct bl_buf der = {0};
	struct bl_pub *k = NULL;
	enum bl_err err;

	put_spki(&der, BL_OID_EC_PUBLIC_KEY, params, bits);
	err = read_der(bl_buf_span(&der), &k);
	bl_pub_free(k);
	bl_buf_clear(&der);
	return err;
}

static void
wants_a_curve_by_name(void)
{
	static const struct {
		const char *name;
		struct bl_span params;
		enum bl_err want;
	} cases[] = {
	    {"P-256", BYTES(P256), BL_OK},
	    {"P-256 of another length", BYTES("\6\5\x2b\x81\4\0\x22"),
		BL_E_MALFORMED}, /* P-384 with a point of P-256 */
	    {"secp256k1", BYTES("\6\5\x2b\x81\4\0\x0a"), BL_E_UNSUPPORTED},
	    {"brainpoolP256r1", BYTES("\6\x09\x2b\x24\3\3\2\x08\1\1\7"),
		BL_E_UNSUPPORTED},
	    {"unknown", BYTES("\6\2\x2a\3"), BL_E_UNSUPPORTED},
	    {"implicitCurve", BYTES("\5\0"), BL_E_MALFORMED},
	    {"specifiedCurve", BYTES("\x30\3\2\1\1"), BL_E_MALFORMED},
	    {"none", BYTES(""), BL_E_MALFORMED},
	    {"name and more", BYTES(P256 "\5\0"), BL_E_MALFORMED},
	    {"not an identifier", BYTES("\6\2\x2a\x83"), BL_E_MALFORMED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK(read_ec(cases[i].params, bl_buf_span(&point)) ==
			cases[i].want,
		    cases[i].name);
}

/* A key in the form libcrypto gives explicit parameters (CVE-2020-0601). */
static void
refuses_explicit_parameters(void)
{
	EVP_PKEY *key = test_key("EC", 0, "P-256");
	struct bl_buf der = {0};
	struct bl_pub *k = NULL;

	CHECK(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
		  OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1,
	    "explicit");
	test_spki(&der, key);
	CHECK(der.n > 200, "explicit");
	CHECK(read_der(bl_buf_span(&der), &k) == BL_E_MALFORMED, "explicit");
	bl_buf_clear(&der);
	EVP_PKEY_free(key);
}

static void
wants_a_point_on_the_curve(void)
{
	struct bl_span p256 = BL_STR(P256);
	uint8_t p[67], odd;

	memcpy(p, point.p, 65);
	odd = p[64] & 1;
	CHECK(read_ec(p256, bl_span_of(p, 65)) == BL_OK, "as it is");
	CHECK(read_ec(p256, bl_span_of(p, 64)) == BL_E_MALFORMED, "short");
	CHECK(read_ec(p256, bl_span_of(p, 66)) == BL_E_MALFORMED, "long");
	CHECK(read_ec(p256, bl_span_of(p, 0)) == BL_E_MALFORMED, "empty");
	p[64] ^= 2;
	CHECK(read_ec(p256, bl_span_of(p, 65)) == BL_E_MALFORMED, "off");
	p[64] ^= 2;
	p[0] = 6 | odd;
	CHECK(read_ec(p256, bl_span_of(p, 65)) == BL_E_MALFORMED, "hybrid");
	p[0] = 2 | odd;
	CHECK(read_ec(p256, bl_span_of(p, 33)) == BL_OK, "compressed");
	p[0] ^= 1;
	CHECK(read_ec(p256, bl_span_of(p, 33)) == BL_OK, "its negative");
	CHECK(read_ec(p256, bl_span_of(p, 65)) == BL_E_MALFORMED, "form");
	p[0] = 5;
	CHECK(read_ec(p256, bl_span_of(p, 33)) == BL_E_MALFORMED, "form 5");
	p[0] = 0;
	CHECK(read_ec(p256, bl_span_of(p, 1)) == BL_E_MALFORMED, "infinity");
	memset(p, 0, sizeof(p));
	p[0] = 4;
	CHECK(read_ec(p256, bl_span_of(p, 65)) == BL_E_MALFORMED, "0, 0");
	memset(p + 1, 0xff, 64);
	CHECK(read_ec(p256, bl_span_of(p, 65)) == BL_E_MALFORMED, "over p");
}

static void
recognises_what_it_does_not_use(void)
{
	static const uint8_t bits[57] = {9};
	struct bl_span all = {bits, 57};
	static const struct {
		const char *name;
		enum bl_oid oid;
		struct bl_span params;
		size_t n;
		enum bl_err want;
		enum bl_key_kind kind;
	} cases[] = {
	    {"dsa", BL_OID_DSA, BYTES("\x30\x09\2\1\3\2\1\3\2\1\3"), 32, BL_OK,
		BL_KEY_DSA},
	    {"dsa inherits", BL_OID_DSA, BYTES(""), 32, BL_OK, BL_KEY_DSA},
	    {"dsa not DER", BL_OID_DSA, BYTES("\x30\x80\0\0"), 32,
		BL_E_MALFORMED, BL_KEY_OTHER},
	    {"ed25519", BL_OID_ED25519, BYTES(""), 32, BL_OK, BL_KEY_ED25519},
	    {"ed25519 with NULL", BL_OID_ED25519, BYTES("\5\0"), 32,
		BL_E_MALFORMED, BL_KEY_OTHER},
	    {"ed25519 short", BL_OID_ED25519, BYTES(""), 31, BL_E_MALFORMED,
		BL_KEY_OTHER},
	    {"x25519", BL_OID_X25519, BYTES(""), 32, BL_OK, BL_KEY_X25519},
	    {"x25519 long", BL_OID_X25519, BYTES(""), 33, BL_E_MALFORMED,
		BL_KEY_OTHER},
	    {"ed448", BL_OID_ED448, BYTES(""), 57, BL_OK, BL_KEY_ED448},
	    {"ed448 short", BL_OID_ED448, BYTES(""), 56, BL_E_MALFORMED,
		BL_KEY_OTHER},
	    {"x448", BL_OID_X448, BYTES(""), 56, BL_OK, BL_KEY_X448},
	    {"x448 long", BL_OID_X448, BYTES(""), 57, BL_E_MALFORMED,
		BL_KEY_OTHER},
	    {"ml-kem", BL_OID_ML_KEM_768, BYTES(""), 32, BL_E_UNSUPPORTED,
		BL_KEY_OTHER},
	    {"dh", BL_OID_DH_PUBLIC_NUMBER, BYTES(""), 32, BL_E_UNSUPPORTED,
		BL_KEY_OTHER},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf der = {0};
		struct bl_pub *k = NULL;

		put_spki(&der, cases[i].oid, cases[i].params,
		    bl_span_cut(all, 0, cases[i].n));
		CHECK(read_der(bl_buf_span(&der), &k) == cases[i].want,
		    cases[i].name);
		if (k != NULL)
			CHECK(bl_pub_kind(k) == cases[i].kind, cases[i].name);
		bl_pub_free(k);
		bl_buf_clear(&der);
	}
}

/* The y of a point as EdDSA writes it, and what is said of it. */
static void
read_y(enum bl_oid oid, struct bl_span y, enum bl_err want, bool weak)
{
	struct bl_buf der = {0};
	struct bl_pub *k = NULL;

	put_spki(&der, oid, (struct bl_span){0}, y);
	CHECK(read_der(bl_buf_span(&der), &k) == want, "point");
	if (k != NULL)
		CHECK(bl_pub_is_weak(k) == weak, "weak");
	bl_pub_free(k);
	bl_buf_clear(&der);
}

/* Numbers at the prime and around it, with and without the sign of x. */
static void
reads_edwards_points_below_the_prime(void)
{
	static const struct {
		enum bl_oid oid;
		size_t n;
		uint8_t last; /* of the prime, before it 0xff */
	} curves[] = {{BL_OID_ED25519, 32, 0xed}, {BL_OID_ED448, 57, 0xff}};

	for (size_t i = 0; i < 4; i++) {
		size_t n = curves[i / 2].n;
		enum bl_oid oid = curves[i / 2].oid;
		uint8_t y[57], sign = (uint8_t)(i % 2 * 0x80);

		memset(y, 0xff, sizeof(y));
		y[0] = curves[i / 2].last;
		y[n - 1] = oid == BL_OID_ED25519 ? 0x7f : 0;
		if (oid == BL_OID_ED448)
			y[28] = 0xfe;
		y[n - 1] = (uint8_t)(y[n - 1] | sign);
		read_y(oid, bl_span_of(y, n), BL_E_MALFORMED, false);
		y[0]--; /* -1: of order 2 */
		read_y(oid, bl_span_of(y, n), BL_OK, true);
		y[0]--;
		read_y(oid, bl_span_of(y, n), BL_OK, false);
		y[0] = 0xff;
		y[28] = 0xff; /* the highest number there is room for */
		read_y(oid, bl_span_of(y, n), BL_E_MALFORMED, false);
		memset(y, 0, n);
		y[n - 1] = sign; /* 0: of order 4 */
		read_y(oid, bl_span_of(y, n), BL_OK, true);
		y[0] = 1; /* of order 1 */
		read_y(oid, bl_span_of(y, n), BL_OK, true);
		y[0] = 2;
		read_y(oid, bl_span_of(y, n), BL_OK, false);
		if (oid == BL_OID_ED448) {
			y[n - 1] = sign | 1; /* beyond 448 bits */
			read_y(oid, bl_span_of(y, n), BL_E_MALFORMED, false);
		}
	}
}

/* A key of order 1 "made" every signature with S = 0 and R = 1: the arithmetic
 * holds, so it must be known as weak. */
static void
marks_keys_that_sign_anything(void)
{
	static const struct bl_sig_alg alg = {BL_SIG_ED25519, BL_DIGEST_NONE};
	static const uint8_t one[64] = {1};
	static const char *const eights[] = {
	    "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98"
	    "\xf0\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53"
	    "\xfc\x05",
	    "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67"
	    "\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac"
	    "\x03\x7a"};
	struct bl_buf der = {0};
	struct bl_pub *k = NULL;

	put_spki(
	    &der, BL_OID_ED25519, (struct bl_span){0}, bl_span_of(one, 32));
	CHECK(read_der(bl_buf_span(&der), &k) == BL_OK, "order 1");
	CHECK(bl_pub_verify_bytes(k, ctx, &alg, BL_STR("whatever"),
		  bl_span_of(one, 64), NULL) == BL_OK,
	    "it holds");
	CHECK(bl_pub_is_weak(k), "weak");
	bl_pub_free(k);
	bl_buf_clear(&der);
	for (size_t i = 0; i < 2; i++) {
		uint8_t y[32];

		memcpy(y, eights[i], 32);
		read_y(BL_OID_ED25519, bl_span_of(y, 32), BL_OK, true);
		y[31] |= 0x80;
		read_y(BL_OID_ED25519, bl_span_of(y, 32), BL_OK, true);
		y[9] ^= 1;
		read_y(BL_OID_ED25519, bl_span_of(y, 32), BL_OK, false);
	}
	CHECK(!bl_edwards_is_key(BL_KEY_X25519, bl_span_of(one, 32)) &&
		!bl_edwards_is_small(BL_KEY_X25519, bl_span_of(one, 32)) &&
		!bl_edwards_is_key(BL_KEY_ED448, bl_span_of(one, 32)) &&
		!bl_edwards_is_small(BL_KEY_ED448, bl_span_of(one, 32)),
	    "another kind, another length");
}

static enum bl_err
read_again(void *arg)
{
	struct bl_pub *k = NULL;
	enum bl_err err = bl_pub_read(
	    &k, ctx, bl_buf_span((struct bl_buf *)arg), &limits, NULL);

	bl_pub_free(k);
	return err;
}

static void
says_when_memory_ends(void)
{
	EVP_PKEY *key = test_key("EC", 0, "P-384");
	struct bl_buf der = {0};

	test_spki(&der, key);
	bl_test_each_allocation(read_again, &der, "bl_pub_read");
	bl_buf_clear(&der);
	EVP_PKEY_free(key);
	bl_buf_clear(&modulus);
	bl_buf_clear(&point);
	bl_ctx_free(ctx);
}

TESTS(TEST(take_numbers), TEST(reads_what_the_library_writes),
    TEST(bounds_the_exponent), TEST(bounds_the_modulus),
    TEST(takes_the_limit_it_is_given), TEST(wants_rsa_parameters_to_be_null),
    TEST(wants_a_curve_by_name), TEST(refuses_explicit_parameters),
    TEST(wants_a_point_on_the_curve), TEST(recognises_what_it_does_not_use),
    TEST(reads_edwards_points_below_the_prime),
    TEST(marks_keys_that_sign_anything), TEST(says_when_memory_ends))
