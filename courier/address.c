/* address.c - which addresses are of the public Internet; see courier.h. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "courier/courier.h"

/* The first `bits` of an address. */
struct block {
	uint8_t p[16];
	unsigned bits;
};

/* RFC 6890 2.2.2 and what came after it. */
static const struct block closed4[] = {
    {{0}, 8},		      /* this network */
    {{10}, 8},		      /* private, RFC 1918 3 */
    {{100, 64}, 10},	      /* shared by customers of a provider */
    {{127}, 8},		      /* loopback */
    {{168, 63, 129, 16}, 32}, /* a provider's own services for machines */
    {{169, 254}, 16},	      /* link-local, metadata of machines */
    {{172, 16}, 12},	      /* private */
    {{192, 0, 0}, 24},	      /* protocol assignments */
    {{192, 0, 2}, 24},	      /* documentation */
    {{192, 31, 196}, 24},     /* AS112 */
    {{192, 52, 193}, 24},     /* multicast tunnels */
    {{192, 88, 99}, 24},      /* 6to4 relays */
    {{192, 168}, 16},	      /* private */
    {{192, 175, 48}, 24},     /* AS112 */
    {{198, 18}, 15},	      /* benchmarks */
    {{198, 51, 100}, 24},     /* documentation */
    {{203, 0, 113}, 24},      /* documentation */
    {{224}, 4},		      /* multicast */
    {{240}, 4},		      /* reserved, and broadcast */
};

/* All of IPv6 that is given out (RFC 4291 2.4); outside of it: loopback,
 * IPv4-mapped and -compatible, NAT64, local, link-local, site-local,
 * multicast. */
static const struct block open6 = {{0x20}, 3};
static const struct block closed6[] = {
    {{0x20, 0x01}, 23},			  /* Teredo, ORCHID, benchmarks */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},	  /* documentation */
    {{0x20, 0x02}, 16},			  /* 6to4 */
    {{0x26, 0x20, 0x00, 0x4f, 0x80}, 48}, /* AS112 */
    {{0x3f, 0xff}, 20},			  /* documentation */
};

static bool
is_in(const uint8_t *p, const struct block *b)
{
	unsigned whole = b->bits / 8, rest = b->bits % 8;
	unsigned mask = 0xffu << (8 - rest) & 0xffu;

	return memcmp(p, b->p, whole) == 0 &&
	    (rest == 0 || ((p[whole] ^ b->p[whole]) & mask) == 0);
}

static bool
in_any(const uint8_t *p, const struct block *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_in(p, &list[i]))
			return true;
	return false;
}
#define IN_ANY(p, list) in_any(p, list, sizeof(list) / sizeof(*(list)))

/* The bytes of an address; NULL for other families. */
static const uint8_t *
bytes_of(const struct sockaddr *a, size_t *n, in_port_t *port)
{
	const struct sockaddr_in *v4 = (const void *)a;
	const struct sockaddr_in6 *v6 = (const void *)a;

	*n = 0;
	*port = 0;
	if (a->sa_family == AF_INET) {
		*n = sizeof(v4->sin_addr);
		*port = v4->sin_port;
		return (const uint8_t *)&v4->sin_addr;
	}
	if (a->sa_family == AF_INET6) {
		*n = sizeof(v6->sin6_addr);
		*port = v6->sin6_port;
		return v6->sin6_addr.s6_addr;
	}
	return NULL;
}

bool
address_is_public(const struct sockaddr *a)
{
	in_port_t port;
	size_t n;
	const uint8_t *p = bytes_of(a, &n, &port);

	if (p == NULL)
		return false;
	if (a->sa_family == AF_INET)
		return !IN_ANY(p, closed4);
	return is_in(p, &open6) && !IN_ANY(p, closed6) &&
	    ((const struct sockaddr_in6 *)(const void *)a)->sin6_scope_id == 0;
}

bool
address_equal(const struct sockaddr *a, const struct sockaddr *b)
{
	in_port_t port_a, port_b;
	size_t n, m;
	const uint8_t *p = bytes_of(a, &n, &port_a);
	const uint8_t *q = bytes_of(b, &m, &port_b);

	return p != NULL && q != NULL && n == m && port_a == port_b &&
	    memcmp(p, q, n) == 0;
}

void
address_text(char *to, const struct sockaddr *a)
{
	in_port_t port;
	size_t n;
	const uint8_t *p = bytes_of(a, &n, &port);

	if (p == NULL || inet_ntop(a->sa_family, p, to, 64) == NULL)
		to[0] = '\0';
}
