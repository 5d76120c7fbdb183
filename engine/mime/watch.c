/* watch.c - defects of lines and bytes, seen while a stream goes by. */
#include "mime/internal.h"

bool
bl_has_8bit(struct bl_span s)
{
	const uint64_t high = 0x8080808080808080u;
	size_t i = 0;

	for (; i + 32 <= s.n; i += 32) {
		uint64_t w[4];

		memcpy(w, s.p + i, sizeof(w));
		if (((w[0] | w[1] | w[2] | w[3]) & high) != 0)
			return true;
	}
	for (; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return true;
	return false;
}

unsigned
bl_watch_odd(uint64_t odd, struct bl_span in)
{
	unsigned seen = 0;

	if (odd != 0 && memchr(in.p, 0, in.n) != NULL)
		seen |= BL_DEFECT_NUL;
	if (odd != 0 && bl_has_8bit(in))
		seen |= BL_DEFECT_8BIT;
	return seen;
}

unsigned
bl_watch_add(struct bl_watch *w, struct bl_span in)
{
	struct bl_marked marked;
	unsigned seen = 0, n;
	uint64_t odd = 0;

	bl_marked_init(&marked, in);
	while ((n = bl_marked_next(&marked)) > 0) {
		odd |= marked.now->odd;
		seen |= bl_watch_mark(w, marked.now, n);
	}
	return seen | bl_watch_odd(odd, in);
}
