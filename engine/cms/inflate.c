/* inflate.c - see inflate.h. */
#include "cms/inflate.h"

#define ZLIB_CONST
#include <string.h>
#include <zlib.h>

#define SOURCE	    "RFC 3274 2"
#define WINDOW_BITS 15 /* the largest window; a zlib header, no gzip */

struct bl_inflate {
	z_stream z;
	const struct bl_limits *limits;
	uint64_t in, out; /* bytes so far */
	bool is_open;	  /* zlib has memory */
	bool is_full;	  /* more may come out of what it took */
	bool ended;
	enum bl_err err; /* to be told by the next call */
	struct bl_note failed;
};

/* ---- memory: of a size that is known when it is wiped ---- */

union block {
	size_t n;
	max_align_t align;
};

static void *
allocate(void *opaque, unsigned items, unsigned size)
{
	union block *b;
	size_t n;

	(void)opaque;
	if (size != 0 && items > (SIZE_MAX - sizeof(*b)) / size)
		return NULL;
	n = sizeof(*b) + (size_t)items * size;
	if ((b = bl_alloc(n)) == NULL)
		return NULL;
	b->n = n;
	return b + 1;
}

static void
release(void *opaque, void *p)
{
	union block *b = (union block *)p - 1;

	(void)opaque;
	bl_wipe(b, b->n);
	bl_release(b);
}

enum bl_err
bl_inflate_new(struct bl_inflate **out, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_inflate *z = bl_alloc(sizeof(*z));

	*out = NULL;
	if (z == NULL)
		goto memory;
	z->limits = limits;
	z->z.zalloc = allocate;
	z->z.zfree = release;
	if (inflateInit2(&z->z, WINDOW_BITS) != Z_OK) {
		bl_inflate_free(z);
		goto memory;
	}
	z->is_open = true;
	*out = z;
	return BL_OK;
memory:
	return bl_fail(
	    note, BL_E_MEMORY, 0, "out of memory for compressed content", NULL);
}

void
bl_inflate_free(struct bl_inflate *z)
{
	if (z == NULL)
		return;
	if (z->is_open)
		(void)inflateEnd(&z->z);
	bl_wipe(z, sizeof(*z));
	bl_release(z);
}

/* ---- what can go wrong ---- */

static void
broken(struct bl_inflate *z, enum bl_err err, const char *what)
{
	z->err = bl_fail(&z->failed, err, z->in, what, SOURCE);
}

static void
over(struct bl_inflate *z, const char *reason)
{
	z->err = bl_fail_limit(&z->failed, z->in, reason,
	    "the compressed content becomes too large", NULL);
}

/* Where the ratio is looked at, and the end. */
static void
check_ratio(struct bl_inflate *z)
{
	uint64_t ratio = z->limits->inflated_ratio;

	/* out > in * ratio, where that could not be counted any more, too */
	if (z->out > z->limits->inflated_free &&
	    (ratio == 0 || (z->out - 1) / ratio >= z->in))
		over(z, "limit-inflated-ratio");
}

static void
judge(struct bl_inflate *z, int result)
{
	switch (result) {
	case Z_OK:
	case Z_BUF_ERROR: /* it wants more input, or more room */
		break;
	case Z_STREAM_END:
		z->ended = true;
		z->is_full = false;
		check_ratio(z);
		break;
	case Z_NEED_DICT:
		broken(z, BL_E_MALFORMED,
		    "the compressed content wants a dictionary");
		break;
	case Z_MEM_ERROR:
		broken(z, BL_E_MEMORY, "out of memory for compressed content");
		break;
	default:
		broken(z, BL_E_MALFORMED,
		    z->z.msg != NULL &&
			    strcmp(z->z.msg, "incorrect data check") == 0
			? "the checksum of the compressed content does not hold"
			: "the compressed content is damaged");
		break;
	}
}

/* ---- the work ---- */

/* How many bytes of input come before the ratio is looked at, which waits
 * until all that they become is out. */
static size_t
until_check(const struct bl_inflate *z)
{
	size_t past = z->in % BL_INFLATE_EVERY;

	return past == 0 && z->is_full ? 0 : BL_INFLATE_EVERY - past;
}

/* Runs some of the input, and of the output what there is room for. */
static void
run(struct bl_inflate *z, struct bl_span *in, uint8_t *to, size_t *room)
{
	struct bl_span now = bl_span_cut(*in, 0, until_check(z));
	size_t taken, made;
	int result;

	z->z.next_in = now.p;
	z->z.avail_in = (unsigned)now.n;
	z->z.next_out = to;
	z->z.avail_out = (unsigned)*room;
	result = inflate(&z->z, Z_NO_FLUSH);
	taken = now.n - z->z.avail_in;
	made = *room - z->z.avail_out;
	*in = bl_span_cut(*in, taken, in->n);
	*room = z->z.avail_out;
	z->in += taken;
	z->out += made;
	z->is_full = *room == 0;
	judge(z, result);
	if (z->err == BL_OK && !z->is_full && !z->ended &&
	    z->in % BL_INFLATE_EVERY == 0)
		check_ratio(z);
}

/* At the limit not a byte more may come; whether one would has to be tried. */
static void
try_one_more(struct bl_inflate *z, struct bl_span *in)
{
	uint8_t one;
	size_t room = 1;

	run(z, in, &one, &room);
	if (room == 0 && z->err == BL_OK)
		over(z, "limit-inflated-bytes");
	bl_wipe(&one, 1);
}

static enum bl_err
told(const struct bl_inflate *z, struct bl_note *note)
{
	if (note != NULL && note->err == BL_OK)
		*note = z->failed;
	return z->err;
}

enum bl_err
bl_inflate_add(struct bl_buf *out, struct bl_inflate *z, struct bl_span *in,
    struct bl_note *note)
{
	size_t most = BL_INFLATE_AT_ONCE, room;
	uint8_t *to;

	if (z->err == BL_OK && z->ended && in->n != 0)
		broken(z, BL_E_MALFORMED,
		    "something follows the compressed content");
	if (z->err != BL_OK)
		return told(z, note);
	if (z->limits->inflated_bytes - z->out < most)
		most = (size_t)(z->limits->inflated_bytes - z->out);
	if (most == 0) {
		try_one_more(z, in);
		return z->err == BL_OK ? BL_OK : told(z, note);
	}
	if ((to = bl_buf_grow(out, most)) == NULL)
		return bl_buf_err(out, note);
	room = most;
	do {
		run(z, in, to + (most - room), &room);
	} while (z->err == BL_OK && !z->ended && room > 0 && in->n > 0);
	out->n += most - room;
	return z->err != BL_OK && room == most ? told(z, note) : BL_OK;
}

bool
bl_inflate_is_full(const struct bl_inflate *z)
{
	return z->is_full || z->err != BL_OK;
}

enum bl_err
bl_inflate_end(struct bl_inflate *z, struct bl_note *note)
{
	if (z->err == BL_OK && !z->ended)
		broken(z, BL_E_MALFORMED, "the compressed content ends early");
	return z->err == BL_OK ? BL_OK : told(z, note);
}
