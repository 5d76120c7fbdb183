/* peer.c - what libcrypto's own code makes of a case; see judge.h. */
#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include "tests/structures/judge.h"
#include "tests/test.h"

struct peer {
	struct kit *kit;
	X509 *ann, *bob, *eve;
	struct bl_buf road[USE_PATH_END]; /* parts of a path */
};

static X509 *
x509_of(const struct bl_person *p)
{
	const unsigned char *at = p->der.p;

	return d2i_X509(NULL, &at, (long)p->der.n);
}

struct peer *
peer_new(struct kit *k)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	p->kit = k;
	p->ann = x509_of(&k->ann);
	p->bob = x509_of(&k->bob);
	p->eve = x509_of(&k->eve);
	CHECK(p->ann != NULL && p->bob != NULL && p->eve != NULL, "peer");
	for (unsigned u = USE_PATH_LEAF; u < USE_PATH_END; u++)
		path_part(&p->road[u], k, u);
	return p;
}

void
peer_free(struct peer *p)
{
	for (unsigned u = 0; u < USE_PATH_END; u++)
		bl_buf_clear(&p->road[u]);
	X509_free(p->ann);
	X509_free(p->bob);
	X509_free(p->eve);
	free(p);
}

/* Whether exactly the expected content came out. */
static bool
is_content(BIO *out, struct bl_span want)
{
	char *p = NULL;
	long n = BIO_get_mem_data(out, &p);

	return n >= 0 && bl_span_equal(bl_span_of(p, (size_t)n), want);
}

static bool
verify(struct peer *p, CMS_ContentInfo *cms, const struct case_ *c)
{
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *in = NULL, *out = BIO_new(BIO_s_mem());
	const unsigned char *at = c->cert.p;
	X509 *own = NULL;
	bool ok;

	if (c->use == USE_VERIFY_CERT)
		own = d2i_X509(NULL, &at, (long)c->cert.n);
	X509_STORE_add_cert(store, own != NULL ? own : p->ann);
	sk_X509_push(certs, own != NULL ? own : p->ann);
	if (own == NULL) {
		X509_STORE_add_cert(store, p->bob);
		sk_X509_push(certs, p->bob);
	}
	X509_VERIFY_PARAM_set_time(param, BL_PERSON_NOW);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	if (c->use == USE_VERIFY_APART)
		in = BIO_new_mem_buf(c->content.p, (int)c->content.n);
	ok = CMS_verify(cms, certs, store, in, out, CMS_BINARY) == 1 &&
	    is_content(out, c->content);
	BIO_free(in);
	BIO_free(out);
	sk_X509_free(certs);
	X509_free(own);
	X509_STORE_free(store);
	return ok;
}

static bool
decrypt(CMS_ContentInfo *cms, const struct case_ *c, EVP_PKEY *key, X509 *cert)
{
	BIO *out = BIO_new(BIO_s_mem());
	bool ok = CMS_decrypt(cms, key, cert, NULL, out, 0) == 1 &&
	    is_content(out, c->content);

	BIO_free(out);
	return ok;
}

static bool
read_keys(const struct case_ *c)
{
	const unsigned char *at = c->object.p;
	PKCS12 *p12 = d2i_PKCS12(NULL, &at, (long)c->object.n);
	STACK_OF(X509) *others = NULL;
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	bool ok = p12 != NULL &&
	    PKCS12_parse(p12, PASSPHRASE, &key, &cert, &others) == 1 &&
	    key != NULL && cert != NULL;

	EVP_PKEY_free(key);
	X509_free(cert);
	sk_X509_pop_free(others, X509_free);
	PKCS12_free(p12);
	return ok;
}

static struct bl_span
part(const struct peer *p, const struct case_ *c, enum use use)
{
	return c->use == use ? c->object : bl_buf_span(&p->road[use]);
}

static bool
verify_path(struct peer *p, const struct case_ *c)
{
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);
	STACK_OF(X509) *pool = sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509 *certs[3] = {NULL};
	bool ok = true;

	for (unsigned u = USE_PATH_LEAF; u <= USE_PATH_ROOT; u++) {
		struct bl_span s = part(p, c, u);
		X509 **x = &certs[u - USE_PATH_LEAF];

		*x = d2i_X509(NULL, &s.p, (long)s.n);
		ok = ok && *x != NULL;
	}
	for (unsigned u = USE_PATH_CRL; u < USE_PATH_END; u++) {
		struct bl_span s = part(p, c, u);
		X509_CRL *crl = d2i_X509_CRL(NULL, &s.p, (long)s.n);

		ok = ok && crl != NULL && X509_STORE_add_crl(store, crl) == 1;
		X509_CRL_free(crl);
	}
	X509_VERIFY_PARAM_set_time(param, BL_PERSON_NOW);
	X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SMIME_SIGN);
	X509_VERIFY_PARAM_set1_email(param, ANN_ADDRESS, 0);
	/* none at all is not any, for it */
	X509_VERIFY_PARAM_add0_policy(param, OBJ_nid2obj(NID_any_policy));
	X509_VERIFY_PARAM_set_flags(param,
	    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
		X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_POLICY_CHECK);
	ok = ok && X509_STORE_add_cert(store, certs[2]) == 1 &&
	    sk_X509_push(pool, certs[1]) > 0 &&
	    X509_STORE_CTX_init(ctx, store, certs[0], pool) == 1 &&
	    X509_verify_cert(ctx) == 1;
	X509_STORE_CTX_free(ctx);
	sk_X509_free(pool);
	X509_STORE_free(store);
	for (size_t i = 0; i < 3; i++)
		X509_free(certs[i]);
	ERR_clear_error();
	return ok;
}

bool
peer_accepts(struct peer *p, const struct case_ *c)
{
	const unsigned char *at = c->object.p;
	CMS_ContentInfo *cms;
	bool ok = false;

	ERR_clear_error();
	/* Debian builds it without zlib. */
	if (c->use == USE_KEYS)
		return !c->is_endless && read_keys(c);
	if (c->use >= USE_PATH_LEAF)
		return verify_path(p, c);
	cms = d2i_CMS_ContentInfo(NULL, &at, (long)c->object.n);
	if (cms == NULL)
		return false;
	if (c->use == USE_OPEN)
		ok = decrypt(cms, c, p->kit->bob_key, p->bob) ||
		    decrypt(cms, c, p->kit->eve_key, p->eve) ||
		    decrypt(cms, c, p->kit->bob_key, NULL) ||
		    decrypt(cms, c, p->kit->eve_key, NULL);
	else if (c->use != USE_UNPACK)
		ok = verify(p, cms, c);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return ok;
}
