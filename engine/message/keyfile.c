/* keyfile.c - see bulla/keyfile.h. */
#include "bulla/keyfile.h"

#include "crypto/crypto.h"
#include "der/der.h"

#define KEYS_MAX    256u
#define ENTRIES_MAX 1024u

void
bl_keyfile_clear(struct bl_keyfile *k)
{
	for (size_t i = 0; i < k->n; i++) {
		bl_secret_free(k->entries[i].key);
		bl_cert_free(k->entries[i].cert);
		bl_buf_clear(&k->entries[i].name);
	}
	bl_release(k->entries);
	*k = (struct bl_keyfile){0};
}

/* Adds an empty entry. */
static enum bl_err
entry_new(
    struct bl_keyfile_entry **out, struct bl_keyfile *k, struct bl_note *note)
{
	enum bl_err err;

	if (k->n >= ENTRIES_MAX)
		return bl_fail_limit(note, 0, "limit-keys",
		    "too many keys and certificates in one file", NULL);
	err = bl_list_grow(
	    &k->entries, k->n, &k->cap, sizeof(*k->entries), note);
	if (err != BL_OK)
		return err;
	*out = &k->entries[k->n++];
	**out = (struct bl_keyfile_entry){0};
	return BL_OK;
}

/* Reads a certificate; one that is not usable is counted and left out. */
static enum bl_err
cert_read(struct bl_cert **out, struct bl_keyfile *k, struct bl_ctx *ctx,
    struct bl_span der, const struct bl_limits *limits)
{
	enum bl_err err = bl_cert_read(out, ctx, der, limits, NULL);

	if (err == BL_OK || err == BL_E_MEMORY || err == BL_E_SYSTEM)
		return err;
	k->skipped++;
	return BL_OK;
}

/* ---- PKCS#12 ---- */

/* Moves one entry over. */
static enum bl_err
take_entry(struct bl_keyfile *k, struct bl_pkcs12_entry *from,
    struct bl_ctx *ctx, const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_keyfile_entry *e;
	struct bl_cert *cert = NULL;
	enum bl_err err = BL_OK;

	if (from->cert.n > 0)
		err = cert_read(
		    &cert, k, ctx, bl_buf_span(&from->cert), limits);
	if (err != BL_OK)
		return bl_fail(
		    note, err, 0, "a certificate cannot be read", NULL);
	if (cert == NULL && from->key == NULL)
		return BL_OK;
	if ((err = entry_new(&e, k, note)) != BL_OK) {
		bl_cert_free(cert);
		return err;
	}
	e->cert = cert;
	e->key = from->key;
	from->key = NULL;
	e->name = from->name;
	bl_buf_init(&from->name, 0);
	return BL_OK;
}

static enum bl_err
read_pkcs12(struct bl_keyfile *k, struct bl_ctx *ctx, struct bl_span in,
    struct bl_span pass, const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_pkcs12 p = {0};
	enum bl_err err = bl_pkcs12_read(&p, ctx, in, pass, limits, note);

	for (size_t i = 0; err == BL_OK && i < p.n; i++)
		err = take_entry(k, &p.entries[i], ctx, limits, note);
	bl_pkcs12_clear(&p);
	return err;
}

/* ---- PEM ---- */

enum label {
	LABEL_OTHER = 0,
	LABEL_CERT,
	LABEL_PKCS8,
	LABEL_SEALED,
	LABEL_RSA,
	LABEL_EC,
	LABEL_PKCS12,
};

static enum label
label_of(struct bl_span s)
{
	static const struct {
		const char *name;
		enum label label;
	} labels[] = {
	    {"CERTIFICATE", LABEL_CERT},
	    {"X509 CERTIFICATE", LABEL_CERT},
	    {"PRIVATE KEY", LABEL_PKCS8},
	    {"ENCRYPTED PRIVATE KEY", LABEL_SEALED},
	    {"RSA PRIVATE KEY", LABEL_RSA},
	    {"EC PRIVATE KEY", LABEL_EC},
	    {"PKCS12", LABEL_PKCS12},
	    {"PFX", LABEL_PKCS12},
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		if (bl_span_equal(s, bl_span_str(labels[i].name)))
			return labels[i].label;
	}
	return LABEL_OTHER;
}

/* The curve of an ECPrivateKey (RFC 5915 3), as ECParameters; empty when it
 * is not said or not well formed. */
static struct bl_span
curve_of(struct bl_span der)
{
	struct bl_der in = bl_der_of(der);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_der params;
	struct bl_span curve;

	bl_der_uint(&seq, 1);
	bl_der_take(&seq, BL_DER_OCTETS);
	params = bl_der_enter(&seq, BL_DER_CONTEXT(0));
	curve = bl_der_whole(&params, BL_DER_OID);
	bl_der_leave(&seq, &params);
	return seq.bad || in.bad ? (struct bl_span){0} : curve;
}

/* Puts a traditional key into a PrivateKeyInfo (RFC 5958 2). */
static enum bl_err
wrap(struct bl_secret **out, enum label label, struct bl_span der,
    struct bl_note *note)
{
	struct bl_buf b = {0};
	struct bl_span curve = {0};
	size_t all, alg, key;
	enum bl_err err;

	if (label == LABEL_EC && (curve = curve_of(der)).n == 0)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "the key does not name its curve", "RFC 5915 3");
	all = bl_der_open(&b, BL_DER_SEQUENCE);
	bl_der_put_uint(&b, 0);
	alg = bl_der_open(&b, BL_DER_SEQUENCE);
	bl_der_put_oid(&b,
	    label == LABEL_EC ? BL_OID_EC_PUBLIC_KEY : BL_OID_RSA_ENCRYPTION);
	if (label == LABEL_EC)
		bl_buf_add(&b, curve);
	else
		bl_der_put_null(&b);
	bl_der_close(&b, alg);
	key = bl_der_open(&b, BL_DER_OCTETS);
	bl_buf_add(&b, der);
	bl_der_close(&b, key);
	bl_der_close(&b, all);
	if ((err = bl_buf_err(&b, note)) == BL_OK)
		err = bl_secret_copy(out, bl_buf_span(&b), note);
	bl_buf_clear(&b);
	return err;
}

static enum bl_err
unseal(struct bl_secret **out, struct bl_ctx *ctx, struct bl_span der,
    struct bl_span pass, const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_secret *secret = NULL;
	enum bl_err err;

	if (pass.n == 0)
		return bl_fail(note, BL_E_NOKEY, 0,
		    "the key is sealed under a passphrase", "RFC 5958 3");
	if ((err = bl_secret_copy(&secret, pass, note)) == BL_OK)
		err = bl_pkcs8_open(out, ctx, der, secret, limits, note);
	bl_secret_free(secret);
	return err;
}

/* One key block into PKCS#8. */
static enum bl_err
key_read(struct bl_secret **out, struct bl_ctx *ctx, enum label label,
    struct bl_span der, struct bl_span pass, const struct bl_limits *limits,
    struct bl_note *note)
{
	if (der.n == 0)
		return bl_fail(
		    note, BL_E_MALFORMED, 0, "the key is empty", "RFC 7468 10");
	if (label == LABEL_PKCS8)
		return bl_secret_copy(out, der, note);
	if (label == LABEL_SEALED)
		return unseal(out, ctx, der, pass, limits, note);
	return wrap(out, label, der, note);
}

/* Takes one block in. */
static enum bl_err
take_block(struct bl_keyfile *k, struct bl_ctx *ctx, enum label label,
    struct bl_span der, struct bl_span pass, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_keyfile_entry *e;
	struct bl_secret *key = NULL;
	struct bl_cert *cert = NULL;
	enum bl_err err;

	if (label == LABEL_OTHER)
		return BL_OK;
	if (label == LABEL_PKCS12)
		return read_pkcs12(k, ctx, der, pass, limits, note);
	if (label == LABEL_CERT)
		err = cert_read(&cert, k, ctx, der, limits);
	else
		err = key_read(&key, ctx, label, der, pass, limits, note);
	if (err != BL_OK)
		return bl_fail(
		    note, err, 0, "a block of the file cannot be read", NULL);
	if (cert == NULL && key == NULL)
		return BL_OK;
	if ((err = entry_new(&e, k, note)) == BL_OK) {
		e->key = key;
		e->cert = cert;
		return BL_OK;
	}
	bl_secret_free(key);
	bl_cert_free(cert);
	return err;
}

/* SHA-256 of the public key that belongs to a private one. */
static enum bl_err
id_of(struct bl_digest_value *id, struct bl_ctx *ctx,
    const struct bl_secret *key, struct bl_note *note)
{
	struct bl_priv *priv = NULL;
	struct bl_buf spki = {0};
	enum bl_err err;

	if ((err = bl_priv_read(&priv, ctx, key, note)) == BL_OK &&
	    (err = bl_priv_spki(&spki, priv, note)) == BL_OK &&
	    (err = bl_buf_err(&spki, note)) == BL_OK)
		err = bl_digest_of(
		    id, ctx, BL_SHA256, bl_buf_span(&spki), note);
	bl_priv_free(priv);
	bl_buf_clear(&spki);
	return err;
}

/* Moves the first certificate of the key with this id into its entry. */
static void
marry(struct bl_keyfile *k, struct bl_keyfile_entry *e,
    const struct bl_digest_value *id)
{
	for (size_t i = 0; i < k->n; i++) {
		struct bl_keyfile_entry *c = &k->entries[i];

		if (c->key != NULL || c->cert == NULL ||
		    !bl_span_equal(
			bl_cert_key_id(c->cert), bl_span_of(id->p, id->n)))
			continue;
		e->cert = c->cert;
		c->cert = NULL;
		return;
	}
}

/* Gives each key its certificate; entries left empty go. */
static enum bl_err
pair(struct bl_keyfile *k, struct bl_ctx *ctx, struct bl_note *note)
{
	struct bl_digest_value id;
	size_t n = 0;
	enum bl_err err;

	for (size_t i = 0; i < k->n; i++) {
		struct bl_keyfile_entry *e = &k->entries[i];

		if (e->key == NULL || e->cert != NULL)
			continue;
		if ((err = id_of(&id, ctx, e->key, note)) != BL_OK)
			return err;
		marry(k, e, &id);
	}
	for (size_t i = 0; i < k->n; i++) {
		if (k->entries[i].key != NULL || k->entries[i].cert != NULL)
			k->entries[n++] = k->entries[i];
	}
	k->n = n;
	return BL_OK;
}

/* PEM encrypted as it was before PKCS#8 (RFC 1421 4.6.1.3). */
static bool
is_old_pem(struct bl_span file)
{
	static const char mark[] = "\nDEK-Info:";

	return file.n > 0 &&
	    memmem(file.p, file.n, mark, sizeof(mark) - 1) != NULL;
}

static enum bl_err
read_pem(struct bl_keyfile *k, struct bl_ctx *ctx, struct bl_span file,
    struct bl_span pass, const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_buf der;
	struct bl_span label;
	size_t pos = 0;
	enum bl_err err = BL_OK;

	if (is_old_pem(file))
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "a key is encrypted in an old way: convert it with openssl "
		    "pkcs8 -topk8",
		    "RFC 1421 4.6.1.3");
	bl_buf_init(&der, limits->pkcs12_bytes);
	while (err == BL_OK && bl_pem_next(file, &pos, &label, &der)) {
		if ((err = bl_buf_err(&der, note)) == BL_OK)
			err = take_block(k, ctx, label_of(label),
			    bl_buf_span(&der), pass, limits, note);
		bl_buf_clear(&der);
	}
	if (err == BL_OK)
		err = bl_buf_err(&der, note);
	bl_buf_clear(&der);
	return err == BL_OK ? pair(k, ctx, note) : err;
}

/* ---- both ---- */

static enum bl_err
check_keys(const struct bl_keyfile *k, struct bl_note *note)
{
	size_t keys = 0;

	for (size_t i = 0; i < k->n; i++)
		keys += k->entries[i].key != NULL;
	if (keys == 0)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "there is no private key in the file", NULL);
	if (keys > KEYS_MAX)
		return bl_fail_limit(note, 0, "limit-keys",
		    "too many keys are in one file", NULL);
	return BL_OK;
}

enum bl_err
bl_keyfile_read(struct bl_keyfile *out, struct bl_ctx *ctx, struct bl_span file,
    struct bl_span pass, const struct bl_limits *limits, struct bl_note *note)
{
	enum bl_err err;

	*out = (struct bl_keyfile){0};
	if (file.n > limits->pkcs12_bytes)
		return bl_fail_limit(note, limits->pkcs12_bytes, "limit-pkcs12",
		    "the key file is too large", NULL);
	if (file.n > 0 && file.p[0] == BL_DER_SEQUENCE)
		err = read_pkcs12(out, ctx, file, pass, limits, note);
	else
		err = read_pem(out, ctx, file, pass, limits, note);
	if (err == BL_OK)
		err = check_keys(out, note);
	if (err != BL_OK)
		bl_keyfile_clear(out);
	return err;
}
