/* find.c - bulla cert find: which certificate may be encrypted to for an
 * address? What a source gives is a candidate: it counts once it was judged. */
#include <stdlib.h>

#include "cli/command.h"
#include "cli/judge.h"
#include "cli/kept.h"
#include "cli/out.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/show.h"

#define CANDIDATES_MAX 32u /* judged for one address, docs/limits.md */

/* ---- sources ---- */

/* Takes what the state has for an address: own certificates, or the others. */
static int
kept(struct records *out, struct session *s, const char *address, bool own)
{
	struct records all = {0};
	int status = session_load(s, STATE_CERTS, &all);
	size_t i = records_next(&all, address, 0);

	for (; status == EXIT_FINE && i < all.n;
	     i = records_next(&all, address, i + 1)) {
		struct record *r = &all.list[i];

		if (state_has_key(s->state, r->key_id) != own)
			continue;
		if (records_push(out, r))
			*r = (struct record){0};
		else
			status = say_fail(EXIT_AROUND, "out of memory");
	}
	records_clear(&all);
	return status;
}

static int
contacts(struct records *out, struct session *s, const char *address)
{
	return kept(out, s, address, false);
}

static int
own(struct records *out, struct session *s, const char *address)
{
	return kept(out, s, address, true);
}

/* Whom we ask, in this order. `ask` appends to `out`, says what is wrong, and
 * returns an exit status. */
static const struct source {
	const char *name;
	int (*ask)(struct records *out, struct session *s, const char *address);
} sources[] = {{"contacts", contacts}, {"own", own}};

#define SOURCES (sizeof(sources) / sizeof(*sources))

/* ---- candidates ---- */

struct candidate {
	const char *source;
	const struct record *r; /* of the find's records */
};

struct find {
	const char *address, *out;
	bool json;
	struct judge_by by;
	struct bl_wire_check ask;
	struct records found[SOURCES];
	struct candidate *list; /* the best first */
	size_t n;
	const struct record *chosen;
};

static int
compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return record_better(x->r, y->r) ? -1 : 1;
}

static int
ask_all(struct find *f, struct session *s)
{
	int status = EXIT_FINE;
	size_t n = 0;

	for (size_t i = 0; i < SOURCES && status == EXIT_FINE; i++) {
		status = sources[i].ask(&f->found[i], s, f->address);
		n += f->found[i].n;
	}
	if (status != EXIT_FINE || n == 0)
		return status;
	if ((f->list = calloc(n, sizeof(*f->list))) == NULL)
		return say_fail(EXIT_AROUND, "out of memory");
	for (size_t i = 0; i < SOURCES; i++)
		for (size_t k = 0; k < f->found[i].n; k++)
			f->list[f->n++] = (struct candidate){
			    sources[i].name, &f->found[i].list[k]};
	qsort(f->list, f->n, sizeof(*f->list), compare);
	if (f->n > CANDIDATES_MAX) {
		say_warn("%s: there are %zu certificates; only the newest %u "
			 "are looked at",
		    f->address, f->n, CANDIDATES_MAX);
		f->n = CANDIDATES_MAX;
	}
	return EXIT_FINE;
}

/* ---- judging ---- */

/* What cannot be read is refused like what is not good. */
static json_t *
unreadable(const struct bl_note *note)
{
	const char *reason = note->reason != NULL
	    ? note->reason
	    : bl_reason_code(BL_REASON_MALFORMED);
	const char *what = note->what != NULL ? note->what
					      : bl_err_name(note->err);

	return json_pack("{s:b, s:[s], s:[s]}", "valid", 0, "reasons", reason,
	    "trace", what);
}

/* The object of a candidate: what is kept of it, and the answer. */
static json_t *
describe(const struct candidate *c, const struct session *s,
    const struct find *f, const json_t *answer)
{
	static const char *const members[] = {
	    "valid", "reasons", "warnings", "chain", "trace"};
	json_t *chain = json_object_get(answer, "chain");
	json_t *revocation = json_object_get(
	    json_array_get(chain, 0), "revocation");
	json_t *j = show_json(
	    c->r, state_has_key(s->state, c->r->key_id), f->ask.now);

	json_object_set_new(j, "source", json_string(c->source));
	json_object_set_new(j, "chosen", json_boolean(c->r == f->chosen));
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		json_t *m = json_object_get(answer, members[i]);

		json_object_set_new(
		    j, members[i], m != NULL ? json_incref(m) : json_array());
	}
	json_object_set_new(j, "revocation",
	    revocation != NULL ? json_incref(revocation) : json_null());
	return j;
}

/* Each has a budget of fetches of its own: one that leads to a silent server
 * takes nothing from the others. */
static int
judge(
    json_t *list, struct find *f, struct session *s, const struct candidate *c)
{
	struct bl_note note = {0};
	json_t *answer = NULL;
	enum bl_err err;
	int status = session_net(s, &f->by.net);

	if (status != EXIT_FINE)
		return status;
	err = judge_one(&answer, s, &f->ask, bl_buf_span(&c->r->der), &note);
	if (err != BL_OK && say_status(err) != EXIT_BROKEN)
		return say_error(f->address, err, &note);
	if (err != BL_OK)
		answer = unreadable(&note);
	/* they come best first */
	if (f->chosen == NULL && json_is_true(json_object_get(answer, "valid")))
		f->chosen = c->r;
	json_array_append_new(list, describe(c, s, f, answer));
	json_decref(answer);
	return err == BL_OK ? EXIT_FINE : say_error(c->r->name, err, &note);
}

/* All are judged, also after one was chosen: who asks wants to know of each. */
static int
judge_all(json_t *list, struct find *f, struct session *s)
{
	int worst = EXIT_FINE;

	for (size_t i = 0; i < f->n; i++) {
		int status = judge(list, f, s, &f->list[i]);

		worst = say_worse(worst, status);
		if (status != EXIT_FINE && status != EXIT_BROKEN)
			return status;
	}
	return f->chosen != NULL ? EXIT_FINE : say_worse(worst, EXIT_RULE);
}

/* ---- the answer ---- */

static json_t *
asked(const struct find *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < SOURCES; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:I}", "source", sources[i].name, "found",
			(json_int_t)f->found[i].n));
	return list;
}

static json_t *
answer_of(const struct find *f, json_t *candidates)
{
	json_t *j = json_object(), *one, *chosen = NULL;
	size_t i;

	json_array_foreach(candidates, i, one)
	{
		if (json_is_true(json_object_get(one, "chosen")))
			chosen = json_object_get(one, "sha256");
	}
	json_object_set_new(j, "address", json_string(f->address));
	json_object_set_new(j, "at", show_time(f->ask.now));
	json_object_set_new(
	    j, "chosen", chosen != NULL ? json_incref(chosen) : json_null());
	json_object_set_new(j, "asked", asked(f));
	json_object_set(j, "candidates", candidates);
	return j;
}

static int
write_chosen(const struct find *f)
{
	struct bl_buf pem = {0};
	int status;

	bl_pem_write(&pem, "CERTIFICATE", bl_buf_span(&f->chosen->der));
	status = kept_write(f->out, &pem);
	bl_buf_clear(&pem);
	return status;
}

static int
find(struct find *f, struct session *s)
{
	/* the certificate alone, where it goes to standard output */
	FILE *to = f->out != NULL && strcmp(f->out, "-") == 0 ? stderr : stdout;
	json_t *list = json_array(), *answer = NULL;
	int status = judge_all(list, f, s);

	if (status != EXIT_FINE && status != EXIT_BROKEN && status != EXIT_RULE)
		goto out;
	answer = answer_of(f, list);
	if (f->json)
		report_print(to, answer);
	else
		report_find(to, answer);
	if (f->chosen == NULL)
		say_fail(status,
		    "%s: there is no certificate that may be encrypted to%s",
		    f->address,
		    f->n == 0 ? "; 'bulla cert import' brings some" : "");
	else if (f->out != NULL)
		status = write_chosen(f);
out:
	json_decref(answer);
	json_decref(list);
	return status;
}

int
cert_find(int argc, char **argv)
{
	struct find f = {.ask.purpose = BL_PURPOSE_ENCRYPT};
	struct session s = {0};
	const struct arg options[] = {JUDGE_OPTIONS(f.by),
	    {"out", "FILE", "write the one that was chosen there, in PEM",
		.text = &f.out},
	    {"json", NULL, "print a JSON object", .flag = &f.json}, {NULL}};
	const struct args how = {.command = "cert find",
	    .operands = "ADDRESS",
	    .about = "Looks for a certificate to encrypt to for an address: "
		     "who was asked, what came,\nwhat is good and what not, "
		     "and why. Nothing is encrypted and nothing kept.",
	    .options = options,
	    .min = 1,
	    .max = 1};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		goto out;
	f.address = argv[first];
	if ((status = judge_words(&f.ask, &how, &f.by, f.address)) ==
		EXIT_FINE &&
	    (status = session_start(&s)) == EXIT_FINE &&
	    (status = judge_gather(&s, &f.by, f.ask.purpose)) == EXIT_FINE &&
	    (status = session_evidence_again(&s)) == EXIT_FINE &&
	    (status = session_net(&s, &f.by.net)) == EXIT_FINE &&
	    (status = ask_all(&f, &s)) == EXIT_FINE)
		status = find(&f, &s);
out:
	session_end(&s);
	for (size_t i = 0; i < SOURCES; i++)
		records_clear(&f.found[i]);
	free(f.list);
	judge_clear(&f.by);
	return status;
}
