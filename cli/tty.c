/* tty.c - see tty.h. */
#include "cli/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "cli/say.h"

#define CTRL_C 3

/* Reads up to the first line end, or up to `stop` (-1: no such byte); the rest
 * is not wanted. */
static enum bl_err
read_line(struct bl_secret **out, int fd, int stop, struct bl_note *note)
{
	uint8_t line[PASS_MAX + 1];
	size_t n = 0;
	ssize_t got = 0;
	enum bl_err err = BL_OK;

	while (n < sizeof(line) && (got = read(fd, line + n, 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err = bl_fail(note, BL_E_SYSTEM, 0,
			    "the passphrase cannot be read", NULL);
			goto out;
		}
		if (line[n] == '\n' || line[n++] == stop)
			break;
	}
	if (n > PASS_MAX)
		err = bl_fail(note, BL_E_LIMIT, 0,
		    "the passphrase is longer than 1024 bytes", NULL);
	if (n > 0 && line[n - 1] == '\r')
		n--;
	if (err == BL_OK && n == 0)
		err = bl_fail(
		    note, BL_E_MALFORMED, 0, "the passphrase is empty", NULL);
	if (err == BL_OK)
		err = bl_secret_copy(out, bl_span_of(line, n), note);
out:
	bl_wipe(line, sizeof(line));
	return err;
}

static void
ask(int fd, const char *question)
{
	/* A prompt that is not shown is no reason to stop. */
	if (write(fd, question, strlen(question)) < 0)
		return;
}

enum bl_err
tty_pass(struct bl_secret **out, const char *question, struct bl_note *note)
{
	struct termios before, quiet;
	sigset_t held, old;
	enum bl_err err;
	int fd;

	*out = NULL;
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || tcgetattr(fd, &before) != 0) {
		if (fd >= 0)
			close(fd);
		return bl_fail(note, BL_E_MISSING, 0,
		    "a passphrase is needed and there is no terminal to ask "
		    "on; use --pass-file",
		    NULL);
	}
	/* The echo comes back before a signal is heard. */
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGTSTP);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	quiet.c_lflag |= ECHONL;
	quiet.c_cc[VEOL] = CTRL_C; /* heard at once, not at the line end */
	sigprocmask(SIG_BLOCK, &held, &old);
	tcsetattr(fd, TCSAFLUSH, &quiet);
	ask(fd, question);
	err = read_line(out, fd, CTRL_C, note);
	tcsetattr(fd, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd);
	/* With ISIG off, ^C arrives as a byte: take it for what it means. */
	if (err == BL_OK &&
	    memchr(bl_secret_reveal(*out).p, CTRL_C,
		bl_secret_reveal(*out).n) != NULL) {
		bl_secret_free(*out);
		*out = NULL;
		raise(SIGINT);
		err = bl_fail(note, BL_E_SYSTEM, 0, "interrupted", NULL);
	}
	return err;
}

enum bl_err
tty_pass_twice(
    struct bl_secret **out, const char *question, struct bl_note *note)
{
	struct bl_secret *again = NULL;
	enum bl_err err;
	bool same;

	for (int i = 0; i < 3; i++) {
		if ((err = tty_pass(out, question, note)) != BL_OK)
			return err;
		if ((err = tty_pass(&again, "The same once more: ", note)) !=
		    BL_OK) {
			bl_secret_free(*out);
			*out = NULL;
			return err;
		}
		same = bl_secret_equal(*out, again);
		bl_secret_free(again);
		if (same)
			return BL_OK;
		bl_secret_free(*out);
		*out = NULL;
		if (i < 2)
			say_note("These were not the same; once more.");
	}
	return bl_fail(note, BL_E_DENIED, 0,
	    "the two passphrases were not the same", NULL);
}

enum bl_err
tty_pass_file(struct bl_secret **out, const char *path, struct bl_note *note)
{
	enum bl_err err;
	int fd;

	*out = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the passphrase file cannot be opened", NULL);
	err = read_line(out, fd, -1, note);
	close(fd);
	return err;
}
