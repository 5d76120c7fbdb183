/* trust.c - bulla trust: the certificates that are trusted. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/kept.h"
#include "cli/out.h"
#include "cli/roots.h"
#include "cli/say.h"

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

	return kept_list(STATE_TRUST, &how, &as_json, argc, argv);
}

/* ---- import ---- */

static int
purpose_of(unsigned *good_for, const struct args *how, const char *word)
{
	*good_for = KEPT_FOR_ALL;
	if (word == NULL || strcmp(word, "any") == 0)
		return EXIT_FINE;
	*good_for = strcmp(word, "sign") == 0 ? RECORD_FOR_SIGN
	    : strcmp(word, "encrypt") == 0    ? RECORD_FOR_ENCRYPT
					      : KEPT_FOR_ALL;
	return *good_for != KEPT_FOR_ALL
	    ? EXIT_FINE
	    : args_usage(
		  how, "--purpose: '%s' is none of sign, encrypt, any", word);
}

/* The roots that the system trusts for mail, as they are now. */
static int
import_system(struct session *s, unsigned good_for)
{
	struct records rs = {0};
	struct bl_note note = {0};
	enum bl_err err;
	int fd = -1, status;

	if ((err = roots_open(&fd, &note)) != BL_OK)
		return say_error("the roots of the system", err, &note);
	status = session_certs_from(s, fd, "the roots of the system", &rs);
	close(fd);
	if (status == EXIT_FINE)
		status = kept_save(s, STATE_TRUST, good_for, &rs);
	records_clear(&rs);
	return status;
}

static int
trust_import(int argc, char **argv)
{
	struct session s = {0};
	const char *purpose = NULL;
	bool is_system = false;
	const struct arg options[] = {
	    {"purpose", "USE", "for what: sign, encrypt, any (the default)",
		.text = &purpose},
	    {"system", NULL, "trust the system's roots for e-mail, too",
		.flag = &is_system},
	    {"pass-file", "FILE", "passphrase of a PKCS#12 file, first line",
		.list = &s.passes},
	    {NULL}};
	const struct args how = {.command = "trust import",
	    .operands = "[FILE...]",
	    .about = "Trusts the certificates in these files (PEM, DER, "
		     "PKCS #7, PKCS#12, SST). Those\nof issuers are where "
		     "paths end; those of persons are good by themselves.",
	    .options = options,
	    .max = 1000};
	unsigned good_for;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		goto out;
	if ((status = purpose_of(&good_for, &how, purpose)) != EXIT_FINE)
		goto out;
	if (first == argc && !is_system) {
		status = args_usage(&how, "a file is wanted, or --system");
		goto out;
	}
	if ((status = session_start(&s)) == EXIT_FINE &&
	    (status = session_state(&s)) == EXIT_FINE && is_system)
		status = import_system(&s, good_for);
	for (int i = first; s.state != NULL && i < argc; i++)
		status = say_worse(status,
		    kept_import_file(&s, STATE_TRUST, good_for, argv[i]));
out:
	session_end(&s);
	return status;
}

/* ---- export ---- */

static void
put_all(struct bl_buf *out, const struct records *rs, bool is_sst)
{
	struct bl_span *ders = calloc(rs->n + 1, sizeof(*ders));

	if (ders == NULL) {
		out->err = BL_E_MEMORY;
		return;
	}
	for (size_t i = 0; i < rs->n; i++) {
		ders[i] = bl_buf_span(&rs->list[i].der);
		if (!is_sst)
			bl_pem_write(out, "CERTIFICATE", ders[i]);
	}
	if (is_sst)
		bl_sst_write(out, ders, rs->n);
	free(ders);
}

static int
trust_export(int argc, char **argv)
{
	bool is_sst = false;
	const char *path = NULL;
	const struct arg options[] = {
	    {"sst", NULL, "as a serialized store, which Exchange takes",
		.flag = &is_sst},
	    {"out", "FILE", "write it there", .text = &path}, {NULL}};
	const struct args how = {.command = "trust export",
	    .operands = "",
	    .about = "Writes all that is trusted, in PEM, to give it to other "
		     "programs.",
	    .options = options};
	struct session s = {0};
	struct records rs = {0};
	struct bl_buf bytes = {0};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = kept_load(&s, STATE_TRUST, &rs)) == EXIT_FINE) {
		put_all(&bytes, &rs, is_sst);
		status = kept_write(path, &bytes);
	}
	bl_buf_clear(&bytes);
	records_clear(&rs);
	session_end(&s);
	return status;
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

	return kept_remove(STATE_TRUST, &how, argc, argv);
}

int
cmd_trust(int argc, char **argv)
{
	static const struct command list_of[] = {
	    {"list", "all that is trusted", trust_list},
	    {"import", "trust certificates", trust_import},
	    {"export", "write them all to a file", trust_export},
	    {"remove", "trust one no longer", trust_remove},
	    {NULL, NULL, NULL}};

	return command_run("trust", list_of, argc, argv);
}
