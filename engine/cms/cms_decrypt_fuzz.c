/* cms_decrypt_fuzz.c - any bytes as an encrypted object, opened with the keys
 * of the tests: from the RecipientInfo to the last byte of content. */
#include "cms/fuzz.h"
#include "cms/people.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct bl_person people[BL_PEOPLE];

/* The content key out of the first recipient that a key fits; else bytes 0, 1,
 * 2 ... as the tests have it. */
static struct bl_secret *
unwrap(struct bl_cms *c)
{
	size_t size = bl_cipher_key_size(bl_cms_cipher(c));
	uint8_t id[BL_SHA256_SIZE] = {0};
	struct bl_secret *key = NULL;
	struct bl_want_unwrap w;

	for (size_t i = 0; i < bl_cms_recipient_count(c) && i < 4; i++) {
		bl_cms_want(&w, c, i, bl_span_of(id, sizeof(id)));
		for (unsigned p = BL_BOB; p < BL_PEOPLE; p += 2) {
			if (w.alg.kind != BL_WRAP_OTHER &&
			    bl_priv_unwrap(&key, people[p].key, bl_fuzz_ctx(),
				&w.alg, w.originator, w.wrapped, w.size,
				NULL) == BL_OK)
				return key;
		}
	}
	MUST(bl_secret_new(&key, size, NULL) == BL_OK);
	for (size_t i = 0; i < size; i++)
		bl_secret_fill(key)[i] = (uint8_t)i;
	return key;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bl_fuzz_run r;

	if (people[0].key == NULL)
		bl_people_new(people, bl_fuzz_ctx());
	bl_fuzz_read(&r, bl_fuzz_ctx(), bl_span_of(data, n), 97, unwrap);
	bl_fuzz_clear(&r);
	return 0;
}
