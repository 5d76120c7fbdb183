/* cert.h - certificates: bytes to structs, no judgement. */
#ifndef BULLA_CERT_H
#define BULLA_CERT_H

#include "bulla/alg.h"
#include "bulla/check.h"
#include "bulla/ctx.h"
#include "bulla/issue.h"
#include "bulla/limits.h"

/* bl_cert is one certificate that was read; immutable, counted. */
struct bl_cert;

/*
 * bl_cert_read reads one certificate in strict DER (RFC 5280 4.1); keeps a
 * copy. What honest issuers get wrong and is read all the same, and what is
 * refused, is listed in docs/deviations.md.
 *
 * BL_E_MALFORMED	 not DER, doubled extensions, version mismatch, trailing
 *			 bytes, inner and outer algorithm differ, bad names
 * BL_E_LIMIT		 size, nesting, key size
 * A key or signature of an unknown algorithm is no error: see the kinds.
 */
BL_API BL_CHECK enum bl_err bl_cert_read(struct bl_cert **out,
    struct bl_ctx *ctx, struct bl_span der, const struct bl_limits *limits,
    struct bl_note *note);
/* bl_cert_hold adds an owner and returns c. */
BL_API struct bl_cert *bl_cert_hold(struct bl_cert *c);
/* bl_cert_free lets go; the last owner's call frees. */
BL_API void bl_cert_free(struct bl_cert *c);

/* All spans below borrow from the certificate. */
BL_API struct bl_span bl_cert_der(const struct bl_cert *c);
BL_API struct bl_span bl_cert_sha256(const struct bl_cert *c); /* 32 bytes */
/* bl_cert_key_id is SHA-256 of the SubjectPublicKeyInfo: names a key pair. */
BL_API struct bl_span bl_cert_key_id(const struct bl_cert *c);	/* 32 bytes */
BL_API struct bl_span bl_cert_serial(const struct bl_cert *c);	/* INTEGER */
BL_API struct bl_span bl_cert_issuer(const struct bl_cert *c);	/* DER Name */
BL_API struct bl_span bl_cert_subject(const struct bl_cert *c); /* DER Name */
BL_API struct bl_span bl_cert_spki(const struct bl_cert *c);	/* DER */
BL_API struct bl_span bl_cert_ski(const struct bl_cert *c);	/* or empty */
BL_API struct bl_span bl_cert_aki(const struct bl_cert *c);	/* or empty */
BL_API int64_t bl_cert_not_before(const struct bl_cert *c);
BL_API int64_t bl_cert_not_after(const struct bl_cert *c);
BL_API enum bl_key_kind bl_cert_key_kind(const struct bl_cert *c);
BL_API unsigned bl_cert_key_bits(const struct bl_cert *c);
BL_API struct bl_sig_alg bl_cert_sig_alg(const struct bl_cert *c);

enum bl_cert_flag {
	BL_CERT_V1 = 1u << 0,
	BL_CERT_CA = 1u << 1, /* basicConstraints cA */
	BL_CERT_HAS_KEY_USAGE = 1u << 2,
	BL_CERT_HAS_EKU = 1u << 3,
	BL_CERT_EKU_EMAIL = 1u << 4,
	BL_CERT_EKU_ANY = 1u << 5,
	BL_CERT_UNKNOWN_CRITICAL = 1u << 6,
	BL_CERT_SELF_ISSUED = 1u << 7, /* subject equals issuer */
	BL_CERT_WEAK_KEY = 1u
	    << 8, /* RSA e below 65537, EdDSA point of low order */
	BL_CERT_BAD_ADDRESS = 1u << 9, /* an e-mail name with bytes that no
					    address has: unusable */
	BL_CERT_ODD_SERIAL = 1u << 10, /* zero, negative or over 20 bytes:
					    RFC 5280 4.1.2.2 */
	BL_CERT_EKU_OCSP = 1u << 11,   /* id-kp-OCSPSigning */
};
/* bl_cert_flags gives the enum bl_cert_flag bits that hold. */
BL_API unsigned bl_cert_flags(const struct bl_cert *c);

/* keyUsage bits as RFC 5280 4.2.1.3 numbers them: 1u << 0 is
 * digitalSignature, 1u << 8 decipherOnly; all set when absent. */
enum {
	BL_KU_DIGITAL_SIGNATURE = 1u << 0,
	BL_KU_NON_REPUDIATION = 1u << 1,
	BL_KU_KEY_ENCIPHERMENT = 1u << 2,
	BL_KU_KEY_AGREEMENT = 1u << 4,
	BL_KU_KEY_CERT_SIGN = 1u << 5,
	BL_KU_CRL_SIGN = 1u << 6,
};
BL_API unsigned bl_cert_key_usage(const struct bl_cert *c);

enum bl_cert_addr_kind {
	BL_ADDR_SAN = 1,  /* subjectAltName rfc822Name */
	BL_ADDR_SAN_UTF8, /* SmtpUTF8Mailbox, RFC 9598 */
	BL_ADDR_SUBJECT,  /* emailAddress in the subject: legacy, flagged */
};
struct bl_cert_addr {
	enum bl_cert_addr_kind kind;
	struct bl_span addr; /* UTF-8 */
};
/* The e-mail addresses of a certificate, in its order, SAN first; i below the
 * count. Borrowed. */
BL_API size_t bl_cert_addr_count(const struct bl_cert *c);
BL_API struct bl_cert_addr bl_cert_addr_at(const struct bl_cert *c, size_t i);
/* bl_addr_same compares addr-specs in UTF-8: domains without case, as A-labels
 * by IDNA2008, local parts without ASCII case; `exact` (may be NULL) tells
 * whether the local parts were the same to the byte. A domain that is none is
 * the same as itself, ASCII case aside, and as no other. Source RFC 9598 5. */
BL_API bool bl_addr_same(struct bl_span a, struct bl_span b, bool *exact);
/* bl_cert_has_addr compares with the SAN entries, and with the subject only
 * when the certificate has no e-mail SAN entry; kind (may be NULL) tells what
 * matched. Domains as A-labels without case, U-labels of `addr` by IDNA2008;
 * local parts without ASCII case (ATK-301, ATK-303). */
BL_API bool bl_cert_has_addr(
    const struct bl_cert *c, struct bl_span addr, enum bl_cert_addr_kind *kind);
/* bl_cert_extension gives the value (content of extnValue) of the extension
 * with this OID, given by its content octets; false when there is none.
 * critical may be NULL. */
BL_API bool bl_cert_extension(const struct bl_cert *c, struct bl_span oid,
    struct bl_span *value, bool *critical);
/* bl_cert_name appends commonName, else the first address, else the subject;
 * as UTF-8, not made safe for a terminal. */
BL_API void bl_cert_name(struct bl_buf *out, const struct bl_cert *c);
/* bl_name_show appends a DER Name as RFC 4514 writes it. */
BL_API void bl_name_show(struct bl_buf *out, struct bl_span name);

/*
 * bl_request_read reads a request for a certificate (PKCS#10, RFC 2986), in DER
 * or PEM, and checks that it was signed with the key it brings. What it asks for
 * is not looked at: a certificate says what its issuer has found out.
 *
 * key	   kind and numbers of the key; borrows from `number`
 * number  an empty buffer
 * limits  certificate_bytes; NULL: BL_LIMITS
 *
 * BL_E_MALFORMED    not such a request
 * BL_E_FORGED	     the signature does not hold
 * BL_E_UNSUPPORTED  another key than RSA or EC on P-256, P-384, P-521 with a
 *		     point that is not compressed; a signature with SHA-1
 * BL_E_LIMIT
 */
BL_API BL_CHECK enum bl_err bl_request_read(struct bl_issue_public *key,
    struct bl_buf *number, struct bl_ctx *ctx, struct bl_span file,
    const struct bl_limits *limits, struct bl_note *note);

/* ---- sets of certificates ---- */

/* bl_certs is a list of certificates without doubles. {0} is empty. */
struct bl_certs {
	struct bl_cert **list; /* held */
	size_t n, cap;
	uint32_t *index; /* by hash, made by bl_certs_add: not for callers;
			    NULL: none, or not of the whole list */
	size_t index_cap;
};
/* bl_certs_add holds c unless the list has the same bytes. */
BL_API BL_CHECK enum bl_err bl_certs_add(
    struct bl_certs *s, struct bl_cert *c, struct bl_note *note);
BL_API void bl_certs_clear(struct bl_certs *s);
BL_API struct bl_cert *bl_certs_by_issuer(
    const struct bl_certs *s, struct bl_span issuer, struct bl_span serial);
BL_API struct bl_cert *bl_certs_by_ski(
    const struct bl_certs *s, struct bl_span ski);
BL_API struct bl_cert *bl_certs_by_sha256(
    const struct bl_certs *s, struct bl_span sha256);
/*
 * bl_certs_import reads a file: DER, one or many after each other, PEM with any
 * text between, or a serialized store of Microsoft's (.sst). A bad certificate
 * is counted and skipped, the rest go in. bulla/collection.h reads more.
 *
 * skipped  number of entries left out; note says why the first one was
 * BL_E_MALFORMED  nothing in the file is a certificate
 */
BL_API BL_CHECK enum bl_err bl_certs_import(struct bl_certs *s,
    struct bl_ctx *ctx, struct bl_span file, const struct bl_limits *limits,
    size_t *skipped, struct bl_note *note);

/* bl_sst_write appends a serialized store (MS-OSHARED 2.3.9.1) of n
 * certificates in DER, without properties. */
BL_API void bl_sst_write(
    struct bl_buf *out, const struct bl_span *ders, size_t n);

/* bl_pem_next finds the next PEM block of any label (RFC 7468) at or after
 * *pos; label borrows from `in`, the bytes are appended to `der`. False when
 * there is none. */
BL_API bool bl_pem_next(
    struct bl_span in, size_t *pos, struct bl_span *label, struct bl_buf *der);
/* bl_pem_write appends a block. */
BL_API void bl_pem_write(
    struct bl_buf *out, const char *label, struct bl_span der);

#endif
