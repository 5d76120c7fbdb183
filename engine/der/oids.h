/* oids.h - the object identifiers the engine knows: one line each. */
#ifndef BL_DER_OIDS_H
#define BL_DER_OIDS_H

/*
 * oids.def has a line X(ID, "name", "dotted", "content octets") for each; the
 * caller writes BL_OID_<ID>. The name is that of its RFC, without the letters
 * of the arc (id-at-, id-ce-, id-kp-, id-aa-, ...) where it is plain without.
 */
#include "der/oids.def"

enum bl_oid {
	BL_OID_UNKNOWN = 0,
#define X(id, name, dotted, octets) BL_OID_##id,
	BL_OIDS
#undef X
	    BL_OID_COUNT,
};

#endif
