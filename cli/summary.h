/* summary.h - bulla open --summary: what each message of mailboxes is worth. */
#ifndef BL_CLI_SUMMARY_H
#define BL_CLI_SUMMARY_H

#include "cli/report.h"
#include "cli/session.h"
#include "proc/lister.h"

/* summary_wish: what is asked of all messages. */
struct summary_wish {
	struct bl_wire_listing how;
	struct report_demands demands;
	bool json;
};
/* summary prints a line, or a JSON object, for each message of the mailboxes, in
 * their order, with what the session has. Returns the worst exit status. */
int summary(struct session *s, const struct summary_wish *w,
    char *const *mailboxes, size_t n);

#endif
