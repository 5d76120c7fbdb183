/* say.c - see say.h. */
#include "cli/say.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

int
say_status(enum bl_err err)
{
	switch (err) {
	case BL_OK:
		return EXIT_FINE;
	case BL_E_FORGED:
	case BL_E_NOKEY:
		return EXIT_SEALED;
	case BL_E_MALFORMED:
	case BL_E_UNSUPPORTED:
	case BL_E_LIMIT:
		return EXIT_BROKEN;
	case BL_E_DENIED:
		return EXIT_RULE;
	case BL_NEED:
	case BL_E_MISSING:
	case BL_E_SYSTEM:
	case BL_E_MEMORY:
	case BL_E_CALLER:
		break;
	}
	return EXIT_AROUND;
}

int
say_worse(int a, int b)
{
	static const int order[] = {EXIT_USAGE, EXIT_AROUND, EXIT_BROKEN,
	    EXIT_SEALED, EXIT_RULE, EXIT_UNPROVEN};

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return EXIT_FINE;
}

void
say_text(FILE *f, struct bl_span s)
{
	struct bl_buf shown = {0};

	bl_text_show(&shown, s);
	if (shown.n > 0)
		fwrite(shown.p, 1, shown.n, f);
	bl_buf_clear(&shown);
}

int
say_error(const char *subject, enum bl_err err, const struct bl_note *note)
{
	bool has = note != NULL && note->what != NULL;

	fputs("bulla: ", stderr);
	if (subject != NULL) {
		say_text(stderr, bl_span_str(subject));
		fputs(": ", stderr);
	}
	if (has)
		say_text(stderr, bl_span_str(note->what));
	else
		fputs(bl_err_name(err), stderr);
	if (has && note->reason != NULL) {
		fputs(" [", stderr);
		say_text(stderr, bl_span_str(note->reason));
		fputs("]", stderr);
	}
	if (has && (note->at != 0 || note->source != NULL)) {
		fputs(" (", stderr);
		if (note->at != 0)
			fprintf(stderr, "at byte %llu%s",
			    (unsigned long long)note->at,
			    note->source != NULL ? ", " : "");
		if (note->source != NULL)
			say_text(stderr, bl_span_str(note->source));
		fputs(")", stderr);
	}
	fputs("\n", stderr);
	return say_status(err);
}

__attribute__((format(printf, 2, 0))) static void
line(const char *before, const char *format, va_list args)
{
	struct bl_buf shown = {0};
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		return;
	bl_text_show(&shown, bl_span_str(text));
	fprintf(stderr, "%s%.*s\n", before, (int)shown.n,
	    shown.n > 0 ? (const char *)shown.p : "");
	bl_buf_clear(&shown);
	free(text);
}

int
say_fail(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line("bulla: ", format, args);
	va_end(args);
	return status;
}

void
say_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line("bulla: warning: ", format, args);
	va_end(args);
}

void
say_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line("", format, args);
	va_end(args);
}

const char *
say_colour(FILE *f, enum say_colour c)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	if (!isatty(fileno(f)) || term == NULL || strcmp(term, "dumb") == 0 ||
	    (no != NULL && *no != '\0'))
		return "";
	switch (c) {
	case SAY_GOOD:
		return "\033[1;32m";
	case SAY_CAUTION:
		return "\033[1;33m";
	case SAY_BAD:
		return "\033[1;31m";
	case SAY_DIM:
		return "\033[2m";
	case SAY_PLAIN:
		break;
	}
	return "\033[0m";
}

void
say_time(FILE *f, int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;
	char text[64];

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm) == 0)
		fputs("?", f);
	else
		fputs(text, f);
}

void
say_day(FILE *f, int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;
	char text[64];

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d", &tm) == 0)
		fputs("?", f);
	else
		fputs(text, f);
}
