/* selftest.c - bulla self-test: what the libraries here can do, and whether
 * the programs are fit to be used. */
#include <unistd.h>

#include "cli/command.h"
#include "cli/library.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/session.h"

static const char *const algorithms[] = {"sha1", "sha256", "sha384", "sha512",
    "rsa", "ec", "aes-128-gcm", "aes-256-gcm", "aes-128-cbc", "aes-256-cbc",
    "aes-256-wrap", "x963kdf", "scrypt", "des-ede3-cbc", "rc2", "ed25519",
    "ed448", "x25519", "hkdf", "chacha20-poly1305", "ml-kem-768", "ml-dsa-65"};

static int
judge_library(const struct library *l, const struct bl_ctx *ctx)
{
	unsigned number = l->ctx_number(ctx);

	printf("library     %s\n", l->ctx_name(ctx));
	if (number < 30000) {
		printf("            too old: 3.0 is needed\n");
		return EXIT_AROUND;
	}
	if (number / 100 == 300 && number < 30022)
		printf(
		    "            Older than 3.0.22: its own CMS code accepts "
		    "forged messages\n            (short tags, relabelled "
		    "ciphers). Bulla does not use that code; other\n"
		    "            programs here may. An update is advised.\n");
	return EXIT_FINE;
}

static void
list_algorithms(const struct library *l, const struct bl_ctx *ctx)
{
	const size_t n = sizeof(algorithms) / sizeof(*algorithms);

	printf("algorithms ");
	for (size_t i = 0; i < n; i++)
		if (l->ctx_has(ctx, algorithms[i]))
			printf(" %s", algorithms[i]);
	printf("\nnot here   ");
	for (size_t i = 0; i < n; i++)
		if (!l->ctx_has(ctx, algorithms[i]))
			printf(" %s", algorithms[i]);
	printf("\n");
}

/* ---- does the reader read, in its cage? ---- */

static const char plain[] = "From: a@example.org\r\nSubject: test\r\n"
			    "Content-Type: text/plain\r\n\r\nself-test\r\n";

static int
temporary(int *fd, const char *bytes, size_t n)
{
	struct bl_note note = {0};
	enum bl_err err = bl_park_open(fd, NULL, &note);

	if (err != BL_OK)
		return say_error("a temporary file", err, &note);
	if (n > 0 &&
	    (write(*fd, bytes, n) != (ssize_t)n ||
		lseek(*fd, 0, SEEK_SET) != 0))
		return say_fail(
		    EXIT_AROUND, "a temporary file cannot be written");
	return EXIT_FINE;
}

static int
read_plain(struct session *s)
{
	struct bl_reader_open_job job = {.now = (int64_t)time(NULL),
	    .input = -1,
	    .content = -1,
	    .out = -1,
	    .park = {-1, -1},
	    .release = -1};
	struct bl_reader_calls none = {0};
	struct bl_reader_verdict v = {0};
	struct bl_note note = {0};
	enum bl_err err = BL_E_SYSTEM;

	if (temporary(&job.input, plain, sizeof(plain) - 1) == EXIT_FINE &&
	    temporary(&job.out, NULL, 0) == EXIT_FINE &&
	    temporary(&job.park[0], NULL, 0) == EXIT_FINE &&
	    temporary(&job.park[1], NULL, 0) == EXIT_FINE)
		err = bl_reader_open(&v, s->reader, &job, &none, &note);
	if (err == BL_OK)
		bl_reader_discard(s->reader);
	close(job.input);
	close(job.out);
	close(job.park[0]);
	close(job.park[1]);
	if (err != BL_OK)
		return say_error("bulla-reader", err, &note);
	if (v.encryption != BL_ENCRYPTION_NONE ||
	    v.signature != BL_SIGNATURE_NONE)
		return say_fail(EXIT_AROUND,
		    "bulla-reader: a wrong verdict of a plain message");
	printf("reader      caged, reads\n");
	return EXIT_FINE;
}

static int
try_agent(struct session *s)
{
	struct bl_note note = {0};
	struct bl_buf keys = {0};
	enum bl_err err = bl_agent_start(&s->agent, &note);

	if (err == BL_OK)
		err = bl_agent_list(&keys, s->agent, &note);
	bl_buf_clear(&keys);
	if (err != BL_OK)
		return say_error("bulla-agent", err, &note);
	printf("agent       caged, answers\n");
	return EXIT_FINE;
}

int
cmd_self_test(int argc, char **argv)
{
	const struct arg options[] = {{NULL}};
	const struct args how = {.command = "self-test",
	    .operands = "",
	    .about = "Says what the libraries here can do, and whether the "
		     "caged programs start.",
	    .options = options};
	struct bl_note note = {0};
	struct bl_ctx *ctx = NULL;
	struct library l;
	struct session s = {0};
	int first, status = args_read(&how, argc, argv, &first);
	enum bl_err err;

	if (status != -1)
		return status;
	printf("bulla       %s\n", BULLA_VERSION);
	if ((err = library_load(&l, &note)) != BL_OK ||
	    (err = l.ctx_new(&ctx, &note)) != BL_OK)
		return say_error("the crypto library", err, &note);
	status = judge_library(&l, ctx);
	list_algorithms(&l, ctx);
	l.ctx_free(ctx);
	fflush(stdout);
	if ((first = session_start(&s)) == EXIT_FINE)
		first = read_plain(&s);
	status = say_worse(status, first);
	status = say_worse(status, try_agent(&s));
	session_end(&s);
	printf("%s\n",
	    status == EXIT_FINE ? "fit to be used" : "NOT fit to be used");
	return status;
}
