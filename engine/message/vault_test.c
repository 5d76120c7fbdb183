/* vault_test.c - that parked bytes come back as they were, or not at all. */
#include "message/vault.h"

#include "message/test_spool.h"
#include "tests/test.h"

static const size_t sizes[] = {0, 1, 100, BL_VAULT_CHUNK - 1, BL_VAULT_CHUNK,
    BL_VAULT_CHUNK + 1, 2 * BL_VAULT_CHUNK, 200000};

static uint8_t
byte_at(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

/* Adds n bytes in pieces of `piece`. */
static enum bl_err
fill(struct bl_vault *v, size_t n, size_t piece)
{
	uint8_t p[5000];
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < n;) {
		size_t k = n - i < piece ? n - i : piece;

		for (size_t j = 0; j < k; j++)
			p[j] = byte_at(i + j);
		err = bl_vault_add(v, bl_span_of(p, k), NULL);
		i += k;
	}
	return err;
}

/* Reads all back; true when it is the n bytes of fill. */
static bool
same(struct bl_vault *v, size_t n)
{
	struct bl_span s;
	size_t at = 0;

	if (bl_vault_rewind(v, NULL) != BL_OK)
		return false;
	do {
		if (bl_vault_read(v, &s, NULL) != BL_OK || s.n > BL_VAULT_CHUNK)
			return false;
		for (size_t i = 0; i < s.n; i++)
			if (at + i >= n || s.p[i] != byte_at(at + i))
				return false;
		at += s.n;
	} while (s.n > 0);
	return at == n;
}

/* What goes straight comes behind what was gathered before it. */
static void
keeps_the_order_of_pieces(void)
{
	static const size_t pieces[] = {1, BL_VAULT_STRAIGHT - 1,
	    BL_VAULT_STRAIGHT, 3, BL_VAULT_STRAIGHT + 1, 5};
	struct bl_ctx *ctx = NULL;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	for (unsigned k = 0; k < 2; k++) {
		struct test_spool spool;
		struct bl_vault v;
		uint8_t p[BL_VAULT_STRAIGHT + 1];
		size_t n = 0;

		test_spool_init(&spool, k == 1);
		bl_vault_init(&v, ctx, &spool.face);
		for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
			for (size_t j = 0; j < pieces[i]; j++)
				p[j] = byte_at(n + j);
			n += pieces[i];
			CHECK(bl_vault_add(
				  &v, bl_span_of(p, pieces[i]), NULL) == BL_OK,
			    "piece");
		}
		/* two pieces went straight, each with what was before it */
		CHECK(spool.calls == (k == 1 ? 4 : 0), "calls");
		CHECK(same(&v, n), "in order");
		bl_vault_clear(&v);
		test_spool_clear(&spool);
	}
	bl_ctx_free(ctx);
}

static void
gives_back_what_it_took(void)
{
	struct bl_ctx *ctx = NULL;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	for (unsigned k = 0; k < 2 * sizeof(sizes) / sizeof(*sizes); k++) {
		size_t n = sizes[k / 2];
		struct test_spool spool;
		struct bl_vault v;

		test_spool_init(&spool, k % 2 == 1);
		spool.step = 1000;
		bl_vault_init(&v, ctx, &spool.face);
		CHECK(fill(&v, n, 4999) == BL_OK, "fill");
		CHECK(same(&v, n), "once");
		CHECK(same(&v, n), "twice");
		CHECK(bl_vault_add(&v, BL_STR("x"), NULL) == BL_E_CALLER,
		    "writing after reading");
		if (k % 2 == 1)
			CHECK(spool.n == n && v.key == NULL, "plain");
		CHECK(bl_vault_empty(&v, NULL) == BL_OK, "empty");
		CHECK(spool.n == 0, "empty");
		CHECK(fill(&v, 10, 10) == BL_OK && same(&v, 10), "again");
		bl_vault_clear(&v);
		test_spool_clear(&spool);
	}
	bl_ctx_free(ctx);
}

static void
writes_no_plain_byte(void)
{
	struct bl_ctx *ctx = NULL;
	struct test_spool spool;
	struct bl_vault v;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	test_spool_init(&spool, false);
	bl_vault_init(&v, ctx, &spool.face);
	CHECK(
	    bl_vault_add(&v, BL_STR("the canary sings"), NULL) == BL_OK, "add");
	CHECK(bl_vault_rewind(&v, NULL) == BL_OK, "rewind");
	CHECK(spool.n > 16 && !test_spool_has(&spool, "canary"), "sealed");
	bl_vault_clear(&v);
	test_spool_clear(&spool);
	bl_ctx_free(ctx);
}

/* The first chunk twice is not the two chunks that were written, a changed bit
 * is not the byte, a lost end is not the end. */
static void
notices_a_spool_that_lies(void)
{
	struct bl_ctx *ctx = NULL;
	struct test_spool spool;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	for (unsigned how = 0; how < 5; how++) {
		size_t sealed = BL_VAULT_CHUNK + BL_TAG_SIZE;
		struct bl_note note = {0};
		struct bl_span s;
		struct bl_vault v;
		enum bl_err err;

		test_spool_init(&spool, false);
		bl_vault_init(&v, ctx, &spool.face);
		CHECK(fill(&v, 2 * BL_VAULT_CHUNK, 5000) == BL_OK, "fill");
		CHECK(bl_vault_rewind(&v, NULL) == BL_OK, "rewind");
		CHECK(spool.n == 2 * sealed, "size");
		if (how == 1)
			memcpy(spool.p + sealed, spool.p, sealed);
		else if (how == 2)
			spool.p[sealed + 77] ^= 1;
		else if (how == 3)
			spool.p[2 * sealed - 1] ^= 1;
		else if (how == 4)
			spool.n--;
		CHECK(bl_vault_read(&v, &s, NULL) == BL_OK, "first");
		err = bl_vault_read(&v, &s, &note);
		CHECK(err == (how == 0 ? BL_OK : BL_E_SYSTEM), "second");
		CHECK(note.err == err, "note");
		CHECK((s.n == 0) == (how != 0), "nothing given");
		bl_vault_clear(&v);
		test_spool_clear(&spool);
	}
	bl_ctx_free(ctx);
}

static void
tells_when_the_spool_fails(void)
{
	struct bl_ctx *ctx = NULL;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	for (unsigned k = 0; k < 2; k++) {
		unsigned n = 0;
		bool whole = false;

		while (!whole && n++ < 50) {
			struct test_spool spool;
			struct bl_vault v;

			test_spool_init(&spool, k == 1);
			spool.fail_after = n;
			bl_vault_init(&v, ctx, &spool.face);
			whole = fill(&v, 70000, 5000) == BL_OK &&
			    same(&v, 70000);
			CHECK(whole == (spool.calls < n), "each failure");
			bl_vault_clear(&v);
			test_spool_clear(&spool);
		}
		CHECK(whole && n > 4, "calls");
	}
	bl_ctx_free(ctx);
}

static void
needs_a_spool(void)
{
	struct bl_vault v;
	struct bl_span s;

	bl_vault_init(&v, NULL, NULL);
	CHECK(bl_vault_add(&v, BL_STR("x"), NULL) == BL_E_CALLER, "add");
	CHECK(bl_vault_rewind(&v, NULL) == BL_E_CALLER, "rewind");
	CHECK(bl_vault_empty(&v, NULL) == BL_E_CALLER, "empty");
	CHECK(bl_vault_read(&v, &s, NULL) == BL_E_CALLER, "read");
	bl_vault_clear(&v);
}

static enum bl_err
round_trip(void *arg)
{
	struct test_spool spool;
	struct bl_note note = {0};
	struct bl_vault v;
	struct bl_span s;
	enum bl_err err;

	test_spool_init(&spool, false);
	bl_vault_init(&v, arg, &spool.face);
	if ((err = bl_vault_add(&v, BL_STR("abc"), &note)) == BL_OK &&
	    (err = bl_vault_rewind(&v, &note)) == BL_OK)
		err = bl_vault_read(&v, &s, &note);
	CHECK(note.err == err, "note");
	bl_vault_clear(&v);
	test_spool_clear(&spool);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	struct bl_ctx *ctx = NULL;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	bl_test_each_allocation(round_trip, ctx, "round trip");
	bl_ctx_free(ctx);
}

TESTS(TEST(gives_back_what_it_took), TEST(keeps_the_order_of_pieces),
    TEST(writes_no_plain_byte), TEST(notices_a_spool_that_lies),
    TEST(tells_when_the_spool_fails), TEST(needs_a_spool),
    TEST(survives_each_failing_allocation))
