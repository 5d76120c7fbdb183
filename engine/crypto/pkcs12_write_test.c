/* pkcs12_write_test.c - key files of ours, as we, openssl and NSS read them. */
#include "crypto/test_pkcs12.h"

static void
make_files(void)
{
	test_make_files();
}

/* Two keys, one of them with two certificates, and a certificate alone. */
static void
make_entries(struct bl_pkcs12 *p)
{
	static const struct {
		const char *key, *cert, *name;
	} all[] = {{"ann.p8", "ann.crt", KEY_NAME},
	    {"bob.p8", "bob.crt", "Bob"}, {"", "ca.crt", ""}};

	p->entries = bl_alloc_array(3, sizeof(*p->entries));
	p->n = 3;
	for (size_t i = 0; i < 3; i++) {
		struct bl_buf key = {0};

		if (all[i].key[0] != 0) {
			test_load(&key, all[i].key);
			CHECK(bl_secret_copy(&p->entries[i].key,
				  bl_buf_span(&key), NULL) == BL_OK,
			    "key");
			bl_buf_clear(&key);
		}
		test_load(&p->entries[i].cert, all[i].cert);
		bl_buf_add_str(&p->entries[i].name, all[i].name);
	}
}

static bool
is_as_made(const struct bl_pkcs12 *p)
{
	return p->n == 3 && is_entry(p, 0, "ann.p8", "ann.crt") &&
	    is_entry(p, 1, "bob.p8", "bob.crt") &&
	    is_entry(p, 2, "", "ca.crt") && is_named(p, 0, KEY_NAME) &&
	    is_named(p, 1, "Bob") && is_named(p, 2, "");
}

static const struct {
	enum bl_pkcs12_style style;
	const char *name, *ciphers;
} styles[] = {
    {BL_PKCS12_MODERN, "modern",
	"test $(grep -c 'PBES2, PBKDF2, AES-256-CBC, Iteration 200000, PRF "
	"hmacWithSHA256' info) = 3 && grep 'MAC: sha256, Iteration 200000'"},
    {BL_PKCS12_OLD, "old",
	"test $(grep -c 'pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 10000' "
	"info) = 3 && grep 'MAC: sha1, Iteration 10000'"},
};

static void
writes_what_it_and_openssl_read(void)
{
	struct bl_pkcs12 made = {0}, p = {0};

	make_entries(&made);
	for (size_t i = 0; i < 2; i++) {
		const char *name = styles[i].name;
		struct bl_buf file = {0};

		CHECK(bl_pkcs12_write(&file, ctx, &made, bl_span_str(PASS),
			  styles[i].style, NULL) == BL_OK,
		    name);
		CHECK(read_bytes(&p, bl_buf_span(&file), PASS) == BL_OK, name);
		CHECK(is_as_made(&p), name);
		bl_pkcs12_clear(&p);
		CHECK(read_bytes(&p, bl_buf_span(&file), "other") == BL_E_NOKEY,
		    name);
		test_save("ours.p12", bl_buf_span(&file));
		CHECK(test_run("openssl pkcs12 -in ours.p12 -passin file:pass "
			       "-nodes -info >out 2>info && "
			       "test $(grep -c 'BEGIN PRIVATE' out) = 2 && "
			       "test $(grep -c 'BEGIN CERT' out) = 3 && "
			       "grep 'friendlyName: Bob' out && %s info",
			  styles[i].ciphers),
		    name);
		CHECK(
		    test_run("openssl pkcs12 -in ours.p12 -passin file:pass "
			     "-nodes -nocerts | openssl pkcs8 -topk8 -nocrypt "
			     "-outform DER -out first.p8 && "
			     "cmp first.p8 ann.p8"),
		    name);
		CHECK(test_run("openssl pkcs12 -in ours.p12 -passin file:pass "
			       "-nokeys -clcerts | openssl x509 -outform DER "
			       "-out first.crt && cmp first.crt ann.crt"),
		    name);
		bl_buf_clear(&file);
	}
	bl_pkcs12_clear(&made);
}

/* What NSS imports from us it exports again, in BER of its own. */
static void
exchanges_files_with_nss(void)
{
	static const char *const ciphers[] = {
	    "AES-256-CBC", "PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC"};
	struct bl_pkcs12 made = {0}, p = {0};

	if (!test_has("pk12util") || !test_has("certutil")) {
		fprintf(stderr, "pk12util is missing: not tested with NSS\n");
		return;
	}
	make_entries(&made);
	for (size_t i = 0; i < 2; i++) {
		struct bl_buf file = {0};

		CHECK(bl_pkcs12_write(&file, ctx, &made, bl_span_str(PASS),
			  styles[i].style, NULL) == BL_OK,
		    "write");
		test_save("ours.p12", bl_buf_span(&file));
		CHECK(test_run("rm -rf nss && mkdir nss && certutil -N -d nss "
			       "--empty-password && pk12util -i ours.p12 "
			       "-d nss -w pass"),
		    styles[i].name);
		bl_buf_clear(&file);
	}
	for (size_t i = 0; i < 2; i++) {
		CHECK(test_run("pk12util -o nss.p12 -n Bob -d nss -w pass -c "
			       "'%s' -C '%s'",
			  ciphers[i], ciphers[i]),
		    ciphers[i]);
		CHECK(read_named(&p, "nss.p12", PASS) == BL_OK, ciphers[i]);
		CHECK(p.n == 1 && is_entry(&p, 0, "bob.p8", "bob.crt") &&
			is_named(&p, 0, "Bob"),
		    ciphers[i]);
		bl_pkcs12_clear(&p);
		CHECK(read_named(&p, "nss.p12", "x") == BL_E_NOKEY, ciphers[i]);
	}
	bl_pkcs12_clear(&made);
}

static void
writes_any_choice_of_entries(void)
{
	struct bl_pkcs12 made = {0}, part, p = {0};
	struct bl_buf file = {0};

	make_entries(&made);
	for (size_t from = 0; from < 3; from++)
		for (size_t n = 0; from + n <= 3; n++) {
			part = (struct bl_pkcs12){made.entries + from, n};
			bl_buf_reset(&file);
			CHECK(bl_pkcs12_write(&file, ctx, &part, BL_STR(""),
				  BL_PKCS12_OLD, NULL) == BL_OK,
			    "write");
			CHECK(read_bytes(&p, bl_buf_span(&file), "") == BL_OK &&
				p.n == n,
			    "read");
			bl_pkcs12_clear(&p);
		}
	bl_buf_reset(&file);
	bl_buf_add(&made.entries[0].name, BL_STR("\xff"));
	CHECK(bl_pkcs12_write(&file, ctx, &made, BL_STR(""), BL_PKCS12_OLD,
		  NULL) == BL_E_CALLER &&
		file.n == 0,
	    "name");
	bl_buf_reset(&made.entries[0].name);
	CHECK(bl_pkcs12_write(&file, ctx, &made, BL_STR("\xff"), BL_PKCS12_OLD,
		  NULL) == BL_E_CALLER &&
		file.n == 0,
	    "passphrase");
	part = (struct bl_pkcs12){made.entries, 501};
	CHECK(bl_pkcs12_write(&file, ctx, &part, BL_STR(""), BL_PKCS12_OLD,
		  NULL) == BL_E_CALLER,
	    "too many");
	bl_buf_clear(&file);
	bl_pkcs12_clear(&made);
}

static bool
count_up(void *arg, uint8_t *p, size_t n)
{
	uint8_t *next = arg;

	for (size_t i = 0; i < n; i++)
		p[i] = (*next)++;
	return true;
}

static void
writes_the_same_from_the_same_draws(void)
{
	struct bl_pkcs12 made = {0};
	struct bl_buf file[3] = {0};

	make_entries(&made);
	for (size_t i = 0; i < 3; i++) {
		uint8_t next = i == 2 ? 9 : 0;

		bl_ctx_set_random(ctx, count_up, &next);
		CHECK(bl_pkcs12_write(&file[i], ctx, &made, BL_STR("p"),
			  BL_PKCS12_OLD, NULL) == BL_OK,
		    "write");
		bl_ctx_set_random(ctx, NULL, NULL);
	}
	CHECK(bl_span_equal(bl_buf_span(&file[0]), bl_buf_span(&file[1])),
	    "same");
	CHECK(!bl_span_equal(bl_buf_span(&file[0]), bl_buf_span(&file[2])),
	    "other");
	for (size_t i = 0; i < 3; i++)
		bl_buf_clear(&file[i]);
	bl_pkcs12_clear(&made);
}

static enum bl_err
write_again(void *arg)
{
	struct bl_buf file = {0};
	enum bl_err err = bl_pkcs12_write(
	    &file, ctx, arg, BL_STR("p"), BL_PKCS12_OLD, NULL);

	bl_buf_clear(&file);
	return err;
}

static void
says_when_memory_ends(void)
{
	struct bl_pkcs12 made = {0};

	make_entries(&made);
	bl_test_each_allocation(write_again, &made, "write");
	bl_pkcs12_clear(&made);
	bl_ctx_free(ctx);
	test_folder_remove();
}

TESTS(TEST(make_files), TEST(writes_what_it_and_openssl_read),
    TEST(exchanges_files_with_nss), TEST(writes_any_choice_of_entries),
    TEST(writes_the_same_from_the_same_draws), TEST(says_when_memory_ends))
