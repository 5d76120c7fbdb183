/* main.c - bulla-agent: holds private keys, in a cage; bulla-agent(8). */
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/agent.h"
#include "proc/cage.h"
#include "proc/spawn.h"

#define HEAP ((size_t)2 << 20) /* bytes: more than many keys take */

/* Makes the heap as large as keys need it and locks it, where the system
 * allows: each page of it as soon as something is in it. Small pieces of memory
 * come from it. */
static void
lock_heap(const uint8_t *low)
{
	size_t n;
	void *p;

	mallopt(M_TRIM_THRESHOLD, (int)HEAP * 2);
	mallopt(M_MMAP_THRESHOLD, (int)HEAP * 2);
	if ((p = malloc(HEAP)) == NULL)
		return;
	free(p);
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
	n = (size_t)((const uint8_t *)sbrk(0) - low);
	if (mlock2(low, n, MLOCK_ONFAULT) != 0)
		mlock(low, n);
}

/* Ends before the first foreign byte. */
static _Noreturn void
refuse(const char *what, int status)
{
	fprintf(stderr, "bulla-agent: %s\n", what);
	_exit(status);
}

int
main(void)
{
	struct agent a = {.listening = -1};
	struct bl_note note = {0};
	const uint8_t *low = sbrk(0);
	enum bl_err err;

	if ((err = bl_child_begin(&note)) != BL_OK)
		refuse(note.what, err == BL_E_CALLER ? 2 : BL_EXIT_CAGE);
	lock_heap(low);
	if (bl_ctx_new_lean(&a.ctx, BL_CTX_MODERN, &note) != BL_OK)
		refuse(note.what != NULL ? note.what : "out of memory",
		    BL_EXIT_CAGE);
	mallopt(M_PERTURB, 0x5a); /* so freed memory is overwritten */
	a.user = geteuid();
	for (size_t i = 0; i < CLIENTS; i++) {
		a.clients[i].fd = i == 0 ? BL_CONTROL_FD : -1;
		a.clients[i].in.nowait = true;
		a.clients[i].in.rules = bl_agent_rules_in;
		a.clients[i].in.rule_count = bl_agent_rules_in_count;
	}
	if (bl_cage_agent(&note) != BL_OK)
		refuse(note.what, BL_EXIT_CAGE);
	a.asked_ms = agent_now_ms();
	serve(&a);
	serve_end(&a);
	keyring_clear(&a.ring);
	bl_ctx_free(a.ctx);
	return 0;
}
