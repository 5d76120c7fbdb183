/* check.c - bulla cert check: is this certificate good? */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/judge.h"
#include "cli/report.h"
#include "cli/say.h"

/* What the person asked for. */
struct wish {
	struct judge_by by;
	const char *purpose, *address;
	struct args_list policies;
	bool json, explicit_policy, inhibit_mapping, inhibit_any;
	struct bl_buf oids[BL_READER_POLICIES];
};

/* A number in base 128, as an object identifier has it (X.690 8.19). */
static void
put_arc(struct bl_buf *out, uint64_t v)
{
	int shift = 63;

	while (shift > 0 && (v >> shift) == 0)
		shift -= 7;
	for (; shift > 0; shift -= 7)
		bl_buf_add_u8(out, (uint8_t)(0x80 | ((v >> shift) & 0x7f)));
	bl_buf_add_u8(out, (uint8_t)(v & 0x7f));
}

/* Reads "1.2.840": at least two numbers. */
static bool
read_oid(struct bl_buf *out, const char *text)
{
	uint64_t first = 0, v;
	size_t n = 0;
	char *end;

	for (;; text = end + 1, n++) {
		if (*text < '0' || *text > '9' || strlen(text) > 200)
			return false;
		v = strtoull(text, &end, 10);
		if (v > UINT32_MAX || (*end != '.' && *end != '\0'))
			return false;
		if (n == 0 ? v > 2 : n == 1 && first < 2 && v > 39)
			return false;
		if (n == 0)
			first = v;
		else
			put_arc(out, n == 1 ? first * 40 + v : v);
		if (*end == '\0')
			break;
	}
	return n > 0 && out->n <= BL_READER_POLICY_MAX;
}

static int
read_words(struct bl_wire_check *ask, struct wish *w, const struct args *how)
{
	const char *p = w->purpose != NULL ? w->purpose : "any";

	if (strcmp(p, "any") == 0)
		ask->purpose = BL_PURPOSE_ANY;
	else if (strcmp(p, "sign") == 0)
		ask->purpose = BL_PURPOSE_SIGN;
	else if (strcmp(p, "encrypt") == 0)
		ask->purpose = BL_PURPOSE_ENCRYPT;
	else
		return args_usage(
		    how, "--purpose: '%s' is none of sign, encrypt, any", p);
	if (w->policies.n > BL_READER_POLICIES)
		return args_usage(how, "--policy: there are too many");
	for (size_t i = 0; i < w->policies.n; i++) {
		if (!read_oid(&w->oids[i], w->policies.items[i]))
			return args_usage(how,
			    "--policy: '%s' is no object identifier",
			    w->policies.items[i]);
		ask->policies[ask->policy_count++] = bl_buf_span(&w->oids[i]);
	}
	ask->explicit_policy = w->explicit_policy;
	ask->inhibit_mapping = w->inhibit_mapping;
	ask->inhibit_any = w->inhibit_any;
	return judge_words(ask, how, &w->by, w->address);
}

static int
ask(struct session *s, const struct wish *w, const struct bl_wire_check *q,
    const char *path)
{
	struct records asked = {0};
	struct bl_note note = {0};
	json_t *j = NULL;
	enum bl_err err = BL_OK;
	int status = session_certs(s, path, &asked);

	/* the first is meant, the others may be its issuers */
	for (size_t i = 1; status == EXIT_FINE && err == BL_OK && i < asked.n;
	     i++)
		err = der_set_add(
		    &s->pool, bl_buf_span(&asked.list[i].der), &note);
	if (status != EXIT_FINE)
		goto out;
	if (err == BL_OK)
		err = judge_one(
		    &j, s, q, bl_buf_span(&asked.list[0].der), &note);
	if (err != BL_OK) {
		status = say_error(path, err, &note);
		goto out;
	}
	if (w->json)
		report_print(stdout, j);
	else
		report_check(stdout, j);
	status = json_is_true(json_object_get(j, "valid")) ? EXIT_FINE
							   : EXIT_UNPROVEN;
out:
	json_decref(j);
	records_clear(&asked);
	return status;
}

int
cert_check(int argc, char **argv)
{
	struct wish w = {0};
	struct session s = {0};
	struct bl_wire_check q = {0};
	const struct arg options[] = {JUDGE_OPTIONS(w.by),
	    {"purpose", "USE", "sign, encrypt, any (the default)",
		.text = &w.purpose},
	    {"address", "ADDRESS", "it is to be for this address",
		.text = &w.address},
	    {"policy", "OID", "a policy that is wanted; may be given often",
		.list = &w.policies},
	    {"explicit-policy", NULL, "demand a policy",
		.flag = &w.explicit_policy},
	    {"inhibit-mapping", NULL, "follow no mapping of policies",
		.flag = &w.inhibit_mapping},
	    {"inhibit-any", NULL, "take anyPolicy for none",
		.flag = &w.inhibit_any},
	    {"json", NULL, "print a JSON object", .flag = &w.json}, {NULL}};
	const struct args how = {.command = "cert check",
	    .operands = "FILE",
	    .about = "Tells whether a certificate is good, and why: the path "
		     "to what is trusted, its use,\nits address, revocation. "
		     "The first of the file is meant.",
	    .options = options,
	    .min = 1,
	    .max = 1};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		goto out;
	if ((status = read_words(&q, &w, &how)) == EXIT_FINE &&
	    (status = session_start(&s)) == EXIT_FINE &&
	    (status = judge_gather(&s, &w.by, q.purpose)) == EXIT_FINE &&
	    (status = session_net(&s, &w.by.net)) == EXIT_FINE)
		status = ask(&s, &w, &q, argv[first]);
out:
	session_end(&s);
	for (size_t i = 0; i < BL_READER_POLICIES; i++)
		bl_buf_clear(&w.oids[i]);
	args_list_clear(&w.policies);
	judge_clear(&w.by);
	return status;
}
