/* programs_test.c - the programs as they are started: caged while they wait,
 * not running where no cage can be built, ending when they are hung up on or
 * spoken to against their page. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/cage.h"
#include "proc/reader.h"
#include "proc/spawn.h"
#include "tests/test.h"

static const char *const programs[] = {
    "bulla-reader", "bulla-agent", "bulla-courier"};
/* the reader has one that writes, the courier one that looks up names */
static const size_t threads[] = {2, 1, 2};
#define PROGRAMS 3

/* Reads a file of /proc; empty when it is not there. */
static void
proc_file(char *to, size_t size, pid_t pid, const char *name)
{
	char path[64];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) >= 0) {
		n = read(fd, to, size - 1);
		close(fd);
	}
	to[n > 0 ? n : 0] = '\0';
}

/* Waits until a program has a filter; false when it never has. */
static bool
is_caged(pid_t pid)
{
	const struct timespec tick = {.tv_nsec = 5000000};
	char status[8192];

	for (int i = 0; i < 2000; i++) {
		proc_file(status, sizeof(status), pid, "status");
		if (strstr(status, "\nSeccomp:\t2\n") != NULL)
			return strstr(status, "\nNoNewPrivs:\t1\n") != NULL;
		nanosleep(&tick, NULL);
	}
	return false;
}

/* Every thread of it, too. */
static size_t
caged_threads(pid_t pid)
{
	char path[64], status[8192];
	struct dirent *e;
	size_t n = 0;
	DIR *all;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	if ((all = opendir(path)) == NULL)
		return 0;
	while ((e = readdir(all)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "task/%.20s/status", e->d_name);
		proc_file(status, sizeof(status), pid, path);
		CHECK(strstr(status, "\nSeccomp:\t2\n") != NULL &&
			strstr(status, "\nNoNewPrivs:\t1\n") != NULL,
		    "thread");
		n++;
	}
	closedir(all);
	return n;
}

static void
waits_in_its_cage(void)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		struct bl_child c;
		char limits[4096], variables[16];
		int status;

		CHECK(bl_child_start(&c, programs[i], NULL, NULL) == BL_OK,
		    programs[i]);
		CHECK(is_caged(c.pid), programs[i]);
		CHECK(caged_threads(c.pid) == threads[i], programs[i]);
		proc_file(limits, sizeof(limits), c.pid, "limits");
		CHECK(
		    strstr(limits,
			"Max core file size        0                    0 ") !=
			NULL,
		    programs[i]);
		proc_file(variables, sizeof(variables), c.pid, "environ");
		CHECK(variables[0] == '\0', "empty environment");
		status = bl_child_end(&c);
		CHECK(
		    WIFEXITED(status) && WEXITSTATUS(status) == 0, programs[i]);
	}
}

/* What is open in it: nothing but /dev/null and its socket; of the courier, a
 * pair of sockets by which the library for HTTP wakes itself. */
static void
has_no_other_files(void)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		int extra = open("/etc/passwd", O_RDONLY);
		struct bl_child c;
		char path[64], to[256];

		CHECK(bl_child_start(&c, programs[i], NULL, NULL) == BL_OK,
		    programs[i]);
		CHECK(is_caged(c.pid), programs[i]);
		for (int fd = 0; fd < 64 && geteuid() == 0; fd++) {
			ssize_t n;

			snprintf(path, sizeof(path), "/proc/%d/fd/%d",
			    (int)c.pid, fd);
			n = readlink(path, to, sizeof(to) - 1);
			to[n > 0 ? n : 0] = '\0';
			if (!bl_cage_is_real() && fd == 2)
				continue;
			CHECK(fd <= 2 ? strcmp(to, "/dev/null") == 0
				: fd == 3 || (i == 2 && fd <= 5)
				? strncmp(to, "socket:", 7) == 0
				: n < 0,
			    path);
		}
		bl_child_end(&c);
		close(extra);
	}
}

/* Takes away what a cage is made of, then starts the program. */
static int
start_without(const char *program, int call, unsigned first_argument)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	struct bl_child c;
	int status, null = open("/dev/null", O_WRONLY);

	if (f == NULL ||
	    seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), call, 1,
		SCMP_A0(SCMP_CMP_EQ, first_argument)) != 0 ||
	    seccomp_load(f) != 0)
		return 90;
	dup2(null, 2); /* what it says is not for the test's output */
	if (bl_child_start(&c, program, NULL, NULL) != BL_OK)
		return 91;
	while (waitpid(c.pid, &status, 0) < 0)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 92;
}

static void
does_not_run_without_a_cage(void)
{
	static const struct {
		const char *name;
		int call;
		unsigned argument;
	} missing[] = {
	    {"no seccomp", SCMP_SYS(seccomp), 1}, /* SET_MODE_FILTER */
	    {"no no_new_privs", SCMP_SYS(prctl), 38},
	    {"dumpable", SCMP_SYS(prctl), 4},
	};

	for (size_t i = 0; i < 3 * PROGRAMS; i++) {
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			_exit(start_without(programs[i % PROGRAMS],
			    missing[i / PROGRAMS].call,
			    missing[i / PROGRAMS].argument));
		CHECK(waitpid(pid, &status, 0) == pid, "child");
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == BL_EXIT_CAGE,
		    missing[i / PROGRAMS].name);
	}
}

/* Files 0 to 2 are closed here: the programs start all the same. */
static void
starts_without_standard_files(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct bl_child c;
		bool ok;

		close(0);
		close(1);
		close(2);
		ok = bl_child_start(&c, programs[0], NULL, NULL) == BL_OK &&
		    is_caged(c.pid);
		_exit(ok && bl_child_end(&c) == 0 ? 0 : 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0, "closed");
}

/* A program ends when the one that started it is killed. */
static void
dies_with_its_parent(void)
{
	int p[2];
	pid_t pid, child = 0;
	const struct timespec tick = {.tv_nsec = 5000000};

	CHECK(pipe(p) == 0, "pipe");
	if ((pid = fork()) == 0) {
		struct bl_child c;

		if (bl_child_start(&c, programs[0], NULL, NULL) != BL_OK ||
		    write(p[1], &c.pid, sizeof(c.pid)) != sizeof(c.pid))
			_exit(1);
		for (;;)
			pause();
	}
	CHECK(read(p[0], &child, sizeof(child)) == sizeof(child), "child");
	CHECK(child > 0 && is_caged(child), "runs");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	for (int i = 0; i < 1000 && kill(child, 0) == 0; i++) {
		char status[256];

		proc_file(status, sizeof(status), child, "status");
		if (strstr(status, "State:\tZ") != NULL)
			break; /* nobody reaps it here */
		nanosleep(&tick, NULL);
		CHECK(i < 999, "it lives on");
	}
	close(p[0]);
	close(p[1]);
}

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Sends frames of random types and contents, with or without files, until it
 * is hung up on. */
static void
babble(int fd, int file, uint32_t *state)
{
	for (int i = 0; i < 30; i++) {
		size_t n = next_random(state) % 64;
		struct bl_ipc f;
		enum bl_err err;

		if (next_random(state) % 8 == 0)
			n = next_random(state) % 2000;
		bl_ipc_init(&f, (uint8_t)(next_random(state) % 10), 4096);
		for (size_t k = 0; k < n; k++)
			bl_buf_add_u8(&f.payload,
			    next_random(state) % 4 != 0
				? 0
				: (uint8_t)next_random(state));
		f.fd_count = next_random(state) % 4;
		if (f.fd_count == 3)
			f.fd_count = next_random(state) % (BL_IPC_FDS + 1);
		for (size_t k = 0; k < f.fd_count; k++)
			f.fds[k] = file;
		err = bl_ipc_send(fd, &f, NULL);
		bl_ipc_clear(&f);
		if (err != BL_OK)
			return;
	}
}

/* Waits for a frame and forgets it; false when none comes. */
static bool
listen_once(int fd)
{
	struct bl_ipc f;
	bool ok = bl_ipc_receive(&f, fd, bl_reader_rules_out,
		      bl_reader_rules_out_count, NULL) == BL_OK;

	bl_ipc_clear(&f);
	return ok;
}

/* A message to the certificate of the tests, which makes a reader ask. */
static int
sealed_message(struct bl_span cert)
{
	const struct bl_span draft = BL_STR(
	    "Content-Type: text/plain\r\n\r\nx\r\n");
	struct bl_reader *r = NULL;
	struct bl_reader_seal_job job = {.to = {&cert, 1}};

	job.opts.now = 1800000000;
	job.input = memfd_create("input", MFD_CLOEXEC);
	job.output = memfd_create("sealed", MFD_CLOEXEC);
	CHECK(write(job.input, draft.p, draft.n) == (ssize_t)draft.n &&
		lseek(job.input, 0, SEEK_SET) == 0,
	    "input");
	CHECK(bl_reader_start(&r, NULL) == BL_OK &&
		bl_reader_seal(NULL, r, &job, NULL, NULL) == BL_OK,
	    "seal");
	bl_reader_stop(r);
	close(job.input);
	return job.output;
}

/* A job as it should be, up to the reader's question or verdict. */
static void
start_job(int fd, int message, int park, struct bl_span cert)
{
	struct bl_ipc f;

	bl_ipc_init(&f, BL_READER_CERT, BL_BUF_MAX);
	bl_wire_cert_put(
	    &f.payload, &(struct bl_wire_cert){BL_ROLE_IDENTITY, cert});
	CHECK(bl_ipc_send(fd, &f, NULL) == BL_OK, "certificate");
	bl_ipc_clear(&f);
	bl_ipc_init(&f, BL_READER_OPEN, BL_BUF_MAX);
	bl_wire_open_put(&f.payload,
	    &(struct bl_wire_open){.now = 1800000000, .has_release = true});
	f.fd_count = 5;
	for (size_t i = 0; i < 5; i++)
		f.fds[i] = i == 0 ? message : park;
	CHECK(bl_ipc_send(fd, &f, NULL) == BL_OK, "open");
	bl_ipc_clear(&f);
	CHECK(listen_once(fd), "asked");
}

static void
ends_well(struct bl_child *c, const char *name)
{
	int status = bl_child_end(c);

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) <= 1, name);
}

/* Nonsense: the reader and the courier end, the one-shot agent hangs up and
 * ends; none breaks down. */
static void
hangs_up_on_nonsense(void)
{
	uint32_t state = 2463534242u;
	int file = memfd_create("input", MFD_CLOEXEC);

	for (int i = 0; i < 240; i++) {
		struct bl_child c;

		CHECK(bl_child_start(&c, programs[i % PROGRAMS], NULL, NULL) ==
			BL_OK,
		    "start");
		babble(c.fd, file, &state);
		ends_well(&c, programs[i % PROGRAMS]);
	}
	close(file);
}

/* Nonsense in the middle of a job. */
static void
hangs_up_on_nonsense_in_a_job(void)
{
	uint32_t state = 88172645u;
	struct bl_buf cert = {0};
	int park = memfd_create("park", MFD_CLOEXEC), message;

	CHECK(
	    bl_test_file(&cert, BL_TEST_KEYS "/test_cert.der"), "certificate");
	message = sealed_message(bl_buf_span(&cert));
	for (int i = 0; i < 80; i++) {
		static const uint8_t answers[][12] = {
		    {0, 1, 0, 0, 0, 3, 0x82, 1, 1},	  /* refused */
		    {0, 1, 0, 0, 0, 3, 0x81, 1, 1},	  /* of another want */
		    {0, 1, 0, 0, 0, 3, 0x82, 1, 9},	  /* unknown refusal */
		    {0, 1, 0, 0, 0, 5, 0x82, 1, 0, 1, 7}, /* too short */
		};
		struct bl_child c;
		struct bl_ipc f;

		CHECK(lseek(message, 0, SEEK_SET) == 0 &&
			bl_child_start(&c, programs[0], NULL, NULL) == BL_OK,
		    "start");
		start_job(c.fd, message, park, bl_buf_span(&cert));
		if (i % 2 == 0) {
			bl_ipc_init(&f, BL_READER_ANSWERS, BL_BUF_MAX);
			bl_buf_add(&f.payload,
			    bl_span_of(
				answers[i / 2 % 4], i / 2 % 4 == 3 ? 11 : 9));
			CHECK(bl_ipc_send(c.fd, &f, NULL) == BL_OK, "answer");
			bl_ipc_clear(&f);
			listen_once(c.fd);
		}
		babble(c.fd, park, &state);
		ends_well(&c, "reader");
	}
	close(message);
	close(park);
	bl_buf_clear(&cert);
}

static void
is_not_found_by_path(void)
{
	struct bl_child c;

	CHECK(bl_child_start(&c, "true", NULL, NULL) == BL_E_MISSING, "true");
	CHECK(c.fd == -1, "none");
}

TESTS(TEST(waits_in_its_cage), TEST(has_no_other_files),
    TEST(does_not_run_without_a_cage), TEST(starts_without_standard_files),
    TEST(dies_with_its_parent), TEST(hangs_up_on_nonsense),
    TEST(hangs_up_on_nonsense_in_a_job), TEST(is_not_found_by_path))
