/* fuzz.h - what the fuzzers of this module share. */
#ifndef BL_CMS_FUZZ_H
#define BL_CMS_FUZZ_H

#include "cms/internal.h"

#define MUST(cond)                                                             \
	do {                                                                   \
		if (!(cond))                                                   \
			__builtin_trap();                                      \
	} while (0)

/* bl_fuzz_key_fn gives the content key that a reader asks for, or NULL. */
typedef struct bl_secret *bl_fuzz_key_fn(struct bl_cms *c);

/* bl_fuzz_run is what came of reading one input. */
struct bl_fuzz_run {
	struct bl_cms *cms;
	enum bl_err err;
	struct bl_buf content;
	unsigned keys, ends; /* events of the kind */
};
/* bl_fuzz_read reads `in` fed in pieces, and checks what always holds of the
 * order of events. */
void bl_fuzz_read(struct bl_fuzz_run *r, struct bl_ctx *ctx, struct bl_span in,
    size_t piece, bl_fuzz_key_fn *key);
void bl_fuzz_clear(struct bl_fuzz_run *r);
/* bl_fuzz_ctx is one for all runs. */
struct bl_ctx *bl_fuzz_ctx(void);

#endif
