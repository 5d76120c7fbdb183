/* oids.c - see der.h; the table is oids.def. */
#include "der/der.h"

#include <string.h>

static const struct {
	const char *name;
	struct bl_span octets;
} oids[] = {{"unknown", {NULL, 0}},
#define X(id, name, dotted, octets)                                            \
	{name, {(const uint8_t *)(octets), sizeof(octets) - 1}},
    BL_OIDS
#undef X
};

/* compare orders as the table is ordered: bytes first, then length. */
static int
compare(struct bl_span a, struct bl_span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

enum bl_oid
bl_oid_find(struct bl_span octets)
{
	size_t low = 1, high = BL_OID_COUNT;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = compare(octets, oids[middle].octets);

		if (c == 0)
			return (enum bl_oid)middle;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return BL_OID_UNKNOWN;
}

struct bl_span
bl_oid_octets(enum bl_oid oid)
{
	return (unsigned)oid < BL_OID_COUNT ? oids[oid].octets
					    : (struct bl_span){NULL, 0};
}

const char *
bl_oid_name(enum bl_oid oid)
{
	return (unsigned)oid < BL_OID_COUNT ? oids[oid].name : oids[0].name;
}

bool
bl_oid_ok(struct bl_span octets)
{
	bool first = true; /* of an arc */

	if (octets.n == 0 || octets.n > BL_OID_SIZE_MAX)
		return false;
	for (size_t i = 0; i < octets.n; i++) {
		/* X.690 8.19.2: no arc begins with a zero digit. */
		if (first && octets.p[i] == 0x80)
			return false;
		first = octets.p[i] < 0x80;
	}
	return first;
}

#define DIGITS 160 /* decimal; 64 octets of 7 bits have 135 */

/* read_arc makes decimal digits, the lowest first: an arc may be longer than
 * any integer type. */
static size_t
read_arc(uint8_t *digits, struct bl_span arc)
{
	size_t n = 1;

	digits[0] = 0;
	for (size_t i = 0; i < arc.n; i++) {
		unsigned carry = arc.p[i] & 0x7f;

		for (size_t k = 0; k < n || carry != 0; k++) {
			if (k == n)
				digits[n++] = 0;
			carry += digits[k] * 128u;
			digits[k] = (uint8_t)(carry % 10);
			carry /= 10;
		}
	}
	return n;
}

/* split takes the root off the first arc, 40 * root + arc (X.690 8.19.4), of
 * which only the root 2 has arcs over 39. */
static char
split(uint8_t *digits, size_t *n)
{
	unsigned root = *n > 2 || digits[*n - 1] >= 8 ? 2
	    : digits[*n - 1] >= 4		      ? 1
						      : 0;

	if (*n == 1)
		return '0';
	for (size_t k = 1, take = root * 4; take != 0; k++) {
		uint8_t borrow = digits[k] < take;

		digits[k] = (uint8_t)(digits[k] + 10 * borrow - take);
		take = borrow;
	}
	while (*n > 1 && digits[*n - 1] == 0)
		--*n;
	return (char)('0' + root);
}

void
bl_oid_show(struct bl_buf *out, struct bl_span octets)
{
	uint8_t digits[DIGITS];
	size_t from = 0;

	if (!bl_oid_ok(octets)) {
		bl_buf_add_str(out, "malformed");
		return;
	}
	for (size_t i = 0; i < octets.n; i++) {
		size_t n;

		if (octets.p[i] >= 0x80)
			continue;
		n = read_arc(digits, bl_span_cut(octets, from, i + 1 - from));
		if (from == 0)
			bl_buf_add_u8(out, (uint8_t)split(digits, &n));
		bl_buf_add_u8(out, '.');
		while (n > 0)
			bl_buf_add_u8(out, (uint8_t)('0' + digits[--n]));
		from = i + 1;
	}
}
