/* address.c - RFC 5322 3.4 address lists with the characters of RFC 6532. */
#include "mime/internal.h"

#define ADDR_MAX 320 /* bytes: 64, "@" and 255, RFC 5321 4.5.3.1 */

/* One list being read. Its spans are offsets until the end. */
struct reading {
	struct bl_mailboxes *m;
	struct bl_lex l;
	const struct bl_limits *limits;
	size_t elements; /* good and bad */
	bool in_group;
};

/* ---- addr-spec ---- */

static bool
is_dot_atext(uint8_t c)
{
	return c == '.' || bl_mime_is_atext(c);
}

/* dot-atom-text: no dot first, last, or beside another. */
static bool
is_dot_atom(struct bl_span s)
{
	if (s.n == 0 || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_dot_atext(s.p[i]) ||
		    (s.p[i] == '.' && s.p[i + 1] == '.'))
			return false;
	return true;
}

/* Whether it is UTF-8 with nothing invisible, and no encoded word. */
static bool
is_plain(struct bl_span s)
{
	size_t mark = 0;

	for (size_t i = 0, n; i < s.n; i += n) {
		uint32_t c;

		n = bl_utf8_next(s, i, &c);
		if (n == 0 || (c != ' ' && bl_invisible(c)))
			return false;
		if (c == '?' && i + 1 < s.n && s.p[i + 1] == '=' && mark != 0)
			return false;
		if (c == '=' && i + 1 < s.n && s.p[i + 1] == '?')
			mark = i + 1;
	}
	return true;
}

static bool
is_dtext(uint8_t c)
{
	return c > 0x20 && c < 0x7f && c != '[' && c != ']' && c != '\\';
}

static bool
domain(struct bl_lex *l, struct bl_span *out)
{
	size_t from = l->i;

	if (!bl_lex_take(l, '[')) {
		*out = bl_lex_while(l, is_dot_atext);
		return is_dot_atom(*out);
	}
	if (bl_lex_while(l, is_dtext).n == 0 || !bl_lex_take(l, ']'))
		return false;
	*out = bl_span_cut(l->s, from, l->i - from);
	return true;
}

/* Takes `"` ... `"`; folds and an empty one are refused: nobody has such an
 * address, and readers differ on them. */
static bool
quoted_local(struct bl_lex *l, struct bl_buf *out)
{
	size_t from = out->n;

	return bl_lex_quoted(l, out) && out->n > from &&
	    memchr(out->p + from, '\t', out->n - from) == NULL;
}

/* Appends the local part as it is written: quoted where it must be. */
static void
write_local(struct bl_buf *out, struct bl_span local)
{
	if (is_dot_atom(local)) {
		bl_buf_add(out, local);
		return;
	}
	bl_buf_add_u8(out, '"');
	for (size_t i = 0; i < local.n; i++) {
		if (local.p[i] == '"' || local.p[i] == '\\')
			bl_buf_add_u8(out, '\\');
		bl_buf_add_u8(out, local.p[i]);
	}
	bl_buf_add_u8(out, '"');
}

/* Takes local "@" domain into the store. White space and comments may stand
 * around all of it, not around the "@" (RFC 5322 3.4.1 advises so). */
static bool
addr_spec(struct reading *r, struct bl_mailbox *box)
{
	struct bl_buf *store = &r->m->store, local = {0};
	struct bl_lex *l = &r->l;
	struct bl_span name, host;
	bool good;
	size_t from;

	if (bl_lex_peek(l) == '"') {
		good = quoted_local(l, &local);
	} else {
		bl_buf_add(&local, bl_lex_while(l, is_dot_atext));
		good = is_dot_atom(bl_buf_span(&local));
	}
	name = bl_buf_span(&local);
	good = good && bl_lex_take(l, '@') && domain(l, &host) &&
	    is_plain(name) && is_plain(host) && name.n + 1 + host.n <= ADDR_MAX;
	if (good) {
		from = store->n;
		write_local(store, name);
		bl_buf_add_u8(store, '@');
		bl_buf_add(store, host);
		box->addr = bl_rel(store, from);
		box->domain = bl_rel(store, store->n - host.n);
		from = store->n;
		bl_buf_add(store, name);
		box->local = bl_rel(store, from);
	}
	if (local.err != BL_OK && store->err == BL_OK)
		store->err = local.err;
	bl_buf_clear(&local);
	return good;
}

/* ---- display names ---- */

/* Adds the atoms gathered so far to the name, encoded words decoded. */
static void
flush_atoms(struct bl_buf *name, struct bl_buf *atoms)
{
	if (atoms->n != 0) {
		if (name->n != 0)
			bl_buf_add_u8(name, ' ');
		bl_word_text(name, bl_buf_span(atoms));
	}
	if (atoms->err != BL_OK && name->err == BL_OK)
		name->err = atoms->err;
	bl_buf_reset(atoms);
}

static bool
quoted_word(struct reading *r, struct bl_buf *name, struct bl_buf *scratch)
{
	struct bl_lex *l = &r->l;
	bool good;

	if (name->n != 0)
		bl_buf_add_u8(name, ' ');
	good = bl_lex_quoted(l, scratch);
	if (!bl_utf8_clean(name, bl_buf_span(scratch)))
		r->m->bad = true;
	if (scratch->err != BL_OK && name->err == BL_OK)
		name->err = scratch->err;
	bl_buf_reset(scratch);
	return good;
}

/*
 * Takes a phrase, with the dots that RFC 5322 4.1 asks to accept ("John Q.
 * Public"). White space within becomes one space, comments are left out. What
 * is not UTF-8 makes the field bad; the address behind it is not in doubt.
 */
static bool
phrase(struct reading *r, struct bl_buf *name)
{
	struct bl_buf atoms = {0};
	struct bl_lex *l = &r->l;
	bool good = true;

	for (;;) {
		size_t at = l->i;
		bool spaced;
		struct bl_span run;
		int c;

		bl_lex_cfws(l);
		spaced = l->i != at;
		c = bl_lex_peek(l);
		if (c == '"') {
			flush_atoms(name, &atoms);
			good = quoted_word(r, name, &atoms) && good;
			continue;
		}
		run = bl_lex_while(l, is_dot_atext);
		if (run.n == 0)
			break;
		if (spaced && atoms.n != 0)
			bl_buf_add_u8(&atoms, ' ');
		bl_buf_add(&atoms, run);
		if (bl_has_8bit(run) && !bl_text_ok(run))
			r->m->bad = true;
	}
	flush_atoms(name, &atoms);
	bl_buf_clear(&atoms);
	return good;
}

/* ---- the list ---- */

/* Steps to the "," or ";" that ends a broken element, or to the end. */
static void
recover(struct reading *r)
{
	struct bl_lex *l = &r->l;
	int c;

	r->m->bad = true;
	while ((c = bl_lex_peek(l)) >= 0 && c != ',' && c != ';') {
		size_t at = l->i;

		if (c == '"') {
			for (l->i++; l->i < l->s.n && l->s.p[l->i] != '"';)
				l->i += l->s.p[l->i] == '\\' ? 2 : 1;
			l->i = l->i < l->s.n ? l->i + 1 : l->s.n;
		} else {
			bl_lex_cfws(l);
		}
		if (l->i == at)
			l->i++;
	}
}

static enum bl_err
add(struct reading *r, const struct bl_mailbox *box, struct bl_note *note)
{
	struct bl_mailboxes *m = r->m;
	enum bl_err err;

	err = bl_list_grow(&m->list, m->n, &m->cap, sizeof(*m->list), note);
	if (err == BL_OK)
		m->list[m->n++] = *box;
	return err;
}

static bool
at_end(struct reading *r)
{
	int c;

	bl_lex_cfws(&r->l);
	c = bl_lex_peek(&r->l);
	return c < 0 || c == ',' || (c == ';' && r->in_group);
}

/* Takes `[name] "<" addr-spec ">"` from the "<" on. */
static bool
angle(struct reading *r, struct bl_mailbox *box)
{
	bool good;

	bl_lex_take(&r->l, '<');
	bl_lex_cfws(&r->l);
	good = addr_spec(r, box);
	bl_lex_cfws(&r->l);
	return good && bl_lex_take(&r->l, '>') && at_end(r);
}

/* Opens a group, `name ":"`; false when one is open. */
static bool
open_group(struct reading *r)
{
	if (r->in_group || !bl_lex_take(&r->l, ':'))
		return false;
	r->m->groups = true;
	r->in_group = true;
	return true;
}

/* Takes one mailbox, or the start of a group. */
static enum bl_err
element(struct reading *r, struct bl_note *note)
{
	struct bl_mailbox box = {0};
	struct bl_buf name = {0};
	enum bl_err err = BL_OK;
	size_t from = r->l.i;
	bool good, is_box;

	good = phrase(r, &name);
	is_box = bl_lex_peek(&r->l) == '<';
	if (bl_lex_peek(&r->l) == ':' && name.n != 0) {
		r->m->bad = r->m->bad || !good;
		good = open_group(r);
	} else if (is_box) {
		size_t start = r->m->store.n;

		bl_buf_add(&r->m->store, bl_buf_span(&name));
		box.name = bl_rel(&r->m->store, start);
		good = angle(r, &box) && good;
	} else {
		r->l.i = from;
		bl_lex_cfws(&r->l);
		good = is_box = addr_spec(r, &box) && at_end(r);
	}
	err = bl_buf_err(&name, note);
	if (err == BL_OK && !good)
		recover(r);
	else if (err == BL_OK && is_box)
		err = add(r, &box, note);
	bl_buf_clear(&name);
	return err;
}

/* Takes the ";" that ends a group. */
static void
group_end(struct reading *r)
{
	bl_lex_take(&r->l, ';');
	if (!r->in_group)
		r->m->bad = true;
	r->in_group = false;
	bl_lex_cfws(&r->l);
	if (bl_lex_peek(&r->l) >= 0 && bl_lex_peek(&r->l) != ',')
		r->m->bad = true;
}

static enum bl_err
list(struct reading *r, struct bl_note *note)
{
	bool want = true;   /* an element, not a separator */
	bool fresh = false; /* a group was just opened */

	for (bl_lex_cfws(&r->l); bl_lex_peek(&r->l) >= 0; bl_lex_cfws(&r->l)) {
		bool grouped = r->in_group;
		enum bl_err err;

		if (bl_lex_peek(&r->l) == ';') {
			if (want && !fresh)
				r->m->bad = true;
			group_end(r);
			want = fresh = false;
			continue;
		}
		if (bl_lex_take(&r->l, ',')) {
			if (want)
				r->m->bad = true;
			want = true;
			fresh = false;
			continue;
		}
		if (++r->elements > r->limits->addresses)
			return bl_fail_limit(note, r->l.i, "limit-addresses",
			    "too many addresses", "RFC 5322 3.4");
		if ((err = element(r, note)) != BL_OK)
			return err;
		fresh = r->in_group && !grouped;
		want = fresh;
	}
	/* Nothing at all, a comma at the end, or a group without end. */
	if (want || r->in_group || r->l.bad)
		r->m->bad = true;
	return BL_OK;
}

enum bl_err
bl_mailboxes_read(struct bl_mailboxes *out, struct bl_span value,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_mailboxes m = {0};
	struct bl_buf text = {0};
	struct reading r = {.m = &m, .limits = limits};
	enum bl_err err;

	*out = m;
	r.l.s = bl_unfolded(&text, value);
	if ((err = bl_buf_err(&text, note)) == BL_OK &&
	    (err = list(&r, note)) == BL_OK)
		err = bl_buf_err(&m.store, note);
	bl_buf_clear(&text);
	if (err != BL_OK) {
		bl_mailboxes_clear(&m);
		return err;
	}
	for (size_t i = 0; i < m.n; i++) {
		bl_rel_fix(&m.list[i].name, &m.store);
		bl_rel_fix(&m.list[i].local, &m.store);
		bl_rel_fix(&m.list[i].domain, &m.store);
		bl_rel_fix(&m.list[i].addr, &m.store);
	}
	*out = m;
	return BL_OK;
}

void
bl_mailboxes_clear(struct bl_mailboxes *m)
{
	bl_release(m->list);
	bl_buf_clear(&m->store);
	*m = (struct bl_mailboxes){0};
}
