/* park.c - layers that are read later: an encrypted one inside another waits
 * until that one holds, and where several content keys may be right, each is
 * tried on the whole content. */
#include "message/opening.h"

#define FRONT 16 /* bytes of plain text by which a key is chosen */

enum bl_err
bl_park(struct bl_open *o, struct bl_shell *s)
{
	enum bl_err err;

	s->state = BL_SHELL_PARKED;
	bl_cms_free(s->cms);
	s->cms = NULL;
	if (o->current == s) /* it stands in its vault already */
		return BL_OK;
	s->vault = &o->park[o->parks % 2];
	if (s->vault->spool == NULL) {
		(void)bl_fail(&s->note, BL_E_UNSUPPORTED, 0,
		    "encrypted inside encrypted, and nowhere to keep it", NULL);
		bl_shell_fail(s);
		return BL_OK;
	}
	o->parks++;
	o->waiting = s;
	if ((err = bl_vault_empty(s->vault, &o->note)) == BL_OK)
		err = bl_vault_add(s->vault, bl_buf_span(&s->head), &o->note);
	bl_buf_clear(&s->head);
	s->keep_head = false;
	s->has_lent = false;
	return err;
}

/* ---- which key is the right one ---- */

/* dry_run reads a layer with one key, and keeps nothing but its front. */
struct dry_run {
	struct bl_cms *cms;
	bool told, over;
	bool holds;
	uint8_t front[FRONT];
	size_t n;
};

static enum bl_err
dry_feed(struct bl_open *o, struct bl_shell *s, struct dry_run *d)
{
	struct bl_span chunk;
	enum bl_err err = bl_vault_read(s->vault, &chunk, &o->note);

	if (err != BL_OK)
		return err;
	if (chunk.n > 0) {
		bl_cms_feed(d->cms, chunk);
	} else if (!d->told) {
		bl_cms_end(d->cms);
		d->told = true;
	} else {
		d->over = true;
	}
	return BL_OK;
}

static void
keep_front(struct dry_run *d, struct bl_span bytes)
{
	bytes = bl_span_cut(bytes, 0, FRONT - d->n);
	if (bytes.n > 0)
		memcpy(d->front + d->n, bytes.p, bytes.n);
	d->n += bytes.n;
}

static enum bl_err
dry_step(struct bl_open *o, struct bl_shell *s, struct dry_run *d, size_t key)
{
	struct bl_cms_event ev;
	struct bl_note note = {0};
	enum bl_err err = bl_cms_next(d->cms, &ev, &note);

	if (err == BL_OK && ev.kind == BL_CMS_KEY)
		err = bl_cms_set_key(d->cms, s->keys[key], &note);
	if (err != BL_OK) {
		d->over = true;
		return bl_finding(o, err, &note) ? BL_OK : err;
	}
	if (ev.kind == BL_CMS_MORE)
		return dry_feed(o, s, d);
	if (ev.kind == BL_CMS_CONTENT)
		keep_front(d, ev.bytes);
	if (ev.kind == BL_CMS_END)
		d->over = d->holds = true;
	return BL_OK;
}

/* A wrong key passes the padding of CBC once in 256 times, and then leaves
 * noise where the right one leaves the start of a header. */
static bool
is_text(const struct dry_run *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->front[i] != '\t' && d->front[i] != '\r' &&
		    d->front[i] != '\n' &&
		    (d->front[i] < ' ' || d->front[i] > '~'))
			return false;
	return true;
}

static enum bl_err
dry_run(struct bl_open *o, struct bl_shell *s, size_t key, unsigned *rank)
{
	struct dry_run d = {0};
	enum bl_err err;

	if ((err = bl_cms_new(
		 &d.cms, o->ctx, &o->policy, &o->limits, &o->note)) != BL_OK ||
	    (err = bl_vault_rewind(s->vault, &o->note)) != BL_OK)
		goto out;
	while (err == BL_OK && !d.over)
		err = dry_step(o, s, &d, key);
	*rank = !d.holds ? 0 : is_text(&d) ? 2 : 1;
out:
	bl_cms_free(d.cms);
	bl_wipe(&d, sizeof(d));
	return err;
}

/* Where none holds, the first one is taken, and what is wrong comes out. */
static enum bl_err
choose(struct bl_open *o, struct bl_shell *s)
{
	unsigned best = 0, rank = 0;
	enum bl_err err = BL_OK;

	s->chosen = 0;
	for (size_t i = 0; err == BL_OK && i < s->key_count; i++) {
		err = dry_run(o, s, i, &rank);
		if (rank > best) {
			best = rank;
			s->chosen = i;
		}
	}
	return err;
}

/* ---- reading it again ---- */

static enum bl_err
start(struct bl_open *o, struct bl_shell *s)
{
	enum bl_err err = BL_OK;

	if (s->key_count > 1 && (err = choose(o, s)) != BL_OK)
		return err;
	if ((err = bl_cms_new(
		 &s->cms, o->ctx, &o->policy, &o->limits, &o->note)) != BL_OK)
		return err;
	s->state = BL_SHELL_READING;
	s->ending = s->told = s->has_lent = false;
	return bl_vault_rewind(s->vault, &o->note);
}

static enum bl_err
replay(struct bl_open *o, struct bl_shell *s)
{
	struct bl_span chunk;
	enum bl_err err;

	for (;;) {
		if ((err = bl_shell_run(o, s)) != BL_OK ||
		    s->state != BL_SHELL_READING)
			return err;
		if ((err = bl_vault_read(s->vault, &chunk, &o->note)) != BL_OK)
			return err;
		if (chunk.n > 0)
			bl_shell_lend(s, chunk);
		else
			s->ending = true;
	}
}

enum bl_err
bl_park_run(struct bl_open *o)
{
	enum bl_err err;

	for (;;) {
		if (o->current == NULL) {
			if (o->waiting == NULL ||
			    bl_shell_is_hidden(o, o->waiting))
				return BL_OK;
			o->current = o->waiting;
			o->waiting = NULL;
		}
		if (o->current->state == BL_SHELL_PARKED &&
		    (err = start(o, o->current)) != BL_OK)
			return err;
		if ((err = replay(o, o->current)) != BL_OK)
			return err;
		if (o->current->state != BL_SHELL_PARKED)
			o->current = NULL;
	}
}
