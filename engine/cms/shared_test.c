/* shared_test.c - which password and shared-key recipients can be opened; the
 * rest is there and named all the same. */
#include "cms/trial.h"

#include <string.h>

#include "tests/test.h"

#define SALT		    "04:73616c74"
#define KDF(params)	    "a0{o(id-PBKDF2) 30{" params "}}"
#define IV		    "04:000102030405060708090a0b0c0d0e0f"
#define PWRI(alg)	    "30{o(id-alg-PWRI-KEK) 30{" alg "}}"
#define AES		    "o(id-aes128-CBC) " IV
#define PWD(kdf, wrap, key) "a3{02:00 " kdf " " wrap " " key "}"
#define GOOD		    KDF(SALT " 02:05")
#define KEK(id, wrap, key)  "a2{02:04 30{" id "} 30{" wrap "} " key "}"
#define WRAP		    "o(id-aes192-wrap)"

/* kind 0: cannot be opened */
static const struct {
	const char *name, *in;
	enum bl_shared_kind kind;
	enum bl_shared_wrap wrap;
	enum bl_digest digest;
	uint64_t iterations;
	unsigned kek;
	bool bad; /* not of the form of its kind */
} cases[] = {
    {"password", PWD(GOOD, PWRI(AES), "04*32"), BL_SHARED_PASSWORD,
	BL_SHARED_PWRI, BL_SHA1, 5, 16},
    {"its digest",
	PWD(KDF(SALT " 02:05 30{o(hmacWithSHA256) 05:}"), PWRI(AES), "04*32"),
	BL_SHARED_PASSWORD, BL_SHARED_PWRI, BL_SHA256, 5, 16},
    {"its key length", PWD(KDF(SALT " 02:05 02:10"), PWRI(AES), "04*32"),
	BL_SHARED_PASSWORD, BL_SHARED_PWRI, BL_SHA1, 5, 16},
    {"another key length", PWD(KDF(SALT " 02:05 02:20"), PWRI(AES), "04*32"),
	0},
    {"AES-256",
	PWD(KDF(SALT " 02:05 02:20"), PWRI("o(id-aes256-CBC) " IV), "04*32"),
	BL_SHARED_PASSWORD, BL_SHARED_PWRI, BL_SHA1, 5, 32},
    {"AES key wrap", PWD(GOOD, "30{o(id-aes256-wrap)}", "04*24"),
	BL_SHARED_PASSWORD, BL_SHARED_AES, BL_SHA1, 5, 32},
    {"many iterations",
	PWD(KDF(SALT " 02:7fffffffffffffff"), PWRI(AES), "04*32"),
	BL_SHARED_PASSWORD, BL_SHARED_PWRI, BL_SHA1, INT64_MAX, 16},
    {"more than can be counted",
	PWD(KDF(SALT " 02:7fffffffffffffffffff"), PWRI(AES), "04*32"),
	BL_SHARED_PASSWORD, BL_SHARED_PWRI, BL_SHA1, UINT64_MAX, 16},
    {"no iterations", PWD(KDF(SALT " 02:00"), PWRI(AES), "04*32"), 0},
    {"fewer than none", PWD(KDF(SALT " 02:ff"), PWRI(AES), "04*32"), 0},
    {"no salt", PWD(KDF("04: 02:05"), PWRI(AES), "04*32"), 0},
    {"salt of 1024", PWD(KDF("04*1024 02:05"), PWRI(AES), "04*32"),
	BL_SHARED_PASSWORD, BL_SHARED_PWRI, BL_SHA1, 5, 16},
    {"salt of 1025", PWD(KDF("04*1025 02:05"), PWRI(AES), "04*32"), 0},
    {"a digest not handled",
	PWD(KDF(SALT " 02:05 30{o(id-sha256)}"), PWRI(AES), "04*32"), 0},
    {"something behind PBKDF2", PWD(KDF(SALT " 02:05 05:"), PWRI(AES), "04*32"),
	0},
    {"scrypt", PWD("a0{o(id-scrypt) 30{" SALT " 02:05}}", PWRI(AES), "04*32"),
	0},
    {"no derivation", PWD("", PWRI(AES), "04*32"), 0},
    {"IV of 15", PWD(GOOD, PWRI("o(id-aes128-CBC) 04*15"), "04*32"), 0},
    {"IV of 17", PWD(GOOD, PWRI("o(id-aes128-CBC) 04*17"), "04*32"), 0},
    {"3DES", PWD(GOOD, PWRI("o(des-ede3-cbc) 04*8"), "04*32"), 0},
    {"GCM", PWD(GOOD, PWRI("o(id-aes128-GCM) 30{" IV "}"), "04*32"), 0},
    {"another wrap", PWD(GOOD, "30{o(id-alg-CMS3DESwrap) 05:}", "04*32"), 0},
    {"key of 2048", PWD(GOOD, PWRI(AES), "04*2048"), BL_SHARED_PASSWORD,
	BL_SHARED_PWRI, BL_SHA1, 5, 16},
    {"key of 2049", PWD(GOOD, PWRI(AES), "04*2049"), 0},
    {"empty key", PWD(GOOD, PWRI(AES), "04:"), 0},
    {"no key", PWD(GOOD, PWRI(AES), ""), .bad = true},
    {"two keys", PWD(GOOD, PWRI(AES), "04*32 04*32"), .bad = true},
    {"empty", "a3{}", .bad = true},
    {"shared key", KEK("04:01", WRAP, "04*24"), BL_SHARED_KEK, BL_SHARED_AES, 0,
	0, 24},
    {"its date and more", KEK("04:01 18:3230 30{o(=2a03)}", WRAP, "04*24"),
	BL_SHARED_KEK, BL_SHARED_AES, 0, 0, 24},
    {"parameters NULL", KEK("04:01", WRAP " 05:", "04*24"), BL_SHARED_KEK,
	BL_SHARED_AES, 0, 0, 24},
    {"parameters", KEK("04:01", WRAP " 30{}", "04*24"), 0},
    {"a date that is none", KEK("04:01 17:3230", WRAP, "04*24"), .bad = true},
    {"more that is none", KEK("04:01 30{05:}", WRAP, "04*24"), .bad = true},
    {"more twice", KEK("04:01 30{o(=2a03)} 30{o(=2a03)}", WRAP, "04*24"),
	.bad = true},
    {"version no number", "a2{05: 30{04:01} 30{" WRAP "} 04*24}", .bad = true},
    {"no derivation's name", PWD("a0{05:}", PWRI(AES), "04*32"), .bad = true},
    {"wrap of two values", PWD(GOOD, "30{" WRAP " 05: 05:}", "04*32"),
	.bad = true},
    {"no identifier", KEK("", WRAP, "04*24"), .bad = true},
    {"empty identifier", KEK("04:", WRAP, "04*24"), 0},
    {"identifier of 64", KEK("04*64", WRAP, "04*24"), BL_SHARED_KEK,
	BL_SHARED_AES, 0, 0, 24},
    {"identifier and key in parts",
	KEK("24{04:01 04:02}", WRAP, "24{04*20 04*4}"), BL_SHARED_KEK,
	BL_SHARED_AES, 0, 0, 24},
    {"identifier of 65", KEK("04*65", WRAP, "04*24"), 0},
    {"PWRI for a shared key",
	KEK("04:01", "o(id-alg-PWRI-KEK) 30{" AES "}", "04*32"), 0},
    {"shared key, 3DES wrap", KEK("04:01", "o(id-alg-CMS3DESwrap)", "04*24"),
	0},
    {"shared key, empty", "a2{}", .bad = true},
};

static void
check(struct bl_trial *t, size_t i)
{
	const char *name = cases[i].name;
	const struct bl_recipient *r = bl_cms_recipient(t->cms, 0);
	const struct bl_shared *s = &r->shared;
	bool kek = strncmp(cases[i].in, "a2", 2) == 0;

	CHECK(r->kind == (kek ? BL_RECIPIENT_KEK : BL_RECIPIENT_PASSWORD) &&
		r->what != NULL && r->alg.kind == BL_WRAP_OTHER,
	    name);
	CHECK(s->kind == cases[i].kind && s->wrap == cases[i].wrap &&
		s->digest == cases[i].digest &&
		s->iterations == cases[i].iterations &&
		s->kek_size == cases[i].kek,
	    name);
	if (s->kind == 0)
		return;
	CHECK((s->id.n != 0) == kek && (s->salt.n != 0) == !kek &&
		s->iv.n == (s->wrap == BL_SHARED_PWRI ? 16 : 0) &&
		s->wrapped.n >= 24,
	    name);
}

static void
reads_what_can_be_opened(void)
{
	struct bl_trial t;
	struct bl_secret *key = bl_shape_key(BL_AES256_GCM);
	struct bl_shape shape = {true, BL_AES256_GCM, BL_STR("x"), {0}};
	struct bl_buf in = {0}, out = {0};

	bl_trial_new(&t);
	bl_shape_write(&in, t.ctx, &shape, key);
	t.key = key;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bl_buf_reset(&out);
		bl_graft_text(
		    &out, bl_buf_span(&in), "1.0.1", BL_INSIDE, cases[i].in);
		CHECK(bl_trial_read(&t, bl_buf_span(&out)) ==
			(cases[i].bad ? BL_E_MALFORMED : BL_OK),
		    cases[i].name);
		if (t.err == BL_OK)
			check(&t, i);
	}
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

TESTS(TEST(reads_what_can_be_opened))
