/* cert.c - bulla cert and bulla trust: the certificates of the state. */
#include "cli/command.h"
#include "cli/out.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/show.h"

static int
load(struct session *s, enum state_kind kind, struct records *out)
{
	int status = session_load(s, kind, out);

	show_order(out);
	return status;
}

static int
list(enum state_kind kind, const struct args *how, bool *as_json, int argc,
    char **argv)
{
	struct session s = {0};
	struct records rs = {0};
	int first, status = args_read(how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = load(&s, kind, &rs)) == EXIT_FINE)
		status = show_list(&s, &rs, *as_json,
		    kind == STATE_CERTS
			? "There is no certificate yet: 'bulla cert import' "
			  "and 'bulla key import' bring some."
			: "Nothing is trusted yet: 'bulla trust import'.");
	records_clear(&rs);
	session_end(&s);
	return status;
}

/* Saves each certificate of a file and says what came in. */
static int
save_all(struct session *s, enum state_kind kind, const char *path)
{
	int64_t now = (int64_t)time(NULL);
	struct records rs = {0};
	struct bl_note note = {0};
	int status = session_certs(s, path, &rs);

	for (size_t i = 0; status == EXIT_FINE && i < rs.n; i++) {
		bool is_new;
		enum bl_err err = state_save(
		    s->state, kind, &rs.list[i], &is_new, &note);

		if (err != BL_OK) {
			status = say_error(state_folder(s->state), err, &note);
			break;
		}
		printf("%s", is_new ? "new  " : "known");
		show_line(&rs.list[i], false, now);
	}
	records_clear(&rs);
	return status;
}

static int
import(enum state_kind kind, const struct args *how, int argc, char **argv)
{
	struct session s = {0};
	int first, status = args_read(how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = session_start(&s)) == EXIT_FINE &&
	    (status = session_state(&s)) == EXIT_FINE)
		for (int i = first; i < argc; i++)
			status = say_worse(status, save_all(&s, kind, argv[i]));
	session_end(&s);
	return status;
}

static int
remove_one(enum state_kind kind, const struct args *how, int argc, char **argv)
{
	struct session s = {0};
	struct records rs = {0};
	struct bl_note note = {0};
	const struct record *r;
	enum bl_err err;
	int first, status = args_read(how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = load(&s, kind, &rs)) != EXIT_FINE)
		goto out;
	if ((status = show_find(&r, &rs, argv[first],
		 kind == STATE_CERTS ? "cert" : "trust")) != EXIT_FINE)
		goto out;
	if (kind == STATE_CERTS && state_has_key(s.state, r->key_id)) {
		status = say_fail(EXIT_RULE,
		    "%s: its key is here; 'bulla key "
		    "remove' removes both",
		    argv[first]);
		goto out;
	}
	err = state_remove(s.state, kind, r->sha256, &note);
	if (err != BL_OK)
		status = say_error(argv[first], err, &note);
	else
		show_line(r, false, (int64_t)time(NULL));
out:
	records_clear(&rs);
	session_end(&s);
	return status;
}

/* ---- bulla cert ---- */

static int
cert_list(int argc, char **argv)
{
	bool as_json = false;
	const struct arg options[] = {
	    {"json", NULL, "print a JSON array", .flag = &as_json}, {NULL}};
	const struct args how = {.command = "cert list",
	    .operands = "",
	    .about = "Lists the certificates that are kept here. A star marks "
		     "your own, whose key is here.",
	    .options = options};

	return list(STATE_CERTS, &how, &as_json, argc, argv);
}

static int
show(
    struct session *s, const struct records *rs, const char *word, bool as_json)
{
	int64_t now = (int64_t)time(NULL);
	const struct record *r;
	int status = show_find(&r, rs, word, "cert");
	json_t *j;
	bool own;

	if (status != EXIT_FINE)
		return status;
	own = state_has_key(s->state, r->key_id);
	if (!as_json) {
		show_whole(r, own, now);
		return EXIT_FINE;
	}
	j = show_json(r, own, now);
	report_print(stdout, j);
	json_decref(j);
	return EXIT_FINE;
}

static int
cert_show(int argc, char **argv)
{
	bool as_json = false;
	const struct arg options[] = {
	    {"json", NULL, "print a JSON object", .flag = &as_json}, {NULL}};
	const struct args how = {.command = "cert show",
	    .operands = "ADDRESS|SHA256",
	    .about = "Shows one certificate.",
	    .options = options,
	    .min = 1,
	    .max = 1};
	struct session s = {0};
	struct records rs = {0};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = load(&s, STATE_CERTS, &rs)) == EXIT_FINE)
		status = show(&s, &rs, argv[first], as_json);
	records_clear(&rs);
	session_end(&s);
	return status;
}

static int
cert_import(int argc, char **argv)
{
	const struct arg options[] = {{NULL}};
	const struct args how = {.command = "cert import",
	    .operands = "FILE...",
	    .about = "Takes certificates of others (PEM or DER, one or many in "
		     "a file) to encrypt to them.\nIt does not make them "
		     "trusted.",
	    .options = options,
	    .min = 1,
	    .max = 1000};

	return import(STATE_CERTS, &how, argc, argv);
}

static int
export_one(const struct record *r, bool der, const char *path)
{
	struct bl_buf bytes = {0};
	struct bl_note note = {0};
	struct out o;
	enum bl_err err;

	if (der)
		bl_buf_add(&bytes, bl_buf_span(&r->der));
	else
		bl_pem_write(&bytes, "CERTIFICATE", bl_buf_span(&r->der));
	if ((err = bl_buf_err(&bytes, &note)) == BL_OK &&
	    (err = out_open(&o, path, &note)) == BL_OK) {
		if ((err = out_write(o.fd, bl_buf_span(&bytes), &note)) ==
		    BL_OK)
			err = out_commit(&o, 0644, &note);
		out_close(&o);
	}
	bl_buf_clear(&bytes);
	return err == BL_OK
	    ? EXIT_FINE
	    : say_error(path != NULL ? path : "standard output", err, &note);
}

static int
cert_export(int argc, char **argv)
{
	bool der = false;
	const char *path = NULL;
	const struct arg options[] = {
	    {"der", NULL, "in DER instead of PEM", .flag = &der},
	    {"out", "FILE", "write it there", .text = &path}, {NULL}};
	const struct args how = {.command = "cert export",
	    .operands = "ADDRESS|SHA256",
	    .about = "Writes one certificate, to give it to others.",
	    .options = options,
	    .min = 1,
	    .max = 1};
	struct session s = {0};
	struct records rs = {0};
	const struct record *r;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = load(&s, STATE_CERTS, &rs)) == EXIT_FINE &&
	    (status = show_find(&r, &rs, argv[first], "cert")) == EXIT_FINE)
		status = export_one(r, der, path);
	records_clear(&rs);
	session_end(&s);
	return status;
}

static int
cert_remove(int argc, char **argv)
{
	const struct arg options[] = {{NULL}};
	const struct args how = {.command = "cert remove",
	    .operands = "ADDRESS|SHA256",
	    .about = "Removes the certificate of somebody else.",
	    .options = options,
	    .min = 1,
	    .max = 1};

	return remove_one(STATE_CERTS, &how, argc, argv);
}

int
cmd_cert(int argc, char **argv)
{
	static const struct command list_of[] = {
	    {"list", "all that are kept", cert_list},
	    {"show", "one of them whole", cert_show},
	    {"import", "take some from files", cert_import},
	    {"export", "write one to a file", cert_export},
	    {"remove", "remove one", cert_remove},
	    {"check", "tell whether one is good", cert_check},
	    {NULL, NULL, NULL}};

	return command_run("cert", list_of, argc, argv);
}

/* ---- bulla trust ---- */

static int
trust_list(int argc, char **argv)
{
	bool as_json = false;
	const struct arg options[] = {
	    {"json", NULL, "print a JSON array", .flag = &as_json}, {NULL}};
	const struct args how = {.command = "trust list",
	    .operands = "",
	    .about = "Lists the certificates that are trusted.",
	    .options = options};

	return list(STATE_TRUST, &how, &as_json, argc, argv);
}

static int
trust_import(int argc, char **argv)
{
	const struct arg options[] = {{NULL}};
	const struct args how = {.command = "trust import",
	    .operands = "FILE...",
	    .about = "Trusts the certificates in these files (PEM or DER). "
		     "Those of issuers are\nwhere paths end; those of persons "
		     "are good by themselves.",
	    .options = options,
	    .min = 1,
	    .max = 1000};

	return import(STATE_TRUST, &how, argc, argv);
}

static int
trust_remove(int argc, char **argv)
{
	const struct arg options[] = {{NULL}};
	const struct args how = {.command = "trust remove",
	    .operands = "ADDRESS|SHA256",
	    .about = "Trusts a certificate no longer.",
	    .options = options,
	    .min = 1,
	    .max = 1};

	return remove_one(STATE_TRUST, &how, argc, argv);
}

int
cmd_trust(int argc, char **argv)
{
	static const struct command list_of[] = {
	    {"list", "all that is trusted", trust_list},
	    {"import", "trust certificates", trust_import},
	    {"remove", "trust one no longer", trust_remove},
	    {NULL, NULL, NULL}};

	return command_run("trust", list_of, argc, argv);
}
