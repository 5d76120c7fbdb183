/* shared.h - what two people share to open a message: a password, or a key. */
#ifndef BL_CLI_SHARED_H
#define BL_CLI_SHARED_H

#include "bulla/bulla.h"

struct shared;

/*
 * shared_read reads the files of --password-file and --kek-file and the
 * digits of --kek-id; each may be NULL, and where the first two are, *out is.
 * Says what is wrong; returns an exit status, 0 when fine.
 */
int shared_read(struct shared **out, const char *password, const char *kek,
    const char *kek_id);
void shared_free(struct shared *s);
/* shared_id is the identifier of the key, empty where none was given. */
struct bl_span shared_id(const struct shared *s);
/* shared_answer answers a SHARED want; NULL: by a refusal. */
BL_CHECK enum bl_err shared_answer(struct bl_buf *answer,
    const struct shared *s, struct bl_span want, struct bl_note *note);

#endif
