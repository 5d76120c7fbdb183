/* chain.h - what is told of the certificates of a path, and warned of. */
#ifndef BL_MESSAGE_CHAIN_H
#define BL_MESSAGE_CHAIN_H

#include "message/wants.h"

/*
 * bl_chain is a path with where its certificates came from; what is in none of
 * the sets was given.
 *
 * at	    the time that counts
 * answers  of each certificate, or NULL
 * asked    the first one is the one that was asked about
 * message  certificates of the message; gather: what was asked for. Each NULL:
 *	    none
 */
struct bl_chain {
	const struct bl_certs *path;
	const struct bl_revocation_answer *answers;
	int64_t at;
	bool asked;
	const struct bl_certs *anchors, *message;
	const struct bl_gather *gather;
};
/* bl_chain_json appends the member "chain" (bulla-cert(1)). */
void bl_chain_json(struct bl_buf *b, const struct bl_chain *c);

/* BL_SOON: seconds before its end from which a certificate is warned of. */
#define BL_SOON ((int64_t)30 * 86400)
/* bl_warnings_json appends the member "warnings" for a certificate, which may
 * be NULL: the code "expires-soon" from 30 days before notAfter to notAfter, that
 * second included. */
void bl_warnings_json(struct bl_buf *b, const struct bl_cert *c, int64_t at);

#endif
