/* edwards.c - which bytes are a public key of EdDSA: the number y of a point,
 * little end first, and in the last bit the sign of x (RFC 8032 5.1.2, 5.2.2). */
#include <string.h>

#include "crypto/internal.h"

#define Y_MAX	57 /* bytes */
#define F4	0xff, 0xff, 0xff, 0xff
#define F12	F4, F4, F4
#define F28	F12, F12, F4
#define SMALL_Y 5

/*
 * curve is what is known of one: the prime, and the y of all points whose order
 * divides the cofactor. With such a key somebody else can make signatures that
 * hold over many texts, or over any.
 */
struct curve {
	enum bl_key_kind kind;
	size_t n; /* bytes */
	uint8_t prime[Y_MAX];
	size_t small_n;
	uint8_t small[SMALL_Y][Y_MAX];
};

static const struct curve curves[] = {
    {BL_KEY_ED25519, 32, {0xed, F28, 0xff, 0xff, 0x7f}, 5,
	{
	    {1},			   /* order 1 */
	    {0xec, F28, 0xff, 0xff, 0x7f}, /* 2 */
	    {0},			   /* 4 */
	    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
		0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3,
		0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc,
		0x05}, /* 8 */
	    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
		0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c,
		0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03,
		0x7a}, /* 8 */
	}},
    {BL_KEY_ED448, 57, {F28, 0xfe, F12, F12, 0xff, 0xff, 0xff, 0x00}, 3,
	{
	    {1}, /* 1 */
	    {0xfe, F12, F12, 0xff, 0xff, 0xff, 0xfe, F12, F12, 0xff, 0xff, 0xff,
		0x00}, /* 2 */
	    {0},       /* 4 */
	}},
};

static const struct curve *
curve_of(enum bl_key_kind kind)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(*curves); i++)
		if (curves[i].kind == kind)
			return &curves[i];
	return NULL;
}

/* y alone; false for a key of another length. */
static bool
take_y(uint8_t y[Y_MAX], const struct curve *c, struct bl_span key)
{
	if (key.n != c->n)
		return false;
	memcpy(y, key.p, key.n);
	y[c->n - 1] &= 0x7f;
	return true;
}

bool
bl_edwards_is_key(enum bl_key_kind kind, struct bl_span key)
{
	const struct curve *c = curve_of(kind);
	uint8_t y[Y_MAX];

	if (c == NULL || !take_y(y, c, key))
		return false;
	for (size_t i = c->n; i-- > 0;)
		if (y[i] != c->prime[i])
			return y[i] < c->prime[i];
	return false;
}

bool
bl_edwards_is_small(enum bl_key_kind kind, struct bl_span key)
{
	const struct curve *c = curve_of(kind);
	uint8_t y[Y_MAX];

	if (c == NULL || !take_y(y, c, key))
		return false;
	for (size_t i = 0; i < c->small_n; i++)
		if (memcmp(y, c->small[i], c->n) == 0)
			return true;
	return false;
}
