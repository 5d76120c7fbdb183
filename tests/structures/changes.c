/* changes.c - the ways in which a field is written differently; see tree.h. */
#include <string.h>

#include "tests/structures/tree.h"

#define CONSTRUCTED 0x20

/* ---- which fields a change is for ---- */

static bool
any(unsigned tag, unsigned as, struct bl_span body)
{
	(void)tag, (void)as, (void)body;
	return true;
}

static bool
with_body(unsigned tag, unsigned as, struct bl_span body)
{
	(void)tag, (void)as;
	return body.n > 0;
}

static bool
constructed(unsigned tag, unsigned as, struct bl_span body)
{
	(void)as, (void)body;
	return (tag & CONSTRUCTED) != 0;
}

static bool
full(unsigned tag, unsigned as, struct bl_span body)
{
	return constructed(tag, as, body) && body.n > 0;
}

static bool
primitive(unsigned tag, unsigned as, struct bl_span body)
{
	return !constructed(tag, as, body);
}

static bool
primitive_with_body(unsigned tag, unsigned as, struct bl_span body)
{
	return primitive(tag, as, body) && body.n > 0;
}

static bool
integer(unsigned tag, unsigned as, struct bl_span body)
{
	(void)tag, (void)body;
	return as == BL_DER_INTEGER;
}

static bool
boolean(unsigned tag, unsigned as, struct bl_span body)
{
	(void)tag, (void)body;
	return as == BL_DER_BOOLEAN;
}

static bool
oid(unsigned tag, unsigned as, struct bl_span body)
{
	(void)tag, (void)body;
	return as == BL_DER_OID;
}

static bool
bits(unsigned tag, unsigned as, struct bl_span body)
{
	(void)tag, (void)body;
	return as == BL_DER_BITS;
}

static bool
null(unsigned tag, unsigned as, struct bl_span body)
{
	(void)tag, (void)body;
	return as == BL_DER_NULL;
}

static bool
moment(unsigned tag, unsigned as, struct bl_span body)
{
	(void)tag, (void)body;
	return as == BL_DER_UTCTIME || as == BL_DER_GENTIME;
}

static bool
string(unsigned tag, unsigned as, struct bl_span body)
{
	(void)body;
	return (tag & CONSTRUCTED) == 0 &&
	    (as == BL_DER_OCTETS || as == BL_DER_UTF8 ||
		as == BL_DER_PRINTABLE || as == BL_DER_IA5 ||
		as == BL_DER_BMP || as == BL_DER_BITS);
}

static bool
text(unsigned tag, unsigned as, struct bl_span body)
{
	return string(tag, as, body) && as != BL_DER_OCTETS &&
	    as != BL_DER_BITS;
}

static bool
octets(unsigned tag, unsigned as, struct bl_span body)
{
	return string(tag, as, body) && as == BL_DER_OCTETS;
}

/* ---- values ---- */

static void
empty(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)out, (void)as, (void)body;
}

/* A value of fixed bytes. */
#define FIXED(name, bytes)                                                     \
	static void name(struct bl_buf *out, unsigned as, struct bl_span body) \
	{                                                                      \
		(void)as, (void)body;                                          \
		bl_buf_add(out, BL_STR(bytes));                                \
	}
FIXED(zero, "\0")
FIXED(one, "\1")
FIXED(two, "\2")
FIXED(three, "\3")
FIXED(four, "\4")
FIXED(five, "\5")
FIXED(six, "\6")
FIXED(negative, "\xff")
FIXED(negative_large, "\x80\0\0\0\0\0\0\0\0")
FIXED(most_7, "\x7f")
FIXED(past_7, "\0\x80")
FIXED(past_8, "\1\0")
FIXED(most_31, "\x7f\xff\xff\xff")
FIXED(past_31, "\0\x80\0\0\0")
FIXED(past_32, "\1\0\0\0\0")
FIXED(most_63, "\x7f\xff\xff\xff\xff\xff\xff\xff")
FIXED(past_63, "\0\x80\0\0\0\0\0\0\0")
FIXED(past_64, "\1\0\0\0\0\0\0\0\0")
FIXED(bytes_20,
    "\x7f"
    "abcdefghijklmnopqrs")
FIXED(bytes_21,
    "\0\xff"
    "abcdefghijklmnopqrs")
FIXED(bytes_22,
    "\0\xff"
    "abcdefghijklmnopqrst")
FIXED(true_1, "\1")
FIXED(false_0, "\0")
FIXED(true_ff, "\xff")
FIXED(two_octets, "\xff\xff")
FIXED(oid_unknown, "\x2a\3\4\5")
FIXED(oid_large_arc, "\x2a\x8f\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
FIXED(time_no_seconds, "2609211413Z")
FIXED(time_no_zone, "260921141320")
FIXED(time_offset, "260921141320+0000")
FIXED(time_lower, "260921141320z")
FIXED(time_space, "26 921141320Z")
FIXED(time_month_13, "261321141320Z")
FIXED(time_month_0, "260021141320Z")
FIXED(time_feb_30, "260230141320Z")
FIXED(time_day_0, "260900141320Z")
FIXED(time_hour_24, "260921241320Z")
FIXED(time_minute_60, "260921146020Z")
FIXED(time_leap, "260921141360Z")
FIXED(time_junk, "now or never!")
FIXED(time_1950, "500101000000Z")
FIXED(time_2049, "491231235959Z")
FIXED(only_7, "\7")
FIXED(nul_text, "ann@example.org\0.evil.example")
FIXED(bad_utf8, "\xc3\x28\xff")
FIXED(crlf_text, "ann@example.org\r\nBcc: eve@example.org")

static void
padded(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add_u8(out, body.n > 0 && body.p[0] >= 0x80 ? 0xff : 0);
	bl_buf_add(out, body);
}

static void
many(struct bl_buf *out, uint8_t c, size_t n)
{
	uint8_t *p = bl_buf_grow(out, n);

	if (p == NULL)
		return;
	memset(p, c, n);
	out->n += n;
}

static void
kilobyte(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as, (void)body;
	many(out, 'A', 1024);
}

static void
large(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as, (void)body;
	many(out, 'A', (size_t)200 << 10);
}

static void
flipped(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, bl_span_cut(body, 0, body.n - 1));
	bl_buf_add_u8(out, body.p[body.n - 1] ^ 1);
}

static void
shorter(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, bl_span_cut(body, 0, body.n - 1));
}

static void
longer(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, body);
	bl_buf_add_u8(out, 0);
}

static void
oid_padded(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add_u8(out, 0x80);
	bl_buf_add(out, body);
}

static void
oid_unended(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, bl_span_cut(body, 0, body.n - 1));
	bl_buf_add_u8(out, body.p[body.n - 1] | 0x80);
}

/* An identifier of n octets. */
static void
oid_of(struct bl_buf *out, size_t n)
{
	bl_buf_add_u8(out, 0x2a);
	many(out, 3, n - 1);
}

static void
oid_64(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as, (void)body;
	oid_of(out, 64);
}

static void
oid_65(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as, (void)body;
	oid_of(out, 65);
}

static void
unused(struct bl_buf *out, struct bl_span body, uint8_t n, uint8_t keep)
{
	bl_buf_add_u8(out, n);
	if (body.n < 2)
		return;
	bl_buf_add(out, bl_span_cut(body, 1, body.n - 2));
	bl_buf_add_u8(out, body.p[body.n - 1] & keep);
}

static void
unused_1(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	unused(out, body, 1, 0xfe);
}

static void
unused_dirty(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	unused(out, body, 7, 0xff);
	if (out->n > 1)
		out->p[out->n - 1] |= 1;
}

static void
unused_8(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	unused(out, body, 8, 0xff);
}

static void
unused_255(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	unused(out, body, 255, 0xff);
}

/* ---- values of constructed fields ---- */

/* The size of the element at the front of DER, 0 when there is none. */
static size_t
element(struct bl_span s)
{
	struct bl_ber_head h;

	if (bl_ber_head(&h, s, NULL) != BL_OK || h.indefinite ||
	    h.length > s.n - h.header)
		return 0;
	return h.header + (size_t)h.length;
}

static void
reverse(struct bl_buf *out, struct bl_span s)
{
	size_t n = element(s);

	if (n == 0)
		return;
	reverse(out, bl_span_cut(s, n, s.n));
	bl_buf_add(out, bl_span_cut(s, 0, n));
}

static void
reversed(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	reverse(out, body);
}

static bool
has_two(unsigned tag, unsigned as, struct bl_span body)
{
	size_t n = constructed(tag, as, body) ? element(body) : 0;
	struct bl_span rest = bl_span_cut(body, n, body.n);

	return n > 0 && element(rest) > 0 &&
	    !bl_span_equal(
		bl_span_cut(body, 0, n), bl_span_cut(rest, 0, element(rest)));
}

static void
null_last(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, body);
	bl_der_put_null(out);
}

static void
null_first(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_der_put_null(out);
	bl_buf_add(out, body);
}

static void
unknown_last(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, body);
	bl_der_put(out, BL_DER_CONTEXT(20), BL_STR("\5\0"));
}

static void
tagged_last(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, body);
	bl_der_put(out, BL_DER_IMPLICIT(3), BL_STR("x"));
}

static void
sequence_last(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, body);
	bl_der_put(out, BL_DER_SEQUENCE, (struct bl_span){0});
}

/* The first element again, until there are n more. */
static void
again(struct bl_buf *out, struct bl_span body, size_t n)
{
	struct bl_span first = bl_span_cut(body, 0, element(body));

	for (size_t i = 0; i < n; i++)
		bl_buf_add(out, first);
	bl_buf_add(out, body);
}

static void
again_100(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	again(out, body, 100);
}

static void
again_13000(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	again(out, body, body.n > 1000 ? 1000 : 13000);
}

static void
nulls_250000(struct bl_buf *out, unsigned as, struct bl_span body)
{
	uint8_t *p;

	(void)as;
	bl_buf_add(out, body);
	if ((p = bl_buf_grow(out, 500000)) == NULL)
		return;
	for (size_t i = 0; i < 500000; i += 2) {
		p[i] = BL_DER_NULL;
		p[i + 1] = 0;
	}
	out->n += 500000;
}

static void
deep(struct bl_buf *out, size_t levels, struct bl_span body)
{
	size_t marks[64] = {0};

	for (size_t i = 0; i < levels; i++)
		marks[i] = bl_der_open(out, BL_DER_SEQUENCE);
	bl_buf_add(out, body);
	for (size_t i = levels; i-- > 0;)
		bl_der_close(out, marks[i]);
}

static void
wrapped(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	deep(out, 1, body);
}

static void
nested_40(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	deep(out, 40, body);
}

static void
nested_40_last(struct bl_buf *out, unsigned as, struct bl_span body)
{
	(void)as;
	bl_buf_add(out, body);
	deep(out, 40, (struct bl_span){0});
}

/* ---- forms ---- */

static void
absent(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	(void)out, (void)tag, (void)body;
}

static void
twice(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_der_put(out, tag, body);
	bl_der_put(out, tag, body);
}

static void
before_null(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_der_put(out, tag, body);
	bl_der_put_null(out);
}

static void
after_null(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_der_put_null(out);
	bl_der_put(out, tag, body);
}

static void
before_junk(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_der_put(out, tag, body);
	bl_buf_add(out, BL_STR("\xde\xad"));
}

#define INSTEAD(name, bytes)                                                   \
	static void name(                                                      \
	    struct bl_buf *out, unsigned tag, struct bl_span body)             \
	{                                                                      \
		(void)tag, (void)body;                                         \
		bl_buf_add(out, BL_STR(bytes));                                \
	}
INSTEAD(as_null, "\5\0")
INSTEAD(as_true, "\1\1\xff")
INSTEAD(as_integer, "\2\1\1")
INSTEAD(as_end, "\0\0")
INSTEAD(as_empty_set, "\x31\0")
INSTEAD(as_empty_sequence, "\x30\0")

/* The same content under another tag. */
#define RETAG(name, other)                                                     \
	static void name(                                                      \
	    struct bl_buf *out, unsigned tag, struct bl_span body)             \
	{                                                                      \
		(void)tag;                                                     \
		bl_der_put(out, (other), body);                                \
	}                                                                      \
	static bool name##_fits(                                               \
	    unsigned tag, unsigned as, struct bl_span body)                    \
	{                                                                      \
		(void)as, (void)body;                                          \
		return tag != (other);                                         \
	}
RETAG(as_octets, BL_DER_OCTETS)
RETAG(as_bits, BL_DER_BITS)
RETAG(as_oid, BL_DER_OID)
RETAG(as_utf8, BL_DER_UTF8)
RETAG(as_ia5, BL_DER_IA5)
RETAG(as_sequence, BL_DER_SEQUENCE)
RETAG(as_set, BL_DER_SET)
RETAG(as_context_0, BL_DER_CONTEXT(0))
RETAG(as_context_1, BL_DER_CONTEXT(1))
RETAG(as_context_9, BL_DER_CONTEXT(9))
RETAG(as_application, 0x65)
RETAG(as_gentime, BL_DER_GENTIME)

static void
as_flipped(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_der_put(out, tag ^ CONSTRUCTED, body);
}

static void
as_high_tag(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	struct bl_buf plain = {0};

	/* the same tag number, in the form for numbers over 30 */
	bl_der_put(&plain, tag, body);
	bl_buf_add_u8(out, (uint8_t)(tag | 0x1f));
	bl_buf_add_u8(out, (uint8_t)(tag & 0x1f));
	bl_buf_add(out, bl_span_cut(bl_buf_span(&plain), 1, plain.n));
	bl_buf_clear(&plain);
}

static void explicit(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	size_t mark = bl_der_open(out, BL_DER_CONTEXT(0));

	bl_der_put(out, tag, body);
	bl_der_close(out, mark);
}

/* A header with a length of `octets` bytes in the long form. */
static void
long_head(struct bl_buf *out, unsigned tag, uint64_t length, unsigned octets_)
{
	bl_buf_add_u8(out, (uint8_t)tag);
	bl_buf_add_u8(out, (uint8_t)(0x80 | octets_));
	for (unsigned i = octets_; i-- > 0;)
		bl_buf_add_u8(out, i >= 8 ? 0 : (uint8_t)(length >> 8 * i));
}

/* One octet more than DER takes for the length. */
static void
length_long(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	long_head(out, tag, body.n, (unsigned)bl_der_head_size(body.n) - 1);
	bl_buf_add(out, body);
}

static void
length_4(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	long_head(out, tag, body.n, 4);
	bl_buf_add(out, body);
}

static void
length_8(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	long_head(out, tag, body.n, 8);
	bl_buf_add(out, body);
}

static void
length_126(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	long_head(out, tag, body.n, 126);
	bl_buf_add(out, body);
}

#define CLAIM(name, length, octets_)                                           \
	static void name(                                                      \
	    struct bl_buf *out, unsigned tag, struct bl_span body)             \
	{                                                                      \
		long_head(out, tag, (length), (octets_));                      \
		bl_buf_add(out, body);                                         \
	}
CLAIM(claim_64k, UINT64_C(0xffff), 2)
CLAIM(claim_2g, UINT64_C(0x7fffffff), 4)
CLAIM(claim_4g, UINT64_C(0xffffffff), 4)
CLAIM(claim_wrap_32, (UINT64_C(1) << 32) + body.n, 5)
CLAIM(claim_most, UINT64_MAX, 8)
CLAIM(claim_most_signed, (uint64_t)INT64_MAX, 8)
CLAIM(length_9, body.n, 9)

static void
claim_more(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_der_put_head(out, tag, body.n + 1);
	bl_buf_add(out, body);
}

static void
claim_less(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_der_put_head(out, tag, body.n - 1);
	bl_buf_add(out, body);
}

static void
claim_reserved(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_buf_add_u8(out, (uint8_t)tag);
	bl_buf_add_u8(out, 0xff);
	bl_buf_add(out, body);
}

static void
cut_header(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	(void)body;
	bl_buf_add_u8(out, (uint8_t)tag);
}

static void
unended(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_buf_add_u8(out, (uint8_t)tag);
	bl_buf_add_u8(out, 0x80);
	bl_buf_add(out, body);
}

static void
indefinite(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	unended(out, tag, body);
	bl_buf_add(out, BL_STR("\0\0"));
}

static void
ended_twice(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	indefinite(out, tag, body);
	bl_buf_add(out, BL_STR("\0\0"));
}

static void
ended_badly(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	unended(out, tag, body);
	bl_buf_add(out, BL_STR("\0\1\0"));
}

/* The tag that the parts of a string have. */
static unsigned
part_tag(unsigned tag)
{
	return (tag & 0xc0) == 0 ? tag : BL_DER_OCTETS;
}

/* A part of a string; those of a BIT STRING have each their unused bits. */
static void
part(struct bl_buf *out, unsigned tag, struct bl_span body, size_t from,
    size_t n)
{
	struct bl_buf value = {0};

	if (tag == BL_DER_BITS)
		bl_buf_add_u8(&value, 0);
	bl_buf_add(&value, bl_span_cut(body, from, n));
	bl_der_put(out, part_tag(tag), bl_buf_span(&value));
	bl_buf_clear(&value);
}

static struct bl_span
part_body(unsigned tag, struct bl_span body)
{
	return tag == BL_DER_BITS ? bl_span_cut(body, 1, body.n) : body;
}

static void
parts_0(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	(void)body;
	bl_der_put(out, tag | CONSTRUCTED, (struct bl_span){0});
}

static void
parts_1(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	size_t mark = bl_der_open(out, tag | CONSTRUCTED);

	body = part_body(tag, body);
	part(out, tag, body, 0, body.n);
	bl_der_close(out, mark);
}

static void
parts_3(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	size_t mark = bl_der_open(out, tag | CONSTRUCTED);

	body = part_body(tag, body);
	part(out, tag, body, 0, body.n / 2);
	part(out, tag, body, 0, 0);
	part(out, tag, body, body.n / 2, body.n);
	bl_der_close(out, mark);
}

static void
parts_nested(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	size_t mark = bl_der_open(out, tag | CONSTRUCTED);
	size_t inner = bl_der_open(out, part_tag(tag) | CONSTRUCTED);

	body = part_body(tag, body);
	part(out, tag, body, 0, body.n / 2);
	bl_der_close(out, inner);
	part(out, tag, body, body.n / 2, body.n);
	bl_der_close(out, mark);
}

static void
parts_indefinite(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_buf_add_u8(out, (uint8_t)(tag | CONSTRUCTED));
	bl_buf_add_u8(out, 0x80);
	body = part_body(tag, body);
	part(out, tag, body, 0, body.n / 2);
	part(out, tag, body, body.n / 2, body.n);
	bl_buf_add(out, BL_STR("\0\0"));
}

static void
parts_unended(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	bl_buf_add_u8(out, (uint8_t)(tag | CONSTRUCTED));
	bl_buf_add_u8(out, 0x80);
	body = part_body(tag, body);
	part(out, tag, body, 0, body.n);
}

static void
parts_of_others(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	size_t mark = bl_der_open(out, tag | CONSTRUCTED);

	bl_der_put(out, BL_DER_NULL + 0, (struct bl_span){0});
	bl_der_put(out, BL_DER_UTF8, body);
	bl_der_close(out, mark);
}

static void
parts_deep(struct bl_buf *out, unsigned tag, struct bl_span body)
{
	size_t marks[40] = {0};

	marks[0] = bl_der_open(out, tag | CONSTRUCTED);
	for (size_t i = 1; i < 40; i++)
		marks[i] = bl_der_open(out, part_tag(tag) | CONSTRUCTED);
	body = part_body(tag, body);
	part(out, tag, body, 0, body.n);
	for (size_t i = 40; i-- > 0;)
		bl_der_close(out, marks[i]);
}

static bool
string_with_body(unsigned tag, unsigned as, struct bl_span body)
{
	return string(tag, as, body) && body.n > 1;
}

#define INTEGER_IS(n) "integer-" n

const struct change changes[] = {
    /* absent, empty, doubled, with neighbours */
    {"absent", any, NULL, absent},
    {"empty", with_body, empty, NULL},
    {"twice", any, NULL, twice},
    {"before-null", any, NULL, before_null},
    {"after-null", any, NULL, after_null},
    {"before-junk", any, NULL, before_junk},
    /* wrong type */
    {"as-null", any, NULL, as_null},
    {"as-true", any, NULL, as_true},
    {"as-integer", any, NULL, as_integer},
    {"as-end", any, NULL, as_end},
    {"as-empty-set", any, NULL, as_empty_set},
    {"as-empty-sequence", any, NULL, as_empty_sequence},
    {"as-octets", as_octets_fits, NULL, as_octets},
    {"as-bits", as_bits_fits, NULL, as_bits},
    {"as-oid", as_oid_fits, NULL, as_oid},
    {"as-utf8", as_utf8_fits, NULL, as_utf8},
    {"as-ia5", as_ia5_fits, NULL, as_ia5},
    {"as-sequence", as_sequence_fits, NULL, as_sequence},
    {"as-set", as_set_fits, NULL, as_set},
    {"as-context-0", as_context_0_fits, NULL, as_context_0},
    {"as-context-1", as_context_1_fits, NULL, as_context_1},
    {"as-context-9", as_context_9_fits, NULL, as_context_9},
    {"as-application", as_application_fits, NULL, as_application},
    {"as-gentime", as_gentime_fits, NULL, as_gentime},
    {"as-flipped", any, NULL, as_flipped},
    {"as-high-tag", any, NULL, as_high_tag},
    {"explicit", any, NULL, explicit},
    /* lengths that are not so */
    {"claim-more", any, NULL, claim_more},
    {"claim-less", with_body, NULL, claim_less},
    {"claim-64k", any, NULL, claim_64k},
    {"claim-2g", any, NULL, claim_2g},
    {"claim-4g", any, NULL, claim_4g},
    {"claim-wrap-32", any, NULL, claim_wrap_32},
    {"claim-most", any, NULL, claim_most},
    {"claim-most-signed", any, NULL, claim_most_signed},
    {"claim-reserved", any, NULL, claim_reserved},
    {"cut-header", any, NULL, cut_header},
    /* BER */
    {"length-9", any, NULL, length_9, true},
    {"length-long", any, NULL, length_long, true},
    {"length-4", any, NULL, length_4, true},
    {"length-8", any, NULL, length_8, true},
    {"length-126", any, NULL, length_126, true},
    {"indefinite", constructed, NULL, indefinite, true},
    {"indefinite-primitive", primitive, NULL, indefinite},
    {"unended", constructed, NULL, unended},
    {"ended-twice", constructed, NULL, ended_twice},
    {"ended-badly", constructed, NULL, ended_badly},
    {"parts-0", string_with_body, NULL, parts_0},
    {"parts-1", string_with_body, NULL, parts_1, true},
    {"parts-3", string_with_body, NULL, parts_3, true},
    {"parts-nested", string_with_body, NULL, parts_nested, true},
    {"parts-indefinite", string_with_body, NULL, parts_indefinite, true},
    {"parts-unended", string_with_body, NULL, parts_unended},
    {"parts-of-others", string_with_body, NULL, parts_of_others},
    {"parts-deep", string_with_body, NULL, parts_deep, true},
    /* what is inside */
    {"reversed", has_two, reversed, NULL},
    {"null-last", constructed, null_last, NULL},
    {"null-first", constructed, null_first, NULL},
    {"unknown-last", constructed, unknown_last, NULL},
    {"tagged-last", constructed, tagged_last, NULL},
    {"sequence-last", constructed, sequence_last, NULL},
    {"wrapped", constructed, wrapped, NULL},
    {"nested-40", constructed, nested_40, NULL},
    {"nested-40-last", constructed, nested_40_last, NULL},
    {"again-100", full, again_100, NULL},
    {"again-13000", full, again_13000, NULL},
    {"nulls-250000", constructed, nulls_250000, NULL},
    /* values */
    {"zero-octet", primitive, zero, NULL},
    {"kilobyte", primitive, kilobyte, NULL},
    {"large", primitive, large, NULL},
    {"flipped", primitive_with_body, flipped, NULL},
    {"shorter", primitive_with_body, shorter, NULL},
    {"longer", primitive, longer, NULL},
    {"integer-1", integer, one, NULL},
    {"integer-2", integer, two, NULL},
    {"integer-3", integer, three, NULL},
    {"integer-4", integer, four, NULL},
    {"integer-5", integer, five, NULL},
    {"integer-6", integer, six, NULL},
    {"integer-127", integer, most_7, NULL},
    {"integer-128", integer, past_7, NULL},
    {"integer-256", integer, past_8, NULL},
    {"integer-31-most", integer, most_31, NULL},
    {"integer-31-past", integer, past_31, NULL},
    {"integer-32-past", integer, past_32, NULL},
    {"integer-63-most", integer, most_63, NULL},
    {"integer-63-past", integer, past_63, NULL},
    {"integer-64-past", integer, past_64, NULL},
    {"integer-20-octets", integer, bytes_20, NULL},
    {"integer-21-octets", integer, bytes_21, NULL},
    {"integer-22-octets", integer, bytes_22, NULL},
    {"integer-negative", integer, negative, NULL},
    {"integer-negative-large", integer, negative_large, NULL},
    {"integer-padded", integer, padded, NULL},
    {"true-as-1", boolean, true_1, NULL},
    {"true", boolean, true_ff, NULL},
    {"false", boolean, false_0, NULL},
    {"two-octets", boolean, two_octets, NULL},
    {"null-with-content", null, one, NULL},
    {"oid-unknown", oid, oid_unknown, NULL},
    {"oid-large-arc", oid, oid_large_arc, NULL},
    {"oid-padded", oid, oid_padded, NULL},
    {"oid-unended", oid, oid_unended, NULL},
    {"oid-64-octets", oid, oid_64, NULL},
    {"oid-65-octets", oid, oid_65, NULL},
    {"time-no-seconds", moment, time_no_seconds, NULL},
    {"time-no-zone", moment, time_no_zone, NULL},
    {"time-offset", moment, time_offset, NULL},
    {"time-lower-z", moment, time_lower, NULL},
    {"time-space", moment, time_space, NULL},
    {"time-month-13", moment, time_month_13, NULL},
    {"time-month-0", moment, time_month_0, NULL},
    {"time-feb-30", moment, time_feb_30, NULL},
    {"time-day-0", moment, time_day_0, NULL},
    {"time-hour-24", moment, time_hour_24, NULL},
    {"time-minute-60", moment, time_minute_60, NULL},
    {"time-second-60", moment, time_leap, NULL},
    {"time-junk", moment, time_junk, NULL},
    {"time-1950", moment, time_1950, NULL},
    {"time-2049", moment, time_2049, NULL},
    {"bits-unused-1", bits, unused_1, NULL},
    {"bits-unused-dirty", bits, unused_dirty, NULL},
    {"bits-unused-8", bits, unused_8, NULL},
    {"bits-unused-255", bits, unused_255, NULL},
    {"bits-only-7", bits, only_7, NULL},
    {"octets-negative", octets, negative, NULL},
    {"text-nul", text, nul_text, NULL},
    {"text-bad-utf8", text, bad_utf8, NULL},
    {"text-crlf", text, crlf_text, NULL},
};
const size_t changes_n = sizeof(changes) / sizeof(*changes);
