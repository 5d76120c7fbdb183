/* reader.c - see reader.h. */
#include "proc/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/cage.h"
#include "proc/internal.h"
#include "proc/spawn.h"

static enum bl_err
start(struct bl_reader *r, struct bl_note *note)
{
	return bl_child_start(
	    &r->child, "bulla-reader", r->legacy ? "legacy" : NULL, note);
}

static enum bl_err
make(struct bl_reader **out, bool legacy, struct bl_note *note)
{
	struct bl_reader *r = calloc(1, sizeof(*r));
	enum bl_err err;

	*out = NULL;
	if (r == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	r->legacy = legacy;
	if ((err = start(r, note)) != BL_OK) {
		free(r);
		return err;
	}
	*out = r;
	return BL_OK;
}

enum bl_err
bl_reader_start(struct bl_reader **out, struct bl_note *note)
{
	return make(out, false, note);
}

void
bl_reader_hang_up(struct bl_reader *r)
{
	if (r != NULL && !r->open)
		bl_child_hang_up(&r->child);
}

void
bl_reader_stop(struct bl_reader *r)
{
	if (r == NULL)
		return;
	if (r->open)
		bl_child_kill(&r->child);
	else
		bl_child_end(&r->child);
	bl_ipc_clear(&r->last);
	bl_ipc_clear(&r->kept);
	free(r);
}

/* ---- when it goes wrong ---- */

/* How a reader ended, for a person. */
static enum bl_err
epitaph(int status, struct bl_note *note)
{
	int by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (by == SIGXCPU)
		return bl_fail_limit(note, 0, "limit-cpu",
		    "reading the input takes too much computing time", NULL);
	if (by == SIGSYS)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the reader tried what it may not do, and was ended", NULL);
	if (by == SIGSEGV || by == SIGBUS || by == SIGABRT || by == SIGILL ||
	    by == SIGFPE)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the reader broke down over the input", NULL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == BL_EXIT_CAGE)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the reader cannot be caged here, so it does not run",
		    NULL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return bl_fail(
		    note, BL_E_SYSTEM, 0, "the reader cannot be started", NULL);
	return bl_fail(note, BL_E_SYSTEM, 0,
	    "the reader ended in the middle of a job", NULL);
}

/* The reader has gone, or is sent away because of what it said. */
static enum bl_err
lost(struct bl_reader *r, enum bl_err err, struct bl_note *note)
{
	r->open = false;
	if (err == BL_E_MISSING || err == BL_E_SYSTEM)
		return epitaph(bl_child_end(&r->child), note);
	bl_child_kill(&r->child);
	if (err == BL_E_MEMORY)
		return bl_fail(note, err, 0, "out of memory", NULL);
	return bl_fail(note, BL_E_SYSTEM, 0,
	    "the reader gave an answer that cannot be read", NULL);
}

static enum bl_err
nonsense(struct bl_reader *r, struct bl_note *note)
{
	return lost(r, BL_E_MALFORMED, note);
}

/* ---- sending ---- */

static enum bl_err
put(struct bl_reader *r, struct bl_ipc *f, struct bl_note *note)
{
	enum bl_err err = BL_E_LIMIT;

	for (size_t i = 0; i < bl_reader_rules_in_count; i++) {
		if (bl_reader_rules_in[i].type == f->type &&
		    bl_reader_rules_in[i].max >= f->payload.n)
			err = bl_ipc_send(r->child.fd, f, NULL);
	}
	bl_ipc_clear(f);
	if (err == BL_OK)
		return BL_OK;
	if (err != BL_E_LIMIT)
		return lost(r, err, note);
	bl_child_kill(&r->child); /* it waits for what cannot be sent */
	return bl_fail_limit(note, 0, "limit-job",
	    "too much is given to the reader at once", NULL);
}

/* Makes the reader ready for a job, with a new process where need be: also where
 * the job needs old ciphers, which one of those without them cannot get. */
static enum bl_err
begin(struct bl_reader *r, bool legacy, struct bl_note *note)
{
	bl_reader_discard(r);
	bl_ipc_clear(&r->last);
	bl_ipc_clear(&r->kept);
	if (r->child.fd >= 0 && r->jobs < BL_READER_JOBS &&
	    !(legacy && !r->legacy)) {
		r->jobs++;
		return BL_OK;
	}
	bl_child_end(&r->child);
	r->legacy = legacy;
	r->jobs = 1;
	return start(r, note);
}

static enum bl_err
put_cert(struct bl_reader *r, enum bl_reader_role role, struct bl_span der,
    struct bl_note *note)
{
	struct bl_ipc f;

	if (der.n == 0 || der.n > BL_READER_CERT_BYTES)
		return bl_fail_limit(note, 0, "limit-certificate",
		    "a certificate is too long", NULL);
	bl_ipc_init(&f, BL_READER_CERT, BL_BUF_MAX);
	bl_wire_cert_put(&f.payload, &(struct bl_wire_cert){role, der});
	return put(r, &f, note);
}

static enum bl_err
put_certs(struct bl_reader *r, enum bl_reader_role role,
    const struct bl_der_list *list, struct bl_note *note)
{
	enum bl_err err;

	for (size_t i = 0; i < list->n; i++) {
		if ((err = put_cert(r, role, list->der[i], note)) != BL_OK)
			return err;
	}
	return BL_OK;
}

/* ---- what comes back until the job is done or has a result ---- */

enum bl_err
bl_reader_ask_agent(void *agent, struct bl_span want, struct bl_buf *answer,
    struct bl_note *note)
{
	bool of_key = want.n > 0 &&
	    (want.p[0] == BL_WANT_SIGN || want.p[0] == BL_WANT_UNWRAP);

	if (of_key && agent != NULL)
		return bl_agent_want(answer, agent, want, note);
	bl_want_refuse(answer, want);
	return bl_buf_err(answer, note);
}

static enum bl_err
answer_each(struct bl_wire_list *answers, struct bl_buf store[],
    const struct bl_wire_list *wants, const struct bl_reader_calls *calls,
    struct bl_note *note)
{
	bool asked = calls != NULL && calls->want != NULL;
	enum bl_err err;

	for (size_t i = 0; i < wants->n; i++) {
		bl_buf_init(&store[i], BL_ANSWER_FRAME_MAX);
		err = asked ? calls->want(calls->want_arg, wants->items[i],
				  &store[i], note)
			    : bl_reader_ask_agent(
				  NULL, wants->items[i], &store[i], note);
		if (err != BL_OK ||
		    (err = bl_buf_err(&store[i], note)) != BL_OK)
			return err;
		answers->items[i] = bl_buf_span(&store[i]);
		answers->n = i + 1;
	}
	return BL_OK;
}

/* What is too long for an answer goes before them, as files. */
static enum bl_err
put_lists(struct bl_reader *r, const struct bl_reader_calls *calls,
    struct bl_note *note)
{
	enum bl_err err = BL_OK;
	int fd;

	while (err == BL_OK && calls != NULL && calls->list != NULL &&
	    (fd = calls->list(calls->want_arg)) >= 0) {
		struct bl_ipc f;

		bl_ipc_init(&f, BL_READER_EVIDENCE, 1);
		bl_wire_evidence_put(&f.payload, BL_EVIDENCE_CRL);
		f.fds[0] = fd;
		f.fd_count = 1;
		err = put(r, &f, note);
		close(fd);
	}
	return err;
}

static enum bl_err
answer(struct bl_reader *r, const struct bl_ipc *f,
    const struct bl_reader_calls *calls, struct bl_note *note)
{
	struct bl_buf store[BL_READER_WANTS_MAX] = {0};
	struct bl_wire_list wants, answers = {0};
	struct bl_ipc out;
	enum bl_err err;

	if (bl_wire_list_get(&wants, bl_buf_span(&f->payload), NULL) != BL_OK)
		return nonsense(r, note);
	err = answer_each(&answers, store, &wants, calls, note);
	if (err != BL_OK)
		bl_child_kill(&r->child);
	else if ((err = put_lists(r, calls, note)) == BL_OK) {
		bl_ipc_init(&out, BL_READER_ANSWERS, BL_BUF_MAX);
		bl_wire_list_put(&out.payload, &answers);
		err = put(r, &out, note);
	}
	for (size_t i = 0; i < wants.n; i++)
		bl_buf_clear(&store[i]); /* they hold content keys */
	return err;
}

static enum bl_err
progress(struct bl_reader *r, const struct bl_ipc *f,
    const struct bl_reader_calls *calls, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(bl_buf_span(&f->payload));
	uint64_t bytes = bl_field_u64(&w);

	if (bl_field_end(&w, NULL) != BL_OK)
		return nonsense(r, note);
	if (calls != NULL && calls->progress != NULL)
		calls->progress(calls->progress_arg, bytes);
	return BL_OK;
}

/* Keeps r->last: the next frame that is neither want nor progress. */
static enum bl_err
next(struct bl_reader *r, const struct bl_reader_calls *calls,
    struct bl_note *note)
{
	enum bl_err err;

	for (;;) {
		bl_ipc_clear(&r->last);
		err = bl_ipc_receive(&r->last, r->child.fd, bl_reader_rules_out,
		    bl_reader_rules_out_count, NULL);
		if (err != BL_OK)
			return lost(r, err, note);
		if (r->last.type == BL_READER_PROGRESS)
			err = progress(r, &r->last, calls, note);
		else if (r->last.type == BL_READER_WANTS)
			err = answer(r, &r->last, calls, note);
		else
			return BL_OK;
		if (err != BL_OK)
			return err;
	}
}

/* Keeps the last frame where the next one leaves it alone. */
static struct bl_span
keep(struct bl_reader *r)
{
	bl_ipc_clear(&r->kept);
	r->kept = r->last;
	r->last = (struct bl_ipc){0};
	return bl_buf_span(&r->kept.payload);
}

/* Reads DONE; its own error is in r->told. */
static enum bl_err
take_done(struct bl_wire_done *done, struct bl_reader *r, struct bl_note *note)
{
	*done = (struct bl_wire_done){0};
	if (r->last.type != BL_READER_DONE ||
	    bl_wire_done_get(
		done, &r->told, bl_buf_span(&r->last.payload), NULL) != BL_OK)
		return nonsense(r, note);
	return BL_OK;
}

static void
copy_done(struct bl_reader_done *to, const struct bl_wire_done *from)
{
	if (to == NULL)
		return;
	*to = (struct bl_reader_done){.closed = from->closed,
	    .bytes_in = from->bytes_in,
	    .bytes_out = from->bytes_out};
	if (from->culprit.n == sizeof(to->culprit)) {
		memcpy(to->culprit, from->culprit.p, sizeof(to->culprit));
		to->has_culprit = true;
	}
}

/* The end of a job: the next frame is DONE. */
static enum bl_err
finish(struct bl_reader_done *done, struct bl_reader *r,
    const struct bl_reader_calls *calls, struct bl_note *note)
{
	struct bl_wire_done d;
	enum bl_err err;

	if (done != NULL)
		*done = (struct bl_reader_done){0};
	if ((err = next(r, calls, note)) != BL_OK ||
	    (err = take_done(&d, r, note)) != BL_OK)
		return err;
	copy_done(done, &d);
	return bl_told_pass(&r->told, note);
}

/* A job that ends without what it was to bring must say why. */
static enum bl_err
fruitless(struct bl_reader *r, struct bl_note *note)
{
	struct bl_wire_done done;
	enum bl_err err = take_done(&done, r, note);

	if (err == BL_OK && r->told.note.err == BL_OK)
		return nonsense(r, note);
	return err == BL_OK ? bl_told_pass(&r->told, note) : err;
}

/* ---- jobs ---- */

/* Files of evidence go before the job that reads them. */
static enum bl_err
put_evidence(struct bl_reader *r, const struct bl_reader_evidence *files,
    size_t n, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && i < n; i++) {
		struct bl_ipc f;

		bl_ipc_init(&f, BL_READER_EVIDENCE, 1);
		bl_wire_evidence_put(&f.payload, files[i].kind);
		f.fds[0] = files[i].fd;
		f.fd_count = 1;
		err = put(r, &f, note);
	}
	return err;
}

static enum bl_err
put_open(struct bl_reader *r, const struct bl_reader_open_job *job,
    const struct bl_reader_calls *calls, struct bl_note *note)
{
	struct bl_wire_open w = {.input = job->kind,
	    .now = job->now,
	    .from = job->from,
	    .legacy = job->legacy,
	    .revocation = job->revocation,
	    .has_password = job->has_password,
	    .has_kek = job->has_kek,
	    .kek_id = job->kek_id,
	    .progress = calls != NULL && calls->progress != NULL,
	    .out_is_output = job->out_is_output,
	    .has_content = job->content >= 0,
	    .has_release = job->release >= 0 && !job->out_is_output};
	const int four[] = {job->input, job->out, job->park[0], job->park[1]};
	struct bl_ipc f;

	bl_ipc_init(&f, BL_READER_OPEN, BL_BUF_MAX);
	memcpy(f.fds, four, sizeof(four));
	f.fd_count = 4;
	if (w.has_content)
		f.fds[f.fd_count++] = job->content;
	if (w.has_release)
		f.fds[f.fd_count++] = job->release;
	bl_wire_open_put(&f.payload, &w);
	return put(r, &f, note);
}

static enum bl_err
take_verdict(
    struct bl_reader_verdict *out, struct bl_reader *r, struct bl_note *note)
{
	struct bl_wire_verdict v;

	if (bl_wire_verdict_get(&v, &r->verdict_note, keep(r), NULL) != BL_OK)
		return nonsense(r, note);
	memset(r->limit, 0, sizeof(r->limit));
	for (size_t i = 0; i < v.limit.n; i++)
		r->limit[i] = v.limit.p[i] < 0x21 || v.limit.p[i] > 0x7e
		    ? '?'
		    : (char)v.limit.p[i];
	*out = (struct bl_reader_verdict){.encryption = v.encryption,
	    .signature = v.signature,
	    .reasons = v.reasons,
	    .limit = v.limit.n > 0 ? r->limit : NULL,
	    .note = &r->verdict_note.note,
	    .json = v.json};
	memcpy(out->gate, v.gate, sizeof(out->gate));
	r->open = true;
	return BL_OK;
}

enum bl_err
bl_reader_open(struct bl_reader_verdict *out, struct bl_reader *r,
    const struct bl_reader_open_job *job, const struct bl_reader_calls *calls,
    struct bl_note *note)
{
	enum bl_err err;

	*out = (struct bl_reader_verdict){0};
	if (job->from.n > BL_READER_ADDRESS_MAX || !bl_text_ok(job->from))
		return bl_fail(note, BL_E_CALLER, 0,
		    "the expected sender is no address", NULL);
	if ((err = begin(r, job->legacy, note)) != BL_OK ||
	    (err = put_certs(r, BL_ROLE_IDENTITY, &job->identities, note)) !=
		BL_OK ||
	    (err = put_certs(r, BL_ROLE_ANCHOR, &job->anchors, note)) !=
		BL_OK ||
	    (err = put_certs(r, BL_ROLE_POOL, &job->pool, note)) != BL_OK ||
	    (err = put_evidence(r, job->evidence, job->evidence_count, note)) !=
		BL_OK ||
	    (err = put_open(r, job, calls, note)) != BL_OK ||
	    (err = next(r, calls, note)) != BL_OK)
		return err;
	if (r->last.type == BL_READER_VERDICT)
		return take_verdict(out, r, note);
	return fruitless(r, note);
}

enum bl_err
bl_reader_release(struct bl_reader_done *done, struct bl_reader *r,
    unsigned gates, struct bl_note *note)
{
	struct bl_ipc f;
	enum bl_err err;

	if (!r->open)
		return bl_fail(
		    note, BL_E_CALLER, 0, "no message is open", NULL);
	r->open = false;
	bl_ipc_init(&f, BL_READER_RELEASE, BL_BUF_MAX);
	bl_field_put_u8(&f.payload, (uint8_t)(gates & 3));
	if ((err = put(r, &f, note)) != BL_OK)
		return err;
	return finish(done, r, NULL, note);
}

void
bl_reader_discard(struct bl_reader *r)
{
	struct bl_ipc f;

	if (!r->open)
		return;
	r->open = false;
	bl_ipc_init(&f, BL_READER_DISCARD, BL_BUF_MAX);
	/* a reader that is lost here is replaced by the next job */
	if (put(r, &f, NULL) != BL_OK || finish(NULL, r, NULL, NULL) != BL_OK)
		bl_child_kill(&r->child);
}

static enum bl_err
put_seal(struct bl_reader *r, const struct bl_reader_seal_job *job,
    const struct bl_reader_calls *calls, struct bl_note *note)
{
	struct bl_wire_seal opts = job->opts;
	struct bl_ipc f;

	opts.progress = calls != NULL && calls->progress != NULL;
	bl_ipc_init(&f, BL_READER_SEAL, BL_BUF_MAX);
	f.fds[0] = job->input;
	f.fds[1] = job->output;
	f.fd_count = 2;
	bl_wire_seal_put(&f.payload, &opts);
	return put(r, &f, note);
}

enum bl_err
bl_reader_seal(struct bl_reader_done *done, struct bl_reader *r,
    const struct bl_reader_seal_job *job, const struct bl_reader_calls *calls,
    struct bl_note *note)
{
	const struct bl_der_list signer = {&job->signer, job->signer.n > 0};
	const struct bl_der_list own = {
	    &job->own_encrypt, job->own_encrypt.n > 0};
	enum bl_err err;

	if (done != NULL)
		*done = (struct bl_reader_done){0};
	if ((err = begin(r, false, note)) != BL_OK ||
	    (err = put_certs(r, BL_ROLE_SIGNER, &signer, note)) != BL_OK ||
	    (err = put_certs(r, BL_ROLE_OWN_ENCRYPT, &own, note)) != BL_OK ||
	    (err = put_certs(r, BL_ROLE_INCLUDE, &job->include, note)) !=
		BL_OK ||
	    (err = put_certs(r, BL_ROLE_TO, &job->to, note)) != BL_OK ||
	    (err = put_seal(r, job, calls, note)) != BL_OK)
		return err;
	return finish(done, r, calls, note);
}

enum bl_err
bl_reader_check(struct bl_span *json, struct bl_reader *r,
    const struct bl_reader_check_job *job, const struct bl_reader_calls *calls,
    struct bl_note *note)
{
	const struct bl_der_list asked = {&job->cert, 1};
	struct bl_ipc f;
	enum bl_err err;

	*json = (struct bl_span){0};
	if (job->ask.address.n > BL_READER_ADDRESS_MAX ||
	    !bl_text_ok(job->ask.address) ||
	    job->ask.policy_count > BL_READER_POLICIES)
		return bl_fail(note, BL_E_CALLER, 0,
		    "the address is none, or there are too many policies",
		    NULL);
	if ((err = begin(r, false, note)) != BL_OK ||
	    (err = put_certs(r, BL_ROLE_SIGNER, &asked, note)) != BL_OK ||
	    (err = put_certs(r, BL_ROLE_ANCHOR, &job->anchors, note)) !=
		BL_OK ||
	    (err = put_certs(r, BL_ROLE_POOL, &job->pool, note)) != BL_OK ||
	    (err = put_evidence(r, job->evidence, job->evidence_count, note)) !=
		BL_OK)
		return err;
	bl_ipc_init(&f, BL_READER_CHECK, BL_BUF_MAX);
	bl_wire_check_put(&f.payload, &job->ask);
	if ((err = put(r, &f, note)) != BL_OK ||
	    (err = next(r, calls, note)) != BL_OK)
		return err;
	if (r->last.type != BL_READER_RESULT)
		return fruitless(r, note);
	if (bl_wire_result_get(json, keep(r), NULL) != BL_OK)
		return nonsense(r, note);
	return finish(NULL, r, calls, note);
}

enum bl_err
bl_reader_inspect(struct bl_span *json, struct bl_reader *r,
    enum bl_open_input kind, int input, struct bl_note *note)
{
	struct bl_ipc f;
	enum bl_err err;

	*json = (struct bl_span){0};
	if ((err = begin(r, false, note)) != BL_OK)
		return err;
	bl_ipc_init(&f, BL_READER_INSPECT, BL_BUF_MAX);
	f.fds[0] = input;
	f.fd_count = 1;
	bl_field_put_u8(&f.payload, (uint8_t)kind);
	if ((err = put(r, &f, note)) != BL_OK ||
	    (err = next(r, NULL, note)) != BL_OK)
		return err;
	if (r->last.type != BL_READER_RESULT)
		return fruitless(r, note);
	if (bl_wire_result_get(json, keep(r), NULL) != BL_OK)
		return nonsense(r, note);
	return finish(NULL, r, NULL, note);
}

enum bl_err
bl_reader_request(struct bl_issue_public *key, struct bl_reader *r, int input,
    struct bl_note *note)
{
	struct bl_ipc f;
	enum bl_err err;

	*key = (struct bl_issue_public){0};
	if ((err = begin(r, false, note)) != BL_OK)
		return err;
	bl_ipc_init(&f, BL_READER_REQUEST, 0);
	f.fds[0] = input;
	f.fd_count = 1;
	if ((err = put(r, &f, note)) != BL_OK ||
	    (err = next(r, NULL, note)) != BL_OK)
		return err;
	if (r->last.type != BL_READER_PUBLIC)
		return fruitless(r, note);
	if (bl_wire_public_get(key, keep(r), NULL) != BL_OK)
		return nonsense(r, note);
	return finish(NULL, r, NULL, note);
}

/* Takes CERT_INFO frames up to DONE. */
static enum bl_err
take_infos(struct bl_wire_done *done, struct bl_reader *r, bl_cert_each *each,
    void *arg, struct bl_note *note)
{
	struct bl_cert_info info;
	enum bl_err err;

	for (;;) {
		if ((err = next(r, NULL, note)) != BL_OK)
			return err;
		if (r->last.type != BL_READER_CERT_INFO)
			break;
		if (bl_wire_info_get(
			&info, bl_buf_span(&r->last.payload), NULL) != BL_OK)
			return nonsense(r, note);
		if ((err = each(arg, &info, note)) != BL_OK) {
			bl_child_kill(&r->child);
			return err;
		}
	}
	return take_done(done, r, note);
}

enum bl_err
bl_reader_certs(uint32_t *skipped, struct bl_reader *r, int input,
    const struct bl_secret *pass, bl_cert_each *each, void *arg,
    struct bl_note *note)
{
	struct bl_wire_done done;
	struct bl_ipc f;
	enum bl_err err;

	if (skipped != NULL)
		*skipped = 0;
	if (pass != NULL)
		r->jobs = BL_READER_JOBS; /* another one, for this alone */
	/* key files of old have old ciphers */
	if ((err = begin(r, pass != NULL, note)) != BL_OK)
		return err;
	if (pass != NULL)
		r->jobs = BL_READER_JOBS;
	bl_ipc_init(&f, BL_READER_CERTS, BL_BUF_MAX);
	f.fds[0] = input;
	f.fd_count = 1;
	bl_field_put_bytes(&f.payload,
	    pass != NULL ? bl_secret_reveal(pass) : (struct bl_span){0});
	if ((err = put(r, &f, note)) != BL_OK ||
	    (err = take_infos(&done, r, each, arg, note)) != BL_OK)
		return err;
	if (skipped != NULL)
		*skipped = done.skipped;
	return bl_told_pass(&r->told, note);
}

/* ---- for a lister ---- */

enum bl_err
bl_reader_give(struct bl_reader *r, const struct bl_der_list *identities,
    const struct bl_der_list *anchors, const struct bl_der_list *pool,
    struct bl_note *note)
{
	enum bl_err err;

	if ((err = put_certs(r, BL_ROLE_IDENTITY, identities, note)) != BL_OK ||
	    (err = put_certs(r, BL_ROLE_ANCHOR, anchors, note)) != BL_OK)
		return err;
	return put_certs(r, BL_ROLE_POOL, pool, note);
}

enum bl_err
bl_reader_give_evidence(struct bl_reader *r,
    const struct bl_reader_evidence *files, size_t n, struct bl_note *note)
{
	return put_evidence(r, files, n, note);
}

enum bl_err
bl_reader_put(struct bl_reader *r, struct bl_ipc *f, struct bl_note *note)
{
	return put(r, f, note);
}

enum bl_err
bl_reader_answer(struct bl_reader *r, const struct bl_ipc *wants,
    const struct bl_reader_calls *calls, struct bl_note *note)
{
	return answer(r, wants, calls, note);
}

enum bl_err
bl_reader_lost(struct bl_reader *r, enum bl_err why, struct bl_note *note)
{
	if (why != BL_E_LIMIT)
		return lost(r, why, note);
	bl_child_kill(&r->child);
	return bl_fail_limit(note, 0, "limit-cpu",
	    "the reader was silent for too long, and was ended", NULL);
}

/* ---- key files ---- */

/* Asks the agent to load from one end of a new socket pair; *end is the other,
 * the caller's. */
static enum bl_err
put_load(int *end, struct bl_agent *a, struct bl_note *note)
{
	struct bl_ipc f;
	int ends[2];
	enum bl_err err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return bl_fail(
		    note, BL_E_SYSTEM, 0, "no socket can be made", NULL);
	bl_ipc_init(&f, BL_AGENT_LOAD, 0);
	f.fds[0] = ends[0];
	f.fd_count = 1;
	err = bl_agent_send(a, &f, note);
	close(ends[0]);
	if (err == BL_OK)
		*end = ends[1];
	else
		close(ends[1]);
	return err;
}

/* Has the file read; the reader's own word is then in r->told. */
static enum bl_err
read_keyfile(struct bl_reader *r, int end, const struct bl_keyfile_job *job,
    struct bl_note *note)
{
	struct bl_wire_done done;
	struct bl_ipc f;
	enum bl_err err;

	bl_ipc_init(&f, BL_READER_KEYFILE, BL_BUF_MAX);
	f.fds[0] = job->input;
	f.fds[1] = end;
	f.fd_count = 2;
	bl_field_put_bytes(&f.payload,
	    job->pass != NULL ? bl_secret_reveal(job->pass)
			      : (struct bl_span){0});
	if ((err = put(r, &f, note)) != BL_OK)
		return err;
	return take_infos(&done, r, job->each, job->arg, note);
}

/* What the agent got. */
static enum bl_err
take_loaded(struct bl_buf *keys, struct bl_agent *a, struct bl_note *note)
{
	struct bl_buf unused = {0};
	struct bl_ipc answer;
	enum bl_err err = bl_agent_receive(&answer, a, BL_AGENT_KEYS, note);

	if (err == BL_OK)
		err = bl_agent_take_keys(
		    keys != NULL ? keys : &unused, &answer, note);
	bl_ipc_clear(&answer);
	bl_buf_clear(&unused);
	return err;
}

/* The same where it does not matter: the reader failed before. */
static void
skip_loaded(struct bl_agent *a)
{
	enum bl_err err = take_loaded(NULL, a, NULL);

	(void)err;
}

/* The reader has done all it is for: that it ends is waited for later. */
static void
let_end(struct bl_reader *r, struct bl_agent *a)
{
	bl_child_end(&a->past);
	a->past = r->child;
	r->child = (struct bl_child){.fd = -1};
	bl_child_hang_up(&a->past);
}

enum bl_err
bl_keyfile_load(struct bl_buf *keys, struct bl_agent *a,
    const struct bl_keyfile_job *job, struct bl_note *note)
{
	struct bl_reader *r = NULL;
	enum bl_err err;
	int end = -1;

	if (job->pass != NULL &&
	    bl_secret_reveal(job->pass).n > BL_READER_PASS_MAX)
		return bl_fail_limit(note, 0, "limit-passphrase",
		    "the passphrase is too long", NULL);
	/* PKCS#12 files of old have their certificates under RC2 */
	if ((err = make(&r, true, note)) != BL_OK)
		return err;
	if ((err = put_load(&end, a, note)) != BL_OK)
		goto out;
	err = read_keyfile(r, end, job, note);
	close(end);
	if (err != BL_OK) /* so that the agent sees the end of it, too */
		bl_child_kill(&r->child);
	/* the agent answers in any case, but the reader's word comes first */
	if (err == BL_OK && r->told.note.err == BL_OK) {
		err = take_loaded(keys, a, note);
		let_end(r, a);
		goto out;
	}
	skip_loaded(a);
	if (r->told.note.err != BL_OK) {
		bl_told_copy(&a->told, &r->told);
		err = bl_told_pass(&a->told, note);
	}
out:
	bl_reader_stop(r);
	return err;
}

enum bl_err
bl_park_open(int *fd, const char *folder, struct bl_note *note)
{
	char path[4096];
	int n;

	if (folder == NULL && (folder = getenv("TMPDIR")) == NULL)
		folder = "/tmp";
	*fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd >= 0)
		return BL_OK;
	/* a file system without unnamed files */
	n = snprintf(path, sizeof(path), "%s/.bulla-XXXXXX", folder);
	if (n > 0 && (size_t)n < sizeof(path) &&
	    (*fd = mkostemp(path, O_CLOEXEC)) >= 0) {
		unlink(path);
		return BL_OK;
	}
	*fd = -1;
	return bl_fail(
	    note, BL_E_SYSTEM, 0, "no temporary file can be made", NULL);
}

enum bl_err
bl_park_copy(int *to, int from, struct bl_note *note)
{
	uint8_t chunk[16384];
	enum bl_err err = bl_park_open(to, NULL, note);
	ssize_t n;

	if (err != BL_OK)
		return err;
	while ((n = read(from, chunk, sizeof(chunk))) > 0)
		if (write(*to, chunk, (size_t)n) != n)
			break;
	if (n == 0)
		return BL_OK;
	close(*to);
	*to = -1;
	return bl_fail(note, BL_E_SYSTEM, 0,
	    "what comes out of a pipe cannot be kept", NULL);
}

enum bl_err
bl_reader_age(struct bl_age *out, struct bl_reader *r, enum bl_fetch_kind kind,
    int input, struct bl_note *note)
{
	struct bl_ipc f;
	enum bl_err err;

	*out = (struct bl_age){0};
	if ((err = begin(r, false, note)) != BL_OK)
		return err;
	bl_ipc_init(&f, BL_READER_AGE, BL_BUF_MAX);
	f.fds[0] = input;
	f.fd_count = 1;
	bl_field_put_u8(&f.payload, (uint8_t)kind);
	if ((err = put(r, &f, note)) != BL_OK ||
	    (err = next(r, NULL, note)) != BL_OK)
		return err;
	if (r->last.type != BL_READER_AGED)
		return fruitless(r, note);
	if (bl_wire_aged_get(out, keep(r), NULL) != BL_OK)
		return nonsense(r, note);
	return finish(NULL, r, NULL, note);
}
