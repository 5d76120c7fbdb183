/* url_test.c - which addresses of the web are read, and what they are. */
#include "proc/url.h"
#include "tests/test.h"

static const struct {
	const char *text;
	enum bl_err want;
	const char *again; /* as it is written */
} urls[] = {
    {"http://example.org/a.crl", BL_OK, "http://example.org:80/a.crl"},
    {"HTTP://EXAMPLE.org", BL_OK, "http://example.org:80"},
    {"https://example.org?x=1", BL_OK, "https://example.org:443?x=1"},
    {"http://example.org:8080/", BL_OK, "http://example.org:8080/"},
    {"http://example.org:65535/", BL_OK, "http://example.org:65535/"},
    {"http://9.9.9.9/a", BL_OK, "http://9.9.9.9:80/a"},
    {"http://[2620:FE::0:9]/a", BL_OK, "http://[2620:fe::9]:80/a"},
    {"http://[2620:fe::9]:443/a", BL_OK, "http://[2620:fe::9]:443/a"},
    {"http://xn--bcher-kva.example/a", BL_OK,
	"http://xn--bcher-kva.example:80/a"},
    {"http://1e100.net/%41/b@c:d", BL_OK, "http://1e100.net:80/%41/b@c:d"},
    {"http://a-b.example/", BL_OK, "http://a-b.example:80/"},
    /* another scheme, or none */
    {"ftp://example.org/", BL_E_UNSUPPORTED, NULL},
    {"ldap://example.org/", BL_E_UNSUPPORTED, NULL},
    {"file:///etc/passwd", BL_E_UNSUPPORTED, NULL},
    {"//example.org/", BL_E_UNSUPPORTED, NULL},
    {"http:/example.org/", BL_E_UNSUPPORTED, NULL},
    {"http:\\\\example.org\\", BL_E_UNSUPPORTED, NULL},
    {"", BL_E_UNSUPPORTED, NULL},
    /* no host, or more than one */
    {"http://", BL_E_MALFORMED, NULL},
    {"http:///a", BL_E_MALFORMED, NULL},
    {"http://:80/a", BL_E_MALFORMED, NULL},
    {"http://user@example.org/", BL_E_MALFORMED, NULL},
    {"http://example.org@9.9.9.9/", BL_E_MALFORMED, NULL},
    {"http://example.org:80@9.9.9.9/", BL_E_MALFORMED, NULL},
    {"http://a b/", BL_E_MALFORMED, NULL},
    {"http://example.org#@9.9.9.9/", BL_E_MALFORMED, NULL},
    {"http://example.org/#a", BL_E_MALFORMED, NULL},
    {"http://example.org\\@9.9.9.9/", BL_E_MALFORMED, NULL},
    {"http://example.org/\\a", BL_E_MALFORMED, NULL},
    {"http://ex%61mple.org/", BL_E_MALFORMED, NULL},
    {"http://b\xc3\xbc"
     "cher.example/",
	BL_E_MALFORMED, NULL},
    {"http://example\xe3\x80\x82org/", BL_E_MALFORMED, NULL},
    /* names */
    {"http://example.org./", BL_E_MALFORMED, NULL},
    {"http://.example.org/", BL_E_MALFORMED, NULL},
    {"http://example..org/", BL_E_MALFORMED, NULL},
    {"http://-a.example/", BL_E_MALFORMED, NULL},
    {"http://a-.example/", BL_E_MALFORMED, NULL},
    {"http://a_b.example/", BL_E_MALFORMED, NULL},
    /* numbers that are addresses to some */
    {"http://2130706433/", BL_E_MALFORMED, NULL},
    {"http://0x7f000001/", BL_E_MALFORMED, NULL},
    {"http://0x7f.1/", BL_E_MALFORMED, NULL},
    {"http://0x/", BL_E_MALFORMED, NULL},
    {"http://127.1/", BL_E_MALFORMED, NULL},
    {"http://127.0.1/", BL_E_MALFORMED, NULL},
    {"http://0177.0.0.1/", BL_E_MALFORMED, NULL},
    {"http://127.0.0.01/", BL_E_MALFORMED, NULL},
    {"http://127.0.0.0x1/", BL_E_MALFORMED, NULL},
    {"http://127.0.0.256/", BL_E_MALFORMED, NULL},
    {"http://1.2.3.4.5/", BL_E_MALFORMED, NULL},
    {"http://example.1/", BL_E_MALFORMED, NULL},
    {"http://127.0.0.1./", BL_E_MALFORMED, NULL},
    {"http://[fe80::1%25eth0]/", BL_E_MALFORMED, NULL},
    {"http://[fe80::1%eth0]/", BL_E_MALFORMED, NULL},
    {"http://[::1/", BL_E_MALFORMED, NULL},
    {"http://[::1]x/", BL_E_MALFORMED, NULL},
    {"http://[]/", BL_E_MALFORMED, NULL},
    {"http://[v1.a]/", BL_E_MALFORMED, NULL},
    {"http://::1/", BL_E_MALFORMED, NULL},
    /* ports */
    {"http://example.org:/", BL_E_MALFORMED, NULL},
    {"http://example.org:0/", BL_E_MALFORMED, NULL},
    {"http://example.org:080/", BL_E_MALFORMED, NULL},
    {"http://example.org:65536/", BL_E_MALFORMED, NULL},
    {"http://example.org:+80/", BL_E_MALFORMED, NULL},
    {"http://example.org:80:80/", BL_E_MALFORMED, NULL},
};

static void
reads_each_as_stated(void)
{
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		const char *name = urls[i].text;
		struct bl_buf again = {0};
		struct bl_url u, twice;

		CHECK(bl_url_read(&u, bl_span_str(name), NULL) == urls[i].want,
		    name);
		if (urls[i].want != BL_OK) {
			CHECK(u.host.name[0] == '\0' && u.target.n == 0, name);
			continue;
		}
		bl_url_put(&again, &u);
		CHECK(bl_span_equal(
			  bl_buf_span(&again), bl_span_str(urls[i].again)),
		    name);
		CHECK(bl_url_read(&twice, bl_buf_span(&again), NULL) == BL_OK &&
			bl_host_equal(&u.host, &twice.host) &&
			u.https == twice.https &&
			bl_span_equal(u.target, twice.target),
		    name);
		bl_buf_clear(&again);
	}
}

/* A NUL, and every other byte that is none of a URL, wherever it stands. */
static void
takes_no_other_byte(void)
{
	const char *good = "http://example.org/a?b";
	size_t n = strlen(good);

	for (unsigned c = 0; c < 256; c++) {
		char bad[64];
		struct bl_url u;

		if (c > 0x20 && c < 0x7f &&
		    strchr("\"#<>[\\]^`{|}", (int)c) == NULL)
			continue;
		for (size_t i = 0; i < n; i++) {
			memcpy(bad, good, n);
			bad[i] = (char)c;
			CHECK(
			    bl_url_read(&u, bl_span_of(bad, n), NULL) != BL_OK,
			    bad);
		}
	}
}

static void
keeps_its_limits(void)
{
	char text[BL_URL_MAX + 2];
	struct bl_url u;

	memset(text, 'a', sizeof(text));
	memcpy(text, "http://a.example/", 17);
	CHECK(bl_url_read(&u, bl_span_of(text, BL_URL_MAX), NULL) == BL_OK,
	    "longest");
	CHECK(bl_url_read(&u, bl_span_of(text, BL_URL_MAX + 1), NULL) ==
		BL_E_LIMIT,
	    "longer");
	for (size_t label = 62; label < 65; label++) {
		text[7 + label] = '/';
		memset(text + 7, 'a', label);
		CHECK((bl_url_read(&u, bl_span_of(text, 100), NULL) == BL_OK) ==
			(label <= 63),
		    "label");
	}
	for (size_t host = 252; host < 255; host++) {
		memset(text + 7, 'a', host);
		for (size_t i = 40; i < host - 1; i += 40)
			text[7 + i] = '.';
		text[7 + host] = '/';
		CHECK((bl_url_read(&u, bl_span_of(text, 300), NULL) == BL_OK) ==
			(host <= BL_HOST_MAX),
		    "host");
	}
}

static void
reads_pairs(void)
{
	struct bl_host a, b;

	CHECK(bl_host_read(&a, BL_STR("PKI.example.org:8080"), NULL) == BL_OK &&
		a.port == 8080 && strcmp(a.name, "pki.example.org") == 0,
	    "pair");
	CHECK(bl_host_read(&b, BL_STR("pki.example.org:8081"), NULL) == BL_OK &&
		!bl_host_equal(&a, &b),
	    "another port");
	CHECK(bl_host_read(&b, BL_STR("pki.example.com:8080"), NULL) == BL_OK &&
		!bl_host_equal(&a, &b),
	    "another name");
	CHECK(bl_host_read(&a, BL_STR("[::1]:80"), NULL) == BL_OK &&
		bl_host_read(&b, BL_STR("[0:0::1]:80"), NULL) == BL_OK &&
		bl_host_equal(&a, &b),
	    "the same address");
	CHECK(bl_host_read(&a, BL_STR("example.org"), NULL) == BL_E_MALFORMED &&
		a.port == 0,
	    "no port");
	CHECK(bl_host_read(&a, BL_STR(":80"), NULL) == BL_E_MALFORMED, "none");
	CHECK(bl_host_read(&a, BL_STR("http://example.org:80"), NULL) ==
		BL_E_MALFORMED,
	    "a URL");
	CHECK(bl_host_read(&a, BL_STR("*.example.org:80"), NULL) ==
		BL_E_MALFORMED,
	    "a pattern");
}

TESTS(TEST(reads_each_as_stated), TEST(takes_no_other_byte),
    TEST(keeps_its_limits), TEST(reads_pairs))
