/* address_test.c - both ends of every block of addresses that is not public,
 * and their neighbours. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "courier/courier.h"
#include "tests/test.h"

static const char *const closed[] = {"0.0.0.0", "0.255.255.255", "10.0.0.0",
    "10.255.255.255", "100.64.0.0", "100.127.255.255", "100.100.100.200",
    "127.0.0.0", "127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.0.0",
    "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
    "192.0.0.0", "192.0.0.192", "192.0.0.255", "192.0.2.0", "192.0.2.255",
    "192.31.196.0", "192.31.196.255", "192.52.193.0", "192.52.193.255",
    "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255",
    "192.175.48.0", "192.175.48.255", "198.18.0.0", "198.19.255.255",
    "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255",
    "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255", "::", "::1",
    "::127.0.0.1", "::9.9.9.9", "::ffff:127.0.0.1", "::ffff:9.9.9.9",
    "::ffff:0:9.9.9.9", "64:ff9b::", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "100::1", "1fff:ffff::", "2001::", "2001::1", "2001:0:53aa:64c::1",
    "2001:2::1", "2001:10::1", "2001:20::1",
    "2001:1ff:ffff::", "2001:db8::", "2001:db8::1", "2001:db8:ffff::", "2002::",
    "2002:7f00:1::", "2002:ffff::", "2620:4f:8000::1",
    "3fff::", "3fff:fff:ffff::", "4000::", "5f00::1", "fc00::", "fd00:ec2::254",
    "fdff::1", "fe80::1", "febf::1", "fec0::1", "feff::1", "ff00::1", "ff02::1",
    "ffff::"};
static const char *const open_[] = {"1.0.0.0", "9.9.9.9", "9.255.255.255",
    "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
    "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0",
    "192.0.1.255", "192.0.3.0", "192.31.195.255", "192.31.197.0",
    "192.52.192.255", "192.52.194.0", "192.88.98.255", "192.88.100.0",
    "192.167.255.255", "192.169.0.0", "192.175.47.255", "192.175.49.0",
    "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
    "203.0.112.255", "203.0.114.0", "223.255.255.255",
    "2000::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::",
    "2620:4f:7fff::", "2620:4f:8001::", "2620:fe::9", "2a00:1450::1", "3ffe::1",
    "3fff:1000::", "3fff:ffff::"};

static struct sockaddr_storage
read_address(const char *text, uint16_t port)
{
	struct sockaddr_storage s = {0};
	struct sockaddr_in *v4 = (void *)&s;
	struct sockaddr_in6 *v6 = (void *)&s;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		s.ss_family = AF_INET;
		v4->sin_port = htons(port);
		return s;
	}
	s.ss_family = AF_INET6;
	v6->sin6_port = htons(port);
	CHECK(inet_pton(AF_INET6, text, &v6->sin6_addr) == 1, text);
	return s;
}

static void
tells_public_addresses(void)
{
	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++) {
		struct sockaddr_storage s = read_address(closed[i], 80);

		CHECK(!address_is_public((void *)&s), closed[i]);
	}
	for (size_t i = 0; i < sizeof(open_) / sizeof(*open_); i++) {
		struct sockaddr_storage s = read_address(open_[i], 80);

		CHECK(address_is_public((void *)&s), open_[i]);
	}
}

static void
takes_no_other_kind(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_storage s = read_address("2620:fe::9", 80);

	CHECK(!address_is_public((void *)&un), "a socket of UNIX");
	((struct sockaddr_in6 *)(void *)&s)->sin6_scope_id = 1;
	CHECK(!address_is_public((void *)&s), "with a zone");
}

static void
compares(void)
{
	struct sockaddr_storage a = read_address("9.9.9.9", 80),
				b = read_address("9.9.9.9", 81),
				c = read_address("9.9.9.8", 80),
				d = read_address("2620:fe::9", 80),
				e = read_address("2620:fe::9", 80);
	char text[64];

	CHECK(address_equal((void *)&a, (void *)&a), "same");
	CHECK(!address_equal((void *)&a, (void *)&b), "port");
	CHECK(!address_equal((void *)&a, (void *)&c), "address");
	CHECK(!address_equal((void *)&a, (void *)&d), "family");
	CHECK(address_equal((void *)&d, (void *)&e), "v6");
	address_text(text, (void *)&d);
	CHECK(strcmp(text, "2620:fe::9") == 0, text);
}

TESTS(TEST(tells_public_addresses), TEST(takes_no_other_kind), TEST(compares))
