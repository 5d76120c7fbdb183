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
