/* cms.c - the reader of one CMS object; see cms.h. */
#include "cms/inflate.h"
#include "cms/internal.h"

#define VERSION_MAX 5 /* RFC 5652 5.1; what comes later means something new */
#define DER_MAX	    SIZE_MAX /* the frame's own limit is enough */

static bl_cms_step content_info, content_type, content, close_content,
    close_info, rest, over;

enum bl_err
bl_cms_new(struct bl_cms **out, struct bl_ctx *ctx,
    const struct bl_policy *policy, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_cms *c = bl_alloc(sizeof(*c));

	*out = NULL;
	if (c == NULL)
		return bl_cms_memory(note);
	c->ctx = ctx;
	c->policy = *policy;
	c->limits = *limits;
	c->step = content_info;
	bl_hull_init(&c->hull, &c->limits);
	*out = c;
	return BL_OK;
}

void
bl_cms_free(struct bl_cms *c)
{
	if (c == NULL)
		return;
	bl_hull_clear(&c->hull);
	bl_kept_clear(&c->kept);
	bl_hashes_free(c->hashes);
	bl_release(c->certs);
	bl_release(c->crls);
	bl_release(c->ocsps);
	bl_release(c->signers);
	bl_release(c->recipients);
	bl_secret_free(c->key);
	bl_sealing_free(c->sealing);
	bl_inflate_free(c->inflate);
	bl_buf_clear(&c->plain);
	bl_release(c);
}

void
bl_cms_feed(struct bl_cms *c, struct bl_span in)
{
	c->hull.in = in;
}

void
bl_cms_end(struct bl_cms *c)
{
	c->hull.ended = true;
}

/* Ends reading for good: what fails once fails again in the same words. */
static enum bl_err
fail(struct bl_cms *c, enum bl_err err, const struct bl_note *why)
{
	c->err = err;
	c->failed = *why;
	bl_secret_free(c->key);
	c->key = NULL;
	bl_sealing_free(c->sealing);
	c->sealing = NULL;
	bl_inflate_free(c->inflate);
	c->inflate = NULL;
	bl_buf_clear(&c->plain);
	return err;
}

enum bl_err
bl_cms_next(struct bl_cms *c, struct bl_cms_event *out, struct bl_note *note)
{
	struct bl_note why = {0};
	enum bl_err err = c->err;

	*out = (struct bl_cms_event){0};
	while (err == BL_OK && out->kind == BL_CMS_MORE)
		err = c->step(c, out, &why);
	if (c->starved && c->err == BL_OK) {
		why = (struct bl_note){0};
		err = bl_cms_memory(&why);
	}
	if (err == BL_NEED || err == BL_OK)
		return BL_OK;
	*out = (struct bl_cms_event){0};
	if (c->err == BL_OK)
		(void)fail(c, err, &why);
	if (note != NULL && note->err == BL_OK)
		*note = c->failed;
	return err;
}

/* ---- what the steps share ---- */

enum bl_err
bl_cms_bad(const struct bl_cms *c, const char *what, const char *source,
    struct bl_note *note)
{
	return bl_fail(note, BL_E_MALFORMED, c->hull.at, what, source);
}

enum bl_err
bl_cms_memory(struct bl_note *note)
{
	return bl_fail(
	    note, BL_E_MEMORY, 0, "out of memory for a CMS object", NULL);
}

enum bl_err
bl_cms_enter(struct bl_cms *c, unsigned tag, const char *what,
    bl_cms_step *next, struct bl_note *note)
{
	enum bl_err err = bl_hull_enter(&c->hull, tag, what, note);

	if (err == BL_OK)
		c->step = next;
	return err;
}

enum bl_err
bl_cms_leave(
    struct bl_cms *c, const char *what, bl_cms_step *next, struct bl_note *note)
{
	enum bl_err err = bl_hull_leave(&c->hull, what, note);

	if (err == BL_OK)
		c->step = next;
	return err;
}

enum bl_err
bl_cms_take(struct bl_cms *c, struct bl_der *out, struct bl_note *note)
{
	uint64_t at = c->hull.at;
	struct bl_span s;
	enum bl_err err;

	err = bl_hull_element(&c->hull, &s, DER_MAX, "limit-cms-frame", note);
	*out = bl_der_of(s);
	out->at = at;
	out->ber = true;
	out->depth = c->hull.depth;
	return err;
}

enum bl_err
bl_cms_keep(struct bl_cms *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_span s = bl_kept_copy(&c->kept, in->left);

	if (s.n != in->left.n)
		return bl_cms_memory(note);
	in->left = s;
	return BL_OK;
}

enum bl_err
bl_cms_version(struct bl_cms *c, bl_cms_step *next, struct bl_note *note)
{
	struct bl_der in;
	uint64_t v;
	enum bl_err err;

	if ((err = bl_cms_take(c, &in, note)) != BL_OK)
		return err;
	v = bl_der_uint(&in, UINT32_MAX);
	if (in.bad)
		return bl_cms_bad(
		    c, "the version is not a number", "RFC 5652 5.1", note);
	if (v > VERSION_MAX)
		return bl_fail(note, BL_E_UNSUPPORTED, in.at,
		    "a version of CMS not known here", "RFC 5652 5.1");
	c->step = next;
	return BL_OK;
}

enum bl_err
bl_cms_oid(struct bl_cms *c, struct bl_span *out, struct bl_note *note)
{
	struct bl_der in;
	struct bl_span oid;
	enum bl_err err;

	if ((err = bl_cms_take(c, &in, note)) != BL_OK)
		return err;
	oid = bl_der_oid(&in);
	if (in.bad)
		return bl_cms_bad(c, "the content type is not an identifier",
		    "RFC 5652 3", note);
	*out = bl_kept_copy(&c->kept, oid);
	return out->n == oid.n ? BL_OK : bl_cms_memory(note);
}

static enum bl_err
read_type(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	enum bl_err err = bl_cms_oid(c, &c->content_type, note);

	(void)ev;
	if (err == BL_OK)
		c->step = c->after_type;
	return err;
}

enum bl_err
bl_cms_enter_typed(
    struct bl_cms *c, const char *what, bl_cms_step *next, struct bl_note *note)
{
	c->after_type = next;
	return bl_cms_enter(c, BL_DER_SEQUENCE, what, read_type, note);
}

const char *
bl_cms_name(struct bl_cms *c, struct bl_span oid)
{
	enum bl_oid known = bl_oid_find(oid);
	struct bl_buf text = {0};
	struct bl_span s;

	if (known != BL_OID_UNKNOWN)
		return bl_oid_name(known);
	bl_oid_show(&text, oid);
	bl_buf_add_u8(&text, 0);
	s = text.err == BL_OK ? bl_kept_copy(&c->kept, bl_buf_span(&text))
			      : (struct bl_span){0};
	bl_buf_clear(&text);
	c->starved |= s.n == 0;
	return s.n == 0 ? "" : (const char *)s.p;
}

struct bl_span
bl_cms_octets(struct bl_cms *c, struct bl_der *in)
{
	return bl_cms_octets_as(c, in, BL_DER_OCTETS);
}

struct bl_span
bl_cms_octets_as(struct bl_cms *c, struct bl_der *in, unsigned tag)
{
	struct bl_buf join = {0};
	struct bl_span s = bl_der_octets_ber(in, tag, &join);

	c->starved |= join.err == BL_E_MEMORY;
	if (join.n != 0) {
		s = bl_kept_copy(&c->kept, bl_buf_span(&join));
		c->starved |= s.n != join.n;
	}
	bl_buf_clear(&join);
	return s;
}

/* ---- ContentInfo, RFC 5652 3 ---- */

static enum bl_err
content_info(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter(
	    c, BL_DER_SEQUENCE, "this is not a CMS object", content_type, note);
}

static enum bl_err
content_type(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	enum bl_oid oid;
	enum bl_err err;

	(void)ev;
	if ((err = bl_cms_oid(c, &c->type, note)) != BL_OK)
		return err;
	oid = bl_oid_find(c->type);
	if (oid == BL_OID_SIGNED_DATA)
		c->kind = BL_CMS_SIGNED;
	else if (oid == BL_OID_ENVELOPED_DATA)
		c->kind = BL_CMS_ENVELOPED;
	else if (oid == BL_OID_AUTH_ENVELOPED_DATA)
		c->kind = BL_CMS_AUTH_ENVELOPED;
	else if (oid == BL_OID_COMPRESSED_DATA)
		c->kind = BL_CMS_COMPRESSED;
	else
		return bl_fail(note, BL_E_UNSUPPORTED, c->hull.at,
		    oid == BL_OID_UNKNOWN ? "unknown content type"
					  : bl_oid_name(oid),
		    "RFC 5652 3");
	c->step = content;
	return BL_OK;
}

static enum bl_err
content(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter(
	    c, BL_DER_CONTEXT(0), "the CMS object has no content", over, note);
}

static bl_cms_step *
first_step(enum bl_cms_kind kind)
{
	return kind == BL_CMS_SIGNED	? bl_signed_version
	    : kind == BL_CMS_COMPRESSED ? bl_compressed_version
					: bl_enveloped_version;
}

/* Into the content, over whose front the kind is told. */
static enum bl_err
over(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	enum bl_err err;

	err = bl_cms_enter(c, BL_DER_SEQUENCE,
	    "the content of the CMS object is not a sequence",
	    first_step(c->kind), note);
	if (err == BL_OK)
		ev->kind = BL_CMS_TYPE;
	return err;
}

enum bl_err
bl_cms_close(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_leave(c, "an element too many at the end of the content",
	    close_content, note);
}

static enum bl_err
close_content(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_leave(
	    c, "an element too many after the content", close_info, note);
}

static enum bl_err
close_info(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_leave(
	    c, "an element too many after the content", rest, note);
}

static enum bl_err
finished(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)c;
	(void)ev;
	return bl_fail(note, BL_E_CALLER, 0,
	    "the CMS object was read to its end before", NULL);
}

static enum bl_err
rest(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	enum bl_err err = bl_hull_rest(&c->hull, note);

	if (err != BL_OK)
		return err;
	ev->kind = BL_CMS_END;
	c->step = finished;
	return BL_OK;
}

/* ---- what was read ---- */

enum bl_cms_kind
bl_cms_kind(const struct bl_cms *c)
{
	return c->kind;
}

struct bl_span
bl_cms_type(const struct bl_cms *c)
{
	return c->type;
}

struct bl_span
bl_cms_content_type(const struct bl_cms *c)
{
	return c->content_type;
}

size_t
bl_cms_recipient_count(const struct bl_cms *c)
{
	return c->recipient_n;
}

const struct bl_recipient *
bl_cms_recipient(const struct bl_cms *c, size_t i)
{
	return i < c->recipient_n ? &c->recipients[i] : NULL;
}

enum bl_cipher
bl_cms_cipher(const struct bl_cms *c)
{
	return c->cipher;
}

const char *
bl_cms_cipher_name(const struct bl_cms *c)
{
	return c->cipher_name;
}

bool
bl_cms_is_detached(const struct bl_cms *c)
{
	return c->detached;
}

size_t
bl_cms_cert_count(const struct bl_cms *c)
{
	return c->cert_n;
}

struct bl_span
bl_cms_cert(const struct bl_cms *c, size_t i)
{
	return i < c->cert_n ? c->certs[i] : (struct bl_span){0};
}

size_t
bl_cms_crl_count(const struct bl_cms *c)
{
	return c->crl_n;
}

size_t
bl_cms_ocsp_count(const struct bl_cms *c)
{
	return c->ocsp_n;
}

struct bl_span
bl_cms_ocsp(const struct bl_cms *c, size_t i)
{
	return i < c->ocsp_n ? c->ocsps[i] : (struct bl_span){0};
}

struct bl_span
bl_cms_crl(const struct bl_cms *c, size_t i)
{
	return i < c->crl_n ? c->crls[i] : (struct bl_span){0};
}

size_t
bl_cms_signer_count(const struct bl_cms *c)
{
	return c->signer_n;
}

const struct bl_signer_info *
bl_cms_signer(const struct bl_cms *c, size_t i)
{
	return i < c->signer_n ? &c->signers[i].info : NULL;
}

unsigned
bl_cms_digests(const struct bl_cms *c)
{
	return c->digests;
}
