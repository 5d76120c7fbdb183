/* rid_test.c - which certificate an identifier names. What is read as one is in
 * recipient_test.c and signed_test.c. */
#include "cms/people.h"
#include "cms/trial.h"

#include <string.h>

#include "tests/test.h"

static void
names_one_certificate(void)
{
	struct bl_trial t;
	struct bl_person people[BL_PEOPLE];
	struct bl_rid none = {0};

	bl_trial_new(&t);
	bl_people_new(people, t.ctx);
	for (unsigned i = 0; i < BL_PEOPLE * BL_PEOPLE; i++) {
		const struct bl_cert *a = people[i / BL_PEOPLE].cert;
		const struct bl_cert *b = people[i % BL_PEOPLE].cert;
		struct bl_rid by_issuer = {
		    bl_cert_issuer(a), bl_cert_serial(a), {0}};
		struct bl_rid by_ski = {{0}, {0}, bl_cert_ski(a)};
		struct bl_rid elsewhere = {
		    BL_STR("\x30\x00"), bl_cert_serial(a), {0}};

		CHECK(bl_rid_is(&by_issuer, b) == (a == b), "issuer");
		/* Heidi's has no key identifier: nothing names it so. */
		CHECK(bl_rid_is(&by_ski, b) ==
			(a == b && i / BL_PEOPLE != BL_HEIDI),
		    "key identifier");
		CHECK(!bl_rid_is(&elsewhere, b), "another issuer");
	}
	CHECK(!bl_rid_is(&none, people[BL_HEIDI].cert), "nothing");
	bl_people_clear(people);
	bl_trial_free(&t);
}

TESTS(TEST(names_one_certificate))
