/* open_test.c - trees of layers and parts, and what each turns out to be. */
#include "message/test_mail.h"
#include "tests/test.h"

#define FROM(value)                                                            \
	value "To: bob@example.org\r\n"                                        \
	      "Date: Mon, 21 Sep 2026 14:13:20 +0000\r\n"                      \
	      "MIME-Version: 1.0\r\n"

/*
 * text	   see mail_entity
 * want	   encryption, signature; reasons after it
 * gives   whether content leaves, and then whether the canary is in it
 */
enum gives { NOTHING = 0, CANARY, OTHER };
struct tree {
	const char *name, *text;
	enum bl_encryption encryption;
	enum bl_signature signature;
	const char *reasons;
	enum gives gives;
	const char *header;
	struct mail_how how;
};

#define PLAIN	 BL_ENCRYPTION_NONE
#define INTACT	 BL_ENCRYPTION_INTACT
#define UNAUTH	 BL_ENCRYPTION_UNAUTHENTICATED
#define PARTIAL	 BL_ENCRYPTION_PARTIAL
#define FAILED	 BL_ENCRYPTION_FAILED
#define UNSIGNED BL_SIGNATURE_NONE
#define VALID	 BL_SIGNATURE_VALID
#define UNVER	 BL_SIGNATURE_UNVERIFIED
#define INVALID	 BL_SIGNATURE_INVALID

static const struct tree trees[] = {
    /* honest ones */
    {"plain", "t", PLAIN, UNSIGNED, "", CANARY},
    {"plain with parts", "M(t,f)", PLAIN, UNSIGNED, "", CANARY},
    {"clear-signed", "S(t)", PLAIN, VALID, "", CANARY},
    {"clear-signed parts", "S(M(t,f))", PLAIN, VALID, "", CANARY},
    {"clear-signed, SHA-512", "S5(t)", PLAIN, VALID, "", CANARY},
    {"opaque", "O(t)", PLAIN, VALID, "", CANARY},
    {"opaque, RSA", "Ob(t)", PLAIN, UNVER, "signer-mismatch", CANARY},
    {"encrypted", "E(t)", INTACT, UNSIGNED, "", CANARY},
    {"encrypted, CBC", "C(t)", UNAUTH, UNSIGNED, "unauthenticated", CANARY},
    {"signed, then encrypted", "E(S(t))", INTACT, VALID, "", CANARY},
    {"opaque, then encrypted", "E(O(t))", INTACT, VALID, "", CANARY},
    {"signed, then CBC", "C(S(t))", UNAUTH, VALID, "unauthenticated", CANARY},
    {"triple wrap", "S(E(S(t)))", INTACT, VALID, "", CANARY},
    {"triple wrap, opaque", "O(E(O(t)))", INTACT, VALID, "", CANARY},
    {"encrypted twice", "E(E(t))", INTACT, UNSIGNED, "", CANARY},
    {"encrypted thrice", "E(E(E(S(t))))", INTACT, VALID, "", CANARY},
    {"signed around signed", "S(S(t))", PLAIN, VALID, "", CANARY},
    {"opaque around clear", "O(S(t))", PLAIN, VALID, "", CANARY},
    {"clear around opaque", "S(O(t))", PLAIN, VALID, "", CANARY},
    {"certificates only", "Z", PLAIN, UNSIGNED, "", OTHER},

    /* ATK-101, ATK-205: beside the envelope */
    {"encrypted part beside text", "M(f,E(t))", PARTIAL, UNSIGNED,
	"partly-encrypted", OTHER},
    {"encrypted part alone in a multipart", "M(E(t))", PARTIAL, UNSIGNED,
	"partly-encrypted", OTHER},
    {"encrypted part in alternative", "A(f,C(t))", PARTIAL, UNSIGNED,
	"partly-encrypted", OTHER},
    {"encrypted part deep", "M(f,M(f,M(E(t))))", PARTIAL, UNSIGNED,
	"partly-encrypted", OTHER},
    {"signed part with footer", "M(S(t),f)", PLAIN, UNVER, "partly-signed",
	CANARY},
    {"signed part alone in a multipart", "M(S(t))", PLAIN, UNVER,
	"partly-signed", CANARY},
    {"opaque part with footer", "M(O(t),f)", PLAIN, UNVER, "partly-signed",
	OTHER},
    {"signed part with footer, encrypted", "E(M(S(t),f))", INTACT, UNVER,
	"partly-signed", CANARY},
    {"signed part in alternative", "A(f,S(t))", PLAIN, UNVER, "partly-signed",
	CANARY},
    {"both beside text", "M(S(t),E(t))", PARTIAL, UNVER,
	"partly-signed partly-encrypted", CANARY},
    {"encrypted part under a signature", "S(M(f,E(t)))", PARTIAL, VALID,
	"partly-encrypted", OTHER},
    {"encrypted part in encrypted", "E(M(f,E(t)))", INTACT, UNSIGNED,
	"partly-encrypted", OTHER},
    {"signed part under a signature", "S(M(S(t),f))", PLAIN, VALID, "", CANARY},
    {"certificates as attachment", "M(t,Z)", PLAIN, UNSIGNED, "", CANARY},
    {"compressed as attachment", "M(t,P(t))", PLAIN, UNSIGNED, "", CANARY},
    {"attached message that is signed", "M(f,R(S(t)))", PLAIN, UNSIGNED, "",
	CANARY},
    {"attached message that is encrypted", "M(f,R(E(t)))", PLAIN, UNSIGNED, "",
	OTHER},
    {"wrapped message that is signed", "R(S(t))", PLAIN, UNSIGNED, "", CANARY},
    {"signed around an attached message", "S(M(t,R(S~(f))))", PLAIN, VALID, "",
	CANARY},
    {"third part", "S#(t)", PLAIN, UNVER, "partly-signed", CANARY},
    {"third part with parts", "S6(t)", PLAIN, UNVER, "partly-signed", CANARY},
    {"second part with parts", "S7(t)", PLAIN, UNVER,
	"partly-signed no-signer malformed", CANARY},
    {"third part with parts around encrypted", "S6(E(S(t)))", INTACT, UNVER,
	"partly-signed", CANARY},
    {"text before and after", "S^(t)", PLAIN, VALID, "", CANARY},

    /* ATK-116: around somebody's encryption */
    {"signed around encrypted", "S(E(t))", INTACT, UNVER, "outer-signer",
	CANARY},
    {"opaque around encrypted", "O(E(t))", INTACT, UNVER, "outer-signer",
	CANARY},
    {"signed around CBC", "S(C(t))", UNAUTH, UNVER,
	"outer-signer unauthenticated", CANARY},
    {"signed twice around encrypted", "S(S(E(t)))", INTACT, UNVER,
	"outer-signer", CANARY},
    {"signed between two encryptions", "E(S(E(t)))", INTACT, UNVER,
	"outer-signer", CANARY},
    {"another signed around", "Sc(E(S(t)))", INTACT, VALID, "", CANARY},
    {"unknown one signed around", "Se(E(S(t)))", INTACT, VALID, "", CANARY},
    {"the sender around another's", "S(E(Sc(t)))", INTACT, UNVER,
	"signer-mismatch", CANARY},
    {"altered around valid", "O!(S(t))", PLAIN, INVALID,
	"content-altered ambiguous", NOTHING},
    {"wrong around valid", "S~(E(S(t)))", INTACT, INVALID, "signature-wrong",
	NOTHING},
    {"nobody around valid", "S0(S(t))", PLAIN, UNVER, "no-signer", CANARY},
    {"third part around valid", "S#(E(S(t)))", INTACT, UNVER, "partly-signed",
	CANARY},

    /* ATK-201: content in two places */
    {"detached with content", "S@(t)", PLAIN, INVALID, "signature-malformed",
	NOTHING},
    {"opaque without content", "O@(t)", PLAIN, INVALID,
	"signature-malformed malformed", NOTHING},
    {"altered", "S!(t)", PLAIN, INVALID, "content-altered", NOTHING},
    {"altered, opaque", "O!(t)", PLAIN, INVALID, "content-altered", NOTHING},
    {"altered, encrypted", "E(S!(t))", INTACT, INVALID, "content-altered",
	NOTHING},
    {"altered, allowed", "S!(t)", PLAIN, INVALID, "content-altered", CANARY,
	NULL, {.gates = BL_GATE_ALLOW_INVALID}},

    /* ATK-202: several signers */
    {"two good signers", "Sac(t)", PLAIN, VALID, "", CANARY},
    {"two good signers, opaque", "Oca(t)", PLAIN, VALID, "", CANARY},
    {"the same twice", "Saa(t)", PLAIN, VALID, "", CANARY},
    {"one of two unknown", "Sae(t)", PLAIN, UNVER,
	"several-signers signer-unknown-ca", CANARY},
    {"one of two wrong", "Sac~(t)", PLAIN, INVALID,
	"several-signers signature-wrong", NOTHING},
    {"one of two is missing", "San(t)", PLAIN, UNVER,
	"several-signers chain-incomplete", CANARY},
    {"none of two is the sender", "Scb(t)", PLAIN, UNVER,
	"several-signers signer-mismatch", CANARY},

    /* ATK-203: no signers */
    {"nobody signed", "S0(t)", PLAIN, UNVER, "no-signer", CANARY},
    {"nobody signed, opaque", "O0(t)", PLAIN, UNVER, "no-signer", CANARY},
    {"nobody signed, encrypted", "E(S0(t))", INTACT, UNVER, "no-signer",
	CANARY},
    {"no second part", "S$(t)", PLAIN, UNVER, "no-signer malformed", CANARY},
    {"second part is something else", "S%(t)", PLAIN, UNVER,
	"no-signer malformed", CANARY},
    {"no protocol", "S:(t)", PLAIN, UNVER, "partly-signed", CANARY},

    /* ATK-204: who signed */
    {"wrong signature", "S~(t)", PLAIN, INVALID, "signature-wrong", NOTHING},
    {"unknown issuer", "Se(t)", PLAIN, UNVER, "signer-unknown-ca", CANARY},
    {"expired", "So(t)", PLAIN, UNVER, "expired", CANARY},
    {"another sender", "Sc(t)", PLAIN, UNVER, "signer-mismatch", CANARY},
    {"weak key", "Sw(t)", PLAIN, UNVER, "weak-key", CANARY},
    {"certificate missing", "Sn(t)", PLAIN, UNVER, "chain-incomplete", CANARY},
    {"certificate fetched", "Sn(t)", PLAIN, UNVER, "signer-unknown-ca", CANARY,
	NULL, {.knows_nick = true}},
    {"certificate refused", "Sn(t)", PLAIN, UNVER, "chain-incomplete", CANARY,
	NULL, {.refuse = true}},
    {"nobody is trusted", "S(t)", PLAIN, UNVER, "signer-unknown-ca", CANARY,
	NULL, {.no_anchors = true}},
    {"unknown and wrong", "Se~(t)", PLAIN, INVALID,
	"signature-wrong signer-unknown-ca", NOTHING},

    /* ATK-206: what From says */
    {"no From", "S(t)", PLAIN, UNVER, "no-sender", CANARY, FROM("")},
    {"two From fields", "S(t)", PLAIN, UNVER, "no-sender ambiguous", CANARY,
	FROM("From: ann@example.org\r\nFrom: ann@example.org\r\n")},
    {"two mailboxes", "S(t)", PLAIN, UNVER, "no-sender", CANARY,
	FROM("From: ann@example.org, eve@example.org\r\n")},
    {"a group", "S(t)", PLAIN, UNVER, "no-sender", CANARY,
	FROM("From: us: ann@example.org;\r\n")},
    {"empty From", "S(t)", PLAIN, UNVER, "no-sender", CANARY,
	FROM("From: \r\n")},
    {"address in the name", "S(t)", PLAIN, UNVER, "signer-mismatch", CANARY,
	FROM("From: \"ann@example.org\" <eve@example.org>\r\n")},
    {"route", "S(t)", PLAIN, UNVER, "no-sender", CANARY,
	FROM("From: <@evil.org:ann@example.org>\r\n")},
    {"one mailbox and a comma", "S(t)", PLAIN, UNVER, "no-sender", CANARY,
	FROM("From: ann@example.org,\r\n")},
    {"one mailbox and a broken one", "S(t)", PLAIN, UNVER, "no-sender", CANARY,
	FROM("From: ann@example.org, eve@\r\n")},
    {"one mailbox, its name no UTF-8", "S(t)", PLAIN, UNVER, "no-sender",
	CANARY, FROM("From: \xff <ann@example.org>\r\n")},
    {"nobody signed, no From", "S0(t)", PLAIN, UNVER, "no-signer no-sender",
	CANARY, FROM("")},
    {"another From, Sender is the signer", "S(t)", PLAIN, UNVER,
	"signer-mismatch", CANARY,
	FROM("From: eve@example.org\r\nSender: ann@example.org\r\n")},
    {"Resent-From is the signer", "S(t)", PLAIN, UNVER, "signer-mismatch",
	CANARY,
	FROM("From: eve@example.org\r\nResent-From: ann@example.org\r\n")},
    {"capitals in From", "S(t)", PLAIN, VALID, "", CANARY,
	FROM("From: ANN@EXAMPLE.org\r\n")},
    {"no From, expected", "S(t)", PLAIN, VALID, "", CANARY, FROM(""),
	{.from = "ann@example.org"}},
    {"no From, another expected", "S(t)", PLAIN, UNVER, "signer-mismatch",
	CANARY, FROM(""), {.from = "cat@example.org"}},
    {"From, another expected", "S(t)", PLAIN, UNVER, "signer-mismatch", CANARY,
	NULL, {.from = "cat@example.org"}},
    {"From and expected", "S(t)", PLAIN, VALID, "", CANARY, NULL,
	{.from = "ann@example.org"}},
    {"two From fields, expected", "S(t)", PLAIN, UNVER, "no-sender ambiguous",
	CANARY, FROM("From: ann@example.org\r\nFrom: ann@example.org\r\n"),
	{.from = "ann@example.org"}},
    {"text behind From", "S(t)", PLAIN, UNVER, "no-sender", CANARY,
	FROM("From: Ann <ann@example.org> x\r\n")},
    {"no From, plain", "t", PLAIN, UNSIGNED, "", CANARY, FROM("")},
    {"another From inside", "S(I)", PLAIN, VALID, "headers-differ", CANARY},
    {"another From inside, encrypted", "E(I)", INTACT, UNSIGNED,
	"headers-differ", CANARY},
    {"another From inside, unverified", "Se(I)", PLAIN, UNVER,
	"signer-unknown-ca", CANARY},

    /* ATK-209: when */
    {"signed two hours later", "S+(t)", PLAIN, UNVER, "date-mismatch", CANARY,
	NULL, {.now = BL_PERSON_NOW + 86400}},
    {"signed within the hour", "S9(t)", PLAIN, VALID, "", CANARY},
    {"no signing time", "S_(t)", PLAIN, VALID, "", CANARY},
    {"no Date", "S+(t)", PLAIN, VALID, "", CANARY, "From: ann@example.org\r\n",
	{.now = BL_PERSON_NOW + 86400}},
    {"signed in the future", "S+(t)", PLAIN, UNVER, "date-mismatch", CANARY,
	"From: ann@example.org\r\n"},
    {"unreadable Date", "S(t)", PLAIN, UNVER, "date-mismatch", CANARY,
	"From: ann@example.org\r\nDate: yesterday\r\n"},
    {"unreadable Date, no signing time", "S_(t)", PLAIN, VALID, "", CANARY,
	"From: ann@example.org\r\nDate: yesterday\r\n"},

    /* ATK-210, ATK-211: attributes and algorithms */
    {"no signed attributes", "S-(t)", PLAIN, UNVER, "weak-algorithm", CANARY},
    {"no signed attributes, opaque", "O-(t)", PLAIN, UNVER, "weak-algorithm",
	CANARY},
    {"no signed attributes, altered", "S-!(t)", PLAIN, INVALID,
	"weak-algorithm signature-wrong", NOTHING},
    {"signing time twice", "S2(t)", PLAIN, INVALID, "signature-malformed",
	NOTHING},
    {"SHA-1", "S1(t)", PLAIN, UNVER, "weak-algorithm", CANARY},
    {"SHA-1, opaque", "O1(t)", PLAIN, UNVER, "weak-algorithm", CANARY},
    {"SHA-1, altered", "S1!(t)", PLAIN, INVALID,
	"weak-algorithm content-altered", NOTHING},
    {"micalg says md5", "S?(t)", PLAIN, VALID, "", CANARY},
    {"micalg says another", "S*(t)", PLAIN, VALID, "", CANARY},
    {"micalg says another, altered", "S*!(t)", PLAIN, INVALID,
	"content-altered", NOTHING},
    {"micalg says another, nested", "S*(S(t))", PLAIN, VALID, "", CANARY},
    {"micalg says another, certificates inside", "S*(Z)", PLAIN, VALID, "",
	OTHER},
    {"digest not announced, opaque", "Oq(t)", PLAIN, UNVER, "unknown-algorithm",
	CANARY},
    {"content type is not data", "O|(t)", PLAIN, UNVER, "unsupported", CANARY},

    /* ATK-213, ATK-214: ambiguous */
    {"two Content-Types inside", "S=(t)", PLAIN, UNVER, "ambiguous", CANARY},
    {"two Content-Types outside, the first is text", "S(t)", PLAIN, UNSIGNED,
	"", CANARY, MAIL_HEADER "Content-Type: text/plain\r\n"},
    {"two Content-Types, plain", "t", PLAIN, UNSIGNED, "", CANARY,
	MAIL_HEADER "Content-Type: text/html\r\n"},
    {"two Content-Types, encrypted", "E(S=(t))", INTACT, UNVER, "ambiguous",
	CANARY},
    {"foreign characters in the signature", "S&(t)", PLAIN, UNVER, "ambiguous",
	CANARY},
    {"foreign characters in an opaque one", "O&(t)", PLAIN, UNVER, "ambiguous",
	CANARY},
    {"foreign characters in an encrypted one", "E&(t)", INTACT, UNSIGNED,
	"ambiguous", CANARY},
    {"not closed", "S>(t)", PLAIN, UNVER, "ambiguous", CANARY},
    {"smime-type says encrypted", "O<(t)", PLAIN, UNVER, "ambiguous", CANARY},
    {"smime-type says signed", "E<(t)", INTACT, UNSIGNED, "ambiguous", CANARY},
    {"smime-type says signed, signed inside", "E<(S(t))", INTACT, UNVER,
	"ambiguous", CANARY},

    /* ATK-103, ATK-104, ATK-106: what does not decrypt */
    {"3DES", "D(t)", FAILED, UNSIGNED, "cipher-not-allowed", NOTHING},
    {"3DES, legacy", "D(t)", UNAUTH, UNSIGNED, "unauthenticated weak-algorithm",
	CANARY, NULL, {.legacy = true}},
    {"3DES around signed, legacy", "D(S(t))", UNAUTH, VALID,
	"unauthenticated weak-algorithm", CANARY, NULL, {.legacy = true}},
    {"for somebody else", "Es(t)", FAILED, UNSIGNED, "no-key", NOTHING},
    {"without keys", "E(t)", FAILED, UNSIGNED, "no-key", NOTHING, NULL,
	{.no_keys = true}},
    {"keys refuse", "E(t)", FAILED, UNSIGNED, "no-key", NOTHING, NULL,
	{.refuse = true}},
    {"first byte altered", "E!(t)", FAILED, UNSIGNED, "bad-tag", NOTHING},
    {"tag altered", "E~(t)", FAILED, UNSIGNED, "bad-tag", NOTHING},
    {"CBC, padding altered", "C~(t)", FAILED, UNSIGNED, "bad-tag", NOTHING},
    {"altered around signed", "E~(S(t))", FAILED, UNSIGNED, "bad-tag", NOTHING},
    {"altered around altered", "E~(S!(M(t,E(f))))", FAILED, UNSIGNED, "bad-tag",
	NOTHING},
    {"altered around encrypted", "E~(E(t))", FAILED, UNSIGNED, "bad-tag",
	NOTHING},
    {"altered inside encrypted", "E(E~(t))", FAILED, UNSIGNED, "bad-tag",
	NOTHING},
    {"for somebody else inside", "E(Es(t))", FAILED, UNSIGNED, "no-key",
	NOTHING},
    {"signed around altered", "S(E~(t))", FAILED, UNVER, "bad-tag outer-signer",
	NOTHING},
    {"3DES inside", "E(D(t))", FAILED, UNSIGNED, "cipher-not-allowed", NOTHING},
    {"CBC inside", "E(C(t))", UNAUTH, UNSIGNED, "unauthenticated", CANARY},
    {"CBC outside", "C(E(t))", UNAUTH, UNSIGNED, "unauthenticated", CANARY},
    {"nowhere to park", "E(E(t))", FAILED, UNSIGNED, "unsupported", NOTHING,
	NULL, {.no_park = true}},
    {"another type of content", "E|(t)", FAILED, UNSIGNED, "unsupported",
	NOTHING},
    {"two of my keys", "Ebz(t)", INTACT, UNSIGNED, "", CANARY},
    {"mine is the second", "Esb(t)", INTACT, UNSIGNED, "", CANARY},
    {"by key identifier", "Ekz(t)", INTACT, UNSIGNED, "", CANARY},
    {"by trial", "Er(t)", INTACT, UNSIGNED, "", CANARY},
    {"by trial, the second key", "Erz(t)", INTACT, UNSIGNED, "", CANARY},
    {"by trial, CBC", "Crz(t)", UNAUTH, UNSIGNED, "unauthenticated", CANARY},
    {"by trial, inside", "E(Erz(S(t)))", INTACT, VALID, "", CANARY},
    {"by trial, encrypted inside", "Erz(Erz(E(S(t))))", INTACT, VALID, "",
	CANARY},
    {"by trial, altered", "Er!(t)", FAILED, UNSIGNED, "no-key", NOTHING},
    {"by trial, for somebody else", "Ers(t)", FAILED, UNSIGNED, "no-key",
	NOTHING},
    {"intact is demanded", "E(t)", INTACT, UNSIGNED, "", CANARY, NULL,
	{.gates = BL_GATE_INTACT_ONLY}},
    {"intact is demanded of CBC", "C(t)", UNAUTH, UNSIGNED, "unauthenticated",
	NOTHING, NULL, {.gates = BL_GATE_INTACT_ONLY}},
    {"intact is demanded of plain", "t", PLAIN, UNSIGNED, "", NOTHING, NULL,
	{.gates = BL_GATE_INTACT_ONLY}},

    /* compressed: protects nothing, and hides nothing */
    {"compressed", "P(t)", PLAIN, UNSIGNED, "", CANARY},
    {"compressed and signed", "S(P(t))", PLAIN, VALID, "", CANARY},
    {"compressed and opaque", "O(P(t))", PLAIN, VALID, "", CANARY},
    {"signed and compressed", "P(S(t))", PLAIN, VALID, "", CANARY},
    {"signed by another and compressed", "P(Sc(t))", PLAIN, UNVER,
	"signer-mismatch", CANARY},
    {"signed around and inside", "S(P(S(t)))", PLAIN, VALID, "", CANARY},
    {"compressed and encrypted", "E(P(t))", INTACT, UNSIGNED, "", CANARY},
    {"signed, compressed, encrypted", "E(P(S(t)))", INTACT, VALID, "", CANARY},
    {"compressed, signed, encrypted", "E(S(P(t)))", INTACT, VALID, "", CANARY},
    {"compressed and CBC", "C(P(t))", UNAUTH, UNSIGNED, "unauthenticated",
	CANARY},
    {"encrypted and compressed", "P(E(t))", INTACT, UNSIGNED, "", CANARY},
    {"encrypted twice around compressed", "E(E(P(S(t))))", INTACT, VALID, "",
	CANARY},
    {"signed around compressed around encrypted", "S(P(E(t)))", INTACT, UNVER,
	"outer-signer", CANARY},
    {"altered, signed, compressed", "P(S!(t))", PLAIN, INVALID,
	"content-altered", NOTHING},
    {"altered around compressed", "O!(P(t))", PLAIN, INVALID,
	"content-altered ambiguous", NOTHING},
    {"compressed footer beside signed", "P(M(S(t),f))", PLAIN, UNVER,
	"partly-signed", CANARY},
    {"compressed and signed for somebody else", "Es(P(S(t)))", FAILED, UNSIGNED,
	"no-key", NOTHING},
    {"compressed and altered in encryption", "E!(P(S(t)))", FAILED, UNSIGNED,
	"bad-tag", NOTHING},
    {"damaged in altered encryption", "E!(P!(t))", FAILED, UNSIGNED, "bad-tag",
	NOTHING},
    {"its checksum altered", "P!(t)", PLAIN, UNSIGNED, "malformed", NOTHING},
    {"cut off", "P~(t)", PLAIN, UNSIGNED, "malformed", NOTHING},
    {"something behind it", "P#(t)", PLAIN, UNSIGNED, "malformed", NOTHING},
    {"with a dictionary", "P$(t)", PLAIN, UNSIGNED, "malformed", NOTHING},
    {"nothing in it", "P@", PLAIN, UNSIGNED, "malformed", NOTHING},
    {"damaged in encryption", "E(P!(t))", INTACT, UNSIGNED, "malformed",
	NOTHING},
    {"damaged under a signature", "S(P!(t))", PLAIN, UNVER, "malformed",
	NOTHING},
    {"damaged around a signature", "P!(S(t))", PLAIN, UNVER, "malformed",
	NOTHING},
    {"said to be signed", "P<(t)", PLAIN, UNSIGNED, "ambiguous", CANARY},
    {"said to be signed, under a signature", "S(P<(t))", PLAIN, UNVER,
	"ambiguous", CANARY},
    {"said to be compressed", "O}(t)", PLAIN, UNVER, "ambiguous", CANARY},
    {"another type of compressed content", "P|(t)", PLAIN, UNSIGNED,
	"unsupported", CANARY},
    {"compressed twice", "P(P(t))", PLAIN, UNSIGNED, "limit", NOTHING},
    {"compressed twice, apart", "P(S(P(t)))", PLAIN, UNVER, "limit", NOTHING},
    {"compressed twice, encrypted between", "P(E(P(t)))", INTACT, UNSIGNED,
	"limit", NOTHING},
    {"seven layers, one compressed", "S(S(S(P(S(S(S(t)))))))", PLAIN, UNVER,
	"limit", NOTHING},

    /* what is known and not handled */
    {"seven layers", "S(S(S(S(S(S(S(t)))))))", PLAIN, UNVER, "limit", NOTHING},
    {"six layers", "S(S(S(S(S(S(t))))))", PLAIN, VALID, "", CANARY},
};

static struct mail_kit kit;

static void
check_tree(const struct tree *t, const struct mail_how *how, const char *name)
{
	struct mail_result r;
	struct bl_buf in = {0};
	bool good;

	mail_message(&in, &kit, t->header, t->text);
	mail_open(&r, &kit, bl_buf_span(&in), how);
	good = r.err == BL_OK && r.v != NULL &&
	    bl_verdict_encryption(r.v) == t->encryption &&
	    bl_verdict_signature(r.v) == t->signature &&
	    bl_verdict_reasons(r.v) == mail_reasons(t->reasons) &&
	    (r.gate == BL_OK) == (t->gives != NOTHING) &&
	    mail_has(&r, MAIL_CANARY) == (t->gives == CANARY);
	CHECK(good, name);
	if (!good)
		mail_explain(&r, name);
	/* what is shown is never in the clear in a spool */
	if (!how->is_output)
		CHECK(!test_spool_has(&r.out, MAIL_CANARY), name);
	CHECK(!test_spool_has(&r.park[0], MAIL_CANARY), name);
	CHECK(!test_spool_has(&r.park[1], MAIL_CANARY), name);
	if (t->encryption == FAILED)
		CHECK(r.out.n == 0 && r.content.n == 0, name);
	mail_result_clear(&r);
	bl_buf_clear(&in);
}

static void
judges_each_tree(void)
{
	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++)
		check_tree(&trees[i], &trees[i].how, trees[i].name);
}

static void
cut_anywhere_gives_the_same(void)
{
	static const size_t chunks[] = {7, 64, 1000};

	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		struct mail_how how = trees[i].how;

		how.chunk = 1;
		how.is_output = true;
		check_tree(&trees[i], &how, trees[i].name);
		how.chunk = chunks[i % 3];
		how.is_output = i % 2 == 0;
		check_tree(&trees[i], &how, trees[i].name);
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

TESTS(TEST(set_up), TEST(judges_each_tree), TEST(cut_anywhere_gives_the_same),
    TEST(take_down))
