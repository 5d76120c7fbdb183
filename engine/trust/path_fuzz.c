/* path_fuzz.c - any certificates, lists and answers about a certificate: what is
 * valid has a path to an anchor, and everything that was demanded. */
#include "trust/trust.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A seed is a byte of what is asked, then pieces: kind, two bytes of length, as
 * many bytes. The first certificate for LEAF is the one that is asked about. */
enum piece { LEAF, ANCHOR, POOL, CRL, OCSP, KINDS };

struct pieces {
	struct bl_certs leaf, anchors, pool;
	struct bl_crls crls;
	struct bl_ocsps ocsps;
};

/* Small, so that the fuzzer sees both sides of each. */
static struct bl_limits
small(void)
{
	struct bl_limits l = BL_LIMITS;

	l.path_depth = 4;
	l.path_signatures = 16;
	l.path_nodes = 32;
	l.name_comparisons = 256;
	l.policy_nodes = 16;
	return l;
}

static void
add_cert(struct bl_certs *to, struct bl_ctx *ctx, struct bl_span der,
    const struct bl_limits *limits)
{
	struct bl_cert *c;

	if (bl_cert_read(&c, ctx, der, limits, NULL) == BL_OK &&
	    bl_certs_add(to, c, NULL) != BL_OK)
		abort();
	bl_cert_free(c);
}

static void
add(struct pieces *p, struct bl_ctx *ctx, unsigned kind, struct bl_span der,
    const struct bl_limits *limits)
{
	struct bl_certs *const certs[] = {&p->leaf, &p->anchors, &p->pool};
	size_t skipped;

	/* what cannot be read is not there */
	if (kind <= POOL)
		add_cert(certs[kind], ctx, der, limits);
	else if (kind == CRL)
		(void)!bl_crls_import(&p->crls, der, limits, &skipped, NULL);
	else
		(void)!bl_ocsps_import(&p->ocsps, der, limits, &skipped, NULL);
}

static void
take(struct pieces *p, struct bl_ctx *ctx, struct bl_span in,
    const struct bl_limits *limits)
{
	while (in.n >= 3) {
		size_t n = (size_t)in.p[1] << 8 | in.p[2];

		add(p, ctx, in.p[0] % KINDS, bl_span_cut(in, 3, n), limits);
		in = bl_span_cut(in, 3 + n, SIZE_MAX);
	}
}

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_anchor(const struct bl_trust_ask *ask, const struct bl_cert *c)
{
	for (size_t i = 0; i < ask->anchors->n; i++)
		if (bl_span_equal(
			bl_cert_der(ask->anchors->list[i]), bl_cert_der(c)))
			return true;
	return false;
}

static void
look(const struct bl_trust_answer *a, const struct bl_trust_ask *ask)
{
	const struct bl_certs *path = &a->path;

	must(a->valid == (a->reasons == 0));
	must(a->wants.n <= BL_TRUST_WANTS_MAX);
	must(path->n <= ask->limits->path_depth + 1);
	if (!a->valid)
		return;
	must(path->n > 0 && path->list[0] == ask->cert);
	must(is_anchor(ask, path->list[path->n - 1]));
	for (size_t i = 0; i + 1 < path->n; i++) {
		enum bl_cert_state state = a->revocation[i].state;

		must(!is_anchor(ask, path->list[i]));
		must(bl_cert_not_before(path->list[i]) <= ask->at &&
		    ask->at <= bl_cert_not_after(path->list[i]));
		must((bl_cert_flags(path->list[i + 1]) & BL_CERT_CA) != 0);
		must(state != BL_CERT_REVOKED);
		must(ask->policy->revocation != BL_REVOCATION_REQUIRE ||
		    state == BL_CERT_GOOD);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bl_ctx *ctx;
	const struct bl_limits limits = small();
	struct bl_policy policy = {0};
	struct bl_trust_answer answer = {0};
	struct pieces p = {0};
	struct bl_trust_ask ask = {.anchors = &p.anchors,
	    .pool = &p.pool,
	    .crls = &p.crls,
	    .ocsps = &p.ocsps,
	    .limits = &limits,
	    .policy = &policy};

	if (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK)
		abort();
	if (size == 0)
		return 0;
	take(&p, ctx, bl_span_of(data + 1, size - 1), &limits);
	if (p.leaf.n > 0) {
		ask.cert = p.leaf.list[0];
		ask.at = bl_cert_not_before(ask.cert) + 3600;
		ask.purpose = (enum bl_purpose)(data[0] % 3);
		policy.revocation = (enum bl_revocation)(data[0] / 3 % 3);
		ask.explicit_policy = (data[0] & 0x80) != 0;
		if (bl_trust_judge(&answer, ctx, &ask, NULL) != BL_OK)
			abort();
		look(&answer, &ask);
		bl_trust_answer_clear(&answer);
	}
	bl_certs_clear(&p.leaf);
	bl_certs_clear(&p.anchors);
	bl_certs_clear(&p.pool);
	bl_crls_clear(&p.crls);
	bl_ocsps_clear(&p.ocsps);
	return 0;
}
