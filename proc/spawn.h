/* spawn.h - starting the program beside us, with one socket between. */
#ifndef BL_PROC_SPAWN_H
#define BL_PROC_SPAWN_H

#include <limits.h>
#include <sys/types.h>

#include "bulla/base.h"

#define BL_CONTROL_FD 3 /* the socket in the program that was started */

/* bl_child is a program that we started. {.fd = -1} is none. */
struct bl_child {
	pid_t pid;
	int fd; /* our end of the socket */
};

/*
 * bl_child_start runs `program`, a file name without a slash: from the folder
 * of our own executable when it is there, else from where helpers are
 * installed; never from PATH. It gets an empty environment, standard input and
 * output from /dev/null, our standard error, the socket as BL_CONTROL_FD, and
 * no other file.
 *
 * option  its one argument, or NULL
 *
 * BL_E_MISSING: it is not there. BL_E_SYSTEM.
 */
BL_CHECK enum bl_err bl_child_start(struct bl_child *out, const char *program,
    const char *option, struct bl_note *note);
/* bl_beside writes the path of a file in the folder of our own executable;
 * false when there is none. */
bool bl_beside(char path[PATH_MAX], const char *name);
/* bl_child_hang_up closes the socket, so that the child ends by itself. */
void bl_child_hang_up(struct bl_child *c);
/* bl_child_end hangs up and waits; a child that has not ended after two
 * seconds is killed. Returns how it ended, as waitpid says. */
int bl_child_end(struct bl_child *c);
/* bl_child_kill is bl_child_end without the two seconds. */
int bl_child_kill(struct bl_child *c);

/*
 * bl_child_begin is the first call of a program that bl_child_start runs: it is
 * killed when the thread that started it ends, and hands its socket on to
 * nobody. BL_E_CALLER: it was started otherwise. BL_E_SYSTEM.
 */
BL_CHECK enum bl_err bl_child_begin(struct bl_note *note);

/* bl_start is the first call of every program: where file 0, 1 or 2 is closed,
 * it becomes /dev/null, so that nothing else is opened in its place. */
BL_CHECK enum bl_err bl_start(struct bl_note *note);

#endif
