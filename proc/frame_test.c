/* frame_test.c - frames whole, in pieces, hostile, and the files with them. */
#include "proc/frame.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/test.h"

static const struct bl_ipc_rule rules[] = {
    {1, 4, 0, 0}, {2, 300000, 0, 0}, {3, 4, 1, 2}};

static void
pair(int s[2])
{
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0,
	    "socket pair");
}

static enum bl_err
receive(struct bl_ipc *f, int fd)
{
	return bl_ipc_receive(f, fd, rules, 3, NULL);
}

/* Raw bytes from the other side, which then hangs up. */
static const struct {
	const char *name;
	struct bl_span bytes;
	enum bl_err want;
	size_t n;
} cases[] = {
    {"empty payload", BYTES("\0\0\0\0\1"), BL_OK, 0},
    {"payload of the longest", BYTES("\0\0\0\4\1abcd"), BL_OK, 4},
    {"payload too long by one", BYTES("\0\0\0\5\1abcde"), BL_E_MALFORMED, 0},
    {"length of 4 GiB", BYTES("\xff\xff\xff\xff\1a"), BL_E_MALFORMED, 0},
    {"type that is not listed", BYTES("\0\0\0\0\4"), BL_E_MALFORMED, 0},
    {"type 0", BYTES("\0\0\0\0\0"), BL_E_MALFORMED, 0},
    {"end before anything", BYTES(""), BL_E_MISSING, 0},
    {"end inside the head", BYTES("\0\0\0\0"), BL_E_MALFORMED, 0},
    {"end inside the payload", BYTES("\0\0\0\4\1abc"), BL_E_MALFORMED, 0},
    {"a file is missing", BYTES("\0\0\0\0\3"), BL_E_MALFORMED, 0},
};

static void
reads_each_case_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].name;
		struct bl_ipc f;
		int s[2];

		pair(s);
		CHECK(write(s[0], cases[i].bytes.p, cases[i].bytes.n) ==
			(ssize_t)cases[i].bytes.n,
		    name);
		close(s[0]);
		CHECK(receive(&f, s[1]) == cases[i].want, name);
		CHECK(f.payload.n == cases[i].n, name);
		bl_ipc_clear(&f);
		close(s[1]);
	}
}

/* A frame that comes byte by byte is needed until it is whole. */
static void
gathers_pieces(void)
{
	static const uint8_t bytes[] = {0, 0, 0, 3, 1, 'a', 'b', 'c'};
	struct bl_ipc_in in = {.rules = rules, .rule_count = 3, .nowait = true};
	struct bl_ipc f;
	int s[2];

	pair(s);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		CHECK(bl_ipc_step(&f, &in, s[1], NULL) == BL_NEED, "need");
		CHECK(write(s[0], bytes + i, 1) == 1, "write");
	}
	CHECK(bl_ipc_step(&f, &in, s[1], NULL) == BL_OK, "whole");
	CHECK(bl_span_equal(bl_buf_span(&f.payload), BL_STR("abc")), "bytes");
	bl_ipc_clear(&f);
	CHECK(bl_ipc_step(&f, &in, s[1], NULL) == BL_NEED, "the next");
	close(s[0]);
	CHECK(bl_ipc_step(&f, &in, s[1], NULL) == BL_E_MISSING, "end");
	close(s[1]);
}

/* More than a socket holds at once goes through, both ends blocking. */
static void
carries_long_frames(void)
{
	struct bl_ipc out, in;
	int s[2];

	pair(s);
	bl_ipc_init(&out, 2, 300000);
	for (size_t i = 0; i < 300000; i++)
		bl_buf_add_u8(&out.payload, (uint8_t)(i * 7));
	if (fork() == 0)
		_exit(bl_ipc_send(s[0], &out, NULL) == BL_OK ? 0 : 1);
	CHECK(receive(&in, s[1]) == BL_OK, "long frame");
	CHECK(
	    bl_span_equal(bl_buf_span(&in.payload), bl_buf_span(&out.payload)),
	    "bytes");
	bl_ipc_clear(&in);
	bl_ipc_clear(&out);
	close(s[0]);
	close(s[1]);
}

static size_t
open_files(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Sends a frame of this type with so many files. */
static void
send_files(int fd, uint8_t type, size_t n)
{
	struct bl_ipc f;

	bl_ipc_init(&f, type, 8);
	f.fd_count = n;
	for (size_t i = 0; i < n; i++)
		f.fds[i] = fd;
	CHECK(bl_ipc_send(fd, &f, NULL) == BL_OK, "send files");
	bl_ipc_clear(&f);
}

static void
passes_files(void)
{
	struct bl_ipc f;
	struct stat a, b;
	int s[2], fd;

	pair(s);
	send_files(s[0], 3, 2);
	CHECK(receive(&f, s[1]) == BL_OK && f.fd_count == 2, "two files");
	fd = bl_ipc_take_fd(&f, 0);
	CHECK(
	    fstat(fd, &a) == 0 && fstat(s[0], &b) == 0 && a.st_ino == b.st_ino,
	    "the same file");
	CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "close on exec");
	CHECK(bl_ipc_take_fd(&f, 0) == -1, "taken once");
	CHECK(bl_ipc_take_fd(&f, 2) == -1, "none there");
	bl_ipc_close(&f);
	close(fd);
	close(s[0]);
	close(s[1]);
}

/* Files that no rule allows are refused, and none of them stays open. */
static void
closes_files_that_must_not_come(void)
{
	static const struct {
		const char *name;
		uint8_t type;
		size_t n;
	} hostile[] = {{"one with a frame that has none", 1, 1},
	    {"three where two are the most", 3, 3},
	    {"with an unknown type", 9, 1}, {"as many as fit", 1, BL_IPC_FDS}};

	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		struct bl_ipc f;
		size_t before = open_files();
		int s[2];

		pair(s);
		send_files(s[0], hostile[i].type, hostile[i].n);
		CHECK(receive(&f, s[1]) == BL_E_MALFORMED, hostile[i].name);
		close(s[0]);
		close(s[1]);
		CHECK(open_files() == before, hostile[i].name);
	}
}

/* More files than a frame may have, sent past bl_ipc_send. */
static void
refuses_a_flood_of_files(void)
{
	union {
		struct cmsghdr align;
		char p[CMSG_SPACE(64 * sizeof(int))];
	} control = {0};
	uint8_t head[] = {0, 0, 0, 0, 3};
	struct iovec iov = {head, sizeof(head)};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	size_t before = open_files();
	struct bl_ipc f;
	int s[2];

	pair(s);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(64 * sizeof(int));
	for (size_t i = 0; i < 64; i++)
		memcpy(CMSG_DATA(c) + i * sizeof(int), &s[0], sizeof(int));
	CHECK(sendmsg(s[0], &msg, 0) == (ssize_t)sizeof(head), "send");
	CHECK(receive(&f, s[1]) == BL_E_MALFORMED, "64 files");
	close(s[0]);
	close(s[1]);
	CHECK(open_files() == before, "none stays open");
}

/* The other side is gone: an error, no signal. */
static void
survives_a_reader_that_left(void)
{
	struct bl_ipc f;
	int s[2];

	pair(s);
	close(s[1]);
	bl_ipc_init(&f, 1, 8);
	CHECK(bl_ipc_send(s[0], &f, NULL) == BL_E_SYSTEM, "gone");
	bl_buf_add_str(&f.payload, "more than eight");
	CHECK(bl_ipc_send(s[0], &f, NULL) == BL_E_LIMIT, "sticky error");
	bl_ipc_clear(&f);
	close(s[0]);
}

TESTS(TEST(reads_each_case_as_stated), TEST(gathers_pieces),
    TEST(carries_long_frames), TEST(passes_files),
    TEST(closes_files_that_must_not_come), TEST(refuses_a_flood_of_files),
    TEST(survives_a_reader_that_left))
