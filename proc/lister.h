/* lister.h - many messages looked at by several readers at once, their rows in
 * order. */
#ifndef BL_PROC_LISTER_H
#define BL_PROC_LISTER_H

#include "proc/reader.h"
#include "proc/wire/listing.h"

/*
 * bl_lister hands messages to readers and gives back what each turned out to
 * be, in the order in which they came. A reader is replaced after
 * BL_READER_JOBS messages, when it falls silent for BL_LISTER_PATIENCE_MS, and
 * when it ends; the message that it was at then has a row that says so, and the
 * others are handed to another reader. Memory is bounded: BL_LISTER_WINDOW
 * messages of at most BL_LISTING_INLINE bytes, and files, are under way.
 */
struct bl_lister;
#define BL_LISTER_WINDOW      64u   /* messages under way */
#define BL_LISTER_READERS     2u    /* at most */
#define BL_LISTER_PATIENCE_MS 30000 /* without a sign of life */

/* bl_row is one message: a row, or with err what went wrong besides; borrowed
 * until the call returns. */
struct bl_row {
	struct bl_wire_row said;
	enum bl_err err;
	const struct bl_note *note;
};
typedef enum bl_err bl_row_each(
    void *arg, const struct bl_row *row, struct bl_note *note);

/*
 * bl_lister_job: what all messages share. All that is pointed to must outlive
 * the lister.
 *
 * identities  whose keys `calls` has asked; with any, a reader has one message
 *	       at a time, since it may ask
 * evidence    each file is read more than once
 * each, arg   gets the rows
 */
struct bl_lister_job {
	struct bl_wire_listing how;
	struct bl_der_list identities, anchors, pool;
	const struct bl_reader_evidence *evidence;
	size_t evidence_count;
	const struct bl_reader_calls *calls;
	bl_row_each *each;
	void *arg;
};
/* bl_lister_new: BL_E_SYSTEM, BL_E_MEMORY. Readers start with the messages. */
BL_CHECK enum bl_err bl_lister_new(struct bl_lister **out,
    const struct bl_lister_job *job, struct bl_note *note);
/*
 * bl_lister_mail hands over one message: its bytes, at most BL_LISTING_INLINE,
 * which are taken and leave `bytes` empty; or, with no bytes, an open file that
 * is read from where it stands and is the lister's to close (-1: none). Rows
 * come meanwhile. An error of `each` is given back; BL_E_SYSTEM: no reader can
 * be had.
 */
BL_CHECK enum bl_err bl_lister_mail(
    struct bl_lister *l, struct bl_buf *bytes, int fd, struct bl_note *note);
/* bl_lister_end waits for all rows. */
BL_CHECK enum bl_err bl_lister_end(struct bl_lister *l, struct bl_note *note);
void bl_lister_free(struct bl_lister *l);

#endif
