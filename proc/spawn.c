/* spawn.c - see spawn.h. */
#include "proc/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FREE_FD	 16   /* above all numbers that the child is to have */
#define PATIENCE 2000 /* ms for a child to end by itself */

/* Writes the path of a file in `folder`; false when there is none. */
static bool
in_folder(char path[PATH_MAX], const char *folder, size_t n, const char *name)
{
	int size = snprintf(path, PATH_MAX, "%.*s/%s", (int)n, folder, name);

	return size > 0 && size < PATH_MAX && access(path, F_OK) == 0;
}

bool
bl_beside(char path[PATH_MAX], const char *name)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	const char *slash;

	return n > 0 && (size_t)n < sizeof(self) &&
	    (slash = memrchr(self, '/', (size_t)n)) != NULL &&
	    in_folder(path, self, (size_t)(slash - self), name);
}

/* Where a program is that belongs to us. */
static enum bl_err
find(char path[PATH_MAX], const char *program, struct bl_note *note)
{
	if ((bl_beside(path, program) && access(path, X_OK) == 0) ||
	    (in_folder(path, BULLA_HELPERS, strlen(BULLA_HELPERS), program) &&
		access(path, X_OK) == 0))
		return BL_OK;
	return bl_fail(note, BL_E_MISSING, 0,
	    "a program that belongs to bulla is not installed beside it", NULL);
}

/* What is open in the child. */
static bool
files_of_child(posix_spawn_file_actions_t *f, int socket)
{
	const char *null = "/dev/null";
	bool ok = true;

	for (int fd = 0; fd <= 2; fd++)
		if (fd < 2 || fcntl(2, F_GETFD) < 0)
			ok = ok &&
			    posix_spawn_file_actions_addopen(
				f, fd, null, O_RDWR, 0) == 0;
	return ok &&
	    posix_spawn_file_actions_adddup2(f, socket, BL_CONTROL_FD) == 0 &&
	    posix_spawn_file_actions_addclosefrom_np(f, BL_CONTROL_FD + 1) ==
	    0 &&
	    posix_spawn_file_actions_addchdir_np(f, "/") == 0;
}

/* Runs the program without a copy of our memory; 0 when it cannot be. */
static pid_t
run(const char *path, const char *program, const char *option, int socket)
{
	char *const argv[] = {
	    (char *)(uintptr_t)program, (char *)(uintptr_t)option, NULL};
	char *const envp[] = {NULL};
	posix_spawn_file_actions_t files;
	pid_t pid;

	if (posix_spawn_file_actions_init(&files) != 0)
		return 0;
	if (!files_of_child(&files, socket) ||
	    posix_spawn(&pid, path, &files, NULL, argv, envp) != 0)
		pid = 0;
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

/* Makes a socket pair that is clear of the numbers the child is to have. */
static bool
pair(int fds[2])
{
	int low[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, low) != 0)
		return false;
	fds[0] = fcntl(low[0], F_DUPFD_CLOEXEC, FREE_FD);
	fds[1] = fcntl(low[1], F_DUPFD_CLOEXEC, FREE_FD);
	close(low[0]);
	close(low[1]);
	if (fds[0] >= 0 && fds[1] >= 0)
		return true;
	if (fds[0] >= 0)
		close(fds[0]);
	if (fds[1] >= 0)
		close(fds[1]);
	return false;
}

enum bl_err
bl_child_start(struct bl_child *out, const char *program, const char *option,
    struct bl_note *note)
{
	char path[PATH_MAX];
	pid_t pid;
	int fds[2];
	enum bl_err err;

	*out = (struct bl_child){.fd = -1};
	if ((err = find(path, program, note)) != BL_OK)
		return err;
	if (!pair(fds))
		return bl_fail(
		    note, BL_E_SYSTEM, 0, "no socket can be made", NULL);
	pid = run(path, program, option, fds[1]);
	close(fds[1]);
	if (pid == 0) {
		close(fds[0]);
		return bl_fail(
		    note, BL_E_SYSTEM, 0, "no process can be started", NULL);
	}
	*out = (struct bl_child){.pid = pid, .fd = fds[0]};
	return BL_OK;
}

/* Waits up to so many milliseconds; false when it runs on. The kernel tells of
 * the end at once; where it has no such descriptor, it is asked again and
 * again. */
static bool
has_ended(pid_t pid, int *status, unsigned wait_ms)
{
	const struct timespec tick = {.tv_nsec = 2000000};
	struct pollfd end = {
	    .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
	bool ended = false;

	for (unsigned ms = 0;; ms += 2) {
		pid_t got = waitpid(pid, status, WNOHANG);

		ended = got == pid || (got < 0 && errno != EINTR);
		if (ended || ms >= wait_ms)
			break;
		if (end.fd < 0)
			nanosleep(&tick, NULL);
		else
			(void)poll(&end, 1, 2);
	}
	if (end.fd >= 0)
		close(end.fd);
	return ended;
}

void
bl_child_hang_up(struct bl_child *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

int
bl_child_end(struct bl_child *c)
{
	int status = 0;

	bl_child_hang_up(c);
	if (c->pid > 0 && !has_ended(c->pid, &status, PATIENCE)) {
		kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	c->pid = 0;
	return status;
}

int
bl_child_kill(struct bl_child *c)
{
	if (c->pid > 0)
		kill(c->pid, SIGKILL);
	return bl_child_end(c);
}

enum bl_err
bl_child_begin(struct bl_note *note)
{
	int kind;
	socklen_t n = sizeof(kind);
	enum bl_err err = bl_start(note);

	if (err != BL_OK)
		return err;
	if (getsockopt(BL_CONTROL_FD, SOL_SOCKET, SO_TYPE, &kind, &n) != 0 ||
	    kind != SOCK_STREAM)
		return bl_fail(note, BL_E_CALLER, 0,
		    "it is started by bulla, not by hand", NULL);
	/* where the parent is gone already, the socket has ended as well */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
	    fcntl(BL_CONTROL_FD, F_SETFD, FD_CLOEXEC) != 0 ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "its end cannot be bound to that of bulla", NULL);
	return BL_OK;
}

enum bl_err
bl_start(struct bl_note *note)
{
	int fd;

	do {
		if ((fd = open("/dev/null", O_RDWR)) < 0)
			return bl_fail(note, BL_E_SYSTEM, 0,
			    "/dev/null cannot be opened", NULL);
	} while (fd <= 2);
	close(fd);
	return BL_OK;
}
