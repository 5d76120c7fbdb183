/* gather.c - what is asked for beyond what was given, and when that ends; see
 * wants.h. */
#include "message/wants.h"

#include <string.h>

#define NONCE 32 /* bytes, RFC 9654 2.1 */

/*
 * bl_asked is a certificate about which was asked.
 *
 * leaf	    whose judgement it was for
 * tried    how many of its addresses are done with
 * charged  how many were given out, each time
 * again    an answer came from no address, and it was asked once more
 * nonce    that went to a responder, where has_nonce
 */
struct bl_asked {
	enum bl_trust_want_kind kind;
	struct bl_cert *cert, *leaf; /* held */
	size_t tried, charged;
	bool again, has_nonce;
	uint8_t nonce[NONCE];
};

/* bl_origin is where a certificate came from. */
struct bl_origin {
	enum bl_source source;
	struct bl_buf url;
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
		/* one responder, so that a list may help where it is silent */
		put(f, BL_FETCH_OCSP, wish->cert, BL_PLACE_OCSP,
		    max < 1 ? max : 1);
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

/* Has the request written where the addresses have a responder among them. */
static enum bl_err
request(struct bl_buf *out, struct bl_asked *a, struct bl_fetches *f,
    struct bl_ctx *ctx, const struct bl_trust_want *wish, struct bl_note *note)
{
	struct bl_span nonce = bl_span_of(a->nonce, sizeof(a->nonce));
	enum bl_err err;

	if (f->n == 0 || f->list[0].kind != BL_FETCH_OCSP)
		return BL_OK;
	if (!a->has_nonce &&
	    (err = bl_random(ctx, a->nonce, sizeof(a->nonce), note)) != BL_OK)
		return err;
	a->has_nonce = true;
	err = bl_ocsp_request(out, ctx, wish->cert, wish->issuer, nonce, note);
	f->list[0].body = bl_buf_span(out);
	return err;
}

/* A want for the addresses of `f` that were not tried, at most `most`. */
static enum bl_err
want(struct bl_gather *g, struct bl_wants *wants, size_t at, struct bl_ctx *ctx,
    const struct bl_trust_want *wish, const struct bl_ask *ask,
    const struct bl_fetches *f, size_t most, struct bl_note *note)
{
	struct bl_buf body = {0};
	struct bl_asked *a = &g->asked[at];
	struct bl_fetches some = {0};
	struct bl_note why = {0};
	struct bl_wanted *w;
	enum bl_err err;

	for (size_t i = a->tried; i < f->n && some.n < most; i++)
		some.list[some.n++] = f->list[i];
	if ((err = bl_wants_room(&w, wants, note)) != BL_OK)
		return err;
	if ((err = request(&body, a, &some, ctx, wish, &why)) == BL_OK)
		err = frame(&w->frame, wish, ask->at, &some, &why);
	bl_buf_clear(&body);
	if (err != BL_OK) {
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
bl_gather_ask(struct bl_gather *g, struct bl_wants *wants, struct bl_ctx *ctx,
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
			err = want(g, wants, at, ctx, &w->list[i], ask, &f,
			    share > 0 ? share : 1, note);
	}
	return err;
}

/* ---- what comes ---- */

static enum bl_source
source_of(const struct bl_item *item)
{
	switch (item->source) {
	case BL_FROM_PERSON:
		return BL_SOURCE_GIVEN;
	case BL_FROM_STATE:
	case BL_FROM_DIRECTORY:
		return BL_SOURCE_STATE;
	case BL_FROM_NETWORK:
		return BL_SOURCE_NETWORK;
	case BL_FROM_CACHE:
		break;
	}
	return BL_SOURCE_CACHE;
}

static enum bl_err
keep_certs(struct bl_gather *g, struct bl_ctx *ctx, const struct bl_item *item,
    const struct bl_limits *limits, struct bl_note *note)
{
	size_t skipped;
	enum bl_err err;

	if (item->data.n > limits->certificate_bytes)
		return BL_OK;
	err = bl_certs_import(
	    &g->certs, ctx, item->data, limits, &skipped, note);
	while (err == BL_OK && g->origin_count < g->certs.n) {
		struct bl_origin *o;

		if ((err = bl_list_grow(&g->origins, g->origin_count,
			 &g->origin_cap, sizeof(*g->origins), note)) != BL_OK)
			break;
		o = &g->origins[g->origin_count++];
		*o = (struct bl_origin){.source = source_of(item)};
		bl_buf_add(&o->url, item->url);
		err = bl_buf_err(&o->url, note);
	}
	return err;
}

static enum bl_err
keep_lists(struct bl_gather *g, const struct bl_item *item,
    const struct bl_limits *limits, struct bl_note *note)
{
	size_t skipped, before = g->crls.n;
	enum bl_err err = bl_crls_import(
	    &g->crls, item->data, limits, &skipped, note);

	for (size_t i = before; i < g->crls.n; i++)
		bl_crl_set_source(g->crls.list[i], source_of(item));
	return err;
}

static enum bl_err
keep_response(struct bl_gather *g, const struct bl_item *item,
    const struct bl_asked *a, const struct bl_limits *limits,
    struct bl_note *note)
{
	enum bl_err err = bl_ocsps_add(
	    &g->ocsps, item->data, source_of(item), limits, note);

	/* what was kept is the answer to an older request */
	if (err == BL_OK && a != NULL && a->has_nonce &&
	    item->source == BL_FROM_NETWORK)
		bl_ocsp_asked(g->ocsps.list[g->ocsps.n - 1],
		    bl_span_of(a->nonce, sizeof(a->nonce)));
	return err;
}

/* What cannot be read is not there. */
static enum bl_err
keep(struct bl_gather *g, struct bl_ctx *ctx, const struct bl_item *item,
    const struct bl_asked *a, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_note why = {0};
	enum bl_err err = BL_OK;

	switch (item->kind) {
	case BL_ITEM_CERT:
		err = keep_certs(g, ctx, item, limits, &why);
		break;
	case BL_ITEM_CRL:
		err = keep_lists(g, item, limits, &why);
		break;
	case BL_ITEM_OCSP:
		err = keep_response(g, item, a, limits, &why);
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
		struct bl_asked *asked = w->asked != BL_WANTED_NONE
		    ? &g->asked[w->asked]
		    : NULL;
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
				err = keep(g, ctx, &item, asked, limits, note);
		}
		if (asked != NULL)
			settle(asked, w, any, place);
	}
	return err;
}

bool
bl_gather_origin(enum bl_source *source, struct bl_span *url,
    const struct bl_gather *g, const struct bl_cert *c)
{
	for (size_t i = 0; i < g->origin_count; i++)
		if (bl_span_equal(
			bl_cert_der(g->certs.list[i]), bl_cert_der(c))) {
			*source = g->origins[i].source;
			*url = bl_buf_span(&g->origins[i].url);
			return true;
		}
	return false;
}

enum bl_err
bl_evidence_gather(struct bl_evidence *out, const struct bl_gather *g,
    const struct bl_crls *crls, const struct bl_ocsps *ocsps,
    struct bl_note *note)
{
	const struct bl_crls *const lists[] = {crls, &g->crls};
	const struct bl_ocsps *const answers[] = {ocsps, &g->ocsps};
	struct bl_crls *c = &out->crls;
	struct bl_ocsps *o = &out->ocsps;
	enum bl_err err = BL_OK;

	*out = (struct bl_evidence){0};
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0;
		     err == BL_OK && lists[k] != NULL && i < lists[k]->n; i++)
			if ((err = bl_list_grow(&c->list, c->n, &c->cap,
				 sizeof(*c->list), note)) == BL_OK)
				c->list[c->n++] = lists[k]->list[i];
		for (size_t i = 0;
		     err == BL_OK && answers[k] != NULL && i < answers[k]->n;
		     i++)
			if ((err = bl_list_grow(&o->list, o->n, &o->cap,
				 sizeof(*o->list), note)) == BL_OK)
				o->list[o->n++] = answers[k]->list[i];
	}
	return err;
}

void
bl_evidence_release(struct bl_evidence *e)
{
	bl_release(e->crls.list);
	bl_release(e->ocsps.list);
	*e = (struct bl_evidence){0};
}

void
bl_gather_clear(struct bl_gather *g)
{
	for (size_t i = 0; i < g->n; i++) {
		bl_cert_free(g->asked[i].cert);
		bl_cert_free(g->asked[i].leaf);
	}
	for (size_t i = 0; i < g->origin_count; i++)
		bl_buf_clear(&g->origins[i].url);
	bl_release(g->asked);
	bl_release(g->origins);
	bl_certs_clear(&g->certs);
	bl_crls_clear(&g->crls);
	bl_ocsps_clear(&g->ocsps);
	*g = (struct bl_gather){0};
}
