/* issue_test.c - what is issued holds what was said and no more, is read by our
 * own readers, and is signed; each field at both sides of its rule. */
#include "keys/issue.h"
#include "cert/cert.h"
#include "cert/crl.h"
#include "cert/ocsp.h"
#include "keys/issue_check.h"
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#define NOW 1790000000
#define DAY 86400

static struct bl_ctx *ctx;
static struct bl_priv *ca, *own, *rsa, *weak_kind;

static const struct bl_issue_name root_name = {
    BYTES("Root"), BYTES("O"), BYTES("DE")};
static const struct bl_issue_name sub_name = {
    BYTES("Sub \xc3\xbc"), BYTES("O"), BYTES("DE")};
static const struct bl_span serial = BYTES("\x7f\x02\x03\x04\x05\x06\x07\x08");

static struct bl_issue_cert
mailbox(void)
{
	return (struct bl_issue_cert){.kind = BL_ISSUE_MAILBOX,
	    .serial = serial,
	    .not_before = NOW,
	    .not_after = NOW + 825 * DAY - 1,
	    .issuer = sub_name,
	    .sign = true,
	    .encrypt = true,
	    .addresses = {BYTES("ann@example.org")},
	    .address_count = 1,
	    .crl_url = BYTES("http://h/ca.crl"),
	    .issuer_url = BYTES("http://h/ca.crt"),
	    .ocsp_url = BYTES("http://h/ocsp/1")};
}

static struct bl_issue_cert
intermediate(void)
{
	return (struct bl_issue_cert){.kind = BL_ISSUE_INTERMEDIATE,
	    .serial = serial,
	    .not_before = NOW,
	    .not_after = NOW + INT64_C(9132) * DAY - 1,
	    .issuer = root_name,
	    .subject = sub_name,
	    .domains = {BYTES("example.org"), BYTES(".example.net")},
	    .domain_count = 2,
	    .crl_url = BYTES("http://h/root.crl"),
	    .issuer_url = BYTES("http://h/root.crt"),
	    .ocsp_url = BYTES("http://h/ocsp/2")};
}

static struct bl_issue_cert
root(void)
{
	struct bl_issue_cert c = intermediate();

	c.kind = BL_ISSUE_ROOT;
	c.subject = root_name;
	c.domain_count = 0;
	c.crl_url = c.issuer_url = c.ocsp_url = (struct bl_span){0};
	return c;
}

static void
make_keys(void)
{
	CHECK(bl_ctx_new(&ctx, NULL) == BL_OK, "ctx");
	CHECK(bl_priv_new(&ca, ctx, BL_KEY_EC_P384, 0, NULL) == BL_OK, "ca");
	CHECK(bl_priv_new(&own, ctx, BL_KEY_EC_P256, 0, NULL) == BL_OK, "own");
	CHECK(bl_priv_new(&rsa, ctx, BL_KEY_RSA, 2048, NULL) == BL_OK, "rsa");
	CHECK(bl_priv_new(&weak_kind, ctx, BL_KEY_EC_P521, 0, NULL) == BL_OK,
	    "p521");
}

static enum bl_err
write_cert(struct bl_buf *out, const struct bl_priv *key,
    const struct bl_priv *subject, const struct bl_issue_cert *c)
{
	struct bl_note note = {0};
	enum bl_err err = bl_issue_cert_write(out, ctx, key, subject, c, &note);

	CHECK(note.err == err && (err == BL_OK) == (out->n > 0), "note");
	return err;
}

static struct bl_cert *
made(const struct bl_priv *key, const struct bl_priv *subject,
    const struct bl_issue_cert *c, const char *name)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_cert *cert = NULL;
	struct bl_buf der = {0};

	CHECK(write_cert(&der, key, subject, c) == BL_OK, name);
	CHECK(
	    bl_cert_read(&cert, ctx, bl_buf_span(&der), &limits, NULL) == BL_OK,
	    name);
	bl_buf_clear(&der);
	return cert;
}

/* Is it signed by this key, over all of it, with this algorithm? */
static bool
is_signed(const struct bl_priv *by, const struct bl_sig_alg *alg,
    struct bl_span tbs, struct bl_span sig)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_buf spki = {0};
	struct bl_pub *pub = NULL;
	bool ok = bl_priv_spki(&spki, by, NULL) == BL_OK &&
	    bl_pub_read(&pub, ctx, bl_buf_span(&spki), &limits, NULL) ==
		BL_OK &&
	    bl_pub_verify_bytes(pub, ctx, alg, tbs, sig, NULL) == BL_OK;

	bl_pub_free(pub);
	bl_buf_clear(&spki);
	return ok;
}

/* The extensions in their order, and whether each is critical. */
static void
list_extensions(char *out, size_t room, const struct bl_cert *c)
{
	static const struct {
		enum bl_oid oid;
		const char *sign;
	} all[] = {{BL_OID_BASIC_CONSTRAINTS, "bc"}, {BL_OID_KEY_USAGE, "ku"},
	    {BL_OID_SUBJECT_KEY_IDENTIFIER, "ski"},
	    {BL_OID_AUTHORITY_KEY_IDENTIFIER, "aki"},
	    {BL_OID_EXT_KEY_USAGE, "eku"}, {BL_OID_CERTIFICATE_POLICIES, "cp"},
	    {BL_OID_NAME_CONSTRAINTS, "nc"},
	    {BL_OID_CRL_DISTRIBUTION_POINTS, "dp"},
	    {BL_OID_AUTHORITY_INFO_ACCESS, "aia"},
	    {BL_OID_SUBJECT_ALT_NAME, "san"}};

	*out = '\0';
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct bl_span value;
		bool critical;
		size_t n = strlen(out);

		if (bl_cert_extension(
			c, bl_oid_octets(all[i].oid), &value, &critical))
			snprintf(out + n, room - n, "%s%s ", all[i].sign,
			    critical ? "!" : "");
	}
}

static void
writes_what_was_said(void)
{
	struct bl_issue_cert m = mailbox(), i = intermediate(), r = root();
	struct bl_cert *cert, *sub, *top;
	struct bl_sig_alg alg;
	char list[100];

	cert = made(ca, own, &m, "mailbox");
	sub = made(rsa, ca, &i, "intermediate");
	top = made(rsa, rsa, &r, "root");
	list_extensions(list, sizeof(list), cert);
	CHECK(strcmp(list, "ku! ski aki eku cp dp aia san ") == 0, list);
	list_extensions(list, sizeof(list), sub);
	CHECK(strcmp(list, "bc! ku! ski aki eku cp nc! dp aia ") == 0, list);
	list_extensions(list, sizeof(list), top);
	CHECK(strcmp(list, "bc! ku! ski ") == 0, list);

	CHECK(bl_span_equal(bl_cert_serial(cert), serial), "serial");
	CHECK(bl_cert_not_before(cert) == m.not_before &&
		bl_cert_not_after(cert) == m.not_after,
	    "times");
	CHECK(bl_cert_key_usage(cert) ==
		(BL_KU_DIGITAL_SIGNATURE | BL_KU_KEY_AGREEMENT),
	    "usage");
	CHECK(bl_cert_has_addr(cert, BL_STR("ann@example.org"), NULL) &&
		bl_cert_addr_count(cert) == 1,
	    "address");
	CHECK(bl_span_equal(bl_cert_issuer(cert), bl_cert_subject(sub)) &&
		bl_span_equal(bl_cert_issuer(sub), bl_cert_subject(top)) &&
		bl_span_equal(bl_cert_issuer(top), bl_cert_subject(top)),
	    "the same names, byte for byte");
	CHECK(bl_cert_ski(cert).n == 20 &&
		bl_span_equal(bl_cert_aki(sub), bl_cert_ski(top)),
	    "key identifiers");
	CHECK(bl_span_equal(bl_cert_aki(cert), bl_cert_ski(sub)), "aki");
	CHECK(bl_cert_path(sub)->path_len == 0 &&
		bl_cert_path(top)->path_len == -1,
	    "path length");
	CHECK((bl_cert_flags(cert) & (BL_CERT_CA | BL_CERT_ODD_SERIAL)) == 0 &&
		(bl_cert_flags(sub) & BL_CERT_CA) != 0,
	    "CA");
	alg = bl_cert_sig_alg(cert);
	CHECK(alg.kind == BL_SIG_ECDSA && alg.digest == BL_SHA384, "P-384");
	CHECK(is_signed(ca, &alg, bl_cert_tbs(cert), bl_cert_signature(cert)),
	    "signed");
	alg = bl_cert_sig_alg(sub);
	CHECK(alg.kind == BL_SIG_RSA_PKCS1 && alg.digest == BL_SHA256, "RSA");
	CHECK(is_signed(rsa, &alg, bl_cert_tbs(sub), bl_cert_signature(sub)),
	    "signed");
	bl_cert_free(cert);
	bl_cert_free(sub);
	bl_cert_free(top);
}

static void
has_the_usage_of_its_key(void)
{
	static const struct {
		bool with_rsa, sign, encrypt;
		unsigned want;
	} c[] = {
	    {false, true, false, BL_KU_DIGITAL_SIGNATURE},
	    {false, false, true, BL_KU_KEY_AGREEMENT},
	    {true, true, false, BL_KU_DIGITAL_SIGNATURE},
	    {true, false, true, BL_KU_KEY_ENCIPHERMENT},
	    {true, true, true,
		BL_KU_DIGITAL_SIGNATURE | BL_KU_KEY_ENCIPHERMENT},
	};

	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++) {
		struct bl_issue_cert m = mailbox();
		struct bl_cert *cert;

		m.sign = c[i].sign;
		m.encrypt = c[i].encrypt;
		cert = made(ca, c[i].with_rsa ? rsa : own, &m, "usage");
		CHECK(bl_cert_key_usage(cert) == c[i].want, "usage");
		bl_cert_free(cert);
	}
}

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Addresses: each good one in its form, and its nearest bad twin. */
static void
takes_plain_addresses(void)
{
	static const struct {
		struct bl_span address;
		enum bl_cert_addr_kind kind; /* 0: refused */
	} c[] = {
	    {BYTES("a@b"), BL_ADDR_SAN},
	    {BYTES("a.b+c=d@x-1.example.org"), BL_ADDR_SAN},
	    {BYTES("a" A63 "@b.c"), BL_ADDR_SAN},
	    {BYTES("aa" A63 "@b.c")},
	    {BYTES("a@" A63 ".c"), BL_ADDR_SAN},
	    {BYTES("a@a" A63 ".c")},
	    {BYTES("\xc3\xbc@xn--bcher-kva.example"), BL_ADDR_SAN_UTF8},
	    {BYTES("\xc2\xa0@b.c"), BL_ADDR_SAN_UTF8},
	    {BYTES("\xc2\x9f@b.c")}, /* a control of C1 */
	    {BYTES("\xc3@b.c")},     /* no UTF-8 */
	    {BYTES("a@b\xc3\xbc.c")},
	    {BYTES("a@B.c")},
	    {BYTES("a@b..c")},
	    {BYTES("a@.b.c")},
	    {BYTES("a@b.c.")},
	    {BYTES("a@-b.c")},
	    {BYTES("a@b-.c")},
	    {BYTES("a@b.c-")},
	    {BYTES("a@b_c.d")},
	    {BYTES("a@b@c")},
	    {BYTES("@b.c")},
	    {BYTES("a@")},
	    {BYTES("a")},
	    {BYTES("")},
	    {BYTES(".a@b.c")},
	    {BYTES("a.@b.c")},
	    {BYTES("a..b@c.d")},
	    {BYTES("a b@c.d")},
	    {BYTES("\"a\"@b.c")},
	    {BYTES("a\0@b.c")},
	    {BYTES("a\n@b.c")},
	    {BYTES("a@b.c\n")},
	};

	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++) {
		struct bl_issue_cert m = mailbox();
		struct bl_buf der = {0};
		struct bl_cert *cert;
		char name[20];

		snprintf(name, sizeof(name), "address %zu", i);
		m.addresses[0] = c[i].address;
		if (c[i].kind == 0) {
			CHECK(
			    write_cert(&der, ca, own, &m) == BL_E_DENIED, name);
			bl_buf_clear(&der);
			continue;
		}
		cert = made(ca, own, &m, name);
		CHECK(bl_cert_addr_count(cert) == 1 &&
			bl_cert_addr_at(cert, 0).kind == c[i].kind &&
			bl_span_equal(
			    bl_cert_addr_at(cert, 0).addr, c[i].address),
		    name);
		bl_cert_free(cert);
	}
}

/* A subject has room for 64 characters; without one, the name is critical. */
static void
names_the_subject_if_it_fits(void)
{
	static const struct {
		struct bl_span address;
		bool subject;
	} c[] = {{BYTES("a@" A63 ".bc"), false}, {BYTES("a" A63 "@b"), false},
	    {BYTES("aaa@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		   "aaa.bc"),
		true},
	    {BYTES("aaaa@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		   "aaaa.bc"),
		false}};

	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++) {
		struct bl_issue_cert m = mailbox();
		struct bl_span value;
		struct bl_cert *cert;
		bool critical = false;

		m.addresses[0] = c[i].address;
		cert = made(ca, own, &m, "long");
		CHECK((bl_cert_subject(cert).n > 2) == c[i].subject, "subject");
		CHECK(bl_cert_extension(cert,
			  bl_oid_octets(BL_OID_SUBJECT_ALT_NAME), &value,
			  &critical) &&
			critical == !c[i].subject,
		    "critical");
		bl_cert_free(cert);
	}
}

/* Each changes one field of something good. */
static void
serial_7(struct bl_issue_cert *c)
{
	c->serial.n = 7;
}
static void
serial_none(struct bl_issue_cert *c)
{
	c->serial.n = 0;
}
static void
serial_20(struct bl_issue_cert *c)
{
	c->serial = bl_span_of(
	    "\x01\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4", 20);
}
static void
serial_21(struct bl_issue_cert *c)
{
	c->serial = bl_span_of(
	    "\x01\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5", 21);
}
static void
serial_zero(struct bl_issue_cert *c)
{
	c->serial = BL_STR("\0\2\3\4\5\6\7\10");
}
static void
serial_negative(struct bl_issue_cert *c)
{
	c->serial = BL_STR("\x80\2\3\4\5\6\7\10");
}
static void
too_long(struct bl_issue_cert *c)
{
	c->not_after++;
}
static void
no_time(struct bl_issue_cert *c)
{
	c->not_after = c->not_before;
}
static void
a_second(struct bl_issue_cert *c)
{
	c->not_after = NOW + 1;
}
static void
before_1970(struct bl_issue_cert *c)
{
	c->not_before = -1;
	c->not_after = 5;
}
static void
no_use(struct bl_issue_cert *c)
{
	c->sign = c->encrypt = false;
}
static void
use(struct bl_issue_cert *c)
{
	c->sign = true;
}
static void
no_address(struct bl_issue_cert *c)
{
	c->address_count = 0;
}
static void
address(struct bl_issue_cert *c)
{
	c->addresses[0] = BL_STR("a@b.c");
	c->address_count = 1;
}
static void
two_addresses(struct bl_issue_cert *c)
{
	c->addresses[1] = BL_STR("b@c.d");
	c->address_count = 2;
}
static void
second_is_bad(struct bl_issue_cert *c)
{
	two_addresses(c);
	c->addresses[1] = BL_STR("b");
}
static void
many_addresses(struct bl_issue_cert *c)
{
	c->address_count = BL_ISSUE_ADDRS + 1;
}
static void
subject(struct bl_issue_cert *c)
{
	c->subject = sub_name;
}
static void
domain(struct bl_issue_cert *c)
{
	c->domains[0] = BL_STR("b.c");
	c->domain_count = 1;
}
static void
no_domain(struct bl_issue_cert *c)
{
	c->domain_count = 0;
}
static void
bad_domain(struct bl_issue_cert *c)
{
	c->domains[1] = BL_STR("a@b.c");
}
static void
dots(struct bl_issue_cert *c)
{
	c->domains[1] = BL_STR("..c");
}
static void
capital(struct bl_issue_cert *c)
{
	c->domains[0] = BL_STR("B.c");
}
static void
https(struct bl_issue_cert *c)
{
	c->crl_url = BL_STR("https://h/ca.crl");
}
static void
no_url(struct bl_issue_cert *c)
{
	c->ocsp_url = (struct bl_span){0};
}
static void
a_url(struct bl_issue_cert *c)
{
	c->ocsp_url = BL_STR("http://h/");
}
static void
odd_url(struct bl_issue_cert *c)
{
	c->issuer_url = BL_STR("http://h/a b");
}
static void
long_url(struct bl_issue_cert *c)
{
	static uint8_t url[BL_ISSUE_URL_MAX + 1];

	memset(url, 'a', sizeof(url));
	memcpy(url, "http://", 7);
	c->crl_url = bl_span_of(url, sizeof(url));
}
static void
longest_url(struct bl_issue_cert *c)
{
	long_url(c);
	c->crl_url.n--;
}
static void
no_issuer(struct bl_issue_cert *c)
{
	c->issuer.common.n = 0;
}
static void
country_small(struct bl_issue_cert *c)
{
	c->subject.country = c->issuer.country = BL_STR("De");
}
static void
country_3(struct bl_issue_cert *c)
{
	c->subject.country = c->issuer.country = BL_STR("DEU");
}
static void
name_64(struct bl_issue_cert *c)
{
	c->subject.common = BL_STR("\xc3\xbc" A63);
}
static void
name_65(struct bl_issue_cert *c)
{
	c->subject.common = BL_STR("\xc3\xbc"
				   "a" A63);
}
static void
name_control(struct bl_issue_cert *c)
{
	c->subject.common = BL_STR("a\x1b[2J");
}
static void
name_no_text(struct bl_issue_cert *c)
{
	c->subject.organization = BL_STR("\xff");
}
static void
name_space(struct bl_issue_cert *c)
{
	c->subject.organization = BL_STR("a ");
}
static void
own_name(struct bl_issue_cert *c)
{
	c->issuer = c->subject;
}
static void
no_kind(struct bl_issue_cert *c)
{
	c->kind = (enum bl_issue_kind)4;
}

static void
keeps_each_rule(void)
{
	typedef void change(struct bl_issue_cert * c);
	static const struct {
		struct bl_issue_cert (*of)(void);
		change *fn;
		bool ok;
	} c[] = {
	    {mailbox, serial_7, false},
	    {mailbox, serial_none, false},
	    {mailbox, serial_20, true},
	    {mailbox, serial_21, false},
	    {mailbox, serial_zero, false},
	    {mailbox, serial_negative, false},
	    {mailbox, too_long, false},
	    {intermediate, too_long, false},
	    {mailbox, no_time, false},
	    {mailbox, a_second, true},
	    {mailbox, before_1970, false},
	    {mailbox, no_use, false},
	    {intermediate, use, false},
	    {mailbox, no_address, false},
	    {intermediate, address, false},
	    {mailbox, two_addresses, true},
	    {mailbox, second_is_bad, false},
	    {mailbox, many_addresses, false},
	    {mailbox, subject, false},
	    {mailbox, domain, false},
	    {intermediate, no_domain, true},
	    {intermediate, bad_domain, false},
	    {intermediate, dots, false},
	    {intermediate, capital, false},
	    {mailbox, https, false},
	    {mailbox, no_url, false},
	    {mailbox, odd_url, false},
	    {mailbox, long_url, false},
	    {mailbox, longest_url, true},
	    {mailbox, no_issuer, false},
	    {intermediate, no_url, false},
	    {intermediate, country_small, false},
	    {intermediate, country_3, false},
	    {intermediate, name_64, true},
	    {intermediate, name_65, false},
	    {intermediate, name_control, false},
	    {intermediate, name_no_text, false},
	    {intermediate, name_space, false},
	    {intermediate, own_name, false},
	    {mailbox, no_kind, false},
	};
	struct bl_issue_cert r;
	struct bl_buf der = {0};

	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++) {
		struct bl_issue_cert x = c[i].of();
		char name[20];

		snprintf(name, sizeof(name), "rule %zu", i);
		c[i].fn(&x);
		CHECK(write_cert(&der, ca, own, &x) ==
			(c[i].ok ? BL_OK : BL_E_DENIED),
		    name);
		bl_buf_clear(&der);
	}
	/* a root is its own, and nothing else is */
	r = root();
	CHECK(write_cert(&der, ca, own, &r) == BL_E_DENIED, "another's root");
	CHECK(write_cert(&der, ca, NULL, &r) == BL_E_DENIED, "a root's key");
	a_url(&r);
	CHECK(write_cert(&der, ca, ca, &r) == BL_E_DENIED, "root with url");
	r = mailbox();
	CHECK(write_cert(&der, ca, ca, &r) == BL_E_DENIED, "its own mailbox");
	bl_buf_clear(&der);
}

/* A public key by its numbers gives the same certificate as the key itself. */
static void
takes_keys_by_number(void)
{
	struct bl_issue_cert m = mailbox();
	uint8_t n[1025];
	struct bl_buf point = {0}, der = {0}, spki = {0};
	struct bl_cert *cert;

	CHECK(bl_priv_point(&point, own, NULL) == BL_OK, "point");
	CHECK(bl_priv_spki(&spki, own, NULL) == BL_OK, "spki");
	m.key = (struct bl_issue_public){
	    BL_KEY_EC_P256, bl_buf_span(&point), 0};
	cert = made(ca, NULL, &m, "by number");
	CHECK(bl_span_equal(bl_cert_spki(cert), bl_buf_span(&spki)), "spki");
	bl_cert_free(cert);
	m.key.number.n--;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "short point");
	m.key.number = bl_buf_span(&point);
	point.p[0] = 2;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "compressed");
	m.key.kind = BL_KEY_ED25519;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "kind");

	memset(n, 0xc3, sizeof(n));
	m.key = (struct bl_issue_public){BL_KEY_RSA, bl_span_of(n, 256), 65537};
	cert = made(ca, NULL, &m, "rsa by number");
	CHECK(bl_cert_key_bits(cert) == 2048, "bits");
	bl_cert_free(cert);
	m.key.number.n = 255;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "2040 bits");
	m.key.number.n = 1024;
	cert = made(ca, NULL, &m, "8192 bits");
	bl_cert_free(cert);
	m.key.number.n = 1025;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "8200 bits");
	m.key.number.n = 256;
	n[0] = 0x43;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "2047 bits");
	n[0] = 0;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "a zero ahead");
	n[0] = 0xc3;
	n[255] = 2;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "even");
	n[255] = 3;
	m.key.exponent = 65535;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "small e");
	m.key.exponent = 65538;
	CHECK(write_cert(&der, ca, NULL, &m) == BL_E_DENIED, "even e");
	bl_buf_clear(&point);
	bl_buf_clear(&spki);
}

/* ---- lists ---- */

static enum bl_err
write_list(struct bl_crl **out, const struct bl_issue_crl *l)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_note note = {0};
	struct bl_buf der = {0};
	enum bl_err err = bl_issue_crl_write(&der, ctx, ca, l, &note);

	*out = NULL;
	CHECK(note.err == err && (err == BL_OK) == (der.n > 0), "note");
	if (err == BL_OK)
		CHECK(
		    bl_crl_read(out, bl_buf_span(&der), &limits, NULL) == BL_OK,
		    "read");
	bl_buf_clear(&der);
	return err;
}

static void
writes_lists(void)
{
	struct bl_issue_revoked r[] = {{serial, NOW - 5, 1},
	    {BYTES("\x11\2\3\4\5\6\7\10"), NOW, 0},
	    {BYTES("\x12\2\3\4\5\6\7\10"), INT64_C(2524608000), 9}};
	struct bl_issue_crl l = {.issuer = sub_name,
	    .number = UINT64_MAX,
	    .this_update = NOW,
	    .next_update = NOW + 366 * DAY - 1,
	    .revoked = r,
	    .n = 3};
	const struct bl_crl_face *f;
	struct bl_issue_cert m = mailbox();
	struct bl_cert *cert = made(ca, own, &m, "mailbox");
	struct bl_crl *crl;
	unsigned reason;
	int64_t at;

	CHECK(write_list(&crl, &l) == BL_OK, "list");
	f = bl_crl_face(crl);
	CHECK(bl_span_equal(f->issuer, bl_cert_issuer(cert)), "issuer");
	CHECK(f->this_update == NOW && f->has_next_update &&
		f->next_update == l.next_update && !f->is_delta &&
		!f->unusable && f->idp.n == 0,
	    "face");
	CHECK(bl_span_equal(
		  f->number, BL_STR("\0\xff\xff\xff\xff\xff\xff\xff\xff")),
	    "number");
	CHECK(is_signed(ca, &f->alg, f->tbs, f->signature), "signed");
	CHECK(bl_crl_find(crl, f->issuer, serial, &reason, &at) &&
		reason == 1 && at == NOW - 5,
	    "first");
	CHECK(bl_crl_find(crl, f->issuer, r[1].serial, &reason, &at) &&
		reason == 0 && at == NOW,
	    "no reason");
	CHECK(bl_crl_find(crl, f->issuer, r[2].serial, &reason, &at) &&
		reason == 9 && at == r[2].at,
	    "after 2049");
	CHECK(!bl_crl_find(
		  crl, f->issuer, BL_STR("\x13\2\3\4\5\6\7\10"), &reason, NULL),
	    "another");
	bl_crl_free(crl);
	bl_cert_free(cert);

	l.n = 0;
	CHECK(write_list(&crl, &l) == BL_OK, "empty");
	bl_crl_free(crl);
	l.number = 0;
	CHECK(write_list(&crl, &l) == BL_E_DENIED, "number 0");
	l.number = 1;
	l.next_update++;
	CHECK(write_list(&crl, &l) == BL_E_DENIED, "for too long");
	l.next_update = NOW;
	CHECK(write_list(&crl, &l) == BL_E_DENIED, "for no time");
	l.next_update = NOW + 1;
	l.n = 1;
	for (unsigned i = 0; i < 12; i++) {
		bool good = i < 6 || i == 9;

		r[0].reason = i;
		CHECK(write_list(&crl, &l) == (good ? BL_OK : BL_E_DENIED),
		    "reason");
		bl_crl_free(crl);
	}
	r[0].reason = 0;
	r[0].at = -1;
	CHECK(write_list(&crl, &l) == BL_E_DENIED, "before 1970");
	r[0].at = NOW;
	r[0].serial.n = 7;
	CHECK(write_list(&crl, &l) == BL_E_DENIED, "serial");
	l.n = 0;
	l.issuer.country.n = 0;
	CHECK(write_list(&crl, &l) == BL_E_DENIED, "issuer");
	l.issuer = sub_name;
	l.revoked = calloc(BL_ISSUE_REVOKED + 1, sizeof(*l.revoked));
	l.n = BL_ISSUE_REVOKED + 1;
	CHECK(write_list(&crl, &l) == BL_E_DENIED, "too many");
	free((void *)(uintptr_t)l.revoked);
}

/* ---- OCSP ---- */

static enum bl_err
write_answer(struct bl_buf *der, struct bl_buf requests[2],
    const struct bl_issue_ocsp *o)
{
	struct bl_note note = {0};
	enum bl_err err = bl_issue_ocsp_write(der, requests, ctx, ca, o, &note);

	CHECK(note.err == err && (err == BL_OK) == (der->n > 0), "note");
	return err;
}

/* Both singles say the same of the same certificate; the issuer signed. */
static void
check_answer(
    struct bl_span der, struct bl_span request, const struct bl_issue_ocsp *o)
{
	struct bl_issue_cert m = mailbox(), i = intermediate();
	struct bl_cert *cert = made(ca, own, &m, "mailbox");
	struct bl_cert *issuer = made(rsa, ca, &i, "intermediate");
	const struct bl_limits limits = BL_LIMITS;
	const struct bl_ocsp_face *f;
	struct bl_digest_value hash;
	struct bl_buf sent = {0};
	struct bl_ocsp *a = NULL;
	struct bl_der in;
	bool yes;

	CHECK(bl_ocsp_read(&a, der, &limits, NULL) == BL_OK, "read");
	f = bl_ocsp_face(a);
	CHECK(f->status == BL_OCSP_SUCCESSFUL && !f->unusable &&
		f->produced_at == NOW && f->certs.n == 0,
	    "face");
	CHECK(is_signed(ca, &f->alg, f->tbs, f->signature), "signed");
	CHECK(bl_cert_key_hash(&hash, ctx, BL_SHA1, issuer, NULL) == BL_OK &&
		bl_span_equal(f->by_key, bl_span_of(hash.p, hash.n)),
	    "responder");
	in = bl_der_of(f->singles);
	for (int k = 0; k < 2; k++) {
		struct bl_ocsp_single s = bl_ocsp_single_read(&in);

		CHECK(s.id.digest == (k == 0 ? BL_SHA1 : BL_SHA256), "digest");
		CHECK(bl_cert_id_is(&yes, ctx, &s.id, cert, issuer, NULL) ==
			    BL_OK &&
			yes,
		    "names it");
		CHECK(s.said ==
			    (o->is_revoked ? BL_OCSP_REVOKED : BL_OCSP_GOOD) &&
			s.reason == o->cert.reason &&
			s.revoked_at == o->cert.at && s.this_update == NOW &&
			s.has_next_update && s.next_update == o->next_update,
		    "says it");
	}
	CHECK(bl_der_done(&in), "two");
	/* and the first request is the one that we send */
	CHECK(bl_ocsp_request(&sent, ctx, cert, issuer, (struct bl_span){0},
		  NULL) == BL_OK &&
		bl_span_equal(bl_buf_span(&sent), request),
	    "request");
	bl_buf_clear(&sent);
	bl_ocsp_free(a);
	bl_cert_free(cert);
	bl_cert_free(issuer);
}

static void
writes_answers(void)
{
	struct bl_issue_ocsp o = {.issuer = sub_name,
	    .cert = {serial, 0, 0},
	    .this_update = NOW,
	    .next_update = NOW + 7 * DAY};
	struct bl_buf der = {0}, requests[2] = {0};
	const struct bl_limits limits = BL_LIMITS;

	for (int revoked = 0; revoked < 2; revoked++) {
		o.is_revoked = revoked == 1;
		o.cert.at = revoked == 1 ? NOW - 1 : 0;
		o.cert.reason = revoked == 1 ? 1 : 0;
		CHECK(write_answer(&der, requests, &o) == BL_OK, "answer");
		CHECK(
		    bl_der_check(bl_buf_span(&der), 0, &limits, NULL) == BL_OK,
		    "DER");
		check_answer(bl_buf_span(&der), bl_buf_span(&requests[0]), &o);
		for (int i = 0; i < 2; i++) {
			CHECK(bl_der_check(bl_buf_span(&requests[i]), 0,
				  &limits, NULL) == BL_OK,
			    "DER");
			bl_buf_clear(&requests[i]);
		}
		bl_buf_clear(&der);
	}
	o.is_revoked = false;
	CHECK(write_answer(&der, requests, &o) == BL_E_DENIED,
	    "not revoked, with a time");
	o.cert.at = 0;
	CHECK(write_answer(&der, requests, &o) == BL_E_DENIED,
	    "not revoked, with a reason");
	o.cert.reason = 0;
	o.next_update = NOW + 367 * DAY;
	CHECK(write_answer(&der, requests, &o) == BL_E_DENIED, "too long");
	o.next_update = NOW + 1;
	o.cert.serial.n = 7;
	CHECK(write_answer(&der, requests, &o) == BL_E_DENIED, "serial");
	o.cert.serial = serial;
	o.issuer.common.n = 0;
	CHECK(write_answer(&der, requests, &o) == BL_E_DENIED, "issuer");
}

/* ---- memory ---- */

static enum bl_err
write_all(void *arg)
{
	struct bl_issue_cert m = mailbox();
	struct bl_issue_revoked r = {serial, NOW, 1};
	struct bl_issue_crl l = {.issuer = sub_name,
	    .number = 1,
	    .this_update = NOW,
	    .next_update = NOW + 1,
	    .revoked = &r,
	    .n = 1};
	struct bl_issue_ocsp o = {.issuer = sub_name,
	    .cert = {serial, 0, 0},
	    .this_update = NOW,
	    .next_update = NOW + 1};
	struct bl_buf out = {0}, requests[2] = {0};
	enum bl_err err;

	(void)arg;
	if ((err = bl_issue_cert_write(&out, ctx, ca, rsa, &m, NULL)) ==
		BL_OK &&
	    (err = bl_issue_crl_write(&out, ctx, ca, &l, NULL)) == BL_OK)
		err = bl_issue_ocsp_write(&out, requests, ctx, ca, &o, NULL);
	bl_buf_clear(&out);
	bl_buf_clear(&requests[0]);
	bl_buf_clear(&requests[1]);
	return err;
}

static void
says_when_memory_ends(void)
{
	bl_test_each_allocation(write_all, NULL, "all");
	CHECK(bl_issue_is_ascii(BL_STR("a")) &&
		!bl_issue_is_ascii(BL_STR("\xc3\xbc")) &&
		bl_issue_length(BL_STR("\xc3\xbc"
				       "b")) == 2,
	    "letters");
	bl_priv_free(ca);
	bl_priv_free(own);
	bl_priv_free(rsa);
	bl_priv_free(weak_kind);
	bl_ctx_free(ctx);
}

TESTS(TEST(make_keys), TEST(writes_what_was_said),
    TEST(has_the_usage_of_its_key), TEST(takes_plain_addresses),
    TEST(names_the_subject_if_it_fits), TEST(keeps_each_rule),
    TEST(takes_keys_by_number), TEST(writes_lists), TEST(writes_answers),
    TEST(says_when_memory_ends))
