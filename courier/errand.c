/* errand.c - one job: may it be visited, where is it, what is there; see
 * courier.h. */
#include "courier/courier.h"

/* Was this host with this port allowed by name? */
static bool
is_listed(const struct bl_wire_fetch *ask, const struct bl_host *host)
{
	for (size_t i = 0; i < ask->pair_count; i++) {
		struct bl_host pair;

		if (bl_host_read(&pair, ask->pairs[i], NULL) == BL_OK &&
		    bl_host_equal(&pair, host))
			return true;
	}
	return false;
}

/* All of them: one that is not public may be tried, too. */
static bool
all_public(const struct addresses *at)
{
	for (size_t i = 0; i < at->n; i++)
		if (!address_is_public((const void *)&at->list[i].a))
			return false;
	return true;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static enum bl_fetch_outcome
look(struct addresses *at, struct resolver *r, const struct bl_wire_fetch *ask,
    const struct bl_url *url, int64_t until)
{
	bool listed = is_listed(ask, &url->host);
	enum bl_fetch_outcome outcome;

	if (!listed && url->host.port != 80 && url->host.port != 443)
		return BL_FETCH_PORT;
	outcome = resolver_find(at, r, &url->host,
	    least(BL_COURIER_STEP_MS, until - courier_now_ms()));
	if (outcome == BL_FETCH_OK && !listed && !all_public(at))
		return BL_FETCH_ADDRESS;
	return outcome;
}

void
errand_run(struct found *out, struct resolver *r, struct visits *v,
    const struct bl_wire_fetch *ask, int output)
{
	int64_t until = courier_now_ms() + ask->wait_ms;
	char target[BL_URL_MAX + 1];
	struct bl_span text = ask->url;
	bool https = false;

	*out = (struct found){0};
	for (unsigned hop = 0; hop <= BL_COURIER_REDIRECTS; hop++) {
		struct addresses at;
		struct bl_url url;
		enum bl_fetch_outcome outcome = BL_FETCH_URL;

		if (bl_url_read(&url, text, NULL) == BL_OK)
			outcome = https && !url.https
			    ? BL_FETCH_REDIRECT
			    : look(&at, r, ask, &url, until);
		if (outcome != BL_FETCH_OK) {
			out->outcome = outcome;
			break;
		}
		https = url.https;
		visit_go(
		    out, v, &(struct visit_job){ask, &url, &at, output, until});
		if (out->outcome != BL_FETCH_REDIRECT || out->url[0] == '\0')
			break;
		memcpy(target, out->url, sizeof(target));
		text = bl_span_str(target);
		if (hop == BL_COURIER_REDIRECTS)
			break;
	}
}
