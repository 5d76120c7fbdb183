/* base64.h - what the loops of base64 share; see bulla/base.h. */
#ifndef BL_BASE_BASE64_H
#define BL_BASE_BASE64_H

#include "base/base.h"

/* What a byte is: the value of a digit, or one of these. */
enum bl_base64_class {
	BL_BASE64_NO_DIGIT = 0x80, /* the bit of all that are none */
	BL_BASE64_SKIP = 0x80,
	BL_BASE64_PAD = 0x81,
	BL_BASE64_BAD = 0x82,
};
extern const uint8_t bl_base64_class[256];
/* bl_base64_quanta encodes 3 * quanta bytes into 4 * quanta characters. */
void bl_base64_quanta(uint8_t *out, const uint8_t *in, size_t quanta);

#endif
