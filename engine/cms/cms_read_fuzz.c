/* cms_read_fuzz.c - any bytes as a CMS object, twice: however they are cut into
 * pieces, the same comes out. */
#include "cms/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A key of the right length that fits nothing. */
static struct bl_secret *
any_key(struct bl_cms *c)
{
	struct bl_secret *key = NULL;

	MUST(bl_secret_new(&key, bl_cipher_key_size(bl_cms_cipher(c)), NULL) ==
	    BL_OK);
	return key;
}

static void
judge_recipients(const struct bl_cms *c)
{
	for (size_t i = 0; i < bl_cms_recipient_count(c); i++) {
		const struct bl_recipient *r = bl_cms_recipient(c, i);

		MUST((r->what != NULL) == (r->alg.kind == BL_WRAP_OTHER));
		MUST(r->rid.ski.n <= 64 && r->rid.serial.n <= 21);
		MUST(r->what != NULL ||
		    (r->wrapped.n <= 2048 &&
			(r->rid.issuer.n != 0) != (r->rid.ski.n != 0)));
		if (r->alg.kind == BL_WRAP_ECDH || r->alg.kind == BL_WRAP_XDH)
			MUST(r->alg.info.n != 0 && r->alg.kek_size >= 16 &&
			    r->alg.digest != BL_DIGEST_NONE);
		if (r->alg.kind == BL_WRAP_RSA_OAEP)
			MUST(r->alg.label.n <= BL_OAEP_LABEL_MAX &&
			    r->alg.digest != BL_DIGEST_NONE &&
			    r->alg.mgf != BL_DIGEST_NONE);
	}
}

static void
judge_signers(const struct bl_cms *c)
{
	for (size_t i = 0; i < bl_cms_signer_count(c); i++) {
		const struct bl_signer_info *s = bl_cms_signer(c, i);

		MUST(s->malformed == (s->malformed_what != NULL));
		MUST(s->digest_name != NULL);
		MUST((s->alg.kind == BL_SIG_OTHER) == (s->alg_name != NULL));
		MUST(s->attributes.n == 0 || s->attributes.p[0] == BL_DER_SET);
		MUST(s->malformed || s->attributes.n == 0 ||
		    bl_span_equal(s->content_type, bl_cms_content_type(c)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bl_span in = bl_span_of(data, n);
	struct bl_fuzz_run a, b;

	bl_fuzz_read(&a, bl_fuzz_ctx(), in, n == 0 ? 1 : n, any_key);
	bl_fuzz_read(&b, bl_fuzz_ctx(), in, n % 13 + 1, any_key);
	MUST(a.err == b.err);
	MUST(bl_span_equal(bl_buf_span(&a.content), bl_buf_span(&b.content)));
	MUST(bl_cms_signer_count(a.cms) == bl_cms_signer_count(b.cms));
	MUST(bl_cms_recipient_count(a.cms) == bl_cms_recipient_count(b.cms));
	MUST(bl_cms_cert_count(a.cms) == bl_cms_cert_count(b.cms));
	judge_recipients(a.cms);
	judge_signers(b.cms);
	bl_fuzz_clear(&a);
	bl_fuzz_clear(&b);
	return 0;
}
