/* address_fuzz.c - any list: a mailbox that is found reads as itself again,
 * alone or behind a name that is written anew. */
#include "mime/mime.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
again(struct bl_span name, struct bl_span addr)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mailboxes m;
	struct bl_buf text = {0}, field = {0};
	struct bl_header *h;

	must(bl_mailbox_write(&text, name, addr, NULL) == BL_OK);
	must(bl_header_write_structured(
		 &field, "From", bl_buf_span(&text), NULL) == BL_OK);
	must(bl_header_read(&h, bl_buf_span(&field), &limits, NULL) == BL_OK);
	must(bl_header_count(h) == 1 && bl_header_defects(h) == 0);
	must(bl_mailboxes_read(&m, bl_header_at(h, 0)->value, &limits, NULL) ==
	    BL_OK);
	must(m.n == 1 && !m.bad && !m.groups);
	must(bl_span_equal(m.list[0].addr, addr));
	must(bl_span_equal(m.list[0].name, name));
	bl_mailboxes_clear(&m);
	bl_header_free(h);
	bl_buf_clear(&field);
	bl_buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bl_limits limits = BL_LIMITS;
	struct bl_mailboxes m;
	enum bl_err err;

	limits.addresses = 50;
	err = bl_mailboxes_read(&m, bl_span_of(data, n), &limits, NULL);
	must(err == BL_OK || err == BL_E_LIMIT);
	for (size_t i = 0; i < m.n; i++) {
		const struct bl_mailbox *b = &m.list[i];

		must(bl_text_ok(b->name) && bl_text_ok(b->addr));
		must(b->local.n > 0 && b->domain.n > 0);
		again(b->name, b->addr);
	}
	bl_mailboxes_clear(&m);
	return 0;
}
