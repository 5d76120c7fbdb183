/* internal.h - what the files of this module share. */
#ifndef BL_CMS_INTERNAL_H
#define BL_CMS_INTERNAL_H

#include "cms/cms.h"
#include "cms/hull.h"

/* ---- memory that stays where it is until the reader goes ---- */

struct bl_kept_block;
struct bl_kept {
	struct bl_kept_block *last;
};
/* bl_kept_new gives n bytes, NULL when out of memory. */
uint8_t *bl_kept_new(struct bl_kept *k, size_t n);
/* bl_kept_copy copies a span in; {NULL, 0} when out of memory or empty. */
struct bl_span bl_kept_copy(struct bl_kept *k, struct bl_span s);
void bl_kept_clear(struct bl_kept *k);

/* ---- the reader ---- */

/* bl_ess is the first certificate that signingCertificate names (RFC 5035). */
struct bl_ess {
	bool has;
	enum bl_digest alg;
	struct bl_span hash;
	struct bl_span issuer, serial; /* empty: not named */
};

struct bl_signer {
	struct bl_signer_info info;
	struct bl_ess ess[2]; /* signingCertificate, signingCertificateV2 */
};

#define BL_CMS_FIRST 24 /* bytes of content that tell attributes from text */

/*
 * bl_cms_step reads one thing of the grammar and sets c->step to what follows
 * it. BL_OK: it is done, `ev` may be filled. BL_NEED: nothing happened.
 */
typedef enum bl_err bl_cms_step(
    struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note);

struct bl_cms {
	struct bl_ctx *ctx;
	struct bl_policy policy;
	struct bl_limits limits;
	struct bl_hull hull;
	bl_cms_step *step, *after_type; /* of the content: see enter_typed */
	struct bl_note failed;		/* of the error that ended it */
	enum bl_err err;
	struct bl_kept kept;
	bool starved; /* memory ran out inside a step */

	enum bl_cms_kind kind;
	struct bl_span type, content_type;

	/* SignedData */
	bool detached;
	unsigned digests; /* of digestAlgorithms, BL_SET bits */
	struct bl_hashes *hashes;
	uint8_t first[BL_CMS_FIRST];
	uint64_t content_n; /* bytes of content */
	struct bl_span *certs, *crls, *ocsps;
	size_t cert_n, cert_cap, certs_seen;
	size_t crl_n, crl_cap, crls_seen; /* seen: ocsps, too */
	size_t ocsp_n, ocsp_cap;
	struct bl_signer *signers;
	size_t signer_n, signer_cap;

	struct bl_inflate *inflate; /* CompressedData */

	/* EnvelopedData, AuthEnvelopedData */
	struct bl_recipient *recipients;
	size_t recipient_n, recipient_cap;
	enum bl_cipher cipher;
	const char *cipher_name;
	uint8_t iv[16];
	struct bl_span cek_info; /* the key is derived with it, or empty */
	struct bl_secret *key;	 /* AEAD: for authenticated attributes */
	struct bl_sealing *sealing;
	struct bl_span sealed;	   /* content at hand, not yet decrypted or
				inflated */
	uint64_t sealed_n;	   /* bytes of encrypted content */
	struct bl_span attributes; /* authAttrs as SET OF */
	struct bl_buf plain;
};

/* bl_cms_bad: BL_E_MALFORMED at the reader's position. */
enum bl_err bl_cms_bad(const struct bl_cms *c, const char *what,
    const char *source, struct bl_note *note);
enum bl_err bl_cms_memory(struct bl_note *note);
/* bl_cms_forged is the one error of encrypted content that does not hold. */
enum bl_err bl_cms_forged(struct bl_note *note);

/* Steps that many have: go in, go out, read one whole element. */
BL_CHECK enum bl_err bl_cms_enter(struct bl_cms *c, unsigned tag,
    const char *what, bl_cms_step *next, struct bl_note *note);
BL_CHECK enum bl_err bl_cms_leave(struct bl_cms *c, const char *what,
    bl_cms_step *next, struct bl_note *note);
/* bl_cms_enter_typed enters the SEQUENCE of a content, which begins with its
 * type, and goes on at `next` behind that (RFC 5652 5.2, 6.1, RFC 3274 1.1). */
BL_CHECK enum bl_err bl_cms_enter_typed(struct bl_cms *c, const char *what,
    bl_cms_step *next, struct bl_note *note);
/* bl_cms_take reads an element and starts reading it, as BER. */
BL_CHECK enum bl_err bl_cms_take(
    struct bl_cms *c, struct bl_der *out, struct bl_note *note);
/* bl_cms_version reads the INTEGER that both kinds begin with. */
BL_CHECK enum bl_err bl_cms_version(
    struct bl_cms *c, bl_cms_step *next, struct bl_note *note);
/* bl_cms_oid reads an OBJECT IDENTIFIER into memory that stays. */
BL_CHECK enum bl_err bl_cms_oid(
    struct bl_cms *c, struct bl_span *out, struct bl_note *note);
/* bl_cms_keep copies what an element was read from, and leaves it read as
 * BER from the copy. */
BL_CHECK enum bl_err bl_cms_keep(
    struct bl_cms *c, struct bl_der *in, struct bl_note *note);

/* bl_cms_name is what an identifier is called: a constant, or its dotted form
 * in the reader's memory. Never NULL. */
const char *bl_cms_name(struct bl_cms *c, struct bl_span oid);
/* bl_cms_octets reads an OCTET STRING of any form into the reader's memory,
 * where it is not in one piece. */
struct bl_span bl_cms_octets(struct bl_cms *c, struct bl_der *in);
/* bl_cms_octets_as reads one under another tag, IMPLICIT. */
struct bl_span bl_cms_octets_as(
    struct bl_cms *c, struct bl_der *in, unsigned tag);

/* The first step of each kind, after TYPE; the last is bl_cms_close. */
bl_cms_step bl_signed_version;
bl_cms_step bl_enveloped_version;
bl_cms_step bl_compressed_version;
bl_cms_step bl_cms_close;

/* bl_rid_read takes an identifier off the front: issuerAndSerialNumber, or [0]
 * subjectKeyIdentifier. BL_E_MALFORMED, BL_E_LIMIT. RFC 5652 5.3, 6.2.1. */
BL_CHECK enum bl_err bl_rid_read(struct bl_rid *out, struct bl_cms *c,
    struct bl_der *in, struct bl_note *note);
/* bl_rid_read_key does so in a KeyAgreeRecipientInfo, where a key identifier is
 * a sequence that may go on with a date and more. RFC 5652 6.2.2. */
BL_CHECK enum bl_err bl_rid_read_key(struct bl_rid *out, struct bl_cms *c,
    struct bl_der *in, struct bl_note *note);

/* bl_rid_key_id takes the sequence of that, under a tag: also KEKIdentifier has
 * it. RFC 5652 6.2.2, 6.2.3. */
struct bl_span bl_rid_key_id(struct bl_cms *c, struct bl_der *in, unsigned tag);

/* bl_recipient_read appends what one RecipientInfo holds: one recipient, or
 * several of a KeyAgreeRecipientInfo. */
BL_CHECK enum bl_err bl_recipient_read(
    struct bl_cms *c, struct bl_der *in, struct bl_note *note);
/* bl_shared_read reads a KEKRecipientInfo ([2]) or PasswordRecipientInfo ([3]);
 * kind 0 where that cannot be opened here. */
void bl_shared_read(
    struct bl_shared *out, struct bl_cms *c, unsigned tag, struct bl_der *in);
/* bl_signer_read appends one SignerInfo. */
BL_CHECK enum bl_err bl_signer_read(
    struct bl_cms *c, struct bl_der *in, struct bl_note *note);
/* bl_signer_spoil marks a signer as malformed; the first reason stays. */
void bl_signer_spoil(struct bl_signer *s, const char *what);
/* bl_attributes_read reads and judges the signed attributes of a SignerInfo.
 *
 * digest, alg	the AlgorithmIdentifiers beside them, whole elements
 */
BL_CHECK enum bl_err bl_attributes_read(struct bl_cms *c, struct bl_signer *s,
    struct bl_span digest, struct bl_span alg, struct bl_note *note);

/* bl_choice_check tells whether a whole element may stand in CertificateSet or
 * RevocationInfoChoices: BER through all its levels, and of the form that its
 * tag says. A certificate that nobody could read may; garbage may not.
 * BL_E_MALFORMED, BL_E_LIMIT. RFC 5652 10.2. */
enum bl_choice { BL_CHOICE_CERTIFICATE = 1, BL_CHOICE_CRL };
BL_CHECK enum bl_err bl_choice_check(const struct bl_cms *c,
    struct bl_span element, enum bl_choice set, struct bl_note *note);
/* bl_choice_ocsp gives the OCSPResponse in an element that bl_choice_check found
 * to be good: empty where it holds something else. RFC 5940 2.1. */
struct bl_span bl_choice_ocsp(struct bl_span element);
/* bl_originator_check takes originatorInfo [0] off the front. RFC 5652 6.1. */
BL_CHECK enum bl_err bl_originator_check(
    const struct bl_cms *c, struct bl_der *in, struct bl_note *note);
/* bl_loose_attributes takes a set of attributes that nobody vouches for off the
 * front: unsignedAttrs, unprotectedAttrs, unauthAttrs.
 *
 * claims  is set where one of them would have to be signed
 */
BL_CHECK enum bl_err bl_loose_attributes(const struct bl_cms *c,
    struct bl_der *in, unsigned tag, bool *claims, struct bl_note *note);

/* bl_attribute_is_signed: one that means something only where it is signed. */
bool bl_attribute_is_signed(enum bl_oid oid);

/* bl_auth_attributes_check judges authAttrs, a SET OF in DER: contentType at
 * most once, naming this content; it has to be there for other content than
 * id-data, which nothing else authenticates. RFC 5083 2.1. BL_E_MALFORMED,
 * BL_E_LIMIT. */
BL_CHECK enum bl_err bl_auth_attributes_check(
    struct bl_cms *c, struct bl_span attributes, struct bl_note *note);

/* bl_late_aad changes a GCM tag over AAD and content to that over the content
 * alone, or back: in AuthEnvelopedData the attributes follow the content.
 *
 * key	a content key of an AES-GCM cipher; n: bytes of content
 */
BL_CHECK enum bl_err bl_late_aad(uint8_t tag[BL_TAG_SIZE], struct bl_ctx *ctx,
    const struct bl_secret *key, struct bl_span aad, uint64_t n,
    struct bl_note *note);

#endif
