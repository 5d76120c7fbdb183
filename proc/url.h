/* url.h - the addresses of the web that may be visited, and what names one
 * host and port. */
#ifndef BL_PROC_URL_H
#define BL_PROC_URL_H

#include "bulla/base.h"

#define BL_URL_MAX  2048u /* bytes of a URL */
#define BL_HOST_MAX 253u  /* bytes of a host's name (RFC 1035 2.3.4) */
#define BL_PAIR_MAX (BL_HOST_MAX + 6u) /* bytes of HOST:PORT */

/*
 * bl_host is a host and a port.
 *
 * name  NUL-terminated, lower case: a name of letters, digits, hyphens and
 *	 dots, or an IPv4 address of four decimal numbers, or an IPv6 address
 *	 as inet_ntop writes it, without brackets
 */
struct bl_host {
	char name[BL_HOST_MAX + 1];
	uint16_t port;
	bool is_v6;
};

/*
 * bl_url is a URL taken apart; the spans borrow from it.
 *
 * target  path and query, may be empty
 */
struct bl_url {
	bool https;
	struct bl_host host;
	struct bl_span target;
};

/*
 * bl_url_read reads http and https URLs (RFC 3986 3), strictly: no user, no
 * fragment, no percent sign in the host, no zone; an address is written in one
 * way only, so that all programs that read it mean the same: a host that ends
 * in a number is four decimal numbers without leading zeros.
 *
 * BL_E_MALFORMED, BL_E_UNSUPPORTED (another scheme), BL_E_LIMIT.
 */
BL_CHECK enum bl_err bl_url_read(
    struct bl_url *out, struct bl_span text, struct bl_note *note);
/* bl_url_put writes it as text; what is written reads back the same. */
void bl_url_put(struct bl_buf *out, const struct bl_url *u);
/* bl_host_read reads HOST:PORT, the host as in a URL. BL_E_MALFORMED. */
BL_CHECK enum bl_err bl_host_read(
    struct bl_host *out, struct bl_span text, struct bl_note *note);
bool bl_host_equal(const struct bl_host *a, const struct bl_host *b);

#endif
