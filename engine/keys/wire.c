/* wire.c - see wire.h. */
#include "keys/wire.h"

struct bl_span
bl_wire_bytes(struct bl_wire *w, size_t n)
{
	struct bl_span s = {w->left.p, n};

	if (w->bad || n > w->left.n) {
		w->bad = true;
		return (struct bl_span){0};
	}
	w->left = bl_span_of(w->left.p + n, w->left.n - n);
	return s;
}

uint64_t
bl_wire_u64(struct bl_wire *w)
{
	uint64_t high = bl_wire_u32(w);

	return high << 32 | bl_wire_u32(w);
}

uint32_t
bl_wire_u32(struct bl_wire *w)
{
	uint32_t high = bl_wire_u16(w);

	return high << 16 | bl_wire_u16(w);
}

uint16_t
bl_wire_u16(struct bl_wire *w)
{
	unsigned high = bl_wire_u8(w);

	return (uint16_t)(high << 8 | bl_wire_u8(w));
}

uint8_t
bl_wire_u8(struct bl_wire *w)
{
	struct bl_span s = bl_wire_bytes(w, 1);

	return s.n == 1 ? s.p[0] : 0;
}

int64_t
bl_wire_time(struct bl_wire *w)
{
	int64_t t = (int64_t)bl_wire_u64(w);

	if (t < BL_TIME_MIN || t > BL_TIME_MAX)
		w->bad = true;
	return w->bad ? 0 : t;
}

static struct bl_span
var(struct bl_wire *w, size_t n, size_t min, size_t max)
{
	if (n < min || n > max)
		w->bad = true;
	return bl_wire_bytes(w, n);
}

struct bl_span
bl_wire_var8(struct bl_wire *w, size_t min, size_t max)
{
	return var(w, bl_wire_u8(w), min, max);
}

struct bl_span
bl_wire_var16(struct bl_wire *w, size_t min, size_t max)
{
	return var(w, bl_wire_u16(w), min, max);
}

struct bl_span
bl_wire_var32(struct bl_wire *w, size_t min, size_t max)
{
	return var(w, bl_wire_u32(w), min, max);
}

struct bl_span
bl_wire_url(struct bl_wire *w, size_t min)
{
	struct bl_span url = bl_wire_var16(w, min, BL_WIRE_URL_MAX);

	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] < 0x21 || url.p[i] > 0x7e)
			w->bad = true;
	return url;
}

void
bl_wire_head(struct bl_wire *w, unsigned type)
{
	if (bl_wire_u8(w) != type)
		w->bad = true;
	if (bl_wire_u8(w) != BL_WIRE_VERSION)
		w->bad = true;
}

enum bl_err
bl_wire_end(const struct bl_wire *w, struct bl_span frame, struct bl_note *note)
{
	if (!w->bad && w->left.n == 0)
		return BL_OK;
	return bl_fail(note, BL_E_MALFORMED, frame.n - w->left.n,
	    "a frame breaks its table", "docs/wire/agent.md");
}

void
bl_wire_put_u16(struct bl_buf *out, uint16_t v)
{
	bl_buf_add_u8(out, (uint8_t)(v >> 8));
	bl_buf_add_u8(out, (uint8_t)v);
}

void
bl_wire_put_u32(struct bl_buf *out, uint32_t v)
{
	bl_wire_put_u16(out, (uint16_t)(v >> 16));
	bl_wire_put_u16(out, (uint16_t)v);
}

void
bl_wire_put_u64(struct bl_buf *out, uint64_t v)
{
	bl_wire_put_u32(out, (uint32_t)(v >> 32));
	bl_wire_put_u32(out, (uint32_t)v);
}

static bool
too_long(struct bl_buf *out, size_t n, size_t max)
{
	if (n > max && out->err == BL_OK)
		out->err = BL_E_CALLER;
	return n > max;
}

void
bl_wire_put_var8(struct bl_buf *out, struct bl_span s)
{
	if (too_long(out, s.n, UINT8_MAX))
		return;
	bl_buf_add_u8(out, (uint8_t)s.n);
	bl_buf_add(out, s);
}

void
bl_wire_put_var16(struct bl_buf *out, struct bl_span s)
{
	if (too_long(out, s.n, UINT16_MAX))
		return;
	bl_wire_put_u16(out, (uint16_t)s.n);
	bl_buf_add(out, s);
}

void
bl_wire_put_var32(struct bl_buf *out, struct bl_span s)
{
	if (too_long(out, s.n, UINT32_MAX))
		return;
	bl_wire_put_u32(out, (uint32_t)s.n);
	bl_buf_add(out, s);
}

void
bl_wire_put_head(struct bl_buf *out, unsigned type)
{
	bl_buf_add_u8(out, (uint8_t)type);
	bl_buf_add_u8(out, BL_WIRE_VERSION);
}

enum bl_err
bl_wire_undo(struct bl_buf *out, size_t from, struct bl_note *note)
{
	if (out->err != BL_OK && out->err != BL_E_CALLER)
		return bl_buf_err(out, note);
	bl_wipe(out->p + from, out->n - from);
	out->n = from;
	out->err = BL_E_CALLER;
	return bl_fail(note, BL_E_CALLER, 0,
	    "a field of a frame is over its limit", "docs/wire/agent.md");
}

/* ---- numbers, docs/wire/agent.md 2 ---- */

static const uint8_t digest_numbers[] = {
    [BL_DIGEST_NONE] = 0,
    [BL_SHA1] = 1,
    [BL_SHA224] = 2,
    [BL_SHA256] = 3,
    [BL_SHA384] = 4,
    [BL_SHA512] = 5,
    [BL_SHAKE256] = 10,
};
static const uint8_t sig_numbers[] = {
    [BL_SIG_RSA_PKCS1] = 1,
    [BL_SIG_RSA_PSS] = 2,
    [BL_SIG_ECDSA] = 3,
    [BL_SIG_ED25519] = 4,
    [BL_SIG_ED448] = 5,
    [BL_SIG_DSA] = 21,
};
static const uint8_t wrap_numbers[] = {
    [BL_WRAP_RSA_PKCS1] = 1,
    [BL_WRAP_RSA_OAEP] = 2,
    [BL_WRAP_ECDH] = 3,
    [BL_WRAP_XDH] = 4,
};
static const struct {
	enum bl_oid oid;
	uint8_t number;
} content_numbers[] = {
    {BL_OID_DATA, 1},
    {BL_OID_SIGNED_DATA, 2},
    {BL_OID_ENVELOPED_DATA, 3},
    {BL_OID_AUTH_ENVELOPED_DATA, 4},
    {BL_OID_COMPRESSED_DATA, 5},
};
#define COUNT(a)  (sizeof(a) / sizeof(*(a)))
#define NO_NUMBER 255 /* what a writer puts where there is none: refused */

/* The index that has `number`, or 0 and *unknown; index 0 is no algorithm. */
static size_t
find(const uint8_t *numbers, size_t n, uint8_t number, bool *unknown)
{
	for (size_t i = 1; i < n; i++)
		if (numbers[i] == number)
			return i;
	*unknown = true;
	return 0;
}

enum bl_digest
bl_wire_digest(uint8_t number, bool *unknown)
{
	if (number == 0)
		return BL_DIGEST_NONE;
	return (enum bl_digest)find(
	    digest_numbers, COUNT(digest_numbers), number, unknown);
}

uint8_t
bl_wire_digest_number(enum bl_digest d)
{
	return (size_t)d < COUNT(digest_numbers) ? digest_numbers[d]
						 : NO_NUMBER;
}

enum bl_sig_kind
bl_wire_sig(uint8_t number, bool *unknown)
{
	return (enum bl_sig_kind)find(
	    sig_numbers, COUNT(sig_numbers), number, unknown);
}

uint8_t
bl_wire_sig_number(enum bl_sig_kind kind)
{
	return (size_t)kind < COUNT(sig_numbers) && kind != BL_SIG_OTHER
	    ? sig_numbers[kind]
	    : NO_NUMBER;
}

enum bl_wrap_kind
bl_wire_wrap(uint8_t number, bool *unknown)
{
	return (enum bl_wrap_kind)find(
	    wrap_numbers, COUNT(wrap_numbers), number, unknown);
}

uint8_t
bl_wire_wrap_number(enum bl_wrap_kind kind)
{
	return (size_t)kind < COUNT(wrap_numbers) && kind != BL_WRAP_OTHER
	    ? wrap_numbers[kind]
	    : NO_NUMBER;
}

enum bl_oid
bl_wire_content(uint8_t number, bool *unknown)
{
	for (size_t i = 0; i < COUNT(content_numbers); i++)
		if (content_numbers[i].number == number)
			return content_numbers[i].oid;
	*unknown = true;
	return BL_OID_UNKNOWN;
}

uint8_t
bl_wire_content_number(enum bl_oid oid)
{
	for (size_t i = 0; i < COUNT(content_numbers); i++)
		if (content_numbers[i].oid == oid)
			return content_numbers[i].number;
	return NO_NUMBER;
}

/* ---- DER inside fields ---- */

bool
bl_wire_integer_ok(struct bl_span content)
{
	/* X.690 8.3.2: the first nine bits are not all the same */
	if (content.n < 2)
		return content.n == 1;
	return !(content.p[0] == 0x00 && content.p[1] < 0x80) &&
	    !(content.p[0] == 0xff && content.p[1] >= 0x80);
}

bool
bl_wire_element_ok(struct bl_span element, unsigned tag)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_der d = bl_der_of(element);

	(void)bl_der_whole(&d, tag);
	return bl_der_done(&d) &&
	    bl_der_check(element, 0, &limits, NULL) == BL_OK;
}

/* ---- fetches, docs/wire/agent.md 7 ---- */

#define BODY_MAX 4096 /* bytes of an OCSPRequest */

void
bl_wire_fetches(struct bl_fetches *out, struct bl_wire *w)
{
	size_t n = bl_wire_u8(w);

	*out = (struct bl_fetches){0};
	if (n > BL_FETCHES_MAX)
		w->bad = true;
	for (size_t i = 0; i < n && !w->bad; i++) {
		struct bl_fetch *f = &out->list[i];
		unsigned kind = bl_wire_u8(w);
		bool ocsp = kind == BL_FETCH_OCSP;

		if (kind < BL_FETCH_OCSP || kind > BL_FETCH_CERT)
			w->bad = true;
		f->kind = (enum bl_fetch_kind)kind;
		f->url = bl_wire_url(w, 1);
		f->body = bl_wire_var16(w, ocsp ? 1 : 0, ocsp ? BODY_MAX : 0);
		out->n = i + 1;
	}
}

void
bl_wire_put_fetches(struct bl_buf *out, const struct bl_fetches *f)
{
	if (too_long(out, f->n, BL_FETCHES_MAX))
		return;
	bl_buf_add_u8(out, (uint8_t)f->n);
	for (size_t i = 0; i < f->n; i++) {
		bl_buf_add_u8(out, (uint8_t)f->list[i].kind);
		bl_wire_put_var16(out, f->list[i].url);
		bl_wire_put_var16(out, f->list[i].body);
	}
}

bool
bl_want_is_kind(unsigned type)
{
	return (type >= BL_WANT_SIGN && type <= BL_WANT_EVIDENCE) ||
	    type == BL_WANT_SHARED;
}
