/* wire.h - the fields of frames, and the numbers of algorithms in them:
 * docs/wire/agent.md 1 and 2. */
#ifndef BL_KEYS_WIRE_H
#define BL_KEYS_WIRE_H

#include "keys/keys.h"

#define BL_WIRE_VERSION	   1
#define BL_WIRE_ANSWER	   0x80 /* bit of the type byte */
#define BL_WIRE_NAME_MAX   8192 /* bytes of a DER Name */
#define BL_WIRE_SERIAL_MAX 64	/* bytes */
#define BL_WIRE_SKI_MAX	   64	/* bytes */
#define BL_WIRE_URL_MAX	   2048 /* bytes */
#define BL_WIRE_KEY_MAX	   64	/* bytes of a content key */

/* bl_wire is a reading position in a frame; `bad` sticks, and then all reads
 * give zero or empty. */
struct bl_wire {
	struct bl_span left;
	bool bad;
};

uint8_t bl_wire_u8(struct bl_wire *w);
uint16_t bl_wire_u16(struct bl_wire *w);
uint32_t bl_wire_u32(struct bl_wire *w);
uint64_t bl_wire_u64(struct bl_wire *w);
/* bl_wire_time: i64 within BL_TIME_MIN..BL_TIME_MAX, else bad. */
int64_t bl_wire_time(struct bl_wire *w);
/* bl_wire_bytes takes n bytes. */
struct bl_span bl_wire_bytes(struct bl_wire *w, size_t n);
/* bl_wire_var8, 16, 32 take a length and min..max bytes. */
struct bl_span bl_wire_var8(struct bl_wire *w, size_t min, size_t max);
struct bl_span bl_wire_var16(struct bl_wire *w, size_t min, size_t max);
struct bl_span bl_wire_var32(struct bl_wire *w, size_t min, size_t max);
/* bl_wire_url takes a u16+ of min..BL_WIRE_URL_MAX bytes 0x21 to 0x7e. */
struct bl_span bl_wire_url(struct bl_wire *w, size_t min);
/* bl_wire_head takes type and version; bad when they are others. */
void bl_wire_head(struct bl_wire *w, unsigned type);
/* bl_wire_end is BL_E_MALFORMED when bad or when something is left. */
BL_CHECK enum bl_err bl_wire_end(
    const struct bl_wire *w, struct bl_span frame, struct bl_note *note);

/* Writers; a span too long for its length field sets out->err to
 * BL_E_CALLER. */
void bl_wire_put_u16(struct bl_buf *out, uint16_t v);
void bl_wire_put_u32(struct bl_buf *out, uint32_t v);
void bl_wire_put_u64(struct bl_buf *out, uint64_t v);
void bl_wire_put_var8(struct bl_buf *out, struct bl_span s);
void bl_wire_put_var16(struct bl_buf *out, struct bl_span s);
void bl_wire_put_var32(struct bl_buf *out, struct bl_span s);
void bl_wire_put_head(struct bl_buf *out, unsigned type);

/* bl_wire_undo takes back what was written from `from` on, when the frame
 * there proves wrong; returns BL_E_CALLER, or the buffer's own error. */
BL_CHECK enum bl_err bl_wire_undo(
    struct bl_buf *out, size_t from, struct bl_note *note);

/* bl_want_is_kind tells whether a type byte is one of bl_want_kind. */
bool bl_want_is_kind(unsigned type);

/* Numbers of algorithms. Reading one that is not known gives NONE or OTHER and
 * sets *unknown. */
enum bl_digest bl_wire_digest(uint8_t number, bool *unknown);
uint8_t bl_wire_digest_number(enum bl_digest d);
enum bl_sig_kind bl_wire_sig(uint8_t number, bool *unknown);
uint8_t bl_wire_sig_number(enum bl_sig_kind kind);
enum bl_wrap_kind bl_wire_wrap(uint8_t number, bool *unknown);
uint8_t bl_wire_wrap_number(enum bl_wrap_kind kind);
enum bl_oid bl_wire_content(uint8_t number, bool *unknown);
uint8_t bl_wire_content_number(enum bl_oid oid);

/* bl_wire_integer_ok: content of an INTEGER as DER has it. */
bool bl_wire_integer_ok(struct bl_span content);
/* bl_wire_element_ok: one DER element with this tag, and nothing after it. */
bool bl_wire_element_ok(struct bl_span element, unsigned tag);

/* The fetches of CERT and EVIDENCE. */
void bl_wire_fetches(struct bl_fetches *out, struct bl_wire *w);
void bl_wire_put_fetches(struct bl_buf *out, const struct bl_fetches *f);

#endif
