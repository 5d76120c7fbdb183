/* travel.c - which bytes mail transport leaves as they are: RFC 5321 4.5.3,
 * RFC 8551 3.1.3. */
#include "mime/internal.h"

#define LINE_MAX_BYTES 998

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

void
bl_travel_add(struct bl_travel *t, struct bl_span in)
{
	unsigned seen = bl_watch_add(&t->watch, in);
	size_t i = 0;

	if ((seen &
		(BL_DEFECT_NUL | BL_DEFECT_8BIT | BL_DEFECT_BARE_CR |
		    BL_DEFECT_LONG_LINE)) != 0)
		t->must = true;
	while (i < in.n) {
		const uint8_t *nl = memchr(in.p + i, '\n', in.n - i);
		size_t to = nl == NULL ? in.n : (size_t)(nl - in.p);
		struct bl_span s = bl_span_cut(in, i, to - i);

		line_start(t, s);
		if (s.n > 0 && s.p[s.n - 1] == '\r')
			s.n--;
		if (s.n > 0)
			t->last = s.p[s.n - 1];
		if (nl != NULL) {
			line_end(t);
			to++;
		}
		i = to;
	}
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
	    (line->n <= LINE_MAX_BYTES && !bl_has_8bit(*line) &&
		memchr(line->p, 0, line->n) == NULL &&
		memchr(line->p, '\r', line->n) == NULL &&
		(line->n < 5 || memcmp(line->p, "From ", 5) != 0));
}
