/* kept.c - bytes that stay where they are; see internal.h. */
#include "cms/internal.h"

#include <string.h>

#define FIRST (4u << 10)  /* bytes of the first block */
#define MOST  (64u << 10) /* bytes of a block, unless one span needs more */

struct bl_kept_block {
	struct bl_kept_block *before;
	size_t used, size;
	uint8_t p[];
};

static struct bl_kept_block *
block(const struct bl_kept *k, size_t n)
{
	size_t size = k->last == NULL ? FIRST : k->last->size * 2;
	struct bl_kept_block *b;

	if (size > MOST)
		size = MOST;
	if (size < n)
		size = n;
	if ((b = bl_alloc(sizeof(*b) + size)) == NULL)
		return NULL;
	b->size = size;
	b->before = k->last;
	return b;
}

uint8_t *
bl_kept_new(struct bl_kept *k, size_t n)
{
	struct bl_kept_block *b = k->last;

	if (b == NULL || b->size - b->used < n) {
		if ((b = block(k, n)) == NULL)
			return NULL;
		k->last = b;
	}
	b->used += n;
	return b->p + b->used - n;
}

struct bl_span
bl_kept_copy(struct bl_kept *k, struct bl_span s)
{
	uint8_t *p;

	if (s.n == 0 || (p = bl_kept_new(k, s.n)) == NULL)
		return (struct bl_span){0};
	memcpy(p, s.p, s.n);
	return (struct bl_span){p, s.n};
}

void
bl_kept_clear(struct bl_kept *k)
{
	while (k->last != NULL) {
		struct bl_kept_block *b = k->last;

		k->last = b->before;
		bl_release(b);
	}
}
