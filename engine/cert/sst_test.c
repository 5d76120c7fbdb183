/* sst_test.c - serialized stores: every field of them, and what programs put
 * in besides. */
#include "cert/cert.h"
#include "tests/cert.h"
#include "tests/test.h"

static struct bl_ctx *ctx;
static struct bl_limits limits;

static void
put_le(struct bl_buf *b, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		bl_buf_add_u8(b, (uint8_t)(v >> (8 * i)));
}

static void
put_entry(struct bl_buf *b, uint32_t id, uint32_t encoding, struct bl_span s)
{
	put_le(b, id);
	put_le(b, encoding);
	put_le(b, (uint32_t)s.n);
	bl_buf_add(b, s);
}

static void
put_header(struct bl_buf *b)
{
	bl_buf_add(b, BL_STR("\0\0\0\0CERT"));
}

static void
put_end(struct bl_buf *b)
{
	put_entry(b, 0, 0, (struct bl_span){0});
}

/* A certificate that differs from others by its serial number. */
static void
cert_of(struct bl_buf *out, const char *serial)
{
	const struct bl_test_cert how = {.serial = bl_span_str(serial)};

	bl_test_cert_write(out, &how);
}

struct result {
	enum bl_err err;
	size_t n, skipped;
	struct bl_note note;
};

static struct result
import(const struct bl_buf *file)
{
	struct bl_certs set = {0};
	struct result r = {0};

	r.err = bl_certs_import(
	    &set, ctx, bl_buf_span(file), &limits, &r.skipped, &r.note);
	r.n = set.n;
	bl_certs_clear(&set);
	return r;
}

/* The same through the piece that a caller drives by itself. */
static void
takes_certificates_one_by_one(void)
{
	struct bl_certs set = {0};
	struct bl_certs_file f = {.set = &set, .ctx = ctx, .limits = &limits};
	struct bl_buf good = {0};
	struct bl_note note = {0};
	size_t skipped = 9;

	cert_of(&good, "1");
	CHECK(bl_certs_file_end(&f, &skipped, &note) == BL_E_MALFORMED &&
		skipped == 0,
	    "nothing yet");
	note = (struct bl_note){0};
	CHECK(bl_certs_file_take(&f, bl_buf_span(&good), 0, &note) == BL_OK &&
		bl_certs_file_take(&f, BL_STR("no"), 100, &note) == BL_OK,
	    "take");
	bl_certs_file_skip(&f, "other", 200);
	CHECK(bl_certs_file_read(&f, BL_STR("no certificate"), &note) == BL_OK,
	    "read");
	CHECK(bl_certs_file_end(&f, &skipped, &note) == BL_OK && skipped == 2 &&
		note.at >= 100 && note.at < 200,
	    "end");
	bl_certs_clear(&set);
	bl_buf_clear(&good);
}

static void
reads_what_it_writes(void)
{
	struct bl_buf a = {0}, b = {0}, file = {0}, again = {0};
	struct bl_span ders[2];
	struct result r;

	cert_of(&a, "1");
	cert_of(&b, "2");
	ders[0] = bl_buf_span(&a);
	ders[1] = bl_buf_span(&b);
	bl_sst_write(&file, ders, 2);
	put_header(&again);
	put_entry(&again, 32, 1, ders[0]);
	put_entry(&again, 32, 1, ders[1]);
	put_end(&again);
	CHECK(bl_span_equal(bl_buf_span(&file), bl_buf_span(&again)), "bytes");
	r = import(&file);
	CHECK(r.err == BL_OK && r.n == 2 && r.skipped == 0, "read");
	bl_buf_reset(&file);
	bl_sst_write(&file, NULL, 0);
	r = import(&file);
	CHECK(r.err == BL_E_MALFORMED && r.n == 0, "an empty store");
	bl_buf_clear(&a);
	bl_buf_clear(&b);
	bl_buf_clear(&file);
	bl_buf_clear(&again);
}

/* Properties before a certificate, whatever their number; lists and what else
 * a store may hold; messages' encoding beside that of certificates. */
static void
passes_over_what_others_put_in(void)
{
	static const uint32_t properties[] = {
	    1, 2, 3, 4, 11, 14, 20, 25, 31, 35, 36, 104, 0x8000, 0xffffffff};
	struct bl_buf a = {0}, file = {0};
	struct result r;

	cert_of(&a, "1");
	put_header(&file);
	for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++)
		put_entry(&file, properties[i], (uint32_t)i,
		    i % 2 == 0 ? BL_STR("some value") : (struct bl_span){0});
	put_entry(&file, 32, 0x10001, bl_buf_span(&a));
	put_entry(&file, 3, 1, BL_STR("12345678901234567890"));
	put_entry(&file, 33, 1, BL_STR("a list"));
	put_entry(&file, 34, 1, BL_STR("another"));
	put_end(&file);
	r = import(&file);
	CHECK(r.err == BL_OK && r.n == 1 && r.skipped == 0, "read");
	bl_buf_clear(&a);
	bl_buf_clear(&file);
}

/* One that cannot be used does not keep the others out. */
static void
skips_what_is_bad(void)
{
	struct bl_buf a = {0}, b = {0}, file = {0};
	struct result r;

	cert_of(&a, "1");
	cert_of(&b, "2");
	put_header(&file);
	put_entry(&file, 32, 1, BL_STR("no certificate"));
	put_entry(&file, 32, 1, (struct bl_span){0});
	put_entry(&file, 32, 2, bl_buf_span(&a)); /* NDR */
	put_entry(&file, 32, 0x10000, bl_buf_span(&a));
	put_entry(&file, 32, 1, bl_buf_span(&b));
	put_end(&file);
	r = import(&file);
	CHECK(r.err == BL_OK && r.n == 1 && r.skipped == 4 && r.note.at == 20,
	    "read");
	bl_buf_clear(&a);
	bl_buf_clear(&b);
	bl_buf_clear(&file);
}

/* A file that is cut off anywhere is told, and what was whole goes in. */
static void
tells_where_it_is_cut_off(void)
{
	struct bl_buf a = {0}, file = {0};
	size_t whole;

	cert_of(&a, "1");
	put_header(&file);
	put_entry(&file, 3, 1, BL_STR("value"));
	put_entry(&file, 32, 1, bl_buf_span(&a));
	whole = file.n;
	put_end(&file);
	CHECK(import(&file).skipped == 0, "whole");
	for (size_t n = 8; n < file.n; n++) {
		struct bl_buf cut = {.p = file.p, .n = n};
		struct result r = import(&cut);

		CHECK((r.err == BL_OK) == (n >= whole) &&
			r.n == (n >= whole ? 1u : 0u) && r.skipped == 1,
		    "cut");
	}
	bl_buf_add_u8(&file, 0);
	CHECK(import(&file).n == 1 && import(&file).skipped == 1, "too long");
	bl_buf_clear(&a);
	bl_buf_clear(&file);
}

/* Lengths that are not so, both sides of what is there. */
static void
believes_no_length(void)
{
	static const uint32_t lengths[] = {
	    0x7fffffff, 0x80000000, 0xfffffff3, 0xffffffff};
	struct bl_buf a = {0}, file = {0};
	struct result r;

	cert_of(&a, "1");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		bl_buf_reset(&file);
		put_header(&file);
		put_le(&file, i % 2 == 0 ? 3 : 32);
		put_le(&file, 1);
		put_le(&file, lengths[i]);
		bl_buf_add(&file, bl_buf_span(&a));
		put_end(&file);
		r = import(&file);
		CHECK(r.err == BL_E_MALFORMED && r.n == 0 && r.skipped == 1,
		    "length");
	}
	bl_buf_clear(&a);
	bl_buf_clear(&file);
}

/* Another version or type is no store. */
static void
knows_a_store_by_its_header(void)
{
	struct bl_buf a = {0}, file = {0};

	cert_of(&a, "1");
	put_header(&file);
	put_entry(&file, 32, 1, bl_buf_span(&a));
	put_end(&file);
	for (size_t i = 0; i < 8; i++) {
		file.p[i] ^= 1;
		CHECK(import(&file).err == BL_E_MALFORMED, "header");
		file.p[i] ^= 1;
	}
	CHECK(import(&file).err == BL_OK, "unchanged");
	bl_buf_clear(&a);
	bl_buf_clear(&file);
}

static void
start(void)
{
	limits = BL_LIMITS;
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "context");
}

static void
stop(void)
{
	bl_ctx_free(ctx);
}

TESTS(TEST(start), TEST(takes_certificates_one_by_one),
    TEST(reads_what_it_writes), TEST(passes_over_what_others_put_in),
    TEST(skips_what_is_bad), TEST(tells_where_it_is_cut_off),
    TEST(believes_no_length), TEST(knows_a_store_by_its_header), TEST(stop))
