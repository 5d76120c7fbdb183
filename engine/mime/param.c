/* param.c - parameters of Content-Type and Content-Disposition: RFC 2045 5.1,
 * continued and in other character sets by RFC 2231. */
#include "mime/internal.h"

#define PIECES_MAX 128 /* parameters, or pieces of them, in one field */
#define WHOLE	   SIZE_MAX

/* One `attribute=value`, which may be a piece of a parameter. */
struct piece {
	struct bl_span name;  /* without the marks of RFC 2231 */
	struct bl_span value; /* quotes and escapes removed */
	size_t index;	      /* of `name*0`, `name*1`, ... or WHOLE */
	bool extended;	      /* `name*` or `name*0*`: percent escapes */
};

struct pieces {
	size_t n;
	struct bl_buf raw; /* holds the values */
	unsigned defects;
	struct piece list[PIECES_MAX]; /* n of them are set */
};

/* ---- taking the field apart ---- */

/* Reads the marks at the end of an attribute: "", "*", "*0", "*0*". */
static bool
marks(struct piece *p, struct bl_span s)
{
	size_t i = 0;

	p->index = WHOLE;
	p->extended = false;
	if (s.n == 0)
		return true;
	s = bl_span_cut(s, 1, s.n);
	if (s.n > 0 && s.p[0] != '*') {
		p->index = 0;
		for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && i < 3; i++)
			p->index = p->index * 10 + (s.p[i] - '0');
		if (i == 0 || (i > 1 && s.p[0] == '0'))
			return false;
		p->extended = i < s.n;
		return i + p->extended == s.n &&
		    (!p->extended || s.p[i] == '*');
	}
	p->extended = true;
	return s.n == 0;
}

static bool
is_not_semicolon(uint8_t c)
{
	return c != ';';
}

static struct bl_span
trim(struct bl_span s)
{
	while (s.n > 0 && bl_mime_is_wsp(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* What comes is not `value` and then ";": takes all up to there, as the most
 * generous of readers would. */
static void
value_generous(
    struct pieces *ps, struct piece *p, struct bl_lex *l, size_t from)
{
	struct bl_span s;

	l->i = from;
	s = trim(bl_lex_while(l, is_not_semicolon));
	from = ps->raw.n;
	bl_buf_add(&ps->raw, s);
	p->value = bl_rel(&ps->raw, from);
}

static bool
at_end(const struct bl_lex *l)
{
	return l->i == l->s.n || l->s.p[l->i] == ';';
}

static bool
is_boundary(const struct piece *p)
{
	return bl_span_equal_nocase(p->name, BL_STR("boundary"));
}

/* A comment beside "=" or a value reads as part of the value elsewhere, and
 * one anywhere near a boundary changes the parts for such readers. */
static void
comments_after(struct pieces *ps, const struct piece *p, struct bl_lex *l)
{
	bool touches = bl_lex_peek(l) == '(';

	if (bl_lex_cfws(l) != 0 && (touches || is_boundary(p)))
		ps->defects |= BL_DEFECT_PARAMETER;
}

static void
value(struct pieces *ps, struct piece *p, struct bl_lex *l)
{
	size_t from = l->i, raw = ps->raw.n;
	bool quoted = bl_lex_peek(l) == '"';
	struct bl_span token;

	if (quoted) {
		if (!bl_lex_quoted(l, &ps->raw))
			ps->defects |= BL_DEFECT_PARAMETER;
	} else {
		token = bl_lex_while(l, bl_mime_is_token);
		if (token.n == 0)
			ps->defects |= BL_DEFECT_PARAMETER;
		bl_buf_add(&ps->raw, token);
	}
	p->value = bl_rel(&ps->raw, raw);
	comments_after(ps, p, l);
	if (at_end(l))
		return;
	ps->defects |= BL_DEFECT_PARAMETER;
	if (quoted) {
		bl_lex_while(l, is_not_semicolon);
	} else {
		ps->raw.n = raw;
		value_generous(ps, p, l, from);
	}
}

/* Takes one parameter; false when it is none and was stepped over. */
static bool
piece(struct pieces *ps, struct piece *p, struct bl_lex *l)
{
	struct bl_span name;
	const uint8_t *star;
	size_t at;

	name = bl_lex_while(l, bl_mime_is_token);
	star = name.n == 0 ? NULL : memchr(name.p, '*', name.n);
	p->name = name;
	if (star != NULL)
		p->name.n = (size_t)(star - name.p);
	at = l->i;
	bl_lex_cfws(l);
	if (p->name.n == 0 || !bl_lex_take(l, '=') ||
	    !marks(p, bl_span_cut(name, p->name.n, name.n))) {
		bl_lex_while(l, is_not_semicolon);
		ps->defects |= BL_DEFECT_PARAMETER;
		return false;
	}
	at++;
	bl_lex_cfws(l);
	if (l->i != at)
		ps->defects |= BL_DEFECT_PARAMETER;
	value(ps, p, l);
	return true;
}

static void
pieces(struct pieces *ps, struct bl_lex *l)
{
	while (l->i < l->s.n) {
		bl_lex_take(l, ';');
		bl_lex_cfws(l);
		/* A semicolon at the end is wrong and harmless. */
		if (l->i == l->s.n)
			break;
		if (ps->n == PIECES_MAX) {
			ps->defects |= BL_DEFECT_PARAMETER;
			break;
		}
		if (piece(ps, &ps->list[ps->n], l))
			ps->n++;
	}
	for (size_t i = 0; i < ps->n; i++)
		bl_rel_fix(&ps->list[i].value, &ps->raw);
	if (l->bad)
		ps->defects |= BL_DEFECT_PARAMETER;
}

/* ---- putting parameters together ---- */

/* Undoes percent escapes; what is not one stays as it is. */
static bool
percent(struct bl_buf *out, struct bl_span s)
{
	bool good = true;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		int v = c == '%' && s.n - i > 2 ? bl_hex_pair(s.p + i + 1) : -1;

		if (v >= 0) {
			c = (uint8_t)v;
			i += 2;
		} else if (c == '%' || c >= 0x80) {
			good = false;
		}
		bl_buf_add_u8(out, c);
	}
	return good;
}

/* Takes `charset'language'` off the front. */
static bool
charset(struct bl_span *s, struct bl_span *name)
{
	const uint8_t *first, *second;
	size_t from;

	first = s->n == 0 ? NULL : memchr(s->p, '\'', s->n);
	if (first == NULL)
		return false;
	from = (size_t)(first - s->p) + 1;
	second = from == s->n ? NULL : memchr(first + 1, '\'', s->n - from);
	if (second == NULL)
		return false;
	*name = bl_span_cut(*s, 0, from - 1);
	*s = bl_span_cut(*s, (size_t)(second - s->p) + 1, s->n);
	return true;
}

/* An escaped line end or NUL must not reach whoever uses the value. */
static bool
harmless(struct bl_buf *b)
{
	bool good = true;

	for (size_t i = 0; i < b->n; i++)
		if (bl_mime_is_ctl(b->p[i])) {
			b->p[i] = '?';
			good = false;
		}
	return good;
}

/* Appends the value made of `n` pieces to the store. */
static void
assemble(struct bl_content_type *t, struct pieces *ps,
    const struct piece *const *list, size_t n)
{
	struct bl_span set = {0}, first = list[0]->value;
	bool escapes = list[0]->extended, known;
	struct bl_buf bytes = {0};

	if (escapes && !charset(&first, &set)) {
		ps->defects |= BL_DEFECT_PARAMETER;
		escapes = false;
	}
	known = set.n == 0 || bl_charset_known(set);
	for (size_t i = 0; i < n; i++) {
		struct bl_span v = i == 0 ? first : list[i]->value;

		if (!list[i]->extended || !escapes || !known)
			bl_buf_add(&bytes, v);
		else if (!percent(&bytes, v))
			ps->defects |= BL_DEFECT_PARAMETER;
		if (i > 0 && list[i]->extended && !escapes)
			ps->defects |= BL_DEFECT_PARAMETER;
	}
	if (!harmless(&bytes)) {
		ps->defects |= BL_DEFECT_PARAMETER;
		/* One that was changed must not divide. */
		if (is_boundary(list[0]))
			bytes.n = 0;
	}
	if (!bl_charset_text(&t->store, set, bl_buf_span(&bytes)))
		ps->defects |= BL_DEFECT_8BIT;
	if (bytes.err != BL_OK && t->store.err == BL_OK)
		t->store.err = bytes.err;
	bl_buf_clear(&bytes);
}

static bool
same_name(const struct piece *a, const struct piece *b)
{
	return bl_span_equal_nocase(a->name, b->name);
}

/* Finds the pieces that belong to the one at `i`, in order. What is doubled,
 * or of two kinds, or leaves a gap is a defect; the kind that came first is
 * taken, and the pieces up to the gap. */
static size_t
gather(const struct piece **list, struct pieces *ps, size_t i)
{
	const struct piece *first = &ps->list[i];
	size_t seen = 0, n = 0;

	memset(list, 0, ps->n * sizeof(*list));
	for (size_t k = i; k < ps->n; k++) {
		const struct piece *p = &ps->list[k];
		size_t slot = p->index == WHOLE ? 0 : p->index;

		if (!same_name(p, first))
			continue;
		if ((p->index == WHOLE) != (first->index == WHOLE) ||
		    slot >= ps->n || list[slot] != NULL) {
			ps->defects |= BL_DEFECT_PARAMETER;
			continue;
		}
		list[slot] = p;
		seen++;
	}
	while (n < ps->n && list[n] != NULL)
		n++;
	if (n != seen)
		ps->defects |= BL_DEFECT_PARAMETER;
	/* Few readers know these forms of the one that divides. */
	if ((first->extended || first->index != WHOLE) && is_boundary(first))
		ps->defects |= BL_DEFECT_PARAMETER;
	return n;
}

static bool
is_first(const struct pieces *ps, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_name(&ps->list[k], &ps->list[i]))
			return false;
	return true;
}

static void
params(struct bl_content_type *t, struct pieces *ps)
{
	const struct piece *list[PIECES_MAX];

	for (size_t i = 0; i < ps->n; i++) {
		struct bl_param *p = &t->params[t->n];
		size_t n, from = t->store.n;

		if (!is_first(ps, i) || (n = gather(list, ps, i)) == 0)
			continue;
		bl_lower(&t->store, ps->list[i].name);
		p->name = bl_rel(&t->store, from);
		from = t->store.n;
		assemble(t, ps, list, n);
		p->value = bl_rel(&t->store, from);
		t->n++;
	}
}

enum bl_err
bl_params_read(
    struct bl_content_type *t, struct bl_lex *l, struct bl_note *note)
{
	struct pieces ps;
	enum bl_err err;

	ps.n = 0;
	ps.raw = (struct bl_buf){0};
	ps.defects = 0;
	pieces(&ps, l);
	err = bl_buf_err(&ps.raw, note);
	if (err == BL_OK && ps.n > 0) {
		t->params = bl_alloc_array(ps.n, sizeof(*t->params));
		if (t->params == NULL)
			err = bl_fail(
			    note, BL_E_MEMORY, 0, "out of memory", NULL);
		else
			params(t, &ps);
	}
	t->defects |= ps.defects;
	bl_buf_clear(&ps.raw);
	return err;
}
