/* digest_test.c - digests against known answers, at once and in pieces. */
#include <string.h>

#include "crypto/crypto.h"
#include "tests/test.h"

/* "abc": FIPS 180-4, examples of NIST */
static const struct {
	enum bl_digest d;
	const char *name, *micalg, *hex;
} cases[] = {
    {BL_SHA1, "sha1", "sha-1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {BL_SHA224, "sha224", "sha-224",
	"23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {BL_SHA256, "sha256", "sha-256",
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {BL_SHA384, "sha384", "sha-384",
	"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	"8086072ba1e7cc2358baeca134c825a7"},
    {BL_SHA512, "sha512", "sha-512",
	"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    /* FIPS 202; by another implementation */
    {BL_SHAKE256, "shake256", "shake256",
	"483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739"
	"d5a15bef186a5386c75744c0527e1faa9f8726e462a12a4feb06bd8801e751e4"},
};
#define CASES (sizeof(cases) / sizeof(*cases))

static struct bl_ctx *ctx;

static void
is_value(const struct bl_digest_value *v, size_t i)
{
	struct bl_buf hex = {0};

	CHECK(v != NULL, cases[i].name);
	if (v == NULL)
		return;
	bl_hex(&hex, bl_span_of(v->p, v->n));
	CHECK(v->alg == cases[i].d, cases[i].name);
	CHECK(v->n == bl_digest_size(cases[i].d), cases[i].name);
	CHECK(bl_span_equal(bl_buf_span(&hex), bl_span_str(cases[i].hex)),
	    cases[i].name);
	bl_buf_clear(&hex);
}

static void
names_and_sizes(void)
{
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	for (size_t i = 0; i < CASES; i++) {
		enum bl_digest d = cases[i].d;

		CHECK(strcmp(bl_digest_name(d), cases[i].name) == 0, "name");
		CHECK(strcmp(bl_digest_micalg(d), cases[i].micalg) == 0, "mic");
		CHECK(bl_digest_size(d) * 2 == strlen(cases[i].hex), "size");
		CHECK(bl_digest_size(d) <= BL_DIGEST_MAX, "max");
	}
	CHECK(bl_digest_size(BL_DIGEST_NONE) == 0, "none");
	CHECK(bl_digest_size(BL_DIGEST_COUNT) == 0, "count");
	CHECK(strcmp(bl_digest_name(BL_DIGEST_COUNT), "none") == 0, "count");
	CHECK(strcmp(bl_digest_micalg(BL_DIGEST_NONE), "unknown") == 0, "mic");
}

static void
gives_known_answers(void)
{
	struct bl_digest_value v;

	for (size_t i = 0; i < CASES; i++) {
		CHECK(bl_digest_of(&v, ctx, cases[i].d, BL_STR("abc"), NULL) ==
			BL_OK,
		    cases[i].name);
		is_value(&v, i);
	}
	CHECK(bl_digest_of(&v, ctx, BL_DIGEST_NONE, BL_STR("abc"), NULL) ==
		    BL_E_CALLER &&
		v.n == 0 && v.alg == 0,
	    "none");
	CHECK(bl_digest_of(&v, ctx, BL_DIGEST_COUNT, BL_STR("abc"), NULL) ==
		BL_E_CALLER,
	    "count");
	CHECK(bl_digest_of(&v, ctx, BL_SHA256, (struct bl_span){NULL, 0},
		  NULL) == BL_OK &&
		v.p[0] == 0xe3 && v.p[1] == 0xb0,
	    "empty");
}

static void
computes_a_set_over_a_stream(void)
{
	unsigned all = 0;
	struct bl_hashes *h = NULL;

	for (size_t i = 0; i < CASES; i++)
		all |= BL_SET(cases[i].d);
	CHECK(bl_hashes_new(&h, ctx, all, NULL) == BL_OK, "new");
	CHECK(bl_hashes_value(h, BL_SHA256) == NULL, "not yet");
	CHECK(bl_hashes_add(h, BL_STR("a"), NULL) == BL_OK, "a");
	CHECK(bl_hashes_add(h, (struct bl_span){NULL, 0}, NULL) == BL_OK, "-");
	CHECK(bl_hashes_add(h, BL_STR("bc"), NULL) == BL_OK, "bc");
	CHECK(bl_hashes_end(h, NULL) == BL_OK, "end");
	for (size_t i = 0; i < CASES; i++)
		is_value(bl_hashes_value(h, cases[i].d), i);
	CHECK(bl_hashes_add(h, BL_STR("d"), NULL) == BL_E_CALLER, "late");
	CHECK(bl_hashes_end(h, NULL) == BL_E_CALLER, "twice");
	bl_hashes_free(h);
	bl_hashes_free(NULL);
}

static void
gives_only_what_is_in_the_set(void)
{
	struct bl_hashes *h = NULL;

	CHECK(bl_hashes_new(&h, ctx, BL_SET(BL_SHA256), NULL) == BL_OK, "new");
	CHECK(bl_hashes_add(h, BL_STR("abc"), NULL) == BL_OK, "add");
	CHECK(bl_hashes_end(h, NULL) == BL_OK, "end");
	is_value(bl_hashes_value(h, BL_SHA256), 2);
	CHECK(bl_hashes_value(h, BL_SHA1) == NULL, "sha1");
	CHECK(bl_hashes_value(h, BL_DIGEST_NONE) == NULL, "none");
	CHECK(bl_hashes_value(h, BL_DIGEST_COUNT) == NULL, "count");
	bl_hashes_free(h);
	CHECK(bl_hashes_new(&h, ctx, 0, NULL) == BL_OK, "empty set");
	CHECK(bl_hashes_end(h, NULL) == BL_OK, "empty set");
	bl_hashes_free(h);
	CHECK(bl_hashes_new(&h, ctx, BL_SET(BL_DIGEST_NONE), NULL) ==
		    BL_E_CALLER &&
		h == NULL,
	    "none in the set");
	CHECK(bl_hashes_new(&h, ctx, BL_SET(BL_DIGEST_COUNT), NULL) ==
		BL_E_CALLER,
	    "count in the set");
}

static enum bl_err
hash(void *arg)
{
	struct bl_hashes *h = NULL;
	enum bl_err err = bl_hashes_new(
	    &h, ctx, BL_SET(BL_SHA256) | BL_SET(BL_SHA1), arg);

	CHECK((h != NULL) == (err == BL_OK), "out");
	bl_hashes_free(h);
	return err;
}

static void
says_when_memory_ends(void)
{
	bl_test_each_allocation(hash, NULL, "bl_hashes_new");
	bl_ctx_free(ctx);
}

TESTS(TEST(names_and_sizes), TEST(gives_known_answers),
    TEST(computes_a_set_over_a_stream), TEST(gives_only_what_is_in_the_set),
    TEST(says_when_memory_ends))
