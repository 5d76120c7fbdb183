/* made_test.c - key pairs that are made here: of the kind that was asked for,
 * never the same, whole, and good for a signature. */
#include "crypto/test_keys.h"

static struct bl_ctx *ctx;

static void
makes_each_kind(void)
{
	static const struct {
		enum bl_key_kind kind;
		unsigned bits;
		struct bl_sig_alg alg;
	} c[] = {
	    {BL_KEY_EC_P256, 0, {BL_SIG_ECDSA, BL_SHA256}},
	    {BL_KEY_EC_P384, 0, {BL_SIG_ECDSA, BL_SHA384}},
	    {BL_KEY_EC_P521, 0, {BL_SIG_ECDSA, BL_SHA512}},
	    {BL_KEY_RSA, 2048, {BL_SIG_RSA_PKCS1, BL_SHA256}},
	};

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++) {
		const struct bl_limits limits = BL_LIMITS;
		const char *name = bl_key_kind_name(c[i].kind);
		struct bl_priv *one, *two;
		struct bl_secret *pkcs8 = NULL;
		struct bl_buf spki = {0}, sig = {0};
		const unsigned char *p;
		struct bl_pub *pub;
		EVP_PKEY *theirs;

		CHECK(
		    bl_priv_new(&one, ctx, c[i].kind, c[i].bits, NULL) == BL_OK,
		    name);
		CHECK(
		    bl_priv_new(&two, ctx, c[i].kind, c[i].bits, NULL) == BL_OK,
		    name);
		CHECK(bl_priv_kind(one) == c[i].kind, name);
		CHECK(!bl_span_equal(bl_priv_key_id(one), bl_priv_key_id(two)),
		    name);
		CHECK(bl_priv_spki(&spki, one, NULL) == BL_OK, name);
		CHECK(bl_pub_read(&pub, ctx, bl_buf_span(&spki), &limits,
			  NULL) == BL_OK &&
			(c[i].bits == 0 || bl_pub_bits(pub) == c[i].bits),
		    name);
		CHECK(bl_priv_sign_bytes(&sig, one, ctx, &c[i].alg,
			  BL_STR("text"), NULL) == BL_OK &&
			bl_pub_verify_bytes(pub, ctx, &c[i].alg, BL_STR("text"),
			    bl_buf_span(&sig), NULL) == BL_OK,
		    name);
		/* what is kept is a key for others, too */
		CHECK(bl_priv_write(&pkcs8, one, NULL) == BL_OK, name);
		p = bl_secret_reveal(pkcs8).p;
		theirs = d2i_AutoPrivateKey(
		    NULL, &p, (long)bl_secret_reveal(pkcs8).n);
		CHECK(theirs != NULL &&
			(size_t)(p - bl_secret_reveal(pkcs8).p) ==
			    bl_secret_reveal(pkcs8).n,
		    name);
		EVP_PKEY_free(theirs);
		bl_secret_free(pkcs8);
		bl_pub_free(pub);
		bl_priv_free(one);
		bl_priv_free(two);
		bl_buf_clear(&spki);
		bl_buf_clear(&sig);
	}
}

static void
refuses_what_is_weak_or_unknown(void)
{
	static const struct {
		enum bl_key_kind kind;
		unsigned bits;
		enum bl_err want;
	} c[] = {
	    {BL_KEY_RSA, 2040, BL_E_CALLER},
	    {BL_KEY_RSA, 2049, BL_E_CALLER},
	    {BL_KEY_RSA, 8200, BL_E_CALLER},
	    {BL_KEY_RSA, 0, BL_E_CALLER},
	    {BL_KEY_ED25519, 0, BL_E_UNSUPPORTED},
	    {BL_KEY_RSA_PSS, 2048, BL_E_UNSUPPORTED},
	    {BL_KEY_OTHER, 0, BL_E_UNSUPPORTED},
	};

	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++) {
		struct bl_note note = {0};
		struct bl_priv *k;

		CHECK(bl_priv_new(&k, ctx, c[i].kind, c[i].bits, &note) ==
			    c[i].want &&
			k == NULL && note.err == c[i].want,
		    "refused");
	}
}

static enum bl_err
make_one(void *arg)
{
	struct bl_priv *k;
	enum bl_err err = bl_priv_new(
	    &k, ctx, *(enum bl_key_kind *)arg, 2048, NULL);

	bl_priv_free(k);
	return err;
}

static void
says_when_memory_ends(void)
{
	enum bl_key_kind ec = BL_KEY_EC_P256, rsa = BL_KEY_RSA;

	bl_test_each_allocation(make_one, &ec, "ec");
	bl_test_each_allocation(make_one, &rsa, "rsa");
	bl_ctx_free(ctx);
}

TESTS(TEST(makes_each_kind), TEST(refuses_what_is_weak_or_unknown),
    TEST(says_when_memory_ends))
