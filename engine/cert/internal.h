/* internal.h - a certificate inside, shared by the files of this module. */
#ifndef BL_CERT_INTERNAL_H
#define BL_CERT_INTERNAL_H

#include "cert/cert.h"

#define BL_RDNS_MAX	  64 /* in a Name */
#define BL_EXTENSIONS_MAX 64 /* in a certificate */

struct bl_extension {
	enum bl_oid id;
	struct bl_span oid;   /* content octets */
	struct bl_span value; /* content of extnValue */
	bool critical;
};

struct bl_cert {
	unsigned owners;
	struct bl_span der, tbs, signature;
	struct bl_span serial, issuer, subject, spki, ski, aki;
	int64_t not_before, not_after;
	unsigned flags, key_usage;
	struct bl_sig_alg alg;
	enum bl_key_kind key_kind;
	unsigned key_bits;
	struct bl_pub *pub;
	struct bl_digest_value sha256, key_id;
	struct bl_cert_addr *addrs;
	size_t addrs_n, addrs_cap;
	struct bl_extension *extensions;
	size_t extensions_n, extensions_cap;
	struct bl_cert_path path;
	uint8_t copy[]; /* der points here, and all spans into it */
};

/* bl_cert_fail notes a certificate that breaks its format. */
BL_CHECK enum bl_err bl_cert_fail(
    struct bl_note *note, uint64_t at, const char *what, const char *source);

/*
 * Extensions of certificates, revocation lists, their entries, and OCSP answers
 * are alike. bl_extension_read takes one off the front. bl_extensions_each takes
 * SEQUENCE OF Extension off the front, at least one and none twice, and calls
 * `take` for each; false from it, and what is not well formed, mark `in` bad.
 */
struct bl_extension bl_extension_read(struct bl_der *in);
void bl_extensions_each(struct bl_der *in,
    bool (*take)(void *arg, const struct bl_extension *e), void *arg);
/* bl_crl_reason_read takes a CRLReason off the front (RFC 5280 5.3.1). */
unsigned bl_crl_reason_read(struct bl_der *in);

/* bl_sst_read takes the certificates of a serialized store, which bl_sst_is
 * tells by its header. */
bool bl_sst_is(struct bl_span file);
BL_CHECK enum bl_err bl_sst_read(
    struct bl_certs_file *f, struct bl_span file, struct bl_note *note);

/* bl_import reads a file of things of one kind: one in DER, or any number in
 * PEM under `label`. What cannot be read is counted and skipped. */
struct bl_import {
	struct bl_span label;
	size_t max; /* bytes of one */
	/* adds one; BL_E_MEMORY alone ends the import */
	enum bl_err (*add)(const struct bl_import *to, struct bl_span der,
	    struct bl_note *note);
	void *set;
	const struct bl_limits *limits;
	const char *none; /* what to say when there is nothing in it */
};
BL_CHECK enum bl_err bl_import_run(const struct bl_import *to,
    struct bl_span file, size_t *skipped, struct bl_note *note);

/* bl_cert_extensions reads [3] Extensions, RFC 5280 4.2. */
BL_CHECK enum bl_err bl_cert_extensions(struct bl_cert *c, struct bl_der *in,
    const struct bl_limits *limits, struct bl_note *note);

/* bl_cert_san reads the value of subjectAltName; malformed marks `in` bad. */
BL_CHECK enum bl_err bl_cert_san(
    struct bl_cert *c, struct bl_der *in, struct bl_note *note);
/* bl_cert_subject_addrs adds the emailAddress attributes of the subject. */
BL_CHECK enum bl_err bl_cert_subject_addrs(
    struct bl_cert *c, struct bl_note *note);

/* bl_name_read takes a Name off the front, the whole element; one that is not
 * well formed, or of more than BL_RDNS_MAX parts, marks `in` bad. */
struct bl_span bl_name_read(struct bl_der *in);

/* bl_atv is an AttributeTypeAndValue. */
struct bl_atv {
	enum bl_oid id;
	struct bl_span oid;   /* content octets */
	unsigned tag;	      /* of the value */
	struct bl_span value; /* content */
	struct bl_span whole; /* value with its header */
};
/* bl_atv_read takes one off the front. */
struct bl_atv bl_atv_read(struct bl_der *in);
/* bl_atv_text appends the value as UTF-8, U+FFFD for what is none; false for a
 * type that is no text. */
bool bl_atv_text(struct bl_buf *out, const struct bl_atv *a);

/* ---- extensions that a path needs (general.c): each reads one value, and
 * marks `in` bad when it is not well formed ---- */

/* bl_gnames_read reads GeneralNames, one or more, to the end of `in`. */
void bl_gnames_read(struct bl_der *in);
void bl_constraints_read(struct bl_cert_path *p, struct bl_der *in);
void bl_policies_read(struct bl_cert_path *p, struct bl_der *in);
void bl_mappings_read(struct bl_cert_path *p, struct bl_der *in);
void bl_policy_limits_read(struct bl_cert_path *p, struct bl_der *in);
void bl_inhibit_any_read(struct bl_cert_path *p, struct bl_der *in);
void bl_path_len_read(struct bl_cert_path *p, struct bl_der *in);
void bl_points_read(struct bl_cert_path *p, struct bl_der *in);
void bl_freshest_read(struct bl_cert_path *p, struct bl_der *in);
void bl_access_read(struct bl_cert_path *p, struct bl_der *in);
/* bl_dist_name_read reads [0] DistributionPointName: names or relative. */
struct bl_dist_point bl_dist_name_read(struct bl_der *in);
/* bl_reason_flags_read reads ReasonFlags under a tag. */
unsigned bl_reason_flags_read(struct bl_der *in, unsigned tag);

#endif
