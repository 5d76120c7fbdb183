/* bare_test.c - what is a message, and what is a CMS object. */
#include "message/bare.h"
#include "tests/test.h"

static const struct {
	const char *name;
	struct bl_span first;
	enum bl_bare_kind open, ended; /* more to come, or not */
} cases[] = {
    {"nothing", {NULL, 0}, BL_BARE_UNKNOWN, BL_BARE_MESSAGE},
    {"a header", BYTES("From: a"), BL_BARE_MESSAGE, BL_BARE_MESSAGE},
    {"indefinite", BYTES("\x30\x80"), BL_BARE_DER, BL_BARE_DER},
    {"long form", BYTES("\x30\x82\x01\x00\x06"), BL_BARE_DER, BL_BARE_DER},
    {"short form", BYTES("\x30\x0b\x06"), BL_BARE_DER, BL_BARE_DER},
    {"the letter 0 alone", BYTES("0"), BL_BARE_UNKNOWN, BL_BARE_MESSAGE},
    {"two bytes", BYTES("\x30\x0b"), BL_BARE_UNKNOWN, BL_BARE_MESSAGE},
    {"a field called 0x", BYTES("0x: 1"), BL_BARE_MESSAGE, BL_BARE_MESSAGE},
    {"PEM", BYTES("-----BEGIN CMS-----\n"), BL_BARE_PEM, BL_BARE_PEM},
    {"PEM cut", BYTES("-----BEG"), BL_BARE_UNKNOWN, BL_BARE_MESSAGE},
    {"a boundary", BYTES("-----BOUNDARY"), BL_BARE_MESSAGE, BL_BARE_MESSAGE},
};

static void
tells_each_case(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK(bl_bare_sniff(cases[i].first, false) == cases[i].open,
		    cases[i].name);
		CHECK(bl_bare_sniff(cases[i].first, true) == cases[i].ended,
		    cases[i].name);
	}
}

static void
takes_pem_off_in_pieces_of_any_size(void)
{
	static const char pem[] = "-----BEGIN CMS-----\r\nAQID\r\nBAU=\r\n"
				  "-----END CMS-----\r\nAQID\r\n";

	for (size_t step = 1; step < sizeof(pem); step++) {
		struct bl_buf out = {0};
		struct bl_pem p = {0};

		for (size_t at = 0; at < sizeof(pem) - 1; at += step)
			bl_pem_add(
			    &p, &out, bl_span_cut(BL_STR(pem), at, step));
		CHECK(p.closed && !p.base64.bad, "closed");
		CHECK(bl_span_equal(bl_buf_span(&out), BL_STR("\1\2\3\4\5")),
		    "bytes");
		bl_buf_clear(&out);
	}
}

static void
tells_when_pem_is_broken(void)
{
	struct bl_buf out = {0};
	struct bl_pem cut = {0}, foreign = {0};

	bl_pem_add(&cut, &out, BL_STR("-----BEGIN CMS-----\nAQID\n"));
	CHECK(!cut.closed, "no END line");
	bl_pem_add(&foreign, &out,
	    BL_STR("-----BEGIN CMS-----\nAQ!D\n-----END CMS-----\n"));
	CHECK(foreign.closed && foreign.base64.bad, "foreign byte");
	bl_buf_clear(&out);
}

TESTS(TEST(tells_each_case), TEST(takes_pem_off_in_pieces_of_any_size),
    TEST(tells_when_pem_is_broken))
