/* recipients.c - a message of 10 KiB to many recipients, by bulla and by
 * libcrypto's CMS in turns. recipients COUNT ROUNDS prints, for each turn,
 * what was done and the seconds of the clock that it took. Everybody has a
 * certificate of their own; a few keys go round, as 10,000 would take an hour
 * to make. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>

#include "bench/measure.h"
#include "bench/ours.h"

#define CONTENT 10240 /* bytes */
#define KEYS	16
#define THREADS 2

struct crowd {
	struct bl_ctx *ctx;
	struct bl_limits limits;
	struct bl_cert **certs;
	size_t n;
	STACK_OF(X509) * x509s;
	struct bl_span message;
	struct bl_buf out;
};

static void
ours(void *arg)
{
	struct crowd *c = arg;
	const struct bl_seal_opts opts = {.now = time(NULL),
	    .limits = &c->limits,
	    .to = c->certs,
	    .n = c->n,
	    .wrap = BL_TO_PKCS1};

	bl_buf_reset(&c->out);
	ours_seal(&c->out, c->ctx, &opts, NULL, c->message);
}

static void
peer(void *arg)
{
	struct crowd *c = arg;
	BIO *in = BIO_new_mem_buf(c->message.p, (int)c->message.n);
	BIO *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = CMS_encrypt(
	    c->x509s, in, EVP_aes_256_gcm(), CMS_BINARY);

	ensure(cms != NULL && SMIME_write_CMS(out, cms, NULL, CMS_BINARY) == 1,
	    "libcrypto does not encrypt");
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
}

static void
gather(struct crowd *c, const char *type, size_t n)
{
	EVP_PKEY *keys[KEYS];

	for (size_t i = 0; i < KEYS; i++)
		keys[i] = person_key(type);
	c->certs = calloc(n, sizeof(*c->certs));
	c->x509s = sk_X509_new_null();
	ensure(c->certs != NULL && c->x509s != NULL, "out of memory");
	for (size_t i = 0; i < n; i++) {
		struct person p;

		ensure(EVP_PKEY_up_ref(keys[i % KEYS]) == 1, "no key");
		person_init(&p, c->ctx, keys[i % KEYS], "a@example.org", i + 1);
		c->certs[c->n++] = bl_cert_hold(p.cert);
		ensure(X509_up_ref(p.x509) == 1 &&
			sk_X509_push(c->x509s, p.x509) > 0,
		    "out of memory");
		person_clear(&p);
	}
	for (size_t i = 0; i < KEYS; i++)
		EVP_PKEY_free(keys[i]);
}

int
main(int argc, char **argv)
{
	const struct bl_span head = BL_STR(
	    "From: a@example.org\r\nContent-Type: text/plain\r\n\r\n");
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 5;
	static uint8_t text[CONTENT];
	struct crowd crowds[2] = {{0}};
	const char *const types[] = {"RSA", "EC"};
	char names[4][64];
	struct work works[4];

	memset(text, 'a', sizeof(text));
	for (size_t i = 64; i + 1 < sizeof(text); i += 64) {
		text[i] = '\r';
		text[i + 1] = '\n';
	}
	memcpy(text, head.p, head.n);
	for (size_t i = 0; i < 2; i++) {
		struct crowd *c = &crowds[i];

		ensure(bl_ctx_new(&c->ctx, NULL) == BL_OK, "no context");
		ensure(bl_ctx_set_threads(c->ctx, THREADS, NULL) == BL_OK,
		    "no threads");
		c->limits = BL_LIMITS;
		c->limits.recipients = (unsigned)n;
		c->message = bl_span_of(text, sizeof(text));
		gather(c, types[i], n);
	}
	for (size_t i = 0; i < 4; i++) {
		snprintf(names[i], sizeof(names[i]), "recipients-%s-%zu.%s",
		    i < 2 ? "rsa" : "ec", n, i % 2 == 0 ? "bulla" : "peer");
		works[i] = (struct work){
		    names[i], i % 2 == 0 ? ours : peer, &crowds[i / 2], 0};
	}
	measure(works, 4, rounds, 0, CLOCK_MONOTONIC);
	return 0;
}
