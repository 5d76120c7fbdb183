/* tnef_test.c - what says that S/MIME is in a winmail.dat, and what does not. */
#include "mime/tnef.h"
#include "tests/test.h"

#include <string.h>

#define MESSAGE	   1
#define ATTACHMENT 2
#define CLASS	   0x78008
#define TITLE	   0x18010
#define PROPS	   0x69003
#define FILE_PROPS 0x69005
#define FILE_DATA  0x6800f

static void
put(struct bl_buf *b, uint32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		bl_buf_add_u8(b, (uint8_t)(v >> 8 * i));
}

static void
start(struct bl_buf *b)
{
	bl_buf_reset(b);
	put(b, 0x223e9f78, 4);
	put(b, 7, 2);
}

static void
attribute(struct bl_buf *b, unsigned level, uint32_t tag, struct bl_span data)
{
	uint32_t sum = 0;

	put(b, level, 1);
	put(b, tag, 4);
	put(b, (uint32_t)data.n, 4);
	bl_buf_add(b, data);
	for (size_t i = 0; i < data.n; i++)
		sum += data.p[i];
	put(b, sum & 0xffff, 2);
}

/* A property with one value that has a size. */
static void
property(struct bl_buf *b, uint32_t tag, struct bl_span value)
{
	put(b, tag, 4);
	put(b, 1, 4);
	put(b, (uint32_t)value.n, 4);
	bl_buf_add(b, value);
	for (size_t i = value.n; i % 4 != 0; i++)
		bl_buf_add_u8(b, 0);
}

static void
look(struct bl_span in, bool smime, bool bad, const char *name)
{
	for (size_t piece = 1; piece <= in.n; piece = piece * 7 + 3) {
		struct bl_tnef t = {0};

		for (size_t i = 0; i < in.n; i += piece)
			bl_tnef_add(&t, bl_span_cut(in, i, piece));
		CHECK(bl_tnef_is_smime(&t) == smime, name);
		CHECK(bl_tnef_is_bad(&t) == bad, name);
		CHECK(bl_tnef_err(&t, NULL) == BL_OK, name);
		bl_tnef_clear(&t);
	}
}

/* ---- attributes ---- */

static const struct {
	const char *name;
	unsigned level;
	uint32_t tag;
	struct bl_span data;
	bool smime;
} attributes[] = {
    {"encrypted", MESSAGE, CLASS, BYTES("IPM.Note.SMIME\0"), true},
    {"signed", MESSAGE, CLASS, BYTES("IPM.Note.SMIME.MultipartSigned\0"), true},
    {"in other letters", MESSAGE, CLASS, BYTES("ipm.note.smime"), true},
    {"a note", MESSAGE, CLASS, BYTES("IPM.Note\0"), false},
    {"an old note", MESSAGE, CLASS, BYTES("IPM.Microsoft Mail.Note\0"), false},
    {"a class that goes on", MESSAGE, CLASS, BYTES("IPM.Note.SMIMEX\0"), false},
    {"shorter", MESSAGE, CLASS, BYTES("IPM.Note.SMIM"), false},
    {"behind a NUL", MESSAGE, CLASS, BYTES("IPM.Note\0.SMIME"), false},
    {"empty", MESSAGE, CLASS, BYTES(""), false},
    {"smime.p7m", ATTACHMENT, TITLE, BYTES("smime.p7m\0"), true},
    {"smime.p7s", ATTACHMENT, TITLE, BYTES("SMIME.P7S"), true},
    {"a signed document", ATTACHMENT, TITLE, BYTES("offer.p7m\0"), false},
    {"a document", ATTACHMENT, TITLE, BYTES("smime.p7\0"), false},
    {"content with such words", ATTACHMENT, FILE_DATA, BYTES("smime.p7m"),
	false},
};

static void
knows_classes_and_titles(void)
{
	struct bl_buf b = {0};

	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		start(&b);
		attribute(&b, MESSAGE, 0x89006, BL_STR("\0\0\1\0"));
		attribute(&b, attributes[i].level, attributes[i].tag,
		    attributes[i].data);
		look(bl_buf_span(&b), attributes[i].smime, false,
		    attributes[i].name);
		/* A sum that does not hold: nothing is believed. */
		b.p[b.n - 1] ^= 1;
		look(bl_buf_span(&b), false, true, attributes[i].name);
		b.p[b.n - 1] ^= 1;
		/* Cut off: not whole, so not looked at. */
		look(
		    bl_span_of(b.p, b.n - 1), false, false, attributes[i].name);
		/* What comes later takes nothing back. */
		attribute(&b, ATTACHMENT, TITLE, BL_STR("other\0"));
		bl_buf_add_str(&b, "garbage!!");
		look(bl_buf_span(&b), attributes[i].smime, true,
		    attributes[i].name);
	}
	bl_buf_clear(&b);
}

static void
refuses_what_is_none(void)
{
	struct bl_buf b = {0};

	start(&b);
	attribute(&b, MESSAGE, CLASS, BL_STR("IPM.Note.SMIME"));
	b.p[0] ^= 1;
	look(bl_buf_span(&b), false, true, "signature");
	for (unsigned level = 0; level < 5; level++) {
		start(&b);
		attribute(&b, level, CLASS, BL_STR("IPM.Note.SMIME"));
		look(bl_buf_span(&b), level == 1 || level == 2,
		    level != 1 && level != 2, "level");
	}
	start(&b);
	attribute(&b, ATTACHMENT, FILE_DATA, BL_STR("x"));
	attribute(&b, MESSAGE, CLASS, BL_STR("IPM.Note.SMIME"));
	look(bl_buf_span(&b), false, true, "the message after a file");
	bl_buf_clear(&b);
}

/* ---- properties ---- */

#define WIDE_P7M "s\0m\0i\0m\0e\0.\0p\0007\0m\0\0\0"
static const struct {
	const char *name;
	uint32_t tag;
	struct bl_span value;
	bool smime;
} props[] = {
    {"class", 0x001a001e, BYTES("IPM.Note.SMIME\0"), true},
    {"other class", 0x001a001e, BYTES("IPM.Note\0"), false},
    {"long name", 0x3707001e, BYTES("smime.p7m\0"), true},
    {"long name, wide", 0x3707001f, BYTES(WIDE_P7M), true},
    {"long name, wide, no ASCII", 0x3707001f,
	BYTES("s\1m\0i\0m\0e\0.\0p\0007\0m\0\0\0"), false},
    {"long name, wide, more", 0x3707001f,
	BYTES("s\0m\0i\0m\0e\0.\0p\0007\0m\0x\0"), false},
    {"file name", 0x3704001e, BYTES("smime.p7s\0"), true},
    {"type", 0x370e001e, BYTES("multipart/signed\0"), true},
    {"type, opaque", 0x370e001e, BYTES("application/x-pkcs7-mime\0"), true},
    {"type, signature", 0x370e001e, BYTES("application/pkcs7-signature"), true},
    {"type of a picture", 0x370e001e, BYTES("image/png\0"), false},
    {"a name as class", 0x001a001e, BYTES("smime.p7m\0"), false},
    {"a class as name", 0x3707001e, BYTES("IPM.Note.SMIME\0"), false},
    {"another property", 0x0037001e, BYTES("smime.p7m\0"), false},
    {"a binary", 0x37070102, BYTES("smime.p7m\0"), false},
};

static void
knows_properties(void)
{
	struct bl_buf b = {0}, p = {0};

	for (size_t i = 0; i < sizeof(props) / sizeof(*props); i++) {
		bl_buf_reset(&p);
		put(&p, 7, 4);
		put(&p, 0x0e070003, 4); /* a number */
		put(&p, 1, 4);
		put(&p, 0x80010003, 4); /* one with a name that is a number */
		bl_buf_add(
		    &p, BL_STR("guid guid guid g\0\0\0\0\1\0\0\0\5\0\0\0"));
		put(&p, 0x8002000b, 4); /* one with a name that is text */
		bl_buf_add(&p, BL_STR("guid guid guid g\1\0\0\0\6\0\0\0"));
		bl_buf_add(&p, BL_STR("a\0b\0c\0\0\0\1\0\0\0"));
		put(&p, 0x0039000b | 0x1000, 4); /* two of a fixed size */
		put(&p, 2, 4);
		bl_buf_add(&p, BL_STR("12341234"));
		put(&p, 0x00300040, 4); /* a time */
		bl_buf_add(&p, BL_STR("12345678"));
		put(&p, 0x0041101e, 4); /* two strings */
		put(&p, 2, 4);
		put(&p, 1, 4);
		bl_buf_add(&p, BL_STR("a\0\0\0"));
		put(&p, 4, 4);
		bl_buf_add(&p, BL_STR("abcd"));
		property(&p, props[i].tag, props[i].value);
		for (unsigned k = 0; k < 2; k++) {
			start(&b);
			attribute(&b, k + 1, k == 0 ? PROPS : FILE_PROPS,
			    bl_buf_span(&p));
			look(bl_buf_span(&b), props[i].smime, false,
			    props[i].name);
		}
		/* Each cut of the list breaks its format. */
		for (size_t n = 0; n < p.n; n++) {
			start(&b);
			attribute(&b, MESSAGE, PROPS, bl_span_of(p.p, n));
			look(bl_buf_span(&b), false, true, "cut");
		}
	}
	bl_buf_clear(&b);
	bl_buf_clear(&p);
}

static void
looks_as_far_as_the_limit(void)
{
	static const size_t sizes[] = {0, 1, 1000};
	struct bl_buf b = {0}, p = {0}, big = {0};

	/* The name ends where the limit is, or behind it. */
	for (size_t i = 0; i < 3; i++) {
		size_t n = BL_TNEF_PROPS_MAX - 16 - 24 + sizes[i] * 4;

		bl_buf_reset(&big);
		memset(bl_buf_grow(&big, n), 'x', n);
		big.n = n;
		bl_buf_reset(&p);
		put(&p, 2, 4);
		property(&p, 0x37010102, bl_buf_span(&big));
		property(&p, 0x3707001e, BL_STR("smime.p7m\0\0\0"));
		CHECK(p.n == BL_TNEF_PROPS_MAX + sizes[i] * 4, "size");
		start(&b);
		attribute(&b, ATTACHMENT, FILE_PROPS, bl_buf_span(&p));
		attribute(&b, ATTACHMENT, 0x38013, BL_STR("1234"));
		look(bl_buf_span(&b), i == 0, false, "limit");
	}
	bl_buf_reset(&big);
	bl_buf_add_str(&big, "IPM.Note.SMIME.");
	while (big.n < 5000)
		bl_buf_add_u8(&big, 'x');
	start(&b);
	attribute(&b, MESSAGE, CLASS, bl_buf_span(&big));
	look(bl_buf_span(&b), true, false, "a long class");
	bl_buf_clear(&b);
	bl_buf_clear(&p);
	bl_buf_clear(&big);
}

/* ---- what others wrote ---- */

static const struct {
	const char *file;
	bool bad;
} corpus[] = {
    {"body", false},
    {"data-before-name", false},
    {"garbage-at-end", false},
    {"long-filename", false},
    {"missing-filenames", false},
    {"one-file", false},
    {"rtf", false},
    {"triples", false},
    {"two-files", false},
    {"unicode-mapi-attr", false},
    {"winmail", false},
};

/* The class or a title of each, changed to one of S/MIME. */
static void
graft(struct bl_buf *b, struct bl_span in)
{
	bl_buf_reset(b);
	bl_buf_add(b, bl_span_cut(in, 0, 6));
	attribute(b, MESSAGE, CLASS, BL_STR("IPM.Note.SMIME.MultipartSigned"));
	bl_buf_add(b, bl_span_cut(in, 6, in.n));
}

static void
finds_none_in_those_of_others(void)
{
	struct bl_buf in = {0}, b = {0};
	char path[80];

	for (size_t i = 0; i < sizeof(corpus) / sizeof(*corpus); i++) {
		snprintf(path, sizeof(path), "tnef/%s.tnef", corpus[i].file);
		bl_buf_reset(&in);
		if (!bl_test_corpus(&in, path))
			continue;
		look(bl_buf_span(&in), false, corpus[i].bad, corpus[i].file);
		graft(&b, bl_buf_span(&in));
		look(bl_buf_span(&b), true, corpus[i].bad, corpus[i].file);
	}
	bl_buf_clear(&in);
	bl_buf_clear(&b);
}

TESTS(TEST(knows_classes_and_titles), TEST(refuses_what_is_none),
    TEST(knows_properties), TEST(looks_as_far_as_the_limit),
    TEST(finds_none_in_those_of_others))
