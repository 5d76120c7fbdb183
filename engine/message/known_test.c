/* known_test.c - a certificate that was given is not read again from the
 * message, where it is the same to the byte and within the message's limits. */
#include "message/opening.h"
#include "message/test_mail.h"
#include "tests/test.h"

static struct mail_kit kit;

static void
set_up(void)
{
	CHECK(mail_kit_new(&kit), "kit");
}

/* The certificate that came with the message, as it is kept; NULL: none. */
static const struct bl_cert *
of_message(struct mail_result *r, const char *text, const struct mail_how *how)
{
	struct bl_buf mail = {0};
	const struct bl_certs *certs;

	mail_message(&mail, &kit, NULL, text);
	mail_open(r, &kit, bl_buf_span(&mail), how);
	bl_buf_clear(&mail);
	CHECK(r->err == BL_OK, text);
	certs = &r->open->verdict.message;
	CHECK(certs->n <= 1, "one at most");
	return certs->n == 0 ? NULL : certs->list[0];
}

static void
an_anchor_and_ones_own_are_known(void)
{
	const struct mail_how bare = {.no_anchors = true, .no_keys = true};
	const struct mail_how strict = {0}, own = {.no_anchors = true};
	struct mail_result r;

	CHECK(of_message(&r, "St", &strict) == kit.p[ANN].cert, "an anchor");
	CHECK(bl_verdict_signature(r.v) == BL_SIGNATURE_VALID, "valid");
	mail_result_clear(&r);
	CHECK(of_message(&r, "Sbt", &own) == kit.p[BOB].cert, "one's own");
	mail_result_clear(&r);
	CHECK(of_message(&r, "St", &own) != kit.p[ANN].cert, "neither");
	CHECK(bl_verdict_signature(r.v) == BL_SIGNATURE_UNVERIFIED, "unknown");
	mail_result_clear(&r);
	CHECK(of_message(&r, "St", &bare) != kit.p[ANN].cert, "nothing given");
	mail_result_clear(&r);
	/* the anchor's address, and another certificate */
	CHECK(of_message(&r, "Set", &strict) != kit.p[ANN].cert, "another");
	CHECK(bl_verdict_signature(r.v) == BL_SIGNATURE_UNVERIFIED, "unknown");
	mail_result_clear(&r);
}

/* What was read under wider limits is not taken under narrower ones. */
static void
the_limits_of_the_message_hold(void)
{
	struct bl_limits limits = BL_LIMITS;
	const struct mail_how how = {.limits = &limits};
	size_t size = bl_cert_der(kit.p[BOB].cert).n;
	struct mail_result r;

	limits.certificate_bytes = (uint32_t)size;
	CHECK(of_message(&r, "Sbt", &how) == kit.p[BOB].cert, "as long");
	mail_result_clear(&r);
	limits.certificate_bytes = (uint32_t)size - 1;
	CHECK(of_message(&r, "Sbt", &how) == NULL, "longer");
	mail_result_clear(&r);
	limits = BL_LIMITS;
	limits.rsa_max_bits = 2048;
	CHECK(of_message(&r, "Sbt", &how) == kit.p[BOB].cert, "as many bits");
	mail_result_clear(&r);
	limits.rsa_max_bits = 2047;
	CHECK(of_message(&r, "Sbt", &how) == NULL, "more bits");
	mail_result_clear(&r);
	limits.rsa_max_bits = 255; /* and no word of other keys */
	CHECK(of_message(&r, "St", &how) == kit.p[ANN].cert, "P-256");
	mail_result_clear(&r);
}

/* With a cache, what came with one message is known when the next comes. */
static void
one_of_an_earlier_message_is_known(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct mail_how how = {
	    .no_anchors = true, .no_keys = true, .limits = &limits};
	struct mail_result first, r;
	const struct bl_cert *c;

	CHECK(bl_cache_new(&how.cache, NULL) == BL_OK, "cache");
	c = of_message(&first, "Sbt", &how);
	CHECK(c != NULL && of_message(&r, "Sbt", &how) == c, "the same");
	CHECK(bl_verdict_signature(r.v) == BL_SIGNATURE_UNVERIFIED, "unknown");
	mail_result_clear(&r);
	CHECK(of_message(&r, "St", &how) != c, "another's");
	mail_result_clear(&r);
	limits.rsa_max_bits = 2047;
	CHECK(of_message(&r, "Sbt", &how) == NULL, "more bits than may be");
	mail_result_clear(&r);
	mail_result_clear(&first);
	/* what it has does not make anybody trusted, nor the other way round */
	how.no_anchors = false;
	limits = BL_LIMITS;
	CHECK(of_message(&r, "St", &how) == kit.p[ANN].cert, "the anchor");
	CHECK(bl_verdict_signature(r.v) == BL_SIGNATURE_VALID, "valid");
	mail_result_clear(&r);
	how.no_anchors = true;
	(void)of_message(&r, "St", &how);
	CHECK(bl_verdict_signature(r.v) == BL_SIGNATURE_UNVERIFIED, "unknown");
	mail_result_clear(&r);
	bl_cache_free(how.cache);
}

/* In the message and among the anchors: looked at once. */
static void
each_certificate_is_tried_once(void)
{
	const struct mail_how how = {0};
	struct mail_result r;
	const struct bl_cert *c = of_message(&r, "St", &how);
	const struct bl_rid rid = {
	    .issuer = bl_cert_issuer(c), .serial = bl_cert_serial(c)};
	size_t pos = 0;

	CHECK(bl_signer_cert(r.open, &rid, &pos) == c, "first");
	CHECK(bl_signer_cert(r.open, &rid, &pos) == NULL, "and last");
	mail_result_clear(&r);
}

static void
take_down(void)
{
	mail_kit_clear(&kit);
}

TESTS(TEST(set_up), TEST(an_anchor_and_ones_own_are_known),
    TEST(the_limits_of_the_message_hold),
    TEST(one_of_an_earlier_message_is_known),
    TEST(each_certificate_is_tried_once), TEST(take_down))
