/* crl.h - lists of certificates that were revoked. */
#ifndef BULLA_CRL_H
#define BULLA_CRL_H

#include "bulla/check.h"
#include "bulla/ctx.h"
#include "bulla/limits.h"

/* bl_crl is one certificate revocation list that was read; immutable, counted. */
struct bl_crl;

/*
 * bl_crl_read reads one CertificateList in strict DER (RFC 5280 5), complete,
 * indirect, or delta; keeps a copy. Every entry is looked at, and none kept: it
 * costs the size of the list in memory, and a search for each question.
 *
 * BL_E_MALFORMED  not DER, doubled extensions, trailing bytes, inner and outer
 *		   algorithm differ
 * BL_E_LIMIT	   size, number of entries (limit-crl)
 */
BL_API BL_CHECK enum bl_err bl_crl_read(struct bl_crl **out, struct bl_span der,
    const struct bl_limits *limits, struct bl_note *note);
/* bl_crl_hold adds an owner and returns c; bl_crl_free lets go, the last owner's
 * call frees. bl_crl_der: all of it, borrowed. */
BL_API struct bl_crl *bl_crl_hold(struct bl_crl *c);
BL_API void bl_crl_free(struct bl_crl *c);
BL_API struct bl_span bl_crl_der(const struct bl_crl *c);
/* bl_crl_set_source says where it came from; BL_SOURCE_GIVEN at birth. */
BL_API void bl_crl_set_source(struct bl_crl *c, enum bl_source source);
/*
 * bl_crl_order compares two lists of the same issuer, key (authorityKeyIdentifier)
 * and scope (issuingDistributionPoint; both complete, or both deltas): `a` is
 * OLDER when its thisUpdate or its cRLNumber is less, whatever the other one
 * says. Signatures are not looked at.
 */
BL_API enum bl_order bl_crl_order(
    const struct bl_crl *a, const struct bl_crl *b);
/* bl_crl_age: a number of more than 20 bytes (RFC 5280 5.2.3) counts as none. */
BL_API void bl_crl_age(struct bl_age *out, const struct bl_crl *c);

/* bl_crls is a list of them; {0} is empty. */
struct bl_crls {
	struct bl_crl **list; /* owned */
	size_t n, cap;
};
/* bl_crls_add reads one and adds it, from this source. Errors as bl_crl_read. */
BL_API BL_CHECK enum bl_err bl_crls_add(struct bl_crls *s, struct bl_span der,
    enum bl_source source, const struct bl_limits *limits,
    struct bl_note *note);
/*
 * bl_crls_import reads a file: one in DER, or any number in PEM. One that cannot
 * be read is counted and skipped, the rest go in.
 *
 * skipped  number of entries left out; note says why the first one was
 * BL_E_MALFORMED  nothing in the file is a list
 */
BL_API BL_CHECK enum bl_err bl_crls_import(struct bl_crls *s,
    struct bl_span file, const struct bl_limits *limits, size_t *skipped,
    struct bl_note *note);
/* bl_crls_take is bl_crls_import of a file that may be long: of a list in DER
 * the buffer is taken over, and `file` is empty then; else it stays as it is. */
BL_API BL_CHECK enum bl_err bl_crls_take(struct bl_crls *s, struct bl_buf *file,
    const struct bl_limits *limits, size_t *skipped, struct bl_note *note);
BL_API void bl_crls_clear(struct bl_crls *s);

#endif
