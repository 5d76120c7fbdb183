/* judge.c - opens a case with the engine, in process; see judge.h. */
#include "tests/structures/judge.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bulla/bulla.h"
#include "message/test_spool.h"
#include "tests/test.h"
#include "trust/trust.h"

struct judge {
	struct kit *kit;
	struct bl_certs anchors, own;
	struct bl_person people[3];
	struct bl_secret *password, *shared;
	struct bl_buf road[USE_PATH_END]; /* parts of a path */
};

struct judge *
judge_new(struct kit *k)
{
	struct judge *j = calloc(1, sizeof(*j));
	const struct bl_person people[3] = {k->ann, k->bob, k->eve};

	if (j == NULL)
		abort();
	j->kit = k;
	memcpy(j->people, people, sizeof(people));
	CHECK(bl_certs_add(&j->anchors, k->ann.cert, NULL) == BL_OK &&
		bl_certs_add(&j->anchors, k->bob.cert, NULL) == BL_OK &&
		bl_certs_add(&j->own, k->bob.cert, NULL) == BL_OK &&
		bl_certs_add(&j->own, k->eve.cert, NULL) == BL_OK &&
		bl_secret_copy(&j->password, BL_STR(PASSPHRASE), NULL) ==
		    BL_OK &&
		bl_secret_copy(&j->shared, BL_STR(SHARED_KEY), NULL) == BL_OK,
	    "people");
	for (unsigned u = USE_PATH_LEAF; u < USE_PATH_END; u++)
		path_part(&j->road[u], k, u);
	return j;
}

void
judge_free(struct judge *j)
{
	bl_certs_clear(&j->anchors);
	bl_certs_clear(&j->own);
	bl_secret_free(j->password);
	bl_secret_free(j->shared);
	for (unsigned u = 0; u < USE_PATH_END; u++)
		bl_buf_clear(&j->road[u]);
	free(j);
}

/* ---- texts ---- */

static void
put_reasons(char *text, const char *status, bl_reasons reasons)
{
	size_t n = (size_t)snprintf(text, OUTCOME_MAX, "%s", status);
	char before = ':';

	for (unsigned r = 0; r < BL_REASON_COUNT; r++) {
		if ((reasons & (bl_reasons)1 << r) == 0 || n >= OUTCOME_MAX)
			continue;
		n += (size_t)snprintf(text + n, OUTCOME_MAX - n, "%c%s", before,
		    bl_reason_code(r));
		before = ',';
	}
}

static void
put_verdict(struct outcome *out, const struct bl_verdict *v)
{
	bl_reasons reasons = bl_verdict_reasons(v);
	enum bl_encryption e = bl_verdict_encryption(v);

	if ((reasons & BL_REASON_BIT(LIMIT)) != 0) {
		snprintf(out->text, OUTCOME_MAX, "%s", bl_verdict_limit(v));
	} else if ((reasons & BL_REASON_BIT(MALFORMED)) != 0) {
		snprintf(out->text, OUTCOME_MAX, "malformed");
	} else if (e == BL_ENCRYPTION_FAILED || e == BL_ENCRYPTION_PARTIAL) {
		put_reasons(out->text, "closed", reasons);
	} else if (e != BL_ENCRYPTION_NONE) {
		out->accepted = true;
		snprintf(out->text, OUTCOME_MAX, "%s", bl_encryption_name(e));
	} else if (bl_verdict_signature(v) == BL_SIGNATURE_NONE) {
		put_reasons(out->text, "plain", reasons);
		out->accepted = reasons == 0;
	} else {
		out->accepted = bl_verdict_signature(v) == BL_SIGNATURE_VALID;
		put_reasons(out->text,
		    bl_signature_name(bl_verdict_signature(v)), reasons);
	}
}

static void
put_error(
    char *text, const char *before, enum bl_err err, const struct bl_note *note)
{
	snprintf(text, OUTCOME_MAX, "%s%s", before,
	    err == BL_E_LIMIT && note->reason != NULL ? note->reason
						      : bl_err_name(err));
}

/* ---- messages ---- */

static enum bl_err
answer(struct judge *j, struct bl_open *o)
{
	struct bl_buf frame = {0};
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < bl_open_want_count(o); i++) {
		const struct bl_want *w = bl_open_want(o, i);

		if (w->kind != BL_WANT_UNWRAP && w->kind != BL_WANT_SHARED)
			continue;
		bl_buf_reset(&frame);
		err = w->kind == BL_WANT_SHARED
		    ? bl_shared_answer(&frame, j->kit->ctx, j->password,
			  j->shared, w->frame, NULL)
		    : bl_person_answer(&frame, j->kit->ctx, j->people, 3, w);
		if (err == BL_OK)
			err = bl_open_answer(o, i, bl_buf_span(&frame), NULL);
	}
	bl_buf_clear(&frame);
	return err == BL_OK ? bl_open_resume(o, NULL) : err;
}

static enum bl_err
feed(struct judge *j, struct bl_open *o, const struct case_ *c)
{
	const size_t chunk = 1u << 20;
	enum bl_err err = BL_OK;

	if (c->use == USE_VERIFY_APART)
		err = bl_open_content_add(o, c->content, NULL);
	for (size_t i = 0; err == BL_OK && i < c->object.n; i += chunk) {
		err = bl_open_feed(o, bl_span_cut(c->object, i, chunk), NULL);
		while (err == BL_NEED)
			err = answer(j, o);
	}
	if (err == BL_OK)
		err = bl_open_end(o, NULL);
	while (err == BL_NEED)
		err = answer(j, o);
	return err;
}

/* Whether what comes out is what went in. */
static bool
gives(struct bl_open *o, const struct case_ *c)
{
	struct bl_buf content = {0};
	size_t before;
	bool same;

	if (c->use == USE_VERIFY_APART)
		return true;
	do {
		before = content.n;
		if (bl_open_give(o, 0, &content, NULL) != BL_OK)
			break;
	} while (content.n > before);
	same = bl_span_equal(bl_buf_span(&content), c->content);
	bl_buf_clear(&content);
	return same;
}

static void
open_message(struct outcome *out, struct judge *j, const struct case_ *c,
    const struct bl_certs *anchors)
{
	struct test_spool spool, park[2];
	struct bl_open_opts opts = {.input = BL_OPEN_CMS,
	    .now = BL_PERSON_NOW,
	    .anchors = anchors,
	    .identities = &j->own,
	    .has_password = true,
	    .has_kek = true,
	    .from = BL_STR(ANN_ADDRESS)};
	struct bl_open *o = NULL;
	struct bl_note note = {0};
	char text[OUTCOME_MAX];
	enum bl_err err;

	test_spool_init(&spool, false);
	test_spool_init(&park[0], false);
	test_spool_init(&park[1], false);
	opts.out = &spool.face;
	opts.park[0] = &park[0].face;
	opts.park[1] = &park[1].face;
	err = bl_open_new(&o, j->kit->ctx, &opts, &note);
	if (err == BL_OK)
		err = feed(j, o, c);
	if (err == BL_OK)
		put_verdict(out, bl_open_verdict(o));
	else
		put_error(out->text, "error:", err, &note);
	if (out->accepted && !gives(o, c)) {
		memcpy(text, out->text, sizeof(text));
		snprintf(out->text, OUTCOME_MAX, "other-content:%.140s", text);
	}
	bl_open_free(o);
	test_spool_clear(&spool);
	test_spool_clear(&park[0]);
	test_spool_clear(&park[1]);
}

/* A certificate is trusted itself, if it can be read. */
static void
open_with_cert(struct outcome *out, struct judge *j, const struct case_ *c)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_certs anchors = {0};
	struct bl_note note = {0};
	size_t skipped = 0;
	enum bl_err err;

	err = bl_certs_import(
	    &anchors, j->kit->ctx, c->cert, &limits, &skipped, &note);
	if (err == BL_OK && (anchors.n != 1 || skipped != 0))
		err = note.err != BL_OK ? note.err : BL_E_MALFORMED;
	if (err != BL_OK)
		put_error(out->text, "refused:", err, &note);
	else
		open_message(out, j, c, &anchors);
	bl_certs_clear(&anchors);
}

/* ---- key files ---- */

static void
read_keys(struct outcome *out, struct judge *j, const struct case_ *c)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_span key = bl_secret_reveal(j->kit->ann.pkcs8);
	struct bl_keyfile file = {0};
	struct bl_note note = {0};
	bool has_key = false, has_cert = false;
	enum bl_err err = bl_keyfile_read(
	    &file, j->kit->ctx, c->object, BL_STR(PASSPHRASE), &limits, &note);

	for (size_t i = 0; err == BL_OK && i < file.n; i++) {
		const struct bl_keyfile_entry *e = &file.entries[i];

		has_key |= e->key != NULL &&
		    bl_span_equal(bl_secret_reveal(e->key), key);
		has_cert |= e->cert != NULL &&
		    bl_span_equal(
			bl_cert_der(e->cert), bl_cert_der(j->kit->ann.cert));
	}
	out->accepted = has_key && has_cert;
	if (err != BL_OK)
		put_error(out->text, "", err, &note);
	else
		snprintf(out->text, OUTCOME_MAX, "%s",
		    out->accepted  ? "keys"
			: has_key  ? "keys-without-certificate"
			: has_cert ? "certificate-without-key"
				   : "other-keys");
	bl_keyfile_clear(&file);
}

/* ---- paths ---- */

/* The case's part, or the unchanged one. */
static struct bl_span
part(const struct judge *j, const struct case_ *c, enum use use)
{
	return c->use == use ? c->object : bl_buf_span(&j->road[use]);
}

/* What the certificates and lists are that can be read. */
static enum bl_err
read_parts(struct bl_cert *certs[3], struct bl_crls *crls, struct judge *j,
    const struct case_ *c, struct bl_note *note)
{
	const struct bl_limits limits = BL_LIMITS;
	enum bl_err err = BL_OK;
	size_t skipped;

	for (unsigned u = USE_PATH_LEAF; u <= USE_PATH_ROOT && err == BL_OK;
	     u++)
		err = bl_cert_read(&certs[u - USE_PATH_LEAF], j->kit->ctx,
		    part(j, c, u), &limits, note);
	for (unsigned u = USE_PATH_CRL; u < USE_PATH_END && err == BL_OK; u++)
		err = bl_crls_import(
		    crls, part(j, c, u), &limits, &skipped, note);
	return err;
}

static void
judge_path(struct outcome *out, struct judge *j, const struct case_ *c)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_trust_answer answer = {0};
	struct bl_cert *certs[3] = {NULL};
	struct bl_crls crls = {0};
	struct bl_certs pool = {&certs[1], 1, 1}, anchors = {0};
	struct bl_trust_ask ask = {.purpose = BL_PURPOSE_SIGN,
	    .address = BL_STR(ANN_ADDRESS),
	    .at = BL_PERSON_NOW,
	    .anchors = &anchors,
	    .pool = &pool,
	    .crls = &crls,
	    .limits = &limits};
	struct bl_note note = {0};
	enum bl_err err = read_parts(certs, &crls, j, c, &note);

	ask.cert = certs[0];
	if (err == BL_OK &&
	    (err = bl_certs_add(&anchors, certs[2], &note)) == BL_OK)
		err = bl_trust_judge(&answer, j->kit->ctx, &ask, &note);
	out->accepted = err == BL_OK && answer.valid;
	if (err != BL_OK)
		put_error(out->text, "refused:", err, &note);
	else if (answer.limit != NULL)
		snprintf(out->text, OUTCOME_MAX, "%s", answer.limit);
	else
		put_reasons(out->text, answer.valid ? "valid" : "unverified",
		    answer.reasons);
	bl_trust_answer_clear(&answer);
	bl_crls_clear(&crls);
	bl_certs_clear(&anchors);
	for (size_t i = 0; i < 3; i++)
		bl_cert_free(certs[i]);
}

static double
computing(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
judge_case(struct outcome *out, struct judge *j, const struct case_ *c)
{
	double start = computing();

	*out = (struct outcome){0};
	peak_reset();
	switch (c->use) {
	case USE_VERIFY:
	case USE_VERIFY_APART:
	case USE_OPEN:
	case USE_UNPACK:
		open_message(out, j, c, &j->anchors);
		break;
	case USE_VERIFY_CERT:
		open_with_cert(out, j, c);
		break;
	case USE_KEYS:
		read_keys(out, j, c);
		break;
	case USE_PATH_LEAF:
	case USE_PATH_ISSUER:
	case USE_PATH_ROOT:
	case USE_PATH_CRL:
	case USE_PATH_CRL_ROOT:
		judge_path(out, j, c);
		break;
	case USE_PATH_END:
		break;
	}
	out->seconds = computing() - start;
	out->peak = peak_now();
}
