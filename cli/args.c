/* args.c - see args.h. */
#include "cli/args.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>

#include "cli/say.h"

#define OPTIONS_MAX 40
#define HELP_COLUMN 26

static size_t
count(const struct arg *options)
{
	size_t n = 0;

	while (options[n].name != NULL)
		n++;
	return n;
}

static void
print_help(const struct args *how)
{
	printf("usage: bulla %s%s%s%s\n\n%s\n", how->command,
	    count(how->options) > 0 ? " [options]" : "",
	    *how->operands != '\0' ? " " : "", how->operands, how->about);
	if (count(how->options) > 0)
		printf("\noptions:\n");
	for (const struct arg *a = how->options; a->name != NULL; a++) {
		int used = printf("  --%s%s%s", a->name,
		    a->value != NULL ? " " : "",
		    a->value != NULL ? a->value : "");

		if (used >= HELP_COLUMN) {
			printf("\n");
			used = 0;
		}
		printf("%*s%s\n", HELP_COLUMN - used, "", a->help);
	}
}

int
args_usage(const struct args *how, const char *format, ...)
{
	char text[512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	say_fail(EXIT_USAGE, "%s: %s", how->command, text);
	say_note("See 'bulla %s --help'.", how->command);
	return EXIT_USAGE;
}

static bool
list_add(struct args_list *l, const char *item)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 8 : l->cap * 2;
		const char **items = realloc(l->items, cap * sizeof(*items));

		if (items == NULL)
			return false;
		l->items = items;
		l->cap = cap;
	}
	l->items[l->n++] = item;
	return true;
}

void
args_list_clear(struct args_list *l)
{
	free(l->items);
	*l = (struct args_list){0};
}

bool
args_is_address(const char *s)
{
	const char *at = strrchr(s, '@');

	if (at == NULL || at == s || at[1] == '\0')
		return false;
	for (const char *c = s; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
	/* RFC 5322 3.4.1: anything may stand in quotes before the "@" */
	return strpbrk(*s == '"' && at[-1] == '"' ? at : s, " ,;<>") == NULL;
}

static int
take(const struct args *how, const struct arg *a, const char *value)
{
	if (a->value != NULL && strcmp(a->value, "ADDRESS") == 0 &&
	    !args_is_address(value))
		return args_usage(how,
		    "--%s: '%s' is not one address, like ann@example.org",
		    a->name, value);
	if (a->flag != NULL) {
		*a->flag = true;
	} else if (a->list != NULL) {
		if (!list_add(a->list, value))
			return say_fail(EXIT_AROUND, "out of memory");
	} else if (*a->text != NULL) {
		return args_usage(how, "--%s is given twice", a->name);
	} else {
		*a->text = value;
	}
	return -1;
}

static int
unknown(const struct args *how, const char *word)
{
	const char *names[OPTIONS_MAX + 1] = {0}, *near;
	size_t n = count(how->options);
	const char *bare = word + strspn(word, "-");

	for (size_t i = 0; i < n && i < OPTIONS_MAX; i++)
		names[i] = how->options[i].name;
	near = args_nearest(bare, names);
	if (near != NULL)
		return args_usage(how,
		    "there is no option %s; did you mean "
		    "--%s?",
		    word, near);
	return args_usage(how, "there is no option %s", word);
}

int
args_read(const struct args *how, int argc, char **argv, int *first)
{
	struct option table[OPTIONS_MAX + 2] = {0};
	size_t n = count(how->options);
	int c, at = 0, status;

	if (n > OPTIONS_MAX)
		return say_fail(EXIT_AROUND, "too many options");
	for (size_t i = 0; i < n; i++)
		table[i] = (struct option){how->options[i].name,
		    how->options[i].value != NULL ? required_argument
						  : no_argument,
		    NULL, 1000 + (int)i};
	table[n] = (struct option){"help", no_argument, NULL, 'h'};
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":h", table, &at)) != -1) {
		if (c == 'h') {
			print_help(how);
			return EXIT_FINE;
		}
		if (c == ':')
			return args_usage(
			    how, "%s needs a value", argv[optind - 1]);
		if (c == '?' && optopt > 0 && optopt < 1000)
			return args_usage(
			    how, "there is no option -%c", optopt);
		if (c == '?' && optopt >= 1000)
			return args_usage(how, "--%s takes no value",
			    how->options[optopt - 1000].name);
		if (c == '?')
			return unknown(how, argv[optind - 1]);
		status = take(how, &how->options[c - 1000], optarg);
		if (status != -1)
			return status;
	}
	*first = optind;
	if (argc - optind < how->min)
		return args_usage(
		    how, "an argument is missing: %s", how->operands);
	if (argc - optind > how->max)
		return args_usage(how, "there are too many arguments: %s",
		    argv[optind + how->max]);
	return -1;
}

/* Reads `n` digits; false when they are not there. */
static bool
digits(const char **at, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*out = *out * 10 + (**at - '0');
	}
	return true;
}

static bool
mark(const char **at, const char *one_of)
{
	if (**at == '\0' || strchr(one_of, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

static bool
offset(const char **at, int *seconds)
{
	int sign, hours, minutes;

	*seconds = 0;
	if (mark(at, "Zz"))
		return true;
	sign = **at == '-' ? -1 : 1;
	if (!mark(at, "+-") || !digits(at, 2, &hours) || !mark(at, ":") ||
	    !digits(at, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool
args_time(int64_t *out, const char *text)
{
	struct tm tm = {0}, given;
	int zone, skip;
	time_t t;

	if (!digits(&text, 4, &tm.tm_year) || !mark(&text, "-") ||
	    !digits(&text, 2, &tm.tm_mon) || !mark(&text, "-") ||
	    !digits(&text, 2, &tm.tm_mday) || !mark(&text, "Tt ") ||
	    !digits(&text, 2, &tm.tm_hour) || !mark(&text, ":") ||
	    !digits(&text, 2, &tm.tm_min) || !mark(&text, ":") ||
	    !digits(&text, 2, &tm.tm_sec))
		return false;
	if (mark(&text, "."))
		while (digits(&text, 1, &skip))
			;
	if (!offset(&text, &zone) || *text != '\0' || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || tm.tm_sec > 59)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	given = tm;
	t = timegm(&tm);
	if (tm.tm_mon != given.tm_mon || tm.tm_mday != given.tm_mday)
		return false; /* 31 February */
	*out = (int64_t)t - zone;
	return true;
}

/* How many changes make one word of the other. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[64], n = strlen(b);

	if (n >= 64)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; *a != '\0'; a++, i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = corner + (*a != b[j - 1] ? 1 : 0);
			size_t least = row[j] < row[j - 1] ? row[j]
							   : row[j - 1];

			corner = row[j];
			row[j] = least + 1 < change ? least + 1 : change;
		}
	}
	return row[n];
}

const char *
args_nearest(const char *word, const char *const *list)
{
	const char *best = NULL;
	size_t near = 3;

	for (; *list != NULL; list++) {
		size_t d = distance(word, *list);

		if (d < near && d < strlen(*list)) {
			near = d;
			best = *list;
		}
	}
	return best;
}
