/* sort.c - the order of a SET OF; see der.h. */
#include "der/der.h"

#include <string.h>

/* before is X.690 11.6. No element is the beginning of another one, so the
 * padding with zeros that it speaks of is never reached. */
static bool
before(struct bl_span a, struct bl_span b)
{
	return memcmp(a.p, b.p, a.n < b.n ? a.n : b.n) < 0;
}

/* count counts the elements; 0 with *bad where they are not well formed. */
static size_t
count(struct bl_span s, bool *sorted, bool *bad)
{
	struct bl_der d = bl_der_of(s);
	struct bl_span last = {NULL, 0};
	size_t n = 0;

	for (*sorted = true; d.left.n != 0 && !d.bad; n++) {
		struct bl_span e = bl_der_whole(&d, 0);

		if (n > 0 && !d.bad && before(e, last))
			*sorted = false;
		last = e;
	}
	*bad = d.bad;
	return n;
}

/* merge merges the sorted runs [0, half) and [half, n) of `from` into `to`. */
static void
merge(struct bl_span *to, const struct bl_span *from, size_t half, size_t n)
{
	size_t a = 0, b = half;

	for (size_t i = 0; i < n; i++) {
		bool second = a == half || (b < n && before(from[b], from[a]));

		to[i] = second ? from[b++] : from[a++];
	}
}

/* sort sorts by merging, upwards; `list` has room for 2 * n, the result is in
 * the half that it returns. */
static const struct bl_span *
sort(struct bl_span *list, size_t n)
{
	struct bl_span *from = list, *to = list + n, *swap;

	for (size_t run = 1; run < n; run *= 2) {
		for (size_t i = 0; i < n; i += 2 * run) {
			size_t left = n - i;

			merge(to + i, from + i, left < run ? left : run,
			    left < 2 * run ? left : 2 * run);
		}
		swap = from;
		from = to;
		to = swap;
	}
	return from;
}

void
bl_der_sort_set(struct bl_buf *b, size_t from)
{
	struct bl_span all = bl_span_cut(bl_buf_span(b), from, b->n);
	struct bl_span *list = NULL;
	const struct bl_span *sorted;
	struct bl_buf copy = {.max = b->n};
	struct bl_der d = bl_der_of(all);
	bool is_sorted, bad;
	size_t n;

	if (b->err != BL_OK)
		return;
	n = count(all, &is_sorted, &bad);
	if (bad || from > b->n)
		b->err = BL_E_CALLER;
	if (b->err != BL_OK || is_sorted)
		return;
	if ((list = bl_alloc_array(n, 2 * sizeof(*list))) == NULL) {
		b->err = BL_E_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		list[i] = bl_der_whole(&d, 0);
	sorted = sort(list, n);
	for (size_t i = 0; i < n; i++)
		bl_buf_add(&copy, sorted[i]);
	if ((b->err = copy.err) == BL_OK)
		memcpy(b->p + from, copy.p, copy.n);
out:
	bl_buf_clear(&copy);
	bl_release(list);
}
