/* request.c - what each request does; docs/wire/agent-control.md. */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "agent/agent.h"
#include "proc/wire/reader.h"

#define LOAD_WAIT 120 /* seconds until the next word of a key file reader */

static struct bl_span
payload(const struct bl_ipc *f)
{
	return bl_buf_span(&f->payload);
}

enum next
request_done(struct bl_ipc *out, enum bl_err err, const struct bl_note *note)
{
	bl_ipc_clear(out);
	bl_ipc_init(out, BL_AGENT_DONE, BL_BUF_MAX);
	bl_field_put_told(&out->payload, err, note);
	return GO_ON;
}

enum next
request_given(
    struct bl_ipc *out, uint8_t type, enum bl_err err, struct bl_note *note)
{
	if (err == BL_OK)
		err = bl_buf_err(&out->payload, note);
	if (err != BL_OK)
		return request_done(out, err, note);
	out->type = type;
	return GO_ON;
}

bool
request_is_one_shot(const struct agent *a)
{
	return a->listening < 0;
}

enum next
request_denied(struct bl_ipc *out)
{
	struct bl_note note = {0};
	enum bl_err err = bl_fail(&note, BL_E_DENIED, 0,
	    "the agent of a session gives no key away", NULL);

	return request_done(out, err, &note);
}

/* ---- LOAD ---- */

/* Takes one key; one of a kind that is not handled is left out. */
static enum bl_err
load_key(struct agent *a, struct keyring *ring, struct bl_span pkcs8,
    struct bl_note *note)
{
	struct bl_secret *secret = NULL;
	struct key *key;
	enum bl_err err;

	if ((err = bl_secret_copy(&secret, pkcs8, note)) != BL_OK)
		return err;
	err = keyring_add(&key, ring, a->ctx, secret, note);
	bl_secret_free(secret);
	return err;
}

/* Reads keys up to KEYS-END. The note says why the first one was left out. */
static enum bl_err
load_all(struct agent *a, struct keyring *ring, int fd, struct bl_note *note)
{
	struct bl_ipc f;
	enum bl_err err;

	for (;;) {
		err = bl_ipc_receive(&f, fd, bl_reader_rules_keys,
		    bl_reader_rules_keys_count, NULL);
		if (err != BL_OK) {
			*note = (struct bl_note){0};
			return bl_fail(note, BL_E_MISSING, 0,
			    "the key file could not be read to its end", NULL);
		}
		if (f.type == BL_READER_KEYS_END)
			return BL_OK;
		err = f.payload.n > 0 ? load_key(a, ring, payload(&f), note)
				      : BL_E_MALFORMED;
		bl_ipc_clear(&f);
		if (err == BL_E_MEMORY || err == BL_E_LIMIT ||
		    err == BL_E_SYSTEM)
			return err;
	}
}

static enum next
load(struct bl_ipc *out, struct agent *a, struct bl_ipc *f)
{
	const struct timeval wait = {.tv_sec = LOAD_WAIT};
	struct keyring ring = {0};
	struct bl_note note = {0};
	enum bl_err err;

	setsockopt(f->fds[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	err = load_all(a, &ring, f->fds[0], &note);
	if (err == BL_OK && ring.n == 0)
		err = note.err != BL_OK
		    ? note.err
		    : bl_fail(&note, BL_E_MISSING, 0,
			  "there is no key in the file", NULL);
	if (err == BL_OK) {
		keyring_say(&out->payload, &ring);
		err = keyring_move(&a->ring, &ring, &note);
	}
	keyring_clear(&ring);
	return request_given(out, BL_AGENT_KEYS, err, &note);
}

/* ---- sealed keys ---- */

static enum next
unseal(struct bl_ipc *out, struct agent *a, const struct bl_ipc *f)
{
	struct bl_secret *pass = NULL, *pkcs8 = NULL;
	struct bl_wire_unseal in;
	struct bl_note note = {0};
	struct key *key;
	enum bl_err err;

	if (bl_wire_unseal_get(&in, payload(f), NULL) != BL_OK)
		return HANG_UP;
	if ((err = bl_secret_copy(&pass, in.pass, &note)) == BL_OK &&
	    (err = bl_pkcs8_open(&pkcs8, a->ctx, in.sealed, pass, &BL_LIMITS,
		 &note)) == BL_OK &&
	    (err = keyring_add(&key, &a->ring, a->ctx, pkcs8, &note)) == BL_OK)
		keyring_say(&out->payload, &(struct keyring){key, 1, 1});
	bl_secret_free(pass);
	bl_secret_free(pkcs8);
	return request_given(out, BL_AGENT_KEYS, err, &note);
}

static enum next
seal(struct bl_ipc *out, struct agent *a, const struct bl_ipc *f)
{
	struct bl_secret *pass = NULL, *pkcs8 = NULL;
	struct bl_wire_sealkey in;
	struct bl_note note = {0};
	const struct key *key;
	enum bl_err err;

	if (bl_wire_sealkey_get(&in, payload(f), NULL) != BL_OK)
		return HANG_UP;
	if (!request_is_one_shot(a))
		return request_denied(out);
	if ((key = keyring_find(&a->ring, in.key)) == NULL)
		err = bl_fail(&note, BL_E_NOKEY, 0,
		    "the agent does not have this key", NULL);
	else if ((err = bl_secret_copy(&pass, in.pass, &note)) == BL_OK &&
	    (err = bl_priv_write(&pkcs8, key->priv, &note)) == BL_OK)
		err = bl_pkcs8_seal(&out->payload, a->ctx, pkcs8, pass, &note);
	bl_secret_free(pass);
	bl_secret_free(pkcs8);
	return request_given(out, BL_AGENT_BYTES, err, &note);
}

static enum next export(
    struct bl_ipc *out, struct agent *a, const struct bl_ipc *f) {
	struct bl_wire_export in; struct bl_note note = {0};

	if (bl_wire_export_get(&in, payload(f), NULL) != BL_OK) return HANG_UP;
	if (!request_is_one_shot(a)) return request_denied(out);
	return request_given(out, BL_AGENT_BYTES,
	    export_write(&out->payload, a, &in, &note), &note);
}

/* ---- WANT ---- */

/* Which key a want is for; false when it is none that a key can answer. */
static bool
read_want(
    uint8_t id[BL_SHA256_SIZE], enum bl_want_kind *kind, struct bl_span frame)
{
	struct bl_want_sign sign;
	struct bl_want_unwrap unwrap;

	*kind = bl_want_kind_of(frame);
	if (*kind == BL_WANT_SIGN &&
	    bl_want_sign_get(&sign, frame, NULL) == BL_OK) {
		memcpy(id, sign.key, BL_SHA256_SIZE);
		return true;
	}
	if (*kind == BL_WANT_UNWRAP &&
	    bl_want_unwrap_get(&unwrap, frame, NULL) == BL_OK) {
		memcpy(id, unwrap.key, BL_SHA256_SIZE);
		return true;
	}
	return false;
}

static enum bl_err
refuse(struct bl_buf *out, enum bl_want_kind kind, enum bl_refusal refusal,
    struct bl_note *note)
{
	const struct bl_answer answer = {.kind = kind, .refusal = refusal};

	return bl_answer_put(out, &answer, note);
}

static enum next
want(struct bl_ipc *out, struct agent *a, const struct bl_ipc *f)
{
	uint8_t id[BL_SHA256_SIZE];
	enum bl_want_kind kind;
	struct bl_note note = {0};
	struct key *key;
	enum bl_err err;

	if (!read_want(id, &kind, payload(f)))
		return HANG_UP;
	key = keyring_find(&a->ring, bl_span_of(id, sizeof(id)));
	if (key == NULL)
		err = refuse(&out->payload, kind, BL_REFUSED_NO_KEY, &note);
	else if (kind == BL_WANT_UNWRAP && !key_may_unwrap(key, agent_now_ms()))
		err = refuse(&out->payload, kind, BL_REFUSED_RATE, &note);
	else
		err = bl_key_do(
		    &out->payload, a->ctx, key->priv, payload(f), &note);
	return request_given(out, BL_AGENT_ANSWER, err, &note);
}

/* ---- the rest ---- */

static enum next
forget(struct bl_ipc *out, struct agent *a, const struct bl_ipc *f)
{
	struct bl_note note = {0};
	enum bl_err err = BL_OK;

	if (f->payload.n != BL_SHA256_SIZE)
		return HANG_UP;
	if (!keyring_drop(&a->ring, payload(f)))
		err = bl_fail(&note, BL_E_NOKEY, 0,
		    "the agent does not have this key", NULL);
	return request_done(out, err, &note);
}

static bool
is_listening(int fd)
{
	int yes = 0;
	socklen_t n = sizeof(yes);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &n) == 0 &&
	    yes == 1;
}

/* From here on it stands alone, and gives no key away. */
static enum next
listen_to(struct bl_ipc *out, struct agent *a, struct bl_ipc *f)
{
	struct bl_fields w = bl_field_of(payload(f));
	uint32_t idle = bl_field_u32(&w, UINT32_MAX);
	struct bl_note note = {0};
	enum bl_err err = BL_OK;

	if (bl_field_end(&w, NULL) != BL_OK)
		return HANG_UP;
	if (!request_is_one_shot(a))
		return request_denied(out);
	if (!is_listening(f->fds[0])) {
		err = bl_fail(
		    &note, BL_E_CALLER, 0, "the socket does not listen", NULL);
		return request_done(out, err, &note);
	}
	setsid(); /* fails where it leads a group already: that is as good */
	if (prctl(PR_SET_PDEATHSIG, 0UL) != 0) {
		err = bl_fail(&note, BL_E_SYSTEM, 0,
		    "the agent cannot outlive its parent", NULL);
		return request_done(out, err, &note);
	}
	a->listening = bl_ipc_take_fd(f, 0);
	a->idle = idle;
	return request_done(out, BL_OK, NULL);
}

enum next
request_answer(struct bl_ipc *out, struct agent *a, struct bl_ipc *f)
{
	bl_ipc_init(out, BL_AGENT_DONE, BL_AGENT_BYTES_MAX);
	switch (f->type) {
	case BL_AGENT_LOAD:
		return load(out, a, f);
	case BL_AGENT_UNSEAL:
		return unseal(out, a, f);
	case BL_AGENT_SEAL:
		return seal(out, a, f);
	case BL_AGENT_LIST:
		keyring_say(&out->payload, &a->ring);
		return request_given(out, BL_AGENT_KEYS, BL_OK, NULL);
	case BL_AGENT_WANT:
		return want(out, a, f);
	case BL_AGENT_EXPORT:
		return export(out, a, f);
	case BL_AGENT_FORGET:
		return forget(out, a, f);
	case BL_AGENT_LISTEN:
		return listen_to(out, a, f);
	case BL_AGENT_LOCK:
		keyring_clear(&a->ring);
		request_done(out, BL_OK, NULL);
		return END;
	case BL_AGENT_GENERATE:
		return issue_generate(out, a, f);
	case BL_AGENT_CERTIFY:
		return issue_certify(out, a, f);
	case BL_AGENT_LIST_REVOKED:
		return issue_crl(out, a, f);
	case BL_AGENT_TELL_STATUS:
		return issue_ocsp(out, a, f);
	default:
		return HANG_UP;
	}
}
