/* mailbox.c - what whole programs are measured with: mailboxes and long lists.
 *
 * mailbox box FOLDER N SIGNERS	 root.crt, all.crl, and BOX: an mbox of N messages
 *				 of 10 KiB, clear-signed by so many in turn
 * mailbox list FOLDER N	 root.crt, leaf.crt below it, and long.crl with N
 *				 entries, in DER; leaf.crt is none of them
 * mailbox verify FOLDER	 libcrypto verifies each message of BOX, with its
 *				 path and both lists, in two threads; ends with 1
 *				 when one is not valid
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/cms.h>
#include <openssl/pem.h>

#include "bench/measure.h"
#include "bench/ours.h"
#include "bench/pki.h"

#define CONTENT 10240 /* bytes of a message */
#define KEYS	16    /* go round: more take long to make */
#define THREADS 2

/* ---- made ---- */

struct sender {
	struct bl_cert *cert;
	struct bl_priv *priv;
	char address[64];
};

static void
save_pki(const struct pki *p, const char *folder)
{
	struct bl_buf der = {0};

	pki_der(&der, p->root.x509);
	pki_save(folder, "root.crt", "CERTIFICATE", bl_buf_span(&der));
	bl_buf_reset(&der);
	pki_crl_der(&der, p->root.crl);
	pki_save(folder, "all.crl", "X509 CRL", bl_buf_span(&der));
	bl_buf_reset(&der);
	pki_crl_der(&der, p->ca.crl);
	pki_save(folder, "all.crl", "X509 CRL", bl_buf_span(&der));
	bl_buf_clear(&der);
}

static struct bl_cert *
read_cert(struct bl_ctx *ctx, X509 *x)
{
	struct bl_buf der = {0};
	struct bl_cert *c;

	pki_der(&der, x);
	ensure(
	    bl_cert_read(&c, ctx, bl_buf_span(&der), &BL_LIMITS, NULL) == BL_OK,
	    "a certificate cannot be read");
	bl_buf_clear(&der);
	return c;
}

static struct bl_priv *
read_key(struct bl_ctx *ctx, EVP_PKEY *key)
{
	struct person p;

	person_init(&p, ctx, key, "a@example.org", 1);
	X509_free(p.x509);
	bl_cert_free(p.cert);
	return p.priv;
}

/* Now, as a Date field has it. */
static void
put_date(struct bl_buf *out)
{
	char text[64];
	time_t now = time(NULL);
	struct tm tm;

	ensure(gmtime_r(&now, &tm) != NULL &&
		strftime(text, sizeof(text), "%a, %d %b %Y %T +0000", &tm) > 0,
	    "no date");
	bl_buf_add_f(out, "Date: %s\r\n", text);
}

static void
put_message(struct bl_buf *out, const struct sender *s, size_t i)
{
	put_date(out);
	bl_buf_add_f(out,
	    "From: %s\r\nTo: ben@example.org\r\nSubject: Number %zu\r\n"
	    "Message-ID: <%zu@example.org>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=us-ascii\r\n\r\n",
	    s->address, i, i);
	while (out->n < CONTENT)
		bl_buf_add_f(out,
		    "%08zu abcdefghijklmnopqrstuvwxyz "
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ 01234\r\n",
		    i ^ out->n);
}

/* As mail programs keep it: lines end with LF. */
static void
save_mail(FILE *to, const struct bl_buf *mail)
{
	size_t n = 0;
	uint8_t *lines = malloc(mail->n);

	ensure(lines != NULL, "out of memory");
	for (size_t i = 0; i < mail->n; i++)
		if (mail->p[i] != '\r')
			lines[n++] = mail->p[i];
	ensure(fputs("From bench Tue Nov 24 10:00:00 2026\n", to) >= 0 &&
		fwrite(lines, 1, n, to) == n && fputs("\n", to) >= 0,
	    "the mailbox cannot be written");
	free(lines);
}

static void
senders(struct sender *list, size_t n, struct bl_ctx *ctx, const struct pki *p)
{
	EVP_PKEY *keys[KEYS];
	struct bl_priv *privs[KEYS];

	for (size_t i = 0; i < KEYS; i++) {
		keys[i] = person_key("RSA");
		privs[i] = read_key(ctx, keys[i]);
	}
	for (size_t i = 0; i < n; i++) {
		struct sender *s = &list[i];
		X509 *x;

		snprintf(s->address, sizeof(s->address), "s%zu@example.org", i);
		x = pki_issue(&p->ca, keys[i % KEYS], s->address, 100 + i);
		s->cert = read_cert(ctx, x);
		s->priv = privs[i % KEYS];
		X509_free(x);
	}
}

static void
make_box(const char *folder, size_t n, size_t many)
{
	struct sender *list = calloc(many, sizeof(*list));
	struct bl_certs include = {0};
	struct bl_buf text = {0}, mail = {0};
	struct bl_ctx *ctx;
	char path[4096];
	struct pki p;
	FILE *box;

	snprintf(path, sizeof(path), "%s/BOX", folder);
	box = fopen(path, "wb");
	ensure(list != NULL && box != NULL, "no mailbox");
	ensure(bl_ctx_new(&ctx, NULL) == BL_OK, "no context");
	pki_init(&p, "RSA");
	save_pki(&p, folder);
	senders(list, many, ctx, &p);
	ensure(bl_certs_add(&include, read_cert(ctx, p.ca.x509), NULL) == BL_OK,
	    "out of memory");
	for (size_t i = 0; i < n; i++) {
		const struct sender *s = &list[i % many];
		const struct bl_seal_opts opts = {.now = time(NULL),
		    .sign = BL_SIGN_CLEAR,
		    .signer = s->cert,
		    .include = &include};

		bl_buf_reset(&text);
		bl_buf_reset(&mail);
		put_message(&text, s, i);
		ours_seal(&mail, ctx, &opts, s->priv, bl_buf_span(&text));
		save_mail(box, &mail);
	}
	ensure(fclose(box) == 0, "the mailbox cannot be written");
}

static void
make_list(const char *folder, size_t n)
{
	struct bl_buf bytes = {0};
	X509 *leaf;
	struct pki p;

	pki_init(&p, "EC");
	save_pki(&p, folder);
	leaf = pki_issue(
	    &p.root, person_key("EC"), "ann@example.org", 0x7654321);
	pki_der(&bytes, leaf);
	pki_save(folder, "leaf.crt", "CERTIFICATE", bl_buf_span(&bytes));
	bl_buf_init(&bytes, (size_t)1 << 30);
	pki_long_crl(&bytes, &p.root, n);
	pki_save(folder, "long.crl", NULL, bl_buf_span(&bytes));
}

/* ---- verified by libcrypto ---- */

/* share is what one thread does: every THREADS-th message. */
struct share {
	const char *folder;
	struct bl_span box;
	size_t which, done;
};

static X509_STORE *
store_of(const char *folder)
{
	X509_STORE *store = X509_STORE_new();
	char root[4096], crl[4096];

	snprintf(root, sizeof(root), "%s/root.crt", folder);
	snprintf(crl, sizeof(crl), "%s/all.crl", folder);
	ensure(store != NULL && X509_STORE_load_file(store, root) == 1 &&
		X509_load_crl_file(
		    X509_STORE_add_lookup(store, X509_LOOKUP_file()), crl,
		    X509_FILETYPE_PEM) == 2 &&
		X509_STORE_set_flags(store,
		    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1 &&
		X509_STORE_set_purpose(store, X509_PURPOSE_SMIME_SIGN) == 1,
	    "no store");
	return store;
}

static void
verify(X509_STORE *store, struct bl_span mail)
{
	BIO *in = BIO_new_mem_buf(mail.p, (int)mail.n);
	BIO *out = BIO_new(BIO_s_mem()), *content = NULL;
	CMS_ContentInfo *cms = SMIME_read_CMS(in, &content);

	ensure(cms != NULL && content != NULL &&
		CMS_verify(cms, NULL, store, content, out, 0) == 1,
	    "libcrypto does not verify");
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	BIO_free(in);
	BIO_free(out);
}

static void *
verify_share(void *arg)
{
	static const char mark[] = "\n\nFrom ";
	struct share *s = arg;
	X509_STORE *store = store_of(s->folder);
	const uint8_t *at = s->box.p, *end = s->box.p + s->box.n;

	for (size_t i = 0; at < end; i++) {
		const uint8_t *from = memchr(at, '\n', (size_t)(end - at));
		const uint8_t *to = memmem(
		    at, (size_t)(end - at), mark, sizeof(mark) - 1);

		to = to != NULL ? to + 1 : end;
		if (i % THREADS == s->which) {
			verify(store,
			    bl_span_of(from + 1, (size_t)(to - from - 1)));
			s->done++;
		}
		at = to == end ? end : to + 1;
	}
	X509_STORE_free(store);
	return NULL;
}

static void
verify_box(const char *folder)
{
	struct share shares[THREADS];
	pthread_t threads[THREADS];
	char path[4096];
	uint8_t *bytes;
	FILE *f;
	long n;

	snprintf(path, sizeof(path), "%s/BOX", folder);
	ensure((f = fopen(path, "rb")) != NULL && fseek(f, 0, SEEK_END) == 0 &&
		(n = ftell(f)) > 0 && fseek(f, 0, SEEK_SET) == 0 &&
		(bytes = malloc((size_t)n)) != NULL &&
		fread(bytes, 1, (size_t)n, f) == (size_t)n,
	    "no mailbox");
	fclose(f);
	for (size_t i = 0; i < THREADS; i++) {
		shares[i] = (struct share){
		    folder, bl_span_of(bytes, (size_t)n), i, 0};
		ensure(pthread_create(
			   &threads[i], NULL, verify_share, &shares[i]) == 0,
		    "no thread");
	}
	for (size_t i = 0; i < THREADS; i++)
		ensure(
		    pthread_join(threads[i], NULL) == 0 && shares[i].done > 0,
		    "nothing was verified");
	free(bytes);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	size_t n = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	size_t many = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;

	if (strcmp(what, "box") == 0 && n > 0 && many > 0)
		make_box(argv[2], n, many);
	else if (strcmp(what, "list") == 0 && n > 0)
		make_list(argv[2], n);
	else if (strcmp(what, "verify") == 0)
		verify_box(argv[2]);
	else
		give_up("mailbox box FOLDER N SIGNERS | list FOLDER N | "
			"verify FOLDER");
	return 0;
}
