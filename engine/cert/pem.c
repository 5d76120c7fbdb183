/* pem.c - PEM blocks (RFC 7468), and files of certificates. */
#include "cert/internal.h"

#include <string.h>

static const struct bl_span dashes = {(const uint8_t *)"-----", 5};
static const struct bl_span begin = {(const uint8_t *)"-----BEGIN ", 11};
static const struct bl_span end = {(const uint8_t *)"-----END ", 9};

/* Where `what` next stands at or after `from`; in.n when it does not. */
static size_t
find(struct bl_span in, size_t from, struct bl_span what)
{
	const uint8_t *p;

	if (from >= in.n)
		return in.n;
	p = memmem(in.p + from, in.n - from, what.p, what.n);
	return p != NULL ? (size_t)(p - in.p) : in.n;
}

static bool
starts(struct bl_span in, size_t from, struct bl_span with)
{
	return bl_span_equal(bl_span_cut(in, from, with.n), with);
}

static bool
at_line_start(struct bl_span in, size_t at)
{
	return at == 0 || in.p[at - 1] == '\n' || in.p[at - 1] == '\r';
}

/* A block is what stands between two lines of dashes, so each byte is looked
 * at a fixed number of times. */
static bool
block(
    struct bl_span in, size_t *pos, struct bl_span *label, struct bl_span *body)
{
	size_t label_end, tail;

	label_end = find(in, *pos + begin.n, dashes);
	*pos += begin.n;
	if (label_end == in.n)
		return false;
	*label = bl_span_cut(in, *pos, label_end - *pos);
	if (memchr(label->p, '\n', label->n) != NULL)
		return false;
	tail = find(in, label_end + dashes.n, dashes);
	*body = bl_span_cut(
	    in, label_end + dashes.n, tail - label_end - dashes.n);
	if (!starts(in, tail, end) || !starts(in, tail + end.n, *label) ||
	    !starts(in, tail + end.n + label->n, dashes)) {
		*pos = tail;
		return false;
	}
	*pos = tail + end.n + label->n + dashes.n;
	return true;
}

static void
decode(struct bl_buf *der, struct bl_span body)
{
	struct bl_base64 d = {0};
	size_t from = der->n;

	bl_base64_decode(&d, der, body);
	bl_base64_decode_end(&d);
	if (d.bad && der->err == BL_OK)
		der->n = from;
}

bool
bl_pem_next(
    struct bl_span in, size_t *pos, struct bl_span *label, struct bl_buf *der)
{
	struct bl_span body;

	while ((*pos = find(in, *pos, begin)) < in.n) {
		if (!at_line_start(in, *pos)) {
			*pos += begin.n;
			continue;
		}
		if (block(in, pos, label, &body)) {
			decode(der, body);
			return true;
		}
	}
	*label = (struct bl_span){0};
	return false;
}

/* ---- files of certificates ---- */

struct import {
	struct bl_certs *set;
	struct bl_ctx *ctx;
	const struct bl_limits *limits;
	size_t found, skipped;
	struct bl_note first; /* why the first was skipped */
};

static void
skip(struct import *to, const struct bl_note *why, uint64_t at)
{
	if (to->skipped++ != 0)
		return;
	to->first = *why;
	to->first.at += at;
}

/* One certificate; only memory and the surroundings end the import. */
static enum bl_err
import_one(
    struct import *to, struct bl_span der, uint64_t at, struct bl_note *note)
{
	struct bl_note why = {0};
	struct bl_cert *c;
	enum bl_err err = bl_cert_read(&c, to->ctx, der, to->limits, &why);

	if (err == BL_E_MALFORMED || err == BL_E_LIMIT) {
		skip(to, &why, at);
		return BL_OK;
	}
	if (err == BL_OK) {
		to->found++;
		err = bl_certs_add(to->set, c, &why);
	}
	bl_cert_free(c);
	if (err != BL_OK && note != NULL && note->err == BL_OK)
		*note = why;
	return err;
}

static enum bl_err
import_der(struct import *to, struct bl_span file, struct bl_note *note)
{
	struct bl_note cut = {.err = BL_E_MALFORMED,
	    .what = "the file ends within a certificate, or is none"};
	struct bl_der in = bl_der_of(file);
	enum bl_err err;

	while (in.left.n != 0) {
		uint64_t at = in.at;
		struct bl_span der = bl_der_whole(&in, BL_DER_SEQUENCE);

		if (in.bad) {
			skip(to, &cut, at);
			return BL_OK;
		}
		if ((err = import_one(to, der, at, note)) != BL_OK)
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
import_pem(struct import *to, struct bl_span file, struct bl_note *note)
{
	struct bl_buf der = {0};
	struct bl_span label;
	enum bl_err err = BL_OK;
	size_t pos = 0, at = 0;

	while (err == BL_OK && bl_pem_next(file, &pos, &label, &der)) {
		at = (size_t)(label.p - file.p);
		if (is_certificate(label) &&
		    (err = bl_buf_err(&der, note)) == BL_OK)
			err = import_one(to,
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
bl_certs_import(struct bl_certs *s, struct bl_ctx *ctx, struct bl_span file,
    const struct bl_limits *limits, size_t *skipped, struct bl_note *note)
{
	struct import to = {.set = s, .ctx = ctx, .limits = limits};
	enum bl_err err = is_der(file) ? import_der(&to, file, note)
				       : import_pem(&to, file, note);

	*skipped = to.skipped;
	if (err != BL_OK)
		return err;
	if (to.skipped != 0 && note != NULL && note->err == BL_OK)
		*note = to.first;
	if (to.found != 0)
		return BL_OK;
	return bl_fail(note, BL_E_MALFORMED, 0,
	    "nothing in the file is a certificate", NULL);
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
