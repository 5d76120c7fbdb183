/* header.c - a header block into its fields. */
#include "mime/internal.h"

struct bl_header {
	struct bl_buf block;
	struct bl_field *fields;
	size_t n, cap;
	unsigned defects;
};

/* Fields that stand at most once: RFC 5322 3.6, RFC 2045 3, RFC 2183 2. */
static const char *const once[] = {"Content-Type", "Content-Transfer-Encoding",
    "Content-Disposition", "MIME-Version", "From", "Sender", "To", "Cc", "Bcc",
    "Reply-To", "Subject", "Date", "Message-ID"};

/* One pass over the block. */
struct pass {
	struct bl_header *h;
	const struct bl_limits *limits;
	struct bl_watch watch;
	struct bl_field *open; /* the field that a folded line continues */
	size_t unfolded;       /* bytes of the open field without line ends */
	bool first;
};

static bool
is_name(uint8_t c)
{
	return c > 0x20 && c < 0x7f && c != ':';
}

/* Cuts the line that starts at `from`, with its end; `text` is without. */
static struct bl_span
line_at(struct bl_span s, size_t from, struct bl_span *text)
{
	const uint8_t *nl = memchr(s.p + from, '\n', s.n - from);
	size_t n = nl == NULL ? s.n - from : (size_t)(nl - s.p) - from + 1;
	struct bl_span line = bl_span_cut(s, from, n);

	*text = line;
	if (nl != NULL) {
		text->n--;
		if (text->n > 0 && text->p[text->n - 1] == '\r')
			text->n--;
	}
	return line;
}

/* Splits at the colon; false when there is no name before one. */
static bool
split(struct bl_field *f, struct bl_span text, unsigned *defects)
{
	size_t name = 0, colon;

	while (name < text.n && is_name(text.p[name]))
		name++;
	colon = name;
	while (colon < text.n && bl_mime_is_wsp(text.p[colon]))
		colon++;
	if (name == 0 || colon == text.n || text.p[colon] != ':')
		return false;
	/* obs-field: some readers take such a field, some do not. */
	if (colon != name)
		*defects |= BL_DEFECT_HEADER_SYNTAX;
	f->name = bl_span_cut(text, 0, name);
	f->value = bl_span_cut(text, colon + 1, text.n - colon - 1);
	return true;
}

static enum bl_err
add(struct pass *p, struct bl_span line, struct bl_span text, uint64_t at,
    struct bl_note *note)
{
	struct bl_header *h = p->h;
	struct bl_field f = {.raw = line};
	enum bl_err err;

	p->open = NULL;
	if (!split(&f, text, &h->defects)) {
		h->defects |= p->first && text.n >= 5 &&
			memcmp(text.p, "From ", 5) == 0
		    ? BL_DEFECT_MBOX_FROM
		    : BL_DEFECT_HEADER_SYNTAX;
		return BL_OK;
	}
	if (h->n >= p->limits->header_fields)
		return bl_fail_limit(note, at, "limit-header-count",
		    "too many header fields", "RFC 5322 2.2");
	err = bl_list_grow(&h->fields, h->n, &h->cap, sizeof(*h->fields), note);
	if (err != BL_OK)
		return err;
	h->fields[h->n] = f;
	p->open = &h->fields[h->n++];
	p->unfolded = 0;
	return BL_OK;
}

static enum bl_err
take(struct pass *p, struct bl_span line, struct bl_span text, uint64_t at,
    struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (bl_mime_is_wsp(text.p[0])) {
		if (p->open == NULL) {
			p->h->defects |= BL_DEFECT_HEADER_SYNTAX;
		} else {
			const uint8_t *end = text.p + text.n;

			p->open->value.n = (size_t)(end - p->open->value.p);
			p->open->raw.n += line.n;
		}
	} else {
		err = add(p, line, text, at, note);
	}
	p->first = false;
	p->unfolded += text.n;
	if (err == BL_OK && p->unfolded > p->limits->header_field_bytes)
		err = bl_fail_limit(note, at, "limit-header-field",
		    "header field is too long", "RFC 5322 2.2");
	return err;
}

static void
judge(struct bl_header *h, struct pass *p)
{
	struct bl_span block = bl_buf_span(&h->block);
	unsigned seen = bl_watch_add(&p->watch, block);

	if (p->watch.cr)
		seen |= BL_DEFECT_BARE_CR;
	/* Eight-bit text is right here if it is UTF-8 (RFC 6532 3.2). */
	if ((seen & BL_DEFECT_8BIT) != 0) {
		uint32_t c;
		size_t i = 0, n = 1;

		for (; i < block.n && n != 0; i += n)
			n = bl_utf8_next(block, i, &c);
		if (n != 0)
			seen &= ~(unsigned)BL_DEFECT_8BIT;
	}
	h->defects |= seen;
	for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (bl_header_find(h, once[i], 1) != NULL)
			h->defects |= BL_DEFECT_DUPLICATE_FIELD;
}

static enum bl_err
fields(
    struct bl_header *h, const struct bl_limits *limits, struct bl_note *note)
{
	struct pass p = {.h = h, .limits = limits, .first = true};
	struct bl_span block = bl_buf_span(&h->block);
	enum bl_err err = BL_OK;
	size_t at = 0;

	while (at < block.n && err == BL_OK) {
		struct bl_span text, line = line_at(block, at, &text);

		if (text.n == 0) {
			/* The end; what follows it is no header. */
			if (at + line.n != block.n)
				h->defects |= BL_DEFECT_HEADER_SYNTAX;
			break;
		}
		err = take(&p, line, text, at, note);
		at += line.n;
	}
	if (err == BL_OK)
		judge(h, &p);
	return err;
}

enum bl_err
bl_header_read(struct bl_header **out, struct bl_span block,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_header *h;
	enum bl_err err;

	*out = NULL;
	if (block.n > limits->header_block_bytes)
		return bl_fail_limit(note, 0, "limit-header-block",
		    "header is too long", "RFC 5322 2.2");
	h = bl_alloc(sizeof(*h));
	if (h == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	bl_buf_init(&h->block, limits->header_block_bytes);
	bl_buf_add(&h->block, block);
	if ((err = bl_buf_err(&h->block, note)) != BL_OK ||
	    (err = fields(h, limits, note)) != BL_OK) {
		bl_header_free(h);
		return err;
	}
	*out = h;
	return BL_OK;
}

void
bl_header_free(struct bl_header *h)
{
	if (h == NULL)
		return;
	bl_buf_clear(&h->block);
	bl_release(h->fields);
	bl_release(h);
}

size_t
bl_header_count(const struct bl_header *h)
{
	return h->n;
}

const struct bl_field *
bl_header_at(const struct bl_header *h, size_t i)
{
	return i < h->n ? &h->fields[i] : NULL;
}

const struct bl_field *
bl_header_find(const struct bl_header *h, const char *name, size_t nth)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < h->n; i++)
		if (h->fields[i].name.n == n &&
		    bl_span_is(h->fields[i].name, name) && nth-- == 0)
			return &h->fields[i];
	return NULL;
}

struct bl_span
bl_header_block(const struct bl_header *h)
{
	return bl_buf_span(&h->block);
}

unsigned
bl_header_defects(const struct bl_header *h)
{
	return h->defects;
}

/* The length of a line end that white space follows, at `i`; else 0. */
static size_t
fold(struct bl_span v, size_t i)
{
	size_t n = i + 1 < v.n && v.p[i] == '\r' && v.p[i + 1] == '\n' ? 2 : 1;

	if (i + n >= v.n || v.p[i + n - 1] != '\n' ||
	    !bl_mime_is_wsp(v.p[i + n]))
		return 0;
	return n;
}

void
bl_unfold(struct bl_buf *out, struct bl_span v)
{
	size_t from = out->n, i = 0, n;

	while (i < v.n && (bl_mime_is_wsp(v.p[i]) || fold(v, i) != 0))
		i++;
	while (i < v.n) {
		if ((n = fold(v, i)) != 0) {
			i += n;
			continue;
		}
		for (n = 1;
		     i + n < v.n && v.p[i + n] != '\r' && v.p[i + n] != '\n';
		     n++)
			;
		bl_buf_add(out, bl_span_cut(v, i, n));
		i += n;
	}
	while (out->n > from && bl_mime_is_wsp(out->p[out->n - 1]))
		out->n--;
}

struct bl_span
bl_unfolded(struct bl_buf *store, struct bl_span v)
{
	size_t from = store->n;

	if (v.n > 0 && memchr(v.p, '\n', v.n) != NULL) {
		bl_unfold(store, v);
		return bl_span_cut(bl_buf_span(store), from, store->n);
	}
	while (v.n > 0 && bl_mime_is_wsp(v.p[0]))
		v = bl_span_cut(v, 1, v.n);
	while (v.n > 0 && bl_mime_is_wsp(v.p[v.n - 1]))
		v.n--;
	return v;
}
