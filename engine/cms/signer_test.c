/* signer_test.c - what a signer may say in signed attributes, and what not:
 * ATK-210, ATK-211. Each variant is signed over as it stands, so that a good
 * signature never stands in for a rule. */
#include "cms/people.h"
#include "cms/trial.h"

#include <string.h>

#include "tests/test.h"

static const struct bl_span text = BYTES(
    "Content-Type: text/plain\r\n\r\nhi\r\n");

/*
 * What stands for what in the texts of attributes: $D the digest of the
 * content, $C and $1 SHA-256 and SHA-1 of the certificate, $I the Name of its
 * issuer, $N its serial number.
 */
static void
expand(struct bl_buf *out, struct bl_ctx *ctx, const struct bl_cert *cert,
    const char *in)
{
	struct bl_digest_value v = {0};

	for (; *in != '\0'; in++) {
		if (*in != '$') {
			bl_buf_add_u8(out, (uint8_t)*in);
			continue;
		}
		switch (*++in) {
		case 'D':
			CHECK(bl_digest_of(&v, ctx, BL_SHA256, text, NULL) ==
				BL_OK,
			    "");
			bl_hex(out, bl_span_of(v.p, v.n));
			break;
		case '1':
			CHECK(bl_digest_of(&v, ctx, BL_SHA1, bl_cert_der(cert),
				  NULL) == BL_OK,
			    "");
			bl_hex(out, bl_span_of(v.p, v.n));
			break;
		case 'C':
			bl_hex(out, bl_cert_sha256(cert));
			break;
		case 'I':
			bl_buf_add_str(out, "=");
			bl_hex(out, bl_cert_issuer(cert));
			break;
		default:
			bl_hex(out, bl_cert_serial(cert));
		}
	}
}

/* Signs what is at hand with the signer's key: SHA-256. */
static void
make_signature(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_person *p, struct bl_span over)
{
	struct bl_sig_alg alg = {.kind = BL_SIG_RSA_PKCS1, .digest = BL_SHA256};
	struct bl_digest_value v;

	CHECK(bl_digest_of(&v, ctx, BL_SHA256, over, NULL) == BL_OK &&
		bl_priv_sign(out, p->key, ctx, &alg, &v, NULL) == BL_OK,
	    "sign");
}

/* A SignedData over `content` with these signed attributes (a SET OF) or none,
 * and a signature that holds. */
static void
make_signed(struct bl_buf *out, struct bl_ctx *ctx, const struct bl_person *p,
    struct bl_span attributes, struct bl_span content)
{
	struct bl_cms_sign how = {.cert = p->cert,
	    .content_type = BL_OID_DATA,
	    .alg = {BL_SIG_RSA_PKCS1, BL_SHA256, 0, 0}};
	struct bl_buf sig = {0}, store = {0}, unused = {0};
	struct bl_want_sign want;

	bl_buf_reset(out);
	bl_person_sign(&unused, &want, &store, ctx, p, &how, content);
	make_signature(&sig, ctx, p, attributes.n != 0 ? attributes : content);
	CHECK(bl_cms_opaque_write(
		  out, &how, &want, content, bl_buf_span(&sig), NULL) == BL_OK,
	    "write");
	bl_regraft(out, "1.0.4.0.3", attributes.n != 0 ? BL_REPLACE : BL_REMOVE,
	    attributes);
	if (attributes.n != 0) {
		struct bl_span at = bl_graft_at(bl_buf_span(out), "1.0.4.0.3");

		out->p[at.p - out->p] = BL_DER_CONTEXT(0);
	}
	bl_buf_clear(&sig);
	bl_buf_clear(&store);
	bl_buf_clear(&unused);
}

#define A(type, values) "30{o(" type ") 31{" values "}}"
#define CT		A("contentType", "o(id-data)")
#define MD		A("messageDigest", "04:$D")
#define ST		A("signingTime", "17:3235313132333139303030305a")
#define CV2(certs)	A("signingCertificateV2", "30{30{" certs "}}")
#define CV1(certs)	A("signingCertificate", "30{30{" certs "}}")
#define NAMES		"30{a4{$I}}"
#define PROTECT(what)	A("cmsAlgorithmProtect", "30{" what "}")
#define SHA256		"30{o(id-sha256)}"
#define RSA		"a1{o(rsaEncryption) 05:}"

enum order { SORT = 0, AS_IT_IS };
static const struct {
	const char *name, *attributes;
	enum bl_signer_result want;
	const char *what; /* is malformed */
	enum order order;
} cases[] = {
    {"least", CT MD, BL_SIGNER_GOOD},
    {"with time", CT MD ST, BL_SIGNER_GOOD},
    {"no contentType", MD ST, BL_SIGNER_MALFORMED,
	"the signed attributes have no contentType"},
    {"no messageDigest", CT ST, BL_SIGNER_MALFORMED,
	"the signed attributes have no messageDigest"},
    {"none at all", "", BL_SIGNER_MALFORMED,
	"the signed attributes have no contentType"},
    {"contentType twice", CT CT MD, BL_SIGNER_MALFORMED,
	"a signed attribute is there twice"},
    {"messageDigest twice", CT MD MD, BL_SIGNER_MALFORMED,
	"a signed attribute is there twice"},
    {"messageDigest of two contents", CT MD A("messageDigest", "04:00"),
	BL_SIGNER_MALFORMED, "a signed attribute is there twice"},
    {"contentType of two values",
	A("contentType", "o(id-data) o(id-signedData)") MD, BL_SIGNER_MALFORMED,
	"a signed attribute has not one value"},
    {"contentType without value", A("contentType", "") MD, BL_SIGNER_MALFORMED,
	"a signed attribute has not one value"},
    {"messageDigest of two values", CT A("messageDigest", "04:$D 04:$D"),
	BL_SIGNER_MALFORMED, "a signed attribute has not one value"},
    {"messageDigest without value", CT A("messageDigest", ""),
	BL_SIGNER_MALFORMED, "a signed attribute has not one value"},
    {"contentType of another", A("contentType", "o(id-signedData)") MD,
	BL_SIGNER_MALFORMED, "contentType is not the type of the content"},
    {"contentType a number", A("contentType", "02:01") MD, BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"messageDigest a BIT STRING", CT A("messageDigest", "03:00$D"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"messageDigest of another content", CT A("messageDigest", "04*32"),
	BL_SIGNER_ALTERED},
    {"messageDigest cut short", CT A("messageDigest", "04:00"),
	BL_SIGNER_ALTERED},
    {"messageDigest empty", CT A("messageDigest", "04:"), BL_SIGNER_ALTERED},
    {"messageDigest too long", CT A("messageDigest", "04:$D00"),
	BL_SIGNER_ALTERED},
    /* time */
    {"time twice", CT MD ST ST, BL_SIGNER_MALFORMED,
	"a signed attribute is there twice"},
    {"time without value", CT MD A("signingTime", ""), BL_SIGNER_MALFORMED,
	"a signed attribute has not one value"},
    {"time that is none", CT MD A("signingTime", "17:32"), BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"time with an offset",
	CT MD A("signingTime", "17:3235313132333139303030302b30303030"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"generalized time",
	CT MD A("signingTime", "18:32303235313132333139303030305a"),
	BL_SIGNER_GOOD},
    /* encoding */
    {"not in order", MD CT, BL_SIGNER_GOOD, NULL, AS_IT_IS},
    {"in order", CT MD, BL_SIGNER_GOOD, NULL, AS_IT_IS},
    {"a length that is not minimal", CT MD A("=2a03", "=048101ff"),
	BL_SIGNER_MALFORMED, "the signed attributes are not DER", AS_IT_IS},
    {"a string in parts", CT MD A("=2a03", "24{04:01}"), BL_SIGNER_MALFORMED,
	"the signed attributes are not DER"},
    {"an attribute that is no sequence", CT MD "31{}", BL_SIGNER_MALFORMED,
	"a signed attribute is not well formed"},
    {"an attribute without values", CT MD "30{o(=2a03)}", BL_SIGNER_MALFORMED,
	"a signed attribute is not well formed"},
    {"values in a sequence", CT MD "30{o(=2a03) 30{05:}}", BL_SIGNER_MALFORMED,
	"a signed attribute is not well formed"},
    {"an attribute with more", CT MD "30{o(=2a03) 31{05:} 05:}",
	BL_SIGNER_MALFORMED, "a signed attribute is not well formed"},
    {"an attribute without type", CT MD "30{31{05:}}", BL_SIGNER_MALFORMED,
	"a signed attribute is not well formed"},
    {"an unknown attribute", CT MD A("=2a03", "05:"), BL_SIGNER_GOOD},
    {"an unknown attribute twice", CT MD A("=2a03", "05:") A("=2a03", "05:"),
	BL_SIGNER_GOOD},
    {"an unknown attribute with values", CT MD A("=2a03", "02:01 02:02"),
	BL_SIGNER_GOOD},
    {"an unknown attribute with values in disorder",
	CT MD A("=2a03", "02:02 02:01"), BL_SIGNER_MALFORMED,
	"the values of a signed attribute are not in DER order"},
    /* capabilities */
    {"capabilities", CT MD A("smimeCapabilities", "30{30{o(=2a03)}}"),
	BL_SIGNER_GOOD},
    {"capabilities twice",
	CT MD A("smimeCapabilities", "30{}") A("smimeCapabilities", "30{}"),
	BL_SIGNER_MALFORMED, "a signed attribute is there twice"},
    {"capabilities a set", CT MD A("smimeCapabilities", "31{}"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    /* signingCertificateV2, RFC 5035 3 */
    {"certificate", CT MD CV2("30{04:$C}"), BL_SIGNER_GOOD},
    {"certificate, algorithm said", CT MD CV2("30{" SHA256 " 04:$C}"),
	BL_SIGNER_GOOD},
    {"certificate by SHA-1", CT MD CV2("30{30{o(id-sha1)} 04:$1}"),
	BL_SIGNER_GOOD},
    {"certificate with issuer and serial",
	CT MD CV2("30{04:$C 30{" NAMES " 02:$N}}"), BL_SIGNER_GOOD},
    {"another certificate", CT MD CV2("30{04*32}"), BL_SIGNER_WRONG},
    {"certificate, hash cut", CT MD CV2("30{04:}"), BL_SIGNER_WRONG},
    {"certificate, another serial", CT MD CV2("30{04:$C 30{" NAMES " 02:01}}"),
	BL_SIGNER_WRONG},
    {"certificate, another issuer",
	CT MD CV2("30{04:$C 30{30{a4{30{}}} 02:$N}}"), BL_SIGNER_WRONG},
    {"certificate, issuer not a Name",
	CT MD CV2("30{04:$C 30{30{81:61} 02:$N}}"), BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"certificate, two issuers",
	CT MD CV2("30{04:$C 30{30{a4{$I} a4{$I}} 02:$N}}"), BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"certificate, issuer without serial", CT MD CV2("30{04:$C 30{" NAMES "}}"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"certificate, with more", CT MD CV2("30{04:$C 05:}"), BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"certificate, unknown algorithm", CT MD CV2("30{30{o(md5)} 04:$C}"),
	BL_SIGNER_UNCHECKED},
    {"two certificates, ours first", CT MD CV2("30{04:$C} 30{04*32}"),
	BL_SIGNER_GOOD},
    {"two certificates, ours second", CT MD CV2("30{04*32} 30{04:$C}"),
	BL_SIGNER_WRONG},
    {"certificates and nothing", CT MD CV2("30{04:$C} 05:"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"no certificate", CT MD CV2(""), BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"certificate and policies",
	CT MD A("signingCertificateV2", "30{30{30{04:$C}} 30{30{}}}"),
	BL_SIGNER_GOOD},
    {"certificate, policies and more",
	CT MD A("signingCertificateV2", "30{30{30{04:$C}} 30{} 30{}}"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"certificate twice", CT MD CV2("30{04:$C}") CV2("30{04:$C}"),
	BL_SIGNER_MALFORMED, "a signed attribute is there twice"},
    /* signingCertificate, RFC 2634 5.4 */
    {"first certificate", CT MD CV1("30{04:$1}"), BL_SIGNER_GOOD},
    {"first certificate with issuer and serial",
	CT MD CV1("30{04:$1 30{" NAMES " 02:$N}}"), BL_SIGNER_GOOD},
    {"another first certificate", CT MD CV1("30{04*20}"), BL_SIGNER_WRONG},
    {"first certificate, algorithm said", CT MD CV1("30{30{o(id-sha1)} 04:$1}"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"first certificate by SHA-256", CT MD CV1("30{04:$C}"), BL_SIGNER_WRONG},
    {"both certificates", CT MD CV1("30{04:$1}") CV2("30{04:$C}"),
	BL_SIGNER_GOOD},
    {"both certificates, first another",
	CT MD CV1("30{04*20}") CV2("30{04:$C}"), BL_SIGNER_WRONG},
    {"both certificates, second another",
	CT MD CV1("30{04:$1}") CV2("30{04*32}"), BL_SIGNER_WRONG},
    /* CMSAlgorithmProtection, RFC 6211 */
    {"protection", CT MD PROTECT(SHA256 RSA), BL_SIGNER_GOOD},
    {"protection, NULL and none",
	CT MD PROTECT("30{o(id-sha256) 05:} a1{o(rsaEncryption)}"),
	BL_SIGNER_GOOD},
    {"protection, another digest", CT MD PROTECT("30{o(id-sha512)} " RSA),
	BL_SIGNER_MALFORMED, "CMSAlgorithmProtection names other algorithms"},
    {"protection, another signature",
	CT MD PROTECT(SHA256 "a1{o(sha256WithRSAEncryption) 05:}"),
	BL_SIGNER_MALFORMED, "CMSAlgorithmProtection names other algorithms"},
    {"protection, other parameters",
	CT MD PROTECT(SHA256 "a1{o(rsaEncryption) 30{}}"), BL_SIGNER_MALFORMED,
	"CMSAlgorithmProtection names other algorithms"},
    {"protection, more parameters",
	CT MD PROTECT("30{o(id-sha256) 05: 05:} " RSA), BL_SIGNER_MALFORMED,
	"CMSAlgorithmProtection names other algorithms"},
    {"protection of a mac", CT MD PROTECT(SHA256 "a2{o(rsaEncryption)}"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"protection of a digest alone", CT MD PROTECT(SHA256), BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"protection of both", CT MD PROTECT(SHA256 RSA "a2{o(rsaEncryption)}"),
	BL_SIGNER_MALFORMED,
	"the value of a signed attribute is not well formed"},
    {"protection twice", CT MD PROTECT(SHA256 RSA) PROTECT(SHA256 RSA),
	BL_SIGNER_MALFORMED, "a signed attribute is there twice"},
};

static void
put_attributes(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_cert *cert, const char *in, enum order order)
{
	struct bl_buf expanded = {0};
	size_t mark = bl_der_open(out, BL_DER_SET);

	expand(&expanded, ctx, cert, in);
	bl_asm(out, bl_buf_text(&expanded));
	if (order == SORT)
		bl_der_sort_set(out, mark);
	bl_der_close(out, mark);
	bl_buf_clear(&expanded);
}

static enum bl_signer_result
check(struct bl_trial *t, const struct bl_cert *cert)
{
	enum bl_signer_result r = 0;

	CHECK(bl_cms_signer_check(&r, t->cms, 0, cert, NULL, NULL) == BL_OK,
	    "check");
	return r;
}

static void
judges_signed_attributes_as_stated(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf set = {0}, in = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].name;
		const struct bl_signer_info *s;

		bl_buf_reset(&set);
		put_attributes(&set, t.ctx, alice.cert, cases[i].attributes,
		    cases[i].order);
		make_signed(&in, t.ctx, &alice, bl_buf_span(&set), text);
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, name);
		s = bl_cms_signer(t.cms, 0);
		CHECK(s->malformed == (cases[i].what != NULL), name);
		CHECK(cases[i].what == NULL ||
			(s->malformed &&
			    strcmp(s->malformed_what, cases[i].what) == 0),
		    name);
		CHECK(check(&t, alice.cert) == cases[i].want, name);
		CHECK(bl_span_equal(s->attributes, bl_buf_span(&set)), name);
		CHECK(s->unsorted == (strcmp(name, "not in order") == 0), name);
	}
	bl_person_clear(&alice);
	bl_buf_clear(&set);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

static void
tells_what_the_attributes_hold(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf set = {0}, in = {0};
	const struct bl_signer_info *s;

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	put_attributes(&set, t.ctx, alice.cert,
	    CT MD ST A("smimeCapabilities", "30{30{o(=2a03)}}"), SORT);
	make_signed(&in, t.ctx, &alice, bl_buf_span(&set), text);
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "");
	s = bl_cms_signer(t.cms, 0);
	CHECK(s->has_signing_time && s->signing_time == 1763924400, "time");
	CHECK(bl_oid_find(s->content_type) == BL_OID_DATA, "type");
	CHECK(s->message_digest.n == 32, "digest");
	CHECK(bl_span_equal(
		  s->capabilities, BL_STR("\x30\x06\x30\x04\x06\x02\x2a\x03")),
	    "capabilities");
	CHECK(strcmp(s->digest_name, "sha256") == 0, "name");
	CHECK(s->signature.n == 256, "signature");
	bl_person_clear(&alice);
	bl_buf_clear(&set);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* The key of another certificate made no signature of this one's, and a key of
 * another kind cannot have. */
static void
knows_whose_key_it_was(void)
{
	struct bl_trial t;
	struct bl_person people[BL_PEOPLE];
	struct bl_buf set = {0}, in = {0};

	bl_trial_new(&t);
	bl_people_new(people, t.ctx);
	put_attributes(&set, t.ctx, people[BL_ALICE].cert, CT MD, SORT);
	make_signed(&in, t.ctx, &people[BL_ALICE], bl_buf_span(&set), text);
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "");
	CHECK(check(&t, people[BL_ALICE].cert) == BL_SIGNER_GOOD, "");
	CHECK(check(&t, people[BL_BOB].cert) == BL_SIGNER_WRONG, "");
	CHECK(check(&t, people[BL_CAROL].cert) == BL_SIGNER_UNCHECKED, "");
	bl_people_clear(people);
	bl_buf_clear(&set);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* What is not handled is named and never called good or wrong; only a content
 * that differs is known all the same. */
static void
leaves_unchecked_what_it_does_not_know(void)
{
	static const struct {
		const char *name, *digest, *alg, *said, *alg_name;
	} unknown[] = {
	    {"DSA", "30{o(id-sha256)}", "30{o(id-dsa-with-sha256)}", "sha256",
		NULL},
	    {"ML-DSA", "30{o(id-sha256)}", "30{o(id-ml-dsa-65)}", "sha256",
		"id-ml-dsa-65"},
	    {"RSA with SHAKE256", "30{o(id-shake256-len) 02:0200}",
		"30{o(rsaEncryption)}", "shake256", "rsaEncryption"},
	    {"SHAKE256 of 256 bits", "30{o(id-shake256-len) 02:0100}",
		"30{o(rsaEncryption)}", "id-shake256-len", "rsaEncryption"},
	    {"an unknown one", "30{o(id-sha256)}", "30{o(=2a0304)}", "sha256",
		"1.2.3.4"},
	    {"MD5", "30{o(md5) 05:}", "30{o(rsaEncryption) 05:}", "md5",
		"rsaEncryption"},
	    {"an unknown digest", "30{o(=2a0304)}", "30{o(rsaEncryption)}",
		"1.2.3.4", "rsaEncryption"},
	};
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf set = {0}, in = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	put_attributes(&set, t.ctx, alice.cert, CT MD, SORT);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++) {
		const char *name = unknown[i].name, *said;

		make_signed(&in, t.ctx, &alice, bl_buf_span(&set), text);
		bl_regraft_text(
		    &in, "1.0.4.0.2", BL_REPLACE, unknown[i].digest);
		bl_regraft_text(&in, "1.0.4.0.4", BL_REPLACE, unknown[i].alg);
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, name);
		CHECK(check(&t, alice.cert) == BL_SIGNER_UNCHECKED, name);
		CHECK(!(bl_cms_digests(t.cms) & BL_SET(BL_DIGEST_NONE)), name);
		CHECK(strcmp(bl_cms_signer(t.cms, 0)->digest_name,
			  unknown[i].said) == 0,
		    name);
		said = bl_cms_signer(t.cms, 0)->alg_name;
		CHECK(unknown[i].alg_name == NULL ? said == NULL
						  : said != NULL &&
			    strcmp(said, unknown[i].alg_name) == 0,
		    name);
	}
	make_signed(&in, t.ctx, &alice, bl_buf_span(&set), text);
	bl_regraft_text(
	    &in, "1.0.4.0.4", BL_REPLACE, "30{o(id-dsa-with-sha256)}");
	bl_regraft_text(&in, "1.0.2.1.0", BL_INSIDE, "=61");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "altered");
	CHECK(check(&t, alice.cert) == BL_SIGNER_ALTERED, "altered");
	bl_person_clear(&alice);
	bl_buf_clear(&set);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* A known algorithm with parameters that it does not have is not one that is
 * not known. */
static void
refuses_parameters_that_are_wrong(void)
{
	static const struct {
		const char *name, *path, *with;
	} wrong[] = {
	    {"digest", "1.0.4.0.2", "30{o(id-sha256) 30{}}"},
	    {"signature", "1.0.4.0.4", "30{o(rsaEncryption) 30{}}"},
	    {"PSS", "1.0.4.0.4", "30{o(id-RSASSA-PSS) 05:}"},
	};
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf set = {0}, in = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	put_attributes(&set, t.ctx, alice.cert, CT MD, SORT);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		make_signed(&in, t.ctx, &alice, bl_buf_span(&set), text);
		bl_regraft_text(&in, wrong[i].path, BL_REPLACE, wrong[i].with);
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK,
		    wrong[i].name);
		CHECK(check(&t, alice.cert) == BL_SIGNER_MALFORMED,
		    wrong[i].name);
	}
	bl_person_clear(&alice);
	bl_buf_clear(&set);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* ATK-211: the attributes signed with another digest than the content, by the
 * right key, and nothing in them that says so. */
static void
wants_one_digest_for_content_and_attributes(void)
{
	static const struct bl_sig_alg other = {
	    BL_SIG_RSA_PKCS1, BL_SHA384, 0, 0};
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf set = {0}, in = {0}, sig = {0};
	struct bl_digest_value v;

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	put_attributes(&set, t.ctx, alice.cert, CT MD, SORT);
	make_signed(&in, t.ctx, &alice, bl_buf_span(&set), text);
	CHECK(bl_digest_of(&v, t.ctx, BL_SHA384, bl_buf_span(&set), NULL) ==
		    BL_OK &&
		bl_priv_sign(&sig, alice.key, t.ctx, &other, &v, NULL) == BL_OK,
	    "sign");
	bl_regraft(&in, "1.0.4.0.5", BL_INSIDE, bl_buf_span(&sig));
	bl_regraft_text(
	    &in, "1.0.4.0.4", BL_REPLACE, "30{o(sha384WithRSAEncryption) 05:}");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "");
	CHECK(check(&t, alice.cert) == BL_SIGNER_MALFORMED, "two digests");
	bl_person_clear(&alice);
	bl_buf_clear(&set);
	bl_buf_clear(&in);
	bl_buf_clear(&sig);
	bl_trial_free(&t);
}

/* ---- no signed attributes ---- */

/* The signature is over the content itself. What could be the attributes of
 * another signature is refused, its nearest twins are not. */
static const struct {
	const char *name, *content;
	enum bl_signer_result want;
} bare[] = {
    {"text", "=68690d0a", BL_SIGNER_GOOD},
    {"empty", "", BL_SIGNER_GOOD},
    {"attributes", "31{" CT MD "}", BL_SIGNER_MALFORMED},
    {"attributes of 200 bytes", "31{" CT MD "30{o(=2a03) 31{04*130}}}",
	BL_SIGNER_MALFORMED},
    {"attributes of 70 KB", "31{30{o(contentType) 31{04*70000}}}",
	BL_SIGNER_MALFORMED},
    {"an empty set", "31{}", BL_SIGNER_GOOD},
    {"a set of strings", "31{04:0102}", BL_SIGNER_GOOD},
    {"a set of sets", "31{31{o(id-data)}}", BL_SIGNER_GOOD},
    {"a set of sequences of numbers", "31{30{02:01}}", BL_SIGNER_GOOD},
    {"a sequence of attributes", "30{" CT MD "}", BL_SIGNER_GOOD},
    {"attributes and a byte", "31{" CT MD "} =0a", BL_SIGNER_GOOD},
    {"attributes cut", "=3110300e", BL_SIGNER_GOOD},
    {"text that begins as a set does", "=313233", BL_SIGNER_GOOD},
};

static void
refuses_attributes_as_content(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf content = {0}, expanded = {0}, in = {.max = 1u << 20};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	for (size_t i = 0; i < sizeof(bare) / sizeof(*bare) * 2; i++) {
		const char *name = bare[i / 2].name;

		bl_buf_reset(&content);
		bl_buf_reset(&expanded);
		expand(&expanded, t.ctx, alice.cert, bare[i / 2].content);
		bl_asm(&content, bl_buf_text(&expanded));
		make_signed(&in, t.ctx, &alice, (struct bl_span){0},
		    bl_buf_span(&content));
		t.piece = i % 2;
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, name);
		CHECK(bl_cms_signer(t.cms, 0)->attributes.n == 0, name);
		CHECK(check(&t, alice.cert) == bare[i / 2].want, name);
	}
	/* RFC 5652 5.3: other content has to have attributes. */
	make_signed(&in, t.ctx, &alice, (struct bl_span){0}, text);
	bl_regraft_text(&in, "1.0.2.0", BL_REPLACE, "o(id-signedData)");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "other content");
	CHECK(check(&t, alice.cert) == BL_SIGNER_MALFORMED, "other content");
	bl_person_clear(&alice);
	bl_buf_clear(&content);
	bl_buf_clear(&expanded);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

struct eddsa_rule {
	const char *name, *path, *with;
	enum bl_graft how;
	enum bl_signer_result want;
	bool other; /* asked with somebody else's certificate */
};

/* Ed25519: SHA-512 of the content, the attributes whole, no parameters. RFC
 * 8419 2 and 3. */
static const struct eddsa_rule ed25519_rules[] = {
    {"as it is", NULL, NULL, 0, BL_SIGNER_GOOD},
    {"another certificate", NULL, NULL, 0, BL_SIGNER_WRONG, true},
    {"digest with NULL", "1.0.4.0.2", "30{o(id-sha512) 05:}", BL_REPLACE,
	BL_SIGNER_GOOD},
    {"another digest", "1.0.4.0.2", "30{o(id-sha256)}", BL_REPLACE,
	BL_SIGNER_MALFORMED},
    {"a parameter", "1.0.4.0.4", "30{o(id-Ed25519) 05:}", BL_REPLACE,
	BL_SIGNER_MALFORMED},
    {"a byte less", "1.0.4.0.5", "04*63", BL_REPLACE, BL_SIGNER_WRONG},
    {"another value", "1.0.4.0.5", "04*64", BL_REPLACE, BL_SIGNER_WRONG},
    {"a byte more", "1.0.4.0.5", "04*65", BL_REPLACE, BL_SIGNER_WRONG},
    {"another content", "1.0.2.1.0", "=61", BL_INSIDE, BL_SIGNER_ALTERED},
    {"without attributes", "1.0.4.0.3", "", BL_REMOVE, BL_SIGNER_UNCHECKED},
};

/* Ed448: SHAKE256 with 512 bits. */
static const struct eddsa_rule ed448_rules[] = {
    {"as it is", NULL, NULL, 0, BL_SIGNER_GOOD},
    {"another certificate", NULL, NULL, 0, BL_SIGNER_WRONG, true},
    {"another digest", "1.0.4.0.2", "30{o(id-sha512)}", BL_REPLACE,
	BL_SIGNER_MALFORMED},
    {"another length", "1.0.4.0.2", "30{o(id-shake256-len) 02:0100}",
	BL_REPLACE, BL_SIGNER_MALFORMED},
    {"no length", "1.0.4.0.2", "30{o(id-shake256)}", BL_REPLACE,
	BL_SIGNER_MALFORMED},
    {"not announced", "1.0.1", "31{30{o(id-sha512)}}", BL_REPLACE,
	BL_SIGNER_UNANNOUNCED},
    {"a parameter", "1.0.4.0.4", "30{o(id-Ed448) 05:}", BL_REPLACE,
	BL_SIGNER_MALFORMED},
    {"the other algorithm", "1.0.4.0.4", "30{o(id-Ed25519)}", BL_REPLACE,
	BL_SIGNER_MALFORMED},
    {"a byte less", "1.0.4.0.5", "04*113", BL_REPLACE, BL_SIGNER_WRONG},
    {"another value", "1.0.4.0.5", "04*114", BL_REPLACE, BL_SIGNER_WRONG},
    {"a byte more", "1.0.4.0.5", "04*115", BL_REPLACE, BL_SIGNER_WRONG},
    {"another content", "1.0.2.1.0", "=61", BL_INSIDE, BL_SIGNER_ALTERED},
    {"without attributes", "1.0.4.0.3", "", BL_REMOVE, BL_SIGNER_UNCHECKED},
};

static void
hold(enum bl_people who, const struct eddsa_rule *rules, size_t n)
{
	struct bl_trial t;
	struct bl_person signer, alice;
	struct bl_cms_sign how = {.content_type = BL_OID_DATA};

	bl_trial_new(&t);
	bl_person_new(&signer, t.ctx, who);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	how.cert = signer.cert;
	CHECK(bl_cms_sign_alg(
		  &how.alg, signer.cert, BL_SHA256, BL_PSS_NOT, NULL) == BL_OK,
	    "alg");
	for (size_t i = 0; i < n; i++) {
		struct bl_buf in = {0}, sig = {0}, store = {0};
		struct bl_want_sign want;
		const char *name = rules[i].name;

		bl_person_sign(&sig, &want, &store, t.ctx, &signer, &how, text);
		CHECK(bl_cms_opaque_write(&in, &how, &want, text,
			  bl_buf_span(&sig), NULL) == BL_OK,
		    name);
		if (rules[i].path != NULL)
			bl_regraft_text(
			    &in, rules[i].path, rules[i].how, rules[i].with);
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, name);
		CHECK(check(&t, rules[i].other ? alice.cert : signer.cert) ==
			rules[i].want,
		    name);
		bl_buf_clear(&in);
		bl_buf_clear(&sig);
		bl_buf_clear(&store);
	}
	bl_person_clear(&alice);
	bl_person_clear(&signer);
	bl_trial_free(&t);
}

static void
holds_eddsa_to_its_rules(void)
{
	hold(BL_IVAN, ed25519_rules,
	    sizeof(ed25519_rules) / sizeof(*ed25519_rules));
	hold(BL_NINA, ed448_rules, sizeof(ed448_rules) / sizeof(*ed448_rules));
}

TESTS(TEST(judges_signed_attributes_as_stated),
    TEST(tells_what_the_attributes_hold), TEST(knows_whose_key_it_was),
    TEST(leaves_unchecked_what_it_does_not_know),
    TEST(holds_eddsa_to_its_rules), TEST(refuses_parameters_that_are_wrong),
    TEST(wants_one_digest_for_content_and_attributes),
    TEST(refuses_attributes_as_content))
