/* key.c - bulla key: the person's own keys, sealed in the state. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/pass.h"
#include "cli/say.h"
#include "cli/show.h"

#define IDLE_S	  900 /* an unlocked agent ends unused after this */
#define CHAIN_MAX 10

static int
load(struct session *s, struct records *out)
{
	int status = session_load(s, STATE_CERTS, out);

	show_order(out);
	return status;
}

static int
lock_state(struct session *s)
{
	struct bl_note note = {0};
	enum bl_err err = state_lock(s->state, &note);

	return err == BL_OK ? EXIT_FINE
			    : say_error(state_folder(s->state), err, &note);
}

/* Leaves only those whose key is here. */
static void
keep_own(const struct session *s, struct records *rs)
{
	size_t kept = 0;

	for (size_t i = 0; i < rs->n; i++)
		if (state_has_key(s->state, rs->list[i].key_id))
			rs->list[kept++] = rs->list[i];
		else
			record_clear(&rs->list[i]);
	rs->n = kept;
}

/* ---- list ---- */

static int
key_list(int argc, char **argv)
{
	bool as_json = false;
	const struct arg options[] = {
	    {"json", NULL, "print a JSON array", .flag = &as_json}, {NULL}};
	const struct args how = {.command = "key list",
	    .operands = "",
	    .about = "Lists your certificates whose keys are here.",
	    .options = options};
	struct session s = {0};
	struct records rs = {0};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = load(&s, &rs)) == EXIT_FINE) {
		keep_own(&s, &rs);
		status = show_list(&s, &rs, as_json,
		    "There is no key yet: 'bulla key import' brings one.");
	}
	records_clear(&rs);
	session_end(&s);
	return status;
}

/* ---- the passphrase of the state ---- */

static int
unseal(struct session *s, const uint8_t *id)
{
	struct bl_buf sealed = {0};
	struct bl_note note = {0};
	enum bl_err err = state_key_load(&sealed, s->state, id, &note);

	if (err == BL_OK)
		err = bl_agent_unseal(
		    NULL, s->agent, bl_buf_span(&sealed), s->pass, &note);
	bl_buf_clear(&sealed);
	return err == BL_OK ? EXIT_FINE
			    : say_error("the key of the state", err, &note);
}

/*
 * All keys of a state are sealed under one passphrase: the first key brings
 * it, for the others it is tried on one that is there.
 */
static int
state_pass(struct session *s, const char *file)
{
	uint8_t id[BL_SHA256_SIZE];
	bool is_new = !state_any_key(s->state, id), is_new_still;
	int status = pass_ask(&s->pass, file, "state-pass-file",
	    is_new ? "New passphrase for your keys here (8 characters or "
		     "more): "
		   : "Passphrase of your keys here: ",
	    is_new);

	if (status != EXIT_FINE)
		return status;
	if ((is_new &&
		(status = pass_demand(&s->pass, PASS_MIN)) != EXIT_FINE) ||
	    (status = lock_state(s)) != EXIT_FINE)
		return status;
	is_new_still = !state_any_key(s->state, id);
	if (is_new != is_new_still)
		return say_fail(EXIT_AROUND,
		    "%s: another command changed the "
		    "keys meanwhile; try again",
		    state_folder(s->state));
	if (is_new)
		return EXIT_FINE;
	if ((status = pass_agent(s)) != EXIT_FINE)
		return status;
	return unseal(s, id);
}

/* ---- import ---- */

static enum bl_err
save_key(struct session *s, const struct record *r, struct bl_note *note)
{
	struct bl_buf sealed = {0};
	enum bl_err err = BL_OK;

	if (!state_has_key(s->state, r->key_id) &&
	    (err = bl_agent_seal(&sealed, s->agent,
		 bl_span_of(r->key_id, BL_SHA256_SIZE), s->pass, note)) ==
		BL_OK)
		err = state_key_save(
		    s->state, r->key_id, bl_buf_span(&sealed), note);
	bl_buf_clear(&sealed);
	return err;
}

/* The key comes before its certificate: a certificate whose key is missing
 * would be taken for somebody else's. */
static int
save_all(struct session *s)
{
	int64_t now = (int64_t)time(NULL);
	struct bl_note note = {0};
	bool is_new;
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < s->own.n; i++) {
		const struct record *r = &s->own.list[i];

		if (r->has_key)
			err = save_key(s, r, &note);
		if (err == BL_OK)
			err = state_save(
			    s->state, STATE_CERTS, r, &is_new, &note);
		if (err != BL_OK)
			return say_error(state_folder(s->state), err, &note);
		printf("%s", is_new ? "new  " : "known");
		show_line(r, r->has_key, now);
	}
	return EXIT_FINE;
}

static int
key_import(int argc, char **argv)
{
	const char *state_file = NULL;
	struct session s = {0};
	struct args_list files = {0};
	const struct arg options[] = {
	    {"pass-file", "FILE", "passphrase of the key file, first line",
		.list = &s.passes},
	    {"state-pass-file", "FILE", "passphrase of your keys here",
		.text = &state_file},
	    {NULL}};
	const struct args how = {.command = "key import",
	    .operands = "FILE...",
	    .about = "Takes keys with their certificates from PKCS#12 (.p12, "
		     ".pfx) or PEM files.\nThey are kept sealed under a "
		     "passphrase.",
	    .options = options,
	    .min = 1,
	    .max = 100};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		goto out;
	files = (struct args_list){(const char **)(uintptr_t)(argv + first),
	    (size_t)(argc - first), 0};
	if ((status = session_start(&s)) == EXIT_FINE &&
	    (status = session_state(&s)) == EXIT_FINE &&
	    (status = session_keys(&s, &files)) == EXIT_FINE &&
	    (status = state_pass(&s, state_file)) == EXIT_FINE)
		status = save_all(&s);
out:
	session_end(&s);
	return status;
}

/* ---- export ---- */

static void
add_entry(struct bl_wire_export *e, const struct record *r, bool with_key)
{
	e->entries[e->n++] = (struct bl_wire_export_entry){.key = with_key
		? bl_span_of(r->key_id, BL_SHA256_SIZE)
		: (struct bl_span){0},
	    .cert = bl_buf_span(&r->der),
	    .name = bl_span_str(
		with_key && *r->label != '\0' ? r->label : r->name)};
}

/* The certificate, then its issuers as far as they are here. */
static void
collect(
    struct bl_wire_export *e, const struct records *rs, const struct record *r)
{
	add_entry(e, r, true);
	for (int depth = 0; r != NULL && depth < CHAIN_MAX; depth++) {
		const struct record *issuer = NULL;

		for (size_t i = 0; i < rs->n; i++)
			if ((rs->list[i].flags & BL_CERT_CA) != 0 &&
			    strcmp(rs->list[i].subject, r->issuer) == 0 &&
			    &rs->list[i] != r)
				issuer = &rs->list[i];
		if (issuer != NULL)
			add_entry(e, issuer, false);
		if (issuer != NULL &&
		    (issuer->flags & BL_CERT_SELF_ISSUED) != 0)
			break;
		r = issuer;
	}
}

static int
write_file(struct session *s, const struct bl_wire_export *e,
    const struct bl_secret *pass, const char *path)
{
	struct bl_buf bytes = {0};
	struct bl_note note = {0};
	struct out o;
	enum bl_err err = bl_agent_export(&bytes, s->agent, e, pass, &note);

	if (err == BL_OK && (err = out_open(&o, path, &note)) == BL_OK) {
		if ((err = out_write(o.fd, bl_buf_span(&bytes), &note)) ==
		    BL_OK)
			err = out_commit(&o, 0600, &note);
		out_close(&o);
	}
	bl_buf_clear(&bytes);
	return err == BL_OK
	    ? EXIT_FINE
	    : say_error(path != NULL ? path : "standard output", err, &note);
}

static int
export_one(struct session *s, const struct records *rs, const char *word,
    const char *state_file, const char *new_file, const char *path, bool old)
{
	const struct record *r;
	int status = show_find(&r, rs, word, "key");
	struct bl_wire_export e = {.old = old};
	struct bl_secret *pass = NULL;

	if (status != EXIT_FINE)
		return status;
	if (!state_has_key(s->state, r->key_id))
		return say_fail(EXIT_RULE,
		    "%s: its key is not here; 'bulla "
		    "cert export' writes the certificate alone",
		    word);
	if ((status = pass_ask(&s->pass, state_file, "pass-file",
		 "Passphrase of your keys here: ", false)) != EXIT_FINE ||
	    (status = pass_agent(s)) != EXIT_FINE ||
	    (status = unseal(s, r->key_id)) != EXIT_FINE ||
	    (status = pass_ask(&pass, new_file, "new-pass-file",
		 "New passphrase of the file (12 characters or more): ",
		 true)) != EXIT_FINE ||
	    (status = pass_demand(&pass, EXPORT_PASS_MIN)) != EXIT_FINE)
		goto out;
	collect(&e, rs, r);
	status = write_file(s, &e, pass, path);
out:
	bl_secret_free(pass);
	return status;
}

static int
key_export(int argc, char **argv)
{
	const char *state_file = NULL, *new_file = NULL, *path = NULL;
	bool old = false;
	const struct arg options[] = {
	    {"pass-file", "FILE", "passphrase of your keys here, first line",
		.text = &state_file},
	    {"new-pass-file", "FILE", "passphrase the file shall have",
		.text = &new_file},
	    {"old", NULL, "3DES and SHA-1, for what reads nothing else",
		.flag = &old},
	    {"out", "FILE", "write it there", .text = &path}, {NULL}};
	const struct args how = {.command = "key export",
	    .operands = "ADDRESS|SHA256",
	    .about = "Writes a key with its certificate and chain to a PKCS#12 "
		     "file.",
	    .options = options,
	    .min = 1,
	    .max = 1};
	struct session s = {0};
	struct records rs = {0};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((path == NULL || strcmp(path, "-") == 0) &&
	    isatty(STDOUT_FILENO) == 1)
		return args_usage(&how,
		    "a key is not shown on a terminal: "
		    "give --out FILE");
	if ((status = load(&s, &rs)) == EXIT_FINE)
		status = export_one(
		    &s, &rs, argv[first], state_file, new_file, path, old);
	records_clear(&rs);
	session_end(&s);
	return status;
}

/* ---- remove ---- */

static int
remove_one(struct session *s, const struct records *rs, const struct record *r,
    const char *word)
{
	struct bl_note note = {0};
	unsigned users = 0;
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < rs->n; i++)
		if (memcmp(rs->list[i].key_id, r->key_id, BL_SHA256_SIZE) == 0)
			users++;
	/* The key first: it must not stay where nothing shows it. */
	if (users == 1)
		err = state_key_remove(s->state, r->key_id, &note);
	if (err == BL_OK)
		err = state_remove(s->state, STATE_CERTS, r->sha256, &note);
	if (err != BL_OK)
		return say_error(word, err, &note);
	show_line(r, true, (int64_t)time(NULL));
	return EXIT_FINE;
}

static int
key_remove(int argc, char **argv)
{
	bool yes = false;
	const struct arg options[] = {
	    {"yes", NULL,
		"I know: mail encrypted to it can never be read "
		"again",
		.flag = &yes},
	    {NULL}};
	const struct args how = {.command = "key remove",
	    .operands = "ADDRESS|SHA256",
	    .about = "Removes a key of yours and its certificate. Mail that "
		     "was encrypted to it cannot\nbe read without another "
		     "copy of the key.",
	    .options = options,
	    .min = 1,
	    .max = 1};
	struct session s = {0};
	struct records rs = {0};
	const struct record *r;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = session_state(&s)) == EXIT_FINE &&
	    (!yes || (status = lock_state(&s)) == EXIT_FINE) &&
	    (status = load(&s, &rs)) == EXIT_FINE) {
		keep_own(&s, &rs);
		status = show_find(&r, &rs, argv[first], "key");
		if (status == EXIT_FINE && !yes)
			status = args_usage(&how,
			    "mail encrypted to this key "
			    "can never be read again without it; say --yes");
		else if (status == EXIT_FINE)
			status = remove_one(&s, &rs, r, argv[first]);
	}
	records_clear(&rs);
	session_end(&s);
	return status;
}

/* ---- unlock and lock ---- */

static int
listen_at(const char *path, int *out)
{
	struct sockaddr_un where = {.sun_family = AF_UNIX};
	int fd;
	mode_t mask;
	bool ok;

	if (strlen(path) >= sizeof(where.sun_path))
		return say_fail(EXIT_AROUND,
		    "%s: the path is too long for a "
		    "socket: set BULLA_HOME to a shorter one",
		    path);
	memcpy(where.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return say_fail(EXIT_AROUND, "a socket cannot be made");
	unlink(path); /* of an agent that has ended: nobody answered there */
	mask = umask(077);
	ok = bind(fd, (struct sockaddr *)&where, sizeof(where)) == 0 &&
	    listen(fd, 16) == 0;
	umask(mask);
	if (!ok) {
		close(fd);
		return say_fail(EXIT_AROUND, "%s: %s", path, strerror(errno));
	}
	*out = fd;
	return EXIT_FINE;
}

static int
unseal_all(struct session *s, const struct records *rs, unsigned *count)
{
	int status = EXIT_FINE;

	for (size_t i = 0; status == EXIT_FINE && i < rs->n; i++) {
		bool before = false;

		for (size_t k = 0; k < i; k++)
			before = before ||
			    memcmp(rs->list[k].key_id, rs->list[i].key_id,
				BL_SHA256_SIZE) == 0;
		if (before)
			continue;
		if ((status = unseal(s, rs->list[i].key_id)) == EXIT_FINE)
			(*count)++;
	}
	return status;
}

/* Is there one already? */
static bool
is_unlocked(struct session *s)
{
	if (bl_agent_connect(&s->running, state_socket(s->state), NULL) !=
	    BL_OK)
		return false;
	say_note("The keys are unlocked already.");
	return true;
}

static int
unlock(struct session *s, const struct records *rs, const char *file,
    uint32_t idle)
{
	struct bl_note note = {0};
	unsigned count = 0;
	enum bl_err err;
	int fd = -1, status;

	if (rs->n == 0)
		return say_fail(EXIT_SEALED,
		    "there is no key to unlock; "
		    "'bulla key import' brings one");
	if (is_unlocked(s))
		return EXIT_FINE;
	if ((status = pass_ask(&s->pass, file, "pass-file",
		 "Passphrase of your keys here: ", false)) != EXIT_FINE ||
	    (status = pass_agent(s)) != EXIT_FINE ||
	    (status = unseal_all(s, rs, &count)) != EXIT_FINE ||
	    (status = lock_state(s)) != EXIT_FINE)
		return status;
	/* Another command may have been faster: its socket stays. */
	if (is_unlocked(s))
		return EXIT_FINE;
	if ((status = listen_at(state_socket(s->state), &fd)) != EXIT_FINE)
		return status;
	err = bl_agent_listen(s->agent, fd, idle, &note);
	close(fd);
	if (err != BL_OK)
		return say_error("bulla-agent", err, &note);
	say_note("%u %s unlocked%s.", count, count == 1 ? "key" : "keys",
	    idle == 0 ? " until 'bulla key lock'" : "");
	return EXIT_FINE;
}

static bool
read_seconds(uint32_t *out, const char *text)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || *text == '-' ||
	    v > 7 * 24 * 3600)
		return false;
	*out = (uint32_t)v;
	return true;
}

static int
key_unlock(int argc, char **argv)
{
	const char *file = NULL, *timeout = NULL;
	uint32_t idle = IDLE_S;
	const struct arg options[] = {
	    {"pass-file", "FILE", "passphrase of your keys here, first line",
		.text = &file},
	    {"timeout", "SECONDS",
		"lock when unused for so long; 0: never "
		"(900)",
		.text = &timeout},
	    {NULL}};
	const struct args how = {.command = "key unlock",
	    .operands = "",
	    .about = "Opens your keys for the commands that follow, until "
		     "'bulla key lock' or the time-out.",
	    .options = options};
	struct session s = {0};
	struct records rs = {0};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if (timeout != NULL && !read_seconds(&idle, timeout))
		return args_usage(&how,
		    "--timeout: '%s' is no number of "
		    "seconds up to a week",
		    timeout);
	if ((status = load(&s, &rs)) == EXIT_FINE) {
		keep_own(&s, &rs);
		status = unlock(&s, &rs, file, idle);
	}
	records_clear(&rs);
	session_end(&s);
	return status;
}

static int
key_lock(int argc, char **argv)
{
	const struct arg options[] = {{NULL}};
	const struct args how = {.command = "key lock",
	    .operands = "",
	    .about = "Makes the running agent forget your keys and end.",
	    .options = options};
	struct session s = {0};
	struct bl_note note = {0};
	enum bl_err err;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = session_state(&s)) == EXIT_FINE &&
	    (status = lock_state(&s)) == EXIT_FINE) {
		err = bl_agent_connect(
		    &s.running, state_socket(s.state), &note);
		if (err == BL_OK)
			err = bl_agent_lock(s.running, &note);
		if (err == BL_OK) {
			unlink(state_socket(s.state));
			say_note("The keys are locked.");
		} else if (err == BL_E_MISSING) {
			say_note("The keys are locked already.");
		} else {
			status = say_error("bulla-agent", err, &note);
		}
	}
	session_end(&s);
	return status;
}

int
cmd_key(int argc, char **argv)
{
	static const struct command list_of[] = {
	    {"list", "your certificates whose keys are here", key_list},
	    {"import", "take keys from PKCS#12 or PEM files", key_import},
	    {"export", "write one to a PKCS#12 file", key_export},
	    {"remove", "remove one", key_remove},
	    {"unlock", "open them for a while", key_unlock},
	    {"lock", "close them again", key_lock}, {NULL, NULL, NULL}};

	return command_run("key", list_of, argc, argv);
}
