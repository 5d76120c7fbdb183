/* trust_test.c - which reasons speak against a certificate, and that nothing
 * that was not asked for does (ATK-301, ATK-305, ATK-309, ATK-310). */
#include "trust/trust.h"
#include "tests/cert.h"
#include "tests/test.h"

#include <string.h>

#define FROM 1577836800 /* 2020-01-01, as tests/cert.h makes them */
#define TO   1893456000 /* 2030-01-01 */
#define NOW  1790000000

#define KU(bits)                                                               \
	{                                                                      \
		BL_OID_KEY_USAGE, true, BYTES("\x03\x02\x00" bits)             \
	}
#define EMAIL  "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x04"
#define SERVER "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
#define EKU(n, e)                                                              \
	{                                                                      \
		BL_OID_EXT_KEY_USAGE, false, BYTES("\x30" n e)                 \
	}
#define SAN                                                                    \
	{                                                                      \
		BL_OID_SUBJECT_ALT_NAME, false,                                \
		    BYTES("\x30\x07\x81\x05"                                   \
			  "a@b.c")                                             \
	}
#define CA                                                                     \
	{                                                                      \
		BL_OID_BASIC_CONSTRAINTS, true, BYTES("\x30\x03\x01\x01\xff")  \
	}

#define R(id)	BL_REASON_BIT(id)
#define UNKNOWN R(SIGNER_UNKNOWN_CA)
#define MISSING (UNKNOWN | R(CHAIN_INCOMPLETE))
#define USAGE	R(WRONG_USAGE)
#define BAD	R(BAD_CERTIFICATE)

enum { NO_ANCHOR, PINNED };

static struct bl_ctx *ctx;
static struct bl_limits limits;

/* p256: the key is on P-256 instead of RSA; bits, exponent: another RSA key */
static const struct {
	const char *name;
	struct bl_test_cert how;
	bool p256;
	unsigned bits;
	uint64_t exponent;
	int anchor;
	enum bl_purpose purpose;
	const char *address;
	int64_t at; /* 0: NOW */
	bl_reasons want;
	const char *trace; /* a part of it */
} cases[] = {
    /* origin */
    {"pinned", {{0}}, .anchor = PINNED, .trace = "RFC 5280 6.1.1 (d)"},
    {"not pinned", {{0}}, .want = MISSING, .trace = "Ann ("},
    {"pinned, its own signature is weak",
	{.inner = BYTES("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"
			"\x05\x00")},
	.anchor = PINNED},
    {"not pinned, its own signature is weak",
	{.inner = BYTES("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"
			"\x05\x00")},
	.want = MISSING | R(WEAK_ALGORITHM), .trace = "RFC 8551 2.2"},
    {"not pinned, its own signature is unknown",
	{.inner = BYTES("\x30\x03\x06\x01\x2a")},
	.want = MISSING | R(UNKNOWN_ALGORITHM)},

    /* time: both ends count as valid */
    {"first second", {{0}}, .anchor = PINNED, .at = FROM},
    {"a second early", {{0}}, .anchor = PINNED, .at = FROM - 1,
	.want = R(NOT_YET_VALID),
	.trace = "notBefore 2020-01-01T00:00:00Z is after the time that "
		 "counts, 2019-12-31T23:59:59Z [RFC 5280 4.1.2.5]"},
    {"last second", {{0}}, .anchor = PINNED, .at = TO},
    {"a second late", {{0}}, .anchor = PINNED, .at = TO + 1, .want = R(EXPIRED),
	.trace = "notAfter 2030-01-01T00:00:00Z is before the time that "
		 "counts, 2030-01-01T00:00:01Z [RFC 5280 4.1.2.5]"},
    {"never valid",
	{.validity = BYTES("\x30\x1e\x17\x0d"
			   "300101000000Z\x17\x0d"
			   "200101000000Z")},
	.anchor = PINNED, .want = R(NOT_YET_VALID) | R(EXPIRED)},
    {"before 1950 and after 2049",
	{.validity = BYTES("\x30\x22\x18\x0f"
			   "19000101000000Z\x18\x0f"
			   "20500101000000Z")},
	.anchor = PINNED, .at = 2524608001, .want = R(EXPIRED),
	.trace = "notAfter 2050-01-01T00:00:00Z is before"},
    {"until 9999",
	{.validity = BYTES("\x30\x20\x17\x0d"
			   "500101000000Z\x18\x0f"
			   "99991231235959Z")},
	.anchor = PINNED, .at = INT64_C(253402300799)},
    {"in 1959",
	{.validity = BYTES("\x30\x1e\x17\x0d"
			   "500101000000Z\x17\x0d"
			   "590101000000Z")},
	.anchor = PINNED, .at = FROM, .want = R(EXPIRED),
	.trace = "notAfter 1959-01-01T00:00:00Z"},
    {"a time beyond all calendars", {{0}}, .anchor = PINNED, .at = INT64_MAX,
	.want = R(EXPIRED)},

    /* usage */
    {"signing without usage", {{0}}, .anchor = PINNED,
	.purpose = BL_PURPOSE_SIGN},
    {"signing with digitalSignature", {.ext = {KU("\x80")}}, .anchor = PINNED,
	.purpose = BL_PURPOSE_SIGN},
    {"signing with nonRepudiation", {.ext = {KU("\x40")}}, .anchor = PINNED,
	.purpose = BL_PURPOSE_SIGN},
    {"signing with keyEncipherment and the rest", {.ext = {KU("\x3b")}},
	.anchor = PINNED, .purpose = BL_PURPOSE_SIGN, .want = USAGE,
	.trace =
	    "neither digitalSignature nor nonRepudiation [RFC 8550 4.4.2]"},
    {"encrypting with keyEncipherment", {.ext = {KU("\x20")}}, .anchor = PINNED,
	.purpose = BL_PURPOSE_ENCRYPT},
    {"encrypting without usage", {{0}}, .anchor = PINNED,
	.purpose = BL_PURPOSE_ENCRYPT},
    {"encrypting with the others", {.ext = {KU("\xdb")}}, .anchor = PINNED,
	.purpose = BL_PURPOSE_ENCRYPT, .want = USAGE,
	.trace = "what encrypting to this key needs"},
    {"encrypting to P-256 with keyAgreement", {.ext = {KU("\x08")}}, true,
	.anchor = PINNED, .purpose = BL_PURPOSE_ENCRYPT},
    {"encrypting to P-256 with the others", {.ext = {KU("\xf3")}}, true,
	.anchor = PINNED, .purpose = BL_PURPOSE_ENCRYPT, .want = USAGE},
    {"signing with P-256", {.ext = {KU("\x80")}}, true, .anchor = PINNED,
	.purpose = BL_PURPOSE_SIGN},
    {"any use of any usage", {.ext = {KU("\x02"), EKU("\x0a", SERVER)}},
	.anchor = PINNED},
    {"extended usage e-mail", {.ext = {EKU("\x0a", EMAIL)}}, .anchor = PINNED,
	.purpose = BL_PURPOSE_SIGN},
    {"extended usage any", {.ext = {EKU("\x06", "\x06\x04\x55\x1d\x25\x00")}},
	.anchor = PINNED, .purpose = BL_PURPOSE_SIGN},
    {"extended usage of servers, signing", {.ext = {EKU("\x0a", SERVER)}},
	.anchor = PINNED, .purpose = BL_PURPOSE_SIGN, .want = USAGE,
	.trace = "[RFC 8550 4.4.4]"},
    {"extended usage of servers, encrypting", {.ext = {EKU("\x0a", SERVER)}},
	.anchor = PINNED, .purpose = BL_PURPOSE_ENCRYPT, .want = USAGE},
    {"encrypting to a DSA key",
	{.spki = BYTES("\x30\x10\x30\x09\x06\x07\x2a\x86\x48\xce\x38\x04\x01"
		       "\x03\x03\x00\x02\x00")},
	.anchor = PINNED, .purpose = BL_PURPOSE_ENCRYPT,
	.want = USAGE | R(UNKNOWN_ALGORITHM),
	.trace = "a key of this kind cannot be used so"},
    {"signing with an X25519 key",
	{.spki = BYTES("\x30\x2a\x30\x05\x06\x03\x2b\x65\x6e\x03\x21\x00"
		       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")},
	.anchor = PINNED, .purpose = BL_PURPOSE_SIGN, .want = USAGE},
    {"encrypting to an X25519 key",
	{.spki = BYTES("\x30\x2a\x30\x05\x06\x03\x2b\x65\x6e\x03\x21\x00"
		       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")},
	.anchor = PINNED, .purpose = BL_PURPOSE_ENCRYPT},

    /* key */
    {"RSA of 2040 bits", {{0}}, .bits = 2040, .exponent = 65537,
	.anchor = PINNED, .want = R(WEAK_KEY), .trace = "[RFC 8550 4.3]"},
    {"RSA of exponent 3", {{0}}, .bits = 2048, .exponent = 3, .anchor = PINNED,
	.want = R(WEAK_KEY)},
    {"DSA",
	{.spki = BYTES("\x30\x10\x30\x09\x06\x07\x2a\x86\x48\xce\x38\x04"
		       "\x01\x03\x03\x00\x02\x00")},
	.anchor = PINNED, .want = R(UNKNOWN_ALGORITHM)},

    /* form */
    {"unknown critical extension",
	{.ext = {{BL_OID_OCSP_NOCHECK, true, BYTES("\x05\x00")}}},
	.anchor = PINNED, .want = BAD, .trace = "[RFC 5280 4.2]"},
    {"unknown extension",
	{.ext = {{BL_OID_OCSP_NOCHECK, false, BYTES("\x05\x00")}}},
	.anchor = PINNED},
    {"serial 0", {.serial = BYTES("\x00")}, .anchor = PINNED, .want = BAD,
	.trace = "[RFC 5280 4.1.2.2]"},
    {"serial 0 of a CA", {.serial = BYTES("\x00"), .ext = {CA}},
	.anchor = PINNED},
    {"bad address",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x0b\x81\x09"
		   "a@b.c\0@de")}}},
	.anchor = PINNED, .want = BAD, .trace = "[RFC 5280 4.2.1.6]"},

    /* address */
    {"its address", {.ext = {SAN}}, .anchor = PINNED, .address = "a@b.c"},
    {"another address", {.ext = {SAN}}, .anchor = PINNED, .address = "x@b.c",
	.want = R(SIGNER_MISMATCH), .trace = "[RFC 8550 3]"},
    {"an address of none", {{0}}, .anchor = PINNED, .address = "a@b.c",
	.want = R(SIGNER_MISMATCH)},
    {"an address in the subject",
	{.subject = BYTES("\x30\x16\x31\x14\x30\x12\x06\x09\x2a\x86\x48\x86"
			  "\xf7\x0d\x01\x09\x01\x16\x05"
			  "a@b.c")},
	.anchor = PINNED, .address = "a@b.c", .trace = "stands in the subject"},
    {"good and bad addresses",
	{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
	     BYTES("\x30\x0b\x81\x05"
		   "a@b.c\x81\x02"
		   "de")}}},
	.anchor = PINNED, .address = "a@b.c", .want = BAD | R(SIGNER_MISMATCH)},

    /* all that hold */
    {"everything at once",
	{.serial = BYTES("\x00"),
	    .inner = BYTES("\x30\x0d\x06\x09\x2a\x86\x48"
			   "\x86\xf7\x0d\x01\x01\x05\x05\x00"),
	    .ext = {KU("\x02"), SAN}},
	.bits = 1024, .exponent = 3, .purpose = BL_PURPOSE_SIGN,
	.address = "x@y.z", .at = TO + 1,
	.want = MISSING | R(WEAK_ALGORITHM) | R(EXPIRED) | USAGE | R(WEAK_KEY) |
	    BAD | R(SIGNER_MISMATCH)},
};

static struct bl_cert *
make(const struct bl_test_cert *how)
{
	struct bl_buf der = {0};
	struct bl_cert *c;

	bl_test_cert_write(&der, how);
	CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, NULL) == BL_OK,
	    "make");
	bl_buf_clear(&der);
	return c;
}

static struct bl_cert *
make_case(size_t i)
{
	struct bl_test_cert how = cases[i].how;
	struct bl_buf spki = {0};
	struct bl_cert *c;

	if (cases[i].bits != 0) {
		bl_test_rsa(&spki, cases[i].bits, cases[i].exponent);
		how.spki = bl_buf_span(&spki);
	}
	if (cases[i].p256)
		how.spki = bl_test_p256();
	c = make(&how);
	bl_buf_clear(&spki);
	return c;
}

static void
judges_each_case_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_cert *c = make_case(i);
		const char *name = cases[i].name;
		struct bl_certs anchors = {0};
		struct bl_trust_answer a;
		struct bl_trust_ask ask = {
		    .cert = c,
		    .purpose = cases[i].purpose,
		    .address = bl_span_str(
			cases[i].address != NULL ? cases[i].address : ""),
		    .at = cases[i].at != 0 ? cases[i].at : NOW,
		    .anchors = &anchors,
		    .limits = &limits,
		};

		if (cases[i].anchor == PINNED)
			CHECK(bl_certs_add(&anchors, c, NULL) == BL_OK, name);
		CHECK(bl_trust_judge(&a, ctx, &ask, NULL) == BL_OK, name);
		CHECK(a.reasons == cases[i].want, name);
		CHECK(a.valid == (cases[i].want == 0), name);
		CHECK(a.path.n == 1 && a.path.list[0] == c, name);
		if (cases[i].trace != NULL &&
		    strstr(bl_buf_text(&a.trace), cases[i].trace) == NULL) {
			CHECK(false, name);
			fprintf(stderr, "%s", bl_buf_text(&a.trace));
		}
		CHECK(strncmp(name, "its address", 11) != 0 ||
			strstr(bl_buf_text(&a.trace), "subject") == NULL,
		    name);
		bl_trust_answer_clear(&a);
		CHECK(a.trace.n == 0 && a.path.n == 0, name);
		bl_certs_clear(&anchors);
		bl_cert_free(c);
	}
}

/* An anchor trusts itself only: not who has its name, its key, or its
 * signature (ATK-309). */
static void
trusts_an_anchor_only(void)
{
	static const struct bl_test_cert
	    root = {.subject = BYTES("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04"
				     "\x03\x0c\x02\x43\x41"),
		.ext = {CA}},
	    child = {.serial = BYTES("\x02")},
	    stranger = {.issuer = BYTES("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55"
					"\x04\x03\x0c\x02\x4e\x4f")},
	    twin = {.subject = BYTES("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04"
				     "\x03\x0c\x02\x43\x41"),
		.ext = {CA},
		.signature = BYTES("\x03\x02\x00\x02")};
	static const struct {
		const char *name;
		const struct bl_test_cert *how;
		bl_reasons want;
		const char *trace;
	} asked[] = {
	    {"the anchor", &root, 0, "trusted itself"},
	    {"its child", &child, UNKNOWN, "did not issue it"},
	    {"a stranger", &stranger, MISSING, "issuer is not at hand"},
	    {"same name, same key", &twin, UNKNOWN, "not among the anchors"},
	};
	struct bl_certs anchors = {0}, pool = {0};
	struct bl_cert *anchor = make(&root);

	CHECK(bl_certs_add(&anchors, anchor, NULL) == BL_OK, "anchor");
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct bl_cert *c = make(asked[i].how);
		struct bl_trust_answer a;
		struct bl_trust_ask ask = {.cert = c,
		    .at = NOW,
		    .anchors = &anchors,
		    .pool = &pool,
		    .limits = &limits};

		/* what came with the message is no anchor */
		CHECK(bl_certs_add(&pool, c, NULL) == BL_OK, asked[i].name);
		CHECK(bl_trust_judge(&a, ctx, &ask, NULL) == BL_OK,
		    asked[i].name);
		CHECK(a.reasons == asked[i].want, asked[i].name);
		CHECK(strstr(bl_buf_text(&a.trace), asked[i].trace) != NULL,
		    asked[i].name);
		bl_trust_answer_clear(&a);
		bl_cert_free(c);
	}
	bl_certs_clear(&anchors);
	bl_certs_clear(&pool);
	bl_cert_free(anchor);
}

static void
trusts_nobody_without_anchors(void)
{
	struct bl_cert *c = make(&(struct bl_test_cert){{0}});
	struct bl_trust_ask ask = {.cert = c, .at = NOW, .limits = &limits};
	struct bl_trust_answer a;

	CHECK(bl_trust_judge(&a, ctx, &ask, NULL) == BL_OK, "none");
	CHECK(!a.valid && a.reasons == MISSING, "none");
	bl_trust_answer_clear(&a);
	bl_cert_free(c);
}

/* The trace is for people: nothing of a name can draw in it, or fill it. */
static void
keeps_its_trace_clean(void)
{
	struct bl_buf subject = {0};
	struct bl_trust_answer a;
	struct bl_trust_ask ask = {.at = NOW, .limits = &limits};
	char name[1000];
	const char *at;
	struct bl_cert *c;

	memset(name, 'x', sizeof(name));
	memcpy(name, "a\nb\xe2\x80\xae", 6);
	name[sizeof(name) - 1] = '\0';
	bl_test_name(&subject, name, NULL);
	c = make(&(struct bl_test_cert){.subject = bl_buf_span(&subject)});
	ask.cert = c;
	CHECK(bl_trust_judge(&a, ctx, &ask, NULL) == BL_OK, "judge");
	CHECK(strncmp(bl_buf_text(&a.trace), "a", 1) == 0, "name");
	CHECK(
	    (at = strstr(bl_buf_text(&a.trace), "b<U+202E>x")) != NULL, "bidi");
	CHECK(at != NULL && strspn(at + 9, "x") == 200 - 6, "200 bytes");
	CHECK(strstr(bl_buf_text(&a.trace), "a\n") == NULL, "line end");
	CHECK(a.trace.n < 500, "length");
	bl_trust_answer_clear(&a);
	bl_cert_free(c);
	bl_buf_clear(&subject);
}

static enum bl_err
judge(void *arg)
{
	struct bl_trust_answer a;
	enum bl_err err = bl_trust_judge(&a, ctx, arg, NULL);

	if (err != BL_OK)
		CHECK(!a.valid && a.path.n == 0 && a.trace.n == 0, "zero");
	bl_trust_answer_clear(&a);
	return err;
}

static void
survives_each_allocation(void)
{
	struct bl_cert *c = make(&(struct bl_test_cert){{0}});
	struct bl_trust_ask ask = {.cert = c, .at = 1, .limits = &limits};

	bl_test_each_allocation(judge, &ask, "judge");
	bl_cert_free(c);
}

static void
start(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
}

static void
stop(void)
{
	bl_ctx_free(ctx);
}

TESTS(TEST(start), TEST(judges_each_case_as_stated),
    TEST(trusts_an_anchor_only), TEST(trusts_nobody_without_anchors),
    TEST(keeps_its_trace_clean), TEST(survives_each_allocation), TEST(stop))
