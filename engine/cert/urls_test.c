/* urls_test.c - which addresses of a certificate are taken, and which are not
 * (THR-05). */
#include "tests/chain.h"
#include "tests/test.h"

#include <string.h>

static struct bl_test_keys keys;

/* The addresses found, with a space between. */
static void
found(struct bl_buf *out, const struct bl_cert *c, enum bl_cert_place place,
    size_t max)
{
	struct bl_span urls[8] = {0};
	size_t n = bl_cert_urls(urls, max, c, place);

	CHECK(n <= max, "no more than asked for");
	bl_buf_reset(out);
	for (size_t i = 0; i < n; i++) {
		bl_buf_add_str(out, i > 0 ? " " : "");
		bl_buf_add(out, urls[i]);
	}
	bl_buf_add_u8(out, 0);
}

static void
takes_each_from_its_place(void)
{
	static const struct {
		const char *name, *issuers, *ocsp, *points;
		enum bl_cert_place place;
		size_t max;
		const char *want;
	} cases[] = {
	    {"issuers", "http://a/1 http://a/2", "http://o", "http://c",
		BL_PLACE_ISSUERS, 8, "http://a/1 http://a/2"},
	    {"one alone", "http://a/1 http://a/2", "http://o", "http://c",
		BL_PLACE_ISSUERS, 1, "http://a/1"},
	    {"none is asked for", "http://a/1", "http://o", "http://c",
		BL_PLACE_ISSUERS, 0, ""},
	    {"ocsp", "http://a", "http://o/1 HTTPS://o/2", "http://c",
		BL_PLACE_OCSP, 8, "http://o/1 HTTPS://o/2"},
	    {"lists", "http://a", "http://o", "http://c/1 https://c/2",
		BL_PLACE_CRL, 8, "http://c/1 https://c/2"},
	    {"other schemes", "x", "x",
		"ldap://c/1 file:///etc/passwd ftp://c http:/c http://c",
		BL_PLACE_CRL, 8, "http://c"},
	    {"a scheme alone", "x", "x", "http:// https:// http://c",
		BL_PLACE_CRL, 8, "http://c"},
	    {"bytes no address has", "x", "x",
		"http://c/\x1f http://c/\x7f http://c/\xc3\xa4 http://c/!~",
		BL_PLACE_CRL, 8, "http://c/!~"},
	};
	struct bl_buf access = {0}, points = {0}, got = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_test_cert how = {0};
		struct bl_cert *c;

		bl_buf_reset(&access);
		bl_buf_reset(&points);
		bl_test_access(&access, cases[i].issuers, cases[i].ocsp);
		bl_test_points(&points, cases[i].points);
		how.ext[0] = (struct bl_test_ext){
		    BL_OID_AUTHORITY_INFO_ACCESS, false, bl_buf_span(&access)};
		how.ext[1] = (struct bl_test_ext){
		    BL_OID_CRL_DISTRIBUTION_POINTS, false,
		    bl_buf_span(&points)};
		c = bl_test_issue(&keys, 0, 0, "E", "R", &how);
		found(&got, c, cases[i].place, cases[i].max);
		CHECK(strcmp((const char *)got.p, cases[i].want) == 0,
		    cases[i].name);
		bl_cert_free(c);
	}
	bl_buf_clear(&access);
	bl_buf_clear(&points);
	bl_buf_clear(&got);
}

/* One byte more than an address may have, and none of either kind. */
static void
ends_at_the_limit(void)
{
	struct bl_buf url = {0}, points = {0}, got = {0};

	for (size_t more = 0; more < 2; more++) {
		struct bl_test_cert how = {0};
		struct bl_cert *c;

		bl_buf_reset(&url);
		bl_buf_reset(&points);
		bl_buf_add_str(&url, "http://c/");
		while (url.n < BL_CERT_URL_MAX + more)
			bl_buf_add_u8(&url, 'x');
		bl_buf_add_u8(&url, 0);
		bl_test_points(&points, (const char *)url.p);
		how.ext[0] = (struct bl_test_ext){
		    BL_OID_CRL_DISTRIBUTION_POINTS, false,
		    bl_buf_span(&points)};
		c = bl_test_issue(&keys, 0, 0, "E", "R", &how);
		found(&got, c, BL_PLACE_CRL, 8);
		CHECK((got.n > 1) == (more == 0), "the longest address");
		found(&got, c, BL_PLACE_ISSUERS, 8);
		CHECK(got.n == 1, "nothing there");
		bl_cert_free(c);
	}
	bl_buf_clear(&url);
	bl_buf_clear(&points);
	bl_buf_clear(&got);
}

static void
start(void)
{
	CHECK(bl_ctx_new(&keys.ctx, NULL) == BL_OK, "context");
}

static void
stop(void)
{
	bl_test_keys_clear(&keys);
	bl_ctx_free(keys.ctx);
}

TESTS(TEST(start), TEST(takes_each_from_its_place), TEST(ends_at_the_limit),
    TEST(stop))
