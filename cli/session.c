/* session.c - see session.h. */
#include "cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/out.h"
#include "cli/say.h"
#include "cli/shared.h"
#include "cli/tty.h"

/* ---- sets of certificates ---- */

enum bl_err
der_set_add(struct der_set *s, struct bl_span der, struct bl_note *note)
{
	size_t cap = s->cap == 0 ? 16 : s->cap * 2;
	struct bl_buf *bytes;
	struct bl_span *spans;

	for (size_t i = 0; i < s->n; i++)
		if (bl_span_equal(s->spans[i], der))
			return BL_OK;
	if (s->n == s->cap) {
		bytes = realloc(s->bytes, cap * sizeof(*bytes));
		if (bytes != NULL)
			s->bytes = bytes;
		spans = realloc(s->spans, cap * sizeof(*spans));
		if (spans != NULL)
			s->spans = spans;
		if (bytes == NULL || spans == NULL)
			return bl_fail(
			    note, BL_E_MEMORY, 0, "out of memory", NULL);
		s->cap = cap;
	}
	s->bytes[s->n] = (struct bl_buf){0};
	bl_buf_add(&s->bytes[s->n], der);
	s->spans[s->n] = bl_buf_span(&s->bytes[s->n]);
	return bl_buf_err(&s->bytes[s->n++], note);
}

void
der_set_clear(struct der_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		bl_buf_clear(&s->bytes[i]);
	free(s->bytes);
	free(s->spans);
	*s = (struct der_set){0};
}

struct bl_der_list
der_set_list(const struct der_set *s)
{
	return (struct bl_der_list){s->spans, s->n};
}

/* ---- start and end ---- */

int
session_start(struct session *s)
{
	struct bl_note note = {0};
	enum bl_err err = bl_reader_start(&s->reader, &note);

	return err == BL_OK ? EXIT_FINE : say_error("bulla-reader", err, &note);
}

void
session_end(struct session *s)
{
	for (size_t i = 0; i < s->evidence_count; i++)
		if (s->evidence[i].fd > STDERR_FILENO)
			close(s->evidence[i].fd);
	bl_reader_hang_up(s->reader);
	bl_agent_hang_up(s->agent);
	bl_reader_stop(s->reader);
	bl_agent_stop(s->agent);
	bl_agent_stop(s->running);
	bl_secret_free(s->pass);
	shared_free(s->shared);
	courier_free(s->courier);
	state_close(s->state);
	args_list_clear(&s->passes);
	records_clear(&s->own);
	der_set_clear(&s->identities);
	der_set_clear(&s->anchors);
	der_set_clear(&s->pool);
	*s = (struct session){0};
}

int
session_state(struct session *s)
{
	struct bl_note note = {0};
	enum bl_err err;

	if (s->state != NULL)
		return EXIT_FINE;
	err = state_open(&s->state, &note);
	return err == BL_OK ? EXIT_FINE : say_error("the state", err, &note);
}

int
session_input(int *fd, const char *path)
{
	struct bl_note note = {0};
	struct stat st;

	*fd = STDIN_FILENO;
	if (path == NULL && isatty(STDIN_FILENO) == 1)
		say_note("Reading from the terminal, until ^D. (A file may be "
			 "named instead.)");
	if (path == NULL || strcmp(path, "-") == 0)
		return EXIT_FINE;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0)
		return say_error(path,
		    out_system(&note, "the file cannot be opened"), &note);
	if (fstat(*fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(*fd);
		*fd = -1;
		return say_fail(EXIT_AROUND, "%s: it is a folder", path);
	}
	return EXIT_FINE;
}

const char *
session_input_name(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0 ? "standard input" : path;
}

int
session_now(int64_t *out, const struct args *how, const char *at)
{
	*out = (int64_t)time(NULL);
	if (at != NULL && !args_time(out, at))
		return args_usage(
		    how, "--at: '%s' is no time like 2026-01-31T12:00:00Z", at);
	return EXIT_FINE;
}

/* ---- files of certificates ---- */

static enum bl_err
keep(void *arg, const struct bl_cert_info *c, struct bl_note *note)
{
	return records_add(arg, c, note);
}

static int
pass_for_file(struct session *s, const char *path, struct bl_secret **out)
{
	struct bl_note note = {0};
	char question[512];
	size_t i = s->passes_used;
	enum bl_err err;

	*out = NULL;
	if (s->passes.n > 0) {
		if (i >= s->passes.n)
			i = s->passes.n - 1;
		else
			s->passes_used++;
		err = tty_pass_file(out, s->passes.items[i], &note);
		return err == BL_OK ? EXIT_FINE
				    : say_error(s->passes.items[i], err, &note);
	}
	snprintf(question, sizeof(question), "Passphrase of %.400s: ", path);
	err = tty_pass(out, question, &note);
	if (err == BL_OK)
		return EXIT_FINE;
	say_error(path, err, &note);
	return err == BL_E_MISSING ? EXIT_SEALED : say_status(err);
}

int
session_certs_from(
    struct session *s, int fd, const char *name, struct records *out)
{
	struct bl_note note = {0};
	struct bl_secret *pass = NULL;
	uint32_t skipped = 0;
	int status = EXIT_FINE;
	enum bl_err err = bl_reader_certs(
	    &skipped, s->reader, fd, NULL, keep, out, &note);

	if (err == BL_E_NOKEY && lseek(fd, 0, SEEK_SET) == 0 &&
	    (status = pass_for_file(s, name, &pass)) == EXIT_FINE) {
		note = (struct bl_note){0};
		err = bl_reader_certs(
		    &skipped, s->reader, fd, pass, keep, out, &note);
	}
	bl_secret_free(pass);
	if (status != EXIT_FINE)
		return status;
	if (err != BL_OK)
		return say_error(name, err, &note);
	if (skipped > 0)
		say_warn("%s: %u of its entries cannot be used: %s", name,
		    skipped, note.what != NULL ? note.what : "not readable");
	return EXIT_FINE;
}

int
session_certs(struct session *s, const char *path, struct records *out)
{
	int fd, status = session_input(&fd, path);

	if (status != EXIT_FINE)
		return status;
	status = session_certs_from(s, fd, path, out);
	if (fd != STDIN_FILENO)
		close(fd);
	return status;
}

static int
add(struct der_set *to, const struct record *r)
{
	struct bl_note note = {0};
	enum bl_err err = der_set_add(to, bl_buf_span(&r->der), &note);

	return err == BL_OK ? EXIT_FINE : say_error(NULL, err, &note);
}

static int
add_all(struct der_set *to, const struct records *from)
{
	int status = EXIT_FINE;

	for (size_t i = 0; status == EXIT_FINE && i < from->n; i++)
		status = add(to, &from->list[i]);
	return status;
}

static int
read_into(struct session *s, struct der_set *to, const struct args_list *files)
{
	int status = EXIT_FINE;

	for (size_t i = 0; status == EXIT_FINE && i < files->n; i++) {
		struct records found = {0};

		status = session_certs(s, files->items[i], &found);
		if (status == EXIT_FINE)
			status = add_all(to, &found);
		records_clear(&found);
	}
	return status;
}

int
session_anchors(struct session *s, const struct args_list *files)
{
	return read_into(s, &s->anchors, files);
}

int
session_pool(struct session *s, const struct args_list *files)
{
	return read_into(s, &s->pool, files);
}

int
session_evidence(struct session *s, enum bl_evidence_kind kind,
    const struct args_list *files)
{
	int status = EXIT_FINE;

	for (size_t i = 0; status == EXIT_FINE && i < files->n; i++) {
		struct bl_reader_evidence *e = &s->evidence[s->evidence_count];

		if (s->evidence_count == BL_READER_EVIDENCE_MAX)
			return say_fail(EXIT_USAGE,
			    "there are too many files of revocation lists and "
			    "OCSP answers");
		e->kind = kind;
		status = session_input(&e->fd, files->items[i]);
		if (status == EXIT_FINE)
			s->evidence_count++;
	}
	return status;
}

int
session_evidence_again(struct session *s)
{
	struct bl_note note = {0};
	int copy;

	for (size_t i = 0; i < s->evidence_count; i++) {
		struct bl_reader_evidence *e = &s->evidence[i];

		if (lseek(e->fd, 0, SEEK_CUR) >= 0)
			continue;
		if (bl_park_copy(&copy, e->fd, &note) != BL_OK)
			return say_error(
			    "revocation evidence", BL_E_SYSTEM, &note);
		if (e->fd > STDERR_FILENO)
			close(e->fd);
		e->fd = copy;
	}
	return EXIT_FINE;
}

int
session_revocation(
    enum bl_revocation *out, const struct args *how, const char *word)
{
	for (int r = BL_REVOCATION_REQUIRE; r <= BL_REVOCATION_OFF; r++) {
		*out = (enum bl_revocation)r;
		if (word == NULL || strcmp(word, bl_revocation_name(*out)) == 0)
			return EXIT_FINE;
	}
	return args_usage(
	    how, "--revocation: '%s' is none of require, prefer, off", word);
}

int
session_net(struct session *s, const struct net *net)
{
	struct courier_opts opts = {
	    .allow = &net->allow, .offline = net->offline, .trace = net->trace};
	struct state *state = NULL;
	struct bl_note note = {0};
	enum bl_err err;

	if (s->state != NULL)
		opts.folder = state_folder(s->state);
	else if (state_open(&state, NULL) == BL_OK)
		opts.folder = state_folder(state);
	courier_free(s->courier);
	err = courier_new(&s->courier, &opts, &note);
	state_close(state);
	if (err == BL_E_MALFORMED)
		return say_fail(EXIT_USAGE,
		    "--allow-host, config/allow-hosts: "
		    "%s",
		    note.what);
	return err == BL_OK ? EXIT_FINE
			    : say_error("bulla-courier", err, &note);
}

int
session_list(void *session)
{
	struct session *s = session;

	return s->courier != NULL ? courier_list(s->courier) : -1;
}

int
session_load(struct session *s, enum state_kind kind, struct records *out)
{
	struct bl_note note = {0};
	unsigned without = 0;
	enum bl_err err;
	int status;

	if ((status = session_state(s)) != EXIT_FINE)
		return status;
	err = state_load(out, s->state, kind, &without, &note);
	if (err != BL_OK)
		return say_error(state_folder(s->state), err, &note);
	if (without > 0 && !s->told[kind])
		say_warn("%s: %u files cannot be read and are left out",
		    state_folder(s->state), without);
	s->told[kind] = s->told[kind] || without > 0;
	return EXIT_FINE;
}

int
session_state_anchors(struct session *s, enum bl_purpose purpose)
{
	unsigned wanted = purpose == BL_PURPOSE_SIGN ? RECORD_FOR_SIGN
	    : purpose == BL_PURPOSE_ENCRYPT	     ? RECORD_FOR_ENCRYPT
						     : 0;
	struct records found = {0};
	int status = session_load(s, STATE_TRUST, &found);

	for (size_t i = 0; status == EXIT_FINE && i < found.n; i++) {
		const struct record *r = &found.list[i];

		if (r->good_for == 0 || wanted == 0 || r->good_for == wanted)
			status = add(&s->anchors, r);
	}
	records_clear(&found);
	return status;
}

int
session_state_pool(struct session *s)
{
	struct records found = {0};
	int status = session_load(s, STATE_CERTS, &found);

	if (status == EXIT_FINE)
		status = add_all(&s->pool, &found);
	records_clear(&found);
	return status;
}

int
session_own(struct session *s)
{
	struct records found = {0};
	int status = session_load(s, STATE_CERTS, &found);

	for (size_t i = 0; status == EXIT_FINE && i < found.n; i++) {
		const struct record *r = &found.list[i];
		bool own = state_has_key(s->state, r->key_id);

		status = add(own ? &s->identities : &s->pool, r);
	}
	records_clear(&found);
	return status;
}

/* ---- key files ---- */

/* A file that needs no passphrase is not asked about: it is tried first. */
static enum bl_err
load_keys(struct session *s, int fd, const struct bl_secret *pass,
    struct bl_note *note)
{
	struct bl_keyfile_job job = {
	    .input = fd, .pass = pass, .each = keep, .arg = &s->own};

	if (lseek(fd, 0, SEEK_SET) < 0 && errno != ESPIPE)
		return out_system(note, "the file cannot be read");
	return bl_keyfile_load(NULL, s->agent, &job, note);
}

static int
load_key_file(struct session *s, const char *path)
{
	struct bl_note note = {0};
	struct bl_secret *pass = NULL;
	enum bl_err err = BL_E_NOKEY;
	int fd, status;

	if ((status = session_input(&fd, path)) != EXIT_FINE)
		return status;
	if (s->passes.n == 0)
		err = load_keys(s, fd, NULL, &note);
	if (err == BL_E_NOKEY &&
	    (status = pass_for_file(s, path, &pass)) == EXIT_FINE) {
		note = (struct bl_note){0};
		err = load_keys(s, fd, pass, &note);
	}
	bl_secret_free(pass);
	if (fd != STDIN_FILENO)
		close(fd);
	if (status != EXIT_FINE)
		return status;
	return err == BL_OK ? EXIT_FINE : say_error(path, err, &note);
}

static int
start_agent(struct session *s)
{
	struct bl_note note = {0};
	enum bl_err err;

	if (s->agent != NULL)
		return EXIT_FINE;
	err = bl_agent_start(&s->agent, &note);
	return err == BL_OK ? EXIT_FINE : say_error("bulla-agent", err, &note);
}

int
session_keys(struct session *s, const struct args_list *files)
{
	struct bl_note note = {0};
	int status = start_agent(s);

	for (size_t i = 0; status == EXIT_FINE && i < files->n; i++) {
		size_t before = s->own.n;
		bool any;

		status = load_key_file(s, files->items[i]);
		/* what an earlier file had is there already */
		any = before > 0 && s->own.n == before;
		for (size_t k = before; k < s->own.n; k++)
			any = any || s->own.list[k].has_key;
		if (status == EXIT_FINE && !any)
			status = say_fail(EXIT_SEALED,
			    "%s: there is no key with its certificate in it",
			    files->items[i]);
	}
	for (size_t i = 0; status == EXIT_FINE && i < s->own.n; i++) {
		const struct record *r = &s->own.list[i];
		enum bl_err err = der_set_add(
		    r->has_key ? &s->identities : &s->pool,
		    bl_buf_span(&r->der), &note);

		if (err != BL_OK)
			status = say_error(NULL, err, &note);
	}
	s->keys_from_files = true;
	return status;
}

/* ---- wants ---- */

#define WANT_KEY 2 /* where a want names its key: docs/wire/agent.md 3 and 4 */

/* Is there an agent that `bulla key unlock` left running? */
static bool
running(struct session *s)
{
	if (s->running == NULL &&
	    bl_agent_connect(&s->running, state_socket(s->state), NULL) !=
		BL_OK)
		s->running = NULL;
	return s->running != NULL;
}

static bool
has_key(struct bl_agent *a, const uint8_t *id)
{
	struct bl_buf list = {0};
	bool found = false;

	if (bl_agent_list(&list, a, NULL) == BL_OK)
		for (size_t i = 0; i < list.n / sizeof(struct bl_agent_key);
		     i++) {
			struct bl_agent_key key;

			memcpy(&key, list.p + i * sizeof(key), sizeof(key));
			found = found ||
			    memcmp(key.id, id, BL_SHA256_SIZE) == 0;
		}
	bl_buf_clear(&list);
	return found;
}

static enum bl_err
state_pass(struct session *s, struct bl_note *note)
{
	if (s->pass != NULL)
		return BL_OK;
	if (s->passes.n > 0)
		return tty_pass_file(
		    &s->pass, s->passes.items[s->passes.n - 1], note);
	return tty_pass(&s->pass, "Passphrase of your Bulla keys: ", note);
}

/* Opens the sealed key into an agent of our own. */
static enum bl_err
unseal(struct session *s, const uint8_t *id, struct bl_note *note)
{
	struct bl_buf sealed = {0};
	enum bl_err err;

	if (s->agent == NULL &&
	    (err = bl_agent_start(&s->agent, note)) != BL_OK)
		return err;
	if ((err = state_key_load(&sealed, s->state, id, note)) == BL_OK &&
	    (err = state_pass(s, note)) == BL_OK)
		err = bl_agent_unseal(
		    NULL, s->agent, bl_buf_span(&sealed), s->pass, note);
	bl_buf_clear(&sealed);
	if (err == BL_E_MISSING)
		err = BL_E_NOKEY;
	return err;
}

enum bl_err
session_want(void *session, struct bl_span want, struct bl_buf *answer,
    struct bl_note *note)
{
	struct session *s = session;
	const uint8_t *id = want.p + WANT_KEY;
	enum bl_err err;

	if (want.n > 0 && want.p[0] == BL_WANT_SHARED)
		return shared_answer(answer, s->shared, want, note);
	/* All that was at hand went along. */
	if (s->courier != NULL && want.n > 0 &&
	    (want.p[0] == BL_WANT_CERT || want.p[0] == BL_WANT_EVIDENCE))
		return courier_answer(answer, s->courier, want, note);
	if (want.n < WANT_KEY + BL_SHA256_SIZE ||
	    (want.p[0] != BL_WANT_SIGN && want.p[0] != BL_WANT_UNWRAP)) {
		bl_want_refuse(answer, want);
		return BL_OK;
	}
	if (s->keys_from_files || s->state == NULL)
		return bl_agent_want(answer, s->agent, want, note);
	if (running(s) && has_key(s->running, id))
		return bl_agent_want(answer, s->running, want, note);
	if ((s->agent == NULL || !has_key(s->agent, id)) &&
	    (err = unseal(s, id, note)) != BL_OK)
		return err;
	return bl_agent_want(answer, s->agent, want, note);
}
