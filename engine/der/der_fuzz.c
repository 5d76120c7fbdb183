/* der_fuzz.c - any bytes through check, size and every reading call. */
#include "der/der.h"

#include <stdlib.h>

#define MUST(cond)                                                             \
	do {                                                                   \
		if (!(cond))                                                   \
			abort();                                               \
	} while (0)

static bool
within(struct bl_span part, struct bl_span whole)
{
	return part.n == 0 ||
	    (part.p >= whole.p && part.n <= whole.n &&
		(size_t)(part.p - whole.p) <= whole.n - part.n);
}

/* values reads the element that stands next by every call there is: each is
 * given its own copy of the position. */
static void
values(struct bl_der d)
{
	struct bl_der c;
	struct bl_buf b = {0};
	struct bl_span s;
	unsigned unused;
	uint64_t v;
	int64_t t;

	c = d;
	s = bl_der_integer(&c);
	MUST(within(s, d.left) && c.bad == (s.n == 0));
	c = d;
	v = bl_der_uint(&c, 1000);
	MUST(v <= 1000 && (!c.bad || v == 0));
	c = d;
	s = bl_der_oid(&c);
	MUST(within(s, d.left) && s.n <= BL_OID_SIZE_MAX);
	bl_oid_show(&b, s);
	MUST(b.n > 0 && bl_oid_find(s) < BL_OID_COUNT);
	bl_buf_clear(&b);
	c = d;
	s = bl_der_bits(&c, &unused);
	MUST(within(s, d.left) && unused <= 7);
	c = d;
	t = bl_der_time(&c);
	MUST(t >= BL_TIME_MIN && t <= BL_TIME_MAX);
	if (!c.bad) {
		bl_der_put_time(&b, t);
		c = bl_der_of(bl_buf_span(&b));
		MUST(bl_der_time(&c) == t && bl_der_done(&c));
		bl_buf_clear(&b);
	}
	c = d;
	bl_der_bool(&c);
	c = d;
	MUST(!bl_der_null(&c) || c.at == d.at + (d.ber ? c.at - d.at : 2));
	c = d;
	b.max = d.left.n + 1;
	s = bl_der_octets_ber(&c, BL_DER_OCTETS, &b);
	MUST(s.n <= d.left.n && b.err == BL_OK);
	MUST(within(s, d.left) || within(s, bl_buf_span(&b)));
	bl_buf_clear(&b);
}

/* walk goes through all levels and returns how many elements it met; the
 * number is bounded, as BER of indefinite length is scanned at each level. */
static size_t
walk(struct bl_der *d, size_t most)
{
	size_t n = 0;

	while (!d->bad && d->left.n != 0 && n < most) {
		unsigned tag = bl_der_peek(d);
		struct bl_der before = *d, in;
		struct bl_span whole;

		values(before);
		whole = bl_der_whole(d, 0);
		MUST(d->bad || (whole.p == before.left.p && whole.n >= 2));
		MUST(d->bad || d->at == before.at + whole.n);
		n++;
		if (d->bad || (tag & 0x20) == 0 ||
		    before.depth == BL_DER_DEPTH_MAX)
			continue;
		in = bl_der_enter(&before, tag);
		MUST(!in.bad && within(in.left, whole));
		MUST(in.at + in.left.n <= d->at);
		n += walk(&in, most - n);
		bl_der_leave(&before, &in);
		MUST(before.bad || before.at == d->at);
	}
	return n;
}

/* sizes compares the scan of all bytes with one that is fed step by step. */
static void
sizes(struct bl_span in)
{
	struct bl_ber_scan scan = {0};
	size_t size, on = 0;
	struct bl_note note = {0};
	enum bl_err err = bl_ber_size(&size, in, &BL_LIMITS, &note), last;

	MUST(err == BL_OK	 ? size <= in.n && size >= 2
		: err == BL_NEED ? size > in.n
				 : size == 0);
	MUST((note.err == BL_OK) == (err == BL_OK || err == BL_NEED));
	for (size_t n = 0;; n += 1 + n / 4) {
		last = bl_ber_scan(&scan, &on,
		    bl_span_cut(in, 0, n < in.n ? n : in.n), &BL_LIMITS, NULL);
		if (last != BL_NEED || n >= in.n)
			break;
	}
	MUST(last == err && on == size);
}

static void
checked(struct bl_span in)
{
	struct bl_der d = bl_der_of(in);
	struct bl_note note = {0};
	enum bl_err err = bl_der_check(in, 0, &BL_LIMITS, &note);
	size_t size;

	MUST(note.err == err && note.at <= in.n);
	if (err != BL_OK)
		return;
	/* What is DER is one element to all others. */
	MUST(bl_ber_size(&size, in, &BL_LIMITS, NULL) == BL_OK);
	MUST(size == in.n);
	walk(&d, SIZE_MAX);
	MUST(bl_der_done(&d));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bl_span in = bl_span_of(p, n);
	struct bl_der d = bl_der_of(in);

	checked(in);
	sizes(in);
	walk(&d, 2000);
	d = bl_der_of(in);
	d.ber = true;
	walk(&d, 2000);
	return 0;
}
