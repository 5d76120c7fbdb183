/* open.c - bulla open: a message into its content and a verdict. */
#include <unistd.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/session.h"
#include "cli/shared.h"
#include "cli/summary.h"

#define MAILBOXES_MAX 1000 /* of --summary */

/* What the person asked for. */
struct wish {
	const char *out, *at, *require, *from, *content;
	const char *password, *kek, *kek_id;
	const char *revocation;
	enum bl_revocation mode;
	struct args_list keys, trust, certs, crls, ocsps;
	bool json, legacy, allow_invalid, summary;
	struct report_demands need;
	struct net net;
};

/* The files of the job. */
struct files {
	int input, content, spool, park[2];
	struct out out;
};

static void
close_fd(int *fd)
{
	if (*fd > STDERR_FILENO)
		close(*fd);
	*fd = -1;
}

static void
files_close(struct files *f)
{
	close_fd(&f->input);
	close_fd(&f->content);
	close_fd(&f->spool);
	close_fd(&f->park[0]);
	close_fd(&f->park[1]);
	out_close(&f->out);
}

/* Reads "signed,encrypted,intact". */
static int
read_require(struct wish *w, const struct args *how)
{
	const char *at = w->require, *end;
	struct bl_span word;

	while (at != NULL && *at != '\0') {
		end = strchrnul(at, ',');
		word = bl_span_of(at, (size_t)(end - at));
		if (bl_span_equal(word, BL_STR("signed")))
			w->need.is_signed = true;
		else if (bl_span_equal(word, BL_STR("encrypted")))
			w->need.encrypted = true;
		else if (bl_span_equal(word, BL_STR("intact")))
			w->need.intact = true;
		else
			return args_usage(how,
			    "--require: '%.*s' is none of "
			    "signed, encrypted, intact",
			    (int)word.n, at);
		at = *end == ',' ? end + 1 : end;
	}
	if (w->require != NULL && *w->require == '\0')
		return args_usage(how, "--require: the list is empty");
	return EXIT_FINE;
}

/* What is not checked yet waits in the file itself only while it has no name;
 * else it is parked sealed. */
static bool
is_unnamed(const struct out *o)
{
	return !o->is_stream && o->beside == NULL;
}

/* What is said of many messages is said of each alike. */
static int
check_summary(const struct wish *w, const struct args *how, int mailboxes)
{
	if (!w->summary)
		return mailboxes <= 1
		    ? EXIT_FINE
		    : args_usage(how, "several messages need --summary");
	if (w->out != NULL || w->from != NULL || w->content != NULL ||
	    w->password != NULL || w->kek != NULL || w->kek_id != NULL ||
	    w->allow_invalid)
		return args_usage(how,
		    "--summary writes no content and asks for no password: "
		    "--out, --allow-invalid, --from, --content, "
		    "--password-file, --kek-file and --kek-id do not go with "
		    "it");
	if (w->net.allow.n > 0 || w->net.trace)
		return args_usage(how,
		    "--summary fetches nothing: --allow-host and "
		    "--show-fetches do not go with it");
	if (mailboxes == 0)
		return args_usage(how, "--summary needs a mailbox");
	return EXIT_FINE;
}

/* Options that do not go together. */
static int
check_wish(const struct wish *w, const struct args *how, const char *message)
{
	bool from_stdin = message == NULL || strcmp(message, "-") == 0;

	if (w->json && w->out != NULL && strcmp(w->out, "-") == 0)
		return args_usage(how,
		    "--json has standard output for itself: "
		    "give --out another file");
	if (w->kek_id != NULL && w->kek == NULL)
		return args_usage(how, "--kek-id goes with --kek-file");
	if (w->content != NULL && strcmp(w->content, "-") == 0 && from_stdin)
		return args_usage(how,
		    "the message and --content cannot both "
		    "be standard input");
	return EXIT_FINE;
}

static int
open_files(struct files *f, const struct wish *w, const char *message)
{
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	if ((status = session_input(&f->input, message)) != EXIT_FINE)
		return status;
	if (w->content != NULL &&
	    (status = session_input(&f->content, w->content)) != EXIT_FINE)
		return status;
	if ((err = out_open(&f->out, w->out, &note)) != BL_OK)
		return say_error(w->out, err, &note);
	if ((!is_unnamed(&f->out) &&
		(err = bl_park_open(&f->spool, NULL, &note)) != BL_OK) ||
	    (err = bl_park_open(&f->park[0], NULL, &note)) != BL_OK ||
	    (err = bl_park_open(&f->park[1], NULL, &note)) != BL_OK)
		return say_error("a temporary file", err, &note);
	return EXIT_FINE;
}

/* Certificates and keys: what options do not say, the state does. */
static int
gather(struct session *s, const struct wish *w)
{
	int status = EXIT_FINE;

	if (w->keys.n > 0)
		status = session_keys(s, &w->keys);
	else
		status = session_own(s);
	/* no key is asked for that was not given: nobody is there to answer */
	if (w->summary && w->keys.n == 0)
		der_set_clear(&s->identities);
	if (status == EXIT_FINE)
		status = w->trust.n > 0
		    ? session_anchors(s, &w->trust)
		    : session_state_anchors(s, BL_PURPOSE_SIGN);
	if (status == EXIT_FINE)
		status = session_pool(s, &w->certs);
	if (status == EXIT_FINE)
		status = session_evidence(s, BL_EVIDENCE_CRL, &w->crls);
	if (status == EXIT_FINE)
		status = session_evidence(s, BL_EVIDENCE_OCSP, &w->ocsps);
	if (status == EXIT_FINE)
		status = shared_read(
		    &s->shared, w->password, w->kek, w->kek_id);
	return status;
}

/* What was demanded and is not there; NULL when all is. */
static const char *
missing(const struct wish *w, const struct bl_reader_verdict *v)
{
	if (w->need.encrypted &&
	    (v->encryption == BL_ENCRYPTION_NONE ||
		v->encryption == BL_ENCRYPTION_PARTIAL))
		return "the message is not encrypted as a whole";
	if (w->need.intact && v->encryption != BL_ENCRYPTION_INTACT)
		return "the encryption does not show that nothing was altered";
	if (w->need.is_signed && v->signature != BL_SIGNATURE_VALID)
		return "the message has no valid signature";
	return NULL;
}

static int
tell(const struct wish *w, const struct bl_reader_verdict *v)
{
	json_t *j = report_json(v->json);

	if (j == NULL)
		return say_fail(
		    EXIT_AROUND, "bulla-reader: its verdict is not readable");
	if (w->json) {
		report_print(stdout, j);
	} else {
		report_verdict(stderr, j);
	}
	json_decref(j);
	return EXIT_FINE;
}

/* Lets the content out, if the verdict and the person's demands allow. */
static int
release(struct session *s, struct files *f, const struct wish *w,
    const struct bl_reader_verdict *v)
{
	unsigned gates = (w->need.intact ? BL_GATE_INTACT_ONLY : 0u) |
	    (w->allow_invalid ? BL_GATE_ALLOW_INVALID : 0u);
	const char *lacking = missing(w, v);
	struct bl_reader_done done = {0};
	struct bl_note note = {0};
	enum bl_err err;

	if (lacking != NULL || v->gate[gates] != BL_OK ||
	    (w->json && w->out == NULL)) {
		bl_reader_discard(s->reader);
		if (lacking != NULL)
			say_note("Nothing was written: %s.", lacking);
		else if (v->gate[gates] != BL_OK)
			say_note("Nothing was written.%s",
			    v->signature == BL_SIGNATURE_INVALID &&
				    v->encryption != BL_ENCRYPTION_FAILED
				? " (--allow-invalid writes it all the same.)"
				: "");
		return EXIT_FINE;
	}
	fflush(stdout);
	err = bl_reader_release(&done, s->reader, gates, &note);
	if (err == BL_OK && !done.closed)
		err = out_commit(&f->out, 0600, &note);
	return err == BL_OK
	    ? EXIT_FINE
	    : say_error(
		  w->out != NULL ? w->out : "standard output", err, &note);
}

static int
run(struct session *s, struct files *f, const struct wish *w, int64_t now,
    const char *message)
{
	struct bl_reader_open_job job = {.now = now,
	    .legacy = w->legacy,
	    .revocation = w->mode,
	    .evidence = s->evidence,
	    .evidence_count = s->evidence_count,
	    .has_password = w->password != NULL,
	    .has_kek = w->kek != NULL,
	    .kek_id = shared_id(s->shared),
	    .from = w->from != NULL ? bl_span_str(w->from)
				    : (struct bl_span){0},
	    .identities = der_set_list(&s->identities),
	    .anchors = der_set_list(&s->anchors),
	    .pool = der_set_list(&s->pool),
	    .input = f->input,
	    .content = f->content,
	    .out = is_unnamed(&f->out) ? f->out.fd : f->spool,
	    .park = {f->park[0], f->park[1]},
	    .release = is_unnamed(&f->out) ? -1 : f->out.fd,
	    .out_is_output = is_unnamed(&f->out)};
	struct progress progress;
	struct bl_reader_calls calls = {.want = session_want,
	    .list = session_list,
	    .want_arg = s,
	    .progress = progress_show,
	    .progress_arg = &progress};
	struct bl_reader_verdict v = {0};
	struct bl_note note = {0};
	enum bl_err err;
	int status, told;

	progress_init(&progress, f->input);
	if (!progress.wanted)
		calls.progress = NULL;
	err = bl_reader_open(&v, s->reader, &job, &calls, &note);
	progress_end(&progress);
	if (err != BL_OK)
		return say_error(err == BL_E_NOKEY || err == BL_E_MISSING
			? "your keys"
			: session_input_name(message),
		    err, &note);
	status = report_status(&w->need, v.encryption, v.signature, v.reasons);
	if ((told = tell(w, &v)) != EXIT_FINE)
		return told;
	return say_worse(status, release(s, f, w, &v));
}

int
cmd_open(int argc, char **argv)
{
	struct wish w = {0};
	struct session s = {0};
	struct files f = {.input = -1,
	    .content = -1,
	    .spool = -1,
	    .park = {-1, -1},
	    .out = {.fd = -1, .folder = -1}};
	const struct arg options[] = {
	    {"key", "FILE",
		"PKCS#12 or PEM with a key of yours; may be given "
		"often",
		.list = &w.keys},
	    {"pass-file", "FILE",
		"passphrase, first line; often: in the order "
		"of --key",
		.list = &s.passes},
	    {"password-file", "FILE",
		"password of the message, first line: where it was sealed "
		"with one",
		.text = &w.password},
	    {"kek-file", "FILE",
		"key shared before, in hexadecimal, first line",
		.text = &w.kek},
	    {"kek-id", "HEX", "identifier of that key; else any is tried",
		.text = &w.kek_id},
	    {"trust", "FILE", "trust these certificates, and no others",
		.list = &w.trust},
	    {"cert", "FILE", "certificates that may be needed",
		.list = &w.certs},
	    {"crl", "FILE", "revocation lists that may be needed",
		.list = &w.crls},
	    {"ocsp", "FILE", "answers of OCSP responders that may be needed",
		.list = &w.ocsps},
	    {"revocation", "MODE",
		"require (the default), prefer, off: what signers need",
		.text = &w.revocation},
	    {"offline", NULL, "fetch nothing: what is here must do",
		.flag = &w.net.offline},
	    {"allow-host", "HOST:PORT",
		"may be fetched from, public or not; may be given often",
		.list = &w.net.allow},
	    {"show-fetches", NULL, "tell of each fetch", .flag = &w.net.trace},
	    {"out", "FILE", "write the content there", .text = &w.out},
	    {"summary", NULL,
		"a line, or JSON object, for each message of mailboxes",
		.flag = &w.summary},
	    {"json", NULL, "print the verdict as JSON; content only to --out",
		.flag = &w.json},
	    {"require", "LIST",
		"signed, encrypted, intact: write nothing "
		"without",
		.text = &w.require},
	    {"from", "ADDRESS", "who is expected to have sent it",
		.text = &w.from},
	    {"content", "FILE", "what a bare signature (.p7s) is for",
		.text = &w.content},
	    {"at", "TIME", "judge as of 2026-01-31T12:00:00Z", .text = &w.at},
	    {"allow-invalid", NULL,
		"write the content also under an invalid "
		"signature",
		.flag = &w.allow_invalid},
	    {"legacy", NULL,
		"open 3DES, RC2; look at weak signatures; all marked",
		.flag = &w.legacy},
	    {NULL}};
	const struct args how = {.command = "open",
	    .operands = "[MESSAGE] | --summary MAILBOX...",
	    .about = "Opens a message: decrypts it, checks its signatures, "
		     "says what holds.\nThe content goes to standard output, "
		     "the verdict to standard error.",
	    .options = options,
	    .max = MAILBOXES_MAX};
	int64_t now = 0;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		goto out;
	if ((status = read_require(&w, &how)) == EXIT_FINE &&
	    (status = check_summary(&w, &how, argc - first)) == EXIT_FINE &&
	    (status = check_wish(&w, &how, argv[first])) == EXIT_FINE &&
	    (status = session_revocation(&w.mode, &how, w.revocation)) ==
		EXIT_FINE &&
	    (status = session_now(&now, &how, w.at)) == EXIT_FINE &&
	    (status = session_start(&s)) == EXIT_FINE &&
	    (status = gather(&s, &w)) == EXIT_FINE && w.summary)
		status = summary(&s,
		    &(struct summary_wish){
			.how = {now, w.mode, w.legacy}, w.need, w.json},
		    argv + first, (size_t)(argc - first));
	else if (status == EXIT_FINE &&
	    (status = session_net(&s, &w.net)) == EXIT_FINE &&
	    (status = open_files(&f, &w, argv[first])) == EXIT_FINE)
		status = run(&s, &f, &w, now, argv[first]);
out:
	files_close(&f);
	session_end(&s);
	args_list_clear(&w.keys);
	args_list_clear(&w.trust);
	args_list_clear(&w.certs);
	args_list_clear(&w.crls);
	args_list_clear(&w.ocsps);
	args_list_clear(&w.net.allow);
	return status;
}
