/* base.h - what every module of the engine builds on. */
#ifndef BL_BASE_BASE_H
#define BL_BASE_BASE_H

#include "bulla/base.h"
#include "bulla/limits.h"

/*
 * bl_alloc returns n zeroed bytes (n >= 1) or NULL; bl_release frees them, and
 * does nothing with NULL.
 * All memory of the engine comes from here, so that tests can make the n-th
 * allocation fail.
 */
void *bl_alloc(size_t n);
void bl_release(void *p);
/* bl_alloc_array is bl_alloc of count * size bytes, NULL when that overflows. */
void *bl_alloc_array(size_t count, size_t size);

/*
 * bl_list_grow makes room for one more element in an array on the heap.
 *
 * items  address of the pointer to the array, which is NULL at first with a
 *	  cap of 0; doubled and moved as needed, what is new is zero
 * n	  elements in use; cap: elements there is room for; size: of one, bytes
 *
 * BL_E_MEMORY.
 */
BL_CHECK enum bl_err bl_list_grow(
    void *items, size_t n, size_t *cap, size_t size, struct bl_note *note);

/*
 * bl_secrets is one page with room for BL_SECRETS_SLOTS short secrets, locked
 * and left out of core dumps as a whole: a secret of its own costs several
 * calls of the system, one in here none. It belongs to one thread.
 */
struct bl_secrets;
#define BL_SECRETS_SLOTS 64u
#define BL_SECRETS_SLOT	 64u /* bytes */
/* BL_E_MEMORY. */
BL_CHECK enum bl_err bl_secrets_new(
    struct bl_secrets **out, struct bl_note *note);
/* bl_secrets_free: all that was taken from it must have been freed. */
void bl_secrets_free(struct bl_secrets *s);
/* bl_secret_take is bl_secret_new with the bytes in `from`, where they fit and
 * a slot is free; else with pages of their own. */
BL_CHECK enum bl_err bl_secret_take(struct bl_secret **out,
    struct bl_secrets *from, size_t n, struct bl_note *note);

/* bl_buf_expect makes room at once for n bytes that may come, or as many as max
 * allows: so that adding them does not move what is there, time and again.
 * err is BL_E_MEMORY when there is none. */
void bl_buf_expect(struct bl_buf *b, size_t n);

/* bl_span_is is bl_span_equal_nocase with a C string, which it does not have to
 * measure. Most names differ in the first character: that is looked at without
 * a call (upper and lower case are 0x20 apart). */
bool bl_span_is_all(struct bl_span s, const char *text);
static inline bool
bl_span_is(struct bl_span s, const char *text)
{
	return s.n > 0 && ((s.p[0] ^ (uint8_t)text[0]) & ~0x20) != 0
	    ? false
	    : bl_span_is_all(s, text);
}

#define BL_TEXT_BAD UINT32_MAX

/*
 * bl_text_next takes one character off the front of `s`, which is not empty.
 * Returns its code point; BL_TEXT_BAD for a byte that starts no well-formed
 * UTF-8 (RFC 3629 4), and then takes that byte alone.
 */
uint32_t bl_text_next(struct bl_span *s);
/* bl_text_put appends a code point as UTF-8; U+FFFD for what is none. */
void bl_text_put(struct bl_buf *out, uint32_t c);
/*
 * bl_text_is_hidden tells of a code point that shows nothing or moves other
 * text: controls, bidi controls, zero-width, fillers and blanks that are no
 * space, selectors, tags, private use, noncharacters, over U+10FFFF.
 */
bool bl_text_is_hidden(uint32_t c);

#endif
