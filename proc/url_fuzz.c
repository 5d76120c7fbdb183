/* url_fuzz.c - any bytes as a URL and as HOST:PORT: what is read writes back to
 * what reads the same, and its host has nothing that others read otherwise. */
#include "proc/url.h"

#define REQUIRE(x) ((x) ? (void)0 : __builtin_trap())

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
look_at(const struct bl_host *h)
{
	size_t n = strlen(h->name);

	REQUIRE(n > 0 && n <= BL_HOST_MAX && h->port != 0);
	for (size_t i = 0; i < n; i++)
		REQUIRE((h->name[i] >= 'a' && h->name[i] <= 'z') ||
		    (h->name[i] >= '0' && h->name[i] <= '9') ||
		    h->name[i] == '.' || (h->name[i] == '-' && !h->is_v6) ||
		    (h->name[i] == ':' && h->is_v6));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bl_url u, twice;
	struct bl_buf text = {0};
	struct bl_host h;

	if (bl_host_read(&h, bl_span_of(p, n), NULL) == BL_OK)
		look_at(&h);
	if (bl_url_read(&u, bl_span_of(p, n), NULL) != BL_OK)
		return 0;
	look_at(&u.host);
	bl_url_put(&text, &u);
	/* the port is written out: it may be too long now */
	if (text.n <= BL_URL_MAX)
		REQUIRE(
		    bl_url_read(&twice, bl_buf_span(&text), NULL) == BL_OK &&
		    bl_host_equal(&u.host, &twice.host) &&
		    u.https == twice.https &&
		    bl_span_equal(u.target, twice.target));
	bl_buf_clear(&text);
	return 0;
}
