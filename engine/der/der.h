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
 * calls on a bad position return zero or empty. Ask once, at the end.
 *
 * left	  what is yet to be read
 * at	  position of `left` in the whole input, for notes
 * ber	  allow BER of the CMS frame: long-form lengths that are not minimal,
 *	  indefinite lengths of constructed elements. Still refused: constructed
 *	  primitives (see bl_der_octets_ber), high tag numbers over 30
 * depth  how deep this position is nested; over BL_DER_DEPTH_MAX it is bad
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
/* bl_der_peek is the tag of the next element, 0 at the end or when bad. */
unsigned bl_der_peek(const struct bl_der *d);
bool bl_der_done(const struct bl_der *d); /* nothing left and not bad */
/* bl_der_enter takes a constructed element off and starts reading inside. */
struct bl_der bl_der_enter(struct bl_der *d, unsigned tag);
/* bl_der_leave marks `d` bad when `in` is bad or not read to its end. */
void bl_der_leave(struct bl_der *d, const struct bl_der *in);
/* bl_der_take gives the content of an element with this tag (any form). */
struct bl_span bl_der_take(struct bl_der *d, unsigned tag);
/* bl_der_whole gives the whole element, header included. Tag 0: any tag. */
struct bl_span bl_der_whole(struct bl_der *d, unsigned tag);
/* bl_der_integer gives the content octets, minimal two's complement. */
struct bl_span bl_der_integer(struct bl_der *d);
/* bl_der_uint reads an INTEGER in 0..max; else bad. */
uint64_t bl_der_uint(struct bl_der *d, uint64_t max);
bool bl_der_bool(struct bl_der *d); /* 0x00 or 0xff only */
/* bl_der_oid gives the content octets of a well-formed OID, <= 64 bytes. */
struct bl_span bl_der_oid(struct bl_der *d);
/* bl_der_bits gives the octets of a BIT STRING without unused bits; `unused`
 * (may be NULL) gets their number, and then any number is accepted. */
struct bl_span bl_der_bits(struct bl_der *d, unsigned *unused);
/* bl_der_time reads UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 wants them
 * (Z, seconds, no fraction): seconds since 1970 UTC. */
int64_t bl_der_time(struct bl_der *d);
/* bl_der_null takes an optional NULL off; returns whether it was there. */
bool bl_der_null(struct bl_der *d);
/*
 * bl_der_octets_ber reads an OCTET STRING (or [tag] IMPLICIT one) that may be
 * constructed BER; the parts are joined in `join` only when there are several.
 */
struct bl_span bl_der_octets_ber(
    struct bl_der *d, unsigned primitive_tag, struct bl_buf *join);

/*
 * bl_der_check walks an element through all its levels: BL_OK when it is DER
 * (definite minimal lengths, SET OF sorted not checked), within depth and
 * element limits. BL_E_MALFORMED, BL_E_LIMIT.
 */
BL_CHECK enum bl_err bl_der_check(struct bl_span element, uint64_t at,
    const struct bl_limits *limits, struct bl_note *note);

/*
 * bl_ber_size finds where the element at the front of `in` ends, header and
 * end-of-contents included, without reading its content.
 *
 * size	  its whole size in bytes, when BL_OK
 *
 * BL_NEED	   `in` is a proper prefix; *size is a lower bound > in.n
 * BL_E_MALFORMED, BL_E_LIMIT (depth, elements)
 */
BL_CHECK enum bl_err bl_ber_size(size_t *size, struct bl_span in,
    const struct bl_limits *limits, struct bl_note *note);

/*
 * bl_ber_head reads one identifier and length off the front.
 *
 * BL_NEED when `in` is too short. BL_E_MALFORMED. Lengths up to 2^62.
 */
struct bl_ber_head {
	unsigned tag;	   /* identifier octet; tag numbers up to 30 */
	size_t header;	   /* bytes of identifier and length */
	bool indefinite;
	uint64_t length;   /* of the content, unless indefinite */
};
BL_CHECK enum bl_err bl_ber_head(
    struct bl_ber_head *out, struct bl_span in, struct bl_note *note);

/* ---- writing ---- */

/*
 * bl_der_open starts an element whose length is not known yet and returns a
 * mark for bl_der_close, which inserts the length. They nest.
 */
size_t bl_der_open(struct bl_buf *b, unsigned tag);
void bl_der_close(struct bl_buf *b, size_t mark);
void bl_der_put(struct bl_buf *b, unsigned tag, struct bl_span content);
void bl_der_put_head(struct bl_buf *b, unsigned tag, uint64_t length);
size_t bl_der_head_size(uint64_t length); /* bytes bl_der_put_head writes */
void bl_der_put_uint(struct bl_buf *b, uint64_t v);
void bl_der_put_bits(struct bl_buf *b, struct bl_span octets);
/* bl_der_put_time writes UTCTime for 1950..2049, else GeneralizedTime. */
void bl_der_put_time(struct bl_buf *b, int64_t t);
void bl_der_put_null(struct bl_buf *b);
/* bl_der_sort_set orders the elements between mark and the end of `b` as DER
 * wants them in a SET OF (X.690 11.6). */
void bl_der_sort_set(struct bl_buf *b, size_t from);

/* ---- object identifiers ---- */

/* bl_oid names every identifier the engine knows, oids.h has the table. */
#include "der/oids.h"

/* bl_oid_find looks up content octets; BL_OID_UNKNOWN when not known. */
enum bl_oid bl_oid_find(struct bl_span octets);
struct bl_span bl_oid_octets(enum bl_oid oid);
/* bl_oid_name: as in its RFC: "id-aes256-GCM", "emailProtection". */
const char *bl_oid_name(enum bl_oid oid);
void bl_der_put_oid(struct bl_buf *b, enum bl_oid oid);
/* bl_oid_show appends "1.2.840.113549.1.7.2". */
void bl_oid_show(struct bl_buf *out, struct bl_span octets);

#endif
