/* reasons.h - the stable reason codes of verdicts. One line each; the same
 * list with longer sentences is docs/reasons.md. */
#ifndef BULLA_REASONS_H
#define BULLA_REASONS_H

#include "bulla/base.h"

/*
 * X(ID, "code", worst, "sentence for a person")
 *
 * worst  what the reason does to a signature: NONE (says something, lowers
 *	  nothing), UNVERIFIED, INVALID
 */
#define BL_REASONS                                                             \
	X(CONTENT_ALTERED, "content-altered", INVALID,                         \
	    "The text is not the text that was signed.")                       \
	X(SIGNATURE_WRONG, "signature-wrong", INVALID,                         \
	    "The signature was not made with the key of this certificate.")    \
	X(SIGNATURE_MALFORMED, "signature-malformed", INVALID,                 \
	    "The signature breaks the rules of its format.")                   \
	X(NOT_DER, "not-der", UNVERIFIED,                                      \
	    "The signature is not written down as the standard demands.")      \
	X(SIGNER_MISMATCH, "signer-mismatch", UNVERIFIED,                      \
	    "The signer's certificate is not for the sender's address.")       \
	X(NO_SIGNER, "no-signer", UNVERIFIED,                                  \
	    "The message has the form of a signed one, but nobody signed.")    \
	X(SEVERAL_SIGNERS, "several-signers", UNVERIFIED,                      \
	    "Several signed, and not all of their signatures can be relied "   \
	    "on.")                                                             \
	X(SIGNER_UNKNOWN_CA, "signer-unknown-ca", UNVERIFIED,                  \
	    "The signer's certificate was not issued by anybody trusted "      \
	    "here.")                                                           \
	X(CHAIN_INCOMPLETE, "chain-incomplete", UNVERIFIED,                    \
	    "A certificate that is needed to check the signature is missing.") \
	X(NO_SENDER, "no-sender", UNVERIFIED,                                  \
	    "The message does not name exactly one sender.")                   \
	X(SECOND_JUDGE, "second-judge", UNVERIFIED,                            \
	    "Two independent checks of the certificate disagree.")             \
	X(EXPIRED, "expired", UNVERIFIED, "The certificate has expired.")      \
	X(NOT_YET_VALID, "not-yet-valid", UNVERIFIED,                          \
	    "The certificate is not valid yet.")                               \
	X(REVOKED, "revoked", UNVERIFIED, "The certificate was revoked.")      \
	X(REVOCATION_UNKNOWN, "revocation-unknown", UNVERIFIED,                \
	    "It could not be found out whether the certificate was revoked.")  \
	X(WRONG_USAGE, "wrong-usage", UNVERIFIED,                              \
	    "The certificate is not meant for this use.")                      \
	X(BAD_CERTIFICATE, "bad-certificate", UNVERIFIED,                      \
	    "The certificate breaks a rule for certificates, or demands "      \
	    "something that is not understood here.")                          \
	X(NAME_CONSTRAINT, "name-constraint", UNVERIFIED,                      \
	    "The issuer may not issue certificates for this address.")         \
	X(WRONG_POLICY, "wrong-policy", UNVERIFIED,                            \
	    "The certificate was not issued under a policy that is demanded.") \
	X(WEAK_ALGORITHM, "weak-algorithm", UNVERIFIED,                        \
	    "An outdated algorithm was used that can be forged or broken.")    \
	X(WEAK_KEY, "weak-key", UNVERIFIED, "The key is too short or weak.")   \
	X(UNKNOWN_ALGORITHM, "unknown-algorithm", UNVERIFIED,                  \
	    "An algorithm was used that cannot be checked here.")              \
	X(DATE_MISMATCH, "date-mismatch", UNVERIFIED,                          \
	    "The message was signed at another time than its date says.")      \
	X(PARTLY_SIGNED, "partly-signed", UNVERIFIED,                          \
	    "Only a part of the message is signed.")                           \
	X(PARTLY_ENCRYPTED, "partly-encrypted", NONE,                          \
	    "Only a part of the message is encrypted; it was not opened.")     \
	X(WRAPPED_IN_WINMAIL, "wrapped-in-winmail", UNVERIFIED,                \
	    "An Exchange server wrapped the message in winmail.dat; "          \
	    "its signature cannot be checked.")                                \
	X(AMBIGUOUS, "ambiguous", UNVERIFIED,                                  \
	    "The message is built in a way that programs read differently.")   \
	X(OUTER_SIGNER, "outer-signer", UNVERIFIED,                            \
	    "Who signed on the outside need not have written what is inside.") \
	X(HEADERS_DIFFER, "headers-differ", NONE,                              \
	    "Header fields outside differ from the protected ones.")           \
	X(NO_KEY, "no-key", NONE, "None of your keys can open the message.")   \
	X(CIPHER_NOT_ALLOWED, "cipher-not-allowed", NONE,                      \
	    "The message is encrypted in a way that is not allowed.")          \
	X(BAD_TAG, "bad-tag", NONE,                                            \
	    "The encrypted content was altered, or the key is not right.")     \
	X(UNAUTHENTICATED, "unauthenticated", NONE,                            \
	    "The encryption does not show whether the text was altered.")      \
	X(UNSUPPORTED, "unsupported", UNVERIFIED,                              \
	    "The message uses something that is known but not supported yet.") \
	X(MALFORMED, "malformed", UNVERIFIED,                                  \
	    "The message breaks the rules of its format.")                     \
	X(LIMIT, "limit", UNVERIFIED,                                          \
	    "The message is over a limit; the code says which.")

enum bl_reason {
#define X(id, code, worst, text) BL_REASON_##id,
	BL_REASONS
#undef X
	    BL_REASON_COUNT,
};

/* bl_reasons is a set of reasons, a bit each. */
typedef uint64_t bl_reasons;
#define BL_REASON_BIT(id) ((bl_reasons)1 << BL_REASON_##id)

/* bl_reason_code gives "content-altered"; bl_reason_text the sentence. NULL for
 * a number that is no reason. */
BL_API const char *bl_reason_code(enum bl_reason r);
BL_API const char *bl_reason_text(enum bl_reason r);

#endif
