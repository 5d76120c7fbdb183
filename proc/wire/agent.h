/* wire/agent.h - what a caller and bulla-agent say to each other about keys;
 * docs/wire/agent-control.md has the bytes, docs/wire/agent.md those of wants
 * and answers. Command code uses proc/agent.h. */
#ifndef BL_PROC_WIRE_AGENT_H
#define BL_PROC_WIRE_AGENT_H

#include "bulla/keys.h"
#include "proc/frame.h"
#include "proc/wire/issue.h"
#include "proc/wire/wire.h"

enum bl_agent_frame {
	/* to the agent */
	BL_AGENT_LOAD = 1, /* {}, a socket that gives keys */
	BL_AGENT_UNSEAL,   /* {sealed PKCS#8, passphrase} */
	BL_AGENT_SEAL,	   /* {key id, passphrase} */
	BL_AGENT_LIST,	   /* {} */
	BL_AGENT_WANT,	   /* {a want} */
	BL_AGENT_EXPORT,
	BL_AGENT_FORGET, /* {key id} */
	BL_AGENT_LISTEN, /* {u32 idle seconds}, a listening socket */
	BL_AGENT_LOCK,	 /* {}: forget all keys and end */
	/* of an authority: wire/issue.h */
	BL_AGENT_GENERATE, /* {kind of key} */
	BL_AGENT_CERTIFY,
	BL_AGENT_LIST_REVOKED,
	BL_AGENT_TELL_STATUS,
	/* from it */
	BL_AGENT_DONE = 0x81, /* {error and note} */
	BL_AGENT_KEYS,	      /* {list of keys} */
	BL_AGENT_BYTES,	      /* {sealed key or PKCS#12} */
	BL_AGENT_ANSWER,      /* {an answer} */
	BL_AGENT_STATUS,      /* {OCSP response, requests} */
};

#define BL_AGENT_PASS_MAX   1024u	/* bytes of a passphrase */
#define BL_AGENT_SEALED_MAX (64u << 10) /* bytes of a sealed key */
#define BL_AGENT_KEYS_MAX   1024u	/* keys in one agent */
#define BL_AGENT_CERTS_MAX  64u		/* certificates of an export */
#define BL_AGENT_BYTES_MAX  (16u << 20) /* bytes of a PKCS#12 file */

/* bl_agent_rules_in: what the agent accepts, _out: what its caller accepts. */
extern const struct bl_ipc_rule bl_agent_rules_in[], bl_agent_rules_out[];
extern const size_t bl_agent_rules_in_count, bl_agent_rules_out_count;

/* UNSEAL. */
struct bl_wire_unseal {
	struct bl_span sealed, pass;
};
void bl_wire_unseal_put(struct bl_buf *b, const struct bl_wire_unseal *u);
BL_CHECK enum bl_err bl_wire_unseal_get(
    struct bl_wire_unseal *u, struct bl_span payload, struct bl_note *note);

/* SEAL. */
struct bl_wire_sealkey {
	struct bl_span key; /* 32 bytes */
	struct bl_span pass;
};
void bl_wire_sealkey_put(struct bl_buf *b, const struct bl_wire_sealkey *s);
BL_CHECK enum bl_err bl_wire_sealkey_get(
    struct bl_wire_sealkey *s, struct bl_span payload, struct bl_note *note);

/* EXPORT: entries in the order they are to be written. */
struct bl_wire_export_entry {
	struct bl_span key;  /* 32 bytes, or empty: a bare certificate */
	struct bl_span cert; /* DER, may be empty with a key */
	struct bl_span name; /* UTF-8, may be empty */
};
struct bl_wire_export {
	struct bl_wire_export_entry entries[BL_AGENT_CERTS_MAX];
	size_t n;
	struct bl_span pass; /* UTF-8 */
	bool old;	     /* 3DES and SHA-1, for what reads nothing else */
};
void bl_wire_export_put(struct bl_buf *b, const struct bl_wire_export *e);
BL_CHECK enum bl_err bl_wire_export_get(
    struct bl_wire_export *e, struct bl_span payload, struct bl_note *note);

/* KEYS. */
struct bl_agent_key {
	uint8_t id[BL_SHA256_SIZE]; /* bl_cert_key_id */
	enum bl_key_kind kind;
};
void bl_wire_keys_put(
    struct bl_buf *b, const struct bl_agent_key *keys, size_t n);
/* bl_wire_keys_get appends to `out` (of struct bl_agent_key). */
BL_CHECK enum bl_err bl_wire_keys_get(
    struct bl_buf *out, struct bl_span payload, struct bl_note *note);

/* bl_want_refuse appends the answer to a want that nobody here can meet
 * (agent.md 8): NO-KEY, or UNKNOWN for certificates and evidence. */
void bl_want_refuse(struct bl_buf *answer, struct bl_span want);

#endif
