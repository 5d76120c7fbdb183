/* cert.c - bulla cert: the certificates of others and our own. */
#include "cli/command.h"
#include "cli/kept.h"
#include "cli/out.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/show.h"

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

	return kept_list(STATE_CERTS, &how, &as_json, argc, argv);
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
	if ((status = kept_load(&s, STATE_CERTS, &rs)) == EXIT_FINE)
		status = show(&s, &rs, argv[first], as_json);
	records_clear(&rs);
	session_end(&s);
	return status;
}

static int
cert_import(int argc, char **argv)
{
	struct session s = {0};
	const struct arg options[] = {
	    {"pass-file", "FILE", "passphrase of a PKCS#12 file, first line",
		.list = &s.passes},
	    {NULL}};
	const struct args how = {.command = "cert import",
	    .operands = "FILE...",
	    .about =
		"Takes certificates of others (PEM, DER, PKCS #7, PKCS#12, "
		"SST; one or many in\na file) to encrypt to them. It does "
		"not make them trusted.",
	    .options = options,
	    .min = 1,
	    .max = 1000};

	return kept_import(&s, STATE_CERTS, KEPT_FOR_ALL, &how, argc, argv);
}

static int
export_one(const struct record *r, bool der, const char *path)
{
	struct bl_buf bytes = {0};
	int status;

	if (der)
		bl_buf_add(&bytes, bl_buf_span(&r->der));
	else
		bl_pem_write(&bytes, "CERTIFICATE", bl_buf_span(&r->der));
	status = kept_write(path, &bytes);
	bl_buf_clear(&bytes);
	return status;
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
	if ((status = kept_load(&s, STATE_CERTS, &rs)) == EXIT_FINE &&
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

	return kept_remove(STATE_CERTS, &how, argc, argv);
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
	    {"find", "which one to encrypt to", cert_find},
	    {"check", "tell whether one is good", cert_check},
	    {NULL, NULL, NULL}};

	return command_run("cert", list_of, argc, argv);
}
