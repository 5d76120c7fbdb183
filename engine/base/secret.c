/* secret.c - memory for keys and passphrases; see bulla/base.h.
 *
 * Each secret has pages of its own, so that the locking and the advice touch
 * nothing else and are undone with them.
 */
#include "base/base.h"

#include <string.h>

#include <sys/mman.h>

#define MAX ((size_t)1 << 20) /* bytes of one secret */

struct bl_secret {
	uint8_t *p;
	size_t n; /* bytes in use; the kernel rounds up to whole pages */
};

void
bl_wipe(void *p, size_t n)
{
	if (n != 0)
		explicit_bzero(p, n);
}

bool
bl_same(struct bl_span a, struct bl_span b)
{
	uint8_t differ = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		differ |= a.p[i] ^ b.p[i];
		/* Else the compiler may leave the loop at the first one. */
		__asm__ volatile("" : "+r"(differ));
	}
	return differ == 0;
}

enum bl_err
bl_secret_new(struct bl_secret **out, size_t n, struct bl_note *note)
{
	struct bl_secret *s;
	void *p;

	*out = NULL;
	if (n > MAX)
		return bl_fail(
		    note, BL_E_LIMIT, 0, "a secret is too long", NULL);
	if ((s = bl_alloc(sizeof(*s))) == NULL)
		goto memory;
	p = mmap(NULL, n == 0 ? 1 : n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		goto memory;
	/* A system that grants neither still has to be worked on. */
	(void)mlock(p, n == 0 ? 1 : n);
	(void)madvise(p, n == 0 ? 1 : n, MADV_DONTDUMP);
	*s = (struct bl_secret){p, n};
	*out = s;
	return BL_OK;
memory:
	bl_release(s);
	return bl_fail(
	    note, BL_E_MEMORY, 0, "out of memory for a secret", NULL);
}

enum bl_err
bl_secret_copy(struct bl_secret **out, struct bl_span s, struct bl_note *note)
{
	enum bl_err err = bl_secret_new(out, s.n, note);

	if (err == BL_OK && s.n != 0)
		memcpy((*out)->p, s.p, s.n);
	return err;
}

struct bl_span
bl_secret_reveal(const struct bl_secret *s)
{
	return s == NULL ? (struct bl_span){NULL, 0}
			 : (struct bl_span){s->p, s->n};
}

uint8_t *
bl_secret_fill(struct bl_secret *s)
{
	return s->p;
}

bool
bl_secret_equal(const struct bl_secret *a, const struct bl_secret *b)
{
	return a != NULL && b != NULL &&
	    bl_same(bl_secret_reveal(a), bl_secret_reveal(b));
}

void
bl_secret_free(struct bl_secret *s)
{
	if (s == NULL)
		return;
	bl_wipe(s->p, s->n);
	(void)munmap(s->p, s->n == 0 ? 1 : s->n);
	bl_release(s);
}
