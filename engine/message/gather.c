/* gather.c - what is asked for beyond what was given, and when that ends; see
 * wants.h. */
#include "message/wants.h"

/*
 * bl_asked is a certificate about which was asked.
 *
 * leaf	    whose judgement it was for
 * tried    how many of its addresses are done with
 * charged  how many were given out, each time
 * again    an answer came from no address, and it was asked once more
 */
struct bl_asked {
	enum bl_trust_want_kind kind;
	struct bl_cert *cert, *leaf; /* held */
	size_t tried, charged;
	bool again;
};

static struct bl_cert *
hold(const struct bl_cert *c)
{
	return bl_cert_hold((struct bl_cert *)(uintptr_t)c);
}

static enum bl_err
find(size_t *out, struct bl_gather *g, const struct bl_trust_want *wish,
    const struct bl_cert *leaf, struct bl_note *note)
{
	enum bl_err err;

	for (*out = 0; *out < g->n; (*out)++)
		if (g->asked[*out].kind == wish->kind &&
		    bl_span_equal(bl_cert_der(g->asked[*out].cert),
			bl_cert_der(wish->cert)))
			return BL_OK;
	if ((err = bl_list_grow(
		 &g->asked, g->n, &g->cap, sizeof(*g->asked), note)) != BL_OK)
		return err;
	g->asked[g->n++] = (struct bl_asked){
	    .kind = wish->kind, .cert = hold(wish->cert), .leaf = hold(leaf)};
	return BL_OK;
}

/* ---- addresses ---- */

static void
put(struct bl_fetches *f, enum bl_fetch_kind kind, const struct bl_cert *c,
    enum bl_cert_place place, size_t max)
{
	struct bl_span urls[BL_FETCHES_MAX];
	size_t room = max > f->n ? max - f->n : 0;
	size_t n = bl_cert_urls(urls,
	    room < BL_FETCHES_MAX - f->n ? room : BL_FETCHES_MAX - f->n, c,
	    place);

	for (size_t i = 0; i < n; i++)
		f->list[f->n++] = (struct bl_fetch){
		    .kind = kind, .url = urls[i]};
}

/* All the addresses of a certificate that may be tried, in this order. */
static void
addresses(struct bl_fetches *f, const struct bl_trust_want *wish, size_t max)
{
	*f = (struct bl_fetches){0};
	switch (wish->kind) {
	case BL_TRUST_ISSUER:
		put(f, BL_FETCH_CERT, wish->cert, BL_PLACE_ISSUERS, max);
		break;
	case BL_TRUST_STATUS:
		put(f, BL_FETCH_CRL, wish->cert, BL_PLACE_CRL, max);
		break;
	}
}

/* ---- asking ---- */

static size_t
minus(size_t a, size_t b)
{
	return a > b ? a - b : 0;
}

/* How many addresses may still be given out for the judgement of `leaf`. */
static size_t
room(const struct bl_gather *g, const struct bl_ask *ask)
{
	size_t path = 0, all = 0, a, b;

	for (size_t i = 0; i < g->n; i++) {
		all += g->asked[i].charged;
		if (bl_span_equal(
			bl_cert_der(g->asked[i].leaf), bl_cert_der(ask->leaf)))
			path += g->asked[i].charged;
	}
	a = minus(ask->limits->fetches, path);
	b = minus(ask->limits->fetches_all, all);
	return a < b ? a : b;
}

static enum bl_err
frame(struct bl_buf *out, const struct bl_trust_want *wish, int64_t at,
    const struct bl_fetches *f, struct bl_note *note)
{
	const struct bl_want_cert cert = {
	    .subject = bl_cert_issuer(wish->cert), .fetches = *f};
	struct bl_want_evidence evidence = {
	    .at = at, .cert = bl_cert_der(wish->cert), .fetches = *f};

	if (wish->kind == BL_TRUST_ISSUER)
		return bl_want_cert_put(out, &cert, note);
	evidence.issuer = bl_cert_der(wish->issuer);
	return bl_want_evidence_put(out, &evidence, note);
}

/* A want for the addresses of `f` that were not tried, at most `most`. */
static enum bl_err
want(struct bl_gather *g, struct bl_wants *wants, size_t at,
    const struct bl_trust_want *wish, const struct bl_ask *ask,
    const struct bl_fetches *f, size_t most, struct bl_note *note)
{
	struct bl_asked *a = &g->asked[at];
	struct bl_fetches some = {0};
	struct bl_note why = {0};
	struct bl_wanted *w;
	enum bl_err err;

	for (size_t i = a->tried; i < f->n && some.n < most; i++)
		some.list[some.n++] = f->list[i];
	if ((err = bl_wants_room(&w, wants, note)) != BL_OK)
		return err;
	if ((err = frame(&w->frame, wish, ask->at, &some, &why)) != BL_OK) {
		bl_buf_clear(&w->frame);
		if (err != BL_E_CALLER)
			return bl_fail(note, err, 0, why.what, why.source);
		a->tried = f->n; /* what no frame can hold is not asked for */
		return BL_OK;
	}
	w->asked = at;
	w->offered = some.n;
	a->charged += some.n;
	bl_wants_add(wants,
	    wish->kind == BL_TRUST_ISSUER ? BL_WANT_CERT : BL_WANT_EVIDENCE);
	return BL_OK;
}

/* Whether this round asks about it already, for another judgement. */
static bool
is_listed(const struct bl_wants *wants, size_t at)
{
	for (size_t i = 0; i < wants->n; i++)
		if (wants->list[i].asked == at)
			return true;
	return false;
}

enum bl_err
bl_gather_ask(struct bl_gather *g, struct bl_wants *wants,
    const struct bl_ask *ask, struct bl_note *note)
{
	const struct bl_trust_wants *w = ask->wishes;
	size_t max = ask->limits->fetch_urls;
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < w->n; i++) {
		size_t left = room(g, ask), share = left / (w->n - i), at;
		struct bl_fetches f;

		if (left == 0 || wants->n >= BL_WANTS_MAX)
			break;
		addresses(&f, &w->list[i], max);
		if (f.n == 0)
			continue;
		err = find(&at, g, &w->list[i], ask->leaf, note);
		if (err == BL_OK && g->asked[at].tried < f.n &&
		    !is_listed(wants, at))
			err = want(g, wants, at, &w->list[i], ask, &f,
			    share > 0 ? share : 1, note);
	}
	return err;
}

/* ---- what comes ---- */

/* What cannot be read is not there. */
static enum bl_err
keep(struct bl_gather *g, struct bl_ctx *ctx, const struct bl_item *item,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_note why = {0};
	size_t skipped;
	enum bl_err err = BL_OK;

	switch (item->kind) {
	case BL_ITEM_CERT:
		if (item->data.n <= limits->certificate_bytes)
			err = bl_certs_import(
			    &g->certs, ctx, item->data, limits, &skipped, &why);
		break;
	case BL_ITEM_CRL:
		err = bl_crls_import(
		    &g->crls, item->data, limits, &skipped, &why);
		break;
	case BL_ITEM_OCSP:
		break;
	}
	return err == BL_E_MEMORY || err == BL_E_SYSTEM
	    ? bl_fail(note, err, 0, "what came cannot be kept", NULL)
	    : BL_OK;
}

/* Which of the addresses that were given out this is from, counted from 1. */
static size_t
place_of(const struct bl_wanted *w, struct bl_span url)
{
	struct bl_want_evidence evidence = {0};
	struct bl_want_cert cert = {0};
	const struct bl_fetches *f = &evidence.fetches;
	struct bl_span whole = bl_buf_span(&w->frame);

	if (w->face.kind == BL_WANT_CERT) {
		f = &cert.fetches;
		if (bl_want_cert_get(&cert, whole, NULL) != BL_OK)
			return 0;
	} else if (bl_want_evidence_get(&evidence, whole, NULL) != BL_OK) {
		return 0;
	}
	for (size_t i = 0; i < f->n; i++)
		if (bl_span_equal(f->list[i].url, url))
			return i + 1;
	return 0;
}

/* Goes on behind the address that answered. Where none is said to have, it is
 * asked once more; where nothing came, all were tried. */
static void
settle(struct bl_asked *a, const struct bl_wanted *w, bool any, size_t place)
{
	if (any && place == 0 && !a->again) {
		a->again = true;
		return;
	}
	if (place == 0)
		place = w->offered;
	a->tried += place;
	a->charged -= w->offered - place;
}

enum bl_err
bl_gather_take(struct bl_gather *g, struct bl_ctx *ctx,
    const struct bl_wants *wants, const struct bl_limits *limits,
    struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < wants->n; i++) {
		const struct bl_wanted *w = &wants->list[i];
		struct bl_answer a = {0};
		struct bl_item item;
		size_t place = 0, at;
		bool any = false;

		if (w->face.kind != BL_WANT_CERT &&
		    w->face.kind != BL_WANT_EVIDENCE)
			continue;
		if (!bl_wants_read(&a, w))
			a.payload = (struct bl_span){0};
		while (err == BL_OK && bl_item_next(&item, &a.payload)) {
			any = true;
			at = item.url.n != 0 ? place_of(w, item.url) : 0;
			if (at > place)
				place = at;
			if (item.data.n != 0)
				err = keep(g, ctx, &item, limits, note);
		}
		if (w->asked != BL_WANTED_NONE)
			settle(&g->asked[w->asked], w, any, place);
	}
	return err;
}

enum bl_err
bl_gather_lists(struct bl_crls *all, const struct bl_gather *g,
    const struct bl_crls *given, struct bl_note *note)
{
	size_t n = given != NULL ? given->n : 0;

	*all = (struct bl_crls){0};
	if (n + g->crls.n == 0)
		return BL_OK;
	all->list = bl_alloc_array(n + g->crls.n, sizeof(struct bl_crl *));
	if (all->list == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	for (size_t i = 0; i < n; i++)
		all->list[all->n++] = given->list[i];
	for (size_t i = 0; i < g->crls.n; i++)
		all->list[all->n++] = g->crls.list[i];
	return BL_OK;
}

void
bl_gather_clear(struct bl_gather *g)
{
	for (size_t i = 0; i < g->n; i++) {
		bl_cert_free(g->asked[i].cert);
		bl_cert_free(g->asked[i].leaf);
	}
	bl_release(g->asked);
	bl_certs_clear(&g->certs);
	bl_crls_clear(&g->crls);
	*g = (struct bl_gather){0};
}
