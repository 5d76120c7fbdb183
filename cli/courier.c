/* courier.c - see courier.h. */
#include "cli/courier.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "cli/cache.h"
#include "cli/say.h"
#include "proc/reader.h"

#define ALLOW_FILE_MAX ((size_t)64 << 10)  /* bytes */
#define INLINE_MAX     ((size_t)256 << 10) /* bytes in an answer; more: a file */
#define LISTS_MAX      16		   /* files for one round */
#define ASKED_MAX      256

struct courier {
	struct cache *cache; /* NULL: nothing is kept */
	bool offline, trace;
	struct bl_buf names[BL_COURIER_PAIRS_MAX]; /* HOST:PORT */
	size_t pair_count;
	unsigned fetches;
	int64_t until_ms; /* of all; 0 before the first */
	uint64_t asked[ASKED_MAX];
	size_t asked_count;
	int lists[LISTS_MAX];
	size_t list_count;
};

/* ---- whom an administrator allows ---- */

static enum bl_err
allow(struct courier *c, struct bl_span pair, struct bl_note *note)
{
	struct bl_host host;
	enum bl_err err = bl_host_read(&host, pair, note);

	if (err != BL_OK)
		return err;
	if (c->pair_count == BL_COURIER_PAIRS_MAX)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "more than 64 hosts are allowed", NULL);
	bl_buf_add(&c->names[c->pair_count], pair);
	return bl_buf_err(&c->names[c->pair_count++], note);
}

/* One HOST:PORT in a line; "#" starts a remark. */
static enum bl_err
allow_lines(struct courier *c, struct bl_span text, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	while (err == BL_OK && text.n > 0) {
		const uint8_t *lf = memchr(text.p, '\n', text.n);
		size_t n = lf != NULL ? (size_t)(lf - text.p) : text.n;
		struct bl_span line = bl_span_cut(text, 0, n);
		const uint8_t *remark = memchr(line.p, '#', line.n);

		text = bl_span_cut(text, n + 1, text.n);
		if (remark != NULL)
			line.n = (size_t)(remark - line.p);
		while (line.n > 0 && line.p[line.n - 1] <= ' ')
			line.n--;
		while (line.n > 0 && line.p[0] <= ' ')
			line = bl_span_cut(line, 1, line.n);
		if (line.n > 0)
			err = allow(c, line, note);
	}
	return err;
}

/* What cannot be read allows nothing, and is said. */
static enum bl_err
allow_file(struct courier *c, const char *folder, struct bl_note *note)
{
	char *path = NULL, bytes[4096];
	struct bl_buf text;
	ssize_t n = 0;
	int fd;
	enum bl_err err;

	if (asprintf(&path, "%s/config/allow-hosts", folder) < 0)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR
		    ? BL_OK
		    : out_system(note, "config/allow-hosts cannot be opened");
	bl_buf_init(&text, ALLOW_FILE_MAX);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		bl_buf_add(&text, bl_span_of(bytes, (size_t)n));
	close(fd);
	err = n < 0 ? out_system(note, "config/allow-hosts cannot be read")
		    : bl_buf_err(&text, note);
	if (err == BL_OK)
		err = allow_lines(c, bl_buf_span(&text), note);
	bl_buf_clear(&text);
	return err;
}

enum bl_err
courier_new(
    struct courier **out, const struct courier_opts *opts, struct bl_note *note)
{
	struct courier *c = calloc(1, sizeof(*c));
	enum bl_err err = BL_OK;

	*out = NULL;
	if (c == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	c->offline = opts->offline;
	c->trace = opts->trace;
	if (opts->folder != NULL)
		err = cache_open(&c->cache, opts->folder, note);
	if (err == BL_OK && opts->folder != NULL)
		err = allow_file(c, opts->folder, note);
	for (size_t i = 0;
	     err == BL_OK && opts->allow != NULL && i < opts->allow->n; i++)
		err = allow(c, bl_span_str(opts->allow->items[i]), note);
	if (err == BL_OK)
		*out = c;
	else
		courier_free(c);
	return err;
}

void
courier_free(struct courier *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->pair_count; i++)
		bl_buf_clear(&c->names[i]);
	while (c->list_count > 0)
		close(c->lists[--c->list_count]);
	cache_close(c->cache);
	free(c);
}

int
courier_list(void *courier)
{
	struct courier *c = courier;

	return c->list_count > 0 ? c->lists[--c->list_count] : -1;
}

/* ---- the trace ---- */

static void trace(const struct courier *c, const struct cache_key *key,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
trace(const struct courier *c, const struct cache_key *key, const char *format,
    ...)
{
	static const char *const kinds[] = {"", "ocsp", "crl", "certificate"};
	char text[512];
	va_list list;

	if (!c->trace)
		return;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	say_note("fetch: %s %.*s: %s", kinds[key->kind], (int)key->url.n,
	    (const char *)key->url.p, text);
}

static void
trace_result(const struct courier *c, const struct cache_key *key,
    const struct bl_courier_result *r, int64_t took_ms)
{
	char status[32] = "", peer[80] = "";

	if (r->status != 0)
		snprintf(status, sizeof(status), ", status %u", r->status);
	if (r->peer[0] != '\0')
		snprintf(peer, sizeof(peer), ", from %s", r->peer);
	trace(c, key, "%s%s%s, %llu bytes, %lld ms", bl_fetch_text(r->outcome),
	    status, peer, (unsigned long long)r->bytes, (long long)took_ms);
	if (r->url[0] != '\0')
		trace(c, key, "it was sent on to %.400s", r->url);
}

/* ---- one visit ---- */

/* How long the content may be kept. */
static int64_t
keep_until(const struct cache_entry *e, enum bl_courier_kind kind)
{
	int64_t most = e->fetched +
	    (kind == BL_COURIER_CERT ? CACHE_CERT_S : CACHE_KEEP_S);

	if (e->outcome != BL_FETCH_OK)
		return e->fetched + CACHE_FAIL_S;
	if (!e->age.has_next_update)
		return e->fetched;
	return e->age.next_update < most ? e->age.next_update : most;
}

/* A reader that has seen nothing else says whether it is what it should be, and
 * until when. */
static bool
judge(struct cache_entry *e, const struct courier *c,
    const struct cache_key *key, off_t at)
{
	struct bl_reader *reader = NULL;
	struct bl_note note = {0};
	enum bl_err err = BL_E_SYSTEM;

	if (lseek(e->fd, at, SEEK_SET) == at &&
	    (err = bl_reader_start(&reader, &note)) == BL_OK)
		err = bl_reader_age(&e->age, reader,
		    (enum bl_fetch_kind)key->kind, e->fd, &note);
	if (err != BL_OK)
		trace(c, key, "it is not what it should be: %.300s",
		    note.what != NULL ? note.what : bl_err_name(err));
	bl_reader_stop(reader);
	return err == BL_OK && lseek(e->fd, at, SEEK_SET) == at;
}

/* A file that nobody finds, where nothing is kept. */
static enum bl_err
begin(struct out *out, struct courier *c, const struct cache_key *key,
    bool *kept, struct bl_note *note)
{
	*kept = c->cache != NULL &&
	    cache_begin(out, c->cache, key, NULL) == BL_OK;
	if (*kept)
		return BL_OK;
	*out = (struct out){.fd = -1, .folder = -1};
	return bl_park_open(&out->fd, NULL, note);
}

static enum bl_err
send_out(struct bl_courier_result *got, struct courier *c,
    const struct cache_key *key, int output, struct bl_note *note)
{
	int64_t begun = cache_now_ms(), left = c->until_ms - begun;
	struct bl_courier_job job = {
	    .ask = {.kind = key->kind,
		.wait_ms = left < BL_COURIER_WHOLE_MS ? (uint32_t)left
						      : BL_COURIER_WHOLE_MS,
		.url = key->url,
		.body = key->body,
		.pair_count = c->pair_count},
	    .output = output};
	enum bl_err err;

	for (size_t i = 0; i < c->pair_count; i++)
		job.ask.pairs[i] = bl_buf_span(&c->names[i]);
	if ((err = bl_courier_fetch(got, &job, note)) == BL_OK)
		trace_result(c, key, got, cache_now_ms() - begun);
	return err;
}

/* Fetches and keeps; e->fd is the caller's when the outcome is OK. */
static enum bl_err
fetch(struct cache_entry *e, struct courier *c, const struct cache_key *key,
    struct bl_note *note)
{
	struct bl_courier_result got = {0};
	struct out out = {.fd = -1, .folder = -1};
	bool kept = false;
	off_t at;
	enum bl_err err;

	*e = (struct cache_entry){.fd = -1, .fetched = (int64_t)time(NULL)};
	if ((err = begin(&out, c, key, &kept, note)) != BL_OK)
		return err;
	at = lseek(out.fd, 0, SEEK_CUR);
	if ((err = send_out(&got, c, key, out.fd, note)) != BL_OK)
		goto out;
	e->outcome = got.outcome;
	if (e->outcome == BL_FETCH_OK) {
		e->fd = fcntl(out.fd, F_DUPFD_CLOEXEC, 3);
		e->size = got.bytes;
		if (!judge(e, c, key, at)) {
			e->outcome = BL_FETCH_TYPE;
			e->size = 0;
		}
	}
	e->until = keep_until(e, key->kind);
	/* what cannot be kept was fetched all the same */
	if (kept && e->until > e->fetched &&
	    cache_keep(&out, c->cache, key, e, NULL) != BL_OK)
		trace(c, key, "it cannot be kept");
	if (e->outcome == BL_FETCH_OK && lseek(e->fd, at, SEEK_SET) != at)
		e->outcome = BL_FETCH_OUTPUT;
out:
	if ((err != BL_OK || e->outcome != BL_FETCH_OK) && e->fd >= 0) {
		close(e->fd);
		e->fd = -1;
	}
	out_close(&out);
	return err;
}

/* ---- the cache, then the network ---- */

static bool
in_cache(
    struct cache_entry *e, const struct courier *c, const struct cache_key *key)
{
	int64_t now = (int64_t)time(NULL);

	if (c->cache == NULL || !cache_find(e, c->cache, key, now))
		return false;
	if (e->outcome == BL_FETCH_OK) {
		trace(c, key, "from the cache, %lld s old",
		    (long long)(now - e->fetched));
		return true;
	}
	trace(c, key, "not tried again for a minute: %s",
	    bl_fetch_text(e->outcome));
	close(e->fd);
	e->fd = -1;
	return true;
}

/* Whether the budget of all has room for one more. */
static bool
may_go(struct courier *c, const struct cache_key *key)
{
	if (c->offline) {
		trace(c, key, "not in the cache, and nothing is fetched");
		return false;
	}
	if (c->until_ms == 0)
		c->until_ms = cache_now_ms() + BL_COURIER_ALL_MS;
	if (c->fetches == BL_COURIER_FETCHES || cache_now_ms() >= c->until_ms) {
		trace(c, key, "not fetched: there were enough");
		return false;
	}
	return true;
}

/*
 * e->fd is set when there is content. `again`: what the cache has did not help,
 * unless somebody fetched it since.
 */
static enum bl_err
get(struct cache_entry *e, enum bl_item_source *source, struct courier *c,
    const struct cache_key *key, bool again, struct bl_note *note)
{
	uint64_t stamp = c->cache != NULL ? cache_stamp(c->cache, key) : 0;
	struct cache_turn turn = {{-1, -1, -1}};
	enum bl_err err = BL_OK;

	*e = (struct cache_entry){.fd = -1};
	*source = BL_FROM_CACHE;
	if (!again && in_cache(e, c, key))
		return BL_OK;
	if (!may_go(c, key))
		return BL_OK;
	if (c->cache != NULL &&
	    !cache_turn(&turn, c->cache, key, c->until_ms)) {
		trace(c, key, "not fetched: others took too long");
		return BL_OK;
	}
	/* it may have been fetched while we waited */
	if (again && c->cache != NULL)
		again = cache_stamp(c->cache, key) == stamp;
	if ((again || !in_cache(e, c, key)) && cache_now_ms() < c->until_ms) {
		*source = BL_FROM_NETWORK;
		c->fetches++;
		err = fetch(e, c, key, note);
	}
	cache_turn_end(&turn);
	return err;
}

/* ---- answers ---- */

static uint64_t
hash(struct bl_span s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * 0x100000001b3u;
	return h;
}

/* Was this asked before? */
static bool
remember(struct courier *c, struct bl_span want)
{
	uint64_t h = hash(want);

	for (size_t i = 0; i < c->asked_count; i++)
		if (c->asked[i] == h)
			return true;
	if (c->asked_count < ASKED_MAX)
		c->asked[c->asked_count++] = h;
	return false;
}

static enum bl_item_kind
item_kind(enum bl_fetch_kind kind)
{
	switch (kind) {
	case BL_FETCH_OCSP:
		return BL_ITEM_OCSP;
	case BL_FETCH_CRL:
		return BL_ITEM_CRL;
	case BL_FETCH_CERT:
		break;
	}
	return BL_ITEM_CERT;
}

static enum bl_err
read_all(struct bl_buf *out, int fd, uint64_t size, struct bl_note *note)
{
	uint8_t *to = bl_buf_grow(out, (size_t)size);
	ssize_t n;

	while (to != NULL && size > 0) {
		if ((n = read(fd, to, (size_t)size)) < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return out_system(note, "the cache cannot be read");
		to += n;
		size -= (uint64_t)n;
		out->n += (size_t)n;
	}
	return bl_buf_err(out, note);
}

/*
 * What the cache has comes without its address: then it is asked for once more
 * where it does not help, and this time fetched. A list that is too long goes
 * as a file.
 */
static enum bl_err
put_item(struct bl_buf *items, struct courier *c, struct cache_entry *e,
    const struct bl_fetch *f, enum bl_item_source source, struct bl_note *note)
{
	struct bl_item item = {.kind = item_kind(f->kind),
	    .source = source,
	    .fetched = e->fetched,
	    .length = e->size};
	struct bl_buf data = {0};
	enum bl_err err = BL_OK;

	if (source == BL_FROM_NETWORK)
		item.url = f->url;
	if (e->size <= INLINE_MAX)
		err = read_all(&data, e->fd, e->size, note);
	else if (c->list_count < LISTS_MAX)
		c->lists[c->list_count++] = fcntl(e->fd, F_DUPFD_CLOEXEC, 3);
	item.data = bl_buf_span(&data);
	if (err == BL_OK)
		err = bl_item_put(items, &item, note);
	bl_buf_clear(&data);
	return err;
}

/* The first of the addresses that has something. */
static enum bl_err
collect(struct bl_buf *items, struct courier *c, const struct bl_fetches *f,
    bool again, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	for (size_t i = 0; err == BL_OK && items->n == 0 && i < f->n; i++) {
		const struct cache_key key = {
		    (enum bl_courier_kind)f->list[i].kind, f->list[i].url,
		    f->list[i].body};
		enum bl_item_source source;
		struct bl_note why = {0};
		struct cache_entry e;

		err = get(&e, &source, c, &key, again, &why);
		if (err == BL_E_SYSTEM || err == BL_E_MISSING) {
			say_warn("bulla-courier: %s", why.what);
			err = BL_OK; /* it could not be checked */
		}
		if (err == BL_OK && e.fd >= 0)
			err = put_item(items, c, &e, &f->list[i], source, note);
		if (e.fd >= 0)
			close(e.fd);
	}
	return err;
}

enum bl_err
courier_answer(struct bl_buf *answer, struct courier *c, struct bl_span want,
    struct bl_note *note)
{
	struct bl_want_evidence evidence = {0};
	struct bl_want_cert cert = {0};
	struct bl_answer says = {.kind = BL_WANT_CERT};
	const struct bl_fetches *f = &cert.fetches;
	struct bl_buf items = {0};
	enum bl_err err;

	if (want.n > 0 && want.p[0] == BL_WANT_EVIDENCE) {
		says.kind = BL_WANT_EVIDENCE;
		f = &evidence.fetches;
		err = bl_want_evidence_get(&evidence, want, note);
	} else {
		err = bl_want_cert_get(&cert, want, note);
	}
	if (err == BL_OK)
		err = collect(&items, c, f, remember(c, want), note);
	says.payload = bl_buf_span(&items);
	if (items.n == 0)
		says.refusal = BL_REFUSED_UNKNOWN;
	if (err == BL_OK)
		err = bl_answer_put(answer, &says, note);
	bl_buf_clear(&items);
	return err;
}
