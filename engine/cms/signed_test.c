/* signed_test.c - SignedData: its structure, its limits, and whose signature
 * counts: ATK-202, ATK-203, ATK-506. What its signers may say is in
 * signer_test.c. */
#include "cms/people.h"
#include "cms/trial.h"

#include <string.h>

#include "tests/test.h"

/* What a certificate or a CRL consists of, and those of other kinds. */
#define TRIPLE "30{} 30{} 03:00"
#define OTHER  "o(=2a03) 05:"
#define OCSP   "o(=2b06010505071002)" /* id-ri-ocsp-response */

static const struct bl_span text = BYTES(
    "Content-Type: text/plain\r\n\r\nhi\r\n");

/* One person's signature over the text. */
static void
sign(struct bl_buf *out, struct bl_trial *t, const struct bl_person *p,
    bool detached)
{
	struct bl_cms_sign how = {.cert = p->cert,
	    .content_type = BL_OID_DATA,
	    .signing_time = 1763923000};
	struct bl_buf sig = {0}, store = {0};
	struct bl_want_sign want;
	enum bl_err err;

	bl_buf_reset(out);
	CHECK(bl_cms_sign_alg(&how.alg, p->cert, BL_SHA256, BL_PSS_NOT, NULL) ==
		BL_OK,
	    "");
	bl_person_sign(&sig, &want, &store, t->ctx, p, &how, text);
	err = detached
	    ? bl_cms_detached_write(out, &how, &want, bl_buf_span(&sig), NULL)
	    : bl_cms_opaque_write(
		  out, &how, &want, text, bl_buf_span(&sig), NULL);
	CHECK(err == BL_OK, "");
	bl_buf_clear(&sig);
	bl_buf_clear(&store);
}

static enum bl_signer_result
check(struct bl_trial *t, size_t i, const struct bl_person *p)
{
	enum bl_signer_result result = 0;

	CHECK(bl_cms_signer_check(&result, t->cms, i, p->cert, NULL, NULL) ==
		BL_OK,
	    "check");
	return result;
}

/* ---- structure ---- */

/*
 * Paths: 1.0.0 version, 1.0.1 digestAlgorithms, 1.0.2 encapContentInfo with 0
 * type and 1 [0], 1.0.3 certificates, 1.0.4 signerInfos.
 *
 * result  of the first signer; 0: not asked for
 */
static const struct {
	const char *name, *path;
	enum bl_graft how;
	const char *with;
	enum bl_err want;
	const char *events;
	enum bl_signer_result result;
} cases[] = {
    {"unchanged", "", BL_AFTER, "", BL_OK, "TCE.", BL_SIGNER_GOOD},
    /* version */
    {"version 3", "1.0.0", BL_REPLACE, "02:03", BL_OK, "TCE.", BL_SIGNER_GOOD},
    {"version 5", "1.0.0", BL_REPLACE, "02:05", BL_OK, "TCE.", BL_SIGNER_GOOD},
    {"version 6", "1.0.0", BL_REPLACE, "02:06", BL_E_UNSUPPORTED, "T"},
    {"version a string", "1.0.0", BL_REPLACE, "04:01", BL_E_MALFORMED, "T"},
    /* digestAlgorithms */
    {"no digestAlgorithms", "1.0.1", BL_REMOVE, "", BL_E_MALFORMED, "T"},
    {"digestAlgorithms empty", "1.0.1", BL_INSIDE, "", BL_OK, "TCE.",
	BL_SIGNER_UNANNOUNCED},
    {"one that is unknown", "1.0.1", BL_INSIDE, "30{o(=2a0304) 30{}}", BL_OK,
	"TCE.", BL_SIGNER_UNANNOUNCED},
    {"MD5", "1.0.1", BL_INSIDE, "30{o(md5) 05:}", BL_OK, "TCE.",
	BL_SIGNER_UNANNOUNCED},
    {"another one", "1.0.1", BL_INSIDE, "30{o(id-sha512)}", BL_OK, "TCE.",
	BL_SIGNER_UNANNOUNCED},
    {"SHA-1 and an unknown one", "1.0.1", BL_INSIDE,
	"30{o(id-sha1)}30{o(=2a0304)}", BL_OK, "TCE.", BL_SIGNER_UNANNOUNCED},
    {"this one and another", "1.0.1", BL_INSIDE,
	"30{o(id-sha512)}30{o(id-sha256) 05:}", BL_OK, "TCE.", BL_SIGNER_GOOD},
    {"the same twice", "1.0.1", BL_INSIDE, "30{o(id-sha256)}30{o(id-sha256)}",
	BL_OK, "TCE.", BL_SIGNER_GOOD},
    {"one with parameters", "1.0.1", BL_INSIDE, "30{o(id-sha256) 30{}}",
	BL_E_MALFORMED, "T"},
    {"not an algorithm", "1.0.1", BL_INSIDE, "31{}", BL_E_MALFORMED, "T"},
    /* encapContentInfo */
    {"no encapContentInfo", "1.0.2", BL_REMOVE, "", BL_E_MALFORMED, "T"},
    {"a set instead of it", "1.0.2", BL_REPLACE, "31{}", BL_E_MALFORMED, "T"},
    {"empty", "1.0.2", BL_INSIDE, "", BL_E_MALFORMED, "T"},
    {"type a number", "1.0.2.0", BL_REPLACE, "02:01", BL_E_MALFORMED, "T"},
    {"type not well formed", "1.0.2.0", BL_REPLACE, "06:80", BL_E_MALFORMED,
	"T"},
    {"type that is not the attribute's", "1.0.2.0", BL_REPLACE,
	"o(id-ct-TSTInfo)", BL_OK, "TCE.", BL_SIGNER_MALFORMED},
    {"content with another tag", "1.0.2.1", BL_REPLACE, "a1{04:}",
	BL_E_MALFORMED, "T"},
    {"content not tagged", "1.0.2.1", BL_REPLACE, "04:", BL_E_MALFORMED, "T"},
    {"content empty, tagged", "1.0.2.1", BL_INSIDE, "", BL_E_MALFORMED, "T"},
    {"no byte of content", "1.0.2.1", BL_INSIDE, "04:", BL_OK, "TE.",
	BL_SIGNER_ALTERED},
    {"content of PKCS #7", "1.0.2.1", BL_INSIDE, "30{}", BL_E_UNSUPPORTED, "T"},
    {"content of PKCS #7, a set", "1.0.2.1", BL_INSIDE, "31{}",
	BL_E_UNSUPPORTED, "T"},
    {"content a number", "1.0.2.1", BL_INSIDE, "02:01", BL_E_MALFORMED, "T"},
    {"content twice", "1.0.2.1.0", BL_AFTER, "04:", BL_E_MALFORMED, "TC"},
    {"content tagged twice", "1.0.2.1", BL_AFTER, "a0{04:}", BL_E_MALFORMED,
	"TC"},
    {"content with a byte more", "1.0.2.1.0", BL_INSIDE, "=61", BL_OK, "TCE.",
	BL_SIGNER_ALTERED},
    /* certificates and CRLs */
    {"no certificates", "1.0.3", BL_REMOVE, "", BL_OK, "TCE.", BL_SIGNER_GOOD},
    {"certificates empty", "1.0.3", BL_INSIDE, "", BL_OK, "TCE.",
	BL_SIGNER_GOOD},
    {"certificates of other kinds", "1.0.3", BL_INSIDE,
	"a0{" TRIPLE "} a1{" TRIPLE "} a2{" TRIPLE "} a3{" OTHER "} 30{" TRIPLE
	"}",
	BL_OK, "TCE.", BL_SIGNER_GOOD},
    {"a certificate of BER", "1.0.3", BL_INSIDE, "30{30{} 30{} 23{03:00}}",
	BL_OK, "TCE.", BL_SIGNER_GOOD},
    {"a certificate that is empty", "1.0.3", BL_INSIDE, "30{}", BL_E_MALFORMED,
	"TCE"},
    {"a certificate without signature", "1.0.3", BL_INSIDE, "30{30{} 30{}}",
	BL_E_MALFORMED, "TCE"},
    {"a certificate with more", "1.0.3", BL_INSIDE, "30{" TRIPLE " 05:}",
	BL_E_MALFORMED, "TCE"},
    {"a certificate that holds no element", "1.0.3", BL_INSIDE,
	"30{30{=05} 30{} 03:00}", BL_E_MALFORMED, "TCE"},
    {"an old certificate that is none", "1.0.3", BL_INSIDE, "a0{}",
	BL_E_MALFORMED, "TCE"},
    {"an attribute certificate that is none", "1.0.3", BL_INSIDE, "a2{05:}",
	BL_E_MALFORMED, "TCE"},
    {"a certificate of another kind, without name", "1.0.3", BL_INSIDE,
	"a3{05:}", BL_E_MALFORMED, "TCE"},
    {"a certificate of another kind, without value", "1.0.3", BL_INSIDE,
	"a3{o(=2a03)}", BL_E_MALFORMED, "TCE"},
    {"a certificate of another kind, with two", "1.0.3", BL_INSIDE,
	"a3{" OTHER " 05:}", BL_E_MALFORMED, "TCE"},
    {"certificates of an unknown kind", "1.0.3", BL_INSIDE, "a4{}",
	BL_E_MALFORMED, "TCE"},
    {"a certificate that is a set", "1.0.3", BL_INSIDE, "31{}", BL_E_MALFORMED,
	"TCE"},
    {"certificates twice", "1.0.3", BL_AFTER, "a0{}", BL_E_MALFORMED, "TCE"},
    {"CRLs", "1.0.3", BL_AFTER,
	"a1{30{" TRIPLE "} 30{" TRIPLE "} a1{" OTHER "}}", BL_OK, "TCE.",
	BL_SIGNER_GOOD},
    {"CRLs of an unknown kind", "1.0.3", BL_AFTER, "a1{a0{" TRIPLE "}}",
	BL_E_MALFORMED, "TCE"},
    {"CRLs of another unknown kind", "1.0.3", BL_AFTER, "a1{a2{" TRIPLE "}}",
	BL_E_MALFORMED, "TCE"},
    {"a CRL that is none", "1.0.3", BL_AFTER, "a1{30{05:}}", BL_E_MALFORMED,
	"TCE"},
    {"revocation of another kind, without value", "1.0.3", BL_AFTER,
	"a1{a1{o(=2a03)}}", BL_E_MALFORMED, "TCE"},
    {"CRLs before the certificates", "1.0.3", BL_BEFORE, "a1{}", BL_E_MALFORMED,
	"TCE"},
    {"something unknown", "1.0.3", BL_AFTER, "a2{}", BL_E_MALFORMED, "TCE"},
    /* signerInfos */
    {"no signerInfos", "1.0.4", BL_REMOVE, "", BL_E_MALFORMED, "TCE"},
    {"a sequence instead of them", "1.0.4", BL_REPLACE, "30{}", BL_E_MALFORMED,
	"TCE"},
    {"nobody signed", "1.0.4", BL_INSIDE, "", BL_OK, "TCE."},
    {"a signer that is nothing", "1.0.4", BL_INSIDE, "05:", BL_E_MALFORMED,
	"TCE"},
    {"a signer that is empty", "1.0.4", BL_INSIDE, "30{}", BL_E_MALFORMED,
	"TCE"},
    {"something after the signers", "1.0.4", BL_AFTER, "05:", BL_E_MALFORMED,
	"TCE"},
    {"something after the content", "1", BL_AFTER, "05:", BL_E_MALFORMED,
	"TCE"},
    {"something after the object", "", BL_AFTER, "=20", BL_E_MALFORMED, "TCE"},
    /* SignerInfo */
    {"no version", "1.0.4.0.0", BL_REMOVE, "", BL_E_MALFORMED, "TCE"},
    {"version for a key identifier", "1.0.4.0.0", BL_REPLACE, "02:03", BL_OK,
	"TCE.", BL_SIGNER_MALFORMED},
    {"version 0", "1.0.4.0.0", BL_REPLACE, "02:00", BL_OK, "TCE.",
	BL_SIGNER_MALFORMED},
    {"key identifier", "1.0.4.0.1", BL_REPLACE, "80:61", BL_OK, "TCE.",
	BL_SIGNER_MALFORMED},
    {"no identifier", "1.0.4.0.1", BL_REMOVE, "", BL_E_MALFORMED, "TCE"},
    {"key identifier of 65 bytes", "1.0.4.0.1", BL_REPLACE, "80*65", BL_E_LIMIT,
	"TCE"},
    {"no digest algorithm", "1.0.4.0.2", BL_REMOVE, "", BL_E_MALFORMED, "TCE"},
    {"digest with NULL", "1.0.4.0.2", BL_REPLACE, "30{o(id-sha256) 05:}", BL_OK,
	"TCE.", BL_SIGNER_GOOD},
    {"digest with parameters", "1.0.4.0.2", BL_REPLACE, "30{o(id-sha256) 30{}}",
	BL_OK, "TCE.", BL_SIGNER_MALFORMED},
    {"another digest", "1.0.4.0.2", BL_REPLACE, "30{o(id-sha512)}", BL_OK,
	"TCE.", BL_SIGNER_MALFORMED},
    {"MD5", "1.0.4.0.2", BL_REPLACE, "30{o(md5) 05:}", BL_OK, "TCE.",
	BL_SIGNER_MALFORMED},
    {"no signature algorithm", "1.0.4.0.4", BL_REMOVE, "", BL_E_MALFORMED,
	"TCE"},
    {"signature algorithm by its digest", "1.0.4.0.4", BL_REPLACE,
	"30{o(sha256WithRSAEncryption) 05:}", BL_OK, "TCE.",
	BL_SIGNER_MALFORMED},
    {"signature algorithm of another digest", "1.0.4.0.4", BL_REPLACE,
	"30{o(sha384WithRSAEncryption) 05:}", BL_OK, "TCE.",
	BL_SIGNER_MALFORMED},
    {"signature algorithm with parameters", "1.0.4.0.4", BL_REPLACE,
	"30{o(rsaEncryption) 30{}}", BL_OK, "TCE.", BL_SIGNER_MALFORMED},
    {"no signature", "1.0.4.0.5", BL_REMOVE, "", BL_E_MALFORMED, "TCE"},
    {"signature a BIT STRING", "1.0.4.0.5", BL_REPLACE, "03:00", BL_E_MALFORMED,
	"TCE"},
    {"signature of nothing", "1.0.4.0.5", BL_REPLACE, "04:", BL_OK, "TCE.",
	BL_SIGNER_WRONG},
    {"another signature", "1.0.4.0.5", BL_REPLACE, "04*256", BL_OK, "TCE.",
	BL_SIGNER_WRONG},
    {"unsigned attributes", "1.0.4.0.5", BL_AFTER,
	"a1{30{o(countersignature) 31{}} 30{o(=2a03) 31{}}}", BL_OK, "TCE.",
	BL_SIGNER_GOOD},
    {"unsigned attributes twice", "1.0.4.0.5", BL_AFTER, "a1{}a1{}",
	BL_E_MALFORMED, "TCE"},
    {"unsigned attributes that are none", "1.0.4.0.5", BL_AFTER, "a1{02:01}",
	BL_E_MALFORMED, "TCE"},
    {"an unsigned attribute without type", "1.0.4.0.5", BL_AFTER, "a1{30{}}",
	BL_E_MALFORMED, "TCE"},
    {"signing time unsigned", "1.0.4.0.5", BL_AFTER,
	"a1{30{o(signingTime) 31{}}}", BL_OK, "TCE.", BL_SIGNER_MALFORMED},
    {"content type unsigned", "1.0.4.0.5", BL_AFTER,
	"a1{30{o(contentType) 31{}}}", BL_OK, "TCE.", BL_SIGNER_MALFORMED},
    {"digest unsigned", "1.0.4.0.5", BL_AFTER, "a1{30{o(messageDigest) 31{}}}",
	BL_OK, "TCE.", BL_SIGNER_MALFORMED},
    {"protection unsigned", "1.0.4.0.5", BL_AFTER,
	"a1{30{o(cmsAlgorithmProtect) 31{}}}", BL_OK, "TCE.",
	BL_SIGNER_MALFORMED},
    {"attributes taken away", "1.0.4.0.3", BL_REMOVE, "", BL_OK, "TCE.",
	BL_SIGNER_WRONG},
    {"attributes twice", "1.0.4.0.3", BL_AFTER, "a0{}", BL_E_MALFORMED, "TCE"},
};

static void
judges_each_structure_as_stated(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf in = {0}, out = {0}, ber = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	sign(&in, &t, &alice, false);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases) * 2; i++) {
		size_t k = i / 2;
		const char *name = cases[k].name;

		bl_buf_reset(&out);
		bl_buf_reset(&ber);
		bl_graft_text(&out, bl_buf_span(&in), cases[k].path,
		    cases[k].how, cases[k].with);
		/* Again with indefinite lengths, and byte by byte. */
		if (i % 2 && *cases[k].path != '\0')
			bl_graft_ber(&ber, bl_buf_span(&out), 5);
		else
			bl_buf_add(&ber, bl_buf_span(&out));
		t.piece = i % 2;
		CHECK(bl_trial_read(&t, bl_buf_span(&ber)) == cases[k].want,
		    name);
		CHECK(t.note.err == cases[k].want, name);
		CHECK(strcmp(t.events, cases[k].events) == 0, name);
		if (cases[k].result != 0 && t.err == BL_OK)
			CHECK(check(&t, 0, &alice) == cases[k].result, name);
	}
	bl_person_clear(&alice);
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	bl_buf_clear(&ber);
	bl_trial_free(&t);
}

/* What is passed over is not handed out as a certificate or CRL. */
static void
gives_certificates_and_crls_as_received(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf in = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	sign(&in, &t, &alice, false);
	bl_regraft_text(&in, "1.0.3", BL_INSIDE,
	    "a0{" TRIPLE "} 30{30{05:} 30{} 03:00} a3{" OTHER "} a3{" OCSP
	    " 30{}} 30{" TRIPLE "}");
	bl_regraft_text(&in, "1.0.3", BL_AFTER,
	    "a1{a1{" OTHER "} a1{o(=2a03) 30{}} a1{" OCSP " 05:} "
	    "a1{" OCSP " 30{05:}} 30{30{05:} 30{} 03:00} a1{" OCSP " 30{}}}");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "");
	CHECK(
	    bl_cms_cert_count(t.cms) == 2 && bl_cms_crl_count(t.cms) == 1, "");
	CHECK(bl_span_equal(bl_cms_cert(t.cms, 0),
		  BL_STR("\x30\x09\x30\x02\x05\x00\x30\x00\x03\x01\x00")),
	    "");
	CHECK(bl_span_equal(bl_cms_cert(t.cms, 1),
		  BL_STR("\x30\x07\x30\x00\x30\x00\x03\x01\x00")),
	    "");
	CHECK(bl_cms_cert(t.cms, 2).n == 0, "");
	CHECK(bl_span_equal(bl_cms_crl(t.cms, 0),
		  BL_STR("\x30\x09\x30\x02\x05\x00\x30\x00\x03\x01\x00")),
	    "");
	CHECK(bl_cms_crl(t.cms, 1).n == 0, "");
	CHECK(bl_cms_ocsp_count(t.cms) == 2 &&
		bl_span_equal(
		    bl_cms_ocsp(t.cms, 0), BL_STR("\x30\x02\x05\x00")) &&
		bl_span_equal(bl_cms_ocsp(t.cms, 1), BL_STR("\x30\x00")) &&
		bl_cms_ocsp(t.cms, 2).n == 0,
	    "answers of responders");
	CHECK(bl_cms_signer(t.cms, 1) == NULL, "");
	CHECK(bl_oid_find(bl_cms_type(t.cms)) == BL_OID_SIGNED_DATA, "");
	CHECK(bl_cms_kind(t.cms) == BL_CMS_SIGNED, "");
	bl_person_clear(&alice);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* ---- several signers: each is judged for itself ---- */

static void
judges_several_signers_each_for_itself(void)
{
	struct bl_trial t;
	struct bl_person alice, carol;
	struct bl_buf a = {0}, c = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	bl_person_new(&carol, t.ctx, BL_CAROL);
	sign(&a, &t, &alice, false);
	sign(&c, &t, &carol, false);
	/* alice, carol, alice again, and a broken carol */
	bl_regraft(
	    &a, "1.0.4.0", BL_AFTER, bl_graft_at(bl_buf_span(&c), "1.0.4.0"));
	bl_regraft(
	    &a, "1.0.4.1", BL_AFTER, bl_graft_at(bl_buf_span(&a), "1.0.4.0"));
	bl_regraft_text(&c, "1.0.4.0.5", BL_REPLACE, "04*70");
	bl_regraft(
	    &a, "1.0.4.2", BL_AFTER, bl_graft_at(bl_buf_span(&c), "1.0.4.0"));
	CHECK(bl_trial_read(&t, bl_buf_span(&a)) == BL_OK, "");
	CHECK(bl_cms_signer_count(t.cms) == 4, "");
	CHECK(check(&t, 0, &alice) == BL_SIGNER_GOOD, "alice");
	CHECK(check(&t, 1, &carol) == BL_SIGNER_GOOD, "carol");
	CHECK(check(&t, 2, &alice) == BL_SIGNER_GOOD, "alice again");
	CHECK(check(&t, 3, &carol) == BL_SIGNER_WRONG, "carol broken");
	CHECK(bl_rid_is(&bl_cms_signer(t.cms, 0)->rid, alice.cert), "");
	CHECK(!bl_rid_is(&bl_cms_signer(t.cms, 0)->rid, carol.cert), "");
	CHECK(bl_rid_is(&bl_cms_signer(t.cms, 1)->rid, carol.cert), "");
	bl_person_clear(&alice);
	bl_person_clear(&carol);
	bl_buf_clear(&a);
	bl_buf_clear(&c);
	bl_trial_free(&t);
}

/* ---- detached ---- */

static struct bl_hashes *
hashes(struct bl_ctx *ctx, unsigned set, struct bl_span content)
{
	struct bl_hashes *h = NULL;

	CHECK(bl_hashes_new(&h, ctx, set, NULL) == BL_OK &&
		bl_hashes_add(h, content, NULL) == BL_OK &&
		bl_hashes_end(h, NULL) == BL_OK,
	    "hashes");
	return h;
}

static void
checks_a_detached_signature(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf in = {0};
	struct bl_hashes *h;
	enum bl_signer_result r;

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	sign(&in, &t, &alice, true);
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "");
	CHECK(bl_cms_is_detached(t.cms), "");
	CHECK(bl_cms_digests(t.cms) == BL_SET(BL_SHA256), "announced");
	h = hashes(t.ctx, BL_SET(BL_SHA256), text);
	CHECK(bl_cms_signer_check(&r, t.cms, 0, alice.cert, h, NULL) == BL_OK &&
		r == BL_SIGNER_GOOD,
	    "good");
	CHECK(bl_cms_signer_check(&r, t.cms, 1, alice.cert, h, NULL) ==
		    BL_E_CALLER &&
		r == 0,
	    "no such signer");
	bl_hashes_free(h);
	h = hashes(t.ctx, BL_SET(BL_SHA256), BL_STR("another"));
	CHECK(bl_cms_signer_check(&r, t.cms, 0, alice.cert, h, NULL) == BL_OK &&
		r == BL_SIGNER_ALTERED,
	    "another content");
	bl_hashes_free(h);
	h = hashes(t.ctx, BL_SET(BL_SHA512), text);
	CHECK(bl_cms_signer_check(&r, t.cms, 0, alice.cert, h, NULL) == BL_OK &&
		r == BL_SIGNER_NO_DIGEST,
	    "another digest");
	CHECK(bl_cms_signer_check(&r, t.cms, 0, alice.cert, NULL, NULL) ==
		BL_E_CALLER,
	    "no content");
	bl_hashes_free(h);
	h = hashes(t.ctx, BL_SET(BL_SHA256), text);
	bl_regraft_text(&in, "1.0.1", BL_INSIDE, "30{o(id-sha512)}");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "");
	CHECK(bl_cms_digests(t.cms) == BL_SET(BL_SHA512), "not the signer's");
	CHECK(bl_cms_signer_check(&r, t.cms, 0, alice.cert, h, NULL) == BL_OK &&
		r == BL_SIGNER_UNANNOUNCED,
	    "not announced");
	sign(&in, &t, &alice, false);
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "");
	CHECK(bl_cms_signer_check(&r, t.cms, 0, alice.cert, h, NULL) ==
		BL_E_CALLER,
	    "content beside an opaque one");
	bl_hashes_free(h);
	bl_person_clear(&alice);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* ---- every byte and every cut ---- */

static void
finds_no_changed_byte_good(void)
{
	struct bl_trial t;
	struct bl_person carol;
	struct bl_buf in = {0};
	struct bl_span attributes = {0}, content, signature;
	size_t from, to;

	bl_trial_new(&t);
	bl_person_new(&carol, t.ctx, BL_CAROL);
	sign(&in, &t, &carol, false);
	content = bl_graft_at(bl_buf_span(&in), "1.0.2");
	from = (size_t)(content.p - in.p);
	to = from + content.n;
	attributes = bl_graft_at(bl_buf_span(&in), "1.0.4.0.3");
	signature = bl_graft_at(bl_buf_span(&in), "1.0.4.0.5");
	for (size_t i = 0; i < in.n; i++) {
		bool covered = (i >= from && i < to) ||
		    (i >= (size_t)(attributes.p - in.p) &&
			i < (size_t)(attributes.p - in.p) + attributes.n) ||
		    i >= (size_t)(signature.p - in.p);

		in.p[i] ^= 0x55;
		if (bl_trial_read(&t, bl_buf_span(&in)) == BL_OK &&
		    bl_cms_signer_count(t.cms) != 0 &&
		    !bl_cms_is_detached(t.cms) &&
		    check(&t, 0, &carol) == BL_SIGNER_GOOD) {
			CHECK(!covered, "a byte changed");
			CHECK(bl_span_equal(bl_buf_span(&t.content), text),
			    "a byte changed");
		}
		in.p[i] ^= 0x55;
	}
	for (size_t n = 0; n < in.n; n++)
		CHECK(bl_trial_read(&t, bl_span_of(in.p, n)) == BL_E_MALFORMED,
		    "cut");
	bl_person_clear(&carol);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* ---- limits ---- */

static void
put_many(struct bl_buf *out, struct bl_span one, size_t n)
{
	bl_buf_reset(out);
	for (size_t i = 0; i < n; i++)
		bl_buf_add(out, one);
}

enum { CERTS, OTHER_CERTS, CRLS, OTHER_CRLS, SIGNERS, SIGNED, UNSIGNED };
static const struct {
	const char *name, *path, *one, *reason;
	size_t limit, have; /* how many there are already */
} many[] = {
    [CERTS] = {"certificates", "1.0.3", "30{" TRIPLE "}", "limit-certificates",
	64},
    [OTHER_CERTS] = {"other certificates", "1.0.3", "a2{" TRIPLE "}",
	"limit-certificates", 64},
    [CRLS] = {"CRLs", "1.0.4", "30{" TRIPLE "}", "limit-crls", 8},
    [OTHER_CRLS] = {"other revocations", "1.0.4", "a1{" OTHER "}", "limit-crls",
	8},
    [SIGNERS] = {"signers", "1.0.4", NULL, "limit-signers", 16},
    [SIGNED] = {"signed attributes", "1.0.4.0.3", "30{o(=2a03) 31{}}",
	"limit-attributes", 64},
    [UNSIGNED] = {"unsigned attributes", "1.0.4.0.6", "30{o(=2a03) 31{}}",
	"limit-attributes", 64},
};

static void
bounds_the_number_of_each(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf whole = {0}, in = {0}, list = {.max = 1u << 24},
		      one = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	sign(&whole, &t, &alice, false);
	in.max = 1u << 24;
	for (size_t i = 0; i < sizeof(many) / sizeof(*many) * 5; i++) {
		size_t k = i / 5, limit = many[k].limit;
		const size_t counts[] = {limit * 9 / 10, limit, limit + 1,
		    limit * 11 / 10 + 1, limit * 100};
		size_t n = counts[i % 5];
		const char *name = many[k].name;

		bl_buf_reset(&in);
		bl_buf_add(&in, bl_buf_span(&whole));
		bl_buf_reset(&one);
		if (many[k].one != NULL)
			bl_asm(&one, many[k].one);
		else
			bl_buf_add(
			    &one, bl_graft_at(bl_buf_span(&whole), "1.0.4.0"));
		put_many(&list, bl_buf_span(&one), n);
		if (k == CRLS || k == OTHER_CRLS)
			bl_regraft_text(&in, "1.0.3", BL_AFTER, "a1{}");
		if (k == UNSIGNED)
			bl_regraft_text(&in, "1.0.4.0.5", BL_AFTER, "a1{}");
		bl_regraft(&in, many[k].path, BL_INSIDE, bl_buf_span(&list));
		t.piece = i % 2 * 1000;
		(void)!bl_trial_read(&t, bl_buf_span(&in));
		CHECK(t.err == (n <= limit ? BL_OK : BL_E_LIMIT), name);
		CHECK(n <= limit ||
			(t.note.reason != NULL &&
			    strcmp(t.note.reason, many[k].reason) == 0),
		    name);
		if (t.err == BL_OK && k == CERTS)
			CHECK(bl_cms_cert_count(t.cms) == n, name);
		if (t.err == BL_OK && k == SIGNERS)
			CHECK(bl_cms_signer_count(t.cms) == n, name);
	}
	bl_person_clear(&alice);
	bl_buf_clear(&whole);
	bl_buf_clear(&in);
	bl_buf_clear(&list);
	bl_buf_clear(&one);
	bl_trial_free(&t);
}

/* What has the form of a certificate, of n bytes. */
static void
put_cert_of(struct bl_buf *out, size_t n)
{
	size_t rest = n - bl_der_head_size(n - 4);

	bl_der_put_head(out, BL_DER_SEQUENCE, rest);
	bl_buf_add(out, BL_STR("\x30\x00\x30\x00"));
	rest -= 4;
	bl_der_put_head(out, BL_DER_BITS, rest - bl_der_head_size(rest - 4));
	while (out->n < n)
		bl_buf_add_u8(out, 0);
}

static void
bounds_the_size_of_a_certificate_and_of_all(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf whole = {0}, in = {0}, cert = {0};

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	sign(&whole, &t, &alice, false);
	t.limits.certificate_bytes = 5000;
	for (size_t i = 0; i < 10; i++) {
		const size_t sizes[] = {4500, 5000, 5001, 5500, 500000};
		size_t n = sizes[i / 2];

		bl_buf_reset(&in);
		bl_buf_reset(&cert);
		bl_buf_add(&in, bl_buf_span(&whole));
		put_cert_of(&cert, n);
		bl_regraft(&in, "1.0.3", BL_INSIDE, bl_buf_span(&cert));
		t.piece = i % 2 * 77;
		(void)!bl_trial_read(&t, bl_buf_span(&in));
		CHECK(t.err == (n <= 5000 ? BL_OK : BL_E_LIMIT), "size");
		CHECK(n <= 5000 ||
			strcmp(t.note.reason, "limit-certificate") == 0,
		    "size");
	}
	/* The frame is all of it but its content. */
	t.limits.cms_frame_bytes = whole.n - text.n;
	t.piece = 0;
	CHECK(bl_trial_read(&t, bl_buf_span(&whole)) == BL_OK, "frame");
	/* Neither are the two bytes of header before the content. */
	t.limits.cms_frame_bytes -= 3;
	CHECK(bl_trial_read(&t, bl_buf_span(&whole)) == BL_E_LIMIT, "frame");
	CHECK(strcmp(t.note.reason, "limit-cms-frame") == 0, "frame");
	bl_person_clear(&alice);
	bl_buf_clear(&whole);
	bl_buf_clear(&in);
	bl_buf_clear(&cert);
	bl_trial_free(&t);
}

/* ---- failing allocations ---- */

struct scene {
	struct bl_ctx *ctx;
	struct bl_span in;
	const struct bl_person *p;
};

static enum bl_err
read_once(void *arg)
{
	const struct scene *s = arg;
	struct bl_trial t = {.limits = BL_LIMITS, .piece = 50, .ctx = s->ctx};
	enum bl_err err = bl_trial_read(&t, s->in);
	enum bl_signer_result r;

	if (err == BL_OK)
		err = bl_cms_signer_check(&r, t.cms, 0, s->p->cert, NULL, NULL);
	t.ctx = NULL;
	bl_trial_free(&t);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	struct bl_trial t;
	struct bl_person alice;
	struct bl_buf in = {0}, ber = {0};
	struct scene s;

	bl_trial_new(&t);
	bl_person_new(&alice, t.ctx, BL_ALICE);
	sign(&in, &t, &alice, false);
	bl_regraft_text(&in, "1.0.3", BL_AFTER, "a1{30{" TRIPLE "}}");
	bl_regraft_text(&in, "1.0.5.0", BL_AFTER,
	    "30{02:01 30{30{} 02:07} 30{o(=2a0304)} 30{o(=2a0304)} "
	    "24{04:01 04:02}}");
	bl_graft_ber(&ber, bl_buf_span(&in), 5);
	s = (struct scene){t.ctx, bl_buf_span(&ber), &alice};
	bl_test_each_allocation(read_once, &s, "signed");
	bl_person_clear(&alice);
	bl_buf_clear(&in);
	bl_buf_clear(&ber);
	bl_trial_free(&t);
}

TESTS(TEST(judges_each_structure_as_stated),
    TEST(gives_certificates_and_crls_as_received),
    TEST(judges_several_signers_each_for_itself),
    TEST(checks_a_detached_signature), TEST(finds_no_changed_byte_good),
    TEST(bounds_the_number_of_each),
    TEST(bounds_the_size_of_a_certificate_and_of_all),
    TEST(survives_each_failing_allocation))
