/* json_test.c - what the JSON writer makes of names and bytes from outside. */
#include "message/json.h"
#include "tests/test.h"

static void
puts_commas_where_they_belong(void)
{
	struct bl_buf b = {0};

	bl_json_object(&b, NULL);
	bl_json_str(&b, "a", "x");
	bl_json_array(&b, "b");
	bl_json_uint(&b, NULL, 1);
	bl_json_uint(&b, NULL, UINT64_MAX);
	bl_json_object(&b, NULL);
	bl_json_object_end(&b);
	bl_json_array_end(&b);
	bl_json_bool(&b, "c", true);
	bl_json_bool(&b, "d", false);
	bl_json_null(&b, "e");
	bl_json_raw(&b, BL_STR(""));
	bl_json_raw(&b, BL_STR("\"f\":1"));
	bl_json_hex(&b, "g", BL_STR("\x00\xff"));
	bl_json_object_end(&b);
	CHECK(bl_span_equal(bl_buf_span(&b),
		  BL_STR("{\"a\":\"x\",\"b\":[1,18446744073709551615,{}],"
			 "\"c\":true,\"d\":false,\"e\":null,\"f\":1,"
			 "\"g\":\"00ff\"}")),
	    "object");
	bl_buf_clear(&b);
}

static const struct {
	const char *name;
	struct bl_span in, want;
} texts[] = {
    {"plain", BYTES("a b"), BYTES("\"a b\"")},
    {"a comma at the end of a string", BYTES("a,"), BYTES("\"a,\"")},
    {"quote and backslash", BYTES("\"\\"), BYTES("\"\\\"\\\\\"")},
    {"line end", BYTES("a\r\nb"), BYTES("\"a\\u000d\\nb\"")},
    {"NUL", BYTES("a\0b"), BYTES("\"a\\u0000b\"")},
    {"escape", BYTES("\x1b[2J"), BYTES("\"\\u001b[2J\"")},
    {"delete", BYTES("\x7f"), BYTES("\"\\u007f\"")},
    {"C1", BYTES("\xc2\x9b"), BYTES("\"\\u009b\"")},
    {"right to left",
	BYTES("\xe2\x80\xae"
	      "x"),
	BYTES("\"\\u202ex\"")},
    {"zero width", BYTES("\xe2\x80\x8b"), BYTES("\"\\u200b\"")},
    {"umlaut", BYTES("\xc3\xbc"), BYTES("\"\xc3\xbc\"")},
    {"emoji", BYTES("\xf0\x9f\x94\x92"), BYTES("\"\xf0\x9f\x94\x92\"")},
    {"not UTF-8",
	BYTES("a\xff"
	      "b"),
	BYTES("\"a\xef\xbf\xbd"
	      "b\"")},
    {"cut", BYTES("\xe2\x80"), BYTES("\"\xef\xbf\xbd\xef\xbf\xbd\"")},
    {"overlong", BYTES("\xc0\xaf"), BYTES("\"\xef\xbf\xbd\xef\xbf\xbd\"")},
};

static void
escapes_text(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct bl_buf b = {0};

		bl_json_text(&b, NULL, texts[i].in);
		CHECK(bl_span_equal(bl_buf_span(&b), texts[i].want),
		    texts[i].name);
		bl_buf_clear(&b);
	}
}

static const struct {
	int64_t t;
	const char *want;
} times[] = {
    {0, "\"1970-01-01T00:00:00Z\""},
    {-1, "\"1969-12-31T23:59:59Z\""},
    {951782399, "\"2000-02-28T23:59:59Z\""},
    {951782400, "\"2000-02-29T00:00:00Z\""},
    {1709251200, "\"2024-03-01T00:00:00Z\""},
    {4102444799, "\"2099-12-31T23:59:59Z\""},
    {4107542400, "\"2100-03-01T00:00:00Z\""},
    {253402300799, "\"9999-12-31T23:59:59Z\""},
};

static void
writes_times(void)
{
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		struct bl_buf b = {0};

		bl_json_time(&b, NULL, times[i].t);
		CHECK(
		    bl_span_equal(bl_buf_span(&b), bl_span_str(times[i].want)),
		    times[i].want);
		bl_buf_clear(&b);
	}
}

TESTS(
    TEST(puts_commas_where_they_belong), TEST(escapes_text), TEST(writes_times))
