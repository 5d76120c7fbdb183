/* collection.c - see bulla/collection.h. */
#include "bulla/collection.h"

#include "cms/cms.h"
#include "crypto/crypto.h"
#include "der/der.h"

/* collected is a file while it is read. */
struct collected {
	struct bl_certs_file file;
	struct bl_span pass;
	struct bl_note *note;
};

/* ---- PKCS #7 ---- */

static enum bl_err
read_to_end(struct bl_cms *cms, struct bl_span in, struct bl_note *note)
{
	struct bl_cms_event e = {0};
	enum bl_err err = BL_OK;
	bool given = false;

	while (err == BL_OK && e.kind != BL_CMS_END) {
		if ((err = bl_cms_next(cms, &e, note)) != BL_OK)
			return err;
		if (e.kind == BL_CMS_TYPE && bl_cms_kind(cms) != BL_CMS_SIGNED)
			return bl_fail(note, BL_E_MALFORMED, 0,
			    "this kind of CMS object carries no certificates",
			    "RFC 5652 5.1");
		if (e.kind != BL_CMS_MORE)
			continue;
		if (!given)
			bl_cms_feed(cms, in);
		else
			bl_cms_end(cms);
		given = true;
	}
	return err;
}

static enum bl_err
take_pkcs7(struct collected *c, struct bl_span in)
{
	const struct bl_policy policy = {0};
	struct bl_cms *cms = NULL;
	enum bl_err err;

	if ((err = bl_cms_new(
		 &cms, c->file.ctx, &policy, c->file.limits, c->note)) == BL_OK)
		err = read_to_end(cms, in, c->note);
	for (size_t i = 0; err == BL_OK && i < bl_cms_cert_count(cms); i++)
		err = bl_certs_file_take(
		    &c->file, bl_cms_cert(cms, i), 0, c->note);
	bl_cms_free(cms);
	return err;
}

/* ---- PKCS#12 ---- */

static enum bl_err
take_pkcs12(struct collected *c, struct bl_span in)
{
	struct bl_pkcs12 p = {0};
	enum bl_err err = bl_pkcs12_certs(
	    &p, c->file.ctx, in, c->pass, c->file.limits, c->note);

	for (size_t i = 0; err == BL_OK && i < p.n; i++)
		err = bl_certs_file_take(
		    &c->file, bl_buf_span(&p.entries[i].cert), 0, c->note);
	bl_pkcs12_clear(&p);
	return err;
}

/* ---- which of them it is ---- */

typedef enum bl_err take_fn(struct collected *c, struct bl_span in);

/* By the first field inside the SEQUENCE: contentType of a ContentInfo, version
 * of a PFX. NULL: neither. */
static take_fn *
take_of(struct bl_span in)
{
	struct bl_ber_head h;

	if (bl_ber_head(&h, in, NULL) != BL_OK || h.tag != BL_DER_SEQUENCE ||
	    in.n <= h.header)
		return NULL;
	switch (in.p[h.header]) {
	case BL_DER_OID:
		return take_pkcs7;
	case BL_DER_INTEGER:
		return take_pkcs12;
	}
	return NULL;
}

static take_fn *
take_of_label(struct bl_span label)
{
	static const struct {
		const char *label;
		take_fn *take;
	} labels[] = {
	    {"PKCS7", take_pkcs7},
	    {"CMS", take_pkcs7},
	    {"PKCS12", take_pkcs12},
	    {"PFX", take_pkcs12},
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (bl_span_equal(label, bl_span_str(labels[i].label)))
			return labels[i].take;
	return NULL;
}

static enum bl_err
take_blocks(struct collected *c, struct bl_span file)
{
	struct bl_buf der = {0};
	struct bl_span label;
	enum bl_err err = BL_OK;
	size_t pos = 0;

	while (err == BL_OK && bl_pem_next(file, &pos, &label, &der)) {
		take_fn *take = take_of_label(label);

		if (take != NULL && (err = bl_buf_err(&der, c->note)) == BL_OK)
			err = take(c, bl_buf_span(&der));
		bl_buf_reset(&der);
	}
	bl_buf_clear(&der);
	return err;
}

enum bl_err
bl_collection_read(struct bl_certs *s, struct bl_ctx *ctx, struct bl_span file,
    struct bl_span pass, const struct bl_limits *limits, size_t *skipped,
    struct bl_note *note)
{
	struct collected c = {.file = {.set = s, .ctx = ctx, .limits = limits},
	    .pass = pass,
	    .note = note};
	take_fn *take = take_of(file);
	enum bl_err err;

	*skipped = 0;
	if (take != NULL) {
		err = take(&c, file);
	} else if ((err = bl_certs_file_read(&c.file, file, note)) == BL_OK) {
		err = take_blocks(&c, file);
	}
	*skipped = c.file.skipped;
	return err != BL_OK ? err : bl_certs_file_end(&c.file, skipped, note);
}
