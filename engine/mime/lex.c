/* lex.c - the lexical rules that structured header fields share. */
#include "mime/internal.h"

bool
bl_mime_is_wsp(uint8_t c)
{
	return c == ' ' || c == '\t';
}

bool
bl_mime_is_ctl(uint8_t c)
{
	return (c < 0x20 && c != '\t') || c == 0x7f;
}

/* What the printable ASCII characters may stand in. */
enum { TOKEN = 1, ATEXT = 2 };
#define T TOKEN
#define A ATEXT
#define B (TOKEN | ATEXT)
/* clang-format off */
static const uint8_t classes[0x60] = {
    /* space */
    0, B, 0, B, B, B, B, B, 0, 0, B, B, 0, B, T, A, /* !"#$%&'()*+,-./ */
    B, B, B, B, B, B, B, B, B, B, 0, 0, 0, A, 0, A, /* 0-9:;<=>? */
    0, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* @A-O */
    B, B, B, B, B, B, B, B, B, B, B, 0, 0, 0, B, B, /* P-Z[\]^_ */
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* `a-o */
    B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, 0, /* p-z{|}~ */
};
/* clang-format on */
#undef T
#undef A
#undef B

bool
bl_mime_is_token(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && (classes[c - 0x20] & TOKEN) != 0;
}

bool
bl_mime_is_atext(uint8_t c)
{
	return c >= 0x80 || (c >= 0x20 && (classes[c - 0x20] & ATEXT) != 0);
}

int
bl_hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
bl_hex_pair(const uint8_t *p)
{
	int high = bl_hex_digit(p[0]), low = bl_hex_digit(p[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

int
bl_lex_peek(const struct bl_lex *l)
{
	return l->i < l->s.n ? l->s.p[l->i] : -1;
}

bool
bl_lex_take(struct bl_lex *l, uint8_t c)
{
	if (bl_lex_peek(l) != c)
		return false;
	l->i++;
	return true;
}

/* Steps over one comment, nested ones too, without recursion. */
static void
comment(struct bl_lex *l)
{
	size_t depth = 0;

	for (; l->i < l->s.n; l->i++) {
		uint8_t c = l->s.p[l->i];

		if (bl_mime_is_ctl(c))
			l->bad = true;
		if (c == '\\' && l->i + 1 < l->s.n) {
			l->i++;
			if (bl_mime_is_ctl(l->s.p[l->i]))
				l->bad = true;
		} else if (c == '(') {
			depth++;
		} else if (c == ')' && --depth == 0) {
			l->i++;
			return;
		}
	}
	l->bad = true;
}

size_t
bl_lex_cfws(struct bl_lex *l)
{
	size_t comments = 0;

	while (l->i < l->s.n) {
		uint8_t c = l->s.p[l->i];

		if (bl_mime_is_wsp(c)) {
			l->i++;
		} else if (c == '(') {
			comment(l);
			comments++;
		} else {
			break;
		}
	}
	return comments;
}

struct bl_span
bl_lex_while(struct bl_lex *l, bool (*is)(uint8_t))
{
	size_t from = l->i;

	while (l->i < l->s.n && is(l->s.p[l->i]))
		l->i++;
	return bl_span_cut(l->s, from, l->i - from);
}

static bool
is_quoted_plain(uint8_t c)
{
	return c != '"' && c != '\\' && !bl_mime_is_ctl(c);
}

bool
bl_lex_quoted(struct bl_lex *l, struct bl_buf *out)
{
	bool good = true;

	if (!bl_lex_take(l, '"'))
		return false;
	while (l->i < l->s.n) {
		uint8_t c;

		bl_buf_add(out, bl_lex_while(l, is_quoted_plain));
		if (l->i == l->s.n)
			break;
		c = l->s.p[l->i++];
		if (c == '"')
			return good;
		if (c == '\\' && l->i < l->s.n)
			c = l->s.p[l->i++];
		if (bl_mime_is_ctl(c))
			good = false;
		bl_buf_add_u8(out, c);
	}
	return false;
}

struct bl_span
bl_rel(const struct bl_buf *store, size_t from)
{
	return (struct bl_span){
	    (const uint8_t *)(uintptr_t)from, store->n - from};
}

void
bl_rel_fix(struct bl_span *s, const struct bl_buf *store)
{
	if (s->n == 0)
		s->p = NULL;
	else
		s->p = store->p + (uintptr_t)s->p;
}
