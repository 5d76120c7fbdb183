/* check.h - is this certificate good: what is asked, and how strictly. */
#ifndef BULLA_CHECK_H
#define BULLA_CHECK_H

#include "bulla/base.h"

/* bl_purpose is what a certificate is to be good for; ANY: no usage is asked
 * for. */
enum bl_purpose { BL_PURPOSE_ANY = 0, BL_PURPOSE_SIGN, BL_PURPOSE_ENCRYPT };

/*
 * bl_revocation is what a certificate needs to be told of its revocation, each
 * but the anchor:
 *
 * REQUIRE  an answer that is fresh at the time that counts
 * PREFER   none; but what an answer says counts
 * OFF	    answers are not looked at
 */
enum bl_revocation {
	BL_REVOCATION_REQUIRE = 0,
	BL_REVOCATION_PREFER,
	BL_REVOCATION_OFF,
};

#endif
