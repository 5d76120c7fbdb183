/* proven_test.c - which time counts where it is proven when something was signed,
 * and where it is not (ATK-406). */
#include "cert/crl.h"
#include "tests/chain.h"
#include "tests/crl.h"
#include "tests/test.h"
#include "trust/trust.h"

#define NOW   1790000000
#define DAY   86400
#define THEN  1600000000 /* 2020-09-13, before the end of X */
#define R(id) BL_REASON_BIT(id)

static struct bl_test_keys keys;
static struct bl_cert *root, *leaf, *expired;

static void
counts_the_time(void)
{
	static const struct {
		const char *name;
		bool expired;	 /* the certificate, in 2021 */
		int64_t at, now; /* now 0: not proven */
		int64_t revoked; /* in a list of that time on; 0: not */
		uint8_t reason;
		int64_t from, to; /* of the list */
		bl_reasons want;
	} cases[] = {
	    /* the six cells, and their neighbours */
	    {"before, superseded", false, NOW - 30, NOW, 1, 4, NOW - 60,
		NOW + DAY, R(REVOKED)},
	    {"after, superseded", false, NOW - DAY, NOW, 1, 4, NOW - 60,
		NOW + DAY, 0},
	    {"after, compromised", false, NOW - DAY, NOW, 1, 1, NOW - 60,
		NOW + DAY, R(REVOKED)},
	    {"before, not proven", false, NOW, 0, 1, 4, NOW - 60, NOW + DAY,
		R(REVOKED)},
	    {"superseded, not proven", false, NOW, 0, 1, 4, NOW, NOW + DAY,
		R(REVOKED)},
	    {"compromised, not proven", false, NOW, 0, 1, 1, NOW - 60,
		NOW + DAY, R(REVOKED)},
	    {"the same second", false, NOW - 60, NOW, 1, 4, NOW - 60, NOW + DAY,
		R(REVOKED)},
	    {"a second later", false, NOW - 61, NOW, 1, 4, NOW - 60, NOW + DAY,
		0},
	    {"no reason", false, NOW - DAY, NOW, 1, 0, NOW - 60, NOW + DAY,
		R(REVOKED)},
	    {"its CA compromised", false, NOW - DAY, NOW, 1, 2, NOW - 60,
		NOW + DAY, R(REVOKED)},
	    {"affiliation", false, NOW - DAY, NOW, 1, 3, NOW - 60, NOW + DAY,
		0},
	    {"cessation", false, NOW - DAY, NOW, 1, 5, NOW - 60, NOW + DAY, 0},
	    {"on hold", false, NOW - DAY, NOW, 1, 6, NOW - 60, NOW + DAY,
		R(REVOKED)},
	    {"withdrawn", false, NOW - DAY, NOW, 1, 9, NOW - 60, NOW + DAY, 0},
	    {"an attribute authority", false, NOW - DAY, NOW, 1, 10, NOW - 60,
		NOW + DAY, R(REVOKED)},
	    /* of what time evidence is */
	    {"a list of today", false, NOW - 9 * DAY, NOW, 0, 0, NOW - 60,
		NOW + DAY, 0},
	    {"a list of then", false, NOW - 9 * DAY, NOW, 0, 0, NOW - 10 * DAY,
		NOW - 8 * DAY, 0},
	    {"a list of between", false, NOW - 9 * DAY, NOW, 0, 0,
		NOW - 8 * DAY, NOW - 7 * DAY, R(REVOCATION_UNKNOWN)},
	    {"a list of tomorrow", false, NOW - 9 * DAY, NOW, 0, 0, NOW + 1,
		NOW + DAY, R(REVOCATION_UNKNOWN)},
	    {"a list of today, not proven", false, NOW - 9 * DAY, 0, 0, 0,
		NOW - 60, NOW + DAY, R(REVOCATION_UNKNOWN)},
	    /* what expired since */
	    {"expired, not proven", true, NOW, 0, 0, 0, NOW - 60, NOW + DAY,
		R(EXPIRED)},
	    {"expired since, a list of then", true, THEN, NOW, 0, 0, THEN - 60,
		THEN + DAY, 0},
	    {"expired since, a list of today", true, THEN, NOW, 0, 0, NOW - 60,
		NOW + DAY, R(REVOCATION_UNKNOWN)},
	};
	const struct bl_limits limits = BL_LIMITS;
	struct bl_certs anchors = {0};

	CHECK(bl_certs_add(&anchors, root, NULL) == BL_OK, "anchor");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct bl_test_crl how = {.issuer = "R",
		    .by = 1,
		    .from = cases[i].from,
		    .to = cases[i].to,
		    .serials = cases[i].revoked != 0 ? "\1" : "",
		    .reason = cases[i].reason};
		struct bl_crls crls = {0};
		struct bl_buf der = {0};
		struct bl_trust_answer a;
		const struct bl_trust_ask ask = {
		    .cert = cases[i].expired ? expired : leaf,
		    .at = cases[i].at,
		    .now = cases[i].now,
		    .anchors = &anchors,
		    .crls = &crls,
		    .limits = &limits};
		size_t skipped;

		bl_test_crl_write(&der, &keys, &how);
		CHECK(bl_crls_import(&crls, bl_buf_span(&der), &limits,
			  &skipped, NULL) == BL_OK,
		    "list");
		CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK &&
			a.reasons == cases[i].want,
		    cases[i].name);
		bl_trust_answer_clear(&a);
		bl_buf_clear(&der);
		bl_crls_clear(&crls);
	}
	bl_certs_clear(&anchors);
}

static void
start(void)
{
	const struct bl_test_cert ca = {.ext = {{BL_OID_BASIC_CONSTRAINTS, true,
					    BYTES("\x30\x03\x01\x01\xff")}}};
	const struct bl_test_cert short_lived = {
	    .validity = BYTES("\x30\x1e\x17\x0d"
			      "200101000000Z\x17\x0d"
			      "210101000000Z")};

	CHECK(bl_ctx_new(&keys.ctx, NULL) == BL_OK, "context");
	root = bl_test_issue(&keys, 1, 1, "R", "R", &ca);
	leaf = bl_test_issue(
	    &keys, 2, 1, "E", "R", &(struct bl_test_cert){{0}});
	expired = bl_test_issue(&keys, 3, 1, "X", "R", &short_lived);
}

static void
stop(void)
{
	bl_cert_free(root);
	bl_cert_free(leaf);
	bl_cert_free(expired);
	bl_test_keys_clear(&keys);
	bl_ctx_free(keys.ctx);
}

TESTS(TEST(start), TEST(counts_the_time), TEST(stop))
