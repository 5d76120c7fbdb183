/* verdict_test.c - what a verdict says, as an object and as JSON. */
#include "message/verdict.h"

#include <jansson.h>

#include "message/test_mail.h"
#include "tests/test.h"

static struct mail_kit kit;

static void
set_up(void)
{
	CHECK(mail_kit_new(&kit), "kit");
}

static const struct {
	const char *reasons;
	enum bl_signature left;
} lowered[] = {
    {"", BL_SIGNATURE_VALID},
    {"headers-differ", BL_SIGNATURE_VALID},
    {"no-key bad-tag unauthenticated partly-encrypted cipher-not-allowed",
	BL_SIGNATURE_VALID},
    {"expired", BL_SIGNATURE_UNVERIFIED},
    {"limit", BL_SIGNATURE_UNVERIFIED},
    {"signer-mismatch headers-differ", BL_SIGNATURE_UNVERIFIED},
    {"content-altered", BL_SIGNATURE_INVALID},
    {"signature-wrong", BL_SIGNATURE_INVALID},
    {"signature-malformed", BL_SIGNATURE_INVALID},
    {"signature-wrong expired", BL_SIGNATURE_INVALID},
};

static void
reasons_lower_as_they_say(void)
{
	for (size_t i = 0; i < sizeof(lowered) / sizeof(*lowered); i++)
		CHECK(bl_reasons_status(mail_reasons(lowered[i].reasons)) ==
			lowered[i].left,
		    lowered[i].reasons);
}

static void
names_are_stable(void)
{
	static const char *const encryption[] = {
	    "none", "intact", "unauthenticated", "partial", "failed"};
	static const char *const signature[] = {
	    "none", "valid", "unverified", "invalid"};

	for (unsigned i = 0; i < 5; i++)
		CHECK(strcmp(bl_encryption_name((enum bl_encryption)i),
			  encryption[i]) == 0,
		    encryption[i]);
	for (unsigned i = 0; i < 4; i++)
		CHECK(strcmp(bl_signature_name((enum bl_signature)i),
			  signature[i]) == 0,
		    signature[i]);
	CHECK(strcmp(bl_encryption_name((enum bl_encryption)9), "failed") == 0,
	    "no such");
	CHECK(strcmp(bl_signature_name((enum bl_signature)9), "invalid") == 0,
	    "no such");
}

/* What is borrowed ends where the list ends. */
static void
lists_end_where_they_end(void)
{
	struct bl_verdict_signer signers[2] = {{{0}}};
	struct bl_layer layers[3] = {{0}};
	struct bl_verdict v = {.signers = signers,
	    .signer_count = 2,
	    .layers = layers,
	    .layer_count = 3};

	bl_buf_add_str(&v.sender, "ann@example.org");
	CHECK(bl_verdict_signer_count(&v) == 2, "signers");
	CHECK(bl_verdict_signer(&v, 1) == &signers[1].face, "the last");
	CHECK(bl_verdict_signer(&v, 2) == NULL, "one too many");
	CHECK(bl_verdict_layer_count(&v) == 3, "layers");
	CHECK(bl_verdict_layer(&v, 2) == &layers[2], "the last");
	CHECK(bl_verdict_layer(&v, 3) == NULL, "one too many");
	CHECK(bl_span_equal(bl_verdict_sender(&v), BL_STR("ann@example.org")),
	    "sender");
	bl_buf_clear(&v.sender);
}

/* ---- JSON ---- */

static json_t *
json_of(const char *header, const char *text, const struct mail_how *how)
{
	struct mail_result r;
	struct bl_buf in = {0}, out = {0};
	json_error_t error;
	json_t *j;

	mail_message(&in, &kit, header, text);
	mail_open(&r, &kit, bl_buf_span(&in), how);
	CHECK(r.v != NULL && bl_verdict_json(&out, r.v, NULL) == BL_OK, text);
	j = json_loadb(
	    (const char *)out.p, out.n, JSON_REJECT_DUPLICATES, &error);
	CHECK(j != NULL, text);
	mail_result_clear(&r);
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	return j;
}

/* Whether the value at a path like "signers/0/status" is this string; NULL:
 * null. */
static bool
is(json_t *j, const char *path, const char *want)
{
	char step[64];

	while (j != NULL && *path != '\0') {
		size_t n = strcspn(path, "/");

		snprintf(step, sizeof(step), "%.*s", (int)n, path);
		j = json_is_array(j)
		    ? json_array_get(j, (size_t)strtoul(step, NULL, 10))
		    : json_object_get(j, step);
		path += n + (path[n] == '/');
	}
	if (want == NULL)
		return json_is_null(j);
	return json_is_string(j) && strcmp(json_string_value(j), want) == 0;
}

static const char *
hex(struct bl_span s)
{
	static char text[2 * 32 + 1];

	for (size_t i = 0; i < 32 && i < s.n; i++)
		snprintf(text + 2 * i, 3, "%02x", s.p[i]);
	return text;
}

static void
json_says_who_signed(void)
{
	const struct mail_how how = {0};
	json_t *j = json_of(NULL, "Sac(E(S(t)))", &how), *l;

	CHECK(is(j, "encryption", "intact"), "encryption");
	CHECK(is(j, "signature", "valid"), "signature");
	CHECK(json_array_size(json_object_get(j, "reasons")) == 0, "reasons");
	CHECK(is(j, "signer/address", "ann@example.org"), "address");
	CHECK(is(j, "signer/name", "Ann Anders"), "name");
	CHECK(is(j, "signer/sha256", hex(bl_cert_sha256(kit.p[ANN].cert))),
	    "certificate");
	CHECK(is(j, "sender", "ann@example.org"), "sender");
	CHECK(json_array_size(json_object_get(j, "signers")) == 3, "signers");
	CHECK(is(j, "signers/2/status", "valid"), "status");
	CHECK(is(j, "signers/0/status", "unverified"), "around encryption");
	CHECK(is(j, "signers/0/reasons/0", "outer-signer") ||
		is(j, "signers/1/reasons/0", "outer-signer"),
	    "around encryption");
	CHECK(is(j, "signers/2/address", "ann@example.org"), "address");
	CHECK(is(j, "signers/2/addresses/0", "ann@example.org"), "addresses");
	CHECK(is(j, "signers/2/notBefore", "2026-09-20T14:13:20Z"), "from");
	CHECK(is(j, "signers/2/notAfter", "2027-09-21T14:13:20Z"), "to");
	CHECK(is(j, "signers/2/issuer", "CN=Ann Anders"), "issuer");
	CHECK(is(j, "signers/2/digest", "sha256"), "digest");
	CHECK(is(j, "signers/2/algorithm", "ecdsa"), "algorithm");
	CHECK(is(j, "signers/2/signingTime", "2026-09-21T14:13:20Z"), "time");
	CHECK(is(j, "signers/2/chain/0/source", "anchor"), "source");
	CHECK(is(j, "signers/2/chain/0/subject", "CN=Ann Anders"), "subject");
	CHECK(is(j, "signers/2/trace/0", "the signature holds"), "trace");
	l = json_object_get(j, "layers");
	CHECK(json_array_size(l) == 3, "layers");
	CHECK(is(l, "0/kind", "clear-signed"), "kind");
	CHECK(is(l, "1/kind", "auth-enveloped"), "kind");
	CHECK(is(l, "1/cipher", "id-aes256-GCM"), "cipher");
	CHECK(is(l, "1/key", hex(bl_cert_key_id(kit.p[BOB].cert))), "key");
	CHECK(is(l, "0/key", NULL) && is(l, "0/cipher", NULL), "no key");
	CHECK(json_object_size(json_object_get(j, "headers")) == 0,
	    "nobody says that fields inside are the message's");
	CHECK(is(j, "note", NULL), "note");
	CHECK(is(j, "trace/3", "layer 2 decides: the innermost signature"),
	    "trace");
	json_decref(j);
}

static void
json_of_a_plain_message(void)
{
	const struct mail_how how = {0};
	json_t *j = json_of(NULL, "t", &how);

	CHECK(is(j, "encryption", "none") && is(j, "signature", "none"),
	    "status");
	CHECK(is(j, "signer", NULL), "signer");
	CHECK(json_array_size(json_object_get(j, "layers")) == 0, "layers");
	CHECK(json_object_size(json_object_get(j, "headers")) == 0,
	    "nothing is protected");
	json_decref(j);
}

/* Under an invalid signature nobody is said to have signed; a name with tricks
 * comes out whole. */
static void
json_names_nobody_under_an_invalid_one(void)
{
	const struct mail_how how = {0};
	json_t *j = json_of(NULL, "S!(t)", &how);

	CHECK(is(j, "signature", "invalid"), "status");
	CHECK(is(j, "reasons/0", "content-altered"), "reason");
	CHECK(is(j, "signer", NULL), "signer");
	CHECK(is(j, "signers/0/status", "invalid"), "signers");
	CHECK(json_object_size(json_object_get(j, "headers")) == 0, "headers");
	json_decref(j);
	j = json_of(NULL, "Sn(t)", &how);
	CHECK(is(j, "signer", NULL), "no certificate");
	CHECK(is(j, "signers/0/address", ""), "no address");
	json_decref(j);
	j = json_of(NULL, "Se(t)", &how);
	CHECK(is(j, "signers/0/chain/0/source", "message"), "sent along");
	json_decref(j);
	j = json_of(NULL, "Sn(t)", &(struct mail_how){.knows_nick = true});
	CHECK(is(j, "signers/0/chain/0/source", "state"), "fetched");
	json_decref(j);
	j = json_of("From: \r\n", "S(t)", &how);
	CHECK(is(j, "signers/0/status", "unverified"), "for whom is not said");
	CHECK(is(j, "signers/0/reasons/0", "no-sender"), "no sender");
	json_decref(j);
	j = json_of("From: \"x\xe2\x80\xae\" <e\"v\\\"il@example.org>\r\n",
	    "S(t)", &how);
	CHECK(is(j, "signature", "unverified"), "a trick");
	json_decref(j);
}

static void
json_says_where_it_breaks(void)
{
	struct bl_limits l = BL_LIMITS;
	const struct mail_how how = {.limits = &l};
	json_t *j;

	l.layers = 1;
	j = json_of(NULL, "S(S(t))", &how);
	CHECK(is(j, "reasons/0", "limit-layers"), "the limit by its code");
	CHECK(is(j, "note/what", "too many layers of protection"), "note");
	json_decref(j);
	l = BL_LIMITS;
	j = json_of(NULL, "S$(t)", &how);
	CHECK(is(j, "note/source", "RFC 1847 2.1"), "source");
	CHECK(json_integer_value(
		  json_object_get(json_object_get(j, "note"), "at")) > 0,
	    "at");
	json_decref(j);
	j = json_of(NULL, "S=(t)", &how);
	CHECK(json_array_size(json_object_get(j, "defects")) == 1, "defects");
	json_decref(j);
	j = json_of(NULL, "S(E~(Sc(t)))", &how);
	CHECK(json_array_size(json_object_get(j, "layers")) == 2,
	    "nothing of what is inside");
	CHECK(json_array_size(json_object_get(j, "signers")) == 1,
	    "nobody who is inside");
	json_decref(j);
}

static void
take_down(void)
{
	mail_kit_clear(&kit);
}

TESTS(TEST(set_up), TEST(reasons_lower_as_they_say), TEST(names_are_stable),
    TEST(lists_end_where_they_end), TEST(json_says_who_signed),
    TEST(json_of_a_plain_message), TEST(json_names_nobody_under_an_invalid_one),
    TEST(json_says_where_it_breaks), TEST(take_down))
