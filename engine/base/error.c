/* error.c - the codes' names and the notes; see bulla/base.h. */
#include "base/base.h"

const char *
bl_err_name(enum bl_err err)
{
	switch (err) {
	case BL_OK:
		return "ok";
	case BL_NEED:
		return "need";
	case BL_E_MALFORMED:
		return "malformed";
	case BL_E_UNSUPPORTED:
		return "unsupported";
	case BL_E_LIMIT:
		return "limit";
	case BL_E_FORGED:
		return "forged";
	case BL_E_NOKEY:
		return "nokey";
	case BL_E_DENIED:
		return "denied";
	case BL_E_MISSING:
		return "missing";
	case BL_E_SYSTEM:
		return "system";
	case BL_E_MEMORY:
		return "memory";
	case BL_E_CALLER:
		return "caller";
	}
	return "unknown";
}

static enum bl_err
fill(struct bl_note *note, const struct bl_note *with)
{
	if (note != NULL && note->err == BL_OK)
		*note = *with;
	return with->err;
}

enum bl_err
bl_fail(struct bl_note *note, enum bl_err err, uint64_t at, const char *what,
    const char *source)
{
	return fill(note,
	    &(struct bl_note){
		.err = err, .at = at, .what = what, .source = source});
}

enum bl_err
bl_fail_limit(struct bl_note *note, uint64_t at, const char *reason,
    const char *what, const char *source)
{
	return fill(note,
	    &(struct bl_note){.err = BL_E_LIMIT,
		.at = at,
		.what = what,
		.source = source,
		.reason = reason});
}
