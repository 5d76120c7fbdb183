/* enveloped.c - EnvelopedData (RFC 5652 6.1) and AuthEnvelopedData (RFC 5083
 * 2.1) as they stream by. */
#include "cms/internal.h"

#include <string.h>

#define SOURCE	  "RFC 5652 6.1"
#define AT_ONCE	  ((size_t)64 << 10) /* bytes decrypted for one event */
#define GCM_IV	  12		     /* bytes; RFC 5084 3.2 advises it */
#define ICV_LEAST 12		     /* bytes RFC 5084 3.2 allows */

static bl_cms_step originator, recipients_open, recipients, encrypted_open,
    algorithm, ready, string, bytes, encrypted_close, attributes, mac,
    last_attributes;

enum bl_err
bl_enveloped_version(
    struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_version(c, originator, note);
}

static enum bl_err
originator(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_der in;
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag != BL_DER_CONTEXT(0)) {
		c->step = recipients_open;
		return BL_OK;
	}
	if ((err = bl_cms_take(c, &in, note)) != BL_OK)
		return err;
	c->step = recipients_open;
	return bl_originator_check(c, &in, note);
}

static enum bl_err
recipients_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter(
	    c, BL_DER_SET, "there are no RecipientInfos", recipients, note);
}

static enum bl_err
recipients(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_der in;
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag == 0 && c->recipient_n == 0)
		return bl_cms_bad(
		    c, "there are no RecipientInfos", SOURCE, note);
	if (tag == 0)
		return bl_cms_leave(c, NULL, encrypted_open, note);
	if ((err = bl_cms_take(c, &in, note)) != BL_OK ||
	    (err = bl_cms_keep(c, &in, note)) != BL_OK)
		return err;
	return bl_recipient_read(c, &in, note);
}

/* ---- EncryptedContentInfo ---- */

static enum bl_err
encrypted_open(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_enter_typed(
	    c, "there is no EncryptedContentInfo", algorithm, note);
}

static const struct {
	enum bl_oid oid;
	enum bl_cipher cipher;
} ciphers[] = {
    {BL_OID_AES128_GCM, BL_AES128_GCM},
    {BL_OID_AES192_GCM, BL_AES192_GCM},
    {BL_OID_AES256_GCM, BL_AES256_GCM},
    {BL_OID_AES128_CBC, BL_AES128_CBC},
    {BL_OID_AES192_CBC, BL_AES192_CBC},
    {BL_OID_AES256_CBC, BL_AES256_CBC},
    {BL_OID_DES3_CBC, BL_DES3_CBC},
    {BL_OID_RC2_CBC, BL_RC2_128_CBC}, /* as long as none else is named */
    {BL_OID_CHACHA20_POLY1305, BL_CHACHA20_POLY1305},
};

static enum bl_cipher
cipher_of(enum bl_oid oid)
{
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(*ciphers); i++) {
		if (ciphers[i].oid == oid)
			return ciphers[i].cipher;
	}
	return BL_CIPHER_NONE;
}

/* Ciphers that are known and could be read one day; every other one that has
 * a name here is refused for what it is. */
static bool
may_come(enum bl_oid oid)
{
	return oid == BL_OID_UNKNOWN || oid == BL_OID_AES128_CCM ||
	    oid == BL_OID_AES192_CCM || oid == BL_OID_AES256_CCM ||
	    oid == BL_OID_CEK_HKDF_SHA256 || oid == BL_OID_AUTH_ENC_128 ||
	    oid == BL_OID_AUTH_ENC_256;
}

static enum bl_err
refuse(const struct bl_cms *c, const char *what, const char *source,
    struct bl_note *note)
{
	enum bl_err err = bl_fail(
	    note, BL_E_UNSUPPORTED, c->hull.at, what, source);

	note->reason = bl_reason_code(BL_REASON_CIPHER_NOT_ALLOWED);
	return err;
}

/* The table of ATK-103, asked before anybody is asked for a key. */
static enum bl_err
allowed(struct bl_cms *c, struct bl_span name, struct bl_note *note)
{
	enum bl_oid oid = bl_oid_find(name);

	c->cipher = cipher_of(oid);
	c->cipher_name = bl_cms_name(c, name);
	if (c->cipher == BL_CIPHER_NONE && may_come(oid))
		return bl_fail(note, BL_E_UNSUPPORTED, c->hull.at,
		    oid == BL_OID_UNKNOWN ? "unknown content cipher"
					  : bl_oid_name(oid),
		    SOURCE);
	if (c->cipher == BL_CIPHER_NONE ||
	    !bl_policy_cipher(
		&c->policy, c->cipher, c->kind == BL_CMS_AUTH_ENVELOPED))
		return refuse(c, bl_oid_name(oid), SOURCE, note);
	return BL_OK;
}

/* GCMParameters, RFC 5084 3.2. Only what is also written: a nonce of 12 bytes
 * and a tag of 16; the tag is 12 where nothing is said. ATK-104. */
static enum bl_err
gcm_params(struct bl_cms *c, struct bl_der *alg, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(alg, BL_DER_SEQUENCE);
	struct bl_span nonce = bl_cms_octets(c, &seq);
	uint64_t icv = ICV_LEAST;

	if (bl_der_peek(&seq) != 0)
		icv = bl_der_uint(&seq, BL_TAG_SIZE);
	bl_der_leave(alg, &seq);
	if (alg->bad || icv < ICV_LEAST)
		return bl_cms_bad(c, "the GCM parameters are not well formed",
		    "RFC 5084 3.2", note);
	if (icv != BL_TAG_SIZE)
		return refuse(c, "GCM with a tag of less than 16 bytes",
		    "RFC 5084 3.2", note);
	if (nonce.n != GCM_IV)
		return refuse(c, "GCM with a nonce of other than 12 bytes",
		    "RFC 5084 3.2", note);
	memcpy(c->iv, nonce.p, nonce.n);
	return BL_OK;
}

/* The IV of CBC (RFC 3565 4.1) or the nonce of ChaCha20 (RFC 8103 3) by itself;
 * the tag of that has 16 bytes (RFC 8439 2.8). */
static enum bl_err
iv_alone(struct bl_cms *c, struct bl_der *alg, struct bl_note *note)
{
	bool cbc = c->cipher != BL_CHACHA20_POLY1305;
	struct bl_span iv = bl_cms_octets(c, alg);

	if (alg->bad || iv.n != bl_cipher_iv_size(c->cipher))
		return bl_cms_bad(c,
		    cbc ? "the CBC parameters are not well formed"
			: "the nonce of ChaCha20 is not 12 bytes",
		    cbc ? "RFC 3565 4.1" : "RFC 8103 3", note);
	memcpy(c->iv, iv.p, iv.n);
	return BL_OK;
}

/* RC2-CBC parameter: what stands for the bits of the key, and the IV. RFC 3370
 * 5.2, RFC 2268 6. */
static enum bl_err
rc2_params(struct bl_cms *c, struct bl_der *alg, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(alg, BL_DER_SEQUENCE);
	uint64_t version = bl_der_uint(&seq, UINT32_MAX);
	struct bl_span iv = bl_der_take(&seq, BL_DER_OCTETS);

	bl_der_leave(alg, &seq);
	if (alg->bad || iv.n != bl_cipher_iv_size(BL_RC2_128_CBC))
		return bl_cms_bad(c, "the RC2 parameters are not well formed",
		    "RFC 3370 5.2", note);
	c->cipher = version == 160 ? BL_RC2_40_CBC
	    : version == 120	   ? BL_RC2_64_CBC
	    : version == 58	   ? BL_RC2_128_CBC
				   : BL_CIPHER_NONE;
	if (c->cipher == BL_CIPHER_NONE)
		return refuse(c, "RC2 with other than 40, 64 or 128 bits",
		    "RFC 3370 5.2", note);
	memcpy(c->iv, iv.p, iv.n);
	return BL_OK;
}

static enum bl_err
params(struct bl_cms *c, struct bl_der *alg, struct bl_note *note)
{
	if (c->cipher == BL_RC2_128_CBC)
		return rc2_params(c, alg, note);
	return bl_cipher_is_aead(c->cipher) && c->cipher != BL_CHACHA20_POLY1305
	    ? gcm_params(c, alg, note)
	    : iv_alone(c, alg, note);
}

/*
 * Where the key is derived anew, the cipher is the parameter: then `in` stands
 * at that, whose bytes go into the derivation. RFC 9709 2.
 */
static enum bl_err
derivation(struct bl_cms *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_der look = *in, seq = bl_der_enter(&look, BL_DER_SEQUENCE);
	struct bl_span info;

	if (bl_oid_find(bl_der_oid(&seq)) != BL_OID_CEK_HKDF_SHA256)
		return BL_OK;
	info = bl_der_whole(&seq, BL_DER_SEQUENCE);
	if (seq.bad || !bl_der_done(&seq))
		return bl_cms_bad(c, "the derivation of the key has no cipher",
		    "RFC 9709 2", note);
	if (info.n > BL_CEK_INFO_MAX)
		return bl_fail_limit(note, c->hull.at, "limit-cms-frame",
		    "the parameters of the cipher are over 512 bytes", SOURCE);
	c->cek_info = bl_kept_copy(&c->kept, info);
	if (c->cek_info.n == 0)
		return bl_cms_memory(note);
	*in = bl_der_of(c->cek_info); /* and it has to be DER */
	return BL_OK;
}

static enum bl_err
algorithm(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_der in, seq;
	struct bl_span oid;
	enum bl_err err;

	(void)ev;
	if ((err = bl_cms_take(c, &in, note)) != BL_OK ||
	    (err = derivation(c, &in, note)) != BL_OK)
		return err;
	seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	oid = bl_der_oid(&seq);
	if (seq.bad)
		return bl_cms_bad(
		    c, "the content cipher is not well formed", SOURCE, note);
	if ((err = allowed(c, oid, note)) != BL_OK)
		return err;
	err = params(c, &seq, note);
	if (err == BL_OK && !bl_der_done(&seq))
		return bl_cms_bad(
		    c, "the content cipher is not well formed", SOURCE, note);
	c->step = ready;
	return err;
}

/* Asks for the key where there is content, not before. */
static enum bl_err
ready(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	unsigned tag;
	enum bl_err err;

	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag == 0)
		return bl_fail(note, BL_E_UNSUPPORTED, c->hull.at,
		    "encrypted content that is kept elsewhere", SOURCE);
	if (tag != BL_DER_IMPLICIT(0) && tag != BL_DER_CONTEXT(0))
		return bl_cms_bad(c, "the encrypted content is no OCTET STRING",
		    SOURCE, note);
	ev->kind = BL_CMS_KEY;
	c->step = string;
	return BL_OK;
}

enum bl_err
bl_cms_forged(struct bl_note *note)
{
	return bl_fail(note, BL_E_FORGED, 0,
	    "the encrypted content was altered, or the key is not right", NULL);
}

/* Starts decrypting with the key that the content has. */
static enum bl_err
start(struct bl_cms *c, const struct bl_secret *key, struct bl_note *note)
{
	struct bl_span iv = bl_span_of(c->iv, bl_cipher_iv_size(c->cipher));
	enum bl_err err;

	bl_secret_free(c->key);
	c->key = NULL;
	if (bl_cipher_is_aead(c->cipher) &&
	    (err = bl_secret_copy_here(
		 &c->key, c->ctx, bl_secret_reveal(key), note)) != BL_OK)
		return err;
	return bl_sealing_new(
	    &c->sealing, c->ctx, c->cipher, BL_DECRYPT, key, iv, note);
}

enum bl_err
bl_cms_set_key(
    struct bl_cms *c, const struct bl_secret *cek, struct bl_note *note)
{
	struct bl_secret *derived = NULL;
	enum bl_err err;

	if (c->step != string || c->sealing != NULL || c->err != BL_OK)
		return bl_fail(note, BL_E_CALLER, 0,
		    "a content key where none is asked for", NULL);
	if (bl_secret_reveal(cek).n != bl_cipher_key_size(c->cipher))
		return bl_cms_forged(note);
	if (c->cek_info.n == 0)
		return start(c, cek, note);
	if ((err = bl_cek_derive(&derived, c->ctx, cek, c->cek_info, note)) ==
	    BL_OK)
		err = start(c, derived, note);
	bl_secret_free(derived);
	return err;
}

static enum bl_err
string(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	enum bl_err err;

	(void)ev;
	if (c->sealing == NULL)
		return bl_fail(note, BL_E_CALLER, 0,
		    "the content key was not given", NULL);
	err = bl_hull_string(&c->hull, BL_DER_IMPLICIT(0),
	    "the encrypted content is no OCTET STRING", note);
	if (err == BL_OK)
		c->step = bytes;
	return err;
}

/* Checks tag or padding; what is wrong with them is not told apart. */
static enum bl_err
finish(struct bl_cms *c, uint8_t *tag, struct bl_cms_event *ev,
    struct bl_note *note)
{
	enum bl_err err;

	bl_buf_reset(&c->plain);
	err = bl_sealing_end(c->sealing, &c->plain, tag, NULL);
	if (err == BL_E_FORGED)
		return bl_cms_forged(note);
	if (err != BL_OK)
		return bl_fail(note, err, 0, "decryption failed", NULL);
	if (c->plain.n != 0) {
		ev->kind = BL_CMS_CONTENT;
		ev->bytes = bl_buf_span(&c->plain);
	}
	return BL_OK;
}

/* Decrypts what is at hand, a bounded part at a time. */
static enum bl_err
bytes(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_span s;
	enum bl_err err;

	if (c->sealed.n == 0) {
		err = bl_hull_bytes(&c->hull, &c->sealed, note);
		if (err != BL_OK)
			return err;
		if (c->sealed.n == 0) {
			c->step = encrypted_close;
			return bl_cipher_is_aead(c->cipher)
			    ? BL_OK
			    : finish(c, NULL, ev, note);
		}
	}
	s = bl_span_cut(c->sealed, 0, AT_ONCE);
	c->sealed = bl_span_cut(c->sealed, s.n, c->sealed.n);
	c->sealed_n += s.n;
	bl_buf_reset(&c->plain);
	if ((err = bl_sealing_add(c->sealing, &c->plain, s, note)) != BL_OK)
		return err;
	if (c->plain.n != 0) {
		ev->kind = BL_CMS_CONTENT;
		ev->bytes = bl_buf_span(&c->plain);
	}
	return BL_OK;
}

/* ---- what follows the content ---- */

static enum bl_err
encrypted_close(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	(void)ev;
	return bl_cms_leave(c, "an element too many after the content",
	    c->kind == BL_CMS_AUTH_ENVELOPED ? attributes : last_attributes,
	    note);
}

/* authAttrs: authenticated in DER, as a SET OF. RFC 5083 2.1 and 2.2. */
static enum bl_err
attributes(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	struct bl_der in;
	unsigned tag;
	uint8_t *set;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag != BL_DER_CONTEXT(1)) {
		c->step = mac;
		if (bl_oid_find(c->content_type) != BL_OID_DATA)
			return bl_cms_bad(c,
			    "there are no authenticated attributes for this "
			    "content",
			    "RFC 5083 2.1", note);
		return BL_OK;
	}
	if (c->cipher == BL_CHACHA20_POLY1305)
		return bl_fail(note, BL_E_UNSUPPORTED, c->hull.at,
		    "authenticated attributes with ChaCha20-Poly1305",
		    "RFC 8103 1");
	if ((err = bl_cms_take(c, &in, note)) != BL_OK ||
	    (err = bl_der_check(in.left, in.at, &c->limits, note)) != BL_OK)
		return err;
	if ((set = bl_kept_new(&c->kept, in.left.n)) == NULL)
		return bl_cms_memory(note);
	memcpy(set, in.left.p, in.left.n);
	set[0] = BL_DER_SET;
	c->attributes = bl_span_of(set, in.left.n);
	c->step = mac;
	return bl_auth_attributes_check(c, c->attributes, note);
}

static enum bl_err
mac(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	uint8_t tag[BL_TAG_SIZE];
	struct bl_der in;
	struct bl_span s;
	enum bl_err err;

	if ((err = bl_cms_take(c, &in, note)) != BL_OK)
		return err;
	s = bl_cms_octets(c, &in);
	if (in.bad)
		return bl_cms_bad(
		    c, "AuthEnvelopedData has no mac", "RFC 5083 2.1", note);
	if (s.n != sizeof(tag))
		return bl_cms_forged(note);
	memcpy(tag, s.p, s.n);
	if (c->attributes.n != 0 &&
	    (err = bl_late_aad(tag, c->ctx, c->key, c->attributes, c->sealed_n,
		 note)) != BL_OK)
		return err;
	bl_secret_free(c->key);
	c->key = NULL;
	c->step = last_attributes;
	return finish(c, tag, ev, note);
}

/* unprotectedAttrs and unauthAttrs: nobody vouches for them. */
static enum bl_err
last_attributes(struct bl_cms *c, struct bl_cms_event *ev, struct bl_note *note)
{
	unsigned wanted = BL_DER_CONTEXT(
	    c->kind == BL_CMS_AUTH_ENVELOPED ? 2 : 1);
	bool claims = false;
	struct bl_der in;
	unsigned tag;
	enum bl_err err;

	(void)ev;
	if ((err = bl_hull_peek(&c->hull, &tag, note)) != BL_OK)
		return err;
	if (tag != wanted) {
		c->step = bl_cms_close;
		return BL_OK;
	}
	if ((err = bl_cms_take(c, &in, note)) != BL_OK)
		return err;
	c->step = bl_cms_close;
	return bl_loose_attributes(c, &in, wanted, &claims, note);
}
