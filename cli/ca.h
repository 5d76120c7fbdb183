/* ca.h - what the commands of bulla ca share. */
#ifndef BL_CLI_CA_H
#define BL_CLI_CA_H

#include "cli/authority.h"
#include "cli/pass.h"

#define CA_DAY	     INT64_C(86400)
#define CA_LIST_DAYS 7u	  /* until the next list of the intermediate */
#define CA_ROOT_DAYS 365u /* of the root */

/* ca_work is one command at work. */
struct ca_work {
	struct session s;
	struct ca c;
	int64_t now;
	bool unsealed[2]; /* by enum ca_signer */
};

/* All of these say what is wrong and return an exit status, 0 when fine. */

/* ca_open reads the authority of the state: EXIT_RULE where there is none. */
int ca_open(struct ca_work *w);
/* ca_lock keeps other commands waiting, and reads all entries. */
int ca_lock(struct ca_work *w);
/* ca_unseal gives a key to the one-shot agent; the passphrase is asked for
 * once. */
int ca_unseal(struct ca_work *w, enum ca_signer who, const char *pass_file);
void ca_end(struct ca_work *w);

/* ca_name fills the name of one who signs. */
void ca_name(struct bl_issue_name *n, const struct ca *c, enum ca_signer who);
/* ca_list signs and publishes the revocation list of one who signs. */
int ca_list_out(struct ca_work *w, enum ca_signer who, unsigned days);
/* ca_answer_out signs and publishes the OCSP answer about a certificate. */
int ca_answer_out(struct ca_work *w, const struct ca_entry *e, unsigned days);
/* ca_root_out publishes all that only the root's key signs, and both
 * certificates. */
int ca_root_out(struct ca_work *w);
/* ca_intermediate is the entry of the intermediate. */
const struct ca_entry *ca_intermediate(const struct ca *c);
/* ca_show prints one entry, a line. */
void ca_show(const struct ca_entry *e, int64_t now);
/* ca_days reads a number of days from 1 to `max`; NULL: `otherwise`. */
int ca_days(unsigned *out, const struct args *how, const char *option,
    const char *text, unsigned otherwise, unsigned max);

#endif
