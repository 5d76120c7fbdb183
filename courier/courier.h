/* courier.h - what the files of bulla-courier share. */
#ifndef BL_COURIER_COURIER_H
#define BL_COURIER_COURIER_H

#include <sys/socket.h>

#include "proc/wire/courier.h"

#define ADDRESSES 8 /* of one host that are looked at and tried */

/* address is where a host listens. */
struct address {
	struct sockaddr_storage a;
	socklen_t n;
};
struct addresses {
	struct address list[ADDRESSES];
	size_t n;
};

/*
 * address_is_public: false for every address that is not of the public
 * Internet, or stands for another one: RFC 6890 2.2, RFC 4291 2.5, and what
 * providers give away secrets at. Of IPv6 only 2000::/3 is public.
 */
bool address_is_public(const struct sockaddr *a);
bool address_equal(const struct sockaddr *a, const struct sockaddr *b);
/* address_text writes it without its port, as inet_ntop does; `to` holds 64
 * bytes. */
void address_text(char *to, const struct sockaddr *a);

/*
 * resolver finds addresses in a thread of its own, so that the wait for it can
 * end. Started before the cage.
 */
struct resolver;
BL_CHECK enum bl_err resolver_start(
    struct resolver **out, struct bl_note *note);
/*
 * resolver_find asks once for all addresses of a host, at most `wait_ms`.
 * FETCH_NAME, FETCH_NAME_TIME. Of more than ADDRESSES it says FETCH_NAME, since
 * all are to be looked at.
 */
enum bl_fetch_outcome resolver_find(struct addresses *out, struct resolver *r,
    const struct bl_host *host, int64_t wait_ms);

/* visits is what every visit needs, made before the cage. */
struct visits;
BL_CHECK enum bl_err visits_start(struct visits **out, struct bl_note *note);

/* found is what a visit came to; peer, url: NUL-terminated. */
struct found {
	enum bl_fetch_outcome outcome;
	unsigned status;
	uint64_t bytes;
	char peer[64];
	char url[BL_URL_MAX + 1]; /* where a redirect led, or empty */
};
/*
 * visit_go fetches from one of the checked addresses until `until`
 * (courier_now_ms), into `output`. A redirect is not followed: it comes back as
 * FETCH_REDIRECT, with found->url, or empty where it leads nowhere.
 */
struct visit_job {
	const struct bl_wire_fetch *ask;
	const struct bl_url *url;
	const struct addresses *at;
	int output;
	int64_t until;
};
void visit_go(struct found *out, struct visits *v, const struct visit_job *job);

/* courier_now_ms is a clock that only goes forward. */
int64_t courier_now_ms(void);

/* errand_run does a job whole: looks at the URL, its host and addresses, goes
 * there, and once more where a redirect leads. */
void errand_run(struct found *out, struct resolver *r, struct visits *v,
    const struct bl_wire_fetch *ask, int output);

#endif
