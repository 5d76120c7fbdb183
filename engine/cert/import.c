/* import.c - files of certificates, and of other things, one or many. */
#include "cert/internal.h"

/* ---- files of certificates ---- */

static void
skip(struct bl_certs_file *f, const struct bl_note *why, uint64_t at)
{
	if (f->skipped++ != 0)
		return;
	f->first = *why;
	f->first.at += at;
}

void
bl_certs_file_skip(struct bl_certs_file *f, const char *why, uint64_t at)
{
	const struct bl_note note = {.err = BL_E_MALFORMED, .what = why};

	skip(f, &note, at);
}

/* Only memory and the surroundings end the import. */
enum bl_err
bl_certs_file_take(struct bl_certs_file *f, struct bl_span der, uint64_t at,
    struct bl_note *note)
{
	struct bl_note why = {0};
	struct bl_cert *c;
	enum bl_err err = bl_cert_read(&c, f->ctx, der, f->limits, &why);

	if (err == BL_E_MALFORMED || err == BL_E_LIMIT) {
		skip(f, &why, at);
		return BL_OK;
	}
	if (err == BL_OK) {
		f->found++;
		err = bl_certs_add(f->set, c, &why);
	}
	bl_cert_free(c);
	if (err != BL_OK && note != NULL && note->err == BL_OK)
		*note = why;
	return err;
}

static enum bl_err
import_der(struct bl_certs_file *to, struct bl_span file, struct bl_note *note)
{
	struct bl_der in = bl_der_of(file);
	enum bl_err err;

	while (in.left.n != 0) {
		uint64_t at = in.at;
		struct bl_span der = bl_der_whole(&in, BL_DER_SEQUENCE);

		if (in.bad) {
			bl_certs_file_skip(to,
			    "the file ends within a certificate, or is none",
			    at);
			return BL_OK;
		}
		if ((err = bl_certs_file_take(to, der, at, note)) != BL_OK)
			return err;
	}
	return BL_OK;
}

static bool
is_certificate(struct bl_span label)
{
	return bl_span_equal(label, BL_STR("CERTIFICATE")) ||
	    bl_span_equal(label, BL_STR("X509 CERTIFICATE")) ||
	    bl_span_equal(label, BL_STR("TRUSTED CERTIFICATE"));
}

/* OpenSSL's TRUSTED CERTIFICATE has its own data behind the certificate, which
 * say nothing here. */
static struct bl_span
first_element(struct bl_span label, struct bl_span der)
{
	struct bl_der in = bl_der_of(der);
	struct bl_span first = bl_der_whole(&in, BL_DER_SEQUENCE);

	return label.n > 16 && !in.bad ? first : der;
}

static enum bl_err
import_pem(struct bl_certs_file *to, struct bl_span file, struct bl_note *note)
{
	struct bl_buf der = {0};
	struct bl_span label;
	enum bl_err err = BL_OK;
	size_t pos = 0, at = 0;

	while (err == BL_OK && bl_pem_next(file, &pos, &label, &der)) {
		at = (size_t)(label.p - file.p);
		if (is_certificate(label) &&
		    (err = bl_buf_err(&der, note)) == BL_OK)
			err = bl_certs_file_take(to,
			    first_element(label, bl_buf_span(&der)), at, note);
		bl_buf_reset(&der);
	}
	bl_buf_clear(&der);
	return err;
}

/* A SEQUENCE with a long length: no certificate is shorter, and no text begins
 * so. */
static bool
is_der(struct bl_span file)
{
	return file.n > 1 && file.p[0] == BL_DER_SEQUENCE && file.p[1] >= 0x80;
}

enum bl_err
bl_certs_file_read(
    struct bl_certs_file *f, struct bl_span file, struct bl_note *note)
{
	if (bl_sst_is(file))
		return bl_sst_read(f, file, note);
	return is_der(file) ? import_der(f, file, note)
			    : import_pem(f, file, note);
}

enum bl_err
bl_certs_file_end(
    const struct bl_certs_file *f, size_t *skipped, struct bl_note *note)
{
	*skipped = f->skipped;
	if (f->skipped != 0 && note != NULL && note->err == BL_OK)
		*note = f->first;
	if (f->found != 0)
		return BL_OK;
	return bl_fail(note, BL_E_MALFORMED, 0,
	    "nothing in the file is a certificate", NULL);
}

enum bl_err
bl_certs_import(struct bl_certs *s, struct bl_ctx *ctx, struct bl_span file,
    const struct bl_limits *limits, size_t *skipped, struct bl_note *note)
{
	struct bl_certs_file f = {.set = s, .ctx = ctx, .limits = limits};
	enum bl_err err = bl_certs_file_read(&f, file, note);

	*skipped = f.skipped;
	return err != BL_OK ? err : bl_certs_file_end(&f, skipped, note);
}

/* ---- files of other things ---- */

/* tally is what came of a file. */
struct tally {
	size_t found, skipped;
	struct bl_note first; /* why the first was skipped */
};

static enum bl_err
import_entry(
    struct tally *t, const struct bl_import *to, const struct bl_buf *der)
{
	struct bl_note why = {0};
	enum bl_err err = bl_buf_err(der, &why);

	if (err == BL_OK)
		err = to->add(to, bl_buf_span(der), &why);
	if (err == BL_OK)
		t->found++;
	else if (t->skipped++ == 0)
		t->first = why;
	return err == BL_E_MEMORY ? err : BL_OK;
}

static enum bl_err
import_entries(struct tally *t, const struct bl_import *to, struct bl_span file)
{
	struct bl_span label;
	enum bl_err err = BL_OK;
	struct bl_buf der;
	size_t pos = 0;

	bl_buf_init(&der, to->max + 1);
	while (err == BL_OK && bl_pem_next(file, &pos, &label, &der)) {
		if (bl_span_equal(label, to->label))
			err = import_entry(t, to, &der);
		bl_buf_reset(&der);
	}
	bl_buf_clear(&der);
	return err;
}

enum bl_err
bl_import_run(const struct bl_import *to, struct bl_span file, size_t *skipped,
    struct bl_note *note)
{
	/* borrowed for reading, and not cleared */
	const struct bl_buf whole = {
	    .p = (uint8_t *)(uintptr_t)file.p, .n = file.n};
	struct tally t = {0};
	enum bl_err err = file.n != 0 && file.p[0] == BL_DER_SEQUENCE
	    ? import_entry(&t, to, &whole)
	    : import_entries(&t, to, file);

	*skipped = t.skipped;
	if (err != BL_OK)
		return bl_fail(note, err, 0, "out of memory", NULL);
	if (t.found == 0 && t.skipped == 0)
		return bl_fail(note, BL_E_MALFORMED, 0, to->none, NULL);
	if (note != NULL && note->err == BL_OK && t.skipped != 0)
		*note = t.first;
	if (t.found == 0)
		return t.first.err;
	if (note != NULL)
		note->err = BL_OK;
	return BL_OK;
}
