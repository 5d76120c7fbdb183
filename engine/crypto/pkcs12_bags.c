/* pkcs12_bags.c - what lies in the parts of a PKCS#12 file: keys, clear or
 * sealed once more, and certificates; and which of them belong together. */
#include <openssl/err.h>

#include "crypto/internal.h"
#include "crypto/pkcs12.h"

#define NAME_MAX_WIDE 1024 /* bytes of a friendlyName in UTF-16 */

static enum bl_err
broken(struct bl_p12 *p, const struct bl_der *at, const struct bl_buf *join)
{
	return bl_p12_malformed(
	    p, at, join, "a bag of the key file is not well formed");
}

/* One more bag; it is counted, and freed with the others, from now on. */
static enum bl_err
add(struct bl_p12_bag **bag, struct bl_p12 *p)
{
	enum bl_err err;

	*bag = NULL;
	if (p->bags_n == BL_PKCS12_BAGS)
		return bl_fail_limit(p->note, 0, "limit-pkcs12",
		    "the key file has too many keys and certificates",
		    BL_PKCS12_SOURCE);
	err = bl_list_grow(
	    &p->bags, p->bags_n, &p->bags_cap, sizeof(*p->bags), p->note);
	if (err != BL_OK)
		return err;
	*bag = &p->bags[p->bags_n++];
	**bag = (struct bl_p12_bag){0};
	return BL_OK;
}

static enum bl_err
read_sealed_key(struct bl_p12_bag *bag, struct bl_der *in, struct bl_p12 *p)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_err err;

	bag->is_key = bag->sealed = true;
	if ((err = bl_pbe_read(&bag->pbe, &seq, p->limits, p->note)) != BL_OK ||
	    (err = bl_kdf_count(&p->cost, bag->pbe.cost, p->limits, p->note)) !=
		BL_OK)
		return err;
	bag->content = bl_der_octets_ber(&seq, BL_DER_OCTETS, &bag->join);
	bl_der_leave(in, &seq);
	return in->bad ? broken(p, in, &bag->join) : BL_OK;
}

/* CertBag; a certificate that is not of X.509 is passed over. */
static enum bl_err
read_cert(struct bl_der *in, struct bl_p12 *p)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), explicit;
	enum bl_oid oid = bl_oid_find(bl_der_oid(&seq));
	struct bl_p12_bag *bag;
	enum bl_err err;

	if (!seq.bad && oid != BL_OID_X509_CERTIFICATE)
		return BL_OK;
	if ((err = add(&bag, p)) != BL_OK)
		return err;
	explicit = bl_der_enter(&seq, BL_DER_CONTEXT(0));
	bag->content = bl_der_octets_ber(&explicit, BL_DER_OCTETS, &bag->join);
	bl_der_leave(&seq, &explicit);
	bl_der_leave(in, &seq);
	if (in->bad || bag->content.n == 0)
		return broken(p, in, &bag->join);
	if (bag->content.n > p->limits->certificate_bytes)
		return bl_fail_limit(p->note, in->at, "limit-certificate",
		    "a certificate in the key file is too long",
		    BL_PKCS12_SOURCE);
	return BL_OK;
}

/* PKCS12Attribute: of all of them a person sees the name alone. */
static void
read_attribute(struct bl_buf *name, struct bl_der *in)
{
	struct bl_der attr = bl_der_enter(in, BL_DER_SEQUENCE), values;
	enum bl_oid oid = bl_oid_find(bl_der_oid(&attr));
	struct bl_span wide;

	values = bl_der_enter(&attr, BL_DER_SET);
	if (oid == BL_OID_FRIENDLY_NAME && bl_der_peek(&values) == BL_DER_BMP) {
		wide = bl_der_take(&values, BL_DER_BMP);
		bl_buf_reset(name);
		if (wide.n > NAME_MAX_WIDE || !bl_wide_read(name, wide))
			values.bad = true;
	}
	while (!values.bad && values.left.n != 0)
		bl_der_whole(&values, 0);
	bl_der_leave(&attr, &values);
	bl_der_leave(in, &attr);
}

static enum bl_err
read_attributes(struct bl_buf *name, struct bl_der *in, struct bl_p12 *p)
{
	struct bl_der set;

	if (bl_der_peek(in) == BL_DER_SET) {
		set = bl_der_enter(in, BL_DER_SET);
		while (!set.bad && set.left.n != 0)
			read_attribute(name, &set);
		bl_der_leave(in, &set);
	}
	if (name->err != BL_OK)
		return bl_buf_err(name, p->note);
	return in->bad ? broken(p, in, NULL) : BL_OK;
}

/* SecretBag and CRLBag: a name, and any one element in [0]. */
static void
typed_value(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	struct bl_der explicit;

	(void)bl_der_oid(&seq);
	explicit = bl_der_enter(&seq, BL_DER_CONTEXT(0));
	(void)bl_der_whole(&explicit, 0);
	bl_der_leave(&seq, &explicit);
	bl_der_leave(in, &seq);
}

/* What is passed over has to be what it is called, all the same. */
static enum bl_err
pass_over(enum bl_oid oid, struct bl_der *in, struct bl_p12 *p)
{
	struct bl_der look = *in;
	struct bl_span whole = bl_der_whole(in, 0);
	enum bl_err err;

	if (in->bad)
		return BL_OK; /* said by who left it */
	err = bl_ber_check(whole, in->at, p->limits, NULL);
	if (err == BL_E_LIMIT)
		return bl_fail_limit(p->note, in->at, "limit-pkcs12",
		    "a bag of the key file is nested too deep",
		    BL_PKCS12_SOURCE);
	if (oid == BL_OID_SECRET_BAG || oid == BL_OID_CRL_BAG)
		typed_value(&look);
	in->bad |= err != BL_OK || look.bad;
	return BL_OK;
}

static enum bl_err read_contents(struct bl_der *in, struct bl_p12 *p);

/* What the bag's identifier says lies in its [0]. */
static enum bl_err
read_value(enum bl_oid oid, struct bl_der *in, struct bl_p12 *p)
{
	struct bl_p12_bag *bag;
	enum bl_err err;

	switch ((int)oid) {
	case BL_OID_SHROUDED_KEY_BAG:
		if ((err = add(&bag, p)) != BL_OK)
			return err;
		return read_sealed_key(bag, in, p);
	case BL_OID_KEY_BAG:
		if ((err = add(&bag, p)) != BL_OK)
			return err;
		bag->is_key = true;
		bag->content = bl_der_whole(in, BL_DER_SEQUENCE);
		return BL_OK;
	case BL_OID_CERT_BAG:
		return read_cert(in, p);
	case BL_OID_SAFE_CONTENTS_BAG:
		/* as deep as bl_der goes */
		return read_contents(in, p);
	}
	return pass_over(oid, in, p); /* CRLs, secrets, what others invent */
}

static enum bl_err
read_bag(struct bl_der *in, struct bl_p12 *p)
{
	struct bl_der bag = bl_der_enter(in, BL_DER_SEQUENCE), explicit;
	enum bl_oid oid = bl_oid_find(bl_der_oid(&bag));
	struct bl_buf name = {0};
	size_t before = p->bags_n;
	enum bl_err err;

	explicit = bl_der_enter(&bag, BL_DER_CONTEXT(0));
	if (explicit.bad)
		return broken(p, &bag, NULL);
	if ((err = read_value(oid, &explicit, p)) != BL_OK)
		return err;
	bl_der_leave(&bag, &explicit);
	err = read_attributes(&name, &bag, p);
	bl_der_leave(in, &bag);
	if (err == BL_OK && in->bad)
		err = broken(p, in, NULL);
	/* a bag of bags has no name to give to one of them */
	if (err == BL_OK && p->bags_n == before + 1 &&
	    oid != BL_OID_SAFE_CONTENTS_BAG)
		p->bags[before].name = name;
	else
		bl_buf_clear(&name);
	return err;
}

static enum bl_err
read_contents(struct bl_der *in, struct bl_p12 *p)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_err err = BL_OK;

	while (err == BL_OK && !seq.bad && seq.left.n != 0)
		err = read_bag(&seq, p);
	if (err != BL_OK)
		return err;
	bl_der_leave(in, &seq);
	return in->bad ? broken(p, in, NULL) : BL_OK;
}

enum bl_err
bl_p12_bags(struct bl_p12 *p, struct bl_span contents)
{
	struct bl_der at = bl_der_of(contents);
	enum bl_err err;

	at.ber = true;
	if ((err = read_contents(&at, p)) != BL_OK)
		return err;
	return bl_der_done(&at) ? BL_OK : broken(p, &at, NULL);
}

/* ---- keys ---- */

static enum bl_err
open_key(struct bl_p12_bag *bag, struct bl_p12 *p)
{
	struct bl_der none = {0};
	struct bl_buf clear = {0};
	enum bl_err err = BL_OK;

	if (bag->sealed)
		err = bl_pbe_open(
		    &clear, p->ctx, &bag->pbe, &p->pass, bag->content, p->note);
	else
		bl_buf_add(&clear, bag->content);
	if (err == BL_OK)
		err = bl_buf_err(&clear, p->note);
	if (err == BL_OK && !bl_pkcs8_frame(bl_buf_span(&clear)))
		err = bl_p12_malformed(
		    p, &none, NULL, "a key in the key file is not well formed");
	if (err == BL_OK)
		err = bl_secret_copy(&bag->key, bl_buf_span(&clear), p->note);
	bl_buf_clear(&clear);
	if (err != BL_OK)
		return err;
	/* a key of a kind not handled is passed on all the same */
	err = bl_priv_read(&bag->priv, p->ctx, bag->key, NULL);
	if (err == BL_OK || err == BL_E_UNSUPPORTED || err == BL_E_LIMIT)
		return BL_OK;
	return bl_fail(p->note, err, 0, "a key in the key file is broken",
	    BL_PKCS12_SOURCE);
}

enum bl_err
bl_p12_keys(struct bl_p12 *p)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < p->bags_n && err == BL_OK; i++)
		if (p->bags[i].is_key)
			err = open_key(&p->bags[i], p);
	return err;
}

/* ---- pairs ---- */

/* SubjectPublicKeyInfo of a certificate, empty when it is none. What else the
 * certificate says is for others to judge. */
static struct bl_span
spki_of(struct bl_span cert)
{
	struct bl_der at = bl_der_of(cert);
	struct bl_der seq = bl_der_enter(&at, BL_DER_SEQUENCE);
	struct bl_der tbs = bl_der_enter(&seq, BL_DER_SEQUENCE);
	struct bl_span spki;

	if (bl_der_peek(&tbs) == BL_DER_CONTEXT(0))
		bl_der_take(&tbs, BL_DER_CONTEXT(0));
	bl_der_integer(&tbs);
	for (size_t i = 0; i < 4; i++) /* signature, issuer, dates, subject */
		bl_der_take(&tbs, BL_DER_SEQUENCE);
	spki = bl_der_whole(&tbs, BL_DER_SEQUENCE);
	return tbs.bad ? (struct bl_span){NULL, 0} : spki;
}

static enum bl_err
read_pubs(struct bl_p12 *p)
{
	for (size_t i = 0; i < p->bags_n; i++) {
		struct bl_p12_bag *bag = &p->bags[i];
		struct bl_span spki = bag->is_key ? (struct bl_span){NULL, 0}
						  : spki_of(bag->content);

		if (spki.n != 0 &&
		    bl_pub_read(&bag->pub, p->ctx, spki, p->limits, NULL) ==
			BL_E_MEMORY)
			return bl_fail(
			    p->note, BL_E_MEMORY, 0, "out of memory", NULL);
	}
	return BL_OK;
}

static bool
belong_together(const struct bl_p12_bag *key, const struct bl_p12_bag *cert)
{
	return key->priv != NULL && cert->pub != NULL &&
	    cert->pub->key != NULL &&
	    EVP_PKEY_eq(key->priv->pub.key, cert->pub->key) == 1;
}

/* A key with a certificate, or one of both alone. */
static enum bl_err
make_entry(struct bl_pkcs12 *out, const struct bl_p12_bag *key,
    const struct bl_p12_bag *cert, struct bl_note *note)
{
	struct bl_pkcs12_entry *e = &out->entries[out->n++];
	enum bl_err err = BL_OK;

	if (key != NULL) {
		err = bl_secret_copy(&e->key, bl_secret_reveal(key->key), note);
		bl_buf_add(&e->name, bl_buf_span(&key->name));
	}
	if (cert != NULL) {
		bl_buf_add(&e->cert, cert->content);
		if (cert->name.n > 0)
			bl_buf_reset(&e->name);
		bl_buf_add(&e->name, bl_buf_span(&cert->name));
	}
	if (err == BL_OK)
		err = bl_buf_err(&e->cert, note);
	if (err == BL_OK)
		err = bl_buf_err(&e->name, note);
	return err;
}

/* Each certificate of the key, or the key alone. */
static enum bl_err
pair_key(struct bl_pkcs12 *out, struct bl_p12_bag *key, struct bl_p12 *p)
{
	bool found = false;
	enum bl_err err;

	for (size_t i = 0; i < p->bags_n; i++) {
		struct bl_p12_bag *cert = &p->bags[i];

		if (cert->is_key || cert->paired || !belong_together(key, cert))
			continue;
		found = cert->paired = true;
		if ((err = make_entry(out, key, cert, p->note)) != BL_OK)
			return err;
	}
	return found ? BL_OK : make_entry(out, key, NULL, p->note);
}

enum bl_err
bl_p12_pair(struct bl_pkcs12 *out, struct bl_p12 *p)
{
	enum bl_err err;

	if (p->bags_n == 0)
		return BL_OK;
	/* at most one entry for each bag */
	out->entries = bl_alloc_array(p->bags_n, sizeof(*out->entries));
	if (out->entries == NULL)
		return bl_fail(p->note, BL_E_MEMORY, 0, "out of memory", NULL);
	err = read_pubs(p);
	for (size_t i = 0; i < p->bags_n && err == BL_OK; i++)
		if (p->bags[i].key != NULL)
			err = pair_key(out, &p->bags[i], p);
	for (size_t i = 0; i < p->bags_n && err == BL_OK; i++)
		if (!p->bags[i].is_key && !p->bags[i].paired)
			err = make_entry(out, NULL, &p->bags[i], p->note);
	ERR_clear_error(); /* of keys that were compared and differ */
	if (err != BL_OK)
		bl_pkcs12_clear(out);
	return err;
}
