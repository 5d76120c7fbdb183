/* priv_test.c - PKCS#8 read, written, and refused when its numbers do not fit
 * together. */
#include <string.h>

#include "crypto/test_keys.h"
#include "der/der.h"

static struct bl_ctx *ctx;
static struct bl_buf rsa, ec, pss; /* PKCS#8 that libcrypto wrote */

static void
make_keys(void)
{
	EVP_PKEY *k;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	test_pkcs8(&rsa, k = test_key("RSA", 1024, NULL));
	EVP_PKEY_free(k);
	test_pkcs8(&ec, k = test_key("EC", 0, "P-256"));
	EVP_PKEY_free(k);
	test_pkcs8(&pss, k = test_pss_key("SHA256", "SHA256", 32));
	EVP_PKEY_free(k);
}

static const char *said; /* of what was read last */

static enum bl_err
read_der(struct bl_span der)
{
	struct bl_secret *s = NULL;
	struct bl_priv *k = NULL;
	struct bl_note note = {0};
	enum bl_err err;

	CHECK(bl_secret_copy(&s, der, NULL) == BL_OK, "copy");
	err = bl_priv_read(&k, ctx, s, &note);
	CHECK((k != NULL) == (err == BL_OK) && note.err == err, "out");
	said = note.what;
	bl_priv_free(k);
	bl_secret_free(s);
	return err;
}

/* What is read comes out again, and its public half is libcrypto's. */
static void
reads_and_writes(void)
{
	static const struct {
		const char *type, *curve;
		size_t bits;
		enum bl_key_kind kind;
	} cases[] = {
	    {"RSA", NULL, 2048, BL_KEY_RSA},
	    {"RSA", NULL, 1025, BL_KEY_RSA},
	    {NULL, NULL, 0, BL_KEY_RSA_PSS},
	    {"EC", "P-256", 0, BL_KEY_EC_P256},
	    {"EC", "P-384", 0, BL_KEY_EC_P384},
	    {"EC", "P-521", 0, BL_KEY_EC_P521},
	    {"ED25519", NULL, 0, BL_KEY_ED25519},
	    {"ED448", NULL, 0, BL_KEY_ED448},
	    {"X25519", NULL, 0, BL_KEY_X25519},
	    {"X448", NULL, 0, BL_KEY_X448},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		EVP_PKEY *key = cases[i].type == NULL
		    ? test_pss_key("SHA256", "SHA256", 32)
		    : test_key(cases[i].type, cases[i].bits, cases[i].curve);
		struct bl_priv *k = test_read_priv(ctx, key);
		struct bl_buf theirs = {0}, ours = {0}, pkcs8 = {0};
		struct bl_secret *written = NULL;

		test_spki(&theirs, key);
		test_pkcs8(&pkcs8, key);
		CHECK(bl_priv_kind(k) == cases[i].kind, "kind");
		CHECK(bl_priv_spki(&ours, k, NULL) == BL_OK, "spki");
		CHECK(bl_span_equal(bl_buf_span(&ours), bl_buf_span(&theirs)),
		    "the same public key");
		CHECK(bl_priv_write(&written, k, NULL) == BL_OK, "write");
		CHECK(bl_span_equal(
			  bl_secret_reveal(written), bl_buf_span(&pkcs8)),
		    "the same private key");
		bl_secret_free(written);
		bl_buf_clear(&theirs);
		bl_buf_clear(&ours);
		bl_buf_clear(&pkcs8);
		bl_priv_free(k);
		EVP_PKEY_free(key);
	}
	bl_priv_free(NULL);
}

/* A key made here is written so that it and libcrypto read the same one. */
static void
writes_ephemeral_keys(void)
{
	static const char *const curves[] = {"P-256", "P-384", "P-521"};

	for (size_t i = 0; i < 3; i++) {
		EVP_PKEY *model = test_key("EC", 0, curves[i]), *read;
		struct bl_pub *peer = test_read_pub(ctx, model);
		struct bl_priv *k = NULL, *again = NULL;
		struct bl_secret *der = NULL;
		struct bl_buf a = {0}, b = {0}, c = {0};
		const uint8_t *p;

		CHECK(bl_priv_new_ephemeral(&k, ctx, peer, NULL) == BL_OK, "n");
		CHECK(bl_priv_write(&der, k, NULL) == BL_OK, "write");
		CHECK(bl_priv_read(&again, ctx, der, NULL) == BL_OK, "read");
		CHECK(bl_priv_spki(&a, k, NULL) == BL_OK, "spki");
		CHECK(bl_priv_spki(&b, again, NULL) == BL_OK, "spki");
		CHECK(bl_span_equal(bl_buf_span(&a), bl_buf_span(&b)), "same");
		p = bl_secret_reveal(der).p;
		read = d2i_AutoPrivateKey(
		    NULL, &p, (long)bl_secret_reveal(der).n);
		CHECK(read != NULL, "libcrypto");
		test_spki(&c, read);
		CHECK(bl_span_equal(bl_buf_span(&a), bl_buf_span(&c)), "same");
		bl_buf_clear(&a);
		bl_buf_clear(&b);
		bl_buf_clear(&c);
		bl_secret_free(der);
		bl_priv_free(k);
		bl_priv_free(again);
		bl_pub_free(peer);
		EVP_PKEY_free(model);
		EVP_PKEY_free(read);
	}
}

/* Each byte of the numbers counts: those of an RSA key are bound together,
 * the scalar and the point of an EC key are too. */
static void
refuses_each_changed_byte(void)
{
	struct bl_buf *all[] = {&rsa, &ec, &pss};

	for (size_t i = 0; i < 3; i++) {
		CHECK(read_der(bl_buf_span(all[i])) == BL_OK, "as it is");
		/* another digest in the rule of a PSS key is another rule */
		for (size_t at = i == 2 ? 80 : 0; at < all[i]->n; at++) {
			uint8_t *p = all[i]->p + at, was = *p;
			enum bl_err err;

			*p ^= 0x04;
			err = read_der(bl_buf_span(all[i]));
			CHECK(err != BL_OK && err != BL_E_CALLER &&
				err != BL_E_SYSTEM && err != BL_E_MEMORY,
			    "bit");
			*p = was;
		}
		for (size_t n = 0; n < all[i]->n; n++)
			CHECK(read_der(bl_span_of(all[i]->p, n)) ==
				BL_E_MALFORMED,
			    "cut");
		bl_buf_add_u8(all[i], 0);
		CHECK(read_der(bl_buf_span(all[i])) == BL_E_MALFORMED, "more");
		all[i]->n--;
	}
}

/* ---- keys written here, field by field ---- */

struct ec_key {
	uint64_t version;
	struct bl_span alg; /* parameters of the algorithm, DER */
	struct bl_span d;
	struct bl_span params, point; /* of ECPrivateKey; empty: left out */
};

static enum bl_err
read_ec(const struct ec_key *k, uint64_t version, struct bl_span more)
{
	struct bl_buf b = {0};
	size_t info = bl_der_open(&b, BL_DER_SEQUENCE), mark, seq, field;
	enum bl_err err;

	bl_der_put_uint(&b, version);
	mark = bl_der_open(&b, BL_DER_SEQUENCE);
	bl_der_put_oid(&b, BL_OID_EC_PUBLIC_KEY);
	bl_buf_add(&b, k->alg);
	bl_der_close(&b, mark);
	mark = bl_der_open(&b, BL_DER_OCTETS);
	seq = bl_der_open(&b, BL_DER_SEQUENCE);
	bl_der_put_uint(&b, k->version);
	bl_der_put(&b, BL_DER_OCTETS, k->d);
	if (k->params.n != 0)
		bl_der_put(&b, BL_DER_CONTEXT(0), k->params);
	if (k->point.n != 0) {
		field = bl_der_open(&b, BL_DER_CONTEXT(1));
		bl_der_put_bits(&b, k->point);
		bl_der_close(&b, field);
	}
	bl_der_close(&b, seq);
	bl_der_close(&b, mark);
	bl_buf_add(&b, more);
	bl_der_close(&b, info);
	err = read_der(bl_buf_span(&b));
	bl_buf_clear(&b);
	return err;
}

#define P256 "\6\x08\x2a\x86\x48\xce\x3d\3\1\7"
#define P384 "\6\5\x2b\x81\4\0\x22"
#define ORDER                                                                  \
	"\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"             \
	"\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25"
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
/* the generator: the point of the scalar 1 (SEC 2, 2.4.2) */
#define GX                                                                     \
	"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"     \
	"\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"
#define GY                                                                     \
	"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"     \
	"\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5"

static void
checks_each_field_of_an_ec_key(void)
{
	static const struct {
		const char *name;
		struct ec_key k;
		enum bl_err want;
	} cases[] = {
	    {"scalar 1", {1, BYTES(P256), BYTES(ZEROS "\1")}, BL_OK},
	    {"scalar 1, short", {1, BYTES(P256), BYTES("\1")}, BL_OK},
	    {"with curve", {1, BYTES(P256), BYTES("\1"), BYTES(P256)}, BL_OK},
	    {"with point",
		{1, BYTES(P256), BYTES("\1"), BYTES(""), BYTES("\4" GX GY)},
		BL_OK},
	    {"compressed point",
		{1, BYTES(P256), BYTES("\1"), BYTES(""), BYTES("\3" GX)},
		BL_OK},
	    {"order less 1", {1, BYTES(P256), BYTES(ORDER "\x50")}, BL_OK},
	    {"order", {1, BYTES(P256), BYTES(ORDER "\x51")}, BL_E_MALFORMED},
	    {"scalar 0", {1, BYTES(P256), BYTES(ZEROS "\0")}, BL_E_MALFORMED},
	    {"scalar empty", {1, BYTES(P256), BYTES("")}, BL_E_MALFORMED},
	    {"scalar of 33 bytes", {1, BYTES(P256), BYTES(ZEROS "\0\1")},
		BL_E_MALFORMED},
	    {"version 0", {0, BYTES(P256), BYTES("\1")}, BL_E_MALFORMED},
	    {"version 2", {2, BYTES(P256), BYTES("\1")}, BL_E_MALFORMED},
	    {"other curve inside", {1, BYTES(P256), BYTES("\1"), BYTES(P384)},
		BL_E_MALFORMED},
	    {"other point",
		{1, BYTES(P256), BYTES("\2"), BYTES(""), BYTES("\4" GX GY)},
		BL_E_MALFORMED},
	    {"negative point",
		{1, BYTES(P256), BYTES("\1"), BYTES(""), BYTES("\2" GX)},
		BL_E_MALFORMED},
	    {"half a point",
		{1, BYTES(P256), BYTES("\1"), BYTES(""), BYTES("\4" GX)},
		BL_E_MALFORMED},
	    {"secp256k1", {1, BYTES("\6\5\x2b\x81\4\0\x0a"), BYTES("\1")},
		BL_E_UNSUPPORTED},
	    {"explicit", {1, BYTES("\x30\0"), BYTES("\1")}, BL_E_MALFORMED},
	    {"no curve", {1, BYTES(""), BYTES("\1")}, BL_E_MALFORMED},
	    {"curve and more", {1, BYTES(P256 "\5\0"), BYTES("\1")},
		BL_E_MALFORMED},
	};
	struct bl_span none = {NULL, 0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK(read_ec(&cases[i].k, 0, none) == cases[i].want,
		    cases[i].name);
}

static void
checks_the_frame(void)
{
	static const struct {
		const char *name;
		uint64_t version;
		struct bl_span more;
		enum bl_err want;
	} cases[] = {
	    {"v1", 0, BYTES(""), BL_OK},
	    {"v2", 1, BYTES(""), BL_OK},
	    {"v3", 2, BYTES(""), BL_E_MALFORMED},
	    {"attributes", 0, BYTES("\xa0\0"), BL_OK},
	    {"public key", 1, BYTES("\x81\2\0\4"), BL_OK},
	    {"both", 1, BYTES("\xa0\0\x81\2\0\4"), BL_OK},
	    {"other order", 1, BYTES("\x81\2\0\4\xa0\0"), BL_E_MALFORMED},
	    {"something else", 0, BYTES("\5\0"), BL_E_MALFORMED},
	};
	const struct ec_key k = {1, BYTES(P256), BYTES("\1")};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK(read_ec(&k, cases[i].version, cases[i].more) ==
			cases[i].want,
		    cases[i].name);
}

/* Key types that exist and are not handled here. */
static void
says_what_it_does_not_handle(void)
{
	EVP_PKEY *k = test_key("EC", 0, "secp256k1");
	struct bl_buf der = {0};

	test_pkcs8(&der, k);
	CHECK(read_der(bl_buf_span(&der)) == BL_E_UNSUPPORTED, "curve");
	bl_buf_clear(&der);
	EVP_PKEY_free(k);
}

/* OneAsymmetricKey of X25519 with these pieces: RFC 8410 7. */
static enum bl_err
read_raw(struct bl_span params, size_t n, struct bl_span tail, EVP_PKEY *half)
{
	static const uint8_t scalar[33] = {1, 2, 3};
	struct bl_buf der = {0};
	size_t info = bl_der_open(&der, BL_DER_SEQUENCE), alg, octets;
	uint8_t bits[33] = {0};
	size_t bits_n = 32;
	enum bl_err err;

	bl_der_put_uint(&der, half != NULL);
	alg = bl_der_open(&der, BL_DER_SEQUENCE);
	bl_der_put_oid(&der, BL_OID_X25519);
	bl_buf_add(&der, params);
	bl_der_close(&der, alg);
	octets = bl_der_open(&der, BL_DER_OCTETS);
	bl_der_put(&der, BL_DER_OCTETS, bl_span_of(scalar, n));
	bl_buf_add(&der, tail);
	bl_der_close(&der, octets);
	if (half != NULL) {
		CHECK(EVP_PKEY_get_raw_public_key(half, bits + 1, &bits_n) == 1,
		    "half");
		bl_der_put(&der, BL_DER_IMPLICIT(1), bl_span_of(bits, 33));
	}
	bl_der_close(&der, info);
	err = read_der(bl_buf_span(&der));
	bl_buf_clear(&der);
	return err;
}

static void
checks_each_field_of_a_raw_key(void)
{
	static const uint8_t scalar[32] = {1, 2, 3};
	EVP_PKEY *own = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_X25519, NULL, scalar, sizeof(scalar));
	EVP_PKEY *other = test_key("X25519", 0, NULL);
	struct bl_span none = {NULL, 0};

	CHECK(read_raw(none, 32, none, NULL) == BL_OK, "plain");
	CHECK(read_raw(none, 32, none, own) == BL_OK, "its public half");
	CHECK(read_raw(none, 32, none, other) == BL_E_MALFORMED, "another's");
	for (size_t n = 0; n <= 33; n += n < 31 ? 31 : 2) {
		CHECK(
		    read_raw(none, n, none, NULL) == BL_E_MALFORMED, "length");
		/* the library is not asked */
		CHECK(said != NULL && strstr(said, "well formed"), "said");
	}
	CHECK(read_raw(BL_STR("\5\0"), 32, none, NULL) == BL_E_MALFORMED,
	    "parameters");
	CHECK(read_raw(none, 32, BL_STR("\5\0"), NULL) == BL_E_MALFORMED,
	    "something after it");
	EVP_PKEY_free(own);
	EVP_PKEY_free(other);
}

static enum bl_err
read_and_write(void *arg)
{
	struct bl_secret *s = NULL, *written = NULL;
	struct bl_priv *k = NULL;
	struct bl_buf spki = {0};
	enum bl_err err;

	if ((err = bl_secret_copy(&s, bl_buf_span(arg), NULL)) == BL_OK &&
	    (err = bl_priv_read(&k, ctx, s, NULL)) == BL_OK &&
	    (err = bl_priv_spki(&spki, k, NULL)) == BL_OK)
		err = bl_priv_write(&written, k, NULL);
	bl_secret_free(s);
	bl_secret_free(written);
	bl_priv_free(k);
	bl_buf_clear(&spki);
	return err;
}

static enum bl_err
write_ephemeral(void *arg)
{
	struct bl_secret *written = NULL;
	struct bl_priv *k = NULL;
	enum bl_err err;

	if ((err = bl_priv_new_ephemeral(&k, ctx, arg, NULL)) == BL_OK)
		err = bl_priv_write(&written, k, NULL);
	bl_secret_free(written);
	bl_priv_free(k);
	return err;
}

static void
says_when_memory_ends(void)
{
	EVP_PKEY *model = test_key("EC", 0, "P-256");
	struct bl_pub *peer = test_read_pub(ctx, model);

	bl_test_each_allocation(read_and_write, &rsa, "rsa");
	bl_test_each_allocation(read_and_write, &ec, "ec");
	bl_test_each_allocation(write_ephemeral, peer, "ephemeral");
	bl_pub_free(peer);
	EVP_PKEY_free(model);
	bl_buf_clear(&rsa);
	bl_buf_clear(&ec);
	bl_buf_clear(&pss);
	bl_ctx_free(ctx);
}

TESTS(TEST(make_keys), TEST(reads_and_writes), TEST(writes_ephemeral_keys),
    TEST(refuses_each_changed_byte), TEST(checks_each_field_of_an_ec_key),
    TEST(checks_the_frame), TEST(says_what_it_does_not_handle),
    TEST(checks_each_field_of_a_raw_key), TEST(says_when_memory_ends))
