/* transport_fuzz.c - what comes out is fit to be sent, has the same parts with
 * the same content, and is not changed a second time. */
#include "mime/mime.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static enum bl_err
transport(struct bl_buf *out, struct bl_span in, size_t step)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_transport *t;
	enum bl_err err;

	limits.mime_depth = 8;
	limits.mime_parts = 40;
	err = bl_transport_new(&t, &limits, NULL);
	for (size_t i = 0; i < in.n && err == BL_OK; i += step)
		err = bl_transport_add(t, out, bl_span_cut(in, i, step), NULL);
	if (err == BL_OK)
		err = bl_transport_end(t, out, NULL);
	bl_transport_free(t);
	return err;
}

/* No CR or LF alone, no NUL, no line over 998. */
static void
check_lines(struct bl_span s)
{
	size_t start = 0;

	for (size_t i = 0; i < s.n; i++) {
		must(s.p[i] != 0);
		if (s.p[i] == '\r')
			must(i + 1 < s.n && s.p[i + 1] == '\n');
		if (s.p[i] == '\n') {
			must(i > 0 && s.p[i - 1] == '\r');
			must(i - 1 - start <= 998);
			start = i + 1;
		}
	}
	must(s.n - start <= 998);
}

/* Counts the parts; with `plain` their bodies must be ASCII. */
static unsigned
parts(struct bl_span in, bool plain)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mime_event e;
	struct bl_mime *m;
	unsigned n = 0;

	limits.mime_depth = 8;
	must(bl_mime_new(&m, &limits, BL_MIME_MESSAGES_DESCEND, NULL) == BL_OK);
	for (bool fed = false;;) {
		must(bl_mime_next(m, &e, NULL) == BL_OK);
		if (e.kind == BL_MIME_DONE)
			break;
		n += e.kind == BL_MIME_BEGIN;
		if (e.kind == BL_MIME_MORE && fed)
			bl_mime_end(m);
		if (e.kind == BL_MIME_MORE && !fed)
			bl_mime_feed(m, in);
		fed = fed || e.kind == BL_MIME_MORE;
		if (plain && e.kind == BL_MIME_BODY)
			for (size_t i = 0; i < e.bytes.n; i++)
				must(e.bytes.p[i] < 0x80);
	}
	bl_mime_free(m);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t head = n < 1 ? 0 : 1;
	struct bl_span in = bl_span_of(data + head, n - head);
	struct bl_buf first = {0}, second = {0}, chunked = {0};
	enum bl_err err = transport(&first, in, in.n + 1), err2;

	must(err == BL_OK || err == BL_E_MALFORMED || err == BL_E_LIMIT);
	err2 = transport(&chunked, in, 1 + (head == 0 ? 0 : data[0] % 50));
	must(err == err2);
	if (err == BL_OK) {
		must(bl_span_equal(bl_buf_span(&first), bl_buf_span(&chunked)));
		check_lines(bl_buf_span(&first));
		must(parts(in, false) == parts(bl_buf_span(&first), true));
		err = transport(&second, bl_buf_span(&first), first.n + 1);
		must(err == BL_OK);
		must(bl_span_equal(bl_buf_span(&first), bl_buf_span(&second)));
	}
	bl_buf_clear(&first);
	bl_buf_clear(&second);
	bl_buf_clear(&chunked);
	return 0;
}
