/* record.c - see record.h. Each certificate is one file: lines of what is known
 * about it, an empty line, its DER; so one rename makes it whole. */
#include "cli/record.h"

#include <errno.h>
#include <inttypes.h>

#include "cli/library.h"

#define HEADING "bulla certificate 1"

static char *
text_of(struct bl_span s)
{
	char *t = malloc(s.n + 1);

	if (t == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(t, s.p, s.n);
	t[s.n] = '\0';
	return t;
}

static char *
hex_of(struct bl_span s)
{
	struct bl_buf b = {0};
	char *t;

	bl_hex(&b, s);
	t = b.err == BL_OK ? text_of(bl_buf_span(&b)) : NULL;
	bl_buf_clear(&b);
	return t;
}

void
record_clear(struct record *r)
{
	bl_buf_clear(&r->der);
	free(r->name);
	free(r->subject);
	free(r->issuer);
	free(r->serial);
	free(r->label);
	for (size_t i = 0; i < r->addr_count; i++)
		free(r->addrs[i].addr);
	free(r->addrs);
}

void
records_clear(struct records *rs)
{
	for (size_t i = 0; i < rs->n; i++)
		record_clear(&rs->list[i]);
	free(rs->list);
	*rs = (struct records){0};
}

static enum bl_err
out_of_memory(struct bl_note *note)
{
	return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
}

bool
records_push(struct records *rs, const struct record *r)
{
	if (rs->n == rs->cap) {
		size_t cap = rs->cap == 0 ? 16 : rs->cap * 2;
		struct record *list = realloc(rs->list, cap * sizeof(*list));

		if (list == NULL)
			return false;
		rs->list = list;
		rs->cap = cap;
	}
	rs->list[rs->n++] = *r;
	return true;
}

static bool
add_addr(struct record *r, enum bl_cert_addr_kind kind, struct bl_span addr)
{
	struct record_addr *list = realloc(
	    r->addrs, (r->addr_count + 1) * sizeof(*list));

	if (list == NULL)
		return false;
	r->addrs = list;
	list[r->addr_count] = (struct record_addr){kind, text_of(addr)};
	return list[r->addr_count++].addr != NULL;
}

static bool
fill(struct record *r, const struct bl_cert_info *c)
{
	bl_buf_add(&r->der, c->der);
	memcpy(r->sha256, c->sha256.p, BL_SHA256_SIZE);
	memcpy(r->key_id, c->key_id.p, BL_SHA256_SIZE);
	r->name = text_of(c->name);
	r->subject = text_of(c->subject);
	r->issuer = text_of(c->issuer);
	r->serial = hex_of(c->serial);
	r->label = text_of(c->label);
	r->not_before = c->not_before;
	r->not_after = c->not_after;
	r->key_kind = c->key_kind;
	r->key_bits = c->key_bits;
	r->key_usage = c->key_usage;
	r->flags = c->flags;
	r->has_key = c->has_key;
	for (size_t i = 0; i < c->addr_count; i++)
		if (!add_addr(r, c->addrs[i].kind, c->addrs[i].addr))
			return false;
	return r->der.err == BL_OK && r->name != NULL && r->subject != NULL &&
	    r->issuer != NULL && r->serial != NULL && r->label != NULL;
}

enum bl_err
records_add(
    struct records *rs, const struct bl_cert_info *info, struct bl_note *note)
{
	struct record r = {0};

	for (size_t i = 0; i < rs->n; i++)
		if (memcmp(rs->list[i].sha256, info->sha256.p,
			BL_SHA256_SIZE) == 0) {
			rs->list[i].has_key |= info->has_key;
			return BL_OK;
		}
	if (fill(&r, info) && records_push(rs, &r))
		return BL_OK;
	record_clear(&r);
	return out_of_memory(note);
}

bool
record_can_sign(const struct record *r)
{
	return (r->key_usage &
		   (BL_KU_DIGITAL_SIGNATURE | BL_KU_NON_REPUDIATION)) != 0 &&
	    r->key_kind != BL_KEY_X25519 && r->key_kind != BL_KEY_X448 &&
	    r->key_kind != BL_KEY_OTHER && r->key_kind != BL_KEY_DSA;
}

bool
record_can_encrypt(const struct record *r)
{
	switch (r->key_kind) {
	case BL_KEY_RSA:
		return (r->key_usage & BL_KU_KEY_ENCIPHERMENT) != 0;
	case BL_KEY_EC_P256:
	case BL_KEY_EC_P384:
	case BL_KEY_EC_P521:
	case BL_KEY_X25519:
	case BL_KEY_X448:
		return (r->key_usage & BL_KU_KEY_AGREEMENT) != 0;
	case BL_KEY_OTHER:
	case BL_KEY_RSA_PSS:
	case BL_KEY_DSA:
	case BL_KEY_ED25519:
	case BL_KEY_ED448:
		break;
	}
	return false;
}

bool
record_has_addr(const struct record *r, const char *addr)
{
	bool has_san = false;

	for (size_t i = 0; i < r->addr_count; i++)
		has_san = has_san || r->addrs[i].kind != BL_ADDR_SUBJECT;
	for (size_t i = 0; i < r->addr_count; i++)
		if ((r->addrs[i].kind != BL_ADDR_SUBJECT || !has_san) &&
		    library_addr_same(
			bl_span_str(r->addrs[i].addr), bl_span_str(addr)))
			return true;
	return false;
}

size_t
records_next(const struct records *rs, const char *addr, size_t from)
{
	while (from < rs->n && !record_has_addr(&rs->list[from], addr))
		from++;
	return from;
}

bool
record_better(const struct record *a, const struct record *b)
{
	if (a->not_before != b->not_before)
		return a->not_before > b->not_before;
	if (a->not_after != b->not_after)
		return a->not_after > b->not_after;
	return memcmp(a->sha256, b->sha256, BL_SHA256_SIZE) < 0;
}

const char *
record_addr_of(const struct record *r)
{
	return r->addr_count > 0 ? r->addrs[0].addr : "";
}

/* ---- the file of a record ---- */

/* Line ends and percent signs would break the lines. */
static void
put_text(struct bl_buf *b, const char *key, const char *value)
{
	bl_buf_add_f(b, "%s ", key);
	for (; *value != '\0'; value++) {
		uint8_t c = (uint8_t)*value;

		if (c < 0x20 || c == '%' || c == 0x7f)
			bl_buf_add_f(b, "%%%02x", c);
		else
			bl_buf_add_u8(b, c);
	}
	bl_buf_add_u8(b, '\n');
}

static void
put_hex(struct bl_buf *b, const char *key, const uint8_t *p, size_t n)
{
	bl_buf_add_f(b, "%s ", key);
	bl_hex(b, bl_span_of(p, n));
	bl_buf_add_u8(b, '\n');
}

void
record_put(struct bl_buf *b, const struct record *r)
{
	bl_buf_add_str(b, HEADING "\n");
	put_hex(b, "sha256", r->sha256, sizeof(r->sha256));
	put_hex(b, "key", r->key_id, sizeof(r->key_id));
	put_text(b, "name", r->name);
	put_text(b, "subject", r->subject);
	put_text(b, "issuer", r->issuer);
	put_text(b, "serial", r->serial);
	put_text(b, "label", r->label);
	bl_buf_add_f(b,
	    "not-before %" PRId64 "\nnot-after %" PRId64
	    "\nkey-kind %u\nkey-bits %u\nkey-usage %u\nflags %u\n",
	    r->not_before, r->not_after, (unsigned)r->key_kind, r->key_bits,
	    r->key_usage, r->flags);
	for (size_t i = 0; i < r->addr_count; i++)
		put_text(b,
		    r->addrs[i].kind == BL_ADDR_SUBJECT	  ? "addr-subject"
			: r->addrs[i].kind == BL_ADDR_SAN ? "addr"
							  : "addr-utf8",
		    r->addrs[i].addr);
	if (r->good_for != 0)
		bl_buf_add_f(b, "good-for %u\n", r->good_for);
	bl_buf_add_u8(b, '\n');
	bl_buf_add(b, bl_buf_span(&r->der));
}

static int
digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
				    : -1;
}

bool
record_hex(uint8_t *out, struct bl_span value, size_t n)
{
	if (value.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = digit(value.p[2 * i]);
		int low = digit(value.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static char *
get_text(struct bl_span value)
{
	char *t = malloc(value.n + 1), *at = t;
	uint8_t byte;

	if (t == NULL)
		return NULL;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '%' &&
		    record_hex(&byte, bl_span_cut(value, i + 1, 2), 1)) {
			*at++ = (char)byte;
			i += 2;
		} else {
			*at++ = (char)value.p[i];
		}
	}
	*at = '\0';
	return t;
}

static bool
get_number(int64_t *out, struct bl_span value)
{
	char text[32], *end;

	if (value.n == 0 || value.n >= sizeof(text))
		return false;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool
get_unsigned(unsigned *out, struct bl_span value)
{
	int64_t v;

	if (!get_number(&v, value) || v < 0 || v > UINT32_MAX)
		return false;
	*out = (unsigned)v;
	return true;
}

static bool
is(struct bl_span key, const char *name)
{
	return bl_span_equal(key, bl_span_str(name));
}

static bool
replace_text(char **field, struct bl_span value)
{
	free(*field);
	*field = get_text(value);
	return *field != NULL;
}

static bool
get_line(struct record *r, struct bl_span key, struct bl_span value)
{
	unsigned kind;
	char *addr;
	bool ok;

	if (is(key, "sha256"))
		return record_hex(r->sha256, value, BL_SHA256_SIZE);
	if (is(key, "key"))
		return record_hex(r->key_id, value, BL_SHA256_SIZE);
	if (is(key, "name"))
		return replace_text(&r->name, value);
	if (is(key, "subject"))
		return replace_text(&r->subject, value);
	if (is(key, "issuer"))
		return replace_text(&r->issuer, value);
	if (is(key, "serial"))
		return replace_text(&r->serial, value);
	if (is(key, "label"))
		return replace_text(&r->label, value);
	if (is(key, "not-before"))
		return get_number(&r->not_before, value);
	if (is(key, "not-after"))
		return get_number(&r->not_after, value);
	if (is(key, "key-bits"))
		return get_unsigned(&r->key_bits, value);
	if (is(key, "key-usage"))
		return get_unsigned(&r->key_usage, value);
	if (is(key, "good-for"))
		return get_unsigned(&r->good_for, value);
	if (is(key, "flags"))
		return get_unsigned(&r->flags, value);
	if (is(key, "key-kind")) {
		ok = get_unsigned(&kind, value) && kind <= BL_KEY_KIND_LAST;
		r->key_kind = ok ? (enum bl_key_kind)kind : BL_KEY_OTHER;
		return ok;
	}
	if (!is(key, "addr") && !is(key, "addr-utf8") &&
	    !is(key, "addr-subject"))
		return false;
	addr = get_text(value);
	ok = addr != NULL &&
	    add_addr(r,
		is(key, "addr-subject") ? BL_ADDR_SUBJECT
		    : is(key, "addr")	? BL_ADDR_SAN
					: BL_ADDR_SAN_UTF8,
		bl_span_str(addr));
	free(addr);
	return ok;
}

/* Takes one line off the front; false at the empty line or the end. */
static bool
next_line(struct bl_span *in, struct bl_span *line)
{
	const uint8_t *end = in->n > 0 ? memchr(in->p, '\n', in->n) : NULL;

	if (end == NULL)
		return false;
	*line = bl_span_of(in->p, (size_t)(end - in->p));
	*in = bl_span_cut(*in, line->n + 1, SIZE_MAX);
	return line->n > 0;
}

bool
record_get(struct record *r, struct bl_span in)
{
	struct bl_span line;

	if (!next_line(&in, &line) || !is(line, HEADING))
		return false;
	while (next_line(&in, &line)) {
		const uint8_t *space = memchr(line.p, ' ', line.n);
		size_t n = space == NULL ? 0 : (size_t)(space - line.p);

		if (space == NULL ||
		    !get_line(r, bl_span_cut(line, 0, n),
			bl_span_cut(line, n + 1, SIZE_MAX)))
			return false;
	}
	bl_buf_add(&r->der, in);
	return in.n > 0 && r->der.err == BL_OK && r->name != NULL &&
	    r->subject != NULL && r->issuer != NULL && r->serial != NULL &&
	    r->label != NULL;
}
