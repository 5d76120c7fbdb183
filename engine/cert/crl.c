/* crl.c - certificate revocation lists, RFC 5280 5; see crl.h. */
#include "cert/crl.h"

#include <string.h>

#include "cert/internal.h"

struct bl_crl {
	unsigned owners;
	struct bl_buf der; /* all spans point into it */
	struct bl_crl_face face;
	struct bl_span entries; /* content of revokedCertificates */
};

const struct bl_crl_face *
bl_crl_face(const struct bl_crl *c)
{
	return &c->face;
}

struct bl_crl *
bl_crl_hold(struct bl_crl *c)
{
	c->owners++;
	return c;
}

void
bl_crl_set_source(struct bl_crl *c, enum bl_source source)
{
	c->face.source = source;
}

void
bl_crl_free(struct bl_crl *c)
{
	if (c == NULL || --c->owners != 0)
		return;
	bl_buf_clear(&c->der);
	bl_release(c);
}

struct bl_span
bl_crl_der(const struct bl_crl *c)
{
	return bl_buf_span(&c->der);
}

/* ---- extensions ---- */

static bool
flag(struct bl_der *in, unsigned n)
{
	struct bl_span v;

	if (bl_der_peek(in) != (unsigned)BL_DER_IMPLICIT(n))
		return false;
	v = bl_der_take(in, BL_DER_IMPLICIT(n));
	/* FALSE is the default; some write it */
	if (v.n != 1 || (v.p[0] != 0 && v.p[0] != 0xff))
		in->bad = true;
	return !in->bad && v.p[0] == 0xff;
}

/* RFC 5280 5.2.5 */
static void
distribution_point(struct bl_crl_face *f, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0))
		f->point = bl_dist_name_read(&seq);
	f->only_users = flag(&seq, 1);
	f->only_cas = flag(&seq, 2);
	if (bl_der_peek(&seq) == BL_DER_IMPLICIT(3)) {
		f->point.has_reasons = true;
		f->point.reasons = bl_reason_flags_read(
		    &seq, BL_DER_IMPLICIT(3));
	}
	f->indirect = flag(&seq, 4);
	f->only_attributes = flag(&seq, 5);
	bl_der_leave(in, &seq);
}

/* cRLNumber and BaseCRLNumber: not negative, at most 20 bytes (5.2.3). */
static struct bl_span
number(struct bl_der *in)
{
	struct bl_span n = bl_der_integer(in);

	if (n.n == 0 || n.n > 21 || n.p[0] >= 0x80)
		in->bad = true;
	return n;
}

static bool
interpret(void *face, const struct bl_extension *e)
{
	struct bl_crl_face *f = face;
	struct bl_der in = bl_der_of(e->value);

	if (e->id == BL_OID_AUTHORITY_KEY_IDENTIFIER) {
		f->aki = bl_der_whole(&in, BL_DER_SEQUENCE);
	} else if (e->id == BL_OID_CRL_NUMBER) {
		f->number = number(&in);
	} else if (e->id == BL_OID_DELTA_CRL_INDICATOR) {
		f->is_delta = true;
		f->base = number(&in);
	} else if (e->id == BL_OID_ISSUING_DISTRIBUTION_POINT) {
		f->idp = e->value;
		distribution_point(f, &in);
	} else {
		f->unusable = f->unusable || e->critical;
		return true;
	}
	return bl_der_done(&in);
}

/* ---- entries ---- */

/* entry is one of revokedCertificates. */
struct entry {
	struct bl_span serial, issuer; /* issuer: empty, as the one before */
	unsigned reason;
	int64_t revoked_at;
	bool unusable;
};

/* The directoryName of a certificateIssuer (RFC 5280 5.3.3). */
static struct bl_span
issuer_of(struct bl_span value)
{
	struct bl_der in = bl_der_of(value);
	struct bl_der names = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_span found = {0};

	while (bl_der_peek(&names) != 0) {
		struct bl_gname g = bl_gname_read(&names);

		if (g.tag == BL_GN_DIRECTORY && found.n == 0)
			found = g.value;
	}
	return names.bad ? (struct bl_span){0} : found;
}

unsigned
bl_crl_reason_read(struct bl_der *in)
{
	struct bl_span v = bl_der_take(in, BL_DER_ENUMERATED);

	if (v.n != 1 || v.p[0] > 10 || v.p[0] == 7)
		in->bad = true;
	return in->bad ? 0 : v.p[0];
}

static void
entry_extension(struct entry *e, struct bl_der *list)
{
	struct bl_extension x = bl_extension_read(list);
	struct bl_der in = bl_der_of(x.value);

	if (list->bad)
		return;
	if (x.id == BL_OID_CRL_REASON) {
		e->reason = bl_crl_reason_read(&in);
		if (!bl_der_done(&in))
			list->bad = true;
	} else if (x.id == BL_OID_CERTIFICATE_ISSUER) {
		e->issuer = issuer_of(x.value);
		if (e->issuer.n == 0)
			list->bad = true;
	} else if (x.id != BL_OID_INVALIDITY_DATE && x.critical) {
		e->unusable = true;
	}
}

static struct entry
entry_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), list;
	struct entry e = {.serial = bl_der_integer(&seq)};

	e.revoked_at = bl_der_time(&seq);
	if (bl_der_peek(&seq) == BL_DER_SEQUENCE) {
		list = bl_der_enter(&seq, BL_DER_SEQUENCE);
		do
			entry_extension(&e, &list);
		while (bl_der_peek(&list) != 0);
		bl_der_leave(&seq, &list);
	}
	bl_der_leave(in, &seq);
	return e;
}

/* Every entry is to be well formed, also those that nobody asks for. */
static enum bl_err
entries(struct bl_crl *c, struct bl_der *in, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_der at = *in, list = bl_der_enter(in, BL_DER_SEQUENCE);
	size_t n = 0;

	while (bl_der_peek(&list) != 0 && n++ < limits->crl_entries)
		if (entry_read(&list).unusable)
			c->face.unusable = true;
	if (!list.bad && bl_der_peek(&list) != 0)
		return bl_fail_limit(note, list.at, "limit-crl",
		    "the revocation list has too many entries", NULL);
	bl_der_leave(in, &list);
	if (!in->bad)
		c->entries = bl_der_take(&at, BL_DER_SEQUENCE);
	return BL_OK;
}

/* Whether the bytes of a number are anywhere among the entries: where they are
 * not, no entry has it, which is found out many times as fast as by reading
 * each. */
static bool
may_have(const struct bl_crl *c, struct bl_span serial)
{
	return c->entries.n != 0 &&
	    (serial.n == 0 ||
		memmem(c->entries.p, c->entries.n, serial.p, serial.n) != NULL);
}

bool
bl_crl_find(const struct bl_crl *c, struct bl_span issuer,
    struct bl_span serial, unsigned *reason, int64_t *at)
{
	struct bl_der in = bl_der_of(c->entries);
	bool ours = bl_name_same(c->face.issuer, issuer);

	*reason = 0;
	if (!may_have(c, serial))
		return false;
	while (bl_der_peek(&in) != 0) {
		struct entry e = entry_read(&in);

		if (e.issuer.n != 0)
			ours = bl_name_same(e.issuer, issuer);
		if (!ours || !bl_span_equal(e.serial, serial))
			continue;
		*reason = e.reason;
		if (at != NULL)
			*at = e.revoked_at;
		return true;
	}
	return false;
}

/* ---- which is the newer one ---- */

bool
bl_crl_number_less(struct bl_span a, struct bl_span b)
{
	if (a.n != 0 && a.p[0] == 0)
		a = bl_span_cut(a, 1, a.n - 1);
	if (b.n != 0 && b.p[0] == 0)
		b = bl_span_cut(b, 1, b.n - 1);
	for (size_t i = 0; a.n == b.n && i < a.n; i++)
		if (a.p[i] != b.p[i])
			return a.p[i] < b.p[i];
	return a.n < b.n;
}

static enum bl_order
order(bool less, bool more)
{
	return less ? BL_ORDER_OLDER : more ? BL_ORDER_NEWER : BL_ORDER_SAME;
}

enum bl_order
bl_crl_order(const struct bl_crl *a, const struct bl_crl *b)
{
	const struct bl_crl_face *x = &a->face, *y = &b->face;
	bool less, more;

	if (x->is_delta != y->is_delta || !bl_name_same(x->issuer, y->issuer) ||
	    !bl_span_equal(x->idp, y->idp) || !bl_span_equal(x->aki, y->aki))
		return BL_ORDER_NONE;
	less = x->this_update < y->this_update;
	more = x->this_update > y->this_update;
	if (x->number.n != 0 && y->number.n != 0) {
		less = less || bl_crl_number_less(x->number, y->number);
		more = more || bl_crl_number_less(y->number, x->number);
	}
	return order(less, more);
}

/* ---- the list ---- */

static bool
is_time(const struct bl_der *in)
{
	unsigned tag = bl_der_peek(in);

	return tag == BL_DER_UTCTIME || tag == BL_DER_GENTIME;
}

static enum bl_err
malformed(struct bl_note *note, uint64_t at, const char *what)
{
	return bl_fail(note, BL_E_MALFORMED, at, what, "RFC 5280 5.1");
}

/* TBSCertList */
static enum bl_err
fields(struct bl_crl *c, struct bl_span outer, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_crl_face *f = &c->face;
	struct bl_der in = bl_der_of(f->tbs), field;
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	bool v2 = bl_der_peek(&seq) == BL_DER_INTEGER;
	struct bl_span inner;
	enum bl_err err;

	if (v2 && bl_der_uint(&seq, 1) != 1)
		seq.bad = true;
	inner = bl_der_whole(&seq, BL_DER_SEQUENCE);
	f->issuer = bl_name_read(&seq);
	f->this_update = bl_der_time(&seq);
	f->has_next_update = is_time(&seq);
	if (f->has_next_update)
		f->next_update = bl_der_time(&seq);
	if (bl_der_peek(&seq) == BL_DER_SEQUENCE &&
	    (err = entries(c, &seq, limits, note)) != BL_OK)
		return err;
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(0));
		bl_extensions_each(&field, interpret, f);
		bl_der_leave(&seq, &field);
		if (!v2)
			seq.bad = true;
	}
	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in))
		return malformed(
		    note, in.at, "the revocation list is not well formed");
	if (!bl_span_equal(inner, outer))
		return malformed(
		    note, 0, "algorithms inside and outside differ");
	in = bl_der_of(outer);
	f->alg = bl_sig_alg_read(&in, BL_DIGEST_NONE);
	return in.bad ? malformed(note, 0, "the algorithm is not well formed")
		      : BL_OK;
}

static enum bl_err
read_all(struct bl_crl *c, struct bl_span der, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_der in = bl_der_of(der);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_span outer;

	c->face.tbs = bl_der_whole(&seq, BL_DER_SEQUENCE);
	outer = bl_der_whole(&seq, BL_DER_SEQUENCE);
	c->face.signature = bl_der_bits(&seq, NULL);
	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in))
		return malformed(
		    note, in.at, "the revocation list is not well formed");
	return fields(c, outer, limits, note);
}

/* Reads a list and takes the buffer over, which is empty then; on failure it
 * is as it was. */
static enum bl_err
take(struct bl_crl **out, struct bl_buf *der, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_crl *c;
	enum bl_err err;

	*out = NULL;
	if (der->n > limits->crl_bytes)
		return bl_fail_limit(note, 0, "limit-crl",
		    "the revocation list is too large", NULL);
	if (der->n == 0)
		return malformed(note, 0, "the revocation list is empty");
	if ((c = bl_alloc(sizeof(*c))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	c->owners = 1;
	if ((err = read_all(c, bl_buf_span(der), limits, note)) != BL_OK) {
		bl_crl_free(c);
		return err;
	}
	c->der = *der;
	bl_buf_init(der, c->der.max);
	*out = c;
	return BL_OK;
}

enum bl_err
bl_crl_read(struct bl_crl **out, struct bl_span der,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_buf copy;
	enum bl_err err;

	*out = NULL;
	if (der.n > limits->crl_bytes)
		return bl_fail_limit(note, 0, "limit-crl",
		    "the revocation list is too large", NULL);
	bl_buf_init(&copy, der.n + 1);
	bl_buf_add(&copy, der);
	if ((err = bl_buf_err(&copy, note)) == BL_OK)
		err = take(out, &copy, limits, note);
	bl_buf_clear(&copy);
	return err;
}

/* ---- files ---- */

/* Takes `c` over, also where it fails. */
static enum bl_err
keep(struct bl_crls *s, struct bl_crl *c, enum bl_source source,
    struct bl_note *note)
{
	enum bl_err err = bl_list_grow(
	    &s->list, s->n, &s->cap, sizeof(*s->list), note);

	if (err != BL_OK) {
		bl_crl_free(c);
		return err;
	}
	bl_crl_set_source(c, source);
	s->list[s->n++] = c;
	return BL_OK;
}

enum bl_err
bl_crls_add(struct bl_crls *s, struct bl_span der, enum bl_source source,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_crl *c;
	enum bl_err err = bl_crl_read(&c, der, limits, note);

	if (err == BL_OK)
		err = keep(s, c, source, note);
	return err;
}

static enum bl_err
add(const struct bl_import *to, struct bl_span der, struct bl_note *note)
{
	return bl_crls_add(to->set, der, BL_SOURCE_GIVEN, to->limits, note);
}

enum bl_err
bl_crls_import(struct bl_crls *s, struct bl_span file,
    const struct bl_limits *limits, size_t *skipped, struct bl_note *note)
{
	const struct bl_import to = {.label = BL_STR("X509 CRL"),
	    .max = limits->crl_bytes,
	    .add = add,
	    .set = s,
	    .limits = limits,
	    .none = "nothing is a revocation list"};

	return bl_import_run(&to, file, skipped, note);
}

enum bl_err
bl_crls_take(struct bl_crls *s, struct bl_buf *file,
    const struct bl_limits *limits, size_t *skipped, struct bl_note *note)
{
	struct bl_crl *c;
	enum bl_err err;

	if (file->n == 0 || file->p[0] != BL_DER_SEQUENCE)
		return bl_crls_import(
		    s, bl_buf_span(file), limits, skipped, note);
	*skipped = 0;
	if ((err = take(&c, file, limits, note)) == BL_OK)
		return keep(s, c, BL_SOURCE_GIVEN, note);
	if (err != BL_E_MEMORY)
		*skipped = 1;
	return err;
}

void
bl_crls_clear(struct bl_crls *s)
{
	for (size_t i = 0; i < s->n; i++)
		bl_crl_free(s->list[i]);
	bl_release(s->list);
	*s = (struct bl_crls){0};
}

void
bl_crl_age(struct bl_age *out, const struct bl_crl *c)
{
	const struct bl_crl_face *f = bl_crl_face(c);
	struct bl_span n = f->number;

	*out = (struct bl_age){.this_update = f->this_update,
	    .next_update = f->next_update,
	    .has_next_update = f->has_next_update};
	while (n.n > 0 && n.p[0] == 0)
		n = bl_span_cut(n, 1, n.n);
	if (n.n > 0 && n.n <= sizeof(out->number))
		memcpy(out->number + sizeof(out->number) - n.n, n.p, n.n);
}
