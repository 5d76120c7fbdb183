/* fuzz.c - what the fuzzers of this module share; see fuzz.h. */
#include "cms/fuzz.h"

#include "tests/test.h"

/* The people of the tests are checked with this. */
void
bl_test_check(
    bool ok, const char *cond, const char *name, const char *file, int line)
{
	(void)cond;
	(void)name;
	(void)file;
	(void)line;
	MUST(ok);
}

struct bl_ctx *
bl_fuzz_ctx(void)
{
	static struct bl_ctx *ctx;

	if (ctx == NULL)
		MUST(bl_ctx_new(&ctx, NULL) == BL_OK);
	return ctx;
}

/* What always holds of an event. */
static void
judge(struct bl_fuzz_run *r, const struct bl_cms_event *ev)
{
	MUST((ev->bytes.n != 0) == (ev->kind == BL_CMS_CONTENT));
	if (ev->kind == BL_CMS_KEY) {
		r->keys++;
		MUST(r->content.n == 0 && r->keys == 1);
		MUST(bl_cms_kind(r->cms) == BL_CMS_ENVELOPED ||
		    bl_cms_kind(r->cms) == BL_CMS_AUTH_ENVELOPED);
		MUST(bl_cms_recipient_count(r->cms) > 0);
		MUST(bl_cms_cipher(r->cms) != BL_CIPHER_NONE);
		MUST(bl_cipher_is_aead(bl_cms_cipher(r->cms)) ==
		    (bl_cms_kind(r->cms) == BL_CMS_AUTH_ENVELOPED));
	}
	if (ev->kind == BL_CMS_CONTENT) {
		MUST(r->ends == 0);
		MUST(r->keys == 1 || bl_cms_kind(r->cms) == BL_CMS_SIGNED ||
		    bl_cms_kind(r->cms) == BL_CMS_COMPRESSED);
		bl_buf_add(&r->content, ev->bytes);
	}
	r->ends += ev->kind == BL_CMS_CONTENT_END;
}

static enum bl_err
give(struct bl_fuzz_run *r, bl_fuzz_key_fn *key)
{
	struct bl_secret *cek = key == NULL ? NULL : key(r->cms);
	enum bl_err err = cek == NULL ? BL_E_NOKEY
				      : bl_cms_set_key(r->cms, cek, NULL);

	bl_secret_free(cek);
	return err;
}

void
bl_fuzz_read(struct bl_fuzz_run *r, struct bl_ctx *ctx, struct bl_span in,
    size_t piece, bl_fuzz_key_fn *key)
{
	const struct bl_policy policy = {.legacy = true};
	struct bl_limits limits = BL_LIMITS;
	struct bl_cms_event ev = {0};
	struct bl_note note = {0};

	*r = (struct bl_fuzz_run){0};
	limits.recipients = 100;
	limits.cms_frame_bytes = 1u << 16;
	limits.inflated_bytes = 1u << 17;
	limits.inflated_free = 1000;
	MUST(bl_cms_new(&r->cms, ctx, &policy, &limits, NULL) == BL_OK);
	while (r->err == BL_OK && ev.kind != BL_CMS_END) {
		r->err = bl_cms_next(r->cms, &ev, &note);
		MUST(note.err == r->err && (r->err == BL_OK) == !note.what);
		if (r->err != BL_OK)
			break;
		judge(r, &ev);
		if (ev.kind == BL_CMS_KEY)
			r->err = give(r, key);
		if (ev.kind == BL_CMS_MORE && in.n == 0)
			bl_cms_end(r->cms);
		if (ev.kind == BL_CMS_MORE) {
			bl_cms_feed(r->cms, bl_span_cut(in, 0, piece));
			in = bl_span_cut(in, piece, in.n);
		}
	}
	MUST(r->content.n <= limits.inflated_bytes ||
	    bl_cms_kind(r->cms) != BL_CMS_COMPRESSED);
	MUST(ev.kind != BL_CMS_END || r->ends == 1 ||
	    (bl_cms_kind(r->cms) != BL_CMS_SIGNED &&
		bl_cms_kind(r->cms) != BL_CMS_COMPRESSED));
}

void
bl_fuzz_clear(struct bl_fuzz_run *r)
{
	bl_cms_free(r->cms);
	bl_buf_clear(&r->content);
}
