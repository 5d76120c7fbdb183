/* reasons.c - the codes and sentences of bulla/reasons.h. */
#include "bulla/reasons.h"

const char *
bl_reason_code(enum bl_reason r)
{
	switch (r) {
#define X(id, code, worst, text)                                               \
	case BL_REASON_##id:                                                   \
		return code;
		BL_REASONS
#undef X
	case BL_REASON_COUNT:
		break;
	}
	return NULL;
}

const char *
bl_reason_text(enum bl_reason r)
{
	switch (r) {
#define X(id, code, worst, text)                                               \
	case BL_REASON_##id:                                                   \
		return text;
		BL_REASONS
#undef X
	case BL_REASON_COUNT:
		break;
	}
	return NULL;
}
