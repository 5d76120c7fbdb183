/* ctx.c - see bulla/ctx.h. */
#include "bulla/ctx.h"

#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include "crypto/internal.h"

#define THREADS_MAX 16
#define WARM_UP	    16 /* bytes drawn at birth, to settle what loads late */

static const char *const md_names[BL_DIGEST_COUNT] = {
    [BL_SHA1] = "SHA1",
    [BL_SHA224] = "SHA2-224",
    [BL_SHA256] = "SHA2-256",
    [BL_SHA384] = "SHA2-384",
    [BL_SHA512] = "SHA2-512",
    [BL_SHAKE256] = "SHAKE256",
};

static const char *const cipher_names[BL_CIPHER_COUNT] = {
    [BL_AES128_GCM] = "AES-128-GCM",
    [BL_AES192_GCM] = "AES-192-GCM",
    [BL_AES256_GCM] = "AES-256-GCM",
    [BL_AES128_CBC] = "AES-128-CBC",
    [BL_AES192_CBC] = "AES-192-CBC",
    [BL_AES256_CBC] = "AES-256-CBC",
    [BL_DES3_CBC] = "DES-EDE3-CBC",
    [BL_RC2_40_CBC] = "RC2-40-CBC",
    [BL_RC2_64_CBC] = "RC2-64-CBC",
    [BL_RC2_128_CBC] = "RC2-CBC",
    [BL_CHACHA20_POLY1305] = "ChaCha20-Poly1305",
};

static const char *const key_wrap_names[3] = {
    "AES-128-WRAP", "AES-192-WRAP", "AES-256-WRAP"};

static const char *const wrap_pad_names[3] = {
    "AES-128-WRAP-PAD", "AES-192-WRAP-PAD", "AES-256-WRAP-PAD"};

enum probe { DIGEST, CIPHER, KDF, KEY, SIGNATURE, KEM };

/* The names of `bulla self-test`, and where the library keeps them. */
static const struct {
	const char *name;
	enum probe probe;
	const char *in_library;
} known[] = {
    {"sha1", DIGEST, "SHA1"},
    {"sha224", DIGEST, "SHA2-224"},
    {"sha256", DIGEST, "SHA2-256"},
    {"sha384", DIGEST, "SHA2-384"},
    {"sha512", DIGEST, "SHA2-512"},
    {"shake256", DIGEST, "SHAKE256"},
    {"aes-128-gcm", CIPHER, "AES-128-GCM"},
    {"aes-192-gcm", CIPHER, "AES-192-GCM"},
    {"aes-256-gcm", CIPHER, "AES-256-GCM"},
    {"aes-128-cbc", CIPHER, "AES-128-CBC"},
    {"aes-192-cbc", CIPHER, "AES-192-CBC"},
    {"aes-256-cbc", CIPHER, "AES-256-CBC"},
    {"des-ede3-cbc", CIPHER, "DES-EDE3-CBC"},
    {"rc2", CIPHER, "RC2-40-CBC"},
    {"aes-128-wrap", CIPHER, "AES-128-WRAP"},
    {"aes-192-wrap", CIPHER, "AES-192-WRAP"},
    {"aes-256-wrap", CIPHER, "AES-256-WRAP"},
    {"chacha20-poly1305", CIPHER, "ChaCha20-Poly1305"},
    {"pbkdf2", KDF, "PBKDF2"},
    {"scrypt", KDF, "SCRYPT"},
    {"x963kdf", KDF, "X963KDF"},
    {"hkdf", KDF, "HKDF"},
    {"pkcs12kdf", KDF, "PKCS12KDF"},
    {"argon2id", KDF, "ARGON2ID"},
    {"rsa", KEY, "RSA"},
    {"ec", KEY, "EC"},
    {"ed25519", SIGNATURE, "ED25519"},
    {"ed448", SIGNATURE, "ED448"},
    {"x25519", KEY, "X25519"},
    {"ml-kem-512", KEM, "ML-KEM-512"},
    {"ml-kem-768", KEM, "ML-KEM-768"},
    {"ml-kem-1024", KEM, "ML-KEM-1024"},
    {"ml-dsa-44", SIGNATURE, "ML-DSA-44"},
    {"ml-dsa-65", SIGNATURE, "ML-DSA-65"},
    {"ml-dsa-87", SIGNATURE, "ML-DSA-87"},
};

enum bl_err
bl_crypto_fail(
    struct bl_note *note, enum bl_err err, const char *what, const char *source)
{
	unsigned long e = ERR_peek_last_error();

	if (e != 0 && ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE) {
		err = BL_E_MEMORY;
		what = "out of memory in the crypto library";
	}
	ERR_clear_error();
	return bl_fail(note, err, 0, what, source);
}

/* An empty search path argument would let the environment choose one. */
static bool
load_providers(struct bl_ctx *ctx, enum bl_ctx_part part)
{
	const char *folder = OPENSSL_info(OPENSSL_INFO_MODULES_DIR);

	if (folder != NULL &&
	    OSSL_PROVIDER_set_default_search_path(ctx->lib, folder) != 1)
		return false;
	if (!bl_random_hook(ctx))
		return false;
	ctx->standard = OSSL_PROVIDER_load(ctx->lib, "default");
	if (part == BL_CTX_LEGACY)
		ctx->legacy = OSSL_PROVIDER_try_load(ctx->lib, "legacy", 1);
	return ctx->standard != NULL;
}

static bool
fetch_digests(struct bl_ctx *ctx)
{
	for (size_t i = 1; i < BL_DIGEST_COUNT; i++)
		ctx->md[i] = EVP_MD_fetch(ctx->lib, md_names[i], NULL);
	ctx->md_run = EVP_MD_CTX_new();
	return ctx->md[BL_SHA256] != NULL && ctx->md_run != NULL;
}

const struct bl_ciphers *
bl_ciphers_of(struct bl_ctx *ctx)
{
	struct bl_ciphers *c = &ctx->ciphers;
	OSSL_LIB_CTX *lib = ctx->lib;

	if (c->ready)
		return c;
	ERR_set_mark();
	for (size_t i = 1; i < BL_CIPHER_COUNT; i++)
		c->of[i] = EVP_CIPHER_fetch(lib, cipher_names[i], NULL);
	for (size_t i = 0; i < 3; i++) {
		c->key_wrap[i] = EVP_CIPHER_fetch(lib, key_wrap_names[i], NULL);
		c->wrap_pad[i] = EVP_CIPHER_fetch(lib, wrap_pad_names[i], NULL);
	}
	c->rc2 = EVP_CIPHER_fetch(lib, "RC2-CBC", NULL);
	c->rc2_40 = EVP_CIPHER_fetch(lib, "RC2-40-CBC", NULL);
	ERR_pop_to_mark(); /* of what was looked for and is not there */
	c->ready = true;
	return c;
}

const struct bl_kdfs *
bl_kdfs_of(struct bl_ctx *ctx)
{
	struct bl_kdfs *k = &ctx->kdfs;
	OSSL_LIB_CTX *lib = ctx->lib;

	if (k->ready)
		return k;
	ERR_set_mark();
	k->x963 = EVP_KDF_fetch(lib, "X963KDF", NULL);
	k->hkdf = EVP_KDF_fetch(lib, "HKDF", NULL);
	k->pbkdf2 = EVP_KDF_fetch(lib, "PBKDF2", NULL);
	k->scrypt = EVP_KDF_fetch(lib, "SCRYPT", NULL);
	k->pkcs12 = EVP_KDF_fetch(lib, "PKCS12KDF", NULL);
	k->hmac = EVP_MAC_fetch(lib, "HMAC", NULL);
	ERR_pop_to_mark();
	k->ready = true;
	return k;
}

/* The ciphers that every message may need; the rest is asked for where it is
 * used. */
static bool
has_ciphers(struct bl_ctx *ctx)
{
	const struct bl_ciphers *c = bl_ciphers_of(ctx);

	return c->of[BL_AES256_GCM] != NULL && c->of[BL_AES128_CBC] != NULL &&
	    c->of[BL_AES256_CBC] != NULL && bl_kdfs_of(ctx) != NULL;
}

/* Seeds the library's generators, and fetches what a key will ask for. */
static bool
warm_up(struct bl_ctx *ctx)
{
	static const char *const kinds[] = {"RSA", "EC"};
	uint8_t bytes[WARM_UP];
	bool ok = RAND_priv_bytes_ex(ctx->lib, bytes, sizeof(bytes), 0) == 1 &&
	    RAND_bytes_ex(ctx->lib, bytes, sizeof(bytes), 0) == 1;

	OPENSSL_cleanse(bytes, sizeof(bytes));
	for (size_t i = 0; i < 2 && ok; i++) {
		EVP_PKEY_CTX *run = EVP_PKEY_CTX_new_from_name(
		    ctx->lib, kinds[i], NULL);

		ok = run != NULL && EVP_PKEY_fromdata_init(run) == 1;
		EVP_PKEY_CTX_free(run);
	}
	return ok;
}

/* Without NO_LOAD_CONFIG the first use of a key reads openssl.cnf, a file that
 * may load code into the process and is out of reach in a cage. */
#define INIT (OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS)

/* whole: fetches now what a lean context fetches when it is needed. */
static enum bl_err
make(struct bl_ctx **out, enum bl_ctx_part part, bool whole,
    struct bl_note *note)
{
	struct bl_ctx *ctx = NULL;
	enum bl_err err;

	*out = NULL;
	if ((ctx = bl_alloc(sizeof(*ctx))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	ctx->threads = 1;
	if ((err = bl_secrets_new(&ctx->secrets, note)) != BL_OK) {
		bl_release(ctx);
		return err;
	}
	err = BL_E_SYSTEM;
	if ((ctx->lib = OSSL_LIB_CTX_new()) == NULL ||
	    !load_providers(ctx, part) || !fetch_digests(ctx) ||
	    (whole && (!has_ciphers(ctx) || !warm_up(ctx))))
		goto out;
	snprintf(ctx->library, sizeof(ctx->library), "OpenSSL %s",
	    OpenSSL_version(OPENSSL_VERSION_STRING));
	ERR_clear_error(); /* of what was looked for and is not there */
	*out = ctx;
	return BL_OK;
out:
	err = bl_crypto_fail(note, err,
	    "the crypto library lacks what every message needs", NULL);
	bl_ctx_free(ctx);
	return err;
}

enum bl_err
bl_ctx_new(struct bl_ctx **out, struct bl_note *note)
{
	OPENSSL_init_crypto(INIT, NULL);
	return make(out, BL_CTX_LEGACY, true, note);
}

enum bl_err
bl_ctx_new_lean(
    struct bl_ctx **out, enum bl_ctx_part part, struct bl_note *note)
{
	/* Without the library's old list of ciphers the first fetch takes half
	 * the time; by that of digests the second judge finds its own. */
	OPENSSL_init_crypto(
	    INIT | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ATEXIT,
	    NULL);
	return make(out, part, false, note);
}

static void
free_ciphers(struct bl_ciphers *c)
{
	for (size_t i = 0; i < BL_CIPHER_COUNT; i++)
		EVP_CIPHER_free(c->of[i]);
	for (size_t i = 0; i < 3; i++) {
		EVP_CIPHER_free(c->key_wrap[i]);
		EVP_CIPHER_free(c->wrap_pad[i]);
	}
	EVP_CIPHER_free(c->rc2);
	EVP_CIPHER_free(c->rc2_40);
}

static void
free_kdfs(struct bl_kdfs *k)
{
	EVP_KDF_free(k->x963);
	EVP_KDF_free(k->hkdf);
	EVP_KDF_free(k->pbkdf2);
	EVP_KDF_free(k->scrypt);
	EVP_KDF_free(k->pkcs12);
	EVP_MAC_free(k->hmac);
}

void
bl_ctx_free(struct bl_ctx *ctx)
{
	if (ctx == NULL)
		return;
	for (size_t i = 0; i < EC_CURVES; i++) {
		EVP_PKEY_free(ctx->curve[i]);
		EVP_PKEY_CTX_free(ctx->maker[i]);
	}
	bl_issuers_clear(&ctx->issuers);
	for (size_t i = 0; i < BL_DIGEST_COUNT; i++)
		EVP_MD_free(ctx->md[i]);
	free_ciphers(&ctx->ciphers);
	free_kdfs(&ctx->kdfs);
	EVP_MD_CTX_free(ctx->md_run);
	OSSL_PROVIDER_unload(ctx->legacy);
	OSSL_PROVIDER_unload(ctx->standard);
	OSSL_PROVIDER_unload(ctx->hook);
	OSSL_LIB_CTX_free(ctx->lib);
	bl_secrets_free(ctx->secrets);
	bl_release(ctx);
}

enum bl_err
bl_ctx_set_threads(struct bl_ctx *ctx, unsigned n, struct bl_note *note)
{
	if (n == 0 || n > THREADS_MAX)
		return bl_fail(
		    note, BL_E_CALLER, 0, "no such number of threads", NULL);
	ctx->threads = n;
	return BL_OK;
}

unsigned
bl_ctx_threads(const struct bl_ctx *ctx)
{
	return ctx->fill == NULL ? ctx->threads : 1;
}

void
bl_ctx_prepare(struct bl_ctx *ctx)
{
	(void)bl_ciphers_of(ctx);
	(void)bl_kdfs_of(ctx);
}

void
bl_ctx_share(struct bl_ctx *ctx)
{
	bl_ctx_prepare(ctx);
	ctx->shared = true;
}

void
bl_ctx_unshare(struct bl_ctx *ctx)
{
	ctx->shared = false;
}

void
bl_ctx_leave(struct bl_ctx *ctx)
{
	OPENSSL_thread_stop_ex(ctx->lib);
}

enum bl_err
bl_secret_here(
    struct bl_secret **out, struct bl_ctx *ctx, size_t n, struct bl_note *note)
{
	return bl_secret_take(out, ctx->secrets, n, note);
}

enum bl_err
bl_secret_copy_here(struct bl_secret **out, struct bl_ctx *ctx,
    struct bl_span s, struct bl_note *note)
{
	enum bl_err err = bl_secret_here(out, ctx, s.n, note);

	if (err == BL_OK && s.n != 0)
		memcpy(bl_secret_fill(*out), s.p, s.n);
	return err;
}

static bool
has(OSSL_LIB_CTX *lib, enum probe probe, const char *name)
{
	EVP_MD *md = NULL;
	EVP_CIPHER *cipher = NULL;
	EVP_KDF *kdf = NULL;
	EVP_KEYMGMT *key = NULL;
	EVP_SIGNATURE *sig = NULL;
	EVP_KEM *kem = NULL;
	bool found = false;

	switch (probe) {
	case DIGEST:
		found = (md = EVP_MD_fetch(lib, name, NULL)) != NULL;
		break;
	case CIPHER:
		found = (cipher = EVP_CIPHER_fetch(lib, name, NULL)) != NULL;
		break;
	case KDF:
		found = (kdf = EVP_KDF_fetch(lib, name, NULL)) != NULL;
		break;
	case KEY:
		found = (key = EVP_KEYMGMT_fetch(lib, name, NULL)) != NULL;
		break;
	case SIGNATURE:
		found = (sig = EVP_SIGNATURE_fetch(lib, name, NULL)) != NULL;
		break;
	case KEM:
		found = (kem = EVP_KEM_fetch(lib, name, NULL)) != NULL;
		break;
	}
	EVP_MD_free(md);
	EVP_CIPHER_free(cipher);
	EVP_KDF_free(kdf);
	EVP_KEYMGMT_free(key);
	EVP_SIGNATURE_free(sig);
	EVP_KEM_free(kem);
	ERR_clear_error();
	return found;
}

bool
bl_ctx_has(const struct bl_ctx *ctx, const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(name, known[i].name) == 0)
			return has(
			    ctx->lib, known[i].probe, known[i].in_library);
	return false;
}

const char *
bl_ctx_library(const struct bl_ctx *ctx)
{
	return ctx->library;
}

unsigned
bl_ctx_library_number(const struct bl_ctx *ctx)
{
	(void)ctx;
	return OPENSSL_version_major() * 10000 + OPENSSL_version_minor() * 100 +
	    OPENSSL_version_patch();
}
