/* build.c - paths from a certificate to an anchor, the most promising first.
 *
 * Every path begun is a node: a certificate, and the node it is the issuer of.
 * The node with the least against it is looked at next. Only then is the
 * signature checked that ties it to the node below, once for each pair, and
 * only then do its issuers become nodes. So one expired or weak branch, however
 * large, costs nothing as long as there is a better one, and all of it ends at
 * the limits (ATK-306). Source RFC 4158 3.
 */
#include "trust/cache.h"
#include "trust/internal.h"

#define NONE	 SIZE_MAX
#define SAID_MAX 8 /* lines on candidates that were none */

struct node {
	struct bl_cert *cert; /* of the anchors, the pool, or the asked one */
	size_t below;	      /* NONE: the certificate that was asked for */
	unsigned depth;	      /* nodes below it */
	unsigned penalty;
	bool is_anchor, done;
	bool tied; /* it was looked at, and signed the one below */
};

/* tie is a signature that was checked. */
struct tie {
	const struct bl_cert *issuer, *subject;
	bool holds;
};

struct build {
	struct judge *j;
	struct node *list;
	size_t n, cap;
	struct tie *ties;
	size_t ties_n, ties_cap;
	const char *limit, *limit_text; /* NULL: none was met */
	size_t said;
	struct findings aside;	      /* trace of candidates that were none */
	struct bl_trust_wants others; /* of paths that only lack answers */

	/* the best so far: a whole path, else the longest part of one */
	size_t top;
	bool is_whole;
	struct findings best;
};

bool
bl_is_anchor(const struct bl_trust_ask *ask, const struct bl_cert *c)
{
	const struct bl_cert *a = NULL;

	if (ask->anchors != NULL)
		a = bl_certs_by_sha256(ask->anchors, bl_cert_sha256(c));
	return a != NULL && bl_span_equal(bl_cert_der(a), bl_cert_der(c));
}

/* ---- what is promising ---- */

/* How much speaks against a certificate as the issuer of `child`; a guess that
 * only orders. */
static unsigned
penalty(const struct judge *j, const struct bl_cert *c,
    const struct bl_cert *child, bool anchor)
{
	struct bl_span aki = bl_cert_aki(child), ski = bl_cert_ski(c);
	struct findings f = {0};
	unsigned p = anchor ? 0 : 2;

	bl_check_issuer(&f, j, c, anchor);
	bl_check_time(&f, j, c);
	bl_check_key(&f, j, c);
	bl_check_form(&f, c);
	if (!anchor)
		bl_check_own_signature(&f, j, c);
	for (bl_reasons r = f.reasons; r != 0; r &= r - 1)
		p += 16;
	/* a key identifier is a hint, no rule (RFC 5280 4.2.1.1) */
	if (aki.n != 0 && ski.n != 0 && !bl_span_equal(aki, ski))
		p += 8;
	bl_findings_clear(&f);
	return p;
}

/* The same name and key once more leads to nothing new. */
static bool
is_loop(const struct build *b, size_t below, const struct bl_cert *c)
{
	for (; below != NONE; below = b->list[below].below) {
		const struct bl_cert *d = b->list[below].cert;

		if (bl_span_equal(bl_cert_key_id(c), bl_cert_key_id(d)) &&
		    bl_name_same(bl_cert_subject(c), bl_cert_subject(d)))
			return true;
	}
	return false;
}

static enum bl_err
add(struct build *b, size_t below, struct bl_cert *c, bool anchor)
{
	const struct node *under = below != NONE ? &b->list[below] : NULL;
	struct node node = {.cert = c,
	    .below = below,
	    .depth = under != NULL ? under->depth + 1 : 0,
	    .is_anchor = anchor};
	enum bl_err err;

	if (b->n != 0 && b->n >= b->j->ask->limits->path_nodes) {
		b->limit = "limit-path";
		b->limit_text = "there are too many paths to follow";
		return BL_OK;
	}
	if (under != NULL)
		node.penalty = under->penalty +
		    penalty(b->j, c, under->cert, anchor);
	err = bl_list_grow(
	    &b->list, b->n, &b->cap, sizeof(*b->list), b->j->note);
	if (err == BL_OK)
		b->list[b->n++] = node;
	return err;
}

static enum bl_err
add_from(
    struct build *b, size_t below, const struct bl_certs *set, bool anchors)
{
	struct bl_span issuer = bl_cert_issuer(b->list[below].cert);
	enum bl_err err = BL_OK;

	for (size_t i = 0; set != NULL && err == BL_OK && i < set->n; i++) {
		struct bl_cert *c = set->list[i];

		if (!bl_name_same(bl_cert_subject(c), issuer) ||
		    is_loop(b, below, c) ||
		    (!anchors && bl_is_anchor(b->j->ask, c)))
			continue;
		err = add(b, below, c, anchors);
	}
	return err;
}

/* ---- signatures ---- */

static void
aside(struct build *b, const struct bl_cert *c, const char *found,
    const char *source)
{
	if (b->said++ < SAID_MAX)
		bl_trust_say(&b->aside, c, found, source);
}

static enum bl_err
signature(bool *holds, struct build *b, const struct bl_cert *subject,
    const struct bl_cert *issuer)
{
	const struct bl_cache_signed what = {.object = bl_cert_sha256(subject),
	    .bytes = bl_cert_tbs(subject),
	    .value = bl_cert_signature(subject),
	    .alg = bl_cert_sig_alg(subject)};
	enum bl_err err = bl_cache_signature(
	    holds, b->j->ask->cache, b->j->ctx, &what, issuer, b->j->note);

	if (err == BL_OK && !*holds)
		aside(b, subject,
		    "its signature does not hold, or cannot be checked, with "
		    "the key of a certificate that has the name of its issuer",
		    "RFC 5280 6.1.3 (a) (1)");
	return err;
}

/* Whether the node's certificate signed the one below it. */
static enum bl_err
is_tied(bool *holds, struct build *b, const struct node *n)
{
	const struct bl_cert *subject = b->list[n->below].cert;
	enum bl_err err;

	for (size_t i = 0; i < b->ties_n; i++)
		if (b->ties[i].issuer == n->cert &&
		    b->ties[i].subject == subject) {
			*holds = b->ties[i].holds;
			return BL_OK;
		}
	*holds = false;
	if (b->j->signatures == 0) {
		b->limit = "limit-path";
		b->limit_text = "there are too many signatures to check";
		return BL_OK;
	}
	b->j->signatures--;
	if ((err = bl_list_grow(&b->ties, b->ties_n, &b->ties_cap,
		 sizeof(*b->ties), b->j->note)) != BL_OK ||
	    (err = signature(holds, b, subject, n->cert)) != BL_OK)
		return err;
	b->ties[b->ties_n++] = (struct tie){n->cert, subject, *holds};
	return BL_OK;
}

/* ---- the search ---- */

static unsigned
count(bl_reasons r)
{
	unsigned n = 0;

	for (; r != 0; r &= r - 1)
		n++;
	return n;
}

/* The certificates from the asked one up to a node; `path` has room. */
static size_t
trail(const struct build *b, size_t top, struct bl_cert **path)
{
	size_t n = b->list[top].depth + 1;

	for (size_t i = n; i-- != 0; top = b->list[top].below)
		path[i] = b->list[top].cert;
	return n;
}

/* A path that reached an anchor: is it a good one? */
static enum bl_err
finish(struct build *b, size_t top)
{
	struct findings f = {0};
	size_t n = b->list[top].depth + 1;
	struct bl_cert **path = bl_alloc_array(n, sizeof(*path));
	enum bl_err err;

	if (path == NULL)
		return bl_fail(
		    b->j->note, BL_E_MEMORY, 0, "out of memory", NULL);
	(void)trail(b, top, path);
	err = bl_path_check(&f, b->j, path, n);
	bl_release(path);
	if (err == BL_OK &&
	    (f.reasons & ~BL_REASON_BIT(REVOCATION_UNKNOWN)) == 0)
		err = bl_trust_wish_all(&b->others, &f.wants, b->j->note);
	if (err != BL_OK ||
	    (b->is_whole && count(f.reasons) >= count(b->best.reasons))) {
		bl_findings_clear(&f);
		return err;
	}
	bl_findings_clear(&b->best);
	b->best = f;
	b->top = top;
	b->is_whole = true;
	return BL_OK;
}

static enum bl_err
visit(struct build *b, size_t at)
{
	const struct bl_trust_ask *ask = b->j->ask;
	struct node n = b->list[at];
	bool holds = true;
	enum bl_err err = BL_OK;

	if (n.below != NONE && (err = is_tied(&holds, b, &n)) != BL_OK)
		return err;
	if (!holds)
		return BL_OK;
	b->list[at].tied = true;
	if (n.is_anchor)
		return finish(b, at);
	if (!b->is_whole && n.depth > b->list[b->top].depth)
		b->top = at;
	if (n.depth >= ask->limits->path_depth) {
		b->limit = "limit-path";
		b->limit_text = "a path is as long as one may be, and not at "
				"an anchor";
		return BL_OK;
	}
	if ((err = add_from(b, at, ask->anchors, true)) == BL_OK)
		err = add_from(b, at, ask->pool, false);
	return err;
}

/* The open node with the least against it; of equals the shorter path, then
 * the newer certificate. */
static size_t
next(const struct build *b)
{
	size_t best = NONE;

	for (size_t i = 0; i < b->n; i++) {
		const struct node *n = &b->list[i], *o;

		if (n->done)
			continue;
		if (best == NONE) {
			best = i;
			continue;
		}
		o = &b->list[best];
		if (n->penalty != o->penalty   ? n->penalty < o->penalty
			: n->depth != o->depth ? n->depth < o->depth
					       : bl_cert_not_before(n->cert) >
			    bl_cert_not_before(o->cert))
			best = i;
	}
	return best;
}

static enum bl_err
search(struct build *b)
{
	enum bl_err err = add(
	    b, NONE, (struct bl_cert *)(uintptr_t)b->j->ask->cert, false);
	size_t at;

	while (err == BL_OK && (at = next(b)) != NONE) {
		b->list[at].done = true;
		err = visit(b, at);
		if (b->is_whole && b->best.reasons == 0)
			break;
	}
	return err;
}

/* ---- what is to be said of it ---- */

/* Some certificate at hand bears the name. */
static bool
has_name(const struct bl_certs *set, struct bl_span name)
{
	for (size_t i = 0; set != NULL && i < set->n; i++)
		if (bl_name_same(bl_cert_subject(set->list[i]), name))
			return true;
	return false;
}

static void
tell_incomplete(struct findings *f, const struct build *b)
{
	const struct bl_trust_ask *ask = b->j->ask;
	const struct bl_cert *top = b->list[b->top].cert;
	struct bl_span issuer = bl_cert_issuer(top);

	if (bl_name_same(bl_cert_subject(top), issuer))
		bl_trust_against(f, top, BL_REASON_BIT(SIGNER_UNKNOWN_CA),
		    "the path ends here, at a certificate that is not among "
		    "the anchors",
		    "RFC 5280 6.1");
	else if (has_name(ask->anchors, issuer) || has_name(ask->pool, issuer))
		bl_trust_against(f, top, BL_REASON_BIT(SIGNER_UNKNOWN_CA),
		    "what has the name of its issuer did not issue it, or leads "
		    "to no anchor",
		    "RFC 5280 6.1");
	else
		bl_trust_against(f, top,
		    BL_REASON_BIT(SIGNER_UNKNOWN_CA) |
			BL_REASON_BIT(CHAIN_INCOMPLETE),
		    "the certificate of its issuer is not at hand",
		    "RFC 5280 6.1");
}

/* No certificate at hand signed that of the node. */
static bool
is_end(const struct build *b, size_t at)
{
	const struct bl_cert *c = b->list[at].cert;

	if (!b->list[at].tied ||
	    bl_name_same(bl_cert_subject(c), bl_cert_issuer(c)))
		return false;
	for (size_t i = 0; i < b->n; i++)
		if (b->list[i].tied && b->list[i].below == at)
			return false;
	return true;
}

/* What would lead on from where nothing at hand does. */
static enum bl_err
wish_issuers(struct findings *f, const struct build *b)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < b->n; i++)
		if (is_end(b, i))
			err = bl_trust_wish(&f->wants,
			    (struct bl_trust_want){
				BL_TRUST_ISSUER, b->list[i].cert, NULL},
			    b->j->note);
	return err;
}

static void
build_clear(struct build *b)
{
	bl_release(b->others.list);
	bl_release(b->list);
	bl_release(b->ties);
	bl_findings_clear(&b->aside);
	bl_findings_clear(&b->best);
}

/* The best path's findings, its answers with them. */
static void
take_best(struct findings *f, struct build *b)
{
	bl_findings_take(f, &b->best);
	f->answers = b->best.answers;
	f->answer_count = b->best.answer_count;
	b->best.answers = NULL;
}

static enum bl_err
give_path(struct bl_certs *path, const struct build *b)
{
	size_t n = b->list[b->top].depth + 1;
	struct bl_cert **list = bl_alloc_array(n, sizeof(*list));
	enum bl_err err = BL_OK;

	if (list == NULL)
		return bl_fail(
		    b->j->note, BL_E_MEMORY, 0, "out of memory", NULL);
	(void)trail(b, b->top, list);
	for (size_t i = 0; err == BL_OK && i < n; i++)
		err = bl_certs_add(path, list[i], b->j->note);
	bl_release(list);
	return err;
}

enum bl_err
bl_path_build(struct findings *f, struct bl_certs *path, struct judge *j)
{
	struct build b = {.j = j};
	enum bl_err err;

	if ((err = search(&b)) != BL_OK || b.list == NULL)
		goto out;
	if (b.is_whole && b.best.reasons == 0) {
		take_best(f, &b);
	} else {
		bl_findings_take(f, &b.aside);
		take_best(f, &b);
		if (!b.is_whole)
			tell_incomplete(f, &b);
		if (b.limit != NULL)
			bl_trust_over(
			    f, b.list[b.top].cert, b.limit, b.limit_text);
	}
	if ((err = bl_trust_wish_all(&f->wants, &b.best.wants, j->note)) !=
		BL_OK ||
	    (b.is_whole && b.best.reasons != 0 &&
		(err = bl_trust_wish_all(&f->wants, &b.others, j->note)) !=
		    BL_OK) ||
	    (!b.is_whole && (err = wish_issuers(f, &b)) != BL_OK))
		goto out;
	err = give_path(path, &b);
out:
	build_clear(&b);
	return err;
}
