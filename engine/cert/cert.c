/* cert.c - the life of a certificate, and looking at it. */
#include "cert/internal.h"

enum bl_err
bl_cert_fail(
    struct bl_note *note, uint64_t at, const char *what, const char *source)
{
	return bl_fail(note, BL_E_MALFORMED, at, what, source);
}

struct bl_cert *
bl_cert_hold(struct bl_cert *c)
{
	c->owners++;
	return c;
}

void
bl_cert_free(struct bl_cert *c)
{
	if (c == NULL || --c->owners != 0)
		return;
	bl_pub_free(c->pub);
	bl_release(c->addrs);
	bl_release(c->extensions);
	bl_release(c);
}

struct bl_span
bl_cert_der(const struct bl_cert *c)
{
	return c->der;
}

struct bl_span
bl_cert_sha256(const struct bl_cert *c)
{
	return bl_span_of(c->sha256.p, BL_SHA256_SIZE);
}

struct bl_span
bl_cert_key_id(const struct bl_cert *c)
{
	return bl_span_of(c->key_id.p, BL_SHA256_SIZE);
}

struct bl_span
bl_cert_serial(const struct bl_cert *c)
{
	return c->serial;
}

struct bl_span
bl_cert_issuer(const struct bl_cert *c)
{
	return c->issuer;
}

struct bl_span
bl_cert_subject(const struct bl_cert *c)
{
	return c->subject;
}

struct bl_span
bl_cert_spki(const struct bl_cert *c)
{
	return c->spki;
}

struct bl_span
bl_cert_ski(const struct bl_cert *c)
{
	return c->ski;
}

struct bl_span
bl_cert_aki(const struct bl_cert *c)
{
	return c->aki;
}

struct bl_span
bl_cert_tbs(const struct bl_cert *c)
{
	return c->tbs;
}

struct bl_span
bl_cert_signature(const struct bl_cert *c)
{
	return c->signature;
}

const struct bl_pub *
bl_cert_pub(const struct bl_cert *c)
{
	return c->pub;
}

const struct bl_cert_path *
bl_cert_path(const struct bl_cert *c)
{
	return &c->path;
}

int64_t
bl_cert_not_before(const struct bl_cert *c)
{
	return c->not_before;
}

int64_t
bl_cert_not_after(const struct bl_cert *c)
{
	return c->not_after;
}

enum bl_key_kind
bl_cert_key_kind(const struct bl_cert *c)
{
	return c->key_kind;
}

unsigned
bl_cert_key_bits(const struct bl_cert *c)
{
	return c->key_bits;
}

struct bl_sig_alg
bl_cert_sig_alg(const struct bl_cert *c)
{
	return c->alg;
}

unsigned
bl_cert_flags(const struct bl_cert *c)
{
	return c->flags;
}

unsigned
bl_cert_key_usage(const struct bl_cert *c)
{
	return c->key_usage;
}

bool
bl_cert_extension(const struct bl_cert *c, struct bl_span oid,
    struct bl_span *value, bool *critical)
{
	for (size_t i = 0; i < c->extensions_n; i++) {
		const struct bl_extension *e = &c->extensions[i];

		if (!bl_span_equal(e->oid, oid))
			continue;
		*value = e->value;
		if (critical != NULL)
			*critical = e->critical;
		return true;
	}
	*value = (struct bl_span){0};
	return false;
}

void
bl_cert_name(struct bl_buf *out, const struct bl_cert *c)
{
	struct bl_der in = bl_der_of(c->subject), names, rdn;
	struct bl_atv name = {0}, a;
	size_t before = out->n;

	names = bl_der_enter(&in, BL_DER_SEQUENCE);
	while (bl_der_peek(&names) != 0) {
		rdn = bl_der_enter(&names, BL_DER_SET);
		while (bl_der_peek(&rdn) != 0) {
			a = bl_atv_read(&rdn);
			/* the last is the most specific */
			if (a.id == BL_OID_COMMON_NAME)
				name = a;
		}
	}
	(void)bl_atv_text(out, &name);
	if (out->n != before)
		return;
	if (c->addrs_n != 0)
		bl_buf_add(out, c->addrs[0].addr);
	else
		bl_name_show(out, c->subject);
}
