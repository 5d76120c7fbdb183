/* wire/issue.h - what an authority asks of its one-shot bulla-agent: keys,
 * certificates, lists, answers; docs/wire/agent-control.md has the bytes. */
#ifndef BL_PROC_WIRE_ISSUE_H
#define BL_PROC_WIRE_ISSUE_H

#include "bulla/issue.h"
#include "proc/wire/wire.h"

#define BL_WIRE_CERTIFY_MAX  (64u << 10) /* bytes of a payload */
#define BL_WIRE_LIST_MAX     (8u << 20)
#define BL_WIRE_OCSP_MAX     1024u
#define BL_WIRE_OCSP_OUT_MAX (16u << 10)

/* GENERATE. bits: of RSA, else 0. */
struct bl_wire_generate {
	enum bl_key_kind kind;
	unsigned bits;
};
void bl_wire_generate_put(struct bl_buf *b, const struct bl_wire_generate *g);
BL_CHECK enum bl_err bl_wire_generate_get(
    struct bl_wire_generate *g, struct bl_span payload, struct bl_note *note);

/* CERTIFY. issuer, own: names of keys, 32 bytes; own is empty where cert.key is
 * to be certified. */
struct bl_wire_certify {
	struct bl_span issuer, own;
	struct bl_issue_cert cert;
};
void bl_wire_certify_put(struct bl_buf *b, const struct bl_wire_certify *c);
BL_CHECK enum bl_err bl_wire_certify_get(
    struct bl_wire_certify *c, struct bl_span payload, struct bl_note *note);

/* LIST-REVOKED. */
struct bl_wire_crl {
	struct bl_span issuer;
	struct bl_issue_crl list;
};
void bl_wire_crl_put(struct bl_buf *b, const struct bl_wire_crl *l);
/* bl_wire_crl_get: list.revoked is an array of the caller's, to be freed with
 * free(). BL_E_MALFORMED, BL_E_MEMORY. */
BL_CHECK enum bl_err bl_wire_crl_get(
    struct bl_wire_crl *l, struct bl_span payload, struct bl_note *note);

/* TELL-STATUS, and what comes back. */
struct bl_wire_ocsp {
	struct bl_span issuer;
	struct bl_issue_ocsp ocsp;
};
void bl_wire_ocsp_put(struct bl_buf *b, const struct bl_wire_ocsp *o);
BL_CHECK enum bl_err bl_wire_ocsp_get(
    struct bl_wire_ocsp *o, struct bl_span payload, struct bl_note *note);
struct bl_wire_status {
	struct bl_span response, requests[2];
};
void bl_wire_status_put(struct bl_buf *b, const struct bl_wire_status *s);
BL_CHECK enum bl_err bl_wire_status_get(
    struct bl_wire_status *s, struct bl_span payload, struct bl_note *note);

/* A public key, as the reader found it in a request. */
void bl_wire_public_put(struct bl_buf *b, const struct bl_issue_public *key);
BL_CHECK enum bl_err bl_wire_public_get(
    struct bl_issue_public *key, struct bl_span payload, struct bl_note *note);

#endif
