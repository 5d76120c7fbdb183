/* set_test.c - sets of certificates, PEM blocks, files of certificates. */
#include "cert/cert.h"
#include "tests/cert.h"
#include "tests/test.h"

#include <string.h>

static struct bl_ctx *ctx;
static struct bl_limits limits;
static struct bl_buf ann, bob; /* DER */

static struct bl_cert *
read_cert(const struct bl_buf *der)
{
	struct bl_cert *c;

	CHECK(bl_cert_read(&c, ctx, bl_buf_span(der), &limits, NULL) == BL_OK,
	    "read");
	return c;
}

static void
finds_in_a_set(void)
{
	struct bl_cert *a = read_cert(&ann), *b = read_cert(&bob);
	struct bl_cert *again = read_cert(&ann);
	struct bl_certs set = {0};

	CHECK(bl_certs_by_sha256(&set, bl_cert_sha256(a)) == NULL, "empty");
	CHECK(bl_certs_add(&set, a, NULL) == BL_OK, "add");
	CHECK(bl_certs_add(&set, b, NULL) == BL_OK, "add");
	CHECK(bl_certs_add(&set, again, NULL) == BL_OK, "add");
	CHECK(set.n == 2 && set.list[0] == a && set.list[1] == b, "no doubles");
	CHECK(bl_certs_by_sha256(&set, bl_cert_sha256(b)) == b, "by hash");
	CHECK(bl_certs_by_ski(&set, BL_STR("B")) == b, "by key id");
	CHECK(bl_certs_by_ski(&set, BL_STR("C")) == NULL, "by key id");
	/* a has none, which is not the key id that was asked for */
	CHECK(bl_certs_by_ski(&set, BL_STR("")) == NULL, "by no key id");
	CHECK(bl_certs_by_issuer(&set, bl_cert_issuer(b), BL_STR("\x02")) == b,
	    "by issuer");
	CHECK(
	    bl_certs_by_issuer(&set, bl_cert_issuer(b), BL_STR("\x03")) == NULL,
	    "by issuer");
	CHECK(bl_certs_by_issuer(&set, bl_cert_subject(b), BL_STR("\x02")) ==
		NULL,
	    "by issuer");
	bl_cert_free(a);
	bl_cert_free(b);
	bl_cert_free(again);
	CHECK(bl_cert_serial(set.list[1]).n == 1, "the set holds them");
	bl_certs_clear(&set);
	CHECK(set.n == 0 && set.list == NULL, "clear");
	bl_certs_clear(&set);
}

/* A list long enough for an index: each is found, none twice, none that is not
 * there; one that the index does not know of is found without it. */
static void
finds_in_a_long_set(void)
{
	struct bl_cert *list[100];
	struct bl_certs set = {0}, bare;

	for (unsigned i = 0; i < 100; i++) {
		const uint8_t serial = (uint8_t)(i + 1);
		struct bl_test_cert how = {.serial = {&serial, 1}};
		struct bl_buf der = {0};

		bl_test_cert_write(&der, &how);
		list[i] = read_cert(&der);
		bl_buf_clear(&der);
	}
	for (unsigned i = 0; i < 99; i++) {
		CHECK(bl_certs_add(&set, list[i], NULL) == BL_OK, "add");
		CHECK(bl_certs_add(&set, list[i / 2], NULL) == BL_OK, "again");
		CHECK(set.n == i + 1, "no doubles");
		for (unsigned k = 0; k < 100; k += i < 70 ? 9 : 1)
			CHECK(
			    bl_certs_by_sha256(&set, bl_cert_sha256(list[k])) ==
				(k <= i ? list[k] : NULL),
			    "by hash");
	}
	CHECK(set.index != NULL && set.index_cap >= 2 * set.n, "an index");
	bare = (struct bl_certs){.list = set.list, .n = set.n};
	CHECK(bl_certs_by_sha256(&bare, bl_cert_sha256(list[98])) == list[98],
	    "without");
	CHECK(bl_certs_by_sha256(&set, BL_STR("short")) == NULL, "no hash");
	bl_certs_clear(&set);
	for (unsigned i = 0; i < 100; i++)
		bl_cert_free(list[i]);
}

static enum bl_err
add_forty(void *arg)
{
	struct bl_cert *const *list = arg;
	struct bl_certs set = {0};
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < 40 && err == BL_OK; i++)
		err = bl_certs_add(&set, list[i], NULL);
	for (size_t i = 0; i < set.n; i++)
		CHECK(bl_certs_by_sha256(&set, bl_cert_sha256(list[i])) ==
			list[i],
		    "what was added is found");
	bl_certs_clear(&set);
	return err;
}

static void
adds_without_memory(void)
{
	struct bl_cert *list[40];

	for (unsigned i = 0; i < 40; i++) {
		const uint8_t serial = (uint8_t)(i + 1);
		struct bl_test_cert how = {.serial = {&serial, 1}};
		struct bl_buf der = {0};

		bl_test_cert_write(&der, &how);
		list[i] = read_cert(&der);
		bl_buf_clear(&der);
	}
	bl_test_each_allocation(add_forty, list, "add");
	for (unsigned i = 0; i < 40; i++)
		bl_cert_free(list[i]);
}

#define BLOCK(l, b) "-----BEGIN " l "-----\n" b "-----END " l "-----\n"

static const struct {
	const char *name;
	struct bl_span in;
	const char *label; /* of the first block, NULL: none */
	struct bl_span der;
	size_t blocks;
} pem[] = {
    {"one", BYTES(BLOCK("X", "YWJj\n")), "X", BYTES("abc"), 1},
    {"two", BYTES(BLOCK("X", "YWJj\n") BLOCK("Y", "YWI=\n")), "X", BYTES("abc"),
	2},
    {"text around", BYTES("a\nb: c\n" BLOCK("A B", "YWJj\n") "d"), "A B",
	BYTES("abc"), 1},
    {"CR and LF", BYTES("-----BEGIN X-----\r\nYWJj\r\n-----END X-----\r\n"),
	"X", BYTES("abc"), 1},
    {"many lines", BYTES(BLOCK("X", "YW\nJj\n  YWJj\n\n")), "X",
	BYTES("abcabc"), 1},
    {"no label", BYTES(BLOCK("", "YWJj\n")), "", BYTES("abc"), 1},
    {"empty", BYTES(BLOCK("X", "")), "X", BYTES(""), 1},
    {"no line end behind it", BYTES("-----BEGIN X-----\nYWJj\n-----END X-----"),
	"X", BYTES("abc"), 1},
    {"not base64", BYTES(BLOCK("X", "YWJj\n*\n")), "X", BYTES(""), 1},
    {"cut in a quantum", BYTES(BLOCK("X", "YWJjY\n")), "X", BYTES(""), 1},
    {"fields of RFC 1421", BYTES(BLOCK("X", "A: b\n\nYWJj\n")), "X", BYTES(""),
	1},
    {"other label at the end",
	BYTES("-----BEGIN X-----\nYWJj\n-----END Y-----\n"), NULL, BYTES(""),
	0},
    {"longer label at the end",
	BYTES("-----BEGIN X-----\nYWJj\n-----END XY-----\n"), NULL, BYTES(""),
	0},
    {"no end", BYTES("-----BEGIN X-----\nYWJj\n"), NULL, BYTES(""), 0},
    {"half an end", BYTES("-----BEGIN X-----\nYWJj\n-----END X----"), NULL,
	BYTES(""), 0},
    {"no end, then one",
	BYTES("-----BEGIN X-----\nYWJj\n" BLOCK("Y", "YWI=\n")), "Y",
	BYTES("ab"), 1},
    {"label without dashes", BYTES("-----BEGIN X\n" BLOCK("Y", "YWI=\n")), "Y",
	BYTES("ab"), 1},
    {"not at the start of a line", BYTES("x" BLOCK("X", "YWJj\n")), NULL,
	BYTES(""), 0},
    {"nothing", BYTES(""), NULL, BYTES(""), 0},
    {"dashes only", BYTES("-----BEGIN "), NULL, BYTES(""), 0},
};

static void
finds_pem_blocks(void)
{
	for (size_t i = 0; i < sizeof(pem) / sizeof(*pem); i++) {
		const char *name = pem[i].name;
		struct bl_buf der = {0};
		struct bl_span label;
		size_t pos = 0, n = 0;

		while (bl_pem_next(pem[i].in, &pos, &label, &der)) {
			if (n++ != 0)
				continue;
			CHECK(
			    bl_span_equal(label,
				bl_span_str(
				    pem[i].label != NULL ? pem[i].label : "?")),
			    name);
			CHECK(
			    bl_span_equal(bl_buf_span(&der), pem[i].der), name);
		}
		CHECK(n == pem[i].blocks, name);
		CHECK(pos == pem[i].in.n && label.n == 0, name);
		bl_buf_clear(&der);
	}
}

static void
appends_what_a_block_holds(void)
{
	struct bl_span in = BYTES(BLOCK("X", "YWJj\n") BLOCK("X", "*\n"));
	struct bl_buf der = {0};
	struct bl_span label;
	size_t pos = 0;

	bl_buf_add_str(&der, "<");
	CHECK(bl_pem_next(in, &pos, &label, &der), "first");
	CHECK(bl_span_equal(bl_buf_span(&der), BL_STR("<abc")), "first");
	CHECK(bl_pem_next(in, &pos, &label, &der), "second");
	CHECK(bl_span_equal(bl_buf_span(&der), BL_STR("<abc")), "second");
	bl_buf_clear(&der);
}

static void
writes_pem_that_it_reads(void)
{
	uint8_t bytes[200];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct bl_buf text = {0}, der = {0};
		struct bl_span label;
		size_t pos = 0;

		bl_pem_write(&text, "X Y", bl_span_of(bytes, n));
		CHECK(bl_pem_next(bl_buf_span(&text), &pos, &label, &der),
		    "block");
		CHECK(bl_span_equal(label, BL_STR("X Y")), "label");
		CHECK(bl_span_equal(bl_buf_span(&der), bl_span_of(bytes, n)),
		    "bytes");
		bl_buf_clear(&text);
		bl_buf_clear(&der);
	}
}

static void
writes_lines_of_64(void)
{
	static const char want[] =
	    "-----BEGIN X-----\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	    "AA==\n-----END X-----\n";
	uint8_t zeros[49] = {0};
	struct bl_buf text = {0};

	bl_pem_write(&text, "X", bl_span_of(zeros, sizeof(zeros)));
	CHECK(strcmp(bl_buf_text(&text), want) == 0, "49 bytes");
	bl_buf_clear(&text);
}

/* What a file is made of: a letter each. */
static const struct {
	const char *name;
	const char *parts;
	enum bl_err want;
	size_t n, skipped;
} files[] = {
    {"DER", "a", BL_OK, 1, 0},
    {"two of DER", "ab", BL_OK, 2, 0},
    {"the same twice", "aa", BL_OK, 1, 0},
    {"DER and something", "ax", BL_OK, 1, 1},
    {"DER, a bad one, DER", "azb", BL_OK, 2, 1},
    {"a bad one of DER", "z", BL_E_MALFORMED, 0, 1},
    {"PEM", "A", BL_OK, 1, 0},
    {"two of PEM", "AB", BL_OK, 2, 0},
    {"PEM behind text", "tA", BL_OK, 1, 0},
    {"text that begins with 0", "0A", BL_OK, 1, 0},
    {"PEM and a key", "kA", BL_OK, 1, 0},
    {"X509 CERTIFICATE", "X", BL_OK, 1, 0},
    {"TRUSTED CERTIFICATE", "T", BL_OK, 1, 0},
    {"X509 CERTIFICATE with bytes behind", "W", BL_E_MALFORMED, 0, 1},
    {"PEM with bytes behind the certificate", "Y", BL_E_MALFORMED, 0, 1},
    {"two bad and a good one", "ZZB", BL_OK, 1, 2},
    {"PEM that is not base64", "nB", BL_OK, 1, 1},
    {"PEM, too large", "LB", BL_OK, 1, 1},
    {"a key only", "k", BL_E_MALFORMED, 0, 0},
    {"text only", "t", BL_E_MALFORMED, 0, 0},
    {"nothing", "", BL_E_MALFORMED, 0, 0},
};

static void
put_part(struct bl_buf *out, char part)
{
	struct bl_buf bad = {0};

	bl_buf_add(&bad, bl_buf_span(&ann));
	switch (part) {
	case 'a':
		bl_buf_add(out, bl_buf_span(&ann));
		break;
	case 'b':
		bl_buf_add(out, bl_buf_span(&bob));
		break;
	case 'x':
		bl_buf_add_str(out, "xyz");
		break;
	case 'z': /* another tag for the signature */
		bad.p[bad.n - 4] = BL_DER_OCTETS;
		bl_buf_add(out, bl_buf_span(&bad));
		break;
	case 'A':
		bl_pem_write(out, "CERTIFICATE", bl_buf_span(&ann));
		break;
	case 'B':
		bl_pem_write(out, "CERTIFICATE", bl_buf_span(&bob));
		break;
	case 'X':
		bl_pem_write(out, "X509 CERTIFICATE", bl_buf_span(&ann));
		break;
	case 'T':
		bl_buf_add(&bad, BL_STR("\x30\x00"));
		bl_pem_write(out, "TRUSTED CERTIFICATE", bl_buf_span(&bad));
		break;
	case 'W':
		bl_buf_add(&bad, BL_STR("\x30\x00"));
		bl_pem_write(out, "X509 CERTIFICATE", bl_buf_span(&bad));
		break;
	case 'Y':
		bl_buf_add(&bad, BL_STR("\x30\x00"));
		bl_pem_write(out, "CERTIFICATE", bl_buf_span(&bad));
		break;
	case 'Z':
		bad.p[bad.n - 4] = BL_DER_OCTETS;
		bl_pem_write(out, "CERTIFICATE", bl_buf_span(&bad));
		break;
	case 'L':
		bl_buf_grow(&bad, limits.certificate_bytes);
		bad.n = limits.certificate_bytes + 1;
		bl_pem_write(out, "CERTIFICATE", bl_buf_span(&bad));
		break;
	case 'k':
		bl_pem_write(out, "PRIVATE KEY", bl_buf_span(&ann));
		break;
	case 'n':
		bl_buf_add_str(out, BLOCK("CERTIFICATE", "*\n"));
		break;
	case 't':
		bl_buf_add_str(out, "Certificate:\n");
		break;
	case '0':
		bl_buf_add_str(out, "0 s:CN = Ann\n");
		break;
	default:
		CHECK(false, "part");
	}
	bl_buf_clear(&bad);
}

static void
imports_files(void)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const char *name = files[i].name;
		struct bl_certs set = {0};
		struct bl_note note = {0};
		struct bl_buf file = {0};
		size_t skipped = 99;

		for (const char *p = files[i].parts; *p != '\0'; p++)
			put_part(&file, *p);
		CHECK(bl_certs_import(&set, ctx, bl_buf_span(&file), &limits,
			  &skipped, &note) == files[i].want,
		    name);
		CHECK(set.n == files[i].n, name);
		CHECK(skipped == files[i].skipped, name);
		CHECK((note.what != NULL) ==
			(skipped != 0 || files[i].want != BL_OK),
		    name);
		bl_certs_clear(&set);
		bl_buf_clear(&file);
	}
}

static void
says_why_the_first_was_skipped(void)
{
	struct bl_certs set = {0};
	struct bl_note note = {0};
	struct bl_buf file = {0};
	size_t skipped;

	put_part(&file, 'a');
	put_part(&file, 'z');
	put_part(&file, 'x');
	CHECK(bl_certs_import(&set, ctx, bl_buf_span(&file), &limits, &skipped,
		  &note) == BL_OK &&
		skipped == 2,
	    "import");
	CHECK(strcmp(note.what, "certificate is not well formed") == 0,
	    "the first");
	CHECK(note.at >= ann.n && note.at < file.n, "where in the file");
	note = (struct bl_note){.err = BL_E_LIMIT, .what = "before"};
	CHECK(bl_certs_import(&set, ctx, bl_buf_span(&file), &limits, &skipped,
		  &note) == BL_OK &&
		strcmp(note.what, "before") == 0,
	    "note wins");
	CHECK(bl_certs_import(&set, ctx, bl_buf_span(&file), &limits, &skipped,
		  NULL) == BL_OK &&
		skipped == 2,
	    "no note");
	bl_certs_clear(&set);
	bl_buf_clear(&file);
}

static enum bl_err
import(void *arg)
{
	struct bl_certs set = {0};
	struct bl_note note = {0};
	size_t skipped;
	enum bl_err err = bl_certs_import(
	    &set, ctx, bl_buf_span(arg), &limits, &skipped, &note);

	CHECK(note.err == err, "note");
	bl_certs_clear(&set);
	return err;
}

static void
survives_each_allocation(void)
{
	struct bl_buf file = {0};

	put_part(&file, 'A');
	put_part(&file, 'B');
	bl_test_each_allocation(import, &file, "PEM");
	bl_buf_clear(&file);
}

static void
start(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
	bl_test_cert_write(&ann, &(struct bl_test_cert){{0}});
	bl_test_cert_write(&bob,
	    &(struct bl_test_cert){.serial = BYTES("\x02"),
		.ext = {{BL_OID_SUBJECT_KEY_IDENTIFIER, false,
		    BYTES("\x04\x01"
			  "B")}}});
}

static void
stop(void)
{
	bl_buf_clear(&ann);
	bl_buf_clear(&bob);
	bl_ctx_free(ctx);
}

TESTS(TEST(start), TEST(finds_in_a_set), TEST(finds_in_a_long_set),
    TEST(adds_without_memory), TEST(finds_pem_blocks),
    TEST(appends_what_a_block_holds), TEST(writes_pem_that_it_reads),
    TEST(writes_lines_of_64), TEST(imports_files),
    TEST(says_why_the_first_was_skipped), TEST(survives_each_allocation),
    TEST(stop))
