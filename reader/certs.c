/* certs.c - certificates given with a job, and files of them. */
#include "bulla/collection.h"

#include "reader/reader.h"

#define JOB_CERT_BYTES ((size_t)32 << 20) /* of all certificates of a job */
#define FILE_BYTES     ((size_t)32 << 20) /* of a file of certificates */
#define NAME_BYTES     ((size_t)128 << 10)
#define LABEL_BYTES    1000
#define SERIAL_BYTES   64

void
certs_drop(struct certs_for *c)
{
	bl_certs_clear(&c->identities);
	bl_certs_clear(&c->anchors);
	bl_certs_clear(&c->pool);
	bl_certs_clear(&c->include);
	bl_certs_clear(&c->to);
	bl_cert_free(c->signer);
	bl_cert_free(c->own_encrypt);
	bl_crls_clear(&c->crls);
	bl_ocsps_clear(&c->ocsps);
	*c = (struct certs_for){0};
}

static struct bl_certs *
list_of(struct certs_for *c, enum bl_reader_role role)
{
	switch (role) {
	case BL_ROLE_IDENTITY:
		return &c->identities;
	case BL_ROLE_ANCHOR:
		return &c->anchors;
	case BL_ROLE_POOL:
		return &c->pool;
	case BL_ROLE_INCLUDE:
		return &c->include;
	case BL_ROLE_TO:
		return &c->to;
	case BL_ROLE_SIGNER:
	case BL_ROLE_OWN_ENCRYPT:
		break;
	}
	return NULL;
}

/* Puts it where its role belongs. */
static enum bl_err
place(struct certs_for *c, enum bl_reader_role role, struct bl_cert *cert,
    struct bl_note *note)
{
	struct bl_certs *list = list_of(c, role);
	struct bl_cert **one = role == BL_ROLE_SIGNER ? &c->signer
						      : &c->own_encrypt;

	if (list != NULL)
		return bl_certs_add(list, cert, note);
	if (*one != NULL)
		breach(); /* there is one signer */
	*one = bl_cert_hold(cert);
	return BL_OK;
}

void
certs_keep(struct reader *r, const struct bl_ipc *f)
{
	struct certs_for *c = &r->certs;
	struct bl_cert *cert = NULL;
	struct bl_note note = {0};
	struct bl_wire_cert in;
	enum bl_err err;
	bool needed;

	if (bl_wire_cert_get(&in, bl_buf_span(&f->payload), NULL) != BL_OK ||
	    ++c->count > BL_READER_JOB_CERTS ||
	    (c->bytes += in.der.n) > JOB_CERT_BYTES)
		breach();
	err = bl_cert_read(&cert, r->ctx, in.der, &BL_LIMITS, &note);
	if (err == BL_OK)
		err = place(c, in.role, cert, &note);
	bl_cert_free(cert);
	needed = in.role != BL_ROLE_POOL && in.role != BL_ROLE_INCLUDE;
	if (err != BL_OK && c->bad.err == BL_OK &&
	    (needed || err == BL_E_MEMORY)) {
		c->bad = note; /* its strings are constants */
		c->bad.err = err;
	}
}

#define LISTS_BYTES ((size_t)192 << 20) /* of one file of lists, in PEM too */

typedef enum bl_err read_fn(struct bl_buf *out, struct reader *r, int fd,
    size_t max, struct bl_note *note);

static void
keep(struct reader *r, const struct bl_ipc *f, read_fn *read_file)
{
	struct certs_for *c = &r->certs;
	struct bl_note note = {0};
	enum bl_evidence_kind kind;
	struct bl_buf file = {0};
	size_t skipped;
	enum bl_err err;

	if (bl_wire_evidence_get(&kind, bl_buf_span(&f->payload), NULL) !=
		BL_OK ||
	    ++c->evidence_files > BL_READER_EVIDENCE_MAX)
		breach();
	err = read_file(&file, r, f->fds[0],
	    kind == BL_EVIDENCE_CRL ? LISTS_BYTES : FILE_BYTES, &note);
	if (err == BL_OK)
		err = kind == BL_EVIDENCE_CRL
		    ? bl_crls_take(&c->crls, &file, &BL_LIMITS, &skipped, &note)
		    : bl_ocsps_import(&c->ocsps, bl_buf_span(&file), &BL_LIMITS,
			  &skipped, &note);
	bl_buf_clear(&file);
	if (err != BL_OK && c->bad.err == BL_OK) {
		c->bad = note; /* its strings are constants */
		c->bad.err = err;
	}
}

void
evidence_keep(struct reader *r, const struct bl_ipc *f)
{
	keep(r, f, io_whole_again);
}

void
evidence_take(struct reader *r, const struct bl_ipc *f)
{
	keep(r, f, io_whole);
}

enum bl_err
certs_bad(const struct reader *r, struct bl_note *note)
{
	*note = r->certs.bad;
	return note->err;
}

/* The texts that a bl_cert_info borrows. */
struct texts {
	struct bl_buf subject, issuer, name;
};

static void
texts_clear(struct texts *t)
{
	bl_buf_clear(&t->subject);
	bl_buf_clear(&t->issuer);
	bl_buf_clear(&t->name);
}

/* What is no text, or longer than the page allows, is left out. */
static struct bl_span
text(struct bl_span s, size_t max)
{
	return s.n <= max && bl_text_ok(s) ? s : (struct bl_span){0};
}

static void
describe(struct bl_cert_info *i, struct texts *t, const struct bl_cert *c)
{
	struct bl_sig_alg sig = bl_cert_sig_alg(c);
	size_t n = bl_cert_addr_count(c);

	bl_name_show(&t->subject, bl_cert_subject(c));
	bl_name_show(&t->issuer, bl_cert_issuer(c));
	bl_cert_name(&t->name, c);
	*i = (struct bl_cert_info){.der = bl_cert_der(c),
	    .sha256 = bl_cert_sha256(c),
	    .key_id = bl_cert_key_id(c),
	    .serial = bl_span_cut(bl_cert_serial(c), 0, SERIAL_BYTES),
	    .subject = text(bl_buf_span(&t->subject), NAME_BYTES),
	    .issuer = text(bl_buf_span(&t->issuer), NAME_BYTES),
	    .name = text(bl_buf_span(&t->name), NAME_BYTES),
	    .not_before = bl_cert_not_before(c),
	    .not_after = bl_cert_not_after(c),
	    .key_kind = bl_cert_key_kind(c),
	    .key_bits = bl_cert_key_bits(c),
	    .sig_kind = sig.kind,
	    .sig_digest = sig.digest,
	    .key_usage = bl_cert_key_usage(c),
	    .flags = bl_cert_flags(c)};
	for (size_t k = 0; k < n && i->addr_count < BL_CERT_INFO_ADDRS; k++) {
		struct bl_cert_addr a = bl_cert_addr_at(c, k);

		if (text(a.addr, BL_READER_ADDRESS_MAX).n > 0)
			i->addrs[i->addr_count++] = a;
	}
}

enum bl_err
certs_say(struct reader *r, const struct bl_cert *c, bool has_key,
    struct bl_span label, struct bl_note *note)
{
	struct bl_cert_info info;
	struct texts t = {0};
	struct bl_ipc f;
	enum bl_err err;

	describe(&info, &t, c);
	info.has_key = has_key;
	info.label = text(label, LABEL_BYTES);
	bl_ipc_init(&f, BL_READER_CERT_INFO, BL_BUF_MAX);
	bl_wire_info_put(&f.payload, &info);
	if ((err = bl_buf_err(&t.subject, note)) == BL_OK &&
	    (err = bl_buf_err(&t.issuer, note)) == BL_OK &&
	    (err = bl_buf_err(&t.name, note)) == BL_OK &&
	    (err = bl_buf_err(&f.payload, note)) == BL_OK)
		say(r, &f);
	bl_ipc_clear(&f);
	texts_clear(&t);
	return err;
}

void
job_certs(struct reader *r, struct bl_ipc *f)
{
	struct bl_fields w = bl_field_of(bl_buf_span(&f->payload));
	struct bl_span pass = bl_field_bytes(&w, BL_READER_PASS_MAX);
	struct bl_note note = {0};
	struct bl_certs certs = {0};
	struct bl_buf file = {0};
	size_t skipped = 0;
	enum bl_err err;

	if (bl_field_end(&w, NULL) != BL_OK)
		breach();
	if ((err = io_whole(&file, r, f->fds[0], FILE_BYTES, &note)) != BL_OK ||
	    (err = bl_collection_read(&certs, r->ctx, bl_buf_span(&file), pass,
		 &BL_LIMITS, &skipped, &note)) != BL_OK)
		goto out;
	for (size_t i = 0; i < certs.n && err == BL_OK; i++)
		err = certs_say(
		    r, certs.list[i], false, (struct bl_span){0}, &note);
out:
	r->done.skipped = skipped < UINT32_MAX ? (uint32_t)skipped : UINT32_MAX;
	say_done(r, err, &note);
	bl_certs_clear(&certs);
	bl_buf_clear(&file);
}
