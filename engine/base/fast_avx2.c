/* fast_avx2.c - see fast.h: the loops for x86 processors with AVX2. */
#include "base/fast.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/platform/x86.h>

#define AVX2	  __attribute__((target("avx2")))

#define CHARS	  32u /* decoded, or made, at a time */
#define BYTES	  24u /* that they are */

/* Two halves alike, of 16 bytes. */
#define BOTH(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

AVX2 static __m256i
load(const uint8_t *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* ---- decoding ---- */

/*
 * The bytes that are no digit, a bit for each. The upper half of a byte says
 * what its lower half may not be: bit 0 is of the half 2 (+ and /), bit 1 of 3
 * (0 to 9), bit 2 of 4 and 6, bit 3 of 5 and 7, bit 4 of all others.
 */
AVX2 static unsigned
no_digits(__m256i v)
{
	const __m256i not_with = BOTH(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
	    0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
	const __m256i group = BOTH(
	    16, 16, 1, 2, 4, 8, 4, 8, 16, 16, 16, 16, 16, 16, 16, 16);
	const __m256i half = _mm256_set1_epi8(0x0f);
	__m256i upper = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);
	__m256i lower = _mm256_and_si256(v, half);
	__m256i wrong = _mm256_and_si256(_mm256_shuffle_epi8(not_with, lower),
	    _mm256_shuffle_epi8(group, upper));

	return ~(unsigned)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(wrong, _mm256_setzero_si256()));
}

/* Writes the BYTES that CHARS digits are. */
AVX2 static void
decode(uint8_t *out, __m256i v)
{
	/* To be added to a digit, by its upper half; / has a place of its own,
	 * the one before that of +. */
	const __m256i shift = BOTH(0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A',
	    26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i order = BOTH(
	    2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	const __m256i close = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
	__m256i upper = _mm256_and_si256(
	    _mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0f));
	__m256i slash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('/'));

	v = _mm256_add_epi8(
	    v, _mm256_shuffle_epi8(shift, _mm256_add_epi8(upper, slash)));
	/* four times six bits: two of them together, then all */
	v = _mm256_maddubs_epi16(v, _mm256_set1_epi32(0x01400140));
	v = _mm256_madd_epi16(v, _mm256_set1_epi32(0x00011000));
	v = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(v, order), close);
	_mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(v));
	_mm_storel_epi64(
	    (__m128i *)(void *)(out + 16), _mm256_extracti128_si256(v, 1));
}

/* Decodes the lines of the usual length that come first. Where the next one
 * starts is known without a look at this one: twice as fast as below. */
AVX2 static size_t
take_lines(uint8_t **out, const uint8_t *in, size_t n)
{
	size_t i = 0;

	for (; n - i >= BL_BASE64_CHARS + 2; i += BL_BASE64_CHARS + 2) {
		__m256i a = load(in + i), b = load(in + i + CHARS);
		__m256i c = load(in + i + BL_BASE64_CHARS - CHARS);

		if (in[i + BL_BASE64_CHARS] != '\r' ||
		    in[i + BL_BASE64_CHARS + 1] != '\n' ||
		    (no_digits(a) | no_digits(b) | no_digits(c)) != 0)
			break;
		decode(*out, a);
		decode(*out + BYTES, b);
		decode(*out + BL_BASE64_BYTES - BYTES, c);
		*out += BL_BASE64_BYTES;
	}
	return i;
}

AVX2 static size_t
take(uint8_t **out, const uint8_t *in, size_t n)
{
	uint8_t *to = *out;
	size_t i = 0, left;

	for (;;) {
		size_t from, run = 0;
		unsigned bad = 0;

		while (i < n && (in[i] == '\r' || in[i] == '\n'))
			i++;
		i += take_lines(&to, in + i, n - i);
		for (from = i; n - i >= CHARS; i += CHARS, to += BYTES) {
			__m256i v = load(in + i);

			if ((bad = no_digits(v)) != 0)
				break;
			decode(to, v);
		}
		if (bad == 0)
			break;
		run = (unsigned)__builtin_ctz(bad) & ~3u;
		if (i + run == from)
			break;
		if (i + run - from < CHARS) {
			i += bl_fast_plain.take(&to, in + i, run);
			continue;
		}
		/* The last quanta of a line, with some before them again. */
		i += run;
		to += run / 4 * 3;
		if (run > 0)
			decode(to - BYTES, load(in + i - CHARS));
	}
	*out = to;
	left = bl_fast_plain.take(out, in + i, n - i);
	return i + left;
}

/* ---- encoding ---- */

/* Writes the CHARS digits that BYTES bytes are. */
AVX2 static void
encode(uint8_t *out, const uint8_t *in)
{
	/* Three bytes a, b, c as b, a, c, b. The second half was read from 4
	 * bytes before its start, so that nothing behind its end is read. */
	const __m256i order = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8,
	    7, 10, 9, 11, 10, 5, 4, 6, 5, 8, 7, 9, 8, 11, 10, 12, 11, 14, 13,
	    15, 14);
	/* To be added to a value: by 0 of 26 to 51, 1 to 12 of 52 to 63, 13 of
	 * 0 to 25. */
	const __m256i shift = BOTH('a' - 26, '0' - 52, '0' - 52, '0' - 52,
	    '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
	    '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
	__m128i first = _mm_loadu_si128((const __m128i *)(const void *)in);
	__m128i second = _mm_loadu_si128(
	    (const __m128i *)(const void *)(in + 8));
	__m256i v = _mm256_inserti128_si256(
	    _mm256_castsi128_si256(first), second, 1);
	__m256i range;

	v = _mm256_shuffle_epi8(v, order);
	v = _mm256_or_si256(
	    _mm256_mulhi_epu16(
		_mm256_and_si256(v, _mm256_set1_epi32(0x0fc0fc00)),
		_mm256_set1_epi32(0x04000040)),
	    _mm256_mullo_epi16(
		_mm256_and_si256(v, _mm256_set1_epi32(0x003f03f0)),
		_mm256_set1_epi32(0x01000010)));
	range = _mm256_or_si256(_mm256_subs_epu8(v, _mm256_set1_epi8(51)),
	    _mm256_and_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(26), v),
		_mm256_set1_epi8(13)));
	v = _mm256_add_epi8(v, _mm256_shuffle_epi8(shift, range));
	_mm256_storeu_si256((__m256i *)(void *)out, v);
}

AVX2 static void
put(uint8_t *out, const uint8_t *in, size_t lines)
{
	for (; lines > 0;
	     lines--, in += BL_BASE64_BYTES, out += BL_BASE64_CHARS + 2) {
		encode(out, in);
		encode(out + CHARS, in + BYTES);
		/* the rest of the line, with some before it again */
		encode(out + BL_BASE64_CHARS - CHARS,
		    in + BL_BASE64_BYTES - BYTES);
		out[BL_BASE64_CHARS] = '\r';
		out[BL_BASE64_CHARS + 1] = '\n';
	}
}

/* ---- marks ---- */

AVX2 static uint64_t
mask(__m256i first, __m256i second)
{
	return (uint32_t)_mm256_movemask_epi8(first) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(second) << 32;
}

AVX2 static void
mark(struct bl_marks *out, const uint8_t *in, size_t n)
{
	const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
	const __m256i one = _mm256_set1_epi8(1);

	for (; n >= BL_MARKS; n -= BL_MARKS, in += BL_MARKS, out++) {
		__m256i a = load(in), b = load(in + 32);

		out->lf = mask(
		    _mm256_cmpeq_epi8(a, lf), _mm256_cmpeq_epi8(b, lf));
		out->cr = mask(
		    _mm256_cmpeq_epi8(a, cr), _mm256_cmpeq_epi8(b, cr));
		/* with a sign, those over 127 are below 0 */
		out->odd = mask(
		    _mm256_cmpgt_epi8(one, a), _mm256_cmpgt_epi8(one, b));
	}
	bl_fast_plain.mark(out, in, n);
}

static const struct bl_fast avx2 = {take, put, mark};

const struct bl_fast *
bl_fast_avx2(void)
{
	/* As libc found when it started. The compiler's own way would ask the
	 * processor again at every start, which under a hypervisor takes a tenth
	 * of a millisecond. */
	return CPU_FEATURE_ACTIVE(AVX2) ? &avx2 : NULL;
}
#else
const struct bl_fast *
bl_fast_avx2(void)
{
	return NULL;
}
#endif
