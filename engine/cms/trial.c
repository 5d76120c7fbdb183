/* trial.c - what the tests of this module share; see trial.h. */
#include "cms/trial.h"

#include <string.h>

#include "tests/test.h"

/* ---- writing DER by hand ---- */

static int
digit(char c)
{
	const char *digits = "0123456789abcdef", *p = strchr(digits, c);

	return c == '\0' || p == NULL ? -1 : (int)(p - digits);
}

static unsigned
byte(const char **t)
{
	int high = digit((*t)[0]), low = high < 0 ? -1 : digit((*t)[1]);

	CHECK(low >= 0, *t);
	*t += low >= 0 ? 2 : strlen(*t);
	return (unsigned)(high * 16 + low) & 0xff;
}

static void
hex(struct bl_buf *out, const char **t)
{
	while (digit(**t) >= 0)
		bl_buf_add_u8(out, (uint8_t)byte(t));
}

/* o(name) or o(=hex) */
static void
oid(struct bl_buf *out, const char **t)
{
	const char *name = *t + 2, *end = strchr(name, ')');
	struct bl_buf octets = {0};

	*t = end + 1;
	if (*name == '=') {
		name++;
		hex(&octets, &name);
		bl_der_put(out, BL_DER_OID, bl_buf_span(&octets));
		bl_buf_clear(&octets);
		return;
	}
	for (unsigned i = 1; i < BL_OID_COUNT; i++) {
		const char *known = bl_oid_name((enum bl_oid)i);

		if (strlen(known) == (size_t)(end - name) &&
		    strncmp(known, name, (size_t)(end - name)) == 0) {
			bl_der_put_oid(out, (enum bl_oid)i);
			return;
		}
	}
	CHECK(false, name);
}

static void
element(struct bl_buf *out, const char **t)
{
	unsigned tag = byte(t);
	size_t n = 0, mark = bl_der_open(out, tag);

	switch (*(*t)++) {
	case '{':
		while (**t != '}' && **t != '\0') {
			if (**t == ' ')
				(*t)++;
			else if (**t == 'o')
				oid(out, t);
			else if (**t == '=')
				(*t)++, hex(out, t);
			else
				element(out, t);
		}
		CHECK(**t == '}', *t);
		(*t)++;
		break;
	case ':':
		hex(out, t);
		break;
	case '*':
		for (; **t >= '0' && **t <= '9'; (*t)++)
			n = n * 10 + (size_t)(**t - '0');
		while (n-- > 0)
			bl_buf_add_u8(out, 'x');
		break;
	default:
		CHECK(false, *t);
	}
	bl_der_close(out, mark);
}

void
bl_asm(struct bl_buf *out, const char *text)
{
	while (*text != '\0') {
		if (*text == ' ')
			text++;
		else if (*text == 'o')
			oid(out, &text);
		else if (*text == '=')
			text++, hex(out, &text);
		else
			element(out, &text);
	}
	CHECK(out->err == BL_OK, text);
}

/* ---- changing an element inside of DER ---- */

/* The next number of a path, and what follows it. */
static size_t
step(const char **path)
{
	size_t n = 0;

	for (; **path >= '0' && **path <= '9'; (*path)++)
		n = n * 10 + (size_t)(**path - '0');
	if (**path == '.')
		(*path)++;
	return n;
}

static void
put(struct bl_buf *out, struct bl_span old, enum bl_graft how,
    struct bl_span with)
{
	switch (how) {
	case BL_REPLACE:
		bl_buf_add(out, with);
		break;
	case BL_BEFORE:
		bl_buf_add(out, with);
		bl_buf_add(out, old);
		break;
	case BL_AFTER:
		bl_buf_add(out, old);
		bl_buf_add(out, with);
		break;
	case BL_INSIDE:
		bl_der_put(out, old.p[0], with);
		break;
	case BL_REMOVE:
		break;
	}
}

void
bl_graft(struct bl_buf *out, struct bl_span der, const char *path,
    enum bl_graft how, struct bl_span with)
{
	struct bl_der whole = bl_der_of(der), in;
	size_t wanted, mark, at = 0;

	if (*path == '\0') {
		put(out, der, how, with);
		return;
	}
	wanted = step(&path);
	in = bl_der_enter(&whole, bl_der_peek(&whole));
	mark = bl_der_open(out, der.p[0]);
	for (; bl_der_peek(&in) != 0; at++) {
		struct bl_span child = bl_der_whole(&in, 0);

		if (at == wanted)
			bl_graft(out, child, path, how, with);
		else
			bl_buf_add(out, child);
	}
	CHECK(at > wanted && !in.bad, "there is such a place");
	bl_der_close(out, mark);
}

void
bl_graft_text(struct bl_buf *out, struct bl_span der, const char *path,
    enum bl_graft how, const char *with)
{
	struct bl_buf bytes = {0};

	bl_asm(&bytes, with);
	bl_graft(out, der, path, how, bl_buf_span(&bytes));
	bl_buf_clear(&bytes);
}

void
bl_regraft(struct bl_buf *der, const char *path, enum bl_graft how,
    struct bl_span with)
{
	struct bl_buf new = {.max = der->max};

	bl_graft(&new, bl_buf_span(der), path, how, with);
	bl_buf_clear(der);
	*der = new;
}

void
bl_regraft_text(
    struct bl_buf *der, const char *path, enum bl_graft how, const char *with)
{
	struct bl_buf bytes = {0};

	bl_asm(&bytes, with);
	bl_regraft(der, path, how, bl_buf_span(&bytes));
	bl_buf_clear(&bytes);
}

struct bl_span
bl_graft_at(struct bl_span der, const char *path)
{
	while (*path != '\0' && der.n != 0) {
		struct bl_der whole = bl_der_of(der);
		struct bl_der in = bl_der_enter(&whole, bl_der_peek(&whole));

		for (size_t n = step(&path); n > 0; n--)
			(void)bl_der_whole(&in, 0);
		der = bl_der_whole(&in, 0);
	}
	return der;
}

void
bl_graft_ber(struct bl_buf *out, struct bl_span der, unsigned levels)
{
	struct bl_der whole = bl_der_of(der), in;

	if (levels == 0 || der.n == 0 || !(der.p[0] & 0x20)) {
		bl_buf_add(out, der);
		return;
	}
	in = bl_der_enter(&whole, bl_der_peek(&whole));
	bl_buf_add_u8(out, der.p[0]);
	bl_buf_add_u8(out, 0x80);
	while (bl_der_peek(&in) != 0)
		bl_graft_ber(out, bl_der_whole(&in, 0), levels - 1);
	bl_buf_add(out, bl_span_of("\0", 2));
}

/* ---- reading all of an object ---- */

void
bl_trial_new(struct bl_trial *t)
{
	*t = (struct bl_trial){.limits = BL_LIMITS};
	CHECK(bl_ctx_new(&t->ctx, NULL) == BL_OK, "context");
}

/* Keeps what an event brought; a run of content is one letter. */
static void
record(struct bl_trial *t, const struct bl_cms_event *ev)
{
	size_t n = strlen(t->events);
	char letter = "?TKCE."[ev->kind];

	if (ev->kind == BL_CMS_CONTENT)
		bl_buf_add(&t->content, ev->bytes);
	if (n + 1 < sizeof(t->events) &&
	    !(letter == 'C' && n > 0 && t->events[n - 1] == 'C'))
		t->events[n] = letter;
}

static enum bl_err
read_all(struct bl_trial *t, struct bl_span in)
{
	size_t piece = t->piece == 0 ? in.n : t->piece;
	struct bl_cms_event ev = {0};
	enum bl_err err;

	while (ev.kind != BL_CMS_END) {
		err = bl_cms_next(t->cms, &ev, &t->note);
		if (err != BL_OK)
			return err;
		if (ev.kind == BL_CMS_MORE && in.n == 0)
			bl_cms_end(t->cms);
		if (ev.kind == BL_CMS_MORE) {
			bl_cms_feed(t->cms, bl_span_cut(in, 0, piece));
			in = bl_span_cut(in, piece, in.n);
			continue;
		}
		record(t, &ev);
		if (ev.kind == BL_CMS_KEY && t->key != NULL &&
		    (err = bl_cms_set_key(t->cms, t->key, &t->note)) != BL_OK)
			return err;
	}
	return bl_buf_err(&t->content, &t->note);
}

enum bl_err
bl_trial_read(struct bl_trial *t, struct bl_span in)
{
	bl_cms_free(t->cms);
	t->cms = NULL;
	t->note = (struct bl_note){0};
	bl_buf_reset(&t->content);
	memset(t->events, 0, sizeof(t->events));
	t->err = bl_cms_new(&t->cms, t->ctx, &t->policy, &t->limits, &t->note);
	if (t->err == BL_OK)
		t->err = read_all(t, in);
	return t->err;
}

void
bl_trial_free(struct bl_trial *t)
{
	bl_cms_free(t->cms);
	bl_buf_clear(&t->content);
	bl_ctx_free(t->ctx);
}

/* ---- making an encrypted object ---- */

struct bl_secret *
bl_shape_key(enum bl_cipher cipher)
{
	struct bl_secret *key = NULL;
	size_t n = bl_cipher_key_size(cipher);

	CHECK(bl_secret_new(&key, n, NULL) == BL_OK, "key");
	for (size_t i = 0; i < n; i++)
		bl_secret_fill(key)[i] = (uint8_t)i;
	return key;
}

static enum bl_oid
cipher_oid(enum bl_cipher c)
{
	static const enum bl_oid oids[BL_CIPHER_COUNT] = {
	    [BL_AES128_GCM] = BL_OID_AES128_GCM,
	    [BL_AES192_GCM] = BL_OID_AES192_GCM,
	    [BL_AES256_GCM] = BL_OID_AES256_GCM,
	    [BL_AES128_CBC] = BL_OID_AES128_CBC,
	    [BL_AES192_CBC] = BL_OID_AES192_CBC,
	    [BL_AES256_CBC] = BL_OID_AES256_CBC,
	    [BL_DES3_CBC] = BL_OID_DES3_CBC,
	    [BL_RC2_40_CBC] = BL_OID_RC2_CBC,
	    [BL_RC2_64_CBC] = BL_OID_RC2_CBC,
	    [BL_RC2_128_CBC] = BL_OID_RC2_CBC,
	    [BL_CHACHA20_POLY1305] = BL_OID_CHACHA20_POLY1305,
	};

	return oids[c];
}

/* A recipient of issuer "" and serial 7, and 16 bytes for it. */
#define RECIPIENT                                                              \
	"\x30\x29\x02\x01\x00\x30\x05\x30\x00\x02\x01\x07"                     \
	"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"                 \
	"\x04\x10wrapped key here"

static void
put_cipher(struct bl_buf *out, enum bl_cipher c, struct bl_span iv)
{
	size_t alg = bl_der_open(out, BL_DER_SEQUENCE), params;

	bl_der_put_oid(out, cipher_oid(c));
	if (cipher_oid(c) == BL_OID_RC2_CBC) {
		params = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put_uint(out,
		    c == BL_RC2_40_CBC	     ? 160
			: c == BL_RC2_64_CBC ? 120
					     : 58);
		bl_der_put(out, BL_DER_OCTETS, iv);
		bl_der_close(out, params);
	} else if (bl_cipher_is_aead(c) && c != BL_CHACHA20_POLY1305) {
		params = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put(out, BL_DER_OCTETS, iv);
		bl_der_put_uint(out, BL_TAG_SIZE);
		bl_der_close(out, params);
	} else {
		bl_der_put(out, BL_DER_OCTETS, iv);
	}
	bl_der_close(out, alg);
}

void
bl_shape_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_shape *shape, const struct bl_secret *key)
{
	uint8_t ivs[16] = {9, 8, 7}, tag[BL_TAG_SIZE] = {0};
	struct bl_span iv = bl_span_of(ivs, bl_cipher_iv_size(shape->cipher));
	size_t info, content, data, inner, string;
	struct bl_sealing *s = NULL;

	CHECK(bl_sealing_new(
		  &s, ctx, shape->cipher, BL_ENCRYPT, key, iv, NULL) == BL_OK,
	    "shape");
	info = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out,
	    shape->authenticated ? BL_OID_AUTH_ENVELOPED_DATA
				 : BL_OID_ENVELOPED_DATA);
	content = bl_der_open(out, BL_DER_CONTEXT(0));
	data = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_uint(out, 0);
	bl_der_put(out, BL_DER_SET, BL_STR(RECIPIENT));
	inner = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, BL_OID_DATA);
	put_cipher(out, shape->cipher, iv);
	string = bl_der_open(out, BL_DER_IMPLICIT(0));
	CHECK((shape->attributes.n == 0 ||
		  bl_sealing_aad(s, shape->attributes, NULL) == BL_OK) &&
		bl_sealing_add(s, out, shape->content, NULL) == BL_OK &&
		bl_sealing_end(s, out, tag, NULL) == BL_OK,
	    "shape");
	bl_der_close(out, string);
	bl_der_close(out, inner);
	if (shape->attributes.n != 0) {
		bl_buf_add_u8(out, BL_DER_CONTEXT(1));
		bl_buf_add(out,
		    bl_span_cut(shape->attributes, 1, shape->attributes.n));
	}
	if (shape->authenticated)
		bl_der_put(out, BL_DER_OCTETS, bl_span_of(tag, sizeof(tag)));
	bl_der_close(out, data);
	bl_der_close(out, content);
	bl_der_close(out, info);
	CHECK(out->err == BL_OK, "shape");
	bl_sealing_free(s);
}
