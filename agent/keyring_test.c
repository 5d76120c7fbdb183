/* keyring_test.c - the rate of unwraps, and keys that come and go. */
#include "agent/agent.h"
#include "bulla/cert.h"
#include "tests/test.h"

int64_t
agent_now_ms(void)
{
	return 0;
}

/* Two hundred at once, then twenty a second; never locked. */
static void
counts_unwraps(void)
{
	struct key key = {.tokens = RATE_BURST * 1000, .filled_ms = 1000};

	for (int i = 0; i < RATE_BURST; i++)
		CHECK(key_may_unwrap(&key, 1000), "at once");
	CHECK(!key_may_unwrap(&key, 1000), "one too many");
	CHECK(!key_may_unwrap(&key, 1049), "not yet");
	CHECK(key_may_unwrap(&key, 1050), "50 ms later");
	CHECK(!key_may_unwrap(&key, 1050), "used");
	for (int i = 0; i < 20; i++)
		CHECK(key_may_unwrap(&key, 2050), "a second later");
	CHECK(!key_may_unwrap(&key, 2050), "no more than 20");
	for (int i = 0; i < RATE_BURST; i++)
		CHECK(key_may_unwrap(&key, 2050 + 3600000), "filled");
	CHECK(!key_may_unwrap(&key, 2050 + 3600000), "no more than it holds");
	CHECK(!key_may_unwrap(&key, 0), "a clock that goes back");
	CHECK(key_may_unwrap(&key, INT64_MAX), "the end of time");
}

struct made {
	struct bl_ctx *ctx;
	struct bl_secret *pkcs8;
};

static enum bl_err
add(void *arg)
{
	struct made *m = arg;
	struct keyring ring = {0}, other = {0};
	struct key *a, *b;
	enum bl_err err;

	if ((err = keyring_add(&a, &ring, m->ctx, m->pkcs8, NULL)) == BL_OK &&
	    (err = keyring_add(&b, &other, m->ctx, m->pkcs8, NULL)) == BL_OK)
		err = keyring_move(&ring, &other, NULL);
	CHECK(err != BL_OK || (ring.n == 1 && other.n == 0), "kept once");
	keyring_clear(&ring);
	keyring_clear(&other);
	return err;
}

static bool
make(struct made *m)
{
	struct bl_buf file = {0}, der = {0};
	struct bl_span label;
	size_t pos = 0;
	bool ok = bl_test_file(&file, BL_TEST_KEYS "/test_key.pem") &&
	    bl_pem_next(bl_buf_span(&file), &pos, &label, &der) &&
	    bl_ctx_new(&m->ctx, NULL) == BL_OK &&
	    bl_secret_copy(&m->pkcs8, bl_buf_span(&der), NULL) == BL_OK;

	bl_buf_clear(&file);
	bl_buf_clear(&der);
	return ok;
}

static void
survives_each_allocation(void)
{
	struct made m = {0};

	CHECK(make(&m), "key");
	bl_test_each_allocation(add, &m, "add and move");
	bl_secret_free(m.pkcs8);
	bl_ctx_free(m.ctx);
}

static void
finds_and_forgets(void)
{
	struct keyring ring = {0};
	struct made m = {0};
	struct bl_span id;
	struct key *key;
	uint8_t name[BL_SHA256_SIZE];

	CHECK(make(&m), "key");
	CHECK(keyring_add(&key, &ring, m.ctx, m.pkcs8, NULL) == BL_OK, "add");
	memcpy(name, key->id, sizeof(name));
	id = bl_span_of(name, sizeof(name));
	CHECK(keyring_find(&ring, id) == key, "found");
	CHECK(keyring_find(&ring, bl_span_cut(id, 0, 31)) == NULL, "short");
	CHECK(keyring_drop(&ring, id), "dropped");
	CHECK(!keyring_drop(&ring, id) && ring.n == 0, "gone");
	keyring_clear(&ring);
	bl_secret_free(m.pkcs8);
	bl_ctx_free(m.ctx);
}

TESTS(TEST(counts_unwraps), TEST(survives_each_allocation),
    TEST(finds_and_forgets))
