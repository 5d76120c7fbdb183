/* spool.h - where the engine parks bytes; the one callback. */
#ifndef BULLA_SPOOL_H
#define BULLA_SPOOL_H

#include "bulla/base.h"

/*
 * bl_spool is storage that grows at its end and is read from its start. The
 * engine encrypts what it parks in one under a key of its own that is thrown
 * away, so a spool may be any file; only where `is_output` is set it writes
 * plain, because the spool is the result itself (a file without a name that
 * gets one when every check has passed).
 *
 * append  adds all of `s` at the end
 * rewind  BL_SPOOL_READ: the next read starts at byte 0.
 *	   BL_SPOOL_EMPTY: throws everything away
 * read	   up to n bytes in order; *got 0 at the end
 *
 * Each returns BL_OK or BL_E_SYSTEM (disk full, I/O).
 */
enum bl_spool_rewind { BL_SPOOL_READ = 1, BL_SPOOL_EMPTY };
struct bl_spool {
	enum bl_err (*append)(void *arg, struct bl_span s);
	enum bl_err (*rewind)(void *arg, enum bl_spool_rewind how);
	enum bl_err (*read)(void *arg, uint8_t *p, size_t n, size_t *got);
	void *arg;
	bool is_output;
};

#endif
