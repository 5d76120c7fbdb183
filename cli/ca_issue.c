/* ca_issue.c - bulla ca init, and bulla ca issue: what makes certificates. */
#include <errno.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/ca.h"
#include "cli/command.h"
#include "cli/out.h"
#include "cli/say.h"

#define SKEW	      300 /* seconds that clocks may differ */
#define ROOT_DAYS     7300u
#define CA_VALID_DAYS 3650u
#define MAILBOX_DAYS  730u
#define PARTS_MAX     2 /* certificates at once: to sign, and to encrypt */

/* ---- what both need ---- */

static const struct {
	const char *name;
	struct bl_wire_generate how;
} key_kinds[] = {
    {"p256", {BL_KEY_EC_P256, 0}},
    {"p384", {BL_KEY_EC_P384, 0}},
    {"rsa3072", {BL_KEY_RSA, 3072}},
    {"rsa4096", {BL_KEY_RSA, 4096}},
};

static int
key_kind(struct bl_wire_generate *out, const struct args *how, const char *name,
    const char *otherwise)
{
	if (name == NULL)
		name = otherwise;
	for (size_t i = 0; i < sizeof(key_kinds) / sizeof(*key_kinds); i++) {
		if (strcmp(key_kinds[i].name, name) != 0)
			continue;
		*out = key_kinds[i].how;
		return EXIT_FINE;
	}
	return args_usage(how, "--key: p256, p384, rsa3072 or rsa4096");
}

/* A number nobody can foresee; the last bit is zero (see ca.c). */
static int
new_serial(uint8_t serial[CA_SERIAL])
{
	if (getrandom(serial, CA_SERIAL, 0) != CA_SERIAL)
		return say_fail(EXIT_AROUND, "there are no random numbers");
	serial[0] = (serial[0] & 0x3f) | 0x40;
	serial[CA_SERIAL - 1] &= 0xfe;
	return EXIT_FINE;
}

/* The last second of so many days. */
static int64_t
end_of(int64_t from, unsigned days)
{
	return from + (int64_t)days * CA_DAY - 1;
}

/* urls holds the places of what `issuer` publishes. */
struct urls {
	char *crl, *cert, *ocsp;
};

static int
urls_make(struct urls *u, const struct ca *c, enum ca_signer issuer,
    const char *serial)
{
	const char *base = issuer == CA_ROOT ? "root" : "ca";

	*u = (struct urls){0};
	if (asprintf(&u->crl, "%s/%s.crl", c->url, base) < 0)
		u->crl = NULL;
	if (asprintf(&u->cert, "%s/%s.crt", c->url, base) < 0)
		u->cert = NULL;
	if (asprintf(&u->ocsp, "%s/ocsp/%s", c->url, serial) < 0)
		u->ocsp = NULL;
	return u->crl != NULL && u->cert != NULL && u->ocsp != NULL
	    ? EXIT_FINE
	    : say_fail(EXIT_AROUND, "out of memory");
}

static void
urls_free(struct urls *u)
{
	free(u->crl);
	free(u->cert);
	free(u->ocsp);
}

/* Has the agent certify what `ask` says, of this entry. */
static int
certify(struct ca_work *w, struct bl_wire_certify *ask, struct ca_entry *e,
    enum bl_err *err)
{
	struct bl_issue_cert *t = &ask->cert;
	struct bl_note note = {0};
	struct urls u = {0};
	char hex[CA_HEX];
	int status = EXIT_FINE;

	ca_entry_hex(hex, e);
	t->serial = bl_span_of(e->serial, CA_SERIAL);
	t->not_before = e->not_before;
	t->not_after = e->not_after;
	ask->issuer = bl_span_of(w->c.who[e->issuer].key, BL_SHA256_SIZE);
	ca_name(&t->issuer, &w->c, e->issuer);
	if (t->kind != BL_ISSUE_ROOT) {
		status = urls_make(&u, &w->c, e->issuer, hex);
		t->crl_url = bl_span_str(u.crl);
		t->issuer_url = bl_span_str(u.cert);
		t->ocsp_url = bl_span_str(u.ocsp);
	}
	*err = BL_E_MEMORY;
	if (status == EXIT_FINE &&
	    (*err = bl_agent_certify(&e->der, w->s.agent, ask, &note)) != BL_OK)
		status = say_error("the certificate", *err, &note);
	urls_free(&u);
	return status;
}

/* ---- init ---- */

struct founding {
	struct ca_work w;
	const char *organization, *country, *url, *folder, *name, *root_name;
	const char *pass_file;
	struct args_list domains;
	struct bl_wire_generate key;
	unsigned days, root_days;
};

static char *
text_or(const char *given, const char *organization, const char *behind)
{
	char *text;

	if (given != NULL)
		return strdup(given);
	return asprintf(&text, "%s %s", organization, behind) < 0 ? NULL : text;
}

/* Absolute, as it is used from anywhere later. */
static char *
folder_of(const struct founding *f)
{
	char *path = NULL, *here;
	int n = -1;

	if (f->folder == NULL) {
		n = asprintf(&path, "%s/public", f->w.c.home);
	} else if (*f->folder == '/') {
		return strdup(f->folder);
	} else if ((here = getcwd(NULL, 0)) != NULL) {
		n = asprintf(&path, "%s/%s", here, f->folder);
		free(here);
	}
	return n < 0 ? NULL : path;
}

static char *
without_slash(const char *url)
{
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	return strndup(url, n);
}

/* Domains are compared and written in lower case. */
static void
lower(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text += 'a' - 'A';
}

static bool
copy_domains(struct ca *c, const struct args_list *from)
{
	c->domains = calloc(from->n + 1, sizeof(*c->domains));
	if (c->domains == NULL)
		return false;
	for (; c->domain_count < from->n; c->domain_count++) {
		char *d = strdup(from->items[c->domain_count]);

		if (d == NULL)
			return false;
		lower(d);
		c->domains[c->domain_count] = d;
	}
	return true;
}

static int
fill(struct founding *f)
{
	struct ca *c = &f->w.c;

	c->organization = strdup(f->organization);
	c->country = strdup(f->country);
	c->url = without_slash(f->url);
	c->folder = folder_of(f);
	c->who[CA_ROOT].common = text_or(
	    f->root_name, f->organization, "Root CA");
	c->who[CA_ISSUING].common = text_or(
	    f->name, f->organization, "S/MIME CA");
	return c->organization != NULL && c->country != NULL &&
		c->url != NULL && c->folder != NULL &&
		c->who[CA_ROOT].common != NULL &&
		c->who[CA_ISSUING].common != NULL &&
		copy_domains(c, &f->domains)
	    ? EXIT_FINE
	    : say_fail(EXIT_AROUND, "out of memory");
}

/* A key of the authority: made and sealed by the agent. */
static int
make_key(struct founding *f, enum ca_signer who)
{
	struct ca_work *w = &f->w;
	struct bl_agent_key key;
	struct bl_buf sealed = {0};
	struct bl_note note = {0};
	enum bl_err err;

	if ((err = bl_agent_generate(&key, w->s.agent, &f->key, &note)) ==
		BL_OK &&
	    (err = bl_agent_seal(&sealed, w->s.agent,
		 bl_span_of(key.id, sizeof(key.id)), w->s.pass, &note)) ==
		BL_OK)
		err = ca_key_save(&w->c, who, bl_buf_span(&sealed), &note);
	if (err == BL_OK) {
		memcpy(w->c.who[who].key, key.id, sizeof(key.id));
		w->unsealed[who] = true;
	}
	bl_buf_clear(&sealed);
	return err == BL_OK ? EXIT_FINE
			    : say_error("the authority's keys", err, &note);
}

static int
certify_who(struct founding *f, enum ca_signer who, int64_t until)
{
	struct ca *c = &f->w.c;
	struct ca_who *to = &c->who[who];
	struct bl_wire_certify ask = {
	    .own = bl_span_of(to->key, sizeof(to->key)),
	    .cert = {.kind = who == CA_ROOT ? BL_ISSUE_ROOT
					    : BL_ISSUE_INTERMEDIATE}};
	struct ca_entry e = {.issuer = CA_ROOT, .not_before = f->w.now - SKEW};
	enum bl_err err;
	int status;

	e.not_after = until;
	ca_name(&ask.cert.subject, c, who);
	for (size_t i = 0; who == CA_ISSUING && i < c->domain_count; i++)
		ask.cert.domains[ask.cert.domain_count++] = bl_span_str(
		    c->domains[i]);
	if ((status = new_serial(e.serial)) == EXIT_FINE &&
	    (status = certify(&f->w, &ask, &e, &err)) == EXIT_FINE) {
		memcpy(to->serial, e.serial, CA_SERIAL);
		to->not_before = e.not_before;
		to->not_after = e.not_after;
		bl_buf_add(&to->der, bl_buf_span(&e.der));
	}
	ca_entry_clear(&e);
	return status;
}

/* With ca_save the authority is there; a command that ends before leaves
 * nothing but keys that are made anew. */
static int
found(struct founding *f)
{
	struct ca_work *w = &f->w;
	struct bl_note note = {0};
	int64_t from = w->now - SKEW;
	enum bl_err err;
	int status;

	if ((status = make_key(f, CA_ROOT)) != EXIT_FINE ||
	    (status = make_key(f, CA_ISSUING)) != EXIT_FINE ||
	    (status = certify_who(f, CA_ROOT, end_of(from, f->root_days))) !=
		EXIT_FINE ||
	    (status = certify_who(f, CA_ISSUING, end_of(from, f->days))) !=
		EXIT_FINE)
		return status;
	if ((err = ca_number_start(&w->c, CA_ROOT, &note)) != BL_OK ||
	    (err = ca_number_start(&w->c, CA_ISSUING, &note)) != BL_OK ||
	    (err = ca_save(&w->c, &note)) != BL_OK ||
	    (err = ca_entries(&w->c, &note)) != BL_OK)
		return say_error(w->c.home, err, &note);
	if ((status = ca_root_out(w)) == EXIT_FINE)
		status = ca_list_out(w, CA_ISSUING, CA_LIST_DAYS);
	if (status == EXIT_FINE)
		ca_show(ca_intermediate(&w->c), w->now);
	return status;
}

/* The lock first: of two at once, the other one finds an authority. */
static int
settle(struct founding *f)
{
	struct ca_work *w = &f->w;
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	if ((err = state_lock(w->s.state, &note)) != BL_OK)
		return say_error(state_folder(w->s.state), err, &note);
	err = ca_load(&w->c, w->s.state, &note);
	if (err == BL_OK)
		return say_fail(EXIT_RULE,
		    "there is an authority here already: %s", w->c.home);
	if (err != BL_E_MISSING)
		return say_error(w->c.home, err, &note);
	ca_clear(&w->c);
	note = (struct bl_note){0};
	if ((err = ca_at(&w->c, w->s.state, &note)) != BL_OK)
		return say_error(state_folder(w->s.state), err, &note);
	if ((status = fill(f)) != EXIT_FINE)
		return status;
	return found(f);
}

static int
demand(const struct founding *f, const struct args *how)
{
	if (f->organization == NULL || f->country == NULL || f->url == NULL)
		return args_usage(
		    how, "--organization, --country and --url are needed");
	if (f->domains.n > BL_ISSUE_DOMAINS)
		return args_usage(
		    how, "--domain: at most %u", (unsigned)BL_ISSUE_DOMAINS);
	if (f->days > f->root_days)
		return args_usage(
		    how, "--days: the intermediate cannot outlive the root");
	return EXIT_FINE;
}

static int
begin_init(struct founding *f, const char *pass_file)
{
	struct ca_work *w = &f->w;
	int status;

	w->now = (int64_t)time(NULL);
	if ((status = session_state(&w->s)) != EXIT_FINE ||
	    (status = pass_ask(&w->s.pass, pass_file, "pass-file",
		 "New passphrase of the authority (8 characters or more): ",
		 true)) != EXIT_FINE ||
	    (status = pass_demand(&w->s.pass, PASS_MIN)) != EXIT_FINE ||
	    (status = pass_agent(&w->s)) != EXIT_FINE)
		return status;
	return settle(f);
}

int
ca_init(int argc, char **argv)
{
	struct founding f = {0};
	const char *key = NULL, *days = NULL, *root_days = NULL;
	const struct arg options[] = {
	    {"organization", "NAME", "who the authority belongs to",
		.text = &f.organization},
	    {"country", "CC", "where that is: two capital letters",
		.text = &f.country},
	    {"url", "URL",
		"http://... where the published folder will be found",
		.text = &f.url},
	    {"folder", "FOLDER",
		"the published folder (ca/public of the state)",
		.text = &f.folder},
	    {"domain", "DOMAIN", "certify addresses of this domain only",
		.list = &f.domains},
	    {"name", "NAME", "of the intermediate (NAME S/MIME CA)",
		.text = &f.name},
	    {"root-name", "NAME", "of the root (NAME Root CA)",
		.text = &f.root_name},
	    {"key", "KIND", "p256 (default), p384, rsa3072, rsa4096",
		.text = &key},
	    {"days", "N", "of the intermediate (3650)", .text = &days},
	    {"root-days", "N", "of the root (7300)", .text = &root_days},
	    {"pass-file", "FILE", "passphrase for its keys, first line",
		.text = &f.pass_file},
	    {NULL}};
	const struct args how = {.command = "ca init",
	    .operands = "",
	    .about = "Makes an authority: a root and an intermediate that "
		     "certifies mailboxes.",
	    .options = options};
	int first, status = args_read(&how, argc, argv, &first);

	if (status == -1 &&
	    (status = ca_days(&f.root_days, &how, "root-days", root_days,
		 ROOT_DAYS, BL_ISSUE_CA_DAYS)) == EXIT_FINE &&
	    (status = ca_days(&f.days, &how, "days", days,
		 f.root_days < CA_VALID_DAYS ? f.root_days : CA_VALID_DAYS,
		 BL_ISSUE_CA_DAYS)) == EXIT_FINE &&
	    (status = key_kind(&f.key, &how, key, "p256")) == EXIT_FINE &&
	    (status = demand(&f, &how)) == EXIT_FINE)
		status = begin_init(&f, f.pass_file);
	args_list_clear(&f.domains);
	ca_end(&f.w);
	return status;
}

/* ---- issue ---- */

/* part is one of the certificates that are made at once. */
struct part {
	struct ca_entry e;
	struct bl_agent_key key; /* of a key that is made here */
};

struct issuing {
	struct ca_work w;
	const char *name, *request, *path, *pass_file, *new_file;
	char **addresses; /* as they are certified; owned */
	size_t address_count;
	struct bl_wire_generate key;
	struct bl_issue_public asked; /* of a request */
	struct bl_secret *pass;	      /* of the file that is made */
	struct out out;
	bool separate, sign, encrypt;
	unsigned days;
	struct part parts[PARTS_MAX];
	size_t n;
};

static void
issuing_end(struct issuing *i)
{
	for (size_t k = 0; k < PARTS_MAX; k++)
		ca_entry_clear(&i->parts[k].e);
	for (size_t k = 0; k < i->address_count; k++)
		free(i->addresses[k]);
	free(i->addresses);
	bl_secret_free(i->pass);
	out_close(&i->out);
	ca_end(&i->w);
}

static int
take_addresses(struct issuing *i, char *const *from, size_t n)
{
	i->addresses = calloc(n, sizeof(*i->addresses));
	for (; i->addresses != NULL && i->address_count < n;
	     i->address_count++) {
		char *a = strdup(from[i->address_count]), *at;

		if (a == NULL)
			break;
		if ((at = strrchr(a, '@')) != NULL)
			lower(at);
		i->addresses[i->address_count] = a;
	}
	return i->address_count == n ? EXIT_FINE
				     : say_fail(EXIT_AROUND, "out of memory");
}

/* As RFC 5280 4.2.1.10 has it: a host, or with a dot in front all below it. */
static bool
is_within(const char *domain, const char *rule)
{
	size_t n = strlen(domain), m = strlen(rule);

	if (*rule != '.')
		return strcmp(domain, rule) == 0;
	return n > m && strcmp(domain + n - m, rule) == 0;
}

static int
check_domains(const struct issuing *i)
{
	const struct ca *c = &i->w.c;

	for (size_t k = 0; k < i->address_count; k++) {
		const char *at = strrchr(i->addresses[k], '@');
		bool ok = c->domain_count == 0;

		for (size_t d = 0; at != NULL && d < c->domain_count; d++)
			ok = ok || is_within(at + 1, c->domains[d]);
		if (!ok)
			return say_fail(EXIT_RULE,
			    "%s: the authority may not certify its domain",
			    i->addresses[k]);
	}
	return EXIT_FINE;
}

/* Takes the key out of a request, which the reader looks at. */
static int
read_request(struct issuing *i)
{
	struct bl_note note = {0};
	enum bl_err err;
	int fd, status;

	if ((status = session_start(&i->w.s)) != EXIT_FINE ||
	    (status = session_input(&fd, i->request)) != EXIT_FINE)
		return status;
	err = bl_reader_request(&i->asked, i->w.s.reader, fd, &note);
	if (fd != STDIN_FILENO)
		close(fd);
	return err == BL_OK
	    ? EXIT_FINE
	    : say_error(session_input_name(i->request), err, &note);
}

/* What is asked for and looked at before anything is made. */
static int
prepare(struct issuing *i)
{
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	if ((status = ca_open(&i->w)) != EXIT_FINE ||
	    (status = check_domains(i)) != EXIT_FINE ||
	    (i->request != NULL && (status = read_request(i)) != EXIT_FINE) ||
	    (status = ca_unseal(&i->w, CA_ISSUING, i->pass_file)) != EXIT_FINE)
		return status;
	if (i->request == NULL &&
	    ((status = pass_ask(&i->pass, i->new_file, "new-pass-file",
		  "New passphrase of the file (12 characters or more): ",
		  true)) != EXIT_FINE ||
		(status = pass_demand(&i->pass, EXPORT_PASS_MIN)) != EXIT_FINE))
		return status;
	if ((err = out_open(&i->out, i->path, &note)) != BL_OK)
		return say_error(i->path, err, &note);
	return EXIT_FINE;
}

static int
make_keys(struct issuing *i)
{
	struct bl_note note = {0};
	enum bl_err err = BL_OK;

	for (size_t k = 0; i->request == NULL && k < i->n && err == BL_OK; k++)
		err = bl_agent_generate(
		    &i->parts[k].key, i->w.s.agent, &i->key, &note);
	return err == BL_OK ? EXIT_FINE : say_error("a key", err, &note);
}

static bool
copy_names(struct ca_entry *e, const struct issuing *i)
{
	e->name = strdup(i->name != NULL ? i->name : "");
	e->addresses = calloc(i->address_count, sizeof(*e->addresses));
	if (e->name == NULL || e->addresses == NULL)
		return false;
	for (; e->address_count < i->address_count; e->address_count++)
		if ((e->addresses[e->address_count] = strdup(
			 i->addresses[e->address_count])) == NULL)
			return false;
	return true;
}

static int
begin_part(struct issuing *i, struct part *p, bool sign, bool encrypt)
{
	const struct ca_who *issuer = &i->w.c.who[CA_ISSUING];
	struct ca_entry *e = &p->e;

	e->issuer = CA_ISSUING;
	e->sign = sign;
	e->encrypt = encrypt;
	e->not_before = i->w.now - SKEW;
	e->not_after = end_of(e->not_before, i->days);
	if (e->not_after > issuer->not_after) {
		e->not_after = issuer->not_after;
		say_warn("the authority itself ends before that: the "
			 "certificate ends with it");
	}
	if (!copy_names(e, i))
		return say_fail(EXIT_AROUND, "out of memory");
	return new_serial(e->serial);
}

static int
save_entry(struct issuing *i, const struct ca_entry *e)
{
	struct bl_note note = {0};
	enum bl_err err = ca_entry_save(&i->w.c, e, &note);

	return err == BL_OK ? EXIT_FINE : say_error(i->w.c.home, err, &note);
}

/* The number is written down, then used: whatever is signed can be revoked. */
static int
issue_part(struct issuing *i, struct part *p)
{
	struct bl_wire_certify ask = {
	    .cert = {.kind = BL_ISSUE_MAILBOX, .key = i->asked}};
	enum bl_err err, dropped;
	int status;

	ask.cert.sign = p->e.sign;
	ask.cert.encrypt = p->e.encrypt;
	if (i->request == NULL)
		ask.own = bl_span_of(p->key.id, sizeof(p->key.id));
	for (size_t k = 0; k < i->address_count; k++)
		ask.cert.addresses[ask.cert.address_count++] = bl_span_str(
		    i->addresses[k]);
	if ((status = save_entry(i, &p->e)) != EXIT_FINE)
		return status;
	if ((status = certify(&i->w, &ask, &p->e, &err)) != EXIT_FINE) {
		/* refused, so nothing was signed */
		if (err == BL_E_DENIED &&
		    (dropped = ca_entry_drop(&i->w.c, &p->e, NULL)) != BL_OK)
			(void)dropped; /* it is listed as unfinished */
		return status;
	}
	if ((status = save_entry(i, &p->e)) != EXIT_FINE)
		return status;
	return ca_answer_out(&i->w, &p->e, CA_LIST_DAYS);
}

static int
issue_parts(struct issuing *i)
{
	int status;

	if ((status = ca_lock(&i->w)) != EXIT_FINE)
		return status;
	if (ca_intermediate(&i->w.c)->revoked_at != 0)
		return say_fail(EXIT_RULE, "the authority is revoked");
	if (i->w.c.who[CA_ISSUING].not_after <= i->w.now)
		return say_fail(EXIT_RULE, "the authority has expired");
	for (size_t k = 0; k < i->n && status == EXIT_FINE; k++)
		if ((status = begin_part(i, &i->parts[k],
			 i->separate ? k == 0 : i->sign,
			 i->separate ? k == 1 : i->encrypt)) == EXIT_FINE)
			status = issue_part(i, &i->parts[k]);
	return status;
}

/* Keys and certificates, then the chain. */
static enum bl_err
write_p12(struct bl_buf *bytes, struct issuing *i, struct bl_note *note)
{
	struct bl_wire_export e = {0};
	const char *label = i->name != NULL ? i->name : i->addresses[0];

	for (size_t k = 0; k < i->n; k++)
		e.entries[e.n++] = (struct bl_wire_export_entry){
		    bl_span_of(i->parts[k].key.id, BL_SHA256_SIZE),
		    bl_buf_span(&i->parts[k].e.der), bl_span_str(label)};
	for (int who = CA_ISSUING; who >= CA_ROOT; who--)
		e.entries[e.n++] = (struct bl_wire_export_entry){
		    .cert = bl_buf_span(&i->w.c.who[who].der),
		    .name = bl_span_str(i->w.c.who[who].common)};
	return bl_agent_export(bytes, i->w.s.agent, &e, i->pass, note);
}

static enum bl_err
write_pem(struct bl_buf *bytes, const struct issuing *i, struct bl_note *note)
{
	bl_pem_write(bytes, "CERTIFICATE", bl_buf_span(&i->parts[0].e.der));
	bl_pem_write(
	    bytes, "CERTIFICATE", bl_buf_span(&i->w.c.who[CA_ISSUING].der));
	return bl_buf_err(bytes, note);
}

static int
hand_over(struct issuing *i)
{
	struct bl_buf bytes = {0};
	struct bl_note note = {0};
	enum bl_err err = i->request == NULL ? write_p12(&bytes, i, &note)
					     : write_pem(&bytes, i, &note);

	if (err == BL_OK &&
	    (err = out_write(i->out.fd, bl_buf_span(&bytes), &note)) == BL_OK)
		err = out_commit(
		    &i->out, i->request == NULL ? 0600 : 0644, &note);
	bl_buf_clear(&bytes);
	if (err == BL_OK)
		return EXIT_FINE;
	return say_error(i->path, err, &note);
}

/* What was signed, and whose key ends with this command. */
static void
tell_lost(const struct issuing *i)
{
	for (size_t k = 0; k < i->n; k++) {
		char hex[CA_HEX];

		ca_entry_hex(hex, &i->parts[k].e);
		if (i->parts[k].e.der.n > 0)
			say_note("Certificate %s was made, and nobody has it: "
				 "revoke it.",
			    hex);
	}
}

static int
issue(struct issuing *i)
{
	int status;

	if ((status = prepare(i)) != EXIT_FINE ||
	    (status = make_keys(i)) != EXIT_FINE)
		return status;
	if ((status = issue_parts(i)) != EXIT_FINE ||
	    (status = hand_over(i)) != EXIT_FINE) {
		tell_lost(i);
		return status;
	}
	for (size_t k = 0; k < i->n && !i->out.is_stream; k++)
		ca_show(&i->parts[k].e, i->w.now);
	return EXIT_FINE;
}

/* What goes together, and what not. */
static int
combine(struct issuing *i, const struct args *how, const char *purpose,
    const char *key)
{
	i->sign = purpose == NULL || strcmp(purpose, "both") == 0 ||
	    strcmp(purpose, "sign") == 0;
	i->encrypt = purpose == NULL || strcmp(purpose, "both") == 0 ||
	    strcmp(purpose, "encrypt") == 0;
	if (!i->sign && !i->encrypt)
		return args_usage(how, "--purpose: both, sign or encrypt");
	if (i->separate && purpose != NULL)
		return args_usage(how, "--separate makes one of each purpose");
	if (i->request != NULL &&
	    (i->separate || key != NULL || i->new_file != NULL))
		return args_usage(how,
		    "--request brings one key: --separate, --key and "
		    "--new-pass-file are for keys that are made");
	if (i->request == NULL &&
	    (i->path == NULL || strcmp(i->path, "-") == 0) &&
	    isatty(STDOUT_FILENO) == 1)
		return args_usage(
		    how, "a key is not shown on a terminal: give --out FILE");
	i->n = i->separate ? 2 : 1;
	return EXIT_FINE;
}

int
ca_issue(int argc, char **argv)
{
	struct issuing i = {.out = {.fd = -1, .folder = -1}};
	const char *key = NULL, *days = NULL, *purpose = NULL;
	const struct arg options[] = {
	    {"out", "FILE", "PKCS#12 file; with --request PEM",
		.text = &i.path},
	    {"new-pass-file", "FILE", "passphrase the PKCS#12 file shall have",
		.text = &i.new_file},
	    {"request", "FILE", "certify the key of this PKCS#10 request",
		.text = &i.request},
	    {"separate", NULL, "two keys: one to sign, one to encrypt",
		.flag = &i.separate},
	    {"purpose", "WHAT", "both (default), sign or encrypt",
		.text = &purpose},
	    {"name", "NAME", "what the list and the file call it",
		.text = &i.name},
	    {"key", "KIND", "p256, p384, rsa3072 (default), rsa4096",
		.text = &key},
	    {"days", "N", "valid for so many days (730), at most 825",
		.text = &days},
	    {"pass-file", "FILE", "passphrase of the authority, first line",
		.text = &i.pass_file},
	    {NULL}};
	const struct args how = {.command = "ca issue",
	    .operands = "ADDRESS...",
	    .about = "Makes a certificate for the addresses of a mailbox, with "
		     "a new key or for one\nthat brings a request. Who gets "
		     "it must be the one who reads that mailbox.",
	    .options = options,
	    .min = 1,
	    .max = (int)BL_ISSUE_ADDRS};
	int first, status = args_read(&how, argc, argv, &first);

	if (status == -1 &&
	    (status = combine(&i, &how, purpose, key)) == EXIT_FINE &&
	    (status = key_kind(&i.key, &how, key, "rsa3072")) == EXIT_FINE &&
	    (status = ca_days(&i.days, &how, "days", days, MAILBOX_DAYS,
		 BL_ISSUE_DAYS)) == EXIT_FINE &&
	    (status = take_addresses(
		 &i, argv + first, (size_t)(argc - first))) == EXIT_FINE)
		status = issue(&i);
	issuing_end(&i);
	return status;
}
