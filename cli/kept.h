/* kept.h - the certificates of the state: what bulla cert and bulla trust do
 * alike. All return an exit status. */
#ifndef BL_CLI_KEPT_H
#define BL_CLI_KEPT_H

#include "cli/session.h"

/* kept_load appends all of a kind, in the order in which they are shown. */
int kept_load(struct session *s, enum state_kind kind, struct records *out);
/* kept_list is a whole command that lists them. */
int kept_list(enum state_kind kind, const struct args *how, bool *as_json,
    int argc, char **argv);
/* kept_save keeps records and prints a line for each. good_for: RECORD_FOR_SIGN,
 * RECORD_FOR_ENCRYPT; KEPT_FOR_ALL. */
#define KEPT_FOR_ALL 0u
int kept_save(struct session *s, enum state_kind kind, unsigned good_for,
    struct records *rs);
/* kept_import_file takes those of one file. */
int kept_import_file(struct session *s, enum state_kind kind, unsigned good_for,
    const char *path);
/* kept_import is a whole command that takes the certificates of files; it ends
 * the session, which may have passphrases. */
int kept_import(struct session *s, enum state_kind kind, unsigned good_for,
    const struct args *how, int argc, char **argv);
/* kept_write puts what was exported into a file; NULL: standard output. */
int kept_write(const char *path, const struct bl_buf *bytes);
/* kept_remove is a whole command that removes one. */
int kept_remove(
    enum state_kind kind, const struct args *how, int argc, char **argv);

#endif
