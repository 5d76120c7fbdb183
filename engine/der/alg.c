/* alg.c - see alg.h. */
#include "der/alg.h"

#define SALT_MAX   1024 /* bytes: an RSA key of 8192 bits has room for no more */
#define SHAKE_BITS 512	/* RFC 8419 2.3 */

static const struct {
	enum bl_oid oid;
	enum bl_sig_kind kind;
	enum bl_digest digest;
} signatures[] = {
    {BL_OID_RSA_SHA1, BL_SIG_RSA_PKCS1, BL_SHA1},
    {BL_OID_RSA_SHA224, BL_SIG_RSA_PKCS1, BL_SHA224},
    {BL_OID_RSA_SHA256, BL_SIG_RSA_PKCS1, BL_SHA256},
    {BL_OID_RSA_SHA384, BL_SIG_RSA_PKCS1, BL_SHA384},
    {BL_OID_RSA_SHA512, BL_SIG_RSA_PKCS1, BL_SHA512},
    {BL_OID_OIW_RSA_SHA1, BL_SIG_RSA_PKCS1, BL_SHA1},
    {BL_OID_ECDSA_SHA1, BL_SIG_ECDSA, BL_SHA1},
    {BL_OID_ECDSA_SHA224, BL_SIG_ECDSA, BL_SHA224},
    {BL_OID_ECDSA_SHA256, BL_SIG_ECDSA, BL_SHA256},
    {BL_OID_ECDSA_SHA384, BL_SIG_ECDSA, BL_SHA384},
    {BL_OID_ECDSA_SHA512, BL_SIG_ECDSA, BL_SHA512},
    {BL_OID_DSA_SHA1, BL_SIG_DSA, BL_SHA1},
    {BL_OID_OIW_DSA_SHA1, BL_SIG_DSA, BL_SHA1},
    {BL_OID_DSA_SHA224, BL_SIG_DSA, BL_SHA224},
    {BL_OID_DSA_SHA256, BL_SIG_DSA, BL_SHA256},
    {BL_OID_DSA_SHA384, BL_SIG_DSA, BL_SHA384},
    {BL_OID_DSA_SHA512, BL_SIG_DSA, BL_SHA512},
    {BL_OID_ED25519, BL_SIG_ED25519, BL_DIGEST_NONE},
    {BL_OID_ED448, BL_SIG_ED448, BL_DIGEST_NONE},
};

static const struct {
	enum bl_oid oid;
	enum bl_digest digest;
} digests[] = {
    {BL_OID_SHA1, BL_SHA1},
    {BL_OID_SHA224, BL_SHA224},
    {BL_OID_SHA256, BL_SHA256},
    {BL_OID_SHA384, BL_SHA384},
    {BL_OID_SHA512, BL_SHA512},
};

static enum bl_oid
take_oid(struct bl_der *d)
{
	struct bl_span octets = bl_der_oid(d);

	return d->bad ? BL_OID_UNKNOWN : bl_oid_find(octets);
}

/* Takes off the parameters of an algorithm that is not known. */
static void
skip(struct bl_der *d)
{
	if (bl_der_peek(d) != 0)
		(void)bl_der_whole(d, 0);
}

/* id-shake256-len with the one length that is used. */
static bool
is_shake(struct bl_der *seq)
{
	struct bl_der at = *seq;

	if (bl_der_uint(&at, SHAKE_BITS) != SHAKE_BITS || at.bad)
		return false;
	*seq = at;
	return true;
}

enum bl_digest
bl_content_digest_read(struct bl_der *in)
{
	struct bl_der at = *in, seq = bl_der_enter(&at, BL_DER_SEQUENCE);

	if (take_oid(&seq) != BL_OID_SHAKE256_LEN || !is_shake(&seq))
		return bl_digest_alg_read(in);
	bl_der_leave(&at, &seq);
	*in = at;
	return in->bad ? BL_DIGEST_NONE : BL_SHAKE256;
}

enum bl_digest
bl_digest_alg_read(struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_oid oid = take_oid(&seq);
	enum bl_digest d = BL_DIGEST_NONE;

	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++)
		if (digests[i].oid == oid)
			d = digests[i].digest;
	if (d == BL_DIGEST_NONE)
		skip(&seq);
	else
		(void)bl_der_null(&seq);
	bl_der_leave(in, &seq);
	return in->bad ? BL_DIGEST_NONE : d;
}

static void
put_digest(struct bl_buf *out, enum bl_digest d, bool null)
{
	size_t mark;

	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++) {
		if (digests[i].digest != d)
			continue;
		mark = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put_oid(out, digests[i].oid);
		if (null)
			bl_der_put_null(out);
		bl_der_close(out, mark);
		return;
	}
	if (out->err == BL_OK)
		out->err = BL_E_CALLER;
}

void
bl_digest_alg_write(struct bl_buf *out, enum bl_digest d)
{
	size_t mark;

	if (d != BL_SHAKE256) {
		put_digest(out, d, false);
		return;
	}
	mark = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, BL_OID_SHAKE256_LEN);
	bl_der_put_uint(out, SHAKE_BITS);
	bl_der_close(out, mark);
}

void
bl_digest_alg_write_null(struct bl_buf *out, enum bl_digest d)
{
	put_digest(out, d, true);
}

/* MaskGenAlgorithm: MGF1 with a digest; anything else is `other`. */
static enum bl_digest
mask(struct bl_der *in, bool *other)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_digest d = BL_DIGEST_NONE;

	if (take_oid(&seq) == BL_OID_MGF1)
		d = bl_digest_alg_read(&seq);
	else
		skip(&seq);
	bl_der_leave(in, &seq);
	if (d == BL_DIGEST_NONE)
		*other = true;
	return d;
}

/* RSASSA-PSS-params, RFC 4055 3.1; returns false for a digest or mask that is
 * not known. */
static bool
pss(struct bl_sig_alg *alg, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE), field;
	bool other = false;

	*alg = (struct bl_sig_alg){BL_SIG_RSA_PSS, BL_SHA1, BL_SHA1, 20};
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(0));
		alg->digest = bl_digest_alg_read(&field);
		bl_der_leave(&seq, &field);
	}
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(1)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(1));
		alg->mgf = mask(&field, &other);
		bl_der_leave(&seq, &field);
	}
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(2)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(2));
		alg->salt = (unsigned)bl_der_uint(&field, SALT_MAX);
		bl_der_leave(&seq, &field);
	}
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(3)) {
		field = bl_der_enter(&seq, BL_DER_CONTEXT(3));
		if (bl_der_uint(&field, 1) != 1)
			field.bad = true;
		bl_der_leave(&seq, &field);
	}
	bl_der_leave(in, &seq);
	return !other && alg->digest != BL_DIGEST_NONE;
}

/* The kind and digest of an OID, and its parameters off `seq`. */
static struct bl_sig_alg
known(struct bl_der *seq, enum bl_oid oid, enum bl_digest digest)
{
	struct bl_sig_alg alg = {0};

	if (oid == BL_OID_RSASSA_PSS)
		return pss(&alg, seq) ? alg : (struct bl_sig_alg){0};
	if (oid == BL_OID_RSA_ENCRYPTION && digest != BL_DIGEST_NONE &&
	    digest != BL_SHAKE256)
		alg = (struct bl_sig_alg){BL_SIG_RSA_PKCS1, digest};
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++)
		if (signatures[i].oid == oid)
			alg = (struct bl_sig_alg){
			    signatures[i].kind, signatures[i].digest};
	if (alg.kind == BL_SIG_OTHER)
		skip(seq);
	else if (alg.kind != BL_SIG_ED25519 && alg.kind != BL_SIG_ED448)
		(void)bl_der_null(seq);
	return alg;
}

struct bl_sig_alg
bl_sig_alg_read(struct bl_der *in, enum bl_digest digest)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_oid oid = take_oid(&seq);
	struct bl_sig_alg alg = known(&seq, oid, digest);

	bl_der_leave(in, &seq);
	return in->bad ? (struct bl_sig_alg){0} : alg;
}

static void
put_pss(struct bl_buf *out, const struct bl_sig_alg *alg)
{
	size_t params, field, mgf;

	bl_der_put_oid(out, BL_OID_RSASSA_PSS);
	params = bl_der_open(out, BL_DER_SEQUENCE);
	/* DER leaves out what has its default (X.690 11.5). */
	if (alg->digest != BL_SHA1) {
		field = bl_der_open(out, BL_DER_CONTEXT(0));
		put_digest(out, alg->digest, true);
		bl_der_close(out, field);
	}
	if (alg->mgf != BL_SHA1) {
		field = bl_der_open(out, BL_DER_CONTEXT(1));
		mgf = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put_oid(out, BL_OID_MGF1);
		put_digest(out, alg->mgf, true);
		bl_der_close(out, mgf);
		bl_der_close(out, field);
	}
	if (alg->salt != 20) {
		field = bl_der_open(out, BL_DER_CONTEXT(2));
		bl_der_put_uint(out, alg->salt);
		bl_der_close(out, field);
	}
	bl_der_close(out, params);
}

/* The OID of a kind with a digest; UNKNOWN for a digest it has no name for. */
static enum bl_oid
oid_with(enum bl_sig_kind kind, enum bl_digest d)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++)
		if (signatures[i].kind == kind && signatures[i].digest == d)
			return signatures[i].oid;
	return BL_OID_UNKNOWN;
}

static bool
writable(const struct bl_sig_alg *alg)
{
	switch (alg->kind) {
	case BL_SIG_RSA_PKCS1:
		return alg->digest != BL_DIGEST_NONE &&
		    alg->digest != BL_SHAKE256;
	case BL_SIG_RSA_PSS:
		return alg->digest != BL_DIGEST_NONE &&
		    alg->mgf != BL_DIGEST_NONE && alg->salt <= SALT_MAX;
	case BL_SIG_ECDSA:
		return oid_with(BL_SIG_ECDSA, alg->digest) != BL_OID_UNKNOWN;
	case BL_SIG_ED25519:
	case BL_SIG_ED448:
		return true;
	case BL_SIG_DSA:
	case BL_SIG_OTHER:
		break;
	}
	return false;
}

void
bl_sig_alg_write(struct bl_buf *out, const struct bl_sig_alg *alg)
{
	size_t mark;

	if (!writable(alg)) {
		if (out->err == BL_OK)
			out->err = BL_E_CALLER;
		return;
	}
	mark = bl_der_open(out, BL_DER_SEQUENCE);
	if (alg->kind == BL_SIG_RSA_PKCS1) {
		bl_der_put_oid(out, BL_OID_RSA_ENCRYPTION);
		bl_der_put_null(out);
	} else if (alg->kind == BL_SIG_RSA_PSS) {
		put_pss(out, alg);
	} else if (alg->kind == BL_SIG_ECDSA) {
		bl_der_put_oid(out, oid_with(BL_SIG_ECDSA, alg->digest));
	} else {
		bl_der_put_oid(out,
		    alg->kind == BL_SIG_ED25519 ? BL_OID_ED25519
						: BL_OID_ED448);
	}
	bl_der_close(out, mark);
}

void
bl_sig_alg_write_x509(struct bl_buf *out, const struct bl_sig_alg *alg)
{
	size_t mark;

	if (alg->kind != BL_SIG_RSA_PKCS1) {
		bl_sig_alg_write(out, alg);
		return;
	}
	/* the writer refuses a digest that has no name here */
	mark = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, oid_with(alg->kind, alg->digest));
	bl_der_put_null(out);
	bl_der_close(out, mark);
}
