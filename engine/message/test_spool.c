/* test_spool.c - see test_spool.h. Memory is malloc's, so that the tests of
 * failing allocations are those of the engine. */
#include "message/test_spool.h"

static bool
fails(struct test_spool *t)
{
	t->calls++;
	return t->fail_after != 0 && t->calls >= t->fail_after;
}

static enum bl_err
append(void *arg, struct bl_span s)
{
	struct test_spool *t = arg;

	if (fails(t))
		return BL_E_SYSTEM;
	if (s.n > t->cap - t->n) {
		size_t cap = (t->cap + s.n) * 2;
		uint8_t *p = realloc(t->p, cap);

		if (p == NULL)
			abort();
		t->p = p;
		t->cap = cap;
	}
	if (s.n > 0)
		memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
	return BL_OK;
}

static enum bl_err
rewind_it(void *arg, enum bl_spool_rewind how)
{
	struct test_spool *t = arg;

	if (fails(t))
		return BL_E_SYSTEM;
	t->at = 0;
	if (how == BL_SPOOL_EMPTY)
		t->n = 0;
	return BL_OK;
}

static enum bl_err
read_it(void *arg, uint8_t *p, size_t n, size_t *got)
{
	struct test_spool *t = arg;

	if (fails(t))
		return BL_E_SYSTEM;
	*got = t->n - t->at;
	if (*got > n)
		*got = n;
	if (t->step != 0 && *got > t->step)
		*got = t->step;
	if (*got > 0)
		memcpy(p, t->p + t->at, *got);
	t->at += *got;
	return BL_OK;
}

void
test_spool_init(struct test_spool *t, bool is_output)
{
	*t = (struct test_spool){
	    .face = {append, rewind_it, read_it, NULL, is_output}};
	t->face.arg = t;
}

void
test_spool_clear(struct test_spool *t)
{
	free(t->p);
	*t = (struct test_spool){0};
}

bool
test_spool_has(const struct test_spool *t, const char *text)
{
	return t->n > 0 && memmem(t->p, t->n, text, strlen(text)) != NULL;
}
