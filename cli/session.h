/* session.h - what a command works with: a reader, an agent, certificates and
 * keys from options or the state. */
#ifndef BL_CLI_SESSION_H
#define BL_CLI_SESSION_H

#include "cli/args.h"
#include "cli/courier.h"
#include "cli/state.h"
#include "proc/reader.h"

/* der_set is certificates in DER, owned. */
struct der_set {
	struct bl_buf *bytes;
	struct bl_span *spans; /* of bytes, for bl_der_list */
	size_t n, cap;
};
BL_CHECK enum bl_err der_set_add(
    struct der_set *s, struct bl_span der, struct bl_note *note);
void der_set_clear(struct der_set *s);
struct bl_der_list der_set_list(const struct der_set *s);

/*
 * session owns the programs that were started and all that was read. The state
 * is looked into only when an option did not say everything.
 *
 * passes  files with passphrases, in the order of the files that need one; the last
 *	   one serves the rest
 */
struct shared;
struct session {
	struct bl_reader *reader;
	struct bl_agent *agent;	  /* of our own: keys from files */
	struct bl_agent *running; /* the one that `bulla key unlock` left */
	struct bl_secret *pass;	  /* of the state, once asked */
	struct shared *shared;	  /* passwords of messages, or NULL */
	struct courier *courier;  /* what fetches, or NULL: nothing is */
	struct state *state;
	struct args_list passes;
	size_t passes_used;
	struct records own;	   /* certificates with a key, from files */
	struct der_set identities; /* own certificates whose key can be asked */
	struct der_set anchors, pool;
	struct bl_reader_evidence evidence[BL_READER_EVIDENCE_MAX];
	size_t evidence_count;
	bool keys_from_files;
	bool told[STATE_KINDS]; /* that some files of a kind cannot be read */
	int status;		/* of an error that was said in a want */
};

/* session_start starts a reader. Says what is wrong; returns an exit status,
 * 0 when fine. So do all of these. */
int session_start(struct session *s);
void session_end(struct session *s);

/* session_state opens the state. */
int session_state(struct session *s);
/* session_keys loads key files into the agent; their certificates become
 * identities, or go to the pool when they have no key. */
int session_keys(struct session *s, const struct args_list *files);
/* session_own takes the identities and their chain from the state. */
int session_own(struct session *s);
/* session_anchors, session_pool read certificates from files; bad entries are
 * named and skipped. */
int session_anchors(struct session *s, const struct args_list *files);
int session_pool(struct session *s, const struct args_list *files);
/* session_evidence opens files of one kind of revocation evidence for the next
 * job. */
int session_evidence(struct session *s, enum bl_evidence_kind kind,
    const struct args_list *files);
/* session_evidence_again makes evidence good for more than one job: what comes
 * out of a pipe is kept. */
int session_evidence_again(struct session *s);
/* session_revocation reads --revocation; NULL is REQUIRE. */
int session_revocation(
    enum bl_revocation *out, const struct args *how, const char *word);
/* session_net lets wants be answered from the cache and the network; again, with
 * a new budget of fetches. Where there is no place for a state, nothing is
 * kept. */
struct net {
	bool offline, trace;
	struct args_list allow; /* --allow-host */
};
int session_net(struct session *s, const struct net *net);
/* session_list is for bl_reader_calls beside session_want. */
int session_list(void *session);
/* session_load appends all certificates of a kind from the state; files that
 * cannot be read are counted in a warning and left out. */
int session_load(struct session *s, enum state_kind kind, struct records *out);
/* session_state_anchors takes what the state trusts for a purpose,
 * session_state_pool its certificates, which may be issuers. */
int session_state_anchors(struct session *s, enum bl_purpose purpose);
int session_state_pool(struct session *s);
/* session_certs reads one file of certificates into a list of records. */
int session_certs(struct session *s, const char *path, struct records *out);
/* session_certs_from reads an open file; `name` is what errors call it. */
int session_certs_from(
    struct session *s, int fd, const char *name, struct records *out);

/*
 * session_want answers a want for bl_reader_calls: by the agent with the keys
 * from files, else by the running agent, else by unsealing the state's key
 * under a passphrase that is asked for once.
 */
enum bl_err session_want(void *session, struct bl_span want,
    struct bl_buf *answer, struct bl_note *note);

/* session_input opens a message: NULL or "-" is standard input. */
int session_input(int *fd, const char *path);
/* session_input_name is what an error calls it: the path, or "standard
 * input". */
const char *session_input_name(const char *path);

/* session_now is the time by which things are judged: --at or the clock.
 * Returns an exit status. */
int session_now(int64_t *out, const struct args *how, const char *at);

#endif
