/* internal.h - what the files of proc share. */
#ifndef BL_PROC_INTERNAL_H
#define BL_PROC_INTERNAL_H

#include "proc/agent.h"
#include "proc/spawn.h"

struct bl_agent {
	struct bl_child child; /* pid 0: an agent of a session */
	struct bl_told told;
};

/* bl_agent_send sends a request; bl_agent_receive takes the answer, which must
 * be of `type`, or else DONE with an error. */
BL_CHECK enum bl_err bl_agent_send(
    struct bl_agent *a, const struct bl_ipc *request, struct bl_note *note);
BL_CHECK enum bl_err bl_agent_receive(struct bl_ipc *answer,
    struct bl_agent *a, uint8_t type, struct bl_note *note);

#endif
