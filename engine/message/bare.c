/* bare.c - see bare.h. */
#include "message/bare.h"

#define SEQUENCE 0x30 /* also the character '0' */
#define OID	 0x06

/* Is it the start of SEQUENCE { OID ...? The length may have 1 to 9 bytes. */
static enum bl_bare_kind
sniff_sequence(struct bl_span s, bool ended)
{
	size_t at = 1;

	if (s.n < 2)
		return ended ? BL_BARE_MESSAGE : BL_BARE_UNKNOWN;
	if (s.p[1] >= 0x80)
		return BL_BARE_DER; /* no header field has such a byte here */
	at++;
	if (s.n <= at)
		return ended ? BL_BARE_MESSAGE : BL_BARE_UNKNOWN;
	return s.p[at] == OID ? BL_BARE_DER : BL_BARE_MESSAGE;
}

enum bl_bare_kind
bl_bare_sniff(struct bl_span s, bool ended)
{
	static const char begin[] = "-----BEGIN ";
	size_t n = s.n < sizeof(begin) - 1 ? s.n : sizeof(begin) - 1;

	if (s.n == 0)
		return ended ? BL_BARE_MESSAGE : BL_BARE_UNKNOWN;
	if (s.p[0] == SEQUENCE)
		return sniff_sequence(s, ended);
	if (memcmp(s.p, begin, n) != 0)
		return BL_BARE_MESSAGE;
	if (n == sizeof(begin) - 1)
		return BL_BARE_PEM;
	return ended ? BL_BARE_MESSAGE : BL_BARE_UNKNOWN;
}

void
bl_pem_add(struct bl_pem *p, struct bl_buf *out, struct bl_span in)
{
	const uint8_t *end;

	if (p->closed || in.n == 0)
		return;
	if (!p->in_body) {
		end = memchr(in.p, '\n', in.n);
		if (end == NULL)
			return;
		p->in_body = true;
		in = bl_span_cut(in, (size_t)(end - in.p) + 1, SIZE_MAX);
	}
	end = in.n > 0 ? memchr(in.p, '-', in.n) : NULL;
	if (end != NULL) {
		in.n = (size_t)(end - in.p);
		p->closed = true;
	}
	bl_base64_decode(&p->base64, out, in);
	if (p->closed)
		bl_base64_decode_end(&p->base64);
}
