/* compare.c - when two distinguished names are the same, RFC 5280 7.1. */
#include "cert/internal.h"

#define END	UINT32_MAX
#define SET_MAX 16 /* attributes of a part that are compared in any order */

/* letters is a text on its way to being compared: white space at both ends is
 * gone, a run of it is one, capitals are small. */
struct letters {
	struct bl_span rest;
	unsigned tag;
	bool begun, gap;
	uint32_t ahead; /* a letter behind a gap; END: none */
};

static bool
is_text(unsigned tag)
{
	struct bl_atv a = {.tag = tag};
	struct bl_buf none = {0};

	return bl_atv_text(&none, &a);
}

static uint32_t
big_endian(struct bl_span *s, size_t n)
{
	uint32_t c = 0;

	if (s->n < n) {
		*s = (struct bl_span){0};
		return BL_TEXT_BAD - 1;
	}
	for (size_t i = 0; i < n; i++)
		c = c << 8 | s->p[i];
	*s = bl_span_cut(*s, n, s->n - n);
	return c;
}

static uint32_t
character(struct letters *l)
{
	uint32_t c;

	switch (l->tag) {
	case BL_DER_UTF8:
		c = bl_text_next(&l->rest);
		return c == BL_TEXT_BAD ? BL_TEXT_BAD - 1 : c;
	case BL_DER_BMP:
		return big_endian(&l->rest, 2);
	case BL_DER_UNIVERSAL:
		return big_endian(&l->rest, 4);
	default:
		return big_endian(&l->rest, 1);
	}
}

/* Small letters for the capitals of Latin, Greek and Cyrillic. */
static uint32_t
small(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	if ((c >= 0xc0 && c <= 0xde && c != 0xd7) ||
	    (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) ||
	    (c >= 0x410 && c <= 0x42f))
		return c + 32;
	if (c >= 0x400 && c <= 0x40f)
		return c + 80;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return (c & 1) != 0 ? c + 1 : c;
	if ((c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) ||
	    (c >= 0x14a && c <= 0x177) || (c >= 0x460 && c <= 0x481) ||
	    (c >= 0x48a && c <= 0x4bf) || (c >= 0x4d0 && c <= 0x52f))
		return c | 1;
	return c == 0x178 ? 0xff : c;
}

static bool
is_blank(uint32_t c)
{
	return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0;
}

static uint32_t
next(struct letters *l)
{
	uint32_t c;

	if (l->ahead != END) {
		c = l->ahead;
		l->ahead = END;
		return c;
	}
	while (l->rest.n != 0) {
		c = character(l);
		if (is_blank(c)) {
			l->gap = l->begun;
			continue;
		}
		l->begun = true;
		if (!l->gap)
			return small(c);
		l->gap = false;
		l->ahead = small(c);
		return ' ';
	}
	return END;
}

static bool
same_text(const struct bl_atv *a, const struct bl_atv *b)
{
	struct letters x = {.rest = a->value, .tag = a->tag, .ahead = END};
	struct letters y = {.rest = b->value, .tag = b->tag, .ahead = END};
	uint32_t c;

	do
		if ((c = next(&x)) != next(&y))
			return false;
	while (c != END);
	return true;
}

static bool
same_atv(const struct bl_atv *a, const struct bl_atv *b)
{
	if (!bl_span_equal(a->oid, b->oid))
		return false;
	if (bl_span_equal(a->whole, b->whole))
		return true;
	return is_text(a->tag) && is_text(b->tag) && same_text(a, b);
}

static size_t
atvs(struct bl_atv list[SET_MAX], struct bl_span rdn)
{
	struct bl_der in = bl_der_of(rdn), set = bl_der_enter(&in, BL_DER_SET);
	size_t n = 0;

	for (; bl_der_peek(&set) != 0 && n < SET_MAX; n++)
		list[n] = bl_atv_read(&set);
	return bl_der_done(&set) ? n : 0;
}

/* A part: as many attributes, and each has its match. */
static bool
same_rdn(struct bl_span a, struct bl_span b)
{
	struct bl_atv x[SET_MAX], y[SET_MAX];
	size_t n, used = 0;

	if (bl_span_equal(a, b))
		return true;
	n = atvs(x, a);
	if (n == 0 || atvs(y, b) != n)
		return false;
	for (size_t i = 0, k; i < n; i++) {
		for (k = 0; k < n; k++)
			if ((used >> k & 1) == 0 && same_atv(&x[i], &y[k]))
				break;
		if (k == n)
			return false;
		used |= (size_t)1 << k;
	}
	return true;
}

static struct bl_der
parts(struct bl_span name)
{
	struct bl_der in = bl_der_of(name);

	return bl_der_enter(&in, BL_DER_SEQUENCE);
}

bool
bl_name_within(struct bl_span base, struct bl_span name)
{
	struct bl_der a = parts(base), b = parts(name);

	while (bl_der_peek(&a) != 0)
		if (bl_der_peek(&b) == 0 ||
		    !same_rdn(bl_der_whole(&a, BL_DER_SET),
			bl_der_whole(&b, BL_DER_SET)))
			return false;
	return !a.bad && !b.bad;
}

bool
bl_name_same(struct bl_span a, struct bl_span b)
{
	struct bl_der x = parts(a), y = parts(b);

	if (bl_span_equal(a, b))
		return true;
	while (bl_der_peek(&x) != 0 && bl_der_peek(&y) != 0)
		if (!same_rdn(bl_der_whole(&x, BL_DER_SET),
			bl_der_whole(&y, BL_DER_SET)))
			return false;
	return bl_der_done(&x) && bl_der_done(&y);
}

bool
bl_name_emails(
    struct bl_span name, bool (*each)(void *arg, struct bl_span), void *arg)
{
	struct bl_der names = parts(name), rdn;
	struct bl_atv a;

	while (bl_der_peek(&names) != 0) {
		rdn = bl_der_enter(&names, BL_DER_SET);
		while (bl_der_peek(&rdn) != 0) {
			a = bl_atv_read(&rdn);
			if (a.id == BL_OID_EMAIL_ADDRESS && !each(arg, a.value))
				return false;
		}
	}
	return true;
}
