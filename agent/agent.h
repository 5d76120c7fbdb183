/* agent.h - what the files of bulla-agent share. */
#ifndef BL_AGENT_AGENT_H
#define BL_AGENT_AGENT_H

#include <sys/types.h>

#include "crypto/crypto.h"
#include "keys/keys.h"
#include "proc/wire/agent.h"

/* ---- keyring.c: the keys, in memory only ---- */

#define RATE_BURST  200 /* unwraps of one key at once, */
#define RATE_SECOND 20	/* and then in a second */

struct key {
	uint8_t id[BL_SHA256_SIZE]; /* SHA-256 of its SubjectPublicKeyInfo */
	struct bl_priv *priv;
	unsigned tokens;   /* unwraps that are left, in thousandths */
	int64_t filled_ms; /* when they were last counted */
};
/* keyring is an array that keeps its keys; {0} is empty. */
struct keyring {
	struct key *keys;
	size_t n, cap;
};

/* keyring_add reads a PrivateKeyInfo; *out is the key, new or there already,
 * until the next change. BL_E_LIMIT over BL_AGENT_KEYS_MAX, and the errors of
 * bl_priv_read. */
BL_CHECK enum bl_err keyring_add(struct key **out, struct keyring *k,
    struct bl_ctx *ctx, const struct bl_secret *pkcs8, struct bl_note *note);
/* keyring_take adds a key that is read already, and owns it also when it
 * fails. */
BL_CHECK enum bl_err keyring_take(struct key **out, struct keyring *k,
    struct bl_ctx *ctx, struct bl_priv *priv, struct bl_note *note);
/* keyring_move adds all of `from` and leaves it empty. */
BL_CHECK enum bl_err keyring_move(
    struct keyring *k, struct keyring *from, struct bl_note *note);
struct key *keyring_find(const struct keyring *k, struct bl_span id);
/* keyring_drop forgets one; false when it is not there. */
bool keyring_drop(struct keyring *k, struct bl_span id);
void keyring_clear(struct keyring *k);
/* keyring_say writes the payload of KEYS. */
void keyring_say(struct bl_buf *out, const struct keyring *k);
/* key_may_unwrap counts an unwrap at `now_ms`; false when there were too
 * many. */
bool key_may_unwrap(struct key *key, int64_t now_ms);

/* ---- the agent ---- */

#define CLIENTS 16

struct client {
	int fd; /* -1: none */
	struct bl_ipc_in in;
	int64_t heard_ms;
};

struct agent {
	struct bl_ctx *ctx;
	struct keyring ring;
	uid_t user;
	struct client clients[CLIENTS]; /* the first is the control connection
					   for as long as it lasts */
	int listening;			/* -1: one-shot */
	uint32_t idle;	  /* seconds without a request; 0: no end */
	int64_t asked_ms; /* when the last request came */
};

int64_t agent_now_ms(void);

/* ---- request.c ---- */

enum next { GO_ON = 1, HANG_UP, END };

/* request_answer does what a frame asks for and writes the answer into `out`.
 * GO_ON: send it. HANG_UP: the frame breaks docs/wire/agent-control.md. END:
 * send it and end. */
enum next request_answer(struct bl_ipc *out, struct agent *a, struct bl_ipc *f);

/* request_done makes the answer DONE with this error; request_given what was
 * written into it, or DONE with an error. request_is_one_shot: the agent ends
 * with who started it; request_denied is the answer where it does not. */
enum next request_done(
    struct bl_ipc *out, enum bl_err err, const struct bl_note *note);
enum next request_given(
    struct bl_ipc *out, uint8_t type, enum bl_err err, struct bl_note *note);
bool request_is_one_shot(const struct agent *a);
enum next request_denied(struct bl_ipc *out);

/* ---- issue.c: what an authority asks; one-shot agents only ---- */

enum next issue_generate(
    struct bl_ipc *out, struct agent *a, const struct bl_ipc *f);
enum next issue_certify(
    struct bl_ipc *out, struct agent *a, const struct bl_ipc *f);
enum next issue_crl(
    struct bl_ipc *out, struct agent *a, const struct bl_ipc *f);
enum next issue_ocsp(
    struct bl_ipc *out, struct agent *a, const struct bl_ipc *f);

/* ---- export.c ---- */

/* export_write appends a PKCS#12 of keys of the ring. */
BL_CHECK enum bl_err export_write(struct bl_buf *out, struct agent *a,
    const struct bl_wire_export *e, struct bl_note *note);

/* ---- serve.c ---- */

/* serve answers until there is nobody left to answer. */
void serve(struct agent *a);
/* serve_end hangs up on all. */
void serve_end(struct agent *a);

#endif
