/* reader_test.c - jobs with the real reader, and with readers that lie, die or
 * fall silent. */
#include "proc/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/internal.h"
#include "tests/test.h"

/* ---- a reader of our own making ---- */

/* fake starts a child that reads what it is sent and runs `act` at the first
 * frame that is no CERT. */
static struct bl_reader *
fake(void (*act)(int fd))
{
	struct bl_reader *r = calloc(1, sizeof(*r));
	int s[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0,
	    "socket pair");
	if ((r->child.pid = fork()) == 0) {
		struct bl_ipc f = {.type = BL_READER_CERT};

		close(s[0]);
		while (f.type == BL_READER_CERT &&
		    bl_ipc_receive(&f, s[1], bl_reader_rules_in,
			bl_reader_rules_in_count, NULL) == BL_OK)
			bl_ipc_clear(&f);
		act(s[1]);
		_exit(0);
	}
	close(s[1]);
	r->child.fd = s[0];
	return r;
}

static void
raw(int fd, struct bl_span s)
{
	if (write(fd, s.p, s.n) != (ssize_t)s.n)
		_exit(1);
}

static void
say(int fd, uint8_t type, struct bl_span payload)
{
	struct bl_ipc f;

	bl_ipc_init(&f, type, BL_BUF_MAX);
	bl_buf_add(&f.payload, payload);
	if (bl_ipc_send(fd, &f, NULL) != BL_OK)
		_exit(1);
	bl_ipc_clear(&f);
}

static void
say_done(int fd, enum bl_err err)
{
	struct bl_buf b = {0};

	bl_wire_done_put(&b, &(struct bl_wire_done){0}, err, NULL);
	say(fd, BL_READER_DONE, bl_buf_span(&b));
	bl_buf_clear(&b);
}

/* Ends by a signal, whatever the test program does with it. */
static void
end_by(int sig)
{
	signal(sig, SIG_DFL);
	kill(getpid(), sig);
}

static void
act_exit(int fd)
{
	(void)fd;
}
static void
act_exit_cage(int fd)
{
	(void)fd;
	_exit(5);
}
static void
act_killed(int fd)
{
	(void)fd;
	end_by(SIGKILL);
}
static void
act_broken(int fd)
{
	(void)fd;
	end_by(SIGSEGV);
}
static void
act_forbidden(int fd)
{
	(void)fd;
	end_by(SIGSYS);
}
static void
act_too_long(int fd)
{
	(void)fd;
	end_by(SIGXCPU);
}
static void
act_garbage(int fd)
{
	raw(fd, BL_STR("\xff\xff\xff\xff\xff\xff\xff\xff"));
}
static void
act_half(int fd)
{
	raw(fd, BL_STR("\0\0\0\x08\x81half"));
}
static void
act_unknown_type(int fd)
{
	raw(fd, BL_STR("\0\0\0\0\x07"));
}
static void
act_bad_progress(int fd)
{
	say(fd, 0x81, BL_STR("short"));
}
static void
act_bad_wants(int fd)
{
	say(fd, BL_READER_WANTS, BL_STR("\0\5"));
}
static void
act_no_wants(int fd)
{
	say(fd, BL_READER_WANTS, BL_STR("\0\0"));
}
static void
act_bad_verdict(int fd)
{
	say(fd, BL_READER_VERDICT, BL_STR("\0\0"));
}
static void
act_info(int fd)
{
	say(fd, BL_READER_CERT_INFO, BL_STR("x"));
}
static void
act_bad_done(int fd)
{
	say(fd, BL_READER_DONE, BL_STR(""));
}
static void
act_fine_without_result(int fd)
{
	say_done(fd, BL_OK);
}
static void
act_need(int fd)
{
	say_done(fd, BL_NEED);
}
static void
act_bad_json(int fd)
{
	say(fd, BL_READER_RESULT, BL_STR("\0\0\0\3{\x1b}"));
}
static void
act_silent(int fd)
{
	raw(fd, BL_STR("\0\0"));
	kill(getpid(), SIGKILL);
}

static const struct {
	const char *name;
	void (*act)(int fd);
	enum bl_err want;
} lies[] = {
    {"ends", act_exit, BL_E_SYSTEM},
    {"has no cage", act_exit_cage, BL_E_SYSTEM},
    {"killed", act_killed, BL_E_SYSTEM},
    {"breaks down", act_broken, BL_E_SYSTEM},
    {"tried what it may not", act_forbidden, BL_E_SYSTEM},
    {"took too long", act_too_long, BL_E_LIMIT},
    {"garbage", act_garbage, BL_E_SYSTEM},
    {"half a frame", act_half, BL_E_SYSTEM},
    {"unknown type", act_unknown_type, BL_E_SYSTEM},
    {"bad progress", act_bad_progress, BL_E_SYSTEM},
    {"bad wants", act_bad_wants, BL_E_SYSTEM},
    {"no wants", act_no_wants, BL_E_SYSTEM},
    {"bad verdict", act_bad_verdict, BL_E_SYSTEM},
    {"bad certificate", act_info, BL_E_SYSTEM},
    {"bad end", act_bad_done, BL_E_SYSTEM},
    {"fine, without a result", act_fine_without_result, BL_E_SYSTEM},
    {"an error that is none", act_need, BL_E_SYSTEM},
    {"JSON that moves the cursor", act_bad_json, BL_E_SYSTEM},
    {"killed inside a frame", act_silent, BL_E_SYSTEM},
};

static const struct bl_reader_open_job no_message = {
    .content = -1, .release = -1};

static enum bl_err
each_none(void *arg, const struct bl_cert_info *c, struct bl_note *note)
{
	(void)arg;
	(void)c;
	(void)note;
	return BL_OK;
}

/* Runs a job of each kind; the files are of no matter. */
static enum bl_err
run_job(struct bl_reader *r, int kind, int file, struct bl_note *note)
{
	struct bl_reader_open_job open = no_message;
	struct bl_reader_seal_job seal = {.input = file, .output = file};
	struct bl_reader_verdict v;
	struct bl_span json;
	struct bl_span der = BL_STR("certificate");
	struct bl_issue_public public;

	open.input = open.out = open.park[0] = open.park[1] = file;
	open.identities = (struct bl_der_list){&der, 1};
	if (kind == 0)
		return bl_reader_open(&v, r, &open, NULL, note);
	if (kind == 1)
		return bl_reader_inspect(&json, r, BL_OPEN_ANY, file, note);
	if (kind == 2)
		return bl_reader_certs(
		    NULL, r, file, NULL, each_none, NULL, note);
	if (kind == 4)
		return bl_reader_request(&public, r, file, note);
	return bl_reader_seal(NULL, r, &seal, NULL, note);
}

static void
sees_through_lies(void)
{
	int file = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		for (int kind = 0; kind < 5; kind++) {
			struct bl_reader *r = fake(lies[i].act);
			struct bl_note note = {0};
			enum bl_err err = run_job(r, kind, file, &note);
			bool fine_here = (kind == 2 || kind == 3) &&
			    lies[i].act == act_fine_without_result;

			CHECK(err == (fine_here ? BL_OK : lies[i].want),
			    lies[i].name);
			CHECK(note.err == err, lies[i].name);
			CHECK(err == BL_OK || note.what != NULL, lies[i].name);
			bl_reader_stop(r);
		}
	}
	close(file);
}

/* ---- the real one ---- */

static int
file_of(struct bl_span s)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	CHECK(write(fd, s.p, s.n) == (ssize_t)s.n, "write");
	CHECK(lseek(fd, 0, SEEK_SET) == 0, "rewind");
	return fd;
}

static const struct bl_span message = BYTES(
    "From: ann@example.org\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain\r\n\r\nhello\r\n");

static struct bl_reader *
real(void)
{
	struct bl_reader *r = NULL;
	struct bl_note note = {0};

	CHECK(bl_reader_start(&r, &note) == BL_OK, "start");
	return r;
}

static void
shows_a_message(void)
{
	struct bl_reader *r = real();
	struct bl_note note = {0};
	struct bl_span json;
	int fd = file_of(message);

	CHECK(bl_reader_inspect(&json, r, BL_OPEN_ANY, fd, &note) == BL_OK,
	    "inspect");
	CHECK(memmem(json.p, json.n, "text/plain", 10) != NULL, "tree");
	bl_reader_stop(r);
	close(fd);
}

/* A folder, a file that cannot be read, an empty one. */
static void
names_what_cannot_be_read(void)
{
	struct bl_reader *r = real();
	struct bl_note note = {0};
	struct bl_span json;
	int folder = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int out = open("/dev/null", O_WRONLY | O_CLOEXEC);

	CHECK(bl_reader_inspect(&json, r, BL_OPEN_ANY, folder, &note) ==
		BL_E_SYSTEM,
	    "folder");
	CHECK(strcmp(note.what, "the input is a folder") == 0, "said");
	note = (struct bl_note){0};
	CHECK(
	    bl_reader_inspect(&json, r, BL_OPEN_ANY, out, &note) == BL_E_SYSTEM,
	    "write only");
	CHECK(strcmp(note.what, "the input cannot be read") == 0, "said");
	bl_reader_stop(r);
	close(folder);
	close(out);
}

/* One process for many jobs; another when it is used up or was killed. */
static void
is_replaced(void)
{
	struct bl_reader *r = real();
	struct bl_span json;
	pid_t first = r->child.pid;
	int fd = file_of(message);

	for (int i = 0; i < 3; i++) {
		lseek(fd, 0, SEEK_SET);
		CHECK(
		    bl_reader_inspect(&json, r, BL_OPEN_ANY, fd, NULL) == BL_OK,
		    "job");
		CHECK(r->child.pid == first, "the same");
	}
	r->jobs = BL_READER_JOBS;
	lseek(fd, 0, SEEK_SET);
	CHECK(bl_reader_inspect(&json, r, BL_OPEN_ANY, fd, NULL) == BL_OK,
	    "after many jobs");
	CHECK(r->child.pid != first, "another");
	first = r->child.pid;
	kill(first, SIGKILL);
	lseek(fd, 0, SEEK_SET);
	CHECK(bl_reader_inspect(&json, r, BL_OPEN_ANY, fd, NULL) == BL_E_SYSTEM,
	    "killed");
	lseek(fd, 0, SEEK_SET);
	CHECK(bl_reader_inspect(&json, r, BL_OPEN_ANY, fd, NULL) == BL_OK,
	    "the next job");
	bl_reader_stop(r);
	close(fd);
}

/* Killed in the middle of a job that waits for input. */
static void
is_missed_in_the_middle(void)
{
	struct bl_reader *r = real();
	struct bl_note note = {0};
	struct bl_span json;
	int p[2];
	pid_t killer;

	CHECK(pipe2(p, O_CLOEXEC) == 0, "pipe");
	if ((killer = fork()) == 0) {
		const struct timespec wait = {.tv_nsec = 100000000};

		nanosleep(&wait, NULL);
		kill(r->child.pid, SIGKILL);
		_exit(0);
	}
	CHECK(bl_reader_inspect(&json, r, BL_OPEN_ANY, p[0], &note) ==
		BL_E_SYSTEM,
	    "killed");
	CHECK(note.what != NULL, "said");
	waitpid(killer, NULL, 0);
	bl_reader_stop(r);
	close(p[0]);
	close(p[1]);
}

/* Where the result cannot be written: the disk is full, nobody reads. */
static void
names_what_cannot_be_written(struct bl_span mail)
{
	struct bl_reader *r = real();
	struct bl_note note = {0};
	struct bl_reader_done done;
	struct bl_reader_seal_job job = {0};
	struct bl_buf der = {0};
	struct bl_span to;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), p[2];

	CHECK(bl_test_file(&der, BL_TEST_KEYS "/test_cert.der"), "certificate");
	to = bl_buf_span(&der);
	job.to = (struct bl_der_list){&to, 1};
	job.opts.now = 1800000000;
	job.input = file_of(mail);
	job.output = full;
	CHECK(
	    bl_reader_seal(&done, r, &job, NULL, &note) == BL_E_SYSTEM, "full");
	CHECK(strcmp(note.what, "the disk is full") == 0, "said");
	CHECK(pipe2(p, O_CLOEXEC) == 0, "pipe");
	close(p[0]);
	job.output = p[1];
	lseek(job.input, 0, SEEK_SET);
	note = (struct bl_note){0};
	CHECK(bl_reader_seal(&done, r, &job, NULL, &note) == BL_OK, "pipe");
	CHECK(done.closed, "quiet");
	close(p[1]);
	close(job.input);
	job.input = file_of(mail);
	job.output = file_of(BL_STR(""));
	CHECK(bl_reader_seal(&done, r, &job, NULL, &note) == BL_OK, "file");
	CHECK(!done.closed && done.bytes_in == mail.n && done.bytes_out > 0 &&
		!done.has_culprit,
	    "counts");
	job.opts.now = 0;
	CHECK(bl_reader_seal(&done, r, &job, NULL, &note) == BL_E_DENIED,
	    "not valid yet");
	CHECK(done.has_culprit, "culprit");
	bl_reader_stop(r);
	close(job.input);
	close(job.output);
	close(full);
	bl_buf_clear(&der);
}

/* The message with so large a body that results go by way of the writer. */
static void
large(struct bl_buf *out)
{
	bl_buf_add(out, message);
	while (out->n < 3u << 20)
		bl_buf_add_str(out, "a line of many\r\n");
}

/* Who reads a long result stops in the middle of it: by then the pipe is
 * full, and the writer is waited for. */
static void
ends_quietly_when_nobody_reads_on(void)
{
	struct bl_reader *r = real();
	struct bl_reader_seal_job job = {.opts = {.now = 1800000000}};
	struct bl_reader_done done;
	struct bl_buf der = {0}, mail = {0};
	struct bl_span to;
	int p[2];
	pid_t child;

	large(&mail);
	CHECK(bl_test_file(&der, BL_TEST_KEYS "/test_cert.der"), "certificate");
	to = bl_buf_span(&der);
	CHECK(pipe2(p, O_CLOEXEC) == 0, "pipe");
	if ((child = fork()) == 0) {
		const struct timespec wait = {.tv_nsec = 1000000};
		char some[4096];

		close(p[1]);
		for (int i = 0; i < 256; i++) {
			if (read(p[0], some, sizeof(some)) <= 0)
				_exit(1);
			if (i % 16 == 0)
				nanosleep(&wait, NULL);
		}
		_exit(0);
	}
	close(p[0]);
	job.to = (struct bl_der_list){&to, 1};
	job.input = file_of(bl_buf_span(&mail));
	job.output = p[1];
	CHECK(bl_reader_seal(&done, r, &job, NULL, NULL) == BL_OK, "seal");
	CHECK(done.closed && done.bytes_out < mail.n, "quiet");
	waitpid(child, NULL, 0);
	close(p[1]);
	close(job.input);
	bl_reader_stop(r);
	bl_buf_clear(&mail);
	bl_buf_clear(&der);
}

static void
says_when_a_result_cannot_be_written(void)
{
	struct bl_buf mail = {0};

	large(&mail);
	names_what_cannot_be_written(message);
	names_what_cannot_be_written(bl_buf_span(&mail));
	bl_buf_clear(&mail);
}

/* The result itself as the spool: all of it is there when the job has ended,
 * or it says that the file did not take it. */
static void
writes_into_the_result(struct bl_span mail)
{
	struct bl_reader *r = real();
	struct bl_reader_verdict v;
	struct bl_reader_done done;
	struct bl_reader_open_job job = {.now = 1800000000,
	    .input = file_of(mail),
	    .content = -1,
	    .release = -1,
	    .out_is_output = true};
	struct bl_note note = {0};
	struct bl_buf got = {0};
	uint8_t *to = bl_buf_grow(&got, mail.n);

	CHECK(bl_park_open(&job.park[0], NULL, NULL) == BL_OK &&
		bl_park_open(&job.park[1], NULL, NULL) == BL_OK,
	    "park");
	job.out = memfd_create("full", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	CHECK(fcntl(job.out, F_ADD_SEALS, F_SEAL_GROW) == 0, "full");
	CHECK(bl_reader_open(&v, r, &job, NULL, &note) == BL_E_SYSTEM, "full");
	CHECK(
	    strcmp(note.what, "a temporary file cannot be used") == 0, "said");
	close(job.out);
	/* and the same reader goes on */
	job.out = memfd_create("result", MFD_CLOEXEC);
	lseek(job.input, 0, SEEK_SET);
	CHECK(bl_reader_open(&v, r, &job, NULL, NULL) == BL_OK, "open");
	CHECK(bl_reader_release(&done, r, 0, NULL) == BL_OK, "release");
	CHECK(done.bytes_out == mail.n, "counts");
	CHECK(pread(job.out, to, mail.n, 0) == (ssize_t)mail.n &&
		memcmp(to, mail.p, mail.n) == 0 &&
		lseek(job.out, 0, SEEK_END) == (off_t)mail.n,
	    "the same");
	bl_reader_stop(r);
	close(job.input);
	close(job.out);
	close(job.park[0]);
	close(job.park[1]);
	bl_buf_clear(&got);
}

static void
leaves_a_result_whole(void)
{
	struct bl_buf mail = {0};

	large(&mail);
	writes_into_the_result(message);
	writes_into_the_result(bl_buf_span(&mail));
	bl_buf_clear(&mail);
}

struct told {
	unsigned times;
	uint64_t last;
};

static void
count_progress(void *arg, uint64_t bytes)
{
	struct told *t = arg;

	CHECK(bytes >= t->last, "grows");
	t->times++;
	t->last = bytes;
}

/* Large input through a pipe, with progress. */
static void
tells_of_progress(void)
{
	struct bl_reader *r = real();
	struct told told = {0};
	struct bl_reader_calls calls = {
	    .progress = count_progress, .progress_arg = &told};
	struct bl_reader_seal_job job = {0};
	struct bl_buf der = {0};
	struct bl_span to;
	int p[2];
	pid_t writer;

	CHECK(bl_test_file(&der, BL_TEST_KEYS "/test_cert.der"), "certificate");
	to = bl_buf_span(&der);
	/* one that does not block, as an interactive program may leave it */
	CHECK(pipe2(p, O_CLOEXEC) == 0 && fcntl(p[0], F_SETFL, O_NONBLOCK) == 0,
	    "pipe");
	if ((writer = fork()) == 0) {
		char line[1000];

		memset(line, 'x', sizeof(line));
		line[998] = '\r';
		line[999] = '\n';
		if (write(p[1], "Content-Type: text/plain\r\n\r\n", 28) != 28)
			_exit(1);
		for (int i = 0; i < 20000; i++) {
			if (write(p[1], line, sizeof(line)) < 0)
				_exit(1);
		}
		_exit(0);
	}
	close(p[1]);
	job.to = (struct bl_der_list){&to, 1};
	job.opts.now = 1800000000;
	job.input = p[0];
	job.output = open("/dev/null", O_WRONLY | O_CLOEXEC);
	CHECK(bl_reader_seal(NULL, r, &job, &calls, NULL) == BL_OK, "seal");
	CHECK(told.times >= 1 && told.times < 600, "some");
	waitpid(writer, NULL, 0);
	bl_reader_stop(r);
	close(p[0]);
	close(job.output);
	bl_buf_clear(&der);
}

static enum bl_err
each_count(void *arg, const struct bl_cert_info *c, struct bl_note *note)
{
	unsigned *n = arg;

	(void)note;
	CHECK(c->sha256.n == 32 && c->key_id.n == 32 && c->der.n > 0, "info");
	(*n)++;
	return BL_OK;
}

static enum bl_err
each_refuse(void *arg, const struct bl_cert_info *c, struct bl_note *note)
{
	(void)arg;
	(void)c;
	return bl_fail(note, BL_E_DENIED, 0, "enough", NULL);
}

static void
reads_certificates(void)
{
	struct bl_reader *r = real();
	struct bl_note note = {0};
	struct bl_buf der = {0};
	unsigned n = 0;
	uint32_t skipped = 9;
	int fd, none = file_of(BL_STR("no certificate"));

	CHECK(bl_test_file(&der, BL_TEST_KEYS "/test_cert.der"), "certificate");
	fd = file_of(bl_buf_span(&der));
	CHECK(bl_reader_certs(&skipped, r, fd, NULL, each_count, &n, &note) ==
		BL_OK,
	    "certs");
	CHECK(n == 1 && skipped == 0, "one");
	lseek(fd, 0, SEEK_SET);
	CHECK(bl_reader_certs(&skipped, r, fd, NULL, each_refuse, NULL,
		  &note) == BL_E_DENIED,
	    "the caller's own error");
	CHECK(strcmp(note.what, "enough") == 0, "said");
	note = (struct bl_note){0};
	CHECK(bl_reader_certs(&skipped, r, none, NULL, each_count, &n, &note) ==
		BL_E_MALFORMED,
	    "none");
	bl_reader_stop(r);
	close(fd);
	close(none);
	bl_buf_clear(&der);
}

/* A certificate that is not one: the job's error, and the next job works. */
static void
refuses_a_bad_certificate(void)
{
	struct bl_reader *r = real();
	struct bl_reader_seal_job job = {0};
	struct bl_span bad = BL_STR("nothing of the kind");
	static uint8_t much[BL_READER_CERT_BYTES + 1];
	struct bl_span long_one = {much, sizeof(much)};
	struct bl_note note = {0};
	struct bl_span json;

	job.input = file_of(message);
	job.output = file_of(BL_STR(""));
	job.to = (struct bl_der_list){&bad, 1};
	CHECK(bl_reader_seal(NULL, r, &job, NULL, &note) == BL_E_MALFORMED,
	    "bad");
	job.to = (struct bl_der_list){&long_one, 1};
	note = (struct bl_note){0};
	CHECK(bl_reader_seal(NULL, r, &job, NULL, &note) == BL_E_LIMIT, "long");
	CHECK(
	    bl_reader_inspect(&json, r, BL_OPEN_ANY, job.input, NULL) == BL_OK,
	    "next");
	bl_reader_stop(r);
	close(job.input);
	close(job.output);
}

static void
parks(void)
{
	struct stat s;
	int fd;

	CHECK(bl_park_open(&fd, NULL, NULL) == BL_OK, "park");
	CHECK(
	    fstat(fd, &s) == 0 && (s.st_mode & 0777) == 0600 && s.st_nlink == 0,
	    "unnamed and ours alone");
	CHECK(pwrite(fd, "x", 1, 100000) == 1, "writable");
	close(fd);
	CHECK(bl_park_open(&fd, "/nowhere", NULL) == BL_E_SYSTEM && fd == -1,
	    "no folder");
}

static void
copies_a_pipe(void)
{
	int fd, ends[2];
	char got[8];

	CHECK(pipe(ends) == 0 && write(ends[1], "twice", 5) == 5, "pipe");
	close(ends[1]);
	CHECK(bl_park_copy(&fd, ends[0], NULL) == BL_OK, "copy");
	for (int i = 0; i < 2; i++)
		CHECK(pread(fd, got, sizeof(got), 0) == 5 &&
			memcmp(got, "twice", 5) == 0,
		    "read often");
	close(fd);
	close(ends[0]);
	CHECK(bl_park_copy(&fd, -1, NULL) == BL_E_SYSTEM && fd == -1,
	    "nothing to read from");
}

TESTS(TEST(sees_through_lies), TEST(shows_a_message),
    TEST(names_what_cannot_be_read), TEST(is_replaced),
    TEST(is_missed_in_the_middle), TEST(says_when_a_result_cannot_be_written),
    TEST(leaves_a_result_whole), TEST(ends_quietly_when_nobody_reads_on),
    TEST(tells_of_progress), TEST(reads_certificates),
    TEST(refuses_a_bad_certificate), TEST(parks), TEST(copies_a_pipe))
