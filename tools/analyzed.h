/* analyzed.h - what analysers, which read one file at a time, cannot know; given
 * to them before each file by tools/analyze, never to a build. */
#ifndef BL_ANALYZED_H
#define BL_ANALYZED_H

#include "bulla/base.h"

#define bl_fail(note, err, at, what, source)                                   \
	((void)(bl_fail)((note), (err), (at), (what), (source)), (err))
#define bl_fail_limit(note, at, reason, what, source)                          \
	((void)(bl_fail_limit)((note), (at), (reason), (what), (source)),      \
	    BL_E_LIMIT)

#endif
