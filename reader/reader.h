/* reader.h - what the files of bulla-reader share. */
#ifndef BL_READER_READER_H
#define BL_READER_READER_H

#include "bulla/spool.h"
#include "proc/cage.h"
#include "proc/wire/reader.h"

#define READER_CHUNK ((size_t)64 << 10) /* bytes read at a time */

/* certs_for is what CERT frames gave for the next job. */
struct certs_for {
	struct bl_certs identities, anchors, pool, include, to;
	struct bl_cert *signer, *own_encrypt; /* held */
	struct bl_crls crls;
	struct bl_ocsps ocsps;
	size_t count, bytes, evidence_files;
	struct bl_note bad; /* the first that is needed and cannot be read */
};

/* reader is the whole state of the program; the part from `progress` on
 * belongs to one job. */
struct reader {
	struct bl_ctx *ctx;
	int control;
	struct certs_for certs;
	uint8_t *chunk; /* READER_CHUNK bytes */
	struct writer *writer;
	struct bl_cage_cpu cpu;
	bool progress;	 /* the caller wants to see it */
	int64_t told_ms; /* when it was last told */
	struct bl_wire_done done;
};

/* ---- writer.c: a second thread that writes, so that the first can go on ---- */

struct writer;
/* writer_start: before the cage is shut, which holds for both threads; NULL
 * when it cannot be had, and then the program must not go on. */
struct writer *writer_start(void);
/*
 * All of these: 0, or the errno of the first failure of the job; after it
 * nothing more is written.
 *
 * hand	   has the bytes written at `at`, or where the file stands when it is
 *	   below 0, and leaves an empty buffer in their place; as long as that
 *	   takes less than waking the second thread, the first one does it
 * settle  waits until all that was handed over is written
 */
int writer_hand(struct writer *w, int fd, int64_t at, struct bl_buf *bytes);
int writer_settle(struct writer *w);
/* writer_rest waits, wipes, and forgets the failure: the end of a job, before
 * its files are closed. */
void writer_rest(struct writer *w);

/* io_put writes all of `s` from this thread; 0 or errno. io_again tells whether
 * a call is to be made again: it was interrupted, or the file is one that does
 * not block, for which it waits. */
int io_put(int fd, int64_t at, struct bl_span s);
bool io_again(int fd, short events);

/* ---- io.c: open files ---- */

/* io_read reads up to READER_CHUNK bytes into r->chunk, counts them and tells
 * of progress. *in is empty at the end. BL_E_SYSTEM. */
BL_CHECK enum bl_err io_read(
    struct bl_span *in, struct reader *r, int fd, struct bl_note *note);
/* io_whole reads all of a file of at most `max` bytes. BL_E_LIMIT. */
BL_CHECK enum bl_err io_whole(struct bl_buf *out, struct reader *r, int fd,
    size_t max, struct bl_note *note);
/* io_whole_again is io_whole of a file that is read from its start, wherever it
 * stands and whoever else reads it; a pipe is read as it comes. */
BL_CHECK enum bl_err io_whole_again(struct bl_buf *out, struct reader *r,
    int fd, size_t max, struct bl_note *note);
/* io_write writes all of `s` and counts it; a closed pipe sets r->done.closed
 * and gives BL_E_SYSTEM. */
BL_CHECK enum bl_err io_write(
    struct reader *r, int fd, struct bl_span s, struct bl_note *note);

/* io_give writes all of a buffer by way of the writer and leaves it empty. What
 * failed is told by a later io_give, by io_settle at the latest. */
BL_CHECK enum bl_err io_give(
    struct reader *r, int fd, struct bl_buf *b, struct bl_note *note);
BL_CHECK enum bl_err io_settle(struct reader *r, struct bl_note *note);

/* io_spool is a bl_spool over an open file. */
struct io_spool {
	struct bl_spool face; /* what the engine gets */
	struct writer *writer;
	struct bl_buf bytes; /* for the writer */
	struct bl_buf held;  /* all there is, while in_memory */
	size_t hold;
	bool in_memory;
	int fd;
	uint64_t end, at; /* bytes */
	int error;	  /* errno of the first failure, or 0 */
};
void io_spool_init(struct io_spool *s, struct writer *w, int fd);
/* io_spool_hold keeps what is no more than n bytes in memory, from the start or
 * after BL_SPOOL_EMPTY; more goes to the file. */
void io_spool_hold(struct io_spool *s, size_t n);
void io_spool_clear(struct io_spool *s);
/* io_spool_note puts what failed in the file in the place of `note`. */
void io_spool_note(const struct io_spool *s, struct bl_note *note);

/* ---- exchange.c: talking to the caller ---- */

/* say sends a frame and clears it; the reader ends when nobody listens. */
void say(struct reader *r, struct bl_ipc *f);
/* say_done ends a job. */
void say_done(struct reader *r, enum bl_err err, const struct bl_note *note);
/* hear waits for a frame; the reader ends at a bad one, or when none comes. */
void hear(struct bl_ipc *f, struct reader *r);
/* breach ends the reader: the caller does not keep to docs/wire/reader.md. */
_Noreturn void breach(void);

/* asker is an operation of the engine that wants something. */
struct asker {
	void *op;
	size_t (*count)(const void *op);
	const struct bl_want *(*want)(const void *op, size_t i);
	enum bl_err (*answer)(
	    void *op, size_t i, struct bl_span frame, struct bl_note *note);
};
/* exchange has every want answered. */
BL_CHECK enum bl_err exchange(
    struct reader *r, const struct asker *a, struct bl_note *note);

/* ---- certs.c ---- */

/* certs_keep takes a CERT frame for the job that follows. */
void certs_keep(struct reader *r, const struct bl_ipc *f);
/* evidence_keep takes an EVIDENCE frame for the job that follows, a file that
 * other readers read as well, from its start; evidence_take one between WANTS
 * and ANSWERS, from where the file stands. */
void evidence_keep(struct reader *r, const struct bl_ipc *f);
void evidence_take(struct reader *r, const struct bl_ipc *f);
/* certs_bad: what was wrong with a certificate that the job needs. */
BL_CHECK enum bl_err certs_bad(const struct reader *r, struct bl_note *note);
void certs_drop(struct certs_for *c);
/* certs_say sends a CERT_INFO. label may be empty. */
BL_CHECK enum bl_err certs_say(struct reader *r, const struct bl_cert *c,
    bool has_key, struct bl_span label, struct bl_note *note);

/* ---- jobs: each ends with DONE ---- */

void job_open(struct reader *r, struct bl_ipc *f);
void job_listing(struct reader *r, struct bl_ipc *f);
void job_seal(struct reader *r, struct bl_ipc *f);
void job_inspect(struct reader *r, struct bl_ipc *f);
void job_certs(struct reader *r, struct bl_ipc *f);
void job_age(struct reader *r, struct bl_ipc *f);
void job_check(struct reader *r, struct bl_ipc *f);
void job_request(struct reader *r, struct bl_ipc *f);
void job_keyfile(struct reader *r, struct bl_ipc *f);

#endif
