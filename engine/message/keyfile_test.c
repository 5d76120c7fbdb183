/* keyfile_test.c - which files give which keys, and why others give none. */
#include "bulla/keyfile.h"

#include "crypto/crypto.h"
#include "test_keyfile.h"
#include "tests/test.h"

static const struct {
	const char *name;
	struct bl_span file, pass;
	enum bl_err want;
	size_t keys, certs, pairs, skipped;
} cases[] = {
    {"key and certificate", BYTES(EC_PKCS8 EC_CERT), BYTES(""), BL_OK, 1, 1, 1,
	0},
    {"certificate first", BYTES(EC_CERT EC_PKCS8), BYTES(""), BL_OK, 1, 1, 1,
	0},
    {"traditional EC", BYTES(EC_OLD EC_CERT), BYTES(""), BL_OK, 1, 1, 1, 0},
    {"traditional RSA", BYTES(RSA_OLD RSA_CERT), BYTES(""), BL_OK, 1, 1, 1, 0},
    {"two keys, two certificates", BYTES(RSA_OLD EC_PKCS8 EC_CERT RSA_CERT),
	BYTES(""), BL_OK, 2, 2, 2, 0},
    {"key alone", BYTES(EC_PKCS8), BYTES(""), BL_OK, 1, 0, 0, 0},
    {"certificate of another key", BYTES(EC_PKCS8 RSA_CERT), BYTES(""), BL_OK,
	1, 1, 0, 0},
    {"sealed by PBES2", BYTES(EC_PBES2 EC_CERT), BYTES("secret"), BL_OK, 1, 1,
	1, 0},
    {"sealed by scrypt", BYTES(EC_SCRYPT), BYTES("secret"), BL_OK, 1, 0, 0, 0},
    {"sealed, wrong passphrase", BYTES(EC_PBES2), BYTES("Secret"), BL_E_NOKEY,
	0, 0, 0, 0},
    {"sealed, no passphrase", BYTES(EC_PBES2), BYTES(""), BL_E_NOKEY, 0, 0, 0,
	0},
    {"text around", BYTES("Bag Attributes\n  x: y\n" EC_PKCS8 "and\n" EC_CERT),
	BYTES(""), BL_OK, 1, 1, 1, 0},
    {"a block that is not for us",
	BYTES("-----BEGIN DH PARAMETERS-----\nMAMCAQE=\n"
	      "-----END DH PARAMETERS-----\n" EC_PKCS8),
	BYTES(""), BL_OK, 1, 0, 0, 0},
    {"a certificate that is none",
	BYTES("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n"
	      "-----END CERTIFICATE-----\n" EC_PKCS8),
	BYTES(""), BL_OK, 1, 0, 0, 1},
    {"explicit curve", BYTES(EC_EXPLICIT), BYTES(""), BL_E_MALFORMED, 0, 0, 0,
	0},
    {"a key that is none",
	BYTES("-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n"
	      "-----END PRIVATE KEY-----\n"),
	BYTES(""), BL_E_MALFORMED, 0, 0, 0, 0},
    {"a traditional key that is none",
	BYTES("-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n"
	      "-----END EC PRIVATE KEY-----\n"),
	BYTES(""), BL_E_MALFORMED, 0, 0, 0, 0},
    {"PEM sealed in the old way", BYTES(EC_DEK EC_CERT), BYTES("secret"),
	BL_E_UNSUPPORTED, 0, 0, 0, 0},
    {"certificate alone", BYTES(EC_CERT), BYTES(""), BL_E_MALFORMED, 0, 0, 0,
	0},
    {"nothing", BYTES(""), BYTES(""), BL_E_MALFORMED, 0, 0, 0, 0},
    {"text", BYTES("a letter"), BYTES(""), BL_E_MALFORMED, 0, 0, 0, 0},
    {"PKCS#12 in PEM", BYTES(EC_PKCS12), BYTES("secret"), BL_OK, 1, 1, 1, 0},
    {"PKCS#12, wrong passphrase", BYTES(EC_PKCS12), BYTES("x"), BL_E_NOKEY, 0,
	0, 0, 0},
    {"DER that is no PKCS#12", BYTES("\x30\x03\x02\x01\x01"), BYTES(""),
	BL_E_MALFORMED, 0, 0, 0, 0},
};

static void
check_keys(const struct bl_keyfile *k, struct bl_ctx *ctx, const char *name)
{
	for (size_t i = 0; i < k->n; i++) {
		struct bl_priv *priv = NULL;

		if (k->entries[i].key == NULL)
			continue;
		CHECK(
		    bl_priv_read(&priv, ctx, k->entries[i].key, NULL) == BL_OK,
		    name);
		bl_priv_free(priv);
	}
}

static void
reads_each_case_as_stated(void)
{
	struct bl_ctx *ctx = NULL;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].name;
		size_t keys = 0, certs = 0, pairs = 0;
		struct bl_note note = {0};
		struct bl_keyfile k;

		CHECK(bl_keyfile_read(&k, ctx, cases[i].file, cases[i].pass,
			  &BL_LIMITS, &note) == cases[i].want,
		    name);
		CHECK(note.err == cases[i].want, name);
		for (size_t e = 0; e < k.n; e++) {
			bool key = k.entries[e].key != NULL;
			bool cert = k.entries[e].cert != NULL;

			keys += key;
			certs += cert;
			pairs += key && cert;
		}
		CHECK(keys == cases[i].keys && certs == cases[i].certs &&
			pairs == cases[i].pairs &&
			k.skipped == cases[i].skipped,
		    name);
		check_keys(&k, ctx, name);
		bl_keyfile_clear(&k);
	}
	bl_ctx_free(ctx);
}

static void
keeps_the_name(void)
{
	struct bl_ctx *ctx = NULL;
	struct bl_keyfile k = {0};
	struct bl_span file = BL_STR(EC_PKCS12);

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	CHECK(bl_keyfile_read(
		  &k, ctx, file, BL_STR("secret"), &BL_LIMITS, NULL) == BL_OK,
	    "file");
	CHECK(k.n == 1 &&
		bl_span_equal(
		    bl_buf_span(&k.entries[0].name), BL_STR("Ann's key")),
	    "name");
	bl_keyfile_clear(&k);
	bl_ctx_free(ctx);
}

/* 256 keys are read, 257 are not; a file of the largest size, and one more. */
static void
meets_its_limits(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_ctx *ctx = NULL;
	struct bl_buf b = {0};

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	for (size_t i = 0; i < 257; i++) {
		struct bl_keyfile k;

		bl_buf_add_str(&b, EC_PKCS8);
		if (i < 255)
			continue;
		CHECK(bl_keyfile_read(&k, ctx, bl_buf_span(&b),
			  (struct bl_span){0}, &BL_LIMITS,
			  NULL) == (i == 255 ? BL_OK : BL_E_LIMIT),
		    "keys");
		bl_keyfile_clear(&k);
	}
	for (size_t over = 0; over < 2; over++) {
		struct bl_note note = {0};
		struct bl_keyfile k;

		limits.pkcs12_bytes = sizeof(EC_PKCS8) - 1 - over;
		CHECK(bl_keyfile_read(&k, ctx, BL_STR(EC_PKCS8),
			  (struct bl_span){0}, &limits,
			  &note) == (over ? BL_E_LIMIT : BL_OK),
		    "bytes");
		CHECK(!over || strcmp(note.reason, "limit-pkcs12") == 0,
		    "reason");
		bl_keyfile_clear(&k);
	}
	limits = BL_LIMITS;
	limits.kdf_iterations = 2047;
	{
		struct bl_keyfile k;

		CHECK(bl_keyfile_read(&k, ctx, BL_STR(EC_PBES2),
			  BL_STR("secret"), &limits, NULL) == BL_E_LIMIT,
		    "iterations");
	}
	bl_buf_clear(&b);
	bl_ctx_free(ctx);
}

static enum bl_err
read_all(void *arg)
{
	struct bl_keyfile k;
	enum bl_err err = bl_keyfile_read(&k, arg,
	    BL_STR(EC_OLD RSA_OLD EC_CERT RSA_CERT), (struct bl_span){0},
	    &BL_LIMITS, NULL);

	CHECK(err == BL_OK || k.n == 0, "all or nothing");
	bl_keyfile_clear(&k);
	return err;
}

static void
survives_each_allocation(void)
{
	struct bl_ctx *ctx = NULL;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	bl_test_each_allocation(read_all, ctx, "read");
	bl_ctx_free(ctx);
}

TESTS(TEST(reads_each_case_as_stated), TEST(keeps_the_name),
    TEST(meets_its_limits), TEST(survives_each_allocation))
