/* out.c - see out.h. */
#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum bl_err
out_system(struct bl_note *note, const char *otherwise)
{
	const char *what = otherwise;

	switch (errno) {
	case ENOSPC:
	case EDQUOT:
		what = "the disk is full";
		break;
	case ENOENT:
	case ENOTDIR:
		what = "there is no such file or folder";
		break;
	case EACCES:
	case EPERM:
		what = "access is not permitted";
		break;
	case EROFS:
		what = "the file system is read-only";
		break;
	case EISDIR:
		what = "it is a folder";
		break;
	case EIO:
		what = "the disk has an error";
		break;
	case EMFILE:
	case ENFILE:
		what = "too many files are open";
		break;
	}
	return bl_fail(note, BL_E_SYSTEM, 0, what, NULL);
}

static enum bl_err
split(struct out *o, const char *path, struct bl_note *note)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".")
	    : slash == path	     ? strdup("/")
				     : strndup(path, (size_t)(slash - path));
	enum bl_err err = BL_OK;

	o->name = strdup(slash == NULL ? path : slash + 1);
	if (folder == NULL || o->name == NULL)
		err = bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	else if (*o->name == '\0')
		err = bl_fail(note, BL_E_SYSTEM, 0, "it is a folder", NULL);
	else if ((o->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC)) <
	    0)
		err = out_system(note, "the folder cannot be opened");
	free(folder);
	return err;
}

/* A file system without unnamed files gets a hidden name instead. */
static enum bl_err
open_beside(struct out *o, struct bl_note *note)
{
	for (unsigned i = 0; i < 100; i++) {
		free(o->beside);
		if (asprintf(&o->beside, ".%.200s.%ld-%u", o->name,
			(long)getpid(), i) < 0) {
			o->beside = NULL;
			return bl_fail(
			    note, BL_E_MEMORY, 0, "out of memory", NULL);
		}
		o->fd = openat(o->folder, o->beside,
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (o->fd >= 0)
			return BL_OK;
		if (errno != EEXIST)
			break;
	}
	free(o->beside);
	o->beside = NULL;
	return out_system(note, "the file cannot be made");
}

enum bl_err
out_open(struct out *o, const char *path, struct bl_note *note)
{
	struct stat st;
	enum bl_err err;

	*o = (struct out){.fd = -1, .folder = -1};
	if (path == NULL || strcmp(path, "-") == 0) {
		o->is_stream = true;
		o->fd = STDOUT_FILENO;
		return BL_OK;
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		o->is_stream = true;
		o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return o->fd >= 0
		    ? BL_OK
		    : out_system(note, "it cannot be opened for writing");
	}
	if ((err = split(o, path, note)) != BL_OK) {
		out_close(o);
		return err;
	}
	o->fd = openat(o->folder, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (o->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		err = open_beside(o, note);
	else if (o->fd < 0)
		err = out_system(note, "the file cannot be made");
	if (err != BL_OK)
		out_close(o);
	return err;
}

static mode_t
wanted_mode(const struct out *o, unsigned mode)
{
	struct stat st;
	mode_t mask;

	if (fstatat(o->folder, o->name, &st, 0) == 0)
		return st.st_mode & 0777;
	mask = umask(077);
	umask(mask);
	return (mode_t)mode & ~mask;
}

/* An unnamed file cannot take the place of another: it gets a name of its own
 * first. */
static enum bl_err
name_it(struct out *o, struct bl_note *note)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", o->fd);
	for (unsigned i = 0; i < 100; i++) {
		free(o->beside);
		if (asprintf(&o->beside, ".%.200s.%ld-%u", o->name,
			(long)getpid(), i) < 0) {
			o->beside = NULL;
			return bl_fail(
			    note, BL_E_MEMORY, 0, "out of memory", NULL);
		}
		if (linkat(AT_FDCWD, self, o->folder, o->beside,
			AT_SYMLINK_FOLLOW) == 0)
			return BL_OK;
		if (errno != EEXIST)
			break;
	}
	free(o->beside);
	o->beside = NULL;
	return out_system(note, "the file cannot be given its name");
}

/* The name is on the disk when the folder is. */
static void
sync_folder(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

enum bl_err
out_commit(struct out *o, unsigned mode, struct bl_note *note)
{
	enum bl_err err;

	if (o->is_stream)
		return BL_OK;
	if (fchmod(o->fd, wanted_mode(o, mode)) != 0 || fsync(o->fd) != 0)
		return out_system(
		    note, "the file cannot be written to the disk");
	if (o->beside == NULL && (err = name_it(o, note)) != BL_OK)
		return err;
	if (renameat(o->folder, o->beside, o->folder, o->name) != 0)
		return out_system(note, "the file cannot be given its name");
	free(o->beside);
	o->beside = NULL;
	sync_folder(o->folder);
	return BL_OK;
}

void
out_close(struct out *o)
{
	if (o->beside != NULL)
		unlinkat(o->folder, o->beside, 0);
	if (o->fd > STDERR_FILENO)
		close(o->fd);
	if (o->folder >= 0)
		close(o->folder);
	free(o->name);
	free(o->beside);
	*o = (struct out){.fd = -1, .folder = -1};
}

enum bl_err
out_write(int fd, struct bl_span s, struct bl_note *note)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return out_system(note, "it cannot be written");
		s = bl_span_cut(s, (size_t)n, SIZE_MAX);
	}
	return BL_OK;
}

enum bl_err
out_file(
    const char *path, struct bl_span s, unsigned mode, struct bl_note *note)
{
	struct out o;
	enum bl_err err;

	if ((err = out_open(&o, path, note)) != BL_OK)
		return err;
	if ((err = out_write(o.fd, s, note)) == BL_OK)
		err = out_commit(&o, mode, note);
	out_close(&o);
	return err;
}
