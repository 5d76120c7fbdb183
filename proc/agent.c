/* agent.c - see agent.h. */
#include "proc/agent.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "proc/internal.h"
#include "proc/spawn.h"

static struct bl_agent *
none(void)
{
	struct bl_agent *a = calloc(1, sizeof(*a));

	if (a != NULL)
		a->child.fd = a->past.fd = -1;
	return a;
}

enum bl_err
bl_agent_start(struct bl_agent **out, struct bl_note *note)
{
	struct bl_agent *a = none();
	enum bl_err err;

	*out = NULL;
	if (a == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	if ((err = bl_child_start(&a->child, "bulla-agent", NULL, note)) !=
	    BL_OK) {
		free(a);
		return err;
	}
	*out = a;
	return BL_OK;
}

/* Whether who listens there is of our own user. */
static bool
is_ours(int fd)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
	    n == sizeof(peer) && peer.uid == geteuid();
}

static enum bl_err
connect_to(int fd, const char *path, struct bl_note *note)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(to.sun_path))
		return bl_fail(note, BL_E_LIMIT, 0,
		    "the path of the agent's socket is too long", NULL);
	memcpy(to.sun_path, path, strlen(path));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return errno == ENOENT || errno == ECONNREFUSED ||
			errno == ENOTDIR
		    ? bl_fail(note, BL_E_MISSING, 0, "no agent listens", NULL)
		    : bl_fail(note, BL_E_SYSTEM, 0,
			  "the agent cannot be reached", NULL);
	if (!is_ours(fd))
		return bl_fail(note, BL_E_DENIED, 0,
		    "the agent runs as another user", NULL);
	return BL_OK;
}

enum bl_err
bl_agent_connect(struct bl_agent **out, const char *path, struct bl_note *note)
{
	struct bl_agent *a = none();
	enum bl_err err;

	*out = NULL;
	if (a == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	a->child.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	err = a->child.fd < 0
	    ? bl_fail(note, BL_E_SYSTEM, 0, "no socket can be made", NULL)
	    : connect_to(a->child.fd, path, note);
	if (err != BL_OK) {
		bl_agent_stop(a);
		return err;
	}
	*out = a;
	return BL_OK;
}

void
bl_agent_hang_up(struct bl_agent *a)
{
	if (a != NULL)
		bl_child_hang_up(&a->child);
}

void
bl_agent_stop(struct bl_agent *a)
{
	if (a == NULL)
		return;
	bl_child_end(&a->past);
	bl_child_end(&a->child); /* of a session's agent: only hangs up */
	free(a);
}

/* What comes back when it is not what was asked for. */
static enum bl_err
other_answer(struct bl_agent *a, const struct bl_ipc *f, struct bl_note *note)
{
	struct bl_fields w = bl_field_of(bl_buf_span(&f->payload));

	if (f->type != BL_AGENT_DONE)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the agent gave an answer that does not fit", NULL);
	bl_field_told(&w, &a->told);
	if (bl_field_end(&w, NULL) != BL_OK || a->told.note.err == BL_NEED)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the agent gave an answer that cannot be read", NULL);
	return bl_told_pass(&a->told, note);
}

enum bl_err
bl_agent_send(
    struct bl_agent *a, const struct bl_ipc *request, struct bl_note *note)
{
	if (a->child.fd < 0)
		return bl_fail(
		    note, BL_E_SYSTEM, 0, "the agent has gone", NULL);
	return bl_ipc_send(a->child.fd, request, note);
}

enum bl_err
bl_agent_receive(struct bl_ipc *answer, struct bl_agent *a, uint8_t type,
    struct bl_note *note)
{
	enum bl_err err = bl_ipc_receive(answer, a->child.fd,
	    bl_agent_rules_out, bl_agent_rules_out_count, NULL);

	if (err == BL_E_MEMORY)
		return bl_fail(note, err, 0, "out of memory", NULL);
	if (err != BL_OK)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the agent ended without an answer", NULL);
	if (answer->type == type && type != BL_AGENT_DONE)
		return BL_OK;
	err = other_answer(a, answer, note);
	if (err == BL_OK && type != BL_AGENT_DONE)
		err = bl_fail(note, BL_E_SYSTEM, 0,
		    "the agent gave an answer that does not fit", NULL);
	bl_ipc_clear(answer);
	return err;
}

/* Sends a request, wipes it, and takes the answer: of this type, or an error. */
static enum bl_err
ask(struct bl_ipc *answer, struct bl_agent *a, struct bl_ipc *request,
    uint8_t type, struct bl_note *note)
{
	enum bl_err err = bl_agent_send(a, request, note);

	*answer = (struct bl_ipc){0};
	bl_ipc_clear(request);
	if (err != BL_OK)
		return err;
	return bl_agent_receive(answer, a, type, note);
}

/* A request whose answer is one run of bytes. */
static enum bl_err
ask_bytes(struct bl_buf *out, struct bl_agent *a, struct bl_ipc *request,
    uint8_t type, struct bl_note *note)
{
	struct bl_ipc answer;
	enum bl_err err = ask(&answer, a, request, type, note);

	if (err == BL_OK) {
		bl_buf_add(out, bl_buf_span(&answer.payload));
		err = bl_buf_err(out, note);
	}
	bl_ipc_clear(&answer);
	return err;
}

enum bl_err
bl_agent_take_keys(
    struct bl_buf *out, const struct bl_ipc *answer, struct bl_note *note)
{
	enum bl_err err = bl_wire_keys_get(
	    out, bl_buf_span(&answer->payload), NULL);

	if (err == BL_E_MALFORMED)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the agent gave an answer that cannot be read", NULL);
	return err == BL_OK ? err : bl_buf_err(out, note);
}

static enum bl_err
check_pass(const struct bl_secret *pass, struct bl_note *note)
{
	struct bl_span s = {0};

	if (pass != NULL)
		s = bl_secret_reveal(pass);
	if (s.n == 0)
		return bl_fail(
		    note, BL_E_NOKEY, 0, "the passphrase is empty", NULL);
	if (s.n > BL_AGENT_PASS_MAX)
		return bl_fail_limit(note, 0, "limit-passphrase",
		    "the passphrase is too long", NULL);
	return BL_OK;
}

static enum bl_err
check_key(struct bl_span key, struct bl_note *note)
{
	if (key.n != BL_SHA256_SIZE)
		return bl_fail(
		    note, BL_E_CALLER, 0, "a key is named by 32 bytes", NULL);
	return BL_OK;
}

/* A request whose answer is one key; `key` may be NULL. */
static enum bl_err
ask_key(struct bl_agent_key *key, struct bl_agent *a, struct bl_ipc *request,
    struct bl_note *note)
{
	struct bl_ipc answer = {0};
	struct bl_buf keys = {0};
	enum bl_err err;

	if ((err = ask(&answer, a, request, BL_AGENT_KEYS, note)) != BL_OK ||
	    (err = bl_agent_take_keys(&keys, &answer, note)) != BL_OK)
		goto out;
	if (keys.n != sizeof(*key))
		err = bl_fail(note, BL_E_SYSTEM, 0,
		    "the agent gave an answer that does not fit", NULL);
	else if (key != NULL)
		memcpy(key, keys.p, sizeof(*key));
out:
	bl_ipc_clear(&answer);
	bl_buf_clear(&keys);
	return err;
}

enum bl_err
bl_agent_unseal(struct bl_agent_key *key, struct bl_agent *a,
    struct bl_span sealed, const struct bl_secret *pass, struct bl_note *note)
{
	struct bl_ipc request;
	enum bl_err err;

	if ((err = check_pass(pass, note)) != BL_OK)
		return err;
	if (sealed.n == 0 || sealed.n > BL_AGENT_SEALED_MAX)
		return bl_fail(note, BL_E_MALFORMED, 0, "this is no sealed key",
		    "RFC 5958 3");
	bl_ipc_init(&request, BL_AGENT_UNSEAL, BL_BUF_MAX);
	bl_wire_unseal_put(&request.payload,
	    &(struct bl_wire_unseal){sealed, bl_secret_reveal(pass)});
	return ask_key(key, a, &request, note);
}

enum bl_err
bl_agent_seal(struct bl_buf *out, struct bl_agent *a, struct bl_span key,
    const struct bl_secret *pass, struct bl_note *note)
{
	struct bl_ipc request;
	enum bl_err err;

	if ((err = check_pass(pass, note)) != BL_OK ||
	    (err = check_key(key, note)) != BL_OK)
		return err;
	bl_ipc_init(&request, BL_AGENT_SEAL, BL_BUF_MAX);
	bl_wire_sealkey_put(&request.payload,
	    &(struct bl_wire_sealkey){key, bl_secret_reveal(pass)});
	return ask_bytes(out, a, &request, BL_AGENT_BYTES, note);
}

enum bl_err
bl_agent_list(struct bl_buf *out, struct bl_agent *a, struct bl_note *note)
{
	struct bl_ipc request, answer;
	enum bl_err err;

	bl_ipc_init(&request, BL_AGENT_LIST, 0);
	err = ask(&answer, a, &request, BL_AGENT_KEYS, note);
	if (err == BL_OK)
		err = bl_agent_take_keys(out, &answer, note);
	bl_ipc_clear(&answer);
	return err;
}

enum bl_err
bl_agent_want(struct bl_buf *answer, struct bl_agent *a, struct bl_span want,
    struct bl_note *note)
{
	struct bl_ipc request;

	if (want.n == 0 || want.n > BL_KEY_FRAME_MAX)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "this is no want of a key", "docs/wire/agent.md");
	bl_ipc_init(&request, BL_AGENT_WANT, BL_BUF_MAX);
	bl_buf_add(&request.payload, want);
	return ask_bytes(answer, a, &request, BL_AGENT_ANSWER, note);
}

enum bl_err
bl_agent_export(struct bl_buf *out, struct bl_agent *a,
    const struct bl_wire_export *e, const struct bl_secret *pass,
    struct bl_note *note)
{
	struct bl_wire_export with = *e;
	struct bl_ipc request;
	enum bl_err err;

	if ((err = check_pass(pass, note)) != BL_OK)
		return err;
	if (!bl_text_ok(bl_secret_reveal(pass)))
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "the passphrase is not UTF-8", "RFC 7292 B.1");
	with.pass = bl_secret_reveal(pass);
	bl_ipc_init(&request, BL_AGENT_EXPORT, BL_BUF_MAX);
	bl_wire_export_put(&request.payload, &with);
	if (request.payload.n > BL_AGENT_BYTES_MAX)
		request.payload.err = BL_E_LIMIT;
	return ask_bytes(out, a, &request, BL_AGENT_BYTES, note);
}

enum bl_err
bl_agent_forget(struct bl_agent *a, struct bl_span key, struct bl_note *note)
{
	struct bl_ipc request, answer;
	enum bl_err err;

	if ((err = check_key(key, note)) != BL_OK)
		return err;
	bl_ipc_init(&request, BL_AGENT_FORGET, BL_BUF_MAX);
	bl_buf_add(&request.payload, key);
	return ask(&answer, a, &request, BL_AGENT_DONE, note);
}

enum bl_err
bl_agent_listen(
    struct bl_agent *a, int socket, uint32_t idle, struct bl_note *note)
{
	struct bl_ipc request, answer;
	enum bl_err err;

	bl_ipc_init(&request, BL_AGENT_LISTEN, BL_BUF_MAX);
	bl_field_put_u32(&request.payload, idle);
	request.fds[0] = socket;
	request.fd_count = 1;
	err = ask(&answer, a, &request, BL_AGENT_DONE, note);
	if (err == BL_OK)
		a->child.pid = 0; /* it outlives us: nothing to wait for */
	return err;
}

enum bl_err
bl_agent_lock(struct bl_agent *a, struct bl_note *note)
{
	struct bl_ipc request, answer;

	bl_ipc_init(&request, BL_AGENT_LOCK, BL_BUF_MAX);
	return ask(&answer, a, &request, BL_AGENT_DONE, note);
}

/* ---- what an authority asks ---- */

enum bl_err
bl_agent_generate(struct bl_agent_key *key, struct bl_agent *a,
    const struct bl_wire_generate *g, struct bl_note *note)
{
	struct bl_ipc request;

	bl_ipc_init(&request, BL_AGENT_GENERATE, BL_BUF_MAX);
	bl_wire_generate_put(&request.payload, g);
	return ask_key(key, a, &request, note);
}

enum bl_err
bl_agent_certify(struct bl_buf *out, struct bl_agent *a,
    const struct bl_wire_certify *c, struct bl_note *note)
{
	struct bl_wire_certify same;
	struct bl_ipc request;

	bl_ipc_init(&request, BL_AGENT_CERTIFY, BL_BUF_MAX);
	bl_wire_certify_put(&request.payload, c);
	/* the agent would hang up on a frame that breaks its page */
	if (request.payload.err == BL_OK &&
	    bl_wire_certify_get(&same, bl_buf_span(&request.payload), NULL) !=
		BL_OK) {
		bl_ipc_clear(&request);
		return bl_fail(note, BL_E_DENIED, 0,
		    "a name, an address or a URL is too long, or no text",
		    "RFC 5280 A.1");
	}
	return ask_bytes(out, a, &request, BL_AGENT_BYTES, note);
}

enum bl_err
bl_agent_crl(struct bl_buf *out, struct bl_agent *a,
    const struct bl_wire_crl *l, struct bl_note *note)
{
	struct bl_ipc request;

	if (l->list.n > BL_ISSUE_REVOKED)
		return bl_fail_limit(note, 0, "limit-crl",
		    "too many certificates are revoked for one list", NULL);
	bl_ipc_init(&request, BL_AGENT_LIST_REVOKED, BL_BUF_MAX);
	bl_wire_crl_put(&request.payload, l);
	return ask_bytes(out, a, &request, BL_AGENT_BYTES, note);
}

enum bl_err
bl_agent_ocsp(struct bl_buf *response, struct bl_buf requests[2],
    struct bl_agent *a, const struct bl_wire_ocsp *o, struct bl_note *note)
{
	struct bl_ipc request, answer;
	struct bl_wire_status s;
	enum bl_err err;

	bl_ipc_init(&request, BL_AGENT_TELL_STATUS, BL_BUF_MAX);
	bl_wire_ocsp_put(&request.payload, o);
	err = ask(&answer, a, &request, BL_AGENT_STATUS, note);
	if (err == BL_OK &&
	    bl_wire_status_get(&s, bl_buf_span(&answer.payload), NULL) != BL_OK)
		err = bl_fail(note, BL_E_SYSTEM, 0,
		    "the agent gave an answer that cannot be read", NULL);
	if (err == BL_OK) {
		bl_buf_add(response, s.response);
		bl_buf_add(&requests[0], s.requests[0]);
		bl_buf_add(&requests[1], s.requests[1]);
		if ((err = bl_buf_err(response, note)) == BL_OK &&
		    (err = bl_buf_err(&requests[0], note)) == BL_OK)
			err = bl_buf_err(&requests[1], note);
	}
	bl_ipc_clear(&answer);
	return err;
}
