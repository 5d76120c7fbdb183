/* library.c - see library.h. */
#include "cli/library.h"

#include <dlfcn.h>
#include <limits.h>
#include <string.h>

#include "proc/spawn.h"

#define NAME "libbulla.so." BULLA_VERSION

/* A function by its name, into a pointer to it. */
static bool
take(void *to, void *library, const char *name)
{
	void *found = dlsym(library, name);

	memcpy(to, &found, sizeof(found));
	return found != NULL;
}

enum bl_err
library_load(struct library *out, struct bl_note *note)
{
	char path[PATH_MAX];
	void *l;

	*out = (struct library){0};
	l = dlopen(bl_beside(path, NAME) ? path : BULLA_LIBRARIES "/" NAME,
	    RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (l != NULL && take(&out->ctx_new, l, "bl_ctx_new") &&
	    take(&out->ctx_free, l, "bl_ctx_free") &&
	    take(&out->ctx_has, l, "bl_ctx_has") &&
	    take(&out->ctx_name, l, "bl_ctx_library") &&
	    take(&out->ctx_number, l, "bl_ctx_library_number") &&
	    take(&out->shared_answer, l, "bl_shared_answer") &&
	    take(&out->addr_same, l, "bl_addr_same"))
		return BL_OK;
	return bl_fail(note, BL_E_SYSTEM, 0,
	    NAME " cannot be loaded: it belongs to bulla and is not there",
	    NULL);
}

static bool
is_ascii(struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] > 0x7f)
			return false;
	return true;
}

bool
library_addr_same(struct bl_span a, struct bl_span b)
{
	struct library l;

	if (bl_span_equal_nocase(a, b))
		return true;
	if (is_ascii(a) && is_ascii(b))
		return false;
	return library_load(&l, NULL) == BL_OK && l.addr_same(a, b, NULL);
}
