/* wants_test.c - what a judgement still wants, and what it does not (THR-05):
 * issuers only where nothing leads to an anchor, answers only of what does. */
#include "tests/chain.h"
#include "tests/test.h"
#include "trust/trust.h"

#include <string.h>

#define NOW 1790000000
#define DAY 86400
#define CA                                                                     \
	{                                                                      \
		.ext = { {BL_OID_BASIC_CONSTRAINTS, true,                      \
		    BYTES("\x30\x03\x01\x01\xff")} }                           \
	}
#define EXPIRED_                                                               \
	BYTES("\x30\x1e\x17\x0d"                                               \
	      "200101000000Z\x17\x0d"                                          \
	      "210101000000Z")

static struct bl_test_keys keys;

enum { E, I, R, J, X, COUNT };
static struct bl_cert *made[COUNT];
static const struct {
	const char *subject, *issuer;
	unsigned own, by; /* keys */
	struct bl_test_cert how;
} people[COUNT] = {
    [E] = {"E", "I", 1, 2, {{0}}},
    [I] = {"I", "R", 2, 3, CA},
    [R] = {"R", "R", 3, 3, CA},
    [J] = {"I", "R", 4, 3, CA}, /* named as I, with another key */
    [X] = {"X", "I", 5, 2, {.validity = EXPIRED_}},
};

/* Wants as text: "i(E)" the issuer of E, "s(E,I)" the status of E below I. */
static void
show(char *out, size_t size, const struct bl_trust_wants *w)
{
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < w->n; i++)
		for (unsigned k = 0; k < COUNT; k++) {
			if (made[k] != w->list[i].cert)
				continue;
			n += (size_t)snprintf(out + n, size - n, "%s(%s",
			    w->list[i].kind == BL_TRUST_ISSUER ? "i" : "s",
			    people[k].subject);
			if (w->list[i].issuer != NULL)
				n += (size_t)snprintf(out + n, size - n, ",%s",
				    w->list[i].issuer == made[I]       ? "I"
					: w->list[i].issuer == made[R] ? "R"
								       : "?");
			n += (size_t)snprintf(out + n, size - n, ")");
		}
}

static void
wants_what_may_help(void)
{
	static const struct {
		const char *name, *anchors, *pool, *lists;
		unsigned asked;
		enum bl_revocation mode;
		bool valid;
		const char *want;
	} cases[] = {
	    {"no lists", "R", "I", "", E, BL_REVOCATION_REQUIRE, false,
		"s(I,R)s(E,I)"},
	    {"one list", "R", "I", "R", E, BL_REVOCATION_REQUIRE, false,
		"s(E,I)"},
	    {"the other list", "R", "I", "I", E, BL_REVOCATION_REQUIRE, false,
		"s(I,R)"},
	    {"both lists", "R", "I", "RI", E, BL_REVOCATION_REQUIRE, true, ""},
	    {"preferred", "R", "I", "", E, BL_REVOCATION_PREFER, true,
		"s(I,R)s(E,I)"},
	    {"off", "R", "I", "", E, BL_REVOCATION_OFF, true, ""},
	    {"revoked", "R", "I", "Re", E, BL_REVOCATION_REQUIRE, false, ""},
	    {"trusted itself", "E", "", "", E, BL_REVOCATION_REQUIRE, true, ""},
	    {"the CA is trusted", "I", "", "", E, BL_REVOCATION_REQUIRE, false,
		"s(E,I)"},
	    {"expired, and leads to an anchor", "R", "I", "", X,
		BL_REVOCATION_REQUIRE, false, "s(I,R)s(X,I)"},
	    {"no issuer", "R", "", "", E, BL_REVOCATION_REQUIRE, false, "i(E)"},
	    {"no issuer, off", "R", "", "", E, BL_REVOCATION_OFF, false,
		"i(E)"},
	    {"no issuer of the issuer", "", "I", "", E, BL_REVOCATION_REQUIRE,
		false, "i(I)"},
	    {"another of that name", "R", "J", "", E, BL_REVOCATION_REQUIRE,
		false, "i(E)"},
	    {"another of that name, too", "R", "JI", "", E,
		BL_REVOCATION_REQUIRE, false, "s(I,R)s(E,I)"},
	    {"a whole path to nobody trusted", "", "IR", "", E,
		BL_REVOCATION_REQUIRE, false, ""},
	    {"nobody trusted at all", "", "", "", R, BL_REVOCATION_REQUIRE,
		false, ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct bl_policy policy = {.revocation = cases[i].mode};
		const struct bl_limits limits = BL_LIMITS;
		struct bl_certs anchors = {0}, pool = {0};
		struct bl_crls crls = {0};
		struct bl_buf der = {0};
		struct bl_trust_answer a;
		char got[200];
		size_t skipped;
		const struct bl_trust_ask ask = {.cert = made[cases[i].asked],
		    .at = NOW,
		    .anchors = &anchors,
		    .pool = &pool,
		    .crls = &crls,
		    .limits = &limits,
		    .policy = &policy};

		for (unsigned k = 0; k < COUNT; k++) {
			char letter = "EIRJX"[k];

			if (strchr(cases[i].anchors, letter) != NULL)
				CHECK(bl_certs_add(&anchors, made[k], NULL) ==
					BL_OK,
				    "anchor");
			if (strchr(cases[i].pool, letter) != NULL)
				CHECK(
				    bl_certs_add(&pool, made[k], NULL) == BL_OK,
				    "pool");
		}
		for (const char *l = cases[i].lists; *l != '\0'; l++) {
			bl_buf_reset(&der);
			bl_test_list(&der, &keys, *l == 'R' ? 3 : 2,
			    *l == 'R' ? "R" : "I", NOW - DAY, NOW + DAY,
			    *l == 'e');
			CHECK(bl_crls_import(&crls, bl_buf_span(&der), &limits,
				  &skipped, NULL) == BL_OK,
			    "list");
		}
		CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK,
		    cases[i].name);
		show(got, sizeof(got), &a.wants);
		CHECK(a.valid == cases[i].valid, cases[i].name);
		if (strcmp(got, cases[i].want) != 0) {
			CHECK(false, cases[i].name);
			fprintf(stderr, "%s\n", got);
		}
		bl_trust_answer_clear(&a);
		bl_buf_clear(&der);
		bl_crls_clear(&crls);
		bl_certs_clear(&pool);
		bl_certs_clear(&anchors);
	}
}

static void
start(void)
{
	CHECK(bl_ctx_new(&keys.ctx, NULL) == BL_OK, "context");
	for (unsigned k = 0; k < COUNT; k++)
		made[k] = bl_test_issue(&keys, people[k].own, people[k].by,
		    people[k].subject, people[k].issuer, &people[k].how);
}

static void
stop(void)
{
	for (unsigned k = 0; k < COUNT; k++)
		bl_cert_free(made[k]);
	bl_test_keys_clear(&keys);
	bl_ctx_free(keys.ctx);
}

TESTS(TEST(start), TEST(wants_what_may_help), TEST(stop))
