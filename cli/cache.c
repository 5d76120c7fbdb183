/* cache.c - see cache.h. A file has its head, then the content as it came:
 *
 *	8 bytes	"BULLAC01"
 *	u8	kind
 *	u8	outcome
 *	i64	fetched, until, thisUpdate, nextUpdate
 *	bool	has nextUpdate
 *	20	number
 *	u64	bytes of content
 *	u64	sum of its first 256 KiB, against a disk that forgets
 *	bytes	url, body
 *
 * It is written without a name, synced, and renamed: a command that is killed
 * leaves the file that was there, or the new one.
 */
#include "cli/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/state.h"

#define MAGIC	  "BULLAC01"
#define SUMMED	  ((size_t)256 << 10)
#define HEAD_MAX  (128u + BL_URL_MAX + BL_COURIER_BODY_MAX)
#define NAME_MAX_ 24
#define TICK_MS	  20
#define STALE_S	  3600 /* a file without a place that somebody left */

struct cache {
	char *folder;
};

int64_t
cache_now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum bl_err
cache_open(struct cache **out, const char *folder, struct bl_note *note)
{
	struct cache *c = calloc(1, sizeof(*c));

	*out = NULL;
	if (c == NULL || asprintf(&c->folder, "%s/cache", folder) < 0) {
		free(c);
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	}
	*out = c;
	return BL_OK;
}

void
cache_close(struct cache *c)
{
	if (c == NULL)
		return;
	free(c->folder);
	free(c);
}

/* ---- names ---- */

/* FNV-1a. A name may stand for two keys: the file says which. */
static uint64_t
hash(uint64_t h, struct bl_span s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * 0x100000001b3u;
	return h;
}
#define HASH_START 0xcbf29ce484222325u

static uint64_t
hash_key(const struct cache_key *k)
{
	const uint8_t kind = (uint8_t)k->kind;
	uint64_t h = hash(HASH_START, bl_span_of(&kind, 1));

	return hash(hash(h, k->url), k->body);
}

static char *
path_of(const struct cache *c, const char *what, uint64_t h)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s%016llx", c->folder, what,
		(unsigned long long)h) < 0)
		return NULL;
	return path;
}

/* ---- heads ---- */

/* Sums the content that starts at `at`; false when it cannot be read. */
static bool
sum_of(uint64_t *sum, int fd, off_t at, uint64_t size)
{
	uint64_t left = size < SUMMED ? size : SUMMED;
	uint8_t chunk[16384];

	*sum = HASH_START;
	while (left > 0) {
		size_t most = left < sizeof(chunk) ? (size_t)left
						   : sizeof(chunk);
		ssize_t n = pread(fd, chunk, most, at);

		if (n <= 0)
			return false;
		*sum = hash(*sum, bl_span_of(chunk, (size_t)n));
		at += n;
		left -= (uint64_t)n;
	}
	return true;
}

static void
put_head(struct bl_buf *b, const struct cache_key *k,
    const struct cache_entry *e, uint64_t sum)
{
	bl_field_put_fixed(b, BL_STR(MAGIC));
	bl_field_put_u8(b, (uint8_t)k->kind);
	bl_field_put_u8(b, (uint8_t)e->outcome);
	bl_field_put_time(b, e->fetched);
	bl_field_put_time(b, e->until);
	bl_field_put_time(b, e->age.this_update);
	bl_field_put_time(b, e->age.next_update);
	bl_field_put_bool(b, e->age.has_next_update);
	bl_field_put_fixed(b, bl_span_of(e->age.number, sizeof(e->age.number)));
	bl_field_put_u64(b, e->size);
	bl_field_put_u64(b, sum);
	bl_field_put_bytes(b, k->url);
	bl_field_put_bytes(b, k->body);
}

/* Reads the head of a file of `all` bytes: of this key, with all its content
 * behind it. The number of its bytes, or 0. */
static size_t
get_head(struct cache_entry *e, uint64_t *sum, struct bl_span head,
    uint64_t all, const struct cache_key *k)
{
	struct bl_fields w = bl_field_of(head);
	struct bl_span number;
	size_t n;

	*e = (struct cache_entry){.fd = -1};
	if (!bl_span_equal(bl_field_fixed(&w, 8), BL_STR(MAGIC)) ||
	    bl_field_u8(&w, UINT8_MAX) != k->kind)
		return 0;
	e->outcome = (enum bl_fetch_outcome)bl_field_u8(&w, BL_FETCH_LAST);
	e->fetched = bl_field_time(&w);
	e->until = bl_field_time(&w);
	e->age.this_update = bl_field_time(&w);
	e->age.next_update = bl_field_time(&w);
	e->age.has_next_update = bl_field_bool(&w);
	number = bl_field_fixed(&w, sizeof(e->age.number));
	e->size = bl_field_u64(&w);
	*sum = bl_field_u64(&w);
	if (!bl_span_equal(bl_field_bytes(&w, BL_URL_MAX), k->url) ||
	    !bl_span_equal(bl_field_bytes(&w, BL_COURIER_BODY_MAX), k->body) ||
	    w.bad)
		return 0;
	memcpy(e->age.number, number.p, number.n);
	n = head.n - w.left.n;
	return all >= n && all - n == e->size &&
		(e->size > 0) == (e->outcome == BL_FETCH_OK) &&
		e->size <= bl_courier_max(k->kind)
	    ? n
	    : 0;
}

/* Opens the file of a key, whatever its age; the content is next to be read. */
static bool
load(struct cache_entry *out, const struct cache *c, const struct cache_key *k)
{
	char *path = path_of(c, "", hash_key(k));
	uint8_t head[HEAD_MAX];
	uint64_t sum, is;
	struct stat st;
	ssize_t n = 0;
	size_t used = 0;
	int fd = -1;

	*out = (struct cache_entry){.fd = -1};
	if (path != NULL)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    (n = pread(fd, head, sizeof(head), 0)) > 0)
		used = get_head(out, &sum, bl_span_of(head, (size_t)n),
		    (uint64_t)st.st_size, k);
	if (used == 0 || !sum_of(&is, fd, (off_t)used, out->size) ||
	    sum != is || lseek(fd, (off_t)used, SEEK_SET) < 0) {
		close(fd);
		return false;
	}
	out->fd = fd;
	return true;
}

bool
cache_find(struct cache_entry *out, const struct cache *c,
    const struct cache_key *key, int64_t now)
{
	if (!load(out, c, key))
		return false;
	/* the clock may have been wrong, then or now */
	if (out->fetched <= now && now <= out->until &&
	    out->until - out->fetched <= CACHE_KEEP_S)
		return true;
	close(out->fd);
	out->fd = -1;
	return false;
}

uint64_t
cache_stamp(const struct cache *c, const struct cache_key *key)
{
	char *path = path_of(c, "", hash_key(key));
	struct stat st;
	uint64_t stamp = 0;

	if (path != NULL && lstat(path, &st) == 0)
		stamp = hash(
		    hash(HASH_START, bl_span_of(&st.st_ino, sizeof(st.st_ino))),
		    bl_span_of(&st.st_mtim, sizeof(st.st_mtim)));
	free(path);
	return stamp;
}

/* ---- keeping ---- */

static bool
make_folder(const struct cache *c)
{
	return state_make_folders(c->folder);
}

enum bl_err
cache_begin(struct out *out, struct cache *c, const struct cache_key *key,
    struct bl_note *note)
{
	const struct cache_entry none = {0};
	char *path = path_of(c, "", hash_key(key));
	struct bl_buf head = {0};
	enum bl_err err;

	*out = (struct out){.fd = -1, .folder = -1};
	if (path == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	put_head(&head, key, &none, 0);
	err = make_folder(c) ? bl_buf_err(&head, note)
			     : out_system(note, "the folder cannot be made");
	if (err == BL_OK && (err = out_open(out, path, note)) == BL_OK)
		err = out_write(out->fd, bl_buf_span(&head), note);
	if (err != BL_OK)
		out_close(out);
	bl_buf_clear(&head);
	free(path);
	return err;
}

/* RFC 5280 5.2.3: a later list has a higher number. */
static bool
is_newer(const struct bl_age *a, const struct bl_age *b)
{
	int number = memcmp(a->number, b->number, sizeof(a->number));

	return number > 0 || (number == 0 && a->this_update > b->this_update);
}

/* What is there is newer, and not over. */
static bool
goes_back(const struct cache *c, const struct cache_key *key,
    const struct cache_entry *e)
{
	struct cache_entry there;
	bool newer;

	if (!load(&there, c, key))
		return false;
	close(there.fd);
	if (there.outcome != BL_FETCH_OK || there.until < e->fetched)
		return false;
	newer = e->outcome != BL_FETCH_OK || is_newer(&there.age, &e->age);
	return newer && there.until - there.fetched <= CACHE_KEEP_S;
}

struct kept {
	char name[NAME_MAX_];
	int64_t when;
	uint64_t size;
};

static int
by_age(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->when > y->when) - (x->when < y->when);
}

/* Lists what is kept; removes what was left without its place. */
static struct kept *
list(DIR *d, size_t *n, int64_t now)
{
	struct kept *all = NULL;
	struct dirent *e;
	size_t cap = 0;

	*n = 0;
	while ((e = readdir(d)) != NULL) {
		struct stat st;

		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) !=
			0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (e->d_name[0] == '.' && now - st.st_mtime > STALE_S)
			unlinkat(dirfd(d), e->d_name, 0);
		if (strlen(e->d_name) != 16)
			continue; /* a lock */
		if (*n == cap) {
			size_t more = cap == 0 ? 64 : cap * 2;
			struct kept *p = realloc(all, more * sizeof(*all));

			if (p == NULL)
				break;
			all = p;
			cap = more;
		}
		all[*n] = (struct kept){
		    .when = (int64_t)st.st_mtime, .size = (uint64_t)st.st_size};
		memcpy(all[(*n)++].name, e->d_name, 17);
	}
	return all;
}

static void
prune(const struct cache *c)
{
	DIR *d = opendir(c->folder);
	uint64_t bytes = 0;
	struct kept *all;
	size_t n;

	if (d == NULL)
		return;
	all = list(d, &n, (int64_t)time(NULL));
	if (n > 0)
		qsort(all, n, sizeof(*all), by_age);
	for (size_t i = 0; i < n; i++)
		bytes += all[i].size;
	for (size_t i = 0;
	     i < n && (bytes > CACHE_BYTES || n - i > CACHE_FILES); i++) {
		unlinkat(dirfd(d), all[i].name, 0);
		bytes -= all[i].size;
	}
	free(all);
	closedir(d);
}

enum bl_err
cache_keep(struct out *out, struct cache *c, const struct cache_key *key,
    const struct cache_entry *e, struct bl_note *note)
{
	struct bl_buf head = {0};
	uint64_t sum;
	enum bl_err err;

	if (goes_back(c, key, e))
		return BL_OK;
	put_head(&head, key, e, 0); /* as long as with the sum */
	if (!sum_of(&sum, out->fd, (off_t)head.n, e->size))
		return out_system(note, "it cannot be read");
	bl_buf_reset(&head);
	put_head(&head, key, e, sum);
	if ((err = bl_buf_err(&head, note)) == BL_OK &&
	    (ftruncate(out->fd, (off_t)(head.n + e->size)) != 0 ||
		pwrite(out->fd, head.p, head.n, 0) != (ssize_t)head.n))
		err = out_system(note, "it cannot be written");
	if (err == BL_OK)
		err = out_commit(out, 0600, note);
	bl_buf_clear(&head);
	if (err == BL_OK)
		prune(c);
	return err;
}

/* ---- turns ---- */

/* Takes a lock without waiting; -1 when somebody has it. */
static int
take(const struct cache *c, const char *what, uint64_t number)
{
	char *path = path_of(c, what, number);
	int fd = -1;

	if (path != NULL)
		fd = open(
		    path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(path);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
take_any(const struct cache *c, const char *what, uint64_t from, unsigned n)
{
	int fd = -1;

	for (unsigned i = 0; fd < 0 && i < n; i++)
		fd = take(c, what, from + i);
	return fd;
}

/* Hosts and keys share 256 locks each, so that they do not become many. */
static int
try_turn(const struct cache *c, size_t which, uint64_t key, uint64_t host)
{
	if (which == 0)
		return take(c, "key-", key % 256);
	if (which == 1)
		return take_any(c, "host-", host % 256 * BL_COURIER_PER_HOST,
		    BL_COURIER_PER_HOST);
	return take_any(c, "turn-", 0, BL_COURIER_PARALLEL);
}

bool
cache_turn(struct cache_turn *t, struct cache *c, const struct cache_key *key,
    int64_t until_ms)
{
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000};
	struct bl_url url = {0};
	uint64_t host;

	*t = (struct cache_turn){{-1, -1, -1}};
	if (!make_folder(c))
		return true; /* nothing can be kept, nor waited for */
	if (bl_url_read(&url, key->url, NULL) != BL_OK)
		return true; /* it is not visited */
	host = hash(HASH_START, bl_span_str(url.host.name));
	for (size_t i = 0; i < 3; i++)
		while ((t->fds[i] = try_turn(c, i, hash_key(key), host)) < 0) {
			if (cache_now_ms() >= until_ms) {
				cache_turn_end(t);
				return false;
			}
			nanosleep(&tick, NULL);
		}
	return true;
}

void
cache_turn_end(struct cache_turn *t)
{
	for (size_t i = 0; i < 3; i++) {
		if (t->fds[i] >= 0)
			close(t->fds[i]);
		t->fds[i] = -1;
	}
}
