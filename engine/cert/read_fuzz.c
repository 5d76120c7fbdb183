/* read_fuzz.c - any bytes as a certificate: spans stay inside it, and names
 * and addresses can always be shown. */
#include "cert/cert.h"

#include <stdlib.h>

static void
inside(struct bl_span s, struct bl_span whole)
{
	if (s.n == 0)
		return;
	if (s.p < whole.p || s.p + s.n > whole.p + whole.n)
		abort();
}

/* What the extensions of a path hold is inside, and can be walked to its end. */
static void
look_at_path(const struct bl_cert *c, struct bl_span whole)
{
	const struct bl_cert_path *p = bl_cert_path(c);
	const struct bl_span subtrees[] = {p->permitted, p->excluded};
	const struct bl_span points[] = {p->points, p->freshest};
	struct bl_der in;

	for (in = bl_der_of(p->names); bl_der_peek(&in) != 0;)
		inside(bl_gname_read(&in).value, whole);
	for (size_t i = 0; !in.bad && i < 2; i++)
		for (in = bl_der_of(subtrees[i]); bl_der_peek(&in) != 0;)
			inside(bl_subtree_read(&in).value, whole);
	for (size_t i = 0; !in.bad && i < 2; i++)
		for (in = bl_der_of(points[i]); bl_der_peek(&in) != 0;)
			inside(bl_dist_point_read(&in).names, whole);
	if (!in.bad)
		for (in = bl_der_of(p->policies); bl_der_peek(&in) != 0;)
			inside(bl_policy_read(&in), whole);
	if (!in.bad)
		for (in = bl_der_of(p->mappings); bl_der_peek(&in) != 0;)
			inside(bl_mapping_read(&in).subject, whole);
	inside(p->access, whole);
	if (in.bad || p->path_len < -1 || p->inhibit_any < -1)
		abort();
	if (!bl_name_same(bl_cert_subject(c), bl_cert_subject(c)) ||
	    !bl_name_within(bl_cert_issuer(c), bl_cert_issuer(c)) ||
	    bl_name_same(bl_cert_subject(c), bl_cert_issuer(c)) !=
		bl_name_same(bl_cert_issuer(c), bl_cert_subject(c)))
		abort();
}

static void
look(const struct bl_cert *c)
{
	struct bl_span whole = bl_cert_der(c), value;
	struct bl_buf text = {0};

	inside(bl_cert_serial(c), whole);
	inside(bl_cert_issuer(c), whole);
	inside(bl_cert_subject(c), whole);
	inside(bl_cert_spki(c), whole);
	inside(bl_cert_ski(c), whole);
	inside(bl_cert_aki(c), whole);
	inside(bl_cert_tbs(c), whole);
	inside(bl_cert_signature(c), whole);
	for (size_t i = 0; i < bl_cert_addr_count(c); i++) {
		struct bl_cert_addr a = bl_cert_addr_at(c, i);

		inside(a.addr, whole);
		if (!bl_text_ok(a.addr))
			abort();
		/* what is there is found, unless one entry was bad or the
		 * subject does not count */
		if (i == 0 && (bl_cert_flags(c) & BL_CERT_BAD_ADDRESS) == 0 &&
		    !bl_cert_has_addr(c, a.addr, NULL))
			abort();
	}
	if (bl_cert_extension(
		c, bl_oid_octets(BL_OID_SUBJECT_ALT_NAME), &value, NULL))
		inside(value, whole);
	look_at_path(c, whole);
	bl_cert_name(&text, c);
	bl_name_show(&text, bl_cert_subject(c));
	bl_name_show(&text, bl_cert_issuer(c));
	if (text.err == BL_OK && !bl_text_ok(bl_buf_span(&text)) &&
	    text.n != 0) {
		/* a NUL of a common name is kept, nothing else */
		bool nul = false;

		for (size_t i = 0; i < text.n; i++)
			nul = nul || text.p[i] == 0;
		if (!nul)
			abort();
	}
	bl_buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bl_ctx *ctx;
	const struct bl_limits limits = BL_LIMITS;
	struct bl_note note = {0};
	struct bl_cert *c;
	enum bl_err err;

	if (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK)
		abort();
	err = bl_cert_read(&c, ctx, bl_span_of(data, size), &limits, &note);
	if ((c != NULL) != (err == BL_OK) || note.err != err)
		abort();
	if (c != NULL)
		look(c);
	bl_cert_free(c);
	return 0;
}
