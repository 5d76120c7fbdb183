/* shared_test.c - content keys under a password or a shared key, and what does
 * not open. */
#include "tests/shared.h"

#include <string.h>

#include "tests/test.h"

static struct bl_ctx *ctx;

static const struct bl_span password = BYTES("open sesame"),
			    iv = BYTES(
				"\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20"),
			    salt = BYTES("salt salt");
static const uint8_t bytes[64] = {7, 6, 5, 4, 3, 2, 1, 250, 251, 252};

static void
set_up(void)
{
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
}

static void
take_down(void)
{
	bl_ctx_free(ctx);
}

static struct bl_secret *
secret_of(struct bl_span s)
{
	struct bl_secret *secret = NULL;

	CHECK(bl_secret_copy(&secret, s, NULL) == BL_OK, "secret");
	return secret;
}

static enum bl_err
unwrap(const struct bl_shared *s, struct bl_span with, struct bl_span want)
{
	struct bl_secret *secret = secret_of(with), *key = NULL;
	struct bl_note note = {0};
	enum bl_err err = bl_shared_unwrap(&key, ctx, s, secret, want.n, &note);

	CHECK((err == BL_OK) == (key != NULL), "key");
	CHECK(err == note.err, "note");
	CHECK(err != BL_OK || bl_span_equal(bl_secret_reveal(key), want),
	    "the key");
	CHECK(err != BL_E_FORGED ||
		strcmp(note.what,
		    "the content key does not open with what was given") == 0,
	    "one text");
	bl_secret_free(key);
	bl_secret_free(secret);
	return err;
}

static struct bl_shared
by_password(unsigned kek, enum bl_digest d)
{
	return (struct bl_shared){.kind = BL_SHARED_PASSWORD,
	    .wrap = BL_SHARED_PWRI,
	    .digest = d,
	    .iterations = 3,
	    .salt = salt,
	    .kek_size = kek,
	    .iv = iv};
}

static void
opens_what_was_wrapped(void)
{
	static const enum bl_digest digests[] = {BL_SHA1, BL_SHA256, BL_SHA512};

	for (unsigned i = 0; i < 18; i++) {
		unsigned kek = 16 + i % 3 * 8;
		struct bl_span cek = bl_span_of(bytes, 16 + i / 3 % 3 * 8);
		struct bl_shared s = by_password(kek, digests[i % 3]);
		struct bl_buf w = {0};

		if (i >= 9)
			s.wrap = BL_SHARED_AES;
		bl_test_wrap(&w, &s, password, cek, i % 2);
		s.wrapped = bl_buf_span(&w);
		CHECK(unwrap(&s, password, cek) == BL_OK, "password");
		CHECK(unwrap(&s, bl_span_cut(password, 0, 10), cek) ==
			BL_E_FORGED,
		    "another password");
		s.iterations++;
		CHECK(unwrap(&s, password, cek) == BL_E_FORGED, "iterations");
		bl_buf_reset(&w);
		s = (struct bl_shared){.kind = BL_SHARED_KEK,
		    .wrap = BL_SHARED_AES,
		    .kek_size = kek};
		bl_test_wrap(&w, &s, bl_span_of(bytes + 10, kek), cek, 0);
		s.wrapped = bl_buf_span(&w);
		CHECK(unwrap(&s, bl_span_of(bytes + 10, kek), cek) == BL_OK,
		    "key");
		CHECK(
		    unwrap(&s, bl_span_of(bytes + 9, kek), cek) == BL_E_FORGED,
		    "another key");
		CHECK(unwrap(&s, bl_span_of(bytes + 10, kek + 8), cek) ==
			BL_E_FORGED,
		    "a longer key");
		CHECK(unwrap(&s, bl_span_of(bytes + 10, kek - 1), cek) ==
			BL_E_FORGED,
		    "a shorter key");
		bl_buf_clear(&w);
	}
}

static void
refuses_every_change(void)
{
	struct bl_span cek = bl_span_of(bytes, 32);

	for (unsigned k = 0; k < 2; k++) {
		struct bl_shared s = by_password(16, BL_SHA256);
		struct bl_buf w = {0};

		s.wrap = k == 0 ? BL_SHARED_PWRI : BL_SHARED_AES;
		bl_test_wrap(&w, &s, password, cek, 0);
		s.wrapped = bl_buf_span(&w);
		for (size_t i = 0; i < 8 * w.n; i++) {
			w.p[i / 8] ^= (uint8_t)(1u << i % 8);
			CHECK(unwrap(&s, password, cek) == BL_E_FORGED, "bit");
			w.p[i / 8] ^= (uint8_t)(1u << i % 8);
		}
		for (size_t n = 1; n < w.n; n++) {
			s.wrapped.n = n;
			CHECK(unwrap(&s, password, cek) == BL_E_FORGED, "cut");
		}
		s.wrapped.n = w.n;
		CHECK(unwrap(&s, password, bl_span_of(bytes, 24)) ==
			    BL_E_FORGED &&
			unwrap(&s, password, bl_span_of(bytes, 40)) ==
			    BL_E_FORGED,
		    "another size");
		bl_buf_clear(&w);
	}
}

/* Each of the bytes before the key says whether it is one: RFC 3211 2.3.2. */
static void
looks_at_the_length_and_the_check(void)
{
	struct bl_span cek = bl_span_of(bytes, 16);

	for (size_t i = 0; i < 5; i++) {
		struct bl_shared s = by_password(16, BL_SHA1);
		uint8_t altered[16];
		struct bl_buf w = {0};

		/* The IV of CBC changes the first block bit by bit. */
		memcpy(altered, iv.p, sizeof(altered));
		bl_test_wrap(&w, &s, password, cek, 0);
		s.wrapped = bl_buf_span(&w);
		if (i < 4)
			altered[i] ^= 0x20;
		s.iv = bl_span_of(altered, sizeof(altered));
		CHECK(
		    unwrap(&s, password, cek) == (i < 4 ? BL_E_FORGED : BL_OK),
		    "front");
		bl_buf_clear(&w);
	}
}

static void
does_not_work_for_ever(void)
{
	struct bl_shared s = by_password(16, BL_SHA1);
	struct bl_buf w = {0};

	bl_test_wrap(&w, &s, password, bl_span_of(bytes, 16), 0);
	s.wrapped = bl_buf_span(&w);
	s.iterations = (uint64_t)BL_SHARED_ITERATIONS + 1;
	CHECK(unwrap(&s, password, bl_span_of(bytes, 16)) == BL_E_LIMIT,
	    "iterations");
	s.iterations = (uint64_t)BL_SHARED_ITERATIONS * 100;
	CHECK(unwrap(&s, password, bl_span_of(bytes, 16)) == BL_E_LIMIT,
	    "iterations");
	bl_buf_clear(&w);
}

TESTS(TEST(set_up), TEST(opens_what_was_wrapped), TEST(refuses_every_change),
    TEST(looks_at_the_length_and_the_check), TEST(does_not_work_for_ever),
    TEST(take_down))
