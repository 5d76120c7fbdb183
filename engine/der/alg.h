/* alg.h - AlgorithmIdentifiers of digests and signatures, as bytes. */
#ifndef BL_DER_ALG_H
#define BL_DER_ALG_H

#include "bulla/alg.h"
#include "der/der.h"

/*
 * bl_sig_alg_read reads a signature AlgorithmIdentifier off the front.
 *
 * digest  the SignerInfo's digestAlgorithm, for rsaEncryption, which names
 *	   none; BL_DIGEST_NONE elsewhere, and then rsaEncryption is
 *	   BL_SIG_OTHER
 *
 * Unknown ones, and MD5 and older, give BL_SIG_OTHER. A known one with
 * parameters that are wrong marks `in` bad: RSA PKCS#1 takes NULL or none, PSS
 * its sequence with MGF1 and trailer 1, the others none; a NULL is read where
 * ECDSA and DSA should have none. Source RFC 4055 3.1 and 5, RFC 5758 3.2.
 */
struct bl_sig_alg bl_sig_alg_read(struct bl_der *in, enum bl_digest digest);

/*
 * bl_sig_alg_write appends it. RSA PKCS#1 is named rsaEncryption, which every
 * reader of CMS knows (RFC 3370 3.2); PSS gets all its parameters. b->err is
 * BL_E_CALLER for BL_SIG_OTHER and for a digest the kind has no name for.
 */
void bl_sig_alg_write(struct bl_buf *out, const struct bl_sig_alg *alg);
/* bl_sig_alg_write_x509 does so as certificates, lists and answers have it: RSA
 * PKCS#1 is named with its digest and has NULL (RFC 4055 5). */
void bl_sig_alg_write_x509(struct bl_buf *out, const struct bl_sig_alg *alg);

/* bl_digest_alg_read reads a digest AlgorithmIdentifier with NULL or no
 * parameters; NONE for an unknown one (md5 among them). RFC 5754 2. */
enum bl_digest bl_digest_alg_read(struct bl_der *in);
/* bl_content_digest_read also knows SHAKE256 with 512 bits (id-shake256-len),
 * which stands as the digest of a signer's content only. RFC 8419 2.3. */
enum bl_digest bl_content_digest_read(struct bl_der *in);
/* bl_digest_alg_write appends it without parameters (RFC 5754 2), SHAKE256 with
 * its length; b->err is BL_E_CALLER for NONE. */
void bl_digest_alg_write(struct bl_buf *out, enum bl_digest d);
/* bl_digest_alg_write_null appends it with NULL, as it stands inside of other
 * parameters (RFC 4055 2.1). */
void bl_digest_alg_write_null(struct bl_buf *out, enum bl_digest d);

#endif
