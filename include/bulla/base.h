/* base.h - errors, notes, spans, growing buffers and secrets. */
#ifndef BULLA_BASE_H
#define BULLA_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BL_CHECK __attribute__((warn_unused_result))
#define BL_API	 __attribute__((visibility("default")))

/*
 * bl_err is what a call that can fail returns. A code exists only where a
 * caller acts differently on it; the circumstances are in bl_note.
 */
enum bl_err {
	BL_OK = 0,
	BL_NEED,	  /* something is wanted first; not a failure */
	BL_E_MALFORMED,	  /* the input breaks its format */
	BL_E_UNSUPPORTED, /* the input is known, but not handled */
	BL_E_LIMIT,	  /* the input is over a named limit */
	BL_E_FORGED,	  /* a tag, padding or signature does not hold */
	BL_E_NOKEY,	  /* none of the keys at hand fits */
	BL_E_DENIED,	  /* a rule forbids it */
	BL_E_MISSING,	  /* a file, certificate or answer is not there */
	BL_E_SYSTEM,	  /* the surroundings failed: file, process, library */
	BL_E_MEMORY,	  /* out of memory */
	BL_E_CALLER,	  /* a broken contract between caller and callee */
};

/* bl_err_name gives the stable lower-case name of a code: "malformed". */
BL_API const char *bl_err_name(enum bl_err err);

/*
 * bl_note says what went wrong. The first note wins: a call that finds
 * err != BL_OK leaves it as it is. All strings are constants; a note never
 * holds content or secrets.
 *
 * at	   position in the input, bytes from its start
 * what	   a sentence without full stop, lower case
 * source  "RFC 5652 6.2.1", or NULL
 * reason  a stable code of docs/reasons.md such as "limit-mime-depth",
 *	   or NULL
 */
struct bl_note {
	enum bl_err err;
	uint64_t at;
	const char *what;
	const char *source;
	const char *reason;
};

/* bl_fail fills `note` (may be NULL) unless it is filled; returns `err`. */
BL_API enum bl_err bl_fail(struct bl_note *note, enum bl_err err, uint64_t at,
    const char *what, const char *source);

/* bl_fail_limit is bl_fail of BL_E_LIMIT with the reason code `reason`. */
BL_API enum bl_err bl_fail_limit(struct bl_note *note, uint64_t at,
    const char *reason, const char *what, const char *source);

/* bl_span is a borrowed run of bytes. {NULL, 0} is empty. */
struct bl_span {
	const uint8_t *p;
	size_t n; /* bytes */
};

/* BL_STR makes a span of a string literal, without its NUL. */
#define BL_STR(s) ((struct bl_span){(const uint8_t *)(s), sizeof(s) - 1})

/* bl_span_of borrows n bytes at p. */
BL_API struct bl_span bl_span_of(const void *p, size_t n);
/* bl_span_str borrows a C string without its NUL. */
BL_API struct bl_span bl_span_str(const char *s);
BL_API bool bl_span_equal(struct bl_span a, struct bl_span b);
/* bl_span_equal_nocase folds ASCII letters only. */
BL_API bool bl_span_equal_nocase(struct bl_span a, struct bl_span b);
/* bl_span_cut returns bytes [from, from + n), clipped to the span. */
BL_API struct bl_span bl_span_cut(struct bl_span s, size_t from, size_t n);

/*
 * bl_buf is an owned run of bytes that grows up to `max`. {0} is an empty
 * buffer with max 0, which stands for BL_BUF_MAX. The first failure sticks in
 * `err` (BL_E_LIMIT over max, BL_E_MEMORY) and later calls do nothing; ask once
 * at the end with bl_buf_err.
 */
struct bl_buf {
	uint8_t *p;
	size_t n, cap, max; /* bytes */
	enum bl_err err;
};

#define BL_BUF_MAX ((size_t)64 << 20) /* bytes, where no other max is set */

/*
 * bl_buf_init starts an empty buffer that may grow to `max` bytes; bl_buf_add
 * and its like append, all or nothing. Room grows by half, so that adding is
 * linear; what is moved away from is wiped. bl_buf_add may be given bytes of
 * the buffer itself.
 */
BL_API void bl_buf_init(struct bl_buf *b, size_t max);
BL_API void bl_buf_add(struct bl_buf *b, struct bl_span s);
BL_API void bl_buf_add_u8(struct bl_buf *b, uint8_t v);
BL_API void bl_buf_add_str(struct bl_buf *b, const char *s);
/* bl_buf_add_f appends as printf does; for numbers and fixed texts. err is
 * BL_E_CALLER when printf fails. */
BL_API void bl_buf_add_f(struct bl_buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * bl_buf_grow makes room for n more bytes and returns where they go, or NULL
 * (err set). The caller fills them and adds to b->n himself.
 */
BL_API uint8_t *bl_buf_grow(struct bl_buf *b, size_t n);
/* bl_buf_drop removes the first n bytes (all if n is larger), and moves the
 * rest: it costs what stays. */
BL_API void bl_buf_drop(struct bl_buf *b, size_t n);
/* bl_buf_reset empties the buffer and its error, keeps its memory, unwiped, and
 * its max. */
BL_API void bl_buf_reset(struct bl_buf *b);
/* bl_buf_clear wipes, frees, and leaves the buffer as after bl_buf_init. */
BL_API void bl_buf_clear(struct bl_buf *b);
BL_API struct bl_span bl_buf_span(const struct bl_buf *b);
/* bl_buf_err returns b->err and notes it. */
BL_API BL_CHECK enum bl_err bl_buf_err(
    const struct bl_buf *b, struct bl_note *note);
/* bl_buf_text appends a NUL that counts neither in n nor against max; returns
 * the C string, or NULL when err is or gets set. Valid until the next change;
 * ends early where the bytes hold a NUL. */
BL_API const char *bl_buf_text(struct bl_buf *b);

/*
 * bl_secret is a key, a passphrase or the like: its memory is locked where the
 * system allows, left out of core dumps, wiped when freed.
 */
struct bl_secret;

/*
 * bl_secret_new makes a secret of n zero bytes, n <= 1 MiB. Each has pages of
 * its own: a few microseconds, 4 KiB at least. Where none may be locked any
 * more (RLIMIT_MEMLOCK) it stays unlocked and is as good otherwise.
 *
 * BL_E_LIMIT over 1 MiB, BL_E_MEMORY.
 */
BL_API BL_CHECK enum bl_err bl_secret_new(
    struct bl_secret **out, size_t n, struct bl_note *note);
/* bl_secret_copy makes a secret of the bytes of `s`; does not wipe `s`. */
BL_API BL_CHECK enum bl_err bl_secret_copy(
    struct bl_secret **out, struct bl_span s, struct bl_note *note);
/* bl_secret_reveal borrows the bytes, none of NULL; review searches for this
 * name. */
BL_API struct bl_span bl_secret_reveal(const struct bl_secret *s);
/* bl_secret_fill borrows them for writing. */
BL_API uint8_t *bl_secret_fill(struct bl_secret *s);
/* bl_secret_equal compares in time that depends on the lengths only; NULL
 * equals nothing. */
BL_API bool bl_secret_equal(
    const struct bl_secret *a, const struct bl_secret *b);
BL_API void bl_secret_free(struct bl_secret *s);

/* bl_wipe clears memory in a way the compiler keeps. */
BL_API void bl_wipe(void *p, size_t n);
/* bl_same compares two spans in constant time (for equal lengths). */
BL_API bool bl_same(struct bl_span a, struct bl_span b);

/*
 * bl_text_ok tells whether the span is well-formed UTF-8 (RFC 3629: no
 * surrogates, no overlong forms, at most U+10FFFF) without NUL.
 */
BL_API bool bl_text_ok(struct bl_span s);
/*
 * bl_text_show appends `s` for a terminal or a log: control characters, bidi
 * controls, zero-width and invisible characters, private use and
 * noncharacters, bytes that are not UTF-8 come out escaped as <U+202E> or \xNN.
 * Line feeds too: the result is one line. Not to be read back: a text may hold
 * such an escape itself.
 */
BL_API void bl_text_show(struct bl_buf *out, struct bl_span s);
/* bl_hex appends lower-case hexadecimal. */
BL_API void bl_hex(struct bl_buf *out, struct bl_span s);

/*
 * bl_base64 decodes or encodes a stream; {0} starts one, in pieces of any size.
 *
 * Decoding accepts any line length, skips CR, LF, space and tab. Other bytes
 * and data after the padding are skipped and set `bad` (RFC 2045 6.8), for the
 * caller to judge; so do wrong padding and left-over bits that are not zero
 * (RFC 4648 3.5). Where it is not set at the end, the text is, but for the
 * white space, the only one of its content.
 */
struct bl_base64 {
	uint32_t bits;	 /* taken, not yet given */
	unsigned have;	 /* decode: digits of a quantum begun, then padding to
			    come; encode: bytes in bits */
	unsigned column; /* of the line being written */
	bool ended;	 /* a padding character was seen */
	bool bad;
};
/* bl_base64_decode appends what `in` yields to `out`, each byte as soon as it
 * is complete: text without padding, or cut short, loses none. */
BL_API void bl_base64_decode(
    struct bl_base64 *d, struct bl_buf *out, struct bl_span in);
/* bl_base64_decode_end checks that the stream ended at a whole quantum;
 * sets bad else. */
BL_API void bl_base64_decode_end(struct bl_base64 *d);
/* bl_base64_encode appends lines of 76 characters ended by CRLF. */
BL_API void bl_base64_encode(
    struct bl_base64 *e, struct bl_buf *out, struct bl_span in);
/* bl_base64_encode_end writes the padding and the last CRLF, if any; then the
 * encoder is as new. */
BL_API void bl_base64_encode_end(struct bl_base64 *e, struct bl_buf *out);

#endif
