/* verdict_names.c - the words of a verdict: alone, so that a program that reads
 * them is not linked with all that judges (docs/adr/0010). */
#include "bulla/verdict.h"

const char *
bl_encryption_name(enum bl_encryption e)
{
	switch (e) {
	case BL_ENCRYPTION_NONE:
		return "none";
	case BL_ENCRYPTION_INTACT:
		return "intact";
	case BL_ENCRYPTION_UNAUTHENTICATED:
		return "unauthenticated";
	case BL_ENCRYPTION_PARTIAL:
		return "partial";
	case BL_ENCRYPTION_FAILED:
		return "failed";
	}
	return "failed";
}

const char *
bl_signature_name(enum bl_signature s)
{
	switch (s) {
	case BL_SIGNATURE_NONE:
		return "none";
	case BL_SIGNATURE_VALID:
		return "valid";
	case BL_SIGNATURE_UNVERIFIED:
		return "unverified";
	case BL_SIGNATURE_INVALID:
		return "invalid";
	}
	return "invalid";
}
