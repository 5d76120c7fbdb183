/* oids.h - the object identifiers the engine knows: one line each. */
#ifndef BL_DER_OIDS_H
#define BL_DER_OIDS_H

/*
 * X(NAME, "name in its RFC", "dotted", "content octets")
 * The table is filled by the der module; callers use BL_OID_<NAME>.
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
