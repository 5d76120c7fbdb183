/* request_test.c - requests for a certificate: keys that come out of them, and
 * each way in which one is none. */
#include "cert/cert.h"
#include "keys/issue.h"
#include "tests/test.h"

#include <string.h>

static struct bl_ctx *ctx;

/* how a request differs from a good one */
struct how {
	enum bl_key_kind kind;
	struct bl_sig_alg alg;
	bool other_key;	  /* signed by another */
	bool compressed;  /* the point */
	unsigned version; /* 0 is v1 */
	bool no_attributes;
	struct bl_span tail, inner_tail;
};

static void
put_info(struct bl_buf *out, const struct how *h, struct bl_span spki)
{
	size_t info = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_uint(out, h->version);
	bl_der_put(out, BL_DER_SEQUENCE, (struct bl_span){0});
	bl_buf_add(out, spki);
	if (!h->no_attributes)
		bl_der_put(out, BL_DER_CONTEXT(0), (struct bl_span){0});
	bl_buf_add(out, h->inner_tail);
	bl_der_close(out, info);
}

/* A P-256 point with its first half only. */
static void
compress(struct bl_buf *spki)
{
	struct bl_buf small = {0};
	struct bl_span point = bl_span_of(spki->p + spki->n - 65, 65);
	size_t seq = bl_der_open(&small, BL_DER_SEQUENCE);
	uint8_t bits[33] = {(uint8_t)(2 | (point.p[64] & 1))};

	memcpy(bits + 1, point.p + 1, 32);
	bl_buf_add(&small, bl_span_of(spki->p + 2, spki->n - 65 - 5));
	bl_der_put_bits(&small, bl_span_of(bits, sizeof(bits)));
	bl_der_close(&small, seq);
	bl_buf_clear(spki);
	*spki = small;
}

static void
write_request(struct bl_buf *out, const struct how *h)
{
	struct bl_priv *key = NULL, *other = NULL;
	struct bl_buf spki = {0}, sig = {0};
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE), at = out->n;

	CHECK(bl_priv_new(&key, ctx, h->kind, 2048, NULL) == BL_OK, "key");
	CHECK(bl_priv_new(&other, ctx, h->kind, 2048, NULL) == BL_OK, "key");
	CHECK(bl_priv_spki(&spki, key, NULL) == BL_OK, "spki");
	if (h->compressed)
		compress(&spki);
	put_info(out, h, bl_buf_span(&spki));
	CHECK(bl_priv_sign_bytes(&sig, h->other_key ? other : key, ctx, &h->alg,
		  bl_span_of(out->p + at, out->n - at), NULL) == BL_OK,
	    "sign");
	bl_sig_alg_write_x509(out, &h->alg);
	bl_der_put_bits(out, bl_buf_span(&sig));
	bl_der_close(out, seq);
	bl_buf_add(out, h->tail);
	bl_priv_free(key);
	bl_priv_free(other);
	bl_buf_clear(&spki);
	bl_buf_clear(&sig);
}

#define EC256                                                                  \
	BL_KEY_EC_P256,                                                        \
	{                                                                      \
		BL_SIG_ECDSA, BL_SHA256                                        \
	}

static const struct {
	const char *name;
	struct how how;
	enum bl_err want;
	size_t number; /* bytes */
} cases[] = {
    {"P-256", {EC256}, BL_OK, 65},
    {"P-384", {BL_KEY_EC_P384, {BL_SIG_ECDSA, BL_SHA384}}, BL_OK, 97},
    {"P-521", {BL_KEY_EC_P521, {BL_SIG_ECDSA, BL_SHA512}}, BL_OK, 133},
    {"RSA", {BL_KEY_RSA, {BL_SIG_RSA_PKCS1, BL_SHA256}}, BL_OK, 256},
    {"RSA, PSS", {BL_KEY_RSA, {BL_SIG_RSA_PSS, BL_SHA256, BL_SHA256, 32}},
	BL_OK, 256},
    {"SHA-1", {BL_KEY_EC_P256, {BL_SIG_ECDSA, BL_SHA1}}, BL_E_UNSUPPORTED, 0},
    {"SHA-224", {BL_KEY_EC_P256, {BL_SIG_ECDSA, BL_SHA224}}, BL_E_UNSUPPORTED,
	0},
    {"signed by another", {EC256, .other_key = true}, BL_E_FORGED, 0},
    {"compressed", {EC256, .compressed = true}, BL_E_UNSUPPORTED, 0},
    {"version 1", {EC256, .version = 1}, BL_E_MALFORMED, 0},
    {"no attributes", {EC256, .no_attributes = true}, BL_E_MALFORMED, 0},
    {"something behind", {EC256, .tail = BYTES("\5\0")}, BL_E_MALFORMED, 0},
    {"something inside", {EC256, .inner_tail = BYTES("\5\0")}, BL_E_MALFORMED,
	0},
};

static enum bl_err
read_file(struct bl_issue_public *key, struct bl_buf *number,
    struct bl_span file, const struct bl_limits *limits)
{
	struct bl_note note = {0};
	enum bl_err err = bl_request_read(
	    key, number, ctx, file, limits, &note);

	CHECK(note.err == err, "note");
	CHECK((err == BL_OK) == (key->number.n > 0), "key");
	return err;
}

static void
reads_each_case_as_stated(void)
{
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf der = {0}, pem = {0}, number = {0};
		struct bl_issue_public key;

		write_request(&der, &cases[i].how);
		CHECK(read_file(&key, &number, bl_buf_span(&der), NULL) ==
			cases[i].want,
		    cases[i].name);
		CHECK(key.number.n == cases[i].number &&
			(cases[i].number == 0 ||
			    key.kind == cases[i].how.kind) &&
			(key.exponent != 0) == (key.kind == BL_KEY_RSA),
		    cases[i].name);
		bl_buf_clear(&number);
		/* in PEM, behind something else */
		bl_pem_write(&pem, "CERTIFICATE", BL_STR("\x30\0"));
		bl_pem_write(&pem,
		    i % 2 == 0 ? "CERTIFICATE REQUEST"
			       : "NEW CERTIFICATE REQUEST",
		    bl_buf_span(&der));
		CHECK(read_file(&key, &number, bl_buf_span(&pem), NULL) ==
			cases[i].want,
		    cases[i].name);
		bl_buf_clear(&number);
		bl_buf_clear(&pem);
		bl_buf_clear(&der);
	}
}

/* No changed byte and no cut goes unnoticed. */
static void
refuses_each_change(void)
{
	struct bl_buf der = {0}, number = {0};
	struct bl_issue_public key;
	struct bl_limits limits = BL_LIMITS;

	write_request(&der, &cases[0].how);
	for (size_t i = 0; i < der.n; i++) {
		der.p[i] ^= 1;
		CHECK(
		    read_file(&key, &number, bl_buf_span(&der), NULL) != BL_OK,
		    "changed");
		der.p[i] ^= 1;
		bl_buf_clear(&number);
		CHECK(read_file(&key, &number, bl_span_of(der.p, i), NULL) ==
			BL_E_MALFORMED,
		    "cut");
		bl_buf_clear(&number);
	}
	limits.certificate_bytes = der.n;
	CHECK(read_file(&key, &number, bl_buf_span(&der), &limits) == BL_OK,
	    "at the limit");
	bl_buf_clear(&number);
	limits.certificate_bytes--;
	CHECK(
	    read_file(&key, &number, bl_buf_span(&der), &limits) == BL_E_LIMIT,
	    "over the limit");
	bl_buf_clear(&number);
	bl_buf_clear(&der);
}

static enum bl_err
read_pem(void *arg)
{
	struct bl_issue_public key;
	struct bl_buf number = {0};
	enum bl_err err = bl_request_read(
	    &key, &number, ctx, bl_buf_span(arg), NULL, NULL);

	bl_buf_clear(&number);
	return err;
}

static void
says_when_memory_ends(void)
{
	struct bl_buf der = {0}, pem = {0};

	write_request(&der, &cases[3].how);
	bl_pem_write(&pem, "CERTIFICATE REQUEST", bl_buf_span(&der));
	bl_test_each_allocation(read_pem, &pem, "pem");
	bl_buf_clear(&der);
	bl_buf_clear(&pem);
	bl_ctx_free(ctx);
}

TESTS(TEST(reads_each_case_as_stated), TEST(refuses_each_change),
    TEST(says_when_memory_ends))
