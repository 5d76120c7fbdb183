/* analyzed.h - what analysers, which read one file at a time, cannot know; given
 * to them before each file by tools/analyze, never to a build. */
#ifndef BL_ANALYZED_H
#define BL_ANALYZED_H

#include "bulla/base.h"

static inline enum bl_err
bl_fail_known(struct bl_note *note, enum bl_err err, uint64_t at,
    const char *what, const char *source)
{
	if (bl_fail(note, err, at, what, source) != err)
		__builtin_unreachable();
	return err;
}

static inline enum bl_err
bl_buf_err_known(const struct bl_buf *b, struct bl_note *note)
{
	if (bl_buf_err(b, note) != b->err)
		__builtin_unreachable();
	return b->err;
}

#define bl_fail	   bl_fail_known
#define bl_buf_err bl_buf_err_known
#define bl_fail_limit(note, at, reason, what, source)                          \
	((void)(bl_fail_limit)((note), (at), (reason), (what), (source)),      \
	    BL_E_LIMIT)

#endif
