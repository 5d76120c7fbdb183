/* bare.h - tells a message from a CMS object without a message around it, and
 * takes off PEM. */
#ifndef BL_MESSAGE_BARE_H
#define BL_MESSAGE_BARE_H

#include "base/base.h"

enum bl_bare_kind {
	BL_BARE_UNKNOWN = 0, /* too few bytes to tell */
	BL_BARE_MESSAGE,     /* an RFC 5322 message or MIME entity */
	BL_BARE_DER,	     /* a ContentInfo, BER or DER */
	BL_BARE_PEM,	     /* the same in PEM (RFC 7468 9) */
};

#define BL_BARE_SNIFF 64 /* bytes that are always enough to tell */

/* bl_bare_sniff looks at the first bytes; `ended`: there are no more, so that
 * the answer is never UNKNOWN. A ContentInfo cannot be the start of a header:
 * its second or third byte is no printable character. */
enum bl_bare_kind bl_bare_sniff(struct bl_span first, bool ended);

/* bl_pem is a stream that takes PEM off; {0} starts it. `base64.bad` after the
 * end: foreign bytes inside. `closed`: the END line was seen. */
struct bl_pem {
	struct bl_base64 base64;
	bool in_body, closed;
};
/* bl_pem_add appends the decoded bytes of `in`. What follows the END line is
 * skipped. */
void bl_pem_add(struct bl_pem *p, struct bl_buf *out, struct bl_span in);

#endif
