/* general_test.c - the extensions that a path needs: each good form, and its
 * nearest bad twin; names that are the same, and that are not. */
#include "cert/cert.h"
#include "tests/cert.h"
#include "tests/test.h"

#include <string.h>

#define NC	BL_OID_NAME_CONSTRAINTS
#define CP	BL_OID_CERTIFICATE_POLICIES
#define PM	BL_OID_POLICY_MAPPINGS
#define PC	BL_OID_POLICY_CONSTRAINTS
#define IA	BL_OID_INHIBIT_ANY_POLICY
#define DP	BL_OID_CRL_DISTRIBUTION_POINTS
#define FRESH	BL_OID_FRESHEST_CRL
#define AIA	BL_OID_AUTHORITY_INFO_ACCESS
#define BC	BL_OID_BASIC_CONSTRAINTS
#define P1	"\x06\x01\x2a"
#define P2	"\x06\x01\x2b"
#define POLICY1 "\x30\x03" P1

static struct bl_ctx *ctx;
static struct bl_limits limits;

static const struct {
	const char *name;
	enum bl_oid oid;
	struct bl_span value;
	bool good;
} cases[] = {
    {"permitted", NC, BYTES("\x30\x06\xa0\x04\x30\x02\x82\x00"), true},
    {"excluded", NC, BYTES("\x30\x06\xa1\x04\x30\x02\x82\x00"), true},
    {"both", NC,
	BYTES("\x30\x0c\xa0\x04\x30\x02\x82\x00\xa1\x04\x30\x02\x82\x00"),
	true},
    {"the wrong way round", NC,
	BYTES("\x30\x0c\xa1\x04\x30\x02\x82\x00\xa0\x04\x30\x02\x82\x00")},
    {"neither", NC, BYTES("\x30\x00")},
    {"permitted is empty", NC, BYTES("\x30\x02\xa0\x00")},
    {"excluded is empty", NC, BYTES("\x30\x02\xa1\x00")},
    {"minimum 0 written out", NC,
	BYTES("\x30\x09\xa0\x07\x30\x05\x82\x00\x80\x01\x00"), true},
    {"minimum 1", NC, BYTES("\x30\x09\xa0\x07\x30\x05\x82\x00\x80\x01\x01")},
    {"maximum", NC, BYTES("\x30\x09\xa0\x07\x30\x05\x82\x00\x81\x01\x00")},
    {"a base that is no name", NC, BYTES("\x30\x06\xa0\x04\x30\x02\x8f\x00")},
    {"directory name", NC, BYTES("\x30\x08\xa0\x06\x30\x04\xa4\x02\x30\x00"),
	true},
    {"directory name that is none", NC,
	BYTES("\x30\x08\xa0\x06\x30\x04\xa4\x02\x31\x00")},
    {"other name", NC,
	BYTES("\x30\x0d\xa0\x0b\x30\x09\xa0\x07" P1 "\xa0\x02\x05\x00"), true},
    {"other name without value", NC,
	BYTES("\x30\x09\xa0\x07\x30\x05\xa0\x03" P1)},

    {"a policy", CP, BYTES("\x30\x05" POLICY1), true},
    {"no policy", CP, BYTES("\x30\x00")},
    {"a qualifier", CP, BYTES("\x30\x0c\x30\x0a" P1 "\x30\x05\x30\x03" P1),
	false},
    {"a qualifier with a value", CP,
	BYTES("\x30\x0e\x30\x0c" P1 "\x30\x07\x30\x05" P1 "\x05\x00"), true},
    {"qualifiers that are empty", CP, BYTES("\x30\x07\x30\x05" P1 "\x30\x00")},

    {"a mapping", PM, BYTES("\x30\x08\x30\x06" P1 P2), true},
    {"no mapping", PM, BYTES("\x30\x00")},
    {"half a mapping", PM, BYTES("\x30\x05\x30\x03" P1)},

    {"explicit policy", PC, BYTES("\x30\x03\x80\x01\x00"), true},
    {"no mapping wanted", PC, BYTES("\x30\x03\x81\x01\x02"), true},
    {"both limits", PC, BYTES("\x30\x06\x80\x01\x00\x81\x01\x00"), true},
    {"no limit", PC, BYTES("\x30\x00")},
    {"a limit below 0", PC, BYTES("\x30\x03\x80\x01\xff")},
    {"a limit that is padded", PC, BYTES("\x30\x04\x80\x02\x00\x01")},
    {"a limit without a byte", PC, BYTES("\x30\x02\x80\x00")},

    {"no any policy", IA, BYTES("\x02\x01\x00"), true},
    {"any policy below 0", IA, BYTES("\x02\x01\xff")},

    {"a full name", DP, BYTES("\x30\x09\x30\x07\xa0\x05\xa0\x03\x86\x01u"),
	true},
    {"a full name without name", DP, BYTES("\x30\x06\x30\x04\xa0\x02\xa0\x00")},
    {"a relative name", DP,
	BYTES("\x30\x0f\x30\x0d\xa0\x0b\xa1\x09\x30\x07" P1 "\x0c\x02"
	      "ab"),
	true},
    {"a relative name that is none", DP,
	BYTES("\x30\x06\x30\x04\xa0\x02\xa1\x00")},
    {"reasons alone", DP, BYTES("\x30\x06\x30\x04\x81\x02\x01\x80")},
    {"reasons and a name", DP,
	BYTES("\x30\x0d\x30\x0b\xa0\x05\xa0\x03\x86\x01u\x81\x02\x05\x60"),
	true},
    {"reasons without bits", DP,
	BYTES("\x30\x0b\x30\x09\xa0\x05\xa0\x03\x86\x01u\x81\x00")},
    {"reasons of 8 unused bits", DP,
	BYTES("\x30\x0d\x30\x0b\xa0\x05\xa0\x03\x86\x01u\x81\x02\x08\x60")},
    {"an issuer", DP, BYTES("\x30\x08\x30\x06\xa2\x04\xa4\x02\x30\x00"), true},
    {"issuers that are empty", DP, BYTES("\x30\x04\x30\x02\xa2\x00")},
    {"nothing", DP, BYTES("\x30\x02\x30\x00")},
    {"no point", DP, BYTES("\x30\x00")},
    {"a fresh one", FRESH, BYTES("\x30\x09\x30\x07\xa0\x05\xa0\x03\x86\x01u"),
	true},
    {"no fresh one", FRESH, BYTES("\x30\x00")},

    {"access", AIA, BYTES("\x30\x08\x30\x06" P1 "\x86\x01u"), true},
    {"no access", AIA, BYTES("\x30\x00")},
    {"access without a place", AIA, BYTES("\x30\x05\x30\x03" P1)},
};

static struct bl_cert *
with(enum bl_oid oid, struct bl_span value)
{
	struct bl_test_cert how = {.ext = {{oid, false, value}}};
	struct bl_buf der = {0};
	struct bl_cert *c;
	enum bl_err err;

	bl_test_cert_write(&der, &how);
	err = bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, NULL);
	CHECK((c != NULL) == (err == BL_OK), "read");
	bl_buf_clear(&der);
	return c;
}

static void
reads_each_extension_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_cert *c = with(cases[i].oid, cases[i].value);

		CHECK((c != NULL) == cases[i].good, cases[i].name);
		bl_cert_free(c);
	}
}

static void
gives_what_it_read(void)
{
	struct bl_cert *c = with(PC,
	    (struct bl_span)BYTES("\x30\x08\x80\x02\x01\x02\x81\x02\x00\x80"));
	const struct bl_cert_path *p = bl_cert_path(c);
	struct bl_dist_point at;
	struct bl_gname g;
	struct bl_mapping m;
	struct bl_der in;

	CHECK(p->require_explicit == 0x102 && p->inhibit_mapping == 0x80,
	    "limits");
	CHECK(p->path_len == -1 && p->inhibit_any == -1 && p->names.n == 0 &&
		p->permitted.n == 0 && p->excluded.n == 0 &&
		p->policies.n == 0 && p->mappings.n == 0 && p->points.n == 0 &&
		p->freshest.n == 0 && p->access.n == 0,
	    "nothing else");
	bl_cert_free(c);

	c = with(IA, (struct bl_span)BYTES("\x02\x05\x01\x00\x00\x00\x00"));
	CHECK(bl_cert_path(c)->inhibit_any == INT32_MAX, "very many");
	bl_cert_free(c);
	c = with(IA, (struct bl_span)BYTES("\x02\x03\x01\x00\x02"));
	CHECK(bl_cert_path(c)->inhibit_any == 0x10002, "many");
	bl_cert_free(c);
	c = with(BC, (struct bl_span)BYTES("\x30\x06\x01\x01\xff\x02\x01\x07"));
	CHECK(bl_cert_path(c)->path_len == 7, "path length");
	bl_cert_free(c);

	c = with(PM, (struct bl_span)BYTES("\x30\x08\x30\x06" P1 P2));
	in = bl_der_of(bl_cert_path(c)->mappings);
	m = bl_mapping_read(&in);
	CHECK(bl_span_equal(m.issuer, BL_STR("\x2a")) &&
		bl_span_equal(m.subject, BL_STR("\x2b")) && bl_der_done(&in),
	    "mapping");
	bl_cert_free(c);

	c = with(CP, (struct bl_span)BYTES("\x30\x05" POLICY1));
	in = bl_der_of(bl_cert_path(c)->policies);
	CHECK(bl_span_equal(bl_policy_read(&in), BL_STR("\x2a")) &&
		bl_der_done(&in),
	    "policy");
	bl_cert_free(c);

	c = with(NC,
	    (struct bl_span)BYTES(
		"\x30\x0e\xa0\x05\x30\x03\x81\x01x\xa1\x05\x30\x03\x82\x01y"));
	in = bl_der_of(bl_cert_path(c)->permitted);
	g = bl_subtree_read(&in);
	CHECK(g.tag == BL_GN_RFC822 && bl_span_equal(g.value, BL_STR("x")) &&
		bl_der_done(&in),
	    "permitted");
	in = bl_der_of(bl_cert_path(c)->excluded);
	g = bl_subtree_read(&in);
	CHECK(g.tag == BL_GN_DNS && bl_span_equal(g.value, BL_STR("y")),
	    "excluded");
	bl_cert_free(c);

	c = with(DP,
	    (struct bl_span)BYTES(
		"\x30\x13\x30\x11\xa0\x05\xa0\x03\x86\x01u\x81\x02\x05\x60"
		"\xa2\x04\xa4\x02\x30\x00"));
	in = bl_der_of(bl_cert_path(c)->points);
	at = bl_dist_point_read(&in);
	CHECK(at.names.n == 3 && at.relative.n == 0 && at.issuers.n == 4 &&
		at.has_reasons && at.reasons == 0x06 && bl_der_done(&in),
	    "point");
	bl_cert_free(c);

	c = with(BL_OID_SUBJECT_ALT_NAME,
	    (struct bl_span)BYTES("\x30\x0b\xa0\x06\x06\x01\x2a\xa0\x01\x05"));
	CHECK(c == NULL, "other name cut");
	c = with(BL_OID_SUBJECT_ALT_NAME,
	    (struct bl_span)BYTES(
		"\x30\x0c\xa0\x07" P1 "\xa0\x02\x05\x00\x87\x01x"));
	in = bl_der_of(bl_cert_path(c)->names);
	g = bl_gname_read(&in);
	CHECK(g.tag == BL_GN_OTHER && bl_span_equal(g.oid, BL_STR("\x2a")) &&
		bl_span_equal(g.value, BL_STR("\x05\0")),
	    "other name");
	g = bl_gname_read(&in);
	CHECK(g.tag == BL_GN_IP && g.value.n == 1 && bl_der_done(&in), "ip");
	bl_cert_free(c);
}

/* ---- names ---- */

#define CN(tag, text) "\x31\x0c\x30\x0a\x06\x03\x55\x04\x03" tag "\x03" text
#define O(text)	      "\x31\x0c\x30\x0a\x06\x03\x55\x04\x0a\x0c\x03" text
#define ONE	      "\x30\x0e"
#define TWO	      "\x30\x1c"
#define PAIR(a, b)                                                             \
	"\x30\x1a\x31\x18\x30\x0a\x06\x03\x55\x04\x03\x0c\x03" a               \
	"\x30\x0a\x06\x03\x55\x04\x0a\x0c\x03" b
#define PAIR_TURNED(a, b)                                                      \
	"\x30\x1a\x31\x18\x30\x0a\x06\x03\x55\x04\x0a\x0c\x03" b               \
	"\x30\x0a\x06\x03\x55\x04\x03\x0c\x03" a

static const struct {
	const char *name;
	struct bl_span a, b;
	bool same, within; /* the first is what the second begins with */
} names[] = {
    {"to the byte", BYTES(ONE CN("\x0c", "abc")), BYTES(ONE CN("\x0c", "abc")),
	true, true},
    {"another letter", BYTES(ONE CN("\x0c", "abc")),
	BYTES(ONE CN("\x0c", "abd"))},
    {"case", BYTES(ONE CN("\x0c", "aBc")), BYTES(ONE CN("\x0c", "AbC")), true,
	true},
    {"another string type", BYTES(ONE CN("\x13", "abc")),
	BYTES(ONE CN("\x0c", "ABC")), true, true},
    {"a type that is no text", BYTES(ONE CN("\x04", "abc")),
	BYTES(ONE CN("\x0c", "abc"))},
    {"no text, same", BYTES(ONE CN("\x04", "abc")),
	BYTES(ONE CN("\x04", "abc")), true, true},
    {"no text, other case", BYTES(ONE CN("\x04", "abc")),
	BYTES(ONE CN("\x04", "abC"))},
    {"a space before", BYTES(ONE CN("\x0c", " ab")),
	BYTES(ONE CN("\x0c", "ab ")), true, true},
    {"a space within", BYTES(ONE CN("\x0c", "a b")),
	BYTES(ONE CN("\x0c", "ab "))},
    {"a tab within", BYTES(ONE CN("\x0c", "a b")),
	BYTES(ONE CN("\x0c", "a\tb")), true, true},
    {"shorter", BYTES(ONE CN("\x0c", "ab ")), BYTES(ONE CN("\x0c", "abc"))},
    {"another attribute", BYTES(ONE CN("\x0c", "abc")), BYTES(ONE O("abc"))},
    {"umlauts", BYTES(ONE CN("\x0c", "a\xc3\x84")),
	BYTES(ONE CN("\x0c", "A\xc3\xa4")), true, true},
    {"no umlaut", BYTES(ONE CN("\x0c", "a\xc3\x97")),
	BYTES(ONE CN("\x0c", "a\xc3\xb7"))},
    {"latin extended", BYTES(ONE CN("\x0c", "a\xc4\x8c")),
	BYTES(ONE CN("\x0c", "a\xc4\x8d")), true, true},
    {"cyrillic", BYTES(ONE CN("\x0c", "a\xd0\x96")),
	BYTES(ONE CN("\x0c", "a\xd0\xb6")), true, true},
    {"greek", BYTES(ONE CN("\x0c", "a\xce\xa9")),
	BYTES(ONE CN("\x0c", "a\xcf\x89")), true, true},
    {"latin-1 and UTF-8", BYTES(ONE CN("\x14", "ab\xe4")),
	BYTES("\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04"
	      "ab\xc3\xa4"),
	true, true},
    {"two bytes a letter",
	BYTES("\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03"
	      "\x1e\x04\0a\0b"),
	BYTES("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02"
	      "aB"),
	true, true},
    {"bytes that are no UTF-8", BYTES(ONE CN("\x0c", "ab\xff")),
	BYTES(ONE CN("\x0c", "ab ")), false, false},
    {"a part more", BYTES(ONE CN("\x0c", "abc")),
	BYTES(TWO CN("\x0c", "abc") O("abc")), false, true},
    {"a part less", BYTES(TWO CN("\x0c", "abc") O("abc")),
	BYTES(ONE CN("\x0c", "abc"))},
    {"parts in another order", BYTES(TWO CN("\x0c", "abc") O("abc")),
	BYTES(TWO O("abc") CN("\x0c", "abc"))},
    {"two in a part", BYTES(PAIR("abc", "def")), BYTES(PAIR("ABC", "DEF")),
	true, true},
    {"two in a part, turned", BYTES(PAIR("abc", "def")),
	BYTES(PAIR_TURNED("ABC", "DEF")), true, true},
    {"two in a part, one differs", BYTES(PAIR("abc", "def")),
	BYTES(PAIR_TURNED("ABC", "DEX"))},
    {"two in a part, and one", BYTES(PAIR("abc", "def")),
	BYTES(ONE CN("\x0c", "abc"))},
    {"empty", BYTES("\x30\x00"), BYTES("\x30\x00"), true, true},
    {"empty and not", BYTES("\x30\x00"), BYTES(ONE O("abc")), false, true},
};

static void
compares_names(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		CHECK(bl_name_same(names[i].a, names[i].b) == names[i].same,
		    names[i].name);
		CHECK(bl_name_same(names[i].b, names[i].a) == names[i].same,
		    names[i].name);
		CHECK(bl_name_within(names[i].a, names[i].b) == names[i].within,
		    names[i].name);
	}
}

static bool
collect(void *arg, struct bl_span s)
{
	size_t *n = arg;

	return bl_span_equal(s, BL_STR("a@b")) && ++*n < 2;
}

static void
finds_addresses_in_names(void)
{
	struct bl_buf name = {0};
	size_t n = 0;

	bl_test_name(&name, "Ann", "a@b");
	CHECK(bl_name_emails(bl_buf_span(&name), collect, &n) && n == 1, "one");
	CHECK(!bl_name_emails(bl_buf_span(&name), collect, &n) && n == 2,
	    "stops");
	bl_buf_clear(&name);
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

TESTS(TEST(start), TEST(reads_each_extension_as_stated),
    TEST(gives_what_it_read), TEST(compares_names),
    TEST(finds_addresses_in_names), TEST(stop))
