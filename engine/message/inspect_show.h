/* inspect_show.h - the JSON members of the parts and layers that `inspect`
 * meets. */
#ifndef BL_MESSAGE_INSPECT_SHOW_H
#define BL_MESSAGE_INSPECT_SHOW_H

#include "cms/cms.h"
#include "mime/mime.h"

/* bl_show_part: type, disposition, file name, encoding, place, header fields. */
void bl_show_part(struct bl_buf *b, const struct bl_part *p);
void bl_show_defects(struct bl_buf *b, unsigned defects);
/* bl_show_file_name gives what a part calls itself, or nothing. */
struct bl_span bl_show_file_name(const struct bl_part *p);

/* bl_show_layer names the kind of an object: "SignedData". */
const char *bl_show_layer(const struct bl_cms *c);
/* bl_show_oid writes the name of an object identifier, or its numbers. */
void bl_show_oid(struct bl_buf *b, const char *key, struct bl_span octets);
void bl_show_recipients(struct bl_buf *b, const struct bl_cms *c);
void bl_show_signers(struct bl_buf *b, const struct bl_cms *c);
/* bl_show_certs: BL_E_MEMORY; a certificate that cannot be read is shown as
 * malformed. */
BL_CHECK enum bl_err bl_show_certs(struct bl_buf *b, const struct bl_cms *c,
    struct bl_ctx *ctx, const struct bl_limits *limits);
/* bl_show_note: what is wrong, and where. */
void bl_show_note(struct bl_buf *b, const struct bl_note *why);

#endif
