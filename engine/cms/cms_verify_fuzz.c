/* cms_verify_fuzz.c - any bytes as a signed object, each signer checked with
 * each of its certificates and with those of the tests. */
#include "cms/fuzz.h"
#include "cms/people.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct bl_person people[BL_PEOPLE];

static void
check(struct bl_cms *c, const struct bl_cert *cert)
{
	struct bl_hashes *h = NULL;
	enum bl_signer_result r;

	if (bl_cms_is_detached(c))
		MUST(bl_hashes_new(&h, bl_fuzz_ctx(), bl_cms_digests(c) | 8,
			 NULL) == BL_OK &&
		    bl_hashes_end(h, NULL) == BL_OK);
	for (size_t i = 0; i < bl_cms_signer_count(c); i++) {
		const struct bl_signer_info *s = bl_cms_signer(c, i);

		MUST(bl_cms_signer_check(&r, c, i, cert, h, NULL) == BL_OK);
		MUST(s->malformed == (r == BL_SIGNER_MALFORMED));
		MUST(r >= BL_SIGNER_GOOD && r <= BL_SIGNER_UNANNOUNCED);
	}
	bl_hashes_free(h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_fuzz_run r;

	if (people[0].key == NULL)
		bl_people_new(people, bl_fuzz_ctx());
	bl_fuzz_read(&r, bl_fuzz_ctx(), bl_span_of(data, n), 61, NULL);
	for (size_t i = 0;
	     r.err == BL_OK && i < bl_cms_cert_count(r.cms) && i < 4; i++) {
		struct bl_cert *cert;

		if (bl_cert_read(&cert, bl_fuzz_ctx(), bl_cms_cert(r.cms, i),
			&limits, NULL) != BL_OK)
			continue;
		check(r.cms, cert);
		bl_cert_free(cert);
	}
	if (r.err == BL_OK) {
		check(r.cms, people[BL_ALICE].cert);
		check(r.cms, people[BL_CAROL].cert);
	}
	bl_fuzz_clear(&r);
	return 0;
}
