/* record.h - a certificate as Bulla keeps it, with what is known of it. */
#ifndef BL_CLI_RECORD_H
#define BL_CLI_RECORD_H

#include "proc/wire/reader.h"

/*
 * record is one certificate with what the reader found in it, so that listing
 * needs no reader. Owned.
 */
enum { RECORD_FOR_SIGN = 1, RECORD_FOR_ENCRYPT = 2 };
struct record_addr {
	enum bl_cert_addr_kind kind;
	char *addr;
};
struct record {
	struct bl_buf der;
	char *name, *subject, *issuer, *serial; /* UTF-8; serial in hex */
	char *label; /* friendlyName of the file it came from, or "" */
	uint8_t sha256[BL_SHA256_SIZE], key_id[BL_SHA256_SIZE];
	struct record_addr *addrs;
	size_t addr_count;
	int64_t not_before, not_after;
	enum bl_key_kind key_kind;
	unsigned key_bits, key_usage, flags;
	bool has_key;	   /* from a file: its key came along */
	unsigned good_for; /* where it is trusted: RECORD_FOR bits, 0 for all */
};
struct records {
	struct record *list;
	size_t n, cap;
};
BL_CHECK enum bl_err records_add(
    struct records *rs, const struct bl_cert_info *info, struct bl_note *note);
/* records_push takes what `r` owns; false when out of memory. */
bool records_push(struct records *rs, const struct record *r);
void records_clear(struct records *rs);
void record_clear(struct record *r);
/* record_can tells whether key usage and kind allow a purpose. */
bool record_can_sign(const struct record *r);
bool record_can_encrypt(const struct record *r);
/* record_has_addr compares with SAN addresses, and with the subject's only
 * when there is no other (RFC 8550 3), as bl_addr_same. */
bool record_has_addr(const struct record *r, const char *addr);
/* records_next gives the first at `from` or after it that record_has_addr an
 * address; rs->n where there is none. */
size_t records_next(const struct records *rs, const char *addr, size_t from);
/* record_better is the rule where several fit: newest notBefore, then longest
 * notAfter, then smallest SHA-256. */
bool record_better(const struct record *a, const struct record *b);
/* record_addr_of gives the address to show, "" when there is none. */
const char *record_addr_of(const struct record *r);

/* record_put writes the file of a record; record_get reads one into an empty
 * record, false when it is none or there is no memory: record_clear follows
 * in any case. */
void record_put(struct bl_buf *b, const struct record *r);
bool record_get(struct record *r, struct bl_span in);
/* record_hex reads 2 * n lower-case hexadecimal digits. */
bool record_hex(uint8_t *out, struct bl_span text, size_t n);

#endif
