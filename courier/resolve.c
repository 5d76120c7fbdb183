/* resolve.c - finding the addresses of a host, in a second thread; see
 * courier.h. */
#include <netdb.h>
#include <nss.h>
#include <pthread.h>
#include <time.h>

#include "courier/courier.h"
#include "proc/cage.h"

struct resolver {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t turn;
	bool caged, asked, answered;
	enum bl_err cage;
	char name[BL_HOST_MAX + 1], port[8];
	struct addrinfo *list;
	int error;
};

int64_t
courier_now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits for *what, at most until `until`; the lock is held. */
static bool
wait_for(struct resolver *r, const bool *what, int64_t until)
{
	const struct timespec at = {
	    .tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};

	while (!*what)
		if (pthread_cond_clockwait(
			&r->turn, &r->lock, CLOCK_MONOTONIC, &at) != 0)
			break;
	return *what;
}

static void
set(struct resolver *r, bool *what)
{
	*what = true;
	pthread_cond_broadcast(&r->turn);
}

static void *
answer(void *arg)
{
	const struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct resolver *r = arg;
	struct addrinfo *list = NULL;
	int error;

	pthread_mutex_lock(&r->lock);
	r->cage = bl_cage_courier_thread(NULL);
	set(r, &r->caged);
	while (!r->asked)
		pthread_cond_wait(&r->turn, &r->lock);
	for (;;) {
		r->asked = false;
		pthread_mutex_unlock(&r->lock);
		error = getaddrinfo(r->name, r->port, &hints, &list);
		pthread_mutex_lock(&r->lock);
		r->list = error == 0 ? list : NULL;
		r->error = error;
		set(r, &r->answered);
		while (!r->asked)
			pthread_cond_wait(&r->turn, &r->lock);
	}
	return NULL;
}

enum bl_err
resolver_start(struct resolver **out, struct bl_note *note)
{
	struct resolver *r = calloc(1, sizeof(*r));
	bool ready;

	*out = NULL;
	if (r == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	/* files and DNS are part of the C library; what else may be configured
	 * would be loaded, in the cage */
	if (__nss_configure_lookup("hosts", "files dns") != 0 ||
	    setenv("RES_OPTIONS", "timeout:1 attempts:2", 1) != 0 ||
	    pthread_mutex_init(&r->lock, NULL) != 0 ||
	    pthread_cond_init(&r->turn, NULL) != 0 ||
	    pthread_create(&r->thread, NULL, answer, r) != 0) {
		free(r);
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "names of hosts cannot be looked up", NULL);
	}
	pthread_mutex_lock(&r->lock);
	ready = wait_for(r, &r->caged, courier_now_ms() + 10000) &&
	    r->cage == BL_OK;
	pthread_mutex_unlock(&r->lock);
	if (!ready)
		return bl_fail(
		    note, BL_E_SYSTEM, 0, "a thread cannot be caged", NULL);
	*out = r;
	return BL_OK;
}

static enum bl_fetch_outcome
take(struct addresses *out, const struct addrinfo *list)
{
	for (; list != NULL; list = list->ai_next) {
		struct address *a = &out->list[out->n];

		if (out->n == ADDRESSES || list->ai_addrlen > sizeof(a->a))
			return BL_FETCH_NAME;
		memcpy(&a->a, list->ai_addr, list->ai_addrlen);
		a->n = list->ai_addrlen;
		out->n++;
	}
	return out->n > 0 ? BL_FETCH_OK : BL_FETCH_NAME;
}

enum bl_fetch_outcome
resolver_find(struct addresses *out, struct resolver *r,
    const struct bl_host *host, int64_t wait_ms)
{
	enum bl_fetch_outcome outcome = BL_FETCH_NAME_TIME;

	*out = (struct addresses){0};
	pthread_mutex_lock(&r->lock);
	memcpy(r->name, host->name, sizeof(r->name));
	snprintf(r->port, sizeof(r->port), "%u", host->port);
	r->answered = false;
	set(r, &r->asked);
	if (wait_for(r, &r->answered, courier_now_ms() + wait_ms))
		outcome = r->error == EAI_AGAIN ? BL_FETCH_NAME_TIME
		    : r->error != 0		? BL_FETCH_NAME
						: take(out, r->list);
	if (r->answered && r->list != NULL)
		freeaddrinfo(r->list);
	r->list = NULL;
	pthread_mutex_unlock(&r->lock);
	return outcome;
}
