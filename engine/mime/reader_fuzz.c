/* reader_fuzz.c - any bytes in any chunks: all of them come out again, in
 * order, under a tree that is well formed, and the chunks do not matter. */
#include "mime/mime.h"

struct run {
	uint64_t at;
	uint64_t shape; /* of events and the positions where they change */
	unsigned defects;
	enum bl_err err;
};

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
mix(struct run *r, uint64_t v)
{
	r->shape = (r->shape ^ v) * 0x100000001b3u;
}

static void
look(struct run *r, const struct bl_mime_event *e, struct bl_mime_event *last,
    struct bl_span in)
{
	bool goes_on = e->kind == last->kind && e->part == last->part &&
	    (e->kind == BL_MIME_BODY || e->kind == BL_MIME_BETWEEN);

	must(e->at == r->at && e->bytes.n <= in.n - r->at);
	must(e->bytes.n == 0 ||
	    memcmp(e->bytes.p, in.p + r->at, e->bytes.n) == 0);
	must(e->kind != BL_MIME_BEGIN || e->part->header != NULL);
	must(e->kind != BL_MIME_END || e->bytes.n == 0);
	must(e->kind != BL_MIME_BETWEEN || e->part->is_multipart);
	must(e->kind != BL_MIME_BODY || !e->part->is_multipart);
	if (!goes_on) {
		mix(r, e->at);
		mix(r, e->kind);
		mix(r, e->part->number);
		mix(r, e->part->depth);
	}
	r->at += e->bytes.n;
	*last = *e;
}

static struct run
run(struct bl_span in, const uint8_t *steps, size_t n)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mime_event e, last = {0};
	struct bl_mime *m;
	struct run r = {0};
	size_t fed = 0, k = 0;

	limits.header_block_bytes = 600;
	limits.header_fields = 20;
	limits.mime_depth = 6;
	limits.mime_parts = 30;
	if (bl_mime_new(&m, &limits,
		in.n % 2 == 0 ? BL_MIME_MESSAGES_DESCEND
			      : BL_MIME_MESSAGES_WHOLE,
		NULL) != BL_OK)
		abort();
	for (;;) {
		r.err = bl_mime_next(m, &e, NULL);
		if (r.err != BL_OK || e.kind == BL_MIME_DONE)
			break;
		if (e.kind == BL_MIME_MORE) {
			size_t step = n == 0 ? in.n : 1 + steps[k++ % n] % 40u;
			struct bl_span s = bl_span_cut(in, fed, step);
			/* Of its own, for the sanitiser to see its ends. */
			static uint8_t *copy;

			free(copy);
			copy = malloc(s.n + 1);
			if (copy == NULL)
				abort();
			if (s.n > 0)
				memcpy(copy, s.p, s.n);
			fed += s.n;
			if (s.n > 0)
				bl_mime_feed(m, bl_span_of(copy, s.n));
			else
				bl_mime_end(m);
			continue;
		}
		look(&r, &e, &last, in);
	}
	must(r.err == BL_OK || r.err == BL_E_LIMIT);
	must(r.err != BL_OK || r.at == in.n);
	r.defects = bl_mime_defects(m);
	bl_mime_free(m);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t head = n < 4 ? n : 4;
	struct bl_span in = bl_span_of(data + head, n - head);
	struct run a = run(in, NULL, 0), b = run(in, data, head);

	must(a.err == b.err);
	if (a.err == BL_OK) {
		must(a.shape == b.shape);
		must(a.defects == b.defects);
	}
	return 0;
}
