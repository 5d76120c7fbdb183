/* ocsp_test.c - what an answer of an OCSP responder is worth, one rule after
 * the other (ATK-402, ATK-403, ATK-405). */
#include "cert/ocsp.h"
#include "tests/chain.h"
#include "tests/crl.h"
#include "tests/ocsp.h"
#include "tests/test.h"
#include "trust/trust.h"

#include <string.h>

#define NOW   1790000000
#define DAY   86400
#define R(id) BL_REASON_BIT(id)
#define LOST  R(REVOCATION_UNKNOWN)
#define FRESH NOW - DAY, NOW + DAY

#define CA                                                                     \
	{                                                                      \
		BL_OID_BASIC_CONSTRAINTS, true, BYTES("\x30\x03\x01\x01\xff")  \
	}
#define KU(bits)                                                               \
	{                                                                      \
		BL_OID_KEY_USAGE, true, BYTES("\x03\x02\x00" bits)             \
	}
#define EKU(e)                                                                 \
	{                                                                      \
		BL_OID_EXT_KEY_USAGE, false,                                   \
		    BYTES("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03" e)    \
	}
#define EKU_ANY                                                                \
	{                                                                      \
		BL_OID_EXT_KEY_USAGE, false,                                   \
		    BYTES("\x30\x06\x06\x04\x55\x1d\x25\x00")                  \
	}
#define OCSP_SIGNING EKU("\x09")
#define NOCHECK                                                                \
	{                                                                      \
		BL_OID_OCSP_NOCHECK, false, BYTES("\x05\x00")                  \
	}
#define UNKNOWN_CRITICAL                                                       \
	{                                                                      \
		BL_OID_TLS_FEATURE, true, BYTES("\x30\x00")                    \
	}
#define EXPIRED                                                                \
	BYTES("\x30\x1e\x17\x0d"                                               \
	      "200101000000Z\x17\x0d"                                          \
	      "210101000000Z")
#define LATER                                                                  \
	BYTES("\x30\x1e\x17\x0d"                                               \
	      "290101000000Z\x17\x0d"                                          \
	      "300101000000Z")
#define SHA1_ECDSA BYTES("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01")
#define ODD_CRIT   BYTES("\x30\x0a\x30\x08\x06\x01\x2a\x01\x01\xff\x04\x00")
#define NONCE(n)                                                               \
	BYTES("\x30\x13\x30\x11\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x02"   \
	      "\x04\x04\x04\x02" n)
#define IS_GOOD	   BYTES("\x80\x00")
#define IS_UNKNOWN BYTES("\x82\x00")
#define IS_REVOKED                                                             \
	BYTES("\xa1\x11\x18\x0f"                                               \
	      "20260901000000Z")
#define IS_COMPROMISED                                                         \
	BYTES("\xa1\x16\x18\x0f"                                               \
	      "20260901000000Z\xa0\x03\x0a\x01\x01")

static struct bl_test_keys keys;
static struct bl_limits limits;

/* Keys: 0 of the root, 1 of the certificate in question, 2 of the responder, 5
 * of somebody else. The certificate in question is E, of number 7, by R. */
enum { ROOT, LEAF, RESPONDER, STRANGER = 5 };

/* single is what is said of one certificate; what is zero is about E. */
struct single {
	struct bl_span status;
	int64_t from, to; /* to 0: none */
	uint8_t serial;	  /* 0: 7 */
	enum bl_digest digest;
	const char *issuer; /* NULL: R */
	unsigned key;	    /* of the issuer */
	struct bl_span extensions;
};

/* made is one answer; what is zero is by R, by name, about E. */
struct made {
	struct single singles[2];
	unsigned by;	      /* key that signs it */
	const char *name;     /* of the responder; NULL: R */
	bool by_key;	      /* named by its key */
	unsigned named_key;   /* by which, where that is another: + 1 */
	int64_t produced;     /* 0: NOW */
	struct bl_span asked; /* nonce */
	struct bl_span extensions, alg;
	struct bl_span raw; /* whole, instead */
	/* the certificate of the responder S: there is one when `issuer` is */
	struct {
		const char *issuer;
		unsigned by;
		bool in_pool;
		struct bl_test_cert how;
	} cert;
};

static const struct ocsp_case {
	const char *name;
	struct made answers[2];
	bl_reasons want;
	const char *trace;
	struct bl_test_crl list;
	enum bl_revocation mode;
	struct bl_test_cert leaf; /* in the pool, too */
	struct bl_test_cert root;
} cases[] = {
    /* what it says */
    {"good", {{{{IS_GOOD, FRESH}}}}, 0},
    {"revoked", {{{{IS_REVOKED, FRESH}}}}, R(REVOKED),
	"it was revoked [RFC 6960 2.2]"},
    {"revoked with a reason", {{{{IS_COMPROMISED, FRESH}}}}, R(REVOKED),
	"its key was compromised [RFC 6960 2.2]"},
    {"unknown", {{{{IS_UNKNOWN, FRESH}}}}, LOST, "does not know it"},
    {"none at all", {{{{{0}}}}}, LOST, "there is no answer"},
    {"unknown, and an answer is preferred", {{{{IS_UNKNOWN, FRESH}}}}, 0,
	.mode = BL_REVOCATION_PREFER},
    {"revoked, and an answer is preferred", {{{{IS_REVOKED, FRESH}}}},
	R(REVOKED), .mode = BL_REVOCATION_PREFER},
    {"revoked, and nobody asks", {{{{IS_REVOKED, FRESH}}}}, 0,
	.mode = BL_REVOCATION_OFF},

    /* when */
    {"five minutes early", {{{{IS_GOOD, NOW + 300, NOW + DAY}}}}, 0},
    {"a second more", {{{{IS_GOOD, NOW + 301, NOW + DAY}}}}, LOST,
	"its thisUpdate is later [RFC 6960 4.2.2.1]"},
    {"revoked in the future", {{{{IS_REVOKED, NOW + 301, NOW + DAY}}}}, LOST,
	"thisUpdate"},
    {"produced five minutes early",
	{{{{IS_GOOD, FRESH}}, .produced = NOW + 300}}, 0},
    {"produced a second more", {{{{IS_GOOD, FRESH}}, .produced = NOW + 301}},
	LOST, "producedAt is later"},
    {"the last second", {{{{IS_GOOD, NOW - DAY, NOW}}}}, 0},
    {"a second late", {{{{IS_GOOD, NOW - DAY, NOW - 1}}}}, LOST,
	"its nextUpdate is over"},
    {"without a next one", {{{{IS_GOOD, NOW, 0}}}}, LOST, "no nextUpdate"},
    {"four days old", {{{{IS_GOOD, NOW - 4 * DAY, NOW + DAY}}}}, 0},
    {"a second older", {{{{IS_GOOD, NOW - 4 * DAY - 1, NOW + DAY}}}}, LOST,
	"longer ago than is allowed"},
    {"another nonce",
	{{{{IS_GOOD, FRESH}}, .asked = BYTES("ab"), .extensions = NONCE("ac")}},
	LOST, "nonce is not the one that was asked for [RFC 9654 2.1]"},
    {"the same nonce",
	{{{{IS_GOOD, FRESH}}, .asked = BYTES("ab"), .extensions = NONCE("ab")}},
	0},
    {"a nonce that nobody asked for",
	{{{{IS_GOOD, FRESH}}, .extensions = NONCE("ab")}}, 0},
    {"no nonce, and one was asked for",
	{{{{IS_GOOD, FRESH}}, .asked = BYTES("ab")}}, 0},
    {"no nonce, and no next one", {{{{IS_GOOD, NOW, 0}}, .asked = BYTES("ab")}},
	LOST, "no nextUpdate"},
    {"the same nonce, and no next one",
	{{{{IS_GOOD, NOW, 0}}, .asked = BYTES("ab"),
	    .extensions = NONCE("ab")}},
	0},
    {"the same nonce, no next one, too old",
	{{{{IS_GOOD, NOW - 4 * DAY - 1, 0}}, .asked = BYTES("ab"),
	    .extensions = NONCE("ab")}},
	LOST, "longer ago"},
    {"another nonce, revoked",
	{{{{IS_REVOKED, FRESH}}, .asked = BYTES("ab"),
	    .extensions = NONCE("ac")}},
	LOST, "nonce"},

    /* about whom */
    {"SHA-256", {{{{IS_GOOD, FRESH, .digest = BL_SHA256}}}}, 0},
    {"SHA-384", {{{{IS_GOOD, FRESH, .digest = BL_SHA384}}}}, 0},
    {"SHA-512, revoked", {{{{IS_REVOKED, FRESH, .digest = BL_SHA512}}}},
	R(REVOKED)},
    {"another number", {{{{IS_GOOD, FRESH, .serial = 8}}}}, LOST, "no answer"},
    {"another issuer's name", {{{{IS_GOOD, FRESH, .issuer = "X"}}}}, LOST,
	"no answer"},
    {"another issuer's key", {{{{IS_GOOD, FRESH, .key = STRANGER}}}}, LOST,
	"no answer"},
    {"another's, revoked", {{{{IS_REVOKED, FRESH, .serial = 8}}}}, LOST},
    {"another's first",
	{{{{IS_REVOKED, FRESH, .serial = 8}, {IS_GOOD, FRESH}}}}, 0},

    /* what is not understood */
    {"a critical extension of the answer",
	{{{{IS_GOOD, FRESH}}, .extensions = ODD_CRIT}}, LOST,
	"critical extension that is not understood"},
    {"a critical extension of what it says",
	{{{{IS_GOOD, FRESH, .extensions = ODD_CRIT}}}}, LOST,
	"critical extension that is not understood"},
    {"revoked, with a critical extension",
	{{{{IS_REVOKED, FRESH, .extensions = ODD_CRIT}}}}, LOST},

    /* who signed it */
    {"by its key", {{{{IS_GOOD, FRESH}}, .by_key = true}}, 0},
    {"by another's key",
	{{{{IS_GOOD, FRESH}}, .by_key = true, .named_key = STRANGER + 1}}, LOST,
	"by nobody who may answer for the issuer [RFC 6960 3.2]"},
    {"under another's name", {{{{IS_GOOD, FRESH}}, .name = "X"}}, LOST,
	"by nobody who may"},
    {"forged", {{{{IS_GOOD, FRESH}}, .by = STRANGER}}, LOST, "does not hold"},
    {"revoked, forged", {{{{IS_REVOKED, FRESH}}, .by = STRANGER}}, LOST,
	"does not hold"},
    {"with SHA-1", {{{{IS_GOOD, FRESH}}, .alg = SHA1_ECDSA}}, LOST,
	"weak or not known"},
    {"an algorithm nobody knows",
	{{{{IS_GOOD, FRESH}}, .alg = BYTES("\x30\x03\x06\x01\x2a")}}, LOST,
	"weak or not known"},
    {"the issuer may sign certificates alone", {{{{IS_GOOD, FRESH}}}}, LOST,
	"keyUsage of the issuer", .root = {.ext = {CA, KU("\x04")}}},
    {"the issuer may sign lists", {{{{IS_GOOD, FRESH}}}}, 0,
	.root = {.ext = {CA, KU("\x06")}}},

    /* responders */
    {"a responder",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	0},
    {"a responder, by key",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .by_key = true,
	    .cert = {"R", ROOT, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	0},
    {"a responder says revoked",
	{{{{IS_REVOKED, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	R(REVOKED)},
    {"a responder that is at hand",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, true, {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	0},
    {"one at hand that is none",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, true, {.ext = {EKU("\x04"), NOCHECK}}}}},
	LOST, "by nobody who may"},
    {"a responder under another's name",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "T",
	    .cert = {"R", ROOT, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "by nobody who may"},
    {"a responder's signature that is another's",
	{{{{IS_GOOD, FRESH}}, .by = STRANGER, .name = "S",
	    .cert = {"R", ROOT, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "does not hold"},
    {"a responder without OCSPSigning",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, .how = {.ext = {EKU("\x04"), NOCHECK}}}}},
	LOST, "extKeyUsage has not OCSPSigning [RFC 6960 4.2.2.2]"},
    {"a responder of no usage",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, .how = {.ext = {NOCHECK}}}}},
	LOST, "OCSPSigning"},
    {"a responder of any usage",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, .how = {.ext = {EKU_ANY, NOCHECK}}}}},
	LOST, "OCSPSigning"},
    {"a responder of another CA",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"X", STRANGER, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "was not issued by the issuer"},
    {"a responder of another CA of the same name",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", STRANGER, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "was not issued by the issuer"},
    {"a responder of the same key, another name of its CA",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"X", ROOT, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "was not issued by the issuer"},
    {"a responder of itself",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"S", RESPONDER, .how = {.ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "was not issued by the issuer"},
    {"an expired responder",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.validity = EXPIRED, .ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "S ("},
    {"a responder of the future",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.validity = LATER, .ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "notBefore"},
    {"a responder whose key may not sign",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.ext = {OCSP_SIGNING, NOCHECK, KU("\x20")}}}}},
	LOST, "neither digitalSignature"},
    {"a responder whose key may sign",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.ext = {OCSP_SIGNING, NOCHECK, KU("\x80")}}}}},
	0},
    {"a responder with an unknown critical extension",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.ext = {OCSP_SIGNING, NOCHECK, UNKNOWN_CRITICAL}}}}},
	LOST, "critical extension"},
    {"a responder whose certificate is weak",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.inner = SHA1_ECDSA, .ext = {OCSP_SIGNING, NOCHECK}}}}},
	LOST, "its own signature"},
    {"a responder of whom nothing is known",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, .how = {.ext = {OCSP_SIGNING}}}}},
	LOST, "not known to be unrevoked itself [RFC 6960 4.2.2.2.1]"},
    {"of whom nothing is known, and an answer is preferred",
	{{{{IS_REVOKED, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT, .how = {.ext = {OCSP_SIGNING}}}}},
	R(REVOKED), .mode = BL_REVOCATION_PREFER},
    {"a responder that a list does not have",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.serial = BYTES("\x09"), .ext = {OCSP_SIGNING}}}}},
	0, .list = {"R", 0, FRESH, "\1"}},
    {"a responder that was revoked",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.serial = BYTES("\x09"), .ext = {OCSP_SIGNING}}}}},
	/* the list speaks for E, too */
	0, .list = {"R", 0, FRESH, "\11"}},
    {"a responder that was revoked says so of another",
	{{{{IS_REVOKED, FRESH}}, .by = RESPONDER, .name = "S",
	    .cert = {"R", ROOT,
		.how = {.serial = BYTES("\x09"), .ext = {OCSP_SIGNING}}}}},
	0, .list = {"R", 0, FRESH, "\11"}},
    {"a responder of whom the issuer says that it is good",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	     .cert = {"R", ROOT,
		 .how = {.serial = BYTES("\x09"), .ext = {OCSP_SIGNING}}}},
	    {{{IS_GOOD, FRESH, .serial = 9}}}},
	0},
    {"a responder of whom the issuer says that it was revoked",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	     .cert = {"R", ROOT,
		 .how = {.serial = BYTES("\x09"), .ext = {OCSP_SIGNING}}}},
	    {{{IS_REVOKED, FRESH, .serial = 9}}}},
	LOST, "unrevoked"},
    {"a responder that says it of itself",
	{{{{IS_GOOD, FRESH}, {IS_GOOD, FRESH, .serial = 9}}, .by = RESPONDER,
	    .name = "S",
	    .cert = {"R", ROOT,
		.how = {.serial = BYTES("\x09"), .ext = {OCSP_SIGNING}}}}},
	LOST, "vouches for itself"},
    {"the certificate in question answers for itself",
	{{{{IS_GOOD, FRESH}}, .by = LEAF, .name = "E"}}, LOST,
	"by nobody who may", .leaf = {.ext = {EKU("\x04")}}},
    {"the certificate in question, a responder, answers for itself",
	{{{{IS_GOOD, FRESH}}, .by = LEAF, .name = "E"}}, LOST,
	"vouches for itself", .leaf = {.ext = {OCSP_SIGNING, NOCHECK}}},
    {"it answers for the responder that answers for it",
	{{{{IS_GOOD, FRESH}}, .by = RESPONDER, .name = "S",
	     .cert = {"R", ROOT,
		 .how = {.serial = BYTES("\x09"), .ext = {OCSP_SIGNING}}}},
	    {{{IS_GOOD, FRESH, .serial = 9}}, .by = LEAF, .name = "E"}},
	LOST, "vouches for itself", .leaf = {.ext = {OCSP_SIGNING, NOCHECK}}},

    /* refusals */
    {"malformedRequest", {{.raw = BYTES("\x30\x03\x0a\x01\x01")}}, LOST,
	"malformedRequest [RFC 6960 2.3]"},
    {"internalError", {{.raw = BYTES("\x30\x03\x0a\x01\x02")}}, LOST,
	"internalError"},
    {"tryLater", {{.raw = BYTES("\x30\x03\x0a\x01\x03")}}, LOST, "tryLater"},
    {"sigRequired", {{.raw = BYTES("\x30\x03\x0a\x01\x05")}}, LOST,
	"sigRequired"},
    {"unauthorized", {{.raw = BYTES("\x30\x03\x0a\x01\x06")}}, LOST,
	"unauthorized"},
    {"tryLater, then good",
	{{.raw = BYTES("\x30\x03\x0a\x01\x03")}, {{{IS_GOOD, FRESH}}}}, 0},

    /* more than one */
    {"good and revoked in one", {{{{IS_GOOD, FRESH}, {IS_REVOKED, FRESH}}}},
	R(REVOKED)},
    {"revoked and good in one", {{{{IS_REVOKED, FRESH}, {IS_GOOD, FRESH}}}},
	R(REVOKED)},
    {"good and unknown in one", {{{{IS_GOOD, FRESH}, {IS_UNKNOWN, FRESH}}}},
	LOST, "does not know it"},
    {"unknown and good in one", {{{{IS_UNKNOWN, FRESH}, {IS_GOOD, FRESH}}}},
	LOST, "does not know it"},
    {"unknown and revoked in one",
	{{{{IS_UNKNOWN, FRESH}, {IS_REVOKED, FRESH}}}}, R(REVOKED)},
    {"old and good in one",
	{{{{IS_GOOD, NOW - DAY, NOW - 1}, {IS_GOOD, FRESH}}}}, 0},
    {"good, then revoked", {{{{IS_GOOD, FRESH}}}, {{{IS_REVOKED, FRESH}}}},
	R(REVOKED)},
    {"revoked, then good", {{{{IS_REVOKED, FRESH}}}, {{{IS_GOOD, FRESH}}}},
	R(REVOKED)},
    {"revoked before, good since",
	{{{{IS_REVOKED, NOW - 2 * DAY, NOW + DAY}}},
	    {{{IS_GOOD, NOW, NOW + DAY}}}},
	R(REVOKED)},
    {"unknown, then good", {{{{IS_UNKNOWN, FRESH}}}, {{{IS_GOOD, FRESH}}}}, 0},
    {"forged, then good",
	{{{{IS_REVOKED, FRESH}}, .by = STRANGER}, {{{IS_GOOD, FRESH}}}}, 0},

    /* lists besides */
    {"good, and a list says revoked", {{{{IS_GOOD, FRESH}}}}, R(REVOKED),
	"[RFC 5280 6.3.3]", .list = {"R", 0, FRESH, "\7"}},
    {"revoked, and a list says nothing", {{{{IS_REVOKED, FRESH}}}}, R(REVOKED),
	"[RFC 6960 2.2]", .list = {"R", 0, FRESH, "\1"}},
    {"unknown, and a list is good", {{{{IS_UNKNOWN, FRESH}}}}, 0,
	.list = {"R", 0, FRESH, "\1"}},
    {"tryLater, and a list is good", {{.raw = BYTES("\x30\x03\x0a\x01\x03")}},
	0, .list = {"R", 0, FRESH, "\1"}},
    {"good, and a list is late", {{{{IS_GOOD, FRESH}}}}, 0,
	.list = {"R", 0, NOW - 2, NOW - 1, "\7"}},
    {"late, and a list is late", {{{{IS_GOOD, NOW - 2, NOW - 1}}}}, LOST,
	"OCSP answer is not of the time",
	.list = {"R", 0, NOW - 2, NOW - 1, "\7"}},
};

/* ---- making them ---- */

static void
put_hash(struct bl_buf *out, enum bl_digest d, struct bl_span of)
{
	struct bl_digest_value v;

	CHECK(bl_digest_of(&v, keys.ctx, d, of, NULL) == BL_OK, "hash");
	bl_der_put(out, BL_DER_OCTETS, bl_span_of(v.p, v.n));
}

/* The bits of a key. */
static void
put_key_bits(struct bl_buf *out, unsigned key)
{
	struct bl_buf spki = {0};
	struct bl_der in, seq;

	CHECK(bl_priv_spki(&spki, bl_test_key(&keys, key), NULL) == BL_OK,
	    "spki");
	in = bl_der_of(bl_buf_span(&spki));
	seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	(void)bl_der_whole(&seq, BL_DER_SEQUENCE);
	bl_buf_add(out, bl_der_bits(&seq, NULL));
	bl_buf_clear(&spki);
}

static void
put_single(struct bl_buf *out, const struct single *s)
{
	enum bl_digest d = s->digest != BL_DIGEST_NONE ? s->digest : BL_SHA1;
	uint8_t serial[] = {2, 1, s->serial != 0 ? s->serial : 7};
	struct bl_buf alg = {0}, name = {0}, key = {0}, n = {0}, k = {0};
	struct bl_buf from = {0}, to = {0};
	struct bl_test_single how = {.status = s->status};

	bl_digest_alg_write_null(&alg, d);
	bl_test_name(&name, s->issuer != NULL ? s->issuer : "R", NULL);
	put_key_bits(&key, s->key);
	put_hash(&n, d, bl_buf_span(&name));
	put_hash(&k, d, bl_buf_span(&key));
	bl_test_gentime(&from, s->from);
	how.alg = bl_buf_span(&alg);
	how.name_hash = bl_buf_span(&n);
	how.key_hash = bl_buf_span(&k);
	how.serial = bl_span_of(serial, sizeof(serial));
	how.at = bl_buf_span(&from);
	if (s->to != 0) {
		bl_test_gentime(&to, s->to);
		how.next = bl_buf_span(&to);
	}
	how.extensions = s->extensions;
	bl_test_single_write(out, &how);
	bl_buf_clear(&alg);
	bl_buf_clear(&name);
	bl_buf_clear(&key);
	bl_buf_clear(&n);
	bl_buf_clear(&k);
	bl_buf_clear(&from);
	bl_buf_clear(&to);
}

static void
put_responder(struct bl_buf *out, const struct made *m)
{
	size_t field = bl_der_open(
	    out, m->by_key ? BL_DER_CONTEXT(2) : BL_DER_CONTEXT(1));
	struct bl_buf key = {0};

	if (m->by_key) {
		put_key_bits(
		    &key, m->named_key != 0 ? m->named_key - 1 : m->by);
		put_hash(out, BL_SHA1, bl_buf_span(&key));
	} else {
		bl_test_name(out, m->name != NULL ? m->name : "R", NULL);
	}
	bl_der_close(out, field);
	bl_buf_clear(&key);
}

/* Makes the responder's certificate; into the pool, or into `certs`. */
static void
put_cert(struct bl_buf *certs, struct bl_certs *pool, const struct made *m)
{
	struct bl_cert *c = bl_test_issue(
	    &keys, RESPONDER, m->cert.by, "S", m->cert.issuer, &m->cert.how);

	if (m->cert.in_pool) {
		CHECK(bl_certs_add(pool, c, NULL) == BL_OK, "pool");
	} else {
		size_t list = bl_der_open(certs, BL_DER_SEQUENCE);

		bl_buf_add(certs, BL_STR("\x30\x00")); /* one that is none */
		bl_buf_add(certs, bl_cert_der(c));
		bl_der_close(certs, list);
	}
	bl_cert_free(c);
}

static void
put_answer(struct bl_buf *out, struct bl_certs *pool, const struct made *m)
{
	struct bl_buf responder = {0}, produced = {0}, singles = {0};
	struct bl_buf data = {0}, value = {0}, bits = {0}, certs = {0};
	struct bl_test_ocsp how = {.extensions = m->extensions, .alg = m->alg};

	put_responder(&responder, m);
	bl_test_gentime(&produced, m->produced != 0 ? m->produced : NOW);
	for (size_t i = 0; i < 2; i++)
		if (m->singles[i].status.n != 0)
			put_single(&singles, &m->singles[i]);
	how.responder = bl_buf_span(&responder);
	how.produced = bl_buf_span(&produced);
	how.singles = bl_buf_span(&singles);
	bl_test_ocsp_data(&data, &how);
	how.data = bl_buf_span(&data);
	bl_test_sign(&value, &keys, m->by, bl_buf_span(&data));
	bl_der_put_bits(&bits, bl_buf_span(&value));
	how.signature = bl_buf_span(&bits);
	if (m->cert.issuer != NULL)
		put_cert(&certs, pool, m);
	if (certs.n != 0)
		how.certs = bl_buf_span(&certs);
	bl_test_ocsp_write(out, &how);
	bl_buf_clear(&responder);
	bl_buf_clear(&produced);
	bl_buf_clear(&singles);
	bl_buf_clear(&data);
	bl_buf_clear(&value);
	bl_buf_clear(&bits);
	bl_buf_clear(&certs);
}

/* scene is all that is at hand for a case. */
struct scene {
	struct bl_cert *root, *e;
	struct bl_certs anchors, pool;
	struct bl_crls crls;
	struct bl_ocsps ocsps;
	struct bl_policy policy;
	struct bl_trust_ask ask;
};

static void
add_answer(struct scene *s, const struct made *m, const char *name)
{
	struct bl_note note = {0};
	struct bl_buf der = {0};

	if (m->raw.n != 0)
		bl_buf_add(&der, m->raw);
	else
		put_answer(&der, &s->pool, m);
	CHECK(bl_ocsps_add(&s->ocsps, bl_buf_span(&der), BL_SOURCE_NETWORK,
		  &limits, &note) == BL_OK,
	    note.what != NULL ? note.what : name);
	if (m->asked.n != 0)
		bl_ocsp_asked(s->ocsps.list[s->ocsps.n - 1], m->asked);
	bl_buf_clear(&der);
}

static void
set_scene(struct scene *s, const struct ocsp_case *t)
{
	struct bl_test_cert root = t->root, leaf = t->leaf;
	struct bl_buf der = {0};
	size_t skipped;

	*s = (struct scene){.policy = {.revocation = t->mode}};
	if (root.ext[0].value.n == 0)
		root.ext[0] = (struct bl_test_ext)CA;
	if (leaf.serial.n == 0)
		leaf.serial = BL_STR("\x07");
	s->root = bl_test_issue(&keys, ROOT, ROOT, "R", "R", &root);
	s->e = bl_test_issue(&keys, LEAF, ROOT, "E", "R", &leaf);
	CHECK(bl_certs_add(&s->anchors, s->root, NULL) == BL_OK, t->name);
	CHECK(bl_certs_add(&s->pool, s->e, NULL) == BL_OK, t->name);
	for (size_t i = 0; i < 2; i++)
		if (t->answers[i].raw.n != 0 ||
		    t->answers[i].singles[0].status.n != 0)
			add_answer(s, &t->answers[i], t->name);
	if (t->list.issuer != NULL) {
		bl_test_crl_write(&der, &keys, &t->list);
		CHECK(bl_crls_import(&s->crls, bl_buf_span(&der), &limits,
			  &skipped, NULL) == BL_OK,
		    t->name);
	}
	bl_buf_clear(&der);
	s->ask = (struct bl_trust_ask){.cert = s->e,
	    .at = NOW,
	    .anchors = &s->anchors,
	    .pool = &s->pool,
	    .crls = &s->crls,
	    .ocsps = &s->ocsps,
	    .limits = &limits,
	    .policy = &s->policy};
}

static void
clear_scene(struct scene *s)
{
	bl_certs_clear(&s->anchors);
	bl_certs_clear(&s->pool);
	bl_crls_clear(&s->crls);
	bl_ocsps_clear(&s->ocsps);
	bl_cert_free(s->root);
	bl_cert_free(s->e);
}

/* ---- the tests ---- */

static void
judges_each_answer_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct ocsp_case *t = &cases[i];
		struct bl_trust_answer a;
		struct scene s;

		set_scene(&s, t);
		CHECK(bl_trust_judge(&a, keys.ctx, &s.ask, NULL) == BL_OK,
		    t->name);
		CHECK(a.reasons == t->want, t->name);
		if (t->trace != NULL)
			CHECK(bl_buf_text(&a.trace) != NULL &&
				strstr(bl_buf_text(&a.trace), t->trace) != NULL,
			    t->name);
		/* where nothing speaks against it, nothing is said */
		if (t->want == 0)
			CHECK(a.trace.n == 0, t->name);
		bl_trust_answer_clear(&a);
		clear_scene(&s);
	}
}

static const struct ocsp_case *
case_of(const char *name)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (strcmp(cases[i].name, name) == 0)
			return &cases[i];
	CHECK(false, name);
	return &cases[0];
}

static struct bl_revocation_answer
told_of(const char *name, size_t i)
{
	struct bl_revocation_answer told = {0};
	struct bl_trust_answer a;
	struct scene s;

	set_scene(&s, case_of(name));
	CHECK(bl_trust_judge(&a, keys.ctx, &s.ask, NULL) == BL_OK, name);
	CHECK(i < a.path.n, name);
	if (i < a.path.n)
		told = a.revocation[i];
	bl_trust_answer_clear(&a);
	clear_scene(&s);
	return told;
}

/* Which evidence decided, where it came from and how old it is. */
static void
tells_what_decided(void)
{
	struct bl_revocation_answer t = told_of("good", 0);

	CHECK(t.state == BL_CERT_GOOD && t.kind == BL_EVIDENCE_OCSP &&
		t.source == BL_SOURCE_NETWORK && t.this_update == NOW - DAY &&
		t.has_next_update && t.next_update == NOW + DAY,
	    "good");
	CHECK(told_of("good", 1).state == BL_CERT_NOT_ASKED, "the anchor");
	t = told_of("revoked with a reason", 0);
	CHECK(t.state == BL_CERT_REVOKED && t.kind == BL_EVIDENCE_OCSP &&
		t.reason == 1 && t.revoked_at == 1788220800,
	    "revoked");
	t = told_of("unknown", 0);
	CHECK(t.state == BL_CERT_NOT_KNOWN && t.kind == BL_EVIDENCE_NONE,
	    "unknown");
	t = told_of("revoked, and nobody asks", 0);
	CHECK(t.state == BL_CERT_NOT_ASKED, "nobody asks");
	t = told_of("good, and a list says revoked", 0);
	CHECK(t.state == BL_CERT_REVOKED && t.kind == BL_EVIDENCE_CRL &&
		t.source == BL_SOURCE_GIVEN && t.revoked_at == NOW - DAY,
	    "a list");
	t = told_of("unknown, and a list is good", 0);
	CHECK(t.state == BL_CERT_GOOD && t.kind == BL_EVIDENCE_CRL &&
		t.next_update == NOW + DAY,
	    "a good list");
	t = told_of("the same nonce, and no next one", 0);
	CHECK(t.state == BL_CERT_GOOD && !t.has_next_update, "no next one");
}

/* The limits of signatures holds for evidence, too. */
static void
keeps_the_limit_of_signatures(void)
{
	const struct bl_limits before = limits;
	struct bl_trust_answer a;
	struct scene s;

	/* one for the path, one for the answer */
	for (size_t n = 1; n <= 2; n++) {
		limits.path_signatures = n;
		set_scene(&s, case_of("good"));
		CHECK(bl_trust_judge(&a, keys.ctx, &s.ask, NULL) == BL_OK,
		    "judge");
		CHECK(a.reasons == (n == 1 ? LOST : 0), "limit");
		if (n == 1)
			CHECK(strstr(bl_buf_text(&a.trace), "too many") != NULL,
			    "told");
		bl_trust_answer_clear(&a);
		clear_scene(&s);
	}
	limits = before;
}

static void
takes_its_times_from_the_limits(void)
{
	const struct bl_limits before = limits;
	struct bl_trust_answer a;
	struct scene s;

	limits.ocsp_age = DAY - 1;
	set_scene(&s, case_of("good"));
	CHECK(bl_trust_judge(&a, keys.ctx, &s.ask, NULL) == BL_OK &&
		a.reasons == LOST,
	    "age");
	bl_trust_answer_clear(&a);
	clear_scene(&s);
	limits = before;
	limits.clock_skew = 299;
	set_scene(&s, case_of("five minutes early"));
	CHECK(bl_trust_judge(&a, keys.ctx, &s.ask, NULL) == BL_OK &&
		a.reasons == LOST,
	    "skew");
	bl_trust_answer_clear(&a);
	clear_scene(&s);
	limits = before;
}

/* Each byte that is altered makes an answer unreadable, or not count. */
static void
takes_no_altered_answer(void)
{
	struct bl_trust_answer a;
	struct bl_buf der = {0};
	struct scene s;
	size_t read = 0;

	set_scene(&s, case_of("good"));
	bl_buf_add(&der, bl_ocsp_der(s.ocsps.list[0]));
	for (size_t i = 0; i < der.n; i++) {
		bl_ocsps_clear(&s.ocsps);
		der.p[i] ^= 1;
		if (bl_ocsps_add(&s.ocsps, bl_buf_span(&der), BL_SOURCE_NETWORK,
			&limits, NULL) == BL_OK) {
			read++;
			CHECK(bl_trust_judge(&a, keys.ctx, &s.ask, NULL) ==
				    BL_OK &&
				a.reasons == LOST,
			    "altered");
			bl_trust_answer_clear(&a);
		}
		der.p[i] ^= 1;
	}
	CHECK(read > der.n / 3, "most are read");
	bl_buf_clear(&der);
	clear_scene(&s);
}

static enum bl_err
judge_once(void *arg)
{
	struct bl_trust_answer a;
	enum bl_err err = bl_trust_judge(&a, keys.ctx, arg, NULL);

	if (err != BL_OK)
		return err;
	bl_trust_answer_clear(&a);
	return BL_OK;
}

static void
survives_each_allocation(void)
{
	static const char *const names[] = {
	    "a responder of whom the issuer says that it is good",
	    "revoked with a reason", "a second late"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct scene s;

		set_scene(&s, case_of(names[i]));
		bl_test_each_allocation(judge_once, &s.ask, names[i]);
		clear_scene(&s);
	}
}

static void
start(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&keys.ctx, NULL) == BL_OK, "ctx");
}

static void
stop(void)
{
	bl_test_keys_clear(&keys);
	bl_ctx_free(keys.ctx);
}

TESTS(TEST(start), TEST(judges_each_answer_as_stated), TEST(tells_what_decided),
    TEST(keeps_the_limit_of_signatures), TEST(takes_its_times_from_the_limits),
    TEST(takes_no_altered_answer), TEST(survives_each_allocation), TEST(stop))
