/* enveloped_test.c - the structure around encrypted content and its recipients:
 * what is refused before a key is asked for, and after: ATK-103, ATK-104,
 * ATK-106. The content itself: content_test.c. */
#include "cms/trial.h"

#include <string.h>

#include "tests/test.h"

#define TEXT	 "Content-Type: text/plain\r\n\r\npatient line\r\n"
#define ONE_TEXT "the encrypted content was altered, or the key is not right"

static const struct bl_span text = BYTES(TEXT);

static bool
is_aead(enum bl_cipher c)
{
	return c <= BL_AES256_GCM || c == BL_CHACHA20_POLY1305;
}

/* A message of the default kind for a cipher. */
static void
message(struct bl_buf *out, struct bl_trial *t, enum bl_cipher c,
    struct bl_span content, struct bl_secret **key)
{
	struct bl_shape shape = {
	    .authenticated = is_aead(c), .cipher = c, .content = content};

	bl_buf_reset(out);
	*key = bl_shape_key(c);
	bl_shape_write(out, t->ctx, &shape, *key);
}

/* ---- the structure ---- */

enum kind { GCM, CBC };
#define REASON "cipher-not-allowed"

/*
 * Paths: 1.0.0 version, 1.0.1 RecipientInfos, 1.0.2 EncryptedContentInfo with
 * 0 type, 1 algorithm, 2 content; 1.0.3 mac.
 *
 * events  what is seen before the error; a K means that a key was asked for
 */
static const struct {
	const char *name;
	enum kind kind;
	const char *path;
	enum bl_graft how;
	const char *with;
	enum bl_err want;
	const char *events, *what, *reason;
} cases[] = {
    /* ContentInfo */
    {"unchanged", GCM, "1", BL_AFTER, "", BL_OK, "TKC."},
    {"unchanged", CBC, "1", BL_AFTER, "", BL_OK, "TKC."},
    {"not a sequence", GCM, "", BL_REPLACE, "31{}", BL_E_MALFORMED, ""},
    {"empty", GCM, "", BL_INSIDE, "", BL_E_MALFORMED, ""},
    {"content type an integer", GCM, "0", BL_REPLACE, "02:01", BL_E_MALFORMED,
	""},
    {"content missing", GCM, "1", BL_REMOVE, "", BL_E_MALFORMED, ""},
    {"content not tagged", GCM, "1", BL_REPLACE, "30{}", BL_E_MALFORMED, ""},
    {"content empty", GCM, "1", BL_INSIDE, "", BL_E_MALFORMED, ""},
    {"content a set", GCM, "1.0", BL_REPLACE, "31{}", BL_E_MALFORMED, ""},
    {"two contents", GCM, "1.0", BL_AFTER, "05:", BL_E_MALFORMED, "TKC"},
    {"something after the content", GCM, "1", BL_AFTER, "05:", BL_E_MALFORMED,
	"TKC"},
    {"something after the object", GCM, "", BL_AFTER, "05:", BL_E_MALFORMED,
	"TKC"},
    {"line end after the object", GCM, "", BL_AFTER, "=0d0a", BL_OK, "TKC."},
    /* other content types, known and not */
    {"id-data", GCM, "0", BL_REPLACE, "o(id-data)", BL_E_UNSUPPORTED, "",
	"id-data"},
    {"CompressedData", GCM, "0", BL_REPLACE, "o(id-ct-compressedData)",
	BL_E_MALFORMED, "T", "the compression algorithm is not well formed"},
    {"DigestedData", GCM, "0", BL_REPLACE, "o(id-digestedData)",
	BL_E_UNSUPPORTED, "", "id-digestedData"},
    {"EncryptedData", GCM, "0", BL_REPLACE, "o(id-encryptedData)",
	BL_E_UNSUPPORTED, "", "id-encryptedData"},
    {"AuthenticatedData", GCM, "0", BL_REPLACE, "o(id-ct-authData)",
	BL_E_UNSUPPORTED, "", "id-ct-authData"},
    {"a receipt", GCM, "0", BL_REPLACE, "o(id-ct-receipt)", BL_E_UNSUPPORTED,
	"", "id-ct-receipt"},
    {"SignedAndEnvelopedData", GCM, "0", BL_REPLACE,
	"o(signedAndEnvelopedData)", BL_E_UNSUPPORTED, "",
	"signedAndEnvelopedData"},
    {"an unknown type", GCM, "0", BL_REPLACE, "o(=2a0304)", BL_E_UNSUPPORTED,
	"", "unknown content type"},
    /* version, originatorInfo */
    {"version 2", CBC, "1.0.0", BL_REPLACE, "02:02", BL_OK, "TKC."},
    {"version 5", CBC, "1.0.0", BL_REPLACE, "02:05", BL_OK, "TKC."},
    {"version 6", CBC, "1.0.0", BL_REPLACE, "02:06", BL_E_UNSUPPORTED, "T"},
    {"version negative", CBC, "1.0.0", BL_REPLACE, "02:ff", BL_E_MALFORMED,
	"T"},
    {"version missing", CBC, "1.0.0", BL_REMOVE, "", BL_E_MALFORMED, "T"},
    {"originatorInfo", CBC, "1.0.0", BL_AFTER,
	"a0{a0{30{30{} 30{} 03:00} a3{o(=2a03) 05:}} a1{30{30{} 30{} 03:00}}}",
	BL_OK, "TKC."},
    {"originatorInfo empty", CBC, "1.0.0", BL_AFTER, "a0{}", BL_OK, "TKC."},
    {"originatorInfo with more", CBC, "1.0.0", BL_AFTER, "a0{a0{} 05:}",
	BL_E_MALFORMED, "T"},
    {"originatorInfo in another order", CBC, "1.0.0", BL_AFTER, "a0{a1{} a0{}}",
	BL_E_MALFORMED, "T"},
    {"originatorInfo with no certificate", CBC, "1.0.0", BL_AFTER,
	"a0{a0{30{}}}", BL_E_MALFORMED, "T"},
    {"originatorInfo with no CRL", CBC, "1.0.0", BL_AFTER, "a0{a1{30{}}}",
	BL_E_MALFORMED, "T"},
    {"originatorInfo twice", CBC, "1.0.0", BL_AFTER, "a0{}a0{}", BL_E_MALFORMED,
	"T"},
    /* RecipientInfos */
    {"no set of recipients", CBC, "1.0.1", BL_REMOVE, "", BL_E_MALFORMED, "T"},
    {"no recipient", CBC, "1.0.1", BL_INSIDE, "", BL_E_MALFORMED, "T"},
    {"two recipients", CBC, "1.0.1.0", BL_AFTER,
	"a2{02:04 30{04:01} 30{o(id-aes128-wrap)} 04*24}", BL_OK, "TKC."},
    /* EncryptedContentInfo */
    {"no encrypted content info", CBC, "1.0.2", BL_REMOVE, "", BL_E_MALFORMED,
	"T"},
    {"a set instead of it", CBC, "1.0.2", BL_REPLACE, "31{}", BL_E_MALFORMED,
	"T"},
    {"inner type missing", CBC, "1.0.2.0", BL_REMOVE, "", BL_E_MALFORMED, "T"},
    {"inner type unknown, authenticated", GCM, "1.0.2.0", BL_REPLACE,
	"o(=2a0304)", BL_E_MALFORMED, "TKC"},
    {"inner type unknown", CBC, "1.0.2.0", BL_REPLACE, "o(=2a0304)", BL_OK,
	"TKC."},
    {"algorithm missing", CBC, "1.0.2.1", BL_REMOVE, "", BL_E_MALFORMED, "T"},
    {"algorithm without identifier", CBC, "1.0.2.1", BL_INSIDE, "",
	BL_E_MALFORMED, "T"},
    {"content elsewhere", CBC, "1.0.2.2", BL_REMOVE, "", BL_E_UNSUPPORTED, "T",
	"encrypted content that is kept elsewhere"},
    {"content with another tag", CBC, "1.0.2.2", BL_REPLACE, "81:00",
	BL_E_MALFORMED, "T"},
    {"content an OCTET STRING", CBC, "1.0.2.2", BL_REPLACE, "04:00",
	BL_E_MALFORMED, "T"},
    {"content twice", CBC, "1.0.2.2", BL_AFTER, "80:00", BL_E_MALFORMED, "TKC"},
    {"content in wrong parts", CBC, "1.0.2.2", BL_REPLACE, "a0{80:00}",
	BL_E_MALFORMED, "TK"},
    /* what follows the content */
    {"unprotectedAttrs", CBC, "1.0.2", BL_AFTER, "a1{30{o(=2a03) 31{05:}}}",
	BL_OK, "TKC."},
    {"unprotectedAttrs empty", CBC, "1.0.2", BL_AFTER, "a1{}", BL_OK, "TKC."},
    {"unprotectedAttrs without name", CBC, "1.0.2", BL_AFTER, "a1{30{31{}}}",
	BL_E_MALFORMED, "TKC"},
    {"unprotectedAttrs without values", CBC, "1.0.2", BL_AFTER,
	"a1{30{o(=2a03)}}", BL_E_MALFORMED, "TKC"},
    {"unprotectedAttrs with more", CBC, "1.0.2", BL_AFTER,
	"a1{30{o(=2a03) 31{} 05:}}", BL_E_MALFORMED, "TKC"},
    {"unprotectedAttrs with a value that is none", CBC, "1.0.2", BL_AFTER,
	"a1{30{o(=2a03) 31{30{=05}}}}", BL_E_MALFORMED, "TKC"},
    {"unprotectedAttrs twice", CBC, "1.0.2", BL_AFTER, "a1{}a1{}",
	BL_E_MALFORMED, "TKC"},
    {"a mac where none belongs", CBC, "1.0.2", BL_AFTER, "04*16",
	BL_E_MALFORMED, "TKC"},
    {"unauthAttrs", GCM, "1.0.3", BL_AFTER, "a2{30{o(=2a03) 31{05:}}}", BL_OK,
	"TKC."},
    {"unauthAttrs of nothing", GCM, "1.0.3", BL_AFTER, "a2{30{}}",
	BL_E_MALFORMED, "TKC"},
    {"unauthAttrs of the other kind", GCM, "1.0.3", BL_AFTER, "a1{}",
	BL_E_MALFORMED, "TKC"},
    {"mac missing", GCM, "1.0.3", BL_REMOVE, "", BL_E_MALFORMED, "TKC"},
    {"mac a BIT STRING", GCM, "1.0.3", BL_REPLACE, "03:00", BL_E_MALFORMED,
	"TKC"},
    {"two macs", GCM, "1.0.3", BL_AFTER, "04*16", BL_E_MALFORMED, "TKC"},
    /* ciphers: ATK-103 */
    {"AES-CFB", CBC, "1.0.2.1.0", BL_REPLACE, "o(id-aes256-CFB)",
	BL_E_UNSUPPORTED, "T", "id-aes256-CFB", REASON},
    {"AES-OFB", CBC, "1.0.2.1.0", BL_REPLACE, "o(id-aes256-OFB)",
	BL_E_UNSUPPORTED, "T", "id-aes256-OFB", REASON},
    {"AES-ECB", CBC, "1.0.2.1.0", BL_REPLACE, "o(id-aes256-ECB)",
	BL_E_UNSUPPORTED, "T", "id-aes256-ECB", REASON},
    {"RC2", CBC, "1.0.2.1.0", BL_REPLACE, "o(rc2-cbc)", BL_E_UNSUPPORTED, "T",
	"rc2-cbc", REASON},
    {"3DES", CBC, "1.0.2.1", BL_INSIDE, "o(des-ede3-cbc) 04*8",
	BL_E_UNSUPPORTED, "T", "des-ede3-cbc", REASON},
    {"GCM without authentication", CBC, "1.0.2.1", BL_INSIDE,
	"o(id-aes128-GCM) 30{04*12 02:10}", BL_E_UNSUPPORTED, "T",
	"id-aes128-GCM", REASON},
    {"CBC with authentication", GCM, "1.0.2.1", BL_INSIDE,
	"o(id-aes128-CBC) 04*16", BL_E_UNSUPPORTED, "T", "id-aes128-CBC",
	REASON},
    {"CFB with authentication", GCM, "1.0.2.1", BL_INSIDE,
	"o(id-aes128-CFB) 04*16", BL_E_UNSUPPORTED, "T", "id-aes128-CFB",
	REASON},
#define CHACHA "o(id-alg-AEADChaCha20Poly1305) "
    {"ChaCha20 instead", GCM, "1.0.2.1", BL_INSIDE, CHACHA "04*12", BL_E_FORGED,
	"TKC"},
    {"ChaCha20 without authentication", CBC, "1.0.2.1", BL_INSIDE,
	CHACHA "04*12", BL_E_UNSUPPORTED, "T", "id-alg-AEADChaCha20Poly1305",
	REASON},
    {"ChaCha20 with GCM's", GCM, "1.0.2.1", BL_INSIDE, CHACHA "30{04*12 02:10}",
	BL_E_MALFORMED, "T"},
    {"ChaCha20 without a nonce", GCM, "1.0.2.1", BL_INSIDE, CHACHA,
	BL_E_MALFORMED, "T"},
    {"ChaCha20 with a nonce of 11", GCM, "1.0.2.1", BL_INSIDE, CHACHA "04*11",
	BL_E_MALFORMED, "T"},
    {"ChaCha20 with a nonce of 13", GCM, "1.0.2.1", BL_INSIDE, CHACHA "04*13",
	BL_E_MALFORMED, "T"},
    {"ChaCha20 with more", GCM, "1.0.2.1", BL_INSIDE,
	CHACHA "04*12 05:", BL_E_MALFORMED, "T"},
/* a derived key: RFC 9709 2 */
#define DERIVED "o(id-alg-cek-hkdf-sha256) "
    {"derived without a cipher", GCM, "1.0.2.1", BL_INSIDE, DERIVED,
	BL_E_MALFORMED, "T"},
    {"derived with two ciphers", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "30{o(id-aes256-CBC) 04*16} 05:", BL_E_MALFORMED, "T"},
    {"derived for no sequence", CBC, "1.0.2.1", BL_INSIDE, DERIVED "04*16",
	BL_E_MALFORMED, "T"},
    {"derived for a cipher in BER", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "=3080 o(id-aes256-CBC) 04*16 =0000", BL_E_MALFORMED, "T"},
    {"derived for a cipher with a long length", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "=30811d o(id-aes256-CBC) 04*16", BL_E_MALFORMED, "T"},
    {"derived twice", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "30{" DERIVED "30{o(id-aes256-CBC) 04*16}}", BL_E_UNSUPPORTED,
	"T", "id-alg-cek-hkdf-sha256"},
    {"derived for a cipher that is not allowed", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "30{o(des-ede3-cbc) 04*8}", BL_E_UNSUPPORTED, "T",
	"des-ede3-cbc", REASON},
    {"derived for the other kind", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "30{o(id-aes128-GCM) 30{04*12 02:10}}", BL_E_UNSUPPORTED, "T",
	"id-aes128-GCM", REASON},
    {"derived for 512 bytes", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "30{o(id-aes256-CBC) 04*493}", BL_E_MALFORMED, "T",
	"the CBC parameters are not well formed"},
    {"derived for 513 bytes", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "30{o(id-aes256-CBC) 04*494}", BL_E_LIMIT, "T", NULL,
	"limit-cms-frame"},
    {"not derived, though it says so", CBC, "1.0.2.1", BL_INSIDE,
	DERIVED "30{o(id-aes256-CBC) 04:09080700000000000000000000000000}",
	BL_E_FORGED, "TKC"},
    {"CCM", GCM, "1.0.2.1.0", BL_REPLACE, "o(id-aes256-CCM)", BL_E_UNSUPPORTED,
	"T", "id-aes256-CCM"},
    {"an unknown cipher", GCM, "1.0.2.1.0", BL_REPLACE, "o(=2a0304)",
	BL_E_UNSUPPORTED, "T", "unknown content cipher"},
    /* parameters: ATK-104 */
    {"GCM without parameters", GCM, "1.0.2.1.1", BL_REMOVE, "", BL_E_MALFORMED,
	"T"},
    {"GCM with NULL", GCM, "1.0.2.1.1", BL_REPLACE, "05:", BL_E_MALFORMED, "T"},
    {"GCM with CBC's", GCM, "1.0.2.1.1", BL_REPLACE, "04*12", BL_E_MALFORMED,
	"T"},
    {"nonce missing", GCM, "1.0.2.1.1.0", BL_REMOVE, "", BL_E_MALFORMED, "T"},
    {"nonce of 11", GCM, "1.0.2.1.1.0", BL_REPLACE, "04*11", BL_E_UNSUPPORTED,
	"T", NULL, REASON},
    {"nonce of 13", GCM, "1.0.2.1.1.0", BL_REPLACE, "04*13", BL_E_UNSUPPORTED,
	"T", NULL, REASON},
    {"nonce of 64", GCM, "1.0.2.1.1.0", BL_REPLACE, "04*64", BL_E_UNSUPPORTED,
	"T", NULL, REASON},
    {"tag length left out: 12", GCM, "1.0.2.1.1.1", BL_REMOVE, "",
	BL_E_UNSUPPORTED, "T", NULL, REASON},
    {"tag length 15", GCM, "1.0.2.1.1.1", BL_REPLACE, "02:0f", BL_E_UNSUPPORTED,
	"T", NULL, REASON},
    {"tag length 11", GCM, "1.0.2.1.1.1", BL_REPLACE, "02:0b", BL_E_MALFORMED,
	"T"},
    {"tag length 17", GCM, "1.0.2.1.1.1", BL_REPLACE, "02:11", BL_E_MALFORMED,
	"T"},
    {"tag length not a number", GCM, "1.0.2.1.1.1", BL_REPLACE, "04:10",
	BL_E_MALFORMED, "T"},
    {"more in the parameters", GCM, "1.0.2.1.1.1", BL_AFTER,
	"05:", BL_E_MALFORMED, "T"},
    {"more parameters", GCM, "1.0.2.1.1", BL_AFTER, "05:", BL_E_MALFORMED, "T"},
    {"CBC without parameters", CBC, "1.0.2.1.1", BL_REMOVE, "", BL_E_MALFORMED,
	"T"},
    {"CBC with NULL", CBC, "1.0.2.1.1", BL_REPLACE, "05:", BL_E_MALFORMED, "T"},
    {"IV of 15", CBC, "1.0.2.1.1", BL_REPLACE, "04*15", BL_E_MALFORMED, "T"},
    {"IV of 17", CBC, "1.0.2.1.1", BL_REPLACE, "04*17", BL_E_MALFORMED, "T"},
    {"IV of 0", CBC, "1.0.2.1.1", BL_REPLACE, "04:", BL_E_MALFORMED, "T"},
    {"more CBC parameters", CBC, "1.0.2.1.1", BL_AFTER, "05:", BL_E_MALFORMED,
	"T"},
    /* tag and content */
    {"mac of 15", GCM, "1.0.3", BL_REPLACE, "04*15", BL_E_FORGED, "TKC",
	ONE_TEXT},
    {"mac of 17", GCM, "1.0.3", BL_REPLACE, "04*17", BL_E_FORGED, "TKC",
	ONE_TEXT},
    {"mac of 0", GCM, "1.0.3", BL_REPLACE, "04:", BL_E_FORGED, "TKC", ONE_TEXT},
    {"another mac", GCM, "1.0.3", BL_REPLACE, "04*16", BL_E_FORGED, "TKC",
	ONE_TEXT},
    {"another content", GCM, "1.0.2.2", BL_REPLACE, "80*44", BL_E_FORGED, "TKC",
	ONE_TEXT},
    {"no bytes of content", GCM, "1.0.2.2", BL_REPLACE, "80:", BL_E_FORGED,
	"TK", ONE_TEXT},
    {"no block", CBC, "1.0.2.2", BL_REPLACE, "80:", BL_E_FORGED, "TK",
	ONE_TEXT},
    {"half a block", CBC, "1.0.2.2", BL_REPLACE, "80*24", BL_E_FORGED, "TKC",
	ONE_TEXT},
    {"another last block", CBC, "1.0.2.2", BL_REPLACE, "80*32", BL_E_FORGED,
	"TKC", ONE_TEXT},
};

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
judges_each_structure_as_stated(void)
{
	struct bl_trial t;
	struct bl_buf in = {0}, out = {0};
	struct bl_secret *key;

	bl_trial_new(&t);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases) * 2; i++) {
		size_t k = i / 2;
		const char *name = cases[k].name;
		enum bl_err err;

		message(&in, &t,
		    cases[k].kind == GCM ? BL_AES256_GCM : BL_AES256_CBC, text,
		    &key);
		t.key = key;
		t.piece = i % 2;
		bl_buf_reset(&out);
		bl_graft_text(&out, bl_buf_span(&in), cases[k].path,
		    cases[k].how, cases[k].with);
		err = bl_trial_read(&t, bl_buf_span(&out));
		CHECK(err == cases[k].want && t.note.err == err, name);
		CHECK(strcmp(t.events, cases[k].events) == 0, name);
		CHECK(same(t.note.reason, cases[k].reason), name);
		CHECK(cases[k].what == NULL || same(t.note.what, cases[k].what),
		    name);
		bl_secret_free(key);
	}
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

/* RFC 3370 5.2: a number stands for the bits of the key. */
static void
reads_the_sizes_of_rc2(void)
{
	static const struct {
		const char *name, *params;
		enum bl_err want;
		enum bl_cipher cipher;
	} sizes[] = {
	    {"40", "30{02:00a0 04*8}", BL_OK, BL_RC2_40_CBC},
	    {"64", "30{02:78 04*8}", BL_OK, BL_RC2_64_CBC},
	    {"128", "30{02:3a 04*8}", BL_OK, BL_RC2_128_CBC},
	    {"another", "30{02:3b 04*8}", BL_E_UNSUPPORTED, 0},
	    {"256 and more", "30{02:0100 04*8}", BL_E_UNSUPPORTED, 0},
	    {"none", "30{04*8}", BL_E_MALFORMED, 0},
	    {"the vector alone", "04*8", BL_E_MALFORMED, 0},
	    {"vector of 7", "30{02:3a 04*7}", BL_E_MALFORMED, 0},
	    {"vector of 9", "30{02:3a 04*9}", BL_E_MALFORMED, 0},
	    {"with more", "30{02:3a 04*8 05:}", BL_E_MALFORMED, 0},
	    {"with more behind", "30{02:3a 04*8} 05:", BL_E_MALFORMED, 0},
	    {"no parameters", "", BL_E_MALFORMED, 0},
	};
	struct bl_trial t;

	bl_trial_new(&t);
	t.policy.legacy = true;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct bl_secret *key = NULL;
		struct bl_buf in = {0}, with = {0};
		enum bl_err err;

		message(&in, &t, BL_AES256_CBC, text, &key);
		bl_buf_add_f(&with, "o(rc2-cbc) %s", sizes[i].params);
		bl_regraft_text(&in, "1.0.2.1", BL_INSIDE, bl_buf_text(&with));
		t.key = NULL;
		err = bl_trial_read(&t, bl_buf_span(&in));
		/* the key is asked for, and is not given */
		CHECK(err ==
			(sizes[i].want == BL_OK ? BL_E_CALLER : sizes[i].want),
		    sizes[i].name);
		CHECK(same(t.note.reason,
			  err == BL_E_UNSUPPORTED ? REASON : NULL),
		    sizes[i].name);
		if (sizes[i].want == BL_OK)
			CHECK(bl_cms_cipher(t.cms) == sizes[i].cipher,
			    sizes[i].name);
		bl_secret_free(key);
		bl_buf_clear(&in);
		bl_buf_clear(&with);
	}
	bl_trial_free(&t);
}

/* RFC 9709: with each cipher the key that was sent opens, the derived one and
 * the one of another vector do not. */
static void
derives_the_key_where_it_says_so(void)
{
	static const enum bl_cipher all[] = {
	    BL_AES128_GCM, BL_AES256_GCM, BL_AES128_CBC, BL_CHACHA20_POLY1305};
	struct bl_trial t;

	bl_trial_new(&t);
	for (size_t i = 0; i < 4; i++) {
		struct bl_shape shape = {
		    is_aead(all[i]), all[i], text, {NULL, 0}};
		struct bl_secret *key = bl_shape_key(all[i]), *derived = NULL;
		struct bl_buf in = {0}, alg = {0};
		const char *name = bl_cipher_name(all[i]);
		size_t seq;

		/* the vector is the same each time, and so is `info` */
		bl_shape_write(&in, t.ctx, &shape, key);
		CHECK(bl_cek_derive(&derived, t.ctx, key,
			  bl_graft_at(bl_buf_span(&in), "1.0.2.1"),
			  NULL) == BL_OK,
		    name);
		bl_buf_reset(&in);
		bl_shape_write(&in, t.ctx, &shape, derived);
		seq = bl_der_open(&alg, BL_DER_SEQUENCE);
		bl_der_put_oid(&alg, BL_OID_CEK_HKDF_SHA256);
		bl_buf_add(&alg, bl_graft_at(bl_buf_span(&in), "1.0.2.1"));
		bl_der_close(&alg, seq);
		bl_regraft(&in, "1.0.2.1", BL_REPLACE, bl_buf_span(&alg));
		t.key = key;
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, name);
		CHECK(bl_span_equal(bl_buf_span(&t.content), text), name);
		CHECK(bl_cms_cipher(t.cms) == all[i], name);
		t.key = derived;
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_FORGED, name);
		bl_secret_free(key);
		bl_secret_free(derived);
		bl_buf_clear(&in);
		bl_buf_clear(&alg);
	}
	bl_trial_free(&t);
}

/* Poly1305 takes its attributes first; here they come last. */
static void
refuses_attributes_beside_chacha20(void)
{
	struct bl_trial t;
	struct bl_shape shape = {true, BL_CHACHA20_POLY1305, text, {NULL, 0}};
	struct bl_secret *key = bl_shape_key(BL_CHACHA20_POLY1305);
	struct bl_buf in = {0}, set = {0};

	bl_trial_new(&t);
	bl_asm(&set, "31{30{o(contentType) 31{o(id-data)}}}");
	shape.attributes = bl_buf_span(&set);
	bl_shape_write(&in, t.ctx, &shape, key);
	t.key = key;
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_UNSUPPORTED, "");
	CHECK(same(t.note.what,
		  "authenticated attributes with ChaCha20-Poly1305"),
	    "named");
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_buf_clear(&set);
	bl_trial_free(&t);
}

/* ATK-103: for each pair outside of the table no key is asked for. */
static void
asks_for_a_key_only_for_allowed_pairs(void)
{
	struct bl_trial t;

	bl_trial_new(&t);
	for (unsigned i = 0; i < BL_CIPHER_COUNT * 4; i++) {
		enum bl_cipher c = (enum bl_cipher)(i / 4);
		bool authenticated = i & 1, legacy = i & 2;
		bool good = is_aead(c) == authenticated &&
		    (!bl_cipher_is_old(c) || legacy);
		struct bl_shape shape = {authenticated, c, text, {0}};
		struct bl_secret *key;
		struct bl_buf in = {0};

		if (c == BL_CIPHER_NONE)
			continue;
		key = bl_shape_key(c);
		bl_shape_write(&in, t.ctx, &shape, key);
		t.policy.legacy = legacy;
		t.key = key;
		(void)!bl_trial_read(&t, bl_buf_span(&in));
		CHECK(good ? t.err == BL_OK : t.err == BL_E_UNSUPPORTED,
		    bl_cipher_name(c));
		CHECK(
		    (strchr(t.events, 'K') != NULL) == good, bl_cipher_name(c));
		CHECK(good || same(t.note.reason, REASON), bl_cipher_name(c));
		bl_secret_free(key);
		bl_buf_clear(&in);
	}
	bl_trial_free(&t);
}

/* ---- keys ---- */

static void
tells_no_failure_from_another(void)
{
	static const enum bl_cipher ciphers[] = {BL_AES256_GCM, BL_AES256_CBC};
	struct bl_trial t;
	struct bl_buf in = {0};
	struct bl_secret *key, *wrong;

	bl_trial_new(&t);
	for (size_t i = 0; i < 2; i++) {
		message(&in, &t, ciphers[i], text, &key);
		/* Another key of its length, then lengths that are wrong. */
		for (size_t n = 31; n <= 33; n++) {
			CHECK(bl_secret_new(&wrong, n, NULL) == BL_OK, "key");
			t.key = wrong;
			CHECK(
			    bl_trial_read(&t, bl_buf_span(&in)) == BL_E_FORGED,
			    "wrong key");
			CHECK(same(t.note.what, ONE_TEXT), "wrong key");
			CHECK(t.note.at == 0 && t.note.source == NULL &&
				t.note.reason == NULL,
			    "wrong key");
			CHECK(n == 32 || strcmp(t.events, "TK") == 0,
			    "wrong length");
			bl_secret_free(wrong);
		}
		bl_secret_free(key);
	}
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

static void
wants_the_key_once_and_where_it_asks(void)
{
	struct bl_trial t;
	struct bl_buf in = {0};
	struct bl_secret *key;
	struct bl_cms_event ev;
	struct bl_note note = {0};
	struct bl_cms *c;

	bl_trial_new(&t);
	message(&in, &t, BL_AES256_GCM, text, &key);
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_CALLER, "no key");
	CHECK(bl_cms_next(t.cms, &ev, &note) == BL_E_CALLER, "and again");
	CHECK(note.err == BL_E_CALLER && ev.kind == BL_CMS_MORE, "and again");
	CHECK(bl_cms_set_key(t.cms, key, NULL) == BL_E_CALLER, "too late");

	CHECK(bl_cms_new(&c, t.ctx, &t.policy, &t.limits, NULL) == BL_OK, "");
	CHECK(bl_cms_set_key(c, key, NULL) == BL_E_CALLER, "too early");
	bl_cms_feed(c, bl_buf_span(&in));
	do {
		CHECK(bl_cms_next(c, &ev, NULL) == BL_OK, "");
	} while (ev.kind != BL_CMS_KEY);
	CHECK(bl_cms_set_key(c, key, NULL) == BL_OK, "in time");
	CHECK(bl_cms_set_key(c, key, NULL) == BL_E_CALLER, "twice");
	do {
		CHECK(bl_cms_next(c, &ev, NULL) == BL_OK, "");
	} while (ev.kind != BL_CMS_MORE);
	bl_cms_end(c);
	CHECK(bl_cms_next(c, &ev, NULL) == BL_OK && ev.kind == BL_CMS_END, "");
	CHECK(bl_cms_next(c, &ev, NULL) == BL_E_CALLER, "after the end");
	bl_cms_free(c);
	bl_cms_free(NULL);
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* ---- every byte, every cut, every limit ---- */

static void
shows_no_other_content_whatever_byte_changes(void)
{
	struct bl_trial t;
	struct bl_buf in = {0};
	struct bl_secret *key;

	bl_trial_new(&t);
	message(&in, &t, BL_AES256_GCM, text, &key);
	t.key = key;
	for (size_t i = 0; i < in.n * 8; i++) {
		in.p[i / 8] ^= (uint8_t)(1u << i % 8);
		if (bl_trial_read(&t, bl_buf_span(&in)) == BL_OK)
			CHECK(bl_span_equal(bl_buf_span(&t.content), text),
			    "a bit changed");
		in.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t n = 0; n < in.n; n++)
		CHECK(bl_trial_read(&t, bl_span_of(in.p, n)) == BL_E_MALFORMED,
		    "cut");
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

enum many { TRANSPORT, AGREEMENT, OTHERS };

static void
put_recipients(struct bl_buf *out, enum many what, size_t n)
{
	static const char *const texts[] = {
	    [TRANSPORT] = "30{02:00 30{30{} 02:07} 30{o(rsaEncryption)} 04:01}",
	    [AGREEMENT] = "30{30{30{} 02:07} 04:01}",
	    [OTHERS] = "a3{02:00 30{o(id-aes128-wrap)} 04*24}",
	};
	struct bl_buf one = {0};

	bl_asm(&one, texts[what]);
	for (size_t i = 0; i < n; i++)
		bl_buf_add(out, bl_buf_span(&one));
	bl_buf_clear(&one);
}

static void
bounds_the_number_of_recipients(void)
{
	static const size_t counts[] = {90, 100, 101, 110, 10000};
	struct bl_trial t;
	struct bl_buf in = {0}, list = {0}, kari = {0};
	struct bl_secret *key;

	bl_trial_new(&t);
	t.limits.recipients = 100;
	for (size_t i = 0; i < 15; i++) {
		enum many what = (enum many)(i / 5);
		size_t n = counts[i % 5];

		message(&in, &t, BL_AES256_GCM, text, &key);
		t.key = key;
		bl_buf_reset(&list);
		put_recipients(&list, what, n);
		if (what == AGREEMENT) {
			bl_buf_reset(&kari);
			bl_asm(&kari,
			    "a1{02:03 a0{a1{30{o(id-ecPublicKey)} 03:0004}} "
			    "30{o(dhSinglePass-stdDH-sha256kdf-scheme) "
			    "30{o(id-aes256-wrap)}} 30{}}");
			bl_regraft(&kari, "3", BL_INSIDE, bl_buf_span(&list));
			bl_regraft(&in, "1.0.1", BL_INSIDE, bl_buf_span(&kari));
		} else {
			bl_regraft(&in, "1.0.1", BL_INSIDE, bl_buf_span(&list));
		}
		(void)!bl_trial_read(&t, bl_buf_span(&in));
		CHECK(t.err == (n <= 100 ? BL_OK : BL_E_LIMIT), "recipients");
		CHECK(n > 100 || bl_cms_recipient_count(t.cms) == n,
		    "recipients");
		CHECK(n <= 100 || same(t.note.reason, "limit-recipients"),
		    "recipients");
		bl_secret_free(key);
	}
	bl_buf_clear(&in);
	bl_buf_clear(&list);
	bl_buf_clear(&kari);
	bl_trial_free(&t);
}

/* What a run with failing allocations is made of. */
struct scene {
	struct bl_ctx *ctx;
	struct bl_span in;
	const struct bl_secret *key;
};

static enum bl_err
read_once(void *arg)
{
	const struct scene *s = arg;
	struct bl_trial t = {
	    .limits = BL_LIMITS, .piece = 50, .ctx = s->ctx, .key = s->key};
	enum bl_err err = bl_trial_read(&t, s->in);

	t.ctx = NULL;
	bl_trial_free(&t);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	struct bl_trial t;
	struct bl_buf in = {0}, set = {0}, ber = {0};
	struct bl_shape shape = {true, BL_AES256_GCM, text, {0}};
	struct bl_secret *key = bl_shape_key(BL_AES256_GCM);
	struct scene scene;

	bl_trial_new(&t);
	bl_asm(&set, "31{30{o(=2a03) 31{0c*5}}}");
	shape.attributes = bl_buf_span(&set);
	bl_shape_write(&in, t.ctx, &shape, key);
	bl_regraft_text(&in, "1.0.1", BL_INSIDE,
	    "30{02:00 30{30{} 02:07} 30{o(=2a0304)} 24{04:01 04:02}}"
	    "a1{02:03 a0{a1{30{o(id-ecPublicKey)} 03:0004}} a1{04*40} "
	    "30{o(dhSinglePass-stdDH-sha256kdf-scheme) 30{o(id-aes256-wrap)}}"
	    "30{30{30{30{} 02:07} 04:01} 30{a0{04:01} 04:01}}}");
	bl_graft_ber(&ber, bl_buf_span(&in), 3);
	scene = (struct scene){t.ctx, bl_buf_span(&ber), key};
	bl_test_each_allocation(read_once, &scene, "enveloped");
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_buf_clear(&set);
	bl_buf_clear(&ber);
	bl_trial_free(&t);
}

TESTS(TEST(judges_each_structure_as_stated), TEST(reads_the_sizes_of_rc2),
    TEST(derives_the_key_where_it_says_so),
    TEST(refuses_attributes_beside_chacha20),
    TEST(asks_for_a_key_only_for_allowed_pairs),
    TEST(tells_no_failure_from_another),
    TEST(wants_the_key_once_and_where_it_asks),
    TEST(shows_no_other_content_whatever_byte_changes),
    TEST(bounds_the_number_of_recipients),
    TEST(survives_each_failing_allocation))
