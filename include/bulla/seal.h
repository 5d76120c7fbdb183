/* seal.h - a draft into a signed and encrypted message. */
#ifndef BULLA_SEAL_H
#define BULLA_SEAL_H

#include "bulla/cert.h"
#include "bulla/keys.h"

enum bl_seal_sign { BL_SIGN_NOT = 0, BL_SIGN_CLEAR, BL_SIGN_OPAQUE };
/* bl_header_policy is what is left outside of an encrypted message (RFC 9788
 * 3.2): all; Subject as "[...]", no Keywords and Comments; besides, addresses
 * without names, and the date without the time zone. */
enum bl_header_policy {
	BL_HEADER_POLICY_NONE = 0, /* hcp_no_confidentiality */
	BL_HEADER_POLICY_BASELINE,
	BL_HEADER_POLICY_SHY,
};
enum bl_seal_wrap { BL_TO_DEFAULT = 0, BL_TO_PKCS1, BL_TO_OAEP };

/*
 * bl_seal_opts says what to do. sign and encryption together: signed, then
 * encrypted; triple signs the encrypted message once more (RFC 2634 1.1).
 *
 * signer	 certificate whose key is asked; needed with sign
 * include	 certificates to send along besides signer; may be NULL
 * own_encrypt	 certificate others shall encrypt to, which must be fit for that;
 *		 NULL: signer
 * to, n		 recipients; n > 0 encrypts
 * wrap		 RSA recipients: default is OAEP with SHA-256 for AEAD
 *		 ciphers, PKCS#1 v1.5 for CBC
 * cipher	 BL_CIPHER_NONE: AES-256-GCM
 * digest	 BL_DIGEST_NONE: SHA-256
 * policy	 which header fields are hidden; for encryption only
 */
struct bl_seal_opts {
	const struct bl_limits *limits; /* NULL: BL_LIMITS */
	int64_t now;			/* signing time, s since 1970 */
	enum bl_seal_sign sign;
	bool pss;
	bool triple;
	enum bl_digest digest;
	const struct bl_cert *signer;
	const struct bl_certs *include;
	const struct bl_cert *own_encrypt;
	struct bl_cert *const *to;
	size_t n;
	enum bl_seal_wrap wrap;
	bool by_ski;
	enum bl_cipher cipher;
	enum bl_header_policy policy;
};

struct bl_seal;
/*
 * bl_seal_new checks that every certificate is fit for its use now.
 * BL_E_DENIED: one is not (expired, not yet valid, wrong usage, weak key):
 * note->reason has the code and *culprit (may be NULL) is which, borrowed.
 * BL_E_UNSUPPORTED: a key that cannot sign or be encrypted to.
 */
BL_API BL_CHECK enum bl_err bl_seal_new(struct bl_seal **out,
    struct bl_ctx *ctx, const struct bl_seal_opts *opts,
    const struct bl_cert **culprit, struct bl_note *note);
/*
 * The message goes in by feed; what can be written comes out appended to
 * `out`. Header fields of the message stay outside, as the policy has them, and
 * go inside with the Content-* fields, protected (RFC 9788); but Bcc, and what
 * mail servers write. A bare entity, and a message that is signed or encrypted
 * already, get none but those they need. BL_NEED from end: answer
 * the wants, call end again.
 *
 * BL_E_MALFORMED: a header that has defects which make the result ambiguous,
 * or 8-bit data where none may be; a field that cannot be hidden.
 * BL_E_DENIED: the policy cannot be kept (signed or encrypted already, or the
 * inside of a message whose fields were hidden).
 */
BL_API BL_CHECK enum bl_err bl_seal_feed(struct bl_seal *s, struct bl_buf *out,
    struct bl_span in, struct bl_note *note);
BL_API BL_CHECK enum bl_err bl_seal_end(
    struct bl_seal *s, struct bl_buf *out, struct bl_note *note);
BL_API size_t bl_seal_want_count(const struct bl_seal *s);
BL_API const struct bl_want *bl_seal_want(const struct bl_seal *s, size_t i);
BL_API BL_CHECK enum bl_err bl_seal_answer(
    struct bl_seal *s, size_t i, struct bl_span frame, struct bl_note *note);
BL_API void bl_seal_free(struct bl_seal *s);

#endif
