/* tty.h - passphrases: asked on the terminal, or the first line of a file. */
#ifndef BL_CLI_TTY_H
#define BL_CLI_TTY_H

#include "bulla/bulla.h"

#define PASS_MAX 1024 /* bytes */

/*
 * tty_pass asks on /dev/tty without echo.
 *
 * BL_E_MISSING: there is no terminal. BL_E_LIMIT: longer than PASS_MAX.
 */
BL_CHECK enum bl_err tty_pass(
    struct bl_secret **out, const char *question, struct bl_note *note);
/* tty_pass_twice asks until both are the same, three times at most. */
BL_CHECK enum bl_err tty_pass_twice(
    struct bl_secret **out, const char *question, struct bl_note *note);
/* tty_pass_file takes the first line of a file, without its line end. An empty
 * line is BL_E_MALFORMED. */
BL_CHECK enum bl_err tty_pass_file(
    struct bl_secret **out, const char *path, struct bl_note *note);

#endif
