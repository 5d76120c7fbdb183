/* address_fuzz.c - any two addresses, a line each: that they are the same does
 * not hang on their order, and a domain is the same as its A-labels. */
#include "cert/cert.h"

#include <stdlib.h>
#include <string.h>

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* The domain as certificates have it: ASCII, bounded, and it stays so. */
static void
domain(struct bl_span host)
{
	struct bl_buf u = {0}, a = {0};
	struct bl_domain d, again;

	if (!bl_domain_read(&d, host)) {
		must(d.name.n == 0);
		return;
	}
	must(d.name.p == host.p || d.name.n <= BL_DOMAIN_MAX);
	for (size_t i = 0; i < d.name.n; i++)
		must(d.name.p[i] < 0x80);
	must(bl_domain_read(&again, d.name) &&
	    bl_span_equal(again.name, d.name));
	bl_buf_add_str(&u, "x@");
	bl_buf_add(&u, host);
	bl_buf_add_str(&a, "x@");
	bl_buf_add(&a, d.name);
	if (host.n != 0 && memchr(host.p, '@', host.n) == NULL)
		must(bl_addr_same(bl_buf_span(&u), bl_buf_span(&a), NULL));
	bl_buf_clear(&u);
	bl_buf_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *line = n == 0 ? NULL : memchr(data, '\n', n);
	size_t first = line == NULL ? n : (size_t)(line - data);
	struct bl_span all = bl_span_of(data, n);
	struct bl_span a = bl_span_cut(all, 0, first);
	struct bl_span b = bl_span_cut(all, first + (line != NULL), n);
	bool exact, same = bl_addr_same(a, b, &exact);

	must(bl_addr_same(b, a, NULL) == same);
	must(same || !exact);
	/* an address is itself, or no address at all */
	if (same)
		must(bl_addr_same(a, a, &exact) && exact &&
		    bl_addr_same(b, b, &exact) && exact);
	domain(a);
	domain(b);
	return 0;
}
