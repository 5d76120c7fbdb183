/* issue_test.c - what an authority asks, there and back, and each payload that
 * is cut, longer, or over a limit. */
#include "proc/wire/issue.h"
#include "bulla/ctx.h"
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#define ID BYTES("0123456789abcdef0123456789abcdef")

static const struct bl_issue_name name = {
    BYTES("Common"), BYTES("Organisation"), BYTES("DE")};

static enum bl_err
get_generate(struct bl_span s)
{
	struct bl_wire_generate g;

	return bl_wire_generate_get(&g, s, NULL);
}

static enum bl_err
get_certify(struct bl_span s)
{
	struct bl_wire_certify c;

	return bl_wire_certify_get(&c, s, NULL);
}

static enum bl_err
get_crl(struct bl_span s)
{
	struct bl_wire_crl l;
	enum bl_err err = bl_wire_crl_get(&l, s, NULL);

	free((void *)(uintptr_t)l.list.revoked);
	return err;
}

static enum bl_err
get_ocsp(struct bl_span s)
{
	struct bl_wire_ocsp o;

	return bl_wire_ocsp_get(&o, s, NULL);
}

static enum bl_err
get_status(struct bl_span s)
{
	struct bl_wire_status t;

	return bl_wire_status_get(&t, s, NULL);
}

static enum bl_err
get_public(struct bl_span s)
{
	struct bl_issue_public k;

	return bl_wire_public_get(&k, s, NULL);
}

/* Nothing shorter is one, nor anything longer. */
static void
whole_or_not(
    enum bl_err (*get)(struct bl_span), struct bl_buf *b, const char *what)
{
	CHECK(get(bl_buf_span(b)) == BL_OK, what);
	for (size_t n = 0; n < b->n; n++)
		CHECK(get(bl_span_of(b->p, n)) == BL_E_MALFORMED, what);
	bl_buf_add_u8(b, 0);
	CHECK(get(bl_buf_span(b)) == BL_E_MALFORMED, what);
	bl_buf_clear(b);
}

static struct bl_wire_certify
certify(void)
{
	return (struct bl_wire_certify){.issuer = ID,
	    .own = ID,
	    .cert = {.kind = BL_ISSUE_MAILBOX,
		.serial = BYTES("12345678"),
		.not_before = -1,
		.not_after = 5,
		.issuer = name,
		.subject = name,
		.sign = true,
		.addresses = {BYTES("a@b.c"), BYTES("d@e.f")},
		.address_count = 2,
		.domains = {BYTES("b.c")},
		.domain_count = 1,
		.crl_url = BYTES("1"),
		.issuer_url = BYTES("2"),
		.ocsp_url = BYTES("3")}};
}

static void
certificates_there_and_back(void)
{
	struct bl_wire_certify in = certify(), out;
	struct bl_buf b = {0};

	bl_wire_certify_put(&b, &in);
	CHECK(bl_wire_certify_get(&out, bl_buf_span(&b), NULL) == BL_OK, "get");
	CHECK(bl_span_equal(out.issuer, in.issuer) &&
		bl_span_equal(out.own, in.own) &&
		out.cert.kind == BL_ISSUE_MAILBOX &&
		bl_span_equal(out.cert.serial, in.cert.serial) &&
		out.cert.not_before == -1 && out.cert.not_after == 5 &&
		bl_span_equal(out.cert.issuer.common, name.common) &&
		bl_span_equal(
		    out.cert.subject.organization, name.organization) &&
		bl_span_equal(out.cert.issuer.country, name.country) &&
		out.cert.sign && !out.cert.encrypt &&
		out.cert.address_count == 2 &&
		bl_span_equal(out.cert.addresses[1], BL_STR("d@e.f")) &&
		out.cert.domain_count == 1 &&
		bl_span_equal(out.cert.domains[0], BL_STR("b.c")) &&
		bl_span_equal(out.cert.crl_url, BL_STR("1")) &&
		bl_span_equal(out.cert.issuer_url, BL_STR("2")) &&
		bl_span_equal(out.cert.ocsp_url, BL_STR("3")),
	    "the same");
	whole_or_not(get_certify, &b, "certify");

	in.own = (struct bl_span){0};
	in.cert.key = (struct bl_issue_public){
	    BL_KEY_RSA, BYTES("number"), 65537};
	bl_wire_certify_put(&b, &in);
	CHECK(bl_wire_certify_get(&out, bl_buf_span(&b), NULL) == BL_OK &&
		out.own.n == 0 && out.cert.key.kind == BL_KEY_RSA &&
		bl_span_equal(out.cert.key.number, BL_STR("number")) &&
		out.cert.key.exponent == 65537,
	    "a key by number");
	whole_or_not(get_certify, &b, "certify");
}

static void
certificates_at_limits(void)
{
	static const uint8_t many[2048];
	static uint8_t letters[2048];
	struct bl_wire_certify in;
	struct bl_buf b = {0};

	memset(letters, 'a', sizeof(letters));
#define TRY(field, length, good)                                               \
	do {                                                                   \
		in = certify();                                                \
		in.field = bl_span_of(letters, length);                        \
		bl_wire_certify_put(&b, &in);                                  \
		CHECK((get_certify(bl_buf_span(&b)) == BL_OK) == (good),       \
		    #field);                                                   \
		bl_buf_clear(&b);                                              \
	} while (0)
	TRY(cert.serial, 20, true);
	TRY(cert.serial, 21, false);
	TRY(cert.issuer.common, 256, true);
	TRY(cert.issuer.common, 257, false);
	TRY(cert.subject.country, 2, true);
	TRY(cert.subject.country, 3, false);
	TRY(cert.addresses[0], 254, true);
	TRY(cert.addresses[0], 255, false);
	TRY(cert.domains[0], 255, true);
	TRY(cert.domains[0], 256, false);
	TRY(cert.crl_url, 1024, true);
	TRY(cert.crl_url, 1025, false);
	TRY(own, 31, false);
#undef TRY
	in = certify();
	in.own = (struct bl_span){0};
	in.cert.key.kind = BL_KEY_RSA;
	in.cert.key.number = bl_span_of(many, 1024);
	bl_wire_certify_put(&b, &in);
	CHECK(get_certify(bl_buf_span(&b)) == BL_OK, "number");
	bl_buf_clear(&b);
	in.cert.key.number.n++;
	bl_wire_certify_put(&b, &in);
	CHECK(get_certify(bl_buf_span(&b)) == BL_E_MALFORMED, "number");
	bl_buf_clear(&b);
	in = certify();
	in.cert.kind = (enum bl_issue_kind)0;
	bl_wire_certify_put(&b, &in);
	CHECK(get_certify(bl_buf_span(&b)) == BL_E_MALFORMED, "kind");
	bl_buf_clear(&b);
	in.cert.kind = (enum bl_issue_kind)(BL_ISSUE_MAILBOX + 1);
	bl_wire_certify_put(&b, &in);
	CHECK(get_certify(bl_buf_span(&b)) == BL_E_MALFORMED, "kind");
	bl_buf_clear(&b);
}

static void
lists_there_and_back(void)
{
	const struct bl_issue_revoked r[] = {
	    {BYTES("12345678"), 5, 1}, {BYTES("abcdefgh"), -5, 255}};
	struct bl_wire_crl in = {.issuer = ID,
			       .list = {.issuer = name,
				   .number = UINT64_MAX,
				   .this_update = 1,
				   .next_update = 2,
				   .revoked = r,
				   .n = 2}},
			   out;
	struct bl_buf b = {0};

	bl_wire_crl_put(&b, &in);
	CHECK(bl_wire_crl_get(&out, bl_buf_span(&b), NULL) == BL_OK &&
		out.list.number == UINT64_MAX && out.list.this_update == 1 &&
		out.list.next_update == 2 && out.list.n == 2 &&
		bl_span_equal(out.list.revoked[1].serial, r[1].serial) &&
		out.list.revoked[1].at == -5 &&
		out.list.revoked[1].reason == 255,
	    "list");
	free((void *)(uintptr_t)out.list.revoked);
	whole_or_not(get_crl, &b, "list");
	in.list.n = 0;
	bl_wire_crl_put(&b, &in);
	whole_or_not(get_crl, &b, "empty list");
	/* more entries than there may be, and than there are bytes for */
	bl_wire_crl_put(&b, &in);
	b.n -= 4;
	bl_field_put_u32(&b, BL_ISSUE_REVOKED);
	CHECK(get_crl(bl_buf_span(&b)) == BL_E_MALFORMED, "no bytes for them");
	b.n -= 4;
	bl_field_put_u32(&b, BL_ISSUE_REVOKED + 1);
	CHECK(get_crl(bl_buf_span(&b)) == BL_E_MALFORMED, "too many");
	bl_buf_clear(&b);
}

static void
the_rest_there_and_back(void)
{
	struct bl_wire_generate g = {BL_KEY_RSA, 3072}, g2;
	struct bl_wire_ocsp o = {.issuer = ID,
				.ocsp = {.issuer = name,
				    .is_revoked = true,
				    .cert = {BYTES("12345678"), 5, 1},
				    .this_update = 1,
				    .next_update = 2}},
			    o2;
	struct bl_wire_status s = {BYTES("response"),
				  {BYTES("one"), BYTES("two")}},
			      s2;
	struct bl_issue_public k = {BL_KEY_EC_P256, BYTES("point"), 0}, k2;
	struct bl_buf b = {0};

	bl_wire_generate_put(&b, &g);
	CHECK(bl_wire_generate_get(&g2, bl_buf_span(&b), NULL) == BL_OK &&
		g2.kind == BL_KEY_RSA && g2.bits == 3072,
	    "generate");
	whole_or_not(get_generate, &b, "generate");
	bl_wire_ocsp_put(&b, &o);
	CHECK(bl_wire_ocsp_get(&o2, bl_buf_span(&b), NULL) == BL_OK &&
		o2.ocsp.is_revoked && o2.ocsp.cert.at == 5 &&
		o2.ocsp.cert.reason == 1 && o2.ocsp.this_update == 1 &&
		o2.ocsp.next_update == 2 &&
		bl_span_equal(o2.ocsp.issuer.common, name.common),
	    "ocsp");
	whole_or_not(get_ocsp, &b, "ocsp");
	bl_wire_status_put(&b, &s);
	CHECK(bl_wire_status_get(&s2, bl_buf_span(&b), NULL) == BL_OK &&
		bl_span_equal(s2.response, s.response) &&
		bl_span_equal(s2.requests[0], s.requests[0]) &&
		bl_span_equal(s2.requests[1], s.requests[1]),
	    "status");
	whole_or_not(get_status, &b, "status");
	s.requests[1].n = 0;
	bl_wire_status_put(&b, &s);
	CHECK(get_status(bl_buf_span(&b)) == BL_E_MALFORMED, "an empty one");
	bl_buf_clear(&b);
	bl_wire_public_put(&b, &k);
	CHECK(bl_wire_public_get(&k2, bl_buf_span(&b), NULL) == BL_OK &&
		k2.kind == k.kind && bl_span_equal(k2.number, k.number),
	    "public");
	whole_or_not(get_public, &b, "public");
	k.number.n = 0;
	bl_wire_public_put(&b, &k);
	CHECK(get_public(bl_buf_span(&b)) == BL_E_MALFORMED, "no number");
	bl_buf_clear(&b);
}

TESTS(TEST(certificates_there_and_back), TEST(certificates_at_limits),
    TEST(lists_there_and_back), TEST(the_rest_there_and_back))
