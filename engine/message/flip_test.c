/* flip_test.c - that no altered byte passes, and that what is shown is what
 * was covered. */
#include "message/test_mail.h"
#include "tests/test.h"

static struct mail_kit kit;

static void
set_up(void)
{
	CHECK(mail_kit_new(&kit), "kit");
}

static const struct mail_how strict = {0};

/* Opens `in` with one byte changed. */
static void
open_flipped(struct mail_result *r, struct bl_span in, size_t at, uint8_t mask)
{
	uint8_t *p = malloc(in.n);

	memcpy(p, in.p, in.n);
	p[at] ^= mask;
	mail_open(r, &kit, bl_span_of(p, in.n), &strict);
	free(p);
}

static const char *const texts[] = {
    "S(t)", "O(t)", "E(t)", "E(S(t))", "S(M(t,f))", "S(E(S(t)))", "Sac(t)"};
static const uint8_t masks[] = {0x01, 0x20, 0x80};

/* Whatever byte is altered: what still counts as signed or as intact is the
 * text as it was. Of a clear-signed one no covered byte may differ at all. */
static void
one_flip(struct bl_span in, const struct mail_result *whole, size_t at,
    uint8_t mask, const char *name)
{
	const struct bl_layer *l = bl_verdict_layer(whole->v, 0);
	bool covered = l->kind == BL_LAYER_CLEAR_SIGNED && at >= l->from &&
	    at < l->to;
	struct mail_result r;
	bool same;

	open_flipped(&r, in, at, mask);
	CHECK(r.err == BL_OK && r.v != NULL, name);
	if (r.v != NULL) {
		same = bl_span_equal(
		    bl_buf_span(&r.content), bl_buf_span(&whole->content));
		if (bl_verdict_signature(r.v) == BL_SIGNATURE_VALID)
			CHECK(same && !covered, name);
		if (bl_verdict_encryption(r.v) == BL_ENCRYPTION_INTACT &&
		    r.gate == BL_OK)
			CHECK(same, name);
	}
	mail_result_clear(&r);
}

static void
no_altered_byte_passes(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct mail_result whole;
		struct bl_buf in = {0};

		mail_message(&in, &kit, NULL, texts[i]);
		mail_open(&whole, &kit, bl_buf_span(&in), &strict);
		CHECK(mail_has(&whole, MAIL_CANARY), texts[i]);
		for (size_t at = 0; at < in.n; at += i == 0 ? 1 : 1 + i)
			for (size_t m = 0; m < sizeof(masks); m++)
				if (i == 0 || at % 3 == m)
					one_flip(bl_buf_span(&in), &whole, at,
					    masks[m], texts[i]);
		mail_result_clear(&whole);
		bl_buf_clear(&in);
	}
}

/* A bare object, where each byte is one of DER. */
static void
no_altered_byte_of_der_passes(void)
{
	struct mail_how how = {.from = "ann@example.org"};
	struct bl_buf in = {0}, entity = {0};
	size_t valid = 0, certificate;

	mail_entity(&entity, &kit, "t");
	mail_signed(&in, &kit, "", bl_buf_span(&entity), true);
	for (size_t at = 0; at <= in.n; at++)
		for (unsigned bit = at % 2; bit < 8; bit += 2) {
			struct mail_result r;

			if (at < in.n)
				in.p[at] ^= (uint8_t)(1u << bit);
			mail_open(&r, &kit, bl_buf_span(&in), &how);
			if (at < in.n)
				in.p[at] ^= (uint8_t)(1u << bit);
			CHECK(r.err == BL_OK, "error");
			if (bl_verdict_signature(r.v) == BL_SIGNATURE_VALID) {
				CHECK(bl_span_equal(bl_buf_span(&r.content),
					  bl_buf_span(&entity)),
				    "valid is unaltered");
				valid++;
			}
			mail_result_clear(&r);
		}
	/* the unaltered one, and what says nothing of the content; the
	 * certificate inside is at hand a second time */
	certificate = 4 * bl_cert_der(kit.p[ANN].cert).n;
	CHECK(valid >= 4 && valid < certificate + 64, "few bits may differ");
	bl_buf_clear(&in);
	bl_buf_clear(&entity);
}

/* Cutting a message anywhere never leaves it valid, intact or plain. */
static void
no_truncation_passes(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct bl_buf in = {0};

		mail_message(&in, &kit, NULL, texts[i]);
		for (size_t n = sizeof(MAIL_HEADER) + 60; n < in.n - 4;
		     n += 1 + i) {
			struct mail_result r;

			mail_open(&r, &kit, bl_span_of(in.p, n), &strict);
			CHECK(r.err == BL_OK, texts[i]);
			if (texts[i][0] == 'S')
				CHECK(bl_verdict_signature(r.v) !=
					BL_SIGNATURE_VALID,
				    texts[i]);
			else if (bl_verdict_signature(r.v) ==
				BL_SIGNATURE_VALID ||
			    (r.gate == BL_OK && r.content.n > 0))
				CHECK(mail_has(&r, MAIL_CANARY), texts[i]);
			mail_result_clear(&r);
		}
		bl_buf_clear(&in);
	}
}

/* ---- O-COVER ---- */

static const struct {
	const char *text;
	unsigned layer; /* the one whose range is the content */
} covers[] = {{"S(t)", 0}, {"S(M(t,f))", 0}, {"S^(t)", 0}, {"S(S(t))", 1}};

static void
shows_what_is_covered(void)
{
	for (size_t i = 0; i < sizeof(covers) / sizeof(*covers); i++) {
		struct mail_result r;
		struct bl_buf in = {0};
		struct bl_span s;

		mail_message(&in, &kit, NULL, covers[i].text);
		mail_open(&r, &kit, bl_buf_span(&in), &strict);
		CHECK(bl_verdict_signature(r.v) == BL_SIGNATURE_VALID,
		    covers[i].text);
		s = bl_buf_span(&in);
		for (unsigned k = 0; k <= covers[i].layer; k++) {
			const struct bl_layer *l = bl_verdict_layer(r.v, k);

			s = bl_span_cut(
			    s, (size_t)l->from, (size_t)(l->to - l->from));
		}
		CHECK(
		    bl_span_equal(s, bl_buf_span(&r.content)), covers[i].text);
		mail_result_clear(&r);
		bl_buf_clear(&in);
	}
}

/* The range of an encoded layer is the body that holds it. */
static void
covers_the_body_of_a_layer(void)
{
	struct mail_result r;
	struct bl_buf in = {0};
	const struct bl_layer *l;

	mail_message(&in, &kit, NULL, "O(t)");
	mail_open(&r, &kit, bl_buf_span(&in), &strict);
	l = bl_verdict_layer(r.v, 0);
	CHECK(l->to == in.n && l->from < l->to, "to the end");
	CHECK(memcmp(in.p + l->from - 4, "\r\n\r\nMI", 6) == 0, "from");
	mail_result_clear(&r);
	bl_buf_clear(&in);
}

/* ---- line ends ---- */

static const struct {
	const char *text;
	enum bl_signature signature;
} forms[] = {
    {"S(t)", BL_SIGNATURE_VALID},
    {"S(M(t,f))", BL_SIGNATURE_VALID},
    {"S(S(t))", BL_SIGNATURE_VALID},
    {"S*(t)", BL_SIGNATURE_VALID},
    {"S(E(S(t)))", BL_SIGNATURE_VALID},
    {"S!(t)", BL_SIGNATURE_INVALID},
    {"S*!(t)", BL_SIGNATURE_INVALID},
    {"O(t)", BL_SIGNATURE_VALID},
};

/* A message stored with LF is hashed as it was sent. */
static void
lf_form_is_read_as_crlf(void)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct mail_result r;
		struct bl_buf in = {0}, lf = {0};

		mail_message(&in, &kit, NULL, forms[i].text);
		mail_lf(&lf, bl_buf_span(&in));
		for (size_t chunk = 0; chunk < 4; chunk++) {
			struct mail_how how = {.chunk = chunk};

			mail_open(&r, &kit, bl_buf_span(&lf), &how);
			CHECK(bl_verdict_signature(r.v) == forms[i].signature,
			    forms[i].text);
			mail_result_clear(&r);
		}
		bl_buf_clear(&in);
		bl_buf_clear(&lf);
	}
}

/* A line that ends otherwise than the message does is no repair's concern. */
static void
mixed_line_ends_are_not_repaired(void)
{
	struct mail_result r;
	struct bl_buf in = {0};
	struct bl_span all;
	uint8_t *at;

	mail_message(&in, &kit, NULL, "S(t)");
	at = memmem(in.p, in.n, "sings\r\n", 7);
	CHECK(at != NULL, "line");
	memmove(at + 5, at + 6, (size_t)(in.p + in.n - at - 6));
	all = bl_span_of(in.p, in.n - 1);
	mail_open(&r, &kit, all, &strict);
	CHECK(bl_verdict_signature(r.v) == BL_SIGNATURE_INVALID, "LF in CRLF");
	CHECK((bl_verdict_reasons(r.v) & BL_REASON_BIT(CONTENT_ALTERED)) != 0,
	    "altered");
	mail_result_clear(&r);
	bl_buf_clear(&in);
}

static void
take_down(void)
{
	mail_kit_clear(&kit);
}

TESTS(TEST(set_up), TEST(no_altered_byte_passes),
    TEST(no_altered_byte_of_der_passes), TEST(no_truncation_passes),
    TEST(shows_what_is_covered), TEST(covers_the_body_of_a_layer),
    TEST(lf_form_is_read_as_crlf), TEST(mixed_line_ends_are_not_repaired),
    TEST(take_down))
