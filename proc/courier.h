/* courier.h - sending bulla-courier out, which alone may. */
#ifndef BL_PROC_COURIER_H
#define BL_PROC_COURIER_H

#include "proc/wire/courier.h"

/*
 * bl_courier_job is one visit.
 *
 * ask	   see bl_wire_fetch; the caller's
 * output  an empty file, open for writing; the caller's
 */
struct bl_courier_job {
	struct bl_wire_fetch ask;
	int output;
};

/* bl_courier_result: url and peer are NUL-terminated, empty where there is
 * none. */
struct bl_courier_result {
	enum bl_fetch_outcome outcome;
	uint16_t status;
	uint64_t bytes;
	char url[BL_URL_MAX + 1], peer[65];
};

/*
 * bl_courier_fetch starts a courier for this visit alone and waits until it is
 * back, at most ask.wait_ms and half a second.
 *
 * BL_OK: result->outcome says how it ended. BL_E_SYSTEM, BL_E_MISSING: it could
 * not be started, died, or said nonsense. BL_E_CALLER: not a job.
 */
BL_CHECK enum bl_err bl_courier_fetch(struct bl_courier_result *out,
    const struct bl_courier_job *job, struct bl_note *note);

#endif
