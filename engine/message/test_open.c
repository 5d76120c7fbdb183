/* test_open.c - see test_mail.h: opening messages. */
#include "message/test_mail.h"
#include "tests/test.h"

/* The certificate that a CERT want is for, if it is NICK's. */
static enum bl_err
answer_cert(struct bl_buf *answer, struct mail_kit *k,
    const struct mail_how *how, const struct bl_want *want)
{
	struct bl_answer a = {.kind = BL_WANT_CERT};
	struct bl_item item = {.kind = BL_ITEM_CERT,
	    .source = BL_FROM_DIRECTORY,
	    .fetched = BL_PERSON_NOW,
	    .data = bl_cert_der(k->p[NICK].cert)};
	struct bl_buf payload = {0};
	struct bl_want_cert ask;
	enum bl_err err = BL_OK;

	CHECK(bl_want_cert_get(&ask, want->frame, NULL) == BL_OK, "want");
	if (how->knows_nick &&
	    bl_span_equal(ask.serial, bl_cert_serial(k->p[NICK].cert))) {
		err = bl_item_put(&payload, &item, NULL);
		a.payload = bl_buf_span(&payload);
	} else {
		a.refusal = BL_REFUSED_UNKNOWN;
	}
	if (err == BL_OK)
		err = bl_answer_put(answer, &a, NULL);
	bl_buf_clear(&payload);
	return err;
}

static enum bl_err
answer_shared(struct bl_buf *answer, struct mail_kit *k,
    const struct mail_how *how, const struct bl_want *want)
{
	struct bl_secret *password = NULL, *kek = NULL;
	enum bl_err err = BL_OK;

	CHECK(how->password != NULL || how->kek != NULL, "nobody asked");
	if (how->password != NULL)
		err = bl_secret_copy(
		    &password, bl_span_str(how->password), NULL);
	if (err == BL_OK && how->kek != NULL)
		err = bl_secret_copy(&kek, bl_span_str(how->kek), NULL);
	if (err == BL_OK)
		err = bl_shared_answer(
		    answer, k->ctx, password, kek, want->frame, NULL);
	bl_secret_free(password);
	bl_secret_free(kek);
	return err;
}

static enum bl_err
answer(struct mail_result *r, struct mail_kit *k, const struct mail_how *how)
{
	size_t n = bl_open_want_count(r->open);
	struct bl_buf frame = {0};
	enum bl_err err = BL_OK;

	r->rounds++;
	CHECK(n > 0 && bl_open_want(r->open, n) == NULL, "wants");
	CHECK(bl_open_verdict(r->open) == NULL, "no verdict before its time");
	for (size_t i = 0; err == BL_OK && i < n; i++) {
		const struct bl_want *w = bl_open_want(r->open, i);

		r->unwraps += w->kind == BL_WANT_UNWRAP;
		r->certs += w->kind == BL_WANT_CERT;
		r->shared += w->kind == BL_WANT_SHARED;
		if (how->refuse)
			continue;
		bl_buf_reset(&frame);
		err = w->kind == BL_WANT_SHARED
		    ? answer_shared(&frame, k, how, w)
		    : w->kind == BL_WANT_CERT
		    ? answer_cert(&frame, k, how, w)
		    : bl_person_answer(&frame, k->ctx, k->p, MAIL_PEOPLE, w);
		if (err == BL_OK)
			err = bl_open_answer(
			    r->open, i, bl_buf_span(&frame), NULL);
	}
	bl_buf_clear(&frame);
	return err;
}

/* Answers and resumes until nothing more is wanted. */
static enum bl_err
settle(struct mail_result *r, struct mail_kit *k, const struct mail_how *how,
    enum bl_err err)
{
	while (err == BL_NEED) {
		if ((err = answer(r, k, how)) == BL_OK)
			err = bl_open_resume(r->open, NULL);
	}
	return err;
}

static enum bl_err
feed(struct mail_result *r, struct mail_kit *k, struct bl_span in,
    const struct mail_how *how)
{
	size_t chunk = how->chunk != 0 ? how->chunk : (size_t)1 << 20;
	enum bl_err err = BL_OK;

	if (how->has_content)
		err = bl_open_content_add(r->open, how->content, NULL);
	for (size_t i = 0; err == BL_OK && i < in.n; i += chunk) {
		struct bl_span s = bl_span_cut(in, i, chunk);
		/* a copy of its own, so that a use after it shows */
		uint8_t *p = malloc(s.n);

		memcpy(p, s.p, s.n);
		err = settle(
		    r, k, how, bl_open_feed(r->open, bl_span_of(p, s.n), NULL));
		free(p);
	}
	return err == BL_OK ? settle(r, k, how, bl_open_end(r->open, NULL))
			    : err;
}

static void
give(struct mail_result *r, const struct mail_how *how)
{
	size_t before;

	r->gate = bl_open_gate(r->open, how->gates, NULL);
	if (how->is_output) {
		if (r->gate == BL_OK && r->out.n > 0)
			bl_buf_add(&r->content, bl_span_of(r->out.p, r->out.n));
		return;
	}
	do {
		enum bl_err err;

		before = r->content.n;
		err = bl_open_give(r->open, how->gates, &r->content, NULL);
		r->give_failed = err == BL_E_SYSTEM || err == BL_E_MEMORY;
		if (!r->give_failed)
			CHECK(err == r->gate, "the gate and giving agree");
	} while (r->content.n > before);
}

void
mail_open(struct mail_result *r, struct mail_kit *k, struct bl_span in,
    const struct mail_how *how)
{
	struct bl_open_opts opts = {.limits = how->limits,
	    .cache = how->cache,
	    .input = how->input,
	    .now = how->now != 0 ? how->now : BL_PERSON_NOW,
	    .anchors = how->no_anchors ? NULL : &k->anchors,
	    .legacy = how->legacy,
	    .has_password = how->password != NULL,
	    .has_kek = how->kek != NULL,
	    .kek_id = bl_span_str(how->kek_id != NULL ? how->kek_id : "")};

	*r = (struct mail_result){.gate = BL_E_CALLER};
	test_spool_init(&r->out, how->is_output);
	test_spool_init(&r->park[0], false);
	test_spool_init(&r->park[1], false);
	opts.out = &r->out.face;
	if (how->fail_spool == 1)
		r->out.fail_after = how->fail_after;
	else if (how->fail_spool > 1)
		r->park[how->fail_spool - 2].fail_after = how->fail_after;
	if (!how->no_park) {
		opts.park[0] = &r->park[0].face;
		opts.park[1] = &r->park[1].face;
	}
	if (!how->no_keys)
		opts.identities = how->own != NULL ? how->own : &k->own;
	if (how->from != NULL)
		opts.from = bl_span_str(how->from);
	r->err = bl_open_new(&r->open, k->ctx, &opts, NULL);
	if (r->err == BL_OK)
		r->err = feed(r, k, in, how);
	if (r->err != BL_OK)
		return;
	r->v = bl_open_verdict(r->open);
	give(r, how);
}

void
mail_result_clear(struct mail_result *r)
{
	bl_open_free(r->open);
	bl_buf_clear(&r->content);
	test_spool_clear(&r->out);
	test_spool_clear(&r->park[0]);
	test_spool_clear(&r->park[1]);
}

bool
mail_has(const struct mail_result *r, const char *text)
{
	return r->content.n > 0 &&
	    memmem(r->content.p, r->content.n, text, strlen(text)) != NULL;
}

bl_reasons
mail_reasons(const char *codes)
{
	bl_reasons set = 0;

	while (*codes != '\0') {
		size_t n = strcspn(codes, " ");
		unsigned r = 0;

		while (r < BL_REASON_COUNT &&
		    (strlen(bl_reason_code(r)) != n ||
			memcmp(bl_reason_code(r), codes, n) != 0))
			r++;
		CHECK(r < BL_REASON_COUNT, codes);
		set |= (bl_reasons)1 << r;
		codes += n + (codes[n] == ' ');
	}
	return set;
}

void
mail_explain(const struct mail_result *r, const char *name)
{
	struct bl_buf json = {0};

	fprintf(stderr, "%s: err %s gate %s", name, bl_err_name(r->err),
	    bl_err_name(r->gate));
	if (r->v != NULL && bl_verdict_json(&json, r->v, NULL) == BL_OK)
		fprintf(stderr, " %.*s", (int)json.n, json.p);
	fprintf(stderr, "\n");
	bl_buf_clear(&json);
}
