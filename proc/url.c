/* url.c - see url.h. */
#include "proc/url.h"

#include <arpa/inet.h>

#define LABEL_MAX 63u /* bytes between two dots, RFC 1035 2.3.4 */

static enum bl_err
malformed(struct bl_note *note)
{
	return bl_fail(note, BL_E_MALFORMED, 0,
	    "this is no address of the web that may be visited",
	    "RFC 3986 3.2");
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char
lower(uint8_t c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* One label of a name: letters, digits, and hyphens inside. */
static bool
label_ok(struct bl_span s)
{
	if (s.n == 0 || s.n > LABEL_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

/* What some readers take for a number: "12", "0x7f", "0x". */
static bool
is_number(struct bl_span s)
{
	bool hex = s.n >= 2 && s.p[0] == '0' && (s.p[1] | 32) == 'x';

	for (size_t i = hex ? 2 : 0; i < s.n; i++)
		if (!is_digit(s.p[i]) &&
		    !(hex && (s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'f'))
			return false;
	return s.n > 0;
}

/* inet_pton takes four decimal numbers without leading zeros and nothing
 * else. */
static bool
name_ok(const char *name)
{
	struct bl_span left = bl_span_str(name), label = {0};
	struct in_addr a;

	do {
		const uint8_t *dot = memchr(left.p, '.', left.n);
		size_t n = dot != NULL ? (size_t)(dot - left.p) : left.n;

		label = bl_span_cut(left, 0, n);
		if (!label_ok(label))
			return false;
		left = bl_span_cut(left, n + 1, left.n);
		if (dot != NULL && left.n == 0)
			return false; /* a dot at the end */
	} while (left.n > 0);
	return !is_number(label) || inet_pton(AF_INET, name, &a) == 1;
}

static bool
take_v6(struct bl_host *out, struct bl_span s)
{
	char text[INET6_ADDRSTRLEN] = {0};
	struct in6_addr a;

	if (s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	out->is_v6 = true;
	return strlen(text) == s.n && inet_pton(AF_INET6, text, &a) == 1 &&
	    inet_ntop(AF_INET6, &a, out->name, sizeof(out->name)) != NULL;
}

static bool
take_name(struct bl_host *out, struct bl_span s)
{
	if (s.n == 0 || s.n > BL_HOST_MAX || memchr(s.p, 0, s.n) != NULL)
		return false;
	for (size_t i = 0; i < s.n; i++)
		out->name[i] = lower(s.p[i]);
	return name_ok(out->name);
}

static bool
take_port(struct bl_host *out, struct bl_span s)
{
	unsigned v = 0;

	if (s.n == 0 || s.n > 5 || s.p[0] == '0')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	out->port = (uint16_t)v;
	return v <= UINT16_MAX;
}

/* host [":" port]; a port of 0 means that one must stand there. */
static bool
take_host(struct bl_host *out, struct bl_span s, uint16_t port)
{
	const uint8_t *end;
	size_t n;
	bool ok;

	*out = (struct bl_host){.port = port};
	if (s.n > 0 && s.p[0] == '[') {
		if ((end = memchr(s.p, ']', s.n)) == NULL)
			return false;
		n = (size_t)(end - s.p) + 1;
		ok = take_v6(out, bl_span_cut(s, 1, n - 2));
	} else {
		end = memchr(s.p, ':', s.n);
		n = end != NULL ? (size_t)(end - s.p) : s.n;
		ok = take_name(out, bl_span_cut(s, 0, n));
	}
	if (!ok || (n == s.n && port == 0))
		return false;
	return n == s.n ||
	    (s.p[n] == ':' && take_port(out, bl_span_cut(s, n + 1, s.n)));
}

/* What may stand in path and query (RFC 3986 3.3, 3.4). */
static bool
target_ok(struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f ||
		    strchr("\"#<>[\\]^`{|}", s.p[i]) != NULL)
			return false;
	return s.n == 0 || s.p[0] == '/' || s.p[0] == '?';
}

static bool
take_scheme(struct bl_span *left, const char *scheme)
{
	struct bl_span s = bl_span_str(scheme);

	if (!bl_span_equal_nocase(bl_span_cut(*left, 0, s.n), s))
		return false;
	*left = bl_span_cut(*left, s.n, left->n);
	return true;
}

enum bl_err
bl_url_read(struct bl_url *out, struct bl_span text, struct bl_note *note)
{
	struct bl_span left = text;
	size_t n = 0;

	*out = (struct bl_url){0};
	if (text.n > BL_URL_MAX)
		return bl_fail_limit(note, 0, "limit-url",
		    "an address of the web is too long", NULL);
	if (take_scheme(&left, "https://"))
		out->https = true;
	else if (!take_scheme(&left, "http://"))
		return bl_fail(note, BL_E_UNSUPPORTED, 0,
		    "only http and https are visited", "RFC 3986 3.1");
	while (n < left.n && left.p[n] != '/' && left.p[n] != '?')
		n++;
	out->target = bl_span_cut(left, n, left.n);
	if (take_host(
		&out->host, bl_span_cut(left, 0, n), out->https ? 443 : 80) &&
	    target_ok(out->target))
		return BL_OK;
	*out = (struct bl_url){0};
	return malformed(note);
}

void
bl_url_put(struct bl_buf *out, const struct bl_url *u)
{
	bl_buf_add_f(out, u->host.is_v6 ? "%s://[%s]:%u" : "%s://%s:%u",
	    u->https ? "https" : "http", u->host.name, u->host.port);
	bl_buf_add(out, u->target);
}

enum bl_err
bl_host_read(struct bl_host *out, struct bl_span text, struct bl_note *note)
{
	if (take_host(out, text, 0))
		return BL_OK;
	*out = (struct bl_host){0};
	return bl_fail(note, BL_E_MALFORMED, 0,
	    "this is no HOST:PORT, like pki.example.org:8080", NULL);
}

bool
bl_host_equal(const struct bl_host *a, const struct bl_host *b)
{
	return a->port == b->port && a->is_v6 == b->is_v6 &&
	    strcmp(a->name, b->name) == 0;
}
