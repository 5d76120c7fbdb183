/* check_test.c - the answer to whether a certificate is good, as JSON. */
#include "bulla/check.h"
#include "bulla/crl.h"
#include "tests/chain.h"
#include "tests/test.h"

#include <string.h>

#define NOW 1790000000
#define CA                                                                     \
	{                                                                      \
		BL_OID_BASIC_CONSTRAINTS, true, BYTES("\x30\x03\x01\x01\xff")  \
	}
#define SAN                                                                    \
	{                                                                      \
		BL_OID_SUBJECT_ALT_NAME, false,                                \
		    BYTES("\x30\x07\x81\x05"                                   \
			  "a@b.c")                                             \
	}

static struct bl_test_keys keys;

/* has tells whether the text holds the words in this order. */
static bool
has(const char *text, const char *const *words)
{
	for (; *words != NULL; words++) {
		if ((text = strstr(text, *words)) == NULL)
			return false;
		text += strlen(*words);
	}
	return true;
}

static void
says_all_of_it(void)
{
	static const struct {
		const char *name;
		enum bl_revocation mode;
		const char *address;
		bool without, valid;
		const char *words[8];
	} cases[] = {
	    {"good", BL_REVOCATION_OFF, "a@b.c", false, true,
		{"{\"valid\":true,\"reasons\":[],\"at\":\"2026-09-21T14:13:20Z\","
		 "\"warnings\":[],\"chain\":[{\"name\":\"E\"",
		    "\"subject\":\"CN=E\"", "\"addresses\":[\"a@b.c\"]",
		    "\"source\":\"asked\"", "\"subject\":\"CN=R\"",
		    "\"source\":\"anchor\"", "\"trace\":[]}"}},
	    {"no answer", BL_REVOCATION_REQUIRE, "a@b.c", false, false,
		{"{\"valid\":false,\"reasons\":[\"revocation-unknown\"]",
		    "\"trace\":[\"E (", "RFC 5280 6.3.3]\"]}"}},
	    {"another's", BL_REVOCATION_OFF, "x@b.c", false, false,
		{"[\"signer-mismatch\"]"}},
	    {"no anchor", BL_REVOCATION_OFF, "", true, false,
		{"[\"signer-unknown-ca\",\"chain-incomplete\"]",
		    "\"source\":\"asked\""}},
	};
	const struct bl_test_cert ca = {.ext = {CA}}, leaf = {.ext = {SAN}};
	struct bl_cert *root = bl_test_issue(&keys, 0, 0, "R", "R", &ca);
	struct bl_cert *e = bl_test_issue(&keys, 1, 0, "E", "R", &leaf);
	struct bl_certs anchors = {0};

	CHECK(bl_certs_add(&anchors, root, NULL) == BL_OK, "anchor");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct bl_cert_question q = {.cert = e,
		    .purpose = BL_PURPOSE_SIGN,
		    .revocation = cases[i].mode,
		    .address = bl_span_str(cases[i].address),
		    .at = NOW,
		    .anchors = cases[i].without ? NULL : &anchors};
		struct bl_buf json = {0};
		bool valid;

		CHECK(bl_cert_check(&json, &valid, keys.ctx, &q, NULL) == BL_OK,
		    cases[i].name);
		CHECK(valid == cases[i].valid, cases[i].name);
		if (!has(bl_buf_text(&json), cases[i].words)) {
			CHECK(false, cases[i].name);
			fprintf(stderr, "%s\n", bl_buf_text(&json));
		}
		bl_buf_clear(&json);
	}
	bl_certs_clear(&anchors);
	bl_cert_free(root);
	bl_cert_free(e);
}

/* What is known of each certificate, by whom, and how old it is. */
static void
tells_of_revocation(void)
{
	static const struct {
		const char *name;
		int64_t from; /* of the list, before NOW; 0: there is none */
		uint64_t serial;
		enum bl_revocation mode;
		const char *words[8];
	} cases[] = {
	    {"good", 3600, 0, BL_REVOCATION_REQUIRE,
		{"\"name\":\"E\"",
		    "\"revocation\":{\"status\":\"good\",\"by\":\"crl\"",
		    "\"source\":\"given\"",
		    "\"thisUpdate\":\"2026-09-21T13:13:20Z\"",
		    "\"nextUpdate\":\"2026-09-22T14:13:20Z\",\"age\":3600}",
		    "\"name\":\"R\"", "\"revocation\":null}"}},
	    {"revoked", 60, 1, BL_REVOCATION_REQUIRE,
		{"\"revocation\":{\"status\":\"revoked\",\"by\":\"crl\"",
		    "\"age\":60", "\"reason\":0,\"revokedAt\":\"2026-09-21"}},
	    {"unknown", 0, 0, BL_REVOCATION_REQUIRE,
		{"\"revocation\":{\"status\":\"unknown\"}",
		    "\"revocation\":null}"}},
	    {"off", 60, 1, BL_REVOCATION_OFF,
		{"\"revocation\":null}", "\"revocation\":null}"}},
	};
	const struct bl_test_cert ca = {.ext = {CA}}, leaf = {.ext = {SAN}};
	struct bl_cert *root = bl_test_issue(&keys, 0, 0, "R", "R", &ca);
	struct bl_cert *e = bl_test_issue(&keys, 1, 0, "E", "R", &leaf);
	const struct bl_limits limits = BL_LIMITS;
	struct bl_certs anchors = {0};

	CHECK(bl_certs_add(&anchors, root, NULL) == BL_OK, "anchor");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf json = {0}, der = {0};
		struct bl_crls crls = {0};
		const struct bl_cert_question q = {.cert = e,
		    .revocation = cases[i].mode,
		    .at = NOW,
		    .anchors = &anchors,
		    .crls = &crls};
		size_t skipped;
		bool valid;

		if (cases[i].from != 0) {
			bl_test_list(&der, &keys, 0, "R", NOW - cases[i].from,
			    NOW + 86400, cases[i].serial);
			CHECK(bl_crls_import(&crls, bl_buf_span(&der), &limits,
				  &skipped, NULL) == BL_OK,
			    "list");
		}
		CHECK(bl_cert_check(&json, &valid, keys.ctx, &q, NULL) == BL_OK,
		    cases[i].name);
		if (!has(bl_buf_text(&json), cases[i].words)) {
			CHECK(false, cases[i].name);
			fprintf(stderr, "%s\n", bl_buf_text(&json));
		}
		bl_buf_clear(&json);
		bl_buf_clear(&der);
		bl_crls_clear(&crls);
	}
	bl_certs_clear(&anchors);
	bl_cert_free(root);
	bl_cert_free(e);
}

/* Both ends of the time in which a certificate is warned of. */
static void
warns_of_the_end(void)
{
	static const struct {
		int64_t before; /* seconds before notAfter */
		bool soon;
	} cases[] = {
	    {30 * 86400 + 1, false},
	    {30 * 86400, true},
	    {86400, true},
	    {0, true},
	    {-1, false},
	};
	const struct bl_test_cert leaf = {.ext = {SAN}};
	struct bl_cert *e = bl_test_issue(&keys, 1, 1, "E", "E", &leaf);
	struct bl_certs anchors = {0};

	CHECK(bl_certs_add(&anchors, e, NULL) == BL_OK, "anchor");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct bl_cert_question q = {.cert = e,
		    .at = bl_cert_not_after(e) - cases[i].before,
		    .anchors = &anchors};
		struct bl_buf json = {0};
		bool valid;

		CHECK(
		    bl_cert_check(&json, &valid, keys.ctx, &q, NULL) == BL_OK &&
			valid == (cases[i].before >= 0),
		    "check");
		CHECK((strstr(bl_buf_text(&json),
			   "\"warnings\":[\"expires-soon\"]") != NULL) ==
			cases[i].soon,
		    "warning");
		bl_buf_clear(&json);
	}
	bl_certs_clear(&anchors);
	bl_cert_free(e);
}

/* The limits and policies of the question are those of the judgement. */
static void
passes_the_question_on(void)
{
	const struct bl_test_cert ca = {.ext = {CA}}, leaf = {.ext = {SAN}};
	struct bl_cert *root = bl_test_issue(&keys, 0, 0, "R", "R", &ca);
	struct bl_cert *e = bl_test_issue(&keys, 1, 0, "E", "R", &leaf);
	struct bl_certs anchors = {0};
	struct bl_limits none = BL_LIMITS;
	struct bl_cert_question q = {.cert = e,
	    .revocation = BL_REVOCATION_OFF,
	    .at = NOW,
	    .anchors = &anchors,
	    .explicit_policy = true};
	struct bl_buf json = {0};
	bool valid;

	CHECK(bl_certs_add(&anchors, root, NULL) == BL_OK, "anchor");
	CHECK(bl_cert_check(&json, &valid, keys.ctx, &q, NULL) == BL_OK &&
		!valid && strstr(bl_buf_text(&json), "wrong-policy") != NULL,
	    "policy");
	q.explicit_policy = false;
	none.path_signatures = 0;
	q.limits = &none;
	bl_buf_reset(&json);
	CHECK(bl_cert_check(&json, &valid, keys.ctx, &q, NULL) == BL_OK &&
		!valid && strstr(bl_buf_text(&json), "\"limit-path\"") != NULL,
	    "limit");
	bl_buf_clear(&json);
	bl_certs_clear(&anchors);
	bl_cert_free(root);
	bl_cert_free(e);
}

static void
names_modes(void)
{
	CHECK(strcmp(bl_revocation_name(BL_REVOCATION_REQUIRE), "require") == 0,
	    "require");
	CHECK(strcmp(bl_revocation_name(BL_REVOCATION_PREFER), "prefer") == 0,
	    "prefer");
	CHECK(strcmp(bl_revocation_name(BL_REVOCATION_OFF), "off") == 0, "off");
	CHECK(bl_revocation_name((enum bl_revocation)3) == NULL, "none");
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

TESTS(TEST(start), TEST(says_all_of_it), TEST(tells_of_revocation),
    TEST(warns_of_the_end), TEST(passes_the_question_on), TEST(names_modes),
    TEST(stop))
