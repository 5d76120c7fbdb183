/* reasons_test.c - docs/reasons.md and bulla/reasons.h are the same list. */
#include "bulla/reasons.h"
#include "tests/test.h"

#include <string.h>

enum worst { NONE, UNVERIFIED, INVALID };
static const char *const worst_name[] = {"none", "unverified", "invalid"};
static const struct {
	const char *code;
	enum worst worst;
	const char *text;
} list[] = {
#define X(id, code, worst, text) {code, worst, text},
    BL_REASONS
#undef X
};

/* A reason's heading is "## code", and the line after it is what it does to
 * the status. */
static void
page_has_each_reason_once(void)
{
	struct bl_buf page = {0}, want = {0};
	const char *text, *at;
	size_t headings = 0;

	CHECK(bl_test_file(&page, "docs/reasons.md"), "docs/reasons.md");
	text = bl_buf_text(&page);
	for (size_t i = 0; i < BL_REASON_COUNT; i++) {
		bl_buf_reset(&want);
		bl_buf_add_f(&want, "\n## %s\n\nStatus: %s\n\n> %s\n",
		    list[i].code, worst_name[list[i].worst], list[i].text);
		at = strstr(text, bl_buf_text(&want));
		CHECK(at != NULL, list[i].code);
		if (at != NULL)
			CHECK(strstr(at + 1, bl_buf_text(&want)) == NULL,
			    list[i].code);
	}
	for (at = text; (at = strstr(at, "\n## ")) != NULL; at++)
		headings++;
	CHECK(headings == BL_REASON_COUNT, "no heading without its reason");
	bl_buf_clear(&want);
	bl_buf_clear(&page);
}

static void
codes_are_short_and_unique(void)
{
	for (size_t i = 0; i < BL_REASON_COUNT; i++) {
		const char *code = bl_reason_code((enum bl_reason)i);

		CHECK(strcmp(code, list[i].code) == 0, code);
		CHECK(strcmp(bl_reason_text((enum bl_reason)i), list[i].text) ==
			0,
		    code);
		CHECK(
		    strspn(code, "abcdefghijklmnopqrstuvwxyz-") == strlen(code),
		    code);
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(code, list[j].code) != 0, code);
	}
	CHECK(bl_reason_code(BL_REASON_COUNT) == NULL, "none");
	CHECK(bl_reason_text(BL_REASON_COUNT) == NULL, "none");
	CHECK(BL_REASON_COUNT <= 64, "a reason is a bit of bl_reasons");
}

TESTS(TEST(page_has_each_reason_once), TEST(codes_are_short_and_unique))
