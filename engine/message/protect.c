/* protect.c - see protect.h. */
#include "message/protect.h"

#define LINE_MAX_BYTES ((size_t)998) /* RFC 5322 2.1.1 */

static bool
is(struct bl_span name, const char *const *list)
{
	for (size_t i = 0; list[i] != NULL; i++)
		if (bl_span_is(name, list[i]))
			return true;
	return false;
}

static bool
is_structural(struct bl_span name)
{
	return bl_span_is(bl_span_cut(name, 0, 8), "Content-") ||
	    bl_span_is(name, "MIME-Version");
}

/* Others of whom a blind copy is kept must not read of it inside (RFC 9788
 * 11.4), and what mail servers wrote is not the sender's. */
static bool
goes_inside(struct bl_span name)
{
	static const char *const not [] = {
	    "Bcc", "Resent-Bcc", "Received", "Return-Path", NULL};

	return !is_structural(name) && !is(name, not );
}

/* ---- policies ---- */

static enum bl_err
unreadable(const char *what, const char *source, struct bl_note *note)
{
	return bl_fail(note, BL_E_MALFORMED, 0, what, source);
}

/* Addresses without names and comments. */
static enum bl_err
bare_addresses(struct bl_buf *out, const struct bl_field *f,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_mailboxes m = {0};
	enum bl_err err = bl_mailboxes_read(&m, f->value, limits, note);

	if (err == BL_OK && (m.bad || m.groups || m.n == 0))
		err = unreadable(
		    "names in an address field cannot be hidden: it is not a "
		    "list of mailboxes",
		    "RFC 5322 3.4", note);
	for (size_t i = 0; err == BL_OK && i < m.n; i++) {
		bl_buf_add_str(out, i == 0 ? "" : ", ");
		bl_buf_add(out, m.list[i].addr);
	}
	bl_mailboxes_clear(&m);
	return err;
}

static enum bl_err
utc(struct bl_buf *out, const struct bl_field *f, struct bl_note *note)
{
	int64_t t;

	if (!bl_mime_date(&t, f->value))
		return unreadable(
		    "the time zone cannot be hidden: the date cannot be read",
		    "RFC 5322 3.3", note);
	bl_mime_date_write(out, t);
	return BL_OK;
}

static enum bl_err
shy(struct bl_buf *out, const struct bl_field *f,
    const struct bl_limits *limits, struct bl_note *note)
{
	/* Sender and Reply-To are not in the standard; a name hidden in From
	 * is not left there. */
	static const char *const people[] = {
	    "From", "To", "Cc", "Sender", "Reply-To", NULL};
	static const char *const dates[] = {"Date", NULL};

	if (is(f->name, people))
		return bare_addresses(out, f, limits, note);
	if (is(f->name, dates))
		return utc(out, f, note);
	bl_unfold(out, f->value);
	return BL_OK;
}

enum bl_err
bl_policy_apply(struct bl_buf *out, bool *removed, enum bl_header_policy policy,
    const struct bl_field *f, const struct bl_limits *limits,
    struct bl_note *note)
{
	static const char *const about[] = {"Keywords", "Comments", NULL};
	static const char *const subject[] = {"Subject", NULL};
	enum bl_err err = BL_OK;

	*removed = policy != BL_HEADER_POLICY_NONE && is(f->name, about);
	if (*removed)
		return BL_OK;
	if (policy != BL_HEADER_POLICY_NONE && is(f->name, subject))
		bl_buf_add_str(out, "[...]");
	else if (policy == BL_HEADER_POLICY_SHY)
		err = shy(out, f, limits, note);
	else
		bl_unfold(out, f->value);
	return err == BL_OK ? bl_buf_err(out, note) : err;
}

/* ---- writing fields ---- */

/* Whether all lines can travel as they are. */
static bool
can_travel(struct bl_span raw)
{
	for (size_t i = 0; i < raw.n;) {
		const uint8_t *nl = memchr(raw.p + i, '\n', raw.n - i);
		size_t n = nl == NULL ? raw.n - i : (size_t)(nl - raw.p) - i;
		size_t end = i + n;

		while (end > i && raw.p[end - 1] == '\r')
			end--;
		if (end - i > LINE_MAX_BYTES ||
		    (end > i &&
			(raw.p[end - 1] == ' ' || raw.p[end - 1] == '\t')))
			return false;
		i += n + 1;
	}
	return true;
}

/* "Name: value" by the header writer: a field that it refuses is one of the
 * draft, and no fault of the caller. */
static enum bl_err
write_named(struct bl_buf *out, const char *name, struct bl_span value,
    struct bl_note *note)
{
	struct bl_note why = {0};
	enum bl_err err = bl_header_write_structured(out, name, value, &why);

	if (err == BL_E_CALLER)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "a header field cannot be protected: it has characters "
		    "that no field may have",
		    "RFC 5322 2.2");
	return err == BL_OK ? BL_OK
			    : bl_fail(note, err, why.at, why.what, why.source);
}

static enum bl_err
write_field(struct bl_buf *out, struct bl_span name, struct bl_span value,
    struct bl_note *note)
{
	struct bl_buf text = {0};
	const char *n;
	enum bl_err err;

	bl_buf_add(&text, name);
	err = (n = bl_buf_text(&text)) == NULL
	    ? bl_buf_err(&text, note)
	    : write_named(out, n, value, note);
	bl_buf_clear(&text);
	return err;
}

static enum bl_err
copy(struct bl_buf *out, const struct bl_field *f, struct bl_note *note)
{
	struct bl_crlf crlf = {0};

	bl_crlf_add(&crlf, out, f->raw);
	if (f->raw.p[f->raw.n - 1] != '\n')
		bl_buf_add_str(out, "\r\n");
	return bl_buf_err(out, note);
}

/* Folds anew only what a mail server might: a signature covers it. */
static enum bl_err
write_same(struct bl_buf *out, const struct bl_field *f, struct bl_note *note)
{
	struct bl_buf value = {0};
	enum bl_err err;

	if (can_travel(f->raw))
		return copy(out, f, note);
	bl_unfold(&value, f->value);
	if ((err = bl_buf_err(&value, note)) == BL_OK)
		err = write_field(out, f->name, bl_buf_span(&value), note);
	bl_buf_clear(&value);
	return err;
}

/* ---- Content-Type ---- */

struct root {
	struct bl_content_type type; /* empty: there is none */
	bool has_type, is_layer, is_inside;
	bool was_cipher;
};

static enum bl_err
read_root(struct root *r, const struct bl_header *h, struct bl_note *note)
{
	const struct bl_field *f = bl_header_find(h, "Content-Type", 0);
	const struct bl_content_type *t = &r->type;
	enum bl_err err;

	r->was_cipher = bl_header_find(h, "HP-Outer", 0) != NULL;
	if (f == NULL)
		return BL_OK;
	if ((err = bl_content_type_read(&r->type, f->value, note)) != BL_OK)
		return err;
	r->has_type = true;
	r->is_layer = bl_content_type_is(t, "multipart", "signed") ||
	    bl_content_type_is(t, "multipart", "encrypted") ||
	    bl_content_type_is(t, "application", "pkcs7-mime") ||
	    bl_content_type_is(t, "application", "x-pkcs7-mime");
	for (size_t i = 0; i < t->n; i++)
		r->is_inside |= bl_span_equal(t->params[i].name, BL_STR("hp"));
	r->was_cipher |= r->is_inside &&
	    !bl_span_is(bl_content_type_param(t, "hp"), "clear");
	return BL_OK;
}

/* The type anew, with hp in the place of any that it had. */
static enum bl_err
write_type_anew(struct bl_buf *out, const struct root *r, const char *hp,
    struct bl_note *note)
{
	struct bl_buf value = {0};
	enum bl_err err;

	bl_buf_add(&value, r->type.type);
	bl_buf_add_str(&value, "/");
	bl_buf_add(&value, r->type.subtype);
	for (size_t i = 0; i < r->type.n; i++) {
		const struct bl_param *p = &r->type.params[i];
		struct bl_buf name = {0};

		bl_buf_add(&name, p->name);
		if (!bl_span_equal(p->name, BL_STR("hp")) &&
		    bl_buf_text(&name) != NULL)
			bl_param_write(&value, bl_buf_text(&name), p->value);
		if (name.err != BL_OK && value.err == BL_OK)
			value.err = name.err;
		bl_buf_clear(&name);
	}
	bl_buf_add_f(&value, "; hp=\"%s\"", hp);
	if ((err = bl_buf_err(&value, note)) == BL_OK)
		err = write_named(
		    out, "Content-Type", bl_buf_span(&value), note);
	bl_buf_clear(&value);
	return err;
}

/* The type as it stands, and hp behind it. */
static enum bl_err
write_type(struct bl_buf *out, const struct root *r, const struct bl_field *f,
    const char *hp, struct bl_note *note)
{
	struct bl_crlf crlf = {0};
	struct bl_span raw = f->raw;

	if (r->type.defects != 0)
		return unreadable(
		    "the Content-Type cannot be read", "RFC 2045 5.1", note);
	if (r->is_inside || !can_travel(raw))
		return write_type_anew(out, r, hp, note);
	while (
	    raw.n > 0 && (raw.p[raw.n - 1] == '\n' || raw.p[raw.n - 1] == '\r'))
		raw.n--;
	bl_crlf_add(&crlf, out, raw);
	bl_buf_add_f(out, "%s\r\n hp=\"%s\"\r\n",
	    raw.p[raw.n - 1] == ';' ? "" : ";", hp);
	return bl_buf_err(out, note);
}

/* ---- the two headers ---- */

/* What is sealed as it is: a layer, or an entity without fields. */
static enum bl_err
split_plain(struct bl_buf *outside, struct bl_buf *inside,
    const struct bl_header *h, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < bl_header_count(h); i++) {
		const struct bl_field *f = bl_header_at(h, i);

		if (!is_structural(f->name))
			err = copy(outside, f, note);
		else if (!bl_span_is(f->name, "MIME-Version"))
			bl_buf_add(inside, f->raw);
	}
	bl_buf_add_str(inside, "\r\n");
	return err == BL_OK ? bl_buf_err(inside, note) : err;
}

/* A field outside as the policy has it, and what is told of that inside. */
static enum bl_err
leave_outside(struct bl_buf *outside, struct bl_buf *stated,
    const struct bl_field *f, const struct bl_protect_how *how,
    struct bl_note *note)
{
	struct bl_buf line = {0}, text = {0};
	struct bl_span value, was = bl_unfolded(&text, f->value);
	bool removed;
	size_t at;
	enum bl_err err;

	bl_buf_add(&line, f->name);
	bl_buf_add_str(&line, ": ");
	at = line.n;
	if ((err = bl_policy_apply(&line, &removed, how->policy, f, how->limits,
		 note)) != BL_OK ||
	    (err = bl_buf_err(&text, note)) != BL_OK || removed)
		goto out;
	value = bl_span_cut(bl_buf_span(&line), at, line.n);
	if (bl_span_equal(value, was))
		err = write_same(outside, f, note);
	else
		err = write_field(outside, f->name, value, note);
	if (err == BL_OK)
		err = write_named(stated, "HP-Outer", bl_buf_span(&line), note);
out:
	bl_buf_clear(&text);
	bl_buf_clear(&line);
	return err;
}

static enum bl_err
split_field(struct bl_buf *outside, struct bl_buf *inside,
    struct bl_buf *stated, const struct bl_field *f,
    const struct bl_protect_how *how, struct bl_note *note)
{
	enum bl_err err;

	if (!goes_inside(f->name))
		return copy(outside, f, note);
	if ((err = write_same(inside, f, note)) != BL_OK)
		return err;
	if (how->encrypts)
		return leave_outside(outside, stated, f, how, note);
	return copy(outside, f, note);
}

static enum bl_err
split(struct bl_buf *outside, struct bl_buf *inside, const struct bl_header *h,
    const struct root *r, const struct bl_protect_how *how,
    struct bl_note *note)
{
	const char *hp = how->encrypts ? "cipher" : "clear";
	struct bl_buf stated = {0};
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < bl_header_count(h); i++) {
		const struct bl_field *f = bl_header_at(h, i);

		if (bl_span_is(f->name, "MIME-Version"))
			continue;
		if (bl_span_is(f->name, "Content-Type"))
			err = write_type(inside, r, f, hp, note);
		else if (is_structural(f->name))
			err = write_same(inside, f, note);
		else
			err = split_field(
			    outside, inside, &stated, f, how, note);
	}
	if (!r->has_type)
		bl_buf_add_f(
		    inside, "Content-Type: text/plain; hp=\"%s\"\r\n", hp);
	bl_buf_add(inside, bl_buf_span(&stated));
	bl_buf_add_str(inside, "\r\n");
	if (err == BL_OK)
		err = bl_buf_err(&stated, note);
	bl_buf_clear(&stated);
	return err == BL_OK ? bl_buf_err(inside, note) : err;
}

static bool
has_fields(const struct bl_header *h)
{
	for (size_t i = 0; i < bl_header_count(h); i++)
		if (goes_inside(bl_header_at(h, i)->name))
			return true;
	return false;
}

static enum bl_err
denied(const char *what, struct bl_note *note)
{
	return bl_fail(note, BL_E_DENIED, 0, what, "RFC 9788 3");
}

enum bl_err
bl_protect_split(struct bl_buf *outside, struct bl_buf *inside,
    const struct bl_header *h, const struct bl_protect_how *how,
    struct bl_note *note)
{
	struct root r = {0};
	enum bl_err err = read_root(&r, h, note);

	if (err != BL_OK)
		goto out;
	/* Which of them were hidden, and how, is another policy's. */
	if (r.was_cipher)
		err = denied("the header has fields that were hidden outside "
			     "(hp=\"cipher\"): take out those that may be seen",
		    note);
	else if (r.is_layer && how->policy != BL_HEADER_POLICY_NONE &&
	    has_fields(h))
		err = denied("the message is signed or encrypted already: its "
			     "header fields cannot be hidden any more",
		    note);
	else if (r.is_layer || !has_fields(h))
		err = split_plain(outside, inside, h, note);
	else
		err = split(outside, inside, h, &r, how, note);
	if (err == BL_OK)
		err = bl_buf_err(outside, note);
out:
	bl_content_type_clear(&r.type);
	return err;
}
