/* gather_test.c - a question that asks back: what it wants, what comes of each
 * kind of answer, and that it always ends (LIM-20). */
#include "bulla/check.h"
#include "keys/keys.h"
#include "tests/chain.h"
#include "tests/test.h"

#include <string.h>

#define NOW 1790000000
#define DAY 86400

static struct bl_test_keys keys;

/* A chain E, I, R whose certificates name these addresses. */
struct world {
	struct bl_cert *e, *i, *r;
	struct bl_certs anchors, pool;
	struct bl_buf list_i, list_r, late, revoked;
};

/* aia: addresses of issuers, and behind "|" of responders. */
static struct bl_cert *
issue(unsigned own, unsigned by, const char *subject, const char *issuer,
    const char *aia, const char *points, bool is_ca)
{
	struct bl_buf access = {0}, places = {0};
	struct bl_test_cert how = {0};
	struct bl_cert *c;
	char issuers[100];
	const char *ocsp = strchr(aia, '|');
	size_t n = 0;

	snprintf(issuers, sizeof(issuers), "%.*s", (int)strcspn(aia, "|"), aia);

	if (is_ca)
		how.ext[n++] = (struct bl_test_ext){BL_OID_BASIC_CONSTRAINTS,
		    true, BYTES("\x30\x03\x01\x01\xff")};
	if (*aia != '\0') {
		bl_test_access(&access, issuers, ocsp != NULL ? ocsp + 1 : "");
		how.ext[n++] = (struct bl_test_ext){
		    BL_OID_AUTHORITY_INFO_ACCESS, false, bl_buf_span(&access)};
	}
	if (*points != '\0') {
		bl_test_points(&places, points);
		how.ext[n++] = (struct bl_test_ext){
		    BL_OID_CRL_DISTRIBUTION_POINTS, false,
		    bl_buf_span(&places)};
	}
	c = bl_test_issue(&keys, own, by, subject, issuer, &how);
	bl_buf_clear(&access);
	bl_buf_clear(&places);
	return c;
}

static void
world_new(struct world *w, const char *aia, const char *points)
{
	*w = (struct world){0};
	w->r = issue(1, 1, "R", "R", "", "", true);
	w->i = issue(2, 1, "I", "R", "", "http://r/list", true);
	w->e = issue(3, 2, "E", "I", aia, points, false);
	CHECK(bl_certs_add(&w->anchors, w->r, NULL) == BL_OK, "anchor");
	bl_test_list(&w->list_i, &keys, 2, "I", NOW - DAY, NOW + DAY, 0);
	bl_test_list(&w->list_r, &keys, 1, "R", NOW - DAY, NOW + DAY, 0);
	bl_test_list(&w->late, &keys, 2, "I", NOW - 2 * DAY, NOW - DAY, 0);
	bl_test_list(&w->revoked, &keys, 2, "I", NOW - DAY, NOW + DAY, 1);
}

static void
world_clear(struct world *w)
{
	bl_cert_free(w->e);
	bl_cert_free(w->i);
	bl_cert_free(w->r);
	bl_certs_clear(&w->anchors);
	bl_certs_clear(&w->pool);
	bl_buf_clear(&w->list_i);
	bl_buf_clear(&w->list_r);
	bl_buf_clear(&w->late);
	bl_buf_clear(&w->revoked);
}

/* What is at an address: its host and first letter say. */
static struct bl_span
at_address(const struct world *w, struct bl_span url)
{
	static const uint8_t junk[] = "<html>not found</html>";

	if (bl_span_equal(url, BL_STR("http://a/i")))
		return bl_cert_der(w->i);
	if (bl_span_equal(url, BL_STR("http://r/list")))
		return bl_buf_span(&w->list_r);
	if (bl_span_equal(url, BL_STR("http://i/list")))
		return bl_buf_span(&w->list_i);
	if (bl_span_equal(url, BL_STR("http://i/late")))
		return bl_buf_span(&w->late);
	if (bl_span_equal(url, BL_STR("http://i/revoked")))
		return bl_buf_span(&w->revoked);
	if (bl_span_equal(url, BL_STR("http://i/junk")) ||
	    bl_span_equal(url, BL_STR("http://o/junk")))
		return bl_span_of(junk, sizeof(junk) - 1);
	return (struct bl_span){0};
}

enum how { FETCHES, FIRST_ALONE, NAMELESS, SILENT, REFUSES };

/* Answers as somebody who goes to each address until one gives something, and
 * notes which it went to. */
static void
answer(struct bl_check *c, size_t i, const struct world *w, enum how how,
    struct bl_buf *visited)
{
	const struct bl_want *want = bl_check_want(c, i);
	struct bl_answer a = {.kind = want->kind};
	struct bl_want_evidence evidence = {0};
	struct bl_want_cert cert = {0};
	const struct bl_fetches *f = &evidence.fetches;
	struct bl_buf frame = {0}, payload = {0};

	if (want->kind == BL_WANT_CERT) {
		CHECK(bl_want_cert_get(&cert, want->frame, NULL) == BL_OK,
		    "want");
		f = &cert.fetches;
		CHECK(cert.subject.n != 0 && cert.issuer.n == 0, "by subject");
	} else {
		CHECK(
		    bl_want_evidence_get(&evidence, want->frame, NULL) == BL_OK,
		    "want");
		CHECK(evidence.at == NOW && evidence.issuer.n > 0, "evidence");
	}
	CHECK(f->n > 0, "no want without an address");
	for (size_t k = 0; k < f->n && how != SILENT; k++) {
		struct bl_item item = {.kind = want->kind == BL_WANT_CERT
			? BL_ITEM_CERT
			: BL_ITEM_CRL,
		    .source = BL_FROM_NETWORK,
		    .fetched = NOW,
		    .url = f->list[k].url,
		    .data = at_address(w, f->list[k].url)};
		bool asks = f->list[k].kind == BL_FETCH_OCSP;

		CHECK(asks == (f->list[k].body.n > 0), "a request to each");
		CHECK(!asks || k == 0, "responders come first");
		if (asks)
			item.kind = BL_ITEM_OCSP;

		bl_buf_add(visited, f->list[k].url);
		bl_buf_add_str(visited, " ");
		if (how == NAMELESS)
			item.url = (struct bl_span){0};
		if (item.data.n != 0 && how != REFUSES)
			CHECK(bl_item_put(&payload, &item, NULL) == BL_OK,
			    "item");
		if (payload.n != 0 || how == FIRST_ALONE)
			break;
	}
	a.payload = bl_buf_span(&payload);
	if (payload.n == 0)
		a.refusal = BL_REFUSED_UNKNOWN;
	CHECK(bl_answer_put(&frame, &a, NULL) == BL_OK, "answer");
	if (how != SILENT)
		CHECK(bl_check_answer(c, i, bl_buf_span(&frame), NULL) == BL_OK,
		    "answer");
	bl_buf_clear(&frame);
	bl_buf_clear(&payload);
}

struct outcome {
	bool valid;
	unsigned rounds;
	struct bl_buf visited, json;
};

static void
ask(struct outcome *out, const struct world *w, enum how how,
    enum bl_revocation mode, const struct bl_limits *limits)
{
	const struct bl_cert_question q = {.cert = w->e,
	    .revocation = mode,
	    .at = NOW,
	    .anchors = &w->anchors,
	    .pool = &w->pool,
	    .limits = limits};
	struct bl_check *c;
	enum bl_err err;

	*out = (struct outcome){0};
	CHECK(bl_check_new(&c, keys.ctx, &q, NULL) == BL_OK, "new");
	while ((err = bl_check_run(c, NULL)) == BL_NEED) {
		size_t n = bl_check_want_count(c);

		CHECK(n > 0 && bl_check_want(c, n) == NULL, "wants");
		CHECK(!bl_check_valid(c), "not valid before its time");
		CHECK(bl_check_json(&out->json, c, NULL) == BL_E_CALLER,
		    "no answer before its time");
		if (++out->rounds > 30) {
			CHECK(false, "it does not end");
			break;
		}
		for (size_t i = 0; i < n; i++)
			answer(c, i, w, how, &out->visited);
	}
	CHECK(err == BL_OK && bl_check_run(c, NULL) == BL_OK, "run");
	CHECK(bl_check_json(&out->json, c, NULL) == BL_OK, "json");
	out->valid = bl_check_valid(c);
	bl_buf_add_u8(&out->visited, 0);
	bl_buf_add_u8(&out->json, 0);
	bl_check_free(c);
}

static void
outcome_clear(struct outcome *o)
{
	bl_buf_clear(&o->visited);
	bl_buf_clear(&o->json);
}

static void
ends_in_what_comes(void)
{
	static const struct {
		const char *name, *aia, *points;
		bool has_issuer;
		enum how how;
		enum bl_revocation mode;
		bool valid;
		unsigned rounds;
		const char *visited, *says;
	} cases[] = {
	    {"the issuer, then lists", "http://a/i", "http://i/list", false,
		FETCHES, BL_REVOCATION_REQUIRE, true, 2,
		"http://a/i http://r/list http://i/list ",
		"\"source\":\"network\",\"url\":\"http://a/i\""},
	    {"the issuer alone", "http://a/i", "http://i/list", false, FETCHES,
		BL_REVOCATION_OFF, true, 1, "http://a/i ", "[]"},
	    {"lists alone", "http://a/i", "http://i/list", true, FETCHES,
		BL_REVOCATION_REQUIRE, true, 1, "http://r/list http://i/list ",
		"\"source\":\"given\""},
	    {"preferred", "", "http://i/revoked", true, FETCHES,
		BL_REVOCATION_PREFER, false, 1,
		"http://r/list http://i/revoked ", "\"revoked\""},
	    {"off", "", "http://i/revoked", true, FETCHES, BL_REVOCATION_OFF,
		true, 0, "", "[]"},
	    {"a list that is late, then a good one", "",
		"http://i/late http://i/list", true, FETCHES,
		BL_REVOCATION_REQUIRE, true, 2,
		"http://r/list http://i/late http://i/list ", "[]"},
	    {"junk, then a good one", "", "http://i/junk http://i/list", true,
		FETCHES, BL_REVOCATION_REQUIRE, true, 2,
		"http://r/list http://i/junk http://i/list ", "[]"},
	    {"nothing there, then a good one", "", "http://no http://i/list",
		true, FETCHES, BL_REVOCATION_REQUIRE, true, 1,
		"http://r/list http://no http://i/list ", "[]"},
	    {"the third address is not tried", "",
		"http://no http://i/late http://i/list", true, FETCHES,
		BL_REVOCATION_REQUIRE, false, 1,
		"http://r/list http://no http://i/late ",
		"[\"revocation-unknown\"]"},
	    {"who is refused has tried all", "", "http://no http://i/list",
		true, FIRST_ALONE, BL_REVOCATION_REQUIRE, false, 1,
		"http://r/list http://no ", "[\"revocation-unknown\"]"},
	    {"from no address, and late: once more", "", "http://i/late", true,
		NAMELESS, BL_REVOCATION_REQUIRE, false, 2,
		"http://r/list http://i/late http://i/late ",
		"[\"revocation-unknown\"]"},
	    {"from no address, and good", "", "http://i/list", true, NAMELESS,
		BL_REVOCATION_REQUIRE, true, 1, "http://r/list http://i/list ",
		"[]"},
	    {"no answer", "http://a/i", "http://i/list", false, SILENT,
		BL_REVOCATION_REQUIRE, false, 1, "",
		"[\"signer-unknown-ca\",\"chain-incomplete\"]"},
	    {"refused", "http://a/i", "http://i/list", false, REFUSES,
		BL_REVOCATION_REQUIRE, false, 1, "http://a/i ",
		"[\"signer-unknown-ca\",\"chain-incomplete\"]"},
	    {"refused lists", "", "http://i/list", true, REFUSES,
		BL_REVOCATION_REQUIRE, false, 1, "http://r/list http://i/list ",
		"[\"revocation-unknown\"]"},
	    {"the issuer's address has a list", "http://i/list",
		"http://i/list", false, FETCHES, BL_REVOCATION_REQUIRE, false,
		1, "http://i/list ",
		"[\"signer-unknown-ca\",\"chain-incomplete\"]"},
	    {"a responder that answers junk, then a list", "|http://o/junk",
		"http://i/list", true, FETCHES, BL_REVOCATION_REQUIRE, true, 2,
		"http://r/list http://o/junk http://i/list ", "[]"},
	    {"a responder that is silent, and a list", "|http://no",
		"http://i/list", true, FETCHES, BL_REVOCATION_REQUIRE, true, 1,
		"http://r/list http://no http://i/list ", "[]"},
	    {"one responder of two, and a list", "|http://o/junk http://o/2",
		"http://i/list", true, FETCHES, BL_REVOCATION_REQUIRE, true, 2,
		"http://r/list http://o/junk http://i/list ", "[]"},
	    {"a responder alone", "|http://o/junk", "", true, FETCHES,
		BL_REVOCATION_REQUIRE, false, 1, "http://r/list http://o/junk ",
		"[\"revocation-unknown\"]"},
	    {"no address at all", "", "", true, FETCHES, BL_REVOCATION_REQUIRE,
		false, 1, "http://r/list ", "[\"revocation-unknown\"]"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct outcome o;
		struct world w;

		world_new(&w, cases[i].aia, cases[i].points);
		if (cases[i].has_issuer)
			CHECK(
			    bl_certs_add(&w.pool, w.i, NULL) == BL_OK, "pool");
		ask(&o, &w, cases[i].how, cases[i].mode, NULL);
		if (o.valid != cases[i].valid || o.rounds != cases[i].rounds ||
		    strcmp((char *)o.visited.p, cases[i].visited) != 0 ||
		    strstr((char *)o.json.p, cases[i].says) == NULL) {
			CHECK(false, cases[i].name);
			fprintf(stderr, "%u rounds: %s\n%s\n", o.rounds,
			    (char *)o.visited.p, (char *)o.json.p);
		}
		outcome_clear(&o);
		world_clear(&w);
	}
}

/* Both sides of each limit: the certificate, the path, all. */
static void
keeps_to_the_limits(void)
{
	static const struct {
		const char *name;
		size_t urls, path, all;
		const char *visited;
		bool valid;
	} cases[] = {
	    {"three of a certificate", 3, 6, 24,
		"http://r/list http://no http://no/2 http://i/list ", true},
	    {"two of a certificate", 2, 6, 24,
		"http://r/list http://no http://no/2 ", false},
	    {"four for the path", 3, 4, 24,
		"http://r/list http://no http://no/2 http://i/list ", true},
	    {"three for the path", 3, 3, 24,
		"http://r/list http://no http://no/2 ", false},
	    {"four in all", 3, 6, 4,
		"http://r/list http://no http://no/2 http://i/list ", true},
	    {"three in all", 3, 6, 3, "http://r/list http://no http://no/2 ",
		false},
	    {"one", 3, 1, 24, "http://r/list ", false},
	    {"none", 3, 0, 24, "", false},
	    {"none of a certificate", 0, 6, 24, "", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_limits limits = BL_LIMITS;
		struct outcome o;
		struct world w;

		limits.fetch_urls = cases[i].urls;
		limits.fetches = cases[i].path;
		limits.fetches_all = cases[i].all;
		world_new(&w, "", "http://no http://no/2 http://i/list");
		CHECK(bl_certs_add(&w.pool, w.i, NULL) == BL_OK, "pool");
		ask(&o, &w, FETCHES, BL_REVOCATION_REQUIRE, &limits);
		if (o.valid != cases[i].valid ||
		    strcmp((char *)o.visited.p, cases[i].visited) != 0) {
			CHECK(false, cases[i].name);
			fprintf(stderr, "%s\n", (char *)o.visited.p);
		}
		outcome_clear(&o);
		world_clear(&w);
	}
}

/* Who asks nobody gets the same as who gets no answer. */
static void
refuses_what_is_none(void)
{
	struct bl_buf frame = {0}, json = {0};
	const struct bl_answer other = {
	    .kind = BL_WANT_CERT, .refusal = BL_REFUSED_UNKNOWN};
	struct bl_check *c;
	struct world w;
	bool valid = true;

	world_new(&w, "", "http://i/list");
	CHECK(bl_certs_add(&w.pool, w.i, NULL) == BL_OK, "pool");
	{
		const struct bl_cert_question q = {.cert = w.e,
		    .at = NOW,
		    .anchors = &w.anchors,
		    .pool = &w.pool};

		CHECK(
		    bl_cert_check(&json, &valid, keys.ctx, &q, NULL) == BL_OK &&
			!valid,
		    "nobody to ask");
		CHECK(bl_check_new(&c, keys.ctx, &q, NULL) == BL_OK &&
			bl_check_run(c, NULL) == BL_NEED &&
			bl_check_want_count(c) == 2,
		    "wants");
	}
	CHECK(bl_answer_put(&frame, &other, NULL) == BL_OK, "frame");
	CHECK(
	    bl_check_answer(c, 0, bl_buf_span(&frame), NULL) == BL_E_MALFORMED,
	    "for another want");
	CHECK(bl_check_answer(c, 2, bl_buf_span(&frame), NULL) == BL_E_CALLER,
	    "no such want");
	CHECK(bl_check_answer(c, 0, BL_STR("x"), NULL) == BL_E_MALFORMED,
	    "no answer");
	bl_check_free(c);
	bl_check_free(NULL);
	bl_buf_clear(&frame);
	bl_buf_clear(&json);
	world_clear(&w);
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

TESTS(TEST(start), TEST(ends_in_what_comes), TEST(keeps_to_the_limits),
    TEST(refuses_what_is_none), TEST(stop))
