/* span.c - borrowed runs of bytes; see bulla/base.h. */
#include "base/base.h"

#include <string.h>

struct bl_span
bl_span_of(const void *p, size_t n)
{
	return (struct bl_span){p, n};
}

struct bl_span
bl_span_str(const char *s)
{
	return s == NULL ? (struct bl_span){NULL, 0}
			 : (struct bl_span){(const uint8_t *)s, strlen(s)};
}

bool
bl_span_equal(struct bl_span a, struct bl_span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static uint8_t
fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool
bl_span_equal_nocase(struct bl_span a, struct bl_span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (fold(a.p[i]) != fold(b.p[i]))
			return false;
	return true;
}

bool
bl_span_is_all(struct bl_span s, const char *text)
{
	for (size_t i = 0; i < s.n; i++)
		if (text[i] == '\0' || fold(s.p[i]) != fold((uint8_t)text[i]))
			return false;
	return text[s.n] == '\0';
}

struct bl_span
bl_span_cut(struct bl_span s, size_t from, size_t n)
{
	if (from >= s.n)
		return (struct bl_span){s.n == 0 ? s.p : s.p + s.n, 0};
	if (n > s.n - from)
		n = s.n - from;
	return (struct bl_span){s.p + from, n};
}
