/* recipient.c - one RecipientInfo: RFC 5652 6.2. */
#include "cms/internal.h"

#include <string.h>

#define SOURCE	    "RFC 5652 6.2"
#define WRAPPED_MAX 2048 /* bytes of EncryptedKey that a want can carry */

static enum bl_err
malformed(const struct bl_der *in, struct bl_note *note)
{
	return bl_fail(note, BL_E_MALFORMED, in->at,
	    "a RecipientInfo is not well formed", SOURCE);
}

/* Says what is not supported; the first word stays. */
static void
unsupported(struct bl_recipient *r, const char *what)
{
	if (r->what == NULL)
		r->what = what;
	r->alg.kind = BL_WRAP_OTHER;
}

static enum bl_err
append(struct bl_cms *c, const struct bl_recipient *r, struct bl_note *note)
{
	enum bl_err err;

	if (c->recipient_n == c->limits.recipients)
		return bl_fail_limit(note, c->hull.at, "limit-recipients",
		    "too many recipients", SOURCE);
	if ((err = bl_list_grow(&c->recipients, c->recipient_n,
		 &c->recipient_cap, sizeof(*r), note)) != BL_OK)
		return err;
	c->recipients[c->recipient_n++] = *r;
	return BL_OK;
}

/* Reads EncryptedKey. */
static void
wrapped(struct bl_cms *c, struct bl_recipient *r, struct bl_der *in)
{
	r->wrapped = bl_cms_octets(c, in);
	if (r->wrapped.n > WRAPPED_MAX)
		unsupported(r, "an encrypted key of more than 2048 bytes");
}

/* ---- KeyTransRecipientInfo, RFC 5652 6.2.1 ---- */

/* maskGenAlgorithm: MGF1 with a digest. */
static void
mask_generation(struct bl_recipient *r, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_oid oid = bl_oid_find(bl_der_oid(&seq));

	if (oid == BL_OID_MGF1)
		r->alg.mgf = bl_digest_alg_read(&seq);
	else
		seq.left = (struct bl_span){0};
	if (oid != BL_OID_MGF1 || r->alg.mgf == BL_DIGEST_NONE)
		unsupported(r, "RSAES-OAEP with another mask generation");
	bl_der_leave(in, &seq);
}

/* pSourceAlgorithm: the label itself. */
static void
label(struct bl_cms *c, struct bl_recipient *r, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);

	if (bl_oid_find(bl_der_oid(&seq)) == BL_OID_P_SPECIFIED) {
		r->alg.label = bl_cms_octets(c, &seq);
	} else {
		seq.left = (struct bl_span){0};
		unsupported(r, "RSAES-OAEP with another source of its label");
	}
	if (r->alg.label.n > BL_OAEP_LABEL_MAX)
		unsupported(r, "RSAES-OAEP with a label of over 256 bytes");
	bl_der_leave(in, &seq);
}

/* RSAES-OAEP-params, RFC 4055 4.1: each is SHA-1 or empty when left out. */
static void
oaep(struct bl_cms *c, struct bl_recipient *r, struct bl_der *alg)
{
	struct bl_der seq = bl_der_enter(alg, BL_DER_SEQUENCE), part;

	r->alg.kind = BL_WRAP_RSA_OAEP;
	r->alg.digest = r->alg.mgf = BL_SHA1;
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0)) {
		part = bl_der_enter(&seq, BL_DER_CONTEXT(0));
		r->alg.digest = bl_digest_alg_read(&part);
		bl_der_leave(&seq, &part);
	}
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(1)) {
		part = bl_der_enter(&seq, BL_DER_CONTEXT(1));
		mask_generation(r, &part);
		bl_der_leave(&seq, &part);
	}
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(2)) {
		part = bl_der_enter(&seq, BL_DER_CONTEXT(2));
		label(c, r, &part);
		bl_der_leave(&seq, &part);
	}
	bl_der_leave(alg, &seq);
	if (r->alg.digest == BL_DIGEST_NONE)
		unsupported(r, "RSAES-OAEP with an unknown digest");
}

static void
transport_alg(struct bl_cms *c, struct bl_recipient *r, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	struct bl_span name = bl_der_oid(&seq);
	enum bl_oid oid = bl_oid_find(name);

	if (oid == BL_OID_RSA_ENCRYPTION) {
		r->alg.kind = BL_WRAP_RSA_PKCS1;
		(void)bl_der_null(&seq);
	} else if (oid == BL_OID_RSAES_OAEP) {
		oaep(c, r, &seq);
	} else {
		unsupported(r, bl_cms_name(c, name));
		seq.left = (struct bl_span){0};
	}
	bl_der_leave(in, &seq);
}

static enum bl_err
transport(struct bl_cms *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_recipient r = {.kind = BL_RECIPIENT_KEY};
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_err err;

	(void)bl_der_uint(&seq, INT32_MAX);
	if (!seq.bad && (err = bl_rid_read(&r.rid, c, &seq, note)) != BL_OK)
		return err;
	transport_alg(c, &r, &seq);
	wrapped(c, &r, &seq);
	bl_der_leave(in, &seq);
	return in->bad ? malformed(in, note) : append(c, &r, note);
}

/* ---- KeyAgreeRecipientInfo, RFC 5652 6.2.2, RFC 5753 3.1, RFC 8418 ---- */

/* Of RFC 8418 2 or not: then also with X25519 and X448. */
enum only { FOR_BOTH = 0, FOR_ECDH };
static const struct scheme {
	enum bl_oid oid;
	enum bl_digest digest;
	enum bl_agree_kdf kdf;
	enum only only;
} schemes[] = {
    /* The cofactor of each curve read here is 1: both are the same. */
    {BL_OID_STDDH_SHA1_KDF, BL_SHA1, BL_AGREE_X963, FOR_ECDH},
    {BL_OID_STDDH_SHA224_KDF, BL_SHA224, BL_AGREE_X963, FOR_ECDH},
    {BL_OID_STDDH_SHA256_KDF, BL_SHA256, BL_AGREE_X963, FOR_BOTH},
    {BL_OID_STDDH_SHA384_KDF, BL_SHA384, BL_AGREE_X963, FOR_BOTH},
    {BL_OID_STDDH_SHA512_KDF, BL_SHA512, BL_AGREE_X963, FOR_BOTH},
    {BL_OID_COFACTORDH_SHA1_KDF, BL_SHA1, BL_AGREE_X963, FOR_ECDH},
    {BL_OID_COFACTORDH_SHA224_KDF, BL_SHA224, BL_AGREE_X963, FOR_ECDH},
    {BL_OID_COFACTORDH_SHA256_KDF, BL_SHA256, BL_AGREE_X963, FOR_ECDH},
    {BL_OID_COFACTORDH_SHA384_KDF, BL_SHA384, BL_AGREE_X963, FOR_ECDH},
    {BL_OID_COFACTORDH_SHA512_KDF, BL_SHA512, BL_AGREE_X963, FOR_ECDH},
    {BL_OID_STDDH_HKDF_SHA256, BL_SHA256, BL_AGREE_HKDF, FOR_BOTH},
    {BL_OID_STDDH_HKDF_SHA384, BL_SHA384, BL_AGREE_HKDF, FOR_BOTH},
    {BL_OID_STDDH_HKDF_SHA512, BL_SHA512, BL_AGREE_HKDF, FOR_BOTH},
};

/* The scheme that a key of this kind can follow, NULL: another one. */
static const struct scheme *
scheme_of(enum bl_oid oid, enum bl_wrap_kind kind)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (schemes[i].oid == oid)
			return kind == BL_WRAP_XDH &&
				schemes[i].only == FOR_ECDH
			    ? NULL
			    : &schemes[i];
	}
	return NULL;
}

/* The kinds of key that an originator may have for one message. */
static enum bl_wrap_kind
agreement_kind(enum bl_oid oid)
{
	return oid == BL_OID_EC_PUBLIC_KEY		 ? BL_WRAP_ECDH
	    : oid == BL_OID_X25519 || oid == BL_OID_X448 ? BL_WRAP_XDH
							 : BL_WRAP_OTHER;
}

static bool
is_curve(enum bl_oid oid)
{
	return oid == BL_OID_P256 || oid == BL_OID_P384 || oid == BL_OID_P521;
}

/* The parameters of an EC key: its curve, NULL, or nothing. */
static void
curve_of_key(struct bl_recipient *r, struct bl_der *alg)
{
	if (bl_der_peek(alg) == BL_DER_SEQUENCE) {
		unsupported(r, "a key with parameters of its own curve");
		(void)bl_der_whole(alg, 0);
	} else if (bl_der_peek(alg) == BL_DER_OID) {
		if (!is_curve(bl_oid_find(bl_der_oid(alg))))
			unsupported(r, "a key on an unknown curve");
	} else {
		(void)bl_der_null(alg);
	}
}

/* OriginatorPublicKey. The point has to be on the recipient's curve in any
 * case. X25519 and X448 have no parameters: RFC 8410 3. */
static void
originator_key(struct bl_cms *c, struct bl_recipient *r, struct bl_der *in)
{
	struct bl_der key = bl_der_enter(in, BL_DER_CONTEXT(1));
	struct bl_der alg = bl_der_enter(&key, BL_DER_SEQUENCE);
	struct bl_span name = bl_der_oid(&alg);

	r->alg.kind = agreement_kind(bl_oid_find(name));
	if (r->alg.kind == BL_WRAP_ECDH) {
		curve_of_key(r, &alg);
	} else if (r->alg.kind == BL_WRAP_OTHER) {
		unsupported(r, bl_cms_name(c, name));
		if (bl_der_peek(&alg) != 0)
			(void)bl_der_whole(&alg, 0);
	}
	bl_der_leave(&key, &alg);
	r->originator = bl_der_bits(&key, NULL);
	bl_der_leave(in, &key);
}

static void
originator(struct bl_cms *c, struct bl_recipient *r, struct bl_der *in)
{
	struct bl_der choice = bl_der_enter(in, BL_DER_CONTEXT(0));

	if (bl_der_peek(&choice) == BL_DER_CONTEXT(1)) {
		originator_key(c, r, &choice);
	} else {
		/* issuerAndSerialNumber or subjectKeyIdentifier */
		unsupported(r, "key agreement with the sender's certificate");
		(void)bl_der_whole(&choice, 0);
	}
	bl_der_leave(in, &choice);
}

/* ukm [1] EXPLICIT OCTET STRING OPTIONAL. */
static struct bl_span
user_keying_material(struct bl_cms *c, struct bl_der *in)
{
	struct bl_der tagged;
	struct bl_span s;

	if (bl_der_peek(in) != BL_DER_CONTEXT(1))
		return (struct bl_span){0};
	tagged = bl_der_enter(in, BL_DER_CONTEXT(1));
	s = bl_cms_octets(c, &tagged);
	/* An empty one is there all the same. */
	if (s.p == NULL)
		s.p = in->left.p;
	bl_der_leave(in, &tagged);
	return s;
}

static const struct {
	enum bl_oid oid;
	unsigned size; /* bytes of its key */
	enum bl_key_wrap wrap;
} key_wraps[] = {
    {BL_OID_AES128_WRAP, 16, BL_KEY_WRAP_AES},
    {BL_OID_AES192_WRAP, 24, BL_KEY_WRAP_AES},
    {BL_OID_AES256_WRAP, 32, BL_KEY_WRAP_AES},
    {BL_OID_AES128_WRAP_PAD, 16, BL_KEY_WRAP_AES_PAD},
    {BL_OID_AES192_WRAP_PAD, 24, BL_KEY_WRAP_AES_PAD},
    {BL_OID_AES256_WRAP_PAD, 32, BL_KEY_WRAP_AES_PAD},
};

static bool
key_wrap_of(struct bl_recipient *r, enum bl_oid oid)
{
	for (size_t i = 0; i < sizeof(key_wraps) / sizeof(*key_wraps); i++) {
		if (key_wraps[i].oid == oid) {
			r->alg.kek_size = key_wraps[i].size;
			r->alg.wrap = key_wraps[i].wrap;
			return true;
		}
	}
	return false;
}

/* KeyWrapAlgorithm. Both ways to write it are in use, and the derivation takes
 * in the one that was chosen. */
struct key_wrap {
	struct bl_span name;
	bool has_null;
};

static struct key_wrap
key_wrap(struct bl_cms *c, struct bl_recipient *r, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	struct key_wrap wrap = {.name = bl_der_oid(&seq)};

	if (!key_wrap_of(r, bl_oid_find(wrap.name))) {
		unsupported(r, bl_cms_name(c, wrap.name));
		seq.left = (struct bl_span){0};
	} else {
		wrap.has_null = bl_der_null(&seq);
	}
	bl_der_leave(in, &seq);
	return wrap;
}

/* DER of ECC-CMS-SharedInfo, RFC 5753 7.2, also where the algorithm arrived as
 * BER. */
static void
shared_info(struct bl_cms *c, struct bl_recipient *r,
    const struct key_wrap *wrap, struct bl_span ukm)
{
	const uint8_t bits[4] = {0, 0, (uint8_t)(r->alg.kek_size * 8 >> 8),
	    (uint8_t)(r->alg.kek_size * 8)};
	struct bl_buf info = {0};
	size_t seq, tagged;

	seq = bl_der_open(&info, BL_DER_SEQUENCE);
	tagged = bl_der_open(&info, BL_DER_SEQUENCE);
	bl_der_put(&info, BL_DER_OID, wrap->name);
	if (wrap->has_null)
		bl_der_put_null(&info);
	bl_der_close(&info, tagged);
	if (ukm.p != NULL) {
		tagged = bl_der_open(&info, BL_DER_CONTEXT(0));
		bl_der_put(&info, BL_DER_OCTETS, ukm);
		bl_der_close(&info, tagged);
	}
	tagged = bl_der_open(&info, BL_DER_CONTEXT(2));
	bl_der_put(&info, BL_DER_OCTETS, bl_span_of(bits, sizeof(bits)));
	bl_der_close(&info, tagged);
	bl_der_close(&info, seq);
	r->alg.info = bl_kept_copy(&c->kept, bl_buf_span(&info));
	c->starved |= r->alg.info.n == 0 || info.err != BL_OK;
	bl_buf_clear(&info);
	if (r->alg.info.n > BL_ECDH_INFO_MAX)
		unsupported(r, "key agreement with over 16 KiB of information");
}

/* The ukm is in the information, and is the salt as well: RFC 8418 2.2. */
static void
salt(struct bl_recipient *r, struct bl_span ukm)
{
	r->alg.label = ukm;
	if (ukm.n > BL_OAEP_LABEL_MAX)
		unsupported(r, "HKDF with a salt of over 256 bytes");
}

static void
agreement_alg(struct bl_cms *c, struct bl_recipient *r, struct bl_span ukm,
    struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	struct bl_span name = bl_der_oid(&seq);
	const struct scheme *s = scheme_of(bl_oid_find(name), r->alg.kind);
	struct key_wrap wrap;

	if (s == NULL) {
		unsupported(r, bl_cms_name(c, name));
		seq.left = (struct bl_span){0};
	} else {
		r->alg.digest = s->digest;
		r->alg.kdf = s->kdf;
		wrap = key_wrap(c, r, &seq);
		shared_info(c, r, &wrap, ukm);
		if (s->kdf == BL_AGREE_HKDF)
			salt(r, ukm);
	}
	bl_der_leave(in, &seq);
}

/* Appends each RecipientEncryptedKey as a recipient of its own. */
static enum bl_err
encrypted_keys(struct bl_cms *c, const struct bl_recipient *common,
    struct bl_der *in, struct bl_note *note)
{
	struct bl_der keys = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_err err;

	while (bl_der_peek(&keys) != 0) {
		struct bl_der key = bl_der_enter(&keys, BL_DER_SEQUENCE);
		struct bl_recipient r = *common;

		if ((err = bl_rid_read_key(&r.rid, c, &key, note)) != BL_OK)
			return err;
		wrapped(c, &r, &key);
		bl_der_leave(&keys, &key);
		if (keys.bad)
			break;
		if ((err = append(c, &r, note)) != BL_OK)
			return err;
	}
	bl_der_leave(in, &keys);
	return in->bad ? malformed(in, note) : BL_OK;
}

static enum bl_err
agreement(struct bl_cms *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_recipient r = {.kind = BL_RECIPIENT_AGREE};
	struct bl_der kari = bl_der_enter(in, BL_DER_CONTEXT(1));
	struct bl_span ukm;
	enum bl_err err;

	(void)bl_der_uint(&kari, INT32_MAX);
	originator(c, &r, &kari);
	ukm = user_keying_material(c, &kari);
	agreement_alg(c, &r, ukm, &kari);
	if (kari.bad)
		return malformed(in, note);
	if ((err = encrypted_keys(c, &r, &kari, note)) != BL_OK)
		return err;
	bl_der_leave(in, &kari);
	return in->bad ? malformed(in, note) : BL_OK;
}

/* ---- what is recognised and not opened ---- */

/* OtherRecipientInfo [4]: a KEM (RFC 9629), or who knows what. */
static void
other(struct bl_cms *c, struct bl_recipient *r, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_CONTEXT(4));
	struct bl_span name = bl_der_oid(&seq);
	struct bl_der kem, alg;

	if (seq.bad || bl_oid_find(name) != BL_OID_ORI_KEM) {
		r->what = seq.bad ? "a recipient of unknown kind"
				  : bl_cms_name(c, name);
		return;
	}
	r->kind = BL_RECIPIENT_KEM;
	kem = bl_der_enter(&seq, BL_DER_SEQUENCE);
	(void)bl_der_uint(&kem, UINT32_MAX);
	kem.bad |= bl_rid_read(&r->rid, c, &kem, NULL) != BL_OK;
	alg = bl_der_enter(&kem, BL_DER_SEQUENCE);
	name = bl_der_oid(&alg);
	r->what = alg.bad ? "key encapsulation" : bl_cms_name(c, name);
}

/* AlgorithmIdentifier, and a name with its value, under a tag. */
static void
name_and_value(struct bl_der *in, unsigned tag, bool needs_value)
{
	struct bl_der seq = bl_der_enter(in, tag);

	(void)bl_der_oid(&seq);
	if (needs_value || bl_der_peek(&seq) != 0)
		(void)bl_der_whole(&seq, 0);
	bl_der_leave(in, &seq);
}

/* Whoever cannot open one of these has to agree all the same where it ends:
 * RFC 5652 6.2.3 to 6.2.5. */
static bool
has_form(struct bl_cms *c, unsigned tag, struct bl_der at)
{
	struct bl_der seq;

	if (tag == BL_DER_CONTEXT(4)) {
		name_and_value(&at, tag, true);
		return bl_der_done(&at);
	}
	seq = bl_der_enter(&at, tag);
	(void)bl_der_uint(&seq, UINT32_MAX);
	if (tag == BL_DER_CONTEXT(2))
		(void)bl_rid_key_id(c, &seq, BL_DER_SEQUENCE);
	else if (bl_der_peek(&seq) == BL_DER_CONTEXT(0))
		name_and_value(&seq, BL_DER_CONTEXT(0), false);
	name_and_value(&seq, BL_DER_SEQUENCE, false);
	(void)bl_cms_octets(c, &seq);
	bl_der_leave(&at, &seq);
	return bl_der_done(&at);
}

static enum bl_err
named(struct bl_cms *c, unsigned tag, struct bl_der *in, struct bl_note *note)
{
	struct bl_recipient r = {0};

	if (tag >= BL_DER_CONTEXT(2) && tag <= BL_DER_CONTEXT(4) &&
	    !has_form(c, tag, *in))
		return malformed(in, note);
	if (tag == BL_DER_CONTEXT(2)) {
		r.kind = BL_RECIPIENT_KEK;
		bl_shared_read(&r.shared, c, tag, in);
		r.what = "a key that was shared before";
	} else if (tag == BL_DER_CONTEXT(3)) {
		r.kind = BL_RECIPIENT_PASSWORD;
		bl_shared_read(&r.shared, c, tag, in);
		r.what = "a password";
	} else if (tag == BL_DER_CONTEXT(4)) {
		other(c, &r, in);
	} else {
		/* what comes new has to come as OtherRecipientInfo */
		return malformed(in, note);
	}
	return append(c, &r, note);
}

enum bl_err
bl_recipient_read(struct bl_cms *c, struct bl_der *in, struct bl_note *note)
{
	unsigned tag = bl_der_peek(in);

	if (tag == BL_DER_SEQUENCE)
		return transport(c, in, note);
	if (tag == BL_DER_CONTEXT(1))
		return agreement(c, in, note);
	return named(c, tag, in, note);
}

void
bl_cms_want(struct bl_want_unwrap *out, const struct bl_cms *c, size_t i,
    struct bl_span key_id)
{
	const struct bl_recipient *r = bl_cms_recipient(c, i);

	*out = (struct bl_want_unwrap){
	    .alg = r->alg,
	    .originator = r->originator,
	    .wrapped = r->wrapped,
	    .size = bl_cipher_key_size(c->cipher),
	};
	memcpy(out->key, key_id.p, sizeof(out->key));
}
