/* test_pkcs12.h - what the tests of PKCS#12 share: keys and certificates made
 * by openssl in the test's folder, and what an entry must be. */
#ifndef BL_CRYPTO_TEST_PKCS12_H
#define BL_CRYPTO_TEST_PKCS12_H

#include <string.h>

#include "crypto/crypto.h"
#include "crypto/pbe.h"
#include "crypto/test_peer.h"

#define PASS	 "geh\xc3\xa9im \xe2\x9a\xb7"
#define NAME	 "J\xc3\xb6rg \xe2\x9a\xb7"
#define KEY_NAME NAME " \xf0\x9f\x94\x91" /* openssl cannot write this one */

static struct bl_ctx *ctx;
static struct bl_limits limits;

static inline void
test_make_files(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	test_save("pass", bl_span_str(PASS));
	CHECK(test_run(
		  "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key "
		  "-out ca.pem -subj /CN=CA -days 30 && "
		  "openssl req -newkey rsa:2048 -nodes -keyout ann.key -out "
		  "ann.csr -subj /CN=Ann && "
		  "openssl x509 -req -in ann.csr -CA ca.pem -CAkey ca.key "
		  "-set_serial 2 -out ann.pem && "
		  "openssl x509 -req -in ann.csr -CA ca.pem -CAkey ca.key "
		  "-set_serial 3 -out ann2.pem && "
		  "openssl genpkey -algorithm EC -pkeyopt "
		  "ec_paramgen_curve:P-256 -out bob.key && "
		  "openssl req -x509 -key bob.key -out bob.pem -subj /CN=Bob "
		  "-days 30 && "
		  "openssl genpkey -algorithm ED25519 -out eve.key && "
		  "openssl req -x509 -key eve.key -out eve.pem -subj /CN=Eve "
		  "-days 30 && "
		  "openssl genpkey -algorithm EC -pkeyopt "
		  "ec_paramgen_curve:secp256k1 -out fred.key && "
		  "openssl req -x509 -key fred.key -out fred.pem "
		  "-subj /CN=Fred -days 30"),
	    "files");
	for (size_t i = 0; i < 6; i++) {
		static const char *const names[] = {
		    "ca", "ann", "ann2", "bob", "eve", "fred"};

		CHECK(test_run("openssl x509 -in %s.pem -outform DER -out "
			       "%s.crt",
			  names[i], names[i]),
		    names[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = {
		    "ann", "bob", "eve", "fred"};

		CHECK(test_run("openssl pkcs8 -topk8 -nocrypt -in %s.key "
			       "-outform DER -out %s.p8",
			  names[i], names[i]),
		    names[i]);
	}
}

static inline enum bl_err
read_bytes(struct bl_pkcs12 *out, struct bl_span file, const char *pass)
{
	struct bl_note note = {0};
	enum bl_err err = bl_pkcs12_read(
	    out, ctx, file, bl_span_str(pass), &limits, &note);

	CHECK(note.err == err, "note");
	CHECK(err == BL_OK || (out->n == 0 && out->entries == NULL), "out");
	return err;
}

static inline enum bl_err
read_named(struct bl_pkcs12 *out, const char *file, const char *pass)
{
	struct bl_buf b = {0};
	enum bl_err err;

	test_load(&b, file);
	err = read_bytes(out, bl_buf_span(&b), pass);
	bl_buf_clear(&b);
	return err;
}

static inline bool
is_file(struct bl_span s, const char *file)
{
	struct bl_buf b = {0};
	bool same;

	test_load(&b, file);
	same = bl_span_equal(bl_buf_span(&b), s);
	bl_buf_clear(&b);
	return same;
}

/* An entry is as the files `key` and `cert` say; "" for none. */
static inline bool
is_entry(const struct bl_pkcs12 *p, size_t i, const char *key, const char *cert)
{
	const struct bl_pkcs12_entry *e = &p->entries[i];

	if (i >= p->n || (key[0] == 0) != (e->key == NULL) ||
	    (cert[0] == 0) != (e->cert.n == 0))
		return false;
	return (key[0] == 0 || is_file(bl_secret_reveal(e->key), key)) &&
	    (cert[0] == 0 || is_file(bl_buf_span(&e->cert), cert));
}

static inline bool
is_named(const struct bl_pkcs12 *p, size_t i, const char *name)
{
	return i < p->n &&
	    bl_span_equal(bl_buf_span(&p->entries[i].name), bl_span_str(name));
}

#endif
