/* say.h - talking to the person: results, warnings, errors, questions. */
#ifndef BL_CLI_SAY_H
#define BL_CLI_SAY_H

#include <stdio.h>

#include "bulla/bulla.h"

/* Exit statuses; docs/man/bulla.1. */
enum exit_status {
	EXIT_FINE = 0,
	EXIT_UNPROVEN = 1, /* a signature is unverified or invalid */
	EXIT_USAGE = 2,
	EXIT_SEALED = 3, /* cannot be decrypted, or is not intact */
	EXIT_BROKEN = 4, /* malformed, or over a limit */
	EXIT_AROUND = 5, /* a file, a program, memory */
	EXIT_RULE = 6,	 /* a rule forbids it, a certificate is missing */
};

/* say_status picks the exit status of an error; the order where several apply
 * is 5, 4, 3, 6, 1. */
int say_status(enum bl_err err);
/* say_worse gives the one of two statuses that counts. */
int say_worse(int a, int b);

/*
 * say_error prints "bulla: SUBJECT: what (where, standard)" to standard error
 * and returns the exit status. `subject` (a file name, an address; may be
 * NULL) is made safe to show.
 */
int say_error(const char *subject, enum bl_err err, const struct bl_note *note);
/* say_fail prints one sentence of our own the same way. */
int say_fail(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* say_warn prints "bulla: warning: ...". */
void say_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* say_note prints a plain line to standard error. */
void say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum say_colour { SAY_PLAIN = 0, SAY_GOOD, SAY_CAUTION, SAY_BAD, SAY_DIM };
/* say_colour gives the escape sequence when `f` is a terminal that may show
 * colours, else an empty string. SAY_PLAIN ends one. */
const char *say_colour(FILE *f, enum say_colour c);

/* say_text prints bytes from outside, escaped so that they cannot move the
 * cursor or hide (bl_text_show). */
void say_text(FILE *f, struct bl_span s);
/* say_time prints "2026-01-31 12:00 UTC". */
void say_time(FILE *f, int64_t t);
/* say_day prints "2026-01-31". */
void say_day(FILE *f, int64_t t);

#endif
