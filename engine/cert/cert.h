/* cert.h - what the engine sees of a certificate beyond bulla/cert.h. */
#ifndef BL_CERT_CERT_H
#define BL_CERT_CERT_H

#include "bulla/cert.h"
#include "crypto/crypto.h"
#include "der/der.h"

/* bl_cert_pub borrows the key, NULL when its algorithm is not handled. */
const struct bl_pub *bl_cert_pub(const struct bl_cert *c);
/* bl_cert_tbs: the signed bytes; bl_cert_signature: the signature's octets. */
struct bl_span bl_cert_tbs(const struct bl_cert *c);
struct bl_span bl_cert_signature(const struct bl_cert *c);

/*
 * bl_sig_alg_read reads a signature AlgorithmIdentifier off the front.
 * `digest` is the SignerInfo's digestAlgorithm for rsaEncryption, which names
 * none (BL_DIGEST_NONE elsewhere). An unknown one gives BL_SIG_OTHER; a known
 * one with wrong parameters marks `in` bad. RFC 4055 3.1, RFC 5758.
 */
struct bl_sig_alg bl_sig_alg_read(struct bl_der *in, enum bl_digest digest);
/* bl_sig_alg_write appends it; PSS with all parameters. `key` tells whether an
 * RSA PKCS#1 signature is named rsaEncryption (CMS) or shaXWithRSA. */
void bl_sig_alg_write(struct bl_buf *out, const struct bl_sig_alg *alg);
/* bl_digest_alg_read reads a digest AlgorithmIdentifier; NONE for unknown
 * (md5 among them). */
enum bl_digest bl_digest_alg_read(struct bl_der *in);
void bl_digest_alg_write(struct bl_buf *out, enum bl_digest d);

#endif
