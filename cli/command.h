/* command.h - the commands, one file each; main.c has the table. */
#ifndef BL_CLI_COMMAND_H
#define BL_CLI_COMMAND_H

/* Each gets its own name as argv[0] and returns the exit status. */
int cmd_sign(int argc, char **argv);
int cmd_encrypt(int argc, char **argv);
int cmd_open(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_cert(int argc, char **argv);
/* cert_check is `bulla cert check` (check.c). */
int cert_check(int argc, char **argv);
/* cert_find is `bulla cert find` (find.c). */
int cert_find(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_trust(int argc, char **argv);
int cmd_ca(int argc, char **argv);
/* ca_init and ca_issue are in ca_issue.c. */
int ca_init(int argc, char **argv);
int ca_issue(int argc, char **argv);
int cmd_self_test(int argc, char **argv);

/* command_run runs the subcommand argv[1] of `command`; shared by main and the
 * commands that have subcommands. */
struct command {
	const char *name, *about;
	int (*run)(int argc, char **argv);
};
int command_run(
    const char *parent, const struct command *list, int argc, char **argv);

#endif
