/* rules.c - see rules.h. */
#include "tests/structures/rules.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_ 512

struct rule {
	char text[LINE_MAX_];
	const char *part[4];
	unsigned line;
	size_t used;
};

struct rules {
	struct rule *list;
	size_t n;
};

/* Cuts a line into its four words; false when it is empty. */
static bool
cut(struct rule *r, const char *path)
{
	char *at = r->text, *save = NULL;
	size_t n = 0;

	at[strcspn(at, "#\n")] = '\0';
	for (at = strtok_r(at, " \t", &save); at != NULL;
	     at = strtok_r(NULL, " \t", &save)) {
		if (n < 4)
			r->part[n] = at;
		n++;
	}
	if (n != 0 && n != 4) {
		fprintf(stderr, "%s:%u: not four words\n", path, r->line);
		exit(2);
	}
	return n == 4;
}

struct rules *
rules_read(const char *path)
{
	FILE *f = fopen(path, "r");
	struct rules *r = calloc(1, sizeof(*r));
	char text[LINE_MAX_];
	unsigned line = 0;

	if (f == NULL || r == NULL) {
		perror(path);
		exit(2);
	}
	r->list = calloc(2000, sizeof(*r->list));
	while (r->list != NULL && r->n < 2000 &&
	    fgets(text, sizeof(text), f) != NULL) {
		struct rule *to = &r->list[r->n];

		memcpy(to->text, text, sizeof(text));
		to->line = ++line;
		r->n += cut(to, path);
	}
	fclose(f);
	return r;
}

void
rules_free(struct rules *r)
{
	free(r->list);
	free(r);
}

static bool
matches(const char *pattern, const char *text)
{
	return fnmatch(pattern, text, FNM_EXTMATCH) == 0;
}

const char *
rules_find(
    struct rules *r, const char *shape, const char *field, const char *change)
{
	for (size_t i = 0; i < r->n; i++) {
		struct rule *one = &r->list[i];

		if (!matches(one->part[0], shape) ||
		    !matches(one->part[2], change) ||
		    !matches(one->part[1], field))
			continue;
		one->used++;
		return one->part[3];
	}
	return NULL;
}

bool
rules_fits(const char *verdict, const char *outcome, const char *unchanged)
{
	char one[LINE_MAX_];

	while (*verdict != '\0') {
		size_t n = strcspn(verdict, "|");

		snprintf(one, sizeof(one), "%.*s", (int)n, verdict);
		if (strcmp(one, "ok") == 0 ? strcmp(unchanged, outcome) == 0
					   : matches(one, outcome))
			return true;
		verdict += n + (verdict[n] == '|');
	}
	return false;
}

size_t
rules_unused(const struct rules *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (r->list[i].used != 0)
			continue;
		n++;
		fprintf(stderr, "line %u fits no case: %s %s %s\n",
		    r->list[i].line, r->list[i].part[0], r->list[i].part[1],
		    r->list[i].part[2]);
	}
	return n;
}
