/* state.h - what Bulla keeps in $BULLA_HOME: certificates, sealed keys, what
 * is trusted. docs/man/bulla.1, FILES. */
#ifndef BL_CLI_STATE_H
#define BL_CLI_STATE_H

#include "proc/wire/reader.h"

/*
 * record is one certificate with what the reader found in it, so that listing
 * needs no reader. Owned.
 */
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
	bool has_key; /* from a file: its key came along */
};
struct records {
	struct record *list;
	size_t n, cap;
};
BL_CHECK enum bl_err records_add(struct records *rs,
    const struct bl_cert_info *info, struct bl_note *note);
void records_clear(struct records *rs);
void record_clear(struct record *r);
/* record_can tells whether key usage and kind allow a purpose. */
bool record_can_sign(const struct record *r);
bool record_can_encrypt(const struct record *r);
/* record_has_addr compares with SAN addresses, and with the subject's only
 * when there is no other (RFC 8550 3; domains and ASCII letters without
 * case). */
bool record_has_addr(const struct record *r, const char *addr);
/* record_better is the rule where several fit: newest notBefore, then longest
 * notAfter, then smallest SHA-256. */
bool record_better(const struct record *a, const struct record *b);
/* record_addr_of gives the address to show, "" when there is none. */
const char *record_addr_of(const struct record *r);

struct state;

/* state_open makes the folder (mode 0700) when it is not there. BL_E_SYSTEM;
 * BL_E_DENIED when others may write to it. state_folder is its path. */
BL_CHECK enum bl_err state_open(struct state **out, struct bl_note *note);
void state_close(struct state *s);
const char *state_folder(const struct state *s);

enum state_kind { STATE_CERTS = 1, STATE_TRUST };
/*
 * state_load appends all certificates of a kind; `without` (may be NULL) gets
 * how many files could not be read. BL_E_SYSTEM, BL_E_MEMORY.
 */
BL_CHECK enum bl_err state_load(struct records *out, const struct state *s,
    enum state_kind kind, unsigned *without, struct bl_note *note);
/* state_save writes a record durably; one that is there is left as it is and
 * *is_new is false. */
BL_CHECK enum bl_err state_save(const struct state *s, enum state_kind kind,
    const struct record *r, bool *is_new, struct bl_note *note);
/* state_remove: BL_E_MISSING when it is not there. */
BL_CHECK enum bl_err state_remove(const struct state *s, enum state_kind kind,
    const uint8_t sha256[BL_SHA256_SIZE], struct bl_note *note);

/* Keys are sealed PKCS#8, a file each, named by the key's id. */
bool state_has_key(const struct state *s, const uint8_t id[BL_SHA256_SIZE]);
/* state_any_key: a key to try a passphrase on; false when there is none. */
bool state_any_key(const struct state *s, uint8_t id[BL_SHA256_SIZE]);
BL_CHECK enum bl_err state_key_load(struct bl_buf *out, const struct state *s,
    const uint8_t id[BL_SHA256_SIZE], struct bl_note *note);
BL_CHECK enum bl_err state_key_save(const struct state *s,
    const uint8_t id[BL_SHA256_SIZE], struct bl_span sealed,
    struct bl_note *note);
BL_CHECK enum bl_err state_key_remove(const struct state *s,
    const uint8_t id[BL_SHA256_SIZE], struct bl_note *note);

/* state_socket is the path of the running agent's socket. */
const char *state_socket(const struct state *s);

#endif
