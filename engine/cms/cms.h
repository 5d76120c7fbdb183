/* cms.h - SignedData, EnvelopedData, AuthEnvelopedData, CompressedData:
 * structure and arithmetic, no opinion of who signed. */
#ifndef BL_CMS_CMS_H
#define BL_CMS_CMS_H

#include "cert/cert.h"
#include "crypto/shared.h"
#include "keys/keys.h"
#include "policy/policy.h"

/* ---- reading ---- */

enum bl_cms_kind {
	BL_CMS_OTHER = 0, /* known or unknown, not handled: see the OID */
	BL_CMS_SIGNED,
	BL_CMS_ENVELOPED,
	BL_CMS_AUTH_ENVELOPED,
	BL_CMS_COMPRESSED, /* RFC 3274, zlib */
};

/* bl_rid is a SignerIdentifier or RecipientIdentifier; spans borrow.
 * Either issuer (DER Name) and serial (INTEGER content, 1..21 bytes) are set,
 * or ski (1..64 bytes). RFC 5652 5.3, 6.2.1. */
struct bl_rid {
	struct bl_span issuer, serial, ski;
};

enum bl_recipient_kind {
	BL_RECIPIENT_OTHER = 0, /* unknown: named by `what` */
	BL_RECIPIENT_KEY,	/* KeyTransRecipientInfo */
	BL_RECIPIENT_AGREE,	/* one RecipientEncryptedKey of a KARI */
	BL_RECIPIENT_KEK,	/* these two have a `what` in any case, */
	BL_RECIPIENT_PASSWORD,	/* and may have a way in `shared` */
	BL_RECIPIENT_KEM,	/* RFC 9629 */
};
/* bl_recipient is one way to the content key; spans borrow from the reader. */
struct bl_recipient {
	enum bl_recipient_kind kind;
	struct bl_rid rid;
	struct bl_wrap_alg alg; /* kind BL_WRAP_OTHER: algorithm not handled */
	struct bl_span originator; /* AGREE: public point of originatorKey */
	struct bl_span wrapped;
	const char *what; /* name of what is not supported, or NULL; borrowed */
	struct bl_shared shared; /* KEK, PASSWORD: kind 0 where it cannot be
				    opened by anybody here */
};

/*
 * bl_cms reads one CMS object (ContentInfo in BER or DER) as a stream, in
 * constant memory but for the frame around the content, which is bounded by
 * limits->cms_frame_bytes.
 *
 * Content that next() gives from an encrypted or compressed object is not
 * checked before END: whoever holds the reader holds it back. How much a
 * compressed one may become is limited (bl_inflate).
 */
struct bl_cms;

enum bl_cms_event_kind {
	BL_CMS_MORE = 0, /* feed, or end */
	BL_CMS_TYPE,	 /* the kind is known: bl_cms_kind */
	BL_CMS_KEY,	 /* all RecipientInfos and the cipher are read: look at
			    them, then bl_cms_set_key before the next next() */
	BL_CMS_CONTENT,	 /* bytes of the (decrypted, inflated) content */
	BL_CMS_CONTENT_END, /* SignedData: the content is complete and hashed,
			    or there is none; certificates and signers
			    follow. CompressedData: its checksum holds */
	BL_CMS_END,	    /* read to the end; for encrypted content: tag or
			    padding holds */
};
struct bl_cms_event {
	enum bl_cms_event_kind kind;
	struct bl_span bytes; /* borrowed until the next call on the reader */
};

/* policy decides which ciphers open (ATK-103), before any key is asked for. It
 * and the limits are copied; the context is borrowed. */
BL_CHECK enum bl_err bl_cms_new(struct bl_cms **out, struct bl_ctx *ctx,
    const struct bl_policy *policy, const struct bl_limits *limits,
    struct bl_note *note);
/* bl_cms_feed lends the next bytes, only after MORE; borrowed until the next
 * MORE. */
void bl_cms_feed(struct bl_cms *c, struct bl_span in);
void bl_cms_end(struct bl_cms *c); /* no more input; only after MORE */
/*
 * BL_E_MALFORMED    breaks the format; trailing bytes after the object other
 *		     than zero bytes or line ends
 * BL_E_UNSUPPORTED  known and not handled (note->what names it), or cipher not
 *		     allowed (note->reason "cipher-not-allowed")
 * BL_E_LIMIT	     with the reason
 * BL_E_FORGED	     tag, padding or length of encrypted content (one text)
 * BL_E_CALLER	     next() after KEY without bl_cms_set_key, or after END
 * An error ends the object: each later call gives it again.
 */
BL_CHECK enum bl_err bl_cms_next(
    struct bl_cms *c, struct bl_cms_event *out, struct bl_note *note);
void bl_cms_free(struct bl_cms *c);

enum bl_cms_kind bl_cms_kind(const struct bl_cms *c);
/* bl_cms_type: contentType; bl_cms_content_type: eContentType or the content
 * type inside the encryption. Content octets of the OID. */
struct bl_span bl_cms_type(const struct bl_cms *c);
struct bl_span bl_cms_content_type(const struct bl_cms *c);

/* Encrypted objects, from KEY on. */
size_t bl_cms_recipient_count(const struct bl_cms *c);
const struct bl_recipient *bl_cms_recipient(const struct bl_cms *c, size_t i);
enum bl_cipher bl_cms_cipher(const struct bl_cms *c);
/* bl_cms_cipher_name: as its OID is called, also for those not handled. */
const char *bl_cms_cipher_name(const struct bl_cms *c);
/* bl_cms_set_key gives the content key (bl_cipher_key_size bytes); the reader
 * keeps a copy only as long as it decrypts. BL_E_FORGED for a key of another
 * length, in the words of a wrong one; BL_E_CALLER but between KEY and next. */
BL_CHECK enum bl_err bl_cms_set_key(
    struct bl_cms *c, const struct bl_secret *cek, struct bl_note *note);
/* bl_rid_is tells whether an identifier names this certificate, byte by byte. */
bool bl_rid_is(const struct bl_rid *rid, const struct bl_cert *cert);
/* bl_cms_want fills an UNWRAP want for recipient i and a key, 32 bytes; spans
 * borrow from the reader. For a recipient that has no `what`. */
void bl_cms_want(struct bl_want_unwrap *out, const struct bl_cms *c, size_t i,
    struct bl_span key_id);

/* SignedData, from END on. */
bool bl_cms_is_detached(const struct bl_cms *c); /* no eContent */
size_t bl_cms_cert_count(const struct bl_cms *c);
struct bl_span bl_cms_cert(const struct bl_cms *c, size_t i); /* DER */
size_t bl_cms_crl_count(const struct bl_cms *c);
struct bl_span bl_cms_crl(const struct bl_cms *c, size_t i); /* DER */
/* Answers of OCSP responders, RFC 5940 2.1. */
size_t bl_cms_ocsp_count(const struct bl_cms *c);
struct bl_span bl_cms_ocsp(const struct bl_cms *c, size_t i); /* DER */
size_t bl_cms_signer_count(const struct bl_cms *c);

/* bl_signer_info is one SignerInfo; spans borrow from the reader. */
struct bl_signer_info {
	struct bl_rid rid;
	enum bl_digest digest;
	const char *digest_name; /* also when it is not handled */
	struct bl_sig_alg alg;
	const char *alg_name;	   /* of BL_SIG_OTHER; else NULL */
	struct bl_span attributes; /* SET OF in DER (0x31), empty when absent */
	struct bl_span message_digest;
	struct bl_span content_type;
	bool has_signing_time;
	int64_t signing_time;
	struct bl_span capabilities; /* DER SMIMECapabilities, or empty */
	struct bl_span signature;
	bool malformed; /* an attribute is doubled, missing, not DER, has not
			   one value, or contradicts: ATK-210 */
	const char *malformed_what;
	bool unsorted; /* the attributes are DER but for the order of the SET
			  OF; the signature is over them as received */
};
const struct bl_signer_info *bl_cms_signer(const struct bl_cms *c, size_t i);
/* bl_cms_digests: the set (BL_SET bits) of the digests that digestAlgorithms
 * names, of those known. */
unsigned bl_cms_digests(const struct bl_cms *c);

enum bl_signer_result {
	BL_SIGNER_GOOD = 1,    /* this key made this signature over this */
	BL_SIGNER_ALTERED,     /* the content's digest differs */
	BL_SIGNER_WRONG,       /* the signature's arithmetic does not hold */
	BL_SIGNER_MALFORMED,   /* attributes or structure break the rules */
	BL_SIGNER_UNCHECKED,   /* algorithm unknown or not for this key */
	BL_SIGNER_NO_DIGEST,   /* the content was not hashed with it */
	BL_SIGNER_UNANNOUNCED, /* digestAlgorithms does not have its digest */
};
/*
 * bl_cms_signer_check decides whether the key of `cert` made signer i's
 * signature: content type and message digest attributes, signingCertificate(V2)
 * naming this certificate where present, CMSAlgorithmProtection where present
 * (RFC 6211), then the signature over the attributes as received.
 *
 * content  for a detached object: digests of the content; NULL for an opaque
 *	    one, which was hashed while it was read
 *
 * A signature without attributes is over the content itself; one of EdDSA is
 * UNCHECKED, as only all of the content at once could tell (RFC 8419 3.2). That
 * of an opaque object that could be somebody's attributes is MALFORMED; the content of a
 * detached one is not seen here: ask for attributes where mail is judged.
 * A content that differs is ALTERED also where the algorithm is unknown.
 *
 * BL_E_CALLER	no such signer, `content` for an opaque object, or none for a
 *		detached one
 */
BL_CHECK enum bl_err bl_cms_signer_check(enum bl_signer_result *out,
    struct bl_cms *c, size_t i, const struct bl_cert *cert,
    const struct bl_hashes *content, struct bl_note *note);

/* ---- writing ---- */

/* bl_cms_sign says how to sign. Spans and pointers borrow. */
struct bl_cms_sign {
	const struct bl_cert *cert;	/* the signer's */
	const struct bl_certs *include; /* others to put in; may be NULL */
	struct bl_sig_alg alg;
	enum bl_oid content_type; /* BL_OID_DATA for mail */
	int64_t signing_time;
	/* of the encryption certificate when it is another, else empty */
	struct bl_span preference_issuer, preference_serial;
};
/* bl_cms_sign_alg picks the default algorithm for a key: RSA PKCS#1 v1.5 or
 * PSS with `digest`, ECDSA with the digest of the curve's strength, Ed25519
 * and Ed448 (which have a content digest of their own: bl_sig_alg_content).
 * BL_E_UNSUPPORTED for a key that cannot sign, and for SHAKE256 with RSA. */
enum bl_pss { BL_PSS_NOT = 0, BL_PSS_USE };
BL_CHECK enum bl_err bl_cms_sign_alg(struct bl_sig_alg *out,
    const struct bl_cert *cert, enum bl_digest digest, enum bl_pss pss,
    struct bl_note *note);
/* bl_cms_sign_want makes the SIGN want; `store` owns what its spans borrow. */
BL_CHECK enum bl_err bl_cms_sign_want(struct bl_want_sign *out,
    struct bl_buf *store, const struct bl_cms_sign *how,
    const struct bl_digest_value *digest, struct bl_note *note);
/* bl_cms_detached_write appends a whole SignedData without content, DER. */
BL_CHECK enum bl_err bl_cms_detached_write(struct bl_buf *out,
    const struct bl_cms_sign *how, const struct bl_want_sign *want,
    struct bl_span signature, struct bl_note *note);
/*
 * Opaque: when the whole content is at hand, bl_cms_opaque_write makes DER.
 * Else the stream form: begin, any number of add, end; BER with indefinite
 * lengths and a constructed OCTET STRING.
 */
BL_CHECK enum bl_err bl_cms_opaque_write(struct bl_buf *out,
    const struct bl_cms_sign *how, const struct bl_want_sign *want,
    struct bl_span content, struct bl_span signature, struct bl_note *note);
BL_CHECK enum bl_err bl_cms_opaque_begin(
    struct bl_buf *out, const struct bl_cms_sign *how, struct bl_note *note);
void bl_cms_opaque_add(struct bl_buf *out, struct bl_span content);
BL_CHECK enum bl_err bl_cms_opaque_end(struct bl_buf *out,
    const struct bl_cms_sign *how, const struct bl_want_sign *want,
    struct bl_span signature, struct bl_note *note);
/* bl_cms_certs_write appends a certs-only SignedData, DER. */
BL_CHECK enum bl_err bl_cms_certs_write(
    struct bl_buf *out, const struct bl_certs *certs, struct bl_note *note);

/* bl_cms_to is one recipient to encrypt to. */
struct bl_cms_to {
	const struct bl_cert *cert;
	enum bl_wrap_kind rsa; /* RSA keys: BL_WRAP_RSA_PKCS1 or _OAEP */
	enum bl_digest oaep;   /* digest of OAEP, and of its MGF1 */
};
enum bl_cms_name_by { BL_NAME_BY_ISSUER = 0, BL_NAME_BY_SKI };

/*
 * bl_cms_seal writes AuthEnvelopedData (AEAD ciphers, RFC 5083) or
 * EnvelopedData (CBC). Recipients of one curve share one KeyAgreeRecipientInfo
 * and one ephemeral key (RFC 5753 3.1.1, RFC 8418 3.1).
 *
 * length  of the content when known: then DER; BL_LENGTH_UNKNOWN: BER with
 *	   indefinite lengths
 */
#define BL_LENGTH_UNKNOWN UINT64_MAX
struct bl_cms_seal;
BL_CHECK enum bl_err bl_cms_seal_new(struct bl_cms_seal **out,
    struct bl_ctx *ctx, enum bl_cipher cipher, const struct bl_cms_to *to,
    size_t n, enum bl_cms_name_by by, uint64_t length, struct bl_note *note);
BL_CHECK enum bl_err bl_cms_seal_begin(
    struct bl_cms_seal *s, struct bl_buf *out, struct bl_note *note);
BL_CHECK enum bl_err bl_cms_seal_add(struct bl_cms_seal *s, struct bl_buf *out,
    struct bl_span content, struct bl_note *note);
BL_CHECK enum bl_err bl_cms_seal_end(
    struct bl_cms_seal *s, struct bl_buf *out, struct bl_note *note);
void bl_cms_seal_free(struct bl_cms_seal *s);

#endif
