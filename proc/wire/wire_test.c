/* wire_test.c - every payload reads back as it was written, and nothing else
 * does: no prefix, no byte more, no number over its limit. */
#include "proc/wire/agent.h"
#include "proc/wire/courier.h"
#include "proc/wire/listing.h"
#include "proc/wire/reader.h"
#include "tests/test.h"

#define ID "0123456789abcdef0123456789ABCDEF"

/* What writes a good payload, what reads one. */
struct payload {
	const char *name;
	void (*put)(struct bl_buf *b);
	enum bl_err (*get)(struct bl_span s);
};

static void
put_cert(struct bl_buf *b)
{
	bl_wire_cert_put(
	    b, &(struct bl_wire_cert){BL_ROLE_TO, BL_STR("certificate")});
}

static enum bl_err
get_cert(struct bl_span s)
{
	struct bl_wire_cert c;
	enum bl_err err = bl_wire_cert_get(&c, s, NULL);

	CHECK(err != BL_OK ||
		(c.role == BL_ROLE_TO &&
		    bl_span_equal(c.der, BL_STR("certificate"))),
	    "cert");
	return err;
}

static void
put_open(struct bl_buf *b)
{
	bl_wire_open_put(b,
	    &(struct bl_wire_open){.input = BL_OPEN_CMS,
		.now = -5,
		.from = BL_STR("ann@example.org"),
		.legacy = true,
		.revocation = BL_REVOCATION_PREFER,
		.has_kek = true,
		.kek_id = BL_STR("kek"),
		.has_content = true,
		.has_release = true});
}

static enum bl_err
get_open(struct bl_span s)
{
	struct bl_wire_open j;
	enum bl_err err = bl_wire_open_get(&j, s, NULL);

	CHECK(err != BL_OK ||
		(j.input == BL_OPEN_CMS && j.now == -5 && j.legacy &&
		    j.revocation == BL_REVOCATION_PREFER && !j.has_password &&
		    j.has_kek && bl_span_equal(j.kek_id, BL_STR("kek")) &&
		    !j.progress && !j.out_is_output && j.has_content &&
		    j.has_release &&
		    bl_span_equal(j.from, BL_STR("ann@example.org"))),
	    "open");
	return err;
}

static void
put_check(struct bl_buf *b)
{
	bl_wire_check_put(b,
	    &(struct bl_wire_check){.now = -7,
		.purpose = BL_PURPOSE_ENCRYPT,
		.revocation = BL_REVOCATION_OFF,
		.address = BL_STR("ann@example.org"),
		.explicit_policy = true,
		.inhibit_any = true,
		.policies = {BL_STR("\x2a"), BL_STR("\x2b")},
		.policy_count = 2});
}

static enum bl_err
get_check(struct bl_span s)
{
	struct bl_wire_check j;
	enum bl_err err = bl_wire_check_get(&j, s, NULL);

	CHECK(err != BL_OK ||
		(j.now == -7 && j.purpose == BL_PURPOSE_ENCRYPT &&
		    j.revocation == BL_REVOCATION_OFF && j.explicit_policy &&
		    !j.inhibit_mapping && j.inhibit_any &&
		    j.policy_count == 2 &&
		    bl_span_equal(j.policies[1], BL_STR("\x2b")) &&
		    bl_span_equal(j.address, BL_STR("ann@example.org"))),
	    "check");
	return err;
}

static void
put_evidence(struct bl_buf *b)
{
	bl_wire_evidence_put(b, BL_EVIDENCE_CRL);
}

static enum bl_err
get_evidence(struct bl_span s)
{
	enum bl_evidence_kind kind;
	enum bl_err err = bl_wire_evidence_get(&kind, s, NULL);

	CHECK(err != BL_OK || kind == BL_EVIDENCE_CRL, "evidence");
	return err;
}

static void
put_seal(struct bl_buf *b)
{
	bl_wire_seal_put(b,
	    &(struct bl_wire_seal){.now = INT64_MAX,
		.sign = BL_SIGN_OPAQUE,
		.wrap = BL_TO_OAEP,
		.digest = BL_SHA512,
		.cipher = BL_AES128_CBC,
		.policy = BL_HEADER_POLICY_SHY,
		.pss = true,
		.by_ski = true});
}

static enum bl_err
get_seal(struct bl_span s)
{
	struct bl_wire_seal j;
	enum bl_err err = bl_wire_seal_get(&j, s, NULL);

	CHECK(err != BL_OK ||
		(j.now == INT64_MAX && j.sign == BL_SIGN_OPAQUE &&
		    j.wrap == BL_TO_OAEP && j.digest == BL_SHA512 &&
		    j.cipher == BL_AES128_CBC &&
		    j.policy == BL_HEADER_POLICY_SHY && j.pss && !j.triple &&
		    j.by_ski && !j.progress),
	    "seal");
	return err;
}

static void
put_list(struct bl_buf *b)
{
	const struct bl_wire_list l = {{BL_STR("one"), BL_STR("three")}, 2};

	bl_wire_list_put(b, &l);
}

static enum bl_err
get_list(struct bl_span s)
{
	struct bl_wire_list l;
	enum bl_err err = bl_wire_list_get(&l, s, NULL);

	CHECK(err != BL_OK ||
		(l.n == 2 && bl_span_equal(l.items[0], BL_STR("one")) &&
		    bl_span_equal(l.items[1], BL_STR("three"))),
	    "list");
	return err;
}

static void
put_verdict(struct bl_buf *b)
{
	const struct bl_note note = {
	    BL_E_MALFORMED, 77, "it is bent", "RFC 5652", "some-code"};

	bl_wire_verdict_put(b,
	    &(struct bl_wire_verdict){.encryption = BL_ENCRYPTION_FAILED,
		.signature = BL_SIGNATURE_INVALID,
		.reasons = BL_REASON_BIT(LIMIT) | BL_REASON_BIT(NO_KEY),
		.limit = BL_STR("limit-layers"),
		.gate = {BL_OK, BL_E_DENIED, BL_OK, BL_E_DENIED},
		.json = BL_STR("{\n}\n")},
	    &note);
}

static enum bl_err
get_verdict(struct bl_span s)
{
	struct bl_wire_verdict v;
	struct bl_told told;
	enum bl_err err = bl_wire_verdict_get(&v, &told, s, NULL);

	CHECK(err != BL_OK ||
		(v.encryption == BL_ENCRYPTION_FAILED &&
		    v.signature == BL_SIGNATURE_INVALID &&
		    v.reasons ==
			(BL_REASON_BIT(LIMIT) | BL_REASON_BIT(NO_KEY)) &&
		    bl_span_equal(v.limit, BL_STR("limit-layers")) &&
		    v.gate[1] == BL_E_DENIED && v.gate[2] == BL_OK &&
		    told.note.err == BL_E_MALFORMED && told.note.at == 77 &&
		    strcmp(told.note.what, "it is bent") == 0 &&
		    strcmp(told.note.reason, "some-code") == 0 &&
		    bl_span_equal(v.json, BL_STR("{\n}\n"))),
	    "verdict");
	return err;
}

static void
put_result(struct bl_buf *b)
{
	bl_wire_result_put(b, BL_STR("[]"));
}

static enum bl_err
get_result(struct bl_span s)
{
	struct bl_span json;
	enum bl_err err = bl_wire_result_get(&json, s, NULL);

	CHECK(err != BL_OK || bl_span_equal(json, BL_STR("[]")), "result");
	return err;
}

static void
put_info(struct bl_buf *b)
{
	bl_wire_info_put(b,
	    &(struct bl_cert_info){.der = BL_STR("der"),
		.sha256 = BL_STR(ID),
		.key_id = BL_STR(ID),
		.serial = BL_STR("\1"),
		.subject = BL_STR("CN=Ann"),
		.issuer = BL_STR("CN=CA"),
		.name = BL_STR("Ann"),
		.addrs = {{BL_ADDR_SUBJECT, BL_STR("a@b")}},
		.addr_count = 1,
		.not_before = 1,
		.not_after = 2,
		.key_kind = BL_KEY_RSA,
		.key_bits = 2048,
		.sig_kind = BL_SIG_ECDSA,
		.sig_digest = BL_SHA256,
		.key_usage = 3,
		.flags = 4,
		.has_key = true,
		.label = BL_STR("label")});
}

static enum bl_err
get_info(struct bl_span s)
{
	struct bl_cert_info c = {0};
	enum bl_err err = bl_wire_info_get(&c, s, NULL);

	CHECK(err != BL_OK ||
		(bl_span_equal(c.der, BL_STR("der")) && c.sha256.n == 32 &&
		    c.addr_count == 1 && c.addrs[0].kind == BL_ADDR_SUBJECT &&
		    bl_span_equal(c.addrs[0].addr, BL_STR("a@b")) &&
		    c.not_before == 1 && c.not_after == 2 &&
		    c.key_bits == 2048 && c.sig_kind == BL_SIG_ECDSA &&
		    c.key_usage == 3 && c.flags == 4 && c.has_key &&
		    bl_span_equal(c.label, BL_STR("label")) &&
		    bl_span_equal(c.subject, BL_STR("CN=Ann")) &&
		    bl_span_equal(c.issuer, BL_STR("CN=CA")) &&
		    bl_span_equal(c.name, BL_STR("Ann"))),
	    "info");
	return err;
}

static void
put_done(struct bl_buf *b)
{
	bl_wire_done_put(b,
	    &(struct bl_wire_done){.closed = true,
		.bytes_in = 1,
		.bytes_out = UINT64_MAX,
		.skipped = 3,
		.keys = 4,
		.culprit = BL_STR(ID)},
	    BL_E_DENIED, NULL);
}

static enum bl_err
get_done(struct bl_span s)
{
	struct bl_wire_done d;
	struct bl_told told;
	enum bl_err err = bl_wire_done_get(&d, &told, s, NULL);

	CHECK(err != BL_OK ||
		(d.closed && d.bytes_in == 1 && d.bytes_out == UINT64_MAX &&
		    d.skipped == 3 && d.keys == 4 &&
		    bl_span_equal(d.culprit, BL_STR(ID)) &&
		    told.note.err == BL_E_DENIED && told.note.what != NULL),
	    "done");
	return err;
}

static void
put_unseal(struct bl_buf *b)
{
	bl_wire_unseal_put(
	    b, &(struct bl_wire_unseal){BL_STR("sealed"), BL_STR("pass")});
}

static enum bl_err
get_unseal(struct bl_span s)
{
	struct bl_wire_unseal u;
	enum bl_err err = bl_wire_unseal_get(&u, s, NULL);

	CHECK(err != BL_OK ||
		(bl_span_equal(u.sealed, BL_STR("sealed")) &&
		    bl_span_equal(u.pass, BL_STR("pass"))),
	    "unseal");
	return err;
}

static void
put_sealkey(struct bl_buf *b)
{
	bl_wire_sealkey_put(
	    b, &(struct bl_wire_sealkey){BL_STR(ID), BL_STR("pass")});
}

static enum bl_err
get_sealkey(struct bl_span s)
{
	struct bl_wire_sealkey k;
	enum bl_err err = bl_wire_sealkey_get(&k, s, NULL);

	CHECK(err != BL_OK ||
		(bl_span_equal(k.key, BL_STR(ID)) &&
		    bl_span_equal(k.pass, BL_STR("pass"))),
	    "seal key");
	return err;
}

static void
put_export(struct bl_buf *b)
{
	static const struct bl_wire_export e = {
	    .entries = {{BYTES(ID), BYTES("cert"), BYTES("Ann")},
		{{NULL, 0}, BYTES("issuer"), {NULL, 0}}},
	    .n = 2,
	    .pass = BYTES("p\xc3\xa4ss"),
	    .old = true};

	bl_wire_export_put(b, &e);
}

static enum bl_err
get_export(struct bl_span s)
{
	struct bl_wire_export e;
	enum bl_err err = bl_wire_export_get(&e, s, NULL);

	CHECK(err != BL_OK ||
		(e.n == 2 && e.entries[0].key.n == 32 &&
		    e.entries[1].key.n == 0 && e.old &&
		    bl_span_equal(e.entries[1].cert, BL_STR("issuer")) &&
		    bl_span_equal(e.entries[0].name, BL_STR("Ann"))),
	    "export");
	return err;
}

static void
put_keys(struct bl_buf *b)
{
	const struct bl_agent_key keys[2] = {
	    {{1, 2, 3}, BL_KEY_RSA}, {{4}, BL_KEY_EC_P521}};

	bl_wire_keys_put(b, keys, 2);
}

static enum bl_err
get_keys(struct bl_span s)
{
	struct bl_buf out = {0};
	enum bl_err err = bl_wire_keys_get(&out, s, NULL);
	const struct bl_agent_key *k = (const void *)out.p;

	CHECK(err == BL_OK ? out.n == 2 * sizeof(*k) && k[0].id[2] == 3 &&
		    k[1].kind == BL_KEY_EC_P521
			   : out.n == 0,
	    "keys");
	bl_buf_clear(&out);
	return err;
}

static void
put_fetch(struct bl_buf *b)
{
	bl_wire_fetch_put(b,
	    &(struct bl_wire_fetch){.kind = BL_COURIER_OCSP,
		.wait_ms = 0x2710,
		.url = BL_STR("http://a.example/"),
		.body = BL_STR("request"),
		.pairs = {BL_STR("b.example:8080"), BL_STR("[::1]:80")},
		.pair_count = 2});
}

static enum bl_err
get_fetch(struct bl_span s)
{
	struct bl_wire_fetch f;
	enum bl_err err = bl_wire_fetch_get(&f, s, NULL);

	CHECK(err != BL_OK ||
		(f.kind == BL_COURIER_OCSP && f.wait_ms == 10000 &&
		    bl_span_equal(f.url, BL_STR("http://a.example/")) &&
		    bl_span_equal(f.body, BL_STR("request")) &&
		    f.pair_count == 2 &&
		    bl_span_equal(f.pairs[1], BL_STR("[::1]:80"))),
	    "fetch");
	return err;
}

static void
put_fetched(struct bl_buf *b)
{
	bl_wire_fetched_put(b,
	    &(struct bl_wire_fetched){.outcome = BL_FETCH_OK,
		.status = 200,
		.bytes = BL_COURIER_CRL_MAX,
		.url = BL_STR("http://b.example/"),
		.peer = BL_STR("9.9.9.9")});
}

static enum bl_err
get_fetched(struct bl_span s)
{
	struct bl_wire_fetched f;
	enum bl_err err = bl_wire_fetched_get(&f, s, NULL);

	CHECK(err != BL_OK ||
		(f.outcome == BL_FETCH_OK && f.status == 200 &&
		    f.bytes == BL_COURIER_CRL_MAX &&
		    bl_span_equal(f.url, BL_STR("http://b.example/")) &&
		    bl_span_equal(f.peer, BL_STR("9.9.9.9"))),
	    "fetched");
	return err;
}

static void
put_aged(struct bl_buf *b)
{
	bl_wire_aged_put(b,
	    &(struct bl_age){.this_update = -1,
		.has_next_update = true,
		.next_update = 2,
		.number = {1, 2}});
}

static enum bl_err
get_aged(struct bl_span s)
{
	struct bl_age a;
	enum bl_err err = bl_wire_aged_get(&a, s, NULL);

	CHECK(err != BL_OK ||
		(a.this_update == -1 && a.next_update == 2 &&
		    a.has_next_update && a.number[1] == 2),
	    "aged");
	return err;
}

static const struct payload payloads[] = {
    {"cert", put_cert, get_cert},
    {"open", put_open, get_open},
    {"seal", put_seal, get_seal},
    {"list", put_list, get_list},
    {"verdict", put_verdict, get_verdict},
    {"result", put_result, get_result},
    {"info", put_info, get_info},
    {"done", put_done, get_done},
    {"unseal", put_unseal, get_unseal},
    {"seal key", put_sealkey, get_sealkey},
    {"export", put_export, get_export},
    {"keys", put_keys, get_keys},
    {"check", put_check, get_check},
    {"fetch", put_fetch, get_fetch},
    {"fetched", put_fetched, get_fetched},
    {"aged", put_aged, get_aged},
    {"evidence", put_evidence, get_evidence},
};

static void
reads_what_was_written(void)
{
	for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++) {
		struct bl_buf b = {0};

		payloads[i].put(&b);
		CHECK(b.err == BL_OK, payloads[i].name);
		CHECK(payloads[i].get(bl_buf_span(&b)) == BL_OK,
		    payloads[i].name);
		bl_buf_clear(&b);
	}
}

/* Neither a proper prefix nor a byte more is a payload. */
static void
refuses_other_lengths(void)
{
	for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++) {
		struct bl_buf b = {0};

		payloads[i].put(&b);
		for (size_t n = 0; n < b.n; n++)
			CHECK(payloads[i].get((struct bl_span){b.p, n}) ==
				BL_E_MALFORMED,
			    payloads[i].name);
		bl_buf_add_u8(&b, 0);
		CHECK(payloads[i].get(bl_buf_span(&b)) == BL_E_MALFORMED,
		    payloads[i].name);
		bl_buf_clear(&b);
	}
}

/* One byte of a good payload changed: a number just over its limit. */
static const struct {
	const char *name;
	size_t payload, at;
	uint8_t good, bad; /* what is accepted there, what is not */
} bytes[] = {
    {"role", 0, 0, 7, 8},
    {"role none", 0, 0, 7, 0},
    {"input", 1, 0, 2, 3},
    {"bool", 1, 28, 1, 2},
    {"revocation", 1, 29, 1, 3},
    {"identifier without key", 1, 31, 1, 0},
    {"release with output", 1, 40, 0, 1},
    {"sign", 2, 8, 2, 3},
    {"wrap", 2, 9, 2, 3},
    {"digest", 2, 10, BL_SHA512, BL_DIGEST_COUNT},
    {"no want", 3, 1, 2, 0},
    {"want is empty", 3, 5, 3, 0},
    {"encryption", 4, 0, 4, 5},
    {"signature", 4, 1, 3, 4},
    {"unknown reason", 4, 2, 0, 0x80},
    {"error", 4, 26, 0, 12},
    {"control character in JSON", 5, 4, '[', 0x1b},
    {"no UTF-8 in JSON", 5, 5, ']', 0xff},
    {"purpose", 12, 8, 2, 3},
    {"revocation of a question", 12, 9, 2, 3},
    {"policies", 12, 32, 2, 65},
    {"kind", 13, 0, 1, 4},
    {"kind with a body", 13, 0, 1, 2},
    {"kind none", 13, 0, 1, 0},
    {"wait", 13, 4, 0x10, 0x11},
    {"space in a URL", 13, 20, 'a', ' '},
    {"DEL in a URL", 13, 20, 'a', 0x7f},
    {"no request", 13, 29, 7, 0},
    {"pairs", 13, 37, 2, 65},
    {"outcome", 14, 0, 0, 20},
    {"status", 14, 1, 0, 4},
    {"nothing came", 14, 7, 8, 0},
    {"too much came", 14, 10, 0, 1},
    {"line feed in a URL", 14, 20, '/', '\n'},
};

static void
refuses_numbers_over_their_limits(void)
{
	for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
		const struct payload *p = &payloads[bytes[i].payload];
		struct bl_buf b = {0};

		p->put(&b);
		CHECK(b.n > bytes[i].at, bytes[i].name);
		CHECK(b.p[bytes[i].at] == bytes[i].good, bytes[i].name);
		b.p[bytes[i].at] = bytes[i].bad;
		CHECK(p->get(bl_buf_span(&b)) == BL_E_MALFORMED, bytes[i].name);
		bl_buf_clear(&b);
	}
}

/* Lengths at the limit and one over it. */
static void
meets_each_length(void)
{
	static uint8_t much[BL_READER_CERT_BYTES + 1];
	static const struct {
		const char *name;
		size_t max;
	} texts[] = {{"at the limit", 16}, {"none", 0}};

	for (size_t i = 0; i < 2; i++) {
		struct bl_buf b = {0};
		struct bl_fields w;

		bl_field_put_bytes(&b, (struct bl_span){much, texts[i].max});
		w = bl_field_of(bl_buf_span(&b));
		CHECK(bl_field_bytes(&w, texts[i].max).n == texts[i].max &&
			bl_field_end(&w, NULL) == BL_OK,
		    texts[i].name);
		if (texts[i].max > 0) {
			w = bl_field_of(bl_buf_span(&b));
			CHECK(bl_field_bytes(&w, texts[i].max - 1).n == 0 &&
				bl_field_end(&w, NULL) == BL_E_MALFORMED,
			    texts[i].name);
		}
		bl_buf_clear(&b);
	}
	for (size_t over = 0; over < 2; over++) {
		struct bl_buf b = {0};
		struct bl_wire_cert c;

		bl_wire_cert_put(&b,
		    &(struct bl_wire_cert){
			BL_ROLE_POOL, {much, BL_READER_CERT_BYTES + over}});
		CHECK(bl_wire_cert_get(&c, bl_buf_span(&b), NULL) ==
			(over ? BL_E_MALFORMED : BL_OK),
		    "certificate");
		bl_buf_clear(&b);
	}
}

/* What another program tells is made harmless, and cut, never broken. */
static void
tells_notes_safely(void)
{
	char what[400] = {0};
	struct bl_note note = {BL_E_LIMIT, 5, what, NULL, "limit-x\x1b[2J"};
	struct bl_told told, copy;
	struct bl_buf b = {0};
	struct bl_fields w;

	memset(what, 'x', sizeof(what) - 1);
	memcpy(what + 198, "\xc3\xa4", 2); /* the cut falls inside */
	bl_field_put_told(&b, BL_E_LIMIT, &note);
	w = bl_field_of(bl_buf_span(&b));
	bl_field_told(&w, &told);
	CHECK(bl_field_end(&w, NULL) == BL_OK, "read");
	CHECK(told.note.err == BL_E_LIMIT && told.note.at == 5, "numbers");
	CHECK(strlen(told.note.what) == 198, "cut");
	CHECK(told.note.source == NULL, "no source");
	CHECK(strcmp(told.note.reason, "limit-x?[2J") == 0, "escaped");
	bl_told_copy(&copy, &told);
	memset(&told, 'y', sizeof(told));
	CHECK(strlen(copy.note.what) == 198 &&
		strcmp(copy.note.reason, "limit-x?[2J") == 0,
	    "copied");
	bl_buf_clear(&b);
}

/* The answer to a want that nobody here can meet. */
static void
refuses_wants(void)
{
	static const struct {
		const char *name;
		struct bl_span want, answer;
	} wants[] = {{"sign", BYTES("\1\1x"), BYTES("\x81\1\1")},
	    {"unwrap", BYTES("\2\1x"), BYTES("\x82\1\1")},
	    {"certificate", BYTES("\3\1x"), BYTES("\x83\1\6")},
	    {"evidence", BYTES("\4\1x"), BYTES("\x84\1\6")}};

	for (size_t i = 0; i < 4; i++) {
		struct bl_buf b = {0};

		bl_want_refuse(&b, wants[i].want);
		CHECK(bl_span_equal(bl_buf_span(&b), wants[i].answer),
		    wants[i].name);
		bl_buf_clear(&b);
	}
}

/* LISTING and ROW, whole, cut, with a byte too many, and over each limit. */
static void
reads_rows(void)
{
	const struct bl_wire_listing how = {
	    .now = -5, .revocation = BL_REVOCATION_OFF, .legacy = true};
	struct bl_wire_row row = {.encryption = BL_ENCRYPTION_FAILED,
	    .signature = BL_SIGNATURE_INVALID,
	    .reasons = BL_REASON_BIT(NO_KEY),
	    .limit = BL_STR("limit-layers"),
	    .from = BL_STR("a@b.c"),
	    .date = BL_STR("today"),
	    .subject = BL_STR("s"),
	    .signer = BL_STR("x@b.c")};
	struct bl_wire_listing l;
	struct bl_wire_row r;
	struct bl_told told;
	struct bl_note why = {
	    .err = BL_E_SYSTEM, .what = "full", .source = NULL};
	struct bl_buf b = {0}, big = {0};

	bl_wire_listing_put(&b, &how);
	CHECK(bl_wire_listing_get(&l, bl_buf_span(&b), NULL) == BL_OK &&
		l.now == -5 && l.revocation == BL_REVOCATION_OFF && l.legacy,
	    "listing");
	for (size_t n = 0; n < b.n; n++)
		CHECK(bl_wire_listing_get(&l,
			  bl_span_cut(bl_buf_span(&b), 0, n), NULL) != BL_OK,
		    "cut");
	bl_buf_reset(&b);
	bl_wire_row_put(&b, &row, BL_E_SYSTEM, &why);
	CHECK(bl_wire_row_get(&r, &told, bl_buf_span(&b), NULL) == BL_OK &&
		r.signature == row.signature && r.reasons == row.reasons &&
		bl_span_equal(r.subject, row.subject) &&
		bl_span_equal(r.signer, row.signer) &&
		told.note.err == BL_E_SYSTEM,
	    "row");
	for (size_t n = 0; n < b.n; n++)
		CHECK(bl_wire_row_get(&r, &told,
			  bl_span_cut(bl_buf_span(&b), 0, n), NULL) != BL_OK,
		    "cut");
	bl_buf_add_u8(&b, 0);
	CHECK(bl_wire_row_get(&r, &told, bl_buf_span(&b), NULL) != BL_OK,
	    "one more");
	for (size_t n = BL_LISTING_TEXT; n <= BL_LISTING_TEXT + 1; n++) {
		bl_buf_reset(&b);
		bl_buf_reset(&big);
		while (big.n < n)
			bl_buf_add_u8(&big, 'x');
		row.subject = bl_buf_span(&big);
		bl_wire_row_put(&b, &row, BL_OK, NULL);
		CHECK((bl_wire_row_get(&r, &told, bl_buf_span(&b), NULL) ==
			  BL_OK) == (n == BL_LISTING_TEXT),
		    "long");
	}
	row.subject = (struct bl_span){0};
	row.reasons = (bl_reasons)1 << BL_REASON_COUNT;
	bl_buf_reset(&b);
	bl_wire_row_put(&b, &row, BL_OK, NULL);
	CHECK(bl_wire_row_get(&r, &told, bl_buf_span(&b), NULL) != BL_OK,
	    "a reason that there is not");
	bl_buf_clear(&b);
	bl_buf_clear(&big);
}

TESTS(TEST(reads_what_was_written), TEST(reads_rows),
    TEST(refuses_other_lengths), TEST(refuses_numbers_over_their_limits),
    TEST(meets_each_length), TEST(tells_notes_safely), TEST(refuses_wants))
