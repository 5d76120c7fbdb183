/* corpus_test.c - hard and broken mail of a corpus, compared with what another
 * program reads in it. Where the two differ, the table says why. */
#include "mime/mime.h"
#include "tests/test.h"

#include <glob.h>
#include <jansson.h>

/* ---- facts: one line each, "part what value" ---- */

static void
text_fact(struct bl_buf *b, unsigned part, const char *what, struct bl_span v)
{
	bl_buf_add_f(b, "%u %s ", part, what);
	bl_buf_add(b, v);
	bl_buf_add_u8(b, '\n');
}

static void
type_facts(struct bl_buf *b, unsigned part, const char *what,
    const struct bl_content_type *t)
{
	struct bl_buf v = {0};

	if (t->type.n == 0)
		return;
	bl_buf_add(&v, t->type);
	for (size_t i = 0; i < t->n + 1; i++) {
		bl_buf_add_str(&v, i == 0 ? "/" : "; ");
		bl_buf_add(&v, i == 0 ? t->subtype : t->params[i - 1].name);
		bl_buf_add_str(&v, i == 0 ? "" : "=");
		bl_buf_add(&v, i == 0 ? BL_STR("") : t->params[i - 1].value);
	}
	text_fact(b, part, what, bl_buf_span(&v));
	bl_buf_clear(&v);
}

static void
address_facts(struct bl_buf *b, unsigned part, const struct bl_header *h,
    const char *name, const char *what)
{
	const struct bl_field *f = bl_header_find(h, name, 0);
	struct bl_limits limits = BL_LIMITS;
	struct bl_mailboxes m;
	struct bl_buf v = {0};

	if (f == NULL)
		return;
	CHECK(bl_mailboxes_read(&m, f->value, &limits, NULL) == BL_OK, what);
	for (size_t i = 0; i < m.n; i++) {
		bl_buf_add_str(&v, i == 0 ? "" : ", ");
		bl_buf_add(&v, m.list[i].name);
		bl_buf_add_str(&v, " <");
		bl_buf_add(&v, m.list[i].addr);
		bl_buf_add_str(&v, ">");
	}
	if (m.bad)
		bl_buf_add_str(&v, " (bad)");
	text_fact(b, part, what, bl_buf_span(&v));
	bl_mailboxes_clear(&m);
	bl_buf_clear(&v);
}

static void
header_facts(struct bl_buf *b, unsigned part, const struct bl_header *h)
{
	const struct bl_field *f = bl_header_find(h, "Subject", 0);
	struct bl_buf text = {0};
	int64_t date;

	address_facts(b, part, h, "From", "from");
	address_facts(b, part, h, "To", "to");
	if (f != NULL) {
		bl_header_text(&text, f->value);
		text_fact(b, part, "subject", bl_buf_span(&text));
	}
	bl_buf_clear(&text);
	f = bl_header_find(h, "Date", 0);
	if (f != NULL)
		bl_buf_add_f(b, "%u date %lld\n", part,
		    bl_mime_date(&date, f->value) ? (long long)date : -1);
}

/* The facts of a message as we read it. */
static unsigned
ours(struct bl_buf *b, struct bl_span in)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mime_event e = {0};
	struct bl_mime *m;
	size_t fed = 0, at = 0;
	unsigned defects;

	CHECK(bl_mime_new(&m, &limits, BL_MIME_MESSAGES_DESCEND, NULL) == BL_OK,
	    "new");
	while (e.kind != BL_MIME_DONE) {
		if (bl_mime_next(m, &e, NULL) != BL_OK)
			break;
		if (e.kind == BL_MIME_MORE && fed >= in.n)
			bl_mime_end(m);
		if (e.kind == BL_MIME_MORE && fed < in.n) {
			bl_mime_feed(m, bl_span_cut(in, fed, 777));
			fed += 777;
		}
		CHECK(e.bytes.n == 0 ||
			(e.bytes.n <= in.n - at &&
			    memcmp(e.bytes.p, in.p + at, e.bytes.n) == 0),
		    "bytes");
		at += e.bytes.n;
		if (e.kind != BL_MIME_BEGIN)
			continue;
		bl_buf_add_f(b, "%u at %llu %llu\n", e.part->number,
		    (unsigned long long)e.at, (unsigned long long)at);
		if (bl_header_find(e.part->header, "Content-Type", 0) != NULL)
			type_facts(b, e.part->number, "type", &e.part->type);
		type_facts(b, e.part->number, "shown", &e.part->disposition);
		header_facts(b, e.part->number, e.part->header);
	}
	CHECK(e.kind == BL_MIME_DONE && at == in.n, "all bytes");
	defects = bl_mime_defects(m);
	bl_mime_free(m);
	return defects;
}

/* ---- the same facts from the other program's JSON ---- */

static struct bl_span
json_span(const json_t *j)
{
	return json_is_string(j)
	    ? bl_span_of(json_string_value(j), json_string_length(j))
	    : BL_STR("");
}

static void
json_kind(struct bl_buf *b, unsigned part, const char *what, const json_t *t)
{
	struct bl_buf v = {0};
	const json_t *a;
	size_t i;

	bl_buf_add(&v, json_span(json_object_get(t, "c_type")));
	bl_buf_add_u8(&v, '/');
	bl_buf_add(&v, json_span(json_object_get(t, "c_subtype")));
	json_array_foreach(json_object_get(t, "attributes"), i, a)
	{
		bl_buf_add_str(&v, "; ");
		bl_buf_add(&v, json_span(json_object_get(a, "name")));
		bl_buf_add_str(&v, "=");
		bl_buf_add(&v, json_span(json_object_get(a, "value")));
	}
	text_fact(b, part, what, bl_buf_span(&v));
	bl_buf_clear(&v);
}

static void
json_address_list(struct bl_buf *v, const json_t *list)
{
	const json_t *a;
	size_t i;

	json_array_foreach(list, i, a)
	{
		if (json_object_get(a, "addresses") != NULL) {
			json_address_list(v, json_object_get(a, "addresses"));
			continue;
		}
		bl_buf_add_str(v, v->n == 0 ? "" : ", ");
		bl_buf_add(v, json_span(json_object_get(a, "name")));
		bl_buf_add_str(v, " <");
		bl_buf_add(v, json_span(json_object_get(a, "address")));
		bl_buf_add_str(v, ">");
	}
}

static long long
json_when(const json_t *d)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	char text[80];
	int64_t t;

#define GET(name) ((int)json_integer_value(json_object_get(d, name)) & 0x3fff)
	snprintf(text, sizeof(text), "%d %s %d %02d:%02d:%02d %c%02d%02d",
	    GET("day"), months[(GET("month") + 11) % 12], GET("year"),
	    GET("hour"), GET("minute"), GET("second"),
	    json_is_true(json_object_get(d, "tz_before_gmt")) ? '-' : '+',
	    GET("tz_hour"), GET("tz_minute"));
#undef GET
	return bl_mime_date(&t, bl_span_str(text)) ? (long long)t : -1;
}

/* The value of the first field of this name. */
static const json_t *
json_field(const json_t *part, const char *name, const char *kind)
{
	const json_t *h;
	size_t i;

	json_array_foreach(json_object_get(part, "headers"), i, h)
	{
		struct bl_span n = json_span(json_object_get(h, "name"));

		if (bl_span_equal(n, bl_span_str(name)))
			return json_object_get(
			    json_object_get(h, "value"), kind);
	}
	return NULL;
}

static void
json_addresses(
    struct bl_buf *b, unsigned number, const json_t *part, const char *what)
{
	const json_t *v = json_field(part, what, "Address");
	struct bl_buf text = {0};

	if (v == NULL)
		return;
	json_address_list(&text, json_object_get(v, "List"));
	json_address_list(&text, json_object_get(v, "Group"));
	text_fact(b, number, what, bl_buf_span(&text));
	bl_buf_clear(&text);
}

static void
json_part(struct bl_buf *b, unsigned n, const json_t *p)
{
	const json_t *v;

	bl_buf_add_f(b, "%u at %lld %lld\n", n,
	    (long long)json_integer_value(json_object_get(p, "offset_header")),
	    (long long)json_integer_value(json_object_get(p, "offset_body")));
	if ((v = json_field(p, "content_type", "ContentType")) != NULL)
		json_kind(b, n, "type", v);
	if ((v = json_field(p, "content_disposition", "ContentType")) != NULL)
		json_kind(b, n, "shown", v);
	json_addresses(b, n, p, "from");
	json_addresses(b, n, p, "to");
	if ((v = json_field(p, "subject", "Text")) != NULL)
		text_fact(b, n, "subject", json_span(v));
	if ((v = json_field(p, "date", "DateTime")) != NULL)
		bl_buf_add_f(b, "%u date %lld\n", n, json_when(v));
}

static void
theirs(struct bl_buf *b, const json_t *message, unsigned *number)
{
	const json_t *p, *inner;
	size_t i;

	json_array_foreach(json_object_get(message, "parts"), i, p)
	{
		json_part(b, (*number)++, p);
		inner = json_object_get(json_object_get(p, "body"), "Message");
		if (inner != NULL)
			theirs(b, inner, number);
	}
}

/* ---- comparing ---- */

/* Cuts the next line off; its key is up to the second space. */
static struct bl_span
line(struct bl_span *s, struct bl_span *key)
{
	const uint8_t *nl = memchr(s->p, '\n', s->n);
	struct bl_span l = bl_span_cut(*s, 0, (size_t)(nl - s->p));
	size_t spaces = 0, i = 0;

	while (i < l.n && (l.p[i] != ' ' || ++spaces < 2))
		i++;
	*key = bl_span_cut(l, 0, i + 1);
	*s = bl_span_cut(*s, l.n + 1, s->n);
	return l;
}

/* Finds the line of this key. */
static struct bl_span
find(struct bl_span all, struct bl_span want)
{
	while (all.n > 0) {
		struct bl_span key, l = line(&all, &key);

		if (bl_span_equal(key, want))
			return l;
	}
	return BL_STR("");
}

#define NO_ADDRESS   "RFC 5322 3.4: a mailbox has an address"
#define NO_DATE	     "RFC 5322 3.3: not a date, or of another day of the week"
#define NO_SEMICOLON "RFC 2045 5.1: parameters are parted by semicolons"
#define COMMENT	     "a comment is no part of a name"
#define ENCODED_PART "RFC 2046 5.2.1: message/rfc822 has no encoding"
#define UTF_7	     "not a character set that is read; it stays as written"
#define RAW	     "RFC 2047 2, RFC 6532 3.2: 8-bit text that is not UTF-8"
#define QUOTED_WORD  "RFC 2047 5 (3): no encoded words in a quoted string"

/* Where we differ: our value, empty where the fact is theirs alone. */
static const struct {
	const char *file, *key, *ours, *why;
} deviations[] = {
    {"rfc/000", "8 from", " (bad)", NO_ADDRESS},
    {"rfc/000", "8 to", " (bad)", NO_ADDRESS},
    {"rfc/001", "0 from", " (bad)", NO_ADDRESS},
    {"rfc/001", "0 to", " (bad)", NO_ADDRESS},
    {"rfc/001", "3 type",
	"message/external-body; access-type=mail-server            server=\"listserv@bogus.bitnet\"; expiration=Fri, 14 Jun 1991 19:13:14 -0400 (EDT)",
	NO_SEMICOLON},
    {"rfc/001", "0 date", "-1", NO_DATE},
    {"rfc/002", "3 to", "A1 Gore <vice-president@whitehouse.gov>", COMMENT},
    {"rfc/002", "3 date", "-1", NO_DATE},
    {"rfc/004", "0 from", " (bad)", NO_ADDRESS},
    {"rfc/004", "0 to", " (bad)", NO_ADDRESS},
    {"rfc/004", "0 date", "-1", NO_DATE},
    {"rfc/004", "4 from", " (bad)", NO_ADDRESS},
    {"rfc/004", "6 from", " (bad)", NO_ADDRESS},
    {"rfc/008", "3 at", "", ENCODED_PART},
    {"rfc/008", "3 type", "", ENCODED_PART},
    {"rfc/008", "3 from", "", ENCODED_PART},
    {"rfc/008", "3 to", "", ENCODED_PART},
    {"rfc/008", "3 subject", "", ENCODED_PART},
    {"rfc/008", "3 date", "", ENCODED_PART},
    {"rfc/008", "4 at", "", ENCODED_PART},
    {"rfc/008", "4 type", "", ENCODED_PART},
    {"rfc/008", "5 at", "", ENCODED_PART},
    {"rfc/008", "5 type", "", ENCODED_PART},
    {"rfc/009", "5 from", " (bad)", NO_ADDRESS},
    {"legacy/001", "0 to",
	"Joe Blow <jblow@example.com>, =?"
	"utf-7?"
	"B?"
	"SitBUHctcmdlbiBTY2htK0FQdy1yZ2Vu?"
	"= <schmuergen@example.com>",
	UTF_7},
    {"legacy/001", "0 subject",
	"=?"
	"utf-7?"
	"Q?"
	"Die_Hasen_und_die_Fr+APY-sche_=28Microsoft_Outlook_00=29?"
	"=",
	UTF_7},
    {"legacy/005", "0 to",
	"=?"
	"utf-7?"
	"Q?"
	"Heinz_M+APw-ller?"
	"= <mueller@example.com>",
	UTF_7},
    {"legacy/005", "0 subject",
	"=?"
	"utf-7?"
	"Q?"
	"Die_Hasen_und_die_Fr+APY-sche_=28Microsoft_Outlook_00=29?"
	"=",
	UTF_7},
    {"legacy/009", "0 to",
	"=?"
	"iso-8859-1?"
	"Q?"
	"J\xef\xbf\xbdrgen?"
	"= =?"
	"iso-8859-1?"
	"Q?"
	"_Schm\xef\xbf\xbdrgen?"
	"= <jschmuergen@example.com> (bad)",
	RAW},
    {"legacy/009", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/010", "0 to",
	"Heinz M\xef\xbf\xbdller <mueller@example.com> (bad)", RAW},
    {"legacy/015", "0 to",
	"Heinz =?"
	"iso-8859-1?"
	"Q?"
	"M\xef\xbf\xbdller?"
	"= <mueller@example.com> (bad)",
	RAW},
    {"legacy/015", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/016", "0 to",
	"=?"
	"iso-8859-1?"
	"Q?"
	"J\xef\xbf\xbdrgen?"
	"= =?"
	"iso-8859-1?"
	"Q?"
	"_Schm\xef\xbf\xbdrgen?"
	"= <jschmuergen@example.com> (bad)",
	RAW},
    {"legacy/016", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/017", "0 to",
	"J\xef\xbf\xbdrgen Schm\xef\xbf\xbdrgen <jschmuergen@example.com> (bad)",
	RAW},
    {"legacy/018", "0 to",
	"Heinz =?"
	"iso-8859-1?"
	"Q?"
	"M\xef\xbf\xbdller?"
	"= <mueller@example.com> (bad)",
	RAW},
    {"legacy/018", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/020", "0 to",
	"J\xef\xbf\xbdrgen Schm\xef\xbf\xbdrgen <schmuergen@example.com> (bad)",
	RAW},
    {"legacy/022", "0 to",
	"J\xef\xbf\xbdrgen Schm\xef\xbf\xbdrgen <schmuergen@example.com> (bad)",
	RAW},
    {"legacy/023", "0 to",
	"=?"
	"iso-8859-1?"
	"Q?"
	"J\xef\xbf\xbdrgen?"
	"= =?"
	"iso-8859-1?"
	"Q?"
	"_Schm\xef\xbf\xbdrgen?"
	"= <jschmuergen@example.com> (bad)",
	RAW},
    {"legacy/023", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/024", "0 to",
	"Heinz =?"
	"iso-8859-1?"
	"Q?"
	"M\xef\xbf\xbdller?"
	"= <mueller@example.com> (bad)",
	RAW},
    {"legacy/024", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/025", "0 to",
	"Heinz =?"
	"iso-8859-1?"
	"Q?"
	"M\xef\xbf\xbdller?"
	"= <mueller@example.com> (bad)",
	RAW},
    {"legacy/025", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/026", "0 to",
	"Heinz =?"
	"iso-8859-1?"
	"Q?"
	"M\xef\xbf\xbdller?"
	"= <mueller@example.com> (bad)",
	RAW},
    {"legacy/026", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/027", "0 to",
	"J\xef\xbf\xbdrgen Schm\xef\xbf\xbdrgen <schmuergen@example.com> (bad)",
	RAW},
    {"legacy/047", "2 type",
	"text/plain; charset=iso-8859-1; name==?"
	"iso-8859-1?"
	"Q?"
	"HasenundFr=F6sche=2Etxt?"
	"=",
	QUOTED_WORD},
    {"legacy/047", "2 shown",
	"inline/; filename==?"
	"iso-8859-1?"
	"Q?"
	"HasenundFr=F6sche=2Etxt?"
	"=",
	QUOTED_WORD},
    {"legacy/050", "0 to",
	"Heinz =?"
	"iso-8859-1?"
	"Q?"
	"M\xef\xbf\xbdller?"
	"= <mueller@example.com> (bad)",
	RAW},
    {"legacy/050", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/051", "0 to",
	"Heinz =?"
	"iso-8859-1?"
	"Q?"
	"M\xef\xbf\xbdller?"
	"= <mueller@example.com> (bad)",
	RAW},
    {"legacy/051", "0 subject",
	"=?"
	"iso-8859-1?"
	"Q?"
	"Die_Hasen_und_die_Fr\xef\xbf\xbdsche?"
	"=",
	RAW},
    {"legacy/052", "0 to",
	"Heinz M\xef\xbf\xbdller <mueller@example.com> (bad)", RAW},
};

static bool used[sizeof(deviations) / sizeof(*deviations)];

/* Finds the deviation of this key with this value of ours. */
static bool
is_known(const char *file, struct bl_span key, struct bl_span our)
{
	struct bl_span value = bl_span_cut(our, key.n, our.n);

	for (size_t i = 0; i < sizeof(deviations) / sizeof(*deviations); i++)
		if (strcmp(deviations[i].file, file) == 0 &&
		    bl_span_equal(bl_span_cut(key, 0, key.n - 1),
			bl_span_str(deviations[i].key)) &&
		    bl_span_equal(value, bl_span_str(deviations[i].ours))) {
			used[i] = true;
			return true;
		}
	return false;
}

static void
differs(const char *file, struct bl_span key, struct bl_span our,
    struct bl_span their)
{
	if (is_known(file, key, our))
		return;
	CHECK(false, file);
	fprintf(stderr, "\tours   %.*s\n\ttheirs %.*s\n", (int)our.n, our.p,
	    (int)their.n, their.p);
}

/* The offsets in the JSON count a line end as one byte. */
static void
lf_only(struct bl_buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] != '\r' || i + 1 == b->n || b->p[i + 1] != '\n')
			b->p[n++] = b->p[i];
	b->n = n;
}

static void
compare(const char *file)
{
	struct bl_buf in = {0}, json = {0}, a = {0}, b = {0};
	unsigned number = 0;
	struct bl_span rest, key;
	char path[128];
	json_t *j;

	snprintf(path, sizeof(path), "mime-malformed/%s.eml", file);
	if (!bl_test_corpus(&in, path))
		return;
	snprintf(path, sizeof(path), "mime-malformed/%s.json", file);
	if (!bl_test_corpus(&json, path))
		return;
	lf_only(&in);
	j = json_loadb((char *)json.p, json.n, 0, NULL);
	CHECK(j != NULL, file);
	ours(&a, bl_buf_span(&in));
	theirs(&b, j, &number);
	for (rest = bl_buf_span(&b); rest.n > 0;) {
		struct bl_span their = line(&rest, &key);
		struct bl_span our = find(bl_buf_span(&a), key);

		if (!bl_span_equal(our, their))
			differs(file, key, our, their);
	}
	for (rest = bl_buf_span(&a); rest.n > 0;) {
		struct bl_span our = line(&rest, &key);

		if (find(bl_buf_span(&b), key).n == 0)
			differs(file, key, our, BL_STR(""));
	}
	json_decref(j);
	bl_buf_clear(&in);
	bl_buf_clear(&json);
	bl_buf_clear(&a);
	bl_buf_clear(&b);
}

static void
reads_as_another_program_does(void)
{
	char file[32];

	for (int i = 0; i < 10; i++) {
		snprintf(file, sizeof(file), "rfc/%03d", i);
		compare(file);
	}
	for (int i = 0; i < 54; i++) {
		snprintf(file, sizeof(file), "legacy/%03d", i);
		compare(file);
	}
	for (size_t i = 0; i < sizeof(deviations) / sizeof(*deviations); i++)
		CHECK(used[i], deviations[i].why);
}

/* ---- mail without expectations ---- */

static enum bl_err
transport(struct bl_buf *out, struct bl_span in)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_transport *t;
	enum bl_err err;

	err = bl_transport_new(&t, &limits, NULL);
	if (err == BL_OK)
		err = bl_transport_add(t, out, in, NULL);
	if (err == BL_OK)
		err = bl_transport_end(t, out, NULL);
	bl_transport_free(t);
	return err;
}

/* All bytes come out, and what can be sent is not changed twice. */
static bool
holds(const char *path)
{
	struct bl_buf in = {0}, facts = {0}, once = {0}, twice = {0};
	bool good = bl_test_file(&in, path), sent;

	CHECK(good, path);
	ours(&facts, bl_buf_span(&in));
	sent = transport(&once, bl_buf_span(&in)) == BL_OK;
	CHECK(!sent ||
		(transport(&twice, bl_buf_span(&once)) == BL_OK &&
		    bl_span_equal(bl_buf_span(&once), bl_buf_span(&twice))),
	    path);
	bl_buf_clear(&in);
	bl_buf_clear(&facts);
	bl_buf_clear(&once);
	bl_buf_clear(&twice);
	return sent;
}

static void
holds_on_all_mail(void)
{
	static const char *const patterns[] = {"mime-malformed/*/*.eml",
	    "mime-malformed/*/*/*.eml", "mime-malformed/*/*/*.txt",
	    "bc-mail/*.eml", "bc-mail/*.message", "protected-headers/*.eml",
	    "rfc4134/*.eml", "rfc9788-header-protection/*.eml"};
	const char *root = getenv("BULLA_CORPORA");
	size_t files = 0, sent = 0;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		char path[4096];
		glob_t g = {0};

		snprintf(path, sizeof(path), "%s/%s",
		    root == NULL ? "../shared/corpora" : root, patterns[i]);
		glob(path, 0, NULL, &g);
		for (size_t k = 0; k < g.gl_pathc; k++, files++)
			sent += holds(g.gl_pathv[k]);
		globfree(&g);
	}
	fprintf(stderr, "%zu of %zu files can be sent\n", sent, files);
	CHECK(files == 0 || (files > 100 && sent * 10 > files * 8), "most");
}

TESTS(TEST(reads_as_another_program_does), TEST(holds_on_all_mail))
