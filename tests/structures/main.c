/*
 * main.c - structures: every field of each structure, changed in every way,
 * judged by the engine and held against a table of what has to come of it;
 * and against what libcrypto's own code makes of the same bytes.
 *
 *	structures [-an] [-w FOLDER] [-s SHAPE] [-f FIELD] [-c CHANGE] TABLE
 *
 * -a  print each case: its outcome, "ok" where it is as the table says, and
 *     "peer" where libcrypto accepts it
 * -n  do not ask libcrypto, which takes most of the time
 * -w  write each case to FOLDER, for other programs, with a line of "list":
 *     file, shape, field, change, outcome, accepted here, and by libcrypto
 * -s, -f, -c  only those that fit these shell patterns
 */
#include <fnmatch.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "tests/structures/judge.h"
#include "tests/structures/rules.h"
#include "tests/test.h"

#define SECONDS_MAX 2.0 /* of computing, for one case */
/* Bytes of the engine, for one case: a frame of 16 MiB, what it grew from, and
 * what is kept of it. */
#define PEAK_MAX    ((size_t)48 << 20)

/* ---- what the engine allocates ---- */

static size_t allocated, peak, started;

void *__real_bl_alloc(size_t n);
void *__wrap_bl_alloc(size_t n);
void __real_bl_release(void *p);
void __wrap_bl_release(void *p);

void *
__wrap_bl_alloc(size_t n)
{
	void *p = __real_bl_alloc(n);

	allocated += malloc_usable_size(p);
	if (allocated > peak)
		peak = allocated;
	return p;
}

void
__wrap_bl_release(void *p)
{
	allocated -= malloc_usable_size(p);
	__real_bl_release(p);
}

void
peak_reset(void)
{
	started = peak = allocated;
}

size_t
peak_now(void)
{
	return peak - started;
}

static size_t failures;

void
bl_test_check(
    bool ok, const char *cond, const char *name, const char *file, int line)
{
	if (ok)
		return;
	failures++;
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, name, cond);
	ERR_print_errors_fp(stderr);
}

/* ---- what the shapes share ---- */

void
digest(struct bl_buf *out, const char *name, struct bl_span in)
{
	uint8_t value[64];
	size_t n = 0;

	CHECK(EVP_Q_digest(NULL, name, NULL, in.p, in.n, value, &n) == 1, name);
	bl_buf_add(out, bl_span_of(value, n));
}

void
sign(struct bl_buf *out, EVP_PKEY *key, bool pss, struct bl_span in)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pc = NULL;
	uint8_t value[512];
	size_t n = sizeof(value);
	bool ok = EVP_DigestSignInit(c, &pc, EVP_sha256(), NULL, key) == 1;

	if (pss)
		ok = ok &&
		    EVP_PKEY_CTX_set_rsa_padding(pc, RSA_PKCS1_PSS_PADDING) ==
			1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(pc, 32) == 1;
	ok = ok && EVP_DigestSign(c, value, &n, in.p, in.n) == 1;
	CHECK(ok, "sign");
	bl_buf_add(out, bl_span_of(value, n));
	EVP_MD_CTX_free(c);
}

void
value_of(struct bl_buf *out, struct tree *t, enum fill fill)
{
	size_t i = tree_find(t, fill);

	if (i < t->n)
		tree_der(out, t, i);
}

static EVP_PKEY *
key_of(const struct bl_person *p)
{
	struct bl_span s = bl_secret_reveal(p->pkcs8);
	const unsigned char *at = s.p;

	return d2i_AutoPrivateKey(NULL, &at, (long)s.n);
}

/* One key in 256 leaves a padding that is right: the one that stands for an
 * RSA key that does not open is no such one here, in any run. */
static bool
fill_with_sevens(void *arg, uint8_t *p, size_t n)
{
	(void)arg;
	memset(p, 7, n);
	return true;
}

static bool
kit_new(struct kit *k)
{
	const struct bl_person_opts ann = {ANN_ADDRESS, "Ann", "P-256"};
	const struct bl_person_opts bob = {ANN_ADDRESS, "Bob"};
	const struct bl_person_opts eve = {ANN_ADDRESS, "Eve", "P-256"};
	const struct bl_person_opts ca = {
	    .address = "", .name = "CA", .key = "P-256", .is_ca = true};

	*k = (struct kit){0};
	if (bl_ctx_new(&k->ctx, NULL) != BL_OK ||
	    !bl_person_make(&k->ann, k->ctx, &ann, NULL) ||
	    !bl_person_make(&k->bob, k->ctx, &bob, NULL) ||
	    !bl_person_make(&k->eve, k->ctx, &eve, NULL) ||
	    !bl_person_make(&k->ca, k->ctx, &ca, NULL))
		return false;
	bl_ctx_set_random(k->ctx, fill_with_sevens, NULL);
	k->ann_key = key_of(&k->ann);
	k->bob_key = key_of(&k->bob);
	k->eve_key = key_of(&k->eve);
	k->ca_key = key_of(&k->ca);
	return k->ann_key != NULL && k->bob_key != NULL && k->eve_key != NULL &&
	    k->ca_key != NULL;
}

static void
kit_clear(struct kit *k)
{
	EVP_PKEY_free(k->ann_key);
	EVP_PKEY_free(k->bob_key);
	EVP_PKEY_free(k->eve_key);
	EVP_PKEY_free(k->ca_key);
	bl_person_clear(&k->ann);
	bl_person_clear(&k->bob);
	bl_person_clear(&k->eve);
	bl_person_clear(&k->ca);
	bl_ctx_free(k->ctx);
}

/* ---- the run ---- */

struct run {
	struct kit kit;
	struct judge *judge;
	struct peer *peer;
	struct rules *rules;
	bool all, alone_here;
	FILE *list; /* in the folder */
	const char *folder, *shape, *field, *change;
	size_t cases, right, wrong;
	size_t alone;	 /* we accept, libcrypto does not */
	size_t stricter; /* the reverse */
	double slowest;
	size_t largest;
	char unchanged[OUTCOME_MAX]; /* outcome of the shape as it is */
	char slowest_name[512], largest_name[512];
};

/* ---- the summary: cases of a shape by group of changes and outcome ---- */

static const struct {
	const char *name, *pattern;
} groups[] = {
    {"absent", "absent"},
    {"empty", "@(empty|parts-0|cut-header)"},
    {"wrong type", "@(as-*|explicit|wrapped|null-with-content)"},
    {"doubled", "@(twice|*-null|*-junk|*-last|*-first|reversed)"},
    {"huge", "@(claim-*|again-*|nested-*|nulls-*|large|kilobyte|parts-deep)"},
    {"BER form",
	"@(length-*|indefinite*|parts-*|unended|ended-*|*-padded|true-as-1|"
	"bits-*)"},
    {"negative", "*-negative*"},
    {"boundary", "*"},
};
#define GROUPS (sizeof(groups) / sizeof(*groups))
static const char *const columns[] = {"accepted", "unverified", "invalid",
    "closed", "malformed", "limit", "other"};
#define COLUMNS (sizeof(columns) / sizeof(*columns))

struct summary {
	size_t n[GROUPS][COLUMNS];
};

static size_t
group_of(const char *change)
{
	size_t i = 0;

	while (i + 1 < GROUPS &&
	    fnmatch(groups[i].pattern, change, FNM_EXTMATCH) != 0)
		i++;
	return i;
}

static size_t
column_of(const struct outcome *o)
{
	const char *text = o->text;

	if (strncmp(text, "refused:", 8) == 0)
		text += 8;
	if (o->accepted)
		return 0;
	for (size_t i = 1; i + 1 < COLUMNS; i++)
		if (strncmp(text, columns[i], strlen(columns[i])) == 0)
			return i;
	return COLUMNS - 1;
}

static void
print_summary(const char *shape, const struct summary *s)
{
	printf("\n%-22s", shape);
	for (size_t c = 0; c < COLUMNS; c++)
		printf(" %10s", columns[c]);
	printf(" %10s\n", "cases");
	for (size_t g = 0; g < GROUPS; g++) {
		size_t sum = 0;

		printf("  %-20s", groups[g].name);
		for (size_t c = 0; c < COLUMNS; c++) {
			sum += s->n[g][c];
			printf(" %10zu", s->n[g][c]);
		}
		printf(" %10zu\n", sum);
	}
}

/* ---- one case ---- */

static void
write_file(const struct run *r, const char *name, struct bl_span bytes)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", r->folder, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n ||
	    fclose(f) != 0) {
		perror(path);
		exit(2);
	}
}

/* Writes a case, and a line of the list of all. */
static void
write_case(const struct run *r, struct bl_span object, const char *name,
    const struct outcome *o, bool peer)
{
	char file[32];

	snprintf(file, sizeof(file), "%05zu", r->cases);
	write_file(r, file, object);
	fprintf(r->list, "%s %s %s %s %s\n", file, name, o->text,
	    o->accepted ? "yes" : "no", peer ? "yes" : "no");
}

/* Writes bob's key and certificate, and ann's certificate, in forms that old
 * programs read. */
static void
write_people(const struct run *r)
{
	const unsigned char *at = r->kit.bob.der.p;
	X509 *cert = d2i_X509(NULL, &at, (long)r->kit.bob.der.n);
	PKCS12 *p12 = PKCS12_create(PASSPHRASE, "bob", r->kit.bob_key, cert,
	    NULL, NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
	    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 2048, 2048, 0);
	unsigned char *der = NULL;
	int n = i2d_PKCS12(p12, &der);

	CHECK(n > 0, "bob's key file");
	write_file(r, "bob.p12", bl_span_of(der, n > 0 ? (size_t)n : 0));
	write_file(r, "bob.crt", bl_buf_span(&r->kit.bob.der));
	write_file(r, "ann.crt", bl_buf_span(&r->kit.ann.der));
	write_file(r, "content", BL_STR(CONTENT));
	OPENSSL_free(der);
	PKCS12_free(p12);
	X509_free(cert);
}

/* The content that has to come out. */
static void
expect_content(struct bl_buf *out, const struct shape *s, struct tree *t)
{
	if (tree_has(t, FILL_CONTENT) && s->use != USE_VERIFY_APART)
		value_of(out, t, FILL_CONTENT);
	else
		bl_buf_add_str(out, CONTENT);
}

/* A count of iterations that is no small number. */
static bool
is_endless(struct tree *t)
{
	enum fill fill = t->change != NULL ? t->fields[t->at].fill : 0;
	struct bl_buf value = {0};
	bool is_long;

	if (fill != FILL_ITERATIONS1 && fill != FILL_ITERATIONS2 &&
	    fill != FILL_MAC_ITERATIONS)
		return false;
	tree_value(&value, t, t->at);
	is_long = value.n > 3;
	bl_buf_clear(&value);
	return is_long;
}

static void
note_costs(struct run *r, const struct outcome *o, const char *name)
{
	if (o->seconds > r->slowest) {
		r->slowest = o->seconds;
		snprintf(r->slowest_name, sizeof(r->slowest_name), "%s", name);
	}
	if (o->peak > r->largest) {
		r->largest = o->peak;
		snprintf(r->largest_name, sizeof(r->largest_name), "%s", name);
	}
	if (o->seconds > SECONDS_MAX || o->peak > PEAK_MAX) {
		printf("COSTLY %s: %.3f s, %zu bytes\n", name, o->seconds,
		    o->peak);
		r->wrong++;
	}
}

static void
judge_one(struct run *r, const struct shape *s, struct tree *t,
    const char *field, const char *change, struct summary *summary)
{
	const char *want = rules_find(r->rules, s->name, field, change);
	struct bl_buf object = {0}, content = {0}, cert = {0};
	struct case_ c = {.use = s->use};
	struct outcome o;
	char name[512];
	bool peer, ok;

	snprintf(name, sizeof(name), "%s %s %s", s->name, field, change);
	s->finish(t, &r->kit);
	tree_put(&object, t, 0);
	expect_content(&content, s, t);
	if (s->use == USE_VERIFY_CERT)
		cert_of(&cert, t);
	c.object = bl_buf_span(&object);
	c.content = bl_buf_span(&content);
	c.cert = bl_buf_span(&cert);
	c.is_endless = is_endless(t);
	judge_case(&o, r->judge, &c);
	peer = !r->alone_here && peer_accepts(r->peer, &c);
	if (r->folder != NULL)
		write_case(r, c.object, name, &o, peer);
	if (t->change == NULL)
		memcpy(r->unchanged, o.text, sizeof(r->unchanged));
	ok = want != NULL && rules_fits(want, o.text, r->unchanged);
	note_costs(r, &o, name);
	r->cases++;
	r->right += ok;
	r->wrong += !ok;
	r->alone += !r->alone_here && o.accepted && !peer;
	r->stricter += !o.accepted && peer;
	summary->n[group_of(change)][column_of(&o)]++;
	if (r->all)
		printf("%s %s %s %s\n", name, o.text, ok ? "ok" : "WRONG",
		    peer ? "peer" : "-");
	else if (!ok)
		printf("WRONG %s: %s, not %s\n", name, o.text,
		    want != NULL ? want : "(no line of the table fits)");
	bl_buf_clear(&object);
	bl_buf_clear(&content);
	bl_buf_clear(&cert);
}

static bool
wanted(const char *pattern, const char *text)
{
	return pattern == NULL || fnmatch(pattern, text, FNM_EXTMATCH) == 0;
}

static void
run_field(struct run *r, const struct shape *s, struct tree *t, size_t i,
    struct summary *summary)
{
	unsigned tag = t->nodes[i].tag;
	unsigned as = t->fields[i].as != 0 ? t->fields[i].as : tag;
	struct bl_buf path = {0}, value = {0};

	tree_path(&path, t, i);
	if (!wanted(r->field, bl_buf_text(&path)))
		goto out;
	t->change = NULL;
	tree_value(&value, t, i);
	for (size_t k = 0; k < changes_n; k++) {
		const struct change *c = &changes[k];

		if (!c->fits(tag, as, bl_buf_span(&value)) ||
		    !wanted(r->change, c->name))
			continue;
		t->at = i;
		t->change = c;
		judge_one(r, s, t, bl_buf_text(&path), c->name, summary);
	}
	t->change = NULL;
out:
	bl_buf_clear(&path);
	bl_buf_clear(&value);
}

static void
run_shape(struct run *r, const struct shape *s)
{
	struct tree *t = calloc(1, sizeof(*t));
	struct summary summary = {{{0}}};

	if (t == NULL)
		abort();
	tree_init(t, s->fields, s->n);
	s->begin(t, &r->kit);
	judge_one(r, s, t, "-", "-", &summary);
	for (size_t i = 0; i < t->n; i++)
		run_field(r, s, t, i, &summary);
	print_summary(s->name, &summary);
	tree_clear(t);
	free(t);
}

static void
run_all(struct run *r)
{
	static const struct shape *const sets[] = {shapes_signed, shapes_sealed,
	    shapes_compressed, shapes_cert, shapes_path, shapes_keys};

	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		for (const struct shape *s = sets[i]; s->name != NULL; s++)
			if (wanted(r->shape, s->name))
				run_shape(r, s);
}

static void
open_list(struct run *r)
{
	char path[4096];

	write_people(r);
	snprintf(path, sizeof(path), "%s/list", r->folder);
	if ((r->list = fopen(path, "w")) == NULL) {
		perror(path);
		exit(2);
	}
}

static int
usage(void)
{
	fprintf(stderr,
	    "structures [-an] [-w FOLDER] [-s SHAPE] [-f FIELD] "
	    "[-c CHANGE] TABLE\n");
	return 2;
}

int
main(int argc, char **argv)
{
	struct run *r = calloc(1, sizeof(*r));
	bool partial;
	int o;

	while (r != NULL && (o = getopt(argc, argv, "anw:s:f:c:")) != -1) {
		if (o == 'a')
			r->all = true;
		else if (o == 'n')
			r->alone_here = true;
		else if (o == 'w')
			r->folder = optarg;
		else if (o == 's')
			r->shape = optarg;
		else if (o == 'f')
			r->field = optarg;
		else if (o == 'c')
			r->change = optarg;
		else
			return usage();
	}
	if (r == NULL || optind + 1 != argc)
		return usage();
	partial = r->shape != NULL || r->field != NULL || r->change != NULL;
	r->rules = rules_read(argv[optind]);
	if (!kit_new(&r->kit))
		return 2;
	if (r->folder != NULL)
		open_list(r);
	r->judge = judge_new(&r->kit);
	r->peer = peer_new(&r->kit);
	run_all(r);
	if (!partial)
		r->wrong += rules_unused(r->rules);
	if (!r->alone_here)
		printf(
		    "\nlibcrypto: %zu refused there and accepted here, %zu the "
		    "reverse\n",
		    r->alone, r->stricter);
	printf("slowest %.3f s: %s\nlargest %zu bytes: %s\n", r->slowest,
	    r->slowest_name, r->largest, r->largest_name);
	r->wrong += failures;
	printf("%zu passed, %zu failed\n", r->right, r->wrong);
	if (r->list != NULL && fclose(r->list) != 0)
		r->wrong++;
	judge_free(r->judge);
	peer_free(r->peer);
	rules_free(r->rules);
	kit_clear(&r->kit);
	o = r->wrong == 0 ? 0 : 1;
	free(r);
	return o;
}
