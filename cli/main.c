/* main.c - the command table of bulla, and the help for it. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/command.h"
#include "cli/say.h"
#include "proc/spawn.h"

#define COMMANDS_MAX 16
#define HELP_WORDS   2 /* a command, and one of its own */

static const struct command commands[] = {
    {"sign", "sign a message", cmd_sign},
    {"encrypt", "encrypt a message, signed or not", cmd_encrypt},
    {"open", "open a message and say what protects it", cmd_open},
    {"inspect", "show the parts and layers of a message", cmd_inspect},
    {"cert", "certificates: list, show, import, export, remove, find, check",
	cmd_cert},
    {"key", "your keys: list, import, export, remove, unlock, lock", cmd_key},
    {"trust", "what is trusted: list, import, export, remove", cmd_trust},
    {"ca", "an authority: init, issue, revoke, crl, ocsp, list", cmd_ca},
    {"self-test", "whether the libraries here are fit for it", cmd_self_test},
    {NULL, NULL, NULL},
};

static void
help(const char *parent, const struct command *list)
{
	printf("usage: bulla%s%s COMMAND [options] ...\n\ncommands:\n",
	    *parent != '\0' ? " " : "", parent);
	for (; list->name != NULL; list++)
		printf("  %-10s  %s\n", list->name, list->about);
	printf("\nEach command has a --help of its own.\n");
}

static int
usage(const char *parent, const char *what, const char *word)
{
	if (word != NULL)
		say_fail(EXIT_USAGE, "%s '%s'", what, word);
	else
		say_fail(EXIT_USAGE, "%s", what);
	say_note("See 'bulla%s%s --help'.", *parent != '\0' ? " " : "", parent);
	return EXIT_USAGE;
}

/* "help cert list" is "cert list --help". */
static int
help_of(const struct command *list, int argc, char **argv)
{
	char ask[] = "--help";
	char *words[HELP_WORDS + 3] = {argv[0]};
	int n = 1;

	for (; n <= HELP_WORDS && n + 1 < argc; n++)
		words[n] = argv[n + 1];
	words[n] = ask;
	return command_run("", list, n + 1, words);
}

int
command_run(
    const char *parent, const struct command *list, int argc, char **argv)
{
	const char *names[COMMANDS_MAX + 1] = {0}, *near;

	if (argc < 2)
		return usage(parent, "a command is missing", NULL);
	if (*parent == '\0' && argc > 2 && strcmp(argv[1], "help") == 0)
		return help_of(list, argc, argv);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    (*parent == '\0' && strcmp(argv[1], "help") == 0 && argc == 2)) {
		help(parent, list);
		return EXIT_FINE;
	}
	for (size_t i = 0; list[i].name != NULL; i++) {
		if (strcmp(argv[1], list[i].name) == 0)
			return list[i].run(argc - 1, argv + 1);
		if (i < COMMANDS_MAX)
			names[i] = list[i].name;
	}
	near = args_nearest(argv[1], names);
	if (near != NULL)
		say_note("Did you mean '%s'?", near);
	return usage(parent, "there is no command", argv[1]);
}

int
main(int argc, char **argv)
{
	struct bl_note note = {0};
	enum bl_err err = bl_start(&note);
	int status;

	if (err != BL_OK)
		return say_error(NULL, err, &note);
	/* a line at a time, not each piece of it */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	/* A reader that goes away shows in what write returns. */
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("bulla %s\n", BULLA_VERSION);
		status = EXIT_FINE;
	} else {
		status = command_run("", commands, argc, argv);
	}
	errno = 0;
	/* Who stopped reading is no error; what was lost before is one. */
	if ((fflush(stdout) != 0 || ferror(stdout) != 0) && errno != EPIPE)
		return say_worse(status,
		    say_fail(EXIT_AROUND, "standard output cannot be written"));
	return status;
}
