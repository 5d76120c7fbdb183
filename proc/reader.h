/* reader.h - giving jobs to bulla-reader, which reads what is foreign. */
#ifndef BL_PROC_READER_H
#define BL_PROC_READER_H

#include "proc/agent.h"
#include "proc/wire/reader.h"

/*
 * bl_reader is a reader process at our side. It does one job after the other;
 * when it is used up (BL_READER_JOBS) or broken, the next job starts another.
 *
 * Every job: the strings of `note` and all spans borrow from the bl_reader
 * until the next job or bl_reader_stop. What the reader says of its input
 * comes back as its error and note, with positions in the input. BL_E_SYSTEM:
 * it could not be started, died, or answered nonsense; BL_E_LIMIT with
 * "limit-cpu": it was ended because it needed too much time.
 */
struct bl_reader;

/* bl_reader_start: BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_reader_start(
    struct bl_reader **out, struct bl_note *note);
/* bl_reader_hang_up is the first half of bl_reader_stop, which must follow. */
void bl_reader_hang_up(struct bl_reader *r);
/* bl_reader_stop hangs up, waits for its end, frees; NULL is fine. */
void bl_reader_stop(struct bl_reader *r);

/*
 * bl_reader_calls is what a job may call meanwhile.
 *
 * want	     appends the answer to one want; an error ends the job with it.
 *	     NULL: every want is refused. bl_reader_ask_agent fits, with a
 *	     bl_agent as want_arg
 * list	     asked after the wants of a round until it gives -1: an open file of
 *	     revocation lists that one of them is met by, too long for an
 *	     answer; it is closed. May be NULL
 * progress  at most 10 times a second, bytes of input read; may be NULL
 */
struct bl_reader_calls {
	enum bl_err (*want)(void *arg, struct bl_span want,
	    struct bl_buf *answer, struct bl_note *note);
	int (*list)(void *want_arg);
	void *want_arg;
	void (*progress)(void *arg, uint64_t bytes);
	void *progress_arg;
};
BL_CHECK enum bl_err bl_reader_ask_agent(void *agent, struct bl_span want,
    struct bl_buf *answer, struct bl_note *note);

/* bl_der_list is certificates in DER. */
struct bl_der_list {
	const struct bl_span *der;
	size_t n;
};

/* bl_reader_evidence is an open file of revocation evidence, which the caller
 * keeps and closes. */
struct bl_reader_evidence {
	enum bl_evidence_kind kind;
	int fd;
};

/*
 * bl_reader_open_job is a message to be opened. {0} is strict; input, out,
 * park[0] and park[1] must be set, the other files are -1 when there is none.
 * The caller keeps and closes the files.
 *
 * content  the content of a bare detached signature
 * out	    empty, readable and writable: bl_park_open, or an unnamed file in
 *	    the target's folder with out_is_output
 * release  gets the content in bl_reader_release; not with out_is_output
 */
struct bl_reader_open_job {
	enum bl_open_input kind;
	int64_t now; /* s since 1970 */
	struct bl_span from;
	bool legacy;
	enum bl_revocation revocation;
	const struct bl_reader_evidence *evidence;
	size_t evidence_count;
	bool has_password, has_kek; /* the calls answer SHARED wants */
	struct bl_span kek_id;
	struct bl_der_list identities, anchors, pool;
	int input, content, out, park[2], release;
	bool out_is_output;
};

/* bl_reader_verdict borrows from the bl_reader until its next job. */
struct bl_reader_verdict {
	enum bl_encryption encryption;
	enum bl_signature signature;
	bl_reasons reasons;
	const char *limit;	    /* "limit-mime-depth", or NULL */
	const struct bl_note *note; /* bl_verdict_note; err may be BL_OK */
	enum bl_err gate[4]; /* BL_OK or why not, by gates (enum bl_gate) */
	struct bl_span json; /* bl_verdict_json: UTF-8, no controls but LF */
};
/*
 * bl_reader_open reads the message to its end. On BL_OK there is a verdict,
 * and bl_reader_release or bl_reader_discard must follow.
 */
BL_CHECK enum bl_err bl_reader_open(struct bl_reader_verdict *out,
    struct bl_reader *r, const struct bl_reader_open_job *job,
    const struct bl_reader_calls *calls, struct bl_note *note);

/* bl_reader_done is how a job ended. */
struct bl_reader_done {
	bool closed; /* who read our output went away: end quietly */
	uint64_t bytes_in, bytes_out;
	uint8_t culprit[BL_SHA256_SIZE];
	bool has_culprit; /* SEAL: this certificate is not fit */
};
/* bl_reader_release lets the content out: into `release`, or with
 * out_is_output says that what is in `out` may be kept. BL_E_DENIED when the
 * gates do not hold; then nothing was written. done may be NULL. */
BL_CHECK enum bl_err bl_reader_release(struct bl_reader_done *done,
    struct bl_reader *r, unsigned gates, struct bl_note *note);
/* bl_reader_discard ends a job without its content. */
void bl_reader_discard(struct bl_reader *r);

/* bl_reader_seal_job is a draft to be sealed, see bl_seal_opts. The caller
 * keeps and closes the files. */
struct bl_reader_seal_job {
	struct bl_wire_seal opts;	    /* progress is set from the calls */
	struct bl_span signer, own_encrypt; /* DER, or empty */
	struct bl_der_list include, to;
	int input, output;
};
/* bl_reader_seal: on any error what was written is of no use. BL_E_DENIED with
 * has_culprit: done says which certificate, note->reason why. */
BL_CHECK enum bl_err bl_reader_seal(struct bl_reader_done *done,
    struct bl_reader *r, const struct bl_reader_seal_job *job,
    const struct bl_reader_calls *calls, struct bl_note *note);

/*
 * bl_reader_check asks whether a certificate is good; `json` is that of
 * bl_cert_check, borrowed. BL_E_MALFORMED, BL_E_LIMIT: of the certificate, or of
 * evidence.
 */
struct bl_reader_check_job {
	struct bl_wire_check ask;
	struct bl_span cert; /* DER */
	struct bl_der_list anchors, pool;
	const struct bl_reader_evidence *evidence;
	size_t evidence_count;
};
BL_CHECK enum bl_err bl_reader_check(struct bl_span *json, struct bl_reader *r,
    const struct bl_reader_check_job *job, const struct bl_reader_calls *calls,
    struct bl_note *note);

/* bl_reader_age tells how old a thing is that was fetched and stands in `input`
 * from where that is; it is read strictly. BL_E_MISSING: a responder's refusal.
 * BL_E_MALFORMED, BL_E_LIMIT, BL_E_UNSUPPORTED: it is no such thing. */
BL_CHECK enum bl_err bl_reader_age(struct bl_age *out, struct bl_reader *r,
    enum bl_fetch_kind kind, int input, struct bl_note *note);

/* bl_reader_inspect: `json` (borrowed) is there, as far as it goes, also with
 * BL_E_MALFORMED and BL_E_LIMIT. */
BL_CHECK enum bl_err bl_reader_inspect(struct bl_span *json,
    struct bl_reader *r, enum bl_open_input kind, int input,
    struct bl_note *note);

/* bl_cert_each takes one certificate; an error ends the job with it. */
typedef enum bl_err bl_cert_each(
    void *arg, const struct bl_cert_info *c, struct bl_note *note);
/*
 * bl_reader_certs reads a file of certificates, as bulla/collection.h has it.
 *
 * pass	    of a PKCS#12 file; NULL: none. A reader that hears one is started for
 *	    this file alone
 * skipped  entries that are no usable certificate; may be NULL. When it is not
 *	    0 with BL_OK, note->what says why the first one was (note->err
 *	    is BL_OK)
 *
 * BL_E_NOKEY: it needs a passphrase, or another one. BL_E_MALFORMED: nothing in
 * the file is a certificate.
 */
BL_CHECK enum bl_err bl_reader_certs(uint32_t *skipped, struct bl_reader *r,
    int input, const struct bl_secret *pass, bl_cert_each *each, void *arg,
    struct bl_note *note);

/*
 * bl_reader_request reads a request for a certificate: bl_request_read. `key`
 * borrows from the bl_reader until its next job.
 */
BL_CHECK enum bl_err bl_reader_request(struct bl_issue_public *key,
    struct bl_reader *r, int input, struct bl_note *note);

/*
 * bl_keyfile_load starts a reader for one key file (PKCS#12, or PEM with keys
 * and certificates), which puts the keys into the agent.
 *
 * keys	 gets a struct bl_agent_key for each key; may be NULL
 * each	 gets each certificate
 *
 * BL_E_NOKEY: wrong passphrase, or it needs one and `pass` is NULL.
 * BL_E_MALFORMED, BL_E_LIMIT, BL_E_UNSUPPORTED. The strings of `note` borrow
 * from `a`.
 */
struct bl_keyfile_job {
	int input;
	const struct bl_secret *pass; /* NULL: none */
	bl_cert_each *each;
	void *arg;
};
BL_CHECK enum bl_err bl_keyfile_load(struct bl_buf *keys, struct bl_agent *a,
    const struct bl_keyfile_job *job, struct bl_note *note);

/* bl_park_open makes an unnamed file of this user in `folder` (NULL: $TMPDIR
 * or /tmp) for an engine that parks sealed bytes. *fd is the caller's.
 * BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_park_open(
    int *fd, const char *folder, struct bl_note *note);
/* bl_park_copy takes all that is left of a pipe into such a file: what is read
 * once may then be read often. *to is the caller's. BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_park_copy(int *to, int from, struct bl_note *note);

#endif
