/* person.h - somebody with a key and a certificate, as bulla has them and as
 * libcrypto does. */
#ifndef BENCH_PERSON_H
#define BENCH_PERSON_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "bulla/bulla.h"
#include "crypto/crypto.h"

/* person: everything is owned. The certificate is self-signed. */
struct person {
	EVP_PKEY *key;
	X509 *x509;
	struct bl_priv *priv;
	struct bl_cert *cert;
};

/* person_key makes a key: "RSA" of 2048 bits, or "EC" on P-256. */
EVP_PKEY *person_key(const char *type);
/* person_init takes over a reference of `key`. */
void person_init(struct person *p, struct bl_ctx *ctx, EVP_PKEY *key,
    const char *address, unsigned long serial);
void person_clear(struct person *p);

#endif
