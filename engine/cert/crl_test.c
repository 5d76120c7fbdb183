/* crl_test.c - what is read as a revocation list, and found in one. */
#include "cert/crl.h"
#include "tests/test.h"

#include <string.h>

#define ALG  "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define NAME "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01"
#define T1                                                                     \
	"\x17\x0d"                                                             \
	"200101000000Z"
#define T2                                                                     \
	"\x17\x0d"                                                             \
	"300101000000Z"
#define V2 "\x02\x01\x01"

static struct bl_limits limits;

/* The parts of a list; spans are whole elements, none: left out. */
struct how {
	struct bl_span version, inner, next, entries, extensions, behind;
};

static void
put(struct bl_buf *out, const struct how *h)
{
	size_t list = bl_der_open(out, BL_DER_SEQUENCE);
	size_t tbs = bl_der_open(out, BL_DER_SEQUENCE);

	bl_buf_add(out, h->version);
	bl_buf_add(out, h->inner.n != 0 ? h->inner : BL_STR(ALG));
	bl_buf_add(out, BL_STR(NAME "C"));
	bl_buf_add(out, BL_STR(T1));
	bl_buf_add(out, h->next);
	bl_buf_add(out, h->entries);
	bl_buf_add(out, h->extensions);
	bl_der_close(out, tbs);
	bl_buf_add(out, BL_STR(ALG));
	bl_der_put_bits(out, BL_STR("x"));
	bl_der_close(out, list);
	bl_buf_add(out, h->behind);
}

#define EXT(size, inner) "\xa0" size "\x30" inner
/* entries: serial 5, and 6 with reason 1 */
#define FIVE		 "\x30\x12\x02\x01\x05" T1
#define SIX(r)                                                                 \
	"\x30\x20\x02\x01\x06" T1                                              \
	"\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01" r
#define ENTRIES "\x30\x36" FIVE SIX("\x01")

static const struct {
	const char *name;
	struct how how;
	enum bl_err want;
	bool unusable, delta, next;
} cases[] = {
    {"version 1, nothing in it", {{0}}, BL_OK},
    {"with a next one", {.next = BYTES(T2)}, BL_OK, .next = true},
    {"version 2", {.version = BYTES(V2)}, BL_OK},
    {"version 3", {.version = BYTES("\x02\x01\x02")}, BL_E_MALFORMED},
    {"version 1 written out", {.version = BYTES("\x02\x01\x00")},
	BL_E_MALFORMED},
    {"another algorithm inside",
	{.inner = BYTES("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03")},
	BL_E_MALFORMED},
    {"bytes behind it", {.behind = BYTES("x")}, BL_E_MALFORMED},
    {"entries", {.version = BYTES(V2), .entries = BYTES(ENTRIES)}, BL_OK},
    {"reason 7, which is none",
	{.version = BYTES(V2), .entries = BYTES("\x30\x22" SIX("\x07"))},
	BL_E_MALFORMED},
    {"reason 10",
	{.version = BYTES(V2), .entries = BYTES("\x30\x22" SIX("\x0a"))},
	BL_OK},
    {"reason 11",
	{.version = BYTES(V2), .entries = BYTES("\x30\x22" SIX("\x0b"))},
	BL_E_MALFORMED},
    {"an entry without date",
	{.entries = BYTES("\x30\x05\x30\x03\x02\x01\x05")}, BL_E_MALFORMED},
    {"an entry with an unknown critical extension",
	{.version = BYTES(V2),
	    .entries = BYTES("\x30\x1f\x30\x1d\x02\x01\x06" T1
			     "\x30\x09\x30\x07\x06\x01\x2a\x01\x01\xff\x04"
			     "\x00")},
	BL_E_MALFORMED},
    {"an extension of the list, unknown",
	{.version = BYTES(V2),
	    .extensions = BYTES(
		EXT("\x09", "\x07\x30\x05\x06\x01\x2a\x04\x00"))},
	BL_OK},
    {"an extension of the list, unknown and critical",
	{.version = BYTES(V2),
	    .extensions = BYTES(
		EXT("\x0c", "\x0a\x30\x08\x06\x01\x2a\x01\x01\xff\x04\x00"))},
	BL_OK, .unusable = true},
    {"extensions in version 1",
	{.extensions = BYTES(EXT("\x09", "\x07\x30\x05\x06\x01\x2a\x04\x00"))},
	BL_E_MALFORMED},
    {"an extension twice",
	{.version = BYTES(V2),
	    .extensions = BYTES(EXT("\x10",
		"\x0e\x30\x05\x06\x01\x2a\x04\x00\x30\x05\x06\x01\x2a\x04\x00"))},
	BL_E_MALFORMED},
    {"a number",
	{.version = BYTES(V2),
	    .extensions = BYTES(EXT("\x0e",
		"\x0c\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x07"))},
	BL_OK},
    {"a number below 0",
	{.version = BYTES(V2),
	    .extensions = BYTES(EXT("\x0e",
		"\x0c\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\xff"))},
	BL_E_MALFORMED},
    {"a delta",
	{.version = BYTES(V2),
	    .extensions = BYTES(EXT("\x11",
		"\x0f\x30\x0d\x06\x03\x55\x1d\x1b\x01\x01\xff\x04\x03\x02\x01"
		"\x07"))},
	BL_OK, .delta = true},
    {"a point that is empty",
	{.version = BYTES(V2),
	    .extensions = BYTES(EXT("\x10",
		"\x0e\x30\x0c\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x02\x30\x00"))},
	BL_OK},
    {"a point with an unknown field",
	{.version = BYTES(V2),
	    .extensions = BYTES(EXT("\x12",
		"\x10\x30\x0e\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x04\x30\x02\x86"
		"\x00"))},
	BL_E_MALFORMED},
};

static void
reads_each_case_as_stated(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bl_buf der = {0};
		struct bl_note note = {0};
		struct bl_crl *c;
		enum bl_err err;

		put(&der, &cases[i].how);
		err = bl_crl_read(&c, bl_buf_span(&der), &limits, &note);
		CHECK(err == cases[i].want && note.err == err, cases[i].name);
		CHECK((c != NULL) == (err == BL_OK), cases[i].name);
		if (c != NULL) {
			const struct bl_crl_face *f = bl_crl_face(c);

			CHECK(f->unusable == cases[i].unusable &&
				f->is_delta == cases[i].delta &&
				f->has_next_update == cases[i].next,
			    cases[i].name);
			CHECK(f->this_update == 1577836800, cases[i].name);
		}
		bl_crl_free(c);
		/* and no shorter one */
		for (size_t n = 0; cases[i].want == BL_OK && n < der.n; n++)
			CHECK(bl_crl_read(&c, bl_span_of(der.p, n), &limits,
				  NULL) == BL_E_MALFORMED &&
				c == NULL,
			    cases[i].name);
		bl_buf_clear(&der);
	}
}

/* A critical entry extension that is not known makes the list unusable, as
 * nobody can tell what it says (RFC 5280 5.3). */
static void
gives_up_on_unknown_entries(void)
{
	struct bl_buf der = {0}, entries = {0};
	size_t list = bl_der_open(&entries, BL_DER_SEQUENCE);
	size_t one = bl_der_open(&entries, BL_DER_SEQUENCE);
	struct bl_crl *c;

	bl_buf_add(&entries, BL_STR("\x02\x01\x06" T1));
	bl_buf_add(&entries,
	    BL_STR("\x30\x0a\x30\x08\x06\x01\x2a\x01\x01\xff\x04\x00"));
	bl_der_close(&entries, one);
	bl_der_close(&entries, list);
	put(&der,
	    &(struct how){
		.version = BYTES(V2), .entries = bl_buf_span(&entries)});
	CHECK(bl_crl_read(&c, bl_buf_span(&der), &limits, NULL) == BL_OK &&
		bl_crl_face(c)->unusable,
	    "unusable");
	bl_crl_free(c);
	bl_buf_clear(&der);
	bl_buf_clear(&entries);
}

static void
finds_serial_numbers(void)
{
	const struct bl_span c_name = BYTES(NAME "C"), d_name = BYTES(NAME "D");
	struct bl_buf der = {0}, entries = {0};
	size_t list, one, exts, ext, value, names;
	struct bl_crl *c;
	unsigned reason = 99;
	int64_t at = 0;

	put(&der,
	    &(struct how){.version = BYTES(V2), .entries = BYTES(ENTRIES)});
	CHECK(
	    bl_crl_read(&c, bl_buf_span(&der), &limits, NULL) == BL_OK, "read");
	CHECK(bl_crl_find(c, c_name, BL_STR("\x05"), &reason, &at) &&
		reason == 0 && at == 1577836800,
	    "five");
	CHECK(bl_crl_find(c, c_name, BL_STR("\x06"), &reason, NULL) &&
		reason == 1,
	    "six");
	CHECK(!bl_crl_find(c, c_name, BL_STR("\x07"), &reason, NULL) &&
		reason == 0,
	    "seven");
	CHECK(!bl_crl_find(c, d_name, BL_STR("\x05"), &reason, NULL),
	    "of another");
	bl_crl_free(c);

	/* 5 of C, then 6 of D, and what follows is of D too */
	bl_buf_reset(&der);
	list = bl_der_open(&entries, BL_DER_SEQUENCE);
	bl_buf_add(&entries, BL_STR(FIVE));
	one = bl_der_open(&entries, BL_DER_SEQUENCE);
	bl_buf_add(&entries, BL_STR("\x02\x01\x06" T1));
	exts = bl_der_open(&entries, BL_DER_SEQUENCE);
	ext = bl_der_open(&entries, BL_DER_SEQUENCE);
	bl_der_put_oid(&entries, BL_OID_CERTIFICATE_ISSUER);
	bl_der_put_bool(&entries, true);
	value = bl_der_open(&entries, BL_DER_OCTETS);
	names = bl_der_open(&entries, BL_DER_SEQUENCE);
	bl_der_put(&entries, BL_GN_DIRECTORY, d_name);
	bl_der_close(&entries, names);
	bl_der_close(&entries, value);
	bl_der_close(&entries, ext);
	bl_der_close(&entries, exts);
	bl_der_close(&entries, one);
	bl_buf_add(&entries, BL_STR("\x30\x12\x02\x01\x07" T1));
	bl_der_close(&entries, list);
	put(&der,
	    &(struct how){
		.version = BYTES(V2), .entries = bl_buf_span(&entries)});
	CHECK(
	    bl_crl_read(&c, bl_buf_span(&der), &limits, NULL) == BL_OK, "read");
	CHECK(bl_crl_find(c, c_name, BL_STR("\x05"), &reason, NULL), "5 of C");
	CHECK(!bl_crl_find(c, d_name, BL_STR("\x05"), &reason, NULL), "5 of D");
	CHECK(bl_crl_find(c, d_name, BL_STR("\x06"), &reason, NULL), "6 of D");
	CHECK(!bl_crl_find(c, c_name, BL_STR("\x06"), &reason, NULL), "6 of C");
	CHECK(bl_crl_find(c, d_name, BL_STR("\x07"), &reason, NULL), "7 of D");
	CHECK(!bl_crl_find(c, c_name, BL_STR("\x07"), &reason, NULL), "7 of C");
	bl_crl_free(c);
	bl_buf_clear(&der);
	bl_buf_clear(&entries);
}

static void
keeps_its_limits(void)
{
	const struct bl_limits before = limits;
	struct bl_buf der = {0};
	struct bl_note note = {0};
	struct bl_crl *c;

	put(&der,
	    &(struct how){.version = BYTES(V2), .entries = BYTES(ENTRIES)});
	limits.crl_entries = 2;
	limits.crl_bytes = der.n;
	CHECK(
	    bl_crl_read(&c, bl_buf_span(&der), &limits, &note) == BL_OK, "at");
	bl_crl_free(c);
	limits.crl_entries = 1;
	CHECK(
	    bl_crl_read(&c, bl_buf_span(&der), &limits, &note) == BL_E_LIMIT &&
		strcmp(note.reason, "limit-crl") == 0,
	    "entries");
	limits = before;
	limits.crl_bytes = der.n - 1;
	note = (struct bl_note){0};
	CHECK(
	    bl_crl_read(&c, bl_buf_span(&der), &limits, &note) == BL_E_LIMIT &&
		strcmp(note.reason, "limit-crl") == 0,
	    "bytes");
	limits = before;
	bl_buf_clear(&der);
}

static void
imports_files(void)
{
	struct bl_buf der = {0}, pem = {0};
	struct bl_note note = {0};
	struct bl_crls s = {0};
	size_t skipped;

	put(&der, &(struct how){.version = BYTES(V2)});
	CHECK(bl_crls_import(&s, bl_buf_span(&der), &limits, &skipped, &note) ==
		    BL_OK &&
		s.n == 1 && skipped == 0,
	    "der");
	bl_buf_add_str(&pem, "text\n");
	bl_pem_write(&pem, "X509 CRL", bl_buf_span(&der));
	bl_pem_write(&pem, "X509 CRL", BL_STR("\x30\x00"));
	bl_pem_write(&pem, "CERTIFICATE", bl_buf_span(&der));
	bl_pem_write(&pem, "X509 CRL", bl_buf_span(&der));
	CHECK(bl_crls_import(&s, bl_buf_span(&pem), &limits, &skipped, &note) ==
		    BL_OK &&
		s.n == 3 && skipped == 1 && note.what != NULL,
	    "pem");
	CHECK(bl_crl_face(s.list[0])->source == BL_SOURCE_GIVEN, "source");
	bl_crl_set_source(s.list[0], BL_SOURCE_MESSAGE);
	CHECK(bl_crl_face(s.list[0])->source == BL_SOURCE_MESSAGE, "source");
	CHECK(bl_crls_add(&s, bl_buf_span(&der), BL_SOURCE_STATE, &limits,
		  NULL) == BL_OK &&
		s.n == 4 && bl_crl_face(s.list[3])->source == BL_SOURCE_STATE,
	    "add");
	bl_crls_clear(&s);
	CHECK(s.n == 0, "clear");
	note = (struct bl_note){0};
	CHECK(bl_crls_import(&s, BL_STR("hello"), &limits, &skipped, &note) ==
		BL_E_MALFORMED,
	    "text");
	CHECK(bl_crls_import(&s, BL_STR("\x30\x00"), &limits, &skipped, NULL) ==
		BL_E_MALFORMED,
	    "no list");
	bl_crls_clear(&s);
	bl_buf_clear(&der);
	bl_buf_clear(&pem);
}

/* A list in DER takes the buffer with it; what is none, and PEM, leave it. */
static void
takes_files(void)
{
	struct bl_buf der = {0}, pem = {0}, bad = {0};
	struct bl_note note = {0};
	struct bl_crls s = {0};
	const struct bl_limits before = limits;
	const uint8_t *where;
	size_t skipped, n;

	put(&der, &(struct how){.version = BYTES(V2)});
	bl_pem_write(&pem, "X509 CRL", bl_buf_span(&der));
	bl_buf_add(&bad, bl_buf_span(&der));
	bl_buf_add_u8(&bad, 0);
	CHECK(bl_crls_take(&s, &bad, &limits, &skipped, &note) ==
		    BL_E_MALFORMED &&
		s.n == 0 && skipped == 1 && bad.n == der.n + 1 &&
		note.what != NULL,
	    "something behind it");
	CHECK(bl_crls_take(&s, &pem, &limits, &skipped, NULL) == BL_OK &&
		s.n == 1 && skipped == 0 && pem.n != 0,
	    "pem");
	where = der.p;
	n = der.n;
	CHECK(bl_crls_take(&s, &der, &limits, &skipped, NULL) == BL_OK &&
		s.n == 2 && skipped == 0 && der.p == NULL && der.n == 0,
	    "der");
	CHECK(bl_crl_der(s.list[1]).p == where &&
		bl_crl_der(s.list[1]).n == n &&
		bl_span_equal(bl_crl_der(s.list[0]), bl_crl_der(s.list[1])) &&
		bl_crl_face(s.list[1])->source == BL_SOURCE_GIVEN,
	    "the same bytes");
	CHECK(
	    bl_crls_take(&s, &der, &limits, &skipped, NULL) == BL_E_MALFORMED &&
		s.n == 2,
	    "nothing");
	limits.crl_bytes = n;
	CHECK(bl_crls_add(&s, bl_crl_der(s.list[1]), BL_SOURCE_GIVEN, &limits,
		  NULL) == BL_OK,
	    "as large as one may be");
	limits.crl_bytes = n - 1;
	bad.n = n;
	CHECK(bl_crls_take(&s, &bad, &limits, &skipped, NULL) == BL_E_LIMIT &&
		skipped == 1 && bad.n == n,
	    "a byte more");
	limits = before;
	bl_crls_clear(&s);
	bl_buf_clear(&pem);
	bl_buf_clear(&bad);
}

static enum bl_err
import_once(void *arg)
{
	struct bl_crls s = {0};
	struct bl_note note = {0};
	size_t skipped;
	enum bl_err err = bl_crls_import(
	    &s, bl_buf_span(arg), &limits, &skipped, &note);

	bl_crls_clear(&s);
	return err;
}

static void
survives_each_allocation(void)
{
	struct bl_buf der = {0}, pem = {0};

	put(&der, &(struct how){.version = BYTES(V2)});
	bl_pem_write(&pem, "X509 CRL", bl_buf_span(&der));
	bl_test_each_allocation(import_once, &pem, "import");
	bl_buf_clear(&der);
	bl_buf_clear(&pem);
}

#define NUMBERED(n)                                                            \
	EXT("\x0e", "\x0c\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01" n)
#define NUMBERED_DELTA(n)                                                      \
	EXT("\x1d",                                                            \
	    "\x1b\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01" n               \
	    "\x30\x0d\x06\x03\x55\x1d\x1b\x01\x01\xff\x04\x03\x02\x01"         \
	    "\x01")

/* Both lists are of 2020, but where `later` is said: that one is of 2030. */
static void
tells_the_newer_list(void)
{
	static const struct {
		const char *name;
		struct bl_span a, b; /* extensions */
		enum bl_order want;
		bool later; /* b */
	} all[] = {
	    {"no numbers", {0}, {0}, BL_ORDER_SAME},
	    {"no numbers, later", {0}, {0}, BL_ORDER_OLDER, true},
	    {"the same", BYTES(NUMBERED("\x07")), BYTES(NUMBERED("\x07")),
		BL_ORDER_SAME},
	    {"a higher number", BYTES(NUMBERED("\x08")),
		BYTES(NUMBERED("\x07")), BL_ORDER_NEWER},
	    {"a lower number", BYTES(NUMBERED("\x06")), BYTES(NUMBERED("\x07")),
		BL_ORDER_OLDER},
	    {"a higher number, and earlier", BYTES(NUMBERED("\x08")),
		BYTES(NUMBERED("\x07")), BL_ORDER_OLDER, true},
	    {"a delta", BYTES(NUMBERED_DELTA("\x08")), BYTES(NUMBERED("\x07")),
		BL_ORDER_NONE},
	    {"another scope",
		BYTES(EXT("\x10",
		    "\x0e\x30\x0c\x06\x03\x55\x1d\x1c\x01\x01\xff\x04\x02\x30"
		    "\x00")),
		{0}, BL_ORDER_NONE},
	    {"another key",
		BYTES(EXT("\x0d",
		    "\x0b\x30\x09\x06\x03\x55\x1d\x23\x04\x02\x30\x00")),
		{0}, BL_ORDER_NONE},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct bl_buf a = {0}, b = {0};
		struct bl_crl *x, *y;
		uint8_t *year;

		put(&a,
		    &(struct how){
			.version = BYTES(V2), .extensions = all[i].a});
		put(&b,
		    &(struct how){
			.version = BYTES(V2), .extensions = all[i].b});
		year = memmem(b.p, b.n, "\x17\x0d", 2);
		if (all[i].later && year != NULL)
			year[2] = '3';
		CHECK(bl_crl_read(&x, bl_buf_span(&a), &limits, NULL) == BL_OK,
		    all[i].name);
		CHECK(bl_crl_read(&y, bl_buf_span(&b), &limits, NULL) == BL_OK,
		    all[i].name);
		CHECK(bl_crl_order(x, y) == all[i].want, all[i].name);
		CHECK((bl_crl_order(y, x) == BL_ORDER_NONE) ==
			(all[i].want == BL_ORDER_NONE),
		    all[i].name);
		bl_crl_free(x);
		bl_crl_free(y);
		bl_buf_clear(&a);
		bl_buf_clear(&b);
	}
}

static void
start(void)
{
	limits = BL_LIMITS;
}

/* Its times and its number; a number of 21 bytes is none. */
static void
tells_its_age(void)
{
	static const struct {
		const char *name;
		struct bl_span extensions;
		uint8_t first, last;
	} numbers[] = {
	    {"none", {0}, 0, 0},
	    {"one byte",
		BYTES(EXT(
		    "\x0c", "\x0a\x30\x08\x06\x03\x55\x1d\x14\x04\x01\x07")),
		0, 0},
	    {"7",
		BYTES(EXT("\x0e",
		    "\x0c\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x07")),
		0, 7},
	    {"20 bytes",
		BYTES(EXT("\x21",
		    "\x1f\x30\x1d\x06\x03\x55\x1d\x14\x04\x16\x02\x14"
		    "\x41"
		    "aaaaaaaaaaaaaaaaaa"
		    "\x42")),
		0x41, 0x42},
	    {"20 bytes and a sign",
		BYTES(EXT("\x22",
		    "\x20\x30\x1e\x06\x03\x55\x1d\x14\x04\x17\x02\x15\0"
		    "\x81"
		    "aaaaaaaaaaaaaaaaaa"
		    "\x42")),
		0x81, 0x42},
	    {"21 bytes",
		BYTES(EXT("\x22",
		    "\x20\x30\x1e\x06\x03\x55\x1d\x14\x04\x17\x02\x15"
		    "\x41"
		    "aaaaaaaaaaaaaaaaaaa"
		    "\x42")),
		0, 0},
	};

	for (size_t i = 0; i < 2 * sizeof(numbers) / sizeof(*numbers); i++) {
		size_t k = i / 2;
		struct how how = {
		    .version = BYTES(V2), .extensions = numbers[k].extensions};
		struct bl_buf der = {0};
		struct bl_crl *c = NULL;
		struct bl_age age;

		if (i % 2 == 1)
			how.next = BL_STR(T2);
		put(&der, &how);
		if (bl_crl_read(&c, bl_buf_span(&der), &limits, NULL) ==
		    BL_OK) {
			bl_crl_age(&age, c);
			CHECK(age.this_update == 1577836800 &&
				age.has_next_update == (i % 2 == 1),
			    numbers[k].name);
			CHECK(i % 2 == 0 || age.next_update == 1893456000,
			    numbers[k].name);
			CHECK(age.number[0] == numbers[k].first &&
				age.number[19] == numbers[k].last,
			    numbers[k].name);
		} else {
			CHECK(k == 1 || k == 5, numbers[k].name);
		}
		bl_crl_free(c);
		bl_buf_clear(&der);
	}
}

TESTS(TEST(start), TEST(tells_its_age), TEST(reads_each_case_as_stated),
    TEST(gives_up_on_unknown_entries), TEST(finds_serial_numbers),
    TEST(keeps_its_limits), TEST(imports_files), TEST(takes_files),
    TEST(tells_the_newer_list), TEST(survives_each_allocation))
