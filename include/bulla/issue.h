/* issue.h - what a certificate authority says, as fixed fields: certificates,
 * revocation lists, OCSP answers. Whoever holds the key writes their DER from
 * these fields alone, and signs nothing else. */
#ifndef BULLA_ISSUE_H
#define BULLA_ISSUE_H

#include "bulla/alg.h"

/* Names are UTF-8 without control characters; spans of this header borrow. */
#define BL_ISSUE_NAME_MAX   64u	    /* characters of a name (RFC 5280 A.1) */
#define BL_ISSUE_ADDR_MAX   254u    /* bytes of an address (RFC 5321 4.5.3.1) */
#define BL_ISSUE_URL_MAX    1024u   /* bytes of an address of the web */
#define BL_ISSUE_ADDRS	    16u	    /* addresses of one certificate */
#define BL_ISSUE_DOMAINS    64u	    /* domains of one intermediate */
#define BL_ISSUE_SERIAL_MIN 8u	    /* bytes */
#define BL_ISSUE_SERIAL_MAX 20u	    /* bytes (RFC 5280 4.1.2.2) */
#define BL_ISSUE_REVOKED    100000u /* entries of one list */
#define BL_ISSUE_CA_DAYS    9132u   /* 25 years */
#define BL_ISSUE_DAYS	    825u    /* of a mailbox (S/MIME BR 6.3.2) */
#define BL_ISSUE_LIST_DAYS  366u    /* until a list or an answer is renewed */

/* bl_issue_name is the name of an authority: commonName, organizationName,
 * countryName (two capital letters); S/MIME BR 7.1.4.3. */
struct bl_issue_name {
	struct bl_span common, organization, country;
};

/*
 * bl_issue_public is a public key as numbers.
 *
 * kind      BL_KEY_RSA, or BL_KEY_EC_P256, _P384, _P521
 * number    RSA: the modulus, 256 to 1024 bytes, big endian, first byte not 0;
 *	     EC: the point, uncompressed
 * exponent  RSA: odd, 65537 or more; else 0
 */
struct bl_issue_public {
	enum bl_key_kind kind;
	struct bl_span number;
	uint32_t exponent;
};

enum bl_issue_kind {
	BL_ISSUE_ROOT = 1,     /* signs itself, and intermediates */
	BL_ISSUE_INTERMEDIATE, /* signs certificates of mailboxes */
	BL_ISSUE_MAILBOX,      /* mailbox-validated, strict */
};

/*
 * bl_issue_cert is one certificate. The profile is that of the S/MIME Baseline
 * Requirements of the CA/Browser Forum, strict generation, 7.1.2.
 *
 * serial     8 to 20 bytes, the first one 0x01 to 0x7f
 * issuer     of a root: the same as subject
 * subject    empty for a mailbox: it is named by its first address
 * sign, encrypt  what a mailbox may do; at least one
 * addresses  of a mailbox: local part a dot-atom, perhaps with letters outside
 *	      of ASCII (RFC 9598); domain in ASCII, lower case
 * domains    of an intermediate: the only ones it may certify, as in a
 *	      constraint of rfc822Name: "example.org", ".example.org"
 * crl_url, issuer_url, ocsp_url  "http://...", all but for a root, which has
 *	      none
 */
struct bl_issue_cert {
	enum bl_issue_kind kind;
	struct bl_span serial;
	int64_t not_before, not_after; /* both seconds are in it */
	struct bl_issue_name issuer, subject;
	struct bl_issue_public key;
	bool sign, encrypt;
	struct bl_span addresses[BL_ISSUE_ADDRS];
	size_t address_count;
	struct bl_span domains[BL_ISSUE_DOMAINS];
	size_t domain_count;
	struct bl_span crl_url, issuer_url, ocsp_url;
};

/* bl_issue_revoked is one entry of a list. reason: that of RFC 5280 5.3.1,
 * 0 none; certificateHold and removeFromCRL are not written. */
struct bl_issue_revoked {
	struct bl_span serial;
	int64_t at;
	unsigned reason;
};

/* bl_issue_crl is a full list of one issuer. */
struct bl_issue_crl {
	struct bl_issue_name issuer;
	uint64_t number; /* above that of the list before */
	int64_t this_update, next_update;
	const struct bl_issue_revoked *revoked;
	size_t n; /* at most BL_ISSUE_REVOKED */
};

/* bl_issue_ocsp is the answer about one certificate, signed by its issuer. */
struct bl_issue_ocsp {
	struct bl_issue_name issuer;
	bool is_revoked;
	struct bl_issue_revoked cert; /* at, reason: where it is revoked */
	int64_t this_update, next_update;
};

#endif
