/* policies.c - certificate policies along a path, RFC 9618 5; see internal.h. */
#include "trust/internal.h"

static struct bl_span
any_policy(void)
{
	return bl_oid_octets(BL_OID_ANY_POLICY);
}

static bool
is_any(struct bl_span policy)
{
	return bl_span_equal(policy, any_policy());
}

static bool
is_asked_for(const struct judge *j, struct bl_span policy)
{
	const struct bl_trust_ask *ask = j->ask;

	for (size_t i = 0; i < ask->policy_count; i++)
		if (bl_span_equal(ask->policies[i], policy) ||
		    is_any(ask->policies[i]))
			return true;
	return ask->policy_count == 0;
}

static struct policy_node *
find(const struct policies *p, struct bl_span policy)
{
	for (size_t i = 0; i < p->n; i++)
		if (bl_span_equal(p->list[i].policy, policy))
			return &p->list[i];
	return NULL;
}

static bool
expects(const struct policies *p, const struct policy_node *n,
    struct bl_span policy)
{
	for (size_t i = 0; i < n->n; i++)
		if (bl_span_equal(p->expected[n->from + i], policy))
			return true;
	return false;
}

static enum bl_err
add_expected(struct policies *p, struct policy_node *n, struct bl_span policy,
    struct bl_note *note)
{
	enum bl_err err = bl_list_grow(&p->expected, p->expected_n,
	    &p->expected_cap, sizeof(*p->expected), note);

	if (err != BL_OK)
		return err;
	if (n->n == 0)
		n->from = p->expected_n;
	p->expected[p->expected_n++] = policy;
	n->n++;
	return BL_OK;
}

/* A node that expects itself. Where no more nodes may be made, none is: the
 * caller finds j->nodes at 0. */
static enum bl_err
add(struct policies *p, struct judge *j, struct bl_span policy, bool wanted,
    struct bl_note *note)
{
	enum bl_err err;

	if (j->nodes == 0)
		return BL_OK;
	j->nodes--;
	if ((err = bl_list_grow(
		 &p->list, p->n, &p->cap, sizeof(*p->list), note)) != BL_OK)
		return err;
	p->list[p->n] = (struct policy_node){
	    .policy = policy, .wanted = wanted};
	if ((err = add_expected(p, &p->list[p->n], policy, note)) == BL_OK)
		p->n++;
	return err;
}

void
bl_policies_clear(struct policies *p)
{
	bl_release(p->list);
	bl_release(p->expected);
	*p = (struct policies){0};
}

enum bl_err
bl_policies_start(struct policies *p, struct judge *j, struct bl_note *note)
{
	*p = (struct policies){0};
	return add(p, j, any_policy(), true, note);
}

/* Which nodes of the level above expect this policy; *wanted: one of them
 * descends from what is asked for. */
static bool
is_expected(const struct policies *p, struct bl_span policy, bool *wanted)
{
	bool found = false;

	*wanted = false;
	for (size_t i = 0; i < p->n; i++) {
		if (!expects(p, &p->list[i], policy))
			continue;
		found = true;
		*wanted = *wanted || p->list[i].wanted;
	}
	return found;
}

/* 6.1.3 (d) (1) */
static enum bl_err
take_named(struct policies *next, const struct policies *p, struct judge *j,
    const struct bl_cert *c, bool *has_any, struct findings *f)
{
	struct bl_der in = bl_der_of(bl_cert_path(c)->policies);
	bool any_above = find(p, any_policy()) != NULL, wanted;
	enum bl_err err = BL_OK;

	while (err == BL_OK && bl_der_peek(&in) != 0 && j->nodes != 0) {
		struct bl_span policy = bl_policy_read(&in);

		if (is_any(policy) ? *has_any : find(next, policy) != NULL)
			bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
			    "a policy stands twice in certificatePolicies",
			    "RFC 5280 4.2.1.4");
		else if (is_any(policy))
			*has_any = true;
		else if (is_expected(p, policy, &wanted))
			err = add(next, j, policy, wanted, j->note);
		else if (any_above)
			err = add(
			    next, j, policy, is_asked_for(j, policy), j->note);
	}
	return err;
}

/* 6.1.3 (d) (2) */
static enum bl_err
take_any(struct policies *next, const struct policies *p, struct judge *j)
{
	enum bl_err err = BL_OK;
	bool wanted;

	for (size_t i = 0; err == BL_OK && i < p->n; i++)
		for (size_t k = 0; err == BL_OK && k < p->list[i].n; k++) {
			struct bl_span policy =
			    p->expected[p->list[i].from + k];

			if (find(next, policy) != NULL ||
			    !is_expected(p, policy, &wanted))
				continue;
			err = add(next, j, policy, wanted, j->note);
		}
	return err;
}

static void
tell_limit(struct findings *f, const struct judge *j, const struct bl_cert *c)
{
	if (j->nodes == 0)
		bl_trust_over(f, c, "limit-policies",
		    "there are too many certificate policies to follow");
}

enum bl_err
bl_policies_step(struct policies *p, struct findings *f, struct judge *j,
    const struct bl_cert *c, bool use_any)
{
	struct policies next = {0};
	bool has_any = false;
	enum bl_err err = BL_OK;

	if (p->n != 0)
		err = take_named(&next, p, j, c, &has_any, f);
	if (err == BL_OK && has_any && use_any)
		err = take_any(&next, p, j);
	tell_limit(f, j, c);
	bl_policies_clear(p);
	*p = next;
	return err;
}

/* The issuer's policies are to be followed by what the mappings say. */
static enum bl_err
map_one(struct policies *p, struct judge *j, const struct bl_cert *c,
    struct bl_span issuer)
{
	struct bl_der in = bl_der_of(bl_cert_path(c)->mappings);
	struct policy_node *n = find(p, issuer);
	enum bl_err err = BL_OK;

	if (n == NULL && find(p, any_policy()) == NULL)
		return BL_OK;
	if (n == NULL) {
		err = add(p, j, issuer, is_asked_for(j, issuer), j->note);
		if (err != BL_OK || (n = find(p, issuer)) == NULL)
			return err;
	}
	n->n = 0;
	while (err == BL_OK && bl_der_peek(&in) != 0) {
		struct bl_mapping m = bl_mapping_read(&in);

		if (!bl_span_equal(m.issuer, issuer))
			continue;
		if (j->nodes == 0)
			return BL_OK;
		j->nodes--;
		err = add_expected(p, n, m.subject, j->note);
	}
	return err;
}

static void
drop(struct policies *p, struct bl_span policy)
{
	struct policy_node *n = find(p, policy);

	if (n != NULL)
		*n = p->list[--p->n];
}

/* Whether the mapping at `at` is the first of its issuer's policy. */
static bool
is_first(struct bl_span mappings, struct bl_span issuer)
{
	struct bl_der in = bl_der_of(mappings);

	while (bl_der_peek(&in) != 0) {
		struct bl_mapping m = bl_mapping_read(&in);

		if (bl_span_equal(m.issuer, issuer))
			return m.issuer.p == issuer.p;
	}
	return false;
}

enum bl_err
bl_policies_map(struct policies *p, struct findings *f, struct judge *j,
    const struct bl_cert *c, bool may_map)
{
	struct bl_span mappings = bl_cert_path(c)->mappings;
	struct bl_der in = bl_der_of(mappings);
	enum bl_err err = BL_OK;
	size_t count = 0;

	while (err == BL_OK && bl_der_peek(&in) != 0) {
		struct bl_mapping m = bl_mapping_read(&in);

		if (++count > j->ask->limits->policy_nodes) {
			bl_trust_over(f, c, "limit-policies",
			    "there are too many policyMappings");
			break;
		}
		if (is_any(m.issuer) || is_any(m.subject)) {
			bl_trust_against(f, c, BL_REASON_BIT(BAD_CERTIFICATE),
			    "policyMappings names anyPolicy",
			    "RFC 5280 6.1.4 (a)");
			break;
		}
		if (!may_map)
			drop(p, m.issuer);
		else if (is_first(mappings, m.issuer))
			err = map_one(p, j, c, m.issuer);
	}
	tell_limit(f, j, c);
	return err;
}

bool
bl_policies_wanted(const struct policies *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].wanted)
			return true;
	return false;
}
