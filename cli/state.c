/* state.c - see state.h. A file is written beside its name and renamed, so that
 * it is whole or not there whenever a command ends. */
#include "cli/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/out.h"

#define FILE_MAX ((size_t)1 << 20) /* bytes of one file */
#define HEX_NAME (2 * BL_SHA256_SIZE)

struct state {
	char *folder, *socket;
	int lock; /* -1: not taken */
};

static enum bl_err
out_of_memory(struct bl_note *note)
{
	return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
}

/* ---- the folder ---- */

static char *
home(void)
{
	const char *own = getenv("BULLA_HOME"), *base;
	char *path = NULL;
	int n = -1;

	if (own != NULL && *own != '\0')
		return strdup(own);
	if ((base = getenv("XDG_DATA_HOME")) != NULL && *base == '/')
		n = asprintf(&path, "%s/bulla", base);
	else if ((base = getenv("HOME")) != NULL && *base == '/')
		n = asprintf(&path, "%s/.local/share/bulla", base);
	return n < 0 ? NULL : path;
}

bool
state_make_folders(char *path)
{
	for (char *at = path + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			*at = '/';
			return false;
		}
		*at = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool
make_sub(const char *folder, const char *name)
{
	char *path = NULL;
	bool ok;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return false;
	ok = mkdir(path, 0700) == 0 || errno == EEXIST;
	free(path);
	return ok;
}

static enum bl_err
check_folder(const char *path, struct bl_note *note)
{
	struct stat st;

	if (stat(path, &st) != 0 && errno == ENOENT)
		return BL_OK; /* nothing was saved yet */
	if (stat(path, &st) != 0)
		return out_system(note, "the folder cannot be read");
	if (!S_ISDIR(st.st_mode))
		return bl_fail(note, BL_E_SYSTEM, 0, "it is no folder", NULL);
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return bl_fail(note, BL_E_DENIED, 0,
		    "the folder belongs to somebody else, or others may write "
		    "to it",
		    NULL);
	return BL_OK;
}

enum bl_err
state_open(struct state **out, struct bl_note *note)
{
	struct state *s = calloc(1, sizeof(*s));
	enum bl_err err = BL_OK;

	*out = NULL;
	if (s == NULL)
		return out_of_memory(note);
	s->lock = -1;
	s->folder = home();
	if (s->folder == NULL) {
		err = bl_fail(note, BL_E_MISSING, 0,
		    "no place for the state: set BULLA_HOME", NULL);
		goto out;
	}
	if (asprintf(&s->socket, "%s/agent.sock", s->folder) < 0) {
		s->socket = NULL;
		err = out_of_memory(note);
		goto out;
	}
	err = check_folder(s->folder, note);
out:
	if (err == BL_OK)
		*out = s;
	else
		state_close(s);
	return err;
}

/* Before the first file is written. */
static enum bl_err
make(const struct state *s, struct bl_note *note)
{
	enum bl_err err;

	if (!state_make_folders(s->folder))
		return out_system(note, "the folder cannot be made");
	if ((err = check_folder(s->folder, note)) != BL_OK)
		return err;
	if (!make_sub(s->folder, "certs") || !make_sub(s->folder, "trust") ||
	    !make_sub(s->folder, "keys"))
		return out_system(note, "the folder cannot be made");
	return BL_OK;
}

enum bl_err
state_lock(struct state *s, struct bl_note *note)
{
	char *path = NULL;
	enum bl_err err = make(s, note);

	if (err != BL_OK || s->lock >= 0)
		return err;
	if (asprintf(&path, "%s/lock", s->folder) < 0)
		return out_of_memory(note);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(path);
	if (s->lock < 0)
		return out_system(note, "its lock cannot be opened");
	while (flock(s->lock, LOCK_EX) != 0)
		if (errno != EINTR)
			return out_system(note, "it cannot be locked");
	return BL_OK;
}

void
state_close(struct state *s)
{
	if (s == NULL)
		return;
	if (s->lock >= 0)
		close(s->lock);
	free(s->folder);
	free(s->socket);
	free(s);
}

const char *
state_folder(const struct state *s)
{
	return s->folder;
}

const char *
state_socket(const struct state *s)
{
	return s->socket;
}

static char *
path_of(const struct state *s, const char *sub, const uint8_t *id,
    const char *suffix)
{
	struct bl_buf name = {0};
	char *path = NULL;

	bl_hex(&name, bl_span_of(id, BL_SHA256_SIZE));
	if (name.err != BL_OK ||
	    asprintf(&path, "%s/%s/%.*s%s", s->folder, sub, HEX_NAME,
		(const char *)name.p, suffix) < 0)
		path = NULL;
	bl_buf_clear(&name);
	return path;
}

static const char *
sub_of(enum state_kind kind)
{
	return kind == STATE_CERTS ? "certs" : "trust";
}

enum bl_err
state_read(struct bl_buf *out, const char *path, struct bl_note *note)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t chunk[16384];
	ssize_t n = 0;
	enum bl_err err = BL_OK;

	if (fd < 0 && errno == ENOENT)
		return bl_fail(note, BL_E_MISSING, 0, "it is not there", NULL);
	if (fd < 0)
		return out_system(note, "the file cannot be opened");
	while (out->n < FILE_MAX && (n = read(fd, chunk, sizeof(chunk))) > 0)
		bl_buf_add(out, bl_span_of(chunk, (size_t)n));
	if (n < 0)
		err = out_system(note, "the file cannot be read");
	close(fd);
	return err == BL_OK ? bl_buf_err(out, note) : err;
}

/* A file that is not one of ours, or was damaged, is counted and left. */
static enum bl_err
load_one(struct records *out, const char *path, unsigned *without,
    struct bl_note *note)
{
	struct bl_buf bytes = {0};
	struct record r = {0};
	enum bl_err err = state_read(&bytes, path, NULL);

	if (err != BL_OK || !record_get(&r, bl_buf_span(&bytes))) {
		record_clear(&r);
		if (without != NULL)
			(*without)++;
		err = BL_OK;
	} else if (!records_push(out, &r)) {
		record_clear(&r);
		err = out_of_memory(note);
	}
	bl_buf_clear(&bytes);
	return err;
}

enum bl_err
state_load(struct records *out, const struct state *s, enum state_kind kind,
    unsigned *without, struct bl_note *note)
{
	char *folder = NULL;
	struct dirent *e;
	DIR *d = NULL;
	enum bl_err err = BL_OK;

	if (without != NULL)
		*without = 0;
	if (asprintf(&folder, "%s/%s", s->folder, sub_of(kind)) < 0)
		return out_of_memory(note);
	if ((d = opendir(folder)) == NULL && errno != ENOENT)
		err = out_system(note, "the folder cannot be read");
	while (d != NULL && err == BL_OK && (e = readdir(d)) != NULL) {
		char *path = NULL;

		if (strlen(e->d_name) != HEX_NAME)
			continue;
		if (asprintf(&path, "%s/%s", folder, e->d_name) < 0) {
			err = out_of_memory(note);
			break;
		}
		err = load_one(out, path, without, note);
		free(path);
	}
	if (d != NULL)
		closedir(d);
	free(folder);
	return err;
}

enum bl_err
state_save(const struct state *s, enum state_kind kind, const struct record *r,
    bool *is_new, struct bl_note *note)
{
	char *path = path_of(s, sub_of(kind), r->sha256, "");
	struct bl_buf bytes = {0};
	enum bl_err err;

	if (path == NULL)
		return out_of_memory(note);
	*is_new = access(path, F_OK) != 0;
	record_put(&bytes, r);
	err = bl_buf_err(&bytes, note);
	if (err == BL_OK && (err = make(s, note)) == BL_OK)
		err = out_file(path, bl_buf_span(&bytes), 0600, note);
	bl_buf_clear(&bytes);
	free(path);
	return err;
}

static enum bl_err
remove_file(char *path, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (path == NULL)
		return out_of_memory(note);
	if (unlink(path) != 0)
		err = errno == ENOENT
		    ? bl_fail(note, BL_E_MISSING, 0, "it is not there", NULL)
		    : out_system(note, "the file cannot be removed");
	free(path);
	return err;
}

enum bl_err
state_remove(const struct state *s, enum state_kind kind,
    const uint8_t sha256[BL_SHA256_SIZE], struct bl_note *note)
{
	return remove_file(path_of(s, sub_of(kind), sha256, ""), note);
}

/* ---- keys ---- */

bool
state_has_key(const struct state *s, const uint8_t id[BL_SHA256_SIZE])
{
	char *path = path_of(s, "keys", id, ".p8");
	bool there = path != NULL && access(path, F_OK) == 0;

	free(path);
	return there;
}

bool
state_any_key(const struct state *s, uint8_t id[BL_SHA256_SIZE])
{
	char *folder = NULL;
	struct dirent *e;
	bool found = false;
	DIR *d;

	if (asprintf(&folder, "%s/keys", s->folder) < 0)
		return false;
	d = opendir(folder);
	while (d != NULL && !found && (e = readdir(d)) != NULL)
		found = strlen(e->d_name) == HEX_NAME + 3 &&
		    strcmp(e->d_name + HEX_NAME, ".p8") == 0 &&
		    record_hex(
			id, bl_span_of(e->d_name, HEX_NAME), BL_SHA256_SIZE);
	if (d != NULL)
		closedir(d);
	free(folder);
	return found;
}

enum bl_err
state_key_load(struct bl_buf *out, const struct state *s,
    const uint8_t id[BL_SHA256_SIZE], struct bl_note *note)
{
	char *path = path_of(s, "keys", id, ".p8");
	enum bl_err err;

	if (path == NULL)
		return out_of_memory(note);
	err = state_read(out, path, note);
	free(path);
	return err;
}

enum bl_err
state_key_save(const struct state *s, const uint8_t id[BL_SHA256_SIZE],
    struct bl_span sealed, struct bl_note *note)
{
	char *path = path_of(s, "keys", id, ".p8");
	enum bl_err err;

	if (path == NULL)
		return out_of_memory(note);
	if ((err = make(s, note)) == BL_OK)
		err = out_file(path, sealed, 0600, note);
	free(path);
	return err;
}

enum bl_err
state_key_remove(const struct state *s, const uint8_t id[BL_SHA256_SIZE],
    struct bl_note *note)
{
	return remove_file(path_of(s, "keys", id, ".p8"), note);
}
