/* late.c - GCM whose authenticated data comes after its content.
 *
 * The tag is E(J0) + AAD(H) * H^(m + 1) + content and lengths (H), where m is
 * the number of blocks of content, AAD() the polynomial of GHASH, and the
 * length of the AAD stands in the last block: NIST SP 800-38D 6.4, 7.1. All of
 * it is linear, so that the share of the AAD can be added or taken away last.
 */
#include "cms/internal.h"

#include <string.h>

#define BLOCK 16

/* An element of GF(2^128) as GHASH writes it: the first bit is that of x^0. */
struct element {
	uint64_t high, low;
};

static struct element
load(const uint8_t *p)
{
	struct element e = {0};

	for (int i = 0; i < 8; i++) {
		e.high = e.high << 8 | p[i];
		e.low = e.low << 8 | p[8 + i];
	}
	return e;
}

static struct element
add(struct element a, struct element b)
{
	return (struct element){a.high ^ b.high, a.low ^ b.low};
}

/* SP 800-38D 6.3, in time that depends on no bit. */
static struct element
times(struct element a, struct element b)
{
	struct element sum = {0};

	for (int i = 0; i < 128; i++) {
		uint64_t bit = i < 64 ? a.high >> (63 - i) : a.low >> (127 - i);
		uint64_t take = 0 - (bit & 1), carry = 0 - (b.low & 1);

		sum.high ^= b.high & take;
		sum.low ^= b.low & take;
		b.low = b.low >> 1 | b.high << 63;
		b.high = b.high >> 1 ^ (carry & UINT64_C(0xe1) << 56);
	}
	return sum;
}

static struct element
power(struct element base, uint64_t n)
{
	struct element e = {UINT64_C(1) << 63, 0};

	for (; n != 0; n >>= 1) {
		if (n & 1)
			e = times(e, base);
		base = times(base, base);
	}
	return e;
}

/* H is a block of zeros enciphered: what CBC makes of it with an IV of zeros. */
static enum bl_err
hash_key(struct element *h, struct bl_ctx *ctx, const struct bl_secret *key,
    struct bl_note *note)
{
	static const uint8_t zeros[BLOCK];
	static const enum bl_cipher ciphers[] = {
	    BL_AES128_CBC, BL_AES192_CBC, BL_AES256_CBC};
	struct bl_sealing *s = NULL;
	struct bl_buf out = {0};
	enum bl_cipher c = ciphers[bl_secret_reveal(key).n / 8 - 2];
	enum bl_err err;

	if ((err = bl_sealing_new(&s, ctx, c, BL_ENCRYPT, key,
		 bl_span_of(zeros, BLOCK), note)) != BL_OK ||
	    (err = bl_sealing_add(s, &out, bl_span_of(zeros, BLOCK), note)) !=
		BL_OK ||
	    (err = bl_sealing_end(s, &out, NULL, note)) != BL_OK)
		goto out;
	*h = load(out.p);
out:
	bl_buf_clear(&out);
	bl_sealing_free(s);
	return err;
}

enum bl_err
bl_late_aad(uint8_t tag[BL_TAG_SIZE], struct bl_ctx *ctx,
    const struct bl_secret *key, struct bl_span aad, uint64_t n,
    struct bl_note *note)
{
	struct element h, sum = {0}, bits = {(uint64_t)aad.n * 8, 0};
	uint8_t last[BLOCK];
	enum bl_err err;

	if ((err = hash_key(&h, ctx, key, note)) != BL_OK)
		return err;
	for (size_t at = 0; at < aad.n; at += BLOCK) {
		struct bl_span s = bl_span_cut(aad, at, BLOCK);

		memset(last, 0, sizeof(last));
		memcpy(last, s.p, s.n);
		sum = times(add(sum, load(last)), h);
	}
	sum = times(sum, power(h, n / BLOCK + (n % BLOCK != 0) + 1));
	sum = add(sum, times(bits, h));
	for (int i = 0; i < 8; i++) {
		tag[i] ^= (uint8_t)(sum.high >> (56 - 8 * i));
		tag[8 + i] ^= (uint8_t)(sum.low >> (56 - 8 * i));
	}
	bl_wipe(&h, sizeof(h));
	return BL_OK;
}
