/* authority.h - what an authority keeps in $BULLA_HOME/ca: its names and keys,
 * every certificate it made, the numbers of its lists; and what it publishes.
 * docs/man/bulla-ca.1, FILES. */
#ifndef BL_CLI_AUTHORITY_H
#define BL_CLI_AUTHORITY_H

#include "cli/state.h"

#define CA_SERIAL 16 /* bytes */
#define CA_HEX	  (2 * CA_SERIAL + 1)

/* Who issued a certificate, or signs a list. */
enum ca_signer { CA_ROOT = 0, CA_ISSUING };

/*
 * ca_entry is one certificate that was issued, or begun: its number is written
 * down before it is signed, so that none is ever without an entry.
 *
 * der	    empty: it was begun, and may have been signed or not
 * revoked  at: seconds since 1970, 0: it is not
 */
struct ca_entry {
	uint8_t serial[CA_SERIAL];
	enum ca_signer issuer;
	char *name, **addresses;
	size_t address_count;
	bool sign, encrypt;
	int64_t not_before, not_after, revoked_at;
	unsigned reason; /* RFC 5280 5.3.1 */
	struct bl_buf der;
};
void ca_entry_clear(struct ca_entry *e);
/* ca_entry_hex writes its number in hexadecimal, with a NUL. */
void ca_entry_hex(char hex[CA_HEX], const struct ca_entry *e);

/* ca_who is one of the two that sign. */
struct ca_who {
	char *common;
	uint8_t key[BL_SHA256_SIZE], serial[CA_SERIAL];
	int64_t not_before, not_after;
	struct bl_buf der;
};

/* ca is an authority; {0} is empty. Owned. */
struct ca {
	char *home;		      /* $BULLA_HOME/ca */
	char *organization, *country; /* of both names */
	char *url;		      /* where it is published, no "/" behind */
	char *folder;		      /* where that is written */
	char **domains;
	size_t domain_count;
	struct ca_who who[2]; /* by enum ca_signer */
	struct ca_entry *entries;
	size_t n;
};
void ca_clear(struct ca *c);

/* All of these: BL_E_SYSTEM, BL_E_MEMORY, and what is said beside them. */

/* ca_at sets the home of an authority and makes its folders. */
BL_CHECK enum bl_err ca_at(
    struct ca *c, const struct state *s, struct bl_note *note);
/* ca_load reads one: BL_E_MISSING when there is none, BL_E_MALFORMED when its
 * file is damaged. */
BL_CHECK enum bl_err ca_load(
    struct ca *c, const struct state *s, struct bl_note *note);
/* ca_save writes what ca_load reads: from then on the authority is there. */
BL_CHECK enum bl_err ca_save(const struct ca *c, struct bl_note *note);

/* ca_entries reads all entries, ordered by time and number; the intermediate is
 * one of them. BL_E_MALFORMED: a damaged one, which is never passed over. */
BL_CHECK enum bl_err ca_entries(struct ca *c, struct bl_note *note);
/* ca_entry_save writes an entry durably; ca_entry_drop removes one that was
 * begun and never signed. */
BL_CHECK enum bl_err ca_entry_save(
    const struct ca *c, const struct ca_entry *e, struct bl_note *note);
BL_CHECK enum bl_err ca_entry_drop(
    const struct ca *c, const struct ca_entry *e, struct bl_note *note);

/* ca_key_save, ca_key_load: the sealed keys. BL_E_MISSING: it is not here. */
BL_CHECK enum bl_err ca_key_save(const struct ca *c, enum ca_signer who,
    struct bl_span sealed, struct bl_note *note);
BL_CHECK enum bl_err ca_key_load(struct bl_buf *out, const struct ca *c,
    enum ca_signer who, struct bl_note *note);

/*
 * ca_number tells the number of the last list, and until when the last one that
 * was published is good; both 0 before the first. ca_number_start sets them so,
 * for a new authority. ca_number_take writes the next number down, before a
 * list is signed with it: it only grows; ca_number_done, that its list is out.
 * BL_E_MALFORMED, BL_E_MISSING: the file is damaged or gone.
 */
BL_CHECK enum bl_err ca_number_start(
    const struct ca *c, enum ca_signer who, struct bl_note *note);
BL_CHECK enum bl_err ca_number(uint64_t *number, int64_t *until,
    const struct ca *c, enum ca_signer who, struct bl_note *note);
BL_CHECK enum bl_err ca_number_take(uint64_t *number, const struct ca *c,
    enum ca_signer who, struct bl_note *note);
BL_CHECK enum bl_err ca_number_done(uint64_t number, const struct ca *c,
    enum ca_signer who, int64_t until, struct bl_note *note);

/* ca_publish writes a file of the published folder, a path within it, whole or
 * not at all, and makes the folders on its way. */
BL_CHECK enum bl_err ca_publish(const struct ca *c, const char *path,
    struct bl_span bytes, struct bl_note *note);

#endif
