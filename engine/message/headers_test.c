/* headers_test.c - protected header fields: what is shown, and what is said of
 * it; each rule of docs/verdict.md with its nearest bad twin. */
#include "bulla/fields.h"

#include <jansson.h>

#include "message/test_mail.h"
#include "tests/test.h"

#define PLAIN	     BL_ENCRYPTION_NONE
#define INTACT	     BL_ENCRYPTION_INTACT
#define UNAUTH	     BL_ENCRYPTION_UNAUTHENTICATED
#define FAILED	     BL_ENCRYPTION_FAILED
#define UNSIGNED     BL_SIGNATURE_NONE
#define VALID	     BL_SIGNATURE_VALID
#define UNVER	     BL_SIGNATURE_UNVERIFIED
#define INVALID	     BL_SIGNATURE_INVALID

#define NONE	     BL_HEADER_FORM_NONE
#define CLEAR	     BL_HEADER_FORM_CLEAR
#define CIPHER	     BL_HEADER_FORM_CIPHER
#define V1	     BL_HEADER_FORM_V1
#define WRAPPED	     BL_HEADER_FORM_WRAPPED

#define ANN_ADDR     "Ann <ann@example.org>"
#define BOB_ADDR     "Bob <bob@example.org>"
#define TODAY	     "Mon, 21 Sep 2026 14:13:20 +0000"
#define BODY	     "\r\nthe canary sings\r\n"

#define TYPE(params) "Content-Type: text/plain" params "\r\n"
#define HP(value)    TYPE("; hp=\"" value "\"")
#define FROM_ANN     "From: " ANN_ADDR "\r\n"
#define FROM_CAT     "From: cat@example.org\r\n"
#define TO	     "To: " BOB_ADDR "\r\n"
#define DATE	     "Date: " TODAY "\r\n"
#define SECRET	     "Subject: inside\r\n"
#define INSIDE	     FROM_ANN TO SECRET DATE
#define STATED_REST                                                            \
	"HP-Outer: From: " ANN_ADDR "\r\nHP-Outer: To: " BOB_ADDR "\r\n"       \
	"HP-Outer: Date: " TODAY "\r\n"
#define STATED	      STATED_REST "HP-Outer: Subject: outside\r\n"

#define OUTSIDE(rest) rest "MIME-Version: 1.0\r\n"

/* What is shown: a line for each field, with u, s, e, b for what protects it,
 * + where it may be repeated outside, ? before it where it is but claimed, and
 * in brackets what the sender left
 * outside where that is something else. */
#define REST(s)	      "From " s "+ " ANN_ADDR "\nTo " s "+ " BOB_ADDR "\n"
#define CLAIM(s)      "From u+ " ANN_ADDR "\n?From " s "\nTo u+ " BOB_ADDR "\n"
#define CAT_CLAIM(s)  CLAIM(s " cat@example.org (" ANN_ADDR ")")
#define DAY(s)	      "Date " s "+ " TODAY "\n"
#define OUTER	      REST("u") "Subject u+ outside\n" DAY("u")

struct row {
	const char *name, *text, *payload;
	enum bl_header_form form;
	enum bl_encryption encryption;
	enum bl_signature signature;
	const char *reasons, *differs, *shown;
	const char *header;
	struct mail_how how;
};

static const struct row rows[] = {
    /* hp="clear" */
    {"signed", "S(H)", HP("clear") INSIDE BODY, CLEAR, PLAIN, VALID, "", "",
	REST("s") "Subject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"signed, opaque", "O(H)", HP("clear") INSIDE BODY, CLEAR, PLAIN, VALID, "",
	"", REST("s") "Subject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"signed, the subject changed later", "S(H)", HP("clear") INSIDE BODY,
	CLEAR, PLAIN, VALID, "headers-differ", "Subject",
	REST("s") "Subject s+ inside (outside)\n" DAY("s")},
    {"folded anew on the way", "S(H)",
	HP("clear") FROM_ANN TO "Subject: in  side\r\n" DATE BODY, CLEAR, PLAIN,
	VALID, "", "", REST("s") "Subject s+ in side\n" DAY("s"),
	OUTSIDE(FROM_ANN TO "Subject:\r\n in\r\n\tside \r\n" DATE)},
    {"a field added later", "S(H)", HP("clear") INSIDE BODY, CLEAR, PLAIN,
	VALID, "headers-differ", "Reply-To",
	REST("s") "Subject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE "Reply-To: eve@example.org\r\n")},
    {"a field taken away", "S(H)", HP("clear") INSIDE BODY, CLEAR, PLAIN, VALID,
	"headers-differ", "To",
	"From s+ " ANN_ADDR "\nTo s+ " BOB_ADDR
	" ()\nSubject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN SECRET DATE)},
    {"a second Comments", "S(H)",
	HP("clear") INSIDE "Comments: one\r\nComments: two\r\n" BODY, CLEAR,
	PLAIN, VALID, "headers-differ", "Comments",
	REST("s") "Subject s+ inside\n" DAY(
	    "s") "Comments s+ one\nComments s+ two ()\n",
	OUTSIDE(FROM_ANN TO SECRET DATE "Comments: one\r\n")},
    {"clear, encrypted by somebody else", "E(S(H))", HP("clear") INSIDE BODY,
	CLEAR, INTACT, VALID, "headers-differ", "Subject",
	REST("s") "Subject s- inside (outside)\n" DAY("s")},
    {"HP-Outer under clear says nothing", "S(H)",
	HP("clear") INSIDE "HP-Outer: Subject: outside\r\n" BODY, CLEAR, PLAIN,
	VALID, "", "", REST("s") "Subject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},

    /* hp="cipher" */
    {"signed and encrypted", "E(S(H))", HP("cipher") INSIDE STATED BODY, CIPHER,
	INTACT, VALID, "", "",
	REST("s") "Subject b- inside (outside)\n" DAY("s")},
    {"signed opaque and encrypted", "E(O(H))", HP("cipher") INSIDE STATED BODY,
	CIPHER, INTACT, VALID, "", "",
	REST("s") "Subject b- inside (outside)\n" DAY("s")},
    {"encrypted", "E(H)", HP("cipher") INSIDE STATED BODY, CIPHER, INTACT,
	UNSIGNED, "", "", REST("u") "Subject e- inside (outside)\n" DAY("u")},
    {"encrypted with CBC", "C(H)", HP("CIPHER") INSIDE STATED BODY, CIPHER,
	UNAUTH, UNSIGNED, "unauthenticated", "",
	REST("u") "Subject e- inside (outside)\n" DAY("u")},
    {"triple wrap", "S(E(S(H)))", HP("cipher") INSIDE STATED BODY, CIPHER,
	INTACT, VALID, "", "",
	REST("s") "Subject b- inside (outside)\n" DAY("s")},
    {"signed around the encryption only", "S(E(H))",
	HP("cipher") INSIDE STATED BODY, CIPHER, INTACT, UNVER, "outer-signer",
	"", REST("u") "Subject e- inside (outside)\n" DAY("u")},
    {"removed outside", "E(S(H))", HP("cipher") INSIDE STATED_REST BODY, CIPHER,
	INTACT, VALID, "", "", REST("s") "Subject b- inside ()\n" DAY("s"),
	OUTSIDE(FROM_ANN TO DATE)},
    {"cipher, and not encrypted", "S(H)", HP("cipher") INSIDE STATED BODY,
	CIPHER, PLAIN, VALID, "", "",
	REST("s") "Subject s- inside (outside)\n" DAY("s")},
    {"the outer subject changed later", "E(S(H))",
	HP("cipher") INSIDE STATED BODY, CIPHER, INTACT, VALID,
	"headers-differ", "Subject",
	REST("s") "Subject b- inside (outside)\n" DAY("s"),
	OUTSIDE(FROM_ANN TO "Subject: other\r\n" DATE)},
    {"the outer subject is guessed", "E(S(H))", HP("cipher") INSIDE STATED BODY,
	CIPHER, INTACT, VALID, "headers-differ", "Subject",
	REST("s") "Subject b- inside (outside)\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"HP-Outer lies that nothing is hidden", "E(S(H))",
	HP("cipher") INSIDE STATED_REST "HP-Outer: Subject: inside\r\n" BODY,
	CIPHER, INTACT, VALID, "headers-differ", "Subject",
	REST("s") "Subject s- inside\n" DAY("s")},
    {"HP-Outer lies that it was removed", "E(S(H))",
	HP("cipher") INSIDE STATED_REST BODY, CIPHER, INTACT, VALID,
	"headers-differ", "Subject",
	REST("s") "Subject b- inside ()\n" DAY("s")},
    {"an outer Cc added later", "E(S(H))", HP("cipher") INSIDE STATED BODY,
	CIPHER, INTACT, VALID, "headers-differ", "Cc",
	REST("s") "Subject b- inside (outside)\n" DAY("s"),
	OUTSIDE(
	    FROM_ANN TO "Subject: outside\r\n" DATE "Cc: eve@example.org\r\n")},
    {"HP-Outer that says nothing", "E(S(H))",
	HP("cipher") INSIDE STATED "HP-Outer: Cc\r\nHP-Outer:\r\n"
				   "HP-Outer: X-Other: 1\r\n" BODY,
	CIPHER, INTACT, VALID, "", "",
	REST("s") "Subject b- inside (outside)\n" DAY("s")},
    {"HP-Outer outside says nothing", "E(S(H))",
	HP("cipher") INSIDE STATED BODY, CIPHER, INTACT, VALID, "", "",
	REST("s") "Subject b- inside (outside)\n" DAY("s"),
	OUTSIDE(FROM_ANN TO "Subject: outside\r\n" DATE
			    "HP-Outer: Subject: inside\r\n")},
    {"names only outside", "E(S(H))",
	HP("cipher") "From: ann@example.org\r\n" TO SECRET DATE STATED BODY,
	CIPHER, INTACT, VALID, "", "",
	"From b- ann@example.org (" ANN_ADDR ")\nTo s+ " BOB_ADDR
	"\nSubject b- inside (outside)\n" DAY("s")},

    /* whose it is */
    {"signed by somebody unknown", "Se(H)", HP("clear") INSIDE BODY, CLEAR,
	PLAIN, UNVER, "signer-unknown-ca", "",
	REST("u") "Subject u+ inside\n" DAY("u"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"altered", "S!(H)", HP("clear") INSIDE BODY, NONE, PLAIN, INVALID,
	"content-altered", "", OUTER},
    {"another From inside", "S(H)", HP("clear") FROM_CAT TO SECRET DATE BODY,
	CLEAR, PLAIN, UNVER, "signer-mismatch headers-differ", "From",
	CAT_CLAIM("u+") "Subject u+ inside\n" DAY("u"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"another From inside, signed by her", "Sc(H)",
	HP("clear") FROM_CAT TO SECRET DATE BODY, CLEAR, PLAIN, UNVER,
	"signer-mismatch headers-differ", "From",
	CAT_CLAIM("u+") "Subject u+ inside\n" DAY("u"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"another From outside, signed by the inner", "Sc(H)",
	HP("clear") FROM_CAT TO SECRET DATE BODY, CLEAR, PLAIN, VALID, "", "",
	"From s+ cat@example.org\nTo s+ " BOB_ADDR
	"\nSubject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_CAT TO SECRET DATE)},
    {"another From inside, encrypted only", "E(H)",
	HP("cipher") FROM_CAT TO SECRET DATE STATED BODY, CIPHER, INTACT,
	UNSIGNED, "headers-differ", "From",
	CAT_CLAIM("e-") "Subject e- inside (outside)\n" DAY("u")},
    {"another From inside, signed outside", "S(E(H))",
	HP("cipher") FROM_CAT TO SECRET DATE STATED BODY, CIPHER, INTACT, UNVER,
	"outer-signer headers-differ", "From",
	CAT_CLAIM("e-") "Subject e- inside (outside)\n" DAY("u")},
    {"two From inside", "S(H)", HP("clear") FROM_ANN INSIDE BODY, CLEAR, PLAIN,
	UNVER, "no-sender ambiguous headers-differ", "From",
	CLAIM("u+ " ANN_ADDR "\n?From u+ " ANN_ADDR
	      " ()") "Subject u+ inside\n" DAY("u"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"a group as From inside", "S(H)",
	HP("clear") "From: all: ann@example.org;\r\n" TO SECRET DATE BODY,
	CLEAR, PLAIN, UNVER, "no-sender headers-differ", "From",
	CLAIM("u+ all: ann@example.org; (" ANN_ADDR
	      ")") "Subject u+ inside\n" DAY("u"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"a broken From inside", "S(H)",
	HP("clear") "From: " ANN_ADDR " x\r\n" TO SECRET DATE BODY, CLEAR,
	PLAIN, UNVER, "no-sender headers-differ", "From",
	CLAIM("u+ " ANN_ADDR " x (" ANN_ADDR ")") "Subject u+ inside\n" DAY(
	    "u"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"no From inside", "S(H)", HP("clear") TO SECRET DATE BODY, CLEAR, PLAIN,
	VALID, "headers-differ", "From",
	"From u+ " ANN_ADDR "\nTo s+ " BOB_ADDR
	"\nSubject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"nothing outside", "S(H)", HP("clear") INSIDE BODY, CLEAR, PLAIN, VALID,
	"", "",
	"From s+ " ANN_ADDR " ()\nTo s+ " BOB_ADDR
	" ()\nSubject s+ inside ()\nDate s+ " TODAY " ()\n",
	OUTSIDE("")},
    {"nothing outside, another expected", "S(H)", HP("clear") INSIDE BODY,
	CLEAR, PLAIN, UNVER, "signer-mismatch", "",
	"From u+ " ANN_ADDR " ()\nTo u+ " BOB_ADDR
	" ()\nSubject u+ inside ()\nDate u+ " TODAY " ()\n",
	OUTSIDE(""), {.from = "cat@example.org"}},
    {"nothing outside, signed by another", "Sc(H)", HP("clear") INSIDE BODY,
	CLEAR, PLAIN, UNVER, "signer-mismatch", "",
	"From u+ " ANN_ADDR " ()\nTo u+ " BOB_ADDR
	" ()\nSubject u+ inside ()\nDate u+ " TODAY " ()\n",
	OUTSIDE("")},
    {"nothing outside, signed around encryption", "S(E(H))",
	HP("cipher") FROM_ANN BODY, CIPHER, INTACT, UNVER, "outer-signer", "",
	"From e- " ANN_ADDR " ()\n", OUTSIDE("")},
    {"From taken away outside", "S(H)", HP("clear") INSIDE BODY, CLEAR, PLAIN,
	VALID, "headers-differ", "From",
	"From s+ " ANN_ADDR " ()\nTo s+ " BOB_ADDR
	"\nSubject s+ inside\n" DAY("s"),
	OUTSIDE(TO SECRET DATE)},
    {"nothing outside, the older form", "S(H)",
	TYPE("; protected-headers=v1") FROM_ANN BODY, V1, PLAIN, UNVER,
	"no-sender", "", "From u+ " ANN_ADDR " ()\n", OUTSIDE("")},
    {"two From outside", "S(H)", HP("clear") FROM_ANN BODY, CLEAR, PLAIN, UNVER,
	"no-sender ambiguous headers-differ", "From",
	"From u+ " ANN_ADDR "\nFrom u+ cat@example.org\n?From u+ " ANN_ADDR
	"\n",
	OUTSIDE(FROM_ANN FROM_CAT)},

    /* when it was */
    {"a policy hides the date", "E(S(H))",
	HP("cipher") FROM_ANN DATE
	"HP-Outer: From: " ANN_ADDR "\r\n"
	"HP-Outer: Date: Sun, 20 Sep 2026 00:00:00 +0000\r\n" BODY,
	CIPHER, INTACT, VALID, "", "",
	"From s+ " ANN_ADDR "\nDate b- " TODAY
	" (Sun, 20 Sep 2026 00:00:00 +0000)\n",
	OUTSIDE(FROM_ANN "Date: Sun, 20 Sep 2026 00:00:00 +0000\r\n")},
    {"another date inside", "S(H)",
	HP("clear") FROM_ANN "Date: Sun, 20 Sep 2026 00:00:00 +0000\r\n" BODY,
	CLEAR, PLAIN, UNVER, "date-mismatch headers-differ", "Date",
	"From u+ " ANN_ADDR "\nDate u+ Sun, 20 Sep 2026 00:00:00 +0000 (" TODAY
	")\n",
	OUTSIDE(FROM_ANN DATE)},
    {"another date around encryption", "S(E(H))",
	HP("cipher") FROM_ANN DATE BODY, CIPHER, INTACT, UNVER,
	"date-mismatch outer-signer headers-differ", "From Date",
	"From e- " ANN_ADDR " ()\nDate e- " TODAY " ()\n",
	OUTSIDE(FROM_ANN "Date: Sun, 20 Sep 2026 00:00:00 +0000\r\n")},

    /* nobody says that they are the message's */
    {"no hp", "S(H)", TYPE("") INSIDE BODY, NONE, PLAIN, VALID, "", "", OUTER},
    {"no hp, encrypted", "E(S(H))", TYPE("") INSIDE STATED BODY, NONE, INTACT,
	VALID, "", "", OUTER},
    {"no hp, another From", "S(H)", TYPE("") FROM_CAT BODY, NONE, PLAIN, VALID,
	"headers-differ", "From", OUTER},
    {"an unknown hp", "S(H)", HP("clean") INSIDE BODY, NONE, PLAIN, VALID, "",
	"", OUTER},
    {"an empty hp, and the older form", "S(H)",
	TYPE("; hp=\"\"; protected-headers=\"v1\"") INSIDE BODY, NONE, PLAIN,
	VALID, "", "", OUTER},
    {"two hp", "S(H)", TYPE("; hp=\"clear\"; hp=\"cipher\"") INSIDE BODY, NONE,
	PLAIN, UNVER, "ambiguous", "", OUTER},
    {"two Content-Type", "S(H)", HP("clear") TYPE("") INSIDE BODY, NONE, PLAIN,
	UNVER, "ambiguous", "", OUTER},
    {"hp on a part", "S(M(H,f))", HP("clear") INSIDE BODY, NONE, PLAIN, VALID,
	"", "", OUTER},
    {"hp on an attached message", "S(R(H))", HP("clear") INSIDE BODY, NONE,
	PLAIN, VALID, "", "", OUTER},
    {"hp beside the envelope", "M(H,S(t))", HP("clear") INSIDE BODY, NONE,
	PLAIN, UNVER, "partly-signed", "", OUTER},
    {"hp in a message that is not signed", "H", HP("clear") INSIDE BODY, NONE,
	PLAIN, UNSIGNED, "", "", REST("u") "Subject u+ inside\n" DAY("u"),
	OUTSIDE("")},
    {"hp in a message that is only compressed", "P(H)", HP("clear") INSIDE BODY,
	NONE, PLAIN, UNSIGNED, "", "", OUTER},
    {"the same, nothing outside", "P(H)", HP("clear") INSIDE BODY, NONE, PLAIN,
	UNSIGNED, "", "", "", OUTSIDE("")},
    {"compressed and signed", "S(P(H))", HP("clear") INSIDE BODY, CLEAR, PLAIN,
	VALID, "", "", REST("s") "Subject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"compressed and encrypted", "E(P(H))", HP("cipher") INSIDE STATED BODY,
	CIPHER, INTACT, UNSIGNED, "", "",
	REST("u") "Subject e- inside (outside)\n" DAY("u")},
    {"nobody signed", "S0(H)", HP("clear") INSIDE BODY, CLEAR, PLAIN, UNVER,
	"no-signer", "", REST("u") "Subject u+ inside\n" DAY("u"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"not opened", "E(S(H))", HP("cipher") INSIDE STATED BODY, NONE, FAILED,
	UNSIGNED, "no-key", "", OUTER, NULL, {.no_keys = true}},
    {"altered, encrypted", "E~(S(H))", HP("cipher") INSIDE STATED BODY, NONE,
	FAILED, UNSIGNED, "bad-tag", "", OUTER},
    {"altered, encrypted twice", "E~(E(H))", HP("cipher") FROM_CAT STATED BODY,
	NONE, FAILED, UNSIGNED, "bad-tag", "", OUTER},

    /* the older form */
    {"older, signed", "S(H)", TYPE("; protected-headers=\"v1\"") INSIDE BODY,
	V1, PLAIN, VALID, "", "", REST("s") "Subject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"older, encrypted", "E(S(H))",
	TYPE("; protected-headers=\"v1\"") INSIDE BODY, V1, INTACT, VALID, "",
	"", REST("s") "Subject b- inside (outside)\n" DAY("s")},
    {"older, a subject alone", "E(S(H))",
	TYPE("; protected-headers=\"v1\"") SECRET BODY, V1, INTACT, VALID, "",
	"", REST("u") "Subject b- inside (outside)\n" DAY("u")},
    {"older, signed, the subject changed", "S(H)",
	TYPE("; protected-headers=\"v1\"") SECRET BODY, V1, PLAIN, VALID,
	"headers-differ", "Subject",
	REST("u") "Subject s+ inside (outside)\n" DAY("u")},
    {"older, another From", "S(H)",
	TYPE("; protected-headers=\"v1\"") FROM_CAT BODY, V1, PLAIN, UNVER,
	"signer-mismatch headers-differ", "From",
	CAT_CLAIM("u+") "Subject u+ outside\n" DAY("u")},
    {"older, To changed", "E(S(H))",
	TYPE("; protected-headers=\"v1\"") "To: cat@example.org\r\n" BODY, V1,
	INTACT, VALID, "headers-differ", "To",
	"From u+ " ANN_ADDR "\nTo b- cat@example.org (" BOB_ADDR
	")\nSubject u+ outside\n" DAY("u")},
    {"older, another version", "S(H)",
	TYPE("; protected-headers=\"v2\"") INSIDE BODY, NONE, PLAIN, VALID, "",
	"", OUTER},

    /* a message inside */
    {"wrapped", "S(H)",
	"Content-Type: message/rfc822; forwarded=no\r\n\r\n" INSIDE TYPE("")
	    BODY,
	WRAPPED, PLAIN, VALID, "", "", REST("s") "Subject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"wrapped, encrypted", "E(S(H))",
	"Content-Type: message/rfc822; forwarded=no\r\n\r\n" INSIDE BODY,
	WRAPPED, INTACT, VALID, "", "",
	REST("s") "Subject b- inside (outside)\n" DAY("s")},
    {"wrapped, a header alone", "S(H)",
	"Content-Type: message/rfc822; forwarded=no\r\n\r\n" INSIDE, WRAPPED,
	PLAIN, VALID, "", "", REST("s") "Subject s+ inside\n" DAY("s"),
	OUTSIDE(FROM_ANN TO SECRET DATE)},
    {"wrapped, another From", "S(H)",
	"Content-Type: message/rfc822; forwarded=no\r\n\r\n" FROM_CAT BODY,
	WRAPPED, PLAIN, UNVER, "signer-mismatch headers-differ", "From",
	"From u+ " ANN_ADDR "\n?From u+ cat@example.org (" ANN_ADDR ")\n"},
    {"wrapped, two subjects", "S(H)",
	"Content-Type: message/rfc822; forwarded=no\r\n\r\n" FROM_ANN SECRET
	    SECRET BODY,
	WRAPPED, PLAIN, UNVER, "ambiguous headers-differ", "Subject",
	"From u+ " ANN_ADDR "\nSubject u+ inside\n"
	"Subject u+ inside ()\n",
	OUTSIDE(FROM_ANN SECRET)},
    {"an attached message", "S(H)",
	"Content-Type: message/rfc822\r\n\r\n" INSIDE BODY, NONE, PLAIN, VALID,
	"", "", OUTER},
    {"a forwarded message", "S(H)",
	"Content-Type: message/rfc822; forwarded=yes\r\n\r\n" INSIDE BODY, NONE,
	PLAIN, VALID, "", "", OUTER},
    {"an encoded message", "S(H)",
	"Content-Type: message/rfc822; forwarded=no\r\n"
	"Content-Transfer-Encoding: quoted-printable\r\n\r\n" INSIDE BODY,
	NONE, PLAIN, UNVER, "ambiguous", "", OUTER},
    {"wrapped hp", "S(H)",
	"Content-Type: message/rfc822; forwarded=no\r\n\r\n" INSIDE HP("clear")
	    BODY,
	NONE, PLAIN, VALID, "", "", OUTER},
    {"wrapped layer", "S(H)",
	"Content-Type: message/rfc822; forwarded=no\r\n\r\n" INSIDE
	"Content-Type: application/pkcs7-mime\r\n" BODY,
	NONE, PLAIN, VALID, "", "", OUTER},
    {"wrapped signed layer", "S(H)",
	"Content-Type: message/rfc822; forwarded=no\r\n\r\n" INSIDE
	"Content-Type: multipart/signed; boundary=b\r\n" BODY,
	NONE, PLAIN, VALID, "", "", OUTER},
};

static struct mail_kit kit;

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

static void
open_row(struct mail_result *r, const struct row *w)
{
	struct bl_buf mail = {0};

	kit.payload = w->payload;
	mail_message(&mail, &kit, w->header, w->text);
	mail_open(r, &kit, bl_buf_span(&mail), &w->how);
	bl_buf_clear(&mail);
}

/* The fields as the rows have them. */
static void
render(struct bl_buf *out, const struct bl_verdict *v)
{
	for (size_t i = 0; i < bl_verdict_field_count(v); i++) {
		const struct bl_shown_field *f = bl_verdict_field(v, i);

		bl_buf_add_f(out, "%s%s %c%c ",
		    f->place == BL_FIELD_CLAIMED ? "?" : "", f->name,
		    "useb"[f->protection], f -> safe_outside ? '+' : '-');
		bl_buf_add(out, f->text);
		if (!f->has_outside)
			bl_buf_add_str(out, " ()");
		if (f->has_outside && !bl_span_equal(f->text, f->outside)) {
			bl_buf_add_str(out, " (");
			bl_buf_add(out, f->outside);
			bl_buf_add_str(out, ")");
		}
		bl_buf_add_str(out, "\n");
	}
	CHECK(bl_verdict_field(v, bl_verdict_field_count(v)) == NULL, "end");
}

static bool
shows(const struct bl_verdict *v, const char *want)
{
	struct bl_buf got = {0};
	bool same;

	render(&got, v);
	same = bl_span_equal(bl_buf_span(&got), bl_span_str(want));
	if (!same)
		fprintf(
		    stderr, "shown:\n%swanted:\n%s", bl_buf_text(&got), want);
	bl_buf_clear(&got);
	return same;
}

static bool
differ(const struct bl_verdict *v, const char *want)
{
	struct bl_buf got = {0};
	const char *name;
	bool same;

	for (size_t i = 0; (name = bl_verdict_differs(v, i)) != NULL; i++)
		bl_buf_add_f(&got, "%s%s", i == 0 ? "" : " ", name);
	same = bl_span_equal(bl_buf_span(&got), bl_span_str(want));
	bl_buf_clear(&got);
	return same;
}

static void
shows_each_row_as_stated(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *w = &rows[i];
		struct mail_result r;
		bool good;

		open_row(&r, w);
		CHECK(r.v != NULL, w->name);
		if (r.v == NULL)
			continue;
		good = bl_verdict_encryption(r.v) == w->encryption &&
		    bl_verdict_signature(r.v) == w->signature &&
		    bl_verdict_reasons(r.v) == mail_reasons(w->reasons) &&
		    bl_verdict_header_form(r.v) == w->form;
		CHECK(good, w->name);
		CHECK(differ(r.v, w->differs), w->name);
		CHECK(good = shows(r.v, w->shown) && good, w->name);
		if (!good)
			mail_explain(&r, w->name);
		mail_result_clear(&r);
	}
}

/* In whatever pieces the message comes. */
static void
shows_the_same_byte_by_byte(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i += 3) {
		struct row w = rows[i];
		struct mail_result r;

		w.how.chunk = 1;
		open_row(&r, &w);
		CHECK(r.v != NULL && shows(r.v, w.shown), w.name);
		mail_result_clear(&r);
	}
}

/* The address that is told as the sender's is never one that only somebody
 * without a good signature put inside. */
static void
names_no_sender_from_inside(void)
{
	static const struct row spoof = {"spoof", "Sc(H)",
	    HP("clear") "From: cat@example.org\r\n" BODY, CLEAR};
	struct mail_result r;

	open_row(&r, &spoof);
	CHECK(bl_span_equal(bl_verdict_sender(r.v), BL_STR("ann@example.org")),
	    "the one outside");
	mail_result_clear(&r);
}

static void
holds_inner_headers_to_the_limits(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct row w = {.name = "limit",
	    .text = "S(H)",
	    .payload = HP("clear") INSIDE "X-A: 1\r\nX-B: 2\r\n" BODY,
	    .header = OUTSIDE(FROM_ANN TO SECRET DATE),
	    .how.limits = &limits};
	struct mail_result r;

	for (size_t less = 0; less < 2; less++) {
		limits.header_fields = 7 - less;
		open_row(&r, &w);
		CHECK(bl_verdict_signature(r.v) == (less ? UNVER : VALID) &&
			(bl_verdict_limit(r.v) != NULL) == (less == 1),
		    "fields");
		mail_result_clear(&r);
	}
}

static void
holds_a_wrapped_header_to_the_limit(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_buf payload = {0};
	struct row w = {.name = "limit",
	    .text = "S(H)",
	    .header = OUTSIDE(FROM_ANN),
	    .how.limits = &limits};

	limits.header_block_bytes = 4096;
	for (size_t more = 0; more < 2; more++) {
		struct mail_result r;

		bl_buf_reset(&payload);
		bl_buf_add_str(&payload,
		    "Content-Type: message/rfc822; forwarded=no\r\n\r\n" FROM_ANN
		    "X: ");
		/* 29 of From, "X: ", two line ends */
		for (size_t i = 0; i < 4096 - 29 - 3 - 4 + more; i++)
			bl_buf_add_str(&payload, "x");
		bl_buf_add_str(&payload, "\r\n" BODY);
		w.payload = bl_buf_text(&payload);
		open_row(&r, &w);
		CHECK(bl_verdict_signature(r.v) == (more ? UNVER : VALID),
		    "the block inside");
		CHECK((bl_verdict_limit(r.v) != NULL) == (more == 1), "limit");
		CHECK(bl_verdict_header_form(r.v) == (more ? NONE : WRAPPED),
		    "form");
		mail_result_clear(&r);
	}
	bl_buf_clear(&payload);
}

/* ---- copies of fields in a body ---- */

#define LEGACY "; hp-legacy-display=\"1\""
#define COPY   "Subject: inside\r\n\r\n"

static const struct {
	const char *name, *text, *payload;
	const char *want; /* part whole from to, ... */
} copies[] = {
    {"text", "E(H)", TYPE(LEGACY "; hp=cipher") INSIDE "\r\n" COPY "text\r\n",
	"0 0 0 19 "},
    {"text, LF when decoded", "E(H)",
	TYPE(LEGACY "; hp=cipher") INSIDE
	"Content-Transfer-Encoding: base64\r\n\r\n"
	"U3ViamVjdDogaW5zaWRlCgp0ZXh0Cg==\r\n",
	"0 0 0 17 "},
    {"soft breaks are no empty line", "E(H)",
	TYPE(LEGACY "; hp=cipher") INSIDE
	"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	"Subject: in=\r\n\r\nb\r\n\r\ntext\r\n",
	"0 0 0 18 "},
    {"signed and encrypted", "E(S(H))",
	TYPE(LEGACY "; hp=cipher") INSIDE "\r\n" COPY "text\r\n", "0 0 0 19 "},
    {"not encrypted", "S(H)",
	TYPE(LEGACY "; hp=cipher") INSIDE "\r\n" COPY "text\r\n", ""},
    {"clear", "E(H)", TYPE(LEGACY "; hp=clear") INSIDE "\r\n" COPY "text\r\n",
	""},
    {"no form", "E(H)", TYPE(LEGACY) INSIDE "\r\n" COPY "text\r\n", ""},
    {"no parameter", "E(H)", HP("cipher") INSIDE "\r\n" COPY "text\r\n", ""},
    {"another value", "E(H)",
	TYPE("; hp-legacy-display=0; hp=cipher") INSIDE "\r\n" COPY "text\r\n",
	""},
    {"no empty line", "E(H)",
	TYPE(LEGACY "; hp=cipher") INSIDE "\r\nSubject: inside\r\n", ""},
    {"not opened", "E~(H)",
	TYPE(LEGACY "; hp=cipher") INSIDE "\r\n" COPY "text\r\n", ""},
    {"another type", "E(H)",
	"Content-Type: text/x" LEGACY "; hp=cipher\r\n\r\n" COPY, ""},
    {"both of an alternative", "E(H)",
	"Content-Type: multipart/alternative; boundary=b; hp=cipher\r\n" INSIDE
	"\r\n--b\r\n" TYPE(
	    LEGACY) "\r\n" COPY "text\r\n--b\r\n"
		    "Content-Type: text/html" LEGACY "\r\n\r\n"
		    "<html><body><div class=\"header-protection-legacy-display\">"
		    "<pre>Subject: inside</pre></div><p>text</p></body></html>\r\n"
		    "--b--\r\n",
	"1 0 0 19 2 0 12 90 "},
    {"an attachment, a second part", "E(H)",
	"Content-Type: multipart/mixed; boundary=b; hp=cipher\r\n" INSIDE
	"\r\n--b\r\n" TYPE(
	    LEGACY) "Content-Disposition: attachment\r\n\r\n" COPY
		    "text\r\n--b\r\n" TYPE(LEGACY) "\r\n" COPY
						   "text\r\n--b--\r\n",
	""},
    {"two of them", "E(H)",
	"Content-Type: text/html" LEGACY "; hp=cipher\r\n" INSIDE "\r\n"
	"<div class=\"header-protection-legacy-display\">a</div><p>t</p>"
	"<div class=\"header-protection-legacy-display\">b</div>"
	"<div class=\"another\">c</div>\r\n",
	"0 0 0 53 0 0 61 114 "},
    {"a div in it", "E(H)",
	"Content-Type: text/html" LEGACY "; hp=cipher\r\n" INSIDE "\r\n"
	"<div class=\"header-protection-legacy-display\"><div>a</div>"
	"</div>\r\n",
	""},
    {"a div without end", "E(H)",
	"Content-Type: text/html" LEGACY "; hp=cipher\r\n" INSIDE "\r\n"
	"<div class=\"header-protection-legacy-display\">\r\n",
	""},
    {"no div", "E(H)",
	"Content-Type: text/html" LEGACY "; hp=cipher\r\n" INSIDE "\r\n"
	"<p>text</p>\r\n",
	""},
    {"a part, the older form", "E(H)",
	"Content-Type: multipart/mixed; boundary=b; protected-headers=v1\r\n" INSIDE
	"\r\n--b\r\n" TYPE("; protected-headers=v1") "\r\n" COPY "--b\r\n" TYPE(
	    "") "\r\ntext\r\n--b--\r\n",
	"1 1 0 0 "},
    {"the same type of older programs", "E(H)",
	"Content-Type: multipart/mixed; boundary=b; protected-headers=v1\r\n" INSIDE
	"\r\n--b\r\nContent-Type: text/rfc822-headers; "
	"protected-headers=v1\r\n\r\n" COPY
	"--b\r\n" TYPE("") "\r\ntext\r\n--b--\r\n",
	"1 1 0 0 "},
    {"a part, signed", "E(S(H))",
	"Content-Type: multipart/mixed; boundary=b; protected-headers=v1\r\n" INSIDE
	"\r\n--b\r\n" TYPE("; protected-headers=v1") "\r\n" COPY "--b\r\n" TYPE(
	    "") "\r\ntext\r\n--b--\r\n",
	"1 1 0 0 "},
    {"the second part", "E(H)",
	"Content-Type: multipart/mixed; boundary=b; protected-headers=v1\r\n" INSIDE
	"\r\n--b\r\n" TYPE("") "\r\ntext\r\n--b\r\n" TYPE(
	    "; protected-headers=v1") "\r\n" COPY "--b--\r\n",
	""},
    {"the older part under hp", "E(H)",
	"Content-Type: multipart/mixed; boundary=b; hp=cipher\r\n" INSIDE
	"\r\n--b\r\n" TYPE("; protected-headers=v1") "\r\n" COPY "--b\r\n" TYPE(
	    "") "\r\ntext\r\n--b--\r\n",
	""},
};

static void
finds_copies_of_fields(void)
{
	for (size_t i = 0; i < sizeof(copies) / sizeof(*copies); i++) {
		const struct row w = {
		    .text = copies[i].text, .payload = copies[i].payload};
		struct bl_buf got = {0};
		struct mail_result r;

		open_row(&r, &w);
		for (size_t k = 0; k < bl_verdict_legacy_count(r.v); k++) {
			const struct bl_legacy_display *d = bl_verdict_legacy(
			    r.v, k);

			bl_buf_add_f(&got, "%u %d %zu %zu ", d->part, d->whole,
			    d->from, d->to);
		}
		CHECK(bl_span_equal(
			  bl_buf_span(&got), bl_span_str(copies[i].want)),
		    copies[i].name);
		CHECK(bl_verdict_legacy(r.v, bl_verdict_legacy_count(r.v)) ==
			NULL,
		    "end");
		bl_buf_clear(&got);
		mail_result_clear(&r);
	}
}

/* Only the start of a body is looked at, in whatever pieces it came. */
static void
looks_for_copies_as_far_as_the_limit(void)
{
	for (size_t more = 0; more < 2; more++) {
		struct bl_buf payload = {0};
		struct row w = {.text = "E(H)"};

		bl_buf_add_str(
		    &payload, TYPE(LEGACY "; hp=cipher") INSIDE "\r\n");
		for (size_t i = 0; i < 65536 - 4 + more; i++)
			bl_buf_add_str(&payload, i % 70 == 69 ? "\n" : "x");
		bl_buf_add_str(&payload, "\r\n\r\ntext\r\n");
		w.payload = bl_buf_text(&payload);
		for (size_t chunk = 0; chunk < 8192; chunk += 4099) {
			struct mail_result r;

			w.how.chunk = chunk;
			open_row(&r, &w);
			CHECK(
			    bl_verdict_legacy_count(r.v) == 1 - more, "found");
			mail_result_clear(&r);
		}
		bl_buf_clear(&payload);
	}
}

/* ---- what programs read ---- */

static json_t *
json_of(const struct row *w)
{
	struct bl_buf text = {0};
	struct mail_result r;
	json_t *j;

	open_row(&r, w);
	CHECK(bl_verdict_json(&text, r.v, NULL) == BL_OK, "json");
	j = json_loadb(
	    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	CHECK(j != NULL, "it is JSON, without a name twice");
	bl_buf_clear(&text);
	mail_result_clear(&r);
	return j;
}

static const char *
word(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static const json_t *
field_of(const json_t *j, const char *name)
{
	const json_t *list = json_object_get(j, "fields"), *f;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i,
	    f) if (strcmp(word(f, "name"), name) == 0) return f;
	return NULL;
}

static void
json_tells_fields(void)
{
	static const struct row w = {.text = "E(S(H))",
	    .payload = TYPE(LEGACY "; hp=cipher") INSIDE STATED
	    "Keywords: a\r\nKeywords: b\r\n\r\n" COPY "text\r\n",
	    .header = OUTSIDE(FROM_ANN TO "Subject: changed\r\n" DATE)};
	json_t *j = json_of(&w);
	const json_t *f = field_of(j, "Subject"), *h, *d;

	CHECK(strcmp(word(j, "headerForm"), "cipher") == 0, "form");
	CHECK(strcmp(word(f, "text"), "inside") == 0, "text");
	CHECK(strcmp(word(f, "protection"), "signed-and-encrypted") == 0,
	    "protection");
	CHECK(strcmp(word(f, "outside"), "outside") == 0, "outside");
	CHECK(json_is_false(json_object_get(f, "safeOutside")), "safe");
	f = field_of(j, "Keywords");
	CHECK(json_is_null(json_object_get(f, "outside")), "removed");
	CHECK(json_is_true(json_object_get(field_of(j, "To"), "safeOutside")),
	    "safe");
	h = json_object_get(j, "headers");
	CHECK(strcmp(word(h, "Subject"), "inside") == 0 &&
		strcmp(word(h, "Keywords"), "a") == 0 &&
		json_object_size(h) == 5,
	    "headers");
	d = json_object_get(j, "headersDiffer");
	CHECK(json_array_size(d) == 1 &&
		strcmp(json_string_value(json_array_get(d, 0)), "Subject") == 0,
	    "differ");
	d = json_array_get(json_object_get(j, "legacyDisplay"), 0);
	CHECK(json_integer_value(json_object_get(d, "to")) == 19, "to");
	json_decref(j);
}

/* An answer takes no address from outside (RFC 9788 6.2). */
static void
tells_where_each_field_stands(void)
{
	static const struct {
		const char *text, *payload, *places;
	} cases[] = {
	    {"S(H)", HP("clear") FROM_ANN TO BODY, "inside inside"},
	    {"S(H)", HP("clear") TO BODY, "outside inside"},
	    {"S(H)", HP("clear") FROM_CAT TO BODY, "outside claimed inside"},
	    {"E(H)", HP("cipher") FROM_CAT TO BODY, "outside claimed inside"},
	    {"S!(H)", HP("clear") FROM_CAT TO BODY, "outside outside"},
	    {"S(H)", TYPE("; protected-headers=v1") FROM_ANN BODY,
		"inside outside"},
	    {"S(H)", TYPE("") FROM_CAT TO BODY, "outside outside"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct row w = {.text = cases[i].text,
		    .payload = cases[i].payload,
		    .header = OUTSIDE(FROM_ANN TO)};
		json_t *j = json_of(&w), *f;
		struct bl_buf got = {0};
		size_t k;

		json_array_foreach(json_object_get(j, "fields"), k, f)
		    bl_buf_add_f(
			&got, "%s%s", k == 0 ? "" : " ", word(f, "place"));
		CHECK(strcmp(bl_buf_text(&got), cases[i].places) == 0,
		    cases[i].payload);
		bl_buf_clear(&got);
		json_decref(j);
	}
}

/* `headers` has what is protected and cannot have been altered. */
static void
json_has_no_field_that_can_be_altered(void)
{
	static const struct row w[] = {
	    {.text = "C(H)", .payload = HP("cipher") INSIDE STATED BODY},
	    {.text = "Se(H)", .payload = HP("clear") INSIDE BODY},
	    {.text = "S(H)", .payload = TYPE("") INSIDE BODY},
	    {.text = "E(H)", .payload = HP("cipher") FROM_CAT BODY},
	    {.text = "E(H)",
		.payload = HP("cipher") FROM_CAT BODY,
		.header = OUTSIDE(TO)},
	    {.text = "H", .payload = HP("clear") BODY}};

	for (size_t i = 0; i < sizeof(w) / sizeof(*w); i++) {
		json_t *j = json_of(&w[i]);

		CHECK(json_object_size(json_object_get(j, "headers")) == 0,
		    w[i].text);
		json_decref(j);
	}
}

static enum bl_err
open_once(void *arg)
{
	const struct bl_span *in = arg;
	const struct mail_how how = {0};
	struct mail_result r;
	struct bl_buf json = {0};
	enum bl_err err;

	mail_open(&r, &kit, *in, &how);
	err = r.err == BL_OK && r.give_failed ? BL_E_MEMORY : r.err;
	if (err == BL_OK)
		err = bl_verdict_json(&json, r.v, NULL);
	bl_buf_clear(&json);
	mail_result_clear(&r);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	static const char *const payloads[] = {
	    TYPE(LEGACY "; hp=cipher") INSIDE STATED "\r\n" COPY "text\r\n",
	    "Content-Type: message/rfc822; forwarded=no\r\n\r\n" INSIDE BODY};

	for (size_t i = 0; i < 2; i++) {
		struct bl_buf mail = {0};
		struct bl_span in;

		kit.payload = payloads[i];
		mail_message(&mail, &kit, NULL, "E(S(H))");
		in = bl_buf_span(&mail);
		bl_test_each_allocation(open_once, &in, payloads[i]);
		bl_buf_clear(&mail);
	}
}

static void
names_have_texts(void)
{
	for (enum bl_header_form f = NONE; f <= WRAPPED; f++)
		for (enum bl_header_form g = NONE; g < f; g++)
			CHECK(strcmp(bl_header_form_name(f),
				  bl_header_form_name(g)) != 0,
			    "form");
	for (unsigned p = 0; p <= BL_FIELD_SIGNED_ENCRYPTED; p++)
		for (unsigned q = 0; q < p; q++)
			CHECK(strcmp(bl_field_protection_name(
					 (enum bl_field_protection)p),
				  bl_field_protection_name(
				      (enum bl_field_protection)q)) != 0,
			    "protection");
	CHECK(strcmp(bl_field_place_name(BL_FIELD_OUTSIDE), "outside") == 0 &&
		strcmp(bl_field_place_name(BL_FIELD_INSIDE), "inside") == 0 &&
		strcmp(bl_field_place_name(BL_FIELD_CLAIMED), "claimed") == 0,
	    "place");
}

TESTS(TEST(set_up), TEST(shows_each_row_as_stated),
    TEST(shows_the_same_byte_by_byte), TEST(names_no_sender_from_inside),
    TEST(holds_inner_headers_to_the_limits),
    TEST(holds_a_wrapped_header_to_the_limit), TEST(finds_copies_of_fields),
    TEST(looks_for_copies_as_far_as_the_limit), TEST(json_tells_fields),
    TEST(tells_where_each_field_stands),
    TEST(json_has_no_field_that_can_be_altered), TEST(names_have_texts),
    TEST(survives_each_failing_allocation), TEST(take_down))
