/* agent.h - asking bulla-agent, which holds the private keys. */
#ifndef BL_PROC_AGENT_H
#define BL_PROC_AGENT_H

#include "proc/wire/agent.h"

/*
 * bl_agent is a connection to an agent: one of our own, which ends with the
 * connection (bl_agent_start), or one that serves a session
 * (bl_agent_connect).
 *
 * What the agent refuses comes back as its error, with the strings of the note
 * borrowed from the bl_agent until the next call. When it is gone:
 * BL_E_SYSTEM.
 */
struct bl_agent;

/* bl_agent_start starts an agent without keys. BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_agent_start(
    struct bl_agent **out, struct bl_note *note);
/* bl_agent_connect: BL_E_MISSING when none listens at `path` (a UNIX socket),
 * BL_E_DENIED when it runs as another user. */
BL_CHECK enum bl_err bl_agent_connect(
    struct bl_agent **out, const char *path, struct bl_note *note);
/* bl_agent_hang_up is the first half of bl_agent_stop, which must follow: so
 * that several programs end side by side. */
void bl_agent_hang_up(struct bl_agent *a);
/* bl_agent_stop hangs up; one of our own has ended when it returns. */
void bl_agent_stop(struct bl_agent *a);

/*
 * bl_agent_unseal opens a sealed key (EncryptedPrivateKeyInfo) into the agent.
 *
 * key  the key that is now there; may be NULL
 *
 * BL_E_NOKEY: wrong passphrase. BL_E_MALFORMED, BL_E_LIMIT, BL_E_UNSUPPORTED.
 */
BL_CHECK enum bl_err bl_agent_unseal(struct bl_agent_key *key,
    struct bl_agent *a, struct bl_span sealed, const struct bl_secret *pass,
    struct bl_note *note);
/* bl_agent_seal appends a key sealed under a passphrase. Agents of our own
 * only, else BL_E_DENIED; BL_E_NOKEY when it is not there. */
BL_CHECK enum bl_err bl_agent_seal(struct bl_buf *out, struct bl_agent *a,
    struct bl_span key, const struct bl_secret *pass, struct bl_note *note);
/* bl_agent_list appends a struct bl_agent_key for each key that is there. */
BL_CHECK enum bl_err bl_agent_list(
    struct bl_buf *out, struct bl_agent *a, struct bl_note *note);
/* bl_agent_want appends the answer to a SIGN or UNWRAP want; a refusal is an
 * answer too. BL_E_MALFORMED: not a want. */
BL_CHECK enum bl_err bl_agent_want(struct bl_buf *answer, struct bl_agent *a,
    struct bl_span want, struct bl_note *note);
/* bl_agent_export appends a PKCS#12 file. `e->pass` is left out: the
 * passphrase is `pass`. Agents of our own only, else BL_E_DENIED. */
BL_CHECK enum bl_err bl_agent_export(struct bl_buf *out, struct bl_agent *a,
    const struct bl_wire_export *e, const struct bl_secret *pass,
    struct bl_note *note);
/* bl_agent_forget drops one key. BL_E_NOKEY when it is not there. */
BL_CHECK enum bl_err bl_agent_forget(
    struct bl_agent *a, struct bl_span key, struct bl_note *note);
/*
 * bl_agent_listen makes an agent of our own one that serves a session: it
 * outlives us and our group, answers connections of this user to `socket`
 * (listening, UNIX), gives out no key any more, and ends when it was asked
 * nothing for `idle` seconds (0: never). Close the socket afterwards; `a` can
 * still be asked what a session's agent answers.
 */
BL_CHECK enum bl_err bl_agent_listen(
    struct bl_agent *a, int socket, uint32_t idle, struct bl_note *note);
/*
 * What an authority asks of an agent of our own (else BL_E_DENIED); the keys it
 * names must be there (BL_E_NOKEY). BL_E_DENIED: it is nothing that may be
 * issued.
 *
 * generate  makes a key pair; *key names it
 * certify   appends a certificate, DER
 * crl	     appends a revocation list, DER
 * ocsp	     appends an OCSP response, and the two requests that it answers
 */
BL_CHECK enum bl_err bl_agent_generate(struct bl_agent_key *key,
    struct bl_agent *a, const struct bl_wire_generate *g, struct bl_note *note);
BL_CHECK enum bl_err bl_agent_certify(struct bl_buf *out, struct bl_agent *a,
    const struct bl_wire_certify *c, struct bl_note *note);
BL_CHECK enum bl_err bl_agent_crl(struct bl_buf *out, struct bl_agent *a,
    const struct bl_wire_crl *l, struct bl_note *note);
BL_CHECK enum bl_err bl_agent_ocsp(struct bl_buf *response,
    struct bl_buf requests[2], struct bl_agent *a, const struct bl_wire_ocsp *o,
    struct bl_note *note);
/* bl_agent_lock makes the agent forget all keys and end. */
BL_CHECK enum bl_err bl_agent_lock(struct bl_agent *a, struct bl_note *note);

#endif
