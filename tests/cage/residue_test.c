/* residue_test.c - ATK-803, ATK-118: what is left in a program's memory when
 * its work is done: no key, no passphrase, no text of a message. Looks into
 * /proc/PID/mem, which takes root. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proc/cage.h"
#include "proc/internal.h"
#include "tests/test.h"

#define PASS   "Ruebenkraut-and-7-lemons"
#define CANARY "The heron counts its nineteen umbrellas"

/* How often `what` stands in a span. */
static size_t
hits_in(struct bl_span in, struct bl_span what)
{
	size_t hits = 0;
	const uint8_t *p = in.p, *end = in.p + in.n;

	while ((p = memmem(p, (size_t)(end - p), what.p, what.n)) != NULL) {
		hits++;
		p++;
	}
	return hits;
}

/* How often `what` stands in the memory of a process. */
static size_t
hits(pid_t pid, struct bl_span what)
{
	static uint8_t part[8u << 20];
	char path[64], line[512];
	unsigned long from, to;
	size_t found = 0;
	FILE *maps;
	int mem;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "r");
	CHECK(mem >= 0 && maps != NULL, "memory");
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		char mode[8];

		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[0] != 'r' || mode[1] != 'w')
			continue;
		for (; from < to; from += sizeof(part) - 4096) {
			size_t n = to - from < sizeof(part) ? to - from
							    : sizeof(part);
			ssize_t got = pread(mem, part, n, (off_t)from);

			if (got <= 0)
				break;
			found += hits_in(
			    (struct bl_span){part, (size_t)got}, what);
		}
	}
	if (maps != NULL)
		fclose(maps);
	close(mem);
	return found;
}

/* Whether it is nowhere any more, once the program has done its job: what it
 * says last it says before it cleans up. */
static bool
is_gone(pid_t pid, struct bl_span what)
{
	const struct timespec tick = {.tv_nsec = 20000000};

	for (int i = 0; i < 500 && hits(pid, what) > 0; i++)
		nanosleep(&tick, NULL);
	return hits(pid, what) == 0;
}

static enum bl_err
each_none(void *arg, const struct bl_cert_info *c, struct bl_note *note)
{
	(void)arg;
	(void)c;
	(void)note;
	return BL_OK;
}

/* 24 bytes of the key file's PKCS#8 that are in the second prime. */
static struct bl_span
secret_part(struct bl_buf *der)
{
	struct bl_buf pem = {0};
	struct bl_span label;
	size_t pos = 0;

	CHECK(bl_test_file(&pem, BL_TEST_KEYS "/test_key.pem") &&
		bl_pem_next(bl_buf_span(&pem), &pos, &label, der),
	    "key");
	bl_buf_clear(&pem);
	return bl_span_cut(bl_buf_span(der), der->n - 500, 24);
}

static void
agent_keeps_no_key(void)
{
	struct bl_keyfile_job job = {.each = each_none};
	struct bl_agent *a = NULL;
	struct bl_buf der = {0}, keys = {0}, sealed = {0};
	struct bl_span part = secret_part(&der);
	struct bl_secret *pass = NULL;
	struct bl_agent_key key;

	CHECK(bl_secret_copy(&pass, BL_STR(PASS), NULL) == BL_OK, "pass");
	CHECK(bl_agent_start(&a, NULL) == BL_OK, "start");
	job.input = open(BL_TEST_KEYS "/test_key.pem", O_RDONLY | O_CLOEXEC);
	CHECK(bl_keyfile_load(&keys, a, &job, NULL) == BL_OK, "load");
	memcpy(&key, keys.p, sizeof(key));
	CHECK(hits(a->child.pid, part) > 0, "the test finds what is there");
	CHECK(bl_agent_seal(&sealed, a, bl_span_of(key.id, 32), pass, NULL) ==
		BL_OK,
	    "seal");
	CHECK(is_gone(a->child.pid, BL_STR(PASS)), "passphrase, sealed");
	CHECK(bl_agent_forget(a, bl_span_of(key.id, 32), NULL) == BL_OK,
	    "forget");
	CHECK(is_gone(a->child.pid, part), "key, forgotten");
	CHECK(
	    bl_agent_unseal(&key, a, bl_buf_span(&sealed), pass, NULL) == BL_OK,
	    "unseal");
	CHECK(is_gone(a->child.pid, BL_STR(PASS)), "passphrase, unsealed");
	CHECK(bl_agent_forget(a, bl_span_of(key.id, 32), NULL) == BL_OK,
	    "forget again");
	CHECK(is_gone(a->child.pid, part), "key, forgotten again");
	sealed.p[sealed.n - 1] ^= 1;
	CHECK(
	    bl_agent_unseal(&key, a, bl_buf_span(&sealed), pass, NULL) != BL_OK,
	    "does not unseal");
	CHECK(is_gone(a->child.pid, BL_STR(PASS)), "passphrase, failed");
	CHECK(is_gone(a->child.pid, part), "key, failed");
	close(job.input);
	bl_agent_stop(a);
	bl_secret_free(pass);
	bl_buf_clear(&der);
	bl_buf_clear(&keys);
	bl_buf_clear(&sealed);
}

static int
file_of(struct bl_span s)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	CHECK(
	    write(fd, s.p, s.n) == (ssize_t)s.n && lseek(fd, 0, SEEK_SET) == 0,
	    "file");
	return fd;
}

/* The files of a job that opens what stands in `input`. */
static enum bl_err
open_and_release(struct bl_reader *r, int input, struct bl_span der,
    const struct bl_reader_calls *calls)
{
	struct bl_reader_open_job job = {.now = 1800000000,
	    .identities = {&der, 1},
	    .input = input,
	    .content = -1};
	struct bl_reader_verdict v;
	enum bl_err err;

	CHECK(bl_park_open(&job.out, NULL, NULL) == BL_OK &&
		bl_park_open(&job.park[0], NULL, NULL) == BL_OK &&
		bl_park_open(&job.park[1], NULL, NULL) == BL_OK,
	    "park");
	job.release = open("/dev/null", O_WRONLY | O_CLOEXEC);
	err = bl_reader_open(&v, r, &job, calls, NULL);
	if (err == BL_OK) {
		uint8_t parked[65536];
		ssize_t n = pread(job.out, parked, sizeof(parked), 0);

		CHECK(n > 0 &&
			hits_in((struct bl_span){parked, (size_t)n},
			    BL_STR(CANARY)) == 0,
		    "parked sealed");
		CHECK(v.encryption == BL_ENCRYPTION_INTACT, "opened");
		err = bl_reader_release(NULL, r, 0, NULL);
	}
	close(job.out);
	close(job.park[0]);
	close(job.park[1]);
	close(job.release);
	return err;
}

static void
reader_keeps_no_text(void)
{
	static const char mail[] = "From: ann@example.org\r\n"
				   "Content-Type: text/plain\r\n\r\n" CANARY
				   "\r\n";
	struct bl_keyfile_job file = {.each = each_none};
	struct bl_reader_seal_job seal = {.opts.now = 1800000000};
	struct bl_reader_calls calls = {.want = bl_reader_ask_agent};
	struct bl_agent *a = NULL;
	struct bl_reader *r = NULL;
	struct bl_buf der = {0};
	struct bl_span to;

	CHECK(bl_test_file(&der, BL_TEST_KEYS "/test_cert.der"), "certificate");
	to = bl_buf_span(&der);
	CHECK(bl_agent_start(&a, NULL) == BL_OK, "agent");
	file.input = open(BL_TEST_KEYS "/test_key.pem", O_RDONLY | O_CLOEXEC);
	CHECK(bl_keyfile_load(NULL, a, &file, NULL) == BL_OK, "load");
	calls.want_arg = a;
	CHECK(bl_reader_start(&r, NULL) == BL_OK, "reader");
	seal.to = (struct bl_der_list){&to, 1};
	seal.input = file_of(BL_STR(mail));
	seal.output = file_of(BL_STR(""));
	CHECK(bl_reader_seal(NULL, r, &seal, &calls, NULL) == BL_OK, "seal");
	CHECK(is_gone(r->child.pid, BL_STR(CANARY)), "text, sealed");
	CHECK(lseek(seal.output, 0, SEEK_SET) == 0, "rewind");
	CHECK(open_and_release(r, seal.output, to, &calls) == BL_OK, "open");
	CHECK(is_gone(r->child.pid, BL_STR(CANARY)), "text, opened");
	CHECK(is_gone(a->child.pid, BL_STR(CANARY)), "text, in the agent");
	bl_reader_stop(r);
	bl_agent_stop(a);
	close(file.input);
	close(seal.input);
	close(seal.output);
	bl_buf_clear(&der);
}

static void
leaves_nothing(void)
{
	if (geteuid() != 0 || !bl_cage_is_real()) {
		fprintf(stderr, "left out: takes root and a plain build\n");
		return;
	}
	agent_keeps_no_key();
	reader_keeps_no_text();
}

TESTS(TEST(leaves_nothing))
