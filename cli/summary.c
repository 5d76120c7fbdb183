/* summary.c - see summary.h. */
#include "cli/summary.h"

#include <string.h>
#include <unistd.h>

#include "cli/mailbox.h"
#include "cli/progress.h"
#include "cli/say.h"

#define QUEUE (BL_LISTER_WINDOW + 1) /* messages whose rows are to come */

/* origin is where a message came from. */
struct origin {
	const char *mailbox;
	uint64_t number;
	char *file; /* owned, or NULL */
};

struct summary {
	const struct summary_wish *wish;
	struct bl_lister *lister;
	const char *mailbox; /* that is being read */
	struct origin queue[QUEUE];
	size_t first, n;
	uint64_t count, by_signature[BL_SIGNATURE_INVALID + 1], failed;
	int status;
	struct progress progress;
	bool many; /* mailboxes */
};

/* ---- a row ---- */

static json_t *
text_json(struct bl_span s)
{
	return s.n == 0 ? json_null() : json_stringn((const char *)s.p, s.n);
}

/* The code of a reason, and of a limit which. */
static const char *
code_of(enum bl_reason r, char limit[BL_LISTING_TEXT + 1], struct bl_span which)
{
	if (r != BL_REASON_LIMIT || which.n == 0)
		return bl_reason_code(r);
	memcpy(limit, which.p, which.n);
	limit[which.n] = '\0';
	return limit;
}

static json_t *
reasons_json(const struct bl_wire_row *row)
{
	char limit[BL_LISTING_TEXT + 1];
	json_t *list = json_array();

	for (unsigned i = 0; i < BL_REASON_COUNT; i++)
		if ((row->reasons >> i & 1) != 0)
			json_array_append_new(list,
			    json_string(
				code_of((enum bl_reason)i, limit, row->limit)));
	return list;
}

static void
print_json(const struct origin *o, const struct bl_row *row)
{
	const struct bl_wire_row *r = &row->said;
	size_t flags = JSON_COMPACT |
	    (isatty(STDOUT_FILENO) == 1 ? JSON_ENSURE_ASCII : 0);
	json_t *j = json_object();

	json_object_set_new(j, "mailbox", json_string(o->mailbox));
	json_object_set_new(j, "number", json_integer((json_int_t)o->number));
	json_object_set_new(
	    j, "file", o->file != NULL ? json_string(o->file) : json_null());
	if (row->err != BL_OK) {
		json_object_set_new(j, "error",
		    json_string(row->note->what != NULL ? row->note->what
							: "it failed"));
		if (row->note->reason != NULL)
			json_object_set_new(
			    j, "reason", json_string(row->note->reason));
	} else {
		json_object_set_new(j, "from", text_json(r->from));
		json_object_set_new(j, "date", text_json(r->date));
		json_object_set_new(j, "subject", text_json(r->subject));
		json_object_set_new(j, "encryption",
		    json_string(bl_encryption_name(r->encryption)));
		json_object_set_new(j, "signature",
		    json_string(bl_signature_name(r->signature)));
		json_object_set_new(j, "signer", text_json(r->signer));
		json_object_set_new(j, "reasons", reasons_json(r));
	}
	json_dumpf(j, stdout, flags);
	fputs("\n", stdout);
	json_decref(j);
}

static enum say_colour
colour_of(const struct bl_wire_row *r)
{
	if (r->signature == BL_SIGNATURE_VALID)
		return SAY_GOOD;
	if (r->signature == BL_SIGNATURE_INVALID ||
	    r->encryption == BL_ENCRYPTION_FAILED)
		return SAY_BAD;
	return r->signature == BL_SIGNATURE_UNVERIFIED ? SAY_CAUTION
						       : SAY_PLAIN;
}

static void
print_reasons(const struct bl_wire_row *r)
{
	char limit[BL_LISTING_TEXT + 1];
	const char *sep = "  [";

	for (unsigned i = 0; i < BL_REASON_COUNT; i++) {
		if ((r->reasons >> i & 1) == 0)
			continue;
		printf("%s", sep);
		say_text(stdout,
		    bl_span_str(code_of((enum bl_reason)i, limit, r->limit)));
		sep = ", ";
	}
	if (*sep == ',')
		fputs("]", stdout);
}

static void
print_line(const struct origin *o, const struct bl_row *row, bool many)
{
	const struct bl_wire_row *r = &row->said;

	if (many) {
		say_text(stdout, bl_span_str(o->mailbox));
		fputs(": ", stdout);
	}
	printf("%5llu  ", (unsigned long long)o->number);
	if (row->err != BL_OK) {
		printf("%sfailed%s  ", say_colour(stdout, SAY_BAD),
		    say_colour(stdout, SAY_PLAIN));
		say_text(stdout,
		    bl_span_str(row->note->what != NULL ? row->note->what
							: "it failed"));
		if (row->note->reason != NULL)
			printf("  [%s]", row->note->reason);
		fputs("\n", stdout);
		return;
	}
	printf("%s%-10s  %-15s%s  ", say_colour(stdout, colour_of(r)),
	    bl_signature_name(r->signature), bl_encryption_name(r->encryption),
	    say_colour(stdout, SAY_PLAIN));
	say_text(stdout, r->date.n > 0 ? r->date : BL_STR("-"));
	fputs("  ", stdout);
	say_text(stdout, r->from.n > 0 ? r->from : BL_STR("-"));
	fputs("  ", stdout);
	say_text(stdout, r->subject.n > 0 ? r->subject : BL_STR("-"));
	print_reasons(r);
	fputs("\n", stdout);
}

/* A message that a reader was lost over is told as such, and costs its row. */
static int
status_of(const struct summary *s, const struct bl_row *row)
{
	return row->err != BL_OK
	    ? say_status(row->err)
	    : report_status(&s->wish->demands, row->said.encryption,
		  row->said.signature, row->said.reasons);
}

static enum bl_err
take_row(void *arg, const struct bl_row *row, struct bl_note *note)
{
	struct summary *s = arg;
	struct origin *o = &s->queue[s->first];

	if (s->wish->json)
		print_json(o, row);
	else
		print_line(o, row, s->many);
	s->count++;
	if (row->err != BL_OK)
		s->failed++;
	else
		s->by_signature[row->said.signature]++;
	s->status = say_worse(s->status, status_of(s, row));
	free(o->file);
	o->file = NULL;
	s->first = (s->first + 1) % QUEUE;
	s->n--;
	if (ferror(stdout))
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "standard output cannot be written", NULL);
	return BL_OK;
}

/* ---- mailboxes ---- */

static int
hand_over(void *arg, struct mailbox_mail *mail)
{
	struct summary *s = arg;
	struct origin *o = &s->queue[(s->first + s->n) % QUEUE];
	struct bl_note note = {0};
	enum bl_err err;

	*o = (struct origin){.mailbox = s->mailbox,
	    .number = mail->number,
	    .file = mail->file != NULL ? strdup(mail->file) : NULL};
	s->n++;
	if (s->progress.wanted)
		progress_show(&s->progress, mail->read);
	err = bl_lister_mail(s->lister, &mail->bytes, mail->fd, &note);
	if (err == BL_OK)
		return EXIT_FINE;
	say_error(NULL, err, &note);
	s->status = say_worse(s->status, say_status(err));
	return EXIT_USAGE; /* no mailbox says so: it ends all of them */
}

static int
run(struct summary *s, char *const *mailboxes, size_t n)
{
	struct bl_note note = {0};
	int status = EXIT_FINE;
	enum bl_err err;

	for (size_t i = 0; status != EXIT_USAGE && i < n; i++) {
		s->mailbox = mailboxes[i];
		progress_init(&s->progress, -1);
		s->progress.wanted = s->progress.wanted &&
		    isatty(STDOUT_FILENO) != 1;
		status = mailbox_read(mailboxes[i], hand_over, s);
		if (status != EXIT_USAGE)
			s->status = say_worse(s->status, status);
	}
	if (status != EXIT_USAGE &&
	    (err = bl_lister_end(s->lister, &note)) != BL_OK)
		s->status = say_worse(s->status, say_error(NULL, err, &note));
	progress_end(&s->progress);
	return s->status;
}

static void
tell_sum(const struct summary *s)
{
	say_note("%llu messages: %llu valid, %llu unverified, %llu invalid, "
		 "%llu not signed, %llu failed.",
	    (unsigned long long)s->count,
	    (unsigned long long)s->by_signature[BL_SIGNATURE_VALID],
	    (unsigned long long)s->by_signature[BL_SIGNATURE_UNVERIFIED],
	    (unsigned long long)s->by_signature[BL_SIGNATURE_INVALID],
	    (unsigned long long)s->by_signature[BL_SIGNATURE_NONE],
	    (unsigned long long)s->failed);
}

int
summary(struct session *session, const struct summary_wish *w,
    char *const *mailboxes, size_t n)
{
	struct summary s = {.wish = w, .many = n > 1};
	const struct bl_reader_calls calls = {
	    .want = session_want, .want_arg = session};
	const struct bl_lister_job job = {.how = w->how,
	    .identities = der_set_list(&session->identities),
	    .anchors = der_set_list(&session->anchors),
	    .pool = der_set_list(&session->pool),
	    .evidence = session->evidence,
	    .evidence_count = session->evidence_count,
	    .calls = &calls,
	    .each = take_row,
	    .arg = &s};
	struct bl_note note = {0};
	enum bl_err err = bl_lister_new(&s.lister, &job, &note);
	int status;

	if (err != BL_OK)
		return say_error(NULL, err, &note);
	status = run(&s, mailboxes, n);
	bl_lister_free(s.lister);
	for (; s.n > 0; s.n--, s.first = (s.first + 1) % QUEUE)
		free(s.queue[s.first].file);
	if (fflush(stdout) != 0)
		status = say_worse(status, EXIT_AROUND);
	if (!w->json)
		tell_sum(&s);
	return status;
}
