/* ctx_test.c - what a context loads, asks, and draws from. */
#include "bulla/ctx.h"

#include <stdlib.h>
#include <string.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/internal.h"
#include "tests/test.h"

static void
tells_what_the_library_has(void)
{
	static const char *const has[] = {"sha1", "sha224", "sha256", "sha384",
	    "sha512", "aes-128-gcm", "aes-192-gcm", "aes-256-gcm",
	    "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-ede3-cbc",
	    "aes-256-wrap", "pbkdf2", "scrypt", "x963kdf", "pkcs12kdf", "rsa",
	    "ec", "ed25519", "x25519"};
	static const char *const has_not[] = {
	    "rot13", "", "sha256 ", "AES-256-GCM", "md5", "rc4"};
	struct bl_ctx *ctx = NULL;
	struct bl_note note = {0};

	CHECK(bl_ctx_new(&ctx, &note) == BL_OK && note.err == BL_OK, "new");
	for (size_t i = 0; i < sizeof(has) / sizeof(*has); i++)
		CHECK(bl_ctx_has(ctx, has[i]), has[i]);
	for (size_t i = 0; i < sizeof(has_not) / sizeof(*has_not); i++)
		CHECK(!bl_ctx_has(ctx, has_not[i]), has_not[i]);
	/* 3.5 and later alone */
	CHECK(bl_ctx_has(ctx, "ml-kem-768") ==
		(bl_ctx_library_number(ctx) >= 30500),
	    "ml-kem-768");
	CHECK(bl_ctx_has(ctx, "ml-dsa-65") ==
		(bl_ctx_library_number(ctx) >= 30500),
	    "ml-dsa-65");
	CHECK(strncmp(bl_ctx_library(ctx), "OpenSSL 3.", 10) == 0, "name");
	CHECK(bl_ctx_library_number(ctx) >= 30000, "number");
	bl_ctx_free(ctx);
	bl_ctx_free(NULL);
}

/* Whether the context digests and encrypts, and what it has of RC2. */
static void
works_lean(enum bl_ctx_part part, bool has_rc2)
{
	struct bl_ctx *ctx = NULL;
	struct bl_sealing *s = NULL;
	struct bl_secret *key = NULL;
	struct bl_digest_value d;
	uint8_t iv[12] = {0};

	CHECK(bl_ctx_new_lean(&ctx, part, NULL) == BL_OK, "lean");
	CHECK(bl_digest_of(&d, ctx, BL_SHA256, BL_STR("abc"), NULL) == BL_OK &&
		d.p[0] == 0xba && d.p[31] == 0xad,
	    "digest");
	CHECK(bl_secret_new(&key, 32, NULL) == BL_OK, "key");
	CHECK(bl_sealing_new(&s, ctx, BL_AES256_GCM, BL_ENCRYPT, key,
		  bl_span_of(iv, sizeof(iv)), NULL) == BL_OK,
	    "cipher");
	bl_ctx_prepare(ctx);
	CHECK((bl_ciphers_of(ctx)->rc2_40 != NULL) == has_rc2 &&
		bl_kdfs_of(ctx)->scrypt != NULL,
	    "prepared");
	CHECK(bl_ctx_has(ctx, "rc2") == has_rc2, "rc2");
	CHECK(bl_ctx_has(ctx, "des-ede3-cbc") && bl_ctx_has(ctx, "rsa") &&
		bl_ctx_has(ctx, "scrypt"),
	    "has");
	bl_sealing_free(s);
	bl_secret_free(key);
	bl_ctx_free(ctx);
}

static void
is_lean_where_that_is_asked_for(void)
{
	works_lean(BL_CTX_MODERN, false);
	works_lean(BL_CTX_LEGACY, true);
}

static enum bl_err
make_lean(void *arg)
{
	struct bl_ctx *ctx = NULL;
	enum bl_err err = bl_ctx_new_lean(&ctx, BL_CTX_MODERN, arg);

	CHECK((ctx != NULL) == (err == BL_OK), "out");
	bl_ctx_free(ctx);
	return err == BL_E_SYSTEM ? BL_E_MEMORY : err;
}

static enum bl_err
make_and_free(void *arg)
{
	struct bl_ctx *ctx = NULL;
	enum bl_err err = bl_ctx_new(&ctx, arg);

	CHECK((ctx != NULL) == (err == BL_OK), "out");
	bl_ctx_free(ctx);
	/* the hook's allocations fail inside the library, which says less */
	return err == BL_E_SYSTEM ? BL_E_MEMORY : err;
}

static void
says_when_memory_ends(void)
{
	bl_test_each_allocation(make_and_free, NULL, "bl_ctx_new");
	bl_test_each_allocation(make_lean, NULL, "bl_ctx_new_lean");
}

static bool
count_up(void *arg, uint8_t *p, size_t n)
{
	uint8_t *next = arg;

	for (size_t i = 0; i < n; i++)
		p[i] = (*next)++;
	return true;
}

static bool
never(void *arg, uint8_t *p, size_t n)
{
	(void)arg;
	memset(p, 0x5a, n);
	return false;
}

static void
draws_from_the_source_that_is_set(void)
{
	struct bl_ctx *ctx = NULL;
	struct bl_note note = {0};
	uint8_t a[32] = {0}, b[32] = {0}, next = 7;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "new");
	CHECK(bl_random(ctx, a, sizeof(a), NULL) == BL_OK, "system");
	CHECK(bl_random(ctx, b, sizeof(b), NULL) == BL_OK, "system");
	CHECK(memcmp(a, b, sizeof(a)) != 0, "two draws differ");
	bl_ctx_set_random(ctx, count_up, &next);
	CHECK(bl_random(ctx, a, sizeof(a), NULL) == BL_OK, "set");
	CHECK(a[0] == 7 && a[31] == 38 && next == 39, "all from the source");
	bl_ctx_set_random(ctx, never, NULL);
	CHECK(bl_random(ctx, a, sizeof(a), &note) == BL_E_SYSTEM, "none");
	CHECK(note.err == BL_E_SYSTEM && a[0] == 0 && a[31] == 0, "wiped");
	bl_ctx_set_random(ctx, NULL, NULL);
	CHECK(bl_random(ctx, a, sizeof(a), NULL) == BL_OK, "system again");
	bl_ctx_free(ctx);
}

/* Each context has its own source. */
static void
keeps_contexts_apart(void)
{
	struct bl_ctx *one = NULL, *two = NULL;
	uint8_t a[4], b[4], next_one = 10, next_two = 20;

	CHECK(bl_ctx_new(&one, NULL) == BL_OK, "one");
	CHECK(bl_ctx_new(&two, NULL) == BL_OK, "two");
	bl_ctx_set_random(one, count_up, &next_one);
	bl_ctx_set_random(two, count_up, &next_two);
	CHECK(bl_random(one, a, 4, NULL) == BL_OK && a[3] == 13, "one");
	CHECK(bl_random(two, b, 4, NULL) == BL_OK && b[3] == 23, "two");
	bl_ctx_free(one);
	CHECK(bl_random(two, b, 4, NULL) == BL_OK && b[3] == 27, "two lives");
	bl_ctx_free(two);
}

/* Runs one of everything where no file can be opened any more. */
static int
work_without_files(struct bl_ctx *ctx)
{
	struct rlimit none = {0, 0};
	struct bl_digest_value v;
	struct bl_sealing *s = NULL;
	struct bl_secret *key = NULL;
	struct bl_buf out = {0};
	uint8_t tag[BL_TAG_SIZE], iv[12] = {0};
	bool ok = setrlimit(RLIMIT_NOFILE, &none) == 0;

	for (unsigned d = 1; d < BL_DIGEST_COUNT; d++)
		ok = ok &&
		    bl_digest_of(
			&v, ctx, (enum bl_digest)d, BL_STR("x"), NULL) == BL_OK;
	ok = ok && bl_random(ctx, iv, sizeof(iv), NULL) == BL_OK &&
	    bl_secret_new(&key, 32, NULL) == BL_OK &&
	    bl_sealing_new(&s, ctx, BL_AES256_GCM, BL_ENCRYPT, key,
		bl_span_of(iv, sizeof(iv)), NULL) == BL_OK &&
	    bl_sealing_end(s, &out, tag, NULL) == BL_OK &&
	    bl_ctx_has(ctx, "scrypt") && !bl_ctx_has(ctx, "nothing");
	bl_sealing_free(s);
	bl_secret_free(key);
	bl_buf_clear(&out);
	bl_ctx_free(ctx);
	return ok ? 0 : 1;
}

static void
opens_no_file_after_birth(void)
{
	struct bl_ctx *ctx = NULL;
	int status = -1;
	pid_t child;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "new");
	if ((child = fork()) == 0)
		_exit(work_without_files(ctx));
	CHECK(waitpid(child, &status, 0) == child && status == 0, "child");
	bl_ctx_free(ctx);
}

/* A configuration file that cannot be loaded would end a context that reads
 * it: the child's environment names one. */
static void
reads_no_configuration(void)
{
	struct bl_ctx *ctx = NULL;
	int status = -1;
	pid_t child;

	if ((child = fork()) == 0) {
		setenv("OPENSSL_CONF", "/nonexistent/openssl.cnf", 1);
		setenv("OPENSSL_MODULES", "/nonexistent", 1);
		_exit(bl_ctx_new(&ctx, NULL) == BL_OK && bl_ctx_has(ctx, "rc2")
			? 0
			: 1);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0, "child");
}

TESTS(TEST(tells_what_the_library_has), TEST(is_lean_where_that_is_asked_for),
    TEST(says_when_memory_ends), TEST(draws_from_the_source_that_is_set),
    TEST(keeps_contexts_apart), TEST(opens_no_file_after_birth),
    TEST(reads_no_configuration))
