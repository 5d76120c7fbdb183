/* name.c - distinguished names: their form, their text, RFC 4514. */
#include "cert/internal.h"

/* String types that der.h does not name. */
enum { NUMERIC = 0x12, VISIBLE = 0x1a, GENERAL = 0x1b };

struct bl_atv
bl_atv_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), value;
	struct bl_atv a = {0};

	a.oid = bl_der_oid(&seq);
	a.id = seq.bad ? BL_OID_UNKNOWN : bl_oid_find(a.oid);
	a.tag = bl_der_peek(&seq);
	a.whole = bl_der_whole(&seq, 0);
	bl_der_leave(in, &seq);
	if (in->bad)
		return (struct bl_atv){0};
	value = bl_der_of(a.whole);
	a.value = bl_der_take(&value, a.tag);
	return a;
}

struct bl_span
bl_name_read(struct bl_der *in)
{
	struct bl_der at = *in, names, rdn;
	struct bl_span whole = bl_der_whole(in, BL_DER_SEQUENCE);
	size_t n = 0;

	names = bl_der_enter(&at, BL_DER_SEQUENCE);
	while (bl_der_peek(&names) != 0) {
		rdn = bl_der_enter(&names, BL_DER_SET);
		do
			(void)bl_atv_read(&rdn);
		while (bl_der_peek(&rdn) != 0);
		bl_der_leave(&names, &rdn);
		if (++n > BL_RDNS_MAX)
			names.bad = true;
	}
	bl_der_leave(&at, &names);
	if (at.bad) {
		in->bad = true;
		return (struct bl_span){0};
	}
	return whole;
}

static void
put_utf8(struct bl_buf *out, struct bl_span s)
{
	while (s.n != 0)
		bl_text_put(out, bl_text_next(&s));
}

/* One byte a character; those from `limit` on are none. */
static void
put_bytes(struct bl_buf *out, struct bl_span s, unsigned limit)
{
	for (size_t i = 0; i < s.n; i++)
		bl_text_put(out, s.p[i] < limit ? s.p[i] : BL_TEXT_BAD);
}

static uint32_t
unit(struct bl_span s, size_t at)
{
	return (uint32_t)s.p[at] << 8 | s.p[at + 1];
}

/* BMPString: X.680 has no surrogates there, but programs write them. */
static void
put_utf16(struct bl_buf *out, struct bl_span s)
{
	size_t i = 0;

	while (i + 1 < s.n) {
		uint32_t c = unit(s, i), low;

		i += 2;
		if (c >= 0xd800 && c < 0xdc00 && i + 1 < s.n &&
		    (low = unit(s, i)) >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		bl_text_put(out, c);
	}
	if (i < s.n)
		bl_text_put(out, BL_TEXT_BAD);
}

static void
put_ucs4(struct bl_buf *out, struct bl_span s)
{
	size_t i;

	for (i = 0; i + 3 < s.n; i += 4)
		bl_text_put(out, unit(s, i) << 16 | unit(s, i + 2));
	if (i < s.n)
		bl_text_put(out, BL_TEXT_BAD);
}

bool
bl_atv_text(struct bl_buf *out, const struct bl_atv *a)
{
	switch (a->tag) {
	case BL_DER_UTF8:
		put_utf8(out, a->value);
		return true;
	case BL_DER_PRINTABLE:
	case BL_DER_IA5:
	case NUMERIC:
	case VISIBLE:
	case GENERAL:
		put_bytes(out, a->value, 0x80);
		return true;
	case BL_DER_TELETEX:
		/* T.61 by name, Latin-1 in all that writes it */
		put_bytes(out, a->value, 0x100);
		return true;
	case BL_DER_BMP:
		put_utf16(out, a->value);
		return true;
	case BL_DER_UNIVERSAL:
		put_ucs4(out, a->value);
		return true;
	default:
		return false;
	}
}

/* RFC 4514 3 and RFC 4519 2; emailAddress as RFC 2985 calls it. */
static const struct {
	enum bl_oid id;
	const char *name;
} descriptors[] = {
    {BL_OID_COMMON_NAME, "CN"},
    {BL_OID_LOCALITY, "L"},
    {BL_OID_STATE, "ST"},
    {BL_OID_ORGANIZATION, "O"},
    {BL_OID_ORGANIZATIONAL_UNIT, "OU"},
    {BL_OID_COUNTRY, "C"},
    {BL_OID_STREET, "STREET"},
    {BL_OID_DOMAIN_COMPONENT, "DC"},
    {BL_OID_UID, "UID"},
    {BL_OID_EMAIL_ADDRESS, "emailAddress"},
    {BL_OID_SURNAME, "sn"},
    {BL_OID_GIVEN_NAME, "givenName"},
    {BL_OID_INITIALS, "initials"},
    {BL_OID_GENERATION_QUALIFIER, "generationQualifier"},
    {BL_OID_PSEUDONYM, "pseudonym"},
    {BL_OID_TITLE, "title"},
    {BL_OID_SERIAL_NUMBER, "serialNumber"},
    {BL_OID_DN_QUALIFIER, "dnQualifier"},
    {BL_OID_DESCRIPTION, "description"},
    {BL_OID_BUSINESS_CATEGORY, "businessCategory"},
    {BL_OID_POSTAL_CODE, "postalCode"},
    {BL_OID_ORGANIZATION_IDENTIFIER, "organizationIdentifier"},
};

static const char *
descriptor(enum bl_oid id)
{
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(*descriptors); i++)
		if (descriptors[i].id == id)
			return descriptors[i].name;
	return NULL;
}

/* RFC 4514 2.4 */
static void
put_escaped(struct bl_buf *out, struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		bool edge = (i == 0 && (c == ' ' || c == '#')) ||
		    (i == s.n - 1 && c == ' ');

		if (c < 0x20 || c == 0x7f) {
			bl_buf_add_f(out, "\\%02X", c);
			continue;
		}
		if (edge || c == '"' || c == '+' || c == ',' || c == ';' ||
		    c == '<' || c == '>' || c == '\\')
			bl_buf_add_u8(out, '\\');
		bl_buf_add_u8(out, c);
	}
}

static void
put_hex(struct bl_buf *out, struct bl_span s)
{
	bl_buf_add_u8(out, '#');
	bl_hex(out, s);
}

static void
put_atv(struct bl_buf *out, const struct bl_atv *a)
{
	const char *name = descriptor(a->id);
	struct bl_buf text = {0};

	if (name != NULL)
		bl_buf_add_str(out, name);
	else
		bl_oid_show(out, a->oid);
	bl_buf_add_u8(out, '=');
	if (name != NULL && bl_atv_text(&text, a))
		put_escaped(out, bl_buf_span(&text));
	else
		put_hex(out, a->whole);
	if (text.err != BL_OK && out->err == BL_OK)
		out->err = text.err;
	bl_buf_clear(&text);
}

static void
put_rdn(struct bl_buf *out, struct bl_span rdn)
{
	struct bl_der in = bl_der_of(rdn);
	struct bl_der set = bl_der_enter(&in, BL_DER_SET);
	bool first = true;

	while (bl_der_peek(&set) != 0) {
		struct bl_atv a = bl_atv_read(&set);

		if (!first)
			bl_buf_add_u8(out, '+');
		put_atv(out, &a);
		first = false;
	}
}

void
bl_name_show(struct bl_buf *out, struct bl_span name)
{
	struct bl_der in = bl_der_of(name), at = in, names;
	struct bl_span rdns[BL_RDNS_MAX];
	size_t n = 0;

	(void)bl_name_read(&in);
	if (!bl_der_done(&in)) {
		put_hex(out, name);
		return;
	}
	names = bl_der_enter(&at, BL_DER_SEQUENCE);
	while (bl_der_peek(&names) != 0 && n < BL_RDNS_MAX)
		rdns[n++] = bl_der_whole(&names, BL_DER_SET);
	/* RFC 4514 2.1: the last first */
	while (n-- != 0) {
		put_rdn(out, rdns[n]);
		if (n != 0)
			bl_buf_add_u8(out, ',');
	}
}
