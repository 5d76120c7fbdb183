/* tnef.c - see tnef.h. */
#include "mime/tnef.h"

enum step { SIGNATURE = 0, HEAD, DATA, SUM };

/* Numbers of [MS-OXTNEF] 2.1.3.1 and of MAPI. */
#define TNEF_SIGNATURE	   0x223e9f78u
#define LEVEL_MESSAGE	   1
#define LEVEL_ATTACHMENT   2
#define ATTR_MESSAGE_CLASS 0x00078008u
#define ATTR_ATTACH_TITLE  0x00018010u
#define ATTR_MESSAGE_PROPS 0x00069003u
#define ATTR_ATTACH_PROPS  0x00069005u
#define PROP_MESSAGE_CLASS 0x001a
#define PROP_FILE_NAME	   0x3704
#define PROP_LONG_NAME	   0x3707
#define PROP_MEDIA_TYPE	   0x370e

#define TYPE_STRING8	   0x001e
#define TYPE_UNICODE	   0x001f
#define TYPE_OBJECT	   0x000d
#define TYPE_BINARY	   0x0102
#define TYPE_MANY	   0x1000 /* bit: several values */
#define NAMED		   0x8000 /* properties from here on have names */

/* ---- little endian ---- */

static uint32_t
number(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

/* Takes n bytes off the front; false where there are fewer. */
static bool
take(struct bl_span *s, uint64_t n, struct bl_span *out)
{
	if (n > s->n)
		return false;
	*out = bl_span_cut(*s, 0, (size_t)n);
	*s = bl_span_cut(*s, (size_t)n, s->n);
	return true;
}

static bool
take_u32(struct bl_span *s, uint32_t *out)
{
	struct bl_span four;

	if (!take(s, 4, &four))
		return false;
	*out = number(four.p, 4);
	return true;
}

/* ---- what says that it is S/MIME ---- */

static bool
is_one_of(struct bl_span s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (bl_span_is(s, *list))
			return true;
	return false;
}

/* RFC 8551 3.2 names the files and types; the classes are Exchange's. */
static bool
says_smime(uint32_t what, struct bl_span s)
{
	static const char *const files[] = {"smime.p7m", "smime.p7s", NULL};
	static const char *const types[] = {"application/pkcs7-mime",
	    "application/x-pkcs7-mime", "application/pkcs7-signature",
	    "application/x-pkcs7-signature", "multipart/signed", NULL};
	struct bl_span class = BL_STR("IPM.Note.SMIME");

	if (what == PROP_MEDIA_TYPE)
		return is_one_of(s, types);
	if (what != PROP_MESSAGE_CLASS)
		return is_one_of(s, files);
	return bl_span_equal_nocase(bl_span_cut(s, 0, class.n), class) &&
	    (s.n == class.n || s.p[class.n] == '.');
}

/* A string ends at its first NUL. */
static struct bl_span
until_nul(struct bl_span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != 0)
		n++;
	return bl_span_cut(s, 0, n);
}

/* The ASCII of UTF-16; what is no ASCII is in none of the names here. */
static bool
wide_says_smime(uint32_t what, struct bl_span s)
{
	uint8_t text[64];
	size_t n = 0;

	for (; n < sizeof(text) && 2 * n + 1 < s.n; n++) {
		if (s.p[2 * n] == 0 && s.p[2 * n + 1] == 0)
			break;
		text[n] = s.p[2 * n + 1] == 0 ? s.p[2 * n] : '?';
	}
	return says_smime(what, bl_span_of(text, n));
}

/* ---- properties: [MS-OXTNEF] 2.1.3.4 ---- */

/* Bytes of a value of fixed size as it stands there, 0: it has its own. */
static unsigned
fixed_size(unsigned type)
{
	switch (type) {
	case 0x0001: /* nothing */
	case 0x0002: /* numbers, in four bytes */
	case 0x0003:
	case 0x0004:
	case 0x000a:
	case 0x000b:
		return 4;
	case 0x0005:
	case 0x0006:
	case 0x0007:
	case 0x0014:
	case 0x0040:
		return 8;
	case 0x0048:
		return 16;
	}
	return 0;
}

static bool
has_size(unsigned type)
{
	return type == TYPE_STRING8 || type == TYPE_UNICODE ||
	    type == TYPE_OBJECT || type == TYPE_BINARY;
}

/* Values are filled up to four bytes. */
static uint64_t
padded(uint32_t n)
{
	return ((uint64_t)n + 3) & ~(uint64_t)3;
}

static bool
skip_name(struct bl_span *s)
{
	struct bl_span out;
	uint32_t kind, n;

	if (!take(s, 16, &out) || !take_u32(s, &kind) || kind > 1 ||
	    !take_u32(s, &n))
		return false;
	return kind == 0 || take(s, padded(n), &out);
}

static bool
is_looked_at(uint32_t id)
{
	return id == PROP_MESSAGE_CLASS || id == PROP_FILE_NAME ||
	    id == PROP_LONG_NAME || id == PROP_MEDIA_TYPE;
}

/* One value with its size; false: it breaks the format, or is cut off. */
static bool
value(struct bl_tnef *t, struct bl_span *s, uint32_t id, unsigned type)
{
	struct bl_span all;
	uint32_t n;

	if (!take_u32(s, &n) || !take(s, padded(n), &all))
		return false;
	all = bl_span_cut(all, 0, n);
	if (!is_looked_at(id))
		return true;
	if (type == TYPE_STRING8)
		t->found |= says_smime(id, until_nul(all));
	else if (type == TYPE_UNICODE)
		t->found |= wide_says_smime(id, all);
	return true;
}

static bool
property(struct bl_tnef *t, struct bl_span *s)
{
	uint32_t tag, count = 1, id;
	unsigned type;
	struct bl_span out;

	if (!take_u32(s, &tag))
		return false;
	type = tag & 0xffff & ~(unsigned)TYPE_MANY;
	id = tag >> 16;
	if (id >= NAMED && !skip_name(s))
		return false;
	if (((tag & TYPE_MANY) != 0 || has_size(type)) && !take_u32(s, &count))
		return false;
	if (!has_size(type))
		return fixed_size(type) != 0 &&
		    take(s, (uint64_t)count * fixed_size(type), &out);
	while (count-- > 0)
		if (!value(t, s, id, type))
			return false;
	return true;
}

static bool
properties(struct bl_tnef *t, struct bl_span s)
{
	uint32_t n;

	if (!take_u32(&s, &n))
		return false;
	while (n-- > 0)
		if (!property(t, &s))
			return false;
	return true;
}

/* ---- attributes: [MS-OXTNEF] 2.1.3 ---- */

static size_t
most_of(uint32_t tag)
{
	if (tag == ATTR_MESSAGE_CLASS || tag == ATTR_ATTACH_TITLE)
		return BL_TNEF_TEXT_MAX;
	if (tag == ATTR_MESSAGE_PROPS || tag == ATTR_ATTACH_PROPS)
		return BL_TNEF_PROPS_MAX;
	return 0;
}

/* The whole attribute is here, and its sum holds. */
static void
look(struct bl_tnef *t)
{
	struct bl_span s = bl_buf_span(&t->kept);

	if (!t->keep)
		return;
	if (t->tag == ATTR_MESSAGE_CLASS)
		t->found |= says_smime(PROP_MESSAGE_CLASS, until_nul(s));
	else if (t->tag == ATTR_ATTACH_TITLE)
		t->found |= says_smime(PROP_FILE_NAME, until_nul(s));
	else if (!properties(t, s) && s.n < BL_TNEF_PROPS_MAX)
		t->bad = true;
}

/* Gathers `n` bytes in the head; true when all are there. */
static bool
gather(struct bl_tnef *t, struct bl_span *in, size_t n)
{
	struct bl_span s = bl_span_cut(*in, 0, n - t->have);

	memcpy(t->head + t->have, s.p, s.n);
	t->have += s.n;
	*in = bl_span_cut(*in, s.n, in->n);
	if (t->have < n)
		return false;
	t->have = 0;
	return true;
}

static void
begin(struct bl_tnef *t)
{
	unsigned level = t->head[0];

	/* Attachments come after the message. */
	if (level < t->level || level < LEVEL_MESSAGE ||
	    level > LEVEL_ATTACHMENT)
		t->bad = true;
	t->level = level;
	t->tag = number(t->head + 1, 4);
	t->left = number(t->head + 5, 4);
	t->sum = 0;
	t->keep = most_of(t->tag) != 0;
	bl_buf_reset(&t->kept);
	t->step = t->left == 0 ? SUM : DATA;
}

static void
data(struct bl_tnef *t, struct bl_span *in)
{
	struct bl_span s = bl_span_cut(
	    *in, 0, t->left < in->n ? (size_t)t->left : in->n);

	for (size_t i = 0; i < s.n; i++)
		t->sum = (uint16_t)(t->sum + s.p[i]);
	if (t->keep)
		bl_buf_add(
		    &t->kept, bl_span_cut(s, 0, most_of(t->tag) - t->kept.n));
	*in = bl_span_cut(*in, s.n, in->n);
	t->left -= s.n;
	if (t->left == 0)
		t->step = SUM;
}

static void
end(struct bl_tnef *t)
{
	if (number(t->head, 2) != t->sum)
		t->bad = true;
	else
		look(t);
	t->step = HEAD;
}

void
bl_tnef_add(struct bl_tnef *t, struct bl_span in)
{
	while (in.n > 0 && !t->bad && t->kept.err == BL_OK) {
		switch ((enum step)t->step) {
		case SIGNATURE: /* and a key, which says nothing here */
			if (!gather(t, &in, 6))
				break;
			t->bad = number(t->head, 4) != TNEF_SIGNATURE;
			t->step = HEAD;
			break;
		case HEAD:
			if (gather(t, &in, sizeof(t->head)))
				begin(t);
			break;
		case DATA:
			data(t, &in);
			break;
		case SUM:
			if (gather(t, &in, 2))
				end(t);
			break;
		}
	}
}

bool
bl_tnef_is_smime(const struct bl_tnef *t)
{
	return t->found;
}

bool
bl_tnef_is_bad(const struct bl_tnef *t)
{
	return t->bad || t->kept.err != BL_OK;
}

enum bl_err
bl_tnef_err(const struct bl_tnef *t, struct bl_note *note)
{
	return bl_buf_err(&t->kept, note);
}

void
bl_tnef_clear(struct bl_tnef *t)
{
	bl_buf_clear(&t->kept);
	*t = (struct bl_tnef){0};
}
