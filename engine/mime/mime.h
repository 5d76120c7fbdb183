/* mime.h - messages and their parts: header fields, the exact bytes of each
 * part, encodings; reading and writing. */
#ifndef BL_MIME_MIME_H
#define BL_MIME_MIME_H

#include "base/base.h"

/* ---- defects: what is wrong or ambiguous, recorded and never repaired ---- */

enum bl_mime_defect {
	BL_DEFECT_HEADER_SYNTAX = 1u << 0, /* a line without name and colon */
	BL_DEFECT_DUPLICATE_FIELD = 1u
	    << 1,			    /* of a field that may stand once */
	BL_DEFECT_CONTENT_TYPE = 1u << 2,   /* Content-Type cannot be parsed */
	BL_DEFECT_PARAMETER = 1u << 3,	    /* doubled, or plain and RFC 2231 */
	BL_DEFECT_ENCODING = 1u << 4,	    /* unknown, or not allowed here */
	BL_DEFECT_BOUNDARY = 1u << 5,	    /* missing, empty, over 70, bad */
	BL_DEFECT_BOUNDARY_CLASH = 1u << 6, /* one is a prefix of, or equals,
					       an enclosing one */
	BL_DEFECT_UNCLOSED = 1u << 7,	    /* no closing delimiter */
	BL_DEFECT_NUL = 1u << 8,	    /* NUL byte in header or text */
	BL_DEFECT_BARE_CR = 1u << 9,
	BL_DEFECT_LINE_ENDS = 1u << 10, /* CRLF and LF mixed */
	BL_DEFECT_LONG_LINE = 1u << 11, /* over 998 bytes */
	BL_DEFECT_8BIT = 1u << 12,	/* not UTF-8 in a header; 8-bit body
					       under 7bit */
	BL_DEFECT_BASE64 = 1u << 13,	/* foreign bytes, broken quantum */
	BL_DEFECT_QP = 1u << 14,	/* bad quoted-printable */
	BL_DEFECT_VERSION = 1u << 15,	/* MIME-Version is not 1.0 */
	BL_DEFECT_MBOX_FROM = 1u << 16, /* a "From " line came first */
	BL_DEFECT_NO_END = 1u << 17,	/* header without empty line */
};
/* bl_mime_defect_text gives a short sentence for one bit; NULL for anything
 * else. */
const char *bl_mime_defect_text(unsigned bit);
/* BL_DEFECTS_AMBIGUOUS: two readers may see two messages (ATK-214). */
#define BL_DEFECTS_AMBIGUOUS                                                   \
	(BL_DEFECT_DUPLICATE_FIELD | BL_DEFECT_CONTENT_TYPE |                  \
	    BL_DEFECT_PARAMETER | BL_DEFECT_ENCODING | BL_DEFECT_BOUNDARY |    \
	    BL_DEFECT_BOUNDARY_CLASH | BL_DEFECT_UNCLOSED | BL_DEFECT_NUL |    \
	    BL_DEFECT_HEADER_SYNTAX)

/* ---- header fields ---- */

/* bl_field is one header field; spans borrow from its bl_header. */
struct bl_field {
	struct bl_span name;  /* "Subject", as written */
	struct bl_span value; /* after the colon, folded as it came, without
				 the line end */
	struct bl_span raw;   /* all of it, line end included */
};

struct bl_header;

/*
 * bl_header_read parses a header block (a copy is kept), with or without the
 * empty line at its end. Lines end in CRLF or LF.
 *
 * BL_E_LIMIT: block, field, count. Everything else is a defect.
 * Source RFC 5322 2.2, RFC 6532 3.
 */
BL_CHECK enum bl_err bl_header_read(struct bl_header **out,
    struct bl_span block, const struct bl_limits *limits, struct bl_note *note);
void bl_header_free(struct bl_header *h);
size_t bl_header_count(const struct bl_header *h);
const struct bl_field *bl_header_at(const struct bl_header *h, size_t i);
/* bl_header_find gives the nth field of this name (ASCII case folded), n from
 * 0, or NULL. */
const struct bl_field *bl_header_find(
    const struct bl_header *h, const char *name, size_t nth);
unsigned bl_header_defects(const struct bl_header *h);

/* bl_unfold appends a value without its folds (RFC 5322 2.2.3) and without
 * surrounding white space. */
void bl_unfold(struct bl_buf *out, struct bl_span value);
/* bl_unfolded gives the same without a copy where the value is one line; else
 * it is added to `store`, and borrowed from there. */
struct bl_span bl_unfolded(struct bl_buf *store, struct bl_span value);
/*
 * bl_header_text appends an unstructured value as UTF-8: unfolded, RFC 2047
 * words decoded (UTF-8, US-ASCII, ISO-8859-1/-15, Windows-1252 by ourselves;
 * other character sets stay as they are written). Bytes that are not UTF-8
 * become U+FFFD, and so do NUL, CR and LF: nothing decoded is structural.
 */
void bl_header_text(struct bl_buf *out, struct bl_span value);

/* ---- structured fields ---- */

struct bl_param {
	struct bl_span name;  /* lower case, without RFC 2231 marks */
	struct bl_span value; /* decoded to UTF-8 where a charset was given */
};
/* bl_content_type is a parsed Content-Type or Content-Disposition. Owns its
 * bytes; all names are lower case. */
struct bl_content_type {
	struct bl_span type, subtype; /* "multipart", "signed"; a disposition
					 has type only */
	struct bl_param *params;
	size_t n;
	unsigned defects;
	struct bl_buf store;
};
BL_CHECK enum bl_err bl_content_type_read(
    struct bl_content_type *out, struct bl_span value, struct bl_note *note);
BL_CHECK enum bl_err bl_disposition_read(
    struct bl_content_type *out, struct bl_span value, struct bl_note *note);
/* bl_content_type_param gives a parameter, {NULL, 0} when absent. */
struct bl_span bl_content_type_param(
    const struct bl_content_type *t, const char *name);
bool bl_content_type_is(
    const struct bl_content_type *t, const char *type, const char *subtype);
void bl_content_type_clear(struct bl_content_type *t);

enum bl_encoding {
	BL_7BIT = 0,
	BL_8BIT,
	BL_BINARY,
	BL_QP,
	BL_BASE64,
	BL_ENCODING_OTHER,
};

/* bl_mailbox is one address. All text is UTF-8. */
struct bl_mailbox {
	struct bl_span name;   /* display name decoded, may be empty */
	struct bl_span local;  /* local part, quotes and escapes removed */
	struct bl_span domain; /* as written; or a literal with brackets */
	struct bl_span addr;   /* local "@" domain, quoted where needed */
};
struct bl_mailboxes {
	struct bl_mailbox *list;
	size_t n, cap;
	bool groups; /* group syntax was used */
	bool bad;    /* something in the field is not RFC 5322 (obsolete
			    routes, stray text, NUL, controls, two "@") */
	struct bl_buf store;
};
/*
 * bl_mailboxes_read parses From, To, Cc, ...: RFC 5322 3.4 with RFC 6532
 * addresses, comments, encoded words in display names only. What is not
 * well formed sets `bad` and is never guessed at.
 * BL_E_LIMIT (addresses), BL_E_MEMORY.
 */
BL_CHECK enum bl_err bl_mailboxes_read(struct bl_mailboxes *out,
    struct bl_span value, const struct bl_limits *limits, struct bl_note *note);
void bl_mailboxes_clear(struct bl_mailboxes *m);
/* bl_mime_date reads an RFC 5322 date-time with zone; false when malformed. */
bool bl_mime_date(int64_t *out, struct bl_span value);

/* bl_mime_date_write appends an RFC 5322 date-time in UTC: "Mon, 21 Sep 2026
 * 14:13:20 +0000"; t from the year 1 to 9999. */
void bl_mime_date_write(struct bl_buf *out, int64_t t);

/* ---- reading: a lossless segmenter ---- */

/*
 * bl_part is one entity of the tree being read. It lives until the reader is
 * freed or, for `header`, until its END event was taken.
 */
struct bl_part {
	struct bl_part *parent; /* NULL for the root */
	unsigned depth;		/* 0 for the root */
	unsigned index;		/* among its siblings, from 0 */
	unsigned number;	/* in order of appearance, root 0 */
	unsigned children;	/* seen so far */
	struct bl_header *header;
	struct bl_content_type type;	    /* text/plain when there was none */
	struct bl_content_type disposition; /* type empty when there was none */
	enum bl_encoding encoding;
	bool is_multipart; /* its body is divided by a boundary */
	bool is_message;   /* message/rfc822 that is descended into */
	unsigned defects;
	uint64_t at; /* where its header starts in the input */
};

enum bl_mime_kind {
	BL_MIME_MORE = 0, /* feed, or end */
	BL_MIME_BEGIN,	  /* a part; bytes: its header block, empty line too */
	BL_MIME_BODY,	  /* bytes of a leaf's body, still encoded */
	BL_MIME_BETWEEN,  /* bytes of a multipart outside its parts: preamble,
			     delimiter lines with the line end before them,
			     epilogue */
	BL_MIME_END,	  /* the part is over; no bytes */
	BL_MIME_DONE,	  /* the root is over and all input was given */
};
struct bl_mime_event {
	enum bl_mime_kind kind;
	struct bl_part *part;
	struct bl_span bytes; /* borrowed until the next call on the reader */
	uint64_t at;	      /* position of `bytes` in the input */
};

enum bl_line_form { BL_LINES_UNKNOWN = 0, BL_LINES_CRLF, BL_LINES_LF };

/*
 * bl_mime reads one entity. The bytes of all events in order are exactly the
 * input: what a signature covers is found by taking the bytes of every event
 * between BEGIN and END of a part.
 */
struct bl_mime;
enum bl_mime_descend {
	BL_MIME_MESSAGES_WHOLE = 0, /* message/rfc822 is a leaf */
	BL_MIME_MESSAGES_DESCEND,
};
BL_CHECK enum bl_err bl_mime_new(struct bl_mime **out,
    const struct bl_limits *limits, enum bl_mime_descend descend,
    struct bl_note *note);
/* bl_mime_unwatched leaves the bytes of bodies to a caller who looks at them
 * himself: their defects (8BIT, NUL, of lines) and bl_mime_lines stay unknown.
 * Before the first feed. */
void bl_mime_unwatched(struct bl_mime *m);
/* bl_mime_feed lends the next bytes; only after MORE. They are borrowed until
 * the next MORE. An empty span is allowed. */
void bl_mime_feed(struct bl_mime *m, struct bl_span in);
/* bl_mime_end says that no more input comes; only after MORE. */
void bl_mime_end(struct bl_mime *m);
/* BL_E_LIMIT: header, depth, parts, message. BL_E_MEMORY. Defects are not
 * errors. An error stays: each later call returns it again. */
BL_CHECK enum bl_err bl_mime_next(
    struct bl_mime *m, struct bl_mime_event *out, struct bl_note *note);
/* bl_mime_lines is the form of the first line end seen. A message in LF form
 * (stored on Unix) is signed in CRLF form (RFC 8551 3.1.1): see bl_crlf. */
enum bl_line_form bl_mime_lines(const struct bl_mime *m);
unsigned bl_mime_defects(const struct bl_mime *m); /* of all parts, or-ed */
void bl_mime_free(struct bl_mime *m);

/* bl_crlf turns LF that has no CR before it into CRLF; a stream, {0} starts. */
struct bl_crlf {
	bool cr; /* the last byte was a CR */
};
void bl_crlf_add(struct bl_crlf *c, struct bl_buf *out, struct bl_span in);

/* bl_decode undoes a Content-Transfer-Encoding, as a stream. */
struct bl_decode {
	enum bl_encoding encoding;
	struct bl_base64 base64;
	uint8_t held[80]; /* QP: a soft break or trailing space in doubt */
	size_t n;
	unsigned defects;
};
void bl_decode_init(struct bl_decode *d, enum bl_encoding e);
void bl_decode_add(struct bl_decode *d, struct bl_buf *out, struct bl_span in);
void bl_decode_end(struct bl_decode *d, struct bl_buf *out);

/* ---- writing ---- */

/*
 * bl_qp writes quoted-printable (RFC 2045 6.7), as a stream, {0} starts. CRLF
 * is a line end; CR or LF alone is escaped like any byte that is not text. So
 * are trailing white space, and "From ", "--" and a lone "." where a line
 * starts: nothing on the way has cause to change it.
 */
struct bl_qp {
	uint8_t line[76];
	size_t n;
	bool cr;
};
void bl_qp_add(struct bl_qp *q, struct bl_buf *out, struct bl_span in);
void bl_qp_end(struct bl_qp *q, struct bl_buf *out);

/*
 * bl_header_write appends "Name: value" CRLF, folded at 76, the value encoded
 * by RFC 2047 where it is not ASCII: bl_header_text gives back exactly the
 * value. The one header writer: it refuses CR, LF, NUL in the value, what is
 * not UTF-8, and anything but a token as name (ATK-601), BL_E_CALLER.
 */
BL_CHECK enum bl_err bl_header_write(struct bl_buf *out, const char *name,
    struct bl_span value, struct bl_note *note);
/*
 * bl_header_write_structured is bl_header_write of a value that is in its
 * final form: addresses by bl_mailbox_write, a type with parameters. It is
 * folded and otherwise kept; other control characters are refused too.
 */
BL_CHECK enum bl_err bl_header_write_structured(struct bl_buf *out,
    const char *name, struct bl_span value, struct bl_note *note);
/*
 * bl_mailbox_write appends `name <addr>`, the name as atoms, quoted, or in
 * encoded words as needed, or `addr` where there is no name.
 *
 * name  UTF-8; may be empty
 * addr  as bl_mailbox.addr has it
 *
 * BL_E_CALLER when addr is no address, or there is CR, LF or NUL in the name.
 */
BL_CHECK enum bl_err bl_mailbox_write(struct bl_buf *out, struct bl_span name,
    struct bl_span addr, struct bl_note *note);
/* bl_param_write appends `; name=value`, quoted or by RFC 2231 as needed. */
void bl_param_write(struct bl_buf *out, const char *name, struct bl_span value);
/*
 * bl_transport makes an entity safe to be clear-signed and sent (RFC 8551
 * 3.1.2, 3.1.3): LF to CRLF; leaves that are 8bit or binary, or in which there
 * are 8-bit bytes, NUL, CR alone, lines over 998, white space at the end of a
 * line or lines that start with "From ", are re-encoded as quoted-printable
 * (text) or base64, and their Content-Transfer-Encoding rewritten. Parts that
 * need nothing pass byte for byte. A second pass changes nothing.
 *
 * - A leaf without 8-bit declaration is decided on its first MiB; what cannot
 *   be sent and comes later is BL_E_MALFORMED.
 * - multipart/signed and multipart/encrypted, the root too, keep all their
 *   bytes but LF; one that cannot be sent so is BL_E_MALFORMED.
 * - So is a part that cannot be sent and cannot be changed either: its fields
 *   are ambiguous, its encoding unknown or broken, a message/ type that must
 *   not be encoded, or a header with NUL, CR alone or a line over 998.
 * - Header fields and their 8-bit text are kept. Lines between the parts that
 *   cannot be sent are left out.
 */
struct bl_transport;
BL_CHECK enum bl_err bl_transport_new(struct bl_transport **out,
    const struct bl_limits *limits, struct bl_note *note);
BL_CHECK enum bl_err bl_transport_add(struct bl_transport *t,
    struct bl_buf *out, struct bl_span in, struct bl_note *note);
BL_CHECK enum bl_err bl_transport_end(
    struct bl_transport *t, struct bl_buf *out, struct bl_note *note);
void bl_transport_free(struct bl_transport *t);

#endif
