/* rules.c - see rules.h. */
#include "tests/structures/rules.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_ 512
#define RULES_MAX 2000

struct rule {
	char text[LINE_MAX_];
	const char *part[4];
	unsigned line;
	size_t used;
};

/* last: the rules that fit the field that was asked about last; cases come field
 * by field, and to compare patterns is most of the work. */
struct rules {
	struct rule *list;
	size_t n;
	struct {
		char shape[LINE_MAX_], field[LINE_MAX_];
		struct rule **list;
		size_t n;
	} last;
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
	r->list = calloc(RULES_MAX, sizeof(*r->list));
	r->last.list = calloc(RULES_MAX, sizeof(struct rule *));
	if (r->list == NULL || r->last.list == NULL)
		abort();
	while (r->n < RULES_MAX && fgets(text, sizeof(text), f) != NULL) {
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
	free(r->last.list);
	free(r->list);
	free(r);
}

static bool
matches(const char *pattern, const char *text)
{
	return fnmatch(pattern, text, FNM_EXTMATCH) == 0;
}

static void
look_at(struct rules *r, const char *shape, const char *field)
{
	if (r->last.shape[0] != '\0' && strcmp(r->last.shape, shape) == 0 &&
	    strcmp(r->last.field, field) == 0)
		return;
	snprintf(r->last.shape, sizeof(r->last.shape), "%s", shape);
	snprintf(r->last.field, sizeof(r->last.field), "%s", field);
	r->last.n = 0;
	for (size_t i = 0; i < r->n; i++)
		if (matches(r->list[i].part[0], shape) &&
		    matches(r->list[i].part[1], field))
			r->last.list[r->last.n++] = &r->list[i];
}

const char *
rules_find(
    struct rules *r, const char *shape, const char *field, const char *change)
{
	look_at(r, shape, field);
	for (size_t i = 0; i < r->last.n; i++) {
		struct rule *one = r->last.list[i];

		if (!matches(one->part[2], change))
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
