/* hull.h - the BER around the content of a CMS object, read as a stream. */
#ifndef BL_CMS_HULL_H
#define BL_CMS_HULL_H

#include "base/base.h"
#include "der/der.h"

#define BL_HULL_LEVELS 48 /* of the frame, and of the string in it */

/*
 * bl_hull is a reading position in bytes that come in pieces. Each call
 * either does its whole work or, with BL_NEED, none that shows: it is made
 * again when there is more. Time is linear in the input however it is cut.
 *
 * in	     lent, not yet taken
 * keep	     the front of what is wanted next, where a piece ended inside it
 * at	     position of the next byte to take
 * spent     bytes of frame taken; over limits->cms_frame_bytes is an error
 * scan	     how far the element wanted next was looked at; measured: how many
 *	     bytes it has at least, 0 when nobody asked for it yet
 * left	     bytes of the string segment that are yet to come
 * floor     depth outside of the string
 *
 * Source X.690 8.1.
 */
struct bl_hull {
	const struct bl_limits *limits;
	struct bl_span in;
	struct bl_buf keep;
	bool ended;
	uint64_t at, spent;
	size_t elements;
	struct {
		uint64_t end; /* where it, or what holds it, ends */
		bool indefinite;
	} levels[BL_HULL_LEVELS];
	unsigned depth;
	struct bl_ber_scan scan;
	size_t measured;
	uint64_t left;
	unsigned floor;
};

/* bl_hull_init starts; `limits` is borrowed. bl_hull_clear frees. */
void bl_hull_init(struct bl_hull *f, const struct bl_limits *limits);
void bl_hull_clear(struct bl_hull *f);

/*
 * All of these: BL_NEED; BL_E_MALFORMED with `what` where the element is not
 * the one asked for; BL_E_LIMIT; BL_E_MEMORY.
 *
 * peek	    the tag of the next element on this level, 0 at its end
 * enter    goes into a constructed element with this tag
 * leave    goes out of it, which must stand at its end
 * element  gives a whole element of any tag, header included, of at most `max`
 *	    bytes (else BL_E_LIMIT with `reason`); borrowed until the next call
 */
BL_CHECK enum bl_err bl_hull_peek(
    struct bl_hull *f, unsigned *tag, struct bl_note *note);
BL_CHECK enum bl_err bl_hull_enter(
    struct bl_hull *f, unsigned tag, const char *what, struct bl_note *note);
BL_CHECK enum bl_err bl_hull_leave(
    struct bl_hull *f, const char *what, struct bl_note *note);
BL_CHECK enum bl_err bl_hull_element(struct bl_hull *f, struct bl_span *out,
    size_t max, const char *reason, struct bl_note *note);

/*
 * bl_hull_string goes into an OCTET STRING, primitive or constructed of any
 * number of others; `tag` is that of the primitive form. bl_hull_bytes then
 * gives its bytes piece by piece, borrowed from what was lent, and an empty
 * span once at its end. The headers inside are no frame: a long content has
 * many.
 */
BL_CHECK enum bl_err bl_hull_string(
    struct bl_hull *f, unsigned tag, const char *what, struct bl_note *note);
BL_CHECK enum bl_err bl_hull_bytes(
    struct bl_hull *f, struct bl_span *out, struct bl_note *note);

/* bl_hull_rest takes what follows the outermost element: zero bytes and line
 * ends only. BL_OK at the end of the input. */
BL_CHECK enum bl_err bl_hull_rest(struct bl_hull *f, struct bl_note *note);

#endif
