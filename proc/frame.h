/* frame.h - frames between programs: a length, a type, a payload, open files. */
#ifndef BL_PROC_FRAME_H
#define BL_PROC_FRAME_H

#include "bulla/base.h"

/*
 * A frame is the length of its payload (u32, big endian), its type (u8) and
 * the payload. Open files travel with the first byte of a frame (SCM_RIGHTS).
 * docs/wire/frames.md.
 */
#define BL_IPC_HEAD 5 /* bytes before the payload */
#define BL_IPC_FDS  6 /* open files with one frame */

/*
 * bl_ipc is one frame, sent or received. Start it with bl_ipc_init. Who
 * receives one owns the files in it; who sends one keeps his.
 */
struct bl_ipc {
	uint8_t type;
	struct bl_buf payload;
	int fds[BL_IPC_FDS];
	size_t fd_count;
};

/* bl_ipc_init starts a frame with an empty payload of at most `max` bytes
 * and without files. */
void bl_ipc_init(struct bl_ipc *f, uint8_t type, size_t max);
/* bl_ipc_clear wipes and frees the payload; leaves the files alone. */
void bl_ipc_clear(struct bl_ipc *f);
/* bl_ipc_close closes the files that came with a frame. */
void bl_ipc_close(struct bl_ipc *f);
/* bl_ipc_take_fd gives file i of a received frame to the caller; -1 when
 * there is none or it was taken. */
int bl_ipc_take_fd(struct bl_ipc *f, size_t i);

/* bl_ipc_rule says what a side accepts: a type with the longest payload and
 * how many files come with it. */
struct bl_ipc_rule {
	uint8_t type;
	uint32_t max; /* bytes */
	uint8_t fds_min, fds_max;
};

/*
 * bl_ipc_send writes one frame whole into a stream socket; never SIGPIPE.
 *
 * BL_E_SYSTEM	the other side is gone, or the write failed
 * BL_E_MEMORY, BL_E_LIMIT  the payload's own error
 */
BL_CHECK enum bl_err bl_ipc_send(
    int fd, const struct bl_ipc *f, struct bl_note *note);

/*
 * bl_ipc_in gathers a frame from a socket that may give it in pieces. {0}
 * with `rules` set starts one.
 *
 * nowait  do not block: BL_NEED when nothing more is there
 */
struct bl_ipc_in {
	const struct bl_ipc_rule *rules;
	size_t rule_count;
	bool nowait;
	uint8_t head[BL_IPC_HEAD];
	size_t have; /* bytes of head */
	size_t size; /* of the payload, once the head is whole */
	struct bl_ipc f;
};

/*
 * bl_ipc_step reads a frame, or with `nowait` what is there of it.
 *
 * out	set on BL_OK to the frame, which is then the caller's
 *
 * BL_NEED	   the rest has not come yet
 * BL_E_MISSING	   the other side has ended, between two frames
 * BL_E_MALFORMED  a type, length or number of files that no rule allows, or an
 *		   end inside a frame: hang up
 * BL_E_SYSTEM, BL_E_MEMORY
 */
BL_CHECK enum bl_err bl_ipc_step(
    struct bl_ipc *out, struct bl_ipc_in *in, int fd, struct bl_note *note);
/* bl_ipc_in_clear forgets a frame that is not whole and closes its files. */
void bl_ipc_in_clear(struct bl_ipc_in *in);

/* bl_ipc_receive waits for one frame. */
BL_CHECK enum bl_err bl_ipc_receive(struct bl_ipc *out, int fd,
    const struct bl_ipc_rule *rules, size_t rule_count, struct bl_note *note);

#endif
