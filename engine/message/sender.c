/* sender.c - who the message says it is from, and when; see opening.h.
 *
 * Exactly one From field with exactly one mailbox names a sender. Whatever else
 * is in the header (Sender, Resent-From, Reply-To) names none (ATK-206).
 */
#include "message/opening.h"

/* The address of the one mailbox of a From field, or nothing. */
static enum bl_err
one_address(struct bl_buf *out, const struct bl_field *f,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_mailboxes m = {0};
	enum bl_err err = bl_mailboxes_read(&m, f->value, limits, note);

	if (err == BL_OK && m.n == 1 && !m.groups && !m.bad) {
		bl_buf_add(out, m.list[0].addr);
		err = bl_buf_err(out, note);
	}
	bl_mailboxes_clear(&m);
	return err;
}

static void
date(struct bl_sender *s, const struct bl_header *h)
{
	const struct bl_field *f = bl_header_find(h, "Date", 0);

	if (f == NULL)
		return;
	s->date_state = bl_mime_date(&s->date, f->value) &&
		bl_header_find(h, "Date", 1) == NULL
	    ? BL_DATE_GOOD
	    : BL_DATE_BAD;
}

enum bl_err
bl_sender_read(
    struct bl_open *o, const struct bl_header *h, struct bl_note *finding)
{
	struct bl_sender *s = &o->sender;
	const struct bl_field *f = bl_header_find(h, "From", 0);

	date(s, h);
	if (f == NULL)
		return BL_OK;
	s->froms = bl_header_find(h, "From", 1) == NULL ? 1 : 2;
	return s->froms == 1 ? one_address(&s->addr, f, &o->limits, finding)
			     : BL_OK;
}

struct bl_span
bl_sender_expected(const struct bl_open *o)
{
	if (o->sender.addr.n > 0)
		return bl_buf_span(&o->sender.addr);
	return o->sender.froms == 0 ? o->opts.from : (struct bl_span){0};
}

static const char *const kept[] = {"From", "Sender", "Reply-To", "To", "Cc",
    "Subject", "Date", "Message-ID", "In-Reply-To", "References"};
_Static_assert(sizeof(kept) / sizeof(*kept) == BL_VERDICT_HEADERS,
    "room for each of them");

static enum bl_err
keep(struct bl_open *o, const struct bl_header *h, const char *name)
{
	const struct bl_field *f = bl_header_find(h, name, 0);
	struct bl_verdict_header *to = &o->tip.headers[o->tip.header_count];

	if (f == NULL)
		return BL_OK;
	to->name = name;
	o->tip.header_count++;
	bl_header_text(&to->text, f->value);
	return bl_buf_err(&to->text, &o->note);
}

/* A sender named inside that is not the one outside is told: who shows the
 * header inside must not show another name than was checked. */
static enum bl_err
compare(struct bl_open *o, const struct bl_header *h)
{
	const struct bl_field *f = bl_header_find(h, "From", 0);
	struct bl_note note = {0};
	struct bl_buf addr = {0};
	enum bl_err err;

	if (f == NULL)
		return BL_OK;
	err = one_address(&addr, f, &o->limits, &note);
	o->tip.from_differs = err != BL_OK || addr.n == 0 ||
	    bl_header_find(h, "From", 1) != NULL ||
	    !bl_addr_same(
		bl_buf_span(&addr), bl_buf_span(&o->sender.addr), NULL);
	bl_buf_clear(&addr);
	return bl_finding(o, err, &note) ? BL_OK : err;
}

enum bl_err
bl_sender_inner(struct bl_open *o, const struct bl_header *h)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < BL_VERDICT_HEADERS; i++)
		err = keep(o, h, kept[i]);
	return err == BL_OK ? compare(o, h) : err;
}
