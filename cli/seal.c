/* seal.c - bulla sign and bulla encrypt. */
#include <errno.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/session.h"

#define DAY	  (24 * 60 * 60) /* s */
#define SOON	  (30 * DAY)	 /* warn this long before the end */
#define CHAIN_MAX 10

/* What the person asked for. */
struct wish {
	const char *as, *out, *cipher, *digest, *policy;
	struct args_list keys, include, to, to_certs;
	bool sign, opaque, triple, pss, oaep, pkcs1, by_ski;
};

/* What goes into the job; records borrow from `all`, `contacts`, `given`. */
struct plan {
	struct records all;	 /* own certificates and what came with them */
	struct records contacts; /* of the state */
	struct records given;	 /* of --to-cert */
	const struct record *signer, *own_encrypt;
	struct der_set include, to;
	struct bl_wire_seal opts;
};

static bool
is_valid_at(const struct record *r, int64_t now)
{
	return r->not_before <= now && now <= r->not_after;
}

static const char *
subject_of(const struct record *r)
{
	return *record_addr_of(r) != '\0' ? record_addr_of(r) : r->name;
}

static void
warn_of_end(const struct record *r, int64_t now)
{
	if (is_valid_at(r, now) && r->not_after - now <= SOON)
		say_warn("the certificate of %s ends in %d days", subject_of(r),
		    (int)((r->not_after - now) / DAY));
}

/* ---- own certificates ---- */

static bool
has_own_key(const struct session *s, const struct record *r)
{
	return r->has_key ||
	    (s->state != NULL && state_has_key(s->state, r->key_id));
}

/*
 * The best own certificate for a use: one that is valid now if there is one,
 * so that an expired one is refused by name and not "not found".
 */
static const struct record *
best_own(const struct session *s, const struct records *rs, const char *addr,
    int64_t now, bool (*can)(const struct record *))
{
	const struct record *best = NULL;

	for (size_t i = 0; i < rs->n; i++) {
		const struct record *r = &rs->list[i];

		if (!has_own_key(s, r) || !can(r) ||
		    (addr != NULL && !record_has_addr(r, addr)))
			continue;
		if (best == NULL ||
		    is_valid_at(r, now) > is_valid_at(best, now) ||
		    (is_valid_at(r, now) == is_valid_at(best, now) &&
			record_better(r, best)))
			best = r;
	}
	return best;
}

/* Without --as it must be clear who signs. */
static bool
several_people(const struct session *s, const struct records *rs)
{
	const struct record *first = NULL;

	for (size_t i = 0; i < rs->n; i++) {
		const struct record *r = &rs->list[i];

		if (!has_own_key(s, r) || !record_can_sign(r))
			continue;
		if (first == NULL)
			first = r;
		else if (!record_has_addr(first, record_addr_of(r)))
			return true;
	}
	return false;
}

static int
choose_signer(struct session *s, const struct wish *w, struct plan *p,
    const struct args *how)
{
	int64_t now = p->opts.now;

	if (w->as == NULL && several_people(s, &p->all))
		return args_usage(how,
		    "there are certificates for several "
		    "addresses: say which with --as ADDRESS");
	p->signer = best_own(s, &p->all, w->as, now, record_can_sign);
	if (p->signer == NULL)
		return say_fail(EXIT_RULE,
		    "%s%scertificate not available: "
		    "there is no key and certificate to sign with; import one "
		    "with 'bulla key import', or give --key FILE",
		    w->as != NULL ? w->as : "", w->as != NULL ? ": " : "");
	p->own_encrypt = best_own(s, &p->all,
	    w->as != NULL ? w->as : record_addr_of(p->signer), now,
	    record_can_encrypt);
	if (p->own_encrypt != NULL && !is_valid_at(p->own_encrypt, now)) {
		say_warn("%s: your certificate to encrypt to has expired, or "
			 "is not valid yet: the signature does not announce it",
		    subject_of(p->own_encrypt));
		p->own_encrypt = NULL;
	}
	warn_of_end(p->signer, now);
	return EXIT_FINE;
}

/* The signer's issuers, as far as they are at hand; a root is not sent. */
static int
add_chain(struct plan *p)
{
	const struct record *at = p->signer;
	struct bl_note note = {0};

	for (int depth = 0; at != NULL && depth < CHAIN_MAX; depth++) {
		const struct record *issuer = NULL;
		enum bl_err err;

		for (size_t i = 0; i < p->all.n; i++) {
			const struct record *r = &p->all.list[i];

			if ((r->flags & BL_CERT_CA) != 0 &&
			    (r->flags & BL_CERT_SELF_ISSUED) == 0 &&
			    strcmp(r->subject, at->issuer) == 0)
				issuer = r;
		}
		if (issuer != NULL &&
		    (err = der_set_add(&p->include, bl_buf_span(&issuer->der),
			 &note)) != BL_OK)
			return say_error(NULL, err, &note);
		at = issuer;
	}
	return EXIT_FINE;
}

static int
include_files(struct session *s, const struct wish *w, struct plan *p)
{
	struct bl_note note = {0};
	int status = EXIT_FINE;
	enum bl_err err;

	for (size_t i = 0; status == EXIT_FINE && i < w->include.n; i++) {
		struct records found = {0};

		status = session_certs(s, w->include.items[i], &found);
		for (size_t k = 0; status == EXIT_FINE && k < found.n; k++)
			if ((err = der_set_add(&p->include,
				 bl_buf_span(&found.list[k].der), &note)) !=
			    BL_OK)
				status = say_error(NULL, err, &note);
		records_clear(&found);
	}
	return status;
}

static int
load_own(struct session *s, const struct wish *w, struct plan *p)
{
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	if (w->keys.n > 0) {
		if ((status = session_keys(s, &w->keys)) != EXIT_FINE)
			return status;
		p->all = s->own; /* now the plan's */
		s->own = (struct records){0};
		return EXIT_FINE;
	}
	if ((status = session_state(s)) != EXIT_FINE)
		return status;
	err = state_load(&p->all, s->state, STATE_CERTS, NULL, &note);
	return err == BL_OK ? EXIT_FINE
			    : say_error(state_folder(s->state), err, &note);
}

/* ---- recipients ---- */

static int
find_recipient(struct plan *p, const char *addr)
{
	const struct record *best = NULL, *unfit = NULL;
	struct bl_note note = {0};
	enum bl_err err;

	for (size_t i = records_next(&p->contacts, addr, 0); i < p->contacts.n;
	     i = records_next(&p->contacts, addr, i + 1)) {
		const struct record *r = &p->contacts.list[i];

		if (!record_can_encrypt(r) || !is_valid_at(r, p->opts.now))
			unfit = r;
		else if (best == NULL || record_better(r, best))
			best = r;
	}
	if (best == NULL)
		return say_fail(EXIT_RULE,
		    "%s: %s; import one with 'bulla "
		    "cert import', or give --to-cert FILE",
		    addr,
		    unfit == NULL ? "there is no certificate for this address"
			: !record_can_encrypt(unfit)
			? "the certificate is not for encryption"
			: "the certificate has expired, or is not valid yet");
	warn_of_end(best, p->opts.now);
	err = der_set_add(&p->to, bl_buf_span(&best->der), &note);
	return err == BL_OK ? EXIT_FINE : say_error(NULL, err, &note);
}

/* All who have no certificate are named, not only the first. */
static int
find_recipients(struct session *s, const struct wish *w, struct plan *p)
{
	struct bl_note note = {0};
	int status;
	enum bl_err err;

	if (w->to.n == 0)
		return EXIT_FINE;
	if ((status = session_state(s)) != EXIT_FINE)
		return status;
	err = state_load(&p->contacts, s->state, STATE_CERTS, NULL, &note);
	if (err != BL_OK)
		return say_error(state_folder(s->state), err, &note);
	for (size_t i = 0; i < w->to.n; i++)
		status = say_worse(status, find_recipient(p, w->to.items[i]));
	return status;
}

/* A file may hold the chain too: those who issue are no recipients. */
static int
take_recipient_file(struct session *s, struct plan *p, const char *path)
{
	size_t before = p->given.n, taken = 0;
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	if ((status = session_certs(s, path, &p->given)) != EXIT_FINE)
		return status;
	for (size_t i = before; i < p->given.n; i++) {
		const struct record *r = &p->given.list[i];

		if ((r->flags & BL_CERT_CA) != 0 && p->given.n - before > 1)
			continue;
		if (!record_can_encrypt(r))
			return say_fail(EXIT_RULE,
			    "%s: the certificate of %s is not for encryption",
			    path, subject_of(r));
		if ((err = der_set_add(&p->to, bl_buf_span(&r->der), &note)) !=
		    BL_OK)
			return say_error(path, err, &note);
		warn_of_end(r, p->opts.now);
		taken++;
	}
	/* The same file twice adds nothing and is fine. */
	if (taken == 0 && p->given.n > before)
		return say_fail(EXIT_RULE,
		    "%s: there is no recipient's certificate in it", path);
	return EXIT_FINE;
}

static int
take_recipients(struct session *s, const struct wish *w, struct plan *p)
{
	int status = find_recipients(s, w, p);

	for (size_t i = 0; i < w->to_certs.n; i++)
		status = say_worse(
		    status, take_recipient_file(s, p, w->to_certs.items[i]));
	return status;
}

/* ---- the job ---- */

static bool
find_policy(enum bl_header_policy *out, const char *name)
{
	static const struct {
		const char *name;
		enum bl_header_policy policy;
	} policies[] = {{"none", BL_HEADER_POLICY_NONE},
	    {"baseline", BL_HEADER_POLICY_BASELINE},
	    {"shy", BL_HEADER_POLICY_SHY}};

	*out = BL_HEADER_POLICY_NONE;
	for (size_t i = 0; name != NULL && i < 3; i++)
		if (strcmp(name, policies[i].name) == 0) {
			*out = policies[i].policy;
			return true;
		}
	return name == NULL;
}

static int
read_names(const struct wish *w, struct plan *p, const struct args *how)
{
	static const enum bl_digest digests[] = {
	    BL_SHA256, BL_SHA384, BL_SHA512};

	p->opts.digest = w->digest == NULL ? BL_SHA256 : BL_DIGEST_NONE;
	for (size_t i = 0; w->digest != NULL && i < 3; i++)
		if (strcmp(w->digest, bl_digest_name(digests[i])) == 0)
			p->opts.digest = digests[i];
	if (p->opts.digest == BL_DIGEST_NONE)
		return args_usage(how,
		    "--digest: '%s' is none of sha256, "
		    "sha384, sha512",
		    w->digest);
	p->opts.cipher = w->cipher == NULL ? BL_AES256_GCM
					   : bl_cipher_by_name(w->cipher);
	if (p->opts.cipher == BL_CIPHER_NONE ||
	    bl_cipher_is_old(p->opts.cipher))
		return args_usage(how,
		    "--cipher: '%s' is none of "
		    "aes-256-gcm, aes-192-gcm, aes-128-gcm, "
		    "chacha20-poly1305, aes-256-cbc, aes-192-cbc, aes-128-cbc",
		    w->cipher);
	if (!find_policy(&p->opts.policy, w->policy))
		return args_usage(how,
		    "--header-policy: '%s' is none of none, baseline, shy",
		    w->policy);
	if (w->oaep && w->pkcs1)
		return args_usage(how, "--oaep and --pkcs1 exclude each other");
	p->opts.wrap = w->oaep ? BL_TO_OAEP
	    : w->pkcs1	       ? BL_TO_PKCS1
			       : BL_TO_DEFAULT;
	p->opts.pss = w->pss;
	p->opts.triple = w->triple;
	p->opts.by_ski = w->by_ski;
	p->opts.sign = !w->sign ? BL_SIGN_NOT
	    : w->opaque		? BL_SIGN_OPAQUE
				: BL_SIGN_CLEAR;
	return EXIT_FINE;
}

/* Says which certificate is not fit, else whose key or which file it is about.
 * What the system refused may be either file's: both are named. */
static int
not_sealed(const struct wish *w, const struct plan *p, const char *message,
    const struct bl_reader_done *done, enum bl_err err,
    const struct bl_note *note)
{
	const struct records *lists[] = {&p->all, &p->contacts, &p->given};
	const char *in = session_input_name(message);
	char both[1024];

	for (size_t l = 0; done->has_culprit && l < 3; l++)
		for (size_t i = 0; i < lists[l]->n; i++) {
			const struct record *r = &lists[l]->list[i];

			if (memcmp(r->sha256, done->culprit, BL_SHA256_SIZE) ==
			    0)
				return say_error(subject_of(r), err, note);
		}
	if (p->signer != NULL && (err == BL_E_NOKEY || err == BL_E_MISSING))
		return say_error(subject_of(p->signer), err, note);
	if (err != BL_E_SYSTEM)
		return say_error(in, err, note);
	snprintf(both, sizeof(both), "%.500s to %.500s", in,
	    w->out != NULL ? w->out : "standard output");
	return say_error(both, err, note);
}

static int
seal(struct session *s, const struct wish *w, const struct plan *p,
    const char *message)
{
	struct bl_reader_seal_job job = {.opts = p->opts,
	    .include = der_set_list(&p->include),
	    .to = der_set_list(&p->to),
	    .input = -1,
	    .output = -1};
	struct out out = {.fd = -1, .folder = -1};
	struct bl_reader_done done = {0};
	struct progress progress;
	struct bl_reader_calls calls = {.want = session_want,
	    .want_arg = s,
	    .progress = progress_show,
	    .progress_arg = &progress};
	struct bl_note note = {0};
	enum bl_err err;
	int status;

	if (p->signer != NULL)
		job.signer = bl_buf_span(&p->signer->der);
	if (p->own_encrypt != NULL && p->own_encrypt != p->signer)
		job.own_encrypt = bl_buf_span(&p->own_encrypt->der);
	if ((status = session_input(&job.input, message)) != EXIT_FINE)
		return status;
	if ((err = out_open(&out, w->out, &note)) != BL_OK) {
		status = say_error(w->out, err, &note);
		goto out;
	}
	job.output = out.fd;
	progress_init(&progress, job.input);
	if (!progress.wanted)
		calls.progress = NULL;
	err = bl_reader_seal(&done, s->reader, &job, &calls, &note);
	progress_end(&progress);
	if (err != BL_OK)
		status = not_sealed(w, p, message, &done, err, &note);
	else if (!done.closed && (err = out_commit(&out, 0644, &note)) != BL_OK)
		status = say_error(w->out, err, &note);
out:
	if (job.input != STDIN_FILENO)
		close(job.input);
	out_close(&out);
	return status;
}

static int
prepare(struct session *s, const struct wish *w, struct plan *p,
    const struct args *how)
{
	int status;

	if (w->sign &&
	    ((status = load_own(s, w, p)) != EXIT_FINE ||
		(status = choose_signer(s, w, p, how)) != EXIT_FINE ||
		(status = add_chain(p)) != EXIT_FINE ||
		(status = include_files(s, w, p)) != EXIT_FINE))
		return status;
	return take_recipients(s, w, p);
}

static int
run(struct wish *w, struct session *s, const struct args *how,
    const char *message)
{
	struct plan p = {.opts.now = (int64_t)time(NULL)};
	int status;

	if ((status = read_names(w, &p, how)) == EXIT_FINE &&
	    (status = session_start(s)) == EXIT_FINE &&
	    (status = prepare(s, w, &p, how)) == EXIT_FINE)
		status = seal(s, w, &p, message);
	records_clear(&p.all);
	records_clear(&p.contacts);
	records_clear(&p.given);
	der_set_clear(&p.include);
	der_set_clear(&p.to);
	return status;
}

static void
clear(struct wish *w, struct session *s)
{
	session_end(s);
	args_list_clear(&w->keys);
	args_list_clear(&w->include);
	args_list_clear(&w->to);
	args_list_clear(&w->to_certs);
}

#define SIGNING_OPTIONS                                                        \
	{"as", "ADDRESS", "sign with your certificate for this address",       \
	    .text = &w.as},                                                    \
	    {"key", "FILE", "sign with the key of this PKCS#12 or PEM file",   \
		.list = &w.keys},                                              \
	    {"pass-file", "FILE", "passphrase of your keys, first line",       \
		.list = &s.passes},                                            \
	    {"cert", "FILE", "send these certificates along",                  \
		.list = &w.include},                                           \
	    {"opaque", NULL, "one sealed part instead of text and signature",  \
		.flag = &w.opaque},                                            \
	    {"pss", NULL, "RSA keys sign by PSS", .flag = &w.pss},             \
	    {"digest", "NAME", "sha256 (default), sha384, sha512",             \
		.text = &w.digest},                                            \
	{                                                                      \
		"out", "FILE", "write the message there", .text = &w.out       \
	}

int
cmd_sign(int argc, char **argv)
{
	struct wish w = {.sign = true};
	struct session s = {0};
	const struct arg options[] = {SIGNING_OPTIONS, {NULL}};
	const struct args how = {.command = "sign",
	    .operands = "[MESSAGE]",
	    .about = "Signs a message and its header fields, which stay "
		     "outside as well.",
	    .options = options,
	    .max = 1};
	int first, status = args_read(&how, argc, argv, &first);

	if (status == -1)
		status = run(&w, &s, &how, argv[first]);
	clear(&w, &s);
	return status;
}

int
cmd_encrypt(int argc, char **argv)
{
	struct wish w = {0};
	struct session s = {0};
	const struct arg options[] = {
	    {"to", "ADDRESS",
		"a recipient whose certificate you have; may be "
		"given often",
		.list = &w.to},
	    {"to-cert", "FILE", "a recipient's certificate; may be given often",
		.list = &w.to_certs},
	    {"sign", NULL, "sign before encrypting", .flag = &w.sign},
	    {"triple", NULL, "sign, encrypt, and sign that once more",
		.flag = &w.triple},
	    {"cipher", "NAME",
		"aes-256-gcm (default), aes-128-gcm, "
		"aes-256-cbc, ...",
		.text = &w.cipher},
	    {"header-policy", "NAME",
		"header fields to hide: none (default), "
		"baseline (the subject), shy (names and time zone, too)",
		.text = &w.policy},
	    {"oaep", NULL, "RSA recipients by OAEP (default with GCM)",
		.flag = &w.oaep},
	    {"pkcs1", NULL, "RSA recipients by PKCS#1 v1.5 (default with CBC)",
		.flag = &w.pkcs1},
	    {"by-ski", NULL, "name recipients by key identifier",
		.flag = &w.by_ski},
	    SIGNING_OPTIONS, {NULL}};
	const struct args how = {.command = "encrypt",
	    .operands = "[MESSAGE]",
	    .about = "Encrypts a message to its recipients, and signs it "
		     "before if asked to.",
	    .options = options,
	    .max = 1};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		goto out;
	w.sign = w.sign || w.triple;
	if (w.to.n == 0 && w.to_certs.n == 0)
		status = args_usage(
		    &how, "nobody to encrypt to: give --to or --to-cert");
	else if (!w.sign &&
	    (w.as != NULL || w.keys.n > 0 || w.opaque || w.pss ||
		w.digest != NULL || w.include.n > 0 || s.passes.n > 0))
		status = args_usage(&how,
		    "--as, --key, --pass-file, --opaque, "
		    "--pss, --digest and --cert are for --sign");
	else
		status = run(&w, &s, &how, argv[first]);
out:
	clear(&w, &s);
	return status;
}
