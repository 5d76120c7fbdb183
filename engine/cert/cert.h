/* cert.h - what the engine sees of a certificate beyond bulla/cert.h. */
#ifndef BL_CERT_CERT_H
#define BL_CERT_CERT_H

#include "bulla/cert.h"
#include "crypto/crypto.h"
#include "der/alg.h"
#include "der/der.h"

/* bl_cert_pub borrows the key, NULL when its algorithm is not handled. */
const struct bl_pub *bl_cert_pub(const struct bl_cert *c);
/* bl_cert_tbs: the signed bytes; bl_cert_signature: the signature's octets. */
struct bl_span bl_cert_tbs(const struct bl_cert *c);
struct bl_span bl_cert_signature(const struct bl_cert *c);

#endif
