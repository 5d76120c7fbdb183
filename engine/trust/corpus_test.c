/* corpus_test.c - paths of others: PKITS, x509-limbo. Each case comes out as
 * its authors say, or the table says why not. */
#include "tests/test.h"
#include "trust/trust.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct bl_ctx *ctx;
static struct bl_limits limits;

static json_t *
load(const char *path)
{
	struct bl_buf text = {0};
	json_t *j = NULL;

	if (bl_test_corpus(&text, path)) {
		j = json_loadb((const char *)text.p, text.n, 0, NULL);
		CHECK(j != NULL, path);
	}
	bl_buf_clear(&text);
	return j;
}

static bool
judge(
    struct bl_trust_answer *a, const struct bl_trust_ask *ask, const char *name)
{
	bool ok = bl_trust_judge(a, ctx, ask, NULL) == BL_OK;

	CHECK(ok, name);
	return ok && a->valid;
}

static void
expect(bool valid, bool want, struct bl_trust_answer *a, const char *name)
{
	if (valid != want)
		fprintf(stderr, "%s: %s\n%s", name,
		    want ? "should be valid" : "should not be",
		    a->trace.n != 0 ? bl_buf_text(&a->trace) : "");
	CHECK(valid == want, name);
}

/* ---- PKITS ---- */

#define PKITS	   "pkits/v1.0.1-2011/"
#define PKITS_TIME 1302825600 /* 2011-04-15 */

/* Cases that need an algorithm we do not have; and one where the signer of a
 * list is vouched for by that list alone. */
static const char *const pkits_deviations[] = {"4.1.4", "4.1.5", "4.14.30"};

static bool
is_deviation(const char *test)
{
	size_t n = sizeof(pkits_deviations) / sizeof(*pkits_deviations);

	for (size_t i = 0; i < n; i++)
		if (strcmp(pkits_deviations[i], test) == 0)
			return true;
	return false;
}

static struct bl_cert *
pkits_cert(const char *name)
{
	struct bl_buf der = {0};
	struct bl_cert *c = NULL;
	char path[300];

	snprintf(path, sizeof(path), PKITS "certs/%s.crt", name);
	if (bl_test_corpus(&der, path) &&
	    bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, NULL) != BL_OK)
		c = NULL;
	bl_buf_clear(&der);
	return c;
}

/* Reads the certificates of a case; the leaf may be one that cannot be read. */
static struct bl_cert *
pkits_chain(json_t *t, struct bl_certs *anchors, struct bl_certs *pool)
{
	json_t *certs = json_object_get(t, "certs");
	size_t n = json_array_size(certs);
	struct bl_cert *leaf = NULL, *c;

	for (size_t i = 0; i < n; i++) {
		c = pkits_cert(json_string_value(json_array_get(certs, i)));
		if (c == NULL)
			continue;
		if (i + 1 == n)
			leaf = bl_cert_hold(c);
		else
			CHECK(bl_certs_add(i == 0 ? anchors : pool, c, NULL) ==
				BL_OK,
			    "add");
		bl_cert_free(c);
	}
	return leaf;
}

static void
pkits_crls(json_t *t, struct bl_crls *out)
{
	json_t *crls = json_object_get(t, "crls"), *one;
	size_t i, skipped;

	json_array_foreach(crls, i, one)
	{
		struct bl_buf der = {0};
		char path[300];

		snprintf(path, sizeof(path), PKITS "crls/%s.crl",
		    json_string_value(one));
		if (bl_test_corpus(&der, path))
			(void)!bl_crls_import(
			    out, bl_buf_span(&der), &limits, &skipped, NULL);
		bl_buf_clear(&der);
	}
}

/* Those whose fault is in their CRLs are valid as long as nobody looks. */
static bool
is_about_crls(const char *test)
{
	return strncmp(test, "4.4.", 4) == 0 || strncmp(test, "4.5.", 4) == 0 ||
	    strncmp(test, "4.7.4", 5) == 0 || strncmp(test, "4.7.5", 5) == 0 ||
	    strncmp(test, "4.14.", 5) == 0 || strncmp(test, "4.15.", 5) == 0;
}

static void
pkits_case(json_t *t, bool with_crls)
{
	const char *name = json_string_value(json_object_get(t, "test"));
	bool want = json_boolean_value(json_object_get(t, "valid")), valid;
	const struct bl_policy policy = {.revocation = with_crls
		? BL_REVOCATION_REQUIRE
		: BL_REVOCATION_OFF};
	struct bl_crls crls = {0};
	struct bl_certs anchors = {0}, pool = {0};
	struct bl_cert *leaf = pkits_chain(t, &anchors, &pool);
	struct bl_trust_answer a = {0};
	struct bl_trust_ask ask = {.cert = leaf,
	    .at = PKITS_TIME,
	    .anchors = &anchors,
	    .pool = &pool,
	    .crls = &crls,
	    .limits = &limits,
	    .policy = &policy};

	if (with_crls)
		pkits_crls(t, &crls);
	valid = leaf != NULL && judge(&a, &ask, name);
	if (is_deviation(name) && (with_crls || strcmp(name, "4.14.30") != 0))
		CHECK(!valid && want, name);
	else if (want || with_crls || !is_about_crls(name))
		expect(valid, want, &a, name);
	bl_trust_answer_clear(&a);
	bl_cert_free(leaf);
	bl_crls_clear(&crls);
	bl_certs_clear(&anchors);
	bl_certs_clear(&pool);
}

static void
judges_pkits_paths_as_stated(void)
{
	json_t *all = load("pkits/pkits_expected.json"), *t;
	size_t i;

	json_array_foreach(all, i, t)
	{
		pkits_case(t, false);
		pkits_case(t, true);
	}
	json_decref(all);
}

/* ---- PKITS 4.8 to 4.12: policies, out of all certificates at once ---- */

#define NIST(n) "\x60\x86\x48\x01\x65\x03\x02\x01\x30" n
#define NIST_1	NIST("\x01")
#define NIST_2	NIST("\x02")
#define NIST_3	NIST("\x03")
#define NIST_4	NIST("\x04")
#define NIST_5	NIST("\x05")
#define NIST_6	NIST("\x06")

static struct bl_certs everything;

static void
read_everything(void)
{
	const char *root = getenv("BULLA_CORPORA");
	char path[4096];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "%s/" PKITS "certs",
	    root != NULL ? root : "../shared/corpora");
	if ((d = opendir(path)) == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		char *dot = strrchr(e->d_name, '.');
		struct bl_cert *c;

		if (dot == NULL || strcmp(dot, ".crt") != 0)
			continue;
		*dot = '\0';
		if ((c = pkits_cert(e->d_name)) == NULL)
			continue;
		CHECK(bl_certs_add(&everything, c, NULL) == BL_OK, "add");
		bl_cert_free(c);
	}
	closedir(d);
}

/* What the test document states; explicit_policy is set in all that ask for a
 * policy, as the document has it in 4.8.1, 4.8.6 and 4.8.14 and their like. */
static const struct {
	const char *name;
	const char *policies[2];
	bool explicit_, inhibit_mapping, inhibit_any, want;
} policies[] = {
    {"ValidCertificatePathTest1EE", {NULL}, true, .want = true},
    {"ValidCertificatePathTest1EE", {NIST_1}, true, .want = true},
    {"ValidCertificatePathTest1EE", {NIST_2}, true, .want = false},
    {"ValidCertificatePathTest1EE", {NIST_1, NIST_2}, true, .want = true},
    {"AllCertificatesNoPoliciesTest2EE", {NULL}, .want = true},
    {"AllCertificatesNoPoliciesTest2EE", {NULL}, true, .want = false},
    {"DifferentPoliciesTest3EE", {NULL}, .want = true},
    {"DifferentPoliciesTest3EE", {NULL}, true, .want = false},
    {"DifferentPoliciesTest3EE", {NIST_1, NIST_2}, true, .want = false},
    {"DifferentPoliciesTest4EE", {NULL}, .want = false},
    {"DifferentPoliciesTest5EE", {NULL}, .want = false},
    {"OverlappingPoliciesTest6EE", {NULL}, .want = true},
    {"OverlappingPoliciesTest6EE", {NIST_1}, .want = true},
    {"OverlappingPoliciesTest6EE", {NIST_2}, .want = false},
    {"DifferentPoliciesTest7EE", {NULL}, .want = false},
    {"DifferentPoliciesTest8EE", {NULL}, .want = false},
    {"DifferentPoliciesTest9EE", {NULL}, .want = false},
    {"AllCertificatesSamePoliciesTest10EE", {NULL}, .want = true},
    {"AllCertificatesSamePoliciesTest10EE", {NIST_1}, .want = true},
    {"AllCertificatesSamePoliciesTest10EE", {NIST_2}, .want = true},
    {"AllCertificatesanyPolicyTest11EE", {NULL}, .want = true},
    {"AllCertificatesanyPolicyTest11EE", {NIST_1}, .want = true},
    {"DifferentPoliciesTest12EE", {NULL}, .want = false},
    {"AllCertificatesSamePoliciesTest13EE", {NIST_1}, .want = true},
    {"AllCertificatesSamePoliciesTest13EE", {NIST_2}, .want = true},
    {"AllCertificatesSamePoliciesTest13EE", {NIST_3}, .want = true},
    {"AnyPolicyTest14EE", {NIST_1}, .want = true},
    {"AnyPolicyTest14EE", {NIST_2}, .want = false},
    {"UserNoticeQualifierTest15EE", {NULL}, .want = true},
    {"UserNoticeQualifierTest16EE", {NULL}, .want = true},
    {"UserNoticeQualifierTest17EE", {NULL}, .want = true},
    {"UserNoticeQualifierTest18EE", {NIST_1}, .want = true},
    {"UserNoticeQualifierTest18EE", {NIST_2}, .want = true},
    {"UserNoticeQualifierTest19EE", {NULL}, .want = true},
    {"CPSPointerQualifierTest20EE", {NIST_1}, true, .want = true},
    {"ValidrequireExplicitPolicyTest1EE", {NULL}, .want = true},
    {"ValidrequireExplicitPolicyTest2EE", {NULL}, .want = true},
    {"InvalidrequireExplicitPolicyTest3EE", {NULL}, .want = false},
    {"ValidrequireExplicitPolicyTest4EE", {NULL}, .want = true},
    {"InvalidrequireExplicitPolicyTest5EE", {NULL}, .want = false},
    {"ValidSelfIssuedrequireExplicitPolicyTest6EE", {NULL}, .want = true},
    {"InvalidSelfIssuedrequireExplicitPolicyTest7EE", {NULL}, .want = false},
    {"InvalidSelfIssuedrequireExplicitPolicyTest8EE", {NULL}, .want = false},
    {"ValidPolicyMappingTest1EE", {NIST_1}, .want = true},
    {"ValidPolicyMappingTest1EE", {NIST_2}, .want = false},
    {"ValidPolicyMappingTest1EE", {NULL}, .inhibit_mapping = true,
	.want = false},
    {"InvalidPolicyMappingTest2EE", {NULL}, .want = false},
    {"InvalidPolicyMappingTest2EE", {NULL}, .inhibit_mapping = true,
	.want = false},
    {"ValidPolicyMappingTest3EE", {NIST_1}, .want = false},
    {"ValidPolicyMappingTest3EE", {NIST_2}, .want = true},
    {"InvalidPolicyMappingTest4EE", {NULL}, .want = false},
    {"ValidPolicyMappingTest5EE", {NIST_1}, .want = true},
    {"ValidPolicyMappingTest5EE", {NIST_6}, .want = false},
    {"ValidPolicyMappingTest6EE", {NIST_1}, .want = true},
    {"ValidPolicyMappingTest6EE", {NIST_6}, .want = false},
    {"InvalidMappingFromanyPolicyTest7EE", {NULL}, .want = false},
    {"InvalidMappingToanyPolicyTest8EE", {NULL}, .want = false},
    {"ValidPolicyMappingTest9EE", {NULL}, .want = true},
    {"InvalidPolicyMappingTest10EE", {NULL}, .want = false},
    {"ValidPolicyMappingTest11EE", {NULL}, .want = true},
    {"ValidPolicyMappingTest12EE", {NIST_1}, .want = true},
    {"ValidPolicyMappingTest12EE", {NIST_2}, .want = true},
    {"ValidPolicyMappingTest13EE", {NULL}, .want = true},
    {"ValidPolicyMappingTest14EE", {NULL}, .want = true},
    {"InvalidinhibitPolicyMappingTest1EE", {NULL}, .want = false},
    {"ValidinhibitPolicyMappingTest2EE", {NULL}, .want = true},
    {"InvalidinhibitPolicyMappingTest3EE", {NULL}, .want = false},
    {"ValidinhibitPolicyMappingTest4EE", {NULL}, .want = true},
    {"InvalidinhibitPolicyMappingTest5EE", {NULL}, .want = false},
    {"InvalidinhibitPolicyMappingTest6EE", {NULL}, .want = false},
    {"ValidSelfIssuedinhibitPolicyMappingTest7EE", {NULL}, .want = true},
    {"InvalidSelfIssuedinhibitPolicyMappingTest8EE", {NULL}, .want = false},
    {"InvalidSelfIssuedinhibitPolicyMappingTest9EE", {NULL}, .want = false},
    {"InvalidSelfIssuedinhibitPolicyMappingTest10EE", {NULL}, .want = false},
    {"InvalidSelfIssuedinhibitPolicyMappingTest11EE", {NULL}, .want = false},
    {"InvalidinhibitAnyPolicyTest1EE", {NULL}, .want = false},
    {"ValidinhibitAnyPolicyTest2EE", {NULL}, .want = true},
    {"inhibitAnyPolicyTest3EE", {NULL}, .want = true},
    {"inhibitAnyPolicyTest3EE", {NULL}, .inhibit_any = true, .want = false},
    {"InvalidinhibitAnyPolicyTest4EE", {NULL}, .want = false},
    {"InvalidinhibitAnyPolicyTest5EE", {NULL}, .want = false},
    {"InvalidinhibitAnyPolicyTest6EE", {NULL}, .want = false},
    {"ValidSelfIssuedinhibitAnyPolicyTest7EE", {NULL}, .want = true},
    {"InvalidSelfIssuedinhibitAnyPolicyTest8EE", {NULL}, .want = false},
    {"ValidSelfIssuedinhibitAnyPolicyTest9EE", {NULL}, .want = true},
    {"InvalidSelfIssuedinhibitAnyPolicyTest10EE", {NULL}, .want = false},
};

static void
policy_case(size_t i, const struct bl_certs *anchors)
{
	const struct bl_policy policy = {.revocation = BL_REVOCATION_OFF};
	struct bl_cert *leaf = pkits_cert(policies[i].name);
	struct bl_trust_answer a = {0};
	struct bl_span wanted[2];
	struct bl_trust_ask ask = {.cert = leaf,
	    .at = PKITS_TIME,
	    .anchors = anchors,
	    .pool = &everything,
	    .limits = &limits,
	    .policy = &policy,
	    .policies = wanted,
	    .explicit_policy = policies[i].explicit_,
	    .inhibit_mapping = policies[i].inhibit_mapping,
	    .inhibit_any = policies[i].inhibit_any};

	CHECK(leaf != NULL, policies[i].name);
	for (size_t k = 0; k < 2 && policies[i].policies[k] != NULL; k++)
		wanted[ask.policy_count++] = bl_span_str(
		    policies[i].policies[k]);
	if (leaf != NULL)
		expect(judge(&a, &ask, policies[i].name), policies[i].want, &a,
		    policies[i].name);
	bl_trust_answer_clear(&a);
	bl_cert_free(leaf);
}

static void
judges_pkits_policies_as_stated(void)
{
	struct bl_certs anchors = {0};
	struct bl_cert *root = pkits_cert("TrustAnchorRootCertificate");

	if (root == NULL)
		return;
	read_everything();
	CHECK(everything.n > 380, "everything");
	CHECK(bl_certs_add(&anchors, root, NULL) == BL_OK, "anchor");
	for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++)
		policy_case(i, &anchors);
	bl_certs_clear(&anchors);
	bl_certs_clear(&everything);
	bl_cert_free(root);
}

/* ---- x509-limbo ---- */

/* Cases that come out otherwise; docs/deviations.md says why. */
static const char *const limbo_deviations[] = {
    "pathlen::max-chain-depth-1-self-issued", "rfc5280::aki::leaf-missing-aki",
    "rfc5280::aki::intermediate-missing-aki",
    "rfc5280::aki::cross-signed-root-missing-aki", "rfc5280::eku::ee-wrong-eku",
    "rfc5280::nc::permitted-dns-match-noncritical",
    "rfc5280::pc::ica-noncritical-pc", "rfc5280::san::underscore-dns",
    "rfc5280::san::ip-in-dns", "rfc5280::serial::negative",
    "rfc5280::ski::root-missing-ski", "rfc5280::ski::intermediate-missing-ski",
    "rfc5280::root-non-critical-basic-constraints",
    "rfc5280::ca-as-leaf-wrong-san", NULL};

static struct bl_cert *
pem_cert(const char *text)
{
	struct bl_certs set = {0};
	struct bl_cert *c = NULL;
	size_t skipped;

	if (text != NULL &&
	    bl_certs_import(
		&set, ctx, bl_span_str(text), &limits, &skipped, NULL) == BL_OK)
		c = bl_cert_hold(set.list[0]);
	bl_certs_clear(&set);
	return c;
}

static void
pem_set(struct bl_certs *out, json_t *list)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		struct bl_cert *c = pem_cert(json_string_value(one));

		if (c != NULL)
			CHECK(bl_certs_add(out, c, NULL) == BL_OK, "add");
		bl_cert_free(c);
	}
}

static int64_t
limbo_time(json_t *t)
{
	const char *s = json_string_value(
	    json_object_get(t, "validation_time"));
	struct tm tm = {0};

	if (s == NULL)
		return 1790000000;
	CHECK(strptime(s, "%Y-%m-%dT%H:%M:%S", &tm) != NULL, s);
	return (int64_t)timegm(&tm);
}

static void
limbo_case(json_t *t)
{
	const char *name = json_string_value(json_object_get(t, "id"));
	bool want = strcmp(json_string_value(
			       json_object_get(t, "expected_result")),
			"SUCCESS") == 0;
	json_t *depth = json_object_get(t, "max_chain_depth");
	const struct bl_policy policy = {.revocation = BL_REVOCATION_OFF};
	struct bl_limits own = limits;
	struct bl_certs anchors = {0}, pool = {0};
	struct bl_cert *leaf = pem_cert(
	    json_string_value(json_object_get(t, "peer_certificate")));
	struct bl_trust_answer a = {0};
	struct bl_trust_ask ask = {.cert = leaf,
	    .at = limbo_time(t),
	    .anchors = &anchors,
	    .pool = &pool,
	    .limits = &own,
	    .policy = &policy};
	bool valid, deviates = false;

	/* the number of intermediates, which the anchor is none of */
	if (json_is_integer(depth))
		own.path_depth = (size_t)json_integer_value(depth) + 1;
	pem_set(&anchors, json_object_get(t, "trusted_certs"));
	pem_set(&pool, json_object_get(t, "untrusted_intermediates"));
	valid = leaf != NULL && judge(&a, &ask, name);
	for (size_t i = 0; limbo_deviations[i] != NULL; i++)
		deviates = deviates || strcmp(limbo_deviations[i], name) == 0;
	expect(valid, deviates ? !want : want, &a, name);
	bl_trust_answer_clear(&a);
	bl_cert_free(leaf);
	bl_certs_clear(&anchors);
	bl_certs_clear(&pool);
}

static void
judges_limbo_paths_as_stated(void)
{
	json_t *all = load("x509-limbo/limbo-rfc5280-pathlen.json"), *t;
	size_t i;

	json_array_foreach(json_object_get(all, "testcases"), i, t)
	    limbo_case(t);
	json_decref(all);
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

TESTS(TEST(start), TEST(judges_pkits_paths_as_stated),
    TEST(judges_pkits_policies_as_stated), TEST(judges_limbo_paths_as_stated),
    TEST(stop))
