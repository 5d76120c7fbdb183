/* time.c - UTCTime and GeneralizedTime; see der.h. */
#include "der/der.h"

#define DAY 86400 /* seconds */

/* days counts from 1970-01-01 in the Gregorian calendar. The year begins in
 * March, so that the leap day is its last; 719468 is 1970-01-01 from there. */
static int64_t
days(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	y += 400; /* keeps the divisions of year 0 above zero */
	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	    1 - 719468 - 146097;
}

static unsigned
days_in(int64_t year, unsigned month)
{
	static const uint8_t length[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : length[month - 1];
}

/* two reads two digits; more than 99 when they are none. */
static unsigned
two(const uint8_t *p)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return 100;
	return (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
}

/* read reads MMDDHHMMSSZ behind the year. */
static bool
read(int64_t *t, int64_t year, const uint8_t *p)
{
	unsigned month = two(p), day = two(p + 2);
	unsigned hour = two(p + 4), minute = two(p + 6), second = two(p + 8);

	if (p[10] != 'Z' || month < 1 || month > 12 || day < 1 ||
	    day > days_in(year, month) || hour > 23 || minute > 59 ||
	    second > 59)
		return false;
	*t = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
	return true;
}

/* read_any reads the content of either type. */
static bool
read_any(int64_t *t, unsigned tag, struct bl_span s)
{
	unsigned century, year;

	if (tag == BL_DER_UTCTIME) {
		if (s.n != 13 || (year = two(s.p)) > 99)
			return false;
		return read(t, year < 50 ? 2000 + year : 1900 + year, s.p + 2);
	}
	if (s.n != 15 || (century = two(s.p)) > 99 ||
	    (year = two(s.p + 2)) > 99)
		return false;
	return read(t, century * 100 + year, s.p + 4);
}

int64_t
bl_der_time(struct bl_der *d)
{
	uint64_t at = d->at;
	unsigned tag = bl_der_peek(d);
	int64_t t = 0;
	struct bl_span s = bl_der_take(
	    d, tag == BL_DER_UTCTIME ? BL_DER_UTCTIME : BL_DER_GENTIME);

	if (!d->bad && !read_any(&t, tag, s)) {
		d->bad = true;
		d->at = at;
	}
	return t;
}

/* year_of finds the year a day falls in. */
static int64_t
year_of(int64_t day)
{
	/* A year has 365.2425 days: off by one at most. */
	int64_t year = 1970 + day * 400 / 146097;

	while (day < days(year, 1, 1))
		year--;
	while (day >= days(year + 1, 1, 1))
		year++;
	return year;
}

/* The digits of both types after the year. */
static void
put_rest(struct bl_buf *b, int64_t day, int64_t year, int64_t second)
{
	unsigned month = 1, left;

	for (left = (unsigned)(day - days(year, 1, 1));
	     left >= days_in(year, month); month++)
		left -= days_in(year, month);
	bl_buf_add_f(b, "%02u%02u%02u%02u%02uZ", month, left + 1,
	    (unsigned)(second / 3600), (unsigned)(second / 60 % 60),
	    (unsigned)(second % 60));
}

/* only: GeneralizedTime for every year */
static void
put(struct bl_buf *b, int64_t t, bool only)
{
	int64_t day, year;

	if (t < BL_TIME_MIN || t > BL_TIME_MAX) {
		if (b->err == BL_OK)
			b->err = BL_E_CALLER;
		return;
	}
	day = t / DAY - (t % DAY < 0);
	year = year_of(day);
	if (!only && year >= 1950 && year < 2050) {
		bl_der_put_head(b, BL_DER_UTCTIME, 13);
		bl_buf_add_f(b, "%02u", (unsigned)(year % 100));
	} else {
		bl_der_put_head(b, BL_DER_GENTIME, 15);
		bl_buf_add_f(b, "%04u", (unsigned)year);
	}
	put_rest(b, day, year, t - day * DAY);
}

void
bl_der_put_time(struct bl_buf *b, int64_t t)
{
	put(b, t, false);
}

void
bl_der_put_gentime(struct bl_buf *b, int64_t t)
{
	put(b, t, true);
}
