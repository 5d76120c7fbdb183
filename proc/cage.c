/* cage.c - see cage.h. */
#include "proc/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef BL_CAGE_OBSERVE
/* what tools/hardened looks for in programs that are released */
extern const char bl_cage_observe[];
const char bl_cage_observe[] = "cage=observe";
#define OBSERVE true
#define REFUSE	SCMP_ACT_LOG
#else
#define OBSERVE false
#define REFUSE	SCMP_ACT_KILL_PROCESS
#endif

#define MIB	      ((uint64_t)1 << 20)
#define READER_AS     (512 * MIB) /* LIM-32 */
#define READER_NOFILE 32
#define AGENT_NOFILE  64
#define COURIER_FILE  (128 * MIB + (16u << 10)) /* LIM-23, behind a head */
#define COURIER_CPU   20			/* seconds */
#define CPU_STEP      (50 * MIB) /* bytes of input for a second more */

static enum bl_err
refused(struct bl_note *note, const char *what)
{
	return bl_fail(note, BL_E_SYSTEM, 0, what, NULL);
}

static bool
limit(int what, uint64_t to)
{
	struct rlimit r = {to, to};

	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

/* ---- landlock: no file at all ---- */

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
/* newer than the headers of Debian 12 */
#define FS_TRUNCATE  (1ULL << 14) /* third version of the interface */
#define FS_IOCTL_DEV (1ULL << 15) /* fifth */
#define NET_ALL	     3ULL	  /* fourth: bind and connect of TCP */
#define NET_BIND     1ULL
#define SCOPE_ALL    3ULL /* sixth: abstract sockets, signals */

struct ruleset { /* landlock_ruleset_attr as of the sixth version */
	uint64_t fs, net, scoped;
};

static struct ruleset
everything(long version)
{
	struct ruleset r = {.fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};

	if (version >= 2)
		r.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		r.fs |= FS_TRUNCATE;
	if (version >= 4)
		r.net = NET_ALL;
	if (version >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (version >= 6)
		r.scoped = SCOPE_ALL;
	return r;
}

/* What of the system a host's name is looked up with. */
static const char *const lookup_files[] = {"/etc/hosts", "/etc/resolv.conf",
    "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf"};

/* One that is not there cannot be read, and that is all. */
static bool
let_read(int ruleset)
{
	bool ok = true;

	for (size_t i = 0; i < sizeof(lookup_files) / sizeof(*lookup_files);
	     i++) {
		struct landlock_path_beneath_attr file = {
		    .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		    .parent_fd = open(lookup_files[i], O_PATH | O_CLOEXEC)};

		if (file.parent_fd < 0)
			continue;
		ok = ok &&
		    syscall(SYS_landlock_add_rule, ruleset,
			LANDLOCK_RULE_PATH_BENEATH, &file, 0) == 0;
		close(file.parent_fd);
	}
	return ok;
}

/* goes_out: TCP may be connected, and names of hosts be looked up. */
static enum bl_err
wall(bool goes_out, struct bl_note *note)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset r;
	size_t size;
	long fd;
	bool ok;

	if (version < 1)
		return BL_OK;
	r = everything(version);
	if (goes_out)
		r.net &= NET_BIND;
	size = version >= 6 ? sizeof(r)
	    : version >= 4  ? offsetof(struct ruleset, scoped)
			    : offsetof(struct ruleset, net);
	fd = syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (fd < 0)
		return refused(note, "landlock refuses its rules");
	ok = (!goes_out || let_read((int)fd)) &&
	    syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close((int)fd);
	return ok ? BL_OK : refused(note, "landlock cannot be set");
}

enum bl_err
bl_cage_no_files(struct bl_note *note)
{
	return wall(false, note);
}

/* ---- seccomp ---- */

/* What every caged program needs: open files, memory, time, its end. */
static const int common[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(close),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getpid), /* the library's generator asks whether it was forked */
    SCMP_SYS(futex),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};
static const int reader_too[] = {
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(ftruncate),
};
static const int agent_too[] = {
    SCMP_SYS(accept4),
    SCMP_SYS(setsid),
};

static int
allow_all(scmp_filter_ctx f, const int *list, size_t n)
{
	int bad = 0;

	for (size_t i = 0; i < n; i++)
		bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, list[i], 0);
	return bad;
}
#define ALLOW_ALL(f, list) allow_all(f, list, sizeof(list) / sizeof(*(list)))

/* Memory that is not executable; mapped, it belongs to no file. */
static int
allow_memory(scmp_filter_ctx f)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
		   SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
		   SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) |
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int
allow_reader(scmp_filter_ctx f)
{
	return ALLOW_ALL(f, reader_too) |
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
		SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A1(SCMP_CMP_EQ, RLIMIT_CPU));
}

static int
allow_option(scmp_filter_ctx f, int call, int option)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 2,
	    SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET),
	    SCMP_A2(SCMP_CMP_EQ, (scmp_datum_t)option));
}

static int
allow_agent(scmp_filter_ctx f)
{
	static const int timeouts[] = {SO_RCVTIMEO, SO_SNDTIMEO};
	static const int questions[] = {SO_PEERCRED, SO_ACCEPTCONN};
	int bad = 0;

	for (size_t i = 0; i < 2; i++)
		bad |= allow_option(f, SCMP_SYS(setsockopt), timeouts[i]) |
		    allow_option(f, SCMP_SYS(getsockopt), questions[i]);
	return bad | ALLOW_ALL(f, agent_too) |
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 2,
		SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG),
		SCMP_A1(SCMP_CMP_EQ, 0));
}

/* The courier: sockets of the Internet, and reading what a name is looked up
 * with. Sockets of other families cannot be made, which the C library takes for
 * an answer. */
static const int courier_too[] = {
    SCMP_SYS(connect),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(lseek),
    SCMP_SYS(uname),
    SCMP_SYS(rt_sigprocmask),
};

static int
allow_sockets(scmp_filter_ctx f)
{
	static const int families[] = {AF_INET, AF_INET6};
	static const int others[] = {AF_UNIX, AF_NETLINK};
	static const int levels[] = {IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6};
	int bad = 0;

	for (size_t i = 0; i < 2; i++)
		bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
			   SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i])) |
		    seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT),
			SCMP_SYS(socket), 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)others[i]));
	for (size_t i = 0; i < 3; i++)
		bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt),
		    1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)levels[i]));
	return bad | allow_option(f, SCMP_SYS(getsockopt), SO_ERROR) |
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		SCMP_A1(SCMP_CMP_EQ, FIONREAD));
}

static int
allow_courier(scmp_filter_ctx f)
{
	static const int commands[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL};
	int bad = ALLOW_ALL(f, courier_too) | allow_sockets(f);

	for (size_t i = 0; i < 4; i++)
		bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
		    SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)commands[i]));
	return bad |
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC,
		    O_RDONLY));
}

static bool
filter(int (*allow)(scmp_filter_ctx f))
{
	scmp_filter_ctx f = seccomp_init(REFUSE);
	bool ok = f != NULL &&
	    seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
	    ALLOW_ALL(f, common) == 0 && allow_memory(f) == 0 &&
	    allow(f) == 0 && seccomp_load(f) == 0;

	if (f != NULL)
		seccomp_release(f);
	return ok;
}

/* ---- what all have in common ---- */

/* No word to the terminal from behind the cage. */
static bool
silence(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool ok = fd >= 0 && dup2(fd, 0) == 0 && dup2(fd, 1) == 1 &&
	    dup2(fd, 2) == 2;

	if (fd > 2)
		close(fd);
	return ok;
}

enum bl_err
bl_cage_thread(struct bl_note *note)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return refused(note, "no_new_privs cannot be set");
	return OBSERVE ? BL_OK : bl_cage_no_files(note);
}

enum bl_err
bl_cage_courier_thread(struct bl_note *note)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return refused(note, "no_new_privs cannot be set");
	return OBSERVE ? BL_OK : wall(true, note);
}

static enum bl_err
shut(int (*allow)(scmp_filter_ctx f), uint64_t files, uint64_t memory,
    struct bl_note *note)
{
	enum bl_err err;

	if (!OBSERVE && !silence())
		return refused(note, "/dev/null cannot be opened");
	if (!limit(RLIMIT_CORE, 0) || prctl(PR_SET_DUMPABLE, 0) != 0)
		return refused(note, "core dumps cannot be turned off");
	if (!limit(RLIMIT_NOFILE, files) ||
	    (!OBSERVE && memory > 0 && !limit(RLIMIT_AS, memory)))
		return refused(note, "resource limits cannot be set");
	err = allow == allow_courier ? bl_cage_courier_thread(note)
				     : bl_cage_thread(note);
	if (err != BL_OK)
		return err;
	if (!filter(allow))
		return refused(note, "the list of system calls cannot be set");
	return BL_OK;
}

enum bl_err
bl_cage_reader(struct bl_note *note)
{
	return shut(allow_reader, READER_NOFILE, READER_AS, note);
}

enum bl_err
bl_cage_agent(struct bl_note *note)
{
	return shut(allow_agent, AGENT_NOFILE, 0, note);
}

enum bl_err
bl_cage_courier(struct bl_note *note)
{
	if (!OBSERVE &&
	    (!limit(RLIMIT_CPU, COURIER_CPU) ||
		!limit(RLIMIT_FSIZE, COURIER_FILE)))
		return refused(note, "resource limits cannot be set");
	return shut(allow_courier, READER_NOFILE, READER_AS, note);
}

bool
bl_cage_is_real(void)
{
	return !OBSERVE;
}

/* ---- computing time ---- */

static bool
tell_kernel(const struct bl_cage_cpu *c)
{
	struct rlimit r = {c->until, RLIM_INFINITY};

	return OBSERVE || setrlimit(RLIMIT_CPU, &r) == 0;
}

enum bl_err
bl_cage_cpu(struct bl_cage_cpu *c, unsigned base, struct bl_note *note)
{
	struct timespec used;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0)
		return refused(note, "computing time cannot be read");
	*c = (struct bl_cage_cpu){
	    .used = (uint64_t)used.tv_sec + 1, .base = base};
	c->until = c->used + base;
	if (!tell_kernel(c))
		return refused(note, "computing time cannot be limited");
	return BL_OK;
}

void
bl_cage_cpu_more(struct bl_cage_cpu *c, uint64_t bytes)
{
	uint64_t until;

	c->bytes += bytes;
	until = c->used + c->base + c->bytes / CPU_STEP;
	if (until == c->until)
		return;
	c->until = until;
	(void)tell_kernel(c); /* where it fails, the shorter time holds */
}
