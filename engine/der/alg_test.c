/* alg_test.c - AlgorithmIdentifiers of digests and signatures. */
#include "der/alg.h"
#include "tests/test.h"

#include <string.h>

#define RSA	  "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define SHA(n)	  "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" n
#define ECDSA(n)  "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03" n
#define NUL	  "\x05\x00"
#define SHA256_ID "\x30\x0d" SHA("\x01") NUL
#define MGF256	  "\x30\x1a" RSA "\x08" SHA256_ID
#define MD5_ID	  "\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05" NUL
#define SHA1_ID	  "\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a" NUL

static const struct {
	const char *name;
	struct bl_span der;
	enum bl_digest digest;
	bool bad;
	struct bl_sig_alg want;
	bool written; /* bl_sig_alg_write gives the same bytes */
} cases[] = {
    {"sha256WithRSA", BYTES("\x30\x0d" RSA "\x0b" NUL), 0, false,
	{BL_SIG_RSA_PKCS1, BL_SHA256}, false},
    {"sha256WithRSA without NULL", BYTES("\x30\x0b" RSA "\x0b"), 0, false,
	{BL_SIG_RSA_PKCS1, BL_SHA256}, false},
    {"sha1WithRSA", BYTES("\x30\x0d" RSA "\x05" NUL), 0, false,
	{BL_SIG_RSA_PKCS1, BL_SHA1}, false},
    {"sha224WithRSA", BYTES("\x30\x0d" RSA "\x0e" NUL), 0, false,
	{BL_SIG_RSA_PKCS1, BL_SHA224}, false},
    {"sha384WithRSA", BYTES("\x30\x0d" RSA "\x0c" NUL), 0, false,
	{BL_SIG_RSA_PKCS1, BL_SHA384}, false},
    {"sha512WithRSA", BYTES("\x30\x0d" RSA "\x0d" NUL), 0, false,
	{BL_SIG_RSA_PKCS1, BL_SHA512}, false},
    {"sha1WithRSA of OIW", BYTES("\x30\x09\x06\x05\x2b\x0e\x03\x02\x1d" NUL), 0,
	false, {BL_SIG_RSA_PKCS1, BL_SHA1}, false},
    {"sha256WithRSA with an octet string", BYTES("\x30\x0d" RSA "\x0b\x04\x00"),
	0, true, {0}, false},
    {"sha256WithRSA with two NULLs", BYTES("\x30\x0f" RSA "\x0b" NUL NUL), 0,
	true, {0}, false},
    {"md5WithRSA", BYTES("\x30\x0d" RSA "\x04" NUL), 0, false, {0}, false},
    {"rsaEncryption with a digest", BYTES("\x30\x0d" RSA "\x01" NUL), BL_SHA384,
	false, {BL_SIG_RSA_PKCS1, BL_SHA384}, true},
    {"rsaEncryption without a digest", BYTES("\x30\x0d" RSA "\x01" NUL), 0,
	false, {0}, false},
    {"another digest does not count", BYTES("\x30\x0d" RSA "\x0b" NUL), BL_SHA1,
	false, {BL_SIG_RSA_PKCS1, BL_SHA256}, false},

    {"PSS, all defaults", BYTES("\x30\x0d" RSA "\x0a\x30\x00"), 0, false,
	{BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 20}, true},
    {"PSS, SHA-256, salt 32",
	BYTES("\x30\x41" RSA "\x0a\x30\x34\xa0\x0f" SHA256_ID "\xa1\x1c" MGF256
	      "\xa2\x03\x02\x01\x20"),
	0, false, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32}, true},
    {"PSS, mask of SHA-1",
	BYTES("\x30\x1e" RSA "\x0a\x30\x11\xa0\x0f" SHA256_ID), 0, false,
	{BL_SIG_RSA_PSS, BL_SHA256, BL_SHA1, 20}, true},
    {"PSS, digest of SHA-1",
	BYTES("\x30\x2b" RSA "\x0a\x30\x1e\xa1\x1c" MGF256), 0, false,
	{BL_SIG_RSA_PSS, BL_SHA1, BL_SHA256, 20}, true},
    {"PSS, digest without NULL",
	BYTES("\x30\x1c" RSA "\x0a\x30\x0f\xa0\x0d\x30\x0b" SHA("\x01")), 0,
	false, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA1, 20}, false},
    {"PSS, salt 0", BYTES("\x30\x12" RSA "\x0a\x30\x05\xa2\x03\x02\x01\x00"), 0,
	false, {BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 0}, true},
    {"PSS, salt 1024",
	BYTES("\x30\x13" RSA "\x0a\x30\x06\xa2\x04\x02\x02\x04\x00"), 0, false,
	{BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 1024}, true},
    {"PSS, salt 1025",
	BYTES("\x30\x13" RSA "\x0a\x30\x06\xa2\x04\x02\x02\x04\x01"), 0, true,
	{0}, false},
    {"PSS, salt -1", BYTES("\x30\x12" RSA "\x0a\x30\x05\xa2\x03\x02\x01\xff"),
	0, true, {0}, false},
    {"PSS, trailer 1", BYTES("\x30\x12" RSA "\x0a\x30\x05\xa3\x03\x02\x01\x01"),
	0, false, {BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 20}, false},
    {"PSS, trailer 2", BYTES("\x30\x12" RSA "\x0a\x30\x05\xa3\x03\x02\x01\x02"),
	0, true, {0}, false},
    {"PSS, trailer 0", BYTES("\x30\x12" RSA "\x0a\x30\x05\xa3\x03\x02\x01\x00"),
	0, true, {0}, false},
    {"PSS, fields out of order",
	BYTES("\x30\x17" RSA "\x0a\x30\x0a\xa3\x03\x02\x01\x01\xa2\x03\x02\x01"
	      "\x20"),
	0, true, {0}, false},
    {"PSS, two elements in a field",
	BYTES("\x30\x15" RSA "\x0a\x30\x08\xa2\x06\x02\x01\x20\x02\x01\x20"), 0,
	true, {0}, false},
    {"PSS, two elements for the digest",
	BYTES("\x30\x20" RSA "\x0a\x30\x13\xa0\x11" SHA256_ID NUL), 0, true,
	{0}, false},
    {"PSS, two elements for the mask",
	BYTES("\x30\x2d" RSA "\x0a\x30\x20\xa1\x1e" MGF256 NUL), 0, true, {0},
	false},
    {"PSS, a mask with two parameters",
	BYTES("\x30\x2d" RSA "\x0a\x30\x20\xa1\x1e\x30\x1c" RSA
	      "\x08" SHA256_ID NUL),
	0, true, {0}, false},
    {"PSS without parameters", BYTES("\x30\x0b" RSA "\x0a"), 0, true, {0},
	false},
    {"PSS with NULL", BYTES("\x30\x0d" RSA "\x0a" NUL), 0, true, {0}, false},
    {"PSS with MD5", BYTES("\x30\x1d" RSA "\x0a\x30\x10\xa0\x0e" MD5_ID), 0,
	false, {0}, false},
    {"PSS with MD5 in the mask",
	BYTES("\x30\x2a" RSA "\x0a\x30\x1d\xa1\x1b\x30\x19" RSA "\x08" MD5_ID),
	0, false, {0}, false},
    {"PSS with another mask",
	BYTES("\x30\x1e" RSA "\x0a\x30\x11\xa1\x0f" SHA256_ID), 0, false, {0},
	false},

    {"ecdsa-with-SHA1", BYTES("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"),
	0, false, {BL_SIG_ECDSA, BL_SHA1}, true},
    {"ecdsa-with-SHA224", BYTES("\x30\x0a" ECDSA("\x01")), 0, false,
	{BL_SIG_ECDSA, BL_SHA224}, true},
    {"ecdsa-with-SHA256", BYTES("\x30\x0a" ECDSA("\x02")), 0, false,
	{BL_SIG_ECDSA, BL_SHA256}, true},
    {"ecdsa-with-SHA384", BYTES("\x30\x0a" ECDSA("\x03")), 0, false,
	{BL_SIG_ECDSA, BL_SHA384}, true},
    {"ecdsa-with-SHA512", BYTES("\x30\x0a" ECDSA("\x04")), 0, false,
	{BL_SIG_ECDSA, BL_SHA512}, true},
    {"ecdsa-with-SHA256 and NULL", BYTES("\x30\x0c" ECDSA("\x02") NUL), 0,
	false, {BL_SIG_ECDSA, BL_SHA256}, false},
    {"ecdsa-with-SHA256 and a sequence",
	BYTES("\x30\x0c" ECDSA("\x02") "\x30\x00"), 0, true, {0}, false},
    {"dsa-with-sha1", BYTES("\x30\x09\x06\x07\x2a\x86\x48\xce\x38\x04\x03"), 0,
	false, {BL_SIG_DSA, BL_SHA1}, false},
    {"dsa-with-sha256",
	BYTES("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x02"), 0, false,
	{BL_SIG_DSA, BL_SHA256}, false},
    {"Ed25519", BYTES("\x30\x05\x06\x03\x2b\x65\x70"), 0, false,
	{BL_SIG_ED25519}, true},
    {"Ed25519 with NULL", BYTES("\x30\x07\x06\x03\x2b\x65\x70" NUL), 0, true,
	{0}, false},
    {"Ed448", BYTES("\x30\x05\x06\x03\x2b\x65\x71"), 0, false, {BL_SIG_ED448},
	true},
    {"Ed448 with NULL", BYTES("\x30\x07\x06\x03\x2b\x65\x71" NUL), 0, true, {0},
	false},
    {"rsaEncryption beside SHAKE256", BYTES("\x30\x0d" RSA "\x01" NUL),
	BL_SHAKE256, false, {0}, false},
    {"unknown", BYTES("\x30\x03\x06\x01\x2a"), 0, false, {0}, false},
    {"unknown with parameters", BYTES("\x30\x06\x06\x01\x2a\x02\x01\x05"), 0,
	false, {0}, false},
    {"unknown with two parameters",
	BYTES("\x30\x09\x06\x01\x2a\x02\x01\x05\x02\x01\x05"), 0, true, {0},
	false},
    {"no OID", BYTES("\x30\x02" NUL), 0, true, {0}, false},
    {"empty", BYTES("\x30\x00"), 0, true, {0}, false},
    {"not a sequence", BYTES("\x31\x05\x06\x03\x2b\x65\x70"), 0, true, {0},
	false},
};

static bool
same(const struct bl_sig_alg *a, const struct bl_sig_alg *b)
{
	return a->kind == b->kind && a->digest == b->digest &&
	    a->mgf == b->mgf && a->salt == b->salt;
}

static void
reads_each_signature_algorithm(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_der in = bl_der_of(cases[i].der);
		struct bl_sig_alg alg = bl_sig_alg_read(&in, cases[i].digest);
		struct bl_buf out = {0};

		CHECK(in.bad == cases[i].bad, cases[i].name);
		CHECK(same(&alg, &cases[i].want), cases[i].name);
		CHECK(in.bad || in.left.n == 0, cases[i].name);
		bl_sig_alg_write(&out, &cases[i].want);
		if (cases[i].written)
			CHECK(out.err == BL_OK &&
				bl_span_equal(bl_buf_span(&out), cases[i].der),
			    cases[i].name);
		bl_buf_clear(&out);
	}
}

/* As a certificate has it, it is read without another's help. */
static void
names_rsa_with_its_digest(void)
{
	static const struct bl_sig_alg algs[] = {{BL_SIG_RSA_PKCS1, BL_SHA256},
	    {BL_SIG_RSA_PKCS1, BL_SHA512},
	    {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32},
	    {BL_SIG_ECDSA, BL_SHA384}, {BL_SIG_ED25519, BL_DIGEST_NONE}};
	struct bl_buf out = {0};

	for (size_t i = 0; i < sizeof(algs) / sizeof(*algs); i++) {
		struct bl_sig_alg alg;
		struct bl_der in;

		bl_sig_alg_write_x509(&out, &algs[i]);
		in = bl_der_of(bl_buf_span(&out));
		alg = bl_sig_alg_read(&in, BL_DIGEST_NONE);
		CHECK(same(&alg, &algs[i]) && bl_der_done(&in), "x509");
		bl_buf_clear(&out);
	}
	bl_sig_alg_write_x509(&out, &algs[0]);
	CHECK(bl_span_equal(bl_buf_span(&out),
		  BL_STR("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
			 "\x0b\x05\x00")),
	    "with NULL");
	bl_buf_clear(&out);
	bl_sig_alg_write_x509(
	    &out, &(struct bl_sig_alg){BL_SIG_RSA_PKCS1, BL_DIGEST_NONE});
	CHECK(out.err == BL_E_CALLER, "no digest");
	bl_buf_clear(&out);
	bl_sig_alg_write_x509(&out, &(struct bl_sig_alg){BL_SIG_OTHER});
	CHECK(out.err == BL_E_CALLER, "no algorithm");
	bl_buf_clear(&out);
}

static const struct bl_sig_alg unwritable[] = {
    {BL_SIG_OTHER, BL_SHA256},
    {BL_SIG_DSA, BL_SHA256},
    {BL_SIG_RSA_PKCS1, BL_DIGEST_NONE},
    {BL_SIG_RSA_PKCS1, BL_SHAKE256},
    {BL_SIG_RSA_PSS, BL_DIGEST_NONE, BL_SHA256, 32},
    {BL_SIG_RSA_PSS, BL_SHA256, BL_DIGEST_NONE, 32},
    {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 1025},
    {BL_SIG_ECDSA, BL_DIGEST_NONE},
};

static void
writes_nothing_without_a_name(void)
{
	struct bl_buf out = {0};

	for (size_t i = 0; i < sizeof(unwritable) / sizeof(*unwritable); i++) {
		bl_buf_reset(&out);
		bl_sig_alg_write(&out, &unwritable[i]);
		CHECK(out.err == BL_E_CALLER && out.n == 0, "unwritable");
	}
	bl_buf_reset(&out);
	bl_digest_alg_write(&out, BL_DIGEST_NONE);
	CHECK(out.err == BL_E_CALLER && out.n == 0, "no digest");
	bl_buf_clear(&out);
}

static const struct {
	const char *name;
	struct bl_span der;
	bool bad;
	enum bl_digest want;
	bool written;
} digests[] = {
    {"sha1", BYTES("\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a"), false, BL_SHA1,
	true},
    {"sha1 with NULL", BYTES(SHA1_ID), false, BL_SHA1, false},
    {"sha224", BYTES("\x30\x0b" SHA("\x04")), false, BL_SHA224, true},
    {"sha256", BYTES("\x30\x0b" SHA("\x01")), false, BL_SHA256, true},
    {"sha256 with NULL", BYTES(SHA256_ID), false, BL_SHA256, false},
    {"sha256 with a boolean", BYTES("\x30\x0d" SHA("\x01") "\x01\x00"), true,
	BL_DIGEST_NONE, false},
    {"sha384", BYTES("\x30\x0b" SHA("\x02")), false, BL_SHA384, true},
    {"sha512", BYTES("\x30\x0b" SHA("\x03")), false, BL_SHA512, true},
    {"md5", BYTES(MD5_ID), false, BL_DIGEST_NONE, false},
    {"sha3-256", BYTES("\x30\x0b" SHA("\x08")), false, BL_DIGEST_NONE, false},
    {"unknown with parameters", BYTES("\x30\x06\x06\x01\x2a\x02\x01\x05"),
	false, BL_DIGEST_NONE, false},
    {"no OID", BYTES("\x30\x00"), true, BL_DIGEST_NONE, false},
};

static void
reads_each_digest_algorithm(void)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++) {
		struct bl_der in = bl_der_of(digests[i].der);
		struct bl_buf out = {0};

		CHECK(bl_digest_alg_read(&in) == digests[i].want,
		    digests[i].name);
		CHECK(in.bad == digests[i].bad, digests[i].name);
		bl_digest_alg_write(&out, digests[i].want);
		if (digests[i].written)
			CHECK(bl_span_equal(bl_buf_span(&out), digests[i].der),
			    digests[i].name);
		bl_buf_clear(&out);
	}
}

#define SHAKE(last) "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02" last

/* RFC 8419 2.3; elsewhere it is an unknown digest. */
static void
reads_shake256_as_a_digest_of_content(void)
{
	static const struct {
		const char *name;
		struct bl_span der;
		bool bad;
		enum bl_digest want;
	} shakes[] = {
	    {"512 bits", BYTES("\x30\x0f" SHAKE("\x12") "\x02\x02\x02\x00"),
		false, BL_SHAKE256},
	    {"511 bits", BYTES("\x30\x0f" SHAKE("\x12") "\x02\x02\x01\xff"),
		false, BL_DIGEST_NONE},
	    {"513 bits", BYTES("\x30\x0f" SHAKE("\x12") "\x02\x02\x02\x01"),
		false, BL_DIGEST_NONE},
	    {"-512 bits", BYTES("\x30\x0f" SHAKE("\x12") "\x02\x02\xfe\x00"),
		false, BL_DIGEST_NONE},
	    {"no length", BYTES("\x30\x0b" SHAKE("\x12")), false,
		BL_DIGEST_NONE},
	    {"NULL", BYTES("\x30\x0d" SHAKE("\x12") NUL), false,
		BL_DIGEST_NONE},
	    {"two lengths",
		BYTES("\x30\x13" SHAKE("\x12") "\x02\x02\x02\x00\x02\x02"
					       "\x02\x00"),
		true, BL_DIGEST_NONE},
	    {"id-shake256", BYTES("\x30\x0b" SHAKE("\x0c")), false,
		BL_DIGEST_NONE},
	    {"shake128 of 512 bits",
		BYTES("\x30\x0f" SHAKE("\x11") "\x02\x02\x02\x00"), false,
		BL_DIGEST_NONE},
	    {"sha256", BYTES("\x30\x0b" SHA("\x01")), false, BL_SHA256},
	};
	struct bl_buf out = {0};

	for (size_t i = 0; i < sizeof(shakes) / sizeof(*shakes); i++) {
		struct bl_der in = bl_der_of(shakes[i].der), other = in;

		CHECK(bl_content_digest_read(&in) == shakes[i].want,
		    shakes[i].name);
		CHECK(in.bad == shakes[i].bad, shakes[i].name);
		CHECK(in.bad || in.left.n == 0, shakes[i].name);
		CHECK(
		    bl_digest_alg_read(&other) != BL_SHAKE256, shakes[i].name);
	}
	bl_digest_alg_write(&out, BL_SHAKE256);
	CHECK(bl_span_equal(bl_buf_span(&out), shakes[0].der), "written");
	bl_buf_reset(&out);
	bl_digest_alg_write_null(&out, BL_SHAKE256);
	CHECK(out.err == BL_E_CALLER && out.n == 0, "in other parameters");
	bl_buf_clear(&out);
}

TESTS(TEST(reads_shake256_as_a_digest_of_content),
    TEST(reads_each_signature_algorithm), TEST(names_rsa_with_its_digest),
    TEST(writes_nothing_without_a_name), TEST(reads_each_digest_algorithm))
