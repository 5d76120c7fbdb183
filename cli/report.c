/* report.c - see report.h. What comes out of the reader is foreign: every
 * string is escaped on its way to the terminal. */
#include "cli/report.h"

#include <unistd.h>

#include "cli/args.h"
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

/* ---- times and long lines ---- */

#define WIDTH 80 /* columns */
#define DAY   INT64_C(86400)

/* A time as JSON has it; false where there is none. */
static bool
time_of(int64_t *out, const json_t *object, const char *key)
{
	return has(object, key) && args_time(out, word(object, key));
}

static void
day(FILE *f, const json_t *object, const char *key)
{
	int64_t t;

	if (time_of(&t, object, key))
		say_day(f, t);
	else
		fputs("?", f);
}

/* "3 days": the largest unit of which there is one. */
static void
span_of_time(FILE *f, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{DAY, "day"}, {3600, "hour"}, {60, "minute"}};
	size_t i = 0;
	int64_t n;

	if (seconds < 60) {
		fputs("less than a minute", f);
		return;
	}
	while (seconds < units[i].seconds)
		i++;
	n = seconds / units[i].seconds;
	fprintf(f, "%lld %s%s", (long long)n, units[i].name, n == 1 ? "" : "s");
}

static size_t
columns(struct bl_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Prints a text that may be long, broken at spaces; the lines after the first
 * are indented more. */
static void
wrapped(FILE *f, unsigned indent, struct bl_span text)
{
	struct bl_buf shown = {0};
	struct bl_span left, one;
	size_t at = 0; /* columns that are filled */

	bl_text_show(&shown, text);
	for (left = bl_buf_span(&shown); left.n > 0;
	     left = bl_span_cut(left, one.n + 1, SIZE_MAX)) {
		const uint8_t *end = memchr(left.p, ' ', left.n);

		one = bl_span_cut(
		    left, 0, end != NULL ? (size_t)(end - left.p) : left.n);
		if (at == 0) {
			at = indent;
			fprintf(f, "%*s", (int)indent, "");
		} else if (at + 1 + columns(one) > WIDTH) {
			at = indent + 2;
			fprintf(f, "\n%*s", (int)at, "");
		} else {
			at++;
			fputs(" ", f);
		}
		fwrite(one.p, 1, one.n, f);
		at += columns(one);
	}
	fputs("\n", f);
	bl_buf_clear(&shown);
}

static void
trace(FILE *f, const json_t *object, unsigned indent)
{
	const json_t *list = json_object_get(object, "trace"), *l;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, l)
	{
		if (!json_is_string(l))
			continue;
		fputs(say_colour(f, SAY_DIM), f);
		wrapped(f, indent,
		    bl_span_of((const uint8_t *)json_string_value(l),
			json_string_length(l)));
		fputs(say_colour(f, SAY_PLAIN), f);
	}
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

/* One line of a list: a sentence and its code. */
static void
item(FILE *f, unsigned indent, const char *sentence, const char *code)
{
	struct bl_buf line = {0};

	bl_buf_add_f(&line, "- %s [", sentence);
	bl_buf_add_str(&line, code);
	bl_buf_add_str(&line, "]");
	wrapped(f, indent, bl_buf_span(&line));
	bl_buf_clear(&line);
}

static void
reasons(FILE *f, const json_t *object, unsigned indent)
{
	const json_t *list = json_object_get(object, "reasons"), *code;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, code)
	{
		const char *c = json_string_value(code);

		if (c != NULL)
			item(f, indent, reason_sentence(c), c);
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
	fprintf(f, "    %-11s", label);
	text(f, object, key);
	fputs("\n", f);
}

/* ---- a chain of certificates ---- */

/* What is known of its revocation, from whom, and how old that is. */
static void
revocation(FILE *f, const json_t *c)
{
	static const struct status list[] = {
	    {"good", "not revoked", SAY_GOOD},
	    {"revoked", "REVOKED", SAY_BAD},
	    {"unknown", "NOT KNOWN", SAY_CAUTION},
	};
	static const char *const sources[][2] = {{"given", "given"},
	    {"state", "kept here"}, {"message", "in the message"},
	    {"network", "fetched"}, {"cache", "fetched before"}};
	const json_t *r = json_object_get(c, "revocation");
	const struct status *s = FIND(list, word(r, "status"));

	if (s == NULL)
		return;
	fprintf(f, "revocation %s%s%s", say_colour(f, s->colour), s->says,
	    say_colour(f, SAY_PLAIN));
	if (has(r, "revokedAt")) {
		fputs(" on ", f);
		day(f, r, "revokedAt");
	}
	if (has(r, "by")) {
		fprintf(f, ": %s, ",
		    strcmp(word(r, "by"), "ocsp") == 0 ? "OCSP answer"
						       : "revocation list");
		for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
			if (strcmp(sources[i][0], word(r, "source")) == 0)
				fprintf(f, "%s, ", sources[i][1]);
		span_of_time(f, json_integer_value(json_object_get(r, "age")));
		fputs(" old", f);
	}
	fputs("\n", f);
}

/* Until when, counted from the time that counts. */
static void
validity(FILE *f, const json_t *c, int64_t at)
{
	int64_t from, to;

	fputs("valid      ", f);
	day(f, c, "notBefore");
	fputs(" to ", f);
	day(f, c, "notAfter");
	if (!time_of(&from, c, "notBefore") || !time_of(&to, c, "notAfter")) {
		fputs("\n", f);
		return;
	}
	if (at < from || at > to) {
		fprintf(f, ", %s%s%s\n", say_colour(f, SAY_BAD),
		    at < from ? "NOT YET VALID" : "EXPIRED",
		    say_colour(f, SAY_PLAIN));
		return;
	}
	fputs(", ", f);
	span_of_time(f, to - at);
	fputs(" left\n", f);
}

static void
details(FILE *f, const json_t *c, int64_t at, unsigned indent)
{
	fprintf(f, "%*s", (int)indent, "");
	validity(f, c, at);
	if (!json_is_object(json_object_get(c, "revocation")))
		return;
	fprintf(f, "%*s", (int)indent, "");
	revocation(f, c);
}

static void
title_of(FILE *f, const json_t *c)
{
	const json_t *list = json_object_get(c, "addresses"), *one;
	size_t i;

	text(f, c, "name");
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		fputs(" <", f);
		value(f, one);
		fputs(">", f);
	}
	if (strcmp(word(c, "source"), "anchor") == 0)
		fprintf(f, ", %strusted%s", say_colour(f, SAY_GOOD),
		    say_colour(f, SAY_PLAIN));
	else if (has(c, "url"))
		fputs(", fetched", f);
	fputs("\n", f);
}

/* Those above the first, each below what it issued. */
static void
issuers(FILE *f, const json_t *list, int64_t at, unsigned indent)
{
	const json_t *one;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		if (i == 0)
			continue;
		fprintf(f, "%*sissued by ", (int)indent, "");
		title_of(f, one);
		indent += 2;
		details(f, one, at, indent + 2);
	}
}

/* What is no reason yet: of the certificate `c`, whose end is near. */
static void
warnings(
    FILE *f, const json_t *object, unsigned indent, const json_t *c, int64_t at)
{
	const json_t *list = json_object_get(object, "warnings"), *code;
	char sentence[100];
	int64_t to;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, code)
	{
		const char *w = json_string_value(code);

		if (w == NULL || strcmp(w, "expires-soon") != 0 ||
		    !time_of(&to, c, "notAfter") || to < at)
			continue;
		snprintf(sentence, sizeof(sentence),
		    "The certificate expires in %lld days.",
		    (long long)((to - at) / DAY));
		fputs(say_colour(f, SAY_CAUTION), f);
		item(f, indent, sentence, w);
		fputs(say_colour(f, SAY_PLAIN), f);
	}
}

/* Of a signer or a candidate: what is above it, and what was said of it. */
static void
path(FILE *f, const json_t *of, int64_t at)
{
	member(f, of, "sha256", "SHA-256");
	issuers(f, json_object_get(of, "chain"), at, 4);
	trace(f, of, 4);
}

static void
signer(FILE *f, const json_t *s, int64_t at)
{
	const struct status *st = FIND(signatures, word(s, "status"));
	const json_t *list = json_object_get(s, "chain");

	fputs("  by ", f);
	person(f, s);
	if (st != NULL)
		fprintf(f, ": %s%s%s", say_colour(f, st->colour), st->says,
		    say_colour(f, SAY_PLAIN));
	fputs("\n", f);
	reasons(f, s, 4);
	warnings(f, s, 4, s, at);
	member(f, s, "signingTime", "signed at");
	member(f, s, "algorithm", "algorithm");
	member(f, s, "digest", "digest");
	if (json_array_size(list) > 0)
		details(f, json_array_get(list, 0), at, 4);
	path(f, s, at);
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
	int64_t at = 0;
	size_t i;

	(void)time_of(&at, v, "at");

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
	reasons(f, v, 2);
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	    signer(f, one, at);
	layers(f, v);
	fields(f, v);
	noted(f, v);
}

/* ---- is a certificate good ---- */

void
report_check(FILE *f, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "chain");
	const json_t *asked = json_array_get(list, 0);
	bool valid = json_is_true(json_object_get(answer, "valid"));
	int64_t at = 0;

	(void)time_of(&at, answer, "at");
	fprintf(f, "Certificate: %s%s%s\n",
	    say_colour(f, valid ? SAY_GOOD : SAY_BAD),
	    valid ? "VALID" : "NOT VALID", say_colour(f, SAY_PLAIN));
	reasons(f, answer, 2);
	warnings(f, answer, 2, asked, at);
	fputs("\n", f);
	title_of(f, asked);
	details(f, asked, at, 4);
	member(f, asked, "sha256", "SHA-256");
	issuers(f, list, at, 2);
	if (json_array_size(json_object_get(answer, "trace")) > 0)
		fputs("\n", f);
	trace(f, answer, 0);
}

/* ---- which certificate for an address ---- */

static void
candidate(FILE *f, const json_t *c, int64_t at)
{
	bool valid = json_is_true(json_object_get(c, "valid"));
	bool chosen = json_is_true(json_object_get(c, "chosen"));

	fprintf(f, "\n  %s%s%s%s: ", say_colour(f, valid ? SAY_GOOD : SAY_BAD),
	    valid ? "VALID" : "NOT VALID", say_colour(f, SAY_PLAIN),
	    chosen ? ", chosen" : "");
	title_of(f, c);
	reasons(f, c, 4);
	warnings(f, c, 4, c, at);
	member(f, c, "source", "from");
	details(f, c, at, 4);
	path(f, c, at);
}

void
report_find(FILE *f, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "asked"), *one;
	bool found = has(answer, "chosen");
	int64_t at = 0;
	size_t i;

	(void)time_of(&at, answer, "at");
	fputs("Certificate for ", f);
	text(f, answer, "address");
	fprintf(f, ": %s%s%s\n", say_colour(f, found ? SAY_GOOD : SAY_BAD),
	    found ? "FOUND" : "NOT FOUND", say_colour(f, SAY_PLAIN));
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	{
		long long n = json_integer_value(json_object_get(one, "found"));

		fputs("  asked ", f);
		text(f, one, "source");
		fprintf(f, ": %lld certificate%s\n", n, n == 1 ? "" : "s");
	}
	list = json_object_get(answer, "candidates");
	json_array_foreach((json_t *)(uintptr_t)list, i, one)
	    candidate(f, one, at);
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
	if (strcmp(word(node, "wraps"), "S/MIME") == 0)
		fputs(", wraps S/MIME, which cannot be opened or checked", f);
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

int
report_status(const struct report_demands *d, enum bl_encryption e,
    enum bl_signature s, bl_reasons reasons)
{
	int status = EXIT_FINE;

	if ((reasons & (BL_REASON_BIT(MALFORMED) | BL_REASON_BIT(LIMIT))) != 0)
		status = say_worse(status, EXIT_BROKEN);
	if (e == BL_ENCRYPTION_FAILED || e == BL_ENCRYPTION_PARTIAL ||
	    (d->encrypted && e == BL_ENCRYPTION_NONE) ||
	    (d->intact && e != BL_ENCRYPTION_INTACT))
		status = say_worse(status, EXIT_SEALED);
	if (s == BL_SIGNATURE_UNVERIFIED || s == BL_SIGNATURE_INVALID ||
	    (d->is_signed && s != BL_SIGNATURE_VALID))
		status = say_worse(status, EXIT_UNPROVEN);
	/* Nothing is wrong with it, and still it was not opened. */
	if (status == EXIT_FINE && (reasons & BL_REASON_BIT(UNSUPPORTED)) != 0)
		status = EXIT_BROKEN;
	return status;
}
