/* open_calls_test.c - the calls themselves: bare objects, limits, wants and
 * their order, what fails around. */
#include "message/test_mail.h"
#include "tests/test.h"

#define VALID	BL_SIGNATURE_VALID
#define UNVER	BL_SIGNATURE_UNVERIFIED
#define INVALID BL_SIGNATURE_INVALID
#define NONE	BL_SIGNATURE_NONE

static struct mail_kit kit;

static void
set_up(void)
{
	CHECK(mail_kit_new(&kit), "kit");
}

static void
expect(struct bl_span in, const struct mail_how *how,
    enum bl_encryption encryption, enum bl_signature signature,
    const char *reasons, bool canary, const char *name)
{
	for (size_t chunk = 0; chunk < 3; chunk++) {
		struct mail_how cut = *how;
		struct mail_result r;
		bool good;

		cut.chunk = chunk * chunk * 3 + chunk * (chunk % 2);
		mail_open(&r, &kit, in, &cut);
		good = r.err == BL_OK && r.v != NULL &&
		    bl_verdict_encryption(r.v) == encryption &&
		    bl_verdict_signature(r.v) == signature &&
		    bl_verdict_reasons(r.v) == mail_reasons(reasons) &&
		    mail_has(&r, MAIL_CANARY) == canary;
		CHECK(good, name);
		if (!good)
			mail_explain(&r, name);
		mail_result_clear(&r);
	}
}

/* ---- bare objects ---- */

enum armour { DER = 0, PEM, BASE64 };
static const struct {
	const char *name, *mods;
	enum armour armour;
	bool econtent;
	const char *label; /* of PEM */
	enum bl_open_input input;
	const char *from;
	enum bl_signature signature;
	const char *reasons;
	bool canary;
} bare[] = {
    {"DER", "", DER, true, NULL, BL_OPEN_ANY, "ann@example.org", VALID, "",
	true},
    {"DER, said to be", "", DER, true, NULL, BL_OPEN_CMS, "ann@example.org",
	VALID, "", true},
    {"DER, said to be a message", "", DER, true, NULL, BL_OPEN_MESSAGE,
	"ann@example.org", NONE, "", true},
    {"nobody is expected", "", DER, true, NULL, BL_OPEN_ANY, NULL, UNVER,
	"no-sender", true},
    {"another is expected", "", DER, true, NULL, BL_OPEN_ANY, "cat@example.org",
	UNVER, "signer-mismatch", true},
    {"PEM", "", PEM, true, "CMS", BL_OPEN_ANY, "ann@example.org", VALID, "",
	true},
    {"PEM, old label", "", PEM, true, "PKCS7", BL_OPEN_ANY, "ann@example.org",
	VALID, "", true},
    {"PEM, older label", "", PEM, true, "PKCS #7 SIGNED DATA", BL_OPEN_ANY,
	"ann@example.org", VALID, "", true},
    {"PEM, said to be", "", PEM, true, "CMS", BL_OPEN_CMS, "ann@example.org",
	VALID, "", true},
    {"PEM of a certificate", "", PEM, true, "CERTIFICATE", BL_OPEN_ANY,
	"ann@example.org", NONE, "malformed", false},
    {"base64", "", BASE64, true, NULL, BL_OPEN_ANY, "ann@example.org", VALID,
	"", true},
    {"base64, said to be", "", BASE64, true, NULL, BL_OPEN_CMS,
	"ann@example.org", VALID, "", true},
    {"altered", "!", DER, true, NULL, BL_OPEN_ANY, "ann@example.org", INVALID,
	"content-altered", false},
    {"without content", "", DER, false, NULL, BL_OPEN_ANY, "ann@example.org",
	UNVER, "malformed", false},
    {"nobody signed, no content", "0", DER, false, NULL, BL_OPEN_ANY,
	"ann@example.org", NONE, "", false},
};

static void
armoured(
    struct bl_buf *out, struct bl_span der, enum armour how, const char *label)
{
	struct bl_base64 e = {0};

	if (how == DER) {
		bl_buf_add(out, der);
		return;
	}
	if (how == PEM)
		bl_buf_add_f(out, "-----BEGIN %s-----\r\n", label);
	bl_base64_encode(&e, out, der);
	bl_base64_encode_end(&e, out);
	if (how == PEM)
		bl_buf_add_f(out, "-----END %s-----\r\n", label);
}

static void
opens_bare_objects(void)
{
	for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); i++) {
		struct mail_how how = {
		    .input = bare[i].input, .from = bare[i].from};
		struct bl_buf der = {0}, in = {0}, entity = {0};

		mail_entity(&entity, &kit, "t");
		mail_signed(&der, &kit, bare[i].mods, bl_buf_span(&entity),
		    bare[i].econtent);
		armoured(&in, bl_buf_span(&der), bare[i].armour, bare[i].label);
		expect(bl_buf_span(&in), &how, BL_ENCRYPTION_NONE,
		    bare[i].signature, bare[i].reasons, bare[i].canary,
		    bare[i].name);
		bl_buf_clear(&der);
		bl_buf_clear(&in);
		bl_buf_clear(&entity);
	}
}

/* What is wrong with the PEM around is malformed, whatever is inside. */
static void
armour_has_to_be_whole(void)
{
	const struct mail_how how = {.from = "ann@example.org"};
	struct bl_buf der = {0}, in = {0}, entity = {0};
	size_t end;

	mail_entity(&entity, &kit, "t");
	mail_signed(&der, &kit, "", bl_buf_span(&entity), true);
	armoured(&in, bl_buf_span(&der), PEM, "CMS");
	end = in.n - strlen("-----END CMS-----\r\n");
	expect(bl_span_of(in.p, end), &how, BL_ENCRYPTION_NONE, UNVER,
	    "malformed", false, "no END line");
	in.p[end / 2] = '*';
	expect(bl_buf_span(&in), &how, BL_ENCRYPTION_NONE, UNVER, "malformed",
	    false, "a foreign character");
	bl_buf_reset(&in);
	armoured(&in, bl_buf_span(&der), BASE64, NULL);
	in.p[in.n - 20] = '*';
	expect(bl_buf_span(&in), &how, BL_ENCRYPTION_NONE, UNVER, "malformed",
	    false, "a foreign character in base64");
	bl_buf_clear(&der);
	bl_buf_clear(&in);
	bl_buf_clear(&entity);
}

static void
opens_bare_encrypted_objects(void)
{
	const struct mail_how how = {0};
	struct bl_buf in = {0}, entity = {0}, inner = {0};

	mail_entity(&entity, &kit, "t");
	mail_enveloped(&in, &kit, BL_AES256_GCM, "", bl_buf_span(&entity));
	expect(bl_buf_span(&in), &how, BL_ENCRYPTION_INTACT, NONE, "", true,
	    "encrypted");
	in.p[in.n - 1] ^= 1;
	expect(bl_buf_span(&in), &how, BL_ENCRYPTION_FAILED, NONE, "bad-tag",
	    false, "altered");
	bl_buf_reset(&in);
	mail_entity(&inner, &kit, "S(t)");
	mail_enveloped(&in, &kit, BL_AES128_GCM, "", bl_buf_span(&inner));
	expect(bl_buf_span(&in), &(struct mail_how){.from = "ann@example.org"},
	    BL_ENCRYPTION_INTACT, VALID, "", true, "signed inside");
	bl_buf_clear(&in);
	bl_buf_clear(&entity);
	bl_buf_clear(&inner);
}

/* Content of a bare object need not be MIME, and then is no worse for it; what
 * says to be MIME is held to it. */
static void
bare_content_may_be_anything(void)
{
	static const struct {
		struct bl_span content;
		enum bl_signature signature;
		const char *reasons;
	} cases[] = {
	    {BYTES("This is a canary.\r\nIt sings.\r\n"), VALID, ""},
	    {BYTES("canary\0\xff"), VALID, ""},
	    {BYTES("Content-Type: text/plain\r\nno colon\r\n\r\ncanary"), UNVER,
		"ambiguous"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct mail_how how = {.from = "ann@example.org"};
		struct bl_buf in = {0};

		mail_signed(&in, &kit, "", cases[i].content, true);
		expect(bl_buf_span(&in), &how, BL_ENCRYPTION_NONE,
		    cases[i].signature, cases[i].reasons, true, "content");
		bl_buf_clear(&in);
	}
}

static const struct {
	const char *name, *mods;
	bool econtent;
	struct bl_span content;
	enum bl_signature signature;
	const char *reasons;
} detached[] = {
    {"good", "", false, BYTES("some text"), VALID, ""},
    {"another content", "", false, BYTES("some texT"), INVALID,
	"content-altered"},
    {"no content at all", "", false, BYTES(""), INVALID, "content-altered"},
    {"content inside too", "", true, BYTES("some text"), INVALID,
	"signature-malformed"},
    {"nobody signed", "0", false, BYTES("some text"), UNVER, "no-signer"},
    {"wrong signature", "~", false, BYTES("some text"), INVALID,
	"signature-wrong"},
};

static void
checks_detached_signatures(void)
{
	for (size_t i = 0; i < sizeof(detached) / sizeof(*detached); i++) {
		const struct mail_how how = {.from = "ann@example.org",
		    .content = detached[i].content,
		    .has_content = true};
		struct bl_buf in = {0};

		mail_signed(&in, &kit, detached[i].mods, BL_STR("some text"),
		    detached[i].econtent);
		expect(bl_buf_span(&in), &how, BL_ENCRYPTION_NONE,
		    detached[i].signature, detached[i].reasons, false,
		    detached[i].name);
		bl_buf_clear(&in);
	}
}

/* Content given for what is no signature is said, and opens nothing. */
static void
content_is_for_signatures(void)
{
	const struct mail_how how = {.from = "ann@example.org",
	    .content = BL_STR("x"),
	    .has_content = true};
	struct bl_buf in = {0}, entity = {0};

	mail_message(&in, &kit, NULL, "S(t)");
	expect(bl_buf_span(&in), &how, BL_ENCRYPTION_NONE, NONE, "malformed",
	    false, "a message");
	bl_buf_reset(&in);
	mail_entity(&entity, &kit, "t");
	mail_enveloped(&in, &kit, BL_AES256_GCM, "", bl_buf_span(&entity));
	expect(bl_buf_span(&in), &how, BL_ENCRYPTION_NONE, NONE, "malformed",
	    false, "encrypted");
	bl_buf_clear(&in);
	bl_buf_clear(&entity);
}

static void
nothing_and_noise_are_malformed(void)
{
	const struct mail_how any = {0}, cms = {.input = BL_OPEN_CMS};

	expect((struct bl_span){0}, &any, BL_ENCRYPTION_NONE, NONE, "malformed",
	    false, "nothing");
	expect((struct bl_span){0}, &cms, BL_ENCRYPTION_NONE, NONE, "malformed",
	    false, "nothing, as CMS");
	expect(BL_STR("canary canary canary canary canary canary canary"), &cms,
	    BL_ENCRYPTION_NONE, NONE, "malformed", false, "text, as CMS");
	expect(BL_STR("\x30\x80\x06\x03\x2a\x03\x04\x00\x00"), &any,
	    BL_ENCRYPTION_NONE, NONE, "unsupported", false, "unknown type");
	expect(BL_STR("\x30\x82\x01\x00\x06"), &any, BL_ENCRYPTION_NONE, NONE,
	    "malformed", false, "cut");
	expect(BL_STR("canary"), &any, BL_ENCRYPTION_NONE, NONE, "", true,
	    "a short message");
	expect(BL_STR("MII"), &any, BL_ENCRYPTION_NONE, NONE, "", false,
	    "a short message like base64");
}

/* A structural field once more, whichever of the two other readers take. */
static void
a_second_field_is_ambiguous(void)
{
	static const char *const fields[] = {"Content-Type: text/plain\r\n",
	    "Content-Transfer-Encoding: 7bit\r\n"
	    "Content-Transfer-Encoding: base64\r\n"};
	const struct mail_how how = {0};

	for (size_t i = 0; i < 2; i++) {
		struct bl_buf in = {0}, more = {0};
		const uint8_t *end;

		mail_message(&in, &kit, NULL, "S(t)");
		end = memmem(in.p, in.n, "\r\n\r\n", 4);
		CHECK(end != NULL, "header");
		bl_buf_add(&more, bl_span_of(in.p, (size_t)(end + 2 - in.p)));
		bl_buf_add_str(&more, fields[i]);
		bl_buf_add(&more,
		    bl_span_of(end + 2, (size_t)(in.p + in.n - end - 2)));
		expect(bl_buf_span(&more), &how, BL_ENCRYPTION_NONE, UNVER,
		    "ambiguous", true, fields[i]);
		bl_buf_clear(&in);
		bl_buf_clear(&more);
	}
}

/* ---- limits ---- */

static void
limit_case(struct bl_span in, const struct bl_limits *limits, const char *code,
    const char *name)
{
	const struct mail_how how = {.limits = limits};
	struct mail_result r;

	mail_open(&r, &kit, in, &how);
	CHECK(r.err == BL_OK && r.v != NULL, name);
	if (code == NULL) {
		CHECK(bl_verdict_signature(r.v) == VALID, name);
		CHECK(bl_verdict_limit(r.v) == NULL, name);
	} else {
		CHECK(bl_verdict_signature(r.v) != VALID, name);
		CHECK(bl_verdict_reasons(r.v) & BL_REASON_BIT(LIMIT), name);
		CHECK(bl_verdict_limit(r.v) != NULL &&
			strcmp(bl_verdict_limit(r.v), code) == 0,
		    name);
		CHECK(bl_verdict_note(r.v)->err == BL_E_LIMIT, name);
	}
	if (code != NULL && strcmp(code, "limit-signers") != 0 &&
	    strcmp(code, "limit-certificates") != 0 &&
	    strcmp(code, "limit-addresses") != 0)
		CHECK(r.gate == BL_E_DENIED && r.content.n == 0, name);
	mail_result_clear(&r);
}

/* Each limit at its value, and one above. */
static void
limits_hold_at_the_edge(void)
{
	struct bl_limits l = BL_LIMITS;
	struct bl_buf in = {0};

	mail_message(&in, &kit, NULL, "S(M(t,f))");
	l.message_bytes = in.n;
	limit_case(bl_buf_span(&in), &l, NULL, "size");
	l.message_bytes = in.n - 1;
	limit_case(bl_buf_span(&in), &l, "limit-message-size", "size + 1");
	l = BL_LIMITS;
	l.mime_parts = 5;
	limit_case(bl_buf_span(&in), &l, NULL, "parts");
	l.mime_parts = 4;
	limit_case(bl_buf_span(&in), &l, "limit-mime-parts", "parts + 1");
	l = BL_LIMITS;
	l.mime_depth = 2;
	limit_case(bl_buf_span(&in), &l, NULL, "depth");
	l.mime_depth = 1;
	limit_case(bl_buf_span(&in), &l, "limit-mime-depth", "depth + 1");
	l = BL_LIMITS;
	l.layers = 1;
	limit_case(bl_buf_span(&in), &l, NULL, "layers");
	l.layers = 0;
	limit_case(bl_buf_span(&in), &l, "limit-layers", "layers + 1");
	l = BL_LIMITS;
	l.certificates = 1;
	limit_case(bl_buf_span(&in), &l, NULL, "certificates");
	bl_buf_reset(&in);
	mail_message(&in, &kit, NULL, "Sac(t)");
	limit_case(
	    bl_buf_span(&in), &l, "limit-certificates", "certificates + 1");
	l = BL_LIMITS;
	l.signers = 2;
	limit_case(bl_buf_span(&in), &l, NULL, "signers");
	l.signers = 1;
	limit_case(bl_buf_span(&in), &l, "limit-signers", "signers + 1");
	bl_buf_reset(&in);
	l = BL_LIMITS;
	l.addresses = 1;
	mail_message(
	    &in, &kit, "From: ann@example.org, eve@example.org\r\n", "S(t)");
	limit_case(bl_buf_span(&in), &l, "limit-addresses", "addresses + 1");
	bl_buf_clear(&in);
}

/* Of a bare object the reader has no limit of its own. */
static void
size_limit_holds_for_bare_objects(void)
{
	struct bl_limits l = BL_LIMITS;
	struct mail_how how = {.limits = &l, .from = "ann@example.org"};
	struct bl_buf in = {0};

	mail_signed(&in, &kit, "", BL_STR("the canary"), true);
	l.message_bytes = in.n;
	expect(bl_buf_span(&in), &how, BL_ENCRYPTION_NONE, VALID, "", true,
	    "size");
	l.message_bytes = in.n - 1;
	for (how.chunk = 0; how.chunk < 8; how.chunk += 7) {
		struct mail_result r;

		mail_open(&r, &kit, bl_buf_span(&in), &how);
		CHECK(bl_verdict_signature(r.v) != VALID, "size + 1");
		CHECK(r.gate == BL_E_DENIED, "size + 1");
		CHECK(bl_verdict_limit(r.v) != NULL, "size + 1");
		mail_result_clear(&r);
	}
	bl_buf_clear(&in);
}

/* ---- wants, and when they are asked ---- */

static const struct {
	const char *text;
	unsigned rounds, unwraps, certs;
} asks[] = {
    {"t", 0, 0, 0},
    {"S(t)", 0, 0, 0},
    {"E(t)", 1, 1, 0},
    {"S(E(t))", 1, 1, 0},
    {"E(E(t))", 2, 2, 0},
    {"E~(E(t))", 1, 1, 0},  /* nothing inside is asked */
    {"E~(Sn(t))", 1, 1, 0}, /* nor whose certificate it is */
    {"E(E~(E(t)))", 2, 2, 0},
    {"E(Sn(t))", 2, 1, 1},
    {"Sn(E~(t))", 2, 1, 1}, /* what stands outside is judged */
    {"Sn(E(Sn(t)))", 2, 1, 2},
    {"Ebz(t)", 1, 2, 0},    /* all in one round */
    {"Es(t)", 1, 2, 0},	    /* trial */
    {"Esssss(t)", 1, 8, 0}, /* no more than eight */
    {"Ebbbbbbbbbb(t)", 1, 8, 0},
    {"D(t)", 0, 0, 0}, /* refused before anybody is asked */
    {"E|(t)", 0, 0, 0},
    {"M(E(t),f)", 0, 0, 0},
};

static void
asks_once_and_in_turn(void)
{
	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		const struct mail_how how = {0};
		struct mail_result r;
		struct bl_buf in = {0};

		mail_message(&in, &kit, NULL, asks[i].text);
		mail_open(&r, &kit, bl_buf_span(&in), &how);
		CHECK(r.rounds == asks[i].rounds, asks[i].text);
		CHECK(r.unwraps == asks[i].unwraps, asks[i].text);
		CHECK(r.certs == asks[i].certs, asks[i].text);
		mail_result_clear(&r);
		bl_buf_clear(&in);
	}
}

static void
trial_is_as_long_as_the_limit(void)
{
	struct bl_limits l = BL_LIMITS;
	const struct mail_how how = {.limits = &l};
	struct mail_result r;
	struct bl_buf in = {0};

	mail_message(&in, &kit, NULL, "Esssss(t)");
	for (l.trial_keys = 0; l.trial_keys < 10; l.trial_keys += 3) {
		mail_open(&r, &kit, bl_buf_span(&in), &how);
		CHECK(r.unwraps == (l.trial_keys < 8 ? l.trial_keys : 8),
		    "trial");
		mail_result_clear(&r);
	}
	l.trial_keys = 0;
	bl_buf_reset(&in);
	mail_message(&in, &kit, NULL, "E(t)");
	mail_open(&r, &kit, bl_buf_span(&in), &how);
	CHECK(mail_has(&r, MAIL_CANARY), "what is named is no trial");
	mail_result_clear(&r);
	bl_buf_clear(&in);
}

/* ECDH, OAEP: by the writer. */
static void
opens_for_elliptic_curves(void)
{
	const struct bl_cms_to to[] = {
	    {kit.p[CAT].cert, BL_WRAP_OTHER, BL_DIGEST_NONE},
	    {kit.p[YAN].cert, BL_WRAP_OTHER, BL_DIGEST_NONE},
	    {kit.p[BOB].cert, BL_WRAP_RSA_OAEP, BL_SHA256}};
	const struct mail_how how = {0};
	struct bl_buf in = {0}, entity = {0};

	mail_entity(&entity, &kit, "t");
	for (unsigned by = 0; by < 2; by++)
		for (size_t n = 1; n <= 3; n++) {
			struct bl_cms_seal *s = NULL;
			struct mail_result r;

			bl_buf_reset(&in);
			CHECK(bl_cms_seal_new(&s, kit.ctx, BL_AES256_GCM,
				  to + (n == 3 ? 2 : 0), n == 3 ? 1 : n,
				  (enum bl_cms_name_by)by, entity.n,
				  NULL) == BL_OK &&
				bl_cms_seal_begin(s, &in, NULL) == BL_OK &&
				bl_cms_seal_add(s, &in, bl_buf_span(&entity),
				    NULL) == BL_OK &&
				bl_cms_seal_end(s, &in, NULL) == BL_OK,
			    "seal");
			bl_cms_seal_free(s);
			mail_open(&r, &kit, bl_buf_span(&in), &how);
			/* n 1 is for CAT alone: YAN's key is tried */
			CHECK(r.unwraps == 1, "one want");
			CHECK(mail_has(&r, MAIL_CANARY) == (n != 1), "opened");
			CHECK(bl_verdict_encryption(r.v) ==
				(n != 1 ? BL_ENCRYPTION_INTACT
					: BL_ENCRYPTION_FAILED),
			    "status");
			CHECK(bl_verdict_reasons(r.v) ==
				(n != 1 ? 0 : BL_REASON_BIT(NO_KEY)),
			    "reasons");
			mail_result_clear(&r);
		}
	bl_buf_clear(&in);
	bl_buf_clear(&entity);
}

/* RFC 8418: who is not named is tried, but with a key of the kind only. */
static void
opens_for_x25519(void)
{
	static const struct {
		enum mail_who who;
		unsigned unwraps;
		bool opened;
	} cases[] = {{UMA, 1, true}, {VIC, 1, false}, {KIT, 0, false}};
	const struct mail_how how = {0};
	struct bl_buf entity = {0};

	mail_entity(&entity, &kit, "t");
	for (size_t i = 0; i < 3; i++) {
		const struct bl_cms_to to = {
		    kit.p[cases[i].who].cert, BL_WRAP_OTHER, BL_DIGEST_NONE};
		struct bl_cms_seal *s = NULL;
		struct mail_result r;
		struct bl_buf in = {0};

		CHECK(bl_cms_seal_new(&s, kit.ctx, BL_CHACHA20_POLY1305, &to, 1,
			  BL_NAME_BY_ISSUER, entity.n, NULL) == BL_OK &&
			bl_cms_seal_begin(s, &in, NULL) == BL_OK &&
			bl_cms_seal_add(s, &in, bl_buf_span(&entity), NULL) ==
			    BL_OK &&
			bl_cms_seal_end(s, &in, NULL) == BL_OK,
		    "seal");
		bl_cms_seal_free(s);
		mail_open(&r, &kit, bl_buf_span(&in), &how);
		CHECK(r.unwraps == cases[i].unwraps, "wants");
		CHECK(mail_has(&r, MAIL_CANARY) == cases[i].opened, "opened");
		CHECK(bl_verdict_reasons(r.v) ==
			(cases[i].opened ? 0 : BL_REASON_BIT(NO_KEY)),
		    "reasons");
		mail_result_clear(&r);
		bl_buf_clear(&in);
	}
	bl_buf_clear(&entity);
}

/* ---- the order of calls ---- */

static void
refuses_calls_out_of_turn(void)
{
	struct bl_open_opts opts = {.now = 1};
	struct test_spool spool;
	struct bl_open *o = NULL;
	struct bl_buf in = {0}, out = {0}, big = {0};
	struct bl_note note = {0};

	test_spool_init(&spool, false);
	CHECK(bl_open_new(&o, kit.ctx, &opts, &note) == BL_E_CALLER, "out");
	CHECK(o == NULL && note.err == BL_E_CALLER, "out");
	opts.out = &spool.face;
	opts.now = 0;
	CHECK(bl_open_new(&o, kit.ctx, &opts, NULL) == BL_E_CALLER, "now");
	opts.now = BL_PERSON_NOW;
	opts.identities = &kit.own;
	CHECK(bl_open_new(&o, kit.ctx, &opts, NULL) == BL_OK, "new");
	mail_message(&in, &kit, NULL, "E(t)");
	CHECK(bl_open_resume(o, NULL) == BL_E_CALLER, "nothing to resume");
	bl_open_free(o);
	CHECK(bl_open_new(&o, kit.ctx, &opts, NULL) == BL_OK, "new");
	CHECK(bl_open_gate(o, 0, NULL) == BL_E_DENIED, "gate too early");
	CHECK(bl_open_give(o, 0, &out, NULL) == BL_E_DENIED, "give too early");
	CHECK(bl_open_answer(o, 0, BL_STR("x"), NULL) == BL_E_CALLER,
	    "no such want");
	CHECK(bl_open_feed(o, bl_buf_span(&in), NULL) == BL_NEED, "feed");
	CHECK(bl_open_want_count(o) == 1, "want");
	CHECK(bl_open_answer(o, 0, BL_STR("x"), NULL) == BL_E_MALFORMED,
	    "answer that is none");
	CHECK(bl_open_verdict(o) == NULL, "verdict too early");
	CHECK(bl_open_feed(o, bl_buf_span(&in), NULL) == BL_E_CALLER,
	    "feed before the answer");
	bl_open_free(o);
	/* what is fed at once is bounded */
	CHECK(bl_buf_grow(&big, (1u << 20) + 1) != NULL, "big");
	memset(big.p, 'x', (1u << 20) + 1);
	CHECK(bl_open_new(&o, kit.ctx, &opts, NULL) == BL_OK, "new");
	CHECK(bl_open_feed(o, bl_span_of(big.p, 1u << 20), NULL) == BL_OK,
	    "1 MiB");
	CHECK(bl_open_feed(o, bl_span_of(big.p, (1u << 20) + 1), NULL) ==
		BL_E_CALLER,
	    "one more");
	bl_open_free(o);
	bl_open_free(NULL);
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	bl_buf_clear(&big);
	test_spool_clear(&spool);
}

/* An answer for another kind of want is refused. */
static void
answers_have_to_fit(void)
{
	const struct bl_answer cert = {
	    .kind = BL_WANT_CERT, .refusal = BL_REFUSED_UNKNOWN};
	struct bl_open_opts opts = {
	    .now = BL_PERSON_NOW, .identities = &kit.own};
	struct bl_buf in = {0}, frame = {0};
	struct test_spool spool;
	struct bl_open *o = NULL;

	test_spool_init(&spool, false);
	opts.out = &spool.face;
	mail_message(&in, &kit, NULL, "E(t)");
	CHECK(bl_open_new(&o, kit.ctx, &opts, NULL) == BL_OK, "new");
	CHECK(bl_open_feed(o, bl_buf_span(&in), NULL) == BL_NEED, "feed");
	CHECK(bl_answer_put(&frame, &cert, NULL) == BL_OK, "frame");
	CHECK(bl_open_answer(o, 0, bl_buf_span(&frame), NULL) == BL_E_MALFORMED,
	    "another kind");
	CHECK(bl_open_resume(o, NULL) == BL_OK, "unanswered is refused");
	CHECK(bl_open_end(o, NULL) == BL_OK, "end");
	CHECK(bl_verdict_reasons(bl_open_verdict(o)) == BL_REASON_BIT(NO_KEY),
	    "no key");
	bl_open_free(o);
	bl_buf_clear(&in);
	bl_buf_clear(&frame);
	test_spool_clear(&spool);
}

/* ---- what fails around ---- */

static const char *const around[] = {
    "t", "E(S(t))", "E(E(t))", "Erz(E(t))", "S*(t)"};

/* Every call on a spool fails once: never a verdict, never a byte. */
static void
tells_when_a_spool_fails(void)
{
	for (size_t i = 0; i < 3 * sizeof(around) / sizeof(*around); i++) {
		struct bl_buf in = {0};
		bool whole = false;

		mail_message(&in, &kit, NULL, around[i / 3]);
		for (unsigned n = 1; !whole && n < 60; n++) {
			struct mail_how how = {
			    .fail_spool = i % 3 + 1, .fail_after = n};
			struct mail_result r;

			mail_open(&r, &kit, bl_buf_span(&in), &how);
			whole = r.err == BL_OK && !r.give_failed;
			if (!whole)
				CHECK(r.err == BL_E_SYSTEM || r.give_failed,
				    around[i / 3]);
			if (r.err != BL_OK)
				CHECK(r.v == NULL && r.content.n == 0,
				    around[i / 3]);
			mail_result_clear(&r);
		}
		CHECK(whole, around[i / 3]);
		bl_buf_clear(&in);
	}
}

struct scenario {
	struct bl_span in;
	struct mail_how how;
};

static enum bl_err
open_once(void *arg)
{
	const struct scenario *s = arg;
	struct mail_result r;
	struct bl_buf json = {0};
	enum bl_err err;

	mail_open(&r, &kit, s->in, &s->how);
	err = r.err;
	if (err == BL_OK && r.give_failed)
		err = BL_E_MEMORY;
	if (err == BL_OK)
		err = bl_verdict_json(&json, r.v, NULL);
	bl_buf_clear(&json);
	mail_result_clear(&r);
	return err;
}

static const char *const scenarios[] = {"M(t,f)", "S(t)", "S*(t)", "O(t)",
    "E(S(t))", "E(E(t))", "Erz(t)", "Sn(t)", "Z", "M(S(t),E(t))", "C(I)"};

static void
survives_each_failing_allocation(void)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		struct scenario s = {.how = {.knows_nick = true}};
		struct bl_buf in = {0};

		mail_message(&in, &kit, NULL, scenarios[i]);
		s.in = bl_buf_span(&in);
		bl_test_each_allocation(open_once, &s, scenarios[i]);
		bl_buf_clear(&in);
	}
}

static void
take_down(void)
{
	mail_kit_clear(&kit);
}

TESTS(TEST(set_up), TEST(opens_bare_objects), TEST(armour_has_to_be_whole),
    TEST(opens_bare_encrypted_objects), TEST(bare_content_may_be_anything),
    TEST(checks_detached_signatures), TEST(content_is_for_signatures),
    TEST(nothing_and_noise_are_malformed), TEST(a_second_field_is_ambiguous),
    TEST(limits_hold_at_the_edge), TEST(size_limit_holds_for_bare_objects),
    TEST(asks_once_and_in_turn), TEST(trial_is_as_long_as_the_limit),
    TEST(opens_for_elliptic_curves), TEST(opens_for_x25519),
    TEST(refuses_calls_out_of_turn), TEST(answers_have_to_fit),
    TEST(tells_when_a_spool_fails), TEST(survives_each_failing_allocation),
    TEST(take_down))
