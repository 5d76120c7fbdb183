/* address_test.c - which e-mail names of a certificate count (ATK-301,
 * ATK-302, RFC 8550 3, RFC 9598). */
#include "cert/cert.h"
#include "tests/cert.h"
#include "tests/test.h"

#include <string.h>

static struct bl_ctx *ctx;
static struct bl_limits limits;

static struct bl_cert *
make(const struct bl_test_cert *how, const char *name)
{
	struct bl_buf der = {0};
	struct bl_note note = {0};
	struct bl_cert *c;

	bl_test_cert_write(&der, how);
	CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, &note) == BL_OK,
	    name);
	bl_buf_clear(&der);
	return c;
}

/* One GeneralName in a subjectAltName. */
static struct bl_cert *
make_san(struct bl_span general_name, const char *name)
{
	struct bl_test_cert how = {{0}};
	struct bl_buf san = {0};
	struct bl_cert *c;

	bl_der_put(&san, BL_DER_SEQUENCE, general_name);
	how.ext[0] = (struct bl_test_ext){
	    BL_OID_SUBJECT_ALT_NAME, false, bl_buf_span(&san)};
	c = make(&how, name);
	bl_buf_clear(&san);
	return c;
}

static bool
is_bad(const struct bl_cert *c)
{
	return (bl_cert_flags(c) & BL_CERT_BAD_ADDRESS) != 0;
}

/* A name that is no address makes the certificate unusable for any. */
static const struct {
	const char *name;
	struct bl_span addr;
	bool good;
} ascii[] = {
    {"plain", BYTES("ann@example.org"), true},
    {"with a tag", BYTES("ann+x@example.org"), true},
    {"quoted", BYTES("\"ann@home\"@example.org"), true},
    {"quoted with an escape", BYTES("\"a\\\"n\"@example.org"), true},
    {"literal", BYTES("ann@[192.0.2.1]"), true},
    {"literal of IPv6", BYTES("ann@[IPv6:2001:db8::1]"), true},
    {"asterisk", BYTES("*@example.org"), true},
    {"underscore in the host", BYTES("ann@a_b.org"), true},
    {"A-label", BYTES("ann@xn--bcher-kva.example"), true},
    {"lowest byte", BYTES("!@b"), true},
    {"highest byte", BYTES("~@b"), true},
    {"empty", BYTES(""), false},
    {"NUL inside", BYTES("ann@good.org\0@evil.org"), false},
    {"NUL at the end", BYTES("ann@good.org\0"), false},
    {"NUL in the local part", BYTES("a\0n@good.org"), false},
    {"space", BYTES("ann smith@good.org"), false},
    {"space in quotes", BYTES("\"ann smith\"@good.org"), false},
    {"tab", BYTES("ann\t@good.org"), false},
    {"line end", BYTES("ann@good.org\n"), false},
    {"DEL", BYTES("ann\x7f@good.org"), false},
    {"DEL in quotes", BYTES("\"ann\x7f\"@good.org"), false},
    {"UTF-8", BYTES("\xc3\xa4nn@good.org"), false},
    {"Latin-1", BYTES("\xe4nn@good.org"), false},
    {"UTF-8 in the host",
	BYTES("ann@b\xc3\xbc"
	      "cher.org"),
	false},
    {"two @", BYTES("ann@good.org@evil.org"), false},
    {"no @", BYTES("good.org"), false},
    {"host only", BYTES("@good.org"), false},
    {"local part only", BYTES("ann@"), false},
    {"angle brackets", BYTES("<ann@good.org>"), false},
    {"display name", BYTES("Ann<ann@good.org>"), false},
    {"comment", BYTES("ann(x)@good.org"), false},
    {"list", BYTES("ann@good.org,bob@good.org"), false},
    {"open quotes", BYTES("\"ann@good.org"), false},
    {"quotes in the middle", BYTES("an\"n\"@good.org"), false},
    {"escape at the end", BYTES("\"ann\\"), false},
    {"text behind quotes", BYTES("\"ann\"x@good.org"), false},
    {"half a literal", BYTES("ann@[192.0.2.1"), false},
    {"empty literal", BYTES("ann@[]"), false},
    {"colon without a literal", BYTES("ann@a:b"), false},
    {"mailto", BYTES("mailto:ann@good.org"), false},
};

static void
takes_only_addresses(void)
{
	for (size_t i = 0; i < sizeof(ascii) / sizeof(*ascii); i++) {
		const char *name = ascii[i].name;
		struct bl_buf entry = {0};
		struct bl_cert_addr a;
		struct bl_cert *c;

		bl_der_put(&entry, BL_DER_IMPLICIT(1), ascii[i].addr);
		c = make_san(bl_buf_span(&entry), name);
		CHECK(is_bad(c) == !ascii[i].good, name);
		CHECK(bl_cert_addr_count(c) == ascii[i].good, name);
		a = bl_cert_addr_at(c, 0);
		if (ascii[i].good)
			CHECK(a.kind == BL_ADDR_SAN &&
				bl_span_equal(a.addr, ascii[i].addr),
			    name);
		else
			CHECK(a.addr.n == 0 && a.kind == 0, name);
		CHECK(bl_cert_has_addr(c, ascii[i].addr, NULL) == ascii[i].good,
		    name);
		bl_cert_free(c);
		bl_buf_clear(&entry);
	}
}

/* The value of a SmtpUTF8Mailbox. */
static const struct {
	const char *name;
	unsigned tag;
	struct bl_span addr;
	bool good;
} utf8[] = {
    {"umlaut", BL_DER_UTF8, BYTES("\xc3\xa4nn@example.org"), true},
    {"Chinese", BL_DER_UTF8, BYTES("\xe8\x80\x81\xe5\xb8\xab@xn--fsq.example"),
	true},
    {"quoted", BL_DER_UTF8, BYTES("\"\xc3\xa4\"@example.org"), true},
    {"ASCII only", BL_DER_UTF8, BYTES("ann@example.org"), false},
    {"ASCII up to its end", BL_DER_UTF8, BYTES("~@example.org"), false},
    {"U-label in the host", BL_DER_UTF8,
	BYTES("\xc3\xa4nn@b\xc3\xbc"
	      "cher.org"),
	false},
    {"ASCII with a U-label", BL_DER_UTF8,
	BYTES("ann@b\xc3\xbc"
	      "cher.org"),
	false},
    {"overlong", BL_DER_UTF8, BYTES("\xc0\xa1\xc3\xa4@example.org"), false},
    {"surrogate", BL_DER_UTF8, BYTES("\xed\xa0\x80\xc3\xa4@example.org"),
	false},
    {"Latin-1", BL_DER_UTF8, BYTES("\xe4nn@example.org"), false},
    {"NUL", BL_DER_UTF8, BYTES("\xc3\xa4\0nn@example.org"), false},
    {"control", BL_DER_UTF8, BYTES("\xc3\xa4\x01@example.org"), false},
    {"C1 control", BL_DER_UTF8, BYTES("\xc3\xa4\xc2\x85@example.org"), false},
    {"space", BL_DER_UTF8, BYTES("\xc3\xa4 n@example.org"), false},
    {"byte order mark", BL_DER_UTF8, BYTES("\xef\xbb\xbf\xc3\xa4@example.org"),
	false},
    {"bidi override", BL_DER_UTF8, BYTES("\xc3\xa4\xe2\x80\xae@example.org"),
	false},
    {"no @", BL_DER_UTF8, BYTES("\xc3\xa4"), false},
    {"two @", BL_DER_UTF8, BYTES("\xc3\xa4@good.org@evil.org"), false},
    {"empty", BL_DER_UTF8, BYTES(""), false},
    {"IA5String", BL_DER_IA5, BYTES("\xc3\xa4nn@example.org"), false},
    {"BMPString", BL_DER_BMP, BYTES("\0\xe4\0@\0b"), false},
};

static void
takes_only_utf8_mailboxes(void)
{
	for (size_t i = 0; i < sizeof(utf8) / sizeof(*utf8); i++) {
		const char *name = utf8[i].name;
		struct bl_buf entry = {0};
		struct bl_cert_addr a;
		struct bl_cert *c;
		size_t other, value;

		other = bl_der_open(&entry, BL_DER_CONTEXT(0));
		bl_der_put_oid(&entry, BL_OID_SMTP_UTF8_MAILBOX);
		value = bl_der_open(&entry, BL_DER_CONTEXT(0));
		bl_der_put(&entry, utf8[i].tag, utf8[i].addr);
		bl_der_close(&entry, value);
		bl_der_close(&entry, other);
		c = make_san(bl_buf_span(&entry), name);
		CHECK(is_bad(c) == !utf8[i].good, name);
		CHECK(bl_cert_addr_count(c) == utf8[i].good, name);
		a = bl_cert_addr_at(c, 0);
		if (utf8[i].good)
			CHECK(a.kind == BL_ADDR_SAN_UTF8 &&
				bl_span_equal(a.addr, utf8[i].addr),
			    name);
		CHECK(bl_cert_has_addr(c, utf8[i].addr, NULL) == utf8[i].good,
		    name);
		bl_cert_free(c);
		bl_buf_clear(&entry);
	}
}

/* emailAddress in the subject, by string type. */
static const struct {
	const char *name;
	unsigned tag;
	struct bl_span addr;
	bool good;
} subjects[] = {
    {"IA5String", BL_DER_IA5, BYTES("ann@example.org"), true},
    {"UTF8String", BL_DER_UTF8, BYTES("ann@example.org"), true},
    {"PrintableString", BL_DER_PRINTABLE, BYTES("ann@example.org"), true},
    {"TeletexString", BL_DER_TELETEX, BYTES("ann@example.org"), false},
    {"BMPString", BL_DER_BMP, BYTES("\0a\0@\0b"), false},
    {"BMPString that looks like ASCII", BL_DER_BMP, BYTES("an@b"), false},
    {"UniversalString", BL_DER_UNIVERSAL, BYTES("\0\0\0a\0\0\0@\0\0\0b"),
	false},
    {"OCTET STRING", BL_DER_OCTETS, BYTES("ann@example.org"), false},
    {"NUL", BL_DER_IA5, BYTES("ann@good.org\0@evil.org"), false},
    {"UTF-8", BL_DER_UTF8, BYTES("\xc3\xa4nn@example.org"), false},
};

static void
put_subject(struct bl_buf *out, unsigned tag, struct bl_span addr)
{
	size_t name = bl_der_open(out, BL_DER_SEQUENCE);
	size_t set = bl_der_open(out, BL_DER_SET);
	size_t one = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, BL_OID_EMAIL_ADDRESS);
	bl_der_put(out, tag, addr);
	bl_der_close(out, one);
	bl_der_close(out, set);
	bl_der_close(out, name);
}

static void
takes_the_subject_by_type(void)
{
	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++) {
		const char *name = subjects[i].name;
		enum bl_cert_addr_kind kind = 0;
		struct bl_buf subject = {0};
		struct bl_cert *c;

		put_subject(&subject, subjects[i].tag, subjects[i].addr);
		c = make(
		    &(struct bl_test_cert){.subject = bl_buf_span(&subject)},
		    name);
		CHECK(is_bad(c) == !subjects[i].good, name);
		CHECK(bl_cert_has_addr(c, subjects[i].addr, &kind) ==
			subjects[i].good,
		    name);
		CHECK((kind == BL_ADDR_SUBJECT) == subjects[i].good, name);
		bl_cert_free(c);
		bl_buf_clear(&subject);
	}
}

#define SAN(n, e)                                                              \
	{                                                                      \
		{                                                              \
			BL_OID_SUBJECT_ALT_NAME, false, BYTES("\x30" n e)      \
		}                                                              \
	}

/* ann@a.b in the subject, and an extension beside it */
static const struct {
	const char *name;
	struct bl_test_cert how;
	const char *asked;
	bool want;
	enum bl_cert_addr_kind kind;
} matches[] = {
    {"the entry itself", {.ext = SAN("\x07", "\x81\x05x@y.z")}, "x@y.z", true,
	BL_ADDR_SAN},
    {"host in another case", {.ext = SAN("\x07", "\x81\x05x@y.z")}, "x@Y.Z",
	true, BL_ADDR_SAN},
    {"local part in another case", {.ext = SAN("\x07", "\x81\x05x@y.z")},
	"X@y.z", true, BL_ADDR_SAN},
    {"second entry", {.ext = SAN("\x0e", "\x81\x05u@v.w\x81\x05x@y.z")},
	"x@y.z", true, BL_ADDR_SAN},
    {"another", {.ext = SAN("\x07", "\x81\x05x@y.z")}, "w@y.z", false, 0},
    {"a part of it", {.ext = SAN("\x07", "\x81\x05x@y.z")}, "x@y.zz", false, 0},
    {"subject hidden by an e-mail entry", {.ext = SAN("\x07", "\x81\x05x@y.z")},
	"ann@a.b", false, 0},
    {"subject beside a host entry", {.ext = SAN("\x05", "\x82\x03y.z")},
	"ann@a.b", true, BL_ADDR_SUBJECT},
    {"host entry is no address", {.ext = SAN("\x07", "\x82\x05x@y.z")}, "x@y.z",
	false, 0},
    {"URI entry is no address", {.ext = SAN("\x07", "\x86\x05x@y.z")}, "x@y.z",
	false, 0},
    {"subject alone", {{0}}, "ann@a.b", true, BL_ADDR_SUBJECT},
    {"common name never", {{0}}, "cn@a.b", false, 0},
    {"a bad entry spoils the good one",
	{.ext = SAN("\x0d", "\x81\x05x@y.z\x81\x04y\0@z")}, "x@y.z", false, 0},
    {"a bad entry spoils the subject", {.ext = SAN("\x06", "\x81\x04y\0@z")},
	"ann@a.b", false, 0},
    {"user principal name never",
	{.ext = SAN("\x18",
	     "\xa0\x16\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03\xa0\x08\x0c"
	     "\x06xx@y.z")},
	"xx@y.z", false, 0},
};

static void
matches_by_its_rules(void)
{
	for (size_t i = 0; i < sizeof(matches) / sizeof(*matches); i++) {
		struct bl_test_cert how = matches[i].how;
		const char *name = matches[i].name;
		enum bl_cert_addr_kind kind = 0;
		struct bl_buf subject = {0};
		struct bl_cert *c;

		bl_test_name(&subject, "cn@a.b", "ann@a.b");
		how.subject = bl_buf_span(&subject);
		c = make(&how, name);
		CHECK(bl_cert_has_addr(c, bl_span_str(matches[i].asked),
			  &kind) == matches[i].want,
		    name);
		CHECK(kind == matches[i].kind, name);
		bl_cert_free(c);
		bl_buf_clear(&subject);
	}
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

TESTS(TEST(start), TEST(takes_only_addresses), TEST(takes_only_utf8_mailboxes),
    TEST(takes_the_subject_by_type), TEST(matches_by_its_rules), TEST(stop))
