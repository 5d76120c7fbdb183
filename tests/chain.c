/* chain.c - see chain.h. */
#include "tests/chain.h"
#include "tests/test.h"

#include <string.h>

#define ECDSA_SHA256 BL_STR("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")

void
bl_test_keys_clear(struct bl_test_keys *k)
{
	for (size_t i = 0; i < BL_TEST_KEYS_MAX; i++)
		bl_priv_free(k->key[i]);
	*k = (struct bl_test_keys){.ctx = k->ctx};
}

struct bl_priv *
bl_test_key(struct bl_test_keys *k, unsigned i)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_pub *peer = NULL;

	if (k->key[i] == NULL) {
		CHECK(bl_pub_read(&peer, k->ctx, bl_test_p256(), &limits,
			  NULL) == BL_OK &&
			bl_priv_new_ephemeral(&k->key[i], k->ctx, peer, NULL) ==
			    BL_OK,
		    "key");
		bl_pub_free(peer);
	}
	return k->key[i];
}

void
bl_test_sign(struct bl_buf *out, struct bl_test_keys *k, unsigned by,
    struct bl_span bytes)
{
	const struct bl_sig_alg alg = {
	    .kind = BL_SIG_ECDSA, .digest = BL_SHA256};
	struct bl_digest_value d;

	CHECK(bl_digest_of(&d, k->ctx, BL_SHA256, bytes, NULL) == BL_OK &&
		bl_priv_sign(out, bl_test_key(k, by), k->ctx, &alg, &d, NULL) ==
		    BL_OK,
	    "sign");
}

static void
put_name(struct bl_buf *out, const char *name)
{
	if (name != NULL && *name == '\0')
		bl_buf_add(out, BL_STR("\x30\0"));
	else if (name != NULL)
		bl_test_name(out, name, NULL);
}

/* The TBSCertificate of a Certificate. */
static struct bl_span
tbs_of(struct bl_span der)
{
	struct bl_der in = bl_der_of(der);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);

	return bl_der_whole(&seq, BL_DER_SEQUENCE);
}

struct bl_cert *
bl_test_issue(struct bl_test_keys *k, unsigned own, unsigned by,
    const char *subject, const char *issuer, const struct bl_test_cert *how)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_test_cert full = *how;
	struct bl_buf s = {0}, i = {0}, spki = {0}, value = {0}, bits = {0};
	struct bl_buf der = {0};
	struct bl_cert *c = NULL;
	struct bl_note note = {0};

	put_name(&s, subject);
	put_name(&i, issuer);
	CHECK(bl_priv_spki(&spki, bl_test_key(k, own), NULL) == BL_OK, "spki");
	if (subject != NULL)
		full.subject = bl_buf_span(&s);
	if (issuer != NULL)
		full.issuer = bl_buf_span(&i);
	full.spki = bl_buf_span(&spki);
	if (full.inner.p == NULL)
		full.inner = ECDSA_SHA256;
	bl_test_cert_write(&der, &full);
	bl_test_sign(&value, k, by, tbs_of(bl_buf_span(&der)));
	bl_der_put_bits(&bits, bl_buf_span(&value));
	full.signature = bl_buf_span(&bits);
	bl_buf_reset(&der);
	bl_test_cert_write(&der, &full);
	CHECK(bl_cert_read(&c, k->ctx, bl_buf_span(&der), &limits, &note) ==
		BL_OK,
	    note.what != NULL ? note.what : "issue");
	bl_buf_clear(&s);
	bl_buf_clear(&i);
	bl_buf_clear(&spki);
	bl_buf_clear(&value);
	bl_buf_clear(&bits);
	bl_buf_clear(&der);
	return c;
}

void
bl_test_list(struct bl_buf *out, struct bl_test_keys *k, unsigned by,
    const char *issuer, int64_t from, int64_t to, uint64_t serial)
{
	size_t whole = bl_der_open(out, BL_DER_SEQUENCE), at = out->n;
	size_t tbs = bl_der_open(out, BL_DER_SEQUENCE), list, one;
	struct bl_buf value = {0};

	bl_der_put_uint(out, 1);
	bl_buf_add(out, ECDSA_SHA256);
	bl_test_name(out, issuer, NULL);
	bl_der_put_time(out, from);
	bl_der_put_time(out, to);
	if (serial != 0) {
		list = bl_der_open(out, BL_DER_SEQUENCE);
		one = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put_uint(out, serial);
		bl_der_put_time(out, from);
		bl_der_close(out, one);
		bl_der_close(out, list);
	}
	bl_der_close(out, tbs);
	bl_test_sign(&value, k, by, bl_span_of(out->p + at, out->n - at));
	bl_buf_add(out, ECDSA_SHA256);
	bl_der_put_bits(out, bl_buf_span(&value));
	bl_der_close(out, whole);
	bl_buf_clear(&value);
}

/* Takes the next word off a list. */
static bool
next_word(struct bl_span *word, const char **list)
{
	size_t n = strcspn(*list, " ");

	*word = bl_span_of(*list, n);
	*list += n + ((*list)[n] == ' ');
	return n > 0;
}

void
bl_test_access(struct bl_buf *out, const char *issuers, const char *ocsp)
{
	size_t list = bl_der_open(out, BL_DER_SEQUENCE), one;
	struct bl_span url;

	for (int k = 0; k < 2; k++)
		while (next_word(&url, k == 0 ? &issuers : &ocsp)) {
			one = bl_der_open(out, BL_DER_SEQUENCE);
			bl_der_put_oid(out,
			    k == 0 ? BL_OID_AD_CA_ISSUERS : BL_OID_AD_OCSP);
			bl_der_put(out, BL_GN_URI, url);
			bl_der_close(out, one);
		}
	bl_der_close(out, list);
}

void
bl_test_points(struct bl_buf *out, const char *urls)
{
	size_t list = bl_der_open(out, BL_DER_SEQUENCE);
	struct bl_span url;

	while (next_word(&url, &urls)) {
		size_t point = bl_der_open(out, BL_DER_SEQUENCE);
		size_t name = bl_der_open(out, BL_DER_CONTEXT(0));
		size_t full = bl_der_open(out, BL_DER_CONTEXT(0));

		bl_der_put(out, BL_GN_URI, url);
		bl_der_close(out, full);
		bl_der_close(out, name);
		bl_der_close(out, point);
	}
	bl_der_close(out, list);
}
