/* tnef_fuzz.c - any bytes as winmail.dat: the same comes of them however they
 * are cut, and in bounded memory. */
#include "mime/tnef.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Makes the sums of all attributes right, so that what is in them is read. */
static void
mend(uint8_t *p, size_t n)
{
	size_t at = 6;

	while (n >= at + 11) {
		uint32_t size = p[at + 5] | (uint32_t)p[at + 6] << 8 |
		    (uint32_t)p[at + 7] << 16 | (uint32_t)p[at + 8] << 24;
		uint16_t sum = 0;

		if (size > n - at - 11)
			return;
		for (size_t i = 0; i < size; i++)
			sum = (uint16_t)(sum + p[at + 9 + i]);
		p[at + 9 + size] = (uint8_t)sum;
		p[at + 10 + size] = (uint8_t)(sum >> 8);
		at += 11 + size;
	}
}

static void
read_all(struct bl_tnef *t, struct bl_span in, size_t piece)
{
	*t = (struct bl_tnef){0};
	for (size_t i = 0; i < in.n; i += piece) {
		bl_tnef_add(t, bl_span_cut(in, i, piece));
		if (t->kept.n > BL_TNEF_PROPS_MAX)
			abort();
	}
}

static void
compare(struct bl_span in)
{
	struct bl_tnef a, b;

	read_all(&a, in, in.n + 1);
	read_all(&b, in, in.n % 13 + 1);
	if (bl_tnef_is_smime(&a) != bl_tnef_is_smime(&b) ||
	    bl_tnef_is_bad(&a) != bl_tnef_is_bad(&b) ||
	    bl_tnef_err(&a, NULL) != BL_OK)
		abort();
	bl_tnef_clear(&a);
	bl_tnef_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n + 1);

	compare(bl_span_of(data, n));
	memcpy(copy, data, n);
	mend(copy, n);
	compare(bl_span_of(copy, n));
	free(copy);
	return 0;
}
