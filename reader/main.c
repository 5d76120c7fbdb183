/* main.c - bulla-reader: reads what is foreign, in a cage; bulla-reader(8). */
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "proc/spawn.h"
#include "reader/reader.h"

/* A passphrase came along with CERTS: one that is not empty. */
static bool
has_pass(const struct bl_ipc *f)
{
	return f->type == BL_READER_CERTS && f->payload.n > 4;
}

static unsigned
seconds_for(const struct bl_ipc *f)
{
	return f->type == BL_READER_KEYFILE || has_pass(f)
	    ? BL_CAGE_CPU_KEYFILE
	    : BL_CAGE_CPU_MESSAGE;
}

/* Does the job that a frame asks for; false when it was the last. */
static bool
job(struct reader *r, struct bl_ipc *f, unsigned number)
{
	r->done = (struct bl_wire_done){0};
	r->progress = false;
	r->told_ms = 0;
	if (bl_cage_cpu(&r->cpu, seconds_for(f), NULL) != BL_OK)
		breach();
	switch (f->type) {
	case BL_READER_OPEN:
		job_open(r, f);
		break;
	case BL_READER_LISTING:
		job_listing(r, f);
		break;
	case BL_READER_SEAL:
		job_seal(r, f);
		break;
	case BL_READER_INSPECT:
		job_inspect(r, f);
		break;
	case BL_READER_CERTS:
		/* one that heard a passphrase reads nothing else */
		if (has_pass(f) && (number != 1 || r->certs.count > 0))
			breach();
		job_certs(r, f);
		if (has_pass(f))
			return false;
		break;
	case BL_READER_CHECK:
		job_check(r, f);
		break;
	case BL_READER_REQUEST:
		job_request(r, f);
		break;
	case BL_READER_AGE:
		job_age(r, f);
		break;
	case BL_READER_KEYFILE:
		if (number != 1 || r->certs.count > 0)
			breach();
		job_keyfile(r, f);
		return false;
	default: /* a frame that does not stand here */
		breach();
	}
	return number < BL_READER_JOBS;
}

static void
serve(struct reader *r)
{
	unsigned number = 0;
	struct bl_ipc f;
	bool more = true;

	while (more) {
		hear(&f, r);
		if (f.type == BL_READER_CERT) {
			certs_keep(r, &f);
		} else if (f.type == BL_READER_EVIDENCE) {
			if (bl_cage_cpu(&r->cpu, seconds_for(&f), NULL) !=
			    BL_OK)
				breach();
			evidence_keep(r, &f);
		} else {
			more = job(r, &f, ++number);
			writer_rest(r->writer);
			certs_drop(&r->certs);
			bl_wipe(r->chunk, READER_CHUNK);
			malloc_trim(0);
		}
		bl_ipc_close(&f);
		bl_ipc_clear(&f);
	}
}

/* Ends before the first foreign byte. */
static _Noreturn void
refuse(const char *what, int status)
{
	fprintf(stderr, "bulla-reader: %s\n", what);
	_exit(status);
}

int
main(int argc, char **argv)
{
	struct reader r = {.control = BL_CONTROL_FD};
	struct bl_note note = {0};
	enum bl_ctx_part part = argc > 1 && strcmp(argv[1], "legacy") == 0
	    ? BL_CTX_LEGACY
	    : BL_CTX_MODERN;
	enum bl_err err;

	if ((err = bl_child_begin(&note)) != BL_OK)
		refuse(note.what, err == BL_E_CALLER ? 2 : BL_EXIT_CAGE);
	/* the crypto library asks for the local time zone when it compares
	 * times, which would open a file in the cage */
	setenv("TZ", "UTC0", 1);
	tzset();
	if (bl_ctx_new_lean(&r.ctx, part, &note) != BL_OK ||
	    (r.chunk = malloc(READER_CHUNK)) == NULL ||
	    (r.writer = writer_start()) == NULL)
		refuse(note.what != NULL ? note.what : "out of memory",
		    BL_EXIT_CAGE);
	mallopt(M_PERTURB, 0x5a); /* so freed memory is overwritten */
	if (bl_cage_reader(&note) != BL_OK)
		refuse(note.what, BL_EXIT_CAGE);
	serve(&r);
	bl_ctx_free(r.ctx);
	free(r.chunk);
	return 0;
}
