/* pkcs12_craft_test.c - key files by people who know the passphrase and mean
 * harm: the integrity check holds, each field may be absent or another. */
#include <openssl/hmac.h>

#include "crypto/internal.h"
#include "crypto/test_pkcs12.h"

static void
make_context(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
}

/* A ContentInfo with any DER in its [0]; empty: no [0]. */
static void
put_info(struct bl_buf *b, enum bl_oid oid, struct bl_span value)
{
	size_t info = bl_der_open(b, BL_DER_SEQUENCE);

	bl_der_put_oid(b, oid);
	if (value.n > 0)
		bl_der_put(b, BL_DER_CONTEXT(0), value);
	bl_der_close(b, info);
}

static void
put_data(struct bl_buf *b, struct bl_span octets)
{
	struct bl_buf value = {0};

	bl_der_put(&value, BL_DER_OCTETS, octets);
	put_info(b, BL_OID_DATA, bl_buf_span(&value));
	bl_buf_clear(&value);
}

/* The MacData of RFC 7292 with one iteration under "p". */
static void
put_mac(struct bl_buf *b, struct bl_span auth)
{
	struct bl_pbe pbe = {.kdf = BL_KDF_PKCS12,
	    .digest = BL_SHA1,
	    .salt = BL_STR("saltsalt"),
	    .iterations = 1};
	struct bl_digest_value mac = {0};
	uint8_t key[20];
	size_t data = bl_der_open(b, BL_DER_SEQUENCE), info, alg;

	CHECK(bl_pkcs12_derive(
		  key, 20, ctx, &pbe, 3, BL_STR("\0p\0\0"), NULL) == BL_OK,
	    "derive");
	CHECK(bl_hmac(&mac, ctx, BL_SHA1, bl_span_of(key, 20), auth, NULL) ==
		BL_OK,
	    "hmac");
	info = bl_der_open(b, BL_DER_SEQUENCE);
	alg = bl_der_open(b, BL_DER_SEQUENCE);
	bl_der_put_oid(b, BL_OID_SHA1);
	bl_der_put_null(b);
	bl_der_close(b, alg);
	bl_der_put(b, BL_DER_OCTETS, bl_span_of(mac.p, mac.n));
	bl_der_close(b, info);
	bl_der_put(b, BL_DER_OCTETS, pbe.salt);
	bl_der_close(b, data);
}

static void
put_file(struct bl_buf *b, uint64_t version, struct bl_span auth)
{
	size_t pfx = bl_der_open(b, BL_DER_SEQUENCE);

	bl_der_put_uint(b, version);
	put_data(b, auth);
	put_mac(b, auth);
	bl_der_close(b, pfx);
}

/* Reads a file of these ContentInfos. */
static enum bl_err
read_infos(struct bl_pkcs12 *p, struct bl_span infos)
{
	struct bl_buf auth = {0}, file = {0};
	enum bl_err err;

	bl_der_put(&auth, BL_DER_SEQUENCE, infos);
	put_file(&file, 3, bl_buf_span(&auth));
	err = read_bytes(p, bl_buf_span(&file), "p");
	bl_buf_clear(&auth);
	bl_buf_clear(&file);
	return err;
}

/* Reads a file of one clear part, given as the DER it holds. */
static enum bl_err
read_contents(struct bl_pkcs12 *p, struct bl_span contents)
{
	struct bl_buf infos = {0};
	enum bl_err err;

	put_data(&infos, contents);
	err = read_infos(p, bl_buf_span(&infos));
	bl_buf_clear(&infos);
	return err;
}

static void
put_bag(struct bl_buf *b, enum bl_oid oid, struct bl_span value,
    struct bl_span more)
{
	size_t bag = bl_der_open(b, BL_DER_SEQUENCE);

	bl_der_put_oid(b, oid);
	if (value.n > 0)
		bl_der_put(b, BL_DER_CONTEXT(0), value);
	bl_buf_add(b, more);
	bl_der_close(b, bag);
}

/* Reads a file of one bag. */
static enum bl_err
read_bag(struct bl_pkcs12 *p, enum bl_oid oid, struct bl_span value,
    struct bl_span more)
{
	struct bl_buf bags = {0}, contents = {0};
	enum bl_err err;

	put_bag(&bags, oid, value, more);
	bl_der_put(&contents, BL_DER_SEQUENCE, bl_buf_span(&bags));
	err = read_contents(p, bl_buf_span(&contents));
	bl_buf_clear(&bags);
	bl_buf_clear(&contents);
	return err;
}

#define X509	 "\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x09\x16\1"
#define SDSI	 "\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x09\x16\2"
#define FRIENDLY "\6\x09\x2a\x86\x48\x86\xf7\x0d\1\x09\x14"
#define CERT	 "\x30\x14" X509 "\xa0\6\4\4\x30\2\5\0" /* holds 30 02 05 00 */
#define NONE	 BYTES("")

static void
checks_each_field_of_a_bag(void)
{
	static const struct {
		const char *name;
		enum bl_oid oid;
		struct bl_span value, more;
		enum bl_err want;
		size_t n; /* entries */
	} cases[] = {
	    {"certificate", BL_OID_CERT_BAG, BYTES(CERT), NONE, BL_OK, 1},
	    {"without value", BL_OID_CERT_BAG, NONE, NONE, BL_E_MALFORMED, 0},
	    {"value is no sequence", BL_OID_CERT_BAG, BYTES("\5\0"), NONE,
		BL_E_MALFORMED, 0},
	    {"two values", BL_OID_CERT_BAG, BYTES(CERT CERT), NONE,
		BL_E_MALFORMED, 0},
	    {"certificate without value", BL_OID_CERT_BAG,
		BYTES("\x30\x0c" X509), NONE, BL_E_MALFORMED, 0},
	    {"certificate is NULL", BL_OID_CERT_BAG,
		BYTES("\x30\x10" X509 "\xa0\2\5\0"), NONE, BL_E_MALFORMED, 0},
	    {"certificate is empty", BL_OID_CERT_BAG,
		BYTES("\x30\x10" X509 "\xa0\2\4\0"), NONE, BL_E_MALFORMED, 0},
	    {"certificate of a utf8 string", BL_OID_CERT_BAG,
		BYTES("\x30\x11" X509 "\xa0\3\x0c\1x"), NONE, BL_E_MALFORMED,
		0},
	    {"no identifier", BL_OID_CERT_BAG, BYTES("\x30\0"), NONE,
		BL_E_MALFORMED, 0},
	    {"sdsi", BL_OID_CERT_BAG, BYTES("\x30\x11" SDSI "\xa0\3\x16\1x"),
		NONE, BL_OK, 0},
	    {"crl", BL_OID_CRL_BAG, BYTES("\x30\7\6\1\x2a\xa0\2\5\0"), NONE,
		BL_OK, 0},
	    {"crl of nothing", BL_OID_CRL_BAG, BYTES("\x30\0"), NONE,
		BL_E_MALFORMED, 0},
	    {"secret", BL_OID_SECRET_BAG, BYTES("\x30\7\6\1\x2a\xa0\2\5\0"),
		NONE, BL_OK, 0},
	    {"secret without value", BL_OID_SECRET_BAG, BYTES("\x30\3\6\1\x2a"),
		NONE, BL_E_MALFORMED, 0},
	    {"secret of two", BL_OID_SECRET_BAG,
		BYTES("\x30\x09\6\1\x2a\xa0\4\5\0\5\0"), NONE, BL_E_MALFORMED,
		0},
	    {"secret that is no element", BL_OID_SECRET_BAG,
		BYTES("\x30\x09\6\1\x2a\xa0\4\x30\2\5\1"), NONE, BL_E_MALFORMED,
		0},
	    {"unknown, no element inside", BL_OID_DATA, BYTES("\x30\2\5\1"),
		NONE, BL_E_MALFORMED, 0},
	    {"unknown", BL_OID_DATA, BYTES("\5\0"), NONE, BL_OK, 0},
	    {"unknown, two values", BL_OID_DATA, BYTES("\5\0\5\0"), NONE,
		BL_E_MALFORMED, 0},
	    {"no attributes", BL_OID_CERT_BAG, BYTES(CERT), BYTES("\x31\0"),
		BL_OK, 1},
	    {"attributes are a sequence", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x30\0"), BL_E_MALFORMED, 0},
	    {"an empty attribute", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\2\x30\0"), BL_E_MALFORMED, 0},
	    {"name", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\x13\x30\x11" FRIENDLY "\x31\4\x1e\2\0n"), BL_OK, 1},
	    {"empty name", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\x11\x30\x0f" FRIENDLY "\x31\2\x1e\0"), BL_OK, 1},
	    {"name without value", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\x0d\x30\x0b" FRIENDLY), BL_E_MALFORMED, 0},
	    {"name with an empty set", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\x0f\x30\x0d" FRIENDLY "\x31\0"), BL_OK, 1},
	    {"name of an odd length", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\x12\x30\x10" FRIENDLY "\x31\3\x1e\1n"),
		BL_E_MALFORMED, 0},
	    {"name with half a pair", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\x13\x30\x11" FRIENDLY "\x31\4\x1e\2\xd8\0"),
		BL_E_MALFORMED, 0},
	    {"name of another type", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\x12\x30\x10" FRIENDLY "\x31\3\x0c\1n"), BL_OK, 1},
	    {"name of a NULL", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\x11\x30\x0f" FRIENDLY "\x31\2\5\0"), BL_OK, 1},
	    {"more than attributes", BL_OID_CERT_BAG, BYTES(CERT),
		BYTES("\x31\0\5\0"), BL_E_MALFORMED, 0},
	    {"key that is none", BL_OID_KEY_BAG, BYTES("\x30\0"), NONE,
		BL_E_MALFORMED, 0},
	    {"key of another type", BL_OID_KEY_BAG, BYTES("\4\0"), NONE,
		BL_E_MALFORMED, 0},
	    {"key not in DER", BL_OID_KEY_BAG,
		BYTES("\x30\x80\2\1\0\x30\x0d\6\x09\x2a\x86\x48\x86\xf7\x0d\1\1"
		      "\1\5\0\4\0\0\0"),
		NONE, BL_E_MALFORMED, 0},
	    {"key that is broken", BL_OID_KEY_BAG,
		BYTES("\x30\x14\2\1\0\x30\x0d\6\x09\x2a\x86\x48\x86\xf7\x0d\1\1"
		      "\1\5\0\4\0"),
		NONE, BL_E_MALFORMED, 0},
	    {"key of an unknown kind", BL_OID_KEY_BAG,
		BYTES("\x30\x0b\2\1\0\x30\4\6\2\x2a\3\4\0"), NONE, BL_OK, 1},
	    {"sealed key without octets", BL_OID_SHROUDED_KEY_BAG,
		BYTES("\x30\x1c\x30\x1a\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x0c\1\3"
		      "\x30\x0c\4\7saltsal\2\1\1"),
		NONE, BL_E_MALFORMED, 0},
	    {"sealed key of no blocks", BL_OID_SHROUDED_KEY_BAG,
		BYTES("\x30\x1e\x30\x1a\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x0c\1\3"
		      "\x30\x0c\4\7saltsal\2\1\1\4\0"),
		NONE, BL_E_NOKEY, 0},
	    {"sealed key of half a block", BL_OID_SHROUDED_KEY_BAG,
		BYTES("\x30\x22\x30\x1a\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x0c\1\3"
		      "\x30\x0c\4\7saltsal\2\1\1\4\4half"),
		NONE, BL_E_NOKEY, 0},
	    {"sealed key that asks for 2^31", BL_OID_SHROUDED_KEY_BAG,
		BYTES("\x30\x2a\x30\x1e\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x0c\1\3"
		      "\x30\x10\4\7saltsal\2\5\0\x80\0\0\0\4\x08"
		      "12345678"),
		NONE, BL_E_LIMIT, 0},
	    {"sealed without algorithm", BL_OID_SHROUDED_KEY_BAG,
		BYTES("\x30\4\x30\0\4\0"), NONE, BL_E_MALFORMED, 0},
	    {"bags in a bag", BL_OID_SAFE_CONTENTS_BAG, BYTES("\x30\0"), NONE,
		BL_OK, 0},
	    {"bags in a bag, no sequence", BL_OID_SAFE_CONTENTS_BAG,
		BYTES("\x31\0"), NONE, BL_E_MALFORMED, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_pkcs12 p = {0};

		CHECK(read_bag(&p, cases[i].oid, cases[i].value,
			  cases[i].more) == cases[i].want,
		    cases[i].name);
		CHECK(p.n == cases[i].n, cases[i].name);
		if (p.n == 1 && cases[i].oid == BL_OID_CERT_BAG)
			CHECK(bl_span_equal(bl_buf_span(&p.entries[0].cert),
				  BL_STR("\x30\2\5\0")),
			    cases[i].name);
		if (strcmp(cases[i].name, "name") == 0)
			CHECK(is_named(&p, 0, "n"), cases[i].name);
		bl_pkcs12_clear(&p);
	}
}

static void
checks_each_part(void)
{
	static const struct {
		const char *name;
		struct bl_span infos;
		enum bl_err want;
	} cases[] = {
	    {"none", NONE, BL_OK},
	    {"data",
		BYTES("\x30\x11\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1\xa0\4"
		      "\4\2\x30\0"),
		BL_OK},
	    {"data without content",
		BYTES("\x30\x0b\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1"),
		BL_E_MALFORMED},
	    {"data of NULL",
		BYTES("\x30\x0f\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1\xa0\2\5\0"),
		BL_E_MALFORMED},
	    {"data of nothing",
		BYTES("\x30\x0f\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1\xa0\2\4\0"),
		BL_E_MALFORMED},
	    {"contents and more",
		BYTES("\x30\x13\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1\xa0\6"
		      "\4\4\x30\0\5\0"),
		BL_E_MALFORMED},
	    {"encrypted to a certificate",
		BYTES("\x30\x0f\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\3\xa0\2\x30"
		      "\0"),
		BL_E_UNSUPPORTED},
	    {"digested",
		BYTES("\x30\x0f\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\5\xa0\2\x30"
		      "\0"),
		BL_E_MALFORMED},
	    {"encrypted, empty",
		BYTES("\x30\x0f\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\6\xa0\2\x30"
		      "\0"),
		BL_E_MALFORMED},
	    {"encrypted, without content",
		BYTES("\x30\x39\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\6\xa0\x2c\x30"
		      "\x2a\2\1\0\x30\x25\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1"
		      "\x30\x18\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x0c\1\3\x30"
		      "\x0a\4\5saltx\2\1\1"),
		BL_E_MALFORMED},
	    {"encrypted, wrong content type",
		BYTES("\x30\x3b\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\6\xa0\x2e\x30"
		      "\x2c\2\1\0\x30\x27\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\2"
		      "\x30\x18\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x0c\1\3\x30"
		      "\x0a\4\5saltx\2\1\1\x80\0"),
		BL_E_MALFORMED},
	    {"encrypted, nothing",
		BYTES("\x30\x3b\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\6\xa0\x2e\x30"
		      "\x2c\2\1\0\x30\x27\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1"
		      "\x30\x18\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x0c\1\3\x30"
		      "\x0a\4\5saltx\2\1\1\x80\0"),
		BL_E_NOKEY},
	    {"not a part", BYTES("\5\0"), BL_E_MALFORMED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_pkcs12 p = {0};

		CHECK(read_infos(&p, cases[i].infos) == cases[i].want,
		    cases[i].name);
		CHECK(p.n == 0, cases[i].name);
		bl_pkcs12_clear(&p);
	}
}

static void
checks_the_frame(void)
{
	static const struct {
		const char *name;
		uint64_t version;
		struct bl_span auth;
		enum bl_err want;
	} cases[] = {
	    {"empty", 3, BYTES("\x30\0"), BL_OK},
	    {"version 2", 2, BYTES("\x30\0"), BL_E_MALFORMED},
	    {"version 4", 4, BYTES("\x30\0"), BL_E_MALFORMED},
	    {"no parts", 3, NONE, BL_E_MALFORMED},
	    {"no sequence", 3, BYTES("\x31\0"), BL_E_MALFORMED},
	    {"two sequences", 3, BYTES("\x30\0\x30\0"), BL_E_MALFORMED},
	};
	static const struct bl_span files[] = {NONE, BYTES("\x30"),
	    BYTES("\x30\0"), BYTES("\x30\3\2\1\3"), BYTES("\x30\x80"),
	    BYTES("\x30\x80\0\0"), BYTES("-----BEGIN"),
	    BYTES("\x30\x14\2\1\3\x30\x0f\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1"
		  "\xa0\2\5\0")};
	struct bl_pkcs12 p = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf file = {0};

		put_file(&file, cases[i].version, cases[i].auth);
		CHECK(read_bytes(&p, bl_buf_span(&file), "p") == cases[i].want,
		    cases[i].name);
		bl_pkcs12_clear(&p);
		bl_buf_clear(&file);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		CHECK(read_bytes(&p, files[i], "p") == BL_E_MALFORMED, "file");
	CHECK(read_bytes(&p,
		  BL_STR("\x30\x14\2\1\3\x30\x0f\6\x09\x2a\x86\x48"
			 "\x86\xf7\x0d\1\7\2\xa0\2\x30\0"),
		  "p") == BL_E_UNSUPPORTED,
	    "signed");
	CHECK(read_bytes(&p,
		  BL_STR("\x30\x16\2\1\3\x30\x11\6\x09\x2a\x86\x48"
			 "\x86\xf7\x0d\1\7\1\xa0\4\4\2\x30\0"),
		  "p") == BL_E_UNSUPPORTED,
	    "no MAC");
}

/* MacData written field by field; the MAC itself never holds. */
static void
checks_the_mac(void)
{
#define SHA1_NULL "\x30\x09\6\5\x2b\x0e\3\2\x1a\5\0"
#define HASH                                                                   \
	"\4\x14"                                                               \
	"12345678901234567890"
	static const struct {
		const char *name;
		struct bl_span mac;
		enum bl_err want;
	} cases[] = {
	    {"no iterations", BYTES("\x30\x27\x30\x21" SHA1_NULL HASH "\4\2st"),
		BL_E_NOKEY},
	    {"one", BYTES("\x30\x2a\x30\x21" SHA1_NULL HASH "\4\2st\2\1\1"),
		BL_E_NOKEY},
	    {"none", BYTES("\x30\x2a\x30\x21" SHA1_NULL HASH "\4\2st\2\1\0"),
		BL_E_MALFORMED},
	    {"minus one",
		BYTES("\x30\x2a\x30\x21" SHA1_NULL HASH "\4\2st\2\1\xff"),
		BL_E_MALFORMED},
	    {"2^31",
		BYTES(
		    "\x30\x2e\x30\x21" SHA1_NULL HASH "\4\2st\2\5\0\x80\0\0\0"),
		BL_E_LIMIT},
	    {"2^64",
		BYTES("\x30\x32\x30\x21" SHA1_NULL HASH
		      "\4\2st\2\x09\1\0\0\0\0\0\0\0\0"),
		BL_E_LIMIT},
	    {"empty salt", BYTES("\x30\x25\x30\x21" SHA1_NULL HASH "\4\0"),
		BL_E_MALFORMED},
	    {"no salt", BYTES("\x30\x23\x30\x21" SHA1_NULL HASH),
		BL_E_MALFORMED},
	    {"salt is NULL", BYTES("\x30\x25\x30\x21" SHA1_NULL HASH "\5\0"),
		BL_E_MALFORMED},
	    {"empty value", BYTES("\x30\x13\x30\x0d" SHA1_NULL "\4\0\4\2st"),
		BL_E_NOKEY},
	    {"value is NULL", BYTES("\x30\x13\x30\x0d" SHA1_NULL "\5\0\4\2st"),
		BL_E_MALFORMED},
	    {"no value", BYTES("\x30\x11\x30\x0b" SHA1_NULL "\4\2st"),
		BL_E_MALFORMED},
	    {"no digest", BYTES("\x30\x1e\x30\x18\x30\0" HASH "\4\2st"),
		BL_E_MALFORMED},
	    {"more inside",
		BYTES("\x30\x2c\x30\x21" SHA1_NULL HASH "\4\2st\2\1\1\5\0"),
		BL_E_MALFORMED},
	    {"more behind",
		BYTES("\x30\x2a\x30\x21" SHA1_NULL HASH "\4\2st\2\1\1\5\0"),
		BL_E_MALFORMED},
	    {"empty", BYTES("\x30\0"), BL_E_MALFORMED},
	    {"NULL", BYTES("\5\0"), BL_E_MALFORMED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf file = {0};
		struct bl_pkcs12 p = {0};
		size_t pfx = bl_der_open(&file, BL_DER_SEQUENCE);

		bl_der_put_uint(&file, 3);
		put_data(&file, BL_STR("\x30\0"));
		bl_buf_add(&file, cases[i].mac);
		bl_der_close(&file, pfx);
		CHECK(read_bytes(&p, bl_buf_span(&file), "p") == cases[i].want,
		    cases[i].name);
		bl_buf_clear(&file);
	}
}

/* RFC 9579: PBKDF2 and HMAC computed here by libcrypto's own calls. */
static enum bl_err
read_pbmac1(const char *pass, uint8_t key_n, struct bl_span scheme)
{
	static const uint8_t auth[] = {0x30, 0};
	struct bl_buf file = {0};
	struct bl_pkcs12 p = {0};
	uint8_t key[64], mac[64];
	unsigned mac_n = 0;
	size_t pfx = bl_der_open(&file, BL_DER_SEQUENCE), data, info, alg, seq,
	       kdf, params;
	enum bl_err err;

	CHECK(PKCS5_PBKDF2_HMAC(PASS, -1, (const uint8_t *)"saltsalt", 8, 7,
		  EVP_sha256(), key_n, key) == 1,
	    "pbkdf2");
	CHECK(HMAC(EVP_sha512(), key, key_n, auth, 2, mac, &mac_n) != NULL,
	    "hmac");
	bl_der_put_uint(&file, 3);
	put_data(&file, bl_span_of(auth, 2));
	data = bl_der_open(&file, BL_DER_SEQUENCE);
	info = bl_der_open(&file, BL_DER_SEQUENCE);
	alg = bl_der_open(&file, BL_DER_SEQUENCE);
	bl_der_put_oid(&file, BL_OID_PBMAC1);
	seq = bl_der_open(&file, BL_DER_SEQUENCE);
	kdf = bl_der_open(&file, BL_DER_SEQUENCE);
	bl_der_put_oid(&file, BL_OID_PBKDF2);
	params = bl_der_open(&file, BL_DER_SEQUENCE);
	bl_der_put(&file, BL_DER_OCTETS, BL_STR("saltsalt"));
	bl_der_put_uint(&file, 7);
	bl_der_put_uint(&file, key_n);
	bl_buf_add(&file,
	    BL_STR("\x30\x0c\6\x08\x2a\x86\x48\x86\xf7\x0d\2\x09"
		   "\5\0"));
	bl_der_close(&file, params);
	bl_der_close(&file, kdf);
	bl_buf_add(&file, scheme);
	bl_der_close(&file, seq);
	bl_der_close(&file, alg);
	bl_der_put(&file, BL_DER_OCTETS, bl_span_of(mac, mac_n));
	bl_der_close(&file, info);
	bl_der_put(&file, BL_DER_OCTETS, BL_STR("NOT USED"));
	bl_der_put_uint(&file, 1);
	bl_der_close(&file, data);
	bl_der_close(&file, pfx);
	err = read_bytes(&p, bl_buf_span(&file), pass);
	bl_buf_clear(&file);
	bl_pkcs12_clear(&p);
	return err;
}

static void
checks_a_mac_of_pbmac1(void)
{
	struct bl_span sha512 = BL_STR(
	    "\x30\x0c\6\x08\x2a\x86\x48\x86\xf7\x0d\2\x0b\5\0");
	struct bl_span md5 = BL_STR(
	    "\x30\x0c\6\x08\x2a\x86\x48\x86\xf7\x0d\2\6\5\0");

	CHECK(read_pbmac1(PASS, 32, sha512) == BL_OK, "as it is");
	CHECK(read_pbmac1(PASS, 20, sha512) == BL_OK, "20 bytes");
	CHECK(read_pbmac1(PASS, 64, sha512) == BL_OK, "64 bytes");
	CHECK(read_pbmac1("other", 32, sha512) == BL_E_NOKEY, "passphrase");
	CHECK(read_pbmac1("", 32, sha512) == BL_E_NOKEY, "none");
	CHECK(read_pbmac1(PASS, 0, sha512) == BL_E_MALFORMED, "0 bytes");
	CHECK(read_pbmac1(PASS, 32, md5) == BL_E_UNSUPPORTED, "md5");
	CHECK(read_pbmac1(PASS, 32, BL_STR("")) == BL_E_MALFORMED, "no hmac");
	limits.kdf_iterations = 7;
	CHECK(read_pbmac1(PASS, 32, sha512) == BL_OK, "7 iterations");
	limits.kdf_iterations = 6;
	CHECK(read_pbmac1(PASS, 32, sha512) == BL_E_LIMIT, "6 are allowed");
	limits = BL_LIMITS;
}

/* Keys inside count towards one sum before any of them is opened. */
static void
counts_the_work_of_keys_inside(void)
{
	/* 3DES, salt of 8, 100 iterations, 8 bytes that open to nothing */
	static const struct bl_span key = BYTES(
	    "\x30\x27\x30\x1b\6\x0a\x2a\x86\x48\x86\xf7\x0d\1\x0c\1\3"
	    "\x30\x0d\4\x08saltsalt\2\1\x64\4\x08"
	    "12345678");
	struct bl_buf bags = {0}, contents = {0};
	struct bl_pkcs12 p = {0};

	for (size_t i = 0; i < 5; i++)
		put_bag(&bags, BL_OID_SHROUDED_KEY_BAG, key,
		    (struct bl_span){NULL, 0});
	bl_der_put(&contents, BL_DER_SEQUENCE, bl_buf_span(&bags));
	limits.kdf_iterations = 501; /* one of the MAC */
	CHECK(read_contents(&p, bl_buf_span(&contents)) == BL_E_NOKEY, "501");
	limits.kdf_iterations = 500;
	CHECK(read_contents(&p, bl_buf_span(&contents)) == BL_E_LIMIT, "500");
	limits = BL_LIMITS;
	bl_buf_clear(&bags);
	bl_buf_clear(&contents);
}

static void
bounds_parts_bags_and_depth(void)
{
	struct bl_buf b = {0}, more = {0};
	struct bl_pkcs12 p = {0};

	for (size_t i = 0; i < 65; i++) {
		if (i == 64)
			CHECK(read_infos(&p, bl_buf_span(&b)) == BL_OK, "64");
		put_data(&b, BL_STR("\x30\0"));
	}
	CHECK(read_infos(&p, bl_buf_span(&b)) == BL_E_LIMIT, "65 parts");
	bl_buf_reset(&b);
	for (size_t i = 0; i < 1001; i++) {
		if (i == 1000) {
			bl_der_put(&more, BL_DER_SEQUENCE, bl_buf_span(&b));
			CHECK(read_contents(&p, bl_buf_span(&more)) == BL_OK &&
				p.n == 1000,
			    "1000 bags");
			bl_pkcs12_clear(&p);
			bl_buf_reset(&more);
		}
		put_bag(&b, BL_OID_CERT_BAG, BL_STR(CERT),
		    (struct bl_span){NULL, 0});
	}
	bl_der_put(&more, BL_DER_SEQUENCE, bl_buf_span(&b));
	CHECK(read_contents(&p, bl_buf_span(&more)) == BL_E_LIMIT, "1001");
	/* bags in bags: 5 deep is fine, 30 is not */
	bl_buf_reset(&b);
	bl_der_put(&b, BL_DER_SEQUENCE, (struct bl_span){NULL, 0});
	for (size_t i = 0; i < 30; i++) {
		if (i == 5)
			CHECK(read_contents(&p, bl_buf_span(&b)) == BL_OK, "5");
		bl_buf_reset(&more);
		put_bag(&more, BL_OID_SAFE_CONTENTS_BAG, bl_buf_span(&b),
		    (struct bl_span){NULL, 0});
		bl_buf_reset(&b);
		bl_der_put(&b, BL_DER_SEQUENCE, bl_buf_span(&more));
	}
	CHECK(read_contents(&p, bl_buf_span(&b)) == BL_E_MALFORMED, "30");
	bl_buf_clear(&b);
	bl_buf_clear(&more);
}

static void
bounds_names_and_certificates(void)
{
	static uint8_t bytes[2000];
	struct bl_buf attr = {0}, cert = {0};
	struct bl_pkcs12 p = {0};

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 2 == 0 ? 0 : 'n';
	for (size_t n = 1024; n <= 1026; n += 2) {
		size_t set, a, values;

		bl_buf_reset(&attr);
		set = bl_der_open(&attr, BL_DER_SET);
		a = bl_der_open(&attr, BL_DER_SEQUENCE);
		bl_der_put_oid(&attr, BL_OID_FRIENDLY_NAME);
		values = bl_der_open(&attr, BL_DER_SET);
		bl_der_put(&attr, BL_DER_BMP, bl_span_of(bytes, n));
		bl_der_close(&attr, values);
		bl_der_close(&attr, a);
		bl_der_close(&attr, set);
		CHECK(read_bag(&p, BL_OID_CERT_BAG, BL_STR(CERT),
			  bl_buf_span(&attr)) ==
			(n == 1024 ? BL_OK : BL_E_MALFORMED),
		    "name");
		CHECK(p.n == 0 || p.entries[0].name.n == 512, "name");
		bl_pkcs12_clear(&p);
	}
	limits.certificate_bytes = 1000;
	for (size_t n = 1000; n <= 1001; n++) {
		size_t seq = bl_der_open(&cert, BL_DER_SEQUENCE), octets;

		bl_der_put_oid(&cert, BL_OID_X509_CERTIFICATE);
		octets = bl_der_open(&cert, BL_DER_CONTEXT(0));
		bl_der_put(&cert, BL_DER_OCTETS, bl_span_of(bytes, n));
		bl_der_close(&cert, octets);
		bl_der_close(&cert, seq);
		CHECK(read_bag(&p, BL_OID_CERT_BAG, bl_buf_span(&cert),
			  (struct bl_span){NULL, 0}) ==
			(n == 1000 ? BL_OK : BL_E_LIMIT),
		    "certificate");
		bl_pkcs12_clear(&p);
		bl_buf_reset(&cert);
	}
	limits = BL_LIMITS;
	bl_buf_clear(&attr);
	bl_buf_clear(&cert);
}

static void
free_context(void)
{
	bl_ctx_free(ctx);
}

TESTS(TEST(make_context), TEST(checks_each_field_of_a_bag),
    TEST(checks_each_part), TEST(checks_the_frame), TEST(checks_the_mac),
    TEST(checks_a_mac_of_pbmac1), TEST(counts_the_work_of_keys_inside),
    TEST(bounds_parts_bags_and_depth), TEST(bounds_names_and_certificates),
    TEST(free_context))
