/* messages.c - messages of 10 KiB in one process: bulla, libcrypto's CMS and
 * the bare operation by turns. messages ROUNDS SECONDS prints, for each turn,
 * what was done and the seconds of processor time for one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "bench/measure.h"
#include "bench/ours.h"

#define CONTENT 10240 /* bytes */
#define ADDRESS "a@example.org"

static const char head[] = "From: " ADDRESS "\r\nTo: " ADDRESS "\r\n"
			   "Subject: x\r\nMIME-Version: 1.0\r\n"
			   "Content-Type: text/plain; charset=us-ascii\r\n\r\n";

/* job is one of the works: whose key, and what goes in. */
struct job {
	struct bl_ctx *ctx;
	struct person *who;
	struct bl_certs *certs; /* the person's alone */
	STACK_OF(X509) * x509s; /* the same */
	X509_STORE *store;	/* trusts it */
	enum bl_seal_wrap wrap;
	struct bl_span message; /* plain */
	struct bl_buf sealed;	/* encrypted by us */
	struct bl_buf peers;	/* encrypted by libcrypto */
	struct bl_buf clear;	/* signed by us, not encrypted */
	struct bl_buf out;
	struct memory memory;
	uint8_t block[512];
	size_t block_n;
	EVP_PKEY_CTX *bare; /* of the one bare operation */
};

/* ---- encrypt ---- */

static void
ours_encrypt(void *arg)
{
	struct job *j = arg;
	const struct bl_seal_opts opts = {
	    .now = time(NULL), .to = j->certs->list, .n = 1, .wrap = j->wrap};

	bl_buf_reset(&j->out);
	ours_seal(&j->out, j->ctx, &opts, NULL, j->message);
}

static void
take(struct bl_buf *out, BIO *bio)
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);

	bl_buf_reset(out);
	bl_buf_add(out, bl_span_of(p, (size_t)n));
}

static void
encrypt(struct job *j, bool mime)
{
	BIO *in = BIO_new_mem_buf(j->message.p, (int)j->message.n);
	BIO *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = CMS_encrypt(
	    j->x509s, in, EVP_aes_256_gcm(), CMS_BINARY);

	ensure(cms != NULL &&
		(mime ? SMIME_write_CMS(out, cms, NULL, CMS_BINARY)
		      : i2d_CMS_bio(out, cms)) == 1,
	    "libcrypto does not encrypt");
	take(&j->out, out);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
}

static void
peer_encrypt(void *arg)
{
	encrypt(arg, true);
}

static void
peer_encrypt_der(void *arg)
{
	encrypt(arg, false);
}

static void
bare_encrypt(void *arg)
{
	struct job *j = arg;
	size_t n = sizeof(j->block);

	ensure(EVP_PKEY_encrypt(j->bare, j->block, &n, j->message.p, 32) == 1,
	    "RSA fails");
}

static void
bare_derive(void *arg)
{
	struct job *j = arg;
	size_t n = sizeof(j->block);

	ensure(EVP_PKEY_derive(j->bare, j->block, &n) == 1, "ECDH fails");
}

/* ---- decrypt ---- */

static void
ours_decrypt(void *arg)
{
	struct job *j = arg;
	const struct bl_open_opts opts = {
	    .now = time(NULL), .identities = j->certs};

	ours_open(&j->memory, j->ctx, &opts, j->who->priv,
	    bl_buf_span(&j->sealed), BL_ENCRYPTION_INTACT, BL_SIGNATURE_NONE);
}

static void
peer_decrypt(void *arg)
{
	struct job *j = arg;
	BIO *in = BIO_new_mem_buf(j->peers.p, (int)j->peers.n);
	BIO *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = SMIME_read_CMS(in, NULL);

	ensure(cms != NULL &&
		CMS_decrypt(
		    cms, j->who->key, j->who->x509, NULL, out, CMS_BINARY) == 1,
	    "libcrypto does not decrypt");
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
}

static void
bare_decrypt(void *arg)
{
	struct job *j = arg;
	uint8_t to[512];
	size_t n = sizeof(to);

	ensure(EVP_PKEY_decrypt(j->bare, to, &n, j->block, j->block_n) == 1,
	    "RSA fails");
}

/* ---- sign ---- */

static void
ours_sign(void *arg)
{
	struct job *j = arg;
	const struct bl_seal_opts opts = {
	    .now = time(NULL), .sign = BL_SIGN_CLEAR, .signer = j->who->cert};

	bl_buf_reset(&j->out);
	ours_seal(&j->out, j->ctx, &opts, j->who->priv, j->message);
}

static void
peer_sign(void *arg)
{
	struct job *j = arg;
	/* read once, signed while it is written */
	const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_STREAM;
	BIO *in = BIO_new_mem_buf(j->message.p, (int)j->message.n);
	BIO *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = CMS_sign(
	    j->who->x509, j->who->key, NULL, in, flags);

	ensure(cms != NULL && SMIME_write_CMS(out, cms, in, (int)flags) == 1,
	    "libcrypto does not sign");
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
}

static void
bare_sign(void *arg)
{
	struct job *j = arg;
	size_t n = sizeof(j->block);

	ensure(EVP_PKEY_sign(j->bare, j->block, &n, j->message.p, 32) == 1,
	    "the bare signature fails");
}

/* ---- verify ---- */

static void
ours_verify(void *arg)
{
	struct job *j = arg;
	const struct bl_open_opts opts = {
	    .now = time(NULL), .anchors = j->certs};

	ours_open(&j->memory, j->ctx, &opts, NULL, bl_buf_span(&j->clear),
	    BL_ENCRYPTION_NONE, BL_SIGNATURE_VALID);
}

static void
peer_verify(void *arg)
{
	struct job *j = arg;
	BIO *in = BIO_new_mem_buf(j->clear.p, (int)j->clear.n);
	BIO *out = BIO_new(BIO_s_mem()), *content = NULL;
	CMS_ContentInfo *cms = SMIME_read_CMS(in, &content);

	ensure(cms != NULL && content != NULL &&
		CMS_verify(cms, NULL, j->store, content, out, CMS_BINARY) == 1,
	    "libcrypto does not verify");
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	BIO_free(in);
	BIO_free(out);
}

static void
bare_verify(void *arg)
{
	struct job *j = arg;

	ensure(EVP_PKEY_verify(
		   j->bare, j->block, j->block_n, j->message.p, 32) == 1,
	    "the bare signature does not hold");
}

/* ---- all of it ---- */

static void
set_up(struct job *j, struct bl_ctx *ctx, struct person *who,
    struct bl_certs *certs, struct bl_span message)
{
	*j = (struct job){.ctx = ctx,
	    .who = who,
	    .certs = certs,
	    .message = message,
	    .wrap = BL_TO_PKCS1};
	memory_init(&j->memory);
	j->x509s = sk_X509_new_null();
	j->store = X509_STORE_new();
	ensure(j->x509s != NULL && sk_X509_push(j->x509s, who->x509) == 1 &&
		j->store != NULL &&
		X509_STORE_add_cert(j->store, who->x509) == 1 &&
		X509_STORE_set_flags(j->store, X509_V_FLAG_PARTIAL_CHAIN) == 1,
	    "no peer");
	peer_encrypt(j);
	bl_buf_add(&j->peers, bl_buf_span(&j->out));
	ours_encrypt(j);
	bl_buf_add(&j->sealed, bl_buf_span(&j->out));
	ours_sign(j);
	bl_buf_add(&j->clear, bl_buf_span(&j->out));
}

static EVP_PKEY_CTX *
start(struct job *j, int (*init)(EVP_PKEY_CTX *))
{
	EVP_PKEY_CTX *run = EVP_PKEY_CTX_new(j->who->key, NULL);

	ensure(run != NULL && init(run) == 1, "no bare operation");
	return j->bare = run;
}

static void
padded(EVP_PKEY_CTX *run)
{
	ensure(EVP_PKEY_CTX_set_rsa_padding(run, RSA_PKCS1_PADDING) == 1,
	    "no padding");
}

static void
hashed(EVP_PKEY_CTX *run)
{
	ensure(
	    EVP_PKEY_CTX_set_signature_md(run, EVP_sha256()) == 1, "no digest");
}

/* The job again, with the one bare operation that is its bound. */
static struct job *
bare(const struct job *from, int (*init)(EVP_PKEY_CTX *))
{
	struct job *j = calloc(1, sizeof(*j));
	bool rsa = EVP_PKEY_is_a(from->who->key, "RSA");

	ensure(j != NULL, "out of memory");
	*j = (struct job){
	    .who = from->who, .message = from->message, .ctx = from->ctx};
	if (init == EVP_PKEY_decrypt_init) {
		padded(start(j, EVP_PKEY_encrypt_init));
		j->block_n = sizeof(j->block);
		ensure(EVP_PKEY_encrypt(j->bare, j->block, &j->block_n,
			   j->message.p, 32) == 1,
		    "RSA fails");
		EVP_PKEY_CTX_free(j->bare);
	}
	if (init == EVP_PKEY_verify_init) {
		hashed(start(j, EVP_PKEY_sign_init));
		j->block_n = sizeof(j->block);
		ensure(EVP_PKEY_sign(j->bare, j->block, &j->block_n,
			   j->message.p, 32) == 1,
		    "the bare signature fails");
		EVP_PKEY_CTX_free(j->bare);
	}
	start(j, init);
	if (init == EVP_PKEY_derive_init)
		ensure(EVP_PKEY_derive_set_peer(j->bare, j->who->key) == 1,
		    "no peer");
	else if (init == EVP_PKEY_sign_init || init == EVP_PKEY_verify_init)
		hashed(j->bare);
	else if (rsa)
		padded(j->bare);
	return j;
}

static struct bl_span
make_message(struct bl_buf *out)
{
	bl_buf_add_str(out, head);
	for (size_t i = 0; i < CONTENT / 64; i++)
		bl_buf_add_str(out,
		    "0123456789abcdef0123456789abcdef0123456789abcdef"
		    "0123456789abcd\r\n");
	return bl_buf_span(out);
}

int
main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 5;
	double slice = argc > 2 ? strtod(argv[2], NULL) : 0.2;
	const char *only = argc > 3 ? argv[3] : "";
	struct bl_buf text = {0};
	struct bl_span message = make_message(&text);
	struct person rsa, ec;
	struct bl_certs certs[2] = {{0}};
	struct job r, e, o;
	struct bl_ctx *ctx;

	ensure(bl_ctx_new(&ctx, NULL) == BL_OK, "no context");
	person_init(&rsa, ctx, person_key("RSA"), ADDRESS, 1);
	person_init(&ec, ctx, person_key("EC"), ADDRESS, 2);
	ensure(bl_certs_add(&certs[0], rsa.cert, NULL) == BL_OK &&
		bl_certs_add(&certs[1], ec.cert, NULL) == BL_OK,
	    "out of memory");
	set_up(&r, ctx, &rsa, &certs[0], message);
	set_up(&e, ctx, &ec, &certs[1], message);
	set_up(&o, ctx, &rsa, &certs[0], message);
	o.wrap = BL_TO_OAEP;
	{
		const struct work works[] = {
		    {"encrypt-rsa.bulla", ours_encrypt, &r},
		    {"encrypt-rsa.bulla-oaep", ours_encrypt, &o},
		    {"encrypt-rsa.peer", peer_encrypt, &r},
		    {"encrypt-rsa.peer-der", peer_encrypt_der, &r},
		    {"encrypt-rsa.limit", bare_encrypt,
			bare(&r, EVP_PKEY_encrypt_init)},
		    {"encrypt-ec.bulla", ours_encrypt, &e},
		    {"encrypt-ec.peer", peer_encrypt, &e},
		    {"encrypt-ec.peer-der", peer_encrypt_der, &e},
		    {"encrypt-ec.limit", bare_derive,
			bare(&e, EVP_PKEY_derive_init)},
		    {"decrypt-rsa.bulla", ours_decrypt, &r},
		    {"decrypt-rsa.limit", bare_decrypt,
			bare(&r, EVP_PKEY_decrypt_init)},
		    {"decrypt-rsa.peer", peer_decrypt, &r},
		    {"decrypt-ec.bulla", ours_decrypt, &e},
		    {"decrypt-ec.peer", peer_decrypt, &e},
		    {"decrypt-ec.limit", bare_derive,
			bare(&e, EVP_PKEY_derive_init)},
		    {"sign-rsa.bulla", ours_sign, &r},
		    {"sign-rsa.limit", bare_sign, bare(&r, EVP_PKEY_sign_init)},
		    {"sign-rsa.peer", peer_sign, &r},
		    {"sign-ec.bulla", ours_sign, &e},
		    {"sign-ec.limit", bare_sign, bare(&e, EVP_PKEY_sign_init)},
		    {"sign-ec.peer", peer_sign, &e},
		    {"verify-rsa.bulla", ours_verify, &r},
		    {"verify-rsa.limit", bare_verify,
			bare(&r, EVP_PKEY_verify_init)},
		    {"verify-rsa.peer", peer_verify, &r},
		    {"verify-ec.bulla", ours_verify, &e},
		    {"verify-ec.limit", bare_verify,
			bare(&e, EVP_PKEY_verify_init)},
		    {"verify-ec.peer", peer_verify, &e},
		};
		struct work chosen[sizeof(works) / sizeof(*works)];
		size_t n = 0;

		for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++)
			if (strstr(works[i].name, only) != NULL)
				chosen[n++] = works[i];
		measure(chosen, n, rounds, slice, CLOCK_PROCESS_CPUTIME_ID);
	}
	return 0;
}
