/* state.h - what Bulla keeps in $BULLA_HOME: certificates, sealed keys, what
 * is trusted. docs/man/bulla.1, FILES. */
#ifndef BL_CLI_STATE_H
#define BL_CLI_STATE_H

#include "cli/record.h"

struct state;

/* state_open looks at the folder; one that is not there is an empty state, and
 * is made (mode 0700) when something is saved. BL_E_SYSTEM; BL_E_DENIED when
 * others may write to it. state_folder is its path. */
BL_CHECK enum bl_err state_open(struct state **out, struct bl_note *note);
void state_close(struct state *s);
const char *state_folder(const struct state *s);

/* state_lock waits until no other command is changing keys or starting an
 * agent, and keeps them waiting until state_close. BL_E_SYSTEM. */
BL_CHECK enum bl_err state_lock(struct state *s, struct bl_note *note);

enum state_kind { STATE_CERTS = 1, STATE_TRUST };
#define STATE_KINDS 3 /* for what is indexed by one */
/*
 * state_load appends all certificates of a kind; `without` (may be NULL) gets
 * how many files could not be read. BL_E_SYSTEM, BL_E_MEMORY.
 */
BL_CHECK enum bl_err state_load(struct records *out, const struct state *s,
    enum state_kind kind, unsigned *without, struct bl_note *note);
/* state_save writes a record durably, also over one that is there; *is_new tells
 * whether none was. */
BL_CHECK enum bl_err state_save(const struct state *s, enum state_kind kind,
    const struct record *r, bool *is_new, struct bl_note *note);
/* state_remove: BL_E_MISSING when it is not there. */
BL_CHECK enum bl_err state_remove(const struct state *s, enum state_kind kind,
    const uint8_t sha256[BL_SHA256_SIZE], struct bl_note *note);

/* Keys are sealed PKCS#8, a file each, named by the key's id. */
bool state_has_key(const struct state *s, const uint8_t id[BL_SHA256_SIZE]);
/* state_any_key: a key to try a passphrase on; false when there is none. */
bool state_any_key(const struct state *s, uint8_t id[BL_SHA256_SIZE]);
BL_CHECK enum bl_err state_key_load(struct bl_buf *out, const struct state *s,
    const uint8_t id[BL_SHA256_SIZE], struct bl_note *note);
BL_CHECK enum bl_err state_key_save(const struct state *s,
    const uint8_t id[BL_SHA256_SIZE], struct bl_span sealed,
    struct bl_note *note);
BL_CHECK enum bl_err state_key_remove(const struct state *s,
    const uint8_t id[BL_SHA256_SIZE], struct bl_note *note);

/* state_read appends a file of at most 1 MiB. BL_E_MISSING, BL_E_SYSTEM. */
BL_CHECK enum bl_err state_read(
    struct bl_buf *out, const char *path, struct bl_note *note);
/* state_make_folders makes a folder of mode 0700, and those above it; `path` is as it
 * was afterwards. */
bool state_make_folders(char *path);

/* state_socket is the path of the running agent's socket. */
const char *state_socket(const struct state *s);

#endif
