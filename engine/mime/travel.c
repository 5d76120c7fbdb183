/* travel.c - which bytes mail transport leaves as they are: RFC 5321 4.5.3,
 * RFC 8551 3.1.3. */
#include "mime/internal.h"

/* Goes on with the start of a line, for "From ". */
static void
line_start(struct bl_travel *t, struct bl_span s)
{
	static const uint8_t word[] = "From ";

	for (size_t i = 0; i < s.n && !t->mid_line; i++) {
		if (s.p[i] != (uint8_t)word[t->from])
			t->mid_line = true;
		else if (++t->from == sizeof(word) - 1)
			t->should = t->mid_line = true;
	}
}

static void
line_end(struct bl_travel *t)
{
	if (bl_mime_is_wsp(t->last))
		t->should = true;
	t->last = 0;
	t->from = 0;
	t->mid_line = false;
}

/* Looks at a line, or what is there of it, without its LF. */
static void
line_text(struct bl_travel *t, const uint8_t *p, size_t n)
{
	if (!t->mid_line)
		line_start(t, bl_span_of(p, n));
	if (n > 0 && p[n - 1] == '\r')
		n--;
	if (n > 0)
		t->last = p[n - 1];
}

#define NEVER                                                                  \
	(BL_DEFECT_NUL | BL_DEFECT_8BIT | BL_DEFECT_BARE_CR |                  \
	    BL_DEFECT_LONG_LINE)

/* What was seen of bytes; whether every LF in them is a CRLF's. */
static bool
judge(struct bl_travel *t, unsigned seen)
{
	if ((seen & NEVER) != 0)
		t->must = true;
	return t->watch.form != BL_LINES_LF &&
	    (seen & BL_DEFECT_LINE_ENDS) == 0;
}

bool
bl_travel_add(struct bl_travel *t, struct bl_span in)
{
	struct bl_marked m;
	size_t from = 0;
	unsigned seen = 0, n;
	uint64_t odd = 0;

	bl_marked_init(&m, in);
	while ((n = bl_marked_next(&m)) > 0) {
		odd |= m.now->odd;
		seen |= bl_watch_mark(&t->watch, m.now, n);
		for (uint64_t lf = m.now->lf; lf != 0; lf &= lf - 1) {
			size_t to = m.at + (unsigned)__builtin_ctzll(lf);

			line_text(t, in.p + from, to - from);
			line_end(t);
			from = to + 1;
		}
	}
	line_text(t, in.p + from, in.n - from);
	return judge(t, seen | bl_watch_odd(odd, in));
}

bool
bl_travel_pass(struct bl_travel *t, struct bl_span in)
{
	return judge(t, bl_watch_add(&t->watch, in));
}

void
bl_travel_end(struct bl_travel *t)
{
	line_end(t);
	if (t->watch.cr)
		t->must = true;
}

bool
bl_travel_line(struct bl_span *line)
{
	while (line->n > 0 && bl_mime_is_wsp(line->p[line->n - 1]))
		line->n--;
	return line->n == 0 ||
	    (line->n <= BL_LINE_MAX && !bl_has_8bit(*line) &&
		memchr(line->p, 0, line->n) == NULL &&
		memchr(line->p, '\r', line->n) == NULL &&
		(line->n < 5 || memcmp(line->p, "From ", 5) != 0));
}
