/* corpus_test.c - objects that others made: each reads, or is refused for the
 * reason in its line. */
#include "cms/people.h"
#include "cms/trial.h"

#include <stdio.h>
#include <string.h>

#include "tests/test.h"

/* A file as DER: it is, or is PEM, or a mail whose body is base64. */
static bool
load(struct bl_buf *out, const char *path)
{
	struct bl_buf file = {0};
	struct bl_base64 decoder = {0};
	struct bl_span s, label;
	size_t at = 0;
	const char *body;

	bl_buf_reset(out);
	if (!bl_test_corpus(&file, path)) {
		bl_buf_clear(&file);
		return false;
	}
	s = bl_buf_span(&file);
	if (s.n != 0 && (s.p[0] & ~1u) == BL_DER_SEQUENCE) {
		bl_buf_add(out, s);
	} else if (!bl_pem_next(s, &at, &label, out)) {
		body = strstr(bl_buf_text(&file), "\n\n");
		if (body == NULL)
			body = strstr(bl_buf_text(&file), "\r\n\r\n");
		if (body != NULL)
			bl_base64_decode(&decoder, out, bl_span_str(body));
	}
	bl_buf_clear(&file);
	return true;
}

/* ---- what can be said without anybody's key ---- */

/*
 * expect  what is said of it: the error and what it names; else for each
 *	   signer Good, Altered, Wrong, Malformed, Unchecked, No digest, or
 *	   '-' where its certificate is not at hand; for each recipient what is
 *	   not supported of it, or +
 */
static const struct {
	const char *file, *expect, *why;
} sayings[] = {
#include "cms/corpus.def"
};

static const char *
letter(enum bl_signer_result r)
{
	static const char *const letters[] = {
	    "?", "G", "A", "W", "M", "U", "N"};

	return letters[r];
}

/* The certificate that a signer names, among those of the object. */
static struct bl_cert *
find(struct bl_trial *t, const struct bl_rid *rid)
{
	for (size_t i = 0; i < bl_cms_cert_count(t->cms); i++) {
		struct bl_cert *cert = NULL;

		if (bl_cert_read(&cert, t->ctx, bl_cms_cert(t->cms, i),
			&t->limits, NULL) == BL_OK &&
		    bl_rid_is(rid, cert))
			return cert;
		bl_cert_free(cert);
	}
	return NULL;
}

static void
say_signers(struct bl_buf *out, struct bl_trial *t, struct bl_span detached)
{
	struct bl_hashes *h = NULL;
	enum bl_signer_result r = 0;

	CHECK(bl_hashes_new(&h, t->ctx, bl_cms_digests(t->cms) | 2, NULL) ==
		    BL_OK &&
		bl_hashes_add(h, detached, NULL) == BL_OK &&
		bl_hashes_end(h, NULL) == BL_OK,
	    "hashes");
	for (size_t i = 0; i < bl_cms_signer_count(t->cms); i++) {
		const struct bl_signer_info *s = bl_cms_signer(t->cms, i);
		struct bl_cert *cert = find(t, &s->rid);

		if (cert != NULL)
			CHECK(bl_cms_signer_check(&r, t->cms, i, cert,
				  bl_cms_is_detached(t->cms) ? h : NULL,
				  NULL) == BL_OK,
			    "check");
		bl_buf_add_str(out, cert == NULL ? "-" : letter(r));
		bl_cert_free(cert);
	}
	bl_hashes_free(h);
}

static void
say(struct bl_buf *out, struct bl_trial *t, struct bl_span detached)
{
	bl_buf_reset(out);
	if (t->err != BL_OK && t->err != BL_E_CALLER) {
		bl_buf_add_f(out, "%s: %s", bl_err_name(t->err), t->note.what);
		return;
	}
	if (bl_cms_kind(t->cms) == BL_CMS_COMPRESSED) {
		bl_buf_add_str(out, "compressed");
		return;
	}
	if (bl_cms_kind(t->cms) == BL_CMS_SIGNED) {
		bl_buf_add_f(out, "signed %s",
		    bl_cms_is_detached(t->cms) ? "detached " : "");
		say_signers(out, t, detached);
		return;
	}
	bl_buf_add_f(out, "%s", bl_cms_cipher_name(t->cms));
	for (size_t i = 0; i < bl_cms_recipient_count(t->cms); i++) {
		const struct bl_recipient *r = bl_cms_recipient(t->cms, i);

		bl_buf_add_f(out, ", %s", r->what == NULL ? "+" : r->what);
	}
}

static void
says_of_each_object_what_is_stated(void)
{
	struct bl_trial t;
	struct bl_buf in = {0}, said = {0}, detached = {0};

	bl_trial_new(&t);
	if (!bl_test_corpus(&detached, "rfc4134/ExContent.bin"))
		CHECK(false, "corpus");
	for (size_t i = 0; i < sizeof(sayings) / sizeof(*sayings); i++) {
		const char *name = sayings[i].file;

		if (!load(&in, name)) {
			CHECK(false, name);
			continue;
		}
		for (size_t piece = 0; piece < 4; piece += 3) {
			t.piece = piece;
			(void)!bl_trial_read(&t, bl_buf_span(&in));
			say(&said, &t, bl_buf_span(&detached));
			CHECK(
			    strcmp(bl_buf_text(&said), sayings[i].expect) == 0,
			    name);
			if (strcmp(bl_buf_text(&said), sayings[i].expect) != 0)
				fprintf(stderr, "SAID {\"%s\", \"%s\"},\n",
				    name, bl_buf_text(&said));
		}
	}
	bl_buf_clear(&in);
	bl_buf_clear(&said);
	bl_buf_clear(&detached);
	bl_trial_free(&t);
}

/* ---- what can be opened ---- */

enum legacy { STRICT = 0, LEGACY };

/* key: PKCS #8, or PKCS #12 with the passphrase "nss"; content: a text, or
 * @ and a file. */
static const struct {
	const char *file, *key, *content;
	enum legacy legacy;
} openings[] = {
    {"rfc4134/5.1.bin", "rfc4134/BobPrivRSAEncrypt.pri",
	"@rfc4134/ExContent.bin", LEGACY},
    {"rfc9216-cms-examples/binary-files/encryptedForBobRSAOaep.p7m",
	"rfc9216-cms-examples/certs-and-keys/lamps-bob.decrypt.p8.pem",
	"This is some sample content."},
    {"rfc9216-cms-examples/binary-files/encryptedForBobAndDana.p7m",
	"rfc9216-cms-examples/certs-and-keys/lamps-bob.decrypt.p8.pem",
	"This is some sample content."},
    {"rfc9216-cms-examples/binary-files/encryptedForBobAndDana.p7m",
	"rfc9216-cms-examples/certs-and-keys/lamps-dana.decrypt.p8.pem",
	"This is some sample content."},
    {"rfc4134/5.2.bin", "rfc4134/BobPrivRSAEncrypt.pri",
	"@rfc4134/ExContent.bin", LEGACY},
    {"rfc9216-cms-examples/binary-files/authEnvelopedForBobChaCha20Poly1305.p7m",
	"rfc9216-cms-examples/certs-and-keys/lamps-bob.decrypt.p8.pem",
	"This is some sample content."},
    {"rfc9216-cms-examples/binary-files/authEnvelopedForDanaX25519HKDF.p7m",
	"rfc9216-cms-examples/certs-and-keys/lamps-dana.decrypt.p8.pem",
	"This is some sample content."},
#define NSS(file, key)                                                         \
	{                                                                      \
		"nss-interop/" file ".env", "nss-interop/" key ".p12",         \
		    "This is a test message to Fran.\n"                        \
	}
    NSS("fran-ec_ossl-aes128-sha1", "Fran-ec"),
    NSS("fran-ec_ossl-aes128-sha224", "Fran-ec"),
    NSS("fran-ec_ossl-aes128-sha256", "Fran-ec"),
    NSS("fran-ec_ossl-aes192-sha384", "Fran-ec"),
    NSS("fran-ec_ossl-aes256-sha512", "Fran-ec"),
    NSS("fran-oaep-label_ossl", "Fran"),
    NSS("fran-oaep-sha256hash-label_ossl", "Fran"),
    NSS("fran-oaep-sha256hash-sha256mgf_ossl", "Fran"),
    NSS("fran-oaep-sha256hash_ossl", "Fran"),
    NSS("fran-oaep-sha256mgf-label_ossl", "Fran"),
    NSS("fran-oaep-sha256mgf_ossl", "Fran"),
    NSS("fran-oaep-sha384hash_ossl", "Fran"),
    NSS("fran-oaep-sha384mgf_ossl", "Fran"),
    NSS("fran-oaep-sha512hash_ossl", "Fran"),
    NSS("fran-oaep-sha512mgf_ossl", "Fran"),
    NSS("fran-oaep_ossl-sha256hash-sha256mgf-label", "Fran"),
    /* 3DES: the only one of the 17 that needs --legacy. */
    {"nss-interop/fran-oaep_ossl.env", "nss-interop/Fran.p12",
	"This is a test message to Fran.\n", LEGACY},
};

static struct bl_priv *
private_key(struct bl_ctx *ctx, const char *path)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_pkcs12 p12 = {0};
	struct bl_secret *pkcs8 = NULL;
	struct bl_priv *key = NULL;
	struct bl_buf file = {0};

	CHECK(load(&file, path), path);
	if (strstr(path, ".p12") != NULL) {
		CHECK(bl_pkcs12_read(&p12, ctx, bl_buf_span(&file),
			  BL_STR("nss"), &limits, NULL) == BL_OK,
		    path);
		for (size_t i = 0; i < p12.n; i++) {
			if (p12.entries[i].key != NULL && key == NULL)
				CHECK(bl_priv_read(&key, ctx,
					  p12.entries[i].key, NULL) == BL_OK,
				    path);
		}
		bl_pkcs12_clear(&p12);
	} else {
		CHECK(
		    bl_secret_copy(&pkcs8, bl_buf_span(&file), NULL) == BL_OK &&
			bl_priv_read(&key, ctx, pkcs8, NULL) == BL_OK,
		    path);
		bl_secret_free(pkcs8);
	}
	bl_buf_clear(&file);
	return key;
}

/* Opens with the first recipient that this key fits: trial, as message does it
 * where no certificate is at hand. */
static void
open_with(struct bl_trial *t, struct bl_span in, const struct bl_priv *key,
    const char *name)
{
	struct bl_secret *cek = NULL;
	uint8_t id[BL_SHA256_SIZE] = {0};

	t->key = NULL;
	CHECK(bl_trial_read(t, in) == BL_E_CALLER, name);
	for (size_t i = 0; i < bl_cms_recipient_count(t->cms); i++) {
		struct bl_want_unwrap w;

		bl_cms_want(&w, t->cms, i, bl_span_of(id, sizeof(id)));
		if (w.alg.kind == BL_WRAP_OTHER || cek != NULL ||
		    bl_priv_unwrap(&cek, key, t->ctx, &w.alg, w.originator,
			w.wrapped, w.size, NULL) != BL_OK)
			continue;
		t->key = cek;
		CHECK(bl_trial_read(t, in) == BL_OK, name);
	}
	CHECK(cek != NULL, name);
	bl_secret_free(cek);
}

static void
opens_what_others_encrypted(void)
{
	struct bl_trial t;
	struct bl_buf in = {0}, content = {0};
	unsigned opened = 0;

	bl_trial_new(&t);
	for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
		const char *name = openings[i].file;
		struct bl_priv *key = private_key(t.ctx, openings[i].key);

		bl_buf_reset(&content);
		if (openings[i].content[0] == '@')
			CHECK(bl_test_corpus(&content, openings[i].content + 1),
			    name);
		else
			bl_buf_add_str(&content, openings[i].content);
		CHECK(load(&in, name), name);
		t.policy.legacy = openings[i].legacy;
		if (key != NULL)
			open_with(&t, bl_buf_span(&in), key, name);
		CHECK(bl_span_equal(
			  bl_buf_span(&t.content), bl_buf_span(&content)),
		    name);
		opened += t.err == BL_OK;
		bl_priv_free(key);
	}
	CHECK(opened == sizeof(openings) / sizeof(*openings), "all");
	bl_buf_clear(&in);
	bl_buf_clear(&content);
	bl_trial_free(&t);
}

/* RFC 5083 with authenticated attributes; the content key was unwrapped with
 * the shared key of the manifest. In the other one a letter of an attribute
 * was changed. */
static void
opens_authenticated_attributes_of_others(void)
{
	static const uint8_t cek[16] = {0x07, 0x39, 0x6c, 0x5a, 0xfd, 0xfa,
	    0xfb, 0x13, 0x51, 0xc3, 0xb3, 0x5c, 0x18, 0xa9, 0xca, 0x2e};
	struct bl_trial t;
	struct bl_secret *key = NULL;
	struct bl_buf in = {0};

	bl_trial_new(&t);
	CHECK(bl_secret_copy(&key, bl_span_of(cek, 16), NULL) == BL_OK, "");
	t.key = key;
	CHECK(load(&in, "openssl-cms/authenveloped_attrs.pem"), "");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "");
	CHECK(bl_span_equal(bl_buf_span(&t.content),
		  BL_STR("Hello AuthEnvelopedData world\n")),
	    "");
	CHECK(load(&in, "openssl-cms/bad_authenveloped_attrs.pem"), "bad");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_FORGED, "bad");
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

TESTS(TEST(says_of_each_object_what_is_stated),
    TEST(opens_what_others_encrypted),
    TEST(opens_authenticated_attributes_of_others))
