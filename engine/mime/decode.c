/* decode.c - undoing transfer encodings, and LF to CRLF. */
#include "mime/internal.h"

void
bl_crlf_add(struct bl_crlf *c, struct bl_buf *out, struct bl_span in)
{
	struct bl_marked m;
	size_t from = 0;
	unsigned n;

	bl_marked_init(&m, in);
	while ((n = bl_marked_next(&m)) > 0) {
		uint64_t lf = m.now->lf & ~(m.now->cr << 1 | c->cr);

		for (; lf != 0; lf &= lf - 1) {
			size_t to = m.at + (unsigned)__builtin_ctzll(lf);

			bl_buf_add(out, bl_span_cut(in, from, to - from));
			bl_buf_add_u8(out, '\r');
			from = to;
		}
		c->cr = (m.now->cr >> (n - 1) & 1) != 0;
	}
	bl_buf_add(out, bl_span_cut(in, from, in.n - from));
}

/*
 * Quoted-printable. `held` is what may yet turn out to be no text, one of:
 *
 *	white space		dropped if the line ends (RFC 2045 6.7 rule 3)
 *	"=", white space	a soft break if the line ends
 *	"=" and one digit	half of an escape
 *
 * each with a CR behind it where an LF may follow.
 */

static bool
is_soft(const struct bl_decode *d)
{
	return d->n > 0 && d->held[0] == '=';
}

static void
hold(struct bl_decode *d, struct bl_buf *out, uint8_t c)
{
	/* So much white space is no accident: it is kept as text. */
	if (d->n == sizeof(d->held)) {
		d->defects |= BL_DEFECT_QP;
		bl_buf_add(out, bl_span_of(d->held, d->n));
		d->n = 0;
	}
	d->held[d->n++] = c;
}

/* What was held is text after all. */
static void
give(struct bl_decode *d, struct bl_buf *out)
{
	if (is_soft(d) || (d->n > 0 && d->held[d->n - 1] == '\r'))
		d->defects |= BL_DEFECT_QP;
	bl_buf_add(out, bl_span_of(d->held, d->n));
	d->n = 0;
}

static bool
is_half(const struct bl_decode *d)
{
	return is_soft(d) && d->n == 2 && bl_hex_digit(d->held[1]) >= 0;
}

static void
line_end(struct bl_decode *d, struct bl_buf *out)
{
	bool cr = d->n > 0 && d->held[d->n - 1] == '\r';

	if (is_half(d))
		give(d, out);
	if (!is_soft(d))
		bl_buf_add_str(out, cr ? "\r\n" : "\n");
	d->n = 0;
}

/* Whether `c` goes on what is held after a "=". */
static bool
goes_on(struct bl_decode *d, struct bl_buf *out, uint8_t c)
{
	int v;

	if (is_half(d)) {
		if ((v = bl_hex_pair((uint8_t[]){d->held[1], c})) < 0)
			return false;
		if (c >= 'a' || d->held[1] >= 'a')
			d->defects |= BL_DEFECT_QP;
		bl_buf_add_u8(out, (uint8_t)v);
		d->n = 0;
		return true;
	}
	if (d->held[d->n - 1] == '\r' ||
	    !(bl_mime_is_wsp(c) || c == '\r' ||
		(d->n == 1 && bl_hex_digit(c) >= 0)))
		return false;
	hold(d, out, c);
	return true;
}

static void
qp_byte(struct bl_decode *d, struct bl_buf *out, uint8_t c)
{
	if (c == '\n') {
		line_end(d, out);
		return;
	}
	if (is_soft(d) && goes_on(d, out, c))
		return;
	if (is_soft(d) || (d->n > 0 && d->held[d->n - 1] == '\r') ||
	    !(bl_mime_is_wsp(c) || c == '\r'))
		give(d, out);
	if (bl_mime_is_wsp(c) || c == '\r' || c == '=') {
		hold(d, out, c);
		return;
	}
	if (c >= 0x80 || bl_mime_is_ctl(c))
		d->defects |= BL_DEFECT_QP;
	bl_buf_add_u8(out, c);
}

static bool
is_plain(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != '=';
}

static void
qp(struct bl_decode *d, struct bl_buf *out, struct bl_span in)
{
	struct bl_lex l = {.s = in};

	while (l.i < in.n) {
		if (d->n == 0)
			bl_buf_add(out, bl_lex_while(&l, is_plain));
		if (l.i < in.n)
			qp_byte(d, out, in.p[l.i++]);
	}
}

void
bl_decode_init(struct bl_decode *d, enum bl_encoding e)
{
	*d = (struct bl_decode){.encoding = e};
}

void
bl_decode_add(struct bl_decode *d, struct bl_buf *out, struct bl_span in)
{
	switch (d->encoding) {
	case BL_QP:
		qp(d, out, in);
		break;
	case BL_BASE64:
		bl_base64_decode(&d->base64, out, in);
		if (d->base64.bad)
			d->defects |= BL_DEFECT_BASE64;
		break;
	case BL_7BIT:
	case BL_8BIT:
	case BL_BINARY:
	case BL_ENCODING_OTHER:
		bl_buf_add(out, in);
		break;
	}
}

void
bl_decode_end(struct bl_decode *d, struct bl_buf *out)
{
	if (d->encoding == BL_QP && d->n > 0) {
		/* White space at the end was added on the way; a soft break
		 * there has nothing to join. */
		if (is_half(d) || d->held[d->n - 1] == '\r')
			give(d, out);
		else if (is_soft(d))
			d->defects |= BL_DEFECT_QP;
		d->n = 0;
	}
	if (d->encoding == BL_BASE64) {
		bl_base64_decode_end(&d->base64);
		if (d->base64.bad)
			d->defects |= BL_DEFECT_BASE64;
	}
}
