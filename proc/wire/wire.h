/* wire.h - the fields of a payload: numbers, bytes, lists, notes. */
#ifndef BL_PROC_WIRE_WIRE_H
#define BL_PROC_WIRE_WIRE_H

#include "bulla/base.h"

/*
 * bl_fields is a reading position in a payload. A field that is not there or
 * over its limit sets `bad`, which sticks; later fields are zero or empty. Ask
 * once, with bl_field_end. Spans borrow from the payload. Numbers are big
 * endian; bytes and texts follow their length (u32).
 */
struct bl_fields {
	struct bl_span left;
	bool bad;
};

struct bl_fields bl_field_of(struct bl_span payload);
/* bl_field_u8, _u16, _u32: a number over `max` is bad. */
uint8_t bl_field_u8(struct bl_fields *w, uint8_t max);
uint16_t bl_field_u16(struct bl_fields *w, uint16_t max);
uint32_t bl_field_u32(struct bl_fields *w, uint32_t max);
uint64_t bl_field_u64(struct bl_fields *w);
/* bl_field_time reads seconds since 1970 as two's complement. */
int64_t bl_field_time(struct bl_fields *w);
/* bl_field_bool reads 0 or 1; another value is bad. */
bool bl_field_bool(struct bl_fields *w);
/* bl_field_bytes reads a length of at most `max` and as many bytes. */
struct bl_span bl_field_bytes(struct bl_fields *w, size_t max);
/* bl_field_fixed reads n bytes without a length. */
struct bl_span bl_field_fixed(struct bl_fields *w, size_t n);
/* bl_field_text is bl_field_bytes of UTF-8 without NUL. */
struct bl_span bl_field_text(struct bl_fields *w, size_t max);
/* bl_field_end: BL_E_MALFORMED when a field was bad or bytes are left over. */
BL_CHECK enum bl_err bl_field_end(
    const struct bl_fields *w, struct bl_note *note);

void bl_field_put_u8(struct bl_buf *b, uint8_t v);
void bl_field_put_u16(struct bl_buf *b, uint16_t v);
void bl_field_put_u32(struct bl_buf *b, uint32_t v);
void bl_field_put_u64(struct bl_buf *b, uint64_t v);
void bl_field_put_time(struct bl_buf *b, int64_t v);
void bl_field_put_bool(struct bl_buf *b, bool v);
void bl_field_put_bytes(struct bl_buf *b, struct bl_span s);
void bl_field_put_fixed(struct bl_buf *b, struct bl_span s);

/*
 * bl_told is an error with its note as another program told it: the strings of
 * `note` are the arrays beside it. Bytes that are not printable ASCII come out
 * as '?'. An assignment would leave the pointers behind: bl_told_copy.
 */
struct bl_told {
	struct bl_note note;
	char what[200], source[100], reason[64];
};
/* bl_field_told reads an error and its note; a code unknown here is bad. */
void bl_field_told(struct bl_fields *w, struct bl_told *told);
/* bl_field_put_told writes `err` with what `note` (may be NULL) says. */
void bl_field_put_told(
    struct bl_buf *b, enum bl_err err, const struct bl_note *note);
/* bl_told_copy copies one, with its strings. */
void bl_told_copy(struct bl_told *to, const struct bl_told *from);
/* bl_told_pass fills `note` (may be NULL) unless it is filled, with strings
 * that borrow from `told`; returns told's error. */
enum bl_err bl_told_pass(const struct bl_told *told, struct bl_note *note);

#endif
