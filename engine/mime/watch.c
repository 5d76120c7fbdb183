/* watch.c - defects of lines and bytes, seen while a stream goes by. */
#include "mime/internal.h"

#define LINE_MAX_BYTES 998 /* RFC 5322 2.1.1 */

bool
bl_has_8bit(struct bl_span s)
{
	const uint64_t high = 0x8080808080808080u;
	size_t i = 0;

	for (; i + 32 <= s.n; i += 32) {
		uint64_t w[4];

		memcpy(w, s.p + i, sizeof(w));
		if (((w[0] | w[1] | w[2] | w[3]) & high) != 0)
			return true;
	}
	for (; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return true;
	return false;
}

/* A line end was met; `crlf` tells its form. */
static unsigned
line_end(struct bl_watch *w, bool crlf)
{
	enum bl_line_form form = crlf ? BL_LINES_CRLF : BL_LINES_LF;

	w->line = 0;
	if (w->form == BL_LINES_UNKNOWN)
		w->form = form;
	return w->form == form ? 0 : BL_DEFECT_LINE_ENDS;
}

/* Judges the bytes of one line without its LF. */
static unsigned
line_text(struct bl_watch *w, const uint8_t *p, size_t n)
{
	unsigned seen = 0;

	if (n == 0)
		return 0;
	if (w->cr)
		seen |= BL_DEFECT_BARE_CR;
	w->cr = p[n - 1] == '\r';
	if (memchr(p, '\r', n - 1) != NULL)
		seen |= BL_DEFECT_BARE_CR;
	w->line += n;
	/* A CR at the end may belong to the line end. */
	if (w->line > LINE_MAX_BYTES + (w->cr ? 1u : 0u))
		seen |= BL_DEFECT_LONG_LINE;
	return seen;
}

unsigned
bl_watch_add(struct bl_watch *w, struct bl_span in)
{
	unsigned seen = 0;
	size_t i = 0;

	if (in.n == 0)
		return 0;
	if (memchr(in.p, 0, in.n) != NULL)
		seen |= BL_DEFECT_NUL;
	if (bl_has_8bit(in))
		seen |= BL_DEFECT_8BIT;
	while (i < in.n) {
		const uint8_t *nl = memchr(in.p + i, '\n', in.n - i);
		size_t n = (nl == NULL ? in.n : (size_t)(nl - in.p)) - i;

		seen |= line_text(w, in.p + i, n);
		if (nl != NULL) {
			seen |= line_end(w, w->cr);
			w->cr = false;
			n++;
		}
		i += n;
	}
	return seen;
}
