/* check_test.c - the answer to whether a certificate is good, as JSON. */
#include "bulla/check.h"
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
		{"{\"valid\":true,\"reasons\":[],\"chain\":[{\"name\":\"E\"",
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

TESTS(TEST(start), TEST(says_all_of_it), TEST(passes_the_question_on),
    TEST(names_modes), TEST(stop))
