/* cache.h - what was fetched, on disk until it is too old: $BULLA_HOME/cache.
 * Nothing in it is trusted: what comes out is judged like what comes from the
 * network. */
#ifndef BL_CLI_CACHE_H
#define BL_CLI_CACHE_H

#include "cli/out.h"
#include "proc/courier.h"

#define CACHE_BYTES  ((uint64_t)512 << 20) /* of all files */
#define CACHE_FILES  4096u
#define CACHE_KEEP_S (31 * 86400) /* at most, whatever nextUpdate says */
#define CACHE_CERT_S (7 * 86400)  /* certificates, which have none */
#define CACHE_FAIL_S 60		  /* that something could not be had */

/* cache_key is what was asked; spans borrow. */
struct cache_key {
	enum bl_courier_kind kind;
	struct bl_span url, body;
};

/*
 * cache_entry is a file of the cache, or one that is to be.
 *
 * fetched, until  s since 1970; after `until` it is not given out
 * outcome	   OK: `size` bytes follow in `fd` from where it stands; else how
 *		   the visit ended
 */
struct cache_entry {
	int fd;
	uint64_t size;
	int64_t fetched, until;
	enum bl_fetch_outcome outcome;
	struct bl_age age;
};

struct cache;
/* cache_open: the folder is made when something is kept. `folder` is that of
 * the state. BL_E_MEMORY. */
BL_CHECK enum bl_err cache_open(
    struct cache **out, const char *folder, struct bl_note *note);
void cache_close(struct cache *c);

/* cache_find: false when it is not there, too old by `now`, damaged, or of
 * another key. The file is the caller's. */
bool cache_find(struct cache_entry *out, const struct cache *c,
    const struct cache_key *key, int64_t now);

/* cache_stamp changes when the file of a key is another; 0: there is none. */
uint64_t cache_stamp(const struct cache *c, const struct cache_key *key);

/*
 * cache_begin makes an unnamed file for what is to be fetched, positioned where
 * the content goes. cache_keep gives it its place: an older list (cRLNumber,
 * then thisUpdate) never takes the place of one that is newer and not over. What
 * is oldest goes when there is too much. Either may fail: then nothing is kept.
 */
BL_CHECK enum bl_err cache_begin(struct out *out, struct cache *c,
    const struct cache_key *key, struct bl_note *note);
BL_CHECK enum bl_err cache_keep(struct out *out, struct cache *c,
    const struct cache_key *key, const struct cache_entry *e,
    struct bl_note *note);

/*
 * cache_turn waits until this command may go out for `key`: nobody else fetches
 * the same, and less than BL_COURIER_PARALLEL fetches are under way, and
 * less than BL_COURIER_PER_HOST from this host. False when `until_ms`
 * (monotonic) is over. cache_turn_end gives the turn back; so does the end of the
 * process.
 */
#define BL_COURIER_PARALLEL 16u /* LIM-25 */
#define BL_COURIER_PER_HOST 2u
struct cache_turn {
	int fds[3];
};
bool cache_turn(struct cache_turn *t, struct cache *c,
    const struct cache_key *key, int64_t until_ms);
void cache_turn_end(struct cache_turn *t);

int64_t cache_now_ms(void);

#endif
