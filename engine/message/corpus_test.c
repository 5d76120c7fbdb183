/* corpus_test.c - messages by other programs, and what each turns out to be. */
#include "bulla/keyfile.h"
#include "keys/keys.h"
#include "message/test_mail.h"
#include "tests/test.h"

/* key is a private key of a corpus with its certificate. */
struct key {
	const char *key, *cert, *pass; /* cert NULL: in the key file */
};
static const struct key keys[] = {
    {"rfc4134/BobPrivRSAEncrypt.pri", "rfc4134/BobRSASignByCarl.cer", NULL},
    {"rfc4134/DianePrivRSASignEncrypt.pri", "rfc4134/DianeRSASignByCarl.cer",
	NULL},
    {"nss-interop/Fran.p12", NULL, "nss"},
    {"nss-interop/Fran-ec.p12", NULL, "nss"},
    {"openssl-cms/smime-certs/smrsa1.pem", NULL, ""},
    {"protected-headers/bob.p12", NULL, "bob"},
    {"bc-mail/key.pem", "bc-mail/cert.pem", NULL},
    {"bc-mail/smimeTKkey.pem", "bc-mail/smimeTKcert.pem", NULL},
    {"bc-mail/johndoe.p12", NULL, ""},
};

struct ring {
	struct bl_ctx *ctx;
	struct bl_secret *keys[32];
	struct bl_cert *certs[32];
	size_t n;
	struct bl_certs own;
};

static void
take(struct ring *r, struct bl_secret *key, struct bl_cert *cert)
{
	r->keys[r->n] = key;
	r->certs[r->n++] = cert;
	CHECK(bl_certs_add(&r->own, cert, NULL) == BL_OK, "own");
}

static void
add_pair(struct ring *r, const struct key *k)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_buf der = {0}, cert = {0};
	struct bl_certs set = {0};
	struct bl_secret *key = NULL;
	struct bl_keyfile f = {0};
	size_t skipped;

	CHECK(bl_test_corpus(&der, k->key) && bl_test_corpus(&cert, k->cert),
	    k->key);
	CHECK(bl_certs_import(&set, r->ctx, bl_buf_span(&cert), &limits,
		  &skipped, NULL) == BL_OK,
	    k->cert);
	if (der.n > 0 && der.p[0] == '-') {
		CHECK(bl_keyfile_read(&f, r->ctx, bl_buf_span(&der), BL_STR(""),
			  &limits, NULL) == BL_OK &&
			f.n > 0,
		    k->key);
		if (f.n > 0)
			CHECK(bl_secret_copy(&key,
				  bl_secret_reveal(f.entries[0].key),
				  NULL) == BL_OK,
			    k->key);
	} else {
		CHECK(bl_secret_copy(&key, bl_buf_span(&der), NULL) == BL_OK,
		    k->key);
	}
	if (key != NULL && set.n > 0)
		take(r, key, bl_cert_hold(set.list[0]));
	bl_keyfile_clear(&f);
	bl_certs_clear(&set);
	bl_buf_clear(&der);
	bl_buf_clear(&cert);
}

static void
add_file(struct ring *r, const struct key *k)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_keyfile f = {0};
	struct bl_buf in = {0};

	CHECK(bl_test_corpus(&in, k->key), k->key);
	CHECK(bl_keyfile_read(&f, r->ctx, bl_buf_span(&in),
		  bl_span_str(k->pass), &limits, NULL) == BL_OK,
	    k->key);
	for (size_t i = 0; i < f.n; i++)
		if (f.entries[i].key != NULL && f.entries[i].cert != NULL) {
			struct bl_secret *copy = NULL;

			CHECK(bl_secret_copy(&copy,
				  bl_secret_reveal(f.entries[i].key),
				  NULL) == BL_OK,
			    k->key);
			take(r, copy, bl_cert_hold(f.entries[i].cert));
		}
	bl_keyfile_clear(&f);
	bl_buf_clear(&in);
}

static void
ring_new(struct ring *r)
{
	*r = (struct ring){0};
	CHECK(bl_ctx_new(&r->ctx, NULL) == BL_OK, "context");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].cert != NULL)
			add_pair(r, &keys[i]);
		else
			add_file(r, &keys[i]);
	}
}

static void
ring_free(struct ring *r)
{
	for (size_t i = 0; i < r->n; i++) {
		bl_secret_free(r->keys[i]);
		bl_cert_free(r->certs[i]);
	}
	bl_certs_clear(&r->own);
	bl_ctx_free(r->ctx);
}

/* ---- opening ---- */

static enum bl_err
answer(struct bl_open *o, const struct ring *r)
{
	struct bl_buf frame = {0};
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < bl_open_want_count(o); i++) {
		const struct bl_want *w = bl_open_want(o, i);

		for (size_t k = 0; err == BL_OK && k < r->n; k++) {
			if (w->kind != BL_WANT_UNWRAP ||
			    !bl_span_equal(bl_cert_key_id(r->certs[k]),
				bl_span_of(w->key, sizeof(w->key))))
				continue;
			bl_buf_reset(&frame);
			err = bl_key_answer(
			    &frame, r->ctx, r->keys[k], w->frame, NULL);
			if (err == BL_OK)
				err = bl_open_answer(
				    o, i, bl_buf_span(&frame), NULL);
			break;
		}
	}
	bl_buf_clear(&frame);
	return err == BL_OK ? bl_open_resume(o, NULL) : err;
}

struct opened {
	struct bl_open *open;
	const struct bl_verdict *v;
	struct bl_buf content;
	struct test_spool spools[3];
};

static void
open_file(struct opened *to, const struct ring *r, struct bl_span in,
    const struct bl_certs *anchors, int64_t now, bool legacy)
{
	struct bl_open_opts opts = {.now = now,
	    .identities = &r->own,
	    .anchors = anchors,
	    .legacy = legacy};
	enum bl_err err = BL_OK;
	size_t before;

	*to = (struct opened){0};
	for (size_t i = 0; i < 3; i++)
		test_spool_init(&to->spools[i], false);
	opts.out = &to->spools[0].face;
	opts.park[0] = &to->spools[1].face;
	opts.park[1] = &to->spools[2].face;
	CHECK(bl_open_new(&to->open, r->ctx, &opts, NULL) == BL_OK, "new");
	for (size_t i = 0; err == BL_OK && i < in.n; i += 10000) {
		err = bl_open_feed(to->open, bl_span_cut(in, i, 10000), NULL);
		while (err == BL_NEED)
			err = answer(to->open, r);
	}
	if (err == BL_OK)
		err = bl_open_end(to->open, NULL);
	while (err == BL_NEED)
		err = answer(to->open, r);
	CHECK(err == BL_OK, "open");
	to->v = bl_open_verdict(to->open);
	do {
		before = to->content.n;
		if (bl_open_give(to->open, 0, &to->content, NULL) != BL_OK)
			break;
	} while (to->content.n > before);
}

static void
close_file(struct opened *o)
{
	bl_open_free(o->open);
	bl_buf_clear(&o->content);
	for (size_t i = 0; i < 3; i++)
		test_spool_clear(&o->spools[i]);
}

/* ---- what each is ---- */

#define PLAIN	 BL_ENCRYPTION_NONE
#define UNAUTH	 BL_ENCRYPTION_UNAUTHENTICATED
#define FAILED	 BL_ENCRYPTION_FAILED
#define UNSIGNED BL_SIGNATURE_NONE
#define VALID	 BL_SIGNATURE_VALID
#define UNVER	 BL_SIGNATURE_UNVERIFIED
#define INVALID	 BL_SIGNATURE_INVALID
#define T2005	 ((int64_t)1117000000)
#define T2020	 ((int64_t)1600000000)
#define SAMPLE	 "This is some sample content."
#define FRAN	 "This is a test message to Fran."

/*
 * text	   is in the content; NULL: nothing is given
 * pinned  when the certificate of the first signer is trusted itself: what is
 *	   left against the signature
 */
static const struct row {
	const char *file;
	int64_t now;
	bool legacy;
	enum bl_encryption encryption;
	enum bl_signature signature;
	const char *reasons, *text, *pinned;
	size_t size; /* bytes of content */
} rows[] = {
    {"rfc4134/3.1.bin", T2005, false, PLAIN, UNSIGNED, "unsupported", NULL,
	NULL, 0},
    {"rfc4134/3.2.bin", T2005, false, PLAIN, UNSIGNED, "unsupported", NULL,
	NULL, 0},
    {"rfc4134/4.1.bin", T2005, false, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete no-sender weak-algorithm unknown-algorithm",
	SAMPLE, NULL, 28},
    {"rfc4134/4.10.bin", T2005, false, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete no-sender weak-algorithm unknown-algorithm",
	SAMPLE, NULL, 28},
    {"rfc4134/4.11.bin", T2005, false, PLAIN, UNSIGNED, "", NULL, NULL, 0},
    {"rfc4134/4.2.bin", T2005, false, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete no-sender weak-algorithm weak-key",
	SAMPLE, "no-sender weak-algorithm weak-key", 28},
    {"rfc4134/4.3.bin", T2005, false, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete no-sender weak-algorithm unknown-algorithm malformed",
	NULL, NULL, 0},
    {"rfc4134/4.4.bin", T2005, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender weak-algorithm unknown-algorithm", SAMPLE,
	NULL, 28},
    {"rfc4134/4.5.bin", T2005, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender weak-algorithm weak-key", SAMPLE,
	"no-sender weak-algorithm weak-key", 28},
    {"rfc4134/4.6.bin", T2005, false, PLAIN, UNVER,
	"several-signers signer-unknown-ca chain-incomplete no-sender weak-algorithm unknown-algorithm",
	SAMPLE, NULL, 28},
    {"rfc4134/4.7.bin", T2005, false, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete no-sender weak-algorithm unknown-algorithm",
	SAMPLE, NULL, 28},
    {"rfc4134/5.1.bin", T2005, false, FAILED, UNSIGNED, "cipher-not-allowed",
	NULL, NULL, 0},
    {"rfc4134/5.2.bin", T2005, false, FAILED, UNSIGNED, "cipher-not-allowed",
	NULL, NULL, 0},
    {"rfc4134/6.0.bin", T2005, false, PLAIN, UNSIGNED, "unsupported", NULL,
	NULL, 0},
    {"rfc4134/7.1.bin", T2005, false, FAILED, UNSIGNED, "unsupported", NULL,
	NULL, 0},
    {"rfc4134/7.2.bin", T2005, false, FAILED, UNSIGNED, "unsupported", NULL,
	NULL, 0},
    {"rfc4134/4.8.eml", T2005, false, PLAIN, UNVER,
	"signer-mismatch signer-unknown-ca chain-incomplete weak-algorithm unknown-algorithm",
	SAMPLE, NULL, 29},
    {"rfc4134/4.9.eml", T2005, false, PLAIN, UNVER,
	"signer-mismatch signer-unknown-ca chain-incomplete weak-algorithm unknown-algorithm",
	SAMPLE, NULL, 30},
    {"rfc4134/5.3.eml", T2005, false, FAILED, UNSIGNED, "cipher-not-allowed",
	NULL, NULL, 0},
    {"rfc4134/5.1.bin", T2005, true, UNAUTH, UNSIGNED,
	"weak-algorithm unauthenticated", SAMPLE, NULL, 28},
    {"rfc4134/5.3.eml", T2005, true, UNAUTH, UNSIGNED,
	"weak-algorithm ambiguous unauthenticated", SAMPLE, NULL, 28},
    {"openssl-cms/authenveloped_attrs.pem", T2020, false, FAILED, UNSIGNED,
	"no-key unsupported", NULL, NULL, 0},
    {"openssl-cms/bad_authenveloped_attrs.pem", T2020, false, FAILED, UNSIGNED,
	"no-key unsupported", NULL, NULL, 0},
    {"openssl-cms/bad_signtime_attr.cms", T2020, false, PLAIN, INVALID,
	"signature-malformed signer-unknown-ca chain-incomplete no-sender weak-algorithm",
	NULL, NULL, 0},
    {"openssl-cms/ciphertext_from_1_1_1.cms", T2020, false, FAILED, UNSIGNED,
	"cipher-not-allowed", NULL, NULL, 0},
    {"openssl-cms/ct_multiple_attr.cms", T2020, false, PLAIN, INVALID,
	"signature-malformed signer-unknown-ca chain-incomplete no-sender weak-algorithm",
	NULL, NULL, 0},
    {"openssl-cms/no_ct_attr.cms", T2020, false, PLAIN, INVALID,
	"signature-malformed signer-unknown-ca chain-incomplete no-sender weak-algorithm",
	NULL, NULL, 0},
    {"openssl-cms/no_md_attr.cms", T2020, false, PLAIN, INVALID,
	"signature-malformed signer-unknown-ca chain-incomplete no-sender weak-algorithm",
	NULL, NULL, 0},
    {"openssl-cms/dh-malformed.der", T2020, false, FAILED, UNSIGNED,
	"no-key unsupported", NULL, NULL, 0},
    {"openssl-cms/ecdh-malformed.der", T2020, false, FAILED, UNSIGNED,
	"malformed", NULL, NULL, 0},
    {"openssl-cms/rsa-malformed.der", T2020, false, FAILED, UNSIGNED,
	"malformed", NULL, NULL, 0},
    {"openssl-cms/pkcs7-md4-encrypted.pem", T2020, false, PLAIN, UNSIGNED,
	"unsupported", NULL, NULL, 0},
    {"openssl-cms/pkcs7-md4.pem", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete no-sender wrong-usage unknown-algorithm date-mismatch",
	"", NULL, 14},
    {"nss-interop/fran-ec_ossl-aes128-sha1.env", T2020, false, UNAUTH, UNSIGNED,
	"unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-ec_ossl-aes128-sha224.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-ec_ossl-aes128-sha256.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-ec_ossl-aes192-sha384.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-ec_ossl-aes256-sha512.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-label_ossl.env", T2020, false, UNAUTH, UNSIGNED,
	"unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha256hash-label_ossl.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha256hash-sha256mgf_ossl.env", T2020, false,
	UNAUTH, UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha256hash_ossl.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha256mgf-label_ossl.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha256mgf_ossl.env", T2020, false, UNAUTH, UNSIGNED,
	"unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha384hash_ossl.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha384mgf_ossl.env", T2020, false, UNAUTH, UNSIGNED,
	"unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha512hash_ossl.env", T2020, false, UNAUTH,
	UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep-sha512mgf_ossl.env", T2020, false, UNAUTH, UNSIGNED,
	"unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep_ossl-sha256hash-sha256mgf-label.env", T2020, false,
	UNAUTH, UNSIGNED, "unauthenticated", FRAN, NULL, 32},
    {"nss-interop/fran-oaep_ossl.env", T2020, false, FAILED, UNSIGNED,
	"cipher-not-allowed", NULL, NULL, 0},
    {"nss-interop/fran-oaep_ossl.env", T2020, true, UNAUTH, UNSIGNED,
	"weak-algorithm unauthenticated", FRAN, NULL, 32},
    {"protected-headers/smime-enc+legacy-disp.eml", T2020, true, UNAUTH,
	UNSIGNED, "weak-algorithm unauthenticated", "Content-Type", NULL, 988},
    {"protected-headers/smime-multipart-signed.eml", T2020, true, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete", "Content-Type", "", 488},
    {"protected-headers/smime-onepart-signed.eml", T2020, true, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete", "Content-Type", "", 502},
    {"protected-headers/smime-sign+enc+legacy-disp.eml", T2020, true, UNAUTH,
	UNVER,
	"signer-unknown-ca chain-incomplete weak-algorithm unauthenticated",
	"Content-Type", NULL, 998},
    {"protected-headers/smime-sign+enc.eml", T2020, true, UNAUTH, UNVER,
	"signer-unknown-ca chain-incomplete weak-algorithm unauthenticated",
	"Content-Type", "", 772},
    {"protected-headers/unfortunately-complex.eml", T2020, true, PLAIN,
	UNSIGNED, "", "Content-Type", NULL, 2834},
    {"bc-mail/3nnn_smime.eml", T2020, false, PLAIN, UNVER,
	"not-der signer-unknown-ca expired weak-algorithm", "", NULL, 922},
    {"bc-mail/attachonly.eml", T2020, false, PLAIN, UNSIGNED, "", "", NULL,
	26643},
    {"bc-mail/circular.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca expired weak-algorithm weak-key", "", NULL, 38},
    {"bc-mail/dotnet_encrypted_mail.eml", T2020, false, FAILED, UNSIGNED,
	"ambiguous cipher-not-allowed", NULL, NULL, 0},
    {"bc-mail/extra-nl.eml", T2020, false, PLAIN, UNVER,
	"signer-mismatch signer-unknown-ca chain-incomplete weak-algorithm weak-key",
	"", "signer-mismatch weak-algorithm weak-key", 832},
    {"bc-mail/multi-alternative.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca chain-incomplete expired weak-algorithm weak-key",
	"", "expired weak-algorithm weak-key", 4223},
    {"bc-mail/openssl-signed-sha256-non-default-salt-length.eml", T2020, false,
	PLAIN, UNVER, "signer-unknown-ca chain-incomplete weak-algorithm", "",
	"", 105},
    {"bc-mail/outlook_2010_beta_sime_msg.eml", T2020, false, FAILED, UNSIGNED,
	"cipher-not-allowed", NULL, NULL, 0},
    {"bc-mail/qp-soft-break.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca expired weak-algorithm weak-key date-mismatch", "",
	NULL, 146},
    {"bc-mail/validator.expired.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender expired weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/validator.extKeyUsage.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender expired wrong-usage weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/validator.keyUsage.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender expired wrong-usage weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/validator.longValidity.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/validator.noEmail.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender expired weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/validator.notYetValid.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender expired weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/validator.revoked.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender expired weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/validator.shortKey.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender expired weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/validator.validMail.eml", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca no-sender expired weak-algorithm weak-key unknown-algorithm",
	"", NULL, 97},
    {"bc-mail/basicAS2.message", T2020, false, PLAIN, UNVER,
	"signer-mismatch signer-unknown-ca chain-incomplete expired weak-algorithm weak-key unknown-algorithm ambiguous",
	"", NULL, 1300},
    {"bc-mail/brokenEnv.message", T2020, false, PLAIN, UNVER, "partly-signed",
	"", NULL, 2346},
    {"bc-mail/embeddedmulti.message", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca expired weak-algorithm", "",
	"expired weak-algorithm", 765},
    {"bc-mail/quotable.message", T2020, false, PLAIN, UNVER,
	"signer-unknown-ca expired weak-algorithm weak-key", "",
	"expired weak-algorithm weak-key", 238},
    {"bc-mail/rawAS2.message", T2020, false, PLAIN, UNVER,
	"signer-mismatch signer-unknown-ca expired weak-algorithm weak-key ambiguous",
	"", NULL, 676},
    {"bc-mail/test128.message", T2020, false, FAILED, UNSIGNED, "bad-tag", NULL,
	NULL, 0},
    {"bc-mail/test192.message", T2020, false, UNAUTH, UNSIGNED,
	"unauthenticated", "", NULL, 433},
    {"bc-mail/test256.message", T2020, false, FAILED, UNSIGNED, "bad-tag", NULL,
	NULL, 0},
    {"mime-malformed/ruby-mail/mime_emails/raw_email_with_nested_attachment.eml",
	T2020, false, PLAIN, UNVER, "malformed", "", NULL, 3080},
    {"mime-malformed/ruby-mail/mime_emails/raw_email7.eml", T2020, false, PLAIN,
	UNVER, "partly-signed", "", NULL, 1666},
    {"mime-malformed/ruby-mail/mime_emails/raw_email2.eml", T2020, false, PLAIN,
	UNVER, "partly-signed", "", NULL, 6518},
};

static struct ring ring;

static void
judges_as_stated(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *w = &rows[i];
		struct bl_buf in = {0};
		struct opened o;
		bool good;

		if (!bl_test_corpus(&in, w->file)) {
			CHECK(false, w->file);
			continue;
		}
		open_file(&o, &ring, bl_buf_span(&in), NULL, w->now, w->legacy);
		good = o.v != NULL &&
		    bl_verdict_encryption(o.v) == w->encryption &&
		    bl_verdict_signature(o.v) == w->signature &&
		    bl_verdict_reasons(o.v) == mail_reasons(w->reasons) &&
		    o.content.n == w->size &&
		    (w->text == NULL ||
			memmem(o.content.p, o.content.n, w->text,
			    strlen(w->text)) != NULL);
		CHECK(good, w->file);
		close_file(&o);
		bl_buf_clear(&in);
	}
}

/* The same with the signer trusted: what is left is about the signature. */
static void
holds_when_the_signer_is_trusted(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *w = &rows[i];
		struct bl_certs anchors = {0};
		struct bl_buf in = {0};
		struct opened first, o;

		if (w->pinned == NULL || !bl_test_corpus(&in, w->file))
			continue;
		open_file(
		    &first, &ring, bl_buf_span(&in), NULL, w->now, w->legacy);
		CHECK(bl_certs_add(&anchors,
			  (struct bl_cert *)(uintptr_t)bl_verdict_signer(
			      first.v, 0)
			      ->cert,
			  NULL) == BL_OK,
		    w->file);
		open_file(
		    &o, &ring, bl_buf_span(&in), &anchors, w->now, w->legacy);
		CHECK(bl_verdict_signer(o.v, 0)->reasons ==
			mail_reasons(w->pinned),
		    w->file);
		close_file(&o);
		close_file(&first);
		bl_certs_clear(&anchors);
		bl_buf_clear(&in);
	}
}

static void
set_up(void)
{
	ring_new(&ring);
}

static void
take_down(void)
{
	ring_free(&ring);
}

TESTS(TEST(set_up), TEST(judges_as_stated),
    TEST(holds_when_the_signer_is_trusted), TEST(take_down))
