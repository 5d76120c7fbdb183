/* date.c - RFC 5322 3.3 dates. */
#include "mime/internal.h"

static bool
is_alpha(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Takes a number of `least` to `most` digits. */
static bool
number(struct bl_lex *l, size_t least, size_t most, int64_t *out)
{
	struct bl_span s;

	bl_lex_cfws(l);
	s = bl_lex_while(l, is_digit);
	*out = 0;
	for (size_t i = 0; i < s.n && i < most; i++)
		*out = *out * 10 + (s.p[i] - '0');
	return s.n >= least && s.n <= most;
}

/* Takes one of `n` words, each of three letters. */
static bool
word(struct bl_lex *l, const char *words, size_t n, int64_t *out)
{
	struct bl_span s, all = bl_span_str(words);

	bl_lex_cfws(l);
	s = bl_lex_while(l, is_alpha);
	for (size_t i = 0; i < n; i++)
		if (bl_span_equal_nocase(s, bl_span_cut(all, 3 * i, 3))) {
			*out = (int64_t)i;
			return true;
		}
	return false;
}

static bool
take(struct bl_lex *l, uint8_t c)
{
	bl_lex_cfws(l);
	return bl_lex_take(l, c);
}

/* Days from 1970-01-01 in the Gregorian calendar; month from 0. */
static int64_t
days(int64_t year, int64_t month, int64_t day)
{
	static const int before[] = {
	    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t y = month < 2 ? year - 1 : year;

	return 365 * (year - 1970) + y / 4 - y / 100 + y / 400 - 477 +
	    before[month] + day - 1;
}

static int64_t
month_days(int64_t year, int64_t month)
{
	return month == 11 ? 31
			   : days(year, month + 1, 1) - days(year, month, 1);
}

/* Names of RFC 5322 4.3 in hours east of UTC, and "UTC", which is common. */
static const struct {
	const char *name;
	int hours;
} zones[] = {{"UT", 0}, {"GMT", 0}, {"UTC", 0}, {"EST", -5}, {"EDT", -4},
    {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8},
    {"PDT", -7}};

static bool
zone_name(struct bl_lex *l, int64_t *out)
{
	struct bl_span s = bl_lex_while(l, is_alpha);

	*out = 0;
	/* Letters of the military were once defined with the wrong sign. */
	if (s.n == 1)
		return s.p[0] != 'J' && s.p[0] != 'j';
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (bl_span_is(s, zones[i].name)) {
			*out = (int64_t)zones[i].hours * 3600;
			return true;
		}
	return false;
}

/* Seconds east of UTC. */
static bool
zone(struct bl_lex *l, int64_t *out)
{
	bool west = take(l, '-');
	int64_t v;

	if (!west && !take(l, '+'))
		return zone_name(l, out);
	/* No white space may stand behind the sign. */
	if (l->i < l->s.n && !is_digit(l->s.p[l->i]))
		return false;
	if (!number(l, 4, 4, &v) || v % 100 > 59)
		return false;
	*out = (v / 100 * 60 + v % 100) * (west ? -60 : 60);
	return true;
}

struct date {
	int64_t weekday, day, month, year; /* weekday -1: not given */
	int64_t hour, minute, second, zone;
};

static bool
date(struct bl_lex *l, struct date *d)
{
	size_t digits;

	d->weekday = -1;
	bl_lex_cfws(l);
	if (l->i < l->s.n && is_alpha(l->s.p[l->i]) &&
	    (!word(l, "SunMonTueWedThuFriSat", 7, &d->weekday) ||
		!take(l, ',')))
		return false;
	if (!number(l, 1, 2, &d->day) ||
	    !word(l, "JanFebMarAprMayJunJulAugSepOctNovDec", 12, &d->month))
		return false;
	bl_lex_cfws(l);
	digits = l->i;
	if (!number(l, 2, 4, &d->year))
		return false;
	/* obs-year, RFC 5322 4.3. */
	digits = l->i - digits;
	if (digits == 2 && d->year < 50)
		d->year += 2000;
	else if (digits < 4)
		d->year += 1900;
	return true;
}

static bool
time_of_day(struct bl_lex *l, struct date *d)
{
	d->second = 0;
	if (!number(l, 2, 2, &d->hour) || !take(l, ':') ||
	    !number(l, 2, 2, &d->minute))
		return false;
	if (take(l, ':') && !number(l, 2, 2, &d->second))
		return false;
	return zone(l, &d->zone);
}

bool
bl_mime_date(int64_t *out, struct bl_span value)
{
	struct bl_buf text = {0};
	struct bl_lex l = {0};
	struct date d = {0};
	int64_t day = 0;
	bool good;

	*out = 0;
	l.s = bl_unfolded(&text, value);
	good = text.err == BL_OK && date(&l, &d) && time_of_day(&l, &d);
	bl_lex_cfws(&l);
	good = good && l.i == l.s.n && !l.bad && d.year >= 1900 && d.day >= 1 &&
	    d.day <= month_days(d.year, d.month) && d.hour <= 23 &&
	    d.minute <= 59 && d.second <= 60;
	if (good) {
		day = days(d.year, d.month, d.day);
		/* 1970-01-01 was a Thursday. */
		good = d.weekday < 0 || ((day + 4) % 7 + 7) % 7 == d.weekday;
	}
	if (good)
		*out = ((day * 24 + d.hour) * 60 + d.minute) * 60 + d.second -
		    d.zone;
	bl_buf_clear(&text);
	return good;
}

void
bl_mime_date_write(struct bl_buf *out, int64_t t)
{
	int64_t second = (t % 86400 + 86400) % 86400;
	int64_t day = (t - second) / 86400;
	/* 400 years have 146097 days; the guess is at most one too far. */
	int64_t year = 1970 + day * 400 / 146097;
	int64_t month = 0;

	while (day < days(year, 0, 1))
		year--;
	while (day >= days(year + 1, 0, 1))
		year++;
	while (month < 11 && day >= days(year, month + 1, 1))
		month++;
	bl_buf_add_f(out, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
	    &"SunMonTueWedThuFriSat"[((day + 4) % 7 + 7) % 7 * 3],
	    (int)(day - days(year, month, 1) + 1),
	    &"JanFebMarAprMayJunJulAugSepOctNovDec"[month * 3], (int)year,
	    (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}
