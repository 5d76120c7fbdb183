/* cert.h - what the engine sees of a certificate beyond bulla/cert.h. */
#ifndef BL_CERT_CERT_H
#define BL_CERT_CERT_H

#include "bulla/cert.h"
#include "crypto/crypto.h"
#include "der/alg.h"
#include "der/der.h"

#define BL_DOMAIN_MAX	   253	/* bytes in A-labels: RFC 1035 2.3.4 */
#define BL_DOMAIN_UTF8_MAX 1012 /* bytes: each one of those a character */

/* bl_cert_pub borrows the key, NULL when its algorithm is not handled. */
const struct bl_pub *bl_cert_pub(const struct bl_cert *c);
/* bl_cert_tbs: the signed bytes; bl_cert_signature: the signature's octets. */
struct bl_span bl_cert_tbs(const struct bl_cert *c);
struct bl_span bl_cert_signature(const struct bl_cert *c);

/* ---- names ---- */

/* The tags of GeneralName, RFC 5280 4.2.1.6. */
enum {
	BL_GN_OTHER = BL_DER_CONTEXT(0),
	BL_GN_RFC822 = BL_DER_IMPLICIT(1),
	BL_GN_DNS = BL_DER_IMPLICIT(2),
	BL_GN_X400 = BL_DER_CONTEXT(3),
	BL_GN_DIRECTORY = BL_DER_CONTEXT(4),
	BL_GN_EDI = BL_DER_CONTEXT(5),
	BL_GN_URI = BL_DER_IMPLICIT(6),
	BL_GN_IP = BL_DER_IMPLICIT(7),
	BL_GN_RID = BL_DER_IMPLICIT(8),
};
/* bl_gname is one GeneralName. value: the content; of a directoryName the whole
 * Name; of an otherName the whole element inside [0], and `oid` its type. */
struct bl_gname {
	unsigned tag;
	struct bl_span value, oid;
};
/* bl_gname_read takes one off the front; what is none marks `in` bad. */
struct bl_gname bl_gname_read(struct bl_der *in);

/*
 * bl_name_same compares two Names in DER as RFC 5280 7.1 has it: each part for
 * itself, texts of any string type without case, white space at the ends and
 * runs of it; other values byte for byte. Letters outside of Latin, Greek and
 * Cyrillic keep their case, and nothing is normalised (docs/deviations.md).
 */
bool bl_name_same(struct bl_span a, struct bl_span b);
/* bl_name_within: the first parts of `name` are those of `base`. */
bool bl_name_within(struct bl_span base, struct bl_span name);
/* bl_domain is a domain with its U-labels as A-labels; `name` borrows from what
 * was read where that was ASCII, else from `bytes` beside it. */
struct bl_domain {
	struct bl_span name;
	uint8_t bytes[BL_DOMAIN_MAX];
};
/*
 * bl_domain_read gives the domain of an address as certificates have it.
 *
 * s  UTF-8. ASCII is given back as it is, unread: it may be an address literal,
 *    or hold what begins with "xn--" and is no A-label.
 *
 * Beyond ASCII, IDNA2008 as a lookup has it (RFC 5891 5): ASCII in lower case,
 * normalised to NFC, and not mapped in any other way, so that a capital beyond
 * ASCII, a wide letter or a ligature is no name. False for what is none, for
 * more than BL_DOMAIN_UTF8_MAX bytes or an A-label form of more than
 * BL_DOMAIN_MAX (a label: 63), and when there is no memory.
 * Source RFC 9549 2.2, RFC 9598 5.
 */
bool bl_domain_read(struct bl_domain *out, struct bl_span s);
/* bl_domain_same compares domains as A-labels without ASCII case. One that
 * bl_domain_read refuses is the same as itself, ASCII case aside, and as no
 * other. ASCII is compared without further cost. */
bool bl_domain_same(struct bl_span a, struct bl_span b);
/* bl_name_emails calls `each` for every emailAddress of a Name; the type of its
 * string is not looked at. False when `each` was. */
bool bl_name_emails(
    struct bl_span name, bool (*each)(void *arg, struct bl_span), void *arg);

/* ---- what a path needs ---- */

/*
 * bl_cert_path is what path validation reads; each is well formed, which
 * bl_cert_read saw to. Numbers are -1 where there is none. Spans are contents,
 * empty where there is none:
 *
 * names		 subjectAltName: bl_gname_read
 * permitted, excluded	 nameConstraints: bl_subtree_read
 * policies		 certificatePolicies: bl_policy_read
 * mappings		 policyMappings: bl_mapping_read
 * points, freshest	 cRLDistributionPoints, freshestCRL: bl_dist_point_read
 * access		 authorityInfoAccess
 */
struct bl_cert_path {
	int64_t path_len, require_explicit, inhibit_mapping, inhibit_any;
	struct bl_span names, permitted, excluded, policies, mappings;
	struct bl_span points, freshest, access;
};
const struct bl_cert_path *bl_cert_path(const struct bl_cert *c);

/* Each takes one element of such a content off the front. */
struct bl_gname bl_subtree_read(struct bl_der *in);
struct bl_span bl_policy_read(struct bl_der *in);
struct bl_mapping {
	struct bl_span issuer, subject; /* policies */
};
struct bl_mapping bl_mapping_read(struct bl_der *in);
/*
 * bl_dist_point is a DistributionPoint, RFC 5280 4.2.1.13.
 *
 * names     fullName: GeneralNames, content
 * relative  nameRelativeToCRLIssuer: content of the RDN
 * issuers   cRLIssuer: GeneralNames, content
 * reasons   bits of ReasonFlags, where has_reasons
 */
struct bl_dist_point {
	struct bl_span names, relative, issuers;
	bool has_reasons;
	unsigned reasons;
};
struct bl_dist_point bl_dist_point_read(struct bl_der *in);

/* bl_cert_urls gives where a certificate says that more is to be found, in its
 * order: addresses of http and https of at most 2048 bytes 0x21 to 0x7e; what
 * else stands there is left out. At most `max` are put into `out`, which is how
 * many; they borrow from it. RFC 5280 4.2.1.13, 4.2.2.1. */
enum bl_cert_place {
	BL_PLACE_ISSUERS = 1, /* authorityInfoAccess, caIssuers */
	BL_PLACE_OCSP,	      /* authorityInfoAccess, ocsp */
	BL_PLACE_CRL,	      /* cRLDistributionPoints */
};
#define BL_CERT_URL_MAX 2048 /* bytes */
size_t bl_cert_urls(struct bl_span *out, size_t max, const struct bl_cert *c,
    enum bl_cert_place place);
/*
 * bl_certs_file is a file of certificates while they are taken out of it: what
 * cannot be read is counted and skipped. {0} with set, ctx and limits begins.
 *
 * first	why the first one was skipped
 */
struct bl_certs_file {
	struct bl_certs *set;
	struct bl_ctx *ctx;
	const struct bl_limits *limits;
	size_t found, skipped;
	struct bl_note first;
};
/* bl_certs_file_read takes all of a file that bl_certs_import reads, and
 * bl_certs_file_take one that stands at this place of the file, in bytes. Only
 * BL_E_MEMORY and BL_E_SYSTEM end it. bl_certs_file_skip counts something that
 * is none. */
BL_CHECK enum bl_err bl_certs_file_read(
    struct bl_certs_file *f, struct bl_span file, struct bl_note *note);
BL_CHECK enum bl_err bl_certs_file_take(struct bl_certs_file *f,
    struct bl_span der, uint64_t at, struct bl_note *note);
void bl_certs_file_skip(struct bl_certs_file *f, const char *why, uint64_t at);
/* bl_certs_file_end tells what came of it: BL_E_MALFORMED when nothing was
 * found. */
BL_CHECK enum bl_err bl_certs_file_end(
    const struct bl_certs_file *f, size_t *skipped, struct bl_note *note);

#endif
