/* buf.c - owned bytes that grow to a maximum; see bulla/base.h. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST 64 /* bytes of the first allocation */

static size_t
limit(const struct bl_buf *b)
{
	return b->max == 0 ? BL_BUF_MAX : b->max;
}

void
bl_buf_init(struct bl_buf *b, size_t max)
{
	*b = (struct bl_buf){.max = max};
}

/* reserve makes cap at least `want`; half as much again keeps adding linear. */
static bool
reserve(struct bl_buf *b, size_t want)
{
	size_t cap = b->cap < FIRST ? FIRST : b->cap + b->cap / 2;
	uint8_t *p;

	if (want <= b->cap)
		return true;
	if (cap > limit(b))
		cap = limit(b);
	if (cap < want)
		cap = want;
	if ((p = bl_alloc(cap)) == NULL) {
		b->err = BL_E_MEMORY;
		return false;
	}
	if (b->p != NULL) {
		memcpy(p, b->p, b->n);
		bl_wipe(b->p, b->cap);
		bl_release(b->p);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

/* room is bl_buf_grow with `spare` bytes that do not count against max. */
static uint8_t *
room(struct bl_buf *b, size_t n, size_t spare)
{
	if (b->err != BL_OK)
		return NULL;
	if (b->n > limit(b) || n > limit(b) - b->n) {
		b->err = BL_E_LIMIT;
		return NULL;
	}
	/* Only a max near SIZE_MAX lets this pass the largest number. */
	if (b->n + n > SIZE_MAX - spare) {
		b->err = BL_E_LIMIT;
		return NULL;
	}
	if (!reserve(b, n + spare == 0 ? b->n + 1 : b->n + n + spare))
		return NULL;
	return b->p + b->n;
}

uint8_t *
bl_buf_grow(struct bl_buf *b, size_t n)
{
	return room(b, n, 0);
}

void
bl_buf_expect(struct bl_buf *b, size_t n)
{
	size_t left = b->n < limit(b) ? limit(b) - b->n : 0;

	if (b->err == BL_OK)
		(void)reserve(b, b->n + (n < left ? n : left));
}

void
bl_buf_add(struct bl_buf *b, struct bl_span s)
{
	uintptr_t from = (uintptr_t)s.p - (uintptr_t)b->p;
	bool own = b->p != NULL && from < b->cap;
	uint8_t *to;

	if (s.n == 0 || (to = bl_buf_grow(b, s.n)) == NULL)
		return;
	/* Growing may have moved bytes that are the buffer's own. */
	memcpy(to, own ? b->p + from : s.p, s.n);
	b->n += s.n;
}

void
bl_buf_add_u8(struct bl_buf *b, uint8_t v)
{
	uint8_t *to = bl_buf_grow(b, 1);

	if (to == NULL)
		return;
	*to = v;
	b->n++;
}

void
bl_buf_add_str(struct bl_buf *b, const char *s)
{
	bl_buf_add(b, bl_span_str(s));
}

void
bl_buf_add_f(struct bl_buf *b, const char *format, ...)
{
	uint8_t *to = room(b, 0, FIRST); /* for most of them */
	size_t spare;
	va_list args;
	int n;

	if (to == NULL)
		return;
	spare = b->cap - b->n;
	va_start(args, format);
	n = vsnprintf((char *)to, spare, format, args);
	va_end(args);
	if (n < 0 && b->err == BL_OK)
		b->err = BL_E_CALLER;
	if (n < 0 || (to = room(b, (size_t)n, 1)) == NULL)
		return;
	if ((size_t)n >= spare) {
		va_start(args, format);
		(void)vsnprintf((char *)to, (size_t)n + 1, format, args);
		va_end(args);
	}
	b->n += (size_t)n;
}

void
bl_buf_drop(struct bl_buf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

void
bl_buf_reset(struct bl_buf *b)
{
	b->n = 0;
	b->err = BL_OK;
}

void
bl_buf_clear(struct bl_buf *b)
{
	bl_wipe(b->p, b->cap);
	bl_release(b->p);
	bl_buf_init(b, b->max);
}

struct bl_span
bl_buf_span(const struct bl_buf *b)
{
	return (struct bl_span){b->p, b->n};
}

enum bl_err
bl_buf_err(const struct bl_buf *b, struct bl_note *note)
{
	if (b->err == BL_OK)
		return BL_OK;
	return bl_fail(note, b->err, b->n,
	    b->err == BL_E_MEMORY      ? "out of memory for a buffer"
		: b->err == BL_E_LIMIT ? "more bytes than a buffer may hold"
				       : "a value cannot be formatted",
	    NULL);
}

const char *
bl_buf_text(struct bl_buf *b)
{
	uint8_t *end = room(b, 0, 1);

	if (end == NULL)
		return NULL;
	*end = '\0';
	return (const char *)b->p;
}
