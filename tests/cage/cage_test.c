/* cage_test.c - each cage from the inside: what a program tries that it may
 * not do ends it, and what it needs works. */
#include "proc/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"

enum cage { READER = 1, AGENT = 2, BOTH = 3, COURIER = 4, ALL = 7 };

static enum bl_err
enter(enum cage cage)
{
	return cage == READER ? bl_cage_reader(NULL)
	    : cage == AGENT   ? bl_cage_agent(NULL)
			      : bl_cage_courier(NULL);
}

static int given = -1; /* a file that is open already */

/* What a child in a cage does: it exits with what `run` returns. */
static int
status_of(enum cage cage, long (*run)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL); /* the test library catches it */
		signal(SIGXFSZ, SIG_IGN);
		_exit(enter(cage) != BL_OK ? 99 : (int)run());
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid, "child");
	return status;
}

/* ---- what must not work: 0 means that it did ---- */

static long
did(long result)
{
	return result >= 0 ? 0 : 1;
}

static long
open_file(void)
{
	return did(open("/etc/passwd", O_RDONLY));
}
static long
open_old(void)
{
	return did(syscall(SYS_open, "/tmp", 0));
}
static long
create_file(void)
{
	return did(creat("/tmp/bulla-cage", 0600));
}
static long
open_temporary(void)
{
	return did(open("/tmp", O_TMPFILE | O_RDWR, 0600));
}
static long
look_at_file(void)
{
	struct stat s;

	return did(stat("/etc/passwd", &s));
}
static long
read_link(void)
{
	char p[64];

	return did(readlink("/proc/self/exe", p, sizeof(p)));
}
static long
remove_file(void)
{
	return did(unlink("/tmp/bulla-cage"));
}
static long
rename_file(void)
{
	return did(rename("/tmp/a", "/tmp/b"));
}
static long
make_folder(void)
{
	return did(mkdir("/tmp/bulla-cage-d", 0700));
}
static long
change_folder(void)
{
	return did(chdir("/"));
}
static long
change_root(void)
{
	return did(chroot("/"));
}
static long
change_mode(void)
{
	return did(chmod("/tmp", 0777));
}
static long
socket_net(void)
{
	return did(socket(AF_INET, SOCK_STREAM, 0));
}
static long
socket_net6(void)
{
	return did(socket(AF_INET6, SOCK_DGRAM, 0));
}
static long
socket_unix(void)
{
	return did(socket(AF_UNIX, SOCK_STREAM, 0));
}
static long
socket_link(void)
{
	return did(socket(AF_NETLINK, SOCK_RAW, 0));
}
static long
connect_out(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};

	return did(connect(0, (struct sockaddr *)&a, sizeof(a)));
}
static long
bind_here(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};

	return did(bind(0, (struct sockaddr *)&a, sizeof(a)));
}
static long
run_program(void)
{
	char *argv[] = {(char[]){"true"}, NULL};

	return did(execve("/bin/true", argv, argv + 1));
}
static long
fork_off(void)
{
	return did(syscall(SYS_fork));
}
static long
clone_off(void)
{
	return did(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}
static long
clone_newer(void)
{
	return did(syscall(SYS_clone3, NULL, 0));
}
static long
trace_me(void)
{
	return did(ptrace(PTRACE_TRACEME, 0, 0, 0));
}
static long
trace_parent(void)
{
	return did(ptrace(PTRACE_ATTACH, 1, 0, 0));
}
static long
kill_parent(void)
{
	return did(kill(1, 0));
}
static long
kill_thread(void)
{
	return did(syscall(SYS_tgkill, 1, 1, 0));
}
static long
read_memory(void)
{
	char p[8];
	struct iovec v = {p, sizeof(p)};

	return did(process_vm_readv(1, &v, 1, &v, 1, 0));
}
static long
map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}
static long
map_file(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0) == MAP_FAILED;
}
static long
make_code(void)
{
	static uint8_t page[8192];
	uintptr_t at = ((uintptr_t)page + 4095) & ~(uintptr_t)4095;

	return did(mprotect((void *)at, 4096, PROT_READ | PROT_EXEC));
}
static long
be_dumpable(void)
{
	return did(prctl(PR_SET_DUMPABLE, 1));
}
static long
allow_core(void)
{
	struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};

	return did(setrlimit(RLIMIT_CORE, &r));
}
static long
limit_parent(void)
{
	struct rlimit r = {1, 1};

	return did(syscall(SYS_prlimit64, 1, RLIMIT_CPU, &r, NULL));
}
static long
type_for_user(void)
{
	return did(ioctl(0, TIOCSTI, "x"));
}
static long
change_user(void)
{
	return did(setuid(1));
}
static long
new_namespace(void)
{
	return did(unshare(CLONE_NEWUSER));
}
static long
mount_it(void)
{
	return did(mount("none", "/tmp", "tmpfs", 0, NULL));
}
static long
memory_file(void)
{
	return did(memfd_create("x", 0));
}
static long
load_program(void)
{
	return did(syscall(SYS_bpf, 0, NULL, 0));
}
static long
ring_setup(void)
{
	return did(syscall(SYS_io_uring_setup, 1, NULL));
}
static long
other_filter(void)
{
	return did(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, NULL));
}
static long
duplicate(void)
{
	return did(dup2(0, 7));
}
static long
keep_key(void)
{
	return did(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
}
static long
open_by_handle(void)
{
	return did(syscall(SYS_open_by_handle_at, 0, NULL, 0));
}
static long
take_fd(void)
{
	return did(syscall(SYS_pidfd_open, 1, 0));
}
#ifdef __x86_64__
/* the same calls by the numbers of other interfaces of the kernel */
static long
open_x32(void)
{
	return did(syscall(0x40000000 | SYS_open, "/etc/passwd", 0));
}
static long
open_32(void)
{
	long r;

	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(5), "b"(0), "c"(0), "d"(0)
			 : "memory");
	return did(r);
}
#endif
static long
take_connection(void)
{
	return did(accept4(0, NULL, NULL, 0));
}
static long
leave_group(void)
{
	return did(setsid());
}
static long
read_anywhere(void)
{
	char p[1];

	return did(pread(0, p, 1, 0));
}
static long
cut_file(void)
{
	return did(ftruncate(0, 0));
}
static long
ask_other_option(void)
{
	int v;
	socklen_t n = sizeof(v);

	return did(getsockopt(0, SOL_SOCKET, SO_TYPE, &v, &n));
}
static long
set_other_option(void)
{
	int v = 1;

	return did(setsockopt(0, SOL_SOCKET, SO_REUSEADDR, &v, sizeof(v)));
}
static long
die_with_parent(void)
{
	return did(prctl(PR_SET_PDEATHSIG, SIGKILL));
}

static long
wait_for_others(void)
{
	return did(listen(0, 1));
}
static long
open_to_write(void)
{
	return did(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY));
}
static long
socket_packet(void)
{
	return did(socket(AF_PACKET, SOCK_RAW, 0));
}

#define TRY(fn, cages)                                                         \
	{                                                                      \
#fn, fn, cages                                                 \
	}
static const struct {
	const char *name;
	long (*run)(void);
	enum cage cages;
} forbidden[] = {TRY(open_file, BOTH), TRY(open_old, ALL),
    TRY(create_file, ALL), TRY(open_temporary, ALL), TRY(look_at_file, BOTH),
    TRY(read_link, ALL), TRY(remove_file, ALL), TRY(rename_file, ALL),
    TRY(make_folder, ALL), TRY(change_folder, ALL), TRY(change_root, ALL),
    TRY(change_mode, ALL), TRY(socket_net, BOTH), TRY(socket_net6, BOTH),
    TRY(socket_unix, BOTH), TRY(socket_link, BOTH), TRY(connect_out, BOTH),
    TRY(bind_here, ALL), TRY(run_program, ALL), TRY(fork_off, ALL),
    TRY(clone_off, ALL), TRY(clone_newer, ALL), TRY(trace_me, ALL),
    TRY(trace_parent, ALL), TRY(kill_parent, ALL), TRY(kill_thread, ALL),
    TRY(read_memory, ALL), TRY(map_code, ALL), TRY(map_file, ALL),
    TRY(make_code, ALL), TRY(be_dumpable, ALL), TRY(allow_core, ALL),
    TRY(limit_parent, ALL), TRY(type_for_user, ALL), TRY(change_user, ALL),
    TRY(new_namespace, ALL), TRY(mount_it, ALL), TRY(memory_file, ALL),
    TRY(load_program, ALL), TRY(ring_setup, ALL), TRY(other_filter, ALL),
    TRY(duplicate, ALL), TRY(keep_key, ALL), TRY(open_by_handle, ALL),
    TRY(take_fd, ALL),
#ifdef __x86_64__
    TRY(open_x32, ALL), TRY(open_32, ALL),
#endif
    TRY(take_connection, READER | COURIER), TRY(leave_group, READER | COURIER),
    TRY(read_anywhere, AGENT | COURIER), TRY(cut_file, AGENT | COURIER),
    TRY(ask_other_option, ALL), TRY(set_other_option, ALL),
    TRY(die_with_parent, ALL), TRY(wait_for_others, ALL),
    TRY(open_to_write, ALL), TRY(socket_packet, ALL)};

static void
ends_what_tries_it(void)
{
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++) {
		for (enum cage c = READER; c <= COURIER; c *= 2) {
			int status;

			if ((forbidden[i].cages & c) == 0)
				continue;
			status = status_of(c, forbidden[i].run);
			CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
			    forbidden[i].name);
			CHECK(!WCOREDUMP(status), forbidden[i].name);
		}
	}
}

/* The second wall alone: what landlock refuses where nothing else does. */
static void
has_a_second_wall(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	int status = 0;
	pid_t pid;

	if (version < 1) {
		fprintf(stderr, "left out: this kernel has no landlock\n");
		return;
	}
	if ((pid = fork()) == 0) {
		struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = 9};
		int s = socket(AF_INET, SOCK_STREAM, 0);

		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		    bl_cage_no_files(NULL) != BL_OK)
			_exit(1);
		if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
			_exit(2);
		if (open("/tmp", O_TMPFILE | O_RDWR, 0600) >= 0)
			_exit(3);
		if (mkdir("/tmp/bulla-cage-d", 0700) == 0 || errno != EACCES)
			_exit(4);
		if (run_program() == 0)
			_exit(5);
		if (version >= 4 &&
		    (connect(s, (struct sockaddr *)&to, sizeof(to)) == 0 ||
			errno != EACCES))
			_exit(6);
		if (version >= 6 && (kill(getppid(), 0) == 0 || errno != EPERM))
			_exit(7);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0, "landlock");
}

/* ---- a second thread ---- */

struct second {
	int ready[2], go[2];
};

static void *
try_to_open(void *arg)
{
	struct second *s = arg;
	char c = 'r';

	if (bl_cage_thread(NULL) != BL_OK)
		_exit(1);
	if (write(s->ready[1], &c, 1) != 1 || read(s->go[0], &c, 1) != 1)
		_exit(2);
	(void)syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
	_exit(3);
}

/* The list of system calls that the first thread sets holds for another that
 * was there before. */
static void
holds_for_every_thread(void)
{
	int status = 0;
	pid_t pid;

	if (!bl_cage_is_real())
		return;
	if ((pid = fork()) == 0) {
		struct second s;
		pthread_t thread;
		char c;

		if (pipe(s.ready) != 0 || pipe(s.go) != 0 ||
		    pthread_create(&thread, NULL, try_to_open, &s) != 0 ||
		    read(s.ready[0], &c, 1) != 1 ||
		    bl_cage_reader(NULL) != BL_OK || write(s.go[1], &c, 1) != 1)
			_exit(4);
		poll(NULL, 0, 10000);
		_exit(5);
	}
	CHECK(waitpid(pid, &status, 0) == pid, "child");
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "killed");
}

/* ---- what must work ---- */

static long
use_memory(void)
{
	uint8_t *p = malloc((size_t)20 << 20), *q;
	uint8_t drawn[16] = {0}, none[16] = {0};

	if (p == NULL)
		return 1;
	memset(p, 1, (size_t)20 << 20);
	if ((q = realloc(p, (size_t)30 << 20)) == NULL)
		return 2;
	free(q);
	if (syscall(SYS_getrandom, drawn, sizeof(drawn), 0) != sizeof(drawn))
		return 3;
	return memcmp(drawn, none, sizeof(none)) == 0 ? 4 : 0;
}

/* An operation of the library that draws random numbers and computes. */
static long
make_secret(void)
{
	struct bl_secret *s = NULL;
	bool ok = bl_secret_copy(&s, BL_STR("secret"), NULL) == BL_OK &&
	    bl_span_equal(bl_secret_reveal(s), BL_STR("secret"));

	bl_secret_free(s);
	return ok ? 0 : 1;
}

static long
keep_time(void)
{
	struct bl_cage_cpu c;
	struct rlimit r;

	if (bl_cage_cpu(&c, 10, NULL) != BL_OK ||
	    getrlimit(RLIMIT_CPU, &r) != 0)
		return 1;
	if (r.rlim_cur > 12)
		return 2;
	bl_cage_cpu_more(&c, (uint64_t)50 << 20);
	bl_cage_cpu_more(&c, ((uint64_t)100 << 20) - 1);
	if (c.until != c.used + 12)
		return 3;
	bl_cage_cpu_more(&c, 1);
	if (c.until != c.used + 13 || getrlimit(RLIMIT_CPU, &r) != 0)
		return 4;
	return r.rlim_cur == c.until ? 0 : 5;
}

static long
take_too_much_memory(void)
{
	return malloc((size_t)600 << 20) == NULL ? 0 : 1;
}

/* The courier reads what names are looked up with, and no other file, where
 * the kernel has landlock; it cannot speak to programs of this machine. */
static long
go_out(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(1),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (s < 0)
		return 1;
	if (connect(s, (struct sockaddr *)&to, sizeof(to)) == 0 ||
	    errno != ECONNREFUSED)
		return 2;
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EAFNOSUPPORT)
		return 3;
	if (socket(AF_NETLINK, SOCK_RAW, 0) >= 0 || errno != EAFNOSUPPORT)
		return 4;
	return open("/etc/hosts", O_RDONLY) >= 0 ? 0 : 5;
}

static long
read_other_file(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 0 : 1;
}

#define FILE_MOST (((off_t)128 << 20) + (16 << 10))

static long
write_too_much(void)
{
	return lseek(given, FILE_MOST, SEEK_SET) > 0 &&
		write(given, "x", 1) < 0 && errno == EFBIG &&
		lseek(given, FILE_MOST - 1, SEEK_SET) > 0 &&
		write(given, "xx", 2) == 1
	    ? 0
	    : 1;
}

static void
lets_what_is_needed(void)
{
	bool walled = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 1;

	CHECK(status_of(COURIER, use_memory) == 0, "memory of the courier");
	CHECK(status_of(COURIER, go_out) == 0, "the way out");
	CHECK(!walled || status_of(COURIER, read_other_file) == 0, "one file");
	CHECK(status_of(COURIER, take_too_much_memory) == 0, "512 MiB, too");
	given = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	CHECK(status_of(COURIER, write_too_much) == 0, "128 MiB");
	close(given);
	CHECK(status_of(READER, use_memory) == 0, "memory of the reader");
	CHECK(status_of(AGENT, use_memory) == 0, "memory of the agent");
	CHECK(status_of(READER, make_secret) == 0, "secret of the reader");
	CHECK(status_of(AGENT, make_secret) == 0, "secret of the agent");
	CHECK(status_of(READER, keep_time) == 0, "time");
	CHECK(status_of(READER, take_too_much_memory) == 0, "512 MiB");
}

/* ---- limits that end it ---- */

static long
compute_for_ever(void)
{
	struct bl_cage_cpu c;
	volatile unsigned n = 0;

	if (bl_cage_cpu(&c, 1, NULL) != BL_OK)
		return 1;
	for (;;)
		n++;
}

static long
crash(void)
{
	const int *volatile nowhere = NULL;

	return *nowhere;
}

static void
ends_without_a_trace(void)
{
	int status = status_of(READER, compute_for_ever);

	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU, "time");
	CHECK(!WCOREDUMP(status), "no core of time");
	status = status_of(READER, crash);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV, "crash");
	CHECK(!WCOREDUMP(status), "no core of a crash");
}

/* A child that waits in its cage, looked at from outside. */
static void
shows_its_limits(void)
{
	for (enum cage c = READER; c <= COURIER; c *= 2) {
		struct rlimit r = {1, 1};
		int ready[2], stay[2];
		char byte = 0;
		pid_t pid;

		CHECK(pipe(ready) == 0 && pipe(stay) == 0, "pipes");
		if ((pid = fork()) == 0) {
			close(stay[1]);
			if (enter(c) != BL_OK || write(ready[1], "x", 1) != 1)
				_exit(1);
			_exit((int)read(stay[0], &byte, 1));
		}
		close(ready[1]);
		CHECK(read(ready[0], &byte, 1) == 1, "in its cage");
		CHECK(
		    prlimit(pid, RLIMIT_CORE, NULL, &r) == 0 && r.rlim_max == 0,
		    "no core");
		CHECK(prlimit(pid, RLIMIT_NOFILE, NULL, &r) == 0 &&
			r.rlim_max <= 64,
		    "few files");
		if (c != AGENT && bl_cage_is_real())
			CHECK(prlimit(pid, RLIMIT_AS, NULL, &r) == 0 &&
				r.rlim_max == (rlim_t)512 << 20,
			    "512 MiB");
		close(stay[1]);
		CHECK(waitpid(pid, NULL, 0) == pid, "end");
		close(stay[0]);
		close(ready[0]);
	}
}

/* Sanitizers and coverage need what a cage forbids. */
static void
is_real(void)
{
	if (!bl_cage_is_real()) {
		fprintf(stderr, "cages only observe in this build\n");
		return;
	}
	ends_what_tries_it();
	lets_what_is_needed();
	ends_without_a_trace();
}

TESTS(TEST(is_real), TEST(has_a_second_wall), TEST(holds_for_every_thread),
    TEST(shows_its_limits))
