/* oids.c - see der.h; the table is oids.def. */
#include "der/der.h"

#include <string.h>

static const struct {
	const char *name;
	struct bl_span octets;
} oids[] = {
    {"unknown", {NULL, 0}},
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
