/* word.c - RFC 2047 encoded words into text. */
#include "mime/internal.h"

/* One encoded word: =?charset?encoding?text?= */
struct word {
	struct bl_span charset, text;
	bool base64;
	size_t n; /* bytes of all of it */
};

/* The words joined so far. Neighbours of one character set are decoded as
 * one, for there are writers that split within a character. */
struct words {
	struct bl_buf *out;
	struct bl_buf bytes;
	struct bl_span charset;
	bool open;
};

static bool
is_word_char(uint8_t c)
{
	return c > 0x20 && c < 0x7f && c != '?';
}

/* Takes the run before the next '?', and the '?'. */
static bool
piece(struct bl_lex *l, struct bl_span *out)
{
	*out = bl_lex_while(l, is_word_char);
	return out->n > 0 && bl_lex_take(l, '?');
}

/* Finds a word at `i`; it must be followed by white space or the end. */
static bool
find(struct word *w, struct bl_span s, size_t i)
{
	struct bl_lex l = {.s = s, .i = i + 2};
	struct bl_span encoding;
	const uint8_t *star;

	if (s.n - i < 2 || s.p[i] != '=' || s.p[i + 1] != '?')
		return false;
	if (!piece(&l, &w->charset) || !piece(&l, &encoding))
		return false;
	w->text = bl_lex_while(&l, is_word_char);
	if (!bl_lex_take(&l, '?') || !bl_lex_take(&l, '='))
		return false;
	if (l.i < s.n && !bl_mime_is_wsp(s.p[l.i]))
		return false;
	/* The language of RFC 2231 5 tells nothing that is shown. */
	star = memchr(w->charset.p, '*', w->charset.n);
	if (star != NULL)
		w->charset.n = (size_t)(star - w->charset.p);
	w->base64 = bl_span_equal_nocase(encoding, BL_STR("b"));
	w->n = l.i - i;
	return (w->base64 || bl_span_equal_nocase(encoding, BL_STR("q"))) &&
	    bl_charset_known(w->charset);
}

static bool
decode_q(struct bl_buf *out, struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '_') {
			c = ' ';
		} else if (c == '=') {
			int v = s.n - i < 3 ? -1 : bl_hex_pair(s.p + i + 1);

			if (v < 0)
				return false;
			c = (uint8_t)v;
			i += 2;
		}
		bl_buf_add_u8(out, c);
	}
	return true;
}

static bool
decode(struct bl_buf *out, const struct word *w)
{
	struct bl_base64 b = {0};

	if (!w->base64)
		return decode_q(out, w->text);
	bl_base64_decode(&b, out, w->text);
	bl_base64_decode_end(&b);
	return !b.bad;
}

static void
flush(struct words *j)
{
	if (j->open)
		bl_charset_text(j->out, j->charset, bl_buf_span(&j->bytes));
	if (j->bytes.err != BL_OK && j->out->err == BL_OK)
		j->out->err = j->bytes.err;
	bl_buf_reset(&j->bytes);
	j->open = false;
}

/* Adds a word to those before it; false when it is broken. */
static bool
join(struct words *j, const struct word *w)
{
	size_t before;

	if (j->open && !bl_span_equal_nocase(j->charset, w->charset))
		flush(j);
	before = j->bytes.n;
	if (!decode(&j->bytes, w)) {
		j->bytes.n = before;
		return false;
	}
	j->charset = w->charset;
	j->open = true;
	return true;
}

static bool
is_not_wsp(uint8_t c)
{
	return !bl_mime_is_wsp(c);
}

void
bl_word_text(struct bl_buf *out, struct bl_span text)
{
	struct words j = {.out = out};
	struct bl_lex l = {.s = text};

	while (l.i < text.n) {
		struct bl_span space = bl_lex_while(&l, bl_mime_is_wsp);
		struct word w;
		bool was_word = j.open;

		if (find(&w, text, l.i) && join(&j, &w)) {
			/* Space between two words is not text. */
			if (!was_word)
				bl_buf_add(out, space);
			l.i += w.n;
			continue;
		}
		flush(&j);
		bl_buf_add(out, space);
		bl_utf8_clean(out, bl_lex_while(&l, is_not_wsp));
	}
	flush(&j);
	bl_buf_clear(&j.bytes);
}

void
bl_header_text(struct bl_buf *out, struct bl_span value)
{
	struct bl_buf text = {0};

	bl_word_text(out, bl_unfolded(&text, value));
	if (text.err != BL_OK && out->err == BL_OK)
		out->err = text.err;
	bl_buf_clear(&text);
}
