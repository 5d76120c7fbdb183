/* inspect_show.c - see inspect_show.h. */
#include "message/inspect_show.h"

#include "message/json.h"

static void
put_name(struct bl_buf *b, const char *key, struct bl_span name)
{
	struct bl_buf text = {0};

	bl_name_show(&text, name);
	bl_json_text(b, key, bl_buf_span(&text));
	bl_buf_clear(&text);
}

void
bl_show_oid(struct bl_buf *b, const char *key, struct bl_span octets)
{
	enum bl_oid oid = bl_oid_find(octets);
	struct bl_buf text = {0};

	if (oid != BL_OID_UNKNOWN) {
		bl_json_str(b, key, bl_oid_name(oid));
		return;
	}
	bl_oid_show(&text, octets);
	bl_json_text(b, key, bl_buf_span(&text));
	bl_buf_clear(&text);
}

static void
put_rid(struct bl_buf *b, const struct bl_rid *rid)
{
	if (rid->ski.n > 0) {
		bl_json_hex(b, "keyIdentifier", rid->ski);
		return;
	}
	put_name(b, "issuer", rid->issuer);
	bl_json_hex(b, "serial", rid->serial);
}

/* ---- parts ---- */

static const char *
encoding_name(enum bl_encoding e)
{
	static const char *const names[] = {
	    "7bit", "8bit", "binary", "quoted-printable", "base64", "other"};

	return names[e];
}

void
bl_show_defects(struct bl_buf *b, unsigned defects)
{
	if (defects == 0)
		return;
	bl_json_array(b, "defects");
	for (unsigned bit = 1; bit != 0; bit <<= 1)
		if ((defects & bit) != 0)
			bl_json_str(b, NULL, bl_mime_defect_text(bit));
	bl_json_array_end(b);
}

static void
put_field(struct bl_buf *b, const struct bl_header *h, const char *name)
{
	const struct bl_field *f = bl_header_find(h, name, 0);
	struct bl_buf text = {0};

	if (f == NULL)
		return;
	bl_header_text(&text, f->value);
	bl_json_text(b, name, bl_buf_span(&text));
	bl_buf_clear(&text);
}

static void
put_headers(struct bl_buf *b, const struct bl_header *h)
{
	static const char *const shown[] = {
	    "From", "To", "Cc", "Subject", "Date", "Message-ID"};
	bool any = false;

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		any = any || bl_header_find(h, shown[i], 0) != NULL;
	if (!any)
		return;
	bl_json_object(b, "headers");
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		put_field(b, h, shown[i]);
	bl_json_object_end(b);
}

struct bl_span
bl_show_file_name(const struct bl_part *p)
{
	struct bl_span name = bl_content_type_param(
	    &p->disposition, "filename");

	return name.n > 0 ? name : bl_content_type_param(&p->type, "name");
}

void
bl_show_part(struct bl_buf *b, const struct bl_part *p)
{
	struct bl_buf type = {0};

	bl_buf_add(&type, p->type.type);
	bl_buf_add_u8(&type, '/');
	bl_buf_add(&type, p->type.subtype);
	bl_json_text(b, "part", bl_buf_span(&type));
	bl_buf_clear(&type);
	if (p->disposition.type.n > 0)
		bl_json_text(b, "disposition", p->disposition.type);
	if (bl_show_file_name(p).n > 0)
		bl_json_text(b, "name", bl_show_file_name(p));
	if (!p->is_multipart)
		bl_json_str(b, "encoding", encoding_name(p->encoding));
	bl_json_uint(b, "at", p->at);
	put_headers(b, p->header);
}

/* ---- layers ---- */

const char *
bl_show_layer(const struct bl_cms *c)
{
	switch (bl_cms_kind(c)) {
	case BL_CMS_SIGNED:
		return "SignedData";
	case BL_CMS_ENVELOPED:
		return "EnvelopedData";
	case BL_CMS_AUTH_ENVELOPED:
		return "AuthEnvelopedData";
	case BL_CMS_COMPRESSED:
		return "CompressedData";
	case BL_CMS_OTHER:
		break;
	}
	return "other";
}

static const char *
recipient_name(enum bl_recipient_kind kind)
{
	switch (kind) {
	case BL_RECIPIENT_KEY:
		return "key transport";
	case BL_RECIPIENT_AGREE:
		return "key agreement";
	case BL_RECIPIENT_KEK:
		return "key-encryption key";
	case BL_RECIPIENT_PASSWORD:
		return "password";
	case BL_RECIPIENT_KEM:
		return "key encapsulation";
	case BL_RECIPIENT_OTHER:
		break;
	}
	return "other";
}

static const char *
wrap_name(enum bl_wrap_kind kind)
{
	switch (kind) {
	case BL_WRAP_RSA_PKCS1:
		return "RSA PKCS#1 v1.5";
	case BL_WRAP_RSA_OAEP:
		return "RSA OAEP";
	case BL_WRAP_ECDH:
		return "ECDH";
	case BL_WRAP_XDH:
		return "ECDH on a Montgomery curve";
	case BL_WRAP_OTHER:
		break;
	}
	return "other";
}

void
bl_show_recipients(struct bl_buf *b, const struct bl_cms *c)
{
	bl_json_str(b, "cipher", bl_cms_cipher_name(c));
	bl_json_array(b, "recipients");
	for (size_t i = 0; i < bl_cms_recipient_count(c); i++) {
		const struct bl_recipient *r = bl_cms_recipient(c, i);

		bl_json_object(b, NULL);
		bl_json_str(b, "kind", recipient_name(r->kind));
		if (r->rid.ski.n > 0 || r->rid.issuer.n > 0)
			put_rid(b, &r->rid);
		bl_json_str(b, "algorithm",
		    r->what != NULL ? r->what : wrap_name(r->alg.kind));
		bl_json_object_end(b);
	}
	bl_json_array_end(b);
}

static const char *
sig_name(enum bl_sig_kind kind)
{
	switch (kind) {
	case BL_SIG_RSA_PKCS1:
		return "RSA PKCS#1 v1.5";
	case BL_SIG_RSA_PSS:
		return "RSA PSS";
	case BL_SIG_ECDSA:
		return "ECDSA";
	case BL_SIG_ED25519:
		return "Ed25519";
	case BL_SIG_ED448:
		return "Ed448";
	case BL_SIG_DSA:
		return "DSA";
	case BL_SIG_OTHER:
		break;
	}
	return "other";
}

void
bl_show_signers(struct bl_buf *b, const struct bl_cms *c)
{
	bl_json_array(b, "signers");
	for (size_t i = 0; i < bl_cms_signer_count(c); i++) {
		const struct bl_signer_info *si = bl_cms_signer(c, i);

		bl_json_object(b, NULL);
		put_rid(b, &si->rid);
		bl_json_str(b, "digest", si->digest_name);
		bl_json_str(b, "algorithm",
		    si->alg_name != NULL ? si->alg_name
					 : sig_name(si->alg.kind));
		if (si->has_signing_time)
			bl_json_time(b, "signingTime", si->signing_time);
		if (si->malformed)
			bl_json_str(b, "malformed", si->malformed_what);
		bl_json_object_end(b);
	}
	bl_json_array_end(b);
}

static void
put_cert(struct bl_buf *b, const struct bl_cert *cert)
{
	put_name(b, "subject", bl_cert_subject(cert));
	put_name(b, "issuer", bl_cert_issuer(cert));
	bl_json_hex(b, "serial", bl_cert_serial(cert));
	bl_json_array(b, "addresses");
	for (size_t i = 0; i < bl_cert_addr_count(cert); i++)
		bl_json_text(b, NULL, bl_cert_addr_at(cert, i).addr);
	bl_json_array_end(b);
	bl_json_time(b, "notAfter", bl_cert_not_after(cert));
	bl_json_hex(b, "sha256", bl_cert_sha256(cert));
}

enum bl_err
bl_show_certs(struct bl_buf *b, const struct bl_cms *c, struct bl_ctx *ctx,
    const struct bl_limits *limits)
{
	bl_json_array(b, "certificates");
	for (size_t i = 0; i < bl_cms_cert_count(c); i++) {
		struct bl_cert *cert = NULL;
		struct bl_note why = {0};
		enum bl_err err = bl_cert_read(
		    &cert, ctx, bl_cms_cert(c, i), limits, &why);

		if (err == BL_E_MEMORY)
			return err;
		bl_json_object(b, NULL);
		if (err == BL_OK)
			put_cert(b, cert);
		else
			bl_json_str(b, "malformed", why.what);
		bl_json_object_end(b);
		bl_cert_free(cert);
	}
	bl_json_array_end(b);
	bl_json_uint(b, "crls", bl_cms_crl_count(c));
	return BL_OK;
}

void
bl_show_note(struct bl_buf *b, const struct bl_note *why)
{
	bl_json_str(b, "error", why->what);
	bl_json_uint(b, "errorAt", why->at);
	if (why->source != NULL)
		bl_json_str(b, "source", why->source);
}
