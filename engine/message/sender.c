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
bl_sender_read(struct bl_sender *s, const struct bl_header *h,
    const struct bl_limits *limits, struct bl_note *finding)
{
	const struct bl_field *f = bl_header_find(h, "From", 0);

	date(s, h);
	if (f == NULL)
		return BL_OK;
	s->froms = bl_header_find(h, "From", 1) == NULL ? 1 : 2;
	return s->froms == 1 ? one_address(&s->addr, f, limits, finding)
			     : BL_OK;
}

struct bl_span
bl_sender_expected(const struct bl_open *o)
{
	const struct bl_sender *inside = bl_headers_sender(o);

	if (o->sender.addr.n > 0)
		return bl_buf_span(&o->sender.addr);
	if (o->sender.froms != 0)
		return (struct bl_span){0};
	/* A message that came without its header has the one inside. */
	if (o->opts.from.n == 0 && inside != NULL &&
	    (o->headers.form == BL_HEADER_FORM_CLEAR ||
		o->headers.form == BL_HEADER_FORM_CIPHER))
		return bl_buf_span(&inside->addr);
	return o->opts.from;
}

bool
bl_sender_is_one(const struct bl_open *o, const struct bl_shell *s)
{
	const struct bl_sender *inside = bl_headers_sender(o);

	if (bl_sender_expected(o).n == 0)
		return false;
	return inside == NULL || inside->froms == 0 || inside->addr.n > 0 ||
	    !bl_covers_content(o, s);
}
