/* wire/courier.h - what a caller and bulla-courier say to each other;
 * docs/wire/courier.md has the bytes. Command code uses proc/courier.h. */
#ifndef BL_PROC_WIRE_COURIER_H
#define BL_PROC_WIRE_COURIER_H

#include "proc/frame.h"
#include "proc/url.h"
#include "proc/wire/wire.h"

enum bl_courier_frame {
	BL_COURIER_FETCH = 1,	   /* to the courier, with the output */
	BL_COURIER_FETCHED = 0x81, /* from it */
};

/* bl_courier_kind is what is fetched; numbers of docs/wire/agent.md 7. */
enum bl_courier_kind {
	BL_COURIER_OCSP = 1, /* by POST (RFC 6960 A.1) */
	BL_COURIER_CRL,	     /* by GET (RFC 5280 4.2.1.13) */
	BL_COURIER_CERT,     /* by GET (RFC 5280 4.2.2.1) */
};

#define BL_COURIER_BODY_MAX  4096u	  /* bytes of a request */
#define BL_COURIER_PAIRS_MAX 64u	  /* HOST:PORT pairs of one job */
#define BL_COURIER_OCSP_MAX  (64u << 10)  /* bytes, LIM-22 */
#define BL_COURIER_CERT_MAX  (128u << 10) /* bytes, LIM-22 */
#define BL_COURIER_CRL_MAX   (128u << 20) /* bytes, LIM-23 */
#define BL_COURIER_WHOLE_MS  10000u	  /* of one fetch, LIM-21 */
#define BL_COURIER_STEP_MS   3000u /* to connect; to the first byte, LIM-21 */
#define BL_COURIER_REDIRECTS 1u	   /* LIM-24 */

/* bl_courier_max is how many bytes such a thing may have. */
uint64_t bl_courier_max(enum bl_courier_kind kind);

/* bl_fetch_outcome is how a visit ended; docs/wire/courier.md 3. */
enum bl_fetch_outcome {
	BL_FETCH_OK,
	BL_FETCH_URL,	     /* not a URL that may be visited */
	BL_FETCH_PORT,	     /* neither 80 nor 443, and not listed */
	BL_FETCH_NAME,	     /* the host has no address */
	BL_FETCH_ADDRESS,    /* one of its addresses is not public */
	BL_FETCH_NAME_TIME,  /* finding the address took too long */
	BL_FETCH_CONNECT,    /* nobody listens there */
	BL_FETCH_CONN_TIME,  /* connecting took too long */
	BL_FETCH_TLS,	     /* its TLS certificate, or TLS itself */
	BL_FETCH_FIRST_TIME, /* no byte of an answer in time */
	BL_FETCH_TIME,	     /* the whole took too long */
	BL_FETCH_SIZE,	     /* larger than such a thing may be */
	BL_FETCH_STATUS,     /* another status than 200 */
	BL_FETCH_REDIRECT,   /* a second one, from https to http, or nowhere */
	BL_FETCH_TYPE,	     /* its media type is that of something else */
	BL_FETCH_ENCODING,   /* compressed */
	BL_FETCH_SHORT,	     /* ended before its end */
	BL_FETCH_EMPTY,
	BL_FETCH_HTTP,	 /* that is not HTTP */
	BL_FETCH_OUTPUT, /* what came could not be written */
	BL_FETCH_LAST = BL_FETCH_OUTPUT,
};
/* bl_fetch_text is a sentence for an administrator's trace. */
const char *bl_fetch_text(enum bl_fetch_outcome outcome);

extern const struct bl_ipc_rule bl_courier_rules_in[], bl_courier_rules_out[];
extern const size_t bl_courier_rules_in_count, bl_courier_rules_out_count;

/*
 * FETCH. Files: the output, empty, written from its start.
 *
 * wait_ms  for all of it, 1 to BL_COURIER_WHOLE_MS
 * body	    OCSP: the request, 1 byte or more; else empty
 * pairs    HOST:PORT that may be visited whatever their port and address
 */
struct bl_wire_fetch {
	enum bl_courier_kind kind;
	uint32_t wait_ms;
	struct bl_span url; /* 1..2048 bytes, 0x21..0x7e */
	struct bl_span body;
	struct bl_span pairs[BL_COURIER_PAIRS_MAX];
	size_t pair_count;
};
void bl_wire_fetch_put(struct bl_buf *b, const struct bl_wire_fetch *f);
BL_CHECK enum bl_err bl_wire_fetch_get(
    struct bl_wire_fetch *f, struct bl_span payload, struct bl_note *note);

/*
 * FETCHED ends the only job.
 *
 * status  of HTTP, 0 where none came
 * bytes   that stand in the output; with another outcome than OK they are of
 *	   no use
 * url	   where a redirect led, else empty
 * peer	   the address that was connected to, as text; empty: none was
 */
struct bl_wire_fetched {
	enum bl_fetch_outcome outcome;
	uint16_t status;
	uint64_t bytes;
	struct bl_span url, peer;
};
void bl_wire_fetched_put(struct bl_buf *b, const struct bl_wire_fetched *f);
BL_CHECK enum bl_err bl_wire_fetched_get(
    struct bl_wire_fetched *f, struct bl_span payload, struct bl_note *note);

#endif
