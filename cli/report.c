/* report.c - see report.h. What comes out of the reader is foreign: every
 * string is escaped on its way to the terminal. */
#include "cli/report.h"

#include <unistd.h>

#include "cli/say.h"

json_t *
report_json(struct bl_span text)
{
	/* A name or a field of a message may hold a NUL; it is shown escaped. */
	json_t *j = json_loadb((const char *)text.p, text.n,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		j = NULL;
	}
	return j;
}

void
report_print(FILE *f, const json_t *j)
{
	/* Jansson leaves some controls as they are: C1, those of direction. */
	size_t ascii = isatty(fileno(f)) == 1 ? JSON_ENSURE_ASCII : 0;

	json_dumpf(j, f, JSON_INDENT(2) | ascii);
	fputs("\n", f);
}

/* value prints a string, also behind a NUL in it. */
static void
value(FILE *f, const json_t *s)
{
	if (json_is_string(s))
		say_text(f,
		    bl_span_of((const uint8_t *)json_string_value(s),
			json_string_length(s)));
}

/* text prints a string member; nothing when it is not there. */
static void
text(FILE *f, const json_t *object, const char *key)
{
	value(f, json_object_get(object, key));
}

static const char *
word(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

static bool
has(const json_t *object, const char *key)
{
	return *word(object, key) != '\0';
}

/* ---- verdict ---- */

static const char *
reason_sentence(const char *code)
{
	for (enum bl_reason r = 0; r < BL_REASON_COUNT; r++)
		if (strcmp(bl_reason_code(r), code) == 0)
			return bl_reason_text(r);
	if (strncmp(code, "limit-", 6) == 0)
		return bl_reason_text(BL_REASON_LIMIT);
	return "";
}

static void
reasons(FILE *f, const json_t *object, const char *indent)
{
	const json_t *list = json_object_get(object, "reasons"), *code;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, code)
	{
		const char *c = json_string_value(code);

		if (c == NULL)
			continue;
		fprintf(f, "%s- %s [", indent, reason_sentence(c));
		say_text(f, bl_span_str(c));
		fputs("]\n", f);
	}
}

static const struct status {
	const char *name, *says;
	enum say_colour colour;
} encryptions[] =
    {
	{"intact", "encrypted, and nothing was altered on the way", SAY_GOOD},
	{"unauthenticated",
	    "encrypted, but in a way that does not show changes", SAY_CAUTION},
	{"partial", "only a part is encrypted, and was not opened",
	    SAY_CAUTION},
	{"failed", "NOT OPENED", SAY_BAD},
},
  signatures[] = {
      {"valid", "VALID", SAY_GOOD},
      {"unverified", "NOT VERIFIED", SAY_CAUTION},
      {"invalid", "INVALID", SAY_BAD},
};

static const struct status *
find(const struct status *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

#define FIND(list, name) find(list, sizeof(list) / sizeof(*(list)), name)

static void
headline(FILE *f, const char *what, const struct status *s)
{
	fprintf(f, "%s%s: %s%s", say_colour(f, s->colour), what, s->says,
	    say_colour(f, SAY_PLAIN));
}

static void
person(FILE *f, const json_t *signer)
{
	if (has(signer, "name") &&
	    strcmp(word(signer, "name"), word(signer, "address")) != 0) {
		text(f, signer, "name");
		fputs(" ", f);
	}
	if (has(signer, "address")) {
		fputs("<", f);
		text(f, signer, "address");
		fputs(">", f);
	} else if (!has(signer, "name")) {
		fputs("somebody unknown", f);
	}
}

static void
member(FILE *f, const json_t *object, const char *key, const char *label)
{
	if (!has(object, key))
		return;
	fprintf(f, "    %-13s", label);
	text(f, object, key);
	fputs("\n", f);
}

static void
signer(FILE *f, const json_t *s)
{
	const struct status *st = FIND(signatures, word(s, "status"));
	const json_t *trace = json_object_get(s, "trace"), *l;
	size_t i;

	fputs("  by ", f);
	person(f, s);
	if (st != NULL)
		fprintf(f, ": %s%s%s", say_colour(f, st->colour), st->says,
		    say_colour(f, SAY_PLAIN));
	fputs("\n", f);
	reasons(f, s, "    ");
	member(f, s, "signingTime", "signed at");
	member(f, s, "algorithm", "algorithm");
	member(f, s, "digest", "digest");
	member(f, s, "issuer", "issued by");
	member(f, s, "notAfter", "valid until");
	member(f, s, "sha256", "SHA-256");
	json_array_foreach((json_t *)(uintptr_t)trace, i, l)
	{
		if (!json_is_string(l))
			continue;
		fprintf(f, "    %s", say_colour(f, SAY_DIM));
		value(f, l);
		fprintf(f, "%s\n", say_colour(f, SAY_PLAIN));
	}
}

static void
layers(FILE *f, const json_t *verdict)
{
	const json_t *list = json_object_get(verdict, "layers"), *l;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	fputs("Layers, the outside first:\n", f);
	json_array_foreach((json_t *)(uintptr_t)list, i, l)
	{
		fputs("  ", f);
		text(f, l, "kind");
		if (has(l, "cipher")) {
			fputs(", ", f);
			text(f, l, "cipher");
		}
		if (has(l, "what")) {
			fputs(": ", f);
			text(f, l, "what");
		}
		fputs("\n", f);
	}
}

static bool
is_claimed(const json_t *field)
{
	return strcmp(word(field, "place"), "claimed") == 0;
}

/* Another sender than the one that is shown (RFC 9788 4.4.2). */
static void
claims(FILE *f, const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		if (!is_claimed(one))
			continue;
		fputs("Inside it claims to be from ", f);
		text(f, one, "text");
		fputs(", and no valid signature stands for that\n", f);
	}
}

/* The header fields that are inside the protection. */
static void
fields(FILE *f, const json_t *verdict)
{
	const json_t *list = json_object_get(verdict, "fields"), *one;
	bool first = true;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		if (strcmp(word(one, "protection"), "unprotected") == 0 ||
		    is_claimed(one))
			continue;
		if (first)
			fputs("Protected header fields:\n", f);
		first = false;
		fputs("  ", f);
		text(f, one, "name");
		fputs(": ", f);
		text(f, one, "text");
		fprintf(f, "%s [", say_colour(f, SAY_DIM));
		text(f, one, "protection");
		fprintf(f, "]%s\n", say_colour(f, SAY_PLAIN));
	}
	claims(f, list);
	list = json_object_get(verdict, "headersDiffer");
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		fputs(i == 0 ? "Outside it is not as it was sent: " : ", ", f);
		value(f, one);
	}
	fputs(json_array_size(list) > 0 ? "\n" : "", f);
}

static void
noted(FILE *f, const json_t *verdict)
{
	const json_t *n = json_object_get(verdict, "note"), *d;
	const json_t *list = json_object_get(verdict, "defects");
	size_t i;

	if (has(n, "what")) {
		fputs("What is wrong: ", f);
		text(f, n, "what");
		fprintf(f, " (at byte %lld",
		    (long long)json_integer_value(json_object_get(n, "at")));
		if (has(n, "source")) {
			fputs(", ", f);
			text(f, n, "source");
		}
		fputs(")\n", f);
	}
	json_array_foreach((json_t *)(uintptr_t)list, i, d)
	{
		if (!json_is_string(d))
			continue;
		fputs("Defect: ", f);
		value(f, d);
		fputs("\n", f);
	}
}

void
report_verdict(FILE *f, const json_t *v)
{
	const struct status *e = FIND(encryptions, word(v, "encryption"));
	const struct status *s = FIND(signatures, word(v, "signature"));
	const json_t *list = json_object_get(v, "signers"), *one;
	const json_t *main_signer = json_object_get(v, "signer");
	size_t i;

	if (e != NULL) {
		headline(f, "Encryption", e);
		fputs("\n", f);
	}
	if (s != NULL) {
		headline(f, "Signature", s);
		if (strcmp(s->name, "valid") == 0) {
			fputs(", by ", f);
			person(f, main_signer);
		}
		fputs("\n", f);
	}
	if (e == NULL && s == NULL)
		fputs("Neither signed nor encrypted\n", f);
	reasons(f, v, "  ");
	json_array_foreach((json_t *)(uintptr_t)list, i, one) signer(f, one);
	layers(f, v);
	fields(f, v);
	noted(f, v);
}

/* ---- is a certificate good ---- */

/* One certificate below another, the anchor at the bottom of the page. */
static void
link_of(FILE *f, const json_t *c, unsigned depth)
{
	const json_t *list = json_object_get(c, "addresses"), *one;
	const char *source = word(c, "source");
	size_t i;

	fprintf(f, "%*s", (int)(2 * depth), "");
	if (depth > 0)
		fputs("issued by ", f);
	text(f, c, "name");
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		fputs(" <", f);
		value(f, one);
		fputs(">", f);
	}
	fputs(", valid until ", f);
	text(f, c, "notAfter");
	if (strcmp(source, "anchor") == 0)
		fprintf(f, ", %strusted%s", say_colour(f, SAY_GOOD),
		    say_colour(f, SAY_PLAIN));
	fputs("\n", f);
	fprintf(f, "%*s%s", (int)(2 * depth + 4), "", say_colour(f, SAY_DIM));
	text(f, c, "subject");
	fputs(", SHA-256 ", f);
	text(f, c, "sha256");
	fprintf(f, "%s\n", say_colour(f, SAY_PLAIN));
}

void
report_check(FILE *f, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "chain"), *one;
	bool valid = json_is_true(json_object_get(answer, "valid"));
	size_t i;

	fprintf(f, "Certificate: %s%s%s\n",
	    say_colour(f, valid ? SAY_GOOD : SAY_BAD),
	    valid ? "VALID" : "NOT VALID", say_colour(f, SAY_PLAIN));
	reasons(f, answer, "  ");
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	    link_of(f, one, (unsigned)i);
	list = json_object_get(answer, "trace");
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		fprintf(f, "  %s", say_colour(f, SAY_DIM));
		value(f, one);
		fprintf(f, "%s\n", say_colour(f, SAY_PLAIN));
	}
}

/* ---- tree ---- */

#define TREE_DEPTH 300 /* deeper is not printed; the engine allows less */

static void
list_of(FILE *f, const json_t *node, const char *key, unsigned indent,
    const char *label)
{
	const json_t *list = json_object_get(node, key), *one, *v;
	const char *name;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		bool first = true;

		fprintf(f, "%*s%s: ", (int)indent, "", label);
		value(f, one);
		json_object_foreach((json_t *)(uintptr_t)one, name, v)
		{
			if (!json_is_string(v))
				continue;
			fputs(first ? "" : ", ", f);
			say_text(f, bl_span_str(name));
			fputs(" ", f);
			value(f, v);
			first = false;
		}
		fputs("\n", f);
	}
}

static void
headers(FILE *f, const json_t *node, unsigned indent)
{
	const json_t *h = json_object_get(node, "headers"), *v;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)h, name, v)
	{
		if (!json_is_string(v))
			continue;
		fprintf(f, "%*s", (int)indent, "");
		say_text(f, bl_span_str(name));
		fputs(": ", f);
		value(f, v);
		fputs("\n", f);
	}
}

static void
title(FILE *f, const json_t *node)
{
	const json_t *size = json_object_get(node, "size");

	text(f, node, has(node, "layer") ? "layer" : "part");
	if (has(node, "type")) {
		fputs(" ", f);
		text(f, node, "type");
	}
	if (has(node, "name")) {
		fputs(" \"", f);
		text(f, node, "name");
		fputs("\"", f);
	}
	if (has(node, "encoding")) {
		fputs(", ", f);
		text(f, node, "encoding");
	}
	if (size != NULL)
		fprintf(f, ", %lld bytes", (long long)json_integer_value(size));
	if (has(node, "cipher")) {
		fputs(", ", f);
		text(f, node, "cipher");
	}
	fputs("\n", f);
}

static void
branch(FILE *f, const json_t *node, unsigned depth)
{
	const json_t *children = json_object_get(node, "children"), *child;
	unsigned indent = 2 * depth;
	size_t i;

	if (depth > TREE_DEPTH)
		return;
	json_array_foreach((json_t *)(uintptr_t)children, i, child)
	{
		fprintf(f, "%*s", (int)indent, "");
		title(f, child);
		headers(f, child, indent + 4);
		list_of(f, child, "recipients", indent + 4, "recipient");
		list_of(f, child, "signers", indent + 4, "signer");
		list_of(f, child, "certificates", indent + 4, "certificate");
		list_of(f, child, "defects", indent + 4, "defect");
		if (has(child, "error")) {
			fprintf(f, "%*s%serror: ", (int)indent + 4, "",
			    say_colour(f, SAY_BAD));
			text(f, child, "error");
			fprintf(f, "%s\n", say_colour(f, SAY_PLAIN));
		}
		branch(f, child, depth + 1);
	}
}

void
report_tree(FILE *f, const json_t *tree)
{
	branch(f, tree, 0);
}
