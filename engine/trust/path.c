/* path.c - the checks of RFC 5280 6.1 along one path; see internal.h. */
#include "trust/internal.h"

/* walk is the state of RFC 5280 6.1.2 that is not names. */
struct walk {
	struct policies policies;
	size_t explicit_policy, policy_mapping, inhibit_any, max_path;
};

static size_t
at_most(size_t value, int64_t limit)
{
	return limit >= 0 && (uint64_t)limit < value ? (size_t)limit : value;
}

static void
count_down(size_t *n)
{
	if (*n != 0)
		(*n)--;
}

/* 6.1.3 (d), (e), (f) */
static enum bl_err
take_policies(struct walk *w, struct findings *f, struct judge *j,
    const struct bl_cert *c, bool is_self_issued, bool is_last)
{
	enum bl_err err = bl_policies_step(&w->policies, f, j, c,
	    w->inhibit_any != 0 || (is_self_issued && !is_last));

	if (err == BL_OK && w->explicit_policy == 0 && w->policies.n == 0)
		bl_trust_against(f, c, BL_REASON_BIT(WRONG_POLICY),
		    "no certificate policy holds along the whole path, and one "
		    "is demanded",
		    "RFC 5280 6.1.3 (f)");
	return err;
}

/* 6.1.4 (a) to (o), the names aside */
static enum bl_err
prepare(struct walk *w, struct findings *f, struct judge *j,
    const struct bl_cert *c, bool is_self_issued)
{
	const struct bl_cert_path *p = bl_cert_path(c);
	enum bl_err err;

	if (p->mappings.n != 0 &&
	    (err = bl_policies_map(
		 &w->policies, f, j, c, w->policy_mapping != 0)) != BL_OK)
		return err;
	if (!is_self_issued) {
		count_down(&w->explicit_policy);
		count_down(&w->policy_mapping);
		count_down(&w->inhibit_any);
		if (w->max_path == 0)
			bl_trust_against(f, c, BL_REASON_BIT(WRONG_USAGE),
			    "there are more CAs on the path than "
			    "pathLenConstraint of an issuer above allows",
			    "RFC 5280 6.1.4 (l)");
		count_down(&w->max_path);
	}
	w->explicit_policy = at_most(w->explicit_policy, p->require_explicit);
	w->policy_mapping = at_most(w->policy_mapping, p->inhibit_mapping);
	w->inhibit_any = at_most(w->inhibit_any, p->inhibit_any);
	w->max_path = at_most(w->max_path, p->path_len);
	bl_check_issuer(f, j, c, false);
	return BL_OK;
}

/* 6.1.5 */
static void
wrap_up(struct walk *w, struct findings *f, const struct bl_cert *c)
{
	count_down(&w->explicit_policy);
	if (bl_cert_path(c)->require_explicit == 0)
		w->explicit_policy = 0;
	if (w->explicit_policy == 0 && !bl_policies_wanted(&w->policies))
		bl_trust_against(f, c, BL_REASON_BIT(WRONG_POLICY),
		    "the path holds under no certificate policy that was asked "
		    "for",
		    "RFC 5280 6.1.5 (g)");
}

/* What path[0] is asked besides is not the path's. */
static void
check_intermediate(
    struct findings *f, const struct judge *j, const struct bl_cert *c)
{
	bl_check_time(f, j, c);
	bl_check_own_signature(f, j, c);
	bl_check_key(f, j, c);
	bl_check_form(f, c);
}

static enum bl_err
walk_down(struct walk *w, struct findings *f, struct judge *j,
    struct bl_cert *const *path, size_t n)
{
	enum bl_err err = BL_OK;

	for (size_t i = n - 1; i-- != 0;) {
		const struct bl_cert *c = path[i];
		bool self = bl_name_same(bl_cert_subject(c), bl_cert_issuer(c));

		if (i != 0)
			check_intermediate(f, j, c);
		if (i == 0 || !self)
			err = bl_names_check(f, j, c, path + i + 1, n - i - 1);
		if (err == BL_OK)
			err = take_policies(w, f, j, c, self, i == 0);
		if (err == BL_OK && i != 0)
			err = prepare(w, f, j, c, self);
		if (err != BL_OK)
			return err;
	}
	return BL_OK;
}

enum bl_err
bl_path_check(
    struct findings *f, struct judge *j, struct bl_cert *const *path, size_t n)
{
	const struct bl_trust_ask *ask = j->ask;
	const struct bl_cert *anchor = path[n - 1];
	struct walk w = {
	    .explicit_policy = ask->explicit_policy ? 0 : n,
	    .policy_mapping = ask->inhibit_mapping ? 0 : n,
	    .inhibit_any = ask->inhibit_any ? 0 : n,
	    /* RFC 5937 3.1: what the anchor says of itself holds too */
	    .max_path = at_most(n - 1, bl_cert_path(anchor)->path_len),
	};
	enum bl_err err = BL_OK;

	j->comparisons = ask->limits->name_comparisons;
	j->nodes = ask->limits->policy_nodes + 1;
	bl_check_time(f, j, anchor);
	bl_check_key(f, j, anchor);
	bl_check_form(f, anchor);
	bl_check_issuer(f, j, anchor, true);
	if ((err = bl_policies_start(&w.policies, j, j->note)) == BL_OK &&
	    (err = walk_down(&w, f, j, path, n)) == BL_OK)
		wrap_up(&w, f, path[0]);
	bl_policies_clear(&w.policies);
	if (err == BL_OK)
		err = bl_revocation_check(f, j, path, n);
	return err;
}
