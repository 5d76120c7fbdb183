/* write.c - header fields, encoded words, addresses and parameters, written. */
#include "mime/internal.h"

#define FOLD	    76	/* columns, RFC 2047 2 */
#define FIELD_NAME  20	/* columns that stand before an address */
#define WORD_MAX    63	/* of a 75-character encoded word, its frame off */
#define PLAIN_WORD  200 /* characters; longer words are encoded, to fold */
#define PLAIN_PARAM 150 /* characters, with what escapes them */
#define PIECE_MAX   48	/* bytes of one RFC 2231 piece, escaped */

static const char digits[] = "0123456789ABCDEF";

static enum bl_err
refused(struct bl_note *note, const char *what)
{
	return bl_fail(note, BL_E_CALLER, 0, what, "RFC 5322 2.2");
}

static bool
has_structural(struct bl_span s)
{
	return s.n > 0 &&
	    (memchr(s.p, '\r', s.n) != NULL || memchr(s.p, '\n', s.n) != NULL ||
		memchr(s.p, 0, s.n) != NULL);
}

static bool
all(struct bl_span s, bool (*is)(uint8_t))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return true;
}

static bool
is_printable(uint8_t c)
{
	return c >= ' ' && c < 0x7f;
}

static bool
looks_encoded(struct bl_span s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '=' && s.p[i + 1] == '?')
			return true;
	return false;
}

/* ---- encoded words ---- */

/* What RFC 2047 5 (3) allows unescaped wherever a word may stand. */
static bool
is_word_safe(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || (c != 0 && strchr("!*+-/", c) != NULL);
}

static size_t
q_cost(struct bl_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += is_word_safe(s.p[i]) || s.p[i] == ' ' ? 1 : 3;
	return n;
}

static void
word_q(struct bl_buf *out, struct bl_span s)
{
	bl_buf_add_str(out, "=?UTF-8?Q?");
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == ' ') {
			bl_buf_add_u8(out, '_');
		} else if (is_word_safe(c)) {
			bl_buf_add_u8(out, c);
		} else {
			bl_buf_add_u8(out, '=');
			bl_buf_add_u8(out, (uint8_t)digits[c >> 4]);
			bl_buf_add_u8(out, (uint8_t)digits[c & 15]);
		}
	}
	bl_buf_add_str(out, "?=");
}

static void
word_b(struct bl_buf *out, struct bl_span s)
{
	struct bl_base64 b = {0};

	bl_buf_add_str(out, "=?UTF-8?B?");
	bl_base64_encode(&b, out, s);
	bl_base64_encode_end(&b, out);
	/* A word is one line: drop the line end. */
	if (s.n > 0 && out->err == BL_OK)
		out->n -= 2;
	bl_buf_add_str(out, "?=");
}

/* How much of `s`, in whole characters, fits a word of `room` characters. */
static size_t
fit(struct bl_span s, size_t room, bool q)
{
	size_t used = 0, i = 0;

	while (i < s.n) {
		uint32_t c;
		size_t n = bl_utf8_next(s, i, &c);
		size_t cost = q ? q_cost(bl_span_cut(s, i, n)) : n;

		if (q ? used + cost > room : (used + cost + 2) / 3 * 4 > room)
			break;
		used += cost;
		i += n;
	}
	return i;
}

/* Writes `s` as words of at most 75 characters, each preceded by a space but
 * the first; `column` is where the first one starts. */
static void
encode(struct bl_buf *out, struct bl_span s, size_t column)
{
	/* What a person can read may be half as long again. */
	bool q = q_cost(s) * 2 <= (s.n + 2) / 3 * 4 * 3;
	bool first = true;

	while (s.n > 0) {
		size_t room = WORD_MAX, n;

		if (first && column + 12 < FOLD && FOLD - column - 12 < room)
			room = FOLD - column - 12;
		n = fit(s, room < 12 ? WORD_MAX : room, q);
		if (!first)
			bl_buf_add_u8(out, ' ');
		if (q)
			word_q(out, bl_span_cut(s, 0, n));
		else
			word_b(out, bl_span_cut(s, 0, n));
		s = bl_span_cut(s, n, s.n);
		first = false;
	}
}

/* ---- folding ---- */

/* Finds where the line that starts at `from` is broken: the last white space
 * that keeps it within FOLD, outside quotes if there is such, else the first
 * behind. Returns the end when it need not or cannot be broken. */
static size_t
break_at(struct bl_span s, size_t from, size_t column)
{
	size_t best = 0, quoted_best = 0;
	bool quoted = false;

	for (size_t i = from; i < s.n; i++, column++) {
		size_t *place = quoted ? &quoted_best : &best;

		if (s.p[i] == '"' && !(quoted && s.p[i - 1] == '\\'))
			quoted = !quoted;
		if (i != from && bl_mime_is_wsp(s.p[i]) &&
		    !bl_mime_is_wsp(s.p[i - 1]) &&
		    (column <= FOLD || *place == 0))
			*place = i;
		if (column >= FOLD && (best != 0 || quoted_best != 0))
			return best != 0 ? best : quoted_best;
	}
	return s.n;
}

/* Appends `name: value` CRLF, folded. */
static enum bl_err
fold(struct bl_buf *out, const char *name, struct bl_span value,
    struct bl_note *note)
{
	size_t column = strlen(name) + 2, from = 0;

	bl_buf_add_str(out, name);
	bl_buf_add_str(out, ": ");
	while (from < value.n) {
		size_t to = break_at(value, from, column);

		if (column + to - from > BL_LINE_MAX)
			return refused(note, "a word is too long for a line");
		bl_buf_add(out, bl_span_cut(value, from, to - from));
		if (to < value.n)
			bl_buf_add_str(out, "\r\n");
		from = to;
		column = 0;
	}
	bl_buf_add_str(out, "\r\n");
	return bl_buf_err(out, note);
}

/* ---- fields ---- */

static enum bl_err
check(const char *name, struct bl_span value, struct bl_note *note)
{
	struct bl_span n = bl_span_str(name);

	if (n.n == 0 || n.n > FOLD || !all(n, bl_mime_is_token))
		return refused(note, "not a header field name");
	if (has_structural(value))
		return refused(note, "line end or NUL in a header field");
	if (!bl_text_ok(value))
		return refused(note, "header field is not UTF-8");
	return BL_OK;
}

static bool
is_safe_text(uint8_t c)
{
	return c == '\t' || is_printable(c);
}

static bool
is_not_wsp(uint8_t c)
{
	return !bl_mime_is_wsp(c);
}

/* Finds the part of `s` that has to be encoded; false when none has. */
static bool
unsafe(struct bl_span s, size_t *from, size_t *to)
{
	struct bl_lex l = {.s = s};
	size_t before = 0;
	bool found = false;

	*from = *to = 0;
	while (l.i < s.n) {
		bool first = l.i == 0;
		struct bl_span space = bl_lex_while(&l, bl_mime_is_wsp);
		struct bl_span word = bl_lex_while(&l, is_not_wsp);
		bool edge = space.n > 0 && (first || word.n == 0);

		bool safe = !edge && word.n <= PLAIN_WORD &&
		    all(word, is_safe_text) && !looks_encoded(word);

		/* White space at the end goes with the word before it. */
		if (!safe && !found)
			*from = edge ? before : l.i - word.n;
		if (!safe)
			*to = l.i;
		found = found || !safe;
		before = l.i - word.n;
	}
	return found;
}

enum bl_err
bl_header_write(struct bl_buf *out, const char *name, struct bl_span value,
    struct bl_note *note)
{
	struct bl_buf text = {0};
	enum bl_err err;
	size_t from, to, column;

	if ((err = check(name, value, note)) != BL_OK)
		return err;
	if (!unsafe(value, &from, &to))
		return fold(out, name, value, note);
	column = strlen(name) + 2 + from;
	bl_buf_add(&text, bl_span_cut(value, 0, from));
	encode(&text, bl_span_cut(value, from, to - from), column);
	bl_buf_add(&text, bl_span_cut(value, to, value.n));
	if ((err = bl_buf_err(&text, note)) == BL_OK)
		err = fold(out, name, bl_buf_span(&text), note);
	bl_buf_clear(&text);
	return err;
}

enum bl_err
bl_header_write_structured(struct bl_buf *out, const char *name,
    struct bl_span value, struct bl_note *note)
{
	enum bl_err err = check(name, value, note);

	for (size_t i = 0; i < value.n && err == BL_OK; i++)
		if (bl_mime_is_ctl(value.p[i]))
			err = refused(note, "control character in a field");
	return err != BL_OK ? err : fold(out, name, value, note);
}

/* ---- addresses ---- */

static void
quote(struct bl_buf *out, struct bl_span s)
{
	bl_buf_add_u8(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			bl_buf_add_u8(out, '\\');
		bl_buf_add_u8(out, s.p[i]);
	}
	bl_buf_add_u8(out, '"');
}

/* Words of letters and the like with one space between them. */
static bool
is_atoms(struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool space = s.p[i] == ' ';

		if (!space && (!bl_mime_is_atext(s.p[i]) || s.p[i] >= 0x80))
			return false;
		if (space && (i == 0 || i + 1 == s.n || s.p[i + 1] == ' '))
			return false;
	}
	return true;
}

static bool
is_addr(struct bl_span addr)
{
	struct bl_mailboxes m;
	bool good;

	if (bl_mailboxes_read(&m, addr, &BL_LIMITS, NULL) != BL_OK)
		return false;
	good = m.n == 1 && !m.bad && !m.groups && m.list[0].name.n == 0 &&
	    bl_span_equal(m.list[0].addr, addr);
	bl_mailboxes_clear(&m);
	return good;
}

enum bl_err
bl_mailbox_write(struct bl_buf *out, struct bl_span name, struct bl_span addr,
    struct bl_note *note)
{
	if (!is_addr(addr))
		return refused(note, "not an address");
	if (has_structural(name) || !bl_text_ok(name))
		return refused(note, "line end or NUL in a display name");
	if (name.n == 0) {
		bl_buf_add(out, addr);
		return bl_buf_err(out, note);
	}
	if (!all(name, is_printable) || looks_encoded(name) ||
	    name.n > PLAIN_WORD)
		encode(out, name, FIELD_NAME);
	else if (is_atoms(name))
		bl_buf_add(out, name);
	else
		quote(out, name);
	bl_buf_add_str(out, " <");
	bl_buf_add(out, addr);
	bl_buf_add_u8(out, '>');
	return bl_buf_err(out, note);
}

/* ---- parameters ---- */

static bool
is_attribute(uint8_t c)
{
	return bl_mime_is_token(c) && c != '*' && c != '\'' && c != '%';
}

/* `name*0*=UTF-8''...; name*1*=...`, or `name*=...` when it is short. */
static void
extended(struct bl_buf *out, const char *name, struct bl_span s)
{
	struct bl_buf piece = {0};
	size_t at = 0, index = 0;
	bool single;

	do {
		while (at < s.n && piece.n < PIECE_MAX) {
			uint8_t c = s.p[at++];

			if (is_attribute(c))
				bl_buf_add_u8(&piece, c);
			else
				bl_buf_add_f(&piece, "%%%02X", c);
		}
		single = index == 0 && at == s.n;
		bl_buf_add_f(
		    out, single ? "; %s*=" : "; %s*%zu*=", name, index);
		bl_buf_add_str(out, index == 0 ? "UTF-8''" : "");
		bl_buf_add(out, bl_buf_span(&piece));
		if (piece.err != BL_OK && out->err == BL_OK)
			out->err = piece.err;
		bl_buf_reset(&piece);
		index++;
	} while (at < s.n);
	bl_buf_clear(&piece);
}

void
bl_param_write(struct bl_buf *out, const char *name, struct bl_span value)
{
	struct bl_buf quoted = {0};

	if (!all(value, is_printable) || looks_encoded(value)) {
		extended(out, name, value);
		return;
	}
	quote(&quoted, value);
	if (quoted.n > PLAIN_PARAM) {
		extended(out, name, value);
	} else {
		bl_buf_add_f(out, "; %s=", name);
		bl_buf_add(out,
		    value.n > 0 && all(value, bl_mime_is_token)
			? value
			: bl_buf_span(&quoted));
	}
	if (quoted.err != BL_OK && out->err == BL_OK)
		out->err = quoted.err;
	bl_buf_clear(&quoted);
}
