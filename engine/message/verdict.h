/* verdict.h - the inside of a verdict; judge.c alone fills it. */
#ifndef BL_MESSAGE_VERDICT_H
#define BL_MESSAGE_VERDICT_H

#include "bulla/verdict.h"
#include "trust/trust.h"

struct bl_gather;

/* bl_verdict_signer is a signer with what its public face borrows. */
struct bl_verdict_signer {
	struct bl_signer face;
	struct bl_trust_answer answer;
	struct bl_buf name, trace;
};

/* bl_verdict_field is a field that is shown, with what its face borrows. */
struct bl_verdict_field {
	struct bl_shown_field face;
	struct bl_buf text, outside;
};
#define BL_VERDICT_DIFFERS 20 /* room for each name there is, and NULL */

/*
 * deciding  index of the signer that the signature of the message stands for,
 *	     SIZE_MAX: none
 * at	     the time that counts
 * sources   message, anchors, gather: where a certificate of a chain came from;
 *	     in none of them: it was given
 */
struct bl_verdict {
	enum bl_encryption encryption;
	enum bl_signature signature;
	bl_reasons reasons;
	const char *limit;
	struct bl_note note;
	struct bl_verdict_signer *signers;
	size_t signer_count, signer_cap;
	size_t deciding;
	struct bl_layer *layers;
	size_t layer_count, layer_cap;
	struct bl_buf sender;
	enum bl_header_form form;
	struct bl_verdict_field *fields;
	size_t field_count, field_cap;
	const char *differs[BL_VERDICT_DIFFERS];
	struct bl_legacy_display *legacy;
	size_t legacy_count;
	unsigned defects;
	struct bl_certs message;
	const struct bl_certs *anchors; /* may be NULL */
	const struct bl_gather *gather;
	int64_t at;
	bool is_proven; /* it is when the message is known to have existed */
	struct bl_buf trace;
};

void bl_verdict_clear(struct bl_verdict *v);

/* bl_reasons_status is the signature that a set of reasons leaves: VALID where
 * none lowers it. */
enum bl_signature bl_reasons_status(bl_reasons reasons);

/* bl_layer_kind_name: "clear-signed". */
const char *bl_layer_kind_name(enum bl_layer_kind kind);

#endif
