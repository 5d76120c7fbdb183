/* report.h - verdicts and trees for a person, out of the reader's JSON. */
#ifndef BL_CLI_REPORT_H
#define BL_CLI_REPORT_H

#include <jansson.h>

#include "proc/reader.h"

/* report_json parses what the reader said; NULL when it is no object. */
json_t *report_json(struct bl_span text);
/* report_print writes JSON and a line end; on a terminal in ASCII alone, so that
 * nothing in it can move the cursor or hide. */
void report_print(FILE *f, const json_t *j);
/* report_verdict prints the verdict to `f`: a line for the encryption, a line
 * for each signature, the reasons, details. */
void report_verdict(FILE *f, const json_t *verdict);
/* report_demands is --require; report_status the exit status of a verdict
 * alone. */
struct report_demands {
	bool is_signed, encrypted, intact;
};
int report_status(const struct report_demands *d, enum bl_encryption e,
    enum bl_signature s, bl_reasons reasons);
/* report_check prints the answer of `bulla cert check`. */
void report_check(FILE *f, const json_t *answer);
/* report_find prints the answer of `bulla cert find`. */
void report_find(FILE *f, const json_t *answer);
/* report_tree prints the tree of `bulla inspect`. */
void report_tree(FILE *f, const json_t *tree);

#endif
