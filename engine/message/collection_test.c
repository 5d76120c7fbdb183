/* collection_test.c - files of certificates as openssl writes them, in every
 * form, and their bad twins. */
#include "bulla/collection.h"

#include "crypto/test_peer.h"

static struct bl_ctx *ctx;
static struct bl_limits limits;

struct result {
	enum bl_err err;
	size_t n, skipped;
	struct bl_note note;
};

static struct result
collect_bytes(struct bl_span file, const char *pass)
{
	struct bl_certs set = {0};
	struct result r = {0};

	r.err = bl_collection_read(
	    &set, ctx, file, bl_span_str(pass), &limits, &r.skipped, &r.note);
	r.n = set.n;
	bl_certs_clear(&set);
	return r;
}

static struct result
collect(const char *name, const char *pass)
{
	struct bl_buf file = {0};
	struct result r;

	test_load(&file, name);
	r = collect_bytes(bl_buf_span(&file), pass);
	bl_buf_clear(&file);
	return r;
}

static void
start(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	test_save("pass", BL_STR("secret"));
	CHECK(test_run("openssl req -x509 -newkey rsa:2048 -nodes -keyout "
		       "a.key -out a.pem -subj /CN=A -days 30 && "
		       "openssl req -x509 -newkey rsa:2048 -nodes -keyout "
		       "b.key -out b.pem -subj /CN=B -days 30 && "
		       "cat a.pem b.pem > both.pem && "
		       "openssl x509 -in a.pem -outform DER -out a.crt && "
		       "openssl crl2pkcs7 -nocrl -certfile both.pem -out "
		       "both.p7b && "
		       "openssl crl2pkcs7 -nocrl -certfile both.pem -outform "
		       "DER -out both.p7c && "
		       "openssl crl2pkcs7 -nocrl -outform DER -out none.p7c"),
	    "certificates");
	CHECK(test_run("echo text | openssl cms -sign -signer a.pem -inkey "
		       "a.key -certfile b.pem -stream -outform DER -out "
		       "signed.p7m -nodetach && "
		       "echo text | openssl cms -encrypt -outform DER -out "
		       "sealed.p7m -recip a.pem && "
		       "openssl pkcs12 -export -in a.pem -inkey a.key "
		       "-certfile b.pem -passout file:pass -out key.p12 && "
		       "openssl pkcs12 -export -nokeys -in both.pem -passout "
		       "file:pass -out certs.p12 && "
		       "( echo -----BEGIN PKCS12-----; base64 certs.p12; echo "
		       "-----END PKCS12----- ) > certs.pem"),
	    "files");
}

static void
reads_every_form(void)
{
	static const struct {
		const char *file, *pass;
		size_t n;
	} cases[] = {
	    {"a.crt", "", 1},
	    {"both.pem", "", 2},
	    {"both.p7b", "", 2},
	    {"both.p7c", "", 2},
	    {"signed.p7m", "", 2},
	    {"key.p12", "secret", 2},
	    {"certs.p12", "secret", 2},
	    {"certs.pem", "secret", 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct result r = collect(cases[i].file, cases[i].pass);

		CHECK(r.err == BL_OK && r.n == cases[i].n && r.skipped == 0,
		    cases[i].file);
	}
}

static void
takes_several_forms_in_one_file(void)
{
	struct result r;

	CHECK(test_run("cat a.pem both.p7b certs.pem > mixed.pem"), "file");
	r = collect("mixed.pem", "secret");
	CHECK(r.err == BL_OK && r.n == 2 && r.skipped == 0, "mixed");
	CHECK(collect("mixed.pem", "").err == BL_E_NOKEY, "no passphrase");
}

static void
needs_the_passphrase(void)
{
	CHECK(collect("certs.p12", "").err == BL_E_NOKEY, "none");
	CHECK(collect("certs.p12", "Secret").err == BL_E_NOKEY, "wrong");
	CHECK(collect("key.p12", "Secret").n == 0, "nothing comes out");
}

/* The key of a file whose certificates are taken stays sealed: that it is no
 * key does not show. */
static void
opens_no_key(void)
{
	struct bl_limits less = limits;
	struct result r;

	CHECK(test_run("openssl rand -out junk 1200 && "
		       "openssl pkcs12 -export -in a.pem -inkey a.key "
		       "-passout file:pass -keypbe PBE-SHA1-3DES -out "
		       "other.p12"),
	    "file");
	r = collect("other.p12", "secret");
	CHECK(r.err == BL_OK && r.n == 1, "certificates");
	/* what the key asks for is counted all the same */
	less.kdf_iterations = 1000;
	limits = less;
	CHECK(collect("key.p12", "secret").err == BL_E_LIMIT, "limit");
	limits = BL_LIMITS;
}

static void
refuses_what_has_none(void)
{
	struct bl_buf file = {0};

	CHECK(collect("none.p7c", "").err == BL_E_MALFORMED, "empty PKCS #7");
	CHECK(collect("sealed.p7m", "").err == BL_E_MALFORMED, "encrypted");
	CHECK(collect("a.key", "").err == BL_E_MALFORMED, "a key");
	CHECK(collect_bytes(BL_STR(""), "").err == BL_E_MALFORMED, "nothing");
	CHECK(collect_bytes(BL_STR("\x30"), "").err == BL_E_MALFORMED, "1");
	CHECK(collect_bytes(BL_STR("\x30\x80"), "").err == BL_E_MALFORMED, "2");
	CHECK(
	    collect_bytes(BL_STR("\x30\x80\6"), "").err == BL_E_MALFORMED, "3");
	test_load(&file, "both.p7c");
	for (size_t n = 0; n < file.n; n += 7)
		CHECK(collect_bytes(bl_span_of(file.p, n), "").n == 0, "cut");
	bl_buf_clear(&file);
}

/* One bad certificate among others is skipped, in PKCS #7, too. */
static void
skips_one_that_is_bad(void)
{
	struct bl_buf file = {0};
	struct result r;

	test_load(&file, "both.p7c");
	for (size_t i = 0; i + 3 < file.n; i++)
		if (file.p[i] == 0x02 && file.p[i + 1] == 0x01 &&
		    file.p[i + 2] == 0x02) { /* version of the first */
			file.p[i + 2] = 9;
			break;
		}
	r = collect_bytes(bl_buf_span(&file), "");
	CHECK(r.err == BL_OK && r.n == 1 && r.skipped == 1, "one of two");
	bl_buf_clear(&file);
}

static void
stop(void)
{
	test_folder_remove();
	bl_ctx_free(ctx);
}

TESTS(TEST(start), TEST(reads_every_form),
    TEST(takes_several_forms_in_one_file), TEST(needs_the_passphrase),
    TEST(opens_no_key), TEST(refuses_what_has_none),
    TEST(skips_one_that_is_bad), TEST(stop))
