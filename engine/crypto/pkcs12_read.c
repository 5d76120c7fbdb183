/* pkcs12_read.c - a PKCS#12 file: its frame, its integrity check, its parts.
 * All of it is read by our own reader, BER where writers use it; the library
 * derives keys and runs ciphers only after what the file asks for was found
 * within limits: first that of MAC and parts, then that of the keys inside. */
#include "crypto/internal.h"
#include "crypto/pkcs12.h"
#include "der/alg.h"

/* How the MAC is made: by RFC 7292 B, or PBMAC1 of RFC 9579. */
struct mac {
	bool pbmac1;
	enum bl_digest hmac;
	size_t key; /* bytes */
	struct bl_pbe pbe;
	struct bl_span value;
};

enum bl_err
bl_p12_malformed(struct bl_p12 *p, const struct bl_der *at,
    const struct bl_buf *join, const char *what)
{
	if (join != NULL && join->err != BL_OK)
		return bl_buf_err(join, p->note);
	return bl_fail(p->note, BL_E_MALFORMED, at->at, what, BL_PKCS12_SOURCE);
}

static enum bl_err
unsupported(struct bl_p12 *p, const char *what)
{
	return bl_fail(p->note, BL_E_UNSUPPORTED, 0, what, BL_PKCS12_SOURCE);
}

static struct bl_der
ber_of(struct bl_span s)
{
	struct bl_der d = bl_der_of(s);

	d.ber = true;
	return d;
}

static enum bl_err
read_old_mac(struct mac *mac, struct bl_der *info, struct bl_p12 *p)
{
	mac->hmac = bl_digest_alg_read(info);
	mac->key = bl_digest_size(mac->hmac);
	mac->pbe.digest = mac->hmac;
	if (!info->bad && mac->hmac == BL_DIGEST_NONE)
		return unsupported(
		    p, "the integrity check is of a kind not handled");
	return BL_OK;
}

/* MacData; `at` stands in the PFX behind authSafe. */
static enum bl_err
read_mac(struct mac *mac, struct bl_der *at, struct bl_p12 *p)
{
	struct bl_der seq = bl_der_enter(at, BL_DER_SEQUENCE);
	struct bl_der info = bl_der_enter(&seq, BL_DER_SEQUENCE), peek = info;
	struct bl_der alg = bl_der_enter(&peek, BL_DER_SEQUENCE);
	struct bl_span salt;
	uint64_t iterations = 1;
	enum bl_err err;

	mac->pbmac1 = bl_oid_find(bl_der_oid(&alg)) == BL_OID_PBMAC1;
	if (mac->pbmac1)
		err = bl_pbmac1_read(
		    &mac->pbe, &mac->key, &mac->hmac, &info, p->note);
	else
		err = read_old_mac(mac, &info, p);
	if (err != BL_OK)
		return err;
	mac->value = bl_der_take(&info, BL_DER_OCTETS);
	bl_der_leave(&seq, &info);
	salt = bl_der_take(&seq, BL_DER_OCTETS);
	if (bl_der_peek(&seq) == BL_DER_INTEGER)
		iterations = bl_iterations_read(&seq);
	bl_der_leave(at, &seq);
	if (at->bad || salt.n > BL_SALT_MAX || (salt.n == 0 && !mac->pbmac1))
		return bl_p12_malformed(
		    p, at, NULL, "the integrity check is not well formed");
	if (!mac->pbmac1) {
		mac->pbe.salt = salt;
		mac->pbe.iterations = mac->pbe.cost = iterations;
	}
	return bl_kdf_count(&p->cost, mac->pbe.cost, p->limits, p->note);
}

/* The whole is one element, within depth, elements and length. */
static enum bl_err
check_frame(struct bl_p12 *p, struct bl_span in)
{
	struct bl_der at = bl_der_of(in);
	size_t size = 0;
	enum bl_err err;

	if (in.n > p->limits->pkcs12_bytes)
		return bl_fail_limit(p->note, 0, "limit-pkcs12",
		    "the key file is too long", BL_PKCS12_SOURCE);
	err = bl_ber_size(&size, in, p->limits, p->note);
	if (err == BL_NEED)
		return bl_p12_malformed(
		    p, &at, NULL, "the key file is cut short");
	if (err == BL_OK && size != in.n)
		return bl_p12_malformed(
		    p, &at, NULL, "something follows the key file");
	return err;
}

static enum bl_err
read_frame(struct mac *mac, struct bl_p12 *p, struct bl_span in)
{
	struct bl_der at = ber_of(in), pfx, content, explicit;
	enum bl_oid oid;
	enum bl_err err;

	if ((err = check_frame(p, in)) != BL_OK)
		return err;
	pfx = bl_der_enter(&at, BL_DER_SEQUENCE);
	if (bl_der_uint(&pfx, 3) != 3)
		pfx.bad = true;
	content = bl_der_enter(&pfx, BL_DER_SEQUENCE);
	oid = bl_oid_find(bl_der_oid(&content));
	if (!content.bad && oid == BL_OID_SIGNED_DATA)
		return unsupported(p, "the key file is signed, not keyed");
	explicit = bl_der_enter(&content, BL_DER_CONTEXT(0));
	p->auth = bl_der_octets_ber(&explicit, BL_DER_OCTETS, &p->join);
	bl_der_leave(&content, &explicit);
	bl_der_leave(&pfx, &content);
	if (pfx.bad || oid != BL_OID_DATA)
		return bl_p12_malformed(
		    p, &pfx, &p->join, "not a PKCS#12 file");
	if (bl_der_done(&pfx))
		return unsupported(
		    p, "the key file has no integrity check; export it anew");
	if ((err = read_mac(mac, &pfx, p)) != BL_OK)
		return err;
	bl_der_leave(&at, &pfx);
	return bl_der_done(&at) ? BL_OK
				: bl_p12_malformed(p, &at, NULL,
				      "something follows the integrity check");
}

/* EncryptedData of RFC 5652 8, in its [0]. */
static enum bl_err
read_sealed(struct bl_p12_safe *safe, struct bl_der *in, struct bl_p12 *p)
{
	struct bl_der data = bl_der_enter(in, BL_DER_SEQUENCE), info;
	enum bl_err err;

	bl_der_uint(&data, 2);
	info = bl_der_enter(&data, BL_DER_SEQUENCE);
	if (bl_oid_find(bl_der_oid(&info)) != BL_OID_DATA)
		info.bad = true;
	safe->sealed = true;
	if (info.bad)
		return bl_p12_malformed(
		    p, &info, NULL, "an encrypted part is not well formed");
	if ((err = bl_pbe_read(&safe->pbe, &info, p->limits, p->note)) !=
		BL_OK ||
	    (err = bl_kdf_count(
		 &p->cost, safe->pbe.cost, p->limits, p->note)) != BL_OK)
		return err;
	safe->content = bl_der_octets_ber(
	    &info, BL_DER_IMPLICIT(0), &safe->join);
	bl_der_leave(&data, &info);
	if (bl_der_peek(&data) == BL_DER_CONTEXT(1))
		bl_der_take(&data, BL_DER_CONTEXT(1));
	bl_der_leave(in, &data);
	return BL_OK;
}

static enum bl_err
read_safe(struct bl_p12_safe *safe, struct bl_der *in, struct bl_p12 *p)
{
	struct bl_der info = bl_der_enter(in, BL_DER_SEQUENCE), explicit;
	enum bl_oid oid = bl_oid_find(bl_der_oid(&info));
	enum bl_err err = BL_OK;

	if (!info.bad && oid == BL_OID_ENVELOPED_DATA)
		return unsupported(
		    p, "a part of the key file is encrypted to a certificate");
	explicit = bl_der_enter(&info, BL_DER_CONTEXT(0));
	if (oid == BL_OID_ENCRYPTED_DATA)
		err = read_sealed(safe, &explicit, p);
	else if (oid == BL_OID_DATA)
		safe->content = bl_der_octets_ber(
		    &explicit, BL_DER_OCTETS, &safe->join);
	else
		explicit.bad = true;
	if (err != BL_OK)
		return err;
	bl_der_leave(&info, &explicit);
	bl_der_leave(in, &info);
	return !in->bad ? BL_OK
			: bl_p12_malformed(p, in, &safe->join,
			      "a part of the key file is not well formed");
}

static enum bl_err
read_safes(struct bl_p12 *p)
{
	struct bl_der at = ber_of(p->auth);
	struct bl_der seq = bl_der_enter(&at, BL_DER_SEQUENCE);
	enum bl_err err;

	while (!seq.bad && seq.left.n != 0) {
		if (p->safes_n == BL_PKCS12_SAFES)
			return bl_fail_limit(p->note, 0, "limit-pkcs12",
			    "the key file has too many parts",
			    BL_PKCS12_SOURCE);
		err = bl_list_grow(&p->safes, p->safes_n, &p->safes_cap,
		    sizeof(*p->safes), p->note);
		if (err != BL_OK)
			return err;
		p->safes[p->safes_n] = (struct bl_p12_safe){0};
		err = read_safe(&p->safes[p->safes_n++], &seq, p);
		if (err != BL_OK)
			return err;
	}
	bl_der_leave(&at, &seq);
	return bl_der_done(&at)
	    ? BL_OK
	    : bl_p12_malformed(
		  p, &at, NULL, "the key file's parts are not well formed");
}

static enum bl_err
mac_holds(bool *holds, const struct mac *mac, struct bl_p12 *p)
{
	struct bl_digest_value value;
	uint8_t key[BL_DIGEST_MAX];
	enum bl_err err;

	*holds = false;
	if (mac->pbmac1)
		err = bl_pbkdf2(
		    key, mac->key, p->ctx, &mac->pbe, p->pass.utf8, p->note);
	else
		err = bl_pkcs12_derive(key, mac->key, p->ctx, &mac->pbe, 3,
		    bl_secret_reveal(p->pass.wide), p->note);
	if (err == BL_OK)
		err = bl_hmac(&value, p->ctx, mac->hmac,
		    bl_span_of(key, mac->key), p->auth, p->note);
	if (err == BL_OK)
		*holds = bl_same(mac->value, bl_span_of(value.p, value.n));
	bl_wipe(key, sizeof(key));
	return err;
}

/* An empty passphrase is a NUL to some writers, and nothing to others. */
static enum bl_err
check_mac(const struct mac *mac, struct bl_p12 *p)
{
	bool holds;
	enum bl_err err = mac_holds(&holds, mac, p);

	if (err == BL_OK && !holds && p->pass.utf8.n == 0 && !mac->pbmac1) {
		bl_secret_free(p->pass.wide);
		p->pass.wide = NULL;
		err = mac_holds(&holds, mac, p);
	}
	if (err == BL_OK && !holds)
		err = bl_fail(p->note, BL_E_NOKEY, 0,
		    "the passphrase does not open it, or it was altered",
		    BL_PKCS12_SOURCE);
	return err;
}

static enum bl_err
open_safes(struct bl_p12 *p)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < p->safes_n && err == BL_OK; i++) {
		struct bl_p12_safe *safe = &p->safes[i];
		struct bl_span contents = safe->content;

		if (safe->sealed) {
			err = bl_pbe_open(&safe->clear, p->ctx, &safe->pbe,
			    &p->pass, safe->content, p->note);
			contents = bl_buf_span(&safe->clear);
		}
		if (err == BL_OK)
			err = bl_p12_bags(p, contents);
	}
	return err;
}

static void
clear(struct bl_p12 *p)
{
	for (size_t i = 0; i < p->safes_n; i++) {
		bl_buf_clear(&p->safes[i].join);
		bl_buf_clear(&p->safes[i].clear);
	}
	for (size_t i = 0; i < p->bags_n; i++) {
		bl_buf_clear(&p->bags[i].join);
		bl_buf_clear(&p->bags[i].name);
		bl_secret_free(p->bags[i].key);
		bl_priv_free(p->bags[i].priv);
		bl_pub_free(p->bags[i].pub);
	}
	bl_release(p->safes);
	bl_release(p->bags);
	bl_buf_clear(&p->join);
	bl_pass_clear(&p->pass);
}

static enum bl_err
read_file(struct bl_pkcs12 *out, struct bl_ctx *ctx, struct bl_span in,
    struct bl_span pass, bool keys, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_p12 p = {.ctx = ctx, .limits = limits, .note = note};
	struct mac mac = {0};
	enum bl_err err;

	*out = (struct bl_pkcs12){0};
	if ((err = read_frame(&mac, &p, in)) != BL_OK ||
	    (err = read_safes(&p)) != BL_OK)
		goto out;
	err = bl_pass_init(&p.pass, pass, NULL);
	if (err == BL_E_CALLER) /* no file is under what is no text */
		err = bl_fail(note, BL_E_NOKEY, 0,
		    "the passphrase is not UTF-8, or too long", NULL);
	else if (err != BL_OK)
		err = bl_fail(note, err, 0, "out of memory", NULL);
	if (err != BL_OK || (err = check_mac(&mac, &p)) != BL_OK ||
	    (err = open_safes(&p)) != BL_OK ||
	    (keys && (err = bl_p12_keys(&p)) != BL_OK))
		goto out;
	err = bl_p12_pair(out, &p);
out:
	clear(&p);
	return err;
}

enum bl_err
bl_pkcs12_read(struct bl_pkcs12 *out, struct bl_ctx *ctx, struct bl_span in,
    struct bl_span pass, const struct bl_limits *limits, struct bl_note *note)
{
	return read_file(out, ctx, in, pass, true, limits, note);
}

enum bl_err
bl_pkcs12_certs(struct bl_pkcs12 *out, struct bl_ctx *ctx, struct bl_span in,
    struct bl_span pass, const struct bl_limits *limits, struct bl_note *note)
{
	return read_file(out, ctx, in, pass, false, limits, note);
}

void
bl_pkcs12_clear(struct bl_pkcs12 *p)
{
	for (size_t i = 0; i < p->n; i++) {
		bl_secret_free(p->entries[i].key);
		bl_buf_clear(&p->entries[i].cert);
		bl_buf_clear(&p->entries[i].name);
	}
	bl_release(p->entries);
	*p = (struct bl_pkcs12){0};
}
