/* json.h - writes JSON (RFC 8259) into a buffer. */
#ifndef BL_MESSAGE_JSON_H
#define BL_MESSAGE_JSON_H

#include "base/base.h"

/*
 * Commas are put where they belong by looking at the last byte written. A key
 * is a constant of ours. Strings are written as UTF-8; bytes that are none
 * become U+FFFD, controls are escaped, and so are the characters that would
 * change how a terminal shows the text (bidirectional controls, line
 * separators).
 */
void bl_json_object(struct bl_buf *b, const char *key); /* key NULL: none */
void bl_json_object_end(struct bl_buf *b);
void bl_json_array(struct bl_buf *b, const char *key);
void bl_json_array_end(struct bl_buf *b);
void bl_json_text(struct bl_buf *b, const char *key, struct bl_span text);
void bl_json_str(struct bl_buf *b, const char *key, const char *text);
void bl_json_uint(struct bl_buf *b, const char *key, uint64_t v);
void bl_json_bool(struct bl_buf *b, const char *key, bool v);
void bl_json_null(struct bl_buf *b, const char *key);
void bl_json_hex(struct bl_buf *b, const char *key, struct bl_span bytes);
/* bl_json_time writes "2026-01-31T12:00:00Z" (RFC 3339). */
void bl_json_time(struct bl_buf *b, const char *key, int64_t t);
/* bl_json_raw writes members or elements that are JSON already; none if
 * empty. */
void bl_json_raw(struct bl_buf *b, struct bl_span json);

#endif
