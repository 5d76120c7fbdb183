/* secret.c - memory for keys and passphrases; see bulla/base.h.
 *
 * A secret has pages of its own, so that the locking and the advice touch
 * nothing else and are undone with them; or a slot of a page that holds nothing
 * but secrets.
 */
#include "base/base.h"

#include <string.h>

#include <sys/mman.h>

#define MAX ((size_t)1 << 20) /* bytes of one secret */

struct bl_secret {
	uint8_t *p;
	size_t n; /* bytes in use; the kernel rounds up to whole pages */
	struct bl_secrets *home; /* NULL: pages of its own */
};

#define SLOTS BL_SECRETS_SLOTS
#define SLOT  BL_SECRETS_SLOT

struct bl_secrets {
	uint8_t *page;
	uint64_t taken; /* bit i: slot i is in use */
	struct bl_secret list[SLOTS];
};
_Static_assert(SLOTS == 64, "a slot for each bit of `taken`");

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

static enum bl_err
out_of_memory(struct bl_note *note)
{
	return bl_fail(
	    note, BL_E_MEMORY, 0, "out of memory for a secret", NULL);
}

/* Locked pages, zeroed, for n bytes; NULL when there are none. */
static void *
pages(size_t n)
{
	void *p = mmap(NULL, n == 0 ? 1 : n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* A system that grants neither still has to be worked on. */
	(void)mlock(p, n == 0 ? 1 : n);
	(void)madvise(p, n == 0 ? 1 : n, MADV_DONTDUMP);
	return p;
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
	if ((s = bl_alloc(sizeof(*s))) == NULL || (p = pages(n)) == NULL) {
		bl_release(s);
		return out_of_memory(note);
	}
	*s = (struct bl_secret){p, n, NULL};
	*out = s;
	return BL_OK;
}

enum bl_err
bl_secrets_new(struct bl_secrets **out, struct bl_note *note)
{
	struct bl_secrets *s = bl_alloc(sizeof(*s));

	*out = NULL;
	if (s == NULL || (s->page = pages((size_t)SLOTS * SLOT)) == NULL) {
		bl_release(s);
		return out_of_memory(note);
	}
	*out = s;
	return BL_OK;
}

void
bl_secrets_free(struct bl_secrets *s)
{
	if (s == NULL)
		return;
	(void)munmap(s->page, (size_t)SLOTS * SLOT);
	bl_release(s);
}

enum bl_err
bl_secret_take(struct bl_secret **out, struct bl_secrets *from, size_t n,
    struct bl_note *note)
{
	unsigned i;

	if (n > SLOT || from->taken == UINT64_MAX)
		return bl_secret_new(out, n, note);
	i = (unsigned)__builtin_ctzll(~from->taken);
	from->taken |= (uint64_t)1 << i;
	from->list[i] = (struct bl_secret){
	    from->page + (size_t)i * SLOT, n, from};
	*out = &from->list[i];
	return BL_OK;
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
	if (s->home != NULL) {
		s->home->taken &= ~((uint64_t)1 << (s - s->home->list));
		return;
	}
	(void)munmap(s->p, s->n == 0 ? 1 : s->n);
	bl_release(s);
}
