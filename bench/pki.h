/* pki.h - a root, an intermediate and their revocation lists, made by
 * libcrypto. */
#ifndef BENCH_PKI_H
#define BENCH_PKI_H

#include <openssl/x509.h>

#include "bulla/bulla.h"

/* authority: everything is owned. */
struct authority {
	EVP_PKEY *key;
	X509 *x509;
	X509_CRL *crl; /* complete, of a few entries */
};
/* pki: the second authority is issued by the first, which is the anchor. */
struct pki {
	struct authority root, ca;
};

/* pki_init makes one with keys of this type (person.h). */
void pki_init(struct pki *p, const char *type);
void pki_clear(struct pki *p);
/* pki_issue makes a certificate for a mailbox. */
X509 *pki_issue(const struct authority *by, EVP_PKEY *key, const char *address,
    unsigned long serial);

/* Each appends to `out`: DER of one, or PEM. */
void pki_der(struct bl_buf *out, X509 *x);
void pki_crl_der(struct bl_buf *out, X509_CRL *crl);
/* pki_save writes a file of a folder, in PEM or as it is; NULL label: as it is. */
void pki_save(const char *folder, const char *name, const char *label,
    struct bl_span bytes);

/* pki_long_crl appends a complete list, in DER, of `n` entries with serial
 * numbers of 16 bytes and a reason each, signed by `by`. */
void pki_long_crl(struct bl_buf *out, const struct authority *by, size_t n);

#endif
