/* trial.h - what the tests of this module share. */
#ifndef BL_CMS_TRIAL_H
#define BL_CMS_TRIAL_H

#include "cms/internal.h"

/* ---- writing DER by hand ---- */

/*
 * bl_asm appends the DER of a text:
 *
 *	30{ ... }	constructed, with what stands between
 *	04:0a0b		primitive, the content in hexadecimal
 *	04*300		primitive, so many bytes of 'x'
 *	o(id-data)	OBJECT IDENTIFIER, by its name or by =hexadecimal
 *	=0a0b		these bytes as they are
 */
void bl_asm(struct bl_buf *out, const char *text);

/* ---- changing an element inside of DER ---- */

enum bl_graft { BL_REPLACE = 0, BL_BEFORE, BL_AFTER, BL_REMOVE, BL_INSIDE };

/*
 * bl_graft appends `der` with one element changed, and all lengths around it
 * made right again.
 *
 * path  "1.0.2" is the third child of the first child of the second one of
 *	 the outermost element; "" is that itself. Children are counted in any
 *	 constructed element
 * with  what is put in place of it, before or after it; BL_INSIDE: what becomes
 *	 its content, its tag stays
 */
void bl_graft(struct bl_buf *out, struct bl_span der, const char *path,
    enum bl_graft how, struct bl_span with);
/* bl_graft_text is the same with a text of bl_asm. */
void bl_graft_text(struct bl_buf *out, struct bl_span der, const char *path,
    enum bl_graft how, const char *with);
/* bl_regraft and bl_regraft_text change a place in *der itself. */
void bl_regraft(struct bl_buf *der, const char *path, enum bl_graft how,
    struct bl_span with);
void bl_regraft_text(
    struct bl_buf *der, const char *path, enum bl_graft how, const char *with);
/* bl_graft_at gives the element at a path; empty when there is none. */
struct bl_span bl_graft_at(struct bl_span der, const char *path);
/* bl_graft_ber appends `der` with indefinite lengths for all constructed
 * elements down to `levels`. */
void bl_graft_ber(struct bl_buf *out, struct bl_span der, unsigned levels);

/* ---- reading all of an object ---- */

struct bl_trial {
	struct bl_ctx *ctx;
	struct bl_policy policy;
	struct bl_limits limits;
	size_t piece;		     /* bytes fed at once; 0: all */
	const struct bl_secret *key; /* given at KEY; NULL: none */

	/* What happened. */
	struct bl_cms *cms;
	enum bl_err err;
	struct bl_note note;
	struct bl_buf content;
	char events[64]; /* T type, K key, C content, E content end, . end */
};
/* bl_trial_new makes one with the default limits. */
void bl_trial_new(struct bl_trial *t);
/* bl_trial_read reads `in` to its end or to the first error. */
enum bl_err bl_trial_read(struct bl_trial *t, struct bl_span in);
void bl_trial_free(struct bl_trial *t);

/* ---- making an encrypted object without any recipient's key ---- */

struct bl_shape {
	bool authenticated; /* AuthEnvelopedData */
	enum bl_cipher cipher;
	struct bl_span content;
	struct bl_span attributes; /* authAttrs as SET OF; empty: none */
};
/* bl_shape_write appends one in DER. Its one recipient is named by issuer and
 * serial; `key` is the content key. */
void bl_shape_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_shape *shape, const struct bl_secret *key);
/* bl_shape_key makes the content key of the cipher: bytes 0, 1, 2 ... */
struct bl_secret *bl_shape_key(enum bl_cipher cipher);

#endif
