/* evidence_test.c - what opening a message wants to know of its signers, and
 * what it does not (THR-05, LIM-20). */
#include "message/test_mail.h"
#include "tests/test.h"

#include "keys/keys.h"

#include <string.h>

static struct mail_kit kit;
static struct bl_person ca;
static struct bl_buf good, revoked;

enum how { UNKNOWN = 0, GOOD, REVOKED };

/* Answers a want with the certificate of the CA, or with its list. */
static void
answer(struct bl_open *o, size_t i, enum how how)
{
	const struct bl_want *want = bl_open_want(o, i);
	struct bl_answer a = {
	    .kind = want->kind, .refusal = BL_REFUSED_UNKNOWN};
	struct bl_item item = {.source = BL_FROM_NETWORK,
	    .fetched = BL_PERSON_NOW,
	    .url = BL_STR("http://ca/list")};
	struct bl_buf frame = {0}, payload = {0};

	if (want->kind == BL_WANT_CERT) {
		item.kind = BL_ITEM_CERT;
		item.url = BL_STR("http://ca/cert");
		item.data = bl_cert_der(ca.cert);
	} else {
		item.kind = BL_ITEM_CRL;
		item.data = bl_buf_span(how == REVOKED ? &revoked : &good);
	}
	if (how != UNKNOWN) {
		CHECK(bl_item_put(&payload, &item, NULL) == BL_OK, "item");
		a.refusal = BL_REFUSED_NOT;
		a.payload = bl_buf_span(&payload);
	}
	CHECK(bl_answer_put(&frame, &a, NULL) == BL_OK &&
		bl_open_answer(o, i, bl_buf_span(&frame), NULL) == BL_OK,
	    "answer");
	bl_buf_clear(&frame);
	bl_buf_clear(&payload);
}

static void
asks_about_signers(void)
{
	static const struct {
		const char *name, *mail;
		enum bl_revocation mode;
		enum how how;
		bool trusted, has_ca; /* the CA; among those at hand */
		enum bl_signature signature;
		const char *reasons;
		unsigned rounds, wants;
	} cases[] = {
	    {"good", "Se(t)", BL_REVOCATION_REQUIRE, GOOD, true, true,
		BL_SIGNATURE_VALID, "", 1, 1},
	    {"revoked", "Se(t)", BL_REVOCATION_REQUIRE, REVOKED, true, true,
		BL_SIGNATURE_UNVERIFIED, "revoked", 1, 1},
	    {"revoked, preferred", "Se(t)", BL_REVOCATION_PREFER, REVOKED, true,
		true, BL_SIGNATURE_UNVERIFIED, "revoked", 1, 1},
	    {"unknown", "Se(t)", BL_REVOCATION_REQUIRE, UNKNOWN, true, true,
		BL_SIGNATURE_UNVERIFIED, "revocation-unknown", 1, 1},
	    {"unknown, preferred", "Se(t)", BL_REVOCATION_PREFER, UNKNOWN, true,
		true, BL_SIGNATURE_VALID, "", 1, 1},
	    {"off", "Se(t)", BL_REVOCATION_OFF, REVOKED, true, true,
		BL_SIGNATURE_VALID, "", 0, 0},
	    {"opaque", "Oe(t)", BL_REVOCATION_REQUIRE, GOOD, true, true,
		BL_SIGNATURE_VALID, "", 1, 1},
	    {"trusted itself", "Sa(t)", BL_REVOCATION_REQUIRE, UNKNOWN, true,
		true, BL_SIGNATURE_VALID, "", 0, 0},
	    {"the CA is not at hand, and nobody trusts it", "Se(t)",
		BL_REVOCATION_REQUIRE, GOOD, false, false,
		BL_SIGNATURE_UNVERIFIED, "signer-unknown-ca", 1, 1},
	    {"the CA is at hand, and nobody trusts it", "Se(t)",
		BL_REVOCATION_REQUIRE, GOOD, false, true,
		BL_SIGNATURE_UNVERIFIED, "signer-unknown-ca", 0, 0},
	    {"it was altered", "Se!(t)", BL_REVOCATION_REQUIRE, GOOD, true,
		true, BL_SIGNATURE_INVALID,
		"content-altered revocation-unknown", 0, 0},
	    {"the signature is not hers", "Se~(t)", BL_REVOCATION_REQUIRE, GOOD,
		true, true, BL_SIGNATURE_INVALID,
		"signature-wrong revocation-unknown", 0, 0},
	    {"two signers, one path", "See(t)", BL_REVOCATION_REQUIRE, GOOD,
		true, true, BL_SIGNATURE_VALID, "", 1, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_certs anchors = {0}, pool = {0};
		struct test_spool out;
		struct bl_open_opts opts = {.now = BL_PERSON_NOW,
		    .anchors = &anchors,
		    .pool = &pool,
		    .revocation = cases[i].mode,
		    .out = &out.face};
		const struct bl_verdict *v;
		struct bl_open *o = NULL;
		struct bl_buf in = {0};
		unsigned rounds = 0, wants = 0;
		enum bl_err err;

		test_spool_init(&out, false);
		CHECK(bl_certs_add(&anchors, kit.p[ANN].cert, NULL) == BL_OK,
		    "anchors");
		if (cases[i].trusted)
			CHECK(bl_certs_add(&anchors, ca.cert, NULL) == BL_OK,
			    "anchors");
		if (cases[i].has_ca)
			CHECK(bl_certs_add(&pool, ca.cert, NULL) == BL_OK,
			    "pool");
		mail_message(&in, &kit, NULL, cases[i].mail);
		CHECK(bl_open_new(&o, kit.ctx, &opts, NULL) == BL_OK &&
			bl_open_feed(o, bl_buf_span(&in), NULL) == BL_OK,
		    "feed");
		err = bl_open_end(o, NULL);
		for (; err == BL_NEED && rounds < 30; rounds++) {
			wants += (unsigned)bl_open_want_count(o);
			for (size_t k = 0; k < bl_open_want_count(o); k++)
				answer(o, k, cases[i].how);
			err = bl_open_resume(o, NULL);
		}
		CHECK(err == BL_OK, cases[i].name);
		v = bl_open_verdict(o);
		if (v == NULL ||
		    bl_verdict_signature(v) != cases[i].signature ||
		    bl_verdict_reasons(v) != mail_reasons(cases[i].reasons) ||
		    rounds != cases[i].rounds || wants != cases[i].wants) {
			struct bl_buf json = {0};

			CHECK(false, cases[i].name);
			if (bl_verdict_json(&json, v, NULL) == BL_OK)
				fprintf(stderr, "%u rounds, %u wants %.*s\n",
				    rounds, wants, (int)json.n, json.p);
			bl_buf_clear(&json);
		}
		bl_open_free(o);
		bl_buf_clear(&in);
		bl_certs_clear(&anchors);
		bl_certs_clear(&pool);
		test_spool_clear(&out);
	}
}

/* An expired certificate is expired, whenever it says to have signed; but not
 * where it is proven that it did (ATK-406). */
static void
counts_what_is_proven(void)
{
	static const struct {
		const char *name, *mail;
		int64_t now, proven;
		enum bl_err err;
		bl_reasons reasons;
		const char *says;
	} cases[] = {
	    {"now", "Se(t)", BL_PERSON_NOW, 0, BL_OK, 0,
		"\"at\":\"2026-09-21T14:13:20Z\",\"atBy\":\"caller\""},
	    {"expired", "Se(t)", BL_PERSON_NOW + 400 * 86400, 0, BL_OK,
		BL_REASON_BIT(EXPIRED) | BL_REASON_BIT(REVOCATION_UNKNOWN),
		"\"at\":\"2027-10-26T14:13:20Z\",\"atBy\":\"caller\""},
	    {"expired since", "Se(t)", BL_PERSON_NOW + 400 * 86400,
		BL_PERSON_NOW + 3600, BL_OK, 0,
		"\"at\":\"2026-09-21T15:13:20Z\",\"atBy\":\"record\""},
	    {"signed after it was seen", "Se+(t)", BL_PERSON_NOW + 400 * 86400,
		BL_PERSON_NOW, BL_OK, BL_REASON_BIT(DATE_MISMATCH),
		"\"record\""},
	    {"proven of tomorrow", "Se(t)", BL_PERSON_NOW, BL_PERSON_NOW + 1,
		BL_E_CALLER, 0, ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_certs anchors = {0};
		struct bl_crls crls = {0};
		struct test_spool out;
		const struct bl_limits limits = BL_LIMITS;
		const struct bl_open_opts opts = {.now = cases[i].now,
		    .proven = cases[i].proven,
		    .anchors = &anchors,
		    .crls = &crls,
		    .out = &out.face};
		struct bl_buf in = {0}, json = {0};
		struct bl_open *o = NULL;
		size_t skipped;
		enum bl_err err;

		test_spool_init(&out, false);
		CHECK(bl_certs_add(&anchors, ca.cert, NULL) == BL_OK &&
			bl_crls_import(&crls, bl_buf_span(&good), &limits,
			    &skipped, NULL) == BL_OK,
		    "evidence");
		mail_message(&in, &kit, NULL, cases[i].mail);
		CHECK(bl_open_new(&o, kit.ctx, &opts, NULL) == cases[i].err,
		    cases[i].name);
		if (o != NULL) {
			if ((err = bl_open_feed(o, bl_buf_span(&in), NULL)) ==
			    BL_OK)
				err = bl_open_end(o, NULL);
			while (err == BL_NEED)
				err = bl_open_resume(o, NULL);
			CHECK(err == BL_OK &&
				bl_verdict_reasons(bl_open_verdict(o)) ==
				    cases[i].reasons &&
				bl_verdict_json(
				    &json, bl_open_verdict(o), NULL) == BL_OK &&
				strstr(bl_buf_text(&json), cases[i].says) !=
				    NULL,
			    cases[i].name);
		}
		bl_open_free(o);
		bl_buf_clear(&in);
		bl_buf_clear(&json);
		bl_certs_clear(&anchors);
		bl_crls_clear(&crls);
		test_spool_clear(&out);
	}
}

/* A signer of the sender's address whom a CA vouches for. */
static void
start(void)
{
	const struct bl_person_opts root = {
	    .address = "ca", .key = "P-256", .is_ca = true};
	const struct bl_person_opts eve = {.address = "ann@example.org",
	    .key = "P-256",
	    .aia = "caIssuers;URI:http://ca/cert",
	    .points = "URI:http://ca/list"};

	CHECK(mail_kit_new(&kit), "kit");
	bl_person_clear(&kit.p[EVE]);
	CHECK(bl_person_make(&ca, kit.ctx, &root, NULL) &&
		bl_person_make(&kit.p[EVE], kit.ctx, &eve, &ca),
	    "people");
	bl_person_list(&good, &ca, NULL);
	bl_person_list(&revoked, &ca, &kit.p[EVE]);
}

static void
stop(void)
{
	bl_buf_clear(&good);
	bl_buf_clear(&revoked);
	bl_person_clear(&ca);
	mail_kit_clear(&kit);
}

TESTS(TEST(start), TEST(asks_about_signers), TEST(counts_what_is_proven),
    TEST(stop))
