/* mailbox.h - the messages of an mbox file or a Maildir, one after the other.
 *
 * Lines are told apart here, and nothing else: what is in a message is read by
 * bulla-reader.
 */
#ifndef BL_CLI_MAILBOX_H
#define BL_CLI_MAILBOX_H

#include "bulla/base.h"

/*
 * mailbox_mail is one message.
 *
 * bytes   all of it, at most BL_LISTING_INLINE bytes; empty with a file
 * fd	   a file that has it, from where it stands; or -1
 * number  in its mailbox, from 1
 * file    "cur/..." of a Maildir, or NULL
 * read    bytes of the mailbox that were read so far
 */
struct mailbox_mail {
	struct bl_buf bytes;
	int fd;
	uint64_t number, read;
	const char *file;
};
/* mailbox_each takes bytes and fd; an exit status other than 0 ends it all. */
typedef int mailbox_each(void *arg, struct mailbox_mail *mail);

/*
 * mailbox_read gives each message of a mailbox: of a folder that has cur or new
 * (both, each sorted by name; new first), or of a file in mbox form. There a
 * message begins with a line "From " at the start of the file or behind an empty
 * line (RFC 4155 A); Content-Length is not looked at, and of a line of ">" and
 * "From " one ">" is taken away (mboxrd; mboxo, where nothing was quoted twice).
 * The file is read once, from its start to its end, and may be a pipe.
 *
 * Says what is wrong; returns an exit status.
 */
int mailbox_read(const char *path, mailbox_each *each, void *arg);

#endif
