/* rules.h - the reviewed table of what has to come of each case. */
#ifndef BL_TESTS_STRUCTURES_RULES_H
#define BL_TESTS_STRUCTURES_RULES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * rules is a table of lines
 *
 *	SHAPE FIELD CHANGE VERDICT
 *
 * of shell patterns, with "@(a|b)" for either; VERDICT has patterns for the
 * text of an outcome (judge.h), separated by "|" where several will do, and
 * "ok" for that of the unchanged structure. The first line that fits a case
 * decides. "#" starts a comment.
 */
struct rules;
struct rules *rules_read(const char *path);
void rules_free(struct rules *r);
/* rules_find gives the verdict for a case, NULL when no line fits. */
const char *rules_find(
    struct rules *r, const char *shape, const char *field, const char *change);
/* rules_fits compares an outcome with a verdict; `unchanged` is the outcome of
 * the structure as it is. */
bool rules_fits(
    const char *verdict, const char *outcome, const char *unchanged);
/* rules_unused prints each line that fitted no case; how many there are. */
size_t rules_unused(const struct rules *r);

#endif
