/* show.c - see show.h. */
#include "cli/show.h"

#include <inttypes.h>

#include "cli/report.h"
#include "cli/say.h"

#define SHORT_HEX 8 /* digits that name a certificate at least */

static const char *
use(const struct record *r)
{
	if ((r->flags & BL_CERT_CA) != 0)
		return "issues";
	if (record_can_sign(r) && record_can_encrypt(r))
		return "signs, encrypts";
	return record_can_sign(r)   ? "signs"
	    : record_can_encrypt(r) ? "encrypts"
				    : "no use here";
}

static const char *
state(const struct record *r, int64_t now)
{
	return now < r->not_before ? "not yet valid"
	    : now > r->not_after   ? "expired"
				   : "";
}

static void
hex(FILE *f, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%02x", p[i]);
}

/* What a certificate that is trusted is trusted for, if not for all. */
static const char *
trusted_for(const struct record *r)
{
	return r->good_for == RECORD_FOR_SIGN	? "for signatures only"
	    : r->good_for == RECORD_FOR_ENCRYPT ? "for encryption only"
						: "";
}

void
show_line(const struct record *r, bool own, int64_t now)
{
	const char *s = state(r, now);

	printf("%s ", own ? "*" : " ");
	hex(stdout, r->sha256, SHORT_HEX / 2);
	printf("  until ");
	say_day(stdout, r->not_after);
	printf("  %-15s  ", use(r));
	if (*s != '\0')
		printf("%s%s%s  ", say_colour(stdout, SAY_BAD), s,
		    say_colour(stdout, SAY_PLAIN));
	say_text(stdout, bl_span_str(record_addr_of(r)));
	if (*record_addr_of(r) == '\0' ||
	    strcmp(record_addr_of(r), r->name) != 0) {
		printf("%s(", *record_addr_of(r) != '\0' ? " " : "");
		say_text(stdout, bl_span_str(r->name));
		printf(")");
	}
	printf("%s%s\n", r->good_for != 0 ? ", " : "", trusted_for(r));
}

static void
row(const char *label, const char *value)
{
	if (*value == '\0')
		return;
	printf("  %-12s", label);
	say_text(stdout, bl_span_str(value));
	printf("\n");
}

void
show_whole(const struct record *r, bool own, int64_t now)
{
	say_text(stdout, bl_span_str(r->name));
	printf("\n");
	for (size_t i = 0; i < r->addr_count; i++)
		row(r->addrs[i].kind == BL_ADDR_SUBJECT ? "old address"
							: "address",
		    r->addrs[i].addr);
	row("subject", r->subject);
	row("issued by", r->issuer);
	row("serial", r->serial);
	printf("  %-12s", "valid");
	say_time(stdout, r->not_before);
	printf(" to ");
	say_time(stdout, r->not_after);
	if (*state(r, now) != '\0')
		printf(" %s(%s)%s", say_colour(stdout, SAY_BAD), state(r, now),
		    say_colour(stdout, SAY_PLAIN));
	printf("\n");
	printf("  %-12s%s, %u bits\n", "key", bl_key_kind_name(r->key_kind),
	    r->key_bits);
	row("use", use(r));
	row("trusted", trusted_for(r));
	row("own", own ? "yes, the key is here" : "");
	printf("  %-12s", "SHA-256");
	hex(stdout, r->sha256, sizeof(r->sha256));
	printf("\n");
}

static json_t *
hex_json(const uint8_t *p, size_t n)
{
	struct bl_buf b = {0};
	json_t *j;

	bl_hex(&b, bl_span_of(p, n));
	j = json_stringn(b.n > 0 ? (const char *)b.p : "", b.n);
	bl_buf_clear(&b);
	return j;
}

json_t *
show_time(int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;
	char text[64] = "";

	if (gmtime_r(&at, &tm) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

json_t *
show_json(const struct record *r, bool own, int64_t now)
{
	json_t *j = json_object(), *list = json_array();

	for (size_t i = 0; i < r->addr_count; i++)
		json_array_append_new(list, json_string(r->addrs[i].addr));
	json_object_set_new(j, "name", json_string(r->name));
	json_object_set_new(j, "addresses", list);
	json_object_set_new(j, "subject", json_string(r->subject));
	json_object_set_new(j, "issuer", json_string(r->issuer));
	json_object_set_new(j, "serial", json_string(r->serial));
	json_object_set_new(j, "notBefore", show_time(r->not_before));
	json_object_set_new(j, "notAfter", show_time(r->not_after));
	json_object_set_new(
	    j, "key", json_string(bl_key_kind_name(r->key_kind)));
	json_object_set_new(j, "bits", json_integer(r->key_bits));
	json_object_set_new(j, "signs", json_boolean(record_can_sign(r)));
	json_object_set_new(j, "encrypts", json_boolean(record_can_encrypt(r)));
	json_object_set_new(
	    j, "ca", json_boolean((r->flags & BL_CERT_CA) != 0));
	if (r->good_for != 0)
		json_object_set_new(j, "trustedFor",
		    json_string(
			r->good_for == RECORD_FOR_SIGN ? "sign" : "encrypt"));
	json_object_set_new(j, "own", json_boolean(own));
	json_object_set_new(j, "valid", json_boolean(*state(r, now) == '\0'));
	json_object_set_new(
	    j, "sha256", hex_json(r->sha256, sizeof(r->sha256)));
	json_object_set_new(j, "keyId", hex_json(r->key_id, sizeof(r->key_id)));
	return j;
}

static bool
is_own(const struct session *s, const struct record *r)
{
	return s->state != NULL && state_has_key(s->state, r->key_id);
}

int
show_list(
    struct session *s, const struct records *rs, bool as_json, const char *what)
{
	int64_t now = (int64_t)time(NULL);
	json_t *list;

	if (!as_json) {
		for (size_t i = 0; i < rs->n; i++)
			show_line(&rs->list[i], is_own(s, &rs->list[i]), now);
		if (rs->n == 0)
			say_note("%s", what);
		return EXIT_FINE;
	}
	list = json_array();
	for (size_t i = 0; i < rs->n; i++)
		json_array_append_new(list,
		    show_json(&rs->list[i], is_own(s, &rs->list[i]), now));
	report_print(stdout, list);
	json_decref(list);
	return EXIT_FINE;
}

static bool
is_hex(const char *word)
{
	size_t n = strlen(word);

	return n >= SHORT_HEX && n <= (size_t)2 * BL_SHA256_SIZE &&
	    strspn(word, "0123456789abcdefABCDEF") == n;
}

static bool
starts(const uint8_t *id, const char *word)
{
	char text[2 * BL_SHA256_SIZE + 1];

	for (size_t i = 0; i < BL_SHA256_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
	return strncasecmp(text, word, strlen(word)) == 0;
}

int
show_find(const struct record **out, const struct records *rs, const char *word,
    const char *command)
{
	const struct record *best = NULL;
	bool hex_word = is_hex(word);

	*out = NULL;
	for (size_t i = 0; i < rs->n; i++) {
		const struct record *r = &rs->list[i];

		if (hex_word ? !starts(r->sha256, word)
			     : !record_has_addr(r, word))
			continue;
		if (hex_word && best != NULL)
			return say_fail(EXIT_USAGE,
			    "%s: the SHA-256 of several certificates starts "
			    "with this: give more of its digits ('bulla %s "
			    "list --json' shows them all)",
			    word, command);
		if (best == NULL || record_better(r, best))
			best = r;
	}
	if (best == NULL)
		return say_fail(EXIT_RULE,
		    "%s: there is no such certificate; 'bulla "
		    "%s list' shows all",
		    word, command);
	*out = best;
	return EXIT_FINE;
}

static int
compare(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	int order = strcasecmp(record_addr_of(x), record_addr_of(y));

	return order != 0 ? order : record_better(x, y) ? -1 : 1;
}

void
show_order(struct records *rs)
{
	if (rs->n > 1)
		qsort(rs->list, rs->n, sizeof(*rs->list), compare);
}
