/* pass.h - passphrases of keys that are kept, and the agent they are for. */
#ifndef BL_CLI_PASS_H
#define BL_CLI_PASS_H

#include "cli/session.h"

#define PASS_MIN	8 /* bytes of a passphrase of keys that are kept here */
#define EXPORT_PASS_MIN 12 /* bytes: a file that leaves the house */

/* All of these say what is wrong and return an exit status, 0 when fine. */

/*
 * pass_ask asks for a passphrase.
 *
 * file    its first line is it; NULL: the terminal is asked, twice the same
 *	   where `twice`
 * option  what gives the file, without dashes, for the case of no terminal
 */
int pass_ask(struct bl_secret **out, const char *file, const char *option,
    const char *question, bool twice);
/* pass_demand frees one that is shorter than `least` bytes and sets it to
 * NULL. */
int pass_demand(struct bl_secret **pass, size_t least);
/* pass_agent starts an agent of our own, unless there is one. */
int pass_agent(struct session *s);

#endif
