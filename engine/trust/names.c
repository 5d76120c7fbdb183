/* names.c - name constraints: RFC 5280 4.2.1.10, RFC 9549 2, RFC 9598 6.
 *
 * A name must lie in the permitted subtrees of each issuer above that has some
 * of its kind, and in none of the excluded ones, which is what intersection and
 * union of 6.1.4 (g) come to. What cannot be told is against the name.
 */
#include "trust/internal.h"

#include <string.h>

/* one is a name on its way through the constraints. */
struct one {
	struct findings *f;
	struct judge *j;
	const struct bl_cert *c;
	struct bl_cert *const *above;
	size_t n;
	bool over;
};

static bool
is_ldh(uint8_t c)
{
	uint8_t low = c | 0x20;

	return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_';
}

/* Labels with a dot between each two. */
static bool
is_domain(struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '.' ? i == 0 || i + 1 == s.n || s.p[i - 1] == '.'
				  : !is_ldh(s.p[i]))
			return false;
	return s.n != 0 && s.n <= 255;
}

static struct bl_span
from(struct bl_span s, size_t at)
{
	return bl_span_cut(s, at, s.n - at);
}

/* The part behind the last "@"; *local what is before it. False: no "@". */
static bool
split(struct bl_span s, struct bl_span *local, struct bl_span *host)
{
	size_t i = s.n;

	while (i != 0 && s.p[i - 1] != '@')
		i--;
	if (i == 0)
		return false;
	*local = bl_span_cut(s, 0, i - 1);
	*host = from(s, i);
	return true;
}

/* `name` is `base`, or ends in a dot and `base`. */
static bool
is_below(struct bl_span name, struct bl_span base)
{
	if (name.n == base.n)
		return bl_span_equal_nocase(name, base);
	return name.n > base.n && name.p[name.n - base.n - 1] == '.' &&
	    bl_span_equal_nocase(from(name, name.n - base.n), base);
}

/* A host, or with a dot before it all below it but not itself. */
static bool
is_host_within(struct bl_span host, struct bl_span base)
{
	if (base.n != 0 && base.p[0] == '.')
		return host.n > base.n && is_below(host, from(base, 1));
	return bl_span_equal_nocase(host, base);
}

enum way { PERMITTED, EXCLUDED };

/* RFC 5280 4.2.1.10: a mailbox, a host, or a domain. A mailbox may differ in
 * case only where that is against it. A constraint is ASCII (email_base_ok), so
 * that U-labels of a mailbox become A-labels: RFC 9598 6. */
static bool
email_within(struct bl_span addr, struct bl_span base, enum way way)
{
	struct bl_span local, host, base_local, base_host;
	struct bl_domain domain;

	if (base.n == 0)
		return way == EXCLUDED;
	if (!split(addr, &local, &host) || !bl_domain_read(&domain, host))
		return way == EXCLUDED;
	host = domain.name;
	if (!split(base, &base_local, &base_host))
		return is_host_within(host, base);
	return bl_span_equal_nocase(host, base_host) &&
	    (way == EXCLUDED ? bl_span_equal_nocase(local, base_local)
			     : bl_span_equal(local, base_local));
}

static bool
dns_within(struct bl_span name, struct bl_span base, enum way way)
{
	bool wild = name.n > 2 && name.p[0] == '*' && name.p[1] == '.';

	if (wild)
		name = from(name, 2);
	if (!is_domain(name))
		return way == EXCLUDED;
	if (base.n == 0 || is_below(name, base))
		return true;
	/* the wildcard may be read as what is excluded */
	return wild && way == EXCLUDED && is_below(base, name);
}

/* The host of a URI with an authority; empty: there is none, or an address. */
static struct bl_span
uri_host(struct bl_span s)
{
	const uint8_t *p = memmem(s.p, s.n, "://", 3);
	size_t i = 0;

	if (p == NULL)
		return (struct bl_span){0};
	s = from(s, (size_t)(p - s.p) + 3);
	while (i < s.n && strchr("/?#", s.p[i]) == NULL)
		i++;
	s.n = i;
	for (i = s.n; i != 0; i--)
		if (s.p[i - 1] == '@')
			break;
	s = from(s, i);
	for (i = 0; i < s.n && s.p[i] != ':'; i++)
		;
	s.n = i;
	return is_domain(s) && (s.p[s.n - 1] | 0x20) > '9'
	    ? s
	    : (struct bl_span){0};
}

static bool
uri_within(struct bl_span uri, struct bl_span base, enum way way)
{
	struct bl_span host = uri_host(uri);

	if (host.n == 0 || base.n == 0)
		return way == EXCLUDED;
	return is_host_within(host, base);
}

static bool
ip_within(struct bl_span ip, struct bl_span base, enum way way)
{
	if (ip.n != 4 && ip.n != 16)
		return way == EXCLUDED;
	if (base.n != 2 * ip.n)
		return false;
	for (size_t i = 0; i < ip.n; i++)
		if (((ip.p[i] ^ base.p[i]) & base.p[ip.n + i]) != 0)
			return false;
	return true;
}

/* Kinds that have no rule here: a constraint on one is against any name of it
 * (RFC 5280 4.2.1.10: process it, or reject the certificate). */
static bool
has_rule(const struct bl_gname *g)
{
	return g->tag == BL_GN_RFC822 || g->tag == BL_GN_DNS ||
	    g->tag == BL_GN_DIRECTORY || g->tag == BL_GN_URI ||
	    g->tag == BL_GN_IP;
}

static bool
is_kind(const struct bl_gname *base, const struct bl_gname *name)
{
	if (base->tag != name->tag)
		return false;
	/* IPv4 and IPv6 are kinds of their own */
	if (name->tag == BL_GN_IP &&
	    (name->value.n == 4 || name->value.n == 16))
		return base->value.n == 2 * name->value.n;
	return name->tag != BL_GN_OTHER || bl_span_equal(base->oid, name->oid);
}

static bool
is_within(
    const struct bl_gname *name, const struct bl_gname *base, enum way way)
{
	if (!has_rule(name))
		return way == EXCLUDED;
	if (name->tag == BL_GN_RFC822)
		return email_within(name->value, base->value, way);
	if (name->tag == BL_GN_DNS)
		return dns_within(name->value, base->value, way);
	if (name->tag == BL_GN_URI)
		return uri_within(name->value, base->value, way);
	if (name->tag == BL_GN_IP)
		return ip_within(name->value, base->value, way);
	return bl_name_within(base->value, name->value);
}

/* Whether one of the subtrees holds the name; *of_kind: there are some of its
 * kind. */
static bool
in_subtrees(struct one *o, struct bl_span subtrees, const struct bl_gname *name,
    enum way way, bool *of_kind)
{
	struct bl_der in = bl_der_of(subtrees);

	*of_kind = false;
	while (bl_der_peek(&in) != 0) {
		struct bl_gname base = bl_subtree_read(&in);

		if (o->j->comparisons == 0) {
			o->over = true;
			return way == EXCLUDED;
		}
		o->j->comparisons--;
		if (!is_kind(&base, name))
			continue;
		*of_kind = true;
		if (is_within(name, &base, way))
			return true;
	}
	return false;
}

static const char *
kind_text(const struct bl_gname *g, enum way way)
{
	bool out = way == EXCLUDED;

	if (g->tag == BL_GN_RFC822)
		return out ? "an e-mail address lies in what its issuer is "
			     "excluded from"
			   : "an e-mail address lies outside of what its "
			     "issuer is permitted";
	if (g->tag == BL_GN_DIRECTORY)
		return out ? "its subject or a directory name lies in what its "
			     "issuer is excluded from"
			   : "its subject or a directory name lies outside of "
			     "what its issuer is permitted";
	if (has_rule(g))
		return out ? "a name lies in what its issuer is excluded from"
			   : "a name lies outside of what its issuer is "
			     "permitted";
	return "a name is of a kind that its issuer has constraints for, and "
	       "that is not understood";
}

/* False when the name is not allowed, or no more can be compared. */
static bool
name_check(struct one *o, const struct bl_gname *name)
{
	for (size_t i = 0; i < o->n && !o->over; i++) {
		const struct bl_cert_path *p = bl_cert_path(o->above[i]);
		bool of_kind;

		if (in_subtrees(o, p->excluded, name, EXCLUDED, &of_kind)) {
			if (!o->over)
				bl_trust_against(o->f, o->c,
				    BL_REASON_BIT(NAME_CONSTRAINT),
				    kind_text(name, EXCLUDED),
				    "RFC 5280 6.1.3 (c)");
			return false;
		}
		if (!in_subtrees(o, p->permitted, name, PERMITTED, &of_kind) &&
		    of_kind) {
			bl_trust_against(o->f, o->c,
			    BL_REASON_BIT(NAME_CONSTRAINT),
			    kind_text(name, PERMITTED), "RFC 5280 6.1.3 (b)");
			return false;
		}
	}
	return !o->over;
}

/* An address stands for an rfc822Name wherever it was found. */
static bool
email_check(void *arg, struct bl_span addr)
{
	return name_check(
	    arg, &(struct bl_gname){.tag = BL_GN_RFC822, .value = addr});
}

static bool
san_check(struct one *o, const struct bl_gname *g)
{
	struct bl_der in = bl_der_of(g->value);

	/* RFC 9598 6: constraints for rfc822Name are for these too */
	if (g->tag == BL_GN_OTHER &&
	    bl_oid_find(g->oid) == BL_OID_SMTP_UTF8_MAILBOX &&
	    !email_check(o, bl_der_take(&in, BL_DER_UTF8)))
		return false;
	return name_check(o, g);
}

static bool
are_constrained(struct bl_cert *const *above, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bl_cert_path(above[i])->permitted.n != 0 ||
		    bl_cert_path(above[i])->excluded.n != 0)
			return true;
	return false;
}

enum bl_err
bl_names_check(struct findings *f, struct judge *j, const struct bl_cert *c,
    struct bl_cert *const *above, size_t n)
{
	struct one o = {f, j, c, above, n, false};
	struct bl_gname subject = {
	    .tag = BL_GN_DIRECTORY, .value = bl_cert_subject(c)};
	struct bl_der in = bl_der_of(bl_cert_path(c)->names);
	bool ok;

	if (!are_constrained(above, n))
		return BL_OK;
	/* an empty subject is no name; two bytes are an empty SEQUENCE */
	ok = (subject.value.n == 2 || name_check(&o, &subject)) &&
	    bl_name_emails(subject.value, email_check, &o);
	while (ok && bl_der_peek(&in) != 0) {
		struct bl_gname g = bl_gname_read(&in);

		ok = san_check(&o, &g);
	}
	if (o.over)
		bl_trust_over(f, c, "limit-name-constraints",
		    "there are too many names and constraints to compare");
	return BL_OK;
}

/* ---- the constraints themselves ---- */

static bool
is_mask(struct bl_span mask)
{
	bool ended = false;

	for (size_t i = 0; i < mask.n * 8; i++) {
		bool bit = (mask.p[i / 8] & (0x80 >> (i % 8))) != 0;

		if (bit && ended)
			return false;
		ended = ended || !bit;
	}
	return true;
}

static bool
email_base_ok(struct bl_span s)
{
	struct bl_span local, host;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	if (split(s, &local, &host))
		return local.n != 0 && memchr(local.p, '@', local.n) == NULL &&
		    is_domain(host);
	return s.n == 0 || is_domain(s.p[0] == '.' ? from(s, 1) : s);
}

static bool
base_ok(const struct bl_gname *g)
{
	struct bl_span s = g->value;

	switch (g->tag) {
	case BL_GN_RFC822:
		return email_base_ok(s);
	case BL_GN_DNS:
		return s.n == 0 || is_domain(s);
	case BL_GN_URI:
		return s.n == 0 || is_domain(s.p[0] == '.' ? from(s, 1) : s);
	case BL_GN_IP:
		return (s.n == 8 || s.n == 32) && is_mask(from(s, s.n / 2));
	default:
		return true;
	}
}

static bool
subtrees_ok(struct bl_span subtrees)
{
	struct bl_der in = bl_der_of(subtrees);

	while (bl_der_peek(&in) != 0) {
		struct bl_gname g = bl_subtree_read(&in);

		if (!base_ok(&g))
			return false;
	}
	return true;
}

void
bl_constraints_check(struct findings *f, const struct bl_cert *c)
{
	const struct bl_cert_path *p = bl_cert_path(c);

	if (!subtrees_ok(p->permitted) || !subtrees_ok(p->excluded))
		bl_trust_against(f, c, BL_REASON_BIT(NAME_CONSTRAINT),
		    "a constraint in nameConstraints is of no form that can be "
		    "compared with",
		    "RFC 5280 4.2.1.10");
}
