/* list.c - arrays on the heap; see base.h. */
#include "base/base.h"

#include <string.h>

#define FIRST 8 /* elements of a new array */

void *
bl_alloc_array(size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		return NULL;
	return bl_alloc(n);
}

enum bl_err
bl_list_grow(
    void *items, size_t n, size_t *cap, size_t size, struct bl_note *note)
{
	size_t want;
	void *old, *new;

	if (n < *cap)
		return BL_OK;
	/* `items` is a T ** of any T: its bytes are read, not its type. */
	memcpy(&old, items, sizeof(old));
	if (__builtin_mul_overflow(*cap, (size_t)2, &want) ||
	    (new = bl_alloc_array(want == 0 ? FIRST : want, size)) == NULL)
		return bl_fail(
		    note, BL_E_MEMORY, 0, "out of memory for a list", NULL);
	if (n != 0)
		memcpy(new, old, n * size);
	bl_release(old);
	memcpy(items, &new, sizeof(new));
	*cap = want == 0 ? FIRST : want;
	return BL_OK;
}
