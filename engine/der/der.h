/* der.h - read and write DER; find elements in BER. */
#ifndef BL_DER_DER_H
#define BL_DER_DER_H

#include "base/base.h"

/* Tags as one number: class and constructed bit as in the identifier octet. */
enum {
	BL_DER_BOOLEAN = 0x01,
	BL_DER_INTEGER = 0x02,
	BL_DER_BITS = 0x03,
	BL_DER_OCTETS = 0x04,
	BL_DER_NULL = 0x05,
	BL_DER_OID = 0x06,
	BL_DER_ENUMERATED = 0x0a,
	BL_DER_UTF8 = 0x0c,
	BL_DER_PRINTABLE = 0x13,
	BL_DER_TELETEX = 0x14,
	BL_DER_IA5 = 0x16,
	BL_DER_UTCTIME = 0x17,
	BL_DER_GENTIME = 0x18,
	BL_DER_UNIVERSAL = 0x1c,
	BL_DER_BMP = 0x1e,
	BL_DER_SEQUENCE = 0x30,
	BL_DER_SET = 0x31,
};
#define BL_DER_IMPLICIT(n) (0x80 | (n)) /* [n] IMPLICIT of a primitive */
#define BL_DER_CONTEXT(n)  (0xa0 | (n)) /* [n] constructed or EXPLICIT */

/*
 * bl_der is a reading position in a span. A failure sets `bad`, which sticks;
 * calls on a bad position return zero or empty. Ask once, at the end. All that
 * is returned borrows from the span.
 *
 * left	  what is yet to be read
 * at	  position of `left` in the whole input, for notes; when bad, of the
 *	  element that was refused
 * ber	  allow BER of the CMS frame: long-form lengths that are not minimal,
 *	  indefinite lengths of constructed elements. Still refused: strings in
 *	  parts (see bl_der_octets_ber), values not as DER has them. An element
 *	  of indefinite length is scanned to its end when it is taken: reading
 *	  costs its size times the levels of indefinite length around it
 * depth  how many elements are entered; over BL_DER_DEPTH_MAX it is bad
 *
 * Tag numbers over 30 are refused: CMS and X.509 have none. Source X.690.
 */
struct bl_der {
	struct bl_span left;
	uint64_t at;
	bool bad;
	bool ber;
	unsigned depth;
};
#define BL_DER_DEPTH_MAX 32

/* bl_der_of starts reading a span as DER. */
struct bl_der bl_der_of(struct bl_span s);
/* bl_der_peek is the tag of the next element, 0 at the end or when bad. It
 * looks at one octet: the element may still be refused. */
unsigned bl_der_peek(const struct bl_der *d);
bool bl_der_done(const struct bl_der *d); /* nothing left and not bad */
/* bl_der_enter takes a constructed element off and starts reading inside; a
 * failure makes both positions bad. */
struct bl_der bl_der_enter(struct bl_der *d, unsigned tag);
/* bl_der_leave marks `d` bad when `in` is bad or not read to its end. */
void bl_der_leave(struct bl_der *d, const struct bl_der *in);
/* bl_der_take gives the content of an element with exactly this tag, primitive
 * or constructed; without the end of contents. */
struct bl_span bl_der_take(struct bl_der *d, unsigned tag);
/* bl_der_whole gives the whole element, header and end of contents included.
 * Tag 0: any tag. */
struct bl_span bl_der_whole(struct bl_der *d, unsigned tag);
/* bl_der_integer gives the content octets, minimal two's complement. */
struct bl_span bl_der_integer(struct bl_der *d);
/* bl_der_uint reads an INTEGER in 0..max; else bad. */
uint64_t bl_der_uint(struct bl_der *d, uint64_t max);
bool bl_der_bool(struct bl_der *d); /* 0x00 or 0xff only */
/* bl_der_oid gives the content octets of an OID that is bl_oid_ok. */
struct bl_span bl_der_oid(struct bl_der *d);
/* bl_der_bits gives the octets of a BIT STRING, whose unused bits must be zero.
 * `unused` gets their number, 0..7; where it is NULL, there must be none. */
struct bl_span bl_der_bits(struct bl_der *d, unsigned *unused);
/*
 * bl_der_time reads UTCTime or GeneralizedTime in the form of RFC 5280 4.1.2.5
 * (Z, seconds, no fraction; a day that exists, no leap second): seconds since
 * 1970 UTC. Which of the two types a year ought to have is not judged.
 */
int64_t bl_der_time(struct bl_der *d);
/* bl_der_null takes an optional NULL off; returns whether it was there. */
bool bl_der_null(struct bl_der *d);
/*
 * bl_der_octets_ber reads an OCTET STRING (or [tag] IMPLICIT one) that may be
 * in parts where `ber` allows it, nested too (X.690 8.7.3).
 *
 * join	 empty, and of this string alone: several parts are appended to it, and
 *	 the result borrows from it; one part is borrowed from the input. When
 *	 join->err is set, the position is bad as well: ask `join` first.
 */
struct bl_span bl_der_octets_ber(
    struct bl_der *d, unsigned primitive_tag, struct bl_buf *join);

/*
 * bl_der_check walks an element through all its levels: BL_OK when `element`
 * is one element and DER. Checked are the lengths (definite, minimal), which
 * universal types are constructed, and the values of BOOLEAN, INTEGER,
 * ENUMERATED, BIT STRING, NULL and OBJECT IDENTIFIER (bl_oid_ok). Not: the
 * order of a SET OF, default values, the characters of strings, what is tagged
 * IMPLICIT. Linear.
 *
 * at	   position of `element` in the whole input, for notes
 * limits  asn1_depth constructed levels (BL_DER_DEPTH_MAX at most),
 *	   asn1_elements
 *
 * BL_E_MALFORMED, BL_E_LIMIT.
 */
BL_CHECK enum bl_err bl_der_check(struct bl_span element, uint64_t at,
    const struct bl_limits *limits, struct bl_note *note);

/*
 * bl_ber_check does so for BER: BL_OK when `element` is one element of which
 * each level is well formed. Lengths may have any form, strings be in parts of
 * their own kind (X.690 8.6.4, 8.7.3, 8.21), BOOLEANs be any octet, unused bits
 * not zero. For what is passed over, so that no other program reads less out
 * of it. Linear in the size times the levels that are open, 32 at most.
 *
 * at, limits	   as above
 *
 * BL_E_MALFORMED, BL_E_LIMIT.
 */
BL_CHECK enum bl_err bl_ber_check(struct bl_span element, uint64_t at,
    const struct bl_limits *limits, struct bl_note *note);

/*
 * bl_ber_head reads one identifier and length off the front of `in`. An end of
 * contents comes out as tag 0, length 0.
 *
 * out	all zero unless BL_OK
 *
 * BL_NEED	   `in` is too short for it: at most 128 bytes are needed
 * BL_E_MALFORMED  tag number over 30, length over 2^62 or not well formed,
 *		   primitive of indefinite length. note->at is 0
 *
 * Source X.690 8.1.
 */
struct bl_ber_head {
	unsigned tag;  /* identifier octet */
	size_t header; /* bytes of identifier and length */
	bool indefinite;
	uint64_t length; /* of the content, unless indefinite */
};
BL_CHECK enum bl_err bl_ber_head(
    struct bl_ber_head *out, struct bl_span in, struct bl_note *note);

/*
 * bl_ber_size finds where the element at the front of `in` ends, header and
 * end of contents included. It reads headers only: one for an element of
 * definite length; where it is indefinite, those of all elements up to its end
 * that are not inside one of definite length.
 *
 * size	  its whole size in bytes, when BL_OK
 *
 * BL_NEED	   `in` is a proper prefix; *size is a lower bound > in.n, and
 *		   the size itself when that is definite
 * BL_E_MALFORMED  as bl_ber_head; note->at counts from the start of `in`
 * BL_E_LIMIT	   asn1_depth (levels of indefinite length), asn1_elements
 *
 * For a prefix that grows, bl_ber_scan goes on where it stood, which makes all
 * calls together linear: {0} before the first one, then the same scan with the
 * same bytes and more. Not to be called again after an error.
 */
BL_CHECK enum bl_err bl_ber_size(size_t *size, struct bl_span in,
    const struct bl_limits *limits, struct bl_note *note);

struct bl_ber_scan {
	size_t at;	 /* of the next header */
	size_t depth;	 /* open elements of indefinite length */
	size_t elements; /* whose headers were read */
};
BL_CHECK enum bl_err bl_ber_scan(struct bl_ber_scan *s, size_t *size,
    struct bl_span in, const struct bl_limits *limits, struct bl_note *note);

/*
 * ---- writing ----
 *
 * Failures stick in the buffer; a tag that cannot be, a mark that is none and a
 * value out of range are BL_E_CALLER.
 */

/*
 * bl_der_open starts an element whose length is not known yet and returns the
 * mark of its content for bl_der_close, which inserts the length. They nest.
 * Closing moves the content when it has 128 bytes or more.
 */
size_t bl_der_open(struct bl_buf *b, unsigned tag);
void bl_der_close(struct bl_buf *b, size_t mark);
void bl_der_put(struct bl_buf *b, unsigned tag, struct bl_span content);
void bl_der_put_head(struct bl_buf *b, unsigned tag, uint64_t length);
size_t bl_der_head_size(uint64_t length); /* bytes bl_der_put_head writes */
void bl_der_put_uint(struct bl_buf *b, uint64_t v);
/* bl_der_put_unsigned writes the INTEGER of a big-endian number of any size. */
void bl_der_put_unsigned(struct bl_buf *b, struct bl_span octets);
void bl_der_put_bool(struct bl_buf *b, bool v);
/* bl_der_put_bits writes a BIT STRING without unused bits. */
void bl_der_put_bits(struct bl_buf *b, struct bl_span octets);
/* bl_der_put_time writes UTCTime for 1950..2049, else GeneralizedTime. */
void bl_der_put_time(struct bl_buf *b, int64_t t);
/* bl_der_put_gentime writes GeneralizedTime whatever the year is. */
void bl_der_put_gentime(struct bl_buf *b, int64_t t);
#define BL_TIME_MIN INT64_C(-62167219200) /* 0000-01-01 00:00:00 */
#define BL_TIME_MAX INT64_C(253402300799) /* 9999-12-31 23:59:59 */
void bl_der_put_null(struct bl_buf *b);
/*
 * bl_der_sort_set orders the elements from `from` (the mark of an open SET) to
 * the end of `b` as DER wants them in a SET OF (X.690 11.6). n log n
 * comparisons; allocates unless they are in order already. BL_E_CALLER when
 * they are not DER.
 */
void bl_der_sort_set(struct bl_buf *b, size_t from);

/* ---- object identifiers ---- */

/* bl_oid names every identifier the engine knows, oids.h has the table. */
#include "der/oids.h"

#define BL_OID_SIZE_MAX 64 /* content octets: several times those in use */

/* bl_oid_ok: well-formed content octets (X.690 8.19), at most
 * BL_OID_SIZE_MAX. */
bool bl_oid_ok(struct bl_span octets);
/* bl_oid_find looks up content octets; BL_OID_UNKNOWN when not known. */
enum bl_oid bl_oid_find(struct bl_span octets);
/* bl_oid_octets borrows from a constant; empty for BL_OID_UNKNOWN. */
struct bl_span bl_oid_octets(enum bl_oid oid);
/* bl_oid_name: as in its RFC, see oids.h: "id-aes256-GCM", "emailProtection";
 * "unknown" for BL_OID_UNKNOWN. */
const char *bl_oid_name(enum bl_oid oid);
void bl_der_put_oid(struct bl_buf *b, enum bl_oid oid);
/* bl_oid_show appends "1.2.840.113549.1.7.2"; "malformed" when not
 * bl_oid_ok. */
void bl_oid_show(struct bl_buf *out, struct bl_span octets);

#endif
