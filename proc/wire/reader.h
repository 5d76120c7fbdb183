/* wire/reader.h - what a caller and bulla-reader say to each other;
 * docs/wire/reader.md has the bytes. Command code uses proc/reader.h. */
#ifndef BL_PROC_WIRE_READER_H
#define BL_PROC_WIRE_READER_H

#include "bulla/check.h"
#include "bulla/open.h"
#include "bulla/seal.h"
#include "proc/frame.h"
#include "proc/wire/wire.h"

enum bl_reader_frame {
	/* to the reader */
	BL_READER_CERT = 1, /* a certificate for the job that follows */
	BL_READER_OPEN,
	BL_READER_SEAL,
	BL_READER_INSPECT,
	BL_READER_CERTS,
	BL_READER_KEYFILE,
	BL_READER_ANSWERS,
	BL_READER_RELEASE,
	BL_READER_DISCARD,
	BL_READER_EVIDENCE, /* revocation evidence for the job that follows */
	BL_READER_CHECK,
	BL_READER_AGE,
	BL_READER_REQUEST = 32, /* {}: one file, a request for a certificate */
	BL_READER_LISTING = 48, /* many messages: wire/listing.h */
	BL_READER_MAIL,
	/* from it */
	BL_READER_PROGRESS = 0x81,
	BL_READER_WANTS,
	BL_READER_VERDICT,
	BL_READER_RESULT,
	BL_READER_CERT_INFO,
	BL_READER_DONE,
	BL_READER_AGED,
	BL_READER_PUBLIC = 0x98, /* {kind, number, exponent} */
	BL_READER_ROW = 0xa0,	 /* of a MAIL */
	/* into the socket to the agent */
	BL_READER_KEY = 0xc1,
	BL_READER_KEYS_END,
};

#define BL_READER_CERT_BYTES   (128u << 10) /* of one certificate */
#define BL_READER_JOB_CERTS    16384u	    /* certificates with one job */
#define BL_READER_WANTS_MAX    64u	    /* wants in one frame */
#define BL_READER_JSON_MAX     (32u << 20)  /* bytes of a verdict or a tree */
#define BL_READER_PASS_MAX     1024u	    /* bytes of a passphrase */
#define BL_READER_KEY_MAX      (16u << 10)  /* bytes of a PKCS#8 key */
#define BL_READER_KEYS_MAX     256u	    /* keys of one file */
#define BL_READER_KEK_ID_MAX   64u	    /* bytes of a key identifier */
#define BL_READER_ADDRESS_MAX  1000u	    /* bytes of the expected sender */
#define BL_READER_POLICIES     64u	    /* policies of one question */
#define BL_READER_POLICY_MAX   64u	    /* bytes of one of them */
#define BL_READER_EVIDENCE_MAX 256u	    /* files of evidence with one job */
#define BL_READER_JOBS	       1000u	    /* jobs of one reader */

/* bl_reader_rules_in: what the reader accepts, _out: what its caller accepts,
 * _keys: what the agent accepts from the key file reader. */
extern const struct bl_ipc_rule bl_reader_rules_in[], bl_reader_rules_out[],
    bl_reader_rules_keys[];
extern const size_t bl_reader_rules_in_count, bl_reader_rules_out_count,
    bl_reader_rules_keys_count;

/* CERT: what the certificate is in the job. */
enum bl_reader_role {
	BL_ROLE_IDENTITY = 1, /* OPEN: own */
	BL_ROLE_ANCHOR,	      /* OPEN: trusted */
	BL_ROLE_POOL,	      /* OPEN: at hand */
	BL_ROLE_SIGNER,	      /* SEAL: one */
	BL_ROLE_INCLUDE,      /* SEAL */
	BL_ROLE_OWN_ENCRYPT,  /* SEAL: one or none */
	BL_ROLE_TO,	      /* SEAL: recipients */
};
struct bl_wire_cert {
	enum bl_reader_role role;
	struct bl_span der;
};
void bl_wire_cert_put(struct bl_buf *b, const struct bl_wire_cert *c);
BL_CHECK enum bl_err bl_wire_cert_get(
    struct bl_wire_cert *c, struct bl_span payload, struct bl_note *note);

/* OPEN. Files: input, out, park, park, then content and release if so said. */
struct bl_wire_open {
	enum bl_open_input input;
	int64_t now;
	struct bl_span from;
	bool legacy;
	enum bl_revocation revocation;
	bool has_password, has_kek; /* SHARED wants can be answered */
	struct bl_span kek_id;	    /* with has_kek: of that key, or empty */
	bool progress;		    /* PROGRESS frames are wanted */
	bool out_is_output;	    /* out is the result itself, not a spool */
	bool has_content; /* a detached signature's content comes along */
	bool has_release; /* where the content goes after RELEASE */
};
void bl_wire_open_put(struct bl_buf *b, const struct bl_wire_open *j);
BL_CHECK enum bl_err bl_wire_open_get(
    struct bl_wire_open *j, struct bl_span payload, struct bl_note *note);

/* CHECK. The certificate in question comes as SIGNER, with anchors and pool;
 * answered by RESULT. policies: content octets of object identifiers. */
struct bl_wire_check {
	int64_t now;
	enum bl_purpose purpose;
	enum bl_revocation revocation;
	struct bl_span address;
	bool explicit_policy, inhibit_mapping, inhibit_any;
	struct bl_span policies[BL_READER_POLICIES];
	size_t policy_count;
};
void bl_wire_check_put(struct bl_buf *b, const struct bl_wire_check *j);
BL_CHECK enum bl_err bl_wire_check_get(
    struct bl_wire_check *j, struct bl_span payload, struct bl_note *note);

/* EVIDENCE {kind}: one file of revocation evidence, for OPEN and CHECK. */
void bl_wire_evidence_put(struct bl_buf *b, enum bl_evidence_kind kind);
BL_CHECK enum bl_err bl_wire_evidence_get(
    enum bl_evidence_kind *kind, struct bl_span payload, struct bl_note *note);

/* AGE {u8 kind, as bl_fetch_kind}: one file, of what was fetched. Answered by
 * AGED. Of certificates: the latest notBefore, the earliest notAfter. */
void bl_wire_aged_put(struct bl_buf *b, const struct bl_age *a);
BL_CHECK enum bl_err bl_wire_aged_get(
    struct bl_age *a, struct bl_span payload, struct bl_note *note);

/* SEAL. Files: input, output. */
struct bl_wire_seal {
	int64_t now;
	enum bl_seal_sign sign;
	enum bl_seal_wrap wrap;
	enum bl_digest digest;
	enum bl_cipher cipher;
	enum bl_header_policy policy;
	bool pss, triple, by_ski;
	bool progress;
};
void bl_wire_seal_put(struct bl_buf *b, const struct bl_wire_seal *j);
BL_CHECK enum bl_err bl_wire_seal_get(
    struct bl_wire_seal *j, struct bl_span payload, struct bl_note *note);

/* INSPECT {u8 input}: one file. CERTS {}: one file.
 * KEYFILE {passphrase}: the file, the socket to the agent. RELEASE {u8 gates}. DISCARD {}. */

/* WANTS, ANSWERS: a list of frames of docs/wire/agent.md. */
struct bl_wire_list {
	struct bl_span items[BL_READER_WANTS_MAX];
	size_t n;
};
void bl_wire_list_put(struct bl_buf *b, const struct bl_wire_list *l);
BL_CHECK enum bl_err bl_wire_list_get(
    struct bl_wire_list *l, struct bl_span payload, struct bl_note *note);

/* PROGRESS {u64 bytes of input read}. */

/* VERDICT. gate[g] is what bl_open_gate says to the gates g (0..3). The note
 * is that of bl_verdict_note. */
struct bl_wire_verdict {
	enum bl_encryption encryption;
	enum bl_signature signature;
	bl_reasons reasons;
	struct bl_span limit; /* code of the limit, or empty */
	enum bl_err gate[4];
	struct bl_span json; /* UTF-8 without control characters but LF */
};
void bl_wire_verdict_put(struct bl_buf *b, const struct bl_wire_verdict *v,
    const struct bl_note *note);
BL_CHECK enum bl_err bl_wire_verdict_get(struct bl_wire_verdict *v,
    struct bl_told *told, struct bl_span payload, struct bl_note *note);

/* RESULT: then DONE. */
void bl_wire_result_put(struct bl_buf *b, struct bl_span json);
BL_CHECK enum bl_err bl_wire_result_get(
    struct bl_span *json, struct bl_span payload, struct bl_note *note);

/*
 * CERT_INFO: one certificate, as far as a program without a reader of its own
 * must know it. Texts are UTF-8, not made safe to show. Spans borrow.
 */
#define BL_CERT_INFO_ADDRS 64u
struct bl_cert_info {
	struct bl_span der;
	struct bl_span sha256;	/* 32 bytes, of der */
	struct bl_span key_id;	/* 32 bytes, bl_cert_key_id */
	struct bl_span serial;	/* INTEGER content octets */
	struct bl_span subject; /* RFC 4514 */
	struct bl_span issuer;	/* RFC 4514 */
	struct bl_span name;	/* bl_cert_name */
	struct bl_cert_addr addrs[BL_CERT_INFO_ADDRS];
	size_t addr_count;
	int64_t not_before, not_after;
	enum bl_key_kind key_kind;
	unsigned key_bits;
	enum bl_sig_kind sig_kind;
	enum bl_digest sig_digest;
	unsigned key_usage, flags; /* bl_cert_key_usage, bl_cert_flags */
	bool has_key;		   /* KEYFILE: its key is in the file */
	struct bl_span label;	   /* KEYFILE: friendlyName */
};
void bl_wire_info_put(struct bl_buf *b, const struct bl_cert_info *c);
BL_CHECK enum bl_err bl_wire_info_get(
    struct bl_cert_info *c, struct bl_span payload, struct bl_note *note);

/*
 * DONE ends each job.
 *
 * closed   the reader of our output went away (EPIPE); err is BL_OK
 * skipped  CERTS: entries that were not usable; the note says why the first
 *	    one was
 * keys	    KEYFILE: keys given to the agent
 * culprit  SEAL: SHA-256 of the certificate that is not fit, or empty
 */
struct bl_wire_done {
	bool closed;
	uint64_t bytes_in, bytes_out;
	uint32_t skipped, keys;
	struct bl_span culprit;
};
void bl_wire_done_put(struct bl_buf *b, const struct bl_wire_done *d,
    enum bl_err err, const struct bl_note *note);
BL_CHECK enum bl_err bl_wire_done_get(struct bl_wire_done *d,
    struct bl_told *told, struct bl_span payload, struct bl_note *note);

#endif
