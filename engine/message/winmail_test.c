/* winmail_test.c - S/MIME that an Exchange server wrapped: said where nobody
 * signed around it, and never opened. */
#include "message/test_mail.h"
#include "tests/test.h"

#define PLAIN	 BL_ENCRYPTION_NONE
#define INTACT	 BL_ENCRYPTION_INTACT
#define FAILED	 BL_ENCRYPTION_FAILED
#define UNSIGNED BL_SIGNATURE_NONE
#define VALID	 BL_SIGNATURE_VALID
#define UNVER	 BL_SIGNATURE_UNVERIFIED

static struct mail_kit kit;

static const struct {
	const char *name, *text;
	enum bl_encryption encryption;
	enum bl_signature signature;
	const char *reasons;
} cases[] = {
    {"a note", "W", PLAIN, UNSIGNED, ""},
    {"a note beside text", "M(t,W)", PLAIN, UNSIGNED, ""},
    {"signed", "W8", PLAIN, UNVER, "wrapped-in-winmail"},
    {"signed, beside text", "M(t,W8)", PLAIN, UNVER, "wrapped-in-winmail"},
    {"signed, by its name", "M(t,W1)", PLAIN, UNVER, "wrapped-in-winmail"},
    {"signed, after a note", "M(W,W8)", PLAIN, UNVER, "wrapped-in-winmail"},
    {"signed, before a note", "M(W8,W)", PLAIN, UNVER, "wrapped-in-winmail"},
    {"signed, before a certificate", "M(W8,Z)", PLAIN, UNVER,
	"wrapped-in-winmail"},
    {"signed, deep", "M(t,M(t,W8))", PLAIN, UNVER, "wrapped-in-winmail"},
    {"under a signature", "S(M(t,W8))", PLAIN, VALID, ""},
    {"under another's signature", "Sc(M(t,W8))", PLAIN, UNVER,
	"signer-mismatch"},
    {"in an encrypted one", "E(M(t,W8))", INTACT, UNVER, "wrapped-in-winmail"},
    {"in a compressed one", "P(M(t,W8))", PLAIN, UNVER, "wrapped-in-winmail"},
    {"signed around the encryption", "S(E(M(t,W8)))", INTACT, UNVER,
	"outer-signer wrapped-in-winmail"},
    {"in one for somebody else", "Es(M(t,W8))", FAILED, UNSIGNED, "no-key"},
    {"in one that was altered", "E~(M(t,W8))", FAILED, UNSIGNED, "bad-tag"},
    {"in an attached message", "M(t,R(W8))", PLAIN, UNSIGNED, ""},
    {"beside a signed part", "M(S(t),W8)", PLAIN, UNVER,
	"partly-signed wrapped-in-winmail"},
};

static void
says_what_was_wrapped(void)
{
	static const size_t chunks[] = {0, 1, 50};

	for (size_t i = 0; i < 3 * sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i / 3].name;
		struct mail_how how = {.chunk = chunks[i % 3]};
		struct bl_buf in = {0};
		struct mail_result r;
		bool good;

		mail_message(&in, &kit, NULL, cases[i / 3].text);
		mail_open(&r, &kit, bl_buf_span(&in), &how);
		good = r.err == BL_OK &&
		    bl_verdict_encryption(r.v) == cases[i / 3].encryption &&
		    bl_verdict_signature(r.v) == cases[i / 3].signature &&
		    bl_verdict_reasons(r.v) ==
			mail_reasons(cases[i / 3].reasons);
		CHECK(good, name);
		if (!good)
			mail_explain(&r, name);
		/* It is content like any other. */
		CHECK((r.gate == BL_OK) == (cases[i / 3].encryption != FAILED),
		    name);
		mail_result_clear(&r);
		bl_buf_clear(&in);
	}
}

/* ---- what others wrote, as mail ---- */

/* file, class put in front; what comes of it */
static const struct {
	const char *file, *type;
	bool changed;
	enum bl_signature signature;
} corpus[] = {
    {"body", "application/ms-tnef", false, UNSIGNED},
    {"data-before-name", "application/ms-tnef", false, UNSIGNED},
    {"garbage-at-end", "application/ms-tnef", false, UNSIGNED},
    {"long-filename", "application/vnd.ms-tnef", false, UNSIGNED},
    {"missing-filenames", "application/ms-tnef", false, UNSIGNED},
    {"one-file", "application/ms-tnef", false, UNSIGNED},
    {"rtf", "application/octet-stream; name=WINMAIL.DAT", false, UNSIGNED},
    {"triples", "application/ms-tnef", false, UNSIGNED},
    {"two-files", "application/ms-tnef", false, UNSIGNED},
    {"unicode-mapi-attr", "application/ms-tnef", false, UNSIGNED},
    {"winmail", "application/ms-tnef", false, UNSIGNED},
    {"one-file", "application/ms-tnef", true, UNVER},
    {"one-file", "application/vnd.ms-tnef", true, UNVER},
    {"one-file", "application/octet-stream; name=WINMAIL.DAT", true, UNVER},
    {"one-file", "application/octet-stream; name=winmail.txt", true, UNSIGNED},
    {"one-file", "application/x-tnef", true, UNSIGNED},
    {"garbage-at-end", "application/ms-tnef", true, UNVER},
    {"winmail", "application/ms-tnef", true, UNVER},
};

#define HEAD 6 /* bytes of signature and key */

static void
as_mail(struct bl_buf *out, struct bl_span tnef, size_t i)
{
	struct bl_base64 e = {0};

	bl_buf_add_f(out,
	    MAIL_HEADER "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
			"--b\r\n\r\ntext\r\n--b\r\nContent-Type: %s\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\n",
	    corpus[i].type);
	bl_base64_encode(&e, out, bl_span_cut(tnef, 0, HEAD));
	if (corpus[i].changed) /* attMessageClass */
		bl_base64_encode(&e, out,
		    BL_STR("\1\x08\x80\7\0\xe\0\0\0IPM.Note.SMIME\x53\4"));
	bl_base64_encode(&e, out, bl_span_cut(tnef, HEAD, tnef.n));
	bl_base64_encode_end(&e, out);
	bl_buf_add_str(out, "\r\n--b--\r\n");
}

static void
judges_those_of_others_as_stated(void)
{
	struct bl_buf tnef = {0}, in = {0};
	char path[80];

	for (size_t i = 0; i < sizeof(corpus) / sizeof(*corpus); i++) {
		struct mail_result r;

		snprintf(path, sizeof(path), "tnef/%s.tnef", corpus[i].file);
		bl_buf_reset(&tnef);
		bl_buf_reset(&in);
		if (!bl_test_corpus(&tnef, path))
			continue;
		as_mail(&in, bl_buf_span(&tnef), i);
		mail_open(&r, &kit, bl_buf_span(&in), &(struct mail_how){0});
		CHECK(r.err == BL_OK && r.gate == BL_OK &&
			bl_verdict_signature(r.v) == corpus[i].signature &&
			bl_verdict_reasons(r.v) ==
			    mail_reasons(corpus[i].signature == UNVER
				    ? "wrapped-in-winmail"
				    : ""),
		    corpus[i].file);
		mail_result_clear(&r);
	}
	bl_buf_clear(&tnef);
	bl_buf_clear(&in);
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

TESTS(TEST(set_up), TEST(says_what_was_wrapped),
    TEST(judges_those_of_others_as_stated), TEST(take_down))
