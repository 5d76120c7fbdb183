/* verdict.c - see bulla/verdict.h and verdict.h. */
#include "message/verdict.h"

#include "bulla/reasons.h"

const char *
bl_layer_kind_name(enum bl_layer_kind kind)
{
	switch (kind) {
	case BL_LAYER_CLEAR_SIGNED:
		return "clear-signed";
	case BL_LAYER_OPAQUE_SIGNED:
		return "opaque-signed";
	case BL_LAYER_DETACHED:
		return "detached";
	case BL_LAYER_CERTS_ONLY:
		return "certs-only";
	case BL_LAYER_ENVELOPED:
		return "enveloped";
	case BL_LAYER_AUTH_ENVELOPED:
		return "auth-enveloped";
	case BL_LAYER_COMPRESSED:
		return "compressed";
	case BL_LAYER_OTHER:
		return "other";
	}
	return "other";
}

/* What each reason does to a signature; NONE lowers nothing. */
#define NONE	   BL_SIGNATURE_VALID
#define UNVERIFIED BL_SIGNATURE_UNVERIFIED
#define INVALID	   BL_SIGNATURE_INVALID
static const enum bl_signature worst[] = {
#define X(id, code, lowers, text) lowers,
    BL_REASONS
#undef X
};
#undef NONE
#undef UNVERIFIED
#undef INVALID

enum bl_signature
bl_reasons_status(bl_reasons reasons)
{
	enum bl_signature s = BL_SIGNATURE_VALID;

	for (unsigned r = 0; r < BL_REASON_COUNT; r++)
		if ((reasons >> r & 1) != 0 && worst[r] > s)
			s = worst[r];
	return s;
}

enum bl_encryption
bl_verdict_encryption(const struct bl_verdict *v)
{
	return v->encryption;
}

enum bl_signature
bl_verdict_signature(const struct bl_verdict *v)
{
	return v->signature;
}

bl_reasons
bl_verdict_reasons(const struct bl_verdict *v)
{
	return v->reasons;
}

const char *
bl_verdict_limit(const struct bl_verdict *v)
{
	return v->limit;
}

const struct bl_note *
bl_verdict_note(const struct bl_verdict *v)
{
	return &v->note;
}

size_t
bl_verdict_signer_count(const struct bl_verdict *v)
{
	return v->signer_count;
}

const struct bl_signer *
bl_verdict_signer(const struct bl_verdict *v, size_t i)
{
	return i < v->signer_count ? &v->signers[i].face : NULL;
}

size_t
bl_verdict_layer_count(const struct bl_verdict *v)
{
	return v->layer_count;
}

const struct bl_layer *
bl_verdict_layer(const struct bl_verdict *v, size_t i)
{
	return i < v->layer_count ? &v->layers[i] : NULL;
}

struct bl_span
bl_verdict_sender(const struct bl_verdict *v)
{
	return bl_buf_span(&v->sender);
}

size_t
bl_verdict_field_count(const struct bl_verdict *v)
{
	return v->field_count;
}

const struct bl_shown_field *
bl_verdict_field(const struct bl_verdict *v, size_t i)
{
	return i < v->field_count ? &v->fields[i].face : NULL;
}

enum bl_header_form
bl_verdict_header_form(const struct bl_verdict *v)
{
	return v->form;
}

const char *
bl_verdict_differs(const struct bl_verdict *v, size_t i)
{
	return i < BL_VERDICT_DIFFERS ? v->differs[i] : NULL;
}

size_t
bl_verdict_legacy_count(const struct bl_verdict *v)
{
	return v->legacy_count;
}

const struct bl_legacy_display *
bl_verdict_legacy(const struct bl_verdict *v, size_t i)
{
	return i < v->legacy_count ? &v->legacy[i] : NULL;
}

void
bl_verdict_clear(struct bl_verdict *v)
{
	for (size_t i = 0; i < v->signer_count; i++) {
		bl_trust_answer_clear(&v->signers[i].answer);
		bl_buf_clear(&v->signers[i].name);
		bl_buf_clear(&v->signers[i].trace);
	}
	bl_release(v->signers);
	bl_release(v->layers);
	for (size_t i = 0; i < v->field_count; i++) {
		bl_buf_clear(&v->fields[i].text);
		bl_buf_clear(&v->fields[i].outside);
	}
	bl_release(v->fields);
	bl_release(v->legacy);
	bl_buf_clear(&v->sender);
	bl_buf_clear(&v->trace);
	bl_certs_clear(&v->message);
	*v = (struct bl_verdict){0};
}
