/* wire_fuzz.c - any bytes as any payload: no read outside, and what is
 * accepted writes back the same bytes. */
#include "proc/wire/agent.h"
#include "proc/wire/courier.h"
#include "proc/wire/listing.h"
#include "proc/wire/reader.h"

#define REQUIRE(x) ((x) ? (void)0 : __builtin_trap())

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
same(struct bl_buf *b, struct bl_span in)
{
	REQUIRE(b->err == BL_OK && bl_span_equal(bl_buf_span(b), in));
}

static void
try_small(unsigned which, struct bl_span in, struct bl_buf *b)
{
	struct bl_wire_cert cert;
	struct bl_wire_open open;
	struct bl_wire_seal seal;
	struct bl_wire_unseal unseal;
	struct bl_wire_sealkey key;
	struct bl_wire_check check;
	struct bl_wire_fetch fetch;
	struct bl_wire_listing listing;
	struct bl_wire_fetched fetched;
	enum bl_evidence_kind kind;
	struct bl_span json;

	if (which == 0 && bl_wire_cert_get(&cert, in, NULL) == BL_OK)
		bl_wire_cert_put(b, &cert);
	else if (which == 1 && bl_wire_open_get(&open, in, NULL) == BL_OK)
		bl_wire_open_put(b, &open);
	else if (which == 2 && bl_wire_seal_get(&seal, in, NULL) == BL_OK)
		bl_wire_seal_put(b, &seal);
	else if (which == 3 && bl_wire_unseal_get(&unseal, in, NULL) == BL_OK)
		bl_wire_unseal_put(b, &unseal);
	else if (which == 4 && bl_wire_sealkey_get(&key, in, NULL) == BL_OK)
		bl_wire_sealkey_put(b, &key);
	else if (which == 5 && bl_wire_result_get(&json, in, NULL) == BL_OK)
		bl_wire_result_put(b, json);
	else if (which == 6 && bl_wire_check_get(&check, in, NULL) == BL_OK)
		bl_wire_check_put(b, &check);
	else if (which == 14 &&
	    bl_wire_listing_get(&listing, in, NULL) == BL_OK)
		bl_wire_listing_put(b, &listing);
	else if (which == 12 && bl_wire_fetch_get(&fetch, in, NULL) == BL_OK)
		bl_wire_fetch_put(b, &fetch);
	else if (which == 13 &&
	    bl_wire_fetched_get(&fetched, in, NULL) == BL_OK)
		bl_wire_fetched_put(b, &fetched);
	else if (which == 10 && bl_wire_evidence_get(&kind, in, NULL) == BL_OK)
		bl_wire_evidence_put(b, kind);
	else
		return;
	same(b, in);
}

static void
try_large(unsigned which, struct bl_span in, struct bl_buf *b)
{
	struct bl_wire_list list;
	struct bl_cert_info info;
	struct bl_wire_export export;
	struct bl_buf keys = {0};

	if (which == 6 && bl_wire_list_get(&list, in, NULL) == BL_OK)
		bl_wire_list_put(b, &list);
	else if (which == 7 && bl_wire_info_get(&info, in, NULL) == BL_OK)
		bl_wire_info_put(b, &info);
	else if (which == 8 && bl_wire_export_get(&export, in, NULL) == BL_OK)
		bl_wire_export_put(b, &export);
	else if (which == 9 && bl_wire_keys_get(&keys, in, NULL) == BL_OK)
		bl_wire_keys_put(b, (const void *)keys.p,
		    keys.n / sizeof(struct bl_agent_key));
	else
		goto out;
	same(b, in);
out:
	bl_buf_clear(&keys);
}

/* Notes are made harmless when read, so these need not write back the same. */
static void
try_told(unsigned which, struct bl_span in)
{
	struct bl_wire_verdict v;
	struct bl_wire_done d;
	struct bl_wire_row row;
	struct bl_told told;
	enum bl_err err = BL_OK;

	if (which == 15)
		err = bl_wire_row_get(&row, &told, in, NULL);
	else if (which == 10)
		err = bl_wire_verdict_get(&v, &told, in, NULL);
	else if (which == 11)
		err = bl_wire_done_get(&d, &told, in, NULL);
	else
		return;
	for (size_t i = 0; err == BL_OK && told.note.what != NULL &&
	     told.note.what[i] != '\0';
	     i++)
		REQUIRE(told.note.what[i] >= 0x20 && told.note.what[i] < 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bl_buf b = {0};
	struct bl_span in;

	if (n == 0)
		return 0;
	in = bl_span_of(p + 1, n - 1);
	try_small(p[0] % 16, in, &b);
	try_large(p[0] % 16, in, &b);
	try_told(p[0] % 16, in);
	bl_buf_clear(&b);
	return 0;
}
