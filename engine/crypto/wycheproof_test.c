/* wycheproof_test.c - the vectors of project Wycheproof. Each must come out as
 * it says, or be refused where we are stricter; each place says why. */
#include <string.h>

#include <jansson.h>

#include "crypto/internal.h"
#include "crypto/pbe.h"
#include "crypto/test_peer.h"

static struct bl_ctx *ctx;
static struct bl_limits limits;
static unsigned checked;
static const char *file_name;

static void
unpack(void)
{
	const char *root = getenv("BULLA_CORPORA");
	char cwd[4096];

	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL, "cwd");
	CHECK(
	    test_run("cd '%s' && tar -xzf '%s/wycheproof/"
		     "wycheproof-smime-subset.tar.gz' -C '%s'",
		cwd, root != NULL ? root : "../shared/corpora", test_folder()),
	    "vectors");
}

/* ---- JSON ---- */

static const char *
text(json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s == NULL ? "" : s;
}

static unsigned
digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* The bytes of a field in hexadecimal, in a buffer that starts empty. */
static struct bl_span
hex(struct bl_buf *b, json_t *o, const char *name)
{
	const char *s = text(o, name);

	bl_buf_reset(b);
	for (; s[0] != 0 && s[1] != 0; s += 2)
		bl_buf_add_u8(b, (uint8_t)(digit(s[0]) << 4 | digit(s[1])));
	return bl_buf_span(b);
}

static bool
has_flag(json_t *t, const char *flag)
{
	json_t *flags = json_object_get(t, "flags");

	for (size_t i = 0; i < json_array_size(flags); i++)
		if (strcmp(json_string_value(json_array_get(flags, i)), flag) ==
		    0)
			return true;
	return false;
}

static bool
is_result(json_t *t, const char *result)
{
	return strcmp(text(t, "result"), result) == 0;
}

/* One vector came out as it should, or did not. */
static void
outcome(json_t *t, bool as_expected)
{
	char name[256];

	checked++;
	snprintf(name, sizeof(name), "%s %lld: %s", file_name,
	    (long long)json_integer_value(json_object_get(t, "tcId")),
	    text(t, "comment"));
	CHECK(as_expected, name);
}

typedef void vector_fn(json_t *group, json_t *t);

static void
run(const char *file, vector_fn *each)
{
	char path[128];
	json_t *top, *group, *t;
	size_t i, j;

	file_name = file;
	snprintf(path, sizeof(path), "%s/%s", test_folder(), file);
	top = json_load_file(path, 0, NULL);
	CHECK(top != NULL, file);
	checked = 0;
	json_array_foreach(json_object_get(top, "testGroups"), i, group)
	    json_array_foreach(json_object_get(group, "tests"), j, t)
		each(group, t);
	CHECK(checked > 0, file);
	CHECK(json_integer_value(json_object_get(top, "numberOfTests")) ==
		checked,
	    file);
	fprintf(stderr, "%s: %u checked\n", file, checked);
	json_decref(top);
}

static enum bl_digest
digest_of(const char *name)
{
	static const char *const names[] = {[BL_SHA1] = "SHA-1",
	    [BL_SHA224] = "SHA-224",
	    [BL_SHA256] = "SHA-256",
	    [BL_SHA384] = "SHA-384",
	    [BL_SHA512] = "SHA-512"};

	for (unsigned d = 1; d < BL_DIGEST_COUNT; d++)
		if (strcmp(names[d], name) == 0)
			return (enum bl_digest)d;
	return BL_DIGEST_NONE;
}

/* ---- content ciphers ---- */

static enum bl_cipher
cipher_of(bool gcm, size_t key)
{
	if (strncmp(file_name, "chacha20", 8) == 0)
		return BL_CHACHA20_POLY1305;
	if (key == 16)
		return gcm ? BL_AES128_GCM : BL_AES128_CBC;
	if (key == 24)
		return gcm ? BL_AES192_GCM : BL_AES192_CBC;
	return gcm ? BL_AES256_GCM : BL_AES256_CBC;
}

static enum bl_err
seal(struct bl_buf *out, json_t *t, bool gcm, enum bl_direction way,
    uint8_t *tag)
{
	struct bl_buf key = {0}, iv = {0}, in = {0};
	struct bl_sealing *s = NULL;
	struct bl_secret *k = NULL;
	enum bl_err err;

	CHECK(bl_secret_copy(&k, hex(&key, t, "key"), NULL) == BL_OK, "key");
	err = bl_sealing_new(
	    &s, ctx, cipher_of(gcm, key.n), way, k, hex(&iv, t, "iv"), NULL);
	if (err == BL_OK && gcm)
		err = bl_sealing_aad(s, hex(&in, t, "aad"), NULL);
	if (err == BL_OK)
		err = bl_sealing_add(s, out,
		    hex(&in, t, way == BL_ENCRYPT ? "msg" : "ct"), NULL);
	if (err == BL_OK)
		err = bl_sealing_end(s, out, tag, NULL);
	bl_sealing_free(s);
	bl_secret_free(k);
	bl_buf_clear(&key);
	bl_buf_clear(&iv);
	bl_buf_clear(&in);
	return err;
}

static void
one_gcm(json_t *group, json_t *t)
{
	bool iv96 = json_integer_value(json_object_get(group, "ivSize")) == 96;
	struct bl_buf out = {0}, want = {0}, tag = {0};
	uint8_t made[BL_TAG_SIZE] = {0};
	enum bl_err err;

	hex(&tag, t, "tag");
	if (tag.n != BL_TAG_SIZE) { /* no such tag comes as far as here */
		outcome(t, !is_result(t, "valid"));
		bl_buf_clear(&tag);
		return;
	}
	err = seal(&out, t, true, BL_DECRYPT, tag.p);
	/* other lengths of the IV are for us no GCM at all */
	if (!iv96) {
		outcome(t, err == BL_E_CALLER);
	} else if (!is_result(t, "valid")) {
		outcome(t, err == BL_E_FORGED);
	} else {
		bool good = err == BL_OK &&
		    bl_span_equal(bl_buf_span(&out), hex(&want, t, "msg"));

		bl_buf_reset(&out);
		good = good && seal(&out, t, true, BL_ENCRYPT, made) == BL_OK &&
		    bl_span_equal(bl_buf_span(&out), hex(&want, t, "ct")) &&
		    memcmp(made, tag.p, BL_TAG_SIZE) == 0;
		outcome(t, good);
	}
	bl_buf_clear(&out);
	bl_buf_clear(&want);
	bl_buf_clear(&tag);
}

static void
one_cbc(json_t *group, json_t *t)
{
	struct bl_buf out = {0}, want = {0};
	enum bl_err err = seal(&out, t, false, BL_DECRYPT, NULL);

	(void)group;
	if (!is_result(t, "valid")) {
		outcome(t, err == BL_E_FORGED);
	} else {
		bool good = err == BL_OK &&
		    bl_span_equal(bl_buf_span(&out), hex(&want, t, "msg"));

		bl_buf_reset(&out);
		good = good &&
		    seal(&out, t, false, BL_ENCRYPT, NULL) == BL_OK &&
		    bl_span_equal(bl_buf_span(&out), hex(&want, t, "ct"));
		outcome(t, good);
	}
	bl_buf_clear(&out);
	bl_buf_clear(&want);
}

/* ---- key wraps ---- */

static void
one_wrap(json_t *group, json_t *t)
{
	struct bl_buf kek = {0}, msg = {0}, ct = {0};
	uint8_t out[512];
	bool unwrapped, wrapped;

	(void)group;
	hex(&kek, t, "key");
	hex(&msg, t, "msg");
	hex(&ct, t, "ct");
	unwrapped = bl_key_wrap(
	    ctx, BL_DECRYPT, kek.p, kek.n, out, bl_buf_span(&ct));
	/* a key of eight bytes ("acceptable") is none for RFC 3394 */
	if (!is_result(t, "valid")) {
		outcome(t, !unwrapped);
	} else {
		bool good = unwrapped &&
		    bl_span_equal(bl_span_of(out, msg.n), bl_buf_span(&msg));

		wrapped = bl_key_wrap(
		    ctx, BL_ENCRYPT, kek.p, kek.n, out, bl_buf_span(&msg));
		outcome(t,
		    good && wrapped &&
			bl_span_equal(bl_span_of(out, ct.n), bl_buf_span(&ct)));
	}
	bl_buf_clear(&kek);
	bl_buf_clear(&msg);
	bl_buf_clear(&ct);
}

static struct bl_priv *
private_key(struct bl_span pkcs8)
{
	struct bl_secret *s = NULL;
	struct bl_priv *k = NULL;

	CHECK(bl_secret_copy(&s, pkcs8, NULL) == BL_OK, "copy");
	CHECK(bl_priv_read(&k, ctx, s, NULL) == BL_OK, file_name);
	bl_secret_free(s);
	return k;
}

static void
one_oaep(json_t *group, json_t *t)
{
	static struct bl_priv *k;
	static json_t *of;
	static const char *in; /* of another file: at the same address */
	struct bl_buf pkcs8 = {0}, msg = {0}, ct = {0}, label = {0};
	struct bl_wrap_alg alg = {.kind = BL_WRAP_RSA_OAEP,
	    .digest = digest_of(text(group, "sha")),
	    .mgf = digest_of(text(group, "mgfSha"))};
	struct bl_secret *got = NULL;
	size_t size;
	enum bl_err err;

	if (of != group || in != file_name) {
		bl_priv_free(k);
		k = private_key(hex(&pkcs8, group, "privateKeyPkcs8"));
		of = group;
		in = file_name;
	}
	hex(&msg, t, "msg");
	hex(&ct, t, "ct");
	alg.label = hex(&label, t, "label");
	/* lengths that no content key has are asked for as another: refused */
	size = msg.n == 0 || msg.n > 64 ? 32 : msg.n;
	err = bl_priv_unwrap(&got, k, ctx, &alg, (struct bl_span){NULL, 0},
	    bl_buf_span(&ct), size, NULL);
	if (is_result(t, "invalid") || size != msg.n)
		outcome(t, err == BL_E_FORGED);
	else
		outcome(t,
		    err == BL_OK &&
			bl_span_equal(
			    bl_secret_reveal(got), bl_buf_span(&msg)));
	bl_secret_free(got);
	bl_buf_clear(&pkcs8);
	bl_buf_clear(&msg);
	bl_buf_clear(&ct);
	bl_buf_clear(&label);
}

static bool
fill_with_nines(void *arg, uint8_t *p, size_t n)
{
	(void)arg;
	memset(p, 9, n);
	return true;
}

/* Invalid ones, and keys of a length not asked for, give what was drawn. */
static void
one_pkcs1(json_t *group, json_t *t)
{
	static struct bl_priv *k;
	static json_t *of;
	static const char *in; /* of another file: at the same address */
	struct bl_wrap_alg alg = {.kind = BL_WRAP_RSA_PKCS1};
	struct bl_buf pkcs8 = {0}, msg = {0}, ct = {0};
	struct bl_secret *got = NULL;
	uint8_t drawn[64];
	size_t size;
	enum bl_err err;

	if (of != group || in != file_name) {
		bl_priv_free(k);
		k = private_key(hex(&pkcs8, group, "privateKeyPkcs8"));
		of = group;
		in = file_name;
	}
	hex(&msg, t, "msg");
	hex(&ct, t, "ct");
	size = msg.n == 0 || msg.n > 64 ? 32 : msg.n;
	memset(drawn, 9, sizeof(drawn));
	bl_ctx_set_random(ctx, fill_with_nines, NULL);
	err = bl_priv_unwrap(&got, k, ctx, &alg, (struct bl_span){NULL, 0},
	    bl_buf_span(&ct), size, NULL);
	bl_ctx_set_random(ctx, NULL, NULL);
	outcome(t,
	    err == BL_OK &&
		bl_span_equal(bl_secret_reveal(got),
		    is_result(t, "valid") && size == msg.n
			? bl_buf_span(&msg)
			: bl_span_of(drawn, size)));
	bl_secret_free(got);
	bl_buf_clear(&pkcs8);
	bl_buf_clear(&msg);
	bl_buf_clear(&ct);
}

/* PKCS#8 of a scalar on P-256, given with or without bytes in front. */
static struct bl_priv *
ec_private(json_t *t)
{
	static const uint8_t head[] = {0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7,
	    0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce,
	    0x3d, 3, 1, 7, 4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20};
	struct bl_buf d = {0};
	uint8_t der[sizeof(head) + 32] = {0};

	hex(&d, t, "private");
	while (d.n > 32 && d.p[0] == 0)
		bl_buf_drop(&d, 1);
	CHECK(d.n <= 32, "scalar");
	memcpy(der, head, sizeof(head));
	memcpy(der + sizeof(der) - d.n, d.p, d.n);
	bl_buf_clear(&d);
	return private_key(bl_span_of(der, sizeof(der)));
}

/* X9.63 KDF of one block: SHA-256 of secret, counter and info. */
static void
kek_of(uint8_t kek[32], struct bl_span shared)
{
	struct bl_digest_value v;
	struct bl_buf b = {0};

	bl_buf_add(&b, shared);
	bl_buf_add(&b, BL_STR("\0\0\0\1info"));
	CHECK(bl_digest_of(&v, ctx, BL_SHA256, bl_buf_span(&b), NULL) == BL_OK,
	    "digest");
	memcpy(kek, v.p, 32);
	bl_buf_clear(&b);
}

static void
one_ecdh(json_t *group, json_t *t)
{
	struct bl_wrap_alg alg = {.kind = BL_WRAP_ECDH,
	    .digest = BL_SHA256,
	    .kek_size = 32,
	    .info = BL_STR("info")};
	struct bl_priv *k = ec_private(t);
	struct bl_buf spki = {0}, shared = {0};
	struct bl_pub *peer = NULL;
	uint8_t got[32] = {0}, want[32];
	bool good = false;

	(void)group;
	if (bl_pub_read(&peer, ctx, hex(&spki, t, "public"), &limits, NULL) ==
		BL_OK &&
	    bl_pub_kind(peer) == BL_KEY_EC_P256 &&
	    bl_kek_derive(got, k, peer->key, ctx, &alg, NULL) == BL_OK) {
		kek_of(want, hex(&shared, t, "shared"));
		good = memcmp(got, want, 32) == 0;
	}
	/* of what is acceptable we take the compressed points alone: explicit
	 * curves and BER are refused */
	outcome(t,
	    good ==
		(is_result(t, "valid") ||
		    (is_result(t, "acceptable") &&
			has_flag(t, "CompressedPoint"))));
	bl_pub_free(peer);
	bl_priv_free(k);
	bl_buf_clear(&spki);
	bl_buf_clear(&shared);
}

/* X25519 and X448. A secret that is all zero is none; what else is
 * "acceptable" (keys not reduced, on the twist) is computed as it comes. A key
 * of another kind, or that is not well formed, never agrees. */
static void
one_xdh(json_t *group, json_t *t)
{
	struct bl_wrap_alg alg = {.kind = BL_WRAP_XDH,
	    .digest = BL_SHA256,
	    .kek_size = 32,
	    .info = BL_STR("info")};
	struct bl_buf spki = {0}, pkcs8 = {0}, shared = {0};
	struct bl_secret *s = NULL;
	struct bl_priv *k = NULL;
	struct bl_pub *peer = NULL;
	uint8_t got[32] = {0}, want[32];
	bool good = false;

	(void)group;
	kek_of(want, hex(&shared, t, "shared"));
	CHECK(bl_secret_copy(&s, hex(&pkcs8, t, "private"), NULL) == BL_OK, "");
	if (bl_priv_read(&k, ctx, s, NULL) == BL_OK &&
	    bl_pub_read(&peer, ctx, hex(&spki, t, "public"), &limits, NULL) ==
		BL_OK &&
	    bl_pub_kind(peer) == bl_priv_kind(k) &&
	    bl_kek_derive(got, k, peer->key, ctx, &alg, NULL) == BL_OK)
		good = memcmp(got, want, 32) == 0;
	outcome(t,
	    good ==
		(!is_result(t, "invalid") && !has_flag(t, "ZeroSharedSecret")));
	bl_pub_free(peer);
	bl_priv_free(k);
	bl_secret_free(s);
	bl_buf_clear(&spki);
	bl_buf_clear(&pkcs8);
	bl_buf_clear(&shared);
}

/* ---- signatures ---- */

static void
check_signature(json_t *group, json_t *t, const struct bl_sig_alg *alg)
{
	struct bl_buf spki = {0}, msg = {0}, sig = {0};
	struct bl_digest_value v;
	struct bl_pub *k = NULL;
	enum bl_err err;

	CHECK(bl_pub_read(&k, ctx, hex(&spki, group, "publicKeyDer"), &limits,
		  NULL) == BL_OK,
	    file_name);
	CHECK(bl_digest_of(&v, ctx, alg->digest, hex(&msg, t, "msg"), NULL) ==
		BL_OK,
	    "digest");
	err = bl_pub_verify(k, ctx, alg, &v, hex(&sig, t, "sig"), NULL);
	/* "acceptable": DigestInfo without NULL; refused */
	outcome(t, err == (is_result(t, "valid") ? BL_OK : BL_E_FORGED));
	bl_pub_free(k);
	bl_buf_clear(&spki);
	bl_buf_clear(&msg);
	bl_buf_clear(&sig);
}

static void
one_pkcs1_signature(json_t *group, json_t *t)
{
	struct bl_sig_alg alg = {
	    BL_SIG_RSA_PKCS1, digest_of(text(group, "sha")), 0, 0};

	check_signature(group, t, &alg);
}

static void
one_pss(json_t *group, json_t *t)
{
	struct bl_sig_alg alg = {BL_SIG_RSA_PSS, digest_of(text(group, "sha")),
	    digest_of(text(group, "mgfSha")),
	    (unsigned)json_integer_value(json_object_get(group, "sLen"))};

	check_signature(group, t, &alg);
}

static void
one_ecdsa(json_t *group, json_t *t)
{
	struct bl_sig_alg alg = {
	    BL_SIG_ECDSA, digest_of(text(group, "sha")), 0, 0};

	check_signature(group, t, &alg);
}

static void
check_eddsa(json_t *group, json_t *t, enum bl_sig_kind kind)
{
	struct bl_sig_alg alg = {kind, BL_DIGEST_NONE, 0, 0};
	struct bl_buf spki = {0}, msg = {0}, sig = {0};
	struct bl_pub *k = NULL;
	enum bl_err err;

	CHECK(bl_pub_read(&k, ctx, hex(&spki, group, "publicKeyDer"), &limits,
		  NULL) == BL_OK,
	    file_name);
	err = bl_pub_verify_bytes(
	    k, ctx, &alg, hex(&msg, t, "msg"), hex(&sig, t, "sig"), NULL);
	outcome(t, err == (is_result(t, "valid") ? BL_OK : BL_E_FORGED));
	bl_pub_free(k);
	bl_buf_clear(&spki);
	bl_buf_clear(&msg);
	bl_buf_clear(&sig);
}

static void
one_ed25519(json_t *group, json_t *t)
{
	check_eddsa(group, t, BL_SIG_ED25519);
}

static void
one_ed448(json_t *group, json_t *t)
{
	check_eddsa(group, t, BL_SIG_ED448);
}

/* ---- derivation ---- */

static void
one_pbkdf2(json_t *group, json_t *t)
{
	struct bl_buf pass = {0}, salt = {0}, want = {0};
	struct bl_pbe pbe = {.kdf = BL_KDF_PBKDF2,
	    .digest = BL_SHA256,
	    .iterations = (uint64_t)json_integer_value(
		json_object_get(t, "iterationCount"))};
	uint8_t got[512];

	(void)group;
	pbe.salt = hex(&salt, t, "salt");
	hex(&want, t, "dk");
	CHECK(want.n <= sizeof(got), "length");
	outcome(t,
	    bl_pbkdf2(got, want.n, ctx, &pbe, hex(&pass, t, "password"),
		NULL) == BL_OK &&
		bl_span_equal(bl_span_of(got, want.n), bl_buf_span(&want)));
	bl_buf_clear(&pass);
	bl_buf_clear(&salt);
	bl_buf_clear(&want);
}

static void
ciphers(void)
{
	run("aes_gcm_test.json", one_gcm);
	run("aes_cbc_pkcs5_test.json", one_cbc);
	run("chacha20_poly1305_test.json", one_gcm);
}

static void
key_wraps(void)
{
	run("aes_wrap_test.json", one_wrap);
	run("ecdh_secp256r1_test.json", one_ecdh);
	run("x25519_asn_test.json", one_xdh);
	run("x448_asn_test.json", one_xdh);
	run("rsa_oaep_2048_sha1_mgf1sha1_test.json", one_oaep);
	run("rsa_oaep_2048_sha256_mgf1sha256_test.json", one_oaep);
	run("rsa_oaep_misc_test.json", one_oaep);
	run("rsa_pkcs1_2048_test.json", one_pkcs1);
	run("rsa_pkcs1_4096_test.json", one_pkcs1);
}

static void
signatures(void)
{
	run("rsa_signature_2048_sha256_test.json", one_pkcs1_signature);
	run("rsa_pss_2048_sha256_mgf1_32_test.json", one_pss);
	run("rsa_pss_misc_params_test.json", one_pss);
	run("ecdsa_secp256r1_sha256_test.json", one_ecdsa);
	run("ed25519_test.json", one_ed25519);
	run("ed448_test.json", one_ed448);
}

static void
derivations(void)
{
	run("pbkdf2_hmacsha256_test.json", one_pbkdf2);
}

/*
 * Files of algorithms that the engine does not have (AES-CCM, Ed448, ML-DSA,
 * ML-KEM) are looked at when it gets them; keys
 * of these kinds must not be taken for others.
 */
static void
one_other_key(json_t *group, json_t *t)
{
	struct bl_buf spki = {0};
	struct bl_pub *k = NULL;
	enum bl_err err = bl_pub_read(&k, ctx,
	    hex(&spki, t, json_object_get(t, "public") ? "public" : "none"),
	    &limits, NULL);

	bool ec = strncmp(text(t, "comment"), "uses public key for secp", 24) ==
	    0; /* some of these files' keys are of our curves */

	(void)group;
	if (err == BL_OK)
		outcome(t,
		    bl_pub_kind(k) == BL_KEY_X25519 ||
			bl_pub_kind(k) == BL_KEY_X448 ||
			(ec && bl_curve_by_kind(bl_pub_kind(k)) != NULL));
	else
		outcome(t, err == BL_E_UNSUPPORTED || err == BL_E_MALFORMED);
	bl_pub_free(k);
	bl_buf_clear(&spki);
}

static void
keys_of_other_kinds(void)
{
	run("x25519_asn_test.json", one_other_key);
	run("x448_asn_test.json", one_other_key);
	bl_ctx_free(ctx);
	test_folder_remove();
}

TESTS(TEST(unpack), TEST(ciphers), TEST(key_wraps), TEST(signatures),
    TEST(derivations), TEST(keys_of_other_kinds))
