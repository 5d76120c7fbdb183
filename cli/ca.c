/* ca.c - bulla ca: revoking, and what is published: lists and answers. */
#include "cli/ca.h"

#include <ctype.h>
#include <errno.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/say.h"
#include "cli/show.h"

#define OCSP_PATH_MAX 1024	    /* bytes */
#define ROOT_DUE      (90 * CA_DAY) /* seconds before the root's list ends */
#define DIGITS_MIN    8 /* of a serial number that a person writes */

/* ---- one command at work ---- */

int
ca_open(struct ca_work *w)
{
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	w->now = (int64_t)time(NULL);
	if ((status = session_state(&w->s)) != EXIT_FINE)
		return status;
	err = ca_load(&w->c, w->s.state, &note);
	if (err == BL_E_MISSING)
		return say_fail(EXIT_RULE,
		    "there is no authority here: 'bulla ca init' makes one");
	return err == BL_OK ? EXIT_FINE : say_error(w->c.home, err, &note);
}

int
ca_lock(struct ca_work *w)
{
	struct bl_note note = {0};
	enum bl_err err;

	if ((err = state_lock(w->s.state, &note)) == BL_OK)
		err = ca_entries(&w->c, &note);
	return err == BL_OK ? EXIT_FINE : say_error(w->c.home, err, &note);
}

static const char *
name_of(enum ca_signer who)
{
	return who == CA_ROOT ? "the key of the root"
			      : "the key of the intermediate";
}

int
ca_unseal(struct ca_work *w, enum ca_signer who, const char *pass_file)
{
	struct bl_buf sealed = {0};
	struct bl_agent_key key;
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	if (w->unsealed[who])
		return EXIT_FINE;
	if ((err = ca_key_load(&sealed, &w->c, who, &note)) != BL_OK)
		return say_error(name_of(who), err, &note);
	if (w->s.pass == NULL &&
	    (status = pass_ask(&w->s.pass, pass_file, "pass-file",
		 "Passphrase of the authority: ", false)) != EXIT_FINE)
		goto out;
	if ((status = pass_agent(&w->s)) != EXIT_FINE)
		goto out;
	err = bl_agent_unseal(
	    &key, w->s.agent, bl_buf_span(&sealed), w->s.pass, &note);
	if (err == BL_OK &&
	    memcmp(key.id, w->c.who[who].key, sizeof(key.id)) != 0)
		err = bl_fail(&note, BL_E_MALFORMED, 0,
		    "it is another key than that of its certificate", NULL);
	status = err == BL_OK ? EXIT_FINE : say_error(name_of(who), err, &note);
	w->unsealed[who] = err == BL_OK;
out:
	bl_buf_clear(&sealed);
	return status;
}

void
ca_end(struct ca_work *w)
{
	ca_clear(&w->c);
	session_end(&w->s);
}

void
ca_name(struct bl_issue_name *n, const struct ca *c, enum ca_signer who)
{
	n->common = bl_span_str(c->who[who].common);
	n->organization = bl_span_str(c->organization);
	n->country = bl_span_str(c->country);
}

const struct ca_entry *
ca_intermediate(const struct ca *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (memcmp(c->entries[i].serial, c->who[CA_ISSUING].serial,
			CA_SERIAL) == 0)
			return &c->entries[i];
	return NULL; /* ca_entries saw to it */
}

int
ca_days(unsigned *out, const struct args *how, const char *option,
    const char *text, unsigned otherwise, unsigned max)
{
	char *end;
	unsigned long v;

	*out = otherwise;
	if (text == NULL)
		return EXIT_FINE;
	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' ||
	    !isdigit((unsigned char)*text) || v < 1 || v > max)
		return args_usage(
		    how, "--%s: a number of days from 1 to %u", option, max);
	*out = (unsigned)v;
	return EXIT_FINE;
}

/* ---- publishing ---- */

static enum bl_err
gather(struct bl_issue_revoked **list, size_t *n, const struct ca *c,
    enum ca_signer who, struct bl_note *note)
{
	*n = 0;
	*list = calloc(c->n > 0 ? c->n : 1, sizeof(**list));
	if (*list == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	for (size_t i = 0; i < c->n; i++) {
		const struct ca_entry *e = &c->entries[i];

		if (e->issuer == who && e->revoked_at != 0)
			(*list)[(*n)++] = (struct bl_issue_revoked){
			    bl_span_of(e->serial, CA_SERIAL), e->revoked_at,
			    e->reason};
	}
	return BL_OK;
}

/* The number is written down first: one that was used is not used again. */
static enum bl_err
list_out(
    struct ca_work *w, enum ca_signer who, int64_t until, struct bl_note *note)
{
	struct bl_wire_crl ask = {
	    .issuer = bl_span_of(w->c.who[who].key, BL_SHA256_SIZE),
	    .list = {.this_update = w->now, .next_update = until}};
	struct bl_issue_revoked *revoked = NULL;
	struct bl_buf der = {0};
	enum bl_err err;

	ca_name(&ask.list.issuer, &w->c, who);
	if ((err = gather(&revoked, &ask.list.n, &w->c, who, note)) == BL_OK &&
	    (err = ca_number_take(&ask.list.number, &w->c, who, note)) ==
		BL_OK) {
		ask.list.revoked = revoked;
		err = bl_agent_crl(&der, w->s.agent, &ask, note);
	}
	if (err == BL_OK &&
	    (err = ca_publish(&w->c, who == CA_ROOT ? "root.crl" : "ca.crl",
		 bl_buf_span(&der), note)) == BL_OK)
		err = ca_number_done(ask.list.number, &w->c, who, until, note);
	free(revoked);
	bl_buf_clear(&der);
	return err;
}

int
ca_list_out(struct ca_work *w, enum ca_signer who, unsigned days)
{
	struct bl_note note = {0};
	enum bl_err err = list_out(
	    w, who, w->now + (int64_t)days * CA_DAY, &note);

	return err == BL_OK ? EXIT_FINE
			    : say_error("the revocation list", err, &note);
}

/* Where RFC 6960 A.1 has a server look: the request in Base64, whose "/" makes
 * folders. A serial number ends in a zero bit, so that it is never the last
 * letter. */
static enum bl_err
request_path(struct bl_buf *path, const char *hex, struct bl_span request,
    struct bl_note *note)
{
	struct bl_base64 encoder = {0};
	struct bl_buf lines = {0};
	enum bl_err err;

	bl_base64_encode(&encoder, &lines, request);
	bl_base64_encode_end(&encoder, &lines);
	bl_buf_add_f(path, "ocsp/%s/", hex);
	for (size_t i = 0; i < lines.n; i++)
		if (lines.p[i] != '\r' && lines.p[i] != '\n')
			bl_buf_add_u8(path, lines.p[i]);
	if ((err = bl_buf_err(&lines, note)) == BL_OK)
		err = bl_buf_err(path, note);
	bl_buf_clear(&lines);
	return err;
}

static enum bl_err
publish_at_request(const struct ca *c, const char *hex, struct bl_span request,
    struct bl_span response, struct bl_note *note)
{
	struct bl_buf path;
	const char *text;
	enum bl_err err;

	bl_buf_init(&path, OCSP_PATH_MAX);
	err = request_path(&path, hex, request, note);
	if (err == BL_OK && (text = bl_buf_text(&path)) != NULL)
		err = ca_publish(c, text, response, note);
	else if (err == BL_OK)
		err = bl_buf_err(&path, note);
	bl_buf_clear(&path);
	return err;
}

static enum bl_err
publish_answer(const struct ca *c, const struct ca_entry *e,
    struct bl_span response, const struct bl_buf requests[2],
    struct bl_note *note)
{
	char hex[CA_HEX], path[64];
	enum bl_err err;

	ca_entry_hex(hex, e);
	snprintf(path, sizeof(path), "ocsp/%s/response.der", hex);
	err = ca_publish(c, path, response, note);
	for (size_t i = 0; i < 2 && err == BL_OK; i++)
		err = publish_at_request(
		    c, hex, bl_buf_span(&requests[i]), response, note);
	return err;
}

int
ca_answer_out(struct ca_work *w, const struct ca_entry *e, unsigned days)
{
	struct bl_wire_ocsp ask = {
	    .issuer = bl_span_of(w->c.who[e->issuer].key, BL_SHA256_SIZE),
	    .ocsp = {.is_revoked = e->revoked_at != 0,
		.cert = {bl_span_of(e->serial, CA_SERIAL), e->revoked_at,
		    e->reason},
		.this_update = w->now,
		.next_update = w->now + (int64_t)days * CA_DAY}};
	struct bl_buf response = {0}, requests[2] = {0};
	struct bl_note note = {0};
	enum bl_err err;

	ca_name(&ask.ocsp.issuer, &w->c, e->issuer);
	if ((err = bl_agent_ocsp(
		 &response, requests, w->s.agent, &ask, &note)) == BL_OK)
		err = publish_answer(
		    &w->c, e, bl_buf_span(&response), requests, &note);
	bl_buf_clear(&response);
	bl_buf_clear(&requests[0]);
	bl_buf_clear(&requests[1]);
	return err == BL_OK ? EXIT_FINE
			    : say_error("the OCSP answer", err, &note);
}

int
ca_root_out(struct ca_work *w)
{
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	if ((err = ca_publish(&w->c, "root.crt",
		 bl_buf_span(&w->c.who[CA_ROOT].der), &note)) != BL_OK ||
	    (err = ca_publish(&w->c, "ca.crt",
		 bl_buf_span(&w->c.who[CA_ISSUING].der), &note)) != BL_OK)
		return say_error(w->c.folder, err, &note);
	if ((status = ca_list_out(w, CA_ROOT, CA_ROOT_DAYS)) != EXIT_FINE)
		return status;
	return ca_answer_out(w, ca_intermediate(&w->c), CA_ROOT_DAYS);
}

/* ---- list ---- */

static const char *
status_of(const struct ca_entry *e, int64_t now)
{
	if (e->revoked_at != 0)
		return "revoked";
	if (e->der.n == 0)
		return "unfinished";
	return e->not_after < now ? "expired" : "good";
}

static const char *
use_of(const struct ca_entry *e)
{
	if (e->issuer == CA_ROOT)
		return "authority";
	if (e->sign)
		return e->encrypt ? "both" : "sign";
	return "encrypt";
}

void
ca_show(const struct ca_entry *e, int64_t now)
{
	char hex[CA_HEX];

	ca_entry_hex(hex, e);
	printf("%s  %-10s  until ", hex, status_of(e, now));
	say_day(stdout, e->not_after);
	printf("  %-9s ", use_of(e));
	for (size_t i = 0; i < e->address_count; i++) {
		printf(" ");
		say_text(stdout, bl_span_str(e->addresses[i]));
	}
	if (*e->name != '\0') {
		printf("  ");
		say_text(stdout, bl_span_str(e->name));
	}
	printf("\n");
}

static const char *const reasons[] = {"unspecified", "key-compromise",
    "ca-compromise", "affiliation-changed", "superseded", "cessation", NULL,
    NULL, NULL, "privilege-withdrawn"};
#define REASONS (sizeof(reasons) / sizeof(*reasons))

static json_t *
entry_json(const struct ca_entry *e, int64_t now)
{
	json_t *addresses = json_array(), *o;
	char hex[CA_HEX];

	ca_entry_hex(hex, e);
	for (size_t i = 0; i < e->address_count; i++)
		json_array_append_new(addresses, json_string(e->addresses[i]));
	o = json_pack("{s:s, s:s, s:s, s:s, s:o, s:I, s:I}", "serial", hex,
	    "status", status_of(e, now), "use", use_of(e), "name", e->name,
	    "addresses", addresses, "not_before", (json_int_t)e->not_before,
	    "not_after", (json_int_t)e->not_after);
	if (o != NULL && e->revoked_at != 0) {
		json_object_set_new(
		    o, "revoked_at", json_integer(e->revoked_at));
		json_object_set_new(o, "reason",
		    json_string(
			e->reason < REASONS && reasons[e->reason] != NULL
			    ? reasons[e->reason]
			    : "unspecified"));
	}
	return o;
}

static int
print_json(const struct ca *c, int64_t now)
{
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; i < c->n; i++)
		json_array_append_new(list, entry_json(&c->entries[i], now));
	text = json_dumps(list, JSON_INDENT(2));
	json_decref(list);
	if (text == NULL)
		return say_fail(EXIT_AROUND, "out of memory");
	printf("%s\n", text);
	free(text);
	return EXIT_FINE;
}

static int
ca_list(int argc, char **argv)
{
	bool as_json = false;
	const struct arg options[] = {
	    {"json", NULL, "print a JSON array", .flag = &as_json}, {NULL}};
	const struct args how = {.command = "ca list",
	    .operands = "",
	    .about = "Lists every certificate that the authority made.",
	    .options = options};
	struct ca_work w = {0};
	struct bl_note note = {0};
	enum bl_err err;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = ca_open(&w)) == EXIT_FINE) {
		err = ca_entries(&w.c, &note);
		if (err != BL_OK)
			status = say_error(w.c.home, err, &note);
		else if (as_json)
			status = print_json(&w.c, w.now);
		else
			for (size_t i = 0; i < w.c.n; i++)
				ca_show(&w.c.entries[i], w.now);
	}
	ca_end(&w);
	return status;
}

/* ---- crl, ocsp ---- */

/* Is the root's list to be renewed soon? Then its key is needed. */
static int
root_due(bool *due, const struct ca_work *w)
{
	struct bl_note note = {0};
	uint64_t number;
	int64_t until;
	enum bl_err err = ca_number(&number, &until, &w->c, CA_ROOT, &note);

	*due = err == BL_OK && until - w->now < ROOT_DUE;
	return err == BL_OK ? EXIT_FINE : say_error(w->c.home, err, &note);
}

static bool
key_is_here(const struct ca *c, enum ca_signer who)
{
	struct bl_buf sealed = {0};
	bool here = ca_key_load(&sealed, c, who, NULL) == BL_OK;

	bl_buf_clear(&sealed);
	return here;
}

/* Whether the root's key is used in this run; it may be kept elsewhere. */
static int
plan_root(bool *root, const struct ca_work *w)
{
	bool due;
	int status = root_due(&due, w);

	if (status != EXIT_FINE || *root || !due)
		return status;
	*root = key_is_here(&w->c, CA_ROOT);
	if (!*root)
		say_warn("the list of the root runs out soon: put its key back "
			 "into %s and say 'bulla ca crl --root'",
		    w->c.home);
	return EXIT_FINE;
}

static int
ca_crl(int argc, char **argv)
{
	const char *pass_file = NULL, *days_text = NULL;
	bool root = false;
	const struct arg options[] = {
	    {"days", "N", "good for so many days (7), at most 10",
		.text = &days_text},
	    {"root", NULL,
		"what the root signs, too; else only where it runs out soon",
		.flag = &root},
	    {"pass-file", "FILE", "passphrase of the authority, first line",
		.text = &pass_file},
	    {NULL}};
	const struct args how = {.command = "ca crl",
	    .operands = "",
	    .about = "Makes new revocation lists and publishes them.",
	    .options = options};
	struct ca_work w = {0};
	unsigned days;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = ca_days(&days, &how, "days", days_text, CA_LIST_DAYS,
		 10)) == EXIT_FINE &&
	    (status = ca_open(&w)) == EXIT_FINE &&
	    (status = plan_root(&root, &w)) == EXIT_FINE &&
	    (status = ca_unseal(&w, CA_ISSUING, pass_file)) == EXIT_FINE &&
	    (!root ||
		(status = ca_unseal(&w, CA_ROOT, pass_file)) == EXIT_FINE) &&
	    (status = ca_lock(&w)) == EXIT_FINE &&
	    (!root || (status = ca_root_out(&w)) == EXIT_FINE))
		status = ca_list_out(&w, CA_ISSUING, days);
	ca_end(&w);
	return status;
}

static int
answer_all(struct ca_work *w, unsigned days)
{
	int status = EXIT_FINE;

	for (size_t i = 0; i < w->c.n && status == EXIT_FINE; i++) {
		const struct ca_entry *e = &w->c.entries[i];

		if (e->issuer == CA_ISSUING && e->not_after >= w->now &&
		    (e->der.n > 0 || e->revoked_at != 0))
			status = ca_answer_out(w, e, days);
	}
	return status;
}

static int
ca_ocsp(int argc, char **argv)
{
	const char *pass_file = NULL, *days_text = NULL;
	const struct arg options[] = {
	    {"days", "N", "good for so many days (7), at most 10",
		.text = &days_text},
	    {"pass-file", "FILE", "passphrase of the authority, first line",
		.text = &pass_file},
	    {NULL}};
	const struct args how = {.command = "ca ocsp",
	    .operands = "",
	    .about = "Signs OCSP answers about all certificates that have not "
		     "expired, and publishes them.",
	    .options = options};
	struct ca_work w = {0};
	unsigned days;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = ca_days(&days, &how, "days", days_text, CA_LIST_DAYS,
		 10)) == EXIT_FINE &&
	    (status = ca_open(&w)) == EXIT_FINE &&
	    (status = ca_unseal(&w, CA_ISSUING, pass_file)) == EXIT_FINE &&
	    (status = ca_lock(&w)) == EXIT_FINE)
		status = answer_all(&w, days);
	ca_end(&w);
	return status;
}

/* ---- revoke ---- */

static int
reason_of(unsigned *out, const struct args *how, const char *name)
{
	*out = 0;
	for (size_t i = 0; name != NULL && i < REASONS; i++) {
		if (reasons[i] == NULL || strcmp(reasons[i], name) != 0)
			continue;
		*out = (unsigned)i;
		return EXIT_FINE;
	}
	if (name == NULL)
		return EXIT_FINE;
	return args_usage(how,
	    "--reason: unspecified, key-compromise, ca-compromise, "
	    "affiliation-changed, superseded, cessation or "
	    "privilege-withdrawn");
}

static bool
is_meant(const struct ca_entry *e, const char *word)
{
	char hex[CA_HEX];
	size_t n = strlen(word);

	ca_entry_hex(hex, e);
	if (n >= DIGITS_MIN && n < CA_HEX && strncasecmp(hex, word, n) == 0)
		return true;
	for (size_t i = 0; i < e->address_count; i++)
		if (bl_span_equal_nocase(
			bl_span_str(e->addresses[i]), bl_span_str(word)))
			return true;
	return false;
}

/* What is meant; where that is several, only with --all. Those that are revoked
 * or have expired count where there is no other. */
static int
choose(bool *chosen, size_t *n, const struct ca_work *w, const char *word,
    bool all)
{
	size_t current = 0;

	*n = 0;
	for (size_t i = 0; i < w->c.n; i++) {
		const struct ca_entry *e = &w->c.entries[i];

		chosen[i] = is_meant(e, word);
		*n += chosen[i];
		current += chosen[i] && e->revoked_at == 0 &&
		    e->not_after >= w->now;
	}
	for (size_t i = 0; current > 0 && i < w->c.n; i++)
		if (w->c.entries[i].revoked_at != 0 ||
		    w->c.entries[i].not_after < w->now)
			chosen[i] = false;
	if (current > 0)
		*n = current;
	if (*n == 0)
		return say_fail(EXIT_RULE,
		    "%s: no such certificate; 'bulla ca list' shows all", word);
	if (current > 1 && !all)
		return say_fail(EXIT_USAGE,
		    "%s: there are several certificates; say which by its "
		    "number ('bulla ca list'), or --all",
		    word);
	return EXIT_FINE;
}

/* The entry first: what was said to be revoked stays so, whatever happens to
 * the lists. */
static int
revoke_entry(struct ca_work *w, struct ca_entry *e, unsigned reason)
{
	struct bl_note note = {0};
	enum bl_err err = BL_OK;

	if (e->revoked_at == 0) {
		e->revoked_at = w->now;
		e->reason = reason;
		err = ca_entry_save(&w->c, e, &note);
	}
	if (err != BL_OK)
		return say_error(w->c.home, err, &note);
	ca_show(e, w->now);
	return EXIT_FINE;
}

static int
revoke_chosen(struct ca_work *w, const bool *chosen, unsigned reason,
    const char *pass_file)
{
	bool issuers[2] = {false, false};
	int status = EXIT_FINE;

	for (size_t i = 0; i < w->c.n; i++)
		if (chosen[i])
			issuers[w->c.entries[i].issuer] = true;
	if (issuers[CA_ROOT] && reason == 0)
		return say_fail(EXIT_USAGE,
		    "an authority is revoked for a reason: give --reason");
	if (issuers[CA_ROOT] &&
	    (status = ca_unseal(w, CA_ROOT, pass_file)) != EXIT_FINE)
		return status;
	for (size_t i = 0; i < w->c.n && status == EXIT_FINE; i++)
		if (chosen[i])
			status = revoke_entry(w, &w->c.entries[i], reason);
	if (status == EXIT_FINE && issuers[CA_ISSUING])
		status = ca_list_out(w, CA_ISSUING, CA_LIST_DAYS);
	if (status == EXIT_FINE && issuers[CA_ROOT])
		status = ca_list_out(w, CA_ROOT, CA_ROOT_DAYS);
	for (size_t i = 0; i < w->c.n && status == EXIT_FINE; i++)
		if (chosen[i])
			status = ca_answer_out(w, &w->c.entries[i],
			    w->c.entries[i].issuer == CA_ROOT ? CA_ROOT_DAYS
							      : CA_LIST_DAYS);
	return status;
}

static int
revoke_meant(struct ca_work *w, const char *word, bool all, unsigned reason,
    const char *pass_file)
{
	bool *chosen = calloc(w->c.n + 1, sizeof(*chosen));
	size_t n;
	int status;

	if (chosen == NULL)
		return say_fail(EXIT_AROUND, "out of memory");
	if ((status = choose(chosen, &n, w, word, all)) == EXIT_FINE)
		status = revoke_chosen(w, chosen, reason, pass_file);
	free(chosen);
	return status;
}

static int
ca_revoke(int argc, char **argv)
{
	const char *pass_file = NULL, *reason_text = NULL;
	bool all = false;
	const struct arg options[] = {
	    {"reason", "REASON", "key-compromise, superseded, cessation, ...",
		.text = &reason_text},
	    {"all", NULL, "all certificates of the address", .flag = &all},
	    {"pass-file", "FILE", "passphrase of the authority, first line",
		.text = &pass_file},
	    {NULL}};
	const struct args how = {.command = "ca revoke",
	    .operands = "ADDRESS|SERIAL",
	    .about = "Revokes a certificate for ever, and publishes a new list "
		     "and answer.",
	    .options = options,
	    .min = 1,
	    .max = 1};
	struct ca_work w = {0};
	unsigned reason;
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = reason_of(&reason, &how, reason_text)) == EXIT_FINE &&
	    (status = ca_open(&w)) == EXIT_FINE &&
	    (status = ca_unseal(&w, CA_ISSUING, pass_file)) == EXIT_FINE &&
	    (status = ca_lock(&w)) == EXIT_FINE)
		status = revoke_meant(&w, argv[first], all, reason, pass_file);
	ca_end(&w);
	return status;
}

int
cmd_ca(int argc, char **argv)
{
	static const struct command commands[] = {
	    {"init", "make an authority: a root and an intermediate", ca_init},
	    {"issue", "make a certificate for an address", ca_issue},
	    {"revoke", "revoke a certificate", ca_revoke},
	    {"crl", "make and publish new revocation lists", ca_crl},
	    {"ocsp", "sign and publish OCSP answers", ca_ocsp},
	    {"list", "list what was issued", ca_list},
	    {NULL, NULL, NULL},
	};

	return command_run("ca", commands, argc, argv);
}
