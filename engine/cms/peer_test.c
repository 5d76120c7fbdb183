/* peer_test.c - what we write, `openssl cms` reads, and the other way round. */
#include "cms/people.h"
#include "cms/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test.h"

static const struct bl_span text = BYTES(
    "Content-Type: text/plain\r\n\r\nto a peer\r\n");

static char folder[] = "/tmp/bulla-peer-XXXXXX";

/* Of all combinations two in five: each pair of properties is among them, and
 * starting a program takes its time. */
#define SKIPPED(i) ((i) % 5 > 1)

/* What all cases need. */
struct stage {
	struct bl_trial t;
	struct bl_person people[BL_PEOPLE];
};

static void
write_file(const char *name, struct bl_span s)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	CHECK(
	    f != NULL && fwrite(s.p, 1, s.n, f) == s.n && fclose(f) == 0, path);
}

static bool
read_file(struct bl_buf *out, const char *name)
{
	char path[256];

	bl_buf_reset(out);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return bl_test_file(out, path);
}

/* Runs a command line of openssl in the folder. */
static bool
openssl(const char *line)
{
	char command[2048];

	snprintf(command, sizeof(command),
	    "cd %s && rm -f out && openssl %s 2>errors", folder, line);
	return system(command) == 0;
}

static void
put_pem(const char *name, const char *label, struct bl_span der)
{
	struct bl_buf pem = {0};

	bl_pem_write(&pem, label, der);
	write_file(name, bl_buf_span(&pem));
	bl_buf_clear(&pem);
}

static void
stage_new(struct stage *s)
{
	char name[32];

	CHECK(mkdtemp(folder) != NULL, folder);
	bl_trial_new(&s->t);
	bl_people_new(s->people, s->t.ctx);
	for (unsigned i = 0; i < BL_CLASSIC; i++) {
		snprintf(name, sizeof(name), "key%u", i);
		put_pem(
		    name, "PRIVATE KEY", bl_secret_reveal(s->people[i].pkcs8));
		snprintf(name, sizeof(name), "cert%u", i);
		put_pem(name, "CERTIFICATE", bl_cert_der(s->people[i].cert));
	}
	write_file("text", text);
}

static void
stage_clear(struct stage *s)
{
	char command[300];

	bl_people_clear(s->people);
	bl_trial_free(&s->t);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	CHECK(system(command) == 0, folder);
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
}

/* ---- encrypted ---- */

static void
seal(struct bl_buf *out, struct stage *s, enum bl_cipher c,
    const struct bl_cms_to *to, size_t n, bool der)
{
	struct bl_cms_seal *seal = NULL;

	bl_buf_reset(out);
	CHECK(bl_cms_seal_new(&seal, s->t.ctx, c, to, n,
		  der ? BL_NAME_BY_ISSUER : BL_NAME_BY_SKI,
		  der ? text.n : BL_LENGTH_UNKNOWN, NULL) == BL_OK &&
		bl_cms_seal_begin(seal, out, NULL) == BL_OK &&
		bl_cms_seal_add(seal, out, bl_span_cut(text, 0, 10), NULL) ==
		    BL_OK &&
		bl_cms_seal_add(
		    seal, out, bl_span_cut(text, 10, text.n), NULL) == BL_OK &&
		bl_cms_seal_end(seal, out, NULL) == BL_OK,
	    "seal");
	bl_cms_seal_free(seal);
}

static void
openssl_opens_what_we_seal(void)
{
	struct stage s;
	struct bl_buf out = {0}, back = {0};
	struct bl_cms_to to[BL_PEOPLE];
	char line[256];

	stage_new(&s);
	for (unsigned i = 0; i < BL_CLASSIC; i++)
		to[i] = (struct bl_cms_to){s.people[i].cert,
		    i % 2 ? BL_WRAP_RSA_OAEP : BL_WRAP_RSA_PKCS1,
		    i / 2 % 2 ? BL_SHA1 : BL_SHA256};
	for (unsigned i = 0; i < 6 * 2 * BL_CLASSIC; i++) {
		enum bl_cipher c = (enum bl_cipher)(i % 6 + 1);
		unsigned who = i / 12;

		if (SKIPPED(i))
			continue;
		/* To one alone, and as one of all. */
		seal(&out, &s, c, i % 4 < 2 ? &to[who] : to,
		    i % 4 < 2 ? 1 : BL_CLASSIC, i / 6 % 2);
		write_file("in", bl_buf_span(&out));
		snprintf(line, sizeof(line),
		    "cms -decrypt -binary -inform DER -in in -inkey key%u "
		    "-recip cert%u -out out",
		    who, who);
		CHECK(openssl(line), bl_cipher_name(c));
		CHECK(read_file(&back, "out") &&
			bl_span_equal(bl_buf_span(&back), text),
		    bl_cipher_name(c));
	}
	bl_buf_clear(&out);
	bl_buf_clear(&back);
	stage_clear(&s);
}

/* The content key out of the recipient that is this person's. */
static struct bl_secret *
unwrap(struct stage *s, const struct bl_person *p, const char *name)
{
	struct bl_secret *key = NULL;
	struct bl_want_unwrap w;

	for (size_t i = 0; i < bl_cms_recipient_count(s->t.cms); i++) {
		if (!bl_rid_is(&bl_cms_recipient(s->t.cms, i)->rid, p->cert))
			continue;
		bl_cms_want(&w, s->t.cms, i, bl_cert_key_id(p->cert));
		CHECK(bl_priv_unwrap(&key, p->key, s->t.ctx, &w.alg,
			  w.originator, w.wrapped, w.size, NULL) == BL_OK,
		    name);
		return key;
	}
	CHECK(false, name);
	return NULL;
}

static void
check_open(struct stage *s, unsigned who, const char *name)
{
	struct bl_buf in = {0};
	struct bl_secret *key;

	CHECK(read_file(&in, "out"), name);
	s->t.key = NULL;
	CHECK(bl_trial_read(&s->t, bl_buf_span(&in)) == BL_E_CALLER, name);
	s->t.key = key = unwrap(s, &s->people[who], name);
	s->t.piece = 100;
	CHECK(key != NULL && bl_trial_read(&s->t, bl_buf_span(&in)) == BL_OK,
	    name);
	CHECK(bl_span_equal(bl_buf_span(&s->t.content), text), name);
	bl_secret_free(key);
	bl_buf_clear(&in);
}

static void
we_open_what_openssl_seals(void)
{
	static const char *const ciphers[] = {"-aes-128-cbc", "-aes-192-cbc",
	    "-aes-256-cbc", "-aes-128-gcm", "-aes-192-gcm", "-aes-256-gcm"};
	static const char *const rsa[] = {"", "-keyopt rsa_padding_mode:oaep",
	    "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256",
	    ("-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha512 "
	     "-keyopt rsa_mgf1_md:sha1 -keyopt rsa_oaep_label:616263")};
	static const char *const ec[] = {"",
	    "-keyopt ecdh_kdf_md:sha256 -aes128-wrap",
	    "-keyopt ecdh_kdf_md:sha384 -aes192-wrap",
	    ("-keyopt ecdh_kdf_md:sha512 -keyopt ecdh_cofactor_mode:1 "
	     "-aes256-wrap")};
	struct stage s;
	char line[512];

	stage_new(&s);
	for (unsigned i = 0; i < 6 * 4 * BL_CLASSIC; i++) {
		unsigned who = i / 24;

		if (SKIPPED(i))
			continue;
		snprintf(line, sizeof(line),
		    "cms -encrypt -binary -in text -outform DER -out out %s %s "
		    "%s -recip cert%u %s",
		    ciphers[i % 6], i % 2 ? "-stream" : "",
		    i % 3 == 1 && who != BL_HEIDI ? "-keyid" : "", who,
		    who <= BL_BOB ? rsa[i / 6 % 4] : ec[i / 6 % 4]);
		CHECK(openssl(line), line);
		check_open(&s, who, line);
	}
	stage_clear(&s);
}

/* ---- signed ---- */

static void
sign(struct bl_buf *out, struct stage *s, unsigned who, enum bl_pss pss,
    unsigned form)
{
	const struct bl_person *p = &s->people[who];
	struct bl_cms_sign how = {.cert = p->cert,
	    .content_type = BL_OID_DATA,
	    .signing_time = 1763923000};
	struct bl_buf sig = {0}, store = {0};
	struct bl_want_sign want;
	enum bl_err err;

	bl_buf_reset(out);
	CHECK(bl_cms_sign_alg(&how.alg, p->cert, BL_SHA256, pss, NULL) == BL_OK,
	    "");
	bl_person_sign(&sig, &want, &store, s->t.ctx, p, &how, text);
	if (form == 0) {
		err = bl_cms_detached_write(
		    out, &how, &want, bl_buf_span(&sig), NULL);
	} else if (form == 1) {
		err = bl_cms_opaque_write(
		    out, &how, &want, text, bl_buf_span(&sig), NULL);
	} else if ((err = bl_cms_opaque_begin(out, &how, NULL)) == BL_OK) {
		bl_cms_opaque_add(out, text);
		err = bl_cms_opaque_end(
		    out, &how, &want, bl_buf_span(&sig), NULL);
	}
	CHECK(err == BL_OK, "sign");
	bl_buf_clear(&sig);
	bl_buf_clear(&store);
}

static void
openssl_verifies_what_we_sign(void)
{
	struct stage s;
	struct bl_buf out = {0}, back = {0};
	char line[256];

	stage_new(&s);
	for (unsigned i = 0; i < 3 * 2 * BL_CLASSIC; i++) {
		unsigned who = i / 6, form = i % 3;

		sign(&out, &s, who, i / 3 % 2 ? BL_PSS_USE : BL_PSS_NOT, form);
		write_file("in", bl_buf_span(&out));
		snprintf(line, sizeof(line),
		    "cms -verify -binary -noverify -inform DER -in in -out "
		    "out %s",
		    form == 0 ? "-content text" : "");
		CHECK(openssl(line), line);
		CHECK(read_file(&back, "out") &&
			bl_span_equal(bl_buf_span(&back), text),
		    line);
		CHECK(form != 0 ||
			!openssl("cms -verify -binary -noverify -inform DER "
				 "-in in -out out -content cert0"),
		    "another content");
	}
	bl_buf_clear(&out);
	bl_buf_clear(&back);
	stage_clear(&s);
}

static enum bl_signer_result
check_signer(struct stage *s, unsigned who, bool detached)
{
	struct bl_hashes *h = NULL;
	enum bl_signer_result r = 0;

	CHECK(bl_hashes_new(&h, s->t.ctx, bl_cms_digests(s->t.cms), NULL) ==
		    BL_OK &&
		bl_hashes_add(h, text, NULL) == BL_OK &&
		bl_hashes_end(h, NULL) == BL_OK &&
		bl_cms_signer_check(&r, s->t.cms, 0, s->people[who].cert,
		    detached ? h : NULL, NULL) == BL_OK,
	    "check");
	bl_hashes_free(h);
	return r;
}

static void
we_verify_what_openssl_signs(void)
{
	static const char *const options[] = {"", "-keyid", "-noattr",
	    "-md sha512", "-nosmimecap -cades", "-md sha384 -nocerts"};
	struct stage s;
	struct bl_buf in = {0};
	char line[512];

	stage_new(&s);
	for (unsigned i = 0; i < 6 * 4 * BL_CLASSIC; i++) {
		unsigned who = i / 24;
		bool detached = i / 6 % 2;

		if (SKIPPED(i) || (i % 6 == 1 && who == BL_HEIDI))
			continue; /* Heidi has no key identifier */
		snprintf(line, sizeof(line),
		    "cms -sign -binary -in text -outform DER -out out -signer "
		    "cert%u -inkey key%u %s %s %s",
		    who, who, detached ? "" : "-nodetach",
		    i / 12 % 2 == 0	? detached ? "" : "-stream"
			: who <= BL_BOB ? "-keyopt rsa_padding_mode:pss"
					: "",
		    options[i % 6]);
		CHECK(openssl(line), line);
		CHECK(read_file(&in, "out"), line);
		s.t.piece = i % 3;
		CHECK(bl_trial_read(&s.t, bl_buf_span(&in)) == BL_OK, line);
		CHECK(bl_cms_is_detached(s.t.cms) == detached, line);
		CHECK(
		    detached || bl_span_equal(bl_buf_span(&s.t.content), text),
		    line);
		CHECK(check_signer(&s, who, detached) == BL_SIGNER_GOOD, line);
	}
	bl_buf_clear(&in);
	stage_clear(&s);
}

TESTS(TEST(openssl_opens_what_we_seal), TEST(we_open_what_openssl_seals),
    TEST(openssl_verifies_what_we_sign), TEST(we_verify_what_openssl_signs))
