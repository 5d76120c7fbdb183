/* courier.h - answers to what the engine lacks, from the cache and the network:
 * certificates of issuers, revocation lists, OCSP responses. */
#ifndef BL_CLI_COURIER_H
#define BL_CLI_COURIER_H

#include "cli/args.h"
#include "proc/courier.h"

struct courier;

#define BL_COURIER_FETCHES 8u	 /* visits of one courier, LIM-20 */
#define BL_COURIER_ALL_MS  10000 /* for all of them */

/*
 * courier_opts says what may be done. {0}: go out, keep nothing.
 *
 * folder   of the state; the cache is in it. NULL: nothing is kept
 * allow    HOST:PORT pairs that may be visited beyond the public ports; those
 *	    of `folder`/config/allow-hosts are added. May be NULL
 * offline  the cache alone, no program is started
 * trace    each visit is told on standard error
 */
struct courier_opts {
	const char *folder;
	const struct args_list *allow;
	bool offline, trace;
};

/* courier_new takes the options; nothing is started, read or made before the
 * first want. BL_E_MALFORMED: a pair that is none; note->what says so. */
BL_CHECK enum bl_err courier_new(struct courier **out,
    const struct courier_opts *opts, struct bl_note *note);
void courier_free(struct courier *c);

/*
 * courier_answer answers a CERT or EVIDENCE want (docs/wire/agent.md 5 to 8)
 * from the cache, else by bulla-courier. A want that is asked a second time of
 * the same courier was not met by what the cache had: then it goes out.
 *
 * answer  gets the answer frame, UNKNOWN where nothing could be had
 *
 * All fetches of a courier together: BL_COURIER_FETCHES visits, BL_COURIER_ALL_MS.
 * What it brings is foreign: whoever gets it judges it. BL_E_MALFORMED: not
 * such a want. BL_E_MEMORY.
 */
BL_CHECK enum bl_err courier_answer(struct bl_buf *answer, struct courier *c,
    struct bl_span want, struct bl_note *note);

/* courier_list is for bl_reader_calls, with a courier as argument: a list that is
 * too long for an answer. */
int courier_list(void *courier);

#endif
