/* sealing_test.c - content ciphers: round trips in any pieces, and each change
 * of content, tag, padding and data refused in one and the same way. */
#include <string.h>

#include "crypto/crypto.h"
#include "tests/test.h"

#define KEY	BYTES("0123456789abcdef0123456789abcdef")
#define LONGEST 100 /* bytes of content in the round trips */

static struct bl_ctx *ctx;
static const struct bl_span key_bytes = KEY;

static struct bl_secret *
key_of(size_t n)
{
	struct bl_secret *k = NULL;

	CHECK(bl_secret_copy(&k, bl_span_cut(key_bytes, 0, n), NULL) == BL_OK,
	    "key");
	return k;
}

/* One whole run in pieces of `piece` bytes, with "aad" for an AEAD. */
static enum bl_err
run(struct bl_buf *out, enum bl_cipher c, enum bl_direction way,
    struct bl_span in, size_t piece, uint8_t tag[BL_TAG_SIZE],
    struct bl_note *note)
{
	struct bl_secret *key = key_of(bl_cipher_key_size(c));
	struct bl_sealing *s = NULL;
	enum bl_err err = bl_sealing_new(&s, ctx, c, way, key,
	    bl_span_cut(key_bytes, 3, bl_cipher_iv_size(c)), note);

	if (err == BL_OK && bl_cipher_is_aead(c))
		err = bl_sealing_aad(s, BL_STR("aad"), note);
	while (err == BL_OK && in.n > 0) {
		size_t before = out->n;
		struct bl_span now = bl_span_cut(in, 0, piece);

		err = bl_sealing_add(s, out, now, note);
		CHECK(out->n - before <= now.n + 32, "promised size");
		in = bl_span_cut(in, piece, SIZE_MAX);
	}
	if (err == BL_OK)
		err = bl_sealing_end(s, out, tag, note);
	bl_sealing_free(s);
	bl_secret_free(key);
	return err;
}

static void
names_and_sizes(void)
{
	static const struct {
		enum bl_cipher c;
		const char *name;
		size_t key, iv;
		bool aead;
	} cases[] = {
	    {BL_AES128_GCM, "aes-128-gcm", 16, 12, true},
	    {BL_AES192_GCM, "aes-192-gcm", 24, 12, true},
	    {BL_AES256_GCM, "aes-256-gcm", 32, 12, true},
	    {BL_AES128_CBC, "aes-128-cbc", 16, 16, false},
	    {BL_AES192_CBC, "aes-192-cbc", 24, 16, false},
	    {BL_AES256_CBC, "aes-256-cbc", 32, 16, false},
	    {BL_DES3_CBC, "des-ede3-cbc", 24, 8, false},
	    {BL_RC2_40_CBC, "rc2-40-cbc", 5, 8, false},
	    {BL_RC2_64_CBC, "rc2-64-cbc", 8, 8, false},
	    {BL_RC2_128_CBC, "rc2-cbc", 16, 8, false},
	    {BL_CHACHA20_POLY1305, "chacha20-poly1305", 32, 12, true},
	};

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].name;
		enum bl_cipher c = cases[i].c;

		CHECK(strcmp(bl_cipher_name(c), name) == 0, name);
		CHECK(bl_cipher_by_name(name) == c, name);
		CHECK(bl_cipher_key_size(c) == cases[i].key, name);
		CHECK(bl_cipher_iv_size(c) == cases[i].iv, name);
		CHECK(bl_cipher_is_aead(c) == cases[i].aead, name);
	}
	CHECK(bl_cipher_by_name("aes-256-cfb") == BL_CIPHER_NONE, "cfb");
	CHECK(bl_cipher_by_name("none") == BL_CIPHER_NONE, "none");
	CHECK(bl_cipher_by_name("") == BL_CIPHER_NONE, "empty");
	CHECK(bl_cipher_key_size(BL_CIPHER_NONE) == 0 &&
		bl_cipher_iv_size(BL_CIPHER_COUNT) == 0 &&
		!bl_cipher_is_aead(BL_CIPHER_NONE) &&
		!bl_cipher_is_aead(BL_CIPHER_COUNT) &&
		strcmp(bl_cipher_name(BL_CIPHER_COUNT), "none") == 0,
	    "no cipher");
}

static void
round_trip(enum bl_cipher c, size_t n, size_t piece)
{
	uint8_t tag[BL_TAG_SIZE] = {0}, content[LONGEST];
	struct bl_buf sealed = {0}, opened = {0};
	const char *name = bl_cipher_name(c);

	for (size_t i = 0; i < n; i++)
		content[i] = (uint8_t)(i * 7 + 1);
	CHECK(run(&sealed, c, BL_ENCRYPT, bl_span_of(content, n), piece, tag,
		  NULL) == BL_OK,
	    name);
	CHECK(bl_cipher_is_aead(c)
		? sealed.n == n
		: sealed.n > n && sealed.n % bl_cipher_iv_size(c) == 0 &&
		    sealed.n <= n + bl_cipher_iv_size(c),
	    name);
	CHECK(run(&opened, c, BL_DECRYPT, bl_buf_span(&sealed), piece, tag,
		  NULL) == BL_OK,
	    name);
	CHECK(
	    bl_span_equal(bl_buf_span(&opened), bl_span_of(content, n)), name);
	bl_buf_clear(&sealed);
	bl_buf_clear(&opened);
}

static void
opens_what_it_sealed_in_any_pieces(void)
{
	static const size_t pieces[] = {1, 7, 8, 15, 16, 17, 33, LONGEST};

	for (unsigned c = 1; c < BL_CIPHER_COUNT; c++)
		for (size_t n = 0; n <= LONGEST; n += n < 50 ? 1 : 10)
			for (size_t i = 0; i < 8; i++)
				round_trip((enum bl_cipher)c, n, pieces[i]);
}

/* Everything that can be altered gives the same error and the same text. */
static void
refused(enum bl_cipher c, struct bl_span sealed, uint8_t *tag, const char *name)
{
	struct bl_buf out = {0};
	struct bl_note note = {0};

	CHECK(run(&out, c, BL_DECRYPT, sealed, 16, tag, &note) == BL_E_FORGED,
	    name);
	CHECK(note.err == BL_E_FORGED && note.what != NULL &&
		strcmp(note.what,
		    "content cannot be decrypted or was altered") == 0,
	    name);
	bl_buf_clear(&out);
}

static void
refuses_altered_aead_content(void)
{
	static const enum bl_cipher all[] = {
	    BL_AES128_GCM, BL_AES192_GCM, BL_AES256_GCM, BL_CHACHA20_POLY1305};

	for (size_t i = 0; i < 4; i++) {
		struct bl_buf sealed = {0};
		uint8_t tag[BL_TAG_SIZE];

		CHECK(run(&sealed, all[i], BL_ENCRYPT,
			  BL_STR("attack at dawn, or perhaps at noon"), 16, tag,
			  NULL) == BL_OK,
		    "seal");
		for (size_t bit = 0; bit < sealed.n * 8; bit++) {
			sealed.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			refused(all[i], bl_buf_span(&sealed), tag, "content");
			sealed.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t bit = 0; bit < sizeof(tag) * 8; bit++) {
			tag[bit / 8] ^= (uint8_t)(1u << bit % 8);
			refused(all[i], bl_buf_span(&sealed), tag, "tag");
			tag[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t n = 0; n < sealed.n; n++)
			refused(all[i], bl_span_of(sealed.p, n), tag, "cut");
		bl_buf_clear(&sealed);
	}
}

/* aes-256-gcm with other authenticated data, or none. */
static void
refuses_other_authenticated_data(void)
{
	static const struct {
		const char *aad;
		enum bl_err want;
	} cases[] = {{"aad", BL_OK}, {"aae", BL_E_FORGED}, {"aa", BL_E_FORGED},
	    {"aada", BL_E_FORGED}, {"", BL_E_FORGED}};
	struct bl_buf sealed = {0}, out = {0};
	struct bl_secret *key = key_of(32);
	uint8_t tag[BL_TAG_SIZE];

	CHECK(run(&sealed, BL_AES256_GCM, BL_ENCRYPT, BL_STR("x"), 1, tag,
		  NULL) == BL_OK,
	    "seal");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_sealing *s = NULL;

		CHECK(bl_sealing_new(&s, ctx, BL_AES256_GCM, BL_DECRYPT, key,
			  bl_span_cut(key_bytes, 3, 12), NULL) == BL_OK,
		    "new");
		/* in two calls: they run together */
		CHECK(bl_sealing_aad(s,
			  bl_span_cut(bl_span_str(cases[i].aad), 0, 1),
			  NULL) == BL_OK,
		    "aad");
		CHECK(bl_sealing_aad(s,
			  bl_span_cut(bl_span_str(cases[i].aad), 1, SIZE_MAX),
			  NULL) == BL_OK,
		    "aad");
		CHECK(bl_sealing_add(s, &out, bl_buf_span(&sealed), NULL) ==
			BL_OK,
		    "add");
		CHECK(bl_sealing_end(s, &out, tag, NULL) == cases[i].want,
		    cases[i].aad);
		bl_sealing_free(s);
	}
	bl_secret_free(key);
	bl_buf_clear(&sealed);
	bl_buf_clear(&out);
}

/* RFC 5652 6.3, in the plainest words. */
static bool
is_padded(const uint8_t *plain, size_t block)
{
	unsigned last = plain[block - 1];

	if (last < 1 || last > block)
		return false;
	for (size_t i = block - last; i < block; i++)
		if (plain[i] != last)
			return false;
	return true;
}

/* Each last byte over a block full of it, and with one byte of it altered. */
static void
checks_the_whole_padding(enum bl_cipher c)
{
	size_t block = bl_cipher_iv_size(c);
	const char *name = bl_cipher_name(c);

	for (unsigned last = 0; last < 256; last++)
		for (size_t wrong = 0; wrong <= block; wrong++) {
			struct bl_buf sealed = {0}, out = {0};
			uint8_t plain[16];
			enum bl_err err;
			bool good;

			memset(plain, (int)last, block);
			if (wrong > 0)
				plain[block - wrong] ^= 0x10;
			good = is_padded(plain, block);
			/* seal the block as content, and open it without the
			 * block of padding that sealing added */
			CHECK(run(&sealed, c, BL_ENCRYPT,
				  bl_span_of(plain, block), block, NULL,
				  NULL) == BL_OK,
			    name);
			err = run(&out, c, BL_DECRYPT,
			    bl_span_of(sealed.p, block), 5, NULL, NULL);
			CHECK(err == (good ? BL_OK : BL_E_FORGED), name);
			CHECK(out.n == (good ? block - plain[block - 1] : 0),
			    name);
			bl_buf_clear(&sealed);
			bl_buf_clear(&out);
		}
}

static void
refuses_each_wrong_padding(void)
{
	checks_the_whole_padding(BL_AES128_CBC);
	checks_the_whole_padding(BL_AES256_CBC);
	checks_the_whole_padding(BL_DES3_CBC);
	checks_the_whole_padding(BL_RC2_128_CBC);
}

static void
refuses_content_that_is_no_whole_blocks(void)
{
	static const enum bl_cipher all[] = {
	    BL_AES128_CBC, BL_AES192_CBC, BL_AES256_CBC, BL_DES3_CBC};

	for (size_t i = 0; i < 4; i++) {
		struct bl_buf sealed = {0};

		CHECK(run(&sealed, all[i], BL_ENCRYPT,
			  BL_STR("forty bytes of content, none of them 1-8"),
			  99, NULL, NULL) == BL_OK,
		    "seal");
		for (size_t n = 0; n < sealed.n; n++)
			refused(all[i], bl_span_of(sealed.p, n), NULL, "cut");
		bl_buf_clear(&sealed);
	}
}

static void
keeps_its_contract(void)
{
	struct bl_secret *key = key_of(32), *other = key_of(31);
	struct bl_span iv = bl_span_cut(key_bytes, 0, 12);
	struct bl_buf out = {0};
	struct bl_sealing *s = NULL;
	uint8_t tag[BL_TAG_SIZE] = {0};

	CHECK(bl_sealing_new(&s, ctx, BL_CIPHER_NONE, BL_ENCRYPT, key, iv,
		  NULL) == BL_E_CALLER &&
		s == NULL,
	    "no cipher");
	CHECK(bl_sealing_new(&s, ctx, BL_CIPHER_COUNT, BL_ENCRYPT, key, iv,
		  NULL) == BL_E_CALLER &&
		s == NULL,
	    "no cipher");
	CHECK(bl_sealing_new(&s, ctx, BL_AES256_GCM, BL_ENCRYPT, other, iv,
		  NULL) == BL_E_CALLER &&
		s == NULL,
	    "key of 31 bytes");
	CHECK(bl_sealing_new(&s, ctx, BL_AES128_GCM, BL_ENCRYPT, key, iv,
		  NULL) == BL_E_CALLER &&
		s == NULL,
	    "key of 32 bytes");
	for (size_t n = 0; n <= 20; n++) {
		CHECK(bl_sealing_new(&s, ctx, BL_AES256_GCM, BL_DECRYPT, key,
			  bl_span_cut(key_bytes, 0, n),
			  NULL) == (n == 12 ? BL_OK : BL_E_CALLER),
		    "iv");
		bl_sealing_free(s);
		CHECK(bl_sealing_new(&s, ctx, BL_AES256_CBC, BL_DECRYPT, key,
			  bl_span_cut(key_bytes, 0, n),
			  NULL) == (n == 16 ? BL_OK : BL_E_CALLER),
		    "iv");
		bl_sealing_free(s);
	}
	CHECK(bl_sealing_new(
		  &s, ctx, BL_AES256_GCM, BL_ENCRYPT, key, iv, NULL) == BL_OK,
	    "new");
	CHECK(bl_sealing_add(s, &out, BL_STR("content"), NULL) == BL_OK, "add");
	CHECK(bl_sealing_aad(s, BL_STR("late"), NULL) == BL_E_CALLER, "late");
	CHECK(bl_sealing_end(s, &out, NULL, NULL) == BL_E_CALLER, "no tag");
	CHECK(bl_sealing_end(s, &out, tag, NULL) == BL_E_CALLER, "twice");
	CHECK(bl_sealing_add(s, &out, BL_STR("late"), NULL) == BL_E_CALLER,
	    "late");
	bl_sealing_free(s);
	CHECK(bl_sealing_new(&s, ctx, BL_AES256_CBC, BL_ENCRYPT, key,
		  bl_span_cut(key_bytes, 0, 16), NULL) == BL_OK,
	    "new");
	CHECK(bl_sealing_aad(s, BL_STR("x"), NULL) == BL_E_CALLER, "cbc");
	bl_sealing_free(s);
	bl_sealing_free(NULL);
	bl_secret_free(key);
	bl_secret_free(other);
	bl_buf_clear(&out);
}

static void
stops_where_the_buffer_ends(void)
{
	struct bl_secret *key = key_of(32);
	struct bl_sealing *s = NULL;
	struct bl_buf out;

	bl_buf_init(&out, 40);
	CHECK(bl_sealing_new(&s, ctx, BL_AES256_GCM, BL_ENCRYPT, key,
		  bl_span_cut(key_bytes, 0, 12), NULL) == BL_OK,
	    "new");
	CHECK(bl_sealing_add(s, &out, bl_span_cut(key_bytes, 0, 8), NULL) ==
		BL_OK,
	    "fits");
	CHECK(bl_sealing_add(s, &out, bl_span_cut(key_bytes, 0, 32), NULL) ==
		BL_E_LIMIT,
	    "does not");
	bl_sealing_free(s);
	bl_secret_free(key);
	bl_buf_clear(&out);
}

static enum bl_err
seal(void *arg)
{
	struct bl_buf out = {0};
	enum bl_err err = BL_OK;
	struct bl_secret *key = NULL;
	struct bl_sealing *s = NULL;
	uint8_t tag[BL_TAG_SIZE];

	if ((err = bl_secret_copy(&key, key_bytes, NULL)) == BL_OK &&
	    (err = bl_sealing_new(&s, ctx, BL_AES256_CBC, BL_ENCRYPT, key,
		 bl_span_cut(key_bytes, 0, 16), arg)) == BL_OK &&
	    (err = bl_sealing_add(s, &out, key_bytes, NULL)) == BL_OK)
		err = bl_sealing_end(s, &out, tag, NULL);
	bl_sealing_free(s);
	bl_secret_free(key);
	bl_buf_clear(&out);
	return err;
}

static void
says_when_memory_ends(void)
{
	bl_test_each_allocation(seal, NULL, "sealing");
	bl_ctx_free(ctx);
}

TESTS(TEST(names_and_sizes), TEST(opens_what_it_sealed_in_any_pieces),
    TEST(refuses_altered_aead_content), TEST(refuses_other_authenticated_data),
    TEST(refuses_each_wrong_padding),
    TEST(refuses_content_that_is_no_whole_blocks), TEST(keeps_its_contract),
    TEST(stops_where_the_buffer_ends), TEST(says_when_memory_ends))
