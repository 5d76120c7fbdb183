/* run.c - operations of the library on a key, prepared once and kept with it;
 * see internal.h. */
#include "crypto/internal.h"

static bool
is_same(const struct bl_run_how *a, const struct bl_run_how *b)
{
	return a->operation == b->operation && a->padding == b->padding &&
	    a->digest == b->digest && a->mgf == b->mgf && a->salt == b->salt &&
	    a->label == b->label;
}

bool
bl_run_new(struct bl_pub *k)
{
	k->run = bl_alloc(sizeof(*k->run));
	return k->run != NULL;
}

void
bl_run_free(struct bl_run *r)
{
	if (r == NULL)
		return;
	EVP_PKEY_CTX_free(r->kept);
	bl_release(r);
}

EVP_PKEY_CTX *
bl_run_begin(const struct bl_pub *k, struct bl_ctx *ctx,
    const struct bl_run_how *how, const OSSL_PARAM *params)
{
	EVP_PKEY_CTX *run;
	int ok = 0;

	if (!ctx->shared && k->run->kept != NULL &&
	    is_same(&k->run->how, how)) {
		run = k->run->kept;
		k->run->kept = NULL;
		return run;
	}
	if ((run = EVP_PKEY_CTX_new_from_pkey(ctx->lib, k->key, NULL)) == NULL)
		return NULL;
	switch (how->operation) {
	case BL_RUN_SIGN:
		ok = EVP_PKEY_sign_init_ex(run, params);
		break;
	case BL_RUN_VERIFY:
		ok = EVP_PKEY_verify_init_ex(run, params);
		break;
	case BL_RUN_ENCRYPT:
		ok = EVP_PKEY_encrypt_init_ex(run, params);
		break;
	case BL_RUN_DECRYPT:
		ok = EVP_PKEY_decrypt_init_ex(run, params);
		break;
	case BL_RUN_DERIVE:
		ok = EVP_PKEY_derive_init_ex(run, params);
		break;
	}
	if (ok == 1)
		return run;
	EVP_PKEY_CTX_free(run);
	return NULL;
}

void
bl_run_end(const struct bl_pub *k, struct bl_ctx *ctx,
    const struct bl_run_how *how, EVP_PKEY_CTX *run, bool keep)
{
	struct bl_run *r = k->run;

	if (ctx->shared) {
		EVP_PKEY_CTX_free(run);
		return;
	}
	if (!keep || !r->used) {
		r->used |= keep;
		EVP_PKEY_CTX_free(run);
		return;
	}
	EVP_PKEY_CTX_free(r->kept);
	r->kept = run;
	r->how = *how;
}
