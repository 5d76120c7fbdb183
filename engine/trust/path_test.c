/* path_test.c - paths that are found and judged, one rule after the other
 * (ATK-304, ATK-305, ATK-306, ATK-309, ATK-310). */
#include "tests/chain.h"
#include "tests/crl.h"
#include "tests/test.h"
#include "trust/trust.h"

#include <string.h>

#define NOW	1790000000
#define R(id)	BL_REASON_BIT(id)
#define UNKNOWN R(SIGNER_UNKNOWN_CA)
#define MISSING (UNKNOWN | R(CHAIN_INCOMPLETE))
#define USAGE	R(WRONG_USAGE)
#define BAD	R(BAD_CERTIFICATE)

#define CA                                                                     \
	{                                                                      \
		BL_OID_BASIC_CONSTRAINTS, true, BYTES("\x30\x03\x01\x01\xff")  \
	}
#define CA_LEN(n)                                                              \
	{                                                                      \
		BL_OID_BASIC_CONSTRAINTS, true,                                \
		    BYTES("\x30\x06\x01\x01\xff\x02\x01" n)                    \
	}
#define KU(bits)                                                               \
	{                                                                      \
		BL_OID_KEY_USAGE, true, BYTES("\x03\x02\x00" bits)             \
	}
#define EKU(e)                                                                 \
	{                                                                      \
		BL_OID_EXT_KEY_USAGE, false,                                   \
		    BYTES("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03" e)    \
	}
#define UNKNOWN_CRITICAL                                                       \
	{                                                                      \
		BL_OID_OCSP_NOCHECK, true, BYTES("\x05\x00")                   \
	}
#define POLICY(p)                                                              \
	{                                                                      \
		BL_OID_CERTIFICATE_POLICIES, false,                            \
		    BYTES("\x30\x05\x30\x03\x06\x01" p)                        \
	}
#define EXPIRED_                                                               \
	BYTES("\x30\x1e\x17\x0d"                                               \
	      "200101000000Z\x17\x0d"                                          \
	      "210101000000Z")
#define LATER                                                                  \
	BYTES("\x30\x1e\x17\x0d"                                               \
	      "290101000000Z\x17\x0d"                                          \
	      "300101000000Z")
#define SHA1_ECDSA BYTES("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01")

static struct bl_test_keys keys;
static struct bl_limits limits;

/* one certificate of a case: names and keys by letter or number */
struct made {
	const char *subject, *issuer;
	unsigned own, by; /* keys */
	enum { POOL, ANCHOR, ASKED } role;
	struct bl_test_cert how;
};
#define CASE_CERTS 8

static const struct path_case {
	const char *name;
	struct made certs[CASE_CERTS]; /* to the first without a subject */
	bl_reasons want;
	const char *path;  /* subjects, the first one first */
	const char *trace; /* a part of it */
	enum bl_purpose purpose;
	const char *limit;
} cases[] = {
    {"an anchor and its child",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "R", 1, 0, ASKED, {{0}}}},
	0, "ER"},
    {"with a CA between",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	0, "EIR"},
    {"the CA is an anchor itself",
	{{"I", "R", 1, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	0, "EI"},
    {"the CA is missing",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	MISSING, "E", "issuer is not at hand"},
    {"the root is missing",
	{{"I", "R", 1, 0, POOL, {.ext = {CA}}}, {"E", "I", 2, 1, ASKED, {{0}}}},
	MISSING, "EI", "I ("},
    {"the root came with the message",
	{{"R", "R", 0, 0, POOL, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	UNKNOWN, "EIR", "R ("},
    {"another's key under the anchor's name",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "R", 1, 5, ASKED, {{0}}}},
	UNKNOWN, "E", "does not hold"},
    {"an anchor of the same name with the right key besides",
	{{"R", "R", 5, 5, ANCHOR, {.ext = {CA}}},
	    {"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "R", 1, 0, ASKED, {{0}}}},
	0, "ER"},
    {"self-signed and asked for",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "E", 1, 1, ASKED, {{0}}}},
	UNKNOWN, "E", "not among the anchors"},
    {"self-signed under an anchor's name",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"R", "R", 1, 1, ASKED, {{0}}}},
	UNKNOWN, "R"},

    /* more than one way */
    {"two ways, one is expired",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}, .validity = EXPIRED_}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	0, "EIR"},
    {"cross-signed, the first root is unknown",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "X", 1, 6, POOL, {.ext = {CA}}},
	    {"X", "X", 6, 6, POOL, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	0, "EIR"},
    /* without key identifiers the library goes by names alone */
    {"a root that was renewed under the old one",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"R", "R", 1, 0, POOL, {.ext = {CA}}},
	    {"R", "R", 1, 1, POOL, {.ext = {CA}}},
	    {"E", "R", 2, 1, ASKED, {{0}}}},
	R(SECOND_JUDGE), "ERR", "the second says"},
    {"only the second way allows the name",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL,
		{.ext = {CA,
		     {BL_OID_NAME_CONSTRAINTS, true,
			 BYTES("\x30\x09\xa0\x07\x30\x05\x81\x03"
			       "x.y")}}}},
	    {"I", "R", 1, 0, POOL, {.serial = BYTES("\x02"), .ext = {CA}}},
	    {"E", "I", 2, 1, ASKED,
		{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
		     BYTES("\x30\x07\x81\x05"
			   "a@b.c")}}}}},
	0, "EIR"},
    {"two CAs that issue each other",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "J", 1, 2, POOL, {.ext = {CA}}},
	    {"J", "I", 2, 1, POOL, {.ext = {CA}}},
	    {"E", "I", 3, 1, ASKED, {{0}}}},
	UNKNOWN, "EIJ", "leads to no anchor"},
    {"two CAs that issue each other, and one way out",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "J", 1, 2, POOL, {.ext = {CA}}},
	    {"J", "I", 2, 1, POOL, {.ext = {CA}}},
	    {"J", "R", 2, 0, POOL, {.ext = {CA}}},
	    {"E", "I", 3, 1, ASKED, {{0}}}},
	0, "EIJR"},

    {"self-issued, and not free of the constraints above",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL,
		{.ext = {CA,
		     {BL_OID_NAME_CONSTRAINTS, true,
			 BYTES("\x30\x09\xa0\x07\x30\x05\x81\x03"
			       "x.y")}}}},
	    {"I", "I", 2, 1, ASKED,
		{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
		     BYTES("\x30\x07\x81\x05"
			   "a@b.c")}}}}},
	R(NAME_CONSTRAINT), "IIR"},

    /* what an issuer must be */
    {"a CA that is none",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}}, {"I", "R", 1, 0, POOL, {{0}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	USAGE, "EIR", "[RFC 5280 6.1.4 (k)]"},
    {"a CA of version 1",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.version = BYTES("")}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	USAGE, "EIR", "[RFC 5280 6.1.4 (k)]"},
    {"an anchor of version 1",
	{{"R", "R", 0, 0, ANCHOR, {.version = BYTES("")}},
	    {"E", "R", 2, 0, ASKED, {{0}}}},
	0, "ER"},
    {"an anchor that is no CA",
	{{"R", "R", 0, 0, ANCHOR, {{0}}}, {"E", "R", 2, 0, ASKED, {{0}}}},
	USAGE, "ER", "R ("},
    {"a CA without keyCertSign",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, KU("\x82")}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	USAGE, "EIR", "[RFC 5280 6.1.4 (n)]"},
    {"a CA with keyCertSign",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, KU("\x04")}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	0, "EIR"},
    {"an anchor without keyCertSign",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA, KU("\x82")}}},
	    {"E", "R", 2, 0, ASKED, {{0}}}},
	USAGE, "ER", "R ("},
    {"a CA that expired",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}, .validity = EXPIRED_}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	R(EXPIRED), "EIR", "I ("},
    {"a CA that is not valid yet",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}, .validity = LATER}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	R(NOT_YET_VALID), "EIR"},
    {"an anchor that expired",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}, .validity = EXPIRED_}},
	    {"E", "R", 2, 0, ASKED, {{0}}}},
	R(EXPIRED), "ER", "R ("},
    {"a CA with an unknown critical extension",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, UNKNOWN_CRITICAL}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	BAD, "EIR", "I ("},
    {"an anchor with an unknown critical extension",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA, UNKNOWN_CRITICAL}}},
	    {"E", "R", 2, 0, ASKED, {{0}}}},
	BAD, "ER", "R ("},
    {"a CA signed by SHA-1, which does not hold here",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}, .inner = SHA1_ECDSA}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	UNKNOWN, "EI"},
    {"nameConstraints in a certificate of no CA",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "R", 2, 0, ASKED,
		{.ext = {{BL_OID_NAME_CONSTRAINTS, true,
		     BYTES("\x30\x06\xa0\x04\x30\x02\x81\x00")}}}}},
	BAD, "ER", "[RFC 5280 4.2.1.10]"},
    {"keyCertSign in a certificate of no CA",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "R", 2, 0, ASKED, {.ext = {KU("\x84")}}}},
	BAD, "ER", "[RFC 5280 4.2.1.3]"},
    {"a critical key identifier",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "R", 2, 0, ASKED,
		{.ext = {{BL_OID_SUBJECT_KEY_IDENTIFIER, true,
		     BYTES("\x04\x01k")}}}}},
	BAD, "ER", "[RFC 5280 4.2.1.1]"},
    {"no subject, and names that are not critical",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"", "R", 2, 0, ASKED,
		{.ext = {{BL_OID_SUBJECT_ALT_NAME, false,
		     BYTES("\x30\x07\x81\x05"
			   "a@b.c")}}}}},
	BAD, NULL, "[RFC 5280 4.1.2.6]"},
    {"no subject, and names that are critical",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"", "R", 2, 0, ASKED,
		{.ext = {{BL_OID_SUBJECT_ALT_NAME, true,
		     BYTES("\x30\x07\x81\x05"
			   "a@b.c")}}}}},
	0},

    /* how long */
    {"no CA below the anchor, and none is",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA_LEN("\x00")}}},
	    {"E", "R", 2, 0, ASKED, {{0}}}},
	0, "ER"},
    {"no CA below the anchor, and one is",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA_LEN("\x00")}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	USAGE, "EIR", "[RFC 5280 6.1.4 (l)]"},
    {"no CA below a CA, and a self-issued one is",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA_LEN("\x00")}}},
	    {"I", "I", 3, 1, POOL, {.ext = {CA}}},
	    {"E", "I", 2, 3, ASKED, {{0}}}},
	R(SECOND_JUDGE), "EIIR"},
    {"no CA below a CA, and one is",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA_LEN("\x00")}}},
	    {"J", "I", 3, 1, POOL, {.ext = {CA}}},
	    {"E", "J", 2, 3, ASKED, {{0}}}},
	USAGE, "EJIR", "J ("},

    /* what for */
    {"a CA for servers, any use",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, EKU("\x01")}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	0, "EIR"},
    {"a CA for servers, signing",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, EKU("\x01")}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	USAGE, "EIR", "of the issuer has neither emailProtection",
	BL_PURPOSE_SIGN},
    {"a CA for servers, encrypting",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, EKU("\x01")}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	USAGE, "EIR", NULL, BL_PURPOSE_ENCRYPT},
    {"an anchor for servers, signing",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA, EKU("\x01")}}},
	    {"E", "R", 2, 0, ASKED, {{0}}}},
	USAGE, "ER", NULL, BL_PURPOSE_SIGN},
    {"a CA for e-mail, signing",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, EKU("\x04")}}},
	    {"E", "I", 2, 1, ASKED, {{0}}}},
	0, "EIR", NULL, BL_PURPOSE_SIGN},

    {"a CA for e-mail, encrypting to a key that agrees",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, EKU("\x04")}}},
	    {"E", "I", 2, 1, ASKED, {.ext = {KU("\x08"), EKU("\x04")}}}},
	0, "EIR", NULL, BL_PURPOSE_ENCRYPT},
    {"a CA for servers, encrypting to a key that agrees",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"I", "R", 1, 0, POOL, {.ext = {CA, EKU("\x01")}}},
	    {"E", "I", 2, 1, ASKED, {.ext = {KU("\x08")}}}},
	USAGE, "EIR", NULL, BL_PURPOSE_ENCRYPT},

    /* policies: PKITS has the rest */
    {"a policy twice",
	{{"R", "R", 0, 0, ANCHOR, {.ext = {CA}}},
	    {"E", "R", 2, 0, ASKED,
		{.ext = {{BL_OID_CERTIFICATE_POLICIES, false,
		     BYTES("\x30\x0a\x30\x03\x06\x01\x2a\x30\x03\x06\x01"
			   "\x2a")}}}}},
	BAD, "ER", "[RFC 5280 4.2.1.4]"},
};

static void
subjects(char *out, const struct bl_certs *path)
{
	for (size_t i = 0; i < path->n; i++) {
		struct bl_buf name = {0};

		bl_cert_name(&name, path->list[i]);
		*out++ = name.n == 1 ? (char)name.p[0] : '?';
		bl_buf_clear(&name);
	}
	*out = '\0';
}

/* Both orders of the pool: what is at hand decides, not how it lies there. */
static void
judge_case(const struct path_case *t, bool turned)
{
	const struct bl_policy policy = {.revocation = BL_REVOCATION_OFF};
	struct bl_certs anchors = {0}, pool = {0};
	struct bl_trust_answer a;
	struct bl_trust_ask ask = {.at = NOW,
	    .purpose = t->purpose,
	    .anchors = &anchors,
	    .pool = &pool,
	    .limits = &limits,
	    .policy = &policy};
	struct bl_cert *asked = NULL, *c;
	char path[32];
	size_t n = 0;

	while (n < CASE_CERTS && t->certs[n].subject != NULL)
		n++;
	for (size_t i = 0; i < n; i++) {
		const struct made *m = &t->certs[turned ? n - 1 - i : i];

		c = bl_test_issue(
		    &keys, m->own, m->by, m->subject, m->issuer, &m->how);
		if (m->role == ASKED)
			asked = bl_cert_hold(c);
		else
			CHECK(bl_certs_add(m->role == ANCHOR ? &anchors : &pool,
				  c, NULL) == BL_OK,
			    t->name);
		bl_cert_free(c);
	}
	ask.cert = asked;
	CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK, t->name);
	subjects(path, &a.path);
	if (a.reasons != t->want ||
	    (t->path != NULL && strcmp(path, t->path) != 0) ||
	    (t->trace != NULL &&
		strstr(bl_buf_text(&a.trace), t->trace) == NULL)) {
		CHECK(false, t->name);
		fprintf(stderr, "%s %llx\n%s", path,
		    (unsigned long long)a.reasons, bl_buf_text(&a.trace));
	}
	CHECK(a.valid == (a.reasons == 0), t->name);
	bl_trust_answer_clear(&a);
	bl_cert_free(asked);
	bl_certs_clear(&anchors);
	bl_certs_clear(&pool);
}

static void
judges_each_path_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		judge_case(&cases[i], false);
		judge_case(&cases[i], true);
	}
}

/* What the second judge says of a key that agrees, without the first. */
static void
second_judge_knows_agreement(void)
{
	static const struct {
		const char *name;
		struct bl_test_cert leaf, ca;
		bool yes;
	} c[] = {
	    {"for mail", {.ext = {KU("\x08"), EKU("\x04")}},
		{.ext = {CA, EKU("\x04")}}, true},
	    {"of no stated use", {.ext = {KU("\x08")}}, {.ext = {CA}}, true},
	    {"for servers", {.ext = {KU("\x08"), EKU("\x01")}}, {.ext = {CA}},
		false},
	    {"by a CA for servers", {.ext = {KU("\x08")}},
		{.ext = {CA, EKU("\x01")}}, false},
	    {"by what is no CA", {.ext = {KU("\x08")}}, {{0}}, false},
	    {"without agreement", {.ext = {KU("\x80")}}, {.ext = {CA}}, false},
	};

	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++) {
		struct bl_cert *ca = bl_test_issue(
		    &keys, 0, 0, "R", "R", &c[i].ca);
		struct bl_cert *leaf = bl_test_issue(
		    &keys, 1, 0, "E", "R", &c[i].leaf);
		const struct bl_span chain[] = {
		    bl_cert_der(leaf), bl_cert_der(ca)};
		const char *why;
		bool yes;

		CHECK(bl_second_judge(&yes, &why, keys.ctx, chain, 2,
			  BL_PURPOSE_ENCRYPT, NOW, NULL) == BL_OK,
		    c[i].name);
		CHECK(yes == c[i].yes, c[i].name);
		bl_cert_free(leaf);
		bl_cert_free(ca);
	}
}

/* What stays decoded from one path to the next is told apart by its bytes, also
 * where name and length are the same; more than stay come and go. */
static void
knows_issuers_by_their_bytes(void)
{
	enum { N = 12 };
	const struct bl_test_cert of_ca = {.ext = {CA}}, plain = {{0}};
	struct bl_cert *cas[N], *leafs[N];

	for (uint8_t i = 0; i < N; i++) {
		struct bl_test_cert ca = of_ca, leaf = plain;

		ca.serial = bl_span_of(&i, 1);
		cas[i] = bl_test_issue(&keys, i % 2, i % 2, "R", "R", &ca);
		leafs[i] = bl_test_issue(&keys, 2, i % 2, "E", "R", &leaf);
	}
	for (size_t k = 0; k < 4 * N; k++)
		for (size_t i = 0; i < 2; i++) {
			const struct bl_span chain[] = {
			    bl_cert_der(leafs[i]), bl_cert_der(cas[k % N])};
			const char *why;
			bool yes;

			CHECK(bl_second_judge(&yes, &why, keys.ctx, chain, 2,
				  BL_PURPOSE_ANY, NOW, NULL) == BL_OK,
			    "asked");
			CHECK(yes == (k % 2 == i), "by the key of its issuer");
		}
	for (size_t i = 0; i < N; i++) {
		bl_cert_free(cas[i]);
		bl_cert_free(leafs[i]);
	}
}

/* ---- name constraints ---- */

#define P "p" /* permitted */
#define X "x" /* excluded */

/* nc: two subtrees, each "p" or "x" and the constraint; san: the name. Both of
 * type rfc822Name, or as `tag` says. besides: what is wrong with the name. */
static const struct {
	const char *name;
	const char *nc[2];
	const char *san;
	bool ok;
	unsigned tag;
	bl_reasons besides;
} names[] = {
    /* hosts */
    {"host", {P "b.c"}, "a@b.c", true},
    {"host in capitals", {P "B.C"}, "a@b.c", true},
    {"address in capitals", {P "b.c"}, "A@B.C", true},
    {"host below", {P "b.c"}, "a@x.b.c", false},
    {"host above", {P "x.b.c"}, "a@b.c", false},
    {"another host", {P "b.c"}, "a@b.d", false},
    {"host that ends so", {P "b.c"}, "a@xb.c", false},
    {"host in the local part", {P "b.c"}, "b.c@x.y", false},
    {"host as local part of a quoted one", {P "b.c"}, "\"a@b.c\"@x.y", false},
    {"quoted local part", {P "b.c"}, "\"a@x.y\"@b.c", true},
    {"excluded host", {X "b.c"}, "a@b.c", false},
    {"excluded host in capitals", {X "B.C"}, "a@b.c", false},
    {"below an excluded host", {X "b.c"}, "a@x.b.c", true},
    {"beside an excluded host", {X "b.c"}, "a@b.d", true},
    /* domains */
    {"domain", {P ".b.c"}, "a@x.b.c", true},
    {"deep in a domain", {P ".b.c"}, "a@x.y.b.c", true},
    {"domain itself", {P ".b.c"}, "a@b.c", false},
    {"domain that ends so", {P ".b.c"}, "a@xb.c", false},
    {"domain in capitals", {P ".B.C"}, "a@x.b.c", true},
    {"excluded domain", {X ".b.c"}, "a@x.b.c", false},
    {"excluded domain itself", {X ".b.c"}, "a@b.c", true},
    {"excluded top domain", {X ".c"}, "a@b.c", false},
    /* mailboxes */
    {"mailbox", {P "a@b.c"}, "a@b.c", true},
    {"mailbox, other local part", {P "a@b.c"}, "x@b.c", false},
    {"mailbox, local part in capitals", {P "a@b.c"}, "A@b.c", false},
    {"mailbox, host in capitals", {P "a@b.c"}, "a@B.C", true},
    {"mailbox, other host", {P "a@b.c"}, "a@b.d", false},
    {"mailbox, host below", {P "a@b.c"}, "a@x.b.c", false},
    {"excluded mailbox", {X "a@b.c"}, "a@b.c", false},
    {"excluded mailbox in capitals", {X "a@b.c"}, "A@B.c", false},
    {"beside an excluded mailbox", {X "a@b.c"}, "x@b.c", true},
    /* nothing and all */
    {"permitted nothing", {P ""}, "a@b.c", false},
    {"excluded all", {X ""}, "a@b.c", false},
    /* two */
    {"one of two", {P "x.y", P "b.c"}, "a@b.c", true},
    {"none of two", {P "x.y", P "b.d"}, "a@b.c", false},
    {"permitted and excluded", {P "b.c", X "b.c"}, "a@b.c", false},
    {"permitted but for one", {P ".b.c", X "x.b.c"}, "a@x.b.c", false},
    {"permitted but for another", {P ".b.c", X "x.b.c"}, "a@y.b.c", true},
    /* forms of no use */
    {"constraint with a space", {P "b .c"}, "a@b.c", false},
    {"constraint of two dots", {X "b..c"}, "a@x.y", false},
    {"constraint that ends in a dot", {X "b.c."}, "a@x.y", false},
    {"constraint of two @", {X "a@b@c"}, "a@x.y", false},
    {"constraint without local part", {X "@b.c"}, "a@x.y", false},
    {"constraint with a wildcard", {X "*.b.c"}, "a@x.y", false},
    {"constraint beyond ASCII", {X "b\xc3\xa4.c"}, "a@x.y", false},
    /* internationalised local parts, RFC 9598 6 */
    {"utf8, host", {P "b.c"}, "\xc3\xa4@b.c", true, BL_GN_OTHER},
    {"utf8, another host", {P "b.d"}, "\xc3\xa4@b.c", false, BL_GN_OTHER},
    {"utf8, excluded domain", {X ".c"}, "\xc3\xa4@b.c", false, BL_GN_OTHER},
    {"utf8, mailbox", {P "a@b.c"}, "\xc3\xa4@b.c", false, BL_GN_OTHER},
    {"utf8, beside excluded", {X "b.d"}, "\xc3\xa4@b.c", true, BL_GN_OTHER},
    /* U-labels of a mailbox against A-labels: RFC 9598 6, ATK-303. Such a
     * certificate is bad for its own sake, which does not hide the constraint */
    {"U-label, host", {P "xn--tda.c"}, "\xc3\xa4@\xc3\xbc.c", true, BL_GN_OTHER,
	R(BAD_CERTIFICATE)},
    {"U-label, another host", {P "xn--zca.c"}, "\xc3\xa4@\xc3\xbc.c", false,
	BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"U-label, domain", {P ".xn--tda.c"}, "\xc3\xa4@b.\xc3\xbc.c", true,
	BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"U-label, domain itself", {P ".xn--tda.c"}, "\xc3\xa4@\xc3\xbc.c", false,
	BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"U-label, excluded host", {X "xn--tda.c"}, "\xc3\xa4@\xc3\xbc.c", false,
	BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"U-label, excluded domain", {X ".xn--tda.c"}, "\xc3\xa4@b.\xc3\xbc.c",
	false, BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"U-label, excluded in capitals", {X "XN--TDA.C"}, "\xc3\xa4@\xc3\xbc.c",
	false, BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"U-label decomposed, excluded", {X "xn--tda.c"}, "\xc3\xa4@u\xcc\x88.c",
	false, BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"U-label, beside excluded", {X "xn--zca.c"}, "\xc3\xa4@\xc3\xbc.c", true,
	BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"no U-label, permitted", {P ".c"}, "\xc3\xa4@\xe2\x98\x83.c", false,
	BL_GN_OTHER, R(BAD_CERTIFICATE)},
    {"no U-label, excluded another", {X "b.d"}, "\xc3\xa4@\xe2\x98\x83.c",
	false, BL_GN_OTHER, R(BAD_CERTIFICATE)},
    /* libcrypto holds it against U-labels, as RFC 8398 had it */
    {"A-label, host", {P "xn--tda.c"}, "\xc3\xa4@xn--tda.c", true, BL_GN_OTHER,
	R(SECOND_JUDGE)},
    {"A-label of ASCII mailbox, host", {P "xn--tda.c"}, "a@xn--tda.c", true},
    {"A-label, excluded", {X "xn--tda.c"}, "a@xn--tda.c", false},
    /* other kinds: only names of a kind meet constraints of it */
    {"dns, itself", {P "b.c"}, "b.c", true, BL_GN_DNS},
    {"dns, below", {P "b.c"}, "x.b.c", true, BL_GN_DNS},
    {"dns, ends so", {P "b.c"}, "xb.c", false, BL_GN_DNS},
    {"dns, any", {P ""}, "b.c", true, BL_GN_DNS},
    {"dns, excluded", {X "c"}, "x.b.c", false, BL_GN_DNS},
    {"dns, wildcard", {P "b.c"}, "*.b.c", true, BL_GN_DNS},
    {"dns, wildcard above excluded", {X "x.b.c"}, "*.b.c", false, BL_GN_DNS},
    {"dns, wildcard above permitted", {P "x.b.c"}, "*.b.c", false, BL_GN_DNS},
    {"dns, constraint with a dot before", {X ".b.c"}, "x.y", false, BL_GN_DNS},
    {"dns, no name", {P "b.c"}, "x y.b.c", false, BL_GN_DNS},
    {"uri, host", {P "b.c"}, "http://b.c/x", true, BL_GN_URI},
    {"uri, host with a port", {P "b.c"}, "http://b.c:80/x", true, BL_GN_URI},
    {"uri, host in the user", {P "b.c"}, "http://b.c@x.y/", false, BL_GN_URI},
    {"uri, host in the path", {P "b.c"}, "http://x.y/@b.c", false, BL_GN_URI},
    {"uri, domain", {P ".b.c"}, "http://x.b.c", true, BL_GN_URI},
    {"uri, domain itself", {P ".b.c"}, "http://b.c", false, BL_GN_URI},
    {"uri, address", {P "b.c"}, "http://1.2.3.4/", false, BL_GN_URI},
    {"uri, none", {P "b.c"}, "urn:x", false, BL_GN_URI},
    {"uri, none and excluded", {X "b.c"}, "urn:x", false, BL_GN_URI},
    {"uri, excluded", {X ".c"}, "http://b.c", false, BL_GN_URI},
    {"uri, not excluded", {X ".d"}, "http://b.c", true, BL_GN_URI},
    {"ip, in the net", {P "\x0a\x01\x01\x01\xff\xff\xff\x01"},
	"\x0a\x01\x01\x03", false, BL_GN_IP},
    {"ip, in a net", {P "\x0a\x01\x01\x01\xff\xff\xff\xff"}, "\x0a\x01\x01\x01",
	true, BL_GN_IP},
    {"ip, not in a net", {P "\x0a\x01\x01\x01\xff\xff\xff\xff"},
	"\x0a\x01\x01\x02", false, BL_GN_IP},
    {"registered, permitted", {P "abc"}, "abc", false, BL_GN_RID},
    {"registered, excluded", {X "abc"}, "abd", false, BL_GN_RID},
};

static void
put_subtrees(
    struct bl_buf *out, const char *const nc[2], char kind, unsigned tag)
{
	size_t list = 0;

	for (size_t i = 0; i < 2 && nc[i] != NULL; i++) {
		size_t seq;

		if (nc[i][0] != kind)
			continue;
		if (list == 0)
			list = bl_der_open(out, BL_DER_CONTEXT(kind == 'x'));
		seq = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put(out, tag, bl_span_str(nc[i] + 1));
		bl_der_close(out, seq);
	}
	if (list != 0)
		bl_der_close(out, list);
}

static void
put_san(struct bl_buf *out, unsigned tag, const char *name)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE), other, value;

	if (tag == BL_GN_OTHER) {
		other = bl_der_open(out, tag);
		bl_der_put_oid(out, BL_OID_SMTP_UTF8_MAILBOX);
		value = bl_der_open(out, BL_DER_CONTEXT(0));
		bl_der_put(out, BL_DER_UTF8, bl_span_str(name));
		bl_der_close(out, value);
		bl_der_close(out, other);
	} else {
		bl_der_put(out, tag, bl_span_str(name));
	}
	bl_der_close(out, seq);
}

/* judge_pair asks for a certificate right below an anchor. */
static bl_reasons
judge_pair(const struct bl_test_cert *root, const struct bl_test_cert *leaf,
    const char *name, const char *said)
{
	const struct bl_policy policy = {.revocation = BL_REVOCATION_OFF};
	struct bl_cert *r = bl_test_issue(&keys, 0, 0, "R", "R", root);
	struct bl_cert *e = bl_test_issue(
	    &keys, 1, 0, leaf->subject.p != NULL ? NULL : "E", "R", leaf);
	struct bl_certs anchors = {0};
	struct bl_trust_answer a;
	struct bl_trust_ask ask = {.cert = e,
	    .at = NOW,
	    .anchors = &anchors,
	    .limits = &limits,
	    .policy = &policy};
	bl_reasons reasons;

	CHECK(bl_certs_add(&anchors, r, NULL) == BL_OK, name);
	CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK, name);
	CHECK(
	    said == NULL || strstr(bl_buf_text(&a.trace), said) != NULL, name);
	reasons = a.reasons;
	bl_trust_answer_clear(&a);
	bl_certs_clear(&anchors);
	bl_cert_free(r);
	bl_cert_free(e);
	return reasons;
}

static void
holds_names_against_constraints(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		unsigned tag = names[i].tag != 0 ? names[i].tag : BL_GN_RFC822;
		struct bl_buf nc = {0}, san = {0};
		size_t seq = bl_der_open(&nc, BL_DER_SEQUENCE);
		struct bl_test_cert root = {.ext = {CA}}, leaf = {{0}};

		put_subtrees(&nc, names[i].nc, 'p',
		    tag == BL_GN_OTHER ? BL_GN_RFC822 : tag);
		put_subtrees(&nc, names[i].nc, 'x',
		    tag == BL_GN_OTHER ? BL_GN_RFC822 : tag);
		bl_der_close(&nc, seq);
		put_san(&san, tag, names[i].san);
		root.ext[1] = (struct bl_test_ext){
		    BL_OID_NAME_CONSTRAINTS, true, bl_buf_span(&nc)};
		leaf.ext[0] = (struct bl_test_ext){
		    BL_OID_SUBJECT_ALT_NAME, false, bl_buf_span(&san)};
		CHECK(judge_pair(&root, &leaf, names[i].name, NULL) ==
			(names[i].besides |
			    (names[i].ok ? 0 : R(NAME_CONSTRAINT))),
		    names[i].name);
		/* of another kind, it is let alone; unless it is of no use */
		if (names[i].ok && names[i].nc[1] == NULL && tag != BL_GN_IP) {
			bl_buf_reset(&san);
			put_san(&san, tag == BL_GN_URI ? BL_GN_DNS : BL_GN_URI,
			    "x.y");
			leaf.ext[0].value = bl_buf_span(&san);
			CHECK(
			    judge_pair(&root, &leaf, names[i].name, NULL) == 0,
			    names[i].name);
		}
		bl_buf_clear(&nc);
		bl_buf_clear(&san);
	}
}

#define EMAILS(way, host)                                                      \
	{                                                                      \
		BL_OID_NAME_CONSTRAINTS, true,                                 \
		    BYTES("\x30\x09" way "\x07\x30\x05\x81\x03" host)          \
	}
#define DIR_R "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01"
#define DIR(way, cn)                                                           \
	{                                                                      \
		BL_OID_NAME_CONSTRAINTS, true,                                 \
		    BYTES("\x30\x14" way "\x12\x30\x10\xa4\x0e" DIR_R cn)      \
	}

/* The addresses and the name of a subject are bound as well. */
static void
holds_subjects_against_constraints(void)
{
	struct bl_test_cert root = {.ext = {CA, EMAILS("\xa0", "b.c")}};
	struct bl_buf subject = {0};
	struct bl_test_cert leaf = {{0}};

	bl_test_name(&subject, "E", "a@b.c");
	leaf.subject = bl_buf_span(&subject);
	CHECK(judge_pair(&root, &leaf, "permitted", NULL) == 0, "permitted");
	bl_buf_reset(&subject);
	bl_test_name(&subject, "E", "a@b.d");
	leaf.subject = bl_buf_span(&subject);
	CHECK(judge_pair(&root, &leaf, "outside", "RFC 5280 6.1.3 (b)") ==
		R(NAME_CONSTRAINT),
	    "outside");
	leaf.subject = (struct bl_span){0};
	root.ext[1] = (struct bl_test_ext)EMAILS("\xa1", "b.c");
	CHECK(judge_pair(&root, &leaf, "no address", NULL) == 0, "no address");
	root.ext[1] = (struct bl_test_ext)DIR("\xa0", "E");
	CHECK(judge_pair(&root, &leaf, "name", NULL) == 0, "name");
	root.ext[1] = (struct bl_test_ext)DIR("\xa0", "e");
	CHECK(judge_pair(&root, &leaf, "name", NULL) == 0, "name, small");
	root.ext[1] = (struct bl_test_ext)DIR("\xa0", "F");
	CHECK(judge_pair(&root, &leaf, "other",
		  "directory name lies outside") == R(NAME_CONSTRAINT),
	    "other name");
	root.ext[1] = (struct bl_test_ext)DIR("\xa1", "e");
	CHECK(judge_pair(&root, &leaf, "excluded", "RFC 5280 6.1.3 (c)") ==
		R(NAME_CONSTRAINT),
	    "excluded name");
	root.ext[1] = (struct bl_test_ext)DIR("\xa1", "f");
	CHECK(judge_pair(&root, &leaf, "not excluded", NULL) == 0, "beside");
	bl_buf_clear(&subject);
}

/* ---- limits: both sides of each ---- */

/* A row of n CAs below the anchor, and the asked one below the last. */
static bl_reasons
judge_row(size_t n, const char **limit)
{
	const struct bl_policy policy = {.revocation = BL_REVOCATION_OFF};
	const struct bl_test_cert ca = {.ext = {CA}}, leaf = {{0}};
	struct bl_certs anchors = {0}, pool = {0};
	struct bl_trust_answer a;
	struct bl_trust_ask ask = {.at = NOW,
	    .anchors = &anchors,
	    .pool = &pool,
	    .limits = &limits,
	    .policy = &policy};
	struct bl_cert *c = bl_test_issue(&keys, 0, 0, "0", "0", &ca), *asked;
	char own[8], by[12];
	bl_reasons reasons;

	CHECK(bl_certs_add(&anchors, c, NULL) == BL_OK, "row");
	bl_cert_free(c);
	for (unsigned i = 1; i <= n; i++) {
		snprintf(own, sizeof(own), "%u", i);
		snprintf(by, sizeof(by), "%u", i - 1);
		c = bl_test_issue(&keys, i, i - 1, own, by, &ca);
		CHECK(bl_certs_add(&pool, c, NULL) == BL_OK, "row");
		bl_cert_free(c);
	}
	snprintf(by, sizeof(by), "%u", (unsigned)n);
	asked = bl_test_issue(
	    &keys, (unsigned)n + 1, (unsigned)n, "E", by, &leaf);
	ask.cert = asked;
	CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK, "row");
	reasons = a.reasons;
	*limit = a.limit;
	bl_trust_answer_clear(&a);
	bl_cert_free(asked);
	bl_certs_clear(&anchors);
	bl_certs_clear(&pool);
	return reasons;
}

static void
keeps_the_limits_of_a_path(void)
{
	const struct bl_limits before = limits;
	const char *limit;

	CHECK(judge_row(9, &limit) == 0 && limit == NULL, "ten above");
	CHECK(judge_row(10, &limit) == (UNKNOWN | R(LIMIT)) &&
		strcmp(limit, "limit-path") == 0,
	    "eleven above");
	limits.path_signatures = 4;
	CHECK(judge_row(3, &limit) == 0, "four signatures");
	CHECK(judge_row(4, &limit) == (UNKNOWN | R(LIMIT)) &&
		strcmp(limit, "limit-path") == 0,
	    "five signatures");
	limits = before;
	limits.path_nodes = 5;
	CHECK(judge_row(3, &limit) == 0, "five nodes");
	CHECK((judge_row(4, &limit) & R(LIMIT)) != 0 &&
		strcmp(limit, "limit-path") == 0,
	    "six nodes");
	limits = before;
}

static void
keeps_the_limits_of_names_and_policies(void)
{
	const struct bl_limits before = limits;
	const struct bl_test_cert root = {.ext = {CA, EMAILS("\xa0", "b.c")}};
	const struct bl_test_cert plain = {.ext = {CA}};
	const struct bl_test_cert leaf = {
	    .ext = {{BL_OID_SUBJECT_ALT_NAME, false,
		BYTES("\x30\x0e\x81\x05"
		      "a@b.c\x81\x05"
		      "d@b.c")}}};
	const struct bl_test_cert policies = {
	    .ext = {{BL_OID_CERTIFICATE_POLICIES, false,
		BYTES("\x30\x0a\x30\x03\x06\x01\x2a\x30\x03\x06\x01\x2b")}}};

	limits.name_comparisons = 3; /* the subject counts */
	CHECK(judge_pair(&root, &leaf, "names", NULL) == 0, "three names");
	limits.name_comparisons = 2;
	CHECK(judge_pair(&root, &leaf, "names", "too many names") == R(LIMIT),
	    "one name more");
	limits = before;
	limits.policy_nodes = 3; /* anyPolicy at the top counts */
	CHECK(judge_pair(&plain, &policies, "policies", NULL) == 0, "policies");
	limits.policy_nodes = 2;
	CHECK((judge_pair(&plain, &policies, "policies", "too many cert") &
		  R(LIMIT)) != 0,
	    "one policy more");
	limits = before;
}

/* Layers of CAs that all issue each other: k^n paths, and the work is bounded
 * (nc, ATK-306). */
static void
ends_in_a_mesh(void)
{
	enum { LAYERS = 8, WIDE = 8 };
	const struct bl_policy policy = {.revocation = BL_REVOCATION_OFF};
	const struct bl_test_cert leaf = {{0}};
	struct bl_test_cert ca = {.ext = {CA}};
	struct bl_certs anchors = {0}, pool = {0};
	struct bl_trust_answer a;
	struct bl_trust_ask ask = {.at = NOW,
	    .anchors = &anchors,
	    .pool = &pool,
	    .limits = &limits,
	    .policy = &policy};
	struct bl_cert *c;
	char own[8], by[8];

	for (unsigned l = 0; l < LAYERS; l++)
		for (unsigned i = 0; i < WIDE; i++) {
			uint8_t serial = (uint8_t)(i + 1);

			snprintf(own, sizeof(own), "L%u", l);
			snprintf(by, sizeof(by), "L%u", l + 1);
			ca.serial = bl_span_of(&serial, 1);
			c = bl_test_issue(&keys, l, l + 1, own, by, &ca);
			CHECK(bl_certs_add(&pool, c, NULL) == BL_OK, "mesh");
			bl_cert_free(c);
		}
	ask.cert = bl_test_issue(&keys, 20, 0, "E", "L0", &leaf);
	CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK, "mesh");
	CHECK(a.reasons == (MISSING | R(LIMIT)) ||
		a.reasons == (UNKNOWN | R(LIMIT)),
	    "mesh");
	CHECK(a.limit != NULL && strcmp(a.limit, "limit-path") == 0, "mesh");
	bl_trust_answer_clear(&a);
	bl_cert_free((struct bl_cert *)(uintptr_t)ask.cert);
	bl_certs_clear(&pool);
}

/* ---- revocation: nothing is known, so it is not valid ---- */

static void
demands_answers_unless_told_otherwise(void)
{
	static const struct {
		enum bl_revocation mode;
		bl_reasons want;
	} modes[] = {{BL_REVOCATION_REQUIRE, R(REVOCATION_UNKNOWN)},
	    {BL_REVOCATION_PREFER, 0}, {BL_REVOCATION_OFF, 0}};
	const struct bl_test_cert ca = {.ext = {CA}}, leaf = {{0}};
	struct bl_cert *root = bl_test_issue(&keys, 0, 0, "R", "R", &ca);
	struct bl_cert *e = bl_test_issue(&keys, 1, 0, "E", "R", &leaf);
	struct bl_certs anchors = {0};

	CHECK(bl_certs_add(&anchors, root, NULL) == BL_OK, "anchor");
	for (size_t i = 0; i < 3; i++) {
		const struct bl_policy policy = {.revocation = modes[i].mode};
		struct bl_trust_answer a;
		struct bl_trust_ask ask = {.cert = e,
		    .at = NOW,
		    .anchors = &anchors,
		    .limits = &limits,
		    .policy = i == 0 ? NULL : &policy};

		CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK, "ask");
		CHECK(a.reasons == modes[i].want, "mode");
		bl_trust_answer_clear(&a);
	}
	bl_certs_clear(&anchors);
	bl_cert_free(root);
	bl_cert_free(e);
}

static void
add_list(struct bl_crls *to, const struct bl_test_crl *m)
{
	struct bl_note note = {0};
	struct bl_buf der = {0};
	size_t skipped;

	bl_test_crl_write(&der, &keys, m);
	CHECK(bl_crls_import(to, bl_buf_span(&der), &limits, &skipped, &note) ==
		BL_OK,
	    note.what != NULL ? note.what : "list");
	bl_buf_clear(&der);
}

#define DAY	  86400
#define FRESH	  NOW - DAY, NOW + DAY
#define NUMBER(n) "\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01" n
#define BASE(n)	  "\x30\x0d\x06\x03\x55\x1d\x1b\x01\x01\xff\x04\x03\x02\x01" n
#define IDP(flag)                                                              \
	"\x30\x0f\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x05\x30\x03" flag        \
	"\x01\xff"
#define LOST R(REVOCATION_UNKNOWN)

/* The certificate has the serial number 7, its CA 8; R issued both. */
static const struct {
	const char *name;
	struct bl_test_crl lists[3];
	bl_reasons want;
	const char *trace;
	enum bl_revocation mode;
	int64_t at; /* 0: NOW */
} revocations[] = {
    {"a fresh list", {{"R", 0, FRESH, ""}}, 0},
    {"a list of others", {{"R", 0, FRESH, "\1\2"}}, 0},
    {"revoked", {{"R", 0, FRESH, "\1\7"}}, R(REVOKED), "[RFC 5280 6.3.3]"},
    {"revoked with a reason", {{"R", 0, FRESH, "\7", 1}}, R(REVOKED),
	"its key was compromised"},
    {"on hold", {{"R", 0, FRESH, "\7", 6}}, R(REVOKED), "on hold"},
    {"first second", {{"R", 0, NOW, NOW + 1, ""}}, 0},
    {"a second early", {{"R", 0, NOW + 1, NOW + 2, ""}}, LOST, "of the time"},
    {"last second", {{"R", 0, NOW - 1, NOW, ""}}, 0},
    {"a second late", {{"R", 0, NOW - 2, NOW - 1, ""}}, LOST, "of the time"},
    {"late, and revoked", {{"R", 0, NOW - 2, NOW - 1, "\7"}}, LOST},
    {"without a next one", {{"R", 0, NOW - 1, 0, ""}}, LOST, "no nextUpdate"},
    {"of another issuer", {{"X", 0, FRESH, ""}}, LOST, "no answer"},
    {"of another's key", {{"R", 5, FRESH, ""}}, LOST, "does not hold"},
    {"of another's key, revoked", {{"R", 5, FRESH, "\7"}}, LOST},
    {"good and revoked", {{"R", 0, FRESH, ""}, {"R", 0, FRESH, "\7"}},
	R(REVOKED)},
    {"revoked and good", {{"R", 0, FRESH, "\7"}, {"R", 0, FRESH, ""}},
	R(REVOKED)},
    {"forged and good", {{"R", 5, FRESH, "\7"}, {"R", 0, FRESH, ""}}, 0},
    {"with an unknown critical extension",
	{{"R", 0, FRESH, "", 0,
	    BYTES("\x30\x08\x06\x01\x2a\x01\x01\xff\x04\x00")}},
	LOST, "critical extension"},
    {"for users alone", {{"R", 0, FRESH, "", 0, BYTES(IDP("\x81"))}}, 0},
    {"for CAs alone", {{"R", 0, FRESH, "", 0, BYTES(IDP("\x82"))}}, LOST},
    {"for attributes alone", {{"R", 0, FRESH, "", 0, BYTES(IDP("\x85"))}},
	LOST},
    {"for some reasons alone",
	{{"R", 0, FRESH, "", 0,
	    BYTES("\x30\x10\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x06\x30\x04"
		  "\x83\x02\x05\x60")}},
	LOST, "not for all reasons"},
    {"a delta alone",
	{{"R", 0, FRESH, "", 0, BYTES(NUMBER("\x07") BASE("\x05"))}}, LOST},
    {"a delta that revokes",
	{{"R", 0, FRESH, "", 0, BYTES(NUMBER("\x05"))},
	    {"R", 0, FRESH, "\7", 0, BYTES(NUMBER("\x07") BASE("\x05"))}},
	R(REVOKED)},
    {"a delta that takes it off hold",
	{{"R", 0, FRESH, "\7", 6, BYTES(NUMBER("\x05"))},
	    {"R", 0, FRESH, "\7", 8, BYTES(NUMBER("\x07") BASE("\x05"))}},
	0},
    {"a delta to a later list",
	{{"R", 0, FRESH, "\7", 6, BYTES(NUMBER("\x05"))},
	    {"R", 0, FRESH, "\7", 8, BYTES(NUMBER("\x07") BASE("\x06"))}},
	R(REVOKED)},
    {"a delta that is older",
	{{"R", 0, FRESH, "\7", 6, BYTES(NUMBER("\x05"))},
	    {"R", 0, FRESH, "\7", 8, BYTES(NUMBER("\x04") BASE("\x03"))}},
	R(REVOKED)},
    {"a delta that is late",
	{{"R", 0, FRESH, "\7", 6, BYTES(NUMBER("\x05"))},
	    {"R", 0, NOW - 2, NOW - 1, "\7", 8,
		BYTES(NUMBER("\x07") BASE("\x05"))}},
	R(REVOKED)},
    {"a delta of another's key",
	{{"R", 0, FRESH, "\7", 6, BYTES(NUMBER("\x05"))},
	    {"R", 5, FRESH, "\7", 8, BYTES(NUMBER("\x07") BASE("\x05"))}},
	R(REVOKED)},
    {"nothing, and an answer is preferred", {{NULL}}, 0, NULL,
	BL_REVOCATION_PREFER},
    {"revoked, and an answer is preferred", {{"R", 0, FRESH, "\7"}}, R(REVOKED),
	NULL, BL_REVOCATION_PREFER},
    {"revoked, and nobody asks", {{"R", 0, FRESH, "\7"}}, 0, NULL,
	BL_REVOCATION_OFF},
};

static bl_reasons
judge_lists(struct bl_cert *root, struct bl_cert *e, const struct bl_crls *crls,
    enum bl_revocation mode, const char *name, const char *trace,
    const struct bl_certs *pool)
{
	const struct bl_policy policy = {.revocation = mode};
	struct bl_certs anchors = {0};
	struct bl_trust_answer a;
	struct bl_trust_ask ask = {.cert = e,
	    .at = NOW,
	    .anchors = &anchors,
	    .pool = pool,
	    .crls = crls,
	    .limits = &limits,
	    .policy = &policy};
	bl_reasons reasons;

	CHECK(bl_certs_add(&anchors, root, NULL) == BL_OK, name);
	CHECK(bl_trust_judge(&a, keys.ctx, &ask, NULL) == BL_OK, name);
	CHECK(trace == NULL || strstr(bl_buf_text(&a.trace), trace) != NULL,
	    name);
	reasons = a.reasons;
	bl_trust_answer_clear(&a);
	bl_certs_clear(&anchors);
	return reasons;
}

static void
reads_lists_as_stated(void)
{
	const struct bl_test_cert ca = {.ext = {CA}},
				  leaf = {.serial = BYTES("\x07")};
	struct bl_cert *root = bl_test_issue(&keys, 0, 0, "R", "R", &ca);
	struct bl_cert *e = bl_test_issue(&keys, 1, 0, "E", "R", &leaf);

	for (size_t i = 0; i < sizeof(revocations) / sizeof(*revocations);
	     i++) {
		struct bl_crls crls = {0};

		for (size_t k = 0; k < 3; k++)
			if (revocations[i].lists[k].issuer != NULL)
				add_list(&crls, &revocations[i].lists[k]);
		CHECK(judge_lists(root, e, &crls, revocations[i].mode,
			  revocations[i].name, revocations[i].trace,
			  NULL) == revocations[i].want,
		    revocations[i].name);
		bl_crls_clear(&crls);
	}
	bl_cert_free(root);
	bl_cert_free(e);
}

/* Each certificate but the anchor needs its answer, and whoever signs lists must
 * be allowed to. */
static void
asks_for_each_certificate(void)
{
	const struct bl_test_cert ca = {.serial = BYTES("\x08"), .ext = {CA}};
	const struct bl_test_cert no_lists = {
	    .serial = BYTES("\x08"), .ext = {CA, KU("\x04")}};
	const struct bl_test_cert leaf = {.serial = BYTES("\x07")};
	struct bl_cert *root = bl_test_issue(&keys, 0, 0, "R", "R", &ca);
	struct bl_cert *sub = bl_test_issue(&keys, 1, 0, "I", "R", &ca);
	struct bl_cert *mute = bl_test_issue(&keys, 1, 0, "I", "R", &no_lists);
	struct bl_cert *e = bl_test_issue(&keys, 2, 1, "E", "I", &leaf);
	struct bl_certs pool = {0}, other = {0};
	struct bl_crls crls = {0};

	CHECK(bl_certs_add(&pool, sub, NULL) == BL_OK, "pool");
	CHECK(bl_certs_add(&other, mute, NULL) == BL_OK, "pool");
	add_list(&crls, &(struct bl_test_crl){"I", 1, FRESH, ""});
	CHECK(judge_lists(root, e, &crls, BL_REVOCATION_REQUIRE, "CA", "I (",
		  &pool) == LOST,
	    "no answer for the CA");
	add_list(&crls, &(struct bl_test_crl){"R", 0, FRESH, ""});
	CHECK(judge_lists(root, e, &crls, BL_REVOCATION_REQUIRE, "both", NULL,
		  &pool) == 0,
	    "both");
	CHECK(judge_lists(root, e, &crls, BL_REVOCATION_REQUIRE, "mute", "E (",
		  &other) == LOST,
	    "may not sign lists");
	add_list(&crls, &(struct bl_test_crl){"R", 0, FRESH, "\10"});
	CHECK(judge_lists(root, e, &crls, BL_REVOCATION_REQUIRE, "revoked",
		  "I (", &pool) == R(REVOKED),
	    "the CA is revoked");
	bl_crls_clear(&crls);
	bl_certs_clear(&pool);
	bl_certs_clear(&other);
	bl_cert_free(root);
	bl_cert_free(sub);
	bl_cert_free(mute);
	bl_cert_free(e);
}

static void
checks_signatures(void)
{
	const struct bl_test_cert ca = {.ext = {CA}};
	struct bl_cert *root = bl_test_issue(&keys, 0, 0, "R", "R", &ca);
	struct bl_sig_alg alg = bl_cert_sig_alg(root);
	bool holds;

	CHECK(bl_trust_signature(&holds, keys.ctx, bl_cert_tbs(root), alg,
		  bl_cert_signature(root), root, NULL) == BL_OK &&
		holds,
	    "good");
	CHECK(bl_trust_signature(&holds, keys.ctx, bl_cert_der(root), alg,
		  bl_cert_signature(root), root, NULL) == BL_OK &&
		!holds,
	    "other bytes");
	alg.digest = BL_DIGEST_NONE;
	CHECK(bl_trust_signature(&holds, keys.ctx, bl_cert_tbs(root), alg,
		  bl_cert_signature(root), root, NULL) == BL_OK &&
		!holds,
	    "unknown");
	bl_cert_free(root);
}

static enum bl_err
judge_once(void *arg)
{
	struct bl_trust_answer a;
	enum bl_err err = bl_trust_judge(&a, keys.ctx, arg, NULL);

	if (err != BL_OK)
		CHECK(!a.valid && a.path.n == 0 && a.trace.n == 0, "zero");
	bl_trust_answer_clear(&a);
	return err;
}

static void
survives_each_allocation(void)
{
	const struct bl_test_cert ca = {.ext = {CA, POLICY("\x2a")}};
	const struct bl_test_cert leaf = {.ext = {POLICY("\x2a")}};
	struct bl_cert *root = bl_test_issue(&keys, 0, 0, "R", "R", &ca);
	struct bl_cert *sub = bl_test_issue(&keys, 1, 0, "I", "R", &ca);
	struct bl_cert *e = bl_test_issue(&keys, 2, 1, "E", "I", &leaf);
	struct bl_certs anchors = {0}, pool = {0};
	struct bl_crls crls = {0};
	struct bl_trust_ask ask = {.cert = e,
	    .at = NOW,
	    .anchors = &anchors,
	    .pool = &pool,
	    .crls = &crls,
	    .limits = &limits};

	add_list(&crls, &(struct bl_test_crl){"I", 1, FRESH, ""});
	add_list(&crls, &(struct bl_test_crl){"R", 0, FRESH, ""});
	CHECK(bl_certs_add(&anchors, root, NULL) == BL_OK, "anchor");
	CHECK(bl_certs_add(&pool, sub, NULL) == BL_OK, "pool");
	bl_test_each_allocation(judge_once, &ask, "judge");
	bl_crls_clear(&crls);
	bl_certs_clear(&anchors);
	bl_certs_clear(&pool);
	bl_cert_free(root);
	bl_cert_free(sub);
	bl_cert_free(e);
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

TESTS(TEST(start), TEST(judges_each_path_as_stated),
    TEST(second_judge_knows_agreement), TEST(knows_issuers_by_their_bytes),
    TEST(holds_names_against_constraints),
    TEST(holds_subjects_against_constraints), TEST(keeps_the_limits_of_a_path),
    TEST(keeps_the_limits_of_names_and_policies), TEST(ends_in_a_mesh),
    TEST(demands_answers_unless_told_otherwise), TEST(reads_lists_as_stated),
    TEST(asks_for_each_certificate), TEST(checks_signatures),
    TEST(survives_each_allocation), TEST(stop))
