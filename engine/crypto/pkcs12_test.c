/* pkcs12_test.c - key files of other programs, and the same files damaged. */
#include "crypto/internal.h"
#include "crypto/test_pkcs12.h"

static void
make_files(void)
{
	test_make_files();
}

static void
reads_the_corpora(void)
{
	static const struct {
		const char *file, *pass;
		enum bl_key_kind kind;
	} cases[] = {
	    {"nss-interop/Fran.p12", "nss", BL_KEY_RSA},
	    {"nss-interop/Fran-ec.p12", "nss", BL_KEY_EC_P384},
	    {"bc-mail/johndoe.p12", "", BL_KEY_RSA},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf file = {0};
		struct bl_pkcs12 p = {0};
		struct bl_priv *k = NULL;

		CHECK(bl_test_corpus(&file, cases[i].file), cases[i].file);
		CHECK(
		    read_bytes(&p, bl_buf_span(&file), cases[i].pass) == BL_OK,
		    cases[i].file);
		CHECK(p.n >= 1 && p.entries[0].key != NULL &&
			p.entries[0].cert.n > 0,
		    cases[i].file);
		if (p.n >= 1) {
			CHECK(bl_priv_read(&k, ctx, p.entries[0].key, NULL) ==
				    BL_OK &&
				bl_priv_kind(k) == cases[i].kind,
			    cases[i].file);
			bl_priv_free(k);
		}
		bl_pkcs12_clear(&p);
		CHECK(read_bytes(&p, bl_buf_span(&file), "other") == BL_E_NOKEY,
		    cases[i].file);
		bl_buf_clear(&file);
	}
}

#define EXPORT                                                                 \
	"openssl pkcs12 -export -out x.p12 -passout file:pass -inkey ann.key " \
	"-in ann.pem -name '" NAME "' "

static void
reads_what_openssl_writes(void)
{
	static const char *const options[] = {"", "-legacy", "-iter 1",
	    "-nomaciter -noiter", "-keypbe AES-128-CBC -certpbe AES-192-CBC",
	    "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
	    "-keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-2DES",
	    "-legacy -keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-128",
	    "-keypbe NONE -certpbe NONE", "-certpbe NONE", "-keypbe NONE",
	    "-macalg sha512", "-macalg sha384", "-macalg sha224",
	    "-keypbe DES-EDE3-CBC -certpbe AES-256-CBC"};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		struct bl_pkcs12 p = {0};

		CHECK(test_run(EXPORT "%s", options[i]), options[i]);
		CHECK(read_named(&p, "x.p12", PASS) == BL_OK, options[i]);
		CHECK(p.n == 1 && is_entry(&p, 0, "ann.p8", "ann.crt") &&
			is_named(&p, 0, NAME),
		    options[i]);
		bl_pkcs12_clear(&p);
		CHECK(read_named(&p, "x.p12", "geheim") == BL_E_NOKEY,
		    options[i]);
		CHECK(read_named(&p, "x.p12", "") == BL_E_NOKEY, options[i]);
		CHECK(
		    read_named(&p, "x.p12", "\xff") == BL_E_NOKEY, options[i]);
	}
}

static void
says_what_it_does_not_handle(void)
{
	static const char *const options[] = {"-nomac", "-macalg md5",
	    "-legacy -keypbe PBE-SHA1-RC4-128 -certpbe NONE",
	    "-legacy -certpbe PBE-SHA1-RC4-40", "-certpbe AES-256-CFB",
	    "-keypbe CAMELLIA-256-CBC"};
	struct bl_pkcs12 p = {0};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		CHECK(test_run(EXPORT "%s", options[i]), options[i]);
		CHECK(read_named(&p, "x.p12", PASS) == BL_E_UNSUPPORTED,
		    options[i]);
	}
}

/* Without the library's legacy part RC2 is named, not a wrong passphrase. */
static void
says_when_the_library_lacks_old_ciphers(void)
{
	struct bl_pkcs12 p = {0};
	EVP_CIPHER *rc2 = ctx->ciphers.rc2_40;

	CHECK(bl_ctx_has(ctx, "rc2") && rc2 != NULL, "legacy provider");
	CHECK(test_run(EXPORT "-legacy"), "export");
	ctx->ciphers.rc2_40 = NULL;
	CHECK(read_named(&p, "x.p12", PASS) == BL_E_UNSUPPORTED, "rc2");
	ctx->ciphers.rc2_40 = rc2;
	CHECK(read_named(&p, "x.p12", PASS) == BL_OK, "rc2");
	bl_pkcs12_clear(&p);
}

static void
reads_keys_and_certificates_alone(void)
{
	struct bl_pkcs12 p = {0};

	CHECK(test_run(EXPORT "-nokeys"), "no key");
	CHECK(read_named(&p, "x.p12", PASS) == BL_OK && p.n == 1 &&
		is_entry(&p, 0, "", "ann.crt"),
	    "no key");
	bl_pkcs12_clear(&p);
	CHECK(test_run("openssl pkcs12 -export -out x.p12 -passout file:pass "
		       "-inkey ann.key -nocerts"),
	    "no certificate");
	CHECK(read_named(&p, "x.p12", PASS) == BL_OK && p.n == 1 &&
		is_entry(&p, 0, "ann.p8", ""),
	    "no certificate");
	bl_pkcs12_clear(&p);
	CHECK(test_run(EXPORT "-certfile ca.pem -caname 'the CA'"), "chain");
	CHECK(read_named(&p, "x.p12", PASS) == BL_OK && p.n == 2 &&
		is_entry(&p, 0, "ann.p8", "ann.crt") &&
		is_entry(&p, 1, "", "ca.crt") && is_named(&p, 0, NAME) &&
		is_named(&p, 1, "the CA"),
	    "chain");
	bl_pkcs12_clear(&p);
	/* the key's certificate last, and two of them */
	CHECK(test_run("cat ca.pem bob.pem ann2.pem > more.pem; " EXPORT
		       "-certfile more.pem"),
	    "two certificates");
	CHECK(read_named(&p, "x.p12", PASS) == BL_OK && p.n == 4 &&
		is_entry(&p, 0, "ann.p8", "ann.crt") &&
		is_entry(&p, 1, "ann.p8", "ann2.crt") &&
		is_entry(&p, 2, "", "ca.crt") && is_entry(&p, 3, "", "bob.crt"),
	    "two certificates");
	bl_pkcs12_clear(&p);
	CHECK(test_run("openssl pkcs12 -export -out x.p12 -passout file:pass "
		       "-inkey eve.key -in eve.pem"),
	    "ed25519");
	CHECK(read_named(&p, "x.p12", PASS) == BL_OK && p.n == 1 &&
		is_entry(&p, 0, "eve.p8", "eve.crt"),
	    "ed25519");
	bl_pkcs12_clear(&p);
	/* a key we do not use is passed on, not tied to its certificate */
	CHECK(test_run("openssl pkcs12 -export -out x.p12 -passout file:pass "
		       "-inkey fred.key -in fred.pem"),
	    "another curve");
	CHECK(read_named(&p, "x.p12", PASS) == BL_OK && p.n == 2 &&
		is_entry(&p, 0, "fred.p8", "") &&
		is_entry(&p, 1, "", "fred.crt"),
	    "another curve");
	bl_pkcs12_clear(&p);
}

static void
reads_each_kind_of_no_passphrase(void)
{
	static const char *const options[] = {
	    "", "-legacy", "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES"};
	struct bl_pkcs12 p = {0};

	for (size_t i = 0; i < 3; i++) {
		CHECK(test_run("openssl pkcs12 -export -out x.p12 -passout "
			       "pass: -inkey ann.key -in ann.pem %s",
			  options[i]),
		    options[i]);
		CHECK(read_named(&p, "x.p12", "") == BL_OK && p.n == 1,
		    options[i]);
		bl_pkcs12_clear(&p);
		CHECK(read_named(&p, "x.p12", "x") == BL_E_NOKEY, options[i]);
	}
}

static void
bounds_work_and_length(void)
{
	struct bl_pkcs12 p = {0};
	struct bl_buf file = {0};

	CHECK(test_run(EXPORT "-iter 1000"), "export");
	test_load(&file, "x.p12");
	for (int over = 0; over < 2; over++) {
		/* MAC, certificates and key: 1,000 each */
		limits.kdf_iterations = 3000 - (uint64_t)over;
		CHECK(read_named(&p, "x.p12", PASS) ==
			(over ? BL_E_LIMIT : BL_OK),
		    "iterations");
		bl_pkcs12_clear(&p);
		limits = BL_LIMITS;
		limits.pkcs12_bytes = file.n - (size_t)over;
		CHECK(read_named(&p, "x.p12", PASS) ==
			(over ? BL_E_LIMIT : BL_OK),
		    "bytes");
		bl_pkcs12_clear(&p);
		limits = BL_LIMITS;
	}
	bl_buf_clear(&file);
}

/* A bit changed anywhere is a clean refusal, as is any cut. */
static void
refuses_each_changed_byte(void)
{
	struct bl_buf file = {0};
	struct bl_pkcs12 p = {0};

	CHECK(test_run("openssl pkcs12 -export -out x.p12 -passout pass:p "
		       "-inkey bob.key -in bob.pem -iter 1"),
	    "export");
	test_load(&file, "x.p12");
	limits.kdf_iterations = 100000;
	for (size_t i = 0; i < file.n; i++) {
		enum bl_err err;

		file.p[i] ^= (uint8_t)(1u << i % 8);
		err = read_bytes(&p, bl_buf_span(&file), "p");
		CHECK(err == BL_E_MALFORMED || err == BL_E_NOKEY ||
			err == BL_E_LIMIT || err == BL_E_UNSUPPORTED,
		    "bit");
		bl_pkcs12_clear(&p);
		file.p[i] ^= (uint8_t)(1u << i % 8);
		CHECK(read_bytes(&p, bl_span_of(file.p, i), "p") ==
			BL_E_MALFORMED,
		    "cut");
	}
	bl_buf_add_u8(&file, 0);
	CHECK(
	    read_bytes(&p, bl_buf_span(&file), "p") == BL_E_MALFORMED, "more");
	limits = BL_LIMITS;
	bl_buf_clear(&file);
}

/* ---- BER, as Windows and NSS write it ---- */

/* An OCTET STRING, or [0] of one, in pieces. */
static void
put_pieces(struct bl_buf *b, unsigned tag, struct bl_span s, size_t piece)
{
	bl_buf_add_u8(b, (uint8_t)tag);
	bl_buf_add_u8(b, 0x80);
	bl_buf_add(b, BL_STR("\x24\x80\4\0\0\0")); /* pieces of none */
	while (s.n > 0) {
		bl_der_put(b, BL_DER_OCTETS, bl_span_cut(s, 0, piece));
		s = bl_span_cut(s, piece, SIZE_MAX);
	}
	bl_buf_add(b, BL_STR("\0\0"));
}

static void
put_indefinite(struct bl_buf *b, unsigned tag, struct bl_span content)
{
	bl_buf_add_u8(b, (uint8_t)tag);
	bl_buf_add_u8(b, 0x80);
	bl_buf_add(b, content);
	bl_buf_add(b, BL_STR("\0\0"));
}

/* A file in DER with its frame in BER: the bytes under the MAC stay. */
static void
in_ber(struct bl_buf *out, struct bl_span file, size_t piece)
{
	struct bl_der at = bl_der_of(file), pfx, info, content;
	struct bl_buf octets = {0}, explicit = {0}, all = {0};
	struct bl_span oid, auth, mac;

	pfx = bl_der_enter(&at, BL_DER_SEQUENCE);
	CHECK(bl_der_uint(&pfx, 3) == 3, "version");
	info = bl_der_enter(&pfx, BL_DER_SEQUENCE);
	mac = bl_der_whole(&pfx, BL_DER_SEQUENCE);
	oid = bl_der_whole(&info, BL_DER_OID);
	content = bl_der_enter(&info, BL_DER_CONTEXT(0));
	auth = bl_der_take(&content, BL_DER_OCTETS);
	CHECK(bl_der_done(&pfx) && bl_der_done(&content), "frame");
	put_pieces(&octets, 0x24, auth, piece);
	bl_buf_add(&all, oid);
	put_indefinite(&all, 0xa0, bl_buf_span(&octets));
	bl_buf_add(&explicit, BL_STR("\2\1\3"));
	put_indefinite(&explicit, 0x30, bl_buf_span(&all));
	bl_buf_add(&explicit, mac);
	put_indefinite(out, 0x30, bl_buf_span(&explicit));
	bl_buf_clear(&octets);
	bl_buf_clear(&explicit);
	bl_buf_clear(&all);
}

static void
reads_ber(void)
{
	struct bl_buf file = {0}, ber = {0};
	struct bl_pkcs12 p = {0};

	CHECK(test_run("openssl pkcs12 -export -out x.p12 -passout pass:p "
		       "-inkey bob.key -in bob.pem -iter 1"),
	    "export");
	test_load(&file, "x.p12");
	for (size_t piece = 1; piece < 2000; piece *= 3) {
		bl_buf_reset(&ber);
		in_ber(&ber, bl_buf_span(&file), piece);
		CHECK(read_bytes(&p, bl_buf_span(&ber), "p") == BL_OK &&
			p.n == 1 && is_entry(&p, 0, "bob.p8", "bob.crt"),
		    "ber");
		bl_pkcs12_clear(&p);
		CHECK(read_bytes(&p, bl_buf_span(&ber), "q") == BL_E_NOKEY,
		    "ber");
	}
	for (size_t n = 0; n < ber.n; n++)
		CHECK(
		    read_bytes(&p, bl_span_of(ber.p, n), "p") == BL_E_MALFORMED,
		    "cut");
	bl_buf_clear(&file);
	bl_buf_clear(&ber);
}

static enum bl_err
read_again(void *arg)
{
	struct bl_pkcs12 p = {0};
	enum bl_err err = bl_pkcs12_read(&p, ctx,
	    bl_buf_span((struct bl_buf *)arg), BL_STR("p"), &limits, NULL);

	bl_pkcs12_clear(&p);
	return err;
}

static void
says_when_memory_ends(void)
{
	struct bl_buf file = {0}, ber = {0};

	CHECK(test_run("openssl pkcs12 -export -out x.p12 -passout pass:p "
		       "-inkey bob.key -in bob.pem -certfile ca.pem -name Bob "
		       "-iter 1"),
	    "export");
	test_load(&file, "x.p12");
	bl_test_each_allocation(read_again, &file, "read");
	in_ber(&ber, bl_buf_span(&file), 7);
	bl_test_each_allocation(read_again, &ber, "read BER");
	bl_buf_clear(&ber);
	bl_buf_clear(&file);
	bl_ctx_free(ctx);
	test_folder_remove();
}

TESTS(TEST(make_files), TEST(reads_the_corpora),
    TEST(reads_what_openssl_writes), TEST(says_what_it_does_not_handle),
    TEST(says_when_the_library_lacks_old_ciphers),
    TEST(reads_keys_and_certificates_alone),
    TEST(reads_each_kind_of_no_passphrase), TEST(bounds_work_and_length),
    TEST(refuses_each_changed_byte), TEST(reads_ber),
    TEST(says_when_memory_ends))
