/* do_test.c - what a key answers, and what it refuses. */
#include "keys/keys.h"
#include "tests/person.h"
#include "tests/test.h"

#include <string.h>

static struct bl_ctx *ctx;
static struct bl_limits limits;

enum { RSA, PSS, EC, ED, X, ED4, PEOPLE };
static const char *const kinds[] = {
    "RSA-2048", "RSA-PSS-2048", "P-256", "ED25519", "X25519", "ED448"};
static struct bl_person people[PEOPLE];
static struct bl_priv *keys[PEOPLE];
static struct bl_pub *pubs[PEOPLE];
static uint8_t ids[PEOPLE][BL_SHA256_SIZE];

static void
start(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	for (size_t i = 0; i < PEOPLE; i++) {
		struct bl_person_opts opts = {
		    .address = "ann@example.org", .key = kinds[i]};
		struct bl_digest_value id;
		struct bl_buf spki = {0};

		CHECK(bl_person_make(&people[i], ctx, &opts, NULL), kinds[i]);
		CHECK(
		    bl_priv_read(&keys[i], ctx, people[i].pkcs8, NULL) == BL_OK,
		    kinds[i]);
		CHECK(bl_priv_spki(&spki, keys[i], NULL) == BL_OK, kinds[i]);
		CHECK(bl_pub_read(&pubs[i], ctx, bl_buf_span(&spki), &limits,
			  NULL) == BL_OK,
		    kinds[i]);
		CHECK(bl_digest_of(&id, ctx, BL_SHA256, bl_buf_span(&spki),
			  NULL) == BL_OK,
		    kinds[i]);
		memcpy(ids[i], id.p, sizeof(ids[i]));
		bl_buf_clear(&spki);
	}
}

static void
stop(void)
{
	for (size_t i = 0; i < PEOPLE; i++) {
		bl_priv_free(keys[i]);
		bl_pub_free(pubs[i]);
		bl_person_clear(&people[i]);
	}
	bl_ctx_free(ctx);
}

/* ---- SIGN ---- */

static struct bl_want_sign
sign_want(size_t who, const struct bl_sig_alg *alg)
{
	static const uint8_t hash[32] = {0};
	struct bl_want_sign w = {
	    .alg = *alg,
	    .content_type = BL_OID_DATA,
	    .message_digest = {alg->digest, {0}, bl_digest_size(alg->digest)},
	    .signing_time = BL_PERSON_NOW,
	    .cert_hash = bl_span_of(hash, sizeof(hash)),
	    .cert_issuer = BL_STR("\x30\x00"),
	    .cert_serial = BL_STR("\x01"),
	};

	if (bl_sig_takes_bytes(alg->kind)) {
		w.message_digest.alg = bl_sig_alg_content(alg);
		w.message_digest.n = 64;
	}
	memcpy(w.key, ids[who], sizeof(w.key));
	return w;
}

#define NO_KEY	  BL_REFUSED_NO_KEY
#define FORBIDDEN BL_REFUSED_FORBIDDEN
#define FAILED	  BL_REFUSED_FAILED

static const struct {
	const char *name;
	size_t who;
	struct bl_sig_alg alg;
	enum bl_refusal refusal;
} signs[] = {
    {"rsa sha-256", RSA, {BL_SIG_RSA_PKCS1, BL_SHA256}, 0},
    {"rsa sha-384", RSA, {BL_SIG_RSA_PKCS1, BL_SHA384}, 0},
    {"rsa sha-512", RSA, {BL_SIG_RSA_PKCS1, BL_SHA512}, 0},
    {"rsa sha-1", RSA, {BL_SIG_RSA_PKCS1, BL_SHA1}, FORBIDDEN},
    {"rsa sha-224", RSA, {BL_SIG_RSA_PKCS1, BL_SHA224}, FORBIDDEN},
    {"rsa pss", RSA, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32}, 0},
    {"rsa pss sha-1", RSA, {BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 20}, FORBIDDEN},
    {"rsa pss, another mask", RSA, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA512, 32},
	FORBIDDEN},
    {"rsa ecdsa", RSA, {BL_SIG_ECDSA, BL_SHA256}, FORBIDDEN},
    {"rsa dsa", RSA, {BL_SIG_DSA, BL_SHA256}, FORBIDDEN},
    {"rsa ed25519", RSA, {BL_SIG_ED25519}, FORBIDDEN},
    {"pss", PSS, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32}, 0},
    {"pss, another mask", PSS, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA512, 32},
	FORBIDDEN},
    {"pss rsa", PSS, {BL_SIG_RSA_PKCS1, BL_SHA256}, FORBIDDEN},
    {"p-256", EC, {BL_SIG_ECDSA, BL_SHA256}, 0},
    {"p-256 sha-512", EC, {BL_SIG_ECDSA, BL_SHA512}, 0},
    {"p-256 sha-1", EC, {BL_SIG_ECDSA, BL_SHA1}, FORBIDDEN},
    {"p-256 rsa", EC, {BL_SIG_RSA_PKCS1, BL_SHA256}, FORBIDDEN},
    {"p-256 ed25519", EC, {BL_SIG_ED25519}, FORBIDDEN},
    {"ed25519", ED, {BL_SIG_ED25519}, 0},
    {"ed25519 ecdsa", ED, {BL_SIG_ECDSA, BL_SHA512}, FORBIDDEN},
    {"x25519 ed25519", X, {BL_SIG_ED25519}, FORBIDDEN},
    {"ed25519 ed448", ED, {BL_SIG_ED448}, FORBIDDEN},
    {"ed448", ED4, {BL_SIG_ED448}, 0},
    {"ed448 ed25519", ED4, {BL_SIG_ED25519}, FORBIDDEN},
    {"ed448 ecdsa", ED4, {BL_SIG_ECDSA, BL_SHA512}, FORBIDDEN},
    {"rsa shake256", RSA, {BL_SIG_RSA_PKCS1, BL_SHAKE256}, FORBIDDEN},
};

/* The signature is over the attributes that the want stands for. */
static bool
holds(size_t who, const struct bl_want_sign *w, struct bl_span sig)
{
	struct bl_buf attrs = {0};
	bool ok = bl_signed_attrs_write(&attrs, w, NULL) == BL_OK &&
	    bl_pub_verify_bytes(pubs[who], ctx, &w->alg, bl_buf_span(&attrs),
		sig, NULL) == BL_OK;

	bl_buf_clear(&attrs);
	return ok;
}

static void
signs_what_it_may(void)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		struct bl_want_sign w = sign_want(signs[i].who, &signs[i].alg);
		struct bl_buf frame = {0}, out = {0};
		const char *name = signs[i].name;
		struct bl_answer a;

		CHECK(bl_want_sign_put(&frame, &w, NULL) == BL_OK, name);
		CHECK(bl_key_do(&out, ctx, keys[signs[i].who],
			  bl_buf_span(&frame), NULL) == BL_OK,
		    name);
		CHECK(
		    bl_answer_get(&a, bl_buf_span(&out), NULL) == BL_OK, name);
		CHECK(a.kind == BL_WANT_SIGN, name);
		CHECK(a.refusal == signs[i].refusal, name);
		if (signs[i].refusal == BL_REFUSED_NOT)
			CHECK(holds(signs[i].who, &w, a.payload), name);
		bl_buf_clear(&frame);
		bl_buf_clear(&out);
	}
}

/* Reads the answer of a key to a frame; one refusal is wanted. */
static void
refused(size_t who, const struct bl_buf *frame, enum bl_refusal refusal,
    const char *name)
{
	struct bl_buf out = {0};
	struct bl_answer a;

	CHECK(
	    bl_key_do(&out, ctx, keys[who], bl_buf_span(frame), NULL) == BL_OK,
	    name);
	CHECK(bl_answer_get(&a, bl_buf_span(&out), NULL) == BL_OK, name);
	CHECK(a.refusal == refusal, name);
	bl_buf_clear(&out);
}

static void
answers_for_its_own_id_only(void)
{
	static const struct bl_sig_alg alg = {BL_SIG_RSA_PKCS1, BL_SHA256};
	struct bl_want_sign w = sign_want(RSA, &alg);
	struct bl_want_unwrap u = {.alg = {.kind = BL_WRAP_RSA_PKCS1},
	    .wrapped = BL_STR("w"),
	    .size = 16};
	struct bl_buf frame = {0};

	w.key[31] ^= 1;
	CHECK(bl_want_sign_put(&frame, &w, NULL) == BL_OK, "sign");
	refused(RSA, &frame, NO_KEY, "sign");
	bl_buf_reset(&frame);
	memcpy(u.key, ids[RSA], sizeof(u.key));
	u.key[0] ^= 1;
	CHECK(bl_want_unwrap_put(&frame, &u, NULL) == BL_OK, "unwrap");
	refused(RSA, &frame, NO_KEY, "unwrap");
	bl_buf_clear(&frame);
}

static void
refuses_what_it_does_not_know(void)
{
	static const struct bl_sig_alg alg = {BL_SIG_RSA_PKCS1, BL_SHA256};
	struct bl_want_sign w = sign_want(RSA, &alg);
	struct bl_want_unwrap u = {.alg = {.kind = BL_WRAP_RSA_PKCS1},
	    .wrapped = BL_STR("w"),
	    .size = 16};
	struct bl_buf frame = {0};

	CHECK(bl_want_sign_put(&frame, &w, NULL) == BL_OK, "sign");
	frame.p[39] = 6; /* receipt */
	refused(RSA, &frame, FORBIDDEN, "content type");
	bl_buf_reset(&frame);
	memcpy(u.key, ids[RSA], sizeof(u.key));
	CHECK(bl_want_unwrap_put(&frame, &u, NULL) == BL_OK, "unwrap");
	frame.p[35] = 3; /* KDF3 */
	refused(RSA, &frame, FORBIDDEN, "kdf");
	bl_buf_clear(&frame);
}

/* ---- UNWRAP ---- */

static struct bl_secret *
cek(size_t n)
{
	struct bl_secret *s = NULL;

	CHECK(bl_secret_new(&s, n, NULL) == BL_OK, "secret");
	memset(bl_secret_fill(s), 0xce, n);
	return s;
}

/* How a content key is wrapped, what is spoilt in it, and what comes of it. */
static const struct {
	const char *name;
	size_t who;
	struct bl_wrap_alg alg;
	size_t size;  /* of the key that is wrapped */
	size_t asked; /* as the want has it */
	enum { GOOD, FLIPPED, SHORT, RANDOM_BYTES, OFF_CURVE, LOW_ORDER } how;
	enum bl_refusal refusal;
	bool same; /* the key comes out */
} unwraps[] = {
    {"pkcs1", RSA, {BL_WRAP_RSA_PKCS1}, 32, 32, GOOD, 0, true},
    {"pkcs1, 16", RSA, {BL_WRAP_RSA_PKCS1}, 16, 16, GOOD, 0, true},
    {"pkcs1, 24", RSA, {BL_WRAP_RSA_PKCS1}, 24, 24, GOOD, 0, true},
    {"pkcs1, another size", RSA, {BL_WRAP_RSA_PKCS1}, 16, 32, GOOD, 0, false},
    {"pkcs1, flipped", RSA, {BL_WRAP_RSA_PKCS1}, 32, 32, FLIPPED, 0, false},
    {"pkcs1, too short", RSA, {BL_WRAP_RSA_PKCS1}, 32, 32, SHORT, 0, false},
    {"pkcs1, over the modulus", RSA, {BL_WRAP_RSA_PKCS1}, 32, 32, RANDOM_BYTES,
	0, false},
    {"pkcs1, of RC2 with 40 bits", RSA, {BL_WRAP_RSA_PKCS1}, 5, 5, GOOD, 0,
	true},
    {"pkcs1, of RC2 with 64 bits", RSA, {BL_WRAP_RSA_PKCS1}, 8, 8, GOOD, 0,
	true},
    {"pkcs1, a size no cipher has", RSA, {BL_WRAP_RSA_PKCS1}, 20, 20, GOOD,
	FORBIDDEN, false},
    {"pkcs1 for pss", PSS, {BL_WRAP_RSA_PKCS1}, 0, 32, RANDOM_BYTES, FORBIDDEN,
	false},
    {"pkcs1 for p-256", EC, {BL_WRAP_RSA_PKCS1}, 0, 32, RANDOM_BYTES, FORBIDDEN,
	false},
    {"oaep", RSA, {BL_WRAP_RSA_OAEP, BL_SHA256, BL_SHA256}, 32, 32, GOOD, 0,
	true},
    {"oaep with a label", RSA,
	{BL_WRAP_RSA_OAEP, BL_SHA256, BL_SHA1, BYTES("l")}, 32, 32, GOOD, 0,
	true},
    {"oaep, flipped", RSA, {BL_WRAP_RSA_OAEP, BL_SHA256, BL_SHA256}, 32, 32,
	FLIPPED, FAILED, false},
    {"oaep, too short", RSA, {BL_WRAP_RSA_OAEP, BL_SHA256, BL_SHA256}, 32, 32,
	SHORT, FAILED, false},
    {"oaep, another size", RSA, {BL_WRAP_RSA_OAEP, BL_SHA256, BL_SHA256}, 16,
	32, GOOD, FAILED, false},
    {"oaep for p-256", EC, {BL_WRAP_RSA_OAEP, BL_SHA256, BL_SHA256}, 0, 32,
	RANDOM_BYTES, FORBIDDEN, false},
    {"oaep for pss", PSS, {BL_WRAP_RSA_OAEP, BL_SHA256, BL_SHA256}, 0, 32,
	RANDOM_BYTES, FORBIDDEN, false},
    {"ecdh", EC, {BL_WRAP_ECDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")},
	32, 32, GOOD, 0, true},
    {"ecdh, kek of 16", EC,
	{BL_WRAP_ECDH, BL_SHA1, .kek_size = 16, .info = BYTES("i")}, 16, 16,
	GOOD, 0, true},
    {"ecdh, flipped", EC,
	{BL_WRAP_ECDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 32, 32,
	FLIPPED, FAILED, false},
    {"ecdh, too short", EC,
	{BL_WRAP_ECDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 32, 32,
	SHORT, FAILED, false},
    {"ecdh, a point off the curve", EC,
	{BL_WRAP_ECDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 32, 32,
	OFF_CURVE, FAILED, false},
    {"ecdh with hkdf and padding", EC,
	{BL_WRAP_ECDH, BL_SHA256, .kek_size = 32, .info = BYTES("i"),
	    .kdf = BL_AGREE_HKDF, .wrap = BL_KEY_WRAP_AES_PAD},
	32, 32, GOOD, 0, true},
    {"x25519", X,
	{BL_WRAP_XDH, BL_SHA256, .kek_size = 32, .info = BYTES("i"),
	    .kdf = BL_AGREE_HKDF, .label = BYTES("salt")},
	32, 32, GOOD, 0, true},
    {"x25519, x9.63", X,
	{BL_WRAP_XDH, BL_SHA256, .kek_size = 16, .info = BYTES("i")}, 16, 16,
	GOOD, 0, true},
    {"x25519, flipped", X,
	{BL_WRAP_XDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 32, 32,
	FLIPPED, FAILED, false},
    {"x25519, of low order", X,
	{BL_WRAP_XDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 32, 32,
	LOW_ORDER, FAILED, false},
    {"x25519 for p-256", EC,
	{BL_WRAP_XDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 0, 32,
	RANDOM_BYTES, FORBIDDEN, false},
    {"ecdh for x25519", X,
	{BL_WRAP_ECDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 0, 32,
	RANDOM_BYTES, FORBIDDEN, false},
    {"x25519 for ed25519", ED,
	{BL_WRAP_XDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 0, 32,
	RANDOM_BYTES, FORBIDDEN, false},
    {"ecdh for rsa", RSA,
	{BL_WRAP_ECDH, BL_SHA256, .kek_size = 32, .info = BYTES("i")}, 0, 32,
	RANDOM_BYTES, FORBIDDEN, false},
};

static bool
agrees(const struct bl_wrap_alg *alg)
{
	return alg->kind == BL_WRAP_ECDH || alg->kind == BL_WRAP_XDH;
}

static void
wrap(struct bl_buf *wrapped, struct bl_buf *point, size_t i)
{
	const char *name = unwraps[i].name;
	size_t who = unwraps[i].who;
	struct bl_priv *ephemeral = NULL;
	struct bl_secret *key;

	if (unwraps[i].how == RANDOM_BYTES) {
		bl_buf_grow(wrapped, 256);
		memset(wrapped->p, 0xff, 256);
		wrapped->n = 256;
		if (agrees(&unwraps[i].alg))
			bl_buf_add_u8(point, 4);
		return;
	}
	key = cek(unwraps[i].size);
	if (agrees(&unwraps[i].alg)) {
		CHECK(bl_priv_new_ephemeral(&ephemeral, ctx, pubs[who], NULL) ==
			BL_OK,
		    name);
		CHECK(bl_priv_point(point, ephemeral, NULL) == BL_OK, name);
		CHECK(bl_ecdh_wrap(wrapped, ephemeral, pubs[who], ctx,
			  &unwraps[i].alg, key, NULL) == BL_OK,
		    name);
	} else {
		CHECK(bl_pub_wrap(wrapped, pubs[who], ctx, &unwraps[i].alg, key,
			  NULL) == BL_OK,
		    name);
	}
	if (unwraps[i].how == FLIPPED)
		wrapped->p[wrapped->n - 1] ^= 1;
	if (unwraps[i].how == SHORT)
		wrapped->n--;
	if (unwraps[i].how == OFF_CURVE)
		point->p[point->n - 1] ^= 1;
	if (unwraps[i].how == LOW_ORDER)
		memset(point->p, 0, point->n);
	bl_priv_free(ephemeral);
	bl_secret_free(key);
}

static void
unwraps_what_it_may(void)
{
	static const uint8_t plain[32] = {0xce, 0xce, 0xce, 0xce, 0xce, 0xce,
	    0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce,
	    0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce, 0xce,
	    0xce, 0xce, 0xce, 0xce};

	for (size_t i = 0; i < sizeof(unwraps) / sizeof(*unwraps); i++) {
		struct bl_buf wrapped = {0}, point = {0}, frame = {0},
			      out = {0};
		struct bl_want_unwrap w = {
		    .alg = unwraps[i].alg, .size = unwraps[i].asked};
		const char *name = unwraps[i].name;
		struct bl_answer a;

		wrap(&wrapped, &point, i);
		memcpy(w.key, ids[unwraps[i].who], sizeof(w.key));
		w.wrapped = bl_buf_span(&wrapped);
		w.originator = bl_buf_span(&point);
		CHECK(bl_want_unwrap_put(&frame, &w, NULL) == BL_OK, name);
		CHECK(bl_key_do(&out, ctx, keys[unwraps[i].who],
			  bl_buf_span(&frame), NULL) == BL_OK,
		    name);
		CHECK(
		    bl_answer_get(&a, bl_buf_span(&out), NULL) == BL_OK, name);
		CHECK(a.kind == BL_WANT_UNWRAP, name);
		CHECK(a.refusal == unwraps[i].refusal, name);
		if (a.refusal == BL_REFUSED_NOT) {
			CHECK(a.payload.n == unwraps[i].asked, name);
			CHECK(bl_span_equal(
				  a.payload, bl_span_of(plain, a.payload.n)) ==
				unwraps[i].same,
			    name);
		}
		bl_buf_clear(&wrapped);
		bl_buf_clear(&point);
		bl_buf_clear(&frame);
		bl_buf_clear(&out);
	}
}

static void
hangs_up_on_what_is_no_want_for_a_key(void)
{
	static const struct bl_span frames[] = {BYTES(""), BYTES("\x01"),
	    BYTES("\x01\x01"), BYTES("\x02\x01"), BYTES("\x02\x02"),
	    BYTES("\x81\x01\x01"),
	    BYTES("\x03\x01\0\0\0\x01s\0\0\0"), /* CERT */
	    BYTES("\x04\x01\0\0\0\0\0\0\0\0\0\0\0\2cc\0\0\0\2ii\0")};

	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		struct bl_note note = {0};
		struct bl_buf out = {0};

		CHECK(bl_key_do(&out, ctx, keys[RSA], frames[i], &note) ==
			BL_E_MALFORMED,
		    "frame");
		CHECK(out.n == 0 && note.err == BL_E_MALFORMED, "frame");
		bl_buf_clear(&out);
	}
}

static void
answers_with_a_key_in_bytes(void)
{
	static const struct bl_sig_alg alg = {BL_SIG_ECDSA, BL_SHA256};
	struct bl_want_sign w = sign_want(EC, &alg);
	struct bl_buf frame = {0}, out = {0};
	struct bl_secret *no_key = cek(40);
	struct bl_answer a;

	CHECK(bl_want_sign_put(&frame, &w, NULL) == BL_OK, "put");
	CHECK(bl_key_answer(&out, ctx, people[EC].pkcs8, bl_buf_span(&frame),
		  NULL) == BL_OK,
	    "answer");
	CHECK(bl_answer_get(&a, bl_buf_span(&out), NULL) == BL_OK, "answer");
	CHECK(holds(EC, &w, a.payload), "answer");
	bl_buf_reset(&out);
	CHECK(bl_key_answer(&out, ctx, no_key, bl_buf_span(&frame), NULL) ==
		    BL_E_MALFORMED &&
		out.n == 0,
	    "not a key");
	bl_secret_free(no_key);
	bl_buf_clear(&frame);
	bl_buf_clear(&out);
}

static enum bl_err
answer(void *arg)
{
	struct bl_note note = {0};
	struct bl_buf out = {0};
	enum bl_err err = bl_key_answer(
	    &out, ctx, people[RSA].pkcs8, bl_buf_span(arg), &note);

	CHECK(note.err == err, "note");
	bl_buf_clear(&out);
	return err;
}

static void
unwrap_each_allocation(const struct bl_wrap_alg *alg, const char *name)
{
	struct bl_want_unwrap w = {.alg = *alg, .size = 32};
	struct bl_buf frame = {0}, wrapped = {0};
	struct bl_secret *key = cek(32);

	CHECK(bl_pub_wrap(&wrapped, pubs[RSA], ctx, alg, key, NULL) == BL_OK,
	    name);
	memcpy(w.key, ids[RSA], sizeof(w.key));
	w.wrapped = bl_buf_span(&wrapped);
	CHECK(bl_want_unwrap_put(&frame, &w, NULL) == BL_OK, name);
	bl_test_each_allocation(answer, &frame, name);
	bl_secret_free(key);
	bl_buf_clear(&frame);
	bl_buf_clear(&wrapped);
}

static void
survives_each_allocation(void)
{
	static const struct bl_sig_alg alg = {BL_SIG_RSA_PKCS1, BL_SHA256};
	static const struct bl_wrap_alg pkcs1 = {BL_WRAP_RSA_PKCS1};
	static const struct bl_wrap_alg oaep = {
	    BL_WRAP_RSA_OAEP, BL_SHA256, BL_SHA256};
	struct bl_want_sign w = sign_want(RSA, &alg);
	struct bl_buf frame = {0};

	CHECK(bl_want_sign_put(&frame, &w, NULL) == BL_OK, "put");
	bl_test_each_allocation(answer, &frame, "sign");
	bl_buf_clear(&frame);
	unwrap_each_allocation(&pkcs1, "pkcs1");
	unwrap_each_allocation(&oaep, "oaep");
}

TESTS(TEST(start), TEST(signs_what_it_may), TEST(answers_for_its_own_id_only),
    TEST(refuses_what_it_does_not_know), TEST(unwraps_what_it_may),
    TEST(hangs_up_on_what_is_no_want_for_a_key),
    TEST(answers_with_a_key_in_bytes), TEST(survives_each_allocation),
    TEST(stop))
