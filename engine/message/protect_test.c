/* protect_test.c - what of a draft's header goes inside, and what stays. */
#include "message/protect.h"

#include "tests/test.h"

#define NONE	 BL_HEADER_POLICY_NONE
#define BASELINE BL_HEADER_POLICY_BASELINE
#define SHY	 BL_HEADER_POLICY_SHY

static const struct {
	enum bl_header_policy policy;
	const char *field;
	const char *left; /* NULL: removed */
	enum bl_err err;
} policies[] = {
    {NONE, "Subject: a\r\n", "a", BL_OK},
    {NONE, "Keywords: a\r\n", "a", BL_OK},
    {NONE, "From: Ann <ann@example.org>\r\n", "Ann <ann@example.org>", BL_OK},
    {BASELINE, "Subject: a\r\n", "[...]", BL_OK},
    {BASELINE, "SUBJECT:\r\n", "[...]", BL_OK},
    {BASELINE, "Keywords: a\r\n", NULL, BL_OK},
    {BASELINE, "comments: a\r\n", NULL, BL_OK},
    {BASELINE, "Comment: a\r\n", "a", BL_OK},
    {BASELINE, "From: Ann <ann@example.org>\r\n", "Ann <ann@example.org>",
	BL_OK},
    {BASELINE, "Date: Mon, 21 Sep 2026 16:13:20 +0200\r\n",
	"Mon, 21 Sep 2026 16:13:20 +0200", BL_OK},
    {SHY, "Subject: a\r\n", "[...]", BL_OK},
    {SHY, "Comments: a\r\n", NULL, BL_OK},
    {SHY, "From: Ann <ann@example.org>\r\n", "ann@example.org", BL_OK},
    {SHY, "To: \"B, B\" <b@example.org>, c@example.org (C)\r\n",
	"b@example.org, c@example.org", BL_OK},
    {SHY, "Cc: =?utf-8?q?J=C3=B6rg?= <j@example.org>\r\n", "j@example.org",
	BL_OK},
    {SHY, "Reply-To: Ann <ann@example.org>\r\n", "ann@example.org", BL_OK},
    {SHY, "Sender: Ann <ann@example.org>\r\n", "ann@example.org", BL_OK},
    {SHY, "To: team: Ann <ann@example.org>;\r\n", "", BL_E_MALFORMED},
    {SHY, "To: undisclosed-recipients:;\r\n", "", BL_E_MALFORMED},
    {SHY, "To: Ann\r\n", "", BL_E_MALFORMED},
    {SHY, "To:\r\n", "", BL_E_MALFORMED},
    {SHY, "Date: Mon, 21 Sep 2026 16:13:20 +0200\r\n",
	"Mon, 21 Sep 2026 14:13:20 +0000", BL_OK},
    {SHY, "Date: Thu, 31 Dec 1998 23:30:00 -0800\r\n",
	"Fri, 01 Jan 1999 07:30:00 +0000", BL_OK},
    {SHY, "Date: today\r\n", "", BL_E_MALFORMED},
    {SHY, "Message-ID: <a@b>\r\n", "<a@b>", BL_OK},
};

static struct bl_header *
header(const char *text)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_header *h = NULL;

	CHECK(bl_header_read(&h, bl_span_str(text), &limits, NULL) == BL_OK,
	    text);
	return h;
}

static void
policies_leave_what_they_say(void)
{
	const struct bl_limits limits = BL_LIMITS;

	for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
		struct bl_header *h = header(policies[i].field);
		struct bl_buf out = {0};
		bool removed = false;
		enum bl_err err = bl_policy_apply(&out, &removed,
		    policies[i].policy, bl_header_at(h, 0), &limits, NULL);
		const char *left = policies[i].left;

		CHECK(err == policies[i].err, policies[i].field);
		CHECK(err != BL_OK || removed == (left == NULL),
		    policies[i].field);
		CHECK(err != BL_OK ||
			bl_span_equal(bl_buf_span(&out),
			    left == NULL ? (struct bl_span){0}
					 : bl_span_str(left)),
		    policies[i].field);
		bl_buf_clear(&out);
		bl_header_free(h);
	}
}

#define HP(v) ";\r\n hp=\"" v "\"\r\n"
#define X10   "xxxxxxxxxx"
#define X100  X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X994                                                                   \
	X100 X100 X100 X100 X100 X100 X100 X100 X100 X10 X10 X10 X10 X10 X10   \
	    X10 X10 X10 "xxxx"

static const struct {
	const char *name, *draft;
	bool encrypts;
	enum bl_header_policy policy;
	enum bl_err err;
	const char *outside, *inside;
} drafts[] = {
    {"signed", "Subject: a\r\nContent-Type: text/plain\r\n\r\n", false, NONE,
	BL_OK, "Subject: a\r\n",
	"Subject: a\r\nContent-Type: text/plain" HP("clear") "\r\n"},
    {"encrypted", "Subject: a\r\nContent-Type: text/plain\r\n\r\n", true, NONE,
	BL_OK, "Subject: a\r\n",
	"Subject: a\r\nContent-Type: text/plain" HP(
	    "cipher") "HP-Outer: Subject: a\r\n\r\n"},
    {"the subject hidden",
	"From: a@b\r\nSubject: a\r\nKeywords: k\r\n"
	"Content-Type: text/plain\r\n\r\n",
	true, BASELINE, BL_OK, "From: a@b\r\nSubject: [...]\r\n",
	"From: a@b\r\nSubject: a\r\nKeywords: k\r\n"
	"Content-Type: text/plain" HP(
	    "cipher") "HP-Outer: From: a@b\r\n"
		      "HP-Outer: Subject: [...]\r\n\r\n"},
    {"no type", "Subject: a\r\n\r\n", false, NONE, BL_OK, "Subject: a\r\n",
	"Subject: a\r\nContent-Type: text/plain; hp=\"clear\"\r\n\r\n"},
    {"unix, folded, no end", "Subject: a\n b\nX-Other: 1", true, NONE, BL_OK,
	"Subject: a\r\n b\r\nX-Other: 1\r\n",
	"Subject: a\r\n b\r\nX-Other: 1\r\n"
	"Content-Type: text/plain; hp=\"cipher\"\r\n"
	"HP-Outer: Subject: a b\r\nHP-Outer: X-Other: 1\r\n\r\n"},
    {"blind copies and what servers wrote",
	"Return-Path: <r@b>\r\nReceived: x\r\nBcc: c@b\r\nResent-Bcc: d@b\r\n"
	"To: a@b\r\n\r\n",
	true, BASELINE, BL_OK,
	"Return-Path: <r@b>\r\nReceived: x\r\nBcc: c@b\r\nResent-Bcc: d@b\r\n"
	"To: a@b\r\n",
	"To: a@b\r\nContent-Type: text/plain; hp=\"cipher\"\r\n"
	"HP-Outer: To: a@b\r\n\r\n"},
    {"an entity alone", "Content-Type: text/plain\r\nMIME-Version: 1.0\r\n\r\n",
	true, BASELINE, BL_OK, "", "Content-Type: text/plain\r\n\r\n"},
    {"with a blind copy only", "Bcc: c@b\r\nContent-Type: text/plain\r\n\r\n",
	true, NONE, BL_OK, "Bcc: c@b\r\n", "Content-Type: text/plain\r\n\r\n"},
    {"MIME fields",
	"MIME-Version: 1.0\r\nSubject: a\r\nContent-ID: <1>\r\n\r\n", false,
	NONE, BL_OK, "Subject: a\r\n",
	"Subject: a\r\nContent-ID: <1>\r\n"
	"Content-Type: text/plain; hp=\"clear\"\r\n\r\n"},
    {"a type that ends in a semicolon",
	"Subject: a\r\nContent-Type: text/plain; charset=utf-8;\r\n\r\n", false,
	NONE, BL_OK, "Subject: a\r\n",
	"Subject: a\r\nContent-Type: text/plain; charset=utf-8;\r\n"
	" hp=\"clear\"\r\n\r\n"},
    {"white space at an end",
	"Subject: a \r\n b\r\nContent-Type: text/plain \r\n\r\n", false, NONE,
	BL_OK, "Subject: a \r\n b\r\n",
	"Subject: a  b\r\nContent-Type: text/plain; hp=\"clear\"\r\n\r\n"},
    {"a line of 998", "X: " X994 "x\r\n\r\n", false, NONE, BL_OK,
	"X: " X994 "x\r\n",
	"X: " X994 "x\r\nContent-Type: text/plain; hp=\"clear\"\r\n\r\n"},
    {"a line of 1000", "X: " X994 " xx\r\n\r\n", false, NONE, BL_OK,
	"X: " X994 " xx\r\n",
	"X: " X994 "\r\n xx\r\n"
	"Content-Type: text/plain; hp=\"clear\"\r\n\r\n"},

    /* layers keep their bytes */
    {"signed already",
	"Subject: a\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n",
	true, NONE, BL_OK, "Subject: a\r\n",
	"Content-Type: multipart/signed; boundary=b\r\n\r\n"},
    {"encrypted already",
	"Subject: a\r\nContent-Type: application/pkcs7-mime\r\n\r\n", false,
	NONE, BL_OK, "Subject: a\r\n",
	"Content-Type: application/pkcs7-mime\r\n\r\n"},
    {"encrypted already, an old type",
	"Subject: a\r\nContent-Type: application/x-pkcs7-mime\r\n\r\n", false,
	NONE, BL_OK, "Subject: a\r\n",
	"Content-Type: application/x-pkcs7-mime\r\n\r\n"},
    {"PGP",
	"Subject: a\r\nContent-Type: multipart/encrypted; boundary=b\r\n\r\n",
	true, NONE, BL_OK, "Subject: a\r\n",
	"Content-Type: multipart/encrypted; boundary=b\r\n\r\n"},
    {"signed already, to be hidden",
	"Subject: a\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n",
	true, BASELINE, BL_E_DENIED, "", ""},
    {"signed already, nothing to hide",
	"Content-Type: multipart/signed; boundary=b\r\n\r\n", true, BASELINE,
	BL_OK, "", "Content-Type: multipart/signed; boundary=b\r\n\r\n"},

    /* what came out of a protected message */
    {"it was signed",
	"Subject: a\r\nContent-Type: text/plain; hp=\"clear\"; "
	"charset=utf-8\r\n\r\n",
	true, NONE, BL_OK, "Subject: a\r\n",
	"Subject: a\r\nContent-Type: text/plain; charset=utf-8; "
	"hp=\"cipher\"\r\nHP-Outer: Subject: a\r\n\r\n"},
    {"it was encrypted",
	"Subject: a\r\nContent-Type: text/plain; hp=\"cipher\"\r\n\r\n", true,
	BASELINE, BL_E_DENIED, "", ""},
    {"it was encrypted, to be signed",
	"Subject: a\r\nContent-Type: text/plain; hp=\"cipher\"\r\n\r\n", false,
	NONE, BL_E_DENIED, "", ""},
    {"HP-Outer alone", "Subject: a\r\nHP-Outer: Subject: b\r\n\r\n", true, NONE,
	BL_E_DENIED, "", ""},
    {"hp that is not known",
	"Subject: a\r\nContent-Type: text/plain; hp=\"other\"\r\n\r\n", false,
	NONE, BL_E_DENIED, "", ""},

    /* what cannot be protected */
    {"two charsets",
	"Subject: a\r\nContent-Type: text/plain; charset=a; charset=b\r\n\r\n",
	false, NONE, BL_E_MALFORMED, "", ""},
    {"a control character", "X: a\1b\r\n\r\n", true, NONE, BL_E_MALFORMED, "",
	""},
    {"a name that cannot be hidden", "To: a: b@c;\r\n\r\n", true, SHY,
	BL_E_MALFORMED, "", ""},
};

static void
splits_each_draft_as_stated(void)
{
	const struct bl_limits limits = BL_LIMITS;

	for (size_t i = 0; i < sizeof(drafts) / sizeof(*drafts); i++) {
		const struct bl_protect_how how = {
		    .encrypts = drafts[i].encrypts,
		    .policy = drafts[i].policy,
		    .limits = &limits};
		struct bl_header *h = header(drafts[i].draft);
		struct bl_buf outside = {0}, inside = {0};
		struct bl_note note = {0};
		enum bl_err err = bl_protect_split(
		    &outside, &inside, h, &how, &note);
		bool same = bl_span_equal(bl_buf_span(&outside),
				bl_span_str(drafts[i].outside)) &&
		    bl_span_equal(
			bl_buf_span(&inside), bl_span_str(drafts[i].inside));

		CHECK(err == drafts[i].err && note.err == err, drafts[i].name);
		CHECK(err != BL_OK || same, drafts[i].name);
		if (err == BL_OK && !same)
			fprintf(stderr, "%.*s---\n%.*s---\n", (int)outside.n,
			    outside.p, (int)inside.n, inside.p);
		bl_buf_clear(&outside);
		bl_buf_clear(&inside);
		bl_header_free(h);
	}
}

static enum bl_err
scenario(void *arg)
{
	const struct bl_limits limits = BL_LIMITS;
	const struct bl_protect_how how = {
	    .encrypts = true, .policy = SHY, .limits = &limits};
	struct bl_buf outside = {0}, inside = {0};
	struct bl_header *h = NULL;
	enum bl_err err;

	(void)arg;
	err = bl_header_read(&h,
	    BL_STR("From: Ann <ann@example.org>\r\nX: a \r\n"
		   "Content-Type: text/plain; hp=clear; name=a\r\n\r\n"),
	    &limits, NULL);
	if (err == BL_OK)
		err = bl_protect_split(&outside, &inside, h, &how, NULL);
	bl_buf_clear(&outside);
	bl_buf_clear(&inside);
	bl_header_free(h);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	bl_test_each_allocation(scenario, NULL, "split");
}

TESTS(TEST(policies_leave_what_they_say), TEST(splits_each_draft_as_stated),
    TEST(survives_each_failing_allocation))
