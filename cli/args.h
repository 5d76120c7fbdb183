/* args.h - the options of a command: one table each, one way to read them. */
#ifndef BL_CLI_ARGS_H
#define BL_CLI_ARGS_H

#include "bulla/bulla.h"

/*
 * arg is one option: "--name VALUE" or a bare "--name".
 *
 * name	   without the dashes
 * value   what the value is called in --help, NULL for a bare option
 * help	   a line
 * text	   where a value goes that may be given once
 * flag	   where a bare option goes
 * list	   where the values of an option go that may be given often
 */
struct args_list {
	const char **items;
	size_t n, cap;
};
struct arg {
	const char *name, *value, *help;
	const char **text;
	bool *flag;
	struct args_list *list;
};

/*
 * args is how one command is called.
 *
 * command   "open", or "key import"
 * operands  "[MESSAGE]", as shown in --help
 * about     a sentence
 * min, max  operands that are allowed
 */
struct args {
	const char *command, *operands, *about;
	const struct arg *options; /* ends with an empty one */
	int min, max;
};

/*
 * args_read reads them; the operands are argv[*first .. argc).
 *
 * Returns -1 to go on, or the exit status to end with: 0 after --help, 2
 * after an error, which was said.
 */
int args_read(const struct args *how, int argc, char **argv, int *first);
/* args_usage says what is wrong and where help is; returns EXIT_USAGE. */
int args_usage(const struct args *how, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void args_list_clear(struct args_list *l);

/* args_is_address tells, not whether it exists, but whether it is one address
 * and no more: a list, or one with a name before it, would be compared with
 * nothing that fits. What an option calls ADDRESS is looked at by args_read. */
bool args_is_address(const char *s);
/* args_time reads RFC 3339: "2026-01-31T12:00:00Z" or with an offset. */
bool args_time(int64_t *out, const char *text);
/* args_nearest gives the entry of a NULL-ended list that is most like `word`,
 * or NULL when none is near. */
const char *args_nearest(const char *word, const char *const *list);

#endif
