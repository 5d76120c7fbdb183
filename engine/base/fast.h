/* fast.h - the loops that the speed of large messages hangs on. */
#ifndef BL_BASE_FAST_H
#define BL_BASE_FAST_H

#include "base/base.h"

#define BL_BASE64_BYTES 57 /* bytes that fill a line of base64 */
#define BL_BASE64_CHARS 76 /* its characters, RFC 2045 6.8 */

/* bl_marks tells where in 64 bytes some stand: bit i is for byte i. */
struct bl_marks {
	uint64_t lf, cr;
	uint64_t odd; /* NUL, and bytes over 127 */
};
#define BL_MARKS ((size_t)64) /* bytes that one of them is for */

/*
 * bl_fast is these loops in one make. All makes give the same for every input;
 * none reads or writes outside of what is named.
 *
 * take   decodes whole quanta of base64 digits from the front of n characters,
 *	  and the CR and LF between them; stops before the first that is anything
 *	  else. Returns the characters taken; *out moves on by the bytes made,
 *	  at most n / 4 * 3
 * put    encodes so many times BL_BASE64_BYTES bytes into lines of BL_BASE64_CHARS
 *	  characters and CRLF
 * mark   fills one mark for each BL_MARKS of n bytes, the last for what is
 *	  left: its other bits are 0
 */
struct bl_fast {
	size_t (*take)(uint8_t **out, const uint8_t *in, size_t n);
	void (*put)(uint8_t *out, const uint8_t *in, size_t lines);
	void (*mark)(struct bl_marks *out, const uint8_t *in, size_t n);
};
/* bl_fast_plain is in C alone and runs everywhere. */
extern const struct bl_fast bl_fast_plain;
/* bl_fast_avx2 needs a processor with AVX2; NULL where this one has it not. */
const struct bl_fast *bl_fast_avx2(void);
/* bl_fast is the best make for this processor. */
const struct bl_fast *bl_fast(void);

/*
 * bl_marked goes through a span in steps of BL_MARKS: bl_marked_next gives the
 * bytes of each, 0 at the end, with their marks in `now`; `at` is where they
 * stand.
 */
#define BL_MARKED 32 /* marks made at a time */
struct bl_marked {
	struct bl_span in; /* borrowed */
	size_t at, next;
	const struct bl_marks *now;
	struct bl_marks marks[BL_MARKED];
};

static inline void
bl_marked_init(struct bl_marked *m, struct bl_span in)
{
	m->in = in;
	m->next = 0;
}

static inline unsigned
bl_marked_next(struct bl_marked *m)
{
	size_t left = m->in.n - m->next, i = m->next / BL_MARKS % BL_MARKED;

	if (left == 0)
		return 0;
	if (i == 0)
		bl_fast()->mark(m->marks, m->in.p + m->next,
		    left < BL_MARKED * BL_MARKS ? left : BL_MARKED * BL_MARKS);
	if (left > BL_MARKS)
		left = BL_MARKS;
	m->at = m->next;
	m->next += left;
	m->now = &m->marks[i];
	return (unsigned)left;
}

#endif
