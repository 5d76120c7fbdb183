/* issue_check.c - see issue_check.h. */
#include "keys/issue_check.h"

#include <string.h>

#define DAY	   INT64_C(86400) /* seconds */
#define TIME_MAX   INT64_C(253402300799)
#define BR	   "S/MIME BR 7.1"
#define RSA_LEAST  2048 /* bits */
#define LOCAL_MAX  64	/* bytes, RFC 5321 4.5.3.1.1 */
#define DOMAIN_MAX 253	/* bytes, RFC 1035 2.3.4 */
#define LABEL_MAX  63	/* bytes */

static enum bl_err
denied(struct bl_note *note, const char *what, const char *source)
{
	return bl_fail(note, BL_E_DENIED, 0, what, source);
}

bool
bl_issue_is_ascii(struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

size_t
bl_issue_length(struct bl_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] & 0xc0) != 0x80)
			n++;
	return n;
}

static bool
is_letter_or_digit(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A text for a person: no controls, of C0, of C1 or DEL. */
static bool
is_name(struct bl_span s)
{
	if (!bl_text_ok(s) || bl_issue_length(s) > BL_ISSUE_NAME_MAX ||
	    s.n == 0 || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] == 0x7f ||
		    (s.p[i] == 0xc2 && i + 1 < s.n && s.p[i + 1] < 0xa0))
			return false;
	return true;
}

static bool
is_authority(const struct bl_issue_name *n)
{
	return is_name(n->common) && is_name(n->organization) &&
	    n->country.n == 2 && n->country.p[0] >= 'A' &&
	    n->country.p[0] <= 'Z' && n->country.p[1] >= 'A' &&
	    n->country.p[1] <= 'Z';
}

static bool
is_empty(const struct bl_issue_name *n)
{
	return n->common.n == 0 && n->organization.n == 0 && n->country.n == 0;
}

static bool
is_same(const struct bl_issue_name *a, const struct bl_issue_name *b)
{
	return bl_span_equal(a->common, b->common) &&
	    bl_span_equal(a->organization, b->organization) &&
	    bl_span_equal(a->country, b->country);
}

/* Labels of letters, digits and hyphens, in lower case; U-labels are not. */
static bool
is_domain(struct bl_span s)
{
	size_t label = 0;

	if (s.n == 0 || s.n > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			if (label == 0 || s.p[i - 1] == '-')
				return false;
			label = 0;
			continue;
		}
		if (!is_letter_or_digit(s.p[i]) &&
		    (s.p[i] != '-' || label == 0))
			return false;
		if (++label > LABEL_MAX)
			return false;
	}
	return label > 0 && s.p[s.n - 1] != '-';
}

/* Dot-atom of RFC 5322 3.2.3, and what RFC 6532 3.2 adds to it. */
static bool
is_local(struct bl_span s)
{
	if (s.n == 0 || s.n > LOCAL_MAX || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '.' && s.p[i - 1] == '.')
			return false;
		/* C1 controls are no letters */
		if (c == 0xc2 && i + 1 < s.n && s.p[i + 1] < 0xa0)
			return false;
		if (c < 0x80 && !is_letter_or_digit(c) &&
		    !(c >= 'A' && c <= 'Z') &&
		    (c == '\0' || strchr(".!#$%&'*+-/=?^_`{|}~", c) == NULL))
			return false;
	}
	return true;
}

static bool
is_address(struct bl_span s)
{
	const uint8_t *at = s.n > 0 ? memchr(s.p, '@', s.n) : NULL;
	size_t n;

	if (at == NULL || s.n > BL_ISSUE_ADDR_MAX || !bl_text_ok(s))
		return false;
	n = (size_t)(at - s.p);
	return is_local(bl_span_cut(s, 0, n)) &&
	    is_domain(bl_span_cut(s, n + 1, SIZE_MAX));
}

/* Plain http, S/MIME BR 7.1.2.3 b and c; visible ASCII. */
static bool
is_url(struct bl_span s)
{
	const struct bl_span start = BL_STR("http://");

	if (s.n <= start.n || s.n > BL_ISSUE_URL_MAX ||
	    !bl_span_equal(bl_span_cut(s, 0, start.n), start))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    strchr("\"<>\\^`{|}", s.p[i]) != NULL)
			return false;
	return true;
}

static enum bl_err
check_serial(struct bl_span s, struct bl_note *note)
{
	if (s.n < BL_ISSUE_SERIAL_MIN || s.n > BL_ISSUE_SERIAL_MAX ||
	    s.p[0] == 0 || s.p[0] >= 0x80)
		return denied(note,
		    "a serial number has 8 to 20 bytes and is positive",
		    "RFC 5280 4.1.2.2");
	return BL_OK;
}

/* Both ends count. */
static enum bl_err
check_period(int64_t from, int64_t to, int64_t days, const char *what,
    struct bl_note *note)
{
	if (from < 0 || to > TIME_MAX || to <= from)
		return denied(
		    note, "the time ends before it begins", "RFC 5280 4.1.2.5");
	if (to - from + 1 > days * DAY)
		return denied(note, what, BR);
	return BL_OK;
}

enum bl_err
bl_issue_public_check(const struct bl_issue_public *key, struct bl_note *note)
{
	size_t n = key->number.n, field = 0;

	if (key->kind == BL_KEY_RSA) {
		/* whether it is long enough is looked at beside all keys */
		if (n == 0 || n > 1024 || key->number.p[0] == 0 ||
		    (key->number.p[n - 1] & 1) == 0 || key->exponent < 65537 ||
		    (key->exponent & 1) == 0)
			return denied(
			    note, "the RSA key is weak or no key", BR);
		return BL_OK;
	}
	if (key->kind == BL_KEY_EC_P256)
		field = 32;
	else if (key->kind == BL_KEY_EC_P384)
		field = 48;
	else if (key->kind == BL_KEY_EC_P521)
		field = 66;
	if (field == 0)
		return denied(note, "a key of this kind is not certified", BR);
	if (n != 1 + 2 * field || key->number.p[0] != 4 || key->exponent != 0)
		return denied(note, "the EC key is no point", BR);
	return BL_OK;
}

static bool
is_fit(enum bl_key_kind kind, unsigned bits)
{
	if (kind == BL_KEY_RSA)
		return bits >= RSA_LEAST;
	return kind == BL_KEY_EC_P256 || kind == BL_KEY_EC_P384 ||
	    kind == BL_KEY_EC_P521;
}

/* What only one kind of certificate has, the others must not name. */
static enum bl_err
check_extent(const struct bl_issue_cert *c, struct bl_note *note)
{
	bool mailbox = c->kind == BL_ISSUE_MAILBOX;

	if (!mailbox && (c->address_count > 0 || c->sign || c->encrypt))
		return denied(note, "an authority has no mailbox", BR);
	if (c->kind != BL_ISSUE_INTERMEDIATE && c->domain_count > 0)
		return denied(
		    note, "only an intermediate is bound to domains", BR);
	if (c->address_count > BL_ISSUE_ADDRS ||
	    c->domain_count > BL_ISSUE_DOMAINS)
		return denied(note, "there are too many names", NULL);
	return BL_OK;
}

static enum bl_err
check_urls(const struct bl_issue_cert *c, struct bl_note *note)
{
	if (c->kind == BL_ISSUE_ROOT)
		return c->crl_url.n + c->issuer_url.n + c->ocsp_url.n == 0
		    ? BL_OK
		    : denied(note, "a root is not looked up", BR);
	if (!is_url(c->crl_url) || !is_url(c->issuer_url) ||
	    !is_url(c->ocsp_url))
		return denied(note,
		    "where lists and answers are found must be http://...",
		    "S/MIME BR 7.1.2.3");
	return BL_OK;
}

static enum bl_err
check_mailbox(const struct bl_issue_cert *c, struct bl_note *note)
{
	if (!is_empty(&c->subject))
		return denied(note, "a mailbox is named by its address alone",
		    "S/MIME BR 7.1.4.2.3");
	if (!c->sign && !c->encrypt)
		return denied(
		    note, "it must be good for something", "S/MIME BR 7.1.2.3");
	if (c->address_count == 0)
		return denied(note, "there is no address", "RFC 5280 4.2.1.6");
	for (size_t i = 0; i < c->address_count; i++)
		if (!is_address(c->addresses[i]))
			return denied(note,
			    "an address must be plain, its domain in ASCII and "
			    "lower case",
			    "RFC 9598 3");
	return BL_OK;
}

static enum bl_err
check_domains(const struct bl_issue_cert *c, struct bl_note *note)
{
	for (size_t i = 0; i < c->domain_count; i++) {
		struct bl_span d = c->domains[i];

		if (d.n > 0 && d.p[0] == '.')
			d = bl_span_cut(d, 1, SIZE_MAX);
		if (!is_domain(d))
			return denied(note,
			    "a domain must be in ASCII and lower case",
			    "RFC 5280 4.2.1.10");
	}
	return BL_OK;
}

static enum bl_err
check_authority(const struct bl_issue_cert *c, struct bl_note *note)
{
	if (!is_authority(&c->subject))
		return denied(note,
		    "an authority has a name, an organisation and a country of "
		    "two letters",
		    "S/MIME BR 7.1.4.3");
	if ((c->kind == BL_ISSUE_ROOT) != is_same(&c->subject, &c->issuer))
		return denied(note, "a root, and only a root, names itself",
		    "RFC 5280 3.2");
	return check_domains(c, note);
}

enum bl_err
bl_issue_cert_check(const struct bl_issue_cert *c, enum bl_key_kind own,
    unsigned bits, struct bl_note *note)
{
	bool mailbox = c->kind == BL_ISSUE_MAILBOX;
	enum bl_err err;

	if (c->kind < BL_ISSUE_ROOT || c->kind > BL_ISSUE_MAILBOX)
		return denied(note, "no such certificate is made", NULL);
	if (!is_fit(own, bits))
		return denied(
		    note, "the key to be certified is weak or unfit", BR);
	if (!is_authority(&c->issuer))
		return denied(
		    note, "the issuer has no full name", "S/MIME BR 7.1.4.3");
	if ((err = check_serial(c->serial, note)) != BL_OK ||
	    (err = check_period(c->not_before, c->not_after,
		 mailbox ? BL_ISSUE_DAYS : BL_ISSUE_CA_DAYS,
		 mailbox ? "a mailbox is certified for 825 days at most"
			 : "an authority is certified for 9132 days at most",
		 note)) != BL_OK ||
	    (err = check_extent(c, note)) != BL_OK ||
	    (err = check_urls(c, note)) != BL_OK)
		return err;
	return mailbox ? check_mailbox(c, note) : check_authority(c, note);
}

static enum bl_err
check_revoked(const struct bl_issue_revoked *r, struct bl_note *note)
{
	enum bl_err err = check_serial(r->serial, note);

	if (err != BL_OK)
		return err;
	if (r->at < 0 || r->at > TIME_MAX)
		return denied(
		    note, "a time is out of range", "RFC 5280 5.1.2.6");
	/* 6 is certificateHold, 7 nothing, 8 removeFromCRL */
	if (r->reason > 9 || (r->reason >= 6 && r->reason <= 8))
		return denied(note, "this is no reason that is given here",
		    "S/MIME BR 7.2.2");
	return BL_OK;
}

enum bl_err
bl_issue_crl_check(const struct bl_issue_crl *l, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (!is_authority(&l->issuer))
		return denied(
		    note, "the issuer has no full name", "S/MIME BR 7.1.4.3");
	if (l->number == 0 || l->n > BL_ISSUE_REVOKED)
		return denied(note, "the list has no number, or is too long",
		    "RFC 5280 5.2.3");
	err = check_period(l->this_update, l->next_update, BL_ISSUE_LIST_DAYS,
	    "a list is good for 366 days at most", note);
	for (size_t i = 0; i < l->n && err == BL_OK; i++)
		err = check_revoked(&l->revoked[i], note);
	return err;
}

enum bl_err
bl_issue_ocsp_check(const struct bl_issue_ocsp *o, struct bl_note *note)
{
	enum bl_err err;

	if (!is_authority(&o->issuer))
		return denied(
		    note, "the issuer has no full name", "S/MIME BR 7.1.4.3");
	if (!o->is_revoked && (o->cert.at != 0 || o->cert.reason != 0))
		return denied(note, "what is not revoked has no reason",
		    "RFC 6960 4.2.1");
	if ((err = check_revoked(&o->cert, note)) != BL_OK)
		return err;
	return check_period(o->this_update, o->next_update, BL_ISSUE_LIST_DAYS,
	    "an answer is good for 366 days at most", note);
}
