/* write_test.c - what is written is read again, and is what it should be. */
#include "cms/people.h"
#include "cms/trial.h"

#include <string.h>

#include "tests/test.h"

static const struct bl_span text = BYTES(
    "Content-Type: text/plain\r\n\r\nhello\r\n");

/* ---- signed ---- */

/* What is made, and by whom. */
enum form { DETACHED, OPAQUE, STREAMED };
static const struct {
	const char *name;
	enum bl_people who;
	enum bl_digest digest;
	enum bl_pss pss;
	struct bl_sig_alg alg;
} signings[] = {
    {"RSA SHA-256", BL_ALICE, BL_SHA256, BL_PSS_NOT,
	{BL_SIG_RSA_PKCS1, BL_SHA256, 0, 0}},
    {"RSA SHA-384", BL_ALICE, BL_SHA384, BL_PSS_NOT,
	{BL_SIG_RSA_PKCS1, BL_SHA384, 0, 0}},
    {"RSA SHA-512", BL_ALICE, BL_SHA512, BL_PSS_NOT,
	{BL_SIG_RSA_PKCS1, BL_SHA512, 0, 0}},
    {"PSS SHA-256", BL_BOB, BL_SHA256, BL_PSS_USE,
	{BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32}},
    {"PSS SHA-512", BL_BOB, BL_SHA512, BL_PSS_USE,
	{BL_SIG_RSA_PSS, BL_SHA512, BL_SHA512, 64}},
    {"P-256", BL_CAROL, BL_SHA512, BL_PSS_NOT, {BL_SIG_ECDSA, BL_SHA256, 0, 0}},
    {"P-384", BL_ERIN, BL_SHA256, BL_PSS_USE, {BL_SIG_ECDSA, BL_SHA384, 0, 0}},
    {"P-521", BL_GRACE, BL_SHA256, BL_PSS_NOT, {BL_SIG_ECDSA, BL_SHA512, 0, 0}},
    {"Ed25519", BL_IVAN, BL_SHA256, BL_PSS_USE, {BL_SIG_ED25519, 0, 0, 0}},
    {"Ed448", BL_NINA, BL_SHA256, BL_PSS_NOT, {BL_SIG_ED448, 0, 0, 0}},
};

static void
write_signed(struct bl_buf *out, enum form form, const struct bl_cms_sign *how,
    const struct bl_want_sign *want, struct bl_span signature)
{
	enum bl_err err = BL_OK;

	bl_buf_reset(out);
	switch (form) {
	case DETACHED:
		err = bl_cms_detached_write(out, how, want, signature, NULL);
		break;
	case OPAQUE:
		err = bl_cms_opaque_write(
		    out, how, want, text, signature, NULL);
		break;
	case STREAMED:
		err = bl_cms_opaque_begin(out, how, NULL);
		bl_cms_opaque_add(out, bl_span_cut(text, 0, 5));
		bl_cms_opaque_add(out, (struct bl_span){0});
		bl_cms_opaque_add(out, bl_span_cut(text, 5, text.n));
		if (err == BL_OK)
			err = bl_cms_opaque_end(
			    out, how, want, signature, NULL);
		break;
	}
	CHECK(err == BL_OK, "write");
}

/* Digests of the content, for a detached signature. */
static struct bl_hashes *
hashes(struct bl_ctx *ctx, enum bl_digest d, struct bl_span content)
{
	struct bl_hashes *h = NULL;

	CHECK(bl_hashes_new(&h, ctx, BL_SET(d), NULL) == BL_OK &&
		bl_hashes_add(h, content, NULL) == BL_OK &&
		bl_hashes_end(h, NULL) == BL_OK,
	    "hashes");
	return h;
}

static void
check_signer(struct bl_trial *t, enum form form, const struct bl_person *p,
    const struct bl_cms_sign *how, const char *name)
{
	const struct bl_signer_info *s = bl_cms_signer(t->cms, 0);
	enum bl_digest digest = bl_sig_alg_content(&how->alg);
	struct bl_hashes *h = hashes(t->ctx, digest, text);
	enum bl_signer_result result;

	CHECK(bl_cms_signer_count(t->cms) == 1 && s != NULL, name);
	CHECK(s->digest == digest, name);
	CHECK(
	    s->alg.kind == how->alg.kind && s->alg.salt == how->alg.salt, name);
	CHECK(!s->malformed && s->malformed_what == NULL, name);
	CHECK(
	    s->has_signing_time && s->signing_time == how->signing_time, name);
	CHECK(s->capabilities.n > 20, name);
	CHECK(bl_rid_is(&s->rid, p->cert), name);
	CHECK(bl_oid_find(s->content_type) == BL_OID_DATA, name);
	CHECK(bl_cms_signer_check(&result, t->cms, 0, p->cert,
		  form == DETACHED ? h : NULL, NULL) == BL_OK,
	    name);
	CHECK(result == BL_SIGNER_GOOD, name);
	bl_hashes_free(h);
}

static void
signs_in_each_form_and_algorithm(void)
{
	struct bl_trial t;
	struct bl_person people[BL_PEOPLE];
	struct bl_certs include = {0};
	struct bl_buf out = {0}, der = {0};

	bl_trial_new(&t);
	bl_people_new(people, t.ctx);
	CHECK(bl_certs_add(&include, people[BL_DAVE].cert, NULL) == BL_OK, "");
	CHECK(bl_certs_add(&include, people[BL_ALICE].cert, NULL) == BL_OK, "");
	for (size_t i = 0; i < sizeof(signings) / sizeof(*signings) * 3; i++) {
		enum form form = (enum form)(i % 3);
		const struct bl_person *p = &people[signings[i / 3].who];
		struct bl_cms_sign how = {.cert = p->cert,
		    .include = &include,
		    .content_type = BL_OID_DATA,
		    .signing_time = 1763923000};
		struct bl_buf sig = {0}, store = {0};
		struct bl_want_sign want;
		const char *name = signings[i / 3].name;

		CHECK(bl_cms_sign_alg(&how.alg, p->cert, signings[i / 3].digest,
			  signings[i / 3].pss, NULL) == BL_OK,
		    name);
		CHECK(memcmp(&how.alg, &signings[i / 3].alg, sizeof(how.alg)) ==
			0,
		    name);
		bl_person_sign(&sig, &want, &store, t.ctx, p, &how, text);
		write_signed(&out, form, &how, &want, bl_buf_span(&sig));
		t.piece = i;
		CHECK(
		    bl_trial_read(&t, bl_buf_span(&out)) == BL_OK, t.note.what);
		CHECK(strcmp(t.events, form == DETACHED ? "TE." : "TCE.") == 0,
		    name);
		CHECK(bl_cms_is_detached(t.cms) == (form == DETACHED), name);
		CHECK(form == DETACHED ||
			bl_span_equal(bl_buf_span(&t.content), text),
		    name);
		CHECK(bl_cms_digests(t.cms) ==
			BL_SET(bl_sig_alg_content(&how.alg)),
		    name);
		CHECK(bl_cms_cert_count(t.cms) ==
			(signings[i / 3].who == BL_ALICE ? 2u : 3u),
		    name);
		check_signer(&t, form, p, &how, name);
		/* What has known lengths is DER. */
		CHECK((bl_der_check(bl_buf_span(&out), 0, &t.limits, NULL) ==
			  BL_OK) == (form != STREAMED),
		    name);
		bl_buf_clear(&sig);
		bl_buf_clear(&store);
	}
	bl_certs_clear(&include);
	bl_people_clear(people);
	bl_buf_clear(&out);
	bl_buf_clear(&der);
	bl_trial_free(&t);
}

/* RFC 5652 5.1 and 5.3: versions, and a preference for another certificate. */
static void
writes_versions_and_preference(void)
{
	struct bl_trial t;
	struct bl_person alice, bob;
	struct bl_buf out = {0}, sig = {0}, store = {0}, want_der = {0};
	struct bl_cms_sign how = {.signing_time = 1763923000};
	struct bl_want_sign want;
	enum bl_signer_result result;

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	bl_person_new(&bob, t.ctx, BL_BOB);
	how.cert = alice.cert;
	how.content_type = BL_OID_ENVELOPED_DATA;
	how.preference_issuer = bl_cert_issuer(bob.cert);
	how.preference_serial = bl_cert_serial(bob.cert);
	CHECK(bl_cms_sign_alg(&how.alg, alice.cert, BL_SHAKE256, BL_PSS_NOT,
		  NULL) == BL_E_UNSUPPORTED,
	    "shake256 is no digest of a signature");
	CHECK(bl_cms_sign_alg(
		  &how.alg, alice.cert, BL_SHA256, BL_PSS_NOT, NULL) == BL_OK,
	    "");
	bl_person_sign(&sig, &want, &store, t.ctx, &alice, &how, text);
	/* SMIMEEncryptionKeyPreference, RFC 8551 2.5.3 */
	bl_asm(
	    &want_der, "a0{30{31{30{o(commonName) 0c:4e6f626f6479}}} 02:03e9}");
	CHECK(bl_span_equal(want.preference, bl_buf_span(&want_der)), "");
	CHECK(bl_cms_opaque_write(
		  &out, &how, &want, text, bl_buf_span(&sig), NULL) == BL_OK,
	    "");
	CHECK(bl_span_equal(bl_graft_at(bl_buf_span(&out), "1.0.0"),
		  BL_STR("\x02\x01\x03")),
	    "version of other content");
	CHECK(bl_span_equal(bl_graft_at(bl_buf_span(&out), "1.0.4.0.0"),
		  BL_STR("\x02\x01\x01")),
	    "version of the signer");
	CHECK(bl_trial_read(&t, bl_buf_span(&out)) == BL_OK, "");
	CHECK(bl_oid_find(bl_cms_content_type(t.cms)) == BL_OID_ENVELOPED_DATA,
	    "");
	CHECK(bl_cms_signer_check(&result, t.cms, 0, alice.cert, NULL, NULL) ==
		    BL_OK &&
		result == BL_SIGNER_GOOD,
	    "");
	bl_buf_reset(&out);
	how.content_type = BL_OID_DATA;
	CHECK(bl_cms_detached_write(
		  &out, &how, &want, bl_buf_span(&sig), NULL) == BL_OK,
	    "");
	CHECK(bl_span_equal(bl_graft_at(bl_buf_span(&out), "1.0.0"),
		  BL_STR("\x02\x01\x01")),
	    "version of mail");
	bl_buf_clear(&out);
	bl_buf_clear(&sig);
	bl_buf_clear(&store);
	bl_buf_clear(&want_der);
	bl_person_clear(&alice);
	bl_person_clear(&bob);
	bl_trial_free(&t);
}

static void
writes_certificates_alone(void)
{
	struct bl_trial t;
	struct bl_person people[BL_PEOPLE];
	struct bl_certs certs = {0};
	struct bl_buf out = {0};

	bl_trial_new(&t);
	bl_people_new(people, t.ctx);
	for (unsigned i = 0; i < BL_CLASSIC; i++)
		CHECK(bl_certs_add(&certs, people[i].cert, NULL) == BL_OK, "");
	CHECK(bl_cms_certs_write(&out, &certs, NULL) == BL_OK, "");
	CHECK(bl_der_check(bl_buf_span(&out), 0, &t.limits, NULL) == BL_OK, "");
	CHECK(bl_trial_read(&t, bl_buf_span(&out)) == BL_OK, "");
	CHECK(strcmp(t.events, "TE.") == 0, "");
	CHECK(bl_cms_cert_count(t.cms) == BL_CLASSIC, "");
	CHECK(bl_cms_signer_count(t.cms) == 0, "");
	CHECK(bl_cms_is_detached(t.cms), "");
	for (size_t i = 1; i < BL_CLASSIC; i++) {
		struct bl_span a = bl_cms_cert(t.cms, i - 1),
			       b = bl_cms_cert(t.cms, i);

		CHECK(memcmp(a.p, b.p, a.n < b.n ? a.n : b.n) < 0, "order");
	}
	bl_certs_clear(&certs);
	bl_buf_reset(&out);
	CHECK(bl_cms_certs_write(&out, &certs, NULL) == BL_OK, "none");
	CHECK(bl_trial_read(&t, bl_buf_span(&out)) == BL_OK, "none");
	CHECK(bl_cms_cert_count(t.cms) == 0, "none");
	bl_people_clear(people);
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

/* ---- encrypted ---- */

/* Unwraps the content key of a recipient that is this person's. */
static struct bl_secret *
unwrap(struct bl_trial *t, const struct bl_person *p, const char *name)
{
	struct bl_secret *key = NULL;
	unsigned found = 0;

	for (size_t i = 0; i < bl_cms_recipient_count(t->cms); i++) {
		const struct bl_recipient *r = bl_cms_recipient(t->cms, i);
		struct bl_want_unwrap want;

		if (!bl_rid_is(&r->rid, p->cert))
			continue;
		found++;
		bl_cms_want(&want, t->cms, i, bl_cert_key_id(p->cert));
		CHECK(r->what == NULL, name);
		CHECK(memcmp(want.key, bl_cert_key_id(p->cert).p,
			  sizeof(want.key)) == 0,
		    name);
		CHECK(bl_priv_unwrap(&key, p->key, t->ctx, &want.alg,
			  want.originator, want.wrapped, want.size,
			  NULL) == BL_OK,
		    name);
	}
	CHECK(found == 1, name);
	return key;
}

/* Reads `in` twice: up to the key, and with it to the end. */
static void
check_open(struct bl_trial *t, struct bl_span in, const struct bl_person *p,
    struct bl_span content, const char *name)
{
	struct bl_secret *key;

	t->key = NULL;
	CHECK(bl_trial_read(t, in) == BL_E_CALLER, name);
	CHECK(strcmp(t->events, "TK") == 0, name);
	t->key = key = unwrap(t, p, name);
	CHECK(bl_trial_read(t, in) == BL_OK, name);
	CHECK(bl_span_equal(bl_buf_span(&t->content), content), name);
	bl_secret_free(key);
}

static enum bl_err
seal(struct bl_buf *out, struct bl_trial *t, enum bl_cipher cipher,
    const struct bl_cms_to *to, size_t n, enum bl_cms_name_by by, bool der,
    struct bl_span content)
{
	struct bl_cms_seal *s = NULL;
	enum bl_err err;

	bl_buf_reset(out);
	if ((err = bl_cms_seal_new(&s, t->ctx, cipher, to, n, by,
		 der ? content.n : BL_LENGTH_UNKNOWN, &t->note)) == BL_OK &&
	    (err = bl_cms_seal_begin(s, out, &t->note)) == BL_OK &&
	    (err = bl_cms_seal_add(
		 s, out, bl_span_cut(content, 0, 5), &t->note)) == BL_OK &&
	    (err = bl_cms_seal_add(s, out, bl_span_cut(content, 5, content.n),
		 &t->note)) == BL_OK)
		err = bl_cms_seal_end(s, out, &t->note);
	bl_cms_seal_free(s);
	return err;
}

static void
seals_to_everybody_with_each_cipher(void)
{
	static const size_t sizes[] = {0, 3, 5, 16, 47, 128, 300, 70000};
	static const enum bl_people whom[] = {BL_ALICE, BL_BOB, BL_CAROL,
	    BL_DAVE, BL_ERIN, BL_FRANK, BL_GRACE, BL_HEIDI, BL_JUDY, BL_KIM,
	    BL_LEO, BL_MIA};
	enum { WHOM = sizeof(whom) / sizeof(*whom) };
	static uint8_t bytes[70000];
	struct bl_trial t;
	struct bl_person people[BL_PEOPLE];
	struct bl_cms_to to[WHOM];
	struct bl_buf out = {0};

	bl_trial_new(&t);
	bl_people_new(people, t.ctx);
	for (unsigned i = 0; i < WHOM; i++)
		to[i] = (struct bl_cms_to){people[whom[i]].cert,
		    i % 2 ? BL_WRAP_RSA_PKCS1 : BL_WRAP_RSA_OAEP, BL_SHA256};
	for (unsigned i = 0; i < 7 * 2 * 2 * 8; i++) {
		enum bl_cipher c = i % 7 == 6 ? BL_CHACHA20_POLY1305
					      : (enum bl_cipher)(i % 7 + 1);
		struct bl_span content = bl_span_of(bytes, sizes[i / 28]);
		bool der = i / 7 % 2, ski = i / 14 % 2;
		const char *name = bl_cipher_name(c);

		CHECK(seal(&out, &t, c, to, WHOM,
			  ski ? BL_NAME_BY_SKI : BL_NAME_BY_ISSUER, der,
			  content) == BL_OK,
		    name);
		CHECK((bl_der_check(bl_buf_span(&out), 0, &t.limits, NULL) ==
			  BL_OK) == der,
		    name);
		check_open(&t, bl_buf_span(&out), &people[whom[i % WHOM]],
		    content, name);
		/* Two for RSA, one each for the five curves. */
		CHECK(bl_cms_recipient_count(t.cms) == WHOM, name);
		if (!der)
			continue;
		CHECK(bl_graft_at(bl_buf_span(&out), "1.0.1.7").n == 0, name);
		CHECK(bl_graft_at(bl_buf_span(&out), "1.0.1.6").n != 0, name);
		CHECK(bl_span_equal(bl_graft_at(bl_buf_span(&out), "1.0.0"),
			  bl_cipher_is_aead(c) ? BL_STR("\x02\x01\x00")
					       : BL_STR("\x02\x01\x02")),
		    name);
	}
	bl_people_clear(people);
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

/* RFC 5652 6.1: version 0 where all are named by issuer and have RSA keys. */
static void
writes_the_version_of_enveloped_data(void)
{
	static const struct {
		enum bl_people who;
		enum bl_cms_name_by by;
		uint8_t version, transport;
	} versions[] = {
	    {BL_ALICE, BL_NAME_BY_ISSUER, 0, 0},
	    {BL_ALICE, BL_NAME_BY_SKI, 2, 2},
	    {BL_CAROL, BL_NAME_BY_ISSUER, 2, 3},
	    {BL_HEIDI, BL_NAME_BY_SKI, 2, 3},
	};
	struct bl_trial t;
	struct bl_buf out = {0};

	bl_trial_new(&t);
	for (size_t i = 0; i < 4; i++) {
		struct bl_person p;
		struct bl_cms_to to = {.rsa = BL_WRAP_RSA_PKCS1};
		struct bl_span v;

		bl_person_new(&p, t.ctx, versions[i].who);
		to.cert = p.cert;
		CHECK(seal(&out, &t, BL_AES128_CBC, &to, 1, versions[i].by,
			  true, text) == BL_OK,
		    "version");
		v = bl_graft_at(bl_buf_span(&out), "1.0.0");
		CHECK(v.n == 3 && v.p[2] == versions[i].version, "version");
		v = bl_graft_at(bl_buf_span(&out), "1.0.1.0.0");
		CHECK(v.n == 3 && v.p[2] == versions[i].transport, "recipient");
		bl_person_clear(&p);
	}
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

static void
wraps_with_each_digest_of_oaep(void)
{
	struct bl_trial t;
	struct bl_person bob;
	struct bl_buf out = {0};

	bl_trial_new(&t);
	bl_person_new(&bob, t.ctx, BL_BOB);
	for (unsigned d = BL_SHA1; d <= BL_SHA512; d++) {
		struct bl_cms_to to = {
		    bob.cert, BL_WRAP_RSA_OAEP, (enum bl_digest)d};
		const char *name = bl_digest_name((enum bl_digest)d);

		CHECK(seal(&out, &t, BL_AES256_GCM, &to, 1, BL_NAME_BY_ISSUER,
			  true, text) == BL_OK,
		    name);
		check_open(&t, bl_buf_span(&out), &bob, text, name);
		CHECK(bl_cms_recipient(t.cms, 0)->alg.digest == d, name);
		CHECK(bl_cms_recipient(t.cms, 0)->alg.mgf == d, name);
	}
	bl_person_clear(&bob);
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

/* Two on one curve share one ephemeral key, and no two messages do. */
static void
shares_an_ephemeral_key_on_a_curve(void)
{
	struct bl_trial t;
	struct bl_person carol, dave;
	struct bl_buf out[2] = {0};
	struct bl_cms_to to[2] = {0};

	bl_trial_new(&t);
	bl_person_new(&carol, t.ctx, BL_CAROL);
	bl_person_new(&dave, t.ctx, BL_DAVE);
	to[0].cert = carol.cert;
	to[1].cert = dave.cert;
	for (size_t i = 0; i < 2; i++)
		CHECK(seal(&out[i], &t, BL_AES256_GCM, to, 2, BL_NAME_BY_ISSUER,
			  true, text) == BL_OK,
		    "");
	CHECK(bl_graft_at(bl_buf_span(&out[0]), "1.0.1.1").n == 0, "one");
	CHECK(bl_graft_at(bl_buf_span(&out[0]), "1.0.1.0.3.1").n != 0, "two");
	CHECK(!bl_span_equal(bl_graft_at(bl_buf_span(&out[0]), "1.0.1.0.1"),
		  bl_graft_at(bl_buf_span(&out[1]), "1.0.1.0.1")),
	    "a key for each message");
	CHECK(!bl_span_equal(bl_graft_at(bl_buf_span(&out[0]), "1.0.2.1.1.0"),
		  bl_graft_at(bl_buf_span(&out[1]), "1.0.2.1.1.0")),
	    "a nonce for each message");
	bl_person_clear(&carol);
	bl_person_clear(&dave);
	bl_buf_clear(&out[0]);
	bl_buf_clear(&out[1]);
	bl_trial_free(&t);
}

static void
refuses_what_cannot_be_sealed(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_cms_seal *s = NULL;
	struct bl_buf out = {0};
	struct bl_cms_to to = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	to.cert = alice.cert;
	CHECK(bl_cms_seal_new(&s, t.ctx, BL_AES256_GCM, &to, 1,
		  BL_NAME_BY_ISSUER, 5, NULL) == BL_E_CALLER,
	    "no wrap chosen");
	to.rsa = BL_WRAP_ECDH;
	CHECK(bl_cms_seal_new(&s, t.ctx, BL_AES256_GCM, &to, 1,
		  BL_NAME_BY_ISSUER, 5, NULL) == BL_E_CALLER,
	    "not a wrap for RSA");
	to.rsa = BL_WRAP_RSA_PKCS1;
	CHECK(bl_cms_seal_new(&s, t.ctx, BL_AES256_GCM, &to, 0,
		  BL_NAME_BY_ISSUER, 5, NULL) == BL_E_CALLER,
	    "nobody");
	CHECK(bl_cms_seal_new(&s, t.ctx, BL_AES256_GCM, &to, 1,
		  BL_NAME_BY_ISSUER, UINT64_MAX - 1, NULL) == BL_E_CALLER,
	    "too long");
	CHECK(bl_cms_seal_new(&s, t.ctx, BL_DES3_CBC, &to, 1, BL_NAME_BY_ISSUER,
		  5, NULL) == BL_E_UNSUPPORTED,
	    "3DES is not written");
	CHECK(bl_cms_seal_new(&s, t.ctx, BL_CIPHER_NONE, &to, 1,
		  BL_NAME_BY_ISSUER, 5, NULL) == BL_E_UNSUPPORTED,
	    "no cipher");
	CHECK(bl_cms_seal_new(&s, t.ctx, BL_CIPHER_COUNT, &to, 1,
		  BL_NAME_BY_ISSUER, 5, NULL) == BL_E_UNSUPPORTED,
	    "no such cipher");
	CHECK(s == NULL, "nothing was made");
	bl_cms_seal_free(NULL);

	CHECK(bl_cms_seal_new(&s, t.ctx, BL_AES256_GCM, &to, 1,
		  BL_NAME_BY_ISSUER, 5, NULL) == BL_OK,
	    "good");
	CHECK(bl_cms_seal_add(s, &out, text, NULL) == BL_E_CALLER, "not begun");
	CHECK(bl_cms_seal_end(s, &out, NULL) == BL_E_CALLER, "not begun");
	CHECK(bl_cms_seal_begin(s, &out, NULL) == BL_OK, "begun");
	CHECK(bl_cms_seal_begin(s, &out, NULL) == BL_E_CALLER, "begun twice");
	CHECK(bl_cms_seal_add(s, &out, BL_STR("123456"), NULL) == BL_E_CALLER,
	    "more than announced");
	CHECK(bl_cms_seal_add(s, &out, BL_STR("1234"), NULL) == BL_OK, "some");
	CHECK(bl_cms_seal_end(s, &out, NULL) == BL_E_CALLER,
	    "less than announced");
	CHECK(bl_cms_seal_add(s, &out, BL_STR("56"), NULL) == BL_E_CALLER,
	    "more than is left");
	CHECK(bl_cms_seal_add(s, &out, BL_STR("5"), NULL) == BL_OK, "all");
	CHECK(bl_cms_seal_end(s, &out, NULL) == BL_OK, "ended");
	CHECK(bl_cms_seal_end(s, &out, NULL) == BL_E_CALLER, "ended twice");
	CHECK(bl_cms_seal_add(s, &out, BL_STR(""), NULL) == BL_E_CALLER,
	    "added after the end");
	bl_cms_seal_free(s);
	bl_person_clear(&alice);
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

/* Keys that sign nothing here, and that nothing is encrypted to. */
static void
refuses_keys_of_other_kinds(void)
{
	static const char *const files[] = {
	    "rfc9216-cms-examples/certs-and-keys/lamps-carlos.crt",
	    "rfc9216-cms-examples/certs-and-keys/lamps-dana.encrypt.crt",
	    "rfc4134/AliceDSSSignByCarlNoInherit.cer",
	};
	struct bl_trial t;
	struct bl_cms_seal *s = NULL;

	bl_trial_new(&t);
	for (size_t i = 0; i < 3; i++) {
		struct bl_certs certs = {0};
		struct bl_buf file = {0};
		struct bl_sig_alg alg = {.kind = BL_SIG_ECDSA};
		struct bl_cms_to to = {.rsa = BL_WRAP_RSA_PKCS1};
		size_t skipped;

		CHECK(bl_test_corpus(&file, files[i]) &&
			bl_certs_import(&certs, t.ctx, bl_buf_span(&file),
			    &t.limits, &skipped, NULL) == BL_OK &&
			certs.n == 1,
		    files[i]);
		if (certs.n == 0)
			continue;
		/* the first has Ed25519, which signs */
		CHECK(
		    bl_cms_sign_alg(&alg, certs.list[0], BL_SHA256, BL_PSS_NOT,
			NULL) == (i == 0 ? BL_OK : BL_E_UNSUPPORTED),
		    files[i]);
		CHECK(alg.kind == (i == 0 ? BL_SIG_ED25519 : BL_SIG_OTHER),
		    files[i]);
		to.cert = certs.list[0];
		/* the second has X25519, which agrees */
		CHECK(bl_cms_seal_new(&s, t.ctx, BL_AES256_GCM, &to, 1,
			  BL_NAME_BY_ISSUER, 5,
			  NULL) == (i == 1 ? BL_OK : BL_E_UNSUPPORTED),
		    files[i]);
		CHECK((s != NULL) == (i == 1), files[i]);
		bl_cms_seal_free(s);
		bl_certs_clear(&certs);
		bl_buf_clear(&file);
	}
	bl_trial_free(&t);
}

/* ---- failing allocations ---- */

struct scene {
	struct bl_ctx *ctx;
	struct bl_person *people;
	struct bl_certs *include;
	struct bl_span signature;
	const struct bl_cms_sign *how;
};

static enum bl_err
sign_once(void *arg)
{
	struct scene *s = arg;
	struct bl_digest_value digest = {.alg = BL_SHA256, .n = 32};
	struct bl_buf store = {0}, out = {0};
	struct bl_want_sign want;
	enum bl_err err;

	if ((err = bl_cms_sign_want(&want, &store, s->how, &digest, NULL)) ==
		BL_OK &&
	    (err = bl_cms_opaque_write(
		 &out, s->how, &want, text, s->signature, NULL)) == BL_OK &&
	    (err = bl_cms_opaque_begin(&out, s->how, NULL)) == BL_OK)
		err = bl_cms_opaque_end(
		    &out, s->how, &want, s->signature, NULL);
	bl_buf_clear(&store);
	bl_buf_clear(&out);
	return err;
}

static enum bl_err
seal_once(void *arg)
{
	struct scene *s = arg;
	struct bl_trial t = {.ctx = s->ctx};
	struct bl_cms_to to[3] = {
	    {s->people[BL_ALICE].cert, BL_WRAP_RSA_OAEP, BL_SHA256},
	    {.cert = s->people[BL_CAROL].cert},
	    {.cert = s->people[BL_ERIN].cert},
	};
	struct bl_buf out = {0};
	enum bl_err err = seal(
	    &out, &t, BL_AES256_CBC, to, 3, BL_NAME_BY_ISSUER, false, text);

	bl_buf_clear(&out);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	struct bl_trial t;
	struct bl_person people[BL_PEOPLE];
	struct bl_certs include = {0};
	struct bl_cms_sign how = {.content_type = BL_OID_DATA};
	struct scene s = {.people = people, .include = &include, .how = &how};

	bl_trial_new(&t);
	bl_people_new(people, t.ctx);
	CHECK(bl_certs_add(&include, people[BL_DAVE].cert, NULL) == BL_OK, "");
	how.cert = people[BL_ALICE].cert;
	how.include = &include;
	how.alg = (struct bl_sig_alg){BL_SIG_RSA_PKCS1, BL_SHA256, 0, 0};
	how.preference_issuer = bl_cert_issuer(people[BL_BOB].cert);
	how.preference_serial = bl_cert_serial(people[BL_BOB].cert);
	s.ctx = t.ctx;
	s.signature = BL_STR("signature");
	bl_test_each_allocation(sign_once, &s, "sign");
	bl_test_each_allocation(seal_once, &s, "seal");
	bl_certs_clear(&include);
	bl_people_clear(people);
	bl_trial_free(&t);
}

TESTS(TEST(signs_in_each_form_and_algorithm),
    TEST(writes_versions_and_preference), TEST(writes_certificates_alone),
    TEST(seals_to_everybody_with_each_cipher),
    TEST(writes_the_version_of_enveloped_data),
    TEST(wraps_with_each_digest_of_oaep),
    TEST(shares_an_ephemeral_key_on_a_curve),
    TEST(refuses_what_cannot_be_sealed), TEST(refuses_keys_of_other_kinds),
    TEST(survives_each_failing_allocation))
