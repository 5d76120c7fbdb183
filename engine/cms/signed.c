/* signed.c - SignedData as it streams by: RFC 5652 5.1. */
#include "cms/internal.h"

#include <string.h>

#define SOURCE "RFC 5652 5.1"

static bl_cms_step digests_open, digests, encap_open, econtent_open,
    econtent_string, econtent, econtent_close, encap_close, certs_open, certs,
    crls_open, crls, signers_open, signers;

enum bl_err
bl_signed_version(
    struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_version(c, digests_open, note);
}

static enum bl_err
digests_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter(
	    c, BL_DER_SET, "SignedData has no digestAlgorithms", digests, note);
}

static enum bl_err
digests(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_der in;
	enum bl_digest d;
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag == 0)
		return bl_cms_leave(c, NULL, encap_open, note);
	if ((err = bl_cms_take(c, &in, note)) != BL_OK)
		return err;
	d = bl_content_digest_read(&in);
	if (in.bad)
		return bl_cms_bad(
		    c, "a digest algorithm is not well formed", SOURCE, note);
	if (d != BL_DIGEST_NONE)
		c->digests |= BL_SET(d);
	return BL_OK;
}

/* ---- EncapsulatedContentInfo, RFC 5652 5.2 ---- */

static enum bl_err
encap_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter_typed(
	    c, "SignedData has no encapContentInfo", econtent_open, note);
}

/* Starts hashing the content with all that its signers may have used: a digest
 * that was not announced is refused (RFC 5652 5.1), so that whoever reads in
 * one pass and whoever does not say the same. */
static enum bl_err
start_hashing(struct bl_cms *c, struct bl_note *note)
{
	return bl_hashes_new(&c->hashes, c->ctx, c->digests, note);
}

static enum bl_err
econtent_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag == 0) {
		c->detached = true;
		c->step = encap_close;
		return BL_OK;
	}
	return bl_cms_enter(c, BL_DER_CONTEXT(0),
	    "something other than the content in encapContentInfo",
	    econtent_string, note);
}

static enum bl_err
econtent_string(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	/* PKCS #7 lets any element stand here, RFC 5652 5.2.1. */
	if (tag == BL_DER_SEQUENCE || tag == BL_DER_SET)
		return bl_fail(note, BL_E_UNSUPPORTED, c->hull.at,
		    "content of PKCS #7 that is not an OCTET STRING",
		    "RFC 5652 5.2.1");
	err = bl_hull_string(&c->hull, BL_DER_OCTETS,
	    "the content is not an OCTET STRING", note);
	if (err != BL_OK)
		return err;
	c->step = econtent;
	return start_hashing(c, note);
}

/* Remembers the front of the content, by which attributes are told. */
static void
remember(struct bl_cms *c, struct bl_span s)
{
	if (c->content_n < sizeof(c->first)) {
		s = bl_span_cut(s, 0, sizeof(c->first) - c->content_n);
		memcpy(c->first + c->content_n, s.p, s.n);
	}
}

static enum bl_err
econtent(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_span s;
	enum bl_err err;

	if ((err = bl_hull_bytes(&c->hull, &s, note)) != BL_OK)
		return err;
	if (s.n == 0) {
		c->step = econtent_close;
		return bl_hashes_end(c->hashes, note);
	}
	remember(c, s);
	c->content_n += s.n;
	ev->kind = BL_CMS_CONTENT;
	ev->bytes = s;
	return bl_hashes_add(c->hashes, s, note);
}

static enum bl_err
econtent_close(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_leave(
	    c, "an element too many after the content", encap_close, note);
}

static enum bl_err
encap_close(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	enum bl_err err = bl_cms_leave(
	    c, "an element too many after the content", certs_open, note);

	if (err == BL_OK)
		ev->kind = BL_CMS_CONTENT_END;
	return err;
}

/* ---- certificates and CRLs, RFC 5652 10.2 ---- */

/* Goes into an optional set, or on to what follows it. */
static enum bl_err
optional(struct bl_cms *c, unsigned tag, bl_cms_step *inside,
    bl_cms_step *after, struct bl_note *note)
{
	unsigned found;
	enum bl_err err;

	if ((err = bl_hull_peek(&c->hull, &found, note)) != BL_OK)
		return err;
	if (found == tag)
		return bl_cms_enter(c, tag, NULL, inside, note);
	c->step = after;
	return BL_OK;
}

/* What such a set holds: SEQUENCEs and answers of OCSP responders, which are
 * kept, and other choices, which are passed over. */
struct choices {
	enum bl_choice kind;
	size_t max; /* bytes of one */
	const char *reason;
};

/* found is what is kept of one kind. */
struct found {
	struct bl_span **list;
	size_t *n, *cap;
};

static enum bl_err
keep(struct bl_cms *c, const struct found *f, struct bl_span s,
    struct bl_note *note)
{
	enum bl_err err = bl_list_grow(
	    f->list, *f->n, f->cap, sizeof(**f->list), note);
	struct bl_span copy;

	if (err != BL_OK)
		return err;
	copy = bl_kept_copy(&c->kept, s);
	if (copy.n != s.n)
		return bl_cms_memory(note);
	(*f->list)[(*f->n)++] = copy;
	return BL_OK;
}

/* Reads one element of such a set. */
static enum bl_err
choice(struct bl_cms *c, unsigned tag, const struct choices *may,
    const struct found *to, struct bl_note *note)
{
	const struct found answers = {&c->ocsps, &c->ocsp_n, &c->ocsp_cap};
	struct bl_span s = {0};
	enum bl_err err;

	err = bl_hull_element(&c->hull, &s, may->max, may->reason, note);
	if (err == BL_OK)
		err = bl_choice_check(c, s, may->kind, note);
	if (err != BL_OK)
		return err;
	if (tag == BL_DER_SEQUENCE)
		return keep(c, to, s, note);
	if (may->kind == BL_CHOICE_CRL && (s = bl_choice_ocsp(s)).n != 0)
		return keep(c, &answers, s, note);
	return BL_OK;
}

static enum bl_err
too_many(const struct bl_cms *c, const char *reason, const char *what,
    struct bl_note *note)
{
	return bl_fail_limit(note, c->hull.at, reason, what, SOURCE);
}

static enum bl_err
certs_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return optional(c, BL_DER_CONTEXT(0), certs, crls_open, note);
}

static enum bl_err
certs(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	const struct choices may = {BL_CHOICE_CERTIFICATE,
	    c->limits.certificate_bytes, "limit-certificate"};
	const struct found to = {&c->certs, &c->cert_n, &c->cert_cap};
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag == 0)
		return bl_cms_leave(c, NULL, crls_open, note);
	if (c->certs_seen == c->limits.certificates)
		return too_many(
		    c, "limit-certificates", "too many certificates", note);
	if ((err = choice(c, tag, &may, &to, note)) == BL_OK)
		c->certs_seen++;
	return err;
}

static enum bl_err
crls_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return optional(c, BL_DER_CONTEXT(1), crls, signers_open, note);
}

static enum bl_err
crls(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	const struct choices may = {BL_CHOICE_CRL, SIZE_MAX, "limit-cms-frame"};
	const struct found to = {&c->crls, &c->crl_n, &c->crl_cap};
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag == 0)
		return bl_cms_leave(c, NULL, signers_open, note);
	if (c->crls_seen == c->limits.crls)
		return too_many(c, "limit-crls", "too many CRLs", note);
	if ((err = choice(c, tag, &may, &to, note)) == BL_OK)
		c->crls_seen++;
	return err;
}

/* ---- signerInfos ---- */

static enum bl_err
signers_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter(
	    c, BL_DER_SET, "SignedData has no signerInfos", signers, note);
}

static enum bl_err
signers(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_der in;
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag == 0)
		return bl_cms_leave(c, NULL, bl_cms_close, note);
	if (c->signer_n == c->limits.signers)
		return too_many(c, "limit-signers", "too many signers", note);
	if ((err = bl_cms_take(c, &in, note)) != BL_OK ||
	    (err = bl_cms_keep(c, &in, note)) != BL_OK)
		return err;
	return bl_signer_read(c, &in, note);
}
