/* pass.c - passphrases and names between UTF-8 and UTF-16; see pbe.h. */
#include "base/base.h"
#include "crypto/pbe.h"

/* The next character of well-formed UTF-8. */
static uint32_t
next(struct bl_span *s)
{
	uint32_t c = s->p[0];
	size_t more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

	if (more > 0)
		c &= 0x3fu >> more;
	for (size_t i = 1; i <= more; i++)
		c = c << 6 | (s->p[i] & 0x3f);
	*s = bl_span_cut(*s, 1 + more, s->n);
	return c;
}

static void
put_unit(struct bl_buf *out, uint32_t unit)
{
	bl_buf_add_u8(out, (uint8_t)(unit >> 8));
	bl_buf_add_u8(out, (uint8_t)unit);
}

bool
bl_wide_put(struct bl_buf *out, struct bl_span utf8)
{
	if (!bl_text_ok(utf8))
		return false;
	while (utf8.n > 0) {
		uint32_t c = next(&utf8);

		if (c >= 0x10000) {
			put_unit(out, 0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + (c & 0x3ff);
		}
		put_unit(out, c);
	}
	return true;
}

static void
put_utf8(struct bl_buf *out, uint32_t c)
{
	if (c < 0x80) {
		bl_buf_add_u8(out, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		bl_buf_add_u8(out, (uint8_t)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			bl_buf_add_u8(out, (uint8_t)(0xe0 | c >> 12));
		} else {
			bl_buf_add_u8(out, (uint8_t)(0xf0 | c >> 18));
			bl_buf_add_u8(out, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		}
		bl_buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	}
	bl_buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
}

static uint32_t
unit_at(struct bl_span s, size_t i)
{
	return (uint32_t)s.p[i] << 8 | s.p[i + 1];
}

bool
bl_wide_read(struct bl_buf *out, struct bl_span wide)
{
	if (wide.n % 2 != 0)
		return false;
	for (size_t i = 0; i < wide.n; i += 2) {
		uint32_t c = unit_at(wide, i), low;

		if (c == 0 && i + 2 == wide.n)
			break; /* some writers end a name with a NUL */
		if (c == 0 || (c >= 0xdc00 && c < 0xe000))
			return false;
		if (c >= 0xd800 && c < 0xdc00) {
			i += 2;
			low = i < wide.n ? unit_at(wide, i) : 0;
			if (low < 0xdc00 || low >= 0xe000)
				return false;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
		put_utf8(out, c);
	}
	return true;
}

enum bl_err
bl_pass_init(struct bl_pass *p, struct bl_span utf8, struct bl_note *note)
{
	struct bl_buf wide = {0};
	enum bl_err err;

	*p = (struct bl_pass){.utf8 = utf8};
	if (utf8.n > BL_PASS_MAX || !bl_wide_put(&wide, utf8)) {
		bl_buf_clear(&wide);
		return bl_fail(note, BL_E_CALLER, 0,
		    "the passphrase is not UTF-8, or too long", NULL);
	}
	bl_buf_add(&wide, bl_span_of("\0\0", 2));
	if ((err = bl_buf_err(&wide, note)) == BL_OK)
		err = bl_secret_copy(&p->wide, bl_buf_span(&wide), note);
	bl_buf_clear(&wide);
	return err;
}

void
bl_pass_clear(struct bl_pass *p)
{
	bl_secret_free(p->wide);
	*p = (struct bl_pass){0};
}
