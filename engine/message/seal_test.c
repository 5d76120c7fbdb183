/* seal_test.c - what a draft becomes, and which drafts and certificates are
 * refused. What is sealed is read again by the MIME and CMS readers. */
#include "bulla/seal.h"

#include "cms/cms.h"
#include "mime/mime.h"
#include "tests/person.h"
#include "tests/test.h"

#define DRAFT                                                                  \
	"From: Ann <ann@example.org>\r\nTo: ben@example.org\r\n"               \
	"Subject: a\r\n\tlong one\r\nMIME-Version: 1.0\r\n"                    \
	"Content-Type: text/plain; charset=utf-8\r\n"                          \
	"Content-Transfer-Encoding: 7bit\r\n\r\nDear Ben,\r\nsee you.\r\n"
#define ENTITY                                                                 \
	"Content-Type: text/plain; charset=utf-8\r\n"                          \
	"Content-Transfer-Encoding: 7bit\r\n\r\nDear Ben,\r\nsee you.\r\n"

/* What goes inside of DRAFT (RFC 9788 5.2). */
#define INSIDE(hp)                                                             \
	"From: Ann <ann@example.org>\r\nTo: ben@example.org\r\n"               \
	"Subject: a\r\n\tlong one\r\n"                                         \
	"Content-Type: text/plain; charset=utf-8;\r\n hp=\"" hp "\"\r\n"       \
	"Content-Transfer-Encoding: 7bit\r\n"
#define BODY   "\r\nDear Ben,\r\nsee you.\r\n"
#define SIGNED INSIDE("clear") BODY
#define STATED                                                                 \
	"HP-Outer: From: Ann <ann@example.org>\r\n"                            \
	"HP-Outer: To: ben@example.org\r\n"
#define SEALED INSIDE("cipher") STATED "HP-Outer: Subject: a\tlong one\r\n" BODY

static struct bl_ctx *ctx;
static struct bl_person ann, ben, eve; /* RSA, P-256, expired */

static void
make_people(void)
{
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	bl_person_make(&ann, ctx,
	    &(struct bl_person_opts){.address = "ann@example.org"}, NULL);
	bl_person_make(&ben, ctx,
	    &(struct bl_person_opts){
		.address = "ben@example.org", .key = "P-256"},
	    NULL);
	bl_person_make(&eve, ctx,
	    &(struct bl_person_opts){
		.address = "ann@example.org", .not_after = BL_PERSON_NOW - 1},
	    NULL);
}

static void
forget_people(void)
{
	bl_person_clear(&ann);
	bl_person_clear(&ben);
	bl_person_clear(&eve);
	bl_ctx_free(ctx);
	ctx = NULL;
}

/* Seals `draft`, fed in pieces of `step` bytes. */
static enum bl_err
seal(struct bl_buf *out, const struct bl_seal_opts *opts, struct bl_span draft,
    size_t step, struct bl_note *note)
{
	const struct bl_person people[] = {ann, ben};
	struct bl_seal *s = NULL;
	struct bl_buf answer = {0};
	unsigned asked = 0;
	enum bl_err err;

	if ((err = bl_seal_new(&s, ctx, opts, NULL, note)) != BL_OK)
		return err;
	for (size_t at = 0; err == BL_OK && at < draft.n; at += step)
		err = bl_seal_feed(s, out, bl_span_cut(draft, at, step), note);
	while (err == BL_OK && (err = bl_seal_end(s, out, note)) == BL_NEED) {
		const struct bl_want *w = bl_seal_want(s, 0);

		CHECK(bl_seal_want_count(s) == 1 && asked++ < 2, "one want");
		bl_buf_reset(&answer);
		if ((err = bl_person_answer(&answer, ctx, people, 2, w)) ==
		    BL_OK)
			err = bl_seal_answer(s, 0, bl_buf_span(&answer), note);
	}
	bl_buf_clear(&answer);
	bl_seal_free(s);
	return err;
}

/* ---- taking apart what came out ---- */

struct found {
	struct bl_buf outside; /* the root's header */
	struct bl_buf first;   /* the first part of multipart/signed, raw */
	struct bl_buf body;    /* decoded body of the root or last part */
	struct bl_buf type;
};

static void
found_clear(struct found *f)
{
	bl_buf_clear(&f->outside);
	bl_buf_clear(&f->first);
	bl_buf_clear(&f->body);
	bl_buf_clear(&f->type);
}

static void
take_apart(struct found *f, struct bl_span message)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_mime *m = NULL;
	struct bl_mime_event e = {0};
	struct bl_decode d;
	bool in_first = false;

	*f = (struct found){0};
	CHECK(bl_mime_new(&m, &limits, BL_MIME_MESSAGES_WHOLE, NULL) == BL_OK,
	    "mime");
	bl_mime_feed(m, message);
	for (;;) {
		if (bl_mime_next(m, &e, NULL) != BL_OK)
			break;
		if (e.kind == BL_MIME_MORE) {
			bl_mime_end(m);
			continue;
		}
		if (e.kind == BL_MIME_DONE)
			break;
		if (e.kind == BL_MIME_BEGIN && e.part->depth == 0) {
			bl_buf_add(&f->outside, e.bytes);
			bl_buf_add(&f->type, e.part->type.subtype);
		}
		if (e.kind == BL_MIME_BEGIN) {
			in_first = e.part->depth == 1 && e.part->index == 0;
			bl_decode_init(&d, e.part->encoding);
		}
		if (in_first && e.kind != BL_MIME_BETWEEN)
			bl_buf_add(&f->first, e.bytes);
		if (e.kind == BL_MIME_BODY && !in_first)
			bl_decode_add(&d, &f->body, e.bytes);
		if (e.kind == BL_MIME_END && !e.part->is_multipart && !in_first)
			bl_decode_end(&d, &f->body);
		if (e.kind == BL_MIME_END && e.part->depth == 1)
			in_first = false;
	}
	CHECK(bl_mime_defects(m) == 0, "no defects");
	CHECK(bl_mime_lines(m) == BL_LINES_CRLF, "CRLF");
	bl_mime_free(m);
}

/* Reads a CMS object; checks its signer against Ann, or opens it as `who`. */
static void
read_cms(struct bl_buf *content, struct bl_span cms,
    const struct bl_person *who, struct bl_span detached, const char *name)
{
	const struct bl_limits limits = BL_LIMITS;
	const struct bl_policy policy = {0};
	enum bl_signer_result result = 0;
	struct bl_cms *c = NULL;
	struct bl_cms_event e = {0};
	struct bl_hashes *h = NULL;
	struct bl_note note = {0};
	enum bl_err err;

	CHECK(bl_cms_new(&c, ctx, &policy, &limits, NULL) == BL_OK, name);
	bl_cms_feed(c, cms);
	while ((err = bl_cms_next(c, &e, &note)) == BL_OK &&
	    e.kind != BL_CMS_END) {
		if (e.kind == BL_CMS_MORE)
			bl_cms_end(c);
		if (e.kind == BL_CMS_CONTENT)
			bl_buf_add(content, e.bytes);
		if (e.kind == BL_CMS_KEY) {
			struct bl_want_unwrap w;
			struct bl_buf frame = {0}, answer = {0};
			struct bl_answer a = {0};
			struct bl_secret *cek = NULL;
			struct bl_want want = {.kind = BL_WANT_UNWRAP};

			CHECK(bl_cms_recipient_count(c) == 2, "two recipients");
			for (size_t i = 0; i < 2; i++) {
				if (!bl_rid_is(&bl_cms_recipient(c, i)->rid,
					who->cert))
					continue;
				bl_cms_want(
				    &w, c, i, bl_cert_key_id(who->cert));
				CHECK(bl_want_unwrap_put(&frame, &w, NULL) ==
					BL_OK,
				    name);
				memcpy(want.key, w.key, sizeof(want.key));
				want.frame = bl_buf_span(&frame);
				CHECK(bl_person_answer(
					  &answer, ctx, who, 1, &want) == BL_OK,
				    name);
				CHECK(bl_answer_get(&a, bl_buf_span(&answer),
					  NULL) == BL_OK &&
					a.payload.n > 0,
				    name);
				CHECK(bl_secret_copy(&cek, a.payload, NULL) ==
					BL_OK,
				    name);
				CHECK(bl_cms_set_key(c, cek, NULL) == BL_OK,
				    name);
			}
			bl_secret_free(cek);
			bl_buf_clear(&frame);
			bl_buf_clear(&answer);
		}
	}
	CHECK(err == BL_OK, name);
	if (err != BL_OK)
		fprintf(stderr, "%s: %s\n", name, note.what);
	if (err == BL_OK && bl_cms_kind(c) == BL_CMS_SIGNED) {
		CHECK(bl_cms_is_detached(c) == (detached.n > 0), name);
		CHECK(bl_hashes_new(&h, ctx, BL_SET(BL_SHA256), NULL) == BL_OK,
		    name);
		CHECK(bl_hashes_add(h, detached, NULL) == BL_OK, name);
		CHECK(bl_hashes_end(h, NULL) == BL_OK, name);
		CHECK(bl_cms_signer_check(&result, c, 0, who->cert,
			  detached.n > 0 ? h : NULL, NULL) == BL_OK,
		    name);
		CHECK(result == BL_SIGNER_GOOD, name);
		bl_hashes_free(h);
	}
	bl_cms_free(c);
}

static bool
holds(const struct bl_buf *b, const char *text)
{
	return memmem(b->p, b->n, text, strlen(text)) != NULL;
}

/* ---- tests ---- */

static void
check_outside(const struct found *f, const char *name)
{
	CHECK(holds(&f->outside, "From: Ann <ann@example.org>\r\n"), name);
	CHECK(holds(&f->outside, "Subject: a\r\n\tlong one\r\n"), name);
	CHECK(holds(&f->outside, "MIME-Version: 1.0\r\n"), name);
	CHECK(!holds(&f->outside, "text/plain"), name);
}

static void
clear_signed_covers_the_entity(void)
{
	struct bl_seal_opts opts = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_CLEAR, .signer = ann.cert};
	struct bl_buf whole = {0}, none = {0};
	struct found f;

	for (size_t step = 1; step < 400; step += 57) {
		bl_buf_reset(&whole);
		CHECK(seal(&whole, &opts, BL_STR(DRAFT), step, NULL) == BL_OK,
		    "seal");
		take_apart(&f, bl_buf_span(&whole));
		check_outside(&f, "clear");
		CHECK(holds(&f.outside, "micalg=sha-256"), "micalg");
		CHECK(bl_span_equal(bl_buf_span(&f.first), BL_STR(SIGNED)),
		    "first part");
		read_cms(&none, bl_buf_span(&f.body), &ann,
		    bl_buf_span(&f.first), "clear");
		found_clear(&f);
	}
	bl_buf_clear(&whole);
	bl_buf_clear(&none);
}

static void
line_ends_of_unix_become_crlf(void)
{
	struct bl_seal_opts opts = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_CLEAR, .signer = ann.cert};
	struct bl_buf whole = {0}, unix_form = {0}, none = {0};
	struct found f;

	for (const char *p = DRAFT; *p != '\0'; p++)
		if (*p != '\r')
			bl_buf_add_u8(&unix_form, (uint8_t)*p);
	CHECK(seal(&whole, &opts, bl_buf_span(&unix_form), 50, NULL) == BL_OK,
	    "seal");
	take_apart(&f, bl_buf_span(&whole));
	check_outside(&f, "unix");
	CHECK(bl_span_equal(bl_buf_span(&f.first), BL_STR(SIGNED)), "first");
	read_cms(
	    &none, bl_buf_span(&f.body), &ann, bl_buf_span(&f.first), "unix");
	found_clear(&f);
	bl_buf_clear(&whole);
	bl_buf_clear(&unix_form);
	bl_buf_clear(&none);
}

static void
opaque_and_encrypted_hold_the_entity(void)
{
	struct bl_cert *to[] = {ann.cert, ben.cert};
	struct bl_seal_opts sign = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_OPAQUE, .signer = ann.cert};
	struct bl_seal_opts crypt = {.now = BL_PERSON_NOW, .to = to, .n = 2};
	struct bl_buf whole = {0}, content = {0};
	struct found f;

	CHECK(seal(&whole, &sign, BL_STR(DRAFT), 100, NULL) == BL_OK, "opaque");
	take_apart(&f, bl_buf_span(&whole));
	check_outside(&f, "opaque");
	CHECK(holds(&f.outside, "smime-type=signed-data"), "type");
	read_cms(&content, bl_buf_span(&f.body), &ann, (struct bl_span){0},
	    "opaque");
	CHECK(bl_span_equal(bl_buf_span(&content), BL_STR(SIGNED)), "content");
	found_clear(&f);

	for (int round = 0; round < 4; round++) {
		crypt.cipher = round < 2 ? BL_CIPHER_NONE : BL_AES128_CBC;
		bl_buf_reset(&whole);
		bl_buf_reset(&content);
		CHECK(seal(&whole, &crypt, BL_STR(DRAFT), 100, NULL) == BL_OK,
		    "crypt");
		take_apart(&f, bl_buf_span(&whole));
		check_outside(&f, "crypt");
		CHECK(holds(&f.outside,
			  round < 2 ? "smime-type=authEnveloped-data"
				    : "smime-type=enveloped-data"),
		    "type");
		read_cms(&content, bl_buf_span(&f.body),
		    round % 2 == 0 ? &ann : &ben, (struct bl_span){0}, "crypt");
		CHECK(bl_span_equal(bl_buf_span(&content), BL_STR(SEALED)),
		    "content");
		found_clear(&f);
	}
	bl_buf_clear(&whole);
	bl_buf_clear(&content);
}

static void
triple_wrap_has_three_layers(void)
{
	struct bl_cert *to[] = {ann.cert, ben.cert};
	struct bl_seal_opts opts = {.now = BL_PERSON_NOW,
	    .sign = BL_SIGN_CLEAR,
	    .signer = ann.cert,
	    .to = to,
	    .n = 2,
	    .triple = true};
	struct bl_buf whole = {0}, content = {0}, none = {0};
	struct found outer, middle, inner;

	CHECK(seal(&whole, &opts, BL_STR(DRAFT), 100, NULL) == BL_OK, "seal");
	take_apart(&outer, bl_buf_span(&whole));
	check_outside(&outer, "outer");
	read_cms(&none, bl_buf_span(&outer.body), &ann,
	    bl_buf_span(&outer.first), "outer");
	take_apart(&middle, bl_buf_span(&outer.first));
	CHECK(bl_span_equal(bl_buf_span(&middle.type), BL_STR("pkcs7-mime")),
	    "middle");
	read_cms(&content, bl_buf_span(&middle.body), &ben, (struct bl_span){0},
	    "middle");
	take_apart(&inner, bl_buf_span(&content));
	CHECK(
	    bl_span_equal(bl_buf_span(&inner.first), BL_STR(SEALED)), "inner");
	read_cms(&none, bl_buf_span(&inner.body), &ann,
	    bl_buf_span(&inner.first), "inner");
	found_clear(&outer);
	found_clear(&middle);
	found_clear(&inner);
	bl_buf_clear(&whole);
	bl_buf_clear(&content);
	bl_buf_clear(&none);
}

/* Content over the size that is held goes out as it comes, in BER. */
static void
long_content_is_streamed(void)
{
	static const size_t sizes[] = {
	    (1u << 20) - 200, (1u << 20) + 1, 3u << 20};
	struct bl_cert *to[] = {ann.cert, ben.cert};
	struct bl_seal_opts opts[] = {
	    {.now = BL_PERSON_NOW, .sign = BL_SIGN_OPAQUE, .signer = ann.cert},
	    {.now = BL_PERSON_NOW, .to = to, .n = 2}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t k = 0; k < 2; k++) {
			struct bl_buf draft = {0}, whole = {0}, content = {0};
			struct found f;

			bl_buf_add_str(&draft, ENTITY);
			while (draft.n < sizes[i])
				bl_buf_add_str(
				    &draft, "once more the same\r\n");
			CHECK(seal(&whole, &opts[k], bl_buf_span(&draft), 65536,
				  NULL) == BL_OK,
			    "seal");
			take_apart(&f, bl_buf_span(&whole));
			read_cms(&content, bl_buf_span(&f.body), &ann,
			    (struct bl_span){0}, "long");
			CHECK(bl_span_equal(
				  bl_buf_span(&content), bl_buf_span(&draft)),
			    "content");
			found_clear(&f);
			bl_buf_clear(&draft);
			bl_buf_clear(&whole);
			bl_buf_clear(&content);
		}
}

static void
refuses_what_would_be_ambiguous(void)
{
	static const struct {
		const char *name;
		struct bl_span draft;
		enum bl_err want;
	} cases[] = {
	    {"empty", {NULL, 0}, BL_E_MALFORMED},
	    {"no header", BYTES("hello\r\nworld\r\n"), BL_E_MALFORMED},
	    {"two Content-Types",
		BYTES("Content-Type: text/plain\r\nContent-Type: text/html"
		      "\r\n\r\nx\r\n"),
		BL_E_MALFORMED},
	    {"NUL in header", BYTES("Subject: a\0b\r\n\r\nx\r\n"),
		BL_E_MALFORMED},
	    {"two From", BYTES("From: ann@example.org\r\nFrom: x@y.z\r\n\r\nx"),
		BL_E_MALFORMED},
	    {"two senders", BYTES("From: ann@example.org, x@y.z\r\n\r\nx"),
		BL_E_MALFORMED},
	    {"another sender", BYTES("From: x@example.org\r\n\r\nx"),
		BL_E_DENIED},
	    {"sender in capitals", BYTES("From: ANN@Example.ORG\r\n\r\nx"),
		BL_OK},
	    {"no sender", BYTES("Subject: x\r\n\r\nx"), BL_OK},
	    {"empty header", BYTES("\r\nx\r\n"), BL_OK},
	    {"header only", BYTES("Subject: x\r\n"), BL_OK},
	};
	struct bl_seal_opts opts = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_CLEAR, .signer = ann.cert};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf out = {0};
		struct bl_note note = {0};

		CHECK(seal(&out, &opts, cases[i].draft, 7, &note) ==
			cases[i].want,
		    cases[i].name);
		CHECK(note.err == cases[i].want, cases[i].name);
		bl_buf_clear(&out);
	}
}

static void
refuses_unfit_certificates(void)
{
	struct bl_cert *to[] = {ann.cert, eve.cert};
	const struct bl_cert *culprit;
	struct bl_note note = {0};
	struct bl_seal *s;
	struct bl_seal_opts opts = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_CLEAR, .signer = eve.cert};

	CHECK(bl_seal_new(&s, ctx, &opts, &culprit, &note) == BL_E_DENIED,
	    "expired signer");
	CHECK(s == NULL && culprit == eve.cert, "culprit");
	CHECK(note.reason != NULL && strcmp(note.reason, "expired") == 0,
	    "reason");
	opts.signer = ann.cert;
	opts.own_encrypt = eve.cert;
	CHECK(bl_seal_new(&s, ctx, &opts, &culprit, &note) == BL_E_DENIED,
	    "expired, and others shall encrypt to it");
	CHECK(s == NULL && culprit == eve.cert, "culprit");
	opts.own_encrypt = ben.cert;
	CHECK(bl_seal_new(&s, ctx, &opts, &culprit, NULL) == BL_OK,
	    "another certificate to encrypt to");
	CHECK(culprit == NULL, "no culprit");
	bl_seal_free(s);
	opts = (struct bl_seal_opts){.now = BL_PERSON_NOW, .to = to, .n = 2};
	CHECK(bl_seal_new(&s, ctx, &opts, &culprit, NULL) == BL_E_DENIED,
	    "expired recipient");
	CHECK(culprit == eve.cert, "culprit");
	opts.n = 1;
	opts.cipher = BL_DES3_CBC;
	CHECK(bl_seal_new(&s, ctx, &opts, &culprit, NULL) == BL_E_DENIED,
	    "3DES is for reading only");
	CHECK(culprit == NULL, "no culprit");
	opts.cipher = BL_CIPHER_NONE;
	opts.n = 0;
	CHECK(bl_seal_new(&s, ctx, &opts, NULL, NULL) == BL_E_CALLER,
	    "nothing to do");
	opts.sign = BL_SIGN_CLEAR;
	CHECK(bl_seal_new(&s, ctx, &opts, NULL, NULL) == BL_E_CALLER,
	    "no signer");
	opts.signer = ann.cert;
	opts.triple = true;
	CHECK(bl_seal_new(&s, ctx, &opts, NULL, NULL) == BL_E_CALLER,
	    "triple wrap without recipients");
}

static void
header_meets_its_limit(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_seal_opts opts = {.limits = &limits,
	    .now = BL_PERSON_NOW,
	    .sign = BL_SIGN_CLEAR,
	    .signer = ann.cert};

	limits.header_block_bytes = 100;
	for (size_t n = 99; n <= 103; n++)
		for (size_t step = 1; step <= 200; step += 199) {
			struct bl_buf draft = {0}, out = {0};
			struct bl_note note = {0};
			enum bl_err want = n <= 100 ? BL_OK : BL_E_LIMIT;
			const char *code = n <= 100 ? NULL
						    : "limit-header-block";

			bl_buf_add_str(&draft, "Content-ID: ");
			while (draft.n < n - 4)
				bl_buf_add_u8(&draft, 'a');
			bl_buf_add_str(&draft, "\r\n\r\nbody\r\n");
			CHECK(seal(&out, &opts, bl_buf_span(&draft), step,
				  &note) == want,
			    "header of n bytes");
			CHECK(code == NULL ? note.reason == NULL
					   : note.reason != NULL &&
				    strcmp(note.reason, code) == 0,
			    "and why not");
			bl_buf_clear(&draft);
			bl_buf_clear(&out);
		}
}

/* What goes inside has to be read again: HP-Outer fields count there. */
static void
fields_inside_meet_their_limit(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_cert *to[] = {ben.cert};
	struct bl_seal_opts opts = {
	    .limits = &limits, .now = BL_PERSON_NOW, .to = to, .n = 1};

	limits.header_fields = 21;
	for (size_t n = 10; n <= 11; n++) {
		struct bl_buf draft = {0}, out = {0};
		struct bl_note note = {0};

		for (size_t i = 0; i < n; i++)
			bl_buf_add_f(&draft, "X-%zu: a\r\n", i);
		bl_buf_add_str(&draft, "\r\nbody\r\n");
		CHECK(seal(&out, &opts, bl_buf_span(&draft), 100, &note) ==
			(n == 10 ? BL_OK : BL_E_LIMIT),
		    "n fields, their copies, and a type");
		bl_buf_clear(&draft);
		bl_buf_clear(&out);
	}
}

static void
a_policy_is_for_encryption(void)
{
	struct bl_seal_opts opts = {.now = BL_PERSON_NOW,
	    .sign = BL_SIGN_CLEAR,
	    .signer = ann.cert,
	    .policy = BL_HEADER_POLICY_BASELINE};
	struct bl_seal *s;

	CHECK(bl_seal_new(&s, ctx, &opts, NULL, NULL) == BL_E_CALLER && !s,
	    "nothing would be hidden");
}

static void
an_answer_must_fit_its_question(void)
{
	static const enum bl_refusal refusals[] = {BL_REFUSED_NO_KEY,
	    BL_REFUSED_LOCKED, BL_REFUSED_FORBIDDEN, BL_REFUSED_RATE};
	static const enum bl_err wants[] = {
	    BL_E_NOKEY, BL_E_NOKEY, BL_E_DENIED, BL_E_DENIED};
	struct bl_seal_opts opts = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_CLEAR, .signer = ann.cert};

	for (size_t i = 0; i < 4; i++) {
		struct bl_buf out = {0}, frame = {0};
		struct bl_answer a = {
		    .kind = BL_WANT_SIGN, .refusal = refusals[i]};
		struct bl_seal *s = NULL;

		CHECK(bl_seal_new(&s, ctx, &opts, NULL, NULL) == BL_OK, "new");
		CHECK(bl_seal_answer(s, 0, BL_STR("x"), NULL) == BL_E_CALLER,
		    "before anything is asked");
		CHECK(bl_seal_want(s, 0) == NULL, "no want");
		CHECK(bl_seal_feed(s, &out, BL_STR(DRAFT), NULL) == BL_OK,
		    "feed");
		CHECK(bl_seal_end(s, &out, NULL) == BL_NEED, "need");
		CHECK(bl_seal_end(s, &out, NULL) == BL_NEED, "still");
		CHECK(bl_seal_answer(s, 1, BL_STR("x"), NULL) == BL_E_CALLER,
		    "no second want");
		CHECK(bl_seal_answer(s, 0, BL_STR("x"), NULL) == BL_E_MALFORMED,
		    "no answer");
		CHECK(bl_answer_put(&frame, &a, NULL) == BL_OK, "frame");
		CHECK(
		    bl_seal_answer(s, 0, bl_buf_span(&frame), NULL) == wants[i],
		    "refusal");
		CHECK(bl_seal_end(s, &out, NULL) == wants[i], "it stays");
		CHECK(bl_seal_feed(s, &out, BL_STR("x"), NULL) == wants[i],
		    "it stays");
		bl_buf_clear(&out);
		bl_buf_clear(&frame);
		bl_seal_free(s);
	}
}

static enum bl_err
scenario(void *arg)
{
	struct bl_buf out = {0};
	enum bl_err err = seal(&out, arg, BL_STR(DRAFT), 64, NULL);

	bl_buf_clear(&out);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	struct bl_cert *to[] = {ann.cert, ben.cert};
	struct bl_seal_opts opts = {.now = BL_PERSON_NOW,
	    .sign = BL_SIGN_CLEAR,
	    .signer = ann.cert,
	    .to = to,
	    .n = 2};

	bl_test_each_allocation(scenario, &opts, "sign and encrypt");
}

TESTS(TEST(make_people), TEST(clear_signed_covers_the_entity),
    TEST(line_ends_of_unix_become_crlf),
    TEST(opaque_and_encrypted_hold_the_entity),
    TEST(triple_wrap_has_three_layers), TEST(long_content_is_streamed),
    TEST(refuses_what_would_be_ambiguous), TEST(refuses_unfit_certificates),
    TEST(header_meets_its_limit), TEST(fields_inside_meet_their_limit),
    TEST(a_policy_is_for_encryption), TEST(an_answer_must_fit_its_question),
    TEST(survives_each_failing_allocation), TEST(forget_people))
