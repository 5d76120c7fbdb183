/* inspect.c - bulla inspect: the parts and layers of a message. */
#include <unistd.h>

#include "cli/command.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/session.h"

static int
show(struct bl_span text, bool as_json)
{
	json_t *tree = report_json(text);

	if (tree == NULL)
		return say_fail(
		    EXIT_AROUND, "bulla-reader: its answer is not readable");
	if (as_json) {
		report_print(stdout, tree);
	} else {
		report_tree(stdout, tree);
	}
	json_decref(tree);
	return EXIT_FINE;
}

static int
run(struct session *s, const char *path, bool as_json)
{
	struct bl_note note = {0};
	struct bl_span tree = {0};
	int fd, status;
	enum bl_err err;

	if ((status = session_input(&fd, path)) != EXIT_FINE)
		return status;
	err = bl_reader_inspect(&tree, s->reader, BL_OPEN_ANY, fd, &note);
	if (fd != STDIN_FILENO)
		close(fd);
	if (tree.n > 0)
		status = show(tree, as_json);
	if (err != BL_OK)
		status = say_worse(status,
		    say_error(
			path != NULL ? path : "standard input", err, &note));
	return status;
}

int
cmd_inspect(int argc, char **argv)
{
	bool as_json = false;
	const struct arg options[] = {
	    {"json", NULL, "print the tree as JSON", .flag = &as_json}, {NULL}};
	const struct args how = {.command = "inspect",
	    .operands = "[MESSAGE]",
	    .about = "Shows the parts of a message and what its signatures "
		     "and encryption are made of.\nIt needs no key, and "
		     "checks nothing.",
	    .options = options,
	    .max = 1};
	struct session s = {0};
	int first, status = args_read(&how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = session_start(&s)) == EXIT_FINE)
		status = run(&s, argv[first], as_json);
	session_end(&s);
	return status;
}
