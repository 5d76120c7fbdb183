/* age.c - the job that tells how old something is that was fetched, for who
 * keeps it: judged by a reader that has seen nothing else. */
#include "bulla/ocsp.h"

#include "reader/reader.h"

#define AGE_BYTES ((size_t)128 << 20)

static enum bl_err
says_nothing(struct bl_note *note)
{
	return bl_fail(note, BL_E_MISSING, 0, "the responder refused an answer",
	    "RFC 6960 4.2.1");
}

static enum bl_err
age_of_ocsp(struct bl_age *out, struct bl_span der, struct bl_note *note)
{
	struct bl_ocsp *o = NULL;
	enum bl_err err = bl_ocsp_read(&o, der, &BL_LIMITS, note);

	if (err == BL_OK && !bl_ocsp_age(out, o))
		err = says_nothing(note);
	bl_ocsp_free(o);
	return err;
}

static enum bl_err
age_of_crl(struct bl_age *out, struct bl_span der, struct bl_note *note)
{
	struct bl_crl *c = NULL;
	enum bl_err err = bl_crl_read(&c, der, &BL_LIMITS, note);

	if (err == BL_OK)
		bl_crl_age(out, c);
	bl_crl_free(c);
	return err;
}

static enum bl_err
age_of_certs(struct bl_age *out, struct reader *r, struct bl_span file,
    struct bl_note *note)
{
	struct bl_certs certs = {0};
	size_t skipped;
	enum bl_err err = bl_certs_import(
	    &certs, r->ctx, file, &BL_LIMITS, &skipped, note);

	*out = (struct bl_age){.has_next_update = true};
	for (size_t i = 0; err == BL_OK && i < certs.n; i++) {
		int64_t from = bl_cert_not_before(certs.list[i]);
		int64_t to = bl_cert_not_after(certs.list[i]);

		if (i == 0 || from > out->this_update)
			out->this_update = from;
		if (i == 0 || to < out->next_update)
			out->next_update = to;
	}
	bl_certs_clear(&certs);
	return err;
}

static void
say_age(struct reader *r, const struct bl_age *age)
{
	struct bl_ipc f;

	bl_ipc_init(&f, BL_READER_AGED, BL_BUF_MAX);
	bl_wire_aged_put(&f.payload, age);
	say(r, &f);
}

void
job_age(struct reader *r, struct bl_ipc *f)
{
	struct bl_fields w = bl_field_of(bl_buf_span(&f->payload));
	uint8_t kind = bl_field_u8(&w, BL_FETCH_CERT);
	struct bl_note note = {0};
	struct bl_buf file = {0};
	struct bl_age age = {0};
	enum bl_err err;

	if (bl_field_end(&w, NULL) != BL_OK || kind < BL_FETCH_OCSP)
		breach();
	err = io_whole(&file, r, f->fds[0], AGE_BYTES, &note);
	if (err == BL_OK && kind == BL_FETCH_OCSP)
		err = age_of_ocsp(&age, bl_buf_span(&file), &note);
	else if (err == BL_OK && kind == BL_FETCH_CRL)
		err = age_of_crl(&age, bl_buf_span(&file), &note);
	else if (err == BL_OK)
		err = age_of_certs(&age, r, bl_buf_span(&file), &note);
	bl_buf_clear(&file);
	if (err == BL_OK)
		say_age(r, &age);
	say_done(r, err, &note);
}
