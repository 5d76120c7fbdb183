/* cage.h - what each program gives up before its first foreign byte. */
#ifndef BL_PROC_CAGE_H
#define BL_PROC_CAGE_H

#include "bulla/base.h"

/*
 * Each cage, in this order: files 0 to 2 become /dev/null; no core and no
 * debugger (RLIMIT_CORE, PR_SET_DUMPABLE), resource limits, no_new_privs,
 * landlock without any file (where the kernel has it), a seccomp list that
 * kills the process on any other system call. BL_E_SYSTEM when one of them but landlock cannot be had:
 * then the program must not go on.
 *
 * In a build with -Dcage=observe the list logs instead of killing and memory
 * is not limited, for sanitizers.
 */

/* bl_cage_reader: reads and writes open files, is handed more, gets memory.
 * 512 MiB of address space (LIM-32). */
BL_CHECK enum bl_err bl_cage_reader(struct bl_note *note);
/* bl_cage_agent: the same without positions in files; also takes connections
 * to a socket it is handed, and may leave its parent's group. */
BL_CHECK enum bl_err bl_cage_agent(struct bl_note *note);

/* bl_cage_courier: sockets of the Internet that connect and none that listens;
 * reading the files of the system that names of hosts are looked up with; writes
 * into what it is handed, 128 MiB at most, computes for 20 s at most. 512 MiB of
 * address space. bl_cage_courier_thread is its bl_cage_thread. */
BL_CHECK enum bl_err bl_cage_courier(struct bl_note *note);
BL_CHECK enum bl_err bl_cage_courier_thread(struct bl_note *note);

/* bl_cage_no_files is the part of a cage that landlock makes: no path can be
 * opened, no TCP port, no abstract socket from outside. After no_new_privs;
 * BL_OK also where the kernel has no landlock. */
BL_CHECK enum bl_err bl_cage_no_files(struct bl_note *note);

/* bl_cage_thread is for a second thread of a program that is to be caged: what
 * of a cage each thread has to do for itself, no_new_privs and landlock. To be
 * done before the first thread shuts the cage, whose list of system calls then
 * holds for all. BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_cage_thread(struct bl_note *note);

/* bl_cage_is_real: false in a build that only observes. */
bool bl_cage_is_real(void);

/*
 * bl_cage_cpu starts the computing time of one job: `base` seconds from now
 * and one more per 50 MiB of input (LIM-32). bl_cage_cpu_more counts input
 * that was read; cheap. Over it the kernel ends the process with SIGXCPU.
 */
struct bl_cage_cpu {
	uint64_t used;	/* seconds, at the start of the job */
	uint64_t bytes; /* of input, so far */
	uint64_t until; /* seconds, as the kernel was told */
	unsigned base;
};
BL_CHECK enum bl_err bl_cage_cpu(
    struct bl_cage_cpu *c, unsigned base, struct bl_note *note);
void bl_cage_cpu_more(struct bl_cage_cpu *c, uint64_t bytes);

#define BL_CAGE_CPU_MESSAGE 10u /* seconds for a message */
#define BL_CAGE_CPU_KEYFILE 40u /* key derivation of up to limit-kdf */

/* BL_EXIT_CAGE is the exit status of a program that cannot build its cage. */
#define BL_EXIT_CAGE	    5

#endif
