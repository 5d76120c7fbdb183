/* keyfile.c - the one job of a reader that is started for a key file: keys go
 * to the agent, certificates to the caller. */
#include "bulla/keyfile.h"

#include "reader/reader.h"

static enum bl_err
give_key(int fd, const struct bl_secret *key, struct bl_note *note)
{
	struct bl_span s = bl_secret_reveal(key);
	struct bl_ipc f;
	enum bl_err err;

	if (s.n > BL_READER_KEY_MAX)
		return bl_fail_limit(
		    note, 0, "limit-key", "a key is too long", NULL);
	bl_ipc_init(&f, BL_READER_KEY, BL_BUF_MAX);
	bl_buf_add(&f.payload, s);
	err = bl_ipc_send(fd, &f, note);
	bl_ipc_clear(&f);
	return err;
}

static enum bl_err
give_entry(struct reader *r, const struct bl_keyfile_entry *e, int fd,
    struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (e->cert != NULL)
		err = certs_say(
		    r, e->cert, e->key != NULL, bl_buf_span(&e->name), note);
	if (err != BL_OK || e->key == NULL)
		return err;
	if (++r->done.keys > BL_READER_KEYS_MAX)
		return bl_fail_limit(note, 0, "limit-keys",
		    "too many keys are in one file", NULL);
	return give_key(fd, e->key, note);
}

static enum bl_err
give_all(
    struct reader *r, const struct bl_keyfile *k, int fd, struct bl_note *note)
{
	struct bl_ipc end;
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < k->n && err == BL_OK; i++)
		err = give_entry(r, &k->entries[i], fd, note);
	if (err != BL_OK)
		return err;
	bl_ipc_init(&end, BL_READER_KEYS_END, 0);
	return bl_ipc_send(fd, &end, note);
}

void
job_keyfile(struct reader *r, struct bl_ipc *f)
{
	struct bl_fields w = bl_field_of(bl_buf_span(&f->payload));
	struct bl_span pass = bl_field_bytes(&w, BL_READER_PASS_MAX);
	struct bl_keyfile k = {0};
	struct bl_note note = {0};
	struct bl_buf file = {0};
	enum bl_err err;

	if (bl_field_end(&w, NULL) != BL_OK)
		breach();
	if ((err = io_whole(&file, r, f->fds[0], BL_LIMITS.pkcs12_bytes,
		 &note)) == BL_OK &&
	    (err = bl_keyfile_read(&k, r->ctx, bl_buf_span(&file), pass,
		 &BL_LIMITS, &note)) == BL_OK)
		err = give_all(r, &k, f->fds[1], &note);
	r->done.skipped = (uint32_t)k.skipped;
	if (err != BL_OK)
		r->done.keys = 0;
	bl_keyfile_clear(&k);
	bl_buf_clear(&file);
	say_done(r, err, &note);
}
