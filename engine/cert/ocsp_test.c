/* ocsp_test.c - what is read as an answer of an OCSP responder, and what is
 * asked of one. */
#include "tests/ocsp.h"
#include "cert/ocsp.h"
#include "tests/chain.h"
#include "tests/test.h"

#include <string.h>

#define T1                                                                     \
	"\x18\x0f"                                                             \
	"20200101000000Z"
#define UTC                                                                    \
	"\x17\x0d"                                                             \
	"200101000000Z"
#define NONCE_OID "\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x02"
#define BROKEN_TIME                                                            \
	"\x18\x0f"                                                             \
	"20201301000000Z"
/* an extension of an OID nobody knows */
#define ODD	 "\x30\x05\x06\x01\x2a\x04\x00"
#define ODD_CRIT "\x30\x08\x06\x01\x2a\x01\x01\xff\x04\x00"
#define EXT_CRIT(oid)                                                          \
	"\x30\x12\x30\x10\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01" oid         \
	"\x01\x01\xff\x04\x00"

static struct bl_limits limits;
static struct bl_test_keys keys;

static const struct {
	const char *name;
	struct bl_test_ocsp how;
	enum bl_err want;
	bool unusable;
} cases[] = {
    {"an ordinary one", {{0}}, BL_OK},
    {"a status that is not used", {.status = BYTES("\x0a\x01\x04")},
	BL_E_MALFORMED},
    {"a status over the last", {.status = BYTES("\x0a\x01\x07")},
	BL_E_MALFORMED},
    {"a status of two bytes", {.status = BYTES("\x0a\x02\x01\x00")},
	BL_E_MALFORMED},
    {"a status of another type", {.status = BYTES("\x02\x01\x00")},
	BL_E_MALFORMED},
    {"no status", {.status = BYTES("")}, BL_E_MALFORMED},
    {"a refusal", {.status = BYTES("\x0a\x01\x03"), .bytes = BYTES("")}, BL_OK},
    {"a refusal with an answer", {.status = BYTES("\x0a\x01\x03")},
	BL_E_MALFORMED},
    {"successful without an answer", {.bytes = BYTES("")}, BL_E_MALFORMED},
    {"an empty answer", {.bytes = BYTES("\xa0\x00")}, BL_E_MALFORMED},
    {"another type", {.type = BYTES("\x06\x01\x2a")}, BL_E_UNSUPPORTED},
    {"no type", {.type = BYTES("")}, BL_E_MALFORMED},
    {"version 1 written out", {.version = BYTES("\xa0\x03\x02\x01\x00")},
	BL_E_MALFORMED},
    {"version 2", {.version = BYTES("\xa0\x03\x02\x01\x01")}, BL_E_MALFORMED},
    {"by key",
	{.responder = BYTES("\xa2\x16\x04\x14"
			    "aaaaaaaaaaaaaaaaaaaa")},
	BL_OK},
    {"by a key of 19 bytes",
	{.responder = BYTES("\xa2\x15\x04\x13"
			    "aaaaaaaaaaaaaaaaaaa")},
	BL_E_MALFORMED},
    {"by a key of 21 bytes",
	{.responder = BYTES("\xa2\x17\x04\x15"
			    "aaaaaaaaaaaaaaaaaaaaa")},
	BL_E_MALFORMED},
    {"by a key and more",
	{.responder = BYTES("\xa2\x18\x04\x14"
			    "aaaaaaaaaaaaaaaaaaaa\x05\x00")},
	BL_E_MALFORMED},
    {"by what is no name", {.responder = BYTES("\xa1\x02\x31\x00")},
	BL_E_MALFORMED},
    {"by nobody", {.responder = BYTES("")}, BL_E_MALFORMED},
    {"by a third way", {.responder = BYTES("\xa3\x02\x30\x00")},
	BL_E_MALFORMED},
    {"produced in UTCTime", {.produced = BYTES(UTC)}, BL_E_MALFORMED},
    {"produced in a month 13", {.produced = BYTES(BROKEN_TIME)},
	BL_E_MALFORMED},
    {"about nothing", {.singles = BYTES("")}, BL_E_MALFORMED},
    {"an unknown extension", {.extensions = BYTES("\x30\x07" ODD)}, BL_OK},
    {"an unknown critical extension",
	{.extensions = BYTES("\x30\x0a" ODD_CRIT)}, BL_OK, .unusable = true},
    {"an extension twice", {.extensions = BYTES("\x30\x0e" ODD ODD)},
	BL_E_MALFORMED},
    {"extensions of none", {.extensions = BYTES("\x30\x00")}, BL_E_MALFORMED},
    {"a critical nonce", {.extensions = BYTES(EXT_CRIT("\x02"))}, BL_OK},
    {"critical extended-revoke", {.extensions = BYTES(EXT_CRIT("\x09"))},
	BL_OK},
    {"critical service-locator", {.extensions = BYTES(EXT_CRIT("\x07"))}, BL_OK,
	.unusable = true},
    {"more data", {.data_tail = BYTES("\x05\x00")}, BL_E_MALFORMED},
    {"data that are none", {.data = BYTES("\x30\x00")}, BL_E_MALFORMED},
    {"data with a length that is too long",
	{.data = BYTES("\x30\x81\x02\x05\x00")}, BL_E_MALFORMED},
    {"no algorithm", {.alg = BYTES("")}, BL_E_MALFORMED},
    {"no signature", {.signature = BYTES("")}, BL_E_MALFORMED},
    {"a signature with unused bits", {.signature = BYTES("\x03\x02\x01\x40")},
	BL_E_MALFORMED},
    {"no certificates, said so", {.certs = BYTES("\x30\x00")}, BL_OK},
    {"what may be a certificate", {.certs = BYTES("\x30\x02\x30\x00")}, BL_OK},
    {"what is none", {.certs = BYTES("\x30\x02\x05\x00")}, BL_E_MALFORMED},
    {"certificates that are cut", {.certs = BYTES("\x30\x02\x30\x01")},
	BL_E_MALFORMED},
    {"certificates and more", {.certs = BYTES("\x30\x00\x30\x00")},
	BL_E_MALFORMED},
    {"more in the answer", {.basic_tail = BYTES("\x05\x00")}, BL_E_MALFORMED},
    {"bytes behind it", {.behind = BYTES("x")}, BL_E_MALFORMED},
};

static void
reads_each_case_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf der = {0};
		struct bl_note note = {0};
		struct bl_ocsp *o;
		enum bl_err err;

		bl_test_ocsp_write(&der, &cases[i].how);
		err = bl_ocsp_read(&o, bl_buf_span(&der), &limits, &note);
		CHECK(err == cases[i].want && note.err == err, cases[i].name);
		CHECK((o != NULL) == (err == BL_OK), cases[i].name);
		if (o != NULL) {
			CHECK(bl_ocsp_face(o)->unusable == cases[i].unusable,
			    cases[i].name);
			CHECK(bl_span_equal(bl_ocsp_der(o), bl_buf_span(&der)),
			    cases[i].name);
		}
		bl_ocsp_free(o);
		/* and no shorter one */
		for (size_t n = 0; cases[i].want == BL_OK && n < der.n; n++)
			CHECK(bl_ocsp_read(&o, bl_span_of(der.p, n), &limits,
				  NULL) == BL_E_MALFORMED &&
				o == NULL,
			    cases[i].name);
		bl_buf_clear(&der);
	}
}

#define REVOKED(more) "\xa1\x11" T1 more
static const struct {
	const char *name;
	struct bl_test_single how;
	bool bad;
	enum bl_ocsp_said said;
	unsigned reason;
	bool next, unusable;
	enum bl_digest digest;
} singles[] = {
    {"good", {{0}}, .digest = BL_SHA1},
    {"SHA-256",
	{.alg = BYTES("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"),
	    .name_hash = BYTES("\x04\x20"
			       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	    .key_hash = BYTES("\x04\x20"
			      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
	.digest = BL_SHA256},
    {"SHA-256 with a short hash",
	{.alg = BYTES("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"),
	    .name_hash = BYTES("\x04\x20"
			       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
	.bad = true},
    {"a digest nobody knows", {.alg = BYTES("\x30\x03\x06\x01\x2a")},
	.digest = BL_DIGEST_NONE},
    {"a name hash of 19 bytes",
	{.name_hash = BYTES("\x04\x13"
			    "aaaaaaaaaaaaaaaaaaa")},
	.bad = true},
    {"a key hash of 21 bytes",
	{.key_hash = BYTES("\x04\x15"
			   "aaaaaaaaaaaaaaaaaaaaa")},
	.bad = true},
    {"no serial number", {.serial = BYTES("")}, .bad = true},
    {"a serial number that is padded", {.serial = BYTES("\x02\x02\x00\x01")},
	.bad = true},
    {"more in the id", {.id_tail = BYTES("\x05\x00")}, .bad = true},
    {"good with content", {.status = BYTES("\x80\x01\x00")}, .bad = true},
    {"good and constructed", {.status = BYTES("\xa0\x00")}, .bad = true},
    {"unknown", {.status = BYTES("\x82\x00")}, .said = BL_OCSP_UNKNOWN,
	.digest = BL_SHA1},
    {"unknown with content", {.status = BYTES("\x82\x01\x00")}, .bad = true},
    {"a fourth status", {.status = BYTES("\x83\x00")}, .bad = true},
    {"no status", {.status = BYTES("")}, .bad = true},
    {"revoked", {.status = BYTES(REVOKED(""))}, .said = BL_OCSP_REVOKED,
	.digest = BL_SHA1},
    {"revoked, no time", {.status = BYTES("\xa1\x00")}, .bad = true},
    {"revoked in UTCTime", {.status = BYTES("\xa1\x0f" UTC)}, .bad = true},
    {"revoked, key compromise",
	{.status = BYTES("\xa1\x16" T1 "\xa0\x03\x0a\x01\x01")},
	.said = BL_OCSP_REVOKED, .reason = 1, .digest = BL_SHA1},
    {"revoked, reason 7",
	{.status = BYTES("\xa1\x16" T1 "\xa0\x03\x0a\x01\x07")}, .bad = true},
    {"revoked, reason 11",
	{.status = BYTES("\xa1\x16" T1 "\xa0\x03\x0a\x01\x0b")}, .bad = true},
    {"revoked, an empty reason", {.status = BYTES("\xa1\x13" T1 "\xa0\x00")},
	.bad = true},
    {"revoked and more", {.status = BYTES("\xa1\x13" T1 "\x05\x00")},
	.bad = true},
    {"of UTCTime", {.at = BYTES(UTC)}, .bad = true},
    {"of no time", {.at = BYTES("")}, .bad = true},
    {"with a next one", {.next = BYTES(T1)}, .next = true, .digest = BL_SHA1},
    {"with a next one in UTCTime", {.next = BYTES(UTC)}, .bad = true},
    {"with an empty next one", {.next = BYTES("")}, .bad = true},
    {"an unknown extension", {.extensions = BYTES("\x30\x07" ODD)},
	.digest = BL_SHA1},
    {"an unknown critical extension",
	{.extensions = BYTES("\x30\x0a" ODD_CRIT)}, .unusable = true,
	.digest = BL_SHA1},
    {"a critical archive-cutoff", {.extensions = BYTES(EXT_CRIT("\x06"))},
	.digest = BL_SHA1},
    {"a critical reference to a list", {.extensions = BYTES(EXT_CRIT("\x03"))},
	.digest = BL_SHA1},
    {"a critical nonce at the wrong place",
	{.extensions = BYTES(EXT_CRIT("\x02"))}, .unusable = true,
	.digest = BL_SHA1},
    {"an extension twice", {.extensions = BYTES("\x30\x0e" ODD ODD)},
	.bad = true},
    {"more in it", {.tail = BYTES("\x05\x00")}, .bad = true},
};

static void
reads_each_single_as_stated(void)
{
	for (size_t i = 0; i < sizeof(singles) / sizeof(*singles); i++) {
		struct bl_buf der = {0}, whole = {0};
		struct bl_ocsp_single s;
		struct bl_ocsp *o;
		struct bl_der in;
		const char *name = singles[i].name;

		bl_test_single_write(&der, &singles[i].how);
		in = bl_der_of(bl_buf_span(&der));
		s = bl_ocsp_single_read(&in);
		CHECK(in.bad == singles[i].bad, name);
		if (!in.bad)
			CHECK(s.said == singles[i].said &&
				s.reason == singles[i].reason &&
				s.has_next_update == singles[i].next &&
				s.unusable == singles[i].unusable &&
				s.id.digest == singles[i].digest &&
				s.this_update == 1577836800,
			    name);
		if (!in.bad && s.said == BL_OCSP_REVOKED)
			CHECK(s.revoked_at == 1577836800, name);
		/* an answer that has it besides another is as good */
		bl_test_single_write(&der, &(struct bl_test_single){{0}});
		bl_test_ocsp_write(&whole,
		    &(struct bl_test_ocsp){.singles = bl_buf_span(&der)});
		CHECK(bl_ocsp_read(&o, bl_buf_span(&whole), &limits, NULL) ==
			(singles[i].bad ? BL_E_MALFORMED : BL_OK),
		    name);
		bl_ocsp_free(o);
		bl_buf_clear(&der);
		bl_buf_clear(&whole);
	}
}

static void
names_its_refusals(void)
{
	static const struct {
		uint8_t status;
		const char *name;
	} all[] = {{1, "malformedRequest"}, {2, "internalError"},
	    {3, "tryLater"}, {5, "sigRequired"}, {6, "unauthorized"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		uint8_t der[] = {0x30, 3, 0x0a, 1, all[i].status};
		struct bl_ocsp *o;

		CHECK(bl_ocsp_read(&o, bl_span_of(der, sizeof(der)), &limits,
			  NULL) == BL_OK &&
			strcmp(bl_ocsp_status_name(bl_ocsp_face(o)->status),
			    all[i].name) == 0,
		    all[i].name);
		bl_ocsp_free(o);
	}
	CHECK(strcmp(bl_ocsp_status_name(BL_OCSP_SUCCESSFUL), "successful") ==
		    0 &&
		bl_ocsp_status_name((enum bl_ocsp_status)4) == NULL,
	    "names");
}

static void
compares_nonces(void)
{
	static const struct {
		const char *name;
		struct bl_span extensions, asked;
		enum bl_ocsp_nonce want;
	} all[] = {
	    {"the same",
		BYTES("\x30\x13\x30\x11" NONCE_OID "\x04\x04\x04\x02"
		      "ab"),
		BYTES("ab"), BL_OCSP_SAME_NONCE},
	    {"another",
		BYTES("\x30\x13\x30\x11" NONCE_OID "\x04\x04\x04\x02"
		      "ac"),
		BYTES("ab"), BL_OCSP_OTHER_NONCE},
	    {"a longer one",
		BYTES("\x30\x13\x30\x11" NONCE_OID "\x04\x04\x04\x02"
		      "ab"),
		BYTES("a"), BL_OCSP_OTHER_NONCE},
	    {"bare bytes",
		BYTES("\x30\x11\x30\x0f" NONCE_OID "\x04\x02"
		      "ab"),
		BYTES("ab"), BL_OCSP_OTHER_NONCE},
	    {"bytes behind it",
		BYTES("\x30\x15\x30\x13" NONCE_OID "\x04\x06\x04\x02"
		      "ab\x05\x00"),
		BYTES("ab"), BL_OCSP_OTHER_NONCE},
	    {"empty for empty",
		BYTES("\x30\x11\x30\x0f" NONCE_OID "\x04\x02\x04\x00"),
		BYTES(""), BL_OCSP_OTHER_NONCE},
	    {"none", {0}, BYTES("ab"), BL_OCSP_NO_NONCE},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct bl_buf der = {0};
		struct bl_ocsp *o;

		bl_test_ocsp_write(&der,
		    &(struct bl_test_ocsp){.extensions = all[i].extensions});
		CHECK(
		    bl_ocsp_read(&o, bl_buf_span(&der), &limits, NULL) == BL_OK,
		    all[i].name);
		CHECK(bl_ocsp_face(o)->nonce == BL_OCSP_NOT_ASKED, all[i].name);
		bl_ocsp_asked(o, all[i].asked);
		CHECK(bl_ocsp_face(o)->nonce == all[i].want, all[i].name);
		bl_ocsp_free(o);
		bl_buf_clear(&der);
	}
}

static void
keeps_its_limits(void)
{
	const struct bl_limits before = limits;
	struct bl_buf der = {0};
	struct bl_note note = {0};
	struct bl_ocsp *o;

	CHECK(limits.ocsp_bytes == 65536, "LIM-22");
	bl_test_ocsp_write(&der, &(struct bl_test_ocsp){{0}});
	limits.ocsp_bytes = der.n;
	CHECK(
	    bl_ocsp_read(&o, bl_buf_span(&der), &limits, &note) == BL_OK, "at");
	bl_ocsp_free(o);
	limits.ocsp_bytes = der.n - 1;
	CHECK(
	    bl_ocsp_read(&o, bl_buf_span(&der), &limits, &note) == BL_E_LIMIT &&
		strcmp(note.reason, "limit-ocsp") == 0,
	    "over");
	limits = before;
	limits.asn1_depth = 2;
	note = (struct bl_note){0};
	CHECK(
	    bl_ocsp_read(&o, bl_buf_span(&der), &limits, &note) == BL_E_LIMIT &&
		strcmp(note.reason, "limit-asn1-depth") == 0,
	    "depth");
	limits = before;
	bl_buf_clear(&der);
}

static void
imports_files(void)
{
	struct bl_buf der = {0}, pem = {0};
	struct bl_note note = {0};
	struct bl_ocsps s = {0};
	size_t skipped;

	bl_test_ocsp_write(&der, &(struct bl_test_ocsp){{0}});
	CHECK(bl_ocsps_import(
		  &s, bl_buf_span(&der), &limits, &skipped, &note) == BL_OK &&
		s.n == 1 && skipped == 0 && note.err == BL_OK,
	    "der");
	CHECK(bl_ocsp_face(s.list[0])->source == BL_SOURCE_GIVEN, "source");
	bl_ocsp_set_source(s.list[0], BL_SOURCE_CACHE);
	CHECK(bl_ocsp_face(s.list[0])->source == BL_SOURCE_CACHE, "source");
	bl_buf_add_str(&pem, "text\n");
	bl_pem_write(&pem, "OCSP RESPONSE", bl_buf_span(&der));
	bl_pem_write(&pem, "OCSP RESPONSE", BL_STR("\x30\x00"));
	bl_pem_write(&pem, "X509 CRL", bl_buf_span(&der));
	bl_pem_write(&pem, "OCSP RESPONSE", bl_buf_span(&der));
	CHECK(bl_ocsps_import(
		  &s, bl_buf_span(&pem), &limits, &skipped, &note) == BL_OK &&
		s.n == 3 && skipped == 1 && note.what != NULL,
	    "pem");
	CHECK(bl_ocsps_add(&s, bl_buf_span(&der), BL_SOURCE_NETWORK, &limits,
		  NULL) == BL_OK &&
		s.n == 4 &&
		bl_ocsp_face(s.list[3])->source == BL_SOURCE_NETWORK,
	    "add");
	bl_ocsps_clear(&s);
	CHECK(s.n == 0, "clear");
	note = (struct bl_note){0};
	CHECK(bl_ocsps_import(&s, BL_STR("hello"), &limits, &skipped, &note) ==
		    BL_E_MALFORMED &&
		note.err == BL_E_MALFORMED,
	    "text");
	note = (struct bl_note){0};
	CHECK(bl_ocsps_import(&s, BL_STR("\x30\x00"), &limits, &skipped,
		  &note) == BL_E_MALFORMED &&
		note.err == BL_E_MALFORMED && skipped == 1,
	    "no answer");
	bl_ocsps_clear(&s);
	bl_buf_clear(&der);
	bl_buf_clear(&pem);
}

/* The CertID of a request. */
static struct bl_cert_id
id_of(struct bl_span request, struct bl_span *extensions)
{
	struct bl_der in = bl_der_of(request);
	struct bl_der whole = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_der tbs = bl_der_enter(&whole, BL_DER_SEQUENCE);
	struct bl_der list = bl_der_enter(&tbs, BL_DER_SEQUENCE);
	struct bl_der one = bl_der_enter(&list, BL_DER_SEQUENCE);
	struct bl_der id = bl_der_enter(&one, BL_DER_SEQUENCE);
	struct bl_cert_id out = {.digest = bl_digest_alg_read(&id)};

	out.name_hash = bl_der_take(&id, BL_DER_OCTETS);
	out.key_hash = bl_der_take(&id, BL_DER_OCTETS);
	out.serial = bl_der_integer(&id);
	bl_der_leave(&one, &id);
	bl_der_leave(&list, &one);
	bl_der_leave(&tbs, &list);
	*extensions = (struct bl_span){0};
	if (bl_der_peek(&tbs) == BL_DER_CONTEXT(2))
		*extensions = bl_der_take(&tbs, BL_DER_CONTEXT(2));
	bl_der_leave(&whole, &tbs);
	bl_der_leave(&in, &whole);
	CHECK(bl_der_done(&in), "request");
	return out;
}

static void
asks_for_a_certificate(void)
{
	struct bl_cert *ca = bl_test_issue(
	    &keys, 0, 0, "CA", "CA", &(struct bl_test_cert){{0}});
	struct bl_cert *other = bl_test_issue(
	    &keys, 2, 2, "CA", "CA", &(struct bl_test_cert){{0}});
	struct bl_cert *e = bl_test_issue(&keys, 1, 0, "E", "CA",
	    &(struct bl_test_cert){.serial = BYTES("\x00\x80\x01")});
	struct bl_cert *f = bl_test_issue(&keys, 1, 0, "E", "CA",
	    &(struct bl_test_cert){.serial = BYTES("\x00\x80\x02")});
	struct bl_cert *g = bl_test_issue(&keys, 1, 0, "E", "CB",
	    &(struct bl_test_cert){.serial = BYTES("\x00\x80\x01")});
	uint8_t nonce[BL_OCSP_NONCE_MAX + 1] = {7};
	struct bl_buf out = {0};
	struct bl_span ext;
	struct bl_cert_id id;
	bool yes;

	CHECK(bl_ocsp_request(
		  &out, keys.ctx, e, ca, (struct bl_span){0}, NULL) == BL_OK,
	    "request");
	id = id_of(bl_buf_span(&out), &ext);
	CHECK(id.digest == BL_SHA1 && ext.n == 0, "no nonce");
	CHECK(bl_cert_id_is(&yes, keys.ctx, &id, e, ca, NULL) == BL_OK && yes,
	    "is it");
	CHECK(bl_cert_id_is(&yes, keys.ctx, &id, f, ca, NULL) == BL_OK && !yes,
	    "another serial number");
	CHECK(bl_cert_id_is(&yes, keys.ctx, &id, g, ca, NULL) == BL_OK && !yes,
	    "another issuer's name");
	CHECK(
	    bl_cert_id_is(&yes, keys.ctx, &id, e, other, NULL) == BL_OK && !yes,
	    "another issuer's key");
	id.digest = BL_DIGEST_NONE;
	CHECK(bl_cert_id_is(&yes, keys.ctx, &id, e, ca, NULL) == BL_OK && !yes,
	    "a digest nobody knows");
	bl_buf_reset(&out);
	CHECK(bl_ocsp_request(&out, keys.ctx, e, ca,
		  bl_span_of(nonce, BL_OCSP_NONCE_MAX), NULL) == BL_OK,
	    "a long nonce");
	(void)id_of(bl_buf_span(&out), &ext);
	CHECK(ext.n > BL_OCSP_NONCE_MAX, "nonce");
	bl_buf_reset(&out);
	CHECK(bl_ocsp_request(&out, keys.ctx, e, ca,
		  bl_span_of(nonce, BL_OCSP_NONCE_MAX + 1),
		  NULL) == BL_E_CALLER &&
		out.n == 0,
	    "too long a nonce");
	bl_buf_clear(&out);
	bl_cert_free(ca);
	bl_cert_free(other);
	bl_cert_free(e);
	bl_cert_free(f);
	bl_cert_free(g);
}

/* Two answers about these serial numbers, of 2020 or 2030. */
static struct bl_ocsp *
answer_of(const char *serials, const char *years)
{
	struct bl_buf list = {0}, der = {0};
	struct bl_ocsp *o;

	for (size_t i = 0; serials[i] != '\0'; i++) {
		uint8_t serial[] = {2, 1, (uint8_t)serials[i]};

		bl_test_single_write(&list,
		    &(struct bl_test_single){
			.serial = bl_span_of(serial, sizeof(serial)),
			.at = years[i] == '2' ? BL_TEST_2020 : BL_TEST_2030});
	}
	bl_test_ocsp_write(
	    &der, &(struct bl_test_ocsp){.singles = bl_buf_span(&list)});
	CHECK(bl_ocsp_read(&o, bl_buf_span(&der), &limits, NULL) == BL_OK,
	    serials);
	bl_buf_clear(&list);
	bl_buf_clear(&der);
	return o;
}

static void
tells_the_newer_answer(void)
{
	static const struct {
		const char *serials[2], *years[2];
		enum bl_order want, turned;
	} all[] = {
	    {{"1", "1"}, {"2", "2"}, BL_ORDER_SAME, BL_ORDER_SAME},
	    {{"1", "1"}, {"2", "3"}, BL_ORDER_OLDER, BL_ORDER_NEWER},
	    {{"1", "2"}, {"2", "3"}, BL_ORDER_NONE, BL_ORDER_NONE},
	    {{"12", "23"}, {"23", "22"}, BL_ORDER_NEWER, BL_ORDER_OLDER},
	    {{"12", "12"}, {"23", "32"}, BL_ORDER_OLDER, BL_ORDER_OLDER},
	    {{"12", "12"}, {"22", "32"}, BL_ORDER_OLDER, BL_ORDER_NEWER},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct bl_ocsp *a = answer_of(
		    all[i].serials[0], all[i].years[0]);
		struct bl_ocsp *b = answer_of(
		    all[i].serials[1], all[i].years[1]);

		CHECK(bl_ocsp_order(a, b) == all[i].want, all[i].years[0]);
		CHECK(bl_ocsp_order(b, a) == all[i].turned, all[i].years[1]);
		bl_ocsp_free(a);
		bl_ocsp_free(b);
	}
}

static enum bl_err
import_once(void *arg)
{
	struct bl_ocsps s = {0};
	struct bl_note note = {0};
	size_t skipped;
	enum bl_err err = bl_ocsps_import(
	    &s, bl_buf_span(arg), &limits, &skipped, &note);

	bl_ocsps_clear(&s);
	return err;
}

static void
survives_each_allocation(void)
{
	struct bl_buf der = {0}, pem = {0};

	bl_test_ocsp_write(&der, &(struct bl_test_ocsp){{0}});
	bl_pem_write(&pem, "OCSP RESPONSE", bl_buf_span(&der));
	bl_test_each_allocation(import_once, &pem, "import");
	bl_buf_clear(&der);
	bl_buf_clear(&pem);
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

/* The latest thisUpdate, the earliest nextUpdate; a refusal has none. */
static void
tells_its_age(void)
{
	static const struct bl_test_single old = {.next = BYTES(
						      "\x18\x0f"
						      "20300101000000Z")},
					   young = {.at = BYTES(
							"\x18\x0f"
							"20250101000000Z"),
					       .next = BYTES(
						   "\x18\x0f"
						   "20280101000000Z")},
					   open_end = {{0}};
	static const struct {
		const char *name;
		const struct bl_test_single *a, *b;
		int64_t from, to;
		bool next;
	} all[] = {{"one", &old, NULL, 1577836800, 1893456000, true},
	    {"two", &old, &young, 1735689600, 1830297600, true},
	    {"two, turned", &young, &old, 1735689600, 1830297600, true},
	    {"without an end", &old, &open_end, 1577836800, 0, false},
	    {"without an end first", &open_end, &old, 1577836800, 0, false}};
	const uint8_t refusal[] = {0x30, 3, 0x0a, 1, 3};
	struct bl_age age;
	struct bl_ocsp *o;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct bl_buf content = {0}, der = {0};
		struct bl_test_ocsp how = {{0}};

		bl_test_single_write(&content, all[i].a);
		if (all[i].b != NULL)
			bl_test_single_write(&content, all[i].b);
		how.singles = bl_buf_span(&content);
		bl_test_ocsp_write(&der, &how);
		CHECK(bl_ocsp_read(&o, bl_buf_span(&der), &limits, NULL) ==
			    BL_OK &&
			bl_ocsp_age(&age, o),
		    all[i].name);
		CHECK(age.this_update == all[i].from &&
			age.has_next_update == all[i].next &&
			(!all[i].next || age.next_update == all[i].to),
		    all[i].name);
		bl_ocsp_free(o);
		bl_buf_clear(&content);
		bl_buf_clear(&der);
	}
	CHECK(bl_ocsp_read(&o, bl_span_of(refusal, sizeof(refusal)), &limits,
		  NULL) == BL_OK &&
		!bl_ocsp_age(&age, o),
	    "a refusal");
	bl_ocsp_free(o);
}

TESTS(TEST(start), TEST(tells_its_age), TEST(reads_each_case_as_stated),
    TEST(reads_each_single_as_stated), TEST(names_its_refusals),
    TEST(compares_nonces), TEST(keeps_its_limits), TEST(imports_files),
    TEST(asks_for_a_certificate), TEST(tells_the_newer_answer),
    TEST(survives_each_allocation), TEST(stop))
