/* show.h - certificates for a person and as JSON; finding one by what a person
 * writes. */
#ifndef BL_CLI_SHOW_H
#define BL_CLI_SHOW_H

#include <jansson.h>

#include "cli/session.h"

/* show_line prints one line: address, name, use, until when, start of SHA-256.
 * own: marks that its key is here. */
void show_line(const struct record *r, bool own, int64_t now);
/* show_whole prints all that is known, a line each. */
void show_whole(const struct record *r, bool own, int64_t now);
/* show_json gives the object of `bulla cert list --json`; NULL when out of
 * memory. */
json_t *show_json(const struct record *r, bool own, int64_t now);
/* show_time gives "2026-01-31T12:00:00Z" (RFC 3339); NULL when out of memory. */
json_t *show_time(int64_t t);
/* show_list prints all, as lines or JSON; `what` is said when there is none. */
int show_list(struct session *s, const struct records *rs, bool as_json,
    const char *what);

/*
 * show_find looks for the one certificate a person means: by address, or by at
 * least 8 hexadecimal digits of its SHA-256. Where an address has several, the
 * best by record_better. Says what is wrong, and that `bulla COMMAND list` shows
 * all: EXIT_USAGE where the digits do not tell several apart, EXIT_RULE where
 * there is none; *out is NULL then.
 */
int show_find(const struct record **out, const struct records *rs,
    const char *word, const char *command);
/* show_order sorts by address, then the best first. */
void show_order(struct records *rs);

#endif
