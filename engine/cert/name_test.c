/* name_test.c - names as text: RFC 4514, and the string types of names. */
#include "cert/cert.h"
#include "tests/cert.h"
#include "tests/test.h"

#include <string.h>

#define ATV(n, m, oid, v) "\x31" n "\x30" m "\x06\x03\x55\x04" oid v
#define CN(n, m, v)	  ATV(n, m, "\x03", v)

static const struct {
	const char *name;
	struct bl_span der;
	const char *want;
} names[] = {
    {"empty", BYTES("\x30\x00"), ""},
    {"one",
	BYTES("\x30\x0e" CN("\x0c", "\x0a",
	    "\x0c\x03"
	    "Ann")),
	"CN=Ann"},
    {"the last first",
	BYTES("\x30\x1b" ATV("\x0b", "\x09", "\x06",
	    "\x13\x02"
	    "DE") CN("\x0c", "\x0a",
	    "\x0c\x03"
	    "Ann")),
	"CN=Ann,C=DE"},
    {"two in one part",
	BYTES("\x30\x16\x31\x14\x30\x08\x06\x03\x55\x04\x03\x0c\x01x"
	      "\x30\x08\x06\x03\x55\x04\x0b\x0c\x01y"),
	"CN=x+OU=y"},
    {"specials", BYTES("\x30\x13" CN("\x11", "\x0f", "\x0c\x08\",+;<>\\=")),
	"CN=\\\"\\,\\+\\;\\<\\>\\\\="},
    {"spaces at the edges",
	BYTES("\x30\x10" CN("\x0e", "\x0c", "\x0c\x05 a b ")), "CN=\\ a b\\ "},
    {"one space", BYTES("\x30\x0c" CN("\x0a", "\x08", "\x0c\x01 ")), "CN=\\ "},
    {"number sign", BYTES("\x30\x0e" CN("\x0c", "\x0a", "\x0c\x03#a#")),
	"CN=\\#a#"},
    {"NUL and controls",
	BYTES("\x30\x0f" CN("\x0d", "\x0b",
	    "\x0c\x04"
	    "a\0\x1f\x7f")),
	"CN=a\\00\\1F\\7F"},
    {"UTF-8", BYTES("\x30\x0d" CN("\x0b", "\x09", "\x0c\x02\xc3\xa4")),
	"CN=\xc3\xa4"},
    {"UTF-8 cut off", BYTES("\x30\x0c" CN("\x0a", "\x08", "\x0c\x01\xc3")),
	"CN=\xef\xbf\xbd"},
    {"T61 as Latin-1", BYTES("\x30\x0c" CN("\x0a", "\x08", "\x14\x01\xe4")),
	"CN=\xc3\xa4"},
    {"BMP", BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1e\x04\x00\xe4\x20\xac")),
	"CN=\xc3\xa4\xe2\x82\xac"},
    {"BMP with a surrogate pair",
	BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1e\x04\xd8\x3d\xde\x00")),
	"CN=\xf0\x9f\x98\x80"},
    {"BMP with the first pair",
	BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1e\x04\xd8\x00\xdc\x00")),
	"CN=\xf0\x90\x80\x80"},
    {"BMP with the last pair",
	BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1e\x04\xdb\xff\xdf\xff")),
	"CN=\xf4\x8f\xbf\xbf"},
    {"BMP with a pair that begins too high",
	BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1e\x04\xdc\x00\xdc\x00")),
	"CN=\xef\xbf\xbd\xef\xbf\xbd"},
    {"BMP with a pair that ends too high",
	BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1e\x04\xd8\x00\xe0\x00")),
	"CN=\xef\xbf\xbd\xee\x80\x80"},
    {"BMP with half a pair",
	BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1e\x04\xd8\x3d\x00\x61")),
	"CN=\xef\xbf\xbd"
	"a"},
    {"BMP with the second half",
	BYTES("\x30\x0d" CN("\x0b", "\x09", "\x1e\x02\xde\x00")),
	"CN=\xef\xbf\xbd"},
    {"BMP that ends in half a pair",
	BYTES("\x30\x0d" CN("\x0b", "\x09", "\x1e\x02\xd8\x3d")),
	"CN=\xef\xbf\xbd"},
    {"BMP of odd length",
	BYTES("\x30\x0e" CN("\x0c", "\x0a", "\x1e\x03\x00\x61\x00")),
	"CN=a\xef\xbf\xbd"},
    {"Universal",
	BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1c\x04\x00\x01\xf6\x00")),
	"CN=\xf0\x9f\x98\x80"},
    {"Universal beyond Unicode",
	BYTES("\x30\x0f" CN("\x0d", "\x0b", "\x1c\x04\x00\x11\x00\x00")),
	"CN=\xef\xbf\xbd"},
    {"Universal of odd length",
	BYTES("\x30\x0e" CN("\x0c", "\x0a", "\x1c\x03\x00\x00\x00")),
	"CN=\xef\xbf\xbd"},
    {"Printable",
	BYTES("\x30\x0c" CN("\x0a", "\x08",
	    "\x13\x01"
	    "a")),
	"CN=a"},
    {"IA5 of 0x80", BYTES("\x30\x0c" CN("\x0a", "\x08", "\x16\x01\x80")),
	"CN=\xef\xbf\xbd"},
    {"IA5 over 0x7f", BYTES("\x30\x0c" CN("\x0a", "\x08", "\x16\x01\xe4")),
	"CN=\xef\xbf\xbd"},
    {"Numeric",
	BYTES("\x30\x0c" CN("\x0a", "\x08",
	    "\x12\x01"
	    "1")),
	"CN=1"},
    {"Visible", BYTES("\x30\x0c" CN("\x0a", "\x08", "\x1a\x01v")), "CN=v"},
    {"General", BYTES("\x30\x0c" CN("\x0a", "\x08", "\x1b\x01v")), "CN=v"},
    {"no text", BYTES("\x30\x0c" CN("\x0a", "\x08", "\x02\x01\x07")),
	"CN=#020107"},
    {"e-mail",
	BYTES("\x30\x14\x31\x12\x30\x10\x06\x09\x2a\x86\x48\x86\xf7\x0d"
	      "\x01\x09\x01\x16\x03"
	      "a@b"),
	"emailAddress=a@b"},
    {"unknown attribute",
	BYTES("\x30\x0c" ATV("\x0a", "\x08", "\x7f", "\x0c\x01x")),
	"2.5.4.127=#0c0178"},
    {"not a name", BYTES("\x30\x02\x05\x00"), "#30020500"},
    {"not a name at all", BYTES("\xff"), "#ff"},
    {"a byte behind it", BYTES("\x30\x00\x00"), "#300000"},
};

static void
shows_names(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct bl_buf out = {0};

		bl_name_show(&out, names[i].der);
		CHECK(bl_span_equal(
			  bl_buf_span(&out), bl_span_str(names[i].want)),
		    names[i].name);
		if (strcmp(bl_buf_text(&out), names[i].want) != 0)
			fprintf(stderr, "%s\n", bl_buf_text(&out));
		bl_buf_clear(&out);
	}
}

static const struct {
	const char *attribute;
	struct bl_span oid;
} attributes[] = {
    {"CN", BYTES("\x06\x03\x55\x04\x03")},
    {"sn", BYTES("\x06\x03\x55\x04\x04")},
    {"serialNumber", BYTES("\x06\x03\x55\x04\x05")},
    {"C", BYTES("\x06\x03\x55\x04\x06")},
    {"L", BYTES("\x06\x03\x55\x04\x07")},
    {"ST", BYTES("\x06\x03\x55\x04\x08")},
    {"STREET", BYTES("\x06\x03\x55\x04\x09")},
    {"O", BYTES("\x06\x03\x55\x04\x0a")},
    {"OU", BYTES("\x06\x03\x55\x04\x0b")},
    {"title", BYTES("\x06\x03\x55\x04\x0c")},
    {"description", BYTES("\x06\x03\x55\x04\x0d")},
    {"businessCategory", BYTES("\x06\x03\x55\x04\x0f")},
    {"postalCode", BYTES("\x06\x03\x55\x04\x11")},
    {"givenName", BYTES("\x06\x03\x55\x04\x2a")},
    {"initials", BYTES("\x06\x03\x55\x04\x2b")},
    {"generationQualifier", BYTES("\x06\x03\x55\x04\x2c")},
    {"dnQualifier", BYTES("\x06\x03\x55\x04\x2e")},
    {"pseudonym", BYTES("\x06\x03\x55\x04\x41")},
    {"organizationIdentifier", BYTES("\x06\x03\x55\x04\x61")},
    {"UID", BYTES("\x06\x0a\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01")},
    {"DC", BYTES("\x06\x0a\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19")},
    {"emailAddress", BYTES("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")},
};

static void
knows_attributes_by_name(void)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		struct bl_buf der = {0}, out = {0}, want = {0};
		size_t name = bl_der_open(&der, BL_DER_SEQUENCE);
		size_t set = bl_der_open(&der, BL_DER_SET);
		size_t one = bl_der_open(&der, BL_DER_SEQUENCE);

		bl_buf_add(&der, attributes[i].oid);
		bl_der_put(&der, BL_DER_UTF8, BL_STR("x"));
		bl_der_close(&der, one);
		bl_der_close(&der, set);
		bl_der_close(&der, name);
		bl_name_show(&out, bl_buf_span(&der));
		bl_buf_add_f(&want, "%s=x", attributes[i].attribute);
		CHECK(bl_span_equal(bl_buf_span(&out), bl_buf_span(&want)),
		    attributes[i].attribute);
		bl_buf_clear(&der);
		bl_buf_clear(&out);
		bl_buf_clear(&want);
	}
}

static const struct {
	const char *name;
	struct bl_test_cert how;
	const char *want;
} certs[] = {
    {"common name", {{0}}, "Ann"},
    {"the last common name",
	{.subject = BYTES("\x30\x1a" CN("\x0b", "\x09",
	     "\x0c\x02"
	     "me") CN("\x0b", "\x09",
	     "\x0c\x02"
	     "it"))},
	"it"},
    {"an empty common name, an address",
	{.subject = BYTES("\x30\x0b" CN("\x09", "\x07", "\x0c\x00")),
	    .ext = {{BL_OID_SUBJECT_ALT_NAME, false,
		BYTES("\x30\x05\x81\x03"
		      "a@b")}}},
	"a@b"},
    {"nothing but a country",
	{.subject = BYTES("\x30\x0d" ATV("\x0b", "\x09", "\x06",
	     "\x13\x02"
	     "DE"))},
	"C=DE"},
    {"nothing", {.subject = BYTES("\x30\x00")}, ""},
};

static void
names_certificates(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_ctx *ctx;

	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	for (size_t i = 0; i < sizeof(certs) / sizeof(*certs); i++) {
		struct bl_buf der = {0}, out = {0};
		struct bl_cert *c;

		bl_test_cert_write(&der, &certs[i].how);
		CHECK(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, NULL) ==
			BL_OK,
		    certs[i].name);
		bl_buf_add_str(&out, "<");
		bl_cert_name(&out, c);
		CHECK(strcmp(bl_buf_text(&out) + 1, certs[i].want) == 0,
		    certs[i].name);
		bl_cert_free(c);
		bl_buf_clear(&der);
		bl_buf_clear(&out);
	}
	bl_ctx_free(ctx);
}

static enum bl_err
show(void *arg)
{
	struct bl_buf out = {0};
	enum bl_err err;

	bl_name_show(&out, *(const struct bl_span *)arg);
	err = out.err;
	bl_buf_clear(&out);
	return err;
}

static void
survives_each_allocation(void)
{
	struct bl_span name = names[2].der;

	bl_test_each_allocation(show, &name, "show");
}

TESTS(TEST(shows_names), TEST(knows_attributes_by_name),
    TEST(names_certificates), TEST(survives_each_allocation))
