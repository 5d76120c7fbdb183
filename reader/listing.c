/* listing.c - the job that looks at many messages, one after the other. */
#include "bulla/open.h"
#include "proc/wire/listing.h"
#include "reader/reader.h"

#define HOLD ((size_t)256 << 10) /* bytes of a spool that stay in memory */

/* listing is what all messages of the job share. */
struct listing {
	struct reader *r;
	struct bl_cache *cache;
	struct bl_open_opts opts;
	struct io_spool spools[3];
};

/* ---- wants: a key is asked for, and nothing else: nothing is fetched while a
 * mailbox is listed ---- */

/* The i-th want for a key, counted among those; its place among all. */
static size_t
place(const struct bl_open *o, size_t i)
{
	size_t n = bl_open_want_count(o);

	for (size_t k = 0; k < n; k++)
		if (bl_open_want(o, k)->kind == BL_WANT_UNWRAP && i-- == 0)
			return k;
	return n;
}

static size_t
count(const void *op)
{
	size_t n = 0;

	while (place(op, n) < bl_open_want_count(op))
		n++;
	return n;
}

static const struct bl_want *
want(const void *op, size_t i)
{
	return bl_open_want(op, place(op, i));
}

static enum bl_err
answer(void *op, size_t i, struct bl_span frame, struct bl_note *note)
{
	return bl_open_answer(op, place(op, i), frame, note);
}

static enum bl_err
settle(
    struct reader *r, struct bl_open *o, enum bl_err err, struct bl_note *note)
{
	const struct asker a = {o, count, want, answer};

	while (err == BL_NEED) {
		err = count(o) > 0 ? exchange(r, &a, note) : BL_OK;
		if (err == BL_OK)
			err = bl_open_resume(o, note);
	}
	return err;
}

/* ---- one message ---- */

static enum bl_err
feed_file(struct reader *r, struct bl_open *o, int fd, struct bl_note *note)
{
	struct bl_span in;
	enum bl_err err;

	do {
		if ((err = io_read(&in, r, fd, note)) == BL_OK && in.n > 0)
			err = settle(r, o, bl_open_feed(o, in, note), note);
	} while (err == BL_OK && in.n > 0);
	return err;
}

static enum bl_err
feed(struct reader *r, struct bl_open *o, const struct bl_ipc *mail,
    struct bl_note *note)
{
	struct bl_span in = bl_buf_span(&mail->payload);
	enum bl_err err = BL_OK;

	bl_cage_cpu_more(&r->cpu, in.n);
	if (mail->fd_count > 0)
		err = feed_file(r, o, mail->fds[0], note);
	else if (in.n > 0)
		err = settle(r, o, bl_open_feed(o, in, note), note);
	if (err != BL_OK)
		return err;
	return settle(r, o, bl_open_end(o, note), note);
}

/* As much of a text as a row has room for; whole characters. */
static struct bl_span
text(struct bl_span s)
{
	size_t n = s.n < BL_LISTING_TEXT ? s.n : BL_LISTING_TEXT;

	while (n > 0 && n < s.n && (s.p[n] & 0xc0) == 0x80)
		n--;
	s = bl_span_cut(s, 0, n);
	return bl_text_ok(s) ? s : (struct bl_span){0};
}

static struct bl_span
field(const struct bl_verdict *v, const char *name)
{
	size_t n = bl_verdict_field_count(v);

	for (size_t i = 0; i < n; i++) {
		const struct bl_shown_field *f = bl_verdict_field(v, i);

		if (bl_span_equal(bl_span_str(f->name), bl_span_str(name)))
			return text(f->text);
	}
	return (struct bl_span){0};
}

/* The address of the signer that is the sender, else of the first. */
static struct bl_span
signer(const struct bl_verdict *v)
{
	struct bl_span sender = bl_verdict_sender(v), found = {0};
	size_t n = bl_verdict_signer_count(v);

	for (size_t i = 0; i < n; i++) {
		const struct bl_signer *s = bl_verdict_signer(v, i);

		if (found.n == 0 || bl_span_equal(s->address, sender))
			found = s->address;
	}
	return text(found);
}

static void
say_row(struct reader *r, const struct bl_open *o, enum bl_err err,
    const struct bl_note *note)
{
	const struct bl_verdict *v = o == NULL ? NULL : bl_open_verdict(o);
	struct bl_wire_row row = {0};
	const char *limit;
	struct bl_ipc f;

	if (v == NULL && err == BL_OK)
		err = BL_E_CALLER;
	if (v != NULL && err == BL_OK) {
		limit = bl_verdict_limit(v);
		row = (struct bl_wire_row){
		    .encryption = bl_verdict_encryption(v),
		    .signature = bl_verdict_signature(v),
		    .reasons = bl_verdict_reasons(v),
		    .limit = bl_span_str(limit != NULL ? limit : ""),
		    .from = field(v, "From"),
		    .date = field(v, "Date"),
		    .subject = field(v, "Subject"),
		    .signer = signer(v)};
	}
	bl_ipc_init(&f, BL_READER_ROW, BL_BUF_MAX);
	bl_wire_row_put(&f.payload, &row, err, note);
	if (f.payload.err != BL_OK)
		breach(); /* a row that cannot be made is this message's end */
	say(r, &f);
	bl_ipc_clear(&f);
}

static void
look(struct listing *l, const struct bl_ipc *mail)
{
	struct reader *r = l->r;
	struct bl_note note = {0};
	struct bl_open *o = NULL;
	enum bl_err err;

	if (bl_cage_cpu(&r->cpu, BL_CAGE_CPU_MESSAGE, NULL) != BL_OK)
		breach();
	r->done.bytes_in = 0;
	err = certs_bad(r, &note);
	if (err == BL_OK)
		err = bl_open_new(&o, r->ctx, &l->opts, &note);
	if (err == BL_OK)
		err = feed(r, o, mail, &note);
	for (size_t i = 0; err == BL_E_SYSTEM && i < 3; i++)
		io_spool_note(&l->spools[i], &note);
	say_row(r, o, err, &note);
	bl_open_free(o);
	for (size_t i = 0; i < 3; i++) {
		struct io_spool *s = &l->spools[i];

		if (s->end > 0 || s->error != 0)
			(void)s->face.rewind(s->face.arg, BL_SPOOL_EMPTY);
		s->error = 0;
	}
	writer_rest(r->writer);
	bl_wipe(r->chunk, READER_CHUNK);
}

/* ---- the job ---- */

static void
look_at_each(struct listing *l)
{
	struct bl_ipc mail;
	unsigned n = 0;
	bool more = true;

	while (more) {
		hear(&mail, l->r);
		more = mail.type == BL_READER_MAIL;
		if (more &&
		    (++n > BL_READER_JOBS ||
			(mail.fd_count > 0 && mail.payload.n > 0)))
			breach();
		if (more)
			look(l, &mail);
		else if (mail.type != BL_READER_DISCARD)
			breach();
		bl_ipc_close(&mail);
		bl_ipc_clear(&mail);
	}
}

void
job_listing(struct reader *r, struct bl_ipc *f)
{
	const struct certs_for *c = &r->certs;
	struct listing l = {.r = r};
	struct bl_wire_listing in;
	struct bl_note note = {0};
	enum bl_err err;

	if (bl_wire_listing_get(&in, bl_buf_span(&f->payload), NULL) != BL_OK ||
	    c->signer != NULL || c->own_encrypt != NULL || c->include.n > 0 ||
	    c->to.n > 0)
		breach();
	for (size_t i = 0; i < 3; i++) {
		io_spool_init(&l.spools[i], r->writer, f->fds[i]);
		io_spool_hold(&l.spools[i], HOLD);
	}
	r->progress = true; /* a sign of life */
	if ((err = bl_cache_new(&l.cache, &note)) == BL_OK) {
		l.opts = (struct bl_open_opts){.now = in.now,
		    .input = BL_OPEN_MESSAGE,
		    .identities = &c->identities,
		    .anchors = &c->anchors,
		    .pool = &c->pool,
		    .crls = &c->crls,
		    .ocsps = &c->ocsps,
		    .cache = l.cache,
		    .revocation = in.revocation,
		    .legacy = in.legacy,
		    .out = &l.spools[0].face,
		    .park = {&l.spools[1].face, &l.spools[2].face}};
		look_at_each(&l);
	}
	for (size_t i = 0; i < 3; i++)
		io_spool_clear(&l.spools[i]);
	bl_cache_free(l.cache);
	say_done(r, err, &note);
}
