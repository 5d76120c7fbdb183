/* internal.h - what the files of proc share. */
#ifndef BL_PROC_INTERNAL_H
#define BL_PROC_INTERNAL_H

#include "proc/agent.h"
#include "proc/reader.h"
#include "proc/spawn.h"

struct bl_agent {
	struct bl_child child; /* pid 0: an agent of a session */
	struct bl_child past;  /* the reader of its last key file, ending */
	struct bl_told told;
};

struct bl_reader {
	struct bl_child child;
	unsigned jobs;
	bool legacy; /* it has the ciphers of the legacy provider */
	bool open;   /* a verdict is there, RELEASE or DISCARD must follow */
	struct bl_ipc last; /* the frame that came last */
	struct bl_ipc kept; /* verdict or tree: the caller borrows from it */
	struct bl_told told, verdict_note;
	char limit[64];
};

/*
 * What the jobs of a reader are made of, for those that are not in reader.c:
 *
 * bl_reader_give, _evidence  certificates and evidence for the job that follows
 * bl_reader_put	  a frame, which is cleared
 * bl_reader_answer	  answers WANTS; on an error the reader is ended
 * bl_reader_lost	  says how a reader ended: why is how it shows. LIMIT: it
 *			  is silent. The strings of note are constants
 */
BL_CHECK enum bl_err bl_reader_give(struct bl_reader *r,
    const struct bl_der_list *identities, const struct bl_der_list *anchors,
    const struct bl_der_list *pool, struct bl_note *note);
BL_CHECK enum bl_err bl_reader_give_evidence(struct bl_reader *r,
    const struct bl_reader_evidence *files, size_t n, struct bl_note *note);
BL_CHECK enum bl_err bl_reader_put(
    struct bl_reader *r, struct bl_ipc *f, struct bl_note *note);
BL_CHECK enum bl_err bl_reader_answer(struct bl_reader *r,
    const struct bl_ipc *wants, const struct bl_reader_calls *calls,
    struct bl_note *note);
BL_CHECK enum bl_err bl_reader_lost(
    struct bl_reader *r, enum bl_err why, struct bl_note *note);

/* bl_agent_send sends a request; bl_agent_receive takes the answer, which must
 * be of `type`, or else DONE with an error. */
BL_CHECK enum bl_err bl_agent_send(
    struct bl_agent *a, const struct bl_ipc *request, struct bl_note *note);
BL_CHECK enum bl_err bl_agent_receive(struct bl_ipc *answer, struct bl_agent *a,
    uint8_t type, struct bl_note *note);

/* bl_agent_take_keys appends the keys of a KEYS answer. */
BL_CHECK enum bl_err bl_agent_take_keys(
    struct bl_buf *out, const struct bl_ipc *answer, struct bl_note *note);

#endif
