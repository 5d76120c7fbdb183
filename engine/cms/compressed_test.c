/* compressed_test.c - CompressedData: structure, streams that are damaged, and
 * how much may come of them. */
#include "cms/inflate.h"
#include "cms/trial.h"

#include <malloc.h>
#include <string.h>

#include "tests/squeeze.h"
#include "tests/test.h"

static const struct bl_span text = BYTES(
    "Content-Type: text/plain\r\n\r\nthe canary sings, the canary sings\r\n");

static const size_t pieces[] = {0, 1, 7, 100};

static void
make(struct bl_buf *out, struct bl_span content)
{
	struct bl_buf stream = {0};

	bl_squeeze(&stream, content, false);
	bl_squeeze_write(out, bl_buf_span(&stream), BL_OID_DATA);
	bl_buf_clear(&stream);
}

/* ---- structure ---- */

#define ALG	"1.0.1"	    /* path of compressionAlgorithm */
#define ENCAP	"1.0.2"	    /* of encapContentInfo */
#define CONTENT "1.0.2.1.0" /* of the OCTET STRING */

static const struct {
	const char *name, *path;
	enum bl_graft how;
	const char *with;
	enum bl_err want;
	const char *what; /* NULL: any */
} shapes[] = {
    {"as it is", "1.0.0", BL_REPLACE, "02:00", BL_OK, NULL},
    {"version 3", "1.0.0", BL_REPLACE, "02:03", BL_OK, NULL},
    {"version 6", "1.0.0", BL_REPLACE, "02:06", BL_E_UNSUPPORTED, NULL},
    {"version no number", "1.0.0", BL_REPLACE, "04:00", BL_E_MALFORMED, NULL},
    {"no version", "1.0.0", BL_REMOVE, "", BL_E_MALFORMED, NULL},
    {"parameters NULL", ALG, BL_REPLACE, "30{o(id-alg-zlibCompress) 05:}",
	BL_OK, NULL},
    {"other parameters", ALG, BL_REPLACE, "30{o(id-alg-zlibCompress) 02:01}",
	BL_E_MALFORMED, "the compression algorithm is not well formed"},
    {"two parameters", ALG, BL_REPLACE, "30{o(id-alg-zlibCompress) 05: 05:}",
	BL_E_MALFORMED, "the compression algorithm is not well formed"},
    {"algorithm of another kind", ALG, BL_REPLACE, "30{o(id-data)}",
	BL_E_UNSUPPORTED, "id-data"},
    {"algorithm unknown", ALG, BL_REPLACE, "30{o(=2a0304)}", BL_E_UNSUPPORTED,
	"1.2.3.4"},
    {"algorithm no sequence", ALG, BL_REPLACE, "31{o(id-alg-zlibCompress)}",
	BL_E_MALFORMED, "the compression algorithm is not well formed"},
    {"algorithm empty", ALG, BL_REPLACE, "30{}", BL_E_MALFORMED, NULL},
    {"no algorithm", ALG, BL_REMOVE, "", BL_E_UNSUPPORTED, "id-data"},
    {"no encapContentInfo", ENCAP, BL_REMOVE, "", BL_E_MALFORMED, NULL},
    {"encapContentInfo a set", ENCAP, BL_REPLACE, "31{o(id-data)}",
	BL_E_MALFORMED, "CompressedData has no encapContentInfo"},
    {"no content type", "1.0.2.0", BL_REMOVE, "", BL_E_MALFORMED, NULL},
    {"no content", "1.0.2.1", BL_REMOVE, "", BL_E_MALFORMED,
	"CompressedData has no content"},
    {"content tagged [1]", "1.0.2.1", BL_REPLACE, "a1{04:00}", BL_E_MALFORMED,
	"CompressedData has no content"},
    {"content no string", CONTENT, BL_REPLACE, "30{}", BL_E_MALFORMED,
	"the compressed content is not an OCTET STRING"},
    {"content empty", CONTENT, BL_REPLACE, "04:", BL_E_MALFORMED,
	"the compressed content ends early"},
    {"content no zlib", CONTENT, BL_REPLACE, "04:0102030405", BL_E_MALFORMED,
	"the compressed content is damaged"},
    {"content gzip", CONTENT, BL_REPLACE, "04:1f8b0800000000000003",
	BL_E_MALFORMED, "the compressed content is damaged"},
    {"a second string", CONTENT, BL_AFTER, "04:00", BL_E_MALFORMED,
	"an element too many after the content"},
    {"a second content", "1.0.2.1", BL_AFTER, "a0{04:00}", BL_E_MALFORMED,
	"an element too many after the content"},
    {"an element at the end", ENCAP, BL_AFTER, "05:", BL_E_MALFORMED,
	"an element too many at the end of the content"},
};

static void
judges_each_structure_as_stated(void)
{
	struct bl_trial t;
	struct bl_buf whole = {0}, in = {0};

	bl_trial_new(&t);
	make(&whole, text);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		const char *name = shapes[i].name;

		bl_buf_reset(&in);
		bl_graft_text(&in, bl_buf_span(&whole), shapes[i].path,
		    shapes[i].how, shapes[i].with);
		for (size_t k = 0; k < 2; k++) {
			t.piece = k;
			CHECK(bl_trial_read(&t, bl_buf_span(&in)) ==
				shapes[i].want,
			    name);
			CHECK(shapes[i].what == NULL ||
				strcmp(t.note.what, shapes[i].what) == 0,
			    name);
			CHECK(t.err != BL_OK ||
				bl_span_equal(bl_buf_span(&t.content), text),
			    name);
			CHECK(bl_cms_kind(t.cms) == BL_CMS_COMPRESSED, name);
		}
	}
	bl_buf_clear(&whole);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

static void
reads_every_form_however_it_is_cut(void)
{
	struct bl_trial t;
	struct bl_buf forms[3] = {{0}}, parts = {0};
	struct bl_span stream;

	bl_trial_new(&t);
	make(&forms[0], text);
	bl_graft_ber(&forms[1], bl_buf_span(&forms[0]), 6);
	stream = bl_graft_at(bl_buf_span(&forms[0]), CONTENT);
	stream = bl_span_cut(stream, 2, stream.n);
	bl_buf_add_str(&parts, "\x24\x80");
	for (size_t i = 0; i < stream.n; i += 9)
		bl_der_put(&parts, BL_DER_OCTETS, bl_span_cut(stream, i, 9));
	bl_buf_add(&parts, BL_STR("\x04\x00\x00\x00"));
	bl_graft(&forms[2], bl_buf_span(&forms[0]), CONTENT, BL_REPLACE,
	    bl_buf_span(&parts));
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < sizeof(pieces) / sizeof(*pieces); k++) {
			t.piece = pieces[k];
			CHECK(bl_trial_read(&t, bl_buf_span(&forms[i])) ==
				    BL_OK &&
				bl_span_equal(bl_buf_span(&t.content), text),
			    "form");
			CHECK(t.events[0] == 'T' &&
				strcmp(t.events + strlen(t.events) - 2, "E.") ==
				    0,
			    "events");
			CHECK(bl_oid_find(bl_cms_content_type(t.cms)) ==
				BL_OID_DATA,
			    "type");
		}
		bl_buf_clear(&forms[i]);
	}
	bl_buf_clear(&parts);
	bl_trial_free(&t);
}

/* ---- the stream ---- */

static void
read_stream(struct bl_trial *t, struct bl_span stream)
{
	struct bl_buf in = {0};

	bl_squeeze_write(&in, stream, BL_OID_DATA);
	(void)!bl_trial_read(t, bl_buf_span(&in));
	bl_buf_clear(&in);
}

static void
says_what_is_wrong_with_a_stream(void)
{
	struct bl_trial t;
	struct bl_buf s = {0}, dictionary = {0};

	bl_trial_new(&t);
	bl_squeeze(&s, text, false);
	for (size_t k = 0; k < 2; k++) {
		t.piece = k;
		s.p[s.n - 1] ^= 1;
		read_stream(&t, bl_buf_span(&s));
		s.p[s.n - 1] ^= 1;
		CHECK(t.err == BL_E_MALFORMED &&
			strcmp(t.note.what,
			    "the checksum of the compressed content does not "
			    "hold") == 0,
		    "checksum");
		CHECK(strchr(t.events, '.') == NULL &&
			strchr(t.events, 'E') == NULL,
		    "checksum");
		bl_buf_reset(&dictionary);
		bl_squeeze(&dictionary, text, true);
		read_stream(&t, bl_buf_span(&dictionary));
		CHECK(t.err == BL_E_MALFORMED &&
			strcmp(t.note.what,
			    "the compressed content wants a dictionary") == 0,
		    "dictionary");
		bl_buf_add_u8(&s, 0);
		read_stream(&t, bl_buf_span(&s));
		CHECK(t.err == BL_E_MALFORMED &&
			strcmp(t.note.what,
			    "something follows the compressed content") == 0,
		    "trailing");
		bl_buf_add(&s, bl_buf_span(&s)); /* and a second stream */
		read_stream(&t, bl_buf_span(&s));
		CHECK(t.err == BL_E_MALFORMED, "trailing stream");
		s.n = s.n / 2 - 1;
		read_stream(&t, bl_buf_span(&s));
		CHECK(t.err == BL_OK, "whole");
	}
	bl_buf_clear(&s);
	bl_buf_clear(&dictionary);
	bl_trial_free(&t);
}

static void
refuses_every_truncation_and_change(void)
{
	struct bl_trial t;
	struct bl_buf s = {0};

	bl_trial_new(&t);
	bl_squeeze(&s, text, false);
	for (size_t n = 0; n < s.n; n++) {
		read_stream(&t, bl_span_of(s.p, n));
		CHECK(t.err == BL_E_MALFORMED &&
			strcmp(t.note.what,
			    "the compressed content ends early") == 0,
		    "cut");
	}
	for (size_t i = 0; i < 8 * s.n; i++) {
		s.p[i / 8] ^= (uint8_t)(1u << i % 8);
		read_stream(&t, bl_buf_span(&s));
		s.p[i / 8] ^= (uint8_t)(1u << i % 8);
		CHECK(t.err == BL_E_MALFORMED ||
			(t.err == BL_OK &&
			    bl_span_equal(bl_buf_span(&t.content), text)),
		    "changed");
	}
	bl_buf_clear(&s);
	bl_trial_free(&t);
}

/* ---- how much may come of it: ATK-117, ATK-502 ---- */

static void
run_of(struct bl_buf *b, size_t n)
{
	bl_buf_reset(b);
	memset(bl_buf_grow(b, n), 'x', n);
	b->n = n;
}

static bool
is_over(const struct bl_trial *t, const char *reason)
{
	return t->err == BL_E_LIMIT && strcmp(t->note.reason, reason) == 0;
}

static void
bounds_what_comes_out(void)
{
	static const size_t sizes[] = {
	    0, 1, 63000, 69999, 70000, 70001, 77000, 7000000};
	struct bl_trial t;
	struct bl_buf plain = {0}, in = {0};

	bl_trial_new(&t);
	t.limits.inflated_bytes = 70000;
	t.limits.inflated_free = UINT64_MAX;
	for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(*sizes); i++) {
		size_t n = sizes[i / 2];

		run_of(&plain, n);
		bl_buf_reset(&in);
		make(&in, bl_buf_span(&plain));
		t.piece = i % 2;
		(void)!bl_trial_read(&t, bl_buf_span(&in));
		CHECK(n <= 70000 ? t.err == BL_OK && t.content.n == n
				 : is_over(&t, "limit-inflated-bytes"),
		    "bytes");
		CHECK(t.content.n <= 70000, "bytes");
	}
	/* The last byte that may come comes alone. */
	t.piece = 0;
	t.limits.inflated_bytes = BL_INFLATE_AT_ONCE + 1;
	for (size_t more = 0; more < 2; more++) {
		run_of(&plain, BL_INFLATE_AT_ONCE + 1 + more);
		bl_buf_reset(&in);
		make(&in, bl_buf_span(&plain));
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) ==
			    (more == 0 ? BL_OK : BL_E_LIMIT) &&
			t.content.n == BL_INFLATE_AT_ONCE + 1,
		    "the last byte");
	}
	bl_buf_clear(&plain);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* A run of which exactly `ratio` times its compressed bytes come. */
static void
exact(struct bl_buf *stream, size_t *n, size_t *ratio)
{
	struct bl_buf plain = {0};

	for (*n = 30000; *n < 40000; (*n)++) {
		run_of(&plain, *n);
		bl_buf_reset(stream);
		bl_squeeze(stream, bl_buf_span(&plain), false);
		if (*n % stream->n == 0)
			break;
	}
	*ratio = *n / stream->n;
	CHECK(*n < 40000, "exact");
	bl_buf_clear(&plain);
}

static void
bounds_the_ratio(void)
{
	struct bl_trial t;
	struct bl_buf s = {0};
	size_t n, ratio;

	bl_trial_new(&t);
	exact(&s, &n, &ratio);
	for (size_t i = 0; i < 10; i++) {
		const uint64_t limits[] = {ratio * 10 / 9 + 1, ratio, ratio - 1,
		    ratio * 10 / 11, ratio / 100};

		t.limits.inflated_ratio = limits[i / 2];
		t.limits.inflated_free = n - 1;
		t.piece = i % 2;
		read_stream(&t, bl_buf_span(&s));
		CHECK(limits[i / 2] >= ratio
			? t.err == BL_OK && t.content.n == n
			: is_over(&t, "limit-inflated-ratio"),
		    "ratio");
		/* What is small may come of anything. */
		t.limits.inflated_free = n;
		read_stream(&t, bl_buf_span(&s));
		CHECK(t.err == BL_OK, "free");
	}
	bl_buf_clear(&s);
	bl_trial_free(&t);
}

/* The bomb does not pass because of what follows it, or how it is cut. */
static void
stops_a_bomb_before_its_end(void)
{
	static const size_t cuts[] = {0, 1, 4095, 4096, 4097, 70000};
	const size_t big = (size_t)8 << 20, noise_n = 200000;
	struct bl_trial t;
	struct bl_buf first = {0}, last = {0}, noise = {0};
	uint32_t x = 1;

	bl_trial_new(&t);
	for (size_t i = 0; i < noise_n; i++) {
		x = x * 1664525 + 1013904223;
		bl_buf_add_u8(&noise, (uint8_t)(x >> 24));
	}
	run_of(&first, big);
	bl_buf_add(&last, bl_buf_span(&noise));
	bl_buf_add(&last, bl_buf_span(&first));
	bl_buf_add(&first, bl_buf_span(&noise));
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		struct bl_buf in = {0};

		t.piece = cuts[i];
		make(&in, bl_buf_span(&first));
		(void)!bl_trial_read(&t, bl_buf_span(&in));
		CHECK(is_over(&t, "limit-inflated-ratio"), "bomb");
		CHECK(t.content.n < big, "bomb");
		bl_buf_reset(&in);
		make(&in, bl_buf_span(&last));
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK &&
			bl_span_equal(
			    bl_buf_span(&t.content), bl_buf_span(&last)),
		    "honest");
		bl_buf_clear(&in);
	}
	bl_buf_clear(&first);
	bl_buf_clear(&last);
	bl_buf_clear(&noise);
	bl_trial_free(&t);
}

/* ---- the stream by itself ---- */

static void
gives_what_it_has_and_then_the_error(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_inflate *z = NULL;
	struct bl_buf s = {0}, out = {0};
	struct bl_note note = {0};
	struct bl_span in;

	bl_squeeze(&s, text, false);
	s.p[s.n - 1] ^= 1;
	in = bl_buf_span(&s);
	CHECK(bl_inflate_new(&z, &limits, NULL) == BL_OK, "new");
	CHECK(!bl_inflate_is_full(z), "new");
	CHECK(bl_inflate_add(&out, z, &in, &note) == BL_OK &&
		bl_span_equal(bl_buf_span(&out), text),
	    "first");
	CHECK(bl_inflate_is_full(z), "waits");
	CHECK(bl_inflate_add(&out, z, &in, &note) == BL_E_MALFORMED &&
		note.at == s.n && out.n == text.n,
	    "then");
	CHECK(bl_inflate_end(z, NULL) == BL_E_MALFORMED, "for good");
	bl_inflate_free(z);
	bl_inflate_free(NULL);
	bl_buf_clear(&s);
	bl_buf_clear(&out);
}

static unsigned seen;

static void
look(void *p)
{
	if (memmem(p, malloc_usable_size(p), "canary", 6) != NULL)
		seen++;
}

static void
leaves_nothing_of_the_text(void)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_inflate *z = NULL;
	struct bl_buf s = {0}, out = {0};
	struct bl_span in;

	bl_squeeze(&s, text, false);
	in = bl_span_of(s.p, s.n - 1); /* so that all stays in the window */
	CHECK(bl_inflate_new(&z, &limits, NULL) == BL_OK &&
		bl_inflate_add(&out, z, &in, NULL) == BL_OK && out.n == text.n,
	    "inflate");
	seen = 0;
	bl_test_on_release(look);
	bl_inflate_free(z);
	bl_buf_clear(&out);
	bl_test_on_release(NULL);
	CHECK(seen == 0, "wiped");
	bl_buf_clear(&s);
}

static enum bl_err
read_once(void *arg)
{
	const struct bl_trial *with = arg;
	struct bl_trial t = {
	    .limits = BL_LIMITS, .piece = 50, .ctx = with->ctx};
	struct bl_buf in = {0};
	enum bl_err err;

	bl_buf_add(&in, bl_buf_span(&with->content));
	err = in.err != BL_OK ? in.err : bl_trial_read(&t, bl_buf_span(&in));
	t.ctx = NULL;
	bl_trial_free(&t);
	bl_buf_clear(&in);
	return err;
}

static void
survives_each_failing_allocation(void)
{
	struct bl_trial t;

	bl_trial_new(&t);
	make(&t.content, text);
	bl_test_each_allocation(read_once, &t, "compressed");
	bl_trial_free(&t);
}

TESTS(TEST(judges_each_structure_as_stated),
    TEST(reads_every_form_however_it_is_cut),
    TEST(says_what_is_wrong_with_a_stream),
    TEST(refuses_every_truncation_and_change), TEST(bounds_what_comes_out),
    TEST(bounds_the_ratio), TEST(stops_a_bomb_before_its_end),
    TEST(gives_what_it_has_and_then_the_error),
    TEST(leaves_nothing_of_the_text), TEST(survives_each_failing_allocation))
