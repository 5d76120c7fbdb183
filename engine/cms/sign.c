/* sign.c - writes SignedData: RFC 5652 5.1. */
#include "cms/cms.h"

#include <string.h>

enum bl_err
bl_cms_sign_alg(struct bl_sig_alg *out, const struct bl_cert *cert,
    enum bl_digest digest, enum bl_pss pss, struct bl_note *note)
{
	struct bl_sig_alg alg = {.digest = digest};

	*out = (struct bl_sig_alg){0};
	switch (bl_cert_key_kind(cert)) {
	case BL_KEY_RSA:
		alg.kind = pss ? BL_SIG_RSA_PSS : BL_SIG_RSA_PKCS1;
		break;
	case BL_KEY_RSA_PSS:
		alg.kind = BL_SIG_RSA_PSS;
		break;
	case BL_KEY_EC_P256:
		alg = (struct bl_sig_alg){BL_SIG_ECDSA, .digest = BL_SHA256};
		break;
	case BL_KEY_EC_P384:
		alg = (struct bl_sig_alg){BL_SIG_ECDSA, .digest = BL_SHA384};
		break;
	case BL_KEY_EC_P521:
		alg = (struct bl_sig_alg){BL_SIG_ECDSA, .digest = BL_SHA512};
		break;
	case BL_KEY_ED25519:
		alg = (struct bl_sig_alg){BL_SIG_ED25519, BL_DIGEST_NONE};
		break;
	case BL_KEY_ED448:
		alg = (struct bl_sig_alg){BL_SIG_ED448, BL_DIGEST_NONE};
		break;
	case BL_KEY_OTHER:
	case BL_KEY_DSA:
	case BL_KEY_X25519:
	case BL_KEY_X448:
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "a key of this kind does not sign here", NULL);
	}
	if (alg.digest == BL_SHAKE256)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "no key signs with this digest here", NULL);
	if (alg.kind == BL_SIG_RSA_PSS) {
		alg.mgf = alg.digest;
		alg.salt = (unsigned)bl_digest_size(alg.digest);
	}
	*out = alg;
	return BL_OK;
}

/* SMIMEEncryptionKeyPreference: issuerAndSerialNumber [0], RFC 8551 2.5.3. */
static void
put_preference(struct bl_buf *out, const struct bl_cms_sign *how)
{
	size_t mark;

	if (how->preference_issuer.n == 0)
		return;
	mark = bl_der_open(out, BL_DER_CONTEXT(0));
	bl_buf_add(out, how->preference_issuer);
	bl_der_put(out, BL_DER_INTEGER, how->preference_serial);
	bl_der_close(out, mark);
}

enum bl_err
bl_cms_sign_want(struct bl_want_sign *out, struct bl_buf *store,
    const struct bl_cms_sign *how, const struct bl_digest_value *digest,
    struct bl_note *note)
{
	size_t from = store->n, middle;
	enum bl_err err;

	*out = (struct bl_want_sign){0};
	bl_capabilities_write(store);
	middle = store->n;
	put_preference(store, how);
	if ((err = bl_buf_err(store, note)) != BL_OK)
		return err;
	*out = (struct bl_want_sign){
	    .alg = how->alg,
	    .content_type = how->content_type,
	    .message_digest = *digest,
	    .signing_time = how->signing_time,
	    .cert_hash = bl_cert_sha256(how->cert),
	    .cert_issuer = bl_cert_issuer(how->cert),
	    .cert_serial = bl_cert_serial(how->cert),
	    .capabilities = bl_span_cut(
		bl_buf_span(store), from, middle - from),
	    .preference = bl_span_cut(
		bl_buf_span(store), middle, store->n - middle),
	};
	memcpy(out->key, bl_cert_key_id(how->cert).p, sizeof(out->key));
	return BL_OK;
}

/* What ends a constructed element of indefinite length. */
static void
put_end(struct bl_buf *out)
{
	bl_buf_add(out, bl_span_of("\0", 2));
}

/* The beginning of one. */
static void
put_open(struct bl_buf *out, unsigned tag)
{
	bl_buf_add_u8(out, (uint8_t)tag);
	bl_buf_add_u8(out, 0x80);
}

/* certificates [0], without doubles, as a SET OF. */
static void
put_certs(
    struct bl_buf *out, const struct bl_cert *own, const struct bl_certs *more)
{
	size_t n = more == NULL ? 0 : more->n, mark, from;

	if (own == NULL && n == 0)
		return;
	mark = bl_der_open(out, BL_DER_CONTEXT(0));
	from = out->n;
	if (own != NULL)
		bl_buf_add(out, bl_cert_der(own));
	for (size_t i = 0; i < n; i++) {
		if (own == NULL ||
		    !bl_span_equal(
			bl_cert_der(own), bl_cert_der(more->list[i])))
			bl_buf_add(out, bl_cert_der(more->list[i]));
	}
	bl_der_sort_set(out, from);
	bl_der_close(out, mark);
}

/* The signed attributes, [0] in place of the SET OF that was digested. */
static enum bl_err
put_attributes(
    struct bl_buf *out, const struct bl_want_sign *want, struct bl_note *note)
{
	size_t at = out->n;
	enum bl_err err = bl_signed_attrs_write(out, want, note);

	if (err == BL_OK && out->err == BL_OK)
		out->p[at] = BL_DER_CONTEXT(0);
	return err;
}

/* signerInfos with the one signer. RFC 5652 5.3. */
static enum bl_err
put_signer(struct bl_buf *out, const struct bl_cms_sign *how,
    const struct bl_want_sign *want, struct bl_span signature,
    struct bl_note *note)
{
	size_t set = bl_der_open(out, BL_DER_SET);
	size_t info = bl_der_open(out, BL_DER_SEQUENCE), rid;
	enum bl_err err;

	bl_der_put_uint(out, 1);
	rid = bl_der_open(out, BL_DER_SEQUENCE);
	bl_buf_add(out, bl_cert_issuer(how->cert));
	bl_der_put(out, BL_DER_INTEGER, bl_cert_serial(how->cert));
	bl_der_close(out, rid);
	bl_digest_alg_write(out, want->message_digest.alg);
	err = put_attributes(out, want, note);
	bl_sig_alg_write(out, &how->alg);
	bl_der_put(out, BL_DER_OCTETS, signature);
	bl_der_close(out, info);
	bl_der_close(out, set);
	return err;
}

/* digestAlgorithms and what stands before it. Version 1 for mail, 3 for other
 * content: RFC 5652 5.1. */
static void
put_front(struct bl_buf *out, const struct bl_cms_sign *how)
{
	size_t set;

	bl_der_put_uint(out, how->content_type == BL_OID_DATA ? 1 : 3);
	set = bl_der_open(out, BL_DER_SET);
	bl_digest_alg_write(out, bl_sig_alg_content(&how->alg));
	bl_der_close(out, set);
}

/* encapContentInfo, DER; content NULL: none. */
static void
put_encap(struct bl_buf *out, enum bl_oid type, const struct bl_span *content)
{
	size_t encap = bl_der_open(out, BL_DER_SEQUENCE), tagged;

	bl_der_put_oid(out, type);
	if (content != NULL) {
		tagged = bl_der_open(out, BL_DER_CONTEXT(0));
		bl_der_put(out, BL_DER_OCTETS, *content);
		bl_der_close(out, tagged);
	}
	bl_der_close(out, encap);
}

struct marks {
	size_t info, content, data;
};

static struct marks
open_signed(struct bl_buf *out)
{
	struct marks m;

	m.info = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, BL_OID_SIGNED_DATA);
	m.content = bl_der_open(out, BL_DER_CONTEXT(0));
	m.data = bl_der_open(out, BL_DER_SEQUENCE);
	return m;
}

static enum bl_err
close_signed(struct bl_buf *out, const struct marks *m, struct bl_note *note)
{
	bl_der_close(out, m->data);
	bl_der_close(out, m->content);
	bl_der_close(out, m->info);
	return bl_buf_err(out, note);
}

/* A whole SignedData in DER. */
static enum bl_err
whole(struct bl_buf *out, const struct bl_cms_sign *how,
    const struct bl_want_sign *want, const struct bl_span *content,
    struct bl_span signature, struct bl_note *note)
{
	struct marks m = open_signed(out);
	enum bl_err err;

	put_front(out, how);
	put_encap(out, how->content_type, content);
	put_certs(out, how->cert, how->include);
	if ((err = put_signer(out, how, want, signature, note)) != BL_OK)
		return err;
	return close_signed(out, &m, note);
}

enum bl_err
bl_cms_detached_write(struct bl_buf *out, const struct bl_cms_sign *how,
    const struct bl_want_sign *want, struct bl_span signature,
    struct bl_note *note)
{
	return whole(out, how, want, NULL, signature, note);
}

enum bl_err
bl_cms_opaque_write(struct bl_buf *out, const struct bl_cms_sign *how,
    const struct bl_want_sign *want, struct bl_span content,
    struct bl_span signature, struct bl_note *note)
{
	return whole(out, how, want, &content, signature, note);
}

enum bl_err
bl_cms_opaque_begin(
    struct bl_buf *out, const struct bl_cms_sign *how, struct bl_note *note)
{
	put_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, BL_OID_SIGNED_DATA);
	put_open(out, BL_DER_CONTEXT(0));
	put_open(out, BL_DER_SEQUENCE);
	put_front(out, how);
	put_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, how->content_type);
	put_open(out, BL_DER_CONTEXT(0));
	put_open(out, BL_DER_OCTETS | 0x20);
	return bl_buf_err(out, note);
}

void
bl_cms_opaque_add(struct bl_buf *out, struct bl_span content)
{
	if (content.n != 0)
		bl_der_put(out, BL_DER_OCTETS, content);
}

enum bl_err
bl_cms_opaque_end(struct bl_buf *out, const struct bl_cms_sign *how,
    const struct bl_want_sign *want, struct bl_span signature,
    struct bl_note *note)
{
	enum bl_err err;

	for (int i = 0; i < 3; i++)
		put_end(out); /* the string, [0], encapContentInfo */
	put_certs(out, how->cert, how->include);
	if ((err = put_signer(out, how, want, signature, note)) != BL_OK)
		return err;
	for (int i = 0; i < 3; i++)
		put_end(out); /* SignedData, [0], ContentInfo */
	return bl_buf_err(out, note);
}

enum bl_err
bl_cms_certs_write(
    struct bl_buf *out, const struct bl_certs *certs, struct bl_note *note)
{
	struct marks m = open_signed(out);

	bl_der_put_uint(out, 1);
	bl_der_put(out, BL_DER_SET, (struct bl_span){0});
	put_encap(out, BL_OID_DATA, NULL);
	put_certs(out, NULL, certs);
	bl_der_put(out, BL_DER_SET, (struct bl_span){0});
	return close_signed(out, &m, note);
}
