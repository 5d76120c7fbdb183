/* request.c - requests for a certificate: PKCS#10, RFC 2986. Nothing is taken
 * from one but the public key, after its owner has signed with it. */
#include "cert/cert.h"

#define SOURCE "RFC 2986 4"

static enum bl_err
malformed(struct bl_note *note, const char *what)
{
	return bl_fail(note, BL_E_MALFORMED, 0, what, SOURCE);
}

/* request is the fields of a CertificationRequest; spans borrow. */
struct request {
	struct bl_span info, spki, signature;
	struct bl_sig_alg alg;
};

static bool
read_fields(struct request *r, struct bl_span der)
{
	struct bl_der in = bl_der_of(der);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE), info;

	r->info = bl_der_whole(&seq, BL_DER_SEQUENCE);
	r->alg = bl_sig_alg_read(&seq, BL_DIGEST_NONE);
	r->signature = bl_der_bits(&seq, NULL);
	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in))
		return false;
	in = bl_der_of(r->info);
	info = bl_der_enter(&in, BL_DER_SEQUENCE);
	bl_der_uint(&info, 0); /* v1 */
	bl_der_whole(&info, BL_DER_SEQUENCE);
	r->spki = bl_der_whole(&info, BL_DER_SEQUENCE);
	bl_der_take(&info, BL_DER_CONTEXT(0));
	bl_der_leave(&in, &info);
	return bl_der_done(&in);
}

/* SHA-1 and what is older proves nothing. */
static bool
is_strong(const struct bl_sig_alg *alg)
{
	enum bl_digest d = bl_sig_alg_content(alg);

	return d == BL_SHA256 || d == BL_SHA384 || d == BL_SHA512;
}

static bool
put_rsa(struct bl_issue_public *key, struct bl_buf *number, struct bl_span bits)
{
	struct bl_der in = bl_der_of(bits);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_span n = bl_der_integer(&seq);

	key->exponent = (uint32_t)bl_der_uint(&seq, UINT32_MAX);
	bl_der_leave(&in, &seq);
	if (n.n > 1 && n.p[0] == 0)
		n = bl_span_cut(n, 1, SIZE_MAX);
	bl_buf_add(number, n);
	return bl_der_done(&in);
}

/* The numbers of a key that bl_pub_read has found to be one. */
static bool
put_numbers(struct bl_issue_public *key, struct bl_buf *number,
    enum bl_key_kind kind, struct bl_span spki)
{
	struct bl_der in = bl_der_of(spki);
	struct bl_der seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	struct bl_span bits;

	bl_der_take(&seq, BL_DER_SEQUENCE);
	bits = bl_der_bits(&seq, NULL);
	key->kind = kind;
	switch (kind) {
	case BL_KEY_RSA:
		return put_rsa(key, number, bits);
	case BL_KEY_EC_P256:
	case BL_KEY_EC_P384:
	case BL_KEY_EC_P521:
		bl_buf_add(number, bits);
		return bits.n > 0 && bits.p[0] == 4; /* uncompressed */
	case BL_KEY_OTHER:
	case BL_KEY_RSA_PSS:
	case BL_KEY_DSA:
	case BL_KEY_ED25519:
	case BL_KEY_X25519:
	case BL_KEY_ED448:
	case BL_KEY_X448:
		break;
	}
	return false;
}

static enum bl_err
read_der(struct bl_issue_public *key, struct bl_buf *number, struct bl_ctx *ctx,
    struct bl_span der, const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_pub *pub = NULL;
	struct request r = {0};
	enum bl_err err;

	if (der.n > limits->certificate_bytes)
		return bl_fail_limit(note, 0, "limit-certificate",
		    "the request is too long", SOURCE);
	if ((err = bl_der_check(der, 0, limits, note)) != BL_OK)
		return err;
	if (!read_fields(&r, der))
		return malformed(note, "the request is not well formed");
	if ((err = bl_pub_read(&pub, ctx, r.spki, limits, note)) != BL_OK)
		return err;
	if (!is_strong(&r.alg))
		err = bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "the request is signed with an old algorithm", SOURCE);
	else
		err = bl_pub_verify_bytes(
		    pub, ctx, &r.alg, r.info, r.signature, note);
	if (err == BL_OK && !put_numbers(key, number, bl_pub_kind(pub), r.spki))
		err = bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "its key is of a kind that is not certified", SOURCE);
	bl_pub_free(pub);
	return err == BL_OK ? bl_buf_err(number, note) : err;
}

/* The first block that is a request; false: there is none. */
static bool
find_pem(struct bl_buf *der, struct bl_span file)
{
	struct bl_span label;
	size_t pos = 0;

	while (bl_pem_next(file, &pos, &label, der)) {
		if (bl_span_equal(label, BL_STR("CERTIFICATE REQUEST")) ||
		    bl_span_equal(label, BL_STR("NEW CERTIFICATE REQUEST")))
			return true;
		bl_buf_reset(der);
	}
	return false;
}

enum bl_err
bl_request_read(struct bl_issue_public *key, struct bl_buf *number,
    struct bl_ctx *ctx, struct bl_span file, const struct bl_limits *limits,
    struct bl_note *note)
{
	const struct bl_limits standard = BL_LIMITS;
	struct bl_buf der = {0};
	enum bl_err err;

	if (limits == NULL)
		limits = &standard;
	*key = (struct bl_issue_public){0};
	if (file.n > 0 && file.p[0] == BL_DER_SEQUENCE) {
		err = read_der(key, number, ctx, file, limits, note);
	} else if (find_pem(&der, file)) {
		if ((err = bl_buf_err(&der, note)) == BL_OK)
			err = read_der(
			    key, number, ctx, bl_buf_span(&der), limits, note);
	} else if ((err = bl_buf_err(&der, note)) == BL_OK) {
		err = malformed(note, "there is no request in the file");
	}
	if (err == BL_OK)
		key->number = bl_buf_span(number);
	else
		*key = (struct bl_issue_public){0};
	bl_buf_clear(&der);
	return err;
}
