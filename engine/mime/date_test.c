/* date_test.c - RFC 5322 dates, good ones and their bad twins. */
#include "mime/mime.h"
#include "tests/test.h"

#define BAD INT64_MIN

static const struct {
	const char *text;
	int64_t want;
} cases[] = {
    {"Thu, 1 Jan 1970 00:00:00 +0000", 0},
    {"1 Jan 1970 00:00 -0000", 0},
    {"Fri, 21 Nov 1997 09:55:06 -0600", 880127706},
    {"Tue, 1 Jul 2003 10:52:37 +0200", 1057049557},
    {"Thu,\r\n\t13\r\n\t Feb\r\n 1969\r\n\t23:32\r\n\t-0330 (Newfoundland Time)",
	-27723480},
    {"21 Nov 97 09:55:06 GMT", 880106106},
    {"21 Nov 1997 09:55:06 (comment) GMT (and) (more)", 880106106},
    {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706},
    {"(c) Fri (d) , (e) 21 Nov 1997 09:55:06 -0600", 880127706},
    {"fri, 21 nOV 1997 09:55:06 -0600", 880127706},
    {"Sat, 29 Feb 2020 12:00:00 +0000", 1582977600},
    {"29 Feb 2000 00:00:00 +0000", 951782400},
    {"31 Dec 1999 23:59:60 +0000", 946684800},
    {"31 Dec 9999 23:59:59 +0000", 253402300799},
    {"1 Jan 1900 00:00:00 +0000", -2208988800},
    {"1 Mar 1900 00:00:00 +0000", -2203891200},
    {"01 Jan 2026 10:00:00 UT", 1767261600},
    {"01 Jan 2026 10:00:00 UTC", 1767261600},
    {"01 Jan 2026 10:00:00 EST", 1767279600},
    {"01 Jan 2026 10:00:00 EDT", 1767276000},
    {"01 Jan 2026 10:00:00 CST", 1767283200},
    {"01 Jan 2026 10:00:00 CDT", 1767279600},
    {"01 Jan 2026 10:00:00 MST", 1767286800},
    {"01 Jan 2026 10:00:00 MDT", 1767283200},
    {"01 Jan 2026 10:00:00 PST", 1767290400},
    {"01 Jan 2026 10:00:00 PDT", 1767286800},
    {"01 Jan 2026 10:00:00 Z", 1767261600},
    {"01 Jan 2026 10:00:00 +1459", 1767207660},
    {"01 Jan 26 10:00:00 +0000", 1767261600},
    {"01 Jan 49 00:00:00 +0000", 2493072000},
    {"01 Jan 50 00:00:00 +0000", -631152000},
    {"01 Jan 126 10:00:00 +0000", 1767261600},
    {"", BAD},
    {"Thu", BAD},
    {"Thu, 1 Jan 1970 00:00:00", BAD},
    {"Wed, 1 Jan 1970 00:00:00 +0000", BAD},
    {"Thu 1 Jan 1970 00:00:00 +0000", BAD},
    {"Thx, 1 Jan 1970 00:00:00 +0000", BAD},
    {"Thursday, 1 Jan 1970 00:00:00 +0000", BAD},
    {"0 Jan 1970 00:00:00 +0000", BAD},
    {"32 Jan 1970 00:00:00 +0000", BAD},
    {"001 Jan 1970 00:00:00 +0000", BAD},
    {"31 Apr 1970 00:00:00 +0000", BAD},
    {"32 Dec 1970 00:00:00 +0000", BAD},
    {"29 Feb 2019 00:00:00 +0000", BAD},
    {"29 Feb 1900 00:00:00 +0000", BAD},
    {"1 January 1970 00:00:00 +0000", BAD},
    {"1 Jax 1970 00:00:00 +0000", BAD},
    {"1 1 1970 00:00:00 +0000", BAD},
    {"1 Jan 1899 00:00:00 +0000", BAD},
    {"1 Jan 0 00:00:00 +0000", BAD},
    {"1 Jan 12345 00:00:00 +0000", BAD},
    {"1 Jan 1970 24:00:00 +0000", BAD},
    {"1 Jan 1970 0:00:00 +0000", BAD},
    {"1 Jan 1970 00:60:00 +0000", BAD},
    {"1 Jan 1970 00:00:61 +0000", BAD},
    {"1 Jan 1970 00:00:0 +0000", BAD},
    {"1 Jan 1970 00 +0000", BAD},
    {"1 Jan 1970 00:00: +0000", BAD},
    {"1 Jan 1970 00:00:00 +000", BAD},
    {"1 Jan 1970 00:00:00 +00000", BAD},
    {"1 Jan 1970 00:00:00 + 0000", BAD},
    {"1 Jan 1970 00:00:00 +", BAD},
    {"1 Jan 1970 00:00:00 +0060", BAD},
    {"1 Jan 1970 00:00:00 J", BAD},
    {"1 Jan 1970 00:00:00 MEZ", BAD},
    {"1 Jan 1970 00:00:00 GMTX", BAD},
    {"1 Jan 1970 00:00:00 GMT x", BAD},
    {"1 Jan 1970 00:00:00 +0000 (open", BAD},
    {"1 Jan 1970 00:00:00 +0000, 1", BAD},
    {"-1 Jan 1970 00:00:00 +0000", BAD},
    {"1970-01-01T00:00:00Z", BAD},
    {"1 Jan 99999999999999999999 00:00:00 +0000", BAD},
};

static void
reads_each_date_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_span s = bl_span_str(cases[i].text);
		int64_t got = 1;
		bool good = bl_mime_date(&got, s);

		CHECK(good == (cases[i].want != BAD), cases[i].text);
		CHECK(got == (good ? cases[i].want : 0), cases[i].text);
	}
}

/* Day after day, as the calendar goes. */
static void
counts_days(void)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	static const int lengths[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t day = 0, got;

	for (int y = 1970; y < 2110; y++)
		for (int m = 0; m < 12; m++) {
			bool leap = (y % 4 == 0 && y % 100 != 0) ||
			    y % 400 == 0;
			int n = lengths[m] + (m == 1 && leap);
			char text[64];

			for (int d = 1; d <= n; d++, day++) {
				snprintf(text, sizeof(text),
				    "%d %s %d 00:00 +0000", d, months[m], y);
				CHECK(bl_mime_date(&got, bl_span_str(text)) &&
					got == day * 86400,
				    text);
			}
			snprintf(text, sizeof(text), "%d %s %d 00:00 +0000",
			    n + 1, months[m], y);
			CHECK(!bl_mime_date(&got, bl_span_str(text)), text);
		}
}

/* What is written is read as the same second, and in one way only. */
static void
writes_what_it_reads(void)
{
	static const struct {
		int64_t t;
		const char *text;
	} dates[] = {{0, "Thu, 01 Jan 1970 00:00:00 +0000"},
	    {1790000000, "Mon, 21 Sep 2026 14:13:20 +0000"},
	    {951868799, "Tue, 29 Feb 2000 23:59:59 +0000"},
	    {951868800, "Wed, 01 Mar 2000 00:00:00 +0000"},
	    {-1, "Wed, 31 Dec 1969 23:59:59 +0000"},
	    {-2208988800, "Mon, 01 Jan 1900 00:00:00 +0000"},
	    {253402300799, "Fri, 31 Dec 9999 23:59:59 +0000"}};

	for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
		struct bl_buf out = {0};

		bl_mime_date_write(&out, dates[i].t);
		CHECK(bl_span_equal(
			  bl_buf_span(&out), bl_span_str(dates[i].text)),
		    dates[i].text);
		bl_buf_clear(&out);
	}
	for (int64_t t = -2208988800; t < 5000000000; t += 86400 * 5 + 3607) {
		struct bl_buf out = {0};
		int64_t got;

		bl_mime_date_write(&out, t);
		CHECK(bl_mime_date(&got, bl_buf_span(&out)) && got == t,
		    "written and read");
		bl_buf_clear(&out);
	}
}

TESTS(TEST(writes_what_it_reads), TEST(reads_each_date_as_stated),
    TEST(counts_days))
