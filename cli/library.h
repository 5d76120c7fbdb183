/* library.h - the part of Bulla that computes, where the command itself needs
 * it: for passwords of messages, for addresses
 * beyond ASCII, and to say what it can do. All else is done by
 * the programs it starts, so most commands do without the crypto library, and
 * start in half of the time. */
#ifndef BL_CLI_LIBRARY_H
#define BL_CLI_LIBRARY_H

#include "bulla/bulla.h"

/* library is those functions of libbulla, as their headers say. */
struct library {
	__typeof__(bl_ctx_new) *ctx_new;
	__typeof__(bl_ctx_free) *ctx_free;
	__typeof__(bl_ctx_has) *ctx_has;
	__typeof__(bl_ctx_library) *ctx_name;
	__typeof__(bl_ctx_library_number) *ctx_number;
	__typeof__(bl_shared_answer) *shared_answer;
	__typeof__(bl_addr_same) *addr_same;
};

/* library_load loads libbulla of exactly our own version: from the folder of
 * our executable when it is there, else from where it is installed. BL_E_SYSTEM:
 * it is not there, or not whole. */
BL_CHECK enum bl_err library_load(struct library *out, struct bl_note *note);
/* library_addr_same is bl_addr_same; libbulla is loaded only where the two are
 * not the same as they stand and one of them is not ASCII. False where it cannot
 * be loaded. */
bool library_addr_same(struct bl_span a, struct bl_span b);

#endif
