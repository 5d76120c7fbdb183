/* signature_test.c - signatures both ways between us and libcrypto's own
 * calls, and everything near a good one refused. */
#include <string.h>

#include "crypto/test_keys.h"
#include "der/der.h"

static struct bl_ctx *ctx;
static EVP_PKEY *rsa, *pss_free, *pss_bound, *ec[3];
static struct bl_digest_value value[BL_DIGEST_COUNT];

static void
make_keys(void)
{
	static const char *const curves[] = {"P-256", "P-384", "P-521"};

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	rsa = test_key("RSA", 2048, NULL);
	pss_free = test_pss_key(NULL, NULL, 0);
	pss_bound = test_pss_key("SHA384", "SHA256", 40);
	for (size_t i = 0; i < 3; i++)
		ec[i] = test_key("EC", 0, curves[i]);
	for (unsigned d = 1; d < BL_DIGEST_COUNT; d++)
		CHECK(bl_digest_of(&value[d], ctx, (enum bl_digest)d,
			  BL_STR("signed"), NULL) == BL_OK,
		    "digest");
}

static EVP_PKEY *
key_of(enum bl_key_kind kind)
{
	const struct {
		enum bl_key_kind kind;
		EVP_PKEY *key;
	} all[] = {{BL_KEY_RSA, rsa}, {BL_KEY_RSA_PSS, pss_free},
	    {BL_KEY_EC_P256, ec[0]}, {BL_KEY_EC_P384, ec[1]},
	    {BL_KEY_EC_P521, ec[2]}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].kind == kind)
			return all[i].key;
	return NULL;
}

static enum bl_err
verify(const struct bl_pub *k, const struct bl_sig_alg *alg, struct bl_span sig)
{
	struct bl_note note = {0};
	enum bl_err err = bl_pub_verify(
	    k, ctx, alg, &value[alg->digest], sig, &note);

	CHECK(note.err == err, "note");
	return err;
}

/* libcrypto's own check of what we signed. */
static bool
library_agrees(EVP_PKEY *key, const struct bl_sig_alg *alg, struct bl_span sig)
{
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new(key, NULL);
	const EVP_MD *md = EVP_get_digestbyname(bl_digest_name(alg->digest));
	const EVP_MD *mgf = EVP_get_digestbyname(bl_digest_name(alg->mgf));
	bool ok = EVP_PKEY_verify_init(run) == 1;

	if (alg->kind == BL_SIG_RSA_PSS)
		ok = ok &&
		    EVP_PKEY_CTX_set_rsa_padding(run, RSA_PKCS1_PSS_PADDING) ==
			1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(run, (int)alg->salt) == 1;
	ok = ok && EVP_PKEY_CTX_set_signature_md(run, md) == 1;
	if (alg->kind == BL_SIG_RSA_PSS)
		ok = ok && EVP_PKEY_CTX_set_rsa_mgf1_md(run, mgf) == 1;
	ok = ok &&
	    EVP_PKEY_verify(run, sig.p, sig.n, value[alg->digest].p,
		value[alg->digest].n) == 1;
	EVP_PKEY_CTX_free(run);
	return ok;
}

static const struct {
	const char *name;
	enum bl_key_kind key;
	struct bl_sig_alg alg;
} good[] = {
    {"pkcs1 sha1", BL_KEY_RSA, {BL_SIG_RSA_PKCS1, BL_SHA1, 0, 0}},
    {"pkcs1 sha224", BL_KEY_RSA, {BL_SIG_RSA_PKCS1, BL_SHA224, 0, 0}},
    {"pkcs1 sha256", BL_KEY_RSA, {BL_SIG_RSA_PKCS1, BL_SHA256, 0, 0}},
    {"pkcs1 sha384", BL_KEY_RSA, {BL_SIG_RSA_PKCS1, BL_SHA384, 0, 0}},
    {"pkcs1 sha512", BL_KEY_RSA, {BL_SIG_RSA_PKCS1, BL_SHA512, 0, 0}},
    {"pss 32", BL_KEY_RSA, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32}},
    {"pss 0", BL_KEY_RSA, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 0}},
    {"pss mixed", BL_KEY_RSA, {BL_SIG_RSA_PSS, BL_SHA512, BL_SHA1, 20}},
    {"pss longest", BL_KEY_RSA, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 222}},
    {"pss key", BL_KEY_RSA_PSS, {BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 20}},
    {"p256", BL_KEY_EC_P256, {BL_SIG_ECDSA, BL_SHA256, 0, 0}},
    {"p256 sha512", BL_KEY_EC_P256, {BL_SIG_ECDSA, BL_SHA512, 0, 0}},
    {"p384", BL_KEY_EC_P384, {BL_SIG_ECDSA, BL_SHA384, 0, 0}},
    {"p521", BL_KEY_EC_P521, {BL_SIG_ECDSA, BL_SHA512, 0, 0}},
    {"p521 sha1", BL_KEY_EC_P521, {BL_SIG_ECDSA, BL_SHA1, 0, 0}},
};
#define GOOD (sizeof(good) / sizeof(*good))

static void
signs_and_checks(void)
{
	for (size_t i = 0; i < GOOD; i++) {
		EVP_PKEY *key = key_of(good[i].key);
		struct bl_priv *priv = test_read_priv(ctx, key);
		struct bl_pub *pub = test_read_pub(ctx, key);
		struct bl_buf sig = {0};
		enum bl_digest d = good[i].alg.digest;

		CHECK(bl_priv_sign(&sig, priv, ctx, &good[i].alg, &value[d],
			  NULL) == BL_OK,
		    good[i].name);
		CHECK(library_agrees(key, &good[i].alg, bl_buf_span(&sig)),
		    good[i].name);
		CHECK(verify(pub, &good[i].alg, bl_buf_span(&sig)) == BL_OK,
		    good[i].name);
		bl_buf_clear(&sig);
		bl_pub_free(pub);
		bl_priv_free(priv);
	}
}

/* A signature is good for one digest value, one algorithm, one key. */
static void
refuses_what_is_near(void)
{
	for (size_t i = 0; i < GOOD; i++) {
		struct bl_priv *priv = test_read_priv(ctx, key_of(good[i].key));
		struct bl_buf sig = {0};

		CHECK(bl_priv_sign(&sig, priv, ctx, &good[i].alg,
			  &value[good[i].alg.digest], NULL) == BL_OK,
		    good[i].name);
		for (size_t j = 0; j < GOOD; j++) {
			struct bl_pub *pub = test_read_pub(
			    ctx, key_of(good[j].key));

			CHECK((verify(pub, &good[j].alg, bl_buf_span(&sig)) ==
				  BL_OK) == (i == j),
			    good[i].name);
			bl_pub_free(pub);
		}
		bl_buf_clear(&sig);
		bl_priv_free(priv);
	}
}

static void
refuses_each_changed_byte(void)
{
	for (size_t i = 0; i < GOOD; i++) {
		struct bl_priv *priv = test_read_priv(ctx, key_of(good[i].key));
		struct bl_pub *pub = test_read_pub(ctx, key_of(good[i].key));
		struct bl_buf sig = {0};

		CHECK(bl_priv_sign(&sig, priv, ctx, &good[i].alg,
			  &value[good[i].alg.digest], NULL) == BL_OK,
		    good[i].name);
		for (size_t at = 0; at < sig.n; at++) {
			sig.p[at] ^= (uint8_t)(1u << at % 8);
			CHECK(verify(pub, &good[i].alg, bl_buf_span(&sig)) ==
				BL_E_FORGED,
			    good[i].name);
			sig.p[at] ^= (uint8_t)(1u << at % 8);
			CHECK(verify(pub, &good[i].alg,
				  bl_span_of(sig.p, at)) == BL_E_FORGED,
			    good[i].name);
		}
		bl_buf_add_u8(&sig, 0);
		CHECK(
		    verify(pub, &good[i].alg, bl_buf_span(&sig)) == BL_E_FORGED,
		    good[i].name);
		bl_buf_clear(&sig);
		bl_pub_free(pub);
		bl_priv_free(priv);
	}
}

/* Which kinds of key and signature go together; none of it is arithmetic. */
static void
pairs_keys_and_algorithms(void)
{
	static const enum bl_key_kind keys[] = {BL_KEY_RSA, BL_KEY_RSA_PSS,
	    BL_KEY_EC_P256, BL_KEY_EC_P384, BL_KEY_EC_P521};
	static const enum bl_sig_kind kinds[] = {BL_SIG_OTHER, BL_SIG_RSA_PKCS1,
	    BL_SIG_RSA_PSS, BL_SIG_ECDSA, BL_SIG_ED25519, BL_SIG_DSA,
	    BL_SIG_ED448};

	for (size_t i = 0; i < 5; i++) {
		struct bl_pub *pub = test_read_pub(ctx, key_of(keys[i]));
		struct bl_priv *priv = test_read_priv(ctx, key_of(keys[i]));

		for (size_t j = 0; j < 7; j++) {
			struct bl_sig_alg alg = {
			    kinds[j], BL_SHA256, BL_SHA256, 32};
			bool fits = (i == 0 && (j == 1 || j == 2)) ||
			    (i == 1 && j == 2) || (i >= 2 && j == 3);
			struct bl_buf sig = {0};

			CHECK(verify(pub, &alg, BL_STR("x")) ==
				(fits ? BL_E_FORGED : BL_E_UNSUPPORTED),
			    bl_key_kind_name(keys[i]));
			CHECK(bl_priv_sign(&sig, priv, ctx, &alg,
				  &value[BL_SHA256],
				  NULL) == (fits ? BL_OK : BL_E_UNSUPPORTED),
			    bl_key_kind_name(keys[i]));
			CHECK((sig.n != 0) == fits, "sig");
			bl_buf_clear(&sig);
		}
		bl_pub_free(pub);
		bl_priv_free(priv);
	}
}

/* Over a digest value these keys sign nothing and check nothing. */
static void
does_not_use_what_it_only_recognises(void)
{
	static const char *const types[] = {
	    "ED25519", "X25519", "ED448", "X448"};
	static const struct bl_sig_alg algs[] = {{BL_SIG_ED25519, BL_SHA512},
	    {BL_SIG_ED25519, BL_DIGEST_NONE}, {BL_SIG_ECDSA, BL_SHA512},
	    {BL_SIG_ED448, BL_SHAKE256}, {BL_SIG_ED448, BL_DIGEST_NONE}};

	for (size_t i = 0; i < 4 * 5; i++) {
		EVP_PKEY *key = test_key(types[i / 5], 0, NULL);
		struct bl_pub *pub = test_read_pub(ctx, key);
		const struct bl_sig_alg *alg = &algs[i % 5];
		bool fits = i == 1 || i == 14;

		CHECK(verify(pub, alg, BL_STR("x")) == BL_E_UNSUPPORTED,
		    types[i / 5]);
		CHECK(bl_pub_verify_bytes(pub, ctx, alg, BL_STR("signed"),
			  BL_STR("x"),
			  NULL) == (fits ? BL_E_FORGED : BL_E_UNSUPPORTED),
		    types[i / 5]);
		bl_pub_free(pub);
		EVP_PKEY_free(key);
	}
}

/* SHAKE256 is no digest of a signature (RFC 8702 has names of its own). */
static void
signs_no_shake256(void)
{
	static const struct bl_sig_alg algs[] = {
	    {BL_SIG_RSA_PKCS1, BL_SHAKE256},
	    {BL_SIG_RSA_PSS, BL_SHA256, BL_SHAKE256, 32},
	    {BL_SIG_ECDSA, BL_SHAKE256}};

	for (size_t i = 0; i < 3; i++) {
		struct bl_priv *priv = test_read_priv(
		    ctx, key_of(i < 2 ? BL_KEY_RSA : BL_KEY_EC_P256));
		struct bl_buf sig = {0};

		CHECK(bl_priv_sign_bytes(&sig, priv, ctx, &algs[i],
			  BL_STR("signed"), NULL) == BL_E_UNSUPPORTED,
		    "sign");
		CHECK(sig.n == 0, "nothing");
		bl_buf_clear(&sig);
		bl_priv_free(priv);
	}
}

/* The library's own EdDSA over the same bytes. */
static bool
library_agrees_whole(EVP_PKEY *key, struct bl_span bytes, struct bl_span sig)
{
	EVP_MD_CTX *run = EVP_MD_CTX_new();
	bool ok = EVP_DigestVerifyInit(run, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(run, sig.p, sig.n, bytes.p, bytes.n) == 1;

	EVP_MD_CTX_free(run);
	return ok;
}

static void
sign_whole(const char *type, enum bl_sig_kind kind, size_t size)
{
	const struct bl_sig_alg alg = {kind, BL_DIGEST_NONE};
	EVP_PKEY *key = test_key(type, 0, NULL);
	EVP_PKEY *other = test_key(type, 0, NULL);
	struct bl_priv *priv = test_read_priv(ctx, key);
	struct bl_pub *pub = test_read_pub(ctx, key);
	struct bl_pub *wrong = test_read_pub(ctx, other);
	struct bl_span text = BL_STR("signed");
	struct bl_buf sig = {0};

	CHECK(bl_priv_sign_bytes(&sig, priv, ctx, &alg, text, NULL) == BL_OK,
	    "sign");
	CHECK(sig.n == size, type);
	CHECK(library_agrees_whole(key, text, bl_buf_span(&sig)), "library");
	CHECK(bl_pub_verify_bytes(
		  pub, ctx, &alg, text, bl_buf_span(&sig), NULL) == BL_OK,
	    "good");
	CHECK(bl_pub_verify_bytes(wrong, ctx, &alg, text, bl_buf_span(&sig),
		  NULL) == BL_E_FORGED,
	    "another key");
	CHECK(bl_pub_verify_bytes(pub, ctx, &alg, BL_STR("signee"),
		  bl_buf_span(&sig), NULL) == BL_E_FORGED,
	    "another text");
	for (size_t at = 0; at < sig.n; at++) {
		sig.p[at] ^= (uint8_t)(1u << at % 8);
		CHECK(bl_pub_verify_bytes(pub, ctx, &alg, text,
			  bl_buf_span(&sig), NULL) == BL_E_FORGED,
		    "changed");
		sig.p[at] ^= (uint8_t)(1u << at % 8);
		CHECK(bl_pub_verify_bytes(pub, ctx, &alg, text,
			  bl_span_of(sig.p, at), NULL) == BL_E_FORGED,
		    "cut");
	}
	bl_buf_clear(&sig);
	bl_pub_free(pub);
	bl_pub_free(wrong);
	bl_priv_free(priv);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

static void
signs_whole_bytes_with_eddsa(void)
{
	sign_whole("ED25519", BL_SIG_ED25519, 64);
	sign_whole("ED448", BL_SIG_ED448, 114);
	CHECK(bl_sig_takes_bytes(BL_SIG_ED25519) &&
		bl_sig_takes_bytes(BL_SIG_ED448) &&
		!bl_sig_takes_bytes(BL_SIG_ECDSA),
	    "takes bytes");
}

/* Where the algorithm has a digest, it is the same as signing that. */
static void
signs_bytes_by_their_digest(void)
{
	static const struct bl_sig_alg ed = {BL_SIG_ED25519, BL_DIGEST_NONE};
	struct bl_sig_alg none = {BL_SIG_RSA_PKCS1, BL_DIGEST_NONE};

	for (size_t i = 0; i < GOOD; i++) {
		struct bl_priv *priv = test_read_priv(ctx, key_of(good[i].key));
		struct bl_pub *pub = test_read_pub(ctx, key_of(good[i].key));
		struct bl_buf sig = {0};

		CHECK(bl_priv_sign_bytes(&sig, priv, ctx, &good[i].alg,
			  BL_STR("signed"), NULL) == BL_OK,
		    good[i].name);
		CHECK(verify(pub, &good[i].alg, bl_buf_span(&sig)) == BL_OK,
		    good[i].name);
		CHECK(bl_pub_verify_bytes(pub, ctx, &good[i].alg,
			  BL_STR("signed"), bl_buf_span(&sig), NULL) == BL_OK,
		    good[i].name);
		CHECK(bl_pub_verify_bytes(pub, ctx, &good[i].alg,
			  BL_STR("Signed"), bl_buf_span(&sig),
			  NULL) == BL_E_FORGED,
		    good[i].name);
		CHECK(bl_pub_verify_bytes(pub, ctx, &ed, BL_STR("signed"),
			  bl_buf_span(&sig), NULL) == BL_E_UNSUPPORTED,
		    good[i].name);
		CHECK(bl_priv_sign_bytes(&sig, priv, ctx, &ed, BL_STR("signed"),
			  NULL) == BL_E_UNSUPPORTED,
		    good[i].name);
		if (good[i].key == BL_KEY_RSA)
			CHECK(bl_pub_verify_bytes(pub, ctx, &none,
				  BL_STR("signed"), bl_buf_span(&sig),
				  NULL) != BL_OK,
			    "no digest");
		bl_buf_clear(&sig);
		bl_pub_free(pub);
		bl_priv_free(priv);
	}
	CHECK(bl_sig_alg_content(&ed) == BL_SHA512 &&
		bl_sig_alg_content(&good[0].alg) == BL_SHA1,
	    "the content's digest");
}

/* The key says SHA-384, MGF1 with SHA-256, 40 bytes or more: RFC 4055 3.3. */
static void
keeps_the_rule_of_a_pss_key(void)
{
	static const struct {
		const char *name;
		struct bl_sig_alg alg;
		bool fits;
	} cases[] = {
	    {"as it says", {BL_SIG_RSA_PSS, BL_SHA384, BL_SHA256, 40}, true},
	    {"longer", {BL_SIG_RSA_PSS, BL_SHA384, BL_SHA256, 41}, true},
	    {"shorter", {BL_SIG_RSA_PSS, BL_SHA384, BL_SHA256, 39}, false},
	    {"digest", {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 40}, false},
	    {"mask", {BL_SIG_RSA_PSS, BL_SHA384, BL_SHA384, 40}, false},
	    {"pkcs1", {BL_SIG_RSA_PKCS1, BL_SHA384, 0, 0}, false},
	};
	struct bl_priv *priv = test_read_priv(ctx, pss_bound);
	struct bl_pub *pub = test_read_pub(ctx, pss_bound);

	CHECK(bl_pub_kind(pub) == BL_KEY_RSA_PSS, "kind");
	CHECK(bl_priv_kind(priv) == BL_KEY_RSA_PSS, "kind");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf sig = {0};

		CHECK(bl_priv_sign(&sig, priv, ctx, &cases[i].alg,
			  &value[cases[i].alg.digest],
			  NULL) == (cases[i].fits ? BL_OK : BL_E_UNSUPPORTED),
		    cases[i].name);
		CHECK(verify(pub, &cases[i].alg, bl_buf_span(&sig)) ==
			(cases[i].fits ? BL_OK : BL_E_UNSUPPORTED),
		    cases[i].name);
		bl_buf_clear(&sig);
	}
	bl_priv_free(priv);
	bl_pub_free(pub);
}

static void
wants_the_digest_the_algorithm_names(void)
{
	struct bl_sig_alg alg = {BL_SIG_RSA_PKCS1, BL_SHA256, 0, 0};
	struct bl_digest_value cut = value[BL_SHA256];
	struct bl_pub *pub = test_read_pub(ctx, rsa);
	struct bl_note note = {0};

	cut.n--;
	CHECK(bl_pub_verify(pub, ctx, &alg, &value[BL_SHA1], BL_STR("x"),
		  &note) == BL_E_CALLER,
	    "another");
	CHECK(bl_pub_verify(pub, ctx, &alg, &cut, BL_STR("x"), &note) ==
		BL_E_CALLER,
	    "cut");
	alg.digest = BL_DIGEST_NONE;
	CHECK(bl_pub_verify(pub, ctx, &alg, &value[BL_SHA1], BL_STR("x"),
		  NULL) == BL_E_UNSUPPORTED,
	    "none");
	alg = (struct bl_sig_alg){BL_SIG_RSA_PSS, BL_SHA256, 0, 32};
	CHECK(bl_pub_verify(pub, ctx, &alg, &value[BL_SHA256], BL_STR("x"),
		  NULL) == BL_E_UNSUPPORTED,
	    "no mask");
	bl_pub_free(pub);
}

/* A salt that no key has room for is a forgery, however long. */
static void
bounds_the_salt(void)
{
	static const unsigned salts[] = {223, 2048, 2049, 0x7fffffff,
	    0x80000000, 0xffffffff, 0xfffffffe, 0xfffffffd};
	struct bl_pub *pub = test_read_pub(ctx, rsa);
	struct bl_priv *priv = test_read_priv(ctx, rsa);
	struct bl_sig_alg alg = {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32};
	struct bl_buf sig = {0}, other = {0};

	CHECK(bl_priv_sign(&sig, priv, ctx, &alg, &value[BL_SHA256], NULL) ==
		BL_OK,
	    "sign");
	for (size_t i = 0; i < sizeof(salts) / sizeof(*salts); i++) {
		alg.salt = salts[i];
		CHECK(verify(pub, &alg, bl_buf_span(&sig)) == BL_E_FORGED,
		    "salt");
		CHECK(bl_priv_sign(&other, priv, ctx, &alg, &value[BL_SHA256],
			  NULL) != BL_OK &&
			other.n == 0,
		    "salt");
	}
	bl_buf_clear(&sig);
	bl_buf_clear(&other);
	bl_priv_free(priv);
	bl_pub_free(pub);
}

/* ECDSA values that other libraries take: padded, negative, long form. */
static void
wants_ecdsa_values_in_der(void)
{
	static const struct {
		const char *name;
		struct bl_span sig;
	} cases[] = {
	    {"empty", BYTES("")},
	    {"no numbers", BYTES("\x30\0")},
	    {"one number", BYTES("\x30\3\2\1\1")},
	    {"three numbers", BYTES("\x30\x09\2\1\1\2\1\1\2\1\1")},
	    {"r is 0", BYTES("\x30\6\2\1\0\2\1\1")},
	    {"s is 0", BYTES("\x30\6\2\1\1\2\1\0")},
	    {"r is negative", BYTES("\x30\6\2\1\xff\2\1\1")},
	    {"r is padded", BYTES("\x30\7\2\2\0\1\2\1\1")},
	    {"long form", BYTES("\x30\x81\6\2\1\1\2\1\1")},
	    {"indefinite", BYTES("\x30\x80\2\1\1\2\1\1\0\0")},
	    {"more behind", BYTES("\x30\6\2\1\1\2\1\1\5\0")},
	    {"1, 1", BYTES("\x30\6\2\1\1\2\1\1")},
	};
	struct bl_sig_alg alg = {BL_SIG_ECDSA, BL_SHA256, 0, 0};
	struct bl_pub *pub = test_read_pub(ctx, ec[0]);
	uint8_t longer[2 + 2 + 34 + 3] = {0x30, 39, 2, 34, 1};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK(verify(pub, &alg, cases[i].sig) == BL_E_FORGED,
		    cases[i].name);
	longer[38] = 2;
	longer[39] = 1;
	longer[40] = 1;
	CHECK(verify(pub, &alg, bl_span_of(longer, sizeof(longer))) ==
		BL_E_FORGED,
	    "r of 34 bytes");
	bl_pub_free(pub);
}

/* The same DER value with a redundant byte: arithmetic alone would take it. */
static void
refuses_another_writing_of_a_good_value(void)
{
	struct bl_sig_alg alg = {BL_SIG_ECDSA, BL_SHA256, 0, 0};
	struct bl_priv *priv = test_read_priv(ctx, ec[0]);
	struct bl_pub *pub = test_read_pub(ctx, ec[0]);
	struct bl_buf sig = {0}, other = {0};
	struct bl_der in, seq;
	struct bl_span r, s;
	size_t mark;

	CHECK(bl_priv_sign(&sig, priv, ctx, &alg, &value[BL_SHA256], NULL) ==
		BL_OK,
	    "sign");
	in = bl_der_of(bl_buf_span(&sig));
	seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	r = bl_der_integer(&seq);
	s = bl_der_integer(&seq);
	for (int padded = 0; padded < 2; padded++) {
		size_t part;

		bl_buf_reset(&other);
		mark = bl_der_open(&other, BL_DER_SEQUENCE);
		part = bl_der_open(&other, BL_DER_INTEGER);
		if (padded != 0)
			bl_buf_add_u8(&other, 0);
		bl_buf_add(&other, r);
		bl_der_close(&other, part);
		bl_der_put(&other, BL_DER_INTEGER, s);
		bl_der_close(&other, mark);
		CHECK(verify(pub, &alg, bl_buf_span(&other)) ==
			(padded != 0 ? BL_E_FORGED : BL_OK),
		    "padded");
	}
	bl_buf_clear(&sig);
	bl_buf_clear(&other);
	bl_priv_free(priv);
	bl_pub_free(pub);
}

static bool
count_up(void *arg, uint8_t *p, size_t n)
{
	uint32_t *next = arg;

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)((*next)++ * 167 >> 3);
	return true;
}

static bool
never(void *arg, uint8_t *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	return false;
}

/* Salts and nonces come from the context's source: same draws, same bytes. */
static void
draws_salts_and_nonces_from_the_context(void)
{
	static const struct {
		enum bl_key_kind key;
		struct bl_sig_alg alg;
	} cases[] = {
	    {BL_KEY_RSA, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32}},
	    {BL_KEY_EC_P256, {BL_SIG_ECDSA, BL_SHA256, 0, 0}},
	    {BL_KEY_EC_P384, {BL_SIG_ECDSA, BL_SHA384, 0, 0}},
	};

	for (size_t i = 0; i < 3; i++) {
		struct bl_buf sig[3] = {0};

		for (size_t turn = 0; turn < 3; turn++) {
			struct bl_priv *priv = test_read_priv(
			    ctx, key_of(cases[i].key));
			uint32_t next = turn == 2 ? 99 : 1;

			bl_ctx_set_random(ctx, count_up, &next);
			CHECK(bl_priv_sign(&sig[turn], priv, ctx, &cases[i].alg,
				  &value[cases[i].alg.digest], NULL) == BL_OK,
			    "sign");
			bl_ctx_set_random(ctx, NULL, NULL);
			bl_priv_free(priv);
		}
		CHECK(bl_span_equal(bl_buf_span(&sig[0]), bl_buf_span(&sig[1])),
		    "same draws");
		CHECK(
		    !bl_span_equal(bl_buf_span(&sig[0]), bl_buf_span(&sig[2])),
		    "other draws");
		for (size_t turn = 0; turn < 3; turn++)
			bl_buf_clear(&sig[turn]);
	}
}

static void
signs_nothing_without_randomness(void)
{
	struct bl_sig_alg alg = {BL_SIG_ECDSA, BL_SHA256, 0, 0};
	struct bl_priv *priv = test_read_priv(ctx, ec[0]);
	struct bl_note note = {0};
	struct bl_buf sig = {0};

	bl_ctx_set_random(ctx, never, NULL);
	CHECK(bl_priv_sign(&sig, priv, ctx, &alg, &value[BL_SHA256], &note) ==
		    BL_E_SYSTEM &&
		sig.n == 0,
	    "ecdsa");
	CHECK(note.err == BL_E_SYSTEM, "note");
	bl_ctx_set_random(ctx, NULL, NULL);
	bl_buf_clear(&sig);
	bl_priv_free(priv);
}

static void
free_keys(void)
{
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(pss_free);
	EVP_PKEY_free(pss_bound);
	for (size_t i = 0; i < 3; i++)
		EVP_PKEY_free(ec[i]);
	bl_ctx_free(ctx);
}

TESTS(TEST(make_keys), TEST(signs_and_checks), TEST(refuses_what_is_near),
    TEST(refuses_each_changed_byte), TEST(pairs_keys_and_algorithms),
    TEST(does_not_use_what_it_only_recognises),
    TEST(signs_whole_bytes_with_eddsa), TEST(signs_no_shake256),
    TEST(signs_bytes_by_their_digest), TEST(keeps_the_rule_of_a_pss_key),
    TEST(wants_the_digest_the_algorithm_names), TEST(bounds_the_salt),
    TEST(wants_ecdsa_values_in_der),
    TEST(refuses_another_writing_of_a_good_value),
    TEST(draws_salts_and_nonces_from_the_context),
    TEST(signs_nothing_without_randomness), TEST(free_keys))
