/* limits.h - the named limits every length from outside meets. */
#ifndef BULLA_LIMITS_H
#define BULLA_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/*
 * bl_limits holds the limits of one operation; BL_LIMITS is the default set.
 * A value equal to the limit is accepted, one more is refused with BL_E_LIMIT
 * and the reason in the last column. 0 means none, only where stated.
 * The numbers are LIM-01 ... LIM-32 of the threat model (docs/limits.md).
 */
struct bl_limits {
	uint64_t message_bytes;	   /* 0: none.		limit-message-size */
	size_t header_block_bytes; /*			limit-header-block */
	size_t header_field_bytes; /* one, unfolded	limit-header-field */
	size_t header_fields;	   /*			limit-header-count */
	size_t addresses;	   /* per header field	limit-addresses */
	size_t mime_depth;	   /*			limit-mime-depth */
	size_t mime_parts;	   /*			limit-mime-parts */
	size_t asn1_depth;	   /*			limit-asn1-depth */
	size_t asn1_elements;	   /* per object	limit-asn1-elements */
	size_t layers;		   /* CMS layers	limit-layers */
	size_t signers;		   /*			limit-signers */
	size_t certificates;	   /* per CMS object	limit-certificates */
	size_t crls;		   /* per CMS object	limit-crls */
	size_t attributes;	   /* per SignerInfo	limit-attributes */
	size_t recipients;	   /*			limit-recipients */
	size_t certificate_bytes;  /*			limit-certificate */
	size_t cms_frame_bytes;	   /* all of a CMS object but its content
						limit-cms-frame */
	size_t
	    compressed_layers;	 /*			limit-compressed-layers */
	uint64_t inflated_bytes; /* of one layer	limit-inflated-bytes */
	uint64_t inflated_ratio; /* bytes for each compressed one, once
				    inflated_free bytes came out
						limit-inflated-ratio */
	uint64_t inflated_free;
	unsigned rsa_min_bits;	 /* weak-key below */
	unsigned rsa_max_bits;	 /*			limit-rsa-bits */
	size_t pkcs12_bytes;	 /*			limit-pkcs12 */
	uint64_t kdf_iterations; /* all of a file	limit-kdf */
	uint64_t scrypt_bytes;	 /* memory		limit-kdf */
	size_t path_depth;	 /* certificates above the first
						limit-path */
	size_t path_signatures;	 /* checked for one path	limit-path */
	size_t path_nodes;	 /* beginnings of paths	limit-path */
	size_t name_comparisons; /* of one path  limit-name-constraints */
	size_t policy_nodes;	 /* of one path  limit-policies */
	size_t crl_bytes;	 /* of one list		limit-crl */
	size_t crl_entries;	 /* of one list		limit-crl */
	size_t ocsp_bytes;	 /* of one answer	limit-ocsp */
	int64_t ocsp_age;	 /* seconds since thisUpdate of an answer:
				    revocation-unknown above */
	int64_t clock_skew;	 /* seconds that thisUpdate may be ahead:
				    revocation-unknown above */
	size_t fetch_urls;  /* addresses of one certificate that are tried */
	size_t fetches;	    /* for one path */
	size_t fetches_all; /* for one message */
	size_t trial_keys;  /* keys tried where no identifier matched */
};

#define BL_LIMITS                                                              \
	((struct bl_limits){                                                   \
	    .message_bytes = 0,                                                \
	    .header_block_bytes = 1u << 20,                                    \
	    .header_field_bytes = 256u << 10,                                  \
	    .header_fields = 2000,                                             \
	    .addresses = 5000,                                                 \
	    .mime_depth = 32,                                                  \
	    .mime_parts = 1000,                                                \
	    .asn1_depth = 32,                                                  \
	    .asn1_elements = 200000,                                           \
	    .layers = 6,                                                       \
	    .signers = 16,                                                     \
	    .certificates = 64,                                                \
	    .crls = 8,                                                         \
	    .attributes = 64,                                                  \
	    .recipients = 12000,                                               \
	    .certificate_bytes = 128u << 10,                                   \
	    .cms_frame_bytes = 16u << 20,                                      \
	    .compressed_layers = 1,                                            \
	    .inflated_bytes = 2ull << 30,                                      \
	    .inflated_ratio = 100,                                             \
	    .inflated_free = 1u << 20,                                         \
	    .rsa_min_bits = 2048,                                              \
	    .rsa_max_bits = 8192,                                              \
	    .pkcs12_bytes = 1u << 20,                                          \
	    .kdf_iterations = 10000000,                                        \
	    .scrypt_bytes = 256u << 20,                                        \
	    .path_depth = 10,                                                  \
	    .path_signatures = 200,                                            \
	    .path_nodes = 1000,                                                \
	    .name_comparisons = 1u << 18,                                      \
	    .policy_nodes = 1000,                                              \
	    .crl_bytes = 128u << 20,                                           \
	    .crl_entries = 2000000,                                            \
	    .ocsp_bytes = 64u << 10,                                           \
	    .ocsp_age = 4 * 86400,                                             \
	    .clock_skew = 300,                                                 \
	    .fetch_urls = 2,                                                   \
	    .fetches = 6,                                                      \
	    .fetches_all = 24,                                                 \
	    .trial_keys = 8,                                                   \
	})

#endif
