/* qp.c - quoted-printable, written. */
#include "mime/internal.h"

/* What a line holds before the two escapes of repair() and the "=" of a soft
 * break: 71 + 2 + 2 + 1 is the 76 of RFC 2045 6.7. */
#define LINE_TEXT 71

static const char digits[] = "0123456789ABCDEF";

static void
escape(struct bl_buf *out, uint8_t c)
{
	bl_buf_add_u8(out, '=');
	bl_buf_add_u8(out, (uint8_t)digits[c >> 4]);
	bl_buf_add_u8(out, (uint8_t)digits[c & 15]);
}

/* Whether the line starts with what mailers and delimiters react to: "From ",
 * "--", a lone "." (RFC 8551 3.1.3, RFC 2049 3). */
static bool
is_touchy(const struct bl_qp *q)
{
	return (q->n >= 5 && memcmp(q->line, "From ", 5) == 0) ||
	    (q->n >= 2 && memcmp(q->line, "--", 2) == 0) ||
	    (q->n == 1 && q->line[0] == '.');
}

/* Writes the line: what would be changed on the way at its start and end comes
 * out escaped. */
static void
flush(struct bl_qp *q, struct bl_buf *out, const char *end)
{
	size_t from = is_touchy(q) ? 1 : 0;
	bool space = q->n > from && bl_mime_is_wsp(q->line[q->n - 1]) &&
	    end[0] != '=';

	if (from != 0)
		escape(out, q->line[0]);
	bl_buf_add(
	    out, bl_span_of(q->line + from, q->n - from - (space ? 1 : 0)));
	if (space)
		escape(out, q->line[q->n - 1]);
	bl_buf_add_str(out, end);
	q->n = 0;
}

static void
put(struct bl_qp *q, struct bl_buf *out, uint8_t c)
{
	bool plain = c == '\t' || (c >= ' ' && c < 0x7f && c != '=');
	size_t n = plain ? 1 : 3;

	if (q->n + n > LINE_TEXT)
		flush(q, out, "=\r\n");
	q->line[q->n] = plain ? c : '=';
	if (!plain) {
		q->line[q->n + 1] = (uint8_t)digits[c >> 4];
		q->line[q->n + 2] = (uint8_t)digits[c & 15];
	}
	q->n += n;
}

void
bl_qp_add(struct bl_qp *q, struct bl_buf *out, struct bl_span in)
{
	for (size_t i = 0; i < in.n; i++) {
		if (q->cr && in.p[i] == '\n') {
			q->cr = false;
			flush(q, out, "\r\n");
			continue;
		}
		if (q->cr)
			put(q, out, '\r');
		q->cr = in.p[i] == '\r';
		if (!q->cr)
			put(q, out, in.p[i]);
	}
}

void
bl_qp_end(struct bl_qp *q, struct bl_buf *out)
{
	if (q->cr)
		put(q, out, '\r');
	q->cr = false;
	flush(q, out, "");
}
