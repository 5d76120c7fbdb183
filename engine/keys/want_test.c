/* want_test.c - frames of wants: docs/wire/agent.md 1 to 7. */
#include "keys/keys.h"
#include "tests/test.h"

#include <string.h>

#define K32  "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK"
#define D32  "dddddddddddddddddddddddddddddddd"
#define H32  "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh"
#define NAME "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02\x43\x41"
#define TIME "\0\0\0\0\x6a\xb1\x3b\x80"

/* An edit of a good frame: `cut` bytes at `at` become `put`. Lengths around it
 * are edited too where the table says so. */
struct edit {
	const char *name;
	size_t at, cut;
	struct bl_span put;
	bool good, unknown;
};

static void
apply(struct bl_buf *out, struct bl_span frame, const struct edit *e)
{
	bl_buf_reset(out);
	bl_buf_add(out, bl_span_cut(frame, 0, e->at));
	bl_buf_add(out, e->put);
	bl_buf_add(out, bl_span_cut(frame, e->at + e->cut, frame.n));
}

/* ---- SIGN ---- */

/* 0 type, 1 version, 2 key, 34 signature, 35 digest, 36 mask, 37 salt, 39
 * content, 40 time, 48 digest algorithm, 49 digest, 82 hash, 114 issuer, 131
 * serial, 134 attributes: 135 capabilities, 140 preference */
static const struct bl_span sign_frame = BYTES(
    "\x01\x01" K32 "\x01\x03\x00\x00\x00\x01" TIME "\x03\x20" D32 H32
    "\x00\x0f" NAME "\x02\x12\x34\x02\x01\x00\x02\x30\x00\x02\x00\x02\xa0\x00");

static const struct edit sign_edits[] = {
    {"as it is", 0, 0, BYTES(""), true},
    {"another type", 0, 1, BYTES("\x02"), false},
    {"version 0", 1, 1, BYTES("\x00"), false},
    {"version 2", 1, 1, BYTES("\x02"), false},
    {"RSA with SHA-384 of a SHA-256", 35, 1, BYTES("\x04"), false},
    {"RSA without digest", 35, 1, BYTES("\x00"), false},
    {"RSA with a mask", 36, 1, BYTES("\x03"), false},
    {"RSA with salt", 37, 2, BYTES("\x00\x01"), false},
    {"PSS", 34, 5, BYTES("\x02\x03\x03\x00\x20"), true},
    {"PSS without mask", 34, 5, BYTES("\x02\x03\x00\x00\x20"), false},
    {"PSS with SHA-384 of a SHA-256", 34, 5, BYTES("\x02\x04\x03\x00\x20"),
	false},
    {"PSS, salt of 1024", 34, 5, BYTES("\x02\x03\x03\x04\x00"), true},
    {"PSS, salt of 1025", 34, 5, BYTES("\x02\x03\x03\x04\x01"), false},
    {"ECDSA", 34, 1, BYTES("\x03"), true},
    {"ECDSA with salt", 34, 5, BYTES("\x03\x03\x00\x00\x01"), false},
    {"Ed25519 of a SHA-256", 34, 2, BYTES("\x04\x00"), false},
    {"DSA", 34, 1, BYTES("\x15"), true},
    {"signature 0", 34, 1, BYTES("\x00"), true, true},
    {"ML-DSA", 34, 1, BYTES("\x06"), true, true},
    {"signature 255", 34, 1, BYTES("\xff"), true, true},
    {"SHA3", 35, 1, BYTES("\x06"), true, true},
    {"mask of SHA3", 36, 1, BYTES("\x06"), true, true},
    {"receipt", 39, 1, BYTES("\x06"), true, true},
    {"content 0", 39, 1, BYTES("\x00"), true, true},
    {"compressed data", 39, 1, BYTES("\x05"), true},
    {"1 BC", 40, 8, BYTES("\xff\xff\xff\xf1\x86\x8b\x84\x00"), true},
    {"before year 0", 40, 8, BYTES("\xff\xff\xff\xf1\x86\x8b\x83\xff"), false},
    {"year 9999", 40, 8, BYTES("\x00\x00\x00\x3a\xff\xf4\x41\x7f"), true},
    {"year 10000", 40, 8, BYTES("\x00\x00\x00\x3a\xff\xf4\x41\x80"), false},
    {"digest of SHA3", 48, 1, BYTES("\x06"), true, true},
    {"digest too short", 49, 2, BYTES("\x1f"), false},
    {"digest too long", 49, 1, BYTES("\x21x"), false},
    {"digest empty", 49, 33, BYTES("\x00"), false},
    {"digest of 65 bytes", 48, 34, BYTES("\x06\x41" D32 D32 "x"), false},
    {"digest of 64 bytes of SHA3", 48, 34, BYTES("\x06\x40" D32 D32), true,
	true},
    {"issuer not a sequence", 116, 1, BYTES("\x31"), false},
    {"issuer with an inner length too long", 119, 1, BYTES("\x0c"), false},
    {"issuer with a byte behind", 114, 17, BYTES("\x00\x10" NAME "x"), false},
    {"issuer empty", 114, 17, BYTES("\x00\x00"), false},
    {"issuer the empty name", 114, 17, BYTES("\x00\x02\x30\x00"), true},
    {"serial empty", 131, 3, BYTES("\x00"), false},
    {"serial padded", 131, 3, BYTES("\x02\x00\x01"), false},
    {"serial padded with ones", 131, 3, BYTES("\x02\xff\x80"), false},
    {"serial -129", 131, 3, BYTES("\x02\xff\x7f"), true},
    {"serial 128", 131, 3, BYTES("\x02\x00\x80"), true},
    {"serial negative", 131, 3, BYTES("\x01\x80"), true},
    {"serial of 64 bytes", 131, 3, BYTES("\x40" D32 D32), true},
    {"serial of 65 bytes", 131, 3, BYTES("\x41" D32 D32 "x"), false},
    {"no attributes", 134, 11, BYTES("\x00"), true},
    {"one attribute", 134, 6, BYTES("\x01"), true},
    {"one attribute more", 134, 1, BYTES("\x03"), false},
    {"one attribute less", 134, 1, BYTES("\x01"), false},
    {"an attribute twice", 140, 1, BYTES("\x01"), false},
    {"attributes in another order", 135, 10,
	BYTES("\x02\x00\x02\xa0\x00\x01\x00\x02\x30\x00"), false},
    {"attribute 0", 134, 6, BYTES("\x02\x00\x00\x02\x30\x00"), false},
    {"attribute 3", 140, 1, BYTES("\x03"), true, true},
    {"attribute of one byte", 136, 4, BYTES("\x00\x01\x30"), false},
    {"capabilities not a sequence", 138, 1, BYTES("\x31"), false},
    {"capabilities cut off", 139, 1, BYTES("\x01"), false},
    {"two capabilities", 136, 4, BYTES("\x00\x04\x30\x00\x30\x00"), false},
    {"capabilities that are not DER inside", 136, 4,
	BYTES("\x00\x06\x30\x04\x02\x02\x00\x01"), false},
    {"preference by recipient key id", 143, 1, BYTES("\xa1"), true},
    {"preference by key id", 143, 1, BYTES("\x82"), true},
    {"preference of a kind that is not there", 143, 1, BYTES("\xa3"), false},
    {"preference cut off", 144, 1, BYTES("\x01"), false},
    {"16 attributes", 134, 11,
	BYTES("\x10"
	      "\x03\0\2xx\x04\0\2xx\x05\0\2xx\x06\0\2xx\x07\0\2xx\x08\0\2xx"
	      "\x09\0\2xx\x0a\0\2xx\x0b\0\2xx\x0c\0\2xx\x0d\0\2xx\x0e\0\2xx"
	      "\x0f\0\2xx\x10\0\2xx\x11\0\2xx\x12\0\2xx"),
	true, true},
    {"17 attributes", 134, 11,
	BYTES("\x11"
	      "\x03\0\2xx\x04\0\2xx\x05\0\2xx\x06\0\2xx\x07\0\2xx\x08\0\2xx"
	      "\x09\0\2xx\x0a\0\2xx\x0b\0\2xx\x0c\0\2xx\x0d\0\2xx\x0e\0\2xx"
	      "\x0f\0\2xx\x10\0\2xx\x11\0\2xx\x12\0\2xx\x13\0\2xx"),
	false},
    {"a byte behind", 145, 0, BYTES("x"), false},
};

static void
reads_sign_wants(void)
{
	struct bl_buf frame = {0}, back = {0};

	for (size_t i = 0; i < sizeof(sign_edits) / sizeof(*sign_edits); i++) {
		const struct edit *e = &sign_edits[i];
		struct bl_note note = {0};
		struct bl_want_sign w;
		enum bl_err err;

		apply(&frame, sign_frame, e);
		err = bl_want_sign_get(&w, bl_buf_span(&frame), &note);
		CHECK(err == (e->good ? BL_OK : BL_E_MALFORMED), e->name);
		CHECK(note.err == err && note.at <= frame.n, e->name);
		CHECK(w.unknown == e->unknown, e->name);
		CHECK((w.cert_hash.n == 32) == e->good, e->name);
		bl_buf_reset(&back);
		if (!e->good || e->unknown)
			continue;
		CHECK(bl_want_sign_put(&back, &w, NULL) == BL_OK, e->name);
		CHECK(bl_span_equal(bl_buf_span(&back), bl_buf_span(&frame)),
		    e->name);
	}
	bl_buf_clear(&frame);
	bl_buf_clear(&back);
}

static void
gives_each_field_of_sign(void)
{
	struct bl_want_sign w;

	CHECK(bl_want_sign_get(&w, sign_frame, NULL) == BL_OK, "get");
	CHECK(memcmp(w.key, K32, 32) == 0, "key");
	CHECK(w.alg.kind == BL_SIG_RSA_PKCS1 && w.alg.digest == BL_SHA256,
	    "algorithm");
	CHECK(w.content_type == BL_OID_DATA, "content");
	CHECK(w.signing_time == 1790000000, "time");
	CHECK(w.message_digest.alg == BL_SHA256 && w.message_digest.n == 32 &&
		memcmp(w.message_digest.p, D32, 32) == 0,
	    "digest");
	CHECK(bl_span_equal(w.cert_hash, BL_STR(H32)), "hash");
	CHECK(bl_span_equal(w.cert_issuer, BL_STR(NAME)), "issuer");
	CHECK(bl_span_equal(w.cert_serial, BL_STR("\x12\x34")), "serial");
	CHECK(bl_span_equal(w.capabilities, BL_STR("\x30\x00")), "caps");
	CHECK(bl_span_equal(w.preference, BL_STR("\xa0\x00")), "preference");
}

static const struct {
	uint8_t number;
	enum bl_oid oid;
} contents[] = {{1, BL_OID_DATA}, {2, BL_OID_SIGNED_DATA},
    {3, BL_OID_ENVELOPED_DATA}, {4, BL_OID_AUTH_ENVELOPED_DATA},
    {5, BL_OID_COMPRESSED_DATA}};
static const struct {
	uint8_t number;
	enum bl_sig_kind kind;
	enum bl_digest digest;
} sigs[] = {{1, BL_SIG_RSA_PKCS1, BL_SHA1}, {1, BL_SIG_RSA_PKCS1, BL_SHA224},
    {1, BL_SIG_RSA_PKCS1, BL_SHA384}, {3, BL_SIG_ECDSA, BL_SHA512},
    {4, BL_SIG_ED25519, BL_SHA512}, {5, BL_SIG_ED448, BL_SHAKE256},
    {21, BL_SIG_DSA, BL_SHA1}};

/* Numbers are for ever. */
static void
keeps_the_numbers_of_sign(void)
{
	static const uint8_t digests[] = {[BL_SHA1] = 1,
	    [BL_SHA224] = 2,
	    [BL_SHA384] = 4,
	    [BL_SHA512] = 5,
	    [BL_SHAKE256] = 10};
	struct bl_buf out = {0};
	struct bl_want_sign w;

	CHECK(bl_want_sign_get(&w, sign_frame, NULL) == BL_OK, "get");
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++) {
		bl_buf_reset(&out);
		w.content_type = contents[i].oid;
		CHECK(bl_want_sign_put(&out, &w, NULL) == BL_OK, "content");
		CHECK(out.p[39] == contents[i].number, "content");
	}
	for (size_t i = 0; i < sizeof(sigs) / sizeof(*sigs); i++) {
		bool pure = bl_sig_takes_bytes(sigs[i].kind);
		struct bl_want_sign again;

		bl_buf_reset(&out);
		w.message_digest.alg = sigs[i].digest;
		w.message_digest.n = bl_digest_size(sigs[i].digest);
		w.alg = (struct bl_sig_alg){
		    sigs[i].kind, pure ? BL_DIGEST_NONE : sigs[i].digest};
		CHECK(bl_want_sign_put(&out, &w, NULL) == BL_OK, "signature");
		CHECK(out.p[34] == sigs[i].number, "signature");
		CHECK(out.p[35] == (pure ? 0 : digests[sigs[i].digest]),
		    "digest");
		CHECK(out.p[48] == digests[sigs[i].digest], "digest");
		CHECK(bl_want_sign_get(&again, bl_buf_span(&out), NULL) ==
			    BL_OK &&
			again.alg.kind == w.alg.kind,
		    "signature");
	}
	bl_buf_clear(&out);
}

/* What the reader would refuse or not know is not written. */
static void
writes_no_wrong_sign(void)
{
	static uint8_t large[70000];
	struct bl_want_sign good, bad;
	struct bl_buf out = {0};

	CHECK(bl_want_sign_get(&good, sign_frame, NULL) == BL_OK, "get");
	bl_buf_add_str(&out, "<");
#define REFUSED(change)                                                        \
	do {                                                                   \
		struct bl_note note = {0};                                     \
		bad = good;                                                    \
		change;                                                        \
		CHECK(bl_want_sign_put(&out, &bad, &note) == BL_E_CALLER,      \
		    #change);                                                  \
		CHECK(out.n == 1 && out.err == BL_E_CALLER, #change);          \
		CHECK(note.err == BL_E_CALLER, #change);                       \
		out.err = BL_OK;                                               \
	} while (0)
	REFUSED(bad.alg.kind = BL_SIG_OTHER);
	REFUSED(bad.alg.kind = (enum bl_sig_kind)77);
	REFUSED(bad.alg.digest = BL_DIGEST_COUNT);
	REFUSED(bad.alg.salt = 1);
	REFUSED(bad.alg.salt = 65536);
	REFUSED(bad.content_type = BL_OID_TST_INFO);
	REFUSED(bad.content_type = BL_OID_UNKNOWN);
	REFUSED(bad.signing_time = INT64_C(253402300800));
	REFUSED(bad.message_digest.n = 31);
	REFUSED(bad.message_digest.n = 65);
	REFUSED(bad.message_digest.alg = BL_SHA512);
	REFUSED(bad.cert_hash.n = 31);
	REFUSED(bad.cert_hash = bl_span_of(large, 33));
	REFUSED(bad.cert_issuer.n = 0);
	REFUSED(bad.cert_issuer = bl_span_of(large, sizeof(large)));
	REFUSED(bad.cert_serial = bl_span_of(large + 1, 256));
	REFUSED(bad.capabilities = bl_span_of(large, sizeof(large)));
	REFUSED(bad.capabilities = BL_STR("\x31\x00"));
	REFUSED(bad.preference = BL_STR("\x30\x00"));
#undef REFUSED
	bl_buf_clear(&out);
}

/* ---- UNWRAP ---- */

/* 34 wrap, 35 kdf, 36 digest, 37 mask, 38 key wrap, 39 kek, 40 size, 41 label,
 * 43 info, 45 originator, 47 wrapped */
static const struct bl_span unwrap_frame = BYTES(
    "\x02\x01" K32 "\x01\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00"
    "\x03www");
#define ECDH "\x03\x01\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"
#define OAEP "\x02\x00\x03\x03\x00\x00\x20\x00\x01l\x00\x00\x00\x00"

static const struct edit unwrap_edits[] = {
    {"as it is", 0, 0, BYTES(""), true},
    {"another type", 0, 1, BYTES("\x01"), false},
    {"version 2", 1, 1, BYTES("\x02"), false},
    {"PKCS#1 with a kdf", 35, 1, BYTES("\x01"), false},
    {"PKCS#1 with a digest", 36, 1, BYTES("\x03"), false},
    {"PKCS#1 with a mask", 37, 1, BYTES("\x03"), false},
    {"PKCS#1 with a key wrap", 38, 1, BYTES("\x01"), false},
    {"PKCS#1 with a kek", 39, 1, BYTES("\x10"), false},
    {"PKCS#1 with a label", 41, 2, BYTES("\x00\x01l"), false},
    {"PKCS#1 with info", 43, 2, BYTES("\x00\x01i"), false},
    {"PKCS#1 with an originator", 45, 2, BYTES("\x00\x01o"), false},
    {"size 0", 40, 1, BYTES("\x00"), false},
    {"size 1", 40, 1, BYTES("\x01"), true},
    {"size 64", 40, 1, BYTES("\x40"), true},
    {"size 65", 40, 1, BYTES("\x41"), false},
    {"nothing wrapped", 47, 5, BYTES("\x00\x00"), false},
    {"wrapped cut off", 47, 2, BYTES("\x00\x04"), false},
    {"a byte behind", 52, 0, BYTES("x"), false},
    {"OAEP", 34, 13, BYTES(OAEP), true},
    {"OAEP without a label", 34, 13,
	BYTES("\x02\x00\x03\x03\x00\x00\x20\x00\x00\x00\x00\x00\x00"), true},
    {"OAEP without a digest", 34, 4, BYTES("\x02\x00\x00\x03"), false},
    {"OAEP without a mask", 34, 4, BYTES("\x02\x00\x03\x00"), false},
    {"OAEP with a kdf", 34, 4, BYTES("\x02\x01\x03\x03"), false},
    {"OAEP with SHA3", 34, 4, BYTES("\x02\x00\x06\x03"), true, true},
    {"ECDH", 34, 13, BYTES(ECDH), true},
    {"ECDH without a kdf", 34, 13,
	BYTES("\x03\x00\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), false},
    {"ECDH with HKDF", 34, 13,
	BYTES("\x03\x02\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), true},
    {"ECDH with HKDF and a salt", 34, 13,
	BYTES("\x03\x02\x03\x00\x01\x20\x20\x00\x01s\x00\x01i\x00\x01o"), true},
    {"ECDH with KDF3", 34, 13,
	BYTES("\x03\x03\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), true,
	true},
    {"ECDH with a padded wrap", 34, 13,
	BYTES("\x03\x01\x03\x00\x02\x20\x20\x00\x00\x00\x01i\x00\x01o"), true},
    {"X25519", 34, 13,
	BYTES("\x04\x02\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), true},
    {"X25519 with a padded wrap", 34, 13,
	BYTES("\x04\x01\x03\x00\x02\x20\x20\x00\x00\x00\x01i\x00\x01o"), true},
    {"X25519 with a salt and X9.63", 34, 13,
	BYTES("\x04\x01\x03\x00\x01\x20\x20\x00\x01s\x00\x01i\x00\x01o"),
	false},
    {"X25519 without a kdf", 34, 13,
	BYTES("\x04\x00\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), false},
    {"X25519 with a mask", 34, 13,
	BYTES("\x04\x02\x03\x03\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), false},
    {"another curve", 34, 13,
	BYTES("\x06\x02\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), true,
	true},
    {"ECDH without a digest", 34, 13,
	BYTES("\x03\x01\x00\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), false},
    {"ECDH with a mask", 34, 13,
	BYTES("\x03\x01\x03\x03\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), false},
    {"ECDH without a key wrap", 34, 13,
	BYTES("\x03\x01\x03\x00\x00\x20\x20\x00\x00\x00\x01i\x00\x01o"), false},
    {"ECDH with 3DES wrap", 34, 13,
	BYTES("\x03\x01\x03\x00\x03\x20\x20\x00\x00\x00\x01i\x00\x01o"), true,
	true},
    {"ECDH with a kek of 16", 34, 13,
	BYTES("\x03\x01\x03\x00\x01\x10\x20\x00\x00\x00\x01i\x00\x01o"), true},
    {"ECDH with a kek of 24", 34, 13,
	BYTES("\x03\x01\x03\x00\x01\x18\x20\x00\x00\x00\x01i\x00\x01o"), true},
    {"ECDH with a kek of 20", 34, 13,
	BYTES("\x03\x01\x03\x00\x01\x14\x20\x00\x00\x00\x01i\x00\x01o"), false},
    {"ECDH with a label", 34, 13,
	BYTES("\x03\x01\x03\x00\x01\x20\x20\x00\x01l\x00\x01i\x00\x01o"),
	false},
    {"ECDH without info", 34, 13,
	BYTES("\x03\x01\x03\x00\x01\x20\x20\x00\x00\x00\x00\x00\x01o"), false},
    {"ECDH without an originator", 34, 13,
	BYTES("\x03\x01\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x00"), false},
    {"KEM", 34, 13,
	BYTES("\x05\x02\x03\x00\x01\x20\x20\x00\x00\x00\x01i\x00\x01o"), true,
	true},
    {"wrap 0", 34, 1, BYTES("\x00"), true, true},
    {"wrap 255", 34, 1, BYTES("\xff"), true, true},
};

static void
reads_unwrap_wants(void)
{
	struct bl_buf frame = {0}, back = {0};

	for (size_t i = 0; i < sizeof(unwrap_edits) / sizeof(*unwrap_edits);
	     i++) {
		const struct edit *e = &unwrap_edits[i];
		struct bl_note note = {0};
		struct bl_want_unwrap w;
		enum bl_err err;

		apply(&frame, unwrap_frame, e);
		err = bl_want_unwrap_get(&w, bl_buf_span(&frame), &note);
		CHECK(err == (e->good ? BL_OK : BL_E_MALFORMED), e->name);
		CHECK(note.err == err && note.at <= frame.n, e->name);
		CHECK(w.unknown == e->unknown, e->name);
		CHECK((w.wrapped.n != 0) == e->good, e->name);
		bl_buf_reset(&back);
		if (!e->good || e->unknown)
			continue;
		CHECK(bl_want_unwrap_put(&back, &w, NULL) == BL_OK, e->name);
		CHECK(bl_span_equal(bl_buf_span(&back), bl_buf_span(&frame)),
		    e->name);
	}
	bl_buf_clear(&frame);
	bl_buf_clear(&back);
}

static void
gives_each_field_of_unwrap(void)
{
	static const struct edit ecdh = {"", 34, 13, BYTES(ECDH)};
	static const struct edit oaep = {"", 34, 13, BYTES(OAEP)};
	struct bl_buf frame = {0};
	struct bl_want_unwrap w;

	apply(&frame, unwrap_frame, &ecdh);
	CHECK(
	    bl_want_unwrap_get(&w, bl_buf_span(&frame), NULL) == BL_OK, "get");
	CHECK(memcmp(w.key, K32, 32) == 0, "key");
	CHECK(w.alg.kind == BL_WRAP_ECDH && w.alg.digest == BL_SHA256, "alg");
	CHECK(w.alg.kek_size == 32 && w.size == 32, "sizes");
	CHECK(bl_span_equal(w.alg.info, BL_STR("i")), "info");
	CHECK(bl_span_equal(w.originator, BL_STR("o")), "originator");
	CHECK(bl_span_equal(w.wrapped, BL_STR("www")), "wrapped");
	apply(&frame, unwrap_frame, &oaep);
	CHECK(
	    bl_want_unwrap_get(&w, bl_buf_span(&frame), NULL) == BL_OK, "get");
	CHECK(w.alg.kind == BL_WRAP_RSA_OAEP && w.alg.mgf == BL_SHA256, "alg");
	CHECK(bl_span_equal(w.alg.label, BL_STR("l")), "label");
	bl_buf_clear(&frame);
}

static uint8_t zeros[70000];

/* Both sides of each limit; bytes are zero. */
static void
keeps_the_limits_of_unwrap(void)
{
	static const struct bl_wrap_alg oaep = {
	    .kind = BL_WRAP_RSA_OAEP, .digest = BL_SHA256, .mgf = BL_SHA256};
	static const struct bl_wrap_alg ecdh = {
	    .kind = BL_WRAP_ECDH, .digest = BL_SHA256, .kek_size = 16};
	struct bl_want_unwrap good = {.alg = ecdh, .size = 16}, w;
	struct bl_buf out = {0};

	good.alg.info = good.originator = good.wrapped = bl_span_of(zeros, 1);
#define BOTH(what, change, ok)                                                 \
	do {                                                                   \
		w = good;                                                      \
		change;                                                        \
		bl_buf_reset(&out);                                            \
		CHECK(bl_want_unwrap_put(&out, &w, NULL) ==                    \
			((ok) ? BL_OK : BL_E_CALLER),                          \
		    what);                                                     \
		CHECK((ok) || out.n == 0, what);                               \
	} while (0)
	BOTH("wrapped", w.wrapped.n = 2048, true);
	BOTH("wrapped", w.wrapped.n = 2049, false);
	BOTH("wrapped", w.wrapped.n = 65536, false);
	BOTH("originator", w.originator.n = 4096, true);
	BOTH("originator", w.originator.n = 4097, false);
	BOTH("info", w.alg.info.n = 16384, true);
	BOTH("info", w.alg.info.n = 16385, false);
	BOTH("kek", w.alg.kek_size = 272, false);
	BOTH("size", w.size = 272, false);
	BOTH("kind", w.alg.kind = BL_WRAP_OTHER, false);
	BOTH("kind", w.alg.kind = (enum bl_wrap_kind)99, false);
	good = (struct bl_want_unwrap){.alg = oaep, .size = 16};
	good.wrapped = bl_span_of(zeros, 256);
	BOTH("label", w.alg.label = bl_span_of(zeros, 256), true);
	BOTH("label", w.alg.label = bl_span_of(zeros, 257), false);
	BOTH("mask", w.alg.mgf = BL_DIGEST_COUNT, false);
#undef BOTH
	bl_buf_clear(&out);
}

/* ---- CERT ---- */

/* 2 issuer, 19 serial, 21 key id, 23 subject, 25 fetches: 26 kind, 27 url, 30
 * body */
static const struct bl_span cert_frame = BYTES(
    "\x03\x01\x00\x0f" NAME "\x01\x07"
    "\x01s\x00\x00\x01\x03\x00\x01u\x00\x00");

static const struct edit cert_edits[] = {
    {"as it is", 0, 0, BYTES(""), true},
    {"another type", 0, 1, BYTES("\x04"), false},
    {"version 2", 1, 1, BYTES("\x02"), false},
    {"issuer alone", 19, 2, BYTES("\x00"), false},
    {"serial alone", 2, 17, BYTES("\x00\x00"), false},
    {"key id alone", 2, 19, BYTES("\x00\x00\x00"), true},
    {"nothing", 2, 21, BYTES("\x00\x00\x00\x00"), false},
    {"subject alone", 2, 23, BYTES("\x00\x00\x00\x00\x00\x0f" NAME), true},
    {"subject not a sequence", 23, 2, BYTES("\x00\x02\x31\x00"), false},
    {"subject cut off", 23, 2, BYTES("\x00\x02\x30\x01"), false},
    {"issuer not a sequence", 4, 1, BYTES("\x31"), false},
    {"serial padded", 19, 2, BYTES("\x02\x00\x07"), false},
    {"serial of 64 bytes", 19, 2, BYTES("\x40" D32 D32), true},
    {"serial of 65 bytes", 19, 2, BYTES("\x41" D32 D32 "x"), false},
    {"key id of 64 bytes", 21, 2, BYTES("\x40" D32 D32), true},
    {"key id of 65 bytes", 21, 2, BYTES("\x41" D32 D32 "x"), false},
    {"no fetches", 25, 7, BYTES("\x00"), true},
    {"a fetch more", 25, 1, BYTES("\x02"), false},
    {"8 fetches", 25, 7,
	BYTES("\x08"
	      "\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0"
	      "\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0"),
	true},
    {"9 fetches", 25, 7,
	BYTES(
	    "\x09"
	    "\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0"
	    "\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0\2\0\1u\0\0"),
	false},
    {"fetch 0", 26, 1, BYTES("\x00"), false},
    {"fetch 4", 26, 1, BYTES("\x04"), false},
    {"no url", 27, 3, BYTES("\x00\x00"), false},
    {"url with a space", 29, 1, BYTES(" "), false},
    {"url of DEL", 29, 1, BYTES("\x7f"), false},
    {"url of !", 29, 1, BYTES("!"), true},
    {"url of ~", 29, 1, BYTES("~"), true},
    {"CRL with a body", 26, 6,
	BYTES("\x02\x00\x01u\x00\x01"
	      "b"),
	false},
    {"certificate with a body", 30, 2,
	BYTES("\x00\x01"
	      "b"),
	false},
    {"OCSP with a body", 26, 6,
	BYTES("\x01\x00\x01u\x00\x01"
	      "b"),
	true},
    {"OCSP without a body", 26, 1, BYTES("\x01"), false},
    {"a byte behind", 32, 0, BYTES("x"), false},
};

static void
reads_cert_wants(void)
{
	struct bl_buf frame = {0}, back = {0};

	for (size_t i = 0; i < sizeof(cert_edits) / sizeof(*cert_edits); i++) {
		const struct edit *e = &cert_edits[i];
		struct bl_note note = {0};
		struct bl_want_cert w;
		enum bl_err err;

		apply(&frame, cert_frame, e);
		err = bl_want_cert_get(&w, bl_buf_span(&frame), &note);
		CHECK(err == (e->good ? BL_OK : BL_E_MALFORMED), e->name);
		CHECK(note.err == err && note.at <= frame.n, e->name);
		bl_buf_reset(&back);
		if (!e->good) {
			CHECK(w.issuer.n + w.fetches.n == 0, e->name);
			continue;
		}
		CHECK(bl_want_cert_put(&back, &w, NULL) == BL_OK, e->name);
		CHECK(bl_span_equal(bl_buf_span(&back), bl_buf_span(&frame)),
		    e->name);
	}
	bl_buf_clear(&frame);
	bl_buf_clear(&back);
}

static void
gives_each_field_of_cert(void)
{
	struct bl_want_cert w;

	CHECK(bl_want_cert_get(&w, cert_frame, NULL) == BL_OK, "get");
	CHECK(bl_span_equal(w.issuer, BL_STR(NAME)), "issuer");
	CHECK(bl_span_equal(w.serial, BL_STR("\x07")), "serial");
	CHECK(bl_span_equal(w.ski, BL_STR("s")) && w.subject.n == 0, "ski");
	CHECK(w.fetches.n == 1, "fetches");
	CHECK(w.fetches.list[0].kind == BL_FETCH_CERT, "kind");
	CHECK(bl_span_equal(w.fetches.list[0].url, BL_STR("u")), "url");
}

/* ---- EVIDENCE ---- */

/* 2 at, 10 certificate, 16 issuer, 22 fetches */
static const struct bl_span evidence_frame = BYTES(
    "\x04\x01" TIME "\0\0\0\2cc\0\0\0\2ii\x01\x01\x00\x01u\x00\x01"
    "b");

static const struct edit evidence_edits[] = {
    {"as it is", 0, 0, BYTES(""), true},
    {"another type", 0, 1, BYTES("\x03"), false},
    {"version 2", 1, 1, BYTES("\x02"), false},
    {"year 10000", 2, 8, BYTES("\x00\x00\x00\x3a\xff\xf4\x41\x80"), false},
    {"certificate of one byte", 10, 6, BYTES("\0\0\0\1c"), false},
    {"issuer of one byte", 16, 6, BYTES("\0\0\0\1i"), false},
    {"certificate cut off", 10, 4, BYTES("\0\0\0\xff"), false},
    {"no fetches", 22, 8, BYTES("\x00"), true},
    {"a byte behind", 30, 0, BYTES("x"), false},
};

static void
reads_evidence_wants(void)
{
	struct bl_buf frame = {0}, back = {0};

	for (size_t i = 0; i < sizeof(evidence_edits) / sizeof(*evidence_edits);
	     i++) {
		const struct edit *e = &evidence_edits[i];
		struct bl_note note = {0};
		struct bl_want_evidence w;
		enum bl_err err;

		apply(&frame, evidence_frame, e);
		err = bl_want_evidence_get(&w, bl_buf_span(&frame), &note);
		CHECK(err == (e->good ? BL_OK : BL_E_MALFORMED), e->name);
		CHECK(note.err == err && note.at <= frame.n, e->name);
		bl_buf_reset(&back);
		if (!e->good) {
			CHECK(w.cert.n == 0, e->name);
			continue;
		}
		CHECK(bl_span_equal(w.cert, BL_STR("cc")), e->name);
		CHECK(bl_span_equal(w.issuer, BL_STR("ii")), e->name);
		CHECK(w.at == 1790000000, e->name);
		CHECK(bl_want_evidence_put(&back, &w, NULL) == BL_OK, e->name);
		CHECK(bl_span_equal(bl_buf_span(&back), bl_buf_span(&frame)),
		    e->name);
	}
	bl_buf_clear(&frame);
	bl_buf_clear(&back);
}

static uint8_t large[(128u << 10) + 1];

static void
keeps_the_limits_of_cert_and_evidence(void)
{
	struct bl_want_evidence e = {0}, e_back;
	struct bl_want_cert c = {.ski = BL_STR("s")};
	char url[2050];
	struct bl_buf out = {0};

	memset(url, 'u', sizeof(url));
	e.cert = bl_span_of(large, 128u << 10);
	e.issuer = bl_span_of(large, 128u << 10);
	e.fetches.n = BL_FETCHES_MAX;
	for (size_t i = 0; i < BL_FETCHES_MAX; i++)
		e.fetches.list[i] = (struct bl_fetch){BL_FETCH_OCSP,
		    bl_span_of(url, 2048), bl_span_of(large, 4096)};
	CHECK(bl_want_evidence_put(&out, &e, NULL) == BL_OK, "all at most");
	CHECK(out.n <= BL_WANT_FRAME_MAX, "all at most");
	CHECK(bl_want_evidence_get(&e_back, bl_buf_span(&out), NULL) == BL_OK,
	    "all at most");
#define REFUSED(change)                                                        \
	do {                                                                   \
		struct bl_want_evidence w = e;                                 \
		bl_buf_reset(&out);                                            \
		change;                                                        \
		CHECK(bl_want_evidence_put(&out, &w, NULL) == BL_E_CALLER,     \
		    #change);                                                  \
		CHECK(out.n == 0, #change);                                    \
	} while (0)
	REFUSED(w.cert.n++);
	REFUSED(w.issuer.n++);
	REFUSED(w.fetches.n++);
	REFUSED(w.fetches.n = 256);
	REFUSED(w.fetches.list[7].url.n++);
	REFUSED(w.fetches.list[7].body.n++);
#undef REFUSED
	bl_buf_reset(&out);
	c.subject = bl_span_of(large, 8193);
	CHECK(bl_want_cert_put(&out, &c, NULL) == BL_E_CALLER, "subject");
	bl_buf_reset(&out);
	c.subject = (struct bl_span){0};
	c.fetches.n = 256; /* not 0 */
	CHECK(bl_want_cert_put(&out, &c, NULL) == BL_E_CALLER, "fetches");
	bl_buf_clear(&out);
}

/* A frame is at most 64 KiB for a key, whatever its fields say. */
static void
refuses_key_frames_over_64k(void)
{
	static const struct edit many = {"", 134, 11, BYTES("\x05")};
	struct bl_buf frame = {0};
	struct bl_want_sign w;

	for (size_t last = 0; last < 2; last++) {
		size_t head, rest;

		apply(&frame, sign_frame, &many);
		head = frame.n;
		for (unsigned i = 0; i < 5; i++) {
			/* the last one fills what is left, or a byte more */
			rest = 65536 - head - 4 * (16384 - 100 + 3) - 3 + last;
			size_t n = i < 4 ? 16384 - 100 : rest;

			bl_buf_add_u8(&frame, (uint8_t)(3 + i));
			bl_buf_add_u8(&frame, (uint8_t)(n >> 8));
			bl_buf_add_u8(&frame, (uint8_t)n);
			bl_buf_add(&frame, bl_span_of(zeros, n));
		}
		CHECK(frame.n == 65536 + last, "size");
		CHECK(bl_want_sign_get(&w, bl_buf_span(&frame), NULL) ==
			(last == 0 ? BL_OK : BL_E_MALFORMED),
		    "64 KiB");
	}
	bl_buf_clear(&frame);
}

static void
keeps_the_limit_of_attributes(void)
{
	struct bl_want_sign w;
	struct bl_buf caps = {0}, out = {0};

	CHECK(bl_want_sign_get(&w, sign_frame, NULL) == BL_OK, "get");
	for (size_t n = 16384; n <= 16385; n++) {
		bl_buf_reset(&caps);
		bl_buf_reset(&out);
		/* headers of 4 bytes each */
		bl_der_put_head(&caps, BL_DER_SEQUENCE, n - 4);
		bl_der_put(&caps, BL_DER_OCTETS, bl_span_of(zeros, n - 8));
		w.capabilities = bl_buf_span(&caps);
		CHECK(w.capabilities.n == n, "size");
		CHECK(bl_want_sign_put(&out, &w, NULL) ==
			(n == 16384 ? BL_OK : BL_E_CALLER),
		    "capabilities");
	}
	bl_buf_clear(&caps);
	bl_buf_clear(&out);
}

static void
tells_kinds_apart(void)
{
	CHECK(bl_want_kind_of(sign_frame) == BL_WANT_SIGN, "sign");
	CHECK(bl_want_kind_of(unwrap_frame) == BL_WANT_UNWRAP, "unwrap");
	CHECK(bl_want_kind_of(cert_frame) == BL_WANT_CERT, "cert");
	CHECK(bl_want_kind_of(evidence_frame) == BL_WANT_EVIDENCE, "evidence");
	CHECK(bl_want_kind_of(BL_STR("\x01\x01")) == BL_WANT_SIGN, "two bytes");
	CHECK(bl_want_kind_of(BL_STR("\x01")) == 0, "one byte");
	CHECK(bl_want_kind_of(BL_STR("")) == 0, "empty");
	CHECK(bl_want_kind_of(BL_STR("\x00\x01")) == 0, "type 0");
	CHECK(bl_want_kind_of(BL_STR("\x05\x01")) == 0, "type 5");
	CHECK(bl_want_kind_of(BL_STR("\x81\x01")) == 0, "an answer");
	CHECK(bl_want_kind_of(BL_STR("\x01\x02")) == 0, "version 2");
	CHECK(bl_span_equal(bl_want_key_of(sign_frame), BL_STR(K32)), "sign");
	CHECK(
	    bl_span_equal(bl_want_key_of(unwrap_frame), BL_STR(K32)), "unwrap");
	CHECK(bl_want_key_of(evidence_frame).n == 0, "evidence");
	CHECK(bl_want_key_of(bl_span_cut(sign_frame, 0, 33)).n == 0, "cut");
	CHECK(bl_want_key_of(bl_span_cut(sign_frame, 0, 34)).n == 32, "uncut");
	CHECK(bl_want_key_of(BL_STR("")).n == 0, "empty");
}

static void
refuses_every_truncation(void)
{
	for (size_t n = 0; n < sign_frame.n; n++) {
		struct bl_want_sign w;

		CHECK(bl_want_sign_get(&w, bl_span_cut(sign_frame, 0, n),
			  NULL) == BL_E_MALFORMED,
		    "sign");
	}
	for (size_t n = 0; n < unwrap_frame.n; n++) {
		struct bl_want_unwrap w;

		CHECK(bl_want_unwrap_get(&w, bl_span_cut(unwrap_frame, 0, n),
			  NULL) == BL_E_MALFORMED,
		    "unwrap");
	}
	for (size_t n = 0; n < cert_frame.n; n++) {
		struct bl_want_cert w;

		CHECK(bl_want_cert_get(&w, bl_span_cut(cert_frame, 0, n),
			  NULL) == BL_E_MALFORMED,
		    "cert");
	}
	for (size_t n = 0; n < evidence_frame.n; n++) {
		struct bl_want_evidence w;

		CHECK(
		    bl_want_evidence_get(&w, bl_span_cut(evidence_frame, 0, n),
			NULL) == BL_E_MALFORMED,
		    "evidence");
	}
}

static enum bl_err
put_all(void *arg)
{
	struct bl_buf out = {0};
	struct bl_want_sign sign;
	struct bl_want_unwrap unwrap;
	struct bl_want_cert cert;
	struct bl_want_evidence evidence;
	enum bl_err err;

	(void)arg;
	if ((err = bl_want_sign_get(&sign, sign_frame, NULL)) == BL_OK &&
	    (err = bl_want_unwrap_get(&unwrap, unwrap_frame, NULL)) == BL_OK &&
	    (err = bl_want_cert_get(&cert, cert_frame, NULL)) == BL_OK &&
	    (err = bl_want_evidence_get(&evidence, evidence_frame, NULL)) ==
		BL_OK &&
	    (err = bl_want_sign_put(&out, &sign, NULL)) == BL_OK &&
	    (err = bl_want_unwrap_put(&out, &unwrap, NULL)) == BL_OK &&
	    (err = bl_want_cert_put(&out, &cert, NULL)) == BL_OK)
		err = bl_want_evidence_put(&out, &evidence, NULL);
	bl_buf_clear(&out);
	return err;
}

static void
survives_each_allocation(void)
{
	bl_test_each_allocation(put_all, NULL, "put");
}

TESTS(TEST(reads_sign_wants), TEST(gives_each_field_of_sign),
    TEST(keeps_the_numbers_of_sign), TEST(writes_no_wrong_sign),
    TEST(reads_unwrap_wants), TEST(gives_each_field_of_unwrap),
    TEST(keeps_the_limits_of_unwrap), TEST(reads_cert_wants),
    TEST(gives_each_field_of_cert), TEST(reads_evidence_wants),
    TEST(keeps_the_limits_of_cert_and_evidence),
    TEST(refuses_key_frames_over_64k), TEST(keeps_the_limit_of_attributes),
    TEST(tells_kinds_apart), TEST(refuses_every_truncation),
    TEST(survives_each_allocation))
