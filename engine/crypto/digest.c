/* digest.c - digests of one span, and several over one stream. */
#include <openssl/evp.h>

#include "crypto/internal.h"

static const struct {
	const char *name, *micalg;
	size_t size; /* bytes */
} digests[BL_DIGEST_COUNT] = {
    [BL_DIGEST_NONE] = {"none", "unknown", 0},
    [BL_SHA1] = {"sha1", "sha-1", 20},
    [BL_SHA224] = {"sha224", "sha-224", 28},
    [BL_SHA256] = {"sha256", "sha-256", 32},
    [BL_SHA384] = {"sha384", "sha-384", 48},
    [BL_SHA512] = {"sha512", "sha-512", 64},
    [BL_SHAKE256] = {"shake256", "shake256", 64},
};

struct bl_hashes {
	EVP_MD_CTX *run[BL_DIGEST_COUNT]; /* NULL: not in the set */
	struct bl_digest_value value[BL_DIGEST_COUNT];
	bool ended;
};

static bool
known(enum bl_digest d)
{
	return (unsigned)d > BL_DIGEST_NONE && (unsigned)d < BL_DIGEST_COUNT;
}

size_t
bl_digest_size(enum bl_digest d)
{
	return known(d) ? digests[d].size : 0;
}

const char *
bl_digest_name(enum bl_digest d)
{
	return digests[known(d) ? d : BL_DIGEST_NONE].name;
}

enum bl_digest
bl_sig_alg_content(const struct bl_sig_alg *alg)
{
	switch (alg->kind) {
	case BL_SIG_ED25519:
		return BL_SHA512;
	case BL_SIG_ED448:
		return BL_SHAKE256;
	case BL_SIG_OTHER:
	case BL_SIG_RSA_PKCS1:
	case BL_SIG_RSA_PSS:
	case BL_SIG_ECDSA:
	case BL_SIG_DSA:
		break;
	}
	return alg->digest;
}

bool
bl_sig_takes_bytes(enum bl_sig_kind kind)
{
	return kind == BL_SIG_ED25519 || kind == BL_SIG_ED448;
}

const char *
bl_digest_micalg(enum bl_digest d)
{
	return digests[known(d) ? d : BL_DIGEST_NONE].micalg;
}

char *
bl_md_name(const struct bl_ctx *ctx, enum bl_digest d)
{
	return known(d) && d != BL_SHAKE256 && ctx->md[d] != NULL
	    ? (char *)EVP_MD_get0_name(ctx->md[d])
	    : NULL;
}

static enum bl_err
check(const struct bl_ctx *ctx, enum bl_digest d, struct bl_note *note)
{
	if (!known(d))
		return bl_fail(note, BL_E_CALLER, 0, "no such digest", NULL);
	if (ctx->md[d] == NULL)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the crypto library lacks this digest", NULL);
	return BL_OK;
}

static enum bl_err
finish(struct bl_digest_value *out, EVP_MD_CTX *run, enum bl_digest d,
    struct bl_note *note)
{
	unsigned n = (unsigned)digests[d].size;
	bool ok = d == BL_SHAKE256 ? EVP_DigestFinalXOF(run, out->p, n) == 1
				   : EVP_DigestFinal_ex(run, out->p, &n) == 1;

	if (!ok || n != digests[d].size) {
		*out = (struct bl_digest_value){0};
		return bl_crypto_fail(
		    note, BL_E_SYSTEM, "the digest failed", NULL);
	}
	out->alg = d;
	out->n = n;
	return BL_OK;
}

enum bl_err
bl_digest_of(struct bl_digest_value *out, struct bl_ctx *ctx, enum bl_digest d,
    struct bl_span in, struct bl_note *note)
{
	enum bl_err err;

	*out = (struct bl_digest_value){0};
	if ((err = check(ctx, d, note)) != BL_OK)
		return err;
	if (EVP_DigestInit_ex2(ctx->md_run, ctx->md[d], NULL) != 1 ||
	    EVP_DigestUpdate(ctx->md_run, in.p, in.n) != 1)
		return bl_crypto_fail(
		    note, BL_E_SYSTEM, "the digest failed", NULL);
	return finish(out, ctx->md_run, d, note);
}

static enum bl_err
start(struct bl_hashes *h, struct bl_ctx *ctx, enum bl_digest d,
    struct bl_note *note)
{
	enum bl_err err = check(ctx, d, note);

	if (err != BL_OK)
		return err;
	if ((h->run[d] = EVP_MD_CTX_new()) == NULL)
		return bl_crypto_fail(note, BL_E_MEMORY, "out of memory", NULL);
	if (EVP_DigestInit_ex2(h->run[d], ctx->md[d], NULL) != 1)
		return bl_crypto_fail(
		    note, BL_E_SYSTEM, "the digest failed", NULL);
	return BL_OK;
}

enum bl_err
bl_hashes_new(struct bl_hashes **out, struct bl_ctx *ctx, unsigned set,
    struct bl_note *note)
{
	struct bl_hashes *h;
	enum bl_err err = BL_OK;

	*out = NULL;
	if ((set & BL_SET(BL_DIGEST_NONE)) != 0 || set >> BL_DIGEST_COUNT != 0)
		return bl_fail(note, BL_E_CALLER, 0, "no such digest", NULL);
	if ((h = bl_alloc(sizeof(*h))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	for (unsigned d = 1; d < BL_DIGEST_COUNT && err == BL_OK; d++)
		if ((set & BL_SET(d)) != 0)
			err = start(h, ctx, (enum bl_digest)d, note);
	if (err != BL_OK) {
		bl_hashes_free(h);
		return err;
	}
	*out = h;
	return BL_OK;
}

enum bl_err
bl_hashes_add(struct bl_hashes *h, struct bl_span in, struct bl_note *note)
{
	if (h->ended)
		return bl_fail(
		    note, BL_E_CALLER, 0, "the digests have ended", NULL);
	for (size_t d = 1; d < BL_DIGEST_COUNT; d++)
		if (h->run[d] != NULL &&
		    EVP_DigestUpdate(h->run[d], in.p, in.n) != 1)
			return bl_crypto_fail(
			    note, BL_E_SYSTEM, "the digest failed", NULL);
	return BL_OK;
}

enum bl_err
bl_hashes_end(struct bl_hashes *h, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (h->ended)
		return bl_fail(
		    note, BL_E_CALLER, 0, "the digests have ended", NULL);
	h->ended = true;
	for (unsigned d = 1; d < BL_DIGEST_COUNT && err == BL_OK; d++)
		if (h->run[d] != NULL)
			err = finish(
			    &h->value[d], h->run[d], (enum bl_digest)d, note);
	return err;
}

const struct bl_digest_value *
bl_hashes_value(const struct bl_hashes *h, enum bl_digest d)
{
	if (!known(d) || h->value[d].n == 0)
		return NULL;
	return &h->value[d];
}

void
bl_hashes_free(struct bl_hashes *h)
{
	if (h == NULL)
		return;
	for (size_t d = 1; d < BL_DIGEST_COUNT; d++)
		EVP_MD_CTX_free(h->run[d]);
	bl_release(h);
}
