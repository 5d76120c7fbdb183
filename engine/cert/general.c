/* general.c - GeneralName, RFC 5280 4.2.1.6, and lists of what holds it. */
#include "cert/internal.h"

struct bl_gname
bl_gname_read(struct bl_der *in)
{
	struct bl_gname g = {.tag = bl_der_peek(in)};
	struct bl_der at, value;

	switch (g.tag) {
	case BL_GN_OTHER:
		at = bl_der_enter(in, BL_GN_OTHER);
		g.oid = bl_der_oid(&at);
		value = bl_der_enter(&at, BL_DER_CONTEXT(0));
		g.value = bl_der_whole(&value, 0);
		bl_der_leave(&at, &value);
		bl_der_leave(in, &at);
		break;
	case BL_GN_DIRECTORY:
		at = bl_der_enter(in, BL_GN_DIRECTORY);
		g.value = bl_name_read(&at);
		bl_der_leave(in, &at);
		break;
	case BL_GN_RFC822:
	case BL_GN_DNS:
	case BL_GN_X400:
	case BL_GN_EDI:
	case BL_GN_URI:
	case BL_GN_IP:
	case BL_GN_RID:
		g.value = bl_der_take(in, g.tag);
		break;
	default:
		in->bad = true;
	}
	return in->bad ? (struct bl_gname){0} : g;
}

void
bl_gnames_read(struct bl_der *in)
{
	do
		(void)bl_gname_read(in);
	while (bl_der_peek(in) != 0);
}

/* ---- nameConstraints, RFC 5280 4.2.1.10 ---- */

struct bl_gname
bl_subtree_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	struct bl_gname base = bl_gname_read(&seq);

	/* minimum MUST be zero, which many write out; maximum MUST be absent */
	if (bl_der_peek(&seq) == BL_DER_IMPLICIT(0) &&
	    !bl_span_equal(bl_der_take(&seq, BL_DER_IMPLICIT(0)), BL_STR("\0")))
		seq.bad = true;
	bl_der_leave(in, &seq);
	return base;
}

static struct bl_span
subtrees(struct bl_der *in, unsigned tag)
{
	struct bl_der at = *in, list;
	struct bl_span content;

	if (bl_der_peek(in) != tag)
		return (struct bl_span){0};
	content = bl_der_take(in, tag);
	list = bl_der_enter(&at, tag);
	do
		(void)bl_subtree_read(&list);
	while (bl_der_peek(&list) != 0);
	if (list.bad)
		in->bad = true;
	return content;
}

void
bl_constraints_read(struct bl_cert_path *p, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	p->permitted = subtrees(&seq, BL_DER_CONTEXT(0));
	p->excluded = subtrees(&seq, BL_DER_CONTEXT(1));
	/* MUST NOT be an empty sequence */
	if (p->permitted.n == 0 && p->excluded.n == 0)
		seq.bad = true;
	bl_der_leave(in, &seq);
}

/* ---- policies, RFC 5280 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.14 ---- */

struct bl_span
bl_policy_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), list, one;
	struct bl_span oid = bl_der_oid(&seq);

	if (bl_der_peek(&seq) == BL_DER_SEQUENCE) {
		list = bl_der_enter(&seq, BL_DER_SEQUENCE);
		do {
			one = bl_der_enter(&list, BL_DER_SEQUENCE);
			(void)bl_der_oid(&one);
			(void)bl_der_whole(&one, 0);
			bl_der_leave(&list, &one);
		} while (bl_der_peek(&list) != 0);
		bl_der_leave(&seq, &list);
	}
	bl_der_leave(in, &seq);
	return oid;
}

void
bl_policies_read(struct bl_cert_path *p, struct bl_der *in)
{
	struct bl_der at = *in, seq = bl_der_enter(in, BL_DER_SEQUENCE);

	do
		(void)bl_policy_read(&seq);
	while (bl_der_peek(&seq) != 0);
	bl_der_leave(in, &seq);
	if (!in->bad)
		p->policies = bl_der_take(&at, BL_DER_SEQUENCE);
}

struct bl_mapping
bl_mapping_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	struct bl_mapping m = {.issuer = bl_der_oid(&seq)};

	m.subject = bl_der_oid(&seq);
	bl_der_leave(in, &seq);
	return m;
}

void
bl_mappings_read(struct bl_cert_path *p, struct bl_der *in)
{
	struct bl_der at = *in, seq = bl_der_enter(in, BL_DER_SEQUENCE);

	do
		(void)bl_mapping_read(&seq);
	while (bl_der_peek(&seq) != 0);
	bl_der_leave(in, &seq);
	if (!in->bad)
		p->mappings = bl_der_take(&at, BL_DER_SEQUENCE);
}

/* [n] IMPLICIT INTEGER (0..MAX); more than any path is long is as good as the
 * most there is. */
static int64_t
skip_certs(struct bl_der *in, unsigned tag)
{
	struct bl_span v = bl_der_take(in, tag);

	if (v.n == 0 || v.p[0] >= 0x80 ||
	    (v.n > 1 && v.p[0] == 0 && v.p[1] < 0x80)) {
		in->bad = true;
		return -1;
	}
	if (v.n > 3)
		return INT32_MAX;
	return v.n == 1 ? v.p[0]
	    : v.n == 2	? v.p[0] << 8 | v.p[1]
			: v.p[0] << 16 | v.p[1] << 8 | v.p[2];
}

void
bl_policy_limits_read(struct bl_cert_path *p, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	if (bl_der_peek(&seq) == BL_DER_IMPLICIT(0))
		p->require_explicit = skip_certs(&seq, BL_DER_IMPLICIT(0));
	if (bl_der_peek(&seq) == BL_DER_IMPLICIT(1))
		p->inhibit_mapping = skip_certs(&seq, BL_DER_IMPLICIT(1));
	/* MUST NOT be an empty sequence */
	if (p->require_explicit < 0 && p->inhibit_mapping < 0)
		seq.bad = true;
	bl_der_leave(in, &seq);
}

void
bl_inhibit_any_read(struct bl_cert_path *p, struct bl_der *in)
{
	p->inhibit_any = skip_certs(in, BL_DER_INTEGER);
}

void
bl_path_len_read(struct bl_cert_path *p, struct bl_der *in)
{
	p->path_len = skip_certs(in, BL_DER_INTEGER);
}

/* ---- where to find more, RFC 5280 4.2.1.13, 4.2.2.1 ---- */

struct bl_dist_point
bl_dist_name_read(struct bl_der *in)
{
	struct bl_dist_point p = {0};
	struct bl_der name = bl_der_enter(in, BL_DER_CONTEXT(0)), at;

	if (bl_der_peek(&name) == BL_DER_CONTEXT(0)) {
		at = name;
		p.names = bl_der_take(&name, BL_DER_CONTEXT(0));
		at = bl_der_enter(&at, BL_DER_CONTEXT(0));
		bl_gnames_read(&at);
		if (at.bad)
			name.bad = true;
	} else {
		/* nameRelativeToCRLIssuer: an RDN, SET under another tag */
		at = name;
		p.relative = bl_der_take(&name, BL_DER_CONTEXT(1));
		at = bl_der_enter(&at, BL_DER_CONTEXT(1));
		do
			(void)bl_atv_read(&at);
		while (bl_der_peek(&at) != 0);
		if (at.bad)
			name.bad = true;
	}
	bl_der_leave(in, &name);
	return p;
}

unsigned
bl_reason_flags_read(struct bl_der *in, unsigned tag)
{
	struct bl_span bits = bl_der_take(in, tag);
	unsigned flags = 0;

	if (bits.n < 1 || bits.p[0] > 7) {
		in->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < 9 && 1 + i / 8 < bits.n; i++)
		if ((bits.p[1 + i / 8] & (0x80 >> (i % 8))) != 0)
			flags |= 1u << i;
	return flags;
}

struct bl_dist_point
bl_dist_point_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), at;
	struct bl_dist_point p = {0};

	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0))
		p = bl_dist_name_read(&seq);
	if (bl_der_peek(&seq) == BL_DER_IMPLICIT(1)) {
		p.has_reasons = true;
		p.reasons = bl_reason_flags_read(&seq, BL_DER_IMPLICIT(1));
	}
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(2)) {
		at = seq;
		p.issuers = bl_der_take(&seq, BL_DER_CONTEXT(2));
		at = bl_der_enter(&at, BL_DER_CONTEXT(2));
		bl_gnames_read(&at);
		if (at.bad)
			seq.bad = true;
	}
	/* MUST NOT consist of only the reasons */
	if (p.names.n == 0 && p.relative.n == 0 && p.issuers.n == 0)
		seq.bad = true;
	bl_der_leave(in, &seq);
	return p;
}

static struct bl_span
points(struct bl_der *in)
{
	struct bl_der at = *in, seq = bl_der_enter(in, BL_DER_SEQUENCE);

	do
		(void)bl_dist_point_read(&seq);
	while (bl_der_peek(&seq) != 0);
	bl_der_leave(in, &seq);
	return in->bad ? (struct bl_span){0}
		       : bl_der_take(&at, BL_DER_SEQUENCE);
}

void
bl_points_read(struct bl_cert_path *p, struct bl_der *in)
{
	p->points = points(in);
}

void
bl_freshest_read(struct bl_cert_path *p, struct bl_der *in)
{
	p->freshest = points(in);
}

void
bl_access_read(struct bl_cert_path *p, struct bl_der *in)
{
	struct bl_der at = *in, seq = bl_der_enter(in, BL_DER_SEQUENCE), one;

	do {
		one = bl_der_enter(&seq, BL_DER_SEQUENCE);
		(void)bl_der_oid(&one);
		(void)bl_gname_read(&one);
		bl_der_leave(&seq, &one);
	} while (bl_der_peek(&seq) != 0);
	bl_der_leave(in, &seq);
	if (!in->bad)
		p->access = bl_der_take(&at, BL_DER_SEQUENCE);
}
