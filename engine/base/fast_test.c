/* fast_test.c - every make of a loop gives what the plain one does, and keeps
 * to its bounds. */
#include "base/fast.h"
#include "tests/test.h"

#include <string.h>

#define ROOM  1024
#define GUARD 64   /* bytes around what a loop may write */
#define FILL  0xa5 /* what they hold */

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static uint32_t seed = 1;

static uint32_t
next(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 16;
}

/* The makes that run here; the plain one is what they are held against. */
static size_t
makes(const struct bl_fast *out[2])
{
	out[0] = &bl_fast_plain;
	out[1] = bl_fast_avx2();
	return out[1] != NULL ? 2 : 1;
}

static void
the_best_make_is_taken(void)
{
	const struct bl_fast *avx2 = bl_fast_avx2();

	CHECK(bl_fast() == (avx2 != NULL ? avx2 : &bl_fast_plain), "best");
}

/* Whether nothing but [0, n) of the middle was written. */
static bool
in_bounds(const uint8_t *guarded, size_t n)
{
	for (size_t i = 0; i < GUARD; i++)
		if (guarded[i] != FILL)
			return false;
	for (size_t i = GUARD + n; i < ROOM + 2 * GUARD; i++)
		if (guarded[i] != FILL)
			return false;
	return true;
}

/* ---- take ---- */

/* Decodes with one make from a copy that ends where memory does, for the
 * sanitizer to see, into a room that is watched. */
static size_t
take(const struct bl_fast *f, uint8_t *out, size_t *made, struct bl_span in)
{
	uint8_t guarded[ROOM + 2 * GUARD], *to = guarded + GUARD;
	uint8_t *copy = bl_alloc(in.n + 1), *at = copy + 1;
	size_t took;

	if (in.n > 0)
		memcpy(at, in.p, in.n);
	memset(guarded, FILL, sizeof(guarded));
	took = f->take(&to, at, in.n);
	*made = (size_t)(to - guarded) - GUARD;
	CHECK(took <= in.n && *made <= in.n / 4 * 3, "taken");
	CHECK(in_bounds(guarded, *made), "bounds");
	memcpy(out, guarded + GUARD, *made);
	bl_release(copy);
	return took;
}

/* What every make says of one text. */
static size_t
takes_alike(struct bl_span in)
{
	const struct bl_fast *f[2];
	uint8_t out[2][ROOM];
	size_t n = makes(f), made[2], took[2];

	for (size_t i = 0; i < n; i++) {
		took[i] = take(f[i], out[i], &made[i], in);
		CHECK(took[i] == took[0] && made[i] == made[0], "alike");
		CHECK(memcmp(out[i], out[0], made[0]) == 0, "alike");
	}
	return took[0];
}

static void
fill_digits(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)digits[next() % 64];
}

/* Each byte at each place of two steps: digits go on, CR and LF where a
 * quantum ends, all else stops. */
static void
takes_each_byte_in_each_place_alike(void)
{
	uint8_t text[80], with[80];

	fill_digits(text, sizeof(text));
	for (size_t at = 0; at < 72; at++)
		for (unsigned c = 0; c < 256; c++) {
			bool digit = c != 0 && strchr(digits, (int)c) != NULL;
			bool line = (c == '\r' || c == '\n') && at % 4 == 0;
			size_t want = at / 4 * 4, took;

			memcpy(with, text, sizeof(text));
			with[at] = (uint8_t)c;
			took = takes_alike(bl_span_of(with, sizeof(with)));
			if (digit)
				want = sizeof(with);
			else if (line)
				want = 77;
			CHECK(took == want, "each byte");
		}
}

/* Lines of every length, with every line end, cut anywhere. */
static void
takes_lines_of_every_length_alike(void)
{
	static const char *const ends[] = {"\r\n", "\n", "\r", "\n\n", " \n"};
	uint8_t text[400];

	for (size_t width = 1; width <= 140; width++)
		for (size_t e = 0; e < 5; e++) {
			size_t n = strlen(ends[e]);

			fill_digits(text, sizeof(text));
			for (size_t i = width; i + n < sizeof(text);
			     i += width + n)
				memcpy(text + i, ends[e], n);
			for (size_t cut = sizeof(text) - 9; cut > 0;
			     cut -= cut < 9 ? 1 : 9)
				takes_alike(bl_span_of(text, cut));
		}
}

/* Whatever is left over of random damage. */
static void
takes_damaged_text_alike(void)
{
	uint8_t text[300];

	for (unsigned round = 0; round < 20000; round++) {
		size_t from = next() % 32, n = next() % (sizeof(text) - 32);

		fill_digits(text, sizeof(text));
		for (size_t i = BL_BASE64_CHARS;
		     round % 2 == 0 && i + 2 <= sizeof(text);
		     i += BL_BASE64_CHARS + 2)
			memcpy(text + i, "\r\n", 2);
		for (unsigned hits = next() % 6; hits > 0; hits--)
			text[next() % sizeof(text)] =
			    (uint8_t) "\r\n= \t\x80-\xff"[next() % 8];
		takes_alike(bl_span_of(text + from, n));
	}
}

/* ---- put ---- */

static void
puts_lines_alike_and_back(void)
{
	const struct bl_fast *f[2];
	size_t n = makes(f);
	uint8_t in[12 * BL_BASE64_BYTES + 32];

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)next();
	for (size_t from = 0; from < 32; from++)
		for (size_t lines = 0; lines <= 12; lines++)
			for (size_t i = 0; i < n; i++) {
				uint8_t out[ROOM + 2 * GUARD], back[ROOM];
				uint8_t *to = back;
				size_t made = lines * (BL_BASE64_CHARS + 2);
				struct bl_buf copy = {0};

				bl_buf_add(&copy,
				    bl_span_of(
					in + from, lines * BL_BASE64_BYTES));
				memset(out, FILL, sizeof(out));
				f[i]->put(out + GUARD, copy.p, lines);
				CHECK(in_bounds(out, made), "bounds");
				for (size_t k = 1; k <= lines; k++)
					CHECK(
					    memcmp(out + GUARD +
						    k * (BL_BASE64_CHARS + 2) -
						    2,
						"\r\n", 2) == 0,
					    "line end");
				CHECK(bl_fast_plain.take(
					  &to, out + GUARD, made) == made,
				    "back");
				CHECK(bl_span_equal(
					  bl_span_of(back, (size_t)(to - back)),
					  bl_buf_span(&copy)),
				    "back");
				bl_buf_clear(&copy);
			}
}

/* Every three bytes' worth of bits in the places of a line. */
static void
puts_every_value_in_every_place(void)
{
	const struct bl_fast *f[2];
	size_t n = makes(f);

	for (size_t at = 0; at < BL_BASE64_CHARS; at++)
		for (unsigned v = 0; v < 64; v++) {
			uint8_t in[BL_BASE64_BYTES] = {0},
				out[BL_BASE64_CHARS + 2];
			unsigned bit = (unsigned)at * 6;

			for (unsigned b = 0; b < 6; b++)
				if ((v >> (5 - b) & 1) != 0)
					in[(bit + b) / 8] |= (uint8_t)(0x80 >>
					    (bit + b) % 8);
			for (size_t i = 0; i < n; i++) {
				f[i]->put(out, in, 1);
				for (size_t k = 0; k < BL_BASE64_CHARS; k++)
					CHECK(out[k] ==
						(uint8_t)
						    digits[k == at ? v : 0],
					    "digit");
			}
		}
}

/* ---- mark ---- */

static bool
bit(uint64_t m, size_t i)
{
	return (m >> i & 1) != 0;
}

static void
marks_what_stands_where(void)
{
	static const uint8_t likely[] =
	    "\r\n\n\r\0\x80\xff\x7f\x01\x0b\x0c\x0e";
	const struct bl_fast *f[2];
	size_t n = makes(f);

	for (unsigned round = 0; round < 20000; round++) {
		size_t size = next() % 200;
		struct bl_buf text = {0};
		uint8_t *p = bl_buf_grow(&text, size);

		for (size_t i = 0; i < size; i++)
			p[i] = next() % 4 == 0
			    ? likely[next() % (sizeof(likely) - 1)]
			    : (uint8_t)next();
		for (size_t k = 0; k < n; k++) {
			struct bl_marks m[5] = {[4] = {7, 7, 7}};
			size_t count = (size + BL_MARKS - 1) / BL_MARKS;

			f[k]->mark(m, p, size);
			for (size_t i = 0; i < count * BL_MARKS; i++) {
				struct bl_marks *at = &m[i / BL_MARKS];
				uint8_t c = i < size ? p[i] : ' ';

				CHECK(bit(at->lf, i % BL_MARKS) == (c == '\n'),
				    "lf");
				CHECK(bit(at->cr, i % BL_MARKS) == (c == '\r'),
				    "cr");
				CHECK(bit(at->odd, i % BL_MARKS) ==
					(c == 0 || c > 127),
				    "odd");
			}
			CHECK(m[4].lf == 7 && m[4].odd == 7, "bounds");
		}
		bl_buf_clear(&text);
	}
}

/* Each byte in each place, alone. */
static void
marks_every_byte_in_every_place(void)
{
	const struct bl_fast *f[2];
	size_t n = makes(f);

	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < BL_MARKS; at++)
			for (size_t k = 0; k < n; k++) {
				uint64_t one = (uint64_t)1 << at;
				struct bl_marks m;
				uint8_t p[BL_MARKS];

				memset(p, 'x', sizeof(p));
				p[at] = (uint8_t)c;
				f[k]->mark(&m, p, sizeof(p));
				CHECK(m.lf == (c == '\n' ? one : 0), "lf");
				CHECK(m.cr == (c == '\r' ? one : 0), "cr");
				CHECK(m.odd == (c == 0 || c > 127 ? one : 0),
				    "odd");
			}
}

TESTS(TEST(the_best_make_is_taken), TEST(takes_each_byte_in_each_place_alike),
    TEST(takes_lines_of_every_length_alike), TEST(takes_damaged_text_alike),
    TEST(puts_lines_alike_and_back), TEST(puts_every_value_in_every_place),
    TEST(marks_what_stands_where), TEST(marks_every_byte_in_every_place))
