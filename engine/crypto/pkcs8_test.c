/* pkcs8_test.c - private keys under a passphrase: ours, those of the openssl
 * command, and what a file may ask of us. */
#include <string.h>

#include "crypto/pbe.h"
#include "crypto/test_keys.h"
#include "crypto/test_peer.h"

#define PASS "geh\xc3\xa9im \xe2\x9a\xb7 \xf0\x9f\x94\x91"

static struct bl_ctx *ctx;
static struct bl_limits limits;
static struct bl_buf key; /* PKCS#8, DER */
static struct bl_secret *pkcs8, *pass;

static struct bl_secret *
secret(const char *text)
{
	struct bl_secret *s = NULL;

	CHECK(bl_secret_copy(&s, bl_span_str(text), NULL) == BL_OK, "copy");
	return s;
}

static void
make_key(void)
{
	EVP_PKEY *k = test_key("EC", 0, "P-256");

	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	test_pkcs8(&key, k);
	EVP_PKEY_free(k);
	CHECK(bl_secret_copy(&pkcs8, bl_buf_span(&key), NULL) == BL_OK, "copy");
	pass = secret(PASS);
	test_save("key.der", bl_buf_span(&key));
	test_save("pass", bl_span_str(PASS));
}

static enum bl_err
open_with(struct bl_span sealed, const struct bl_secret *with)
{
	struct bl_secret *got = NULL;
	struct bl_note note = {0};
	enum bl_err err = bl_pkcs8_open(
	    &got, ctx, sealed, with, &limits, &note);

	CHECK((got != NULL) == (err == BL_OK) && note.err == err, "out");
	if (got != NULL)
		CHECK(bl_secret_equal(got, pkcs8), "the same key");
	bl_secret_free(got);
	return err;
}

/* By hand, as libcrypto's own reader stops at 32 MiB of scrypt. */
static bool
library_opens(struct bl_span sealed)
{
	struct bl_der in = bl_der_of(sealed), file, alg, pbes2, kdf, params;
	EVP_CIPHER_CTX *run = EVP_CIPHER_CTX_new();
	struct bl_span salt, octets;
	uint8_t k[32], clear[512];
	int n = 0, rest = 0;
	bool ok;

	file = bl_der_enter(&in, BL_DER_SEQUENCE);
	alg = bl_der_enter(&file, BL_DER_SEQUENCE);
	octets = bl_der_take(&file, BL_DER_OCTETS);
	CHECK(bl_oid_find(bl_der_oid(&alg)) == BL_OID_PBES2, "PBES2");
	pbes2 = bl_der_enter(&alg, BL_DER_SEQUENCE);
	kdf = bl_der_enter(&pbes2, BL_DER_SEQUENCE);
	CHECK(bl_oid_find(bl_der_oid(&kdf)) == BL_OID_SCRYPT, "scrypt");
	params = bl_der_enter(&kdf, BL_DER_SEQUENCE);
	salt = bl_der_take(&params, BL_DER_OCTETS);
	CHECK(salt.n == 16 && bl_der_uint(&params, 1 << 20) == 1 << 15 &&
		bl_der_uint(&params, 99) == 8 &&
		bl_der_uint(&params, 99) == 1 && bl_der_done(&params),
	    "N = 2^15, r = 8, p = 1");
	alg = bl_der_enter(&pbes2, BL_DER_SEQUENCE);
	CHECK(bl_oid_find(bl_der_oid(&alg)) == BL_OID_AES256_CBC, "cipher");
	ok = EVP_PBE_scrypt(PASS, sizeof(PASS) - 1, salt.p, salt.n, 1 << 15, 8,
		 1, 64 << 20, k, sizeof(k)) == 1 &&
	    EVP_DecryptInit_ex(run, EVP_aes_256_cbc(), NULL, k,
		bl_der_take(&alg, BL_DER_OCTETS).p) == 1 &&
	    EVP_DecryptUpdate(run, clear, &n, octets.p, (int)octets.n) == 1 &&
	    EVP_DecryptFinal_ex(run, clear + n, &rest) == 1;
	EVP_CIPHER_CTX_free(run);
	return ok &&
	    bl_span_equal(
		bl_span_of(clear, (size_t)(n + rest)), bl_buf_span(&key));
}

static void
opens_what_it_sealed(void)
{
	static const char *const wrong[] = {"", "geheim", PASS " ", "x"};
	struct bl_buf sealed = {0};

	CHECK(bl_pkcs8_seal(&sealed, ctx, pkcs8, pass, NULL) == BL_OK, "seal");
	CHECK(open_with(bl_buf_span(&sealed), pass) == BL_OK, "open");
	for (size_t i = 0; i < 4; i++) {
		struct bl_secret *s = secret(wrong[i]);

		CHECK(
		    open_with(bl_buf_span(&sealed), s) == BL_E_NOKEY, wrong[i]);
		bl_secret_free(s);
	}
	CHECK(library_opens(bl_buf_span(&sealed)), "libcrypto");
	for (size_t n = 0; n < sealed.n; n++)
		CHECK(
		    open_with(bl_span_of(sealed.p, n), pass) == BL_E_MALFORMED,
		    "cut");
	bl_buf_add_u8(&sealed, 0);
	CHECK(open_with(bl_buf_span(&sealed), pass) == BL_E_MALFORMED, "more");
	bl_buf_clear(&sealed);
}

static void
draws_salt_and_iv_from_the_context(void)
{
	struct bl_buf a = {0}, b = {0};

	CHECK(bl_pkcs8_seal(&a, ctx, pkcs8, pass, NULL) == BL_OK, "a");
	CHECK(bl_pkcs8_seal(&b, ctx, pkcs8, pass, NULL) == BL_OK, "b");
	CHECK(!bl_span_equal(bl_buf_span(&a), bl_buf_span(&b)), "differ");
	bl_buf_clear(&a);
	bl_buf_clear(&b);
}

static void
seals_and_opens_without_a_passphrase(void)
{
	struct bl_secret *empty = secret("");
	struct bl_buf sealed = {0};

	CHECK(bl_pkcs8_seal(&sealed, ctx, pkcs8, empty, NULL) == BL_OK, "seal");
	CHECK(open_with(bl_buf_span(&sealed), empty) == BL_OK, "open");
	CHECK(open_with(bl_buf_span(&sealed), pass) == BL_E_NOKEY, "other");
	bl_secret_free(empty);
	bl_buf_clear(&sealed);
}

static void
wants_a_passphrase_in_utf8(void)
{
	static const char *const bad[] = {"\xff", "\xc3", "a\xed\xa0\x80"};
	struct bl_secret *s = NULL;
	struct bl_buf sealed = {0};

	for (size_t i = 0; i < 3; i++) {
		s = secret(bad[i]);
		CHECK(
		    bl_pkcs8_seal(&sealed, ctx, pkcs8, s, NULL) == BL_E_CALLER,
		    "utf-8");
		bl_secret_free(s);
	}
	for (size_t n = BL_PASS_MAX; n <= BL_PASS_MAX + 1; n++) {
		CHECK(bl_secret_new(&s, n, NULL) == BL_OK, "new");
		memset(bl_secret_fill(s), 'p', n);
		CHECK(bl_pkcs8_seal(&sealed, ctx, pkcs8, s, NULL) ==
			(n == BL_PASS_MAX ? BL_OK : BL_E_CALLER),
		    "long");
		bl_secret_free(s);
	}
	bl_buf_clear(&sealed);
}

static void
opens_what_openssl_sealed(void)
{
	static const struct {
		const char *options;
		enum bl_err want;
	} cases[] = {
	    {"-v2 aes-256-cbc", BL_OK},
	    {"-v2 aes-128-cbc -v2prf hmacWithSHA1", BL_OK},
	    {"-v2 aes-192-cbc -v2prf hmacWithSHA512 -iter 1", BL_OK},
	    {"-v2 aes-256-cbc -v2prf hmacWithSHA224", BL_OK},
	    {"-v2 aes-256-cbc -v2prf hmacWithSHA384", BL_OK},
	    {"-v2 des3", BL_OK},
	    {"-scrypt", BL_OK},
	    {"-scrypt -scrypt_N 2 -scrypt_r 1 -scrypt_p 3", BL_OK},
	    {"-v1 PBE-SHA1-3DES", BL_OK},
	    {"-v1 PBE-SHA1-2DES", BL_OK},
	    {"-v1 PBE-SHA1-RC2-128", BL_OK},
	    {"-v1 PBE-SHA1-RC2-40", BL_OK},
	    {"-v1 PBE-SHA1-RC4-128", BL_E_UNSUPPORTED},
	    {"-v1 PBE-MD5-DES", BL_E_UNSUPPORTED},
	    {"-v2 aes-256-cfb", BL_E_UNSUPPORTED},
	    {"-v2 aes-256-cbc -v2prf hmacWithSHA512-256", BL_E_UNSUPPORTED},
	};
	struct bl_buf sealed = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].options;
		struct bl_secret *other = secret("other");

		CHECK(
		    test_run("openssl pkcs8 -topk8 -inform DER -in key.der "
			     "-outform DER -out sealed.der -passout file:pass "
			     "-provider legacy -provider default %s",
			name),
		    name);
		test_load(&sealed, "sealed.der");
		CHECK(open_with(bl_buf_span(&sealed), pass) == cases[i].want,
		    name);
		CHECK(open_with(bl_buf_span(&sealed), other) ==
			(cases[i].want == BL_OK ? BL_E_NOKEY : cases[i].want),
		    name);
		bl_secret_free(other);
	}
	bl_buf_clear(&sealed);
}

/* ---- parameters written here ---- */

enum shape { PBKDF2, SCRYPT, OLD };

struct params {
	const char *name;
	enum shape shape;
	struct bl_span salt;
	struct bl_span numbers; /* DER INTEGERs in a row */
	struct bl_span more;	/* DER behind them */
	struct bl_span iv;
	enum bl_err want; /* BL_E_NOKEY: they are fine */
};

static void
put_kdf(struct bl_buf *b, const struct params *p)
{
	size_t seq = bl_der_open(b, BL_DER_SEQUENCE), kdf = 0, params = 0;

	if (p->shape != OLD) {
		kdf = bl_der_open(b, BL_DER_SEQUENCE);
		bl_der_put_oid(
		    b, p->shape == SCRYPT ? BL_OID_SCRYPT : BL_OID_PBKDF2);
		params = bl_der_open(b, BL_DER_SEQUENCE);
	}
	bl_der_put(b, BL_DER_OCTETS, p->salt);
	bl_buf_add(b, p->numbers);
	bl_buf_add(b, p->more);
	if (p->shape != OLD) {
		bl_der_close(b, params);
		bl_der_close(b, kdf);
		params = bl_der_open(b, BL_DER_SEQUENCE);
		bl_der_put_oid(b, BL_OID_AES256_CBC);
		bl_der_put(b, BL_DER_OCTETS, p->iv);
		bl_der_close(b, params);
	}
	bl_der_close(b, seq);
}

static void
put_file(struct bl_buf *b, const struct params *p)
{
	static const uint8_t octets[64];
	size_t file = bl_der_open(b, BL_DER_SEQUENCE);
	size_t alg = bl_der_open(b, BL_DER_SEQUENCE);

	bl_der_put_oid(
	    b, p->shape == OLD ? BL_OID_PBE_SHA1_3DES : BL_OID_PBES2);
	put_kdf(b, p);
	bl_der_close(b, alg);
	bl_der_put(b, BL_DER_OCTETS, bl_span_of(octets, sizeof(octets)));
	bl_der_close(b, file);
}

#define SALT BYTES("saltsalt")
#define IV   BYTES("0123456789abcdef")
#define NONE BYTES("")

static void
bounds_what_a_file_asks_for(void)
{
	static const struct params cases[] = {
	    /* 10,000 iterations are the limit set below */
	    {"1", PBKDF2, SALT, BYTES("\2\1\1"), NONE, IV, BL_E_NOKEY},
	    {"at the limit", PBKDF2, SALT, BYTES("\2\2\x27\x10"), NONE, IV,
		BL_E_NOKEY},
	    {"over it", PBKDF2, SALT, BYTES("\2\2\x27\x11"), NONE, IV,
		BL_E_LIMIT},
	    {"2^31", PBKDF2, SALT, BYTES("\2\5\0\x80\0\0\0"), NONE, IV,
		BL_E_LIMIT},
	    {"2^64 - 1", PBKDF2, SALT,
		BYTES("\2\x09\0\xff\xff\xff\xff\xff\xff\xff\xff"), NONE, IV,
		BL_E_LIMIT},
	    {"2^64", PBKDF2, SALT, BYTES("\2\x09\1\0\0\0\0\0\0\0\0"), NONE, IV,
		BL_E_LIMIT},
	    {"2^100", PBKDF2, SALT, BYTES("\2\x0d\x10\0\0\0\0\0\0\0\0\0\0\0\0"),
		NONE, IV, BL_E_LIMIT},
	    {"0", PBKDF2, SALT, BYTES("\2\1\0"), NONE, IV, BL_E_MALFORMED},
	    {"-1", PBKDF2, SALT, BYTES("\2\1\xff"), NONE, IV, BL_E_MALFORMED},
	    {"-2^100", PBKDF2, SALT,
		BYTES("\2\x0d\xf0\0\0\0\0\0\0\0\0\0\0\0\0"), NONE, IV,
		BL_E_MALFORMED},
	    {"padded", PBKDF2, SALT, BYTES("\2\2\0\1"), NONE, IV,
		BL_E_MALFORMED},
	    {"no count", PBKDF2, SALT, NONE, NONE, IV, BL_E_MALFORMED},
	    {"no salt", PBKDF2, NONE, BYTES("\2\1\1"), NONE, IV,
		BL_E_MALFORMED},
	    {"key size", PBKDF2, SALT, BYTES("\2\1\1\2\1\x20"), NONE, IV,
		BL_E_NOKEY},
	    {"another key size", PBKDF2, SALT, BYTES("\2\1\1\2\1\x10"), NONE,
		IV, BL_E_MALFORMED},
	    {"sha-1", PBKDF2, SALT, BYTES("\2\1\1"),
		BYTES("\x30\x0c\6\x08\x2a\x86\x48\x86\xf7\x0d\2\7\5\0"), IV,
		BL_E_NOKEY},
	    {"hmac with md5", PBKDF2, SALT, BYTES("\2\1\1"),
		BYTES("\x30\x0c\6\x08\x2a\x86\x48\x86\xf7\x0d\2\6\5\0"), IV,
		BL_E_UNSUPPORTED},
	    {"something else", PBKDF2, SALT, BYTES("\2\1\1"), BYTES("\4\0"), IV,
		BL_E_MALFORMED},
	    {"short IV", PBKDF2, SALT, BYTES("\2\1\1"), NONE,
		BYTES("0123456789abcde"), BL_E_MALFORMED},
	    {"long IV", PBKDF2, SALT, BYTES("\2\1\1"), NONE,
		BYTES("0123456789abcdef0"), BL_E_MALFORMED},
	    {"old", OLD, SALT, BYTES("\2\2\x27\x10"), NONE, NONE, BL_E_NOKEY},
	    {"old over it", OLD, SALT, BYTES("\2\2\x27\x11"), NONE, NONE,
		BL_E_LIMIT},
	    {"old without salt", OLD, NONE, BYTES("\2\1\1"), NONE, NONE,
		BL_E_MALFORMED},
	    {"old and more", OLD, SALT, BYTES("\2\1\1\2\1\1"), NONE, NONE,
		BL_E_MALFORMED},
	    /* scrypt: 1 MiB is the limit set below, 128 * r * (N + p) */
	    {"scrypt", SCRYPT, SALT, BYTES("\2\1\2\2\1\1\2\1\1"), NONE, IV,
		BL_E_NOKEY},
	    {"scrypt memory", SCRYPT, SALT, BYTES("\2\2\x08\0\2\1\2\2\2\x08\0"),
		NONE, IV, BL_E_LIMIT},
	    {"scrypt at the limit", SCRYPT, SALT,
		BYTES("\2\2\x02\0\2\1\x0c\2\1\1"), NONE, IV, BL_E_NOKEY},
	    {"scrypt work", SCRYPT, SALT, BYTES("\2\2\x02\0\2\1\x0c\2\1\2"),
		NONE, IV, BL_E_LIMIT},
	    {"scrypt 8 MiB", SCRYPT, SALT, BYTES("\2\3\1\0\0\2\1\4\2\1\1"),
		NONE, IV, BL_E_LIMIT},
	    {"scrypt N no power", SCRYPT, SALT, BYTES("\2\1\3\2\1\1\2\1\1"),
		NONE, IV, BL_E_MALFORMED},
	    {"scrypt N 1", SCRYPT, SALT, BYTES("\2\1\1\2\1\1\2\1\1"), NONE, IV,
		BL_E_MALFORMED},
	    {"scrypt N 2^16 for r 1", SCRYPT, SALT,
		BYTES("\2\3\1\0\0\2\1\1\2\1\1"), NONE, IV, BL_E_MALFORMED},
	    {"scrypt r 0", SCRYPT, SALT, BYTES("\2\1\2\2\1\0\2\1\1"), NONE, IV,
		BL_E_MALFORMED},
	    {"scrypt p 0", SCRYPT, SALT, BYTES("\2\1\2\2\1\1\2\1\0"), NONE, IV,
		BL_E_MALFORMED},
	    {"scrypt r 2^63", SCRYPT, SALT,
		BYTES("\2\1\2\2\x09\0\x80\0\0\0\0\0\0\0\2\1\1"), NONE, IV,
		BL_E_LIMIT},
	    {"scrypt p 2^63", SCRYPT, SALT,
		BYTES("\2\1\2\2\1\1\2\x09\0\x80\0\0\0\0\0\0\0"), NONE, IV,
		BL_E_LIMIT},
	    {"scrypt N 2^63", SCRYPT, SALT,
		BYTES("\2\x09\0\x80\0\0\0\0\0\0\0\2\1\4\2\1\1"), NONE, IV,
		BL_E_LIMIT},
	    {"scrypt key size", SCRYPT, SALT,
		BYTES("\2\1\2\2\1\1\2\1\1\2\1\x20"), NONE, IV, BL_E_NOKEY},
	};

	limits.kdf_iterations = 10000;
	limits.scrypt_bytes = 1u << 20;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf file = {0};

		put_file(&file, &cases[i]);
		CHECK(open_with(bl_buf_span(&file), pass) == cases[i].want,
		    cases[i].name);
		bl_buf_clear(&file);
	}
	limits = BL_LIMITS;
}

static void
bounds_salt_and_file(void)
{
	static uint8_t bytes[1025];
	struct params p = {
	    "", PBKDF2, {bytes, 1024}, BYTES("\2\1\1"), NONE, IV, BL_OK};
	struct bl_buf file = {0};

	put_file(&file, &p);
	CHECK(open_with(bl_buf_span(&file), pass) == BL_E_NOKEY, "1024");
	limits.pkcs12_bytes = file.n;
	CHECK(open_with(bl_buf_span(&file), pass) == BL_E_NOKEY, "as long");
	limits.pkcs12_bytes = file.n - 1;
	CHECK(open_with(bl_buf_span(&file), pass) == BL_E_LIMIT, "longer");
	limits = BL_LIMITS;
	bl_buf_reset(&file);
	p.salt.n = 1025;
	put_file(&file, &p);
	CHECK(open_with(bl_buf_span(&file), pass) == BL_E_MALFORMED, "1025");
	bl_buf_clear(&file);
}

static void
converts_text_both_ways(void)
{
	static const struct {
		struct bl_span utf8, wide;
	} cases[] = {
	    {BYTES(""), BYTES("")},
	    {BYTES("a\x7f"), BYTES("\0a\0\x7f")},
	    {BYTES("\xc2\x80\xdf\xbf"), BYTES("\0\x80\x07\xff")},
	    {BYTES("\xe0\xa0\x80\xef\xbf\xbd"), BYTES("\x08\0\xff\xfd")},
	    {BYTES("\xf0\x90\x80\x80"), BYTES("\xd8\0\xdc\0")},
	    {BYTES("\xf4\x8f\xbf\xbf"), BYTES("\xdb\xff\xdf\xff")},
	    {BYTES(PASS),
		BYTES("\0g\0e\0h\0\xe9\0i\0m\0 \x26\xb7\0 "
		      "\xd8\x3d\xdd\x11")},
	};
	static const struct bl_span bad_wide[] = {BYTES("\0"), BYTES("\xd8\0"),
	    BYTES("\xd8\0\0a"), BYTES("\xdc\0"), BYTES("\xd8\0\xd8\0"),
	    BYTES("\0a\0\0\0b")};
	struct bl_buf out = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bl_buf_reset(&out);
		CHECK(bl_wide_put(&out, cases[i].utf8), "put");
		CHECK(bl_span_equal(bl_buf_span(&out), cases[i].wide), "put");
		bl_buf_reset(&out);
		CHECK(bl_wide_read(&out, cases[i].wide), "read");
		CHECK(bl_span_equal(bl_buf_span(&out), cases[i].utf8), "read");
	}
	CHECK(!bl_wide_put(&out, BL_STR("\xc0\x80")), "overlong");
	for (size_t i = 0; i < 6; i++) {
		bl_buf_reset(&out);
		CHECK(!bl_wide_read(&out, bad_wide[i]), "bad");
	}
	bl_buf_reset(&out);
	CHECK(bl_wide_read(&out, BL_STR("\0a\0")) == false, "odd");
	bl_buf_reset(&out);
	CHECK(bl_wide_read(&out, bl_span_of("\0a\0\0", 4)) && out.n == 1,
	    "NUL at the end");
	bl_buf_clear(&out);
}

static enum bl_err
seal_and_open(void *arg)
{
	struct bl_secret *got = NULL;
	struct bl_buf sealed = {0};
	enum bl_err err = bl_pkcs8_seal(&sealed, ctx, pkcs8, pass, arg);

	if (err == BL_OK)
		err = bl_pkcs8_open(
		    &got, ctx, bl_buf_span(&sealed), pass, &limits, arg);
	bl_secret_free(got);
	bl_buf_clear(&sealed);
	return err;
}

static void
says_when_memory_ends(void)
{
	bl_test_each_allocation(seal_and_open, NULL, "pkcs8");
	bl_secret_free(pkcs8);
	bl_secret_free(pass);
	bl_buf_clear(&key);
	bl_ctx_free(ctx);
	test_folder_remove();
}

TESTS(TEST(make_key), TEST(opens_what_it_sealed),
    TEST(draws_salt_and_iv_from_the_context),
    TEST(seals_and_opens_without_a_passphrase),
    TEST(wants_a_passphrase_in_utf8), TEST(opens_what_openssl_sealed),
    TEST(bounds_what_a_file_asks_for), TEST(bounds_salt_and_file),
    TEST(converts_text_both_ways), TEST(says_when_memory_ends))
