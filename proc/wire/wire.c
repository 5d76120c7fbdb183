/* wire.c - see wire.h. */
#include "proc/wire/wire.h"

struct bl_fields
bl_field_of(struct bl_span payload)
{
	return (struct bl_fields){.left = payload};
}

struct bl_span
bl_field_fixed(struct bl_fields *w, size_t n)
{
	struct bl_span s;

	if (w->bad || n > w->left.n) {
		w->bad = true;
		return (struct bl_span){0};
	}
	s = bl_span_cut(w->left, 0, n);
	w->left = bl_span_cut(w->left, n, w->left.n - n);
	return s;
}

static uint64_t
number(struct bl_fields *w, size_t size, uint64_t max)
{
	struct bl_span s = bl_field_fixed(w, size);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	if (v > max) {
		w->bad = true;
		return 0;
	}
	return v;
}

uint8_t
bl_field_u8(struct bl_fields *w, uint8_t max)
{
	return (uint8_t)number(w, 1, max);
}

uint16_t
bl_field_u16(struct bl_fields *w, uint16_t max)
{
	return (uint16_t)number(w, 2, max);
}

uint32_t
bl_field_u32(struct bl_fields *w, uint32_t max)
{
	return (uint32_t)number(w, 4, max);
}

uint64_t
bl_field_u64(struct bl_fields *w)
{
	return number(w, 8, UINT64_MAX);
}

int64_t
bl_field_time(struct bl_fields *w)
{
	uint64_t v = bl_field_u64(w);
	int64_t t;

	memcpy(&t, &v, sizeof(t));
	return t;
}

bool
bl_field_bool(struct bl_fields *w)
{
	return bl_field_u8(w, 1) == 1;
}

struct bl_span
bl_field_bytes(struct bl_fields *w, size_t max)
{
	uint32_t n = bl_field_u32(
	    w, max < UINT32_MAX ? (uint32_t)max : UINT32_MAX);

	return bl_field_fixed(w, n);
}

struct bl_span
bl_field_text(struct bl_fields *w, size_t max)
{
	struct bl_span s = bl_field_bytes(w, max);

	if (!bl_text_ok(s)) {
		w->bad = true;
		return (struct bl_span){0};
	}
	return s;
}

enum bl_err
bl_field_end(const struct bl_fields *w, struct bl_note *note)
{
	if (w->bad || w->left.n != 0)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "payload of a frame is not well formed",
		    "docs/wire/frames.md");
	return BL_OK;
}

static void
put_number(struct bl_buf *b, uint64_t v, unsigned size)
{
	for (unsigned i = size; i > 0; i--)
		bl_buf_add_u8(b, (uint8_t)(v >> 8 * (i - 1)));
}

void
bl_field_put_u8(struct bl_buf *b, uint8_t v)
{
	put_number(b, v, 1);
}

void
bl_field_put_u16(struct bl_buf *b, uint16_t v)
{
	put_number(b, v, 2);
}

void
bl_field_put_u32(struct bl_buf *b, uint32_t v)
{
	put_number(b, v, 4);
}

void
bl_field_put_u64(struct bl_buf *b, uint64_t v)
{
	put_number(b, v, 8);
}

void
bl_field_put_time(struct bl_buf *b, int64_t v)
{
	put_number(b, (uint64_t)v, 8);
}

void
bl_field_put_bool(struct bl_buf *b, bool v)
{
	put_number(b, v ? 1 : 0, 1);
}

void
bl_field_put_bytes(struct bl_buf *b, struct bl_span s)
{
	if (s.n > UINT32_MAX) {
		b->err = BL_E_LIMIT;
		return;
	}
	put_number(b, s.n, 4);
	bl_buf_add(b, s);
}

void
bl_field_put_fixed(struct bl_buf *b, struct bl_span s)
{
	bl_buf_add(b, s);
}

/* Copies a text that was told, as printable ASCII; the string, or NULL. */
static const char *
copy(char *to, size_t size, struct bl_span s)
{
	for (size_t i = 0; i < s.n && i < size - 1; i++) {
		to[i] = s.p[i] < 0x20 || s.p[i] > 0x7e ? '?' : (char)s.p[i];
		to[i + 1] = '\0';
	}
	return s.n > 0 ? to : NULL;
}

void
bl_field_told(struct bl_fields *w, struct bl_told *told)
{
	struct bl_note *note = &told->note;

	*told = (struct bl_told){0};
	note->err = (enum bl_err)bl_field_u8(w, BL_E_CALLER);
	note->at = bl_field_u64(w);
	note->what = copy(told->what, sizeof(told->what),
	    bl_field_text(w, sizeof(told->what) - 1));
	note->source = copy(told->source, sizeof(told->source),
	    bl_field_text(w, sizeof(told->source) - 1));
	note->reason = copy(told->reason, sizeof(told->reason),
	    bl_field_text(w, sizeof(told->reason) - 1));
	if (note->err != BL_OK && note->what == NULL)
		note->what = bl_err_name(note->err);
}

static void
put_string(struct bl_buf *b, const char *s, size_t size)
{
	struct bl_span text = bl_span_str(s != NULL ? s : "");

	/* cut where a character may end, so that it stays a text */
	text = bl_span_cut(text, 0, size - 1);
	while (!bl_text_ok(text) && text.n > 0)
		text.n--;
	bl_field_put_bytes(b, text);
}

void
bl_field_put_told(struct bl_buf *b, enum bl_err err, const struct bl_note *note)
{
	static const struct bl_note none;
	struct bl_told sizes;

	if (note == NULL)
		note = &none;
	bl_field_put_u8(b, (uint8_t)err);
	bl_field_put_u64(b, note->at);
	put_string(b, note->what, sizeof(sizes.what));
	put_string(b, note->source, sizeof(sizes.source));
	put_string(b, note->reason, sizeof(sizes.reason));
}

void
bl_told_copy(struct bl_told *to, const struct bl_told *from)
{
	*to = *from;
	if (from->note.what == from->what)
		to->note.what = to->what;
	if (from->note.source != NULL)
		to->note.source = to->source;
	if (from->note.reason != NULL)
		to->note.reason = to->reason;
}

enum bl_err
bl_told_pass(const struct bl_told *told, struct bl_note *note)
{
	if (note != NULL && note->err == BL_OK)
		*note = told->note;
	return told->note.err;
}
