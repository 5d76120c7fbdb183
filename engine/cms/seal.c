/* seal.c - writes EnvelopedData and AuthEnvelopedData: RFC 5652 6, RFC 5083. */
#include "cms/wrap.h"

#define CONTENT_MAX ((uint64_t)1 << 60) /* bytes; lengths add up below 2^62 */

enum stage { NEW = 0, OPEN, ENDED };

struct bl_cms_seal {
	enum stage stage;
	enum bl_cipher cipher;
	uint64_t length; /* of the content, or BL_LENGTH_UNKNOWN */
	uint64_t total;	 /* bytes of content so far */
	struct bl_sealing *sealing;
	struct bl_buf recipients; /* the elements of the SET, in order */
	struct bl_buf inner;	  /* content type and AlgorithmIdentifier */
	enum bl_oid type;
	uint64_t version;
};

static const enum bl_oid ciphers[BL_CIPHER_COUNT] = {
    [BL_AES128_GCM] = BL_OID_AES128_GCM,
    [BL_AES192_GCM] = BL_OID_AES192_GCM,
    [BL_AES256_GCM] = BL_OID_AES256_GCM,
    [BL_AES128_CBC] = BL_OID_AES128_CBC,
    [BL_AES192_CBC] = BL_OID_AES192_CBC,
    [BL_AES256_CBC] = BL_OID_AES256_CBC,
    [BL_CHACHA20_POLY1305] = BL_OID_CHACHA20_POLY1305,
};

/* contentType id-data and contentEncryptionAlgorithm: RFC 5084 3.2, RFC 3565
 * 4.1, RFC 8103 3. */
static void
put_inner(struct bl_buf *out, enum bl_cipher cipher, struct bl_span iv)
{
	size_t alg, params;

	bl_der_put_oid(out, BL_OID_DATA);
	alg = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, ciphers[cipher]);
	if (bl_cipher_is_aead(cipher) && cipher != BL_CHACHA20_POLY1305) {
		params = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put(out, BL_DER_OCTETS, iv);
		bl_der_put_uint(out, BL_TAG_SIZE);
		bl_der_close(out, params);
	} else {
		bl_der_put(out, BL_DER_OCTETS, iv);
	}
	bl_der_close(out, alg);
}

/* Draws key and IV, wraps the key for everybody, and forgets it but for the
 * cipher that is to run. */
static enum bl_err
prepare(struct bl_cms_seal *s, struct bl_ctx *ctx, const struct bl_cms_to *to,
    size_t n, enum bl_cms_name_by by, struct bl_note *note)
{
	size_t key_n = bl_cipher_key_size(s->cipher);
	struct bl_span iv = {0};
	struct bl_secret *key = NULL;
	uint8_t iv_bytes[16];
	enum bl_err err;

	iv = bl_span_of(iv_bytes, bl_cipher_iv_size(s->cipher));
	if ((err = bl_secret_here(&key, ctx, key_n, note)) != BL_OK ||
	    (err = bl_random(ctx, bl_secret_fill(key), key_n, note)) != BL_OK ||
	    (err = bl_random(ctx, iv_bytes, iv.n, note)) != BL_OK ||
	    (err = bl_recipients_write(
		 &s->recipients, ctx, to, n, by, key, note)) != BL_OK ||
	    (err = bl_sealing_new(&s->sealing, ctx, s->cipher, BL_ENCRYPT, key,
		 iv, note)) != BL_OK)
		goto out;
	put_inner(&s->inner, s->cipher, iv);
	err = bl_buf_err(&s->inner, note);
out:
	bl_secret_free(key);
	return err;
}

enum bl_err
bl_cms_seal_new(struct bl_cms_seal **out, struct bl_ctx *ctx,
    enum bl_cipher cipher, const struct bl_cms_to *to, size_t n,
    enum bl_cms_name_by by, uint64_t length, struct bl_note *note)
{
	bool aead = bl_cipher_is_aead(cipher);
	struct bl_cms_seal *s;
	enum bl_err err;

	*out = NULL;
	if (n == 0 || (length > CONTENT_MAX && length != BL_LENGTH_UNKNOWN))
		return bl_fail(note, BL_E_CALLER, 0,
		    "nobody to encrypt to, or no such length", NULL);
	if ((unsigned)cipher >= BL_CIPHER_COUNT ||
	    ciphers[cipher] == BL_OID_UNKNOWN)
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "nothing is encrypted with this cipher", NULL);
	if ((s = bl_alloc(sizeof(*s))) == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	s->cipher = cipher;
	s->length = length;
	s->type = aead ? BL_OID_AUTH_ENVELOPED_DATA : BL_OID_ENVELOPED_DATA;
	if ((err = prepare(s, ctx, to, n, by, note)) != BL_OK) {
		bl_cms_seal_free(s);
		return err;
	}
	/* RFC 5652 6.1, RFC 5083 2.1 */
	s->version = aead || bl_recipients_are_plain(to, n, by) ? 0 : 2;
	*out = s;
	return BL_OK;
}

void
bl_cms_seal_free(struct bl_cms_seal *s)
{
	if (s == NULL)
		return;
	bl_sealing_free(s->sealing);
	bl_buf_clear(&s->recipients);
	bl_buf_clear(&s->inner);
	bl_release(s);
}

/* What ends a constructed element of indefinite length; the beginning of
 * one. */
static void
put_end(struct bl_buf *out)
{
	bl_buf_add(out, bl_span_of("\0", 2));
}

static void
put_open(struct bl_buf *out, unsigned tag)
{
	bl_buf_add_u8(out, (uint8_t)tag);
	bl_buf_add_u8(out, 0x80);
}

/* Bytes of an element with so much content. */
static uint64_t
whole(uint64_t content)
{
	return bl_der_head_size(content) + content;
}

/* Bytes that the content has when it is encrypted. */
static uint64_t
sealed_size(const struct bl_cms_seal *s)
{
	uint64_t block = bl_cipher_iv_size(s->cipher);

	return bl_cipher_is_aead(s->cipher) ? s->length
					    : (s->length / block + 1) * block;
}

/* Everything before the content, with lengths that are known. */
static void
begin_der(const struct bl_cms_seal *s, struct bl_buf *out)
{
	bool aead = bl_cipher_is_aead(s->cipher);
	uint64_t sealed = sealed_size(s);
	uint64_t info = s->inner.n + whole(sealed);
	uint64_t data = 3 + whole(s->recipients.n) + whole(info) +
	    (aead ? whole(BL_TAG_SIZE) : 0);

	bl_der_put_head(out, BL_DER_SEQUENCE,
	    whole(bl_oid_octets(s->type).n) + whole(whole(data)));
	bl_der_put_oid(out, s->type);
	bl_der_put_head(out, BL_DER_CONTEXT(0), whole(data));
	bl_der_put_head(out, BL_DER_SEQUENCE, data);
	bl_der_put_uint(out, s->version);
	bl_der_put(out, BL_DER_SET, bl_buf_span(&s->recipients));
	bl_der_put_head(out, BL_DER_SEQUENCE, info);
	bl_buf_add(out, bl_buf_span(&s->inner));
	bl_der_put_head(out, BL_DER_IMPLICIT(0), sealed);
}

/* The same with lengths that nobody knows yet. */
static void
begin_ber(const struct bl_cms_seal *s, struct bl_buf *out)
{
	put_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, s->type);
	put_open(out, BL_DER_CONTEXT(0));
	put_open(out, BL_DER_SEQUENCE);
	bl_der_put_uint(out, s->version);
	bl_der_put(out, BL_DER_SET, bl_buf_span(&s->recipients));
	put_open(out, BL_DER_SEQUENCE);
	bl_buf_add(out, bl_buf_span(&s->inner));
	put_open(out, BL_DER_CONTEXT(0));
}

static enum bl_err
out_of_turn(struct bl_note *note)
{
	return bl_fail(note, BL_E_CALLER, 0,
	    "encrypted content is begun, added to and ended, once", NULL);
}

enum bl_err
bl_cms_seal_begin(
    struct bl_cms_seal *s, struct bl_buf *out, struct bl_note *note)
{
	if (s->stage != NEW)
		return out_of_turn(note);
	s->stage = OPEN;
	if (s->length == BL_LENGTH_UNKNOWN)
		begin_ber(s, out);
	else
		begin_der(s, out);
	bl_buf_clear(&s->recipients);
	return bl_buf_err(out, note);
}

/* Adds what `content` yields, the last of it with `tag`; in BER as a segment
 * of its own. */
static enum bl_err
put_sealed(struct bl_cms_seal *s, struct bl_buf *out,
    const struct bl_span *content, uint8_t *tag, struct bl_note *note)
{
	bool ber = s->length == BL_LENGTH_UNKNOWN;
	size_t mark = ber ? bl_der_open(out, BL_DER_OCTETS) : out->n;
	enum bl_err err;

	err = content != NULL ? bl_sealing_add(s->sealing, out, *content, note)
			      : bl_sealing_end(s->sealing, out, tag, note);
	if (err != BL_OK || !ber)
		return err;
	if (out->n == mark)
		out->n -= 2; /* nothing came: no segment */
	else
		bl_der_close(out, mark);
	return bl_buf_err(out, note);
}

enum bl_err
bl_cms_seal_add(struct bl_cms_seal *s, struct bl_buf *out,
    struct bl_span content, struct bl_note *note)
{
	if (s->stage != OPEN)
		return out_of_turn(note);
	if (s->length != BL_LENGTH_UNKNOWN && content.n > s->length - s->total)
		return bl_fail(note, BL_E_CALLER, 0,
		    "more content than was announced", NULL);
	s->total += content.n;
	return put_sealed(s, out, &content, NULL, note);
}

enum bl_err
bl_cms_seal_end(struct bl_cms_seal *s, struct bl_buf *out, struct bl_note *note)
{
	uint8_t tag[BL_TAG_SIZE];
	bool ber = s->length == BL_LENGTH_UNKNOWN;
	enum bl_err err;

	if (s->stage != OPEN)
		return out_of_turn(note);
	if (!ber && s->total != s->length)
		return bl_fail(note, BL_E_CALLER, 0,
		    "less content than was announced", NULL);
	s->stage = ENDED;
	if ((err = put_sealed(s, out, NULL, tag, note)) != BL_OK)
		return err;
	for (int i = 0; ber && i < 2; i++)
		put_end(out); /* the string, EncryptedContentInfo */
	if (bl_cipher_is_aead(s->cipher))
		bl_der_put(out, BL_DER_OCTETS, bl_span_of(tag, sizeof(tag)));
	for (int i = 0; ber && i < 3; i++)
		put_end(out); /* the data, [0], ContentInfo */
	return bl_buf_err(out, note);
}
