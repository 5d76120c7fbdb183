/* threads_test.c - many recipients, written by several threads: each gets the
 * content key, whatever the number of threads and of recipients. */
#include "cms/people.h"
#include "cms/trial.h"
#include "cms/wrap.h"

#include <string.h>

#include "tests/test.h"

#define MOST 130

static struct bl_trial t;
static struct bl_person people[BL_PEOPLE];
static struct bl_cms_to to[MOST];
static struct bl_secret *cek;

static void
make_crowd(void)
{
	bl_trial_new(&t);
	bl_people_new(people, t.ctx);
	/* The same few again and again: two threads have one key at a time. */
	for (unsigned i = 0; i < MOST; i++)
		to[i] = (struct bl_cms_to){people[i % BL_CLASSIC].cert,
		    i % 2 ? BL_WRAP_RSA_PKCS1 : BL_WRAP_RSA_OAEP, BL_SHA256};
	CHECK(bl_secret_here(&cek, t.ctx, 32, NULL) == BL_OK, "key");
	memset(bl_secret_fill(cek), 'k', 32);
}

static const struct bl_person *
person_of(const struct bl_recipient *r)
{
	for (unsigned i = 0; i < BL_CLASSIC; i++)
		if (bl_rid_is(&r->rid, people[i].cert))
			return &people[i];
	return NULL;
}

/* How many recipients of what was read get one and the same content key. */
static size_t
count_holders(void)
{
	struct bl_secret *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < bl_cms_recipient_count(t.cms); i++) {
		const struct bl_recipient *r = bl_cms_recipient(t.cms, i);
		const struct bl_person *p = person_of(r);
		struct bl_secret *key = NULL;
		struct bl_want_unwrap want;

		if (p == NULL)
			continue;
		bl_cms_want(&want, t.cms, i, bl_cert_key_id(p->cert));
		if (bl_priv_unwrap(&key, p->key, t.ctx, &want.alg,
			want.originator, want.wrapped, want.size,
			NULL) == BL_OK &&
		    (first == NULL || bl_secret_equal(key, first)))
			n++;
		if (first == NULL)
			first = key;
		else
			bl_secret_free(key);
	}
	bl_secret_free(first);
	return n;
}

static void
everybody_gets_the_key(void)
{
	static const struct {
		unsigned threads;
		size_t n;
	} cases[] = {{2, 1}, {2, 63}, {2, 64}, {2, 65}, {3, MOST}, {16, MOST},
	    {1, MOST}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_cms_seal *s = NULL;
		struct bl_buf out = {0};

		CHECK(
		    bl_ctx_set_threads(t.ctx, cases[i].threads, NULL) == BL_OK,
		    "threads");
		t.limits.recipients = MOST;
		t.key = NULL;
		CHECK(bl_cms_seal_new(&s, t.ctx, BL_AES256_GCM, to, cases[i].n,
			  BL_NAME_BY_ISSUER, 2, NULL) == BL_OK &&
			bl_cms_seal_begin(s, &out, NULL) == BL_OK &&
			bl_cms_seal_add(s, &out, BL_STR("hi"), NULL) == BL_OK &&
			bl_cms_seal_end(s, &out, NULL) == BL_OK,
		    "seal");
		CHECK(bl_trial_read(&t, bl_buf_span(&out)) == BL_E_CALLER,
		    "up to the key");
		CHECK(bl_cms_recipient_count(t.cms) == cases[i].n, "all");
		CHECK(count_holders() == cases[i].n, "one key for all");
		bl_cms_seal_free(s);
		bl_buf_clear(&out);
	}
}

/* Wherever it stands, the one that nothing can be encrypted to is told. */
static void
a_failure_in_any_thread_is_told(void)
{
	static const size_t places[] = {0, 64, 65, MOST - 1};

	CHECK(bl_ctx_set_threads(t.ctx, 2, NULL) == BL_OK, "threads");
	for (size_t i = 0; i < 4; i++) {
		struct bl_cms_to was = to[places[i]];
		struct bl_note note = {0};
		struct bl_buf out = {0};

		to[places[i]].cert = people[BL_IVAN].cert;
		CHECK(bl_recipients_write(&out, t.ctx, to, MOST,
			  BL_NAME_BY_ISSUER, cek, &note) == BL_E_UNSUPPORTED,
		    "nothing for Ed25519");
		CHECK(note.err == BL_E_UNSUPPORTED && note.what != NULL &&
			strstr(note.what, "nothing can be encrypted") != NULL,
		    "and said");
		to[places[i]] = was;
		bl_buf_clear(&out);
	}
}

/* The threads' bytes count against the one maximum. */
static void
keeps_to_the_size_of_the_output(void)
{
	struct bl_buf out = {0}, small = {0};

	CHECK(bl_ctx_set_threads(t.ctx, 2, NULL) == BL_OK &&
		bl_recipients_write(&out, t.ctx, to, MOST, BL_NAME_BY_ISSUER,
		    cek, NULL) == BL_OK,
	    "write");
	bl_buf_init(&small, out.n / 2);
	CHECK(bl_recipients_write(&small, t.ctx, to, MOST, BL_NAME_BY_ISSUER,
		  cek, NULL) == BL_E_LIMIT,
	    "too much");
	bl_buf_clear(&out);
	bl_buf_clear(&small);
}

static bool
count_up(void *arg, uint8_t *p, size_t n)
{
	uint8_t *next = arg;

	for (size_t i = 0; i < n; i++)
		p[i] = (*next)++ | 1;
	return true;
}

/* With a source of randomness that was set, one thread: twice the same. */
static void
one_thread_draws_from_a_source_that_was_set(void)
{
	struct bl_buf out[2] = {{0}};

	CHECK(bl_ctx_set_threads(t.ctx, 4, NULL) == BL_OK, "threads");
	CHECK(bl_ctx_threads(t.ctx) == 4, "the system's");
	for (size_t i = 0; i < 2; i++) {
		uint8_t next = 0;

		bl_ctx_set_random(t.ctx, count_up, &next);
		CHECK(bl_ctx_threads(t.ctx) == 1, "one");
		CHECK(bl_recipients_write(&out[i], t.ctx, to, MOST,
			  BL_NAME_BY_ISSUER, cek, NULL) == BL_OK,
		    "write");
		bl_ctx_set_random(t.ctx, NULL, NULL);
	}
	CHECK(out[0].n > 0 &&
		bl_span_equal(bl_buf_span(&out[0]), bl_buf_span(&out[1])),
	    "the same");
	bl_buf_clear(&out[0]);
	bl_buf_clear(&out[1]);
}

static void
the_number_of_threads_has_limits(void)
{
	static const struct {
		unsigned n;
		enum bl_err want;
	} cases[] = {
	    {0, BL_E_CALLER}, {1, BL_OK}, {16, BL_OK}, {17, BL_E_CALLER}};

	for (size_t i = 0; i < 4; i++)
		CHECK(bl_ctx_set_threads(t.ctx, cases[i].n, NULL) ==
			cases[i].want,
		    "threads");
	CHECK(bl_ctx_threads(t.ctx) == 16, "the last that was right");
}

static void
free_crowd(void)
{
	bl_secret_free(cek);
	bl_people_clear(people);
	bl_trial_free(&t);
}

TESTS(TEST(make_crowd), TEST(everybody_gets_the_key),
    TEST(a_failure_in_any_thread_is_told),
    TEST(keeps_to_the_size_of_the_output),
    TEST(one_thread_draws_from_a_source_that_was_set),
    TEST(the_number_of_threads_has_limits), TEST(free_crowd))
