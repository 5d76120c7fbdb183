/* spawn.h - starting the program beside us, with one socket between. */
#ifndef BL_PROC_SPAWN_H
#define BL_PROC_SPAWN_H

#include <sys/types.h>

#include "bulla/base.h"

#define BL_CONTROL_FD 3 /* the socket in the program that was started */

/* bl_child is a program that we started. {.fd = -1} is none. */
struct bl_child {
	pid_t pid;
	int fd; /* our end */
};

/* OWN_GROUP: it is not reached by what the terminal sends to our group, and
 * outlives us; else it is killed when we end. */
enum bl_spawn { BL_SPAWN_BOUND = 0, BL_SPAWN_OWN_GROUP };

/*
 * bl_child_start runs `program`, a file name without a slash: from the folder
 * of our own executable when it is there, else from where helpers are
 * installed; never from PATH. It gets an empty environment, standard input and
 * output from /dev/null, our standard error, the socket as BL_CONTROL_FD, and
 * no other file.
 *
 * BL_E_MISSING: it is not there. BL_E_SYSTEM.
 */
BL_CHECK enum bl_err bl_child_start(struct bl_child *out, const char *program,
    enum bl_spawn how, struct bl_note *note);
/* bl_child_end hangs up, waits, and returns how it ended as waitpid says; ended
 * by force when that takes more than two seconds. */
int bl_child_end(struct bl_child *c);

#endif
