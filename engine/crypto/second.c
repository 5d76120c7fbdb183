/* second.c - the crypto library's opinion of a path. */
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/x509_vfy.h>

#include "crypto/internal.h"

static X509 *
decode(const struct bl_ctx *ctx, struct bl_span der)
{
	const unsigned char *p = der.p;
	X509 *x = X509_new_ex(ctx->lib, NULL);

	if (x == NULL)
		return NULL;
	/* what is no certificate is freed, and x is NULL */
	(void)d2i_X509(&x, &p, (long)der.n);
	return x;
}

/* ---- issuers from one path to the next ---- */

void
bl_issuers_clear(struct bl_issuers *s)
{
	for (size_t i = 0; i < ISSUERS_MAX; i++) {
		X509_free(s->list[i].x);
		bl_buf_clear(&s->list[i].der);
	}
	*s = (struct bl_issuers){0};
}

/* One that was decoded before, with a reference for the caller. */
static X509 *
issuer_find(const struct bl_issuers *s, struct bl_span der)
{
	for (size_t i = 0; i < ISSUERS_MAX; i++)
		if (s->list[i].x != NULL &&
		    bl_span_equal(bl_buf_span(&s->list[i].der), der) &&
		    X509_up_ref(s->list[i].x) == 1)
			return s->list[i].x;
	return NULL;
}

static bool
issuer_keep(struct bl_issuers *s, X509 *x, struct bl_span der)
{
	size_t i = s->next;

	X509_free(s->list[i].x);
	s->list[i].x = NULL;
	bl_buf_reset(&s->list[i].der);
	bl_buf_add(&s->list[i].der, der);
	if (s->list[i].der.err != BL_OK || X509_up_ref(x) != 1)
		return false;
	s->list[i].x = x;
	s->next = (i + 1) % ISSUERS_MAX;
	return true;
}

/* NULL: it cannot be read, or *memory is true. */
static X509 *
decode_issuer(bool *memory, struct bl_ctx *ctx, struct bl_span der)
{
	X509 *x;

	if (ctx->shared)
		return decode(ctx, der);
	if ((x = issuer_find(&ctx->issuers, der)) != NULL ||
	    (x = decode(ctx, der)) == NULL)
		return x;
	if (issuer_keep(&ctx->issuers, x, der))
		return x;
	*memory = true;
	X509_free(x);
	return NULL;
}

/* ---- the question ---- */

/* The certificates of the path: chain[0] first, the last is the anchor. */
static bool
decode_all(STACK_OF(X509) * all, bool *memory, struct bl_ctx *ctx,
    const struct bl_span *chain, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		X509 *x = i == 0 ? decode(ctx, chain[i])
				 : decode_issuer(memory, ctx, chain[i]);

		if (x == NULL)
			return false;
		if (sk_X509_push(all, x) == 0) {
			X509_free(x);
			return false;
		}
	}
	return true;
}

static int
purpose_of(enum bl_purpose p)
{
	switch (p) {
	case BL_PURPOSE_ANY:
		break;
	case BL_PURPOSE_SIGN:
		return X509_PURPOSE_SMIME_SIGN;
	case BL_PURPOSE_ENCRYPT:
		return X509_PURPOSE_SMIME_ENCRYPT;
	}
	return X509_PURPOSE_ANY;
}

/*
 * The library knows one way to encrypt to a certificate, keyEncipherment; a key
 * that only agrees (RFC 8550 4.4.2, RFC 5480 3) it refuses for e-mail. Such a
 * path is asked about without a purpose, and its e-mail usage beside that.
 */
static bool
only_agrees(X509 *leaf)
{
	uint32_t usage = X509_get_key_usage(leaf);

	return (usage & KU_KEY_AGREEMENT) != 0 &&
	    (usage & KU_KEY_ENCIPHERMENT) == 0;
}

static bool
is_for_mail(STACK_OF(X509) * all, size_t n)
{
	if ((X509_get_extended_key_usage(sk_X509_value(all, 0)) & XKU_SMIME) ==
	    0)
		return false;
	for (size_t i = 1; i < n; i++)
		if (X509_check_purpose(sk_X509_value(all, (int)i),
			X509_PURPOSE_SMIME_ENCRYPT, 1) != 1)
			return false;
	return true;
}

static bool
ask(const char **why, X509_STORE_CTX *run, STACK_OF(X509) * all, size_t n,
    enum bl_purpose purpose, int64_t at)
{
	STACK_OF(X509) *anchors = sk_X509_new_null();
	int as = purpose_of(purpose);
	X509_VERIFY_PARAM *param;
	bool yes = false;

	if (as == X509_PURPOSE_SMIME_ENCRYPT &&
	    only_agrees(sk_X509_value(all, 0))) {
		*why = "unsuitable certificate purpose";
		if (!is_for_mail(all, n))
			goto out;
		as = X509_PURPOSE_ANY;
	}

	if (anchors != NULL &&
	    sk_X509_push(anchors, sk_X509_value(all, (int)n - 1)) != 0 &&
	    X509_STORE_CTX_init(run, NULL, sk_X509_value(all, 0), all) == 1) {
		X509_STORE_CTX_set0_trusted_stack(run, anchors);
		param = X509_STORE_CTX_get0_param(run);
		X509_VERIFY_PARAM_set_time(param, (time_t)at);
		X509_VERIFY_PARAM_set_depth(param, (int)n);
		X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
		if (X509_VERIFY_PARAM_set_purpose(param, as) == 1)
			yes = X509_verify_cert(run) == 1;
		*why = X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(run));
	}
out:
	sk_X509_free(anchors);
	return yes;
}

enum bl_err
bl_second_judge(bool *yes, const char **why, struct bl_ctx *ctx,
    const struct bl_span *chain, size_t n, enum bl_purpose purpose, int64_t at,
    struct bl_note *note)
{
	STACK_OF(X509) *all = sk_X509_new_null();
	X509_STORE_CTX *run = X509_STORE_CTX_new_ex(ctx->lib, NULL);
	bool memory = all == NULL || run == NULL;

	*yes = false;
	*why = "it cannot be read";
	if (!memory && n != 0 && decode_all(all, &memory, ctx, chain, n))
		*yes = ask(why, run, all, n, purpose, at);
	X509_STORE_CTX_free(run);
	sk_X509_pop_free(all, X509_free);
	if (n == 0)
		return bl_fail(note, BL_E_CALLER, 0, "the path is empty", NULL);
	/* empties the queue of errors; memory is told apart */
	if (!*yes && bl_crypto_fail(NULL, BL_E_FORGED, "", NULL) == BL_E_MEMORY)
		memory = true;
	return memory ? bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL)
		      : BL_OK;
}
