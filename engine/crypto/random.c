/* random.c - the context's one source of randomness, and the small provider
 * by which the library draws from it too: seeds, salts, nonces, blinding. */
#include <errno.h>
#include <sys/random.h>

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "crypto/internal.h"

#define HOOK_NAME   "bulla-random"
#define STRENGTH    256		      /* bits */
#define REQUEST_MAX ((size_t)1 << 16) /* bytes the library asks for at once */

/* The library's two ends of the hook: the provider, and one generator. */
struct hook {
	struct bl_ctx *ctx;
};
struct generator {
	struct hook *hook;
	int state;
};

static bool
from_system(uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static bool
draw(struct bl_ctx *ctx, uint8_t *p, size_t n)
{
	if (ctx->fill != NULL)
		return ctx->fill(ctx->fill_arg, p, n);
	return from_system(p, n);
}

enum bl_err
bl_random(struct bl_ctx *ctx, uint8_t *p, size_t n, struct bl_note *note)
{
	if (draw(ctx, p, n))
		return BL_OK;
	bl_wipe(p, n);
	return bl_fail(note, BL_E_SYSTEM, 0, "no randomness", NULL);
}

void
bl_ctx_set_random(struct bl_ctx *ctx, bl_random_fn *fill, void *arg)
{
	ctx->fill = fill;
	ctx->fill_arg = arg;
}

static void *
generator_new(void *provider, void *parent, const OSSL_DISPATCH *calls)
{
	struct generator *g = bl_alloc(sizeof(*g));

	(void)parent;
	(void)calls;
	if (g != NULL) {
		g->hook = provider;
		g->state = EVP_RAND_STATE_UNINITIALISED;
	}
	return g;
}

static void
generator_free(void *arg)
{
	bl_release(arg);
}

static int
generator_start(void *arg, unsigned strength, int resist,
    const unsigned char *text, size_t text_n, const OSSL_PARAM *params)
{
	struct generator *g = arg;

	(void)resist;
	(void)text;
	(void)text_n;
	(void)params;
	g->state = EVP_RAND_STATE_READY;
	return strength <= STRENGTH;
}

static int
generator_stop(void *arg)
{
	((struct generator *)arg)->state = EVP_RAND_STATE_UNINITIALISED;
	return 1;
}

static int
generator_draw(void *arg, unsigned char *out, size_t n, unsigned strength,
    int resist, const unsigned char *more, size_t more_n)
{
	struct generator *g = arg;

	(void)resist;
	(void)more;
	(void)more_n;
	return strength <= STRENGTH && draw(g->hook->ctx, out, n);
}

/* A context belongs to one thread: there is nothing to lock. */
static int
generator_lock(void *arg)
{
	(void)arg;
	return 1;
}

static void
generator_unlock(void *arg)
{
	(void)arg;
}

static int
generator_get(void *arg, OSSL_PARAM params[])
{
	struct generator *g = arg;
	OSSL_PARAM *p;

	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);
	if (p != NULL && OSSL_PARAM_set_int(p, g->state) != 1)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
	if (p != NULL && OSSL_PARAM_set_uint(p, STRENGTH) != 1)
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
	if (p != NULL && OSSL_PARAM_set_size_t(p, REQUEST_MAX) != 1)
		return 0;
	return 1;
}

static const OSSL_PARAM *
generator_gettable(void *arg, void *provider)
{
	static const OSSL_PARAM list[] = {
	    OSSL_PARAM_int(OSSL_RAND_PARAM_STATE, NULL),
	    OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, NULL),
	    OSSL_PARAM_size_t(OSSL_RAND_PARAM_MAX_REQUEST, NULL),
	    OSSL_PARAM_END,
	};

	(void)arg;
	(void)provider;
	return list;
}

static const OSSL_DISPATCH generator_calls[] = {
    {OSSL_FUNC_RAND_NEWCTX, (void (*)(void))generator_new},
    {OSSL_FUNC_RAND_FREECTX, (void (*)(void))generator_free},
    {OSSL_FUNC_RAND_INSTANTIATE, (void (*)(void))generator_start},
    {OSSL_FUNC_RAND_UNINSTANTIATE, (void (*)(void))generator_stop},
    {OSSL_FUNC_RAND_GENERATE, (void (*)(void))generator_draw},
    {OSSL_FUNC_RAND_ENABLE_LOCKING, (void (*)(void))generator_lock},
    {OSSL_FUNC_RAND_LOCK, (void (*)(void))generator_lock},
    {OSSL_FUNC_RAND_UNLOCK, (void (*)(void))generator_unlock},
    {OSSL_FUNC_RAND_GET_CTX_PARAMS, (void (*)(void))generator_get},
    {OSSL_FUNC_RAND_GETTABLE_CTX_PARAMS, (void (*)(void))generator_gettable},
    {0, NULL},
};

static const OSSL_ALGORITHM *
provider_query(void *arg, int operation, int *no_store)
{
	static const OSSL_ALGORITHM list[] = {
	    {"BULLA-RANDOM", "provider=" HOOK_NAME, generator_calls, NULL},
	    {NULL, NULL, NULL, NULL},
	};

	(void)arg;
	*no_store = 0;
	return operation == OSSL_OP_RAND ? list : NULL;
}

static void
provider_free(void *arg)
{
	bl_release(arg);
}

static const OSSL_DISPATCH provider_calls[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))provider_query},
    {OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))provider_free},
    {0, NULL},
};

static int
provider_new(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **provider)
{
	(void)core;
	(void)in;
	*out = provider_calls;
	*provider = bl_alloc(sizeof(struct hook));
	return *provider != NULL;
}

bool
bl_random_hook(struct bl_ctx *ctx)
{
	struct hook *hook;

	if (OSSL_PROVIDER_add_builtin(ctx->lib, HOOK_NAME, provider_new) != 1 ||
	    (ctx->hook = OSSL_PROVIDER_load(ctx->lib, HOOK_NAME)) == NULL)
		return false;
	hook = OSSL_PROVIDER_get0_provider_ctx(ctx->hook);
	hook->ctx = ctx;
	return RAND_set_DRBG_type(ctx->lib, "BULLA-RANDOM",
		   "provider=" HOOK_NAME, NULL, NULL) == 1;
}
