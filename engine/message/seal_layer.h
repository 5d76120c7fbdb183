/* seal_layer.h - one layer being written around an entity. */
#ifndef BL_MESSAGE_SEAL_LAYER_H
#define BL_MESSAGE_SEAL_LAYER_H

#include "bulla/seal.h"
#include "cms/cms.h"
#include "mime/mime.h"

enum bl_sealing_kind {
	BL_SEALING_CLEAR = 1, /* multipart/signed */
	BL_SEALING_OPAQUE,    /* application/pkcs7-mime, signed-data */
	BL_SEALING_CRYPT,     /* application/pkcs7-mime, encrypted */
};

/*
 * bl_seal_layer turns the bytes of an entity into the bytes of the entity
 * around it: begin, any number of add, end. A signing layer answers end with
 * BL_NEED until it has its signature.
 */
struct bl_seal_layer {
	enum bl_sealing_kind kind;
	struct bl_ctx *ctx;
	struct bl_cms_sign how; /* signing layers */
	struct bl_hashes *hashes;
	struct bl_want_sign want;
	struct bl_buf want_store, want_frame, signature;
	bool wanted, streaming;
	char boundary[48];
	struct bl_cms_seal *crypt; /* CRYPT, once streaming or at the end */
	enum bl_cipher cipher;
	const struct bl_cms_to *to; /* borrowed */
	size_t to_count;
	enum bl_cms_name_by by;
	struct bl_buf held; /* content until it is known to be long */
	struct bl_buf cms;  /* CMS bytes about to be base64 */
	struct bl_base64 base64;
};

/* bl_seal_layer_begin appends the header of the layer's entity.
 * BL_E_SYSTEM (no randomness), BL_E_MEMORY. */
BL_CHECK enum bl_err bl_seal_layer_begin(
    struct bl_seal_layer *l, struct bl_buf *out, struct bl_note *note);
BL_CHECK enum bl_err bl_seal_layer_add(struct bl_seal_layer *l,
    struct bl_buf *out, struct bl_span in, struct bl_note *note);
/* bl_seal_layer_end: BL_NEED when `want_frame` is to be answered; then set
 * `signature` and call again. */
BL_CHECK enum bl_err bl_seal_layer_end(
    struct bl_seal_layer *l, struct bl_buf *out, struct bl_note *note);
void bl_seal_layer_clear(struct bl_seal_layer *l);

#endif
