/* wrap_test.c - content keys wrapped and unwrapped: round trips, what
 * libcrypto wraps by itself, and how each failure shows, or does not. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include "crypto/test_keys.h"

static struct bl_ctx *ctx;
static EVP_PKEY *rsa, *ec[3], *pss;
static struct bl_priv *priv, *ec_priv[3];
static struct bl_pub *pub, *ec_pub[3];
static struct bl_secret *cek[4]; /* 16, 24, 32, 40 bytes */

static void
make_keys(void)
{
	static const char *const curves[] = {"P-256", "P-384", "P-521"};

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	rsa = test_key("RSA", 2048, NULL);
	priv = test_read_priv(ctx, rsa);
	pub = test_read_pub(ctx, rsa);
	pss = test_pss_key(NULL, NULL, 0);
	for (size_t i = 0; i < 3; i++) {
		ec[i] = test_key("EC", 0, curves[i]);
		ec_priv[i] = test_read_priv(ctx, ec[i]);
		ec_pub[i] = test_read_pub(ctx, ec[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		CHECK(bl_secret_new(&cek[i], 16 + 8 * i, NULL) == BL_OK, "cek");
		CHECK(bl_random(ctx, bl_secret_fill(cek[i]), 16 + 8 * i,
			  NULL) == BL_OK,
		    "cek");
	}
}

static enum bl_err
unwrap(struct bl_secret **out, const struct bl_wrap_alg *alg,
    struct bl_span wrapped, size_t size)
{
	struct bl_note note = {0};
	enum bl_err err = bl_priv_unwrap(out, priv, ctx, alg,
	    (struct bl_span){NULL, 0}, wrapped, size, &note);

	CHECK((*out != NULL) == (err == BL_OK) && note.err == err, "out");
	return err;
}

static const struct bl_wrap_alg pkcs1 = {.kind = BL_WRAP_RSA_PKCS1};

static struct bl_wrap_alg
oaep(enum bl_digest digest, enum bl_digest mgf, struct bl_span label)
{
	return (struct bl_wrap_alg){.kind = BL_WRAP_RSA_OAEP,
	    .digest = digest,
	    .mgf = mgf,
	    .label = label};
}

static void
round_trip(const struct bl_wrap_alg *alg, const struct bl_secret *key)
{
	struct bl_buf wrapped = {0};
	struct bl_secret *got = NULL;

	CHECK(bl_pub_wrap(&wrapped, pub, ctx, alg, key, NULL) == BL_OK, "wrap");
	CHECK(wrapped.n == 256, "size");
	CHECK(unwrap(&got, alg, bl_buf_span(&wrapped),
		  bl_secret_reveal(key).n) == BL_OK,
	    "unwrap");
	CHECK(got != NULL && bl_secret_equal(got, key), "same key");
	bl_secret_free(got);
	bl_buf_clear(&wrapped);
}

static void
wraps_with_rsa(void)
{
	uint8_t label[BL_OAEP_LABEL_MAX];

	memset(label, 'l', sizeof(label));
	for (size_t i = 0; i < 4; i++) {
		round_trip(&pkcs1, cek[i]);
		for (unsigned d = 1; d <= BL_SHA512; d++)
			for (unsigned m = 1; m <= BL_SHA512; m++) {
				struct bl_wrap_alg a = oaep((enum bl_digest)d,
				    (enum bl_digest)m,
				    bl_span_of(label,
					d == m		   ? 0
					    : m == BL_SHA1 ? sizeof(label)
							   : m));
				round_trip(&a, cek[i]);
			}
	}
}

/* What libcrypto pads, with the options of its own interface. */
static void
unwraps_what_the_library_wraps(void)
{
	uint8_t wrapped[256], label[] = "a label";
	struct bl_span key = bl_secret_reveal(cek[2]);
	struct bl_wrap_alg alg = oaep(BL_SHA384, BL_SHA1, BL_STR("a label"));
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new(rsa, NULL);
	struct bl_secret *got = NULL;
	size_t n = sizeof(wrapped);

	CHECK(EVP_PKEY_encrypt_init(run) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(run, RSA_PKCS1_PADDING) == 1 &&
		EVP_PKEY_encrypt(run, wrapped, &n, key.p, key.n) == 1,
	    "pkcs1");
	CHECK(unwrap(&got, &pkcs1, bl_span_of(wrapped, n), 32) == BL_OK &&
		bl_secret_equal(got, cek[2]),
	    "pkcs1");
	bl_secret_free(got);
	CHECK(EVP_PKEY_CTX_set_rsa_padding(run, RSA_PKCS1_OAEP_PADDING) == 1 &&
		EVP_PKEY_CTX_set_rsa_oaep_md(run, EVP_sha384()) == 1 &&
		EVP_PKEY_CTX_set_rsa_mgf1_md(run, EVP_sha1()) == 1 &&
		EVP_PKEY_CTX_set0_rsa_oaep_label(
		    run, OPENSSL_memdup(label, 7), 7) == 1 &&
		EVP_PKEY_encrypt(run, wrapped, &n, key.p, key.n) == 1,
	    "oaep");
	CHECK(unwrap(&got, &alg, bl_span_of(wrapped, n), 32) == BL_OK &&
		bl_secret_equal(got, cek[2]),
	    "oaep");
	bl_secret_free(got);
	EVP_PKEY_CTX_free(run);
}

static void
refuses_what_oaep_does_not_hold(void)
{
	struct bl_wrap_alg alg = oaep(BL_SHA256, BL_SHA256, BL_STR("label"));
	struct bl_wrap_alg others[] = {
	    oaep(BL_SHA1, BL_SHA256, BL_STR("label")),
	    oaep(BL_SHA256, BL_SHA1, BL_STR("label")),
	    oaep(BL_SHA256, BL_SHA256, BL_STR("Label")),
	    oaep(BL_SHA256, BL_SHA256, BL_STR("")),
	};
	struct bl_buf wrapped = {0};
	struct bl_secret *got = NULL;

	CHECK(bl_pub_wrap(&wrapped, pub, ctx, &alg, cek[2], NULL) == BL_OK,
	    "wrap");
	for (size_t i = 0; i < 4; i++)
		CHECK(unwrap(&got, &others[i], bl_buf_span(&wrapped), 32) ==
			BL_E_FORGED,
		    "parameters");
	CHECK(unwrap(&got, &alg, bl_buf_span(&wrapped), 24) == BL_E_FORGED &&
		unwrap(&got, &alg, bl_buf_span(&wrapped), 40) == BL_E_FORGED,
	    "size");
	for (size_t at = 0; at < wrapped.n; at += 5) {
		wrapped.p[at] ^= 1;
		CHECK(unwrap(&got, &alg, bl_buf_span(&wrapped), 32) ==
			BL_E_FORGED,
		    "bit");
		wrapped.p[at] ^= 1;
	}
	CHECK(unwrap(&got, &alg, bl_span_of(wrapped.p, 255), 32) == BL_E_FORGED,
	    "short");
	bl_buf_add_u8(&wrapped, 0);
	CHECK(unwrap(&got, &alg, bl_buf_span(&wrapped), 32) == BL_E_FORGED,
	    "long");
	CHECK(unwrap(&got, &alg, (struct bl_span){NULL, 0}, 32) == BL_E_FORGED,
	    "empty");
	bl_buf_clear(&wrapped);
}

/* Raw RSA of a block of our choice. */
static void
encrypt_block(uint8_t out[256], const uint8_t block[256])
{
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new(rsa, NULL);
	size_t n = 256;

	CHECK(EVP_PKEY_encrypt_init(run) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(run, RSA_NO_PADDING) == 1 &&
		EVP_PKEY_encrypt(run, out, &n, block, 256) == 1,
	    "raw");
	EVP_PKEY_CTX_free(run);
}

static bool
fill_with_sevens(void *arg, uint8_t *p, size_t n)
{
	(void)arg;
	memset(p, 7, n);
	return true;
}

static bool
fill_with_digits(void *arg, uint8_t *p, size_t n)
{
	uint32_t *x = arg;

	for (size_t i = 0; i < n; i++) {
		*x = *x * 1664525 + 1013904223;
		p[i] = (uint8_t)(*x >> 24);
	}
	return true;
}

/*
 * Each block that is no padding of a key of this very size comes out as the
 * key that was drawn beforehand, with BL_OK and nothing in the note.
 */
static void
hides_each_failure_of_pkcs1(void)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t value;
		bool good;
	} cases[] = {
	    {"as it is", 300, 0, true},
	    {"first byte", 0, 1, false},
	    {"block type 1", 1, 1, false},
	    {"block type 0", 1, 0, false},
	    {"zero at once", 2, 0, false},
	    {"zero in the eighth byte", 9, 0, false},
	    {"zero in the ninth byte", 10, 0, false},
	    {"zero one too early", 256 - 32 - 2, 0, false},
	    {"other padding byte", 100, 0xff, true},
	    {"no zero", 256 - 32 - 1, 9, false},
	    {"zero in the key", 256 - 32, 0, true},
	    {"zero at the end of the key", 255, 0, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t block[256], wrapped[256];
		struct bl_secret *got = NULL;

		memset(block, 0x55, sizeof(block));
		block[0] = 0;
		block[1] = 2;
		block[256 - 33] = 0;
		if (cases[i].at < 256)
			block[cases[i].at] = cases[i].value;
		encrypt_block(wrapped, block);
		bl_ctx_set_random(ctx, fill_with_digits, &(uint32_t){3});
		CHECK(
		    unwrap(&got, &pkcs1, bl_span_of(wrapped, 256), 32) == BL_OK,
		    cases[i].name);
		bl_ctx_set_random(ctx, NULL, NULL);
		CHECK(got != NULL && bl_secret_reveal(got).n == 32, "size");
		CHECK((memcmp(bl_secret_reveal(got).p, block + 256 - 32, 32) ==
			  0) == cases[i].good,
		    cases[i].name);
		if (!cases[i].good) {
			uint8_t drawn[32];

			fill_with_digits(&(uint32_t){3}, drawn, 32);
			CHECK(memcmp(bl_secret_reveal(got).p, drawn, 32) == 0,
			    cases[i].name);
		}
		bl_secret_free(got);
	}
}

/* Good padding around a key of another size than was asked for. */
static void
hides_a_key_of_another_size(void)
{
	struct bl_buf wrapped = {0};
	struct bl_secret *got = NULL;

	CHECK(bl_pub_wrap(&wrapped, pub, ctx, &pkcs1, cek[1], NULL) == BL_OK,
	    "wrap");
	for (size_t size = 8; size <= 64; size += 8) {
		CHECK(
		    unwrap(&got, &pkcs1, bl_buf_span(&wrapped), size) == BL_OK,
		    "size");
		CHECK(bl_secret_reveal(got).n == size, "size");
		CHECK(bl_secret_equal(got, cek[1]) == (size == 24), "size");
		bl_secret_free(got);
	}
	bl_buf_clear(&wrapped);
}

static void
hides_lengths_and_numbers_that_cannot_be(void)
{
	uint8_t wrapped[300];
	static const size_t lengths[] = {0, 1, 255, 257, 300};
	struct bl_secret *got = NULL;

	memset(wrapped, 1, sizeof(wrapped));
	for (size_t i = 0; i < 5; i++) {
		CHECK(unwrap(&got, &pkcs1, bl_span_of(wrapped, lengths[i]),
			  32) == BL_OK,
		    "length");
		bl_secret_free(got);
	}
	memset(wrapped, 0xff, sizeof(wrapped));
	CHECK(unwrap(&got, &pkcs1, bl_span_of(wrapped, 256), 32) == BL_OK,
	    "over the modulus");
	bl_secret_free(got);
	memset(wrapped, 0, sizeof(wrapped));
	CHECK(unwrap(&got, &pkcs1, bl_span_of(wrapped, 256), 32) == BL_OK,
	    "zero");
	bl_secret_free(got);
}

#define ROUNDS 400

static double
microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Mean and variance of the mean. */
static void
sum_up(const double *v, double *mean, double *spread)
{
	*mean = *spread = 0;
	for (size_t i = 0; i < ROUNDS; i++)
		*mean += v[i] / ROUNDS;
	for (size_t i = 0; i < ROUNDS; i++)
		*spread += (v[i] - *mean) * (v[i] - *mean) / ROUNDS / ROUNDS;
}

/*
 * Welch's t of the times that good and bad blocks take, in turns. Reported
 * only: a machine that does other work would fail a build for nothing; over
 * 4.5 again and again means a leak.
 */
static void
reports_the_time_of_pkcs1(void)
{
	static double took[2][ROUNDS];
	uint8_t block[2][256], wrapped[2][256];
	double mean[2], spread[2];

	memset(block, 0x55, sizeof(block));
	for (size_t kind = 0; kind < 2; kind++) {
		block[kind][0] = 0;
		block[kind][1] = kind == 0 ? 2 : 1;
		block[kind][256 - 33] = 0;
		encrypt_block(wrapped[kind], block[kind]);
	}
	for (size_t i = 0; i < 2 * ROUNDS; i++) {
		struct bl_secret *got = NULL;
		double start = microseconds();

		CHECK(unwrap(&got, &pkcs1, bl_span_of(wrapped[i % 2], 256),
			  32) == BL_OK,
		    "unwrap");
		took[i % 2][i / 2] = microseconds() - start;
		CHECK((memcmp(bl_secret_reveal(got).p, block[0] + 224, 32) ==
			  0) == (i % 2 == 0),
		    "key");
		bl_secret_free(got);
	}
	for (size_t kind = 0; kind < 2; kind++)
		sum_up(took[kind], &mean[kind], &spread[kind]);
	fprintf(stderr,
	    "PKCS#1 v1.5 unwrap: good %.1f us, bad %.1f us, t squared %.2f\n",
	    mean[0], mean[1],
	    (mean[0] - mean[1]) * (mean[0] - mean[1]) /
		(spread[0] + spread[1]));
}

static bool
never(void *arg, uint8_t *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	return false;
}

static void
unwraps_nothing_without_randomness(void)
{
	struct bl_buf wrapped = {0};
	struct bl_secret *got = NULL;

	CHECK(bl_pub_wrap(&wrapped, pub, ctx, &pkcs1, cek[2], NULL) == BL_OK,
	    "wrap");
	bl_ctx_set_random(ctx, never, NULL);
	CHECK(unwrap(&got, &pkcs1, bl_buf_span(&wrapped), 32) == BL_E_SYSTEM,
	    "no replacement");
	CHECK(bl_pub_wrap(&wrapped, pub, ctx, &pkcs1, cek[2], NULL) ==
		BL_E_SYSTEM,
	    "no padding");
	bl_ctx_set_random(ctx, NULL, NULL);
	CHECK(wrapped.n == 256, "nothing appended");
	bl_buf_clear(&wrapped);
}

static void
draws_seeds_from_the_context(void)
{
	struct bl_wrap_alg algs[2] = {
	    pkcs1, oaep(BL_SHA256, BL_SHA256, BL_STR(""))};

	for (size_t i = 0; i < 2; i++) {
		struct bl_buf a = {0}, b = {0}, c = {0};

		bl_ctx_set_random(ctx, fill_with_sevens, NULL);
		CHECK(
		    bl_pub_wrap(&a, pub, ctx, &algs[i], cek[0], NULL) == BL_OK,
		    "a");
		CHECK(
		    bl_pub_wrap(&b, pub, ctx, &algs[i], cek[0], NULL) == BL_OK,
		    "b");
		bl_ctx_set_random(ctx, NULL, NULL);
		CHECK(
		    bl_pub_wrap(&c, pub, ctx, &algs[i], cek[0], NULL) == BL_OK,
		    "c");
		CHECK(bl_span_equal(bl_buf_span(&a), bl_buf_span(&b)), "same");
		CHECK(!bl_span_equal(bl_buf_span(&a), bl_buf_span(&c)), "not");
		bl_buf_clear(&a);
		bl_buf_clear(&b);
		bl_buf_clear(&c);
	}
}

static void
pairs_keys_and_wraps(void)
{
	struct bl_wrap_alg small = oaep(BL_SHA512, BL_SHA512, BL_STR(""));
	struct bl_wrap_alg ecdh = {
	    .kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16};
	struct bl_wrap_alg other = {.kind = BL_WRAP_OTHER};
	struct bl_wrap_alg bad = oaep(BL_SHA256, BL_DIGEST_NONE, BL_STR(""));
	struct bl_wrap_alg shake = oaep(BL_SHAKE256, BL_SHAKE256, BL_STR(""));
	static const uint8_t label[BL_OAEP_LABEL_MAX + 1];
	struct bl_wrap_alg labelled = oaep(
	    BL_SHA256, BL_SHA256, bl_span_of(label, sizeof(label)));
	struct bl_pub *pss_pub = test_read_pub(ctx, pss);
	EVP_PKEY *short_key = test_key("RSA", 1024, NULL);
	struct bl_pub *short_pub = test_read_pub(ctx, short_key);
	struct bl_secret *got = NULL;
	struct bl_buf out = {0};

	CHECK(bl_pub_wrap(&out, pss_pub, ctx, &pkcs1, cek[0], NULL) ==
		BL_E_UNSUPPORTED,
	    "a key that only signs");
	CHECK(bl_pub_wrap(&out, pub, ctx, &shake, cek[0], NULL) ==
		BL_E_UNSUPPORTED,
	    "shake256");
	CHECK(bl_pub_wrap(&out, ec_pub[0], ctx, &pkcs1, cek[0], NULL) ==
		BL_E_UNSUPPORTED,
	    "ec");
	CHECK(bl_pub_wrap(&out, pub, ctx, &ecdh, cek[0], NULL) == BL_E_CALLER,
	    "ecdh here");
	CHECK(bl_pub_wrap(&out, pub, ctx, &other, cek[0], NULL) == BL_E_CALLER,
	    "other");
	CHECK(
	    bl_pub_wrap(&out, pub, ctx, &bad, cek[0], NULL) == BL_E_UNSUPPORTED,
	    "no mask");
	CHECK(
	    bl_pub_wrap(&out, pub, ctx, &labelled, cek[0], NULL) == BL_E_LIMIT,
	    "label");
	CHECK(bl_pub_wrap(&out, short_pub, ctx, &small, cek[0], NULL) ==
		BL_E_UNSUPPORTED,
	    "short key");
	CHECK(out.n == 0, "nothing appended");
	CHECK(unwrap(&got, &other, BL_STR("x"), 32) == BL_E_UNSUPPORTED, "-");
	CHECK(unwrap(&got, &ecdh, BL_STR("x"), 32) == BL_E_UNSUPPORTED, "-");
	CHECK(unwrap(&got, &pkcs1, BL_STR("x"), 0) == BL_E_CALLER, "size 0");
	CHECK(unwrap(&got, &pkcs1, BL_STR("x"), 65) == BL_E_CALLER, "size 65");
	bl_pub_free(short_pub);
	EVP_PKEY_free(short_key);
	bl_pub_free(pss_pub);
	bl_buf_clear(&out);
}

/* One recipient: what the ephemeral key wrapped, the recipient's unwraps. */
static void
ecdh_round_trip(size_t i, const struct bl_wrap_alg *alg, size_t key)
{
	static const size_t sizes[] = {65, 97, 133};
	struct bl_priv *mine = NULL;
	struct bl_buf point = {0}, wrapped = {0};
	struct bl_secret *got = NULL;

	CHECK(bl_priv_new_ephemeral(&mine, ctx, ec_pub[i], NULL) == BL_OK, "e");
	CHECK(bl_priv_point(&point, mine, NULL) == BL_OK, "point");
	CHECK(point.n == sizes[i] && point.p[0] == 4, "point");
	CHECK(bl_ecdh_wrap(
		  &wrapped, mine, ec_pub[i], ctx, alg, cek[key], NULL) == BL_OK,
	    "wrap");
	CHECK(wrapped.n == 16 + 8 * key + 8, "size");
	CHECK(bl_priv_unwrap(&got, ec_priv[i], ctx, alg, bl_buf_span(&point),
		  bl_buf_span(&wrapped), 16 + 8 * key, NULL) == BL_OK &&
		bl_secret_equal(got, cek[key]),
	    "unwrap");
	bl_secret_free(got);
	/* the same point, compressed */
	point.p[0] = 2 | (point.p[point.n - 1] & 1);
	CHECK(bl_priv_unwrap(&got, ec_priv[i], ctx, alg,
		  bl_span_of(point.p, 1 + point.n / 2), bl_buf_span(&wrapped),
		  16 + 8 * key, NULL) == BL_OK &&
		bl_secret_equal(got, cek[key]),
	    "compressed");
	bl_secret_free(got);
	bl_buf_clear(&point);
	bl_buf_clear(&wrapped);
	bl_priv_free(mine);
}

static void
wraps_with_ecdh(void)
{
	for (size_t i = 0; i < 3; i++)
		for (unsigned d = 1; d <= BL_SHA512; d++)
			for (unsigned kek = 16; kek <= 32; kek += 8) {
				struct bl_wrap_alg alg = {.kind = BL_WRAP_ECDH,
				    .digest = (enum bl_digest)d,
				    .kek_size = kek,
				    .info = d == 1 ? (struct bl_span){NULL, 0}
						   : BL_STR("shared info")};

				ecdh_round_trip(i, &alg, d % 4);
			}
}

/* X9.63 KDF and AES key wrap done by libcrypto's own ECDH option. */
static void
agrees_with_the_library_on_ecdh(void)
{
	struct bl_wrap_alg alg = {.kind = BL_WRAP_ECDH,
	    .digest = BL_SHA384,
	    .kek_size = 32,
	    .info = BL_STR("info")};
	EVP_PKEY *mine = test_key("EC", 0, "P-384");
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new(mine, NULL);
	uint8_t kek[32], point[97], wrapped[40];
	EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
	struct bl_secret *got = NULL;
	size_t n = sizeof(kek), point_n = 0;
	int got_n = 0;

	CHECK(EVP_PKEY_derive_init(run) == 1 &&
		EVP_PKEY_derive_set_peer(run, ec[1]) == 1 &&
		EVP_PKEY_CTX_set_ecdh_kdf_type(run, EVP_PKEY_ECDH_KDF_X9_63) ==
		    1 &&
		EVP_PKEY_CTX_set_ecdh_kdf_md(run, EVP_sha384()) == 1 &&
		EVP_PKEY_CTX_set_ecdh_kdf_outlen(run, 32) == 1 &&
		EVP_PKEY_CTX_set0_ecdh_kdf_ukm(
		    run, OPENSSL_memdup("info", 4), 4) == 1 &&
		EVP_PKEY_derive(run, kek, &n) == 1,
	    "derive");
	EVP_CIPHER_CTX_set_flags(aes, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	CHECK(
	    EVP_EncryptInit_ex(aes, EVP_aes_256_wrap(), NULL, kek, NULL) == 1 &&
		EVP_EncryptUpdate(aes, wrapped, &got_n,
		    bl_secret_reveal(cek[2]).p, 32) == 1 &&
		got_n == 40,
	    "wrap");
	CHECK(EVP_PKEY_get_octet_string_param(mine, OSSL_PKEY_PARAM_PUB_KEY,
		  point, sizeof(point), &point_n) == 1,
	    "point");
	CHECK(bl_priv_unwrap(&got, ec_priv[1], ctx, &alg,
		  bl_span_of(point, point_n), bl_span_of(wrapped, 40), 32,
		  NULL) == BL_OK &&
		bl_secret_equal(got, cek[2]),
	    "unwrap");
	bl_secret_free(got);
	EVP_CIPHER_CTX_free(aes);
	EVP_PKEY_CTX_free(run);
	EVP_PKEY_free(mine);
}

static void
refuses_what_ecdh_does_not_hold(void)
{
	struct bl_wrap_alg alg = {.kind = BL_WRAP_ECDH,
	    .digest = BL_SHA256,
	    .kek_size = 16,
	    .info = BL_STR("info")};
	struct bl_wrap_alg others[3] = {alg, alg, alg};
	struct bl_priv *mine = NULL;
	struct bl_buf point = {0}, wrapped = {0};
	struct bl_secret *got = NULL;
	struct bl_span w, p;

	others[0].digest = BL_SHA1;
	others[1].kek_size = 24;
	others[2].info = BL_STR("inf");
	CHECK(bl_priv_new_ephemeral(&mine, ctx, ec_pub[0], NULL) == BL_OK, "e");
	CHECK(bl_priv_point(&point, mine, NULL) == BL_OK, "point");
	CHECK(bl_ecdh_wrap(
		  &wrapped, mine, ec_pub[0], ctx, &alg, cek[2], NULL) == BL_OK,
	    "wrap");
	w = bl_buf_span(&wrapped);
	p = bl_buf_span(&point);
#define UNWRAP(alg, p, w, n)                                                   \
	bl_priv_unwrap(&got, ec_priv[0], ctx, (alg), (p), (w), (n), NULL)
	CHECK(UNWRAP(&alg, p, w, 32) == BL_OK, "as it is");
	bl_secret_free(got);
	for (size_t i = 0; i < 3; i++)
		CHECK(UNWRAP(&others[i], p, w, 32) == BL_E_FORGED && !got, "a");
	CHECK(UNWRAP(&alg, p, w, 24) == BL_E_FORGED, "size");
	CHECK(UNWRAP(&alg, p, w, 40) == BL_E_FORGED, "size");
	CHECK(UNWRAP(&alg, p, bl_span_cut(w, 0, 39), 32) == BL_E_FORGED, "cut");
	for (size_t i = 0; i < wrapped.n; i++) {
		wrapped.p[i] ^= 0x80;
		CHECK(UNWRAP(&alg, p, w, 32) == BL_E_FORGED, "bit");
		wrapped.p[i] ^= 0x80;
	}
	/* points that are none, or of another curve */
	CHECK(UNWRAP(&alg, ((struct bl_span){NULL, 0}), w, 32) == BL_E_FORGED,
	    "no point");
	CHECK(UNWRAP(&alg, BL_STR("\0"), w, 32) == BL_E_FORGED, "infinity");
	CHECK(UNWRAP(&alg, bl_span_cut(p, 0, 64), w, 32) == BL_E_FORGED, "cut");
	point.p[64] ^= 1;
	CHECK(UNWRAP(&alg, p, w, 32) == BL_E_FORGED, "off the curve");
	point.p[64] ^= 1;
	bl_buf_reset(&point);
	bl_priv_free(mine);
	CHECK(bl_priv_new_ephemeral(&mine, ctx, ec_pub[1], NULL) == BL_OK, "e");
	CHECK(bl_priv_point(&point, mine, NULL) == BL_OK, "point");
	CHECK(UNWRAP(&alg, bl_buf_span(&point), w, 32) == BL_E_FORGED, "P-384");
#undef UNWRAP
	bl_priv_free(mine);
	bl_buf_clear(&point);
	bl_buf_clear(&wrapped);
}

static void
bounds_what_ecdh_is_given(void)
{
	static uint8_t info[BL_ECDH_INFO_MAX + 1];
	static const unsigned sizes[] = {0, 8, 15, 17, 40, 256};
	struct bl_wrap_alg alg = {
	    .kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16};
	struct bl_priv *mine = NULL;
	struct bl_buf out = {0};

	CHECK(
	    bl_priv_new_ephemeral(&mine, ctx, pub, NULL) == BL_E_UNSUPPORTED &&
		mine == NULL,
	    "rsa");
	CHECK(bl_priv_new_ephemeral(&mine, ctx, ec_pub[0], NULL) == BL_OK, "e");
	alg.info = bl_span_of(info, BL_ECDH_INFO_MAX);
	CHECK(bl_ecdh_wrap(&out, mine, ec_pub[0], ctx, &alg, cek[0], NULL) ==
		BL_OK,
	    "info of 16 KiB");
	alg.info.n++;
	CHECK(bl_ecdh_wrap(&out, mine, ec_pub[0], ctx, &alg, cek[0], NULL) ==
		BL_E_LIMIT,
	    "info over it");
	alg.info.n = 0;
	CHECK(bl_ecdh_wrap(&out, mine, ec_pub[1], ctx, &alg, cek[0], NULL) ==
		BL_E_CALLER,
	    "another curve");
	for (size_t i = 0; i < 6; i++) {
		alg.kek_size = sizes[i];
		CHECK(bl_ecdh_wrap(&out, mine, ec_pub[0], ctx, &alg, cek[0],
			  NULL) == BL_E_UNSUPPORTED,
		    "kek");
	}
	alg.kek_size = 16;
	alg.digest = BL_DIGEST_NONE;
	CHECK(bl_ecdh_wrap(&out, mine, ec_pub[0], ctx, &alg, cek[0], NULL) ==
		BL_E_UNSUPPORTED,
	    "digest");
	alg.kind = BL_WRAP_RSA_OAEP;
	CHECK(bl_ecdh_wrap(&out, mine, ec_pub[0], ctx, &alg, cek[0], NULL) ==
		BL_E_CALLER,
	    "rsa");
	CHECK(out.n == 24, "nothing appended");
	CHECK(bl_priv_point(&out, priv, NULL) == BL_E_CALLER, "rsa point");
	bl_priv_free(mine);
	bl_buf_clear(&out);
}

/* ---- X25519, X448 ---- */

static const struct {
	const char *name;
	size_t bytes;
} xs[] = {{"X25519", 32}, {"X448", 56}};

/* A key pair, and what an ephemeral key wrapped for it. */
struct exchange {
	EVP_PKEY *key;
	struct bl_priv *priv, *mine;
	struct bl_pub *pub;
	struct bl_buf point, wrapped;
};

static void
exchange_new(struct exchange *e, size_t i)
{
	*e = (struct exchange){.key = test_key(xs[i].name, 0, NULL)};
	e->priv = test_read_priv(ctx, e->key);
	e->pub = test_read_pub(ctx, e->key);
	CHECK(bl_priv_new_ephemeral(&e->mine, ctx, e->pub, NULL) == BL_OK &&
		bl_priv_point(&e->point, e->mine, NULL) == BL_OK,
	    "ephemeral");
	CHECK(e->point.n == xs[i].bytes, "public key");
}

static void
exchange_clear(struct exchange *e)
{
	bl_priv_free(e->mine);
	bl_priv_free(e->priv);
	bl_pub_free(e->pub);
	EVP_PKEY_free(e->key);
	bl_buf_clear(&e->point);
	bl_buf_clear(&e->wrapped);
}

static enum bl_err
exchange_open(struct bl_secret **got, const struct exchange *e,
    const struct bl_wrap_alg *alg, size_t size)
{
	return bl_priv_unwrap(got, e->priv, ctx, alg, bl_buf_span(&e->point),
	    bl_buf_span(&e->wrapped), size, NULL);
}

static void
wraps_with_each_kdf_and_key_wrap(void)
{
	for (unsigned i = 0; i < 2 * 2 * 2 * 3; i++) {
		struct bl_wrap_alg alg = {.kind = BL_WRAP_XDH,
		    .digest = i / 8 == 0 ? BL_SHA256 : BL_SHA512,
		    .kek_size = 16 + 8 * (i / 8),
		    .info = BL_STR("info"),
		    .kdf = i / 2 % 2 ? BL_AGREE_HKDF : BL_AGREE_X963,
		    .wrap = i / 4 % 2 ? BL_KEY_WRAP_AES_PAD : BL_KEY_WRAP_AES};
		struct bl_secret *got = NULL;
		struct exchange e;

		exchange_new(&e, i % 2);
		CHECK(bl_ecdh_wrap(&e.wrapped, e.mine, e.pub, ctx, &alg,
			  cek[i / 8], NULL) == BL_OK,
		    xs[i % 2].name);
		CHECK(e.wrapped.n == 24 + 8 * (i / 8), "size");
		CHECK(
		    exchange_open(&got, &e, &alg, 16 + 8 * (i / 8)) == BL_OK &&
			bl_secret_equal(got, cek[i / 8]),
		    xs[i % 2].name);
		bl_secret_free(got);
		/* each of these makes another key of it, or another length */
		alg.kdf = alg.kdf == BL_AGREE_HKDF ? BL_AGREE_X963
						   : BL_AGREE_HKDF;
		CHECK(exchange_open(&got, &e, &alg, 16 + 8 * (i / 8)) ==
			BL_E_FORGED,
		    "kdf");
		alg.kdf = BL_AGREE_HKDF;
		alg.label = BL_STR("salt");
		CHECK(exchange_open(&got, &e, &alg, 16 + 8 * (i / 8)) ==
			BL_E_FORGED,
		    "salt");
		exchange_clear(&e);
	}
}

/* HKDF and the padded wrap as the library does them. */
static void
agrees_with_the_library_on_hkdf(void)
{
	struct bl_wrap_alg alg = {.kind = BL_WRAP_XDH,
	    .digest = BL_SHA384,
	    .kek_size = 24,
	    .info = BL_STR("info"),
	    .label = BL_STR("salt"),
	    .kdf = BL_AGREE_HKDF,
	    .wrap = BL_KEY_WRAP_AES_PAD};
	static const size_t sizes[] = {5, 8, 16, 33};
	EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *kdf = EVP_KDF_CTX_new(hkdf);
	uint8_t shared[32], kek[24], mine[32];
	size_t n = sizeof(shared), mine_n = sizeof(mine);
	struct exchange e;
	EVP_PKEY *key = test_key("X25519", 0, NULL);
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new(key, NULL);
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string("digest", (char *)"SHA384", 0),
	    OSSL_PARAM_construct_octet_string("key", shared, 32),
	    OSSL_PARAM_construct_octet_string("info", (void *)"info", 4),
	    OSSL_PARAM_construct_octet_string("salt", (void *)"salt", 4),
	    OSSL_PARAM_construct_end()};

	exchange_new(&e, 0);
	CHECK(EVP_PKEY_derive_init(run) == 1 &&
		EVP_PKEY_derive_set_peer(run, e.key) == 1 &&
		EVP_PKEY_derive(run, shared, &n) == 1 &&
		EVP_KDF_derive(kdf, kek, sizeof(kek), params) == 1 &&
		EVP_PKEY_get_raw_public_key(key, mine, &mine_n) == 1,
	    "derive");
	bl_buf_reset(&e.point);
	bl_buf_add(&e.point, bl_span_of(mine, mine_n));
	for (size_t i = 0; i < 4; i++) {
		EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
		struct bl_secret *got = NULL;
		uint8_t wrapped[64];
		int wrapped_n = 0;

		EVP_CIPHER_CTX_set_flags(aes, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
		CHECK(EVP_EncryptInit_ex(
			  aes, EVP_aes_192_wrap_pad(), NULL, kek, NULL) == 1 &&
			EVP_EncryptUpdate(aes, wrapped, &wrapped_n,
			    bl_secret_reveal(cek[3]).p, (int)sizes[i]) == 1,
		    "wrap");
		bl_buf_reset(&e.wrapped);
		bl_buf_add(&e.wrapped, bl_span_of(wrapped, (size_t)wrapped_n));
		CHECK(exchange_open(&got, &e, &alg, sizes[i]) == BL_OK, "open");
		CHECK(bl_span_equal(bl_secret_reveal(got),
			  bl_span_cut(bl_secret_reveal(cek[3]), 0, sizes[i])),
		    "the same key");
		bl_secret_free(got);
		/* the padding hides the length from who has not the key */
		CHECK(
		    exchange_open(&got, &e, &alg, sizes[i] - 1) == BL_E_FORGED,
		    "a byte less");
		CHECK(
		    exchange_open(&got, &e, &alg, sizes[i] + 1) == BL_E_FORGED,
		    "a byte more");
		EVP_CIPHER_CTX_free(aes);
	}
	exchange_clear(&e);
	EVP_PKEY_CTX_free(run);
	EVP_PKEY_free(key);
	EVP_KDF_CTX_free(kdf);
	EVP_KDF_free(hkdf);
}

static void
refuses_what_xdh_does_not_hold(void)
{
	static const uint8_t low[57] = {1};
	static const uint8_t zero[57] = {0};
	const struct bl_limits limits = BL_LIMITS;

	for (size_t i = 0; i < 2; i++) {
		struct bl_wrap_alg alg = {.kind = BL_WRAP_XDH,
		    .digest = BL_SHA256,
		    .kek_size = 16,
		    .info = BL_STR("info"),
		    .kdf = BL_AGREE_HKDF};
		struct bl_secret *got = NULL;
		struct bl_buf spki = {0};
		struct bl_pub *weak = NULL;
		struct exchange e, other;

		exchange_new(&e, i);
		exchange_new(&other, 1 - i);
		CHECK(bl_ecdh_wrap(&e.wrapped, e.mine, e.pub, ctx, &alg, cek[0],
			  NULL) == BL_OK,
		    "wrap");
#define OPEN(point, n)                                                         \
	bl_priv_unwrap(&got, e.priv, ctx, &alg, bl_span_of((point), (n)),      \
	    bl_buf_span(&e.wrapped), 16, NULL)
		CHECK(OPEN(e.point.p, e.point.n) == BL_OK, "as it is");
		bl_secret_free(got);
		/* RFC 8418 2: no secret that is all zero */
		CHECK(OPEN(zero, xs[i].bytes) == BL_E_FORGED, "zero");
		CHECK(OPEN(low, xs[i].bytes) == BL_E_FORGED, "low order");
		CHECK(OPEN(e.point.p, e.point.n - 1) == BL_E_FORGED, "short");
		CHECK(OPEN(low, xs[i].bytes + 1) == BL_E_FORGED, "long");
		CHECK(OPEN(other.point.p, other.point.n) == BL_E_FORGED,
		    "of the other curve");
		for (size_t at = 0; at < e.wrapped.n; at++) {
			e.wrapped.p[at] ^= 1;
			CHECK(OPEN(e.point.p, e.point.n) == BL_E_FORGED, "bit");
			e.wrapped.p[at] ^= 1;
		}
		alg.kind = BL_WRAP_ECDH;
		CHECK(OPEN(e.point.p, e.point.n) == BL_E_UNSUPPORTED, "kind");
		alg.kind = BL_WRAP_XDH;
		CHECK(bl_priv_unwrap(&got, ec_priv[0], ctx, &alg,
			  bl_buf_span(&e.point), bl_buf_span(&e.wrapped), 16,
			  NULL) == BL_E_UNSUPPORTED,
		    "an EC key");
		alg.label = bl_span_of(low, 57);
		CHECK(OPEN(e.point.p, e.point.n) == BL_E_FORGED, "salt");
#undef OPEN
		/* a recipient's key of low order: its last bytes are the key */
		test_spki(&spki, e.key);
		memcpy(spki.p + spki.n - xs[i].bytes, zero, xs[i].bytes);
		CHECK(bl_pub_read(&weak, ctx, bl_buf_span(&spki), &limits,
			  NULL) == BL_OK,
		    "read");
		alg.label.n = 0;
		CHECK(bl_ecdh_wrap(&e.wrapped, e.mine, weak, ctx, &alg, cek[0],
			  NULL) == BL_E_FORGED,
		    "a recipient of low order");
		CHECK(bl_ecdh_wrap(&e.wrapped, e.mine, other.pub, ctx, &alg,
			  cek[0], NULL) == BL_E_CALLER,
		    "a recipient of the other curve");
		bl_pub_free(weak);
		bl_buf_clear(&spki);
		exchange_clear(&e);
		exchange_clear(&other);
	}
}

/* HKDF and the padded wrap with a NIST curve as well. */
static void
wraps_with_hkdf_and_padding_for_ecdh(void)
{
	struct bl_wrap_alg alg = {.kind = BL_WRAP_ECDH,
	    .digest = BL_SHA256,
	    .kek_size = 32,
	    .info = BL_STR("info"),
	    .kdf = BL_AGREE_HKDF,
	    .wrap = BL_KEY_WRAP_AES_PAD};

	for (size_t i = 0; i < 3; i++)
		ecdh_round_trip(i, &alg, i);
}

/* RFC 9709 B: a key, the AlgorithmIdentifiers of two ciphers, what comes out. */
static void
derives_content_keys(void)
{
	static const uint8_t ikm[] = {0xc7, 0x02, 0xe7, 0xd0, 0xa9, 0xe0, 0x64,
	    0xb0, 0x9b, 0xa5, 0x52, 0x45, 0xfb, 0x73, 0x3c, 0xf3};
	static const struct {
		struct bl_span info, want;
	} vectors[] = {
	    {BYTES("\x30\x1b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x06\x30"
		   "\x0e\x04\x0c\x5c\x79\x05\x8b\xa2\xf4\x34\x47\x63\x9d\x29"
		   "\xe2"),
		BYTES("\x21\x24\xff\xb2\x9f\xac\x4e\x0f\xbb\xc7\xd5\xd8\x74"
		      "\x92\xbf\xf3")},
	    {BYTES("\x30\x1d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x02\x04"
		   "\x10\x65\x1f\x72\x2f\xfd\x51\x2c\x52\xfe\x07\x2e\x50\x7d"
		   "\x72\xb3\x77"),
		BYTES("\x9c\xd1\x02\xc5\x2f\x1e\x19\xec\xe8\x72\x9b\x35\xbf"
		      "\xec\xeb\x50")},
	};
	static const uint8_t info[BL_CEK_INFO_MAX + 1];
	struct bl_secret *key = NULL, *got = NULL;

	CHECK(bl_secret_copy(&key, bl_span_of(ikm, sizeof(ikm)), NULL) == BL_OK,
	    "key");
	for (size_t i = 0; i < 2; i++) {
		CHECK(bl_cek_derive(&got, ctx, key, vectors[i].info, NULL) ==
			BL_OK,
		    "derive");
		CHECK(bl_span_equal(bl_secret_reveal(got), vectors[i].want),
		    "vector");
		bl_secret_free(got);
	}
	CHECK(bl_cek_derive(&got, ctx, key, bl_span_of(info, BL_CEK_INFO_MAX),
		  NULL) == BL_OK,
	    "512 bytes");
	bl_secret_free(got);
	CHECK(bl_cek_derive(&got, ctx, key,
		  bl_span_of(info, BL_CEK_INFO_MAX + 1), NULL) == BL_E_CALLER &&
		got == NULL,
	    "513 bytes");
	CHECK(bl_cek_derive(&got, ctx, key, bl_span_of(info, 0), NULL) ==
		BL_E_CALLER,
	    "none");
	/* as long as the key that goes in */
	CHECK(
	    bl_cek_derive(&got, ctx, cek[2], vectors[0].info, NULL) == BL_OK &&
		bl_secret_reveal(got).n == 32,
	    "32 bytes");
	bl_secret_free(got);
	bl_secret_free(key);
}

static void
draws_ephemeral_keys_from_the_context(void)
{
	struct bl_buf point[3] = {0};

	for (size_t i = 0; i < 3; i++) {
		uint32_t seed = i == 2 ? 9 : 4;
		struct bl_priv *k = NULL;

		bl_ctx_set_random(ctx, fill_with_digits, &seed);
		CHECK(bl_priv_new_ephemeral(&k, ctx, ec_pub[0], NULL) == BL_OK,
		    "new");
		bl_ctx_set_random(ctx, NULL, NULL);
		CHECK(bl_priv_point(&point[i], k, NULL) == BL_OK, "point");
		bl_priv_free(k);
	}
	CHECK(bl_span_equal(bl_buf_span(&point[0]), bl_buf_span(&point[1])),
	    "same draws");
	CHECK(!bl_span_equal(bl_buf_span(&point[0]), bl_buf_span(&point[2])),
	    "other draws");
	for (size_t i = 0; i < 3; i++)
		bl_buf_clear(&point[i]);
}

static void
makes_another_key_each_time(void)
{
	static const size_t sizes[] = {65, 97, 133}; /* bytes of a point */

	for (size_t i = 0; i < 6; i++) {
		struct bl_buf point[2] = {0};

		for (size_t k = 0; k < 2; k++) {
			struct bl_priv *p = NULL;

			CHECK(bl_priv_new_ephemeral(
				  &p, ctx, ec_pub[i % 3], NULL) == BL_OK &&
				bl_priv_point(&point[k], p, NULL) == BL_OK,
			    "key");
			CHECK(point[k].n == sizes[i % 3], "on its curve");
			bl_priv_free(p);
		}
		CHECK(!bl_span_equal(
			  bl_buf_span(&point[0]), bl_buf_span(&point[1])),
		    "another");
		bl_buf_clear(&point[0]);
		bl_buf_clear(&point[1]);
	}
}

struct scenario {
	const struct bl_priv *key;
	struct bl_wrap_alg alg;
	struct bl_span point, wrapped;
};

static enum bl_err
unwrap_once(void *arg)
{
	struct scenario *s = arg;
	struct bl_secret *got = NULL;
	enum bl_err err = bl_priv_unwrap(
	    &got, s->key, ctx, &s->alg, s->point, s->wrapped, 16, NULL);

	bl_secret_free(got);
	return err;
}

static enum bl_err
wrap_once(void *arg)
{
	struct scenario *s = arg;
	struct bl_priv *k = NULL;
	struct bl_buf out = {0};
	enum bl_err err;

	if ((err = bl_pub_wrap(&out, pub, ctx, &pkcs1, cek[0], NULL)) ==
		BL_OK &&
	    (err = bl_priv_new_ephemeral(&k, ctx, ec_pub[0], NULL)) == BL_OK)
		err = bl_ecdh_wrap(
		    &out, k, ec_pub[0], ctx, &s->alg, cek[0], NULL);
	bl_priv_free(k);
	bl_buf_clear(&out);
	return err;
}

static void
says_when_memory_ends(void)
{
	struct scenario s = {.key = ec_priv[0],
	    .alg = {.kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16}};
	struct bl_priv *k = NULL;
	struct bl_buf point = {0}, wrapped = {0};

	CHECK(bl_priv_new_ephemeral(&k, ctx, ec_pub[0], NULL) == BL_OK, "new");
	CHECK(bl_priv_point(&point, k, NULL) == BL_OK, "point");
	CHECK(bl_ecdh_wrap(&wrapped, k, ec_pub[0], ctx, &s.alg, cek[0], NULL) ==
		BL_OK,
	    "wrap");
	s.point = bl_buf_span(&point);
	s.wrapped = bl_buf_span(&wrapped);
	bl_test_each_allocation(unwrap_once, &s, "unwrap ecdh");
	bl_test_each_allocation(wrap_once, &s, "wrap");
	s.key = priv;
	s.alg = pkcs1;
	bl_test_each_allocation(unwrap_once, &s, "unwrap rsa");
	bl_buf_clear(&point);
	bl_buf_clear(&wrapped);
	bl_priv_free(k);
}

static void
free_keys(void)
{
	for (size_t i = 0; i < 4; i++)
		bl_secret_free(cek[i]);
	for (size_t i = 0; i < 3; i++) {
		bl_priv_free(ec_priv[i]);
		bl_pub_free(ec_pub[i]);
		EVP_PKEY_free(ec[i]);
	}
	bl_priv_free(priv);
	bl_pub_free(pub);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(pss);
	bl_ctx_free(ctx);
}

TESTS(TEST(make_keys), TEST(wraps_with_rsa),
    TEST(unwraps_what_the_library_wraps), TEST(refuses_what_oaep_does_not_hold),
    TEST(hides_each_failure_of_pkcs1), TEST(hides_a_key_of_another_size),
    TEST(hides_lengths_and_numbers_that_cannot_be),
    TEST(reports_the_time_of_pkcs1), TEST(unwraps_nothing_without_randomness),
    TEST(draws_seeds_from_the_context), TEST(pairs_keys_and_wraps),
    TEST(wraps_with_ecdh), TEST(agrees_with_the_library_on_ecdh),
    TEST(refuses_what_ecdh_does_not_hold), TEST(bounds_what_ecdh_is_given),
    TEST(wraps_with_each_kdf_and_key_wrap),
    TEST(agrees_with_the_library_on_hkdf), TEST(refuses_what_xdh_does_not_hold),
    TEST(wraps_with_hkdf_and_padding_for_ecdh), TEST(derives_content_keys),
    TEST(draws_ephemeral_keys_from_the_context),
    TEST(makes_another_key_each_time), TEST(says_when_memory_ends),
    TEST(free_keys))
