/* run_test.c - an operation that was kept serves what it was made for and
 * nothing else. */
#include "crypto/internal.h"
#include "crypto/test_keys.h"

static struct bl_ctx *ctx;
static struct bl_priv *priv, *ec;
static struct bl_pub *pub, *ec_pub;
static struct bl_digest_value digest[BL_DIGEST_COUNT];

static void
make_keys(void)
{
	EVP_PKEY *rsa = test_key("RSA", 2048, NULL);
	EVP_PKEY *p256 = test_key("EC", 0, "P-256");

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	priv = test_read_priv(ctx, rsa);
	pub = test_read_pub(ctx, rsa);
	ec = test_read_priv(ctx, p256);
	ec_pub = test_read_pub(ctx, p256);
	for (unsigned d = 1; d < BL_DIGEST_COUNT; d++)
		CHECK(bl_digest_of(&digest[d], ctx, (enum bl_digest)d,
			  BL_STR("signed"), NULL) == BL_OK,
		    "digest");
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(p256);
}

#define SHA256_PKCS1                                                           \
	{                                                                      \
		.kind = BL_SIG_RSA_PKCS1, .digest = BL_SHA256                  \
	}
#define SHA384_PKCS1                                                           \
	{                                                                      \
		.kind = BL_SIG_RSA_PKCS1, .digest = BL_SHA384                  \
	}
#define PSS(m, s)                                                              \
	{                                                                      \
		.kind = BL_SIG_RSA_PSS, .digest = BL_SHA256, .mgf = (m),       \
		.salt = (s)                                                    \
	}

static const struct bl_sig_alg algs[] = {SHA256_PKCS1, SHA384_PKCS1,
    PSS(BL_SHA256, 32), PSS(BL_SHA256, 20), PSS(BL_SHA1, 32)};
#define ALGS (sizeof(algs) / sizeof(*algs))

/* Each algorithm after each other one, twice: kept, taken, replaced. Whose
 * signature holds under which must be what fresh keys say. */
static void
signs_and_verifies_each_after_each(void)
{
	struct bl_buf sig[ALGS] = {{0}};

	for (size_t i = 0; i < ALGS; i++)
		CHECK(bl_priv_sign(&sig[i], priv, ctx, &algs[i],
			  &digest[algs[i].digest], NULL) == BL_OK,
		    "sign");
	for (size_t i = 0; i < ALGS; i++)
		for (size_t k = 0; k < 2 * ALGS; k++) {
			const struct bl_sig_alg *alg = &algs[k / 2];
			enum bl_err err = bl_pub_verify(pub, ctx, alg,
			    &digest[alg->digest], bl_buf_span(&sig[i]), NULL);

			CHECK(err == (k / 2 == i ? BL_OK : BL_E_FORGED),
			    "holds where it was made");
		}
	for (size_t i = 0; i < ALGS; i++)
		bl_buf_clear(&sig[i]);
}

/* The same over, with kept operations on the private side. */
static void
signs_the_same_way_again(void)
{
	for (size_t k = 0; k < 3 * ALGS; k++) {
		const struct bl_sig_alg *alg = &algs[k % ALGS];

		for (int again = 0; again < 3; again++) {
			struct bl_buf sig = {0};

			CHECK(bl_priv_sign(&sig, priv, ctx, alg,
				  &digest[alg->digest], NULL) == BL_OK &&
				bl_pub_verify(pub, ctx, alg,
				    &digest[alg->digest], bl_buf_span(&sig),
				    NULL) == BL_OK,
			    "sign");
			bl_buf_clear(&sig);
		}
	}
}

static void
check_wrap(
    const struct bl_wrap_alg *to, const struct bl_wrap_alg *from, bool holds)
{
	struct bl_secret *cek, *got = NULL;
	struct bl_buf wrapped = {0};

	CHECK(bl_secret_here(&cek, ctx, 32, NULL) == BL_OK &&
		bl_random(ctx, bl_secret_fill(cek), 32, NULL) == BL_OK,
	    "key");
	CHECK(bl_pub_wrap(&wrapped, pub, ctx, to, cek, NULL) == BL_OK, "wrap");
	CHECK(bl_priv_unwrap(&got, priv, ctx, from, (struct bl_span){0},
		  bl_buf_span(&wrapped), 32, NULL) ==
		(holds || from->kind == BL_WRAP_RSA_PKCS1 ? BL_OK
							  : BL_E_FORGED),
	    "unwrap");
	CHECK(bl_secret_equal(got, cek) == holds, "the same key");
	bl_secret_free(got);
	bl_secret_free(cek);
	bl_buf_clear(&wrapped);
}

#define OAEP(d, m, ...)                                                        \
	{                                                                      \
		.kind = BL_WRAP_RSA_OAEP, .digest = (d), .mgf = (m),           \
		__VA_ARGS__                                                    \
	}

/* Each pair of ways, so that what is kept is of another way, or the same; with
 * labels, which are never kept. */
static void
wraps_and_unwraps_each_after_each(void)
{
	const struct bl_wrap_alg ways[] = {
	    {.kind = BL_WRAP_RSA_PKCS1},
	    OAEP(BL_SHA256, BL_SHA256, ),
	    OAEP(BL_SHA256, BL_SHA1, ),
	    OAEP(BL_SHA1, BL_SHA256, ),
	    OAEP(BL_SHA256, BL_SHA256, .label = BL_STR("label")),
	    OAEP(BL_SHA256, BL_SHA256, .label = BL_STR("other")),
	};

	for (size_t i = 0; i < 6; i++)
		for (size_t k = 0; k < 12; k++)
			check_wrap(&ways[i], &ways[k / 2], k / 2 == i);
	for (size_t k = 0; k < 12; k++)
		check_wrap(&ways[k / 2], &ways[1], k / 2 == 1);
}

/* With a label after one without, and the other way round: neither is taken
 * for the other. */
static void
keeps_none_with_a_label(void)
{
	const struct bl_run_how plain = {.operation = BL_RUN_ENCRYPT,
	    .padding = BL_WRAP_RSA_OAEP,
	    .digest = BL_SHA256,
	    .mgf = BL_SHA256};
	const struct bl_wrap_alg with = OAEP(
	    BL_SHA256, BL_SHA256, .label = BL_STR("label"));
	EVP_PKEY_CTX *kept;

	check_wrap(&(const struct bl_wrap_alg)OAEP(BL_SHA256, BL_SHA256, ),
	    &with, false);
	check_wrap(&(const struct bl_wrap_alg)OAEP(BL_SHA256, BL_SHA256, ),
	    &with, false);
	kept = pub->run->kept;
	CHECK(kept != NULL && pub->run->how.label == 0, "kept");
	check_wrap(&with, &with, true);
	CHECK(pub->run->kept == kept, "the labelled one was not kept");
	CHECK(bl_run_begin(pub, ctx, &plain, NULL) == kept, "taken");
	CHECK(pub->run->kept == NULL, "and out of the way");
	bl_run_end(pub, ctx, &plain, kept, true);
}

/* Whatever it is that differs, the kept one is not given. */
static void
every_field_tells_apart(void)
{
	const struct bl_run_how kept = {.operation = BL_RUN_VERIFY,
	    .padding = 1,
	    .digest = BL_SHA256,
	    .mgf = BL_SHA256,
	    .salt = 1};
	struct bl_run_how others[6];
	EVP_PKEY_CTX *run = bl_run_begin(pub, ctx, &kept, NULL), *other;

	for (size_t i = 0; i < 6; i++)
		others[i] = kept;
	others[0].operation = BL_RUN_SIGN;
	others[1].padding = 2;
	others[2].digest = BL_SHA1;
	others[3].mgf = BL_SHA1;
	others[4].salt = 2;
	others[5].label = 1;
	bl_run_end(pub, ctx, &kept, run, true);
	CHECK(pub->run->kept == run, "kept");
	for (size_t i = 0; i < 6; i++) {
		other = bl_run_begin(pub, ctx, &others[i], NULL);
		CHECK(other != NULL && other != run, "another");
		bl_run_end(pub, ctx, &others[i], other, false);
	}
	CHECK(pub->run->kept == run, "still there");
	bl_run_end(pub, ctx, &kept, bl_run_begin(pub, ctx, &kept, NULL), false);
}

/* A key that is used once keeps nothing: many recipients are many keys. */
static void
keeps_from_the_second_use_on(void)
{
	EVP_PKEY *key = test_key("RSA", 2048, NULL);
	struct bl_pub *other = test_read_pub(ctx, key);
	const struct bl_wrap_alg way = {.kind = BL_WRAP_RSA_PKCS1};
	struct bl_secret *cek;

	CHECK(bl_secret_here(&cek, ctx, 32, NULL) == BL_OK, "key");
	for (unsigned use = 1; use <= 3; use++) {
		struct bl_buf out = {0};

		CHECK(bl_pub_wrap(&out, other, ctx, &way, cek, NULL) == BL_OK,
		    "wrap");
		CHECK((other->run->kept != NULL) == (use > 1), "kept");
		bl_buf_clear(&out);
	}
	bl_secret_free(cek);
	bl_pub_free(other);
	EVP_PKEY_free(key);
}

/* What failed is not used again. */
static void
keeps_nothing_that_failed(void)
{
	const struct bl_sig_alg alg = {
	    .kind = BL_SIG_ECDSA, .digest = BL_SHA256};
	struct bl_buf sig = {0};

	CHECK(bl_priv_sign(&sig, ec, ctx, &alg, &digest[BL_SHA256], NULL) ==
		BL_OK,
	    "sign");
	for (unsigned use = 0; use < 3; use++)
		CHECK(bl_pub_verify(ec_pub, ctx, &alg, &digest[BL_SHA256],
			  bl_buf_span(&sig), NULL) == BL_OK,
		    "verify");
	CHECK(ec_pub->run->kept != NULL, "kept");
	sig.p[sig.n - 1] ^= 1;
	CHECK(bl_pub_verify(ec_pub, ctx, &alg, &digest[BL_SHA256],
		  bl_buf_span(&sig), NULL) == BL_E_FORGED,
	    "forged");
	CHECK(ec_pub->run->kept == NULL, "gone");
	sig.p[sig.n - 1] ^= 1;
	CHECK(bl_pub_verify(ec_pub, ctx, &alg, &digest[BL_SHA256],
		  bl_buf_span(&sig), NULL) == BL_OK,
	    "verify");
	bl_buf_clear(&sig);
}

/* bl_priv_key_id is the digest of what bl_priv_spki writes. */
static void
a_key_is_named_by_its_public_half(void)
{
	struct bl_priv *const keys[] = {priv, ec};

	for (size_t i = 0; i < 2; i++) {
		struct bl_digest_value id;
		struct bl_buf spki = {0};

		CHECK(bl_priv_spki(&spki, keys[i], NULL) == BL_OK &&
			bl_digest_of(&id, ctx, BL_SHA256, bl_buf_span(&spki),
			    NULL) == BL_OK,
		    "spki");
		CHECK(bl_span_equal(
			  bl_priv_key_id(keys[i]), bl_span_of(id.p, id.n)),
		    "id");
		bl_buf_clear(&spki);
	}
}

static void
copies_into_the_context(void)
{
	struct bl_secret *s;

	CHECK(bl_secret_copy_here(&s, ctx, BL_STR("secret"), NULL) == BL_OK &&
		bl_span_equal(bl_secret_reveal(s), BL_STR("secret")),
	    "copy");
	bl_secret_free(s);
}

static void
free_keys(void)
{
	bl_priv_free(priv);
	bl_priv_free(ec);
	bl_pub_free(pub);
	bl_pub_free(ec_pub);
	bl_ctx_free(ctx);
}

TESTS(TEST(make_keys), TEST(signs_and_verifies_each_after_each),
    TEST(signs_the_same_way_again), TEST(wraps_and_unwraps_each_after_each),
    TEST(keeps_none_with_a_label), TEST(every_field_tells_apart),
    TEST(keeps_from_the_second_use_on), TEST(keeps_nothing_that_failed),
    TEST(a_key_is_named_by_its_public_half), TEST(copies_into_the_context),
    TEST(free_keys))
