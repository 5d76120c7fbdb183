/* internal.h - what the files of this module share with each other. */
#ifndef BL_MIME_INTERNAL_H
#define BL_MIME_INTERNAL_H

#include "base/fast.h"
#include "mime/mime.h"

/* ---- characters (lex.c) ---- */

bool bl_mime_is_wsp(uint8_t c);	  /* space, tab */
bool bl_mime_is_ctl(uint8_t c);	  /* C0 but tab, and DEL */
bool bl_mime_is_token(uint8_t c); /* RFC 2045 5.1, ASCII */
bool bl_mime_is_atext(uint8_t c); /* RFC 5322 3.2.3, with RFC 6532 */

/* bl_hex_digit reads one of either case, bl_hex_pair two; else -1. */
int bl_hex_digit(uint8_t c);
int bl_hex_pair(const uint8_t *p);

/* bl_lex is a reading position in an unfolded value. */
struct bl_lex {
	struct bl_span s;
	size_t i;
	bool bad; /* a comment without end, or a control character in one */
};
/* bl_lex_peek gives the next byte, or -1 at the end. */
int bl_lex_peek(const struct bl_lex *l);
/* bl_lex_take steps over `c` if it comes next. */
bool bl_lex_take(struct bl_lex *l, uint8_t c);
/* bl_lex_cfws steps over white space and comments (RFC 5322 3.2.2); returns
 * how many comments there were. */
size_t bl_lex_cfws(struct bl_lex *l);
/* bl_lex_while takes the longest run of bytes for which `is` holds. */
struct bl_span bl_lex_while(struct bl_lex *l, bool (*is)(uint8_t));
/* bl_lex_quoted appends what stands in the quoted string that comes next,
 * escapes undone; false when it has no end or holds a control character. */
bool bl_lex_quoted(struct bl_lex *l, struct bl_buf *out);

/*
 * While a store still grows, its spans hold an offset in place of a pointer:
 * bl_rel makes such a span of the bytes from `from` to the end of the store,
 * bl_rel_fix turns it into a true one when the store is complete.
 */
struct bl_span bl_rel(const struct bl_buf *store, size_t from);
void bl_rel_fix(struct bl_span *s, const struct bl_buf *store);

/* ---- character sets (charset.c) ---- */

/* bl_utf8_next gives the length of the character at `i` and the character, or
 * 0 where the bytes are not UTF-8 (RFC 3629). */
size_t bl_utf8_next(struct bl_span s, size_t i, uint32_t *c);
/* bl_utf8_clean appends `s`; U+FFFD for what is not UTF-8 and for NUL, CR and
 * LF. Returns whether nothing was replaced. */
bool bl_utf8_clean(struct bl_buf *out, struct bl_span s);
/* bl_charset_known tells whether bl_charset_text can read this one. */
bool bl_charset_known(struct bl_span charset);
/* bl_charset_text appends `s` as UTF-8, cleaned as by bl_utf8_clean; returns
 * whether nothing was replaced. */
bool bl_charset_text(
    struct bl_buf *out, struct bl_span charset, struct bl_span s);
/* bl_invisible tells whether a character shows nothing, changes the direction
 * of others, or passes for "@", "." or a space: none of them may stand in an
 * address. */
bool bl_invisible(uint32_t c);

/* ---- fields ---- */

/* bl_header_block gives the block as it was read; fields borrow from it. */
struct bl_span bl_header_block(const struct bl_header *h);
/* bl_word_text appends unfolded text with its RFC 2047 words decoded. */
void bl_word_text(struct bl_buf *out, struct bl_span text);
/* bl_lower appends `s` with ASCII letters in lower case. */
void bl_lower(struct bl_buf *out, struct bl_span s);
/* bl_encoding_read reads an unfolded Content-Transfer-Encoding; BL_ENCODING_OTHER and
 * false for what is not one of the five. */
bool bl_encoding_read(enum bl_encoding *out, struct bl_span value);
/* bl_params_read takes `*( ";" parameter )`; see bl_content_type_read. */
BL_CHECK enum bl_err bl_params_read(
    struct bl_content_type *t, struct bl_lex *l, struct bl_note *note);

/* ---- parts (part.c) ---- */

#define BOUNDARY_MAX  70   /* characters, RFC 2046 5.1.1 */
#define BOUNDARY_USED 250  /* longer ones are a defect, and used up to here */
#define DELIMITER_MAX 1000 /* bytes of a line that may still be a delimiter */

struct bl_node {
	struct bl_part part;	 /* first: a part is reached as its node */
	struct bl_span boundary; /* of a multipart; borrowed from part.type */
	bool closed;		 /* its closing delimiter was seen */
};

/* bl_node_new reads a header block into a new part below `parent`. */
BL_CHECK enum bl_err bl_node_new(struct bl_node **out, struct bl_node *parent,
    struct bl_span block, enum bl_mime_descend descend,
    const struct bl_limits *limits, struct bl_note *note);
void bl_node_free(struct bl_node *n);

/* bl_delimiter is what a line means to the multiparts around it. */
struct bl_delimiter {
	struct bl_node *multi; /* whose delimiter it is; NULL: a plain line */
	bool closing;
	struct bl_node *clash; /* starts as a delimiter of this one, but is
				  none; or this one was closed before */
};
/* bl_delimiter_find judges a line, with or without its line end, against `cur`
 * and all that enclose it, innermost first (RFC 2046 5.1.1). */
struct bl_delimiter bl_delimiter_find(struct bl_node *cur, struct bl_span line);

/* ---- watching bytes go by (watch.c) ---- */

/* bl_watch finds line and byte defects in a stream, {0} starts. */
struct bl_watch {
	enum bl_line_form form; /* of the first line end */
	bool cr;		/* the last byte was a CR */
	size_t line;		/* bytes of the line so far, without its end */
};
/* bl_watch_add returns the defects that `in` shows: BARE_CR, LINE_ENDS,
 * LONG_LINE, NUL and 8BIT (any byte over 127). */
unsigned bl_watch_add(struct bl_watch *w, struct bl_span in);
bool bl_has_8bit(struct bl_span s);
/* bl_watch_odd tells which of NUL and 8BIT `in` shows, where `odd` is what its
 * marks have of them. */
unsigned bl_watch_odd(uint64_t odd, struct bl_span in);

#define BL_LINE_MAX 998 /* bytes without the line end, RFC 5322 2.1.1 */

/* bl_watch_mark does so for n bytes, 1 to 64; not for NUL and 8BIT. Inline,
 * because every byte of a large message passes here. */
static inline unsigned
bl_watch_mark(struct bl_watch *w, const struct bl_marks *m, unsigned n)
{
	uint64_t after_cr = m->cr << 1 | w->cr;
	uint64_t crlf = m->lf & after_cr, lf = m->lf & ~after_cr;
	unsigned upto = m->lf == 0 ? n : (unsigned)__builtin_ctzll(m->lf);
	size_t line = w->line + upto;
	unsigned seen = 0;

	if ((after_cr & ~m->lf & ~(uint64_t)0 >> (64 - n)) != 0)
		seen |= BL_DEFECT_BARE_CR;
	/* A CR at the end may belong to the line end. Between two LFs there is
	 * no room for a long line. */
	if (line > BL_LINE_MAX)
		line -= upto == 0 ? w->cr : m->cr >> (upto - 1) & 1;
	if (line > BL_LINE_MAX)
		seen |= BL_DEFECT_LONG_LINE;
	w->cr = (m->cr >> (n - 1) & 1) != 0;
	w->line += n;
	if (m->lf == 0)
		return seen;
	w->line = n - 64 + (unsigned)__builtin_clzll(m->lf);
	if (w->form == BL_LINES_UNKNOWN)
		w->form = (crlf >> upto & 1) != 0 ? BL_LINES_CRLF : BL_LINES_LF;
	if ((w->form == BL_LINES_CRLF ? lf : crlf) != 0)
		seen |= BL_DEFECT_LINE_ENDS;
	return seen;
}

/* ---- what may travel (travel.c) ---- */

/* bl_travel finds what mail transport would change in a body, {0} starts. */
struct bl_travel {
	struct bl_watch watch;
	size_t from;   /* characters of "From " that the line starts with */
	bool mid_line; /* and it can be no more of them */
	uint8_t last;  /* byte before a possible line end */
	bool must;     /* 8-bit, NUL, a bare CR, a line over 998: it cannot */
	bool should;   /* trailing white space, "From ": it may be changed */
};
/* bl_travel_add returns whether every LF in it is a CRLF's. */
bool bl_travel_add(struct bl_travel *t, struct bl_span in);
/* bl_travel_pass does so where nothing can be changed any more, and leaves
 * `should` alone. */
bool bl_travel_pass(struct bl_travel *t, struct bl_span in);
void bl_travel_end(struct bl_travel *t);
/* bl_travel_line drops white space at the end of a line; false when the line
 * cannot travel as it is. */
bool bl_travel_line(struct bl_span *line);

#endif
