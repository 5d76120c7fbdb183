/* address.c - the e-mail names of a certificate: RFC 8550 3, RFC 9598. */
#include "cert/internal.h"

#include <string.h>

/* Where the local part ends: the "@" behind a dot-atom or a quoted string; 0
 * when there is no such thing. Bytes over 0x7e are for the caller to judge. */
static size_t
local_end(struct bl_span s)
{
	size_t i = 0;

	if (s.n != 0 && s.p[0] == '"') {
		for (i = 1; i < s.n && s.p[i] != '"'; i++)
			if (s.p[i] == '\\')
				i++;
		i++;
	} else {
		while (i < s.n && strchr("()<>[]:;@\\,\"", s.p[i]) == NULL)
			i++;
	}
	return i < s.n && s.p[i] == '@' ? i : 0;
}

/* A domain, or an address literal; RFC 5321 4.1.2, "_" because it is met. */
static bool
domain_ok(struct bl_span s)
{
	bool literal = s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']';

	if (literal)
		s = bl_span_cut(s, 1, s.n - 2);
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i], low = c | 0x20;

		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '.' && c != '_' && !(literal && c == ':'))
			return false;
	}
	return s.n != 0;
}

/* A Mailbox of RFC 5321 4.1.2 in bytes that can be seen (ATK-302). */
static bool
ascii_ok(struct bl_span s)
{
	size_t at = local_end(s);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	return at != 0 && domain_ok(bl_span_cut(s, at + 1, s.n));
}

/* RFC 9598 3: UTF-8 without byte order mark; the local part has a character
 * that is not ASCII; the domain is ASCII, A-labels where needed. */
static bool
utf8_ok(struct bl_span s)
{
	size_t at = local_end(s);
	struct bl_span rest = bl_span_cut(s, 0, at);
	bool beyond_ascii = false;

	while (rest.n != 0) {
		uint32_t c = bl_text_next(&rest);

		if (c == BL_TEXT_BAD || c == ' ' || bl_text_is_hidden(c))
			return false;
		beyond_ascii = beyond_ascii || c > 0x7e;
	}
	return beyond_ascii && domain_ok(bl_span_cut(s, at + 1, s.n));
}

static enum bl_err
add(struct bl_cert *c, enum bl_cert_addr_kind kind, struct bl_span addr,
    struct bl_note *note)
{
	enum bl_err err = bl_list_grow(
	    &c->addrs, c->addrs_n, &c->addrs_cap, sizeof(*c->addrs), note);

	if (err == BL_OK)
		c->addrs[c->addrs_n++] = (struct bl_cert_addr){kind, addr};
	return err;
}

static enum bl_err
add_if(struct bl_cert *c, bool ok, enum bl_cert_addr_kind kind,
    struct bl_span addr, struct bl_note *note)
{
	if (ok)
		return add(c, kind, addr, note);
	c->flags |= BL_CERT_BAD_ADDRESS;
	return BL_OK;
}

/* The content of a UTF8String; empty for another type. */
static struct bl_span
utf8(struct bl_span whole)
{
	struct bl_der in = bl_der_of(whole);

	return bl_der_take(&in, BL_DER_UTF8);
}

static enum bl_err
general_name(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_gname g = bl_gname_read(in);
	struct bl_span addr;

	if (g.tag == BL_GN_RFC822)
		return add_if(c, ascii_ok(g.value), BL_ADDR_SAN, g.value, note);
	if (g.tag != BL_GN_OTHER ||
	    bl_oid_find(g.oid) != BL_OID_SMTP_UTF8_MAILBOX)
		return BL_OK;
	addr = utf8(g.value);
	return add_if(c, utf8_ok(addr), BL_ADDR_SAN_UTF8, addr, note);
}

enum bl_err
bl_cert_san(struct bl_cert *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_der at = *in, names = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_err err;

	do {
		if ((err = general_name(c, &names, note)) != BL_OK)
			return err;
	} while (bl_der_peek(&names) != 0);
	bl_der_leave(in, &names);
	if (!in->bad)
		c->path.names = bl_der_take(&at, BL_DER_SEQUENCE);
	return BL_OK;
}

static enum bl_err
attribute(struct bl_cert *c, const struct bl_atv *a, struct bl_note *note)
{
	bool text = a->tag == BL_DER_IA5 || a->tag == BL_DER_UTF8 ||
	    a->tag == BL_DER_PRINTABLE;

	if (a->id != BL_OID_EMAIL_ADDRESS)
		return BL_OK;
	return add_if(
	    c, text && ascii_ok(a->value), BL_ADDR_SUBJECT, a->value, note);
}

enum bl_err
bl_cert_subject_addrs(struct bl_cert *c, struct bl_note *note)
{
	struct bl_der in = bl_der_of(c->subject);
	struct bl_der names = bl_der_enter(&in, BL_DER_SEQUENCE), rdn;
	struct bl_atv a;
	enum bl_err err;

	while (bl_der_peek(&names) != 0) {
		rdn = bl_der_enter(&names, BL_DER_SET);
		while (bl_der_peek(&rdn) != 0) {
			a = bl_atv_read(&rdn);
			if ((err = attribute(c, &a, note)) != BL_OK)
				return err;
		}
	}
	return BL_OK;
}

size_t
bl_cert_addr_count(const struct bl_cert *c)
{
	return c->addrs_n;
}

struct bl_cert_addr
bl_cert_addr_at(const struct bl_cert *c, size_t i)
{
	return i < c->addrs_n ? c->addrs[i] : (struct bl_cert_addr){0};
}

/* ---- comparing ---- */

static bool
split(struct bl_span s, struct bl_span *local, struct bl_span *host)
{
	size_t at = s.n;

	while (at > 0 && s.p[at - 1] != '@')
		at--;
	if (at < 2 || at == s.n)
		return false;
	*local = bl_span_cut(s, 0, at - 1);
	*host = bl_span_cut(s, at, s.n);
	return true;
}

bool
bl_addr_same(struct bl_span a, struct bl_span b, bool *exact)
{
	struct bl_span a_local, a_host, b_local, b_host;
	bool same;

	if (exact != NULL)
		*exact = false;
	if (!split(a, &a_local, &a_host) || !split(b, &b_local, &b_host))
		return false;
	same = bl_span_equal_nocase(a_local, b_local) &&
	    bl_domain_same(a_host, b_host);
	if (exact != NULL)
		*exact = same && bl_span_equal(a_local, b_local);
	return same;
}

bool
bl_cert_has_addr(
    const struct bl_cert *c, struct bl_span addr, enum bl_cert_addr_kind *kind)
{
	/* the entries of the SAN stand before those of the subject */
	bool san = c->addrs_n != 0 && c->addrs[0].kind != BL_ADDR_SUBJECT;

	if ((c->flags & BL_CERT_BAD_ADDRESS) != 0)
		return false;
	for (size_t i = 0; i < c->addrs_n; i++) {
		const struct bl_cert_addr *a = &c->addrs[i];

		if (a->kind == BL_ADDR_SUBJECT && san)
			break;
		if (!bl_addr_same(a->addr, addr, NULL))
			continue;
		if (kind != NULL)
			*kind = a->kind;
		return true;
	}
	return false;
}
