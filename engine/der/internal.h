/* internal.h - what the files of der share. */
#ifndef BL_DER_INTERNAL_H
#define BL_DER_INTERNAL_H

#include "base/base.h"

/* Whether content octets are DER of their type (X.690 8 and 11). */
bool bl_boolean_ok(struct bl_span content);
bool bl_integer_ok(struct bl_span content);
bool bl_bits_ok(struct bl_span content);
bool bl_null_ok(struct bl_span content);

#endif
