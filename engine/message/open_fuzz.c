/* open_fuzz.c - a message from its first byte to its verdict. Any bytes, and good
 * messages with bytes put in: nothing that the key did not sign is valid, what
 * is valid or intact is what was sealed, and chunks do not matter. */
#include "bulla/open.h"
#include "bulla/seal.h"
#include "message/test_spool.h"

#define NOW ((int64_t)1800000000) /* 2027-01-15, in the certificate's time */

/* Ann, ann@example.org, P-256: made once with openssl, used nowhere else. */
static const char key64[] =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbnMkyd7Z/ciR"
    "VI8qxRYitYLUdKaGvtwGt6tsYUV96fyhRANCAATrHQoX9r8XzicX0a4p3ep4"
    "+QTaB2c06AzHFQuicpdXYh+ewYUnYQcW/LjScpLCAqX/bo80QrtTYGsP4Zoc"
    "MpwH";
static const char cert64[] =
    "MIIBjTCCATSgAwIBAgIUHLCPWvec2GVEGW8HjAKinXuoRyswCgYIKoZIzj0E"
    "AwIwDjEMMAoGA1UEAwwDQW5uMB4XDTI2MTEyMzIwMzE1NFoXDTQ4MTAxODIw"
    "MzE1NFowDjEMMAoGA1UEAwwDQW5uMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD"
    "QgAE6x0KF/a/F84nF9GuKd3qePkE2gdnNOgMxxULonKXV2IfnsGFJ2EHFvy4"
    "0nKSwgKl/26PNEK7U2BrD+GaHDKcB6NwMG4wDAYDVR0TAQH/BAIwADAOBgNV"
    "HQ8BAf8EBAMCA4gwEwYDVR0lBAwwCgYIKwYBBQUHAwQwHQYDVR0OBBYEFHv+"
    "lEc35fxg8+7nv2PK5OvAwi4xMBoGA1UdEQQTMBGBD2FubkBleGFtcGxlLm9y"
    "ZzAKBggqhkjOPQQDAgNHADBEAiBM+jvIzzorBFpzZO78wPiOIxsyJNmXrFWb"
    "NScSkWs8AgIgXeU+Cc+dJeAuOB5E6fZgfJ5HQ+acVHXnYJGY0ZgYDsw=";

static struct bl_ctx *ctx;
static struct bl_secret *key;
static struct bl_certs ann;

/* Good messages, and what they show. */
enum good { CLEAR = 0, OPAQUE, SEALED, BOTH, TRIPLE, GOODS };
static struct bl_buf goods[GOODS], shown[GOODS], fields[GOODS];

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Randomness that is the same in every run. */
static bool
same_random(void *arg, uint8_t *p, size_t n)
{
	static const uint8_t step = 151;
	uint8_t *at = arg;

	for (size_t i = 0; i < n; i++)
		p[i] = *at = (uint8_t)(*at * 5 + step);
	return true;
}

struct opened {
	enum bl_signature signature;
	enum bl_encryption encryption;
	struct bl_buf json, content, fields;
};

static enum bl_err
answer_all(struct bl_open *o, enum bl_err err)
{
	struct bl_buf frame = {0};

	while (err == BL_NEED) {
		for (size_t i = 0; i < bl_open_want_count(o); i++) {
			const struct bl_want *w = bl_open_want(o, i);

			bl_buf_reset(&frame);
			if (w->kind != BL_WANT_UNWRAP)
				continue;
			must(bl_key_answer(&frame, ctx, key, w->frame, NULL) ==
			    BL_OK);
			must(bl_open_answer(o, i, bl_buf_span(&frame), NULL) ==
			    BL_OK);
		}
		err = bl_open_resume(o, NULL);
	}
	bl_buf_clear(&frame);
	return err;
}

static void
take(struct opened *to, struct bl_open *o)
{
	const struct bl_verdict *v = bl_open_verdict(o);
	size_t before;

	must(v != NULL);
	to->signature = bl_verdict_signature(v);
	to->encryption = bl_verdict_encryption(v);
	must(bl_verdict_json(&to->json, v, NULL) == BL_OK);
	for (size_t i = 0; i < bl_verdict_field_count(v); i++) {
		const struct bl_shown_field *f = bl_verdict_field(v, i);

		if (f->protection == BL_FIELD_UNPROTECTED)
			continue;
		bl_buf_add_f(&to->fields, "%s: ", f->name);
		bl_buf_add(&to->fields, f->text);
		bl_buf_add_str(&to->fields, "\n");
	}
	must(bl_text_ok(bl_buf_span(&to->json)));
	if (bl_open_gate(o, 0, NULL) != BL_OK) {
		must(bl_open_give(o, 0, &to->content, NULL) == BL_E_DENIED);
		return;
	}
	must(to->encryption != BL_ENCRYPTION_FAILED);
	do {
		before = to->content.n;
		must(bl_open_give(o, 0, &to->content, NULL) == BL_OK);
	} while (to->content.n > before);
}

static void
open_it(struct opened *to, struct bl_span in, size_t chunk)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_open_opts opts = {
	    .limits = &limits, .now = NOW, .identities = &ann, .anchors = &ann};
	struct test_spool spools[3];
	struct bl_open *o = NULL;
	enum bl_err err = BL_OK;

	limits.mime_parts = 40;
	limits.header_fields = 60;
	for (size_t i = 0; i < 3; i++)
		test_spool_init(&spools[i], false);
	opts.out = &spools[0].face;
	opts.park[0] = &spools[1].face;
	opts.park[1] = &spools[2].face;
	must(bl_open_new(&o, ctx, &opts, NULL) == BL_OK);
	for (size_t i = 0; err == BL_OK && i < in.n; i += chunk)
		err = answer_all(
		    o, bl_open_feed(o, bl_span_cut(in, i, chunk), NULL));
	if (err == BL_OK)
		err = answer_all(o, bl_open_end(o, NULL));
	must(err == BL_OK);
	take(to, o);
	bl_open_free(o);
	for (size_t i = 0; i < 3; i++)
		test_spool_clear(&spools[i]);
}

static void
clear(struct opened *o)
{
	bl_buf_clear(&o->json);
	bl_buf_clear(&o->content);
	bl_buf_clear(&o->fields);
}

/* Seals a text as a message; false when it cannot be. */
static bool
seal(struct bl_buf *out, struct bl_span text, enum good how)
{
	struct bl_seal_opts opts = {.now = NOW,
	    .sign = how == OPAQUE ? BL_SIGN_OPAQUE
		: how == SEALED	  ? BL_SIGN_NOT
				  : BL_SIGN_CLEAR,
	    .triple = how == TRIPLE,
	    .signer = ann.list[0],
	    .to = ann.list,
	    .n = how >= SEALED ? 1 : 0,
	    .policy = how >= SEALED ? BL_HEADER_POLICY_BASELINE
				    : BL_HEADER_POLICY_NONE};
	const struct bl_cert *culprit;
	struct bl_buf frame = {0};
	struct bl_seal *s = NULL;
	enum bl_err err;

	must(bl_seal_new(&s, ctx, &opts, &culprit, NULL) == BL_OK);
	if ((err = bl_seal_feed(s, out, text, NULL)) == BL_OK)
		err = bl_seal_end(s, out, NULL);
	while (err == BL_NEED) {
		for (size_t i = 0; i < bl_seal_want_count(s); i++) {
			bl_buf_reset(&frame);
			must(bl_key_answer(&frame, ctx, key,
				 bl_seal_want(s, i)->frame, NULL) == BL_OK);
			must(bl_seal_answer(s, i, bl_buf_span(&frame), NULL) ==
			    BL_OK);
		}
		err = bl_seal_end(s, out, NULL);
	}
	bl_seal_free(s);
	bl_buf_clear(&frame);
	return err == BL_OK;
}

static void
decode(struct bl_buf *out, const char *text)
{
	struct bl_base64 d = {0};

	bl_base64_decode(&d, out, bl_span_str(text));
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static uint8_t state;
	const struct bl_limits limits = BL_LIMITS;
	struct bl_buf der = {0};
	struct bl_cert *c = NULL;
	struct opened o = {0};

	(void)argc;
	(void)argv;
	must(bl_ctx_new(&ctx, NULL) == BL_OK);
	bl_ctx_set_random(ctx, same_random, &state);
	decode(&der, key64);
	must(bl_secret_copy(&key, bl_buf_span(&der), NULL) == BL_OK);
	bl_buf_reset(&der);
	decode(&der, cert64);
	must(bl_cert_read(&c, ctx, bl_buf_span(&der), &limits, NULL) == BL_OK);
	must(bl_certs_add(&ann, c, NULL) == BL_OK);
	bl_cert_free(c);
	bl_buf_clear(&der);
	for (enum good g = 0; g < GOODS; g++) {
		must(seal(&goods[g],
		    BL_STR("From: ann@example.org\r\nSubject: x\r\n"
			   "Content-Type: text/plain\r\n\r\n"
			   "the canary sings\r\n"),
		    g));
		open_it(&o, bl_buf_span(&goods[g]), 4096);
		must(o.signature ==
		    (g == SEALED ? BL_SIGNATURE_NONE : BL_SIGNATURE_VALID));
		bl_buf_add(&shown[g], bl_buf_span(&o.content));
		bl_buf_add(&fields[g], bl_buf_span(&o.fields));
		must(fields[g].n > 0);
		must(shown[g].n > 0);
		clear(&o);
		o = (struct opened){0};
	}
	return 0;
}

/*
 * The last bytes of the input say what it stands for, so that the seeds are
 * read as they are: 0 as it is, 1 what is inside a sealed message, from 2 on
 * bytes that are put into a good one.
 */
enum mode { RAW = 0, INSIDE, INTO, MODES = INTO + GOODS };

static void
make(struct bl_buf *out, enum mode mode, const uint8_t *tail, struct bl_span in)
{
	struct bl_span good;
	size_t at, gone = tail[2] % 64;

	if (mode == RAW) {
		bl_buf_add(out, in);
		return;
	}
	if (mode == INSIDE) {
		if (!seal(out, in, SEALED))
			bl_buf_reset(out);
		return;
	}
	good = bl_buf_span(&goods[mode - INTO]);
	at = (size_t)(tail[0] | tail[1] << 8) % (good.n + 1);
	bl_buf_add(out, bl_span_cut(good, 0, at));
	bl_buf_add(out, in);
	bl_buf_add(out, bl_span_cut(good, at + gone, good.n));
}

/* Every line of `some` is one of `all`. */
static bool
is_part_of(struct bl_span some, struct bl_span all)
{
	while (some.n > 0) {
		const uint8_t *end = memchr(some.p, '\n', some.n);
		size_t n;

		must(end != NULL);
		n = (size_t)(end - some.p) + 1;
		if (memmem(all.p, all.n, some.p, n) == NULL)
			return false;
		some = bl_span_cut(some, n, SIZE_MAX);
	}
	return true;
}

/* What counts as signed, intact or protected is what was sealed. */
static void
judge(const struct opened *o, enum mode mode)
{
	bool same = mode >= INTO &&
	    bl_span_equal(
		bl_buf_span(&o->content), bl_buf_span(&shown[mode - INTO]));

	if (mode >= INTO)
		must(is_part_of(bl_buf_span(&o->fields),
		    bl_buf_span(&fields[mode - INTO])));
	if (o->signature == BL_SIGNATURE_VALID)
		must(same);
	if (o->encryption == BL_ENCRYPTION_INTACT && o->content.n > 0)
		must(same || mode == INSIDE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct opened whole = {0}, cut = {0};
	struct bl_buf in = {0};
	enum mode mode;

	if (n < 4)
		return 0;
	mode = (enum mode)((uint8_t)(p[n - 1] - '\n') % MODES);
	make(&in, mode, p + n - 4, bl_span_of(p, n - 4));
	open_it(&whole, bl_buf_span(&in), 1 << 16);
	open_it(&cut, bl_buf_span(&in), 1 + p[n - 3] % 100);
	must(bl_span_equal(bl_buf_span(&whole.json), bl_buf_span(&cut.json)));
	must(bl_span_equal(
	    bl_buf_span(&whole.content), bl_buf_span(&cut.content)));
	judge(&whole, mode);
	clear(&whole);
	clear(&cut);
	bl_buf_clear(&in);
	return 0;
}
