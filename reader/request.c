/* request.c - the job that takes the public key out of a request for a
 * certificate. */
#include "proc/wire/issue.h"
#include "reader/reader.h"

#define FILE_BYTES ((size_t)1 << 20)

void
job_request(struct reader *r, struct bl_ipc *f)
{
	struct bl_buf file = {0}, number = {0};
	struct bl_issue_public key;
	struct bl_note note = {0};
	struct bl_ipc out;
	enum bl_err err;

	bl_ipc_init(&out, BL_READER_PUBLIC, BL_BUF_MAX);
	if ((err = io_whole(&file, r, f->fds[0], FILE_BYTES, &note)) == BL_OK &&
	    (err = bl_request_read(&key, &number, r->ctx, bl_buf_span(&file),
		 &BL_LIMITS, &note)) == BL_OK) {
		bl_wire_public_put(&out.payload, &key);
		err = bl_buf_err(&out.payload, &note);
	}
	if (err == BL_OK)
		say(r, &out);
	say_done(r, err, &note);
	bl_ipc_clear(&out);
	bl_buf_clear(&number);
	bl_buf_clear(&file);
}
