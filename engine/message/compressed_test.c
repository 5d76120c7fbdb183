/* compressed_test.c - compressed layers: where they may stand, what they may
 * become, and how they are shown. The rest is in open_test.c. */
#include "bulla/inspect.h"
#include "message/test_mail.h"
#include "message/verdict.h"
#include "tests/squeeze.h"
#include "tests/test.h"

static struct mail_kit kit;

static const struct bl_span entity = BYTES(
    "Content-Type: text/plain\r\n\r\nthe canary sings\r\n");

static void
compressed(struct bl_buf *out, struct bl_span content)
{
	struct bl_buf stream = {0};

	bl_squeeze(&stream, content, false);
	bl_squeeze_write(out, bl_buf_span(&stream), BL_OID_DATA);
	bl_buf_clear(&stream);
}

static void
in_base64(struct bl_buf *out, struct bl_span in)
{
	struct bl_base64 e = {0};

	bl_base64_encode(&e, out, in);
	bl_base64_encode_end(&e, out);
}

/* Opens, and tells the reasons and whether the canary came out. */
static void
expect(struct bl_span in, const struct mail_how *how, const char *reasons,
    bool gives, const char *name)
{
	struct mail_result r;

	mail_open(&r, &kit, in, how);
	CHECK(r.err == BL_OK &&
		bl_verdict_reasons(r.v) == mail_reasons(reasons) &&
		bl_verdict_encryption(r.v) == BL_ENCRYPTION_NONE &&
		(r.gate == BL_OK) == gives && mail_has(&r, "canary") == gives,
	    name);
	CHECK(bl_verdict_layer_count(r.v) == 1 &&
		bl_verdict_layer(r.v, 0)->kind == BL_LAYER_COMPRESSED &&
		bl_verdict_layer(r.v, 0)->reasons == mail_reasons(reasons),
	    name);
	CHECK(
	    strcmp(bl_layer_kind_name(BL_LAYER_COMPRESSED), "compressed") == 0,
	    name);
	mail_result_clear(&r);
}

static void
opens_bare_objects(void)
{
	struct mail_how how = {.input = BL_OPEN_ANY},
			with = {.input = BL_OPEN_ANY,
			    .has_content = true,
			    .content = BL_STR("something")};
	struct bl_buf der = {0}, pem = {0};
	struct mail_result r;

	compressed(&der, entity);
	expect(bl_buf_span(&der), &how, "", true, "DER");
	bl_buf_add_str(&pem, "-----BEGIN CMS-----\n");
	in_base64(&pem, bl_buf_span(&der));
	bl_buf_add_str(&pem, "-----END CMS-----\n");
	expect(bl_buf_span(&pem), &how, "", true, "PEM");
	/* All of the content is there, but not all of the object is right. */
	bl_buf_add_u8(&der, 5);
	expect(bl_buf_span(&der), &how, "malformed", false, "behind it");
	der.n--;
	/* Content beside it goes with a signature only. */
	mail_open(&r, &kit, bl_buf_span(&der), &with);
	CHECK((bl_verdict_reasons(r.v) & BL_REASON_BIT(MALFORMED)) != 0 &&
		r.gate != BL_OK,
	    "content beside it");
	mail_result_clear(&r);
	bl_buf_clear(&der);
	bl_buf_clear(&pem);
}

static const struct {
	const char *name, *type;
	size_t layers;
} types[] = {
    {"smime-type",
	"application/pkcs7-mime; smime-type=compressed-data; name=smime.p7z",
	1},
    {"no smime-type", "application/pkcs7-mime", 1},
    {"an older name", "application/x-pkcs7-mime; smime-type=compressed-data",
	1},
    {"only the name", "application/octet-stream; name=\"smime.P7Z\"", 1},
    {"only the file name",
	"application/octet-stream\r\nContent-Disposition: attachment; "
	"filename=smime.p7z",
	1},
    {"another name", "application/octet-stream; name=smime.p7y", 0},
    {"no name", "application/octet-stream", 0},
};

static void
knows_it_by_type_or_name(void)
{
	struct bl_buf der = {0}, in = {0};
	struct mail_result r;

	compressed(&der, entity);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		bl_buf_reset(&in);
		bl_buf_add_f(&in,
		    MAIL_HEADER "Content-Type: %s\r\n"
				"Content-Transfer-Encoding: base64\r\n\r\n",
		    types[i].type);
		in_base64(&in, bl_buf_span(&der));
		bl_buf_add_str(&in, "\r\n");
		mail_open(&r, &kit, bl_buf_span(&in), &(struct mail_how){0});
		CHECK(r.err == BL_OK &&
			bl_verdict_layer_count(r.v) == types[i].layers &&
			mail_has(&r, "canary") == (types[i].layers == 1),
		    types[i].name);
		mail_result_clear(&r);
	}
	bl_buf_clear(&der);
	bl_buf_clear(&in);
}

/* A signature that is no SignedData, in the place of one. */
static void
is_no_signature(void)
{
	struct bl_buf der = {0}, in = {0};
	struct mail_result r;

	compressed(&der, entity);
	bl_buf_add_str(&in,
	    MAIL_HEADER
	    "Content-Type: multipart/signed; micalg=sha-256; boundary=b;\r\n"
	    " protocol=\"application/pkcs7-signature\"\r\n\r\n"
	    "--b\r\n\r\nthe canary sings\r\n--b\r\n"
	    "Content-Type: application/pkcs7-signature\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n");
	in_base64(&in, bl_buf_span(&der));
	bl_buf_add_str(&in, "\r\n--b--\r\n");
	mail_open(&r, &kit, bl_buf_span(&in), &(struct mail_how){0});
	CHECK(r.err == BL_OK &&
		bl_verdict_signature(r.v) == BL_SIGNATURE_UNVERIFIED &&
		bl_verdict_layer(r.v, 0)->kind == BL_LAYER_CLEAR_SIGNED &&
		(bl_verdict_reasons(r.v) & BL_REASON_BIT(MALFORMED)) != 0,
	    "compressed as signature");
	mail_result_clear(&r);
	bl_buf_clear(&der);
	bl_buf_clear(&in);
}

/* ---- limits: each says which it is ---- */

static void
limited(const char *text, struct bl_limits limits, const char *reason)
{
	struct mail_how how = {.limits = &limits};
	struct bl_buf in = {0};
	struct mail_result r;

	mail_message(&in, &kit, NULL, text);
	mail_open(&r, &kit, bl_buf_span(&in), &how);
	CHECK(r.err == BL_OK, text);
	if (reason == NULL)
		CHECK(r.gate == BL_OK && mail_has(&r, "canary"), text);
	else
		CHECK(r.gate != BL_OK && bl_verdict_limit(r.v) != NULL &&
			strcmp(bl_verdict_limit(r.v), reason) == 0,
		    text);
	mail_result_clear(&r);
	bl_buf_clear(&in);
}

static void
says_which_limit(void)
{
	struct bl_limits l = BL_LIMITS;

	limited("P(P(t))", l, "limit-compressed-layers");
	limited("E(P(S(P(t))))", l, "limit-compressed-layers");
	l.compressed_layers = 2;
	limited("P(P(t))", l, NULL);
	limited("P(P(P(t)))", l, "limit-compressed-layers");
	l.compressed_layers = 0;
	limited("P(t)", l, "limit-compressed-layers");
	l = BL_LIMITS;
	l.inflated_bytes = 30;
	limited("S(P(t))", l, "limit-inflated-bytes");
	l = BL_LIMITS;
	l.inflated_free = 1;
	l.inflated_ratio = 1;
	limited("P(M(t,t,t,t,t,t))", l, "limit-inflated-ratio");
}

/* ---- inspect ---- */

static enum bl_err
inspect(struct bl_buf *json, struct bl_span in, struct bl_note *note)
{
	struct bl_inspect *s = NULL;
	enum bl_err err = bl_inspect_new(&s, kit.ctx, NULL, BL_OPEN_ANY, NULL);

	if (err == BL_OK)
		err = bl_inspect_feed(s, in, note);
	if (err == BL_OK)
		err = bl_inspect_end(s, note);
	CHECK(bl_inspect_json(json, s, NULL) == BL_OK, "json");
	bl_inspect_free(s);
	return err;
}

static const struct {
	const char *text;
	enum bl_err want;
	const char *shows[4];
} shown[] = {
    {"P(t)", BL_OK,
	{"\"layer\":\"CompressedData\"", "\"contentType\":\"id-data\"",
	    "text/plain"}},
    {"P(S(t))", BL_OK, {"CompressedData", "multipart/signed", "SignedData"}},
    {"S(P(t))", BL_OK, {"SignedData", "CompressedData", "text/plain"}},
    {"P!(t)", BL_E_MALFORMED,
	{"CompressedData",
	    "the checksum of the compressed content does not hold"}},
    {"P|(t)", BL_OK, {"\"contentType\":\"id-signedData\""}},
    {"P(P(t))", BL_E_LIMIT, {"compressed inside compressed"}},
};

static void
shows_what_is_inside(void)
{
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		struct bl_buf in = {0}, json = {0};
		struct bl_note note = {0};

		mail_message(&in, &kit, NULL, shown[i].text);
		CHECK(inspect(&json, bl_buf_span(&in), &note) == shown[i].want,
		    shown[i].text);
		for (size_t k = 0; k < 4 && shown[i].shows[k] != NULL; k++)
			CHECK(memmem(json.p, json.n, shown[i].shows[k],
				  strlen(shown[i].shows[k])) != NULL,
			    shown[i].shows[k]);
		CHECK(memmem(json.p, json.n, "\"signers\"", 9) == NULL ||
			strchr(shown[i].text, 'S') != NULL,
		    shown[i].text);
		bl_buf_clear(&in);
		bl_buf_clear(&json);
	}
}

static void
set_up(void)
{
	CHECK(mail_kit_new(&kit), "kit");
}

static void
take_down(void)
{
	mail_kit_clear(&kit);
}

TESTS(TEST(set_up), TEST(opens_bare_objects), TEST(knows_it_by_type_or_name),
    TEST(is_no_signature), TEST(says_which_limit), TEST(shows_what_is_inside),
    TEST(take_down))
