/* domain.c - the domain of an address in A-labels: RFC 5891, RFC 9549 2.2. */
#include "cert/cert.h"

#include <idn2.h>
#include <string.h>

/* By NO_TR46 characters are refused that others map (ATK-303). */
#define FLAGS (IDN2_NFC_INPUT | IDN2_NO_TR46)

static bool
is_ascii(struct bl_span s)
{
	uint64_t eight, all = 0;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&eight, s.p + i, 8);
		all |= eight;
	}
	for (; i < s.n; i++)
		all |= s.p[i];
	return (all & 0x8080808080808080) == 0;
}

/* What libidn2 leaves to its caller: no label is empty, or begins or ends with
 * a hyphen (RFC 5890 2.3.1), and what is ASCII is of letters, digits and
 * hyphens; "_" because it is met. Lower case, NUL at the end. */
static bool
prepare(char *out, struct bl_span s)
{
	uint8_t before = '.';

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c < 0x80 && !(c >= 'a' && c <= 'z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_')
			return false;
		if (before == '.' && (c == '.' || c == '-'))
			return false;
		if (before == '-' && c == '.')
			return false;
		out[i] = (char)c;
		before = c;
	}
	out[s.n] = '\0';
	return before != '.' && before != '-';
}

static bool
convert(struct bl_domain *out, struct bl_span s)
{
	char text[BL_DOMAIN_UTF8_MAX + 1];
	uint8_t *ascii = NULL;
	size_t n;
	bool ok;

	if (s.n > BL_DOMAIN_UTF8_MAX || !bl_text_ok(s) || !prepare(text, s) ||
	    idn2_lookup_u8((const uint8_t *)text, &ascii, FLAGS) != IDN2_OK)
		return false;
	n = strlen((char *)ascii);
	ok = n <= BL_DOMAIN_MAX && is_ascii(bl_span_of(ascii, n));
	if (ok) {
		memcpy(out->bytes, ascii, n);
		out->name = bl_span_of(out->bytes, n);
	}
	idn2_free(ascii);
	return ok;
}

bool
bl_domain_read(struct bl_domain *out, struct bl_span s)
{
	out->name = s;
	if (is_ascii(s))
		return true;
	out->name = (struct bl_span){0};
	return convert(out, s);
}

bool
bl_domain_same(struct bl_span a, struct bl_span b)
{
	struct bl_domain x, y;

	if (bl_span_equal_nocase(a, b))
		return true;
	if (is_ascii(a) && is_ascii(b))
		return false;
	return bl_domain_read(&x, a) && bl_domain_read(&y, b) &&
	    bl_span_equal_nocase(x.name, y.name);
}
