/* digest.c - digests of one span, and several over one stream. */
#include <openssl/evp.h>

#include "crypto/internal.h"

struct bl_hashes {
	EVP_MD_CTX *run[BL_DIGEST_COUNT]; /* NULL: not in the set */
	struct bl_digest_value value[BL_DIGEST_COUNT];
	bool ended;
};

char *
bl_md_name(const struct bl_ctx *ctx, enum bl_digest d)
{
	return bl_digest_size(d) != 0 && d != BL_SHAKE256 && ctx->md[d] != NULL
	    ? (char *)EVP_MD_get0_name(ctx->md[d])
	    : NULL;
}

static enum bl_err
check(const struct bl_ctx *ctx, enum bl_digest d, struct bl_note *note)
{
	if (bl_digest_size(d) == 0)
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
	unsigned n = (unsigned)bl_digest_size(d);
	bool ok = d == BL_SHAKE256 ? EVP_DigestFinalXOF(run, out->p, n) == 1
				   : EVP_DigestFinal_ex(run, out->p, &n) == 1;

	if (!ok || n != bl_digest_size(d)) {
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
	if (bl_digest_size(d) == 0 || h->value[d].n == 0)
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
