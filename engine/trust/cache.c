/* cache.c - see cache.h and bulla/cache.h. */
#include "trust/cache.h"

#include <string.h>

#define PLACES (2 * BL_CACHE_ENTRIES) /* a power of two: half of it is free */

/* entry is an answer, or whether a signature holds. */
struct entry {
	uint8_t key[BL_SHA256_SIZE];
	bool holds;
	struct bl_trust_answer *answer; /* NULL: a signature */
	int64_t from, until;		/* of an answer: both ends included */
};

/* list is a revocation list that was hashed: held, so that no other one can
 * come to lie in its place. */
struct list {
	struct bl_crl *crl;
	uint8_t sha256[BL_SHA256_SIZE];
};

struct bl_cache {
	struct entry *entries;
	size_t n, cap, bytes; /* bytes: of answers */
	uint32_t *places;     /* 1 and more: entry; 0: free */
	struct bl_certs certs;
	size_t cert_bytes;
	struct list *lists;
	size_t lists_n, lists_cap;
	struct bl_cache_count count;
};

enum bl_err
bl_cache_new(struct bl_cache **out, struct bl_note *note)
{
	struct bl_cache *c = bl_alloc(sizeof(*c));

	*out = NULL;
	if (c != NULL)
		c->places = bl_alloc_array(PLACES, sizeof(*c->places));
	if (c == NULL || c->places == NULL) {
		bl_release(c);
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	}
	*out = c;
	return BL_OK;
}

static void
answer_free(struct bl_trust_answer *a)
{
	if (a != NULL)
		bl_trust_answer_clear(a);
	bl_release(a);
}

static void
drop_entries(struct bl_cache *c)
{
	for (size_t i = 0; c->entries != NULL && i < c->n; i++)
		answer_free(c->entries[i].answer);
	c->n = c->bytes = 0;
	memset(c->places, 0, PLACES * sizeof(*c->places));
}

static void
drop_lists(struct bl_cache *c)
{
	for (size_t i = 0; i < c->lists_n; i++)
		bl_crl_free(c->lists[i].crl);
	c->lists_n = 0;
}

void
bl_cache_free(struct bl_cache *c)
{
	if (c == NULL)
		return;
	drop_entries(c);
	drop_lists(c);
	bl_certs_clear(&c->certs);
	bl_release(c->entries);
	bl_release(c->lists);
	bl_release(c->places);
	bl_release(c);
}

struct bl_cache_count
bl_cache_counts(const struct bl_cache *c)
{
	return c->count;
}

/* ---- certificates ---- */

struct bl_cert *
bl_cache_cert(struct bl_cache *c, struct bl_span der, struct bl_span sha256)
{
	struct bl_cert *found = c == NULL
	    ? NULL
	    : bl_certs_by_sha256(&c->certs, sha256);

	if (found == NULL || !bl_span_equal(bl_cert_der(found), der))
		return NULL;
	c->count.certs_again++;
	return found;
}

enum bl_err
bl_cache_cert_keep(
    struct bl_cache *c, struct bl_cert *cert, struct bl_note *note)
{
	size_t n = bl_cert_der(cert).n;

	if (c == NULL)
		return BL_OK;
	c->count.certs++;
	if (c->certs.n >= BL_CACHE_CERTS ||
	    c->cert_bytes + n > BL_CACHE_BYTES) {
		bl_certs_clear(&c->certs);
		c->cert_bytes = 0;
	}
	c->cert_bytes += n;
	return bl_certs_add(&c->certs, cert, note);
}

/* ---- the table ---- */

/* Where a key is, or would be. */
static size_t
place_of(const struct bl_cache *c, const uint8_t *key)
{
	uint64_t v;
	size_t at;

	memcpy(&v, key, sizeof(v));
	at = (size_t)v & (PLACES - 1);
	while (c->places[at] != 0 &&
	    memcmp(c->entries[c->places[at] - 1].key, key, BL_SHA256_SIZE) != 0)
		at = (at + 1) & (PLACES - 1);
	return at;
}

static struct entry *
find(struct bl_cache *c, const uint8_t *key)
{
	size_t i = c->places[place_of(c, key)];

	return i == 0 ? NULL : &c->entries[i - 1];
}

/* The entry of a key, a new and empty one where there was none. */
static enum bl_err
entry_of(struct entry **out, struct bl_cache *c, const uint8_t *key,
    struct bl_note *note)
{
	enum bl_err err;

	if ((*out = find(c, key)) != NULL)
		return BL_OK;
	if (c->n >= BL_CACHE_ENTRIES)
		drop_entries(c);
	if ((err = bl_list_grow(&c->entries, c->n, &c->cap, sizeof(*c->entries),
		 note)) != BL_OK)
		return err;
	*out = &c->entries[c->n];
	**out = (struct entry){0};
	memcpy((*out)->key, key, BL_SHA256_SIZE);
	c->places[place_of(c, key)] = (uint32_t)++c->n;
	return BL_OK;
}

static enum bl_err
hash(uint8_t *to, struct bl_ctx *ctx, struct bl_span s, struct bl_note *note)
{
	struct bl_digest_value d;
	enum bl_err err = bl_digest_of(&d, ctx, BL_SHA256, s, note);

	if (err == BL_OK)
		memcpy(to, d.p, BL_SHA256_SIZE);
	return err;
}

/* ---- signatures ---- */

enum bl_err
bl_cache_signature(bool *holds, struct bl_cache *c, struct bl_ctx *ctx,
    const struct bl_cache_signed *what, const struct bl_cert *issuer,
    struct bl_note *note)
{
	struct bl_span key_id = bl_cert_key_id(issuer);
	uint8_t both[1 + 2 * BL_SHA256_SIZE] = {'s'}, key[BL_SHA256_SIZE];
	bool kept = c != NULL && what->object.n == BL_SHA256_SIZE;
	struct entry *e;
	enum bl_err err;

	*holds = false;
	if (kept) {
		memcpy(both + 1, what->object.p, BL_SHA256_SIZE);
		memcpy(both + 1 + BL_SHA256_SIZE, key_id.p, BL_SHA256_SIZE);
		if ((err = hash(key, ctx, bl_span_of(both, sizeof(both)),
			 note)) != BL_OK)
			return err;
		if ((e = find(c, key)) != NULL) {
			c->count.signatures_again++;
			*holds = e->holds;
			return BL_OK;
		}
	}
	if ((err = bl_trust_signature(holds, ctx, what->bytes, what->alg,
		 what->value, issuer, note)) != BL_OK ||
	    !kept)
		return err;
	c->count.signatures++;
	if ((err = entry_of(&e, c, key, note)) == BL_OK)
		e->holds = *holds;
	return err;
}

/* ---- questions ---- */

static const struct list *
list_of(const struct bl_cache *c, const struct bl_crl_face *l)
{
	for (size_t i = 0; c != NULL && i < c->lists_n; i++)
		if (bl_crl_face(c->lists[i].crl) == l)
			return &c->lists[i];
	return NULL;
}

struct bl_span
bl_cache_list(const struct bl_cache *c, const struct bl_crl_face *l)
{
	const struct list *found = list_of(c, l);

	return found == NULL ? (struct bl_span){0}
			     : bl_span_of(found->sha256, BL_SHA256_SIZE);
}

/* Hashes a list that was not seen before. */
static enum bl_err
list_keep(struct bl_cache *c, struct bl_ctx *ctx, struct bl_crl *crl,
    struct bl_note *note)
{
	struct list *to;
	enum bl_err err;

	if (list_of(c, bl_crl_face(crl)) != NULL)
		return BL_OK;
	if ((err = bl_list_grow(&c->lists, c->lists_n, &c->lists_cap,
		 sizeof(*c->lists), note)) != BL_OK)
		return err;
	to = &c->lists[c->lists_n];
	if ((err = hash(to->sha256, ctx, bl_crl_der(crl), note)) != BL_OK)
		return err;
	to->crl = bl_crl_hold(crl);
	c->lists_n++;
	return BL_OK;
}

static void
put_number(struct bl_buf *b, uint64_t n)
{
	uint8_t p[8];

	for (size_t i = 0; i < sizeof(p); i++)
		p[i] = (uint8_t)(n >> (56 - 8 * i));
	bl_buf_add(b, bl_span_of(p, sizeof(p)));
}

static void
put_bytes(struct bl_buf *b, struct bl_span s)
{
	put_number(b, s.n);
	bl_buf_add(b, s);
}

static void
put_certs(struct bl_buf *b, const struct bl_certs *s)
{
	put_number(b, s == NULL ? 0 : s->n);
	for (size_t i = 0; s != NULL && i < s->n; i++)
		bl_buf_add(b, bl_cert_sha256(s->list[i]));
}

static enum bl_err
put_lists(struct bl_buf *b, struct bl_cache *c, struct bl_ctx *ctx,
    const struct bl_crls *s, struct bl_note *note)
{
	size_t n = s == NULL ? 0 : s->n;
	enum bl_err err = BL_OK;

	if (c->lists_n + n > BL_CACHE_LISTS)
		drop_lists(c);
	put_number(b, n);
	for (size_t i = 0; err == BL_OK && i < n; i++) {
		err = list_keep(c, ctx, s->list[i], note);
		bl_buf_add(b, bl_cache_list(c, bl_crl_face(s->list[i])));
		put_number(b, bl_crl_face(s->list[i])->source);
	}
	return err;
}

/* Answers of responders are short, so they are taken whole. */
static void
put_answers(struct bl_buf *b, const struct bl_ocsps *s)
{
	put_number(b, s == NULL ? 0 : s->n);
	for (size_t i = 0; s != NULL && i < s->n; i++) {
		const struct bl_ocsp_face *f = bl_ocsp_face(s->list[i]);

		put_bytes(b, bl_ocsp_der(s->list[i]));
		put_number(b, f->source);
		put_number(b, f->nonce);
	}
}

/* Of the limits, those that decide about a path. */
static void
put_limits(struct bl_buf *b, const struct bl_limits *l)
{
	put_number(b, l->rsa_min_bits);
	put_number(b, l->rsa_max_bits);
	put_number(b, l->path_depth);
	put_number(b, l->path_signatures);
	put_number(b, l->path_nodes);
	put_number(b, l->name_comparisons);
	put_number(b, l->policy_nodes);
	put_number(b, (uint64_t)l->clock_skew);
	put_number(b, (uint64_t)l->ocsp_age);
	put_number(b, l->ocsp_bytes);
}

static void
put_policy(struct bl_buf *b, const struct bl_policy *p)
{
	static const struct bl_policy strict = {0};

	p = p != NULL ? p : &strict;
	put_number(b, p->legacy);
	put_number(b, p->revocation);
	put_number(b, (uint64_t)p->date_slack);
}

/* Who adds a field here adds it to the key, or says in `window` why not; with
 * `now` nothing is kept. */
_Static_assert(sizeof(struct bl_policy) == 16 &&
	sizeof(struct bl_trust_ask) == 128 &&
	sizeof(struct bl_trust_answer) == 136,
    "an answer is kept without one of the things that it depends on");

enum bl_err
bl_cache_key(struct bl_cache_key *key, struct bl_cache *c, struct bl_ctx *ctx,
    const struct bl_trust_ask *ask, struct bl_note *note)
{
	struct bl_buf b = {0};
	enum bl_err err;

	bl_buf_add(&b, BL_STR("a"));
	bl_buf_add(&b, bl_cert_sha256(ask->cert));
	put_number(&b, ask->purpose);
	put_bytes(&b, ask->address);
	put_policy(&b, ask->policy);
	put_limits(&b, ask->limits);
	put_number(&b, ask->explicit_policy);
	put_number(&b, ask->inhibit_mapping);
	put_number(&b, ask->inhibit_any);
	put_number(&b, ask->policy_count);
	for (size_t i = 0; i < ask->policy_count; i++)
		put_bytes(&b, ask->policies[i]);
	put_certs(&b, ask->anchors);
	put_certs(&b, ask->pool);
	put_answers(&b, ask->ocsps);
	if ((err = put_lists(&b, c, ctx, ask->crls, note)) == BL_OK &&
	    (err = bl_buf_err(&b, note)) == BL_OK)
		err = hash(key->p, ctx, bl_buf_span(&b), note);
	bl_buf_clear(&b);
	return err;
}

/* ---- answers ---- */

/*
 * window is the seconds around `at` in which every comparison of the time with
 * a time of what was supplied comes out alike. Nothing else of an answer
 * depends on the time.
 */
struct window {
	int64_t at, from, until; /* both ends included */
};

/* At `t` something changes. */
static void
edge(struct window *w, int64_t t)
{
	if (t <= w->at && t > w->from)
		w->from = t;
	if (t > w->at && t - 1 < w->until)
		w->until = t - 1;
}

/* The last second of a time is one for itself: the second judge is asked about
 * the one before it. */
static void
last(struct window *w, int64_t t)
{
	edge(w, t);
	if (t < INT64_MAX)
		edge(w, t + 1);
}

static void
edges_of_cert(struct window *w, const struct bl_cert *c)
{
	edge(w, bl_cert_not_before(c));
	last(w, bl_cert_not_after(c));
}

static void
edges_of_certs(struct window *w, const struct bl_certs *s)
{
	for (size_t i = 0; s != NULL && i < s->n; i++)
		edges_of_cert(w, s->list[i]);
}

static bool
is_on(const struct bl_certs *path, const struct bl_cert *c)
{
	for (size_t i = 0; i < path->n; i++)
		if (path->list[i] == c)
			return true;
	return c == NULL;
}

/* Its wants borrow from what it holds, and not from the question alone. */
static bool
is_of_its_own(const struct bl_trust_answer *a)
{
	for (size_t i = 0; i < a->wants.n; i++)
		if (!is_on(&a->path, a->wants.list[i].cert) ||
		    !is_on(&a->path, a->wants.list[i].issuer))
			return false;
	return true;
}

static struct window
window(const struct bl_trust_ask *ask, const struct bl_trust_answer *a)
{
	struct window w = {ask->at, INT64_MIN, INT64_MAX};

	/* what is told may tell of the time; answers of responders have more
	 * times than are looked at here */
	if (!a->valid || a->trace.n != 0 ||
	    (ask->ocsps != NULL && ask->ocsps->n != 0))
		return (struct window){ask->at, ask->at, ask->at};
	edges_of_cert(&w, ask->cert);
	edges_of_certs(&w, ask->anchors);
	edges_of_certs(&w, ask->pool);
	for (size_t i = 0; ask->crls != NULL && i < ask->crls->n; i++) {
		const struct bl_crl_face *l = bl_crl_face(ask->crls->list[i]);

		edge(&w, l->this_update);
		if (l->has_next_update)
			last(&w, l->next_update);
	}
	return w;
}

static enum bl_err
copy(struct bl_trust_answer *to, const struct bl_trust_answer *from,
    struct bl_note *note)
{
	enum bl_err err = BL_OK;

	*to = (struct bl_trust_answer){.valid = from->valid,
	    .reasons = from->reasons,
	    .limit = from->limit};
	bl_buf_add(&to->trace, bl_buf_span(&from->trace));
	to->revocation = bl_alloc_array(from->path.n, sizeof(*to->revocation));
	if (to->revocation == NULL)
		err = bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	else if (from->revocation != NULL)
		memcpy(to->revocation, from->revocation,
		    from->path.n * sizeof(*to->revocation));
	for (size_t i = 0; err == BL_OK && i < from->path.n; i++)
		err = bl_certs_add(&to->path, from->path.list[i], note);
	for (size_t i = 0; err == BL_OK && i < from->wants.n; i++) {
		err = bl_list_grow(&to->wants.list, i, &to->wants.cap,
		    sizeof(*to->wants.list), note);
		if (err == BL_OK)
			to->wants.list[to->wants.n++] = from->wants.list[i];
	}
	if (err == BL_OK)
		err = bl_buf_err(&to->trace, note);
	if (err != BL_OK)
		bl_trust_answer_clear(to);
	return err;
}

enum bl_err
bl_cache_answer(bool *found, struct bl_trust_answer *out, struct bl_cache *c,
    const struct bl_cache_key *key, int64_t at, struct bl_note *note)
{
	const struct entry *e = find(c, key->p);

	*found = e != NULL && e->answer != NULL && e->from <= at &&
	    at <= e->until;
	if (!*found)
		return BL_OK;
	c->count.answers_again++;
	return copy(out, e->answer, note);
}

static size_t
size_of(const struct bl_trust_answer *a)
{
	size_t n = sizeof(*a) + a->trace.n +
	    a->wants.n * sizeof(*a->wants.list);

	for (size_t i = 0; i < a->path.n; i++)
		n += bl_cert_der(a->path.list[i]).n;
	return n;
}

enum bl_err
bl_cache_answer_keep(struct bl_cache *c, const struct bl_cache_key *key,
    const struct bl_trust_ask *ask, const struct bl_trust_answer *answer,
    struct bl_note *note)
{
	struct window w = window(ask, answer);
	size_t bytes = size_of(answer);
	struct bl_trust_answer *kept;
	struct entry *e;
	enum bl_err err;

	c->count.answers++;
	if (bytes > BL_CACHE_BYTES || !is_of_its_own(answer))
		return BL_OK;
	if (c->bytes + bytes > BL_CACHE_BYTES)
		drop_entries(c);
	if ((kept = bl_alloc(sizeof(*kept))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	if ((err = copy(kept, answer, note)) != BL_OK ||
	    (err = entry_of(&e, c, key->p, note)) != BL_OK) {
		answer_free(kept);
		return err;
	}
	answer_free(e->answer);
	e->answer = kept;
	e->from = w.from;
	e->until = w.until;
	c->bytes += bytes;
	return BL_OK;
}
