/* inspect_test.c - the tree of a message: of plain, signed, encrypted, nested
 * and broken ones, and its limits. */
#include "bulla/inspect.h"

#include "bulla/seal.h"
#include "tests/person.h"
#include "tests/test.h"

static struct bl_ctx *ctx;
static struct bl_person ann, ben;

static void
make_people(void)
{
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	bl_person_make(&ann, ctx,
	    &(struct bl_person_opts){
		.address = "ann@example.org", .name = "Ann"},
	    NULL);
	bl_person_make(&ben, ctx,
	    &(struct bl_person_opts){
		.address = "ben@example.org", .key = "P-256"},
	    NULL);
}

static void
forget_people(void)
{
	bl_person_clear(&ann);
	bl_person_clear(&ben);
	bl_ctx_free(ctx);
}

static enum bl_err
inspect(struct bl_buf *json, struct bl_span in, size_t step,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_inspect *s = NULL;
	enum bl_err err, end;

	if ((err = bl_inspect_new(&s, ctx, limits, BL_OPEN_ANY, note)) != BL_OK)
		return err;
	for (size_t at = 0; err == BL_OK && at < in.n; at += step)
		err = bl_inspect_feed(s, bl_span_cut(in, at, step), note);
	if (err == BL_OK) {
		end = bl_inspect_end(s, note);
		err = bl_inspect_json(json, s, NULL);
		err = err == BL_OK ? end : err;
	}
	bl_inspect_free(s);
	return err;
}

static void
seal(struct bl_buf *out, const struct bl_seal_opts *opts, struct bl_span draft)
{
	struct bl_seal *s = NULL;
	struct bl_buf answer = {0};
	enum bl_err err;

	CHECK(bl_seal_new(&s, ctx, opts, NULL, NULL) == BL_OK, "seal");
	CHECK(bl_seal_feed(s, out, draft, NULL) == BL_OK, "seal");
	while ((err = bl_seal_end(s, out, NULL)) == BL_NEED) {
		bl_buf_reset(&answer);
		CHECK(bl_person_answer(
			  &answer, ctx, &ann, 1, bl_seal_want(s, 0)) == BL_OK,
		    "answer");
		CHECK(bl_seal_answer(s, 0, bl_buf_span(&answer), NULL) == BL_OK,
		    "answer");
	}
	CHECK(err == BL_OK, "seal");
	bl_buf_clear(&answer);
	bl_seal_free(s);
}

static bool
holds(const struct bl_buf *b, const char *text)
{
	return memmem(b->p, b->n, text, strlen(text)) != NULL;
}

#define MIXED                                                                  \
	"From: ann@example.org\r\nSubject: =?utf-8?q?gr=C3=BCn?=\r\n"          \
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n"                    \
	"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"                     \
	"--b\r\nContent-Type: application/pdf; name=\"a\xe2\x80\xae.pdf\"\r\n" \
	"Content-Disposition: attachment; filename=\"x.pdf\"\r\n"              \
	"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"

static void
shows_parts(void)
{
	for (size_t step = 1; step < 500; step += 83) {
		struct bl_buf j = {0};

		CHECK(inspect(&j, BL_STR(MIXED), step, NULL, NULL) == BL_OK,
		    "mixed");
		CHECK(holds(&j, "{\"children\":[{\"part\":\"multipart/mixed\""),
		    "root");
		CHECK(holds(&j,
			  "\"From\":\"ann@example.org\",\"Subject\":"
			  "\"gr\xc3\xbcn\""),
		    "headers");
		CHECK(holds(&j,
			  "\"children\":[{\"part\":\"text/plain\","
			  "\"encoding\":\"7bit\""),
		    "first");
		CHECK(holds(&j, "\"size\":5"), "size");
		CHECK(holds(&j,
			  "\"disposition\":\"attachment\",\"name\":"
			  "\"x.pdf\",\"encoding\":\"base64\""),
		    "second");
		bl_buf_clear(&j);
	}
}

static void
shows_layers(void)
{
	struct bl_cert *to[] = {ann.cert, ben.cert};
	struct bl_seal_opts opts = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_OPAQUE, .signer = ann.cert};
	struct bl_buf opaque = {0}, clear = {0}, crypt = {0}, j = {0};

	seal(&opaque, &opts, BL_STR("Subject: x\r\n\r\nhello\r\n"));
	CHECK(inspect(&j, bl_buf_span(&opaque), 77, NULL, NULL) == BL_OK,
	    "opaque");
	CHECK(holds(&j, "{\"part\":\"application/pkcs7-mime\""), "part");
	CHECK(holds(&j,
		  "\"children\":[{\"layer\":\"SignedData\","
		  "\"detached\":false,\"contentType\":\"id-data\""),
	    "layer");
	CHECK(holds(&j,
		  "\"digest\":\"sha256\",\"algorithm\":"
		  "\"RSA PKCS#1 v1.5\",\"signingTime\":"
		  "\"2026-09-21T14:13:20Z\""),
	    "signer");
	CHECK(holds(&j, "\"subject\":\"CN=Ann\""), "certificate");
	CHECK(holds(&j, "\"addresses\":[\"ann@example.org\"]"), "address");
	CHECK(holds(&j, "\"children\":[{\"part\":\"text/plain\""), "inside");

	opts.sign = BL_SIGN_CLEAR;
	opts.to = to;
	opts.n = 2;
	bl_buf_reset(&j);
	seal(&crypt, &opts, BL_STR("Subject: x\r\n\r\nhello\r\n"));
	CHECK(inspect(&j, bl_buf_span(&crypt), 4096, NULL, NULL) == BL_OK,
	    "crypt");
	CHECK(holds(&j,
		  "\"layer\":\"AuthEnvelopedData\",\"cipher\":"
		  "\"id-aes256-GCM\",\"recipients\":["),
	    "layer");
	CHECK(holds(&j, "\"kind\":\"key transport\",\"issuer\":\"CN=Ann\""),
	    "RSA recipient");
	CHECK(holds(&j, "\"algorithm\":\"RSA OAEP\""), "OAEP");
	CHECK(holds(&j, "\"kind\":\"key agreement\""), "EC recipient");
	CHECK(!holds(&j, "text/plain"), "nothing of the inside");

	opts.n = 0;
	bl_buf_reset(&j);
	seal(&clear, &opts, BL_STR("Subject: x\r\n\r\nhello\r\n"));
	CHECK(inspect(&j, bl_buf_span(&clear), 4096, NULL, NULL) == BL_OK,
	    "clear");
	CHECK(holds(&j, "\"part\":\"multipart/signed\""), "root");
	CHECK(holds(&j, "\"detached\":true"), "detached");
	bl_buf_clear(&opaque);
	bl_buf_clear(&clear);
	bl_buf_clear(&crypt);
	bl_buf_clear(&j);
}

/* Layers inside of layers, one more than allowed. */
static void
layers_meet_their_limit(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_seal_opts opts = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_OPAQUE, .signer = ann.cert};
	struct bl_buf message = {0};

	limits.layers = 3;
	bl_buf_add_str(&message, "Subject: x\r\n\r\nhello\r\n");
	for (size_t n = 1; n <= 4; n++) {
		struct bl_buf outer = {0}, j = {0};
		struct bl_note note = {0};

		seal(&outer, &opts, bl_buf_span(&message));
		bl_buf_clear(&message);
		message = outer;
		CHECK(inspect(&j, bl_buf_span(&message), 1000, &limits,
			  &note) == (n <= 3 ? BL_OK : BL_E_LIMIT),
		    "layers");
		CHECK(n <= 3 || strcmp(note.reason, "limit-layers") == 0,
		    "reason");
		CHECK(holds(&j, "SignedData"), "as far as it goes");
		bl_buf_clear(&j);
	}
	bl_buf_clear(&message);
}

static const struct {
	const char *name;
	struct bl_span in;
	enum bl_err want;
	const char *shows;
} broken[] = {
    {"empty", {NULL, 0}, BL_E_MALFORMED, "the message is empty"},
    {"cut CMS", BYTES("\x30\x82\x01\x00\x06"), BL_E_MALFORMED, "\"error\""},
    {"cut PEM", BYTES("-----BEGIN CMS-----\nMIIB"), BL_E_MALFORMED, "\"note\""},
    {"PEM without end, whole object",
	BYTES("-----BEGIN CMS-----\nMAsGCSqGSIb3DQEHAQ==\n"), BL_E_MALFORMED,
	"\"note\""},
    {"garbage in a part",
	BYTES("Content-Type: application/pkcs7-mime\r\n"
	      "Content-Transfer-Encoding: base64\r\n\r\nAAAAAAAA\r\n"),
	BL_E_MALFORMED, "\"error\""},
    {"a type that is not read",
	BYTES("\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05"), BL_OK,
	"\"error\""},
};

static void
shows_what_is_broken(void)
{
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
		for (size_t step = 1; step < 100; step += 98) {
			struct bl_buf j = {0};
			struct bl_note note = {0};
			enum bl_err err = inspect(
			    &j, broken[i].in, step, NULL, &note);

			CHECK(err == broken[i].want, broken[i].name);
			CHECK(
			    err == BL_OK || note.what != NULL, broken[i].name);
			CHECK(holds(&j, broken[i].shows), broken[i].name);
			bl_buf_clear(&j);
		}
}

static enum bl_err
scenario(void *arg)
{
	const struct bl_buf *message = arg;
	struct bl_buf j = {0};
	enum bl_err err = inspect(&j, bl_buf_span(message), 500, NULL, NULL);

	bl_buf_clear(&j);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	struct bl_seal_opts opts = {
	    .now = BL_PERSON_NOW, .sign = BL_SIGN_OPAQUE, .signer = ann.cert};
	struct bl_buf message = {0};

	seal(&message, &opts, BL_STR(MIXED));
	bl_test_each_allocation(scenario, &message, "opaque");
	bl_buf_clear(&message);
}

/* A winmail.dat tells what it wraps, and is not opened. */
static void
tells_what_winmail_wraps(void)
{
	static const struct {
		const char *name, *type, *body, *want;
	} cases[] = {
	    {"S/MIME", "application/ms-tnef",
		"eJ8+IgEAAQiABwAPAAAASVBNLk5vdGUuU01JTUUAUwQ=",
		"\"wraps\":\"S/MIME\""},
	    {"by its name", "application/octet-stream; name=winmail.dat",
		"eJ8+IgEAAQiABwAPAAAASVBNLk5vdGUuU01JTUUAUwQ=",
		"\"wraps\":\"S/MIME\""},
	    {"a note", "application/ms-tnef",
		"eJ8+IgEAAQiABwAJAAAASVBNLk5vdGUAqgI=", "\"wraps\":\"other\""},
	    {"broken", "application/ms-tnef", "AAAA", "\"wraps\":\"other\""},
	    {"another file", "application/octet-stream; name=other.dat",
		"eJ8+IgEAAQiABwAPAAAASVBNLk5vdGUuU01JTUUAUwQ=", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t step = 1; step < 1000; step += 997) {
			struct bl_buf mail = {0}, json = {0};
			struct bl_note note = {0};

			bl_buf_add_f(&mail,
			    "From: ann@example.org\r\n"
			    "Content-Type: %s\r\n"
			    "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n",
			    cases[i].type, cases[i].body);
			CHECK(inspect(&json, bl_buf_span(&mail), step, NULL,
				  &note) == BL_OK,
			    cases[i].name);
			bl_buf_add_u8(&json, 0);
			CHECK((strstr((char *)json.p, "wraps") == NULL) ==
				    (cases[i].want == NULL) &&
				(cases[i].want == NULL ||
				    strstr((char *)json.p, cases[i].want) !=
					NULL),
			    cases[i].name);
			bl_buf_clear(&mail);
			bl_buf_clear(&json);
		}
}

TESTS(TEST(make_people), TEST(shows_parts), TEST(tells_what_winmail_wraps),
    TEST(shows_layers), TEST(layers_meet_their_limit),
    TEST(shows_what_is_broken), TEST(survives_each_failing_allocation),
    TEST(forget_people))
