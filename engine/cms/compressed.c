/* compressed.c - CompressedData as it streams by: RFC 3274 1.1. */
#include "cms/inflate.h"
#include "cms/internal.h"

#define SOURCE "RFC 3274 1.1"

static bl_cms_step algorithm, encap_open, econtent_open, econtent_string,
    econtent, econtent_close, encap_close;

enum bl_err
bl_compressed_version(
    struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_version(c, algorithm, note);
}

static enum bl_err
algorithm(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_der in, seq;
	struct bl_span oid;
	enum bl_err err;

	(void)ev;
	if ((err = bl_cms_take(c, &in, note)) != BL_OK)
		return err;
	seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	oid = bl_der_oid(&seq);
	if (!seq.bad && bl_oid_find(oid) != BL_OID_ZLIB_COMPRESS)
		return bl_fail(note, BL_E_UNSUPPORTED, c->hull.at,
		    bl_cms_name(c, oid), "RFC 3274 2");
	/* It has no parameters; some write that as NULL. */
	(void)bl_der_null(&seq);
	if (!bl_der_done(&seq))
		return bl_cms_bad(c,
		    "the compression algorithm is not well formed",
		    "RFC 3274 2", note);
	c->step = encap_open;
	return BL_OK;
}

static enum bl_err
encap_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter_typed(
	    c, "CompressedData has no encapContentInfo", econtent_open, note);
}

static enum bl_err
econtent_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter(c, BL_DER_CONTEXT(0),
	    "CompressedData has no content", econtent_string, note);
}

static enum bl_err
econtent_string(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	enum bl_err err;

	(void)ev;
	err = bl_hull_string(&c->hull, BL_DER_OCTETS,
	    "the compressed content is not an OCTET STRING", note);
	if (err != BL_OK)
		return err;
	c->step = econtent;
	return bl_inflate_new(&c->inflate, &c->limits, note);
}

/* The position is that of the compressed bytes in the object. */
static enum bl_err
placed(const struct bl_cms *c, enum bl_err err, struct bl_note *note)
{
	if (err != BL_OK)
		note->at = c->hull.at - c->sealed.n;
	return err;
}

/* Gives what comes of the bytes at hand, a bounded part at a time. */
static enum bl_err
econtent(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	enum bl_err err;

	if (c->sealed.n == 0 && !bl_inflate_is_full(c->inflate)) {
		err = bl_hull_bytes(&c->hull, &c->sealed, note);
		if (err != BL_OK)
			return err;
		if (c->sealed.n == 0) {
			c->step = econtent_close;
			return placed(
			    c, bl_inflate_end(c->inflate, note), note);
		}
	}
	bl_buf_reset(&c->plain);
	err = bl_inflate_add(&c->plain, c->inflate, &c->sealed, note);
	if (err != BL_OK)
		return placed(c, err, note);
	if (c->plain.n != 0) {
		ev->kind = BL_CMS_CONTENT;
		ev->bytes = bl_buf_span(&c->plain);
	}
	return BL_OK;
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
	    c, "an element too many after the content", bl_cms_close, note);

	if (err == BL_OK)
		ev->kind = BL_CMS_CONTENT_END;
	return err;
}
