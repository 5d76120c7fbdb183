/* cache_test.c - a cache gives the answers that would be found anew, and none to
 * another question: nearest twins of one question, each with a cache that has
 * seen the first. */
#include "trust/cache.h"

#include <string.h>

#include "tests/cert.h"
#include "tests/chain.h"
#include "tests/test.h"

#define FROM 1577836800 /* 2020-01-01, as tests/cert.h makes them */
#define TO   1893456000 /* 2030-01-01 */
#define NOW  1790000000
#define DAY  86400
#define R(x) BL_REASON_BIT(x)

#define CA                                                                     \
	{                                                                      \
		BL_OID_BASIC_CONSTRAINTS, true, BYTES("\x30\x03\x01\x01\xff")  \
	}
#define KU(bits)                                                               \
	{                                                                      \
		BL_OID_KEY_USAGE, true, BYTES("\x03\x02\x00" bits)             \
	}
#define SAN(a)                                                                 \
	{                                                                      \
		BL_OID_SUBJECT_ALT_NAME, false, BYTES("\x30\x07\x81\x05" a)    \
	}
#define ECDSA BL_STR("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")

static struct bl_test_keys keys;
static struct bl_limits limits;

enum {
	ROOT,
	INTER,
	ANN,
	SAME_KEY,
	SAME_NAME,
	OTHER_CA,
	SHORT,
	SHORT_ROOT,
	SHORT_INTER,
	CERTS
};

/* until NOW + DAY */
#define UNTIL_TOMORROW                                                         \
	BYTES("\x30\x1e\x17\x0d"                                               \
	      "200101000000Z\x17\x0d"                                          \
	      "260922141320Z")

/* R issued I and J, I and J people. Keys: R 0, I 1, Ann 2, J 3. */
static const struct {
	unsigned own, by;
	const char *subject, *issuer;
	struct bl_test_cert how;
} made[CERTS] = {
    [ROOT] = {0, 0, "R", "R", {.ext = {CA}}},
    [INTER] = {1, 0, "I", "R", {.serial = BYTES("\x08"), .ext = {CA}}},
    [ANN] = {2, 1, "Ann", "I",
	{.serial = BYTES("\x07"), .ext = {KU("\x80"), SAN("a@b.c")}}},
    [SAME_KEY] = {2, 1, "Eve", "I",
	{.serial = BYTES("\x06"), .ext = {KU("\x80"), SAN("e@b.c")}}},
    [SAME_NAME] = {2, 1, "Ann", "I",
	{.serial = BYTES("\x09"), .ext = {KU("\x80"), SAN("a@b.c")}}},
    /* it says to be of I, and J signed it */
    [OTHER_CA] = {2, 3, "Ann", "I",
	{.serial = BYTES("\x07"), .ext = {KU("\x80"), SAN("a@b.c")}}},
    [SHORT] = {2, 1, "Ann", "I",
	{.serial = BYTES("\x05"),
	    .validity = UNTIL_TOMORROW,
	    .ext = {KU("\x80"), SAN("a@b.c")}}},
    [SHORT_ROOT] = {0, 0, "R", "R", {.validity = UNTIL_TOMORROW, .ext = {CA}}},
    [SHORT_INTER] = {1, 0, "I", "R", {.validity = UNTIL_TOMORROW, .ext = {CA}}},
};

/* what a question is put together from */
struct world {
	struct bl_cert *cert[CERTS];
	struct bl_certs anchors, pool, other;
	struct bl_crls crls;
};

static void
put_list(struct bl_buf *out, const char *issuer, unsigned by, int64_t from,
    int64_t to, unsigned revoked)
{
	struct bl_buf tbs = {0}, value = {0};
	size_t all = bl_der_open(&tbs, BL_DER_SEQUENCE), list, one;

	bl_der_put_uint(&tbs, 1);
	bl_buf_add(&tbs, ECDSA);
	bl_test_name(&tbs, issuer, NULL);
	bl_der_put_time(&tbs, from);
	bl_der_put_time(&tbs, to);
	list = bl_der_open(&tbs, BL_DER_SEQUENCE);
	one = bl_der_open(&tbs, BL_DER_SEQUENCE);
	bl_der_put_uint(&tbs, revoked);
	bl_der_put_time(&tbs, from);
	bl_der_close(&tbs, one);
	bl_der_close(&tbs, list);
	bl_der_close(&tbs, all);
	bl_test_sign(&value, &keys, by, bl_buf_span(&tbs));
	all = bl_der_open(out, BL_DER_SEQUENCE);
	bl_buf_add(out, bl_buf_span(&tbs));
	bl_buf_add(out, ECDSA);
	bl_der_put_bits(out, bl_buf_span(&value));
	bl_der_close(out, all);
	bl_buf_clear(&tbs);
	bl_buf_clear(&value);
}

static void
add_list(struct bl_crls *to, const char *issuer, unsigned by, int64_t from,
    int64_t until, unsigned revoked)
{
	struct bl_buf der = {0};
	size_t skipped;

	put_list(&der, issuer, by, from, until, revoked);
	CHECK(bl_crls_import(to, bl_buf_span(&der), &limits, &skipped, NULL) ==
		BL_OK,
	    "list");
	bl_buf_clear(&der);
}

static void
world_new(struct world *w)
{
	*w = (struct world){0};
	for (size_t i = 0; i < CERTS; i++)
		w->cert[i] = bl_test_issue(&keys, made[i].own, made[i].by,
		    made[i].subject, made[i].issuer, &made[i].how);
	CHECK(bl_certs_add(&w->anchors, w->cert[ROOT], NULL) == BL_OK &&
		bl_certs_add(&w->pool, w->cert[INTER], NULL) == BL_OK &&
		bl_certs_add(&w->other, w->cert[ANN], NULL) == BL_OK,
	    "sets");
	add_list(&w->crls, "R", 0, NOW - DAY, NOW + DAY, 100);
	add_list(&w->crls, "I", 1, NOW - DAY, NOW + DAY, 100);
}

static void
world_clear(struct world *w)
{
	for (size_t i = 0; i < CERTS; i++)
		bl_cert_free(w->cert[i]);
	bl_certs_clear(&w->anchors);
	bl_certs_clear(&w->pool);
	bl_certs_clear(&w->other);
	bl_crls_clear(&w->crls);
}

static struct bl_trust_ask
question(const struct world *w)
{
	return (struct bl_trust_ask){.cert = w->cert[ANN],
	    .purpose = BL_PURPOSE_SIGN,
	    .address = BL_STR("a@b.c"),
	    .at = NOW,
	    .anchors = &w->anchors,
	    .pool = &w->pool,
	    .crls = &w->crls,
	    .limits = &limits};
}

static void
check_same(const struct bl_trust_answer *a, const struct bl_trust_answer *b,
    const char *name)
{
	CHECK(a->valid == b->valid && a->reasons == b->reasons &&
		a->path.n == b->path.n,
	    name);
	CHECK(bl_span_equal(bl_buf_span(&a->trace), bl_buf_span(&b->trace)),
	    name);
	for (size_t i = 0; i < a->path.n && i < b->path.n; i++)
		CHECK(bl_span_equal(bl_cert_der(a->path.list[i]),
			  bl_cert_der(b->path.list[i])) &&
			a->revocation[i].state == b->revocation[i].state &&
			a->revocation[i].this_update ==
			    b->revocation[i].this_update,
		    name);
}

static void
check_same_wants(const struct bl_trust_wants *a, const struct bl_trust_wants *b,
    const char *name)
{
	CHECK(a->n == b->n, name);
	for (size_t i = 0; i < a->n && i < b->n; i++)
		CHECK(a->list[i].kind == b->list[i].kind &&
			bl_span_equal(bl_cert_der(a->list[i].cert),
			    bl_cert_der(b->list[i].cert)),
		    name);
}

/* Asks with the cache and without; both must say the same. Whether the cache
 * had it is the answer. */
static bool
ask_both(struct bl_cache *c, struct bl_trust_ask ask, bl_reasons want,
    const char *name)
{
	uint64_t before = bl_cache_counts(c).answers_again;
	struct bl_trust_answer with = {0}, without = {0};

	ask.cache = NULL;
	CHECK(bl_trust_judge(&without, keys.ctx, &ask, NULL) == BL_OK, name);
	ask.cache = c;
	CHECK(bl_trust_judge(&with, keys.ctx, &ask, NULL) == BL_OK, name);
	check_same(&with, &without, name);
	check_same_wants(&with.wants, &without.wants, name);
	CHECK(with.reasons == want && with.valid == (want == 0), name);
	bl_trust_answer_clear(&with);
	bl_trust_answer_clear(&without);
	return bl_cache_counts(c).answers_again != before;
}

static struct bl_cache *
seen(const struct world *w)
{
	struct bl_cache *c = NULL;

	CHECK(bl_cache_new(&c, NULL) == BL_OK, "new");
	CHECK(!ask_both(c, question(w), 0, "first"), "first is found anew");
	return c;
}

static void
gives_an_answer_again(void)
{
	struct world w;
	struct bl_cache *c;
	struct bl_trust_ask ask;

	world_new(&w);
	c = seen(&w);
	ask = question(&w);
	CHECK(ask_both(c, ask, 0, "again"), "again");
	CHECK(bl_cache_counts(c).answers == 1, "judged once");
	/* the last and the first second of the lists */
	ask.at = NOW + DAY - 1;
	CHECK(ask_both(c, ask, 0, "later"), "later");
	ask.at = NOW - DAY;
	CHECK(ask_both(c, ask, 0, "first second"), "first second");
	bl_cache_free(c);
	world_clear(&w);
}

static const struct twin {
	const char *name;
	unsigned cert; /* 0: ANN */
	enum bl_purpose purpose;
	const char *address;
	int64_t at; /* 0: NOW */
	struct bl_policy policy;
	bool explicit_policy, no_pool, other_pool, no_anchors, no_lists, small,
	    policies;
	bool inhibit_mapping, inhibit_any;
	bl_reasons want;
} twins[] = {
    {"same key, other name", .cert = SAME_KEY, .want = R(SIGNER_MISMATCH)},
    {"same key, other name, its address", .cert = SAME_KEY, .address = "e@b.c"},
    {"same name, other serial", .cert = SAME_NAME},
    {"same fields, signed by another", .cert = OTHER_CA,
	.want = R(SIGNER_UNKNOWN_CA)},
    {"the CA", .cert = INTER, .want = R(SIGNER_MISMATCH)},
    {"other address", .address = "b@b.c", .want = R(SIGNER_MISMATCH)},
    {"no address", .address = ""},
    {"other purpose", .purpose = BL_PURPOSE_ENCRYPT, .want = R(WRONG_USAGE)},
    {"any purpose", .purpose = BL_PURPOSE_ANY},
    {"revocation off", .policy = {.revocation = BL_REVOCATION_OFF}},
    {"revocation preferred", .policy = {.revocation = BL_REVOCATION_PREFER}},
    {"old algorithms", .policy = {.legacy = true}},
    {"another slack of dates", .policy = {.date_slack = 1}},
    {"a policy demanded", .explicit_policy = true, .want = R(WRONG_POLICY)},
    {"a policy wanted", .policies = true},
    {"no mapping", .inhibit_mapping = true},
    {"no any-policy", .inhibit_any = true},
    {"without the CA at hand", .no_pool = true,
	.want = R(SIGNER_UNKNOWN_CA) | R(CHAIN_INCOMPLETE)},
    {"another at hand in its place", .other_pool = true,
	.want = R(SIGNER_UNKNOWN_CA) | R(CHAIN_INCOMPLETE)},
    {"nothing trusted", .no_anchors = true,
	.want = R(SIGNER_UNKNOWN_CA) | R(CHAIN_INCOMPLETE)},
    {"no lists", .no_lists = true, .want = R(REVOCATION_UNKNOWN)},
    {"a path may be of one", .small = true,
	.want = R(LIMIT) | R(SIGNER_UNKNOWN_CA)},
    {"last second of the lists", .at = NOW + DAY},
    {"second past nextUpdate", .at = NOW + DAY + 1,
	.want = R(REVOCATION_UNKNOWN)},
    {"second before thisUpdate", .at = NOW - DAY - 1,
	.want = R(REVOCATION_UNKNOWN)},
    {"second before notBefore", .at = FROM - 1,
	.want = R(NOT_YET_VALID) | R(REVOCATION_UNKNOWN)},
    {"second past notAfter", .at = TO + 1,
	.want = R(EXPIRED) | R(REVOCATION_UNKNOWN)},
};

static struct bl_trust_ask
twin_of(const struct world *w, const struct twin *t,
    const struct bl_limits *small, const struct bl_span *policy)
{
	struct bl_trust_ask ask = question(w);

	if (t->cert != 0)
		ask.cert = w->cert[t->cert];
	if (t->purpose != 0)
		ask.purpose = t->purpose;
	if (strcmp(t->name, "any purpose") == 0)
		ask.purpose = BL_PURPOSE_ANY;
	if (t->address != NULL)
		ask.address = bl_span_str(t->address);
	if (t->at != 0)
		ask.at = t->at;
	ask.policy = &t->policy;
	ask.explicit_policy = t->explicit_policy;
	ask.inhibit_mapping = t->inhibit_mapping;
	ask.inhibit_any = t->inhibit_any;
	ask.policies = policy;
	ask.policy_count = t->policies;
	if (t->no_pool)
		ask.pool = NULL;
	if (t->other_pool)
		ask.pool = &w->other;
	if (t->no_anchors)
		ask.anchors = NULL;
	if (t->no_lists)
		ask.crls = NULL;
	if (t->small)
		ask.limits = small;
	return ask;
}

/* Each is asked after the first question, is found anew, and does not get in
 * the way of the first. */
static void
never_answers_another_question(void)
{
	const struct bl_span policy = BYTES("\x2a\x03");
	struct bl_limits small = BL_LIMITS;
	struct world w;

	small.path_depth = 1;
	world_new(&w);
	for (size_t i = 0; i < sizeof(twins) / sizeof(*twins); i++) {
		struct bl_cache *c = seen(&w);
		struct bl_trust_ask ask = twin_of(
		    &w, &twins[i], &small, &policy);

		CHECK(!ask_both(c, ask, twins[i].want, twins[i].name),
		    twins[i].name);
		/* of one question the answer of one time is kept */
		CHECK(ask_both(c, question(&w), 0, twins[i].name) ==
			(twins[i].at == 0),
		    twins[i].name);
		/* the same once more is the same, valid or not */
		CHECK(ask_both(c, ask, twins[i].want, twins[i].name) ==
			(twins[i].at == 0),
		    twins[i].name);
		bl_cache_free(c);
	}
	world_clear(&w);
}

/* Other evidence of the same form: each list and certificate for itself. */
static void
is_bound_to_the_evidence(void)
{
	static const struct {
		const char *name;
		unsigned revoked;
		bl_reasons want;
	} lists[] = {
	    {"its number is not in it", 101, 0},
	    {"it was revoked since", 7, R(REVOKED)},
	};
	struct world w;

	world_new(&w);
	for (size_t i = 0; i < 2; i++) {
		struct bl_cache *c = seen(&w);
		struct bl_crls old = w.crls;
		struct bl_trust_ask ask = question(&w);

		w.crls = (struct bl_crls){0};
		add_list(&w.crls, "R", 0, NOW - DAY, NOW + DAY, 100);
		add_list(
		    &w.crls, "I", 1, NOW - DAY, NOW + DAY, lists[i].revoked);
		CHECK(!ask_both(c, ask, lists[i].want, lists[i].name),
		    lists[i].name);
		bl_crls_clear(&w.crls);
		w.crls = old;
		CHECK(ask_both(c, ask, 0, lists[i].name), lists[i].name);
		bl_cache_free(c);
	}
	world_clear(&w);
}

/* Wants that borrow from the question alone are not kept with the answer. */
static void
keeps_wants_of_its_path_alone(void)
{
	struct world w;
	struct bl_cache *c;
	struct bl_trust_ask ask;
	struct bl_trust_want want = {.kind = BL_TRUST_ISSUER};
	struct bl_trust_answer a = {.wants = {&want, 1, 1}}, again = {0};
	const struct bl_cache_key key = {{1}};
	bool found;

	world_new(&w);
	c = seen(&w);
	ask = question(&w);
	CHECK(bl_certs_add(&a.path, w.cert[ANN], NULL) == BL_OK, "path");
	want.cert = w.cert[INTER];
	CHECK(bl_cache_answer_keep(c, &key, &ask, &a, NULL) == BL_OK &&
		bl_cache_answer(&found, &again, c, &key, NOW, NULL) == BL_OK &&
		!found,
	    "of another");
	want.cert = w.cert[ANN];
	CHECK(bl_cache_answer_keep(c, &key, &ask, &a, NULL) == BL_OK &&
		bl_cache_answer(&found, &again, c, &key, NOW, NULL) == BL_OK &&
		found && again.wants.n == 1,
	    "of its own");
	bl_trust_answer_clear(&again);
	bl_certs_clear(&a.path);
	bl_cache_free(c);
	world_clear(&w);
}

/* A responder's refusal changes nothing, and is evidence all the same. */
static void
is_bound_to_answers_of_responders(void)
{
	static const char *const refusals[] = {
	    "\x30\x03\x0a\x01\x03", "\x30\x03\x0a\x01\x02"};
	struct bl_ocsps ocsps = {0};
	struct world w;
	struct bl_cache *c;
	struct bl_trust_ask ask;

	world_new(&w);
	c = seen(&w);
	ask = question(&w);
	ask.ocsps = &ocsps;
	CHECK(ask_both(c, ask, 0, "none"), "none");
	for (int i = 0; i < 2; i++) {
		CHECK(bl_ocsps_add(&ocsps,
			  (struct bl_span){(const uint8_t *)refusals[i], 5},
			  BL_SOURCE_GIVEN, &limits, NULL) == BL_OK,
		    "refusal");
		CHECK(!ask_both(c, ask, 0, "one"), "one more");
		CHECK(ask_both(c, ask, 0, "one"), "again");
		bl_ocsp_set_source(ocsps.list[0], BL_SOURCE_NETWORK);
		CHECK(!ask_both(c, ask, 0, "one"), "from elsewhere");
		bl_ocsp_set_source(ocsps.list[0], BL_SOURCE_GIVEN);
		ask.at++;
		CHECK(!ask_both(c, ask, 0, "one"), "at another second");
		bl_ocsps_clear(&ocsps);
	}
	bl_cache_free(c);
	world_clear(&w);
}

/* What is negative is known for its second alone, and its trace names it. */
static void
says_no_for_the_same_second_only(void)
{
	struct world w;
	struct bl_cache *c;
	struct bl_trust_ask ask;

	world_new(&w);
	c = seen(&w);
	ask = question(&w);
	ask.at = TO + 1;
	for (int i = 0; i < 2; i++)
		CHECK(ask_both(c, ask, R(EXPIRED) | R(REVOCATION_UNKNOWN),
			  "late") == (i == 1),
		    "late");
	ask.at++;
	CHECK(!ask_both(c, ask, R(EXPIRED) | R(REVOCATION_UNKNOWN), "later"),
	    "later");
	/* a certificate that ends before the lists do, at both sides */
	ask = question(&w);
	ask.cert = w.cert[SHORT];
	CHECK(!ask_both(c, ask, 0, "short"), "short");
	ask.at = NOW + 2 * DAY;
	CHECK(!ask_both(c, ask, R(EXPIRED) | R(REVOCATION_UNKNOWN), "over"),
	    "over");
	bl_cache_free(c);
	world_clear(&w);
}

/* Each certificate of a path for itself ends what is known of it; nobody asks
 * for lists here. */
static void
ends_with_each_certificate(void)
{
	static const struct {
		const char *name;
		unsigned anchor, inter, cert;
		int64_t last;
	} paths[] = {
	    {"all alike", ROOT, INTER, ANN, TO},
	    {"the certificate", ROOT, INTER, SHORT, NOW + DAY},
	    {"the CA", ROOT, SHORT_INTER, ANN, NOW + DAY},
	    {"the anchor", SHORT_ROOT, INTER, ANN, NOW + DAY},
	};
	const struct bl_policy off = {.revocation = BL_REVOCATION_OFF};
	struct world w;

	world_new(&w);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct bl_certs anchors = {&w.cert[paths[i].anchor], 1, 1};
		struct bl_certs pool = {&w.cert[paths[i].inter], 1, 1};
		const char *name = paths[i].name;
		struct bl_cache *c = NULL;
		struct bl_trust_ask ask = question(&w);

		ask.cert = w.cert[paths[i].cert];
		ask.anchors = &anchors;
		ask.pool = &pool;
		ask.crls = NULL;
		ask.policy = &off;
		CHECK(bl_cache_new(&c, NULL) == BL_OK, name);
		CHECK(!ask_both(c, ask, 0, name), name);
		ask.at = paths[i].last - 1;
		CHECK(ask_both(c, ask, 0, name), name);
		ask.at = FROM;
		CHECK(ask_both(c, ask, 0, name), name);
		ask.at = paths[i].last + 1;
		CHECK(!ask_both(c, ask, R(EXPIRED), name), name);
		ask.at = NOW;
		CHECK(!ask_both(c, ask, 0, name), name);
		ask.at = FROM - 1;
		CHECK(!ask_both(c, ask, R(NOT_YET_VALID), name), name);
		bl_cache_free(c);
	}
	world_clear(&w);
}

/* Who holds a list keeps it. */
static void
a_list_has_owners(void)
{
	struct bl_crls one = {0};
	struct bl_crl *kept;

	add_list(&one, "R", 0, NOW - DAY, NOW + DAY, 7);
	kept = bl_crl_hold(one.list[0]);
	bl_crls_clear(&one);
	CHECK(bl_crl_der(kept).n > 0 && bl_crl_der(kept).p[0] == 0x30, "kept");
	bl_crl_free(kept);
	bl_crl_free(NULL);
}

/* A hundred people of one CA: each signature above them is checked once. */
static void
checks_a_ca_path_once(void)
{
	struct world w;
	struct bl_cache *c = NULL;
	struct bl_cache_count n;

	world_new(&w);
	CHECK(bl_cache_new(&c, NULL) == BL_OK, "new");
	for (unsigned i = 0; i < 200; i++) {
		const uint8_t serial[] = {0x10, (uint8_t)(i % 100)};
		const struct bl_test_cert how = {
		    .serial = bl_span_of(serial, sizeof(serial)),
		    .ext = {KU("\x80"), SAN("a@b.c")}};
		struct bl_trust_ask ask = question(&w);
		struct bl_trust_answer a = {0};
		struct bl_cert *e = bl_test_issue(
		    &keys, 2, 1, "Ann", "I", &how);

		ask.cert = e;
		ask.cache = c;
		CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK &&
			a.valid,
		    "one of many");
		bl_trust_answer_clear(&a);
		bl_cert_free(e);
	}
	n = bl_cache_counts(c);
	/* each certificate is signed anew, so all 200 are other ones; besides
	 * I by R, and a list of each */
	CHECK(n.answers == 200 && n.answers_again == 0, "answers");
	CHECK(
	    n.signatures == 203 && n.signatures_again == 199 * 3, "signatures");
	bl_cache_free(c);
	world_clear(&w);
}

/* The same key made another signature, another key not this one. */
static void
knows_which_signature(void)
{
	struct world w;
	struct bl_cache *c = NULL;
	bool holds;

	world_new(&w);
	CHECK(bl_cache_new(&c, NULL) == BL_OK, "new");
	for (int i = 0; i < 2; i++) {
		const struct bl_cert *ann = w.cert[ANN];
		struct bl_cache_signed what = {.object = bl_cert_sha256(ann),
		    .bytes = bl_cert_tbs(ann),
		    .value = bl_cert_signature(ann),
		    .alg = bl_cert_sig_alg(ann)};

		CHECK(bl_cache_signature(&holds, c, keys.ctx, &what,
			  w.cert[ROOT], NULL) == BL_OK &&
			!holds,
		    "of the root");
		CHECK(bl_cache_signature(&holds, c, keys.ctx, &what,
			  w.cert[INTER], NULL) == BL_OK &&
			holds,
		    "of the CA");
		what.object = (struct bl_span){0};
		what.bytes = bl_cert_tbs(w.cert[SAME_KEY]);
		CHECK(bl_cache_signature(&holds, c, keys.ctx, &what,
			  w.cert[INTER], NULL) == BL_OK &&
			!holds,
		    "of other bytes, without a name");
	}
	CHECK(bl_cache_counts(c).signatures == 2 &&
		bl_cache_counts(c).signatures_again == 2,
	    "counts");
	bl_cache_free(c);
	world_clear(&w);
}

static void
keeps_certificates(void)
{
	struct world w;
	struct bl_cache *c = NULL;
	struct bl_cert *ann;
	struct bl_span der, id;

	world_new(&w);
	ann = w.cert[ANN];
	der = bl_cert_der(ann);
	id = bl_cert_sha256(ann);
	CHECK(bl_cache_cert(NULL, der, id) == NULL, "no cache");
	CHECK(bl_cache_cert_keep(NULL, ann, NULL) == BL_OK, "no cache");
	CHECK(bl_cache_new(&c, NULL) == BL_OK, "new");
	CHECK(bl_cache_cert(c, der, id) == NULL, "not yet");
	CHECK(bl_cache_cert_keep(c, ann, NULL) == BL_OK, "keep");
	CHECK(bl_cache_cert(c, der, id) == ann, "there");
	CHECK(bl_cache_cert(c, bl_span_cut(der, 1, SIZE_MAX), id) == NULL,
	    "other bytes under the same hash");
	CHECK(bl_cache_counts(c).certs == 1 &&
		bl_cache_counts(c).certs_again == 1,
	    "counts");
	for (size_t i = 0; i < BL_CACHE_CERTS + 1; i++)
		CHECK(bl_cache_cert_keep(c, w.cert[i % CERTS], NULL) == BL_OK,
		    "keep");
	bl_cache_free(c);
	bl_cache_free(NULL);
	world_clear(&w);
}

/* What is full is emptied; what comes after is right. */
static void
is_bounded(void)
{
	struct world w;
	struct bl_cache *c;
	struct bl_trust_ask ask;
	const struct bl_trust_answer a = {0};
	struct bl_trust_answer out;
	bool found = false;

	world_new(&w);
	c = seen(&w);
	ask = question(&w);
	for (uint32_t i = 0; i < BL_CACHE_ENTRIES + 100; i++) {
		struct bl_cache_key key = {{0}};

		memcpy(key.p, &i, sizeof(i));
		memcpy(key.p + 8, &i, sizeof(i));
		CHECK(bl_cache_answer_keep(c, &key, &ask, &a, NULL) == BL_OK,
		    "keep");
		CHECK(bl_cache_answer(&found, &out, c, &key, NOW, NULL) ==
			    BL_OK &&
			found,
		    "found");
		bl_trust_answer_clear(&out);
		CHECK(bl_cache_answer(&found, &out, c, &key, NOW + 1, NULL) ==
			    BL_OK &&
			!found,
		    "not at another second");
	}
	CHECK(!ask_both(c, ask, 0, "forgotten"), "forgotten");
	CHECK(ask_both(c, ask, 0, "again"), "again");
	bl_cache_free(c);
	world_clear(&w);
}

/* A list is held, so that another one in its place is another one. */
static void
holds_lists(void)
{
	struct world w;
	struct bl_cache *c;
	const struct bl_crl_face *face;

	world_new(&w);
	c = seen(&w);
	face = bl_crl_face(w.crls.list[0]);
	CHECK(bl_cache_list(c, face).n == BL_SHA256_SIZE, "known");
	CHECK(bl_cache_list(NULL, face).n == 0, "no cache");
	bl_crls_clear(&w.crls);
	CHECK(face->this_update == NOW - DAY, "held");
	for (unsigned i = 0; i < 50; i++) {
		struct bl_trust_ask ask = question(&w);
		struct bl_cache_key key;

		add_list(&w.crls, "R", 0, NOW - DAY, NOW + DAY, 100 + i % 20);
		CHECK(bl_cache_list(c, bl_crl_face(w.crls.list[0])).n == 0,
		    "a new one");
		CHECK(bl_cache_key(&key, c, keys.ctx, &ask, NULL) == BL_OK,
		    "key");
		bl_crls_clear(&w.crls);
	}
	bl_cache_free(c);
	world_clear(&w);
}

static enum bl_err
judge_twice(void *world)
{
	const struct world *w = world;
	struct bl_trust_ask ask = question(w);
	struct bl_trust_answer a = {0};
	enum bl_err err = bl_cache_new(&ask.cache, NULL);

	for (int i = 0; err == BL_OK && i < 2; i++) {
		err = bl_trust_judge(&a, keys.ctx, &ask, NULL);
		CHECK(err != BL_OK || a.valid, "valid");
		CHECK(err == BL_OK || (!a.valid && a.path.n == 0), "zero");
		bl_trust_answer_clear(&a);
	}
	if (err == BL_OK)
		err = bl_cache_cert_keep(ask.cache, w->cert[ANN], NULL);
	bl_cache_free(ask.cache);
	return err;
}

static void
survives_each_allocation(void)
{
	struct world w;

	world_new(&w);
	bl_test_each_allocation(judge_twice, &w, "judge twice");
	world_clear(&w);
}

static void
start(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&keys.ctx, NULL) == BL_OK, "context");
}

static void
stop(void)
{
	bl_test_keys_clear(&keys);
	bl_ctx_free(keys.ctx);
}

TESTS(TEST(start), TEST(gives_an_answer_again),
    TEST(never_answers_another_question), TEST(is_bound_to_the_evidence),
    TEST(is_bound_to_answers_of_responders),
    TEST(keeps_wants_of_its_path_alone), TEST(says_no_for_the_same_second_only),
    TEST(ends_with_each_certificate), TEST(a_list_has_owners),
    TEST(checks_a_ca_path_once), TEST(knows_which_signature),
    TEST(keeps_certificates), TEST(is_bounded), TEST(holds_lists),
    TEST(survives_each_allocation), TEST(stop))
