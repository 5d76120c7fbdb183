/* crl.h - what the engine sees of a revocation list beyond bulla/crl.h. */
#ifndef BL_CERT_CRL_H
#define BL_CERT_CRL_H

#include "bulla/crl.h"
#include "cert/cert.h"

/*
 * bl_crl_face is what a list says of itself; spans borrow from it.
 *
 * aki, idp	authorityKeyIdentifier, issuingDistributionPoint: whole values,
 *		empty where there is none
 * number, base	content of cRLNumber and of deltaCRLIndicator; empty: none
 * is_delta	it has a deltaCRLIndicator
 * unusable	it has a critical extension that is not understood, in an entry
 *		or its own
 * point	where it is to be found; scope: which certificates it is about
 */
struct bl_crl_face {
	enum bl_source source;
	struct bl_span tbs, signature, issuer, aki, idp, number, base;
	struct bl_sig_alg alg;
	int64_t this_update, next_update;
	bool has_next_update, is_delta, unusable;
	struct bl_dist_point point; /* of issuingDistributionPoint */
	bool only_users, only_cas, only_attributes, indirect;
};
const struct bl_crl_face *bl_crl_face(const struct bl_crl *c);

/* bl_crl_number_less compares contents of cRLNumber. */
bool bl_crl_number_less(struct bl_span a, struct bl_span b);

/* reasonCode, RFC 5280 5.3.1 */
enum { BL_CRL_REMOVED = 8 };

/*
 * bl_crl_find looks for a certificate, by the name of its issuer and its serial
 * number (content octets). The issuer of an entry is that of the list until an
 * entry of an indirect list names another (RFC 5280 5.3.3). Linear. True when
 * it is listed; *reason is its reasonCode, 0 where none is given, and *at
 * (which may be NULL) its revocationDate.
 */
bool bl_crl_find(const struct bl_crl *c, struct bl_span issuer,
    struct bl_span serial, unsigned *reason, int64_t *at);

#endif
