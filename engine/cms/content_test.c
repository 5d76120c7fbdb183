/* content_test.c - the encrypted content: each cipher and size, tags and nonces
 * of the wrong length, the probes that peers fail, authenticated attributes:
 * ATK-103, ATK-104. What stands around it: enveloped_test.c. */
#include "cms/trial.h"

#include <stdio.h>
#include <string.h>

#include "tests/test.h"

#define TEXT	 "Content-Type: text/plain\r\n\r\npatient line\r\n"
#define ONE_TEXT "the encrypted content was altered, or the key is not right"

static const struct bl_span text = BYTES(TEXT);

enum kind { GCM, CBC };

static bool
is_aead(enum bl_cipher c)
{
	return c <= BL_AES256_GCM || c == BL_CHACHA20_POLY1305;
}

/* A message of the default kind for a cipher. */
static void
message(struct bl_buf *out, struct bl_trial *t, enum bl_cipher c,
    struct bl_span content, struct bl_secret **key)
{
	struct bl_shape shape = {
	    .authenticated = is_aead(c), .cipher = c, .content = content};

	bl_buf_reset(out);
	*key = bl_shape_key(c);
	bl_shape_write(out, t->ctx, &shape, *key);
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* ---- good ones ---- */

static void
reads_each_cipher_and_size_in_pieces_of_any_size(void)
{
	static const size_t sizes[] = {0, 1, 15, 16, 17, 70000, 200000};
	static const size_t pieces[] = {0, 1, 7, 4096};
	static uint8_t bytes[200000];
	struct bl_trial t;
	struct bl_buf in = {0}, ber = {0};

	bl_trial_new(&t);
	t.policy.legacy = true;
	in.max = ber.max = 1u << 20;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	for (unsigned c = 1; c < BL_CIPHER_COUNT * 7; c++) {
		enum bl_cipher cipher = (enum bl_cipher)(c / 7 + 1);
		struct bl_span content = bl_span_of(bytes, sizes[c % 7]);
		struct bl_secret *key;

		if (cipher == BL_CIPHER_COUNT)
			break;
		message(&in, &t, cipher, content, &key);
		t.key = key;
		for (unsigned j = 0; j < 8; j++) {
			const char *name = bl_cipher_name(cipher);

			t.piece = pieces[j % 4];
			bl_buf_reset(&ber);
			bl_graft_ber(&ber, bl_buf_span(&in), j / 4 * 9);
			CHECK(bl_trial_read(&t, bl_buf_span(&ber)) == BL_OK,
			    name);
			CHECK(bl_span_equal(bl_buf_span(&t.content), content),
			    name);
			CHECK(strcmp(t.events,
				  content.n == 0 ? "TK." : "TKC.") == 0,
			    name);
			CHECK(bl_cms_cipher(t.cms) == cipher, name);
			CHECK(bl_cms_kind(t.cms) ==
				(is_aead(cipher) ? BL_CMS_AUTH_ENVELOPED
						 : BL_CMS_ENVELOPED),
			    name);
		}
		bl_secret_free(key);
	}
	bl_buf_clear(&in);
	bl_buf_clear(&ber);
	bl_trial_free(&t);
}

/* An event never brings more than a bounded part, however much was fed. */
static void
gives_out_bounded_parts(void)
{
	static uint8_t bytes[300000];
	struct bl_trial t;
	struct bl_buf in = {.max = 1u << 20};
	struct bl_secret *key;
	struct bl_cms_event ev = {0};
	struct bl_cms *c;
	size_t sum = 0, most = 0;

	bl_trial_new(&t);
	message(&in, &t, BL_AES128_CBC, bl_span_of(bytes, sizeof(bytes)), &key);
	CHECK(bl_cms_new(&c, t.ctx, &t.policy, &t.limits, NULL) == BL_OK, "");
	bl_cms_feed(c, bl_buf_span(&in));
	while (bl_cms_next(c, &ev, NULL) == BL_OK && ev.kind != BL_CMS_MORE) {
		if (ev.kind == BL_CMS_KEY)
			CHECK(bl_cms_set_key(c, key, NULL) == BL_OK, "key");
		sum += ev.bytes.n;
		most = ev.bytes.n > most ? ev.bytes.n : most;
	}
	CHECK(sum == sizeof(bytes), "all of it");
	CHECK(most <= (64u << 10) + 32, "in parts");
	bl_cms_free(c);
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* The right tag with a byte too many or too few, whatever the parameters. */
static void
takes_no_tag_of_another_length(void)
{
	struct bl_trial t;
	struct bl_buf in = {0}, tag = {0};
	struct bl_secret *key;

	bl_trial_new(&t);
	for (size_t n = 15; n <= 18; n++) {
		struct bl_span old;

		message(&in, &t, BL_AES256_GCM, text, &key);
		t.key = key;
		old = bl_graft_at(bl_buf_span(&in), "1.0.3");
		bl_buf_reset(&tag);
		bl_buf_add(&tag, bl_span_cut(old, 2, n));
		while (tag.n < n)
			bl_buf_add_u8(&tag, 0);
		bl_regraft(&in, "1.0.3", BL_INSIDE, bl_buf_span(&tag));
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) ==
			(n == 16 ? BL_OK : BL_E_FORGED),
		    "tag");
		bl_secret_free(key);
	}
	bl_buf_clear(&in);
	bl_buf_clear(&tag);
	bl_trial_free(&t);
}

/* ---- ATK-104 ---- */

/* A string of n bytes: those of `s`, then zeros. */
static void
put_string(struct bl_buf *out, struct bl_span s, size_t n)
{
	uint8_t bytes[64] = {0};

	memcpy(bytes, s.p, s.n < n ? s.n : n);
	bl_der_put(out, BL_DER_OCTETS, bl_span_of(bytes, n));
}

/* Makes a tag of `tag` bytes, says so, takes a nonce of `nonce` bytes, and
 * changes a byte of the content at its start, middle or end. */
static void
sweep(struct bl_buf *out, struct bl_span in, size_t tag, size_t nonce,
    unsigned flip)
{
	struct bl_span old = bl_graft_at(in, "1.0.3");
	struct bl_buf a = {0}, b = {0}, part = {0};
	struct bl_span content;

	put_string(&part, bl_span_cut(old, 2, old.n), tag);
	bl_graft(&a, in, "1.0.3", BL_REPLACE, bl_buf_span(&part));
	bl_buf_reset(&part);
	bl_der_put_uint(&part, tag);
	bl_graft(
	    &b, bl_buf_span(&a), "1.0.2.1.1.1", BL_REPLACE, bl_buf_span(&part));
	bl_buf_reset(&part);
	old = bl_graft_at(in, "1.0.2.1.1.0");
	put_string(&part, bl_span_cut(old, 2, old.n), nonce);
	bl_buf_reset(out);
	bl_graft(out, bl_buf_span(&b), "1.0.2.1.1.0", BL_REPLACE,
	    bl_buf_span(&part));
	content = bl_graft_at(bl_buf_span(out), "1.0.2.2");
	if (flip != 0)
		out->p[content.p - out->p +
		    (flip == 1		? 2
			    : flip == 2 ? content.n / 2
					: content.n - 1)] ^= 1;
	bl_buf_clear(&a);
	bl_buf_clear(&b);
	bl_buf_clear(&part);
}

static void
reads_one_tag_and_nonce_of_the_sweep(void)
{
	struct bl_trial t;
	struct bl_buf in = {0}, out = {0};
	struct bl_secret *key;
	unsigned good = 0;

	bl_trial_new(&t);
	message(&in, &t, BL_AES256_GCM, text, &key);
	t.key = key;
	for (size_t i = 0; i < 18 * 65 * 4; i++) {
		size_t tag = i / 4 / 65, nonce = i / 4 % 65;

		sweep(&out, bl_buf_span(&in), tag, nonce, i % 4);
		if (bl_trial_read(&t, bl_buf_span(&out)) == BL_OK) {
			CHECK(tag == 16 && nonce == 12 && i % 4 == 0, "sweep");
			good++;
		} else {
			CHECK(strchr(t.events, '.') == NULL, "sweep");
			CHECK((tag == 16 && nonce == 12) ==
				(strchr(t.events, 'K') != NULL),
			    "sweep");
		}
	}
	CHECK(good == 1, "sweep");
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_buf_clear(&out);
	bl_trial_free(&t);
}

/* ---- the ten probes that peers fail: ATK-103, ATK-104 ---- */

struct probe {
	const char *name;
	enum kind kind;
	const char *type;      /* of the object, NULL: as it was */
	const char *algorithm; /* in place, with $ for the nonce */
	bool flip, cut;	       /* a byte of content; to whole blocks */
	int tag;	       /* its length, -1: no mac, 0: as it was */
	bool junk;	       /* a mac of 'A' */
};
static const struct probe probes[] = {
    {"flip16", GCM, .flip = true},
    {"tag11", GCM, NULL, "o(id-aes256-GCM) 30{04:$ 02:0b}", .tag = 11},
    {"tag8", GCM, NULL, "o(id-aes256-GCM) 30{04:$ 02:08}", .tag = 8},
    {"tag4", GCM, NULL, "o(id-aes256-GCM) 30{04:$ 02:04}", .tag = 4},
    {"tag1", GCM, NULL, "o(id-aes256-GCM) 30{04:$ 02:01}", .tag = 1},
    {"ae_cfb", GCM, NULL, "o(id-aes256-CFB) 04:$00000002", .junk = true},
    {"env_cfb", GCM, "o(id-envelopedData)", "o(id-aes256-CFB) 04:$00000002",
	.tag = -1},
    {"env_cbc", GCM, "o(id-envelopedData)", "o(id-aes256-CBC) 04:$00000002",
	.cut = true, .tag = -1},
    {"env_gcm_notag", GCM, "o(id-envelopedData)",
	"o(id-aes256-GCM) 30{04:$ 02:10}", .flip = true, .tag = -1},
    {"cbc_iv", CBC, NULL, NULL},
};

static void
put_algorithm(struct bl_buf *out, const char *with)
{
	struct bl_span nonce = bl_graft_at(bl_buf_span(out), "1.0.2.1.1.0");
	struct bl_buf expanded = {0};

	for (; *with != '\0'; with++) {
		if (*with == '$')
			bl_hex(&expanded, bl_span_cut(nonce, 2, nonce.n));
		else
			bl_buf_add_u8(&expanded, (uint8_t)*with);
	}
	bl_regraft_text(out, "1.0.2.1", BL_INSIDE, bl_buf_text(&expanded));
	bl_buf_clear(&expanded);
}

static void
make_probe(struct bl_buf *out, const struct probe *p)
{
	struct bl_span s = bl_graft_at(bl_buf_span(out), "1.0.2.2"), mac;
	uint8_t *content = out->p + (s.p - out->p);

	if (p->flip)
		content[s.n / 2] ^= 1;
	if (p->cut)
		bl_regraft(out, "1.0.2.2", BL_INSIDE,
		    bl_span_cut(s, 2, (s.n - 2) / 16 * 16));
	if (p->algorithm != NULL)
		put_algorithm(out, p->algorithm);
	if (p->type != NULL)
		bl_regraft_text(out, "0", BL_REPLACE, p->type);
	mac = bl_graft_at(bl_buf_span(out), "1.0.3");
	if (p->tag > 0)
		bl_regraft(out, "1.0.3", BL_INSIDE,
		    bl_span_cut(mac, 2, (size_t)p->tag));
	else if (p->tag < 0)
		bl_regraft(out, "1.0.3", BL_REMOVE, (struct bl_span){0});
	if (p->junk)
		bl_regraft(out, "1.0.3", BL_INSIDE, BL_STR("AAAAAAAAAAAAAAAA"));
	if (p->kind == CBC) {
		/* "te" becomes "ht" by way of the IV. */
		s = bl_graft_at(bl_buf_span(out), "1.0.2.1.1");
		content = out->p + (s.p - out->p) + 2;
		content[14] ^= 't' ^ 'h';
		content[15] ^= 'e' ^ 't';
	}
}

static void
releases_nothing_of_nine_probes_and_all_of_the_tenth(void)
{
	struct bl_trial t;
	struct bl_buf in = {0};
	struct bl_secret *key;
	unsigned ended = 0;

	bl_trial_new(&t);
	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
		const char *name = probes[i].name;
		bool tenth = probes[i].kind == CBC;

		message(
		    &in, &t, tenth ? BL_AES256_CBC : BL_AES256_GCM, text, &key);
		t.key = key;
		make_probe(&in, &probes[i]);
		(void)!bl_trial_read(&t, bl_buf_span(&in));
		CHECK((t.err == BL_OK) == tenth, name);
		CHECK((strchr(t.events, '.') != NULL) == tenth, name);
		ended += t.err == BL_OK;
		bl_secret_free(key);
	}
	CHECK(ended == 1, "one reads to its end");
	CHECK(bl_span_equal(bl_span_cut(bl_buf_span(&t.content), 0, 16),
		  BL_STR("Content-Type: ht")),
	    "changed by way of the IV");
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* BER may write each string of the frame in parts. */
static void
reads_nonce_iv_and_tag_in_parts(void)
{
	static const struct {
		const char *name, *path;
		enum bl_cipher cipher;
	} strings[] = {
	    {"nonce", "1.0.2.1.1.0", BL_AES256_GCM},
	    {"tag", "1.0.3", BL_AES256_GCM},
	    {"iv", "1.0.2.1.1", BL_AES256_CBC},
	};
	struct bl_trial t;
	struct bl_buf in = {0}, parts = {0};
	struct bl_secret *key;

	bl_trial_new(&t);
	for (size_t i = 0; i < 2 * sizeof(strings) / sizeof(*strings); i++) {
		const char *path = strings[i / 2].path;
		bool whole = i % 2 == 0;
		struct bl_span s;
		size_t mark;

		message(&in, &t, strings[i / 2].cipher, text, &key);
		t.key = key;
		s = bl_graft_at(bl_buf_span(&in), path);
		bl_buf_reset(&parts);
		mark = bl_der_open(&parts, BL_DER_OCTETS | 0x20);
		bl_der_put(&parts, BL_DER_OCTETS, bl_span_cut(s, 2, 5));
		if (whole)
			bl_der_put(
			    &parts, BL_DER_OCTETS, bl_span_cut(s, 7, s.n));
		bl_der_close(&parts, mark);
		bl_regraft(&in, path, BL_REPLACE, bl_buf_span(&parts));
		(void)!bl_trial_read(&t, bl_buf_span(&in));
		CHECK((t.err == BL_OK) == whole, strings[i / 2].name);
		bl_secret_free(key);
	}
	bl_buf_clear(&in);
	bl_buf_clear(&parts);
	bl_trial_free(&t);
}

/* ---- authenticated attributes ---- */

/* RFC 5083 2.2: authenticated as SET OF, sent as [1]. */
static void
reads_authenticated_attributes(void)
{
	static const size_t sizes[] = {0, 1, 16, 31, 70000};
	static uint8_t bytes[70000];
	struct bl_trial t;
	struct bl_buf in = {.max = 1u << 20}, set = {0};

	bl_trial_new(&t);
	for (unsigned i = 0; i < 15; i++) {
		enum bl_cipher c = (enum bl_cipher)(BL_AES128_GCM + i % 3);
		struct bl_shape shape = {
		    true, c, bl_span_of(bytes, sizes[i / 3]), {0}};
		struct bl_secret *key = bl_shape_key(c);

		bl_buf_reset(&in);
		bl_buf_reset(&set);
		bl_asm(&set,
		    i % 2 ? "31{30{o(=2a03) 31{0c*5}}}"
			  : "31{30{o(=2a03) 31{04*300}}}");
		shape.attributes = bl_buf_span(&set);
		bl_shape_write(&in, t.ctx, &shape, key);
		t.key = key;
		t.piece = i % 2 ? 0 : 1000;
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_OK, "good");
		in.p[in.n - 20] ^= 1;
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_FORGED,
		    "an attribute changed");
		CHECK(same(t.note.what, ONE_TEXT), "an attribute changed");
		in.p[in.n - 20] ^= 1;
		in.p[in.n - 1] ^= 1;
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_FORGED,
		    "tag changed");
		in.p[in.n - 1] ^= 1;
		bl_regraft(&in, "1.0.3", BL_REMOVE, (struct bl_span){0});
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_FORGED,
		    "attributes taken away");
		bl_secret_free(key);
	}
	bl_buf_clear(&in);
	bl_buf_clear(&set);
	bl_trial_free(&t);
}

static void
refuses_authenticated_attributes_that_are_not_der(void)
{
	struct bl_trial t;
	struct bl_buf in = {0};
	struct bl_secret *key;

	bl_trial_new(&t);
	message(&in, &t, BL_AES256_GCM, text, &key);
	t.key = key;
	bl_regraft_text(
	    &in, "1.0.3", BL_BEFORE, "a1{30{o(=2a03) 31{=04810100}}}");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_MALFORMED, "BER");
	CHECK(strcmp(t.events, "TKC") == 0, "BER");
	bl_secret_free(key);
	/* Attributes that were never authenticated. */
	message(&in, &t, BL_AES256_GCM, text, &key);
	t.key = key;
	bl_regraft_text(&in, "1.0.3", BL_BEFORE, "a1{30{o(=2a03) 31{}}}");
	CHECK(bl_trial_read(&t, bl_buf_span(&in)) == BL_E_FORGED, "added");
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_trial_free(&t);
}

/* RFC 5083 2.1: the inner type is authenticated by an attribute or not at all.
 * Each set is authenticated as it stands. */
static void
wants_the_inner_type_authenticated(void)
{
#define TYPE(oid) "30{o(contentType) 31{o(" oid ")}}"
	static const struct {
		const char *name, *type, *set;
		enum bl_err want;
	} sets[] = {
	    {"data", "id-data", "31{" TYPE("id-data") "}", BL_OK},
	    {"data, not said", "id-data", "31{30{o(=2a03) 31{}}}", BL_OK},
	    {"signed", "id-signedData", "31{" TYPE("id-signedData") "}", BL_OK},
	    {"no attributes", "id-signedData", "", BL_E_MALFORMED},
	    {"not said", "id-signedData", "31{30{o(=2a03) 31{}}}",
		BL_E_MALFORMED},
	    {"another type", "id-signedData", "31{" TYPE("id-data") "}",
		BL_E_MALFORMED},
	    {"another type than data", "id-data",
		"31{" TYPE("id-signedData") "}", BL_E_MALFORMED},
	    {"twice", "id-data", "31{" TYPE("id-data") TYPE("id-data") "}",
		BL_E_MALFORMED},
	    {"two values", "id-data",
		"31{30{o(contentType) 31{o(id-data) o(id-data)}}}",
		BL_E_MALFORMED},
	    {"no value", "id-data", "31{30{o(contentType) 31{}}}",
		BL_E_MALFORMED},
	    {"no attribute", "id-data", "31{30{}}", BL_E_MALFORMED},
	    {"an attribute with more", "id-data", "31{30{o(=2a03) 31{} 05:}}",
		BL_E_MALFORMED},
	    {"a number", "id-data", "31{02:01}", BL_E_MALFORMED},
	    {"empty", "id-data", "31{}", BL_E_MALFORMED},
	    {"two in order", "id-data",
		"31{30{o(=2a03) 31{}} 30{o(=2a04) 31{}}}", BL_OK},
	    {"two out of order", "id-data",
		"31{30{o(=2a04) 31{}} 30{o(=2a03) 31{}}}", BL_E_MALFORMED},
	    {"values in order", "id-data", "31{30{o(=2a03) 31{05: 0c:61}}}",
		BL_OK},
	    {"values out of order", "id-data", "31{30{o(=2a03) 31{0c:61 05:}}}",
		BL_E_MALFORMED},
	};
	struct bl_trial t;
	struct bl_buf in = {0}, set = {0};
	char type[64];

	bl_trial_new(&t);
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		struct bl_shape shape = {true, BL_AES256_GCM, text, {0}};
		struct bl_secret *key = bl_shape_key(BL_AES256_GCM);

		bl_buf_reset(&in);
		bl_buf_reset(&set);
		bl_asm(&set, sets[i].set);
		shape.attributes = bl_buf_span(&set);
		bl_shape_write(&in, t.ctx, &shape, key);
		snprintf(type, sizeof(type), "o(%s)", sets[i].type);
		bl_regraft_text(&in, "1.0.2.0", BL_REPLACE, type);
		t.key = key;
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) == sets[i].want,
		    sets[i].name);
		bl_secret_free(key);
	}
	bl_buf_clear(&in);
	bl_buf_clear(&set);
	bl_trial_free(&t);
}

static void
bounds_the_number_of_authenticated_attributes(void)
{
	static const size_t counts[] = {57, 64, 65, 71, 6400};
	struct bl_trial t;
	struct bl_buf in = {.max = 1u << 20}, set = {0};
	struct bl_secret *key = bl_shape_key(BL_AES256_GCM);

	bl_trial_new(&t);
	t.key = key;
	for (size_t i = 0; i < 5; i++) {
		struct bl_shape shape = {true, BL_AES256_GCM, text, {0}};
		size_t mark;

		bl_buf_reset(&in);
		bl_buf_reset(&set);
		mark = bl_der_open(&set, BL_DER_SET);
		for (size_t n = 0; n < counts[i]; n++)
			bl_asm(&set, "30{o(=2a03) 31{}}");
		bl_der_close(&set, mark);
		shape.attributes = bl_buf_span(&set);
		bl_shape_write(&in, t.ctx, &shape, key);
		CHECK(bl_trial_read(&t, bl_buf_span(&in)) ==
			(counts[i] <= 64 ? BL_OK : BL_E_LIMIT),
		    "attributes");
		CHECK(
		    counts[i] <= 64 || same(t.note.reason, "limit-attributes"),
		    "attributes");
	}
	bl_secret_free(key);
	bl_buf_clear(&in);
	bl_buf_clear(&set);
	bl_trial_free(&t);
}

TESTS(TEST(reads_each_cipher_and_size_in_pieces_of_any_size),
    TEST(gives_out_bounded_parts), TEST(takes_no_tag_of_another_length),
    TEST(reads_one_tag_and_nonce_of_the_sweep),
    TEST(reads_nonce_iv_and_tag_in_parts),
    TEST(releases_nothing_of_nine_probes_and_all_of_the_tenth),
    TEST(reads_authenticated_attributes),
    TEST(refuses_authenticated_attributes_that_are_not_der),
    TEST(wants_the_inner_type_authenticated),
    TEST(bounds_the_number_of_authenticated_attributes))
