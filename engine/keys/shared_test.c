/* shared_test.c - the SHARED want, its limits, and its answers. */
#include "keys/shared.h"

#include <string.h>

#include "keys/wire.h"
#include "tests/shared.h"
#include "tests/test.h"

static const uint8_t many[2100] = {1, 2, 3};

static struct bl_want_shared
password(void)
{
	return (struct bl_want_shared){.how = {.kind = BL_SHARED_PASSWORD,
					   .wrap = BL_SHARED_PWRI,
					   .digest = BL_SHA256,
					   .iterations = 5,
					   .salt = BL_STR("salt"),
					   .kek_size = 24,
					   .iv = {many, 16},
					   .wrapped = {many, 32}},
	    .size = 16};
}

static struct bl_want_shared
kek(void)
{
	return (struct bl_want_shared){.how = {.kind = BL_SHARED_KEK,
					   .wrap = BL_SHARED_AES,
					   .id = BL_STR("id"),
					   .kek_size = 16,
					   .wrapped = {many, 24}},
	    .size = 16};
}

static enum bl_err
through(const struct bl_want_shared *w)
{
	struct bl_want_shared back;
	struct bl_buf b = {0};
	enum bl_err err = bl_want_shared_put(&b, w, NULL);

	if (err == BL_OK) {
		CHECK(bl_want_kind_of(bl_buf_span(&b)) == BL_WANT_SHARED &&
			bl_want_key_of(bl_buf_span(&b)).n == 0,
		    "kind");
		CHECK(
		    bl_want_shared_get(&back, bl_buf_span(&b), NULL) == BL_OK &&
			back.how.kind == w->how.kind &&
			back.how.wrap == w->how.wrap &&
			back.how.digest == w->how.digest &&
			back.how.iterations == w->how.iterations &&
			back.how.kek_size == w->how.kek_size &&
			back.size == w->size &&
			bl_span_equal(back.how.id, w->how.id) &&
			bl_span_equal(back.how.salt, w->how.salt) &&
			bl_span_equal(back.how.iv, w->how.iv) &&
			bl_span_equal(back.how.wrapped, w->how.wrapped),
		    "the same");
		for (size_t n = 0; n < b.n; n++)
			CHECK(bl_want_shared_get(&back, bl_span_of(b.p, n),
				  NULL) == BL_E_MALFORMED &&
				back.how.kind == 0,
			    "cut");
		bl_buf_add_u8(&b, 0);
		CHECK(bl_want_shared_get(&back, bl_buf_span(&b), NULL) ==
			BL_E_MALFORMED,
		    "more");
	} else {
		CHECK(b.n == 0, "undone");
	}
	bl_buf_clear(&b);
	return err;
}

#define FIELD(make, field, good, bad)                                          \
	do {                                                                   \
		struct bl_want_shared w = make();                              \
		w.field = good;                                                \
		CHECK(through(&w) == BL_OK, #field);                           \
		w.field = bad;                                                 \
		CHECK(through(&w) == BL_E_CALLER, #field);                     \
	} while (0)
#define SPAN(n) ((struct bl_span){many, n})

static void
keeps_each_field_in_its_limits(void)
{
	FIELD(password, how.iterations, BL_SHARED_ITERATIONS,
	    (uint64_t)BL_SHARED_ITERATIONS + 1);
	FIELD(password, how.iterations, 1, 0);
	FIELD(password, how.iterations, 9000000, 1000000000);
	FIELD(password, how.iterations, 2, ((uint64_t)1 << 32) + 2);
	FIELD(password, how.salt, SPAN(BL_SHARED_SALT_MAX),
	    SPAN(BL_SHARED_SALT_MAX + 1));
	FIELD(password, how.salt, SPAN(1), SPAN(0));
	FIELD(password, how.digest, BL_SHA1, BL_DIGEST_NONE);
	FIELD(password, how.iv, SPAN(16), SPAN(15));
	FIELD(password, how.iv, SPAN(16), SPAN(17));
	FIELD(password, how.iv, SPAN(16), SPAN(0));
	FIELD(password, how.id, SPAN(0), SPAN(1));
	FIELD(password, how.kek_size, 32, 33);
	FIELD(password, how.kek_size, 16, 0);
	FIELD(password, how.kek_size, 24, 17);
	FIELD(password, size, 64, 65);
	FIELD(password, size, 1, 0);
	FIELD(password, how.wrapped, SPAN(BL_SHARED_WRAPPED_MAX),
	    SPAN(BL_SHARED_WRAPPED_MAX + 1));
	FIELD(password, how.wrapped, SPAN(1), SPAN(0));
	FIELD(password, how.kind, BL_SHARED_PASSWORD, 0);
	FIELD(password, how.kind, BL_SHARED_PASSWORD, 3);
	FIELD(password, how.wrap, BL_SHARED_PWRI, BL_SHARED_AES);
	FIELD(password, how.wrap, BL_SHARED_PWRI, 0);
	FIELD(kek, how.id, SPAN(BL_SHARED_ID_MAX), SPAN(BL_SHARED_ID_MAX + 1));
	FIELD(kek, how.id, SPAN(1), SPAN(0));
	FIELD(kek, how.salt, SPAN(0), SPAN(1));
	FIELD(kek, how.iterations, 0, 1);
	FIELD(kek, how.digest, BL_DIGEST_NONE, BL_SHA1);
	FIELD(kek, how.iv, SPAN(0), SPAN(16));
}

/* ---- answers ---- */

static void
answers(void)
{
	struct bl_want_shared w = password();
	struct bl_secret *pass = NULL, *key = NULL;
	struct bl_buf wrapped = {0}, frame = {0}, out = {0};
	struct bl_ctx *ctx = NULL;
	struct bl_answer a;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK &&
		bl_secret_copy(&pass, BL_STR("sesame"), NULL) == BL_OK &&
		bl_secret_copy(&key, bl_span_of(many, 16), NULL) == BL_OK,
	    "set up");
	for (unsigned i = 0; i < 6; i++) {
		bool by_kek = i >= 3;

		w = by_kek ? kek() : password();
		bl_buf_reset(&wrapped);
		bl_buf_reset(&frame);
		bl_buf_reset(&out);
		bl_test_wrap(&wrapped, &w.how,
		    by_kek ? bl_span_of(many, 16) : BL_STR("sesame"),
		    bl_span_of(many, 16), 0);
		wrapped.p[0] ^= i % 3 == 1;
		w.how.wrapped = bl_buf_span(&wrapped);
		CHECK(bl_want_shared_put(&frame, &w, NULL) == BL_OK, "put");
		/* 0: as it is, 1: altered, 2: the other secret alone */
		CHECK(bl_shared_answer(&out, ctx,
			  i % 3 != 2 || by_kek ? pass : NULL,
			  i % 3 != 2 || !by_kek ? key : NULL,
			  bl_buf_span(&frame), NULL) == BL_OK,
		    "answer");
		CHECK(bl_answer_get(&a, bl_buf_span(&out), NULL) == BL_OK &&
			a.kind == BL_WANT_SHARED &&
			a.refusal ==
			    (i % 3 == 0		 ? BL_REFUSED_NOT
				    : i % 3 == 1 ? BL_REFUSED_FAILED
						 : BL_REFUSED_NO_KEY) &&
			bl_span_equal(
			    a.payload, bl_span_of(many, i % 3 == 0 ? 16 : 0)),
		    "answer");
	}
	CHECK(bl_shared_answer(&out, ctx, pass, key, BL_STR("\2\1"), NULL) ==
		BL_E_MALFORMED,
	    "another want");
	bl_buf_clear(&wrapped);
	bl_buf_clear(&frame);
	bl_buf_clear(&out);
	bl_secret_free(pass);
	bl_secret_free(key);
	bl_ctx_free(ctx);
}

static void
knows_its_kinds(void)
{
	for (unsigned i = 0; i < 256; i++)
		CHECK(bl_want_is_kind(i) == ((i >= 1 && i <= 4) || i == 8),
		    "kind");
}

TESTS(
    TEST(keeps_each_field_in_its_limits), TEST(answers), TEST(knows_its_kinds))
