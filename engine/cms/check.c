/* check.c - did this key make this signature? RFC 5652 5.6. */
#include "cms/internal.h"

/* The digest of the content that the signer names, NULL when there is none. */
static const struct bl_digest_value *
content_digest(const struct bl_cms *c, const struct bl_signer_info *info,
    const struct bl_hashes *content)
{
	const struct bl_hashes *h = c->detached ? content : c->hashes;

	return info->digest == BL_DIGEST_NONE
	    ? NULL
	    : bl_hashes_value(h, info->digest);
}

/* Whether the certificate is the one that signingCertificate names. */
static enum bl_err
names(enum bl_signer_result *out, struct bl_cms *c, const struct bl_ess *ess,
    const struct bl_cert *cert, struct bl_note *note)
{
	struct bl_span hash = bl_cert_sha256(cert);
	struct bl_digest_value v;
	enum bl_err err;

	if (!ess->has)
		return BL_OK;
	if (ess->alg == BL_DIGEST_NONE) {
		*out = BL_SIGNER_UNCHECKED;
		return BL_OK;
	}
	if (ess->alg != BL_SHA256) {
		err = bl_digest_of(
		    &v, c->ctx, ess->alg, bl_cert_der(cert), note);
		if (err != BL_OK)
			return err;
		hash = bl_span_of(v.p, v.n);
	}
	if (!bl_span_equal(hash, ess->hash))
		*out = BL_SIGNER_WRONG;
	if (ess->serial.n != 0 &&
	    (!bl_span_equal(ess->issuer, bl_cert_issuer(cert)) ||
		!bl_span_equal(ess->serial, bl_cert_serial(cert))))
		*out = BL_SIGNER_WRONG;
	return BL_OK;
}

/* The signature over the attributes, or over the content where there are
 * none. */
static enum bl_err
arithmetic(enum bl_signer_result *out, struct bl_cms *c,
    const struct bl_signer_info *info, const struct bl_cert *cert,
    const struct bl_digest_value *content, struct bl_note *note)
{
	const struct bl_pub *key = bl_cert_pub(cert);
	enum bl_err err;

	err = info->attributes.n != 0
	    ? bl_pub_verify_bytes(key, c->ctx, &info->alg, info->attributes,
		  info->signature, NULL)
	    : bl_pub_verify(
		  key, c->ctx, &info->alg, content, info->signature, NULL);
	if (err == BL_OK)
		*out = BL_SIGNER_GOOD;
	else if (err == BL_E_FORGED || err == BL_E_MALFORMED)
		*out = BL_SIGNER_WRONG;
	else if (err == BL_E_UNSUPPORTED)
		*out = BL_SIGNER_UNCHECKED;
	else
		return bl_fail(
		    note, err, 0, "the signature could not be checked", NULL);
	return BL_OK;
}

/* What can be said before any arithmetic; 0 when all of it is to be done. A
 * content that differs is known even where the signature cannot be checked. */
static enum bl_signer_result
at_once(const struct bl_cms *c, const struct bl_signer_info *info,
    const struct bl_cert *cert, const struct bl_digest_value *content)
{
	if (info->malformed)
		return BL_SIGNER_MALFORMED;
	if (content != NULL && info->attributes.n != 0 &&
	    !bl_span_equal(
		info->message_digest, bl_span_of(content->p, content->n)))
		return BL_SIGNER_ALTERED;
	if (info->digest == BL_DIGEST_NONE ||
	    bl_sig_alg_content(&info->alg) == BL_DIGEST_NONE ||
	    info->alg.kind == BL_SIG_OTHER || info->alg.kind == BL_SIG_DSA ||
	    bl_cert_pub(cert) == NULL)
		return BL_SIGNER_UNCHECKED;
	if ((c->digests & BL_SET(info->digest)) == 0)
		return BL_SIGNER_UNANNOUNCED;
	return content == NULL ? BL_SIGNER_NO_DIGEST : 0;
}

enum bl_err
bl_cms_signer_check(enum bl_signer_result *out, struct bl_cms *c, size_t i,
    const struct bl_cert *cert, const struct bl_hashes *content,
    struct bl_note *note)
{
	const struct bl_digest_value *digest;
	const struct bl_signer *s;
	enum bl_signer_result found;
	enum bl_err err;

	*out = 0;
	if (i >= c->signer_n || c->detached != (content != NULL))
		return bl_fail(note, BL_E_CALLER, 0,
		    "no such signer, or content where it was read already",
		    NULL);
	s = &c->signers[i];
	digest = content_digest(c, &s->info, content);
	found = at_once(c, &s->info, cert, digest);
	if (found == 0 &&
	    ((err = names(&found, c, &s->ess[0], cert, note)) != BL_OK ||
		(err = names(&found, c, &s->ess[1], cert, note)) != BL_OK))
		return err;
	if (found == 0 &&
	    (err = arithmetic(&found, c, &s->info, cert, digest, note)) !=
		BL_OK)
		return err;
	*out = found;
	return BL_OK;
}
