/* domain_test.c - which domains are the same (ATK-301, ATK-303): RFC 5891 5,
 * RFC 9549 2.2, RFC 9598 5. */
#include "cert/cert.h"
#include "tests/test.h"

#include <string.h>

/* U-labels and their A-labels, NULL for what is no domain. Python's own encoder gives the same. */
static const struct {
	const char *name, *in, *want;
} reads[] = {
    {"umlaut", "bücher.example", "xn--bcher-kva.example"},
    {"Chinese", "大学.example", "xn--pss25c.example"},
    {"all labels", "例え.テスト", "xn--r8jz45g.xn--zckzah"},
    {"digits and hyphens", "3年b組金八先生.example",
	"xn--3b-ww4c5e180e575a65lsy2b.example"},
    {"sharp s stays itself", "faß.example", "xn--fa-hia.example"},
    {"final sigma stays itself", "βόλος.example", "xn--nxasmm1c.example"},
    {"sigma is another", "βόλοσ.example", "xn--nxasmq6b.example"},
    {"decomposed",
	"bu\xcc\x88"
	"cher.example",
	"xn--bcher-kva.example"},
    {"marks in another order", "a\xcc\x88\xcc\xa3.example",
	"xn--ssa342l.example"},
    {"ASCII capitals", "BüCHER.Example", "xn--bcher-kva.example"},
    {"an A-label beside", "ü.XN--BCHER-KVA", "xn--tda.xn--bcher-kva"},
    {"underscore in an ASCII label", "ü.a_b", "xn--tda.a_b"},
    {"joiner where it belongs", "क्\xe2\x80\x8dष.example",
	"xn--11b2ezcw70k.example"},
    {"middle dot where it belongs", "l·l.example", "xn--ll-0ea.example"},
    {"Hebrew", "אב.example", "xn--4dbc.example"},
    {"Hebrew with a digit behind", "א1.example", "xn--1-zhc.example"},
    {"Cyrillic", "почта.example", "xn--80a1acny.example"},
    {"Cyrillic that looks Latin", "ехаmple.example",
	"xn--mple-43d3a6i.example"},
    /* no mapping */
    {"capital beyond ASCII", "BÜCHER.example", NULL},
    {"wide letter", "ｂücher.example", NULL},
    {"ligature", "ﬁü.example", NULL},
    {"ideographic full stop", "bücher。example", NULL},
    {"wide full stop", "bücher．example", NULL},
    {"long s", "ſü.example", NULL},
    {"Kelvin sign", "\xe2\x84\xaaü.example", NULL},
    {"Kelvin sign alone", "\xe2\x84\xaa.ü", NULL},
    {"Greek question mark", "ü.a\xcd\xbe", NULL},
    {"soft hyphen", "ü\xc2\xad.example", NULL},
    /* no labels */
    {"symbol", "☃.example", NULL},
    {"emoji", "😀.example", NULL},
    {"unassigned", "\xcd\xb8.example", NULL},
    {"private use", "\xee\x80\x80.example", NULL},
    {"mark first", "\xcc\x88x.example", NULL},
    {"hyphens 3 and 4", "ab--ü.example", NULL},
    {"hyphens 2 and 3", "a--bü.example", "xn--a--b-3ra.example"},
    {"A-label prefix before a U-label", "xn--ü.example", NULL},
    {"hyphen first", "-ü.example", NULL},
    {"hyphen last", "ü-.example", NULL},
    {"hyphen first in an ASCII label", "ü.-a", NULL},
    {"hyphen last in an ASCII label", "ü.a-", NULL},
    {"joiner out of place", "ü\xe2\x80\x8d.example", NULL},
    {"non-joiner out of place", "ü\xe2\x80\x8c.example", NULL},
    {"Hebrew behind a digit", "1א.example", NULL},
    {"Hebrew beside Latin", "אa.example", NULL},
    {"empty label", "ü..example", NULL},
    {"empty label first", ".ü", NULL},
    {"dot at the end", "ü.example.", NULL},
    {"space", "ü b.example", NULL},
    {"space in an ASCII label", "ü.a b", NULL},
    {"at", "ü.a@b", NULL},
    {"underscore in a U-label", "ü_x.example", NULL},
    {"literal", "[ü]", NULL},
    {"control", "ü\x01.example", NULL},
    {"DEL", "ü.a\x7f", NULL},
    {"overlong",
	"ü\xc0\xae"
	"example",
	NULL},
    {"surrogate", "\xed\xa0\x80.example", NULL},
    {"half a character", "b\xc3", NULL},
    /* A-labels beside a U-label */
    {"nothing behind the prefix", "ü.xn--", NULL},
    {"an A-label of ASCII", "ü.xn--caf-", NULL},
    {"an A-label that overflows", "ü.xn--99999999999", NULL},
    {"an A-label of what is no label", "ü.xn--a", NULL},
    {"an A-label of a capital", "ü.xn--bcher-2pa", NULL},
    /* ASCII is not looked at */
    {"ASCII", "example.org", "example.org"},
    {"ASCII in its case", "Example.ORG", "Example.ORG"},
    {"what is no A-label", "xn--99999999999", "xn--99999999999"},
    {"literal in ASCII", "[192.0.2.1]", "[192.0.2.1]"},
    {"dot at the end in ASCII", "example.", "example."},
    {"nothing", "", ""},
};

static void
reads_domains(void)
{
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		const char *name = reads[i].name;
		struct bl_domain d;
		bool ok = bl_domain_read(&d, bl_span_str(reads[i].in));

		CHECK(ok == (reads[i].want != NULL), name);
		if (ok && reads[i].want != NULL)
			CHECK(bl_span_equal(d.name, bl_span_str(reads[i].want)),
			    name);
		else
			CHECK(d.name.n == 0, name);
	}
}

static void
nul_ends_nothing(void)
{
	struct bl_domain d;

	CHECK(!bl_domain_read(&d, BL_STR("\xc3\xbc.a\0.b")), "beyond ASCII");
	CHECK(bl_domain_read(&d, BL_STR("a\0b")) && d.name.n == 3, "ASCII");
}

/* A domain of a label with an umlaut and n more letters, and `more` of four
 * bytes with their dot. */
static bool
reads_long(size_t n, size_t more, size_t *out)
{
	struct bl_buf b = {0};
	struct bl_domain d;
	bool ok;

	bl_buf_add_str(&b, "\xc3\xbc");
	for (size_t i = 0; i < n; i++)
		bl_buf_add_str(&b, "a");
	for (size_t i = 0; i < more; i++)
		bl_buf_add_str(&b, ".abc");
	ok = bl_domain_read(&d, bl_buf_span(&b));
	*out = d.name.n;
	bl_buf_clear(&b);
	return ok;
}

static void
limits_hold_on_both_sides(void)
{
	struct bl_buf b = {0};
	struct bl_domain d;
	size_t n, longest = 0;

	for (size_t i = 40; i < 80; i++)
		if (reads_long(i, 0, &n))
			longest = n;
		else
			break;
	CHECK(longest == 63, "a label has 63 bytes");
	/* xn--tda, or with letters xn--a-eha and the like */
	CHECK(reads_long(0, 61, &n) && n == 7 + 61 * 4, "251 bytes");
	CHECK(!reads_long(0, 62, &n), "255 bytes");
	for (size_t i = 0, last = 0; i < 8; i++) {
		bool ok = reads_long(i, 60, &n);

		CHECK(ok == (i == 0 || last < BL_DOMAIN_MAX), "253 bytes");
		last = ok ? n : BL_DOMAIN_MAX;
		CHECK(!ok || n <= BL_DOMAIN_MAX, "within");
	}
	/* decomposed, short enough as A-labels; then a byte over the limit */
	for (size_t i = 0; i < BL_DOMAIN_UTF8_MAX / 4; i++)
		bl_buf_add_str(&b, i % 9 == 8 ? ".abc" : "\xf0\x90\x8c\xb0");
	CHECK(!bl_domain_read(&d, bl_buf_span(&b)), "too many characters");
	bl_buf_clear(&b);
	/* bombs: as long as a field may be */
	for (size_t i = 0; i < 65536; i++)
		bl_buf_add_str(&b, "\xcc\x88");
	CHECK(!bl_domain_read(&d, bl_buf_span(&b)), "marks");
	bl_buf_clear(&b);
}

#define BUECHER "bücher.example"
#define A_LABEL "xn--bcher-kva.example"

static const struct {
	const char *a, *b;
	bool same, exact;
} pairs[] = {
    {"a@b.example", "a@b.example", true, true},
    {"a@b.example", "a@B.EXAMPLE", true, true},
    {"A@b.example", "a@b.example", true, false},
    {"a@b.example", "c@b.example", false, false},
    {"a@b.example", "a@c.example", false, false},
    {"a@b.example", "a@b.example.", false, false},
    {"\"x@y\"@b", "\"X@y\"@B", true, false},
    {"\"x@b\"@c", "x@b", false, false},
    {"\xc3\xa4@b", "\xc3\xa4@b", true, true},
    {"\xc3\xa4@b", "\xc3\x84@b", false, false},
    {"", "", false, false},
    {"a", "a", false, false},
    {"@b", "@b", false, false},
    {"a@", "a@", false, false},
    {"@", "@", false, false},
    /* U-labels against A-labels */
    {"a@" BUECHER, "a@" A_LABEL, true, true},
    {"a@" BUECHER, "A@XN--BCHER-KVA.Example", true, false},
    {"a@" BUECHER, "a@" BUECHER, true, true},
    {"a@" BUECHER,
	"a@bu\xcc\x88"
	"cher.example",
	true, true},
    {"a@BüCHER.example", "a@" BUECHER, true, true},
    {"医生@大学.example", "医生@xn--pss25c.example", true, true},
    {"a@" BUECHER, "b@" A_LABEL, false, false},
    {"a@" BUECHER, "a@bucher.example", false, false},
    {"a@" BUECHER, "a@buecher.example", false, false},
    {"a@" BUECHER, "a@BÜCHER.example", false, false},
    {"a@" BUECHER, "a@xn--bcher-kvb.example", false, false},
    {"a@" BUECHER, "a@" A_LABEL ".", false, false},
    {"a@faß.example", "a@fass.example", false, false},
    {"a@faß.example", "a@xn--fa-hia.example", true, true},
    {"a@раураl.example", "a@paypal.example", false, false},
    /* the local part is never normalised: RFC 9598 5 */
    {"\xc3\xbc@b", "u\xcc\x88@b", false, false},
    /* what is no domain is itself and nothing else */
    {"a@☃.example", "a@☃.example", true, true},
    {"a@☃.example", "a@xn--n3h.example", false, false},
    {"a@☃.example", "a@☃.Example", true, true},
    {"a@☃.example", "a@☃.exampel", false, false},
    {"a@☃.example", "a@☄.example", false, false},
    {"a@-ü.example", "a@xn----eha.example", false, false},
    {"a@ü.xn--caf-", "a@xn--tda.caf", false, false},
    {"a@xn--99999999999", "a@XN--99999999999", true, true},
    {"a@xn--bcher-KVA.example", "a@" A_LABEL, true, true},
};

/* The domains alone: any bytes, without an address around them. */
static void
compares_domains(void)
{
	CHECK(bl_domain_same(BL_STR(BUECHER), BL_STR(A_LABEL)), "A-label");
	CHECK(bl_domain_same(BL_STR(A_LABEL), BL_STR(BUECHER)), "U-label");
	CHECK(!bl_domain_same(BL_STR("\xc3"), BL_STR("\xc4")), "not UTF-8");
	CHECK(bl_domain_same(BL_STR("\xc3"), BL_STR("\xc3")), "itself");
	CHECK(!bl_domain_same(BL_STR(""), BL_STR("a")), "nothing");
	CHECK(!bl_domain_same(BL_STR(""), BL_STR("\xe2\x98\x83")), "no domain");
}

static void
compares_addresses(void)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct bl_span a = bl_span_str(pairs[i].a);
		struct bl_span b = bl_span_str(pairs[i].b);
		bool exact = true;

		CHECK(bl_addr_same(a, b, &exact) == pairs[i].same, pairs[i].a);
		CHECK(exact == pairs[i].exact, pairs[i].a);
		CHECK(bl_addr_same(b, a, NULL) == pairs[i].same, pairs[i].b);
	}
}

TESTS(TEST(reads_domains), TEST(nul_ends_nothing),
    TEST(limits_hold_on_both_sides), TEST(compares_domains),
    TEST(compares_addresses))
