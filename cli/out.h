/* out.h - a result that is whole or not there: written beside its name, synced,
 * then named. */
#ifndef BL_CLI_OUT_H
#define BL_CLI_OUT_H

#include "bulla/bulla.h"

/* out is where a result goes. Start with {.fd = -1}. */
struct out {
	int fd;	      /* to write to (and to read from, for the engine) */
	int folder;   /* of the name; -1 for a stream */
	char *name;   /* in the folder */
	char *beside; /* name of the file while it is written, or NULL when
			   it has none */
	bool
	    is_stream; /* standard output, or a pipe or device that was named */
};

/*
 * out_open makes an unnamed file in the folder of `path`, mode 0600 less what
 * commit gives; NULL or "-" is standard output. A path that is there and is no
 * regular file (/dev/null, a pipe) is opened as it is.
 *
 * BL_E_SYSTEM with what the system said.
 */
BL_CHECK enum bl_err out_open(
    struct out *o, const char *path, struct bl_note *note);
/* out_commit syncs and gives the file its name; one that is there is replaced
 * at once. `mode` is cut by the umask, which a replaced file does not change.
 * For a stream it only says whether all was taken. */
BL_CHECK enum bl_err out_commit(
    struct out *o, unsigned mode, struct bl_note *note);
/* out_close lets go; without commit nothing stays behind. */
void out_close(struct out *o);

/* out_write writes all of `s`; a closed pipe is BL_E_SYSTEM with
 * errno EPIPE. */
BL_CHECK enum bl_err out_write(int fd, struct bl_span s, struct bl_note *note);
/* out_file puts bytes into a file in one step, as open, write, commit. */
BL_CHECK enum bl_err out_file(
    const char *path, struct bl_span s, unsigned mode, struct bl_note *note);
/* out_system is bl_fail(BL_E_SYSTEM) with a sentence for errno. */
enum bl_err out_system(struct bl_note *note, const char *otherwise);

#endif
